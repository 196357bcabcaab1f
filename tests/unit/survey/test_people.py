"""Who is in the survey: roster, respondents, managers, and identifiers that are not one person's."""

from __future__ import annotations

import pandas as pd
import pytest

from peernet import Survey, read_survey
from peernet.errors import SurveyError
from peernet.survey import Item

ITEMS = (
    Item("id", "person"),
    Item("name", "name"),
    Item("team", "team", "nominal"),
    Item("boss", "manager"),
    Item("years", "experience", "numeric", missing=("-99",)),
    Item("field", "perspective", "nominal"),
)


def issues(survey: Survey) -> list[list[str]]:
    """Rows of issues, but for the one that says how few answered."""
    rows = survey.issues[["severity", "item", "person", "problem", "done"]].to_numpy().tolist()
    return [row for row in rows if row[3] != "only one person answered"]


def test_everyone_on_the_roster_is_there_in_its_order_answered_or_not(folder):
    survey = read_survey(
        folder(
            ITEMS, roster="id,name\np3,Cy Oz\np1,Ann Lee\np2,Bo Ek\n", survey="id,years,field,team,boss\np1,3,Law,A,\n"
        )
    )
    assert survey.people.index.tolist() == ["p3", "p1", "p2"]
    assert survey.people["answered"].tolist() == [False, True, False]
    assert survey.people["years"].isna().tolist() == [True, False, True]
    assert survey.people.index.name == "person"


def test_without_a_roster_the_respondents_are_the_people(folder):
    survey = read_survey(folder(ITEMS, survey="id,name,team,boss,years,field\np2,Bo Ek,A,,3,Law\np1,,B,,4,Arts\n"))
    assert survey.people["name"].to_dict() == {"p2": "Bo Ek", "p1": "p1"}
    assert survey.people["team"].to_dict() == {"p2": "A", "p1": "B"}
    assert issues(survey) == []


def test_a_respondent_who_is_not_on_the_roster_is_added_and_told(folder):
    survey = read_survey(
        folder(
            ITEMS, roster="id,name,team,boss\np1,Ann Lee,A,\n", survey="id,years,field\np1,1,Law\nP1,2,Arts\nx,3,Law\n"
        )
    )
    assert survey.people.index.tolist() == ["p1", "P1", "x"]
    twins = "the identifiers 'p1' and 'P1' differ only in zeros, capital letters or forms of a letter"
    assert issues(survey) == [
        ["warning", "", "P1", "row 3 of survey.csv: answered but is not on the roster; 'p1' is", "added to the people"],
        ["warning", "", "x", "row 4 of survey.csv: answered but is not on the roster", "added to the people"],
        ["error", "", "", twins, "kept as 2 people; if they are one person, write one of them everywhere"],
    ]


@pytest.mark.parametrize("twins", [("\uff17", "7"), ("\ufb012", "fi02")])
def test_identifiers_in_other_forms_of_a_letter_may_be_one_person(folder, twins):
    rows = "".join(f"{person},,A,,{years},Law\n" for years, person in enumerate((*twins, "x")))
    survey = read_survey(folder(ITEMS, survey=f"id,name,team,boss,years,field\n{rows}"))
    told = [problem for severity, _, _, problem, _ in issues(survey) if severity == "error"]
    both = f"the identifiers {twins[0]!r} and {twins[1]!r}"
    assert told == [f"{both} differ only in zeros, capital letters or forms of a letter"]


def test_identifiers_that_lost_their_zeros_may_be_one_person_and_are_asked_about(folder):
    rows = "1,Ann Lee,A,,1,Law\n001,,A,,2,Law\n1.0,Ann Lee,A,,3,Arts\n2,Bo Ek,B,,4,Law\n02,Cy Fox,B,,5,Arts\n"
    survey = read_survey(folder(ITEMS, survey=f"id,name,team,boss,years,field\n{rows}"))
    assert survey.people.index.tolist() == ["1", "001", "1.0", "2", "02"], "identifiers stay what was typed"
    asked = [(severity, problem) for severity, _, _, problem, _ in issues(survey) if "identifiers" in problem]
    assert asked == [
        ("error", "the identifiers '1', '001' and '1.0' differ only in zeros, capital letters or forms of a letter"),
        ("warning", "the identifiers '2' and '02' differ only in zeros, capital letters or forms of a letter"),
    ], "two names are two people"


def test_identifiers_that_a_spreadsheet_cut_short_are_told(folder):
    survey = read_survey(folder(ITEMS, survey="id,years,field\n1.23E+05,1,Law\n1e5,2,Arts\n124000,3,Law\n"))
    told = [problem for *_, problem, _ in issues(survey) if "cut short" in problem]
    assert told == ["identifiers such as '1.23E+05' are numbers that a spreadsheet has cut short"]


def test_a_line_of_sums_below_the_table_is_no_person_without_a_word(folder):
    rows = "p1,,A,,1,Law\np2,,A,,2,Arts\nTotal: 2,,,,3,\n"
    survey = read_survey(folder(ITEMS, survey=f"id,name,team,boss,years,field\n{rows}"))
    assert [
        "warning",
        "",
        "Total: 2",
        "row 4 of survey.csv: 'Total: 2' may be a trial or a line of sums below the table",
        "counted as a person; delete the row if so",
    ] in issues(survey)
    numbered = "".join(f"N {n},,A,,{n},Law\n" for n in range(1, 6))
    survey = read_survey(folder(ITEMS, survey=f"id,name,team,boss,years,field\n{numbered}"))
    assert not survey.issues["problem"].str.contains("a trial").any(), "people who are all called so are people"


def test_rows_of_one_identifier_with_marks_for_names_are_one_person(folder):
    survey = read_survey(folder(ITEMS, survey="id,name,years,field\np1,!,3,Law\np1,*,,Arts\np2,Bo Ek,1,Law\n"))
    assert survey.people.index.tolist() == ["p1", "p2"]
    assert survey.people.loc["p1", ["years", "field"]].tolist() == [3, "Arts"]


def test_marks_are_no_name_wherever_a_name_is_known(folder):
    roster, rows = "id,name\np1,!\np2,Bo Ek\np3,…\n", "id,name,years,field\np1,Ann Lee,3,Law\np2,!,1,Law\np2,Bo Ek,2,\n"
    survey = read_survey(folder(ITEMS, roster=roster, survey=rows))
    assert survey.people["name"].to_dict() == {"p1": "Ann Lee", "p2": "Bo Ek", "p3": "p3"}
    assert ["note", "name", "p1", "row 2 of roster.csv: '!' is no name", "passed over"] in issues(survey)
    assert not survey.issues["problem"].str.contains("called").any()


@pytest.mark.parametrize("names", [("M. Lee", "Mike Lee", "Mark Lee"), ("Mike Lee", "Mark Lee", "M. Lee")])
def test_a_name_that_fits_two_people_does_not_make_them_one(folder, names):
    rows = "".join(f"p1,{name},3,Law\n" for name in names)
    with pytest.raises(SurveyError, match="'p1' belongs to 3 people"):
        read_survey(folder(ITEMS, survey=f"id,name,years,field\n{rows}"))


@pytest.mark.parametrize("file", ["survey", "roster"])
def test_one_identifier_for_two_people_is_refused(folder, file):
    rows = "id,name,team,boss,years,field\np1,Ann Lee,A,,1,Law\np2,Bo Ek,A,,2,Arts\np1,Cy Oz,A,,3,Law\n"
    files = {"survey": rows.replace("Cy Oz", "Ann Lee"), file: rows}
    with pytest.raises(SurveyError) as caught:
        read_survey(folder(ITEMS, **files))
    assert str(caught.value) == (
        f"{file}.csv: the identifier 'p1' belongs to 2 people (Ann Lee, Cy Oz). "
        "Give each person an identifier of their own."
    )


def test_one_person_who_spells_their_name_in_two_ways_is_one_person(folder):
    rows = 'id,name,team,boss,years,field\np1,Jonathan Lee,A,,1,Law\np1,"Lee, Jon",A,,3,Law\n'
    assert len(read_survey(folder(ITEMS, survey=rows)).people) == 1


def test_a_respondent_under_another_name_than_the_rosters_must_be_settled(folder):
    files = {"roster": "id,name,team,boss\np1,Ann Lee,A,\n", "survey": "id,name,years,field\np1,Cy Oz,3,Law\n"}
    survey = read_survey(folder(ITEMS, **files))
    assert survey.people.loc["p1", "name"] == "Ann Lee"
    assert issues(survey) == [
        [
            "error",
            "name",
            "p1",
            "row 2 of survey.csv: called 'Ann Lee' on the roster but 'Cy Oz' in the survey",
            "the roster's name is used; check the identifier",
        ]
    ]


def test_a_row_without_an_identifier_is_left_out_and_must_be_settled(folder):
    survey = read_survey(folder(ITEMS, survey="id,name,team,boss,years,field\np1,,,,3,Law\n,,,,4,Arts\n  ,,,,5,Law\n"))
    assert survey.people.index.tolist() == ["p1"]
    assert [row[:4] for row in issues(survey) if row[0] == "error"] == [
        ["error", "id", "", "row 3 of survey.csv has no id"],
        ["error", "id", "", "row 4 of survey.csv has no id"],
    ]


def test_a_survey_without_the_person_column_is_refused(folder):
    with pytest.raises(SurveyError) as caught:
        read_survey(folder(ITEMS, survey="ID,years\np1,3\n"))
    told = "survey.csv has no column 'id', which the codebook calls the person; it has ID, years."
    assert str(caught.value) == told


def test_two_people_of_one_name_are_noted(folder):
    files = {"roster": 'id,name,team,boss\np1,Ann Lee,A,\np2,"Lee, Ann",B,\n', "survey": "id,years,field\np1,3,Law\n"}
    survey = read_survey(folder(ITEMS, **files))
    assert ["note", "", "", "p1, p2 are all called Ann Lee", "told apart by team where only one fits"] in issues(survey)


def managers(folder, *typed: str) -> Survey:
    names = ("Ann Lee", "Bo Ek", "Cy Oz", "Cleo Oz")
    rows = "".join(
        f'p{i},{name},A,"{boss}"\n' for i, (name, boss) in enumerate(zip(names, typed, strict=False), start=1)
    )
    return read_survey(folder(ITEMS, roster=f"id,name,team,boss\n{rows}", survey="id,years,field\np1,3,Law\n"))


def test_managers_are_people_whether_named_by_identifier_or_by_name(folder):
    survey = managers(folder, "", "p1", "Ann Lee", "none")
    assert survey.people["manager"].dropna().to_dict() == {"p2": "p1", "p3": "p1"}
    assert issues(survey) == []


def test_a_manager_who_is_not_word_for_word_on_the_roster_is_told(folder):
    survey = managers(folder, "", "Ann Leee", "Zed", "Oz")
    assert survey.people["manager"].dropna().to_dict() == {"p2": "p1", "p4": "p3"}
    assert issues(survey)[:2] == [
        [
            "warning",
            "boss",
            "p2",
            "row 3 of roster.csv: typed 'Ann Leee'",
            "read as Ann Lee (p1): near spelling; check that this is who was meant",
        ],
        ["error", "boss", "p3", "row 4 of roster.csv: 'Zed' is nobody on the roster", "not counted"],
    ]


def test_nobody_is_their_own_manager(folder):
    survey = managers(folder, "p1", "p1")
    assert survey.people["manager"].dropna().to_dict() == {"p2": "p1"}
    assert issues(survey) == [
        ["warning", "boss", "p1", "row 2 of roster.csv: is listed as their own manager", "not counted"]
    ]


def test_names_teams_and_managers_are_text(folder):
    survey = read_survey(folder((*ITEMS[:1], *ITEMS[4:]), survey="id,years,field\np1,3,Law\n"))
    assert [str(survey.people[part].dtype) for part in ("name", "team", "manager")] == ["str"] * 3
    assert survey.people[["team", "manager"]].isna().all(axis=None)
    assert isinstance(survey.people.index, pd.Index)


@pytest.mark.parametrize("typed", ["Yard", "Yard Two", "1"])
def test_a_team_that_the_roster_and_the_survey_disagree_about_is_told_with_both(folder, typed):
    files = {"roster": "id,name,team\np1,Ann Lee,Dock\n", "survey": f"id,team,years,field\np1,{typed},3,Law\n"}
    survey = read_survey(folder(ITEMS, **files))
    assert survey.people.loc["p1", "team"] == "Dock"
    told = [
        f"row 2 of survey.csv: in 'Dock' on the roster but in {typed!r} in the survey",
        "the roster's is used; settle which holds",
    ]
    assert ["warning", "team", "p1", *told] in issues(survey)


@pytest.mark.parametrize(("listed", "typed"), [("Dock", "dock "), ("Dock", ""), ("", "Dock"), ("unknown", "Dock")])
def test_a_team_that_only_one_of_the_two_knows_or_spells_otherwise_is_no_disagreement(folder, listed, typed):
    files = {"roster": f"id,name,team\np1,Ann Lee,{listed}\n", "survey": f"id,team,years,field\np1,{typed},3,Law\n"}
    survey = read_survey(folder(ITEMS, **files))
    assert survey.people.loc["p1", "team"] == "Dock"
    assert not [row for row in issues(survey) if row[0] != "note" and row[1] == "team"]


@pytest.mark.parametrize("named", ["p3", "Cy Oz", "Oz, Cy"])
def test_nobody_is_paired_with_the_manager_they_name_though_the_roster_has_another(folder, named):
    roster = "id,name,team,boss\np1,Ann Lee,Dock,p2\np2,Bo Ek,Dock,\np3,Cy Oz,Yard,\n"
    rows = f'id,boss,years,field\np1,"{named}",3,Law\np2,,4,Arts\np3,,5,Law\n'
    survey = read_survey(folder(ITEMS, roster=roster, survey=rows))
    assert {("p1", "p2"), ("p1", "p3")} <= set(survey.reporting_lines())
    assert [row[:3] for row in issues(survey) if row[1] == "boss"] == [["warning", "boss", "p1"]]
