"""Small teams to plan rounds, trios and circles for."""

from itertools import combinations

import peernet as pn
from tests.made.surveys import both_ways, survey_of

VIEWS = {"a": 1, "b": 5, "c": 2, "d": 4, "e": 3}
NINE = {**VIEWS, "f": 2, "g": 1, "h": 5, "i": 4}


def scored(views, trust=None, *, works_with=(), value="mean", **facts):
    answers = {name: {"perspective_1": p, "experience_1": 3} for name, p in views.items()}
    trust = list(combinations(views, 2)) if trust is None else trust
    survey = survey_of(answers, {"works_with": both_ways(*works_with), "trust": both_ways(*trust)}, **facts)
    return pn.score_pairs(survey, pn.colleague_graph(survey), value=value, foundation=("mutual",))


def planned(scores, **settings):
    return pn.plan_rounds(scores, progress=False, **settings)
