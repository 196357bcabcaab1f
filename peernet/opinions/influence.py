"""Influence as a Markov chain: shares of attention, closed classes of people, and whether there can be consensus.

A consensus from wherever opinions start needs a single closed class, and that it has no period (DeGroot's model).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order, connected_components

from peernet._arrays import Floats, Ints
from peernet._wording import count_in_words, listed
from peernet.errors import SettingError

Influence = sparse.csr_array
ROUNDING = 1e-9  # what is below is nothing
MOST_NAMED = 5  # people; of more their number is told


def attention(
    heard: Sequence[Ints],
    pairs: Iterable[tuple[int, int]] = (),
    *,
    partner_weight: float,
    strength: Sequence[Floats] | None = None,
) -> Influence:
    """Shares of attention: oneself and each colleague heard count alike, a partner ``partner_weight`` times as much.

    A colleague who is not heard in full counts by the ``strength`` with which they are.
    """
    n = len(heard)
    rows = np.repeat(np.arange(n), [len(colleagues) for colleagues in heard])
    contact = _cells(rows, np.concatenate([np.empty(0, dtype=np.int64), *heard]), n)
    if strength is not None:
        cells = np.concatenate([*strength]), contact.indices, contact.indptr
        contact = sparse.csr_array(cells, shape=contact.shape)
    a, b = np.array(list(pairs), dtype=np.int64).reshape(-1, 2).T
    partner = _cells(np.concatenate([a, b]), np.concatenate([b, a]), n) * partner_weight
    voices: Influence = sparse.csr_array(contact.maximum(partner).maximum(sparse.eye_array(n, format="csr")))
    return sparse.csr_array(sparse.diags_array(1.0 / voices.sum(axis=1)) @ voices)


def _cells(rows: Ints, cols: Ints, n: int) -> Influence:
    """Ones at these cells, once each."""
    table = sparse.csr_array((np.ones(len(rows)), (rows, cols)), shape=(n, n))
    table.data[:] = 1.0
    return table


def checked_influence(influence: npt.ArrayLike | Influence) -> Influence:
    """Shares of attention as a sparse matrix, checked.

    `SettingError` if it is not square, a share is negative or no number, or a row does not sum to 1.
    """
    shape = influence.shape if isinstance(influence, sparse.sparray) else np.shape(influence)
    if len(shape) != 2 or shape[0] != shape[1]:
        raise SettingError(f"influence must be square, one row and one column per person; got shape {shape}.")
    given: Any = influence if isinstance(influence, sparse.sparray) else np.asarray(influence, dtype=np.float64)
    table: Influence = sparse.csr_array(given, dtype=np.float64, copy=True)
    table.sum_duplicates()
    table.eliminate_zeros()
    total = np.asarray(table.sum(axis=1)).ravel()
    wrong = np.flatnonzero(~(np.abs(total - 1) <= ROUNDING))
    if len(wrong):
        raise SettingError(f"influence: row {wrong[0]} sums to {total[wrong[0]]:g}; a person's shares must sum to 1.")
    if len(table.data) and table.data.min() < 0:
        raise SettingError(f"influence holds a share of {table.data.min():g}; shares must not be below 0.")
    return table


def closed_circles(influence: Influence) -> list[Ints]:
    """Groups of people who all hear each other, directly or through others, and nobody outside.

    Whatever these groups come to think, they come to think by themselves: opinions can become one opinion, from
    wherever they start, only if there is a single such group. Ordered by their first member.
    """
    count, label = connected_components(influence, directed=True, connection="strong")
    rows, cols = influence.nonzero()
    is_open = np.zeros(count, dtype=bool)
    is_open[label[rows[label[rows] != label[cols]]]] = True
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(label, minlength=count))[:-1])
    return sorted((group for k, group in enumerate(groups) if not is_open[k]), key=lambda group: int(group[0]))


def period(influence: Influence, circle: Ints) -> int:
    """In how many turns opinions come round in a closed circle; 1 where they settle."""
    inside = sparse.csr_array(influence[circle][:, circle])
    order, before = breadth_first_order(inside, 0)
    level = np.zeros(len(circle), dtype=np.int64)
    for person in order[1:]:
        level[person] = level[before[person]] + 1
    rows, cols = inside.nonzero()
    return gcd(*np.unique(np.abs(level[rows] + 1 - level[cols])).tolist())


def stationary(influence: Influence, circle: Ints) -> Floats:
    """How much each member's first opinion weighs in what a closed circle ends up thinking; sums to 1."""
    inside = influence[circle][:, circle].toarray()
    balance = inside.T - np.eye(len(circle))
    balance[-1] = 1.0
    right = np.zeros(len(circle))
    right[-1] = 1.0
    return np.asarray(np.linalg.solve(balance, right))


@dataclass(frozen=True)
class Consensus:
    """Whether a network of attention lets opinions become one, from wherever they start, if nobody holds on to theirs.

    It names people, and so is for the analyst and not for a shared report.

    Parameters
    ----------
    possible
        Whether there is a single closed circle and opinions settle in it.
    circles
        The closed circles: people who all hear each other, directly or through others, and nobody outside.
    listens_to_nobody
        People who hear only themselves; each is a circle of one. Somebody who did not answer whom they hear is among
        them unless others named them and the tie rule counts that.
    outside
        How many people stand outside every circle; they end somewhere between the circles they hear.
    periodic
        The circles in which opinions go round for ever, since nobody there listens to themselves.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pn.simulate_opinions(survey, pn.colleague_graph(survey), susceptibility=0.5).consensus
    <Consensus: possible; everybody hears everybody in the end>
    """

    possible: bool
    circles: tuple[tuple[str, ...], ...]
    listens_to_nobody: tuple[str, ...]
    outside: int
    periodic: tuple[tuple[str, ...], ...]

    def __repr__(self) -> str:
        return f"<Consensus: {'possible' if self.possible else 'not possible'}; {self._why}>"

    @property
    def words(self) -> str:
        """What it means, in a sentence or two."""
        head, not_ = ("If", "") if self.possible else ("Even if", "not ")
        return f"{head} nobody held on to a first opinion, all could {not_}come to think alike: {self._why}."

    @property
    def _why(self) -> str:
        if self.periodic:
            return f"opinions go round for ever among {first_few(self.periodic[0])}, where nobody listens to themselves"
        if len(self.circles) > 1:
            return self._several
        if not self.outside:
            return "everybody hears everybody in the end"
        if self.listens_to_nobody:
            return f"all end where {self.listens_to_nobody[0]}, who listens to nobody, stands"
        return f"all end where the {len(self.circles[0])} people of the only closed circle do"

    @property
    def _several(self) -> str:
        circles = f"{count_in_words(len(self.circles), '', 'circles')} keep to themselves, {_sizes(self.circles)}"
        if not (alone := self.listens_to_nobody):
            return circles
        return f"{circles}; {first_few(alone)} {'listens' if len(alone) == 1 else 'listen'} to nobody, by the answers"


def _sizes(circles: Sequence[Sequence[str]]) -> str:
    sizes = sorted(map(len, circles), reverse=True)
    if sizes[0] == 1:
        return "each of one person"
    if len(sizes) > MOST_NAMED:
        return f"the largest of {sizes[0]:,} people"
    return f"of {listed([f'{size:,}' for size in sizes])} people"


def first_few(people: Sequence[str]) -> str:
    """The first few people by name, and how many more."""
    more = len(people) - MOST_NAMED
    return ", ".join(people[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def consensus_of(influence: Influence, people: Sequence[str]) -> Consensus:
    """What the closed circles of a network of attention allow."""
    found = closed_circles(influence)
    circles = tuple(tuple(people[i] for i in circle) for circle in found)
    periodic = tuple(names for names, circle in zip(circles, found, strict=True) if period(influence, circle) > 1)
    alone = tuple(circle[0] for circle in circles if len(circle) == 1)
    outside = len(people) - sum(map(len, circles))
    return Consensus(len(circles) == 1 and not periodic, circles, alone, outside, periodic)
