"""Social relations model by the method of moments: who rates high, who is rated high, what is between the two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import lsmr

from peernet._arrays import Floats, Ints
from peernet._wording import Shown
from peernet.errors import SettingError, check_choice, did_you_mean
from peernet.survey.survey import Survey

RATINGS = ("given", "centred", "relationship")
PARTS = ("actor", "partner", "relationship", "generalised reciprocity", "dyadic reciprocity")
EXACT = 1e-14  # to this share of the ratings the effects are worked out; a smaller variance is none
WORST_CONDITION = 1e8  # of the equations for the variances; beyond it the parts cannot be told apart


@dataclass(frozen=True, eq=False, repr=False)
class SocialRelations(Shown):
    """Ratings taken apart into rater, rated and relationship.

    Parameters
    ----------
    table
        Index ``part``. ``actor`` (how much raters differ in lenience), ``partner`` (how much people differ in how
        they are rated) and ``relationship`` (what is particular to the two, errors included) have a variance as
        ``estimate`` and their share of the three as ``standardised``; ``generalised reciprocity`` (are lenient raters
        rated high?) and ``dyadic reciprocity`` (is a particular rating returned?) a covariance and a correlation.
    people
        Index ``person``; ``actor`` and ``partner`` effects, deviations from the mean; ``given`` and ``received``, the
        numbers of ratings. An effect is missing where a person gave or received none.
    ties
        One row per rating: ``ego``, ``alter``, ``rating``; ``centred``, the rating less the rater's lenience; and
        ``relationship``, less what the rated person receives from everybody as well. Both corrections are drawn in
        towards none where a person gave or received few ratings.
    mean
        The mean rating, as the model sees it.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> everyone = [(ego, alter) for ego in range(6) for alter in range(6) if ego != alter]
    >>> popular = pd.DataFrame(everyone, columns=["ego", "alter"]).assign(rating=lambda t: t["alter"] + 1.0)
    >>> pn.graph.social_relations(popular)
    <SocialRelations: 30 ratings, actor 0%, partner 100%, relationship 0% of the variance>
    """

    table: pd.DataFrame
    people: pd.DataFrame
    ties: pd.DataFrame
    mean: float

    def __repr__(self) -> str:
        shares = self.table["standardised"]
        parts = ", ".join(f"{part} {shares[part]:.0%}" for part in PARTS[:3])
        return f"<SocialRelations: {len(self.ties):,} ratings, {parts} of the variance>"


def social_relations(ties: pd.DataFrame, *, layer: str | None = None) -> SocialRelations:
    """Take ratings of colleagues apart: the rater's lenience, the rated person's standing, their relationship.

    Parameters
    ----------
    ties
        One row per rating, columns ``ego``, ``alter`` and ``rating``, such as ``survey.ties``. A rating of 0 is a
        rating; rows that were not ``asked`` or have no rating are left out.
    layer
        Which layer of ``ties`` to take, needed where it holds several.

    Returns
    -------
    SocialRelations
        ``.table`` of variances and reciprocities, effects of ``.people``, corrected ``.ties``.

    Raises
    ------
    SettingError
        If the layer is unknown or not named where there are several, or the ratings cannot be taken apart: all the
        same, or too few to tell the parts.

    Notes
    -----
    The six mean squares that do not depend on who is who are set equal to their expectations under the model, cell
    by cell, so ratings may be missing; with everybody rated by everybody this is the usual round-robin estimate. A
    variance estimated below zero is reported as it is; its share counts as zero. The effects are least squares.

    References
    ----------
    Kenny, D. A. & La Voie, L. (1984). The social relations model. Advances in Experimental Social Psychology 18,
    141-182. Henderson, C. R. (1953). Estimation of variance and covariance components. Biometrics 9, 226-252.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> everyone = [(ego, alter) for ego in range(6) for alter in range(6) if ego != alter]
    >>> lenient = pd.DataFrame(everyone, columns=["ego", "alter"]).assign(rating=lambda t: t["ego"] % 3 + 1.0)
    >>> pn.graph.social_relations(lenient).table["standardised"].head(3).round(6).tolist()
    [1.0, 0.0, 0.0]
    """
    rated = _ratings(ties, layer)
    codes, people = pd.factorize(np.concatenate([rated["ego"], rated["alter"]]))
    ego, alter = codes.reshape(2, -1)
    x = rated["rating"].to_numpy(dtype=float)
    seen = sparse.csr_array((np.ones(len(x)), (ego, alter)), shape=(len(people), len(people)))
    square = sparse.csr_array((x, (ego, alter)), shape=seen.shape)
    parts = _variance_components(seen, square)
    mean, actor, partner = _least_squares(ego, alter, x, len(people))
    effects = pd.DataFrame({"actor": actor, "partner": partner}, index=pd.Index(people, name="person"))
    effects["given"], effects["received"] = seen.sum(axis=1).astype(int), seen.sum(axis=0).astype(int)
    effects["actor"] = effects["actor"].where(effects["given"] > 0)
    effects["partner"] = effects["partner"].where(effects["received"] > 0)
    lenience, standing = _drawn_in(ego, alter, x - mean, parts, len(people))
    rated["centred"] = x - lenience[ego]
    rated["relationship"] = rated["centred"] - standing[alter]
    return SocialRelations(_variance_table(parts, float((x**2).mean())), effects, rated, mean)


def _ratings(ties: pd.DataFrame, layer: str | None) -> pd.DataFrame:
    """The ratings of one layer that can be used."""
    layers = ties["layer"].unique().tolist() if "layer" in ties else []
    if layer is None and len(layers) > 1:
        raise SettingError(f"These ties are of {len(layers)} layers ({', '.join(layers)}); name one as layer=.")
    if layer is not None and layer not in layers:
        raise SettingError(f"No ties of layer {layer!r}; there are {', '.join(layers)}.{did_you_mean(layer, layers)}")
    chosen = ties if layer is None else ties[ties["layer"] == layer]
    asked = chosen.get("asked", True)
    rated = chosen[chosen["rating"].notna() & (chosen["ego"] != chosen["alter"]) & asked]
    if rated["rating"].nunique() < 2:
        found = f"all are {rated['rating'].iloc[0]:g}" if len(rated) else "there are none"
        which = f"Ratings of layer {layer!r}" if layer else "Ratings"
        raise SettingError(f"{which} cannot be taken apart: {found}. Plain nominations have no lenience.")
    return rated[["ego", "alter", "rating"]].reset_index(drop=True)


def _variance_components(seen: sparse.csr_array, x: sparse.csr_array) -> Floats:
    """Actor, partner, relationship, actor-partner and dyadic parts by the method of moments."""
    expected = _expectations(seen)
    per_cell = expected / np.maximum(np.abs(expected).max(axis=1, keepdims=True), 1.0)
    if np.linalg.cond(per_cell) > WORST_CONDITION:
        raise SettingError(
            f"{seen.nnz} ratings among {seen.shape[0]} people are too few, or too one-sided, to tell raters, rated and "
            "relationships apart; a round robin of four people or more is enough."
        )
    return np.asarray(np.linalg.solve(expected, _sums_of_squares(seen, x))[1:])


def _expectations(seen: sparse.csr_array) -> Floats:
    """Per statistic, what each of squared mean, actor, partner, relationship, actor-partner and dyadic adds to it."""
    given, received, weight = _counts(seen)
    returned = seen.multiply(seen.T).sum(axis=1)
    total, mutual, product = seen.sum(), returned.sum(), given * received
    raters, rated = (given > 0).sum(), (received > 0).sum()
    squares = (given**2).sum() / total, (received**2).sum() / total
    return np.array(
        [
            [total, total, total, total, 0, 0],
            [mutual, 0, 0, 0, 2 * mutual, mutual],
            [total, total, raters, raters, 0, 0],
            [total, rated, total, rated, 0, 0],
            [product @ weight, 0, 0, 0, (product + returned) @ weight, returned @ weight],
            [total, *squares, 1, 2 * product.sum() / total, mutual / total],
        ]
    )


def _sums_of_squares(seen: sparse.csr_array, x: sparse.csr_array) -> Floats:
    """Sums of squares and products that do not depend on who is who."""
    given, received, weight = _counts(seen)
    sent, got = x.sum(axis=1), x.sum(axis=0)
    cells = x.multiply(x).sum(), x.multiply(x.T).sum()
    people = (sent**2 / np.maximum(given, 1)).sum(), (got**2 / np.maximum(received, 1)).sum()
    return np.array([*cells, *people, (sent * got * weight).sum(), sent.sum() ** 2 / seen.sum()])


def _counts(seen: sparse.csr_array) -> tuple[Floats, Floats, Floats]:
    """Ratings given and received by each person, and the weight of their product."""
    given, received = (np.asarray(seen.sum(axis=axis), dtype=float) for axis in (1, 0))
    return given, received, 1 / np.sqrt(np.maximum(given, 1) * np.maximum(received, 1))


def _least_squares(ego: Ints, alter: Ints, x: Floats, people: int) -> tuple[float, Floats, Floats]:
    """Mean, actor and partner effects; both sets of effects add up to zero over those who rated or were rated."""
    start = float(x.mean())
    found = lsmr(_design(ego, alter, people), x - start, atol=EXACT, btol=EXACT, maxiter=20 * people)[0]
    actor, partner = found[:people], found[people:]
    shift = float(actor[np.unique(ego)].mean()), float(partner[np.unique(alter)].mean())
    return start + sum(shift), actor - shift[0], partner - shift[1]


def _drawn_in(ego: Ints, alter: Ints, x: Floats, parts: Floats, people: int) -> tuple[Floats, Floats]:
    """Actor and partner effects drawn in towards zero by how much of the variance is theirs, and by few ratings."""
    actor, partner, relationship = np.maximum(parts[:3], 0.0)
    spread = np.repeat(np.sqrt([actor, partner]), people)
    noise = np.sqrt(max(relationship, EXACT))
    found = spread * lsmr(_design(ego, alter, people) * spread, x, damp=noise, atol=EXACT, btol=EXACT)[0]
    return found[:people], found[people:]


def _design(ego: Ints, alter: Ints, people: int) -> sparse.csr_array:
    """One row per rating, one column per rater and one per rated person."""
    rows = np.arange(len(ego))
    columns = np.concatenate([ego, alter + people])
    return sparse.csr_array((np.ones(2 * len(ego)), (np.tile(rows, 2), columns)), shape=(len(ego), 2 * people))


def _variance_table(parts: Floats, mean_square: float) -> pd.DataFrame:
    """Variances with their shares, covariances with their correlations."""
    parts = np.where(np.abs(parts) < EXACT * mean_square, 0.0, parts)
    actor, partner, relationship = variances = np.maximum(parts[:3], 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        correlations = parts[3:] / np.array([np.sqrt(actor * partner), relationship])
    standardised = [*variances / variances.sum(), *np.where(np.isfinite(correlations), correlations, np.nan)]
    return pd.DataFrame({"estimate": parts, "standardised": standardised}, index=pd.Index(PARTS, name="part"))


def corrected_ties(survey: Survey, ratings: str) -> pd.DataFrame:
    """The survey's ties, ratings of its foundation layers corrected as `RATINGS` says; plain nominations stay."""
    check_choice("ratings", ratings, RATINGS)
    ties = survey.ties.copy()
    if ratings == "given":
        return ties
    usable = ties[ties["rating"].notna() & ties["asked"]].groupby("layer")["rating"].nunique()
    layers = [layer for layer in survey.codebook.foundation if usable.get(layer, 0) > 1]
    if not layers:
        raise SettingError(
            f"ratings={ratings!r} needs foundation ties with ratings; this survey has nominations only. Use 'given'."
        )
    for layer in layers:
        own = social_relations(ties, layer=layer).ties.set_index(["ego", "alter"])[ratings]
        chosen = ties["layer"] == layer
        found = pd.MultiIndex.from_frame(ties.loc[chosen, ["ego", "alter"]])
        ties.loc[chosen, "rating"] = own.reindex(found).to_numpy()
    return ties
