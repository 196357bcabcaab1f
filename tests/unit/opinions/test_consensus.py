"""Whether all could come to think alike, and why not, in words."""

import numpy as np

from peernet.opinions.influence import attention, checked_influence, consensus_of

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
