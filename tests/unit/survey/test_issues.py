"""The running list of problems."""

from __future__ import annotations

from peernet.survey.issues import COLUMNS, IssueLog


def test_problems_become_rows_in_the_order_they_were_found():
    log = IssueLog()
    log.warning("'x' is not a number", "treated as not answered", item="years", person="p1")
    log.error("row 3 has no id", "row left out")
    log.note("typed 'Bo'", "read as Bo Li (p2)", person="p1")
    assert log.to_frame().to_numpy().tolist() == [
        ["warning", "years", "p1", "'x' is not a number", "treated as not answered"],
        ["error", "", "", "row 3 has no id", "row left out"],
        ["note", "", "p1", "typed 'Bo'", "read as Bo Li (p2)"],
    ]


def test_no_problems_are_an_empty_table_with_the_same_columns():
    table = IssueLog().to_frame()
    assert table.empty
    assert table.columns.tolist() == COLUMNS
