"""Before pairing: who cannot be paired and what would help, and the smallest change that satisfies every rule."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import RulesError, UnknownPersonError
from peernet.pairing import obstacles
from tests.made.surveys import both_ways, survey_of


def scored(people, trust, **facts):
    """People by (experience, goal, perspective) answers."""
    answers = {
        name: dict(zip(("experience_1", "goal_1", "perspective_1"), said, strict=True)) for name, said in people.items()
    }
    survey = survey_of(answers, {"works_with": facts.pop("works_with", []), "trust": both_ways(*trust)}, **facts)
    return pn.score_pairs(survey, pn.colleague_graph(survey), foundation=("mutual",))


ALIKE = {"a": (3, 3, 1), "b": (3, 3, 5), "c": (3, 3, 2), "d": (3, 3, 4)}
CHAIN = [("a", "b"), ("b", "c"), ("c", "d")]


def rows(table):
    return table.to_numpy().tolist()


def test_where_everybody_can_be_paired_there_is_nothing_to_tell():
    found = pn.feasibility(scored(ALIKE, CHAIN))
    assert found.people.empty
    assert found.changes.empty
    assert found.feasible
    assert repr(found) == "<Feasibility: 0 people cannot be paired; every rule can be kept>"


def test_the_gate_that_alone_would_give_somebody_a_partner_is_named_with_their_number():
    people = {"a": (1, 3, 1), "b": (5, 3, 5), "c": (5, 3, 2), "d": (5, 3, 3)}
    found = pn.feasibility(scored(people, [("a", "b"), ("a", "c"), ("b", "d")]))
    assert rows(found.people)[0] == ["a", "no possible partner", "experience: 2", ""]
    assert found.people["person"].tolist() == ["a", "c"]


def test_where_no_gate_alone_would_help_the_fewest_together_are_named():
    people = {"a": (1, 1, 1), "b": (5, 5, 5), "c": (5, 5, 2)}
    found = pn.feasibility(scored(people, [("a", "b"), ("b", "c")]))
    assert rows(found.people) == [["a", "no possible partner", "", "experience and goals: 1"]]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"opted_out": ["a"]}, "opted out"),
        ({"capacity": {"a": 0}}, "wants no partner"),
        ({"never_with": {"a": ["b"]}}, "no possible partner"),
        ({"manager": {"a": "b"}}, "no possible partner"),
    ],
)
def test_what_people_want_and_what_always_stands_is_never_offered_for_opening(facts, reason):
    found = pn.feasibility(scored({"a": (3, 3, 1), "b": (3, 3, 5)}, [("a", "b")], **facts))
    assert rows(found.people)[0] == ["a", reason, "", ""]


def test_nobody_learns_who_vetoed_or_did_not_trust_whom():
    """A veto, a manager and refused trust look the same: nothing would help, and a required pair is dropped."""
    people = {"a": (3, 3, 1), "b": (3, 3, 5)}
    ways = [{"never_with": {"b": ["a"]}}, {"manager": {"b": "a"}}]
    told = [pn.feasibility(scored(people, [("a", "b")], **facts), required=[("a", "b")]) for facts in ways]
    told.append(pn.feasibility(scored(people, [], works_with=[("a", "b")]), required=[("a", "b")]))
    assert len({one.changes.to_csv() for one in told}) == 1
    assert len({one.people.to_csv() for one in told}) == 1
    assert rows(told[0].changes) == [["required", "a and b", "do not require this pair", 1]]


def test_somebody_who_answered_too_little_is_told_so_instead_of_nothing():
    people = {"a": (3, np.nan, 1), "b": (3, 3, 5), "c": (3, 3, 2)}
    scores = scored(people, [("a", "b"), ("b", "c")])
    assert rows(pn.feasibility(scores).people) == [["a", "too few answers about goals", "", ""]]
    unpaired = pn.pair_people(scores).unpaired.set_index("person")
    assert unpaired.loc["a", "detail"].endswith("; too few answers about goals")
    assert "too few" not in pn.pair_people(scores.without("goals"), cardinality="max").unpaired["detail"].str.cat()


def test_a_programme_rule_is_named_as_what_would_help():
    rules = pn.Rules([pn.Rule("met", "a", "b"), pn.Rule("not within", column="team")])
    scores = scored(ALIKE, CHAIN, team={"c": "Dock", "d": "Dock"})
    found = pn.feasibility(scores, rules)
    assert rows(found.people) == [
        ["a", "no possible partner", "foundation: 2, met before: 1", ""],
        ["d", "no possible partner", "foundation: 2, same group: 1", ""],
    ]


def test_a_required_pair_behind_a_gate_is_let_through_or_dropped():
    people = {"a": (1, 3, 1), "b": (5, 3, 5), "c": (5, 3, 2)}
    found = pn.feasibility(scored(people, [("a", "b"), ("b", "c")]), required=[("b", "a")])
    assert rows(found.changes) == [["experience", "a and b", "open it for this pair", 1]]
    assert found.proven
    assert "1 change would do (proven fewest)" in repr(found)


def test_two_required_partners_ask_for_room_for_two():
    found = pn.feasibility(scored(ALIKE, CHAIN), required=[("a", "b"), ("c", "b")])
    assert rows(found.changes) == [["capacity", "b", "room for 2 partners instead of 1", 1]]


def test_a_limit_out_of_reach_is_told_how_far_it_must_come():
    site = {"site": pd.Series(dict.fromkeys("abcd", "Oslo"))}
    rules = pn.Rules([pn.Rule("at least across", column="site", number=2)], site)
    found = pn.feasibility(scored(ALIKE, CHAIN), rules)
    assert rows(found.changes) == [["at least across 2 site", "everyone", "0 pairs instead of 2", 2]]
    assert found.least == 2


def test_everyone_with_a_partner_may_need_somebody_to_rest_or_to_meet_first():
    odd = {name: said for name, said in ALIKE.items() if name != "d"}
    found = pn.feasibility(scored(odd, [("a", "b"), ("b", "c")]), everyone=True)
    assert len(found.changes) == 1
    four = {"a": (3, 3, 1), "b": (3, 3, 5), "c": (3, 3, 2), "d": (3, 3, 4)}
    found = pn.feasibility(scored(four, [("a", "b")]), everyone=True)
    assert rows(found.changes) == [
        ["foundation", "c and d", "let them meet first, nobody is known to vouch for both", 1]
    ]


def test_a_floor_is_a_gate_like_any_other():
    scores = scored(ALIKE, CHAIN)
    gain = scores.pair("a", "b")["gain_a"]
    found = pn.feasibility(scores, floor=gain + 0.01)
    assert set(found.people["opens"]) <= {"floor: 1", "floor: 2"}
    assert len(found.people) == 4


def test_changes_that_are_made_let_a_pairing_keep_every_rule():
    scores = scored(ALIKE, CHAIN)
    asked = [("a", "b"), ("c", "b")]
    more = pn.Rules([pn.Rule("capacity", "b", number=2)])
    assert pn.feasibility(scores, more, required=asked).feasible
    assert pn.pair_people(scores, rules=more, required=asked).pairs == [("a", "b"), ("b", "c")]


def test_strangers_are_named():
    with pytest.raises(UnknownPersonError, match="No person 'zed'"):
        pn.feasibility(scored(ALIKE, CHAIN), required=[("a", "zed")])
    with pytest.raises(RulesError, match="No person 'zed'"):
        pn.feasibility(scored(ALIKE, CHAIN), pn.Rules([pn.Rule("forbidden", "a", "zed")]))


def test_in_a_large_pool_the_fewest_changes_are_not_called_proven(monkeypatch):
    monkeypatch.setattr(obstacles, "ALL_PAIRS", 3)
    found = pn.feasibility(scored(ALIKE, CHAIN), required=[("a", "b"), ("c", "b"), ("b", "d")])
    assert found.changes["count"].sum() == 2  # room for two, and the third not required
    assert not found.proven
    assert "2 changes would do (at least 1 needed)" in repr(found)
    assert pn.feasibility(scored(ALIKE, CHAIN), required=[("a", "b")]).feasible


@pytest.mark.parametrize("complete", [True, False])
def test_among_many_people_a_list_of_pairs_gives_a_cover_as_cheap_as_a_table(monkeypatch, complete):
    survey = pn.load_example()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    if not complete:
        monkeypatch.setattr(obstacles, "ALL_PAIRS", 3)
    demands, whole = obstacles._demands(scores, [], everyone=True, rest=False)
    assert whole == complete
    several = replace(demands, capacity=np.where(np.arange(len(scores)) % 7 == 0, 2, 1) * (demands.capacity > 0))
    for some in (demands, several):
        costs = []
        for room in (10**9, 1_000):
            monkeypatch.setattr(obstacles, "CELLS_AT_ONCE", room)
            changes, number = obstacles.asked_for(some, obstacles.cheapest_cover(some))
            costs.append((number, sorted(change.kind for change in changes)))
        assert costs[0] == costs[1]
        assert costs[0][0] > 0


def test_it_shows_itself_in_a_notebook_with_names_made_safe():
    people = {"<b>": (3, 3, 1), "b": (3, 3, 5)}
    shown = pn.feasibility(scored(people, []))._repr_html_()
    assert "&lt;b&gt;" in shown
    assert "<b>" not in shown
