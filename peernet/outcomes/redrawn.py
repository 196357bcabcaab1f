"""The table of pairs for every pairing that the lot could have brought: each pair that comes up is worked out once.

What belongs to a person goes with them into every pair; what belongs to a pair is worked out again. That a column can
be looked up pair by pair is tried, not taken on trust: where a pair's number depends on the other pairs of its pairing,
the table of each pairing is made by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from peernet._arrays import Floats, Ints
from peernet._wording import listed
from peernet.dyads.pairs import MEMBERS, Dyads, as_numbers
from peernet.errors import SettingError
from peernet.outcomes.lots import NAMES, NOBODY, Redraws

ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Redrawn:
    """Rows of pairs, and which of them each pairing holds."""

    table: pd.DataFrame  # a row per pair (and round) that comes up; the last row, all missing, is no pair
    places: Ints  # pairings x pairs: rows of the table

    def of(self, pairing: int) -> pd.DataFrame:
        """The table of one pairing."""
        rows = self.places[pairing]
        found: pd.DataFrame = self.table.iloc[rows[rows < len(self.table) - 1]].reset_index(drop=True)
        return found

    def numbers(self, column: str) -> Floats:
        """A column as numbers, a value per row; `SettingError` if it holds anything else."""
        return np.asarray(as_numbers(self.table[column]), dtype=np.float64)


def redrawn(dyads: Dyads, redraws: Redraws, measures: Sequence[str] | None) -> Redrawn:
    """The tables of all pairings, with these measures; with every column that can be worked out again if None."""
    columns: list[str] | None = None
    if measures is not None:
        columns = []
        for measure in measures:
            columns += [f"{measure}{member}" for member in MEMBERS] if dyads.is_of_people(measure) else [measure]
    tables, places, start = [], np.full(redraws.firsts.shape, NOBODY, dtype=np.int64), 0
    for turn, name in enumerate(redraws.rounds):
        of_round = redraws.turns == turn
        maker = _Maker(dyads, redraws.people, name, columns)
        table, rows = maker.looked_up(redraws, of_round)
        if not maker.can_be_looked_up(redraws, of_round, table, rows):
            table, rows = maker.each_by_itself(redraws, of_round)
        places[:, of_round] = np.where(rows == NOBODY, NOBODY, rows + start)
        tables.append(table)
        start += len(table)
    whole = pd.concat(tables, ignore_index=True)
    return Redrawn(whole.reindex(range(start + 1)), np.where(places == NOBODY, start, places))


class _Maker:
    """Makes the table of any pairs of one round."""

    def __init__(self, dyads: Dyads, people: pd.Index, turn: object, columns: list[str] | None) -> None:
        self.dyads, self.people = dyads, people
        table = dyads.table if turn is None else dyads.table[dyads.table["round"] == turn]
        self.given = table
        self.of_people = [n for n in dyads.measures if columns is None or f"{n}_a" in columns]
        self.of_pairs = [c for c in columns or [] if c[:-2] not in self.of_people]
        self.wanted = columns
        self.lends = dyads.remake is None or turn is not None  # measures of one round may differ from those of the next
        sides = [
            table[[f"{n}{m}" for n in self.of_people]]
            .set_axis(self.of_people, axis=1)
            .set_axis(table[side].astype(str))
            for side, m in zip(NAMES, MEMBERS, strict=True)
        ]
        both = pd.concat(sides)
        self.persons = both[~both.index.duplicated()]
        self._refuse_changed()

    def __call__(self, firsts: Ints, seconds: Ints) -> pd.DataFrame:
        """The table of the pairs at these positions, in their order."""
        names = pd.DataFrame({"a": self.people[firsts], "b": self.people[seconds]})
        if self.dyads.remake is None:
            if self.of_pairs:
                raise SettingError(
                    f"It is not known how {listed(self.of_pairs)} comes about for other pairs than these, and a lot "
                    "that is drawn again makes others. Make the pairs by pn.outcomes.pairs_of, or give Dyads a remake."
                )
            table = names.copy()
        else:
            table = self._remade(names)
        for name in self.of_people if self.lends else ():
            for side, member in zip(NAMES, MEMBERS, strict=True):
                known = names[side].isin(self.persons.index)
                own = names[side].map(self.persons[name])
                column = f"{name}{member}"
                table[column] = own if column not in table else table[column].astype(object).where(~known, own)
        return table if self.wanted is None else table[[*NAMES, *self.wanted]]

    def _remade(self, names: pd.DataFrame) -> pd.DataFrame:
        assert self.dyads.remake is not None
        table = self.dyads.remake(list(names.itertuples(index=False, name=None))).reset_index(drop=True)
        missing = [c for c in self.of_pairs if c not in table]
        if missing:
            raise SettingError(
                f"{listed(missing)} is known of the pairs as they were drawn and of no others; a lot that is drawn "
                "again makes others."
            )
        if len(table) != len(names) or not (table[NAMES].astype(str) == names.astype(str)).all(axis=None):
            raise SettingError("Dyads.remake must give a row for each pair, in their order.")
        return table

    def _refuse_changed(self) -> None:
        """Raise `SettingError` where the pairs as they are, worked out again, are others."""
        if self.dyads.remake is None and not self.of_pairs:
            return
        sides = self.given[NAMES].to_numpy(str)
        again = self(*self.people.get_indexer(pd.Index(sides.ravel())).reshape(-1, 2).T)
        for column in self.wanted or ():
            if not _same(self.given[column], again[column]):
                raise SettingError(
                    f"{column} of the pairs as they are is another than when it is worked out again, so that redraws "
                    "would not be held against the same thing. Change it in what works it out, not in the table."
                )

    def looked_up(self, redraws: Redraws, of_round: Ints) -> tuple[pd.DataFrame, Ints]:
        """Every pair that comes up, once; and the row of each pair of each pairing."""
        codes = redraws.codes[:, of_round]
        unique, rows = np.unique(codes, return_inverse=True)
        rows = rows.reshape(codes.shape)
        none = int((unique == NOBODY).sum())
        pairs = unique[none:] % len(redraws.people) ** 2
        table = self(pairs // len(redraws.people), pairs % len(redraws.people))
        return table, np.where(rows < none, NOBODY, rows - none)

    def can_be_looked_up(self, redraws: Redraws, of_round: Ints, table: pd.DataFrame, rows: Ints) -> bool:
        """Whether two pairings made by themselves are the same."""
        if self.dyads.remake is None:
            return True
        for k in {redraws.observed, len(redraws) - 1}:
            own, there = self.one(redraws, of_round, k), rows[k][rows[k] != NOBODY]
            shared = [c for c in own if c not in ("pair", *NAMES)]
            if not all(_same(own[c], table[c].iloc[there]) for c in shared):
                return False
        return True

    def one(self, redraws: Redraws, of_round: Ints, k: int) -> pd.DataFrame:
        """The table of one pairing, made by itself."""
        firsts, seconds = redraws.firsts[k, of_round], redraws.seconds[k, of_round]
        return self(firsts[firsts != NOBODY], seconds[firsts != NOBODY])

    def each_by_itself(self, redraws: Redraws, of_round: Ints) -> tuple[pd.DataFrame, Ints]:
        """The tables of all pairings one under the other; slow, and right whatever a column depends on."""
        there = redraws.firsts[:, of_round] != NOBODY
        tables = [self.one(redraws, of_round, k) for k in range(len(redraws))]
        rows = np.where(there, np.cumsum(there).reshape(there.shape) - 1, NOBODY)
        return pd.concat(tables, ignore_index=True), rows


def _same(first: pd.Series, second: pd.Series) -> bool:
    one, other = first.reset_index(drop=True), second.reset_index(drop=True)
    if pd.api.types.is_numeric_dtype(one) and pd.api.types.is_numeric_dtype(other):
        a, b = (each.to_numpy(dtype=float, na_value=np.nan) for each in (one, other))
        scale = np.nanmax(np.abs(a), initial=1.0)
        return bool(np.allclose(a, b, rtol=0, atol=ROUNDING * scale, equal_nan=True))
    return bool(((one == other) | (one.isna() & other.isna())).all())
