"""Two people who pass every gate until some are closed, each by the one fact or rule that closes it."""

import numpy as np

import peernet as pn
from tests.made.surveys import both_ways, survey_of

OTHERS = {"c": 2, "d": 2}  # in no tie of trust with anybody
ANSWERS = {  # what b answers
    "too few shared answers": {"perspective_1": np.nan, "perspective_2": 4},
    "perspective too close": {"perspective_1": 1},
    "perspective out of reach": {"perspective_1": 5},
    "goals too different": {"goal_1": 5},
    "experience too different": {"experience_1": 5},
    "perspective not known": {"perspective_1": np.nan},
}
TIES = {  # on trust, and on working together
    "foundation unknown": ([], []),
    "foundation refused": ([("a", "b")], [("b", "a")]),
    "foundation not accepted": (both_ways(("a", "c"), ("b", "c")), []),
}
FACTS = {
    "reporting line": {"manager": {"a": "b"}},
    "veto": {"never_with": {"b": ["a"]}},
    "opted out": {"opted_out": ["b"]},
}
RULES = {
    "met before": pn.Rule("met", "a", "b"),
    "forbidden": pn.Rule("forbidden", "b", "a"),
    "same group": pn.Rule("not within", column="team"),
}
CHANGES = {
    "gain below the floor": lambda scores: scores.floored(9.0),
    "forbidden by hand": lambda scores: scores.excluding(pairs=[("b", "a")]),
    "absent": lambda scores: scores.excluding(people=["b"]),
}
SETTINGS = {"foundation": ("mutual",), "experience": 0.5, "goals": 0.5, "band": (0.2, 0.9)}


def closed(*reasons, ties=None, others=OTHERS, **facts):
    """Scores of a, b and others, the pair of a and b closed for each of the reasons."""
    one = {"perspective_1": 1, "perspective_2": np.nan, "goal_1": 1, "experience_1": 1}
    answers = {"a": one, "b": {**one, "perspective_1": 4}}
    answers |= {name: {**one, "perspective_1": answer, "perspective_2": answer} for name, answer in others.items()}
    trust, works_with = ties or (both_ways(("a", "b")), [])
    for reason in reasons:
        answers["b"] = {**answers["b"], **ANSWERS.get(reason, {})}
        trust, works_with = TIES.get(reason, (trust, works_with))
        facts |= FACTS.get(reason, {})
    facts["team"] = dict.fromkeys("ab", "Dock") | facts.get("team", {})
    survey = survey_of(answers, {"works_with": works_with, "trust": trust}, **facts)
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), **SETTINGS)
    scores = scores.under(pn.Rules([RULES[reason] for reason in reasons if reason in RULES]))
    for reason in reasons:
        scores = CHANGES.get(reason, lambda scores: scores)(scores)
    return scores
