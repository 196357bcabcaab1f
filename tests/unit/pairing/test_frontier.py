"""The frontier runs from the closest pairing to the one that brings most, and says what each step costs."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import InfeasibleError, SettingError
from tests.made.surveys import both_ways, survey_of


def scored(rows, trust=None, team=None, **settings):
    """People by their answers to experience_1 and perspective_1, everyone trusting everyone."""
    answers = {p: {"experience_1": e, "perspective_1": v, "goal_1": 3} for p, (e, v) in rows.items()}
    everyone = list(rows)
    trust = trust or [(a, b) for k, a in enumerate(everyone) for b in everyone[:k]]
    survey = survey_of(answers, {"works_with": [], "trust": both_ways(*trust)}, team=team)
    return pn.score_pairs(survey, pn.colleague_graph(survey), scale=0.5, **settings)


FOUR = {"a": (1, 1), "b": (1, 2), "c": (5, 3), "d": (5, 5)}


@pytest.fixture(scope="module")
def scores():
    survey = pn.load_aarhus()
    return pn.score_pairs(survey, pn.colleague_graph(survey))


@pytest.fixture(scope="module")
def frontier(scores):
    return pn.pairing_frontier(scores, progress=False)


def test_runs_from_the_closest_to_the_most_different():
    frontier = pn.pairing_frontier(scored(FOUR), progress=False)
    assert frontier.pairs(0) == [("a", "b"), ("c", "d")]
    assert ("a", "b") not in frontier.pairs(len(frontier.table) - 1)
    ends = frontier.table.iloc[[0, -1]]
    assert ends["apart"].tolist() == [0, 1]
    assert ends["closeness"].tolist() == [2, 0]


def test_the_end_that_brings_most_is_the_best_pairing_with_the_gate_open(scores, frontier):
    best = pn.pair_people(scores.without("experience"))
    assert frontier.table["value"].iloc[-1] == pytest.approx(best.objective)


def test_a_curve_without_the_prices_of_other_gates_is_the_same_curve(scores, frontier):
    alone = pn.pairing_frontier(scores, prices=False, progress=False)
    others = [column for column in frontier.table if column.startswith("price_")]
    assert others == ["price_foundation"]
    pd.testing.assert_frame_equal(alone.table, frontier.table.drop(columns=others))
    pd.testing.assert_series_equal(alone.proposed, frontier.proposed)


def test_totals_are_those_of_the_pairs(scores, frontier):
    opened = scores.without("experience")
    for point, row in frontier.table.iterrows():
        table = opened.to_frame(frontier.pairs(point))
        assert (table["blocked"] == "").all()
        assert len(table) == row["pairs"]
        assert table["value"].sum() == pytest.approx(row["value"])
        assert (1 - table["experience"]).sum() == pytest.approx(row["closeness"])
        assert table["experience"].mean() == pytest.approx(row["apart"])


def test_the_price_of_closeness_falls_along_the_hull(frontier):
    supported = frontier.table[frontier.table["kind"] == "supported"]
    assert (supported["price"].dropna().diff().dropna() <= 1e-9).all()
    assert frontier.complete


def test_the_knee_is_farthest_from_the_straight_line(frontier):
    table = frontier.table
    along = (table["closeness"] - table["closeness"].iloc[-1]) / np.ptp(table["closeness"])
    far = along + (table["value"] - table["value"].iloc[0]) / np.ptp(table["value"])
    assert frontier.knee == far.idxmax()


def test_without_a_corner_there_is_no_knee():
    frontier = pn.pairing_frontier(scored({"a": (1, 1), "b": (1, 5)}), progress=False)
    assert len(frontier.table) == 1
    assert frontier.knee is None


def test_a_gate_costs_what_as_much_closeness_brings_more_once_it_is_open(scores, frontier):
    opened = pn.pairing_frontier(scores.without("foundation"), progress=False).table
    for _, point in frontier.table.iterrows():
        value = np.interp(point["closeness"], opened["closeness"][::-1], opened["value"][::-1])
        assert point["price_foundation"] == pytest.approx(max(0.0, value - point["value"]))
    assert (frontier.table["price_foundation"] > 0).all()
    alone = pn.gate_prices(scores.without("experience")).loc["foundation open", "price"]
    assert frontier.table["price_foundation"].iloc[-1] <= alone + 1e-9, "as much closeness is asked of the others too"


def test_tells_where_the_pairing_within_the_gate_lies(scores, frontier):
    pairing = pn.pair_people(scores)
    assert frontier.proposed["value"] == pytest.approx(pairing.objective)
    assert frontier.proposed["lost"] >= 0


def test_foundation_counts_mutual_trust_in_full_and_introductions_by_half(scores):
    frontier = pn.pairing_frontier(scores, against="foundation", progress=False)
    for point, row in frontier.table.iterrows():
        states = scores.to_frame(frontier.pairs(point))["foundation"]
        assert row["closeness"] == (states == "mutual").sum() + 0.5 * (states == "introduced").sum()
    assert {"price_experience"} <= set(frontier.table)
    assert "price_foundation" not in frontier.table


def test_the_band_on_perspective_has_its_price_too():
    rows = {"a": (1, 1), "b": (1, 4), "c": (5, 2), "d": (5, 5)}
    without, idle, tight = (pn.pairing_frontier(scored(rows, band=b), progress=False) for b in (None, (0, 1), (0, 0.5)))
    assert "price_band" not in without.table
    assert (idle.table["price_band"] == 0).all()
    lost = without.table["value"].iloc[-1] - tight.table["value"].iloc[-1]
    assert lost > 0
    assert tight.table["price_band"].iloc[-1] == pytest.approx(lost), "nobody is closer than a with b and c with d"


TEAMS = {"a": "Dock", "b": "Dock", "c": "Yard", "d": "Yard"}


def test_limits_on_the_number_of_pairs_hold_all_along():
    across = pn.Rules([pn.Rule("at least across", column="team", number=2)])
    frontier = pn.pairing_frontier(scored(FOUR, team=TEAMS).under(across), progress=False)
    assert all(TEAMS[a] != TEAMS[b] for k in frontier.table.index for a, b in frontier.pairs(k))
    assert frontier.table["closeness"].max() < 2, "the closest pairing is one within the teams"


def test_a_limit_with_a_price_is_paid_for_in_value():
    scores = scored(FOUR, team=TEAMS)
    priced = pn.Rules([pn.Rule("at most across", column="team", number=1, price=0.125)])
    free, paid = (pn.pairing_frontier(s, progress=False).table for s in (scores, scores.under(priced)))
    assert paid["value"].iloc[-1] == pytest.approx(free["value"].iloc[-1] - 0.125)
    assert paid["value"].iloc[0] == pytest.approx(free["value"].iloc[0]), "nothing is across there"


def test_required_pairs_are_made_all_along():
    rules = pn.Rules([pn.Rule("required", "a", "c")])
    frontier = pn.pairing_frontier(scored(FOUR, experience=None).under(rules), progress=False)
    assert all(("a", "c") in frontier.pairs(k) for k in frontier.table.index)


def test_rules_that_only_the_open_gate_lets_be_kept_leave_nothing_to_propose():
    rules = pn.Rules([pn.Rule("at least across", column="team", number=1)])
    frontier = pn.pairing_frontier(scored(FOUR, team=TEAMS, experience=0.1).under(rules), progress=False)
    assert frontier.proposed.isna().all()
    assert len(frontier.table)
    labels = [text.get_text() for text in pn.plots.plot_frontier(frontier).get_legend().get_texts()]
    assert "best with the experience gate" not in labels


def test_rules_nobody_can_keep_are_refused():
    rules = pn.Rules([pn.Rule("at least across", column="team", number=3)])
    with pytest.raises(InfeasibleError, match="no pairing has more than 2 such pairs, 1 too few"):
        pn.pairing_frontier(scored(FOUR, team=TEAMS).under(rules), progress=False)


def test_a_required_pair_of_unknown_closeness_is_refused():
    answers = FOUR | {"d": (np.nan, 5)}
    rules = pn.Rules([pn.Rule("required", "a", "d")])
    with pytest.raises(InfeasibleError, match="'a' and 'd' are required, but how close they are in experience is not"):
        pn.pairing_frontier(scored(answers, experience=None).under(rules), progress=False)


def test_prices_of_rules_cannot_be_summed_with_distances():
    rules = pn.Rules([pn.Rule("not within", column="team", price=0.1)])
    with pytest.raises(SettingError, match=r"the two cannot be summed.*those with one: not within team"):
        pn.pairing_frontier(scored(FOUR, team=TEAMS).under(rules), objective="perspective")


def test_another_objective_is_the_difference_itself():
    frontier = pn.pairing_frontier(scored(FOUR), objective="perspective", progress=False)
    assert frontier.table["value"].iloc[-1] == pytest.approx(1.0 + 0.25)


def test_a_short_search_says_that_more_may_lie_between(scores, frontier):
    short = pn.pairing_frontier(scores, points=3, progress=False)
    assert len(short.table) <= 3
    assert not short.complete
    assert short.table["above"].max() > 0
    for _, row in frontier.table.iterrows():
        curve = np.interp(row["closeness"], short.table["closeness"][::-1], short.table["value"][::-1])
        assert row["value"] <= curve + short.table["above"].max() + 1e-9


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"against": "trust"}, "against must be one of 'experience', 'goals', 'foundation'; got 'trust'."),
        ({"objective": "gain"}, "objective must be one of 'value', 'perspective'; got 'gain'."),
        ({"points": 1}, "points must be at least 2, the two ends, or None; got 1."),
        ({"against": "goals"}, "The survey asks nothing about goals, so there is no closeness in it."),
    ],
)
def test_settings_outside_what_is_allowed_are_refused(scores, setting, message):
    with pytest.raises(SettingError) as error:
        pn.pairing_frontier(scores, **setting)
    assert str(error.value) == message


def test_nothing_possible_is_refused():
    with pytest.raises(SettingError, match="No pair is possible whose experience is known"):
        pn.pairing_frontier(scored({"a": (1, 1), "b": (1, 5), "c": (3, 3)}, [("a", "b")], foundation=()))


def test_an_unknown_point_is_named(frontier):
    with pytest.raises(SettingError, match=r"point must be from 0 to \d+; got 99"):
        frontier.pairs(99)


def test_repr(frontier):
    assert repr(frontier) == (
        f"<PairingFrontier: {len(frontier.table)} pairings from closest in experience to most value, "
        f"knee at {frontier.knee}>"
    )
