"""Exposure counts distinct perspectives: clones add nothing, strangers up to one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import peernet as pn
from peernet.diversity.kernels import diverse_weights, support_inverses
from peernet.diversity.reach import reach_from, similarity_of
from peernet.errors import SettingError
from tests.made.surveys import survey_of
from tests.naive.diversity import best_subset_magnitude, gain


def city_block(answers: np.ndarray) -> np.ndarray:
    """Mean absolute difference over items, as between complete ordinal answers."""
    return np.abs(answers[:, None] - answers[None]).mean(axis=2) / 4


answer_tables = st.integers(1, 7).flatmap(
    lambda n: arrays(np.int64, (n, 4), elements=st.integers(1, 5)).map(lambda a: city_block(a.astype(float)))
)


class Table:
    """Distances held as an array, by block."""

    def __init__(self, distances: np.ndarray) -> None:
        self.distances = distances

    def block(self, rows, cols=None):
        return self.distances[rows] if cols is None else self.distances[np.ix_(rows, cols)]


@given(answer_tables, st.floats(0.05, 2.0))
@settings(max_examples=150, deadline=None)
def test_effective_perspectives_equal_the_best_subset(distances, scale):
    found = pn.diversity.effective_perspectives(distances, scale=scale)
    assert found == pytest.approx(best_subset_magnitude(np.exp(-distances / scale)), abs=1e-6)


@given(answer_tables, st.floats(0.05, 2.0))
@settings(max_examples=100, deadline=None)
def test_effective_perspectives_lie_between_one_and_everyone(distances, scale):
    assert 1 - 1e-9 <= pn.diversity.effective_perspectives(distances, scale=scale) <= len(distances) + 1e-9


@given(answer_tables, st.data())
@settings(max_examples=200, deadline=None)
def test_gain_equals_the_difference_of_two_exposures_on_every_path(distances, data):
    """The Schur complement, the warm start and the full problem all give the naive answer."""
    n = len(distances)
    scale = data.draw(st.floats(0.1, 1.0))
    heard = data.draw(st.sets(st.integers(0, n - 1)))
    ego = data.draw(st.integers(0, n - 1))
    own = np.array([ego, *sorted(heard - {ego})])
    reach = reach_from(Table(distances), scale, [own] + [np.array([i]) for i in range(1, n)])
    table, _ = reach.gains(np.array([0]))
    expected = [gain(distances, scale, own.tolist(), newcomer) for newcomer in range(n)]
    np.testing.assert_allclose(table[0], expected, atol=1e-6)


def test_gains_given_are_gains_had_by_the_others(rng):
    distances = city_block(rng.integers(1, 6, (12, 5)).astype(float))
    heard = [np.array([i, (i + 1) % 12, (i + 5) % 12]) for i in range(12)]
    reach = reach_from(Table(distances), 0.3, heard)
    own, given_ = reach.gains(np.arange(12))
    np.testing.assert_array_equal(own, given_.T)


def test_a_colleague_already_heard_adds_nothing(rng):
    distances = city_block(rng.integers(1, 6, (8, 5)).astype(float))
    reach = reach_from(Table(distances), 0.3, [np.array([0, 3, 5]), *[np.array([i]) for i in range(1, 8)]])
    own, _ = reach.gains(np.array([0]))
    assert (own[0, [0, 3, 5]] == 0).all()


def test_a_clone_of_a_colleague_already_heard_adds_exactly_nothing():
    answers = np.array([[1, 1, 1.0], [5, 5, 5], [5, 5, 5], [3, 1, 5]])
    reach = reach_from(Table(city_block(answers)), 0.3, [np.array([0, 1]), *[np.array([i]) for i in (1, 2, 3)]])
    assert reach.gains(np.array([0]))[0][0, 2] == 0.0


def test_being_like_everybody_is_no_gain_where_magnitude_would_reward_it():
    """Someone in the middle of a star raises magnitude by being close to all; they add no new perspective."""
    spokes = 12
    distances = np.full((spokes + 1, spokes + 1), 1.0)
    distances[-1, :] = distances[:, -1] = 0.5
    np.fill_diagonal(distances, 0.0)
    without, whole = distances[:-1, :-1], distances
    assert pn.diversity.magnitude(whole, scale=1.0) > pn.diversity.magnitude(without, scale=1.0) + 0.1
    assert pn.diversity.effective_perspectives(whole, scale=1.0) == pytest.approx(
        pn.diversity.effective_perspectives(without, scale=1.0)
    )


def test_effective_perspectives_equal_magnitude_where_its_weights_are_positive(rng):
    distances = rng.uniform(0.9, 1.0, (9, 9))
    distances = (distances + distances.T) / 2
    np.fill_diagonal(distances, 0)
    assert pn.diversity.effective_perspectives(distances) == pytest.approx(pn.diversity.magnitude(distances), abs=1e-9)


def test_nobody_holds_no_perspective():
    assert pn.diversity.effective_perspectives(np.empty((0, 0))) == 0.0


def test_an_undefined_distance_counts_as_one_scale():
    distances = np.array([[0.0, np.nan], [np.nan, 0.0]])
    known = np.array([[0.0, 0.7], [0.7, 0.0]])
    assert pn.diversity.effective_perspectives(distances, scale=0.7) == pytest.approx(
        pn.diversity.effective_perspectives(known, scale=0.7)
    )


def test_distances_that_contradict_each_other_still_give_a_bounded_number():
    """With answers missing, A can equal B and B equal C while A and C differ: similarity is then indefinite."""
    distances = np.array([[0, 0, 1.0], [0, 0, 0], [1.0, 0, 0]])
    assert np.linalg.eigvalsh(similarity_of(distances, 0.3))[0] < 0
    assert 1 <= pn.diversity.effective_perspectives(distances, scale=0.3) <= 2


def test_the_scale_must_be_positive():
    with pytest.raises(SettingError, match="scale must be above 0; got 0"):
        pn.diversity.effective_perspectives(np.zeros((2, 2)), scale=0)


def test_the_inverse_covers_only_people_with_weight(rng):
    Z = np.exp(-city_block(rng.integers(1, 6, (10, 4)).astype(float)) / 0.4)
    weights = diverse_weights(Z)
    inside = weights > 0
    inverse = support_inverses(Z.ravel(), weights, np.array([0, 10]), np.array([0, 100])).reshape(10, 10)
    np.testing.assert_allclose(
        inverse[np.ix_(inside, inside)] @ Z[np.ix_(inside, inside)], np.eye(inside.sum()), atol=1e-8
    )
    assert not inverse[~inside].any()


ANSWERS = {"a": 1, "b": 5, "c": 1, "d": 3}


@pytest.fixture
def scores():
    people = {name: {"perspective_1": answer, "perspective_2": answer} for name, answer in ANSWERS.items()}
    survey = survey_of(people, {"works_with": [("a", "c")], "trust": []})
    return pn.score_pairs(survey, pn.colleague_graph(survey))


def test_exposure_before_is_of_self_and_colleagues_heard(scores):
    before = pn.exposure(scores, []).table["before"]
    assert before["a"] == pytest.approx(1.0), "c thinks just like a"
    assert before["b"] == pytest.approx(1.0), "b hears nobody"


def test_exposure_after_hears_the_partner_on_both_sides(scores):
    found = pn.exposure(scores, [("a", "b")])
    own = scores.pair("a", "b")
    assert found.table.loc["a", "gain"] == pytest.approx(own["gain_a"])
    assert found.table.loc["b", "gain"] == pytest.approx(own["gain_b"])
    assert found.table.loc["d", "gain"] == 0
    assert found.table["partners"].tolist() == [1, 1, 0, 0]


def test_the_organisation_is_summed_up(scores):
    found = pn.exposure(scores, [("a", "b")])
    assert found.organisation.loc["mean", "after"] == pytest.approx(found.table["after"].mean())
    assert list(found.organisation.index) == ["mean", "median", "lowest", "gini"]


def test_colleagues_who_did_not_answer_are_counted_not_guessed():
    people = {"a": {"perspective_1": 1}, "b": {"perspective_1": 5}, "x": {"perspective_1": np.nan}}
    survey = survey_of(people, {"works_with": [("a", "x"), ("a", "b")], "trust": []})
    found = pn.exposure(pn.score_pairs(survey, pn.colleague_graph(survey)), []).table
    assert found["unknown"].tolist() == [1, 0, 0]
    assert np.isnan(found.loc["x", "before"])


def test_heard_by_follows_the_layers_and_the_rule():
    survey = survey_of({p: {"perspective_1": 1} for p in "abc"}, {"works_with": [("a", "b")], "trust": [("a", "c")]})
    graph = pn.colleague_graph(survey)
    assert [h.tolist() for h in pn.diversity.heard_by(graph)] == [[1], [0], []]
    assert [h.tolist() for h in pn.diversity.heard_by(graph, rule="mutual")] == [[], [], []]
    assert [h.tolist() for h in pn.diversity.heard_by(graph, contact=["trust"])] == [[2], [], [0]]
