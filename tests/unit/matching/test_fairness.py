"""The fairest matching lifts the worst-off first; its certificates prove it and nothing less fair."""

from dataclasses import replace
from itertools import combinations
from time import monotonic

import numpy as np
import pytest

from peernet.matching import fairness
from peernet.matching.fairness import capacity_slots, digits_from, fairest, is_fairest
from peernet.matching.matching import max_weight_matching
from tests.made.surveys import sides
from tests.naive.rules import every_matching


def fair(some, **kws):
    best = max_weight_matching(some.value, capacity=some.capacity, required=some.required)
    return fairest(some, best, **kws)


CHAIN = [[0, 1, 0, 0], [1, 0, 9, 0], [0, 9, 0, 1], [0, 0, 1, 0]]


def test_two_small_gains_on_either_side_come_before_one_large_gain_in_the_middle():
    some = sides(CHAIN)
    assert max_weight_matching(some.value).pairs == ((1, 2),)
    found = fair(some)
    assert found.pairs == ((0, 1), (2, 3))
    assert (found.objective, found.best_total) == (2, 9)


def test_the_price_of_the_chain_is_seven_ninths_of_its_value():
    found = fair(sides(CHAIN))
    assert 1 - found.objective / found.best_total == pytest.approx(7 / 9)


def test_the_gain_of_each_side_counts_not_that_of_the_pair():
    """Person 0 gains more from 1, but then 2 gains little; the pair 0-2 is worth less in all."""
    own = [[0, 5, 4], [5, 0, 0], [3, 0, 0]]
    assert fair(sides(own, closed=[(1, 2)])).pairs == ((0, 1),)
    assert fair(sides([[0, 1, 4], [9, 0, 0], [2, 0, 0]], closed=[(1, 2)])).pairs == ((0, 2),)


def test_gains_that_tie_to_nine_decimals_are_settled_by_total_value():
    own = np.array([[0, 1, 1 + 1e-12, 0], [1, 0, 0, 1], [1, 0, 0, 1], [0, 1, 1, 0]])
    own[0, 1] = 1 + 3e-10
    some = sides(own, closed=[(0, 3), (1, 2)])
    assert fair(some).pairs == ((0, 1), (2, 3))


def test_nobody_is_paired_at_a_loss_unless_most_pairs_or_a_required_pair_ask_for_it():
    own = [[0, -1, 2], [-1, 0, 0], [2, 0, 0]]
    assert fair(sides(own, closed=[(1, 2)])).pairs == ((0, 2),)
    assert fair(sides(own, closed=[(1, 2)], required=((0, 1),))).pairs == ((0, 1),)
    assert fair(sides([[0, -1], [-1, 0]])).pairs == ()
    assert fair(sides([[0, -1], [-1, 0]], fill=True)).pairs == ((0, 1),)


def test_somebody_with_room_for_two_lets_both_others_have_a_partner():
    own = [[0, 1, 2], [1, 0, 0], [2, 0, 0]]
    found = fair(sides(own, closed=[(1, 2)], capacity=[2, 1, 1]))
    assert found.pairs == ((0, 1), (0, 2))


def test_two_people_with_room_for_two_do_not_meet_twice():
    found = fair(sides([[0, 1], [1, 0]], capacity=2))
    assert found.pairs == ((0, 1),)
    assert found.single == ((0, 1),)


def test_nobody_to_pair_is_a_correct_result():
    some = sides(np.zeros((3, 3)), closed=list(combinations(range(3), 2)))
    found = fair(some)
    assert (found.pairs, found.objective, found.proven) == ((), 0, True)
    assert is_fairest(some, found)


@pytest.mark.parametrize("tied", [False, True])
def test_the_certificates_prove_the_fairest_matching_and_no_other(rng, tied):
    own = rng.integers(1, 4, (6, 6)) / 10 if tied else rng.random((6, 6))
    some = sides(own)
    found = fair(some)
    best = np.sort(some.levels(found.pairs)).tolist()
    proven = {
        pairs
        for pairs in every_matching(list(combinations(range(6), 2)), dict.fromkeys(range(6), 1))
        if is_fairest(some, replace(found, pairs=pairs, links=pairs))
    }
    assert found.pairs in proven
    assert all(np.sort(some.levels(pairs)).tolist() == best for pairs in proven)


@pytest.fixture
def one_level_a_step(monkeypatch):
    """As if numbers had no room for more."""
    monkeypatch.setattr(fairness, "LARGEST", 1.0)


def test_a_proof_needs_a_step_for_every_level_reached_but_the_highest(rng, one_level_a_step):
    some = sides(rng.random((6, 6)))
    found = fair(some)
    reached = np.unique(some.levels(found.pairs)).tolist()
    needed = {k for k, step in enumerate(found.steps) if step.level in reached[:-1] or step.kind != "level"}
    assert len(needed) == 6
    for k in needed:
        assert not is_fairest(some, replace(found, steps=found.steps[:k] + found.steps[k + 1 :]))


def test_a_step_that_claims_to_have_seen_to_more_levels_proves_nothing(rng, one_level_a_step):
    some = sides(rng.random((6, 6)))
    found = fair(some)
    first, *others, value = found.steps
    assert not is_fairest(some, replace(found, steps=(replace(first, level=others[-1].level), value)))
    assert not is_fairest(some, replace(found, steps=(replace(others[-1], low=first.low), value)))


def test_levels_counted_many_at_once_or_one_by_one_lead_to_the_same_pairs(rng, monkeypatch):
    some = sides(np.where(rng.random((40, 40)) < 0.2, np.round(rng.normal(0.2, 0.4, (40, 40)), 2), 0))
    at_once = fair(some)
    monkeypatch.setattr(fairness, "LARGEST", 1.0)
    one_by_one = fair(some)
    assert np.array_equal(np.sort(some.levels(at_once.pairs)), np.sort(some.levels(one_by_one.pairs)))
    assert at_once.objective == pytest.approx(one_by_one.objective, abs=1e-9)
    assert len(at_once.steps) < len(one_by_one.steps) / 5


def test_a_certificate_of_other_gains_proves_nothing(rng):
    some = sides(rng.random((6, 6)))
    better = replace(some, own=some.own + np.where(rng.random((6, 6)) < 0.5, 0.5, 0))
    assert not is_fairest(replace(better, value=some.value), fair(some))


def test_when_the_time_is_up_the_pairing_is_sound_but_not_called_proven(rng):
    some = sides(rng.random((8, 8)))
    found = fair(some, deadline=monotonic() - 1)
    assert not found.proven
    assert len({person for pair in found.pairs for person in pair}) == 2 * len(found.pairs)


# --- levels as digits: the lowest outweighs everything that could be counted above it ---------------------------------


def places(own):
    own = np.array(own, dtype=float)
    value = (own + own.T) / 2
    np.fill_diagonal(value, np.nan)
    return capacity_slots(own, value, np.ones(len(own), dtype=np.int64))


def test_levels_come_from_the_lowest_asked_for_up():
    some = places([[0, 1, 2], [3, 0, 2], [4, 5, 0]])
    assert digits_from(some, 0.0, 0).levels.tolist() == [0, 1, 2, 3, 4, 5]
    assert digits_from(some, 2.0, 0).levels.tolist() == [2, 3, 4, 5]


def test_a_free_place_is_at_zero_so_zero_counts_where_losses_do():
    some = places([[0, -1, 2], [-1, 0, 2], [2, 2, 0]])
    assert digits_from(some, -1.0, 0).levels.tolist() == [-1, 0, 2]


def test_each_digit_has_room_for_everybody_who_could_be_at_its_level():
    """Two people could be at 2, one at each of the others, all three at zero."""
    counted = digits_from(places([[0, 1, 2], [3, 0, 2], [4, 5, 0]]), 0.0, 0)
    assert counted.worth.tolist() == [48, 24, 8, 4, 2, 1]
    assert counted.span == 4 * 2 * 3 * 2 * 2 * 2
    most = np.array([3, 1, 2, 1, 1, 1])
    for k, worth in enumerate(counted.worth):
        assert worth == (counted.worth * most)[k + 1 :].sum() + 1


def test_links_count_what_both_people_gain():
    some = places([[0, 0, 2], [0, 0, -1], [3, 4, 0]])
    counted = digits_from(some, -1.0, 0)
    worth = dict(zip(counted.levels.tolist(), counted.worth.tolist(), strict=True))
    assert counted.count(some).tolist() == [
        0,  # both at zero, like two free places
        worth[0] - worth[2] + worth[0] - worth[3],
        -worth[-1] + worth[0] - worth[4],
    ]


@pytest.mark.parametrize("heaviest", [0, 3, 1000])
def test_as_many_levels_as_numbers_have_room_for(rng, heaviest):
    some = places(rng.random((60, 60)))
    counted = digits_from(some, 0.0, heaviest)
    assert counted.span * (heaviest + 2) <= fairness.LARGEST * (1 + 1e-9)
    assert 20 < len(counted.levels) < 40
    assert (counted.levels == np.unique(np.append(some.gain_u, [*some.gain_v, 0]))[: len(counted.levels)]).all()


def test_one_level_is_counted_however_little_room_there_is(rng, monkeypatch):
    monkeypatch.setattr(fairness, "LARGEST", 1.0)
    assert len(digits_from(places(rng.random((6, 6))), 0.0, 5).levels) == 1


def test_after_every_step_it_is_told_how_many_people_are_seen_to(rng, one_level_a_step):
    seen = []
    found = fair(sides(rng.random((8, 8))), step=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 8
    assert len(seen) == sum(step.kind == "level" for step in found.steps)
