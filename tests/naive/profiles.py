"""Similarity of two answer profiles item by item, as the textbook has it."""

from __future__ import annotations

from math import isnan, nan, sqrt
from statistics import mean, pstdev

Profile = dict[str, float]  # item to answer; nan where there is none


def correlation(one: Profile, other: Profile, least: int) -> float:
    both = [item for item in one if not isnan(one[item]) and not isnan(other[item])]
    x, y = [one[item] for item in both], [other[item] for item in both]
    if len(both) < least or max(x) - min(x) < 1e-12 or max(y) - min(y) < 1e-12:
        return nan
    x, y = [v - mean(x) for v in x], [v - mean(y) for v in y]
    return sum(a * b for a, b in zip(x, y, strict=True)) / sqrt(sum(a * a for a in x) * sum(b * b for b in y))


def mean_profile(profiles: list[Profile]) -> Profile:
    return {item: mean(p[item] for p in profiles if not isnan(p[item])) for item in profiles[0]}


def normative(who: str, people: dict[str, Profile], least: int) -> float:
    others = [profile for name, profile in people.items() if name != who]
    return correlation(people[who], mean_profile(others), least)


def distinctive(a: str, b: str, people: dict[str, Profile], least: int, *, standardise: bool) -> float:
    centre = mean_profile([*people.values()])
    spread = {
        item: pstdev([p[item] for p in people.values() if not isnan(p[item])]) if standardise else 1.0
        for item in centre
    }
    one, other = ({item: (people[who][item] - centre[item]) / spread[item] for item in centre} for who in (a, b))
    return correlation(one, other, least)
