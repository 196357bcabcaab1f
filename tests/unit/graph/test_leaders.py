"""Teams, their leaders, and what is left without them."""

from operator import eq, lt

import networkx as nx
import numpy as np
import pytest

import peernet as pn
from peernet.errors import SettingError, UnknownPersonError
from peernet.graph.teams import teams_of
from tests.made.surveys import both_ways, survey_of

NAMES = [f"p{i}" for i in range(12)]
PEOPLE = {name: {"perspective_1": i % 5 + 1} for i, name in enumerate(NAMES)}
TEAM = {name: "Dock" if i < 6 else "Yard" for i, name in enumerate(NAMES)}
MANAGER = {name: "p0" if i < 6 else "p6" for i, name in enumerate(NAMES) if i not in (0, 6)}
TIES = {"candour": [*both_ways(("p1", "p2"), ("p2", "p3"), ("p0", "p1"), ("p0", "p4"), ("p4", "p5")), ("p7", "p6")]}


def made(**kws):
    return survey_of(PEOPLE, kws.pop("ties", TIES), **{"team": TEAM, "manager": MANAGER, **kws})


def independence(survey=None, **kws):
    survey = survey or made()
    return pn.graph.leader_independence(survey, pn.colleague_graph(survey), **kws)


def of(found, team="Dock", rule="mutual"):
    return found.table.set_index(["team", "rule"]).loc[(team, rule)]


def test_a_team_is_led_by_whoever_most_of_it_report_to():
    teams = teams_of(made(manager=MANAGER | {"p0": "p6", "p5": "p6"}))
    assert [(team.name, NAMES[team.leader], len(team.members)) for team in teams] == [
        ("Dock", "p0", 5),
        ("Yard", "p6", 5),
    ]


def test_a_leader_may_sit_outside_the_team():
    teams = teams_of(made(manager=dict.fromkeys(NAMES[1:6], "p11")))
    assert [(team.name, NAMES[team.leader], len(team.members)) for team in teams] == [("Dock", "p11", 6)]


def test_of_two_leaders_with_as_many_reports_the_one_in_the_team_leads_it():
    halves = dict.fromkeys(NAMES[1:3], "p11") | dict.fromkeys(NAMES[3:5], "p5")
    assert NAMES[teams_of(made(manager=halves))[0].leader] == "p5"


def test_people_without_a_team_are_in_none():
    teams = teams_of(made(team={name: TEAM[name] for name in NAMES[1:]}))
    assert [len(team.members) for team in teams] == [5, 5]
    assert NAMES[teams[0].leader] == "p0", "who leads the team from outside"


def test_teams_can_be_formed_by_manager_where_none_are_named():
    teams = teams_of(made(team={}))
    assert [(team.name, len(team.members)) for team in teams] == [("p0", 5), ("p6", 5)]


def test_shares_are_counted_among_members():
    dock = of(independence())
    assert dock["people"] == 6
    assert dock[["peers", "leader", "largest"]].tolist() == [1, 2 / 5, 3 / 5]
    assert dock["density"] == 6 / 20
    assert dock["leader_share"] == pytest.approx(2 / 8)
    assert dock["cut"]


def test_whom_the_leader_alone_holds_together_is_told():
    """p4 and p5 reach p1, p2 and p3 through p0 alone; nobody else's leaving cuts off as many."""
    dock = of(independence())
    assert dock[["parts", "cut_off", "cut_off_others"]].tolist() == [2, 2, 2]
    assert 0.05 < dock["cut_off_p"] < 1
    assert not dock["hangs"]


def test_a_team_without_ties_to_its_leader_loses_nobody():
    dock = of(independence(made(ties={"candour": both_ways(("p1", "p2"), ("p3", "p4"))})))
    assert dock[["parts", "cut_off", "cut_off_p"]].tolist() == [0, 0, 1]
    assert not dock["hangs"]


def test_teams_under_the_floor_are_not_shown_but_counted():
    found = independence(made(silent={"candour": ["p1"]}))
    assert found.table["team"].unique().tolist() == ["Yard"]
    assert found.hidden == 1
    assert repr(found) == "<LeaderIndependence: 1 team by ties of candour, 1 too small to show>"


def test_members_who_did_not_answer_are_left_out_and_counted():
    dock = of(independence(made(silent={"candour": ["p5"]}), floor=4))
    assert dock[["people", "silent"]].tolist() == [5, 1]
    assert dock["peers"] == 3 / 4


def test_what_hangs_on_mutual_ties_with_a_silent_leader_is_missing():
    found = independence(made(silent={"candour": ["p0"]}))
    hanging = ["leader", "efficiency", "kept", "percentile", "largest_percentile", "largest_kept_others", "cut_off"]
    assert np.isnan(of(found)[hanging].astype(float)).all()
    assert of(found)[["cut", "hangs"]].isna().all()
    assert of(found)["largest"] == 3 / 5
    assert not np.isnan(of(found, rule="either")["kept"])


def test_the_percentile_has_an_interval_that_a_team_of_six_leaves_wide():
    dock = of(independence())
    assert dock["percentile_low"] < dock["percentile"] < dock["percentile_high"] or dock["percentile"] in (0, 1)
    assert dock["percentile_high"] - dock["percentile_low"] > 0.3


def test_the_largest_part_without_the_leader_is_held_against_that_without_each_member():
    dock = of(independence())
    names = [f"p{i}" for i in range(6)]
    ties = nx.Graph(tie for tie in TIES["candour"] if set(tie) <= set(names))
    parts = {gone: max(map(len, nx.connected_components(ties.subgraph(set(names) - {gone})))) / 5 for gone in names}
    assert dock["largest"] == parts["p0"]
    assert dock["largest_kept_others"] == pytest.approx(np.mean([parts[name] for name in names[1:]]))
    less, same = (sum(test(parts[name], parts["p0"]) for name in names[1:]) for test in (lt, eq))
    assert dock["largest_percentile"] == (less + same / 2) / 5


def test_perspectives_in_reach_are_counted_with_and_without_the_leader():
    """p4 hears only the leader and p3; whoever is heard by nobody is not missed."""
    ties = TIES | {"works_with": [("p4", "p0"), ("p4", "p3")]}
    survey = made(ties=ties)
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), experience=None, goals=None)
    dock = of(independence(survey, scores=scores), rule="either")
    reach = scores.reach
    whole = sum(reach.exposure[1:6])
    pair = scores.perspective.block(np.array([4, 3]), np.array([4, 3]))
    left = whole - reach.exposure[4] + pn.diversity.effective_perspectives(pair, scale=reach.scale)
    assert dock["reach"] == pytest.approx(whole / 5)
    assert dock["reach_kept"] == pytest.approx(left / whole)
    assert dock["reach_kept"] < 1


def test_a_pair_widens_the_members_reach():
    survey = made(ties=TIES | {"works_with": []})
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), experience=None, goals=None)
    table = independence(survey, scores=scores, pairing=[("p1", "p9")]).table
    dock = table[(table["team"] == "Dock") & (table["rule"] == "mutual")].set_index("when")["reach"]
    gained = scores.reach.exposure_with(1, [9]) - scores.reach.exposure[1]
    assert dock["with pairs"] - dock["now"] == pytest.approx(gained / 5)


def test_candour_counts_by_default_and_trust_where_nobody_was_asked_for_candour():
    assert independence().layer == "candour"
    assert independence(made(ties={"works_with": [], "trust": both_ways(("p1", "p2"))})).layer == "trust"


@pytest.mark.parametrize(
    ("kws", "message"),
    [
        ({"layer": "canduor"}, "No tie layer 'canduor'; the graph has candour. Did you mean 'candour'?"),
        ({"rules": ["both"]}, "rule must be one of 'sent', 'mutual', 'min', 'either', 'mean'; got 'both'."),
        ({"by": "floor"}, "by must be one of 'team', 'manager'; got 'floor'."),
        ({"floor": 0}, "floor must be at least 1; got 0."),
    ],
)
def test_unknown_settings_are_refused(kws, message):
    with pytest.raises(SettingError) as caught:
        independence(**kws)
    assert str(caught.value) == message


def test_a_survey_without_managers_has_no_leaders():
    with pytest.raises(SettingError, match="Nobody's manager is known, so no team has a leader"):
        independence(made(manager={}))


def test_a_pair_with_a_stranger_is_refused():
    with pytest.raises(UnknownPersonError, match="No person 'zed' in the graph"):
        independence(pairing=[("p1", "zed")])


def test_a_quick_look_shows_no_bar_and_a_bar_can_be_turned_off(capsys, monkeypatch):
    independence()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("peernet._parallel.PATIENCE", 0.0)
    independence()
    assert "teams without their leaders" in capsys.readouterr().err
    independence(progress=False)
    assert capsys.readouterr().err == ""


def test_if_every_team_is_too_small_nothing_is_shown():
    found = independence(floor=50)
    assert found.table.empty
    assert found.hidden == 2
