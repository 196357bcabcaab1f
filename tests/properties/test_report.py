"""Whatever people type, it stays text."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from html import unescape
from unittest.mock import patch

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from peernet.privacy import FORMULA_STARTS, defuse
from peernet.report.html import Html, joined, table, tag
from peernet.report.page import report_page
from peernet.study import Study
from tests.made.outline import Outline
from tests.made.studies import aarhus

HOSTILE = (
    "<script>alert(1)</script>",
    "</table></details><h1>x",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    "&lt;b&gt; &amp;",
    "$\\frac{1}",
    "<!--",
    "]]>",
    "\x00\x07",
    "{0} %s",
    "</style><style>*{display:none}",
    "javascript:alert(1)",
)
texts = st.one_of(
    st.text(max_size=30), st.sampled_from(HOSTILE), st.tuples(*[st.sampled_from(HOSTILE)] * 2).map("".join)
)


def spoiled(study: Study, name: str, team: str, typed: str, reason: str) -> Study:
    """The study with one text wherever the survey or its people could have put it."""
    people = study.survey.people.assign(name=name, team=team)
    issues = pd.DataFrame(
        [{"severity": "warning", "item": typed, "person": typed, "problem": typed, "done": f"read as {typed}: {typed}"}]
    )
    careless = study.careless.assign(flag=True, reason=typed)
    unpaired = study.pairing.unpaired.assign(reason=reason, detail=reason)
    graph = study.graph.copy()
    graph.graph |= {"foundation": (typed,), "layers": (typed, *graph.graph["layers"])}
    return replace(
        study,
        name=name,
        survey=replace(study.survey, people=people, issues=issues),
        careless=careless,
        graph=graph,
        pairing=replace(study.pairing, unpaired=unpaired, settings={**study.pairing.settings, "contact": (typed,)}),
        inputs={typed: typed},
    )


def skeleton(html: str) -> list[str]:
    """The page's elements and the names of their attributes, without any text."""
    outline = Outline(html)
    assert outline.open == []
    return [f"{tag} {sorted(attributes)}" for tag, attributes in outline.elements if tag not in ("text", "tspan")]


@cache
def plain_skeleton() -> list[str]:
    return skeleton(report_page(spoiled(aarhus(), "Ada", "Dock", "cell", reason="why")))


@settings(max_examples=20, deadline=None)
@given(name=texts, team=texts, typed=texts, reason=texts)
def test_no_text_from_the_survey_changes_the_page(name: str, team: str, typed: str, reason: str) -> None:
    with patch("peernet.report.figures._svg", lambda *_: Html('<svg role="img"></svg>')):  # no survey text in there
        hostile = report_page(spoiled(aarhus(), name, team, typed, reason))
        assert skeleton(hostile) == plain_skeleton()


@given(texts, texts)
def test_escaping_loses_nothing(text: str, title: str) -> None:
    html = tag("p", text, title=title)
    assert unescape(html) == f'<p title="{title}">{text}</p>' or "&" in text + title
    assert html.count("<") == html.count(">") == 2


@given(st.lists(texts, min_size=1, max_size=4))
def test_cells_of_a_table_are_text(cells: list[str]) -> None:
    html = table(pd.DataFrame({"a": cells, "b": cells}), cells[0])
    assert html.count("<td") == len(cells)
    assert html.count("<t") == 6 + 3 * len(cells)  # table, thead, tr, th, th, tbody; tr, th, td a row


@given(st.lists(texts))
def test_joined_text_is_escaped_once(pieces: list[str]) -> None:
    once = joined(pieces)
    assert joined([once]) == once
    assert isinstance(once, Html)


@given(st.lists(texts, min_size=1))
def test_no_cell_starts_as_a_formula(cells: list[str]) -> None:
    safe = defuse(pd.DataFrame({"a": pd.Series(cells, dtype=object)}))["a"]
    assert not [cell for cell in safe if cell.startswith(FORMULA_STARTS)]
    assert [cell.removeprefix("'") if cell != raw else raw for cell, raw in zip(safe, cells, strict=True)] == cells
