"""Pictures of the colleague graph, its foundation and teams, judged by what their artists hold, never by pixels."""

from functools import cache

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D

import peernet as pn
from peernet.errors import SettingError
from peernet.graph.leaders import LeaderIndependence
from peernet.plots.colleagues import plot_colleagues, plot_teams
from peernet.plots.layout import contact_of_teams
from tests.made.artists import artist, labels
from tests.made.studies import aarhus, harbour

CURVE = pd.DataFrame(
    {
        "at_least": [2.0, 3.0, 4.0],
        "dimensions": 1,
        "paired": [8, 6, 2],
        "takes_part": 8,
        "everyone": [True, False, False],
        "lost": [0.0, 0.25, 0.75],
    }
)


def test_the_colleague_graph_draws_each_pair_and_each_tie_once(ax: Axes) -> None:
    study = harbour()
    plot_colleagues(study.graph, study.pairing, layers=(), ax=ax)
    contact = {frozenset(e[:2]) for e in study.graph.edges(keys=True) if e[2] in study.graph.graph["contact"]}
    assert len(artist(ax, "proposed pair").get_segments()) == len(study.pairing)
    assert len(artist(ax, "hear each other now").get_segments()) == len(contact)


def test_every_contact_layer_has_its_colour_and_its_ties(ax: Axes) -> None:
    graph = harbour().graph
    plot_colleagues(graph, ax=ax)
    drawn = {layer: artist(ax, layer.replace("_", " ")) for layer in graph.graph["contact"]}
    for layer, lines in drawn.items():
        assert len(lines.get_segments()) == pn.graph.tie_layer(graph, layer).number_of_edges()
    assert len({to_hex(lines.get_color()[0]) for lines in drawn.values()}) == len(drawn) == 2


def test_layers_a_pairing_rests_on_are_drawn_where_ties_are_mutual(ax: Axes) -> None:
    graph = harbour().graph
    plot_colleagues(graph, layers=["trust"], ax=ax)
    lines = artist(ax, "trust (mutual)").get_segments()
    assert len(lines) == pn.graph.tie_layer(graph, "trust", rule="mutual").number_of_edges()


def test_lines_are_strong_enough_in_the_legend_to_be_told_apart(ax: Axes) -> None:
    plot_colleagues(harbour().graph, ax=ax)
    handles = [handle for handle in ax.get_legend().legend_handles if isinstance(handle, Line2D)]
    assert [(handle.get_alpha(), handle.get_linewidth()) for handle in handles] == [(1.0, 1.6)] * 2


def test_a_layer_that_is_not_there_cannot_be_drawn(ax: Axes) -> None:
    with pytest.raises(SettingError, match="No tie layer 'golf'"):
        plot_colleagues(aarhus().graph, layers=["golf"], ax=ax)


def test_pairs_are_drawn_between_the_places_of_the_two(ax: Axes) -> None:
    places = pd.DataFrame({"x": [0.1, 0.2, 0.3], "y": [0.4, 0.5, 0.6]}, index=["U1", "U10", "U3"])
    plot_colleagues(aarhus().graph, [("U1", "U3")], places=places, ax=ax)
    assert artist(ax, "proposed pair").get_segments()[0].tolist() == [[0.1, 0.4], [0.3, 0.6]]


def test_proposed_pairs_stand_out_from_contact(ax: Axes) -> None:
    plot_colleagues(aarhus().graph, aarhus().pairing, layers=(), ax=ax)
    pair, contact = artist(ax, "proposed pair"), artist(ax, "hear each other now")
    assert pair.get_linewidth()[0] > 2 * contact.get_linewidth()[0]
    assert pair.get_color()[0][:3].mean() < 0.3 < contact.get_color()[0][:3].mean()


def test_proposed_pairs_stand_out_from_every_layer_and_lie_on_top(ax: Axes) -> None:
    plot_colleagues(aarhus().graph, aarhus().pairing, ax=ax)
    lines = [child for child in ax.collections if isinstance(child, LineCollection)]
    assert lines[-1] is artist(ax, "proposed pair")
    for layer in lines[:-1]:
        assert layer.get_color()[0][:3].mean() > 0.4
        assert layer.get_linewidth()[0] < lines[-1].get_linewidth()[0]


def test_each_group_has_its_own_colour_and_nobody_is_left_out(ax: Axes) -> None:
    study = harbour()
    groups = study.clusters.table["perspective"]
    plot_colleagues(study.graph, study.pairing, colour=groups, ax=ax)
    drawn = {label: artist(ax, label) for label in labels(ax) if "group" in label}
    assert {label: len(dots.get_offsets()) for label, dots in drawn.items()} == {
        "no group": int(groups.isna().sum()),
        **{f"group {group}": int(size) for group, size in groups.value_counts().items()},
    }
    assert len({to_hex(dots.get_facecolor()[0]) for dots in drawn.values()}) == len(drawn)


def test_people_without_a_partner_are_smaller(ax: Axes) -> None:
    study = aarhus()
    plot_colleagues(study.graph, study.pairing, ax=ax)
    sizes = artist(ax, "person").get_sizes()
    assert [(sizes == size).sum() for size in sorted(set(sizes))] == [
        len(study.pairing.unpaired),
        2 * len(study.pairing),
    ]


def test_keywords_reach_the_people(ax: Axes) -> None:
    plot_colleagues(aarhus().graph, color="red", ax=ax)
    assert to_hex(artist(ax, "person").get_facecolor()[0]) == "#ff0000"


def test_group_names_are_never_read_as_formulas(ax: Axes) -> None:
    graph = aarhus().graph
    hostile = pd.Series("$\\frac{", index=list(graph))
    plot_colleagues(graph, colour=hostile, ax=ax)
    ax.figure.canvas.draw()
    assert "group $\\frac{" in [text.get_text() for text in ax.get_legend().get_texts()]


@cache
def independence():
    rows = [
        {"team": team, "rule": rule, "when": when, "kept": kept, "kept_others": 0.9}
        for team, kept in (("Yard", 0.4), ("$Dock$", 1.1))
        for rule in ("mutual", "either")
        for when in ("now", "with pairs")
    ]
    return LeaderIndependence(pd.DataFrame(rows), "candour", 0)


def test_the_curve_shows_shares_of_people_and_of_value():
    ax = pn.plots.plot_foundation_curve(CURVE)
    assert artist(ax, "people who can be paired").get_ydata().tolist() == [1, 0.75, 0.25]
    assert artist(ax, "value of the best pairing").get_ydata().tolist() == [1, 0.75, 0.25]


def test_steps_are_called_by_what_changes():
    assert [text.get_text() for text in pn.plots.plot_foundation_curve(CURVE).get_xticklabels()] == ["2", "3", "4"]
    layers = CURVE.assign(at_least=1.0, dimensions=[1, 2, 3])
    ax = pn.plots.plot_foundation_curve(layers)
    assert ax.get_xlabel() == "foundation layers on which a pair must trust each other"
    both = pn.plots.plot_foundation_curve(CURVE.assign(dimensions=[1, 2, 3]))
    assert both.get_xticklabels()[0].get_text() == "2 on 1"


def test_steps_at_which_everyone_can_be_paired_are_filled():
    fills = artist(pn.plots.plot_foundation_curve(CURVE), "filled: everyone can be paired").get_facecolors()
    assert (fills[1:, :3] == 1).all()
    assert (fills[0, :3] < 1).any()


def test_teams_stand_in_the_order_of_the_table_with_a_dot_per_rule():
    ax = pn.plots.plot_leader_independence(independence())
    assert [text.get_text() for text in ax.get_yticklabels()] == ["Yard", "$Dock$"]
    for rule in ("mutual", "either"):
        found = artist(ax, f"without the leader, {rule} ties").get_offsets()
        assert found[:, 0].tolist() == [0.4, 1.1]
    ax.figure.canvas.draw()


def test_what_is_left_without_another_is_told_once():
    labels = pn.plots.plot_leader_independence(independence()).get_legend_handles_labels()[1]
    assert labels.count("without another") == 1


def test_a_time_that_was_not_asked_for_is_refused():
    with pytest.raises(SettingError, match="when must be one of 'now', 'with pairs'; got 'later'"):
        pn.plots.plot_leader_independence(independence(), when="later")


def test_nothing_to_show_is_said():
    with pytest.raises(SettingError, match="No team is large enough to be shown"):
        pn.plots.plot_leader_independence(LeaderIndependence(independence().table.iloc[:0], "candour", 3))


def test_drawing_changes_no_table():
    before = CURVE.copy()
    pn.plots.plot_foundation_curve(CURVE, linewidth=3)
    pd.testing.assert_frame_equal(before, CURVE)


def test_a_team_whose_leader_is_not_known_has_no_dot():
    table = independence().table.assign(kept=np.nan)
    ax = pn.plots.plot_leader_independence(LeaderIndependence(table, "candour", 0))
    assert np.ma.getmaskarray(np.ma.masked_invalid(artist(ax, "without the leader, mutual ties").get_offsets())).any()


def test_names_stand_beside_their_dots_and_cover_no_other(ax: Axes) -> None:
    study = aarhus()
    names = study.survey.people["name"]
    plot_colleagues(study.graph, study.pairing, layers=(), names=names, legend=False, ax=ax)
    assert {text.get_text() for text in ax.texts} == {*names}
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    covered = sum(one.overlaps(other) for k, one in enumerate(boxes) for other in boxes[:k])
    assert covered <= 3


def test_a_name_is_drawn_as_typed(ax: Axes) -> None:
    graph = aarhus().graph
    plot_colleagues(graph, names=pd.Series({"U1": "$\\frac{1}"}), layers=(), ax=ax)
    ax.figure.canvas.draw()
    assert [text.get_text() for text in ax.texts] == ["$\\frac{1}"]


def numbers(ax: Axes) -> dict[tuple[str, str], int]:
    """What a table of teams says of each two teams."""
    teams = [label.get_text() for label in ax.get_yticklabels()]
    found = {}
    for text in ax.texts:
        x, y = text.get_position()
        if text.get_text().isdigit():
            found[teams[int(y)], teams[int(x)]] = int(text.get_text())
    return found


def test_the_table_of_teams_counts_every_pair(ax: Axes) -> None:
    study = harbour()
    teams = study.survey.people["team"]
    plot_teams(study.graph, study.pairing, teams, ax=ax)
    expected: dict[tuple[str, str], int] = {}
    for a, b in study.pairing.pairs:
        for ends in {(teams[a], teams[b]), (teams[b], teams[a])}:
            expected[ends] = expected.get(ends, 0) + 1
    assert numbers(ax) == expected


def test_the_table_of_teams_says_how_many_have_no_partner(ax: Axes) -> None:
    study = harbour()
    teams = study.survey.people["team"]
    plot_teams(study.graph, study.pairing, teams, ax=ax)
    paired = {person for pair in study.pairing.pairs for person in pair}
    left = [text.get_text() for text in ax.texts if " of " in text.get_text()]
    assert len(left) == teams.nunique()
    assert sum(int(text.split(" of ")[0]) for text in left) == len(teams.dropna().index.difference(list(paired)))
    assert sum(int(text.split(" of ")[1]) for text in left) == teams.notna().sum()


def test_teams_that_hear_each_other_stand_side_by_side() -> None:
    graph = nx.MultiDiGraph(contact=("works_with",), layers=("works_with",))
    graph.graph |= pn.colleague_graph(pn.load_aarhus()).graph | {"contact": ("lunch",)}
    people = [f"{team}{k}" for team in "abcd" for k in range(3)]
    graph.add_nodes_from(people)
    for one, other in (("a", "c"), ("b", "d")):
        graph.add_edges_from((f"{one}{k}", f"{other}{k}", "lunch", {"rating": 1.0}) for k in range(3))
    share, names = contact_of_teams(graph, pd.Series([person[0] for person in people], index=people))
    assert abs(names.index("a") - names.index("c")) == abs(names.index("b") - names.index("d")) == 1
    assert share[names.index("a"), names.index("c")] == pytest.approx(3 / 9)
    assert share[names.index("a"), names.index("b")] == 0


def test_without_teams_there_is_no_table(ax: Axes) -> None:
    with pytest.raises(SettingError, match="Nobody has a team"):
        plot_teams(aarhus().graph, aarhus().pairing, aarhus().survey.people["team"], ax=ax)
