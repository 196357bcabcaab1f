"""The method of `cluster_people` for any table, as an estimator; apart, as scikit-learn is slow to load."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import validate_data

from peernet.clusters.groups import Groups, GroupSettings, find_groups
from peernet.distance.distances import frame_distances
from peernet.errors import SettingError, did_you_mean


class PeerClusters(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Groups around exemplars in answers of any kind, as many as the evidence supports, possibly one.

    The method of `cluster_people` for any table, as a scikit-learn estimator.

    Parameters
    ----------
    n_clusters
        Number of groups, less those smaller than ``min_size``; by default the evidence decides, and may say that there
        is one.
    kinds
        Kind of each column of a frame, as in `gower_distances`; columns not named are numeric.
    ranges, weights, min_shared
        As in `gower_distances`.
    max_clusters, min_size, draws, resamples
        As in `cluster_people`.
    axes
        As in `cluster_people`: for tables most of which is missing, such as votes on many statements, and by default
        two axes there.
    random_state
        Seed, `numpy.random.RandomState` or `numpy.random.Generator`.

    Attributes
    ----------
    labels_
        Group of each row, from 0 for the largest; -1 for rows that could not be placed.
    n_clusters_
        Number of groups.
    exemplars_
        Row at the centre of each group; empty where there is one group by verdict.
    silhouette_
        Mean silhouette, 0 for one group.
    p_value_
        Of the test for more than one group; NaN where the number was given or there is too little to tell.
    stability_
        Mean Jaccard overlap of each group when rows are drawn again.
    evidence_
        Evidence for each number of groups, as in `PeopleClusters`.
    verdict_
        What was found, in words.

    References
    ----------
    As for `cluster_people`.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> answers = pd.DataFrame({"tea": [1, 1, 2, 1, 2, 5, 5, 4, 5, 4], "walks": [1, 2, 1, 1, 2, 5, 4, 5, 5, 4]})
    >>> found = pn.clusters.PeerClusters(n_clusters=2, random_state=0).fit(answers)
    >>> found.labels_
    array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    >>> found.verdict_
    'two groups, as asked'
    """

    def __init__(
        self,
        n_clusters: int | None = None,
        *,
        kinds: Mapping[Any, str] | None = None,
        ranges: Mapping[Any, tuple[float, float]] | None = None,
        weights: str | Mapping[Any, float] = "contribution",
        min_shared: float = 0.5,
        max_clusters: int = 8,
        min_size: int = 3,
        draws: int = 99,
        resamples: int = 100,
        axes: int | None = None,
        random_state: int | np.random.RandomState | np.random.Generator | None = 0,
    ) -> None:
        self.n_clusters = n_clusters
        self.kinds = kinds
        self.ranges = ranges
        self.weights = weights
        self.min_shared = min_shared
        self.max_clusters = max_clusters
        self.min_size = min_size
        self.draws = draws
        self.resamples = resamples
        self.axes = axes
        self.random_state = random_state

    def fit(self, X: pd.DataFrame | npt.ArrayLike, y: object = None) -> Self:  # noqa: ARG002
        """Find the groups.

        Parameters
        ----------
        X
            One row per person, one column per item; answers may be missing.
        y
            Ignored.

        Returns
        -------
        PeerClusters
            Itself, fitted.

        Raises
        ------
        SettingError
            If a setting is not allowed, ``kinds`` names no column, or an answer does not fit its kind or range.
        """
        frame = self._checked(X)
        kinds = _kinds_of(frame, self.kinds or {})
        distances = frame_distances(frame, kinds, self.ranges, self.weights, self.min_shared)
        settings = GroupSettings(
            self.n_clusters, self.max_clusters, self.min_size, self.draws, self.resamples, self.axes
        )
        rng = self.random_state
        if not isinstance(rng, np.random.Generator):
            rng = np.random.default_rng(check_random_state(rng).randint(2**31 - 1))
        return self._described(find_groups(distances, settings, rng), len(frame))

    def _checked(self, X: pd.DataFrame | npt.ArrayLike) -> pd.DataFrame:
        if self.kinds and isinstance(X, pd.DataFrame):
            validate_data(self, X, skip_check_array=True)
            return X
        array = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", ensure_min_samples=2)
        return pd.DataFrame(array, columns=getattr(self, "feature_names_in_", None))

    def _described(self, groups: Groups, n: int) -> Self:
        self.labels_ = np.full(n, -1)
        self.labels_[groups.placed] = groups.labels if len(groups.exemplars) else 0
        self.n_clusters_ = max(len(groups.exemplars), 1)
        self.exemplars_ = groups.exemplars
        self.silhouette_ = float(groups.silhouettes.mean()) if len(groups.silhouettes) else 0.0
        self.p_value_ = groups.p_value
        self.stability_ = groups.jaccards
        self.evidence_ = groups.evidence
        self.verdict_ = groups.words
        return self

    def __sklearn_tags__(self) -> Tags:
        tags: Any = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _kinds_of(frame: pd.DataFrame, kinds: Mapping[Any, str]) -> dict[Any, str]:
    columns = frame.columns.tolist()
    for name in kinds:
        if name not in columns:
            hint = did_you_mean(str(name), map(str, columns))
            raise SettingError(f"kinds names an item {name!r} that is no column.{hint}")
    return dict.fromkeys(columns, "numeric") | dict(kinds)
