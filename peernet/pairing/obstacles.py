"""Before pairing: who cannot be paired and what keeps them, and the smallest change that would satisfy every rule.

The smallest change is a minimum-cost repair of an infeasible problem: an integer program (MILP) in which every rule may
be eased at a price. The file goes from the question to what must hold, to the program, to its answer in words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html import escape
from operator import itemgetter
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from peernet._arrays import Flags, Floats, Ints
from peernet._wording import count_in_digits
from peernet.matching.matching import max_weight_matching
from peernet.pairing.objectives import EngineWeights, with_required
from peernet.scores.gates import REASONS
from peernet.scores.pair_scores import CELLS_AT_ONCE, PairScores
from peernet.scores.reasons import closed_gates, unanswered, what_would_help
from peernet.scores.rules import Rules

ALL_PAIRS = 400  # people up to whom every pair is looked at; beyond, the nearest of each person
NEAREST = 10
OPENINGS = {"foundation": "let them meet first, nobody is known to vouch for both"}  # else: open it
Matrix: TypeAlias = Any  # SciPy's sparse classes and arrays share no useful type
# Of changes equally few those come first that ask least: a gate opened for one pair, one more partner for somebody, one
# pair more or less on a limit, a pair without a known foundation, a requirement dropped, somebody left to rest.
LEANING = {"gate": 0.0, "capacity": 1.0, "limit": 2.0, "unfounded": 3.0, "required": 4.0, "rest": 5.0}
SLIGHT = 1e-3  # of a change: all that the order above can add up to, so that it never outweighs one
PROVEN = 0  # SciPy's status of an integer program solved to the end


@dataclass(frozen=True, repr=False)
class Feasibility:
    """What stands in the way of a pairing; for the analyst, as numbers of partners would tell of vetoes and refusals.

    Parameters
    ----------
    people
        One row per person who cannot be paired: ``person``; ``reason`` (did not answer, perspective not known,
        opted out, wants no partner, no partner by a rule, too few answers about something, no possible partner);
        ``opens`` (gates or rules that would each give them a partner if it were opened for them, with the number of
        partners); ``together`` (where none does alone: the fewest that would together). Both are empty where nothing
        that a programme may change would help.
    changes
        The fewest changes after which some pairing keeps every rule: ``rule``, ``who``, ``change`` and ``count`` (as
        how many changes it counts). Empty where nothing must change, or where nothing was found in time.
    feasible
        Whether some pairing keeps every rule as they are.
    least
        No fewer changes than this will do.
    asked
        The changes as data, positions in the order of the identifiers.
    cover
        Pairs that give everybody a partner once the changes are made, where that was asked with nobody to rest.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> found = pn.feasibility(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> found
    <Feasibility: 30 people cannot be paired; every rule can be kept>
    """

    people: pd.DataFrame
    changes: pd.DataFrame
    feasible: bool
    least: int
    asked: tuple[Change, ...] = field(default=(), compare=False)
    cover: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def proven(self) -> bool:
        """Whether fewer changes are proven not to do."""
        return self.feasible or 0 < self.changes["count"].sum() <= self.least

    def __repr__(self) -> str:
        return (
            f"<Feasibility: {count_in_digits(len(self.people), 'person', 'people')} cannot be paired; {self._verdict}>"
        )

    @property
    def _verdict(self) -> str:
        number = int(self.changes["count"].sum())
        if self.feasible:
            return "every rule can be kept"
        if not number:
            return "whether every rule can be kept was not found out in time"
        fewest = "proven fewest" if self.proven else f"at least {self.least} needed"
        return f"no pairing keeps every rule, {number} change{'s' if number > 1 else ''} would do ({fewest})"

    def _repr_html_(self) -> str:
        tables = "".join(table.head(20).to_html(index=False) for table in (self.changes, self.people) if len(table))
        return f"<p>{escape(repr(self)[1:-1])}</p>{tables}"


def feasibility(
    scores: PairScores,
    rules: Rules | None = None,
    *,
    required: Iterable[tuple[str, str]] = (),
    floor: float | None = None,
    everyone: bool = False,
    rest: bool = True,
    time_limit: float = 60.0,
) -> Feasibility:
    """Say who cannot be paired and what keeps them, and what the smallest change is that would satisfy every rule.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    rules
        What the programme demands, on top of rules the scores are under already.
    required
        Pairs that must be made, beside those the rules require.
    floor
        The least each side of a pair must gain.
    everyone
        Whether everybody who takes part must have a partner.
    rest
        Whether leaving somebody of these to rest is a change like others; if not, only they rest whom nothing helps.
    time_limit
        Seconds to look for the smallest change; the fewest changes found until then are given, with a number that
        none undercut.

    Returns
    -------
    Feasibility
        ``.people``, ``.changes``, ``.feasible``, ``.least`` and ``.proven``.

    Raises
    ------
    RulesError
        If a rule names somebody or a column that is not there.
    UnknownPersonError
        If nobody has an identifier among the required pairs.

    Notes
    -----
    A change is: one gate or rule opened for one pair, room for one more partner, one pair more or fewer on a limit, one
    requirement dropped, or one person left to rest. Of equally few changes those come first that leave the foundation
    alone. Vetoes, managers, refused trust, answers that are not there and the
    wish for no partner are never touched, and which of these keeps two people apart is never told. Up to 400 people
    every pair is looked at, so that the fewest changes are proven unless the time is up; beyond, the pairs nearest to
    possible of each person are, and ``least`` is 1.

    References
    ----------
    Schrijver, A. (2003). Combinatorial Optimization: Polyhedra and Efficiency. Springer, chapter 27.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> rules = pn.Rules([pn.Rule("at least within", column="team", number=73)])
    >>> found = pn.feasibility(scores, rules)
    >>> found
    <Feasibility: 30 people cannot be paired; no pairing keeps every rule, 1 change would do (proven fewest)>
    >>> found.changes[["rule", "change"]].to_numpy().tolist()
    [['capacity', 'room for 2 partners instead of 1']]
    """
    scores = scores if rules is None else scores.under(rules)
    scores = scores if floor is None else scores.floored(floor)
    wanted = EngineWeights(scores).positions(with_required(scores, required))
    people = _unpairable(scores)
    demands, complete = _demands(scores, wanted, everyone, rest)
    if not (len(demands.required) or len(demands.number) or len(demands.everyone)):
        return Feasibility(people, _changes_table(scores, demands, []), True, 0)
    covers = not (rest or len(demands.required) or len(demands.number))
    cover = cheapest_cover(demands) if covers else []
    found = asked_for(demands, cover) if covers else fewest_changes(demands, time_limit)
    changes, least = ([], 0) if found is None else found
    least = least if complete else min(least, 1)
    table, names = _changes_table(scores, demands, changes), EngineWeights(scores).people
    covered_by = tuple((str(names[a]), str(names[b])) for a, b in cover)
    return Feasibility(people, table, found is not None and not changes, least, tuple(changes), covered_by)


def _unpairable(scores: PairScores) -> pd.DataFrame:
    free, passing = scores.gates.out == 0, scores.passing
    doubtful = np.arange(len(scores)) if passing is None else np.flatnonzero(~free | (passing.ends() == 0))
    blocks = np.array_split(doubtful, max(1, len(doubtful) * len(scores) // CELLS_AT_ONCE))
    rows = [row for people in blocks for row in _unpairable_among(scores, people, free)]
    return pd.DataFrame(rows, columns=["person", "reason", "opens", "together"]).astype("str")


def _unpairable_among(scores: PairScores, people: Ints, free: Flags) -> Iterator[tuple[str, str, str, str]]:
    found = closed_gates(scores, people)
    possible = (~found.never & (found.number == 0) & free).any(axis=1)
    for row, i in enumerate(people.tolist()):
        out, person = int(scores.gates.out[i]), str(scores.people[i])
        if out:
            yield person, REASONS[out], "", ""
        elif not possible[row]:
            alone, together = what_would_help(found, row, free)
            blocks = () if alone or together else unanswered(scores, np.array([i]))[0]  # one's own, so it may be told
            reason = f"too few answers about {' and '.join(blocks)}" if blocks else "no possible partner"
            yield person, reason, alone, together


# --- what must hold ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Demands:
    """What must hold, and what could be done."""

    # i, j: people of each pair that could be made, closed gates opened
    i: Ints
    j: Ints
    closed_gates: Ints  # how many gates are closed between them
    unfounded: Flags  # whether foundation is one of them
    capacity: Ints  # the most partners of each person
    raisable: Flags  # whether somebody's capacity could be raised
    required: tuple[tuple[int, int], ...]  # pairs that must be made
    # counts, sign, number: of each limit: whether it counts each pair; 1 for at most and -1 for at least; how many
    counts: Flags
    sign: Ints
    number: Ints
    everyone: Ints  # people who must have a partner
    may_rest: Flags  # whether each of these may be left to rest


@dataclass(frozen=True)
class Change:
    """One change: ``kind``, whom or which it is about, and by how much.

    ``about`` is a pair of people for a gate or a requirement, else the position of a person or limit.
    """

    kind: str
    about: tuple[int, ...]
    amount: int = 1


def _demands(scores: PairScores, wanted: list[tuple[int, int]], everyone: bool, rest: bool) -> tuple[Demands, bool]:
    """What must hold, people by name, and whether every pair is looked at."""
    names = EngineWeights(scores)
    limits = [limit for limit in names.limits if math.isinf(limit.price)]
    complete = len(scores) <= ALL_PAIRS
    blocks = [np.arange(len(names))] if complete else scores.blocks()
    cells = [_pairs(scores, rows, wanted, complete) for rows in blocks]
    i, j, number, unfounded = (np.concatenate(part) for part in zip(*cells, strict=True))
    free = scores.gates.out[names.order] == 0
    lonely = np.flatnonzero(free) if everyone else np.empty(0, dtype=np.int64)
    demands = Demands(
        i,
        j,
        number,
        unfounded,
        names.capacity,
        free,
        tuple(sorted(wanted)),
        np.array([limit.pairs[i, j] for limit in limits], dtype=bool).reshape(len(limits), len(i)),
        np.array([limit.sign for limit in limits], dtype=np.int64),
        np.array([limit.number for limit in limits], dtype=np.int64),
        lonely,
        np.full(len(lonely), True) if rest else ~np.isin(lonely, [i, j]),
    )
    return demands, complete


def _pairs(
    scores: PairScores, rows: Ints, wanted: list[tuple[int, int]], complete: bool
) -> tuple[Ints, Ints, Ints, Flags]:
    """Pairs of the rows that could be made, people by name, how many gates are closed, and whether foundation is."""
    names = EngineWeights(scores)
    found = closed_gates(scores, names.order[rows])
    number = np.where(found.never, -1, found.number)[:, names.order]
    number[:, names.capacity == 0] = -1
    number[names.capacity[rows] == 0] = -1
    kept = number >= 0
    if not complete:
        pair = rows[:, None] * len(scores) + np.arange(len(scores))
        kept &= _nearest(number) | np.isin(pair, [a * len(scores) + b for a, b in wanted])
    r, c = np.nonzero(kept & (np.arange(len(scores)) > rows[:, None]))
    return rows[r], c.astype(np.int64), number[r, c], found.unfounded[:, names.order][r, c]


def _nearest(number: Ints) -> Flags:
    """The pairs with the fewest closed gates in each row; of equally few those of the first people."""
    people = number.shape[1]
    rank = np.where(number < 0, number.max(initial=0) + 1, number) * people + np.arange(people)
    near = np.zeros(number.shape, dtype=bool)
    np.put_along_axis(near, np.argpartition(rank, min(NEAREST, people) - 1, axis=1)[:, :NEAREST], True, axis=1)
    return near


def cheapest_cover(demands: Demands) -> list[tuple[int, int]]:
    """Pairs that ask for the fewest changes where all that is asked is a partner for everybody: a cheapest edge cover.

    A cover falls into stars. In a star one pair is made, and everybody else joins the one in its middle, who needs room
    for one more: that asks as much of each of them as the cheapest colleague to join. So whoever is in no pair of a
    matching costs what joining asks, and the matching that saves most is the cover that costs least (Schrijver, 2003,
    chapter 27). Room for several partners is so many places of a person, of which only the first must be taken.
    """
    gates = demands.closed_gates
    unit = 1 + 2 * len(LEANING) * (len(demands.capacity) + 1)  # of a change; what it leans to adds up to less
    cost = unit * gates + int(LEANING["unfounded"]) * demands.unfounded
    joins, middle = _joining(demands, cost + unit + int(LEANING["capacity"]))
    owner = np.repeat(np.arange(len(demands.capacity)), demands.capacity)
    first = np.append(True, owner[1:] != owner[:-1]) if len(owner) else np.empty(0, dtype=bool)
    saved = _saved(demands, cost, joins, owner, first)
    pairs = {(int(owner[a]), int(owner[b])) for a, b in max_weight_matching(saved).pairs}
    alone = np.setdiff1d(demands.everyone[~demands.may_rest], np.array(sorted(pairs), dtype=np.int64))
    pairs |= {(min(person, other), max(person, other)) for person in alone.tolist() if (other := middle[person]) >= 0}
    return sorted(pairs)


def _saved(demands: Demands, cost: Ints, joins: Ints, owner: Ints, first: Flags) -> Matrix:
    """What each pair of places saves beside joining others: a table, and of many people a list of the pairs."""
    i, j = demands.i, demands.j
    if len(owner) ** 2 <= CELLS_AT_ONCE:
        table = np.full((len(demands.capacity),) * 2, np.nan)
        table[i, j] = table[j, i] = -cost
        return table[np.ix_(owner, owner)] + np.add.outer(joins[owner] * first, joins[owner] * first)
    start, room = np.cumsum(demands.capacity) - demands.capacity, demands.capacity
    pair = np.repeat(np.arange(len(i)), room[i] * room[j])
    turn = np.arange(len(pair)) - np.searchsorted(pair, pair)
    u, v = start[i[pair]] + turn // room[j[pair]], start[j[pair]] + turn % room[j[pair]]
    worth = -cost[pair] + joins[owner[u]] * first[u] + joins[owner[v]] * first[v]
    ends = np.concatenate([u, v]), np.concatenate([v, u])
    return sparse.csr_array((np.concatenate([worth, worth]).astype(float), ends), shape=(len(owner), len(owner)))


def _joining(demands: Demands, cost: Ints) -> tuple[Ints, Ints]:
    """What joining a colleague who has a partner asks of each person at least, and whom they would join."""
    ends, others = np.concatenate([demands.i, demands.j]), np.concatenate([demands.j, demands.i])
    both = np.concatenate([cost, cost])
    joins, middle = np.zeros(len(demands.capacity), dtype=np.int64), np.full(len(demands.capacity), -1)
    for end, other, asked in sorted(zip(ends.tolist(), others.tolist(), both.tolist(), strict=True), key=itemgetter(2)):
        if middle[end] < 0:
            joins[end], middle[end] = asked, other
    return joins, middle


def asked_for(demands: Demands, pairs: list[tuple[int, int]]) -> tuple[list[Change], int]:
    """The changes that some pairs ask for, and their number; whoever is in none of them rests."""
    gates = dict(zip(zip(demands.i.tolist(), demands.j.tolist(), strict=True), demands.closed_gates, strict=True))
    partners = np.bincount(np.array(pairs, dtype=np.int64).ravel(), minlength=len(demands.capacity))
    more = np.maximum(partners - demands.capacity, 0)
    changes = [Change("gate", pair, int(gates[pair])) for pair in pairs if gates[pair]]
    changes += [Change("capacity", (person,), int(more[person])) for person in np.flatnonzero(more).tolist()]
    changes += [Change("rest", (int(person),)) for person in demands.everyone[partners[demands.everyone] == 0]]
    return changes, _number(changes)


def _number(changes: list[Change]) -> int:
    return sum(change.amount for change in changes)


# --- the fewest changes -----------------------------------------------------------------------------------------------


def fewest_changes(demands: Demands, time_limit: float) -> tuple[list[Change], int] | None:
    """The fewest changes and a number that no others undercut; None where none were found in time."""
    demands = worth_opening(demands)
    blocks = _blocks(demands)
    sizes = [len(upper) for _, upper in blocks]
    costs = np.concatenate([cost for cost, _ in blocks])
    found = milp(
        costs,
        integrality=np.ones(len(costs), dtype=np.int64),
        bounds=Bounds(0.0, np.concatenate([upper for _, upper in blocks])),
        constraints=_rows(demands, sizes),
        options={"mip_rel_gap": 0.0, "time_limit": time_limit},
    )
    if found.x is None:
        return None
    pairs, partners, limits, dropped, rests = np.split(np.rint(found.x).astype(int), np.cumsum(sizes)[:-1])
    opened = np.flatnonzero(pairs * (demands.closed_gates > 0)).tolist()
    changes = [Change("gate", (int(demands.i[e]), int(demands.j[e])), int(demands.closed_gates[e])) for e in opened]
    changes += [Change("capacity", (person,), int(partners[person])) for person in np.flatnonzero(partners).tolist()]
    changes += [Change("limit", (k,), int(limits[k])) for k in np.flatnonzero(limits).tolist()]
    changes += [Change("required", demands.required[k]) for k in np.flatnonzero(dropped).tolist()]
    changes += [Change("rest", (int(demands.everyone[k]),)) for k in np.flatnonzero(rests).tolist()]
    bound = 0.0 if found.mip_dual_bound is None else found.mip_dual_bound
    return changes, _number(changes) if found.status == PROVEN else math.floor(bound + SLIGHT)


def worth_opening(demands: Demands) -> Demands:
    """Without the pairs whose gates cost more changes than all that the pair could spare: nobody needs those opened."""
    lonely = np.isin(np.arange(len(demands.capacity)), demands.everyone).astype(np.int64)
    spared = lonely[demands.i] + lonely[demands.j] + demands.counts[demands.sign < 0].sum(axis=0)
    required = {*demands.required}
    asked = [(a, b) in required for a, b in zip(demands.i.tolist(), demands.j.tolist(), strict=True)]
    bound_to_meet = np.isin(np.arange(len(demands.capacity)), demands.everyone[~demands.may_rest])
    needed = bound_to_meet[demands.i] | bound_to_meet[demands.j] | np.array(asked, dtype=bool)
    keep = (demands.closed_gates <= spared) | needed
    kept = {name: getattr(demands, name)[keep] for name in ("i", "j", "closed_gates", "unfounded")}
    return replace(demands, counts=demands.counts[:, keep], **kept)


def _blocks(demands: Demands) -> list[tuple[Floats, Floats]]:
    """Costs and upper bounds of pairs, further partners, limits, dropped requirements and rests."""
    n, limits = len(demands.capacity), len(demands.number)
    required, everyone = len(demands.required), len(demands.everyone)
    slight = SLIGHT / (1.0 + len(LEANING) * (n + limits + required + everyone))
    kinds = ("capacity", "limit", "required", "rest")
    partner, limit, dropped, rest = (1.0 + slight * LEANING[kind] for kind in kinds)
    return [
        (demands.closed_gates + slight * LEANING["unfounded"] * demands.unfounded, np.ones(len(demands.i))),
        (np.full(n, partner), np.where(demands.raisable, float(n), 0.0)),
        (np.full(limits, limit), np.full(limits, np.inf)),
        (np.full(required, dropped), np.ones(required)),
        (np.full(everyone, rest), demands.may_rest.astype(float)),
    ]


def _rows(demands: Demands, sizes: list[int]) -> list[LinearConstraint]:
    """Capacities, limits, requirements and a partner for everyone, each with the change that eases it."""
    n, e = len(demands.capacity), len(demands.i)
    pair = np.arange(e)
    ends = np.concatenate([demands.i, demands.j]), np.concatenate([pair, pair])
    partners = sparse.csr_array((np.ones(2 * e), ends), shape=(n, e))
    wanted = np.array([[(a, b)] for a, b in demands.required], dtype=np.int64).reshape(-1, 1, 2)
    made = ((wanted[:, :, 0] == demands.i) & (wanted[:, :, 1] == demands.j)).astype(float)
    sign = demands.sign[:, None]
    rows = [
        LinearConstraint(_spread(partners, 1, -1.0, sizes), -np.inf, demands.capacity.astype(float)),
        LinearConstraint(_spread(sign * demands.counts, 2, -1.0, sizes), -np.inf, demands.sign * demands.number),
        LinearConstraint(_spread(made, 3, 1.0, sizes), 1.0, 1.0),
        LinearConstraint(_spread(partners[demands.everyone], 4, 1.0, sizes), 1.0, np.inf),
    ]
    heights = (n, len(demands.number), len(demands.required), len(demands.everyone))
    return [row for row, height in zip(rows, heights, strict=True) if height]


def _spread(pairs: Matrix, block: int, factor: float, sizes: list[int]) -> Matrix:
    """Rows about pairs beside the block of changes that eases them."""
    parts: list[Matrix] = [sparse.csr_array(pairs)]
    height = parts[0].shape[0]
    for k in range(1, len(sizes)):
        parts.append(factor * sparse.eye_array(height) if k == block else sparse.csr_array((height, sizes[k])))
    return sparse.csr_array(sparse.hstack(parts))


# --- changes in words -------------------------------------------------------------------------------------------------


def _changes_table(scores: PairScores, demands: Demands, changes: list[Change]) -> pd.DataFrame:
    rows = [row for change in changes for row in _change_in_words(scores, demands, change)]
    table = pd.DataFrame(rows, columns=["rule", "who", "change", "count"])
    return table.astype({"rule": "str", "who": "str", "change": "str", "count": "int64"})


def _change_in_words(scores: PairScores, demands: Demands, change: Change) -> Iterator[tuple[str, str, str, int]]:
    names = EngineWeights(scores)
    who = " and ".join(str(names.people[person]) for person in change.about) if change.kind != "limit" else "everyone"
    if change.kind == "gate":
        a, b = (int(names.order[person]) for person in change.about)
        for name in closed_gates(scores, np.array([a])).between(0, b):
            yield name, who, OPENINGS.get(name, "open it for this pair"), 1
    elif change.kind == "capacity":
        capacity = int(demands.capacity[change.about[0]])
        for more in range(capacity + 1, capacity + change.amount + 1):
            yield "capacity", who, f"room for {count_in_digits(more, 'partner', 'partners')} instead of {more - 1}", 1
    elif change.kind == "limit":
        limit = [limit for limit in names.limits if math.isinf(limit.price)][change.about[0]]
        number = limit.number + limit.sign * change.amount
        yield limit.told, who, f"{count_in_digits(number, 'pair', 'pairs')} instead of {limit.number}", change.amount
    elif change.kind == "required":
        yield "required", who, "do not require this pair", 1
    else:
        yield "everyone", who, "let this person rest", 1
