"""Reliability of scales: each measure by its formula, all with the codebook's keys, nothing where it means nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import SettingError
from peernet.survey import Codebook, Item, Survey
from peernet.survey.reliability import one_factor, reliability_of, scale_reliability

PERSON = Item("person", "person")


def scaled(names: str, scale: str = "s", **more) -> list[Item]:
    return [Item(n, "perspective", "ordinal", low=1, high=5, scale=scale, **more) for n in names]


def survey_of(answers: pd.DataFrame, items: list[Item]) -> Survey:
    people = answers.assign(answered=answers.notna().any(axis=1)).rename_axis("person")
    nothing = pd.DataFrame()
    return Survey(people, nothing, nothing, Codebook((PERSON, *items)), nothing, {})


def one_trait(rng, loadings: list[float], people: int = 400) -> pd.DataFrame:
    """Answers of one trait, each item with its loading and as much error as makes its variance 1."""
    weight = np.array(loadings)
    own = np.sqrt(1 - weight**2)
    trait, errors = rng.normal(size=(people, 1)), rng.normal(size=(people, len(weight)))
    return pd.DataFrame(trait * weight + errors * own, columns=[*"abcdefgh"[: len(weight)]])


def test_alpha_is_the_share_of_the_sum_that_items_have_in_common(rng):
    answers = one_trait(rng, [0.7, 0.6, 0.8])
    own, whole = answers.var(ddof=1).sum(), answers.sum(axis=1).var(ddof=1)
    assert reliability_of(answers)["alpha"] == pytest.approx(3 / 2 * (1 - own / whole))
    assert reliability_of(answers)["mean_r"] == pytest.approx(answers.corr().to_numpy()[np.triu_indices(3, 1)].mean())


def test_omega_needs_no_equal_loadings_and_alpha_falls_short_where_they_are_not(rng):
    loadings = [0.95, 0.3, 0.3, 0.3]
    exact = pd.DataFrame(np.outer(loadings, loadings) + np.diag(1 - np.square(loadings)))
    found, errors = one_factor(exact.to_numpy())
    assert np.abs(found) == pytest.approx(loadings, abs=1e-4)
    assert errors == pytest.approx(1 - np.square(loadings), abs=1e-4)
    measured = reliability_of(one_trait(rng, loadings, 4000))
    assert measured["omega"] == pytest.approx(sum(loadings) ** 2 / (sum(loadings) ** 2 + errors.sum()), abs=0.03)
    assert measured["alpha"] < measured["omega"] - 0.02


@pytest.mark.parametrize("surveys", [300, pytest.param(4000, marks=pytest.mark.slow)])
def test_the_interval_holds_the_true_alpha_of_parallel_items_as_often_as_it_says(rng, surveys):
    true = 4 * 0.36 / (1 + 3 * 0.36)
    found = [reliability_of(one_trait(rng, [0.6] * 4, 30)) for _ in range(surveys)]
    held = np.mean([one["low"] <= true <= one["high"] for one in found])
    assert held == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / surveys))


def test_two_items_have_the_spearman_brown_formula_and_no_omega(rng):
    answers = one_trait(rng, [0.8, 0.7])
    r = answers.corr().iloc[0, 1]
    table = scale_reliability(survey_of(answers, scaled("ab"))).table.loc["s"]
    assert table["spearman_brown"] == pytest.approx(2 * r / (1 + r))
    assert np.isnan(table["omega"])
    three = scale_reliability(survey_of(one_trait(rng, [0.7] * 3), scaled("abc"))).table.loc["s"]
    assert np.isnan(three["spearman_brown"])


def test_everything_rests_on_those_who_answered_every_item(rng):
    answers = one_trait(rng, [0.7, 0.6, 0.8])
    answers.iloc[:50, 1] = np.nan
    found = scale_reliability(survey_of(answers, scaled("abc")))
    assert found.table.loc["s", ["items", "people"]].tolist() == [3, 350]
    assert found.table.loc["s", "alpha"] == pytest.approx(reliability_of(answers.dropna())["alpha"])


def test_each_item_is_held_against_the_sum_of_the_others(rng):
    answers = one_trait(rng, [0.7, 0.6, 0.8])
    items = scale_reliability(survey_of(answers, scaled("abc"))).items.set_index("item")
    assert items.loc["b", "item_rest"] == pytest.approx(answers["b"].corr(answers["a"] + answers["c"]))
    assert items.loc["b", "alpha_without"] == pytest.approx(reliability_of(answers[["a", "c"]])["alpha"])
    assert (items["remark"] == "").all()


def test_an_item_turned_round_once_too_often_is_named_and_every_measure_keeps_the_codebooks_keys(shared):
    survey = pn.read_survey(shared / "cases" / "A15")
    found = scale_reliability(survey)
    assert repr(found) == "<ScaleReliability: 1 scale, alpha -0.03, q3 against its scale>"
    answers = survey.people[["q1", "q2", "q3", "q4"]]
    row = found.table.loc["change"]
    assert row["against"] == "q3"
    assert row["alpha"] == pytest.approx(reliability_of(answers)["alpha"])
    assert row["mean_r"] == pytest.approx(answers.corr().to_numpy()[np.triu_indices(4, 1)].mean())
    assert row["alpha_turned"] == pytest.approx(reliability_of(answers.assign(q3=6 - answers["q3"]))["alpha"])
    items = found.items.set_index("item")
    assert items.loc["q3", "remark"] == (
        'perhaps the file has it turned round already: then take "reverse" out of the codebook'
    )
    assert items.loc["q3", "item_rest"] < -0.9
    assert items["remark"].ne("").sum() == 1
    warned = survey.issues["done"].item()
    assert warned.endswith(items.loc["q3", "remark"]), "reading warns of the same, in the same words"


def test_words_in_order_are_graded_and_scales_of_one_item_or_none_are_left_out(folder):
    words = ("Never", "Seldom", "Often", "Always")
    graded = {"block": "perspective", "kind": "ordinal", "categories": words}
    items = (PERSON, *(Item(n, scale="s", **graded) for n in "ab"), Item("c", scale="t", **graded), Item("d", **graded))
    rows = "".join(f"p{i},{words[i % 4]},{words[i * i % 4]},{words[0]},{words[1]}\n" for i in range(12))
    found = scale_reliability(pn.read_survey(folder(items, survey=f"person,a,b,c,d\n{rows}")))
    assert found.table.index.tolist() == ["s"]
    codes = pd.DataFrame({"a": [float(i % 4) for i in range(12)], "b": [float(i * i % 4) for i in range(12)]})
    assert found.table.loc["s", "alpha"] == pytest.approx(reliability_of(codes)["alpha"])


def test_nothing_is_said_where_nothing_can_be(rng):
    answers = one_trait(rng, [0.7, 0.6, 0.8])
    few = reliability_of(answers.head(5))
    assert np.isnan(list(few.values())).all()
    alike = reliability_of(answers.assign(b=3.0))
    assert np.isnan(list(alike.values())).all()
    follows = reliability_of(answers.assign(d=answers["a"] + answers["b"]))
    assert np.isnan(follows["omega"])
    assert not np.isnan(follows["alpha"])


def test_a_survey_without_scales_has_an_empty_table(tiny):
    found = scale_reliability(survey_of(pd.DataFrame({"a": [1.0, 2.0]}), [Item("a", "perspective", "numeric")]))
    assert repr(found) == "<ScaleReliability: 0 scales, no item against its scale>"
    full = scale_reliability(survey_of(pd.DataFrame({"a": [1.0] * 9, "b": range(9)}, dtype=float), scaled("ab")))
    assert found.table.columns.tolist() == full.table.columns.tolist()
    assert found.items.columns.tolist() == full.items.columns.tolist()
    assert found._repr_html_()


def test_what_is_no_survey_is_refused():
    with pytest.raises(SettingError, match=r"^survey must be a Survey, which read_survey returns; got a list\.$"):
        scale_reliability([])
