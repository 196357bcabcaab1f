"""Latent class analysis by expectation maximisation (EM, with StepMix): a second opinion on the groups of a view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from peernet._arrays import Floats
from peernet._parallel import progress_bar
from peernet._wording import Shown, count_in_words
from peernet.clusters.groups import FEWEST
from peernet.distance.distances import compared_items
from peernet.errors import SettingError, check_choice
from peernet.survey.item import Item
from peernet.survey.survey import Survey

FIT_COLUMNS = ["classes", "log_likelihood", "parameters", "bic", "entropy", "smallest", "reached"]
AGREES, ROUGHLY = 0.8, 0.65  # adjusted Rand index
MANY = 7  # different answers; graded items with more are cut into bands
BANDS = 5
STEPS = 5_000  # of the EM algorithm at most
ROUGH, PRECISE = 1e-4, 1e-9  # mean gain in log-likelihood at which it stops
FOLLOWED = 3  # starts
SAME = 1.0  # difference in log-likelihood of starts that seem on the way to the same solution
MISSING_EXTRA = "Latent classes need StepMix, which is not installed. Install it with: pip install 'peernet[latent]'"


@dataclass(frozen=True, repr=False, eq=False)
class LatentClasses(Shown):
    """Latent classes of people in one view, and whether they agree with groups found otherwise.

    Parameters
    ----------
    view
        The view.
    table
        Index ``person``, everybody on the roster: the likeliest ``class``, from 1 for the largest, and its
        ``probability``; missing for people who answered nothing, and ``class`` for everybody where there is one class.
    membership
        People who answered x classes: how likely each person belongs to each.
    evidence
        One row per number of ``classes`` tried: ``log_likelihood``, number of ``parameters``, ``bic`` (the smaller the
        better), ``entropy`` (1 where everybody's class is certain), people in the ``smallest`` class, and the share of
        the random starts that ``reached`` it within one unit of log-likelihood (doubtful where only one did).
    agreement
        Adjusted Rand index with the groups it was compared with, among people in both; NaN where either shows none.
    words
        What was found, and whether it agrees.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.clusters.latent_classes(pn.load_aarhus(), "experience").words
    'too few answers to tell'
    """

    MAIN_TABLE: ClassVar[str] = "evidence"

    view: str
    table: pd.DataFrame = field(repr=False)
    membership: pd.DataFrame = field(repr=False)
    evidence: pd.DataFrame = field(repr=False)
    agreement: float
    words: str

    def __repr__(self) -> str:
        return f"<LatentClasses: {self.view}, {self.words}>"


def latent_classes(
    survey: Survey,
    view: str,
    groups: pd.DataFrame | None = None,
    *,
    max_classes: int = 8,
    min_size: int = 3,
    starts: int = 10,
    rng: int | np.random.Generator = 0,
    progress: bool = True,
) -> LatentClasses:
    """Latent classes of people by their answers, as a second opinion on groups found by distance.

    Within a class, answers are taken to be independent of each other: every association between items must come from
    the classes. Answers that go together by degree therefore yield classes too. Latent classes can second groups, but
    unlike `cluster_people` they cannot establish that there are any.

    Parameters
    ----------
    survey
        The survey.
    view
        The block of answers. Every answer counts as a category, every option of a multiple choice as a yes or no, and
        graded items with more than seven different answers in five bands of about as many people.
    groups
        Groups per view to compare with, as in ``PeopleClusters.table``.
    max_classes
        The largest number of classes to try; the search ends before where the BIC has risen twice in a row.
    min_size
        Numbers with a smaller class are not chosen.
    starts
        Random starts for each number.
    rng
        Seed or generator. The order of people in the survey does not matter.
    progress
        Whether to show a progress bar where it takes longer than two seconds.

    Returns
    -------
    LatentClasses
        The number of classes has the smallest BIC, and may be one. Missing answers are left out of the likelihood,
        which is right where they are missing at random.

    Raises
    ------
    ImportError
        If StepMix is not installed.
    SettingError
        If a setting is not allowed, or the view is no block of answers or has no column in ``groups``.

    References
    ----------
    Lazarsfeld & Henry (1968), Latent Structure Analysis.
    Morin et al. (2025), StepMix: a Python package for pseudo-likelihood estimation of generalized mixture models with
    external variables, Journal of Statistical Software 113 (8).
    Steinley (2004), Properties of the Hubert-Arabie adjusted Rand index, Psychological Methods 9, 386-396 (for what
    counts as agreement).

    Examples
    --------
    >>> import peernet as pn
    >>> pn.clusters.latent_classes(pn.load_aarhus(), "perspective")
    <LatentClasses: perspective, too few answers to tell>
    """
    if min(max_classes, min_size, starts) < 1:
        raise SettingError(
            f"max_classes, min_size and starts must be at least 1; got {max_classes!r}, {min_size!r}, {starts!r}."
        )
    if groups is not None:
        check_choice("view", view, groups.columns)
    items = compared_items(survey, view)
    codes = _in_order(answer_codes(survey.people, items))
    table = pd.DataFrame({"class": pd.NA, "probability": np.nan}, index=survey.people.index).astype({"class": "Int64"})
    if len(codes) < FEWEST or len(items) < 2:
        nothing = pd.DataFrame(columns=FIT_COLUMNS, dtype=np.float64)
        return LatentClasses(view, table, pd.DataFrame(index=codes.index), nothing, np.nan, "too few answers to tell")
    seed = int(np.random.default_rng(rng).integers(2**32))
    tried = _tried(codes, max_classes, starts, seed, progress=progress)
    allowed = [model for model in tried if model.classes == 1 or model.smallest >= min_size]
    chosen = min(allowed, key=lambda model: model.bic)
    numbered = pd.RangeIndex(1, chosen.classes + 1, name="class")
    answered = table.index[table.index.isin(codes.index)]
    membership = pd.DataFrame(chosen.membership, index=codes.index, columns=numbered).loc[answered]
    table["probability"] = membership.max(axis=1)
    if chosen.classes > 1:
        table.loc[answered, "class"] = membership.idxmax(axis=1)
    evidence = pd.DataFrame(
        [[getattr(model, column) for column in FIT_COLUMNS] for model in tried], columns=FIT_COLUMNS
    )
    other = None if groups is None else groups[view].reindex(table.index)
    agreement = np.nan if other is None else _agreement(table["class"], other)
    words = second_opinion(chosen.classes, None if other is None else other.nunique(), agreement)
    return LatentClasses(view, table, membership, evidence, agreement, words)


def answer_codes(people: pd.DataFrame, items: Sequence[Item]) -> pd.DataFrame:
    """Every answer as a category from 0, missing where unanswered; choices option by option, many grades in bands."""
    codes = {name: code for item in items for name, code in _item_codes(people[item.name], item)}
    table = pd.DataFrame(codes, index=people.index, dtype=np.float64)
    return table.loc[:, table.max() > table.min()]  # not what everybody answers alike


def _item_codes(answers: pd.Series, item: Item) -> list[tuple[str, pd.Series]]:
    known = answers.dropna()
    if item.kind == "multiple":
        options = sorted(frozenset().union(*known))
        return [(f"{item.name}: {o}", known.map(lambda chosen, o=o: float(o in chosen))) for o in options]
    if item.kind in ("numeric", "ordinal") and known.nunique() > MANY:
        values = known.cat.codes if isinstance(known.dtype, pd.CategoricalDtype) else known
        known = pd.qcut(values.astype(np.float64), BANDS, labels=False, duplicates="drop")
    return [(item.name, pd.Series(pd.factorize(known, sort=True)[0], index=known.index, dtype=np.float64))]


def _in_order(codes: pd.DataFrame) -> pd.DataFrame:
    """People who answered, ordered by their answers so that the order of the survey does not matter."""
    answered = codes[codes.notna().any(axis=1)]
    return answered.iloc[np.lexsort(answered.to_numpy().T[::-1])] if answered.size else answered


def _tried(codes: pd.DataFrame, most: int, starts: int, seed: int, *, progress: bool) -> list[ClassModel]:
    """Models with 1, 2, ... classes, until the BIC has risen twice in a row."""
    tried: list[ClassModel] = []
    with progress_bar(most, "latent classes", wanted=progress) as bar:
        for k in range(1, most + 1):
            tried.append(fit_classes(codes, k, starts=starts, seed=seed))
            bar.update()
            if k > 2 and tried[-1].bic > tried[-2].bic > tried[-3].bic:
                break
    return tried


def fit_classes(codes: pd.DataFrame, classes: int, *, starts: int, seed: int) -> ClassModel:
    """The likeliest model with this many classes; missing answers are left out of the likelihood.

    Every random start is followed roughly, and the best few to the end. Whatever the codes are, the categories that
    occur are counted from 0, since StepMix estimates a probability for every number up to the largest.
    """
    values = codes.rank(method="dense").to_numpy() - 1
    seeds = [(seed + start) % 2**32 for start in range(starts if classes > 1 else 1)]
    rough = np.array([_fitted(values, classes, each, ROUGH).score(values) for each in seeds]) * len(values)
    best = [seeds[start] for start in np.argsort(-rough, kind="stable")[:FOLLOWED]]
    model = max((_fitted(values, classes, each, PRECISE) for each in best), key=lambda found: found.score(values))
    membership = largest_first(model.predict_proba(values))
    likelihood, reached = float(model.score(values) * len(values)), float(np.mean(rough >= rough.max() - SAME))
    return ClassModel(membership, likelihood, int(model.n_parameters), reached)


def largest_first(membership: Floats) -> Floats:
    """Classes (columns) by their people; equal ones, whose order is the start's, in that of their first person."""
    likeliest = membership.argmax(axis=1)[:, None] == np.arange(membership.shape[1])
    return membership[:, np.lexsort((likeliest.argmax(axis=0), -likeliest.sum(axis=0)))]


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


class ClassModel(NamedTuple):
    """A fitted model, its largest class first; among equal ones the one met first going down the people."""

    membership: Floats  # person x class
    log_likelihood: float
    parameters: int
    reached: float  # share of the random starts that led here

    @property
    def classes(self) -> int:
        """Number of classes."""
        return int(self.membership.shape[1])

    @property
    def smallest(self) -> int:
        """People whose likeliest class is the one with the fewest of them."""
        return int(np.bincount(self.membership.argmax(axis=1), minlength=self.classes).min())

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


def _agreement(one: pd.Series, other: pd.Series) -> float:
    """Adjusted Rand index of the people in both."""
    both = one.notna() & other.notna()
    return float(adjusted_rand_score(one[both], other[both])) if both.any() else np.nan


def second_opinion(k: int, groups: int | None, agreement: float) -> str:
    """What was found; beside groups found otherwise (0 where there were none), whether it agrees."""
    found = count_in_words(k, "latent class", "latent classes")
    if groups is None:
        return found if k > 1 else f"{found}: no groups"
    if k == 1:
        return f"a second method {'does not agree' if groups else 'agrees'}: no groups"
    if not groups:
        return f"a second method does not agree: {found}, which answers that go together by degree give as well"
    index = f"adjusted Rand index {agreement:.2f}"
    if agreement >= ROUGHLY:
        how = "" if agreement >= AGREES else " on the whole"
        return f"a second method agrees{how}: {found} of much the same people ({index})"
    how = "on the number only" if k == groups else "neither on the number nor on the people"
    return f"a second method agrees {how}: {found} ({index})"
