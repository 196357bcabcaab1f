"""Groups on the main axes of answers: principal components of mixed answers, k-means on them, and silhouettes.

People are placed by everything they answered, and k groups are sought on the k - 1 axes on which they are most spread
out: these solve k-means where people may belong to groups by degree (Ding & He 2004). The rest is mostly noise.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.linalg import eigh
from scipy.spatial.distance import cdist

from peernet._arrays import Array, Floats, Ints
from peernet._compiled import inlined, kernel_no_arrays
from peernet.distance.coding import CHOSEN, NAMED, CodedItems
from peernet.distance.distances import mean_differences
from peernet.distance.kernels import fill_square

TOLERANCE = 1e-12  # gains below this are rounding errors
STEPS = 100  # of k-means at most
TRIED = 60  # people as the start of one group more


class Places(NamedTuple):
    """Answers as numbers: a graded item has one column, a category or a choice one per answer; 0 where unanswered."""

    columns: Floats  # column x person, centred
    item: Ints  # of each column
    answered: Floats  # share of the items each person answered

    def take(self, people: Ints) -> Places:
        """Places of some people, in the order given."""
        return Places(np.ascontiguousarray(self.columns[:, people]), self.item, self.answered[people])


def answer_places(items: CodedItems, weights: Floats) -> Places:
    """Place people by their answers, an item spreading them by its weight times its mean difference.

    Under weights by contribution, every item spreads people as much, whatever its kind.
    """
    answered = ~np.isnan(items.answers)
    kept = np.flatnonzero((weights > 0) & answered.any(axis=1))
    contributions = weights[kept] * np.nan_to_num(mean_differences(items)[kept])
    columns, item = [np.empty((0, len(items.people)))], [np.empty(0, dtype=np.int64)]
    for v, contribution in zip(kept, contributions, strict=True):
        raw = _columns(items, int(v))
        centred = np.where(answered[v], raw - raw[:, answered[v]].mean(axis=1, keepdims=True), 0.0)
        spread = (centred**2).sum() / answered[v].sum()
        columns.append(centred * np.sqrt(contribution / spread) if spread > TOLERANCE else centred * 0.0)
        item.append(np.full(len(raw), v))
    shares = answered[kept].mean(axis=0) if len(kept) else np.zeros(len(items.people))
    return Places(np.concatenate(columns), np.concatenate(item), shares)


def _columns(items: CodedItems, v: int) -> Floats:
    """One row for a graded item, one per category, one per choice."""
    answers = items.answers[v]
    if items.rules[v] == NAMED:
        return np.asarray(answers == np.unique(answers[~np.isnan(answers)])[:, None], dtype=np.float64)
    if items.rules[v] == CHOSEN:
        words = np.ascontiguousarray(items.bits[items.words[v] : items.words[v + 1]].T)
        chosen = np.unpackbits(words.view(np.uint8), axis=1, bitorder="little").T
        return chosen[chosen.any(axis=1)].astype(np.float64)
    return np.asarray(answers[None], dtype=np.float64)


def main_directions(places: Places, most: int) -> Floats:
    """The directions in which people are most spread out (column x axis), the first the most."""
    columns = places.columns
    few = min(most, *columns.shape)
    if len(columns) <= columns.shape[1]:
        last = len(columns) - 1
        products = columns @ columns.T
        vectors = eigh(products, subset_by_index=[last - few + 1, last], check_finite=False)[1] if few else products
        return np.ascontiguousarray(vectors[:, ::-1])
    last = columns.shape[1] - 1
    values, people = eigh(columns.T @ columns, subset_by_index=[last - few + 1, last], check_finite=False)
    lengths = np.sqrt(np.maximum(values, TOLERANCE))
    return np.ascontiguousarray((columns @ people / lengths)[:, ::-1])


def on_axes(places: Places, directions: Floats) -> Floats:
    """People on the main axes, person x axis."""
    return np.asarray(by_all_answers(places) @ directions)


def axes_for(k: int, axes: int | None, there: int) -> int:
    """How many axes to seek ``k`` groups on, of those that there are."""
    return min(max(k - 1, 1) if axes is None else axes, there)


def group_people(points: Floats, start: Ints) -> Ints:
    """Group of everybody by k-means from a start: to the nearest centre, centres to their people, until nobody moves.

    Nobody empties a group.
    """
    label, sizes = start.copy(), np.bincount(start)
    _settle(points, label, sizes, np.empty((len(sizes), points.shape[1])))
    return label


@kernel_no_arrays
def _settle(points: Array, label: Array, sizes: Array, centres: Array) -> None:
    """The same in place; what is worked with comes from outside, as arrays made here take a second to compile."""
    for _ in range(STEPS):
        _fill_centres(points, label, sizes, centres)
        moved = False
        for i in range(len(points)):
            nearest = _nearest(points[i], centres)[0]
            if nearest != label[i] and sizes[label[i]] > 1:
                sizes[label[i]] -= 1
                sizes[nearest] += 1
                label[i], moved = nearest, True
        if not moved:
            break


def dissolved(points: Floats, label: Ints, min_size: int) -> Ints:
    """Groups that are too small dissolve into the others, the smallest first; the others' centres stay."""
    sizes, centres = np.bincount(label), centres_of(points, label)
    while len(centres) > 1 and sizes.min() < min_size:
        smallest = sizes.argmin()
        centres = np.delete(centres, smallest, axis=0)
        joined = np.where(label == smallest, nearest_centre(points, centres), label - (label > smallest))
        label, sizes = joined, np.bincount(joined, minlength=len(centres))
    return label


def one_more(points: Floats, label: Ints) -> Ints:
    """The same groups and one more around the person who shortens the squared distances most; none where nobody does.

    Only every so many people are tried, as k-means goes on from there. The points may have one axis more than when the
    groups were found.
    """
    near = cdist(points, centres_of(points, label), "sqeuclidean").min(axis=1)
    apart = cdist(points, points[:: 1 + len(points) // TRIED], "sqeuclidean")
    shorter = np.maximum(near[:, None] - apart, 0.0).sum(axis=0)
    best, most = -1, TOLERANCE
    for tried, gain in enumerate(shorter.tolist()):
        if gain > most + TOLERANCE:
            best, most = tried, gain
    return label.copy() if best < 0 else np.where(apart[:, best] < near, label.max() + 1, label)


@inlined
def _fill_centres(points: Array, label: Array, sizes: Array, centres: Array) -> None:
    """Mean place of each group."""
    for k in range(len(centres)):
        for a in range(points.shape[1]):
            centres[k, a] = 0.0
    for i in range(len(points)):
        for a in range(points.shape[1]):
            centres[label[i], a] += points[i, a]
    for k in range(len(centres)):
        for a in range(points.shape[1]):
            centres[k, a] /= max(sizes[k], 1)


@inlined
def _nearest(point: Array, centres: Array) -> tuple[int, float]:
    """The nearest centre, the first among equals, and its squared distance."""
    nearest, least = 0, np.inf
    for k in range(len(centres)):
        apart = 0.0
        for a in range(point.size):
            apart += (point[a] - centres[k, a]) ** 2
        if apart < least:
            nearest, least = k, apart
    return nearest, least


def groupings(points: Floats, most: int, min_size: int = 1, axes: int | None = None) -> list[Ints]:
    """Groups of everybody for 1, 2, ... ``most`` groups, each number grown from the one before."""
    grown = np.zeros(len(points), dtype=np.int64)
    found = [grown]
    for k in range(2, most + 1):
        seen = np.ascontiguousarray(points[:, : axes_for(k, axes, points.shape[1])])
        grown = group_people(seen, one_more(seen, grown))
        found.append(dissolved(seen, grown, min_size))
    return found


def centres_of(points: Floats, label: Ints) -> Floats:
    """Mean place of each group, group x axis."""
    members = label == np.arange(label.max() + 1)[:, None]
    return np.asarray(members @ points / members.sum(axis=1, keepdims=True))


def nearest_centre(points: Floats, centres: Floats) -> Ints:
    """Group of everybody: the nearest centre, the first among equals."""
    return np.asarray(cdist(points, centres).argmin(axis=1))


def cluster_index(points: Floats, label: Ints) -> float:
    """Variance within groups as a share of all."""
    total = points.var(axis=0).sum() * len(points)
    members = label == np.arange(label.max() + 1)[:, None]
    sums, away = members @ points, points.mean(axis=0)
    between = ((sums / members.sum(axis=1, keepdims=True) - away) * sums).sum()
    return float(1 - between / total) if total > TOLERANCE else 1.0


def by_all_answers(places: Places) -> Floats:
    """People by all their answers, person x column.

    A missing answer is a place in the middle and draws people there who answered little, so places are divided by the
    square root of the share of items answered (as Polis does: Small et al. 2021).
    """
    return np.ascontiguousarray((places.columns / np.sqrt(np.maximum(places.answered, TOLERANCE))).T)


def all_distances(places: Places) -> Floats:
    """Distances by all answers, person x person."""
    points = by_all_answers(places)
    squares = points @ points.T
    lengths = squares.diagonal().copy()
    squares *= -2  # in place: large tables are slow to make
    squares += lengths
    squares += lengths[:, None]
    return np.asarray(np.sqrt(np.maximum(squares, 0.0, out=squares), out=squares))


def silhouettes(table: Floats, label: Ints, sizes: Ints) -> tuple[Floats, float]:
    """Silhouette of everybody (0 for somebody alone in a group), and the dispersion within groups.

    The dispersion is the sum over groups of the distances of all pairs of members over twice their number.
    """
    own = label[:, None] == np.arange(len(sizes))
    total = table @ own.astype(np.float64)
    inside = total[own] / np.maximum(sizes[label] - 1, 1)
    outside = np.where(own, np.inf, total / sizes).min(axis=1)
    most = np.maximum(inside, outside)
    told = (sizes[label] > 1) & (most > 0) & (most < np.inf)
    width = np.divide(outside - inside, most, out=np.zeros(len(table)), where=told)
    return width, float((total[own] / sizes[label]).sum() / 4)  # every pair is met twice


def appraise(table: Floats, label: Ints) -> tuple[float, float]:
    """Mean silhouette (0 for a single group), and the dispersion within groups."""
    width, dispersion = silhouettes(table, label, np.bincount(label))
    return float(width.mean()), dispersion


def filled_table(items: CodedItems, weights: Floats, least: float) -> Floats:
    """Distances of everybody, with the mean where a pair shares too little: it speaks neither for nor against."""
    table = np.empty((len(items.people), len(items.people)))
    fill_square(items, weights, least, table)
    undefined = np.isnan(table)
    table[undefined] = table[~undefined].mean()
    np.fill_diagonal(table, 0.0)
    return table


def centred_squares(table: Floats) -> Floats:
    """Squared distances turned into inner products around their centre (Gower's centred matrix)."""
    squares = table**2
    return np.asarray((squares.mean(axis=0) + squares.mean(axis=1)[:, None] - squares - squares.mean()) / 2)
