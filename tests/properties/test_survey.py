"""What holds for every survey, however it was filled in."""

from __future__ import annotations

import json
import random
import re
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peernet import Survey, read_survey
from peernet.errors import SurveyError
from peernet.survey import Codebook, Item, read_codebook
from peernet.survey.answers import typed_answers
from peernet.survey.issues import IssueLog
from peernet.survey.names import is_nobody, split_names
from tests.made.tiny import write_folder
from tests.strategies import CODEBOOK, TIES, RawFolder, as_csv, codebooks, raw_folders

FEW = settings(max_examples=30, deadline=None)


@FEW
@given(
    st.text(max_size=200) | st.text('id,;"\n\r\t\f\0 é', max_size=40) | st.binary(max_size=200),
    st.text(max_size=60) | st.none(),
)
def test_an_arbitrary_file_is_read_or_refused_with_a_survey_error(content, roster):
    files = {"survey": content} | ({} if roster is None else {"roster": roster.encode(errors="replace")})
    files = {name: data if isinstance(data, bytes) else data.encode(errors="replace") for name, data in files.items()}
    with TemporaryDirectory() as folder, suppress(SurveyError):
        read_survey(write_folder(Path(folder), CODEBOOK, **files))


@FEW
@given(st.lists(st.lists(st.text(max_size=6), min_size=6, max_size=6), min_size=1, max_size=5))
def test_an_arbitrary_table_with_the_right_header_is_read_or_refused_with_a_survey_error(cells):
    header = ["id", "name", "years", "goals", "trust", "learning"]
    text = pd.DataFrame(cells, columns=header).to_csv(index=False).encode(errors="replace")
    with TemporaryDirectory() as folder, suppress(SurveyError):
        survey = read_survey(write_folder(Path(folder), CODEBOOK, survey=text))
        assert survey.people.index.is_unique
        assert survey.people.index.name == "person"


@FEW
@given(raw_folders(repeats=False), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_neither_answers_nor_ties(raw: RawFolder, order: random.Random):
    shuffled = RawFolder(raw.codebook, order.sample(raw.survey, len(raw.survey)), raw.roster)
    one, other = raw.read(), shuffled.read()
    pd.testing.assert_frame_equal(one.people.sort_index(), other.people.sort_index())
    assert set(one.ties.itertuples(index=False, name=None)) == set(other.ties.itertuples(index=False, name=None))
    assert one.answered == other.answered
    assert sorted(map(tuple, one.outcomes.to_numpy())) == sorted(map(tuple, other.outcomes.to_numpy()))


@FEW
@given(raw_folders(repeats=False))
def test_every_name_typed_is_a_tie_or_a_row_of_issues(raw: RawFolder):
    survey = raw.read()
    for row in raw.survey:
        for layer in TIES:
            typed = [name for name in split_names(row[layer]) if not is_nobody(name)]
            ties = survey.ties[(survey.ties["ego"] == row["id"]) & (survey.ties["layer"] == layer)]
            told = survey.issues[(survey.issues["person"] == row["id"]) & (survey.issues["item"] == layer)]
            assert all(_is_told(name, told) or _names_a_tie(name, ties, survey.people) for name in typed)


def _is_told(typed: str, told: pd.DataFrame) -> bool:
    """Whether the issues speak of the name, or of each name it was taken for."""
    spoken = [told["problem"].str.contains(repr(part.strip()), regex=False).any() for part in typed.split(",")]
    return all(spoken) or told["problem"].str.contains(repr(typed), regex=False).any()


def _names_a_tie(typed: str, ties: pd.DataFrame, people: pd.DataFrame) -> bool:
    """Whether one of the alters is called that, but for case, order and commas."""
    words = sorted(typed.casefold().replace(",", " ").split())
    return any(sorted(name.casefold().split()) == words for name in people.loc[ties["alter"], "name"])


@FEW
@given(raw_folders())
def test_whoever_has_a_tie_answered_that_layer_and_the_survey(raw: RawFolder):
    survey = raw.read()
    assert set(survey.answered) == set(survey.layers)
    for layer, egos in survey.ties.groupby("layer")["ego"]:
        assert set(egos) <= survey.answered[layer]
    for who in survey.answered.values():
        assert survey.people.loc[sorted(who), "answered"].all()


@FEW
@given(raw_folders())
def test_nobody_is_lost_and_nobody_has_a_tie_to_themselves(raw: RawFolder):
    survey = raw.read()
    assert set(survey.people.index) == {row["id"] for row in (*raw.survey, *raw.roster)}
    assert (survey.ties["ego"] != survey.ties["alter"]).all()
    assert not survey.ties.duplicated(["ego", "alter", "layer"]).any()
    assert survey.ties[["ego", "alter"]].isin(survey.people.index).all(axis=None)


@FEW
@given(raw_folders())
def test_multiple_choices_are_frozensets_or_none_and_numbers_lie_within_limits(raw: RawFolder):
    people = raw.read().people
    assert all(choice is None or isinstance(choice, frozenset) for choice in people["goals"])
    assert people["years"].dropna().between(0, 40).all()
    assert people["bold"].dropna().between(1, 5).all()
    assert people["careful"].dropna().between(1, 5).all()


@given(st.lists(st.sampled_from(("", "1", "2", "3", "4", "5")), min_size=1, max_size=8))
def test_reversing_twice_gives_the_answers_back(cells):
    given_ = pd.Series(cells, index=[f"p{i}" for i in range(len(cells))], dtype="str")
    plain = Item("q", "perspective", "ordinal", low=1, high=5)
    turned = Item("q", "perspective", "ordinal", low=1, high=5, reverse=True)
    once = typed_answers(turned, given_, ("",), IssueLog())
    as_text = pd.Series(["" if pd.isna(number) else f"{number:g}" for number in once], index=once.index, dtype="str")
    twice = typed_answers(turned, as_text, ("",), IssueLog())
    pd.testing.assert_series_equal(twice, typed_answers(plain, given_, ("",), IssueLog()))


@given(codebooks())
def test_a_codebook_written_and_read_back_is_the_same(codebook: Codebook):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "codebook.json"
        path.write_text(json.dumps(codebook.to_descriptor()), encoding="utf-8")
        assert read_codebook(path) == codebook


@given(codebooks())
def test_reading_a_descriptor_leaves_it_untouched(codebook: Codebook):
    descriptor = codebook.to_descriptor()
    before = json.dumps(descriptor)
    Codebook.from_descriptor(descriptor)
    assert json.dumps(descriptor) == before


@settings(max_examples=10, deadline=None)
@given(raw_folders())
def test_reading_leaves_the_files_untouched_and_gives_the_same_survey_twice(raw: RawFolder):
    with TemporaryDirectory() as folder:
        path = raw.write(Path(folder))
        before = {file.name: file.read_bytes() for file in path.iterdir()}
        one, other = read_survey(path), read_survey(path)
        assert {file.name: file.read_bytes() for file in path.iterdir()} == before
    pd.testing.assert_frame_equal(one.people, other.people)
    pd.testing.assert_frame_equal(one.ties, other.ties)
    pd.testing.assert_frame_equal(one.issues, other.issues)


@FEW
@given(raw_folders(repeats=False), st.randoms(use_true_random=False))
def test_a_row_that_is_there_twice_is_told_and_changes_nothing_else(raw: RawFolder, order: random.Random):
    twice = order.choice(raw.survey)
    one, other = raw.read(), RawFolder(raw.codebook, [*raw.survey, twice], raw.roster).read()
    pd.testing.assert_frame_equal(one.people, other.people)
    pd.testing.assert_frame_equal(one.ties, other.ties)
    pd.testing.assert_frame_equal(one.outcomes, other.outcomes)
    known, now = (
        issues["problem"].str.replace(r"^rows? [\d, and]+ of ", "", regex=True) for issues in (one.issues, other.issues)
    )
    more = other.issues.loc[~now.isin(known)]
    assert more["person"].tolist() == [twice["id"]]
    assert more["problem"].item().startswith("has 2 rows in survey.csv: ")


@FEW
@given(raw_folders(repeats=False))
def test_a_column_of_one_answer_changes_nobody_elses_answers_and_nobodys_being_known(raw: RawFolder):
    codebook = Codebook((*raw.codebook, Item("constant", "perspective", "nominal")), raw.codebook.missing)
    one = raw.read()
    other = RawFolder(codebook, [row | {"constant": "alike"} for row in raw.survey], raw.roster).read()
    answers = one.people.drop(columns=["name", "team", "manager", "answered"])
    if any(len(set(answers[item].dropna())) > 1 for item in answers):
        pd.testing.assert_frame_equal(one.people, other.people.drop(columns="constant"))
        pd.testing.assert_frame_equal(one.ties, other.ties)


@pytest.mark.parametrize("seed", range(3))
def test_which_of_two_equally_complete_sheets_counts_is_the_last(seed, tmp_path):
    rows = [{"id": "p1", "bold": str(number)} for number in random.Random(seed).sample(range(1, 6), 3)]
    survey = RawFolder(Codebook(tuple(i for i in CODEBOOK if i.name in ("id", "bold"))), rows, []).read()
    assert survey.people["bold"].tolist() == [float(rows[-1]["bold"])]


# --- rows in = rows used + rows listed --------------------------------------------------------------------------------

PEOPLE = {"p1": "Ann Lee", "p2": "Bo Ek", "p3": "Cy Oz", "p4": "Eva Dahl"}
MESSY = Codebook(
    (
        Item("id", "person"),
        Item("name", "name"),
        Item("team", "team", "nominal"),
        Item("boss", "manager"),
        Item("years", "experience", "numeric", low=0, high=40),
        Item("level", "experience", "ordinal", categories=("Junior", "Senior")),
        Item("field", "perspective", "nominal"),
        Item("abroad", "perspective", "binary"),
        Item("bold", "perspective", "ordinal", low=1, high=5),
        Item("goals", "goal", "multiple", categories=("Lead", "Learn")),
        Item("room", "constraint", "numeric", role="capacity"),
        Item("out", "constraint", "binary", role="opted_out"),
        Item("not_with", "constraint", role="never_with"),
        Item("works_with", "tie", layer="works_with"),
        Item("trust", "tie", layer="trust", low=1, high=5, at_least=3),
        Item("late", "outcome", "numeric", low=0, high=100),
    ),
    missing=("", "NA"),
)
NAMES = ("", "NA", "nobody", "-", "p1", "p3", "Bo Ek", "Zed", "p1; p2", "Ann Lee; Zed", "p4; n/a", "Ek; nobody")
CHOICES = {
    "team": ("", "NA", "Quay", "quay", "?", "Yard"),
    "boss": ("", "p1", "Cy Oz", "Zed", "p1; p3", "-"),
    "years": ("", "NA", "3", "7,5", "41", "many", "2 years"),
    "level": ("", "Junior", "senior", "Head"),
    "field": ("", "Law", "law", "Arts"),
    "abroad": ("", "yes", "No", "perhaps"),
    "bold": ("", "1", "5.0", "2.5", "6"),
    "goals": ("", "none", "Lead", "lead; Learn", "Learn; Fly"),
    "room": ("", "0", "2", "0.5", "some"),
    "out": ("", "yes", "no", "skip"),
    "not_with": NAMES,
    "works_with": NAMES,
    "late": ("", "NA", "50", "101", "much"),
    "layer": (*("works_with", "trust") * 3, ""),
    "rating": ("", "1", "3", "5", "6", "much", "NA"),
    "asked": ("", "", "", "yes", "no", "no answer", "njet"),
    "ego": (*("p1", "p2") * 3, "Cy Oz", "Zed", ""),
    "alter": (*("p1", "p2", "p3") * 2, "Eva Dahl", "Zed", "nobody", "nobody", "", "-"),
}
COLUMNS_OF = {
    "survey": ("years", "level", "field", "abroad", "bold", "goals", "room", "out", "not_with", "works_with", "late"),
    "roster": ("team", "boss", "years"),
    "ties": ("ego", "alter", "layer", "rating", "asked"),
    "outcomes": ("late", "team"),
}
Cells = dict[str, str]


@st.composite
def messy_tables(draw: st.DrawFn) -> dict[str, list[Cells]]:
    """Tables with rows of people twice, of strangers, of nobody and of nothing, and cells that mean nothing."""
    tables = {}
    for table, columns in COLUMNS_OF.items():
        if table != "survey" and not draw(st.booleans()):
            continue
        row = st.fixed_dictionaries({column: st.sampled_from(CHOICES[column]) for column in columns})
        if table != "ties":
            row = st.tuples(st.sampled_from((*PEOPLE, *PEOPLE, "p9", "", "-")), row).map(_with_person(table))
        rows = draw(st.lists(row, min_size=1, max_size=6))
        if table != "ties":  # or it is refused for holding nobody
            rows[0]["id"] = rows[0]["id"] if rows[0]["id"] in PEOPLE else "p1"
        rows.insert(draw(st.integers(0, len(rows))), {}) if draw(st.booleans()) else None
        tables[table] = [dict.fromkeys(_heads(table), "") | cells for cells in rows]
    return tables


def _heads(table: str) -> tuple[str, ...]:
    named = {"ties": (), "outcomes": ("id",)}.get(table, ("id", "name"))
    return (*named, *COLUMNS_OF[table])


def _with_person(table: str):
    return lambda drawn: {
        "id": drawn[0],
        **({} if table == "outcomes" else {"name": PEOPLE.get(drawn[0], "")}),
        **drawn[1],
    }


@settings(max_examples=80, deadline=None)
@given(messy_tables())
def test_every_row_and_every_cell_that_is_not_used_stands_in_the_issues(tables):
    with TemporaryDirectory() as folder:
        files = {table: as_csv(rows) for table, rows in tables.items()}
        try:
            survey = read_survey(write_folder(Path(folder), MESSY, **files))
        except SurveyError:
            return  # which is told as well
    for table, rows in tables.items():
        for number, cells in enumerate(rows, start=2):
            told = _told_of_row(survey.issues, f"{table}.csv", number)
            if not any(cells.values()):
                assert any("blank" in problem for problem in told)
            elif not any("has no " in problem or "not among the people" in problem for problem in told):
                if table == "ties":
                    assert _is_tie(cells, survey) or told, (table, number, cells)
                else:
                    _assert_cells(table, number, rows, survey)


def _told_of_row(issues: pd.DataFrame, file: str, number: int) -> list[str]:
    """Problems that name a row of a file, alone or among others."""
    at_row = re.compile(rf"\brows? (?:[\d, and]+ )?{number}\b(?:[\d, and]+)? of {file}|{file}.* row {number}\b")
    return [problem for problem in issues["problem"] if at_row.search(problem)]


def _assert_cells(table: str, number: int, rows: list[Cells], survey: Survey) -> None:
    """Every cell of a row is used or told; of several rows that say the same, of one of them."""
    cells = rows[number - 2]
    person = cells["id"]
    for column, cell in cells.items():
        alike = [n for n, row in enumerate(rows, start=2) if (row["id"], row[column]) == (person, cell)]
        told = [problem for n in alike for problem in _told_of_row(survey.issues, f"{table}.csv", n)]
        whole = f"item {column!r} is in {table}.csv" in set(survey.issues["problem"])
        if cell in MESSY.missing or whole or person not in survey.people.index:
            assert cell in MESSY.missing or whole or told, (table, number, column)
            continue
        several = MESSY[column].kind == "multiple" or column in ("boss", "not_with", "works_with")
        for part in map(str.strip, cell.split(";") if several else [cell]):
            spoken = [problem for problem in told if repr(part) in problem or repr(cell) in problem]
            assert spoken or _is_used(person, column, part, survey, told), (table, number, column, part)


def _is_used(person: str, column: str, part: str, survey: Survey, told: list[str]) -> bool:
    """Whether the survey holds what one cell, or one part of it, says."""
    if column == "id":
        return True
    if column in ("boss", "not_with", "works_with"):
        return _names_somebody(person, column, part, survey, told)
    if column == "late":
        outcomes = survey.outcomes
        return bool(((outcomes["person"] == person) & (outcomes["value"] == float(part))).any())
    kept = survey.people.loc[person, column]
    if column in ("abroad", "out"):
        return kept is not pd.NA and bool(kept) is (part.casefold() == "yes")
    if column == "goals":
        return kept is not None and (part == "none" or part.casefold() in set(map(str.casefold, kept)))
    if column in ("years", "bold", "room"):
        return float(kept) == float(part.replace(",", "."))
    return str(kept).casefold() == part.casefold()


def _names_somebody(person: str, column: str, part: str, survey: Survey, told: list[str]) -> bool:
    people = survey.people["name"]
    meant = next((who for who in people.index if part in (who, people[who])), None)
    if column == "boss":
        own = any("their own manager" in problem for problem in told)
        return part == "-" or (person, meant) in survey.reporting_lines() or (meant == person and own)
    if column == "not_with":
        vetoed = survey.people.loc[person, "not_with"]
        return vetoed is not None and (part == "nobody" or meant in vetoed)
    if part == "nobody":
        return person in survey.answered["works_with"]
    ties = survey.ties[(survey.ties["ego"] == person) & (survey.ties["layer"] == "works_with")]
    return meant in set(ties.loc[ties["asked"] & (ties["rating"] > 0), "alter"]) or any(
        f"names {meant} in the survey" in problem for problem in told
    )


def _is_tie(cells: Cells, survey: Survey) -> bool:
    """Whether a row of ties is a row of the survey's, or says that its ego names nobody."""
    people = survey.people["name"]
    ego, alter = (
        next((who for who in people.index if cells[end] in (who, people[who])), "") for end in ("ego", "alter")
    )
    layer, said = cells["layer"], cells["rating"]
    if cells["alter"] == "nobody":
        return ego in survey.answered[layer] and cells["asked"] in ("", "yes") and said in MESSY.missing
    ties = survey.ties.set_index(["ego", "alter", "layer"])
    if (ego, alter, layer) not in ties.index:
        return False
    tie = ties.loc[(ego, alter, layer)]
    if cells["asked"] not in ("", "yes"):
        return said in MESSY.missing and (bool(tie["asked"]) is (cells["asked"] != "no"))
    if said in MESSY.missing:
        return bool(tie["asked"])
    known = ("1", "3", "5") if layer == "trust" else ("1", "3", "5", "6")
    return said in known and bool(tie["asked"]) and tie["rating"] == float(said)
