"""Kinds of pairing, and what was found about them, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from peernet._wording import count_in_words, number_word
from peernet.compare.kind_statistics import FEWEST

if TYPE_CHECKING:
    from peernet.compare.kinds import PairingKinds

__all__ = ["FEWEST_ITEMS", "FEWEST_PEOPLE", "kind_in_words", "verdict_in_words"]

FEWEST_PEOPLE = 12
FEWEST_ITEMS = 2
CLEAR = 0.1  # from here on two digits say enough
MOST_NAMED = 3  # rivals named one by one


def kind_in_words(experience: str, perspective: str) -> str:
    """What a kind is called."""
    if experience == "any":
        return f"{perspective} in perspective"
    return f"{experience} in experience, {perspective} in perspective"


def verdict_in_words(kinds: PairingKinds) -> str:
    """The verdict and how far it reaches, in sentences."""
    if kinds.verdict == "cannot tell":
        return f"Cannot tell which kind of pairing brings most: {_too_little(kinds)}."
    if kinds.best is None:
        return _nothing(kinds)
    row = kinds.table.T[kinds.best]
    return " ".join([_named(kinds, row), _rivals_in_words(kinds), _beyond(kinds, row)])


def _too_little(kinds: PairingKinds) -> str:
    people, items = kinds.settings["people"], kinds.settings["items"]
    if people < FEWEST_PEOPLE:
        return f"{count_in_words(people, 'person has', 'people have')} a possible partner, and it takes {FEWEST_PEOPLE}"
    if items < FEWEST_ITEMS:
        return (
            f"the answers hold {count_in_words(items, 'outlook item', 'outlook items')}, and it takes two, one to tell the "
            "kind of a pair and another to tell its gain"
        )
    return f"fewer than two kinds have {FEWEST} people"


def _nothing(kinds: PairingKinds) -> str:
    lead = str(kinds.settings["lead"])
    row = kinds.table.T[lead]
    return (
        f"No kind of pairing stands out: {lead} gains most, {_more(kinds, row)} than possible pairs on average, but "
        f"chance gives some kind as much in {row['p_adjusted']:.0%} of draws."
    )


def _named(kinds: PairingKinds, row: pd.Series) -> str:
    least = 1 / (kinds.settings["draws"] + 1)
    often = "no draw" if row["p_adjusted"] <= least + 1e-12 else f"{row['p_adjusted']:.1%} of draws"
    return (
        f"{str(kinds.best).capitalize()}: such a pair gains {_figure(row['gain'])} effective perspectives "
        f"({_figure(row['low'])} to {_figure(row['high'])}), {_more(kinds, row)} than possible pairs on average; "
        f"chance gives some kind as much in {often}."
    )


def _more(kinds: PairingKinds, row: pd.Series) -> str:
    return f"{row['excess'] / kinds.settings['mean']:.0%} more"


def _rivals_in_words(kinds: PairingKinds) -> str:
    rivals = kinds.table.index[kinds.table["rival"].fillna(False)].tolist()
    if not rivals:
        return "Every other kind brings less."
    told = "; ".join(rivals) if len(rivals) <= MOST_NAMED else f"{number_word(len(rivals))} other kinds"
    return f"Not told apart from it: {told}."


def _beyond(kinds: PairingKinds, row: pd.Series) -> str:
    if row["p_beyond"] <= kinds.settings["level"]:
        return (
            f"It is more than distance alone would give: {_figure(row['beyond'])} over pairs equally far apart, whose "
            "contacts repeat more of what they would hear."
        )
    return "No more can be seen than distance gives: pairs equally far apart bring about as much."


def _figure(value: float) -> str:
    return f"{value:.2f}" if abs(value) >= CLEAR else f"{value:.3f}"
