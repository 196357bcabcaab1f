"""Tables as they come from files and hands: what cannot be used is said in a sentence, and nothing is taken wrongly."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.dyads.effects import Effects
from peernet.dyads.missing_codes import suspicious_codes
from peernet.errors import EstimationError, PeernetWarning, SettingError

RNG = np.random.default_rng(5)
ALONE = pd.DataFrame({f"{m}_{side}": RNG.normal(size=12) for m in ("x", "y") for side in "ab"}).assign(
    a=[f"p{k}" for k in range(12)], b=[f"q{k}" for k in range(12)], w=RNG.normal(size=12)
)
FIRST, SECOND = np.triu_indices(8, 1)
SHARED = pd.DataFrame({"a": FIRST, "b": SECOND, "far": RNG.normal(size=len(FIRST)), "y": RNG.normal(size=len(FIRST))})
OF_PEOPLE = {
    "fit_apim": lambda table: pn.dyads.fit_apim(table, "y", ["x"]),
    "response_surface": lambda table: pn.dyads.response_surface(table, "y", "x"),
    "partner_likeness": lambda table: pn.dyads.partner_likeness(table, "y", draws=9),
    "before_after": lambda table: pn.dyads.before_after(table, "y_a", "y_b"),
    "profile_similarity": lambda table: pn.dyads.profile_similarity(table[["y_a", "y_b", "x_a", "x_b", "w"]]),
    "qap_regression": lambda table: pn.dyads.qap_regression(np.eye(12)[::-1] * table["y_a"].array, {"x": np.ones(12)}),
}
OF_PAIRS = {
    "fit_members": lambda table: pn.dyads.fit_members(table, "y", ["far"]),
    "fit_multiple_membership": lambda table: pn.dyads.fit_multiple_membership(table, "y", ["far"]),
    "fit_pairs": lambda table: pn.dyads.fit_pairs(table, "y", ["far"]),
}
OF_ALL = OF_PEOPLE | OF_PAIRS
TABLES = [name for name in OF_ALL if name != "qap_regression"]  # which takes matrices
NO_NUMBERS = {
    "an infinite number": (np.inf, "infinite number"),
    "a number whose square is none": (1e200, "too far out to compute with"),
    "an integer beyond all floats": (10**400, "too far out to compute with"),
    "a complex number": (1j, "must hold numbers"),
    "a date": (pd.Timestamp("2026-03-01"), "must hold numbers"),
    "words": ("often", "must hold numbers; found 'often' in .*. Give each answer its number, such as 1 for yes"),
}


@pytest.mark.parametrize("function", [*OF_PEOPLE.values(), *OF_PAIRS.values()], ids=[*OF_PEOPLE, *OF_PAIRS])
@pytest.mark.parametrize(("value", "message"), NO_NUMBERS.values(), ids=[*NO_NUMBERS])
@pytest.mark.filterwarnings("error")
def test_what_is_no_number_to_compute_with_is_said(function, value, message):
    table, column = (SHARED, "y") if function in OF_PAIRS.values() else (ALONE, "y_a")
    if function is OF_PEOPLE["qap_regression"]:
        with pytest.raises(SettingError, match=message):
            pn.dyads.qap_regression(pd.DataFrame(np.ones((4, 4))).astype(object).replace(1.0, value), {"x": np.eye(4)})
        return
    cells = table[column].astype(object)
    cells.iloc[2] = value
    with pytest.raises(SettingError, match=message):
        function(table.assign(**{column: cells}))


@pytest.mark.parametrize("function", [*OF_PEOPLE.values(), *OF_PAIRS.values()], ids=[*OF_PEOPLE, *OF_PAIRS])
def test_a_column_that_is_there_twice_is_named(function):
    if function is OF_PEOPLE["qap_regression"]:
        return
    table, column = (SHARED, "y") if function in OF_PAIRS.values() else (ALONE, "y_a")
    with pytest.raises(SettingError, match=f"several columns '{column}'"):
        function(pd.concat([table, table[[column]]], axis=1))


@pytest.mark.parametrize("function", OF_PAIRS.values(), ids=[*OF_PAIRS])
def test_numbers_that_name_people_are_the_same_however_they_are_kept(function):
    wanted = function(SHARED).table
    for a, b in (("int64", "float64"), ("float64", "int64"), ("Int64", "string"), ("object", "float64")):
        found = function(SHARED.astype({"a": a, "b": b}))
        assert isinstance(found, Effects)
        pd.testing.assert_frame_equal(found.table, wanted)


def test_answers_are_found_by_name_whether_numbers_or_words():
    answers, rows = pd.DataFrame(RNG.integers(1, 6, (8, 6))), pd.DataFrame({"a": [0, 2, 4], "b": [1.0, 3, 5]})
    wanted = pn.dyads.profile_similarity(answers, rows).table
    in_words = rows.astype({"b": int}).astype(str)
    pd.testing.assert_frame_equal(pn.dyads.profile_similarity(answers, in_words).table, wanted)


def test_a_code_for_missing_among_answers_is_pointed_out():
    answers = pd.DataFrame(RNG.integers(1, 6, (8, 6)).astype(float))
    answers = answers.rename(columns={2: "trust"})
    answers.iloc[3, 2] = -999
    with pytest.warns(PeernetWarning, match="trust holds -999 once"):
        pn.dyads.profile_similarity(answers)


def test_a_blank_name_is_no_person():
    with pytest.raises(SettingError, match="Pair 1 lacks a member"):
        pn.dyads.Dyads(pd.DataFrame({"a": ["ann", "bo"], "b": [" ", "cy"]}))


def test_groups_and_rounds_of_pairs_stay_such_and_any_column_may_stand_in_a_table_of_people():
    people = pd.DataFrame({"team": [1, 1, 2, 2], "group": ["n", "n", "s", "s"], "who": 1, "a": 2, "pair": 3})
    table = pn.dyads.dyad_table(people, "team").table
    assert table["group"].tolist() == ["n", "s"]
    assert [*table] == ["pair", "a", "b", "group", "who_a", "who_b", "a_a", "a_b", "pair_a", "pair_b"]
    apart = pn.dyads.dyad_table(people.assign(group=["n", "s", "s", "s"]), "team").table
    assert apart[["group_a", "group_b"]].to_numpy().tolist() == [["n", "s"], ["s", "s"]]


@pytest.mark.parametrize("wrong", [[1, 2], {"a": ["ann"], "b": ["bo"]}, None])
def test_what_is_no_table_is_said(wrong):
    for function in (pn.dyads.Dyads, lambda no: pn.dyads.dyad_table(no, "team"), pn.dyads.profile_similarity):
        with pytest.raises(SettingError, match="must be a table"):
            function(wrong)


def test_one_index_says_who():
    people = pd.DataFrame({"x": [1.0, 2], "y": [2.0, 4], "team": 1}, index=[["n", "s"], ["ann", "bo"]])
    for function in (lambda t: pn.dyads.dyad_table(t, "team"), lambda t: pn.dyads.before_after(t, "x", "y")):
        with pytest.raises(SettingError, match="has 2 levels"):
            function(people)


def test_kinds_in_categories_are_held_against_each_other_as_what_they_are():
    roles = ALONE.assign(role_a=pd.Categorical(["M"] * 12), role_b=pd.Categorical(["N"] * 12))
    plain = roles.astype({"role_a": str, "role_b": str})
    found, wanted = (pn.dyads.fit_apim(table, "y", ["x"], distinguished_by="role") for table in (roles, plain))
    pd.testing.assert_frame_equal(found.table, wanted.table)
    assert "Actor x (M): " in found.sentence
    teams = SHARED.assign(team_a=[*"nns"] * 9 + ["n"], team_b=[*"zns"] * 9 + ["n"])
    apart = teams.astype({"team_a": "category", "team_b": "category"})
    found, wanted = (pn.dyads.fit_pairs(table, "y", ["same team"]).table for table in (apart, teams))
    pd.testing.assert_frame_equal(found, wanted)


@pytest.mark.parametrize("name", ["actor", "partner", "own", "group", "pair", "a", "term", "a b_a"])
def test_a_measure_may_have_any_name(name):
    table = ALONE.rename(columns={"x_a": f"{name}_a", "x_b": f"{name}_b"})
    found, wanted = (
        pn.dyads.fit_apim(each, "y", [x], interactions={x: "difference"}) for each, x in ((table, name), (ALONE, "x"))
    )
    assert found.table["p_value"].tolist() == wanted.table["p_value"].tolist()
    assert found.ratios.index.tolist() == [name]


@pytest.mark.parametrize("name", [3, None, ["y"]])
def test_a_measure_is_called_by_its_name(name):
    for ask in (
        lambda: pn.dyads.fit_apim(ALONE.rename(columns={"w": 3}), name, ["x"]),
        lambda: pn.dyads.fit_members(SHARED.rename(columns={"far": 3}), "y", [name]),
        lambda: pn.dyads.partner_likeness(ALONE, name),
    ):
        with pytest.raises(SettingError, match="a text; got"):
            ask()


def test_interactions_are_asked_for_by_predictor():
    with pytest.raises(SettingError, match="interactions must say of each predictor which"):
        pn.dyads.fit_apim(ALONE, "y", ["x"], interactions=["x"])


def test_an_outcome_that_predictors_tell_wholly_leaves_no_variances_to_share_out():
    with pytest.raises(EstimationError, match="tell the outcome without remainder"):
        pn.dyads.fit_multiple_membership(SHARED.assign(y=2 * SHARED["far"] + 1), "y", ["far"])


def test_what_is_no_seed_is_said():
    for ask in (
        lambda: pn.dyads.partner_likeness(ALONE, "y", rng="often"),
        lambda: pn.dyads.qap_regression(np.eye(5)[::-1], {"x": np.arange(25.0).reshape(5, 5)}, rng="often"),
    ):
        with pytest.raises(SettingError, match="rng must be a seed"):
            ask()


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_people_without_a_pair_number_are_not_one_pair(blank):
    people = pd.DataFrame({"team": ["1", "1", blank, blank], "x": [1.0, 2, 4, 3], "y": [2.0, 2, 6, 1]})
    found = pn.dyads.dyad_table(people, "team")
    assert (len(found), found.left_out["reason"].tolist()) == (1, ["no pair number"] * 2)
    assert pn.dyads.before_after(people, "x", "y", pair="team").card["units"] == 3


@pytest.mark.parametrize("function", [OF_ALL[name] for name in TABLES], ids=TABLES)
@pytest.mark.parametrize("unit", [1e60, 1e-60])
@pytest.mark.filterwarnings("error")
def test_units_so_far_out_that_powers_are_no_numbers_are_refused(function, unit):
    table, columns = (SHARED, ["y"]) if function in OF_PAIRS.values() else (ALONE, ["y_a", "y_b"])
    with pytest.raises(SettingError, match="too far out to compute with"):
        function(table.assign(**{column: table[column] * unit for column in columns}))


@pytest.mark.parametrize("function", [OF_ALL[name] for name in TABLES], ids=TABLES)
@pytest.mark.parametrize("unit", [1e25, 1e-25])
@pytest.mark.filterwarnings("error")
def test_p_values_hang_on_no_unit_however_large(function, unit):
    table, columns = (SHARED, ["y"]) if function in OF_PAIRS.values() else (ALONE, ["y_a", "y_b"])
    if function is OF_PEOPLE["profile_similarity"]:
        columns = ["y_a", "y_b", "x_a", "x_b", "w"]
    found, wanted = function(table.assign(**{c: table[c] * unit for c in columns})), function(table)
    np.testing.assert_allclose(found.table["p_value"], wanted.table["p_value"], rtol=1e-6)


@pytest.mark.parametrize("function", [OF_ALL[name] for name in TABLES], ids=TABLES)
def test_effects_do_not_hang_on_how_far_from_nought_an_outcome_lies(function):
    if function in (OF_PEOPLE["profile_similarity"], OF_PEOPLE["before_after"]):  # one compares levels
        return
    table, columns = (SHARED, ["y"]) if function in OF_PAIRS.values() else (ALONE, ["y_a", "y_b"])
    found, wanted = function(table.assign(**{c: table[c] + 1e9 for c in columns})).table, function(table).table
    rows = wanted.index.drop("intercept", errors="ignore")
    np.testing.assert_allclose(found.loc[rows, "estimate"], wanted.loc[rows, "estimate"], rtol=1e-3, atol=1e-5)


def test_headings_of_two_levels_are_none():
    for function in (pn.dyads.Dyads, lambda t: pn.dyads.before_after(t, "y_a", "y_b"), pn.dyads.profile_similarity):
        with pytest.raises(SettingError, match=r"have 2 levels\. Give each column one name"):
            function(pd.concat({"wave 1": ALONE}, axis=1))


@pytest.mark.parametrize("function", OF_PAIRS.values(), ids=[*OF_PAIRS])
def test_a_name_with_a_space_around_it_is_the_same_person(function):
    named = SHARED.assign(a="p" + SHARED["a"].astype(str), b="p" + SHARED["b"].astype(str))
    spaced = named.assign(a=named["a"].where(named.index % 3 > 0, named["a"] + " "))
    pd.testing.assert_frame_equal(function(spaced).table, function(named).table)


@pytest.mark.parametrize("code", [-9, 98, 97, -997, 9998])
def test_codes_for_several_reasons_of_not_answering_are_pointed_out(code):
    scale = ALONE.assign(y_a=RNG.integers(1, 6, 12), y_b=RNG.integers(1, 6, 12))
    scale.loc[4, "y_b"] = code
    with pytest.warns(PeernetWarning, match=f"y_b holds {code} once"):
        pn.dyads.partner_likeness(scale, "y", draws=9)


SCALE = [1.0, 2, 3, 4, 5, 6, 7] * 3


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        ([-1, -1], [-1]),
        ([9, 9], [9]),
        ([-1, 9, -1, 9], [-1, 9]),
        ([97, 98, 99, 99], [97, 98, 99]),
        ([-999, 8888], [-999, 8888]),
        ([999, -9], [-9, 999]),
        ([9], []),
        ([-1], []),
        ([8, 9, 9], []),
        ([0, 0], []),
    ],
)
def test_a_code_is_set_apart_from_all_else_and_comes_back_or_lies_far_away(codes, found):
    for values in ([*SCALE, *codes], [*codes, *SCALE][::-1]):
        table = pd.DataFrame({"x": np.array(values, dtype=float)})
        assert suspicious_codes(table)["value"].tolist() == found
        halves = pd.DataFrame({"x_a": values[: len(values) // 2 * 2 : 2], "x_b": values[1::2]}, dtype=float)
        if len(values) % 2 == 0:  # both members' columns are one measure, whoever is called a
            assert suspicious_codes(halves)["value"].tolist() == found
            turned = halves.set_axis(["x_b", "x_a"], axis=1)
            assert suspicious_codes(turned)["times"].tolist() == suspicious_codes(halves)["times"].tolist()


def test_limits_that_are_declared_decide_alone():
    table = pd.DataFrame({"x": [*SCALE, 9.0, 9.0, 12.0]})
    assert suspicious_codes(table, {"x": (0, 10)})["value"].tolist() == [12]
    assert suspicious_codes(table, {"x": (1, 7)})["value"].tolist() == [9, 12]
    pairs = pn.dyads.Dyads(ALONE.assign(y_a=8.0, y_b=range(12)), limits={"y": (0, 10)})
    with pytest.warns(PeernetWarning, match=r"^y_b holds 11 once, outside its declared limits of 0 to 10\."):
        pairs.complete("y")


def test_effect_codes_and_ends_of_a_scale_are_answers():
    for values in ([-1.0, 1] * 6, [-1.0, 0, 1] * 4, [100.0, 100, 92, 85, 80, 71, 60] * 2, [1.0, 2, 9] * 1):
        assert suspicious_codes(pd.DataFrame({"x": values})).empty


def test_a_code_that_comes_back_is_warned_of_and_kept():
    coded = ALONE.assign(y_a=[1, 2, 3, 4, 5, 6, 7, 9, 2, 3, 4, -1], y_b=[7, 9, 1, -1, 2, 3, 4, 5, 6, 7, 1, 2])
    with pytest.warns(PeernetWarning, match=r"^y holds -1 \(2 times\) and 9 \(2 times\), while .* 1 to 7\."):
        found = pn.dyads.Dyads(coded).complete("y")
    assert len(found) == 12
    assert {-1, 9} <= {*found.table["y_a"]}


@pytest.mark.parametrize("function", [OF_ALL[name] for name in TABLES if name != "before_after"])
@pytest.mark.parametrize("wrong", [["n", "p0"], ("n", "p0"), {"n": 1}])
def test_a_name_of_several_parts_is_refused_by_its_cell(function, wrong):
    if function is OF_ALL["profile_similarity"]:
        answers = ALONE[["y_a", "y_b", "x_a", "x_b", "w"]]
        function = lambda table: pn.dyads.profile_similarity(answers, table)  # noqa: E731
    table = (SHARED if function in OF_PAIRS.values() else ALONE).astype({"b": object})
    table["b"] = pd.Series([wrong if row == 1 else who for row, who in enumerate(table["b"])], dtype=object)
    with pytest.raises(SettingError, match=r"^Row 2 of b holds .*where one text or number is wanted\. Join its parts"):
        function(table)


def test_lists_name_nobody_in_an_index_and_no_kind():
    listed = pd.Index([["p", k] for k in range(12)], tupleize_cols=False)
    ways = [
        lambda: pn.dyads.before_after(ALONE.set_axis(listed), "y_a", "y_b"),
        lambda: pn.dyads.before_after(ALONE.assign(kind=[*listed]), "y_a", "y_b", by="kind"),
        lambda: pn.dyads.dyad_table(ALONE.drop(columns=["a", "b"]).assign(team=[*listed]), "team"),
        lambda: pn.dyads.profile_similarity(ALONE[["y_a", "y_b", "x_a", "x_b", "w"]].set_axis(listed)),
        lambda: pn.dyads.kind_mixing(ALONE.assign(k_a=[*listed], k_b="n"), "k"),
        lambda: pn.dyads.partner_likeness(ALONE.assign(group=[*listed]), "y", draws=9),
        lambda: pn.dyads.qap_regression(pd.DataFrame(np.eye(12), listed, listed), {"x": np.ones((12, 12))}),
    ]
    for ask in ways:
        with pytest.raises(SettingError, match="a list, where one text or number is wanted"):
            ask()


@pytest.mark.parametrize("function", OF_PAIRS.values(), ids=[*OF_PAIRS])
def test_days_name_people(function):
    day = pd.Timestamp("2026-03-01")
    dated = SHARED.assign(**{side: day + pd.to_timedelta(SHARED[side], unit="D") for side in ("a", "b")})
    pd.testing.assert_frame_equal(function(dated).table, function(SHARED).table)


@pytest.mark.parametrize("function", ["fit_members", "fit_pairs"])
def test_a_perfect_fit_is_said_to_be_one(function):
    found = OF_PAIRS[function](SHARED.assign(y=2 * SHARED["far"] + 1))
    assert found.table.loc["far", ["low", "high", "p_value"]].isna().all()
    assert "no error is left to judge by (a perfect fit), so nothing can be tested." in found.sentence
    assert "not known" not in found.sentence


def test_a_relation_that_is_another_one_on_another_scale_is_a_perfect_fit():
    one, other = RNG.normal(size=(2, 9, 9))
    found = pn.dyads.qap_regression(one, {"same": 2 * one + 1, "other": other}, permutations=99)
    assert found.table["estimate"].tolist()[1:] == [pytest.approx(0.5), 0.0]
    assert "It is a perfect fit, which leaves no error to judge by" in found.sentence
    assert "perfect" not in pn.dyads.qap_regression(one, {"other": other}, permutations=99).sentence


@pytest.mark.filterwarnings("error")
def test_the_same_number_on_a_scale_that_reaches_it_is_an_answer():
    points = ALONE.assign(y_a=[40, 45, 41, 97, 43, 50, 44, 39, 42, 46, 47, 41], y_b=range(40, 52))
    pn.dyads.partner_likeness(points, "y", draws=9)


def test_a_predictor_that_varies_by_rounding_only_does_not_vary():
    same = {column: 3 + 1e-15 * ALONE[column] for column in ("x_a", "x_b")}
    for function in (OF_PEOPLE["fit_apim"], OF_PEOPLE["response_surface"]):
        with pytest.raises(EstimationError, match="never varies"):
            function(ALONE.assign(**same))


def test_outcomes_that_are_the_same_but_for_rounding_are_the_same():
    with pytest.raises(EstimationError, match=r"Everybody has 0\.3 in y"):
        pn.dyads.partner_likeness(ALONE.assign(y_a=0.1 + 0.2, y_b=0.3), "y")
    for function in OF_PAIRS.values():
        with pytest.raises(EstimationError, match=r"is 0\.3 in every pair"):
            function(SHARED.assign(y=[0.1 + 0.2, 0.3] * 14))


def test_where_the_outcome_is_told_wholly_rounding_is_told_as_nothing():
    of_people = np.sqrt(np.arange(8.0))
    added = SHARED.assign(y=of_people[FIRST] + of_people[SECOND], age_a=of_people[FIRST], age_b=of_people[SECOND])
    for found in (
        pn.dyads.fit_members(added, "y", ["far"]),
        pn.dyads.fit_members(added, "y", ["far"], errors="HC3"),
        pn.dyads.fit_pairs(added, "y", ["far", "age"]),
    ):
        assert found.table.loc["far", ["estimate", "std_error"]].tolist() == [0, 0]
        assert np.isnan(found.table.loc["far", "p_value"])
    for terms in (["far"], ["far", "age"]):
        with pytest.raises(EstimationError, match="tell the outcome without remainder"):
            pn.dyads.fit_multiple_membership(added, "y", terms)


@pytest.mark.filterwarnings("ignore::peernet.errors.PeernetWarning")
def test_errors_that_cancel_out_person_by_person_are_no_certainty():
    """All pairs share one person, so the sum over pairs of what is left, which is nought, is all there is to go by."""
    with pytest.raises(EstimationError, match="come out as nothing"):
        pn.dyads.fit_pairs(SHARED[SHARED["a"] == 0], "y", ["far"], errors="dyadic robust")


def test_measures_that_spread_unlike_are_hardly_on_one_scale():
    steps = ALONE.assign(first=RNG.permutation([1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 3, 3]), second=RNG.normal(55, 12, 12))
    for by in (None, "group"):
        people = steps.assign(group=["paired", "not"] * 6)
        found = pn.dyads.before_after(people, "first", "second", by=by)
        assert "But second spreads " in found.sentence
        assert "if these are two scales" in found.sentence
        alike = pn.dyads.before_after(people.assign(first=people["second"].iloc[::-1].array), "first", "second", by=by)
        assert "scale" not in alike.sentence


def test_a_table_for_latex_prints_what_is_smaller_or_larger():
    found = Effects(
        table=pd.DataFrame({"p_value": [1e-9]}, index=["a > b"]), card={}, sentence="p < .001.", method="", citation=""
    )
    assert r"a \textgreater{} b & \textless{} .001" in found.to_latex()
    assert r"p \textless{} .001." in found.to_latex()


def test_kinds_are_the_same_whether_kept_as_numbers_or_words_and_with_spaces_around_them():
    kinds = pd.DataFrame({"k_a": [1, 2, 1, 2, 1], "k_b": [1, 2, 2, 1, 1]})
    odd = [kinds.astype({"k_b": str}), kinds.astype({"k_a": float, "k_b": str}), kinds.astype(str).replace("1", "1 ")]
    wanted = pn.dyads.kind_mixing(kinds, "k")
    for each in odd:
        found = pn.dyads.kind_mixing(each, "k")
        pd.testing.assert_frame_equal(found.table, wanted.table)
        assert pn.dyads.Dyads(each).composition("k") == "mixed"
    same = SHARED.assign(k_a=FIRST % 3, k_b=SECOND % 3)
    wanted, found = (
        pn.dyads.fit_pairs(each, "y", ["same k"]).table for each in (same, same.assign(k_b=(SECOND % 3).astype(str)))
    )
    pd.testing.assert_frame_equal(found, wanted)
    roles = ALONE.assign(role_a=1, role_b="2 ")
    wanted, found = (
        pn.dyads.fit_apim(each, "y", ["x"], distinguished_by="role") for each in (roles.assign(role_b=2), roles)
    )
    pd.testing.assert_frame_equal(found.table, wanted.table)


def test_pairs_of_whom_both_answered_are_not_left_out():
    answers, pairs = pd.DataFrame(RNG.integers(1, 6, (8, 6))), pd.DataFrame({"a": [0, 2, 4], "b": [1, 3, 5]})
    found = pn.dyads.profile_similarity(answers, pairs)
    assert found.left_out.empty
    assert found.card["left out"] == 0
    lost = pn.dyads.profile_similarity(answers, pd.concat([pairs, pd.DataFrame({"a": [6], "b": [9]})])).left_out
    assert lost[["a", "reason"]].to_numpy().tolist() == [[6, "no answers of b"]]


def test_an_outcome_that_everybody_shares_is_said_and_so_is_what_is_missing():
    for function in (OF_PEOPLE["fit_apim"], OF_PEOPLE["response_surface"]):
        with pytest.raises(EstimationError, match="Everybody has 3 in y, so there is nothing to explain"):
            function(ALONE.assign(y_a=3.0, y_b=3.0))
    for function in (OF_PEOPLE[name] for name in ("fit_apim", "response_surface", "partner_likeness")):
        with pytest.raises(EstimationError, match=r"\(y_b missing in 12 others\)"):
            function(ALONE.assign(y_b=None))
    with pytest.raises(EstimationError, match=r"0 people have all that is asked for \(y_b missing in 12 others\)"):
        pn.dyads.before_after(ALONE.assign(y_b=np.nan), "y_a", "y_b")


def test_a_decimal_comma_is_told_how_to_be_a_number():
    with pytest.raises(SettingError, match=r"y_a must hold numbers; found '7,5' in row 1\. Write decimals .*: 7\.5\."):
        pn.dyads.fit_apim(ALONE.assign(y_a="7,5"), "y", ["x"])
    people = pd.DataFrame({"x": [1.0, 2], "y": ["much", 2]}, index=["ann", "bo"])
    with pytest.raises(SettingError, match=r"found 'much' in the row of 'ann'\."):
        pn.dyads.before_after(people, "x", "y")


def test_a_relation_that_is_no_number_is_told_by_the_two_people():
    known = pd.DataFrame(np.eye(4)[::-1], [*"abcd"], [*"abcd"]).astype(object)
    known.loc["b", "d"] = "often"
    with pytest.raises(SettingError, match=r"'outcome' must hold numbers; found 'often' in the row of \('b', 'd'\)"):
        pn.dyads.qap_regression(known, {"x": np.arange(16.0).reshape(4, 4)})
