"""What each column of an export is taken for, with the reason, and what somebody should look at.

What is known comes before what is guessed: what the tool says of a column, what the questionnaire's definition carries
along, peernet's own questions, who is named in the cells; then the words of the question in ten languages. What none
of these tells stays without a block, and is not used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from peernet._wording import listed, listed_few
from peernet.survey.answers import yes_or_no
from peernet.survey.codebook_sheet import ItemRow
from peernet.survey.formats.export import Column, Export
from peernet.survey.formats.online import are_ranks, says_not_ticked, says_ticked
from peernet.survey.instruments.standard import NONE_OF_THESE, rated, standard_item
from peernet.survey.item import TAKING_PART, Item, item_problems, usual_kind
from peernet.survey.measuring import COMMAS, ENDS, MOSTLY, NOT_IN_ORDER, UNSAID, Measured, counted, measured
from peernet.survey.names import is_nobody
from peernet.survey.numbers import holds_number, plain_number
from peernet.survey.respondents import (
    MOST_CELLS,
    NAMED,
    OF_ROSTER,
    KnownPeople,
    are_colleagues,
    identity_columns,
    is_among,
    name_pieces,
    people_told,
    with_columns_of_people,
)
from peernet.survey.scales import is_unsaid, label_scale, plain
from peernet.survey.wordings import (
    ABOUT,
    ALTER,
    COMMENT,
    FIRST_NAME,
    LAST_NAME,
    MAIL,
    MANAGER,
    NAME,
    PARTNER,
    PERSON,
    SHEET_ID,
    TEAM,
    TRIAL,
    WHOM,
    layer_of,
    topic_of,
)

SHOWN, SHOWN_LENGTH = 3, 60  # answers shown of an item, and characters of each
MOST_WORDS = 4  # of an answer that may be an option
FITTING = 0.9  # share of answers that must be those of one of our own questions
ENOUGH_PEOPLE = 10  # answers below which a correlation says nothing about keying
SALIENT = 0.5  # of the largest loading: an item that has something to do with what a battery has in common
AGAINST_ONE = -0.3  # with one other, where nothing says that they measure one thing
AGAINST = -0.2  # correlation with the rest of its battery at which an item seems worded the other way
LOOKS_LIKE_NAMES = 0.8  # share of a column's pieces that are shaped like names
IN_ORDER = re.compile(
    r"\b(?:level|grade|rank|seniority|how (?:often|much|well|far|satisfied|important)|stufe|ebene"
    r"|wie (?:oft|sehr|gut|viel)"
    r"|niveau|nivel|livello|grado|niva|poziom|a quelle frequence"
    r"|con que frecuencia|con che frequenza|com que frequencia"
    r"|hoe vaak|hur ofta|hvor ofte|jak czesto)\b"
)
YEARS = re.compile(r"\b(?:years|jahren?|annees|anos|anni|jaar|jaren|ar|lat|lata)\b")
WITH_ENDS = re.compile(r"[^?\s]\s*\(\s*[01]\s*(?:[-–—]|to|bis|à|a)\s*(?:[4-9]|10)\s*\)\s*$")  # "Likes change (1-5)"
ROLE_TOPICS = ("never_with", "opted_out", "takes_part", "capacity", "hours")
GENERIC = ("q", "v", "s", "item", "var", "frage", "question", "qid", "x", "col", "column", "f", "statement")
OUTLOOK = "is this part of people's outlook, and are the statements like it? If not, change the block"
NAMES_SOMEBODY = "does this name colleagues? Then write tie and its layer, or constraint and never_with; else ignore"
NO_RATING = (
    "from which answer on is it a tie? Nothing tells their order: write ordinal, and them under categories from lowest "
    "to highest. Write the lowest that is one under at_least"
)
NO_LAYER = (
    "nothing says on which layer, and no tie is read; add a column called such as trust, with 1 in each row, or save "
    "the list as ties.csv, with the headings ego, alter and layer, in a folder with survey.csv"
)
SEVERAL_OF_EACH = (
    "each cell can hold several answers about a colleague, and none of them is read; make a column for each answer, "
    "with 1 or 0 in it"
)
WHO_TAKES_PART = (
    "does this say who takes part? Then write constraint, binary, takes_part, and under categories the answer that "
    "says no before the one that says yes; else ignore"
)
# What settles a mark, by words of it: whoever has done so need not empty the cell as well.
SETTLED: Mapping[str, Callable[[Item], bool]] = {
    NOT_IN_ORDER: lambda item: item.kind == "ordinal",
    COMMAS: lambda item: bool(item.categories),
    "reverse is yes, and r becomes": lambda item: item.reverse,
    "Write the lowest that is one under at_least": lambda item: item.at_least is not None,
    "what is it used for?": lambda item: bool(item.block),
    "does this say who takes part?": lambda item: bool(item.block),
    "does this name colleagues?": lambda item: item.block not in ("", "ignore"),
    "write it under missing": lambda item: bool(item.missing),
    "write them under missing": lambda item: bool(item.missing),
}


def is_open(row: ItemRow) -> bool:
    """Whether a row is marked, and what its mark asks for has not been done."""
    asked = [is_done for words, is_done in SETTLED.items() if words in row.look]
    return bool(row.look) and not (asked and all(is_done(row.item) for is_done in asked))


@dataclass(frozen=True)
class Guess:
    """What one column or question is taken for: properties of its item, why, and what needs a look."""

    item: Item
    because: str
    looks: tuple[str, ...] = ()

    def row(self, answers: str) -> ItemRow:
        """The row of the sheet."""
        return ItemRow(self.item, answers, self.because, "; ".join(dict.fromkeys(self.looks)))


def guessed_rows(export: Export) -> tuple[ItemRow, ...]:
    """One row per item, in the order of the export."""
    drafter = _Drafter(export)
    guesses = [(unit, drafter.guess(unit)) for unit in drafter.units()]
    return tuple(guess.row(_first_answers(unit)) for unit, guess in drafter.keyed(guesses))


@dataclass(frozen=True, eq=False)
class _Unit:
    """What becomes one item: a column, or the columns of a question that belong together."""

    name: str
    wording: str
    columns: tuple[Column, ...]
    cells: pd.DataFrame
    of_colleagues: bool = False
    repeated: bool = False

    @cached_property
    def is_group(self) -> bool:
        return self.name not in {column.name for column in self.columns}

    @cached_property
    def counts(self) -> dict[str, int]:
        """How often each answer was given, in all columns together."""
        found: dict[str, int] = {}
        for column in self.columns:
            for label, times in counted(column, self.cells[column.name]).items():
                found[label] = found.get(label, 0) + times
        return found

    @property
    def kinds(self) -> set[str]:
        return {column.kind for column in self.columns}

    @property
    def asked(self) -> str:
        """The name and the wording, to look for words in."""
        return f"{self.name} {self.wording}" if plain(self.name) != plain(self.wording) else self.wording


class _Drafter:
    """Guesses for one export."""

    def __init__(self, export: Export) -> None:
        self._seen: dict[_Unit, Measured] = {}
        self.identity = identity_columns(export)
        told = [name for column in self.identity for name in export.cells[column]]
        told += people_told(export.people)
        self.export = export = with_columns_of_people(export, {name.casefold() for name in told})
        self.told = self.known = KnownPeople(told)
        offered = [c for own in export.groups.values() if are_colleagues(self.known, own) for c in own]
        self.known = KnownPeople([*told, *(c.part for c in offered if not is_nobody(c.part))])
        self.scales = [labels for column in export.columns if (labels := self._scale_labels(column))]

    def _scale_labels(self, column: Column) -> frozenset[str]:
        """The labels found in a column, where they are points of a scale in words."""
        cells = self.export.cells[column.name]
        if column.labels or column.kind in ("about", "tick", "name", "text", "date"):
            return frozenset()
        labels = tuple(cells[cells != ""].unique()[:20].tolist())
        scale = label_scale(labels) if len(labels) < 12 else None
        return frozenset(labels) if scale is not None and scale.family not in ("numbers", "ranges") else frozenset()

    def units(self) -> Iterator[_Unit]:
        """The columns and groups of columns in order; below people's answers one of each name."""
        done: set[str] = set()
        for column in self.export.columns:
            if column.group in done:
                continue
            together = self._together(column.group) if column.group else None
            if together is None:
                yield self._alone(column)
            else:
                done.add(column.group)
                yield together
                taken = {c.name for c in together.columns}
                yield from (self._alone(c) for c in self.export.groups[column.group] if c.name not in taken)
        yield from self._on_the_list()
        below: dict[str, list[tuple[Column, pd.Series[str]]]] = {}
        for rows in self.export.repeats:
            for column in rows.columns:
                if column.name not in {*self.export.cells, *self.export.groups}:
                    below.setdefault(column.name, []).append((column, rows.cells[column.name]))
        for name, found in below.items():
            column = next((c for c, _ in found if c.kind != "about"), found[0][0])
            cells = pd.concat([cells for _, cells in found], ignore_index=True).to_frame()
            yield _Unit(name, column.wording or column.part or name, (column,), cells, repeated=True)

    def _on_the_list(self) -> Iterator[_Unit]:
        """Team and manager of everybody, where the list of everybody says them and people were not asked."""
        asked = [plain(said) for c in self.export.columns for said in (c.name, c.wording)]
        for told in (TEAM, MANAGER):
            names = [str(name) for name in self.export.people if told.fullmatch(plain(str(name)))]
            if names and names[0] not in self.export.cells and not any(map(told.fullmatch, asked)):
                yield _Unit(names[0], names[0], (Column(names[0], names[0]),), self.export.people[names[:1]])

    @cached_property
    def _places(self) -> dict[str, list[str]]:
        """Where the columns of each name stand: among people's own answers, and in which rows below them."""
        own = [column for column in self.export.columns if column.kind != "about"]
        found = {name: ["people's own answers"] for column in own for name in (column.name, column.group)}
        for rows in self.export.repeats:
            for column in rows.columns:
                if column.kind != "about":
                    found.setdefault(column.name, []).append(f"the rows of {rows.name!r}")
        return found

    @cached_property
    def _of_ties(self) -> set[str]:
        """The columns of a list of ties that say who is meant and what of: those that differ between a person's rows.

        It is one where a column is headed as a colleague and names people, and no person has two rows about one.
        """
        own = next((name for name, (block, *_) in self.identity.items() if block == "person"), "")
        alter = next((c.name for c in self.export.columns if c.name != own and ALTER.fullmatch(plain(c.name))), "")
        cells = self.export.cells
        again = cells.duplicated(own) if own and alter else pd.Series(dtype=bool)
        if not again.any() or cells.duplicated([own, alter]).any():
            return set()
        by_name = self.known.share(cells[alter].unique().tolist()[:MOST_CELLS])
        if max(by_name, cells[alter].isin(cells[own]).mean()) < OF_ROSTER:
            return set()
        return {alter, *(name for name in map(str, cells) if not again.equals(cells.duplicated([own, name])))} - {
            *self.identity
        }

    def _alone(self, column: Column) -> _Unit:
        asks_by_part = column.part and column.group and column.kind not in ("tick", "name", "rank")
        wording, cells = column.part if asks_by_part else column.wording, self.export.cells[[column.name]]
        of_ties = column.name in self._of_ties
        return _Unit(column.name, wording or column.wording, (column,), cells, repeated=of_ties)

    def _together(self, group: str) -> _Unit | None:
        """The columns of a question that are one item: colleagues, ticks, names typed."""
        columns = self.export.groups[group]
        if group in self.export.cells and len(columns) == 1:
            return None
        own = tuple(c for c in columns if c.kind not in ("text", "about") or not c.part)
        colleagues = are_colleagues(self.known, own)
        ticks = tuple(c for c in columns if c.kind == "tick")
        names = tuple(c for c in columns if c.kind == "name") or self._typed_names(own)
        taken = own if colleagues else ticks or names
        if not taken or group in self.export.cells:
            return None
        wording = taken[0].group_wording or ("" if taken[0].wording == taken[0].part else taken[0].wording)
        cells = self.export.cells[[c.name for c in taken]]
        return _Unit(group, wording, taken, cells, of_colleagues=colleagues or bool(names))

    def _typed_names(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        """The columns, as places to type a name into, where each holds names of people of the survey."""
        answers = [self.export.cells[column.name].unique()[:MOST_CELLS] for column in columns]
        given = [[cell for cell in cells if cell] for cells in answers]
        free = all(column.kind in ("", "text", "choice") and not column.labels for column in columns)
        several = free and len(columns) > 1 and any(len(cells) > 1 for cells in given)
        if not several or any(cells and self.known.share(cells) < NAMED for cells in given):
            return ()
        return tuple(replace(column, kind="name") for column in columns)

    def guess(self, unit: _Unit) -> Guess:
        """The first guess that something speaks for."""
        ways = (
            self._by_tool,
            self._by_identity,
            self._by_definition,
            self._by_standard,
            self._by_colleagues,
            self._by_names,
            self._by_constraint,
            self._by_topic,
            self._by_statement,
            self._unclassified,
        )
        guess = next(found for way in ways if (found := way(unit)) is not None)
        if len(places := self._places.get(unit.name, ())) > 1:
            look = f"stands in {listed(places)}, and one row describes both; give one of them another heading"
            guess = replace(guess, looks=(*guess.looks, look))
        wrong = [] if guess.item.block == "tie" else [*item_problems(guess.item)]
        if guess.item.block and wrong:
            return replace(guess, item=replace(guess.item, block=""), looks=(*guess.looks, wrong[0]))
        return guess

    def _item(self, unit: _Unit, block: str, **properties: Any) -> Item:  # noqa: ANN401 - whatever an item has
        return Item(**{"kind": "text", **properties, "name": unit.name, "block": block, "label": unit.wording})

    def _measured(self, unit: _Unit) -> Measured:
        """How a unit was measured, worked out once."""
        if unit not in self._seen:
            self._seen[unit] = self._measure(unit)
        return self._seen[unit]

    def _measure(self, unit: _Unit) -> Measured:
        column = unit.columns[0]
        if unit.is_group and "tick" in unit.kinds:
            return Measured("multiple", f"{len(unit.columns)} options to tick")
        labels = frozenset(unit.counts)
        alike = sorted({x for other in self.scales if len(other & labels) >= 2 for x in other} - labels)
        return measured(
            column, unit.counts, alike=alike, reach=self._reaches.get(column.group) if column.group else None
        )

    @cached_property
    def _reaches(self) -> dict[str, tuple[float, float]]:
        """The lowest and highest whole number up to 10 in each battery."""
        found = {}
        for group, columns in self.export.groups.items():
            cells = pd.unique(self.export.cells[[c.name for c in columns]].to_numpy().ravel())
            numbers = [number for cell in cells[:50] if (number := plain_number(str(cell))) is not None]
            small = [number for number in numbers if abs(number) <= 10 and number == int(number)]
            mirrored = [number for number in small if number >= 0 or -number <= max(small)]
            if mirrored:
                found[group] = (min(mirrored), max(mirrored))
        return found

    def _by_tool(self, unit: _Unit) -> Guess | None:
        if unit.kinds == {"about"} and unit.name not in self.identity:
            return Guess(self._item(unit, "ignore"), "the tool notes it by itself")
        if not unit.is_group and unit.name not in self.identity and ABOUT.fullmatch(plain(unit.name)):
            return Guess(self._item(unit, "ignore"), "forms and tools note it by themselves")
        return None

    def _by_identity(self, unit: _Unit) -> Guess | None:
        if unit.name in self.identity:
            block, because, looks = self.identity[unit.name]
            odd = [name for name in unit.counts if TRIAL.fullmatch(plain(name))]
            odd += [name for name in self._remarks(unit) if name not in odd]
            if odd:
                counts = "counts as a person; if it is" if len(odd) == 1 else "count as people; if they are"
                looks = (*looks, f"{listed_few([*map(repr, odd)])} {counts} a trial, a total or a note, delete its row")
            return Guess(self._item(unit, block), because, looks)
        heading = plain(unit.name), plain(unit.wording)
        if unit.repeated or unit.is_group:
            return None
        if any(map(MAIL.fullmatch, heading)):
            return Guess(self._item(unit, "ignore"), "an e-mail address, and something else says who answered")
        if any(map(MANAGER.fullmatch, heading)):
            return Guess(self._item(unit, "manager"), "its heading says manager")
        if any(map(TEAM.fullmatch, heading)) and unit.counts:
            return Guess(self._item(unit, "team", kind="nominal"), "its heading says team or department")
        if any(said.fullmatch(told) for said in (FIRST_NAME, LAST_NAME) for told in heading):
            return Guess(self._item(unit, "ignore"), "a part of people's names")
        if any(map(SHEET_ID.fullmatch, heading)):
            return Guess(self._item(unit, "ignore"), "numbers the sheets, and something else says who answered")
        if any(map(NAME.fullmatch, heading)) or any(map(PERSON.fullmatch, heading)):
            return Guess(self._item(unit, "ignore"), "a name or identifier, and something else says who answered")
        return None

    def _remarks(self, unit: _Unit) -> list[str]:
        """What stands alone in its row where an identifier should, and is a sentence or begins with a mark."""
        cells = self.export.cells
        alone = cells.loc[(cells != "").sum(axis=1) == 1, unit.name]
        return [cell for cell in alone.tolist() if len(cell.split()) > MOST_WORDS or cell.startswith(("*", "#", "("))]

    def _by_definition(self, unit: _Unit) -> Guess | None:
        said = dict(unit.columns[0].properties)
        if not said.get("block"):
            return None
        usual = usual_kind(str(said["block"]), str(said.get("role") or "")) or self._measured(unit).kind or "text"
        known = {f.name for f in fields(Item)} - {"name", "label", "block"}
        told = {key: tuple(value) if isinstance(value, list) else value for key, value in said.items() if key in known}
        measures = self._as_ordered(unit, told) if "kind" in told else self._measured(unit).properties | {"kind": usual}
        return Guess(self._item(unit, str(said["block"]), **{**measures, **told}), "the questionnaire says so")

    def _as_ordered(self, unit: _Unit, told: Mapping[str, object]) -> dict[str, Any]:
        """The points of an item of which the definition says that it is ordinal, and not where it begins and ends."""
        if told["kind"] != "ordinal" or {"low", "high", "categories"} & set(told):
            return {}
        own, found, labels = standard_item(unit.name, unit.wording), self._measured(unit), unit.columns[0].labels
        if own is not None and own.kind == "ordinal" and _fits(own, unit):
            return {"low": own.low, "high": own.high, "categories": own.categories}
        if found.kind == "ordinal":
            return {"low": found.low, "high": found.high, "categories": found.categories}
        return {"categories": tuple(labels.values())}  # the questionnaire lists the answers in their order

    def _by_standard(self, unit: _Unit) -> Guess | None:
        item = standard_item(unit.name, unit.wording) or standard_item(wording=unit.wording)
        if item is None or item.block in ("person", "name"):
            return None
        item, because = _as_written(item, unit), f"peernet's own question {item.name!r}"
        if item.block == "tie":
            return self._own_tie(unit, item, because)
        own, found = replace(item, name=unit.name, label=unit.wording), self._measured(unit)
        if _fits(item, unit):
            return Guess(replace(own, separator=found.separator) if item.kind == "multiple" else own, because)
        if plain(unit.name) == plain(unit.wording) or not unit.wording:
            return None  # a word such as "level", with other answers than ours
        points = item.limits and len(found.categories) == item.limits[1] - item.limits[0] + 1
        strange = () if points else (f"the question is peernet's {item.name!r}, the answers are others",)
        looks = (*strange, *found.looks)
        changed = replace(own, **found.properties) if found.kind else own
        return Guess(changed if not [*item_problems(changed)] else replace(changed, reverse=False), because, looks)

    def _own_tie(self, unit: _Unit, item: Item, because: str) -> Guess:
        """One of peernet's own tie questions, whose scale is known where people are rated on it."""
        guess = self._tie(unit, item.layer or unit.name, because)
        scaled, words = rated(item)
        points = {str(point) for point in range(len(words))}
        said = {label.casefold() for label in unit.counts}
        if guess.item.kind != "ordinal" or not (said <= points or said <= {word.casefold() for word in words}):
            return guess
        if len(words) > 2 and guess.item.high == 1 and said == {"0", "1"}:
            top = f"{len(words) - 1} ({words[-1]})"
            look = (
                f"is 1 a yes here? It counts as one; if people could rate up to {top}, write that as high and at_least"
            )
            return replace(guess, looks=(*guess.looks, look))
        scaled = replace(scaled, name=unit.name, label=unit.wording)
        if not said <= points:
            scaled = replace(scaled, low=None, high=None, categories=words, at_least=words[int(scaled.threshold or 0)])
        return Guess(scaled, because)

    def _by_colleagues(self, unit: _Unit) -> Guess | None:
        if unit.repeated:
            return self._repeated(unit)
        if not unit.of_colleagues:
            return None
        if unit.kinds == {"rank"} or (unit.is_group and are_ranks(unit.cells)):
            look = "ranks of colleagues are not used; if nothing else says whom people chose, ask for the ticks"
            return Guess(self._item(unit, "ignore"), "ranks of colleagues", (look,))
        hits = sum(is_among(self.told, column) or self.told.means_one(column.part) for column in unit.columns)
        because = f"{hits} of its {len(unit.columns)} columns are people who answered or were invited"
        if not hits:
            because = f"its {len(unit.columns)} columns are people whom another question offers with those who answered"
        if "name" in unit.kinds:
            because = f"{len(unit.columns)} columns to type a name into"
        if (topic := topic_of(unit.asked)) and topic[0] == "never_with":
            return Guess(self._item(unit, "constraint", role="never_with"), f"{because}; {topic[1]!r}")
        return self._named_tie(unit, because)

    def _named_tie(self, unit: _Unit, because: str) -> Guess:
        ticks = unit.is_group and "tick" not in unit.kinds
        ticked = [*unit.counts] if ticks and len(unit.counts) == 1 else []  # what is ticked may say the layer
        found = layer_of(" ".join(ticked)) or layer_of(unit.wording) or layer_of(unit.name)
        if found:
            return self._tie(unit, found[0], f"{because}; {found[1]!r}")
        layer = "_".join(plain(unit.wording or unit.name).split()[:3]) or "named"
        look = "which layer is it: works_with, advice, trust, respect, candour, or another word?"
        guess = self._tie(unit, layer, because)
        return replace(guess, looks=(*guess.looks, look))

    def _tie(self, unit: _Unit, layer: str, because: str) -> Guess:
        """A tie item: named, ticked, or rated from a threshold that only somebody who knows the question can tell."""
        if "tick" in unit.kinds or (unit.is_group and len(unit.counts) <= 1):
            return Guess(self._item(unit, "tie", kind="multiple", layer=layer), because)
        if len(unit.counts) == 2 and unit.is_group and all(says_ticked(x) or says_not_ticked(x) for x in unit.counts):
            return self._ticked_in_words(unit, layer, because)
        found = self._measured(unit) if unit.is_group or unit.repeated else Measured("text", "")
        if found.kind == "nominal" and unit.is_group and len(found.categories) > 1:
            said = tuple(label for label in found.categories if not is_unsaid(label))
            found = replace(found, kind="ordinal", categories=said, because="answers in the order of the tool's codes")
        if found.kind not in ("ordinal", "numeric", "binary"):
            rated = unit.of_colleagues and "name" not in unit.kinds
            looks = (SEVERAL_OF_EACH if found.kind == "multiple" else NO_RATING,) if rated else ()
            return Guess(self._item(unit, "tie", layer=layer), because, looks)
        scale = {key: value for key, value in found.properties.items() if key != "kind"}
        if found.kind == "numeric":
            numbers = [number for label in unit.counts if (number := plain_number(label)) is not None]
            scale |= {"low": min(numbers, default=0), "high": max(numbers, default=1)}
        if found.kind == "binary":
            return self._ticked_in_words(unit, layer, because)
        item = self._item(unit, "tie", kind="ordinal", layer=layer, **scale)
        points = listed([repr(x) for x in item.categories]) if item.categories else item.rating_scale
        look = f"from which rating on is it a tie? Write the lowest that is one under at_least; ratings are {points}"
        others = [seen for seen in _but_ends(found.looks) if not seen.startswith(UNSAID)]  # which is no tie anyway
        return Guess(item, f"{because}; {found.because}", (look, *others))

    def _ticked_in_words(self, unit: _Unit, layer: str, because: str) -> Guess:
        """Yes or no for each colleague: yes is a tie."""
        scale, order = label_scale([*unit.counts]), sorted(unit.counts, key=says_ticked)
        if scale is not None and scale.family == "yes or no":
            order = [*scale.order]
        if len(order) != 2 or any(plain_number(label) is not None for label in order):
            item = self._item(unit, "tie", kind="ordinal", layer=layer, low=0, high=1, at_least=1)
            return Guess(item, f"{because}; 0 or 1 for each")
        item = self._item(unit, "tie", kind="ordinal", layer=layer, categories=(*order,), at_least=order[-1])
        return Guess(item, f"{because}; yes or no for each")

    def _repeated(self, unit: _Unit) -> Guess | None:
        """A column of rows below people's answers: the colleague, or what is said of them."""
        share = self.known.share([*unit.counts][:MOST_CELLS])
        if (
            unit.kinds & {"name", "person"}
            or share >= NAMED
            or (unit.name in self._of_ties and ALTER.fullmatch(plain(unit.name)))
        ):
            return Guess(self._item(unit, "alter"), "its cells name people of the survey")
        if (found := layer_of(unit.asked)) is not None:
            return self._tie(unit, found[0], f"said of each colleague; {found[1]!r}")
        return None

    def _by_names(self, unit: _Unit) -> Guess | None:
        """A column whose cells hold names of people of the survey."""
        topic = topic_of(unit.asked)
        about_names = bool(WHOM.search(plain(unit.wording))) and layer_of(unit.asked) is not None
        if unit.is_group or not unit.counts or (unit.kinds & {"number", "date", "tick", "rank"}):
            return None
        said = [label for label in unit.counts if not is_unsaid(label)]
        numbers = sum(plain_number(label) is not None for label in said)
        if said and numbers >= MOSTLY * len(said) and YEARS.search(plain(unit.asked)):
            return None
        if said and numbers >= MOSTLY * len(said) and not (layer_of(unit.asked) and self.known.keys & set(unit.counts)):
            return None
        share = self.known.share([*unit.counts][:MOST_CELLS])
        typed = [name for cell in [*unit.counts][:MOST_CELLS] for name in name_pieces(cell)]
        look_like = sum(bool(re.fullmatch(r"(?:[^\W\d_][\w'’.-]*[ ,]+){1,3}[^\W\d_][\w'’.-]*", name)) for name in typed)
        alike = look_like / max(len(typed), 1) if len(unit.counts) > 1 else 0.0
        typed_in = unit.kinds != {"choice"}  # options may look like names and be none
        as_asked = typed_in and about_names and alike >= NAMED
        by_look = typed_in and layer_of(unit.name) is not None and alike >= LOOKS_LIKE_NAMES
        if share < NAMED and not as_asked and not by_look:
            return None
        because = f"{share:.0%} of its cells' names are people of the survey"
        if share < NAMED:
            because = "asks for names" if as_asked else "its cells look like names"
        if topic and topic[0] == "never_with":
            return Guess(self._item(unit, "constraint", role="never_with"), f"{because}; {topic[1]!r}")
        if found := PARTNER.search(plain(unit.asked)):
            return Guess(self._item(unit, "partner"), f"{because}; {found[0]!r}")
        if re.search(MANAGER.pattern, plain(unit.name)) and not WHOM.search(plain(unit.wording)):
            return Guess(self._item(unit, "manager"), because)
        separated = sum("," in cell and ";" not in cell for cell in unit.counts) > len(unit.counts) / 2
        guess = self._named_tie(unit, because)
        return guess if not separated else replace(guess, item=replace(guess.item, separator=";"))

    def _by_constraint(self, unit: _Unit) -> Guess | None:
        topic = topic_of(unit.asked)
        if topic is None or topic[0] not in ROLE_TOPICS:
            return None
        role, because, found = topic[0], f"the words {topic[1]!r}", self._measured(unit)
        fits = {
            "never_with": found.kind in ("", "text", "nominal", "multiple"),
            "opted_out": found.kind == "binary" or _says_no_and_yes(found),
            "takes_part": found.kind == "binary" or _says_no_and_yes(found),
            "capacity": found.kind in ("numeric", "ordinal") and not found.categories,
            "hours": found.kind in ("numeric", "ordinal"),
        }
        if not fits[role]:
            if role in TAKING_PART and found.kind:
                return Guess(self._item(unit, "", kind=found.kind), because, (WHO_TAKES_PART,))
            return None
        if role in TAKING_PART and found.kind != "binary":
            no, yes = found.categories
            look = f"here {no!r} is taken for no and {yes!r} for yes; is that right?"
            item = self._item(unit, "constraint", kind="binary", role=role, categories=(no, yes))
            return Guess(item, f"{because}; {found.because}", (look,))
        kind = {"never_with": "text", "capacity": "numeric"}.get(role, found.kind)
        ends: dict[str, Any] = {"low": 0} if role == "capacity" else {}
        properties = found.properties | {"kind": kind, **ends} if role != "never_with" else {"kind": kind}
        properties = {key: value for key, value in properties.items() if not (role == "capacity" and key == "high")}
        looks = _but_ends(found.looks) if role == "capacity" else found.looks
        return Guess(self._item(unit, "constraint", role=role, **properties), because, looks)

    def _by_topic(self, unit: _Unit) -> Guess | None:
        if COMMENT.search(plain(unit.asked)) and self._measured(unit).kind in ("text", "nominal", "multiple", ""):
            return Guess(self._item(unit, "ignore"), "a comment in people's own words")
        topic, found = topic_of(unit.asked), self._measured(unit)
        if topic is None or topic[0] in ROLE_TOPICS or found.kind in ("", "text"):
            return None
        block, words = topic
        if self._is_statement(unit, found) and block not in ("climate", "outcome", "protected", "goal"):
            return None
        because, looks = f"the words {words!r}; {found.because}", found.looks
        properties = found.properties
        if block in ("offers", "seeks") and found.kind != "multiple":
            return None
        if block in ("climate", "outcome") and found.kind not in ("ordinal", "numeric", "binary"):
            return None
        if block == "climate" and found.kind == "binary":
            return None
        if (
            found.kind == "ordinal"
            and not found.categories
            and YEARS.search(plain(unit.asked))
            and block == "experience"
        ):
            properties, looks = {"kind": "numeric", "low": 0, "missing": found.missing}, _but_ends(looks)
        if found.kind == "nominal" and IN_ORDER.search(plain(unit.asked)):
            looks = (*looks, NOT_IN_ORDER)
        return Guess(self._item(unit, block, **properties), because, looks)

    @staticmethod
    def _is_statement(unit: _Unit, found: Measured) -> bool:
        """Whether people say how far they agree with a statement."""
        words, wording = found.family == "agreement", re.sub(r"\s*\([^()]*\)\W*$", "", unit.wording)
        worded = len(wording.split()) > 3 and not wording.endswith("?") and found.low is not None
        return found.kind == "ordinal" and (words or worded)

    def _by_statement(self, unit: _Unit) -> Guess | None:
        found = self._measured(unit)
        if not self._is_statement(unit, found) and not (found.kind == "ordinal" and WITH_ENDS.search(unit.wording)):
            return None
        topic = topic_of(unit.asked)
        because = f"how far people agree with a statement; {found.because}"
        looks = found.looks
        if topic is None or topic[0] != "perspective":
            looks = (*looks, OUTLOOK)
        return Guess(self._item(unit, "perspective", **found.properties), because, looks)

    def _unclassified(self, unit: _Unit) -> Guess:
        found = self._measured(unit)
        if found.kind == "":
            return Guess(self._item(unit, "ignore"), found.because)
        if found.kind == "text":
            topic = topic_of(unit.asked)
            short = max(len(label.split()) for label in unit.counts) <= MOST_WORDS
            looks: tuple[str, ...] = ()
            if WHOM.search(plain(unit.wording)) and not COMMENT.search(plain(unit.asked)):
                looks = (NAMES_SOMEBODY,)
            elif topic is not None and topic[0] in ("offers", "seeks"):
                looks = ("are these several answers in a cell? Then write the block, multiple and the separator",)
            elif topic is not None and short:
                looks = (f"no answer is common, so it is not used; is it {topic[0]}? Then write that, and nominal",)
            return Guess(self._item(unit, "ignore"), f"people's own words: {found.because}", looks)
        look = "what is it used for? Nothing tells; it is not used until it has a block"
        return Guess(self._item(unit, "", **found.properties), found.because, (look, *found.looks))

    def keyed(self, guesses: Sequence[tuple[_Unit, Guess]]) -> list[tuple[_Unit, Guess]]:
        """The guesses with the scales that names tell, one look a battery, and items that run against theirs."""
        guesses = _with_colleague(_one_of_each(guesses))
        scales = _scales_by_name([guess.item for _, guess in guesses])
        scaled = [
            (unit, replace(guess, item=replace(guess.item, scale=scales.get(guess.item.name, guess.item.scale))))
            for unit, guess in guesses
        ]
        against = self._against(scaled)
        told: set[tuple[str, str]] = set()
        keyed = []
        for unit, guess in scaled:
            battery = unit.columns[0].group or guess.item.scale or ""
            once = bool(battery) and guess.item.block != "tie"  # each question about colleagues has a threshold
            looks = tuple(look for look in guess.looks if (battery, look) not in told or not (once or look == OUTLOOK))
            told |= {(battery, look) for look in guess.looks}
            looks += (against[unit.name],) if unit.name in against else ()
            keyed.append((unit, replace(guess, looks=looks)))
        return keyed

    def _against(self, guesses: Sequence[tuple[_Unit, Guess]]) -> dict[str, str]:
        """By item, that its answers run against the rest of its scale or battery, and what turning it would change."""
        batteries: dict[str, list[tuple[str, pd.Series[float]]]] = {}
        run = 0
        before: tuple[object, ...] = ()
        for unit, guess in guesses:
            item = guess.item
            asked = item.block if item.kind == "ordinal" and not unit.is_group else "nothing"
            run += before != (asked, item.categories, item.limits)
            before = (asked, item.categories, item.limits)
            if asked in ("perspective", "climate", ""):
                battery = item.scale or unit.columns[0].group or f"questions in a row {run}"
                batteries.setdefault(battery, []).append((item.name, _as_points(item, unit)))
        told: dict[str, str] = {}
        for members in batteries.values():
            if len(members) > 2:
                told |= _running_against(pd.DataFrame(dict(members)))
        return told


def _one_of_each(guesses: Sequence[tuple[_Unit, Guess]]) -> list[tuple[_Unit, Guess]]:
    """The guesses, of what one column alone can be (the team, who takes part) only the first; the others are marked."""
    first: dict[str, str] = {}
    layers: dict[str | None, str] = {}
    kept = []
    for unit, guess in guesses:
        item, key = guess.item, _place_of(guess.item)
        if key is not None and key in first:
            look = f"{first[key]!r} is taken for this already ({key}); which one is it?"
            decides = (WHO_TAKES_PART,) if item.role in TAKING_PART else ()
            guess = replace(guess, item=replace(item, block=""), looks=(*guess.looks, look, *decides))
        elif key is not None:
            first[key] = item.name
        if item.block == "tie" and item.layer in layers:
            look = f"{layers[item.layer]!r} has layer {item.layer!r} as well, and the ties of both count as one layer"
            guess = replace(guess, looks=(*guess.looks, look))
        elif item.block == "tie":
            layers[item.layer] = item.name
        kept.append((unit, guess))
    return kept


def _with_colleague(guesses: Sequence[tuple[_Unit, Guess]]) -> list[tuple[_Unit, Guess]]:
    """The guesses, of rows below people's answers that rate colleagues and do not say whom the first tie marked."""
    below = [(unit, guess.item.block) for unit, guess in guesses if unit.repeated]
    groups = [unit.columns[0].group for unit, block in below if block == "alter"]
    lacking = {unit.columns[0].group: unit for unit, block in reversed(below) if block == "tie"}
    marked = [unit for group, unit in lacking.items() if group not in groups]
    look = "which column of these rows says which colleague? Write alter in its row, or no tie is read"
    guesses = [(u, replace(guess, looks=(*guess.looks, look)) if u in marked else guess) for u, guess in guesses]
    lost = [unit for unit, block in below if block == "alter" and not any(g.item.block == "tie" for _, g in guesses)]
    return [(u, replace(guess, looks=(*guess.looks, NO_LAYER)) if u in lost else guess) for u, guess in guesses]


def _place_of(item: Item) -> str | None:
    """What an item is that only one can be; None of those of which there may be many."""
    if item.block in ("person", "name", "team", "manager"):
        return item.block
    if item.block == "constraint":
        return "who takes part" if item.role in TAKING_PART else item.role
    return f"{item.measure or item.name}, wave {item.wave or 1}" if item.block == "outcome" else None


def is_none(label: str) -> bool:
    """Whether an option says that none of the others is meant."""
    return label.casefold() in ("none", NONE_OF_THESE.casefold())


def _says_no_and_yes(found: Measured) -> bool:
    """Whether there are two answers, one that begins with no and one that begins with yes."""
    return found.family == "yes or no" and len(found.categories) == 2


def _but_ends(looks: tuple[str, ...]) -> tuple[str, ...]:
    """The looks without those about the ends of a scale, which a count or a number of years has not."""
    return tuple(look for look in looks if not look.startswith(ENDS))


def _as_written(item: Item, unit: _Unit) -> Item:
    """One of our own questions with its options as a form's codes have them, where the answers are such codes."""
    codes = {re.sub(r"\W+", "_", option.lower()).strip("_"): option for option in item.categories}
    coded = bool(unit.counts) and set(unit.counts) <= set(codes) and not set(unit.counts) <= set(item.categories)
    return replace(item, categories=tuple(codes)) if coded and not unit.columns[0].labels else item


def _fits(item: Item, unit: _Unit) -> bool:
    """Whether the answers are those of one of our own questions, but for a few; of a list to tick, the options."""
    known = {label.casefold() for label in item.categories}
    counts = dict.fromkeys((column.part for column in unit.columns), 1) if "tick" in unit.kinds else unit.counts
    codes = [plain_number(code) for column in unit.columns for code in column.labels]
    if item.is_numbered and item.limits and codes and all(code is not None for code in codes):
        low, high = item.limits
        return all(low <= code <= high for code in codes if code is not None)

    def is_one(label: str) -> bool:
        if item.kind == "multiple":
            return not known or any(option in label.casefold() for option in known) or is_none(label)
        if known:
            return label.casefold() in known
        if item.kind in ("binary", "asymmetric"):
            return yes_or_no(item, label) is not None
        return not item.is_numbered or holds_number(item, label)

    given = {label: times for label, times in counts.items() if not is_unsaid(label)}
    return sum(times for label, times in given.items() if is_one(label)) >= FITTING * sum(given.values())


def _running_against(points: pd.DataFrame) -> dict[str, str]:
    """Items that are answered against most of their battery, or against one item of it, and what turning would change.

    What most of a battery has in common is the first principal component of its answers; items on its other side, the
    fewer, or those not on the side of the first item, seem to be worded the other way.
    """
    told: dict[str, str] = {}
    centred = points - points.mean()
    sides = _sides(centred)
    one, other = (sides.index[sides > 0], sides.index[sides < 0])
    fewer, most = (one, other) if (len(one), sides.iloc[0] > 0) < (len(other), sides.iloc[0] < 0) else (other, one)
    for name in fewer:
        r, people = _correlation(centred[name], centred[most].mean(axis=1))
        if r <= AGAINST and r * people**0.5 <= -2:
            told[str(name)] = _against_words("most of its battery", r, people)
    apart = [str(name) for name in points if sides.get(name, 0) == 0]
    for first, second in combinations(apart, 2):
        r, people = _correlation(centred[first], centred[second])
        if r <= AGAINST_ONE and r * people**0.5 <= -3:
            told[second] = _against_words(repr(first), r, people)
    return told


def _sides(centred: pd.DataFrame) -> pd.Series[float]:
    """On which side of the first principal component each item lies: 1, -1, or 0 where it has little to do with it."""
    shares = centred.corr(min_periods=ENOUGH_PEOPLE).fillna(0.0).to_numpy()
    loadings = np.linalg.eigh(shares)[1][:, -1]
    salient = np.abs(loadings) >= SALIENT * np.abs(loadings).max()
    return pd.Series(np.where(salient, np.sign(loadings), 0.0), index=centred.columns)


def _against_words(others: str, r: float, people: int) -> str:
    turned = f"if it is worded the other way, reverse is yes, and r becomes {-r:.2f}"
    return f"answers run against {others} (r = {r:.2f}, {people} people); {turned}"


def _correlation(one: pd.Series[float], other: pd.Series[float]) -> tuple[float, int]:
    """Pearson's r over whoever answered both and how many that are; 0 where too few did, or all alike."""
    both = one.notna() & other.notna()
    left, right = one[both], other[both]
    if both.sum() < ENOUGH_PEOPLE or left.std() == 0 or right.std() == 0:
        return 0.0, int(both.sum())
    return float(np.corrcoef(left, right)[0, 1]), int(both.sum())


def _as_points(item: Item, unit: _Unit) -> pd.Series[float]:
    """The answers to an ordinal item as points, turned round where the item says so."""
    (column,) = unit.columns
    place = {label.casefold(): float(number) for number, label in enumerate(item.categories, start=1)}
    low, high = item.limits or (1.0, float(len(place)))

    def point(cell: str) -> float:
        label = column.labels.get(cell, cell)
        number = place.get(label.casefold()) if place else plain_number(re.sub(r"(?<=\d)\s*[-–=:(.].*", "", cell))
        if number is None or not low <= number <= high:
            return np.nan
        return low + high - number if item.reverse else number

    cells = unit.cells[column.name]
    read = {cell: point(cell) for cell in cells.unique()}
    return cells.map(read).astype(float)


def _scales_by_name(items: Sequence[Item]) -> dict[str, str]:
    """Scales that names tell: change_1, change_2 are of one scale; q1, q2 are not."""
    stems: dict[str, list[str]] = {}
    for item in items:
        found = re.fullmatch(r"([^\W\d].*?)[ _.-]?\d{1,2}", item.name)
        same = item.block in ("perspective", "climate") and item.kind == "ordinal"
        if found and same and item.scale is None and plain(found[1]) not in GENERIC:
            stems.setdefault(found[1], []).append(item.name)
    return {name: stem for stem, names in stems.items() if len(names) > 1 for name in names}


def _first_answers(unit: _Unit) -> str:
    """The first answers to an item, as they stand in the cells."""
    cells = unit.cells.to_numpy().ravel()
    found = dict.fromkeys(str(cell) for cell in cells[: 50 * max(1, unit.cells.shape[1])] if cell)
    shown = [x if len(x) <= SHOWN_LENGTH else f"{x[:SHOWN_LENGTH]}..." for x in list(found)[:SHOWN]]
    return " | ".join(shown)
