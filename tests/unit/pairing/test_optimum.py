"""Where a pairing is first less fair than another, and how that is told."""

import numpy as np
import pytest

from peernet.pairing.why_not import first_difference, told_apart


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ([0.018, 0.3], [0.012, 0.9], "the worst-off person would gain 0.012 instead of 0.018"),
        ([0.018, 0.3], [0.0, 0.9], "the worst-off person would gain nothing instead of 0.018"),
        ([0, 0.2, 0.2], [0, 0, 0.9], "2 people instead of 1 would gain nothing"),
        ([0.012, 0.012, 0.4, 0.5], [0.012, 0.012, 0.012, 0.9], "3 people instead of 2 would gain 0.012 or less"),
        ([0, 0, 0.012], [0, 0.0001, 0.001], "1 person instead of 2 would gain nothing"),
        ([0.1, 0.2], [0.15, 0.2], "the worst-off person would gain 0.15 instead of 0.1"),
    ],
)
def test_the_first_rank_that_differs_is_told_in_people_and_gains(before, now, words):
    assert str(first_difference(np.array(before), np.array(now))) == words


def test_people_are_ranked_from_the_worst_off_whoever_they_are():
    assert first_difference(np.array([0.3, 0.1, 0.2]), np.array([0.1, 0.2, 0.3])) is None


def test_what_comes_after_the_first_difference_does_not_count():
    found = first_difference(np.array([0.1, 0.2, 0.2, 0.2]), np.array([0.1, 0.15, 9, 9]))
    assert (found.now, found.before, found.more_people, found.fairer) == (0.15, 0.2, 1, False)


def test_a_fairer_pairing_has_fewer_people_at_the_lower_level():
    found = first_difference(np.array([0, 0, 0.5]), np.array([0, 0.1, 0.1]))
    assert (found.more_people, found.fairer) == (-1, True)


def test_numbers_are_told_in_as_many_digits_as_tell_them_apart():
    assert told_apart(0.0123456, 0.0123457) == ("0.0123456", "0.0123457")
    assert told_apart(0.0000627, 0.02) == ("0.0000627", "0.02")
    assert told_apart(1 / 3, 1 / 3) == ("0.333", "0.333")
    assert told_apart(3.2474, 3.2493, digits=4) == ("3.247", "3.249")
