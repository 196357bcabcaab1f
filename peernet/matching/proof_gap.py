"""How far what was found may lie below what was proven."""

from __future__ import annotations

__all__ = ["reaches", "share_short"]

ROUNDING = 1e-9


def share_short(objective: float, bound: float) -> float:
    """Share of the bound that a total may fall short, 0 where it is proven exactly."""
    return max(0.0, bound - objective) / abs(bound) if bound else 0.0


def reaches(objective: float, bound: float) -> bool:
    """Whether a total is as great as its bound, to within rounding: then it is proven."""
    return bound - objective <= ROUNDING * max(1.0, abs(objective))
