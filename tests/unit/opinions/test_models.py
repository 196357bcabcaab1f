"""The models of opinion say what they cannot do."""

import numpy as np
import pytest
from scipy import sparse

from peernet.errors import SettingError
from peernet.opinions import bounded_confidence, friedkin_johnsen, repulsion

BOTH = [[0.5, 0.5], [0.5, 0.5]]
RING = [[0.0, 1.0], [1.0, 0.0]]


def test_opinions_keep_their_shape_and_the_input_is_left_alone():
    first = np.array([0.0, 1.0])
    assert friedkin_johnsen(BOTH, first, susceptibility=0.5).shape == (2,)
    assert friedkin_johnsen(sparse.csr_array(BOTH), first[:, None], susceptibility=0.5).shape == (2, 1)
    assert bounded_confidence(BOTH, first, confidence=1.0).tolist() == [0.5, 0.5]
    assert first.tolist() == [0.0, 1.0]


def test_opinions_that_go_round_for_ever_have_no_limit():
    message = "There is no limit: opinions of people 0, 1 go round for ever, in 2 turns, since nobody there listens"
    with pytest.raises(SettingError, match=message):
        friedkin_johnsen(RING, [0.0, 1.0], susceptibility=1.0)


def test_one_person_who_holds_on_stops_the_round():
    np.testing.assert_allclose(friedkin_johnsen(RING, [0.0, 1.0], susceptibility=[0.5, 1.0]), [0.0, 0.0], atol=1e-12)


def test_a_free_circle_pulls_those_who_hear_it():
    W = [[0.5, 0.5, 0], [0.5, 0.5, 0], [0.5, 0, 0.5]]
    found = friedkin_johnsen(W, [0.0, 1.0, 0.2], susceptibility=[1.0, 1.0, 0.5])
    np.testing.assert_allclose(found, [0.5, 0.5, (0.5 * 0.5 * 0.5 + 0.5 * 0.2) / 0.75])


def test_confidence_can_differ_from_pair_to_pair():
    wide = np.array([[0.1, 0.9], [0.1, 0.1]])
    assert bounded_confidence(BOTH, [0.0, 0.8], confidence=wide, meetings=1).tolist() == [0.4, 0.8]


def test_pull_turns_into_push_at_the_confidence():
    apart = repulsion(BOTH, [0.3, 0.7], confidence=0.4, meetings=5)
    np.testing.assert_allclose(apart, [0.3, 0.7])
    assert repulsion(BOTH, [0.3, 0.71], confidence=0.4).tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"confidence": 0.0}, "confidence must be above 0; got 0."),
        ({"confidence": np.ones(2)}, r"confidence must be one number or have shape \(2, 2\); got shape \(2,\)."),
        ({"meetings": -1}, "meetings must not be below 0; got -1."),
        ({"opinions": [0.0, 2.0]}, "opinions must lie between 0 and 1; got 0 to 2. Rescale them."),
        (
            {"opinions": [0.0, np.nan]},
            "opinions: person 1 has a missing or infinite opinion; fill it or leave them out.",
        ),
        ({"opinions": [0.0]}, r"opinions must have one row for each of 2 people; got shape \(1,\)."),
        ({"susceptibility": 1.5}, "susceptibility must lie between 0 and 1; person 0 has 1.5."),
        ({"susceptibility": [1, 1, 1]}, r"susceptibility must be one number or one for each of 2 people"),
    ],
)
def test_settings_outside_what_is_allowed_are_named(change, message):
    usual = {"opinions": [0.0, 1.0], "confidence": 0.5}
    with pytest.raises(SettingError, match=message):
        bounded_confidence(BOTH, **{**usual, **change})
