"""Numbers, lists and people in words, and how a result shows itself in a notebook."""

from __future__ import annotations

import re
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
    """What to call each person: their name, or the name in an e-mail address; where two share it, with their team.

    Where the team does not part them either, or nobody has a name, the identifier says who is meant.
    """
    identifiers = people.index.to_series().astype("str")
    names = people["name"].astype("str").str.strip().where(people["name"].notna(), "")
    names = names.mask(names == identifiers, "")  # the identifier again
    names = names.mask(names == "", identifiers.map(_name_in_address))
    if "team" in people:
        teams = people["team"].astype("str").where(people["team"].notna(), "")
        names = names.mask(_shared(names) & (teams != ""), names + " (" + teams + ")")
    return names.mask(_shared(names), names + " (" + identifiers + ")").mask(names == "", identifiers)


def _shared(names: pd.Series[str]) -> pd.Series[bool]:
    """Whether somebody else is called the same."""
    return names.duplicated(keep=False) & (names != "")


def _name_in_address(identifier: str) -> str:
    """Anna Rossi of anna.rossi@firm.example; empty where no first and last name stand before the at sign."""
    before, at, _ = identifier.partition("@")
    parts = [part for part in re.split(r"[._+]", before) if part]
    if not at or len(parts) < 2 or not all(re.fullmatch(r"[^\W\d]+(-[^\W\d]+)*", part) for part in parts):
        return ""
    return " ".join("-".join(half.capitalize() for half in part.split("-")) for part in parts)


def short_names(names: pd.Series[str]) -> pd.Series[str]:
    """First names, with the initial of the last name where two share one; names that would still be shared stay whole.

    Examples
    --------
    >>> short_names(pd.Series(["Ada Byron", "Ada Lovell", "Ida Noddack", "p007"])).tolist()
    ['Ada B.', 'Ada L.', 'Ida', 'p007']
    """
    words = names.str.replace(r"\s*\(.*\)$", "", regex=True).str.split()
    first = words.map(lambda own: own[0] if own else "")
    both = words.map(lambda own: f"{own[0]} {own[-1][0]}." if len(own) > 1 else "".join(own))
    short = first.mask(first.duplicated(keep=False), both)
    return short.mask(short.duplicated(keep=False) | (short == ""), names)


def question(label: str, name: str, most: int = 60) -> str:
    """What to call a question: its wording without what a bracket at its end adds, cut after a word; else its name.

    Examples
    --------
    >>> question("I do my best work when I improvise. (1 disagree to 5 agree)", "planning_2")
    'I do my best work when I improvise.'
    >>> question("A bold plan that may fail is better than a safe plan.", "change_3", 30)
    'A bold plan that may fail is …'
    """
    text = " ".join((re.sub(r"\s*\([^()]*\)\s*$", "", label) or label).split()) or name.replace("_", " ")
    if len(text) <= most:
        return text
    return f"{text[: most - 1].rsplit(' ', 1)[0]} …"


class Shown:
    """A result that shows itself in a notebook: its sentence, and the first rows of its main table."""

    MAIN_TABLE: ClassVar[str] = "table"

    def _repr_html_(self) -> str:
        table: pd.DataFrame = getattr(self, self.MAIN_TABLE)
        rows = table.head(ROWS_SHOWN).round(3).to_html(index=not isinstance(table.index, pd.RangeIndex), na_rep="")
        more = f"<p>The first {ROWS_SHOWN} of {len(table):,} rows.</p>" if len(table) > ROWS_SHOWN else ""
        return f"<p>{escape(repr(self)[1:-1])}</p>{rows}{more}"
