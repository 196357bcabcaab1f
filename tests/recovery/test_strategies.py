"""Where answers have nothing to do with each other no way of pairing wins; with planted outlook the right one does.

A way of pairing wins where both its p value, adjusted for the number of ways, and its band say so. The rates at full
size: ``pytest -m slow -s tests/recovery/test_strategies.py``.
"""

import pytest

import peernet as pn
from peernet.compare.comparison import winners
from tests.made.structureless import scores_of


def won(seeds, **planted):
    found = [pn.compare_pairings(scores_of(seed, **planted), draws=2, rng=seed) for seed in seeds]
    return [winners(comparison.table) for comparison in found]


def test_without_structure_hardly_any_way_of_pairing_wins():
    assert sum(map(bool, won(range(8)))) <= 2, "the chance of more is below 1 in 100 where one in 20 wins"


def test_with_planted_outlook_the_search_for_the_most_diverse_pairs_wins():
    for ways in won(range(2), planted=2.0, people=120):
        assert ways[0] == "peernet"
        assert not {"most similar", "closest tie", "senior with junior"} & {*ways}


@pytest.mark.slow
def test_without_structure_some_way_of_pairing_wins_in_five_of_a_hundred_surveys_at_most():
    tables = [pn.compare_pairings(scores_of(seed), draws=2, rng=seed).table for seed in range(200)]
    some = sum(bool(winners(table)) for table in tables)
    alone = sum(bool((table["p_adjusted"] <= 0.05).any()) for table in tables)
    print(f"\nno structure: some way won in {some} of 200, and in {alone} by its p value alone")
    assert some <= 10


@pytest.mark.slow
def test_planted_outlook_is_found_nearly_always():
    found = sum("peernet" in ways for ways in won(range(20), planted=2.0, people=120))
    print(f"\nplanted outlook: peernet's pairs won in {found} of 20")
    assert found >= 18
