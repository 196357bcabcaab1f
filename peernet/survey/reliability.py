"""Whether the items of a scale measure one thing: reliability of each scale, and items that run against theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import pandas as pd
from scipy.special import fdtri

from peernet._arrays import Flags, Floats
from peernet._wording import Shown, count_in_digits, listed
from peernet.errors import check_type
from peernet.survey.codebook import Codebook
from peernet.survey.issues import IssueLog
from peernet.survey.item import ANSWER_BLOCKS, Item
from peernet.survey.quality import as_numbers, is_singular
from peernet.survey.survey import Survey

FEWEST_ITEMS = 3  # of two items that run against each other nobody can tell which is the odd one
FEWEST_PEOPLE = 6
AGAINST = -0.3  # correlation with the rest of the scale from which on an item runs against it
SURELY = 2.5  # times its standard error by which the correlation must differ from 0
PAIR = 2  # items
LEAST_UNIQUE = 0.005  # share of an item's variance that is its own, at least, so that the fit has an optimum
COVERAGE = 0.95
MEASURES = ("alpha", "low", "high", "omega", "spearman_brown", "mean_r")


@dataclass(frozen=True, eq=False, repr=False)
class ScaleReliability(Shown):
    """How reliably each scale measures, and how each item goes with the rest of its scale.

    Parameters
    ----------
    table
        One row per scale in the codebook's order, index ``scale``: ``items``; ``people`` who answered all of them and
        on whom everything here rests; ``alpha`` (Cronbach's) with its 95 % interval ``low`` to ``high``; ``omega``
        (total, by one factor; missing of two items); ``spearman_brown`` (of two items alone); ``mean_r``, the mean
        correlation between two items; ``against``, the items that run against the scale, named, empty for none;
        ``alpha_turned``, alpha if these were turned round, missing for none.
    items
        One row per scale and item, index from 0: ``scale``, ``item``; ``reverse``, whether the codebook turns it round;
        ``item_rest``, its correlation with the sum of the other items; ``alpha_without`` it, missing of two items;
        ``remark``, what to look at where it runs against its scale, else empty.

    Examples
    --------
    >>> import peernet as pn
    >>> reliability = pn.survey.scale_reliability(pn.load_example())
    >>> reliability
    <ScaleReliability: 5 scales, alpha from ... to ..., no item against its scale>
    """

    table: pd.DataFrame
    items: pd.DataFrame

    def __repr__(self) -> str:
        known = sorted({f"{alpha:.2f}" for alpha in self.table["alpha"].dropna()}, key=float)
        reach = (
            f", alpha {'from ' if len(known) > 1 else ''}{' to '.join(known[:: max(len(known) - 1, 1)])}"
            if known
            else ""
        )
        against = self.items.loc[self.items["remark"] != "", "item"].tolist()
        odd = f"{listed(against)} against {'its' if len(against) == 1 else 'their'} scale" if against else ""
        scales = count_in_digits(len(self.table), "scale", "scales")
        return f"<ScaleReliability: {scales}{reach}, {odd or 'no item against its scale'}>"


def scale_reliability(survey: Survey) -> ScaleReliability:
    """How reliably each scale of the codebook measures, by its numeric and ordinal items.

    Parameters
    ----------
    survey
        What `read_survey` returned. Every measure takes the items as the codebook keys them; an item that still runs
        against the others is named and nothing is turned round on a guess.

    Returns
    -------
    ScaleReliability
        ``.table`` per scale and ``.items`` per item. A measure is missing where fewer than six people answered every
        item, an item does not vary, or, of omega, items follow from each other.

    Raises
    ------
    SettingError
        If ``survey`` is not a survey.

    Notes
    -----
    alpha = k / (k - 1) (1 - sum of item variances / variance of the sum) is a lower bound of the reliability of the sum
    where errors are independent; its interval is exact for parallel normal items (Feldt 1965). Omega total, (sum of
    loadings)^2 / ((sum of loadings)^2 + sum of error variances), does without equal loadings; they are those of one
    factor by maximum likelihood. Of two items no loadings can be told apart, and the reliability is best given by the
    Spearman-Brown formula, 2 r / (1 + r) (Eisinga et al. 2013). No line is drawn: a scale of .60 can carry a comparison
    of groups and not one of two people.

    References
    ----------
    Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests. Psychometrika, 16(3), 297-334.
    Feldt, L. S. (1965). The approximate sampling distribution of Kuder-Richardson reliability coefficient twenty.
    Psychometrika, 30(3), 357-370.
    McDonald, R. P. (1999). Test theory: A unified treatment. Lawrence Erlbaum.
    Eisinga, R., te Grotenhuis, M., & Pelzer, B. (2013). The reliability of a two-item scale: Pearson, Cronbach, or
    Spearman-Brown? International Journal of Public Health, 58(4), 637-642.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.survey.scale_reliability(pn.load_example()).table["alpha"].round(2).head(3).to_dict()
    {'change': 0.89, 'people': 0.83, 'planning': 0.87}
    """
    check_type("survey", survey, Survey, "read_survey")
    people = survey.people[survey.people["answered"]]
    rows, parts = {}, []
    for scale, items in _scales(survey.codebook, people):
        graded = _graded(items, people)
        against = against_scale(items, graded)
        complete = graded.dropna()
        measures = reliability_of(complete)
        turned = complete.assign(**{name: -complete[name] for name in against})
        rows[scale] = {
            "items": len(items),
            "people": len(complete),
            **measures,
            "against": listed(list(against)),
            "alpha_turned": reliability_of(turned)["alpha"] if against else np.nan,
        }
        parts.append(_items_of(scale, items, complete, against))
    columns = ["items", "people", *MEASURES, "against", "alpha_turned"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("scale")
    blank = pd.DataFrame(columns=["scale", "item", "reverse", "item_rest", "alpha_without", "remark"])
    return ScaleReliability(table, pd.concat(parts, ignore_index=True) if parts else blank)


def _scales(codebook: Codebook, answers: pd.DataFrame) -> list[tuple[str, list[Item]]]:
    """Each scale with those of its items that can be graded and correlated, of scales with two and more."""
    usable = [
        item
        for item in codebook
        if item.scale and item.block in ANSWER_BLOCKS and item.kind in ("numeric", "ordinal") and item.name in answers
    ]
    scales = {str(item.scale): [other for other in usable if other.scale == item.scale] for item in usable}
    return [(scale, items) for scale, items in scales.items() if len(items) >= PAIR]


def _graded(items: Sequence[Item], answers: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({item.name: as_numbers(answers[item.name]) for item in items})


def _items_of(scale: str, items: Sequence[Item], complete: pd.DataFrame, against: Mapping[str, float]) -> pd.DataFrame:
    """How each item of a scale goes with the others."""
    rest = {item.name: complete.drop(columns=item.name) for item in items}
    return pd.DataFrame(
        {
            "scale": scale,
            "item": [item.name for item in items],
            "reverse": [item.reverse for item in items],
            "item_rest": [_correlation(complete[name], others.sum(axis=1)) for name, others in rest.items()],
            "alpha_without": [reliability_of(others)["alpha"] for others in rest.values()],
            "remark": [keying_guess(item) if item.name in against else "" for item in items],
        }
    )


def reliability_of(complete: pd.DataFrame) -> dict[str, float]:
    """Every measure of one scale.

    Parameters
    ----------
    complete
        Numbers, one row per person, one column per item, nothing missing.

    Returns
    -------
    dict
        ``alpha``, ``low``, ``high``, ``omega``, ``spearman_brown`` and ``mean_r``, as in `ScaleReliability`.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"a": [1, 2, 3, 4, 5, 5], "b": [2, 1, 3, 5, 4, 5]})
    >>> {name: round(value, 3) for name, value in reliability_of(answers).items()}
    {'alpha': 0.919, 'low': 0.421, 'high': 0.989, 'omega': nan, 'spearman_brown': 0.919, 'mean_r': 0.85}
    """
    found = dict.fromkeys(MEASURES, np.nan)
    people, items = complete.shape
    covariance = np.cov(complete.to_numpy(float), rowvar=False) if people >= FEWEST_PEOPLE and items >= PAIR else None
    if covariance is None or (np.diag(covariance) <= 0).any() or covariance.sum() <= 0:
        return found
    alpha = items / (items - 1) * (1 - np.trace(covariance) / covariance.sum())
    tail = (1 - COVERAGE) / 2
    ends = fdtri(people - 1, (people - 1) * (items - 1), [1 - tail, tail])
    spread = np.sqrt(np.diag(covariance))
    mean_r = (covariance / np.outer(spread, spread))[np.triu_indices(items, 1)].mean()
    low, high = 1 - (1 - alpha) * ends
    found |= {"alpha": alpha, "low": low, "high": high, "mean_r": mean_r}
    if items == PAIR:
        found["spearman_brown"] = 2 * mean_r / (1 + mean_r)
    elif not is_singular(covariance):
        found["omega"] = _omega_total(covariance)
    return {name: float(value) for name, value in found.items()}


def _omega_total(covariance: Floats) -> float:
    """Share of the sum's variance that is due to one factor."""
    loadings, errors = one_factor(covariance)
    common = loadings.sum() ** 2
    return float(common / (common + errors.sum()))


def one_factor(covariance: Floats) -> tuple[Floats, Floats]:
    """Loadings and error variances of one factor by maximum likelihood.

    Parameters
    ----------
    covariance
        Of three items and more, shape (items, items), none of which follows from the others.

    Returns
    -------
    tuple
        Loadings, up to their common sign, and error variances, both of shape (items,) and on the items' scale.

    Notes
    -----
    What is to be made small depends on the error variances alone once the loadings that suit them best are put in
    (Jöreskog 1967). An error variance is at least .5 % of its item's.

    References
    ----------
    Jöreskog, K. G. (1967). Some contributions to maximum likelihood factor analysis. Psychometrika, 32(4), 443-482.

    Examples
    --------
    >>> import numpy as np
    >>> loadings, errors = one_factor(np.outer([1, 2, 3], [1, 2, 3]) + np.diag([1.0, 1.0, 4.0]))
    >>> np.abs(loadings).round(3).tolist(), errors.round(3).tolist()
    ([1.0, 2.0, 3.0], [1.0, 1.0, 4.0])
    """
    from scipy.optimize import minimize  # takes a quarter of a second to load, and few surveys need it

    spread = np.sqrt(np.diag(covariance))
    together = covariance / np.outer(spread, spread)

    def best_loadings(errors: Floats) -> tuple[Floats, Floats]:
        scaled = 1 / np.sqrt(errors)
        values, vectors = np.linalg.eigh(together * np.outer(scaled, scaled))
        return values, vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0)) / scaled

    def misfit(errors: Floats) -> tuple[float, Floats]:
        values, loadings = best_loadings(errors)
        left = np.outer(loadings, loadings) + np.diag(errors) - together
        return float((values[:-1] - np.log(values[:-1]) - 1).sum()), np.diag(left) / errors**2

    start = np.clip(1 / np.diag(np.linalg.inv(together)), LEAST_UNIQUE, 1)
    bounds = [(LEAST_UNIQUE, 1.0)] * len(spread)
    errors = minimize(misfit, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"ftol": 1e-14}).x
    return best_loadings(errors)[1] * spread, errors * spread**2


def log_keying(codebook: Codebook, answers: pd.DataFrame, log: IssueLog) -> None:
    """Warn of every item that runs against its scale; nothing is turned round on a guess.

    Parameters
    ----------
    codebook
        Says which items belong to one scale, and which are reversed.
    answers
        Typed answers, reversed items already turned round.
    log
        Receives one warning per item: a reversed one was probably turned round before the file was made, another is
        probably worded against its scale.
    """
    for scale, items in _scales(codebook, answers):
        against = against_scale(items, _graded(items, answers))
        for item in items:
            if item.name in against:
                after = " after being turned round" if item.reverse else ""
                r = against[item.name]
                problem = f"{item.name!r} runs against the other items of scale {scale!r} (r = {r:.2f}){after}"
                log.warning(problem, f"kept as the codebook says; {keying_guess(item)}", item=item.name)


def keying_guess(item: Item) -> str:
    """Why an item may run against its scale, and what to do then."""
    if item.reverse:
        return 'perhaps the file has it turned round already: then take "reverse" out of the codebook'
    return 'perhaps it is worded against the scale: then give it "reverse": true'


def against_scale(items: Sequence[Item], graded: pd.DataFrame) -> dict[str, float]:
    """Items that run against the others of their scale, each with its correlation with them.

    Parameters
    ----------
    items
        The items of one scale.
    graded
        Their answers as numbers, one row per person, as the codebook keys them.

    Returns
    -------
    dict
        Empty where all run the same way, or it cannot be told of fewer than three items or six people.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> items = [pn.survey.Item(name, "perspective", "numeric", scale="s") for name in "abc"]
    >>> answers = pd.DataFrame({"a": [1, 2, 3, 4, 5, 5], "b": [1, 1, 3, 4, 4, 5], "c": [5, 4, 3, 2, 2, 1]})
    >>> {name: round(r, 2) for name, r in against_scale(items, answers).items()}
    {'c': -0.98}
    """
    if len(items) < FEWEST_ITEMS:
        return {}
    signs = _signs(graded, np.array([item.reverse for item in items]))
    if (signs > 0).all():
        return {}
    deviations = (graded - graded.mean()) / graded.std().replace(0, np.nan)
    found = {}
    for item in compress(items, signs < 0):
        rest = (deviations * signs).drop(columns=item.name).mean(axis=1)
        if (r := _clear_correlation(deviations[item.name], rest)) < AGAINST:
            found[item.name] = r
    return found


def _signs(graded: pd.DataFrame, reversed_items: Flags) -> Floats:
    """1 for the items of a scale that run with most of the others and -1 for those against, by their main component.

    Where as many run one way as the other, those that were not turned round count as running the right way.
    """
    together = graded.corr(min_periods=FEWEST_PEOPLE).fillna(0.0).to_numpy(copy=True)
    np.fill_diagonal(together, 1.0)
    signs = np.where(np.linalg.eigh(together)[1][:, -1] < 0, -1.0, 1.0)
    majority = signs.sum() or signs[~reversed_items].sum()
    return -signs if majority < 0 else signs


def _clear_correlation(one: pd.Series[float], other: pd.Series[float]) -> float:
    """The correlation of two columns; 0 where too few people answered both, or it may be chance."""
    both = one.notna() & other.notna()
    n = int(both.sum())
    r = _correlation(one[both], other[both])
    if n < FEWEST_PEOPLE or np.isnan(r):
        return 0.0
    error = np.sqrt((1 - min(r * r, 1.0)) / (n - 2))
    return r if abs(r) >= SURELY * error else 0.0


def _correlation(one: pd.Series[float], other: pd.Series[float]) -> float:
    """The correlation of two whole columns, missing where one does not vary."""
    varied = len(one) > 0 and np.ptp(one) > 0 and np.ptp(other) > 0
    return float(np.corrcoef(one, other)[0, 1]) if varied else np.nan
