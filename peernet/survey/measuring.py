"""How a question was measured, by its answers: numbers, a scale in order, options, yes or no, several in a cell, text.

Nothing is settled here that answers alone cannot settle. What looks like a code for a missing answer, or like a scale
that goes on, is shown with what it would change, and stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from peernet._wording import listed
from peernet.survey.answers import NO, YES
from peernet.survey.formats.export import Column
from peernet.survey.names import same_label, usual_spellings
from peernet.survey.numbers import likely_codes, plain_number
from peernet.survey.scales import LabelScale, ends_in_words, is_stranger, is_unsaid, label_scale, most_understood

USUAL_TOPS = (5, 7, 10)  # points a scale usually has
MOST_POINTS = 11  # a scale from 0 to 10
WITHIN = 0.98  # share of the answers that lie within a scale where a slip or two lie beyond
ENDS = "answers go from"
_SAID = re.compile(r"(?<![\w.])(-?\d{1,3})\s*[=:–]\s*([^\W\d_][^,;:()\d]{1,60})")  # "9 = don't know"
UNSAID = "perhaps no answer"
MOST_OPTIONS = 40
LONGEST_OPTION = 80  # characters
MOSTLY = 0.9  # share of the different answers that must be numbers
PER_OPTION = 2  # answers per option, on average, that make a word an option and not somebody's own
DATE = re.compile(
    r"\d{4}-\d\d?-\d\d?(?:[T ]\d.*)?|\d\d?[/.]\d\d?[/.]\d{2,4}(?: \d.*)?"
    r"|\d\d?(?:[.-] ?| )(?:jan|feb|mar|mrz|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)\.?",
    re.IGNORECASE,
)
NOT_IN_ORDER = "are these in an order? Then kind is ordinal, and write them under categories from lowest to highest"


@dataclass(frozen=True)
class Measured:
    """How a question was measured.

    Parameters
    ----------
    kind
        A kind of item; empty where nobody answered.
    because
        What says so.
    looks
        What somebody should look at.
    low, high, categories, separator, missing
        As for an item.
    family
        What the labels of a scale say, such as ``"agreement"``.
    """

    kind: str
    because: str
    looks: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    categories: tuple[str, ...] = ()
    separator: str = ";"
    missing: tuple[str, ...] = ()
    family: str = ""

    @property
    def properties(self) -> dict[str, Any]:
        """Those of the item that say how it was measured."""
        names = ("kind", "low", "high", "categories", "separator", "missing")
        return {name: getattr(self, name) for name in names}


def counted(column: Column, cells: pd.Series[str]) -> dict[str, int]:
    """How often each answer was given, as its label where the tool has one; codes that the tool calls missing apart."""
    none = {code.casefold() for code in column.missing} | {label.casefold() for label in column.missing.values()}
    counts = cells[cells != ""].value_counts()
    told: dict[str, int] = {}
    for cell, times in counts.items():
        label = column.labels.get(str(cell), str(cell))
        if str(cell).casefold() not in none and label.casefold() not in none:
            told[label] = told.get(label, 0) + int(times)
    return told


def measured(
    column: Column, counts: Mapping[str, int], *, alike: Sequence[str] = (), reach: tuple[float, float] | None = None
) -> Measured:
    """How a question was measured, by what its tool says and by its answers.

    Parameters
    ----------
    column
        What the tool says.
    counts
        How often each answer was given, see `counted`.
    alike
        Labels found under questions answered on the same scale.
    reach
        Lowest and highest number found in the same battery.

    Returns
    -------
    Measured
    """
    counts = counts if column.labels or len(counts) > 2 * MOST_OPTIONS else _in_one_spelling(counts)
    found = _by_some_labels(column, counts, reach) or _by_answers(column, counts, alike, reach)
    found = replace(found, missing=tuple(column.missing))
    if found.kind in ("", "text"):
        return found
    if dates := [label for label in counts if DATE.fullmatch(label)]:
        told = f"a spreadsheet may have made a date of {dates[0]!r}, as of 1-2; write such answers again as text"
        found = replace(found, looks=(*found.looks, told))
    unsaid = [label for label in counts if is_unsaid(label) and not is_stranger(label)]
    if not unsaid:
        return found
    told = f"{UNSAID}: {listed([f'{x!r} ({counts[x]} times)' for x in unsaid])}; if so, write it under missing"
    return replace(found, looks=(*found.looks, told))


def _in_one_spelling(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts of answers of which "agree" and "Agree" are one, in the commonest spelling."""
    usual = usual_spellings(Counter(counts))
    found: dict[str, int] = {}
    for label, times in counts.items():
        spelled = usual[same_label(label)]
        found[spelled] = found.get(spelled, 0) + times
    return found


def _by_some_labels(column: Column, counts: Mapping[str, int], reach: tuple[float, float] | None) -> Measured | None:
    """Numbers of which only some have a label, such as the ends of a scale; None where each has one, or none."""
    meant = {code: x for code, x in column.labels.items() if code not in column.missing and not is_unsaid(x)}
    codes = {label: number for code, label in meant.items() if (number := plain_number(code)) is not None}
    bare = {x: n for x in counts if x not in column.labels.values() and (n := plain_number(x)) is not None}
    if not bare or not codes or len(codes) < len(meant) or column.kind == "choices":
        return None
    if len(bare) < len(codes) and not all(
        min(codes.values()) < number < max(codes.values()) for number in bare.values()
    ):
        return None
    scale, numbers = label_scale([*codes]), {**codes, **bare}
    weights = {label: counts.get(label, 0) for label in [*numbers, *counts]}
    found = _of_numbers(numbers, weights, replace(column, kind=""), reach)
    told = f"{found.because}; {listed([repr(label) for label in codes][:2])} are the labels of some"
    return replace(found, because=told, family="" if scale is None else scale.family)


def _by_answers(
    column: Column, counts: Mapping[str, int], alike: Sequence[str], reach: tuple[float, float] | None
) -> Measured:
    said = [label for label in counts if not is_unsaid(label)]
    none = {label.casefold() for label in column.missing.values()}
    offered = [label for label in column.labels.values() if label.casefold() not in none]
    if not said and not offered:
        return Measured("", "nobody answered")
    if column.kind == "date" or (said and all(map(DATE.fullmatch, said))):
        return Measured("text", "the answers are dates")
    if column.kind == "choices":
        return _several(offered, said, counts) or Measured("multiple", "the tool says several can be chosen")
    numbers = {label: number for label in said if (number := plain_number(label)) is not None}
    typed = column.kind in ("text", "name")
    if typed and (len(numbers) < MOSTLY * len(said) or len(numbers) < 2):
        return Measured("text", "the tool says it is text")
    labels = offered or said
    if _are_yes_or_no(labels):
        return Measured("binary", f"the answers are {listed([repr(label) for label in labels])}")
    if column.kind == "number" or (numbers and not offered and len(numbers) >= MOSTLY * len(said)):
        return _of_numbers(numbers, counts, column, reach)
    scale = label_scale(tuple(dict.fromkeys([*labels, *alike])))  # with those of questions answered alike
    if scale is None or not set(labels) <= {*scale.order, *scale.missing}:
        scale = label_scale(tuple(labels))
    if scale is not None:
        return _of_labels(scale, offered)
    return _several([], said, counts) or _of_words(column, said, offered, counts)


def _are_yes_or_no(labels: Sequence[str]) -> bool:
    """Whether the answers are words for yes and no, or one of them; marks such as 1 or x alone can be other things."""
    words = {label.casefold().rstrip(".! ") for label in labels}
    both = bool(words & YES) and bool(words & NO)
    return words <= YES | NO and len(words) <= 2 and (both or all(len(word) > 1 and word.isalpha() for word in words))


def _of_labels(scale: LabelScale, offered: Sequence[str]) -> Measured:
    """A scale of labels; where each has its number, a scale from the lowest number to the highest."""
    looks = []
    if scale.family == "numbers":
        looks += _turned(scale)
        low, high = scale.scores[0], scale.scores[-1]
        if high - low >= MOST_POINTS:
            return Measured("numeric", "each answer is a number with a word or sign")
        return Measured("ordinal", "each answer has its number", tuple(looks), low, high, family=scale.family)
    if not offered and (lacking := scale.lacks_a_side):
        looks.append(f"nobody answered {lacking}; add those points to the categories, in order")
    because = (
        f"the answers are points of a scale of {scale.family}" if scale.family != "ranges" else "ranges of numbers"
    )
    return Measured("ordinal", because, tuple(looks), categories=scale.order, family=scale.family)


def _turned(scale: LabelScale) -> list[str]:
    """A look where high numbers have words that say no, and low ones words that say yes."""
    words = [re.sub(r"^[-\d\s=:.)(–—]+|\)$", "", label) for label in scale.order]
    worded = label_scale([word for word in words if word])
    if worded is None or worded.order == tuple(word for word in words if word):
        return []
    if worded.order == tuple(word for word in words if word)[::-1]:
        first, last = scale.order[0], scale.order[-1]
        return [f"low numbers say yes here ({first!r} ... {last!r}); if others go the other way, reverse is yes"]
    return ["the words and the numbers of the answers stand in different orders"]


def _of_numbers(
    numbers: Mapping[str, float], counts: Mapping[str, int], column: Column, reach: tuple[float, float] | None
) -> Measured:
    """Numbers, or the points of a scale where they are whole, few and the question or its battery says so."""
    weights = {
        value: sum(counts[label] for label, number in numbers.items() if number == value) for value in numbers.values()
    }
    named = codes_in_words(column.wording or column.group_wording) & {*weights}
    reach = None if reach is not None and named & {*reach} else reach
    codes = {code for code in suspected_codes(weights) if reach is None or not reach[0] <= code <= reach[1]} | named
    looks = [_what_codes_change(weights, codes)] if codes else []
    rest = {value: times for value, times in weights.items() if value not in codes}
    strange = [label for label in counts if label not in numbers and not is_unsaid(label)]
    if strange:
        looks.append(f"{listed([repr(x) for x in strange[:3]])} cannot be read as a number, and would not count")
    if not rest:
        return Measured("numeric", "the answers are numbers", tuple(looks))
    low, high = min(rest), max(rest)
    whole = all(float(value).is_integer() for value in rest)
    typed = column.kind in ("number", "text", "name")  # nobody types the points of a scale
    if set(rest) <= {0.0, 1.0} and len(rest) == 2 and not typed and (reach is None or reach == (0, 1)):
        return Measured("binary", "the answers are 0 and 1", tuple(looks))
    if ends := ends_in_words(column.wording or column.group_wording):
        kind = "ordinal" if ends[1] - ends[0] < MOST_POINTS else "numeric"
        told = f"the question says that answers go from {ends[0]} to {ends[1]}"
        return Measured(kind, told, tuple(looks), low=ends[0], high=ends[1])
    if not whole or typed or high - low >= MOST_POINTS or low < -5 or high > 10:
        return Measured("numeric", "the answers are numbers", tuple(looks))
    return _points(rest, looks, reach)


def _points(rest: Mapping[float, int], looks: list[str], reach: tuple[float, float] | None) -> Measured:
    """Few whole numbers: a scale from the lowest to the highest found in the battery."""
    low, high = (min(rest), max(rest)) if reach is None else (min(reach[0], *rest), max(reach[1], *rest))
    low = min(low, 1.0) if low > 0 else low
    symmetric = low < 0
    low, high = (min(low, -high), max(high, -low)) if symmetric else (low, high)
    most = WITHIN * sum(rest.values())
    within = (top for top in USUAL_TOPS if sum(n for value, n in rest.items() if value <= top) >= most)
    top = min(next(within, max(rest)), max(rest))  # the lowest usual one that hardly any answer lies above
    beyond = sum(times for value, times in rest.items() if value > top) if not symmetric and low in (0, 1) else 0
    if beyond and top < high:
        looks.append(
            f"{beyond} of {sum(rest.values())} answers lie above {top:g}, and would not count; is it the highest?"
        )
        high = top
    if low >= high or (len(rest) < 2 and reach is None):
        return Measured("numeric", "the answers are numbers", tuple(looks))
    if high not in USUAL_TOPS and not symmetric:
        looks.append(f"{ENDS} {low:g} to {high:g}; if the scale goes on, write its ends under low and high")
    told = "whole numbers" if reach is None else "whole numbers, as in the rest of the battery,"
    return Measured("ordinal", f"{told} from {low:g} to {high:g}", tuple(looks), low=low, high=high)


def suspected_codes(weights: Mapping[float, int]) -> set[float]:
    """Numbers that look like codes for a missing answer: 99 beside 1 to 5, -9 where nothing else is below 0.

    Examples
    --------
    >>> suspected_codes({1.0: 3, 2.0: 4, 5.0: 1, 99.0: 3}), suspected_codes({-2.0: 3, -1.0: 4, 1.0: 2, 2.0: 1})
    ({99.0}, set())
    """
    codes, rest = likely_codes(weights)
    below = {value for value in weights if value < 0}
    opposite = {-value for value in rest} | {0.0}
    return {code for code in codes if not (code < 0 and below <= opposite and len(below) > 1)}


def codes_in_words(wording: str) -> set[float]:
    """Numbers that a question itself says mean no answer, or that somebody is not known.

    Examples
    --------
    >>> codes_in_words("How far do you trust Ann? (1-5, 9 = don't know her)"), codes_in_words("1 = never, 5 = always")
    ({9.0}, set())
    """
    return {float(code) for code, words in _SAID.findall(wording) if is_unsaid(words.strip())}


def _what_codes_change(weights: Mapping[float, int], codes: set[float]) -> str:
    rest = {value: times for value, times in weights.items() if value not in codes}
    every, without = _mean(weights), _mean(rest)
    told = listed([f"{weights[code]} answers of {code:g}" for code in sorted(codes)])
    change = f"without them the mean goes from {every:.3g} to {without:.3g}"
    return f"{told}; {change}. If they mean no answer, write them under missing"


def _mean(weights: Mapping[float, int]) -> float:
    return sum(value * times for value, times in weights.items()) / sum(weights.values())


def _several(offered: Sequence[str], said: Sequence[str], counts: Mapping[str, int]) -> Measured | None:
    """Several answers in a cell, where a mark parts pieces that come again and again."""
    for mark in (";", "|", "\n", ","):
        parted = [label for label in said if mark in label]
        if not parted:
            continue
        times: dict[str, int] = {}
        cells: dict[str, int] = {}
        for label in said:
            for piece in filter(None, map(str.strip, label.split(mark))):
                times[piece] = times.get(piece, 0) + counts[label]
                cells[piece] = cells.get(piece, 0) + 1
        if not offered and max(cells.values(), default=0) < 2:
            continue  # no piece is met in another cell: the mark belongs to an answer
        again = sum(times.values()) >= PER_OPTION * len(times) and len(times) <= MOST_OPTIONS
        if offered or (again and max(map(len, times)) <= LONGEST_OPTION and len(times) > 1):
            told = f"cells hold several answers, parted by {mark!r}"
            known = [piece for piece in times if piece.casefold() in {label.casefold() for label in offered}]
            looks = [] if mark != "," or len(known) == len(times) else [COMMAS]
            return Measured("multiple", told, tuple(looks), categories=tuple(offered), separator=mark)
    return Measured("multiple", "the tool says several can be chosen", categories=tuple(offered)) if offered else None


COMMAS = "if an option has a comma in it, list the options under categories"


def _of_words(column: Column, said: Sequence[str], offered: Sequence[str], counts: Mapping[str, int]) -> Measured:
    """Options without an order, or everybody's own words."""
    answers = sum(counts[label] for label in said)
    labels = offered or said
    half = 2 * most_understood(labels) >= len(labels) > 2
    few = len(said) <= MOST_OPTIONS and PER_OPTION * len(said) <= answers
    few = few or (half and len(said) < min(answers, MOST_POINTS))  # the points of a scale, of few people
    if not (offered or column.kind == "choice" or few) or max(map(len, said or [""])) > 2 * LONGEST_OPTION:
        return Measured("text", f"{len(said)} different answers of {answers}")
    told = f"{len(labels)} different answers" + ("" if offered else f" of {answers}")
    return Measured("nominal", told, (NOT_IN_ORDER,) if half else (), categories=tuple(offered))
