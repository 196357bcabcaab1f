"""The smallest change is the smallest: no fewer changes than found let any pairing keep every rule."""

import math
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from peernet.pairing.obstacles import Demands, asked_for, cheapest_cover, fewest_changes


@st.composite
def demands(draw):
    n = draw(st.integers(2, 5))
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    doors = {pair: draw(st.sampled_from((0, 0, 1, 2, None))) for pair in pairs}
    open_ = [pair for pair in pairs if doors[pair] is not None]
    capacity = np.array([draw(st.integers(0, 2)) for _ in range(n)])
    open_ = [(i, j) for i, j in open_ if capacity[i] and capacity[j]]
    limits = draw(st.integers(0, 2))
    counts = [[draw(st.booleans()) for _ in open_] for _ in range(limits)]
    i, j = np.array(open_, dtype=np.int64).reshape(-1, 2).T
    number = np.array([doors[pair] for pair in open_], dtype=np.int64)
    everyone = np.flatnonzero(capacity > 0) if draw(st.booleans()) else np.empty(0, dtype=np.int64)
    return Demands(
        i,
        j,
        number,
        number > 1,
        capacity,
        capacity > 0,
        tuple(draw(st.lists(st.sampled_from(pairs), max_size=3, unique=True))),
        np.array(counts, dtype=bool).reshape(limits, len(open_)),
        np.array([draw(st.sampled_from((1, -1))) for _ in range(limits)], dtype=np.int64),
        np.array([draw(st.integers(0, 3)) for _ in range(limits)], dtype=np.int64),
        everyone,
        np.array([draw(st.booleans()) or p not in {*i.tolist(), *j.tolist()} for p in everyone.tolist()], dtype=bool),
    )


def changes_needed(some: Demands, made) -> float:
    """How many changes one choice of pairs asks for, each demand looked at by itself."""
    chosen = np.flatnonzero(made)
    partners = np.bincount(np.concatenate([some.i[chosen], some.j[chosen]]), minlength=len(some.capacity))
    pairs = {(int(some.i[e]), int(some.j[e])) for e in chosen}
    needed = int(some.closed_gates[chosen].sum()) + int(np.maximum(partners - some.capacity, 0).sum())
    needed += sum(pair not in pairs for pair in some.required)
    for counted, sign, number in zip(some.counts, some.sign, some.number, strict=True):
        needed += max(0, sign * (int(counted[chosen].sum()) - number))
    alone = partners[some.everyone] == 0
    return math.inf if (alone & ~some.may_rest).any() else needed + int(alone.sum())


@given(demands())
@settings(max_examples=80, deadline=None)
def test_the_fewest_changes_are_the_fewest_over_every_choice_of_pairs(some):
    choices = np.array(np.meshgrid(*[[0, 1]] * len(some.i))).reshape(len(some.i), -1).T if len(some.i) else [[]]
    expected = min(changes_needed(some, np.array(made, dtype=bool)) for made in choices)
    changes, least = fewest_changes(some, 60.0)
    assert sum(change.amount for change in changes) == expected == least


@given(demands())
@settings(max_examples=150, deadline=None)
def test_a_cover_asks_as_little_as_the_integer_program_finds(some):
    everyone = np.flatnonzero(some.raisable)
    none = {name: getattr(some, name)[:0] for name in ("counts", "sign", "number")}
    covering = replace(
        some, required=(), everyone=everyone, may_rest=~np.isin(everyone, np.append(some.i, some.j)), **none
    )
    changes, least = asked_for(covering, cheapest_cover(covering))
    others, proven = fewest_changes(covering, 60.0)
    assert sum(change.amount for change in changes) == least == proven
    assert leaning(covering, changes) == leaning(covering, others)


def leaning(some, changes):
    """What changes lean to: pairs without a known foundation, then room for more partners."""
    unfounded = {(int(i), int(j)) for i, j in zip(some.i[some.unfounded], some.j[some.unfounded], strict=True)}
    raised = sum(change.amount for change in changes if change.kind == "capacity")
    return 3 * sum(change.kind == "gate" and change.about in unfounded for change in changes) + raised
