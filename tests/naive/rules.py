"""A programme's rules read from the survey pair by pair, and the best pairing under them found by trying all."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np


def every_matching(pairs, room):
    """Every set of some pairs in which nobody has more partners than room."""
    if not pairs:
        yield ()
        return
    (a, b), rest = pairs[0], pairs[1:]
    yield from every_matching(rest, room)
    if room[a] and room[b]:
        less = room | {a: room[a] - 1, b: room[b] - 1}
        yield from (((a, b), *more) for more in every_matching(rest, less))


class NaivePairs:
    """Scores of a survey before any rule, and the rules, one pair at a time."""

    def __init__(self, survey, scores, rules):
        table = scores.to_frame()
        self.survey, self.rules = survey, rules
        self.pairs = {(r.a, r.b): r for r in table.itertuples() if r.blocked == ""}
        self.all = {(r.a, r.b): r for r in table.itertuples()}
        self.people = list(survey.people.index)
        self.own = scores.capacity.to_dict()

    def room(self):
        room = dict(self.own)
        for rule in self.rules.of("capacity"):
            if rule.a is None:
                room = {p: int(rule.number) if c else 0 for p, c in room.items()}
        for rule in self.rules.of("capacity"):
            if rule.a is not None:
                room[rule.a] = int(rule.number) + (rule.price is not None)
        return room

    def steps_up(self, a, b):
        """How many steps above a stands b."""
        boss, steps, seen = a, 0, set()
        while isinstance(boss, str) and boss not in seen:
            if boss == b and steps:
                return steps
            seen.add(boss)
            boss, steps = self.survey.people["manager"].get(boss), steps + 1
        return steps if boss == b else math.inf

    def same(self, a, b, column):
        x, y = self.survey.people[column][[a, b]]
        return None if x != x or y != y or x is None or y is None else x == y

    def about(self, rule, a, b):
        """Whether a rule about pairs is about this one."""
        if rule.rule in ("forbidden", "met", "required"):
            return {a, b} == {rule.a, rule.b}
        if rule.rule == "reporting line":
            return min(self.steps_up(a, b), self.steps_up(b, a)) <= rule.number
        same = self.same(a, b, rule.column)
        return same is not None and same == rule.rule.endswith("within")

    def different_one(self, person, a, b):
        """Whether person is in the pair and the partner gains more."""
        if person not in (a, b):
            return False
        row = self.all[a, b]
        own, other = (row.gain_a, row.gain_b) if person == a else (row.gain_b, row.gain_a)
        return other > own + 1e-9

    def rare(self, rule):
        if rule.a is not None:
            return [rule.a]
        far = {
            p: np.mean([d for (a, b), r in self.all.items() if p in (a, b) and (d := r.perspective) == d] or [np.nan])
            for p in self.people
        }
        known = sorted((p for p in far if far[p] == far[p]), key=lambda p: (-round(far[p], 9), p))
        return known[: math.ceil((rule.share or 0.1) * len(known) - 1e-9)]

    def cost(self, rule, made):
        """What a rule with a price costs a pairing; how far one without a price is broken."""
        if rule.rule in ("forbidden", "met", "reporting line", "not within", "not across"):
            return sum(self.about(rule, *pair) for pair in made)
        count = sum(self.about(rule, *pair) for pair in made) if rule.column or rule.rule == "required" else 0
        if rule.rule == "required":
            return -count if rule.price is not None else 1 - count
        if rule.rule.startswith("at most"):
            return max(0, count - rule.number)
        if rule.rule.startswith("at least"):
            return max(0, rule.number - count)
        if rule.rule == "capacity":
            return max(0, sum(rule.a in pair for pair in made) - rule.number) if rule.price is not None else 0
        before = {tuple(sorted((met.a, met.b))) for met in self.rules.of("met")}
        excess = 0
        for person in self.rare(rule):
            past = sum(self.different_one(person, *pair) for pair in before)
            now = sum(self.different_one(person, *pair) for pair in made)
            excess += max(0, now - max(0, int(rule.number) - past))
        return excess

    def total(self, made):
        """Total value less prices; minus infinity where a rule without a price is broken."""
        total = sum(self.pairs[pair].value for pair in made)
        for rule in self.rules:
            broken = self.cost(rule, made)
            if broken and rule.price is None:
                return -math.inf
            total -= broken * (rule.price or 0)
        return total

    def best(self, *, fill=False):
        """(number of pairs if they come first, total) of the best pairing; None where none keeps the rules."""
        found = [(len(m) if fill else 0, self.total(m)) for m in every_matching(list(self.pairs), self.room())]
        return max((option for option in found if option[1] > -math.inf), default=None)


def fairest_levels(own, value, room, *, fill=False, required=(), total=None):
    """(number of pairs if they come first, everybody's gains from the least up, total) of the fairest pairing.

    ``total`` says what pairs are worth in all, minus infinity where they break a limit; None where all of them do.
    """
    people = range(len(own))
    pairs = [pair for pair in combinations(people, 2) if not np.isnan(value[pair])]
    total = total or (lambda made: sum(value[pair] for pair in made))
    best = None
    for made in every_matching(pairs, dict(enumerate(room))):
        worth = total(made)
        if worth == -math.inf or not {*required} <= {*made}:
            continue
        places = {p: [0.0] * (room[p] - sum(p in pair for pair in made)) for p in people}
        for i, j in made:
            places[i].append(own[i, j])
            places[j].append(own[j, i])
        levels = sorted(round(max(brought, default=0.0), 9) for brought in places.values())
        key = (len(made) if fill else 0, levels, worth)
        best = key if best is None or key > best else best
    return best
