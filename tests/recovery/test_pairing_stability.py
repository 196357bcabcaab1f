"""Pairs recur on simulated repeats of the survey about as often as is said of them."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from tests.build_repeats import World

ITEMS_ALONE = {"ties": False, "thresholds": False, "weights": False, "progress": False}


def best_pairs(survey):
    return set(pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey))).pairs)


def said_and_found(worlds, *, draws, repeats, items=True, trusted=3):
    """Of every pair what was said of it, how often it came up on repeats, and the values kept, said and found."""
    tables = []
    for seed in worlds:
        world = World(seed, trusted=trusted)
        found = pn.pairing_stability(world.survey(0), draws=draws, items=items, rng=seed, **ITEMS_ALONE)
        again = [best_pairs(world.survey(1 + repeat)) for repeat in range(repeats)]
        pairs = found.pairs
        recur = [np.mean([pair in best for best in again]) for pair in zip(pairs["a"], pairs["b"], strict=True)]
        tables.append(pairs.assign(recur=recur, world=seed))
    return pd.concat(tables, ignore_index=True)


@pytest.fixture(scope="module")
def few():
    return said_and_found(range(4), draws=40, repeats=6)


def test_proposed_pairs_recur_about_as_often_as_is_said_on_average(few):
    proposed = few[few["proposed"]]
    assert abs(proposed["recur"].mean() - proposed["inclusion"].mean()) < 0.1


def test_the_surer_a_pair_is_said_to_be_the_more_often_it_recurs(few):
    thirds = (
        few[few["proposed"]].groupby(pd.qcut(few["inclusion"], 3, duplicates="drop"), observed=True)["recur"].mean()
    )
    assert thirds.is_monotonic_increasing


def test_as_many_items_as_were_asked_would_promise_too_much():
    plain = said_and_found(range(2), draws=30, repeats=6, items=1.0)
    proposed = plain[plain["proposed"]]
    assert proposed["inclusion"].mean() > proposed["recur"].mean() + 0.1


@pytest.mark.slow
@pytest.mark.parametrize("trusted", [1.5, 3, 8])
def test_calibration_at_every_level(trusted):
    """Means within bins of what is said: pairs recur about that often, stable ones in nine repeats of ten or more."""
    found = said_and_found(range(40), draws=200, repeats=20, trusted=trusted)
    bins = pd.cut(found["inclusion"], [-0.01, 0.1, 0.3, 0.5, 0.7, 0.9 - 1e-9, 1.0])
    table = found.groupby(bins, observed=True).agg(
        said=("inclusion", "mean"), recur=("recur", "mean"), n=("recur", "size")
    )
    print(f"\ntrusted {trusted}\n{table.round(3)}")
    error = np.sqrt(0.25 / table["n"])
    assert ((table["recur"] - table["said"]).abs() < 0.08 + 2 * error).all()
