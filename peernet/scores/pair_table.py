"""The tidy table of pairs: each unordered pair once, with everything known about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from peernet._arrays import Ints
from peernet.errors import SettingError
from peernet.scores.foundation import STATES
from peernet.scores.gates import REASONS

if TYPE_CHECKING:
    from peernet.scores.pair_scores import PairScores

__all__ = ["COLUMNS", "numbered", "pair_table", "sides_of"]

COLUMNS = (
    "experience",
    "goals",
    "perspective",
    "gain_a",
    "gain_b",
    "exchange",
    "foundation",
    "introducer",
    "blocked",
    "value",
)
TEXTS = ("a", "b", "foundation", "introducer", "blocked")
DTYPES = dict.fromkeys(TEXTS, "str") | {column: "float64" for column in COLUMNS if column not in TEXTS}


def pair_table(scores: PairScores, pairs: Iterable[tuple[str, str]] | None) -> pd.DataFrame:
    """Scores of some pairs, or of all, in the columns that `PairScores.to_frame` documents."""
    firsts, seconds = sides_of(scores, pairs)
    own, given = scores.gains(firsts, seconds)
    cells: dict[str, Any] = {"gain_a": own, "gain_b": given}
    price = np.zeros(len(firsts))
    for chosen, rows, r in scores.chunks(firsts):
        price[chosen] = scores.prices(rows)[r, seconds[chosen]]
        for column, values in _cells(scores, rows, r, seconds[chosen]).items():
            cells.setdefault(column, np.empty(len(firsts), dtype=object))[chosen] = values
    cells["value"] = scores.worth(own, given, firsts, seconds) - price
    sides = {"a": scores.people[firsts], "b": scores.people[seconds]}
    table = pd.DataFrame({**sides, **{column: cells.get(column) for column in COLUMNS}}).astype(DTYPES)
    table.loc[table["blocked"] != "", "value"] = np.nan
    if scores.priced:
        table["price"] = price
    if scores.readiness is not None:
        told = zip(scores.readiness[table["a"]], scores.readiness[table["b"]], strict=True)
        table["readiness"] = [" ".join(dict.fromkeys(filter(None, reasons))) for reasons in told]
    return table.sort_values(["a", "b"], ignore_index=True)


def sides_of(scores: PairScores, pairs: Iterable[tuple[str, str]] | None) -> tuple[Ints, Ints]:
    """Positions of both people of each pair, the smaller identifier first."""
    if pairs is None:
        order = np.argsort(scores.people.to_numpy(dtype=object), kind="stable")
        i, j = np.triu_indices(len(scores), k=1)
        return order[i], order[j]
    known = sorted({_sorted_pair(pair) for pair in pairs})
    places = np.array([(scores.position(a), scores.position(b)) for a, b in known], dtype=np.int64)
    firsts, seconds = places.reshape(-1, 2).T
    if (firsts == seconds).any():
        raise SettingError(f"A pair needs two people; got {scores.people[firsts[firsts == seconds][0]]!r} twice.")
    return firsts, seconds


def _sorted_pair(pair: tuple[str, str]) -> tuple[str, str]:
    if isinstance(pair, str) or len(pair) != 2:
        raise SettingError(f"Pairs must hold two people each, such as [('p001', 'p002')]; got {pair!r}.")
    return min(pair), max(pair)


def _cells(scores: PairScores, rows: Ints, r: Ints, c: Ints) -> dict[str, Any]:
    """Columns of the table that need no gains, for the cells (rows[r], c)."""
    distances = ("experience", "goals", "perspective", "exchange")
    codes, states = scores.gates.codes(rows)[r, c], scores.gates.foundation.states(rows)[r, c]
    return {
        **{column: scores.block(rows, column=column)[r, c] for column in distances},
        "foundation": [STATES[state] for state in states],
        "introducer": [_introducer(scores, rows[i], j, s) for i, j, s in zip(r, c, states, strict=True)],
        "blocked": [REASONS[code] for code in codes],
    }


def _introducer(scores: PairScores, a: int, b: int, state: int) -> str | None:
    """Best placed colleague to introduce two people who do not know each other."""
    if STATES[state] != "introduced":
        return None
    return str(scores.people[scores.gates.foundation.introducers(a, b)[0]])


def numbered(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the number of each pair, ``pair``, as its first column."""
    return table.assign(pair=np.arange(1, len(table) + 1))[["pair", *table]]
