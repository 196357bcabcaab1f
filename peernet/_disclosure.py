"""Which hidden counts of a table can be worked out from those shown, by arithmetic and because none is negative."""

from __future__ import annotations

import networkx as nx
import numpy as np

from peernet._arrays import Flags, Floats

__all__ = ["Flags", "Floats", "given_away"]

Way = tuple[int, int]


def given_away(full: Floats, hidden: Flags) -> Flags:
    """Hidden cells that can have one value only; the last row and column of the table are its totals.

    A count can differ from what it is where people can be passed on from line to line along hidden cells and back to
    where they came from, each row and column keeping its sum (Gusfield 1988). Cells on no such round are given away.
    """
    rows = len(full)
    cells = [(int(i), int(j)) for i, j in zip(*hidden.nonzero(), strict=True)]
    ways: nx.DiGraph[int] = nx.DiGraph(way for i, j in cells for way in _ways(full, i, j))
    part = {line: number for number, lines in enumerate(nx.strongly_connected_components(ways)) for line in lines}
    rounds: nx.Graph[int] = nx.Graph((i, rows + j) for i, j in cells if part[i] == part[rows + j])
    bridges = {frozenset(way) for way in np.array([*nx.bridges(rounds)], dtype=int).reshape(-1, 2).tolist()}
    found = np.zeros_like(hidden)
    for i, j in cells:
        found[i, j] = part[i] != part[rows + j] or frozenset((i, rows + j)) in bridges
    return found


def _ways(full: Floats, i: int, j: int) -> list[Way]:
    """How people can pass between a cell's row and its column: one way as the count grows, back if it can shrink."""
    row, column = i, len(full) + j
    is_total = (i == len(full) - 1) != (j == full.shape[1] - 1)  # grows when the others of its line shrink
    grow: Way = (column, row) if is_total else (row, column)
    return [grow, grow[::-1]] if full[i, j] > 0 else [grow]
