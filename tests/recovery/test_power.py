"""The power that is planned is the power there is: studies done one at a time, by other code, find things as often.

At full size (``pytest -m slow tests/recovery/test_power.py``) to about two percentage points.
"""

from __future__ import annotations

import numpy as np
import pytest

from peernet.outcomes.plan import plan_study
from peernet.pairing.lottery import design_of
from tests.made.rosters import distances, roster
from tests.naive import power as naive

PEOPLE = [f"p{i:03d}" for i in range(30)]
RING = [(a, PEOPLE[(i + k) % 30]) for i, a in enumerate(PEOPLE) for k in (1, 2, 3)]
SETTING = {"outcome_sd": 1.3, "alike": 0.2, "before": 0.5, "drop_out": 0.1, "spill_over": 0.2, "reliability": 0.7}
SETTING |= {"same_person": 0.6, "sites": 1}
OF_PAIRINGS = 0.014  # standard deviation of planned power between sets of 80 pairings drawn, as measured
FEW, MANY = pytest.param(60, id="reduced"), pytest.param(1500, id="full", marks=pytest.mark.slow)


def within_chance(planned, found, studies):
    share = np.mean(found)
    error = np.sqrt(planned["power"] * (1 - planned["power"]) * (1 / len(found) + 1 / studies) + OF_PAIRINGS**2)
    print(f"planned {planned['power']:.3f}, found {share:.3f}, standard error of the difference {error:.3f}")
    assert abs(share - planned["power"]) < 3.5 * error


@pytest.mark.parametrize("studies", [FEW, MANY])
@pytest.mark.parametrize(
    "changed",
    [
        {"sites": 1, "effect": 8.0},
        {"sites": 2, "effect": 4.0, "alike": -0.4, "drop_out": 0.3},
        {"sites": 2, "effect": 0.0},
    ],
    ids=["one site", "partners who differ", "no effect"],
)
def test_regression_on_pair_means(studies, changed):
    scores, setting = roster(30, works_with=RING), {**SETTING, **changed}
    plan = plan_study(scores, test="pair means", studies=4000, progress=False, **setting)
    design = design_of(scores, within=1.0, random_arm=0.0, cardinality="max")
    setting["apart"], rng = distances(scores).to_dict(), np.random.default_rng(1)
    found = [naive.found_by_pair_means(scores, design, setting, rng) for _ in range(studies)]
    within_chance(plan.table.iloc[0], found, 4000)


@pytest.mark.parametrize("studies", [FEW, MANY])
@pytest.mark.parametrize(
    ("rounds", "within", "effect"),
    [(1, 1.0, 9.0), (3, 1.0, 5.0), (1, 0.1, 12.0), (2, 1.0, 0.0)],
    ids=["one round", "three rounds", "near the best", "no effect"],
)
def test_redrawing_the_pairing(studies, rounds, within, effect):
    """The naive test redraws 79 pairings, anew for every 30 studies."""
    scores, setting = roster(30, works_with=RING), {**SETTING, "effect": effect}
    design = design_of(scores, within=within, random_arm=0.0, cardinality="max")
    plan = plan_study(scores, design=design, rounds=rounds, draws=80, studies=4000, progress=False, **setting)
    setting["apart"], rng, found = distances(scores).to_dict(), np.random.default_rng(1), []
    for _ in range(studies // 30):
        redrawn = [naive.rounds_drawn(design, rounds, rng) for _ in range(79)]
        for _ in range(30):
            observed = naive.rounds_drawn(design, rounds, rng)
            found.append(naive.found_by_redrawing(scores, redrawn, setting, observed, rng))
    within_chance(plan.table.iloc[0], found, 4000)
