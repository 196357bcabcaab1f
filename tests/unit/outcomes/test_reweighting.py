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
from tests.naive.reweighting import by_pair, by_spread

PEOPLE = [f"p{i}" for i in range(10)]


def wanted_more_apart(strength=1.0, people=PEOPLE):
    """A design that makes a pair the likelier the further apart its numbers are."""
    table = pd.DataFrame(combinations(people, 2), columns=["a", "b"])
    apart = table["b"].str[1:].astype(int) - table["a"].str[1:].astype(int)
    return table.assign(probability=np.exp(strength * (apart - len(people) + 1)))


def drawn(rng, lot=None):
    table = (lot or ByLot(PEOPLE)).draw(rng)
    return Dyads(table.assign(y_a=rng.normal(size=len(table)), y_b=rng.normal(size=len(table))), design="drawn by lot")


def test_is_the_mean_weighted_by_the_ratio_of_chances_brought_to_the_known_average_of_the_ratio(rng):
    dyads, other = drawn(rng), wanted_more_apart(0.1)
    found = reweighted(dyads, ByLot(PEOPLE), "y", other)
    every = other.set_index(["a", "b"])["probability"] * 9  # ratios of chances
    ratio = every[[*zip(dyads.table["a"], dyads.table["b"], strict=True)]].to_numpy()
    mean = ((dyads.table["y_a"] + dyads.table["y_b"]) / 2).to_numpy()
    slope = np.polyfit(ratio, mean, 1)[0]
    far, far_here = (each @ each / each.sum() for each in (every.to_numpy(), ratio))  # weighted by themselves
    estimate = found.table["estimate"]
    assert estimate["as asked"] == pytest.approx(ratio @ mean / ratio.sum() + slope * (far - far_here))
    assert estimate["as drawn"] == pytest.approx(mean.mean() + slope * (every.mean() - ratio.mean()))
    assert estimate["difference"] == pytest.approx(estimate["as asked"] - estimate["as drawn"])
    assert found.worth == pytest.approx(ratio.sum() ** 2 / (ratio**2).sum())
    assert not len(found.out_of_reach)


def test_the_difference_is_the_slope_times_the_known_distance_whatever_the_outcome_hangs_on():
    """Of all pairs at once the slope gives the difference of the two means, without a straight line anywhere."""
    other = wanted_more_apart(0.1)
    ratio = other["probability"].to_numpy() * 9
    outcome = np.sin(5 * ratio) + ratio**3
    slope = np.polyfit(ratio, outcome, 1)[0]
    known = np.average(ratio, weights=ratio) - ratio.mean()
    assert slope * known == pytest.approx(np.average(outcome, weights=ratio) - outcome.mean())


@pytest.mark.parametrize("seed", range(3))
def test_intervals_are_those_of_fits_without_each_pair_and_of_a_spread_that_grows(seed):
    rng = np.random.default_rng(seed)
    people = [f"p{i:02d}" for i in range(14)]
    dyads, other = drawn(rng, ByLot(people)), wanted_more_apart(0.1, people)
    table = reweighted(dyads, ByLot(people), "y", other).table
    every = other.set_index(["a", "b"])["probability"] * 13
    ratio = every[[*zip(dyads.table["a"], dyads.table["b"], strict=True)]].to_numpy()
    y = ((dyads.table["y_a"] + dyads.table["y_b"]) / 2).to_numpy()
    X = np.column_stack([np.ones(7), ratio])
    grown = np.log1p(ratio / ratio.mean())
    asked = np.average(every, weights=every)
    for term, at in {"as asked": [1, asked], "difference": [0, asked - every.mean()]}.items():
        weights = np.array(at) @ np.linalg.pinv(X)
        of_pairs, point = by_pair(X, y, weights, rng)
        of_spread, far = by_spread(X, y, weights, (grown - grown.mean()) / grown.std())
        row = table.loc[term]
        assert row["std_error"] == pytest.approx(np.hypot(of_pairs, of_spread) / np.sqrt(2), rel=1e-9)
        assert row["high"] - row["estimate"] == pytest.approx(np.hypot(point * of_pairs, far) / np.sqrt(2), rel=0.02)


def test_where_one_pair_alone_decides_there_is_no_standard_error(rng):
    dyads = drawn(rng)
    even = wanted_more_apart(0.0)
    first = (even["a"] == dyads.table["a"][0]) & (even["b"] == dyads.table["b"][0])
    found = reweighted(dyads, ByLot(PEOPLE), "y", even.assign(probability=np.where(first, 0.05, 0.1)))
    assert np.isfinite(found.table.loc["difference", "estimate"])
    assert found.table.loc["difference", ["std_error", "low", "high", "p_value"]].isna().all()
    assert "interval" not in found.sentence
    assert "p not known" in found.sentence


def test_pairs_that_differ_in_nothing_the_other_design_asks_for_do_not_tell_of_it(rng):
    dyads = drawn(rng)
    even = wanted_more_apart(0.0)
    made = even.merge(dyads.table[["a", "b"]], how="left", indicator=True)["_merge"] == "both"
    with pytest.raises(EstimationError, match="do not tell what it would change"):
        reweighted(dyads, ByLot(PEOPLE), "y", even.assign(probability=np.where(made, 0.1, 0.05)))
    same = reweighted(dyads, ByLot(PEOPLE), "y", ByLot(PEOPLE)).table
    assert same.loc["difference", ["estimate", "std_error"]].tolist() == [0, 0]


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
