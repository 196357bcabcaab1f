"""The pairs of the example, scored once."""

import pytest

import peernet as pn


@pytest.fixture(scope="package")
def scores():
    survey = pn.load_example()
    return pn.score_pairs(survey, pn.colleague_graph(survey))
