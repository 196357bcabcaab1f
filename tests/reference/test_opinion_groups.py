"""On votes most of which are missing, groups agree with published ones at least as well as PCA with k-means does."""

from pathlib import Path

import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from peernet.clusters.people_clusters import PeerClusters

POLIS = Path(__file__).parents[3] / "shared" / "data" / "polis_opendata"
pytestmark = pytest.mark.skipif(not POLIS.is_dir(), reason="reference data are not here")


@pytest.mark.parametrize(
    ("conversation", "pca_kmeans"),
    [("brexit-consensus", 0.88), ("scoop-hivemind.taxes", 0.88), ("15-per-hour-seattle", 0.78)],
)
def test_groups_agree_with_the_published_ones(conversation, pca_kmeans):
    table = pd.read_csv(POLIS / conversation / "participants-votes.csv", index_col="participant")
    published = table["group-id"].dropna().astype(int)
    votes = table.loc[published.index].iloc[:, 5:].astype(float)
    votes = votes.loc[:, votes.notna().any()]
    found = PeerClusters(
        published.nunique(),
        kinds=dict.fromkeys(votes, "ordinal"),
        ranges=dict.fromkeys(votes, (-1, 1)),
        weights="equal",
        axes=2,
        resamples=1,
    ).fit(votes)
    assert round(adjusted_rand_score(published, found.labels_), 2) >= pca_kmeans
