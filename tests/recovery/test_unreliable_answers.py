"""Answers that cannot be relied on: gates that are a coin toss, and people who tick one answer all the way down.

Full size: ``pytest -m slow -s tests/recovery/test_unreliable_answers.py``.
"""

import numpy as np
import pytest

import peernet as pn


def organisation(seed, people):
    made = pn.make_survey(people=round(people * 13 / 12), answered=people, teams=people // 10, rng=seed)
    survey = made.read()
    return made, survey, pn.colleague_graph(survey)


def true_gain(made, scores):
    return pn.compare.true_gains(made, pn.pair_people(scores))["gain"].sum()


def by_gate(seeds, people):
    """True gain without a gate of goals, by default, as a share of that with one at the average; by organisation."""
    ratios = []
    for made, survey, graph in (organisation(seed, people) for seed in seeds):
        goals = pn.distance.person_distances(survey, "goal").mean
        default, gated = (pn.score_pairs(survey, graph, **chosen) for chosen in ({}, {"goals": goals}))
        assert default.settings["unreliable"] == ("goals",)
        ratios.append(true_gain(made, default) / true_gain(made, gated))
    return np.array(ratios)


def of_unread(seeds, people, **outlook):
    """What pairs with unread people are promised and bring, by how they are treated, and the true gain of all pairs.

    Shape (organisations, 2, 3).
    """
    rows = []
    for made, survey, graph in (organisation(seed, people) for seed in seeds):
        unread = {*pn.score_pairs(survey, graph).unread}
        row = []
        for treated in ("average", "as given"):
            table = pn.pair_people(pn.score_pairs(survey, graph, careless=treated, **outlook)).table
            true = pn.compare.true_gains(made, table[["a", "b"]].itertuples(index=False))["gain"].to_numpy()
            held = (table["a"].isin(unread) | table["b"].isin(unread)).to_numpy()
            row.append((table["value"][held].sum(), true[held].sum(), true.sum()))
        rows.append(row)
    return np.array(rows)


def test_a_gate_that_is_a_coin_toss_costs_true_gain():
    assert by_gate(range(500, 503), 120).mean() > 1.05


def test_pairs_with_unread_people_are_promised_less_beyond_what_they_bring_than_by_their_answers_as_given():
    found = of_unread(range(510, 516), 120, outlook="answers").sum(axis=0)
    (promised, true, _), (promised_as_given, true_as_given, _) = found
    assert promised / true < promised_as_given / true_as_given


def test_pairs_with_unread_people_bring_about_what_they_are_promised():
    promised, true, _ = of_unread(range(510, 516), 120).sum(axis=0)[0]
    assert 0.7 < promised / true < 1.4


@pytest.mark.slow
@pytest.mark.parametrize("people", [40, 240])
def test_both_at_full_size(people):
    ratios, found = by_gate(range(500, 530), people), of_unread(range(500, 540), people)
    error = ratios.std(ddof=1) / np.sqrt(len(ratios))
    print(
        f"\n{people} people: without the gate {ratios.mean():.3f} of the true gain with it, standard error {error:.3f}"
    )
    change = found[:, 0, 2] / found[:, 1, 2] - 1
    error = change.std(ddof=1) / np.sqrt(len(change))
    for treated, (promised, true, _) in zip(("average", "as given"), found.mean(axis=0), strict=True):
        print(f"{treated}: pairs with unread people are promised {promised:.3f}, bring {true:.3f}")
    print(f"true gain of all pairs, average against as given: {change.mean():+.3f}, standard error {error:.3f}")
    assert ratios.mean() > 1.05
    assert change.mean() > -2 * error - 0.01
