"""What if another lot had drawn the pairs: weights from chances, what they are worth, and what is out of reach."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from peernet.dyads.pairs import Dyads
from peernet.errors import EstimationError, SettingError
from peernet.outcomes.lots import ByLot
from peernet.outcomes.reweighting import reweighted

PEOPLE = [f"p{i}" for i in range(10)]


def wanted_more_apart(strength=1.0):
    """A design that makes a pair the likelier the further apart its numbers are."""
    table = pd.DataFrame(combinations(PEOPLE, 2), columns=["a", "b"])
    apart = table["b"].str[1:].astype(int) - table["a"].str[1:].astype(int)
    return table.assign(probability=np.exp(strength * (apart - 9)))


def drawn(rng, lot=None):
    table = (lot or ByLot(PEOPLE)).draw(rng)
    return Dyads(table.assign(y_a=rng.normal(size=len(table)), y_b=rng.normal(size=len(table))), design="drawn by lot")


def test_is_the_mean_weighted_by_the_ratio_of_chances(rng):
    dyads, other = drawn(rng), wanted_more_apart(0.1)
    found = reweighted(dyads, ByLot(PEOPLE), "y", other)
    chance = other.set_index(["a", "b"])["probability"]
    ratio = np.array([chance[pair] / (1 / 9) for pair in zip(dyads.table["a"], dyads.table["b"], strict=True)])
    mean = ((dyads.table["y_a"] + dyads.table["y_b"]) / 2).to_numpy()
    assert found.table.loc["as asked", "estimate"] == pytest.approx(ratio @ mean / ratio.sum())
    assert found.table.loc["as drawn", "estimate"] == pytest.approx(mean.mean())
    assert found.worth == pytest.approx(ratio.sum() ** 2 / (ratio**2).sum())
    assert not len(found.out_of_reach)


def test_over_all_draws_it_hits_what_the_other_design_would_bring():
    rng = np.random.default_rng(0)
    people = [f"p{i:02d}" for i in range(40)]
    outlook = dict(zip(people, rng.normal(size=40), strict=True))
    table = pd.DataFrame(combinations(people, 2), columns=["a", "b"])
    apart = (table["a"].map(outlook) - table["b"].map(outlook)).abs()
    other = table.assign(probability=np.minimum(1, 0.02 * np.exp(0.5 * apart)))
    truth = np.average(apart, weights=other["probability"])
    estimates, inside = [], []
    for _ in range(60):
        pairs = ByLot(people).draw(rng)
        y = (pairs["a"].map(outlook) - pairs["b"].map(outlook)).abs() + rng.normal(size=20)
        found = reweighted(Dyads(pairs.assign(y=y), design="drawn by lot"), ByLot(people), "y", other)
        row = found.table.loc["as asked"]
        estimates.append(row["estimate"])
        inside.append(row["low"] <= truth <= row["high"])
    assert np.mean(estimates) == pytest.approx(truth, abs=4 * np.std(estimates) / np.sqrt(60))
    assert np.mean(inside) > 0.85


def test_an_odd_lot_leaves_each_person_out_now_and_then(rng):
    found = reweighted(drawn(rng, ByLot(PEOPLE[:9])), ByLot(PEOPLE[:9]), "y", ByLot(PEOPLE))
    assert found.weights["probability"].iloc[0] == pytest.approx(1 / 9)
    assert len(found.out_of_reach) == 9
    assert not found.assumptions["holds"].iloc[0]
    assert "20% of what the other design makes is out of reach" in found.sentence


def test_turning_pairs_and_rows_changes_nothing(rng):
    dyads = drawn(rng)
    turned = dyads.table.rename(columns={"a": "b", "b": "a", "y_a": "y_b", "y_b": "y_a"}).iloc[::-1]
    one, two = (
        reweighted(each, ByLot(PEOPLE), "y", wanted_more_apart(0.1)).table
        for each in (dyads, Dyads(turned, design="drawn by lot"))
    )
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_what_it_refuses(rng):
    dyads = drawn(rng)
    with pytest.raises(SettingError, match="marked as observed"):
        reweighted(dyads.table, ByLot(PEOPLE), "y", ByLot(PEOPLE))
    with pytest.raises(SettingError, match="have no chance"):
        reweighted(dyads, ByLot(PEOPLE, {who: int(who[1:]) % 2 for who in PEOPLE}), "y", ByLot(PEOPLE))
    with pytest.raises(SettingError, match="must give the chance"):
        reweighted(dyads, [("p0", "p1")], "y", ByLot(PEOPLE))
    with pytest.raises(EstimationError, match="too few"):
        reweighted(dyads, ByLot(PEOPLE), "y", wanted_more_apart(5.0))
    others = wanted_more_apart(0.1).merge(dyads.table[["a", "b"]], on=["a", "b"], how="left", indicator=True)
    with pytest.raises(EstimationError, match="none of these pairs"):
        reweighted(dyads, ByLot(PEOPLE), "y", others[others["_merge"] == "left_only"])
