"""Groups in one set of answers, also where there are too many people to compare them all."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from peernet import _groups
from peernet._groups import Groups, GroupSettings, find_groups
from peernet.distance import frame_distances
from peernet.errors import SettingError
from tests.planted_answers import gradient_answers, grouped_answers

QUICK = GroupSettings(draws=39, resamples=20)


def distances_of(answers):
    return frame_distances(answers, dict.fromkeys(answers, "ordinal"), None, "contribution", 0.5)


def groups_in(answers, settings=QUICK):
    return find_groups(distances_of(answers), settings, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("jaccards", "p_value", "verdict", "words"),
    [
        ([0.9, 0.6], 0.05, "groups", "two clear groups"),
        ([0.99, 0.59], 0.05, "pattern", "a pattern of two groups, do not act on it"),
        ([0.74, 0.74], 0.05, "pattern", "a pattern of two groups, do not act on it"),
        ([], 0.4, "no groups", "no groups: work with distances"),
        ([0.5, 0.5, 0.5], np.nan, "as asked", "three groups, as asked"),
        ([0.9] * 14, 0.01, "groups", "14 clear groups"),
    ],
)
def test_the_verdict_follows_from_the_test_and_the_stability(jaccards, p_value, verdict, words):
    exemplars = np.arange(len(jaccards))
    groups = Groups(exemplars, p_value=p_value, exemplars=exemplars, labels=exemplars, jaccards=np.array(jaccards))
    assert groups.verdict == verdict
    assert groups.words == words


def test_too_many_people_to_compare_are_grouped_around_the_exemplars_of_the_best_sample(monkeypatch):
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


def test_axes_are_refused_for_too_many_people(monkeypatch):
    monkeypatch.setattr(_groups, "WHOLE", 30)
    with pytest.raises(SettingError, match=r"^axes are for at most 30 people; got 40\. Leave axes=None\.$"):
        groups_in(gradient_answers(np.random.default_rng(1), people=40), GroupSettings(axes=2))
