"""However high a price is, the pairing is the one of the rule without a price, proven, and its own check agrees."""

import pytest

import peernet as pn

PRICES = [1e2, 1e6, 1e10, 1e12, 1e300]
pytestmark = pytest.mark.filterwarnings("ignore::peernet.errors.PeernetWarning")  # a price that means never
RULES = {
    "within a team": [("not within", {"column": "team"})],
    "two people": [("forbidden", {"a": "p001", "b": "p064"})],
    "across teams": [("not across", {"column": "team"})],
    "no more than three": [("at most within", {"column": "team", "number": 3})],
    "at least a hundred": [("at least across", {"column": "team", "number": 100})],
    "the different one": [("different one", {"number": 0})],
    "room for one": [("capacity", {"a": "p002", "number": 0})],
    "several at once": [
        ("not within", {"column": "team"}),
        ("forbidden", {"a": "p001", "b": "p064"}),
        ("at least across", {"column": "team", "number": 100}),
    ],
}


def rules(name, price):
    return pn.Rules([pn.Rule(kind, **about, price=price) for kind, about in RULES[name]])


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("objective", ["total", "fair"])
def test_a_rule_that_is_not_worth_breaking_is_kept_as_without_a_price(scores, name, objective):
    kept = pn.pair_people(scores, rules=rules(name, None), objective=objective, progress=False)
    for price in PRICES if objective == "total" else (1e6, 1e300):  # of the fair, a limit with a price is nobody's
        pairing = pn.pair_people(scores, rules=rules(name, price), objective=objective, progress=False)
        assert pairing.objective == pytest.approx(kept.objective, abs=1e-9)
        assert len(pairing) == len(kept)
        assert pairing.proven
        assert objective == "fair" or pairing.gap == 0.0
        assert pairing.check().empty


@pytest.mark.parametrize("price", PRICES)
def test_a_pair_that_is_wished_for_is_made_and_the_others_are_the_best_around_it(scores, price):
    must = pn.pair_people(scores, required=[("p001", "p204")])
    wished = pn.pair_people(scores, rules=pn.Rules([pn.Rule("required", "p001", "p204", price=price)]))
    assert len(wished) == len(must)
    gains = scores.to_frame(wished.pairs)["value"].sum()
    assert gains == pytest.approx(must.objective, abs=1e-9)
    assert (wished.proven, wished.gap, len(wished.check())) == (True, 0.0, 0)


@pytest.mark.parametrize("price", PRICES)
def test_more_than_there_can_be_is_missed_by_as_little_as_possible_with_the_most_gain(scores, price):
    most = pn.pair_people(scores, rules=pn.Rules([pn.Rule("at least across", column="team", number=115)]))
    asked = pn.pair_people(scores, rules=pn.Rules([pn.Rule("at least across", column="team", number=150, price=price)]))
    assert len(asked) == len(most)
    assert asked.table["value"].sum() == pytest.approx(most.objective, abs=1e-9)
    assert (asked.proven, asked.gap, len(asked.check())) == (True, 0.0, 0)


@pytest.mark.parametrize("price", PRICES)
def test_where_most_pairs_come_first_as_few_such_rules_are_broken_as_they_allow(scores, price):
    table = scores.to_frame()
    team = scores.survey.people["team"]
    apart = (team[table["a"]].to_numpy() != team[table["b"]].to_numpy()) | team[table["a"]].isna().to_numpy()
    pairing = pn.pair_people(scores, rules=rules("within a team", price), cardinality="max")
    assert len(pairing) == len(pn.pair_people(scores, cardinality="max"))
    assert (pairing.proven, pairing.gap, len(pairing.check())) == (True, 0.0, 0)
    broken = (pairing.table["price"] > 0).sum()
    assert broken == (~apart[table.set_index(["a", "b"]).index.isin(pairing.pairs)]).sum()
    fewer = pn.pair_people(scores, rules=rules("within a team", 900.0), cardinality="max")
    assert broken == (fewer.table["price"] > 0).sum()


@pytest.mark.parametrize("price", [1e6, 1e300])
def test_rounds_and_pairings_asked_again_keep_such_rules_too(scores, price):
    ruled, plain = (scores.under(rules("two people", p)) for p in (price, None))
    assert pn.pair_people(ruled).again(absent=["p260"]).pairs == pn.pair_people(plain).again(absent=["p260"]).pairs
    found, kept = (pn.plan_rounds(some, rounds=2, progress=False) for some in (ruled, plain))
    assert found.table[["a", "b"]].to_numpy().tolist() == kept.table[["a", "b"]].to_numpy().tolist()


@pytest.mark.parametrize("prices", [(1e6, 1e10, 1e14), (1e14, 1e6, 1e10), (1e18, 1e14, 1e10)])
def test_limits_of_three_tiers_of_such_prices_are_proven_too(scores, prices):
    asked = (("at most within", 3), ("at least across", 150), ("at most across", 60))
    sheet = [
        pn.Rule(kind, column="team", number=n, price=price) for (kind, n), price in zip(asked, prices, strict=True)
    ]
    pairing = pn.pair_people(scores, rules=pn.Rules(sheet))
    assert (pairing.proven, pairing.gap, len(pairing.check())) == (True, 0.0, 0)
