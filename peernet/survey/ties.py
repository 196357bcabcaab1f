"""Ties of a tie file and of the survey together, and what a row of them says: a tie, none, or nothing that is known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isnan, nan
from typing import TypeAlias

import numpy as np
import pandas as pd

from peernet.survey.answers import NO, YES, checked_number, given_cells
from peernet.survey.codebook import Codebook
from peernet.survey.files import TIE_COLUMNS, RawSurvey, TextTable
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.names import IDENTIFIER, is_no_answer, is_nobody
from peernet.survey.nominations import NameReader, Nominations, Tie, capped, has_scale, nominated_ties
from peernet.survey.numbers import may_part_thousands

NAMED, LOW, NOT_NAMED, UNKNOWN, NOT_ASKED = "named", "rated low", "not named", "unknown", "not asked"
NEITHER = "neither a tie nor a refusal until it is settled"
HOW_TO_DECLARE = (
    'give item {!r} its minimum and maximum, or its categories from lowest to highest, and "at_least" in the codebook'
)


# "I don't know this person" and its like, as a point of a scale. Bare "don't know" is no answer, as everywhere.
_WORDS = (
    r"(?:i |we )?(?:do not|don['’]?t) know (?:this|that|the|him|her|them|each other).*"
    r"|(?:i )?(?:have )?(?:never|not) met.*|(?:i )?haven['’]?t met.*"
    r"|(?:i am |i['’]m )?not (?:acquainted|familiar with (?:this|that|him|her|them)).*"
    r"|(?:ich )?kenne? .*\bnicht.*|(?:person |mir )?(?:ist )?(?:mir )?nicht bekannt"
    r"|(?:je )?(?:ne |n['’])?(?:la |le |l['’])?connais pas.*"
    r"|(?:yo )?no (?:la |lo |le )?conozco.*|(?:io )?non (?:la |lo )?conosco.*|(?:eu )?não (?:a |o )?conheço.*"
    r"|(?:deze (?:persoon|collega) )?(?:ik )?ken(?: ik)? .*niet.*|(?:deze (?:persoon|collega) )?ken ik niet"
    r"|(?:jag )?känner .*inte.*|(?:jeg )?k(?:ender|jenner) .*ikke.*|(?:ja )?nie znam.*"
)
NOT_MET = re.compile(_WORDS)
_POINT = re.compile(r"(?<![\d.,])(\d{1,2})\s*(?:=|:|[-–—])\s*([^,;()\d]+)")  # "0 = I don't know this person"


def has_not_met(item: Item, rating: str) -> bool:
    """Whether a rating says that the ego does not know the alter: a point of the scale, and no rating.

    Such a pair counts as *not asked* of this layer. The question is how far one relies on somebody, and for somebody
    one has not met it does not arise. No other state would be true of it. A rating of 0, or the lowest word, is an
    answer about trust, and one below the threshold refuses whoever knows the ego from their own side (the foundation
    is *refused*), so that people who simply have not met could never be introduced. *Unknown* would say that an
    answer is missing which was given. Not asked leaves the pair to what else is known, *introduced* where somebody
    both trust can do so, and the ego has answered.

    The point is told by its words, in the cell, or in the question's wording where that says what a number stands for.
    """
    said = rating.casefold().strip(" .!")
    if not said.isdigit():
        return is_not_met(said)
    return any(point == said and is_not_met(words) for point, words in _POINT.findall(item.label))


def is_not_met(words: str) -> bool:
    """Whether a point of a scale says that one does not know somebody."""
    return bool(NOT_MET.fullmatch(words.casefold().strip(" .!")))


def lowest_ratings(codebook: Codebook, ties: pd.DataFrame) -> dict[str, float]:
    """Lowest rating that is a tie, by layer; of several questions on one layer the lowest.

    Where the codebook does not say, whatever is above 0: 1 for plain nominations, less where a rating is less.
    """
    above = ties[ties["rating"] > 0]
    smallest = above.groupby("layer")["rating"].min().clip(upper=1.0).to_dict()
    said: dict[str, list[float]] = {layer: [] for layer in codebook.layers}
    for item in codebook.block("tie"):
        if item.threshold is not None:
            said[str(item.layer)].append(item.threshold)
    return {layer: float(min(values, default=smallest.get(layer, 1.0))) for layer, values in said.items()}


def tie_states(
    ties: pd.DataFrame, least: dict[str, float], corrected: pd.Series[float] | None = None
) -> pd.Series[str]:
    """What each row says; where ratings were ``corrected``, those are held against the threshold.

    A rating that is not known is neither a tie nor a refusal, and no correction makes a tie of a rating of 0.
    """
    given = ties["rating"].astype(float)
    rating = given if corrected is None else corrected.astype(float)
    lowest = ties["layer"].map(least).astype(float)  # of no ties at all the map would be text
    known = [~ties["asked"].astype(bool), given.isna() | rating.isna(), given <= 0, rating < lowest]
    states = np.select(known, [NOT_ASKED, UNKNOWN, NOT_NAMED, LOW], default=NAMED)
    return pd.Series(states, index=ties.index, dtype="str")


@dataclass(frozen=True)
class TieRow:
    """One row of the file, its cells as text, and where it stands."""

    cells: Mapping[str, str]
    item: Item
    file: str
    number: int
    rated: bool  # whether it holds a rating
    strangers: bool = False  # whether it says that the ego does not know the alter

    @property
    def where(self) -> str:
        """The row, as a message names it."""
        return f"row {self.number} of {self.file}"


Kept: TypeAlias = tuple[Tie, int, bool]  # a tie, the number of the row it stands in, whether that holds a rating


@dataclass
class ListedTies:
    """Reads the rows of a tie file: what each says, and of whom no more can be told.

    Parameters
    ----------
    items
        The tie items of the codebook by layer.
    rated
        Layers on which people were rated: a row without a rating says nothing there.
    reader
        Reads who is meant.
    decimal_comma
        Whether the file writes decimal commas, so that ``1.234`` is doubtful.
    """

    items: Mapping[str, Item]
    rated: frozenset[str]
    reader: NameReader
    decimal_comma: bool = False
    ties: dict[tuple[str, str, str], Kept] = field(default_factory=dict)
    spoke: set[tuple[str, str]] = field(default_factory=set)  # layer and ego of every row that says something
    unsettled: set[str] = field(default_factory=set)  # layers of which no rating says anything yet
    unread: list[tuple[str, str]] = field(default_factory=list)  # layer and ego of every row with an alter not read

    def read(self, row: TieRow) -> None:
        """Take in one row."""
        layer, lacking = str(row.item.layer), self._lacking(row)
        ego = None if "ego" in lacking else self._person(row, "ego", "")
        if ego is not None and is_nobody(row.cells["alter"]):
            if row.cells.get("asked", "").casefold() not in {"", *YES}:
                problem = f"{row.where}: names nobody, and asked is {row.cells['asked']!r}"
                self.reader.log.warning(problem, "row left out", item=row.item.name, person=ego)
                return
            if row.rated:
                problem = f"{row.where}: names nobody, and rates them {row.cells['rating']!r}"
                self.reader.log.warning(problem, "the rating is not used", item=row.item.name, person=ego)
            self.spoke.add((layer, ego))
            return
        named = row.cells["alter"]
        if ego is not None and named not in self.reader.book.names and self.reader.is_outside(named):
            self.spoke.add((layer, ego))
            return
        alter = None if "alter" in lacking else self._person(row, "alter", ego or "")
        if lacking:
            problem = f"{row.where} has no {' and no '.join(side + found for side, found in lacking.items())}"
            done = "row left out; add who is meant to use it"
            self.reader.log.error(problem, done, item=row.item.name, person=ego or "")
        if ego is not None and alter is None:
            self.unread.append((layer, ego))
        if ego is None or alter is None:
            return
        if ego == alter:
            self.spoke.add((layer, ego))
            problem = f"{row.where}: a tie to oneself"
            self.reader.log.note(problem, "left out", item=row.item.name, person=ego)
            return
        rating, asked = self._said(row, ego)
        if (asked and not isnan(rating)) or row.strangers:
            self.spoke.add((layer, ego))
        self._keep((ego, alter, layer, rating, asked), row)

    def _lacking(self, row: TieRow) -> dict[str, str]:
        """The ends of the tie that name nobody, with what stands there instead."""
        ends = {side: row.cells[side] for side in ("ego", "alter")}
        if all(typed in self.reader.book.names for typed in ends.values()):  # identifiers, as of most rows
            return {}
        return {
            side: f" ({typed!r} is no person)" if typed else ""
            for side, typed in ends.items()
            if not typed or self.reader.is_silence(typed, "") or (side == "ego" and is_nobody(typed))
        }

    def _person(self, row: TieRow, side: str, ego: str) -> str | None:
        return self.reader.person_meant(row.cells[side], row.item, ego=ego, where=f"{row.where}: ")

    def _keep(self, tie: Tie, row: TieRow) -> None:
        """Of repeated rows the last that holds a rating; what they disagree in is told."""
        kept = self.ties.get(tie[:3])
        if kept is not None and repr(kept[0]) == repr(tie):  # which holds of two unknown ratings as well
            problem = f"{row.where} says the same as row {kept[1]}"
            self.reader.log.note(problem, "counted once", item=row.item.name, person=tie[0])
        elif kept is not None:
            newest = kept[1] if isnan(tie[3]) else row.number
            problem = (
                f"tie to {tie[1]} is listed more than once in {row.file}: {_told(kept[0])} in row {kept[1]}, "
                f"{_told(tie)} in row {row.number}"
            )
            self.reader.log.warning(problem, f"kept row {newest}", item=row.item.name, person=tie[0])
        if kept is None or not isnan(tie[3]):
            self.ties[tie[:3]] = (tie, row.number, row.rated)

    def said_silently(self, row: TieRow) -> tuple[float, bool] | None:
        """Rating, and whether the ego was asked, of every row alike; None where each of them is to be told of."""
        log = IssueLog()
        said = replace(self, reader=replace(self.reader, log=log))._said(row, "")
        return None if log.holds_any else said

    def _said(self, row: TieRow, ego: str) -> tuple[float, bool]:
        """Rating, and whether the ego was asked."""
        if row.strangers:
            return 0.0, False
        cell = row.cells.get("asked", "").casefold()
        if cell and cell not in YES and row.rated and row.cells["rating"].casefold() not in NO:
            problem = f"{row.where}: rated {row.cells['rating']!r}, and asked is {row.cells['asked']!r}"
            self.reader.log.warning(problem, "the rating is not used", item=row.item.name, person=ego)
        if cell in NO:
            return 0.0, False
        if cell and cell not in YES:
            if not is_no_answer(cell):
                problem = f"{row.where}: asked is {cell!r}; allowed are yes, no and no answer"
                self.reader.log.error(problem, NEITHER, item=row.item.name, person=ego)
            return nan, True
        return self._rating(row, ego), True

    def _rating(self, row: TieRow, ego: str) -> float:
        """The rating of a tie: 1 for a plain nomination, nan where it is not known."""
        item, cell = row.item, row.cells.get("rating", "")
        if not cell:
            return nan if str(item.layer) in self.rated else 1.0
        if not row.rated:
            return nan
        if item.rating_words:
            return self._word(row, ego, cell)
        done = NEITHER if has_scale(item) else f"{NEITHER}; {HOW_TO_DECLARE.format(item.name)}"
        where = f"{row.where}: rating "
        rating = checked_number(
            item, ego, cell, self.reader.log, done=done, where=where, decimal_comma=self.decimal_comma
        )
        if item.low is None and rating < 0:
            problem = f"{row.where}: rating {cell!r} is below 0"
            self.reader.log.warning(problem, done, item=item.name, person=ego)
            return nan
        return rating

    def _word(self, row: TieRow, ego: str, cell: str) -> float:
        """Place of a declared word, or of its number, in the order of the codebook."""
        item = row.item
        places = {word.casefold(): float(place) for place, word in enumerate(item.rating_words, start=1)}
        numbers = {f"{place:g}{end}": place for place in places.values() for end in ("", ".0")}
        found = (numbers | places).get(cell.casefold(), nan)
        if isnan(found):
            problem = f"{row.where}: rating {cell!r} is none of: {', '.join(item.rating_words)}"
            self.reader.log.warning(problem, NEITHER, item=item.name, person=ego)
        return found


def _told(tie: Tie) -> str:
    if not tie[4]:
        return "not asked"
    return "no rating" if isnan(tie[3]) else f"{tie[3]:g}"


def listed_ties(table: TextTable, items: Iterable[Item], reader: NameReader) -> Nominations:
    """Ties of a tie file, who stands in it as an ego, and whose list may be incomplete, by layer.

    Where a layer has no ratings a row is a plain nomination, and whom somebody with rows of their own did not name is
    not named. Where people were rated, somebody without a row was not on the form, which says nothing. Ratings on a
    scale that the codebook does not describe say nothing of a layer that pairs rest on, since "never" may be among
    them; of contact, which closes no pair, whatever is above 0 is taken for some.
    """
    by_layer = {str(item.layer): item for item in items}
    if table.cells.empty:
        return Nominations()
    rated = _rated_layers(table.cells, by_layer, reader.missing)
    rows = table.cells.reset_index(drop=True)  # several ties of one row of an export bear its number
    numbers = [table.cells["rating"]] if "rating" in table.cells else []
    found = ListedTies(by_layer, rated, reader, may_part_thousands(numbers, semicolons=table.semicolons))
    unplaced: set[str] = set()
    kinds = _RowKinds(rows, table, found)
    plain = kinds.plain()
    places: list[int] = []  # of the rows in which a tie that is read one by one stands first
    odd = np.flatnonzero(~plain).tolist()
    for place, record in zip(odd, rows.iloc[odd].to_dict("records"), strict=True):
        if record["layer"]:
            before = len(found.ties)
            found.read(kinds.row(place, {str(column): str(cell) for column, cell in record.items()}))
            places += [place] * (len(found.ties) - before)
        else:
            done = "row left out; add the layer to use it"
            ego = reader.book.read(str(record["ego"])).person or ""
            reader.log.error(f"row {kinds.numbers[place]} of {table.file} has no layer", done, person=ego)
            unplaced.add(ego)
    kinds.take_plain(plain, places)
    for layer in sorted(rated):
        said = [(tie[3], has_rating) for tie, _, has_rating in found.ties.values() if tie[2] == layer and tie[4]]
        if said and not any(has_rating for _, has_rating in said):
            problem = f"not one of the people listed on layer {layer!r} has a rating"
            done = 'neither ties nor refusals; add the ratings, or leave the scale and "at_least" out of the codebook'
            reader.log.error(problem, done, item=by_layer[layer].name)
        if _asks_for_scale(by_layer[layer], (rating for rating, _ in said), reader.log):
            found.unsettled.add(layer)
    return _nominations(found, frozenset(table.cells["layer"].unique()) - {""}, unplaced)


class _RowKinds:
    """Rows of ties by layer, rating and whether somebody was asked: what one of a kind says they all say.

    Of most rows, between two identifiers, with a rating that raises no question, everything is told by their kind.
    These are taken in at once; the others are read one by one.
    """

    def __init__(self, rows: pd.DataFrame, table: TextTable, found: ListedTies) -> None:
        self.rows, self.found, self.file, self.numbers = rows, found, table.file, table.cells.index.tolist()
        says = rows[[column for column in ("layer", "rating", "asked") if column in rows]]
        self.kind = says.groupby([*says], sort=False).ngroup().to_numpy()
        one_each = rows[~says.duplicated().to_numpy()]
        with_rating = _with_rating(one_each, found.items, found.reader.missing)
        strangers = _strangers(one_each, found.items)
        self.rated = [place in with_rating for place in one_each.index]
        self.strangers = [place in strangers for place in one_each.index]
        self.said = [
            found.said_silently(self.row(place, {str(column): str(cell) for column, cell in record.items()}))
            if record["layer"]
            else None
            for place, record in zip(one_each.index.tolist(), one_each.to_dict("records"), strict=True)
        ]

    def row(self, place: int, cells: Mapping[str, str]) -> TieRow:
        """One row, for its cells to be read."""
        kind, item = self.kind[place], self.found.items[cells["layer"]]
        return TieRow(cells, item, self.file, self.numbers[place], self.rated[kind], self.strangers[kind])

    def plain(self) -> np.ndarray:
        """Whether each row lies between two people called by their identifiers, once, and is told by its kind."""
        rows, book = self.rows, self.found.reader.book
        ends = {cell: book.read(cell) for cell in pd.unique(rows[["ego", "alter"]].to_numpy().ravel())}
        exact = {c for c, read in ends.items() if read.how == IDENTIFIER and read.person == c and not is_nobody(c)}
        silent = np.array([said is not None for said in self.said], dtype=bool)[self.kind]
        plain = silent & rows["ego"].isin(exact).to_numpy() & rows["alter"].isin(exact).to_numpy()
        plain &= (rows["ego"] != rows["alter"]).to_numpy()
        if not plain.any():
            return plain
        keys = pd.MultiIndex.from_frame(rows[["ego", "alter", "layer"]])
        plain &= ~keys.duplicated(keep=False)
        odd = rows.loc[~plain, ["ego", "alter", "layer"]]
        egos = [book.read(cell).person for cell in odd["ego"].tolist()]
        alters = [book.read(cell, ego=ego).person for cell, ego in zip(odd["alter"].tolist(), egos, strict=True)]
        same = [key for key in zip(egos, alters, odd["layer"].tolist(), strict=True) if None not in key]
        return plain & ~keys.isin(same) if same else plain

    def take_plain(self, plain: np.ndarray, places: list[int]) -> None:
        """Take in the plain rows, in their order among the ties read one by one, which stand in these places."""
        at = np.flatnonzero(plain)
        kind, rows = self.kind[at].tolist(), self.rows.iloc[at]
        ego, alter, layer = (rows[column].tolist() for column in ("ego", "alter", "layer"))
        said = [self.said[k] or (nan, True) for k in kind]  # none of the plain is None
        ties = zip(ego, alter, layer, [rating for rating, _ in said], [asked for _, asked in said], strict=True)
        rated = map(self.rated.__getitem__, kind)
        kept = dict(
            zip(
                zip(ego, alter, layer, strict=True),
                zip(ties, [self.numbers[place] for place in at], rated, strict=True),
                strict=True,
            )
        )
        speaks = [self.strangers[k] or (s is not None and s[1] and not isnan(s[0])) for k, s in enumerate(self.said)]
        self.found.spoke |= {(spoken, who) for spoken, who, k in zip(layer, ego, kind, strict=True) if speaks[k]}
        if not self.found.ties:
            self.found.ties = kept
            return
        order = np.argsort(np.r_[places, at], kind="stable").tolist()
        both = [*self.found.ties.items(), *kept.items()]
        self.found.ties = dict(both[place] for place in order)


def _rated_layers(rows: pd.DataFrame, by_layer: Mapping[str, Item], missing: tuple[str, ...]) -> frozenset[str]:
    """Layers whose codebook declares a scale, or of which any row holds a rating other than 1."""
    declared = {layer for layer in rows["layer"].unique() if layer and has_scale(by_layer[layer])}
    if "rating" not in rows:
        return frozenset(declared)
    plain = {"", "1", "1.0", *(word.casefold() for word in missing)}
    return frozenset(declared | (set(rows.loc[~rows["rating"].str.casefold().isin(plain), "layer"].unique()) - {""}))


def _with_rating(rows: pd.DataFrame, by_layer: Mapping[str, Item], missing: tuple[str, ...]) -> set[int]:
    """Places of the rows that hold a rating: not blank, not declared missing (99.0 is 99), no words for no answer."""
    if "rating" not in rows:
        return set()
    layers = {layer: own["rating"] for layer, own in rows.groupby("layer") if layer}
    given = [
        given_cells(replace(by_layer[str(layer)], kind="numeric"), ratings, missing).index
        for layer, ratings in layers.items()
    ]
    points = {word.casefold() for item in by_layer.values() for word in item.rating_words}  # "rather not" among them
    silent = rows["rating"].map(lambda rating: is_no_answer(rating) and rating.casefold() not in points)
    return {int(place) for places in given for place in places if not silent[place]}


def _strangers(rows: pd.DataFrame, by_layer: Mapping[str, Item]) -> set[int]:
    """Places of the rows that say that the ego does not know the alter."""
    if "rating" not in rows:
        return set()
    rated = rows[(rows["layer"] != "") & (rows["rating"] != "")]
    said: dict[tuple[str, str], list[int]] = {}
    for place, layer, rating in zip(rated.index, rated["layer"], rated["rating"], strict=True):
        said.setdefault((layer, rating), []).append(place)
    found = [places for key, places in said.items() if has_not_met(by_layer[key[0]], key[1])]
    return {place for places in found for place in places}


def _asks_for_scale(item: Item, ratings: Iterable[float], log: IssueLog) -> bool:
    """Whether no rating says anything until it is settled from which one on it is a tie; "never" may be among them."""
    levels = {rating for rating in ratings if not isnan(rating)}
    if has_scale(item) or levels <= {0.0, 1.0}:
        return False
    problem = (
        f"people are rated {min(levels):g} to {max(levels):g} on layer {item.layer!r}, and the codebook says "
        "neither what ratings there are nor from which rating on that is a tie"
    )
    done = NEITHER if item.is_foundation else "every rating above 0 counts as a tie"
    log.error(problem, f"{done}; {HOW_TO_DECLARE.format(item.name)}", item=item.name)
    return item.is_foundation


def _nominations(found: ListedTies, layers: frozenset[str], unplaced: set[str]) -> Nominations:
    listed = [tie for tie, *_ in found.ties.values()]
    unsettled = found.unsettled
    result = Nominations([(*t[:3], nan, True) if t[2] in unsettled and t[4] else t for t in listed])
    for layer in layers:
        result.answered[layer] = {ego for spoken, ego in (*found.spoke, *found.unread) if spoken == layer}
        named = [ego for ego, _, spoken, rating, asked in result.ties if spoken == layer and asked and rating > 0]
        unread = [ego for spoken, ego in found.unread if spoken == layer]
        result.incomplete[layer] = {*unread, *unplaced}
        if layer not in found.rated:
            result.incomplete[layer] |= capped(found.items[layer], Counter([*named, *unread]), found.reader)
    result.rated.update(found.rated)
    result.unsettled.update(found.unsettled)
    result.rows.update({tie: number for tie, (_, number, _) in found.ties.items()})
    return result


def one_tie_of_two(
    listed: Nominations, typed: Nominations, items: Iterable[Item], log: IssueLog, file: str
) -> Iterator[Tie]:
    """Ties of the file and of the cells together: the file's rating, where one denies the other neither a tie nor none.

    Somebody listed in the file and not in the cell is named, which is told; so is every tie both disagree about.
    """
    item_of = {str(item.layer): item for item in items}
    named = {tie[:3]: tie for tie in typed.ties}
    if not any(typed.answered.values()):
        yield from listed.ties
        return
    for tie in listed.ties:
        ego, alter, layer = tie[:3]
        item, least = item_of[layer], item_of[layer].threshold
        is_tie = tie[4] and tie[3] > 0 and (least is None or tie[3] >= least)
        if tie[:3] in named and tie[4] and isnan(tie[3]) and layer not in listed.unsettled:
            yield named[tie[:3]]
            continue
        if tie[:3] in named and not is_tie and layer not in listed.unsettled:
            problem = f"names {alter} in the survey, and row {listed.rows[tie[:3]]} of {file} says: {_told(tie)}"
            log.error(problem, NEITHER, item=item.name, person=ego)
            yield (*tie[:3], nan, True)
            continue
        if tie[:3] not in named and is_tie and ego in typed.answered.get(layer, set()):
            problem = f"does not name {alter} in the survey, and row {listed.rows[tie[:3]]} of {file} does"
            log.warning(problem, "counted as named", item=item.name, person=ego)
        yield tie
    in_file = {tie[:3] for tie in listed.ties}
    yield from (tie for key, tie in named.items() if key not in in_file)


def all_ties(
    raw: RawSurvey, cells: pd.DataFrame, reader: NameReader, log: IssueLog
) -> tuple[pd.DataFrame, dict[str, set[str]], dict[str, set[str]]]:
    """Every tie, from tie file and typed nominations; by layer who answered, and whose list may be incomplete."""
    items, layers = raw.codebook.block("tie"), raw.codebook.layers
    typed = nominated_ties([item for item in items if item.name in cells], cells, reader)
    listed = listed_ties(raw.ties, items, replace(reader, log=log))
    answered = {layer: typed.answered.get(layer, set()) | listed.answered.get(layer, set()) for layer in layers}
    incomplete = {layer: typed.incomplete.get(layer, set()) | listed.incomplete.get(layer, set()) for layer in layers}
    for layer in listed.answered:  # who has no row of a file's own may not have been on the form, or skipped it
        incomplete[layer] |= set(cells.index) - answered[layer]
        if layer in listed.rated:
            incomplete[layer] |= set(cells.index)
    if listed.listed:
        frame = _frame([*one_tie_of_two(listed, typed, items, reader.log, raw.ties.file)])
    else:
        frame = _frame_of_lists(typed, cells.index)
    if further := [*_not_on_form(listed, typed)]:
        frame = pd.concat([frame, _frame(further)])
    asked = [layer for layer, *_ in typed.named]
    if listed.listed or further or len({*asked}) < len(asked):  # else everybody's answer holds each name once
        frame = frame.drop_duplicates(["ego", "alter", "layer"], keep="last", ignore_index=True)
    return frame, answered, incomplete


def _frame(ties: list[Tie]) -> pd.DataFrame:
    frame = pd.DataFrame(ties, columns=TIE_COLUMNS)
    return frame.astype({"ego": "str", "alter": "str", "layer": "str", "rating": float, "asked": bool})


def _frame_of_lists(typed: Nominations, people: pd.Index[str]) -> pd.DataFrame:
    """The same of names typed into cells, of which there are many: by the places of the people."""
    if not typed.named:
        return _frame([])
    everybody = people.tolist()
    place = {str(person): place for place, person in enumerate(everybody)}
    columns = []
    for layer, rating, named in typed.named:
        egos = np.array([place[ego] for ego in named.egos], dtype=int)
        alters = named.alters  # mostly people in the same order
        if named.people != everybody:
            alters = np.array([place[person] for person in named.people], dtype=int)[alters]
        columns.append((np.repeat(egos, named.times), alters, layer, rating))
    many = [len(alters) for _, alters, *_ in columns]
    layers = pd.Index([layer for *_, layer, _ in columns], dtype="str")
    frame = {
        "ego": people.take(np.concatenate([egos for egos, *_ in columns])),
        "alter": people.take(np.concatenate([alters for _, alters, *_ in columns])),
        "layer": layers.take(np.repeat(np.arange(len(layers)), many)),
        "rating": np.repeat(np.array([rating for *_, rating in columns], dtype=float), many),
        "asked": np.ones(sum(many), dtype=bool),
    }
    return pd.DataFrame(frame)


def _not_on_form(listed: Nominations, typed: Nominations) -> Iterator[Tie]:
    """Rows that say that an ego was not asked about a colleague they know, who was not among the names to tick."""
    if typed.offered:
        known = dict.fromkeys((ego, alter) for ego, alter, *_ in (*listed.ties, *typed.ties))
        said = {tie[:3] for tie in (*listed.ties, *typed.ties)}
        for layer, offered in typed.offered.items():
            for ego, alter in known:
                if alter not in offered and (ego, alter, layer) not in said and ego in typed.answered[layer]:
                    yield ego, alter, layer, 0.0, False
