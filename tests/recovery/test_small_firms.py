"""Six made firms of 30 to 60 people: the run names settings under which four in five of the willing have a partner."""

import pytest

import peernet as pn
from peernet.programme import Settings, gate_curve, way_on
from tests.made import firms

ENOUGH = 0.8


@pytest.mark.parametrize("name", firms.FIRMS)
def test_four_in_five_of_the_willing_have_a_partner_or_it_is_proven_that_they_cannot(name):
    survey = firms.read(name)
    assert 30 <= len(survey.people) <= 60
    graph = pn.colleague_graph(survey)
    pairing = Settings().pair(Settings().score(survey, graph))
    way = way_on(pairing)
    curve = way.curve or gate_curve(pairing.scores)
    assert 1 - curve.table["share"].iloc[0] > 0.25  # without a partner as usual: each is short in its own way
    best = curve.recommended.pair(curve.recommended.score(survey, graph))
    share = len({*best.table["a"], *best.table["b"]}) / way.willing
    assert share >= ENOUGH or curve.most / way.willing < ENOUGH
    assert curve.table["proven"].all()
    assert way.proven
    assert (way.people[["sentence", "way"]] != "").all(axis=None)
    served = {*way.paired.table["a"], *way.paired.table["b"]}
    assert {*pairing.scores.people[pairing.scores.gates.out == 0]} - served == set()
