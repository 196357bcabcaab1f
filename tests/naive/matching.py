"""Obvious slow twins of the matching engine, and pools of people on which matching engines tend to fail."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from unittest.mock import patch

import numpy as np

import peernet.matching.matching
import peernet.matching.proving
import peernet.matching.reductions
import peernet.matching.resolver
from peernet.matching.blossom_state import DUAL, FIRST, FOLLOW, LAST, NEVER, PARENT, PEOPLE, UP


def best_by_trying(weights, *, capacity=1, required=(), fill=False):
    """(number of pairs, total weight) of the best matching, found by trying all of them."""
    n = len(weights)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n) if not np.isnan(weights[i, j])]
    fixed = {tuple(sorted(pair)) for pair in required}

    @cache
    def best(at, space):
        if at == len(pairs):
            return (0, 0.0)
        i, j = pairs[at]
        options = [] if pairs[at] in fixed else [best(at + 1, space)]
        if space[i] and space[j]:
            left = tuple(c - (p in (i, j)) for p, c in enumerate(space))
            count, total = best(at + 1, left)
            options.append((count + 1, total + weights[i, j]))
        return max(options, key=rank, default=(-1, -np.inf))

    def rank(option):
        return option if fill else (option[0] >= 0, option[1])

    return best(0, tuple(np.broadcast_to(capacity, n).tolist()))


def blossoms_in(state):
    """Rows of blossoms: what is outermost, or in another; a row that is neither only points to where its people are."""
    rows = range(state.tally[PEOPLE], len(state.node))
    return [b for b in rows if state.node[b, UP] == b or (state.node[b, UP] >= 0 and state.node[b, PARENT] >= 0)]


def members(state, blossom):
    """People in a blossom."""
    people = [int(state.node[blossom, FIRST])]
    while people[-1] != state.node[blossom, LAST]:
        people.append(int(state.node[people[-1], FOLLOW]))
    return people


def dual_value(state, pairs):
    """Total of all duals, after checking on every pair (u, v, w) that they cover its weight."""
    n = int(state.tally[PEOPLE])
    people = state.node[:n, DUAL].tolist()
    blossoms = [(set(members(state, b)), int(state.node[b, DUAL])) for b in blossoms_in(state)]
    assert min(people, default=0) >= 0
    assert all(dual >= 0 and len(held) % 2 == 1 and len(held) >= 3 for held, dual in blossoms)
    for u, v, w in pairs:
        assert people[u] + people[v] + sum(dual for held, dual in blossoms if {u, v} <= held) >= w
    return sum(people) + sum(dual * (len(held) // 2) for held, dual in blossoms)


@contextmanager
def few_candidates():
    """Make the engine price all pairs from two candidates a person, with a sample, even in tiny pools."""
    with (
        patch.multiple(peernet.matching.matching, FEW_PARTNERS=0, FEW_PAIRS=0),
        patch.multiple(peernet.matching.proving, NEAREST=2, SAMPLE_ABOVE=3),
        patch.multiple(peernet.matching.proving, MISSED=1, AT_ONCE=2, PATIENCE=(1, 4, NEVER)),
        patch.multiple(peernet.matching.resolver, NEAR=2, MISSED=1),
    ):
        yield


@contextmanager
def bidding():
    """Let people bid for partners before the search, and leave most pairs out of it, even in tiny pools with few.

    Searches pause at every step at first.
    """
    with patch.multiple(
        peernet.matching.proving, BIDDING_ABOVE=0, SEVERAL_ABOVE=0, NEAREST_LISTED=1, PATIENCE=(1, 2, NEVER)
    ):
        yield


@contextmanager
def going_on():
    """The same, and pools asked again go on from what was found, however little of it can be kept."""
    with bidding(), patch.multiple(peernet.matching.resolver, PARTED=1):
        yield


@contextmanager
def reducing():
    """Settle whom a rule settles before any search, however few they are, even in tiny pools."""
    with patch.multiple(peernet.matching.reductions, REDUCED_ABOVE=-1, THIN=10**9, ALONE=-1.0):
        yield


@contextmanager
def no_bidding():
    """Search without bids or pauses in pools of any size: the slow twin."""
    with patch.multiple(peernet.matching.proving, BIDDING_ABOVE=10**9, SEVERAL_ABOVE=10**9, PATIENCE=(NEVER,)):
        yield


def symmetric(weights):
    """The upper triangle, mirrored."""
    upper = np.triu(weights, 1)
    return upper + upper.T


def pool(kind, n, rng):
    """Whole-number weights of one family."""
    if kind == "plane":
        return np.rint(1000 * distances(rng.random((n, 2))))
    if kind == "two groups":
        group = rng.integers(0, 2, n)
        return (group[:, None] != group).astype(float)
    if kind == "odd clusters":
        places = 50.0 * rng.integers(0, 20, (n, 2))[np.sort(rng.integers(0, n // 4 + 1, n))] + rng.random((n, 2))
        return np.rint(2000 - distances(places))
    if kind == "coded":
        answers = rng.integers(1, 6, (n, 4))
        return np.abs(answers[:, None] - answers).sum(-1).astype(float)
    if kind == "tied":
        return symmetric(rng.integers(0, 4, (n, n)).astype(float))
    if kind == "signed":
        return symmetric(rng.integers(-5, 6, (n, n)).astype(float))
    if kind == "sparse":
        weights = symmetric(rng.integers(1, 30, (n, n)).astype(float))
        return np.where(symmetric(rng.random((n, n))) < 0.7, np.nan, weights)
    return symmetric(rng.integers(0, 10**6, (n, n)).astype(float))


def distances(places):
    """Euclidean distances."""
    return np.sqrt(((places[:, None] - places) ** 2).sum(-1))


KINDS = ("plane", "two groups", "odd clusters", "coded", "tied", "signed", "sparse", "uniform")
