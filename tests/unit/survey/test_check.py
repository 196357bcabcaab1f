"""Issues are grouped: the same problem about many people or cells is one row, in the words of the questions."""

from __future__ import annotations

from dataclasses import replace

import peernet as pn
from peernet.survey.check import check_lines, check_record, grouped_issues
from peernet.survey.item import Item
from tests.made.shapes import an_export, base, book, survey_in

STAFF = {"p1": "Ann Lee", "p2": "Bo Ek", "p3": "Cy Oz"}
TRUST = Item("trust", "tie", label="Whom do you trust?", layer="trust")
YEARS = Item("years", "experience", "numeric", label="Years here")


def surveyed(**cells: list[str]) -> pn.Survey:
    return survey_in(an_export(base(STAFF) | cells, staff=STAFF), book(TRUST, YEARS))


def test_the_same_problem_with_other_names_and_numbers_is_one_row():
    survey = surveyed(trust=["Zoe Quist", "Xu Li", "nobody"], years=["many", "few", "2"])
    table = grouped_issues(survey)
    assert table[["severity", "times", "people"]].to_numpy().tolist() == [["warning", 2, 2], ["warning", 2, 2]]
    assert table["problem"].tolist() == ["… is not a number", "… is nobody on the roster"]
    assert table["items"].tolist() == [{"years": 2}, {"trust": 2}]


def test_a_problem_that_occurs_once_is_told_as_it_stands():
    table = grouped_issues(surveyed(trust=["Zoe Quist", "nobody", "nobody"], years=["1", "2", "3"]))
    assert table["problem"].tolist() == ["row 2 of export.csv: 'Zoe Quist' is nobody on the roster"]


def test_errors_come_first_and_then_what_occurs_most():
    survey = surveyed(trust=["Zoe Quist", "Xu Li", "nobody"], years=["many", "2", "3"])
    survey.issues.loc[survey.issues["item"] == "years", "severity"] = "error"
    assert grouped_issues(survey)["severity"].tolist() == ["error", "warning"]
    assert check_lines(survey)[1].endswith(": 3 issues of 2 kinds, 1 error to settle first")


def test_problems_are_told_with_the_words_of_the_questions_and_names_come_last():
    survey = surveyed(trust=["Zoe Quist", "Zoe Quist", "nobody"], years=["1", "2", "3"])
    assert check_lines(survey) == [
        "export.csv, 4 lines: 1 of headings, 3 sheets filled in",
        "3 people, 3 answered, 0 ties in 1 layers: 2 issues of 1 kind",
        "warning  2 x … is nobody on the roster: not counted",
        "         “Whom do you trust?” 2",
        "         such as row 2 of export.csv: 'Zoe Quist' is nobody on the roster: not counted",
        "",
        "2 answers with 1 name cannot be found on the roster: who is meant, or nobody?",
        "typed      times  asked",
        "Zoe Quist  2      Whom do you trust?",
        'Answer each once, in the sheet "names" of codebook.xlsx or under "peernet", "aliases" in codebook.json: the',
        'identifier, or "nobody on the roster". Then read the survey again.',
        "Everybody known here answered, so colleagues who did not can be named and not found: a roster.csv beside the",
        "export (columns person, name and, if you like, team and manager) lists everybody who was invited.",
    ]


def test_a_program_is_told_the_same():
    record = check_record(surveyed(trust=["Zoe Quist", "Xu Li", "nobody"], years=["1", "2", "3"]))
    (problem,) = record["problems"]
    assert (record["ties"], record["layers"], record["errors"]) == (0, ["trust"], 0)
    assert problem["questions"] == [{"item": "trust", "wording": "Whom do you trust?", "times": 2}]
    assert [example["person"] for example in problem["examples"]] == ["p1", "p2"]
    assert [row["typed"] for row in record["unread_names"]] == ["Zoe Quist", "Xu Li"]


def test_every_issue_is_in_one_group():
    issues = pn.load_example().issues
    table = grouped_issues(pn.load_example())
    assert table["times"].sum() == len(issues)
    assert len(table) < 20


def test_nothing_wrong_is_said_in_two_lines():
    assert len(check_lines(pn.load_aarhus())) == 2


def test_layers_that_are_not_heard_in_full_are_told():
    survey = survey_in(an_export(base(STAFF), staff=STAFF), book(replace(TRUST, layer="lunch", strength=0.3), YEARS))
    assert check_lines(survey)[2] == "not heard in full, of 1: lunch 0.3"
