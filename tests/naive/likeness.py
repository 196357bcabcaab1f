"""Every way of pairing people, one after the other, and the textbook formulas of how alike partners are."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from statistics import mean


def all_pairings(people: list[int]) -> Iterator[list[tuple[int, int]]]:
    if not people:
        yield []
        return
    first, *others = people
    for partner in others:
        for rest in all_pairings([p for p in others if p != partner]):
            yield [(first, partner), *rest]


def anova_icc(pairs: list[tuple[float, float]]) -> float:
    """From the mean squares between and within pairs."""
    grand = mean(x for pair in pairs for x in pair)
    between = sum(2 * (mean(pair) - grand) ** 2 for pair in pairs) / (len(pairs) - 1)
    within = sum((x - mean(pair)) ** 2 for pair in pairs for x in pair) / len(pairs)
    return (between - within) / (between + within)


def double_entry(pairs: list[tuple[float, float]]) -> float:
    """Pearson's correlation of a table that holds each pair twice, once either way round."""
    both = pairs + [(b, a) for a, b in pairs]
    centre = mean(a for a, _ in both)
    return sum((a - centre) * (b - centre) for a, b in both) / sum((a - centre) ** 2 for a, _ in both)


def mean_difference(pairs: list[tuple[float, float]]) -> float:
    return mean(abs(a - b) for a, b in pairs)


def mixed_pairs(kinds: list[Hashable]) -> list[int]:
    """The number of mixed pairs in each way of pairing people of these kinds."""
    return [sum(kinds[i] != kinds[j] for i, j in pairs) for pairs in all_pairings([*range(len(kinds))])]


def expected_of(kinds: list[Hashable], one: Hashable, other: Hashable) -> float:
    """How many pairs of these two kinds there are on average."""
    ways = [*all_pairings([*range(len(kinds))])]
    return mean(sum({kinds[i], kinds[j]} == {one, other} for i, j in pairs) for pairs in ways)
