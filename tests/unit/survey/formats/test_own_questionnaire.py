"""Answers to peernet's own questionnaire come back from each tool's export, with no line of codebook by hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from shutil import copy2

import pytest

import peernet as pn
from peernet.survey.instruments.writing import Questionnaire
from tests.made.exports import (
    LAYERS,
    NOBODY,
    NOT_ANSWERED,
    NOT_ASKED,
    NOT_CHOSEN,
    STAFF,
    TIE,
    exported,
    states,
    write_rows,
    written,
)

TOOLS = ("kobo", "qualtrics", "limesurvey", "redcap", "forms")
# A 0 among ratings, and "nobody" by whoever was rated one by one, name nobody and refuse nobody: nothing is said.
SAID = {
    TIE: {TIE},
    NOT_CHOSEN: {NOT_CHOSEN, "nothing said"},
    NOBODY: {NOT_CHOSEN, NOT_ASKED, "nothing said"},
    NOT_ASKED: {NOT_ASKED, NOT_ANSWERED},
    NOT_ANSWERED: {NOT_ANSWERED},
}
# What ticks do not tell apart: one blank among them, and, where nothing says who was known, who was not asked about.
TICKS_BLUR = {"kobo": {NOT_ANSWERED: {NOT_CHOSEN}}, "forms": {NOT_ANSWERED: {NOT_CHOSEN}, NOT_ASKED: {NOT_CHOSEN}}}


def said(graph, layer: str, ego: str, alter: str) -> str:
    says = graph.graph
    if ego not in says["answered"][layer]:
        return NOT_ANSWERED
    if graph.has_edge(ego, alter, layer):
        return TIE
    if (ego, alter) in says["not_asked"][layer]:
        return NOT_ASKED
    if (ego, alter) in says["unknown"][layer]:
        return NOT_ANSWERED
    low = (ego, alter) in says["rated_low"][layer]
    return NOT_CHOSEN if low or ego not in says["incomplete"][layer] else "nothing said"


Answered = Callable[[str, str], tuple[Questionnaire, pn.Survey]]


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Answered:
    """The questionnaire, and what is read of its export beside its codebook, beside its form alone, or of it alone."""

    @cache
    def read(tool: str, beside: str) -> tuple[Questionnaire, pn.Survey]:
        path = tmp_path_factory.mktemp(tool)
        questionnaire = written(path, tool)
        form = questionnaire.files[0]
        folder = form.parent if beside == "codebook" else path / "alone"
        folder.mkdir(exist_ok=True)
        if beside == "form":
            copy2(form, folder)
        file = folder / "export.csv"
        write_rows(file, exported(questionnaire, tool), delimiter=";" if tool in ("kobo", "limesurvey") else ",")
        return questionnaire, pn.read_survey(folder if beside == "form" else file)

    return read


STRANGERS = {("p001", "p004", "respect")}  # rated 0, "I don't know this person"
BESIDE = ("codebook", "form", "nothing")


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("tool", TOOLS)
def test_every_state_of_a_tie_comes_back_without_a_line_of_codebook(answered: Answered, tool: str, beside: str):
    questionnaire, survey = answered(tool, beside)
    graph = pn.colleague_graph(survey)
    code = {identifier: code for code, identifier in questionnaire.people["identifier"].items()}
    found = dict.fromkeys(LAYERS, 0)
    for (ego, alter, layer), state in states(questionnaire.ties).items():
        allowed = SAID[state] | TICKS_BLUR.get(tool, {}).get(state, set())
        if (ego, alter, layer) in STRANGERS:  # which the labels of the form tell, and a bare 0 does not
            allowed = allowed | {NOT_ASKED}
        assert said(graph, layer, code[ego], code[alter]) in allowed, (ego, alter, layer, state)
        found[layer] += state == TIE
    assert {layer: len(pn.graph.layer_matrix(graph, layer).data) for layer in LAYERS} == found
    assert set(survey.codebook.layers) == set(LAYERS), "neither whom somebody knows nor an option is a layer"
    only_answers = beside != "codebook" and tool == "forms"  # which do not say who else could have been ticked
    assert len(survey.people) == len(STAFF) - only_answers


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("tool", TOOLS)
def test_nothing_is_doubted_that_is_in_the_file(answered: Answered, tool: str, beside: str):
    _, survey = answered(tool, beside)
    doubts = survey.issues[survey.issues["severity"] != "note"]["problem"].tolist()
    if beside == "nothing" and tool in ("kobo", "limesurvey", "redcap"):  # codes for names: whom a veto means
        assert doubts == ["row 2 of export.csv: 'Bo Li' is nobody on the roster"]
    elif beside == "nothing" and tool == "qualtrics":  # numbers for answers
        assert all("the answers are others" in doubt for doubt in doubts)
    else:
        assert doubts == []


@pytest.mark.parametrize("tool", ["kobo", "redcap"])
def test_what_the_codebook_says_travels_in_the_form(answered: Answered, tool: str):
    questionnaire, survey = answered(tool, "form")
    kept = ("block", "kind", "scale", "reverse", "layer", "role", "at_least", "low", "high", "most_named")
    written_, drafted = questionnaire.codebook, survey.codebook
    told = {item.name: [getattr(item, key) for key in kept] for item in drafted if item.name in written_}
    meant = {item.name: [getattr(item, key) for key in kept] for item in written_ if item.name in drafted}
    assert told == meant
    assert set(written_.names) <= {*drafted.names, "name", "team", "manager", "identifier"}, "the roster's own columns"
