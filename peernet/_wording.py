"""Numbers, lists and people in words, and how a result shows itself in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import ClassVar

import numpy as np
import pandas as pd

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ROWS_SHOWN = 12  # of a table in a notebook


def amount(value: float) -> str:
    """A number of effective perspectives."""
    return "–" if np.isnan(value) else f"{value:,.2f}" if abs(value) < 10 else f"{value:,.1f}"


def distance(value: float) -> str:
    """A distance from 0 to 1."""
    return "–" if np.isnan(value) else f"{value:.2f}"


def percent(share: float) -> str:
    """A share, which claims neither none nor all where it is not quite so."""
    if np.isnan(share):
        return "–"
    text = f"{share:.0%}"
    return {"0%": "under 1%", "100%": "over 99%"}.get(text, text) if 0 < share < 1 else text


def count_in_digits(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many}"


def times_in_words(k: int) -> str:
    """How often, in digits but for once."""
    return "once" if k == 1 else f"{k:,} times"


def number_word(k: int) -> str:
    """A number in words, up to twelve."""
    return NUMBERS[k] if k < len(NUMBERS) else str(k)


def count_in_words(k: int, one: str, many: str) -> str:
    """A number with its noun, in words."""
    return f"{number_word(k)} {one if k == 1 else many}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words one after the other, empty if there are none."""
    *first, final = words or [""]
    return f"{', '.join(first)} {last} {final}" if first else final


def listed_few(words: Sequence[str], most: int = ROWS_SHOWN) -> str:
    """As `listed`, and of more words than these only how many more."""
    more = [f"{len(words) - most:,} more"] if len(words) > most else []
    return listed([*words[:most], *more])


def display_names(people: pd.DataFrame) -> pd.Series[str]:
    """What to call each person: their name, with the identifier where two share it or there is none."""
    names = people["name"].astype("str").str.strip().where(people["name"].notna(), "")
    identifiers = people.index.to_series().astype("str")
    unclear = names.duplicated(keep=False) & (names != "")
    return names.mask(unclear, names + " (" + identifiers + ")").mask(names == "", identifiers)


class Shown:
    """A result that shows itself in a notebook: its sentence, and the first rows of its main table."""

    MAIN_TABLE: ClassVar[str] = "table"

    def _repr_html_(self) -> str:
        table: pd.DataFrame = getattr(self, self.MAIN_TABLE)
        rows = table.head(ROWS_SHOWN).round(3).to_html(index=not isinstance(table.index, pd.RangeIndex), na_rep="")
        more = f"<p>The first {ROWS_SHOWN} of {len(table):,} rows.</p>" if len(table) > ROWS_SHOWN else ""
        return f"<p>{escape(repr(self)[1:-1])}</p>{rows}{more}"
