"""A pair is possible if it passes every gate; if several are closed, the gravest is the reason."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

import peernet as pn
from peernet.scores.foundation import STATE_CALLED, STATES
from peernet.scores.gates import CODE, GATES, OPENED_BY, REASONS, capacity
from tests.made.closed import SETTINGS, closed
from tests.made.surveys import both_ways, survey_of

FLOOR = "gain below the floor"
LIGHTEST_FIRST = [  # one reason for each gate
    FLOOR,
    "perspective too close",
    "goals too different",
    "experience too different",
    "foundation unknown",
    "met before",
    "veto",
    "opted out",
]
NO_DISTANCE = "too few shared answers"  # leaves neither a gain to hold against a floor nor a distance against a band
GATE_CLOSED = {  # what a gate that opens would let through
    "foundation unknown": "foundation",
    "foundation not accepted": "foundation",
    "experience too different": "experience",
    "goals too different": "goals",
    "perspective too close": "band",
    "perspective out of reach": "band",
}
NEVER_OPEN = [
    "met before",
    "reporting line",
    "veto",
    "opted out",
    "perspective not known",
    "absent",
    FLOOR,
    NO_DISTANCE,
]


def told(scores, one="a", other="b"):
    return scores.pair(one, other)["blocked"]


def ab(codes):
    return REASONS[codes[0, 1]]


# --- each gate alone --------------------------------------------------------------------------------------------------


def test_a_pair_that_passes_every_gate_is_possible():
    scores = closed()
    assert told(scores) == ""
    assert scores.possible([0])[0].tolist() == [False, True, False, False]


@pytest.mark.parametrize(
    "reason",
    [
        *LIGHTEST_FIRST,
        NO_DISTANCE,
        "perspective out of reach",
        "foundation refused",
        "foundation not accepted",
        "forbidden",
        "same group",
        "reporting line",
        "perspective not known",
        "absent",
    ],
)
def test_each_gate_by_itself_closes_the_pair_for_its_own_reason(reason):
    scores = closed(reason)
    codes = scores.gates.codes(np.arange(4))
    assert ab(codes) == reason
    assert codes[1, 0] == codes[0, 1], "the reason is the same seen from both sides"
    assert np.isnan(scores.pair("a", "b")["value"])


def test_a_pair_forbidden_by_hand_is_told_like_one_forbidden_by_a_rule():
    assert told(closed("forbidden by hand")) == told(closed("forbidden")) == "forbidden"


def test_each_gate_alone_is_told_by_its_name_whatever_else_is_closed():
    layers = dict(closed(*LIGHTEST_FIRST).gates.layers(np.array([0, 1])))
    found = {gate: REASONS[codes[0, 1]] for gate, codes in layers.items()}
    assert list(found) == [
        "floor",
        "answers",
        "band",
        "goals",
        "experience",
        "foundation",
        "programme",
        "constraints",
        "out",
    ]
    assert [reason for gate, reason in found.items() if gate not in ("answers", "out")] == LIGHTEST_FIRST[:-1]
    assert found["answers"] == ""


@pytest.mark.parametrize(("answer", "reason"), [(3, ""), (4, "experience too different")])
def test_a_distance_that_lies_on_the_limit_passes(answer, reason):
    scores = closed()
    people = scores.survey.people.copy()
    people.loc["b", "experience_1"] = answer
    survey = replace(scores.survey, people=people)
    assert told(pn.score_pairs(survey, pn.colleague_graph(survey), **SETTINGS)) == reason


@pytest.mark.parametrize("block", ["experience", "goal"])
def test_where_a_block_was_not_asked_its_gate_keeps_nobody_apart(block):
    answers = {name: {"perspective_1": p, "experience_1": 3, "goal_1": 3} for name, p in {"a": 1, "b": 4}.items()}
    answers = {name: {item: cell for item, cell in own.items() if block not in item} for name, own in answers.items()}
    survey = survey_of(answers, {"trust": both_ways(("a", "b"))})
    assert told(pn.score_pairs(survey, pn.colleague_graph(survey), **SETTINGS)) == ""


# --- the order that decides which reason is told ----------------------------------------------------------------------


@pytest.mark.parametrize(("lighter", "graver"), list(combinations(LIGHTEST_FIRST, 2)))
def test_of_two_closed_gates_the_graver_is_told(lighter, graver):
    assert told(closed(lighter, graver)) == graver


@pytest.mark.parametrize("closed_gates", range(1, len(LIGHTEST_FIRST) + 1))
def test_of_all_closed_gates_the_gravest_is_told(closed_gates):
    assert told(closed(*LIGHTEST_FIRST[:closed_gates])) == LIGHTEST_FIRST[closed_gates - 1]


@pytest.mark.parametrize("other", LIGHTEST_FIRST[2:])
def test_any_gate_that_can_be_told_comes_before_answers_that_are_not_there(other):
    assert told(closed(NO_DISTANCE, other)) == other


def test_a_manager_is_told_before_a_veto_and_a_pair_forbidden_by_hand_before_both():
    assert told(closed("veto", "reporting line")) == "reporting line"
    assert told(closed("veto", "reporting line", "forbidden by hand")) == "forbidden"


def test_somebody_who_opted_out_is_not_said_to_have_given_no_answers_and_an_absence_says_nothing_of_either():
    assert told(closed("perspective not known", "opted out")) == "opted out"
    assert told(closed("perspective not known", "opted out", "absent")) == "absent"


@pytest.mark.parametrize("order", ["abcd", "dcba"])
def test_where_both_take_no_part_the_reason_is_the_same_seen_from_both_sides(order):
    people = {name: {"perspective_1": i} if name != "c" else {} for i, name in enumerate(order, start=1)}
    survey = survey_of(people, {"trust": both_ways(("a", "b"))}, opted_out=["a"], capacity={"b": 0})
    gates = pn.score_pairs(survey, pn.colleague_graph(survey)).excluding(people=["d"]).gates
    codes = gates.codes(np.arange(4))
    assert (codes == codes.T).all()
    told = {pair: REASONS[codes[order.index(pair[0]), order.index(pair[1])]] for pair in ("ab", "ac", "bc", "bd")}
    assert told == {"ab": "wants no partner", "ac": "opted out", "bc": "wants no partner", "bd": "absent"}


def test_nobody_is_paired_with_themself_whatever_else_keeps_them_out():
    codes = closed("opted out").gates.codes(np.arange(4))
    assert [REASONS[code] for code in np.diag(codes)] == ["same person"] * 4


# --- who is left out --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["opted out", "perspective not known", "absent"])
def test_who_takes_no_part_is_out_of_every_pair_and_keeps_nobody_else_out(reason):
    scores = closed(reason, ties=(both_ways(("a", "b"), ("a", "c"), ("b", "c")), []))
    assert scores.gates.out.tolist() == [0, CODE[reason], 0, 0]
    assert {told(scores, *pair) for pair in (("a", "b"), ("b", "c"), ("b", "d"))} == {reason}
    assert told(scores, "a", "c") == ""


# --- the foundation gate ----------------------------------------------------------------------------------------------

TIES = {
    "mutual": (both_ways(("a", "b")), []),
    "introduced": (both_ways(("a", "c"), ("b", "c")), []),
    "unknown": ([], []),
    "refused": ([], [("a", "b")]),
}


@pytest.mark.parametrize("state", [state.name for state in STATES])
@pytest.mark.parametrize("accept", [(), ("mutual",), ("mutual", "introduced"), ("mutual", "introduced", "unknown")])
def test_a_state_passes_if_it_is_accepted_and_is_told_by_its_own_reason_if_not(state, accept):
    scores = closed(ties=TIES[state])
    gates = replace(scores.gates, accept=accept)
    assert scores.pair("a", "b")["foundation"] == state
    assert ab(gates.codes(np.array([0]))) == ("" if state in accept else STATE_CALLED[state].reason)


def test_what_is_not_known_is_not_told_as_refused_and_neither_as_not_accepted():
    assert {state.name: state.reason for state in STATES} == {
        "unknown": "foundation unknown",
        "mutual": "foundation not accepted",
        "introduced": "foundation not accepted",
        "refused": "foundation refused",
    }


# --- gates that open --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reason", "gate"), list(GATE_CLOSED.items()))
def test_one_gate_lets_such_a_pair_through_and_no_other_does(reason, gate):
    scores = closed(reason)
    assert {name: told(scores.without(name)) for name in GATES} == {
        name: "" if name == gate else reason for name in GATES
    }
    assert OPENED_BY[reason] == gate


@pytest.mark.parametrize("reason", NEVER_OPEN)
def test_no_gate_lets_through_what_a_programme_or_a_person_ruled_out(reason):
    assert told(closed(reason).without(*GATES)) == reason


def test_opening_a_gate_changes_no_other_scores():
    scores = closed("experience too different")
    assert scores.gates.experience_within == 0.5
    assert scores.without("experience").gates.experience_within is None
    assert scores.gates.experience_within == 0.5


def test_a_band_that_is_not_there_is_not_among_the_gates():
    assert closed().gates.named == GATES
    assert closed().without("band").gates.named == ("foundation", "experience", "goals")


@pytest.mark.parametrize("wanted", [1e19, 1e300, 10**6, 3])
def test_room_for_more_partners_than_there_are_people_is_room_for_everybody(wanted):
    survey = survey_of({name: {"perspective_1": i} for i, name in enumerate("abc")}, capacity={"a": wanted, "b": 2})
    assert capacity(survey).tolist() == [3, 2, 1]
