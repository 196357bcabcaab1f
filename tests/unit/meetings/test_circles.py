"""Peer circles: foundation inside, nobody left out where possible, and a bound on what circles could be worth."""

from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace
from unittest.mock import patch

import pandas as pd
import pytest

import peernet as pn
from peernet.errors import SettingError
from peernet.meetings import circle_search
from tests.made.meetings import scored

EIGHT = dict(zip("abcdefgh", (1, 5, 3, 2, 1, 5, 3, 4), strict=True))


def formed(scores, **settings):
    return pn.form_circles(scores, progress=False, **settings)


@pytest.fixture(scope="module")
def example():
    survey = pn.load_example()
    return pn.score_pairs(survey, pn.colleague_graph(survey))


@pytest.fixture(scope="module")
def circles_of_four(example):
    """The best circles of the example."""
    return formed(example, size=4)


@pytest.mark.parametrize(("people", "sizes"), [(8, [4, 4]), (7, [3, 4]), (5, [5]), (6, [3, 3]), (3, [3])])
def test_circles_have_one_more_or_less_so_that_nobody_is_left_out(people, sizes):
    circles = formed(scored(dict([*EIGHT.items()][:people])), size=4)
    assert sorted(circles.table["size"]) == sizes
    assert circles.unplaced.empty


def test_a_circle_spreads_its_people_over_what_they_think():
    """Four of each mind: everybody hears the other one."""
    circles = formed(scored(dict(zip("abcdefgh", [1] * 4 + [5] * 4, strict=True))), size=4)
    for members in circles.table["members"].str.split(", "):
        assert 0 < sum(person in "abcd" for person in members) < 4


def test_every_two_people_of_a_circle_pass_the_gates(example, circles_of_four):
    assert (example.to_frame(circles_of_four.pairs)["blocked"] == "").all()
    assert (circles_of_four.table["passing"] == 1).all()


def test_the_value_is_what_members_gain_together_half_of_it():
    circles = formed(scored(EIGHT), size=4)
    assert circles.objective == pytest.approx(circles.members["gain"].sum() / 2)


def test_the_gain_of_a_member_is_that_of_hearing_all_the_others():
    scores = scored({"a": 1, "b": 5, "c": 3})
    circles = formed(scores, size=3)
    expected = scores.reach.exposure_with(0, [1, 2]) - scores.reach.exposure[0]
    assert circles.members.set_index("person").loc["a", "gain"] == pytest.approx(expected)


def test_with_a_looser_foundation_a_chain_of_trust_is_enough():
    scores = scored({"a": 1, "b": 5, "c": 3}, [("a", "b"), ("b", "c")])
    assert formed(scores, size=3).table["size"].tolist() == [2]
    loose = formed(scores, size=3, passing=0.6)
    assert loose.table["size"].tolist() == [3]
    assert loose.table["passing"].tolist() == [pytest.approx(2 / 3)]


def test_nobody_is_put_together_with_somebody_they_ruled_out():
    chain = scored({"a": 1, "b": 5, "c": 3}, [("a", "b"), ("b", "c")], never_with={"a": ["c"]})
    assert formed(chain, size=3, passing=0.5).table["size"].tolist() == [2]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"opted_out": ["d"]}, "opted out"),
        ({"capacity": {"d": 0}}, "wants no partner"),
        ({"trust": [("a", "b"), ("a", "c"), ("b", "c")]}, "no possible partner"),
        ({"trust": [("a", "b"), ("a", "c"), ("b", "c"), ("c", "d")]}, "no possible circle"),
    ],
)
def test_everyone_left_out_is_told_why(facts, reason):
    trust = facts.pop("trust", None)
    circles = formed(scored({"a": 1, "b": 5, "c": 3, "d": 2}, trust, **facts), size=4)
    assert circles.unplaced[["person", "reason"]].to_numpy().tolist() == [["d", reason]]


def test_left_over_is_somebody_no_circle_has_room_for():
    """Two cliques of three share c: only one of them can be a circle."""
    trust = [*combinations("abc", 2), *combinations("cde", 2)]
    circles = formed(scored(dict(zip("abcde", (1, 5, 3, 1, 2), strict=True)), trust), size=4)
    assert circles.unplaced["reason"].tolist() == ["left over", "left over"]
    assert circles.unplaced["detail"].tolist() == ["no circle has room for them"] * 2


def test_the_search_comes_close_to_the_best(example, circles_of_four):
    exact, searched = circles_of_four, formed(example, size=4, exact=False)
    assert exact.exact
    assert not searched.exact
    assert exact.gap < 1e-6
    assert len(searched.members) >= 0.7 * len(exact.members)
    assert searched.objective <= searched.bound
    assert searched.check().empty


def test_where_the_time_is_too_short_the_bound_is_one_for_any_circles(example, circles_of_four):
    late = SimpleNamespace(x=None, mip_dual_bound=None, status=1)
    in_time, solved = circle_search._solved, []

    def first_only(*asked):
        solved.append(in_time(*asked) if not solved else late)
        return solved[-1]

    with patch.object(circle_search, "_solved", first_only):
        circles = formed(example, size=4)
    assert len(solved) == 2
    assert not circles.exact
    assert len(circles.members) == len(circles_of_four.members)
    assert circles.bound > circles_of_four.bound
    assert circles.check().empty


def test_moves_and_exchanges_leave_nothing_to_improve_among_people_of_two_minds():
    """All circles are searched for; two and two of each mind is the best, and it is found."""
    scores = scored(dict(zip("abcdefgh", [1] * 4 + [5] * 4, strict=True)))
    assert formed(scores, size=4, exact=False).objective == pytest.approx(formed(scores, size=4).objective)


@pytest.mark.parametrize("size", [3, 4])
def test_not_trying_again_what_has_not_changed_changes_nothing(size):
    """The slow twin forgets what was tried before; nobody placed, and people placed in some turns only, are in it."""
    survey = pn.make_survey(people=70, answered=60, teams=6, rng=3).read()
    some = pn.score_pairs(survey, pn.colleague_graph(survey))
    whole = pn.score_pairs(
        survey, pn.colleague_graph(survey), foundation=("mutual", "introduced", "unknown"), experience=None, goals=None
    )
    turns, plain = [], circle_search.climb

    def tried_again(*given):
        *_, turn, latest = given
        turns.append(turn)
        latest[:] = turn
        return plain(*given)

    for scores in (some, whole):
        found = formed(scores, size=size, exact=False)
        with patch.object(circle_search, "climb", tried_again):
            slow = formed(scores, size=size, exact=False)
        pd.testing.assert_frame_equal(found.members, slow.members)
        assert found.objective == slow.objective
    assert max(turns) > 2  # turns in which something could be left out


def test_the_order_of_rows_does_not_matter():
    one, two = (formed(scored(dict(order)), size=4, exact=False) for order in (EIGHT.items(), reversed(EIGHT.items())))
    pd.testing.assert_frame_equal(one.members, two.members)


def test_it_reads_well():
    circles = formed(scored({"a": 1, "b": 5, "c": 3}), size=3)
    assert repr(circles).startswith("<Circles: 1 circle, 3 people placed, 0 not, total value ")
    assert "<table" in circles._repr_html_()
    assert circles.pairs == [("a", "b"), ("a", "c"), ("b", "c")]
    assert circles.table["members"].tolist() == ["a, b, c"]
    assert circles.likely_bound >= circles.objective - 1e-9


def test_no_circle_is_a_correct_result():
    circles = formed(scored({"a": 1, "b": 5}, []), size=4)
    assert (len(circles), circles.objective, circles.gap) == (0, 0.0, 0.0)
    assert circles.check().empty


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"size": 2}, "size must be a whole number, 3 or more"),
        ({"passing": 0.0}, "passing must be a share above 0"),
        ({"time_limit": 0}, "time_limit must be a number"),
    ],
)
def test_settings_outside_what_is_allowed_are_named(settings, message):
    with pytest.raises(SettingError, match=message):
        formed(scored(EIGHT), **settings)


@pytest.mark.parametrize(
    ("tampered", "rule"),
    [
        (lambda c: replace(c, objective=c.objective + 1), "objective"),
        (lambda c: replace(c, bounds=(c.objective - 1, 0.0)), "bound"),
        (lambda c: replace(c, table=c.table.assign(value=0.0)), "value"),
        (lambda c: replace(c, members=c.members.assign(gain=0.0)), "gain"),
        (lambda c: replace(c, members=c.members.assign(circle=1)), "size"),
        (lambda c: replace(c, members=c.members.assign(person="a")), "once"),
        (lambda c: replace(c, scores=scored(EIGHT, [("a", "b")])), "foundation"),
    ],
)
def test_check_finds_what_was_tampered_with(tampered, rule):
    circles = formed(scored(EIGHT), size=4)
    assert circles.check().empty
    assert rule in set(tampered(circles).check()["rule"])
