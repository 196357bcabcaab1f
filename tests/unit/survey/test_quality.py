"""Careless respondents and missing answers: found, said why, never removed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet import Survey
from peernet.errors import SettingError
from peernet.survey import Codebook, Item
from peernet.survey.quality import answer_spread, careless_respondents, longest_run, missing_answers

SCALE = [Item(f"q{i}", "perspective", "ordinal", low=1, high=5, reverse=i % 2 == 1) for i in range(12)]
PERSON = Item("person", "person")


def survey_of(ticked: dict[str, list[float]], items: list[Item] = SCALE, **extra) -> Survey:
    """A survey in which these boxes were ticked; reversed items are turned round, as reading does."""
    given = pd.DataFrame.from_dict(ticked, orient="index", columns=[item.name for item in items]).astype(float)
    answers = given.assign(**{i.name: i.low + i.high - given[i.name] for i in items if i.reverse})
    people = answers.assign(answered=answers.notna().any(axis=1), **extra).rename_axis("person")
    nothing = pd.DataFrame()
    return Survey(people, nothing, nothing, Codebook((PERSON, *items)), nothing, {})


def varied(rng: np.random.Generator, n: int = 30) -> dict[str, list[float]]:
    return {f"p{i}": rng.permutation([1, 2, 3, 4, 5] * 3)[:12].tolist() for i in range(n)}


@pytest.mark.parametrize(
    ("row", "run"),
    [
        ([1, 1, 1, 2], 3),
        ([2, 1, 1, 1], 3),
        ([1, 2, 3, 4], 1),
        ([3, None, 3, 3], 3),
        ([None, None, 2, None], 1),
        ([None, None, None, None], 0),
        ([0, 0, 0, 0], 4),
    ],
)
def test_the_longest_run_counts_equal_answers_in_a_row_and_passes_over_gaps(row, run):
    assert longest_run(pd.DataFrame([row], dtype=float)).tolist() == [run]


def test_the_spread_is_the_sample_standard_deviation_of_the_answers_given():
    table = pd.DataFrame([[1, 2, 3, np.nan], [4, 4, 4, 4], [5, np.nan, np.nan, np.nan]])
    assert answer_spread(table).tolist() == pytest.approx([1.0, 0.0, np.nan], nan_ok=True)


def test_longest_run_and_spread_equal_the_r_package_careless(shared):
    folder = shared / "refs" / "careless_indices"
    answers, expected = (pd.read_csv(folder / name) for name in ("careless_dataset.csv", "expected_indices.csv"))
    assert longest_run(answers).tolist() == expected["longstring"].tolist()
    np.testing.assert_allclose(answer_spread(answers), expected["irv"], rtol=0, atol=1e-12)


def test_whoever_ticks_one_box_all_the_way_down_is_flagged_although_half_the_items_are_reversed(rng):
    signs = careless_respondents(survey_of(varied(rng) | {"straight": [4] * 12}))
    assert signs.index[signs["flag"]].tolist() == ["straight"]
    assert signs.loc["straight", ["answers", "longest_run", "spread"]].tolist() == [12, 12, 0.0]
    assert signs.loc["straight", "reason"] == "the same answer 12 times in a row; answers vary by 0.00 only"
    assert (signs.loc[~signs["flag"], "reason"] == "").all()


def test_a_run_of_half_the_items_is_too_long_and_one_less_is_not(rng):
    half, less = [3] * 6 + [1, 5, 2, 4, 1, 5], [3] * 5 + [1, 5, 2, 4, 1, 5, 2]
    signs = careless_respondents(survey_of(varied(rng) | {"half": half, "less": less}))
    assert signs.loc[["half", "less"], "flag"].tolist() == [True, False]
    assert signs.loc["half", "reason"] == "the same answer 6 times in a row"


def test_answers_that_hardly_vary_are_flagged_without_a_long_run(rng):
    nearly = [3, 3, 4, 3, 3, 3, 4, 3, 3, 3, 4, 3]
    signs = careless_respondents(survey_of(varied(rng) | {"nearly": nearly}))
    assert signs.loc["nearly", "reason"] == f"answers vary by {np.std(nearly, ddof=1):.2f} only"


def test_whoever_answered_too_little_is_not_judged(rng):
    short = [3] * 9 + [np.nan] * 3
    signs = careless_respondents(survey_of(varied(rng) | {"short": short}))
    assert signs.loc["short", ["answers", "flag", "reason"]].tolist() == [9, False, ""]
    assert careless_respondents(survey_of(varied(rng) | {"short": short}), at_least=9).loc["short", "flag"]


def test_only_items_on_the_usual_scale_count(rng):
    odd = [Item("o1", "perspective", "ordinal", low=0, high=10), Item("o2", "experience", "numeric", low=1, high=5)]
    tables = {person: [*row, 7, 5] for person, row in varied(rng).items()}
    signs = careless_respondents(survey_of(tables, [*SCALE, *odd]))
    assert (signs["answers"] == 12).all()


def test_a_survey_without_numbered_items_flags_nobody():
    item = Item("level", "experience", "ordinal", categories=("Low", "High"))
    people = pd.DataFrame({"answered": [True, True], "level": pd.Categorical(["Low", "High"])}, index=["a", "b"])
    nothing = pd.DataFrame()
    signs = careless_respondents(
        Survey(people.rename_axis("person"), nothing, nothing, Codebook((PERSON, item)), nothing, {})
    )
    assert signs[["answers", "longest_run", "flag"]].to_numpy().tolist() == [[0, 0, False], [0, 0, False]]


def test_people_who_did_not_answer_are_not_listed(rng):
    survey = survey_of(varied(rng, 3) | {"silent": [np.nan] * 12})
    assert careless_respondents(survey).index.tolist() == ["p0", "p1", "p2"]


@pytest.mark.parametrize("kws", [{"run_share": 0}, {"run_share": 1.1}, {"at_least": 1}])
def test_settings_that_make_no_sense_are_refused(tiny, kws):
    with pytest.raises(SettingError, match=r"^run_share must be above 0 and at most 1, and at_least 2 or more; got "):
        careless_respondents(tiny, **kws)


def test_the_planted_careless_respondents_of_the_example_are_flagged_and_hardly_anybody_else():
    made = pn.make_survey()
    signs = careless_respondents(made.read())
    careless = made.truth.index[made.truth["careless"]]
    assert signs.loc[careless, "flag"].all()
    assert signs["flag"].sum() <= len(careless) + 0.02 * len(signs)


def test_missing_answers_count_among_those_who_answered_anything(tiny):
    table = missing_answers(tiny)
    assert table.index.name == "item"
    assert table.columns.tolist() == ["block", "asked", "answered", "missing"]
    assert table.loc["abroad"].tolist() == ["perspective", 5, 4, pytest.approx(0.2)]
    assert table.loc["years", "missing"] == 0
    assert table.loc["trusts"].tolist() == ["tie", 5, 4, pytest.approx(0.2)]
    assert table.loc["not_with", "answered"] == 1
    assert not {"name", "learning_1", "comment"} & set(table.index)


def test_checking_quality_leaves_the_survey_untouched(rng):
    survey = survey_of(varied(rng))
    before = survey.people.copy()
    careless_respondents(survey)
    missing_answers(survey)
    pd.testing.assert_frame_equal(survey.people, before)
