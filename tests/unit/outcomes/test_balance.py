"""Were partners alike before by more than the lot implies: fair lots make them unlike, a little."""

from __future__ import annotations

import json
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from peernet.dyads.pairs import Dyads
from peernet.errors import EstimationError, SettingError
from peernet.outcomes.balance_and_attrition import partner_balance
from peernet.outcomes.lots import ByLot
from tests.made.lot_worlds import lot_world
from tests.naive.designs import every_pairing


def double_entry(values, pairing):
    first, second = ([values[pair[side]] for pair in pairing] for side in (0, 1))
    return np.corrcoef(first + second, second + first)[0, 1]


def test_equals_the_correlation_of_partners_in_every_pairing(rng):
    world = lot_world(8, rng)
    found = partner_balance(world.dyads, world.lot, ["before"])
    values = dict(zip(world.people, world.before, strict=True))
    slow = [double_entry(values, pairing) for pairing in every_pairing([*world.people])]
    np.testing.assert_allclose(np.sort(found.null["before"]), np.sort(slow), atol=1e-12)
    assert found.table.loc["before", "estimate"] == pytest.approx(double_entry(values, world.pairs))


@pytest.mark.parametrize("n", [6, 8, 10, 12])
def test_a_fair_lot_makes_partners_unlike_by_one_over_n_less_one(n, rng):
    world = lot_world(n, rng)
    expected = partner_balance(world.dyads, world.lot, ["before", "outlook"]).table["expected"]
    np.testing.assert_allclose(expected, -1 / (n - 1), atol=1e-12)


def test_within_groups_it_is_the_size_of_the_group_that_counts(rng):
    world = lot_world(24, rng, groups=4)
    world.before[:] = world.before + 10 * (np.arange(24) % 4)
    found = partner_balance(world.dyads, world.lot, ["before"]).table.loc["before"]
    assert found["expected"] == pytest.approx(-1 / 5, abs=0.02)
    assert found["p_value"] > 0.01


@pytest.mark.parametrize(("pool", "size"), [(8, 2), (8, 4), (20, 4)])
def test_circles_within_pools_follow_the_formula_of_groups_of_k(pool, size, rng):
    """Whoever is in a circle of K is a pair with each of the K - 1 others."""
    pools = [[f"{k:03d}-{i:02d}" for i in range(pool)] for k in range(60)]

    class Circles:
        def draw(self, rng):
            rng = np.random.default_rng(rng)
            circles = np.concatenate([rng.permutation(each).reshape(-1, size) for each in pools])
            return pd.DataFrame([pair for circle in circles for pair in combinations(circle, 2)], columns=["a", "b"])

    values = rng.normal(size=(60, pool))
    values -= values.mean(axis=1, keepdims=True)
    value = dict(zip(np.ravel(pools), values.ravel(), strict=True))
    table = Circles().draw(rng)
    table = table.assign(x_a=table["a"].map(value), x_b=table["b"].map(value))
    found = partner_balance(Dyads(table, design="drawn by lot"), Circles(), ["x"], draws=60)
    assert found.table.loc["x", "expected"] == pytest.approx(-(size - 1) / (pool - size + 1), abs=0.04)


def test_partners_who_chose_each_other_stand_out(rng):
    world = lot_world(40, rng)
    order = np.argsort(world.outlook)
    world.pairs[:] = [tuple(world.people[order[i : i + 2]]) for i in range(0, 40, 2)]
    found = partner_balance(world.dyads, world.lot, ["outlook", "before"])
    assert found.table.loc["outlook", "p_value"] < 0.01
    assert found.table.loc["outlook", "p_adjusted"] < 0.01
    assert found.sentence.startswith("Of 2 measures, outlook of partners lies farthest")


def test_measures_of_pairs_and_measures_without_differences_are_refused(rng):
    world = lot_world(8, rng)
    with pytest.raises(SettingError, match="distance belongs to the pair"):
        partner_balance(world.dyads, world.lot, ["distance"])
    world.before[:] = 3.0
    with pytest.raises(EstimationError, match="same for everybody"):
        partner_balance(world.dyads, world.lot, ["before"])
    with pytest.raises(SettingError, match="must be a list"):
        partner_balance(world.dyads, ByLot(world.people), "before")


def test_eight_managers_equal_the_enumeration(shared):
    folder = shared / "refs" / "exclusion_bias_randomisation"
    if not folder.is_dir():
        pytest.skip("reference results are not here")
    expected, people = json.loads((folder / "expected.json").read_text()), pd.read_csv(folder / "persons8.csv")
    who = people.astype({"id": str}).set_index("id")["tenure"]
    pairs = pd.DataFrame([pair.split("-") for pair in expected["observed_pairing"]], columns=["a", "b"])
    table = pairs.assign(tenure_a=pairs["a"].map(who), tenure_b=pairs["b"].map(who))
    dyads = Dyads(table, design="drawn by lot")
    found = partner_balance(dyads, ByLot(who.index), ["tenure"])
    row, null = found.table.loc["tenure"], found.null["tenure"]
    assert len(null) == expected["n_matchings"]
    assert row["estimate"] == pytest.approx(expected["observed_partner_correlation"], abs=1e-10)
    assert row["expected"] == pytest.approx(expected["mean_partner_correlation_over_all_matchings"], abs=1e-10)
    assert (null >= row["estimate"] - 1e-12).mean() == pytest.approx(expected["p_geq"], abs=1e-10)
    far = abs(null - null.mean()) >= abs(row["estimate"] - null.mean()) - 1e-12
    assert far.mean() == pytest.approx(expected["p_two_sided_abs_dev_from_mean"], abs=1e-10)
