"""A partner leaves while a round runs: it is mended with the fewest other pairs touched, and what that costs is said.

One matching under limits settles it. In this order count: everybody who had a partner keeps having one; other pairs
stay together; few pairs are new; what the pairs are worth. Each comes at a price that nothing below it comes to, so the
engine's proof is one of the whole order.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from typing import Any

import networkx as nx
import numpy as np

from peernet._wording import Shown, count_in_digits, listed
from peernet.errors import SettingError, check_type, unknown_person
from peernet.graph.colleagues import colleague_graph
from peernet.matching.limits import Counted, LimitedProblem, best_within_limits
from peernet.matching.matching import Matching
from peernet.meetings.held import group_value
from peernet.pairing.objectives import EngineWeights, with_required
from peernet.pairing.record import partners_of
from peernet.programme.proposing import ready_scores, under
from peernet.programme.rounds import (
    AWAY,
    LEAVES,
    LEFT_OUT,
    PROPOSED,
    REPLACED,
    RUNNING,
    WITHDRAWN,
    Pairs,
    RoundLog,
    called,
    identified,
    log_rows,
)
from peernet.programme.settings import Settings
from peernet.scores.pair_scores import PairScores
from peernet.scores.rules import Rule, Rules
from peernet.survey.survey import Survey

MOST_TOUCHED = 10  # other pairs that may be touched for the sake of one person


@dataclass(frozen=True, eq=False, repr=False)
class Replacement(Shown):
    """How a round is mended, before anything is written.

    Parameters
    ----------
    number
        The round.
    leaves
        Who leaves.
    broken
        The pairs that end with them.
    made
        New pairs; the rows of a trio among them.
    touched
        Other pairs that are given up.
    trios
        Pairs that somebody joined, as trios.
    alone
        People who had a partner and have none now; their turn comes first in the next round.
    kept
        How many other pairs stay as they are.
    value
        Total value of the round's pairs as mended, trios apart, in effective perspectives.
    anew
        What the best pairs are worth with which as many people keep a partner, however many pairs are touched.
    proven
        Whether no mending keeps a partner for more people; of those none touches fewer pairs; of those none makes
        fewer new ones; and of those none is worth more.
    rows
        What `RoundLog.append` takes to write it down.
    survey
        The people.

    Examples
    --------
    >>> import peernet as pn
    >>> from tempfile import TemporaryDirectory
    >>> survey = pn.load_example()
    >>> with TemporaryDirectory() as folder:
    ...     rounds = pn.programme.read_rounds(folder, survey)
    ...     rounds = rounds.append(pn.programme.next_round(survey, rounds).rows)
    ...     rounds = rounds.append(rounds.started())
    ...     mended = pn.programme.replace_partner(survey, rounds, "p050")
    >>> mended
    <Replacement: round 1 without p050, 2 new pairs, 1 other pair touched (proven fewest)>
    """

    MAIN_TABLE = "rows"

    number: int
    leaves: tuple[str, ...]
    broken: Pairs
    made: Pairs
    touched: Pairs
    trios: tuple[tuple[str, str, str], ...]
    alone: tuple[str, ...]
    kept: int
    value: float
    anew: float
    proven: bool
    rows: Any
    survey: Survey = field(repr=False)

    def __repr__(self) -> str:
        new = count_in_digits(len(self.made), "new pair", "new pairs")
        return (
            f"<Replacement: round {self.number} without {listed(self.leaves)}, {new}, "
            f"{count_in_digits(len(self.touched), 'other pair', 'other pairs')} touched ({self._proof})>"
        )

    @property
    def _proof(self) -> str:
        return "proven fewest" if self.proven else "the fewest found in time"

    @property
    def price(self) -> float:
        """What touching few pairs costs against the best that could be made, in effective perspectives."""
        return max(0.0, self.anew - self.value)

    def summary(self) -> list[str]:
        """The mending in lines, by name; for the analyst."""
        if not self.broken:
            return [f"{self._named(self.leaves)}: no pair of a round that runs is broken."]
        threes = [pair for trio in self.trios for pair in combinations(sorted(trio), 2)]
        lines = [f"Given up: {self._named(pair, ' with ')}" for pair in (*self.broken, *self.touched)]
        lines += [f"New: {self._named(pair, ' with ')}" for pair in self.made if pair not in threes]
        lines += [f"As three: {self._named(trio)}" for trio in self.trios]
        lines += [f"Without a partner, and first next time: {self._named([person])}" for person in self.alone]
        touched = count_in_digits(len(self.touched), "other pair is", "other pairs are")
        price = (
            f"pairing everybody anew would bring {self.price:.3f} effective perspectives more"
            if self.price > 0.0005
            else "pairing everybody anew would bring no more"
        )
        return [*lines, f"{touched} touched ({self._proof}), {self.kept} stay as they are; {price}"]

    def _named(self, people: Iterable[str], between: str = ", ") -> str:
        return between.join(called(self.survey, people))


def replace_partner(
    survey: Survey,
    rounds: RoundLog,
    leaves: str | Iterable[str],
    *,
    until: date | None = None,
    trio: bool = False,
    settings: Settings | None = None,
    graph: nx.MultiDiGraph[str] | None = None,
    today: date | None = None,
) -> Replacement:
    """Mend a round that somebody leaves, with the fewest other pairs touched.

    Whoever loses a partner gets somebody who is free, if anybody is possible; else other pairs change partners, as few
    as can be and ten at the most, so that everybody who had a partner has one; else they join a pair as a third; else
    they have no partner, and the first turn in the next round.

    Parameters
    ----------
    survey
        The people as they are now.
    rounds
        The rounds, from `read_rounds` with this survey.
    leaves
        Who leaves: one person or several, by identifier or name.
    until
        The day they are back; by default they leave for good.
    trio
        Join a pair as a third rather than have another pair change partners.
    settings
        What the organiser decides; by default `Settings` as it is.
    graph
        The colleague graph, where it is there already.
    today
        The day that counts for the absences of others; by default the present one.

    Returns
    -------
    Replacement

    Raises
    ------
    UnknownPersonError
        If nobody is called so, in the survey or in the rounds.
    InfeasibleError
        If no mending keeps the rules.
    SettingError
        If ``until`` has passed.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pn.programme.replace_partner(survey, pn.programme.read_rounds("data/harbour", survey), "p050").rows["status"][0]
    'leaves'
    """
    check_type("rounds", rounds, RoundLog, "read_rounds")
    today = today or date.today()
    if until is not None and until <= today:
        raise SettingError(f"until must be a day to come; got {until.isoformat()}.")
    gone = _identifiers(survey, rounds, [leaves] if isinstance(leaves, str) else leaves)
    number, live = rounds.last, rounds.of_round(rounds.last, PROPOSED, RUNNING)
    broken = [pair for pair in live if {*pair} & {*gone}]
    others = [pair for pair in live if pair not in broken]
    searching = sorted({person for pair in broken for person in pair} - {*gone} - {*partners_of(others)})
    if not searching:
        rows = _rows(rounds, gone, until, broken, [], {}, [])
        return Replacement(
            number, tuple(gone), broken, [], [], (), (), len(others), math.nan, math.nan, True, rows, survey
        )
    away = {**rounds.away(today), **dict.fromkeys(gone, "")}
    graph, settings = graph or colleague_graph(survey), settings or Settings()
    scores, rules = ready_scores(survey, graph, settings, rounds, number, away)
    mending = _Mending.of(under(scores, rules), others, searching)
    found, after = mending.solved(touching=not trio)
    alone = [person for person in searching if person not in partners_of(after)]
    trios = mending.trios(after, alone)
    thirds = {person for joined in trios for person in joined}
    alone = [person for person in alone if person not in thirds]
    joining = {pair for joined in trios for pair in combinations(sorted(joined), 2)}
    made = sorted(({*after} | joining) - {*others})
    touched = sorted({*others} - {*after})
    return Replacement(
        number,
        tuple(gone),
        broken,
        made,
        touched,
        tuple(trios),
        tuple(alone),
        len(others) - len(touched),
        mending.worth(after),
        mending.worth(mending.anew()),
        found.proven,
        _rows(rounds, gone, until, broken, touched, mending.valued(made), alone),
        survey,
    )


def _identifiers(survey: Survey, rounds: RoundLog, leaves: Iterable[str]) -> list[str]:
    known = {*survey.people.index, *rounds.table["a"], *rounds.table["b"]} - {""}
    found = [person if person in known else identified(survey, person) for person in leaves]
    for person in found:
        if person not in known:
            raise unknown_person(person, known, "in the survey or in the rounds")
    return sorted({*found})


def _rows(
    rounds: RoundLog,
    gone: Sequence[str],
    until: date | None,
    broken: Pairs,
    touched: Pairs,
    made: Mapping[tuple[str, str], float],
    alone: Sequence[str],
) -> Any:  # noqa: ANN401 - a frame
    """A mending as rows of the log."""
    number, state = max(1, rounds.last), rounds.state
    over = WITHDRAWN if state == PROPOSED else REPLACED
    found: list[dict[str, Any]] = [
        {"round": number, "a": person, "status": f"{AWAY} {until.isoformat()}" if until else LEAVES} for person in gone
    ]
    found += [{"round": number, "a": a, "b": b, "status": over} for a, b in (*broken, *touched)]
    found += [{"round": number, "a": a, "b": b, "status": state, "worth": worth} for (a, b), worth in made.items()]
    return log_rows([*found, *({"round": number, "a": person, "status": LEFT_OUT} for person in alone)])


# --- the matching -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Mending:
    """What there is to choose from: people by their place in the order of identifiers."""

    scores: PairScores
    pool: LimitedProblem  # plain values, the rules' own limits, pairs that the rules require
    people: Sequence[str]
    standing: Pairs  # other pairs of the round that could be made today
    aside: Pairs  # other pairs that could not, and stay all the same
    searching: Sequence[str]

    @classmethod
    def of(cls, scores: PairScores, others: Pairs, searching: Sequence[str]) -> _Mending:
        """From the scores before the round and the pairs that nobody leaves."""
        here = {*scores.people}
        inside = [pair for pair in others if {*pair} <= here and not _in_trio(pair, others)]
        closed = scores.to_frame(inside).set_index(["a", "b"])["blocked"]
        standing = [pair for pair in inside if not closed[pair]]
        aside = [pair for pair in others if pair not in standing]
        taken = {person: len(those) for person, those in partners_of(aside).items() if person in here}
        rules = [
            Rule("capacity", person, number=max(0, int(scores.capacity[person]) - count))
            for person, count in taken.items()
        ]
        scores = under(scores, Rules(rules))
        engine = EngineWeights(scores)
        required = [pair for pair in with_required(scores, ()) if pair not in aside]
        return cls(scores, engine.pool(required), [str(who) for who in engine.people], standing, aside, searching)

    @property
    def spread(self) -> float:
        """No two choices of pairs differ by as much in value and in what the rules' own limits cost."""
        most = np.nanmax(np.abs(np.where(np.isnan(self.pool.weights), 0.0, self.pool.weights)), axis=1, initial=0.0)
        priced = (limit.price * (limit.number + self.pool.most_pairs) for limit in self.pool.limits)
        return 1.0 + float((self.pool.capacity * most).sum()) + sum(cost for cost in priced if math.isfinite(cost))

    def solved(self, *, touching: bool) -> tuple[Matching, Pairs]:
        """The best mending, and all pairs of the round after it; without ``touching`` other pairs stay."""
        new = self.spread
        together = new * (2 * MOST_TOUCHED + 1) * max(1, len(self.searching)) + self.spread
        partner = together * (MOST_TOUCHED + 0.5 if touching else 0.5)
        weights = self.pool.weights - new
        place = {person: i for i, person in enumerate(self.people)}
        for i, j in ((place[a], place[b]) for a, b in self.standing):
            weights[i, j] = weights[j, i] = self.pool.weights[i, j] + together
        return self._best(replace(self.pool, weights=weights), partner)

    def anew(self) -> Pairs:
        """The best pairs with which as many people keep a partner, whatever becomes of the pairs there are."""
        return self._best(self.pool, 2 * self.spread)[1]

    def _best(self, pool: LimitedProblem, price: float) -> tuple[Matching, Pairs]:
        """The best of some weights, where everybody with a partner so far has one or costs the price."""
        place = {person: i for i, person in enumerate(self.people)}
        limits = []
        for person in sorted({*partners_of(self.standing)} | {*self.searching} & {*place}):
            cells = np.zeros(pool.weights.shape, dtype=bool)
            cells[place[person]] = cells[:, place[person]] = True
            cells[place[person], place[person]] = False
            limits.append(Counted(cells, -1, 1, price, f"a partner for {person}"))
        found = best_within_limits(replace(pool, limits=(*pool.limits, *limits)), fill=False)
        return found, sorted([*((self.people[i], self.people[j]) for i, j in found.pairs), *self.aside])

    def worth(self, pairs: Pairs) -> float:
        """Total value of the pairs that could be made today."""
        inside = [pair for pair in pairs if pair not in self.aside]
        return float(self.scores.to_frame(inside)["value"].sum()) if inside else 0.0

    def valued(self, pairs: Pairs) -> dict[tuple[str, str], float]:
        """What some pairs are worth, each by itself."""
        table = self.scores.to_frame(pairs)
        return dict(zip(zip(table["a"], table["b"], strict=True), table["value"].tolist(), strict=True))

    def trios(self, after: Pairs, alone: Sequence[str]) -> list[tuple[str, str, str]]:
        """For each person who found no partner the pair they add most to as a third, where all may be paired."""
        partners = partners_of(after)
        found: list[tuple[str, str, str]] = []
        place = {person: i for i, person in enumerate(self.people)}
        for person in (who for who in alone if who in place):
            taken = {who for joined in found for who in joined}
            open_to = {who for who in self.people if not np.isnan(self.pool.weights[place[person], place[who]])}
            alone_together = (pair for pair in after if pair not in self.aside and not _in_trio(pair, after))
            free = (pair for pair in alone_together if all(len(partners[who]) == 1 for who in pair))
            pairs = [pair for pair in free if {*pair} <= open_to - taken]
            if pairs:
                a, b = max(pairs, key=lambda pair: self._added((person, *pair)))
                found.append((person, a, b))
        return found

    def _added(self, trio: tuple[str, str, str]) -> float:
        """What a third person adds to a pair."""
        members = [self.scores.position(person) for person in trio]
        return group_value(self.scores, members) - group_value(self.scores, members[1:])


def _in_trio(pair: tuple[str, str], pairs: Pairs) -> bool:
    partners = partners_of(pairs)
    return bool({*partners[pair[0]]} & {*partners[pair[1]]})
