"""The pairs that a bound leaves in doubt, chosen among by an integer program.

The sets of a certificate say how many pairs there can be inside them, which keeps the program close to the bound. Where
a set holds only some of the places that somebody has for partners, those places are told apart in the program.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from peernet._arrays import Flags, Ints
from peernet.matching.certificate import Certificate
from peernet.matching.integer_program import Program, Solved, solve_program
from peernet.matching.reduced_costs import odd_sets

if TYPE_CHECKING:
    from peernet.matching.limits import Pool

__all__ = ["best_among"]

MOST_COLUMNS = 2  # times the pairs; where telling places apart takes more, sets that need it are left out


@dataclass(frozen=True)
class Places:
    """Places for partners beside required pairs: several are one, with that much room, where no set tells them apart.

    Parameters
    ----------
    count
        Places of each person; person by person they follow each other.
    room
        Partners in each place.
    sets
        Places of each set, no more than half of which can be paired inside.
    """

    count: Ints
    room: Ints
    sets: tuple[Ints, ...]

    @property
    def first(self) -> Ints:
        """First place of each person."""
        return np.cumsum(self.count) - self.count


def best_among(pool: Pool, i: Ints, j: Ints, proof: Certificate | None, deadline: float) -> Solved:
    """The best choice among some pairs, required ones among them, less what broken limits cost."""
    assert proof is not None  # the engine always gives one
    n = len(pool.weights)
    required = np.isin(i * n + j, [a * n + b for a, b in pool.required])
    places = _places(proof, told_apart=True)
    if _columns(places, i, j, required).sum() > MOST_COLUMNS * len(i):
        places = _places(proof, told_apart=False)
    pair = np.repeat(np.arange(len(i)), _columns(places, i, j, required))
    program = _program(pool, places, i, j, required, pair)
    solved = solve_program(program, deadline)
    if solved.pairs is None:
        return solved
    columns = dict(zip(zip(program.i.tolist(), program.j.tolist(), strict=True), pair.tolist(), strict=True))
    made = [columns[cell] for cell in solved.pairs]
    return Solved(tuple(sorted(zip(i[made].tolist(), j[made].tolist(), strict=True))), solved.bound)


def _places(proof: Certificate, *, told_apart: bool) -> Places:
    copies = proof.copies
    owner = np.repeat(np.arange(len(copies)), copies)
    sets = odd_sets(proof, several=told_apart)
    split = np.zeros(len(copies), dtype=bool)
    split[owner[np.concatenate([np.empty(0, dtype=np.int64), *sets])]] = True
    split &= copies > 1
    count = np.where(split, copies, 1)
    nth = np.arange(len(owner)) - (np.cumsum(copies) - copies)[owner]
    place = (np.cumsum(count) - count)[owner] + np.where(split[owner], nth, 0)
    return Places(count, np.repeat(np.where(split, 1, copies), count), tuple(place[held] for held in sets))


def _columns(places: Places, i: Ints, j: Ints, required: Flags) -> Ints:
    """In how many places each pair can be made."""
    return np.where(required, 1, places.count[i] * places.count[j])


def _program(pool: Pool, places: Places, i: Ints, j: Ints, required: Flags, pair: Ints) -> Program:
    """One column per pair and place; required pairs have places of their own."""
    turn = np.arange(len(pair)) - np.searchsorted(pair, pair)
    u = places.first[i[pair]] + turn // places.count[j[pair]]
    v = places.first[j[pair]] + turn % places.count[j[pair]]
    must, own = required[pair], len(places.room) + 2 * np.arange(int(required.sum()))
    u[must], v[must] = own, own + 1
    twice = _twice(places, i, j, required)
    counts = [limit.pairs[i, j].astype(float) for limit in pool.limits]
    once = [(np.arange(len(i)) == k).astype(float) for k in twice]
    return Program(
        u,
        v,
        pool.weights[i, j][pair],
        must,
        np.append(places.room, np.ones(2 * len(own), dtype=np.int64)),
        sparse.csr_array(np.array([*counts, *once]).reshape(len(pool.limits) + len(twice), len(i))[:, pair]),
        np.array([*(limit.sign for limit in pool.limits), *(1 for _ in twice)]),
        np.array([*(float(limit.number) for limit in pool.limits), *(1.0 for _ in twice)]),
        np.array([*(limit.price for limit in pool.limits), *(math.inf for _ in twice)]),
        places.sets,
    )


def _twice(places: Places, i: Ints, j: Ints, required: Flags) -> list[int]:
    """Pairs that could be made twice, in different places, as both people have room for more."""
    room = np.add.reduceat(places.room, places.first)
    several = (_columns(places, i, j, required) > 1) & (room[i] > 1) & (room[j] > 1)
    return np.flatnonzero(several).tolist()
