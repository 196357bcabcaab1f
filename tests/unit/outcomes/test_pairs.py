"""The table of pairs: who was with whom, who was not and why, and what was measured, for these pairs or any others."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peernet as pn
from peernet.outcomes import pairs_of
from tests.made.outcomes import answered_by, with_outcomes, with_partners
from tests.made.surveys import survey_of

FOUR = survey_of({who: {"perspective_1": 1.0 + i} for i, who in enumerate(("ann", "bo", "cy", "di"))})
SIX = survey_of({who: {"perspective_1": 1.0} for who in ("ann", "bo", "cy", "di", "ed", "flo")})


@pytest.fixture(scope="module")
def survey():
    return answered_by(24)


@pytest.fixture(scope="module")
def scores(survey):
    return open_scores(survey)


def open_scores(survey):
    return pn.score_pairs(survey, pn.colleague_graph(survey)).without("foundation", "experience", "goals")


def reasons(dyads):
    out = dyads.left_out
    return dict(zip(out["a"], out["reason"], strict=True))


# --- who is with whom ---------------------------------------------------------------------------------------------


def test_outcomes_of_both_stand_by_measure_and_wave():
    said = with_outcomes(FOUR, {("learning", 1): {"ann": 3.0, "bo": 4.0}, ("learning", 2): {"bo": 5.0}})
    table = pairs_of(said, [("ann", "bo")]).table
    (row,) = table[["pair", "a", "b", "learning_1_a", "learning_1_b", "learning_2_b"]].to_numpy().tolist()
    assert row == [1, "ann", "bo", 3.0, 4.0, 5.0]
    assert np.isnan(table["learning_2_a"].item())


def test_everybody_in_no_pair_is_listed():
    dyads = pairs_of(FOUR, [("ann", "bo")])
    assert reasons(dyads) == {"cy": "in no pair", "di": "in no pair"}


@pytest.mark.parametrize(
    ("pair", "reason"),
    [
        (("ann", "zed"), "'zed' is not among the people"),
        (("yan", "zed"), "'yan' and 'zed' are not among the people"),
        (("ann", None), "lacks a member"),
        (("ann", "ann"), "paired with themselves"),
        (("cy", "bo"), "there twice"),
    ],
)
def test_what_is_no_pair_is_listed_with_the_reason(pair, reason):
    dyads = pairs_of(FOUR, [("bo", "cy"), pair])
    assert len(dyads) == 1
    assert dyads.left_out.iloc[0].drop("pair").where(lambda x: x.notna(), None).tolist() == [*pair, reason]


def test_two_who_meet_again_in_another_round_are_the_same_pair():
    rounds = pd.DataFrame({"round": [1, 1, 2, 2], "a": ["ann", "cy", "bo", "di"], "b": ["bo", "di", "ann", "bo"]})
    dyads = pairs_of(FOUR, rounds)
    assert dyads.table[["round", "pair"]].to_numpy().tolist() == [[1, 1], [1, 2], [2, 1], [2, 3]]
    assert dyads.in_several == ["ann", "bo", "di"]


def test_what_a_table_holds_beside_is_kept_as_measured_of_the_pair():
    dyads = pairs_of(FOUR, pd.DataFrame({"a": ["ann"], "b": ["bo"], "met": [3]}))
    assert dyads.table["met"].tolist() == [3]
    assert dyads.meanings["met"] == "as handed over with the pairs"
    assert "met" not in dyads.remake([("ann", "cy")])


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([("ann", "bo", "cy")], "pairs of two people"),
        (["ann"], "pairs of two"),
        (pd.DataFrame(), "the columns a and b"),
    ],
)
def test_what_holds_no_pairs_is_refused(pairs, says):
    with pytest.raises(pn.errors.SettingError, match=says):
        pairs_of(FOUR, pairs)


# --- a question that names partners -------------------------------------------------------------------------------


def test_two_who_name_each_other_are_a_pair_once():
    dyads = pairs_of(with_partners(FOUR, {"bo": ["ann"], "ann": ["bo"]}), "partner")
    assert dyads.table[["a", "b", "named_by"]].to_numpy().tolist() == [["ann", "bo", 2]]
    assert reasons(dyads) == {"cy": "named no partner", "di": "named no partner"}


def test_one_who_names_somebody_silent_is_a_pair_and_says_so():
    dyads = pairs_of(with_partners(FOUR, {"bo": ["ann"]}), "partner")
    assert dyads.table[["a", "b", "named_by"]].to_numpy().tolist() == [["ann", "bo", 1]]


def test_whoever_names_somebody_who_names_another_is_listed_with_what_was_said():
    dyads = pairs_of(with_partners(FOUR, {"ann": ["bo"], "bo": ["cy"]}), "partner")
    assert len(dyads) == 0
    assert reasons(dyads) == {
        "ann": "named bo, who named cy",
        "bo": "named cy, who named nobody; ann may be meant as well",
        "cy": "named no partner",
        "di": "named no partner",
    }


def test_two_who_agree_are_a_pair_whoever_else_names_them():
    dyads = pairs_of(with_partners(FOUR, {"ann": ["bo"], "bo": ["cy"], "cy": ["bo"]}), "partner")
    assert dyads.table[["a", "b", "named_by"]].to_numpy().tolist() == [["bo", "cy", 2]]
    assert reasons(dyads)["ann"] == "named bo, who named cy"


def test_two_who_name_one_silent_person_are_both_listed():
    dyads = pairs_of(with_partners(FOUR, {"ann": ["cy"], "bo": ["cy"]}), "partner")
    assert len(dyads) == 0
    assert reasons(dyads)["ann"] == "named cy, who named nobody; bo may be meant as well"


def test_a_partner_whose_name_was_not_read_is_listed():
    dyads = pairs_of(with_partners(FOUR, {"ann": [None]}), "partner")
    assert reasons(dyads)["ann"] == "the name of the partner could not be read"


def test_a_trio_in_which_all_name_each_other_is_three_pairs():
    said = {"ann": ["bo", "cy"], "bo": ["ann", "cy"], "cy": ["bo", "ann"]}
    dyads = pairs_of(with_partners(FOUR, said), "partner")
    assert len(dyads) == 3
    assert dyads.in_several == ["ann", "bo", "cy"]


def test_a_question_that_names_no_partners_is_refused_with_those_that_do():
    with pytest.raises(pn.errors.UnknownItemError, match="no question does"):
        pairs_of(FOUR, "perspective_1")
    with pytest.raises(pn.errors.UnknownItemError, match=r"those that do are partner\. Did you mean 'partner'"):
        pairs_of(with_partners(FOUR, {}), "partners")


names = st.sampled_from(["ann", "bo", "cy", "di", "ed", "flo"])
sayings = st.dictionaries(names, st.lists(st.one_of(names, st.none()), min_size=1, max_size=2, unique=True), max_size=6)


@given(sayings)
@settings(max_examples=60)
def test_every_naming_is_in_a_pair_or_listed_and_everybody_is_somewhere(said):
    said = {who: [other for other in others if other != who] for who, others in said.items()}
    dyads = pairs_of(with_partners(SIX, said), "partner")
    paired = {frozenset(pair) for pair in dyads.table[["a", "b"]].to_numpy().tolist()}
    listed = {(a, b) for a, b in dyads.left_out[["a", "b"]].to_numpy(dtype=object).tolist()}
    told = {(a, None if pd.isna(b) else b) for a, b in listed}
    for who, others in said.items():
        for other in others:
            assert (
                (who, other) in told if other is None else (frozenset((who, other)) in paired) != ((who, other) in told)
            )
    assert {*dyads.people, *dyads.left_out["a"]} == {*SIX.people.index}
    assert int(dyads.table.get("named_by", pd.Series(dtype=int)).sum()) + dyads.left_out["b"].notna().sum() == sum(
        other is not None for others in said.values() for other in others
    )


@given(sayings, st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_answers_does_not_matter(said, shuffle):
    said = {who: [other for other in others if other != who] for who, others in said.items()}
    turned = [*said.items()]
    shuffle.shuffle(turned)
    first, second = (pairs_of(with_partners(SIX, answers), "partner") for answers in (said, dict(turned)))
    pd.testing.assert_frame_equal(first.table, second.table)
    by = ["a", "reason"]
    one, other = (d.left_out.sort_values(by, ignore_index=True) for d in (first, second))
    pd.testing.assert_frame_equal(one, other)


# --- what was measured --------------------------------------------------------------------------------------------


def test_items_are_numbers_where_they_have_an_order():
    survey = pn.load_example()
    items = ["level", "worked_abroad", "function", "years_here"]
    dyads = pairs_of(survey, [("p002", "p046")], items=items)
    row = dyads.table.iloc[0]
    given = survey.people.loc[["p002", "p046"]]
    levels = [given["level"].cat.categories.get_loc(level) + 1 for level in given["level"]]
    assert [row["level_a"], row["level_b"]] == levels
    assert [row["worked_abroad_a"], row["worked_abroad_b"]] == given["worked_abroad"].astype(float).tolist()
    assert [row["years_here_a"], row["years_here_b"]] == given["years_here"].tolist()
    assert row["function_a"] == given["function"].iloc[0]
    with pytest.raises(pn.errors.UnknownItemError, match="Did you mean 'level'"):
        pairs_of(survey, [("p002", "p046")], items=["levels"])


def test_same_team_and_manager_are_missing_where_not_known():
    said = survey_of(
        {who: {"perspective_1": 1.0} for who in ("ann", "bo", "cy", "di")},
        team={"ann": "x", "bo": "x", "cy": "y"},
        manager={"ann": "di", "bo": "cy"},
    )
    table = pairs_of(said, [("ann", "bo"), ("ann", "cy"), ("ann", "di")]).table
    np.testing.assert_array_equal(table["same_team"], [1, 0, np.nan])
    np.testing.assert_array_equal(table["same_manager"], [0, np.nan, np.nan])


def test_every_column_has_its_meaning(survey, scores):
    dyads = pairs_of(survey, [("p00", "p01")], items=["experience_1"], scores=scores)
    columns = {*dyads.measures, *(c for c in dyads.table if c[:-2] not in dyads.measures)} - {"pair", "a", "b"}
    assert columns == {*dyads.meanings}
    assert all(dyads.meanings.values())
    assert dyads.meanings["learning_2"] == "learning, wave 2: How much learning?"


def test_scores_are_those_of_the_pairs(survey, scores):
    pairs = [("p05", "p02"), ("p00", "p01")]
    table = pairs_of(survey, pairs, scores=scores).table
    for row in table.itertuples():
        pair = scores.pair(row.a, row.b)
        own, other = ("gain_a", "gain_b") if pair["a"] == row.a else ("gain_b", "gain_a")
        assert (row.gain_a, row.gain_b) == (pair[own], pair[other])
        for column in ("experience", "goals", "perspective", "foundation", "blocked"):
            assert getattr(row, column) == pair[column]


def test_the_scores_of_many_people_are_the_same_worked_out_pair_by_pair(survey, scores, monkeypatch):
    pairs = [("p05", "p02"), ("p00", "p01"), ("p03", "p23")]
    at_once = pairs_of(survey, pairs, scores=scores).table
    monkeypatch.setattr("peernet.outcomes.pairs.MOST_LISTED", 0)
    pd.testing.assert_frame_equal(pairs_of(survey, pairs, scores=scores).table, at_once)


def test_somebody_who_was_not_scored_has_no_scores(survey):
    fewer = answered_by(20)
    scores = open_scores(fewer)
    table = pairs_of(survey, [("p00", "p23"), ("p00", "p01")], scores=scores).table
    assert table["perspective"].isna().tolist() == [True, False]
    assert table["gain_a"].isna().tolist() == [True, False]


# --- pairings, draws, rounds --------------------------------------------------------------------------------------


def test_a_pairing_brings_its_scores_and_says_who_is_unpaired(survey, scores):
    pairing = pn.pair_people(scores)
    dyads = pairs_of(survey, pairing)
    assert [*zip(dyads.table["a"], dyads.table["b"], strict=True)] == pairing.pairs
    np.testing.assert_allclose(dyads.table["value"], pairing.table["value"])
    np.testing.assert_allclose(dyads.table["gain_b"], pairing.table["gain_b"])
    assert dyads.design == "observed"
    assert reasons(dyads) == dict(zip(pairing.unpaired["person"], pairing.unpaired["reason"], strict=True))


def test_a_pairing_drawn_by_lot_knows_it_and_keeps_chances(survey, scores):
    drawn = pn.draw_pairing(scores, draws=5, within=0.2, progress=False)
    dyads = pairs_of(survey, drawn)
    assert dyads.design == "drawn by lot"
    assert dyads.table["probability"].tolist() == drawn.table["probability"].tolist()
    assert pairs_of(survey, drawn.pairs).design == "observed"
    assert pairs_of(survey, drawn.pairs, design="drawn by lot").design == "drawn by lot"


def test_rounds_have_a_row_per_pair_and_round(survey, scores):
    plan = pn.plan_rounds(scores, rounds=2, progress=False)
    dyads = pairs_of(survey, plan)
    assert dyads.table["round"].tolist() == plan.table["round"].tolist()
    assert set(dyads.in_several) == {*plan.people.index[plan.people["partners"] > 1]}
    assert "perspective" in dyads.table


# --- other pairs --------------------------------------------------------------------------------------------------


def draws(survey):
    people = survey.people.index.tolist()
    return st.permutations(people).map(lambda order: [*zip(order[::2], order[1::2], strict=True)])


@given(st.data())
@settings(max_examples=20, deadline=None)
def test_other_pairs_are_measured_as_if_they_had_been_given(survey, scores, data):
    first, second = data.draw(draws(survey)), data.draw(draws(survey))
    made = pairs_of(survey, first, scores=scores, items=["goal_1"])
    pd.testing.assert_frame_equal(made.remake(second), pairs_of(survey, second, scores=scores, items=["goal_1"]).table)
    pd.testing.assert_frame_equal(made.remake(first), made.table)


@given(st.data())
@settings(max_examples=20, deadline=None)
def test_turning_pairs_turns_the_members_and_nothing_else(survey, scores, data):
    pairs = data.draw(draws(survey))
    turn = data.draw(st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs)))
    turned = [pair[::-1] if t else pair for pair, t in zip(pairs, turn, strict=True)]
    one, other = (pairs_of(survey, given, scores=scores) for given in (pairs, turned))
    swapped = one.table.copy()
    for name in ["", *one.measures]:
        a, b = (f"{name}_a", f"{name}_b") if name else ("a", "b")
        swapped[a] = one.table[a].where(~np.array(turn), one.table[b])
        swapped[b] = one.table[b].where(~np.array(turn), one.table[a])
    pd.testing.assert_frame_equal(other.table, swapped)


def test_the_order_of_people_in_the_survey_does_not_matter(survey, scores):
    turned = replace(survey, people=survey.people.iloc[::-1])
    pairs = [("p05", "p02"), ("p00", "p01")]
    pd.testing.assert_frame_equal(
        pairs_of(turned, pairs, scores=scores).table, pairs_of(survey, pairs, scores=scores).table
    )


def test_nothing_handed_over_is_changed(survey, scores):
    table = pd.DataFrame({"pair": [7], "a": ["p00"], "b": ["p01"], "met": [1]})
    before = table.copy(), survey.people.copy(), survey.outcomes.copy()
    pairs_of(survey, table, scores=scores)
    for one, other in zip(before, (table, survey.people, survey.outcomes), strict=True):
        pd.testing.assert_frame_equal(one, other)
