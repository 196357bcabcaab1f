"""The most that several partners can add together, proven although the effective number is not submodular.

A person who hears one corner of a square and the opposite one gains more from the third corner once the fourth is
there too. So gains one by one bound no gain together, and a bound on several rounds, a trio or a circle has to allow
for such pairs of newcomers. Given whom a person hears already, two newcomers help each other exactly as far as what is
new in them is negatively related (their partial similarity). With rho the negative part of it, the gain of a set of
newcomers is at most the sum over its members b of gain(b) / (1 - sum of rho(b, c) over the others c), for

    gain = max over y >= 0 of 2 r'y - y'Sy,   y'Sy >= sum of S_bb y_b^2 (1 - sum of rho(b, c)),

where r is what each newcomer lacks in likeness to those heard and S the partial similarity (a Schur complement). With
at most k newcomers the k - 1 largest rho stand in for the unknown others.

References
----------
Das, A. & Kempe, D. (2018). Approximate submodularity and its applications: subset selection, sparse approximation and
dictionary selection. Journal of Machine Learning Research 19, 1-34 (the idea of a bounded lack of submodularity).
"""

from __future__ import annotations

import numpy as np

from peernet._arrays import Flags, Floats, Ints
from peernet.diversity.kernels import TOLERANCE, diverse_weights
from peernet.diversity.reach import Reach, similarity_of

__all__ = ["ceilings", "in_doubt", "likeness_of", "most_perspectives"]

DEFINITE = 1e-6  # least eigenvalue with which the most diverse weights are certain to be found
MANY = 200  # candidates; beyond these the whole organisation stands in for them, which saves time


def likeness_of(reach: Reach) -> Floats:
    """Likeness of everyone to everyone: one table of people by people."""
    return similarity_of(reach.distances.block(np.arange(len(reach.heard))), reach.scale)


def most_perspectives(likeness: Floats, members: Ints) -> float:
    """No weighting of these people has more effective perspectives, not even where missing answers blur the likeness.

    No weight is above one, so where the likeness falls short of positive semidefinite by delta, counting everybody as
    delta more distinct gives a number that is too small by a share of delta at most.
    """
    own = likeness[np.ix_(members, members)]
    short = max(0.0, DEFINITE - float(np.linalg.eigvalsh(own)[0]))
    if short >= 1:
        return float(len(members))
    return min(float(len(members)), float(diverse_weights(own + short * np.eye(len(own))).sum()) / (1 - short))


def ceilings(reach: Reach, likeness: Floats, candidates: Flags, most: Ints) -> tuple[Floats, Floats]:
    """What a set of partners adds to each person's exposure at most, as a sum over the partners.

    Parameters
    ----------
    reach
        Whom everyone hears.
    likeness
        Likeness of everyone to everyone.
    candidates
        Which partners each person may get, shape (people, people).
    most
        How many partners each person may get at most.

    Returns
    -------
    parts, everyone
        ``parts[p, b]``: what partner b counts for at most; the gain of p from any set of up to ``most[p]`` candidates
        is at most the sum of their parts. ``everyone[p]``: what all candidates together add at most.
    """
    n = len(reach.heard)
    parts, everyone = np.zeros((n, n)), np.zeros(n)
    known = np.flatnonzero([len(heard) for heard in reach.heard])
    whole = most_perspectives(likeness, known) if len(known) else 0.0
    for person in known[most[known] > 0]:
        heard, weights = reach.weighted(person)
        found = np.setdiff1d(np.flatnonzero(candidates[person]), heard)
        if len(found):
            reached = most_perspectives(likeness, np.union1d(heard, found)) if len(found) <= MANY else whole
            everyone[person] = max(0.0, reached - reach.exposure[person])
            lacking, partial = _newcomers(likeness, heard, weights, found)
            share = _parts(lacking, partial, len(found), int(most[person]))
            if share is None:
                settled = not (lacking[len(found) :] > TOLERANCE).any() and _is_sound(likeness, heard)
                share = np.full(len(found), 1.0 if settled else np.inf)
            parts[person, found] = np.minimum(share, everyone[person])
    return parts, everyone


def in_doubt(reach: Reach, likeness: Floats, candidates: Flags) -> Flags:
    """For whom missing answers blur the likeness among those heard and those who may come.

    The exposure of a set then depends on the order in which its people are counted, and nothing can be proven from it.
    """
    known = np.flatnonzero([len(heard) for heard in reach.heard])
    doubt = np.zeros(len(reach.heard), dtype=bool)
    if not len(known) or _is_sound(likeness, known):
        return doubt
    for person in known:
        met = np.union1d(reach.heard[person], np.flatnonzero(candidates[person]))
        doubt[person] = len(met) > MANY or not _is_sound(likeness, met)
    return doubt


def _newcomers(table: Floats, heard: Ints, weights: Floats, found: Ints) -> tuple[Floats, Floats]:
    """What newcomers, and those heard who count for nothing yet, lack in likeness, and their partial similarity."""
    counted, silent = heard[weights > 0], heard[weights == 0]
    others = np.concatenate([found, silent])
    near = table[np.ix_(counted, others)]
    lacking = 1.0 - weights[weights > 0] @ near
    partial = table[np.ix_(others, others)] - near.T @ np.linalg.solve(table[np.ix_(counted, counted)], near)
    return lacking, partial


def _is_sound(likeness: Floats, members: Ints) -> bool:
    """Whether what looks most diverse among these people is, so that a newcomer adds one at most."""
    return bool(np.linalg.eigvalsh(likeness[np.ix_(members, members)])[0] > -TOLERANCE)


def _parts(lacking: Floats, partial: Floats, found: int, most: int) -> Floats | None:
    """Each newcomer's share of the bound: one whole perspective, the most there is, where others could help too much.

    None where even those heard who count for nothing yet could be helped too much.
    """
    new, raw, wanted = np.arange(len(lacking)) < found, np.diag(partial), lacking > TOLERANCE
    own = np.maximum(raw, TOLERANCE)
    opposed = np.maximum(-partial / np.sqrt(np.outer(own, own)), 0.0)
    np.fill_diagonal(opposed, 0.0)
    slack = 1.0 - _largest(opposed[:, :found], most - new) - opposed[:, found:].sum(axis=1)
    blurred = (raw < -TOLERANCE) | (wanted & (raw <= TOLERANCE)) | (slack <= 0)
    if (blurred | wanted)[~new].any():
        return None
    share = np.where(wanted, lacking, 0.0) ** 2 / (own * np.where(blurred, 1.0, slack))
    found_share: Floats = np.where(blurred, 1.0, np.minimum(share, 1.0))[:found]
    return found_share


def _largest(cells: Floats, counts: Ints) -> Floats:
    """Sum of the largest cells of each row, as many as asked for."""
    few = int(min(counts.max(initial=0), cells.shape[1]))
    if few <= 0:
        return np.zeros(len(cells))
    top = np.sort(np.partition(cells, -few, axis=1)[:, -few:], axis=1)[:, ::-1]
    found: Floats = np.where(np.arange(few) < counts[:, None], top, 0.0).sum(axis=1)
    return found
