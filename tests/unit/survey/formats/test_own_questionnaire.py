"""Answers to peernet's own questionnaire come back from each tool's export, with the codebook written for it."""

from __future__ import annotations

from pathlib import Path

import pytest

import peernet as pn
from peernet.survey.formats.door import FORMATS
from tests.made.exports import (
    LAYERS,
    NOBODY,
    NOT_ANSWERED,
    NOT_ASKED,
    NOT_CHOSEN,
    TIE,
    exported,
    states,
    write_rows,
    written,
)

TOOLS = {
    "kobo": "kobo",
    "qualtrics": "qualtrics",
    "limesurvey": "limesurvey",
    "redcap": "redcap",
    "forms": "microsoft_forms",
}
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


@pytest.mark.parametrize("tool", TOOLS)
def test_every_state_of_a_tie_comes_back(tmp_path: Path, tool: str):
    if TOOLS[tool] not in FORMATS:
        pytest.skip("needs the reader of its format")
    questionnaire = written(tmp_path, tool)
    file = questionnaire.files[0].with_name("export.csv")
    write_rows(file, exported(questionnaire, tool), delimiter=";" if tool in ("kobo", "limesurvey") else ",")
    survey = pn.read_survey(file, codebook=questionnaire.codebook, format=TOOLS[tool])
    graph = pn.colleague_graph(survey)
    code = {identifier: code for code, identifier in questionnaire.people["identifier"].items()}
    found = dict.fromkeys(LAYERS, 0)
    for (ego, alter, layer), state in states(questionnaire.ties).items():
        allowed = SAID[state] | TICKS_BLUR.get(tool, {}).get(state, set())
        assert said(graph, layer, code[ego], code[alter]) in allowed, (ego, alter, layer, state)
        found[layer] += state == TIE
    assert {layer: len(pn.graph.layer_matrix(graph, layer).data) for layer in LAYERS} == found
    assert "error" not in survey.issues["severity"].tolist()
