"""Whoever praises everybody, and is praised by everybody, is matchable with everybody until ratings are corrected."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.survey import Item
from tests.made.networks import survey_of_edges

CIRCLES, SIZE = 4, 4
PEOPLE = [f"p{i:02d}" for i in range(CIRCLES * SIZE)]
KIND = PEOPLE[0]
TRUST = Item("q", "tie", layer="trust", low=1, high=5, at_least=4)
CONTACT = Item("w", "tie", layer="works_with")  # nobody hears anybody yet, so every pair would gain


def rating(ego: int, alter: int) -> float:
    """Trust inside one's circle and not outside it; the kind one rates everybody one point up and is rated so too."""
    near = ego // SIZE == alter // SIZE
    return min(5.0, (4.0 if near else 3.0) + (0 in (ego, alter)))


@pytest.fixture(scope="module")
def survey():
    rows = [(PEOPLE[i], PEOPLE[j], rating(i, j)) for i in range(len(PEOPLE)) for j in range(len(PEOPLE)) if i != j]
    ties = pd.DataFrame(rows, columns=["ego", "alter", "rating"]).assign(layer="trust")
    answers = {"outlook": np.arange(len(PEOPLE)) % 5 + 1.0}
    outlook = Item("outlook", "perspective", "ordinal", low=1, high=5)
    return survey_of_edges(ties, PEOPLE, items=[TRUST, CONTACT, outlook], **answers)


def partners(survey, ratings):
    """Whom each person could be paired with, by the scores."""
    scores = pn.score_pairs(survey, pn.colleague_graph(survey, ratings=ratings), foundation=("mutual",))
    possible = scores.possible(np.arange(len(PEOPLE)))
    return {person: {PEOPLE[j] for j in np.flatnonzero(row)} for person, row in zip(PEOPLE, possible, strict=True)}


def test_without_correction_the_kind_one_is_matchable_with_everybody(survey):
    assert partners(survey, "given")[KIND] == set(PEOPLE) - {KIND}


@pytest.mark.parametrize("ratings", ["centred", "relationship"])
def test_corrected_the_kind_one_is_matchable_with_those_they_trust(survey, ratings):
    assert partners(survey, ratings)[KIND] == set(PEOPLE[1:SIZE])


@pytest.mark.parametrize("ratings", ["given", "relationship"])
def test_everybody_else_keeps_their_circle(survey, ratings):
    found = partners(survey, ratings)
    for i, person in enumerate(PEOPLE[SIZE:], start=SIZE):
        circle = set(PEOPLE[i // SIZE * SIZE :][:SIZE]) - {person}
        assert found[person] - {KIND} == circle


def test_pairs_proposed_on_relationships_stay_inside_circles(survey):
    graph = pn.colleague_graph(survey, ratings="relationship")
    pairing = pn.pair_people(pn.score_pairs(survey, graph, foundation=("mutual",)))
    assert len(pairing.pairs) == len(PEOPLE) // 2
    assert all(PEOPLE.index(a) // SIZE == PEOPLE.index(b) // SIZE for a, b in pairing.pairs)


def test_the_curve_tells_what_corrected_thresholds_leave(survey):
    graph = pn.colleague_graph(survey, ratings="relationship")
    curve = pn.compare.foundation_curve(pn.score_pairs(survey, graph, foundation=("mutual",)), graph)
    assert curve["at_least"].between(4, 5).all()
    assert curve.loc[0, "everyone"]
    assert curve["mutual"].is_monotonic_decreasing
