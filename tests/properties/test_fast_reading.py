"""What is read at once, for each wording once or through an index, is what is read one by one."""

from __future__ import annotations

import re
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import peernet as pn
from peernet.survey import Item, files, sheets, ties
from peernet.survey.answers import typed_answers
from peernet.survey.files import TextTable, read_table
from peernet.survey.issues import IssueLog
from peernet.survey.names import NameBook
from peernet.survey.nominations import NameReader, nominated_ties, parted
from peernet.survey.numbers import far_out
from peernet.survey.ties import TIE_COLUMNS, listed_ties
from tests.naive import names as naive_names
from tests.naive import numbers as naive_numbers

WORDS = st.sampled_from(["anna", "annabel", "ana", "hanna", "berg", "bergh", "burg", "holm", "holmberg", "li", "lee"])
NAMES = st.lists(WORDS | st.text("abn", min_size=1, max_size=6), min_size=1, max_size=3).map(tuple)
ROSTERS = st.lists(NAMES, min_size=1, max_size=8).map(lambda names: {f"p{i}": name for i, name in enumerate(names)})


@st.composite
def typed_and_roster(draw):
    """A name with up to two slips in it, its words turned round or run together, and those it may mean."""
    roster = draw(ROSTERS)
    text = " ".join(draw(st.permutations(draw(st.sampled_from([*roster.values()]) | NAMES))))
    for place in draw(st.lists(st.integers(0, 20), max_size=2)):
        letter = draw(st.sampled_from(["", "a", "b", "x", " "]))
        text = text[: place % len(text)] + letter + text[place % len(text) + draw(st.integers(0, 1)) :] or "a"
    return tuple(text.split()) or ("a",), roster


@settings(max_examples=400, deadline=None)
@given(typed_and_roster())
@example((("anna", "breg"), {"p0": ("anna", "berg"), "p1": ("ana", "berg")}))
@example((("berg", "anan"), {"p0": ("anna", "berg"), "p1": ("hanna", "berg")}))
@example((("annaberg",), {"p0": ("anna", "berg"), "p1": ("li", "berg")}))
@example((("berg", "berg"), {"p0": ("berg", "berg", "li"), "p1": ("berg",)}))
def test_a_name_is_read_as_when_it_is_held_against_everybodys(both):
    typed, roster = both
    reading = NameBook({person: " ".join(words) for person, words in roster.items()}).read(" ".join(typed).title())
    found, how = naive_names.read(typed, roster)
    assert (reading.candidates, reading.how) == (found, how)
    assert reading.person == (found[0] if len(found) == 1 else None)


@given(
    st.lists(st.text("ab1", min_size=1, max_size=5), min_size=1, max_size=8, unique=True), st.text("ab1", max_size=5)
)
def test_the_likely_identifier_is_one_slip_away_and_one_is_found_where_there_is_one(ids, typed):
    likely = NameBook(dict.fromkeys(ids, "")).likely_id(typed)
    if not typed.isdigit():
        near = [person for person in ids if naive_names.one_slip_away(typed, person)]
        assert likely in near if near else not likely


@given(st.text('ab,;|"\n\r', max_size=30))
@example('"a;b",c\n"d;e",f\n')
@example('"a\n;b",c\n"d\n;e",f\n')
@example("a,b\nc;d,e;f\n")
def test_a_mark_that_is_passed_over_would_have_parted_the_text_no_better(text):
    by_each = {mark: sheets._Parted.of(text, mark) for mark in sheets.SEPARATORS if mark in text}
    assert sheets._separator(text, sheets._begun(text)) == sheets._separator(text, by_each)


@given(st.text("ab\n\r\x0c\u2028", max_size=20), st.integers(0, 4))
def test_a_text_cut_in_pieces_has_the_same_lines(text, piece):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheets, "PIECE", piece)
        assert [*sheets._lines(text)] == re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)


EVEN = st.lists(
    st.sampled_from(["a", "b c", " x ", "'=1", "'t", "\u00a0é\x1c", '"q"', '""', '"a,b"', '"c""d"', '"x\ny"']),
    min_size=2,
)
PIECES = [*",;\t\n'=a ", "\r\n", "\r", '"', '""', '","', ",\n", "\u200b", "\u2028", "sep=,\n", "\n\n", "É"]
PIECES += ["e\u0301", "Ж", "\ufeff", "\0", "\udcc3", "\udca9", "\udce4"]  # the last three are bytes that are no UTF-8
TEXTS = st.lists(EVEN.map(",".join), min_size=1, max_size=4).map("\n".join) | st.lists(
    st.sampled_from(PIECES), max_size=14
).map(lambda pieces: "a,b\n" + "".join(pieces))


@settings(max_examples=500)
@given(TEXTS)
@example('a,b\n"1",2\n3,"4"\n')
@example('a,b\r\n"1\r\n1",2\r\n')
@example("a;b\n'=1,2; \u00a0x\n3;4\n")
@example('a,b\n1"2,"3\n')
@example("a,b\n,\n1,2")
@example("a,b\n1,\udcc3a\udca9\n")
@example("a,b\n1,\udcc3\udca9\n")
@example("a,b\n1,e\u0301\udcc3\n")
def test_a_table_parted_at_once_is_what_it_is_row_by_row(text):
    def read(folder):
        file, log = Path(folder) / "survey.csv", IssueLog()
        file.write_bytes(text.encode(errors="surrogateescape"))
        try:
            table = read_table(file, "utf-8", log)
        except pn.errors.SurveyError as error:
            return error.problems
        return table.cells.to_dict("split"), [*map(str, table.cells.dtypes)], table.semicolons, log.to_frame().to_dict()

    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        at_once = read(folder)
        patch.setattr(files, "even_columns", lambda *_: None)
        assert read(folder) == at_once


def test_what_stands_around_cells_is_what_python_strips():
    assert {*sheets._WHITE} == {letter for letter in map(chr, range(sys.maxunicode + 1)) if letter.isspace()}


def test_a_made_up_survey_is_parted_at_once(tmp_path):
    pn.make_survey().write(tmp_path)
    cells, semicolons = sheets.even_columns(tmp_path / "survey.csv", "utf-8")
    assert len(cells) > 200
    assert not semicolons


CELLS = st.lists(st.sampled_from(["", "1", "2", "6", "99", "x", "no", "YES", "Plan", "plan; Do", "none"]), max_size=8)
KINDS = [
    Item("q", "goal", "ordinal", low=1, high=5, missing=("2",)),
    Item("q", "goal", "ordinal", low=1, high=5, reverse=True),
    Item("q", "goal", "ordinal", categories=("no", "plan", "yes")),
    Item("q", "goal", "nominal", categories=("Plan", "Do")),
    Item("q", "goal", "binary"),
    Item("q", "goal", "multiple", categories=("Plan", "Do")),
    Item("q", "goal", "text"),
]


@given(st.sampled_from(KINDS), CELLS)
def test_a_column_is_read_as_its_cells_are_one_by_one(item, cells):
    people = [f"p{place}" for place in range(len(cells))]
    together, alone = IssueLog(), IssueLog()
    column = typed_answers(item, pd.Series(cells, index=people, dtype="str"), ("",), together)
    single = [
        typed_answers(item, pd.Series([cell], index=[person], dtype="str"), ("",), alone).astype(object).iloc[0]
        for person, cell in zip(people, cells, strict=True)
    ]
    pd.testing.assert_series_equal(column.astype(object), pd.Series(single, index=people, dtype=object))
    told, expected = together.to_frame(), alone.to_frame()
    by_person, by_person_alone = told[told["person"] != ""], expected[expected["person"] != ""]
    key = ["person", "problem", "done"]
    assert sorted(by_person[key].to_numpy().tolist()) == sorted(by_person_alone[key].to_numpy().tolist())


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 60.0, 61.0, 500.0, -90.0]), max_size=30))
def test_numbers_far_out_are_the_same_counted_or_one_by_one(numbers):
    out, rest = naive_numbers.far_out(numbers)
    found, ends = far_out(Counter(numbers))
    assert found == out
    assert not rest or ends == (rest[0], rest[-1])


PEOPLE = {"p1": "Ann Lee", "p2": "Bo Ek", "p3": "Åsa Lee", "p4": "Bo Ek", "no": "Nobody Nil", "p5": "R2 D2"}
TYPED = ["Ann Lee", "lee, ann", "ek bo", "Anne Lee", "P2", "p9", "asa  lee", "Lee", "nobody", "none", "-", "", "Cy"]
TYPED += ["1. Ann Lee", "Asa@Lee", "no", "nobody nil", "r2 d2", "Ann Lee and Bo Ek", "Anders Ny", "Cy"]


@given(st.lists(st.lists(st.sampled_from(TYPED), min_size=1, max_size=4).map("; ".join), min_size=1, max_size=6))
@example(["Ann Lee; Ann Lee", "Bo Ek; lee, ann", "-", "Anne Lee; asa lee"])
def test_a_column_of_names_is_read_as_its_cells_are_one_by_one(cells):
    item, teams = Item("q", "tie", layer="trust"), {"p1": "A", "p2": "A", "p3": "B", "p4": "B"}
    column = pd.DataFrame({"q": cells}, index=[*PEOPLE][: len(cells)], dtype="str")

    def said(tables):
        log = IssueLog()
        found = [nominated_ties([item], table, NameReader(NameBook(PEOPLE, teams), ("",), log)) for table in tables]
        issues = log.to_frame()
        parts = [
            sorted(person for one in found for person in getattr(one, part)["trust"])
            for part in ("answered", "incomplete")
        ]
        return [tie for one in found for tie in one.ties], *parts, issues[issues["person"] != ""].to_numpy().tolist()

    assert said([column]) == said(column.loc[[person]] for person in column.index)


@given(st.lists(st.text("ab; \t\x1c\u00a0\u2028ß", max_size=8), max_size=6), st.sampled_from([";", "ab", " ", ";;"]))
@example([], ";")
@example(["", ";", "a; b ;a"], ";")
def test_cells_are_parted_alike_with_pyarrow_and_without(cells, separator):
    def said():
        counts, places, pieces = parted(pd.Series(cells, dtype="str"), separator)
        return counts.tolist(), [pieces[place] for place in places]

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "pyarrow", None)
        alone = said()
    assert (
        said()
        == alone
        == ([len(c.split(separator)) for c in cells], [p.strip() for c in cells for p in c.split(separator)])
    )


def test_the_table_of_ties_holds_every_name_by_itself():
    survey = pn.load_example()
    items = survey.codebook.block("tie")
    book = NameBook(survey.people["name"].to_dict(), survey.people["team"].dropna().to_dict())
    by_id = survey.ties.groupby(["ego", "layer"], sort=False)["alter"].agg("; ".join)
    cells = pd.DataFrame(
        {item.name: by_id.xs(item.layer, level="layer").reindex(survey.people.index, fill_value="") for item in items}
    ).astype("str")
    ties = nominated_ties(items, cells, NameReader(book, ("",), IssueLog())).ties
    assert {*map(tuple, survey.ties[TIE_COLUMNS].to_numpy().tolist())} == {*ties}


STAFF = {"p1": "Ann Lee", "p2": "Bo Ek", "p3": "Cy Oz", "p4": "Cleo Oz", "nobody": "No Body"}
TIE_ITEMS = (
    Item("t", "tie", layer="trust", low=1, high=5, at_least=3),
    Item("w", "tie", layer="works_with"),
    Item("c", "tie", layer="candour", categories=("I don't know this person", "No", "Yes"), at_least="Yes"),
    Item("a", "tie", layer="advice", label="How often? (0 = I don't know this person)"),
)
ENDS = st.sampled_from([*STAFF, *STAFF, "P1", "Ann Lee", "Oz", "boss", "out", "Zed", "", "-"])
RATINGS = st.sampled_from(
    ["", "", "1", "2", "3", "3", "5", "5.0", "4,5", "9", "0", "-1", "Yes", "no", "99", "n/a", "njet"]
)
TIE_ROWS = st.fixed_dictionaries(
    {
        "ego": ENDS,
        "alter": ENDS,
        "layer": st.sampled_from([*("trust", "works_with", "candour", "advice") * 3, ""]),
        "rating": RATINGS | st.just("I don't know this person"),
        "asked": st.sampled_from([*[""] * 6, "yes", "no", "no answer", "njet"]),
    }
)


@settings(max_examples=300, deadline=None)
@given(st.lists(TIE_ROWS, max_size=12), st.booleans(), st.booleans())
@example(
    [{"ego": e, "alter": "p2", "layer": "trust", "rating": "3", "asked": ""} for e in ("p1", "Ann Lee")], True, True
)
def test_rows_of_ties_taken_in_at_once_say_what_they_say_one_by_one(rows, rated, semicolons):
    cells = pd.DataFrame(rows, columns=TIE_COLUMNS, index=range(2, len(rows) + 2), dtype="str")
    table = TextTable("ties.csv", cells if rated else cells.drop(columns=["rating", "asked"]), semicolons)

    def read() -> tuple[object, ...]:
        log = IssueLog()
        book = NameBook(STAFF, {"p3": "Quay", "p1": "Quay"}, {"boss": "p2", "out": "", "p4": "p3"})
        found = listed_ties(table, TIE_ITEMS, NameReader(book, ("", "99"), log))
        told = log.to_frame().to_numpy().tolist(), log.unread().to_numpy().tolist()
        return repr(found.listed), replace(found, listed=[]), told  # unknown ratings are not equal

    at_once = read()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ties._RowKinds, "plain", lambda self: np.zeros(len(self.rows), dtype=bool))
        assert read() == at_once


def test_a_row_read_by_itself_and_one_taken_in_at_once_about_the_same_two_are_told():
    rows = [("p1", "p2", "trust", "3", ""), ("p3", "p2", "trust", "4", ""), ("Ann Lee", "p2", "trust", "5", "")]
    log = IssueLog()
    cells = pd.DataFrame(rows, columns=TIE_COLUMNS, index=[2, 3, 4], dtype="str")
    found = listed_ties(TextTable("ties.csv", cells), TIE_ITEMS, NameReader(NameBook(STAFF), ("",), log))
    assert found.listed == [("p1", "p2", "trust", 5.0, True), ("p3", "p2", "trust", 4.0, True)]
    assert (
        "tie to p2 is listed more than once in ties.csv: 3 in row 2, 5 in row 4" in log.to_frame()["problem"].tolist()
    )
