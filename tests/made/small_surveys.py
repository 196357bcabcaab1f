"""Surveys of a few people, drawn by Hypothesis."""

import numpy as np
from hypothesis import strategies as st

from tests.made.surveys import survey_of

ANSWER = st.one_of(st.integers(1, 5).map(float), st.just(np.nan))
LAYERS = ("works_with", "trust", "respect")


@st.composite
def small_surveys(draw):
    names = [f"p{i}" for i in range(draw(st.integers(1, 8)))]
    items = ["experience_1", "goal_1", "perspective_1", "perspective_2", "perspective_3"]
    answers = {name: {item: draw(ANSWER) for item in items} for name in names}
    answers[names[0]]["perspective_1"] = 1.0
    pair = st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda p: p[0] != p[1])
    named = st.lists(pair, max_size=30, unique=True) if len(names) > 1 else st.just([])
    works, trust = draw(named), draw(named)
    mutual = draw(st.booleans())
    respect = [*trust] if draw(st.booleans()) else draw(named)
    if mutual:
        trust = sorted({*trust, *((b, a) for a, b in trust)})
        respect = sorted({*respect, *((b, a) for a, b in respect)})
    ties = dict(zip(LAYERS, (works, trust, respect), strict=True))
    capacity = {names[-1]: draw(st.integers(0, 2))}
    strength = {"works_with": draw(st.sampled_from((0.3, 1.0)))}
    out = names[:1] if draw(st.booleans()) else ()
    return survey_of(answers, ties, capacity=capacity, opted_out=out, strength=strength)
