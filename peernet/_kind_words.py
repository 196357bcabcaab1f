"""Kinds of pairing, and what was found about them, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from peernet._number_words import number_word

if TYPE_CHECKING:
    from peernet._pairing_kinds import PairingKinds

__all__ = ["kind_in_words", "verdict_in_words"]

MOST_NAMED = 3  # rivals named one by one


def kind_in_words(experience: str, perspective: str) -> str:
    """What a kind is called."""
    if experience == "any":
        return f"{perspective} in perspective"
    return f"{experience} in experience, {perspective} in perspective"


def verdict_in_words(kinds: PairingKinds) -> str:
    """The verdict and how far it reaches, in sentences."""
    if kinds.verdict == "cannot tell":
        return (
            "Cannot tell which kind of pairing brings most: that takes twelve people, two outlook items and two kinds "
            "with five people each."
        )
    if kinds.best is None:
        return _nothing(kinds)
    row = kinds.table.loc[kinds.best]
    return " ".join([_named(kinds, row), _rivals(kinds), _beyond(kinds, row)])


def _nothing(kinds: PairingKinds) -> str:
    lead = str(kinds.settings["lead"])
    row = kinds.table.loc[lead]
    return (
        f"No kind of pairing stands out: {lead} gains most, {_more(kinds, row)} than possible pairs on average, but "
        f"chance gives some kind as much in {row['p_adjusted']:.0%} of draws."
    )


def _named(kinds: PairingKinds, row: pd.Series) -> str:
    least = 1 / (kinds.settings["draws"] + 1)
    often = "no draw" if row["p_adjusted"] <= least + 1e-12 else f"{row['p_adjusted']:.1%} of draws"
    return (
        f"{str(kinds.best).capitalize()}: such a pair gains {row['gain']:.2f} effective perspectives "
        f"({row['low']:.2f} to {row['high']:.2f}), {_more(kinds, row)} than possible pairs on average; chance gives "
        f"some kind as much in {often}."
    )


def _more(kinds: PairingKinds, row: pd.Series) -> str:
    return f"{row['excess'] / kinds.settings['mean']:.0%} more"


def _rivals(kinds: PairingKinds) -> str:
    rivals = kinds.table.index[kinds.table["rival"].fillna(False)].tolist()
    if not rivals:
        return "Every other kind brings less."
    told = "; ".join(rivals) if len(rivals) <= MOST_NAMED else f"{number_word(len(rivals))} other kinds"
    return f"Not told apart from it: {told}."


def _beyond(kinds: PairingKinds, row: pd.Series) -> str:
    if row["p_beyond"] <= kinds.settings["level"]:
        return (
            f"It is more than distance alone would give: {row['beyond']:+.2f} over pairs equally far apart, whose "
            "contacts repeat more of what they would hear."
        )
    return "Distance accounts for it: pairs equally far apart bring as much."
