"""Peer ratings whose tables stand one below the other in one file are read rightly."""

from __future__ import annotations

import pytest

from peernet.errors import SurveyError
from peernet.survey.formats.door import open_export
from peernet.survey.formats.export import Source

HEAD = "Team,Giver's Full Name,Giver's Email,Recipient's Team,Recipient's Full Name,Recipient's Email,Feedback"
RATINGS = f"""Course,c1
Session Name,spring


Question 1,"How far could you rely, in a pinch, on this colleague?"

Summary Statistics,
Team,Recipient,Average
Dock,Maud Ferrin,4.5

{HEAD}
Dock,Maud Ferrin,maud@x.org,Dock,Ivo Salter,ivo@x.org,No Response
Dock,Ivo Salter,ivo@x.org,Dock,Maud Ferrin,maud@x.org,5
Dock,Maud Ferrin,maud@x.org,Dock,Maud Ferrin,maud@x.org,4
Dock,Ivo Salter,ivo@x.org,Dock,Ivo Salter,ivo@x.org,No Response


Question 2,What should go on?

{HEAD}
Dock,Sela Brandt,sela@x.org,-,-,-,"the lunch, the walks"
Dock,Maud Ferrin,maud@x.org,-,-,-,nothing
"""


def opened(tmp_path, text):
    (tmp_path / "t.csv").write_text(text)
    return open_export(Source(tmp_path / "t.csv"))


def test_ratings_become_rows_below_the_people_who_gave_them(tmp_path):
    export = opened(tmp_path, RATINGS)
    assert export.format == "stacked"
    assert export.cells["Giver's Email"].to_dict() == {12: "maud@x.org", 13: "ivo@x.org", 21: "sela@x.org"}
    (rows,) = export.repeats
    assert (rows.name, rows.columns[-1].wording) == (
        "Question 1",
        "How far could you rely, in a pinch, on this colleague?",
    )
    assert rows.cells["Question 1"].to_dict() == {12: "No Response", 13: "5"}
    assert rows.cells["Recipient's Email"].tolist() == ["ivo@x.org", "maud@x.org"]
    assert rows.person.to_dict() == {12: 12, 13: 13}


def test_no_response_is_asked_and_not_answered_and_never_a_rating(tmp_path):
    export = opened(tmp_path, RATINGS)
    (rows,) = export.repeats
    assert dict(rows.columns[-1].missing) == {"No Response": "asked and not answered"}
    assert rows.asked == {12, 13}, "Sela was not asked about colleagues"


def test_what_people_say_of_themselves_or_of_nobody_in_particular_is_an_answer_of_theirs(tmp_path):
    cells = opened(tmp_path, RATINGS).cells
    assert cells["Question 1 (oneself)"].tolist() == ["4", "No Response", ""]
    assert cells["Question 2 (oneself)"].tolist() == ["nothing", "", "the lunch, the walks"]


def test_every_line_is_accounted_for(tmp_path):
    assert opened(tmp_path, RATINGS).told == (
        "22 lines: 9 of headings, 3 sheets filled in, 3 of further ratings, 7 blank"
    )


def test_a_rating_without_a_giver_or_with_too_many_cells_is_named(tmp_path):
    with pytest.raises(SurveyError, match=r"row 13 names nobody who gave the rating"):
        opened(tmp_path, RATINGS.replace("Dock,Ivo Salter,ivo@x.org,Dock,Maud", "Dock,,,Dock,Maud"))
    with pytest.raises(SurveyError, match=r"row 13 has 9 cells, its headings are 7"):
        opened(tmp_path, RATINGS.replace("maud@x.org,5", "maud@x.org,5,6,7"))


def test_the_shared_case(shared):
    export = open_export(Source(shared / "cases" / "B7" / "results.csv"))
    (rows,) = export.repeats
    assert rows.cells["Question 1"].tolist() == ["No Response", "5"]
    assert sorted(export.cells["Question 1 (oneself)"]) == ["4", "No Response"]
