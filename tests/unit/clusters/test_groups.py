"""Groups in one set of answers, also where there are too many people to compare them all."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from peernet.clusters import groups as _groups
from peernet.clusters.groups import Groups, GroupSettings, find_groups
from peernet.distance.distances import frame_distances
from tests.made.planted import gradient_answers, grouped_answers

QUICK = GroupSettings(draws=39, resamples=20)


def distances_of(answers):
    return frame_distances(answers, dict.fromkeys(answers, "ordinal"), None, "contribution", 0.5)


def groups_in(answers, settings=QUICK):
    return find_groups(distances_of(answers), settings, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("jaccards", "seconded", "verdict", "words"),
    [
        ([0.9, 0.6], True, "groups", "two clear groups"),
        ([0.9, 0.6], False, "pattern", "a pattern of two groups, do not act on it"),
        ([0.99, 0.59], True, "pattern", "a pattern of two groups, do not act on it"),
        ([0.74, 0.74], True, "pattern", "a pattern of two groups, do not act on it"),
        ([0.9, np.nan], True, "pattern", "a pattern of two groups, do not act on it"),
        ([], True, "no groups", "no groups: work with distances"),
        ([0.9] * 14, True, "groups", "14 clear groups"),
    ],
)
def test_the_verdict_follows_from_the_stability_and_a_second_criterion(jaccards, seconded, verdict, words):
    groups = with_overlaps(jaccards, evidence=evidence(gap=2 if seconded else 1))
    assert groups.verdict == verdict
    assert groups.words == words


def with_overlaps(jaccards, **details):
    exemplars = np.arange(len(jaccards))
    return Groups(
        exemplars, p_value=0.01, exemplars=exemplars, labels=exemplars, jaccards=np.array(jaccards), **details
    )


def evidence(gap=1, prediction=1):
    """Evidence for up to three groups in which the two criteria choose these numbers."""
    number = np.arange(1, 4)
    strength = np.where(number <= prediction, 0.9, 0.2)
    gaps = {"gap": np.minimum(number, gap), "gap_se": 0.1}
    return pd.DataFrame({"excess": [0.0, 0.0, 0.1], "prediction_strength": strength, **gaps})


def test_every_criterion_says_how_many_groups_it_would_choose():
    groups = with_overlaps([0.9] * 3, evidence=evidence(gap=2, prediction=1))
    assert groups.chosen == {"silhouette": 3, "gap": 2, "prediction": 1}
    assert groups.seconded_by == ["gap"]
    assert with_overlaps([0.9] * 3, evidence=evidence(prediction=3)).seconded_by == ["prediction"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [(3, "three groups, as asked"), (5, "three groups, not five as asked: smaller ones dissolved")],
)
def test_a_number_that_was_given_is_said_to_be_kept_or_not(asked, words):
    groups = with_overlaps([0.5] * 3, asked=asked)
    assert groups.verdict == "as asked"
    assert groups.words == words


def test_sides_of_what_differs_by_degree_are_not_called_groups():
    groups = with_overlaps([0.9, 0.9], evidence=evidence(gap=2), cut=True)
    assert groups.verdict == "by degree"
    assert groups.words == "no separate groups: opinions differ by degree, cut in two for orientation"
    assert groups.seconded_by == []


def test_too_many_people_to_compare_join_the_groups_of_a_sample(monkeypatch):
    answers, group = grouped_answers(np.random.default_rng(2), people=300)
    whole = groups_in(answers)
    for limit in ("WHOLE", "TESTED", "RESAMPLED"):
        monkeypatch.setattr(_groups, limit, 100)
    sampled = groups_in(answers)
    assert len(sampled.core) == len(sampled.silhouettes) == sampled.resampled.shape[1] == 100
    assert len(sampled.labels) == len(sampled.placed) == 300
    assert set(sampled.core) <= set(sampled.placed)
    assert (np.diff(np.bincount(sampled.labels)) <= 0).all()
    assert adjusted_rand_score(group[sampled.placed], sampled.labels) > 0.85
    assert adjusted_rand_score(whole.labels, sampled.labels) > 0.85


def test_a_sample_labels_its_own_people_as_everybody_is_labelled(monkeypatch):
    answers, _ = grouped_answers(np.random.default_rng(2), people=300)
    monkeypatch.setattr(_groups, "WHOLE", 100)
    found = groups_in(answers)
    exemplars = [found.labels[found.placed == exemplar][0] for exemplar in found.exemplars]
    assert exemplars == list(range(len(found.exemplars)))


def test_groups_that_do_not_come_back_are_none(monkeypatch):
    answers, _ = grouped_answers(np.random.default_rng(5), people=60)
    assert groups_in(answers).verdict == "groups"
    monkeypatch.setattr(_groups, "LOST", 1.01)
    lost = groups_in(answers)
    assert lost.verdict == "no groups"
    assert lost.p_value <= 0.05
    assert not len(lost.labels)


def test_the_seed_decides_everything():
    answers = gradient_answers(np.random.default_rng(1), people=40)
    assert groups_in(answers).p_value == groups_in(answers).p_value


def test_a_group_that_does_not_come_back_is_given_up_for_a_smaller_number_all_of_which_do(monkeypatch):
    answers, _ = grouped_answers(np.random.default_rng(2), people=150)
    weighed = _groups.weigh_numbers

    def one_too_many(*args, **settings):
        table, p_value = weighed(*args, **settings)
        return table.assign(excess=np.where(table.index == 4, 9.0, table["excess"])), p_value

    monkeypatch.setattr(_groups, "weigh_numbers", one_too_many)
    assert groups_in(answers, GroupSettings(clusters=4, resamples=20)).jaccards.min() < 0.6
    assert groups_in(answers).words == "three clear groups"


def test_sparse_answers_place_everybody_who_answered_on_two_axes():
    answers, _ = grouped_answers(np.random.default_rng(3), people=120, items=60)
    sparse = answers.where(np.random.default_rng(4).random(answers.shape) < 0.3)
    asked = GroupSettings(clusters=3, resamples=5)
    by_default, on_two = (groups_in(sparse, replace(asked, axes=axes)) for axes in (None, 2))
    assert len(by_default.placed) == 120
    np.testing.assert_array_equal(by_default.labels, on_two.labels)


def votes(seed, likeness, people=120, statements=40):
    """Agree, pass or disagree, two in five statements voted on: by degree on one matter, or unrelated."""
    rng = np.random.default_rng(seed)
    side, weight = rng.standard_normal((people, 1)), likeness * rng.standard_normal(statements)
    leaning = side * weight + rng.standard_normal((people, statements))
    answers = pd.DataFrame(np.sign(np.trunc(3 * leaning))).add_prefix("s")
    return answers.where(rng.random(answers.shape) < 0.4), side[:, 0]


def test_sparse_votes_that_differ_by_degree_are_cut_and_others_are_not():
    answers, side = votes(seed=1, likeness=0.8)
    found = groups_in(answers)
    assert found.verdict == "by degree"
    assert found.p_value > 0.05
    assert adjusted_rand_score(side[found.placed] > np.median(side), found.labels) > 0.4
    assert groups_in(votes(seed=1, likeness=0)[0]).words == "no groups: work with distances"
    assert not groups_in(answers, replace(QUICK, axes=2)).cut, "axes that were asked for are tested and no more"


def test_people_who_voted_on_little_do_not_make_the_groups_and_join_the_nearest():
    answers, side = votes(seed=2, likeness=2)
    thin = answers.copy()
    thin.iloc[90:, 6:] = np.nan
    found = groups_in(thin, replace(QUICK, clusters=2))
    voted = thin.notna().sum(axis=1)[found.placed]
    assert set(found.core) == set(found.placed[voted >= 7])
    assert 85 <= len(found.core) <= 90 < len(found.placed) == len(found.labels)
    assert adjusted_rand_score(side[found.placed] > np.median(side), found.labels) > 0.5


def test_where_nobody_voted_on_much_everybody_makes_the_groups():
    answers, _ = votes(seed=2, likeness=2)
    found = groups_in(answers.iloc[:, :6], replace(QUICK, clusters=2, axes=2))
    assert len(found.core) == len(found.placed)
