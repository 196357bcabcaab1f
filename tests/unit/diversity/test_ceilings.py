"""What several partners add together never exceeds the sum of their ceilings, submodular or not."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings

import peernet as pn
from peernet.diversity.kernels import diverse_weights
from peernet.diversity.reach import DEFINITE, ceilings, likeness_of, most_perspectives
from tests.made.surveys import both_ways, survey_of
from tests.naive.meetings import gains, trusting_scores

CORNERS = {"a": (1, 1), "b": (5, 5), "c": (1, 5), "d": (5, 1)}


def square():
    """Four people at the corners of a square; a and its opposite b work together."""
    answers = {p: {"perspective_1": x, "perspective_2": y} for p, (x, y) in CORNERS.items()}
    ties = {"works_with": both_ways(("a", "b")), "trust": both_ways(*combinations("abcd", 2))}
    survey = survey_of(answers, ties)
    return pn.score_pairs(survey, pn.colleague_graph(survey), scale=0.5)


def test_a_third_corner_of_a_square_adds_more_once_the_fourth_is_there():
    """The effective number is not submodular, so gains one by one bound no gain together."""
    gain = gains(square())
    c, d, both = gain(0, frozenset([2])), gain(0, frozenset([3])), gain(0, frozenset([2, 3]))
    assert both > c + d + 0.01


def test_the_ceilings_allow_for_corners_that_help_each_other():
    scores = square()
    others = ~np.eye(4, dtype=bool)
    parts, _ = ceilings(scores.reach, likeness_of(scores.reach), others, np.full(4, 2))
    assert parts[0, 2] + parts[0, 3] >= gains(scores)(0, frozenset([2, 3])) - 1e-12


def test_one_partner_alone_has_the_gain_as_ceiling():
    scores = square()
    parts, _ = ceilings(scores.reach, likeness_of(scores.reach), ~np.eye(4, dtype=bool), np.ones(4, dtype=int))
    assert parts[0, 2] == pytest.approx(gains(scores)(0, frozenset([2])))


def test_somebody_heard_already_adds_nothing():
    parts, _ = ceilings(square().reach, likeness_of(square().reach), ~np.eye(4, dtype=bool), np.full(4, 2))
    assert parts[0, 1] == 0


def test_people_who_may_have_no_partner_have_no_ceiling():
    parts, everyone = ceilings(
        square().reach, likeness_of(square().reach), ~np.eye(4, dtype=bool), np.zeros(4, dtype=int)
    )
    assert not parts.any()
    assert not everyone.any()


def test_the_most_perspectives_bound_a_likeness_blurred_by_missing_answers():
    """Two who are alike both resemble a third who does not resemble them equally: no longer positive semidefinite."""
    likeness = np.array([[1.0, 0.95, 0.1], [0.95, 1.0, 0.9], [0.1, 0.9, 1.0]])
    assert np.linalg.eigvalsh(likeness)[0] < 0
    assert most_perspectives(likeness, np.arange(3)) >= diverse_weights(likeness).sum()


@given(trusting_scores(least=3, most=6))
@settings(max_examples=30, deadline=None)
def test_no_set_of_partners_adds_more_than_its_ceilings(scores):
    n, gain = len(scores), gains(scores)
    known = np.array([len(heard) > 0 for heard in scores.reach.heard])
    candidates = known & known[:, None] & ~np.eye(n, dtype=bool)
    for most in (1, 2, 3):
        parts, everyone = ceilings(scores.reach, likeness_of(scores.reach), candidates, np.full(n, most))
        for person in np.flatnonzero(known):
            for count in range(1, most + 1):
                for others in combinations(np.flatnonzero(candidates[person]).tolist(), count):
                    added = gain(int(person), frozenset(others))
                    assert added <= parts[person, list(others)].sum() + 1e-9
                    assert added <= everyone[person] + 1e-9


@pytest.mark.parametrize("least", [0.1, 2e-6, 5e-7, -1e-3])
def test_whether_a_likeness_is_definite_is_told_as_by_its_least_eigenvalue(rng, least):
    points = rng.random((6, 2))
    likeness = np.exp(-np.linalg.norm(points[:, None] - points, axis=2))
    value, vector = np.linalg.eigh(likeness)
    likeness += (least - value[0]) * np.outer(vector[:, 0], vector[:, 0])
    short = max(0.0, DEFINITE - float(np.linalg.eigvalsh(likeness)[0]))
    slow = min(6.0, diverse_weights(likeness + short * np.eye(6)).sum() / (1 - short))
    assert most_perspectives(likeness, np.arange(6)) == pytest.approx(slow, rel=1e-9)
