"""What a bound proves of a total; what changes between two pairings, and what of it hangs together with some people."""

from dataclasses import dataclass

import pytest

from peernet.pairing.record import Bounded, difference, difference_around, moves, partners_of


@dataclass(frozen=True)
class Result(Bounded):
    objective: float
    bound: float


@pytest.mark.parametrize(
    ("result", "gap", "words"),
    [
        (Result(8.0, 8.0), 0, "proven optimal"),
        (Result(8.0, 8.0 + 1e-12), 0, "proven optimal"),
        (Result(8.0, 10.0), 0.2, "at most 20.0% below the best"),
        (Result(9.9999, 10.0), 0.00001, "at most 0.1% below the best"),
        (Result(-3.0, -2.0), 0.5, "at most 50.0% below the best"),
    ],
)
def test_the_gap_is_a_share_of_the_bound_and_no_proof_is_claimed_that_there_is_not(result, gap, words):
    assert result.gap == pytest.approx(gap, abs=1e-9)
    assert result.proof_in_words() == words


def test_totals_and_bounds_worked_out_anew_are_held_against_those_stated():
    result = Result(8.0, 10.0)
    assert [*result.broken_totals(8.0, 1e-9), *result.broken_bound(10.0, 1e-9)] == []
    assert [rule for rule, _, _ in result.broken_totals(11.0, 1e-9)] == ["objective", "bound"]
    assert [rule for rule, _, _ in result.broken_bound(10.1, 1e-9)] == ["bound"]


def test_pairs_given_up_and_made_are_told_apart():
    assert difference([("a", "b"), ("c", "d")], [("a", "c"), ("c", "d")]) == ([("a", "b")], [("a", "c")])


def test_changes_that_touch_nobody_near_are_left_out():
    before = [("a", "b"), ("c", "d"), ("p", "q"), ("r", "s")]
    after = [("a", "c"), ("b", "d"), ("p", "r"), ("q", "s")]
    lost, made = difference_around(["a"], before, after)
    assert (lost, made) == ([("a", "b"), ("c", "d")], [("a", "c"), ("b", "d")])


def test_changes_hang_together_along_a_chain():
    before, after = [("a", "b"), ("c", "d"), ("e", "f")], [("b", "c"), ("d", "e")]
    assert difference_around(["f"], before, after) == difference(before, after)


def test_nothing_changes_around_somebody_who_keeps_their_partner():
    assert difference_around(["a"], [("a", "b"), ("c", "d")], [("a", "b"), ("d", "e")]) == ([], [])


def test_everybody_who_moves_is_told_with_all_partners():
    partners = partners_of([("a", "b"), ("a", "c"), ("d", "e")])
    assert moves(partners, [("a", "b")], [("a", "f")]) == [("a", "b, c", "c, f"), ("b", "a", ""), ("f", "", "a")]
