"""Ways to pair people that a programme might use instead, the yardsticks among them, and what each is called.

A way of pairing is a function of the scores that returns pairs of identifiers; this is all there is to know to add one.
The yardsticks are pairing by chance, a uniform random matching or a random greedy one within the gates, and what could
be attained.

*What it is given*, a `PairScores`; rows and pairs are positions of people:

- ``scores.without(*GATES)``: the same with the gates open. Managers, vetoes, who takes no part and the programme's own
  rules always stand.
- ``scores.under(Rules([...]))``: only the pairs that rules allow. ``Rule("not across", column="team")`` is no two of
  different teams, ``"not within"`` no two of one team; neither holds people whose team is not known:
  ``peernet.scores.ruling.not_judged`` names them, and ``scores.excluding(people=...)`` leaves them out. A pair that the
  programme requires and a rule of your own closes is refused.
- ``scores.block(rows, column="gain")``: a score of some people against everyone, gates ignored; also ``"own_gain"`` (of
  the rows' people alone), ``"perspective"``, ``"experience"``, ``"goals"`` (distances), ``"ties"`` (nominations between
  two people), and ``"exchange"`` (topics to teach and learn, both ways). ``scores.gains(firsts, seconds)``: what both
  would gain.
- ``scores.possible(rows)``: whether each pair may be made, ``scores.possible_at()``: those that may;
  ``scores.gates.out``: 0 for people who take part; ``scores.capacity``: how many partners each may have.
- ``scores.people``, and ``scores.by_name``, the order to go through them: then ties do not hang on the survey's rows.
- ``scores.survey``: the answers themselves; `seniority` makes one figure of those about experience.

*What it returns*: pairs as tuples, in any order. ``best_under_rules(scores, column, cardinality="max")[1]`` pairs as
many people as can be, best by a column of ``block``, among the possible pairs, within everybody's capacity, with every
pair and limit that rules demand; ``sign=-1`` takes the least, and without ``cardinality`` a pair must bring something.
A way that finds nothing to go by returns no pairs.

*What the bench does*: `compare_pairings` refuses pairs with an unknown person, with one person twice, a pair twice, and
more partners than somebody can have. It does not refuse pairs the gates or rules close: ``possible`` counts them. It
calls the way once on the scores and twice for each split of the questions, where only half of the perspective items are
there; so go by the scores alone, and draw nothing by chance but from a fixed seed.

*To try one*, hand it over; *to keep it*, put it below with a line in `STRATEGIES` (and one in `NEEDS`, if a survey may
not ask what it takes: then the table has no row for it). No other code lists the ways; `WAYS` has a longer name for
pictures, where one is needed. Its tests go into ``tests/unit/compare/test_strategies.py``, which holds every way in
`STRATEGIES` to leave out whoever takes no part.

Examples
--------
>>> import peernet as pn
>>> from peernet.compare.strategies import GATES, best_under_rules
>>> def other_team(scores):
...     apart = scores.without(*GATES).under(pn.Rules([pn.Rule("not within", column="team")]))
...     return best_under_rules(apart, "perspective", cardinality="max")[1]
>>> survey = pn.load_example()
>>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
>>> found = pn.compare_pairings(scores, {"other team": other_team}, draws=20, held_out=0)
>>> int(found.table.loc["other team", "pairs"])
120
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import isinf
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet._parallel import generator, over
from peernet.errors import check_type
from peernet.matching.matching import max_weight_matching
from peernet.pairing.mentors import rank_on
from peernet.pairing.objectives import MOST_HELD, EngineWeights, all_rows, best_under_rules
from peernet.pairing.record import GivenPairs, Pairs
from peernet.scores.gates import GATES
from peernet.scores.pair_scores import CELLS_AT_ONCE, PairScores, memory_at_work

Strategy = Callable[[PairScores], GivenPairs]
OWN = "peernet"  # the pairs that peernet proposes
RANDOM, RANDOM_WITHIN, ATTAINABLE = "random", "random within gates", "attainable"
NEW_BY_LOT = "new pairs by lot"  # the fair rival: within the gates, and nobody with somebody they hear already
# What ways are called in pictures and tables, where their name does not say enough.
WAYS = {
    OWN: "peernet, within gates",
    NEW_BY_LOT: "new pairs by lot, within gates",
    RANDOM: "random, gates ignored",
    ATTAINABLE: "attainable, gates open",
}
GRADED = ("numeric", "ordinal")
TABLES = 4  # of people by people, held while new pairs are made by lot
LOTTERY = 1e6  # what follows the point of so many times a product of two random numbers is as good as random


def peernet_pairing(scores: PairScores) -> GivenPairs:
    """The largest total gain within every gate."""
    return best_under_rules(scores)[1]


def same_experience(scores: PairScores) -> GivenPairs:
    """Everyone with the most different outlook within the experience gate, whom they trust or hear ignored."""
    return best_under_rules(scores.without("foundation", "goals", "band"), "perspective", cardinality="max")[1]


def most_similar(scores: PairScores) -> GivenPairs:
    """Everyone with somebody who thinks like them, foundation ignored."""
    return best_under_rules(scores.without(*GATES), "perspective", sign=-1, cardinality="max")[1]


def most_different(scores: PairScores) -> GivenPairs:
    """Everyone with somebody who thinks differently, foundation ignored."""
    return best_under_rules(scores.without(*GATES), "perspective", cardinality="max")[1]


def closest_tie(scores: PairScores) -> GivenPairs:
    """Everyone with the colleague they are most closely tied to already."""
    ties = EngineWeights(scores.without(*GATES), "ties", positive=True)
    return ties.named(ties.best().pairs)


def senior_with_junior(scores: PairScores) -> GivenPairs:
    """Everyone of the more senior half with somebody half the ranks below, as in many mentoring programmes."""
    known = seniority(scores)
    if known is None:
        return []
    ranks = _Ranks(scores.without(*GATES), known)
    n = len(scores)
    weights = all_rows(ranks) if n <= MOST_HELD else ranks
    found = max_weight_matching(weights, capacity=scores.capacity.to_numpy()[ranks.order], cardinality="max")
    people = scores.people.to_numpy(dtype=object)[ranks.order]
    return [(people[i], people[j]) for i, j in found.pairs]


def attainable(scores: PairScores) -> GivenPairs:
    """The largest total gain of any pairing, only the hard rules kept."""
    return best_under_rules(_unpriced(scores).without(*GATES))[1]


STRATEGIES: Mapping[str, Strategy] = {
    OWN: peernet_pairing,
    "same experience, different outlook": same_experience,
    "most similar": most_similar,
    "most different": most_different,
    "closest tie": closest_tie,
    "senior with junior": senior_with_junior,
    ATTAINABLE: attainable,
}

# What a survey may not ask, and a way cannot do without; where it is not asked, the way by itself returns no pairs.
NEEDS: Mapping[Strategy, Callable[[PairScores], bool]] = {
    same_experience: lambda scores: None not in (scores.gates.experience, scores.gates.experience_within),
    senior_with_junior: lambda scores: seniority(scores) is not None,
}


def usual_strategies(scores: PairScores) -> dict[str, Strategy]:
    """The strategies for which the survey asked what they need."""
    return {name: way for name, way in STRATEGIES.items() if way not in NEEDS or NEEDS[way](scores)}


def _unpriced(scores: PairScores) -> PairScores:
    """The same scores without the rules that have a price."""
    if scores.applied_rules is None:
        return scores
    hard = tuple(limit for limit in scores.applied_rules.limits if isinf(limit.price))
    return replace(scores, applied_rules=replace(scores.applied_rules, priced=(), wished=(), limits=hard))


class _Ranks:
    """How near half the ranks lie between two people, people in the order of their identifiers."""

    def __init__(self, scores: PairScores, known: Floats) -> None:
        self.order = scores.by_name
        self._scores = scores
        can = ~np.isnan(known) & (scores.gates.out == 0)
        self._half = max(1, can.sum() // 2)
        self._rank = pd.Series(known[self.order]).where(can[self.order]).rank(method="first").to_numpy()

    def __len__(self) -> int:
        return len(self.order)

    def block(self, rows: Ints) -> Floats:
        """Weights of the rows against everyone, at most 0, missing where not allowed."""
        between = np.abs(self._rank[rows][:, None] - self._rank) / self._half
        allowed = self._scores.possible(self.order[rows])[:, self.order]
        weights: Floats = np.where(allowed, -((between - 1) ** 2), np.nan)
        return weights


def seniority(scores: PairScores) -> Floats | None:
    """What people's graded answers about experience have in common, higher for those with more of it.

    The answers are ranked, and weighed by their first principal component; missing for people without any, None where
    the survey asks for none.
    """
    asked = [] if scores.survey is None else scores.survey.codebook.block("experience")
    names = [item.name for item in asked if item.kind in GRADED]
    ranks = pd.DataFrame({name: pd.Series(rank_on(scores, name)).rank(pct=True) - 0.5 for name in names})
    ranks = ranks.loc[:, ranks.max() > ranks.min()]
    if not ranks.shape[1]:
        return None
    together = ranks.corr(min_periods=3).fillna(0.0).to_numpy(copy=True)
    np.fill_diagonal(together, 1.0)
    loading = np.linalg.eigh(together)[1][:, -1]
    loading = loading if loading.sum() >= 0 else -loading
    answered = (ranks.notna() * np.abs(loading)).sum(axis=1)
    common: Floats = ((ranks * loading).sum(axis=1) / answered.where(answered > 0)).to_numpy()
    return common


def random_pairs(scores: PairScores, *, within_gates: bool = False, rng: int | np.random.Generator = 0) -> Pairs:
    """Pair people at random.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    within_gates
        False: everyone who can take part, gates ignored; with an odd number one person stays out. True: in random
        order each person gets a random partner among those still free and possible for them, if there is any.
    rng
        Seed or generator.

    Returns
    -------
    list of pairs, sorted, the smaller identifier first

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> len(pn.compare.random_pairs(scores))
    119
    """
    check_type("scores", scores, PairScores, "score_pairs")
    return next(draw_random_pairs(scores, 1, within_gates=within_gates, rng=generator(rng)))


def new_pairs(scores: PairScores, *, rng: int | np.random.Generator = 0) -> Pairs:
    """As many pairs as possible within the gates, by lot among people who do not hear each other yet."""
    return next(draw_new_pairs(scores, 1, rng=generator(rng)))


CHANCE: Mapping[str, Strategy] = {
    NEW_BY_LOT: new_pairs,
    RANDOM_WITHIN: partial(random_pairs, within_gates=True),
    RANDOM: random_pairs,
}
YARDSTICKS = (*CHANCE, ATTAINABLE)


def draw_random_pairs(
    scores: PairScores, draws: int, *, within_gates: bool, rng: np.random.Generator
) -> Iterator[Pairs]:
    """Random pairings, one after the other."""
    order = scores.by_name
    people = scores.people.to_numpy(dtype=object)[order]
    pool = np.flatnonzero(scores.gates.out[order] == 0)
    if within_gates:
        possible = _possible_by_name(scores)
    for _ in range(draws):
        drawn = rng.permutation(pool)
        pairs = _partnered(drawn, possible, rng) if within_gates else zip(drawn[::2], drawn[1::2], strict=False)
        yield sorted((people[min(i, j)], people[max(i, j)]) for i, j in pairs)


def _possible_by_name(scores: PairScores) -> sparse.csr_array:
    """Whether two people may be paired, people in the order of their identifiers."""
    at, rank = scores.possible_at(), np.argsort(scores.by_name)
    i, j = rank[at.firsts], rank[at.seconds]
    cells = np.ones(2 * len(at), dtype=bool), (np.concatenate([i, j]), np.concatenate([j, i]))
    found = sparse.csr_array(cells, shape=(len(scores), len(scores)))
    found.sort_indices()
    return found


def _partnered(drawn: Ints, possible: sparse.csr_array, rng: np.random.Generator) -> list[tuple[int, int]]:
    """A random greedy matching: in the order drawn each person gets a random partner among those still free."""
    free = np.zeros(possible.shape[0], dtype=bool)
    free[drawn] = True
    pairs = []
    for person in drawn.tolist():
        partners = possible.indices[possible.indptr[person] : possible.indptr[person + 1]]
        partners = partners[free[partners]]
        if free[person] and len(partners):
            partner = int(partners[rng.integers(len(partners))])
            free[[person, partner]] = False
            pairs.append((person, partner))
    return pairs


def draw_new_pairs(
    scores: PairScores, draws: int, *, rng: np.random.Generator, progress: bool = False
) -> Iterator[Pairs]:
    """As many new pairs as possible, by lot, again and again: the fair rival of pairs that were chosen."""
    luck = [rng.random(len(scores)) for _ in range(draws)]
    room = memory_at_work(scores, TABLES)
    yield from over(_Lots(scores).paired, luck, progress=progress, what="new pairs by lot", room=room)


class _Lots:
    """Every possible pair who do not hear each other, to be drawn by lot, people in the order of their identifiers."""

    def __init__(self, scores: PairScores) -> None:
        self._scores, self.order, n = scores, scores.by_name, len(scores)
        self.people = scores.people.to_numpy(dtype=object)[self.order]
        self.capacity = scores.capacity.to_numpy()[self.order]
        heard = scores.reach.heard
        cells = np.repeat(np.arange(len(heard)), [len(members) for members in heard]), np.concatenate([*heard])
        hears = sparse.csr_array((np.ones(len(cells[0]), dtype=bool), cells), shape=(len(heard), len(heard)))
        self._touch = sparse.csr_array(hears + hears.T)
        self._listed = None if scores.candidates is None else self._new_pairs()
        self._everything = self.new(np.arange(n)) if self._listed is None and n * n <= CELLS_AT_ONCE else None

    def paired(self, luck: Floats) -> Pairs:
        """As many new pairs as possible, best by the lots that this luck of each person gives."""
        found = max_weight_matching(self._weights(_Drawn(self, luck)), capacity=self.capacity, cardinality="max")
        return sorted((self.people[i], self.people[j]) for i, j in found.pairs)

    def _weights(self, drawn: _Drawn) -> Any:  # noqa: ANN401, SciPy's sparse arrays have no type the engine names
        n = len(drawn)
        if self._listed is not None:
            i, j = self._listed
            return sparse.csr_array((drawn.luck[i] * drawn.luck[j] * LOTTERY % 1.0, (i, j)), shape=(n, n))
        return drawn if self._everything is None else np.where(self._everything, drawn.lots(np.arange(n)), np.nan)

    def new(self, rows: Ints) -> Flags:
        """Whether each of the rows can be paired with everyone and is not in touch with them yet."""
        places = self.order[rows]
        touch = self._touch[places].toarray()[:, self.order]
        return self._scores.possible(places)[:, self.order] & ~touch

    def _new_pairs(self) -> tuple[Ints, Ints]:
        """Everyone who can be paired with somebody they are not in touch with yet, pair by pair and both ways."""
        at, rank = self._scores.possible_at(), np.argsort(self.order)
        new = ~np.asarray(self._touch[at.firsts, at.seconds], dtype=bool)
        i, j = rank[at.firsts[new]], rank[at.seconds[new]]
        return np.concatenate([i, j]), np.concatenate([j, i])


@dataclass(frozen=True)
class _Drawn:
    """A lot for every new pair, from the luck of its people."""

    new: _Lots
    luck: Floats

    def __len__(self) -> int:
        return len(self.luck)

    def lots(self, rows: Ints) -> Floats:
        """The lots of the rows against everyone, the same whoever comes first."""
        found: Floats = self.luck[rows][:, None] * self.luck * LOTTERY
        found -= np.floor(found)  # exactly what is left over, at a tenth of the time
        return found

    def block(self, rows: Ints) -> Floats:
        """Lots of the rows against everyone, missing where no new pair is possible."""
        return np.where(self.new.new(rows), self.lots(rows), np.nan)
