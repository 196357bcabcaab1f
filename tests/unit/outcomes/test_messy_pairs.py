"""Pairs that were drawn by lot, as they come: names, units and gaps of any kind, and questions that are none."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import (
    EstimationError,
    PeernetWarning,
    SettingError,
    UnknownItemError,
    UnknownPersonError,
    type_in_words,
)

RNG = np.random.default_rng(11)
N = 8
TABLE = pd.DataFrame({f"{m}_{side}": RNG.normal(size=N) for m in ("x", "y") for side in "ab"}).assign(
    a=np.arange(N) + 10, b=np.arange(N) + 30, asked=[1, 0] * (N // 2), met=[1, 0, 1, 0, 0, 0, 1, 1]
)
LOT = pn.outcomes.ByLot([*TABLE["a"], *TABLE["b"]])


def drawn(**changes):
    return pn.dyads.Dyads(TABLE.assign(**changes), design="drawn by lot")


def redrawn(dyads, lot=LOT):
    return pn.outcomes.randomization_test(dyads, lot, "y", "x", draws=199)


def balanced(dyads, lot=LOT):
    return pn.outcomes.partner_balance(dyads, lot, ["x", "y"], draws=199)


def encouraged(dyads, outcome="y", **further):
    return pn.outcomes.encouragement_effects(dyads, outcome, asked="asked", met="met", **further)


@pytest.mark.parametrize("function", [redrawn, balanced])
def test_numbers_may_name_people_in_the_pairs_and_in_the_lot(function):
    wanted = function(drawn(a=TABLE["a"].astype(str), b=TABLE["b"].astype(str)))
    for kind in (int, float, object):
        found = function(drawn(b=TABLE["b"].astype(kind)), pn.outcomes.ByLot({*TABLE["a"], *TABLE["b"]}))
        pd.testing.assert_frame_equal(found.table, wanted.table)


def test_a_lot_names_who_is_missing_from_it():
    with pytest.raises(SettingError, match="'17' was not in the lot"):
        redrawn(drawn(), pn.outcomes.ByLot([who for who in [*TABLE["a"], *TABLE["b"]] if who != 17]))
    with pytest.raises(SettingError, match="one is missing"):
        pn.outcomes.ByLot(["ann", None])


@pytest.mark.parametrize("unit", [1e-12, 1e-6, 1e6])
def test_p_values_do_not_hang_on_the_unit(unit):
    other = drawn(y_a=TABLE["y_a"] * unit, y_b=TABLE["y_b"] * unit)
    for function in (
        redrawn,
        balanced,
        encouraged,
        lambda dyads: pn.outcomes.randomization_test(
            dyads, LOT, "y", lambda t: (t["y_a"] * t["y_b"]).mean(), draws=199
        ),
    ):
        assert function(other).table["p_value"].tolist() == function(drawn()).table["p_value"].tolist()


def test_the_slope_of_balance_does_not_hang_on_where_nought_lies():
    far = drawn(y_a=TABLE["y_a"] + 2.0**30, y_b=TABLE["y_b"] + 2.0**30)
    np.testing.assert_allclose(balanced(far).table["estimate"], balanced(drawn()).table["estimate"], atol=1e-5)


def test_what_nobody_knows_and_codes_for_it_are_said():
    with pytest.raises(EstimationError, match="x is known of nobody"):
        balanced(drawn(x_a=np.nan, x_b=np.nan))
    with pytest.raises(SettingError, match="x_a holds an infinite number"):
        balanced(drawn(x_a=np.inf))
    with pytest.warns(PeernetWarning, match="x_a holds -999"):
        balanced(drawn(x_a=TABLE["x_a"].mask(TABLE.index == 2, -999)))
    with pytest.raises(EstimationError, match="y is not known of both members of any pair"):
        pn.outcomes.reweighted(drawn(y_a=np.nan), LOT, "y", LOT)


@pytest.mark.parametrize("size", [0, 1])
def test_too_few_pairs_are_counted_in_grammar(size):
    few = pn.dyads.Dyads(TABLE.head(size), design="drawn by lot")
    with pytest.raises(EstimationError, match="There is no pair" if size == 0 else "^1 complete pair is too few"):
        redrawn(few)


def test_nothing_explains_itself():
    with pytest.raises(SettingError, match="'y' cannot explain itself"):
        pn.outcomes.randomization_test(drawn(), LOT, "y", "y")
    for outcome, covariates in (("y", ["y"]), ("met", []), ("y", ["x", "x"])):
        with pytest.raises(SettingError, match="is given twice"):
            encouraged(drawn(), outcome, covariates=covariates)


def test_an_outcome_that_is_the_same_in_every_pair_has_no_effects():
    for further in ({}, {"covariates": ["x"]}):
        with pytest.raises(EstimationError, match="y is the same in every pair"):
            encouraged(drawn(y_a=3.1, y_b=0.2), **further)


def test_p_values_do_not_hang_on_where_numbers_are_counted_from():
    near, far = (encouraged(drawn(y_a=TABLE["y_a"] + nought, y_b=TABLE["y_b"] + nought)).table for nought in (0, 1e9))
    np.testing.assert_allclose(far, near, rtol=1e-5)


def test_an_effect_without_error_is_an_interval_of_one_value():
    found = encouraged(drawn(met=TABLE["asked"], y_a=2.0 * TABLE["asked"], y_b=2.0 * TABLE["asked"]))
    assert found.regions.to_numpy().tolist() == [pytest.approx([2.0, 2.0], abs=1e-6)]
    assert "meeting changed y by 2 (a perfect fit: no error is left, and no value but 2 would do)" in found.sentence


def test_a_perfect_fit_that_comes_and_goes_with_rounding_is_one_value():
    """Of effects looked at some were kept and some not, by the last digit: 71 intervals of one value."""
    found = encouraged(drawn(asked=[1, 0] * 4, met=[1, 0] * 4, y_a=[2.0, 0] * 4, y_b=[2.0, 0] * 4))
    assert len(found.regions) == 1
    tested = pn.outcomes.randomization_test(
        pn.dyads.Dyads(made_again(TABLE[["a", "b"]].to_numpy().tolist()), design="drawn by lot", remake=made_again),
        LOT,
        "y",
        "far",
        draws=199,
    )
    assert "by 3 points (a perfect fit: no error is left, and no value but 3 would do)" in tested.sentence


def made_again(pairs):
    """Pairs whose outcome is three times how far apart the members are in what they were first."""
    table = pd.DataFrame([(int(a), int(b)) for a, b in pairs], columns=["a", "b"])
    first = TABLE.set_index("a")["x_a"].to_dict() | TABLE.set_index("b")["x_b"].to_dict()
    partner = dict(TABLE[["a", "b"]].to_numpy().tolist()) | dict(TABLE[["b", "a"]].to_numpy().tolist())
    y = {who: 3 * abs(first[who] - first[partner[who]]) for who in first}
    sides = {f"{name}_{side}": table[side].map(of) for name, of in (("x", first), ("y", y)) for side in "ab"}
    table = table.assign(**sides)
    return table.assign(far=(table["x_a"] - table["x_b"]).abs())


def test_designs_that_weigh_pairs_alike_leave_nothing_to_test():
    for pairs in (drawn(), drawn(y_a=1.0, y_b=1.0)):
        found = pn.outcomes.reweighted(pairs, LOT, "y", LOT)
        assert "a difference of 0, against the design that drew them; both designs weigh" in found.sentence
        assert "not known" not in found.sentence
    assert found.table[["low", "high", "p_value"]].isna().all(axis=None)


NAMES = {
    "tuples": lambda who: ("team", who),
    "lists": lambda who: ["team", who],
    "sets": lambda who: frozenset([who]),
    "bytes": lambda who: str(who).encode(),
}


@pytest.mark.parametrize("kind", NAMES)
def test_names_of_several_parts_are_refused_by_the_cell(kind):
    odd = TABLE["a"].map(NAMES[kind])
    asked = [
        lambda: redrawn(drawn(a=odd)),
        lambda: pn.outcomes.pairs_of(SURVEY, TABLE[["a", "b"]].assign(a=odd)),
        lambda: pn.outcomes.pairs_of(SURVEY, [*zip(odd, TABLE["b"], strict=True)]),
        lambda: pn.outcomes.ByLot(odd),
        lambda: encouraged(drawn(b=odd)),
    ]
    for ask in asked:
        with pytest.raises(SettingError, match=r"^Row 1 of (a|b|people) holds .*, where one text or number is wanted"):
            ask()


def test_lists_are_no_groups_strata_or_rounds():
    lists = [["n"], ["s"]] * (N // 2)
    for ask in (
        lambda: encouraged(drawn(site=lists), strata="site"),
        lambda: pn.outcomes.ByLot(TABLE["a"], dict(zip(TABLE["a"], lists, strict=True))),
        lambda: drawn(round=lists),
        lambda: drawn(pair=lists),
    ):
        with pytest.raises(SettingError, match="a list, where one text or number is wanted"):
            ask()


def test_days_may_name_people_as_well_as_numbers_do():
    days = {who: pd.Timestamp("2026-01-01") + pd.Timedelta(days=who) for who in [*TABLE["a"], *TABLE["b"]]}
    dated = drawn(a=TABLE["a"].map(days), b=TABLE["b"].map(days))
    wanted = redrawn(drawn()).table["coefficient"].tolist()
    assert redrawn(dated, pn.outcomes.ByLot(days.values())).table["coefficient"].tolist() == pytest.approx(wanted)


def test_numbers_name_people_of_a_survey():
    numbered = replace(SURVEY, people=SURVEY.people.rename(index=lambda who: who.lstrip("p0")))
    for pairs in ([(2, 46)], pd.DataFrame({"a": [2.0, None], "b": [46, 5]})):
        assert pn.outcomes.pairs_of(numbered, pairs).table[["a", "b"]].to_numpy().tolist() == [["2", "46"]]


def test_answers_outside_the_limits_of_their_question_are_pointed_out():
    wrong = SURVEY.outcomes.assign(value=SURVEY.outcomes["value"].mask(SURVEY.outcomes.index == 0, 120.0))
    first = wrong.iloc[0]
    dyads = pn.outcomes.pairs_of(replace(SURVEY, outcomes=wrong), [(first["person"], "p003")])
    name = f"{first['measure']}_{first['wave']}"
    with pytest.warns(PeernetWarning, match=f"^{name}_a holds 120 once, outside its declared limits of 0 to 100"):
        assert len(dyads.complete(name)) <= 1


def test_covariates_are_a_list():
    with pytest.raises(SettingError, match="covariates must be a list of measures; got 'x'"):
        encouraged(drawn(), covariates="x")
    with pytest.raises(SettingError, match="covariates must be a list of measures; got 'x'"):
        pn.outcomes.randomization_test(drawn(), LOT, "y", "x", covariates="x")


def test_strata_in_which_nobody_or_everybody_was_asked_tell_nothing_and_unknown_ones_are_refused():
    of_one_kind = drawn(asked=[1, 0, 1, 0, 0, 0, 1, 1], met=[1, 0, 1, 0, 0, 0, 1, 0], site=[*"nnnnsstt"])
    found = encouraged(of_one_kind, strata="site")
    assert found.card["lots"] == "all 6 lots"
    with pytest.raises(SettingError, match="site is not known of every pair"):
        encouraged(drawn(site=[*"nnnnsst", None]), strata="site")


def test_pairs_may_be_called_by_numbers_and_words():
    named = drawn(pair=[1, "two", 3, "four", 5, "six", 7, "eight"])
    assert encouraged(named).table["p_value"].iloc[0] == encouraged(drawn()).table["p_value"].iloc[0]


SURVEY = pn.load_example()


@pytest.mark.parametrize(
    "function",
    [
        lambda pairs: pn.outcomes.attrition(pairs, SURVEY),
        lambda pairs: pn.outcomes.outcome_measures(pairs, SURVEY),
        lambda pairs: pn.outcomes.opinion_change(SURVEY, SURVEY, pairs, draws=9),
        lambda pairs: pn.outcomes.diversity_change(SURVEY, SURVEY, pairs),
    ],
)
def test_what_does_not_say_who_is_in_the_pairs_is_refused(function):
    with pytest.raises(SettingError, match="columns a and b must name them"):
        function(pd.DataFrame({"x_a": [1.0, 2], "x_b": [2.0, 4]}))
    with pytest.raises(SettingError, match="got a list"):
        function([("p002", "p046")])


@pytest.mark.parametrize("pairs", [5, None, drawn()])
def test_what_holds_no_pairs_is_said(pairs):
    with pytest.raises(SettingError, match=f"or the name of a question; got {type_in_words(pairs)}"):
        pn.outcomes.pairs_of(SURVEY, pairs)


def test_a_table_of_pairs_with_a_column_twice_is_refused():
    with pytest.raises(SettingError, match="several columns 'b'"):
        pn.outcomes.pairs_of(SURVEY, pd.DataFrame([["p002", "p046", "p047"]], columns=["a", "b", "b"]))


def test_attrition_of_strangers_and_by_a_distance_there_is_not_is_refused():
    with pytest.raises(UnknownPersonError, match="zz"):
        pn.outcomes.attrition(pd.DataFrame({"a": ["p002"], "b": ["zz"]}), SURVEY)
    with pytest.raises(SettingError, match="'nearness'"):
        pn.outcomes.attrition(pn.outcomes.pairs_of(SURVEY, "pilot_partner"), SURVEY, distance="nearness")


class Draws:
    """A design that gives whatever it was given."""

    def __init__(self, table):
        self.table = table

    def draw(self, rng):
        return self.table


@pytest.mark.parametrize(
    ("table", "error", "message"),
    [
        (None, SettingError, "must be a table of a and b; it gave None"),
        (pd.DataFrame({"first": [1]}), SettingError, "must be a table of a and b"),
        (TABLE[["a", "a"]].set_axis(["a", "b"], axis=1), SettingError, "pairs '?10'? with themselves"),
        (TABLE[["b", "a"]].set_axis(["a", "b"], axis=1), EstimationError, "null has one value: the design brings"),
    ],
)
def test_a_design_that_draws_no_other_pairs_is_none(table, error, message):
    for function in (redrawn, balanced):
        with pytest.raises(error, match=message):
            function(drawn(), Draws(table))


@pytest.mark.parametrize("value", ["x", None, pd.Series([1.0])])
def test_a_function_of_the_table_makes_one_number(value):
    with pytest.raises(SettingError, match="must make one number of the table"):
        pn.outcomes.randomization_test(drawn(), LOT, "y", lambda table: value, draws=9)


def test_rounds_may_have_any_names_and_must_have_one():
    others = TABLE.assign(b=np.roll(TABLE["b"], 1), y_b=np.roll(TABLE["y_b"], 1), x_b=np.roll(TABLE["x_b"], 1))
    both = pd.concat([TABLE, others], ignore_index=True)
    wanted, found = (
        pn.outcomes.randomization_test(
            pn.dyads.Dyads(both.assign(round=[one] * N + [two] * N), design="drawn by lot"),
            {one: LOT, two: LOT},
            "y",
            "x",
            draws=99,
        )
        for one, two in ((1, 2), (1, "second"))
    )
    pd.testing.assert_frame_equal(found.table, wanted.table)
    with pytest.raises(SettingError, match="The round of 8 pairs is not known"):
        redrawn(pn.dyads.Dyads(both.assign(round=[1.0] * N + [np.nan] * N), design="drawn by lot"), {1.0: LOT})


def test_an_interval_without_ends_is_said_in_words():
    few = pn.dyads.Dyads(TABLE.iloc[:3], design="drawn by lot")
    found = redrawn(few, pn.outcomes.ByLot(few.people))
    assert np.isinf(found.table.loc["x", ["low", "high"]].astype(float)).all()
    assert "points (95 % interval without an end to either side), against all 15 pairings" in found.sentence


def test_items_are_a_list():
    with pytest.raises(SettingError, match="items must be a list of items of the survey; got 'team'"):
        pn.outcomes.pairs_of(pn.load_example(), "pilot_partner", items="team")


def test_a_function_of_the_table_gets_the_outcome_as_numbers():
    def apart(table):
        return (table["y_a"] - table["y_b"]).abs().mean()

    in_words = drawn(y_a=TABLE["y_a"].astype(str), y_b=TABLE["y_b"].astype(str))
    found, wanted = (pn.outcomes.randomization_test(each, LOT, "y", apart, draws=99) for each in (in_words, drawn()))
    pd.testing.assert_frame_equal(found.table, wanted.table)
    with pytest.raises(SettingError, match="y_a must hold numbers; found 'yes' in row 1"):
        pn.outcomes.randomization_test(drawn(y_a="yes"), LOT, "y", apart, draws=9)
    with pytest.raises(EstimationError, match="y is known of nobody in a pair"):
        pn.outcomes.randomization_test(drawn(y_a=np.nan, y_b=np.nan), LOT, "y", apart, draws=9)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"drawn_by_lot": "no"}, "drawn_by_lot must be True or False, or say the design of each round; got 'no'"),
        ({"draws": 0}, "draws must be a whole number, at least 1; got 0"),
        ({"after": 5}, "after must be a Survey, or where to read one; got an int"),
        ({"pairs": {"p002": "p046"}}, "got a dict"),
    ],
)
def test_settings_of_a_study_that_are_none_are_refused_before_anything_is_asked(settings, words):
    with pytest.raises(SettingError, match=words):
        pn.outcomes.study_outcomes(SURVEY, **settings)
    with pytest.raises(SettingError, match="survey must be a Survey, or where to read one; got a list"):
        pn.outcomes.study_outcomes([SURVEY])


def test_items_are_called_by_their_name():
    with pytest.raises(UnknownItemError, match=r"no item \['change_1'\]\. Did you mean 'change_1'\?"):
        pn.outcomes.pairs_of(SURVEY, "pilot_partner", items=[["change_1"]])


def test_outcomes_of_a_survey_made_by_hand_are_numbers_and_there_once():
    twice = replace(SURVEY, outcomes=pd.concat([SURVEY.outcomes, SURVEY.outcomes.head(1)]))
    with pytest.raises(SettingError, match=r"'p\d+' has several answers to \w+ of wave \d in outcomes\. Keep one\."):
        pn.outcomes.pairs_of(twice, "pilot_partner")
    words = replace(SURVEY, outcomes=SURVEY.outcomes.assign(value="often"))
    with pytest.raises(SettingError, match="value must hold numbers; found 'often' in row 1"):
        pn.outcomes.study_outcomes(words)
    with pytest.raises(SettingError, match=r"learning_1 must hold numbers; found 'often' in the row of 'p\d+'"):
        pn.outcomes.attrition(pn.outcomes.pairs_of(SURVEY, "pilot_partner"), words)
    with pytest.raises(SettingError, match="survey must be a Survey, which read_survey returns; got a str"):
        pn.outcomes.pairs_of("data/harbour", "pilot_partner")
