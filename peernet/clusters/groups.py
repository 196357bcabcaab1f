"""The groups in one set of answers, by k-means on their main axes: how many, who belongs, how stable, or none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from numbers import Integral

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

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
from peernet.clusters.partition import (
    all_distances,
    answer_places,
    centres_of,
    groupings,
    main_directions,
    nearest_centre,
    on_axes,
    silhouettes,
)
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
WHOLE = 2_000  # people at most who are grouped as a whole; beyond, others join the groups of as many
# For votes most of which are missing, as Polis has it:
OPINION_AXES = 2
TELLING = 7  # answers at least, to have a say in the axes and groups
SIDES = 5  # into which opinion by degree is cut, at most


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
    """The groups found, the largest first, equal ones in the order of their first person.

    Positions are those of the distances.
    """

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
    cut: bool = False  # whether these are no groups but sides of what differs by degree

    @property
    def verdict(self) -> str:
        """One of groups, pattern, by degree, no groups, too little; as asked where the number was given."""
        if self.lacking:
            return "too little"
        if not len(self.exemplars):
            return "no groups"
        if self.asked:
            return "as asked"
        if self.cut:
            return "by degree"
        return "groups" if self.come_back and self.seconded_by else "pattern"

    @property
    def overlap(self) -> float:
        """Members' mean Jaccard overlap."""
        return float(self.jaccards[self.labels].mean())

    @property
    def come_back(self) -> bool:
        """Whether the groups are found again when people are drawn again."""
        return self.overlap >= STABLE and self.jaccards.min() >= LOST

    @property
    def words(self) -> str:
        """The verdict in words."""
        k = len(self.exemplars)
        dissolved = f"not {number_word(self.asked)} as asked: smaller ones dissolved"
        return {
            "too little": f"too few {self.lacking} to tell: work with distances",
            "no groups": "no groups: work with distances",
            "pattern": f"a pattern of {count_in_words(k, 'group', 'groups')}, do not act on it",
            "by degree": f"no separate groups: opinions differ by degree, cut in {number_word(k)} for orientation",
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
        return others if len(self.exemplars) > 1 and not self.cut else []


def find_groups(distances: PersonDistances, settings: GroupSettings, rng: np.random.Generator) -> Groups:
    """The groups among all people whose distance is defined for at least half of the others who answered.

    Where two people on average share too little for a distance, answers are as sparse as votes on many statements:
    everybody who answered is placed, and on two axes. There opinions that differ by degree are cut, provided that the
    sides come back.
    """
    asked_axes = settings.axes
    placed, settings = _placed(distances, settings, rng)
    if settings.clusters is not None:
        return _grouped(distances, Groups(placed, asked=settings.clusters), settings.clusters, settings, rng)
    most = min(settings.max_clusters, len(placed) // max(settings.min_size, 2))
    if len(placed) < FEWEST or most < 2:
        return Groups(placed, "people")
    if (distances.shares > 0).sum() < 2:
        return Groups(placed, "items")
    items = distances.items.take(some_people(placed[_telling(distances, placed, settings)], TESTED, rng))
    evidence, p_value = weigh_numbers(
        items,
        answer_places(items, distances.shares),
        most=most,
        min_size=settings.min_size,
        axes=settings.axes,
        draws=settings.draws,
        rng=rng,
        progress=settings.progress and len(placed) >= BUSY,
    )
    tested = Groups(placed, evidence=evidence, p_value=p_value)
    if p_value > LEVEL:
        return _by_degree(distances, tested, settings, rng) if settings.axes != asked_axes else tested
    most_telling = int(evidence["excess"].iloc[1:].argmax()) + 2
    found = _grouped(distances, tested, most_telling, settings, rng)
    for k in range(most_telling - 1, 1, -1):
        if found.jaccards.min() >= LOST:
            break
        fewer = _grouped(distances, tested, k, settings, rng)
        found = fewer if fewer.jaccards.min() >= LOST else found
    return found if found.overlap >= LOST else tested


def _placed(
    distances: PersonDistances, settings: GroupSettings, rng: np.random.Generator
) -> tuple[Ints, GroupSettings]:
    """Who is placed, ordered by their answers so that the order of the survey does not matter, and on which axes."""
    answered = np.flatnonzero(distances.answered)
    items = distances.items.take(answered)
    people = answered[np.lexsort((*items.bits[::-1], *items.answers[::-1]))]
    if settings.axes is not None:
        return people, settings
    told = (~np.isnan(distances.items.answers[:, people])).mean(axis=1) if len(people) else 1.0
    if (distances.shares * told**2).sum() < distances.least:  # what two people share on average is too little
        return people, replace(settings, axes=OPINION_AXES)
    others = some_people(people, WHOLE, rng)
    return people[_defined(distances, people, others) >= len(others) / 2], settings


def _telling(distances: PersonDistances, placed: Ints, settings: GroupSettings) -> Ints:
    """Positions among the people placed of those who make the groups; who answered little joins the nearest.

    Among sparse answers, as in Polis, who gave at least seven, unless they are too few.
    """
    given = (~np.isnan(distances.items.answers[distances.shares > 0][:, placed])).sum(axis=0)
    telling = np.flatnonzero(given >= TELLING)
    return telling if settings.axes is not None and len(telling) >= FEWEST else np.arange(len(placed))


def _by_degree(distances: PersonDistances, tested: Groups, settings: GroupSettings, rng: np.random.Generator) -> Groups:
    """Opinions that differ by degree, cut in as many sides as have the widest silhouettes, or fewer that come back."""
    people = tested.placed[_telling(distances, tested.placed, settings)]
    places = answer_places(distances.items.take(some_people(people, WHOLE, rng)), distances.shares)
    points = on_axes(places, main_directions(places, OPINION_AXES))
    table = cdist(points, points)
    sides = groupings(points, min(SIDES, settings.max_clusters), settings.min_size, settings.axes)[1:]
    widths = [silhouettes(table, label, np.bincount(label))[0].mean() for label in sides]
    for k in range(int(np.argmax(widths)) + 2, 1, -1):
        found = _grouped(distances, replace(tested, cut=True), k, settings, rng)
        if len(found.exemplars) > 1 and found.come_back:
            return found
    return tested


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


def _grouped(
    distances: PersonDistances, tested: Groups, k: int, settings: GroupSettings, rng: np.random.Generator
) -> Groups:
    """The people placed in ``k`` groups, and how well these come back."""
    if k > len(tested.placed):
        raise SettingError(f"{k} groups were asked for, but only {len(tested.placed)} people can be placed.")
    everybody = answer_places(distances.items.take(tested.placed), distances.shares)
    core = some_people(_telling(distances, tested.placed, settings), WHOLE, rng)
    places = everybody.take(core)
    directions = main_directions(places, settings.axes or max(k - 1, 1))
    points = on_axes(places, directions)
    found = groupings(points, k, settings.min_size, settings.axes)[-1]
    centres = centres_of(points, found)
    labels = nearest_centre(on_axes(everybody, directions), centres)
    labels[core] = found
    order = _largest_first(labels, len(centres))
    labels, inside, centres = np.argsort(order)[labels], np.argsort(order)[found], centres[order]
    drawn = resample_people(len(core), min(len(core), RESAMPLED), settings.resamples, rng)
    busy = settings.progress and len(core) >= BUSY
    resampled = regroup(places, drawn, k, settings.min_size, settings.axes, progress=busy)
    return replace(
        tested,
        exemplars=tested.placed[core[_most_central(points, inside, centres)]],
        labels=labels,
        core=tested.placed[core],
        silhouettes=silhouettes(all_distances(places), inside, np.bincount(inside))[0],
        resampled=resampled,
        jaccards=mean_overlaps(jaccards(inside, resampled)),
    )


def _largest_first(label: Ints, groups: int) -> Ints:
    """The groups by size, equal ones in the order of their first person."""
    first = (label == np.arange(groups)[:, None]).argmax(axis=1)
    return np.lexsort((first, -np.bincount(label, minlength=groups)))


def _most_central(points: Floats, label: Ints, centres: Floats) -> Ints:
    """The member nearest to the centre of each group."""
    away = cdist(centres, points)
    return np.asarray(np.where(label == np.arange(len(centres))[:, None], away, np.inf).argmin(axis=1))
