"""A study on paper, one at a time: pairs, outcomes and the test in the plainest words, and whether it finds it."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
from scipy import stats


def rounds_drawn(design, rounds, rng):
    """Pairs of each round, nobody meeting twice."""
    found, met = [], set()
    for _ in range(rounds):
        left = [(a, b) not in met for a, b in zip(design.pairs["a"], design.pairs["b"], strict=True)]
        drawn = replace(design, pairs=design.pairs[left]).draw(rng)
        pairs = list(zip(drawn["a"], drawn["b"], strict=True))
        met |= {*pairs}
        found.append(pairs)
    return found


def outcomes(scores, drawn, setting, rng):
    """Outcome of each person in each round."""
    people, apart = list(scores.people), setting["apart"]
    above = [apart[a][b] for a, b in combinations(people, 2) if not np.isnan(apart[a][b])]
    mean, variance, trust = np.mean(above), np.var(above), setting["reliability"]
    taken, own = setting["before"] ** 2, 0.0
    if len(drawn) > 1:
        own = max(0.0, (setting["same_person"] - taken) / (1 - taken))
    always = dict(zip(people, rng.normal(size=len(people)), strict=True))
    found = []
    for pairs in drawn:
        luck = dict(zip(people, rng.normal(size=len(people)), strict=True))
        true, alike = {}, setting["alike"] / (1 - own)
        for a, b in pairs:
            common, own_way = rng.normal(size=2)
            luck[a] = np.sqrt((1 + alike) / 2) * common + np.sqrt((1 - alike) / 2) * own_way
            luck[b] = np.sqrt((1 + alike) / 2) * common - np.sqrt((1 - alike) / 2) * own_way
            expected = mean + trust * (apart[a][b] - mean)
            true[a] = true[b] = rng.normal(expected, np.sqrt(trust * (1 - trust) * variance))
        left = {}
        for i, person in enumerate(people):
            heard = [people[k] for k in scores.reach.heard[i] if k != i and people[k] in true]
            share = setting["spill_over"] if heard else 0.0
            left[person] = (1 - share) * true.get(person, mean) + share * np.mean([true[p] for p in heard] or [0.0])
        rest = {p: np.sqrt(own) * always[p] + np.sqrt(1 - own) * luck[p] for p in people}
        spread = setting["outcome_sd"] * np.sqrt(1 - taken)
        found.append({p: setting["effect"] * left[p] + spread * rest[p] for p in people})
    return found


def found_by_pair_means(scores, drawn, setting, rng):
    """Whether regression of the pairs' means on distance, an intercept per site, finds something at 5 %.

    Each site has one of the pairings drawn.
    """
    apart, x, y, site = setting["apart"], [], [], []
    for place in range(setting["sites"]):
        (pairs,) = drawn[rng.integers(len(drawn))]
        (outcome,) = outcomes(scores, [pairs], setting, rng)
        stays = {p: rng.random() >= setting["drop_out"] for p in scores.people}
        for a, b in pairs:
            if stays[a] and stays[b]:
                x.append(apart[a][b])
                y.append((outcome[a] + outcome[b]) / 2)
                site.append(place)
    t, df = t_value(np.array(x), np.array(y), np.array(site), None)
    return abs(t) >= stats.t.isf(0.025, df)


def t_value(x, y, stratum, expected, *, hc2=False):
    """t of x in a regression with an intercept per stratum, and beside what was expected; with degrees of freedom."""
    columns = [
        x,
        *((stratum == s).astype(float) for s in np.unique(stratum)),
        *([] if expected is None else [expected]),
    ]
    design = np.column_stack(columns)
    b = np.linalg.lstsq(design, y, rcond=None)[0]
    df = len(y) - np.linalg.matrix_rank(design)
    left, bread = y - design @ b, np.linalg.inv(design.T @ design)
    if hc2:
        free = 1 - np.diag(design @ bread @ design.T)
        return b[0] / np.sqrt((bread @ design.T @ np.diag(left**2 / free) @ design @ bread)[0, 0]), df
    return b[0] / np.sqrt(left @ left / df * bread[0, 0]), df


def found_by_redrawing(scores, drawn, setting, rng):
    """Whether twice the smaller tail of the t values of redrawn pairings is 5 % or less; one site.

    Any of the pairings drawn is as likely to be the one observed.
    """
    apart, everyone = setting["apart"], list(scores.people)
    place = rng.integers(len(drawn))
    observed, redrawn = drawn[place], [*drawn[:place], *drawn[place + 1 :]]
    outcome = outcomes(scores, observed, setting, rng)
    stays = {p: rng.random() >= setting["drop_out"] for p in everyone}
    expected = [{p: [] for p in everyone} for _ in observed]
    for drawn in [observed, *redrawn]:
        for t, pairs in enumerate(drawn):
            for a, b in pairs:
                expected[t][a].append(apart[a][b])
                expected[t][b].append(apart[a][b])
    expected = [{p: np.mean(values or [0.0]) for p, values in each.items()} for each in expected]
    values = [_of_pairing(drawn, outcome, stays, apart, expected) for drawn in [observed, *redrawn]]
    above, below = sum(v >= values[0] for v in values), sum(v <= values[0] for v in values)
    return 2 * min(above, below) / len(values) <= 0.05


def _of_pairing(drawn, outcome, stays, apart, expected):
    rows = [
        (apart[a][b], (outcome[t][a] + outcome[t][b]) / 2, t, expected[t][a] + expected[t][b])
        for t, pairs in enumerate(drawn)
        for a, b in pairs
        if stays[a] and stays[b]
    ]
    return t_value(*np.array(rows).T, hc2=True)[0]
