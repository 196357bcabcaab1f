"""Whatever shape a tool exports ties in, the graph says what was answered."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.made import shapes
from tests.made.shapes import BLANK, LEAST, NOBODY, STAFF, STRANGER, survey_in, told

LAYERS = ("works_with", "trust")
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def others(ego):
    return [alter for alter in STAFF if alter != ego]


def said_of_layer(ego):
    named = st.sets(st.sampled_from(others(ego)), min_size=1, max_size=3).map(frozenset)
    return st.one_of(st.none(), st.just(NOBODY), named)


@st.composite
def nominations(draw):
    return {ego: {layer: draw(said_of_layer(ego)) for layer in LAYERS} for ego in STAFF}


@st.composite
def ratings(draw):
    point = st.one_of(st.integers(1, 4), st.sampled_from([STRANGER, BLANK]))
    truth = {}
    for ego in STAFF:
        some = st.dictionaries(st.sampled_from(others(ego)), point, min_size=1)
        truth[ego] = draw(st.one_of(st.none(), st.just(NOBODY), some))
        if isinstance(truth[ego], dict) and {*truth[ego].values()} == {BLANK}:
            truth[ego] = None  # whoever rates nobody gave no answer
    return truth


def expected_names(truth, layer):
    return {
        (ego, alter): "not answered" if said[layer] is None else ("tie", 1.0) if alter in said[layer] else "not chosen"
        for ego, said in truth.items()
        for alter in others(ego)
    }


def expected_ratings(truth):
    return {(ego, alter): rating_of(truth[ego], alter) for ego in truth for alter in others(ego)}


def rating_of(said, alter):
    if said is None:
        return "not answered"
    if said == NOBODY:
        return "nothing said"
    point = said.get(alter, STRANGER)  # whom one does not know one was not asked about
    if point in (STRANGER, BLANK):
        return "not asked" if point == STRANGER else "not rated"
    return "tie" if point >= LEAST else "low", point


NAMING = {
    "names in a cell": shapes.typed,
    "a column per nomination": shapes.in_columns,
    "ticks": lambda truth, layers: shapes.ticks(truth, layers, tells=False, keyed=False),
    "ticks that tell what was shown": lambda truth, layers: shapes.ticks(truth, layers, tells=True, keyed=False),
    "ticks under the people's identifiers": lambda truth, layers: shapes.ticks(truth, layers, tells=False, keyed=True),
    "our own list of ties": shapes.edges,
    "repeat groups": shapes.repeats,
}


@FEW
@given(truth=nominations())
@pytest.mark.parametrize("shape", NAMING)
def test_nominations_are_the_same_in_every_shape(shape, truth):
    assume(any(said[layer] not in (None, NOBODY) for said in truth.values() for layer in LAYERS))
    survey = survey_in(*NAMING[shape](truth, LAYERS))
    for layer in LAYERS:
        assert told(survey, layer) == expected_names(truth, layer)


RATING = {
    "numbers in columns": lambda truth: shapes.rated(truth, how="numbers"),
    "words in columns": lambda truth: shapes.rated(truth, how="words"),
    "codes in columns, with labels": lambda truth: shapes.rated(truth, how="codes"),
    "our own list of ties": shapes.own_list,
    "a list of ties": shapes.rated_edges,
    "a repeat group": shapes.rated_repeats,
}
WITHOUT_ROWS = ("a list of ties", "a repeat group")  # who was not asked about is in no row


@FEW
@given(truth=ratings())
@pytest.mark.parametrize("shape", RATING)
def test_ratings_are_the_same_in_every_shape(shape, truth):
    assume(any(isinstance(said, dict) and any(isinstance(r, int) for r in said.values()) for said in truth.values()))
    survey = survey_in(*RATING[shape](truth))
    found, expected = told(survey, "trust"), expected_ratings(truth)
    if (
        shape != "numbers in columns"
    ):  # a word is rated by its place, from 1, and the first is that one does not know them
        found = {pair: said if isinstance(said, str) else (said[0], said[1] - 1) for pair, said in found.items()}
    if shape in WITHOUT_ROWS:
        coarse = {"not asked": "nothing said"}
        found, expected = ({pair: coarse.get(said, said) for pair, said in told.items()} for told in (found, expected))
    assert found == expected
