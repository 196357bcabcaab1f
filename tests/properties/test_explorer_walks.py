"""Wherever the dials are moved, the pairs are those that `run_study` proposes by the same settings, to the pair."""

import warnings

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import InfeasibleError, PeernetWarning
from peernet.explorer.answers import answer
from peernet.explorer.what_if import WhatIf, settings_of
from tests.made.explored import SHAPES, any_change, any_move

STEPS = 8


def proposed(state, settings):
    """What `run_study` proposes by some settings: the same two lines."""
    return settings.pair(settings.score(state.bench.survey, state.bench.graph))


def assert_same(found, other):
    assert found.pairs == other.pairs
    assert found.objective == pytest.approx(other.objective, abs=1e-9)
    assert found.bound == pytest.approx(other.bound, abs=1e-9)
    assert (found.proven, found.required) == (other.proven, other.required)
    pd.testing.assert_frame_equal(found.table, other.table, rtol=1e-9)
    pd.testing.assert_frame_equal(found.unpaired, other.unpaired)
    assert {**found.settings} == {**other.settings}


def moved(state, rng):
    """One random move, and whether it was made; where it was refused nothing has changed."""
    before = state.settings, state.kept, state.pairing, state.number, state.can_undo
    try:
        any_move(state, rng)
    except InfeasibleError:
        assert (state.settings, state.kept, state.pairing, state.number, state.can_undo) == before
        return False
    return True


def walk(shape, seed, steps=STEPS):
    """States of a random walk, every one compared."""
    rng = np.random.default_rng([seed, len(shape)])
    with warnings.catch_warnings():  # nobody was asked about trust, answers too alike: as `run_study` says, too
        warnings.simplefilter("ignore", PeernetWarning)
        survey = SHAPES[shape](rng)
        state = WhatIf(survey, pn.programme.Settings(seed=seed))
        for _ in range(steps):
            if moved(state, rng):
                assert_same(state.pairing, proposed(state, state.settings))
                assert_same(state.kept_pairing, proposed(state, state.kept))
        return state


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("seed", [0, *[pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 40)]])
def test_every_state_of_a_random_walk_is_what_the_settings_propose(shape, seed):
    state = walk(shape, seed, 4 if shape == "harbour" else STEPS)
    assert settings_of(state.pairing).but(seed=seed).pair(state.pairing.scores).pairs == state.pairing.pairs


@pytest.mark.parametrize("shape", ["drawn", pytest.param("aarhus", marks=pytest.mark.slow), "ties"])
@pytest.mark.parametrize("seed", [100, *[pytest.param(seed, marks=pytest.mark.slow) for seed in range(101, 106)]])
def test_a_whole_study_by_the_settings_reached_makes_the_same_pairs(shape, seed):
    state = walk(shape, seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PeernetWarning)
        study = pn.run_study(state.bench.survey, settings=state.settings, draws=1, repeats=0)
    assert_same(state.pairing, study.pairing)


@pytest.mark.parametrize("seed", range(3))
def test_a_refused_move_is_refused_by_the_settings_too(seed):
    rng = np.random.default_rng(seed)
    state, refused = WhatIf(SHAPES["drawn"](rng)), 0
    for _ in range(12):
        a, b = (str(person) for person in rng.choice(state.pairing.scores.people, 2, replace=False))
        wanted = state.settings.but(rules=pn.Rules([*state.settings.rules, pn.Rule("required", a, b)]))
        try:
            state.lock(a, b)
        except InfeasibleError:
            refused += 1
            with pytest.raises(InfeasibleError):
                proposed(state, wanted)
    assert refused


@pytest.mark.parametrize("shape", ["aarhus", "refusals"])
def test_going_back_all_the_way_leads_to_where_it_started(shape):
    rng = np.random.default_rng(5)
    state = WhatIf(SHAPES[shape](rng))
    first, pairs = state.settings, state.pairing.pairs
    for _ in range(12):
        moved(state, rng)
    while state.can_undo:
        state.undo()
    assert (state.settings, state.pairing.pairs) == (first, pairs)


@pytest.mark.parametrize("seed", range(4))
def test_the_path_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    survey = SHAPES["ties"](rng)
    one, other = WhatIf(survey), WhatIf(survey)
    for _ in range(6):
        one.change(**any_change(rng))
    other.move(one.settings)
    told = [answer(state, {"ask": "set", "changes": {}})["state"]["now"] for state in (one, other)]
    assert told[0] == told[1]
    assert one.pairing.pairs == other.pairing.pairs
