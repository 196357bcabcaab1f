"""Tests that draw the pairing again: how often they reject what is true, and whether they find what was planted."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from peernet.dyads.pairs import Dyads
from peernet.errors import EstimationError
from peernet.outcomes.balance_and_attrition import partner_balance
from peernet.outcomes.encouragement import encouragement_effects
from peernet.outcomes.lots import ByLot, redraws_of
from peernet.outcomes.randomization import (
    _pair_curves,
    _partner_curves,
    _Rows,
    randomization_test,
    shares,
    two_sided,
)
from peernet.outcomes.reweighting import reweighted
from tests.made.lot_worlds import PROCESSES, lot_world

STUDIES = 600  # at full size
CHANCE = np.sqrt(0.05 * 0.95 / STUDIES)
FEWER = 199  # draws; a p value of at most 1/20 has its exact chance with 199 of them


@pytest.fixture(autouse=True)
def drawn_instead_of_listed(monkeypatch):
    monkeypatch.setattr("peernet.outcomes.lots.MOST_LISTED", 1)


def p_value(world, rng, *, of="distance", covariates=(), effect=0.0):
    """The p value of an effect as `randomization_test` has it, without tables, interval and sentence."""
    redraws = redraws_of(world.dyads, world.lot, draws=FEWER, rng=rng, n_jobs=1, progress=False)
    rows = _Rows(world.dyads, redraws, "after", of, [*covariates])
    curves = _partner_curves(rows) if rows.of_people else _pair_curves(rows, adjust=True)
    return two_sided(*shares(curves.at(effect), redraws.observed))


def rejects(n, rng, process, *, of="distance", **how):
    return p_value(lot_world(n, rng, process=process, **how), rng, of=of) <= 0.05


@pytest.mark.parametrize("of", ["distance", "outlook"])
def test_the_quick_way_is_that_of_the_package(of):
    world = lot_world(20, np.random.default_rng(6), effect=1.0, of_partner=0.5)
    row = randomization_test(world.dyads, world.lot, "after", of, draws=FEWER, rng=7).table.iloc[0]
    assert p_value(world, 7, of=of) == row["p_value"]
    for end, inside in ((row["low"], 1), (row["high"], -1)):
        for step, held in ((1e-3, True), (-1e-3, False)):
            assert (p_value(world, 7, of=of, effect=end + inside * step) > 0.05) == held


def naive_rejects(n, rng, process):
    """Every person a row, as if partners had nothing to do with each other."""
    world = lot_world(n, rng, process=process)
    table = world.remake(world.pairs)
    x = np.tile(table["distance"], 2)
    return stats.linregress(x, np.r_[table["after_a"], table["after_b"]]).pvalue <= 0.05


def share(reject, n, process, studies, seed, **how):
    rng = np.random.default_rng([seed, n, PROCESSES.index(process)])
    return np.mean([reject(n, rng, process, **how) for _ in range(studies)])


class TestTypeOne:
    @pytest.mark.parametrize("process", ["spread grows", "partners alike", "partners unlike"])
    def test_a_true_null_is_rejected_about_once_in_twenty(self, process):
        assert share(rejects, 20, process, 40, seed=1) < 0.2

    @pytest.mark.slow
    @pytest.mark.parametrize("n", [12, 20, 40])
    @pytest.mark.parametrize("process", PROCESSES)
    @pytest.mark.parametrize("of", ["distance", "outlook"])
    def test_at_full_size(self, n, process, of):
        found = share(rejects, n, process, STUDIES, seed=2, of=of)
        print(f"{of} {process:<16}{n:>3} people {found:.3f} (standard error {CHANCE:.3f})")
        assert 0.03 - 2 * CHANCE <= found <= 0.07 + 2 * CHANCE

    def test_naive_regression_of_persons_rejects_more_where_partners_are_alike(self):
        assert share(naive_rejects, 40, "partners alike", 1000, seed=3) > 0.085


def covers(rng, n, process, effect, **how):
    world = lot_world(n, rng, process=process, effect=effect, **how)
    row = randomization_test(
        world.dyads, world.lot, "after", "distance", covariates=["before"], draws=FEWER, rng=rng
    ).table.loc["distance"]
    return row["low"] <= effect <= row["high"], row["estimate"]


class TestPlanted:
    @pytest.mark.parametrize(("process", "persons"), [("normal", 0.0), ("partners unlike", 0.0), ("normal", 1.0)])
    def test_the_effect_is_found_and_its_interval_covers_it(self, process, persons):
        rng = np.random.default_rng(4)
        inside, estimates = zip(*[covers(rng, 40, process, 0.8, persons=persons) for _ in range(30)], strict=True)
        assert np.mean(estimates) == pytest.approx(0.8, abs=4 * np.std(estimates) / np.sqrt(30))
        assert np.mean(inside) > 0.8

    @pytest.mark.slow
    @pytest.mark.parametrize("process", PROCESSES[:-1])
    @pytest.mark.parametrize("n", [12, 20, 40])
    def test_coverage_at_full_size(self, n, process):
        rng, held = np.random.default_rng([5, n]), []
        for _ in range(STUDIES):
            world = lot_world(n, rng, process=process, effect=0.8)
            held.append(p_value(world, rng, covariates=["before"], effect=0.8) > 0.05)
        print(f"coverage {process:<16}{n:>3} people {np.mean(held):.3f} (standard error {CHANCE:.3f})")
        assert 0.93 - 2 * CHANCE <= np.mean(held) <= 0.97 + 2 * CHANCE


def holds_the_difference(n, rng, process, effect):
    """Whether the interval of what a design would change that makes unlike pairs oftener holds it; None: no answer."""
    world = lot_world(n, rng, process=process, effect=effect)
    every = pd.DataFrame(combinations(world.people, 2), columns=["a", "b"])
    i, j = (world.people.get_indexer(every[side]) for side in ("a", "b"))
    apart = np.abs(world.outlook[i] - world.outlook[j])
    other = every.assign(probability=np.minimum(1, np.exp(0.5 * apart) / n / 2))
    pairs = world.remake(world.pairs)
    outcome = (pairs["after_a"] + pairs["after_b"] - pairs["before_a"] / 2 - pairs["before_b"] / 2) / 2
    try:
        row = reweighted(Dyads(pairs.assign(y=outcome), design="drawn by lot"), ByLot(world.people), "y", other).table
    except EstimationError:
        return None
    truth = effect * (np.average(apart, weights=other["probability"]) - apart.mean())
    return row.loc["difference", "low"] <= truth <= row.loc["difference", "high"]


class TestAnotherDesign:
    def test_its_interval_holds_what_it_would_change(self):
        rng = np.random.default_rng(6)
        held = [holds_the_difference(12, rng, "normal", 1.0) for _ in range(60)]
        assert np.mean([each for each in held if each is not None]) > 0.88

    @pytest.mark.slow
    @pytest.mark.parametrize("effect", [0.0, 1.0])
    @pytest.mark.parametrize("process", ["normal", "heavy tails", "skewed", "spread grows"])
    @pytest.mark.parametrize("n", [12, 20, 40])
    def test_coverage_at_full_size(self, n, process, effect):
        rng = np.random.default_rng([7, n, PROCESSES.index(process)])
        held = [holds_the_difference(n, rng, process, effect) for _ in range(STUDIES)]
        found = np.mean([each for each in held if each is not None])
        print(f"another design {effect:g} {process:<16}{n:>3} people {found:.3f} (standard error {CHANCE:.3f})")
        assert 0.93 - 2 * CHANCE <= found <= 0.98 + 2 * CHANCE


# --- balance, and who was asked ---------------------------------------------------------------------------------------

KINDS = {
    "normal": lambda rng, size: rng.normal(size=size),
    "heavy tails": lambda rng, size: rng.standard_t(3, size=size),
    "skewed": lambda rng, size: rng.exponential(size=size) - 1,
    "yes or no": lambda rng, size: (rng.random(size) < 0.4).astype(float),
}


def balance_found(kind, n, rng):
    """Whether partners drawn by lot seem chosen by a measure, and by either of two; missing where one never differs."""
    people = pd.Index([f"p{i:03d}" for i in range(n)])
    table = ByLot(people).draw(rng)
    for name in ("x", "z"):
        value = pd.Series(KINDS[kind](rng, n), index=people)
        table[f"{name}_a"], table[f"{name}_b"] = table["a"].map(value), table["b"].map(value)
    dyads = Dyads(table, design="drawn by lot")
    try:
        found = partner_balance(dyads, ByLot(people), ["x", "z"], draws=FEWER, rng=rng).table
    except EstimationError:
        return [np.nan] * 2
    return found.loc["x", "p_value"] <= 0.05, (found["p_adjusted"] <= 0.05).any()


def asked_found(kind, n, rng):
    """Whether being asked seems to matter where it does not, and whether regions hold what meeting does: 0, and 1.

    Missing where as many meet whether asked or not, or an outcome never differs: that is refused.
    """
    asked = rng.permutation(np.arange(n // 2) % 2).astype(float)
    outcome = KINDS[kind](rng, n // 2)
    met = np.where(asked == 1, rng.random(n // 2) < 0.7, outcome > np.quantile(outcome, 0.8)).astype(float)
    tables = [pd.DataFrame({"asked": asked, "met": met, "y": outcome + effect * met}) for effect in (0.0, 1.0)]
    try:
        none, one = (
            encouragement_effects(
                Dyads(table, design="drawn by lot"), "y", asked="asked", met="met", draws=FEWER, rng=rng
            )
            for table in tables
        )
    except EstimationError:
        return [np.nan] * 3
    holds = [
        ((found.regions["low"] <= effect) & (effect <= found.regions["high"])).any()
        for effect, found in enumerate((none, one))
    ]
    return [none.table.loc["being asked", "p_value"] <= 0.05, *(not each for each in holds)]


@pytest.mark.parametrize("found", [balance_found, asked_found])
@pytest.mark.parametrize("kind", ["normal", "yes or no"])
def test_nothing_is_found_by_lot_more_often_than_said(found, kind):
    rng = np.random.default_rng(8)
    assert (np.nanmean([found(kind, 20, rng) for _ in range(40)], axis=0) < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 40)).all()


@pytest.mark.slow
@pytest.mark.parametrize("n", [12, 20, 40])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("found", [balance_found, asked_found])
def test_five_in_a_hundred_are_found_by_lot(found, kind, n):
    """Few values leave tests too careful: yes or no answers, and six pairs of whom three are asked (twenty ways)."""
    rng = np.random.default_rng([9, n, [*KINDS].index(kind)])
    rates = np.nanmean([found(kind, n, rng) for _ in range(STUDIES)], axis=0)
    print(f"{found.__name__} {kind:<12}{n:>3} people {rates.round(3)} (standard error {CHANCE:.3f})")
    assert (rates <= 0.07 + 2 * CHANCE).all()
    assert kind == "yes or no" or (found is asked_found and n == 12) or (rates >= 0.03 - 2 * CHANCE).all()
