"""Surveys without groups keep every item's answers, who answered, and how items go together."""

import numpy as np
import pandas as pd
import pytest

from peernet.clusters.evidence import answer_scores, latent_loadings, null_survey
from peernet.distance.coding import code_items
from peernet.distance.distances import gower_distances
from tests.naive import distance as naive


@pytest.fixture
def cloud():
    frame, kinds = naive.answers_of_every_kind(np.random.default_rng(2), 60, missing=0.2)
    items = code_items(frame, kinds)
    table = gower_distances(frame, kinds=kinds, min_shared=0)
    return items, answer_scores(items, np.nan_to_num(table, nan=np.nanmean(table)))


def test_every_item_keeps_its_answers_and_its_gaps(cloud):
    items, scores = cloud
    dealt = null_survey(items, scores, latent_loadings(scores), np.random.default_rng(0))
    np.testing.assert_array_equal(np.isnan(dealt.answers), np.isnan(items.answers))
    np.testing.assert_array_equal(np.sort(dealt.answers), np.sort(items.answers))
    assert (dealt.answers != items.answers).any(axis=1).all()


def test_a_set_of_answers_stays_together(cloud):
    items, scores = cloud
    dealt = null_survey(items, scores, latent_loadings(scores), np.random.default_rng(0))
    for v in np.flatnonzero(items.rules == items.rules.max()):
        words = slice(items.words[v], items.words[v + 1])
        before = np.vstack([np.nan_to_num(items.answers[v], nan=-1), items.bits[words]])
        after = np.vstack([np.nan_to_num(dealt.answers[v], nan=-1), dealt.bits[words]])
        np.testing.assert_array_equal(after[:, np.lexsort(after)], before[:, np.lexsort(before)])


def test_answers_that_are_equal_score_the_same_and_every_answer_scores(cloud):
    items, scores = cloud
    np.testing.assert_array_equal(np.isnan(scores), np.isnan(items.answers))
    for v in range(len(scores)):
        words = items.bits[items.words[v] : items.words[v + 1]]
        given = pd.DataFrame({"answer": items.answers[v], **dict(enumerate(words))}).dropna()
        keys = [given[column] for column in given]
        assert pd.Series(scores[v][given.index]).groupby([key.to_numpy() for key in keys]).nunique().max() == 1


@pytest.mark.parametrize("levels", [2, 3, 5, 1000])
def test_items_stay_as_alike_as_they_were(levels):
    rng = np.random.default_rng(1)
    general = rng.standard_normal(800)
    latent = 0.8 * general + 0.6 * rng.standard_normal((6, 800))
    frame = pd.DataFrame(latent.T).rank(pct=True).mul(levels).apply(np.ceil).add_prefix("q")
    items = code_items(frame, dict.fromkeys(frame, "ordinal"))
    scores = items.answers
    loadings = latent_loadings(scores)
    after = [null_survey(items, scores, loadings, rng).answers for _ in range(20)]
    before = np.corrcoef(scores)[np.triu_indices(6, k=1)]
    mean = np.mean([np.corrcoef(answers)[np.triu_indices(6, k=1)] for answers in after], axis=0)
    np.testing.assert_allclose(mean, before, atol=0.03)
    assert before.mean() > 0.3


def test_a_choice_from_which_nobody_chose_scores_the_same_for_everybody():
    frame = pd.DataFrame({"tools": [frozenset()] * 12, "years": np.arange(12.0)})
    items = code_items(frame, {"tools": "multiple", "years": "numeric"})
    scores = answer_scores(items, np.abs(np.arange(12.0)[:, None] - np.arange(12.0)))
    assert (scores[0] == 0).all()
    dealt = null_survey(items, scores, latent_loadings(scores), np.random.default_rng(0))
    assert (dealt.answers[0] == 0).all()
