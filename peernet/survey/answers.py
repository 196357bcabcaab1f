"""From typed text to typed answers, by the kind or the role of their question: one column of the survey at a time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from peernet.errors import did_you_mean
from peernet.survey.issues import IssueLog
from peernet.survey.item import TAKING_PART, Item
from peernet.survey.names import one_spelling, same_label
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
    given = given_cells(item, cells, missing)
    if item.is_numbered:
        typed = _numbers(item, given, log, decimal_comma=decimal_comma)
    else:
        typed = BY_KIND[item.kind](item, given, log)
    if item.kind == "multiple":  # reindex would write nan where None is meant
        return pd.Series([typed.get(person) for person in cells.index], index=cells.index, dtype=object)
    return typed.reindex(cells.index)


def given_cells(item: Item, cells: pd.Series[str], missing: tuple[str, ...]) -> pd.Series[str]:
    """The cells that hold an answer."""
    return cells[is_given(item, cells, missing)]


def is_given(item: Item, cells: pd.Series[str], missing: tuple[str, ...]) -> pd.Series[bool]:
    """Whether each cell holds an answer; codes for a missing one are compared as numbers where answers are coded."""
    words = {word.casefold() for word in (*missing, *item.missing, "")}
    given = ~cells.str.casefold().isin(words)
    codes = {plain_number(word) for word in words} - {None}
    if codes and item.kind in CODED:
        given &= ~cells.map(plain_number).isin(codes)
    return given


def _numbers(item: Item, cells: pd.Series[str], log: IssueLog, *, decimal_comma: bool) -> pd.Series[float]:
    texts = cells.tolist()
    once = {cell: read_number(item, cell, decimal_comma=decimal_comma) for cell in set(texts)}
    reads = other_units(item, texts, [once[cell] for cell in texts])
    for person, cell, read in zip(cells.index, texts, reads, strict=True):
        _log_reading(item, str(person), cell, read, log, done=LEFT_OUT)
    _hint_at_codes(item, texts, reads, log)
    numbers = pd.Series([read.value for read in reads], index=cells.index, dtype=float)
    if item.kind == "numeric":
        numbers = _ask_about_strays(item, cells, numbers, log)
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


def _hint_at_codes(item: Item, cells: list[str], reads: list[NumberRead], log: IssueLog) -> None:
    """A number that often lies outside the limits may stand for a missing answer."""
    outside = [plain_number(cell) for cell, read in zip(cells, reads, strict=True) if read.problem]
    for number, times in Counter(number for number in outside if number is not None).items():
        if times >= OFTEN and out_of_range(item, number):
            problem = f"{number:g} is no answer to {item.name!r}, but was given {times} times"
            log.warning(problem, f"{LEFT_OUT}; if it means no answer, declare it in missingValues", item=item.name)


def _ask_about_strays(item: Item, cells: pd.Series[str], numbers: pd.Series[float], log: IssueLog) -> pd.Series[float]:
    """The numbers without likely codes for a missing answer; those, and numbers far outside the rest, are logged."""
    values = numbers.tolist()
    codes, rest = likely_codes(values)
    far, near = far_out(value for value in values if value not in codes)
    left_out = {code for code in codes if (item.low if code < 0 else item.high) is None}
    asked = numbers.isin(codes | far)
    for person, cell, number in zip(numbers.index[asked], cells[asked], numbers[asked], strict=True):
        among = rest if number in codes else near
        problem = f"{cell!r} lies far from the other answers, which reach from {among[0]:g} to {among[-1]:g}"
        done = f"{LEFT_OUT}; {SETTLE_CODE}" if number in left_out else f"kept; {SETTLE_FAR}"
        log.warning(problem, done, item=item.name, person=str(person))
    _hint_at_nines(item, Counter(value for value in values if value not in codes), log)
    return numbers.mask(numbers.isin(left_out))


def _hint_at_nines(item: Item, counts: Counter[float], log: IssueLog) -> None:
    """Nines among the other answers may stand for a missing one where they recur and no limit says otherwise."""
    for number, times in counts.items():
        if times >= OFTEN and item.high is None and NINES.fullmatch(f"{number:.15g}"):
            problem = f"{number:g} was given {times} times to {item.name!r}"
            log.warning(problem, "kept; if it means no answer, declare it in missingValues", item=item.name)


def _ordered(item: Item, cells: pd.Series[str], log: IssueLog) -> pd.Series:
    known = {category.casefold(): category for category in item.categories}
    order = item.categories[::-1] if item.reverse else item.categories
    values = [known.get(cell.casefold()) for cell in cells]
    for (person, cell), value in zip(cells.items(), values, strict=True):
        if value is None:
            allowed = ", ".join(item.categories)
            log.warning(f"{cell!r} is none of: {allowed}", LEFT_OUT, item=item.name, person=str(person))
    return pd.Series(pd.Categorical(values, categories=list(order), ordered=True), index=cells.index)


def _nominal(item: Item, cells: pd.Series[str], log: IssueLog) -> pd.Series:
    declared = [_declared(item, str(person), cell, log) for person, cell in cells.items()]
    values = one_spelling(item, pd.Series(declared, index=cells.index, dtype="str"), log).tolist()
    categories = list(dict.fromkeys((*item.categories, *sorted(values))))
    return pd.Series(pd.Categorical(values, categories=categories), index=cells.index)


def _declared(item: Item, person: str, cell: str, log: IssueLog) -> str:
    """The declared spelling of a category; one that is not declared is kept, and logged."""
    known = {same_label(category): category for category in item.categories}
    if known and same_label(cell) not in known:
        problem = f"{cell!r} is not among the declared categories.{did_you_mean(cell, item.categories)}"
        log.warning(problem, "kept as a category of its own", item=item.name, person=person)
    return known.get(same_label(cell), cell)


def _yes_no(item: Item, cells: pd.Series[str], log: IssueLog) -> pd.Series:
    values = [_said_yes(item, str(person), cell, log) for person, cell in cells.items()]
    return pd.Series(pd.array(values, dtype="boolean"), index=cells.index)


def _said_yes(item: Item, person: str, cell: str, log: IssueLog) -> bool | None:
    said = yes_or_no(item, cell)
    if said is None:
        log.warning(f"{cell!r} is neither yes nor no", LEFT_OUT, item=item.name, person=person)
    return said


def yes_or_no(item: Item, cell: str) -> bool | None:
    """Whether a cell says yes, turned round where the item is reversed; None where it says neither."""
    word = cell.casefold().rstrip(".! ")
    return (word in YES) != item.reverse if word in YES or word in NO else None


def _multiple(item: Item, cells: pd.Series[str], log: IssueLog) -> pd.Series:
    if item.categories:
        return chosen_options(item, cells, log)
    chosen = []
    for person, cell in cells.items():
        parts = [part.strip() for part in cell.split(item.separator) if part.strip()]
        answers = [] if [part.casefold() for part in parts] == ["none"] else parts
        chosen.append([_declared(item, str(person), answer, log) for answer in answers])
    options = pd.Series(chosen, index=cells.index, dtype=object).explode().dropna()
    spelled = one_spelling(item, options.astype("str"), log).groupby(level=0, sort=False).agg(frozenset)
    return pd.Series([spelled.get(person, frozenset()) for person in cells.index], index=cells.index, dtype=object)


BY_KIND: Mapping[str, Callable[[Item, pd.Series[str], IssueLog], pd.Series]] = {  # where answers are not numbers
    "ordinal": _ordered,
    "nominal": _nominal,
    "binary": _yes_no,
    "asymmetric": _yes_no,
    "multiple": _multiple,
    "text": lambda _item, cells, _log: cells.astype("str"),
}


@dataclass(frozen=True)
class Parting:
    """One way of reading a cell: the options in it, and the pieces that are none."""

    options: frozenset[str] = frozenset()
    strange: tuple[str, ...] = ()


def chosen_options(item: Item, cells: pd.Series[str], log: IssueLog) -> pd.Series:
    """The declared options that the cells of a multiple choice item hold.

    Labels are looked for whole, so that ``Plan, do, review`` is one option where it is declared. A piece that is no
    label is logged and left out, and a cell that can be read in several ways is logged and counts as not answered.

    Returns
    -------
    Series of the same index
        Frozensets, empty for the answer "none"; None where no option could be read, or not for sure.
    """
    known = {_folded(label): label for label in item.categories}
    read = [_chosen(item, known, str(person), cell, log) for person, cell in cells.items()]
    return pd.Series(read, index=cells.index, dtype=object)


def _chosen(item: Item, known: dict[str, str], person: str, cell: str, log: IssueLog) -> frozenset[str] | None:
    if cell.casefold() == "none":
        return frozenset()
    readings = _readings(item, known, cell)
    if len({reading.options for reading in readings}) > 1:
        ways = " or ".join(" + ".join(map(repr, sorted(reading.options))) for reading in readings)
        done = f"{LEFT_OUT}; part the options with a mark that is in no label"
        log.warning(f"{cell!r} could be {ways}", done, item=item.name, person=person)
        return None
    for piece in readings[0].strange:
        problem = f"{piece!r} is not among the declared options.{did_you_mean(piece, item.categories)}"
        log.warning(problem, "left out", item=item.name, person=person)
    return readings[0].options or None


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
        from_here[start] = _fewest_strange(
            Parting(step.options | rest.options, step.strange + rest.strange)
            for end, step in steps
            for rest in from_here.get(end, ())
        )
    return from_here[0]


def _fewest_strange(partings: Iterable[Parting]) -> list[Parting]:
    found = list(dict.fromkeys(partings))
    fewest = min(len(parting.strange) for parting in found)
    return [parting for parting in found if len(parting.strange) == fewest][:MOST_READINGS]


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
    given = given_cells(item, cells, missing)
    if item.role in TAKING_PART:
        return _joining(item, given, log).reindex(cells.index)
    rooms = [_room(item, str(person), cell, log) for person, cell in given.items()]
    return pd.Series(rooms, index=given.index, dtype=float).reindex(cells.index)


def _joining(item: Item, cells: pd.Series[str], log: IssueLog) -> pd.Series:
    said = [yes_or_no(item, cell) for cell in cells]
    for (person, cell), answer in zip(cells.items(), said, strict=True):
        if answer is None:
            log.error(f"{cell!r} is neither yes nor no", SAY_YES_OR_NO, item=item.name, person=str(person))
    opts_out = item.role == "opted_out"
    answers = pd.Series(pd.array([opts_out if a is None else a for a in said], dtype="boolean"), index=cells.index)
    _ask_if_most_stay_out(item, sum(answer is opts_out for answer in said), len(said), log)
    return answers


def _ask_if_most_stay_out(item: Item, out: int, asked: int, log: IssueLog) -> None:
    """More people out than in may be a question that was asked the other way round."""
    if 2 * out <= asked or asked < 2:
        return
    other = "takes_part" if item.role == "opted_out" else "opted_out"
    asks = "who takes part" if item.role == "opted_out" else "who opts out"
    problem = f"{out} of {asked} people who answered {item.name!r} opted out"
    log.warning(problem, f"kept out; if the question asks {asks}, give the item the role {other!r}", item=item.name)


def _room(item: Item, person: str, cell: str, log: IssueLog) -> float:
    read = read_number(item, cell)
    whole = read.value in range(MOST_PARTNERS)
    problem = read.problem or ("" if whole else f"{cell!r} is no whole number of partners")
    if problem:
        log.error(problem, SAY_HOW_MANY, item=item.name, person=person)
        return 0.0
    if read.wording:
        log.note(f"typed {cell!r}", f"read as {read.value:g}", item=item.name, person=person)
    return read.value
