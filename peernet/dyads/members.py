"""What goes with a measure of the pair, given who the two are: an effect per person, fixed or drawn.

``y_ab = X_ab b + u_a + u_b + e_ab``: one effect per person whatever their place in the pair, never one per place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from peernet._arrays import Flags, Floats
from peernet._wording import count_in_digits, percent
from peernet.dyads.all_pairs import (
    BY_LOT,
    MEMBERS_NOT_BY_LOT,
    NONE_LEFT,
    TOLD,
    AllPairs,
    all_pairs,
    intercepts_told,
    is_rounding,
    less_rounding,
    refuse_errors,
    refuse_flat,
    refuse_told,
)
from peernet.dyads.effects import Effects, assumed, by_t, number
from peernet.dyads.pair_gls import error_without_each
from peernet.dyads.pairs import Dyads
from peernet.errors import EstimationError, SettingError, check_choice

ERRORS = ("classical", "HC1", "HC3")
MOST_SHARE = 1e-9  # short of 1, the largest share of members that is looked at
ALONE = 1e-10  # of a pair or a person that tells its own outcome wholly, less than this is free
ABSORBED = (
    "Effects of members absorb whatever belongs to a person, so fit_members cannot tell it apart; "
    "fit_multiple_membership can."
)
UNEQUAL = {
    "model": "not checked; where they do not, tests of measures of people reject too often",
    "robust": "not needed with robust errors",
    "rare": "not checked; errors are by the model, since the rarer of two outcomes is too rare for robust ones",
}
FEW_PARTNERS = 5  # each has on average: with fewer, robust errors of measures of people come from fits without each
FEWEST_OF_A_KIND = 6  # as likely as a coin falling six times alike: 1 in 32; a coin falling five times alike: 1 in 16
MOST_LEFT_OUT = 1_000  # pairs up to which the fit without each member is worked out
LEAST_LEFT = 0.1  # of the variance by the model: less than this is chance
ERRORS_OF = {
    "model": "Satterthwaite's degrees of freedom",
    "robust": "errors by member (HC3, or from fits without each)",
    "rare": "Satterthwaite's degrees of freedom (one of the two outcomes is too rare for robust errors)",
}
NOT_ON_MEMBERS = (
    "{} errors are not offered on top of effects of members, where they call a difference found in 12 to 44 % of "
    "studies that have none. Use 'classical', 'HC1' or 'HC3'."
)


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class MemberEffects(Effects):
    """Effects of measures of the pair, given an effect for every member.

    Parameters
    ----------
    members
        Each person's effect on the outcome of every pair they are in, in its units, by person; missing where the
        pairs leave open how a sum of two effects is shared out.
    residual_variance
        Variance of what neither predictors nor members tell, in squared units of the outcome.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> pairs = pd.DataFrame({"a": [*"uuuuvvvwwx"], "b": [*"vwxywxyxyy"], "far": [1, 4, 2, 3, 5, 2, 1, 3, 5, 2]})
    >>> pairs["learning"] = [3, 5, 2, 6, 6, 2, 4, 4, 8, 3]
    >>> pn.dyads.fit_members(pairs, "learning", ["far"]).members.round(2).to_dict()
    {'u': 1.11, 'v': 0.99, 'w': 1.94, 'x': -0.35, 'y': 2.56}
    """

    members: pd.Series
    residual_variance: float


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class MultipleMembership(MemberEffects):
    """Effects of measures of the pair and of people, with members' effects drawn from one distribution.

    Parameters
    ----------
    members
        Each person's effect as predicted, drawn in towards 0 where they are in few pairs.
    member_variance
        Variance of members' effects, in squared units of the outcome; 0 where pairs that share somebody are no more
        alike than others.
    share
        Share of members in the variance that predictors leave: twice the variance of members (a pair has two), by that
        and the residual variance.
    criterion
        Minus twice the restricted log likelihood.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> pairs = pd.DataFrame({"a": [*"uuuuvvvwwx"], "b": [*"vwxywxyxyy"], "far": [1, 4, 2, 3, 5, 2, 1, 3, 5, 2]})
    >>> pairs["learning"] = [3, 5, 2, 6, 6, 2, 4, 4, 8, 3]
    >>> round(pn.dyads.fit_multiple_membership(pairs, "learning", ["far"]).share, 2)
    0.87
    """

    member_variance: float
    share: float
    criterion: float


def fit_members(
    pairs: Dyads | pd.DataFrame, outcome: str, predictors: Sequence[str], *, errors: str = "classical"
) -> MemberEffects:
    """What goes with a measure of the pair among pairs of the very same people: one fixed effect per person.

    Parameters
    ----------
    pairs
        One row per pair with its members ``a`` and ``b``; each person in several pairs, in either place. With a column
        ``group`` people of several groups may stand together, nobody in two of them.
    outcome
        A number for every pair. Directed outcomes, one for a and another for b, are not for this model.
    predictors
        Measures of the pair, or ``"difference in x"`` (without sign), ``"same x"`` and ``"product of x"`` of a measure
        ``x`` of people.
    errors
        Standard errors: ``"classical"``, which kept the error rate of tests in all six kinds of data tried, from 12
        people on; or those that allow pairs to vary unequally around the model, ``"HC1"`` (with 12 people 7 % of tests
        find what is not there, instead of 5) or ``"HC3"`` (3 %).

    Returns
    -------
    MemberEffects
        ``.table`` has a row per predictor: ``estimate`` in units of the outcome per unit of the predictor,
        ``std_error``, ``low``, ``high`` (95 % interval), ``statistic``, ``df`` (pairs less predictors less members'
        effects) and ``p_value`` by Student's t. Intercepts, also of groups, are among the effects of members.

    Raises
    ------
    EstimationError
        If a predictor is told by the members, or by other predictors, or too few pairs are left.
    SettingError
        If a name is not known, a measure is of people (effects of members absorb it), a person stands in two groups,
        or ``errors`` are not to be had.

    Notes
    -----
    Two-way clustering by first and second member is not offered: who stands first is chance, and pairs that share a
    person in different places would count as unrelated (standard error .067 against .081 on the data of Aronow, Samii
    and Assenova). Dyadic-robust errors on top of members' effects reject far too often.

    References
    ----------
    Griffing, B. (1956). Concept of general and specific combining ability in relation to diallel crossing systems.
    Australian Journal of Biological Sciences 9, 463-493. MacKinnon, J. G. & White, H. (1985). Some
    heteroskedasticity-consistent covariance matrix estimators. Journal of Econometrics 29, 305-325.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> pairs = pd.DataFrame({"a": [*"uuuuvvvwwx"], "b": [*"vwxywxyxyy"], "far": [1, 4, 2, 3, 5, 2, 1, 3, 5, 2]})
    >>> pairs["learning"] = [3, 5, 2, 6, 6, 2, 4, 4, 8, 3]
    >>> pn.dyads.fit_members(pairs, "learning", ["far"]).table[["estimate", "df"]].round(3).to_dict("records")
    [{'estimate': 0.643, 'df': 4.0}]
    """
    _check_errors(errors)
    data = all_pairs(pairs, outcome, predictors, refuse=ABSORBED)
    refuse_flat(data.y, outcome)
    df = len(data.y) - data.rank - len(data.terms)
    _refuse_few(data, df)
    slopes, V, residual_variance = _least_squares(data, errors, df)
    table = by_t(data.terms, slopes, np.sqrt(np.diag(V)), float(df))
    effects = data.solve(data.sums((data.y - data.X @ slopes)[:, None]))[:, 0]
    members = pd.Series(effects, index=pd.Index(data.people, name="person"), name="effect")
    free = "not checked; errors='HC3' does without" if errors == "classical" else f"not needed with {errors} errors"
    return MemberEffects(
        table=table,
        card=data.card(**{"effects estimated": data.rank + len(data.terms), "standard errors": errors}),
        left_out=data.dyads.left_out,
        sentence=data.sentence("among pairs of the same people", table.iloc[0], by_lot=BY_LOT),
        method=f"Least squares with one effect per member, {errors} standard errors.",
        citation="Griffing (1956).",
        assumptions=assumed(
            ("the effects of two members add up", None, "what goes beyond is taken for chance, or for a predictor"),
            ("given members, pairs do not hang together", *_rounds(data)),
            ("pairs vary alike around the model", None if errors == "classical" else True, free),
        ),
        settings={"outcome": outcome, "predictors": data.terms, "errors": errors},
        members=members.mask(data.two_sided),
        residual_variance=residual_variance,
    )


def _check_errors(errors: str) -> None:
    refuse_errors(errors)
    if errors in ("jackknife", "dyadic robust"):
        raise SettingError(NOT_ON_MEMBERS.format(errors.capitalize()))
    check_choice("errors", errors, ERRORS)


def _refuse_few(data: AllPairs, df: int) -> None:
    if df >= 1:
        return
    have = count_in_digits(len(data.y), "pair", "pairs")
    needs = data.rank + len(data.terms) + 1
    alone = " Everybody is in one pair only, and a model of actors and partners is for that." if _all_once(data) else ""
    raise EstimationError(
        f"{have} of {len(data.people)} people are too few for an effect of each person and of "
        f"{count_in_digits(len(data.terms), 'predictor', 'predictors')}: it takes at least {needs} pairs among these "
        f"people.{alone}"
    )


def _least_squares(data: AllPairs, errors: str, df: int) -> tuple[Floats, Floats, float]:
    """Slopes, their covariances and the residual variance, of what members do not tell."""
    left = data.within(np.column_stack([data.y, data.X]))
    y, X = left[:, 0], left[:, 1:]
    refuse_told(data.X, X, data.terms, "who the members are")
    Q, R = np.linalg.qr(X)
    slopes: Floats = np.linalg.solve(R, Q.T @ y)
    residual = y - X @ slopes
    if is_rounding(residual, data.y):
        residual, slopes = np.zeros_like(residual), less_rounding(slopes, X, data.y)
    rest = float(residual @ residual)
    half = np.linalg.inv(R)
    if errors == "classical":
        return slopes, rest / df * half @ half.T, rest / df
    weights = _weights(data, Q, residual, errors, df)
    return slopes, half @ (Q.T @ (weights[:, None] * Q)) @ half.T, rest / df


def _all_once(data: AllPairs) -> bool:
    return 2 * len(data.y) == len(data.people)


def _weights(data: AllPairs, Q: Floats, residual: Floats, errors: str, df: int) -> Floats:
    """Squared residuals as the standard errors count them; HC3 by what each pair itself tells of its own outcome."""
    if errors == "HC1":
        return residual**2 * len(residual) / df
    inverse = data.solve(np.eye(len(data.people)))
    own = np.diag(inverse)
    leverage = own[data.a] + own[data.b] + 2 * inverse[data.a, data.b] + (Q**2).sum(axis=1)
    free = 1 - leverage
    return np.where(free > ALONE, residual / np.where(free > ALONE, free, 1.0), 0.0) ** 2


def _rounds(data: AllPairs) -> tuple[bool | None, str]:
    again = int((np.triu(data.together, 1) > 1).sum())
    if again:
        return (
            False,
            f"{count_in_digits(again, 'pair stands', 'pairs stand')} there in several rounds, taken as unrelated",
        )
    return None, "no two people are a pair twice"


def fit_multiple_membership(
    pairs: Dyads | pd.DataFrame,
    outcome: str,
    predictors: Sequence[str],
    *,
    errors: Literal["model", "robust"] = "robust",
) -> MultipleMembership:
    """What goes with measures of the pair and of people, with an effect per person drawn from one distribution.

    Parameters
    ----------
    pairs
        One row per pair with its members ``a`` and ``b``; each person in several pairs, in either place. With a column
        ``group`` every group has its intercept, and nobody is in two.
    outcome
        A number for every pair.
    predictors
        Measures of the pair, or worked out as ``"difference in x"``, ``"same x"``, ``"product of x"``; and measures of
        people, which enter as the sum of the two: the estimate is what one point more of *one* of them goes with.
    errors
        Standard errors: ``"robust"`` ones hold also where members vary unequally (by member); ``"model"`` are those of
        other software.

    Returns
    -------
    MultipleMembership
        ``.table`` has a row for the intercept (of each group) and each predictor: ``estimate``, ``std_error``, ``low``,
        ``high``, ``statistic``, ``df`` and ``p_value`` by Student's t. Degrees of freedom are Satterthwaite's; of
        robust errors see below.

    Raises
    ------
    EstimationError
        If a predictor is told by the others (a measure of groups by their intercepts), or too few pairs are left.
    SettingError
        If a name is not known or a person stands in two groups.

    Notes
    -----
    Restricted maximum likelihood over one ratio of variances; the likelihood needs only the eigenvalues of the table of
    who is with whom. A variance is never below 0. Where pairs that share a person are *less* alike than others, the
    model ends at 0: that is said, with the negative covariance that would fit best, and tests then err on the safe
    side. Effects of members are taken to have nothing to do with the predictors; `fit_members` does not need that. A
    difference or a product takes over what belongs to the measure itself, unless that is among the predictors too.
    Robust errors are HC3, of one equation per member, widened by what it adds that the two variances are estimated
    (Kenward and Roger), with degrees of freedom from two parts: what members tell and what they do not (as in
    `fit_members`). Of measures of people the former are made as large as the model has them on average and have degrees
    of freedom from two moments (Bell and McCaffrey); of others as many as effects of members are determined, less the
    terms. Among people with fewer than five partners on average (up to 1,000 pairs) errors of measures of people are
    the jackknife's: how far the estimate moves without each person, less how far without each pair (which is in the
    moves of both its members), likewise made as large and with degrees of freedom from two moments. To these errors
    each rare outcome is one fall of a coin, so that fewer than six of them could never be told from chance; where an
    outcome of two values has one that rarely, errors are by the model, which has it right: an outcome of two values
    whose chance goes with nothing varies alike everywhere.

    Tests over all pairs of 12, 20 and 40 people, in six kinds of data, rejected a true null in 3.0 to 4.5 % where they
    were of a measure of people, and in 2.0 to 8.0 % where of the pair (standard errors .8 to 1.4 %). Where effects of
    members spread five times as far one standard deviation from the average of a measure of people as at it, tests of
    that measure did in 6.1, 3.5 and 5.2 %, against 20 % by the model. With two partners each those of a measure of
    people did in 3.3 to 6.6, 3.7 to 6.1 and 4.0 to 6.5 %, also where members varied so unequally (by HC3 it would be
    9.8, 7.4 and 7.7 %, by the model 15 to 17 %), and in 3.1 to 5.2 % where nearly all outcomes were 0 (1.5 and 1.8 % of
    12 and 20 people by robust errors); those of the pair in 2.3 to 5.9, 2.7 to 6.1 and 3.2 to 8.4 %. With four and six
    partners each 12 people who vary so unequally gave 6.6 and 6.8 %. The price is power: among people with two partners
    an effect of a measure of people found in 49, 65 and 83 % of studies by HC3 is found in 33, 55 and 76 %; among all
    12 in 43 rather than 46 %.

    References
    ----------
    Aronow, P. M., Samii, C. & Assenova, V. A. (2015). Cluster-robust variance estimation for dyadic data. Political
    Analysis 23, 564-577. Bell, R. M. & McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression
    with multi-stage samples. Survey Methodology 28, 169-181. Browne, W. J., Goldstein, H. & Rasbash, J. (2001).
    Multiple membership multiple classification (MMMC) models. Statistical Modelling 1, 103-124. Kenward, M. G. & Roger,
    J. H. (1997). Small sample inference for fixed effects from restricted maximum likelihood. Biometrics 53, 983-997.
    MacKinnon, J. G. & White, H. (1985). Some heteroskedasticity-consistent covariance matrix estimators. Journal of
    Econometrics 29, 305-325. Satterthwaite, F. E. (1946). An approximate distribution of estimates of variance
    components. Biometrics Bulletin 2, 110-114.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> pairs = pd.DataFrame({"a": [*"uuuuvvvwwx"], "b": [*"vwxywxyxyy"], "far": [1, 4, 2, 3, 5, 2, 1, 3, 5, 2]})
    >>> pairs["learning"] = [3, 5, 2, 6, 6, 2, 4, 4, 8, 3]
    >>> found = pn.dyads.fit_multiple_membership(pairs, "learning", ["far"])
    >>> found.table["estimate"].round(2).to_dict()
    {'intercept': 2.16, 'far': 0.76}
    """
    refuse_errors(errors)
    check_choice("errors", errors, ("model", "robust"))
    data = all_pairs(pairs, outcome, predictors)
    refuse_flat(data.y, outcome)
    ones, names = data.intercepts
    _refuse_short(data, len(names))
    refuse_told(data.X, data.X - ones @ np.linalg.lstsq(ones, data.X)[0], data.terms, intercepts_told(names))
    columns = np.column_stack([ones, data.X])
    without = np.linalg.lstsq(columns, data.y)[0]  # were members alike; what comes on top is found more exactly
    left = data.y - columns @ without
    parts = _Parts.of(data, left, columns)
    parts.refuse_one_variance()
    ratio, unbounded = parts.best_ratio(told=is_rounding(left, data.y))
    residual_variance = parts.residual_variance(ratio)
    member_variance = ratio * residual_variance
    on_top, V = parts.effects(ratio)
    terms, used = [*names, *data.terms], "rare" if errors == "robust" and _is_rare(data) else errors
    if used == "robust":
        variances, df = _robust(data, parts, residual_variance, member_variance)
    else:
        variances, df = residual_variance * np.diag(V), parts.satterthwaite(residual_variance, member_variance)
    table = by_t(terms, without + on_top, np.sqrt(variances), df)
    share = 2 * member_variance / (2 * member_variance + residual_variance)
    row = table.iloc[len(names)]
    return MultipleMembership(
        table=table,
        card=data.card(**{"share of variance due to members": percent(share)}),
        left_out=data.dyads.left_out,
        sentence=data.sentence("with members' own effects allowed for", row, by_lot=MEMBERS_NOT_BY_LOT),
        method=f"Multiple membership model by restricted maximum likelihood, {ERRORS_OF[used]}.",
        citation="Browne, Goldstein & Rasbash (2001).",
        assumptions=assumed(
            ("members' effects have nothing to do with the predictors", None, "fit_members does without"),
            *(("members vary alike whatever their measures", None, UNEQUAL[used]) for _ in data.of_people[:1]),
            ("pairs that share a member are not less alike", *_boundary(unbounded, residual_variance)),
            ("given members, pairs do not hang together", *_rounds(data)),
        ),
        settings={"outcome": outcome, "predictors": data.terms, "errors": errors},
        members=parts.predicted(data, ratio, on_top),
        residual_variance=residual_variance,
        member_variance=member_variance,
        share=share,
        criterion=parts.criterion(ratio),
    )


def _refuse_short(data: AllPairs, intercepts: int) -> None:
    if _all_once(data):
        raise EstimationError(
            "Everybody is in one pair only, so people and pairs cannot be told apart. It takes people in several "
            "pairs; for pairs like these use a model of actors and partners, or regression on pairs."
        )
    needs = intercepts + len(data.terms) + 3  # two variances and something to estimate them from
    if len(data.y) < needs:
        have = count_in_digits(len(data.y), "pair is", "pairs are")
        raise EstimationError(f"{have} too few for these predictors and two variances: it takes at least {needs}.")


def _is_rare(data: AllPairs) -> bool:
    """Whether outcomes are two, one of them in so few pairs of so few partners that robust errors find nothing.

    To whatever spreads may be, each such pair is one fall of a coin. An outcome of two values of which no measure tells
    the chance spreads alike, though, whatever the measure; so the model's errors do.
    """
    counts = np.unique(data.y, return_counts=True)[1]
    return len(counts) == 2 and counts.min() < FEWEST_OF_A_KIND and _have_few_partners(data)


def _have_few_partners(data: AllPairs) -> bool:
    return 2 * len(data.y) < FEW_PARTNERS * len(data.people) and len(data.y) <= MOST_LEFT_OUT


def _robust(data: AllPairs, parts: _Parts, residual: float, member: float) -> tuple[Floats, Floats]:
    """Variances of the estimates and degrees of freedom.

    With few partners each, one equation per member says little of who varies how much, since each of them rests on
    everybody's pairs; then what members tell wholly is judged by fits without each of them.
    """
    variances, df = parts.by_member(residual, member)
    if _have_few_partners(data):
        ratio = member / residual
        found, free = _without_each(data, np.column_stack([data.intercepts[0], data.X]), ratio)
        known = parts.of_members & (free > 0)
        least = np.maximum(found, LEAST_LEFT * residual) * np.diag(parts.effects(ratio)[1])
        variances, df = np.where(known, least, variances), np.where(known, free, df)
    return variances, df


def _without_each(data: AllPairs, X: Floats, ratio: float) -> tuple[Floats, Floats]:
    """The residual variance each estimate would have by how far it moves without each member, and degrees of freedom.

    Squares of the moves without a person, less those without a pair of two, whose own part is in the moves of both; by
    what the sum of squares is if all is as the model has it. Two moments of it give the degrees of freedom.
    """
    n = len(data.people)
    of_people = (np.arange(n)[:, None] == data.a) | (np.arange(n)[:, None] == data.b)
    twos = np.unique(data.a * n + data.b, return_inverse=True)[1]
    of_twos = np.arange(twos.max() + 1)[:, None] == twos
    D = of_people.astype(float)
    weights = np.eye(len(twos)) - ratio * D.T @ np.linalg.solve(np.eye(n) + ratio * data.together, D)
    pull = np.linalg.solve(X.T @ weights @ X, X.T @ weights)
    free = weights - weights @ X @ pull
    left = free @ data.y
    found, form = np.zeros(X.shape[1]), np.zeros((X.shape[1], *free.shape))
    for sign, units in ((1, of_people), (-1, of_twos)):
        for rows in map(np.flatnonzero, units):
            block = free[np.ix_(rows, rows)]
            if block.max() > ALONE * weights[rows, rows].max():
                moves = pull[:, rows] @ np.linalg.pinv(block, rcond=ALONE, hermitian=True)
                found += sign * (moves @ left[rows]) ** 2
                form[:, rows[:, None], rows] += sign * moves[:, :, None] * moves[:, None, :]
    turned = form @ free
    size, squares = np.trace(turned, axis1=1, axis2=2), np.einsum("kij,kji->k", turned, turned)
    sound = size > 0
    return found / np.where(sound, size, 1.0), np.where(sound, size, 0.0) ** 2 / np.where(sound, squares, 1.0)


def _boundary(unbounded: float, residual_variance: float) -> tuple[bool, str]:
    if unbounded >= 0:
        return True, "the variance of members lies above 0, where the model may end"
    return False, (
        f"they are: a covariance of about {number(unbounded * residual_variance)} would fit best, which no variance of "
        "members can be; it stands at 0, the standard errors are those of unrelated pairs, and rather too large"
    )


@dataclass(frozen=True, eq=False)
class _Parts:
    """What the restricted likelihood needs, for any ratio of the variances of members and residual.

    Covariances of pairs in units of the residual variance are I + ratio DD', D saying who is in which pair. Its
    eigenvalues are 1 + ratio ``size`` and, in all other directions, 1: so whatever is to be multiplied by its inverse
    is kept as what members do not tell (``inner``) and as what they tell in each direction (``along``).
    """

    pairs: int
    size: Floats  # eigenvalues of D'D other than 0
    directions: Floats  # people by eigenvalue
    inner: Floats  # products of outcome and columns, without what members tell
    along: Floats  # eigenvalue by outcome and columns

    @classmethod
    def of(cls, data: AllPairs, y: Floats, X: Floats) -> _Parts:
        columns = np.column_stack([y, X])
        left = data.within(columns)
        size, directions = np.linalg.eigh(data.together)
        size, directions = size[len(data.undetermined) :], directions[:, len(data.undetermined) :]
        return cls(len(data.y), size, directions, left.T @ left, directions.T @ data.sums(columns))

    def _product(self, ratio: float) -> Floats:
        weights = 1 / (self.size * (1 + ratio * self.size))
        return self.inner + self.along.T @ (weights[:, None] * self.along)

    def effects(self, ratio: float) -> tuple[Floats, Floats]:
        """Estimates, and their covariances in units of the residual variance."""
        product = self._product(ratio)
        V: Floats = np.linalg.inv(product[1:, 1:]).astype(float)
        return V @ product[1:, 0], V

    @property
    def of_members(self) -> Flags:
        """Which columns are measures of people, by whatever name: those that members tell wholly."""
        told: Flags = np.diag(self.inner)[1:] <= TOLD * (self.along[:, 1:] ** 2 / self.size[:, None]).sum(axis=0)
        return told

    def by_member(self, residual: float, member: float) -> tuple[Floats, Floats]:
        """Variances of the estimates, and degrees of freedom, from how far each member's own effect lies off.

        The effects of members, as the pairs determine them, make one equation per member; turned so that they are
        unrelated and vary alike if all is as the model has it, they bear on the estimates by ``pull``. What pairs tell
        beyond is by the model. Of measures of people the squares are as large as the model has them on average, and
        their degrees of freedom those of Bell and McCaffrey.
        """
        ratio = member / residual
        estimate, V = self.effects(ratio)
        rows = self.directions @ (self.along / np.sqrt(self.size * (1 + ratio * self.size))[:, None])
        y, X = rows[:, 0], rows[:, 1:]
        pull = X @ V
        free = 1 - (pull * X).sum(axis=1)
        left = np.where(free > ALONE, (y - X @ estimate) / np.where(free > ALONE, free, 1.0), 0.0)
        between = (pull * left[:, None] ** 2 * pull).sum(axis=0)
        within = residual * np.diag(V @ self.inner[1:, 1:] @ V)
        degrees = len(self.size) - len(V), self.pairs - len(self.size) - int((~self.of_members).sum())
        own, basis = np.full(len(V), float(max(degrees[0], 1))), X @ np.linalg.cholesky(V)
        for k in np.flatnonzero(self.of_members):
            error, counts = error_without_each(pull[:, k], basis, y - X @ estimate)
            between[k], own[k] = error**2, 1 / (counts**2).sum()
        parts = between**2 / own + within**2 / max(degrees[1], 1)
        _, _, information, moved = self._moments(residual, member)
        added = np.einsum("ij,ijkk->k", np.linalg.inv(information), moved).clip(0)
        variances: Floats = between + within + 2 * added
        return variances, (between + within) ** 2 / np.where(parts > 0, parts, np.nan)

    def residual_variance(self, ratio: float) -> float:
        """The residual variance that goes best with a ratio."""
        product = self._product(ratio)
        left = product[0, 0] - product[0, 1:] @ np.linalg.solve(product[1:, 1:], product[1:, 0])
        return max(float(left), NONE_LEFT * float(product[0, 0])) / (self.pairs - len(product) + 1)

    def criterion(self, ratio: float) -> float:
        """Minus twice the restricted log likelihood."""
        free = self.pairs - self.inner.shape[0] + 1
        determinants = np.log1p(ratio * self.size).sum() + np.linalg.slogdet(self._product(ratio)[1:, 1:])[1]
        return float(determinants + free * (1 + np.log(2 * np.pi * self.residual_variance(ratio))))

    def slope(self, ratio: float) -> float:
        """Derivative of the criterion by the ratio."""
        estimate, V = self.effects(ratio)
        shrunk = 1 + ratio * self.size
        X = self.along[:, 1:] / shrunk[:, None]
        residual = self.along[:, 0] / shrunk - X @ estimate
        told = (self.size / shrunk).sum() - np.einsum("ij,jk,ik->", X, V, X)
        return float(told - residual @ residual / self.residual_variance(ratio))

    def best_ratio(self, *, told: bool) -> tuple[float, float]:
        """The ratio that fits best among those from 0 on, and among all that are possible where that is 0.

        `EstimationError` where predictors tell the outcome, or they and members do.
        """
        shares = np.concatenate([[0.0], np.geomspace(1e-6, 1 - 1e-3, 60), 1 - np.geomspace(1e-4, MOST_SHARE, 12)])
        ratio = np.inf if told else self._lowest(shares / (2 * (1 - shares)))
        if ratio > shares[-2] / (2 * (1 - shares[-2])):
            raise EstimationError(
                "Members and predictors tell the outcome without remainder, so the two variances cannot be told apart. "
                "Use fit_members, which needs no variance of members."
            )
        if ratio > 0:
            return ratio, ratio
        negative = self._lowest(-np.concatenate([np.geomspace(1e-6, 1 - 1e-3, 40)[::-1], [0.0]]) / self.size[-1])
        return 0.0, min(negative, 0.0)

    def _lowest(self, ratios: Floats) -> float:
        """Where the criterion is lowest: the best of some ratios, then where its slope is 0 on either side."""
        best = int(np.argmin([self.criterion(ratio) for ratio in ratios]))
        for low, high in ((best - 1, best), (best, best + 1)):
            if low >= 0 and high < len(ratios) and self.slope(ratios[low]) < 0 < self.slope(ratios[high]):
                return float(brentq(self.slope, ratios[low], ratios[high], xtol=1e-15, rtol=1e-14))
        return float(ratios[best])

    def _moments(self, residual: float, member: float) -> tuple[Floats, list[Floats], Floats, Floats]:
        """At two variances: covariances of estimates, what either takes from their precision, information on both.

        And what it adds to the covariances that weights rest on two estimated variances (Kackar and Harville).
        """
        total = residual + member * self.size
        scales = np.stack([np.ones_like(total), self.size])  # what a unit of each variance adds
        X, W = self.along[:, 1:], self.inner[1:, 1:]

        def between(weights: Floats) -> Floats:
            return X.T @ (X * (weights / self.size)[:, None])

        V: Floats = np.linalg.inv(W / residual + between(1 / total)).astype(float)
        first = [between(scale / total**2) for scale in scales]
        first[0] = first[0] + W / residual**2
        information, moved = np.empty((2, 2)), np.empty((2, 2, *V.shape))
        for i, j in np.ndindex(2, 2):
            trace, second = (scales[i] * scales[j] / total**2).sum(), between(scales[i] * scales[j] / total**3)
            if i == j == 0:
                trace, second = trace + (self.pairs - len(total)) / residual**2, second + W / residual**3
            information[i, j] = (trace - 2 * np.trace(V @ second) + np.trace(V @ first[i] @ V @ first[j])) / 2
            moved[i, j] = V @ (second - first[i] @ V @ first[j]) @ V
        return V, first, information, moved

    def refuse_one_variance(self) -> None:
        """Stop where all that is left of the pairs shares people in the same way, as when one person is in each."""
        information = self._moments(1.0, 0.0)[2]
        if information[0, 1] ** 2 >= (1 - TOLD) * information[0, 0] * information[1, 1]:
            raise EstimationError(
                "These pairs cannot tell what is the members' from what is the pair's own. It takes several people "
                "who are each in several pairs."
            )

    def satterthwaite(self, residual: float, member: float) -> Floats:
        """Degrees of freedom of every estimate: of the multiple of chi squared with its variance's two moments."""
        V, first, information, _ = self._moments(residual, member)
        gradient = np.stack([np.diag(V @ each @ V) for each in first])
        spread = np.einsum("ik,ik->k", gradient, np.linalg.solve(information, gradient))
        df: Floats = 2 * np.diag(V) ** 2 / spread
        return np.clip(df, 1.0, self.pairs - len(V))

    def predicted(self, data: AllPairs, ratio: float, estimate: Floats) -> pd.Series:
        """Effects of members, drawn in."""
        told = (self.along[:, 0] - self.along[:, 1:] @ estimate) * ratio / (1 + ratio * self.size)
        return pd.Series(self.directions @ told, index=pd.Index(data.people, name="person"), name="effect")
