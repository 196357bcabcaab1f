"""Briefs in a real browser: on one side of paper, whichever language, whoever the pair."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

import peernet as pn
from peernet.report.briefs import LONGEST, brief_files
from tests.browser.chromium import CHROMIUM, Page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium installed, so nothing to look at the briefs with")

PAPERS = {"A4": (8.27, 11.69), "US Letter": (8.5, 11.0)}  # inches
HEIGHT = "document.body.getBoundingClientRect().height"
CUT_OFF = """[...document.querySelectorAll('body *')].filter(part =>
  part.getBoundingClientRect().right > innerWidth + 1).map(part => part.outerHTML.slice(0, 80))"""
SMALLEST = """Math.min(...[...document.querySelectorAll('p, li, dt, dd')]
  .map(text => parseFloat(getComputedStyle(text).fontSize)))"""


@cache
def harbour() -> tuple[pn.Pairing, pn.Survey]:
    survey = pn.load_example()
    return pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey))), survey


@cache
def pages_of(language: str) -> dict[str, str]:
    return brief_files(pn.briefs(*harbour(), language=language, first=date(2027, 1, 18)))


def sides(page: Page, path: Path, paper: str) -> int:
    """How many sides of paper a page takes."""
    page.open(path, width=1000, height=1000)
    width, height = PAPERS[paper]
    printed = page.call("Page.printToPDF", paperWidth=width, paperHeight=height, printBackground=True)["data"]
    return len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(printed)))


def longest(page: Page, texts: dict[str, str]) -> list[str]:
    """Names of the briefs, those that are highest on paper first; each is written into the page that is open."""
    page.call("Emulation.setEmulatedMedia", media="print")
    page.open("about:blank", width=688, height=1000)  # A4 within its margins
    heights = {
        name: page.run(f"document.open(), document.write({json.dumps(text)}), document.close(), {HEIGHT}")
        for name, text in texts.items()
        if name.startswith("brief_")
    }
    page.call("Emulation.setEmulatedMedia", media="")
    return sorted(heights, key=lambda name: -heights[name])


@pytest.mark.parametrize("language", ["de", "en", "es", "fr", "it"])
def test_the_longest_brief_takes_one_side_of_paper(chromium: Page, tmp_path: Path, language: str) -> None:
    briefs = longest(chromium, pages_of(language))
    assert len(briefs) == 110
    for name in briefs[:3]:
        path = tmp_path / name
        path.write_text(pages_of(language)[name], encoding="utf-8")
        assert [sides(chromium, path, paper) for paper in PAPERS] == [1, 1]


@pytest.mark.parametrize("language", ["de", "fr"])
def test_many_short_lines_still_take_one_side(chromium: Page, tmp_path: Path, language: str) -> None:
    """Lines that are not full take room as well: two alike in four answers, with much to offer, of few words each."""
    told = pn.briefs(*harbour(), language=language, first=date(2027, 1, 18))
    shared = pn.programme.Shared("What makes your work hard right now?", ("Learning the ropes",), "experience")
    exchange = (
        "Benjamin Marchetti bietet an: Budgeting, Data analysis, Harbour regulations und Running meetings.",
        "Benjamin Marchetti möchte lernen: Harbour regulations und Presenting.",
        "Fatima Hagen bietet an: Data analysis, Harbour regulations und Project planning.",
        "Fatima Hagen möchte lernen: Presenting und Running meetings.",
        "Running meetings: Benjamin Marchetti bietet an, was Fatima Hagen lernen möchte.",
    )
    brief = replace(told.all[0], common=(shared,) * 4, exchange=exchange)
    texts = brief_files(replace(told, all=(brief,)))
    path = tmp_path / "brief.html"
    path.write_text(texts["brief_001.html"], encoding="utf-8")
    assert [sides(chromium, path, paper) for paper in PAPERS] == [1, 1]


@pytest.mark.parametrize("language", ["de", "fr"])
def test_long_wordings_and_names_still_take_one_side(chromium: Page, tmp_path: Path, language: str) -> None:
    told = pn.briefs(*harbour(), language=language, first=date(2027, 1, 18))
    long = "a rather long question that somebody wrote without thinking of paper " * 9
    shared = pn.programme.Shared(long[:LONGEST], ("An answer of some words",), "goal")
    brief = replace(
        told.all[0],
        names=("Maximiliane Theodora von Hohenstaufen", "Konstantin Alexander Papadopoulos"),
        common=(shared,) * 5,
        statements=(long,) * 3,
        questions=(long,) * 3,
    )
    path = tmp_path / "brief.html"
    path.write_text(brief_files(replace(told, all=(brief,)))["brief_001.html"], encoding="utf-8")
    assert [sides(chromium, path, paper) for paper in PAPERS] == [1, 1]


def test_a_page_of_two_sides_would_be_seen(chromium: Page, tmp_path: Path) -> None:
    path = tmp_path / "long.html"
    path.write_text(
        pages_of("en")["brief_001.html"].replace("</main>", "<p>more</p>" * 60 + "</main>"), encoding="utf-8"
    )
    assert sides(chromium, path, "A4") == 2


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize(
    "name", ["brief_001.html", "introducer_001.html", "managers.html", "team_001.html", "index.html"]
)
def test_nothing_complains_and_nothing_sticks_out_on_a_screen(
    chromium: Page, tmp_path: Path, name: str, width: int
) -> None:
    path = tmp_path / name
    path.write_text(pages_of("de")[name], encoding="utf-8")
    chromium.complaints.clear()
    chromium.open(path, width=width, height=800)
    assert chromium.complaints == []
    assert chromium.run(CUT_OFF) == []
    assert chromium.run(SMALLEST) >= 10.5
