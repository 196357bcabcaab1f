"""What the engine is asked: allowed pairs in integers, copies of people, and when to stop."""

import math
from dataclasses import dataclass
from time import monotonic

import numpy as np

from peernet.errors import SettingError
from peernet.matching.copies import Copies
from peernet.matching.matching_units import Units
from peernet.matching.weights import PairTable

__all__ = ["Problem", "deadline_after"]


@dataclass(frozen=True)
class Problem:
    """Allowed pairs in integers, capacities and when to stop."""

    table: PairTable
    units: Units
    copies: Copies
    deadline: float

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        return monotonic() > self.deadline


def deadline_after(time_limit: float | None) -> float:
    """The time of `time.monotonic` to stop at, infinite for None."""
    if time_limit is None:
        return math.inf
    if not isinstance(time_limit, int | float | np.number) or not time_limit >= 0:
        raise SettingError(f"time_limit must be None or a number of seconds, 0 or more; got {time_limit!r}.")
    return monotonic() + time_limit
