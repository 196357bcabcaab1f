"""Mentors and mentees: two sides, the same gates and the same proof."""

from itertools import chain, combinations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linear_sum_assignment

import peernet as pn
from peernet.errors import InfeasibleError, PeernetError, SettingError, UnknownItemError, UnknownPersonError
from tests.made.surveys import both_ways, survey_of


def scored(perspectives, trust, *, experience=None, works_with=(), **facts):
    answers = {
        name: {"experience_1": (experience or {}).get(name, 3), "goal_1": 3, "perspective_1": p}
        for name, p in perspectives.items()
    }
    survey = survey_of(answers, {"works_with": list(works_with), "trust": both_ways(*trust)}, **facts)
    return pn.score_pairs(survey, pn.colleague_graph(survey))


@pytest.fixture(scope="module")
def example():
    survey = pn.load_example()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    senior = survey.people["level"].isin(["Principal", "Head"])
    return scores, survey.people.index[senior], survey.people.index[~senior]


def test_the_table_says_who_is_the_mentor():
    scores = scored({"a": 1, "b": 5, "c": 4}, [("a", "b"), ("b", "c")])
    table = pn.pair_mentors(scores, ["b"], ["a", "c"]).table
    assert list(table)[:5] == ["pair", "a", "b", "mentor", "mentee"]
    assert table.loc[0, ["a", "b", "mentor", "mentee"]].tolist() == ["a", "b", "b", "a"]


def test_nobody_is_paired_with_their_own_side():
    scores = scored({"a": 1, "b": 5, "c": 2, "d": 4}, [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])
    pairing = pn.pair_mentors(scores, ["a", "b"], ["c", "d"])
    assert pairing.pairs == [("a", "d"), ("b", "c")]
    asked = pairing.why_not("a", "b")
    assert asked.table.loc[0, "reason"] == "sides"
    assert "both are on the same side" in str(asked)


def test_a_pair_is_worth_what_the_mentee_gains():
    """b hears somebody like a already, so a would add nothing for b; b adds much for a."""
    ties = {"works_with": [("b", "c")]}
    scores = scored({"a": 1, "b": 5, "c": 1}, [("a", "b")], **ties)
    row = scores.pair("a", "b")
    assert row["gain_a"] > row["gain_b"]
    assert pn.pair_mentors(scores, ["b"], ["a"]).objective == row["gain_a"]
    assert pn.pair_mentors(scores, ["a"], ["b"]).objective == pytest.approx(row["gain_b"])
    assert pn.pair_mentors(scores, ["b"], ["a"], value="mean").objective == row["value"]


@pytest.mark.parametrize("value", ["mentee", "mean", "lesser"])
def test_one_to_one_equals_the_assignment_problem(example, value):
    scores, mentors, mentees = example
    pairing = pn.pair_mentors(scores, mentors, mentees, value=value, capacity=1)
    table = scores.without("experience").to_frame()
    table = table[table["blocked"] == ""].set_index(["a", "b"])
    gain = np.zeros((len(mentors), len(mentees)))
    for i, mentor in enumerate(mentors):
        for j, mentee in enumerate(mentees):
            pair = (min(mentor, mentee), max(mentor, mentee))
            if pair in table.index and scores.capacity[list(pair)].all():
                own, given = table.loc[pair, ["gain_a", "gain_b"]][:: 1 if mentee < mentor else -1]
                gain[i, j] = {"mentee": own, "mean": (own + given) / 2, "lesser": min(own, given)}[value]
    assert pairing.objective == pytest.approx(gain[linear_sum_assignment(gain, maximize=True)].sum(), abs=1e-9)
    assert pairing.proven
    assert pairing.check().empty


def test_capacities_hold_on_both_sides(example):
    scores, mentors, mentees = example
    pairing = pn.pair_mentors(scores, mentors, mentees, capacity=3, mentors_each=2)
    assert pairing.table["mentor"].value_counts().max() == 3
    assert pairing.table["mentee"].value_counts().max() == 2
    assert pairing.check().empty


def test_a_mentor_who_said_none_has_none_and_the_others_what_they_said_or_what_is_set():
    trust = [(mentor, mentee) for mentor in "abc" for mentee in "uvw"]
    scores = scored({**dict.fromkeys("abc", 1), **dict.fromkeys("uvw", 5)}, trust, capacity={"a": 0, "b": 2})
    count = pn.pair_mentors(scores, "abc", "uvw", capacity={"c": 1}).table["mentor"].value_counts()
    assert count.to_dict() == {"b": 2, "c": 1}
    as_series = pn.pair_mentors(scores, "abc", "uvw", capacity=pd.Series({"c": np.int64(1)}))
    assert as_series.table["mentor"].value_counts().to_dict() == count.to_dict()
    assert pn.pair_mentors(scores, "abc", "uvw", capacity=3).scores.capacity.tolist() == [0, 3, 3, 1, 1, 1]


def test_more_experience_is_no_obstacle_unless_asked():
    scores = scored({"a": 1, "b": 5, "c": 2}, [("a", "b")], experience={"a": 5, "b": 1})
    assert pn.pair_mentors(scores, ["a"], ["b"]).pairs == [("a", "b")]
    assert pn.pair_mentors(scores, ["a"], ["b"], similar_experience=True).pairs == []


def test_the_foundation_is_never_opened():
    scores = scored({"a": 1, "b": 5, "c": 2}, [("a", "c")])
    assert pn.pair_mentors(scores, ["a"], ["b"]).pairs == []


def test_a_mentor_is_senior_where_that_is_asked():
    people, trust = {"a": 1, "b": 5, "c": 5}, [("a", "b"), ("a", "c")]
    scores = scored(people, trust, experience={"a": 3, "b": 3, "c": 2})
    pairing = pn.pair_mentors(scores, ["a"], ["b", "c"], seniority="experience_1")
    assert pairing.pairs == [("a", "c")]
    asked = pairing.why_not("a", "b")
    assert asked.table.loc[0, "reason"] == "seniority"
    assert "the mentor would not be senior" in str(asked)


def test_who_did_not_say_how_senior_they_are_is_not_paired_on_seniority():
    scores = scored({"a": 1, "b": 5}, [("a", "b")], experience={"a": 3, "b": np.nan})
    assert pn.pair_mentors(scores, ["a"], ["b"], seniority="experience_1").pairs == []


def test_levels_with_names_are_in_the_order_of_the_codebook(example):
    scores, mentors, mentees = example
    levels = pn.load_example().people["level"].cat.codes
    table = pn.pair_mentors(scores, mentors, mentees, seniority="level").table
    assert (levels[table["mentor"]].to_numpy() > levels[table["mentee"]].to_numpy()).all()


def test_people_on_neither_side_are_not_told_of():
    scores = scored({"a": 1, "b": 5, "c": 2}, [("a", "b"), ("b", "c")])
    pairing = pn.pair_mentors(scores, ["a"], ["b"])
    assert pairing.unpaired.empty
    assert pairing.why_not("a", "c").table.loc[0, "reason"] == "not taking part"


def test_nobody_is_on_both_sides_unless_asked():
    scores = scored({"a": 1, "b": 5, "c": 2}, [("a", "b"), ("b", "c")])
    with pytest.raises(SettingError, match=r"'b' are named as mentors and as mentees\. Keep one, or say both=True\."):
        pn.pair_mentors(scores, ["a", "b"], ["b", "c"])
    table = pn.pair_mentors(scores, ["a", "b"], ["b", "c"], both=True, capacity=2).table
    assert table[["mentor", "mentee"]].to_numpy().tolist() == [["a", "b"], ["b", "c"]]


def test_of_two_who_could_mentor_each_other_the_one_who_gains_more_is_the_mentee():
    scores = scored({"a": 1, "b": 5, "c": 1}, [("a", "b")], works_with=[("b", "c")])
    pairing = pn.pair_mentors(scores, ["a", "b"], ["a", "b"], both=True)
    assert pairing.table.loc[0, ["mentor", "mentee"]].tolist() == ["b", "a"]
    assert pairing.objective == pairing.table.loc[0, "gain_a"]


def test_changes_and_reasons_work_as_for_peers(example):
    scores, mentors, mentees = example
    pairing = pn.pair_mentors(scores, mentors, mentees, capacity=2, seniority="level")
    mentee = pairing.table["mentee"][0]
    again = pairing.again(fixed=pairing.pairs[:5], absent=[pairing.table["mentee"][20]])
    assert again.check().empty
    assert again.proven
    assert list(again.table)[3:5] == ["mentor", "mentee"]
    assert not pairing.why(mentee).table.empty
    best = pairing.why_not(pairing.table["mentor"][1], progress=False).table.iloc[0]
    forced = pairing.again(fixed=[(best["person"], best["partner"])])
    assert best["cost"] == pytest.approx(pairing.objective - forced.objective, abs=1e-12)
    assert pairing.replace(drop=pairing.pairs[:1]).check().empty


def test_strategies_are_measured_by_what_mentees_gain(example):
    scores, mentors, mentees = example
    pairing = pn.pair_mentors(scores, mentors, mentees)
    table = pn.compare_pairings(pairing.scores, {"mentors": pairing}, draws=5).table
    assert table.loc["mentors", "gain"] == pytest.approx(pairing.objective)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"mentors": []}, SettingError, "mentors must name at least one person"),
        ({"mentees": []}, SettingError, "mentees must name at least one person"),
        ({"mentors": ["zed"]}, UnknownPersonError, "No person 'zed'"),
        ({"value": "mentor"}, SettingError, "value must be one of 'mentee', 'mean', 'lesser'; got 'mentor'"),
        ({"capacity": -1}, SettingError, "capacity of 'a' must be a whole number, 0 or more; got -1"),
        ({"capacity": 2.5}, SettingError, "capacity of 'a' must be a whole number, 0 or more; got 2.5"),
        ({"capacity": {"b": 2}}, SettingError, "capacity names 'b', who is no mentor"),
        ({"mentors_each": 1.5}, SettingError, "mentors_each must be a whole number, 0 or more; got 1.5"),
        ({"seniority": "rank"}, UnknownItemError, "No item 'rank' in the survey"),
        ({"seniority": "opted_out"}, SettingError, "seniority must be a numeric or ordinal item"),
        ({"required": [("a", "c")]}, InfeasibleError, "'a' and 'c' are required but cannot be paired: neither side"),
    ],
)
def test_what_makes_no_sense_is_refused(settings, error, message):
    scores = scored(
        {"a": 1, "b": 5, "c": 2}, [("a", "b"), ("b", "c")], opted_out=["c"] if "seniority" in settings else ()
    )
    with pytest.raises(error, match=message):
        pn.pair_mentors(scores, **{"mentors": ["a"], "mentees": ["b"], **settings})


def best_by_looking_at_all(scores, people, capacity, mentors_each):
    """The largest total of any set of pairs in which nobody has too many partners, nor too many mentors."""
    free = pn.pair_mentors(scores, people, people, capacity=len(people), mentors_each=len(people), both=True)
    table = free.scores.to_frame()
    table = table[table["value"] > 0]
    best = 0.0
    for chosen in chain.from_iterable(combinations(table.index, k) for k in range(len(table) + 1)):
        rows = table.loc[list(chosen)]
        partners = pd.concat([rows["a"], rows["b"]]).value_counts()
        if partners.max() > capacity or rows["mentee"].value_counts().max() > mentors_each:
            continue
        best = max(best, float(rows["value"].sum()))
    return best


@pytest.mark.parametrize("mentors_each", [0, 1, 2, 3])
@pytest.mark.parametrize("perspectives", [(1, 5, 2, 4, 3), (1, 1, 5, 5, 3), (5, 1, 1, 2, 4)])
def test_whoever_is_on_both_sides_has_no_more_mentors_than_a_mentee_may_have(mentors_each, perspectives):
    everyone = "abcde"
    pairs = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("a", "c"), ("b", "d")]
    scores = scored(dict(zip(everyone, perspectives, strict=True)), pairs)
    pairing = pn.pair_mentors(scores, everyone, everyone, capacity=3, mentors_each=mentors_each, both=True)
    assert pairing.table["mentee"].value_counts().max() <= mentors_each or not len(pairing)
    assert pairing.proven
    assert pairing.check().empty
    assert pairing.objective == pytest.approx(best_by_looking_at_all(scores, everyone, 3, mentors_each))


def test_some_on_both_sides_and_some_on_one_all_keep_to_it():
    everyone = "abcde"
    pairs = [(x, y) for i, x in enumerate(everyone) for y in everyone[i + 1 :]]
    scores = scored(dict(zip(everyone, (1, 5, 2, 4, 3), strict=True)), pairs)
    pairing = pn.pair_mentors(scores, "abc", "bcde", capacity=4, mentors_each=1, both=True)
    assert pairing.table["mentee"].value_counts().tolist() == [1] * len(pairing)


def test_the_limit_stays_under_further_rules_and_when_paired_again():
    everyone = "abcd"
    pairs = [(x, y) for i, x in enumerate(everyone) for y in everyone[i + 1 :]]
    scores = scored(dict(zip(everyone, (1, 5, 2, 4), strict=True)), pairs)
    pairing = pn.pair_mentors(scores, everyone, everyone, capacity=3, mentors_each=1, both=True)
    ruled = pn.pair_people(pairing.scores.under(pn.Rules([pn.Rule("forbidden", *pairing.pairs[0])])))
    for found in (ruled, pairing.again(absent=["a"]), pn.pair_people(pairing.scores.rescaled(0.2))):
        assert found.table["mentee"].value_counts().max() == 1
        assert found.check().empty


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("mentors", "ax"),
        ("mentees", None),
        ("mentees", 3),
        ("capacity", 1.5),
        ("capacity", True),
        ("capacity", {"a": np.nan}),
        ("capacity", pd.Series([1])),
        ("mentors_each", [1]),
        ("mentors_each", np.inf),
        ("mentors_each", True),
        ("seniority", 3),
        ("cardinality", pd.Series([1])),
        ("required", 3),
        ("scores", None),
    ],
)
def test_a_setting_of_the_wrong_kind_is_refused(setting, value):
    scores = scored({"a": 1, "b": 5}, [("a", "b")])
    with pytest.raises(PeernetError):
        pn.pair_mentors(**{"scores": scores, "mentors": ["a"], "mentees": ["b"], setting: value})


@pytest.mark.parametrize("many", [10**19, 10**6])
def test_more_room_than_there_are_people_is_room_for_all(many):
    scores = scored({"a": 1, "b": 5, "c": 4}, [("a", "b"), ("a", "c")])
    assert len(pn.pair_mentors(scores, ["a"], ["b", "c"], capacity=many, mentors_each=many)) == 2
