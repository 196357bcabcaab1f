"""Every pair is scored: gates first, then the gain on both sides, never as one giant table."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import PeernetWarning, SettingError, UnknownPersonError
from peernet.scores import pair_scores
from tests.made.surveys import both_ways, survey_of

COLUMNS = ["a", "b", "experience", "goals", "perspective", "gain_a", "gain_b", "exchange"]
COLUMNS += ["foundation", "introducer", "blocked", "value"]
NEAR = {"experience_1": 3, "goal_1": 3}


def people(**perspectives):
    return {name: {**NEAR, "perspective_1": answer} for name, answer in perspectives.items()}


def scored(answers, ties=None, *, scoring=None, **facts):
    survey = survey_of(answers, {"works_with": [], "trust": [], **(ties or {})}, **facts)
    return pn.score_pairs(survey, pn.colleague_graph(survey), **(scoring or {}))


TRUSTING = {"trust": both_ways(("a", "b"))}


def blocked(one, other, *args, **kws):
    return scored(*args, **kws).pair(one, other)["blocked"]


def test_a_pair_that_passes_every_gate_has_a_value():
    pair = scored(people(a=1, b=5), TRUSTING).pair("a", "b")
    assert pair["blocked"] == ""
    assert pair["foundation"] == "mutual"
    assert pair["value"] == pytest.approx((pair["gain_a"] + pair["gain_b"]) / 2)


def test_the_gain_of_two_people_alone_is_known_in_closed_form():
    pair = scored(people(a=1, b=5), TRUSTING, scoring={"scale": 0.5}).pair("a", "b")
    assert pair["gain_a"] == pytest.approx(2 / (1 + np.exp(-1 / 0.5)) - 1)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"manager": {"a": "b"}}, "reporting line"),
        ({"manager": {"b": "a"}}, "reporting line"),
        ({"never_with": {"b": ["a"]}}, "veto"),
        ({"opted_out": ["b"]}, "opted out"),
        ({"ties": {}}, "foundation unknown"),
        ({"ties": {"works_with": [("a", "b")]}}, "foundation refused"),
    ],
)
def test_a_gate_names_why_it_is_closed(facts, reason):
    ties = facts.pop("ties", TRUSTING)
    assert blocked("a", "b", people(a=1, b=5), ties, **facts) == reason


def test_experience_further_apart_than_average_is_too_different():
    answers = people(a=1, b=5, c=2, d=4)
    answers["a"]["experience_1"] = 1
    answers["b"]["experience_1"] = 5
    assert blocked("a", "b", answers, TRUSTING) == "experience too different"
    assert blocked("c", "d", answers, {"trust": both_ways(("c", "d"))}) == ""


def test_goals_are_a_gate_of_their_own():
    answers = people(a=1, b=5, c=2)
    answers["a"]["goal_1"] = 1
    answers["b"]["goal_1"] = 5
    assert blocked("a", "b", answers, TRUSTING) == "goals too different"
    assert blocked("a", "b", answers, TRUSTING, scoring={"goals": None}) == ""
    assert blocked("a", "b", answers, TRUSTING, scoring={"goals": 1.0}) == ""


def test_someone_without_goals_is_not_called_similar():
    answers = people(a=1, b=5, c=2)
    answers["a"]["goal_1"] = np.nan
    assert blocked("a", "b", answers, TRUSTING) == "too few shared answers"


def test_someone_who_did_not_answer_cannot_be_paired():
    answers = people(a=1, b=5)
    answers["b"] = dict.fromkeys(answers["b"], np.nan)
    assert blocked("a", "b", answers, TRUSTING) == "did not answer"


def test_someone_who_answered_but_nothing_on_perspective_is_not_said_to_be_silent():
    answers = people(a=1, b=5)
    answers["b"] |= {name: np.nan for name in answers["b"] if name.startswith("perspective")}
    assert blocked("a", "b", answers, TRUSTING) == "perspective not known"


def test_someone_who_only_answered_what_all_answer_alike_is_not_said_to_have_said_nothing():
    answers = {name: row | {"perspective_2": 3} for name, row in people(a=1, b=5, c=2).items()}
    answers["b"] |= {name: np.nan for name in answers["b"] if name != "perspective_2"}
    assert blocked("a", "b", answers, TRUSTING) == "perspective not known"


def test_no_difference_buys_out_a_missing_foundation():
    scores = scored(people(a=1, b=5))
    assert np.isnan(scores.pair("a", "b")["value"])
    assert scores.pair("a", "b")["gain_a"] > 0


def test_an_introduced_pair_names_the_introducer():
    pair = scored(people(a=1, b=5, c=3), {"trust": both_ways(("a", "c"), ("b", "c"))}).pair("a", "b")
    assert (pair["foundation"], pair["introducer"]) == ("introduced", "c")


def test_accepted_foundation_states_are_a_setting():
    answers, ties = people(a=1, b=5, c=3), {"trust": both_ways(("a", "c"), ("b", "c"))}
    strict = {"foundation": ("mutual",)}
    assert blocked("a", "b", answers, ties, scoring=strict) == "foundation not accepted"
    assert blocked("a", "b", people(a=1, b=5), scoring={"foundation": ("mutual", "unknown")}) == ""


def test_refused_can_never_be_accepted():
    with pytest.raises(SettingError, match=r"foundation must be one of .*'mutual'.*; got 'refused'"):
        scored(people(a=1, b=5), scoring={"foundation": ("refused",)})


def test_the_lesser_gain_can_be_the_value():
    ties = {"trust": both_ways(("a", "b")), "works_with": [("a", "c")]}
    answers = people(a=1, b=5, c=4)
    pair = scored(answers, ties, scoring={"value": "lesser"}).pair("a", "b")
    assert pair["value"] == min(pair["gain_a"], pair["gain_b"])
    assert pair["gain_a"] < pair["gain_b"]


@pytest.mark.parametrize("value", [{"mean": 0.7, "lesser": 0.3}, {"mean": 7, "lesser": 3}])
def test_a_mix_of_mean_and_lesser_can_be_the_value(value):
    ties = {"trust": both_ways(("a", "b")), "works_with": [("a", "c")]}
    scores = scored(people(a=1, b=5, c=4), ties, scoring={"value": value})
    pair = scores.pair("a", "b")
    mean = (pair["gain_a"] + pair["gain_b"]) / 2
    assert pair["value"] == pytest.approx(0.7 * mean + 0.3 * min(pair["gain_a"], pair["gain_b"]))
    assert repr(scores).endswith("value = 0.7 mean gain + 0.3 lesser gain>")


@pytest.mark.parametrize("value", ["median", {}, {"mean": -1, "lesser": 2}, {"most": 1}, {"mean": 0}])
def test_a_value_that_is_no_mix_is_refused(value):
    with pytest.raises(SettingError, match="value"):
        scored(people(a=1, b=5), TRUSTING, scoring={"value": value})


def test_the_band_keeps_apart_who_are_too_close_or_out_of_reach():
    ties = {"trust": both_ways(("a", "b"), ("a", "c"), ("a", "d"))}
    scores = scored(people(a=1, b=1, c=3, d=5), ties, scoring={"band": (0.25, 0.75)})
    assert [scores.pair("a", other)["blocked"] for other in "bcd"] == [
        "perspective too close",
        "",
        "perspective out of reach",
    ]
    assert scores.without("band").possible([0])[0, 1:].all()
    assert scores.gates.named == ("foundation", "experience", "goals", "band")


@pytest.mark.parametrize("band", [(0.5, 0.2), (-0.1, 0.5)])
def test_a_band_that_holds_nobody_is_refused(band):
    with pytest.raises(SettingError, match="band must be a least and a largest distance"):
        scored(people(a=1, b=5), TRUSTING, scoring={"band": band})


def test_exchange_counts_topics_both_ways(tmp_path):
    survey = pn.load_example()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    offers, seeks = (survey.answers(block).iloc[:, 0] for block in ("offers", "seeks"))
    table = scores.to_frame([("p001", "p002"), ("p010", "p020")])
    for row in table.itertuples():
        sides = [(row.a, row.b), (row.b, row.a)]
        said = [len((offers[x] or frozenset()) & (seeks[y] or frozenset())) for x, y in sides]
        assert row.exchange == sum(said)


# --- the table's contract ---------------------------------------------------------------------------------------------


@pytest.fixture
def many(rng):
    names = [f"p{i:02d}" for i in rng.permutation(23)]
    answers = {
        name: {"experience_1": rng.integers(1, 6), "goal_1": rng.integers(1, 6), **_outlook(rng)} for name in names
    }
    ties = {
        layer: [tuple(rng.choice(names, 2, replace=False)) for _ in range(120)] for layer in ("works_with", "trust")
    }
    return scored(answers, ties, manager={names[3]: names[0]}, opted_out=[names[5]])


def _outlook(rng):
    return {f"perspective_{k}": rng.integers(1, 6) if rng.random() > 0.1 else np.nan for k in range(5)}


def test_each_unordered_pair_appears_once_sorted(many):
    table = many.to_frame()
    assert list(table) == COLUMNS
    assert len(table) == 23 * 22 // 2
    assert (table["a"] < table["b"]).all()
    assert not table.duplicated(["a", "b"]).any()
    assert table[["a", "b"]].equals(table[["a", "b"]].sort_values(["a", "b"], ignore_index=True))


def test_some_pairs_are_the_same_rows_of_the_whole_table(many):
    whole = many.to_frame()
    wanted = whole.sample(40, random_state=1)
    some = many.to_frame((b, a) for a, b in zip(wanted["a"], wanted["b"], strict=True))
    pd.testing.assert_frame_equal(some, wanted.sort_values(["a", "b"], ignore_index=True))


def test_no_pairs_give_an_empty_table_with_every_column(many):
    assert list(many.to_frame([])) == COLUMNS


def test_blocks_agree_with_the_table(many):
    values = many.block(np.arange(len(many)))
    for row in many.to_frame().itertuples():
        i, j = many.people.get_loc(row.a), many.people.get_loc(row.b)
        np.testing.assert_array_equal([values[i, j], values[j, i]], [row.value, row.value])


@pytest.mark.parametrize("column", ["value", "gain", "perspective", "experience", "goals", "ties"])
def test_symmetric_scores_are_symmetric_to_the_last_bit(many, column):
    block = many.block(np.arange(len(many)), column=column)
    np.testing.assert_array_equal(block, block.T)
    assert np.isnan(np.diag(block)).all()


def test_scores_do_not_depend_on_the_size_of_a_block(many, monkeypatch):
    whole = many.to_frame()
    monkeypatch.setattr(pair_scores, "CELLS_AT_ONCE", 30)
    pd.testing.assert_frame_equal(whole, many.to_frame())


def test_value_is_missing_exactly_where_a_gate_is_closed(many):
    table = many.to_frame()
    assert table["value"].isna().equals(table["blocked"] != "")


def test_row_order_of_the_survey_changes_nothing(many, rng):
    survey = pn.load_example()
    shuffled = survey.people.sample(frac=1, random_state=3)
    other = pn.Survey(shuffled, survey.ties, survey.outcomes, survey.codebook, survey.issues, survey.answered)
    pairs = [("p001", "p002"), ("p005", "p100"), ("p033", "p200")]
    one, two = (pn.score_pairs(s, pn.colleague_graph(s)).to_frame(pairs) for s in (survey, other))
    pd.testing.assert_frame_equal(one, two, rtol=1e-9)


# --- gates that open, scales that change ------------------------------------------------------------------------------


def test_opening_a_gate_leaves_the_hard_rules():
    answers = people(a=1, b=5, c=3)
    open_scores = scored(answers, manager={"a": "b"}).without("foundation", "experience", "goals")
    assert open_scores.pair("a", "b")["blocked"] == "reporting line"
    assert open_scores.pair("a", "c")["blocked"] == ""


def test_excluded_pairs_are_not_possible_and_excluded_people_not_there_whatever_was_excluded_before():
    scores = scored(people(a=1, b=5, c=3), {"trust": both_ways(("a", "b"), ("a", "c"), ("b", "c"))})
    fewer = scores.excluding(pairs=iter([("b", "a")])).excluding(people=["c"])
    assert fewer.to_frame()["blocked"].tolist() == ["forbidden", "absent", "absent"]
    assert (fewer.settings["forbidden"], fewer.settings["absent"]) == ((("b", "a"),), ("c",))
    assert scores.to_frame()["blocked"].tolist() == ["", "", ""]


def test_excluding_somebody_who_is_not_there_is_refused(many):
    with pytest.raises(UnknownPersonError, match="No person 'p99' was scored"):
        many.excluding(people=["p99"])
    with pytest.raises(UnknownPersonError, match="No person 'p99' was scored"):
        many.excluding(pairs=[("p01", "p99")])


def test_opening_an_unknown_gate_is_refused(many):
    with pytest.raises(
        SettingError, match="gate must be one of 'foundation', 'experience', 'goals', 'band'; got 'trust'"
    ):
        many.without("trust")


def test_rescaling_equals_scoring_at_that_scale(many):
    scale = many.settings["scale"] / 2
    np.testing.assert_allclose(
        many.rescaled(scale).block([0, 1], column="gain"),
        pn.scores.PairScores.block(many.rescaled(scale * 2).rescaled(scale), [0, 1], column="gain"),
    )
    assert not np.allclose(
        many.rescaled(scale).block([0], column="gain"), many.block([0], column="gain"), equal_nan=True
    )


TYPES = [(1, 1, 2, 4, 5), (5, 4, 4, 2, 1), (3, 5, 1, 1, 3), (2, 3, 5, 5, 5), (4, 1, 3, 5, 2)]


def hearing_all(types):
    """Somebody of the first type who hears four colleagues of each type."""
    everybody = {f"t{k}_{i}": type_ for k, type_ in enumerate(types) for i in range(4)}
    answers = {name: {f"perspective_{v}": x for v, x in enumerate(type_)} for name, type_ in everybody.items()}
    survey = survey_of(
        answers, {"works_with": [("t0_0", other) for other in everybody if other != "t0_0"], "trust": []}
    )
    return pn.score_pairs(survey, pn.colleague_graph(survey))


def test_five_types_heard_in_full_count_nearly_as_five(many):
    assert many.settings["scale"] == 1 / 8
    assert hearing_all(TYPES).reach.exposure[0] == pytest.approx(5, abs=0.4)
    assert hearing_all(TYPES[:2]).reach.exposure[0] == pytest.approx(2, abs=0.1)


def test_the_count_shrinks_with_the_disagreement():
    """Every answer drawn towards the middle of the scale; at the median distance the count would stay as it is."""
    near = [tuple(3 + (x - 3) / 10 for x in type_) for type_ in TYPES]
    whole, tenth = hearing_all(TYPES), hearing_all(near)
    assert tenth.reach.exposure[0] < 1.8 < whole.reach.exposure[0]
    whole, tenth = (scores.rescaled(scores.perspective.median) for scores in (whole, tenth))
    assert tenth.reach.exposure[0] == pytest.approx(whole.reach.exposure[0])


def test_one_step_on_every_question_leaves_a_seventh_of_likeness():
    scores = hearing_all([(1, 1, 2, 4, 5), (2, 2, 3, 5, 4)])
    assert scores.reach.exposure[0] == pytest.approx(2 / (1 + np.exp(-2)))


@pytest.mark.parametrize("scale", [0, -1])
def test_a_scale_must_be_positive(many, scale):
    with pytest.raises(SettingError, match=f"scale must be above 0; got {scale}"):
        many.rescaled(scale)


def test_capacity_is_one_unless_said():
    scores = scored(people(a=1, b=5, c=2), capacity={"b": 2})
    assert scores.capacity.to_dict() == {"a": 1, "b": 2, "c": 1}


# --- bad input --------------------------------------------------------------------------------------------------------


def test_unknown_people_are_named_with_a_hint():
    with pytest.raises(UnknownPersonError) as caught:
        scored({"anna": {"perspective_1": 1}, "bo": {"perspective_1": 2}}).pair("ana", "bo")
    assert str(caught.value) == "No person 'ana' was scored. Did you mean 'anna'?"


def test_a_pair_needs_two_people(many):
    with pytest.raises(SettingError, match="A pair needs two people; got 'p01' twice"):
        many.pair("p01", "p01")


def test_a_survey_that_asks_nothing_about_foundation_says_so():
    survey = survey_of(people(a=1, b=5), {"works_with": [("a", "b")]})
    with pytest.warns(PeernetWarning, match="nobody can be paired.*--accept mutual,introduced,unknown on the command"):
        scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    assert scores.pair("a", "b")["blocked"] == "foundation unknown"


def test_a_survey_without_perspective_items_is_refused():
    with pytest.raises(SettingError, match="perspective"):
        scored({"a": {"experience_1": 1}, "b": {"experience_1": 2}})


def test_one_respondent_is_scored_without_pairs():
    scores = scored(people(a=3))
    assert scores.to_frame().empty
    assert np.isnan(scores.block([0])).all()


def test_people_who_all_think_alike_gain_nothing():
    assert scored(people(a=2, b=2, c=2), TRUSTING).pair("a", "b")["value"] == 0


def test_a_newcomer_with_too_few_shared_answers_has_no_gain_and_cannot_be_paired():
    answers = people(a=1, b=5, c=2)
    for name in "abc":
        answers[name]["perspective_2"] = answers[name]["perspective_1"]
    answers["a"]["perspective_1"] = answers["b"]["perspective_2"] = np.nan
    pair = scored(answers, TRUSTING).pair("a", "b")
    assert pair["blocked"] == "too few shared answers"
    assert np.isnan(pair["gain_a"])


def test_people_who_did_not_answer_about_trust_are_paired_on_what_others_say_only_if_allowed():
    facts = {"silent": {"trust": ["b"]}}
    assert blocked("a", "b", people(a=1, b=5), {"trust": [("a", "b")]}, **facts) == "foundation unknown"
    allowed = {"scoring": {"missing": "reconstruct"}}
    assert blocked("a", "b", people(a=1, b=5), {"trust": [("a", "b")]}, **facts, **allowed) == ""


def test_what_was_done_about_missing_answers_and_low_ratings_is_among_the_settings():
    settings = scored(people(a=1, b=5), TRUSTING).settings
    assert (settings["missing"], settings["at_least"]) == ("available", 1.0)


def test_readiness_is_told_for_both_people_and_blocks_nobody():
    told = pd.Series({"a": "Dock: trust is low.", "b": "Dock: trust is low.", "c": "Yard: trust is low."})
    scores = scored(people(a=1, b=5, c=3, d=2), TRUSTING, scoring={"readiness": told})
    table = scores.to_frame().set_index(["a", "b"])["readiness"]
    assert table["a", "b"] == "Dock: trust is low."
    assert table["a", "c"] == "Dock: trust is low. Yard: trust is low."
    assert table["a", "d"] == "Dock: trust is low."
    assert scores.pair("a", "b")["blocked"] == ""
    assert "readiness" in scores.without("foundation").to_frame()


def test_without_readiness_the_table_says_nothing_of_it():
    assert scored(people(a=1, b=5), TRUSTING).to_frame().columns.tolist() == COLUMNS


@pytest.mark.parametrize("pairs", [["ab"], [("a", "b", "c")], [("a",)]])
def test_what_is_no_pair_is_named(pairs):
    with pytest.raises(SettingError, match=r"Pairs must hold two people each, such as .*; got "):
        scored({"a": {"perspective_1": 1}, "b": {"perspective_1": 5}}).to_frame(pairs)
