"""What if the lot had been another: the pairs that were drawn, weighted as another design would have drawn them.

Each pair stands for the pairs like it that another design makes oftener, or less often. It takes the chance of each
pair under both designs, and says nothing of pairs that the first could not make. By luck the pairs that were drawn may
be more, or less, like those of the other design than the lot makes them on average; that is known, and made good.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import stdtr
from scipy.stats import t as student

from peernet._arrays import Floats
from peernet._wording import count_in_digits, percent
from peernet.dyads.effects import LEVEL, Effects, assumed, by_t, data_card, number, p_words
from peernet.dyads.pair_gls import df_at, df_like, error_without_each
from peernet.dyads.pairs import LEFT_OUT, MEMBERS, Dyads, as_dyads
from peernet.errors import EstimationError, SettingError, type_in_words
from peernet.outcomes.lots import NAMES, ByLot
from peernet.pairing.lottery import RandomPairing

LEAST = 3.0  # pairs' worth of weight
SLOPES = np.linspace(-3, 3, 13)  # of the log of the variance, per standard deviation of what it may go with
ROUNDING = 1e-9
ALIKE = "both designs weigh these pairs alike, or all yield the same, so there is nothing to test"
METHOD = (
    "Weighted mean of pairs (Hajek), weights the ratio of a pair's chances under both designs, calibrated to the known "
    "average of the ratio; standard errors let pairs vary unlike."
)
CITATION = (
    "Hajek, J. (1971). Comment on 'An essay on the logical foundations of survey sampling'. In Godambe & Sprott (eds), "
    "Foundations of Statistical Inference. Holt, Rinehart and Winston; Deville, J.-C. & Sarndal, C.-E. (1992). "
    "Calibration estimators in survey sampling. Journal of the American Statistical Association 87, 376-382."
)
Chances: TypeAlias = RandomPairing | ByLot | pd.DataFrame


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Reweighted(Effects):
    """The mean outcome of pairs as drawn, as another design would have drawn them, and the difference.

    Parameters
    ----------
    table, card, left_out, sentence, method, citation, assumptions, null, settings
        As in `Effects`; rows ``as drawn``, ``as asked`` and ``difference``.
    weights
        One row per pair: ``a``, ``b``, ``probability`` under the design that drew it, ``wanted`` (the same under the
        other) and ``weight`` (the ratio of the two, as a share of all ratios).
    worth
        How many equally weighted pairs the weighted ones are worth (Kish).
    out_of_reach
        Pairs that only the other design makes: ``a``, ``b``, ``wanted``. The outcome of these is not known.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> lot = pn.outcomes.ByLot([f"p{i}" for i in range(10)])
    >>> table = lot.draw(0).assign(y=[3.0, 4, 8, 1, 5])
    >>> dyads = pn.dyads.Dyads(table, design="drawn by lot")
    >>> found = pn.outcomes.reweighted(dyads, lot, "y", lot)
    >>> found.table["estimate"].round(6).to_dict(), round(found.worth, 6)
    ({'as drawn': 4.2, 'as asked': 4.2, 'difference': 0.0}, 5.0)
    """

    weights: pd.DataFrame
    worth: float
    out_of_reach: pd.DataFrame


def reweighted(pairs: Dyads | pd.DataFrame, design: Chances, outcome: str, other: Chances) -> Reweighted:
    """Estimate the mean outcome of pairs, had another design drawn them: one in which difference counts more, perhaps.

    Parameters
    ----------
    pairs
        Pairs drawn by lot.
    design
        What they were drawn from: a `RandomPairing`, `ByLot`, or a table with ``a``, ``b`` and ``probability``.
    outcome
        A measure of people, of which the mean of the two counts, or of the pair.
    other
        The design asked about, in the same ways: what `draw_pairing` returns for other scores, perhaps.

    Returns
    -------
    Reweighted
        ``.table``, ``.weights``, ``.worth`` and ``.out_of_reach``.

    Raises
    ------
    SettingError
        If nothing was drawn by lot, a design gives no chances, or a pair has no chance under its own.
    EstimationError
        If the other design makes none of these pairs, or so few that they are worth fewer than three.

    Notes
    -----
    The weighted mean of Hajek, each pair weighted by the ratio of its chances, calibrated: what the ratio is on average
    under either design is known, and means are brought there along the slope of the outcome on the ratio. No straight
    line is assumed, for the difference between the designs *is* that slope times the known distance, whatever the
    outcome depends on. ``as drawn`` therefore is what the lot brings on average, not the mean of the pairs it brought.

    What a pair yields is taken not to depend on who else is paired with whom. Standard errors let pairs vary unlike:
    half of their square comes from how far each pair lies off the line of the others (HC3, made as large as it is on
    average where all vary alike, against its exact distribution), half from a model in which the log of the variance
    rises or falls with that of the ratio, over all slopes, each counted by its restricted likelihood and a standard
    normal (per standard deviation). ``df`` are those of Student's t with the same 95 % point. Joint chances of two
    pairs are not used: no two pairs of one person come up together, so that no unbiased variance exists. Where one pair
    alone decides, no standard error is given. Where chances are estimated from draws, their error is not in the
    interval.

    With 12, 20 and 40 people in 400 to 600 simulated studies each (standard error .9 to 1.4 %), intervals of the
    difference held it in 95 to 99 % where the outcome had nothing to do with what the other design asks for, in 94 to
    99 % where it rose with it by a standard deviation of chance per unit, in 92 to 98 % where chance itself grows with
    it and in 95 to 99 % where it shrinks. They are as wide because few pairs do not tell whether chance grows: each
    pair's own error alone (HC3) held the difference in 92 to 98 % where the outcome had nothing to do with the design,
    but in 88 to 92 % where chance grows.
    Where the outcome rises much more than chance moves it, and not in line with the ratio, they are too narrow: where
    it rose by two standard deviations of a yes or no chance per unit they held it, with 40 people, in 90 to 92 % (of
    400 to 600 studies each, standard error 1.2 to 1.4 %). A model in which the outcome may bend with the ratio held it
    there in 93 and 95 %, but with it estimates strayed up to 1.4 times as far from the truth elsewhere.

    The price of calibration is width: with 12 people the estimate strays from the truth 1.4 to 1.9 times as far as the
    weighted mean alone, whose intervals held planted differences in 83 to 90 %; with 40 people about as far.

    References
    ----------
    Aronow, P. M. & Samii, C. (2017). Estimating average causal effects under general interference. Annals of Applied
    Statistics 11, 1912-1947.

    Davidian, M. & Carroll, R. J. (1987). Variance function estimation. Journal of the American Statistical Association
    82, 1079-1091.

    Deville, J.-C. & Sarndal, C.-E. (1992). Calibration estimators in survey sampling. Journal of the American
    Statistical Association 87, 376-382.

    MacKinnon, J. G. & White, H. (1985). Some heteroskedasticity-consistent covariance matrix estimators. Journal of
    Econometrics 29, 305-325.

    Examples
    --------
    >>> from itertools import combinations
    >>> import pandas as pd
    >>> import peernet as pn
    >>> years = dict(zip("abcdefghij", [1, 2, 2, 4, 5, 7, 8, 8, 9, 12]))
    >>> lot = pn.outcomes.ByLot(years)
    >>> table = lot.draw(0)
    >>> table["learning"] = [3.0, 4, 8, 1, 5]
    >>> apart = pd.DataFrame(combinations(years, 2), columns=["a", "b"])
    >>> apart["probability"] = [abs(years[a] - years[b]) / 30 for a, b in zip(apart["a"], apart["b"])]
    >>> found = pn.outcomes.reweighted(pn.dyads.Dyads(table, design="drawn by lot"), lot, "learning", apart)
    >>> found.table["estimate"].round(2).to_dict()
    {'as drawn': 4.4, 'as asked': 3.74, 'difference': -0.66}
    """
    used = _drawn_by_lot(pairs, outcome)
    weights, wanted = _weights(used, design, other)
    worth, drawable = _worth(used, weights), _chances(design)
    table = _table(_of_pairs(used, outcome), weights, drawable, wanted)
    outside = wanted[~wanted.set_index(NAMES).index.isin(drawable.index)].reset_index(drop=True)
    expected = float(wanted["wanted"].sum())
    lost = float(outside["wanted"].sum()) / expected
    further = {
        "pairs they are worth": round(worth, 1),
        "pairs the other design makes": round(expected, 1),
        "of these not possible under the design that drew": percent(lost),
    }
    return Reweighted(
        table=table,
        weights=weights,
        worth=worth,
        out_of_reach=outside,
        card=data_card(used, **further),
        left_out=used.left_out.reindex(columns=LEFT_OUT),
        sentence=_sentence(table, outcome, f"{_are_worth(used)} {worth:.1f}", lost),
        method=METHOD,
        citation=CITATION,
        assumptions=_assumptions(outside, design, other),
        settings={"outcome": outcome},
    )


def _drawn_by_lot(pairs: Dyads | pd.DataFrame, outcome: str) -> Dyads:
    """The pairs of which the outcome is known."""
    dyads = as_dyads(pairs)
    if dyads.design != "drawn by lot":
        raise SettingError(
            "The pairs are marked as observed: the chance of each is not known, and another design cannot be told from "
            'them. If they were drawn by lot, say so where they are made (design="drawn by lot").'
        )
    if not dyads.are_named:
        raise SettingError("The pairs must say who is in them (a and b), so that their chances can be looked up.")
    used = dyads.complete(outcome)
    if not len(used):
        raise EstimationError(f"{outcome} is not known of both members of any pair.")
    return used


def _of_pairs(used: Dyads, outcome: str) -> Floats:
    columns = [f"{outcome}{member}" for member in MEMBERS] if used.is_of_people(outcome) else [outcome]
    sides = [used.table[column].to_numpy(dtype=np.float64) for column in columns]
    return np.asarray(sum(sides[1:], sides[0]) / len(sides))


def _worth(used: Dyads, weights: pd.DataFrame) -> float:
    """How many equally weighted pairs the weighted ones are worth."""
    share = weights["weight"].to_numpy()
    if not share.any():
        raise EstimationError("The other design makes none of these pairs, so they say nothing of it.")
    if (worth := float(1 / (share**2).sum())) < LEAST:
        raise EstimationError(
            f"Weighted as the other design would draw them, {_are_worth(used)} {worth:.1f}: too few. Ask "
            "about a design nearer to the one that drew them."
        )
    return worth


def _sentence(table: pd.DataFrame, outcome: str, are_worth: str, lost: float) -> str:
    row = table.loc["difference"].to_dict()
    low, high = row["low"], row["high"]
    band = f" (95 % interval {number(low)} to {number(high)})" if np.isfinite(low) else ""
    p = p_words(row["p_value"]) if row["std_error"] else ALIKE
    unknown = f", and {percent(lost)} of what the other design makes is out of reach" if lost else ""
    return (
        f"Drawn by the other design, pairs would have had a mean {outcome} of "
        f"{number(table.loc['as asked'].to_dict()['estimate'])}, a difference of {number(row['estimate'])}"
        f"{band}, against the design that drew them; {p}. "
        f"By lot was drawn who was paired with whom; {are_worth} here{unknown}."
    )


def _assumptions(outside: pd.DataFrame, design: Chances, other: Chances) -> pd.DataFrame:
    known = "exact" if _exact(design) else "estimated by draws"
    return assumed(
        ("every pair the other design makes can be drawn", not len(outside), _told(outside)),
        ("what a pair yields does not depend on the other pairs", None, "needed"),
        ("chances are known", _exact(design) and _exact(other), known),
    )


def _are_worth(used: Dyads) -> str:
    return count_in_digits(len(used), "pair is worth", "pairs are worth")


def _told(outside: pd.DataFrame) -> str:
    if not len(outside):
        return "all of them"
    few = ", ".join(f"{a} and {b}" for a, b in outside.nlargest(3, "wanted")[NAMES].to_numpy(str))
    return f"{count_in_digits(len(outside), 'pair', 'pairs')} cannot, such as {few}"


def _exact(design: Chances) -> bool:
    return design.exact if isinstance(design, RandomPairing) else True


def _chances(design: Chances) -> pd.Series:
    """The chance of each pair that can come up; index ``a`` and ``b``, sorted within pairs."""
    if isinstance(design, ByLot):
        table = _of_lot(design)
    elif isinstance(design, RandomPairing):
        table = design.probabilities
    elif isinstance(design, pd.DataFrame) and {*NAMES, "probability"} <= {*design}:
        table = design
    else:
        raise SettingError(
            "A design must give the chance of each pair: a RandomPairing, ByLot(people), or a table of a, b and "
            f"probability; got {type_in_words(design)}."
        )
    chance = table["probability"].to_numpy(dtype=float)
    if ((chance < 0) | (chance > 1) | np.isnan(chance)).any():
        raise SettingError("A probability must lie from 0 to 1.")
    sides = np.sort(table[NAMES].to_numpy(str), axis=1)
    found = pd.Series(chance, index=pd.MultiIndex.from_arrays([*sides.T], names=NAMES))
    if found.index.has_duplicates:
        raise SettingError("A table of chances must hold every pair once.")
    return found[found > 0]


def _of_lot(lot: ByLot) -> pd.DataFrame:
    parts: list[pd.DataFrame] = []
    for each in lot.among:
        i, j = np.triu_indices(len(each), 1)
        chance = 1 / (len(each) - 1 + len(each) % 2) if len(each) > 1 else 0.0
        parts.append(pd.DataFrame({"a": lot.people[each[i]], "b": lot.people[each[j]], "probability": chance}))
    return pd.concat(parts, ignore_index=True)


def _weights(used: Dyads, design: Chances, other: Chances) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The weight of each pair, in the order of names; and the pairs of the other design."""
    own, wanted = _chances(design), _chances(other)
    pairs = pd.MultiIndex.from_arrays([*np.sort(used.table[NAMES].to_numpy(str), axis=1).T], names=NAMES)
    table = pd.DataFrame({"probability": own.reindex(pairs), "wanted": wanted.reindex(pairs).fillna(0.0)}, index=pairs)
    for a, b in table.index[table["probability"].isna()]:
        raise SettingError(
            f"{a!r} and {b!r} have no chance of being paired under the design that is said to have drawn."
        )
    ratio = table["wanted"] / table["probability"]
    weight = ratio / (ratio.sort_values().sum() or 1.0)
    return table.assign(weight=weight).reset_index(), wanted.rename("wanted").reset_index()


def _table(values: Floats, weights: pd.DataFrame, own: pd.Series, wanted: pd.DataFrame) -> pd.DataFrame:
    """Mean outcomes at the average ratio of either design, along the slope of the outcome on the ratio."""
    other = wanted.set_index(NAMES)["wanted"].reindex(own.index).fillna(0.0)
    drawn, asked = float(other.sum() / own.sum()), float((other * (other / own)).sum() / (other.sum() or 1.0))
    ratio = (weights["wanted"] / weights["probability"]).to_numpy()
    order = np.lexsort((ratio, values))  # sums that do not depend on the order of rows
    values, ratio = values[order], ratio[order]
    n, apart = len(values), ratio - ratio.mean()
    size = float(np.linalg.norm(apart))
    if size <= ROUNDING * np.linalg.norm(ratio):  # all drawn pairs alike: nothing is known of others
        if abs(asked - drawn) > ROUNDING * asked:
            raise EstimationError(
                "The other design makes each of these pairs as much oftener as any other of them, so that they do not "
                "tell what it would change. Ask about a design that differs among the pairs that were drawn."
            )
        apart, size = np.zeros(n), 1.0
    basis, level = np.column_stack([np.full(n, n**-0.5), apart / size]), n**-0.5
    ways = np.array([drawn - ratio.mean(), asked - ratio.mean(), asked - drawn]) / size
    parts = np.column_stack([[level, level, 0.0], ways]) @ basis.T  # what each pair counts for
    errors, degrees = _errors(parts, basis, values, ratio)
    return by_t(["as drawn", "as asked", "difference"], parts @ values, errors, degrees)


def _errors(parts: Floats, basis: Floats, values: Floats, ratio: Floats) -> tuple[Floats, Floats]:
    """Standard errors of sums of outcomes, and the degrees of freedom at which Student's t has their 95 % point.

    Half the square from each pair's own error, half from the model of a spread that goes with the ratio.
    """
    left = values - basis @ (basis.T @ values)
    errors, degrees = np.full((2, len(parts)), np.nan)
    size = np.abs(parts @ parts.T).max() ** 0.5 * np.abs(values).max()
    for k, part in enumerate(parts):
        error, counts = error_without_each(part, basis, left)
        of_spread, point = _by_spread(part, basis, left, ratio)
        errors[k] = np.sqrt((error**2 + of_spread**2) / 2)
        if errors[k] <= ROUNDING * size:
            errors[k] = 0.0
        if errors[k] > 0:
            farthest = np.sqrt(((error * student.ppf((1 + LEVEL) / 2, df_like(counts))) ** 2 + point**2) / 2)
            degrees[k] = df_at(float(farthest / errors[k]))
    return errors, degrees


def _by_spread(part: Floats, basis: Floats, left: Floats, ratio: Floats) -> tuple[float, float]:
    """The standard error where the log of the variance may rise or fall with that of the ratio; its 95 % point.

    Over all slopes, each counted by its restricted likelihood and by how far it is from none.
    """
    basis = basis[:, basis.any(axis=0)]
    grown = np.log1p(ratio / ratio.mean())
    grown = (grown - grown.mean()) / (grown.std() or 1.0)
    variances, df = np.exp(SLOPES[:, None] * grown), len(left) - basis.shape[1]
    turned = basis / variances[:, :, None]
    product, shown = np.einsum("spi,pj->sij", turned, basis), np.einsum("spi,p->si", turned, left)
    solved = np.linalg.solve(product, shown[:, :, None])[:, :, 0]
    residual = ((left**2 / variances).sum(axis=1) - (shown * solved).sum(axis=1)).clip(np.finfo(float).tiny)
    likely = -np.linalg.slogdet(product)[1] / 2 - df / 2 * np.log(residual) - SLOPES**2 / 2
    share = np.exp(likely - likely.max())
    share /= share.sum()
    scales = np.sqrt(residual / df * (variances @ part**2))
    if not scales.any():
        return 0.0, 0.0

    def beyond(point: float) -> float:
        return float(share @ stdtr(df, -point / scales)) - (1 - LEVEL) / 2

    ends = student.ppf((1 + LEVEL) / 2, df) * np.array([scales.min() * (1 - 1e-6), scales.max() * (1 + 1e-6)])
    return float(np.sqrt(share @ scales**2)), float(brentq(beyond, *ends))
