"""Pairs required at a price that means never are made where they can be, and their price stands in no total."""

import dataclasses

import pytest

import peernet as pn
from peernet.errors import InfeasibleError

pytestmark = pytest.mark.filterwarnings("ignore::peernet.errors.PeernetWarning")  # a price that means never
NEVER = [1_000.0, 1e6, 1e12, 1e300]
PAIR, OTHER = ("p001", "p204"), ("p002", "p105")
KEPT_APART = ("p001", "p188")  # by the foundation gate


def wished(*pairs, price=1e6):
    return pn.Rules([pn.Rule("required", *pair, price=price) for pair in pairs])


@pytest.fixture(scope="module")
def few():
    """Fifty people, whose circles and compromises are found at once."""
    survey = pn.make_survey(people=50, answered=48, teams=6, mess=False, rng=3).read()
    return pn.score_pairs(survey, pn.colleague_graph(survey))


def open_pairs(scores, count):
    """Pairs that could be made, nobody in two of them."""
    table, met, found = scores.to_frame(), set(), []
    for row in table[table["value"] > 0].itertuples():
        if not {row.a, row.b} & met:
            met |= {row.a, row.b}
            found.append((row.a, row.b))
    return found[:: len(found) // count][:count]


@pytest.mark.parametrize("objective", ["total", "fair"])
@pytest.mark.parametrize("price", NEVER)
def test_the_pairing_and_its_totals_are_those_of_the_rule_without_a_price(scores, price, objective):
    must = pn.pair_people(scores, required=[PAIR], objective=objective, progress=False)
    pairing = pn.pair_people(scores, rules=wished(PAIR, price=price), objective=objective, progress=False)
    assert pairing.pairs == must.pairs
    assert (pairing.objective, pairing.bound, pairing.gap) == (must.objective, must.bound, must.gap)
    assert pairing.table["value"].tolist() == must.table["value"].tolist()
    assert pairing.objective == pytest.approx(scores.to_frame(pairing.pairs)["value"].sum())
    assert pairing.price_of_fairness == must.price_of_fairness
    assert pairing.proven
    assert pairing.check().empty


@pytest.mark.parametrize("objective", ["total", "fair"])
def test_of_several_those_that_can_be_made_are_and_the_others_cost_nothing(scores, objective):
    some = open_pairs(scores, 5)
    must = pn.pair_people(scores, required=some, objective=objective, progress=False)
    pairing = pn.pair_people(scores, rules=wished(*some, KEPT_APART), objective=objective, progress=False)
    assert {*some} <= {*pairing.pairs}
    assert KEPT_APART not in pairing.pairs
    assert pairing.objective == pytest.approx(must.objective, abs=1e-9)
    assert (pairing.proven, len(pairing.check())) == (True, 0)


def test_where_two_cannot_both_be_made_the_dearer_is_and_of_two_as_dear_the_one_that_leaves_more(scores):
    for first, second in ((2e6, 1e6), (1e6, 1e6)):
        rules = wished(PAIR, price=first) + wished(("p001", "p064"), price=second)
        pairing = pn.pair_people(scores, rules=rules)
        either = (PAIR, ("p001", "p064"))
        dearer = either[:1] if first > second else either
        best = max(dearer, key=lambda pair: pn.pair_people(scores, required=[pair]).objective)
        assert best in pairing.pairs
        assert pairing.objective == pytest.approx(pn.pair_people(scores, required=[best]).objective, abs=1e-9)
        assert (pairing.proven, len(pairing.check())) == (True, 0)


def test_real_prices_of_other_rules_still_count(scores):
    plain = pn.pair_people(scores, required=[PAIR], rules=pn.Rules([pn.Rule("met", *PAIR, price=0.25)]))
    pairing = pn.pair_people(scores, rules=wished(PAIR) + pn.Rules([pn.Rule("met", *PAIR, price=0.25)]))
    assert pairing.objective == pytest.approx(plain.objective, abs=1e-9)
    assert pairing.table.set_index(["a", "b"])["price"][PAIR] == 0.25


@pytest.mark.parametrize("cardinality", [None, "max"])
@pytest.mark.parametrize("number", [90, 100])
def test_limits_and_as_many_pairs_as_possible_go_with_them(scores, number, cardinality):
    limit = pn.Rules([pn.Rule("at most across", column="team", number=number)])
    must = pn.pair_people(scores, rules=limit, required=[PAIR], cardinality=cardinality)
    pairing = pn.pair_people(scores, rules=limit + wished(PAIR, KEPT_APART), cardinality=cardinality)
    assert pairing.objective == pytest.approx(must.objective, abs=1e-9)
    assert pairing.bound == pytest.approx(must.bound, abs=1e-9)
    assert (pairing.proven, len(pairing.check())) == (True, 0)


def test_rounds_and_trios_keep_them_and_their_totals_are_without_the_price(scores):
    ruled, hard = scores.under(wished(PAIR, KEPT_APART)), scores.under(pn.Rules([pn.Rule("required", *PAIR)]))
    found, kept = (pn.plan_rounds(some, rounds=2, progress=False) for some in (ruled, hard))
    assert PAIR in set(zip(found.table["a"], found.table["b"], strict=True))
    assert found.table["value"].max() < 1
    assert found.objective == pytest.approx(kept.objective, rel=0.01)
    assert found.bound == pytest.approx(kept.bound, rel=0.01)
    assert found.check().empty
    trios, kept = (pn.pair_with_trios(some) for some in (ruled, hard))
    assert (trios.objective, trios.bound) == pytest.approx((kept.objective, kept.bound), rel=1e-7)
    assert trios.check().empty


@pytest.mark.parametrize("listed", [20_000, 0], ids=["all listed", "searched for"])
def test_circles_hold_them_where_they_may_be_in_one_and_their_totals_are_without_the_price(few, monkeypatch, listed):
    monkeypatch.setattr("peernet.meetings.circle_search.MOST_CIRCLES", listed)
    pair = open_pairs(few, 1)[0]
    table = few.to_frame()
    apart = tuple(table.loc[table["blocked"] == "foundation refused", ["a", "b"]].iloc[0])
    circles = pn.form_circles(few.under(wished(pair, apart)), size=4)
    assert pair in circles.pairs
    assert apart not in circles.pairs
    assert circles.objective < len(circles.members)
    assert circles.check().empty


def test_compromises_have_their_totals_without_the_price_too(few):
    pair = open_pairs(few, 1)[0]
    ruled, hard = few.under(wished(pair)), few.under(pn.Rules([pn.Rule("required", *pair)]))
    found, kept = (pn.pairing_frontier(some, progress=False).table for some in (ruled, hard))
    assert found["value"].tolist() == pytest.approx(kept["value"].tolist(), abs=1e-9)


def test_gates_lots_and_draws_have_their_totals_without_the_price_too(scores):
    ruled, hard = scores.under(wished(PAIR)), scores.under(pn.Rules([pn.Rule("required", *PAIR)]))
    best = pn.pair_people(hard).objective
    assert pn.gate_prices(ruled)["value"].tolist() == pytest.approx(pn.gate_prices(hard)["value"].tolist(), abs=1e-9)
    lots = pn.draw_pairing(ruled, within=0.05, rng=1)
    assert PAIR in {*lots.pairs}
    assert 0.95 * best <= scores.to_frame(lots.pairs)["value"].sum() <= best


def test_a_survey_drawn_anew_makes_them_where_its_gates_let_it(scores):
    survey = scores.survey
    found = pn.pairing_stability(
        survey, pn.colleague_graph(survey), rules=wished(PAIR), draws=4, consensus=True, rng=1, progress=False
    )
    assert PAIR in set(zip(*found.pairs.query("proposed")[["a", "b"]].to_numpy().T.tolist(), strict=True))
    assert 0 <= found.summary["kept"] <= 1


def test_others_can_be_absent_and_the_pair_is_then_no_obstacle(scores):
    pairing = pn.pair_people(scores, rules=wished(PAIR))
    again = pairing.again(absent=["p001"])
    plain = pn.pair_people(scores).again(absent=["p001"])
    assert again.objective == pytest.approx(plain.objective, abs=1e-9)
    assert (again.proven, len(again.check())) == (True, 0)


def test_by_hand_such_a_pair_is_not_dropped_and_its_people_are_asked_about_as_required(scores):
    pairing = pn.pair_people(scores, rules=wished(PAIR))
    with pytest.raises(InfeasibleError, match="are required"):
        pairing.replace(drop=[PAIR])
    assert "must be made leave no room" in pairing.why_not("p001", "p064").text


def test_a_pairing_called_proven_that_leaves_one_out_is_found_out(scores):
    plain = pn.pair_people(scores)
    forged = dataclasses.replace(plain, scores=scores.under(wished(PAIR)))
    assert "could be kept" in forged.check()["found"].tolist()


def test_the_warning_says_that_it_counts_in_no_total(scores):
    with pytest.warns(pn.PeernetWarning, match="counts in no total"):
        scores.under(wished(PAIR))
