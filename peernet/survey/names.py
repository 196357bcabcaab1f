"""Who is meant by a name somebody typed: record linkage in steps, from the identifier to a near spelling."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache
from itertools import pairwise

NOBODY = re.compile(r"nobody|no[ -]?one|none|nil|n/a|-+|keiner?|niemand|personne|nadie|ninguno|ingen")
TITLES = frozenset({"dr", "prof", "mr", "mrs", "ms", "phd", "msc", "mba"})
TYPO_LIKENESS = 0.84  # difflib ratio of the whole names: about one slip in a seven-letter name
TYPO_LEAD = 0.04  # the best reading must beat the next by this much
TYPO_LETTERS = 2  # a slip makes a name longer or shorter by this much at most
START = 3  # letters of a short form that stands alone
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
_BETWEEN_NAMES = r"[;\n\r\t|•]|\s/\s|\s&\s|\s\+\s|\sand\s"
_LIST_MARK = re.compile(r"^(?:\d+[.)]|[-*–])\s+")
NEAR, SIMILAR, MORE, UNKNOWN = "near spelling", "similar first name", "name and more words", "unknown"
Words = tuple[str, ...]
People = tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """Who a typed name was read as (None: nobody we can tell), how it was read, and everyone who fits."""

    person: str | None
    how: str
    candidates: People = ()
    by_team: bool = False  # several fit, and one of them is in the team of the person who typed it


class NameBook:
    """Everyone who can be named, found by identifier, name, part of it, short form or near spelling.

    Parameters
    ----------
    names
        Person identifier to full name.
    teams
        Person identifier to team; a name that fits several people is read within the ego's team before it is given up.
    """

    def __init__(self, names: Mapping[str, str], teams: Mapping[str, str] | None = None) -> None:
        self.names = dict(names)
        self._teams = dict(teams or {})
        self._ids = {person.casefold(): person for person in names} | {person: person for person in names}
        self._words = {person: _words(name) for person, name in names.items()}
        self._by_key: dict[str, list[str]] = defaultdict(list)
        self._by_spelling: dict[str, list[str]] = defaultdict(list)
        self._by_word: dict[str, list[str]] = defaultdict(list)
        self._by_start: dict[str, list[str]] = defaultdict(list)
        for person, words in self._words.items():
            self._by_key[_key(words)].append(person)
            self._by_spelling[" ".join(words)].append(person)
            for word in dict.fromkeys(words):
                self._by_word[word].append(person)
                self._by_start[word[:START]].append(person)
        self._by_pair: dict[str, list[str]] = defaultdict(list)
        for spelling in self._by_spelling:
            for pair in _letter_pairs(spelling):
                self._by_pair[pair].append(spelling)
        self._search_once = lru_cache(maxsize=None)(self._search)

    def read(self, typed: str, *, ego: str | None = None) -> Reading:
        """Read one typed name, as seen from the person who typed it."""
        as_typed = typed.strip()
        person = self._ids.get(as_typed) or self._ids.get(as_typed.casefold())
        if person is not None:
            return Reading(person, "identifier")
        found, how = self._search_once(_words(typed))
        return self._settled(found, how, ego) if found else Reading(None, UNKNOWN)

    def namesakes(self) -> list[People]:
        """Groups of people who share a name."""
        return [tuple(people) for people in self._by_key.values() if len(people) > 1]

    def _search(self, typed: Words) -> tuple[People, str]:
        """The people found by the first way of reading that finds anybody."""
        return next(((found, how) for found, how in self._ways(typed) if found), ((), UNKNOWN))

    def _ways(self, typed: Words) -> Iterator[tuple[People, str]]:
        """Every way of reading, the surest first, with the people it finds."""
        yield tuple(self._by_key.get(_key(typed), ())) if typed else (), "name"
        sharing_a_word = [person for word in typed for person in self._by_word.get(word, ())]
        starting_alike = self._by_start.get(typed[0][:START], ()) if len(typed) == 1 else ()
        alike = tuple(dict.fromkeys([*sharing_a_word, *starting_alike]))
        yield tuple(person for person in alike if _is_part(typed, self._words[person])), "part of the name"
        yield tuple(person for person in alike if _is_shortened(typed, self._words[person])), "short form"
        nicknames = tuple(person for person in alike if _is_nickname(typed, self._words[person]))
        near = self._near_spelling(typed)
        yield tuple(dict.fromkeys(near + nicknames)), NEAR if near else SIMILAR
        yield tuple(person for person in alike if _is_more(typed, self._words[person])), MORE

    def _near_spelling(self, typed: Words) -> People:
        """People whose name is clearly the closest to what was typed, in this order or last word first."""
        alike = self._sharing_letter_pairs(" ".join(typed))
        scores: dict[str, float] = {}
        for spelling in {" ".join(typed), " ".join((*typed[-1:], *typed[:-1]))}:
            for name in get_close_matches(spelling, alike, n=5, cutoff=TYPO_LIKENESS):
                if abs(len(name) - len(spelling)) <= TYPO_LETTERS:
                    scores[name] = max(scores.get(name, 0.0), _likeness(spelling, name))
        best = max(scores.values(), default=0.0)
        return tuple(p for name in sorted(scores) if scores[name] > best - TYPO_LEAD for p in self._by_spelling[name])

    def _sharing_letter_pairs(self, typed: str) -> list[str]:
        """Names with a third of the pairs of letters that were typed: few, and every near spelling among them."""
        pairs = _letter_pairs(typed)
        shared = Counter(name for pair in pairs for name in self._by_pair.get(pair, ()))
        return [name for name, count in shared.items() if 3 * count >= len(pairs)]

    def _settled(self, found: People, how: str, ego: str | None) -> Reading:
        """One person of those found: not the ego where others share the name, else the only one in the ego's team."""
        others = tuple(person for person in found if person != ego) if len(found) > 1 else found
        if len(others) == 1:
            return Reading(others[0], how, found)
        team = self._teams.get(ego or "")
        close = tuple(person for person in others if team is not None and self._teams.get(person) == team)
        return Reading(close[0], how, found, by_team=True) if len(close) == 1 else Reading(None, how, found)


def split_names(cell: str, separator: str = ";") -> list[str]:
    """Names typed into one cell, at separators no name contains; commas are left, for they may part last and first."""
    pieces = re.split(f"{re.escape(separator)}|{_BETWEEN_NAMES}", cell)
    return [name for piece in pieces if (name := _LIST_MARK.sub("", piece.strip()))]


def is_nobody(typed: str) -> bool:
    """Whether the answer says in words that nobody is named."""
    return bool(NOBODY.fullmatch(typed.casefold().strip(" .!")))


def same_name(a: str, b: str) -> bool:
    """Whether two names can be one person's: equal but for order, accents, short forms and slips."""
    left, right = _words(a), _words(b)
    return _likeness(_key(left), _key(right)) >= TYPO_LIKENESS or any(
        _is_part(x, y) or _is_shortened(x, y) or _is_nickname(x, y) for x, y in ((left, right), (right, left))
    )


@lru_cache(maxsize=65536)
def _words(name: str) -> Words:
    """The words of a name in plain small letters, without titles."""
    folded = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    words = re.findall(r"\w+", re.sub(r"['’`]", "", plain))
    return tuple(word for word in words if word not in TITLES) or tuple(words)


def _key(words: Words) -> str:
    return " ".join(sorted(words))


def _letter_pairs(name: str) -> set[str]:
    """Neighbouring letters, within words."""
    return {a + b for word in name.split() for a, b in pairwise(word)}


def _is_part(typed: Words, name: Words) -> bool:
    """Every typed word is a whole word of the name."""
    return set(typed) <= set(name) and any(len(word) > 1 for word in typed)


def _is_shortened(typed: Words, name: Words) -> bool:
    """Each typed word starts another word of the name, and one is in full or alone and long enough to tell."""
    left = list(name)
    for word in sorted(typed, key=len, reverse=True):
        match = next((w for w in left if w == word), None) or next((w for w in left if w.startswith(word)), None)
        if match is None:
            return False
        left.remove(match)
    return bool(set(typed) & set(name)) or (len(typed) == 1 and len(typed[0]) >= START)


def _is_nickname(typed: Words, name: Words) -> bool:
    """The last name in full, and a shorter first name that starts like the other or lies within it: Mike, Lisa."""
    if len(typed) != 2 or len(name) < 2 or name[-1] not in typed:
        return False
    short = typed[0] if typed[1] == name[-1] else typed[1]
    return len(short) > 2 and any(len(short) + 2 <= len(word) and _is_short_for(short, word) for word in name[:-1])


def _is_short_for(short: str, word: str) -> bool:
    letters = iter(word)
    in_order = short[0] == word[0] and all(letter in letters for letter in short)
    return short in word or short[:2] == word[:2] or in_order


def _is_more(typed: Words, name: Words) -> bool:
    """A name of several words was typed, and something else."""
    return len(name) > 1 and set(name) < set(typed)


def _likeness(a: str, b: str) -> float:
    return SequenceMatcher(None, a, b, autojunk=False).ratio()
