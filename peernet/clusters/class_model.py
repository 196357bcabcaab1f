"""Latent class models of answers, fitted with StepMix: one likelihood for each number of classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from peernet._arrays import Floats, Ints
from peernet.survey.item import Item

__all__ = ["ClassModel", "answer_codes", "fit_classes"]


MANY = 7  # different answers; graded items with more are cut into bands
BANDS = 5
STEPS = 5_000  # of the EM algorithm at most
ROUGH, PRECISE = 1e-4, 1e-9  # mean gain in log-likelihood at which it stops
FOLLOWED = 3  # starts
SAME = 1.0  # difference in log-likelihood of starts that seem on the way to the same solution
MISSING_EXTRA = "Latent classes need StepMix, which is not installed. Install it with: pip install 'peernet[latent]'"


class ClassModel(NamedTuple):
    """A fitted model, its largest class first."""

    membership: Floats  # person x class
    log_likelihood: float
    parameters: int
    reached: float  # share of the random starts that led here

    @property
    def sizes(self) -> Ints:
        """People whose likeliest class each class is."""
        return np.bincount(self.membership.argmax(axis=1), minlength=self.membership.shape[1])

    @property
    def bic(self) -> float:
        """Bayesian information criterion: the smaller the better."""
        return float(np.log(len(self.membership)) * self.parameters - 2 * self.log_likelihood)

    @property
    def entropy(self) -> float:
        """How surely people are told apart: 1 where every class is certain, 0 where all are equally likely."""
        n, k = self.membership.shape
        doubt = -(self.membership * np.log(np.maximum(self.membership, 1e-300))).sum()
        return float(1 - doubt / (n * np.log(k))) if k > 1 else 1.0


def answer_codes(people: pd.DataFrame, items: Sequence[Item]) -> pd.DataFrame:
    """Every answer as a category from 0, missing where unanswered; choices option by option, many grades in bands."""
    codes = {name: code for item in items for name, code in _item_codes(people[item.name], item)}
    table = pd.DataFrame(codes, index=people.index, dtype=np.float64)
    return table.loc[:, table.max() > 0]  # not what everybody answers alike


def _item_codes(answers: pd.Series, item: Item) -> list[tuple[str, pd.Series]]:
    known = answers.dropna()
    if item.kind == "multiple":
        options = sorted(frozenset().union(*known))
        return [(f"{item.name}: {o}", known.map(lambda chosen, o=o: float(o in chosen))) for o in options]
    if item.kind in ("numeric", "ordinal") and known.nunique() > MANY:
        values = known.cat.codes if isinstance(known.dtype, pd.CategoricalDtype) else known
        known = pd.qcut(values.astype(np.float64), BANDS, labels=False, duplicates="drop")
    return [(item.name, pd.Series(pd.factorize(known, sort=True)[0], index=known.index, dtype=np.float64))]


def fit_classes(codes: pd.DataFrame, classes: int, *, starts: int, seed: int) -> ClassModel:
    """The likeliest model with this many classes; missing answers are left out of the likelihood.

    Every random start is followed roughly, and the best few to the end.
    """
    values = codes.to_numpy()
    seeds = [(seed + start) % 2**32 for start in range(starts if classes > 1 else 1)]
    rough = np.array([_fitted(values, classes, each, ROUGH).score(values) for each in seeds]) * len(values)
    best = [seeds[start] for start in np.argsort(-rough, kind="stable")[:FOLLOWED]]
    model = max((_fitted(values, classes, each, PRECISE) for each in best), key=lambda found: found.score(values))
    membership = model.predict_proba(values)
    order = np.argsort(-np.bincount(membership.argmax(axis=1), minlength=classes), kind="stable")
    likelihood, reached = float(model.score(values) * len(values)), float(np.mean(rough >= rough.max() - SAME))
    return ClassModel(membership[:, order], likelihood, int(model.n_parameters), reached)


def _fitted(values: Floats, classes: int, seed: int, precision: float) -> Any:  # noqa: ANN401
    kind = "categorical_nan" if np.isnan(values).any() else "categorical"
    settings = {"max_iter": STEPS, "abs_tol": precision, "random_state": seed, "progress_bar": 0}
    return _stepmix()(classes, measurement=kind, **settings).fit(values)


def _stepmix() -> type[Any]:
    try:
        from stepmix.stepmix import StepMix
    except ImportError as error:
        raise ImportError(MISSING_EXTRA) from error
    found: type[Any] = StepMix
    return found
