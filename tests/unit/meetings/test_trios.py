"""Odd people join a pair where that is worth most, and the choice is proven or comes with its gap."""

from dataclasses import replace
from itertools import combinations
from unittest.mock import patch

import pytest

import peernet as pn
import peernet.meetings.planner
from peernet.errors import SettingError
from tests.made.meetings import scored


def test_three_people_meet_as_a_trio():
    found = pn.pair_with_trios(scored({"a": 1, "b": 5, "c": 3}))
    assert found.trios == [("a", "b", "c")]
    assert found.table["trio"].all()
    assert found.proven


def test_a_trio_counts_half_the_sum_of_its_gains():
    scores = scored({"a": 1, "b": 5, "c": 3})
    gains = sum(scores.reach.exposure_with(i, {0, 1, 2} - {i}) - scores.reach.exposure[i] for i in range(3))
    assert pn.pair_with_trios(scores).objective == pytest.approx(gains / 2)


def test_all_three_pairs_of_a_trio_must_pass_every_gate():
    found = pn.pair_with_trios(scored({"a": 1, "b": 5, "c": 3}, [("a", "b"), ("b", "c")]))
    assert found.trios == []
    assert found.unpaired["reason"].tolist() == ["left over"]


def test_without_trios_it_is_the_pairing():
    scores = scored({"a": 1, "b": 5, "c": 3})
    assert pn.pair_with_trios(scores, trios=0).pairs == pn.pair_people(scores).pairs


def test_a_trio_is_made_only_where_it_is_worth_more():
    """Two pairs among four bring more than a trio that leaves one out."""
    scores = scored({"a": 1, "b": 5, "c": 1, "d": 5})
    assert pn.pair_with_trios(scores, cardinality="max").trios == []


def test_nobody_who_is_unwilling_is_in_a_trio():
    scores = scored({"a": 1, "b": 5, "c": 3, "d": 2, "e": 4})
    assert all("b" not in trio for trio in pn.pair_with_trios(scores, willing=list("acde")).trios)


def test_earlier_rounds_count_as_met_and_heard():
    scores = scored({"a": 1, "b": 5, "c": 3})
    assert pn.pair_with_trios(scores, earlier=[[("a", "b")]]).trios == []


def test_more_trios_take_in_more_people():
    trust = [*combinations("abc", 2), *combinations("def", 2)]
    scores = scored(dict(zip("abcdef", (1, 5, 3, 1, 5, 3), strict=True)), trust)
    one, two = (pn.pair_with_trios(scores, trios=count) for count in (1, 2))
    assert (len(one.unpaired), len(two.unpaired)) == (1, 0)
    assert two.trios == [("a", "b", "c"), ("d", "e", "f")]
    assert two.objective <= two.bound + 1e-9


def test_nobody_is_in_two_trios_at_once():
    """Everybody has room for two, and a bridges two cliques of three."""
    trust = [*combinations("abc", 2), *combinations("ade", 2)]
    scores = scored(dict(zip("abcde", (1, 5, 3, 4, 2), strict=True)), trust, capacity=dict.fromkeys("abcde", 2))
    found = pn.pair_with_trios(scores, trios=2)
    assert len(found.trios) <= 1
    assert found.check().empty


def test_it_reads_well():
    found = pn.pair_with_trios(scored({"a": 1, "b": 5, "c": 3}))
    assert repr(found) == (
        "<TrioPairing: 1 group, 1 trio, 0 people without a partner, "
        f"total value {found.objective:.3f} (proven optimal)>"
    )
    assert "<table" in found._repr_html_()
    assert len(found) == 1


def test_where_the_search_stops_early_the_gap_says_so():
    survey = pn.load_example()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    with patch.object(peernet.meetings.planner, "MOST_SOLVED", 0):
        stopped = pn.pair_with_trios(scores)
    best = pn.pair_with_trios(scores)
    assert not stopped.proven
    assert stopped.objective < best.objective <= stopped.bound
    assert f"(at most {stopped.gap:.1%} below the best)" in repr(stopped)


@pytest.mark.parametrize(
    ("tampered", "rule"),
    [
        (lambda p: replace(p, objective=p.objective + 1), "objective"),
        (lambda p: replace(p, bound=p.objective - 1), "bound"),
        (lambda p: replace(p, table=p.table.assign(gain_a=0.0)), "gain_a"),
    ],
)
def test_check_finds_what_was_tampered_with(tampered, rule):
    found = pn.pair_with_trios(scored({"a": 1, "b": 5, "c": 3}))
    assert found.check().empty
    assert rule in set(tampered(found).check()["rule"])


@pytest.mark.parametrize("settings", [{"trios": -1}, {"cardinality": "all"}])
def test_settings_outside_what_is_allowed_are_named(settings):
    with pytest.raises(SettingError, match=next(iter(settings))):
        pn.pair_with_trios(scored({"a": 1, "b": 5}), **settings)
