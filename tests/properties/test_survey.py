"""What holds for every survey, however it was filled in."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peernet import read_survey
from peernet.errors import SurveyError
from peernet.survey import Codebook, Item, read_codebook
from peernet.survey.answers import typed_answers
from peernet.survey.issues import IssueLog
from peernet.survey.names import is_nobody, split_names
from tests.made.tiny import write_folder
from tests.strategies import CODEBOOK, TIES, RawFolder, codebooks, raw_folders

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
    more = other.issues.loc[~other.issues["problem"].isin(one.issues["problem"])]
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
