"""From typed text to typed answers, by the kind or the role of their question: one column of the survey at a time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from math import isfinite, nan

import numpy as np
import pandas as pd

from peernet._arrays import Array, Ints
from peernet.errors import did_you_mean
from peernet.survey.issues import IssueLog
from peernet.survey.item import TAKING_PART, Item
from peernet.survey.names import holds_name, log_spelling, same_label, usual_spellings
from peernet.survey.numbers import (
    OFTEN,
    NumberRead,
    far_out,
    likely_codes,
    other_units,
    out_of_range,
    plain_number,
    read_number,
)

YES = frozenset({"yes", "y", "true", "1", "1.0", "ja", "oui", "si", "sí", "sì", "sim", "jo", "tak", "x"})
NO = frozenset({"no", "n", "false", "0", "0.0", "nein", "non", "não", "nao", "nee", "nej", "nei", "nie"})
LEFT_OUT = "treated as not answered"
CODED = ("numeric", "ordinal", "binary", "asymmetric", "nominal")  # kinds whose cells may hold numbers as codes
NINES = re.compile(r"-?9{2,}")
SETTLE_CODE = "if it is an answer, give the item its minimum and maximum, else declare it in missingValues"
SETTLE_FAR = "check it, and if it means no answer declare it in missingValues"
_OTHER_MARKS = ",;\n|"  # what tools put between options when they do not keep to the declared separator
MOST_READINGS = 3  # kept of one cell; two are enough to ask
MOST_PARTNERS = 1_000_000  # more than anybody can meet; whole numbers far beyond do not fit a machine's
SAY_YES_OR_NO = "kept out until this is settled; write yes or no"
SAY_HOW_MANY = "counts as 0 partners until this is settled; write a whole number such as 0, 1 or 2"


def typed_answers(
    item: Item, cells: pd.Series[str], missing: tuple[str, ...], log: IssueLog, *, decimal_comma: bool = False
) -> pd.Series:
    """Answers to one item, typed by its kind, reversed items turned round, every doubt logged.

    Parameters
    ----------
    item
        What the column means.
    cells
        The cells as text, index ``person``.
    missing
        Values that mean "no answer" anywhere in the survey.
    log
        Receives one row per cell that is not understood.
    decimal_comma
        Whether the file writes decimal commas, so that ``1.234`` is doubtful.

    Returns
    -------
    Series of the same index: float for numbers, categorical for declared categories, nullable boolean for yes/no,
    frozensets (or None) for multiple choice, strings for text.
    """
    given = given_answers(item, cells, missing)
    if item.is_numbered:
        return _numbers(item, given, log, decimal_comma=decimal_comma)
    return BY_KIND[item.kind](item, given, log)


@dataclass(frozen=True, eq=False)
class Given:
    """The answers to one item: each wording once, in the order in which it first occurs, and who gave it.

    ``places`` has the place of everybody's answer among the ``texts``, -1 where somebody gave none.
    """

    texts: list[str]
    places: Ints
    people: pd.Index

    @property
    def times(self) -> list[int]:
        """How many people gave each answer."""
        return [int(times) for times in np.bincount(self.places + 1, minlength=len(self.texts) + 1)[1:]]

    def who_gave(self, asked: Iterable[bool]) -> Iterator[tuple[str, int]]:
        """Everyone who gave an answer that is asked for, in their order, and its place among the texts."""
        if any(wanted := [*asked, False]):  # most columns leave nothing to tell
            found = np.flatnonzero(np.array(wanted)[self.places])
            yield from zip(map(str, self.people[found].tolist()), self.places[found].tolist(), strict=True)

    def for_everybody(self, read: Sequence[object], *, nothing: object) -> Array:
        """What everybody's answer was read as, given what each text was, and ``nothing`` for those who gave none."""
        values = np.empty(len(read) + 1, dtype=object)
        values[:] = [*read, nothing]
        return values[self.places]


def given_answers(item: Item, cells: pd.Series[str], missing: tuple[str, ...]) -> Given:
    """The cells that hold an answer; codes for a missing one are compared as numbers where answers are coded."""
    places, distinct = cells.array.factorize()
    texts = distinct.tolist()
    given = _hold_answers(item, texts, missing)
    among_given = np.where(np.array(given, dtype=bool), np.cumsum(given, dtype=np.int64) - 1, -1)
    return Given(list(compress(texts, given)), among_given[places], cells.index)


def _hold_answers(item: Item, texts: list[str], missing: tuple[str, ...]) -> list[bool]:
    """Whether each text is an answer and no word or code for a missing one."""
    words = {word.casefold() for word in (*missing, *item.missing, "")}
    codes = {plain_number(word) for word in words} - {None} if item.kind in CODED else set()
    given = [text.casefold() not in words for text in texts]
    return (
        [here and plain_number(text) not in codes for here, text in zip(given, texts, strict=True)] if codes else given
    )


def given_cells(item: Item, cells: pd.Series[str], missing: tuple[str, ...]) -> pd.Series[str]:
    """The cells that hold an answer."""
    return cells[is_given(item, cells, missing)]


def is_given(item: Item, cells: pd.Series[str], missing: tuple[str, ...]) -> pd.Series[bool]:
    """Whether each cell holds an answer; marks alone, such as "!", are nobody's name."""
    if item.kind in CODED:  # few different answers, of many people
        given = given_answers(item, cells, missing).places >= 0
    else:
        longest = max(len(word.casefold()) for word in (*missing, *item.missing, ""))  # folding makes no text shorter
        given = cells.str.len().to_numpy() > longest
        given[~given] = _hold_answers(item, cells[~given].tolist(), missing)
    if item.block == "name":
        given &= np.array([*map(holds_name, cells.tolist())], dtype=bool)
    return pd.Series(given, index=cells.index)


def _numbers(item: Item, given: Given, log: IssueLog, *, decimal_comma: bool) -> pd.Series[float]:
    alone = [read_number(item, cell, decimal_comma=decimal_comma) for cell in given.texts]
    reads = other_units(item, given.texts, alone, given.times)
    for person, place in given.who_gave(bool(read.problem or read.wording) for read in reads):
        _log_reading(item, person, given.texts[place], reads[place], log, done=LEFT_OUT)
    _hint_at_codes(item, given, reads, log)
    values = [read.value for read in reads]
    if item.kind == "numeric":
        values = _ask_about_strays(item, given, values, log)
    numbers = pd.Series(np.array([*values, nan])[given.places], index=given.people)
    return sum(item.limits) - numbers if item.reverse and item.limits else numbers


def checked_number(
    item: Item, person: str, cell: str, log: IssueLog, *, done: str, where: str, decimal_comma: bool
) -> float:
    """The number in a cell, or nan with the reason logged; ``where`` begins the reason."""
    read = read_number(item, cell, decimal_comma=decimal_comma)
    _log_reading(item, person, cell, read, log, done=done, where=where)
    return read.value


def _log_reading(
    item: Item, person: str, cell: str, read: NumberRead, log: IssueLog, *, done: str, where: str = ""
) -> None:
    if read.problem:
        log.warning(f"{where}{read.problem}", done, item=item.name, person=person)
    elif read.wording:
        log.note(f"typed {cell!r}", f"read as {read.value:g}", item=item.name, person=person)


def _hint_at_codes(item: Item, given: Given, reads: list[NumberRead], log: IssueLog) -> None:
    """A number that often lies outside the limits may stand for a missing answer."""
    outside = Counter[float]()
    for cell, read, times in zip(given.texts, reads, given.times, strict=True):
        if read.problem and (number := plain_number(cell)) is not None:
            outside[number] += times
    for number, times in outside.items():
        if times >= OFTEN and out_of_range(item, number):
            problem = f"{number:g} is no answer to {item.name!r}, but was given {times} times"
            log.warning(problem, f"{LEFT_OUT}; if it means no answer, declare it in missingValues", item=item.name)


def _ask_about_strays(item: Item, given: Given, values: list[float], log: IssueLog) -> list[float]:
    """The numbers without likely codes for a missing answer; those, and numbers far outside the rest, are logged."""
    counts = Counter[float]()
    for value, times in zip(values, given.times, strict=True):
        if isfinite(value):
            counts[value] += times
    codes, rest = likely_codes(counts)
    others = Counter({value: times for value, times in counts.items() if value not in codes})
    far, near = far_out(others)
    left_out = {code for code in codes if (item.low if code < 0 else item.high) is None}
    asked = codes | far
    for person, place in given.who_gave(value in asked for value in values):
        low, high = rest if values[place] in codes else near
        problem = f"{given.texts[place]!r} lies far from the other answers, which reach from {low:g} to {high:g}"
        done = f"{LEFT_OUT}; {SETTLE_CODE}" if values[place] in left_out else f"kept; {SETTLE_FAR}"
        log.warning(problem, done, item=item.name, person=person)
    _hint_at_nines(item, others, log)
    return [nan if value in left_out else value for value in values]


def _hint_at_nines(item: Item, counts: Counter[float], log: IssueLog) -> None:
    """Nines among the other answers may stand for a missing one where they recur and no limit says otherwise."""
    for number, times in counts.items():
        if times >= OFTEN and item.high is None and NINES.fullmatch(f"{number:.15g}"):
            problem = f"{number:g} was given {times} times to {item.name!r}"
            log.warning(problem, "kept; if it means no answer, declare it in missingValues", item=item.name)


def _ordered(item: Item, given: Given, log: IssueLog) -> pd.Series:
    order = item.categories[::-1] if item.reverse else item.categories
    known = {category.casefold(): place for place, category in enumerate(order)}
    places = [known.get(cell.casefold(), -1) for cell in given.texts]
    for person, place in given.who_gave(place < 0 for place in places):
        problem = f"{given.texts[place]!r} is none of: {', '.join(item.categories)}"
        log.warning(problem, LEFT_OUT, item=item.name, person=person)
    return _categorical([*places, -1], order, given, ordered=True)


def _categorical(places: list[int], categories: Sequence[str], given: Given, *, ordered: bool) -> pd.Series:
    """Categories by the place of each answer's among them, and the last place for those who gave none."""
    kind = pd.CategoricalDtype(list(categories), ordered=ordered)
    return pd.Series(pd.Categorical.from_codes(np.array(places)[given.places], dtype=kind), index=given.people)


def _nominal(item: Item, given: Given, log: IssueLog) -> pd.Series:
    known = {same_label(category): category for category in item.categories}
    labels = [same_label(cell) for cell in given.texts]
    for person, place in given.who_gave(bool(known) and label not in known for label in labels):
        cell = given.texts[place]
        problem = f"{cell!r} is not among the declared categories.{did_you_mean(cell, item.categories)}"
        log.warning(problem, "kept as a category of its own", item=item.name, person=person)
    as_declared = [known.get(label, cell) for label, cell in zip(labels, given.texts, strict=True)]
    counts = Counter[str]()
    for cell, times in zip(as_declared, given.times, strict=True):
        counts[cell] += times
    usual = usual_spellings(counts, item.categories)
    values = [usual[label] for label in labels]
    for person, place in given.who_gave(cell != value for cell, value in zip(as_declared, values, strict=True)):
        log_spelling(item, person, as_declared[place], values[place], log)
    categories = list(dict.fromkeys((*item.categories, *sorted(values))))
    place_of = {category: place for place, category in enumerate(categories)}
    return _categorical([*map(place_of.__getitem__, values), -1], categories, given, ordered=False)


def _yes_no(item: Item, given: Given, log: IssueLog) -> pd.Series:
    said = [yes_or_no(item, cell) for cell in given.texts]
    for person, place in given.who_gave(answer is None for answer in said):
        log.warning(f"{given.texts[place]!r} is neither yes nor no", LEFT_OUT, item=item.name, person=person)
    return pd.Series(pd.array(given.for_everybody(said, nothing=None), dtype="boolean"), index=given.people)


def yes_or_no(item: Item, cell: str) -> bool | None:
    """Whether a cell says yes, turned round where the item is reversed; None where it says neither.

    Of two declared categories the first says no.
    """
    word = cell.casefold().rstrip(".! ")
    if word in YES or word in NO:
        return (word in YES) != item.reverse
    answers = [category.casefold().rstrip(".! ") for category in item.categories]
    return (word == answers[1]) != item.reverse if len(answers) == 2 and word in answers else None


def _multiple(item: Item, given: Given, log: IssueLog) -> pd.Series:
    """Frozensets of the options or words in each cell, empty for the answer "none"."""
    chosen = _declared_options(item, given, log) if item.categories else _own_words(item, given, log)
    return pd.Series(given.for_everybody(chosen, nothing=None), index=given.people, dtype=object)


def _own_words(item: Item, given: Given, log: IssueLog) -> list[frozenset[str]]:
    """The parts of each cell, in one spelling each, every other spelling noted."""
    parts = [[part.strip() for part in cell.split(item.separator) if part.strip()] for cell in given.texts]
    parts = [[] if [part.casefold() for part in found] == ["none"] else found for found in parts]
    counts = Counter[str]()
    for found, times in zip(parts, given.times, strict=True):
        for part in found:
            counts[part] += times
    usual = usual_spellings(counts)
    spelled = [[usual[same_label(part)] for part in found] for found in parts]
    for person, place in given.who_gave(found != usually for found, usually in zip(parts, spelled, strict=True)):
        for part, usually in zip(parts[place], spelled[place], strict=True):
            if part != usually:
                log_spelling(item, person, part, usually, log)
    return [frozenset(found) for found in spelled]


def _text(_item: Item, given: Given, _log: IssueLog) -> pd.Series:
    return pd.Series(given.for_everybody(given.texts, nothing=nan), index=given.people, dtype="str")


BY_KIND: Mapping[str, Callable[[Item, Given, IssueLog], pd.Series]] = {  # where answers are not numbers
    "ordinal": _ordered,
    "nominal": _nominal,
    "binary": _yes_no,
    "asymmetric": _yes_no,
    "multiple": _multiple,
    "text": _text,
}


@dataclass(frozen=True)
class Parting:
    """One way of reading a cell: the options in it, and the pieces that are none."""

    options: frozenset[str] = frozenset()
    strange: tuple[str, ...] = ()


def _declared_options(item: Item, given: Given, log: IssueLog) -> list[frozenset[str] | None]:
    """The declared options that each cell holds; None where no option could be read, or not for sure.

    Labels are looked for whole, so that ``Plan, do, review`` is one option where it is declared. A piece that is no
    label is logged and left out, and a cell that can be read in several ways is logged and counts as not answered.
    """
    known = {_folded(label): label for label in item.categories}
    read = [_chosen(item, known, cell) for cell in given.texts]
    for person, place in given.who_gave(bool(doubts) for _, doubts in read):
        for problem, done in read[place][1]:
            log.warning(problem, done, item=item.name, person=person)
    return [options for options, _ in read]


def _chosen(item: Item, known: dict[str, str], cell: str) -> tuple[frozenset[str] | None, list[tuple[str, str]]]:
    """The options in a cell, and what is doubtful about them with what was done."""
    if cell.casefold() == "none":
        return frozenset(), []
    readings = _readings(item, known, cell)
    if len({reading.options for reading in readings}) > 1:
        ways = " or ".join(" + ".join(map(repr, sorted(reading.options))) for reading in readings)
        return None, [(f"{cell!r} could be {ways}", f"{LEFT_OUT}; part the options with a mark that is in no label")]
    doubts = [
        (f"{piece!r} is not among the declared options.{did_you_mean(piece, item.categories)}", "left out")
        for piece in readings[0].strange
    ]
    return readings[0].options or None, doubts


def _readings(item: Item, known: dict[str, str], cell: str) -> list[Parting]:
    """The readings with the fewest strange pieces: by the declared separator where that reads all, else by any mark."""
    pieces = [_folded(piece) for piece in cell.split(item.separator) if piece.strip()]
    several = len(pieces) > 1 or not re.search(f"[{_OTHER_MARKS}]", cell)
    if several and all(piece in known for piece in pieces) and not any(item.separator in label for label in known):
        return [Parting(frozenset(known[piece] for piece in pieces))]
    declared = _partings(item, cell, re.escape(item.separator)) if item.separator in cell else []
    if declared and not declared[0].strange:
        return declared
    readings = _partings(item, cell, f"{re.escape(item.separator)}|[{_OTHER_MARKS}]")
    if any(reading.options for reading in readings) or item.separator in cell:
        return readings
    return [Parting(strange=(cell,))]  # somebody's own words, which may hold commas


def _partings(item: Item, cell: str, marks: str) -> list[Parting]:
    """Every reading of a cell as options and strange pieces between marks, of those with the fewest strange ones."""
    loose = {label: r"\s+".join(map(re.escape, label.split())) for label in item.categories}  # any white space between
    labels = {label: re.compile(rf"\s*{loose[label]}\s*(?:$|{marks})", re.IGNORECASE) for label in loose}
    between = re.compile(rf"(.*?)(?:$|{marks})", re.DOTALL)
    from_here = {len(cell): [Parting()]}
    for start in sorted({0, *(mark.end() for mark in re.finditer(marks, cell))} - {len(cell)}, reverse=True):
        matches = {label: pattern.match(cell, start) for label, pattern in labels.items()}
        steps = [(match.end(), Parting(frozenset({label}))) for label, match in matches.items() if match]
        if match := between.match(cell, start):
            steps.append((match.end(), Parting(strange=tuple(filter(None, [match[1].strip()])))))
        found = dict.fromkeys(
            Parting(step.options | rest.options, step.strange + rest.strange)
            for end, step in steps
            for rest in from_here.get(end, ())
        )
        fewest = min(len(parting.strange) for parting in found)
        from_here[start] = [parting for parting in found if len(parting.strange) == fewest][:MOST_READINGS]
    return from_here[0]


@lru_cache(maxsize=65536)
def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def kept_out(item: Item, cells: pd.Series[str], missing: tuple[str, ...], log: IssueLog) -> pd.Series:
    """Answers to an item that can keep somebody out of the pairing.

    Parameters
    ----------
    item
        A constraint with the role ``"opted_out"``, ``"takes_part"`` or ``"capacity"``.
    cells
        The cells as text, index ``person``.
    missing
        Values that mean "no answer" anywhere in the survey.
    log
        Receives one error per cell that is not understood.

    Returns
    -------
    Series of the same index: nullable boolean, or numbers of partners. A cell that is not understood keeps its person
    out (opted out, no part, 0 partners): to pair somebody against their will is worse than to leave them out.
    """
    given = given_answers(item, cells, missing)
    return _joining(item, given, log) if item.role in TAKING_PART else _rooms(item, given, log)


def _joining(item: Item, given: Given, log: IssueLog) -> pd.Series:
    said, opts_out = [yes_or_no(item, cell) for cell in given.texts], item.role == "opted_out"
    for person, place in given.who_gave(answer is None for answer in said):
        problem = f"{given.texts[place]!r} is neither yes nor no"
        log.error(problem, SAY_YES_OR_NO, item=item.name, person=person)
    out = sum(times for answer, times in zip(said, given.times, strict=True) if answer is opts_out)
    _ask_if_most_stay_out(item, out, sum(given.times), log)
    answers = given.for_everybody([opts_out if answer is None else answer for answer in said], nothing=None)
    return pd.Series(pd.array(answers, dtype="boolean"), index=given.people)


def _ask_if_most_stay_out(item: Item, out: int, asked: int, log: IssueLog) -> None:
    """More people out than in may be a question that was asked the other way round."""
    if 2 * out <= asked or asked < 2:
        return
    other = "takes_part" if item.role == "opted_out" else "opted_out"
    asks = "who takes part" if item.role == "opted_out" else "who opts out"
    problem = f"{out} of {asked} people who answered {item.name!r} opted out"
    log.warning(problem, f"kept out; if the question asks {asks}, give the item the role {other!r}", item=item.name)


def _rooms(item: Item, given: Given, log: IssueLog) -> pd.Series[float]:
    """How many partners everybody wants."""
    reads = [read_number(item, cell) for cell in given.texts]
    doubts = [
        read.problem or ("" if read.value in range(MOST_PARTNERS) else f"{cell!r} is no whole number of partners")
        for read, cell in zip(reads, given.texts, strict=True)
    ]
    for person, place in given.who_gave(bool(doubt or read.wording) for doubt, read in zip(doubts, reads, strict=True)):
        if doubts[place]:
            log.error(doubts[place], SAY_HOW_MANY, item=item.name, person=person)
        else:
            typed, done = f"typed {given.texts[place]!r}", f"read as {reads[place].value:g}"
            log.note(typed, done, item=item.name, person=person)
    rooms = [0.0 if doubt else read.value for read, doubt in zip(reads, doubts, strict=True)]
    return pd.Series(np.array([*rooms, nan])[given.places], index=given.people)
