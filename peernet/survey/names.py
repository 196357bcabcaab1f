"""Who is meant by a name somebody typed, from the identifier to a near spelling, and which group by a label."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache
from itertools import dropwhile, pairwise
from unicodedata import normalize

import pandas as pd

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
AFTER_NAMES = frozenset({"phd", "msc", "mba"})
TYPO_LIKENESS = 0.84  # difflib ratio of the whole names: about one slip in a seven-letter name
TYPO_LEAD = 0.04  # the best reading must beat the next by this much
TYPO_LETTERS = 2  # a slip makes a name longer or shorter by this much at most
WORD_LIKENESS = 0.5  # difflib ratio of each word: less is another word, however long the surname they share
NUMBER_LENGTH = 100  # digits of a number that is still worked with
START = 3  # letters of a short form that stands alone
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ё": "е"})
_WITH_ACCENTS = ("LATIN", "GREEK")  # scripts in which a name means the same without its marks
_BETWEEN_NAMES = r"[;\n\r\t|•]|\s/\s|\s&\s|\s\+\s|\sand\s"
_LIST_MARK = re.compile(r"^(?:\d+[.)]|[-*–])\s+")
IDENTIFIER, NAME, PART = "identifier", "name", "part of the name"
NEAR, SIMILAR, MORE, UNKNOWN = "near spelling", "similar first name", "name and more words", "unknown"
SETTLED = "as settled"
Words = tuple[str, ...]
People = tuple[str, ...]
NOT_KNOWN = frozenset({"", "unknown", "not known", "nan", "<na>", "no team", "unbekannt", "inconnu", "desconocido"})


@dataclass(frozen=True)
class Reading:
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
    """

    def __init__(
        self,
        names: Mapping[str, str],
        teams: Mapping[str, str] | None = None,
        settled: Mapping[str, str] | None = None,
    ) -> None:
        self.names = dict(names)
        self._teams = dict(teams or {})
        self._aliases = {same_label(typed): person for typed, person in (settled or {}).items()}
        self._by_folded_id = _grouped((person.casefold(), person) for person in names)
        self._by_number = _grouped((number, person) for person in names if (number := _number_of(person)))
        self._id_letters = "".join(sorted({letter for folded in self._by_folded_id for letter in folded}))
        self._id_shapes = {_shape(person) for person in names}
        self._by_letters = _grouped((" ".join(name.split()), person) for person, name in names.items())
        self._by_all_words = _grouped((_key(_all_words(name)), person) for person, name in names.items())
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
        if self._aliases and (person := self._aliases.get(same_label(typed))) is not None:
            return Reading(person or None, SETTLED)
        as_typed = " ".join(typed.split())
        same_id = [as_typed] if as_typed in self.names else self._by_folded_id.get(as_typed.casefold(), [])
        if same_id:
            return Reading(same_id[0], IDENTIFIER) if len(same_id) == 1 else Reading(None, IDENTIFIER, tuple(same_id))
        if letter_by_letter := self._by_letters.get(as_typed):
            return self._settled(tuple(letter_by_letter), NAME, ego)
        if self._looks_like_an_identifier(as_typed):
            return Reading(None, UNKNOWN, likely=self.likely_id(as_typed, ego))
        found, how = self._search_once(as_typed)
        return self._settled(found, how, ego) if found else Reading(None, UNKNOWN)

    def _looks_like_an_identifier(self, typed: str) -> bool:
        """An e-mail address, one word with digits, or digits placed as in somebody's identifier: exact or nobody."""
        has_digits = any(letter.isdigit() for letter in typed)
        return "@" in typed or (has_digits and (" " not in typed or _shape(typed) in self._id_shapes))

    def likely_id(self, typed: str, ego: str | None = None) -> str:
        """The identifier that was probably meant, as a hint: the same number, else one slip away; empty if none is."""
        number = _number_of(typed)
        same = self._by_number.get(number, [])
        slips = dict.fromkeys(self._slips(typed.casefold()))
        near = same or [person for slip in slips for person in self._by_folded_id.get(slip, ())]
        others = [person for person in near if person != ego]
        return min(others, key=lambda person: _apart(number, _number_of(person)), default="")

    def _slips(self, typed: str) -> Iterator[str]:
        """Everything one letter more, less, other, or two neighbours turned round would make of it."""
        yield typed
        for i in range(len(typed) + 1):
            before, after = typed[:i], typed[i:]
            yield before + after[1:]
            yield before + after[1:2] + after[:1] + after[2:]
            yield from (before + letter + rest for letter in self._id_letters for rest in (after[1:], after))

    def namesakes(self) -> list[People]:
        """Groups of people who share a name."""
        return [tuple(people) for people in self._by_key.values() if len(people) > 1]

    def _search(self, typed: str) -> tuple[People, str]:
        """The people found by the first way of reading that finds anybody."""
        return next(((found, how) for found, how in self._ways(typed) if found), ((), UNKNOWN))

    def _ways(self, as_typed: str) -> Iterator[tuple[People, str]]:
        """Every way of reading, the surest first, with the people it finds."""
        typed = _words(as_typed)
        if typed:  # titles as part of the name, then without them: they are surnames too
            yield tuple(self._by_all_words.get(_key(_all_words(as_typed)), ())), NAME
            yield tuple(self._by_all_words.get(_key(typed), ())), NAME
            yield tuple(self._by_key.get(_key(typed), ())), NAME
        sharing_a_word = [person for word in typed for person in self._by_word.get(word, ())]
        starting_alike = self._by_start.get(typed[0][:START], ()) if len(typed) == 1 else ()
        alike = tuple(dict.fromkeys([*sharing_a_word, *starting_alike]))
        yield tuple(person for person in alike if _is_part(typed, self._words[person])), PART
        yield tuple(person for person in alike if _is_shortened(typed, self._words[person])), "short form"
        nicknames = tuple(person for person in alike if _is_nickname(typed, self._words[person]))
        near = self._near_spelling(typed)
        yield tuple(dict.fromkeys(near + nicknames)), NEAR if near else SIMILAR
        longer = (person for person in alike if len(self._words[person]) > 1)
        yield tuple(person for person in longer if set(self._words[person]) < set(typed)), MORE

    def _near_spelling(self, typed: Words) -> People:
        """People whose name is clearly the closest to what was typed, in this order or last word first."""
        alike = self._sharing_letter_pairs(" ".join(typed))
        scores: dict[str, float] = {}
        for spelling in {" ".join(typed), " ".join((*typed[-1:], *typed[:-1]))}:
            for name in get_close_matches(spelling, alike, n=5, cutoff=TYPO_LIKENESS):
                slip = abs(len(name) - len(spelling)) <= TYPO_LETTERS and _digits(name) == _digits(spelling)
                if slip and _are_same_words(typed, name.split()):
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


def is_no_answer(typed: str) -> bool:
    """Whether the answer says in words or by a dash that there is none, which is not the same as naming nobody."""
    return bool(NO_ANSWER.fullmatch(typed.casefold().strip(" !"))) or bool(
        NO_ANSWER.fullmatch(typed.casefold().strip())
    )


def is_no_person(typed: str) -> bool:
    """Whether what stands where an identifier should is a word or mark for nobody; two letters can be initials."""
    return (is_no_answer(typed) or is_nobody(typed)) and not re.fullmatch(r"\w\w", typed.strip())


def same_name(a: str, b: str) -> bool:
    """Whether two names can be one person's: equal but for order, accents, short forms and slips."""
    left, right = _words(a), _words(b)
    slips = _likeness(_key(left), _key(right)) >= TYPO_LIKENESS and _are_same_words(left, right)
    return slips or any(
        _is_part(x, y) or _is_shortened(x, y) or _is_nickname(x, y) for x, y in ((left, right), (right, left))
    )


@lru_cache(maxsize=65536)
def _all_words(name: str) -> Words:
    """The words of a name in plain small letters; marks stay where a letter is another one without them."""
    folded = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    kept, base = [], " "
    for letter in folded:
        kind = unicodedata.category(letter)
        if kind == "Cf" or (kind[0] == "M" and unicodedata.name(base, "").startswith(_WITH_ACCENTS)):
            continue
        base = base if kind[0] == "M" else letter
        kept.append(letter)
    plain = re.sub(r"['’`]", "", unicodedata.normalize("NFKC", "".join(kept)))
    in_words = (x if x == "_" or unicodedata.category(x)[0] in "LMN" else " " for x in plain)  # M: vowel signs too
    return tuple("".join(in_words).split())


@lru_cache(maxsize=65536)
def _words(name: str) -> Words:
    """The same without titles; where they leave a word alone only those before it go, for they are surnames too."""
    words = _all_words(name)
    untitled = tuple(word for word in words if word not in BEFORE_NAMES | AFTER_NAMES)
    if len(untitled) > 1:
        return untitled
    return tuple(dropwhile(BEFORE_NAMES.__contains__, words[:-1])) + words[-1:]


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """People by what they have in common."""
    found: dict[str, list[str]] = defaultdict(list)
    for common, person in pairs:
        found[common].append(person)
    return dict(found)


def _digits(text: str) -> str:
    """The digits, which are never a slip of the pen."""
    return "".join(letter for letter in text if letter.isdigit())


def _shape(identifier: str) -> str:
    """What an identifier looks like: 9 for a run of digits, a for one of letters."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", identifier))


def _apart(one: str, other: str) -> int:
    """How far two numbers lie apart; 0 where either is none, so that the nearest spelling comes first."""
    return abs(int(one) - int(other)) if one and other and len(one) < NUMBER_LENGTH else 0


def _number_of(text: str) -> str:
    """The number a text is, without the zeros around it; empty where it is none."""
    number = re.fullmatch(r"0*(\d+?)(?:\.0*)?", text, re.ASCII)
    return number.group(1) if number else ""


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
    return len(short) > 2 and any(len(short) + 2 <= len(word) and _is_short_for(short, word) for word in name[:-1])


def _is_short_for(short: str, word: str) -> bool:
    letters = iter(word)
    in_order = short[0] == word[0] and all(letter in letters for letter in short)
    return short in word or short[:2] == word[:2] or in_order


def _are_same_words(typed: Words, name: Sequence[str]) -> bool:
    """Whether no word is another altogether, such as a different first name or initial before a long surname."""
    if len(typed) != len(name):  # words are run together or parted
        both_ways = (*((word, name) for word in typed), *((word, typed) for word in name))
        return all(any(_could_be(word, other) for other in others) for word, others in both_ways)
    left = list(name)
    for word in typed:
        nearest = max(left, key=lambda other: _likeness(word, other))
        if _likeness(word, nearest) < WORD_LIKENESS:
            return False
        left.remove(nearest)
    return True


def _could_be(word: str, other: str) -> bool:
    """Whether a word is another with a slip, its initial, or part of what was run together."""
    short, long = sorted((word, other), key=len)
    return long.startswith(short) or (len(short) > 1 and short in long) or _likeness(word, other) >= WORD_LIKENESS


def _likeness(a: str, b: str) -> float:
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def same_label(label: str) -> str:
    """What two spellings of one label have in common: case, width of letters and white space do not count."""
    return " ".join(normalize("NFKC", label).casefold().split())


def says_nothing(label: str) -> bool:
    """Whether a label says that the group is not known, or that there is none: "unknown", "?", "-", "n/a"."""
    word = same_label(label)
    return word in NOT_KNOWN or set(word) <= {"?", "-", "–", "—"} or is_no_person(word)


def usual_spellings(labels: Iterable[str], declared: Iterable[str] = ()) -> dict[str, str]:
    """The spelling that stands for each label, by `same_label`: the declared one, else the commonest, then by name."""
    counted = sorted(Counter(labels).items(), key=lambda item: (-item[1], item[0]))
    spelled = dict(reversed([(same_label(label), label) for label, _ in counted]))
    return spelled | {same_label(label): label for label in declared}


def in_groups(labels: pd.Series) -> pd.Series:
    """The labels of those whose group is known, spellings of one label made one; what is no text stays as it is."""
    if isinstance(labels.dtype, pd.CategoricalDtype):
        return labels.dropna()  # spelled as declared, and in their own order
    known = labels.dropna().astype("object")
    known = known[[not (isinstance(label, str) and says_nothing(label)) for label in known]]
    usual = usual_spellings(label for label in known if isinstance(label, str))
    return known.map(lambda label: usual[same_label(label)] if isinstance(label, str) else label)


def one_spelling(item: Item, labels: pd.Series[str], log: IssueLog) -> pd.Series[str]:
    """The labels in one spelling each, every other spelling noted."""
    usual = usual_spellings(labels, item.categories)
    read = [usual[same_label(label)] for label in labels]
    for person, label, usually in zip(labels.index, labels, read, strict=True):
        if label != usually:
            problem = f"{label!r} is {usually!r} in another spelling"
            log.note(problem, f"read as {usually!r}", item=item.name, person=str(person))
    return pd.Series(read, index=labels.index, dtype="str")


def telling(item: Item, labels: pd.Series[str], log: IssueLog) -> pd.Series[str]:
    """The labels that name a group; the others are left unknown, and noted."""
    nothing = labels.map(says_nothing).astype(bool) & ~labels.isin(item.categories)
    for person, label in labels[nothing].items():
        log.note(f"{label!r} names no {item.name}", f"{item.name} left unknown", item=item.name, person=str(person))
    return labels[~nothing]
