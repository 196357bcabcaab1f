"""What kind of pair two people would be: how they stand to each other in experience and in perspective."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from peernet._arrays import Codes, Flags, Floats, Ints

__all__ = ["BANDS", "ViewKinds", "banded", "crossed", "crossing_groups", "nearest_groups", "same_or_not"]

BANDS = {
    1: ("any",),
    2: ("near", "far"),
    3: ("near", "middle", "far"),
    4: ("nearest", "near", "far", "farthest"),
    5: ("nearest", "near", "middle", "far", "farthest"),
}
SAMENESS = ("same group", "different groups")


class ViewKinds(NamedTuple):
    """How every two people stand to each other in one view."""

    codes: Codes  # person x person, places in the words; -1 where it is not known
    words: tuple[str, ...]


def banded(table: Floats, possible: Flags, bands: int) -> ViewKinds:
    """Distances in bands that hold about equally many possible pairs; equal distances fall into one band."""
    known, times = np.unique(table[possible & ~np.isnan(table)], return_counts=True)
    bands = min(bands, max(len(known), 1))
    middle = (np.cumsum(times) - times / 2) / max(times.sum(), 1)  # rank of each distance, from 0 to 1
    starts = [known[middle >= k / bands].min(initial=np.inf) for k in range(1, bands)]
    codes = sum((table >= start).astype(np.int8) for start in starts) + np.zeros(table.shape, dtype=np.int8)
    return ViewKinds(np.where(np.isnan(table), np.int8(-1), codes), BANDS[bands])


def same_or_not(labels: Ints) -> ViewKinds:
    """Whether two people are of one group; groups count from 0, -1 for people without one."""
    codes = np.where(np.equal.outer(labels, labels), np.int8(0), np.int8(1))
    return ViewKinds(_where_known(codes, labels), SAMENESS)


def crossing_groups(labels: Ints) -> ViewKinds:
    """Which two groups meet, whoever comes first."""
    groups = int(labels.max(initial=-1)) + 1
    low, high = np.minimum.outer(labels, labels), np.maximum.outer(labels, labels)
    place = np.full((groups, groups), -1, dtype=np.int8)
    meeting = list(zip(*np.triu_indices(groups), strict=True))
    for number, (one, other) in enumerate(meeting):
        place[one, other] = number
    words = tuple(f"{one + 1} with {other + 1}" for one, other in meeting)
    return ViewKinds(_where_known(place[low, high], labels), words)


def _where_known(codes: Codes, labels: Ints) -> Codes:
    known = labels >= 0
    return np.where(np.logical_and.outer(known, known), codes, np.int8(-1)).astype(np.int8)


def crossed(experience: ViewKinds, perspective: ViewKinds) -> Codes:
    """One code for both views, -1 where either is not known."""
    known = (experience.codes >= 0) & (perspective.codes >= 0)
    both = experience.codes.astype(np.int16) * len(perspective.words) + perspective.codes
    return np.where(known, both, -1).astype(np.int16)


def nearest_groups(table: Floats, labels: Ints) -> Ints:
    """The group each person is nearest to by these distances, whatever group they were in themselves.

    Near is the mean distance to the members, the person left out, less half the mean distance among them, so that a
    tight group draws nobody just by being tight. People without a group, or without a distance, stay without (-1).
    """
    member = np.equal.outer(labels, np.arange(labels.max(initial=-1) + 1)).astype(np.float64)
    known = ~np.isnan(table)
    np.fill_diagonal(known, False)
    with np.errstate(invalid="ignore", divide="ignore"):
        away = np.where(known, table, 0.0) @ member / (known @ member)
        among = np.nansum(away * member, axis=0) / (member * ~np.isnan(away)).sum(axis=0)
    away = np.where(np.isnan(away), np.inf, away) - np.nan_to_num(among) / 2
    placed = (labels >= 0) & np.isfinite(away).any(axis=1)
    return np.where(placed, away.argmin(axis=1), -1)
