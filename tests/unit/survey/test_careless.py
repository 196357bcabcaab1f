"""Careless answers: found, said why, never removed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

import peernet as pn
from peernet import Survey
from peernet.errors import SettingError
from peernet.survey import Codebook, Item
from peernet.survey.quality import answer_spread, careless_answers, even_odd_consistency, longest_run, mahalanobis

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


def test_whoever_ticks_one_box_all_the_way_down_is_flagged_although_half_the_items_are_reversed(rng):
    signs = careless_answers(survey_of(varied(rng) | {"straight": [4] * 12}))
    assert signs.index[signs["flag"]].tolist() == ["straight"]
    assert signs.loc["straight", ["answers", "longest_run", "spread"]].tolist() == [12, 12, 0.0]
    assert signs.loc["straight", "reason"].startswith("the same answer 12 times in a row; answers vary by 0.00 only")
    assert (signs.loc[~signs["flag"], "reason"] == "").all()


def test_a_run_of_half_the_items_is_too_long_and_one_less_is_not(rng):
    half, less = [3] * 6 + [1, 5, 2, 4, 1, 5], [3] * 5 + [1, 5, 2, 4, 1, 5, 2]
    signs = careless_answers(survey_of(varied(rng) | {"half": half, "less": less}))
    assert signs.loc[["half", "less"], "flag"].tolist() == [True, False]
    assert signs.loc["half", "reason"] == "the same answer 6 times in a row"


def test_answers_that_hardly_vary_are_flagged_without_a_long_run(rng):
    nearly = [3, 3, 4, 3, 3, 3, 4, 3, 3, 3, 4, 3]
    signs = careless_answers(survey_of(varied(rng) | {"nearly": nearly}))
    assert signs.loc["nearly", "reason"] == f"answers vary by {np.std(nearly, ddof=1):.2f} only"


def test_whoever_answered_too_little_is_not_judged(rng):
    short = [3] * 9 + [np.nan] * 3
    signs = careless_answers(survey_of(varied(rng) | {"short": short}))
    assert signs.loc["short", ["answers", "flag", "reason"]].tolist() == [9, False, ""]
    assert careless_answers(survey_of(varied(rng) | {"short": short}), at_least=9).loc["short", "flag"]


def test_only_items_on_the_usual_scale_count(rng):
    odd = [Item("o1", "perspective", "ordinal", low=0, high=10), Item("o2", "experience", "numeric", low=1, high=5)]
    tables = {person: [*row, 7, 5] for person, row in varied(rng).items()}
    signs = careless_answers(survey_of(tables, [*SCALE, *odd]))
    assert (signs["answers"] == 12).all()


def test_a_survey_without_numbered_items_flags_nobody():
    item = Item("level", "experience", "ordinal", categories=("Low", "High"))
    people = pd.DataFrame({"answered": [True, True], "level": pd.Categorical(["Low", "High"])}, index=["a", "b"])
    nothing = pd.DataFrame()
    signs = careless_answers(
        Survey(people.rename_axis("person"), nothing, nothing, Codebook((PERSON, item)), nothing, {})
    )
    assert signs[["answers", "longest_run", "flag"]].to_numpy().tolist() == [[0, 0, False], [0, 0, False]]


def test_people_who_did_not_answer_are_not_listed(rng):
    survey = survey_of(varied(rng, 3) | {"silent": [np.nan] * 12})
    assert careless_answers(survey).index.tolist() == ["p0", "p1", "p2"]


def of_scales(rng: np.random.Generator, people: int = 120) -> tuple[list[Item], dict[str, list[float]]]:
    """Honest answers to four scales of four items, every second worded against its scale, as they were ticked."""
    items = [
        Item(f"{scale}{i}", "perspective", "ordinal", low=1, high=5, scale=scale, reverse=i % 2 == 1)
        for scale in "abcd"
        for i in range(4)
    ]
    outlook = np.repeat(rng.normal(size=(people, 4)), 4, axis=1)
    keyed = np.clip(np.round(3 + outlook + 0.6 * rng.normal(size=outlook.shape)), 1, 5)
    ticked = np.where([item.reverse for item in items], 6 - keyed, keyed)
    return items, {f"p{i}": row.tolist() for i, row in enumerate(ticked)}


def test_a_combination_of_answers_that_nobody_gives_is_flagged_although_each_alone_is_usual(rng):
    items, ticked = of_scales(rng)
    signs = careless_answers(survey_of(ticked | {"clicked": [1, 2, 5, 4] * 4}, items))
    assert signs.loc["clicked", "chance"] < 1e-5
    told = f"hardly anybody combines answers so (squared distance {signs.loc['clicked', 'mahalanobis']:.0f})"
    assert signs.loc["clicked", ["flag", "reason"]].tolist() == [True, told]
    assert not careless_answers(survey_of(ticked | {"clicked": [1, 2, 5, 4] * 4}, items), unlikely=0).loc[
        "clicked", "flag"
    ]


def test_whether_an_item_is_turned_round_does_not_change_the_distance(rng):
    _, ticked = of_scales(rng)
    table = pd.DataFrame.from_dict(ticked, orient="index")
    turned = table.assign(**{str(k): 6 - table[k] for k in (1, 3)}).drop(columns=[1, 3])
    pd.testing.assert_series_equal(mahalanobis(table), mahalanobis(turned))


def test_the_distance_of_whoever_left_questions_out_is_that_of_the_others(rng):
    table = pd.DataFrame(rng.normal(size=(50, 3)))
    less = table.copy()
    less.loc[7, 2] = np.nan
    centre, covariance = less.mean(), less.cov()
    off = (less - centre).loc[7, [0, 1]].to_numpy()
    expected = off @ np.linalg.inv(covariance.loc[[0, 1], [0, 1]]) @ off
    assert mahalanobis(less)[7] == pytest.approx(expected)
    less.loc[7] = np.nan
    assert np.isnan(mahalanobis(less)[7])


@pytest.mark.parametrize("people", [36, 60, 90])
def test_few_honest_people_with_answers_missing_are_not_taken_for_careless(rng, people):
    """Covariances of different people need not fit together, and some would lie infinitely far."""
    beyond = judged = 0
    for _ in range(15):
        outlook = np.repeat(rng.normal(size=(people, 6)), 3, axis=1)
        answers = np.clip(np.round(3 + 0.9 * outlook + 0.7 * rng.normal(size=outlook.shape)), 1, 5)
        table = pd.DataFrame(answers).mask(rng.random(answers.shape) < 0.1)
        beyond += (chi2.sf(mahalanobis(table), table.notna().sum(axis=1)) < 0.001).sum()
        judged += people
    assert beyond <= 0.005 * judged


def test_distances_are_missing_where_they_cannot_be_told(rng):
    table = pd.DataFrame(rng.normal(size=(40, 3)))
    assert mahalanobis(table.assign(sum=table.sum(axis=1))).isna().all(), "one item follows from the others"
    assert mahalanobis(table.head(5)).isna().all(), "five people, three items"
    never_together = table.copy()
    never_together.loc[:20, 0] = np.nan
    never_together.loc[21:, 1] = np.nan
    assert mahalanobis(never_together).isna().all()
    assert mahalanobis(table[[]]).isna().all()
    pd.testing.assert_series_equal(mahalanobis(table.assign(alike=3.0)), mahalanobis(table))


def test_halves_of_scales_agree_in_honest_answers_and_not_in_those_ticked_all_the_same(rng):
    items, ticked = of_scales(rng)
    signs = careless_answers(survey_of(ticked | {"straight": [5] * 16}, items))
    assert signs.drop(index="straight")["even_odd"].median() > 0.9
    assert np.isnan(signs.loc["straight", "even_odd"]), "turned round, its halves are 5 and 1 in every scale"


def test_halves_are_means_of_the_answers_there_are_and_need_three_scales():
    scales = ["a", "b", "a", "b", "c", "c", "c", None]
    answers = pd.DataFrame(
        [
            [1, 3, 2, 5, 4, 1, 2, 5],  # odd: 1, 3, (4 + 2) / 2; even: 2, 5, 1
            [1, 3, 2, 5, 4, np.nan, 2, 5],  # of c one half alone
            [3, 3, 1, 5, 3, 1, 3, 5],  # odd halves all alike
        ],
        dtype=float,
    )
    r = np.corrcoef([1, 3, 3], [2, 5, 1])[0, 1]
    assert even_odd_consistency(answers, scales).tolist() == pytest.approx(
        [2 * r / (1 + r), np.nan, np.nan], nan_ok=True
    )
    assert even_odd_consistency(answers, [None] * 8).isna().all()


@pytest.mark.parametrize("kws", [{"run_share": 0}, {"run_share": 1.1}, {"at_least": 1}])
def test_settings_that_make_no_sense_are_refused(tiny, kws):
    with pytest.raises(SettingError, match=r"^run_share must be above 0 and at most 1, and at_least 2 or more; got "):
        careless_answers(tiny, **kws)


@pytest.mark.parametrize("unlikely", [-0.1, 1.5, "never"])
def test_a_chance_is_from_none_to_all(tiny, unlikely):
    with pytest.raises(SettingError, match=r"^unlikely must be a chance from 0 to 1; got "):
        careless_answers(tiny, unlikely=unlikely)


def test_the_planted_careless_answers_of_the_example_are_flagged_and_hardly_anybody_else():
    made = pn.make_survey()
    signs = careless_answers(made.read())
    careless = made.truth.index[made.truth["careless"]]
    assert signs.loc[careless, "flag"].all()
    assert signs["flag"].sum() <= len(careless) + 0.02 * len(signs)


def test_looking_for_carelessness_leaves_the_survey_untouched(rng):
    survey = survey_of(varied(rng))
    before = survey.people.copy()
    careless_answers(survey)
    pd.testing.assert_frame_equal(survey.people, before)
