"""Why a pair is not possible is told so that it helps, and so that nobody learns who did not name or want whom."""

import re

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.scores.foundation import STATES
from peernet.scores.gates import GATES, HEADING, OPENED_BY, REASONS
from peernet.scores.reasons import (
    WORDS,
    closed_gates,
    closed_to,
    in_words,
    left_out,
    told_without_partner,
    unanswered,
    what_would_help,
)
from tests.made.closed import closed
from tests.made.surveys import both_ways

EVERYBODY = np.arange(4)


def gates_between(scores):
    """The gates that could be opened between a and b, None where nothing would let them through."""
    found = closed_gates(scores, EVERYBODY)
    return None if found.never[0, 1] else found.between(0, 1)


def told_to(scores, person, paired=()):
    return left_out(scores, set(paired)).set_index("person").loc[person].tolist()


# --- a pair -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reasons", "told"),
    [
        ([], ()),
        (["foundation unknown"], ("foundation",)),
        (["foundation refused"], ("foundation",)),
        (["foundation not accepted"], ("foundation",)),
        (["experience too different"], ("experience",)),
        (["goals too different"], ("goals",)),
        (["perspective out of reach"], ("band",)),
        (["veto"], ("rules",)),
        (["reporting line"], ("rules",)),
        (["met before"], ("rules",)),
        (["same group"], ("rules",)),
        (["forbidden by hand"], ("rules",)),
        (["too few shared answers"], ("too few answers",)),
        (["gain below the floor"], ("floor",)),
        (["opted out"], ("not taking part",)),
        (["absent"], ("not taking part",)),
        (["perspective not known"], ("not taking part",)),
        (["goals too different", "foundation unknown", "perspective too close"], ("foundation", "goals", "band")),
    ],
)
def test_every_gate_that_would_have_to_open_is_told_or_the_one_thing_that_no_gate_can_help(reasons, told):
    assert closed_to(closed(*reasons), "a", "b") == closed_to(closed(*reasons), "b", "a") == told


@pytest.mark.parametrize("hard", ["veto", "met before", "opted out", "gain below the floor"])
def test_where_no_gate_would_help_none_is_named(hard):
    gates = ["experience too different", "foundation unknown", "goals too different"]
    assert closed_to(closed(hard, *gates), "a", "b") == closed_to(closed(hard), "a", "b")


def test_somebody_who_wants_no_partner_takes_no_part():
    assert closed_to(closed(capacity={"b": 0}), "a", "b") == ("not taking part",)


def test_the_gates_that_would_have_to_open_end_the_sentence():
    assert in_words(("experience",)) == (
        "their experience is too different; the experience gate would have to open for everyone."
    )
    assert in_words(("foundation", "goals")) == (
        "no foundation is known that the pair could rest on and their goals are too different; the foundation and "
        "goals gates would have to open for everyone."
    )
    assert in_words(("rules",)) == "a rule of the programme keeps them apart; no gate would change that."


def test_there_are_words_for_everything_that_can_be_told_of_a_pair():
    hard = {HEADING[reason] for reason in REASONS if HEADING[reason] and OPENED_BY[reason] not in GATES}
    assert hard | set(GATES) <= set(WORDS)


# --- which gates a programme could open -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reasons", "gates"),
    [
        ([], ()),
        (["foundation unknown"], ("foundation",)),
        (["foundation not accepted"], ("foundation",)),
        (["gain below the floor"], ("floor",)),
        (["met before", "forbidden"], ("forbidden", "met before")),
        (["goals too different", "same group", "perspective too close"], ("band", "goals", "same group")),
    ],
)
def test_gates_and_rules_that_could_open_are_told_each_by_itself(reasons, gates):
    scores = closed(*reasons)
    assert gates_between(scores) == gates
    assert closed_gates(scores, EVERYBODY).number[0, 1] == len(gates)


@pytest.mark.parametrize(
    "reason",
    [
        "foundation refused",
        "too few shared answers",
        "veto",
        "reporting line",
        "forbidden by hand",
        "opted out",
        "perspective not known",
        "absent",
    ],
)
def test_what_people_want_and_what_always_stands_is_no_gate(reason):
    assert gates_between(closed(reason, "met before", "experience too different")) is None


def test_a_manager_is_never_possible_while_one_further_up_is_a_rule_that_could_be_dropped():
    scores = closed(manager={"a": "b", "b": "c"}, ties=(both_ways(("a", "b"), ("a", "c"), ("b", "c")), []))
    found = closed_gates(scores.under(pn.Rules([pn.Rule("reporting line", number=2)])), EVERYBODY)
    assert found.never[0].tolist() == [True, True, False, False]
    assert found.between(0, 2) == ("reporting line",)


def test_whether_foundation_is_among_the_closed_gates_is_known_of_each_pair():
    found = closed_gates(closed("goals too different"), EVERYBODY)
    assert found.unfounded[0, 1:].tolist() == [False, True, True]
    assert not closed_gates(closed().without("foundation"), EVERYBODY).unfounded.any()


def test_single_gates_come_before_several_together_and_the_one_that_leads_furthest_comes_first():
    found = closed_gates(closed("experience too different", others={"c": 3, "d": 3, "e": 3}), np.arange(5))
    free = np.ones(5, dtype=bool)
    assert what_would_help(found, 0, free) == ("foundation: 3, experience: 1", "")
    assert what_would_help(found, 1, free) == ("experience: 1", "")
    assert what_would_help(found, 1, np.arange(5) > 1) == ("", "experience and foundation: 3")
    assert what_would_help(found, 0, np.zeros(5, dtype=bool)) == ("", "")


def test_whoever_shares_too_few_answers_with_everybody_who_takes_part_is_told_in_which_block():
    scores = closed("too few shared answers")
    assert unanswered(scores, EVERYBODY) == [(), ("perspective",), (), ()], "a shares enough with c and d"
    alone = scores.excluding(people=["c", "d"])
    assert unanswered(alone, EVERYBODY)[:2] == [("perspective",), ("perspective",)]


# --- who is left out, and what they are told --------------------------------------------------------------------------

TRIANGLE = (both_ways(("a", "b"), ("a", "c"), ("b", "c")), [])


def test_everybody_without_a_partner_is_told_why_in_the_order_of_the_survey():
    table = left_out(closed(), {"b", "d"})
    assert table["person"].tolist() == ["a", "c"]
    assert table.columns.tolist() == ["person", "reason", "detail"]
    assert left_out(closed(), set("abcd")).empty


@pytest.mark.parametrize("reason", ["opted out", "perspective not known", "absent"])
def test_whoever_takes_no_part_is_told_that_and_nothing_else(reason):
    assert told_to(closed(reason), "b") == [reason, ""]


def test_capacity_for_no_partner_is_told_as_wished_or_as_ruled():
    assert told_to(closed(capacity={"b": 0}), "b") == ["wants no partner", ""]
    ruled = closed().under(pn.Rules([pn.Rule("capacity", "b", number=0)]))
    assert told_to(ruled, "b") == ["no partner by a rule", ""]


@pytest.mark.parametrize(
    "reason",
    [
        "foundation unknown",
        "foundation refused",
        "veto",
        "reporting line",
        "forbidden",
        "same group",
        "experience too different",
        "perspective too close",
        "gain below the floor",
        "opted out",
    ],
)
def test_where_nobody_passes_every_gate_it_is_not_told_which_gate_keeps_how_many(reason):
    assert told_to(closed(reason), "a") == ["no possible partner", "nobody passes every gate"]


@pytest.mark.parametrize("also", ["veto", "reporting line", "forbidden", "foundation refused", "goals too different"])
def test_one_more_closed_gate_changes_nothing_that_somebody_is_told(also):
    before, after = (told_without_partner(scores, left_out(scores, set())) for scores in (closed(), closed(also)))
    pd.testing.assert_frame_equal(before, after)
    assert before["reason"].eq("no partner found").all()


def test_what_somebody_said_themselves_they_may_be_told():
    scores = closed("too few shared answers", opted_out=["d"], capacity={"c": 0})
    told = told_without_partner(scores, left_out(scores, set())).set_index("person")
    assert told.loc["d"].tolist() == ["opted out", ""]
    assert told.loc["c"].tolist() == ["wants no partner", ""]
    assert told.loc["a"].tolist() == ["no partner found", ""]
    alone = closed("too few shared answers", others={})
    assert (
        told_without_partner(alone, left_out(alone, set()))["detail"].tolist()
        == ["too few answers about perspective"] * 2
    )


def test_whoever_is_the_only_one_to_answer_is_told_no_more():
    scores = closed("opted out", opted_out=["b"]).excluding(people=["c", "d"])
    assert told_to(scores, "a") == ["no possible partner", "nobody passes every gate"]


def test_own_answers_that_are_not_there_may_be_told():
    reason, detail = told_to(closed("too few shared answers").excluding(people=["c", "d"]), "b")
    assert reason == "no possible partner"
    assert detail == "nobody passes every gate; too few answers about perspective"


def test_somebody_who_could_be_paired_is_told_what_partners_would_bring_and_not_how_many_there_are():
    scores = closed(ties=TRIANGLE)
    for few in (closed(), scores):
        assert told_to(few, "a") == ["left over", "whoever would be possible brings more elsewhere"]
    fair = left_out(scores, {"b", "c", "d"}, fair=True)
    assert fair.loc[0, "detail"] == "whoever would be possible is needed more by somebody else"


def test_a_partner_who_adds_nothing_is_told_apart_from_one_whose_price_is_too_high():
    alike = closed("perspective too close").without("band")
    assert told_to(alike, "a") == ["nothing new", "no possible partner adds a new perspective"]
    dear = closed().under(pn.Rules([pn.Rule("met", "a", "b", price=9.0)]))
    assert told_to(dear, "a") == ["price of a rule", "with no possible partner is the gain above the price of a rule"]


def test_a_rule_on_other_pairs_may_be_why_somebody_is_left_over():
    required = closed(ties=TRIANGLE).under(pn.Rules([pn.Rule("required", "b", "c")]))
    assert told_to(required, "a", "bc")[1].endswith(", or a rule on other pairs leaves no room")


# --- nobody learns who did not name or want whom ----------------------------------------------------------------------

ONE_SIDED = {
    "veto": [{"never_with": {"a": ["b"]}}, {"never_with": {"b": ["a"]}}],
    "manager": [{"manager": {"a": "b"}}, {"manager": {"b": "a"}}],
    "trust not returned": [{"ties": ([tie], both_ways(("a", "b")))} for tie in (("a", "b"), ("b", "a"))],
    "named by one side": [{"ties": ([tie], [])} for tie in (("a", "b"), ("b", "a"))],
}
TELLING = re.compile("veto|refus|manager|named|trust|opted", re.IGNORECASE)


def everything_told(scores):
    """All that anybody is told of a and b, apart and together."""
    found = closed_gates(scores, EVERYBODY)
    helped = [what_would_help(found, row, np.ones(4, dtype=bool)) for row in (0, 1)]
    told = closed_to(scores, "a", "b")
    return left_out(scores, set()).to_csv(), told, in_words(told), helped, gates_between(scores)


@pytest.mark.parametrize("ways", list(ONE_SIDED.values()), ids=list(ONE_SIDED))
def test_the_same_is_told_whichever_of_the_two_it_was(ways):
    one, other = (everything_told(closed(**way)) for way in ways)
    assert one == other


def test_a_veto_a_manager_and_a_rule_on_the_pair_are_told_alike():
    told = [everything_told(closed(reason)) for reason in ("veto", "reporting line", "forbidden by hand")]
    assert told[0] == told[1] == told[2]


def test_a_refusal_is_told_in_the_words_of_a_foundation_that_is_not_known():
    refused, unknown = closed("foundation refused"), closed("foundation unknown")
    assert closed_to(refused, "a", "b") == closed_to(unknown, "a", "b")
    pd.testing.assert_frame_equal(left_out(refused, set()), left_out(unknown, set()))


@pytest.mark.parametrize("reason", ["veto", "reporting line", "foundation refused", "foundation unknown"])
def test_no_word_that_is_told_gives_it_away(reason):
    table, told, words, *_ = everything_told(closed(reason))
    assert not TELLING.search(" ".join((table, *told, words)))


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_words_for_a_state_of_foundation_do_not_say_that_it_was_refused(state):
    assert not re.search("refus|did not|named them", state.rests_on)
