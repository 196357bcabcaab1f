"""Survey answers as compact arrays, one row per item, ready for distances."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from peernet._arrays import Floats
from peernet.distance.topics import text_topics
from peernet.errors import SettingError, check_choice, did_you_mean

SCALED, NAMED, TRAIT, CHOSEN = range(4)  # how two answers differ: by degree, at all, at all unless both no, by overlap
CODED_KINDS = ("numeric", "ordinal", "nominal", "binary", "asymmetric", "multiple")
KINDS = (*CODED_KINDS, "topics")  # free text is compared by topic, and only where somebody asks for it
_RULES = {"numeric": SCALED, "ordinal": SCALED, "nominal": NAMED, "binary": NAMED, "asymmetric": TRAIT}
_WORD = 64


class CodedItems(NamedTuple):
    """Answers of all people to all items; a tuple of arrays so that compiled code can take it whole."""

    answers: npt.NDArray[np.floating]  # item x person, NaN where unanswered; for multiple choice the number chosen
    rules: npt.NDArray[np.int8]  # item
    bits: npt.NDArray[np.uint64]  # word x person: the answers chosen, for multiple choice
    words: npt.NDArray[np.int64]  # item + 1: where the words of each item begin
    people: npt.NDArray[np.int64]  # position of each person, so that a person meeting themself is known

    def take(self, positions: npt.NDArray[np.int64]) -> CodedItems:
        """Answers of some people, in the order given."""
        values, bits = np.ascontiguousarray(self.answers[:, positions]), np.ascontiguousarray(self.bits[:, positions])
        return CodedItems(values, self.rules, bits, self.words, self.people[positions])

    def only(self, v: int) -> CodedItems:
        """Answers to one item."""
        bits = self.bits[self.words[v] : self.words[v + 1]]
        return CodedItems(self.answers[v : v + 1], self.rules[v : v + 1], bits, np.array([0, len(bits)]), self.people)


def code_items(
    frame: pd.DataFrame, kinds: Mapping[str, str], ranges: Mapping[str, tuple[float, float]] | None = None
) -> CodedItems:
    """Code the columns of a frame in its own order, checked against their kinds and declared ranges."""
    ranges, names = ranges or {}, frame.columns.tolist()
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
    return CodedItems(values, rules, np.concatenate(bits), words, np.arange(len(frame)))


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
    bits = np.zeros((-(-len(place) // _WORD), len(column)), dtype=np.uint64)
    for person, answer in enumerate(answered):
        for category in answer:
            bits[place[category] // _WORD, person] |= np.uint64(1 << place[category] % _WORD)
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
