"""Rounds of pairings without repeats, planned so that everyone has their turn as exposure grows.

The plan first, then its tables (who meets whom, what each person gets, which clusters everyone meets), then the checks:
every promise of a plan worked out anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from peernet._arrays import Floats, Ints
from peernet._wording import count_in_digits
from peernet.errors import SettingError
from peernet.meetings.held import Round, clusters_met, group_gains, heard_in, history_after, pairs_in, read_rounds
from peernet.meetings.meeting_limits import best_pairs_within, excess_in_words, excesses
from peernet.meetings.planner import Programme, programme_bounds, programme_of
from peernet.pairing.pool import without_wishes
from peernet.pairing.record import Bounded
from peernet.scores.pair_scores import PairScores

COLUMNS = ["round", "pair", "a", "b", "trio", "gain_a", "gain_b", "value", "foundation", "introducer"]
STATUSES = ("met", "not in these rounds", "no possible partner")
ROUNDING = 1e-7  # in checks: effective perspectives, of totals a share
Broken = Iterator[tuple[str, int, str, str]]


@dataclass(frozen=True, repr=False)
class Rounds(Bounded):
    """Who meets whom in which round, what each person gets out of it, and how much more any plan could bring.

    Parameters
    ----------
    table
        One row per pair: ``round``, ``pair`` (number within the round; the three rows of a trio share it), ``a``,
        ``b``, ``trio`` (whether it belongs to one), ``gain_a`` and ``gain_b`` (effective perspectives at that time,
        after all earlier rounds; somebody with several partners in a round gains from all of them together, shared
        equally among the rows), ``value``, ``foundation`` and ``introducer``.
    people
        One row per person, index ``person``: ``rounds`` in which they meet somebody, ``partners`` in all, ``rested``
        (rounds, earlier ones included, in which a possible partner was left but they met nobody), ``no_one_new``
        (rounds in which no possible partner was left), ``trios`` they are in, earlier ones included, perspectives in
        reach ``before`` and ``after``, and their ``gain``.
    coverage
        One row per person and cluster other than their own: ``person``, ``cluster``, ``round`` of the first meeting
        (0: before these rounds; missing if none) and ``status`` (met, not in these rounds, no possible partner).
        Empty without clusters.
    objective
        Total value of all rounds, in effective perspectives, less what broken limits on numbers cost.
    bounds
        Two bounds on the total value of any plan of as many rounds, missing if not asked for: the proven one, and the
        one that holds if no partner ever adds more after others than alone, which is usual but not certain.
    in_turn
        Total value of the rounds made one after the other, before any was made anew beside the others.
    settings
        What was chosen, enough to plan again.
    scores
        The scores the rounds were planned from.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> plan = pn.plan_rounds(scores, rounds=2, progress=False)
    >>> plan
    <Rounds: 2 rounds, 230 pairs, total value 32.340 (at most 7.2% below the best)>
    >>> plan.schedule().loc["p003"].tolist()
    ['p199', 'p223']
    """

    table: pd.DataFrame
    people: pd.DataFrame
    coverage: pd.DataFrame
    objective: float
    bounds: tuple[float, float]
    in_turn: float
    settings: Mapping[str, Any]
    scores: PairScores = field(repr=False, compare=False)
    _programme: Programme = field(repr=False, compare=False)
    _plan: tuple[Round, ...] = field(repr=False, compare=False)

    @property
    def bound(self) -> float:
        """No plan of as many rounds is worth more."""
        return self.bounds[0]

    @property
    def likely_bound(self) -> float:
        """What the bound would be if no partner ever added more after others than alone."""
        return self.bounds[1]

    @property
    def rounds(self) -> list[list[tuple[str, str]]]:
        """Pairs of every round, earlier ones first; this is what `plan_rounds` takes as ``earlier``."""
        people = self.scores.people
        every = [*self._programme.earlier, *self._plan]
        return [[(people[i], people[j]) for i, j in pairs_in([groups])] for groups in every]

    def __len__(self) -> int:
        return len(self._plan)

    def __repr__(self) -> str:
        proof = f" ({self.proof_in_words()})" if np.isfinite(self.bound) else ""
        rounds, pairs = count_in_digits(len(self), "round", "rounds"), count_in_digits(len(self.table), "pair", "pairs")
        return f"<Rounds: {rounds}, {pairs}, total value {self.objective:.3f}{proof}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.schedule().head(10).to_html()}"

    def of(self, person: str) -> pd.DataFrame:
        """One person's rounds, as they may read them.

        Returns
        -------
        DataFrame
            One row per partner: ``round``, ``partner``, ``introducer`` (missing where none is needed) and ``gain``
            (effective perspectives they gain). Nothing of what the partner gains or answered.

        Raises
        ------
        UnknownPersonError
            If nobody has this identifier.
        """
        self.scores.position(person)
        sides = [
            self.table[self.table[me] == person].rename(columns={other: "partner", f"gain_{me}": "gain"})
            for me, other in (("a", "b"), ("b", "a"))
        ]
        found = pd.concat(sides)[["round", "partner", "introducer", "gain"]]
        return found.sort_values(["round", "partner"], ignore_index=True)

    def schedule(self) -> pd.DataFrame:
        """Everyone's partners round by round: index ``person``, one column per round, empty where nobody is met."""
        both = [
            self.table[["round", me, other]].set_axis(["round", "person", "partner"], axis=1)
            for me, other in ("ab", "ba")
        ]
        partners = pd.concat(both).sort_values("partner").groupby(["person", "round"])["partner"].agg(" + ".join)
        grid = partners.unstack("round").reindex(columns=range(1, len(self) + 1))
        return grid.reindex(self.people.index).astype("str").fillna("")

    def check(self) -> pd.DataFrame:
        """Hold the plan against its scores again: repeats, gates, capacity, limits, turns, gains and the bound.

        Returns
        -------
        DataFrame
            One row per violation: ``rule``, ``round`` (0 for all together), ``who``, ``found``. Empty when everything
            holds. A turn is violated where somebody who rested before, or in order of how often they did, meets nobody
            although all those with as great a claim and they could have met somebody.
        """
        fresh = round_table(self._programme, self._plan)
        found = [*broken_meetings(self._programme, self._plan, self.table, fresh)]
        totals = [*self.broken_totals(self._programme.total(self._plan, fresh["value"]), ROUNDING)]
        if not np.isnan(self.bound):
            totals += self.broken_bound(programme_bounds(self._programme, self._plan)[0], ROUNDING)
        found += [(rule, 0, who, what) for rule, who, what in totals]
        return pd.DataFrame(found, columns=["rule", "round", "who", "found"])


def plan_rounds(
    scores: PairScores,
    *,
    rounds: int = 6,
    earlier: Rounds | Iterable[object] = (),
    everyone: bool = True,
    trios: int = 0,
    willing: Collection[str] | None = None,
    clusters: pd.Series | None = None,
    cluster_price: float | None = None,
    passes: int = 2,
    bound: bool = True,
    progress: bool = True,
) -> Rounds:
    """Plan rounds of pairings in which nobody meets the same colleague twice.

    Each round is the best there is after those before it: whom people met counts as heard, so gains shrink as exposure
    grows. Then each round is made anew beside all the others, for the same people, until nothing improves.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    rounds
        How many.
    earlier
        Rounds held before: what `plan_rounds` returned, a `Pairing`, or one entry per round, each a `Pairing` or pairs
        of people. Nobody meets again, what was heard counts as heard, and turns and trio duty are remembered.
    everyone
        True: in every round as many people as possible meet somebody, even where it adds little. False: people who add
        nothing to anyone may rest.
    trios
        The most trios in a round, for people who would be left out. 0: odd people rest.
    willing
        Who may be in a trio; everyone by default.
    clusters
        Cluster of each person, index ``person``, for instance ``cluster_people(survey).table["perspective"]``:
        everyone should meet every cluster other than their own, where possible.
    cluster_price
        None: new clusters come before value. A number: effective perspectives that meeting a new cluster is worth.
    passes
        How often each round is made anew beside the others, at most. Only where value is the mean of the two gains.
    bound
        Whether to bound what any plan could bring; it takes a table of people by people and some time.
    progress
        Whether to show a progress bar.

    Returns
    -------
    Rounds

    Raises
    ------
    SettingError
        If a setting is outside what is allowed.
    InfeasibleError
        If a pair that the rules require is not possible, or no round after those before it keeps a limit of the rules.
    UnknownPersonError
        If ``willing`` or ``clusters`` names somebody who was not scored.

    Notes
    -----
    *Turns.* Whoever had to rest comes first in the next round, in the order of how often they did. Those who can meet
    somebody at the same time are the independent sets of a matroid, so nobody rests a second time in favour of somebody
    who never did, unless that is unavoidable in that round; ``people["rested"]`` reports it. Rounds are planned in
    turn, so in a tiny pool whose pairs are nearly used up it can become unavoidable though another plan would have
    spared it. In the same way trio duty goes to those who had least of it.

    *Rules.* A pair that the rules require is made in the first round, unless it met before. Limits on pairs within or
    across groups, and capacities with a price, hold in every round anew. How often somebody can be the different one
    counts over all rounds, earlier ones included; who gains more is judged by ``scores``. A trio is three pairs, but
    for a capacity it is one place. Limits without a price come before turns, what others cost after them. Under limits
    those who can meet somebody are no matroid: as many claims as possible are met, somebody who rested twice counting
    for two who rested once, and further partners of somebody with room for several count like first ones. Rounds are
    planned in turn, so that "at least" so many pairs can fail in a late round though another plan would have kept it;
    and pairs alone must be able to keep it. The bounds let the limits go and are looser for it.

    *Loss.* The effective number of perspectives is not submodular: of four people at the corners of a square, a third
    corner can add more to two opposite ones once the fourth is there. The usual bounds for planning in turn do not
    hold. ``bound`` is proven by other means, allowing for newcomers who help each other; it is loose where everybody
    may meet everybody.

    References
    ----------
    Lawler, E. L. (1976). Combinatorial Optimization: Networks and Matroids. Holt, Rinehart and Winston, chapter 7.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> plan = pn.plan_rounds(scores, rounds=2, progress=False)
    >>> int(plan.people["rested"].max()), len(plan.check())
    (1, 0)
    """
    _check_settings(rounds=rounds, trios=trios, passes=passes, cluster_price=cluster_price)
    before = read_rounds(earlier, scores.people)
    programme = programme_of(scores, before, everyone, trios, willing, clusters, cluster_price)
    passes = passes if scores.value == "mean" else 0
    with tqdm(total=rounds * (1 + passes), desc="rounds", disable=not progress, leave=False) as bar:
        first = programme.in_turn(rounds, step=bar.update)
        plan = programme.anew(first, passes, step=bar.update)
    settings = {**scores.settings, "rounds": rounds, "everyone": everyone, "trios": trios, "willing": willing}
    settings |= {"clusters": clusters is not None, "cluster_price": cluster_price, "passes": passes, "bound": bound}
    table = round_table(programme, plan)
    plain = table if plan == first else round_table(programme, first)
    if programme.rank(first, plain["value"]) > programme.rank(
        plan, table["value"]
    ):  # where missing answers blur who is like whom
        plan, table = first, plain
    return Rounds(
        table=table,
        people=people_table(programme, plan),
        coverage=coverage_table(programme, plan, clusters),
        objective=programme.total(plan, table["value"]),
        bounds=programme_bounds(programme, plan) if bound else (np.nan, np.nan),
        in_turn=programme.total(first, plain["value"]),
        settings=settings,
        scores=scores,
        _programme=programme,
        _plan=plan,
    )


def _check_settings(*, rounds: int, trios: int, passes: int, cluster_price: float | None) -> None:
    for name, count, least in (("rounds", rounds, 1), ("trios", trios, 0), ("passes", passes, 0)):
        if not (isinstance(count, (int, np.integer)) and count >= least):
            raise SettingError(f"{name} must be a whole number, {least} or more; got {count!r}.")
    if cluster_price is not None and not 0 <= cluster_price < np.inf:
        raise SettingError(f"cluster_price must be None or a number, 0 or more; got {cluster_price!r}.")


# --- tables -----------------------------------------------------------------------------------------------------------


def round_table(programme: Programme, plan: tuple[Round, ...]) -> pd.DataFrame:
    """One row per pair, with the gains at that time."""
    found = [_one_round(programme, plan, place) for place in range(len(plan))]
    table = pd.concat(found, ignore_index=True).astype({"a": "str", "b": "str"})
    rests_on = programme.scores.to_frame(zip(table["a"], table["b"], strict=True))
    rests_on = rests_on[["a", "b", "foundation", "introducer"]]
    table = table.merge(rests_on, on=["a", "b"], how="left", validate="many_to_one")
    return table[COLUMNS]


def _one_round(programme: Programme, plan: tuple[Round, ...], place: int) -> pd.DataFrame:
    rank, people = programme.pairs.rank, programme.scores.people
    groups = sorted(
        (tuple(sorted(group, key=lambda i: rank[i])) for group in plan[place]), key=lambda g: rank[list(g)].tolist()
    )
    rows = [(number, pair, len(group) > 2) for number, group in enumerate(groups, 1) for pair in pairs_in([(group,)])]
    pairs = [pair for _, pair, _ in rows]
    scores = programme.scores_after(plan[:place])
    own, given = group_gains(scores, pairs)
    found = programme.pairs.find(pairs)
    return pd.DataFrame(
        {
            "round": np.full(len(rows), place + 1),
            "pair": np.array([number for number, _, _ in rows], dtype=np.int64),
            "a": [people[i] for i, _ in pairs],
            "b": [people[j] for _, j in pairs],
            "trio": np.array([trio for _, _, trio in rows], dtype=bool),
            "gain_a": own,
            "gain_b": given,
            "value": scores.combined(own, given) + without_wishes(programme.pairs).columns["price"][found],
        }
    )


def people_table(programme: Programme, plan: tuple[Round, ...]) -> pd.DataFrame:
    """What each person gets out of the rounds."""
    standing = history_after(programme.pairs, [*programme.earlier, *plan])
    before, after = (programme.scores_after(rounds).reach.exposure for rounds in ((), plan))
    partners = heard_in(plan)
    active = [np.unique(np.array(pairs_in([groups]), dtype=np.int64)) for groups in plan]
    met = np.concatenate([np.empty(0, dtype=np.int64), *active])
    table = pd.DataFrame(
        {
            "rounds": np.bincount(met, minlength=programme.pairs.n),
            "partners": [len(partners.get(person, ())) for person in range(programme.pairs.n)],
            "rested": standing.rested,
            "no_one_new": standing.no_one_new,
            "trios": standing.trios,
            "before": before,
            "after": after,
            "gain": after - before,
        },
        index=programme.scores.people,
    )
    return table.rename_axis("person")


def coverage_table(programme: Programme, plan: tuple[Round, ...], clusters: pd.Series | None) -> pd.DataFrame:
    """Which clusters everyone meets, and who cannot meet one of them."""
    people, labels = programme.scores.people, programme.labels
    names = [] if clusters is None else pd.Index(clusters.dropna().unique()).sort_values()
    first = _first_met(programme, plan)
    every = tuple(zip(programme.pairs.firsts.tolist(), programme.pairs.seconds.tolist(), strict=True))
    possible = clusters_met(labels, [every])  # had everybody met all their possible partners
    status = np.where(~np.isnan(first), 0, np.where(possible, 1, 2))  # places in STATUSES
    able = np.flatnonzero(programme.pairs.partners() > 0).tolist()
    rows = [
        (people[i], name, first[i, c], STATUSES[status[i, c]])
        for i in able
        for c, name in enumerate(names)
        if c != labels[i]
    ]
    return pd.DataFrame(rows, columns=["person", "cluster", "round", "status"])


def _first_met(programme: Programme, plan: tuple[Round, ...]) -> Floats:
    """Round in which each person first meets each cluster, 0 before these rounds, missing if they never do."""
    labels = programme.labels
    found: Floats = np.where(clusters_met(labels, programme.earlier), 0.0, np.nan)
    for number in range(1, len(plan) + 1):
        met = clusters_met(labels, [*programme.earlier, *plan[:number]])
        found[met & np.isnan(found)] = number
    return found


# --- checks -----------------------------------------------------------------------------------------------------------


def broken_meetings(programme: Programme, plan: tuple[Round, ...], table: pd.DataFrame, fresh: pd.DataFrame) -> Broken:
    """Every violation but those of totals and bound; ``fresh``: the table worked out anew."""
    scored = programme.scores.to_frame(zip(table["a"], table["b"], strict=True))
    for row in scored[scored["blocked"] != ""].itertuples():
        yield "gates", 0, f"{row.a} and {row.b}", str(row.blocked)
    yield from _broken_required(programme, plan)
    yield from _broken_repeats(programme, table)
    yield from _broken_capacity(programme, table)
    for limit, number, excess in excesses(programme.limits, plan):
        if limit.is_hard:
            yield "limits", number, limit.told, excess_in_words(limit, excess)
    for column in ("gain_a", "gain_b", "value"):
        wrong = ~np.isclose(fresh[column].to_numpy(), table[column].to_numpy(), rtol=0, atol=ROUNDING)
        for row in table[wrong].itertuples():
            yield column, int(row.round), f"{row.a} and {row.b}", "not what the scores give"
    yield from _broken_turns(programme, plan)


def _broken_required(programme: Programme, plan: tuple[Round, ...]) -> Broken:
    people, made = programme.scores.people, {frozenset(pair) for pair in pairs_in(plan[:1])}
    for i, j in programme.required:
        if frozenset((i, j)) not in made:
            yield "required", 1, f"{people[i]} and {people[j]}", "do not meet in the first round"


def _broken_repeats(programme: Programme, table: pd.DataFrame) -> Broken:
    people = programme.scores.people
    before = [frozenset((people[i], people[j])) for i, j in pairs_in(programme.earlier)]
    now = [frozenset(pair) for pair in zip(table["a"], table["b"], strict=True)]
    times = Counter([*set(before), *now])
    for pair in sorted({pair for pair in now if times[pair] > 1}, key=sorted):
        yield "repeats", 0, " and ".join(sorted(pair)), f"meet {times[pair]} times"


def _broken_capacity(programme: Programme, table: pd.DataFrame) -> Broken:
    """A trio takes one place."""
    groups = pd.concat([table[["round", "pair", side]].set_axis(["round", "pair", "person"], axis=1) for side in "ab"])
    times = groups.drop_duplicates().groupby(["round", "person"]).size()
    allowed = programme.scores.capacity.to_dict()
    for number, person, count in times.reset_index().itertuples(index=False, name=None):
        if count > allowed[person]:
            yield "capacity", number, person, f"{count} meetings, {allowed[person]} allowed"


def _broken_turns(programme: Programme, plan: tuple[Round, ...]) -> Broken:
    """Rounds in which more of those who had to rest before could have met somebody."""
    for place, groups in enumerate(plan):
        before = [*programme.earlier, *plan[:place]]
        rested = history_after(programme.pairs, before).rested
        turn = np.unique(rested, return_inverse=True)[1] + programme.everyone
        pairs = programme.pairs.without(pairs_in(before))
        places, fixed = programme.places(rested), programme.fixed(place)
        left = np.maximum(places - _taken(fixed, pairs.n), 0)
        pairs = pairs.without(pairs_in([fixed]))
        claims, limits = (turn[pairs.firsts] + turn[pairs.seconds]).astype(float), programme.limits_kept(plan, place)
        best = best_pairs_within(pairs, claims, left, limits) if limits else pairs.matching(claims, left)
        reached = float((turn * (np.minimum(_taken(groups, pairs.n), places) - (places - left))).sum())
        if reached < best.objective - ROUNDING:
            yield (
                "turns",
                place + 1,
                "those who rested",
                f"claims worth {best.objective:g} could be met, {reached:g} are",
            )


def _taken(groups: Round, people: int) -> Ints:
    """In how many of the groups each person is."""
    return np.bincount(np.array([person for group in groups for person in group], dtype=np.int64), minlength=people)
