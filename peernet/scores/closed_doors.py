"""Which gates and rules keep two people apart, each by itself, and which of them a programme could open."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from peernet._arrays import Flags, Ints
from peernet.scores.gates import REASONS
from peernet.scores.pair_scores import PairScores

__all__ = ["Doors", "doors", "unanswered", "what_would_help"]

OPENABLE = ("floor", "band", "goals", "experience", "foundation", "programme")
TOO_FEW = "too few shared answers"
NEVER = ("foundation refused", TOO_FEW)  # no gate opens these
Combination: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Doors:
    """Closed doors between some people and everyone.

    Parameters
    ----------
    names
        Gates and rules that a programme could open.
    closed
        Whether each of them is closed, shape (names, rows, people).
    never
        Pairs that nothing a programme may change would let through: vetoes, managers, refused trust, people who take
        no part. Which of these it is stays untold.
    """

    names: tuple[str, ...]
    closed: Flags
    never: Flags

    @property
    def number(self) -> Ints:
        """How many doors are closed, shape (rows, people)."""
        return np.asarray(self.closed.sum(axis=0), dtype=np.int64)

    @property
    def unfounded(self) -> Flags:
        """Whether foundation is among the closed doors, shape (rows, people)."""
        if "foundation" not in self.names:
            return np.zeros(self.never.shape, dtype=bool)
        return np.asarray(self.closed[self.names.index("foundation")])

    def between(self, row: int, person: int) -> Combination:
        """The closed doors of one pair."""
        return tuple(name for name, closed in zip(self.names, self.closed[:, row, person], strict=True) if closed)


def doors(scores: PairScores, rows: Ints) -> Doors:
    """The closed doors between the rows and everyone."""
    shape = len(rows), len(scores)
    closed: dict[str, Flags] = {}
    never = np.zeros(shape, dtype=bool)
    never[np.arange(len(rows)), rows] = True
    for gate, codes in scores.gates.layers(rows):
        for code in np.unique(codes[codes > 0]):
            here, reason = codes == code, REASONS[code]
            if gate not in OPENABLE or reason in NEVER:
                never |= here
            else:
                name = reason if gate == "programme" else gate
                closed[name] = closed.get(name, np.zeros(shape, dtype=bool)) | here
    names = tuple(sorted(closed))
    return Doors(names, np.array([closed[name] for name in names], dtype=bool).reshape(-1, *shape), never)


def unanswered(scores: PairScores, rows: Ints) -> list[tuple[str, ...]]:
    """The blocks in which each of the rows shares too few answers with everybody else who takes part."""
    others = (scores.gates.out == 0) & (np.arange(len(scores)) != rows[:, None])
    found: list[tuple[str, ...]] = [()] * len(rows)
    for gate, codes in scores.gates.layers(rows):
        if gate in ("answers", "goals", "experience"):
            alone = others.any(axis=1) & ((codes == REASONS.index(TOO_FEW)) | ~others).all(axis=1)
            block = "perspective" if gate == "answers" else gate
            found = [(*own, block) if few else own for own, few in zip(found, alone, strict=True)]
    return found


def what_would_help(found: Doors, row: int, free: Flags) -> tuple[str, str]:
    """What would give one person a partner among those with room: single doors, and else the fewest together.

    Returns
    -------
    alone, together
        Doors and the number of partners they lead to; empty where there are none.
    """
    open_to = np.flatnonzero(free & ~found.never[row])
    ways = Counter(found.between(row, int(person)) for person in open_to)
    alone = {way[0]: count for way, count in ways.items() if len(way) == 1}
    fewest = min((len(way) for way in ways), default=0)
    together = {} if alone else {" and ".join(way): count for way, count in ways.items() if len(way) == fewest}
    return _listed(alone), _listed(together)


def _listed(ways: dict[str, int]) -> str:
    return ", ".join(f"{way}: {count}" for way, count in sorted(ways.items(), key=lambda item: (-item[1], item[0])))
