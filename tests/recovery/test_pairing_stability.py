"""Pairs recur on simulated repeats of the survey about as often as is said of them."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from tests.made.repeats import World

QUIET = {"consensus": False, "progress": False, "thresholds": False, "weights": False}
FORGETTING = 0.1  # of the names in a survey, which is what `ties=True` supposes


def best_pairs(survey):
    return set(pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey))).pairs)


def said_and_found(worlds, *, draws, repeats, items=True, ties=False, **made):
    """Of every pair what was said of it, how often it came up on repeats, and whether there was a choice.

    No choice have two people who can be paired with nobody else: they recur whatever they answer.
    """
    tables = []
    for seed in worlds:
        world = World(seed, **made)
        found = pn.pairing_stability(world.survey(0), draws=draws, items=items, ties=ties, rng=seed, **QUIET)
        again = [best_pairs(world.survey(1 + repeat)) for repeat in range(repeats)]
        pairs, scores = found.pairs, found.pairing.scores
        recur = [np.mean([pair in best for best in again]) for pair in zip(pairs["a"], pairs["b"], strict=True)]
        partners = pd.Series(scores.possible(np.arange(len(scores))).sum(axis=1), index=scores.people)
        choice = np.maximum(partners[pairs["a"]].to_numpy(), partners[pairs["b"]].to_numpy()) > 1
        tables.append(pairs.assign(recur=recur, choice=choice, world=seed))
    return pd.concat(tables, ignore_index=True)


def stable(found):
    return found[(found["standing"] == "stable") & found["choice"]]


@pytest.fixture(scope="module")
def few():
    return said_and_found(range(4), draws=40, repeats=6)


def test_proposed_pairs_recur_about_as_often_as_is_said_or_a_little_more(few):
    """Gains rest on the outlook behind the answers, which a repeat tells better than it tells answers."""
    proposed = few[few["proposed"]]
    assert -0.05 < proposed["recur"].mean() - proposed["inclusion"].mean() < 0.15


def test_the_surer_a_pair_is_said_to_be_the_more_often_it_recurs(few):
    proposed = few[few["proposed"]]
    surer = proposed["inclusion"] > proposed["inclusion"].median()
    assert proposed.loc[surer, "recur"].mean() > proposed.loc[~surer, "recur"].mean() + 0.1


def test_stable_pairs_recur_in_nine_repeats_of_ten():
    """Forty questions and few to choose from, or no pair would be stable; pairs without a choice do not count."""
    sure = stable(said_and_found(range(6), draws=30, repeats=10, trusted=1.5, questions=40))
    assert len(sure) >= 10
    assert sure["recur"].mean() >= 0.9


def test_as_many_items_as_were_asked_would_promise_too_much():
    plain = said_and_found(range(3), draws=30, repeats=6, items=1.0)
    proposed, sure = plain[plain["proposed"]], stable(plain)
    assert proposed["inclusion"].mean() > proposed["recur"].mean() + 0.1
    assert len(sure) >= 10
    assert sure["recur"].mean() < sure["inclusion"].mean()


def test_where_names_are_forgotten_pairs_recur_as_said_if_ties_are_drawn_and_not_else():
    made = {"draws": 30, "repeats": 10, "trusted": 3, "questions": 40, "forgotten": FORGETTING}
    told, untold = (said_and_found(range(3), ties=ties, **made).query("proposed") for ties in (True, False))
    assert abs(told["recur"].mean() - told["inclusion"].mean()) < 0.1
    assert untold["inclusion"].mean() > untold["recur"].mean() + 0.2


@pytest.mark.slow
@pytest.mark.parametrize("trusted", [1.5, 3, 8])
@pytest.mark.parametrize("forgotten", [0.0, FORGETTING])
@pytest.mark.parametrize("questions", [15, 40])
def test_calibration_at_every_level(trusted, forgotten, questions):
    """Means within bins of what is said, pairs without a choice left out: pairs recur about that often."""
    made = {"trusted": trusted, "questions": questions, "forgotten": forgotten}
    found = said_and_found(range(20), draws=100, repeats=20, ties=forgotten > 0, **made).query("choice")
    bins = pd.cut(found["inclusion"], [-0.01, 0.1, 0.3, 0.5, 0.7, 0.9 - 1e-9, 1.0])
    table = found.groupby(bins, observed=True).agg(
        said=("inclusion", "mean"), recur=("recur", "mean"), n=("recur", "size"), worlds=("world", "nunique")
    )
    print(f"\n{made}\n{table.round(3)}")
    error = np.sqrt(table["said"] * (1 - table["said"]) / table["n"])
    assert ((table["recur"] - table["said"]).abs() < 0.08 + 2 * error).all()
    sure = stable(found)
    print(f"stable: {len(sure)}, said {sure['inclusion'].mean():.3f}, recur {sure['recur'].mean():.3f}")
    assert len(sure) < 10 or sure["recur"].mean() >= 0.9
