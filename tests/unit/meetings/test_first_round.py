"""Pairs that must be made are made in the first round, and everything else is the best beside them."""

from itertools import combinations

import pytest

import peernet as pn
from peernet.errors import InfeasibleError
from tests.made.meetings import NINE, planned, scored


def requiring(scores, *pairs):
    return scores.under(pn.Rules([pn.Rule("required", a, b) for a, b in pairs]))


def test_a_required_pair_meets_in_the_first_round_and_never_again():
    plan = planned(requiring(scored(NINE), ("a", "g"), ("c", "f")), rounds=3)
    first = plan.rounds[0]
    assert {("a", "g"), ("c", "f")} <= set(first)
    assert sum(("a", "g") in pairs for pairs in plan.rounds) == 1
    assert len(first) == 4
    assert len(plan.check()) == 0


def test_two_who_met_before_need_not_meet_again():
    plan = planned(requiring(scored(NINE), ("a", "g")), rounds=2, earlier=[[("a", "g")]])
    assert all(("a", "g") not in pairs for pairs in plan.rounds[1:])
    assert len(plan.check()) == 0


def test_a_round_without_its_required_pair_is_found_out():
    plan = planned(requiring(scored(NINE), ("a", "g")), rounds=2)
    object.__setattr__(plan, "_plan", plan._plan[::-1])
    assert ["required", 1, "a and g", "do not meet in the first round"] in plan.check().to_numpy().tolist()


@pytest.mark.parametrize("cardinality", [None, "max"])
def test_with_trios_the_rest_is_the_best_beside_the_required_pairs(cardinality):
    """Held against every way to make one trio of the five others."""
    scores = scored(dict(list(NINE.items())[:7]))
    found = pn.pair_with_trios(requiring(scores, ("a", "g")), cardinality=cardinality)
    assert ("a", "g") in found.pairs
    assert len(found.check()) == 0
    assert found.proven
    others = []
    for trio in combinations("bcdef", 3):
        pair = tuple(person for person in "bcdef" if person not in trio)
        others.append(worth(scores, trio) + worth(scores, pair))
    assert found.objective == pytest.approx(max(others) + worth(scores, ("a", "g")))


def worth(scores, group):
    places = [scores.position(person) for person in group]
    gains = (scores.reach.exposure_with(i, sorted({*places} - {i})) - scores.reach.exposure[i] for i in places)
    return sum(gains) / 2


def test_somebody_required_twice_takes_both_places():
    scores = requiring(scored(NINE, capacity={"a": 2}), ("a", "g"), ("a", "f"))
    found = pn.pair_with_trios(scores)
    assert {("a", "g"), ("a", "f")} <= set(found.pairs)
    assert len(found.check()) == 0


@pytest.mark.parametrize("function", [planned, pn.pair_with_trios])
def test_a_required_pair_that_is_not_possible_is_named_with_the_gate(function):
    scores = requiring(scored({"a": 1, "b": 5, "c": 3}, [("a", "b")]), ("a", "c"))
    told = (
        r"'a' and 'c' are required but cannot be paired: foundation unknown\. .* open the foundation gate for everyone"
    )
    with pytest.raises(InfeasibleError, match=told):
        function(scores)


@pytest.mark.parametrize("function", [planned, pn.pair_with_trios])
def test_more_required_partners_than_there_is_room_for_are_named(function):
    scores = requiring(scored(NINE), ("a", "g"), ("a", "f"))
    with pytest.raises(InfeasibleError, match=r"'a' would have 2 partners \('f', 'g'\) and has room for 1"):
        function(scores)
