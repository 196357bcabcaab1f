"""What the pairings did, as a page: whole, safe, and no bolder than the way of pairing allows."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from peernet.outcomes import OutcomeStudy, study_outcomes
from peernet.report.outcomes import FILES, outcomes_csv, outcomes_in_words, outcomes_json, outcomes_page, write_outcomes
from tests.made.outcome_studies import by_lot, observed, pilot
from tests.made.outline import Outline

STUDIES = {"by lot": by_lot, "observed": observed}


@pytest.fixture(scope="module", params=STUDIES)
def study(request: pytest.FixtureRequest) -> OutcomeStudy:
    return STUDIES[request.param]()


@pytest.fixture(scope="module")
def outline(study: OutcomeStudy) -> Outline:
    return Outline(outcomes_page(study))


def text_of(study: OutcomeStudy) -> str:
    return " ".join("".join(Outline(outcomes_page(study)).words).split())


def test_every_element_is_closed_and_headings_are_in_order(outline: Outline) -> None:
    levels = [int(heading[1]) for heading in outline.headings]
    assert outline.open == []
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_identifiers_are_unique_and_every_reference_is_met(outline: Outline) -> None:
    identifiers = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
    links = [
        value for _, attributes in outline.elements for n in ("href", "xlink:href") if (value := attributes.get(n))
    ]
    assert len(identifiers) == len(set(identifiers))
    assert {link.removeprefix("#") for link in links} <= set(identifiers)


def test_nothing_is_fetched_and_nothing_runs(outline: Outline) -> None:
    assert not {"script", "link", "iframe", "object", "embed", "img"} & {tag for tag, _ in outline.elements}
    assert not [name for _, attributes in outline.elements for name in attributes if name.startswith("on")]
    assert all((attributes.get("href") or "#").startswith("#") for _, attributes in outline.elements)


def test_every_picture_has_a_text_and_every_table_a_caption(outline: Outline) -> None:
    assert all(picture["role"] == "img" and len(picture["aria-label"] or "") > 40 for picture in outline.all("svg"))
    assert len(outline.all("svg")) >= 3
    assert len(outline.all("caption")) == len(outline.all("table"))


def test_every_result_stands_there_with_its_sentence_method_source_and_assumptions(study: OutcomeStudy) -> None:
    text = text_of(study)
    for one in study.findings:
        assert one.found is not None
        for told in (
            one.question,
            one.says,
            one.found.method,
            one.found.citation,
            *one.found.assumptions["assumption"],
        ):
            assert " ".join(told.split()) in text, one.question


def test_nothing_is_called_significant(study: OutcomeStudy) -> None:
    assert not re.search(r"\bsignifican", outcomes_page(study) + outcomes_csv(study) + outcomes_json(study))


def test_what_a_lot_would_have_allowed_is_said_only_where_there_was_none() -> None:
    assert "What could be said had the pairs been drawn by lot" in text_of(observed())
    assert "--by-lot" in text_of(observed())
    assert "had the pairs been drawn by lot" not in text_of(by_lot())


def test_what_cannot_be_told_says_why() -> None:
    pairs = by_lot().dyads.table[["a", "b"]]
    twice = pd.concat([pairs, pd.DataFrame({"a": [pairs["a"][0]], "b": [pairs["b"][1]]})])
    text = text_of(study_outcomes(pilot(), twice, drawn_by_lot=True, draws=40))
    assert "Cannot be told. 2 people are in several pairs" in text


def test_text_of_the_survey_is_never_markup() -> None:
    hostile = "<script>alert(1)</script>&"
    study = replace(by_lot(), name=hostile, paired_by=hostile, names=dict.fromkeys(by_lot().names, hostile))
    html = outcomes_page(study)
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;&amp;") > len(study.dyads.left_out)


def test_only_the_page_names_anybody() -> None:
    people = {*by_lot().names, *by_lot().names.values()}
    files = outcomes_csv(by_lot()) + outcomes_json(by_lot())
    assert not [person for person in people if person in files]
    assert by_lot().names[by_lot().dyads.left_out["a"].iloc[0]] in outcomes_page(by_lot())


def test_the_table_and_the_record_read_back(study: OutcomeStudy) -> None:
    table, record = pd.read_csv(StringIO(outcomes_csv(study))), json.loads(outcomes_json(study))
    assert len(table) == len(study.table)
    assert table["estimate"].to_numpy() == pytest.approx(study.table["estimate"].to_numpy(), abs=1e-6, nan_ok=True)
    assert [one["says"] for one in record["findings"]] == [one.says for one in study.findings]
    assert record["settings"]["drawn_by_lot"] == study.drawn_by_lot
    assert sum(record["left_out"].values()) == len(study.dyads.left_out)


def test_the_same_survey_gives_the_same_bytes(tmp_path: Path) -> None:
    again = study_outcomes(pilot(), drawn_by_lot=True, draws=200, name="pilot")
    for place, study in (("one", by_lot()), ("two", again)):
        assert write_outcomes(study, tmp_path / place) == tmp_path / place / "outcomes.html"
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_terminal_is_told_in_few_sentences_and_of_the_lot_once(study: OutcomeStudy) -> None:
    lines = outcomes_in_words(study)
    assert len(lines) <= 9
    assert all(line.endswith(".") for line in lines)
    says = study.of("difference")[0].says.rpartition(". ")[2]
    assert sum(line.endswith(says) for line in lines) == 1
    assert lines[-1].startswith("If the pairs were drawn by lot, say so") == (not study.drawn_by_lot)
