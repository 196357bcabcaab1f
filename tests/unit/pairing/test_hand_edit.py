"""A hand edit is checked, scored again, remembered and can be undone."""

from dataclasses import replace

import pytest

import peernet as pn
from peernet.errors import InfeasibleError, SettingError, UnknownPersonError
from tests.made.pairings import CHAIN, paired

OUTER, MIDDLE = [("a", "b"), ("c", "d")], [("b", "c")]


@pytest.fixture
def chain():
    return paired({"a": 2, "b": 5, "c": 1, "d": 4}, CHAIN)


def test_pairs_are_replaced_and_scored_again(chain):
    edited = chain.replace(drop=OUTER, add=[("c", "b")])
    assert edited.pairs == MIDDLE
    assert edited.objective == chain.scores.pair("b", "c")["value"]
    assert edited.check().empty


def test_the_loss_is_shown_and_the_bound_stays(chain):
    edited = chain.replace(drop=OUTER, add=MIDDLE)
    assert (edited.bound, edited.proven) == (chain.bound, False)
    assert edited.loss == chain.objective - edited.objective > 0
    assert edited.gap == pytest.approx(edited.loss / chain.bound)
    assert f"changed by hand, {edited.loss:.3f} below the best" in repr(edited)
    assert chain.loss == 0


def test_a_hand_edit_that_costs_nothing_stays_proven():
    pairing = paired({"a": 1, "b": 5, "c": 5}, [("a", "b"), ("a", "c")])
    edited = pairing.replace(drop=[("a", "b")], add=[("a", "c")])
    assert edited.proven
    assert "proven optimal" in repr(edited)
    assert edited.check().empty


def test_where_most_pairs_come_first_fewer_pairs_are_not_called_proven_although_worth_more():
    pairing = paired({"a": 2, "b": 1, "c": 5, "d": 4}, CHAIN, cardinality="max")
    edited = pairing.replace(drop=OUTER, add=MIDDLE)
    assert edited.objective > pairing.bound
    assert not edited.proven
    assert edited.check().empty


def test_the_pairing_edited_is_left_as_it_was(chain):
    before = chain.table.copy(), chain.unpaired.copy()
    chain.replace(drop=OUTER)
    assert chain.table.equals(before[0])
    assert chain.unpaired.equals(before[1])


def test_people_left_without_a_partner_are_told_it_was_by_hand(chain):
    unpaired = chain.replace(drop=OUTER, add=MIDDLE).unpaired
    assert unpaired.to_dict("records") == [
        {"person": person, "reason": "left over", "detail": "left without a partner by hand"} for person in "ad"
    ]


def test_people_who_had_no_partner_before_keep_their_reason():
    pairing = paired({"a": 2, "b": 5, "c": 1, "d": 4, "e": 1}, CHAIN, opted_out=["e"])
    reasons = pairing.replace(drop=[("c", "d")]).unpaired.set_index("person")["reason"]
    assert reasons.to_dict() == {"c": "left over", "d": "left over", "e": "opted out"}


@pytest.mark.parametrize(
    ("drop", "add", "message"),
    [
        ([("a", "c")], [], r"'a' and 'c' are not paired, so they cannot be dropped; 'a' is paired with 'b'\."),
        ([], [("a", "b")], r"'a' and 'b' are paired already\."),
        (
            [],
            MIDDLE,
            r"'b' would have 2 partners \('a', 'c'\) and has room for 1: drop one\. 'c' would have 2 partners",
        ),
        (OUTER, [("a", "d")], r"'a' and 'd' cannot be paired: no foundation is known .*; the foundation gate would"),
        ([("a", "c")], [("a", "d")], r"'a' and 'c' are not paired.*'a' and 'd' cannot be paired.*'a' would have 2"),
    ],
)
def test_an_edit_that_breaks_a_rule_names_every_problem(chain, drop, add, message):
    with pytest.raises(InfeasibleError, match=message):
        chain.replace(drop=drop, add=add)


def test_a_required_pair_is_not_dropped_by_hand():
    pairing = paired({"a": 1, "b": 5, "c": 2}, [("a", "b"), ("a", "c")], required=[("c", "a")])
    with pytest.raises(InfeasibleError, match="'a' and 'c' are required; pair again without the requirement"):
        pairing.replace(drop=[("a", "c")])


def test_somebody_who_takes_no_part_is_not_paired_by_hand():
    pairing = paired({"a": 1, "b": 5, "c": 2}, [("a", "b"), ("a", "c")], capacity={"c": 0})
    with pytest.raises(InfeasibleError, match="'a' and 'c' cannot be paired: one of them is not taking part"):
        pairing.replace(drop=[("a", "b")], add=[("a", "c")])


def test_strangers_and_empty_edits_are_refused(chain):
    with pytest.raises(UnknownPersonError, match="No person 'zed'"):
        chain.replace(add=[("a", "zed")])
    with pytest.raises(SettingError, match="Nothing to replace"):
        chain.replace()


# --- history ----------------------------------------------------------------------------------------------------------


def test_every_step_is_remembered_and_can_be_undone(chain):
    first = chain.replace(drop=[("c", "d")])
    second = first.replace(drop=[("a", "b")], add=MIDDLE)
    assert second.undo() is first
    assert second.undo().undo() is chain
    history = second.history
    assert history["did"].tolist() == ["paired", "by hand", "by hand"]
    assert history["dropped"].tolist() == ["", "c with d", "a with b"]
    assert history["added"].tolist() == ["", "", "b with c"]
    assert history["pairs"].tolist() == [2, 1, 1]
    assert history["value"].tolist() == [chain.objective, first.objective, second.objective]
    assert history["loss"].tolist() == [0, first.loss, second.loss]


def test_there_is_nothing_to_undo_in_a_pairing_as_found(chain):
    assert len(chain.history) == 1
    with pytest.raises(SettingError, match="Nothing to undo: the pairing is as it was found"):
        chain.undo()


# --- pairing again ----------------------------------------------------------------------------------------------------


def test_the_rest_is_paired_best_around_fixed_pairs(chain):
    again = chain.again(fixed=MIDDLE)
    assert (again.pairs, again.proven, again.loss) == (MIDDLE, True, 0)
    assert again.check().empty
    assert again.history["did"].tolist() == ["paired", "paired again"]
    assert again.undo() is chain


def test_forbidden_pairs_are_not_made_and_are_told_as_a_rule(chain):
    again = chain.again(forbidden=[("b", "a")])
    assert again.pairs == MIDDLE
    assert again.why_not("a", "b").table.loc[0, "reason"] == "rules"
    assert again.settings["forbidden"] == (("b", "a"),)


def test_people_who_are_absent_are_left_out_with_that_reason(chain):
    again = chain.again(absent=["a"])
    assert again.pairs == MIDDLE
    assert again.unpaired.set_index("person").loc["a", "reason"] == "absent"
    assert again.why_not("a", "b").table.loc[0, "reason"] == "not taking part"


def test_what_was_said_before_still_holds_the_next_time(chain):
    again = chain.again(forbidden=[("a", "b")]).again(absent=["d"])
    assert again.scores.pair("a", "b")["blocked"] == "forbidden"
    assert again.scores.pair("c", "d")["blocked"] == "absent"
    assert again.settings["absent"] == ("d",)
    assert again.settings["forbidden"] == (("a", "b"),)


def test_a_required_pair_stays_required():
    pairing = paired({"a": 2, "b": 5, "c": 1, "d": 4}, CHAIN, required=MIDDLE)
    assert pairing.again().pairs == MIDDLE


def test_hand_edits_are_kept_only_where_fixed(chain):
    edited = chain.replace(drop=OUTER, add=MIDDLE)
    assert edited.again().pairs == OUTER
    assert edited.again(fixed=MIDDLE).pairs == MIDDLE


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"fixed": [("a", "d")]}, "'a' and 'd' are required but cannot be paired"),
        ({"fixed": MIDDLE, "absent": ["b"]}, "'b' and 'c' are required but cannot be paired: absent"),
        ({"fixed": [*MIDDLE, ("a", "b")]}, r"'b' would have 2 partners \('a', 'c'\) and has room for 1"),
    ],
)
def test_fixed_pairs_that_cannot_be_are_named(chain, asked, message):
    with pytest.raises(InfeasibleError, match=message):
        chain.again(**asked)


def test_strangers_are_named(chain):
    for asked in ({"fixed": [("a", "zed")]}, {"forbidden": [("a", "zed")]}, {"absent": ["zed"]}):
        with pytest.raises(UnknownPersonError, match="No person 'zed'"):
            chain.again(**asked)


def test_check_finds_a_required_pair_that_is_missing(chain):
    again = chain.again(fixed=MIDDLE)
    assert replace(again, settings={**again.settings, "required": [("a", "b")]}).check()["rule"].tolist()[:1] == [
        "required"
    ]


def test_a_whole_example_holds_after_edits_and_pairing_again():
    survey = pn.load_example()
    pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey), scale=0.345))
    partner = pairing.alternates("p001", 1, progress=False)["partner"][0]
    given_up = [pair for pair in pairing.pairs if {"p001", partner} & {*pair}]
    edited = pairing.replace(drop=given_up, add=[("p001", partner)])
    again = edited.again(fixed=edited.pairs[:40], absent=[edited.pairs[-1][0]])
    assert edited.check().empty
    assert again.check().empty
    assert {*edited.pairs[:40]} <= {*again.pairs}
