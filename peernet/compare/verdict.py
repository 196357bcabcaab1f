"""What a comparison of ways of pairing amounts to, in words."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from peernet.compare.held_out import LEVEL

__all__ = ["YARDSTICKS", "verdict_of", "winners"]

YARDSTICKS = ("random", "random within gates", "attainable")
OWN, WITHIN = "peernet", "random within gates"


def winners(table: pd.DataFrame) -> list[str]:
    """The strategies that bring more than chance on questions they were not chosen by, the one with most first.

    Both the deals by lot and the band must say so: the one asks whether the answers matter for who is with whom, the
    other whether the pairs bring more than new partners by lot, those who hear each other already counted in.
    """
    won = table[(table["p_adjusted"] <= LEVEL) & (table["held_low"] > 0)]
    return [str(name) for name in won["held_out"].sort_values(ascending=False, kind="stable").index]


def verdict_of(table: pd.DataFrame) -> str:
    """A few sentences on the table of a `Comparison`."""
    tried = table.dropna(subset=["p_adjusted"])
    if not len(tried):
        return "Cannot tell: no way of pairing was held to questions it was not chosen by."
    won = winners(tried)
    others = [name for name in won if name != OWN]
    told = [*_own(table, won)] if OWN in tried.index else []
    if others:
        told.append(f"Ways of pairing that do{', too' if OWN in won else ''}: {_listed(others, tried)}.")
    return " ".join(told) or "Cannot tell: no way of pairing brings more than chance on questions it was not chosen by."


def _own(table: pd.DataFrame, won: list[str]) -> Iterator[str]:
    start = f"{OWN}'s pairs" if OWN in won else f"Cannot tell whether {OWN}'s pairs"
    also = " also" if OWN in won else ""
    yield f"{start} bring more than chance{also} on questions they were not chosen by ({_amount(table, OWN)})."
    within = table["held_out"].get(WITHIN)
    if within is not None and not pd.isna(within):
        yield f"Pairs by lot within the gates bring {_more(within)}."


def _listed(names: list[str], table: pd.DataFrame) -> str:
    return "; ".join(f"{name} ({_amount(table, name)})" for name in names)


def _amount(table: pd.DataFrame, name: str) -> str:
    row = table.to_dict("index")[name]
    return f"{_more(row['held_out'])} than partners by lot, 95 % band {row['held_low']:+.0%} to {row['held_high']:+.0%}"


def _more(share: float) -> str:
    return f"{abs(share):.0%} {'more' if share >= 0 else 'less'}"
