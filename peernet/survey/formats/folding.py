"""From an export and its codebook to the tables of a survey: what belongs together is put together, codes get labels.

An item of the codebook is called as a column of the export or as a group of columns. A group of ticks becomes one cell
of labels, a group of names one cell of names, a group of ratings of colleagues becomes rows of ties, and so do rows
below people's answers.
"""

from __future__ import annotations

import pandas as pd

from peernet.survey.codebook import Codebook
from peernet.survey.files import RawSurvey, TextTable
from peernet.survey.formats.export import Column, Export
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item


def raw_survey(export: Export, codebook: Codebook, log: IssueLog) -> RawSurvey:
    """The tables of a survey that an export and its codebook make.

    Parameters
    ----------
    export
        What a reader found.
    codebook
        What its columns and groups of columns mean.
    log
        Receives what was odd but readable.

    Returns
    -------
    RawSurvey
    """
    for severity, problem, done in export.notes:
        getattr(log, severity)(problem, done)
    columns = {column.name: column for column in export.columns}
    told = {
        item.name: _labelled(item, columns[item.name], export.cells[item.name])
        for item in codebook
        if item.name in columns
    }
    cells = export.cells.assign(**told)
    return RawSurvey(codebook, TextTable(export.file, cells, export.semicolons))


def _labelled(item: Item, column: Column, cells: pd.Series[str]) -> pd.Series[str]:
    """Cells with the labels of their codes, where the codebook's categories are labels; numbered answers stay codes."""
    if item.is_numbered or not column.labels or set(column.labels) & set(item.categories):
        return cells
    return cells.map(lambda cell: column.labels.get(cell, cell)).astype("str")
