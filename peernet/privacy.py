"""What may leave the analyst's desk: counts without small cells (complementary suppression), text without formulas."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from hashlib import sha256
from unicodedata import category, normalize

import networkx as nx
import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats
from peernet.errors import SettingError

FLOOR = 5  # people; fewer in a cell are few enough to be known by name
TOTAL = "total"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")  # what makes a spreadsheet run a cell (OWASP)
SIGNS = frozenset("=+-@\N{MINUS SIGN}")  # in whatever width they are written
UNSEEN = ("C", "M", "Z")  # kinds of characters that may stand before a sign and do not show: marks, joiners, spaces
Line = tuple[int | slice, int | slice]  # a row or a column of a table
Way = tuple[int, int]  # from line to line


def suppress_small(counts: pd.DataFrame | pd.Series[int], *, floor: int = FLOOR) -> pd.DataFrame | pd.Series[int]:
    """Counts of people with totals, every count below the floor hidden and no hidden one left to be worked out.

    Where sums, and knowing that no count is negative, leave a hidden count only one value, the smallest shown count
    beside it is hidden too. So is a further one where all that is hidden in a line adds up to fewer than ``floor``
    people. Totals take part like any other count. Zeros are hidden as well: that nobody is in a cell says something
    about everybody. Empty rows and columns hide nothing: what is hidden stays so from whoever knows which they are,
    from another table without them for instance.

    Parameters
    ----------
    counts
        Numbers of people, without totals; a table of two groupings or a series of one.
    floor
        The smallest number that may be shown.

    Returns
    -------
    DataFrame or Series
        The same cells and a last row and column (or entry) ``total``, as Int64; missing where hidden.

    Raises
    ------
    SettingError
        If ``floor`` is below 1 or a count is missing or negative.

    References
    ----------
    Gusfield, D. (1988). A graph theoretic approach to statistical data security. SIAM Journal on Computing 17, 552-571.
    Hundepool, A. et al. (2012). Statistical Disclosure Control, chapter 4. Wiley.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({"x": [12, 3, 20], "y": [9, 14, 30]}, index=["a", "b", "c"])
    >>> suppress_small(counts)
              x     y  total
    a      <NA>  <NA>     21
    b      <NA>  <NA>     17
    c        20    30     50
    total    35    53     88
    """
    if floor < 1:
        raise SettingError(f"floor must be at least 1; got {floor!r}.")
    if isinstance(counts, pd.Series):
        alone: pd.Series[int] = _suppressed(counts.to_frame().T, floor).iloc[0]
        alone.name = counts.name
        return alone
    return _suppressed(counts, floor)


def _suppressed(counts: pd.DataFrame, floor: int) -> pd.DataFrame:
    cells = counts.to_numpy(dtype=float)
    if np.isnan(cells).any() or (cells < 0).any():
        raise SettingError("counts must be 0 or more everywhere; found a missing or negative one.")
    full = _with_totals(_with_totals(cells).T).T
    rows, columns = (pd.Index([*labels, TOTAL], name=labels.name) for labels in (counts.index, counts.columns))
    return pd.DataFrame(full, index=rows, columns=columns).astype("Int64").mask(_hidden(full, floor))


def _with_totals(cells: Floats) -> Floats:
    return np.column_stack([cells, cells.sum(axis=1)])


def told_sum(counts: pd.Series[int], part: Iterable[Hashable] | None = None, *, floor: int = FLOOR) -> int | None:
    """Sum of some counts as a sentence may tell it, or as a share, beside `suppress_small` of all of them.

    A sum told of a part also tells the rest, as the total is known. So either side may hold no hidden count, or several
    beside empty ones that add up to ``floor`` people or more, as in a line of the table.

    Parameters
    ----------
    counts
        Numbers of people or pairs, without their total.
    part
        The labels of those to add up; all by default.
    floor
        The smallest number that may be shown.

    Returns
    -------
    int or None
        None where a hidden count could be worked out from the sum, or the sum of the others.

    Raises
    ------
    SettingError
        If ``floor`` is below 1 or a count is missing or negative.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.Series({"closer": 3, "usual": 20, "further": 9, "not known": 40})
    >>> suppress_small(counts).isna().to_list()
    [True, False, True, False, False]
    >>> told_sum(counts, ["closer", "usual"]), told_sum(counts, ["closer", "usual", "further"])
    (None, 32)
    """
    hidden = suppress_small(counts, floor=floor).drop(TOTAL).isna().to_numpy(dtype=bool)
    inside = np.ones(len(counts), dtype=bool) if part is None else counts.index.isin(list(part))
    numbers = counts.to_numpy()
    for side in (inside & hidden, ~inside & hidden):
        if side.any() and ((numbers[side] > 0).sum() < 2 or numbers[side].sum() < floor):
            return None
    return int(numbers[inside].sum())


def rounded_by_lot(count: int, key: str, *, floor: int = FLOOR) -> int | None:
    """A count of people as a page for others may tell it: a multiple of the floor, the next lower or higher by lot.

    Exact counts of two pages tell what the one person said by whom they differ. A count within one of a multiple is
    told as that, any other as the lower or higher one by lot. So whatever two pages show, it may have risen by one,
    fallen by one or stayed; and where people come and go two at a time, as pairs do, it may have stayed.

    Parameters
    ----------
    count
        A number of people.
    key
        What the lot is drawn from; the same count with the same key is always told alike. It must hang on everything
        that could differ between two pages, or what stays the same tells that nothing has changed, and name the count,
        so that two counts of one page are drawn apart.
    floor
        The step, and half of the least number told, so that no count up to the floor ever is told.

    Returns
    -------
    int or None
        At least twice the floor; None where it would be less.

    Raises
    ------
    SettingError
        If ``floor`` is below 1.

    References
    ----------
    Hundepool, A. et al. (2012). Statistical Disclosure Control, chapter 5. Wiley.

    Examples
    --------
    >>> sorted({rounded_by_lot(37, f"run {run}") for run in range(20)})
    [35, 40]
    >>> rounded_by_lot(40, "run"), rounded_by_lot(3, "run")
    (40, None)
    """
    if floor < 1:
        raise SettingError(f"floor must be at least 1; got {floor!r}.")
    above = count % floor
    by_lot = int(sha256(key.encode()).hexdigest(), 16) % floor < above
    told = count - above + floor * (above > 1 and (above == floor - 1 or by_lot))
    return told if told >= 2 * floor else None


def _hidden(full: Floats, floor: int) -> Flags:
    """Cells to hide; each round hides one more, in the barest line first, until no line gives anything away.

    First without the empty rows and columns, so that the same cells are hidden whether those are in the table or not;
    then with them, until neither the whole nor the rest gives anything away.
    """
    filled = np.ix_(full[:, -1] > 0, full[-1] > 0)
    hidden = full < floor
    hidden[filled] = _until_safe(full[filled], hidden[filled], floor)
    while True:
        hidden = _until_safe(full, hidden, floor)
        rest = _until_safe(full[filled], hidden[filled], floor)
        if (rest == hidden[filled]).all():
            return hidden
        hidden[filled] = rest


def _until_safe(full: Floats, hidden: Flags, floor: int) -> Flags:
    """The hidden cells and those that must be hidden beside them."""
    hidden = hidden.copy()
    while telling := _telling_lines(full, hidden, floor):
        line = min(telling, key=lambda line: hidden[line].sum())
        shown = np.where(hidden[line], np.inf, full[line])
        hidden[line] |= np.arange(len(shown)) == shown.argmin()
    return hidden


def _telling_lines(full: Floats, hidden: Flags, floor: int) -> list[Line]:
    """Rows and columns with something shown that give a hidden count away, or hide too few people to hide among."""
    rows, columns = full.shape
    deducible = given_away(full, hidden)
    lines: list[Line] = [*((i, slice(None)) for i in range(rows)), *((slice(None), j) for j in range(columns))]
    return [
        line
        for line in lines
        if hidden[line].any()
        and not hidden[line].all()
        and (deducible[line].any() or full[line][hidden[line]].sum() < floor)
    ]


def given_away(full: Floats, hidden: Flags) -> Flags:
    """Hidden cells that can have one value only; the last row and column of the table are its totals.

    A count can differ from what it is where people can be passed on from line to line along hidden cells and back to
    where they came from, each row and column keeping its sum (Gusfield 1988). Cells on no such round are given away.
    """
    rows = len(full)
    cells = [(int(i), int(j)) for i, j in zip(*hidden.nonzero(), strict=True)]
    ways: nx.DiGraph[int] = nx.DiGraph(way for i, j in cells for way in _ways(full, i, j))
    part = {line: number for number, lines in enumerate(nx.strongly_connected_components(ways)) for line in lines}
    rounds: nx.Graph[int] = nx.Graph((i, rows + j) for i, j in cells if part[i] == part[rows + j])
    bridges = {frozenset(way) for way in np.array([*nx.bridges(rounds)], dtype=int).reshape(-1, 2).tolist()}
    fixed = np.zeros_like(hidden)
    for i, j in cells:
        fixed[i, j] = part[i] != part[rows + j] or frozenset((i, rows + j)) in bridges
    return fixed


def _ways(full: Floats, i: int, j: int) -> list[Way]:
    """How people can pass between a cell's row and its column: one way as the count grows, back if it can shrink."""
    row, column = i, len(full) + j
    is_total = (i == len(full) - 1) != (j == full.shape[1] - 1)  # grows when the others of its line shrink
    grow: Way = (column, row) if is_total else (row, column)
    return [grow, grow[::-1]] if full[i, j] > 0 else [grow]


def defuse(frame: pd.DataFrame) -> pd.DataFrame:
    """Copy of a table whose text cells no spreadsheet can take for a formula.

    Parameters
    ----------
    frame
        Any table.

    Returns
    -------
    DataFrame
        Text that starts with ``=``, ``+``, ``-`` or ``@``, in any width and be it after spaces or characters that do
        not show, or with a tab or a new line, has an apostrophe before it; numbers and everything else are left alone.
        `fused` takes the apostrophe away again.

    References
    ----------
    OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection

    Examples
    --------
    >>> import pandas as pd
    >>> defuse(pd.DataFrame({"name": ["=1+1", "Ada"], "gain": [-0.5, 0.5]}))
        name  gain
    0  '=1+1  -0.5
    1    Ada   0.5
    """
    numeric = frame.select_dtypes("number").columns
    return frame.assign(**{column: frame[column].map(_defused) for column in frame.columns.difference(numeric)})


def _defused(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and _could_run(cell.lstrip("'")) else cell


def fused(cell: str) -> str:
    """The text of a cell as it was before `defuse`.

    Examples
    --------
    >>> fused("'=di"), fused("'t Hooft")
    ('=di', "'t Hooft")
    """
    return cell[1:] if cell.startswith("'") and _could_run(cell.lstrip("'")) else cell


def _could_run(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula."""
    first = next((char for char in text if not category(char).startswith(UNSEEN)), "")
    return text.startswith(FORMULA_STARTS) or bool(SIGNS & {*normalize("NFKC", first)[:1]})
