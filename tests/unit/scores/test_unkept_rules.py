"""Rounds, trios and circles say which rules they cannot keep rather than break them without a word."""

import pytest

import peernet as pn
from peernet.errors import SettingError
from tests.made.meetings import NINE, scored

TEAMS = dict(zip(NINE, "xxxyyyzzz", strict=True))
FUNCTIONS = {
    "plan_rounds": lambda scores: pn.plan_rounds(scores, rounds=2, progress=False),
    "pair_with_trios": pn.pair_with_trios,
    "form_circles": lambda scores: pn.form_circles(scores, size=3, progress=False),
}
UNKEPT = {
    "a limit": pn.Rule("at most within", column="team", number=1),
    "a limit with a price": pn.Rule("at least across", column="team", number=4, price=0.1),
    "a cap on being the different one": pn.Rule("different one", number=1, share=0.3),
    "a capacity with a price": pn.Rule("capacity", "a", number=1, price=0.1),
}
REQUIRED = pn.Rule("required", "a", "b")
KEPT = {
    "closed pairs": pn.Rule("not within", column="team"),
    "a price on pairs": pn.Rule("not within", column="team", price=0.1),
    "a pair wished for": pn.Rule("required", "a", "b", price=0.1),
    "nobody rare is the different one": pn.Rule("different one", number=0, share=0.3),
    "nobody for one person": pn.Rule("capacity", "a", number=0),
}


@pytest.fixture(scope="module")
def scores():
    return scored(NINE, team=TEAMS)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("rule", UNKEPT.values(), ids=UNKEPT)
def test_a_rule_that_would_be_broken_is_refused_by_name(scores, function, rule):
    with pytest.raises(SettingError, match=rf"^{function} keeps .* but not: {rule.told}\. Leave them out"):
        FUNCTIONS[function](scores.under(pn.Rules([rule])))


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("rule", KEPT.values(), ids=KEPT)
def test_rules_on_single_pairs_and_capacities_are_kept(scores, function, rule):
    found = FUNCTIONS[function](scores.under(pn.Rules([rule])))
    assert len(found.check()) == 0
    met = found.rounds[0] if function == "plan_rounds" else found.pairs
    assert met
    if rule.price is None and rule.rule == "not within":
        assert all(TEAMS[a] != TEAMS[b] for a, b in met)


def test_every_rule_is_named_at_once(scores):
    with pytest.raises(SettingError, match=r"not: at most within 1 team; required a and b\. Leave"):
        FUNCTIONS["form_circles"](scores.under(pn.Rules([REQUIRED, UNKEPT["a limit"]])))


def test_a_round_that_keeps_them_can_be_handed_over(scores):
    first = pn.pair_people(scores, rules=pn.Rules([UNKEPT["a limit"]]))
    plan = pn.plan_rounds(scores, rounds=2, earlier=first, progress=False)
    assert plan.rounds[0] == first.pairs
    assert len(plan.check()) == 0
