"""The report on kinds of pairs: which bring most, told by answers that did not choose the kind."""

from __future__ import annotations

import pandas as pd

from peernet._wording import number_word, percent
from peernet.compare.kinds import PairingKinds
from peernet.study import Study

__all__ = ["CAPTION", "as_table", "answer", "told"]

CAPTION = (
    "Mean gain of a pair of each kind, in effective perspectives, among all pairs the rules allow. Near, middle and "
    "far hold a third of these pairs each. One half of the outlook questions says which kind a pair is, the other half "
    "what it gains, both ways round; what a single pair is said to gain further down rests on all of them."
)


def answer(study: Study) -> str | None:
    """Which kind brings most, in one sentence; None where that cannot be told."""
    kinds = study.kinds
    if kinds is None or kinds.verdict == "cannot tell":
        return None
    if kinds.best is None:
        return "No kind of pair, near or far in experience or in perspective, brings clearly more than the others."
    return (
        f"Pairs {kinds.best.replace(', ', ' and ')} bring most: {_more(kinds)} than possible pairs on average, judged "
        f"by answers that did not choose them{_rivals(kinds)}."
    )


def _more(kinds: PairingKinds) -> str:
    excess = kinds.table["excess"].to_dict()[kinds.best]
    return f"{percent(excess / kinds.settings['mean'])} more"


def _rivals(kinds: PairingKinds) -> str:
    rivals = kinds.table.index[kinds.table["rival"].fillna(False)].tolist()
    if not rivals:
        return ""
    if len(rivals) == 1:
        return f"; {rivals[0].replace(', ', ' and ')} cannot be told apart from that"
    return f"; {number_word(len(rivals))} other kinds cannot be told apart from that"


def told(study: Study) -> str:
    """The verdict and how far it reaches."""
    return "" if study.kinds is None else study.kinds.words


def as_table(kinds: PairingKinds) -> pd.DataFrame:
    """Kinds with what they gain and how often chance gives any kind as much; small kinds hidden."""
    table = kinds.shareable().table
    return pd.DataFrame(
        {
            "Kind of pair": table.index.astype(str),
            "People": _cells(table["people"], "{:.0f}"),
            "Pairs": _cells(table["pairs"], "{:.0f}"),
            "Gain a pair": _cells(table["gain"], "{:.3f}"),
            "95 % interval": [_interval(*ends) for ends in zip(table["low"], table["high"], strict=True)],
            "Still new": _cells(table["fresh"], "{:.0%}"),
            "Chance gives as much": _cells(table["p_adjusted"], "{:.1%}"),
        }
    )


def _cells(column: pd.Series, shape: str) -> list[str]:
    return ["–" if pd.isna(value) else shape.format(value) for value in column]


def _interval(low: float, high: float) -> str:
    return "–" if pd.isna(low) else f"{low:.3f} to {high:.3f}"
