"""Who the colleagues on a form are: from a part of a question, its code or its label, to the identifier of a person.

An export knows people under several keys: the identifier in the item of block `person`, a code in the tool (a token, a
choice, a column's number), a name on the form, a name as typed. Everything here is exact: a key, or a name letter by
letter up to order, case and accents. What is not is left as it stands, for `peernet.survey.names` to read with a note
or to ask back; only who *filled in* a sheet under their own name is looked for a little further, and told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from peernet.survey.codebook import Codebook
from peernet.survey.files import TextTable
from peernet.survey.formats.export import Column, Export
from peernet.survey.formats.online import says_none
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.names import IDENTIFIER, MORE, NAME, PART, SETTLED, SHORT, SIMILAR, NameBook, Reading
from peernet.survey.people import settled_names
from peernet.survey.respondents import IN_BRACKETS

# An option of a list of colleagues that stands for somebody who is not on it.
OTHER_OPTION = re.compile(
    r"(?i:others?|someone else|somebody else|andere[rs]?|sonstige[rs]?|autres?|otr[oa]s?|altr[oi]|anders|iemand anders"
    r"|outr[oa]s?|någon annan|annan|en anden|en annen|inn[yae])\b(?!,).*"
)
PARTICIPANT_NAMES = ("name", "full name", "full_name", "display name", "participant")
FIRST_NAMES = ("firstname", "first name", "first_name", "recipientfirstname", "recipient first name")
LAST_NAMES = ("lastname", "last name", "last_name", "surname", "recipientlastname", "recipient last name")
EXACT = (IDENTIFIER, NAME, SETTLED)


@dataclass(frozen=True, eq=False)
class Colleagues:
    """Everybody who is known by any key, and who filled in which row.

    Parameters
    ----------
    names
        Identifier to name of everybody invited, or on the form, or who answered.
    settled
        Typed name to whom it means, where somebody has settled it.
    keyed
        Whether a colleague's code in the tool is their identifier.
    egos
        By row of `Export.cells` the identifier of who filled it in, empty where nobody is named.
    roster
        Everybody invited or on the form; no columns where there is no list of either.
    name
        Name of the item that holds names on the roster.
    """

    names: Mapping[str, str]
    settled: Mapping[str, str]
    keyed: bool
    egos: pd.Series[str]
    roster: TextTable
    name: str

    @cached_property
    def book(self) -> NameBook:
        """Reads names."""
        return NameBook(self.names, settled=self.settled)

    def identifier(self, key: str, part: str) -> str:
        """Whom a part of a question means: as settled, by code, by identifier or name; else the label as it stands."""
        found = _by_label(self.book, part)
        if found.how == SETTLED:
            return found.person or part
        if self.keyed and key in self.names:
            return key
        return (found.how in EXACT and found.person) or part or key


def who_is_who(export: Export, codebook: Codebook, parts: Sequence[tuple[str, str]], log: IssueLog) -> Colleagues:
    """Everybody in an export under one identifier each.

    Parameters
    ----------
    export
        What a reader found.
    codebook
        What its columns mean; ``aliases`` come before everything else.
    parts
        Code and label of every colleague a question offers.
    log
        Receives who was recognised by a name that is not letter by letter the one on the form.

    Returns
    -------
    Colleagues

    Notes
    -----
    People are, in this order: those on the tool's list of participants; those the questions offer, each under the
    code where codes are identifiers of people who answered, else under the identifier of whoever answered by this name,
    else under the name itself; and who answered. Two who filled in sheets are never taken for one.
    """
    person, name = codebook.person.name, codebook.only("name")
    typed = export.cells[person] if person in export.cells else pd.Series("", index=export.cells.index, dtype="str")
    called = export.cells[name.name] if name is not None and name.name in export.cells else typed
    column = name.name if name is not None else next(n for n in ("name", "name on the form") if n not in export.cells)
    invited = _invited(export, codebook, typed, column)
    offered = [(key, part) for key, part in dict.fromkeys(parts) if not says_none(part or key)]
    offered = [(key, part) for key, part in offered if not OTHER_OPTION.fullmatch(part)]
    ids = {who for who in (*typed, *(invited[person] if len(invited) else ())) if who}
    keyed = _are_identifiers([key for key, _ in offered], ids, frozenset(invited[person]) if len(invited) else ())
    listed = invited if len(invited) or not offered else _on_form(offered, keyed, typed, called, column, person)
    names = dict(zip(listed[person], listed[column], strict=True)) if column in listed else {}
    names |= {who: who for who in (listed[person] if len(listed) else ()) if not names.get(who)}
    everybody = NameBook({who: who for who in ids} | names) if codebook.aliases else NameBook({})
    settled = settled_names(codebook.aliases, everybody, IssueLog())  # who is nobody is told when names are read
    egos = _recognised(typed, called, NameBook(names, settled=settled), codebook.person, log) if names else typed
    everyone = names | {who: said for who, said in zip(egos, called, strict=True) if who and who not in names}
    file = "the list of participants" if len(invited) else "the form"
    return Colleagues(everyone, settled, keyed, egos, TextTable(file, listed), column)


def _are_identifiers(keys: Sequence[str], ids: set[str], invited: Iterable[str]) -> bool:
    """Whether codes of colleagues are people's identifiers; bare numbers are that only where all are on the list."""
    given = [key for key in keys if key]
    if given and set(given) <= set(invited):
        return True
    return any(key in ids for key in given) and not any(key.isdigit() for key in given)


def _invited(export: Export, codebook: Codebook, typed: pd.Series[str], column: str) -> pd.DataFrame:
    """The tool's list of participants under the codebook's names, with each one's name in ``column`` where it tells."""
    people, person = export.people, codebook.person.name
    if people.empty:
        return pd.DataFrame()
    answered = set(typed) - {""}
    shared = {name: len(answered & set(people[name])) for name in people}
    key = person if person in people else max(shared, key=lambda name: shared[name])
    if key != person and not shared[key]:
        return pd.DataFrame()
    known = {person: people[key]}
    for item in codebook:
        if item.block in ("name", "team", "manager", "ignore") and item.name in people and item.name != key:
            known[item.name] = people[item.name]
    if column not in known and (names := _names(people)) is not None:
        known[column] = names
    listed = pd.DataFrame(known)
    return listed[listed[person] != ""].drop_duplicates(person)


def _names(people: pd.DataFrame) -> pd.Series[str] | None:
    """Full names on a list of participants, from one column or from two."""
    folded = {str(name).casefold().strip(): str(name) for name in people}
    whole = next((folded[name] for name in PARTICIPANT_NAMES if name in folded), None)
    if whole is not None:
        return people[whole]
    first, last = (next((folded[n] for n in names if n in folded), None) for names in (FIRST_NAMES, LAST_NAMES))
    if first is None or last is None:
        return None
    return (people[first] + " " + people[last]).str.strip()


def _on_form(
    offered: Sequence[tuple[str, str]],
    keyed: bool,
    typed: pd.Series[str],
    called: pd.Series[str],
    column: str,
    person: str,
) -> pd.DataFrame:
    """Everybody the questions offer, one row each under one identifier; one name on several lists is one person.

    A first name is who answered and alone has it; where several have it, any of them may be offered.
    """
    answered = NameBook({who: name for who, name in zip(typed, called, strict=True) if who})
    apart = called is not typed  # people have identifiers beside their names
    people: dict[str, str] = {}
    by_words: dict[str, str] = {}
    for key, part in offered:
        found = _by_label(answered, part)
        short = found.how in (PART, SHORT) and len(re.findall(r"\w\w+", part)) == 1
        coded = keyed and bool(key) and not (short and key == part)
        if short and found.person is None and not coded:
            people.update((who, answered.names[who]) for who in found.candidates)
            continue
        known = found.how in EXACT and (apart or bool(IN_BRACKETS.search(part)))
        words = " ".join(sorted(re.findall(r"\w+", part.casefold())))
        who = key if coded else found.person if known or short else by_words.get(words)
        who = who or part or key
        by_words.setdefault(words or key, who)
        own = who == found.person and (short or not apart)
        people[who] = people.get(who) or (answered.names[who] if own else part)
    return pd.DataFrame({person: [*people], column: [*people.values()]}, dtype="str", index=range(1, len(people) + 1))


def _by_label(book: NameBook, part: str) -> Reading:
    """Whom a label on the form means: as it stands, else without what the form adds in brackets, such as the team."""
    found = book.read(part) if part else Reading(None, "")
    bare = IN_BRACKETS.sub("", part)
    without = book.read(bare) if found.how not in EXACT and bare not in ("", part) else found
    return without if without.how in EXACT else found


def _recognised(
    typed: pd.Series[str], called: pd.Series[str], book: NameBook, item: Item, log: IssueLog
) -> pd.Series[str]:
    """Who filled in each row, under the identifier on the list: by identifier or name, else by a name clearly close.

    Where two who filled in sheets would be one person on the list only the one who is so letter by letter is.
    """
    said = dict(zip(typed, called, strict=True))
    read = {who: book.read(who) for who in said if who}
    for who in [who for who, reading in read.items() if reading.how not in EXACT and said[who] != who]:
        read[who] = book.read(said[who])
    taken = Counter(reading.person for reading in read.values() if reading.how in EXACT)
    close = Counter(reading.person for reading in read.values() if reading.how not in EXACT)
    means = {}
    for who, reading in read.items():
        if reading.person is not None and reading.how in EXACT:
            means[who] = reading.person
        elif (
            reading.person is not None
            and reading.how not in (MORE, SIMILAR)
            and not taken[reading.person]
            and close[reading.person] == 1
        ):
            means[who] = reading.person
            problem = f"{said[who]!r} answered, and is not on the form by this name"
            done = f"read as {book.names[reading.person]}: {reading.how}; check that this is who answered"
            log.warning(problem, done, item=item.name, person=reading.person)
        elif reading.how != SETTLED and not any(map(str.isdigit, said[who])):  # a code is nobody's name
            could_be = tuple(person for person in reading.candidates if not taken[person])
            log.ask(said[who], item=item.name, person=who, could_be=could_be)
    return typed.map(lambda who: means.get(who, who)).astype("str")


def parts_offered(columns: Sequence[Column]) -> Iterator[tuple[str, str]]:
    """Code and label of each colleague that a tie question of these columns offers to choose."""
    if len(columns) == 1 or all(column.kind == "name" for column in columns):
        for column in columns:
            yield from column.labels.items()
    else:
        boxes = (column for column in columns if column.kind not in ("text", "name") and not column.none)
        yield from ((column.key, column.part) for column in boxes if column.key or column.part)
