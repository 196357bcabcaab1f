"""Who is meant by a name somebody typed, from the identifier to a near spelling, and which group by a label."""

from __future__ import annotations

import re
import sys
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain, dropwhile, permutations, product
from math import inf
from typing import NamedTuple, TypeVar
from unicodedata import normalize

import numpy as np
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import OSA, Indel, Prefix

from peernet._arrays import Ints
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item

NOBODY = re.compile(r"nobody|no[ -]?one|none|nil|keiner?|niemand|personne|nadie|ninguno|ingen")
NO_ANSWER = re.compile(
    r"[-–—_?./]+|#?n/a|n\.? ?a\.?|null|nan|missing|unknown|unsure|blank|not (?:applicable|answered|sure)"
    r"|(?:i(?: would|['’]d)? )?(?:prefer|rather) not(?: to)?(?: (?:say|answer|tell|name).*)?"
    r"|no (?:answer|response|reply|comment)|(?:i )?(?:do not|don['’]?t) (?:know|want to (?:say|answer))"
    r"|skip(?:ped)?|refused?(?: to (?:say|answer))?|declined?(?: to (?:say|answer))?|confidential"
    r"|keine (?:angabe|antwort)|k\. ?a\.?|weiß (?:ich )?nicht|weiss (?:ich )?nicht|möchte ich nicht sagen"
    r"|pas de réponse|sans réponse|ne sai[st] pas|sin respuesta|no contesta|ns/nc|nessuna risposta|geen antwoord"
    r"|ingen svar|inget svar"
)
BEFORE_NAMES = frozenset({"dr", "prof", "mr", "mrs", "ms"})
TITLES = BEFORE_NAMES | {"phd", "msc", "mba"}
TYPO_LIKENESS = 0.84  # share of the letters two names have in common: about one slip in a seven-letter name
TYPO_LEAD = 0.04  # the best reading must beat the next by this much
TYPO_LETTERS = 2  # a slip makes a name longer or shorter by this much at most
WORD_LIKENESS = 0.5  # the same of each word: less is another word, however long the surname they share
WORD_SLIPS = 4  # letters, of both together, in which a word and what was typed differ at most: two slips
NUMBER_LENGTH = 100  # digits of a number that is still worked with
AT_ONCE = 3_000  # typed names held against those of all people in one go
START = 3  # letters of a short form that stands alone
LAST_LETTER = chr(sys.maxunicode)
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ё": "е"})
_APOSTROPHES = str.maketrans("", "", "'’`")
_WITH_ACCENTS = ("LATIN", "GREEK")  # scripts in which a name means the same without its marks
_DIGIT = re.compile(r"\d")
_ASCII_WORD = re.compile(r"\w+", re.ASCII)
_LIST_MARK = re.compile(r"^(?:\d+[.)]|[-*–])\s+")
IDENTIFIER, NAME, PART, SHORT = "identifier", "name", "part of the name", "short form"
NEAR, SIMILAR, MORE, UNKNOWN = "near spelling", "similar first name", "name and more words", "unknown"
SETTLED = "as settled"
SEVERAL, UNREAD, IN_DOUBT = -2, -1, 2**32  # beside the places of people
Common = TypeVar("Common", bound=Hashable)
Member = TypeVar("Member")
Words = tuple[str, ...]
People = tuple[str, ...]
NOT_KNOWN = frozenset({"", "unknown", "not known", "nan", "<na>", "no team", "unbekannt", "inconnu", "desconocido"})


class Reading(NamedTuple):
    """Who a typed name was read as (None: nobody we can tell), how it was read, and everyone who fits."""

    person: str | None
    how: str
    candidates: People = ()
    by_team: bool = False  # several fit, and one of them is in the team of the person who typed it
    likely: str = ""  # the identifier nearest to one that nobody has


class NameBook:
    """Everyone who can be named, found by identifier, name, part of it, short form or near spelling.

    Parameters
    ----------
    names
        Person identifier to full name.
    teams
        Person identifier to team; a name that fits several people is read within the ego's team before it is given up.
    settled
        Typed name to the identifier it means, empty for somebody who is not among the people; it overrules the rest.
    labels
        Names that stand on a form: whoever reads them, they mean one person.
    """

    def __init__(
        self,
        names: Mapping[str, str],
        teams: Mapping[str, str] | None = None,
        settled: Mapping[str, str] | None = None,
        labels: frozenset[str] = frozenset(),
    ) -> None:
        self._labels = labels
        self.names = dict(names)
        self.people = list(self.names)
        self.place = {person: place for place, person in enumerate(self.names)}
        self._teams = dict(teams or {})
        self._aliases = {same_label(typed): person for typed, person in (settled or {}).items()}
        self._read: dict[str, Reading] = {}  # what was found once, here as below; caches of methods would keep the book
        self._typed: dict[str, Words] = {}
        self._alike: dict[Words, dict[Words, float]] = {}
        self._begun: dict[str, list[str]] = {}
        self._about_as_long: dict[tuple[int, int], list[dict[Words, str]]] = {}
        self._within_teams: dict[str, dict[str, list[str]]] = {}  # who could be meant by a name, by team

    @cached_property
    def _by_folded_id(self) -> dict[str, list[str]]:
        return _grouped((person.casefold(), person) for person in self.names)

    @cached_property
    def _by_number(self) -> dict[str, list[str]]:
        return _grouped((number, person) for person in self.names if (number := _number_of(person)))

    @cached_property
    def _id_shapes(self) -> set[str]:
        return {_shape(person) for person in self.names}

    @cached_property
    def _id_forms(self) -> dict[str, list[str]]:
        """Identifiers by what is left of them without one letter: two that are one slip apart have it in common."""
        return _grouped((form, folded) for folded in self._by_folded_id for form in _one_letter_less(folded))

    @cached_property
    def _by_letters(self) -> dict[str, list[str]]:
        return _grouped((" ".join(name.split()), person) for person, name in self.names.items())

    @cached_property
    def _by_all_words(self) -> dict[str, list[str]]:
        """People by the words of their name with its titles, in any order."""
        return _grouped((_key(words), person) for person, words in self._with_titles.items())

    @cached_property
    def _with_titles(self) -> dict[str, Words]:
        return {person: _all_words(name) for person, name in self.names.items()}

    @cached_property
    def _words(self) -> dict[str, Words]:
        return {person: _without_titles(words) for person, words in self._with_titles.items()}

    @cached_property
    def _by_key(self) -> dict[str, list[str]]:
        """People by the words of their name, in any order."""
        if self._words == self._with_titles:
            return self._by_all_words
        return _grouped((_key(words), person) for person, words in self._words.items())

    @cached_property
    def _by_words(self) -> dict[Words, list[str]]:
        return _grouped((words, person) for person, words in self._words.items())

    @cached_property
    def _by_word(self) -> dict[str, list[str]]:
        return _grouped((word, person) for person, words in self._words.items() for word in dict.fromkeys(words))

    @cached_property
    def _in_order_of_letters(self) -> list[str]:
        """The words of all names."""
        return sorted(self._by_word)

    @cached_property
    def _beside(self) -> dict[str, dict[str, list[str]]]:
        """People by a word of their name and another word of it."""
        found: dict[str, dict[str, list[str]]] = {word: {} for word in self._by_word}
        for person, words in self._words.items():
            for word, other in permutations(words, 2):
                found[word].setdefault(other, []).append(person)
        return found

    @cached_property
    def _called(self) -> dict[str, dict[str, list[str]]]:
        """People by their last name and each other word of their name."""
        found: dict[str, dict[str, list[str]]] = {}
        for person, words in self._words.items():
            for word in words[:-1]:
                found.setdefault(words[-1], {}).setdefault(word, []).append(person)
        return found

    @cached_property
    def _by_count(self) -> dict[int, tuple[list[Words], Ints, list[Ints]]]:
        """Names by how many words they have, in order of letters, their lengths, and the steps on the way to them.

        A step is where the words so far stand among all that begin names, times how many words there are, and where the
        next word stands among these; in order.
        """
        place = {word: number for number, word in enumerate(self._in_order_of_letters)}
        found: dict[int, tuple[list[Words], Ints, list[Ints]]] = {}
        for count, names in _grouped((len(words), words) for words in sorted(self._by_words) if words).items():
            steps, begun = [], np.zeros(len(names), dtype=int)
            for words in np.array([[place[word] for word in name] for name in names]).T:
                step, begun = np.unique(begun * len(place) + words, return_inverse=True)
                steps.append(step)
            found[count] = names, np.array([*map(_length, names)]), steps
        return found

    @cached_property
    def _by_size(self) -> dict[tuple[int, int], dict[Words, str]]:
        """Names in one line, by how many words and letters they have."""
        found: dict[tuple[int, int], dict[Words, str]] = defaultdict(dict)
        for words in self._by_words:
            line = " ".join(words)
            found[len(words), len(line)][words] = line
        return found

    def read(self, typed: str, *, ego: str | None = None) -> Reading:
        """Read one typed name, as seen from the person who typed it."""
        if self._aliases and (person := self._aliases.get(same_label(typed))) is not None:
            return Reading(person or None, SETTLED)
        reading = self._read.get(typed) or self._read.setdefault(typed, self._search(typed))
        if len(reading.candidates) > 1 and reading.how != IDENTIFIER and typed not in self._labels:
            return self._settled(typed, reading, ego)
        if reading.likely and reading.likely == ego:
            return reading._replace(likely=self.likely_id(" ".join(typed.split()), ego))
        return reading

    def word_for_word(self, names: Iterable[str]) -> dict[str, str]:
        """Whose identifier each is, or who alone has this name of two or more words in any order, case and accents.

        What the steps of `read` would find in the first place, for the many names that need no other.
        """
        found, in_full, plain = {}, self._called_in_full.get, _plain_words
        as_written = {self.names[person]: person for person in self._called_in_full.values()}.get
        for name in names:
            if name in self.names and name == " ".join(name.split()):
                found[name] = "" if is_nobody(name) else name
                continue
            if not (person := as_written(name)):
                words = tuple(chain.from_iterable(map(plain, name.split())))
                if not (person := in_full(_key(words))):
                    self._typed[name] = words
                    continue
            found[name] = "" if "@" in name else person
        settled = {name for name in found if same_label(name) in self._aliases} if self._aliases else ()
        return {name: person for name, person in found.items() if person and name not in settled}

    @cached_property
    def _called_in_full(self) -> dict[str, str]:
        """Who alone has a name of two or more words, by these in order of letters.

        If it has no digits, is no identifier and cannot mean nobody.
        """
        ids = {_key(_all_words(person)) for person in self.names if not person.isalnum()}
        return {
            key: people[0]
            for key, people in self._by_all_words.items()
            if len(people) == 1 and " " in key
            if key not in ids and not (_DIGIT.search(key) or NOBODY.fullmatch(key))
        }

    def _search(self, typed: str) -> Reading:
        """Who is meant whoever typed it, by the first way of reading that finds anybody."""
        as_typed = " ".join(typed.split())
        same_id = [as_typed] if as_typed in self.names else self._by_folded_id.get(as_typed.casefold(), [])
        if same_id:
            return Reading(same_id[0], IDENTIFIER) if len(same_id) == 1 else Reading(None, IDENTIFIER, tuple(same_id))
        if not (letter_by_letter := self._by_letters.get(as_typed)):
            with_digits = _DIGIT.search(as_typed) and (" " not in as_typed or _shape(as_typed) in self._id_shapes)
            if with_digits or "@" in as_typed:  # one word with digits, digits as in somebody's identifier, an address
                return Reading(None, UNKNOWN, likely=self.likely_id(as_typed))
        for found, how in [(letter_by_letter, NAME)] if letter_by_letter else self._ways(as_typed):
            if found:
                return Reading(found[0] if len(found) == 1 else None, how, tuple(found))
        return Reading(None, UNKNOWN)

    def likely_id(self, typed: str, ego: str | None = None) -> str:
        """The identifier that was probably meant, as a hint: the same number, else one slip away; empty if none is."""
        number, folded = _number_of(typed), typed.casefold()
        near = self._by_number.get(number, [])
        if not near:
            alike = chain.from_iterable(self._id_forms.get(form, ()) for form in _one_letter_less(folded))
            apart = {found: OSA.distance(found, folded) for found in alike}
            by_slip = sorted((apart[found], Prefix.similarity(found, folded), found) for found in apart)
            near = [person for slips, _, found in by_slip if slips <= 1 for person in self._by_folded_id[found]]
        others = {person: _number_of(person) for person in near if person != ego}
        if not number or len(number) >= NUMBER_LENGTH:
            return next(iter(others), "")  # the nearest spelling
        return min(others, key=lambda person: abs(int(number) - int(others[person] or number)), default="")

    def twins(self) -> list[People]:
        """Groups of people whose identifiers differ in what gets lost on the way alone: 7, 007 and 7.0, or P7 and p7.

        Zeros in front of a number do not count, nor zeros behind the point of a whole one, nor case and other forms of
        a letter, such as its width, and in addresses case alone.
        """
        codes = [person for person in self.names if "@" not in person]
        lines = normalize("NFKC", "\n".join(code.replace("\n", " ") for code in codes)).casefold()
        whole = re.sub(r"^(\d+)\.0*$", r"\1", lines, flags=re.MULTILINE)
        keys = re.sub(r"(?<![\d.])0+(?=\d)", "", whole).split("\n")
        found = _grouped(zip(keys, codes, strict=True)) if codes else {}
        addresses = _grouped((person.casefold(), person) for person in self.names if "@" in person)
        return [tuple(people) for people in (*found.values(), *addresses.values()) if len(people) > 1]

    def namesakes(self) -> list[People]:
        """Groups of people who share a name, which marks alone are not."""
        return [tuple(people) for words, people in self._by_key.items() if words and len(people) > 1]

    def _ways(self, as_typed: str) -> Iterator[tuple[Sequence[str], str]]:
        """Every way of reading, the surest first, with the people it finds."""
        with_titles = self._typed.get(as_typed) or _all_words(as_typed)
        typed = _without_titles(with_titles)
        if not typed:
            return
        key = _key(typed)
        if typed != with_titles:  # titles as part of the name first: they are surnames too
            yield self._by_all_words.get(_key(with_titles), ()), NAME
        yield self._by_all_words.get(key, ()), NAME
        yield self._by_key.get(key, ()), NAME
        if all(map(self._beginning_with, typed)):  # else a word is neither whole nor shortened
            yield self._having(typed), PART
            yield self._starting_like(typed), SHORT
        near, nicknamed = self._near_spelling(typed), self._nicknamed(typed)
        yield tuple(dict.fromkeys(near + nicknamed)) if nicknamed else near, NEAR if near else SIMILAR
        longer = {
            person for word, other in product(typed, repeat=2) for person in self._beside.get(word, {}).get(other, ())
        }
        yield self._in_order(typed, [person for person in longer if set(self._words[person]) < set(typed)]), MORE

    def _having(self, typed: Words) -> People:
        """People in whose names every typed word stands."""
        if max(map(len, typed)) == 1 or not self._by_word.keys() >= {*typed}:
            return ()
        first, *others = dict.fromkeys(typed)
        if not others:
            return tuple(self._by_word[first])
        second, *rest = others
        people = dict.fromkeys(self._beside[first].get(second, ()))
        return tuple(person for person in people if {*rest}.issubset(self._words[person])) if rest else tuple(people)

    def _starting_like(self, typed: Words) -> People:
        """People whose names begin with what was typed, word by word; two or more words have one in full."""
        if len(typed) == 1:
            people = {person for word in self._beginning_with(typed[0]) for person in self._by_word[word]}
        else:
            pairs = [(self._beside[word], other) for word, other in permutations(typed, 2) if word in self._beside]
            people = {
                x for beside, other in pairs for word in self._beginning_with(other) for x in beside.get(word, ())
            }
        return self._in_order(typed, [person for person in people if _is_shortened(typed, self._words[person])])

    def _beginning_with(self, start: str) -> list[str]:
        """The words of names that begin so."""
        if start not in self._begun:
            words = self._in_order_of_letters
            self._begun[start] = words[bisect_left(words, start) : bisect_left(words, start + LAST_LETTER)]
        return self._begun[start]

    def _nicknamed(self, typed: Words) -> People:
        """People whose last name was typed in full, beside another form of their first name."""
        people: set[str] = set()
        for last, short in (typed, typed[::-1]) if len(typed) == 2 else ():
            for word, called_so in self._called[last].items() if last in self._called and len(short) > 2 else ():
                if (short in word or short[0] == word[0]) and _is_short_for(short, word):
                    people.update(called_so)
        return self._in_order(typed, [person for person in people if _is_nickname(typed, self._words[person])])

    def _in_order(self, typed: Words, people: list[str]) -> People:
        """People as on the roster, those first who have the word that was typed first."""
        if len(people) < 2:
            return tuple(people)
        first = {word: place for place, word in reversed([*enumerate(typed)])}

        def rank(person: str) -> tuple[int, int]:
            return min(first.get(word, len(typed)) for word in self._words[person]), self.place[person]

        return tuple(sorted(people, key=rank))

    def _near_spelling(self, typed: Words) -> People:
        """People whose name is clearly the closest to what was typed, in this order or last word first."""
        if typed not in self._alike:
            self._hold_against_names([typed])
        found, length = self._alike[typed], _length(typed)
        most = int((1 - TYPO_LIKENESS) * (2 * length + TYPO_LETTERS))  # letters that a near spelling can be off
        for others in self._in_other_words(len(typed), length):
            for order in dict.fromkeys((typed, _last_first(typed))):
                near = process.extract(" ".join(order), others, scorer=Indel.distance, score_cutoff=most, limit=None)
                like = {name: _likeness(typed, name, _letters_apart(order, name)) for *_, name in near}
                found = found | {name: max(found.get(name, 0.0), like[name]) for name in like}
        behind = max(found.values(), default=0.0) - TYPO_LEAD
        close = [name for name, alike in found.items() if alike >= TYPO_LIKENESS and alike > behind]
        return tuple(chain.from_iterable(map(self._by_words.__getitem__, sorted(close))))

    def _in_other_words(self, words: int, length: int) -> list[dict[Words, str]]:
        """Names of more or fewer words and about as many letters."""
        if (words, length) not in self._about_as_long:
            self._about_as_long[words, length] = [
                names
                for (count, letters), names in self._by_size.items()
                if count != words and abs(letters - length) <= TYPO_LETTERS
            ]
        return self._about_as_long[words, length]

    def foresee(self, typed: Iterable[str]) -> None:
        """Hold many names that will be read against those of people, which is fast at once."""
        words = dict.fromkeys(_without_titles(self._typed.get(name) or _all_words(name)) for name in typed)
        for alike in _grouped((len(name), name) for name in words if name not in self._alike).values():
            for start in range(0, len(alike), AT_ONCE):
                self._hold_against_names(alike[start : start + AT_ONCE])

    def _hold_against_names(self, typed: Sequence[Words]) -> None:
        """Find how like each of these, of equally many words, is to the names it can be with slips in its words.

        In this order or last word first.
        """
        self._alike.update((name, {}) for name in typed)
        if len(typed[0]) not in self._by_count:
            return
        names, lengths, steps = self._by_count[len(typed[0])]
        order, meant, off = self._off_by_slips([*typed, *map(_last_first, typed)], steps)
        short, long = np.array([*map(_length, typed)] * 2)[order], lengths[meant]
        share = (short + long - off) / (short + long)
        like = (share >= TYPO_LIKENESS) & (abs(long - short) <= TYPO_LETTERS)
        at, name, shares = (order % len(typed))[like].tolist(), meant[like].tolist(), share[like].tolist()
        no_digits = "".join(chain.from_iterable(chain(typed, names))).isalpha()
        for said, whole, alike in zip(map(typed.__getitem__, at), map(names.__getitem__, name), shares, strict=True):
            if no_digits or _same_digits(said, whole):
                self._alike[said][whole] = max(self._alike[said].get(whole, 0.0), alike)

    def _off_by_slips(self, typed: Sequence[Words], steps: Sequence[Ints]) -> tuple[Ints, Ints, Ints]:
        """Which of these can be which name with a slip or two in every word, and in how many letters they differ."""
        places, words = pd.factorize(np.array([*chain.from_iterable(typed)], dtype=object))
        each, near, letters = _slips([*words], self._in_order_of_letters)
        first = np.searchsorted(each, np.arange(len(words) + 1))
        row, begun, off = np.arange(len(typed)), np.zeros(len(typed), dtype=int), np.zeros(len(typed), dtype=int)
        for word, step in zip(places.reshape(len(typed), -1).T, steps, strict=True):
            start, times = first[word[row]], np.diff(first)[word[row]]
            at = np.repeat(start - np.cumsum(times) + times, times) + np.arange(times.sum())
            key = np.repeat(begun, times) * len(self._in_order_of_letters) + near[at]
            row, begun, off = np.repeat(row, times), np.searchsorted(step, key), np.repeat(off, times) + letters[at]
            goes_on = step.take(begun, mode="clip") == key
            row, begun, off = row[goes_on], begun[goes_on], off[goes_on]
        return row, begun, off

    def _settled(self, typed: str, reading: Reading, ego: str | None) -> Reading:
        """One person of those found: not the ego where others share the name, else the only one in the ego's team."""
        found = reading.candidates
        if len(found) == 2 and ego in found:
            return Reading(found[1] if ego == found[0] else found[0], reading.how, found)
        if typed not in self._within_teams:
            in_teams = _grouped((self._teams[person], person) for person in found if person in self._teams)
            self._within_teams[typed] = in_teams
        team = self._teams.get(ego or "")
        mates = self._within_teams[typed].get(team, ()) if team is not None else ()
        close = [person for person in mates if person != ego]
        return Reading(close[0], reading.how, found, by_team=True) if len(close) == 1 else reading


class SettledNames(dict[str, int]):
    """The place of who is meant by what stands between two separators, if it is one name and the same whoever typed it.

    `IN_DOUBT` higher where the name was not read word for word; `SEVERAL` where who is meant is up to who typed it;
    `UNREAD` of everything else.
    """

    def __init__(self, book: NameBook, separator: str) -> None:
        super().__init__()
        self._book, self._parted = book, re.compile(rf"{_LIST_MARK.pattern}|{_between_names(separator).pattern}").search

    def __missing__(self, name: str) -> int:
        """Read what was not met before."""
        return self.places([name])[0]

    def places(self, names: Sequence[str]) -> list[int]:
        """Who is meant by each; all that is new among them is read at once."""
        new = dict.fromkeys(name for name in names if name not in self)
        self.update(dict.fromkeys(new, UNREAD))
        whole = [name for name in new if name and (_is_two_words(name) or not self._parted(name))]
        sure = self._book.word_for_word(whole)
        self.update((name, self._book.place[person]) for name, person in sure.items())
        otherwise = [name for name in whole if name not in sure]
        self._book.foresee(otherwise)
        self.update((name, self._otherwise(name)) for name in otherwise)
        return [*map(self.__getitem__, names)]

    def _otherwise(self, name: str) -> int:
        """Who is meant by a name in other words, which is a doubt."""
        reading = self._book.read(name)
        if len(reading.candidates) > 1 and "," not in name and not is_nobody(name) and not is_no_answer(name):
            return SEVERAL
        may_be_several = "," in name and reading.how == MORE
        if reading.person is None or may_be_several or is_nobody(name):
            return UNREAD
        if reading.how not in (IDENTIFIER, NAME, SETTLED, PART) and is_no_answer(name):
            return UNREAD
        return self.place_of(reading)

    def place_of(self, reading: Reading) -> int:
        """The place of who was read."""
        if reading.person is None:
            return UNREAD
        sure = reading.how in (IDENTIFIER, NAME, SETTLED) and not reading.by_team
        return self._book.place[reading.person] + (0 if sure else IN_DOUBT)


def split_names(cell: str, separator: str = ";") -> list[str]:
    """Names typed into one cell, at separators no name contains; commas are left, for they may part last and first."""
    pieces = _between_names(separator).split(cell)
    stripped = map(str.strip, pieces)
    return [name for piece in stripped if (name := piece if piece[:1].isalpha() else _LIST_MARK.sub("", piece))]


def _is_two_words(name: str) -> bool:
    """Whether a name is of letters alone, in two words at most, between which none can stand that parts names."""
    return name.count(" ") < 2 and name.replace(" ", "").isalpha()


@lru_cache
def _between_names(separator: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(separator)}|\s(?:[/&+]|and|und|et|och|og|oraz)\s|[;\n\r\t|•]")


@lru_cache(maxsize=65536)
def is_nobody(typed: str) -> bool:
    """Whether the answer says in words that nobody is named."""
    return bool(NOBODY.fullmatch(typed.casefold().strip(" .!")))


@lru_cache(maxsize=65536)
def is_no_answer(typed: str) -> bool:
    """Whether the answer says in words or by a dash that there is none, which is not the same as naming nobody."""
    folded = typed.casefold()
    return any(map(NO_ANSWER.fullmatch, {folded.strip(" !"), folded.strip()}))


def is_code(typed: str) -> bool:
    """Whether it is of letters and digits alone and has a digit, as p017 and 42: most identifiers, and no word."""
    return typed.isalnum() and not typed.isalpha()


def is_no_person(typed: str) -> bool:
    """Whether what stands where an identifier should is a word or mark for nobody; two letters can be initials."""
    return not is_code(typed) and (is_no_answer(typed) or is_nobody(typed)) and not re.fullmatch(r"\w\w", typed.strip())


def holds_name(text: str) -> bool:
    """Whether there is a letter or digit in what stands where a name should; "!" or "…" is no name."""
    return bool(_ASCII_WORD.search(text) or _all_words(text))


def same_name(a: str, b: str) -> bool:
    """Whether two names can be one person's: equal but for order, accents, short forms and slips.

    Marks alone, such as "!", are no name: two of them tell nobody apart, and neither is a name beside them.
    """
    left, right = _words(a), _words(b)
    if not (left and right):
        return left == right
    return any(
        _likeness(x, y, min(_letters_apart(x, y), _letters_apart(_last_first(x), y))) >= TYPO_LIKENESS
        or _is_part(x, y)
        or _is_shortened(x, y)
        or _is_nickname(x, y)
        for x, y in ((left, right), (right, left))
    )


def _all_words(name: str) -> Words:
    """The words of a name in plain small letters; marks stay where a letter is another one without them."""
    return tuple(chain.from_iterable(map(_plain_words, name.split())))


@lru_cache(maxsize=65536)
def _plain_words(name: str) -> Words:
    """The same between two spaces, where the words of many names come again."""
    if (folded := name.casefold()).isascii() and folded.isalnum():
        return (folded,)
    folded = folded.translate(_LETTERS)
    plain = (folded if folded.isascii() else _without_accents(folded)).translate(_APOSTROPHES)
    if plain.isascii():
        return tuple(_ASCII_WORD.findall(plain))
    in_words = (x if x == "_" or unicodedata.category(x)[0] in "LMN" else " " for x in plain)  # M: vowel signs too
    return tuple("".join(in_words).split())


def _without_accents(text: str) -> str:
    kept, base = [], " "
    for letter in unicodedata.normalize("NFKD", text):
        kind = unicodedata.category(letter)
        if kind == "Cf" or (kind[0] == "M" and unicodedata.name(base, "").startswith(_WITH_ACCENTS)):
            continue
        base = base if kind[0] == "M" else letter
        kept.append(letter)
    return unicodedata.normalize("NFKC", "".join(kept))


def _words(name: str) -> Words:
    return _without_titles(_all_words(name))


def _without_titles(words: Words) -> Words:
    """Words without titles; where they leave one alone only those before it go, for they are surnames too."""
    untitled = words if TITLES.isdisjoint(words) else tuple(word for word in words if word not in TITLES)
    if len(untitled) > 1:
        return untitled
    return tuple(dropwhile(BEFORE_NAMES.__contains__, words[:-1])) + words[-1:]


def _grouped(pairs: Iterable[tuple[Common, Member]]) -> dict[Common, list[Member]]:
    """Members by what they have in common."""
    found: dict[Common, list[Member]] = defaultdict(list)
    for common, member in pairs:
        found[common].append(member)
    return dict(found)


def _digits(text: str) -> str:
    """The digits, which are never a slip of the pen."""
    return "".join(_DIGIT.findall(text))


def _same_digits(typed: Words, name: Words) -> bool:
    one, other = "".join(typed), "".join(name)
    return (one + other).isalpha() or _digits(one) == _digits(other)


def _shape(identifier: str) -> str:
    """What an identifier looks like: 9 for a run of digits, a for one of letters."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", identifier))


def _number_of(text: str) -> str:
    """The number a text is, without the zeros around it; empty where it is none."""
    number = re.fullmatch(r"0*(\d+?)(?:\.0*)?", text, re.ASCII)
    return number.group(1) if number else ""


def _key(words: Words) -> str:
    return " ".join(sorted(words))


def _length(words: Words) -> int:
    return sum(map(len, words)) + len(words) - 1


def _last_first(words: Words) -> Words:
    return (*words[-1:], *words[:-1])


def _one_letter_less(text: str) -> set[str]:
    """The text and whatever is left of it without one of its letters."""
    return {text, *(text[:place] + text[place + 1 :] for place in range(len(text)))}


def _is_part(typed: Words, name: Words) -> bool:
    """Every typed word is a whole word of the name."""
    return set(typed) <= set(name) and any(len(word) > 1 for word in typed)


def _is_shortened(typed: Words, name: Words) -> bool:
    """Each typed word starts another word of the name, and one is in full or alone and long enough to tell."""
    left = list(name)
    for word in sorted(typed, key=len, reverse=True):
        match = next((w for w in left if w == word), None)
        if match is None and not _digits(word):
            match = next((w for w in left if w.startswith(word)), None)
        if match is None:
            return False
        left.remove(match)
    return bool(set(typed) & set(name)) or (len(typed) == 1 and len(typed[0]) >= START)


def _is_nickname(typed: Words, name: Words) -> bool:
    """The last name in full, and a shorter first name that starts like the other or lies within it: Mike, Lisa."""
    if len(typed) != 2 or len(name) < 2 or name[-1] not in typed:
        return False
    short = typed[0] if typed[1] == name[-1] else typed[1]
    return any(_is_short_for(short, word) for word in name[:-1])


def _is_short_for(short: str, word: str) -> bool:
    if not 2 < len(short) <= len(word) - 2:
        return False
    letters = iter(word)
    in_order = short[0] == word[0] and all(letter in letters for letter in short)
    return short in word or short[:2] == word[:2] or in_order


def _likeness(typed: Words, name: Words, apart: float) -> float:
    """Share of letters that two names have in common, which are so many letters apart; 0 where they are two names."""
    one, other = " ".join(typed), " ".join(name)
    if abs(len(one) - len(other)) > TYPO_LETTERS or not _same_digits(typed, name):
        return 0.0
    return (len(one) + len(other) - apart) / (len(one) + len(other))


def _letters_apart(typed: Words, name: Words) -> float:
    """Letters in which two names differ; infinitely many where a word is another, such as an initial or first name."""
    if len(typed) != len(name):  # words are run together or parted
        both_ways = (*((word, name) for word in typed), *((word, typed) for word in name))
        same = all(any(_could_be(word, other) for other in others) for word, others in both_ways)
        return Indel.distance(" ".join(typed), " ".join(name)) if same else inf
    apart = 0
    for word, other in zip(typed, name, strict=True):
        if not _is_slip(word, other, letters := Indel.distance(word, other)):
            return inf
        apart += letters
    return apart


def _could_be(word: str, other: str) -> bool:
    """Whether a word is another with a slip, its initial, or part of what was run together."""
    short, long = sorted((word, other), key=len)
    contained = long.startswith(short) or (len(short) > 1 and short in long)
    return contained or _is_slip(word, other, Indel.distance(word, other))


def _slips(typed: Sequence[str], known: Sequence[str]) -> tuple[Ints, Ints, Ints]:
    """Places of the words that can be each other with a slip or two, and in how many letters they differ."""
    apart = process.cdist(typed, known, scorer=Indel.distance, score_cutoff=WORD_SLIPS, dtype=np.uint8)
    near = np.flatnonzero(apart <= WORD_SLIPS)
    letters, (one, other) = apart.ravel()[near].astype(int), np.divmod(near, len(known))
    long = np.array([*map(len, typed)])[one] + np.array([*map(len, known)])[other]
    slips = letters <= (1 - WORD_LIKENESS) * long
    return one[slips], other[slips], letters[slips]


def _is_slip(word: str, other: str, apart: float) -> bool:
    """Whether a word can be another with a slip or two in it, given the letters in which they differ."""
    return apart <= min((1 - WORD_LIKENESS) * (len(word) + len(other)), WORD_SLIPS)


def same_label(label: str) -> str:
    """What two spellings of one label have in common: case, width of letters and white space do not count."""
    return " ".join(normalize("NFKC", label).casefold().split())


def says_nothing(label: str) -> bool:
    """Whether a label says that the group is not known, or that there is none: "unknown", "?", "-", "n/a"."""
    word = same_label(label)
    return word in NOT_KNOWN or set(word) <= {"?", "-", "–", "—"} or is_no_person(word)


def usual_spellings(counts: Counter[str], declared: Iterable[str] = ()) -> dict[str, str]:
    """The spelling that stands for each label, by `same_label`: the declared one, else the commonest, then by name."""
    counted = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    spelled = dict(reversed([(same_label(label), label) for label, _ in counted]))
    return spelled | {same_label(label): label for label in declared}


def in_groups(labels: pd.Series) -> pd.Series:
    """The labels of those whose group is known, spellings of one label made one; what is no text stays as it is."""
    if isinstance(labels.dtype, pd.CategoricalDtype):
        return labels.dropna()  # spelled as declared, and in their own order
    known = labels.dropna().astype("object")
    known = known[[not (isinstance(label, str) and says_nothing(label)) for label in known]]
    usual = usual_spellings(Counter(label for label in known if isinstance(label, str)))
    return known.map(lambda label: usual[same_label(label)] if isinstance(label, str) else label)


def one_spelling(item: Item, labels: pd.Series[str], log: IssueLog) -> pd.Series[str]:
    """The labels in one spelling each, every other spelling noted."""
    texts = labels.tolist()
    usual = usual_spellings(Counter(texts), item.categories)
    spelled = {label: usual[same_label(label)] for label in dict.fromkeys(texts)}
    for person, label in zip(labels.index.tolist(), texts, strict=True):
        if label != spelled[label]:
            log_spelling(item, str(person), label, spelled[label], log)
    return pd.Series([spelled[label] for label in texts], index=labels.index, dtype="str")


def log_spelling(item: Item, person: str, label: str, usual: str, log: IssueLog) -> None:
    """Note that a label was read in its usual spelling."""
    log.note(f"{label!r} is {usual!r} in another spelling", f"read as {usual!r}", item=item.name, person=person)


def telling(item: Item, labels: pd.Series[str], log: IssueLog) -> pd.Series[str]:
    """The labels that name a group; the others are left unknown, and noted."""
    nothing = {label for label in labels.unique().tolist() if says_nothing(label) and label not in item.categories}
    silent = labels.isin(nothing)
    for person, label in labels[silent].items():
        log.note(f"{label!r} names no {item.name}", f"{item.name} left unknown", item=item.name, person=str(person))
    return labels[~silent]
