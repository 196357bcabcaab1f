"""How far answers can be trusted: who may have clicked through, what was left unanswered, and whether by chance.

Signs to look at; nobody is removed, and nothing is filled in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from peernet._arrays import Flags, Floats
from peernet._wording import count_in_digits
from peernet.errors import SettingError, is_number, is_whole, type_in_words
from peernet.survey.item import ANSWER_BLOCKS, Item
from peernet.survey.survey import Survey

SINGULAR = 1e-6  # smallest eigenvalue of a correlation matrix below which some answers follow from others

# Who may have clicked through.
MAD_TO_SD = 1.4826  # makes the median absolute deviation estimate a normal standard deviation
FAR = 3.0  # deviations from the median that count as far out, the stricter of the usual choices
FEWEST_TO_JUDGE = 2  # answers
FEWEST_SCALES = 3  # scales: two halves of two scales always correlate fully
FEWEST_ITEMS = 2  # items of a scale that can be split
LEAST_SPREAD = 0.1  # eigenvalue of correlations that were put together from different people
PEOPLE_AN_ITEM_TO_WEIGH = 2  # below, a person far from all others draws the covariance towards themselves
ALIKE = 1e-9  # standard deviation below which halves are the same

# What was left unanswered.
GRADED_BLOCKS = ("experience", "perspective", "goal", "climate")
GRADED_KINDS = ("numeric", "ordinal", "binary", "asymmetric")
PEOPLE_AN_ITEM_TO_TEST = 5  # with fewer the covariance is a guess; see `littles_test` for what was measured
CLOSE = 1e-7  # change of a standardised mean or covariance below which the fit has settled
MOST_STEPS = 5000
LONG_TAILED = 2.0  # excess kurtosis above which an item is left out, since the statistic then varies too much


def careless_answers(
    survey: Survey, *, run_share: float = 0.5, at_least: int = 10, unlikely: float = 0.001
) -> pd.DataFrame:
    """Signs that somebody clicked through the questionnaire instead of answering it.

    They are looked for among the numbered ordinal items in the codebook's order: the same answer many times in a row
    and answers that hardly vary, both as they were ticked (reversed items turned back), and a combination of answers
    that hardly anybody gives.

    Parameters
    ----------
    survey
        What `read_survey` returned.
    run_share
        A run of identical answers is too long from this share of the items on.
    at_least
        Fewest answers by which to judge somebody.
    unlikely
        A combination of answers is too unusual where the chance of one as far out is below this; 0 for never.

    Returns
    -------
    DataFrame
        One row per person who answered, index ``person``. ``answers``, how many of the items were answered;
        ``longest_run`` and ``spread`` as in `longest_run` and `answer_spread`; ``mahalanobis``, the squared distance
        from everybody's mean as in `mahalanobis`, and ``chance``, that of one at least as large among normal answers
        (chi-squared with as many degrees of freedom as answers); ``even_odd`` as in `even_odd_consistency`, by the
        codebook's scales; ``flag``, whether to look at the person's answers before using them; ``reason``, in words,
        empty without a flag.

    Raises
    ------
    SettingError
        If ``run_share`` is not above 0 and at most 1, ``at_least`` is below 2, or ``unlikely`` not from 0 to 1.

    Notes
    -----
    A run of half the questionnaire is Curran's rule of thumb for careless answering. The spread is too small when it
    lies more than three median absolute deviations (scaled to a standard deviation) below the median respondent's.
    Only items that share the most frequent pair of limits are used, since runs and spreads mean nothing across scales.

    Ten made-up organisations of 240 honest people were drawn in each of the fifteen worlds of `make_survey`. Long runs
    and small spreads flagged .8 % of them (2.3 % where many answer extremely), unusual combinations .1 % (.7 % at
    most). Of people who ticked boxes at random, whom runs and spreads do not find, unusual combinations found 84 % in
    the usual world (standard error 3), 56 % over all, and next to nobody where answers do not go together, as there is
    nothing to depart from. That is of four such people in 240; of 12, 24 and 48 it found 72, 51 and 26 %, since with
    many of them the covariance becomes theirs.

    ``even_odd`` flags nobody: over the five scales of such a questionnaire the usual line of .30 would have flagged 4
    to 57 % of honest people. It is there for longer questionnaires. Somebody can hold an unusual opinion honestly:
    look, compare results with and without, and do not delete by rule. A careless respondent looks very different from
    everybody else and is therefore preferred by any pairing for difference.

    References
    ----------
    Curran, P. G. (2016). Methods for the detection of carelessly invalid responses in survey data. Journal of
    Experimental Social Psychology, 66, 4-19.
    Dunn, A. M., Heggestad, E. D., Shanock, L. R., & Theilgard, N. (2018). Intra-individual response variability as an
    indicator of insufficient effort responding. Journal of Business and Psychology, 33(1), 105-121.
    Leys, C., Ley, C., Klein, O., Bernard, P., & Licata, L. (2013). Detecting outliers: Do not use standard deviation
    around the mean, use absolute deviation around the median. Journal of Experimental Social Psychology, 49(4).
    Meade, A. W., & Craig, S. B. (2012). Identifying careless responses in survey data. Psychological Methods, 17(3),
    437-455.

    Examples
    --------
    >>> import peernet as pn
    >>> signs = pn.survey.careless_answers(pn.load_example())
    >>> signs.columns.tolist()
    ['answers', 'longest_run', 'spread', 'mahalanobis', 'chance', 'even_odd', 'flag', 'reason']
    >>> signs.loc["p012", "reason"]
    'the same answer 18 times in a row; answers vary by 0.00 only'
    """
    if not is_number(run_share, 0, 1) or run_share == 0 or not is_whole(at_least, FEWEST_TO_JUDGE):
        raise SettingError(
            f"run_share must be above 0 and at most 1, and at_least 2 or more; got {run_share!r} and {at_least!r}."
        )
    if not is_number(unlikely, 0, 1):
        raise SettingError(f"unlikely must be a chance from 0 to 1; got {unlikely!r}.")
    items, keyed = _usual_items(survey)
    ticked = keyed.assign(**{item.name: sum(item.limits or ()) - keyed[item.name] for item in items if item.reverse})
    signs = pd.DataFrame(
        {
            "answers": ticked.notna().sum(axis=1),
            "longest_run": longest_run(ticked),
            "spread": answer_spread(ticked),
            "mahalanobis": mahalanobis(ticked),
        }
    )
    some = signs["answers"].where(signs["answers"] > 0)
    signs["chance"] = chdtrc(some, signs["mahalanobis"])  # of chi-squared; scipy.stats takes a second to load
    signs["even_odd"] = even_odd_consistency(keyed, [item.scale for item in items])
    enough = signs["answers"] >= at_least
    seen = {
        "the same answer {longest_run} times in a row": enough & (signs["longest_run"] >= run_share * len(items)),
        "answers vary by {spread:.2f} only": enough & (signs["spread"] < _low_fence(signs["spread"][enough])),
        "hardly anybody combines answers so (squared distance {mahalanobis:.0f})": enough
        & (signs["chance"] < unlikely),
    }
    reasons = [
        "; ".join(words for words, flagged in seen.items() if flagged.iloc[place]).format_map(values)
        for place, values in enumerate(signs.to_dict("records"))
    ]
    return signs.assign(flag=pd.DataFrame(seen).any(axis=1), reason=pd.Series(reasons, signs.index, dtype="str"))


def _usual_items(survey: Survey) -> tuple[list[Item], pd.DataFrame]:
    """Items on the commonest numbered scale, and the answers of all who answered, reversed items turned round."""
    people = survey.people[survey.people["answered"]]
    asked = [item for item in survey.codebook if item.block in ANSWER_BLOCKS and item.name in people]
    items = [item for item in asked if item.kind == "ordinal" and item.is_numbered and item.limits]
    usual = next((limits for limits, _ in Counter(item.limits for item in items).most_common(1)), None)
    chosen = [item for item in items if item.limits == usual]
    return chosen, people[[item.name for item in chosen]].astype(float)


def _low_fence(spread: pd.Series[float]) -> float:
    """Far below the median; nothing is far where half of all people are alike."""
    distance = (spread - spread.median()).abs().median()
    return float(spread.median() - FAR * MAD_TO_SD * distance) if distance > 0 else -np.inf


def longest_run(answers: pd.DataFrame) -> pd.Series[int]:
    """Length of the longest run of identical answers in each row (the longstring index).

    Parameters
    ----------
    answers
        Numbers, one row per person, one column per item in the order asked; unanswered items are passed over.

    Returns
    -------
    Series
        Whole numbers, 0 where nothing was answered.

    References
    ----------
    Johnson, J. A. (2005). Ascertaining the validity of individual protocols from Web-based personality inventories.
    Journal of Research in Personality, 39(1), 103-129.

    Examples
    --------
    >>> import pandas as pd
    >>> longest_run(pd.DataFrame([[3, 3, None, 3, 1], [1, 2, 1, 2, 1]])).tolist()
    [3, 1]
    """
    longest = []
    for row in answers.to_numpy(float):
        given = row[~np.isnan(row)]
        starts = np.flatnonzero(np.diff(given, prepend=np.nan) != 0)
        longest.append(np.diff(starts, append=len(given)).max(initial=0))
    return pd.Series(longest, index=answers.index, dtype=int)


def answer_spread(answers: pd.DataFrame) -> pd.Series[float]:
    """Standard deviation of each row's answers (intra-individual response variability).

    Parameters
    ----------
    answers
        Numbers on one scale, one row per person, one column per item; unanswered items are passed over.

    Returns
    -------
    Series
        Sample standard deviations (divisor n - 1), missing where fewer than two items were answered.

    References
    ----------
    Dunn, A. M., Heggestad, E. D., Shanock, L. R., & Theilgard, N. (2018). Intra-individual response variability as an
    indicator of insufficient effort responding. Journal of Business and Psychology, 33(1), 105-121.

    Examples
    --------
    >>> import pandas as pd
    >>> answer_spread(pd.DataFrame([[3, 3, 3], [1, 2, 3]])).tolist()
    [0.0, 1.0]
    """
    return answers.std(axis=1, ddof=1)


def mahalanobis(answers: pd.DataFrame) -> pd.Series[float]:
    """Squared Mahalanobis distance of each row from the mean of all.

    Parameters
    ----------
    answers
        Numbers, one row per person, one column per item; of missing answers the distance is that of the others.

    Returns
    -------
    Series
        In squared standard deviations, about as large as there are answers; missing where nothing was answered, and of
        everybody where there are fewer than two people an item, or answers to some items follow from others. Items
        that everybody answered alike do not count.

    Notes
    -----
    Means are of all who answered an item, covariances (divisor n - 1) of all who answered both. Where answers are
    missing these need not fit together, and few people who gave different answers could lie infinitely far; so no
    eigenvalue of their correlations then counts as less than .1. Of 35,460 made-up honest people, 36 to 240 a survey,
    with a tenth of 18 answers missing, none lay beyond the chance of .001; without that, in surveys of 36, 17 % did
    where it could be told.

    References
    ----------
    Mahalanobis, P. C. (1936). On the generalised distance in statistics. Proceedings of the National Institute of
    Sciences of India, 2(1), 49-55.

    Examples
    --------
    >>> import pandas as pd
    >>> mahalanobis(pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 1, 4, 3]})).round(6).tolist()
    [1.5, 1.5, 1.5, 1.5]
    """
    apart = answers.loc[:, answers.max() > answers.min()]
    covariance = _covariance(apart)
    found = np.full(len(apart), np.nan)
    if covariance is not None:
        off = (apart - apart.mean()).to_numpy()
        patterns, member = np.unique(~np.isnan(off), axis=0, return_inverse=True)
        for kind, answered in enumerate(patterns):
            rows = np.flatnonzero(member.ravel() == kind)
            away = off[np.ix_(rows, np.flatnonzero(answered))]
            weighed = np.linalg.solve(covariance[np.ix_(answered, answered)], away.T).T
            found[rows] = (away * weighed).sum(axis=1) if answered.any() else np.nan
    return pd.Series(found, index=answers.index)


def _covariance(answers: pd.DataFrame) -> Floats | None:
    """Covariances by which distances can be weighed; None where there are none."""
    covariance = answers.cov().to_numpy()
    people, items = answers.shape
    if not items or people < PEOPLE_AN_ITEM_TO_WEIGH * items or np.isnan(covariance).any():
        return None
    spread = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / np.outer(spread, spread))
    if not answers.isna().any(axis=None):
        return covariance if values[0] >= SINGULAR else None
    fitting: Floats = (vectors * np.maximum(values, LEAST_SPREAD)) @ vectors.T * np.outer(spread, spread)
    return fitting


def even_odd_consistency(answers: pd.DataFrame, scales: Sequence[str | None]) -> pd.Series[float]:
    """How alike the two halves of each scale are, over the scales of each row (even-odd consistency).

    Parameters
    ----------
    answers
        Numbers, one row per person, one column per item in the order asked, reversed items turned round; of missing
        answers a half is the mean of the others.
    scales
        The scale of each column; None for none.

    Returns
    -------
    Series
        The correlation of the means of a scale's even and odd items, over the scales of two items and more, corrected
        for the halves' length (Spearman-Brown) and at least -1; the nearer to 1 the more consistent. Missing where
        fewer than three scales have both halves, or a person's halves do not vary.

    References
    ----------
    Johnson, J. A. (2005). Ascertaining the validity of individual protocols from Web-based personality inventories.
    Journal of Research in Personality, 39(1), 103-129.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame([[1, 1, 5, 5, 3, 3], [1, 5, 5, 1, 3, 3]])
    >>> even_odd_consistency(answers, ["a", "a", "b", "b", "c", "c"]).tolist()
    [1.0, -1.0]
    """
    places = {scale: [k for k, other in enumerate(scales) if other == scale] for scale in scales if scale}
    split = {scale: own for scale, own in places.items() if len(own) >= FEWEST_ITEMS}
    if len(split) < FEWEST_SCALES:
        return pd.Series(np.nan, answers.index)
    one, other = (
        pd.DataFrame(
            {scale: answers.iloc[:, own[first::2]].mean(axis=1) for scale, own in split.items()}, answers.index
        )
        for first in (0, 1)
    )
    both = one.notna() & other.notna()
    one, other = one[both], other[both]
    varied = (one.std(axis=1) > ALIKE) & (other.std(axis=1) > ALIKE) & (both.sum(axis=1) >= FEWEST_SCALES)
    r = one[varied].corrwith(other[varied], axis=1).reindex(answers.index)
    return (2 * r / (1 + r)).clip(lower=-1.0)


# --- what was left unanswered -----------------------------------------------------------------------------------------


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
    table = _graded_answers(answers) if isinstance(answers, Survey) else _numbers(answers)
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
        raise SettingError(f"answers must be a Survey or a table of numbers; got {type_in_words(answers)}.")
    words = [str(name) for name in answers if not pd.api.types.is_numeric_dtype(answers[name])]
    if words:
        raise SettingError(f"answers must be numbers; {', '.join(map(repr, words))} are not.")
    return answers.astype(float)


def _cannot_be_told(patterns: Patterns) -> str:
    if patterns.items <= 1:
        return "fewer than two graded questions set people apart"
    if len(patterns.seen) == 1:
        return "nothing is missing"
    if patterns.people < PEOPLE_AN_ITEM_TO_TEST * patterns.items:
        return f"{count_in_digits(patterns.people, 'person', 'people')} are too few for {patterns.items} questions"
    if not patterns.together.all():
        return "some questions were never answered by the same people"
    return ""


def is_singular(covariance: Floats) -> bool:
    """Whether some of the variables follow from others."""
    spread = np.sqrt(np.diag(covariance))
    return bool((spread <= 0).any() or np.linalg.eigvalsh(covariance / np.outer(spread, spread))[0] < SINGULAR)


def _graded_answers(survey: Survey) -> pd.DataFrame:
    """Answers that can be ordered, as numbers, of everybody who answered anything."""
    people = survey.people[survey.people["answered"]]
    items = [i for i in survey.codebook if i.block in GRADED_BLOCKS and i.kind in GRADED_KINDS and i.name in people]
    return pd.DataFrame({item.name: as_numbers(people[item.name]) for item in items}, index=people.index)


def as_numbers(column: pd.Series) -> pd.Series[float]:
    """One item's answers as numbers, of ordered categories their place from 0; missing ones stay so."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.where(column.notna()).astype(float)
    return column if column.dtype == float else column.astype("Float64").astype(float)


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
