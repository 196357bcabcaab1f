"""Who may have clicked through the questionnaire instead of answering it: signs to look at, nobody is removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from peernet._arrays import Floats
from peernet.errors import SettingError, is_number, is_whole
from peernet.survey.item import ANSWER_BLOCKS, Item
from peernet.survey.survey import Survey

MAD_TO_SD = 1.4826  # makes the median absolute deviation estimate a normal standard deviation
FAR = 3.0  # deviations from the median that count as far out, the stricter of the usual choices
FEWEST_TO_JUDGE = 2  # answers
FEWEST_HALVES = 3  # scales: two halves of two scales always correlate fully
HALVES = 2  # items of a scale that can be split
LEAST_SPREAD = 0.1  # eigenvalue of correlations that were put together from different people
PEOPLE_AN_ITEM = 2  # below, a person far from all others draws the covariance towards themselves
ALIKE = 1e-9  # standard deviation below which halves are the same
SINGULAR = 1e-6  # smallest eigenvalue of a correlation matrix below which some answers follow from others


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
    if not items or people < PEOPLE_AN_ITEM * items or np.isnan(covariance).any():
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
    split = {scale: own for scale, own in places.items() if len(own) >= HALVES}
    one, other = (
        pd.DataFrame(
            {scale: answers.iloc[:, own[first::2]].mean(axis=1) for scale, own in split.items()}, answers.index
        )
        for first in (0, 1)
    )
    both = one.notna() & other.notna()
    one, other = one[both], other[both]
    varied = (one.std(axis=1) > ALIKE) & (other.std(axis=1) > ALIKE) & (both.sum(axis=1) >= FEWEST_HALVES)
    r = one[varied].corrwith(other[varied], axis=1).reindex(answers.index)
    return (2 * r / (1 + r)).clip(lower=-1.0)
