"""The number of groups is judged from several sides, against surveys without groups, and groups must come back."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from peernet.clusters.evidence import (
    Cloud,
    answer_scores,
    consensus,
    dealt,
    dealt_places,
    fit_cloud,
    gap_number,
    gap_statistic,
    jaccards,
    l_kurtosis,
    latent_loadings,
    mean_overlaps,
    prediction_strength,
    regroup,
    resample_people,
    stability_label,
    turned,
)
from peernet.clusters.partition import answer_places, by_all_answers, centres_of, groupings, main_directions, on_axes
from peernet.distance.coding import code_items
from tests.made.planted import camps, styled_answers, trait_answers
from tests.naive import distance as naive


def test_gap_is_the_mean_difference_of_log_dispersions_and_its_error_counts_the_draws():
    gap, se = gap_statistic(np.array([1.0, 0.5]), np.array([[1.0, 1.0], [1.0, 2.0]]))
    assert gap.tolist() == [0, 1]
    assert se == pytest.approx([0, 0.5 * np.sqrt(1.5)])


@pytest.mark.parametrize(
    ("gap", "se", "number"),
    [
        ([0.0, 0.0, 0.0], [0.0, 0.1, 0.1], 1),
        ([0.0, 0.5, 0.55], [0.0, 0.1, 0.1], 2),
        ([0.0, 0.5, 0.7], [0.0, 0.1, 0.1], 3),
        ([0.0, 0.05, 0.7, 0.6], [0.0, 0.1, 0.1, 0.1], 3),
        ([0.0, -0.1, 0.7, 0.6], [0.0, 0.1, 0.1, 0.1], 1),
    ],
)
def test_the_gap_chooses_the_first_number_within_one_standard_error_of_the_first_top(gap, se, number):
    assert gap_number(np.array(gap), np.array(se)) == number


def places_of(*columns):
    frame = pd.DataFrame({f"q{k}": column for k, column in enumerate(columns)})
    return answer_places(code_items(frame, dict.fromkeys(frame, "numeric")), np.full(len(columns), 1 / len(columns)))


def test_prediction_is_perfect_for_the_true_number_of_separate_groups_and_poor_beyond():
    rng = np.random.default_rng(0)
    corner = np.array([[0, 0], [10, 0], [5, 9]])[np.repeat([0, 1, 2], 20)] + rng.random((60, 2))
    strength = prediction_strength(places_of(*corner.T), 5, 1, 10, np.random.default_rng(1))
    assert strength[0] == strength[2] == 1
    assert strength[3:].max() < 0.8


def test_prediction_strength_equals_counting_pairs():
    places = places_of(*np.random.default_rng(2).random((2, 40)))
    people = np.argsort(np.random.default_rng(7).random(40), kind="stable")
    halves = [grouped_half(places.take(half), 3) for half in (people[:20], people[20:])]
    by_hand = np.mean([counted_strength(*halves), counted_strength(*halves[::-1])])
    assert prediction_strength(places, 3, 1, 1, np.random.default_rng(7))[2] == pytest.approx(by_hand)


def grouped_half(places, k):
    return by_all_answers(places), groupings(on_axes(places, main_directions(places, k - 1)), k)[-1]


def counted_strength(known, new):
    centres = centres_of(*known)
    predicted = np.array([np.argmin(((centres - person) ** 2).sum(axis=1)) for person in new[0]])
    shares = []
    for group in set(new[1]):
        pairs = list(combinations(np.flatnonzero(new[1] == group), 2))
        shares.append(np.mean([predicted[i] == predicted[j] for i, j in pairs]) if pairs else 1.0)
    return min(shares)


def test_overlap_is_with_the_best_match_among_the_people_drawn():
    label = np.array([0, 0, 0, 1, 1, 1])
    groups = np.array([[1, 1, 0, 0, 0, -1], [0, 0, -1, -1, -1, -1]])
    overlaps = jaccards(label, groups)
    assert overlaps[0] == pytest.approx([2 / 3, 2 / 3])
    assert overlaps[1] == pytest.approx([1, np.nan], nan_ok=True)


def test_a_group_that_is_never_drawn_has_no_mean_overlap_and_no_standing():
    assert mean_overlaps(np.array([[0.5, np.nan], [1.0, np.nan]])) == pytest.approx([0.75, np.nan], nan_ok=True)
    assert stability_label(np.nan) == "not known"


def test_consensus_is_the_share_of_joint_draws_that_put_two_people_together():
    groups = np.array([[0, 0, 1], [1, 0, 0], [0, -1, 0]])
    np.testing.assert_allclose(consensus(groups), [[1, 1 / 2, 1 / 3], [1 / 2, 1, 1 / 2], [1 / 3, 1 / 2, 1]])
    assert np.isnan(consensus(np.array([[0, -1]]))[0, 1])


def test_well_separated_groups_come_back_in_every_draw():
    place = np.repeat([0.0, 10.0, 20.0], 12) + np.linspace(0, 1, 36)
    drawn = resample_people(36, 36, 20, np.random.default_rng(0))
    groups = regroup(places_of(place), drawn, 3)
    assert jaccards(np.repeat([0, 1, 2], 12), groups).min() == 1
    for people, group in zip(drawn, groups, strict=True):
        assert set(np.flatnonzero(group >= 0)) == set(people)


@pytest.mark.parametrize(
    ("jaccard", "word"),
    [(0.85, "highly stable"), (0.84, "stable"), (0.75, "stable"), (0.6, "pattern only"), (0.59, "do not trust")],
)
def test_standing_follows_the_published_thresholds(jaccard, word):
    assert stability_label(jaccard) == word


# --- surveys without groups -------------------------------------------------------------------------------------------


@pytest.fixture
def survey():
    frame, kinds = naive.answers_of_every_kind(np.random.default_rng(2), 60, missing=0.2)
    items = code_items(frame, kinds)
    places = answer_places(items, np.full(len(items.answers), 1 / len(items.answers)))
    return items, places, answer_scores(items, on_axes(places, main_directions(places, 1))[:, 0])


def latent_of(scores, seed=0):
    return np.random.default_rng(seed).standard_normal(scores.shape)


def test_every_item_keeps_its_answers_and_its_gaps(survey):
    _, _, scores = survey
    new = dealt(scores, latent_of(scores))
    np.testing.assert_array_equal(np.isnan(new), np.isnan(scores))
    np.testing.assert_array_equal(np.sort(new), np.sort(scores))
    assert (new != scores)[~np.isnan(scores)].any()


def test_answers_are_dealt_in_the_order_of_what_people_would_say():
    scores = np.array([[3.0, 1.0, np.nan, 2.0]])
    assert dealt(scores, np.array([[0.1, 0.5, 9.0, -1.0]]))[0, [3, 0, 1]].tolist() == [1, 2, 3]


def test_the_columns_of_an_item_are_dealt_together(survey):
    items, places, scores = survey
    new = dealt_places(places, scores, latent_of(scores))
    np.testing.assert_allclose((new.columns**2).sum(axis=1), (places.columns**2).sum(axis=1))
    for v in np.unique(places.item):
        before, after = (each.columns[places.item == v][:, ~np.isnan(items.answers[v])] for each in (places, new))
        np.testing.assert_array_equal(after[:, np.lexsort(after)], before[:, np.lexsort(before)])


def test_answers_that_are_equal_score_the_same_and_every_answer_scores(survey):
    items, _, scores = survey
    np.testing.assert_array_equal(np.isnan(scores), np.isnan(items.answers))
    for v in range(len(scores)):
        words = items.bits[items.words[v] : items.words[v + 1]]
        given = pd.DataFrame({"answer": items.answers[v], **dict(enumerate(words))}).dropna()
        keys = [given[column] for column in given]
        assert pd.Series(scores[v][given.index]).groupby([key.to_numpy() for key in keys]).nunique().max() == 1


def test_a_choice_from_which_nobody_chose_scores_the_same_for_everybody():
    frame = pd.DataFrame({"tools": [frozenset()] * 12, "years": np.arange(12.0)})
    scores = answer_scores(code_items(frame, {"tools": "multiple", "years": "numeric"}), np.arange(12.0))
    assert (scores[0] == 0).all()
    fit_cloud(scores, np.random.default_rng(0))


@pytest.mark.parametrize("levels", [2, 3, 5, 1000])
def test_items_stay_as_alike_as_they_were(levels):
    rng = np.random.default_rng(1)
    latent = 0.8 * rng.standard_normal(800) + 0.6 * rng.standard_normal((6, 800))
    scores = np.ceil(pd.DataFrame(latent.T).rank(pct=True).to_numpy().T * levels)
    cloud = Cloud(latent_loadings(scores), np.eye(1), np.zeros(1), np.zeros(1), np.ones(6), 0.0)
    after = [dealt(scores, cloud.latent(rng, 800)) for _ in range(20)]
    before = np.corrcoef(scores)[np.triu_indices(6, k=1)]
    mean = np.mean([np.corrcoef(answers)[np.triu_indices(6, k=1)] for answers in after], axis=0)
    np.testing.assert_allclose(mean, before, atol=0.03)
    assert before.mean() > 0.3


def fitted(answers):
    return fit_cloud(answers.to_numpy().T, np.random.default_rng(0))


def test_a_lopsided_trait_is_found_to_be_so_and_a_normal_one_not():
    lopsided = [
        abs(fitted(trait_answers(np.random.default_rng(s), people=240, spread="skewed")).skews[0]) for s in range(4)
    ]
    normal = [abs(fitted(trait_answers(np.random.default_rng(s), people=240)).skews[0]) for s in range(4)]
    assert min(lopsided) > 0.4
    assert max(normal) < 0.25


def test_a_trait_is_lopsided_to_the_side_it_is_seen_on():
    answers = trait_answers(np.random.default_rng(0), people=240, spread="skewed")
    one, other = (fitted(each) for each in (answers, 6 - answers))
    sides = [np.sign(cloud.loadings[:, 0].sum() * cloud.skews[0]) for cloud in (one, other)]
    assert sides == [1, -1]


def test_traits_are_found_to_be_spread_evenly_and_normal_ones_not():
    def evenness(**settings):
        return [fitted(trait_answers(np.random.default_rng(s), people=240, **settings)).even for s in range(4)]

    assert min(even[0] for even in evenness(spread="even")) > 0.3
    assert max(even[0] for even in evenness()) < 0.3
    assert np.mean([even.max() for even in evenness(spread="even", traits=2)]) > 0.3


def test_people_are_as_spread_out_on_the_axes_of_new_surveys_as_they_were():
    """What is chance in the correlations of 30 items must not be met again with new chance on top."""
    scores = trait_answers(np.random.default_rng(0), people=120, items=30).to_numpy().T
    cloud, rng = fit_cloud(scores, np.random.default_rng(0)), np.random.default_rng(1)
    reached = np.mean([log_variances(dealt(scores, cloud.latent(rng, 120))) for _ in range(60)], axis=0)
    np.testing.assert_allclose(reached, log_variances(scores), atol=0.1)


def log_variances(scores):
    filled = np.where(np.isnan(scores), np.nanmean(scores, axis=1, keepdims=True), scores)
    standard = (filled - filled.mean(axis=1, keepdims=True)) / filled.std(axis=1, keepdims=True)
    return np.log(np.linalg.eigvalsh(np.cov(standard))[:-8:-1])


def test_an_item_to_which_all_answer_the_same_goes_with_no_other():
    scores = trait_answers(np.random.default_rng(0), people=240).to_numpy().T
    with_one_more = latent_loadings(np.vstack([scores, np.full(240, 3.0)]))
    np.testing.assert_allclose(with_one_more[-1], 0, atol=1e-9)
    np.testing.assert_allclose(np.abs(with_one_more[:-1, 0]), np.abs(latent_loadings(scores)[:, 0]), atol=0.01)


def test_l_kurtosis_is_the_mean_over_all_samples_of_four_as_a_share_of_that_of_two():
    values = np.random.default_rng(0).exponential(size=9)
    fours, twos = (np.array(list(combinations(np.sort(values), size))) for size in (4, 2))
    by_hand = (fours @ [-1, 3, -3, 1]).mean() / 4 / ((twos @ [-1, 1]).mean() / 2)
    assert l_kurtosis(values) == pytest.approx(by_hand)
    assert l_kurtosis(np.arange(20.0)) == pytest.approx(0)
    assert l_kurtosis(np.repeat([0.0, 1.0], 9)) < -0.2


@pytest.mark.parametrize("spread", [lambda normal: np.exp(0.7 * normal), ndtr], ids=["skewed", "even"])
def test_skewed_traits_and_evenly_spread_ones_are_told_apart(spread):
    """The main axes of two such traits are mixtures of them."""
    traits = spread(np.random.default_rng(0).standard_normal((2, 500)))
    traits -= traits.mean(axis=1, keepdims=True)
    traits /= traits.std(axis=1, keepdims=True)
    angle = np.array([[0.8, 0.6], [-0.6, 0.8]])
    turn = turned(angle @ traits)
    np.testing.assert_allclose(turn @ turn.T, np.eye(2), atol=1e-12)
    assert np.sort(np.abs(turn @ angle), axis=None)[-2:].min() > 0.98


def test_traits_that_are_hardly_skewed_or_even_are_not_turned():
    np.testing.assert_array_equal(turned(np.random.default_rng(0).standard_normal((3, 2_000))), np.eye(3))


def test_people_who_answer_more_extremely_than_others_are_noticed():
    assert fitted(styled_answers(np.random.default_rng(0), people=240)).extremes > 0.4
    assert fitted(trait_answers(np.random.default_rng(0), people=240)).extremes < 0.2


def test_a_fitted_cloud_is_as_skewed_and_as_spread_out_as_the_answers():
    scores = trait_answers(np.random.default_rng(1), people=240, spread="skewed").to_numpy().T
    cloud, rng = fit_cloud(scores, np.random.default_rng(0)), np.random.default_rng(1)
    new = [dealt(scores, cloud.latent(rng, 240)) for _ in range(60)]
    wanted, reached = shape_of(scores), np.mean([shape_of(each) for each in new], axis=0)
    assert abs(wanted[0]) > 0.5
    np.testing.assert_allclose(reached, wanted, rtol=0.15)


def shape_of(scores):
    """Skewness of the sum of the answers, and its variance."""
    total = np.nansum(scores - np.nanmean(scores, axis=1, keepdims=True), axis=0)
    return np.array([(total**3).mean() / total.std() ** 3, total.var()])


def test_camps_leave_no_trace_in_the_surveys_without_them():
    """Nobody in two camps answers like the one here and like the other there; in one cloud some do."""
    scores = camps(np.random.default_rng(0), wavering=0)[0].to_numpy().T
    new = dealt(scores, fit_cloud(scores, np.random.default_rng(0)).latent(np.random.default_rng(1), 60))
    assert np.unique(scores.sum(axis=0)).size == 2
    assert np.unique(new.sum(axis=0)).size > 3
