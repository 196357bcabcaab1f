"""The fewest changes after which some pairing keeps everything that is demanded, found by an integer program."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from peernet._arrays import Flags, Floats, Ints

__all__ = ["Change", "Demands", "fewest_changes"]

Matrix: TypeAlias = Any  # SciPy's sparse classes and arrays share no useful type

# Of changes equally few those come first that ask least: a door for one pair, room for one more partner, one pair
# more or less on a limit, a pair without a known foundation, a requirement dropped, somebody left to rest.
LEANING = {"door": 0.0, "room": 1.0, "limit": 2.0, "unfounded": 3.0, "required": 4.0, "rest": 5.0}
SLIGHT = 1e-3
PROVEN = 0


@dataclass(frozen=True)
class Demands:
    """What must hold, and what could be done.

    Parameters
    ----------
    i, j
        People of each pair that could be made, closed doors opened.
    doors
        How many doors are closed between them.
    unfounded
        Whether foundation is one of them.
    capacity
        The most partners of each person.
    roomy
        Whether somebody's room could be raised.
    required
        Pairs that must be made.
    counts, sign, number
        Of each limit: whether it counts each pair; 1 for at most and -1 for at least; how many.
    everyone
        People who must have a partner.
    """

    i: Ints
    j: Ints
    doors: Ints
    unfounded: Flags
    capacity: Ints
    roomy: Flags
    required: tuple[tuple[int, int], ...]
    counts: Flags
    sign: Ints
    number: Ints
    everyone: Ints


@dataclass(frozen=True)
class Change:
    """One change: ``kind``, whom or which it is about, and by how much.

    ``about`` is a pair of people for a door or a requirement, else the position of a person or limit.
    """

    kind: str
    about: tuple[int, ...]
    amount: int = 1


def fewest_changes(demands: Demands, time_limit: float) -> tuple[list[Change], int] | None:
    """The fewest changes and a number that no others undercut; None where none were found in time."""
    demands = _worth_opening(demands)
    blocks = _blocks(demands)
    sizes = [len(upper) for _, upper in blocks]
    costs = np.concatenate([cost for cost, _ in blocks])
    found = milp(
        costs,
        integrality=np.ones(len(costs), dtype=np.int64),
        bounds=Bounds(0.0, np.concatenate([upper for _, upper in blocks])),
        constraints=_rows(demands, sizes),
        options={"mip_rel_gap": 0.0, "time_limit": time_limit},
    )
    if found.x is None:
        return None
    pairs, room, limits, dropped, rests = np.split(np.rint(found.x).astype(int), np.cumsum(sizes)[:-1])
    opened = np.flatnonzero(pairs * (demands.doors > 0)).tolist()
    changes = [Change("door", (int(demands.i[e]), int(demands.j[e])), int(demands.doors[e])) for e in opened]
    changes += [Change("room", (person,), int(room[person])) for person in np.flatnonzero(room).tolist()]
    changes += [Change("limit", (k,), int(limits[k])) for k in np.flatnonzero(limits).tolist()]
    changes += [Change("required", demands.required[k]) for k in np.flatnonzero(dropped).tolist()]
    changes += [Change("rest", (int(demands.everyone[k]),)) for k in np.flatnonzero(rests).tolist()]
    bound = 0.0 if found.mip_dual_bound is None else found.mip_dual_bound
    return changes, sum(change.amount for change in changes) if found.status == PROVEN else math.floor(bound + SLIGHT)


def _worth_opening(demands: Demands) -> Demands:
    """Without the pairs whose doors cost more changes than all that the pair could spare: nobody needs those opened."""
    lonely = np.isin(np.arange(len(demands.capacity)), demands.everyone).astype(np.int64)
    spared = lonely[demands.i] + lonely[demands.j] + demands.counts[demands.sign < 0].sum(axis=0)
    required = {*demands.required}
    asked = [(a, b) in required for a, b in zip(demands.i.tolist(), demands.j.tolist(), strict=True)]
    keep = (demands.doors <= spared) | np.array(asked, dtype=bool)
    kept = {name: getattr(demands, name)[keep] for name in ("i", "j", "doors", "unfounded")}
    return replace(demands, counts=demands.counts[:, keep], **kept)


def _blocks(demands: Demands) -> list[tuple[Floats, Floats]]:
    """Costs and upper bounds of pairs, room, limits, dropped requirements and rests."""
    n, limits = len(demands.capacity), len(demands.number)
    required, everyone = len(demands.required), len(demands.everyone)
    slight = SLIGHT / (1.0 + len(LEANING) * (n + limits + required + everyone))
    room, limit, dropped, rest = (1.0 + slight * LEANING[kind] for kind in ("room", "limit", "required", "rest"))
    return [
        (demands.doors + slight * LEANING["unfounded"] * demands.unfounded, np.ones(len(demands.i))),
        (np.full(n, room), np.where(demands.roomy, float(n), 0.0)),
        (np.full(limits, limit), np.full(limits, np.inf)),
        (np.full(required, dropped), np.ones(required)),
        (np.full(everyone, rest), np.ones(everyone)),
    ]


def _rows(demands: Demands, sizes: list[int]) -> list[LinearConstraint]:
    """Capacities, limits, requirements and a partner for everyone, each with the change that eases it."""
    n, e = len(demands.capacity), len(demands.i)
    pair = np.arange(e)
    ends = np.concatenate([demands.i, demands.j]), np.concatenate([pair, pair])
    partners = sparse.csr_array((np.ones(2 * e), ends), shape=(n, e))
    wanted = np.array([[(a, b)] for a, b in demands.required], dtype=np.int64).reshape(-1, 1, 2)
    made = ((wanted[:, :, 0] == demands.i) & (wanted[:, :, 1] == demands.j)).astype(float)
    sign = demands.sign[:, None]
    rows = [
        LinearConstraint(_spread(partners, 1, -1.0, sizes), -np.inf, demands.capacity.astype(float)),
        LinearConstraint(_spread(sign * demands.counts, 2, -1.0, sizes), -np.inf, demands.sign * demands.number),
        LinearConstraint(_spread(made, 3, 1.0, sizes), 1.0, 1.0),
        LinearConstraint(_spread(partners[demands.everyone], 4, 1.0, sizes), 1.0, np.inf),
    ]
    heights = (n, len(demands.number), len(demands.required), len(demands.everyone))
    return [row for row, height in zip(rows, heights, strict=True) if height]


def _spread(pairs: Matrix, block: int, factor: float, sizes: list[int]) -> Matrix:
    """Rows about pairs beside the block of changes that eases them."""
    parts: list[Matrix] = [sparse.csr_array(pairs)]
    height = parts[0].shape[0]
    for k in range(1, len(sizes)):
        parts.append(factor * sparse.eye_array(height) if k == block else sparse.csr_array((height, sizes[k])))
    return sparse.csr_array(sparse.hstack(parts))
