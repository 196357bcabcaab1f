"""A pair that is allowed by name passes gates and rules on everybody alike, and nothing that somebody answered."""

from functools import cache

import pytest

import peernet as pn
from peernet.errors import RulesError
from peernet.scores.gates import HEADING, LET_THROUGH, OPENED_BY, REASONS

# No rule of the programme is in force here, so that a reporting line is the one to the manager.
HARD = {"reporting line", *(reason for reason in REASONS if reason and not OPENED_BY[reason])}


@cache
def made():
    survey = pn.make_survey(people=40, answered=36, teams=4, mess=False, rng=1).read()
    return survey, pn.score_pairs(survey, pn.colleague_graph(survey))


def blocked(scores):
    return scores.to_frame().set_index(["a", "b"])["blocked"]


def allowing(pairs):
    return pn.Rules([pn.Rule("allowed", a, b) for a, b in pairs])


def test_what_a_programme_closed_opens_for_the_pair_and_for_no_other():
    _, scores = made()
    before = blocked(scores)
    first = before.groupby(before).head(1)
    after = blocked(scores.under(allowing(first.index)))
    for pair, reason in first.items():
        assert (after[pair] == "") is (reason == "" or reason not in HARD), reason
    others = ~before.index.isin(first.index)
    assert (before[others] == after[others]).all()
    assert {"foundation unknown", "foundation refused", "reporting line", "did not answer"} <= {*first}


def test_no_pair_that_was_refused_or_has_a_manager_is_let_through():
    _, scores = made()
    before = blocked(scores)
    after = blocked(scores.under(allowing(before.index)))
    assert (after[before.isin(HARD)] == before[before.isin(HARD)]).all()
    assert not after[~before.isin(HARD)].any()


def test_rules_on_everybody_alike_open_and_rules_that_name_both_stand():
    survey, scores = made()
    before = blocked(scores)
    a, b = before.index[(before == "")][0]
    team = survey.people["team"]
    c, d = next(pair for pair in before.index[before == ""] if team[pair[0]] == team[pair[1]])
    rules = pn.Rules([pn.Rule("forbidden", a, b), pn.Rule("not within", column="team")])
    after = blocked(scores.under(rules + allowing([(a, b), (c, d)])))
    assert after[a, b] == "forbidden"
    assert after[c, d] == ""
    met = blocked(scores.under(pn.Rules([pn.Rule("met", a, b)]) + allowing([(a, b)])))
    assert met[a, b] == "met before"


def test_a_floor_opens_for_the_pair():
    _, scores = made()
    floored = scores.floored(0.2)
    low = blocked(floored)
    pair = low.index[low == "gain below the floor"][0]
    assert blocked(floored.under(allowing([pair])))[pair] == ""


def test_what_the_two_are_told_says_nothing_about_gates_that_did_not_hold_for_them():
    _, scores = made()
    before = blocked(scores)
    pair = before.index[before == "foundation unknown"][0]
    pairing = pn.pair_people(scores.under(allowing([pair])), required=[pair])
    text = pairing.why(*pair).text
    assert "named each other" not in text
    assert "not asked for" in text


def test_it_has_no_price_and_needs_two_people():
    with pytest.raises(RulesError, match=r"column 'price': found 0\.1; allowed: nothing, 'allowed' does not use it"):
        pn.Rule("allowed", "p001", "p002", price=0.1)
    with pytest.raises(RulesError, match="column 'b': found nothing; 'allowed' needs it"):
        pn.Rule("allowed", "p001")


def test_every_reason_that_opens_is_known():
    opened = {REASONS[code] for codes in LET_THROUGH.values() for code in codes}
    assert not opened & {"forbidden", "met before", "veto", "foundation refused", "too few shared answers"}
    assert all(HEADING[reason] for reason in opened)
