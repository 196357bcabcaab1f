"""The power that is planned is the power there is: studies done one at a time, by other code, find things as often.

At full size (``pytest -m slow tests/recovery/test_power.py``) to about two percentage points.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from peernet.dyads.pairs import Dyads
from peernet.outcomes.lots import ByLot
from peernet.outcomes.plan import plan_study
from peernet.outcomes.randomization import randomization_test
from peernet.pairing.lottery import design_of
from tests.made.rosters import distances, roster
from tests.naive import power as naive

PEOPLE = [f"p{i:03d}" for i in range(30)]
RING = [(a, PEOPLE[(i + k) % 30]) for i, a in enumerate(PEOPLE) for k in (1, 2, 3)]
SETTING = {"outcome_sd": 1.3, "alike": 0.2, "before": 0.5, "drop_out": 0.1, "spill_over": 0.2, "reliability": 0.7}
SETTING |= {"same_person": 0.6, "sites": 1}
OF_PAIRINGS = 0.125  # standard deviation of power between pairings drawn, by the root of their number, as measured
FEW, MANY = pytest.param(30, id="reduced"), pytest.param(1500, id="full", marks=pytest.mark.slow)
AT_ONCE = 30  # studies for which pairings are drawn together


def within_chance(planned, found, studies, drawn):
    """Planned power and that found lie no further apart than studies and pairings (of either) let them."""
    share = np.mean(found)
    chance = planned["power"] * (1 - planned["power"]) * (1 / len(found) + 1 / studies)
    error = np.sqrt(chance + OF_PAIRINGS**2 * sum(1 / each for each in drawn))
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
    plan = plan_study(scores, test="pair means", draws=80, studies=4000, progress=False, **setting)
    design = design_of(scores, within=1.0, random_arm=0.0, cardinality="max")
    setting["apart"], rng = distances(scores).to_dict(), np.random.default_rng(1)
    drawn = [naive.rounds_drawn(design, 1, rng) for _ in range(min(studies, 400))]
    found = [naive.found_by_pair_means(scores, drawn, setting, rng) for _ in range(studies)]
    within_chance(plan.table.iloc[0], found, 4000, (80, len(drawn)))


@pytest.mark.parametrize("studies", [FEW, MANY])
@pytest.mark.parametrize(
    ("rounds", "within", "effect"),
    [(1, 1.0, 9.0), (3, 1.0, 5.0), (1, 0.1, 12.0), (2, 1.0, 0.0)],
    ids=["one round", "three rounds", "near the best", "no effect"],
)
def test_redrawing_the_pairing(studies, rounds, within, effect):
    """The naive test draws as many pairings as the plan, anew for every 30 studies."""
    scores, setting = roster(30, works_with=RING), {**SETTING, "effect": effect}
    design = design_of(scores, within=within, random_arm=0.0, cardinality="max")
    draws = 40 if studies == AT_ONCE else 80
    plan = plan_study(scores, design=design, rounds=rounds, draws=draws, studies=4000, progress=False, **setting)
    setting["apart"], rng, found = distances(scores).to_dict(), np.random.default_rng(1), []
    for _ in range(studies // AT_ONCE):
        drawn = [naive.rounds_drawn(design, rounds, rng) for _ in range(draws)]
        found += [naive.found_by_redrawing(scores, drawn, setting, rng) for _ in range(AT_ONCE)]
    within_chance(plan.table.iloc[0], found, 4000, (draws, draws * (studies // AT_ONCE)))


@pytest.mark.parametrize("studies", [FEW, MANY])
@pytest.mark.parametrize(("people", "effect"), [(12, 16.0), (40, 6.0)])
def test_pairs_drawn_among_all_by_the_test_that_will_be_used(studies, people, effect):
    scores, draws = roster(people), 200
    lot, setting = ByLot(scores.people), {**SETTING, "effect": effect, "drop_out": 0.0, "spill_over": 0.0}
    plan = plan_study(scores, design=lot, draws=draws, studies=4000, progress=False, **setting)
    apart, rng, found = distances(scores), np.random.default_rng(1), []
    setting["apart"] = apart.to_dict()
    for _ in range(studies):
        pairs = lot.draw(rng)
        (outcome,) = naive.outcomes(scores, [[*pairs.itertuples(index=False, name=None)]], setting, rng)

        def remade(pairs, outcome=outcome):
            table = pd.DataFrame(list(pairs), columns=["a", "b"])
            table[["y_a", "y_b"]] = table.apply(lambda side: side.map(outcome))
            return table.assign(apart=[apart.loc[a, b] for a, b in zip(table["a"], table["b"], strict=True)])

        dyads = Dyads(remade(pairs.to_numpy().tolist()), design="drawn by lot", remake=remade)
        found.append(randomization_test(dyads, lot, "y", "apart", draws=draws - 1, rng=rng).table["p_value"].iloc[0])
    within_chance(plan.table.iloc[0], np.array(found) <= 0.05, 4000, (draws, draws * studies))
