"""Attention becomes shares, closed circles are found with their periods, and whether all could think alike is told."""

import numpy as np
import pytest
from scipy import sparse

from peernet.errors import SettingError
from peernet.opinions.influence import attention, checked_influence, closed_circles, consensus_of, period, stationary

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


PEOPLE = ["ann", "ben", "cleo", "dan", "eva"]


def among(*heard):
    return consensus_of(attention([np.array(h, dtype=np.int64) for h in heard], partner_weight=1.0), PEOPLE)


def test_possible_where_everybody_hears_everybody_in_the_end():
    found = among([1], [2], [3], [4], [0])
    assert found.possible
    assert found.words == (
        "If nobody held on to a first opinion, all could come to think alike: everybody hears everybody in the end."
    )


def test_not_possible_between_circles_that_keep_to_themselves():
    found = among([1], [0], [3], [2], [])
    assert not found.possible
    assert found.circles == (("ann", "ben"), ("cleo", "dan"), ("eva",))
    assert found.words == (
        "Even if nobody held on to a first opinion, all could not come to think alike: three circles keep to "
        "themselves, of 2, 2 and 1 people; eva listens to nobody, by the answers."
    )


def test_one_person_whom_all_follow():
    found = among([], [0], [1], [2], [0])
    assert found.possible
    assert found.outside == 4
    assert "all end where ann, who listens to nobody, stands" in repr(found)


def test_one_circle_whom_the_others_follow():
    found = among([1], [0], [1], [2], [0])
    assert found.possible
    assert "all end where the 2 people of the only closed circle do" in found.words


def test_opinions_that_go_round_for_ever_are_no_consensus():
    found = consensus_of(checked_influence([[0, 1], [1, 0]]), ["ann", "ben"])
    assert not found.possible
    assert found.periodic == (("ann", "ben"),)
    assert "opinions go round for ever among ann, ben, where nobody listens to themselves" in found.words


def test_many_are_told_by_number():
    found = consensus_of(attention([np.array([], dtype=np.int64)] * 8, partner_weight=1.0), list("abcdefgh"))
    assert (
        "eight circles keep to themselves, each of one person; a, b, c, d, e and 3 more listen to nobody" in found.words
    )
