"""Compiled kernels: the weights that make a set most diverse, and what one more person adds.

The weights solve non-negative least squares by the active-set method of Lawson and Hanson; a newcomer's gain is a
Schur complement wherever no weight turns negative.

References
----------
Lawson, C. L. & Hanson, R. J. (1974). Solving Least Squares Problems. Prentice-Hall.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from peernet._arrays import Flags, Floats, Ints
from peernet._compiled import inlined, inner_kernel, kernel_no_arrays

TOLERANCE = 1e-10  # what lacks less in likeness is nothing new, and a smaller weight is none


def diverse_weights(Z: Floats) -> Floats:
    """Non-negative weights that make a set most diverse; their sum is its effective number.

    Maximises 2 1'w - w'Zw over w >= 0 by the active-set method of Lawson and Hanson. Where Z is not positive
    definite (answers are missing), a person who cannot be told apart from those already counted is left at zero.
    """
    weights = np.zeros(len(Z))
    improve_weights(np.ascontiguousarray(Z), weights, workspace(len(Z)))
    return weights


def grown_weights(Z: Floats, w: Floats) -> Floats:
    """The same for a set that grew, from the weights of those who were in it before; they come first."""
    weights = np.zeros(len(Z))
    weights[: len(w)] = w
    improve_weights(np.ascontiguousarray(Z), weights, workspace(len(Z)))
    return weights


class Workspace(NamedTuple):
    """Room to work in for one set of people after the other; kernels that make no arrays compile in half the time."""

    closed: Flags
    members: Ints
    lower: Floats
    target: Floats


def workspace(most: int) -> Workspace:
    """Room for sets of up to so many people."""
    return Workspace(np.empty(most, bool), np.empty(most, np.int64), np.empty((most, most)), np.empty(most))


@kernel_no_arrays
def improve_weights(Z: Floats, w: Floats, room: Workspace) -> None:
    """Best weights, reached from ones that are best for the people who have weight; changes ``w``."""
    n = len(w)
    closed, members, lower, target = room.closed, room.members, room.lower, room.target
    count = rows = 0  # of the factor, so many rows still hold
    for i in range(n):
        closed[i] = False
        if w[i] > 0.0:
            members[count] = i
            count += 1
    for _ in range(4 * n + 4):
        k = _most_wanting(Z, w, closed)
        if k < 0:
            break
        members[count] = k
        count += 1
        done = False
        while not done:
            rows = _factor(Z, members, rows, count, lower)
            if rows < count:
                count -= 1
                closed[k] = True
                break
            for i in range(count):
                target[i] = 1.0
            _solve(lower, count, target)
            count, rows, done = _step(w, members, count, target)


@inlined
def _most_wanting(Z: Floats, w: Floats, closed: Flags) -> int:
    """Person outside the support to whom the weighted set is least similar, or -1 if nobody adds anything."""
    best, found = TOLERANCE, -1
    for k in range(len(w)):
        if w[k] == 0.0 and not closed[k]:
            lacking = 1.0 - _product(Z[k], w)
            if lacking > best:
                best, found = lacking, k
    return found


@inlined
def _factor(Z: Floats, members: Ints, rows: int, count: int, lower: Floats) -> int:
    """Cholesky factor of the rows and columns in ``members``, of which the first ``rows`` stand.

    How many rows there are then: fewer than ``count`` where they are not positive definite.
    """
    for i in range(rows, count):
        for j in range(i + 1):
            total = Z[members[i], members[j]]
            for k in range(j):
                total -= lower[i, k] * lower[j, k]
            if i == j:
                if total <= TOLERANCE:
                    return i
                lower[i, i] = np.sqrt(total)
            else:
                lower[i, j] = total / lower[j, j]
    return count


@inlined
def _solve(lower: Floats, count: int, right: Floats) -> None:
    """Solve in place with the Cholesky factor."""
    for i in range(count):
        for k in range(i):
            right[i] -= lower[i, k] * right[k]
        right[i] /= lower[i, i]
    for i in range(count - 1, -1, -1):
        for k in range(i + 1, count):
            right[i] -= lower[k, i] * right[k]
        right[i] /= lower[i, i]


@inlined
def _step(w: Floats, members: Ints, count: int, target: Floats) -> tuple[int, int, bool]:
    """Move the weights towards the target until one reaches zero.

    How many members are left, how many of them stand where they stood, and whether the target is reached.
    """
    reach = 1.0
    for i in range(count):
        if target[i] <= 0.0:
            reach = min(reach, w[members[i]] / (w[members[i]] - target[i]))
    left = same = 0
    for i in range(count):
        k = members[i]
        w[k] += reach * (target[i] - w[k])
        if target[i] <= 0.0 and w[k] <= TOLERANCE:
            w[k] = 0.0
        else:
            members[left] = k
            same += 1 if left == i else 0
            left += 1
    return left, same, reach == 1.0


@kernel_no_arrays
def fill_weights(start: Ints, square: Ints, Z: Floats, w: Floats, room: Workspace) -> None:
    """Best weights of many sets, whose similarities and weights lie end to end; ``w`` is all zeros before."""
    for i in range(len(square) - 1):
        m = start[i + 1] - start[i]
        if m > 0:
            corner = square[i]
            improve_weights(Z[corner : corner + m * m].reshape((m, m)), w[start[i] : start[i + 1]], room)


def support_inverses(Z: Floats, w: Floats, start: Ints, square: Ints) -> Floats:
    """Inverse of the similarities of each of many sets over the people with weight, zero elsewhere, laid out as ``Z``.

    Tables of one size are inverted all at once.
    """
    sizes, inverse = np.diff(start), np.zeros(len(Z))
    owner, place = np.repeat(np.arange(len(sizes)), sizes), np.arange(len(w)) - np.repeat(start[:-1], sizes)
    counts, place = np.bincount(owner[w > 0], minlength=len(sizes)), place[w > 0]
    first = np.cumsum(counts) - counts
    for count in np.unique(counts[counts > 0]).tolist():
        sets = np.flatnonzero(counts == count)
        support = place[first[sets][:, None] + np.arange(count)]
        corner, size = square[:-1][sets][:, None, None], sizes[sets][:, None, None]
        cells = corner + support[:, :, None] * size + support[:, None, :]
        inverse[cells] = np.linalg.inv(Z[cells])
    return inverse


@kernel_no_arrays
def fill_gains(
    rows: Ints,
    incoming: bool,
    place: Ints,
    distances: Floats,
    wanted: Flags,
    scale: float,
    unknown: float,
    start: Ints,
    heard: Ints,
    square: Ints,
    Z: Floats,
    inverse: Floats,
    w: Floats,
    out: Floats,
    z: Floats,
    u: Floats,
    larger: Floats,
    room: Workspace,
) -> None:
    """Gain of each row from every column or, if ``incoming``, of every column from each row.

    ``distances[place[p]]`` is person p's row of distances. Where the ego is the row the rows of those the ego hears
    are read, where the ego is the column the newcomer's row; the distances are the same. A gain stays missing where
    the distance of ego and newcomer is; an undefined distance from somebody else counts as ``unknown``. The last four
    are room for the largest set and a newcomer.
    """
    for r in range(len(rows)):
        for c in range(distances.shape[1]):
            ego, newcomer = (c, rows[r]) if incoming else (rows[r], c)
            first, m = start[ego], start[ego + 1] - start[ego]
            if not wanted[r, c] or m == 0:
                continue
            undefined = False
            for i in range(m):
                other = heard[first + i]
                apart = distances[place[newcomer], other] if incoming else distances[place[other], newcomer]
                undefined |= i == 0 and np.isnan(apart)
                z[i] = np.exp(-(unknown if np.isnan(apart) else apart) / scale)
            if not undefined:
                corner, end = square[ego], square[ego] + m * m
                out[r, c] = _gain(z, Z[corner:end], inverse[corner:end], w[first : first + m], u, larger, room)


@kernel_no_arrays
def fill_listed_gains(
    egos: Ints,
    apart: Floats,
    scale: float,
    unknown: float,
    start: Ints,
    square: Ints,
    Z: Floats,
    inverse: Floats,
    w: Floats,
    out: Floats,
    z: Floats,
    u: Floats,
    larger: Floats,
    room: Workspace,
) -> None:
    """The same for a list of egos and newcomers, with each newcomer's distances from those the ego hears end to end."""
    at = 0
    for pair in range(len(egos)):
        ego = egos[pair]
        first, m = start[ego], start[ego + 1] - start[ego]
        at += m
        if m == 0 or np.isnan(apart[at - m]):
            continue
        for i in range(m):
            away = apart[at - m + i]
            z[i] = np.exp(-(unknown if np.isnan(away) else away) / scale)
        corner, end = square[ego], square[ego] + m * m
        out[pair] = _gain(z, Z[corner:end], inverse[corner:end], w[first : first + m], u, larger, room)


@inlined
def _gain(z: Floats, cells: Floats, inverses: Floats, w: Floats, u: Floats, larger: Floats, room: Workspace) -> float:
    """Effective perspectives one newcomer adds: a Schur complement, or the full problem if a weight turns negative.

    ``cells`` and ``inverses`` are the set's likeness and its inverse, row after row.
    """
    m = len(w)
    Z, inverse = cells.reshape((m, m)), inverses.reshape((m, m))
    lacking = 1.0 - _product(w, z)
    if lacking <= TOLERANCE:
        return 0.0
    apart = 1.0
    for i in range(len(w)):
        u[i] = 0.0
        if w[i] > 0.0:
            u[i] = _product(inverse[i], z)
            apart -= u[i] * z[i]
    if apart <= TOLERANCE:
        return 0.0
    weight = lacking / apart
    if _stays_best(z, Z, w, u, weight):
        return lacking * weight
    return _gain_in_full(z, Z, w, u, larger[: (m + 1) * (m + 1)].reshape((m + 1, m + 1)), room)


@inlined
def _stays_best(z: Floats, Z: Floats, w: Floats, u: Floats, weight: float) -> bool:
    """Whether nobody's weight turns negative and nobody left out would now add something."""
    m = len(w)
    for i in range(m):
        if w[i] > 0.0 and w[i] < u[i] * weight:
            return False
    for i in range(m):
        if w[i] == 0.0:
            likeness = z[i] * weight
            for k in range(m):
                likeness += Z[i, k] * (w[k] - u[k] * weight)
            if likeness < 1.0 - TOLERANCE:
                return False
    return True


@inlined
def _gain_in_full(z: Floats, Z: Floats, w: Floats, grown: Floats, larger: Floats, room: Workspace) -> float:
    """What the newcomer adds by the weights worked out anew, from those of the set without them."""
    m = len(w)
    gain = 0.0
    for i in range(m):
        gain -= w[i]
        grown[i] = w[i]
        larger[m, i] = larger[i, m] = z[i]
        for k in range(m):
            larger[i, k] = Z[i, k]
    grown[m], larger[m, m] = 0.0, 1.0
    improve_weights(larger, grown[: m + 1], room)
    for i in range(m + 1):
        gain += grown[i]
    return max(0.0, gain)


@inner_kernel
def _product(x: Floats, y: Floats) -> float:
    """Scalar product; ``y`` may be longer."""
    total = 0.0
    for i in range(len(x)):
        total += x[i] * y[i]
    return total
