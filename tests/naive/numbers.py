"""Numbers far from the rest, found by going through every answer by itself."""

from __future__ import annotations

from itertools import pairwise

from peernet.survey.numbers import APART, ENOUGH, FEW


def far_out(numbers):
    """The few numbers far outside the rest, taken off at the widest gap again and again, and the rest."""
    rest, out = sorted(numbers), set()
    most = FEW * len(rest)
    while len(rest) > ENOUGH:
        gaps = [after - before for before, after in pairwise(rest)]
        split = gaps.index(max(gaps)) + 1
        few, many = sorted((rest[:split], rest[split:]), key=len)
        reach = many[-1] - many[0]
        if len(few) > max(most, 1) or len(many) < ENOUGH or reach == 0 or max(gaps) <= APART * reach:
            break
        out |= set(few)
        rest = many
    return out, rest
