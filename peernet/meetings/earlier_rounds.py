"""Rounds held before, read from whatever the caller has: pairings, plans or plain pairs."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any, cast

import networkx as nx
import pandas as pd

from peernet.errors import PeernetWarning, SettingError
from peernet.meetings.held import Round

__all__ = ["Names", "read_rounds"]

Names = tuple[tuple[tuple[str, ...], ...], ...]


def read_rounds(earlier: object, people: pd.Index) -> tuple[Round, ...]:
    """Groups of positions for each earlier round; whoever is not among the people is dropped with a warning."""
    place = {person: position for position, person in enumerate(people)}
    one_round = hasattr(earlier, "pairs") and not hasattr(earlier, "rounds")
    rounds = [_pairs_of(one) for one in ([earlier] if one_round else _inside(earlier, "rounds"))]
    gone = sorted({person for pairs in rounds for pair in pairs for person in pair} - set(place))
    if gone:
        warnings.warn(
            f"{len(gone)} people of earlier rounds were not scored and are left out: {', '.join(map(repr, gone[:5]))}"
            f"{' ...' if len(gone) > 5 else ''}.",
            PeernetWarning,
            stacklevel=4,
        )
    return tuple(_groups((place[a], place[b]) for a, b in pairs if a in place and b in place) for pairs in rounds)


def _pairs_of(one: object) -> list[tuple[str, str]]:
    """Pairs of one round: a result with ``.pairs``, or any pairs of people."""
    if not hasattr(one, "pairs") and any(isinstance(pair, str) for pair in _inside(one, "pairs")):
        raise SettingError(f"earlier must hold one list of pairs per round; got {one!r} for a round.")
    pairs = [tuple(pair) for pair in _inside(one, "pairs")]
    odd = [pair for pair in pairs if len(pair) != 2 or pair[0] == pair[1]]
    if odd:
        raise SettingError(f"earlier must hold rounds of pairs of two people; got {odd[0]!r}.")
    return [(str(a), str(b)) for a, b in pairs]


def _inside(given: object, name: str) -> Iterable[Any]:
    """What a result holds under a name, or the thing itself."""
    return cast("Iterable[Any]", getattr(given, name) if hasattr(given, name) else given)


def _groups(pairs: Iterable[tuple[int, int]]) -> Round:
    """Pairs, and three pairs among three people who met nobody else as a trio."""
    met: nx.Graph[int] = nx.Graph(pairs)
    groups: list[tuple[int, ...]] = []
    for people in nx.connected_components(met):
        trio = len(people) == 3 and met.subgraph(people).number_of_edges() == 3
        groups += [tuple(sorted(people))] if trio else [tuple(sorted(pair)) for pair in met.subgraph(people).edges]
    return tuple(sorted(groups))
