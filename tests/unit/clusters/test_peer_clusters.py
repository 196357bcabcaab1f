"""The estimator groups any table the scikit-learn way."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from peernet.clusters.estimator import PeerClusters
from peernet.errors import SettingError
from tests.made.planted import gradient_answers, grouped_answers
from tests.naive import distance as naive

QUICK = {"draws": 39, "resamples": 20}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks([PeerClusters(draws=9, resamples=3)])
def test_it_keeps_the_promises_of_an_estimator(estimator, check):
    """Scikit-learn skips one check: that of array libraries other than numpy, which is off unless asked for."""
    check(estimator)


def test_the_evidence_decides_the_number_of_groups():
    answers, group = grouped_answers(np.random.default_rng(5))
    found = PeerClusters(**QUICK).fit(answers)
    assert found.n_clusters_ == 3
    assert found.verdict_ == "three clear groups"
    assert found.p_value_ <= 0.05
    assert adjusted_rand_score(group, found.labels_) > 0.9
    assert found.labels_[found.exemplars_].tolist() == [0, 1, 2]
    assert np.bincount(found.labels_).tolist() == sorted(np.bincount(found.labels_), reverse=True)


def test_without_groups_everybody_is_in_the_one():
    found = PeerClusters(**QUICK).fit(gradient_answers(np.random.default_rng(0), strength=0))
    assert found.n_clusters_ == 1
    assert set(found.labels_) == {0}
    assert len(found.exemplars_) == 0
    assert found.verdict_ == "no groups: work with distances"


def test_a_number_that_is_asked_for_is_given_without_a_test():
    answers, _ = grouped_answers(np.random.default_rng(5))
    found = PeerClusters(4, **QUICK).fit(answers)
    assert found.n_clusters_ == 4
    assert found.verdict_ == "four groups, as asked"
    assert np.isnan(found.p_value_)
    assert len(found.stability_) == 4


def test_fewer_groups_than_asked_for_are_owned_up_to():
    apart = pd.DataFrame({"q": [0.0, 0.1, 0.2, 0.1, 9.0, 9.1, 9.2, 90.0]})
    found = PeerClusters(3, **QUICK).fit(apart)
    assert found.n_clusters_ == 2
    assert found.verdict_ == "two groups, not three as asked: smaller ones dissolved"
    assert PeerClusters(3, min_size=1, **QUICK).fit(apart).n_clusters_ == 3


def test_columns_of_an_array_are_named_by_their_position():
    answers = np.tile([[1.0, 0.0], [2.0, 0.0], [3.0, 9.0], [1.0, 9.0]], (4, 1))
    as_names = PeerClusters(2, kinds={0: "nominal"}, weights={0: 1.0}, **QUICK).fit(answers)
    as_numbers = PeerClusters(2, weights={0: 1.0}, **QUICK).fit(answers)
    assert as_names.silhouette_ != as_numbers.silhouette_


@pytest.mark.parametrize("state", [np.random.default_rng, np.random.RandomState])
def test_a_generator_of_either_kind_can_be_given(state):
    answers, _ = grouped_answers(np.random.default_rng(1))
    first, second = (PeerClusters(3, **QUICK, random_state=state(4)).fit(answers) for _ in range(2))
    np.testing.assert_array_equal(first.stability_, second.stability_)


def test_answers_of_every_kind_are_grouped_and_rows_without_answers_are_not(rng):
    frame, kinds = naive.answers_of_every_kind(rng, 40, missing=0.05)
    frame.iloc[7] = None
    found = PeerClusters(2, kinds=kinds, **QUICK).fit(frame)
    assert np.flatnonzero(found.labels_ == -1).tolist() == [7]
    assert found.n_clusters_ == 2


def test_the_same_seed_gives_the_same_groups_and_the_settings_stay_as_given():
    answers, _ = grouped_answers(np.random.default_rng(1), apart=0.8)
    asked = PeerClusters(**QUICK, random_state=3)
    first, second = clone(asked).fit(answers), clone(asked).fit(answers)
    np.testing.assert_array_equal(first.labels_, second.labels_)
    np.testing.assert_array_equal(first.stability_, second.stability_)
    assert first.get_params() == asked.get_params()


def test_axes_find_unequal_groups_in_votes_most_of_which_are_missing():
    rng = np.random.default_rng(3)
    group = np.repeat([0, 1], [120, 30])
    lean = rng.standard_normal((2, 60))
    votes = pd.DataFrame(np.sign(0.8 * lean[group] + rng.standard_normal((150, 60)))).add_prefix("v")
    seen = votes.where(rng.random(votes.shape) < 0.3)
    found = PeerClusters(2, axes=2, **QUICK).fit(seen)
    assert adjusted_rand_score(group, found.labels_) > 0.9
    np.testing.assert_array_equal(found.labels_, PeerClusters(2, **QUICK).fit(seen).labels_)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_clusters": 0}, "clusters must be at least 1; got 0"),
        ({"n_clusters": 50}, "50 groups were asked for, but only 12 people can be placed"),
        ({"n_clusters": 2.5}, r"^clusters must be a whole number; got 2\.5\.$"),
        ({"max_clusters": "8"}, r"^max_clusters must be a whole number; got '8'\.$"),
        ({"axes": 0}, "axes must be at least 1; got 0"),
        ({"kinds": {"q_0": "nominal"}}, r"^kinds names an item 'q_0' that is no column\. Did you mean 'q0'\?"),
        ({"kinds": {"q0": "numbers"}}, r"kinds\['q0'\] must be one of"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    answers = pd.DataFrame(np.random.default_rng(0).random((12, 3))).add_prefix("q")
    with pytest.raises(SettingError, match=message):
        PeerClusters(**settings).fit(answers)
