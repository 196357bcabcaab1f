"""Some pairs were asked to meet, by lot, and not all did."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from peernet.dyads.pairs import Dyads
from peernet.errors import EstimationError, SettingError
from peernet.outcomes.encouragement import encouragement_effects


def asked_pairs(pairs, rng, *, effect=2.0, takes=0.6, anyway=0.1, shown=0.0):
    """Half are asked; those who would meet have better outcomes anyway."""
    asked = rng.permutation(np.arange(pairs) % 2)
    keen = rng.random(pairs)
    met = (keen < np.where(asked == 1, takes, anyway)).astype(float)
    y = (effect * met - 2 * keen)[:, None] + rng.normal(size=(pairs, 2)) + shown * asked[:, None]
    return Dyads(pd.DataFrame({"asked": asked, "met": met, "y_a": y[:, 0], "y_b": y[:, 1]}), design="drawn by lot")


def t_of(z, y):
    difference = y[z].mean() - y[~z].mean()
    left = np.where(z, y - y[z].mean(), y - y[~z].mean())
    return difference / np.sqrt(left @ left / (len(y) - 2) * (1 / z.sum() + 1 / (~z).sum()))


def test_equals_going_through_every_lot(rng):
    dyads = asked_pairs(8, rng)
    found = encouragement_effects(dyads, "y", asked="asked", met="met")
    table = dyads.table
    y, z = (table["y_a"] + table["y_b"]).to_numpy() / 2, table["asked"].to_numpy() == 1
    slow = [t_of(np.isin(np.arange(8), lot), y) for lot in combinations(range(8), 4)]
    np.testing.assert_allclose(np.sort(found.null["being asked"]), np.sort(slow), atol=1e-9)
    p = min(1, 2 * min(np.mean(np.array(slow) >= t_of(z, y) - 1e-9), np.mean(np.array(slow) <= t_of(z, y) + 1e-9)))
    assert found.table.loc["being asked", "p_value"] == pytest.approx(p)
    assert found.table.loc["being asked", "estimate"] == pytest.approx(y[z].mean() - y[~z].mean())
    d = table["met"].to_numpy()
    wald = (y[z].mean() - y[~z].mean()) / (d[z].mean() - d[~z].mean())
    assert found.table.loc["meeting", "estimate"] == pytest.approx(wald)


def test_the_interval_of_meeting_holds_what_leaves_nothing_that_goes_with_the_lot(rng):
    dyads = asked_pairs(12, rng, takes=1.0, anyway=0.0)
    row = encouragement_effects(dyads, "y", asked="asked", met="met").table.loc["meeting"]
    table = dyads.table
    y, z, d = (table["y_a"] + table["y_b"]).to_numpy() / 2, table["asked"].to_numpy() == 1, table["met"].to_numpy()
    lots = [np.isin(np.arange(12), lot) for lot in combinations(range(12), 6)]

    def p_at(effect):
        slow, drawn = np.array([t_of(lot, y - effect * d) for lot in lots]), t_of(z, y - effect * d)
        return 2 * min(np.mean(slow >= drawn - 1e-9), np.mean(slow <= drawn + 1e-9))

    for end, out in (("low", -1), ("high", 1)):
        if np.isfinite(row[end]):
            assert p_at(row[end] + out * 1e-4) <= 0.05 < p_at(row[end] - out * 1e-4)
    assert np.isfinite(row["low"]) or np.isfinite(row["high"])


def test_a_weak_instrument_gives_an_interval_without_end(rng):
    found = encouragement_effects(
        asked_pairs(20, np.random.default_rng(1), takes=0.3, anyway=0.2), "y", asked="asked", met="met"
    )
    assert np.isinf(found.table.loc["meeting", ["low", "high"]].to_numpy(float)).any()
    assert any(end in found.sentence for end in (" up", "up to", "no value is ruled out"))


def test_no_difference_in_who_met_is_refused(rng):
    dyads = asked_pairs(20, rng)
    table = dyads.table.assign(met=1.0)
    with pytest.raises(EstimationError, match="Asking made no difference to met"):
        encouragement_effects(Dyads(table, design="drawn by lot"), "y", asked="asked", met="met")
    same = encouragement_effects(Dyads(table, design="drawn by lot"), "y", asked="asked", met="asked").table
    assert same.loc["meeting", "estimate"] == pytest.approx(same.loc["being asked", "estimate"])


def test_a_lot_within_strata_is_drawn_within_them(rng):
    dyads = asked_pairs(8, rng)
    table = dyads.table.assign(site=np.where(np.arange(8) < 4, "north", "south"), asked=[1, 0, 0, 0, 1, 1, 0, 0])
    table["met"] = [1, 0, 0, 0, 1, 0, 0, 0]
    found = encouragement_effects(Dyads(table, design="drawn by lot"), "y", asked="asked", met="met", strata="site")
    assert len(found.null) == 4 * 6


def test_turning_pairs_and_rows_changes_nothing(rng):
    dyads = asked_pairs(30, rng)
    turned = dyads.table.rename(columns={"y_a": "y_b", "y_b": "y_a"}).iloc[::-1]
    one, two = (
        encouragement_effects(each, "y", asked="asked", met="met", draws=200)
        for each in (dyads, Dyads(turned, design="drawn by lot"))
    )
    pd.testing.assert_frame_equal(one.table, two.table, check_exact=True)


def wrong(dyads, asked):
    return Dyads(dyads.table.assign(asked=asked), design="drawn by lot")


def test_observed_pairs_and_measures_of_people_are_refused(rng):
    dyads = asked_pairs(10, rng)
    with pytest.raises(SettingError, match="marked as observed"):
        encouragement_effects(dyads.table, "y", asked="asked", met="met")
    with pytest.raises(SettingError, match="must be a measure of the pair"):
        encouragement_effects(dyads, "y", asked="y", met="met")
    with pytest.raises(SettingError, match="must be 1"):
        encouragement_effects(
            Dyads(dyads.table.assign(asked=2.0), design="drawn by lot"), "y", asked="asked", met="met"
        )
    with pytest.raises(EstimationError, match="too few"):
        encouragement_effects(
            Dyads(dyads.table.assign(asked=1.0), design="drawn by lot"), "y", asked="asked", met="met"
        )
