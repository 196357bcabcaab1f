"""Small surveys under the rules of a programme, drawn by Hypothesis."""

from hypothesis import strategies as st

import peernet as pn
from tests.made.surveys import both_ways, survey_of

PRICES = st.sampled_from((None, 0.0, 0.02, 0.3))


@st.composite
def programmes(draw):
    """A small survey in which most know each other, and up to three rules."""
    names = [f"p{i}" for i in range(draw(st.integers(2, 6)))]
    answers = {
        name: {"experience_1": 3, "goal_1": 3, "perspective_1": draw(st.integers(1, 5)), "perspective_2": 2}
        for name in names
    }
    person = st.sampled_from(names)
    pair = st.tuples(person, person).filter(lambda p: p[0] != p[1])
    trust = draw(st.lists(pair, max_size=14))
    hears = draw(st.lists(pair, max_size=6))
    team = {name: draw(st.sampled_from(("Dock", "Yard", None))) for name in names}
    manager = dict(draw(st.lists(pair, max_size=3, unique_by=lambda p: p[0])))
    survey = survey_of(
        answers,
        {"works_with": hears, "trust": both_ways(*trust)},
        team={name: at for name, at in team.items() if at},
        manager=manager,
        capacity={names[0]: draw(st.integers(0, 2))},
    )
    rules = draw(st.lists(one_rule(person, pair), min_size=1, max_size=3))
    return survey, pn.Rules(rules)


@st.composite
def one_rule(draw, person, pair):
    kind = draw(st.sampled_from(("capacity", "pair", "reporting line", "not", "limit", "different one")))
    number, price = draw(st.integers(0, 3)), draw(PRICES)
    if kind == "capacity":
        whom = draw(st.none() | person)
        return pn.Rule(kind, whom, number=min(number, 2), price=price if whom else None)
    if kind == "pair":
        return pn.Rule(draw(st.sampled_from(("forbidden", "met", "required"))), *draw(pair), price=price)
    if kind == "reporting line":
        return pn.Rule(kind, number=max(1, number), price=price)
    where = draw(st.sampled_from(("within", "across")))
    if kind == "not":
        return pn.Rule(f"not {where}", column="team", price=price)
    if kind == "limit":
        return pn.Rule(
            f"{draw(st.sampled_from(('at most', 'at least')))} {where}", column="team", number=number, price=price
        )
    share = draw(st.sampled_from((None, 0.5)))
    return pn.Rule(kind, draw(person) if share is None else None, number=min(number, 1), share=share, price=price)
