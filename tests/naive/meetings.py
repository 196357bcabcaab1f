"""Obvious slow twins for rounds, trios and circles, and small pools of people who mostly trust each other."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

import peernet as pn
from tests.made.surveys import both_ways, survey_of

ANSWER = st.integers(1, 5).map(float)
MEAN = st.just("mean")


@st.composite
def trusting_scores(draw, *, least=2, most=6, missing=True, value=MEAN, capacity=True):
    """Scores of a few people, with vetoes, missing answers, contacts and sometimes somebody with room for two."""
    names = [f"p{i}" for i in range(draw(st.integers(least, most)))]
    answer = st.one_of(ANSWER, st.just(np.nan)) if missing else ANSWER
    items = [f"perspective_{k}" for k in range(draw(st.integers(2, 4)))]
    answers = {name: {item: draw(answer) for item in items} for name in names}
    answers[names[0]][items[0]] = 1.0
    pair = st.sampled_from(list(combinations(names, 2)))
    heard, vetoed = (draw(st.lists(pair, max_size=size, unique=True)) for size in (6, 3))
    survey = survey_of(
        answers,
        {"works_with": both_ways(*heard), "trust": both_ways(*combinations(names, 2))},
        never_with={a: [b] for a, b in vetoed} or None,
        capacity={names[-1]: draw(st.integers(0, 2))} if capacity else None,
    )
    return pn.score_pairs(survey, pn.colleague_graph(survey), value=draw(value))


def possible(scores):
    """Possible pairs of positions."""
    table = scores.possible(np.arange(len(scores)))
    willing = scores.capacity.to_numpy() > 0
    return {(i, j) for i, j in combinations(range(len(scores)), 2) if table[i, j] and willing[i] and willing[j]}


def gains(scores):
    """Function of a person and partners: what the person gains from all of them together."""
    reach = scores.reach
    return cache(lambda i, others: reach.exposure_with(i, sorted(others)) - reach.exposure[i])


def group_value(scores, group, gain):
    """Value of a group: every pair's value of shared gains."""
    share = {i: gain(i, frozenset(group) - {i}) / (len(group) - 1) for i in group}
    return sum(float(scores.combined(np.array(share[i]), np.array(share[j]))) for i, j in combinations(group, 2))


def groupings(allowed, sizes, people):
    """Every way of putting some of the people into groups of the given sizes in which all may meet."""
    if not people:
        yield ()
        return
    first, rest = people[0], people[1:]
    yield from groupings(allowed, sizes, rest)
    for size in sizes:
        for others in combinations(rest, size - 1):
            group = (first, *others)
            if all(pair in allowed for pair in combinations(group, 2)):
                left = tuple(p for p in rest if p not in others)
                yield from (((group, *more)) for more in groupings(allowed, sizes, left))


def matchings(allowed, capacity):
    """Every set of allowed pairs within capacity."""
    pairs = sorted(allowed)

    def grow(at, space):
        if at == len(pairs):
            yield ()
            return
        yield from grow(at + 1, space)
        i, j = pairs[at]
        if space[i] and space[j]:
            less = tuple(c - (p in (i, j)) for p, c in enumerate(space))
            yield from (((i, j), *more) for more in grow(at + 1, less))

    return list(grow(0, tuple(capacity)))


def best_programme(scores, rounds):
    """Greatest total of so many rounds without repeats, where a pair's value is the mean of the two gains."""
    gain, allowed, capacity = gains(scores), possible(scores), scores.capacity.tolist()

    def total(met):
        partners = {}
        for i, j in met:
            partners.setdefault(i, set()).add(j)
            partners.setdefault(j, set()).add(i)
        return sum(gain(i, frozenset(others)) for i, others in partners.items()) / 2

    def best(met, left):
        if not left:
            return total(met)
        return max(best(met | set(made), left - 1) for made in matchings(allowed - met, capacity))

    return best(set(), rounds)
