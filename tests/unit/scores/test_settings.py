"""A setting that makes no sense is refused by name, with what was found, and never with a bare error of Python's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import PeernetError, RulesError, SettingError, UnknownPersonError
from peernet.scores import pair_foundation
from tests.made.taking_part import EVERYONE, six

SCORES = six()
SURVEY = SCORES.survey
GRAPH = pn.colleague_graph(SURVEY)


def refused(**setting):
    with pytest.raises(PeernetError) as caught:
        pn.score_pairs(**{"survey": SURVEY, "graph": GRAPH, **setting})
    return str(caught.value)


BANDS = [("a", "b"), "ab", 3, (0.1,), (0.1, 0.2, 0.3), (np.nan, 0.2), (0, np.nan), (None, 1), (True, 1), (0.5, 0.2)]


@pytest.mark.parametrize("band", BANDS)
def test_a_band_is_two_numbers(band):
    assert refused(band=band) == f"band must be a least and a largest distance, 0 or more; got {band!r}."


@pytest.mark.parametrize("at_least", [np.nan, np.inf, "3", [3], True, {}])
def test_a_threshold_is_a_number_and_never_one_that_nothing_reaches(at_least):
    assert refused(at_least=at_least).startswith("at_least must be a rating")
    with pytest.raises(SettingError, match=r"^at_least must be a rating"):
        pair_foundation(GRAPH, [("a", "b")], at_least=at_least)


@pytest.mark.parametrize("readiness", [3, "late", ["late"], {"a": "late"}, pd.Series(["x", "y"], ["a", "a"])])
def test_readiness_is_a_series_of_words_by_person(readiness):
    assert refused(readiness=readiness).startswith("readiness must be a Series of words, index person")


@pytest.mark.parametrize("index", [[0, 1], ["A", "B"], ["a", "zoe"]])
def test_readiness_under_another_index_is_refused(index):
    with pytest.raises(UnknownPersonError, match="readiness names them"):
        pn.score_pairs(SURVEY, GRAPH, readiness=pd.Series(["late", ""], index))


def test_readiness_of_some_is_nothing_of_the_others():
    scores = pn.score_pairs(SURVEY, GRAPH, readiness=pd.Series({"b": "late", "c": None}))
    assert scores.readiness.to_dict() == {**dict.fromkeys(EVERYONE, ""), "b": "late"}


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("foundation", "mutual"),
        ("foundation", 3),
        ("foundation", ["mutal"]),
        ("contact", "works_with"),
        ("contact", 3),
        ("scale", np.inf),
        ("scale", "1"),
        ("scale", 0),
        ("scale", True),
        ("experience", np.nan),
        ("experience", pd.Series([0.5])),
        ("experience", "averge"),
        ("goals", True),
        ("value", {"mean": "x"}),
        ("value", {"mean": np.nan}),
        ("missing", ["available"]),
    ],
)
def test_every_other_setting_is_refused_by_its_name(setting, value):
    assert setting in refused(**{setting: value})


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        (None, "a NoneType"),
        (3, "an int"),
        (pd.DataFrame({"name": ["a"]}), "a DataFrame"),
        ("data/harbour", "a str"),
    ],
)
def test_what_another_function_returns_is_asked_for_by_that_functions_name(wrong, kind):
    with pytest.raises(SettingError, match=f"survey must be a Survey, which read_survey returns; got {kind}"):
        pn.colleague_graph(wrong)
    assert refused(survey=wrong) == f"survey must be a Survey, which read_survey returns; got {kind}."
    assert refused(graph=wrong) == f"graph must be a MultiDiGraph, which colleague_graph returns; got {kind}."
    with pytest.raises(SettingError, match=f"scores must be a PairScores, which score_pairs returns; got {kind}"):
        pn.pairing_kinds(wrong)


@pytest.mark.parametrize(
    ("number", "allowed"),
    [(number, "1,000,000,000 at most") for number in (1e19, 1e300, 10**30)]
    + [(number, "a whole number, 0 or more") for number in (np.inf, np.nan, "2", True)],
)
def test_a_rule_has_a_number_that_people_could_have(number, allowed):
    with pytest.raises(RulesError, match=rf"column 'number': found .*; allowed: {allowed}"):
        pn.Rule("capacity", "a", number=number)


@pytest.mark.parametrize("said", [1e19, 1e300, 10**6])
def test_whoever_wants_more_partners_than_there_are_people_can_have_them_all(said):
    assert six(capacity={"a": said}).capacity["a"] == len(EVERYONE)


@pytest.mark.parametrize("wrong", [{"rule": ["capacity"]}, {"a": 3}, {"a": ["a"]}, {"b": 1.5}, {"column": {}}])
def test_what_a_rule_is_about_is_text(wrong):
    with pytest.raises(RulesError, match=f"column '{next(iter(wrong))}': found .*; allowed: text"):
        pn.Rule(**{"rule": "forbidden", "a": "a", "b": "b", **wrong})


NO_RULES = [(None, None), (3, None), (["capacity"], None), ((), 3), ((), pd.Series([1]))]


@pytest.mark.parametrize(("rules", "facts"), NO_RULES)
def test_rules_are_made_of_rules_and_of_facts_by_name(rules, facts):
    with pytest.raises(RulesError, match=r"^Rules (are made of|must hold)"):
        pn.Rules(rules, facts)


@pytest.mark.parametrize("pairs", [3, [3], ["ab"], [("a",)], [(["a"], "b")], [("a", None)]])
@pytest.mark.parametrize(
    "given_to",
    [SCORES.to_frame, lambda pairs: SCORES.excluding(pairs=pairs), lambda pairs: pair_foundation(GRAPH, pairs)],
)
def test_pairs_hold_two_people_each(pairs, given_to):
    with pytest.raises(PeernetError):
        given_to(pairs)


DRAWN = [{"rng": -1}, {"rng": "x"}, {"draws": np.nan}, {"draws": True}, {"level": "x"}, {"bands": []}]


@pytest.mark.parametrize("setting", DRAWN)
def test_what_is_drawn_is_told_how_by_whole_numbers(setting):
    name = next(iter(setting))
    with pytest.raises(SettingError, match=name):
        pn.pairing_kinds(SCORES, progress=False, **setting)
    if name in ("rng", "draws"):
        with pytest.raises(SettingError, match=name):
            pn.compare_pairings(SCORES, progress=False, **setting)


def test_a_graph_of_other_people_is_refused_before_anything_is_scored():
    with pytest.raises(SettingError, match=r"260 in the graph, 61 in the survey.*pn\.colleague_graph\(survey\)"):
        pn.score_pairs(pn.load_aarhus(), pn.colleague_graph(pn.load_example()))
