"""Draws are the same whoever does them, and shares come with their interval."""

import numpy as np
import pytest
from joblib import parallel_config

from peernet._parallel import check_draws, over_draws, share_interval, spawned
from peernet.errors import SettingError


def one_number(rng):
    return float(rng.random())


def drawn(seeds, n_jobs=1):
    return over_draws(one_number, seeds, n_jobs=n_jobs, progress=False, what="numbers")


def test_every_draw_has_a_seed_of_its_own():
    assert len(set(drawn(spawned(0, 20)))) == 20


def test_the_same_seed_gives_the_same_draws_again_and_again():
    seeds = spawned(0, 5)
    assert drawn(seeds) == drawn(seeds) == drawn(spawned(0, 5))
    assert drawn(spawned(1, 5)) != drawn(seeds)


def test_a_generator_moves_on():
    rng = np.random.default_rng(0)
    assert drawn(spawned(rng, 3)) != drawn(spawned(rng, 3))


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_jobs_and_backend_make_no_difference(backend):
    seeds = spawned(0, 37)
    with parallel_config(backend=backend):
        assert drawn(seeds, n_jobs=2) == drawn(seeds)


@pytest.mark.parametrize("draws", [0, -1, 2.5])
def test_the_number_of_draws_is_checked(draws):
    with pytest.raises(SettingError, match="draws must be a whole number, at least 1"):
        check_draws(draws)


def test_no_draws_may_be_allowed():
    check_draws(0, least=0)
    with pytest.raises(SettingError, match="draws must be a whole number, 0 for none; got -1"):
        check_draws(-1, least=0)


def test_interval_of_a_share_is_wilsons():
    """Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3: 81 of 263 and 0 of 20."""
    low, high = share_interval(np.array([81.0]), 263)
    assert (low[0], high[0]) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    low, high = share_interval(np.array([0.0]), 20)
    assert (low[0], high[0]) == pytest.approx((0.0, 0.1611), abs=5e-5)
