"""Effects in all pairs: one effect per person, whatever their place, and a plain word where the data cannot tell."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peernet.dyads import Dyads, fit_members, fit_multiple_membership, fit_pairs
from peernet.errors import EstimationError, PeernetWarning, SettingError
from tests.made.dyad_worlds import dyad_world
from tests.naive.members import (
    added_by_weights,
    dyadic_robust,
    errors_by_member,
    errors_without_each,
    member_effects,
    node_jackknife,
    restricted_criterion,
)

FITS = (fit_members, fit_multiple_membership, fit_pairs)


@pytest.fixture
def ten():
    """Ten pairs of six people without noise: twice the members' effects and half a point per unit of distance."""
    effect = {"n1": 3.0, "n2": 1.0, "n3": 6.0, "n4": -2.0, "n5": 2.5, "n6": 0.5}
    who = ["n1n2", "n3n1", "n2n4", "n5n3", "n4n6", "n6n1", "n3n4", "n5n6", "n2n5", "n1n4"]
    table = pd.DataFrame({"a": [w[:2] for w in who], "b": [w[2:] for w in who]})
    table["distance"] = [1, 4, 2, 3, 5, 2, 1, 4, 3, 3]
    table["y"] = 4 + table["a"].map(effect) + table["b"].map(effect) + 0.5 * table["distance"]
    return table


@pytest.fixture
def pairs(rng):
    """All pairs of nine people in two correlated predictors, some pairs lost."""
    return dyad_world("two correlated predictors", 9, rng, slope=0.4).drop(index=[3, 11, 20]).reset_index(drop=True)


def turned(pairs, which):
    """The same pairs with members changing places in some rows."""
    swap = {f"{name}_a": f"{name}_b" for name in ("z", "w")} | {"a": "b"}
    other = pairs.copy()
    for first, second in swap.items():
        other[first], other[second] = (
            np.where(which, pairs[p], pairs[q]) for p, q in ((second, first), (first, second))
        )
    return other


def ones_and(pairs, *names):
    return np.column_stack([np.ones(len(pairs)), *(pairs[name] for name in names)])


# One effect per person


def test_a_person_first_in_one_pair_and_second_in_another_is_one_person(ten):
    found = fit_members(ten, "y", ["distance"])
    assert found.table["estimate"].tolist() == pytest.approx([0.5], abs=1e-12)
    assert found.card["effects estimated"] == 7
    assert found.table["df"].tolist() == [3]
    effects = found.members
    assert (effects["n3"] - effects["n4"], effects["n1"] + effects["n2"]) == pytest.approx((8.0, 8.0))


def test_what_leaves_no_noise_has_no_error_and_no_test(ten):
    row = fit_members(ten, "y", ["distance"]).table.loc["distance"]
    assert row["std_error"] == 0
    assert np.isnan(row["p_value"])


@given(st.lists(st.booleans(), min_size=33, max_size=33), st.randoms(use_true_random=False))
@settings(max_examples=8, deadline=None)
def test_turning_pairs_and_shuffling_rows_changes_no_number(which, random):
    pairs = dyad_world("two correlated predictors", 9, np.random.default_rng(1)).drop(index=[3, 11, 20])
    order = [*range(33)]
    random.shuffle(order)
    other = turned(pairs.reset_index(drop=True), which).iloc[order]
    names = ["x", "difference in w", "product of z"]
    for fit in FITS:
        predictors = names if fit is fit_members else [*names, "z"]
        first, second = fit(pairs, "y", predictors), fit(other, "y", predictors)
        pd.testing.assert_frame_equal(first.table, second.table, check_exact=True)
        assert first.sentence == second.sentence


def test_inputs_stay_as_they_were(pairs):
    before = pairs.copy()
    for fit in FITS:
        fit(pairs, "y", ["x", "difference in w"])
    pd.testing.assert_frame_equal(pairs, before)


# The same as written out at length


@pytest.mark.parametrize("errors", ["classical", "HC1", "HC3"])
def test_effects_of_members_are_least_squares_with_dummies(pairs, errors):
    found, known = (
        fit_members(pairs, "y", ["x", "second"], errors=errors),
        member_effects(pairs, "y", ["x", "second"], errors),
    )
    np.testing.assert_allclose(found.table[[*known]], known, rtol=1e-9)


def test_multiple_membership_is_at_the_lowest_of_the_restricted_criterion(pairs):
    found = fit_multiple_membership(pairs, "y", ["x", "z"], errors="model")
    columns = ones_and(pairs.assign(z=pairs["z_a"] + pairs["z_b"]), "x", "z")
    variances = np.array([found.member_variance, found.residual_variance])
    lowest, estimate, covariance = restricted_criterion(pairs, "y", columns, *variances)
    assert found.criterion == pytest.approx(lowest, abs=1e-9)
    assert found.table["estimate"].tolist() == pytest.approx(estimate)
    assert found.table["std_error"].tolist() == pytest.approx(np.sqrt(np.diag(covariance)))
    for step in itertools.product((0.99, 1, 1.01), repeat=2):
        assert restricted_criterion(pairs, "y", columns, *(variances * step))[0] >= lowest


def test_satterthwaite_degrees_are_those_of_the_curvature_of_the_expected_likelihood(pairs):
    """Written out: information from traces of whole matrices, gradients from differences."""
    found = fit_multiple_membership(pairs, "y", ["x", "z"], errors="model")
    columns = ones_and(pairs.assign(z=pairs["z_a"] + pairs["z_b"]), "x", "z")
    people = sorted({*pairs["a"], *pairs["b"]})
    D = np.column_stack([(pairs["a"] == p) | (pairs["b"] == p) for p in people]).astype(float)
    parts = [np.eye(len(pairs)), D @ D.T]

    def covariance(variances):
        weights = np.linalg.inv(sum(v * part for v, part in zip(variances, parts, strict=True)))
        return np.linalg.inv(columns.T @ weights @ columns), weights

    variances = np.array([found.residual_variance, found.member_variance])
    V, weights = covariance(variances)
    P = weights - weights @ columns @ V @ columns.T @ weights
    information = np.array([[np.trace(P @ one @ P @ two) / 2 for one in parts] for two in parts])
    steps = np.diag(1e-5 * variances)
    ends = [[np.diag(covariance(variances + sign * step)[0]) for sign in (1, -1)] for step in steps]
    gradient = np.array([(up - down) / (2 * step.sum()) for (up, down), step in zip(ends, steps, strict=True)])
    spread = np.einsum("ik,ij,jk->k", gradient, np.linalg.inv(information), gradient)
    assert found.table["df"].tolist() == pytest.approx(
        np.minimum(2 * np.diag(V) ** 2 / spread, len(pairs) - 3), rel=1e-4
    )


def in_a_ring(pairs):
    """Those of the pairs of nine people whose members stand next to each other."""
    number = {person: place for place, person in enumerate(sorted({*pairs["a"], *pairs["b"]}))}
    gap = (pairs["a"].map(number) - pairs["b"].map(number)).abs()
    found = pairs[gap.isin([1, 8])]
    assert len(found) == 9
    return found


@pytest.mark.parametrize("rounds", [1, 2])
def test_robust_errors_among_people_with_few_partners_come_from_fits_without_each(pairs, rounds, rng):
    """In a ring of nine, effects of members tell the measures of pairs as well; two who meet twice are one pair."""
    ring = in_a_ring(pairs)
    if rounds == 2:
        again = ring.assign(y=ring["y"] + rng.normal(size=9), round=2)
        ring = pd.concat([ring.assign(round=1), again], ignore_index=True)
    robust, model = (fit_multiple_membership(ring, "y", ["x", "z"], errors=errors) for errors in ("robust", "model"))
    columns = ones_and(ring.assign(z=ring["z_a"] + ring["z_b"]), "x", "z")
    error, df = errors_without_each(ring, "y", columns, robust.member_variance, robust.residual_variance)
    assert robust.table["std_error"].tolist() == pytest.approx(error, rel=1e-6)
    assert robust.table["df"].tolist() == pytest.approx(df, rel=1e-6)
    assert robust.table["estimate"].equals(model.table["estimate"])
    assert "not needed with robust errors" in str(robust.assumptions["found"].tolist())
    with pytest.raises(SettingError, match="must be one of 'model', 'robust'"):
        fit_multiple_membership(pairs, "y", ["x", "z"], errors="HC3")


def test_an_outcome_too_rare_for_robust_errors_has_the_models_and_says_so():
    """Twenty in a ring; up to five pairs who do, or do not, are fewer than robust errors can tell from chance."""
    rng, names = np.random.default_rng(1), [f"p{k:02d}" for k in range(20)]
    ring = pd.DataFrame({"a": names, "b": [*names[1:], names[0]], "x": rng.normal(size=20)})
    z = rng.normal(size=20)
    ring = ring.assign(z_a=z, z_b=np.roll(z, -1))
    for few, other in ((5, 0.0), (6, 0.0), (5, 1.0), (5, rng.normal(size=20))):
        table = ring.assign(y=np.where(rng.permutation(20) < few, 0.5, other))
        robust, model = (fit_multiple_membership(table, "y", ["z", "x"], errors=how) for how in ("robust", "model"))
        rare = few == 5 and np.ndim(other) == 0
        assert robust.table.equals(model.table) == rare
        assert ("too rare for robust" in str(robust.assumptions["found"].tolist())) == rare
        assert ("too rare for robust" in robust.method) == rare


@pytest.mark.parametrize("partners", [8, 2])
def test_robust_errors_go_by_member_and_allow_for_estimated_variances(pairs, partners, monkeypatch):
    """Where people have many partners, or pairs are many."""
    if partners == 2:
        pairs = in_a_ring(pairs)
        monkeypatch.setattr("peernet.dyads.members.MOST_LEFT_OUT", 8)
    robust = fit_multiple_membership(pairs, "y", ["x", "z"])
    columns = ones_and(pairs.assign(z=pairs["z_a"] + pairs["z_b"]), "x", "z")
    variances = robust.member_variance, robust.residual_variance
    expected, degrees = errors_by_member(pairs, "y", columns, *variances)
    added = added_by_weights(pairs, columns, *variances)
    assert robust.table["std_error"].tolist() == pytest.approx(np.sqrt(expected**2 + 2 * added), rel=1e-6)
    df = robust.table["df"]
    told = ["intercept", "z"] if partners == 8 else ["intercept", "x", "z"]
    known = dict(zip(["intercept", "x", "z"], degrees, strict=True))
    assert df[told].tolist() == pytest.approx([known[term] for term in told], rel=1e-6)
    assert partners == 2 or df["x"] > 12, "pairs tell, where there are many"


def test_people_may_be_named_by_numbers(pairs):
    numbered = pairs.assign(
        **{
            side: pd.factorize(pairs[["a", "b"]].to_numpy().ravel())[0].reshape(-1, 2)[:, i]
            for i, side in enumerate("ab")
        }
    )
    for fit in FITS:
        found = fit(numbered, "y", ["x"]).table
        assert found["estimate"].tolist() == pytest.approx(fit(pairs, "y", ["x"]).table["estimate"].tolist())


def test_the_jackknife_leaves_out_each_person_with_all_their_pairs(pairs):
    columns = ones_and(pairs.assign(z=pairs["z_a"] + pairs["z_b"]), "x", "z")
    found = fit_pairs(pairs, "y", ["x", "z"]).table
    assert found["std_error"].tolist() == pytest.approx(node_jackknife(pairs, "y", columns), rel=1e-9)
    assert found["df"].tolist() == [8] * 3


def test_dyadic_robust_errors_count_every_two_pairs_that_share_somebody_once(rng):
    pairs = dyad_world("normal", 14, rng)
    with pytest.warns(PeernetWarning, match="too small with 14 people"):
        found = fit_pairs(pairs, "y", ["x"], errors="dyadic robust").table
    assert found["std_error"].tolist() == pytest.approx(dyadic_robust(pairs, "y", ones_and(pairs, "x")), rel=1e-9)


def test_dyadic_robust_errors_with_pairs_that_meet_in_several_rounds(rng):
    rounds = [dyad_world("normal", 14, rng).assign(round=r) for r in (1, 2)]
    pairs = pd.concat([rounds[0], rounds[1].iloc[::3]], ignore_index=True)
    with pytest.warns(PeernetWarning, match="too small"):
        found = fit_pairs(pairs, "y", ["x"], errors="dyadic robust").table
    assert found["std_error"].tolist() == pytest.approx(dyadic_robust(pairs, "y", ones_and(pairs, "x")), rel=1e-9)


def test_eighty_people_are_enough_for_dyadic_robust_errors(rng):
    assert fit_pairs(dyad_world("normal", 80, rng), "y", ["x"], errors="dyadic robust").assumptions["holds"].iloc[1]


# Predictors


def test_predictors_between_two_people_are_worked_out_by_their_names(pairs):
    table = pairs.assign(team_a=pairs["a"].isin(["p000", "p001"]), team_b=pairs["b"].isin(["p000", "p001", "p004"]))
    table["team_a"], table["team_b"] = (np.where(table[f"team_{m}"], "x", "y") for m in "ab")
    by_hand = table.assign(
        d=(table["w_a"] - table["w_b"]).abs(), p=table["w_a"] * table["w_b"], s=table["team_a"] == table["team_b"]
    )
    asked = fit_members(table, "y", ["difference in w", "product of w", "same team"])
    given = fit_members(by_hand, "y", ["d", "p", "s"])
    np.testing.assert_array_equal(asked.table, given.table)


def test_a_code_among_the_measures_of_people_is_pointed_out(pairs):
    with pytest.warns(PeernetWarning, match="w_a holds -999 once"):
        fit_members(pairs.assign(w_a=pairs["w_a"].mask(pairs.index == 4, -999)), "y", ["difference in w"])


def test_a_measure_of_people_enters_as_the_sum_of_the_two(pairs):
    by_hand = pairs.assign(total=pairs["z_a"] + pairs["z_b"])
    for fit in (fit_multiple_membership, fit_pairs):
        np.testing.assert_array_equal(fit(pairs, "y", ["z"]).table, fit(by_hand, "y", ["total"]).table)


def test_a_test_of_a_measure_of_people_says_what_more_it_takes_for_granted(pairs):
    for predictors, said in ((["x"], 0), (["x", "z"], 1)):
        rows = fit_multiple_membership(pairs, "y", predictors).assumptions["assumption"]
        assert rows.str.startswith("members vary alike").sum() == said


def test_a_measure_of_people_is_absorbed_by_effects_of_members(pairs):
    with pytest.raises(SettingError, match=r"z is a measure of people.*fit_multiple_membership can.*'difference in z'"):
        fit_members(pairs, "y", ["x", "z"])


def test_a_number_is_asked_for_where_names_stand(pairs):
    with pytest.raises(SettingError, match=r"team_a must hold numbers.*ask for 'same team'"):
        fit_members(pairs.assign(team_a="x", team_b="y"), "y", ["difference in team"])


@pytest.mark.parametrize(
    ("outcome", "predictors", "words"),
    [
        ("y", ["xx"], "no 'xx'"),
        ("y", ["difference in x"], "'difference in x' is asked of a measure of people; x is one of the pair"),
        ("y", [], "at least one predictor"),
        ("y", ["y"], "y is named twice"),
        ("y", ["x", "x"], "x is named twice"),
        ("z", ["x"], "z is measured of each member"),
    ],
)
@pytest.mark.parametrize("fit", FITS)
def test_what_is_asked_wrongly_is_answered_with_what_there_is(pairs, fit, outcome, predictors, words):
    with pytest.raises(SettingError, match=words):
        fit(pairs, outcome, predictors)


@pytest.mark.parametrize("fit", FITS)
def test_pairs_with_a_gap_are_left_out_by_name(pairs, fit):
    holes = pairs.assign(y=pairs["y"].mask(pairs.index == 2), w_a=pairs["w_a"].mask(pairs.index == 5))
    found = fit(holes, "y", ["x", "difference in w"])
    assert found.left_out["reason"].tolist() == ["w_a missing", "y missing"]
    assert found.card["left out"] == 2
    expected = fit(pairs.drop(index=[2, 5]), "y", ["x", "difference in w"])
    pd.testing.assert_frame_equal(found.table, expected.table)


# Groups


@pytest.fixture
def firms(rng):
    """All pairs within three firms of seven, six and five people, on different levels."""
    parts = [
        dyad_world("normal", n, rng, slope=0.5).assign(group=g, level=g) for g, n in zip("rst", (7, 6, 5), strict=True)
    ]
    for place, part in enumerate(parts):
        part[["a", "b"]] = part["group"].iloc[0] + part[["a", "b"]]
        part["y"] += 10 * place
    return pd.concat(parts, ignore_index=True).assign(size=lambda t: t["group"].map({"r": 7.0, "s": 6, "t": 5}))


def test_every_group_has_its_intercept(firms):
    for fit in (fit_multiple_membership, fit_pairs):
        table = fit(firms, "y", ["x"]).table
        assert table.index.tolist() == ["intercept of r", "intercept of s", "intercept of t", "x"]
        assert (np.diff(table["estimate"].iloc[:3]) > 6).all()
    assert fit_members(firms, "y", ["x"]).card["effects estimated"] == 18 + 1


def test_the_level_of_a_group_moves_no_slope(firms):
    higher = firms.assign(y=firms["y"] + 100 * (firms["group"] == "s"))
    for fit in FITS:
        one, other = (fit(table, "y", ["x"]).table.loc["x"] for table in (firms, higher))
        np.testing.assert_allclose(one, other, rtol=1e-7)


def test_a_measure_of_the_group_is_told_by_its_intercept(firms):
    for fit in (fit_multiple_membership, fit_pairs):
        with pytest.raises(EstimationError, match="size is wholly told by which group a pair is in"):
            fit(firms, "y", ["size"])


def test_nobody_stands_in_two_groups(firms):
    firms.loc[0, "group"] = "s"
    with pytest.raises(SettingError, match="rp000 and rp001 stand in more than one group"):
        fit_members(firms, "y", ["x"])


def test_a_group_of_two_adds_an_intercept_and_nothing_else(firms):
    more = pd.concat([firms, pd.DataFrame({"a": ["u1"], "b": ["u2"], "group": "u", "x": [1.0], "y": [3.0]})])
    for fit in (fit_members, fit_pairs):
        one, other = (fit(table, "y", ["x"]).table.loc["x"] for table in (firms, more))
        assert one["estimate"] == pytest.approx(other["estimate"])
    assert np.isnan(fit_pairs(more, "y", ["x"]).table.loc["intercept of u", "std_error"])


# What cannot be told


def test_the_predictor_at_fault_is_named(pairs):
    odd = pairs.assign(
        flat=2.0,
        total=pairs["z_a"] + pairs["z_b"],
        both=pairs["x"] - 3 * pairs["second"],
    )
    for predictors, words in (
        (["x", "flat"], "flat is the same for every pair"),
        (["x", "total"], "total is wholly told by who the members are"),
        (["x", "second", "both"], "both is wholly told by x, second and who the members are"),
    ):
        with pytest.raises(EstimationError, match=words):
            fit_members(odd, "y", predictors)


def test_an_outcome_that_never_varies_has_nothing_to_explain(pairs):
    for fit in FITS:
        with pytest.raises(EstimationError, match="y is 0 in every pair"):
            fit(pairs.assign(y=0), "y", ["x"])


def test_people_in_one_pair_each_are_for_another_model(pairs):
    alone = pairs.assign(a=[f"a{i}" for i in pairs.index], b=[f"b{i}" for i in pairs.index])
    for fit in (fit_members, fit_multiple_membership):
        with pytest.raises(EstimationError, match=r"in one pair only.*model of actors and partners"):
            fit(alone, "y", ["x"])


def test_one_person_in_every_pair_leaves_members_and_pairs_alike(rng):
    star = dyad_world("normal", 12, rng).query("a == 'p000'")
    for fit, words in (
        (fit_multiple_membership, "cannot tell what is the members'"),
        (fit_pairs, "Without p000 alone"),
    ):
        with pytest.raises(EstimationError, match=words):
            fit(star, "y", ["x"])
    with pytest.raises(EstimationError, match="11 pairs of 12 people are too few"):
        fit_members(star, "y", ["x"])


def test_too_few_pairs_are_counted_out(pairs):
    with pytest.raises(EstimationError, match=r"5 pairs of 6 people are too few.*at least 7 pairs"):
        fit_members(pairs.iloc[:5], "y", ["x"])
    for fit in (fit_multiple_membership, fit_pairs):
        with pytest.raises(EstimationError, match="too few"):
            fit(pairs.iloc[:2], "y", ["x"])


def test_no_pair_left_is_nothing_to_estimate(pairs):
    with pytest.raises(EstimationError, match="In no pair y and x are all known"):
        fit_members(pairs.assign(x=np.nan), "y", ["x"])


def test_two_sides_leave_open_how_a_sum_is_shared_out(rng):
    """Teachers and pupils: only sums of one of each are known, and that costs one effect."""
    people = dyad_world("normal", 10, rng)
    sides = people[(people["a"] < "p005") & (people["b"] >= "p005")]
    found = fit_members(sides, "y", ["x"])
    assert found.card["effects estimated"] == 9 + 1
    assert found.members.isna().all()
    for errors in ("classical", "HC3"):
        found, known = fit_members(sides, "y", ["x"], errors=errors), member_effects(sides, "y", ["x"], errors)
        np.testing.assert_allclose(found.table[[*known]], known, rtol=1e-9)


def test_the_jackknife_needs_the_effect_without_any_one_person(pairs):
    with pytest.raises(EstimationError, match="Without p004 alone"):
        fit_pairs(pairs.assign(x=(pairs["a"] == "p004") * pairs["x"]), "y", ["x"])


@pytest.mark.parametrize("errors", ["two-way", "two-way cluster", "clustered"])
@pytest.mark.parametrize("fit", [fit_members, fit_pairs])
def test_two_way_clustering_is_answered_with_the_reason(pairs, fit, errors):
    with pytest.raises(SettingError, match=re.escape("standard error of .067 where .081 is right")):
        fit(pairs, "y", ["x"], errors=errors)


def test_errors_for_least_squares_are_not_put_on_top_of_effects_of_members(pairs):
    for errors in ("dyadic robust", "jackknife"):
        with pytest.raises(SettingError, match="not offered on top of effects of members"):
            fit_members(pairs, "y", ["x"], errors=errors)


def test_members_and_outcome_without_remainder_leave_no_two_variances(ten):
    with pytest.raises(EstimationError, match=r"without remainder.*fit_members"):
        fit_multiple_membership(ten, "y", ["distance"])


def test_pairs_that_share_somebody_and_are_less_alike_are_said_to_be(rng):
    """Everybody has so much to give in all: what one pair gets the person's other pairs lack."""
    pairs = dyad_world("normal", 12, rng)
    noise = rng.standard_normal(len(pairs))
    sums = {p: noise[(pairs["a"] == p) | (pairs["b"] == p)].sum() for p in {*pairs["a"], *pairs["b"]}}
    found = fit_multiple_membership(
        pairs.assign(y=noise - (pairs["a"].map(sums) + pairs["b"].map(sums)) / 11), "y", ["x"]
    )
    assert (found.member_variance, found.share, found.members.abs().max()) == (0, 0, 0)
    row = found.assumptions.set_index("assumption").loc["pairs that share a member are not less alike"]
    assert not row["holds"]
    assert "a covariance of about -0.0" in row["found"]


# What may be said


def test_only_effects_of_what_was_drawn_by_lot_sound_causal(pairs):
    observed = [fit(pairs, "y", ["x"]).sentence for fit in FITS]
    drawn = [fit(Dyads(pairs, design="drawn by lot"), "y", ["x"]).sentence for fit in FITS]
    assert all("not drawn by lot: this describes them and shows no cause" in sentence for sentence in observed)
    assert "is the pairing's doing" in drawn[0]
    assert all("only with effects of members (fit_members) could this show a cause" in s for s in drawn[1:])


def test_pairs_that_met_twice_are_counted_and_pointed_out(pairs):
    again = pd.concat([pairs.assign(round=1), pairs.iloc[:4].assign(round=2)])
    rows = fit_members(again, "y", ["x"]).assumptions.set_index("assumption")
    assert "4 pairs stand" in rows.loc["given members, pairs do not hang together", "found"]


def test_the_finding_is_a_sentence(pairs):
    same = pairs.assign(team_a=pairs["a"] < "p004", team_b=pairs["b"] < "p004")
    words = fit_members(same, "y", ["same team", "x"]).sentence
    assert words.startswith(
        "Does y go with same team among pairs of the same people, x being equal? Yes rather than no "
    )
    assert re.search(r"points of y \(95 % interval .* to .*\), against 0; p = \.\d{3}\. The pairs were not", words)
