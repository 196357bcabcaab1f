"""The report of a large organisation: it stays small, grows with nothing, and says what it left out."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from peernet.report.page import report_page
from peernet.scores.cells import AppliedRules
from peernet.scores.rules import Rule, Rules
from peernet.study import Study
from tests.made.studies import harbour

MOST = 3_000_000  # bytes of a report, whatever the organisation
LONG = "a good many words, " * 20  # that somebody typed


def times(table: pd.DataFrame, often: int) -> pd.DataFrame:
    """A table with every row so often."""
    return pd.concat([table] * often, ignore_index="pair" in table or isinstance(table.index, pd.RangeIndex))


@cache
def large(often: int) -> Study:
    """Harbour's results as an organisation of so many times as many people would have them, and many words in them."""
    study = harbour()
    pairing, on, issues = study.pairing, study.way_on, study.survey.issues
    assert on is not None
    met = Rules([Rule("met", a, b) for a, b in pairing.pairs] * often)
    rules = AppliedRules(met, study.scores.capacity)
    return replace(
        study,
        survey=replace(study.survey, issues=times(issues.assign(problem=issues["problem"] + LONG), often)),
        pairing=replace(pairing, table=times(pairing.table, often), unpaired=times(pairing.unpaired, often)),
        exposure=replace(study.exposure, table=times(study.exposure.table, often)),
        careless=times(study.careless, often),
        careless_pairs=times(study.careless_pairs, often),
        scores=replace(study.scores, applied_rules=rules),
        way_on=replace(on, people=times(on.people, often), changes=times(on.changes, often)),
    )


@pytest.fixture(scope="module")
def page() -> str:
    return report_page(large(80))


def test_the_report_of_twenty_thousand_people_stays_below_its_limit(page: str) -> None:
    assert len(large(80).pairing.table) == 8_800
    assert len(page.encode()) < MOST


def test_it_does_not_grow_with_people_once_its_tables_are_full(page: str) -> None:
    half = len(report_page(large(40)))
    assert len(page) < 1.1 * half


def test_it_says_of_every_table_how_much_it_left_out_and_where_that_is(page: str) -> None:
    left_out = re.findall(r"<p>These are the first ([\d,]+) of ([\d,]+)\. ([^<]+)</p>", page)
    lengths = {int(all_of_them.replace(",", "")) for _, all_of_them, _ in left_out}
    study = large(80)
    assert study.way_on is not None
    tables = study.pairing.table, study.pairing.unpaired, study.survey.issues, study.way_on.people, study.rules
    assert {len(table) for table in tables} <= lengths
    assert {"All are in pairs.csv.", "All are in people.csv."} <= {where for _, _, where in left_out}


def test_what_needs_a_look_stands_before_what_was_only_noted(page: str) -> None:
    graves = re.findall(r"<td>(error|warning|note)</td></tr>", page)
    assert graves[0] != "note"
    assert graves == sorted(graves, key=["error", "warning", "note"].index)
