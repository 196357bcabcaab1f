"""Whoever takes no part is nobody's possible partner, whatever keeps them out, and is told why."""

from __future__ import annotations

import numpy as np
import pytest

import peernet as pn
from tests.made.taking_part import EVERYONE, IDLE, WAYS, six


@pytest.mark.parametrize(("scores", "reason"), WAYS.values(), ids=WAYS)
def test_nobody_can_be_paired_with_them_and_the_reason_is_theirs(scores, reason):
    found = scores()
    assert found.pair("a", IDLE)["blocked"] == reason
    assert not found.possible(np.arange(6))[:, EVERYONE.index(IDLE)].any()
    assert pn.pair_people(found).unpaired.set_index("person").loc[IDLE, "reason"] == reason
    assert pn.feasibility(found).people.set_index("person").loc[IDLE, "reason"] == reason


def test_a_rule_that_gives_them_room_brings_them_in_and_another_takes_it_away_again():
    scores = six(capacity={IDLE: 0})
    invited = scores.under(pn.Rules([pn.Rule("capacity", IDLE, number=2)]))
    assert invited.pair("a", IDLE)["blocked"] == ""
    assert invited.under(pn.Rules([pn.Rule("capacity", IDLE, number=0)])).pair("a", IDLE)["blocked"] != ""
    ruled = six().under(pn.Rules([pn.Rule("capacity", IDLE, number=0)]))
    assert ruled.under(pn.Rules([pn.Rule("capacity", IDLE, number=1)])).pair("a", IDLE)["blocked"] == ""


def test_a_partner_at_a_price_is_a_partner_they_could_have():
    scores = six().under(pn.Rules([pn.Rule("capacity", IDLE, number=0, price=0.01)]))
    assert scores.pair("a", IDLE)["blocked"] == ""


def test_a_mentor_who_is_given_no_mentee_takes_no_part_and_did_not_wish_for_it():
    pairing = pn.pair_mentors(six(), ["a", IDLE], ["b", "c"], capacity={IDLE: 0})
    assert pairing.unpaired.set_index("person").loc[IDLE, "reason"] == "no partner by a rule"
