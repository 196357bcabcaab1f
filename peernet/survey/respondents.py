"""Who answered an export: the columns that identify people or hold their names, and what names one of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import pandas as pd

from peernet._wording import listed
from peernet.survey.formats.export import Column, Export
from peernet.survey.formats.online import says_none, several_in_one
from peernet.survey.measuring import MOSTLY
from peernet.survey.names import is_no_answer, is_nobody, split_names
from peernet.survey.scales import is_stranger, plain
from peernet.survey.wordings import ALTER, EGO, FIRST_NAME, LAST_NAME, MAIL, NAME, PERSON, SHEET_ID, TEAM

FEWEST_OFFERED = 5  # parts of a question that may be a list of colleagues
OF_ROSTER = 0.25  # share of a question's parts that must be names of respondents: others did not answer
NAMED = 0.5  # share of the names in cells that must be those of respondents
MOST_CELLS = 200  # different cells looked at to see whether they hold names
MOST_RESPONDENTS = 2_000  # whose names are looked for in headings
FEWEST_ASKED = 3  # headings that ask one question about a colleague each
MOST_NAME_WORDS = 5  # of a name in a heading
SHORTEST_NAME = 3  # letters of one
BETWEEN = "#"  # a colleague and what is asked about them, in a part that says both
MOST_THINGS = 12  # that a question asks about a colleague at once
FULL_NAME = "full name"
PEOPLE_ALONE = "colleagues"  # the question of columns whose headings are names alone
IN_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_NUMBERED = re.compile(r"(?<=[^\W\d_])\d$")  # a heading that comes again, as some tools tell it from the first


class KnownPeople:
    """The names and identifiers of people, to recognise columns and cells that name them."""

    def __init__(self, told: Iterable[str]) -> None:
        told = dict.fromkeys(filter(None, told))
        self.keys = {" ".join(sorted(words)) for name in told if (words := plain(name).split())}
        self._having: dict[str, set[str]] = {}
        for words in (plain(name).split() for name in told if "@" not in name):
            for word in words:
                self._having.setdefault(word, set()).add(" ".join(sorted(words)))
        self.words = {word for word in self._having if len(word) > 1}

    def names(self, typed: str) -> bool:
        """Whether what was typed is one of them: all of a name in any order."""
        return " ".join(sorted(plain(typed).split())) in self.keys

    def means_one(self, typed: str) -> bool:
        """Whether what was typed is a part of one person's name alone, such as the first name, or it and an initial."""
        word, *others = plain(typed).split() or [""]
        having = self._having.get(word, ()) if len(word) >= SHORTEST_NAME and not word.isdigit() else ()
        fitting = [
            name
            for name in having
            if all(any(own.startswith(start) for own in {*name.split()} - {word}) for start in others)
        ]
        return len(others) < 2 and len(fitting) == 1

    def could_name(self, typed: str) -> bool:
        """Whether what was typed is made of words of their names."""
        words = plain(typed).split()
        known = [word in self.words for word in words]
        return any(known) and len(words) <= 4 and all(k or len(w) == 1 for k, w in zip(known, words, strict=True))

    def share(self, cells: Iterable[str]) -> float:
        """The share of the names in cells that could be theirs."""
        typed = [name for cell in cells for name in name_pieces(cell)]
        return sum(map(self.could_name, typed)) / len(typed) if typed else 0.0


def with_columns_of_people(export: Export, told: set[str]) -> Export:
    """Columns called after a question and a person each, such as ``trust_p1``, ``trust_p2``, put together.

    They are where at least two end in what identifies somebody, and that no bare number, which are options.
    """
    alone = [column for column in export.columns if not column.group and column.kind not in ("about", "person")]
    named = {column.name: column.name.split("_") for column in alone}
    ends = [("_".join(words[:n]), "_".join(words[n:])) for words in named.values() for n in range(1, len(words))]
    stems = Counter(stem for stem, key in ends if key.casefold() in told and not key.isdigit())
    found = {
        stem for stem, times in stems.items() if times > 1 and stem and stem not in {*export.cells, *export.groups}
    }

    def put(column: Column) -> Column:
        stem = max((s for s in found if column.name.startswith(f"{s}_")), key=len, default="")
        key = column.name[len(stem) + 1 :]
        return replace(column, group=stem, key=key, part=column.part or key) if stem and column in alone else column

    return replace(export, columns=tuple(map(put, export.columns))) if found else export


def with_full_names(export: Export) -> Export:
    """The export with a column of full names, where people give the first and the last name in two of its own."""
    cells, name = export.cells, FULL_NAME
    told = [c for c in export.columns if not c.group and (cells[c.name] != "").mean() >= NAMED]
    first, last = (
        next((c.name for c in told if any(map(said.fullmatch, (plain(c.name), plain(c.wording))))), "")
        for said in (FIRST_NAME, LAST_NAME)
    )
    others = [c for c in told if c.name not in (first, last) and NAME.fullmatch(plain(c.wording or c.name))]
    if not (first and last) or first == last or others or name in {*cells, *export.groups}:
        return export
    both = (cells[first] + " " + cells[last]).str.strip().rename(name)
    note = ("note", f"people give their name in {first!r} and {last!r}", f"put together as {name!r}")
    place = [column.name for column in export.columns].index(first)  # before the others that are headed as names
    columns = (*export.columns[:place], Column(name, name, "about"), *export.columns[place:])
    cells = pd.concat([cells, both], axis=1)[[column.name for column in columns]]
    return replace(export, columns=columns, cells=cells, notes=(*export.notes, note))


def with_questions_about_people(export: Export) -> Export:
    """Columns whose headings ask one question about a colleague each, such as "I trust Ann Ash", put together.

    At least three of them must name people who answered or were invited; others that ask the same question beside them
    are about colleagues who did neither. Headings that are names alone make a group as well.
    """
    known = _called(export)
    told = [column.wording or column.name if not (column.group or column.kind) else "" for column in export.columns]
    asked: dict[tuple[str, str], list[int]] = {}
    for place, heading in enumerate(told):
        if heading and (around := _around_name(heading, known)) is not None:
            asked.setdefault(around, []).append(place)
    columns, taken = [*export.columns], {*export.cells, *export.groups}
    for around, places in asked.items():
        question = _question(*around)
        if len(places) < FEWEST_ASKED or question in taken:
            continue
        for place in _beside(places, told, around):
            part = told[place][len(around[0]) : len(told[place]) - len(around[1])]
            own = replace(columns[place], group=question, group_wording=question, part=part)
            columns[place] = replace(own, key=own.key or part)
    return _with_things_apart(replace(export, columns=tuple(columns)), known)


def _with_things_apart(export: Export, known: KnownPeople) -> Export:
    """Questions that ask several things about each colleague at once, as a question for each thing.

    Either the parts say both who and what, or a cell holds several answers about the colleague of its column.
    """
    taken = {*export.cells, *export.groups}
    for group, columns in export.groups.items():
        own = [column for column in columns if column.kind not in ("text", "about")]
        if parted := _by_thing(group, own, known):
            new = dict(zip((column.name for column in own), parted, strict=True))
            export = replace(export, columns=tuple(new.get(column.name, column) for column in export.columns))
        elif all(column.kind in ("", "choice", "choices") and not column.labels for column in own):
            answers = dict.fromkeys(x for column in own for x in export.cells[column.name].unique().tolist() if x)
            options = _options(answers) if are_colleagues(known, own) else {}
            called = [group, *(column.name for column in own)]
            if options and not taken & {
                f"{x} [{thing}]" for x in called for found in options.values() for thing in found
            }:
                export = _with_ticks(export, group, own, options)
    return export


def _by_thing(group: str, columns: Sequence[Column], known: KnownPeople) -> list[Column]:
    """The columns under a question for each thing, where parts such as "Ann Ash#Trust" say who and what."""
    for who, what in ((0, 2), (2, 0)):
        parts = [column.part.partition(BETWEEN) for column in columns]
        keys = [column.key.partition(BETWEEN) for column in columns]
        alone = [replace(c, part=part[who], key=key[who]) for c, part, key in zip(columns, parts, keys, strict=True)]
        if all(part[2] for part in parts) and are_colleagues(known, alone):
            things = [(f"{group} [{part[what]}]", part[what]) for part in parts]
            return [replace(c, group=name, group_wording=thing) for c, (name, thing) in zip(alone, things, strict=True)]
    return []


def _options(answers: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The options that each cell ticks, where cells hold several: joined by a semicolon, or by a comma.

    Pieces that never stand apart are one option, which has the comma in it.
    """
    given = pd.Series([*answers], dtype="str")
    mark = ";" if given.str.contains(";", regex=False).any() else ", "
    if mark != ";" and not several_in_one(given, mark):
        return {}
    pieces = {cell: [piece.strip() for piece in cell.split(mark) if piece.strip()] for cell in given}
    pairs = {pair for parted in pieces.values() for pair in pairwise(parted)}
    for first, second in sorted(pairs) if mark != ";" else ():
        whole = f"{first}{mark}{second}"
        if all((first in parted) == (second in parted) == (whole in cell) for cell, parted in pieces.items()):
            for parted in pieces.values():
                parted[:] = [whole if piece == first else piece for piece in parted if piece != second]
    things = {piece for parted in pieces.values() for piece in parted}
    several = any(len(parted) > 1 for parted in pieces.values()) and len(things) <= MOST_THINGS
    return {cell: tuple(parted) for cell, parted in pieces.items()} if several else {}


def _with_ticks(
    export: Export, group: str, columns: Sequence[Column], options: Mapping[str, tuple[str, ...]]
) -> Export:
    """The export with a question of ticks for each option; whoever answers anything was asked it all.

    But for colleagues whom they say they do not know: of these nobody was asked.
    """
    fullest = sorted(options.values(), key=len, reverse=True)  # in which the options stand in their order
    things = [*dict.fromkeys(thing for ticked in fullest for thing in ticked)]
    things = [thing for thing in things if not (is_stranger(thing) or says_none(thing))]
    cells = export.cells[[column.name for column in columns]]
    came = (cells != "").any(axis=1)
    strange = {cell for cell, ticked in options.items() if any(map(is_stranger, ticked))}
    made, told = [], {}
    for thing in things:
        for column in columns:
            name, asked = f"{column.name} [{thing}]", f"{group} [{thing}]"
            ticked = cells[column.name].isin([cell for cell, found in options.items() if thing in found])
            shown = came & ~cells[column.name].isin(strange)
            told[name] = pd.Series("", index=cells.index, dtype="str").mask(shown, "0").mask(ticked, "1")
            tick = Column(name, thing, "tick", asked, thing, column.part, column.key, unticked="0")
            made.append(tick)
    old = {column.name for column in columns}
    kept = [c for c in export.columns for c in (made if c.name == columns[0].name else [c]) if c.name not in old]
    both = pd.concat([export.cells, pd.DataFrame(told, dtype="str")], axis=1)[[column.name for column in kept]]
    problem = f"cells of {group!r} can hold several answers about a colleague: {listed(things)}"
    note = ("note", problem, "read as a question for each")
    return replace(export, columns=tuple(kept), cells=both, notes=(*export.notes, note))


def _called(export: Export) -> KnownPeople:
    """The names of people who answered or were invited; their identifiers where they gave no names."""
    some = replace(export, cells=export.cells.head(MOST_RESPONDENTS))
    by_block = {block: column for column, (block, *_) in identity_columns(some).items()}
    own = by_block.get("name") or by_block.get("person")
    return KnownPeople([*(some.cells[own] if own else ()), *people_told(export.people)])


def _question(before: str, after: str) -> str:
    """What is asked before and after a name, in one line."""
    asks, goes_on = before.strip(" :-–—([\"'"), after.lstrip(" :-–—)]\"'").rstrip(" :-–—\"'")
    if not asks and goes_on.strip("()").isdigit():  # the second question with these headings
        return f"{PEOPLE_ALONE} {goes_on.strip('()')}"
    return (" … " if goes_on[:1].isalnum() else "").join(filter(None, (asks, goes_on))) or PEOPLE_ALONE


def _beside(places: Sequence[int], told: Sequence[str], around: tuple[str, str]) -> list[int]:
    """These columns, and those between and right beside them that ask the same question about what looks like a name.

    Of headings that are names alone those between the first and the last.
    """
    before, after = around

    def fits(place: int) -> bool:
        heading = told[place] if 0 <= place < len(told) else ""
        words = heading[len(before) : len(heading) - len(after)].split()
        same = heading.startswith(before) and heading.endswith(after) and 0 < len(words) <= MOST_NAME_WORDS
        return place in places or (same and words[0][0].isupper() and words[-1][0].isupper())

    first, last = places[0], places[-1]
    while before + after and fits(first - 1):
        first -= 1
    while before + after and fits(last + 1):
        last += 1
    return [place for place in range(first, last + 1) if fits(place)]


def _around_name(heading: str, known: KnownPeople) -> tuple[str, str] | None:
    """What a heading says before and after the longest name of somebody known; None where it names nobody."""
    words = [*re.finditer(r"[^\s]+", heading)]
    whole = [(length, known.names) for length in range(min(MOST_NAME_WORDS, len(words)), 0, -1)]
    for length, is_name in (*whole, (2, known.means_one), (1, known.means_one)):
        for first in range(len(words) - length + 1):
            start, end = words[first].start(), words[first + length - 1].end()
            name = _NUMBERED.sub("", heading[start:end].strip(" ?.!:,;()[]'\"“”-–—/"))
            capital = is_name == known.names or name[:1].isupper()
            if len(name) >= SHORTEST_NAME and not name.isdigit() and capital and is_name(name):
                start += heading[start:end].index(name)
                return heading[:start], heading[start + len(name) :]
    return None


def is_among(known: KnownPeople, column: Column) -> bool:
    """Whether a column is about one of these people; a bare number is that of an option, whoever has it as well.

    What a form adds to a name in brackets, such as the team, does not count.
    """
    told = (column.part, IN_BRACKETS.sub("", column.part), column.key)
    return any(known.names(name) for name in told if not name.isdigit())


def are_colleagues(known: KnownPeople, columns: Sequence[Column]) -> bool:
    """Whether the parts of a question are people: a quarter by identifier or name, or half by a part of their names."""
    parts = [column.part for column in columns if column.part and not is_nobody(column.part)]
    found = sum(is_among(known, column) for column in columns if column.part)
    short = sum(map(known.means_one, parts))
    return (found >= 2 and found >= OF_ROSTER * len(parts)) or short >= max(FEWEST_ASKED, NAMED * len(parts))


def name_pieces(cell: str) -> list[str]:
    """The names in a cell, parted also at commas where there are several."""
    pieces = [piece for name in split_names(cell) for piece in ([name] if name.count(",") < 2 else name.split(","))]
    return [piece.strip() for piece in pieces if piece.strip() and not is_nobody(piece) and not is_no_answer(piece)]


def people_told(people: pd.DataFrame) -> Iterator[str]:
    """Names and identifiers in a tool's table of participants, and whatever else differs from one to the next."""
    parts = [
        column
        for column in people
        if re.fullmatch(r"(?:first|last|sur|given|family|vor|nach) ?_?name|name", plain(str(column)).replace(" ", ""))
    ]
    for column in people:
        cells = people[column].astype(str)
        if column in parts or not (TEAM.fullmatch(plain(str(column))) or 2 * cells.nunique() <= len(cells)):
            yield from cells
    if len(parts) > 1:
        yield from people[parts].astype(str).agg(" ".join, axis=1)


def identity_columns(export: Export) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """The columns that say who answered, with block, reason and looks: one identifies, one may hold the name."""
    cells = export.cells
    columns = [
        column for column in export.columns if column.kind not in ("tick", "number", "date") and not column.group
    ]
    columns += [column for column in export.columns if column.group and column.kind == "person"]
    whole = {c.name for c in columns if (cells[c.name] != "").mean() >= 0.5}
    unlike = {c.name for c in columns if c.name in whole and cells[c.name][cells[c.name] != ""].is_unique}
    invited = {str(cell) for column in export.people for cell in export.people[column] if str(cell)}

    def first(pattern: re.Pattern[str], among: set[str]) -> str:
        headings = ((c.name, plain(c.name), plain(c.wording)) for c in columns if c.name in among)
        return next((name for name, *told in headings if any(map(pattern.fullmatch, told))), "")

    said = next((c.name for c in columns if c.kind == "person" and c.name in whole), "")
    if not said and invited:
        inside = {c.name: cells[c.name][cells[c.name] != ""].isin(invited).mean() for c in columns if c.name in unlike}
        headed = {first(said_so, unlike) for said_so in (PERSON, MAIL, NAME)}  # where others name everybody invited too
        best = sorted(inside, key=lambda column: (inside[column], column in headed), reverse=True)[:1]
        said = next((column for column in best if inside[column] >= NAMED), "")
    person = first(PERSON, whole) or first(MAIL, unlike) or first(MAIL, _addresses(cells, whole))
    name = first(NAME, whole) or _as_offered(export, [c.name for c in columns if c.name in whole])
    if said and (person or name) and said == first(SHEET_ID, unlike) and not _names_colleagues(export, cells[said]):
        said = ""  # it numbers the sheets
    if said or person:
        chosen = said or person
        because = "the tool says who answered by it" if said else "its heading says who answered"
        found: dict[str, tuple[str, str, tuple[str, ...]]] = {chosen: ("person", because, ())}
        if name and name != chosen:
            found[name] = ("name", "its heading says name", ())
        return found
    sheet, ego = first(SHEET_ID, unlike), first(EGO, whole)
    if not name and ego and (alter := first(ALTER, whole)) and cells[alter].isin(cells[ego]).any():
        return {ego: ("person", "a list of ties begins with who answered", ())}
    if name and (name in unlike or not sheet):
        looks = () if name in unlike else (f"{_repeated_names(cells[name])}: one person twice, or namesakes?",)
        return {name: ("person", "people give their name, and nothing else says who answered", looks)}
    if name:
        look = f"{_repeated_names(cells[name])}: one person twice, or namesakes? Here each row is a person"
        return {sheet: ("person", "numbers the rows", (look,)), name: ("name", "its heading says name", ())}
    return {sheet: ("person", "its heading says who answered", ())} if sheet else {}


def _names_colleagues(export: Export, ids: pd.Series[str]) -> bool:
    """Whether rows below people's answers call colleagues by these identifiers; bare numbers may be ratings."""
    known = {who for who in ids if who and not who.isdigit()}
    columns = [rows.cells[c.name] for rows in export.repeats for c in rows.columns if c.kind != "about"]
    shares = [(given.isin(known)).mean() for cells in columns if len(given := cells[cells != ""])]
    return any(share >= NAMED for share in shares)


def _addresses(cells: pd.DataFrame, whole: Iterable[str]) -> set[str]:
    """Columns of addresses in which hardly any comes twice: whoever has two rows sent the form in again."""
    said = {name: cells[name][cells[name] != ""].str.casefold() for name in whole}
    return {
        name
        for name, given in said.items()
        if given.str.contains("@", regex=False).all() and given.nunique() >= MOSTLY * len(given)
    }


def _as_offered(export: Export, names: Sequence[str]) -> str:
    """The column whose cells are names that a question offers as its parts, which is where people type their own."""
    lists = [own for own in export.groups.values() if len(own) >= FEWEST_OFFERED]
    parts = [column.part for own in lists for column in own]
    offered = KnownPeople(told for told in parts or [c.name for c in export.columns] if not told.isdigit())
    shares = {}
    for name in names:
        typed = [cell for cell in export.cells[name].unique()[:MOST_CELLS] if cell]
        shares[name] = sum(map(offered.names, typed)) / len(typed) if len(typed) > 1 else 0.0
    return max((name for name, share in shares.items() if share >= NAMED), key=lambda n: shares[n], default="")


def _repeated_names(cells: pd.Series[str]) -> str:
    names = cells[cells != ""]
    again = names[names.duplicated()].unique().tolist()
    stand = "name stands" if len(again) == 1 else "names stand"
    return f"{len(again)} {stand} there more than once, such as {again[0]!r}"
