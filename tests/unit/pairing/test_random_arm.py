"""People drawn by lot are paired at random: each can be drawn, limits are shared, nobody pairable is left alone."""

import math

import numpy as np

from peernet.matching.limits import Counted
from peernet.pairing.lottery import paired_at_random, people_by_lot
from tests.naive.pairings import pool_of

PAIRS = [(i, j) for i in range(8) for j in range(i + 1, 8)]


def everyone(*limits, required=()):
    return pool_of(8, PAIRS, 1, required, limits, value=np.ones(len(PAIRS)))


def test_a_share_of_everybody_is_drawn_and_each_as_often(rng):
    drawn = np.array([people_by_lot(everyone(), 0.5, rng) for _ in range(400)])
    assert (drawn.sum(axis=1) == 4).all()
    assert np.abs(drawn.mean(axis=0) - 0.5).max() < 5 * math.sqrt(0.25 / 400)


def test_those_a_rule_gives_a_partner_are_never_drawn(rng):
    pool = everyone(required=[PAIRS.index((2, 5))])
    assert not any(people_by_lot(pool, 0.9, rng)[[2, 5]].any() for _ in range(50))


def test_nobody_is_left_who_could_be_paired(rng):
    people = np.arange(8) < 5
    for _ in range(20):
        made = paired_at_random(everyone(), people, rng)
        assert len(made) == 2
        assert all(people[list(PAIRS[k])].all() for k in made)


def test_no_more_of_a_limit_is_used_than_its_share(rng):
    across = np.zeros((8, 8), dtype=bool)
    across[::2, 1::2] = across[1::2, ::2] = True
    pool = everyone(Counted(across, 1, 2, math.inf))
    counts = [int(pool.counted[0, paired_at_random(pool, np.arange(8) < 4, rng)].sum()) for _ in range(30)]
    assert set(counts) == {0, 1}
    alone = paired_at_random(pool, np.ones(8, dtype=bool), rng)
    assert pool.counted[0, alone].sum() <= 2, "with nobody else the whole limit is theirs"
