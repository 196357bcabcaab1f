"""Six people of whom one takes no part, in every way there is to take none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import peernet as pn
from peernet.scores.pair_scores import PairScores
from tests.made.surveys import both_ways, survey_of

EVERYONE = "abcdef"
IDLE = "f"


def six(**facts) -> PairScores:
    """The scores of six people who all trust each other."""
    answers = {
        name: {"experience_1": 3, "goal_1": 3, "perspective_1": 1 + i % 5, "perspective_2": 1 + i * i % 5}
        for i, name in enumerate(EVERYONE)
    }
    if facts.pop("silent", False):
        answers[IDLE] = dict.fromkeys(answers[IDLE], np.nan)
    trust = both_ways(*[(x, y) for i, x in enumerate(EVERYONE) for y in EVERYONE[i + 1 :]])
    survey = survey_of(answers, {"works_with": [], "trust": trust}, **facts)
    return pn.score_pairs(survey, pn.colleague_graph(survey))


# How somebody comes to take no part, and what they are told.
WAYS: dict[str, tuple[Callable[[], PairScores], str]] = {
    "opted out": (lambda: six(opted_out=[IDLE]), "opted out"),
    "wants no partner": (lambda: six(capacity={IDLE: 0}), "wants no partner"),
    "by a rule": (lambda: six().under(pn.Rules([pn.Rule("capacity", IDLE, number=0)])), "no partner by a rule"),
    "wants none, and has a rule": (
        lambda: six(capacity={IDLE: 0}).under(pn.Rules([pn.Rule("capacity", number=2)])),
        "wants no partner",
    ),
    "did not answer": (lambda: six(silent=True), "did not answer"),
    "is away": (lambda: six().excluding(people=[IDLE]), "absent"),
}
