"""How different opinions are, on cases that can be checked in the head."""

import numpy as np
import pytest

from peernet.diversity.ledger import effective_perspectives
from peernet.opinions.simulation import apart, exposures, opinion_spread, typical_distance

CAMPS = apart(np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 1.0], [1.0, 1.0]]))


def test_distance_is_the_mean_difference_over_the_items():
    assert apart(np.array([[0.0, 0.0], [1.0, 0.5]]))[0, 1] == 0.75


def test_two_equal_camps_are_as_polarised_as_can_be():
    diversity, perspectives, polarisation, clusters = opinion_spread(CAMPS, 0.01)
    assert (diversity, clusters) == (0.5, 2)
    assert perspectives == pytest.approx(2)
    assert polarisation == pytest.approx(4 * (2 / 3) * (1 / 3))  # towards 1 the more people there are
    assert opinion_spread(apart(np.repeat([0.0, 1.0], 500)[:, None]), 0.01)[2] == pytest.approx(1, abs=0.01)


def test_people_who_think_alike_are_one_opinion():
    assert opinion_spread(np.zeros((3, 3)), 1.0) == (0.0, 1.0, 0.0, 1.0)
    assert typical_distance(np.zeros((3, 3))) == 1.0


def test_opinions_a_twentieth_apart_are_one_cluster():
    assert opinion_spread(apart(np.array([[0.0], [0.05], [0.11]])), 1.0)[3] == 2


def test_exposure_counts_perspectives_among_those_heard():
    found = exposures(CAMPS, 0.5, [np.array([2]), np.array([0]), np.array([], dtype=int), np.array([0, 1, 2])])
    np.testing.assert_allclose(found[1:3], 1)
    assert found[0] == pytest.approx(effective_perspectives(CAMPS[:3:2, :3:2], scale=0.5))
    assert found[3] == pytest.approx(effective_perspectives(CAMPS, scale=0.5))
