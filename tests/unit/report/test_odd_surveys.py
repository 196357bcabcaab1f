"""Small and odd surveys: the report says what it can in words, and no warning of a library reaches its reader."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from peernet.datasets.synthetic import make_survey
from peernet.report.answer import summary
from peernet.report.page import report_page
from peernet.study import run_study
from tests.made.outline import Outline

TIES = ["works_with", "advice", "trust", "respect", "candour"]
PEOPLE = ["person", "name", "team", "manager", *TIES]


def all_alike(sheets: pd.DataFrame) -> pd.DataFrame:
    """Everybody gives the first sheet's answers, and their own colleagues."""
    return sheets.assign(**{column: sheets[column].iloc[0] for column in sheets if column not in PEOPLE})


def nobody_named(sheets: pd.DataFrame) -> pd.DataFrame:
    return sheets.assign(**dict.fromkeys(TIES, "nobody"))


def two_answer(sheets: pd.DataFrame) -> pd.DataFrame:
    return sheets.iloc[:2]


@pytest.mark.parametrize("spoil", [all_alike, nobody_named, two_answer])
def test_no_warning_of_a_library_reaches_a_reader(
    spoil: Callable[[pd.DataFrame], pd.DataFrame], tmp_path: Path
) -> None:
    made = make_survey(people=8, answered=8, teams=2, mess=False, rng=3)
    folder = replace(made, survey=spoil(made.survey)).write(tmp_path / "firm")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        study = run_study(folder, draws=10, repeats=2)
        told = [Outline(report_page(study)).text, *summary(study)]
    assert not re.search(r"\bnan\b|\binf\b|<NA>", " ".join(told))
