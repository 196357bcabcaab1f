"""Identities that hold for every set of people: clones, copies, limits, and how the measures hang together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import peernet as pn
from tests.naive.diversity import leinster_cobbold

ORDERS = st.sampled_from((0.0, 0.5, 1.0, 2.0, 5.0, np.inf))


@st.composite
def sets(draw: st.DrawFn, most: int = 7):
    """Distances between people by complete five-point answers, 0 to 1, and a share for each."""
    n = draw(st.integers(1, most))
    answers = draw(arrays(np.int64, (n, 4), elements=st.integers(1, 5))).astype(float)
    shares = draw(arrays(np.int64, n, elements=st.integers(1, 9))).astype(float)
    return np.abs(answers[:, None] - answers[None]).mean(axis=2) / 4, shares / shares.sum()


@given(sets(), ORDERS)
@settings(max_examples=150, deadline=None)
def test_similarity_diversity_follows_its_formula_within_its_limits(people, order):
    apart, shares = people
    found = pn.diversity.similarity_diversity(1 - apart, shares, order=order)
    assert found == pytest.approx(leinster_cobbold(1 - apart, shares, order), rel=1e-9)
    assert 1 - 1e-9 <= found <= pn.diversity.hill_number(shares, order=order) + 1e-9


@given(sets())
@settings(max_examples=60, deadline=None)
def test_diversity_of_order_two_is_what_rao_says(people):
    apart, shares = people
    expected = 1 / (1 - pn.diversity.rao_entropy(apart, shares))
    assert pn.diversity.similarity_diversity(1 - apart, shares, order=2) == pytest.approx(expected, rel=1e-9)


@given(sets(), ORDERS)
@settings(max_examples=60, deadline=None)
def test_where_nobody_is_alike_it_is_the_hill_number(people, order):
    _, shares = people
    found = pn.diversity.similarity_diversity(np.eye(len(shares)), shares, order=order)
    assert found == pytest.approx(pn.diversity.hill_number(shares, order=order), rel=1e-9)


@given(sets(), ORDERS, st.data())
@settings(max_examples=60, deadline=None)
def test_splitting_a_kind_into_two_of_the_same_changes_nothing(people, order, data):
    apart, shares = people
    twin = data.draw(st.integers(0, len(shares) - 1))
    again = np.append(np.arange(len(shares)), twin)
    halved = np.append(shares, shares[twin] / 2)
    halved[twin] /= 2
    wider = apart[np.ix_(again, again)]
    assert pn.diversity.rao_entropy(wider, halved) == pytest.approx(pn.diversity.rao_entropy(apart, shares), abs=1e-12)
    expected = pn.diversity.similarity_diversity(1 - apart, shares, order=order)
    assert pn.diversity.similarity_diversity(1 - wider, halved, order=order) == pytest.approx(expected, rel=1e-9)


@given(sets(), ORDERS, st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_as_many_unlike_copies_hold_as_many_times_the_perspectives(people, order, copies):
    apart, shares = people
    alike = np.kron(np.eye(copies), 1 - apart)
    found = pn.diversity.similarity_diversity(alike, np.tile(shares, copies), order=order)
    assert found == pytest.approx(copies * pn.diversity.similarity_diversity(1 - apart, shares, order=order), rel=1e-9)


@given(sets())
@settings(max_examples=60, deadline=None)
def test_the_higher_the_order_the_fewer_perspectives_and_none_has_more_than_the_maximum(people):
    apart, shares = people
    alike = np.exp(-apart / 0.3)
    found = [pn.diversity.similarity_diversity(alike, shares, order=order) for order in (0, 1, 2, np.inf)]
    assert (np.diff(found) <= 1e-9).all()
    assert found[0] <= pn.diversity.effective_perspectives(apart, scale=0.3) + 1e-7, (
        "no weighting gives more, at any order"
    )


@st.composite
def metacommunities(draw: st.DrawFn):
    apart, _ = draw(sets(most=5))
    groups = draw(st.integers(1, 4))
    counts = draw(arrays(np.int64, (len(apart), groups), elements=st.integers(0, 5)))
    counts[0] += 1
    return apart, pd.DataFrame(counts)


@given(metacommunities())
@settings(max_examples=60, deadline=None)
def test_within_and_between_add_up_and_neither_is_negative(whole):
    apart, members = whole
    for weights in ("size", "equal"):
        found = pn.diversity.rao_partition(members, apart, weights=weights)
        assert found["alpha"] + found["beta"] == pytest.approx(found["gamma"], abs=1e-12)
        assert found["beta"] >= -1e-12
        assert found["beta_number"] >= 1 - 1e-9


@given(metacommunities(), ORDERS)
@settings(max_examples=60, deadline=None)
def test_the_partition_agrees_with_the_whole_and_with_each_group(whole, order):
    apart, members = whole
    found = pn.diversity.partition_diversity(members, 1 - apart, order=order)
    gamma = pn.diversity.similarity_diversity(1 - apart, members.sum(axis=1), order=order)
    assert found.whole["gamma"] == pytest.approx(gamma, rel=1e-9)
    alphas = [pn.diversity.similarity_diversity(1 - apart, members[group], order=order) for group in members]
    assert found.groups["alpha"].tolist() == pytest.approx(alphas, rel=1e-9)
    assert (found.groups["raw_alpha"] * found.groups["share"]).tolist() == pytest.approx(alphas, rel=1e-9)
    assert (found.groups["raw_rho"] >= 1 - 1e-9).all(), "the whole holds all that a group does"
