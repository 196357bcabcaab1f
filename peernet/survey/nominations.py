"""Nominations: from names typed into cells to ties, with what could not be read kept apart from a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress, groupby, islice, repeat
from math import nan
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import pandas as pd

from peernet._arrays import Ints
from peernet.survey.answers import is_given
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.names import (
    IDENTIFIER,
    IN_DOUBT,
    MORE,
    NAME,
    NEAR,
    PART,
    SETTLED,
    SEVERAL,
    SIMILAR,
    UNKNOWN,
    UNREAD,
    NameBook,
    Reading,
    SettledNames,
    is_no_answer,
    is_nobody,
    split_names,
)

Tie = tuple[str, str, str, float, bool]
NUMBER_WORDS: Mapping[int, str] = {  # as ten languages write them beside "up to"
    2: "two|zwei|deux|dos|due|twee|dois|duas|två|to|dwie|dwóch|dwóm",
    3: "three|drei|trois|tres|tre|drie|três|trzy|trzech",
    4: "four|vier|quatre|cuatro|quattro|quatro|fyra|fire|cztery|czterech",
    5: "five|fünf|cinq|cinco|cinque|vijf|fem|pięć|pięciu",
    6: "six|sechs|seis|sei|zes|sex|seks|sześć|sześciu",
    7: "seven|sieben|sept|siete|sette|zeven|sete|sju|syv|siedem|siedmiu",
    8: "eight|acht|huit|ocho|otto|oito|åtta|otte|åtte|osiem|ośmiu",
    9: "nine|neun|neuf|nueve|nove|negen|nio|ni|dziewięć|dziewięciu",
    10: "ten|zehn|dix|diez|dieci|tien|dez|tio|ti|dziesięć|dziesięciu",
}
AT_MOST = (
    "up to|at most|no more than|not more than|maximum(?: of)?|max"
    "|bis zu|höchstens|maximal|nicht mehr als|jusqu['’]à|au plus|au maximum|pas plus de"
    "|hasta|como máximo|un máximo de|máximo|no más de|fino a|al massimo|al più|massimo|non più di"
    "|tot|hoogstens|maximaal|ten hoogste|niet meer dan|até|no máximo|no maximo|não mais de"
    "|upp till|högst|inte fler än|op til|opp til|opptil|højst|maks|maksimalt|høyst|maksymalnie|co najwyżej"
)
_WORDS = "|".join(NUMBER_WORDS.values())
CAP = re.compile(
    rf"\b(?:{AT_MOST})\.? ?(?P<most>[1-9]\d?(?![\d%])|(?:{_WORDS})\b)"
    r"|(?<![^\W_])(?:top|do)[ -]?(?P<short>[1-9]\d?(?![\d%]))"
    rf"|\b(?P<first>[1-9]\d?|{_WORDS}) (?:(?:at|at the) most|or fewer|au plus|au maximum|como máximo|al massimo)\b",
    re.IGNORECASE,
)
_NUMBERS = {word: number for number, words in NUMBER_WORDS.items() for word in words.split("|")}
ALL_OF_IT = -1  # of a cell, where a place among the pieces of all cells could stand
HEAP = 5  # people who named the same largest number before it is told


class Answer(NamedTuple):
    """What one cell of names says: the people read, each once; how many names it holds; whether all could be read."""

    people: list[str]
    names: int
    complete: bool


class TypedCells(NamedTuple):
    """The cells of a question: who answered, what they typed, how many pieces that has, and which ones they are."""

    egos: list[str]
    texts: pd.Series[str]
    counts: Ints
    codes: Ints


@dataclass(frozen=True, eq=False)
class Named:
    """What a column of names says: who answered, how many names they gave and whether all were read, and of whom.

    ``times`` says how many people were read in each answer; ``alters`` has their places among the ``people``, answer
    after answer.
    """

    egos: list[str]
    counts: list[int]
    complete: list[bool]
    times: Ints
    alters: Ints
    people: list[str]

    def by_ego(self) -> Iterator[tuple[str, list[str]]]:
        """Everybody who answered, with the people they named."""
        everyone = map(self.people.__getitem__, self.alters.tolist())
        for ego, times in zip(self.egos, self.times.tolist(), strict=True):
            yield ego, [*islice(everyone, times)]


@dataclass
class Nominations:
    """Ties of one source, and by layer who answered, whose list may be incomplete, and who could be named.

    ``listed`` has the ties of a file, ``named`` those of typed names, which are many, with layer and rating of each
    column; ``offered`` has the layers whose question offered a list of names to tick; ``rated`` those on which people
    were rated one by one, so that somebody without a rating was not asked about; ``unsettled`` those whose ratings say
    nothing until the codebook says what they mean; ``rows`` the number of the row in which a tie of a file stands.
    """

    listed: list[Tie] = field(default_factory=list)
    named: list[tuple[str, float, Named]] = field(default_factory=list)
    answered: dict[str, set[str]] = field(default_factory=dict)
    incomplete: dict[str, set[str]] = field(default_factory=dict)
    offered: dict[str, frozenset[str]] = field(default_factory=dict)
    rated: set[str] = field(default_factory=set)
    unsettled: set[str] = field(default_factory=set)
    rows: dict[tuple[str, str, str], int] = field(default_factory=dict)

    @property
    def ties(self) -> list[Tie]:
        """Every tie by itself."""
        typed = [(ego, who, layer, rating) for layer, rating, named in self.named for ego, who in named.by_ego()]
        return [
            *self.listed,
            *((ego, alter, layer, rating, True) for ego, who, layer, rating in typed for alter in who),
        ]


def parted(texts: pd.Series[str], separator: str) -> tuple[Ints, Ints, list[str]]:
    """What stands between separators: how many pieces in each text, which one each is, and those stripped."""
    try:
        import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
        from pyarrow import compute
    except ImportError:
        parts = [text.split(separator) for text in texts.tolist()]
        places, distinct = pd.factorize(np.array([*chain.from_iterable(parts)], dtype=object))
        return np.array([*map(len, parts)], dtype=int), places, [*map(str.strip, distinct.tolist())]
    column = pa.table({"texts": pa.array(texts, type=pa.large_string())})["texts"]  # of several chunks
    in_each = compute.split_pattern(column.combine_chunks(), separator)
    pieces = in_each.flatten().dictionary_encode()
    counts, places = (found.to_numpy().astype(int) for found in (in_each.value_lengths(), pieces.indices))
    return counts, places, [*map(str.strip, pieces.dictionary.to_pylist())]


@dataclass(frozen=True)
class NameReader:
    """Reads typed names: with everyone's names, the words for a missing answer, and a log for every doubt."""

    book: NameBook
    missing: tuple[str, ...]
    log: IssueLog
    settled: dict[str, SettledNames] = field(default_factory=dict)  # by separator, whatever question they answer

    def people_named(self, item: Item, cells: pd.Series[str]) -> Named:
        """What the cells of one question say."""
        return next(self.all_named([item], cells.to_frame(item.name)))

    def all_named(self, items: Sequence[Item], cells: pd.DataFrame) -> Iterator[Named]:
        """What the cells of each question say, with one separator: the same names, parted and settled all at once."""
        answered = [is_given(item, cells[item.name], self.missing).to_numpy() for item in items]
        given = [cells[item.name][known] for item, known in zip(items, answered, strict=True)]
        counts, codes, pieces = parted(pd.concat(given), items[0].separator)
        places = np.array(self.settled_by(items[0].separator).places(pieces), dtype=int)
        row = piece = 0  # at which those of a question begin
        people = [*map(str, cells.index.tolist())]
        for item, known, column in zip(items, answered, given, strict=True):
            own = counts[row : row + len(column)]
            row, start, piece = row + len(column), piece, piece + own.sum()
            typed = TypedCells([*compress(people, known)], column, own, codes[start:piece])
            yield self._named_in(item, typed, pieces, places)

    def _named_in(self, item: Item, cells: TypedCells, pieces: Sequence[str], places: Ints) -> Named:
        """What cells say; most hold nothing but settled names, and only the others are weighed one by one."""
        settled, (egos, texts, counts, codes) = self.settled_by(item.separator), cells
        said, cell = places[codes], np.repeat(np.arange(len(texts)), counts)
        in_doubt: dict[int, Reading] = {}  # by whoever typed it
        for at in np.flatnonzero(said == SEVERAL).tolist():
            in_doubt[at] = self.book.read(pieces[codes[at]], ego=egos[cell[at]])
            said[at] = settled.place_of(in_doubt[at])
        alters = said % IN_DOUBT
        own = np.array([*map(self.book.place.get, egos, repeat(UNREAD))], dtype=int)
        odd = np.zeros(len(texts), dtype=bool)
        odd[cell[(said == UNREAD) | (alters == own[cell]) | pd.Index(cell * IN_DOUBT + alters).duplicated()]] = True
        to_weigh = dict(zip(np.flatnonzero(odd).tolist(), texts[odd].tolist(), strict=True))
        plain = ~odd[cell]
        doubts = np.flatnonzero((said >= IN_DOUBT) & plain)
        weighed: dict[int, Answer | None] = {}
        of_pieces = zip(cell[doubts].tolist(), doubts.tolist(), strict=True)
        for place, at in sorted([*((place, ALL_OF_IT) for place in to_weigh), *of_pieces]):
            if at == ALL_OF_IT:
                weighed[place] = self._weighed(to_weigh[place], item, egos[place])
            else:
                name, ego = pieces[codes[at]], egos[place]
                self._log_doubt(name, in_doubt.get(at) or self.book.read(name, ego=ego), item, ego)
        return _named(egos, counts, (cell[plain], alters[plain]), weighed, self.book)

    def _weighed(self, cell: str, item: Item, ego: str) -> Answer | None:
        """What a cell says of which a name is not settled, names the ego or stands there twice; None is no answer."""
        if self.is_silence(cell, ego):
            self.log.note(f"{cell!r} is no answer", "treated as not answered", item=item.name, person=ego)
        elif names := self.names_in(cell, item, ego):
            return self._answer(names, item, ego)
        else:
            self.log.warning(f"{cell!r} holds no name", "treated as not answered", item=item.name, person=ego)
        return None

    def _answer(self, names: list[str], item: Item, ego: str) -> Answer:
        """The people of a cell; whoever answers "none" may have been written so by a program, for no answer."""
        sure = self.word_for_word(item, names)
        silent = [name for name in names if name not in sure and self.is_silence(name, ego)]
        typed = [name for name in names if name in sure or not (is_nobody(name) or name in silent)]
        read = [sure.get(name) or self.people_meant(name, item, ego=ego) for name in typed]
        for name, meant in zip(typed, read, strict=True):
            if meant == (ego,):
                self.log.note(f"{name!r} is the respondent", "left out", item=item.name, person=ego)
        for name in typed and [*silent, *filter(is_nobody, names)]:
            done = "whom else they would name is unknown" if name in silent else "not counted"
            self.log.note(f"{name!r} stands beside names", done, item=item.name, person=ego)
        people = [alter for alter in dict.fromkeys(chain.from_iterable(read)) if alter != ego]
        unread = [name for name, meant in zip(typed, read, strict=True) if not meant and not self.is_outside(name)]
        complete = not unread and not any(re.search(r"\w", name) for name in silent)
        if item.block == "tie" and "none" in map(str.casefold, names):
            problem, done = (
                f"{names[0]!r} can be an answer or a program's word for none",
                "names nobody; refuses nobody",
            )
            self.log.note(problem, done, item=item.name, person=ego)
            complete = False
        return Answer(people, len(dict.fromkeys(typed)), complete)

    def word_for_word(self, item: Item, names: Iterable[str]) -> dict[str, tuple[str]]:
        """Those of the names that are somebody's beyond doubt, whoever typed them, with the one meant."""
        settled = self.settled_by(item.separator)
        sure = {name: place for name in names if UNREAD < (place := settled[name]) < IN_DOUBT}
        return {name: (self.book.people[place],) for name, place in sure.items()}

    def settled_by(self, separator: str) -> SettledNames:
        """What stands between two such marks in any answer, and who is meant."""
        if separator not in self.settled:
            self.settled[separator] = SettledNames(self.book, separator)
        return self.settled[separator]

    def is_silence(self, typed: str, ego: str) -> bool:
        """Whether a dash or words stand for no answer, and are not somebody's name."""
        return is_no_answer(typed) and self.book.read(typed, ego=ego).how not in (IDENTIFIER, NAME, PART, SETTLED)

    def is_outside(self, typed: str) -> bool:
        """Whether somebody has settled that the name is nobody's among the people: read, and nobody to count."""
        reading = self.book.read(typed)
        return reading.how == SETTLED and reading.person is None

    def names_in(self, cell: str, item: Item, ego: str) -> list[str]:
        """The names in a cell; commas part names unless they stand in one name. Marks alone are no name."""
        names: list[str] = []
        for name in split_names(cell, item.separator):
            names += [name] if self._is_one_name(name, ego) else [part.strip() for part in name.split(",")]
        names = [name for name in names if name]
        return names if any(is_nobody(name) or re.search(r"\w", name) for name in names) else []

    def _is_one_name(self, name: str, ego: str) -> bool:
        """Whether it has no comma, reads as somebody's "Last, First", or looks like that of a stranger."""
        if "," not in name or self.book.read(name, ego=ego).how not in (MORE, UNKNOWN):
            return True
        parts = [part.split() for part in name.split(",")]
        strange = any(self.book.read(" ".join(part), ego=ego).person is None for part in parts)
        return strange and [len(part) for part in parts] == [1, 1]

    def people_meant(self, typed: str, item: Item, *, ego: str) -> tuple[str, ...]:
        """The person meant; where the item keeps people apart, everyone who could be, so that nobody slips through."""
        person = self.person_meant(typed, item, ego=ego)
        if person is None:
            return self.book.read(typed, ego=ego).candidates if _keeps_apart(item) else ()
        return (person,)

    def person_meant(self, typed: str, item: Item, *, ego: str, where: str = "") -> str | None:
        """The person a typed name means, or None; whatever was not read word for word is logged after ``where``."""
        reading = self.book.read(typed, ego=ego)
        if reading.person is None:
            if reading.how != SETTLED:
                self._log_unread(typed, reading, item, ego, where)
            return None
        self._log_doubt(typed, reading, item, ego, where)
        return reading.person

    def _log_doubt(self, typed: str, reading: Reading, item: Item, ego: str, where: str = "") -> None:
        """Tell how a name was read, unless that was word for word."""
        if reading.how in (IDENTIFIER, NAME, SETTLED) and not reading.by_team:
            return
        team = ", in the same team" if reading.by_team else ""
        done = f"read as {self.book.names[str(reading.person)]} ({reading.person}): {reading.how}{team}"
        unsure = reading.how in (SIMILAR, MORE)
        if reading.how == NEAR:  # which will do where who is meant decides no gate
            unsure = _keeps_apart(item) or (item.block == "tie" and item.is_foundation)
        if unsure:
            done = f"{done}; check that this is who was meant"
            self.log.warning(f"{where}typed {typed!r}", done, item=item.name, person=ego)
            if reading.how == MORE:  # perhaps somebody whose whole name is not known, perhaps another person
                meant = str(reading.person)
                self.log.ask(typed, item=item.name, person=ego, could_be=(meant,), read_as=meant)
        else:
            self.log.note(f"{where}typed {typed!r}", done, item=item.name, person=ego)

    def _log_unread(self, typed: str, reading: Reading, item: Item, ego: str, where: str) -> None:
        log = self.log.error if _keeps_apart(item) else self.log.warning  # a veto not in force must be settled
        could_be = reading.candidates or tuple(filter(None, [reading.likely]))
        self.log.ask(typed, item=item.name, person=ego, could_be=could_be)
        if reading.candidates:
            people = ", ".join(f"{self.book.names[person]} ({person})" for person in reading.candidates)
            done = "kept apart from all of them" if _keeps_apart(item) else "not counted"
            settle = f"{done}; write the identifier to settle it"
            log(f"{where}{typed!r} could be {people}", settle, item=item.name, person=ego)
        else:
            likely = f". Did you mean {reading.likely!r}?" if reading.likely else ""
            problem = f"{where}{typed!r} is nobody on the roster{likely}"
            log(problem, "not counted", item=item.name, person=ego)


def _named(
    egos: list[str], counts: Ints, plain: tuple[Ints, Ints], weighed: Mapping[int, Answer | None], book: NameBook
) -> Named:
    """The answers of a column: cells and alters of the plain ones, and what was weighed, by cell, put between them."""
    complete, answered = np.ones(len(egos), dtype=bool), np.ones(len(egos), dtype=bool)
    for place, said in weighed.items():
        answered[place] = said is not None
        if said is not None:
            counts[place], complete[place] = said.names, said.complete
    further = [(place, book.place[person]) for place, said in weighed.items() if said for person in said.people]
    cell, alters = np.hstack([plain, np.array(further, dtype=int).reshape(-1, 2).T])
    return Named(
        list(compress(egos, answered)),
        counts[answered].tolist(),
        complete[answered].tolist(),
        np.bincount(cell, minlength=len(egos))[answered],
        alters[np.argsort(cell, kind="stable")],
        book.people,
    )


def _keeps_apart(item: Item) -> bool:
    """Whether the people named in answers to an item are never paired with whoever named them."""
    return item.role == "never_with" or item.block == "manager"


def nominated_ties(items: Sequence[Item], cells: pd.DataFrame, reader: NameReader) -> Nominations:
    """Ties typed as names in the survey, who answered each layer's question, and whose list may be incomplete.

    A blank cell is no answer; "nobody" is an answer that names nobody. Where a name could not be read, or as many were
    named as the question allows, whom else the respondent would have named is not known.
    """
    found = Nominations()
    given: dict[str, list[dict[str, int]]] = {}  # by layer, how many each named in each column
    alike = (reader.all_named([*own], cells) for _, own in groupby(items, attrgetter("separator")))
    for item, named in zip(items, chain.from_iterable(alike), strict=True):
        layer = str(item.layer)
        found.answered.setdefault(layer, set()).update(named.egos)
        incomplete = {ego for ego, complete in zip(named.egos, named.complete, strict=True) if not complete}
        counts = dict(zip(named.egos, named.counts, strict=True))
        given.setdefault(layer, []).append(counts)
        found.incomplete.setdefault(layer, set()).update(incomplete | capped(item, counts, reader))
        rating = nan if has_scale(item) else 1.0
        found.named.append((layer, rating, named))
        if has_scale(item) and len(named.alters):
            _log_unrated(item, reader.log)
        found.offered.update(_offered(item, reader))
    for layer, columns in given.items():
        found.incomplete[layer] |= _no_column_left(layer, columns, reader)
    return found


def _no_column_left(layer: str, columns: Sequence[Mapping[str, int]], reader: NameReader) -> set[str]:
    """Who named somebody in each of several columns that hold one name each, and may have had more to name."""
    full = set.intersection(*({ego for ego, count in counts.items() if count} for counts in columns))
    if len(columns) < 2 or not full or max(max(counts.values(), default=0) for counts in columns) > 1:
        return set()
    problem = f"{len(columns)} columns of layer {layer!r} hold one name each; {len(full)} filled them all"
    reader.log.note(problem, "whom else they would have named is unknown, not refused")
    return full


def has_scale(item: Item) -> bool:
    """Whether the codebook says that people are rated on a tie item, and not only named."""
    return bool(item.rating_scale) or item.at_least is not None


def _log_unrated(item: Item, log: IssueLog) -> None:
    """Tell that people were only named where the codebook says they were rated."""
    problem = f"people are named without ratings, and the codebook says they are rated on layer {item.layer!r}"
    done = (
        'neither ties nor refusals; list the ratings in ties.csv, or leave the scale and "at_least" out of the codebook'
    )
    log.error(problem, done, item=item.name)


def capped(item: Item, counts: Mapping[str, int], reader: NameReader) -> set[str]:
    """Who named as many people as the question allows, as the codebook says or its wording."""
    worded = CAP.search(item.label)
    word = (worded["most"] or worded["short"] or worded["first"]).casefold() if worded else ""
    most = item.most_named or (int(word) if word.isdigit() else _NUMBERS.get(word, 0))
    if not most:
        _log_heap(item, counts, reader)
        return set()
    full = {ego for ego, count in counts.items() if count >= most}
    if worded and item.most_named is None and full:
        problem = f"the question seems to allow {most} names at most ({worded.group()!r}); {len(full)} named as many"
        done = 'whom they did not name is unknown, not refused; say "most_named" in the codebook'
        reader.log.note(problem, done, item=item.name)
    return full


def _log_heap(item: Item, counts: Mapping[str, int], reader: NameReader) -> None:
    """Tell where so many people named the same largest number that the form may have allowed no more."""
    given = [count for count in counts.values() if count]
    most = max(given, default=0)
    heaped = given.count(most) >= max(HEAP, len(given) / 2)
    if heaped and 1 < most < len(reader.book.names) - 1:
        problem = (
            f"{given.count(most)} of {len(given)} named {most} people and nobody more: perhaps the form had no room"
        )
        done = 'taken as no limit; if there was one, say "most_named" in the codebook'
        reader.log.warning(problem, done, item=item.name)


def _offered(item: Item, reader: NameReader) -> dict[str, frozenset[str]]:
    """By layer the people a form with names to tick offered; nothing for a question with room to type."""
    if item.kind != "multiple" or not item.categories:
        return {}
    read = {reader.person_meant(name, item, ego="") for name in item.categories if not is_nobody(name)}
    return {str(item.layer): frozenset(person for person in read if person is not None)}


def vetoed_people(item: Item, cells: pd.Series[str], reader: NameReader) -> pd.Series:
    """People each respondent must not be paired with, as frozensets; None where the question was not answered."""
    vetoed = {ego: frozenset(people) for ego, people in reader.people_named(item, cells).by_ego()}
    return pd.Series([*map(vetoed.get, map(str, cells.index.tolist()))], index=cells.index, dtype=object)
