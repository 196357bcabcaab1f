"""Missing answers: counted by question, and tested for whether they go with what people answer elsewhere."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

import peernet as pn
from peernet.errors import SettingError
from peernet.survey.quality import Patterns, littles_test, missing_answers


def test_missing_answers_count_among_those_who_answered_anything(tiny):
    table = missing_answers(tiny)
    assert table.index.name == "item"
    assert table.columns.tolist() == ["block", "asked", "answered", "missing"]
    assert table.loc["abroad"].tolist() == ["perspective", 5, 4, pytest.approx(0.2)]
    assert table.loc["years", "missing"] == 0
    assert table.loc["trusts"].tolist() == ["tie", 5, 4, pytest.approx(0.2)]
    assert table.loc["not_with", "answered"] == 1
    assert not {"name", "learning_1", "comment"} & set(table.index)


def correlated(rng: np.random.Generator, people: int = 60, items: int = 3) -> pd.DataFrame:
    common = rng.normal(size=(people, 1))
    return pd.DataFrame(common + rng.normal(size=(people, items)), columns=[*"abcdefgh"[:items]])


def with_gaps(rng: np.random.Generator, table: pd.DataFrame, share: float = 0.15) -> pd.DataFrame:
    """Answers missing completely at random."""
    return table.mask(rng.random(table.shape) < share)


def log_likelihood(answers: np.ndarray, mean: np.ndarray, covariance: np.ndarray) -> float:
    """Of a normal distribution, person by person, from the answers they gave."""
    total = 0.0
    for row in answers:
        g = np.flatnonzero(~np.isnan(row))
        total += multivariate_normal(mean[g], covariance[np.ix_(g, g)]).logpdf(row[g])
    return total


def test_mean_and_covariance_are_the_most_likely_ones_found_by_climbing_the_likelihood_itself(rng):
    answers = with_gaps(rng, correlated(rng)).dropna(how="all").to_numpy()
    mean, covariance, settled = Patterns(answers).normal_fit()
    lower = np.tril_indices(3)

    def minus(parameters: np.ndarray) -> float:
        root = np.zeros((3, 3))
        root[lower] = parameters[3:]
        return -log_likelihood(answers, parameters[:3], root @ root.T)

    start = np.concatenate([np.nanmean(answers, axis=0), np.diag(np.nanstd(answers, axis=0))[lower]])
    climbed = minimize(minus, start, method="BFGS", options={"gtol": 1e-5})
    assert settled
    assert log_likelihood(answers, mean, covariance) == pytest.approx(-climbed.fun, abs=1e-6)
    np.testing.assert_allclose(mean, climbed.x[:3], atol=1e-4)


def test_of_whole_answers_the_fit_is_their_mean_and_covariance(rng):
    answers = correlated(rng).to_numpy()
    mean, covariance, _ = Patterns(answers).normal_fit()
    np.testing.assert_allclose(mean, answers.mean(axis=0))
    np.testing.assert_allclose(covariance, np.cov(answers, rowvar=False, ddof=0), atol=1e-6)


def test_the_statistic_sums_how_far_the_means_of_each_pattern_lie(rng):
    table = with_gaps(rng, correlated(rng))
    found = littles_test(table)
    answers = table.dropna(how="all").to_numpy()
    mean, covariance, _ = Patterns(answers).normal_fit()
    d2 = answered = 0
    kinds = {tuple(row) for row in ~np.isnan(answers)}
    for kind in kinds:
        g = np.flatnonzero(kind)
        rows = answers[(~np.isnan(answers) == kind).all(axis=1)][:, g]
        off = rows.mean(axis=0) - mean[g]
        d2 += len(rows) * off @ np.linalg.inv(covariance[np.ix_(g, g)]) @ off
        answered += len(g)
    assert found.d2 == pytest.approx(d2)
    assert (found.df, found.patterns, found.people) == (answered - 3, len(kinds), len(answers))


def test_units_make_no_difference(rng):
    table = with_gaps(rng, correlated(rng))
    assert littles_test(table * [1.0, 1000.0, 0.001] + 50).d2 == pytest.approx(littles_test(table).d2, rel=1e-5)


def test_whoever_feels_strongly_and_skips_the_next_question_is_noticed(rng):
    table = correlated(rng, 200)
    table["c"] = table["c"].where(table["a"] < 1)
    found = littles_test(table)
    assert found.p < 1e-6
    assert repr(found).startswith("<LittlesTest: not missing completely at random (d2 = ")


def test_gaps_by_chance_are_not(rng):
    found = littles_test(with_gaps(rng, correlated(rng, 200)))
    assert found.p > 0.05
    assert found.words.startswith("nothing speaks against missing completely at random (d2 = ")


def never_together(table: pd.DataFrame) -> pd.DataFrame:
    """Of two items everybody answered one."""
    first = table.index < len(table) // 2
    return table.assign(a=table["a"].where(first), b=table["b"].where(~first))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda table: table, "nothing is missing"),
        (lambda table: table[["a"]].mask(table["b"] > 0), "fewer than two graded questions set people apart"),
        (
            lambda table: table.head(14).assign(a=table["a"].mask(table.index % 5 == 0)),
            "14 people are too few for 3 questions",
        ),
        (
            lambda table: table.assign(d=table["a"] + table["b"], c=table["c"].mask(table["a"] > 1)),
            "some answers follow",
        ),
        (never_together, "some questions were never answered by the same people"),
    ],
)
def test_where_it_cannot_be_told_it_says_why(rng, change, why):
    found = littles_test(change(correlated(rng)))
    assert np.isnan(found.p)
    assert np.isnan(found.d2)
    assert found.words.startswith(f"cannot be told: {why}")


def test_items_answered_alike_by_nearly_all_are_left_out_and_named(rng):
    table = with_gaps(rng, correlated(rng, 100)).assign(alike=3.0, rare=np.arange(100) < 4, years=0.0)
    table["years"] = np.exp(3 * rng.normal(size=100))
    found = littles_test(table.astype(float))
    assert found.left_out == ("alike", "rare", "years")
    assert found.items == 3


def test_of_a_survey_graded_answers_count_by_their_place(folder):
    items = (
        pn.survey.Item("id", "person"),
        pn.survey.Item("a", "perspective", "ordinal", low=1, high=5),
        pn.survey.Item("b", "perspective", "ordinal", categories=("Never", "Seldom", "Often")),
        pn.survey.Item("c", "perspective", "binary"),
        pn.survey.Item("d", "protected", "ordinal", low=1, high=5),
    )
    words = ["Never", "", "Seldom", "Often", "Never"]
    rows = "".join(
        f"p{i},{1 + i * 7 % 5},{words[i % 7 % 5]},{'yes' if i % 3 else 'no'},{i % 5 + 1}\n" for i in range(40)
    )
    survey = pn.read_survey(folder(items, survey=f"id,a,b,c,d\n{rows}"))
    found = littles_test(survey)
    by_hand = pd.DataFrame(
        {
            "a": [1.0 + i * 7 % 5 for i in range(40)],
            "b": [{"Never": 0.0, "Seldom": 1.0, "Often": 2.0}.get(words[i % 7 % 5], np.nan) for i in range(40)],
            "c": [float(bool(i % 3)) for i in range(40)],
        }
    )
    assert found == littles_test(by_hand)


def test_what_is_no_table_of_numbers_is_refused():
    with pytest.raises(SettingError, match=r"^answers must be a Survey or a table of numbers; got a list\.$"):
        littles_test([1, 2])
    with pytest.raises(SettingError, match=r"^answers must be numbers; 'b' are not\.$"):
        littles_test(pd.DataFrame({"a": [1], "b": ["x"]}))


@pytest.mark.parametrize("kind", ["normal", "five points", "pushed to one end"])
@pytest.mark.parametrize("surveys", [60, pytest.param(1000, marks=pytest.mark.slow)])
def test_it_seldom_speaks_against_chance_where_there_is_only_chance(rng, kind, surveys):
    """At the level .05, of eight items and 80 people, one answer in twenty missing."""
    points = {"normal": lambda x: x, "five points": lambda x: np.clip(np.round(3 + x), 1, 5)}
    graded = points.get(kind, lambda x: np.clip(np.round(4.2 + x), 1, 5))
    drawn = (with_gaps(rng, graded(correlated(rng, 80, 8)), 0.05) for _ in range(surveys))
    rejected = np.mean([littles_test(answers).p < 0.05 for answers in drawn])
    assert rejected <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / surveys)
