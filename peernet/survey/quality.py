"""How far the answers can be relied on: careless people, missing answers, items that run against their scale."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats
from peernet.errors import SettingError
from peernet.survey.codebook import Codebook
from peernet.survey.issues import IssueLog
from peernet.survey.item import ANSWER_BLOCKS, Item
from peernet.survey.survey import Survey

MAD_TO_SD = 1.4826  # makes the median absolute deviation estimate a normal standard deviation
FAR = 3.0  # deviations from the median that count as far out, the stricter of the usual choices
FEWEST_ITEMS = 3  # of two items that run against each other nobody can tell which is the odd one
FEWEST_PEOPLE = 6
AGAINST = -0.3  # correlation with the rest of the scale from which on an item runs against it
SURELY = 2.5  # times its standard error by which the correlation must differ from 0


def careless_respondents(survey: Survey, *, run_share: float = 0.5, at_least: int = 10) -> pd.DataFrame:
    """Signs that somebody clicked through the questionnaire instead of answering it.

    Two signs are looked for among the numbered ordinal items, in the codebook's order and as they were answered
    (reversed items turned back): the same answer many times in a row, and answers that hardly vary.

    Parameters
    ----------
    survey
        What `read_survey` returned.
    run_share
        A run of identical answers is too long from this share of the items on.
    at_least
        Fewest answers by which to judge somebody.

    Returns
    -------
    DataFrame
        One row per person who answered, index ``person``. ``answers``, how many of the items were answered;
        ``longest_run`` and ``spread`` as in `longest_run` and `answer_spread`; ``flag``, whether to look at the
        person's answers before using them; ``reason``, in words, empty without a flag.

    Raises
    ------
    SettingError
        If ``run_share`` is not above 0 and at most 1, or ``at_least`` is below 2.

    Notes
    -----
    A run of half the questionnaire is Curran's rule of thumb for careless answering. The spread is too small when it
    lies more than three median absolute deviations (scaled to a standard deviation) below the median respondent's.
    Only items that share the most frequent pair of limits are used, since runs and spreads mean nothing across scales.
    Somebody can hold one opinion honestly: look, compare results with and without, and do not delete by rule.
    A careless respondent looks very different from everybody else and is therefore preferred by any pairing for
    difference.

    References
    ----------
    Curran, P. G. (2016). Methods for the detection of carelessly invalid responses in survey data. Journal of
    Experimental Social Psychology, 66, 4-19.
    Dunn, A. M., Heggestad, E. D., Shanock, L. R., & Theilgard, N. (2018). Intra-individual response variability as an
    indicator of insufficient effort responding. Journal of Business and Psychology, 33(1), 105-121.
    Leys, C., Ley, C., Klein, O., Bernard, P., & Licata, L. (2013). Detecting outliers: Do not use standard deviation
    around the mean, use absolute deviation around the median. Journal of Experimental Social Psychology, 49(4).

    Examples
    --------
    >>> import peernet as pn
    >>> signs = pn.survey.careless_respondents(pn.load_example())
    >>> signs.columns.tolist()
    ['answers', 'longest_run', 'spread', 'flag', 'reason']
    """
    if not 0 < run_share <= 1 or at_least < 2:
        raise SettingError(
            f"run_share must be above 0 and at most 1, and at_least 2 or more; got {run_share!r} and {at_least!r}."
        )
    given = _answers_as_given(survey)
    signs = pd.DataFrame(
        {"answers": given.notna().sum(axis=1), "longest_run": longest_run(given), "spread": answer_spread(given)}
    )
    enough = signs["answers"] >= at_least
    long = enough & (signs["longest_run"] >= run_share * given.shape[1])
    narrow = enough & (signs["spread"] < _low_fence(signs["spread"][enough]))
    runs = "the same answer " + signs["longest_run"].astype(str) + " times in a row"
    flat = "answers vary by " + signs["spread"].map("{:.2f}".format) + " only"
    reason = runs.where(long, "") + np.where(long & narrow, "; ", "") + flat.where(narrow, "")
    return signs.assign(flag=long | narrow, reason=reason)


def _answers_as_given(survey: Survey) -> pd.DataFrame:
    """Answers on the commonest numbered scale of all who answered, reversed items turned back to what was ticked."""
    people = survey.people[survey.people["answered"]]
    asked = [item for item in survey.codebook if item.block in ANSWER_BLOCKS and item.name in people]
    scales = {item.name: item.limits for item in asked if item.kind == "ordinal" and item.is_numbered and item.limits}
    usual = next((limits for limits, _ in Counter(scales.values()).most_common(1)), None)
    given = {
        name: sum(limits) - people[name] if survey.codebook[name].reverse else people[name]
        for name, limits in scales.items()
        if limits == usual
    }
    return pd.DataFrame(given, index=people.index, dtype=float)


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
    return pd.Series([_longest_run(row) for row in answers.to_numpy(float)], index=answers.index, dtype=int)


def _longest_run(row: np.ndarray) -> int:
    given = row[~np.isnan(row)]
    starts = np.flatnonzero(np.diff(given, prepend=np.nan) != 0)
    return int(np.diff(starts, append=len(given)).max(initial=0))


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
    answered = {
        item.name: (item.block, _times_answered(item, people, survey))
        for item in survey.codebook
        if (item.block in ANSWER_BLOCKS and item.name in people) or item.block == "tie"
    }
    table = pd.DataFrame.from_dict(answered, orient="index", columns=["block", "answered"]).rename_axis("item")
    table.insert(1, "asked", len(people))
    return table.assign(missing=1 - table["answered"] / max(len(people), 1))


def _times_answered(item: Item, people: pd.DataFrame, survey: Survey) -> int:
    if item.block == "tie":
        return len(survey.answered.get(str(item.layer), frozenset()) & frozenset(people.index))
    return int(people[item.name].notna().sum())


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
    for scale in dict.fromkeys(item.scale for item in codebook if item.scale):
        on_scale = [item for item in codebook if item.scale == scale and item.name in answers]
        items = [item for item in on_scale if item.kind in ("numeric", "ordinal")]
        if len(items) >= FEWEST_ITEMS:
            graded = pd.DataFrame({item.name: _as_numbers(answers[item.name]) for item in items})
            _log_scale(scale, items, graded, log)


def _as_numbers(column: pd.Series) -> pd.Series[float]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.where(column.notna()).astype(float)
    return column.astype(float)


def _log_scale(scale: str, items: list[Item], graded: pd.DataFrame, log: IssueLog) -> None:
    signs = _signs(graded, np.array([item.reverse for item in items]))
    if (signs > 0).all():
        return
    deviations = (graded - graded.mean()) / graded.std().replace(0, np.nan)
    for item, sign in zip(items, signs, strict=True):
        rest = (deviations * signs).drop(columns=item.name).mean(axis=1)
        r = _clear_correlation(deviations[item.name], rest) if sign < 0 else 0.0
        if r < AGAINST:
            problem = f"{item.name!r} runs against the other items of scale {scale!r} (r = {r:.2f})"
            if item.reverse:
                problem += " after being turned round"
                guess = 'perhaps the file has it turned round already: then take "reverse" out of the codebook'
            else:
                guess = 'perhaps it is worded against the scale: then give it "reverse": true'
            log.warning(problem, f"kept as the codebook says; {guess}", item=item.name)


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
    if n < FEWEST_PEOPLE or one[both].nunique() < 2 or other[both].nunique() < 2:
        return 0.0
    r = float(np.corrcoef(one[both], other[both])[0, 1])
    error = np.sqrt((1 - min(r * r, 1.0)) / (n - 2))
    return r if abs(r) >= SURELY * error else 0.0
