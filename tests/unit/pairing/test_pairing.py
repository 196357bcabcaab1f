"""A pairing is proven, obeys every gate, and gives a reason for everyone left out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import InfeasibleError, SettingError, UnknownPersonError
from tests.made.surveys import both_ways, survey_of


def scored(perspectives, trust, *, works_with=(), scoring=None, **facts):
    answers = {name: {"experience_1": 3, "goal_1": 3, "perspective_1": p} for name, p in perspectives.items()}
    survey = survey_of(answers, {"works_with": list(works_with), "trust": both_ways(*trust)}, **facts)
    return pn.score_pairs(survey, pn.colleague_graph(survey), **{"scale": 0.5, **(scoring or {})})


def test_pairs_the_two_who_differ_most_where_only_one_pair_can_be_made():
    pairing = pn.pair_people(scored({"a": 1, "b": 5, "c": 2}, [("a", "b"), ("a", "c")]))
    assert pairing.pairs == [("a", "b")]
    assert pairing.proven
    assert pairing.objective == pytest.approx(pairing.table["value"].sum())


def test_it_counts_its_own_exposure_and_keeps_its_own_ledger():
    pairing = pn.pair_people(scored({"a": 1, "b": 5, "c": 2}, [("a", "b"), ("a", "c")]))
    pd.testing.assert_frame_equal(pairing.exposure().table, pn.exposure(pairing.scores, pairing).table)
    pd.testing.assert_frame_equal(pairing.ledger().people, pn.exposure_ledger(pairing.scores, pairing).people)


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
        ({"trust": [("a", "b")]}, "no possible partner", "nobody passes every gate"),
        ({"manager": {"c": "b"}}, "left over", "whoever would be possible brings more elsewhere"),
        ({}, "left over", "whoever would be possible brings more elsewhere"),
    ],
)
def test_everyone_left_out_is_told_why(facts, reason, detail):
    trust = facts.pop("trust", [("a", "b"), ("a", "c"), ("b", "c")])
    unpaired = pn.pair_people(scored({"a": 1, "b": 5, "c": 3}, trust, **facts)).unpaired
    assert unpaired.to_dict("records") == [{"person": "c", "reason": reason, "detail": detail}]


@pytest.mark.parametrize(
    ("rule", "reason", "detail"),
    [
        (pn.Rule("capacity", "c", number=0), "no partner by a rule", ""),
        (pn.Rule("forbidden", "b", "c"), "left over", "whoever would be possible brings more elsewhere"),
        (
            pn.Rule("required", "a", "b"),
            "left over",
            "whoever would be possible brings more elsewhere, or a rule on other pairs leaves no room",
        ),
    ],
)
def test_whoever_a_rule_leaves_out_is_told_so(rule, reason, detail):
    scores = scored({"a": 1, "b": 5, "c": 3}, [("a", "b"), ("a", "c"), ("b", "c")])
    unpaired = pn.pair_people(scores, rules=pn.Rules([rule])).unpaired
    assert unpaired.to_dict("records") == [{"person": "c", "reason": reason, "detail": detail}]


def test_whoever_a_price_keeps_from_everybody_is_not_said_to_hear_nothing_new():
    scores = scored({"a": 1, "b": 5}, [("a", "b")])
    unpaired = pn.pair_people(scores, rules=pn.Rules([pn.Rule("met", "a", "b", price=9)])).unpaired
    assert set(unpaired["reason"]) == {"price of a rule"}
    assert set(unpaired["detail"]) == {"with no possible partner is the gain above the price of a rule"}


def test_someone_whose_only_partners_repeat_what_they_hear_stays_single():
    pairing = pn.pair_people(scored({"a": 1, "b": 5}, [("a", "b")], works_with=[("a", "b")]))
    assert pairing.pairs == []
    assert set(pairing.unpaired["reason"]) == {"nothing new"}
    assert set(pairing.unpaired["detail"]) == {"no possible partner adds a new perspective"}


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


@pytest.mark.parametrize(
    ("capacity", "rules", "reason"),
    [
        ({"b": 0}, (), "wants no partner"),
        ({}, [pn.Rule("capacity", "b", number=0, where="row 4 of rules.csv")], r"capacity 0 b \(row 4 of rules\.csv\)"),
    ],
)
def test_somebody_who_can_have_no_partner_but_must_is_named_with_the_reason(capacity, rules, reason):
    scores = scored({"a": 1, "b": 5}, [("a", "b")], capacity=capacity)
    with pytest.raises(InfeasibleError, match=f"^'b' must be paired with 'a' and can have no partner \\({reason}\\)"):
        pn.pair_people(scores, rules=pn.Rules(rules), required=[("a", "b")])


def test_a_required_stranger_is_named():
    with pytest.raises(UnknownPersonError, match="No person 'zed'"):
        pn.pair_people(scored({"a": 1, "b": 5}, [("a", "b")]), required=[("a", "zed")])


def test_capacity_two_lets_someone_have_two_partners():
    pairing = pn.pair_people(scored({"a": 1, "b": 5, "c": 4}, [("a", "b"), ("a", "c")], capacity={"a": 2}))
    assert pairing.pairs == [("a", "b"), ("a", "c")]
    assert pairing.check().empty


def test_one_person_alone_is_a_correct_result():
    pairing = pn.pair_people(scored({"a": 1}, []))
    assert pairing.unpaired["detail"].tolist() == ["nobody passes every gate"]
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


# --- objectives and rules ---------------------------------------------------------------------------------------------


def chain():
    """The chain a-b-c-d: the pair in the middle brings most, the two outer pairs leave nobody out."""
    trust = [("a", "b"), ("b", "c"), ("c", "d")]
    return scored({"a": 2, "b": 1, "c": 5, "d": 4}, trust, scoring={"foundation": ("mutual",)})


def test_a_fair_pairing_leaves_nobody_out_and_says_what_that_costs():
    scores = chain()
    total, fair = pn.pair_people(scores), pn.pair_people(scores, objective="fair")
    assert (total.pairs, fair.pairs) == ([("b", "c")], [("a", "b"), ("c", "d")])
    assert fair.price_of_fairness == pytest.approx(1 - fair.objective / total.objective)
    assert (total.price_of_fairness, fair.proven) == (0, True)
    assert "proven fairest" in repr(fair)
    assert fair.check().empty


def test_check_finds_a_pairing_that_is_not_the_fairest():
    scores = chain()
    total, fair = pn.pair_people(scores), pn.pair_people(scores, objective="fair")
    worse = replace(fair, table=total.table, objective=total.objective)
    assert worse.check()["rule"].tolist() == ["fairness"]


def test_a_floor_closes_pairs_that_bring_somebody_less():
    scores = chain()
    gain = scores.pair("a", "b")["gain_a"]
    pairing = pn.pair_people(scores, floor=gain + 0.01)
    assert pairing.pairs == [("b", "c")]
    told = pairing.unpaired.set_index("person").loc["a"]
    assert told.tolist() == ["no possible partner", "nobody passes every gate"]
    assert pairing.settings["floor"] == gain + 0.01
    assert pairing.check().empty


def test_rules_given_to_the_pairing_are_as_good_as_rules_given_to_the_scores():
    scores = chain()
    rules = pn.Rules([pn.Rule("forbidden", "b", "c"), pn.Rule("required", "d", "c")])
    one, two = pn.pair_people(scores, rules=rules), pn.pair_people(scores.under(rules))
    assert one.pairs == two.pairs == [("a", "b"), ("c", "d")]
    assert one.settings["required"] == (("c", "d"),)
    assert one.settings["rules"] == rules


def test_check_finds_a_rule_that_is_not_kept():
    site = pd.Series({"a": "Oslo", "b": "Lima", "c": "Oslo", "d": "Lima"})
    facts = {"site": site}
    limit = pn.Rules([pn.Rule("at most across", column="site", number=1)], facts)
    pairing = pn.pair_people(chain(), rules=limit)
    assert len(pairing) == 1
    assert pairing.check().empty
    both = pn.pair_people(chain(), cardinality="max")
    broken = replace(pairing, table=both.table).check()
    assert ("rules", "at most across 1 site", "1 pair too many") in broken.itertuples(index=False, name=None)
    wanted = replace(pairing, settings={**pairing.settings, "required": (("a", "b"),)})
    assert "required" in set(wanted.check()["rule"])


def test_a_limit_with_a_price_is_part_of_the_objective():
    site = pd.Series({"a": "Oslo", "b": "Lima", "c": "Oslo", "d": "Lima"})
    limit = pn.Rules([pn.Rule("at most across", column="site", number=0, price=0.01)], {"site": site})
    pairing = pn.pair_people(chain(), rules=limit)
    assert pairing.objective == pytest.approx(pairing.table["value"].sum() - 0.01)
    assert pairing.proven
    assert pairing.check().empty


def test_the_fairest_pairing_under_a_limit_is_the_fairest_of_those_that_keep_it():
    site = pd.Series({"a": "Oslo", "b": "Lima", "c": "Oslo", "d": "Lima"})
    scores = chain().under(pn.Rules([pn.Rule("at most across", column="site", number=1)], {"site": site}))
    pairing = pn.pair_people(scores, objective="fair")
    assert pairing.pairs == [("b", "c")]
    assert "proven fairest" in repr(pairing)
    assert pairing.check().empty
    worse = pn.pair_people(chain(), required=[("a", "b")], rules=pn.Rules([pn.Rule("forbidden", "c", "d")]))
    made = replace(pairing, table=worse.table, objective=worse.objective)
    assert made.check()["rule"].tolist() == ["fairness"]


def test_a_limit_with_a_price_makes_nobody_worse_off_in_a_fair_pairing():
    site = pd.Series({"a": "Oslo", "b": "Lima", "c": "Oslo", "d": "Lima"})
    rules = pn.Rules([pn.Rule("at most across", column="site", number=0, price=9.0)], {"site": site})
    pairing = pn.pair_people(chain(), rules=rules, objective="fair")
    assert pairing.pairs == [("a", "b"), ("c", "d")]
    assert pairing.objective == pytest.approx(pairing.table["value"].sum() - 2 * 9.0)
    assert pairing.check().empty


def test_a_fair_pairing_under_limits_nobody_can_keep_says_so_as_any_other():
    rules = pn.Rules([pn.Rule("at least within", column="team", number=4)])
    for objective in ("total", "fair"):
        with pytest.raises(InfeasibleError, match="at least within 4 team: no pairing has more than"):
            pn.pair_people(chain(), rules=rules, objective=objective)


def test_the_fairest_pairing_of_the_example_with_enough_pairs_within_teams_is_proven():
    survey = pn.load_example()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    rules = pn.Rules([pn.Rule("at least within", column="team", number=5)])
    pairing = pn.pair_people(scores, rules=rules, objective="fair", progress=False)
    team = survey.people["team"]
    assert sum(team[a] == team[b] for a, b in pairing.pairs) >= 5
    assert pairing.proven
    assert pairing.check().empty


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"objective": "happy"}, "objective must be one of 'total', 'fair'; got 'happy'"),
        ({"floor": np.nan}, "floor must be a number"),
        ({"objective": "fair", "cardinality": "most"}, "cardinality must be one of"),
        ({"objective": "fair", "time_limit": -1}, "time_limit must be None or a number of seconds"),
    ],
)
def test_a_setting_outside_what_is_allowed_is_refused(wrong, message):
    with pytest.raises(SettingError, match=message):
        pn.pair_people(chain(), **wrong)


def test_a_fair_pairing_of_the_example_does_not_depend_on_the_order_of_its_rows():
    survey = pn.load_example()
    teams = survey.people["team"].isin(survey.people["team"].dropna().unique()[:6])
    part = survey.people[teams]
    ties = survey.ties[survey.ties["ego"].isin(part.index) & survey.ties["alter"].isin(part.index)]
    found = []
    for people in (part, part.sample(frac=1, random_state=3)):
        one = pn.Survey(people, ties, survey.outcomes, survey.codebook, survey.issues, survey.answered)
        scores = pn.score_pairs(one, pn.colleague_graph(one))
        found.append(pn.pair_people(scores, objective="fair"))
    assert found[0].pairs == found[1].pairs
    assert found[0].check().empty


# --- random pairs -----------------------------------------------------------------------------------------------------


def test_random_pairs_use_everyone_once_and_leave_one_where_odd():
    scores = scored(dict.fromkeys("abcde", 1), [], opted_out=["e"])
    pairs = pn.compare.random_pairs(scores, rng=1)
    assert sorted(np.array(pairs).ravel()) == list("abcd")
    assert len(pn.compare.random_pairs(scored(dict.fromkeys("abcde", 1), []), rng=1)) == 2


def test_random_pairs_within_gates_are_possible_and_leave_no_two_who_could_still_be_paired(rng):
    survey = pn.load_example()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    for seed in range(5):
        pairs = pn.compare.random_pairs(scores, within_gates=True, rng=seed)
        assert (scores.to_frame(pairs)["blocked"] == "").all()
        free = ~scores.people.isin(np.array(pairs).ravel())
        assert not scores.possible(np.flatnonzero(free))[:, free].any()
        assert len(set(np.array(pairs).ravel())) == 2 * len(pairs)


def test_random_pairs_depend_on_the_seed_only():
    scores = scored(dict.fromkeys("abcdefgh", 1), [])
    assert pn.compare.random_pairs(scores, rng=3) == pn.compare.random_pairs(scores, rng=3)
    assert len({tuple(pn.compare.random_pairs(scores, rng=seed)) for seed in range(20)}) > 1
