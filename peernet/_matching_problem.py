"""What the engine is asked: allowed pairs in integers, copies of people, and when to stop."""

from dataclasses import dataclass
from time import monotonic

from ._copies import Copies
from ._matching_units import Units
from ._pair_weights import PairTable

__all__ = ["Problem"]


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
