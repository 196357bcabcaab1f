"""The dyad as an object: a row per pair, what is known of both members and of the pair, and how the pairs came about.

Which member is called ``a`` is chance. A measure of people stands in two columns, ``x_a`` and ``x_b``; a measure of the
pair in one, ``x``. A pair without its number, with one member or with three is no pair, and is listed with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Ints
from peernet._wording import Shown, count_in_digits, listed_few
from peernet.dyads.missing_codes import Limits, warn_of_codes
from peernet.errors import SettingError, check_choice, did_you_mean, type_in_words

MEMBERS = ("_a", "_b")
DESIGNS = ("observed", "drawn by lot")
OF_PAIRS = ("group", "round")
LEFT_OUT = ["pair", "a", "b", "reason"]
LARGEST = 1e30  # tenth powers of numbers further out, or nearer to nought than its inverse, are no longer numbers


@dataclass(frozen=True, repr=False, eq=False)
class Dyads(Shown):
    """Pairs of people with what was measured of them.

    Parameters
    ----------
    table
        One row per pair: ``pair`` (its number or name; once per round where there are rounds), ``a`` and ``b`` where it
        is known who they are, ``group`` and ``round`` where there are several; for every measure ``x`` of people
        ``x_a`` and ``x_b``; for every measure of the pair a column of its name.
    left_out
        Whoever and whatever is not in the table: ``pair``, ``a``, ``b`` (empty where not known), ``reason``.
    design
        How the pairs came about: ``"drawn by lot"``, or ``"observed"`` for every other way.
    meanings
        What a column holds, in a sentence.
    remake
        The same table for other pairs of the same people, every column worked out again; None where it is not known how
        the columns came about.
    limits
        Lowest and highest answer of measures, where they are declared. A number outside is warned about and kept.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> table = pd.DataFrame({"a": ["ann", "bo"], "b": ["cy", "di"], "learning_a": [3.0, 4], "learning_b": [5.0, 1]})
    >>> pn.dyads.Dyads(table)
    <Dyads: 2 pairs of 4 people, observed>
    """

    table: pd.DataFrame
    left_out: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=LEFT_OUT))
    design: str = "observed"
    meanings: Mapping[str, str] = field(default_factory=dict)
    remake: Callable[[Iterable[tuple[str, str]]], pd.DataFrame] | None = None
    limits: Limits = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_choice("design", self.design, DESIGNS)
        check_table("table", self.table)
        table = self.table.reset_index(drop=True)
        if "pair" not in table:
            table.insert(0, "pair", np.arange(1, len(table) + 1))
        for label in ("pair", *OF_PAIRS):
            if label in table:
                refuse_odd_labels(table[label])
        if {"a", "b"} <= {*table}:
            table = table.assign(**{side: as_names(table[side]) for side in ("a", "b")})
        object.__setattr__(self, "table", table)
        if self.are_named:
            _refuse_bad_pairs(table, *self._members)

    @property
    def are_named(self) -> bool:
        """Whether it is known who the members are."""
        return {"a", "b"} <= {*self.table}

    @cached_property
    def people(self) -> list[str]:
        """Everybody in a pair, sorted; nobody where it is not known who they are."""
        return sorted(self._members[1]) if self.are_named else []

    @property
    def in_several(self) -> list[str]:
        """People who are in more than one pair."""
        codes, names = self._members if self.are_named else (np.empty((2, 0), dtype=np.int64), [])
        return sorted(names[who] for who in np.flatnonzero(np.bincount(codes.ravel(), minlength=len(names)) > 1))

    @cached_property
    def _members(self) -> tuple[Ints, list[str]]:
        """Both members of every pair as places among the names (-1: none), 1 and "1" being one person."""
        both = np.concatenate([self.table[side].to_numpy(dtype=object) for side in ("a", "b")])
        codes, people = pd.factorize(both)
        places, names = pd.factorize(np.array([str(name) for name in people], dtype=object))
        codes = np.where(codes < 0, -1, places[codes]) if len(places) else codes
        return codes.reshape(2, -1).astype(np.int64), names.tolist()

    @property
    def measures(self) -> list[str]:
        """Measures of people: those with a column for each member."""
        return [name[:-2] for name in map(str, self.table) if name.endswith("_a") and f"{name[:-2]}_b" in self.table]

    def composition(self, kind: str) -> str:
        """Whether the members of every pair, of none or of some differ in kind.

        Parameters
        ----------
        kind
            A measure of people, such as ``"role"``.

        Returns
        -------
        str
            ``"distinguishable"`` where every pair holds the same two kinds, ``"interchangeable"`` where the members of
            no pair differ, else ``"mixed"``.

        Raises
        ------
        SettingError
            If there is no such measure.
        """
        table = self.with_kinds(self.column_of(kind)).table
        first, second = (table[f"{kind}{member}"] for member in MEMBERS)
        known = first.notna() & second.notna()
        first, second = first[known], second[known]
        if (first == second).all():
            return "interchangeable"
        return "distinguishable" if (first != second).all() and pd.concat([first, second]).nunique() == 2 else "mixed"

    def with_kinds(self, kind: str) -> Dyads:
        """The pairs with a measure of people as kinds: words without spaces around them, and 1 as "1" among words."""
        columns = [f"{kind}{member}" for member in MEMBERS]
        sides = {column: without_blanks(self.table[column].astype(object)) for column in columns}
        types = {*pd.concat(sides.values()).dropna().map(type)}
        if str in types and len(types) > 1:
            sides = {column: side.map(as_word, na_action="ignore") for column, side in sides.items()}
        return replace(self, table=self.table.assign(**sides))

    def column_of(self, name: str) -> str:
        """The name back, if the table holds it as a measure of people or of the pair; else `SettingError`."""
        if not isinstance(name, str):
            raise SettingError(f"A measure is called by its name, a text; got {name!r}.")
        if name in self.measures or name in self.table:
            return name
        known = [*self.measures, *(column for column in map(str, self.table) if column[:-2] not in self.measures)]
        raise SettingError(f"The pairs have no {name!r}; they have {listed_few(known)}.{did_you_mean(name, known)}")

    def is_of_people(self, name: str) -> bool:
        """Whether a measure is one of people rather than of the pair; `SettingError` if there is none of this name."""
        return self.column_of(name) in self.measures

    def complete(self, *names: str) -> Dyads:
        """The pairs in which all of these measures are known, as numbers; the others are listed with what is missing.

        A number that looks like a code for "missing" is kept, and warned about.

        Parameters
        ----------
        *names
            Measures of people or of the pair.

        Raises
        ------
        SettingError
            If there is no such measure, or it does not hold numbers.

        Warns
        -----
        PeernetWarning
            If a number looks like a code for "missing", such as -999.
        """
        columns = [f"{n}{m}" for n in names for m in MEMBERS if self.is_of_people(n)]
        columns += [name for name in names if not self.is_of_people(name)]
        numbers = pd.DataFrame({column: as_numbers(self.table[column]) for column in columns}, index=self.table.index)
        warn_of_codes(numbers, self.limits)
        read = {column: numbers[column] for column in columns if self.table[column].dtype != np.float64}
        table = self.table.assign(**read) if read else self.table
        gaps = numbers.isna()
        lost: Flags = np.logical_or.reduce(gaps.to_numpy(dtype=bool), axis=1)
        if not lost.any():
            return replace(self, table=table)
        reasons = [f"{' and '.join(gaps.columns[row])} missing" for row in gaps[lost].to_numpy(dtype=bool)]
        out = self.table[lost].reindex(columns=LEFT_OUT[:3]).assign(reason=reasons)
        left_out = pd.concat([self.left_out, out], ignore_index=True)
        return replace(self, table=table[~lost], left_out=left_out)

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        who = f" of {count_in_digits(len(self.people), 'person', 'people')}" if self.are_named else ""
        out = f", {len(self.left_out):,} left out" if len(self.left_out) else ""
        return f"<Dyads: {count_in_digits(len(self), 'pair', 'pairs')}{who}, {self.design}{out}>"


def as_dyads(pairs: Dyads | pd.DataFrame) -> Dyads:
    """Pairs as they are, or a table of pairs as observed ones."""
    if isinstance(pairs, pd.DataFrame):
        return Dyads(pairs)
    if not isinstance(pairs, Dyads):
        raise SettingError(f"pairs must be Dyads or a table with a row per pair; got {type_in_words(pairs)}.")
    return pairs


def dyad_table(people: pd.DataFrame, pair: str, *, design: str = "observed") -> Dyads:
    """Pairs from a table with a row per person and a column that says which pair they are in.

    Parameters
    ----------
    people
        One row per person, the index says who.
    pair
        The column with the number or name of the pair.
    design
        ``"drawn by lot"`` or ``"observed"``.

    Returns
    -------
    Dyads
        Every other column ``x`` as ``x_a`` and ``x_b``, in the order of the pairs' first rows; ``group`` and ``round``
        as they are where both members of every pair have the same. Left out are people without a pair number, and
        pairs with one member, or more than two.

    Raises
    ------
    SettingError
        If there is no such column, or the index does not say who.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> people = pd.DataFrame({"team": [1, 1, 2, None], "x": [3.0, 5, 4, 2]}, index=["ann", "bo", "cy", "di"])
    >>> found = pn.dyads.dyad_table(people, "team")
    >>> found.table.to_dict("records")
    [{'pair': 1.0, 'a': 'ann', 'b': 'bo', 'x_a': 3.0, 'x_b': 5.0}]
    >>> found.left_out["reason"].tolist()
    ['a pair of one', 'no pair number']
    """
    check_table("people", people, by_index=True)
    if pair not in people:
        raise SettingError(f"The table has no column {pair!r}.{did_you_mean(pair, people.columns)}")
    who, number = people.index.to_numpy(dtype=object), without_blanks(people[pair].reset_index(drop=True))
    size = number.groupby(number, observed=True).transform("size")
    is_member = (size == 2).to_numpy(dtype=bool)
    of_pairs = number[is_member].groupby(number[is_member], sort=False, observed=True)
    first, second = (rows.index.to_numpy() for rows in (of_pairs.nth(0), of_pairs.nth(1)))
    place = pd.Series(np.arange(len(first)), index=number[first])
    second = second[np.argsort(place[number[second]].to_numpy())]
    table = pd.DataFrame({"pair": number[first].to_numpy(), "a": who[first], "b": who[second]})
    for column in people.columns.drop(pair):
        sides = [people[column].iloc[rows].reset_index(drop=True) for rows in (first, second)]
        if column in OF_PAIRS and (sides[0].eq(sides[1]) | (sides[0].isna() & sides[1].isna())).all():
            table[column] = sides[0]
        else:
            table[f"{column}_a"], table[f"{column}_b"] = sides
    words = {1.0: "a pair of one"}
    reasons = ["no pair number" if np.isnan(n) else words.get(n, f"a pair of {n:.0f}") for n in size[~is_member]]
    lost = pd.DataFrame({"pair": number[~is_member], "a": who[~is_member], "b": None, "reason": reasons})
    return Dyads(table, lost.reset_index(drop=True), design)


def check_table(what: str, table: object, *, by_index: bool = False) -> None:
    """Raise `SettingError` unless this is a table with every column once, and where the index says who, one index."""
    if not isinstance(table, pd.DataFrame):
        raise SettingError(f"{what} must be a table (a DataFrame); got {type_in_words(table)}.")
    if table.columns.nlevels > 1:
        raise SettingError(f"The headings of {what} have {table.columns.nlevels} levels. Give each column one name.")
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()][0]
        raise SettingError(f"The table has several columns {twice!r}. Keep one, or give each its name.")
    if by_index and table.index.nlevels > 1:
        raise SettingError(f"The index of {what} has {table.index.nlevels} levels; it must say in one who each is.")
    if by_index:
        refuse_odd_labels(pd.Series(table.index, name=f"the index of {what}"), of_people=True)


def as_numbers(column: pd.Series) -> pd.Series[float]:
    """A column as numbers to compute with, empty where it is; `SettingError` if it holds anything else."""
    numbers = column if column.dtype == np.float64 else _read_as_numbers(column)
    size = np.abs(numbers.to_numpy(dtype=float))
    largest = float(np.fmax.reduce(size, initial=0.0))
    if np.isinf(largest):
        raise SettingError(f"{column.name} holds an infinite number. Make it missing, or say what it should be.")
    if largest > LARGEST or 0 < largest < 1 / LARGEST:
        raise SettingError(f"{column.name} goes up to {largest:g}, too far out to compute with. Give other units.")
    return numbers


def _read_as_numbers(column: pd.Series) -> pd.Series[float]:
    try:
        numbers = column if column.dtype.kind in "bfimMu" else pd.to_numeric(column.astype(object), errors="coerce")
        none = numbers.dtype.kind in "cmM"  # neither dates nor complex numbers
        numbers = column.isna().astype(float) if none else numbers.astype(float)
    except OverflowError:
        raise SettingError(f"{column.name} holds numbers too far out to compute with. Give other units.") from None
    for label, wrong in column[(numbers.isna() | none) & column.notna()][:1].items():
        where = f"row {int(str(label)) + 1}" if isinstance(column.index, pd.RangeIndex) else f"the row of {label!r}"
        raise SettingError(f"{column.name} must hold numbers; found {wrong!r} in {where}{_how_to_number(wrong)}.")
    return numbers


def _how_to_number(answer: object) -> str:
    """What to do about an answer that is no number."""
    if not isinstance(answer, str):
        return ""
    if re.fullmatch(r"\s*[-+]?\d+,\d+\s*", answer):
        return f". Write decimals with a point: {answer.strip().replace(',', '.')}"
    return ". Give each answer its number, such as 1 for yes and 0 for no"


def why_fewer(left_out: pd.DataFrame) -> str:
    """For the end of a sentence that counts what is left: the commonest reason why there is not more."""
    reasons = left_out["reason"].astype(str)
    counts = reasons[reasons.str.endswith(" missing")].value_counts()
    return f" ({counts.index[0]} in {count_in_digits(int(counts.iloc[0]), 'other', 'others')})" if len(counts) else ""


def as_names(names: pd.Series) -> pd.Series:
    """Texts and numbers as they are, 7.0 as 7 and blanks as gaps; `SettingError` where a cell holds several."""
    if pd.api.types.is_float_dtype(names) and (names.dropna().mod(1) == 0).all():
        return names.astype("Int64" if names.hasnans else "int64")
    refuse_odd_labels(names, of_people=True)
    as_they_are = pd.api.types.is_numeric_dtype(names) or isinstance(names.dtype, pd.StringDtype)
    if not as_they_are and not {*map(type, names.to_numpy(dtype=object))} <= {str, int}:
        names = names.astype(object).map(_as_name, na_action="ignore")
    return without_blanks(names)


def _as_name(who: object) -> object:
    """A text or a whole number as it is, and all else, such as 7.0 or a date, as a text."""
    return who if isinstance(who, str | int) else as_word(who)


def as_word(label: object) -> str:
    """A name or kind as a text, 7.0 as 7."""
    return str(int(label)) if isinstance(label, float) and label.is_integer() else str(label)


def refuse_odd_labels(labels: pd.Series, *, of_people: bool = False) -> None:
    """Raise `SettingError` where a cell holds a list, or where it names a person anything else made of several."""
    if pd.api.types.is_numeric_dtype(labels) or isinstance(labels.dtype, pd.StringDtype):
        return
    odd = {
        kind
        for kind in {*map(type, labels.to_numpy(dtype=object))}
        if issubclass(kind, Collection) and not issubclass(kind, str)
    }
    odd = odd if of_people else {kind for kind in odd if not issubclass(kind, Hashable)}
    for row, label in enumerate(labels if odd else (), start=1):
        if type(label) in odd:
            raise SettingError(
                f"Row {row} of {labels.name} holds {label!r:.60}, {type_in_words(label)}, where one text or number "
                "is wanted. Join its parts into one, or keep the one that is meant."
            )


def without_blanks(names: pd.Series) -> pd.Series:
    """Names or numbers of pairs without spaces around them, missing where the cell holds nothing else."""
    refuse_odd_labels(names)
    if pd.api.types.is_numeric_dtype(names):
        return names
    words = [name for name in names.unique() if isinstance(name, str)]
    if all(word and word == word.strip() for word in words):
        return names
    bare = {word: word.strip() or None for word in words}
    return names.astype(object).map(lambda name: bare.get(name, name), na_action="ignore")


def _refuse_bad_pairs(table: pd.DataFrame, members: Ints, names: list[str]) -> None:
    low, high = np.sort(members, axis=0)
    for place in np.flatnonzero(low < 0)[:1]:
        raise SettingError(f"Pair {table['pair'].iloc[place]} lacks a member. Leave the row out, or say who it is.")
    for place in np.flatnonzero(low == high)[:1]:
        raise SettingError(f"Pair {table['pair'].iloc[place]} pairs {names[low[place]]!r} with themselves.")
    pairs = pd.Series(low * len(names) + high)
    again = (pd.DataFrame({"pair": pairs, "round": table["round"]}) if "round" in table else pairs).duplicated()
    for place in np.flatnonzero(again)[:1]:
        twice = f"{names[low[place]]!r} and {names[high[place]]!r} are there twice."
        raise SettingError(f"{twice} Keep one of the rows, or give each its round.")
