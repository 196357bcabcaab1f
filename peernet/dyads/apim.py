"""The actor-partner interdependence model: what one's own measure and one's partner's have to do with an outcome.

An outcome of people in pairs is explained by a person's own measure (actor effect) and the partner's (partner effect);
what else the two share or hold against each other is the within-pair correlation rho of the errors, which may be
negative and is so where pairs were made different.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import chdtrc, chdtri, fdtrc, fdtri, ndtri, stdtr, stdtrit

from peernet._arrays import Flags, Floats
from peernet._wording import count_in_digits, listed, listed_few
from peernet.dyads.effects import LEVEL, NOT_BY_LOT, Effects, assumed, by_t, data_card, number, p_words, stretch, told
from peernet.dyads.pair_gls import PairFit, is_short, pair_gls
from peernet.dyads.pairs import LEFT_OUT, MEMBERS, Dyads, as_dyads, why_fewer
from peernet.errors import EstimationError, SettingError, check_choice, checked_list

SIDES = np.array([[1, 1], [1, -1]]) / np.sqrt(2)  # from two members to their sum and difference
SAME_BUT_FOR_ROUNDING = 1e-13  # of their size
MIXES = ("product", "difference")
PATTERNS = {-1.0: "contrast", 0.0: "actor only", 1.0: "couple"}  # Kenny & Ledermann (2010)
NO_ACTOR = "no ratio: the actor effect may be nothing"
FEWEST_FOR_A_RATIO = 10  # pairs; of fewer, intervals that have ends hold a ratio too rarely
BY_LOT = (
    "Who got which partner was drawn by lot, so partner effects are effects of being given such a partner; "
    "actor effects describe and show no cause."
)
CITATION = (
    "Kenny, Kashy & Cook (2006), Dyadic Data Analysis, Guilford; Kenny & Ledermann (2010), "
    "Journal of Family Psychology 24, 359-366."
)


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Apim(Effects):
    """Actor and partner effects, as `fit_apim` returns them; `Effects` says what else there is.

    Parameters
    ----------
    covariance
        Of the estimates, a row and a column per term.
    variances
        What the terms leave unexplained, with 95 % intervals (``estimate``, ``low``, ``high``): ``rho`` is the
        correlation of the two members' errors, from -1 to 1; ``sigma2`` their variance, one per kind where the members
        are of two kinds.
    ratios
        Partner over actor effect, k, per predictor: ``estimate``, ``low`` and ``high`` (Fieller's 95 % interval), and
        ``found``. No numbers where the actor effect may be nothing: which k are possible then, if not all, ``found``
        says in words; nor with fewer than ten pairs. See the notes of `fit_apim` for what holds in 95 %.
    distinguishability
        Whether it matters of which kind a member is: means, variances and covariances of all measures of people,
        between the kinds. A row for the likelihood ratio as books give it (``chi2``; right for many pairs) and a row
        for Wilks' lambda by Rao's F (right for few): ``statistic``, ``df``, ``df_error``, ``p_value``. No rows where
        ``distinguished_by`` was not given.
    log_likelihood
        Of the outcome, restricted under REML.

    Examples
    --------
    >>> import peernet as pn
    >>> issubclass(pn.dyads.Apim, pn.dyads.Effects)
    True
    """

    covariance: pd.DataFrame
    variances: pd.DataFrame
    ratios: pd.DataFrame
    distinguishability: pd.DataFrame
    log_likelihood: float


def fit_apim(
    pairs: Dyads | pd.DataFrame,
    outcome: str,
    predictors: Sequence[str],
    *,
    between: Sequence[str] = (),
    covariates: Sequence[str] = (),
    interactions: Mapping[str, str] | None = None,
    distinguished_by: str | None = None,
    method: Literal["REML", "ML"] = "REML",
    errors: Literal["model", "robust"] = "robust",
) -> Apim:
    """Actor and partner effects on an outcome of people in pairs, by generalised least squares on sums and differences.

    With interchangeable members the sum of a pair's outcomes tells actor plus partner effects, their difference actor
    minus partner effects, and each has its own variance; so nothing is searched for, and a negative within-pair
    correlation is as good as a positive one.

    Parameters
    ----------
    pairs
        Pairs, or a table with a row per pair; everybody in one pair only.
    outcome
        A measure of people.
    predictors
        Measures of people, each with an actor and a partner effect. The outcome before may stand here (stability and
        influence).
    between
        Measures of the pair.
    covariates
        Measures of people of which only one's own value counts, such as the outcome before.
    interactions
        Predictors with ``"product"`` (own times partner's value, as they are: subtract a middle first if 0 means
        nothing) or ``"difference"`` (the distance of the two values). Their actor and partner effects stay in.
    distinguished_by
        A measure of people, such as ``"role"``, whose two kinds meet in every pair: every effect and variance is then
        one per kind. Without it the members are interchangeable.
    method
        Restricted or full maximum likelihood. Under ``"ML"`` standard errors are widened by people / (people - terms),
        as nlme's ``gls`` does.
    errors
        ``"robust"`` standard errors hold also where the spread of the outcome goes with a predictor: each pair counts
        with its errors as they are without it (the jackknife's), and all are made as large as the model has them on
        average. ``"model"`` are those of other software, with degrees of freedom by Satterthwaite from the two
        variances, fewer where a coefficient stands in both equations (see the notes).

    Returns
    -------
    Apim
        Terms are ``"intercept"``, ``"actor x"``, ``"partner x"``, ``"own c"`` for covariates, measures of the pair by
        name, ``"x product"`` and ``"x difference"``; of two kinds each with ``" (kind)"`` behind it.

    Raises
    ------
    SettingError
        If a measure is not there, is given twice, or is of the pair where it should be of people or the other way.
    EstimationError
        If people are in several pairs, pairs are too few, a term follows from others, the kinds do not meet in every
        pair, or the terms leave no error.

    Warns
    -----
    PeernetWarning
        If a number looks like a code for "missing".

    Notes
    -----
    Degrees of freedom of robust errors are those at which Student's t leaves 5 % beyond the point beyond which the
    statistic has 5 % were the model right; that is known exactly, since the robust variance is then a sum of squares of
    normal numbers. By its first two moments alone (Bell and McCaffrey) tests with six pairs reject a true null in 2 to
    4 %. Where a coefficient stands in sums and differences (covariates), robust errors are widened by what it adds that
    the weights of the two are estimated (Kenward and Roger).

    A ratio k is possible where partner - k actor may be nothing, tested by its own standard error and degrees of
    freedom (Fieller). The set of these holds the ratio in 95 % of all studies whatever its shape: from one number to
    another, all but what lies between two, or every number. In 1,200 studies of each of normal, heavy-tailed and skewed
    errors, correlating at -.8, 0 and .8, it held k = .5 in 93.8 to 96.8 % with 6 pairs, 94.1 to 97.0 % with 10 and 94.4
    to 96.1 % with 20 (standard error .6 %); where the spread grows in 94.5, 95.5 and 93.7 % of 900. No method gives
    intervals that always have ends and hold a ratio (Gleser and Hwang): among studies whose set had them it held k in
    93 to 95, 94 to 96 and 96 % where the actor effect was 1 standard deviation of the errors, and in 74 to 88, 89 to 94
    and 92 to 96 % where it was .3.

    In simulations of six kinds of errors (normal, heavy-tailed, skewed, binary, of either sign of rho, and with a
    spread that grows with the predictor), tests of actor and partner effects rejected a true null in 3.2 to 5.9 % with
    6 pairs, 3.8 to 6.2 % with 10 and 3.7 to 5.6 % with 20, at a nominal 5 % (standard error .5 %); with a measure of
    the pair and a covariate beside them, tests of these in 5.2 to 7.6 % with 6, 2.9 to 5.8 % with 10 and 3.4 to 4.9 %
    with 20. With five pairs they would in up to 12 %, so that robust errors with covariates take two pairs more than
    the sums have coefficients. By the model actor and partner effects are found in 4 to 6 %, but where the spread grows
    those of the actor effect in 10, 12 and 13 %. Where it does not, robust errors cost power: a partner effect found in
    71, 46 and 46 % of studies by the model is found in 52, 37 and 39 %. Where a coefficient stands in both equations,
    degrees of freedom by the model are so few that Student's t is as far out as with errors widened for estimated
    weights: a covariate that does not matter is found in 8.2 % of studies of 6 pairs (11.2 without) and in 5.6 % of 10
    (7.1).

    References
    ----------
    Bell, R. M. & McCaffrey, D. F. (2002). Bias reduction in standard errors for linear regression with multi-stage
    samples. Survey Methodology 28, 169-181. Fieller, E. C. (1954). Some problems in interval estimation. Journal of the
    Royal Statistical Society B 16, 175-185. Gleser, L. J. & Hwang, J. T. (1987). The nonexistence of 100(1 - alpha) %
    confidence sets of finite expected diameter in errors-in-variables and related models. Annals of Statistics 15,
    1351-1362. Kenward, M. G. & Roger, J. H. (1997). Small sample inference for fixed effects from restricted maximum
    likelihood. Biometrics 53, 983-997. MacKinnon, J. G. & White, H. (1985). Some
    heteroskedasticity-consistent covariance matrix estimators. Journal of Econometrics 29, 305-325.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import peernet as pn
    >>> rng = np.random.default_rng(3)
    >>> openness, noise = rng.normal(size=(2, 30)), rng.normal(size=(2, 30))
    >>> table = pd.DataFrame(
    ...     {
    ...         "openness_a": openness[0],
    ...         "openness_b": openness[1],
    ...         "learning_a": openness[1] + noise[0],
    ...         "learning_b": openness[0] + noise[1],
    ...     }
    ... )
    >>> found = pn.dyads.fit_apim(table, "learning", ["openness"])
    >>> found.table["estimate"].round(2).to_dict()
    {'intercept': -0.05, 'actor openness': -0.15, 'partner openness': 1.01}
    >>> found.ratios["found"].item()
    'no ratio: the actor effect may be nothing (k is 29.2 or more, or -2.79 or less)'
    """
    check_choice("method", method, ("REML", "ML"))
    check_choice("errors", errors, ("model", "robust"))
    names = {
        "predictors": checked_list("predictors", predictors, "measures of people"),
        "covariates": checked_list("covariates", covariates, "measures of people"),
        "between": checked_list("between", between, "measures of the pair"),
    }
    if not isinstance(interactions or {}, Mapping):
        raise SettingError(
            f"interactions must say of each predictor which, such as {{'x': 'product'}}; got {interactions!r}."
        )
    dyads, mixes = as_dyads(pairs), dict(interactions or {})
    _check_measures(dyads, outcome, names, mixes)
    measures = [outcome, *(name for given in names.values() for name in given)]
    known, kinds = _of_two_kinds(dyads, distinguished_by)
    used = known.complete(*measures)
    refuse_several(used)
    turned = (used.table[f"{distinguished_by}_a"] == kinds[1]).to_numpy(dtype=bool) if kinds else None
    values = in_one_order(used, measures, turned)
    terms, columns = _columns(values, names, mixes)
    terms, designs = sides_of(terms, columns, kinds)
    refuse_bad_designs(designs, terms, _fewest(terms, names, kinds, robust=errors == "robust"), used, outcome)
    ends = values[outcome] if kinds else values[outcome] @ SIDES
    fit = pair_gls(designs, ends, correlated=bool(kinds), method=method, robust=errors == "robust")
    table = effects_of(fit, terms)
    ratios = _ratios(fit, terms)
    people = [outcome, *names["predictors"], *names["covariates"]]
    apart = _distinguishability(values, people, names["between"], kinds)
    uneven, robust = _uneven(fit, designs, terms, kinds), errors == "robust"
    return Apim(
        table=table,
        card=data_card(
            used, composition=f"kinds: {listed([*map(str, kinds)])}" if kinds else "interchangeable members"
        ),
        left_out=used.left_out,
        sentence=_sentence(table, outcome, names["predictors"], used.design, uneven=uneven < 0.05 and not robust),
        method=(
            f"Actor-partner interdependence model by {method} on "
            f"{'the two kinds' if kinds else 'sums and differences'}, {errors} standard errors, "
            f"degrees of freedom {'by their distribution under the model' if robust else 'by Satterthwaite'}."
        ),
        citation=CITATION,
        assumptions=_assumptions(used, uneven, apart, robust=robust),
        settings={
            "outcome": outcome,
            **names,
            "interactions": mixes,
            "distinguished_by": distinguished_by,
            "method": method,
            "errors": errors,
        },
        covariance=pd.DataFrame(fit.covariance, index=terms, columns=terms),
        variances=_variances(fit, kinds),
        ratios=ratios,
        distinguishability=apart,
        log_likelihood=fit.log_likelihood,
    )


def refuse_several(used: Dyads) -> None:
    """Refuse pairs that share people: their errors hang together, which no model of separate pairs knows."""
    if used.in_several:
        raise EstimationError(
            f"{count_in_digits(len(used.in_several), 'person is', 'people are')} in several pairs "
            f"({listed_few(used.in_several, 3)}), so the pairs are not separate. Give one round at a time, or use "
            "fit_members (measures of the pair) or fit_multiple_membership (measures of people too)."
        )


def in_one_order(used: Dyads, measures: Sequence[str], turned: Flags | None = None) -> dict[str, Floats]:
    """Each measure as pairs by members, the same to the last bit however pairs are turned and rows stand.

    ``turned`` names the pairs whose second member goes first; None: whoever is the larger in the first measure that
    differs, which is as good as any order.
    """
    of_people = [name for name in measures if used.is_of_people(name)]
    table, values = used.table, {}
    for name in measures:
        columns = [f"{name}{member}" for member in MEMBERS] if name in of_people else [name, name]
        values[name] = np.stack([table[column].to_numpy(dtype=float) for column in columns], axis=1)
    if turned is None:
        turned, undecided = np.zeros(len(table), dtype=bool), np.ones(len(table), dtype=bool)
        for name in of_people:
            turned |= undecided & (values[name][:, 0] < values[name][:, 1])
            undecided &= values[name][:, 0] == values[name][:, 1]
    ordered = {name: np.where(turned[:, None], both[:, ::-1], both) for name, both in values.items()}
    rows = np.lexsort([side for both in reversed(ordered.values()) for side in both.T])
    return {name: both[rows] + 0.0 for name, both in ordered.items()}  # + 0.0: there is no minus nothing


def sides_of(terms: list[str], columns: Floats, kinds: list[object]) -> tuple[list[str], Floats]:
    """Terms and designs of the two equations, from what stands beside each coefficient for each member.

    Interchangeable members have one set of coefficients, and equations for sum and difference; two kinds have a set
    and an equation each.
    """
    if not kinds:
        return terms, np.einsum("st,pti->psi", SIDES, columns)
    designs = np.zeros((*columns.shape[:2], 2 * len(terms)))
    for side in (0, 1):
        designs[:, side, side * len(terms) : (side + 1) * len(terms)] = columns[:, side]
    return [f"{term} ({kind})" for kind in kinds for term in terms], designs


def refuse_bad_designs(designs: Floats, terms: list[str], fewest: int, used: Dyads, outcome: str) -> None:
    """Refuse fewer pairs than these, an outcome that is the same for everybody, and terms that follow from others."""
    if len(designs) < fewest:
        raise EstimationError(
            f"{count_in_digits(len(designs), 'complete pair', 'complete pairs')}, and these terms need {fewest} or "
            f"more{why_fewer(used.left_out)}. Use fewer terms, or add pairs."
        )
    values = used.table[[f"{outcome}{member}" for member in MEMBERS]].to_numpy(dtype=float)
    if np.ptp(values) <= SAME_BUT_FOR_ROUNDING * np.abs(values).max():
        raise EstimationError(f"Everybody has {values[0, 0]:g} in {outcome}, so there is nothing to explain.")
    if is_short(designs):
        raise EstimationError(
            f"Some of {listed_few(terms)} follow from the others, so they cannot be told apart. A measure that is the "
            "same for both members of every pair belongs in between; one whose two values always have the same sum, or "
            "that never varies, has no effects to find."
        )


def effects_of(fit: PairFit, terms: list[str], weights: Floats | None = None) -> pd.DataFrame:
    """A table of the coefficients, or of weighted sums of them, a row of weights per term."""
    found = [fit.contrast(row) for row in (np.eye(len(terms)) if weights is None else weights)]
    estimate, std_error, df = (np.array(column) for column in zip(*found, strict=True))
    return by_t(terms, estimate, std_error, df)


def _check_measures(dyads: Dyads, outcome: str, names: Mapping[str, list[str]], mixes: Mapping[str, str]) -> None:
    given = [outcome, *(name for group in names.values() for name in group)]
    for name in given:
        if given.count(name) > 1:
            raise SettingError(f"{name!r} is given twice. Name each measure once.")
    for name in [outcome, *names["predictors"], *names["covariates"]]:
        if not dyads.is_of_people(name):
            raise SettingError(
                f"{name!r} is of the pair, and neither member's own. "
                + ("The outcome must be one of people." if name == outcome else "Give it in between.")
            )
    for name in names["between"]:
        if dyads.is_of_people(name):
            raise SettingError(f"{name!r} is of people. Give it in predictors (or covariates).")
    for name, mix in mixes.items():
        check_choice(f"interactions[{name!r}]", mix, MIXES)
        if name not in names["predictors"]:
            raise SettingError(f"{name!r} has an interaction and no main effects. Give it in predictors too.")
    if not names["predictors"]:
        raise SettingError("predictors must name a measure of people or more.")


def _of_two_kinds(dyads: Dyads, kind: str | None) -> tuple[Dyads, list[object]]:
    """Pairs whose members' kinds are known, and the two kinds; no kinds where members are interchangeable."""
    if kind is None:
        return dyads, []
    if not dyads.is_of_people(kind):
        raise SettingError(f"{kind!r} is of the pair, so it tells no members apart. Give it in between.")
    dyads = dyads.with_kinds(kind)
    found = dyads.composition(kind)
    if found != "distinguishable":
        whose = "no pair does" if found == "interchangeable" else "some pairs hold others, or two alike"
        raise EstimationError(
            f"Members are told apart by {kind} only where every pair holds the same two kinds; {whose}. Keep the pairs "
            "of two kinds, or leave distinguished_by out, so that members are interchangeable."
        )
    both = dyads.table[[f"{kind}{member}" for member in MEMBERS]]
    unknown = both.isna().any(axis=1).to_numpy(dtype=bool)
    out = dyads.table[unknown].reindex(columns=LEFT_OUT[:3]).assign(reason=f"{kind} missing")
    left_out = pd.concat([dyads.left_out, out], ignore_index=True) if len(out) else dyads.left_out
    kinds = pd.unique(both[~unknown].to_numpy(dtype=object).ravel()).tolist()
    return replace(dyads, table=dyads.table[~unknown], left_out=left_out), sorted(kinds, key=str)


def _columns(
    values: Mapping[str, Floats], names: Mapping[str, list[str]], mixes: Mapping[str, str]
) -> tuple[list[str], Floats]:
    """What stands beside each coefficient, for each member of each pair: shape (pairs, 2, terms)."""
    first = next(iter(values.values()))
    columns = {"intercept": np.ones_like(first)}
    for name in names["predictors"]:
        columns |= {f"actor {name}": values[name], f"partner {name}": values[name][:, ::-1]}
    columns |= {f"own {name}": values[name] for name in names["covariates"]}
    columns |= {name: values[name] for name in names["between"]}
    for name, mix in mixes.items():
        own, partners = values[name], values[name][:, ::-1]
        columns[f"{name} {mix}"] = own * partners if mix == "product" else np.abs(own - partners)
    return list(columns), np.stack(list(columns.values()), axis=2)


def _fewest(terms: list[str], names: Mapping[str, list[str]], kinds: list[object], *, robust: bool) -> int:
    """Pairs that leave an error in each equation; of two kinds a covariance, which needs more with covariates.

    Two more than the sums have coefficients where robust errors are to hold for one that stands in both equations.
    """
    if not kinds:
        return len(terms) - len(names["predictors"]) + (2 if robust and names["covariates"] else 1)
    return len(terms) // 2 + (3 if names["covariates"] else 2)


def _variances(fit: PairFit, kinds: list[object]) -> pd.DataFrame:
    (first, second), shared = np.diag(fit.variances), fit.variances[0, 1]
    free = [fit.variance_df(side) for side in (0, 1)]
    rows: dict[str, tuple[float, ...]]
    if kinds:
        rho = shared / np.sqrt(first * second)
        half = ndtri((1 + LEVEL) / 2) / np.sqrt(min(free) - 2) if min(free) > 2 else np.inf
        z = np.arctanh(rho)
        rows = {"rho": (rho, np.tanh(z - half), np.tanh(z + half))}
        rows |= {f"sigma2 ({k})": _spread(v, n) for k, v, n in zip(kinds, (first, second), free, strict=True)}
    else:
        by_chance = [fdtri(free[0], free[1], (1 + sign * LEVEL) / 2) for sign in (1, -1)]
        ratios = first / second / np.array([1, *by_chance])
        of_mean = fit.of_variances[:2, :2].sum() / 4
        mean = (first + second) / 2
        rows = {"rho": tuple((ratios - 1) / (ratios + 1)), "sigma2": _spread(mean, 2 * mean**2 / of_mean)}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "low", "high"])


def _spread(variance: float, df: float) -> tuple[float, float, float]:
    low, high = (float(chdtri(df, (1 - sign * LEVEL) / 2)) for sign in (1, -1))
    return variance, df * variance / low, df * variance / high


def _ratios(fit: PairFit, terms: list[str]) -> pd.DataFrame:
    actors = [term for term in terms if term.startswith("actor ") and f"partner {term[6:]}" in terms]
    rows = {
        actor.removeprefix("actor "): _ratio(fit, terms.index(actor), terms.index(f"partner {actor[6:]}"))
        for actor in actors
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "low", "high", "found"])


def _ratio(fit: PairFit, actor: int, partner: int) -> tuple[float, float, float, str]:
    """Ratio and interval where the set has ends and pairs are enough; else the set in words."""
    low, high = ratio_set(fit, actor, partner)
    if np.isinf(low):
        return np.nan, np.nan, np.nan, NO_ACTOR
    if low > high:
        return np.nan, np.nan, np.nan, f"{NO_ACTOR} (k is {number(low)} or more, or {number(high)} or less)"
    if (pairs := len(fit.errors)) < FEWEST_FOR_A_RATIO:
        few = f"{count_in_digits(pairs, 'pair is', 'pairs are')} too few to tell"
        return np.nan, np.nan, np.nan, f"no ratio: {few} (k is {stretch(low, high)})"
    holds = [f"{name} (k = {k:g})" for k, name in PATTERNS.items() if low <= k <= high]
    a, p = fit.coefficients[[actor, partner]]
    return p / a, low, high, f"the interval holds {listed(holds)}" if holds else "of no named pattern"


def ratio_set(fit: PairFit, actor: int, partner: int) -> tuple[float, float]:
    """Fieller's set: from the first number up, by way of infinity if it is the larger, to the second; or every number.

    Those k for which partner - k actor may be nothing, each tested by its own standard error and degrees of freedom. As
    directions of the two effects they lie around that of the estimates, on either side up to the one that differs most.
    """
    both = [actor, partner]
    a, p = fit.coefficients[both]
    weights = np.zeros(len(fit.coefficients))

    def beyond(angle: float) -> float:
        weights[both] = -np.sin(angle), np.cos(angle)
        estimate, error, df = fit.contrast(weights)
        return abs(estimate) - float(stdtrit(df, (1 + LEVEL) / 2)) * error

    of_a, of_p = np.linalg.lstsq(fit.covariance[np.ix_(both, both)], [a, p])[0]
    found = float(np.arctan2(p, a))
    most = found + float(np.arctan2(-of_a, of_p) - found) % np.pi
    if not beyond(most) > 0:
        return -np.inf, np.inf
    low, high = (float(np.tan(brentq(beyond, found, end))) for end in (most - np.pi, most))
    return low, high


def _distinguishability(
    values: Mapping[str, Floats], people: Sequence[str], between: Sequence[str], kinds: list[object]
) -> pd.DataFrame:
    """Whether differences between the members have mean nothing and nothing to do with the sums (Gonzalez & Griffin).

    Equal means, variances and covariances of the kinds are just that; so the likelihood ratio against the saturated
    model is one of a regression of all differences on all sums, and Wilks' lambda is exact to Rao's approximation.
    """
    columns = ["statistic", "df", "df_error", "p_value"]
    if not kinds:
        return pd.DataFrame(columns=columns, dtype=float)
    pairs = len(values[people[0]])
    sums, differences = (np.stack([values[name] @ side for name in people], axis=1) for side in SIDES)
    shown = np.column_stack([np.ones(pairs), sums, *(values[name][:, 0] for name in between)])
    basis, sizes, _ = np.linalg.svd(shown / np.linalg.norm(shown, axis=0).clip(1e-300), full_matrices=False)
    basis = basis[:, sizes > 1e-10 * sizes[0]]
    wide, tied = len(people), basis.shape[1]
    left = differences - basis @ (basis.T @ differences)
    rows = {"chi2": (np.nan, wide * tied, np.nan, np.nan), "Wilks": (np.nan, wide * tied, np.nan, np.nan)}
    if pairs - tied >= wide:
        log = np.linalg.slogdet(left.T @ left)[1] - np.linalg.slogdet(differences.T @ differences)[1]
        rows["chi2"] = (-pairs * log, wide * tied, np.nan, chdtrc(wide * tied, -pairs * log))
        square = wide**2 + tied**2 - 5
        root = np.sqrt((wide**2 * tied**2 - 4) / square) if square > 0 else 1.0
        free = root * (pairs - (wide + tied + 1) / 2) - (wide * tied - 2) / 2
        part = np.exp(log / root)
        ratio = (1 - part) / part * free / (wide * tied)
        rows["Wilks"] = (ratio, wide * tied, free, fdtrc(wide * tied, free, ratio))
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _uneven(fit: PairFit, designs: Floats, terms: list[str], kinds: list[object]) -> float:
    """P value that squared errors go with no actor term: their own model, the smallest p times the number of terms."""
    watched = [row for row, term in enumerate(terms) if term.startswith("actor ")]
    squares = fit.errors**2 if kinds else (fit.errors @ SIDES) ** 2 @ SIDES
    try:
        again = pair_gls(designs, squares, correlated=bool(kinds), method="REML")
    except EstimationError:
        return np.nan
    found = (again.contrast(row) for row in np.eye(len(terms))[watched])
    return float(min([1.0, *(2 * stdtr(df, -abs(estimate / error)) * len(watched) for estimate, error, df in found)]))


def _assumptions(used: Dyads, uneven: float, apart: pd.DataFrame, *, robust: bool) -> pd.DataFrame:
    alone = "nobody is in two pairs" if used.are_named else "who the members are is not known"
    p = apart["p_value"].get("Wilks", np.nan)
    kind = "not asked; give distinguished_by" if apart.empty else f"effects are per kind; kinds alike: {p_words(p)}"
    spread = (
        "too little left to tell" if np.isnan(uneven) else f"squared errors go with no predictor: {p_words(uneven)}"
    ) + ("; not needed with robust errors" if robust else "")
    return assumed(
        ("pairs are separate", True if used.are_named else None, alone),
        ("kinds of members", None, kind),
        ("the spread of the outcome goes with no predictor", None if np.isnan(uneven) else uneven >= 0.05, spread),
        ("effects are straight lines, and nothing left out goes with both predictor and outcome", None, "not checked"),
    )


def _sentence(table: pd.DataFrame, outcome: str, predictors: list[str], design: str, *, uneven: bool) -> str:
    """The first predictor's partner effects, then actor effects, then what the design allows."""
    rows = [term for term in table.index if term.removeprefix("partner ").split(" (")[0] == predictors[0] != term]
    parts = []
    for term in rows:
        kind = term.removeprefix(f"partner {predictors[0]}")
        question = f"Per point of the partner's {predictors[0]}, {outcome}{kind} differs by"
        parts.append(told(question, table.loc[term], against="no partner effect", says="").strip())
    for term in (row.replace("partner ", "actor ", 1) for row in rows):
        own = table.loc[term]
        band = f"{number(own['low'])} to {number(own['high'])}"
        parts.append(f"A{term[1:]}: {number(own['estimate'])} ({band}); {p_words(own['p_value'])}.")
    if uneven:
        parts.append('The spread of the outcome goes with a predictor: look at errors="robust" too.')
    return " ".join([*parts, BY_LOT if design == "drawn by lot" else NOT_BY_LOT])
