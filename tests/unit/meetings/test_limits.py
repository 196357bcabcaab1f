"""Rules that count pairs hold in rounds, trios and circles too, and say so where they cannot."""

from dataclasses import replace

import numpy as np
import pytest

import peernet as pn
from peernet.errors import InfeasibleError
from tests.made.meetings import NINE, planned, scored

TEAMS = dict(zip(NINE, "xxxyyyzzz", strict=True))
FUNCTIONS = {
    "plan_rounds": lambda scores: pn.plan_rounds(scores, rounds=2, progress=False),
    "pair_with_trios": pn.pair_with_trios,
    "form_circles": lambda scores: pn.form_circles(scores, size=3, progress=False),
    "searched circles": lambda scores: pn.form_circles(scores, size=3, exact=False, progress=False),
}
RULES = {
    "closed pairs": pn.Rule("not within", column="team"),
    "a price on pairs": pn.Rule("not within", column="team", price=0.1),
    "a pair wished for": pn.Rule("required", "a", "b", price=0.1),
    "a pair that must be made": pn.Rule("required", "a", "b"),
    "nobody rare is the different one": pn.Rule("different one", number=0, share=0.3),
    "nobody for one person": pn.Rule("capacity", "a", number=0),
    "a limit": pn.Rule("at most across", column="team", number=3),
    "a limit the other way": pn.Rule("at least within", column="team", number=2),
    "a limit with a price": pn.Rule("at least across", column="team", number=4, price=0.1),
    "a cap on being the different one": pn.Rule("different one", number=1, share=0.3),
    "a capacity with a price": pn.Rule("capacity", "a", number=1, price=0.1),
}


@pytest.fixture(scope="module")
def scores():
    return scored(NINE, team=TEAMS)


def across(pairs):
    return sum(TEAMS[a] != TEAMS[b] for a, b in pairs)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_is_kept(scores, function, rule):
    found = FUNCTIONS[function](scores.under(pn.Rules([rule])))
    assert len(found.check()) == 0
    rounds = found.rounds if function == "plan_rounds" else [found.pairs]
    assert rounds[0]
    for met in rounds:
        if rule.price is None and rule.rule == "not within":
            assert across(met) == len(met)
        if rule.rule == "at most across":
            assert across(met) <= 3
        if rule.rule == "at least within":
            assert len(met) - across(met) >= 2
    if rule.rule == "required" and rule.price is None:
        assert ("a", "b") in rounds[0]


def test_a_limit_holds_in_every_round_anew(scores):
    plan = planned(scores.under(pn.Rules([pn.Rule("at most across", column="team", number=2)])), rounds=3)
    assert max(across(met) for met in planned(scores, rounds=3).rounds) > 2
    assert [across(met) <= 2 for met in plan.rounds] == [True] * 3
    assert plan.check().empty


def test_each_round_pays_for_the_pairs_it_is_short_of(scores):
    """Nobody has anybody of their own team but two, so that seven pairs within a team can never be made."""
    plan = planned(scores.under(pn.Rules([pn.Rule("at least within", column="team", number=7, price=2.0)])), rounds=2)
    within = [len(met) - across(met) for met in plan.rounds]
    assert plan.objective == pytest.approx(plan.table["value"].sum() - 2.0 * sum(7 - count for count in within))
    assert within[0] == 3
    assert plan.objective <= plan.bound


def different(scores, person, pairs):
    """In how many pairs somebody is the one the other gains more from, by what people hear before any round."""
    partners = [b if a == person else a for a, b in pairs if person in (a, b)]
    rows = [scores.pair(person, partner) for partner in partners]
    mine = [
        (row["gain_a"], row["gain_b"]) if person < partner else (row["gain_b"], row["gain_a"])
        for row, partner in zip(rows, partners, strict=True)
    ]
    return sum(other > own + 1e-9 for own, other in mine)


def test_how_often_somebody_is_the_different_one_counts_over_all_rounds():
    """Whoever knows more people gains less, so a is the different one in every pair."""
    scores = scored(NINE, works_with=[("b", "a"), ("c", "a")])
    plan = planned(scores, rounds=4)
    often = different(scores, "a", [pair for met in plan.rounds for pair in met])
    assert often > 1
    capped = scores.under(pn.Rules([pn.Rule("different one", "a", number=1)]))
    plan = planned(capped, rounds=4)
    assert different(scores, "a", [pair for met in plan.rounds for pair in met]) <= 1
    assert plan.check().empty


def test_earlier_rounds_count_for_the_different_one_but_pairs_known_as_met_do_not_count_twice():
    scores = scored(NINE, works_with=[("b", "a"), ("c", "a")])
    met = next(other for other in "defghi" if different(scores, "a", [("a", other)]))
    cap = pn.Rule("different one", "a", number=2)
    both = scores.under(pn.Rules([cap, pn.Rule("met", "a", met)]))
    for known in (scores.under(pn.Rules([cap])), both):
        plan = planned(known, rounds=4, earlier=[[("a", met)]])
        later = [pair for pairs in plan.rounds[1:] for pair in pairs]
        assert different(scores, "a", later) == 1


def test_a_trio_is_three_pairs_but_one_place_for_a_capacity():
    three = dict(list(NINE.items())[:3])
    scores = scored(three, team=dict.fromkeys(three, "x"))
    assert pn.pair_with_trios(scores).trios == [("a", "b", "c")]
    most = scores.under(pn.Rules([pn.Rule("at most within", column="team", number=2)]))
    assert pn.pair_with_trios(most).trios == []
    room = scores.under(pn.Rules([pn.Rule("capacity", "a", number=1, price=5.0)]))
    found = pn.pair_with_trios(room)
    assert found.trios == [("a", "b", "c")]
    assert found.objective == pytest.approx(found.table["value"].sum())
    assert found.proven


def test_what_no_round_can_keep_is_told_with_the_round(scores):
    """Three teams of three have nine pairs within them: three rounds of three, and a fourth has none."""
    rule = pn.Rules([pn.Rule("at least within", column="team", number=3)])
    assert planned(scores.under(rule), rounds=3).check().empty
    with pytest.raises(InfeasibleError, match=r"In round 4, .*at least within 3 team: no pairing has more than 0"):
        planned(scores.under(rule), rounds=4)


def test_pairs_that_must_be_made_can_break_a_limit_and_it_is_named(scores):
    rules = pn.Rules([pn.Rule("required", "a", "b"), pn.Rule("at most within", column="team", number=0)])
    with pytest.raises(InfeasibleError, match=r"at most within 0 team: 1 too many already\. Raise the number"):
        planned(scores.under(rules), rounds=1)


@pytest.mark.parametrize("exact", [True, False])
def test_what_no_circles_can_keep_is_told_by_how_much(scores, exact):
    rules = pn.Rules([pn.Rule("at least within", column="team", number=10)])
    with pytest.raises(InfeasibleError, match=r"at least within 10 team \(1 pair too few\)"):
        pn.form_circles(scores.under(rules), size=3, exact=exact, progress=False)


def test_two_who_must_meet_and_may_not_be_in_one_circle_are_named():
    scores = scored({"a": 1, "b": 5, "c": 3}, [("a", "b"), ("b", "c")])
    rules = pn.Rules([pn.Rule("required", "a", "c")])
    with pytest.raises(InfeasibleError, match="'a' and 'c' are required but may not be in one circle: foundation"):
        pn.form_circles(scores.under(rules), size=3, progress=False)


@pytest.mark.filterwarnings("ignore::peernet.errors.PeernetWarning")
def test_a_price_that_means_never_is_kept_wherever_it_can_be_and_paid_where_it_cannot(scores):
    limits = (("at most across", 1), ("at least within", 10))
    kept, missed = (scores.under(pn.Rules([pn.Rule(r, column="team", number=n, price=1e6)])) for r, n in limits)
    plan = planned(kept, rounds=2)
    assert [across(met) for met in plan.rounds] == [1, 1]
    assert across(pn.form_circles(kept, size=3, progress=False).pairs) <= 1
    circles = pn.form_circles(missed, size=3, progress=False)
    assert len(circles.pairs) - across(circles.pairs) == 9
    assert planned(missed, rounds=1).objective < -1e3


def test_a_plan_that_breaks_a_limit_is_found_out(scores):
    ruled = planned(scores.under(pn.Rules([pn.Rule("at most across", column="team", number=0)])), rounds=2)
    broken = replace(planned(scores, rounds=2), _programme=ruled._programme).check()
    assert {("limits", 1), ("limits", 2)} <= {*zip(broken["rule"], broken["round"], strict=True)}


def test_the_circles_of_a_large_pool_keep_limits_and_required_pairs():
    survey = pn.load_example()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    free = pn.form_circles(scores, size=4, exact=False, progress=False)
    outside = next(pair for pair in scores.to_frame().query("blocked == ''")[["a", "b"]].to_numpy().tolist())
    rules = pn.Rules([pn.Rule("at most within", column="team", number=5), pn.Rule("required", *outside)])
    found = pn.form_circles(scores.under(rules), size=4, exact=False, progress=False)
    teams = survey.people["team"]
    within = [sum(teams[a] == teams[b] for a, b in circles.pairs) for circles in (free, found)]
    assert within[0] > 5 >= within[1]
    assert tuple(outside) in found.pairs
    assert found.check().empty
    assert np.isfinite(found.bound)
