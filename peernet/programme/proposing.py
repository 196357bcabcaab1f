"""The next round: everybody whose turn it is first, nobody with somebody they had before, then the best there is.

*Turns.* Whoever had no partner when they last took part, or was left by one, has a rule of their own in the objective:
a partner, at a price no gain comes to. So as many of them as can have one have one, whoever waited longer before
whoever waited less, and only then the programme's own objective counts; the engine proves the whole. Sets of people who
can have a partner at the same time are the independent sets of a matroid where everybody has one partner at most, so
any prices in the order of the turns leave out the same people, and as few as possible.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from time import monotonic
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from peernet._arrays import Ints
from peernet._wording import Shown, count_in_digits, listed_few
from peernet.errors import PeernetWarning, check_type
from peernet.graph.colleagues import colleague_graph
from peernet.meetings.held import heard_in
from peernet.pairing.pairing import Pairing
from peernet.pairing.pool import PairList, possible_pairs
from peernet.programme.rounds import LEFT_OUT, NOT_YET, PROPOSED, WITHDRAWN, RoundLog, called, log_rows
from peernet.programme.settings import Settings
from peernet.scores.foundation import BY_INTRODUCER
from peernet.scores.pair_scores import PairScores
from peernet.scores.reasons import FREE_REASONS
from peernet.scores.rules import Rule, Rules
from peernet.scores.ruling import as_the_survey_calls_them
from peernet.survey.survey import Survey

MOST_ROUNDS = 12  # looked at one after the other
SECONDS = 3.0  # to look for several rounds at once
MOST_COLUMNS = 100_000  # of the program that looks for them: pairs times rounds
SOLVED, INFEASIBLE = 0, 2  # SciPy's status of an integer program
TURN = 1e6  # effective perspectives: a price that no gain comes to, see `Rule`


@dataclass(frozen=True)
class RoundsPossible:
    """How many rounds there can be in which as many people as possible have a partner and nobody meets twice.

    Parameters
    ----------
    least, most
        There are as many at the least, and no more; both are proven, and equal where the number is known.
    why
        What bounds them, in words.
    in_turn
        The most pairs in each round, if rounds are made one after the other until nobody has anybody left.
    """

    least: int
    most: int
    why: str
    in_turn: tuple[int, ...]

    def __str__(self) -> str:
        if not self.in_turn:
            return "No round is possible: nobody has a possible partner."
        number = f"{self.least}" if self.least == self.most else f"{self.least} to {self.most}"
        more = ", ..." if len(self.in_turn) == MOST_ROUNDS else ""
        return (
            f"Without a repeat: {number} {'round' if self.most == 1 else 'rounds'} of "
            f"{count_in_digits(self.in_turn[0], 'pair', 'pairs')}, the most in which each has one partner; no more, "
            f"proven ({self.why}). One after the other, rounds could have "
            f"{', '.join(map(str, self.in_turn))}{more} pairs."
        )


@dataclass(frozen=True, eq=False, repr=False)
class NextRound(Shown):
    """A round as it is proposed, before anything is written.

    Parameters
    ----------
    number
        Its number.
    pairing
        The pairs, and the proof: as many as possible of those in ``first`` have a partner, and then nothing better
        exists by the programme's settings. Its objective contains what each of them who has none costs; ``value`` is
        that of the pairs alone.
    first
        Those whose turn it was, index ``person``, as in `RoundLog.waiting`; ``possible`` (partners they could have) and
        ``has_partner``.
    left_out
        People who take part and have no partner: ``person``, ``reason``, ``detail``, as in `Pairing`.
    away
        Until when people take no part, by person; empty for good.
    newcomers
        People who take part for the first time, after the first round.
    rows
        What `RoundLog.append` takes to write it down.
    possible
        Before the first round: how many there can be without a repeat. None later.
    survey
        The people.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pn.programme.next_round(survey, pn.programme.read_rounds("data/harbour"))
    <NextRound: round 1, 110 pairs, 20 people left out>
    """

    MAIN_TABLE = "rows"

    number: int
    pairing: Pairing
    first: pd.DataFrame
    left_out: pd.DataFrame
    away: dict[str, str]
    newcomers: tuple[str, ...]
    rows: pd.DataFrame
    possible: RoundsPossible | None
    survey: Survey = field(repr=False)

    def __repr__(self) -> str:
        pairs = count_in_digits(len(self.pairing), "pair", "pairs")
        alone = count_in_digits(len(self.left_out), "person", "people")
        return f"<NextRound: round {self.number}, {pairs}, {alone} left out>"

    @property
    def value(self) -> float:
        """Total value of the pairs, in effective perspectives."""
        return float(self.pairing.table["value"].sum())

    def summary(self) -> list[str]:
        """The round in lines, by name; for the analyst."""
        lines = [] if self.possible is None else [str(self.possible)]
        pairs = count_in_digits(len(self.pairing), "pair", "pairs")
        proof = "proven best" if self.pairing.proven else "the best found in time"
        lines.append(f"Round {self.number}: {pairs}, total value {self.value:.2f} ({proof})")
        for a, b, foundation, introducer in self.pairing.table[["a", "b", "foundation", "introducer"]].itertuples(
            index=False, name=None
        ):
            one, other = called(self.survey, [a, b])
            by = f", introduced by {called(self.survey, [introducer])[0]}" if foundation in BY_INTRODUCER else ""
            lines.append(f"  {one} with {other}{by}")
        if len(self.first):
            served = int(self.first["has_partner"].sum())
            lines.append(
                f"Came first, as they had no partner last time or were left by one: {len(self.first)}; {served} of "
                f"them have a partner now, the most possible"
            )
        for detail, some in self.left_out.groupby("detail", sort=False):
            names = listed_few(called(self.survey, some["person"]), len(some))
            lines.append(f"Without a partner, and first next time: {names} ({detail})")
        if self.newcomers:
            lines.append(f"New: {listed_few(called(self.survey, self.newcomers))}")
        if self.away:
            here = {who: day for who, day in self.away.items() if who in self.survey.people.index}
            absent = zip(called(self.survey, here), here.values(), strict=True)
            until = [f"{name}{f' until {day}' if day else ''}" for name, day in absent]
            lines.append(f"Away: {listed_few(until)}")
        return lines


def next_round(
    survey: Survey,
    rounds: RoundLog,
    *,
    settings: Settings | None = None,
    graph: nx.MultiDiGraph[str] | None = None,
    today: date | None = None,
    again: bool = False,
) -> NextRound:
    """Propose the next round of a programme.

    Nobody is paired with somebody they were paired with before, whether or not the two met; whom somebody has met
    counts as heard. Whoever left, or is away on the day, takes no part. As many as possible of those who had no partner
    when they last took part, or were left by one, have a partner; then the settings decide.

    Parameters
    ----------
    survey
        The people as they are now; newcomers are those who are in no round so far.
    rounds
        What was held so far, from `read_rounds` with this survey.
    settings
        What the organiser decides; by default `Settings` as it is.
    graph
        The colleague graph, where it is there already.
    today
        The day that counts for absences; by default the present one.
    again
        Propose a round anew that is proposed and has not begun: its proposal is withdrawn.

    Returns
    -------
    NextRound

    Raises
    ------
    SettingError
        If the last round is proposed and has not begun, unless ``again``; or nothing can be proposed ``again``.
    RulesError, InfeasibleError
        As `pair_people` raises them.

    Notes
    -----
    With ``cardinality="max"`` the number of pairs comes before turns. Where everybody has one partner at most both can
    be had together.

    References
    ----------
    Lawler, E. L. (1976). Combinatorial Optimization: Networks and Matroids. Holt, Rinehart and Winston, chapter 7.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> proposed = pn.programme.next_round(survey, pn.programme.read_rounds("data/harbour"))
    >>> proposed.rows.loc[0, ["a", "b", "status"]].tolist()
    ['p001', 'p050', 'proposed']
    """
    check_type("rounds", rounds, RoundLog, "read_rounds")
    number = rounds.next_number(again=again)
    settings, graph = settings or Settings(), graph or colleague_graph(survey)
    away = rounds.away(today or date.today())
    scores, rules = ready_scores(survey, graph, settings, rounds, number, away)
    first = rounds.waiting(number)
    ready = under(scores, rules)
    partners = pd.Series(possible_pairs(ready).partners(), index=scores.people)
    first = first.assign(possible=partners.reindex(first.index)).dropna(subset="possible")
    first = first[first["possible"] > 0].astype({"possible": "int64"})
    turns = [
        Rule("partner", person, price=TURN * (2 * without + left))
        for person, without, left in first[["without", "partner_left"]].itertuples(name=None)
    ]
    ruled = under(ready, Rules(turns))
    pairing = settings.pair(ruled)
    paired = {*pairing.table["a"], *pairing.table["b"]}
    left_out = pairing.unpaired[pairing.unpaired["reason"].isin([*FREE_REASONS])].reset_index(drop=True)
    known = {*rounds.table["a"], *rounds.table["b"]}
    new = [person for person in (*paired, *left_out["person"]) if person not in known] if number > 1 else []
    return NextRound(
        number,
        pairing,
        first.assign(has_partner=first.index.isin([*paired])),
        left_out,
        away,
        tuple(sorted(new)),
        _rows(rounds, number, pairing, left_out["person"].tolist(), again=again),
        rounds_possible(ruled) if number == 1 else None,
        survey,
    )


def ready_scores(
    survey: Survey,
    graph: nx.MultiDiGraph[str],
    settings: Settings,
    rounds: RoundLog,
    number: int,
    away: dict[str, str],
) -> tuple[PairScores, Rules]:
    """Scores as they stand before a round, partners so far heard, and the rules for it, history and absences included.

    A pair that must be made is left for a later round while one of the two is away.
    """
    plain = settings.but(rules=Rules()).score(survey, graph)
    before = rounds.history(number)
    before = before[before["a"].isin(plain.people) & before["b"].isin(plain.people)]
    met = before[before["met"] != NOT_YET]
    groups = [tuple((plain.position(a), plain.position(b)) for a, b in zip(met["a"], met["b"], strict=True))]
    heard = heard_in(groups)
    scores = replace(plain, reach=plain.reach.joined(heard)) if heard else plain
    rules, _ = as_the_survey_calls_them(
        scores, settings.rules
    )  # what is wrong with them is told where they are applied
    pairs = dict.fromkeys(zip(before["a"], before["b"], strict=True))
    absent = [Rule("capacity", person, number=0) for person in away if person in scores.people]
    here = (rule for rule in rules if rule.rule != "required" or not {rule.a, rule.b} & {*away})
    return scores, Rules(here, rules.facts).after(pairs) + Rules(absent)


def under(scores: PairScores, rules: Rules) -> PairScores:
    """Scores under rules, without the warnings that turns have a price which means never."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", PeernetWarning)
        ruled = scores.under(rules) if len(rules) else scores
    told = () if ruled.applied_rules is None else ruled.applied_rules.never
    others = [
        text for rule, text in told if rule in rules and not (rule.rule == "partner" and (rule.price or 0) >= TURN)
    ]
    for warning in caught:
        if others or not issubclass(warning.category, PeernetWarning):
            warnings.warn(" ".join(others) or str(warning.message), warning.category, stacklevel=3)
    return ruled


def _rows(rounds: RoundLog, number: int, pairing: Pairing, alone: Sequence[str], *, again: bool) -> pd.DataFrame:
    """A proposal as rows of the log; one that it takes the place of is withdrawn."""
    found: list[dict[str, Any]] = []
    if again:
        found += [{"round": number, "a": a, "b": b, "status": WITHDRAWN} for a, b in rounds.of_round(number, PROPOSED)]
    for a, b, worth in pairing.table[["a", "b", "value"]].itertuples(index=False, name=None):
        found.append({"round": number, "a": a, "b": b, "status": PROPOSED, "worth": worth})
    found += [{"round": number, "a": person, "status": LEFT_OUT} for person in alone]
    return log_rows(found)


# --- how many rounds there can be -------------------------------------------------------------------------------------


def rounds_possible(scores: PairScores) -> RoundsPossible:
    """How many rounds with as many pairs as possible there can be without a repeat, limits on numbers of pairs apart.

    Each uses up so many pairs; somebody without whom a round would have fewer pairs needs a new partner in each; and an
    integer program looks for that many rounds at once, or proves that there are none, as long as its time lasts.
    """
    pairs = possible_pairs(scores)
    capacity = np.minimum(pairs.capacity, 1)
    in_turn = _in_turn(pairs, capacity)
    if not in_turn:
        return RoundsPossible(0, 0, "nobody has a possible partner", ())
    most, why = min(_bounds(pairs, capacity, in_turn[0]))
    least = sum(size == in_turn[0] for size in in_turn)
    deadline = monotonic() + SECONDS
    while least < most and len(pairs) * most <= MOST_COLUMNS:
        found = _all_at_once(pairs, capacity, in_turn[0], most, max(0.0, deadline - monotonic()))
        if found is None:
            break
        if found:
            return RoundsPossible(most, most, why, in_turn)
        most, why = most - 1, "every way of making more was ruled out"
    return RoundsPossible(least, most, why, in_turn)


def _bounds(pairs: PairList, capacity: Ints, size: int) -> Iterator[tuple[int, str]]:
    """Numbers of rounds that cannot be exceeded, each with the reason."""
    yield len(pairs) // size, f"there are {len(pairs):,} possible pairs"
    partners = pairs.partners()
    for person in np.argsort(partners, kind="stable"):
        if not partners[person]:
            continue
        rest = np.where(np.arange(pairs.n) == person, 0, capacity)
        if len(pairs.matching(np.zeros(len(pairs)), rest, fill=True).pairs) < size:
            each = count_in_digits(int(partners[person]), "possible partner", "possible partners")
            yield int(partners[person]), f"somebody whom every such round needs has {each}"
            return  # those who come later have as many partners or more


def _in_turn(pairs: PairList, capacity: Ints) -> tuple[int, ...]:
    """The most pairs in rounds made one after the other, those with most partners left first."""
    left = pairs
    sizes: list[int] = []
    while len(left) and len(sizes) < MOST_ROUNDS:
        partners = left.partners().astype(float)
        found = left.matching(partners[left.firsts] + partners[left.seconds], capacity, fill=True)
        if not found.pairs:
            break
        left = left.without(left.placed(found))
        sizes.append(len(found.pairs))
    return tuple(sizes)


def _all_at_once(pairs: PairList, capacity: Ints, size: int, number: int, seconds: float) -> bool | None:
    """Whether there are so many rounds of so many pairs without a repeat; None where that was not found out in time."""
    count = len(pairs)
    column = np.arange(count * number) % count
    turn = np.arange(count * number) // count
    own = np.concatenate([turn * pairs.n + side[column] for side in (pairs.firsts, pairs.seconds)])
    cells = np.concatenate([np.arange(count * number)] * 2)
    ones = np.ones(count * number)
    meets = sparse.csr_array((np.ones(2 * len(column)), (own, cells)), shape=(pairs.n * number, count * number))
    once = sparse.csr_array((ones, (column, cells[: len(column)])), shape=(count, count * number))
    sizes = sparse.csr_array((ones, (turn, cells[: len(column)])), shape=(number, count * number))
    found = milp(
        np.zeros(count * number),
        integrality=np.ones(count * number, dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(meets, ub=np.tile(capacity, number)),
            LinearConstraint(once, ub=1),
            LinearConstraint(sizes, lb=size),
        ],
        options={"time_limit": seconds},
    )
    return {SOLVED: True, INFEASIBLE: False}.get(found.status)
