"""The response surface of pairs: R's coefficients, conditions held one by one, and nothing drawn outside the data."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from peernet.dyads import Dyads, response_surface
from peernet.dyads.surface import two_lines
from peernet.errors import EstimationError, SettingError
from tests.made.couples import NINE, turned

TERMS = ["intercept", "actor pace", "partner pace", "actor pace squared", "pace product", "partner pace squared"]


def test_the_coefficients_are_those_of_nlme():
    """R 4.2.2: gls(gain ~ own + partner + I(own^2) + I(own * partner) + I(partner^2), corCompSymm(form = ~1|pair))."""
    table = response_surface(NINE, "gain", "pace", centre=0, errors="model").table.loc[TERMS]
    expected = [9.028948356808, -1.688909437014, -2.339259577070, 0.275999349035, 0.240272300469, 0.289934923265]
    errors = [5.896609479910, 2.303857380258, 2.303857380258, 0.279297758772, 0.280890117654, 0.279297758772]
    assert table["estimate"].tolist() == pytest.approx(expected, rel=1e-9)
    assert table["std_error"].tolist() == pytest.approx(errors, rel=1e-6)


def test_the_parameters_are_sums_of_the_coefficients_with_exact_degrees_of_freedom():
    table = response_surface(NINE, "gain", "pace", errors="model").table
    b = table["estimate"]
    own, partners, bend, product, partners_bend = b[TERMS[1:]]
    a = [own + partners, bend + product + partners_bend, own - partners, bend - product + partners_bend]
    assert b[["a1", "a2", "a3", "a4", "a5"]].tolist() == pytest.approx([*a, bend - partners_bend])
    assert table["df"][["a1", "a2", "a4"]].tolist() == pytest.approx([9 - 4] * 3), "sums: four coefficients"
    assert table["df"][["a3", "a5"]].tolist() == pytest.approx([9 - 2] * 2), "differences: two"


def test_bends_do_not_depend_on_the_centre_and_slopes_are_those_at_it():
    first, second = (response_surface(NINE, "gain", "pace", centre=c).table["estimate"] for c in (0, 2))
    bends = ["a2", "a4", "a5"]
    assert second[bends].tolist() == pytest.approx(first[bends].tolist())
    assert second["a1"] == pytest.approx(first["a1"] + 2 * 2 * first["a2"])
    assert second["a3"] == pytest.approx(first["a3"] + 2 * 2 * first["a5"])


@limits(max_examples=15, deadline=None)
@given(st.lists(st.booleans(), min_size=9, max_size=9), st.permutations(range(9)))
def test_neither_the_order_in_a_pair_nor_that_of_pairs_changes_anything(which, order):
    one = response_surface(NINE, "gain", "pace")
    other = response_surface(turned(NINE, np.array(which)).iloc[list(order)], "gain", "pace")
    for name in ("table", "conditions", "two_lines", "grid", "data"):
        assert_frame_equal(getattr(one, name), getattr(other, name), rtol=1e-12, atol=1e-12)  # sums at other addresses
    assert one.sentence == other.sentence


def surface_of(shape, pairs=80, noise=0.3, **settings):
    rng = np.random.default_rng(21)
    x = rng.normal(size=(pairs, 2))
    y = shape(x, x[:, ::-1]) + noise * rng.normal(size=(pairs, 2))
    table = pd.DataFrame({"x_a": x[:, 0], "x_b": x[:, 1], "y_a": y[:, 0], "y_b": y[:, 1]})
    return response_surface(table, "y", "x", **settings)


@pytest.mark.parametrize(
    ("shape", "met"),
    [
        (lambda own, other: -((own - other) ** 2), {"a4": True, "a3": True, "a5": True, "a1": True, "a2": True}),
        (lambda own, other: own + other - (own - other) ** 2, {"a4": True, "a3": True, "a5": True, "a1": False}),
        (lambda own, other: -((own - other - 1) ** 2), {"a4": True, "a3": False, "a5": True}),
        (lambda own, other: -(own**2), {"a4": True, "a5": False}),
        (lambda own, other: (own - other) ** 2, {"a4": False, "a3": True, "a5": True}),
        (lambda own, other: own - other, {"a4": False, "a3": False}),
    ],
)
def test_each_condition_is_met_or_not_on_its_own(shape, met):
    found = surface_of(shape, noise=0.05).conditions.set_index("parameter")
    assert found["met"][list(met)].to_dict() == met
    assert found["kind"].tolist() == ["broad"] * 3 + ["strict"] * 2


@pytest.mark.parametrize(
    ("shape", "verdict"),
    [
        (lambda own, other: -((own - other) ** 2), "three met: in keeping with a strict congruence effect"),
        (lambda own, other: own + other - (own - other) ** 2, "three met: in keeping with a broad congruence effect"),
        (lambda own, other: (own - other) ** 2, "two met: the other way round, the further apart"),
        (lambda own, other: -(own**2), "no congruence effect shown"),
    ],
)
def test_the_sentence_says_what_the_conditions_together_say(shape, verdict):
    assert verdict in surface_of(shape, noise=0.05).sentence


def test_nothing_is_drawn_outside_the_data():
    surface = surface_of(lambda own, other: own * other)
    grid = surface.grid
    inside = grid.dropna()
    assert 0 < len(inside) < len(grid)
    corner = grid[(grid["x"] == grid["x"].max()) & (grid["y"] == grid["y"].max())]
    assert corner["outcome"].isna().all(), "no pair holds the largest value twice"
    assert inside["outcome"].to_numpy() == pytest.approx((inside["x"] * inside["y"]).to_numpy(), abs=0.6)
    turned_round = grid.set_index(["x", "y"])["outcome"].notna().unstack()
    assert (turned_round.to_numpy() == turned_round.to_numpy().T).all(), "whoever is a may be b"


def test_a_point_of_the_data_that_is_of_the_grid_is_inside():
    table = pd.DataFrame({"x_a": [0.0, 0, 4, 1, 2, 3], "x_b": [0.0, 4, 4, 2, 3, 1], "y_a": [1.0, 3, 2, 5, 4, 4]})
    grid = response_surface(table.assign(y_b=[2.0, 1, 1, 3, 5, 2]), "y", "x").grid
    assert grid["outcome"].notna().all(), "the corners are pairs, so the square is inside"


def test_the_data_hold_each_person_once_with_own_and_partners_value():
    data = response_surface(NINE, "gain", "pace").data
    rows = [tuple(row) for row in data.to_numpy()]
    ends = (("a", "b"), ("b", "a"))
    people = [
        (row[f"pace_{own}"], row[f"pace_{o}"], row[f"gain_{own}"]) for _, row in NINE.iterrows() for own, o in ends
    ]
    assert list(data) == ["x", "y", "outcome"]
    assert sorted(rows) == sorted(people)


# --- two lines


def test_two_lines_find_where_it_turns():
    rng = np.random.default_rng(3)
    distance, level = rng.uniform(0, 4, 120), rng.normal(size=120)
    lines = two_lines(-np.abs(distance - 2) + 0.3 * level + 0.1 * rng.normal(size=120), distance, level)
    assert lines["estimate"].tolist() == pytest.approx([1, -1], abs=0.15)
    assert lines["break_at"].iloc[0] == pytest.approx(2, abs=0.3)
    assert lines["pairs"].sum() == 120


def test_the_lines_are_those_of_a_regression_with_a_step_at_the_break():
    """Slopes to either side, each with its own intercept, the pair's level held constant."""
    rng = np.random.default_rng(4)
    distance, level = rng.uniform(0, 4, 40), rng.normal(size=40)
    outcome = distance - 0.3 * distance**2 + rng.normal(size=40)
    lines = two_lines(outcome, distance, level)
    beyond = distance > lines["break_at"].iloc[0]
    design = np.column_stack([~beyond, beyond, distance * ~beyond, distance * beyond, level])
    assert lines["estimate"].tolist() == pytest.approx(np.linalg.lstsq(design, outcome)[0][2:4].tolist())
    assert (lines["df"] == 35).all()


def test_with_few_pairs_or_distances_there_are_no_lines():
    surface = response_surface(NINE, "gain", "pace")
    assert surface.two_lines["estimate"].isna().all()
    assert surface.inverted_u is None
    assert "Too few pairs to ask" in surface.sentence
    few = np.repeat([0.0, 1.0], 10)
    assert two_lines(np.arange(20.0), few, np.arange(20.0) % 3)["estimate"].isna().all()


def test_an_inverted_u_asks_for_both_lines():
    there = surface_of(lambda own, other: -((np.abs(own - other) - 1.2) ** 2), pairs=200)
    assert there.inverted_u is True
    assert "neither likeness nor difference is simply better" in there.sentence
    assert surface_of(lambda own, other: np.abs(own - other), pairs=200).inverted_u is False


# --- what these data cannot answer


def test_too_few_values_for_a_bend_are_refused():
    with pytest.raises(EstimationError, match="follow from the others"):
        response_surface(
            NINE.assign(pace_a=(NINE["pace_a"] > 2) * 1.0, pace_b=(NINE["pace_b"] > 2) * 1.0), "gain", "pace"
        )
    with pytest.raises(EstimationError, match="4 complete pairs, and these terms need 5"):
        response_surface(NINE.head(4), "gain", "pace")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"predictor": "hours"}, "'hours' is of the pair"),
        ({"predictor": "gain"}, "cannot explain itself"),
        ({"centre": "middle"}, "centre must be a number"),
        ({"errors": "none"}, "must be one of 'model', 'robust'"),
    ],
)
def test_what_is_asked_wrongly_is_answered_with_what_is_meant(settings, message):
    with pytest.raises(SettingError, match=message):
        response_surface(NINE, **({"outcome": "gain", "predictor": "pace"} | settings))


def test_the_design_decides_what_the_sentence_claims():
    assert response_surface(NINE, "gain", "pace").sentence.endswith("shows no cause.")
    drawn = response_surface(Dyads(NINE, design="drawn by lot"), "gain", "pace").sentence
    assert "along the partner's measure is an effect of being given such a partner" in drawn


def test_a_person_in_two_pairs_and_a_gap_are_treated_as_elsewhere():
    with pytest.raises(EstimationError, match="in several pairs"):
        response_surface(NINE.assign(b=["bo", *NINE["b"][1:]]), "gain", "pace")
    holed = response_surface(NINE.assign(pace_b=NINE["pace_b"].where(NINE.index != 6)), "gain", "pace")
    assert holed.left_out["reason"].tolist() == ["pace_b missing"]
