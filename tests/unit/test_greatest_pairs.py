"""Where everybody can have a partner of the greatest weight, that is found and proven without a search."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peernet._best_pairs import ask
from peernet._greatest_pairs import MOST_LEFT, greatest_pairs
from peernet._matching_rules import read_rules
from peernet._pair_weights import read_weights
from peernet.matching import max_weight_matching, verify_bound
from tests import naive_matching as naive


def found_in(weights, *, capacity=1, required=(), fill=False):
    question = ask(read_rules(read_weights(weights), capacity, required), fill=fill)
    return greatest_pairs(question.rules, question.units, question.span.largest)


def tied(n, rng, levels=4):
    weights = np.triu(rng.integers(0, levels, (n, n)), 1).astype(float)
    return weights + weights.T


@pytest.mark.parametrize("fill", [False, True])
@pytest.mark.parametrize("n", [300, 301])
def test_everybody_has_a_partner_of_the_greatest_weight(n, fill, rng):
    weights = tied(n, rng)
    found = found_in(weights, fill=fill)
    assert (weights[found.u, found.v] == 3).all()
    assert len(np.unique([found.u, found.v])) == 2 * len(found.u) == n - n % 2
    best = max_weight_matching(weights, cardinality="max" if fill else None)
    assert best.proven
    assert best.objective == best.bound == 3 * (n // 2)
    assert verify_bound(best, weights, cardinality="max" if fill else None) == best.bound


@settings(max_examples=200, deadline=None)
@given(st.integers(2, 8), st.integers(1, 3), st.booleans(), st.booleans(), st.integers(0, 10**6))
def test_it_is_the_best_of_all_matchings_and_none_is_missed(n, levels, fill, barred, seed):
    rng = np.random.default_rng(seed)
    weights = tied(n, rng, levels) - (1.0 if barred else 0.0)
    if barred:
        weights[weights < 0] = np.nan
    count, total = naive.best_by_trying(weights, fill=fill)
    best = max_weight_matching(weights, cardinality="max" if fill else None)
    assert best.proven
    assert best.objective == total
    assert not fill or len(best.pairs) == count
    assert verify_bound(best, weights, cardinality="max" if fill else None) == best.bound
    found = found_in(weights, fill=fill) if np.nanmax(weights[np.triu_indices(n, 1)], initial=-1) > 0 else None
    if found is not None:
        assert weights[found.u, found.v].sum() == total


def test_a_pair_is_parted_for_two_who_are_left():
    weights = np.ones((4, 4))
    for u, v in [(0, 1), (0, 2), (1, 3)]:
        weights[u, v] = weights[v, u] = 2
    found = found_in(weights)  # 0 takes 1 first, which leaves 2 and 3
    assert {*zip(found.u.tolist(), found.v.tolist(), strict=True)} == {(0, 2), (1, 3)}


@pytest.mark.parametrize("kind", ["uniform", "plane", "two groups"])
def test_elsewhere_it_is_left_to_the_engine(kind, rng):
    assert found_in(naive.pool(kind, 90, rng)) is None


def test_many_without_a_partner_end_the_attempt():
    n = 4 * MOST_LEFT
    weights = np.ones((n, n))
    weights[0, 1] = weights[1, 0] = 2
    assert found_in(weights) is None


@pytest.mark.parametrize("rules", [{"capacity": 2}, {"capacity": [0, *[1] * 89]}, {"required": [(0, 1)]}])
def test_rules_about_people_and_pairs_are_left_to_the_engine(rules, rng):
    assert found_in(tied(90, rng), **rules) is None
