"""Rules are read from a sheet as people keep it; every cell that makes no sense is named."""

import pytest

import peernet as pn
from peernet.errors import RulesError
from tests.made.workbooks import workbook

HEADER = "rule,a,b,column,number,share,price,note"
ROWS = (
    "Capacity,p1,,,2,,,Ada offered",
    "forbidden,p1,p2,,,,never,",
    'met,p1,p3,,,,"0,25",',
    ",,,,,,,",
    ",,,,,,,from here on as last year",
    "different_one,,,,1,0.2,,",
    "at least across,,,site,3,,0.1,",
)
EXPECTED = (
    pn.Rule("capacity", "p1", number=2),
    pn.Rule("forbidden", "p1", "p2"),
    pn.Rule("met", "p1", "p3", price=0.25),
    pn.Rule("different one", number=1, share=0.2),
    pn.Rule("at least across", column="site", number=3, price=0.1),
)


def written(folder, *rows, header=HEADER, name="rules.csv"):
    file = folder / name
    file.write_text("\n".join((header, *rows)), encoding="utf-8")
    return file


def test_a_sheet_becomes_rules_blank_rows_left_out(tmp_path):
    rules = pn.read_rules(written(tmp_path, *ROWS))
    assert rules.rules == EXPECTED
    assert rules.rules[-1].where == "row 8 of rules.csv"


def test_what_is_written_is_read_again(tmp_path):
    file = tmp_path / "again.csv"
    pn.Rules(EXPECTED).to_frame().to_csv(file, index=False)
    assert pn.read_rules(file) == pn.Rules(EXPECTED)


def test_an_excel_workbook_is_read_alike(tmp_path):
    pytest.importorskip("python_calamine")
    cells = [HEADER.split(","), *(row.replace('"0,25"', "0.25").split(",") for row in ROWS)]
    assert pn.read_rules(workbook(tmp_path / "rules.xlsx", cells)).rules == EXPECTED


def test_a_workbook_names_the_row_as_the_spreadsheet_shows_it(tmp_path):
    pytest.importorskip("python_calamine")
    file = workbook(tmp_path / "rules.xlsx", [["rule", "a", "b"], ["", "", ""], ["forbidden", "p1", ""]])
    with pytest.raises(RulesError, match=r"row 3 of rules\.xlsx, column 'b': found nothing"):
        pn.read_rules(file)


def test_every_problem_of_a_sheet_is_told_with_row_and_column(tmp_path):
    file = written(tmp_path, "capacity,p1,,,two", "forbiden,p1,p2,,", "met,p1,,,", header="rule,a,b,colour,number")
    with pytest.raises(RulesError) as error:
        pn.read_rules(file)
    assert list(error.value.problems) == [
        "rules.csv has a column 'colour'; allowed: rule, a, b, column, number, share, price, note. "
        "Did you mean 'column'?",
        "row 2 of rules.csv, column 'number': found 'two'; allowed: a whole number, 0 or more.",
        "row 3 of rules.csv, column 'rule': found 'forbiden'; allowed: capacity, partner, forbidden, required, met, "
        "allowed, reporting line, not within, not across, shared hours, different one, at least within, "
        "at least across, at most within, at most across. Did you mean 'forbidden'?",
        "row 4 of rules.csv, column 'b': found nothing; 'met' needs it.",
    ]


def test_the_names_of_columns_may_be_in_capital_letters(tmp_path):
    assert pn.read_rules(written(tmp_path, *ROWS, header=HEADER.title())).rules == EXPECTED


def test_without_a_column_of_rules_no_row_is_blamed(tmp_path):
    file = written(tmp_path, "rule", "forbidden", header="Rules for spring")
    with pytest.raises(RulesError) as error:
        pn.read_rules(file)
    assert list(error.value.problems) == [
        "rules.csv has no column 'rule'; its first row must name the columns, found 'rules for spring'."
    ]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (["rule", "a", ""], "column 3 of rules.xlsx has no name"),
        (["rule", "a", "A"], "rules.xlsx has 2 columns called 'a'; keep one"),
    ],
)
def test_no_cell_of_a_workbook_is_lost_in_silence(tmp_path, header, message):
    pytest.importorskip("python_calamine")
    file = workbook(tmp_path / "rules.xlsx", [header, ["forbidden", "p1", "p2"]])
    with pytest.raises(RulesError, match=message):
        pn.read_rules(file)


def test_a_cell_under_no_name_is_not_lost_in_silence(tmp_path):
    with pytest.raises(RulesError, match=r"column 4 of rules\.csv has no name"):
        pn.read_rules(written(tmp_path, "forbidden,p1,p2,for Ada", header="rule,a,b,"))


def test_blank_columns_without_a_name_do_no_harm(tmp_path):
    pytest.importorskip("python_calamine")
    expected = (pn.Rule("forbidden", "p1", "p2"),)
    assert pn.read_rules(written(tmp_path, "forbidden,p1,p2,,", header="rule,a,b,,")).rules == expected
    file = workbook(tmp_path / "rules.xlsx", [["rule", "a", "b", "", ""], ["forbidden", "p1", "p2", "", ""]])
    assert pn.read_rules(file).rules == expected


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("rules.csv", None, "There is no file"),
        ("rules.csv", "", "is empty"),
        ("rules.csv", "kind,a\nmet,p1", "has no column 'rule'"),
        ("rules.json", "{}", "is no sheet peernet reads"),
        ("rules.xlsx", "no workbook", "is not a workbook that can be read"),
    ],
)
def test_a_file_that_is_no_sheet_of_rules_is_named(tmp_path, name, text, message):
    file = tmp_path / name
    if text is not None:
        file.write_text(text)
    with pytest.raises(RulesError, match=message):
        pn.read_rules(file)
