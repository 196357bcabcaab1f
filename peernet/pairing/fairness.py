"""Where a pairing is first less fair than another, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from peernet._arrays import Floats

__all__ = ["Difference", "first_difference", "or_nothing", "told_apart"]


@dataclass(frozen=True)
class Difference:
    """The first level at which two pairings differ, everybody ranked from the worst-off up.

    Parameters
    ----------
    rank
        How many people are ranked before; 0 for the worst-off.
    now, before
        What the person at this rank gains in the one pairing and in the other.
    people_now, people_before
        How many people gain no more than the lower of the two.
    """

    rank: int
    now: float
    before: float
    people_now: int
    people_before: int

    @property
    def fairer(self) -> bool:
        """Whether the one pairing is fairer than the other."""
        return self.now > self.before

    @property
    def more_people(self) -> int:
        """How many people more gain no more than the lower of the two."""
        return self.people_now - self.people_before

    def __str__(self) -> str:
        now, before = told_apart(self.now, self.before)
        if self.rank == 0:
            return f"the worst-off person would gain {or_nothing(now)} instead of {or_nothing(before)}"
        people = f"{_people(self.people_now)} instead of {self.people_before}"
        lower = before if self.fairer else now
        return f"{people} would gain {or_nothing(lower)}{' or less' if lower != '0' else ''}"


def first_difference(before: Floats, now: Floats) -> Difference | None:
    """Where one pairing is first less fair, or fairer, than another; None where they are as fair.

    Parameters
    ----------
    before, now
        What everybody gains in the other pairing and in the one.
    """
    one, other = np.sort(now), np.sort(before)
    apart = np.flatnonzero(one != other)
    if not len(apart):
        return None
    rank = int(apart[0])
    here, there = float(one[rank]), float(other[rank])
    lower = min(here, there)
    return Difference(rank, here, there, int((one <= lower).sum()), int((other <= lower).sum()))


def told_apart(one: float, other: float, digits: int = 3) -> tuple[str, str]:
    """Two numbers in as few digits as tell them apart, or in ``digits`` where they are the same."""
    for more in (*range(digits, 16), digits):
        told = _in_digits(one, more), _in_digits(other, more)
        if told[0] != told[1]:
            break
    return told


def _in_digits(number: float, digits: int) -> str:
    return np.format_float_positional(number, precision=digits, fractional=False, trim="-")


def or_nothing(gain: str) -> str:
    """A gain in words where it is none."""
    return "nothing" if gain == "0" else gain


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"
