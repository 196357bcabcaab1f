"""Before and after: how much people changed, and whether those of one kind ended differently from those of another."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from peernet._arrays import Floats, Ints
from peernet._wording import count_in_digits, listed_few
from peernet.dyads.effects import LEVEL, Effects, assumed, by_t, number, p_words, told
from peernet.dyads.missing_codes import warn_of_codes
from peernet.dyads.pairs import DESIGNS, LEFT_OUT, as_numbers, check_table, refuse_odd_labels, why_fewer, without_blanks
from peernet.errors import EstimationError, SettingError, check_choice, did_you_mean

ENOUGH = 4  # units in each group
ONE_SCALE = 4  # times as far spread: more is hardly the same question on the same scale
ENOUGH_FOR_SPREAD = 6  # people
TOO_SMALL = "With {} units in a group, chance is called a difference in up to 8 of a hundred studies, instead of 5."
SAME = 1e-10  # relative to all, smaller differences are rounding
NOBODY_ELSE = (
    "There is nobody to compare with: time alone may have done it, or falling back from where people began by chance."
)
NO_PAIRS = "no pairs given: name their column where people are members of pairs"
METHOD = (
    "Analysis of covariance: the second measure on the first and the group, with errors that may vary more in one "
    "group than in another (HC2, degrees of freedom after Satterthwaite); change scores alongside, by Welch's test."
)
CITATION = (
    "Van Breukelen (2006), Journal of Clinical Epidemiology 59(9), 920-925; "
    "Bell & McCaffrey (2002), Survey Methodology 28(2), 169-181; Welch (1947), Biometrika 34(1-2), 28-35."
)
OF_CHANGE = "Mean change with Student's t interval.", "Student (1908), Biometrika 6(1), 1-25."


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class BeforeAfter(Effects):
    """How much people changed; as `Effects`, and group by group.

    Parameters
    ----------
    groups
        One row per group (``everybody`` without groups): ``people``, ``units`` (pairs count once), the means ``before``
        and ``after``, the mean ``change`` with ``low`` and ``high`` (95 % interval), ``sd`` of the changes, and
        ``standardised`` (change in units of that).

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> people = pd.DataFrame({"first": [40, 62, 48, 50], "second": [46, 70, 47, 59]}, index=[*"abcd"])
    >>> found = pn.dyads.before_after(people, "first", "second")
    >>> found.groups[["people", "change", "sd", "standardised"]].round(2)
               people  change    sd  standardised
    group
    everybody       4     5.5  4.51          1.22
    """

    groups: pd.DataFrame


def before_after(
    people: pd.DataFrame,
    before: str,
    after: str,
    *,
    by: str | None = None,
    pair: str | None = None,
    design: str = "observed",
) -> BeforeAfter:
    """How much people changed between two measures, and whether that differs with a group they are in.

    Whoever lacks a measure is left out with the reason, so that one person's first never meets another's second.
    With groups the answer is an analysis of covariance: what the second measure differs by among people who were the
    same in the first. Change scores stand beside it. Where groups began apart the two disagree, by what those who began
    high or low fall back of themselves (regression to the mean); ``assumptions`` says how much that is.

    Parameters
    ----------
    people
        One row per person, the index says who.
    before, after
        Columns with the first and the second measure, on the same scale.
    by
        A column with each person's group, such as paired or not, or with a number of more than two values; the second
        measure is held against it. The first group in order is the one others are held against.
    pair
        A column with the number of the pair each person is in, empty for whoever is in none. Partners' answers hang
        together, so a pair counts once, with the mean of its members; whoever is in none counts with their own. Without
        this, people are taken to be independent.
    design
        ``"drawn by lot"`` where a lot decided on ``by``, else ``"observed"``.

    Returns
    -------
    BeforeAfter
        ``table`` has, in points of the measures, the row ``change`` (paired t). With ``by`` it has for each group but
        the first the rows ``BY: GROUP - FIRST, same before`` (the default answer) and ``BY: GROUP - FIRST, in change``
        (for a number ``BY, same before`` and ``BY, in change``, per point of it), and ``before``: what a point before
        is worth after.

    Raises
    ------
    SettingError
        If a column is not there or holds no numbers, or a person has two rows.
    EstimationError
        If there are too few people for the question, nobody differs, or ``by`` differs within pairs.

    Warns
    -----
    PeernetWarning
        If a number looks like a code for "missing", such as -999.

    Notes
    -----
    Chosen by trial, in studies of 12 to 40 people in which groups did nothing but might differ in size, variance and
    slope: errors of this kind called it an effect in 2 to 7 of a hundred, with a group of three in up to 8, which the
    sentence then says; classical ones in up to 22, and those of a model with interactions of group and first measure
    (Lin 2013) in up to 11.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> first, second = [40, 55, None, 62, 48, 50], [46, None, 51, 70, 47, 59]
    >>> people = pd.DataFrame({"learning_1": first, "learning_2": second}, index=["n1", "n2", "n3", "n4", "n5", "n6"])
    >>> found = pn.dyads.before_after(people, "learning_1", "learning_2")
    >>> found.table.round(2)[["estimate", "std_error", "low", "high", "df", "p_value"]]
            estimate  std_error   low   high   df  p_value
    term
    change       5.5       2.25 -1.68  12.68  3.0     0.09
    >>> found.left_out[["a", "reason"]].to_dict("records")
    [{'a': 'n2', 'reason': 'learning_2 missing'}, {'a': 'n3', 'reason': 'learning_1 missing'}]
    """
    check_choice("design", design, DESIGNS)
    known, left_out = _complete(people, before, after, by, pair)
    units = _units(known, before, after, by, pair, why_fewer(left_out))
    one_scale = _one_scale(known[before], known[after])
    card = {"people": len(known), "left out": len(left_out), "units": len(units)}
    settings = {"before": before, "after": after, "by": by, "pair": pair, "design": design}
    apart = f"{'units' if pair else 'people'} are independent", None, "a pair counts once" if pair else NO_PAIRS
    if by is None:
        table, (method, citation) = _of_everybody(units, before, after), OF_CHANGE
        question = f"Did people change from {before} to {after}? By"
        sentence = told(question, table.iloc[0], against="no change", says=NOBODY_ELSE)
        assumptions, levels = assumed(apart, one_scale), []
    else:
        levels, method, citation = _levels(known[by]), METHOD, CITATION
        table = _covariance(units, by, levels)
        sentence = _in_words(table, before, after, by, levels, by_lot=design == "drawn by lot")
        smallest = min([int((units["by"] == level).sum()) for level in levels], default=len(units))
        large = "groups are large enough for these errors", smallest >= ENOUGH, f"{smallest} units in the smallest"
        if smallest < ENOUGH:
            sentence = f"{sentence} {TOO_SMALL.format(smallest)}"
        assumptions = assumed(apart, _began_alike(units, table, by, levels), one_scale, *([large] if levels else []))
    if one_scale[1] is False:
        sentence = (
            f"{sentence} But {one_scale[2]}: if these are two scales, a change from one to the other means nothing."
        )
    return BeforeAfter(
        table=table,
        card=card | ({} if by is None else {f"{by} came about": design}),
        left_out=left_out,
        sentence=sentence,
        method=method,
        citation=citation,
        assumptions=assumptions,
        settings=settings,
        groups=_each_group(units, levels),
    )


def _complete(
    people: pd.DataFrame, before: str, after: str, by: str | None, pair: str | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Those of whom all is known, in an order that does not hang on that of the rows; and who is left out, and why."""
    check_table("people", people, by_index=True)
    for column in (before, after, by, pair):
        if column is not None and column not in people:
            raise SettingError(f"The table has no column {column!r}.{did_you_mean(column, map(str, people.columns))}")
    if people.index.has_duplicates:
        twice = [*people.index[people.index.duplicated()].astype(str).unique()]
        raise SettingError(
            f"{listed_few(twice)} {'has' if len(twice) == 1 else 'have'} several rows; a person has one."
        )
    if by is not None:
        refuse_odd_labels(people[by])
    rows = people.iloc[np.argsort(people.index.astype(str), kind="stable")]
    measures = [before, after, *([by] if by is not None and not _levels(rows[by]) else [])]
    rows = rows.assign(**{measure: as_numbers(rows[measure]) for measure in measures})
    warn_of_codes(rows[measures])
    gaps = rows[[before, after, *([by] if by is not None else [])]].isna()
    lost = gaps.any(axis=1).to_numpy(dtype=bool)
    reasons = [f"{' and '.join(map(str, gaps.columns[row]))} missing" for row in gaps.to_numpy()[lost]]
    whose = rows.loc[lost, pair].to_numpy() if pair else None
    out = pd.DataFrame({"pair": whose, "a": rows.index[lost], "b": None, "reason": reasons}, columns=LEFT_OUT)
    return rows[~lost], out


def _one_scale(before: pd.Series[float], after: pd.Series[float]) -> tuple[str, bool | None, str]:
    """Whether both measures spread alike, as the same question asked twice of the same people does."""
    spreads = float(before.std()), float(after.std())
    if len(before) < ENOUGH_FOR_SPREAD or not min(spreads) > 0:
        return "both measures are on one scale", None, "too little to tell by"
    times = max(spreads) / min(spreads)
    wider, narrower = (before.name, after.name) if spreads[0] > spreads[1] else (after.name, before.name)
    found = f"{wider} spreads {number(times)} times as far as {narrower}"
    return "both measures are on one scale", False if times > ONE_SCALE else None, found


def _units(
    known: pd.DataFrame, before: str, after: str, by: str | None, pair: str | None, why: str = ""
) -> pd.DataFrame:
    """One row per pair, and per person in none: means of ``before`` and ``after``, ``by``, and how many ``people``."""
    whose = without_blanks(known[pair]) if pair else pd.Series(np.nan, index=known.index)
    alone = whose.isna().to_numpy(dtype=bool)
    unit = np.where(alone, np.arange(len(known)), len(known) + pd.factorize(whose)[0])
    if by is not None and (mixed := known[by].groupby(unit).agg(lambda kinds: len({*kinds}) > 1)).any():
        several = listed_few([*whose.groupby(unit).first()[mixed].astype(str)])
        raise EstimationError(
            f"{by} differs between the partners of pair {several}. What one partner's {by} does to either takes a "
            "model of both members; this one compares whole pairs."
        )
    grouped = known.groupby(unit)
    units = pd.DataFrame({"people": grouped.size(), "before": grouped[before].mean(), "after": grouped[after].mean()})
    if len(units) < 2:
        there = count_in_digits(len(known), "person has", "people have")
        raise EstimationError(f"{there} all that is asked for{why}. It takes two who do not belong to one pair.")
    return units.assign(by="everybody" if by is None else grouped[by].first())


def _of_everybody(units: pd.DataFrame, before: str, after: str) -> pd.DataFrame:
    change = (units["after"] - units["before"]).to_numpy(dtype=float)
    if np.ptp(change) <= SAME * np.abs(units[["before", "after"]].to_numpy()).max():
        raise EstimationError(
            f"Everybody changed by the same {change[0]:g} from {before} to {after}, so nothing says how sure that is."
        )
    error = change.std(ddof=1) / np.sqrt(len(change))
    return by_t(["change"], np.array([change.mean()]), np.array([error]), len(change) - 1)


def _each_group(units: pd.DataFrame, levels: list[Hashable]) -> pd.DataFrame:
    group = units["by"] if levels else pd.Series("everybody", index=units.index)
    groups = units.assign(units=1, change=units["after"] - units["before"]).groupby(group)
    found = groups[["people", "units"]].sum().join(groups[["before", "after", "change"]].mean())
    found["sd"] = groups["change"].std()
    half = student.ppf((1 + LEVEL) / 2, (found["units"] - 1).clip(1)) * found["sd"] / np.sqrt(found["units"])
    found["low"], found["high"] = found["change"] - half, found["change"] + half
    found["standardised"] = found["change"] / found["sd"].where(found["sd"] > 0)
    return found.reindex(levels or found.index).rename_axis("group")


def _levels(column: pd.Series) -> list[Hashable]:
    """The groups in order; none where the column holds a number of more than two values."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return [level for level in column.cat.categories if (column == level).any()]
    values: list[Hashable] = column.dropna().unique().tolist()
    if pd.api.types.is_numeric_dtype(column) and len(values) > 2:
        return []
    return sorted(values, key=lambda level: (str(type(level)), level))


def _covariance(units: pd.DataFrame, by: str, levels: list[Hashable]) -> pd.DataFrame:
    before, after = (units[column].to_numpy(dtype=float) for column in ("before", "after"))
    code: Ints = np.zeros(len(units), dtype=np.int64)
    if levels:
        code = np.array([levels.index(level) for level in units["by"]])
        _refuse_small_groups(code, by, levels)
        terms = [f"{by}: {level} - {levels[0]}" for level in levels[1:]]
        contrasts = (code[:, None] == np.arange(1, len(levels))).astype(float)
    else:
        terms, contrasts = [by], units[["by"]].to_numpy(dtype=float)
        contrasts = contrasts - contrasts.mean()
    one, pre = np.ones((len(units), 1)), before[:, None] - before.mean()
    same, change = np.hstack([one, contrasts, pre]), np.hstack([one, contrasts])
    of_same = _robust(same, after, code, f"{by} and what people were before")
    of_change = _robust(change, after - before, code, by)
    names = [f"{term}, {which}" for which in ("same before", "in change") for term in terms]
    several = len(terms)
    given = np.hstack([of_same[:, 1 : several + 1], of_change[:, 1:], of_same[:, several + 1 :]])
    return by_t([*names, "before"], *given)


def _refuse_small_groups(code: Ints, by: str, levels: list[Hashable]) -> None:
    sizes = np.bincount(code, minlength=len(levels))
    if len(levels) < 2:
        raise EstimationError(f"Everybody is of the same {by}, {levels[0]!r}: there is nobody to compare with.")
    if sizes.min() < 2:
        raise EstimationError(
            f"{levels[int(sizes.argmin())]!r} of {by} has one unit, from which nothing can be told of how much such "
            "people vary. Join it with another group, or leave it out."
        )


def _robust(X: Floats, y: Floats, group: Ints, what: str) -> Floats:
    """Rows of estimates, standard errors and degrees of freedom: least squares with errors of unequal variance.

    Squared residuals, each over 1 - leverage (HC2). How many degrees of freedom their weighted sums are worth follows
    Satterthwaite, with a variance for each group; for two groups and nothing else that is Welch's test, for one group
    the degrees of Bell and McCaffrey.
    """
    n, p = X.shape
    if n <= p or np.linalg.matrix_rank(X) < p:
        raise EstimationError(
            f"{count_in_digits(n, 'unit does', 'units do')} not tell the effects of {what} apart: "
            "people must differ in each, and more of them are needed than there are effects."
        )
    weights = np.linalg.solve(X.T @ X, X.T)
    estimate = weights @ y
    off = y - X @ estimate
    free = 1 - np.einsum("ij,ji->i", X, weights)
    if free.min() < SAME:
        raise EstimationError(f"One unit alone decides about an effect of {what}, so nothing says how sure it is.")
    squares = off**2 / free
    errors = np.sqrt(weights**2 @ squares)
    if errors.min() <= SAME * np.abs(y).max():
        raise EstimationError(f"An effect of {what} fits to the last digit, so nothing says how sure it is.")
    variance = (np.bincount(group, squares) / np.bincount(group))[group]
    residual_maker = np.eye(n) - X @ weights
    degrees = []
    for row in weights:
        root = (np.abs(row) / np.sqrt(free))[:, None] * residual_maker
        spread = (root * variance) @ root.T
        degrees.append(np.trace(spread) ** 2 / np.sum(spread**2))
    return np.stack([estimate, errors, np.array(degrees)])


def _began_alike(
    units: pd.DataFrame, table: pd.DataFrame, by: str, levels: list[Hashable]
) -> tuple[str, bool | None, str]:
    if not levels:
        return f"{by} has nothing to do with where people began", None, "given the first measure, a straight line"
    first, second = (float(units.loc[units["by"] == level, "before"].mean()) for level in levels[:2])
    back = (float(table["estimate"].iloc[-1]) - 1) * (second - first)
    return (
        "groups began alike",
        None,
        f"{levels[1]} began {number(second - first)} points from {levels[0]}; {number(back)} points of the difference "
        "in change are what falls back to the mean of itself",
    )


def _in_words(table: pd.DataFrame, before: str, after: str, by: str, levels: list[Hashable], *, by_lot: bool) -> str:
    which = f"{levels[1]} less {levels[0]} comes to" if levels else f"each point of {by} goes with"
    question = f"Does {after} differ with {by}? With the same {before}, {which}"
    change = table.iloc[max(len(levels) - 1, 1)]  # behind a row per contrast
    beside = f"Change scores give {number(change['estimate'])} points ({p_words(change['p_value'])})."
    caused = "what is more than chance is its doing" if by_lot else "this describes people and shows no cause"
    says = f"{beside} Since {by} was {'' if by_lot else 'not '}drawn by lot, {caused}."
    return told(question, table.iloc[0], against="none", says=says)
