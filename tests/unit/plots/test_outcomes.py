"""Pictures of effects, draws, surfaces and power show the numbers of their results."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import peernet as pn
from peernet.dyads.effects import by_t
from peernet.errors import SettingError, type_in_words
from peernet.outcomes.plan import StudyPlan
from peernet.plots.outcomes import plot_effects, plot_null, plot_power, plot_response_surface
from peernet.plots.style import FAINT, STRONG
from tests.made.artists import artist

OUT = pd.DataFrame({"pair": [3], "a": ["ann"], "b": ["bo"], "reason": ["learning of ann missing"]})


def effects(terms: dict[str, float], **more: object) -> pn.dyads.Effects:
    table = by_t([*terms], np.array([*terms.values()]), np.full(len(terms), 0.5), np.inf)
    said = {"sentence": "...", "method": "...", "citation": "...", "card": {"pairs": 40}}
    return pn.dyads.Effects(**{"table": table, **said, **more})


def rows(ax: Axes) -> list[str]:
    return [label.get_text() for label in ax.get_yticklabels()]


# --- effects ----------------------------------------------------------------------------------------------------------


def test_each_effect_is_a_dot_on_its_interval(ax: Axes) -> None:
    plot_effects(effects({"actor": 2.0, "partner": -1.0}), ax=ax)
    (line, dots), half = ax.collections, 0.5 * 1.959963984540054
    assert dots.get_offsets().tolist() == [[2.0, 0.0], [-1.0, 1.0]]
    ends = [segment[:, 0].tolist() for segment in line.get_segments()]
    np.testing.assert_allclose(ends, [[2 - half, 2 + half], [-1 - half, -1 + half]])
    assert rows(ax) == ["actor", "partner"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1], "the first term is on top"


def test_a_line_stands_at_no_effect(ax: Axes) -> None:
    plot_effects(effects({"actor": 2.0}), ax=ax)
    assert [line.get_xdata() for line in ax.get_lines()] == [[0, 0]]


def test_the_caption_says_how_many_pairs_were_left_out(ax: Axes) -> None:
    plot_effects(effects({"actor": 2.0}, left_out=OUT), ax=ax)
    assert ax.get_title(loc="left") == "40 pairs, 1 left out"


def test_an_effect_without_an_interval_is_a_dot_alone(ax: Axes) -> None:
    found = effects({"actor": 2.0})
    plot_effects(effects({"actor": 2.0}, table=found.table.assign(low=np.nan, high=np.nan)), ax=ax)
    line, dots = ax.collections
    assert not np.isfinite(line.get_datalim(ax.transData).get_points()).any()
    assert dots.get_offsets().tolist() == [[2.0, 0.0]]


def test_an_interval_without_an_end_ends_in_an_arrow_beyond_everything_else(ax: Axes) -> None:
    found = effects({"actor": 2.0, "partner": 1.0})
    endless = found.table.assign(low=[-np.inf, 0.5], high=[3.0, 1.5])
    plot_effects(effects({}, table=endless), ax=ax)
    line, arrows, _ = ax.collections
    reached = line.get_paths()[0].vertices[:, 0]
    assert reached.max() == 3.0
    assert -np.inf < reached.min() < 0
    assert arrows.get_offsets().tolist() == [[reached.min(), 0.0]]


def test_only_intervals_that_are_drawn_are_spoken_of(ax: Axes) -> None:
    found = effects({"actor": 2.0})
    plot_effects(effects({}, table=found.table.assign(low=np.nan, high=np.nan)), ax=ax)
    assert ax.get_xlabel() == "effect on the outcome"
    plot_effects(found, ax=ax)
    assert ax.get_xlabel() == "effect on the outcome, with its 95 % interval"


@pytest.mark.parametrize(("draw", "wanted"), [(plot_response_surface, "response_surface"), (plot_power, "plan_study")])
def test_a_picture_of_something_else_says_of_what_it_is_one(draw, wanted, ax: Axes) -> None:
    with pytest.raises(SettingError, match=f"draws what {wanted} returns; got an Effects"):
        draw(effects({"actor": 2.0}), ax=ax)


def test_the_intercept_is_drawn_only_when_asked_for(ax: Axes) -> None:
    found = effects({"intercept": 50.0, "actor": 2.0})
    assert rows(plot_effects(found, ax=ax)) == ["actor"]
    assert rows(plot_effects(found, ["actor", "intercept"])) == ["actor", "intercept"]


def test_several_results_stand_side_by_side_in_one_row_per_term(ax: Axes) -> None:
    plot_effects({"first $wave": effects({"actor": 2.0}), "second": effects({"actor": 1.0}, left_out=OUT)}, ax=ax)
    assert rows(ax) == ["actor"]
    first, second = (
        artist(ax, name) for name in ("first $wave: 40 pairs, none left out", "second: 40 pairs, 1 left out")
    )
    assert first.get_offsets()[0, 0] == 2.0
    assert second.get_offsets()[0, 0] == 1.0
    assert first.get_offsets()[0, 1] < second.get_offsets()[0, 1], "the first is above"
    assert first.get_facecolor().tolist() != second.get_facecolor().tolist()
    assert len(first.get_paths()[0].vertices) != len(second.get_paths()[0].vertices), "told apart by shape too"
    ax.figure.canvas.draw()


def test_a_result_without_a_term_leaves_its_place_empty(ax: Axes) -> None:
    plot_effects({"one": effects({"actor": 2.0}), "other": effects({"actor": 1.0, "partner": 3.0})}, ax=ax)
    assert np.isnan(artist(ax, "one: 40 pairs, none left out").get_offsets().filled(np.nan)[1, 0])


def test_a_term_that_no_result_has_is_refused(ax: Axes) -> None:
    with pytest.raises(SettingError, match=r"No result has a term 'actr'\. Did you mean 'actor'\?"):
        plot_effects(effects({"actor": 2.0}), ["actr"], ax=ax)
    with pytest.raises(SettingError, match="nothing is drawn"):
        plot_effects(effects({"intercept": 2.0}), ax=ax)


# --- draws ------------------------------------------------------------------------------------------------------------


def drawn(null: list[float] | np.ndarray, found: float, p: float = 0.04) -> pn.dyads.Effects:
    table = effects({"distance": found}).table.assign(statistic=found, p_value=p)
    return effects({"distance": found}, table=table, null=pd.DataFrame({"distance": null}))


def counts(ax: Axes, colour: str) -> int:
    return round(sum(bar.get_height() for bar in ax.patches if to_hex(bar.get_facecolor()) == to_hex(colour)))


def test_draws_as_far_out_as_what_was_found_are_dark_and_counted(ax: Axes) -> None:
    null = np.random.default_rng(0).normal(size=999)
    plot_null(drawn(null, 1.5), ax=ax)
    assert counts(ax, STRONG) == (null >= 1.5).sum()
    assert counts(ax, FAINT) == (null < 1.5).sum()
    assert ax.get_title(loc="left") == f"{(null >= 1.5).sum()} of 999 draws as large or larger; p = .040"
    assert artist(ax, "found").get_xdata() == [1.5, 1.5]


def test_dark_bars_begin_where_the_line_stands(ax: Axes) -> None:
    plot_null(drawn(np.random.default_rng(0).normal(size=999), 1.5), ax=ax)
    dark = [bar.get_x() for bar in ax.patches if to_hex(bar.get_facecolor()) == to_hex(STRONG) and bar.get_height()]
    assert min(dark) == pytest.approx(1.5)


@pytest.mark.parametrize(("found", "dark", "side"), [(-2.0, 1, "small or smaller"), (2.0, 1, "large or larger")])
def test_few_values_have_a_bar_each_and_far_out_is_on_the_side_of_what_was_found(
    ax: Axes, found: float, dark: int, side: str
) -> None:
    plot_null(drawn([-2.0, -1, 0, 1, 2], found), ax=ax)
    assert counts(ax, STRONG) == dark
    assert ax.get_title(loc="left").startswith(f"{dark} of 5 draws as {side}")


def test_what_was_found_lies_in_the_picture_however_far_out(ax: Axes) -> None:
    plot_null(drawn(np.random.default_rng(0).normal(size=99), 30.0), ax=ax)
    assert ax.get_xlim()[0] < 30.0 < ax.get_xlim()[1]
    assert counts(ax, FAINT) == 99


def test_a_null_of_one_value_and_one_with_gaps_can_be_drawn(ax: Axes) -> None:
    plot_null(drawn([1.0, 1.0, np.nan], 1.0), ax=ax)
    assert counts(ax, STRONG) == 2


def test_a_result_without_draws_or_without_the_term_is_refused(ax: Axes) -> None:
    with pytest.raises(SettingError, match="holds no draws"):
        plot_null(effects({"distance": 2.0}), ax=ax)
    with pytest.raises(SettingError, match=r"Did you mean 'distance'\?"):
        plot_null(drawn([1.0, 2.0], 1.5), "distnce", ax=ax)


# --- surfaces ---------------------------------------------------------------------------------------------------------

CORNERS = pd.DataFrame({"x": [1.0, 1, 3, 3], "y": [1.0, 2, 1, 2], "outcome": [3.0, 4.0, np.nan, 5.0]})
PEOPLE = pd.DataFrame({"x": [1.2, 2.5], "y": [1.5, 1.9], "outcome": [2.0, 6.0]})


def surface(grid: pd.DataFrame) -> SimpleNamespace:
    return SimpleNamespace(grid=grid, data=PEOPLE, settings={"outcome": "learned", "predictor": "$open$"})


def test_the_surface_is_drawn_only_inside_the_data(ax: Axes) -> None:
    plot_response_surface(surface(CORNERS), ax=ax)
    cells = ax.collections[0].get_array()
    assert cells.mask.tolist() == [[False, True], [False, False]], "rows are y, columns x"
    assert cells.compressed().tolist() == [3.0, 4.0, 5.0]


def test_people_are_dots_on_the_scale_of_the_surface(ax: Axes) -> None:
    plot_response_surface(surface(CORNERS), ax=ax)
    dots = artist(ax, "people")
    assert dots.get_offsets().tolist() == [[1.2, 1.5], [2.5, 1.9]]
    assert dots.get_array().tolist() == [2.0, 6.0]
    assert dots.get_clim() == ax.collections[0].get_clim()
    assert dots.get_clim()[0] <= 2.0
    assert dots.get_clim()[1] >= 6.0


def test_partners_are_alike_on_the_broken_line(ax: Axes) -> None:
    plot_response_surface(surface(CORNERS), ax=ax)
    line = artist(ax, "partners alike")
    assert line.get_slope() == 1
    assert line.get_xy1() == (1.0, 1.0)
    assert ax.get_aspect() == 1.0, "so that the line is the diagonal"


def test_sides_are_called_as_the_measures_are(ax: Axes) -> None:
    plot_response_surface(surface(CORNERS), ax=ax)
    ax.figure.canvas.draw()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("own $open$", "partner's $open$")
    assert [side.get_ylabel() for side in ax.figure.axes[1:]] == ["learned"]


def test_the_order_of_the_grid_does_not_matter(ax: Axes) -> None:
    plot_response_surface(surface(CORNERS.iloc[::-1]), ax=ax)
    assert ax.collections[0].get_array().compressed().tolist() == [3.0, 4.0, 5.0]


def test_a_flat_surface_and_one_of_one_row_can_be_drawn() -> None:
    for grid in (CORNERS.assign(outcome=1.0), CORNERS[CORNERS["y"] == 1]):
        ax = plot_response_surface(surface(grid), ax=Figure().subplots())
        ax.figure.canvas.draw()


def test_a_surface_known_nowhere_is_refused(ax: Axes) -> None:
    with pytest.raises(SettingError, match="known nowhere"):
        plot_response_surface(surface(CORNERS.assign(outcome=np.nan)), ax=ax)


# --- power ------------------------------------------------------------------------------------------------------------


def plan(effect: float = 2.0, **columns: list[float]) -> StudyPlan:
    usual = {"rounds": [1, 1], "sites": [1, 3], "drop_out": 0.0, "spill_over": 0.0, "alike": 0.2, "before": 0.0}
    table = pd.DataFrame({**usual, "effect": effect, "smallest_detectable": [3.0, np.inf], **columns}, index=[1, 2])
    curve = pd.DataFrame({"scenario": [1, 1, 2, 2], "effect": [0.0, 4, 0, 4], "power": [0.05, 0.9, 0.05, 0.7]})
    curve = curve.assign(low=curve["power"] - 0.03, high=curve["power"] + 0.03)
    said = {"sentence": "...", "method": "...", "citation": "...", "settings": {"question": "distance"}}
    return StudyPlan(table=table, curve=curve, assumptions=pd.DataFrame(), **said)


def test_each_scenario_is_a_curve_with_its_band_named_by_what_differs(ax: Axes) -> None:
    plot_power(plan(), ax=ax)
    assert artist(ax, "1 site").get_xydata().tolist() == [[0.0, 0.05], [4.0, 0.9]]
    assert artist(ax, "3 sites").get_xydata().tolist() == [[0.0, 0.05], [4.0, 0.7]]
    bands = [child for child in ax.collections if len(child.get_paths()[0].vertices) > 6 and child.get_alpha() == 0.15]
    np.testing.assert_allclose(sorted({*bands[0].get_paths()[0].vertices[:, 1]}), [0.02, 0.08, 0.87, 0.93])


def test_a_dot_stands_where_80_percent_is_reached_and_none_where_it_is_not(ax: Axes) -> None:
    plot_power(plan(), ax=ax)
    dots = [child.get_offsets().tolist() for child in ax.collections if child.get_alpha() is None]
    assert dots == [[[3.0, 0.8]]]


def test_the_effect_planned_for_is_a_broken_line_if_there_is_one() -> None:
    assert artist(plot_power(plan(-2.0), ax=Figure().subplots()), "planned for").get_xdata() == [2.0, 2.0]
    ax = plot_power(plan(np.nan), ax=Figure().subplots())
    assert "planned for" not in [line.get_label() for line in ax.get_lines()]


def test_scenarios_are_told_apart_by_all_in_which_they_differ(ax: Axes) -> None:
    plot_power(plan(rounds=[1, 2], drop_out=[0.0, 0.2], before=[0.0, 0.6]), ax=ax)
    assert ax.get_lines()[1].get_label() == "2 rounds, 3 sites, 20% drop out, measured before, r = 0.6"
    assert ax.get_xlabel() == "effect, points per unit of perspective distance"


@pytest.mark.parametrize("other", [5, None, [], pd.DataFrame()])
def test_what_is_no_result_is_not_drawn(other: object) -> None:
    for draw in (plot_effects, plot_null, lambda result: plot_effects({"one": result})):
        with pytest.raises(SettingError, match=f"results, such as fit_apim returns; got {type_in_words(other)}"):
            draw(other)


def test_terms_are_a_list_and_none_of_them_means_all() -> None:
    with pytest.raises(SettingError, match="terms must be a list of terms of the results; got 'actor x'"):
        plot_effects(effects({"actor x": 1.0}), terms="actor x")
    assert rows(plot_effects(effects({"actor x": 1.0}), terms=[])) == ["actor x"]


def test_a_perfect_fit_has_a_dot_and_no_interval() -> None:
    ax = plot_effects(effects({"far": 2.0}, table=by_t(["far"], np.array([2.0]), np.array([0.0]), 9.0)))
    assert ax.get_xlabel() == "effect on the outcome"
    assert ax.collections[-1].get_offsets().tolist() == [[2.0, 0.0]]
