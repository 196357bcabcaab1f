"""A pairing as data, without the verbs; what a bound on its total proves; what changes from one pairing to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import networkx as nx
import pandas as pd

from peernet.matching.matching import Matching, reaches, share_short
from peernet.scores.pair_scores import PairScores

Pairs = list[tuple[str, str]]
GivenPairs = Iterable[tuple[str, str]]
Move = tuple[str, str, str]
Violation = tuple[str, str, str]
VIOLATION = ["rule", "who", "found"]


class Bounded:
    """A result with a total value, and a bound that the total of no other exceeds."""

    if TYPE_CHECKING:  # each result holds them, or works them out, in its own way

        @property
        def objective(self) -> float:
            """Total value."""

        @property
        def bound(self) -> float:
            """No other result is worth more."""

    @property
    def gap(self) -> float:
        """Share of the bound that the total may fall short, 0 where it is proven; if fair, the price of it."""
        return 0.0 if reaches(self.objective, self.bound) else share_short(self.objective, self.bound)

    def proof_in_words(self, digits: int = 1) -> str:
        """How good it is known to be, the gap in per cent with so many digits after the point."""
        if reaches(self.objective, self.bound):
            return "proven optimal"
        return f"at most {max(self.gap, 10.0 ** -(digits + 2)):.{digits}%} below the best"

    def broken_totals(self, total: float, rounding: float) -> Iterator[Violation]:
        """Where the total worked out anew is not the one stated, or above the bound."""
        if abs(total - self.objective) > rounding * max(1.0, abs(total)):
            yield "objective", "total", f"{total!r} recomputed, {self.objective!r} stated"
        if total > self.bound + rounding * max(1.0, abs(self.bound)):
            yield "bound", "total", f"{total!r} is above the bound {self.bound!r}"

    def broken_bound(self, proven: float, rounding: float) -> Iterator[Violation]:
        """Where the bound worked out anew does not prove the one stated."""
        if proven > self.bound + rounding * max(1.0, abs(self.bound)):
            yield "bound", "total", f"{self.bound!r} stated, but no less than {proven!r} is proven"


@dataclass(frozen=True, repr=False)
class PairingRecord(Bounded):
    """What a pairing holds, for everything that reads one; `Pairing` documents it and adds the verbs."""

    table: pd.DataFrame
    unpaired: pd.DataFrame
    objective: float
    bound: float
    proven: bool
    settings: Mapping[str, Any]
    scores: PairScores = field(repr=False, compare=False)
    matching: Matching = field(repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.table)

    @property
    def pairs(self) -> Pairs:
        """The pairs as tuples of people."""
        return list(zip(self.table["a"], self.table["b"], strict=True))

    @property
    def required(self) -> tuple[tuple[str, str], ...]:
        """Pairs that must be made, among them those required at a price that means never, where they could be."""
        order = self.scores.people[self.scores.by_name]
        best = {(order[i], order[j]) for i, j in self.matching.pairs}
        kept = (pair for pair in self.scores.wished if pair in best)
        return tuple(dict.fromkeys([*self.settings["required"], *kept]))

    @property
    def loss(self) -> float:
        """Total value that hand edits gave up, in effective perspectives; 0 for a pairing as it was found.

        Below 0 where a fair pairing was changed into one that is worth more but less fair.
        """
        return self.matching.objective - self.objective

    @property
    def is_bounded(self) -> bool:
        """Whether the bound holds for it: not where most pairs come first and a hand edit makes fewer."""
        return self.settings["cardinality"] != "max" or len(self) >= len(self.matching.pairs)


def difference(before: Pairs, after: Pairs) -> tuple[Pairs, Pairs]:
    """Pairs given up and pairs made, sorted."""
    return sorted({*before} - {*after}), sorted({*after} - {*before})


def difference_around(people: Iterable[str], before: Pairs, after: Pairs) -> tuple[Pairs, Pairs]:
    """Pairs given up and pairs made where the changes hang together with some people.

    Two best pairings may also differ elsewhere. Those changes touch nobody else's, so either side of them fits both
    pairings and is worth the same; they are left as they were.
    """
    lost, made = difference(before, after)
    changed: nx.Graph[str] = nx.Graph([*lost, *made])
    near = {other for person in people if person in changed for other in nx.node_connected_component(changed, person)}
    return [pair for pair in lost if pair[0] in near], [pair for pair in made if pair[0] in near]


def pairs_in_words(pairs: Pairs) -> str:
    """Who is with whom, one pair after the other."""
    return ", ".join(f"{a} with {b}" for a, b in pairs)


def partners_of(pairs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    """Partners of everybody who has one."""
    found: dict[str, list[str]] = {}
    for a, b in pairs:
        found.setdefault(a, []).append(b)
        found.setdefault(b, []).append(a)
    return found


def moves(partners: Mapping[str, Sequence[str]], lost: Pairs, made: Pairs) -> list[Move]:
    """Who gets other partners, by name, and whom they had and get; partners are joined, empty for none."""
    gone, new = partners_of(lost), partners_of(made)
    people = sorted({*gone, *new})
    before = {person: {*partners.get(person, ())} for person in people}
    after = {person: before[person] - {*gone.get(person, ())} | {*new.get(person, ())} for person in people}
    return [(person, ", ".join(sorted(before[person])), ", ".join(sorted(after[person]))) for person in people]
