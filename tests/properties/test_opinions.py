"""What holds for the models of opinion whatever the network and the opinions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peernet.opinions import bounded_confidence, friedkin_johnsen, repulsion
from tests.naive.opinions import held_to_first, limit_by_powers, near_only, pulled_and_pushed

MODELS = {
    "assimilation": lambda W, x, a: friedkin_johnsen(W, x, susceptibility=a),
    "bounded confidence": lambda W, x, a: bounded_confidence(W, x, confidence=0.35, susceptibility=a),
    "repulsion": lambda W, x, a: repulsion(W, x, confidence=0.35, susceptibility=a, meetings=30),
}


@st.composite
def scenes(draw):
    """Attention with some for oneself, opinions on two items, susceptibilities."""
    n, seed = draw(st.integers(2, 8)), draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    heard = (rng.random((n, n)) < draw(st.sampled_from([0.0, 0.2, 0.6]))) | np.eye(n, dtype=bool)
    W = heard * rng.integers(1, 4, (n, n))
    return W / W.sum(axis=1, keepdims=True), rng.integers(0, 5, (n, 2)) / 4, rng.integers(0, 10, n) / 10


@settings(deadline=None)
@given(scenes())
def test_the_solve_ends_where_going_step_by_step_ends(scene):
    W, first, a = scene
    np.testing.assert_allclose(friedkin_johnsen(W, first, susceptibility=a), held_to_first(W, first, a, 400), atol=1e-9)


@given(scenes())
def test_without_first_opinions_held_the_limit_is_that_of_degroot(scene):
    W, first, _ = scene
    np.testing.assert_allclose(friedkin_johnsen(W, first, susceptibility=1.0), limit_by_powers(W, first), atol=1e-8)


@settings(max_examples=30, deadline=None)
@given(scenes())
def test_some_who_hold_on_and_some_who_do_not(scene):
    W, first, a = scene
    mixed = np.where(a < 0.5, 1.0, a)
    found = friedkin_johnsen(W, first, susceptibility=mixed)
    np.testing.assert_allclose(found, mixed[:, None] * (W @ found) + (1 - mixed)[:, None] * first, atol=1e-9)
    np.testing.assert_allclose(found, held_to_first(W, first, mixed, 2_000), atol=1e-6)


@settings(deadline=None)
@given(scenes(), st.integers(1, 6))
def test_meetings_equal_meeting_one_by_one(scene, meetings):
    W, first, _ = scene
    chosen = {"confidence": 0.35, "meetings": meetings}
    np.testing.assert_allclose(bounded_confidence(W, first, **chosen), near_only(W, first, 0.35, meetings), atol=1e-9)
    np.testing.assert_allclose(repulsion(W, first, **chosen), pulled_and_pushed(W, first, 0.35, meetings), atol=1e-9)


@pytest.mark.parametrize("model", ["assimilation", "bounded confidence"])
@given(scene=scenes())
def test_nobody_leaves_the_range_of_opinions_there_were(model, scene):
    W, first, a = scene
    final = MODELS[model](W, first, a)
    assert (final >= first.min(axis=0) - 1e-12).all()
    assert (final <= first.max(axis=0) + 1e-12).all()


@given(scenes())
def test_opinions_driven_apart_stay_on_the_scale(scene):
    final = MODELS["repulsion"](*scene)
    assert final.min() >= 0
    assert final.max() <= 1


@pytest.mark.parametrize("model", MODELS)
@given(scene=scenes())
def test_where_all_agree_nothing_moves(model, scene):
    W, first, a = scene
    alike = np.broadcast_to(first[0], first.shape)
    np.testing.assert_allclose(MODELS[model](W, alike, a), alike, atol=1e-12)


@pytest.mark.parametrize("model", MODELS)
@given(scene=scenes())
def test_somebody_who_listens_to_nobody_keeps_their_opinion(model, scene):
    W, first, a = scene
    W = W.copy()
    W[0] = np.eye(len(W))[0]
    np.testing.assert_allclose(MODELS[model](W, first, a)[0], first[0], atol=1e-12)


@pytest.mark.parametrize("model", MODELS)
@given(scene=scenes())
def test_somebody_who_never_moves_keeps_their_opinion(model, scene):
    W, first, a = scene
    a = np.where(np.arange(len(a)) == 0, 0.0, a)
    np.testing.assert_allclose(MODELS[model](W, first, a)[0], first[0], atol=1e-12)


@pytest.mark.parametrize("model", ["assimilation", "bounded confidence"])
@given(scene=scenes(), seed=st.integers(0, 2**32 - 1))
def test_the_order_of_people_does_not_matter(model, scene, seed):
    W, first, a = scene
    order = np.random.default_rng(seed).permutation(len(W))
    found = MODELS[model](W[np.ix_(order, order)], first[order], a[order])
    np.testing.assert_allclose(found, MODELS[model](W, first, a)[order], atol=1e-9)
