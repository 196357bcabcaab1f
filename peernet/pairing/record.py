"""What changes when one pairing takes the place of another: pairs given up, pairs made, and who gets whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from peernet.pairing.pairing import Pairing

Pairs = list[tuple[str, str]]
GivenPairs = Iterable[tuple[str, str]]
Move = tuple[str, str, str]


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


@dataclass(frozen=True)
class Step:
    """One change of a pairing and the pairing before it."""

    did: str
    before: Pairing
