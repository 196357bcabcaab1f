"""Whole studies, run once and shared by the tests that look at their report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from peernet.report.page import report_page
from peernet.study import Study, run_study
from tests.made.surveys import DATA as DATA
from tests.made.tiny import ITEMS, ROSTER, SURVEY, write_folder


@cache
def harbour() -> Study:
    """The example company: groups, pairs, problems with the data, careless respondents."""
    return run_study(DATA / "harbour", draws=40, repeats=10)


@cache
def aarhus() -> Study:
    """The real department: no names, no teams, no goals, no groups."""
    return run_study(DATA / "aarhus", draws=40, repeats=10)


SHEET = """\
rule,a,b,column,number,price,note
forbidden,U41,U47,,,,the pair that would gain most
capacity,U126,,,0,,on leave
required,U22,U47,,,,
not within,,,role,,0.05,
at most within,,,role,3,0.5,
"""


@cache
def ruled() -> Study:
    """The real department under rules from a sheet."""
    with TemporaryDirectory() as folder:
        sheet = Path(folder, "autumn.csv")
        sheet.write_text(SHEET, encoding="utf-8")
        return run_study(DATA / "aarhus", rules=sheet, draws=40, repeats=10)


@cache
def nobody_paired() -> Study:
    """The six people of `tests.made.tiny`, among whom no pair passes every gate."""
    with TemporaryDirectory() as folder:
        return run_study(write_folder(Path(folder), ITEMS, survey=SURVEY, roster=ROSTER), name="tiny", draws=10)


@cache
def alone() -> Study:
    """One respondent."""
    with TemporaryDirectory() as folder:
        survey = "\n".join(SURVEY.splitlines()[:2]) + "\n"
        return run_study(write_folder(Path(folder), ITEMS, survey=survey), name="alone", draws=10)


@cache
def page_of(study: Callable[[], Study]) -> str:
    """The report of one of these studies."""
    return report_page(study())


def with_groups(study: Study, experience: list[int], perspective: list[int]) -> Study:
    """The study as if these groups had been found, people in order; the others in none."""
    table = study.clusters.table.copy()
    for view, groups in (("experience", experience), ("perspective", perspective)):
        labels = pd.array([*groups, *[pd.NA] * (len(table) - len(groups))], dtype="Int64")
        table[view] = labels
    return replace(study, clusters=replace(study.clusters, table=table))
