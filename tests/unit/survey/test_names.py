"""Who is meant by a typed name: the ways of reading, in order, and when to give up."""

from __future__ import annotations

import pandas as pd
import pytest

from peernet import read_survey
from peernet.survey import Item
from peernet.survey.names import (
    NameBook,
    Reading,
    is_no_answer,
    is_nobody,
    same_label,
    same_name,
    says_nothing,
    split_names,
)

PEOPLE = {
    "p1": "Jonathan Berg",
    "p2": "Anna Holm",
    "p3": "Annabel Holm",
    "p4": "Søren O'Brien",
    "p5": "Michael Dubois",
    "p6": "Anna Maria Cruz",
    "p7": "Elisabeth Jansson",
    "p8": "Lina Jansson",
    "p9": "Małgorzata Silva",
    "p10": "Anna Holm",
    "12": "Bo Li",
}
TEAMS = {"p1": "Dock", "p2": "Dock", "p3": "Yard", "p6": "Yard", "p10": "Yard"}
BOOK = NameBook(PEOPLE, TEAMS)


@pytest.mark.parametrize(
    ("typed", "person", "how"),
    [
        ("p1", "p1", "identifier"),
        (" P1 ", "p1", "identifier"),
        ("12", "12", "identifier"),
        ("Jonathan Berg", "p1", "name"),
        ("  jonathan   BERG ", "p1", "name"),
        ("Berg, Jonathan", "p1", "name"),
        ("Dr. Jonathan Berg, PhD", "p1", "name"),
        ("Soren OBrien", "p4", "name"),
        ("Søren O’Brien", "p4", "name"),
        ("Malgorzata Silva", "p9", "name"),
        ("Berg", "p1", "part of the name"),
        ("Anna Cruz", "p6", "part of the name"),
        ("Jon Berg", "p1", "short form"),
        ("J. Berg", "p1", "short form"),
        ("Berg, J", "p1", "short form"),
        ("Jonathan B.", "p1", "short form"),
        ("Jona", "p1", "short form"),
        ("Jonathan Breg", "p1", "near spelling"),
        ("Jonatan Berg", "p1", "near spelling"),
        ("Breg, Jonathan", "p1", "near spelling"),
        ("Micheal Dubois", "p5", "near spelling"),
        ("Mike Dubois", "p5", "similar first name"),
        ("Jonathan Berg from finance", "p1", "name and more words"),
    ],
)
def test_a_name_is_read_by_the_first_way_that_finds_anybody(typed, person, how):
    reading = BOOK.read(typed)
    assert (reading.person, reading.how) == (person, how)


@pytest.mark.parametrize("typed", ["the canteen lady", "Uwe", "JB", "J.", "Bo Lu", "???", "", "p77", "Berg Holm"])
def test_a_name_nobody_has_is_unknown(typed):
    reading = BOOK.read(typed)
    assert (reading.person, reading.how, reading.candidates) == (None, "unknown", ())


@pytest.mark.parametrize(
    ("typed", "candidates"),
    [
        ("Anna", ("p2", "p6", "p10")),
        ("Anna Holm", ("p2", "p10")),
        ("Holm", ("p2", "p3", "p10")),
        ("Lisa Jansson", ("p8", "p7")),
    ],
)
def test_a_name_that_fits_several_people_names_nobody_and_lists_them(typed, candidates):
    reading = BOOK.read(typed)
    assert (reading.person, reading.candidates) == (None, candidates)


@pytest.mark.parametrize(("ego", "person"), [("p1", "p2"), ("p3", "p10"), ("p4", None), ("12", None)])
def test_people_of_one_name_are_told_apart_by_the_team_of_the_one_who_typed_it(ego, person):
    assert BOOK.read("Anna Holm", ego=ego).person == person


def test_a_first_name_within_a_team_says_how_it_was_settled():
    assert BOOK.read("Anna", ego="p1") == Reading("p2", "part of the name", ("p2", "p6", "p10"), by_team=True)
    assert not BOOK.read("Jon", ego="p1").by_team


def test_nobody_means_themselves_by_a_name_that_others_share():
    assert BOOK.read("Anna Holm", ego="p2").person == "p10"
    assert BOOK.read("Anna Holm", ego="p10").person == "p2"


def test_a_name_of_ones_own_that_nobody_shares_is_oneself():
    assert BOOK.read("Jon Berg", ego="p1").person == "p1"


def test_a_whole_word_is_preferred_to_the_beginning_of_one():
    book = NameBook({"a": "Anna Ek", "b": "Annabel Dahl"})
    assert book.read("Anna").person == "a"


def test_an_identifier_in_other_case_counts_only_where_none_fits_exactly():
    book = NameBook({"AB": "Ada Berg", "ab": "Bo Dahl"})
    assert (book.read("AB").person, book.read("ab").person) == ("AB", "ab")


def test_twins_are_identifiers_that_differ_in_what_gets_lost_on_the_way_alone():
    ids = [
        "7",
        "A@b.c",
        "007",
        "7.0",
        "P7",
        "p07",
        "a@b.c",
        "7.5",
        "7.05",
        "a1@b.c",
        "a01@b.c",
        "70",
        "0",
        "00",
        "p 1",
        "p1",
    ]
    assert NameBook(dict.fromkeys(ids, "")).twins() == [
        ("7", "007", "7.0"),
        ("P7", "p07"),
        ("0", "00"),
        ("A@b.c", "a@b.c"),
    ]
    assert NameBook({}).twins() == []


def test_namesakes_are_groups_of_people_with_one_name():
    assert BOOK.namesakes() == [("p2", "p10")]


def test_people_of_whom_only_marks_are_known_share_no_name():
    assert NameBook({"p1": "!", "p2": "?!", "p3": "Ann Lee"}).namesakes() == []


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Ann Lee; Bo Ek", ["Ann Lee", "Bo Ek"]),
        ("Ann Lee;; ;Bo Ek;", ["Ann Lee", "Bo Ek"]),
        ("Ann Lee\nBo Ek\r\nCy Oz", ["Ann Lee", "Bo Ek", "Cy Oz"]),
        ("1. Ann Lee\n2) Bo Ek\n- Cy Oz\n• Di Wu", ["Ann Lee", "Bo Ek", "Cy Oz", "Di Wu"]),
        ("Ann Lee & Bo Ek and Cy Oz / Di Wu | Ed Xi + Fi Yu", ["Ann Lee", "Bo Ek", "Cy Oz", "Di Wu", "Ed Xi", "Fi Yu"]),
        ("Lee, Ann; Ek, Bo", ["Lee, Ann", "Ek, Bo"]),
        ("Anderson", ["Anderson"]),
        ("Jean-Luc Ek/Holm", ["Jean-Luc Ek/Holm"]),
        ("-", ["-"]),
        ("", []),
    ],
)
def test_a_cell_is_split_at_whatever_no_name_contains(cell, names):
    assert split_names(cell) == names


def test_the_declared_separator_splits_too():
    assert split_names("Ann Lee#Bo Ek", "#") == ["Ann Lee", "Bo Ek"]


@pytest.mark.parametrize("word", ["nobody", "Nobody.", "NONE", "no one", "no-one", "niemand", "Keiner!"])
def test_nobody_can_be_said_in_many_ways(word):
    assert is_nobody(word)


@pytest.mark.parametrize("word", ["", "Nona", "Noone Berg", "anybody", "n/a", "-", "--", "prefer not to say"])
def test_other_words_do_not_say_nobody(word):
    assert not is_nobody(word)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Jonathan Berg", "berg, jonathan", True),
        ("Jonathan Berg", "Jon Berg", True),
        ("Mike Dubois", "Michael Dubois", True),
        ("Jonathan Berg", "Jonatahn Berg", True),
        ("Anna Cruz", "Anna Maria Cruz", True),
        ("Jonathan Berg", "Anna Holm", False),
        ("Anna Holm", "Anna Berg", False),
        ("Bo Li", "?", False),
        ("Bo Li", "!", False),
        ("!", "?", True),
        ("", "…", True),
    ],
)
def test_two_spellings_are_one_name_or_two(a, b, same):
    assert same_name(a, b) is same
    assert same_name(b, a) is same


def test_identifiers_that_differ_in_case_only_are_told_apart_by_case_or_not_at_all():
    book = NameBook({"AB": "Ada Berg", "ab": "Bo Dahl"})
    assert book.read("Ab") == Reading(None, "identifier", ("AB", "ab"))


CODES = {"10000012": "10000012", "007": "007", "EMP 001": "EMP 001", "ann@firm.com": "Ann Lee", "p1": "Worker 12"}


@pytest.mark.parametrize(
    ("typed", "likely"),
    [
        ("10000013", "10000012"),
        ("1000012", "10000012"),
        ("10000021", "10000012"),
        ("7", "007"),
        ("7.0", "007"),
        ("EMP 002", "EMP 001"),
        ("anne@firm.com", "ann@firm.com"),
        ("ann.lee@firm.com", ""),
        ("p2", "p1"),
        ("99", ""),
    ],
)
def test_what_looks_like_an_identifier_is_exact_or_nobody(typed, likely):
    assert NameBook(CODES).read(typed) == Reading(None, "unknown", likely=likely)


@pytest.mark.parametrize(
    "typed",
    [
        *("van der Berg, D.", "V. van der Berg", "Al van der Berg", "Jan Hollenberg-Smith", "Hollenberg-Smith, Ada"),
        *("D. Vander Berg", "D vanderBerg", "Al vander Berg", "Jan Hollenbergsmith", "Ed HollenbergSmith"),
    ],
)
def test_a_long_surname_does_not_make_another_first_name_or_initial_a_slip(typed):
    book = NameBook({"1": "Bo van der Berg", "2": "Tom Hollenberg-Smith"})
    assert book.read(typed).person is None
    assert not any(same_name(typed, name) for name in book.names.values())


@pytest.mark.parametrize(
    ("typed", "person"),
    [
        ("Tmo Hollenberg-Smith", "2"),
        ("B. van den Berg", "1"),
        ("Bo vander Berg", "1"),
        ("Bo vanderBerg", "1"),
        ("Tom Hollenbergsmith", "2"),
        ("Berg, A. van der", None),
    ],
)
def test_a_slip_in_any_word_is_still_read(typed, person):
    assert NameBook({"1": "Bo van der Berg", "2": "Tom Hollenberg-Smith"}).read(typed).person == person


def test_of_several_likely_identifiers_the_nearest_is_offered_and_never_ones_own():
    book = NameBook({"10000011": "10000011", "10000012": "10000012", "10000093": "10000093"})
    assert book.read("10000013").likely == "10000012"
    assert book.read("10000013", ego="10000012").likely == "10000011"


@pytest.mark.parametrize("typed", ["Worker 13", "Worker 1", "Worker 21"])
def test_a_digit_in_a_name_is_no_slip(typed):
    assert NameBook({"a": "Worker 12", "b": "Ann Lee"}).read(typed).person is None


def test_an_identifier_in_other_case_is_still_the_identifier():
    assert NameBook(CODES).read("Ann@Firm.com") == Reading("ann@firm.com", "identifier")


@pytest.mark.parametrize(
    ("typed", "person"),
    [
        ("Joseph Mba", "a"),
        ("Mba, Joseph", "a"),
        ("Mr Mba", "a"),
        ("Joseph Ek", "b"),
        ("Joseph Ek, MBA", "b"),
        ("Dr Joseph Ek", "b"),
        ("Joseph", None),
        ("Ines Dr", "c"),
        ("Ines Prof", None),
    ],
)
def test_a_title_can_be_a_surname(typed, person):
    assert NameBook({"a": "Joseph Mba", "b": "Joseph Ek", "c": "Ines Dr"}).read(typed).person == person


def test_people_whose_names_differ_by_a_surname_that_is_a_title_are_two():
    book = NameBook({"a": "Joseph Tansi Mba", "b": "Joseph Tansi"})
    assert (book.read("Joseph Tansi").person, book.read("joseph tansi mba").person) == ("b", "a")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("राम कुमार", "रमा कुमार"),
        ("किरण देव", "कुरण देव"),
        ("สมชิต ดี", "สมชุต ดี"),
        ("はと ゆき", "ばと ゆき"),
        ("カト ミキ", "ガト ミキ"),
        ("กิตติ ดี", "กัตตา ดู"),
        ("Й Иванов", "И Иванов"),
        ("ராம் குமார்", "ரமா குமார்"),
    ],
)
def test_signs_that_make_another_letter_are_kept(one, other):
    book = NameBook({"a": one, "b": other})
    assert (book.read(one).person, book.read(other).person) == ("a", "b")
    assert book.namesakes() == []


@pytest.mark.parametrize(
    ("typed", "name"), [("Jose Pena", "José Peña"), ("Νικος Παππας", "Νίκος Παππάς"), ("Петр Федоров", "Пётр Фёдоров")]
)
def test_accents_are_left_off_where_the_name_is_the_same_without(typed, name):
    assert NameBook({"a": name}).read(typed) == Reading("a", "name", ("a",))


@pytest.mark.parametrize("typed", ["José Peña", " José  Peña "])
@pytest.mark.parametrize("ego", ["a", "b", "c"])
def test_a_name_equal_letter_by_letter_is_that_person_whatever_the_team(typed, ego):
    book = NameBook({"a": "José Peña", "b": "Jose Pena", "c": "Ann Lee"}, {"b": "Dock", "c": "Dock", "a": "Yard"})
    assert book.read(typed, ego=ego).person == "a"


@pytest.mark.parametrize(("typed", "person"), [("Lee Ann", "b"), ("ann lee", None)])
def test_word_order_counts_where_two_people_differ_in_nothing_else(typed, person):
    assert NameBook({"a": "Ann Lee", "b": "Lee Ann"}).read(typed).person == person


@pytest.mark.parametrize(
    "word", ["-", "--", "—", "N/A", "n.a.", "?", "Prefer not to say.", "rather not say", "NaN", "null"]
)
def test_no_answer_can_be_said_in_many_ways(word):
    assert is_no_answer(word)


@pytest.mark.parametrize("word", ["", "nobody", "Nan Li", "Norman", "Skip Berg", "No", "Noah Response"])
def test_other_words_are_an_answer(word):
    assert not is_no_answer(word)


ITEMS = (
    Item("id", "person"),
    Item("team", "team", "nominal"),
    Item("field", "perspective", "nominal"),
    Item("teaches", "offers", "multiple"),
)


def read(folder, *rows, items=ITEMS):
    return read_survey(folder(items, survey="id,team,field,teaches\n" + "".join(f"{row}\n" for row in rows)))


def notes(survey, item):
    mine = survey.issues[survey.issues["item"] == item]
    return mine[["severity", "person", "problem", "done"]].to_numpy().tolist()


@pytest.mark.parametrize("other", ["quay", "QUAY", "Quay ", " Ｑuay"])
def test_a_team_in_another_spelling_is_the_same_team_and_is_noted(folder, other):
    survey = read(folder, "a,Quay,Law,", "b,Quay,Arts,", f"c,{other},Law,")
    assert survey.people["team"].tolist() == ["Quay"] * 3
    typed = other.strip()
    expected = (
        [["note", "c", f"row 4 of survey.csv: {typed!r} is 'Quay' in another spelling", "read as 'Quay'"]]
        if typed != "Quay"
        else []
    )
    assert notes(survey, "team") == expected


@pytest.mark.parametrize("between", ["  ", "\u00a0", " \u2009"])
def test_white_space_inside_a_name_does_not_make_two_teams(folder, between):
    survey = read(folder, "a,Quay Side,Law,", "b,Quay Side,Arts,", f"c,Quay{between}Side,Law,")
    assert set(survey.people["team"]) == {"Quay Side"}


def test_the_commonest_spelling_stands_whatever_the_order_of_rows(folder):
    rows = ["a,quay,Law,", "b,Quay,Arts,", "c,quay,Law,", "d,Yard,Law,"]
    assert read(folder, *rows).people["team"].to_dict() == read(folder, *rows[::-1]).people["team"].to_dict()
    assert set(read(folder, *rows).people["team"]) == {"quay", "Yard"}


def test_a_declared_spelling_stands_before_the_commonest(folder):
    items = (ITEMS[0], Item("team", "team", "nominal", categories=("Quay", "Yard")), *ITEMS[2:])
    assert set(read(folder, "a,quay,Law,", "b,quay,Law,", items=items).people["team"]) == {"Quay"}


@pytest.mark.parametrize("word", ["unknown", "Unknown", "?", "-", "--", "n/a", "N/A", "none", "not known"])
def test_a_label_that_says_nothing_is_no_team_and_is_noted(folder, word):
    survey = read(folder, "a,Quay,Law,", f"b,{word},Arts,", f"c,{word},Law,")
    assert survey.people["team"].isna().tolist() == [False, True, True]
    assert notes(survey, "team") == [
        ["note", person, f"row {row} of survey.csv: {word!r} names no team", "team left unknown"]
        for person, row in (("b", 3), ("c", 4))
    ]


def test_a_team_that_is_declared_by_such_a_name_is_a_team(folder):
    items = (ITEMS[0], Item("team", "team", "nominal", categories=("Unknown", "Quay")), *ITEMS[2:])
    assert read(folder, "a,Unknown,Law,", "b,Quay,Law,", items=items).people["team"].tolist() == ["Unknown", "Quay"]


def test_a_blank_team_is_unknown_without_a_word(folder):
    survey = read(folder, "a,Quay,Law,", "b,,Arts,", "c,  ,Arts,")
    assert survey.people["team"].isna().tolist() == [False, True, True]
    assert notes(survey, "team") == []


def test_answers_that_differ_in_spelling_only_are_one_answer(folder):
    survey = read(folder, "a,Q,Law,Code; Budgets", "b,Q,law,code", "c,Q,Law,Budgets;budgets")
    assert survey.people["field"].astype("str").tolist() == ["Law"] * 3
    assert survey.people["teaches"].tolist() == [
        frozenset({"Code", "Budgets"}),
        frozenset({"Code"}),
        frozenset({"Budgets"}),
    ]
    assert notes(survey, "teaches") == [
        ["note", "b", "row 3 of survey.csv: 'code' is 'Code' in another spelling", "read as 'Code'"],
        ["note", "c", "row 4 of survey.csv: 'budgets' is 'Budgets' in another spelling", "read as 'Budgets'"],
    ]


def test_accents_and_other_letters_do_make_another_label():
    assert same_label("Café") != same_label("Cafe")
    assert same_label("R&D 1") != same_label("R&D 2")
    assert not says_nothing("Unknown Pleasures")
    assert not says_nothing("NA")  # North America
    assert pd.Series(["", "  "]).map(says_nothing).all()


@pytest.mark.parametrize(
    ("typed", "person"),
    [
        ("p1", "p1"),
        ("Jonathan Berg", "p1"),
        ("berg, JONATHAN", "p1"),
        ("a  b", ""),  # as an identifier it is read with one space, and is another's
        ("a b", "a b"),
        ("none", ""),
        ("Nil None", ""),
        ("Jon Berg", ""),
        ("Berg", ""),
        ("Ida Roe", ""),
    ],
)
def test_word_for_word_is_whom_the_first_steps_find_beyond_doubt(typed, person):
    people = {"p1": "Jonathan Berg", "a  b": "Cy Oz", "a b": "Di Oz", "none": "Bo Ek", "p5": "Ida Roe", "p6": "Roe Ida"}
    book = NameBook(people, settled={"Nil None": "p1"})
    assert book.word_for_word([typed]) == ({typed: person} if person else {})
    if person:
        assert book.read(typed) == Reading(person, "identifier" if typed == person else "name", book.read(typed)[2])


@pytest.mark.parametrize(
    ("one", "other", "typed"), [("AB", "ab", "Ab"), ("a.lee@x", "A.LEE@X", "A.Lee@x"), ("Straße", "STRASSE", "strasse")]
)
def test_of_identifiers_that_differ_in_case_alone_only_an_exact_one_is_somebody(folder, one, other, typed):
    items = Item("id", "person"), Item("trust", "tie", layer="trust"), Item("not_with", "constraint", role="never_with")
    rows = f"{one},{other},\n{other},{one},\nq3,{typed},{typed}\n"
    survey = read_survey(folder(items, roster=f"id\n{one}\n{other}\nq3\n", survey=f"id,trust,not_with\n{rows}"))
    assert survey.ties[["ego", "alter"]].to_numpy().tolist() == [[one, other], [other, one]]
    assert survey.incomplete["trust"] == {"q3"}
    assert survey.people.loc["q3", "not_with"] == {one, other}
    asked = survey.issues[survey.issues["person"] == "q3"]
    assert asked["severity"].tolist() == ["error", "warning"]
    assert asked["problem"].str.contains(f"row 4 of survey.csv: {typed!r} could be ", regex=False).all()
