"""Why a pair is not possible, or somebody has no partner, told so that nobody learns who did not name or want whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Ints
from peernet.distance.items import evenly_spread
from peernet.scores.candidates import PassingPairs
from peernet.scores.cells import PairsAt, Where
from peernet.scores.gates import CODE, GATES, HEADING, NO_PART, OPENED_BY, REASONS
from peernet.scores.pair_scores import CELLS_AT_ONCE, PairScores

WORDS = {  # by gate, or by the heading of what no gate opens
    NO_PART: "one of them is not taking part",
    "sides": "both are on the same side",
    "seniority": "the mentor would not be senior",
    "rules": "a rule of the programme keeps them apart",
    "required": "pairs that must be made leave no room",
    "limits": "the limits on the number of pairs leave no room",
    "foundation": "no foundation is known that the pair could rest on",
    "experience": "their experience is too different",
    "goals": "their goals are too different",
    "too few answers": "they answered too few of the same questions",
    "band": "their outlooks are too close or too far apart",
    "floor": "one of them would gain less than the floor",
}
Combination: TypeAlias = tuple[str, ...]
FEW_OTHERS = 20  # every so manieth of the people who stand for all
NO_ONE_FOUND = "no partner found"
FREE_REASONS = {  # of people who take part and have room, with the detail that goes with each
    "no possible partner": "nobody passes every gate",
    "nothing new": "no possible partner adds a new perspective",
    "price of a rule": "with no possible partner is the gain above the price of a rule",
    "left over": "whoever would be possible {}",
}


def closed_to(scores: PairScores, a: str, b: str) -> tuple[str, ...]:
    """What keeps a and b apart: every gate that would have to open, or the one thing that no gate can help; or nothing.

    `GATES` can be opened; nothing else in `WORDS` can.
    """
    hard = _reason(scores.without(*GATES), a, b)
    if hard:
        return (HEADING[hard],)
    others = {gate: [other for other in GATES if other != gate] for gate in GATES}
    return tuple(gate for gate in GATES if _reason(scores.without(*others[gate]), a, b))


def _reason(scores: PairScores, a: str, b: str) -> str:
    code = scores.gates.codes(np.array([scores.position(a)]))[0, scores.position(b)]
    return REASONS[int(code)]


def in_words(closed: tuple[str, ...]) -> str:
    """Why a pair is not possible, as the end of a sentence, and which gates would have to open."""
    why = " and ".join(WORDS[reason] for reason in closed)
    gates = [gate for gate in closed if gate in GATES]
    if not gates:
        return f"{why}; no gate would change that."
    return f"{why}; the {' and '.join(gates)} gate{'s' * (len(gates) > 1)} would have to open for everyone."


@dataclass(frozen=True)
class ClosedGates:
    """Closed gates between some people and everyone."""

    names: tuple[str, ...]  # gates and rules that a programme could open
    closed: Flags  # whether each of them is closed, shape (names, rows, people)
    # pairs that nothing a programme may change would let through: vetoes, managers, refused trust, people who take no
    # part. Which of these it is stays untold
    never: Flags

    @property
    def number(self) -> Ints:
        """How many gates are closed, shape (rows, people)."""
        return np.asarray(self.closed.sum(axis=0), dtype=np.int64)

    @property
    def unfounded(self) -> Flags:
        """Whether foundation is among the closed gates, shape (rows, people)."""
        if "foundation" not in self.names:
            return np.zeros(self.never.shape, dtype=bool)
        return np.asarray(self.closed[self.names.index("foundation")])

    def between(self, row: int, person: int) -> Combination:
        """The closed gates of one pair."""
        return tuple(name for name, closed in zip(self.names, self.closed[:, row, person], strict=True) if closed)


def closed_gates(scores: PairScores, rows: Ints) -> ClosedGates:
    """The closed gates between the rows and everyone."""
    shape = len(rows), len(scores)
    closed: dict[str, Flags] = {}
    never = np.zeros(shape, dtype=bool)
    never[np.arange(len(rows)), rows] = True
    for gate, codes in scores.gates.layers(rows):
        for code in np.unique(codes[codes > 0]):
            here, reason = codes == code, REASONS[code]
            if OPENED_BY[reason] != gate:
                never |= here
            else:
                name = reason if gate == "programme" else gate
                closed[name] = closed.get(name, np.zeros(shape, dtype=bool)) | here
    names = tuple(sorted(closed))
    return ClosedGates(names, np.array([closed[name] for name in names], dtype=bool).reshape(-1, *shape), never)


def unanswered(scores: PairScores, rows: Ints, *, out: bool = False) -> list[tuple[str, ...]]:
    """The blocks in which each of the rows shares too few answers with everybody else who takes part, or does not."""
    found: list[tuple[str, ...]] = [()] * len(rows)
    others = (scores.gates.out == 0) | out
    doubtful = np.arange(len(rows))
    if len(rows) * len(scores) > CELLS_AT_ONCE:  # hardly anybody answered so little, and a few others show it
        few = evenly_spread(np.flatnonzero(others))[::FEW_OTHERS]
        sides = PairsAt(np.repeat(rows, len(few)), np.tile(few, len(rows)))
        apart = dict(_too_few_shared(scores, sides, ~sides.selves))
        doubtful = np.flatnonzero(np.any([own.reshape(len(rows), -1).all(axis=1) for own in apart.values()], axis=0))
    step = max(1, CELLS_AT_ONCE // max(1, len(scores)))
    for some in (doubtful[start : start + step] for start in range(0, len(doubtful), step)):
        asked = others & (np.arange(len(scores)) != rows[some, None])
        for block, own in _too_few_shared(scores, rows[some], asked):
            for place in some[asked.any(axis=1) & own.all(axis=1)].tolist():
                found[place] = (*found[place], block)
    return found


def _too_few_shared(scores: PairScores, where: Where, asked: Flags) -> Iterator[tuple[str, Flags]]:
    """By block of answers, where pairs share too few of them, or are not asked about."""
    for gate, codes in scores.gates.layers(where):
        if gate in ("answers", "goals", "experience"):
            yield "perspective" if gate == "answers" else gate, (codes == CODE["too few shared answers"]) | ~asked


def what_would_help(found: ClosedGates, row: int, free: Flags) -> tuple[str, str]:
    """What would give one person a partner among those who are free: single gates, and else the fewest together.

    Both as gates and the number of partners they lead to; empty where there are none.
    """
    open_to = np.flatnonzero(free & ~found.never[row])
    closed = found.closed[:, row, open_to].T @ (1 << np.arange(len(found.names), dtype=np.int64))
    _, first, count = np.unique(closed, return_index=True, return_counts=True)
    ways = {
        found.between(row, person): number
        for person, number in zip(open_to[first].tolist(), count.tolist(), strict=True)
    }
    alone = {way[0]: count for way, count in ways.items() if len(way) == 1}
    fewest = min((len(way) for way in ways), default=0)
    together = {} if alone else {" and ".join(way): count for way, count in ways.items() if len(way) == fewest}
    return _partners_by_gate(alone), _partners_by_gate(together)


def _partners_by_gate(ways: dict[str, int]) -> str:
    return ", ".join(f"{way}: {count}" for way, count in sorted(ways.items(), key=lambda item: (-item[1], item[0])))


def left_out(scores: PairScores, paired: set[str], *, fair: bool = False) -> pd.DataFrame:
    """Everyone who is not paired, as `Pairing.unpaired` documents; ``fair`` where the total was not the objective."""
    asked = scores.gates.out != CODE["neither side"]  # of people who are neither mentors nor mentees nothing is told
    left = [i for i, person in enumerate(scores.people) if asked[i] and person not in paired]
    passing = scores.passing
    reasons = _reasons_by_rows(scores, left, fair) if passing is None else _reasons_of_few(scores, passing, left, fair)
    found = pd.DataFrame(reasons, columns=["reason", "detail"])
    found.insert(0, "person", scores.people[left])
    return found.astype("str")


def _reasons_by_rows(scores: PairScores, left: list[int], fair: bool) -> list[tuple[str, str]]:
    """Why each of some people is left without a partner, by the rows of them against everyone."""
    reasons = []
    for rows in scores.blocks():
        chosen = np.intersect1d(rows, left)
        if len(chosen):
            values = scores.block(chosen)
            gains = values + scores.prices(chosen) if scores.priced else values
            known = [(scores.gates.codes(chosen) == 0), np.nan_to_num(gains) > 0, np.nan_to_num(values) > 0]
            reasons += _reasons(scores, chosen, [flags.any(axis=1) for flags in known], fair)
    return reasons


def _reasons_of_few(scores: PairScores, passing: PassingPairs, left: list[int], fair: bool) -> list[tuple[str, str]]:
    """The same by the pairs that pass, where these are listed."""
    rows = np.array(left, dtype=np.int64)
    gains = passing.value + scores.prices(passing.at) if scores.priced else passing.value
    brought = (np.nan_to_num(each) > 0 for each in (gains, passing.value))
    known = [passing.ends(flags)[rows] > 0 for flags in (None, *brought)]
    return _reasons(scores, rows, known, fair)


def _reasons(scores: PairScores, rows: Ints, known: list[Flags], fair: bool) -> list[tuple[str, str]]:
    """Why each is left out, from whether any pair of theirs passes, brings something, and more than its price."""
    applied = scores.applied_rules
    held = applied is not None and bool(applied.required or applied.wished or applied.limits)
    others = "is needed more by somebody else" if fair else "brings more elsewhere"
    no_room = ", or a rule on other pairs leaves no room" if held else ""
    left_over = "left over", FREE_REASONS["left over"].format(others) + no_room
    names = ("no possible partner", "nothing new", "price of a rule")
    reasons: list[tuple[str, str]] = []
    nobody: list[int] = []
    for i, has in zip(rows.tolist(), zip(*known, strict=True), strict=True):
        out = int(scores.gates.out[i])
        missing = next((name for name, there in zip(names, has, strict=True) if not there), None)
        nobody += [len(reasons)] if not out and missing == names[0] else []
        reasons.append((REASONS[out], "") if out else (missing, FREE_REASONS[missing]) if missing else left_over)
    for place, blocks in zip(nobody, unanswered(scores, rows[nobody]), strict=True):
        name, detail = reasons[place]
        reasons[place] = name, f"{detail}; {_too_few(blocks)}" if blocks else detail
    return reasons


def _too_few(blocks: tuple[str, ...]) -> str:
    return f"too few answers about {' and '.join(blocks)}"


def told_without_partner(scores: PairScores, unpaired: pd.DataFrame) -> pd.DataFrame:
    """Why people have no partner, as each of them may be told it: what they said themselves, and nothing of others.

    Whether nobody was possible, or somebody who is paired otherwise, hangs on a single veto where few are possible. So
    one reason stands for all of whoever takes part, has room and was not paired.
    """
    found = unpaired.assign(detail="")
    free = found["reason"].isin(FREE_REASONS)
    rows = np.array([scores.position(person) for person in found.loc[free, "person"]], dtype=np.int64)
    blocks = unanswered(scores, rows, out=True)
    found.loc[free, "detail"] = [_too_few(own) if own else "" for own in blocks]
    return found.assign(reason=found["reason"].mask(free, NO_ONE_FOUND)).astype("str")
