"""On votes most of which are missing, groups agree with published ones at least as well as PCA with k-means does."""

from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from peernet.clusters.estimator import PeerClusters
from peernet.clusters.people_clusters import cluster_people
from tests.made.planted import survey_of_views

POLIS = Path(__file__).parents[3] / "shared" / "data" / "polis_opendata"
pytestmark = pytest.mark.skipif(not POLIS.is_dir(), reason="reference data are not here")


@pytest.mark.parametrize(
    ("conversation", "pca_kmeans"),
    [("brexit-consensus", 0.88), ("scoop-hivemind.taxes", 0.88), ("15-per-hour-seattle", 0.78)],
)
def test_groups_agree_with_the_published_ones(conversation, pca_kmeans):
    votes, published = votes_of(conversation)
    found = PeerClusters(
        published.nunique(),
        kinds=dict.fromkeys(votes, "ordinal"),
        ranges=dict.fromkeys(votes, (-1, 1)),
        weights="equal",
        axes=2,
        resamples=1,
    ).fit(votes)
    assert round(adjusted_rand_score(published, found.labels_), 2) >= pca_kmeans


@pytest.mark.parametrize(
    ("conversation", "pca_kmeans"),
    [("brexit-consensus", 0.88), ("scoop-hivemind.taxes", 0.88), ("15-per-hour-seattle", 0.78)],
)
def test_a_survey_that_is_as_sparse_is_grouped_the_same_way_without_being_told_to(conversation, pca_kmeans):
    votes, published = votes_of(conversation)
    survey = survey_of_views(perspective=3 + 2 * votes.set_axis(votes.index.astype(str).rename("person")))
    found = cluster_people(survey, views=["perspective"], clusters=published.nunique(), resamples=1, progress=False)
    assert round(adjusted_rand_score(published, found.table["perspective"].astype(int)), 2) >= pca_kmeans


@pytest.mark.parametrize(
    ("conversation", "pca_kmeans"),
    [("brexit-consensus", 0.88), ("scoop-hivemind.taxes", 0.88), ("15-per-hour-seattle", 0.77)],
)
def test_without_a_number_opinions_by_degree_are_cut_where_polis_cuts_them(conversation, pca_kmeans):
    """Everybody who voted is there, also those whom Polis left out for voting on too little."""
    votes, published = votes_of(conversation, everybody=True)
    survey = survey_of_views(perspective=3 + 2 * votes.set_axis(votes.index.astype(str).rename("person")))
    found = cluster_people(survey, views=["perspective"], draws=39, resamples=30, progress=False)
    assert found.views.loc["perspective", "verdict"] == "by degree"
    known = published.notna().to_numpy()
    assert adjusted_rand_score(published[known], found.table["perspective"][known].astype(int)) >= pca_kmeans


def votes_of(conversation, *, everybody=False):
    table = pd.read_csv(POLIS / conversation / "participants-votes.csv", index_col="participant")
    published = table["group-id"] if everybody else table["group-id"].dropna().astype(int)
    votes = table.loc[published.index].iloc[:, 5:].astype(float)
    return votes.loc[:, votes.notna().any()], published
