"""A pairing is proven, obeys every gate, and gives a reason for everyone left out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import InfeasibleError, UnknownPersonError
from tests.build import both_ways, survey_of


def scored(perspectives, trust, *, works_with=(), **facts):
    answers = {name: {"experience_1": 3, "goal_1": 3, "perspective_1": p} for name, p in perspectives.items()}
    survey = survey_of(answers, {"works_with": list(works_with), "trust": both_ways(*trust)}, **facts)
    return pn.score_pairs(survey, pn.colleague_graph(survey))


def test_pairs_the_two_who_differ_most_where_only_one_pair_can_be_made():
    pairing = pn.pair_people(scored({"a": 1, "b": 5, "c": 2}, [("a", "b"), ("a", "c")]))
    assert pairing.pairs == [("a", "b")]
    assert pairing.proven
    assert pairing.objective == pytest.approx(pairing.table["value"].sum())


def test_gives_up_the_best_pair_where_two_others_are_worth_more():
    """The chain a-b-c-d: the middle pair differs most, the two outer pairs together bring more."""
    pairing = pn.pair_people(scored({"a": 2, "b": 5, "c": 1, "d": 4}, [("a", "b"), ("b", "c"), ("c", "d")]))
    assert pairing.pairs == [("a", "b"), ("c", "d")]


def test_the_table_carries_the_scores():
    table = pn.pair_people(scored({"a": 1, "b": 5}, [("a", "b")])).table
    assert list(table)[:3] == ["pair", "a", "b"]
    assert table.loc[0, "pair"] == 1
    assert table.loc[0, "foundation"] == "mutual"


@pytest.mark.parametrize(
    ("facts", "reason", "detail"),
    [
        ({"opted_out": ["c"]}, "opted out", ""),
        ({"capacity": {"c": 0}}, "wants no partner", ""),
        ({"trust": [("a", "b")]}, "no possible partner", "nobody passes every gate (foundation: 2)"),
        ({"manager": {"c": "b"}}, "left over", "each of the 1 possible partners brings more elsewhere"),
        ({}, "left over", "each of the 2 possible partners brings more elsewhere"),
    ],
)
def test_everyone_left_out_is_told_why(facts, reason, detail):
    trust = facts.pop("trust", [("a", "b"), ("a", "c"), ("b", "c")])
    unpaired = pn.pair_people(scored({"a": 1, "b": 5, "c": 3}, trust, **facts)).unpaired
    assert unpaired.to_dict("records") == [{"person": "c", "reason": reason, "detail": detail}]


def test_someone_whose_only_partners_repeat_what_they_hear_stays_single():
    pairing = pn.pair_people(scored({"a": 1, "b": 5}, [("a", "b")], works_with=[("a", "b")]))
    assert pairing.pairs == []
    assert set(pairing.unpaired["reason"]) == {"nothing new"}
    assert set(pairing.unpaired["detail"]) == {"none of the 1 possible partners adds a new perspective"}


def test_reasons_never_say_who_refused():
    unpaired = pn.pair_people(scored({"a": 1, "b": 5}, [], works_with=[("a", "b")])).unpaired
    assert not unpaired["detail"].str.contains("refused").any()


def test_as_many_as_possible_can_come_before_value():
    perspectives, trust = {"a": 3, "b": 1, "c": 5, "d": 3}, [("a", "b"), ("b", "c"), ("c", "d")]
    scores = scored(perspectives, trust)
    assert len(pn.pair_people(scores, cardinality="max")) == 2


def test_a_required_pair_is_made():
    scores = scored({"a": 1, "b": 5, "c": 2}, [("a", "b"), ("a", "c")])
    pairing = pn.pair_people(scores, required=[("c", "a")])
    assert pairing.pairs == [("a", "c")]
    assert pairing.check().empty


def test_a_required_pair_that_is_not_possible_is_named():
    with pytest.raises(InfeasibleError, match=r"'a' and 'c'.*foundation unknown"):
        pn.pair_people(scored({"a": 1, "b": 5, "c": 2}, [("a", "b")]), required=[("a", "c")])


def test_a_required_stranger_is_named():
    with pytest.raises(UnknownPersonError, match="No person 'zed'"):
        pn.pair_people(scored({"a": 1, "b": 5}, [("a", "b")]), required=[("a", "zed")])


def test_capacity_two_lets_someone_have_two_partners():
    pairing = pn.pair_people(scored({"a": 1, "b": 5, "c": 4}, [("a", "b"), ("a", "c")], capacity={"a": 2}))
    assert pairing.pairs == [("a", "b"), ("a", "c")]
    assert pairing.check().empty


def test_one_person_alone_is_a_correct_result():
    pairing = pn.pair_people(scored({"a": 1}, []))
    assert pairing.unpaired["detail"].tolist() == ["nobody passes every gate (nobody else answered)"]
    assert (len(pairing), pairing.objective, pairing.gap, pairing.proven) == (0, 0.0, 0.0, True)


def test_row_order_of_the_survey_does_not_change_the_pairs():
    survey = pn.load_example()
    shuffled = survey.people.sample(frac=1, random_state=5)
    other = pn.Survey(shuffled, survey.ties, survey.outcomes, survey.codebook, survey.issues, survey.answered)
    one, two = (pn.pair_people(pn.score_pairs(s, pn.colleague_graph(s))) for s in (survey, other))
    assert one.pairs == two.pairs
    assert one.objective == pytest.approx(two.objective, abs=1e-9)


# --- check ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def pairing():
    return pn.pair_people(scored({"a": 1, "b": 5, "c": 2, "d": 4}, [("a", "b"), ("c", "d"), ("a", "d")]))


def test_a_sound_pairing_has_nothing_to_report(pairing):
    assert pairing.check().empty


@pytest.mark.parametrize(
    ("tampered", "rule"),
    [
        (lambda p: replace(p, objective=p.objective + 1), "objective"),
        (lambda p: replace(p, bound=p.objective - 1), "bound"),
        (lambda p: replace(p, bound=p.objective + 1), "bound"),
        (lambda p: replace(p, table=p.table.assign(b=["b", "b"])), "gates"),
        (lambda p: replace(p, table=pd.concat([p.table, p.table])), "capacity"),
        (lambda p: replace(p, table=pd.concat([p.table, p.table])), "once"),
    ],
)
def test_check_finds_what_was_tampered_with(pairing, tampered, rule):
    assert rule in set(tampered(pairing).check()["rule"])


def test_check_finds_a_worse_pairing_that_is_called_best(pairing):
    """Everything stated fits together, only the bound is not what the certificate proves."""
    value = pairing.table.loc[1:, "value"].sum()
    worse = replace(pairing, table=pairing.table.loc[1:], objective=value, bound=value)
    assert worse.check()["rule"].tolist() == ["bound"]


def test_check_finds_a_certificate_that_proves_nothing(pairing):
    """Without its duals every pair weighs more than they cover."""
    proof = pairing.matching.certificate
    for broken in (replace(proof, dual=0 * proof.dual, sets=(), set_dual=proof.set_dual[:0]), None):
        found = replace(pairing, matching=replace(pairing.matching, certificate=broken)).check()
        assert found["rule"].tolist() == ["bound"]


def test_the_gap_is_the_share_of_the_bound_not_reached(pairing):
    assert replace(pairing, bound=pairing.objective * 2).gap == pytest.approx(0.5)
    assert pairing.gap == pytest.approx(0, abs=1e-9)


# --- random pairs -----------------------------------------------------------------------------------------------------


def test_random_pairs_use_everyone_once_and_leave_one_where_odd():
    scores = scored(dict.fromkeys("abcde", 1), [], opted_out=["e"])
    pairs = pn.random_pairs(scores, rng=1)
    assert sorted(np.array(pairs).ravel()) == list("abcd")
    assert len(pn.random_pairs(scored(dict.fromkeys("abcde", 1), []), rng=1)) == 2


def test_random_pairs_within_gates_are_possible_and_leave_no_two_who_could_still_be_paired(rng):
    survey = pn.load_example()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    for seed in range(5):
        pairs = pn.random_pairs(scores, within_gates=True, rng=seed)
        assert (scores.to_frame(pairs)["blocked"] == "").all()
        free = ~scores.people.isin(np.array(pairs).ravel())
        assert not scores.possible(np.flatnonzero(free))[:, free].any()
        assert len(set(np.array(pairs).ravel())) == 2 * len(pairs)


def test_random_pairs_depend_on_the_seed_only():
    scores = scored(dict.fromkeys("abcdefgh", 1), [])
    assert pn.random_pairs(scores, rng=3) == pn.random_pairs(scores, rng=3)
    assert len({tuple(pn.random_pairs(scores, rng=seed)) for seed in range(20)}) > 1
