"""Topics people write about, not what they think of it: TF-IDF and non-negative matrix factorisation (NMF)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from peernet._arrays import Floats
from peernet.errors import SettingError

FEWEST_TEXTS = 30  # with fewer, topics are accidents of wording
FLOOR = 5  # a word is used, and shown, only where so many people wrote it
COMMON = 0.6  # a word that more people use than this says nothing about the topic
SHOWN = 5  # words of a topic
TELLING = 0.05  # of the weight of the word that tells a topic most
DIGITS = 4  # of weights: those beyond come from rounding and from where NMF stops
EQUAL_SHARE = 1e-9  # below an equal share of the topics this is a rounding error
WORD = r"[^\W\d_]{3,}"


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
    _check(number, len(written), texts.name)
    different, place = np.unique(written.to_numpy(dtype=str), return_inverse=True)
    weights, vocabulary = _word_weights(written.to_numpy(dtype=str), different, number, texts.name)
    shares, loadings = _factors(weights, np.bincount(place), number)
    words = [telling_words(row, vocabulary) for row in loadings]
    order = heaviest_first(shares[place].sum(axis=0), words)
    topics = pd.Index([f"topic_{k}" for k in range(1, number + 1)], name="topic")
    table = pd.DataFrame(shares[place][:, order], index=written.index, columns=topics.tolist())
    return TextTopics(table.reindex(texts.index), words_where_shown(table, [words[k] for k in order]))


def _check(number: int, texts: int, name: object) -> None:
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
