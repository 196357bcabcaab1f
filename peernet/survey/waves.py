"""Outcome answers of every wave as one tidy table."""

from __future__ import annotations

import pandas as pd

from peernet.survey.answers import typed_answers
from peernet.survey.codebook import Codebook
from peernet.survey.files import RawSurvey
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.people import indexed

__all__ = ["OUTCOME_COLUMNS", "outcomes_by_wave"]

OUTCOME_COLUMNS = ["person", "wave", "measure", "value"]


def outcomes_by_wave(raw: RawSurvey, rows: pd.DataFrame, people: pd.Index[str], log: IssueLog) -> pd.DataFrame:
    """Outcome items in the survey and in ``outcomes.csv``: one row per person, wave and measure that has a value."""
    later = _later_rows(raw, people, log)
    found = [
        _long(item, table, raw.codebook, log)
        for item in raw.codebook.block("outcome")
        for table in (later, rows)
        if item.name in table
    ]
    tidy = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=OUTCOME_COLUMNS)
    tidy = tidy.astype({"person": "str", "wave": int, "measure": "str", "value": float})
    for row in tidy[tidy.duplicated(OUTCOME_COLUMNS[:3])].itertuples():
        problem = f"{row.measure} of wave {row.wave} is both in {raw.file} and in outcomes.csv"
        log.note(problem, "kept the answer in outcomes.csv", person=str(row.person))
    return tidy.drop_duplicates(OUTCOME_COLUMNS[:3], ignore_index=True)


def _later_rows(raw: RawSurvey, people: pd.Index[str], log: IssueLog) -> pd.DataFrame:
    if raw.outcomes.empty:
        return pd.DataFrame()
    table = indexed(raw.outcomes, raw.codebook, "outcomes.csv", log)
    for person in table.index[table.index.duplicated()].unique():
        log.warning("listed more than once in outcomes.csv", "kept the last row", person=str(person))
    for person in table.index.difference(people):
        log.warning("in outcomes.csv but not among the people", "outcomes left out", person=str(person))
    return table[~table.index.duplicated(keep="last") & table.index.isin(people)]


def _long(item: Item, table: pd.DataFrame, codebook: Codebook, log: IssueLog) -> pd.DataFrame:
    typed = typed_answers(item, table[item.name], codebook.missing, log).dropna()
    value = typed.cat.codes + 1 if isinstance(typed.dtype, pd.CategoricalDtype) else typed
    wave, measure = item.wave or 1, item.measure or item.name
    return pd.DataFrame({"person": typed.index, "wave": wave, "measure": measure, "value": value.to_numpy(float)})
