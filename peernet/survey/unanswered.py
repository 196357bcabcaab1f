"""What was left unanswered: how often each question was, and whether that goes with what people answer elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from peernet._arrays import Flags, Floats
from peernet._wording import count_in_digits
from peernet.errors import SettingError
from peernet.survey.item import ANSWER_BLOCKS
from peernet.survey.survey import Survey

GRADED_BLOCKS = ("experience", "perspective", "goal", "climate")
GRADED_KINDS = ("numeric", "ordinal", "binary", "asymmetric")
FEWEST_PEOPLE_AN_ITEM = 5  # with fewer the covariance is a guess; see `littles_test` for what was measured
CLOSE = 1e-7  # change of a standardised mean or covariance below which the fit has settled
MOST_STEPS = 5000
LONG_TAILED = (
    2.0  # excess kurtosis above which an item is left out, since the statistic then varies more than it should
)
SINGULAR = 1e-6  # smallest eigenvalue of a correlation matrix below which some answers follow from others


def missing_answers(survey: Survey) -> pd.DataFrame:
    """How often each question was left unanswered by those who answered the survey.

    Parameters
    ----------
    survey
        What `read_survey` returned.

    Returns
    -------
    DataFrame
        One row per item in the codebook's order, index ``item``: ``block``; ``asked``, how many people answered
        anything at all; ``answered``, how many of them answered this item; ``missing``, the share that did not. A tie
        question counts under its layer, answered by whoever named somebody or nobody. Outcomes are left out, since
        later waves were not put to everybody.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.survey.missing_answers(pn.load_aarhus()).loc["role", ["asked", "answered"]].tolist()
    [61, 60]
    """
    people = survey.people[survey.people["answered"]]
    answered = {}
    for item in survey.codebook:
        if item.block == "tie":
            said = survey.answered.get(str(item.layer), frozenset()) & frozenset(people.index)
            answered[item.name] = item.block, len(said)
        elif item.block in ANSWER_BLOCKS and item.name in people:
            answered[item.name] = item.block, int(people[item.name].notna().sum())
    table = pd.DataFrame.from_dict(answered, orient="index", columns=["block", "answered"]).rename_axis("item")
    table.insert(1, "asked", len(people))
    return table.assign(missing=1 - table["answered"] / max(len(people), 1))


@dataclass(frozen=True)
class LittlesTest:
    """Whether who left which questions unanswered goes with what they answered elsewhere.

    Parameters
    ----------
    d2
        Little's statistic: how far the means of people with the same gaps lie from those expected of everybody.
    df
        Its degrees of freedom: answers per pattern, summed, less the number of items.
    p
        Chance of a statistic as large were answers missing completely at random; missing where it cannot be told.
    patterns
        How many different sets of questions were answered by somebody, of those who answered any.
    people, items
        How many people and items were used.
    left_out
        Items that were not: everybody answered them alike, or hardly anybody otherwise.
    words
        The result in a sentence, or why there is none.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.survey.littles_test(pn.load_aarhus())
    <LittlesTest: cannot be told: fewer than two graded questions set people apart>
    """

    d2: float
    df: int
    p: float
    patterns: int
    people: int
    items: int
    left_out: tuple[str, ...]
    words: str

    def __repr__(self) -> str:
        return f"<LittlesTest: {self.words}>"


def littles_test(answers: Survey | pd.DataFrame) -> LittlesTest:
    """Little's test of whether answers are missing completely at random.

    Parameters
    ----------
    answers
        What `read_survey` returned, of which the numeric, ordinal and yes/no items on experience, perspective, goals
        and climate are used, ordered categories by their place; or a table of numbers, one row per person, one column
        per item.

    Returns
    -------
    LittlesTest
        ``p`` is missing where it cannot be told: nothing or everything is missing, fewer than two items set people
        apart, there are fewer than five people an item, or answers determine each other or were never given together.

    Raises
    ------
    SettingError
        If ``answers`` is neither a survey nor a table of numbers.

    Notes
    -----
    Mean m and covariance S of everybody are those most likely of a normal distribution (EM algorithm). Of the n_j
    people with pattern j, who answered the same p_j items with means y_j, the statistic sums
    n_j (y_j - m_j)' S_j^-1 (y_j - m_j), with S as it is most likely (divisor n). If answers are missing completely at
    random it follows about a chi-squared distribution with sum_j p_j - p degrees of freedom. A small p says that they
    are not, a large one does not say that they are: what was not answered may itself be the reason, and no answer
    tells.

    Of made-up surveys with eight items in which answers were missing by chance alone, 2 to 8 % had a p below .05 where
    160 people answered on normal, five-point and lopsided three-point scales (standard error 1 %), and 0 to 4 % where
    40 did. Of yes/no questions to which one in ten says yes it was 18 %, so items with an excess kurtosis above 2 are
    left out and named.

    References
    ----------
    Little, R. J. A. (1988). A test of missing completely at random for multivariate data with missing values. Journal
    of the American Statistical Association, 83(404), 1198-1202.
    Dempster, A. P., Laird, N. M., & Rubin, D. B. (1977). Maximum likelihood from incomplete data via the EM algorithm.
    Journal of the Royal Statistical Society B, 39(1), 1-38.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> answers = pd.DataFrame({"a": [1, 2, 3, 4, 5, 5, 4, 2, 1, 3], "b": [2, 1, 4, 3, None, None, None, 1, 2, 2]})
    >>> test = pn.survey.littles_test(answers)
    >>> round(test.d2, 2), test.df, test.patterns
    (5.95, 1, 2)
    """
    table = graded_answers(answers) if isinstance(answers, Survey) else _numbers(answers)
    usable = table.columns[(table.max() > table.min()) & (table.kurt() <= LONG_TAILED)]
    asked = table[usable].dropna(how="all")
    patterns = Patterns(asked.to_numpy(float))
    d2, reason = np.nan, _cannot_be_told(patterns)
    if not reason:
        mean, covariance, settled = patterns.normal_fit()
        if not settled or is_singular(covariance):
            reason = "some answers follow from others"
        else:
            d2 = patterns.far_from(mean, covariance)
    p = float(chdtrc(patterns.df, d2)) if patterns.df else np.nan
    told = "not missing completely at random" if p < 0.05 else "nothing speaks against missing completely at random"
    of_what = f"(d2 = {d2:.1f}, df {patterns.df}, p {p:.3f}, {len(patterns.seen)} patterns)"
    return LittlesTest(
        d2=d2,
        df=patterns.df,
        p=p,
        patterns=len(patterns.seen),
        people=patterns.people,
        items=patterns.items,
        left_out=tuple(str(name) for name in table if name not in usable),
        words=f"cannot be told: {reason}" if reason else f"{told} {of_what}",
    )


def _numbers(answers: object) -> pd.DataFrame:
    if not isinstance(answers, pd.DataFrame):
        raise SettingError(f"answers must be a Survey or a table of numbers; got a {type(answers).__name__}.")
    words = [str(name) for name in answers if not pd.api.types.is_numeric_dtype(answers[name])]
    if words:
        raise SettingError(f"answers must be numbers; {', '.join(map(repr, words))} are not.")
    return answers.astype(float)


def _cannot_be_told(patterns: Patterns) -> str:
    if patterns.items <= 1:
        return "fewer than two graded questions set people apart"
    if len(patterns.seen) == 1:
        return "nothing is missing"
    if patterns.people < FEWEST_PEOPLE_AN_ITEM * patterns.items:
        return f"{count_in_digits(patterns.people, 'person', 'people')} are too few for {patterns.items} questions"
    if not patterns.together.all():
        return "some questions were never answered by the same people"
    return ""


def is_singular(covariance: Floats) -> bool:
    """Whether some of the variables follow from others."""
    spread = np.sqrt(np.diag(covariance))
    return bool((spread <= 0).any() or np.linalg.eigvalsh(covariance / np.outer(spread, spread))[0] < SINGULAR)


def graded_answers(survey: Survey) -> pd.DataFrame:
    """Answers that can be ordered, as numbers, of everybody who answered anything."""
    people = survey.people[survey.people["answered"]]
    items = [i for i in survey.codebook if i.block in GRADED_BLOCKS and i.kind in GRADED_KINDS and i.name in people]
    return pd.DataFrame({item.name: as_numbers(people[item.name]) for item in items}, index=people.index)


def as_numbers(column: pd.Series) -> pd.Series[float]:
    """One item's answers as numbers, of ordered categories their place from 0; missing ones stay so."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.where(column.notna()).astype(float)
    return column.astype("Float64").astype(float)


class Patterns:
    """People with answers missing, by which items they answered: how many, their sums and products.

    Parameters
    ----------
    answers
        Numbers, one row per person, missing where not answered; everybody answered something.
    """

    def __init__(self, answers: Floats) -> None:
        self.people, self.items = len(answers), int(answers.shape[1])
        given = ~np.isnan(answers)
        self.together = given.T.astype(float) @ given  # people who answered both
        with np.errstate(invalid="ignore", divide="ignore"):
            count = given.sum(axis=0)
            self.middle = np.where(given, answers, 0.0).sum(axis=0) / count
            self.unit = np.sqrt(np.where(given, (answers - self.middle) ** 2, 0.0).sum(axis=0) / count)
        standard = (answers - self.middle) / self.unit
        kinds, member = np.unique(given, axis=0, return_inverse=True)
        self.seen: list[tuple[Flags, int, Floats, Floats]] = []
        for kind, answered in enumerate(kinds):
            rows = standard[member.ravel() == kind][:, answered]
            self.seen.append((answered, len(rows), rows.sum(axis=0), rows.T @ rows))

    @property
    def df(self) -> int:
        """Answers per pattern, summed, less the number of items."""
        return sum(sums.size for _, _, sums, _ in self.seen) - self.items

    def normal_fit(self) -> tuple[Floats, Floats, bool]:
        """Most likely mean and covariance (divisor n) of a normal distribution, and whether they settled."""
        mean, covariance = np.zeros(self.items), np.eye(self.items)
        change = np.inf
        for _ in range(MOST_STEPS):
            first, second = self._expected(mean, covariance)
            step = first / self.people
            update = second / self.people - np.outer(step, step)
            change = max(np.abs(step).max(), np.abs(update - covariance).max())
            mean, covariance = mean + step, update
            if change < CLOSE:
                break
        return self.middle + self.unit * mean, covariance * np.outer(self.unit, self.unit), bool(change < CLOSE)

    def _expected(self, mean: Floats, covariance: Floats) -> tuple[Floats, Floats]:
        """Expected sums and products about the mean of all answers, given those that were given."""
        first, second = np.zeros(self.items), np.zeros((self.items, self.items))
        for answered, n, sums, products in self.seen:
            centre = mean[answered]
            about = sums - n * centre
            scatter = products - np.outer(centre, sums) - np.outer(sums, centre) + n * np.outer(centre, centre)
            known = covariance[answered]
            weights = np.linalg.lstsq(known[:, answered], known, rcond=None)[0].T
            first += weights @ about
            second += weights @ scatter @ weights.T + n * (covariance - weights @ known)
        return first, second

    def far_from(self, mean: Floats, covariance: Floats) -> float:
        """Squared distances of the patterns' means from those of everybody, each times its people, summed."""
        summed = 0.0
        for answered, n, sums, _ in self.seen:
            off = self.middle[answered] + self.unit[answered] * sums / n - mean[answered]
            summed += n * float(off @ np.linalg.solve(covariance[np.ix_(answered, answered)], off))
        return summed
