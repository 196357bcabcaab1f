"""Survey answers as compact arrays, one row per item, ready for distances.

Free text counts by the topics people write about, not by what they think of them: TF-IDF and non-negative matrix
factorisation (NMF).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from peernet._arrays import Floats
from peernet.errors import SettingError, check_choice, did_you_mean

SCALED, NAMED, TRAIT, CHOSEN = range(4)  # how two answers differ: by degree, at all, at all unless both no, by overlap
CODED_KINDS = ("numeric", "ordinal", "nominal", "binary", "asymmetric", "multiple")
KINDS = (*CODED_KINDS, "topics")  # free text is compared by topic, and only where somebody asks for it
_RULES = {"numeric": SCALED, "ordinal": SCALED, "nominal": NAMED, "binary": NAMED, "asymmetric": TRAIT}
_BITS = 64  # in a word that says which answers were chosen
# Of topics:
FEWEST_TEXTS = 30  # with fewer, topics are accidents of wording
FLOOR = 5  # a word is used, and shown, only where so many people wrote it
COMMON = 0.6  # a word that more people use than this says nothing about the topic
SHOWN = 5  # words of a topic
TELLING = 0.05  # of the weight of the word that tells a topic most
DIGITS = 4  # of weights: those beyond come from rounding and from where NMF stops
EQUAL_SHARE = 1e-9  # below an equal share of the topics this is a rounding error
WORD = r"[^\W\d_]{3,}"


class CodedItems(NamedTuple):
    """Answers of all people to all items; a tuple of arrays so that compiled code can take it whole."""

    answers: npt.NDArray[np.floating]  # item x person, NaN where unanswered; for multiple choice the number chosen
    rules: npt.NDArray[np.int8]  # item
    bits: npt.NDArray[np.uint64]  # word x person: the answers chosen, for multiple choice
    words: npt.NDArray[np.int64]  # item + 1: where the words of each item begin
    people: npt.NDArray[np.int64]  # position of each person, so that a person meeting themself is known
    # item: number of its scale, from 1, where that asks in both wordings; below 0 where the answers were turned round
    keyed: npt.NDArray[np.int64]

    def take(self, positions: npt.NDArray[np.int64]) -> CodedItems:
        """Answers of some people, in the order given."""
        values, bits = np.ascontiguousarray(self.answers[:, positions]), np.ascontiguousarray(self.bits[:, positions])
        return CodedItems(values, self.rules, bits, self.words, self.people[positions], self.keyed)

    def only(self, v: int) -> CodedItems:
        """Answers to one item."""
        bits = self.bits[self.words[v] : self.words[v + 1]]
        ends, one = np.array([0, len(bits)]), slice(v, v + 1)
        return CodedItems(self.answers[one], self.rules[one], bits, ends, self.people, self.keyed[one])


def code_items(
    frame: pd.DataFrame,
    kinds: Mapping[str, str],
    ranges: Mapping[str, tuple[float, float]] | None = None,
    keyed: Mapping[str, int] | None = None,
) -> CodedItems:
    """Code the columns of a frame in its own order, checked against their kinds and declared ranges."""
    ranges, keyed, names = ranges or {}, keyed or {}, frame.columns.tolist()
    _check_columns(names, kinds, ranges)
    values = np.empty((frame.shape[1], len(frame)))
    bits = [np.zeros((0, len(frame)), dtype=np.uint64)]
    for row, name in enumerate(names):
        if kinds[name] in ("multiple", "topics"):
            values[row], chosen = _chosen(frame[name] if kinds[name] == "multiple" else text_topics(frame[name]).named)
            bits.append(chosen)
        else:
            bits.append(bits[0])
            values[row] = _CODERS[kinds[name]](frame[name], ranges.get(name))
    rules = np.array([_RULES.get(kinds[name], CHOSEN) for name in names], dtype=np.int8)
    words = np.cumsum([len(part) for part in bits])
    keys = np.array([keyed.get(name, 0) for name in names], dtype=np.int64)
    return CodedItems(values, rules, np.concatenate(bits), words, np.arange(len(frame)), keys)


def _check_columns(names: list[str], kinds: Mapping[str, str], ranges: Mapping[str, tuple[float, float]]) -> None:
    if not names:
        raise SettingError("There are no items to compare people by; give a frame with at least one column.")
    for name in names:
        if name not in kinds:
            raise SettingError(f"kinds says nothing about item {name!r}; give it one of {', '.join(KINDS)}.")
        check_choice(f"kinds[{name!r}]", kinds[name], KINDS)
    for name, (low, high) in ranges.items():
        if name not in names:
            raise SettingError(
                f"ranges names an item {name!r} that is no column.{did_you_mean(str(name), map(str, names))}"
            )
        if not low < high:
            raise SettingError(f"ranges[{name!r}] must go from a lower to a higher answer; got {low:g} to {high:g}.")


def _numeric(column: pd.Series, limits: tuple[float, float] | None) -> Floats:
    answers = _numbers(column)
    observed = answers[np.isfinite(answers)]
    if limits is None and observed.size:
        limits = (observed.min(), observed.max())
    return answers if limits is None else _within(answers, limits, column)


def _ordinal(column: pd.Series, limits: tuple[float, float] | None) -> Floats:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _positions(column)
    answers = _numbers(column)
    if limits is not None:
        return _within(answers, limits, column)
    values = np.unique(answers[~np.isnan(answers)])  # dense ranks: equal steps between the answers that occur
    return np.where(np.isnan(answers), np.nan, np.searchsorted(values, answers)) / max(len(values) - 1, 1)


def _positions(column: pd.Series) -> Floats:
    if not column.cat.ordered:
        raise SettingError(f"Item {column.name!r} is ordinal but its categories have no order; make them ordered.")
    codes = column.cat.codes.to_numpy(dtype=np.float64)
    return np.where(codes < 0, np.nan, codes) / max(len(column.cat.categories) - 1, 1)


def _nominal(column: pd.Series, _: tuple[float, float] | None) -> Floats:
    codes = pd.factorize(column, sort=True)[0].astype(np.float64)
    return np.where(codes < 0, np.nan, codes)


def _trait(column: pd.Series, _: tuple[float, float] | None) -> Floats:
    try:
        return np.asarray(column.astype("boolean").to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise SettingError(
            f"Item {column.name!r} is asymmetric, so its answers must be yes/no (True/False)."
        ) from error


def _numbers(column: pd.Series) -> Floats:
    try:
        return pd.to_numeric(column).to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise SettingError(f"Item {column.name!r} is declared as numbers, but holds other answers: {error}.") from error


def _within(answers: Floats, limits: tuple[float, float], column: pd.Series) -> Floats:
    low, high = limits
    outside = np.flatnonzero((answers < low) | (answers > high) | np.isinf(answers))
    if outside.size:
        raise SettingError(
            f"Item {column.name!r}, person {column.index[outside[0]]!r}: answer {answers[outside[0]]:g} lies outside "
            f"{low:g} to {high:g}. Correct the answer or the declared range."
        )
    return (answers - low) / (high - low) if high > low else answers - low


def _chosen(column: pd.Series) -> tuple[Floats, npt.NDArray[np.uint64]]:
    """Number of answers each person chose, and which ones as bits."""
    wrong = [answer for answer in column if not isinstance(answer, (set, frozenset)) and not _is_missing(answer)]
    if wrong:
        raise SettingError(f"Item {column.name!r} is multiple choice, so answers must be sets; found {wrong[0]!r}.")
    answered = [frozenset() if _is_missing(answer) else frozenset(answer) for answer in column]
    place = {category: k for k, category in enumerate(sorted(frozenset().union(*answered), key=str))}
    bits = np.zeros((-(-len(place) // _BITS), len(column)), dtype=np.uint64)
    for person, answer in enumerate(answered):
        for category in answer:
            bits[place[category] // _BITS, person] |= np.uint64(1 << place[category] % _BITS)
    sizes = np.array([np.nan if _is_missing(answer) else len(answer) for answer in column], dtype=np.float64)
    return sizes, bits


def _is_missing(answer: object) -> bool:
    return answer is None or answer is pd.NA or (isinstance(answer, float) and np.isnan(answer))


_CODERS: dict[str, Callable[[pd.Series, tuple[float, float] | None], Any]] = {
    "numeric": _numeric,
    "ordinal": _ordinal,
    "nominal": _nominal,
    "binary": _nominal,
    "asymmetric": _trait,
}


# --- what free text is about ------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False, eq=False)
class TextTopics:
    """Topics that people write about.

    Parameters
    ----------
    table
        Index as the texts, one column per topic, ``topic_1`` the most written about: share of what the person wrote.
        Missing for those who wrote nothing, 0 throughout for those who share no word with others. Topics equally
        written about, to four digits, come by the alphabet of their words.
    words
        Index ``topic``; ``people`` who write about it, and the ``words`` that tell it most. Hidden where they are fewer
        than five people. The words that weigh most come first, those of equal weight by the alphabet; words weigh the
        same where their weights, as shares of the topic's heaviest word, agree to four digits.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> texts = pd.Series(["less overtime", "more overtime", "new office space", "office space"] * 10)
    >>> pn.distance.text_topics(texts, number=2)
    <TextTopics: 40 people wrote about 2 topics>
    """

    table: pd.DataFrame
    words: pd.DataFrame

    def __repr__(self) -> str:
        return f"<TextTopics: {self.table.notna().all(axis=1).sum()} people wrote about {self.table.shape[1]} topics>"

    @property
    def named(self) -> pd.Series:
        """The set of topics each person writes about, like an answer of multiple choice; missing where none was given.

        A topic counts where its share is at least an equal one.
        """
        enough = self.table >= 1 / self.table.shape[1] - EQUAL_SHARE
        sets = [frozenset(enough.columns[row]) for row in enough.to_numpy()]
        return pd.Series(sets, index=self.table.index, dtype=object).where(self.table.notna().all(axis=1), None)


def text_topics(texts: pd.Series, *, number: int = 5) -> TextTopics:
    """What people write about, found from the words they share.

    Words are weighed by how rare they are (TF-IDF) and split into topics that add up (non-negative matrix
    factorisation), on this machine. Topics tell what people write *about* and never what they think of it: "speed
    matters more than quality" and "quality matters more than speed" are the same topic. For stance, ask a closed
    question. No text is kept or shown, and no word that fewer than five people wrote.

    Parameters
    ----------
    texts
        One text per person; missing or blank where they wrote nothing.
    number
        Number of topics.

    Returns
    -------
    TextTopics
        The same whatever the order of the texts.

    Raises
    ------
    SettingError
        If fewer than 30 people wrote something, they share too few words, or ``number`` is less than 2.

    References
    ----------
    Lee & Seung (1999), Learning the parts of objects by non-negative matrix factorization, Nature 401, 788-791.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> texts = pd.Series(["less overtime", "more overtime", "office space", "overtime pay", "new office space"] * 10)
    >>> topics = pn.distance.text_topics(texts, number=2)
    >>> topics.words["words"].tolist()
    ['overtime, less, more, pay', 'office, space, new']
    >>> topics.named[2]
    frozenset({'topic_2'})
    """
    written = texts[texts.notna() & (texts.astype("str").str.strip() != "")].astype("str")
    _check_texts(number, len(written), texts.name)
    different, place = np.unique(written.to_numpy(dtype=str), return_inverse=True)
    weights, vocabulary = _word_weights(written.to_numpy(dtype=str), different, number, texts.name)
    shares, loadings = _factors(weights, np.bincount(place), number)
    words = [telling_words(row, vocabulary) for row in loadings]
    order = heaviest_first(shares[place].sum(axis=0), words)
    topics = pd.Index([f"topic_{k}" for k in range(1, number + 1)], name="topic")
    table = pd.DataFrame(shares[place][:, order], index=written.index, columns=topics.tolist())
    return TextTopics(table.reindex(texts.index), words_where_shown(table, [words[k] for k in order]))


def _check_texts(number: int, texts: int, name: object) -> None:
    if not isinstance(number, int | np.integer) or number < 2:
        raise SettingError(f"number of topics must be a whole number from 2; got {number!r}.")
    if texts < FEWEST_TEXTS:
        raise SettingError(
            f"Topics of {name!r} need at least {FEWEST_TEXTS} people who wrote something; {texts} did. "
            "Leave the item out, and read what they wrote."
        )


def _word_weights(
    written: npt.NDArray[np.str_], different: npt.NDArray[np.str_], number: int, name: object
) -> tuple[Floats, list[str]]:
    """TF-IDF of the different texts, with the frequencies of words among all that were written."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(token_pattern=WORD, min_df=FLOOR, max_df=COMMON, sublinear_tf=True)
    try:
        words.fit(written)
    except ValueError:
        vocabulary = 0
    else:
        vocabulary = len(words.vocabulary_)
    if vocabulary < number:
        raise SettingError(
            f"The texts of {name!r} share {vocabulary} words, too few for {number} topics. "
            "Ask for fewer topics, or leave the item out."
        )
    return words.transform(different).toarray(), words.get_feature_names_out().tolist()


def _factors(weights: Floats, often: npt.NDArray[np.intp], number: int) -> tuple[Floats, Floats]:
    """Share of each topic in each text and weight of each word in each topic, texts counted as often as they occur."""
    from sklearn.decomposition import NMF

    model = NMF(number, init="nndsvda", random_state=0, max_iter=2000, tol=1e-6)
    model.fit(weights * np.sqrt(often)[:, None])
    amounts = model.transform(weights)
    total = amounts.sum(axis=1, keepdims=True)
    return np.divide(amounts, total, out=np.zeros_like(amounts), where=total > 0), model.components_


def telling_words(loadings: Floats, vocabulary: Sequence[str]) -> str:
    """The words that tell a topic most, the heaviest first, of equal weight by the alphabet."""
    weights = loadings / max(loadings.max(), 1e-300)
    best = heaviest_first(weights, vocabulary)[:SHOWN]
    return ", ".join(vocabulary[k] for k in best if weights[k] > TELLING)


def heaviest_first(weights: Floats, words: Sequence[str]) -> list[int]:
    """Positions by weight rounded to `DIGITS`, which does not hang on the last bit, then by the alphabet."""
    rounded = np.round(weights, DIGITS)
    return sorted(range(len(words)), key=lambda k: (-rounded[k], words[k]))


def words_where_shown(table: pd.DataFrame, words: Sequence[str]) -> pd.DataFrame:
    """People who write about each topic and its words, hidden where the people are too few."""
    people = (table >= 1 / table.shape[1] - EQUAL_SHARE).sum().rename_axis("topic")
    telling = pd.Series(words, index=people.index, dtype="str")
    return pd.DataFrame({"people": people, "words": telling}).where(people >= FLOOR)
