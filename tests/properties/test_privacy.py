"""What an attacker with the totals and arithmetic could find out from a suppressed table."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy.optimize import linprog

from peernet.privacy import FLOOR, suppress_small

tables = arrays(int, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=4), elements=st.integers(0, 20))


@example(np.diag([5, 5, 0]))
@settings(max_examples=40, deadline=None)
@given(tables)
def test_no_small_count_is_shown_and_none_can_be_worked_out(counts: np.ndarray) -> None:
    table = suppress_small(pd.DataFrame(counts))
    cells = table.to_numpy(dtype=float, na_value=np.nan)
    assert not (cells < FLOOR).any()
    for cell in np.flatnonzero(np.isnan(cells)):
        low, high = could_be(cells, cell)
        assert high - low > 0.5


with_empty_lines = st.tuples(tables, st.lists(st.booleans(), min_size=4, max_size=4), st.integers(0, 3))


@example((np.array([[3, 20], [0, 0], [9, 30]]), [True] * 4, 1))
@example((np.array([[4, 6, 8], [7, 3, 9]]), [False, True, True, True], 0))
@settings(max_examples=60, deadline=None)
@given(with_empty_lines)
def test_empty_rows_and_columns_are_no_cover(made: tuple[np.ndarray, list[bool], int]) -> None:
    """With a table of the same people that leaves the empty lines out, nothing else comes to light."""
    counts, rows, column = made
    counts = counts * np.array(rows)[: len(counts), None]
    counts = np.insert(counts, min(column, counts.shape[1]), 0, axis=1)
    filled = np.ix_(counts.any(axis=1), counts.any(axis=0))
    if not counts.any():
        return
    whole, rest = (
        suppress_small(pd.DataFrame(table)).to_numpy(dtype=float, na_value=np.nan) for table in (counts, counts[filled])
    )
    kept = np.ix_([*counts.any(axis=1), True], [*counts.any(axis=0), True])
    for cells in (whole[kept], rest, np.where(np.isnan(rest), whole[kept], rest)):
        for cell in np.flatnonzero(np.isnan(cells)):
            low, high = could_be(cells, cell)
            assert high - low > 0.5


def could_be(cells: np.ndarray, cell: int) -> tuple[float, float]:
    """Least and most a hidden cell can be, given what is shown, that totals add up, and that no count is negative."""
    rows, columns = cells.shape
    sums = []
    for line in [*(np.s_[i, :] for i in range(rows)), *(np.s_[:, j] for j in range(columns))]:
        sign = np.zeros((rows, columns))
        sign[line] = 1
        sign[(line[0], -1) if isinstance(line[1], slice) else (-1, line[1])] = -1
        sums.append(sign.ravel())
    bounds = [(0, None) if np.isnan(value) else (value, value) for value in cells.ravel()]
    wanted = np.eye(cells.size)[cell]
    ends = [linprog(w, A_eq=sums, b_eq=np.zeros(len(sums)), bounds=bounds) for w in (wanted, -wanted)]
    return ends[0].fun, np.inf if ends[1].status == 3 else -ends[1].fun
