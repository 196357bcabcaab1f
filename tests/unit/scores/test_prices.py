"""A price so high that it means never counts as the least such price, says so, and still ranks above lower ones."""

import re
import warnings
from fractions import Fraction

import numpy as np
import pytest

import peernet as pn
from peernet.scores.ruling import counted_prices
from tests.made.surveys import both_ways, survey_of

HUGE = [1e3, 1e6, 1e10, 1e12, 1e300]


def scored(people="abcd", pairs=None):
    answers = {name: {"experience_1": 3, "goal_1": 3, "perspective_1": 1 + k % 5} for k, name in enumerate(people)}
    pairs = pairs or [(x, y) for i, x in enumerate(people) for y in people[i + 1 :]]
    survey = survey_of(answers, {"works_with": [], "trust": both_ways(*pairs)})
    return pn.score_pairs(survey, pn.colleague_graph(survey))


def under(scores, *rules):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pn.PeernetWarning)
        return scores.under(pn.Rules(rules))


@pytest.mark.parametrize("price", [0.0, 0.05, 3.0, 100.0, 999.0])
def test_a_price_below_a_thousand_counts_as_it_is(price):
    scores = scored().under(pn.Rules([pn.Rule("forbidden", "a", "b", price=price)]))
    assert scores.applied_rules.prices(np.array([0]))[0, 1] == price
    assert "never" not in scores.settings


@pytest.mark.parametrize("price", HUGE)
@pytest.mark.parametrize("rule", ["forbidden", "met", "required"])
def test_a_price_that_means_never_is_named_with_its_rule_and_from_what_price_on_that_is_so(price, rule):
    with pytest.warns(pn.PeernetWarning, match=rf"'{rule} a and b'.*{re.escape(f'{price:g}')}.*From 1000"):
        scores = scored().under(pn.Rules([pn.Rule(rule, "a", "b", price=price)]))
    taken_off = scores.applied_rules.prices(np.array([0]))[0, 1]
    assert (taken_off, scores.wishes(np.array([0]))[0, 1]) == ((0, 1000) if rule == "required" else (1000, 0))
    assert [f"{price:g}" in text for text in scores.settings["never"]] == [True]
    assert next(iter(scores.applied_rules.rules)).price == price  # the record keeps what was asked


def test_it_is_said_once_and_not_of_every_further_rule():
    scores = under(scored(), pn.Rule("met", "a", "b", price=1e9))
    more = scores.under(pn.Rules([pn.Rule("met", "a", "c", price=0.1)]))
    assert len(more.settings["never"]) == 1


@pytest.mark.parametrize("price", HUGE)
@pytest.mark.parametrize("rule", [{"rule": "forbidden"}, {"rule": "met"}])
def test_such_a_rule_is_broken_where_nothing_else_is_possible(price, rule):
    scores = under(scored("ab"), pn.Rule(rule["rule"], "a", "b", price=price))
    assert pn.pair_people(scores).pairs == []
    assert pn.pair_people(scores, cardinality="max").pairs == [("a", "b")]


@pytest.mark.parametrize("price", HUGE)
def test_where_two_such_rules_cannot_both_be_kept_the_cheaper_is_broken(price):
    scores = under(
        scored("abc"), pn.Rule("required", "a", "b", price=price / 2), pn.Rule("required", "a", "c", price=price)
    )
    pairing = pn.pair_people(scores)
    assert pairing.pairs == [("a", "c")]
    assert (pairing.proven, len(pairing.check())) == (True, 0)


@pytest.mark.parametrize("price", HUGE)
def test_a_wished_pair_that_the_gates_keep_apart_is_no_obstacle(price):
    scores = under(scored("abcd", [("a", "c"), ("b", "d")]), pn.Rule("required", "a", "b", price=price))
    assert pn.pair_people(scores).proven


def test_a_higher_price_outweighs_any_number_of_lower_ones_and_close_ones_keep_their_proportions():
    most = 50
    rules = pn.Rules([pn.Rule("met", "a", "b", price=p) for p in (0.5, 2e4, 3e4, 1e9, 1e300)])
    found = counted_prices(rules, most)
    assert found[0.5] == 0.5
    assert found[2e4] >= most * 1.5
    assert found[3e4] / found[2e4] == pytest.approx(1.5)
    assert found[1e9] > most * (1 + 0.5 + found[2e4] + found[3e4])
    assert found[1e300] > most * (1 + 0.5 + found[2e4] + found[3e4] + found[1e9])


def test_prices_that_what_lies_below_could_outweigh_are_left_alone():
    rules = pn.Rules([pn.Rule("met", "a", "b", price=p) for p in (600.0, 20_000.0)])
    assert counted_prices(rules, 50) == {600.0: 600.0, 20_000.0: 20_000.0}


def test_no_pair_of_the_example_brings_more_than_one_effective_perspective():
    survey = pn.load_example()
    gains = pn.score_pairs(survey, pn.colleague_graph(survey)).to_frame()[["gain_a", "gain_b"]]
    assert Fraction(float(gains.max().max())) <= 1
