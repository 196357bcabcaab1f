"""Who has no partner is told why without a word about others; the changes serve everybody, at their price."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.programme import Settings, gate_curve, read_settings, way_on
from peernet.programme.without_partner import NO_PART_TOLD, with_gates_of
from tests.made import firms


@cache
def firm(name):
    survey = firms.read(name)
    graph = pn.colleague_graph(survey)
    pairing = Settings().pair(Settings().score(survey, graph))
    return survey, graph, pairing, way_on(pairing)


def ruled(rules, name="shifts"):
    survey, graph, _, _ = firm(name)
    settings = Settings(rules=rules)
    pairing = settings.pair(settings.score(survey, graph))
    return survey, graph, pairing, way_on(pairing, settings)


def served(pairing):
    return {*pairing.table["a"], *pairing.table["b"]}


def everybody(scores):
    return {*scores.people[scores.gates.out == 0]}


@pytest.mark.parametrize("name", ["shifts", "opted_out"])
def test_the_settings_that_are_named_give_everybody_a_partner_from_the_survey_on(name):
    survey, graph, pairing, way = firm(name)
    scores = way.settings.score(survey, graph)
    again = way.settings.pair(scores)
    assert served(again) == everybody(scores) == everybody(pairing.scores)
    assert again.objective == pytest.approx(way.paired.objective)
    assert not len(again.check())


def test_as_many_changes_are_named_as_are_listed_and_how_they_count():
    way = firm("shifts")[3]
    lines = len(way.changes)
    assert f"These {lines} changes would give" in way.words
    twice = replace(way, changes=way.changes.assign(count=[2, *way.changes["count"][1:]]))
    assert f"These {lines} changes, counted as {lines + 1} as each partner or pair more is one, would" in twice.words
    alone = replace(way, changes=way.changes.head(1).assign(count=1))
    assert "This change would give" in alone.words


@pytest.mark.parametrize("paired_anew", [0, 300])  # as among many people, and among few
@pytest.mark.parametrize("name", ["shifts", "half_answered"])
def test_one_change_fewer_leaves_somebody_over_and_costs_what_is_said(name, paired_anew, monkeypatch):
    survey, graph, first, _ = firm(name)
    monkeypatch.setattr("peernet.programme.without_partner.PAIRED_ANEW", paired_anew)
    way = way_on(first)
    rules = [*way.settings.rules]
    assert len(rules) == len(way.changes) > 1
    for left_out, (people, price) in zip(rules, way.changes[["people", "price"]].itertuples(index=False), strict=True):
        without = way.settings.but(rules=pn.Rules([rule for rule in rules if rule is not left_out]))
        pairing = without.pair(without.score(survey, graph))
        assert len(served(way.paired)) - len(served(pairing)) == people > 0
        assert pairing.objective - way.paired.objective == pytest.approx(price)


def test_a_sheet_of_the_settings_makes_the_same_pairs(tmp_path):
    survey, graph, _, way = firm("shifts")
    settings = read_settings(way.settings.write(tmp_path / "everybody.toml"))
    assert settings.pair(settings.score(survey, graph)).pairs == way.paired.pairs


def test_where_as_many_pairs_as_possible_do_no_change_is_named():
    survey = pn.make_survey(people=30, answered=28, teams=3, mess=False, rng=3).read()
    settings = Settings(accept=("mutual", "introduced", "unknown"), experience=None, goals=None)
    pairing = settings.pair(settings.score(survey, pn.colleague_graph(survey)))
    way = way_on(pairing, settings)
    assert not len(way.changes)
    assert served(way.paired) == everybody(pairing.scores)


def test_a_rule_that_names_both_is_dropped_and_one_on_everybody_excepted():
    plain, _, pairing, _ = firm("shifts")
    apart = pairing.pairs[:4]
    rules = pn.Rules([*(pn.Rule("forbidden", a, b) for a, b in apart), pn.Rule("not within", column="team")])
    survey, graph, ruled_pairing, way = ruled(rules)
    scores = way.settings.score(survey, graph)
    assert served(way.settings.pair(scores)) == everybody(scores)
    assert way.number <= way.least
    named = [row for row in way.changes["rule"] if "drop: forbidden" in row]
    assert len([*way.settings.rules.of("forbidden")]) == len(apart) - len(named)
    assert [*way.settings.rules.of("not within")] == [*rules.of("not within")]
    assert set(ruled_pairing.pairs).isdisjoint(apart)
    assert len(plain.people) == len(survey.people)


def test_somebody_with_room_for_several_leaves_nobody_over():
    survey, graph, pairing, _ = firm("shifts")
    busy = [*pairing.table["a"][:5]]
    rules = pn.Rules([pn.Rule("capacity", person, number=3) for person in busy])
    _, _, _, way = ruled(rules)
    scores = way.settings.score(survey, graph)
    assert served(way.settings.pair(scores)) == everybody(scores)


def test_what_a_person_is_told_hangs_on_no_veto_and_no_refusal():
    *_, way = firm("shifts")
    told = way.people.set_index("person")["sentence"]
    free = way.people["person"][~way.people["reason"].isin(NO_PART_TOLD)]
    assert len({*told[free]}) == 1
    assert len({*way.people["reason"][way.people["person"].isin(free)]}) > 1
    assert not told.str.contains("refus|veto|named|did not name").any()


def test_everyone_without_a_partner_has_a_sentence_and_a_way():
    for name in firms.FIRMS:
        *_, pairing, way = firm(name)
        assert way.people["person"].tolist() == pairing.unpaired["person"].tolist()
        assert (way.people[["sentence", "way"]] != "").all(axis=None)
        assert way.people["name"].isin(firms.read(name).people["name"]).all()


def test_answers_that_are_missing_and_an_odd_number_are_told():
    survey = pn.make_survey(people=30, answered=29, teams=3, mess=False, rng=3).read()
    settings = Settings(accept=("mutual", "introduced", "unknown"), experience=None, goals=None, cardinality="max")
    way = way_on(settings.pair(settings.score(survey, pn.colleague_graph(survey))), settings)
    free = way.people[way.people["reason"] != "did not answer"]
    assert free["sentence"].tolist() == ["left over: an odd number take part"]
    assert way.changes["change"].tolist() == ["room for 2 partners"]


def test_the_curve_is_what_the_settings_give_from_the_survey_on():
    survey, graph, pairing, _ = firm("opted_out")
    curve = gate_curve(pairing.scores)
    for settings, row in zip(curve.settings, curve.table.to_dict("records"), strict=True):
        again = settings.pair(settings.score(survey, graph))
        assert len(served(again)) == row["people"]
        assert again.objective == pytest.approx(row["value"])
        assert row["proven"]
    assert curve.table["price"].iloc[0] == 0
    assert curve.table["recommended"].sum() == 1


def test_trust_is_left_alone_wherever_other_steps_do():
    for name in firms.FIRMS:
        *_, pairing, _ = firm(name)
        curve = gate_curve(pairing.scores)
        point = curve.table[curve.table["recommended"]].iloc[0]
        if "unknown" in point["step"]:
            others = curve.table[~curve.table["step"].str.contains("unknown")]
            assert (others["share"] < 0.8).all()


def test_a_pool_that_no_gate_helps_is_proven_too_small():
    survey = pn.make_survey(people=30, answered=26, teams=3, mess=False, rng=5).read()
    everyone = [person for person, on in survey.people["answered"].items() if on]
    apart = pn.Rules(
        [pn.Rule("forbidden", a, b) for k, a in enumerate(everyone) for b in everyone[k + 1 :] if a != everyone[0]]
    )
    settings = Settings(rules=apart)
    curve = gate_curve(settings.score(survey, pn.colleague_graph(survey)), settings)
    assert curve.most == 2
    assert not curve.enough
    assert "more than 2 cannot have one" in curve.words


def test_scores_with_opened_gates_are_those_scored_anew():
    survey, graph, pairing, _ = firm("shifts")
    wide = Settings(accept=("mutual", "introduced", "unknown"), goals=None)
    pd.testing.assert_frame_equal(with_gates_of(pairing.scores, wide).to_frame(), wide.score(survey, graph).to_frame())
    assert np.isfinite(with_gates_of(pairing.scores, wide).block([0])).any()
