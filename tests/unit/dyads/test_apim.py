"""Actor and partner effects: as accepted software has them, whoever stands first, and honest where they fail."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from scipy.special import stdtr

import peernet as pn
from peernet.dyads import Dyads, fit_apim
from peernet.dyads.apim import SIDES, ratio_set
from peernet.dyads.pair_gls import pair_gls
from peernet.errors import EstimationError, PeernetWarning, SettingError
from tests.made.couples import NINE, turned, world

# R 4.2.2, nlme 3.1-162: gls(gain ~ ..., correlation = corCompSymm(form = ~1 | pair), method = ...), a row per person;
# for two kinds corSymm, weights = varIdent(form = ~1 | role) and gain ~ role + role:own + role:partner + ... - 1.
IN_R = {
    "restricted": (
        {},
        {
            "intercept": (2.304545454545, 1.304751325263),
            "actor pace": (0.762723428791, 0.268684657432),
            "partner pace": (0.197607149721, 0.268684657432),
        },
        (-0.0636844044098, 2.4242196809, -32.9136887379),
    ),
    "full": (
        {"method": "ML"},
        {"intercept": (2.304545454545, 1.260508764286), "actor pace": (0.762723428791, 0.267163825767)},
        (-0.129801190353, 2.02876033388, -31.8312544627),
    ),
    "own value of a covariate, measure of the pair": (
        {"covariates": ["before"], "between": ["hours"]},
        {
            "intercept": (0.1707124024425, 0.6531996797648),
            "actor pace": (0.4393459458899, 0.1398780693241),
            "partner pace": (0.1225753721080, 0.1321768590838),
            "own before": (0.9708059388523, 0.1426926107626),
            "hours": (0.0911470740694, 0.0655447905433),
        },
        (-0.35368839392, 0.625317044951, -24.2576283357),
    ),
    "the same by full maximum likelihood": (
        {"covariates": ["before"], "between": ["hours"], "method": "ML"},
        {"actor pace": (0.446388297471, 0.1406616821423), "own before": (0.949402464010, 0.1326259987075)},
        (-0.525016396384, 0.486064795998, -17.5970593015),
    ),
    "product": (
        {"interactions": {"pace": "product"}},
        {"actor pace": (0.6362771477993, 0.776779546160), "pace product": (0.0409090909091, 0.234287436482)},
        (0.0107688777593, 2.60667794274, -33.4677434156),
    ),
    "difference": (
        {"interactions": {"pace": "difference"}},
        {"partner pace": (0.2000638116846, 0.281417815595), "pace difference": (-0.0594512195122, 0.348602880065)},
        (0.0108853357521, 2.60698483857, -33.071174006),
    ),
}


@pytest.mark.parametrize("case", IN_R)
def test_results_are_those_of_nlme(case):
    settings, terms, (rho, sigma2, log_likelihood) = IN_R[case]
    found = fit_apim(NINE, "gain", ["pace"], errors="model", **settings)
    for term, (estimate, error) in terms.items():
        row = found.table.loc[term]
        assert (row["estimate"], row["std_error"]) == pytest.approx((estimate, error), rel=2e-6)
    assert found.variances["estimate"].to_dict() == pytest.approx({"rho": rho, "sigma2": sigma2}, rel=2e-6, abs=2e-6)
    assert found.log_likelihood == pytest.approx(log_likelihood, abs=1e-8)


def test_effects_by_kind_are_those_of_nlme():
    found = fit_apim(NINE, "gain", ["pace"], distinguished_by="role", errors="model")
    table = found.table
    assert table.loc["actor pace (old)", "estimate"] == pytest.approx(1.087707641196, rel=1e-9)
    assert table.loc["actor pace (old)", "std_error"] == pytest.approx(0.216118569666, rel=1e-6)
    assert table.loc["partner pace (new)", "std_error"] == pytest.approx(0.321276726363, rel=1e-6)
    assert (table["df"] - 6).abs().max() < 1e-9, "nine pairs less three terms of each kind"
    variances = found.variances["estimate"]
    assert variances["rho"] == pytest.approx(0.0906474101713, rel=1e-5)
    assert variances["sigma2 (old)"] == pytest.approx(0.969577798796, rel=1e-5)
    assert variances["sigma2 (new)"] == pytest.approx(0.969577798796 * 1.48657621998**2, rel=1e-5)
    assert found.log_likelihood == pytest.approx(-26.9825479646, abs=1e-8)


def test_a_covariate_of_each_kind_lets_both_equations_lean_on_each_other():
    found = fit_apim(NINE, "gain", ["pace"], covariates=["before"], distinguished_by="role", errors="model")
    expected = {
        "actor pace (new)": (0.2995219349060, 0.289043017663),
        "partner pace (old)": (0.1083840745629, 0.237793282750),
        "own before (old)": (1.1944257737261, 0.404160210323),
    }
    for term, numbers in expected.items():
        assert tuple(found.table.loc[term, ["estimate", "std_error"]]) == pytest.approx(numbers, rel=2e-5)
    assert found.variances.loc["rho", "estimate"] == pytest.approx(-0.527784423772, rel=1e-5)
    assert found.log_likelihood == pytest.approx(-22.0551590789, abs=1e-7)


def everything(found):
    frames = (found.table, found.covariance, found.variances, found.ratios, found.distinguishability, found.assumptions)
    return [frame.to_csv(float_format="%.17g") for frame in frames] + [found.sentence, found.log_likelihood]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"covariates": ["before"], "between": ["hours"], "interactions": {"pace": "difference"}, "errors": "model"},
        {"distinguished_by": "role"},
        {"distinguished_by": "role", "covariates": ["before"], "method": "ML"},
    ],
)
@limits(max_examples=15, deadline=None)
@given(st.lists(st.booleans(), min_size=9, max_size=9), st.permutations(range(9)))
def test_neither_the_order_in_a_pair_nor_that_of_pairs_changes_the_last_bit(settings, which, order):
    other = turned(NINE, np.array(which)).iloc[list(order)]
    assert everything(fit_apim(other, "gain", ["pace"], **settings)) == everything(
        fit_apim(NINE, "gain", ["pace"], **settings)
    )


def test_several_predictors_have_an_actor_and_a_partner_effect_each():
    found = fit_apim(NINE, "gain", ["pace", "before"])
    terms = ["intercept", "actor pace", "partner pace", "actor before", "partner before"]
    assert list(found.table.index) == terms
    assert list(found.ratios.index) == ["pace", "before"]
    assert found.covariance.loc["actor pace", "actor pace"] == pytest.approx(
        found.table.loc["actor pace", "std_error"] ** 2
    )


def test_degrees_of_freedom_lie_between_those_of_one_equation_and_of_both():
    """What touches sums only has pairs less their terms; actor and partner effects touch sums and differences."""
    found = fit_apim(NINE, "gain", ["pace"], between=["hours"], errors="model").table["df"]
    assert found["hours"] == pytest.approx(9 - 3)
    assert found["intercept"] == pytest.approx(9 - 3)
    assert 6 < found["actor pace"] < 6 + 8


# --- partners who disagree


def disagreeing():
    """Eight pairs whose members move apart: errors correlate at -.98."""
    y = np.array([[1, 9], [2, 8.5], [7.5, 2], [3, 7], [9.5, 0.5], [4, 6.5], [8, 1.5], [6, 4.5]])
    x = np.array([[1, 2], [2, 2], [3, 1], [1, 3], [4, 2], [2, 4], [3, 3], [4, 1]])
    return pd.DataFrame({"x_a": x[:, 0], "x_b": x[:, 1], "y_a": y[:, 0], "y_b": y[:, 1]})


def test_partners_who_disagree_have_their_negative_correlation():
    found = fit_apim(disagreeing(), "y", ["x"], errors="model")
    assert found.variances.loc["rho"].tolist() == pytest.approx([-0.9834339416738951, -0.9968, -0.9098], abs=1e-3)
    assert found.variances.loc["rho", "estimate"] == pytest.approx(-0.9834339416738951, abs=1e-12)
    assert found.table.loc["intercept", "std_error"] == pytest.approx(0.35606431756863005, abs=1e-12)


def test_no_correlation_leaves_its_range():
    for kind in ("normal", "disagreeing"):
        for draw in range(20):
            variances = fit_apim(world(kind, 5, np.random.default_rng(draw)), "y", ["x"]).variances
            assert variances.loc["rho"].between(-1, 1).all()
            assert variances["low"].le(variances["estimate"]).all()
            assert variances["high"].ge(variances["estimate"]).all()


# --- partner over actor


def test_the_ratio_lies_in_its_interval_and_is_not_there_without_an_actor_effect():
    rng = np.random.default_rng(5)
    both = fit_apim(world("normal", 200, rng, actor=0.5, partner=0.25), "y", ["x"]).ratios.loc["x"]
    assert both["low"] < both["estimate"] < both["high"]
    assert both["low"] < 0.5 < both["high"]
    none = fit_apim(world("normal", 200, rng, actor=0.0, partner=0.5), "y", ["x"]).ratios.loc["x"]
    assert none[["estimate", "low", "high"]].isna().all()
    assert none["found"] == "no ratio: the actor effect may be nothing (k is 4.76 or more, or -5.08 or less)"
    nor = fit_apim(world("normal", 8, np.random.default_rng(1)), "y", ["x"]).ratios.loc["x"]
    assert nor["found"] == "no ratio: the actor effect may be nothing"
    few = fit_apim(world("normal", 9, np.random.default_rng(1), actor=2.0, partner=1.0), "y", ["x"]).ratios.loc["x"]
    assert few[["estimate", "low", "high"]].isna().all()
    assert few["found"] == "no ratio: 9 pairs are too few to tell (k is -0.217 to 0.85)"


@pytest.mark.parametrize("errors", ["model", "robust"])
@pytest.mark.parametrize(("actor", "partner"), [(0, 0), (0, 2), (2, 1), (1, -1), (0.7, 0.7), (0.1, 0.1)])
def test_the_ratios_set_holds_all_that_are_not_rejected_each_by_its_own_degrees_of_freedom(errors, actor, partner):
    for pairs in (6, 12):
        x, y = (
            world("normal", pairs, np.random.default_rng(pairs), actor, partner)[[f"{name}_a", f"{name}_b"]].to_numpy()
            for name in "xy"
        )
        designs = np.einsum("st,pti->psi", SIDES, np.stack([np.ones_like(x), x, x[:, ::-1]], axis=2))
        fit = pair_gls(designs, y @ SIDES, correlated=False, method="REML", robust=errors == "robust")
        low, high = ratio_set(fit, 1, 2)
        for k in np.tan(np.linspace(-1.57, 1.57, 301)):
            estimate, error, df = fit.contrast(np.array([0, -k, 1]))
            inside = low <= k <= high if low < high else not high < k < low
            assert inside == (2 * stdtr(df, -abs(estimate / error)) >= 0.05)


def test_each_end_of_the_ratios_interval_is_a_ratio_just_not_rejected():
    table = world("normal", 150, np.random.default_rng(2), actor=0.6, partner=0.6)
    found = fit_apim(table, "y", ["x"], errors="model")
    ratio, estimate, covariance = found.ratios.loc["x"], found.table["estimate"], found.covariance
    terms = ["actor x", "partner x"]
    for k in (ratio["low"], ratio["high"]):
        weights = np.array([-k, 1])
        distance = weights @ estimate[terms] / np.sqrt(weights @ covariance.loc[terms, terms] @ weights)
        assert abs(distance) == pytest.approx(1.97, abs=0.01)
    assert ratio["found"] == "the interval holds couple (k = 1)"


# --- whether kinds matter


def test_kinds_are_told_apart_where_their_variances_differ_and_not_where_nothing_does():
    rng, role = np.random.default_rng(8), {"role_a": "first", "role_b": "second"}
    alike = world("normal", 80, rng).assign(**role)
    apart = alike.assign(y_b=3 * alike["y_b"])
    chances = [
        fit_apim(table, "y", ["x"], distinguished_by="role").distinguishability["p_value"] for table in (alike, apart)
    ]
    assert chances[0]["Wilks"] > 0.05
    assert chances[1]["Wilks"] < 1e-6
    assert fit_apim(alike, "y", ["x"]).distinguishability.empty


def test_mixed_pairs_are_not_told_apart():
    mixed = NINE.assign(role_b=NINE["role_b"].where(NINE.index > 0, "old"))
    with pytest.raises(
        EstimationError, match=r"only where every pair holds the same two kinds; some pairs hold others"
    ):
        fit_apim(mixed, "gain", ["pace"], distinguished_by="role")
    with pytest.raises(EstimationError, match="no pair does"):
        fit_apim(NINE.assign(role_a="one", role_b="one"), "gain", ["pace"], distinguished_by="role")


def test_a_pair_of_which_a_kind_is_not_known_is_left_out_by_name():
    holed = NINE.assign(role_b=NINE["role_b"].where(NINE.index != 3))
    found = fit_apim(holed, "gain", ["pace"], distinguished_by="role")
    assert found.left_out[["a", "b", "reason"]].to_numpy().tolist() == [["di", "mo", "role missing"]]
    assert found.card["pairs"] == 8


# --- what these data cannot answer


def test_a_half_complete_pair_is_left_out_and_a_code_for_missing_is_pointed_at():
    holed = NINE.assign(pace_b=NINE["pace_b"].where(NINE.index != 6))
    found = fit_apim(holed, "gain", ["pace"])
    assert found.left_out[["pair", "a", "b", "reason"]].to_numpy().tolist() == [[7, "gus", "pam", "pace_b missing"]]
    with pytest.warns(PeernetWarning, match="pace_b holds -999 once"):
        coded = fit_apim(holed.fillna({"pace_b": -999}), "gain", ["pace"])
    assert abs(coded.table.loc["actor pace", "estimate"]) < 0.05 < abs(found.table.loc["actor pace", "estimate"])


def test_somebody_in_two_pairs_is_named_with_what_would_do():
    twice = NINE.assign(b=["bo", *NINE["b"][1:]])
    with pytest.raises(EstimationError, match=r"1 person is in several pairs \(bo\).*fit_multiple_membership"):
        fit_apim(twice, "gain", ["pace"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pace_b": NINE["pace_a"]}, "the same for both members of every pair belongs in between"),
        ({"pace_b": 10 - NINE["pace_a"]}, "always have the same sum"),
        ({"gain_b": NINE["gain_a"]}, "both members alike"),
        ({"gain_a": NINE["pace_a"], "gain_b": NINE["pace_b"]}, "without error"),
        ({"pace_a": 3.0, "pace_b": 3.0}, "never varies"),
    ],
)
def test_no_coefficients_where_nothing_can_be_told(changes, message):
    with pytest.raises(EstimationError, match=message):
        fit_apim(NINE.assign(**changes), "gain", ["pace"])


@pytest.mark.parametrize("pairs", [0, 1, 2, 3])
def test_too_few_pairs_are_counted(pairs):
    with pytest.raises(EstimationError, match=rf"^{pairs} complete pairs?, and these terms need 4 or more"):
        fit_apim(NINE.head(pairs), "gain", ["pace"], between=["hours"])


def test_robust_errors_need_two_pairs_more_than_the_sums_have_coefficients_where_there_are_covariates():
    """With fewer a coefficient that stands in sums and differences is found too often."""
    few = {"between": ["hours"], "covariates": ["before"]}
    with pytest.raises(EstimationError, match="5 complete pairs, and these terms need 6"):
        fit_apim(NINE.head(5), "gain", ["pace"], **few)
    assert len(fit_apim(NINE.head(6), "gain", ["pace"], **few).table) == 5
    assert len(fit_apim(NINE.head(5), "gain", ["pace"], errors="model", **few).table) == 5


def test_two_kinds_need_pairs_enough_for_a_covariance():
    with pytest.raises(EstimationError, match="4 complete pairs, and these terms need 5"):
        fit_apim(NINE.head(4), "gain", ["pace"], distinguished_by="role")
    with pytest.raises(EstimationError, match="6 complete pairs, and these terms need 7"):
        fit_apim(NINE.head(6), "gain", ["pace"], covariates=["before"], distinguished_by="role")
    assert len(fit_apim(NINE.head(5), "gain", ["pace"], distinguished_by="role").table) == 6


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"predictors": ["hours"]}, "'hours' is of the pair.*Give it in between"),
        ({"outcome": "hours"}, "The outcome must be one of people"),
        ({"between": ["before"]}, "'before' is of people. Give it in predictors"),
        ({"predictors": ["pace", "gain"]}, "'gain' is given twice"),
        ({"predictors": []}, "must name a measure"),
        ({"predictors": "pace"}, "must be a list of measures"),
        ({"predictors": ["pase"]}, "Did you mean 'pace'"),
        ({"interactions": {"before": "product"}}, "has an interaction and no main effects"),
        ({"interactions": {"pace": "sum"}}, "must be one of 'product', 'difference'"),
        ({"distinguished_by": "hours"}, "tells no members apart"),
        ({"method": "OLS"}, "must be one of 'REML', 'ML'"),
        ({"errors": "cluster"}, "must be one of 'model', 'robust'"),
    ],
)
def test_what_is_asked_wrongly_is_answered_with_what_is_meant(settings, message):
    with pytest.raises(SettingError, match=message):
        fit_apim(NINE, **({"outcome": "gain", "predictors": ["pace"]} | settings))


# --- what is said


def test_the_sentence_claims_what_the_design_allows():
    observed = fit_apim(NINE, "gain", ["pace"])
    assert observed.sentence.startswith("Per point of the partner's pace, gain differs by 0.198 points (95 % interval")
    assert observed.sentence.endswith("shows no cause.")
    drawn = fit_apim(Dyads(NINE, design="drawn by lot"), "gain", ["pace"])
    assert "partner effects are effects of being given such a partner" in drawn.sentence
    assert "actor effects describe" in drawn.sentence
    assert observed.table.equals(drawn.table)


def test_each_kind_has_its_part_of_the_sentence():
    sentence = fit_apim(NINE, "gain", ["pace", "before"], distinguished_by="role").sentence
    assert sentence.count("Per point of the partner's pace, gain (") == 2
    assert "before" not in sentence, "the first predictor is the question"


def test_a_spread_that_goes_with_the_predictor_is_seen():
    uneven = world("spread goes with x", 200, np.random.default_rng(4))
    found = fit_apim(uneven, "y", ["x"], errors="model")
    assert not found.assumptions["holds"][2]
    assert 'errors="robust"' in found.sentence
    robust = fit_apim(uneven, "y", ["x"])
    assert not robust.assumptions["holds"][2]
    assert robust.assumptions["found"][2].endswith("not needed with robust errors")
    assert "look at" not in robust.sentence
    even = fit_apim(world("normal", 200, np.random.default_rng(4)), "y", ["x"])
    assert even.assumptions["holds"][2]


def test_robust_errors_are_those_of_the_model_where_every_pair_has_the_same_leverage():
    """Four pairs in a balanced design with errors of one size in each equation: nothing is left to correct."""
    x = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]] * 6)
    y = np.where(np.arange(24)[:, None] < 12, 1.0, -1.0) * np.array([1.0, 0.5]) + 0.3 * x
    table = pd.DataFrame({"x_a": x[:, 0], "x_b": x[:, 1], "y_a": y[:, 0], "y_b": y[:, 1]})
    model, robust = (fit_apim(table, "y", ["x"], errors=errors).table for errors in ("model", "robust"))
    assert robust["estimate"].to_numpy() == pytest.approx(model["estimate"].to_numpy())
    assert robust["std_error"]["intercept"] == pytest.approx(model["std_error"]["intercept"], rel=0.05)


def test_nothing_given_is_changed_and_the_result_goes_into_a_paper():
    before = NINE.copy()
    found = fit_apim(NINE, "gain", ["pace"])
    pd.testing.assert_frame_equal(NINE, before)
    assert "Kenny" in found.to_latex()
    assert "| partner pace |" in found.to_markdown()
    assert isinstance(found, pn.dyads.Effects)
