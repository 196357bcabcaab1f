"""What a matrix of ties says: Burt's brokerage, components, betweenness; and what holds once somebody leaves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.special import betaincinv

from peernet._arrays import Flags, Floats, Ints
from peernet.graph.colleagues import Ratings

LOTS, MOST_CELLS = (99, 999), 5_000_000  # networks placed by lot, at least and at most, and the pairs of people in all


def binary(matrix: Any) -> Ratings:  # noqa: ANN401
    """1 wherever the matrix is not 0."""
    ones = sparse.csr_array(matrix.astype(bool).astype(float))
    ones.eliminate_zeros()
    return ones


def mutual_ties(named: Ratings) -> Ratings:
    """1 where both named the other."""
    return binary(named.multiply(named.T))


def simmelian_ties(named: Ratings) -> Ratings:
    """1 for mutual ties between two people who have a mutual tie with the same third."""
    mutual = mutual_ties(named)
    return binary((mutual @ mutual).multiply(mutual))


def brokerage(named: Ratings) -> dict[str, Floats]:
    """Burt's constraint and effective size from the strength of each tie, 2 where both named the other."""
    strength = sparse.csr_array(named + named.T)
    tied = binary(strength)
    to_all = _scaled_rows(strength, strength.sum(axis=1))
    to_strongest = _scaled_rows(strength, strength.max(axis=1).toarray().ravel())
    invested = to_all + (to_all @ to_all).multiply(tied)
    redundant = (to_all @ to_strongest.T).multiply(tied)
    alone = tied.sum(axis=1) == 0
    constraint, size = invested.power(2).sum(axis=1), tied.sum(axis=1) - redundant.sum(axis=1)
    return {"constraint": np.where(alone, np.nan, constraint), "effective_size": np.where(alone, np.nan, size)}


def _scaled_rows(matrix: Ratings, by: Any) -> Ratings:  # noqa: ANN401
    """Each row through its number, emptied where that is 0."""
    factor = np.divide(1.0, by, out=np.zeros(len(by)), where=np.asarray(by) > 0)
    return sparse.csr_array(sparse.diags_array(factor) @ matrix)


def components(either: Ratings) -> dict[str, Ints]:
    """Component of each person, the largest first, and its size."""
    _, label = connected_components(either, directed=False)
    size = np.bincount(label)
    rank = np.empty(len(size), dtype=np.int64)
    rank[np.argsort(-size, kind="stable")] = np.arange(1, len(size) + 1)
    return {"component": rank[label], "component_size": size[label].astype(np.int64)}


def betweenness_counts(named: Ratings) -> Floats:
    """How many shortest paths between two others lead through each person, paths of one length sharing."""
    found = nx.betweenness_centrality(nx.from_scipy_sparse_array(named, create_using=nx.DiGraph), normalized=False)
    return np.array([found[i] for i in range(named.shape[0])], dtype=float)


def efficiency(ties: Flags) -> float:
    """Mean of 1 / distance over all ordered pairs, 0 between people no path joins."""
    n = len(ties)
    if n < 2:
        return float("nan")
    reached, newly, total, steps = np.eye(n, dtype=bool), np.eye(n, dtype=bool), 0.0, 0
    while newly.any():
        steps += 1
        newly = (newly.astype(np.float32) @ ties > 0) & ~reached
        reached |= newly
        total += newly.sum() / steps
    return float(total / (n * (n - 1)))


def kept_efficiency(ties: Flags) -> Floats:
    """For each person, the share of efficiency the others keep without them; missing where there is none."""
    whole = efficiency(ties)
    rest = np.array([efficiency(without(ties, person)) for person in range(len(ties))])
    return rest / whole if whole > 0 else np.full(len(ties), np.nan)


def without(ties: Flags, person: int) -> Flags:
    """The network of everybody else."""
    return np.delete(np.delete(ties, person, axis=0), person, axis=1)


def largest_share(ties: Flags) -> float:
    """Share of people in the largest part that hangs together."""
    return max(parts(ties)) / len(ties) if len(ties) else float("nan")


def largest_without(ties: Flags) -> Floats:
    """For each person, the share of the others in the largest part that hangs together without them."""
    sizes = [max(parts(ties, absent=person), default=0) for person in range(len(ties))]
    return np.array(sizes) / max(len(ties) - 1, 1)


def is_cut_vertex(ties: Flags, person: int) -> bool:
    """Whether the others fall apart into more parts without this person."""
    return len(parts(ties, absent=person)) > len(parts(ties))


def parts(ties: Flags, *, absent: int | None = None) -> list[int]:
    """Sizes of the parts that hang together, in whichever direction, once somebody is absent.

    People are bits of whole numbers, which is many times quicker than a sparse matrix for networks as small as a team.
    """
    beside = [int.from_bytes(np.packbits(row, bitorder="little").tobytes(), "little") for row in ties | ties.T]
    left = (1 << len(ties)) - 1
    left &= ~(0 if absent is None else 1 << absent)
    sizes = []
    while left:
        part = _part(beside, left)
        sizes.append(part.bit_count())
        left &= ~part
    return sizes


def _part(beside: Sequence[int], left: int) -> int:
    """Everybody, of those left, whom the first of them reaches."""
    part = coming = left & -left
    while coming:
        person = coming.bit_length() - 1
        coming ^= 1 << person
        found = beside[person] & left & ~part
        part |= found
        coming |= found
    return part


class FallenApart(NamedTuple):
    """What one person alone holds together: into how many parts theirs falls, and how many are then cut off."""

    parts: int
    cut_off: int


def fallen_apart(ties: Flags, person: int) -> FallenApart:
    """What becomes of the part somebody is in without them; those outside its largest remaining part are cut off."""
    beside = (ties | ties.T)[person]
    groups = part_labels(ties, absent=person)
    sizes = np.bincount(groups)[np.unique(groups[beside & (np.arange(len(ties)) != person)])]
    return FallenApart(len(sizes), int(sizes.sum() - sizes.max(initial=0)))


def part_labels(ties: Flags, *, absent: int) -> Ints:
    """The part everybody is in once somebody is absent, who is in one of their own."""
    left = ties.copy()
    left[absent], left[:, absent] = False, False
    return np.asarray(connected_components(left.astype(float), directed=False)[1], dtype=np.int64)


@lru_cache(maxsize=4096)
def cut_off_by_lot(people: int, ties: int) -> tuple[int, ...]:
    """How many the first of some people cuts off by leaving, in networks of so many ties placed by lot.

    The same draws whenever it is asked: 999, fewer for large teams.
    """
    pairs = np.column_stack(np.triu_indices(people, k=1))
    rng, draws = np.random.default_rng([people, ties]), int(np.clip(MOST_CELLS // len(pairs), *LOTS))
    tied = np.argsort(rng.random((draws, len(pairs))), axis=1)[:, :ties]
    draw, ends = np.repeat(np.arange(draws), ties), pairs[tied.ravel()]
    theirs = ends[:, 0] == 0  # the first is never the second of a pair
    a, b = (draw * people + ends[:, side] for side in (0, 1))
    rest = sparse.csr_array((np.ones((~theirs).sum()), (a[~theirs], b[~theirs])), shape=(draws * people,) * 2)
    label = connected_components(rest, directed=False)[1]
    found = np.unique(np.column_stack([draw[theirs], label[b[theirs]]]), axis=0)
    sizes, whole, largest = np.bincount(label)[found[:, 1]], np.zeros(draws, dtype=int), np.zeros(draws, dtype=int)
    np.add.at(whole, found[:, 0], sizes)
    np.maximum.at(largest, found[:, 0], sizes)
    return tuple((whole - largest).tolist())


def cut_off_chance(people: int, ties: int, cut_off: int) -> float:
    """How often ties placed by lot leave as many people cut off from the others without one of them."""
    by_lot = np.array(cut_off_by_lot(people, ties))
    return float((1 + (by_lot >= cut_off).sum()) / (1 + len(by_lot))) if cut_off else 1.0


class LeaderRank(NamedTuple):
    """What is kept without the first person, against what is kept without each other one."""

    kept: float
    others: float
    percentile: float
    low: float
    high: float


def leader_rank(kept: Floats) -> LeaderRank:
    """Where the first person stands among the others by what is kept without each.

    The percentile counts the others without whom less is kept, equals half. Its interval (95 %, Jeffreys) takes the
    others for a sample of the people who could be in the first one's place.
    """
    leader, others = kept[0], kept[1:]
    others = others[~np.isnan(others)]
    if np.isnan(leader) or not len(others):
        return LeaderRank(float(leader), float("nan"), float("nan"), float("nan"), float("nan"))
    same = np.isclose(others, leader, rtol=1e-9, atol=1e-12)
    below = float((others[~same] < leader).sum() + same.sum() / 2)
    low, high = (float(betaincinv(below + 0.5, len(others) - below + 0.5, q)) for q in (0.025, 0.975))
    return LeaderRank(float(leader), float(others.mean()), below / len(others), low, high)
