"""Peer circles from matchings of matchings, improved by moving and exchanging people until nothing helps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from peernet._arrays import Floats, Ints
from peernet.matching.matching import max_weight_matching
from peernet.meetings.circle_kernels import Pool, climb, fits, gathered, merge_values, worth

__all__ = ["Circle", "search_circles"]

Circle = tuple[int, ...]
ATTEMPTS = 4  # new circles from those left out, each followed by improving all of them
PASSES = 20


def search_circles(pool: Pool, people: Ints, size: int, *, step: Callable[[], object]) -> list[Circle]:
    """Circles of ``size`` people, one more or one less, that no single move or exchange improves."""
    circles: list[Circle] = []
    for _ in range(ATTEMPTS):
        fresh = _started(pool, _left(people, circles), size)
        if circles and not fresh:
            break
        circles = _climbed(pool, people, [*circles, *fresh], size, step)
    return circles


def _left(people: Ints, circles: list[Circle]) -> Ints:
    """Who is in no circle yet."""
    placed = {person for circle in circles for person in circle}
    return np.array([person for person in people if person not in placed], dtype=np.int64)


def _climbed(pool: Pool, people: Ints, circles: list[Circle], size: int, step: Callable[[], object]) -> list[Circle]:
    rows, sizes = _rows(circles, size + 1)
    place = np.full(len(pool.exposure), -1, dtype=np.int64)
    for number, circle in enumerate(circles):
        place[list(circle)] = number
    for _ in range(PASSES):
        step()
        if not climb(pool, people, rows, sizes, place, size):
            break
    return [tuple(row[:count].tolist()) for row, count in zip(rows, sizes, strict=True)]


def _rows(groups: Sequence[Circle], width: int) -> tuple[Ints, Ints]:
    """Groups as rows filled with -1, and their sizes."""
    rows = np.full((len(groups), width), -1, dtype=np.int64)
    for row, group in zip(rows, groups, strict=True):
        row[: len(group)] = group
    return rows, np.array([len(group) for group in groups], dtype=np.int64)


def _started(pool: Pool, people: Ints, size: int) -> list[Circle]:
    """Full circles first, then circles of one less, then whoever fits around those left out."""
    circles = _grown(pool, people, size)
    circles += _grown(pool, _left(people, circles), size - 1)
    for seed in _left(people, circles):
        left = _left(people, circles)
        if seed in left:
            found = gathered(pool, seed, left, size)
            circles += [tuple(found.tolist())] if len(found) >= size - 1 else []
    return circles


def _grown(pool: Pool, people: Ints, size: int) -> list[Circle]:
    """Pairs by the best matching, pairs of pairs by the next, and so on; what is missing then, one person at a time."""
    groups: list[Circle] = [(int(person),) for person in people]
    reached = 1
    while 2 * reached <= size:
        groups, reached = _doubled(pool, groups), 2 * reached
    if reached < size:
        groups = sorted(groups, key=lambda group: -worth(pool, np.array(group)))[: len(people) // size]
    for _ in range(size - reached):
        grouped = {person for group in groups for person in group}
        singles: list[Circle] = [(int(person),) for person in people if person not in grouped]
        groups = _joined(groups, singles, _values(pool, groups, singles))
    return [group for group in groups if len(group) == size and fits(pool, np.array(group))]


def _doubled(pool: Pool, groups: list[Circle]) -> list[Circle]:
    """Groups matched with each other; those without a partner are given up."""
    if len(groups) < 2:
        return []
    values = _values(pool, groups, groups)
    matching = max_weight_matching(np.fmax(values, values.T), cardinality="max")
    return [groups[i] + groups[j] for i, j in matching.pairs]


def _joined(groups: list[Circle], singles: list[Circle], values: Floats) -> list[Circle]:
    """Groups with one more person each, where one fits."""
    if not groups or not singles:
        return groups
    n, cells = len(groups), np.full((len(groups) + len(singles),) * 2, np.nan)
    cells[:n, n:], cells[n:, :n] = values, values.T
    matching = max_weight_matching(cells, cardinality="max")
    added = {i: singles[j - n] for i, j in matching.pairs}
    return [group + added.get(number, ()) for number, group in enumerate(groups)]


def _values(pool: Pool, groups: list[Circle], others: list[Circle]) -> Floats:
    width = max(map(len, [*groups, *others]), default=1)
    found: Floats = merge_values(pool, *_rows(groups, width), *_rows(others, width))
    return found
