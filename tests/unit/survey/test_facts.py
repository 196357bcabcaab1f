"""A plain fact, such as a site: seen by rules, never by distances."""

from __future__ import annotations

from pathlib import Path

import pytest

import peernet as pn
from peernet.survey.draft import draft_codebook
from tests.made.tiny import ITEMS, ROSTER, SURVEY, write_folder

SITES = ("Oslo", "Rome", "Oslo", "Rome", "Oslo", "Rome")


@pytest.fixture
def survey(tmp_path: Path) -> pn.Survey:
    head, *rows = SURVEY.strip().splitlines()
    answers = "\n".join([f"{head},site", *(f"{row},{site}" for row, site in zip(rows, SITES, strict=False))])
    site = pn.survey.Item("site", "fact", "nominal", "Where do you work?")
    return pn.read_survey(write_folder(tmp_path / "s", [*ITEMS, site], survey=answers + "\n", roster=ROSTER))


def test_a_rule_sees_it_by_name_and_by_wording(survey: pn.Survey) -> None:
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    by_name, by_wording = (
        scores.under(pn.Rules([pn.Rule("not within", column=column)])) for column in ("site", "Where do you work?")
    )
    assert (by_name.to_frame()["blocked"] == "same group").any()
    assert by_name.to_frame().equals(by_wording.to_frame())


def test_no_distance_does(survey: pn.Survey) -> None:
    for block in ("experience", "perspective"):
        assert "site" not in survey.answers(block)
    assert survey.answers("fact")["site"].notna().any()


def test_a_draft_takes_a_site_for_a_fact(tmp_path: Path) -> None:
    rows = "\n".join(f"p{i},{SITES[i % 6]},{i % 5 + 1}" for i in range(30))
    (tmp_path / "answers.csv").write_text(f"person,Which site do you work at?,I like plans\n{rows}\n", encoding="utf-8")
    found = draft_codebook(tmp_path / "answers.csv").codebook
    assert found["Which site do you work at?"].block == "fact"
