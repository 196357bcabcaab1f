"""Numbers that stand for "missing" in other programs: pointed out at every door, and left where they are."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet._wording import listed_few, times_in_words
from peernet.errors import warn_caller

SIDES = ("_a", "_b")  # of both members' columns of a measure
REPEATED = [int(digit * length) for digit in "789" for length in (2, 3, 4, 5)]  # 99, 777 and the like
REASONS = [97, 98, 997, 998, 9997, 9998]  # refused, does not know: on a scale to a hundred more likely an answer
CODES = np.array([sign * code for sign in (1.0, -1.0) for code in (*REPEATED, *REASONS)] + [-7.0, -8.0, -9.0])
SHORT = [-1.0, 8.0, 9.0]  # that are codes only where they come back: once, they are an answer as likely
ANY = np.array([*CODES, *SHORT])
MOST_TOLD = 4  # numbers
Limits: TypeAlias = Mapping[str, tuple[float, float]]


def suspicious_codes(numbers: pd.DataFrame, limits: Limits | None = None) -> pd.DataFrame:
    """Numbers that look like codes for "missing": outside what is declared, or else set apart from all others.

    Where no limits are declared, a number that programs use as such a code is set apart if it comes back and the gap
    that parts it from the others is wider than any between two of these; or, of two digits or more, if it lies further
    away than all others from each other. Both members' columns of a measure count as one.

    Parameters
    ----------
    numbers
        A table of numbers.
    limits
        Lowest and highest answer of measures, as far as declared.

    Returns
    -------
    DataFrame
        One row per measure and number: ``column`` (of the member, where one alone has it), ``value``, ``times``, the
        ``low`` and ``high`` of the rest or of what is declared, and whether that is ``declared``.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"x": [1.0, 3, 2, -999, 2], "y_a": [1.0, 9, 4, 2, 3], "y_b": [4.0, 5, 2, 9, 1]})
    >>> suspicious_codes(table).drop(columns="declared").to_dict("records")
    [{'column': 'x', 'value': -999.0, 'times': 1, 'low': 1.0, 'high': 3.0},
     {'column': 'y', 'value': 9.0, 'times': 2, 'low': 1.0, 'high': 5.0}]
    """
    found = []
    for measure, columns in _by_measure(numbers).items():
        given = np.concatenate([numbers[column].to_numpy(dtype=float) for column in columns])
        if measure not in (limits or {}) and not np.isin(given, ANY).any():
            continue
        values, times = np.unique(given[~np.isnan(given)], return_counts=True)
        if measure in (limits or {}):
            low, high = (limits or {})[measure]
            odd = (values < low) | (values > high)
        else:
            odd = _set_apart(values, times)
            low, high = (values[~odd][0], values[~odd][-1]) if odd.any() else (np.nan, np.nan)
        for value, often in zip(values[odd], times[odd], strict=True):
            where = [column for column in columns if (numbers[column] == value).any()]
            found.append((where[0] if len(where) == 1 else measure, value, often, low, high, measure in (limits or {})))
    return pd.DataFrame(found, columns=["column", "value", "times", "low", "high", "declared"])


def _by_measure(numbers: pd.DataFrame) -> dict[Any, list[Any]]:
    """The columns of each measure: those of both members together."""
    found: dict[Any, list[Any]] = {}
    for column in numbers:
        pair = [f"{str(column)[:-2]}{side}" for side in SIDES]
        of_people = column in pair and {*pair} <= {*numbers}
        found.setdefault(str(column)[:-2] if of_people else column, []).append(column)
    return found


def _set_apart(values: Floats, times: Ints) -> Flags:
    """Which of some numbers in order, each this often, are codes set apart from the others."""
    odd, coded = np.zeros(len(values), dtype=bool), np.isin(values, CODES)
    if coded.any() and not coded.all():
        low, high = values[~coded][0], values[~coded][-1]
        reason, apart = np.isin(np.abs(values), REASONS), np.maximum(low - values, values - high)
        odd |= coded & (apart > np.where(reason, 9 * max(abs(low), abs(high)), high - low))
    below, above = _ends(values[~odd])
    again = np.concatenate([np.ones(below, bool), np.zeros((~odd).sum() - below - above, bool), np.ones(above, bool)])
    odd[~odd] = again & (times[~odd] > 1)
    return odd


def _ends(values: Floats) -> tuple[int, int]:
    """How many numbers at either end are codes beyond a gap that is wider than any between the others."""
    coded, gaps = np.isin(values, ANY), np.diff(values)
    lead, tail = (int(np.argmin([*side, False])) for side in (coded, coded[::-1]))
    best = (0, 0)
    for below, above in product(range(lead + 1), range(tail + 1)):
        rest = gaps[below : len(gaps) - above]
        edges = [gaps[below - 1]] * bool(below) + [gaps[-above]] * bool(above)
        if len(rest) and below + above > sum(best) and min(edges) > rest.max():
            best = below, above
    return best


def warn_of_codes(numbers: pd.DataFrame, limits: Limits | None = None) -> None:
    """Warn, at the door of the function that was called, of numbers that look like codes for "missing"."""
    found = suspicious_codes(numbers, limits)
    for column, rows in found.groupby("column", sort=False) if len(found) else ():
        low, high, declared = rows[["low", "high", "declared"]].iloc[0]
        told = [
            f"{value:g} once" if times == 1 else f"{value:g} ({times_in_words(times)})"
            for value, times in zip(rows["value"], rows["times"], strict=True)
        ]
        rest = "outside its declared limits of {} to {}" if declared else "while everything else lies from {} to {}"
        warn_caller(
            f"{column} holds {listed_few(told, MOST_TOLD)}, {rest.format(f'{low:g}', f'{high:g}')}. If it means "
            "'missing', make it so before you read on; it was used as a number."
        )
