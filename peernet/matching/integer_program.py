"""A small integer program (MILP) over pairs: capacities, limits and odd sets, solved by branch and bound (HiGHS)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from time import monotonic

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from peernet._arrays import Flags, Floats, Ints

LARGEST_COST = 1e4  # costs are scaled to this, so that the solver's absolute tolerance means little
SMALLEST = 1e-300  # costs below are not scaled up, for that would overflow
LONGEST = 1e9  # seconds
NO_SOLUTION = 2


@dataclass(frozen=True)
class Program:
    """Pairs to choose from."""

    # i, j: the people of each pair
    i: Ints
    j: Ints
    weight: Floats  # what each pair is worth
    required: Flags  # whether each pair must be made
    capacity: Ints  # the most partners of each person
    counts: sparse.csr_array  # how often each pair counts for each limit, sparse, shape (limits, pairs)
    # sign, number, price: of each limit: 1 for at most and -1 for at least, how many, and what each too many or missing
    # costs
    sign: Ints
    number: Floats
    price: Floats
    # sets of people with room for one partner each; no more than half of them can be paired inside
    sets: tuple[Ints, ...] = ()


@dataclass(frozen=True)
class Solved:
    """Pairs (None: there is no choice that keeps every limit, or none was found) and a bound on their total."""

    pairs: tuple[tuple[int, int], ...] | None
    bound: float


def solve_program(program: Program, deadline: float, *, presolve: bool = True, tolerance: float = 0.0) -> Solved:
    """The best choice of pairs, less what broken limits cost.

    To simplify a program first (``presolve``) takes longer than it saves where hardly any choice is open. The choice
    may fall short of the best by a share of its total (``tolerance``).
    """
    n, limits = len(program.i), len(program.number)
    if not n and not limits:
        return Solved((), 0.0)
    costs = np.concatenate([-program.weight, np.where(np.isinf(program.price), 0.0, program.price)])
    largest = float(np.abs(costs).max(initial=0.0))
    scale = LARGEST_COST / max(largest, SMALLEST)
    left = max(0.1, deadline - monotonic()) if math.isfinite(deadline) else LONGEST
    found = milp(
        scale * costs,
        integrality=np.concatenate([np.ones(n), np.zeros(limits)]),
        bounds=Bounds(
            np.concatenate([program.required.astype(float), np.zeros(limits)]),
            np.concatenate([np.ones(n), np.where(np.isinf(program.price), 0.0, np.inf)]),
        ),
        constraints=_rows(program),
        options={"mip_rel_gap": tolerance, "time_limit": left, "presolve": presolve},
    )
    least = found.mip_dual_bound if n else found.fun  # without pairs it is a linear program, which has no such bound
    bound = math.inf if least is None else -float(least) / scale
    if found.x is None:
        return Solved(None, -math.inf if found.status == NO_SOLUTION else bound)
    made = found.x[:n] > 0.5
    return Solved(tuple(sorted(zip(program.i[made].tolist(), program.j[made].tolist(), strict=True))), bound)


def _rows(program: Program) -> list[LinearConstraint]:
    """Capacities, limits and odd sets."""
    n, limits = len(program.i), len(program.number)
    pair = np.arange(n)
    people = sparse.csr_array(
        (np.ones(2 * n), (np.concatenate([program.i, program.j]), np.concatenate([pair, pair]))),
        shape=(len(program.capacity), n + limits),
    )
    rows = [LinearConstraint(people, -np.inf, program.capacity.astype(float))]
    if limits:
        signs = sparse.diags_array(program.sign.astype(float))
        held = sparse.hstack([signs @ program.counts, -sparse.eye_array(limits)], format="csr")
        rows.append(LinearConstraint(held, -np.inf, program.sign * program.number))
    if program.sets:
        inside = np.array([np.isin(program.i, s) & np.isin(program.j, s) for s in program.sets], dtype=float)
        padded = sparse.csr_array(np.pad(inside, ((0, 0), (0, limits))))
        rows.append(LinearConstraint(padded, -np.inf, np.array([len(s) // 2 for s in program.sets], dtype=float)))
    return rows
