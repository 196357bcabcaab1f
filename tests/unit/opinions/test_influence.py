"""Attention becomes shares, and closed circles are found with their periods."""

import numpy as np
import pytest
from scipy import sparse

from peernet.errors import SettingError
from peernet.opinions.influence import attention, checked_influence, closed_circles, period, stationary

NONE = np.empty(0, dtype=np.int64)


def places(*people):
    return np.array(people, dtype=np.int64)


def test_oneself_and_every_colleague_count_alike():
    shares = attention([places(1, 2), places(0), NONE], partner_weight=1.0).toarray()
    np.testing.assert_allclose(shares, [[1 / 3, 1 / 3, 1 / 3], [1 / 2, 1 / 2, 0], [0, 0, 1]])


def test_a_partner_counts_as_much_as_asked_on_both_sides():
    shares = attention([places(1), NONE, NONE], [(0, 2)], partner_weight=2.0).toarray()
    np.testing.assert_allclose(shares, [[1 / 4, 1 / 4, 2 / 4], [0, 1, 0], [2 / 3, 0, 1 / 3]])


def test_a_partner_who_was_heard_already_is_not_heard_less():
    shares = attention([places(1), places(0)], [(0, 1)], partner_weight=0.5).toarray()
    np.testing.assert_allclose(shares, 0.5)


def test_circles_from_which_no_way_leads_out():
    W = np.array([[0.5, 0.5, 0, 0], [0.5, 0.5, 0, 0], [0.2, 0, 0.4, 0.4], [0, 0, 0, 1.0]])
    assert [circle.tolist() for circle in closed_circles(checked_influence(W))] == [[0, 1], [3]]


def test_a_circle_in_which_opinions_go_round_has_a_period():
    ring = checked_influence([[0, 1, 0], [0, 0, 1], [1, 0, 0]])
    assert period(ring, places(0, 1, 2)) == 3
    assert period(checked_influence([[0.1, 0.9, 0], [0, 0, 1], [1, 0, 0]]), places(0, 1, 2)) == 1
    assert period(checked_influence([[1.0]]), places(0)) == 1


def test_weights_of_first_opinions_in_a_circle():
    W = checked_influence([[0.5, 0.5], [0.25, 0.75]])
    np.testing.assert_allclose(stationary(W, places(0, 1)), [1 / 3, 2 / 3])


def test_a_stored_zero_is_no_attention():
    W = sparse.csr_array(([1.0, 0.0, 1.0], ([0, 0, 1], [0, 1, 1])), shape=(2, 2))
    assert len(closed_circles(checked_influence(W))) == 2
    assert W.nnz == 3, "the matrix given is left as it was"


@pytest.mark.parametrize(
    ("influence", "message"),
    [
        ([[1.0, 0.0]], r"influence must be square, one row and one column per person; got shape \(1, 2\)\."),
        ([1.0], r"got shape \(1,\)\."),
        ([[0.5, 0.4], [0, 1]], "influence: row 0 sums to 0.9; a person's shares must sum to 1."),
        ([[1.0, 0.0], [np.nan, 1.0]], "influence: row 1 sums to nan"),
        ([[1.5, -0.5], [0, 1]], "influence holds a share of -0.5; shares must not be below 0."),
    ],
)
def test_what_is_no_attention_is_refused(influence, message):
    with pytest.raises(SettingError, match=message):
        checked_influence(influence)
