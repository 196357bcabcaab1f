"""The groups in one set of answers by PAM, or CLARA beyond 2,000 people: how many, who belongs, how stable, or none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from numbers import Integral

import numpy as np
import pandas as pd

from peernet._arrays import Floats, Ints
from peernet._wording import count_in_words, number_word
from peernet.clusters.evidence import (
    EVIDENCE,
    gap_number,
    jaccards,
    mean_overlaps,
    regroup,
    resample_people,
    weigh_numbers,
)
from peernet.clusters.partition import assign, axis_table, build, filled_table, partition, silhouettes
from peernet.distance.coding import CodedItems
from peernet.distance.distances import PersonDistances
from peernet.errors import SettingError

LEVEL = 0.05  # of the test for groups
STABLE = 0.75  # members' mean Jaccard overlap where groups come back
LOST = 0.6  # and where they do not; also for each group
PREDICTABLE = 0.8  # prediction strength
FEWEST = 10  # people
BUSY = 500  # people from whom on it takes long enough for a progress bar
TESTED = 500  # people at most in the test for groups
RESAMPLED = 1_000  # people at most in a resample
WHOLE = 2_000  # people at most partitioned as a whole; beyond, the best of several samples of this size
SAMPLES = 5


@dataclass(frozen=True)
class GroupSettings:
    """How to look for groups; a number of ``clusters`` is taken as given and not tested."""

    clusters: int | None = None
    max_clusters: int = 8
    min_size: int = 3
    draws: int = 99
    resamples: int = 100
    axes: int | None = None
    progress: bool = False

    def __post_init__(self) -> None:
        least = {"clusters": 1, "max_clusters": 2, "min_size": 1, "draws": 1, "resamples": 1, "axes": 1}
        for name, value in ((name, getattr(self, name)) for name in least):
            if value is None and name in ("clusters", "axes"):
                continue
            if isinstance(value, bool) or not isinstance(value, Integral):
                raise SettingError(f"{name} must be a whole number; got {value!r}.")
            if value < least[name]:
                raise SettingError(f"{name} must be at least {least[name]}; got {value!r}.")


def _none() -> Ints:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Groups:
    """The groups found, the largest first and equal ones as PAM built them; positions are those of the distances."""

    placed: Ints  # people
    lacking: str = ""  # what there is too little of to tell
    asked: int = 0  # number of groups that was given, 0 where the evidence decides
    evidence: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=EVIDENCE, dtype=np.float64))
    p_value: float = np.nan
    exemplars: Ints = field(default_factory=_none)
    labels: Ints = field(default_factory=_none)  # of the people placed
    core: Ints = field(default_factory=_none)  # which of them were partitioned: all, or the best sample
    silhouettes: Floats = field(default_factory=lambda: np.empty(0))  # of the core
    resampled: Ints = field(default_factory=_none)  # draw x core: group in each draw, -1 where not drawn
    jaccards: Floats = field(default_factory=lambda: np.empty(0))

    @property
    def verdict(self) -> str:
        """One of groups, pattern, no groups, too little; as asked where the number was given."""
        if self.lacking:
            return "too little"
        if not len(self.exemplars):
            return "no groups"
        if self.asked:
            return "as asked"
        stable = self.overlap >= STABLE and self.jaccards.min() >= LOST
        return "groups" if stable and self.seconded_by else "pattern"

    @property
    def overlap(self) -> float:
        """Members' mean Jaccard overlap."""
        return float(self.jaccards[self.labels].mean())

    @property
    def words(self) -> str:
        """The verdict in words."""
        k = len(self.exemplars)
        dissolved = f"not {number_word(self.asked)} as asked: smaller ones dissolved"
        return {
            "too little": f"too few {self.lacking} to tell: work with distances",
            "no groups": "no groups: work with distances",
            "pattern": f"a pattern of {count_in_words(k, 'group', 'groups')}, do not act on it",
            "groups": f"{number_word(k)} clear groups",
            "as asked": f"{count_in_words(k, 'group', 'groups')}, {'as asked' if k == self.asked else dissolved}",
        }[self.verdict]

    @property
    def chosen(self) -> dict[str, int]:
        """The number of groups each criterion would choose."""
        if self.evidence.empty:
            return {}
        strong = np.flatnonzero(self.evidence["prediction_strength"] >= PREDICTABLE)
        return {
            "silhouette": int(self.evidence["excess"].argmax()) + 1 if self.p_value <= LEVEL else 1,
            "gap": gap_number(self.evidence["gap"].to_numpy(), self.evidence["gap_se"].to_numpy()),
            "prediction": int(strong[-1]) + 1,
        }

    @property
    def seconded_by(self) -> list[str]:
        """Where there are groups, the criteria beside the silhouette that see more than one as well."""
        others = [criterion for criterion, k in self.chosen.items() if criterion != "silhouette" and k > 1]
        return others if len(self.exemplars) > 1 else []


def find_groups(distances: PersonDistances, settings: GroupSettings, rng: np.random.Generator) -> Groups:
    """The groups among all people whose distance is defined for at least half of the others who answered."""
    placed = _placed(distances, rng, everybody=settings.axes is not None)
    if settings.clusters is not None:
        return _grouped(distances, Groups(placed, asked=settings.clusters), settings.clusters, settings, rng)
    most = min(settings.max_clusters, len(placed) // max(settings.min_size, 2))
    if len(placed) < FEWEST or most < 2:
        return Groups(placed, "people")
    if (distances.shares > 0).sum() < 2:
        return Groups(placed, "items")
    evidence, p_value = weigh_numbers(
        distances.items.take(some_people(placed, TESTED, rng)),
        _table_of(distances, settings),
        most=most,
        min_size=settings.min_size,
        draws=settings.draws,
        rng=rng,
        progress=settings.progress and len(placed) >= BUSY,
    )
    tested = Groups(placed, evidence=evidence, p_value=p_value)
    if p_value > LEVEL:
        return tested
    found = _grouped(distances, tested, int(evidence["excess"].argmax()) + 1, settings, rng)
    return found if found.overlap >= LOST else tested


def _placed(distances: PersonDistances, rng: np.random.Generator, *, everybody: bool) -> Ints:
    """People to place, ordered by their answers so that the order of the survey does not matter."""
    answered = np.flatnonzero(distances.answered)
    items = distances.items.take(answered)
    people = answered[np.lexsort((*items.bits[::-1], *items.answers[::-1]))]
    if everybody:
        return people
    others = some_people(people, WHOLE, rng)
    return people[_defined(distances, people, others) >= len(others) / 2]


def _defined(distances: PersonDistances, people: Ints, others: Ints) -> Ints:
    """How many distances from others are defined, for each person."""
    counts = [_none()]
    for start in range(0, len(people), WHOLE):
        block = distances.block(people[start : start + WHOLE], others)
        counts.append((~np.isnan(block)).sum(axis=1))
    return np.concatenate(counts)


def some_people(people: Ints, most: int, rng: np.random.Generator) -> Ints:
    """All people, or a random choice of ``most`` of them, in order."""
    if len(people) <= most:
        return people
    return people[np.sort(np.argsort(rng.random(len(people)), kind="stable")[:most])]


def _table_of(distances: PersonDistances, settings: GroupSettings) -> Callable[[CodedItems], Floats]:
    if settings.axes is None:
        return lambda items: filled_table(items, distances.shares, distances.least)
    if len(distances) > WHOLE:
        raise SettingError(f"axes are for at most {WHOLE:,} people; got {len(distances):,}. Leave axes=None.")
    return lambda items: axis_table(items, distances.shares, settings.axes or 1)


def _grouped(
    distances: PersonDistances, tested: Groups, k: int, settings: GroupSettings, rng: np.random.Generator
) -> Groups:
    """The people placed in ``k`` groups, and how well these come back."""
    if k > len(tested.placed):
        raise SettingError(f"{k} groups were asked for, but only {len(tested.placed)} people can be placed.")
    core, table, medoids, labels = _partitioned(distances, tested.placed, k, settings, rng)
    order = np.argsort(-np.bincount(labels, minlength=len(medoids)), kind="stable")
    medoids, labels = medoids[order], np.argsort(order)[labels]
    inside = assign(table, medoids)
    drawn = resample_people(len(core), min(len(core), RESAMPLED), settings.resamples, rng)
    resampled = regroup(table, drawn, k, settings.min_size, progress=settings.progress and len(core) >= BUSY)
    return replace(
        tested,
        exemplars=core[medoids],
        labels=labels,
        core=core,
        silhouettes=silhouettes(table, inside, np.bincount(inside, minlength=len(medoids)))[0],
        resampled=resampled,
        jaccards=mean_overlaps(jaccards(inside, resampled)),
    )


def _partitioned(
    distances: PersonDistances, placed: Ints, k: int, settings: GroupSettings, rng: np.random.Generator
) -> tuple[Ints, Floats, Ints, Ints]:
    """People partitioned, their distances and medoids, and everybody's group.

    Beyond a certain number of people, a sample is partitioned and the others join the nearest medoid; of several
    samples the one with the smallest total distance is kept.
    """
    table_of = _table_of(distances, settings)
    if len(placed) <= WHOLE:
        table = table_of(distances.items.take(placed))
        medoids = partition(table, build(table, k), settings.min_size)
        return placed, table, medoids, assign(table, medoids)
    best_cost = np.inf
    for _ in range(SAMPLES):
        people = some_people(placed, WHOLE, rng)
        table = table_of(distances.items.take(people))
        medoids = partition(table, build(table, k), settings.min_size)
        apart = distances.block(people[medoids], placed)
        apart = np.where(np.isnan(apart), np.nanmean(apart), apart)
        cost = float(apart.min(axis=0).mean())
        if cost < best_cost:
            best_cost, best = cost, (people, table, medoids, apart.argmin(axis=0))
    return best
