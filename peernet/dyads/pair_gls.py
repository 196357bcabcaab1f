"""Generalised least squares for pairs: two equations, one per side of a pair, whose errors hang together.

Where the members of a pair are interchangeable the sides are their sum and their difference, each divided by the root
of two: these have the variances sigma² (1 + rho) and sigma² (1 - rho) and no covariance, so that every rho between -1
and 1 can be had. Where they are two kinds the sides are the kinds. Where no coefficient stands in both equations the
estimates are exact in one step; else variances and coefficients take turns until neither moves (restricted or full
maximum likelihood).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import brentq
from scipy.special import stdtr, stdtrit

from peernet._arrays import Floats
from peernet.dyads.effects import LEVEL
from peernet.errors import EstimationError

MOST_TURNS = 50_000  # a likelihood that is nearly flat takes thousands
STILL = 1e-13  # relative change of the variances at which they stand still
NOTHING = 1e-10  # below this share of its length a column has nothing of its own; of the outcome's spread: no error
ROUNDING = 1e-13  # of the outcome's own size: no error either
MOST_EXACT = 100  # pairs up to which robust degrees of freedom follow from the whole distribution
ROUNDED = 1e-9  # of a variance, that much adds nothing
ANGLES = (np.polynomial.legendre.leggauss(30)[0] + 1) * np.pi / 4  # of a quarter turn
COUNTS = np.polynomial.legendre.leggauss(30)[1] / 2  # what each counts


@dataclass(frozen=True, kw_only=True)
class PairFit:
    """Coefficients of two equations, the variances of their errors, and how surely both are known.

    Parameters
    ----------
    coefficients
        Shape ``(terms,)``.
    covariance
        Of the coefficients, shape ``(terms, terms)``; under maximum likelihood times people / (people - terms).
    variances
        Of the errors of the two equations, shape ``(2, 2)``; diagonal where there is no covariance.
    errors
        Outcomes less what the coefficients give, shape ``(pairs, 2)``.
    log_likelihood
        Restricted under REML.
    of_variances
        Covariance of the estimated variances: of the two, or of both with the covariance last.
    whitened, bread, to_terms
        Design with errors of variance one, shape ``(pairs, 2, terms)``, in columns at right angles; the inverse of its
        cross-products; and what leads from those columns to the terms.
    changes
        How ``bread`` moves with each variance, shape ``(variances, terms, terms)``.
    by_weights
        What it adds to the covariance that the weights of the two equations are estimated, shape ``(terms, terms)``;
        nothing where no coefficient stands in both.
    pulls
        What each side of each pair adds to each coefficient per unit of its error, leverage made good, shape ``(pairs,
        2, terms)``, where the covariance takes nothing for granted but that pairs are independent; else None.
    """

    coefficients: Floats
    covariance: Floats
    variances: Floats
    errors: Floats
    log_likelihood: float
    of_variances: Floats
    whitened: Floats
    bread: Floats
    to_terms: Floats
    changes: Floats
    by_weights: Floats
    pulls: Floats | None

    def contrast(self, weights: Floats) -> tuple[float, float, float]:
        """Estimate, standard error and degrees of freedom of a weighted sum of coefficients."""
        weights = np.asarray(weights, dtype=float)
        variance = float(weights @ self.covariance @ weights)
        free = self._df(weights) if self.pulls is None else self._robust_df(weights)
        return float(weights @ self.coefficients), float(np.sqrt(variance)), free

    def variance_df(self, side: int) -> float:
        """Degrees of freedom behind the variance of one equation's errors."""
        return float(2 * self.variances[side, side] ** 2 / self.of_variances[side, side])

    def _df(self, weights: Floats) -> float:
        """Satterthwaite's, exact where a sum touches one equation only; fewer where weights between both are estimated.

        So many that Student's t is as far out as with standard errors widened for that (Kenward and Roger): these stay
        those of other software.
        """
        turned = self.to_terms.T @ weights
        slopes = np.einsum("i,vij,j->v", turned, self.changes, turned)
        size, added = float(turned @ self.bread @ turned), float(weights @ self.by_weights @ weights)
        free = float(2 * size**2 / (slopes @ self.of_variances @ slopes))
        if added <= ROUNDED * size:
            return free
        return df_at(float(stdtrit(free, (1 + LEVEL) / 2) * np.sqrt(1 + added / size)))

    def _robust_df(self, weights: Floats) -> float:
        """Those of Student's t that leaves 5 % beyond the very point beyond which the robust statistic has 5 %.

        That is, were the model right: then the robust variance is a sum of squares of normal numbers with some weights,
        and independent of the estimate. Of many pairs the first two moments of that sum (Bell and McCaffrey) say the
        same; of few they put the point too far out.
        """
        assert self.pulls is not None
        pulls, turned = self.pulls @ weights, self.to_terms.T @ weights
        sizes, spread = (pulls**2).sum(axis=1), np.einsum("psq,ps->pq", self.whitened, pulls)
        if len(sizes) <= MOST_EXACT:
            form = np.diag(sizes) - spread @ self.bread @ spread.T
            return df_like(np.linalg.eigvalsh(form).clip(0) / (turned @ self.bread @ turned))
        inner = self.bread @ spread.T @ spread
        trace = sizes.sum() - np.trace(inner)
        squares = (
            (sizes**2).sum()
            - 2 * (sizes @ np.einsum("pi,ij,pj->p", spread, self.bread, spread))
            + (inner * inner.T).sum()
        )
        return float(trace**2 / squares)


def df_like(parts: Floats) -> float:
    """Degrees of freedom at which Student's t has its 95 % point where ``z / sqrt(sum(parts * chi squared))`` has it.

    Given the sum, the chance of a larger z is a normal one, for which Craig's formula is a mean of exponentials over a
    quarter turn; so over all sums it is a mean of products, smooth enough for few angles.
    """

    def beyond(log_point: float) -> float:
        grown = np.log1p(np.exp(2 * log_point) / np.sin(ANGLES)[:, None] ** 2 * parts)
        return float(COUNTS @ np.exp(-grown.sum(axis=1) / 2)) - (1 - LEVEL)

    if not parts.any():
        return np.nan
    low, high = np.log([0.1, 1e6]) - np.log(parts.max()) / 2
    return df_at(float(np.exp(brentq(beyond, low, high, xtol=1e-12))))


def df_at(point: float) -> float:
    """Degrees of freedom at which Student's t has its 95 % point here; inf where it is as near as normal, or nearer."""

    def beyond(log_free: float) -> float:
        return float(2 * stdtr(np.exp(log_free), -point)) - (1 - LEVEL)

    least, most = np.log([0.01, 1e6])
    if beyond(most) >= 0:
        return np.inf
    return float(np.exp(brentq(beyond, least, most, xtol=1e-12))) if beyond(least) > 0 else 0.01


def error_without_each(part: Floats, basis: Floats, left: Floats) -> tuple[float, Floats]:
    """Standard error of ``part @ outcomes`` from each row's error as it is without the row (HC3).

    ``left`` is what a fit leaves of rows that vary alike and are unrelated, if all is as the model has it, and the
    product of ``basis`` and its transpose what it takes of them. Squares are made as large as they then should be on
    average; they are a sum of squares of independent normal numbers, counted as the second result says (1 in all, see
    `df_like`). Missing where a row that counts tells itself wholly.
    """
    free, size = 1 - (basis**2).sum(axis=1), float(part @ part)
    alone = free <= NOTHING
    if (alone & (part**2 > NOTHING**2 * size)).any():
        return np.nan, np.full(len(part), np.nan)
    pull = np.where(alone, 0.0, part / np.where(alone, 1.0, free))
    if not (expected := float(pull**2 @ free)):
        return 0.0, np.zeros(len(part))
    pull *= np.sqrt(size / expected)
    turned = pull[:, None] * basis
    counts: Floats = np.linalg.eigvalsh((np.diag(pull**2) - turned @ turned.T) / size).clip(0)
    return float(np.sqrt(pull**2 @ left**2)), counts


def pair_gls(designs: Floats, outcomes: Floats, *, correlated: bool, method: str, robust: bool = False) -> PairFit:
    """Fit two equations over pairs.

    Parameters
    ----------
    designs
        Shape ``(pairs, 2, terms)``: what stands beside each coefficient in each equation; of full rank.
    outcomes
        Shape ``(pairs, 2)``.
    correlated
        Whether the errors of the two equations have a covariance; sums and differences have none.
    method
        ``"REML"`` or ``"ML"``.
    robust
        Whether standard errors hold whatever the variances: by pairs as clusters, each with its errors as they are
        without it (those of the jackknife, "CR3"), made as large as the model has them on average, and widened by what
        it adds that the weights of the two equations are estimated (Kenward and Roger; nothing where no coefficient
        stands in both).

    Raises
    ------
    EstimationError
        If no error is left in an equation, or the variances do not come to rest.
    """
    pairs, _, terms = designs.shape
    flat, to_right_angles = np.linalg.qr(designs.reshape(2 * pairs, terms))
    right = flat.reshape(pairs, 2, terms)
    products, restricted = np.einsum("psi,ptj->stij", right, right), method == "REML"
    shown = np.einsum("psi,pt->sti", right, outcomes)
    variances = _first_variances(right, outcomes, correlated, restricted)
    for _ in range(MOST_TURNS):
        weights = np.linalg.inv(variances)
        bread = np.linalg.inv(np.einsum("st,stij->ij", weights, products))
        turned, bread = bread @ np.einsum("st,sti->i", weights, shown), (bread + bread.T) / 2
        errors = outcomes - right @ turned
        left = errors.T @ errors + (np.einsum("ij,tsji->st", bread, products) if restricted else 0)
        last, variances = variances, left / pairs if correlated else np.diag(np.diag(left)) / pairs
        if np.abs(variances - last).max() <= STILL * np.abs(variances).max():
            break
        _refuse_no_error(variances, outcomes)
    else:
        raise EstimationError(
            "The variances of the errors do not come to rest. Use fewer terms (covariates first), or add pairs."
        )
    to_terms = solve_triangular(to_right_angles, np.eye(terms))
    changes, of_variances, added = _moves(variances, bread, products, pairs, correlated)
    by_weights = 2 * to_terms @ added @ to_terms.T
    root = np.linalg.inv(np.linalg.cholesky(variances))
    whitened = np.einsum("st,pti->psi", root, right)
    scale = 1.0 if restricted else 2 * pairs / (2 * pairs - terms)
    pulls = _pulls(whitened, bread, to_terms) if robust else None
    if pulls is None:
        covariance = to_terms @ (bread * scale) @ to_terms.T
    else:
        of_pairs = np.einsum("psi,ps->pi", pulls, errors @ root.T)
        covariance = of_pairs.T @ of_pairs + by_weights
    return PairFit(
        coefficients=to_terms @ turned,
        covariance=covariance,
        variances=variances,
        errors=errors,
        log_likelihood=_log_likelihood(variances, bread, errors, np.abs(np.diag(to_right_angles)), restricted),
        of_variances=of_variances,
        whitened=whitened,
        bread=bread,
        to_terms=to_terms,
        changes=changes,
        by_weights=by_weights,
        pulls=pulls,
    )


def is_short(designs: Floats) -> bool:
    """Whether some coefficient follows from the others, so that the design is not of full rank."""
    flat = designs.reshape(-1, designs.shape[2])
    length = np.linalg.norm(flat, axis=0)
    return bool(np.linalg.matrix_rank(flat / np.where(length > 0, length, 1), tol=NOTHING) < flat.shape[1])


def _first_variances(right: Floats, outcomes: Floats, correlated: bool, restricted: bool) -> Floats:
    """From each equation alone; exact where no coefficient stands in both, and the sides share all columns or none."""
    pairs, left, free = len(outcomes), np.empty_like(outcomes), np.empty(2)
    for side in (0, 1):
        basis, sizes, _ = np.linalg.svd(right[:, side], full_matrices=False)
        basis = basis[:, sizes > NOTHING]
        left[:, side] = outcomes[:, side] - basis @ (basis.T @ outcomes[:, side])
        free[side] = np.sqrt(pairs - basis.shape[1] if restricted else pairs)
    variances: Floats = left.T @ left / np.outer(free, free)
    _refuse_no_error(variances, outcomes)
    return variances if correlated else np.diag(np.diag(variances))


def _refuse_no_error(variances: Floats, outcomes: Floats) -> None:
    sizes, size = np.diag(variances), (outcomes**2).mean()
    if (
        sizes.min() <= max(NOTHING * outcomes.var(axis=0).mean(), ROUNDING**2 * size)
        or np.linalg.det(variances) <= NOTHING * sizes.prod()
    ):
        raise EstimationError(
            "The terms give the outcome without error, or both members alike, so nothing is left to judge by. "
            "Use fewer terms or more pairs; an outcome that is the same for both members is one of the pair."
        )


def _moves(
    variances: Floats, bread: Floats, products: Floats, pairs: int, correlated: bool
) -> tuple[Floats, Floats, Floats]:
    """How the coefficients' covariance moves with each variance; the variances' own (from expected information).

    And what it adds to the coefficients' covariance that weights rest on estimated variances (Kackar and Harville).
    """
    units = np.array([[[1.0, 0], [0, 0]], [[0, 0], [0, 1]], [[0, 1], [1, 0]]][: 3 if correlated else 2])
    weights = np.linalg.inv(variances)
    slopes = weights @ units @ weights
    through = np.einsum("vst,stij->vij", slopes, products)
    both = np.einsum("vab,wbc,cd->vwad", slopes, units, weights)
    twice = np.einsum("vwst,stij->vwij", both, products)
    moved = bread @ through
    information = (
        pairs * np.einsum("vab,wba->vw", slopes, units)
        - 2 * np.einsum("ij,vwji->vw", bread, twice)
        + np.einsum("vij,wji->vw", moved, moved)
    ) / 2
    of_variances: Floats = np.linalg.inv(information)
    added = bread @ np.einsum("vw,vwij->ij", of_variances, twice - through[:, None] @ bread @ through) @ bread
    sizes, directions = np.linalg.eigh((added + added.T) / 2)  # rounding must not take away
    return moved @ bread, of_variances, (directions * sizes.clip(0)) @ directions.T


def _pulls(whitened: Floats, bread: Floats, to_terms: Floats) -> Floats:
    """What each side of each pair adds to each coefficient, so that squares are unbiased were the model right."""
    leverage = np.einsum("psi,ij,ptj->pst", whitened, bread, whitened)
    values, vectors = np.linalg.eigh(np.eye(2) - leverage)
    without = np.where(values > NOTHING, 1 / np.maximum(values, NOTHING), 0)
    to_coefficients = bread @ to_terms.T
    pulls: Floats = (vectors * without[:, None]) @ vectors.transpose(0, 2, 1) @ whitened @ to_coefficients
    spread = np.einsum("psq,psi->piq", whitened, pulls)
    expected = np.einsum("psi,psi->i", pulls, pulls) - np.einsum("piq,piq->i", spread @ bread, spread)
    to_right_size: Floats = np.sqrt(np.einsum("ji,ji->i", to_terms.T, to_coefficients) / expected)
    return pulls * to_right_size


def _log_likelihood(variances: Floats, bread: Floats, errors: Floats, lengths: Floats, restricted: bool) -> float:
    pairs, terms = len(errors), len(bread)
    misfit = np.einsum("st,ps,pt->", np.linalg.inv(variances), errors, errors)
    twice = pairs * np.linalg.slogdet(variances)[1] + misfit
    if restricted:
        twice += 2 * np.log(lengths).sum() - np.linalg.slogdet(bread)[1]
    return float(-(twice + (2 * pairs - (terms if restricted else 0)) * np.log(2 * np.pi)) / 2)
