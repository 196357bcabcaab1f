"""A programme's rules close pairs, price them, or set capacities; what makes no sense is named."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import peernet as pn
from peernet import Rule, Rules
from peernet.errors import RulesError, SettingError
from peernet.survey import Codebook, Item
from tests.made.surveys import both_ways, survey_of

EVERYONE = "abcde"
ALL_PAIRS = [(x, y) for i, x in enumerate(EVERYONE) for y in EVERYONE[i + 1 :]]


def scored(perspectives=None, **facts):
    perspectives = perspectives or dict(zip(EVERYONE, (1, 5, 2, 4, 3), strict=True))
    answers = {name: {"experience_1": 3, "goal_1": 3, "perspective_1": p} for name, p in perspectives.items()}
    survey = survey_of(answers, {"works_with": [], "trust": both_ways(*ALL_PAIRS)}, **facts)
    return pn.score_pairs(survey, pn.colleague_graph(survey))


def closed(rules, scores=None, facts=None):
    """Pairs that are not possible under some rules, and why."""
    table = (scores or scored()).under(pn.Rules(rules, facts)).to_frame()
    return {(row.a, row.b): row.blocked for row in table[table["blocked"] != ""].itertuples()}


def prices(rules, scores=None):
    table = (scores or scored()).under(pn.Rules(rules)).to_frame()
    return {(row.a, row.b): row.price for row in table[table["price"] != 0].itertuples()}


@pytest.mark.parametrize(("rule", "reason"), [("forbidden", "forbidden"), ("met", "met before")])
def test_a_listed_pair_is_closed_in_whatever_order_it_is_named(rule, reason):
    assert closed([pn.Rule(rule, "b", "a")]) == {("a", "b"): reason}


def test_a_price_is_taken_off_the_value_and_leaves_the_pair_possible():
    scores = scored()
    priced = scores.under(pn.Rules([pn.Rule("met", "a", "b", price=0.1)]))
    before, after = scores.pair("a", "b"), priced.pair("a", "b")
    assert after["value"] == pytest.approx(before["value"] - 0.1)
    assert after["price"] == pytest.approx(0.1)
    assert priced.block([0])[0, 1] == pytest.approx(after["value"])
    assert priced.block([0], column="gain")[0, 1] == pytest.approx(before["value"] - 0.1)


def test_prices_of_several_rules_add_up():
    rules = [pn.Rule("met", "a", "b", price=0.1), pn.Rule("not within", column="team", price=0.2)]
    found = prices(rules, scored(team=dict.fromkeys("abc", "Dock")))
    assert found[("a", "b")] == pytest.approx(0.3)
    assert found[("a", "c")] == pytest.approx(0.2)
    assert set(found) == {("a", "b"), ("a", "c"), ("b", "c")}


def test_a_pair_that_is_wished_for_is_worth_more():
    assert prices([pn.Rule("required", "a", "b", price=0.1)]) == {("a", "b"): pytest.approx(-0.1)}


def test_the_reporting_line_is_followed_so_many_steps_up():
    scores = scored(manager={"a": "b", "b": "c", "c": "d", "d": "a"})  # a circle must not be walked for ever
    one_step = {("a", "b"), ("b", "c"), ("c", "d"), ("a", "d")}
    assert set(closed([], scores)) == one_step
    two = closed([pn.Rule("reporting line", number=2)], scores)
    assert set(two) == one_step | {("a", "c"), ("b", "d")}
    assert set(two.values()) == {"reporting line"}


def test_people_of_one_group_or_of_different_ones_are_kept_apart_and_a_missing_answer_is_neither():
    scores = scored(team={"a": "Dock", "b": "Dock", "c": "Yard", "d": "Yard"})
    assert closed([pn.Rule("not within", column="team")], scores) == {
        ("a", "b"): "same group",
        ("c", "d"): "same group",
    }
    assert set(closed([pn.Rule("not across", column="team")], scores)) == {(x, y) for x in "ab" for y in "cd"}


def test_a_column_can_be_brought_along():
    site = pd.Series({"a": "Oslo", "e": "Oslo", "b": "Lima"})
    assert set(closed([pn.Rule("not within", column="site")], facts={"site": site})) == {("a", "e")}


def test_a_multiple_choice_column_groups_by_the_whole_answer():
    tools = pd.Series({"a": frozenset("xy"), "e": frozenset("yx"), "b": frozenset("x")})
    assert set(closed([pn.Rule("not within", column="tools")], facts={"tools": tools})) == {("a", "e")}


HOURS = {"a": "9-12", "b": "10:30-17.00", "c": "Mon 9-10; Tue 9-12", "d": "Mon 8-18"}


@pytest.mark.parametrize(
    ("needed", "apart"),
    [
        (1.5, {("b", "c"), *((x, "e") for x in "abcd")} - {("b", "c")}),
        (2, {("a", "b"), ("b", "c"), ("c", "d"), *((x, "e") for x in "abcd")}),
    ],
)
def test_shared_hours_are_read_from_times(needed, apart):
    """On Monday and Tuesday: a and b share 1.5 hours a day, b and c share 1.5 on Tuesday, c and d one on Monday."""
    found = closed([pn.Rule("shared hours", number=needed)], scored(hours=HOURS))
    expected = {p for p in ALL_PAIRS if shared_hours(*p) < needed}
    assert set(found) == expected
    assert set(found.values()) == {"too few shared hours"}


def shared_hours(one, other):
    """Quarter hours both are free on Monday and Tuesday, by looking at each."""
    free = {
        "a": lambda day, t: 9 <= t < 12,
        "b": lambda day, t: 10.5 <= t < 17,
        "c": lambda day, t: 9 <= t < (10 if day == "Mon" else 12),
        "d": lambda day, t: day == "Mon" and 8 <= t < 18,
        "e": lambda day, t: False,
    }
    quarters = [(day, t / 4) for day in ("Mon", "Tue") for t in range(96)]
    return sum(free[one](*q) and free[other](*q) for q in quarters) / 4


def test_shared_hours_are_counted_from_chosen_slots():
    hours = {"a": frozenset({"Mon am", "Tue am"}), "b": frozenset({"Mon am"}), "c": frozenset({"Mon am", "Tue am"})}
    found = closed([pn.Rule("shared hours", number=2)], scored(hours=hours))
    assert set(ALL_PAIRS) - set(found) == {("a", "c")}


@pytest.mark.parametrize("said", ["mornings", "12-9", "Mon 9-25"])
def test_hours_that_cannot_be_read_are_named(said):
    with pytest.raises(SettingError, match=f"The hours of 'a' hold '{said}'"):
        closed([pn.Rule("shared hours", number=1)], scored(hours={"a": said}))


def test_hours_that_were_not_asked_are_named():
    with pytest.raises(SettingError, match="no item of the codebook has the role 'hours'"):
        closed([pn.Rule("shared hours", number=1)])


def test_capacity_is_set_for_everyone_with_room_and_overruled_for_one():
    scores = scored(capacity={"a": 0, "b": 1})
    rules = pn.Rules(
        [pn.Rule("capacity", "c", number=3), pn.Rule("capacity", number=2), pn.Rule("capacity", "d", number=0)]
    )
    assert scores.under(rules).capacity.to_dict() == {"a": 0, "b": 2, "c": 3, "d": 0, "e": 2}
    assert scores.capacity["b"] == 1


# --- rare outlooks ----------------------------------------------------------------------------------------------------


def far_out():
    """Nine people who think alike and know each other, and z who thinks otherwise and knows nobody's view."""
    names = [f"p{i}" for i in range(9)]
    answers = {name: {"experience_1": 3, "goal_1": 3, "perspective_1": 2} for name in names}
    answers["z"] = {"experience_1": 3, "goal_1": 3, "perspective_1": 5}
    trust = both_ways(*(("z", name) for name in names))
    works = [("z", name) for name in names[:8]]
    survey = survey_of(answers, {"works_with": works, "trust": trust})
    return pn.score_pairs(survey, pn.colleague_graph(survey))


def test_somebody_with_a_rare_outlook_is_the_different_one_only_so_often():
    scores = far_out()
    pair = scores.pair("p8", "z")
    assert pair["gain_a"] > pair["gain_b"] + 0.1
    once = pn.Rules([pn.Rule("different one", number=1)])
    assert scores.under(once).pair("p8", "z")["blocked"] == ""
    later = once.after([("p8", "z")])
    again = scores.under(later).pair("p8", "z")["blocked"]
    assert again == "the different one too often"


def test_who_is_the_different_one_too_often_can_have_a_price():
    rules = pn.Rules([pn.Rule("different one", "z", number=0, price=0.3)])
    table = far_out().under(rules).to_frame()
    priced = table[table["price"] > 0]
    assert set(priced["b"]) == {"z"}
    assert priced["price"].tolist() == pytest.approx([0.3] * len(priced))
    assert (priced["gain_a"] > priced["gain_b"]).all()


# --- one object -------------------------------------------------------------------------------------------------------


def test_rules_add_up_and_rules_come_on_top():
    one, two = pn.Rules([pn.Rule("forbidden", "a", "b")]), pn.Rules([pn.Rule("forbidden", "a", "c")])
    both = scored().under(one).under(two)
    assert both.settings["rules"] == one + two
    assert set(closed([], both)) == {("a", "b"), ("a", "c")}
    assert set(closed([*one, *two])) == {("a", "b"), ("a", "c")}


def test_rules_stand_when_gates_open_and_when_the_scale_changes():
    scores = scored().under(pn.Rules([pn.Rule("forbidden", "a", "b"), pn.Rule("met", "a", "c", price=0.1)]))
    assert scores.without("foundation").pair("a", "b")["blocked"] == "forbidden"
    assert scores.rescaled(0.4).pair("a", "c")["price"] == pytest.approx(0.1)


def test_rules_show_themselves_in_a_notebook_with_names_made_safe():
    rules = pn.Rules([pn.Rule("forbidden", "<b>", "c"), pn.Rule("not within", column="team", price=0.1)])
    shown = rules._repr_html_()
    assert repr(rules) == "<Rules: 2 rules, 1 with a price>"
    assert "&lt;b&gt;" in shown
    assert "<b>" not in shown


def test_rules_can_be_copied_to_another_process():
    rules = pn.Rules([pn.Rule("not within", column="site")], {"site": pd.Series({"a": "Oslo"})})
    again = pickle.loads(pickle.dumps(rules))
    assert again == rules
    assert again.facts["site"].equals(rules.facts["site"])


def test_without_a_price_the_table_has_no_such_column():
    assert "price" not in scored().under(pn.Rules([pn.Rule("forbidden", "a", "b")])).to_frame()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rule": "forbid", "a": "a"}, "column 'rule': found 'forbid'; allowed: capacity, .* Did you mean 'forbidden'"),
        ({"rule": "forbidden", "a": "a"}, "column 'b': found nothing; 'forbidden' needs it"),
        ({"rule": "forbidden", "a": "a", "b": "a"}, "column 'b': found 'a'; allowed: another person"),
        ({"rule": "not within", "column": "team", "number": 3.0}, "column 'number': found 3.0; allowed: nothing"),
        ({"rule": "capacity", "number": 1.5}, "column 'number': found 1.5; allowed: a whole number, 0 or more"),
        ({"rule": "capacity", "number": 1e19}, "column 'number': found 1e.19; allowed: 1,000,000,000 at most"),
        ({"rule": "reporting line", "number": 10**30}, "column 'number': found 1e.30; allowed: 1,000,000,000 at most"),
        ({"rule": "shared hours", "number": 1.5e9}, "column 'number': found 1.5e.09; allowed: 1,000,000,000 at most"),
        ({"rule": "at most within", "column": "team", "number": 2e9}, "allowed: 1,000,000,000 at most"),
        ({"rule": "reporting line", "number": 0}, "allowed: a whole number, 1 or more"),
        ({"rule": "capacity", "number": 1, "price": 0.1}, "column 'price': found 0.1; allowed: nothing, or the person"),
        ({"rule": "met", "a": "a", "b": "b", "price": -1.0}, "column 'price': found -1.0; allowed: nothing"),
        ({"rule": "met", "a": "a", "b": "b", "price": np.nan}, "column 'price': found nan"),
        ({"rule": "different one", "number": 1, "share": 0.0}, "column 'share': found 0.0; allowed: a share above 0"),
    ],
)
def test_a_rule_that_makes_no_sense_says_what_was_found_and_what_is_allowed(given, message):
    with pytest.raises(RulesError, match=message):
        pn.Rule(**given)


def test_strangers_and_unknown_columns_are_named_all_at_once():
    rules = [pn.Rule("forbidden", "a", "zed"), pn.Rule("not within", column="teem", where="row 3 of rules.csv")]
    with pytest.raises(RulesError) as error:
        scored().under(pn.Rules(rules))
    first, second = error.value.problems
    assert "column 'b': No person 'zed' was scored." in first
    assert second.startswith("row 3 of rules.csv, column 'column': found 'teem'; allowed: a column of the survey (")
    assert second.endswith("Did you mean 'team'?")


def test_a_protected_column_is_for_audit_and_not_for_pairing():
    survey = pn.load_example()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    with pytest.raises(RulesError, match=r"row 2 of rules\.csv, column 'column': 'gender' is protected, for audit"):
        scores.under(pn.Rules([pn.Rule("not within", column="gender", where="row 2 of rules.csv")]))
    with pytest.raises(RulesError) as error:
        scores.under(pn.Rules([pn.Rule("not within", column="gander")]))
    assert "age_band" not in str(error.value)


@pytest.mark.parametrize("given", [[pn.Rule("capacity", number=2)], "rules.csv"])
def test_what_is_no_rules_object_is_refused_with_what_to_write(given):
    with pytest.raises(RulesError, match=r"rules must be Rules; got .* read a sheet with read_rules"):
        pn.pair_people(scored(), rules=given)


def test_one_rule_is_not_told_as_many():
    assert repr(pn.Rules([pn.Rule("capacity", number=2)])) == "<Rules: 1 rule, 0 with a price>"


def test_a_required_pair_that_has_met_is_not_required_again():
    rules = pn.Rules([pn.Rule("required", "b", "a"), pn.Rule("required", "a", "c"), pn.Rule("capacity", "a", number=2)])
    first = pn.pair_people(scored(), rules=rules)
    second = pn.pair_people(scored(), rules=rules.after([("a", "b")]))
    assert {("a", "b"), ("a", "c")} <= set(first.pairs)
    assert ("a", "b") not in second.pairs
    assert ("a", "c") in second.pairs


# --- facts and groups -------------------------------------------------------------------------------------------------

NOT_WITHIN_SITE = pn.Rule("not within", column="site")


def with_site(site, scores=None, rules=(NOT_WITHIN_SITE,)):
    return closed(list(rules), scores, {"site": site})


@pytest.mark.parametrize(
    "index",
    [list(range(5)), [*"abcd", "zoe"], [1.5, 2.5, 3.5, 4.5, 5.5]],
)
def test_facts_under_another_index_are_refused_and_never_switch_a_rule_off(index):
    site = pd.Series(["Oslo"] * 5, index=index)
    stranger = next(who for who in index if who not in [*EVERYONE])
    with pytest.raises(RulesError, match=rf"^Rules\.facts\['site'\]: found {stranger!r}.* such as 'a'"):
        with_site(site)


def named(names):
    """The five people with names of their own and a question on their site with a wording."""
    scores = scored()
    site = Item("site", "protected", "nominal", "Where do you work?")
    codebook = Codebook((*scores.survey.codebook, Item("name", "name"), replace(site, block="experience")))
    people = scores.survey.people.assign(name=names, site=["Oslo", "Oslo", "Rome", "Rome", "Rome"])
    return replace(scores, survey=replace(scores.survey, people=people, codebook=codebook))


def test_people_and_questions_can_be_called_as_people_know_them():
    scores = named(["Ann Lee", "Bo Berg", "Cy Aro", "Di Fox", "Eva Ruiz"])
    typed = Rules([Rule("forbidden", "Lee, Ann", "bo berg"), Rule("not within", column="where do you  work?")])
    meant = Rules([Rule("forbidden", "a", "b"), Rule("not within", column="site")])
    assert scores.under(typed).applied_rules.rules == meant
    assert_frame_equal(scores.under(typed).to_frame(), scores.under(meant).to_frame())


@pytest.mark.parametrize("index", [[*"ABCDE"], ["a ", *"bcde"]])
def test_case_and_space_make_no_other_person(index):
    site = ["Oslo", "Oslo", "Rome", "Rome", "Rome"]
    assert with_site(pd.Series(site, index)) == with_site(pd.Series(site, [*"abcde"]))


def test_a_fact_may_go_by_names():
    scores = named(["Ann", "Bo", "Cy", "Di", "Eva"])
    by_name = with_site(pd.Series({"Ann": "Oslo", "Bo": "Oslo"}), scores)
    assert by_name == with_site(pd.Series({"a": "Oslo", "b": "Oslo"}), scores)


def test_a_name_that_several_have_is_asked_about_and_a_slip_is_not_guessed():
    scores = named(["Ann Lee", "Ann Lee", "Cy Aro", "Di Fox", "Eva Ruiz"])
    with pytest.raises(RulesError) as caught:
        scores.under(Rules([Rule("forbidden", "Ann Lee", "Cy Aro", where="row 2")]))
    assert caught.value.problems == ("row 2, column 'a': 'Ann Lee' could be 'a' or 'b'; give the identifier.",)
    with pytest.raises(RulesError, match="No person 'Cy Arro' was scored"):
        scores.under(Rules([Rule("capacity", "Cy Arro", number=0)]))


def test_every_stranger_is_counted():
    with pytest.raises(RulesError, match=r"found 'p0', 'p1', 'p2', 'p3', 'p4' and 3 more in the index"):
        with_site(pd.Series({f"p{i}": "Oslo" for i in range(8)}))


@pytest.mark.parametrize("blank", [None, np.nan, pd.NA, "", " ", "unknown", "Unknown", "?", "-", "n/a", "nan"])
def test_whose_group_is_not_known_is_neither_in_a_group_nor_in_another(blank):
    site = pd.Series({"a": blank, "b": blank, "c": "Oslo", "d": "Oslo", "e": "Lima"})
    assert set(with_site(site)) == {("c", "d")}
    assert set(with_site(site, rules=[pn.Rule("not across", column="site")])) == {("c", "e"), ("d", "e")}


@pytest.mark.parametrize("other", ["quay", "QUAY", " Quay", "Quay\u00a0"])
def test_a_group_in_another_spelling_is_the_same_group(other):
    assert set(with_site(pd.Series({"a": "Quay", "b": other, "c": "Yard"}))) == {("a", "b")}


@pytest.mark.parametrize("other", ["quay", "QUAY", "Quay "])
def test_a_column_of_the_survey_is_read_without_regard_to_spelling_too(other):
    scores = scored(team={"a": "Quay", "b": other, "c": "Yard", "d": "unknown", "e": "unknown"})
    assert set(closed([pn.Rule("not within", column="team")], scores)) == {("a", "b")}
    assert set(closed([pn.Rule("not across", column="team")], scores)) == {("a", "c"), ("b", "c")}


def test_numbers_and_yes_and_no_group_as_they_are():
    assert set(with_site(pd.Series({"a": 1, "b": 1.0, "c": 2}))) == {("a", "b")}
    assert set(with_site(pd.Series({"a": True, "b": True, "c": False}))) == {("a", "b")}


@pytest.mark.parametrize("said", [{"a": "Oslo"}, ["Oslo"], "Oslo", pd.DataFrame({"a": ["Oslo"]}), None])
def test_a_fact_that_is_no_series_is_refused(said):
    with pytest.raises(RulesError, match=rf"facts\['site'\]: found a {type(said).__name__}; allowed: a pandas Series"):
        pn.Rules([NOT_WITHIN_SITE], {"site": said})


def test_a_fact_that_gives_a_person_two_answers_is_refused_with_both():
    site = pd.Series(["Oslo", "Lima"], ["a", "a"])
    with pytest.raises(RulesError, match="found 'Oslo' and 'Lima' of 'a'"):
        pn.Rules([NOT_WITHIN_SITE], {"site": site})


def test_a_person_listed_twice_with_one_answer_has_that_answer():
    site = pd.Series([None, "Oslo", "oslo", "Oslo"], ["a", "a", "a", "b"])
    assert set(with_site(site)) == {("a", "b")}


def test_an_answer_that_cannot_be_compared_is_refused():
    with pytest.raises(RulesError, match=r"found \['x'\] of 'b'"):
        with_site(pd.Series({"a": "x", "b": ["x"]}))


def test_rules_that_are_added_must_not_disagree_and_know_together_what_each_knows():
    one, other = (pn.Rules([NOT_WITHIN_SITE], {"site": pd.Series(site)}) for site in ({"a": "Oslo"}, {"b": "Oslo"}))
    assert set(closed([], scored().under(one + other))) == {("a", "b")}
    assert set(closed([], scored().under(one).under(other))) == {("a", "b")}
    with pytest.raises(RulesError, match="found 'Oslo' and 'Lima' of 'a'"):
        one + pn.Rules(facts={"site": pd.Series({"a": "Lima"})})


def test_a_fact_at_odds_with_the_survey_is_refused_with_both():
    scores = scored(team={"a": "Dock", "b": "Yard"})
    rules = [pn.Rule("not within", column="team")]
    with pytest.raises(RulesError, match="found 'Dock' of 'b', where the survey has 'Yard'"):
        closed(rules, scores, {"team": pd.Series({"a": "dock", "b": "Dock"})})
    assert set(closed(rules, scores, {"team": pd.Series({"b": "yard", "c": "Yard"})})) == {("b", "c")}
    assert set(closed(rules, scores, {"team": pd.Series({"c": "dock"})})) == {("a", "c")}


@pytest.mark.parametrize("kind", ["not within", "not across"])
def test_a_rule_on_a_column_that_is_known_of_nobody_is_refused(kind):
    rule = pn.Rule(kind, column="team")
    with pytest.raises(RulesError, match="'team' is not known of anybody, so the rule would do nothing"):
        closed([rule])
    with pytest.raises(RulesError, match="'team' is not known of anybody"):
        closed([rule], facts={"team": pd.Series({"a": "", "b": None})})


def test_every_manager_somebody_has_is_followed_up():
    scores = scored(manager={"a": "b", "b": "c", "d": "e"})
    survey = replace(scores.survey, managers={"a": frozenset("bd")})
    graph = pn.colleague_graph(survey)
    two = closed([pn.Rule("reporting line", number=2)], pn.score_pairs(survey, graph))
    assert set(two) == {("a", "b"), ("a", "c"), ("a", "d"), ("a", "e"), ("b", "c"), ("d", "e")}


@pytest.mark.parametrize(
    "day", ["Mo", "mo.", "Mon", "MON", "Monday", "Montag", "lundi", "Lun", "lunes", "maandag", "Ｍon"]
)
def test_a_day_in_other_words_is_the_same_day(day):
    hours = {"a": "Mon 9-12", "b": f"{day} 10-12", "c": "Tue 9-12"}
    found = closed([pn.Rule("shared hours", number=2)], scored(hours=hours))
    assert ("a", "b") not in found
    assert ("b", "c") in found


@pytest.mark.parametrize(
    ("one", "other"), [("Di", "Tue"), ("Mi", "Wed"), ("Do", "Thursday"), ("So", "Sun"), ("Sa", "sat")]
)
def test_short_days_are_read_as_what_they_stand_for(one, other):
    found = closed([pn.Rule("shared hours", number=2)], scored(hours={"a": f"{one} 9-12", "b": f"{other} 9-11"}))
    assert ("a", "b") not in found


@pytest.mark.parametrize("said", ["M 9-12", "T 9-12", "S 9-12", "Mun 9-12", "weekdays 9-12", "Mon 9:75-12", "noon 1-2"])
def test_a_day_or_a_time_that_is_none_is_named_and_never_a_day_of_its_own(said):
    with pytest.raises(SettingError, match=f"The hours of 'b' hold '{said}'"):
        closed([pn.Rule("shared hours", number=1)], scored(hours={"a": "Mon 9-12", "b": said}))
