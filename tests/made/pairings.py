"""Small pairings whose every alternative can be seen at a glance."""

import peernet as pn
from tests.made.surveys import both_ways, survey_of

FAIRNESS = ["worst_off", "instead_of", "more_people"]
CHAIN = [("a", "b"), ("b", "c"), ("c", "d")]


def paired(perspectives, trust, *, experience=None, works_with=(), required=(), cardinality=None, **facts):
    answers = {
        name: {"experience_1": (experience or {}).get(name, 3), "goal_1": 3, "perspective_1": p}
        for name, p in perspectives.items()
    }
    survey = survey_of(answers, {"works_with": list(works_with), "trust": both_ways(*trust)}, **facts)
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), foundation=("mutual",), scale=0.625)
    return pn.pair_people(scores, required=required, cardinality=cardinality)
