"""Planted groups are found where they are separable; surveys without groups get the verdict that there are none."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from peernet.clusters.people_clusters import PeerClusters, cluster_people
from tests.made.planted import gradient_answers, grouped_answers, mixed_gradient, survey_of_views


def found_in(answers, **settings):
    settings = {"views": ["perspective"], "draws": 39, "resamples": 30} | settings
    return cluster_people(survey_of_views(perspective=answers), **settings)


@pytest.mark.parametrize("groups", [2, 3, 4])
@pytest.mark.parametrize("seed", range(2))
def test_separable_groups_are_found_with_their_number(groups, seed):
    answers, group = grouped_answers(np.random.default_rng(seed), people=200, items=20, groups=groups, apart=1.6)
    found = found_in(answers)
    assert found.views.loc["perspective", "clusters"] == groups
    assert adjusted_rand_score(group, found.table["perspective"].to_numpy(dtype=int)) >= 0.9
    assert found.verdict("perspective").endswith("clear groups")


def share_without_groups(surveys, people, **settings):
    verdicts = []
    for seed in range(surveys):
        rng = np.random.default_rng(seed)
        kind = {"strength": seed % 3 / 2, "factors": 1 + seed // 3 % 2}  # unrelated, weakly and strongly related items
        found = found_in(gradient_answers(rng, people=people, **kind), **settings)
        verdicts.append(found.views.loc["perspective", "verdict"])
    return np.mean([verdict == "no groups" for verdict in verdicts])


def share_without_mixed_groups(surveys, people):
    verdicts = []
    for seed in range(surveys):
        frame, kinds = mixed_gradient(np.random.default_rng(seed), people, strength=seed % 3 / 2)
        verdicts.append(PeerClusters(kinds=kinds, draws=39, resamples=25, random_state=seed).fit(frame).verdict_)
    return np.mean([verdict.startswith("no groups") for verdict in verdicts])


def test_surveys_without_groups_are_told_so():
    assert share_without_groups(30, people=60) >= 0.9


def test_surveys_of_many_kinds_without_groups_are_told_so():
    assert share_without_mixed_groups(12, people=60) >= 0.9


@pytest.mark.slow
def test_two_hundred_surveys_of_many_kinds_without_groups_are_told_so():
    assert share_without_mixed_groups(200, people=100) >= 0.95


@pytest.mark.slow
def test_two_hundred_surveys_without_groups_are_told_so():
    assert share_without_groups(200, people=120, draws=99, resamples=100) >= 0.95
