"""Obvious slow twins for rounds, trios and circles, and small pools of people who mostly trust each other."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
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
    heard, chats, vetoed = (draw(st.lists(pair, max_size=size, unique=True)) for size in (6, 6, 3))
    survey = survey_of(
        answers,
        {"works_with": both_ways(*heard), "lunch": both_ways(*chats), "trust": both_ways(*combinations(names, 2))},
        strength={"lunch": draw(st.sampled_from((0.05, 0.4, 1.0)))},
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


# --- limits on numbers ------------------------------------------------------------------------------------------------

HARD_OR_PRICED = st.sampled_from([None, 0.01, 0.1])


@st.composite
def limited_scores(draw, scores, *, required=False):
    """Scores under one to three rules that count pairs, with those rules and everybody's side."""
    scores = draw(scores)
    people = list(scores.people)
    side = {person: draw(st.sampled_from("xy")) for person in people}
    kind = st.sampled_from(["at least within", "at least across", "at most within", "at most across"])
    rules = [
        pn.Rule(draw(kind), column="side", number=draw(st.integers(0, 3)), price=draw(HARD_OR_PRICED)),
        *draw(
            st.lists(
                st.sampled_from(
                    [
                        pn.Rule("different one", people[0], number=1),
                        pn.Rule("different one", people[0], number=1, price=0.05),
                        pn.Rule("capacity", people[1], number=0, price=0.05),
                        *([pn.Rule("required", people[0], people[1])] if required else []),
                    ]
                ),
                max_size=2,
                unique_by=lambda rule: rule.rule,
            )
        ),
    ]
    under = scores.under(pn.Rules(rules, {"side": pd.Series(side)}))
    return under, rules, [side[person] for person in people]


def rule_counts(scores, rule, side, groups):
    """How many pairs of some groups a rule counts; a group is one place for a capacity."""
    pairs = [pair for group in groups for pair in combinations(sorted(group), 2)]
    if rule.column:
        return sum((side[i] == side[j]) == rule.rule.endswith("within") for i, j in pairs)
    whom = scores.position(rule.a)
    if rule.rule == "capacity":
        return sum(whom in group for group in groups)
    if rule.rule == "required":
        return sum({i, j} == {whom, scores.position(rule.b)} for i, j in pairs)
    partners = [j if i == whom else i for i, j in pairs if whom in (i, j)]
    reach = scores.reach

    def alone(i, j):
        return reach.exposure_with(i, [j]) - reach.exposure[i]

    return sum(alone(partner, whom) > alone(whom, partner) + 1e-9 for partner in partners)


def rules_cost(scores, rules, side, groups):
    """What the rules that count pairs take off some groups; infinite where one without a price is broken."""
    cost = 0.0
    for rule in rules:
        count, number = rule_counts(scores, rule, side, groups), rule.number
        least = rule.rule.startswith("at least") or rule.rule == "required"
        number = 1 if rule.rule == "required" else number
        excess = max(0, number - count if least else count - number)
        cost += excess * (np.inf if rule.price is None else rule.price) if excess else 0.0
    return cost
