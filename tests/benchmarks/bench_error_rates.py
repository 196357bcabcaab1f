"""How often tests find what is not there, and intervals hold what is, by method, kind of data and number of people.

``python tests/benchmarks/bench_error_rates.py [method ...] [--people 12 20 40] [--studies 400] [--worlds normal ...]
[--seed 1]``; ``--list`` names the methods, another seed makes other studies. Rates are of tests at 5 % where nothing is
true, each with its standard error. Where an interval holds just what its test does not reject, its coverage is one less
the rate; where it does not, ``covered`` is told by itself. Of planted effects the rate is that of intervals that miss
them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy.special import stdtr

sys.path.insert(0, str(Path(__file__).parents[2]))

from peernet.dyads import (
    Dyads,
    before_after,
    fit_members,
    fit_multiple_membership,
    partner_likeness,
    profile_similarity,
    qap_regression,
)
from peernet.dyads.apim import SIDES, ratio_set
from peernet.dyads.pair_gls import pair_gls
from peernet.dyads.surface import ALONG, second_degree
from peernet.errors import EstimationError
from peernet.outcomes import (
    ByLot,
    attrition,
    diversity_change,
    encouragement_effects,
    opinion_change,
    pairs_of,
    partner_balance,
    randomization_test,
    reweighted,
)
from tests.made import before_after as waves
from tests.made import couples, dyad_worlds, lot_worlds
from tests.made.outcomes import two_waves, with_outcomes
from tests.made.surveys import survey_of

DRAWS = 199  # with these a p value of at most 1/20 has its exact chance
Told: TypeAlias = dict[str, tuple[bool, bool | None]]  # of a term: found, and whether its interval holds the truth
Study: TypeAlias = Callable[[str, int, np.random.Generator], Told]
TAILS = ("normal", "heavy tails", "skewed", "binary")


def drawn(kind: str, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Numbers of a kind, of mean about 0."""
    if kind == "heavy tails":
        return rng.standard_t(3, shape)
    if kind == "skewed":
        return rng.exponential(size=shape) - 1
    return np.asarray(rng.random(shape) < 0.4, dtype=float) if kind == "binary" else rng.normal(size=shape)


def found_in(table: pd.DataFrame, terms: Sequence[str], truth: float | None = None) -> Told:
    """Whether each term was found at 5 %, and whether its interval holds the truth where that is asked."""
    rows = {term: table.loc[term] for term in terms}
    return {
        term: (bool(row["p_value"] <= 0.05), None if truth is None else bool(row["low"] <= truth <= row["high"]))
        for term, row in rows.items()
        if not np.isnan(row["p_value"])
    }


# --- everybody in one pair --------------------------------------------------------------------------------------------


def contrasts(designs: np.ndarray, ends: np.ndarray, weights: dict[str, np.ndarray], *, robust: bool) -> Told:
    """What `fit_apim` and `response_surface` find, without tables and words."""
    fit = pair_gls(designs, ends, correlated=False, method="REML", robust=robust)
    told = {term: fit.contrast(weight) for term, weight in weights.items()}
    return {term: (bool(2 * stdtr(df, -abs(b / error)) < 0.05), None) for term, (b, error, df) in told.items()}


def sides_of_world(kind: str, people: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    table = couples.world(kind, people // 2, rng)
    return table[["x_a", "x_b"]].to_numpy(), table[["y_a", "y_b"]].to_numpy()


def apim(kind: str, people: int, rng: np.random.Generator, *, robust: bool = True) -> Told:
    x, y = sides_of_world(kind, people, rng)
    of_pair, own = rng.standard_normal(len(x)), rng.standard_normal(x.shape)
    told: Told = {}
    for further, kept in (([], ["actor", "partner"]), ([np.stack([of_pair] * 2, 1), own], ["of the pair", "own"])):
        columns = np.stack([np.ones_like(x), x, x[:, ::-1], *further], axis=2)
        names = ["intercept", "actor", "partner", "of the pair", "own"][: columns.shape[2]]
        weights = {name: unit for name, unit in zip(names, np.eye(len(names)), strict=True) if name in kept}
        told |= contrasts(np.einsum("st,pti->psi", SIDES, columns), y @ SIDES, weights, robust=robust)
    return told


def planted_ratio(kind: str, people: int, rng: np.random.Generator) -> Told:
    """Whether Fieller's set holds k = .5, in all studies and in those in which the set has ends.

    The errors of partners correlate at -.8, 0 and .8.
    """
    told: Told = {}
    for actor in (0.3, 1.0):
        for rho in (-0.8, 0.0, 0.8):
            table = couples.world(kind, people // 2, rng, actor, actor / 2, rho=rho)
            x, y = table[["x_a", "x_b"]].to_numpy(), table[["y_a", "y_b"]].to_numpy()
            designs = np.einsum("st,pti->psi", SIDES, np.stack([np.ones_like(x), x, x[:, ::-1]], axis=2))
            fit = pair_gls(designs, y @ SIDES, correlated=False, method="REML", robust=True)
            low, high = ratio_set(fit, 1, 2)
            inside = low <= 0.5 <= high if low < high else not high < 0.5 < low
            told[f"all, a {actor} rho {rho}"] = (not inside, inside)
            if low < high and np.isfinite(low):
                told[f"ends, a {actor} rho {rho}"] = (not inside, inside)
    return told


def surface(kind: str, people: int, rng: np.random.Generator, *, robust: bool = True) -> Told:
    x, y = sides_of_world(kind, people, rng)
    designs = np.einsum("st,pti->psi", SIDES, second_degree(x, x[:, ::-1]))
    return contrasts(designs, y @ SIDES, {f"a{k + 1}": row for k, row in enumerate(ALONG)}, robust=robust)


def likeness(kind: str, people: int, rng: np.random.Generator) -> Told:
    """Partners by chance, and partners who share a part of what varies, or of whom one has what the other lacks."""
    x = pd.DataFrame(drawn(kind, (people // 2, 2), rng), columns=["x_a", "x_b"])
    row = partner_likeness(x, "x", draws=DRAWS, rng=rng).table.loc["double-entry correlation"]
    told: Told = {term: (bool(row[p] <= 0.05), None) for term, p in (("alike or not", "p_value"), ("alike", "p_alike"))}
    for truth in () if kind == "binary" else (-0.8, 0.0, 0.6, 0.9):
        own, common = drawn(kind, (people // 2, 2), rng), drawn(kind, (people // 2, 1), rng)
        sides = np.sqrt(abs(truth)) * common * [1, np.sign(truth)] + np.sqrt(1 - abs(truth)) * own
        shared = pd.DataFrame(sides, columns=["x_a", "x_b"])
        row = partner_likeness(shared, "x", draws=999, rng=rng).table.loc["intraclass correlation"]
        inside = bool(row["low"] <= truth <= row["high"])
        told[f"correlation {truth}"] = (not inside, inside)
    return told


def profiles(kind: str, people: int, rng: np.random.Generator) -> Told:
    names = [f"p{k:02d}" for k in range(people)]
    answers = pd.DataFrame(drawn(kind, (people, 12), rng) + rng.normal(size=12), index=names)
    pairs = pd.DataFrame({"a": names[::2], "b": names[1::2]})
    table = profile_similarity(answers, pairs, draws=DRAWS, rng=rng).table
    return {str(term): (bool(row["p_value"] <= 0.05), None) for term, row in table.iterrows()}


def change(kind: str, people: int, rng: np.random.Generator) -> Told:
    table = before_after(waves.measured_twice(kind, people, rng), "first", "second", by="paired").table[:1]
    return found_in(table, [str(table.index[0])])


# --- everybody in many pairs ------------------------------------------------------------------------------------------


def members(kind: str, people: int, rng: np.random.Generator) -> Told:
    table = dyad_worlds.dyad_world(kind, people, rng)
    return found_in(fit_members(table, "y", dyad_worlds.predictors_of(kind)).table, ["x"])


def multiple_membership(kind: str, people: int, rng: np.random.Generator, errors: Any = "robust") -> Told:
    table = dyad_worlds.dyad_world(kind, people, rng)
    fit = fit_multiple_membership(table, "y", ["z", *dyad_worlds.predictors_of(kind)], errors=errors)
    return found_in(fit.table, ["z", "x"])


def two_partners(kind: str, people: int, rng: np.random.Generator, errors: Any = "robust") -> Told:
    """The same of people in a ring, each with two partners."""
    table = dyad_worlds.dyad_world(kind, people, rng)
    first, second = np.triu_indices(people, 1)
    ring = table[np.isin(second - first, (1, people - 1))]
    fit = fit_multiple_membership(ring, "y", ["z", *dyad_worlds.predictors_of(kind)], errors=errors)
    return found_in(fit.table, ["z", "x"])


def qap(kind: str, people: int, rng: np.random.Generator, statistic: str = "robust") -> Told:
    table = dyad_worlds.dyad_world(kind, people, rng)

    def matrix(column: str) -> np.ndarray:
        square = np.zeros((people, people))
        square[np.triu_indices(people, 1)] = table[column]
        return square + square.T

    predictors = {name: matrix(name) for name in dyad_worlds.predictors_of(kind)}
    found = qap_regression(matrix("y"), predictors, statistic=statistic, permutations=499, rng=rng)
    return found_in(found.table, ["x"])


# --- drawn by lot -----------------------------------------------------------------------------------------------------


def by_lot(kind: str, people: int, rng: np.random.Generator, of: str) -> Told:
    world = lot_worlds.lot_world(people, rng, process=kind)
    table = randomization_test(world.dyads, world.lot, "after", of, draws=DRAWS, rng=rng).table
    return found_in(table, [of])


def balance(kind: str, people: int, rng: np.random.Generator) -> Told:
    names = [f"p{k:02d}" for k in range(people)]
    table = ByLot(names).draw(rng)
    for name in ("x", "z"):
        value = dict(zip(names, drawn(kind, (people,), rng), strict=True))
        table[f"{name}_a"], table[f"{name}_b"] = table["a"].map(value), table["b"].map(value)
    pairs = Dyads(table, design="drawn by lot")
    found = partner_balance(pairs, ByLot(names), ["x", "z"], draws=DRAWS, rng=rng).table
    return found_in(found, ["x"]) | {"either, adjusted": (bool((found["p_adjusted"] <= 0.05).any()), None)}


def encouragement(kind: str, people: int, rng: np.random.Generator) -> Told:
    """Half of the pairs are asked; those who would do well anyway meet more often, and meeting changes 1."""
    pairs = people // 2
    asked = rng.permutation(np.arange(pairs) % 2).astype(float)
    outcome = drawn(kind, (pairs,), rng)
    met = (asked * (rng.random(pairs) < 0.7) + (1 - asked) * (outcome > np.quantile(outcome, 0.8))).clip(0, 1)
    if kind == "more spread when asked":
        outcome = outcome * (1 + asked)
    told: Told = {}
    for effect, term in ((0.0, "being asked"), (1.0, "meeting, planted")):
        table = pd.DataFrame({"asked": asked, "met": met, "y": outcome + effect * met})
        dyads = Dyads(table, design="drawn by lot")
        found = encouragement_effects(dyads, "y", asked="asked", met="met", draws=DRAWS, rng=rng)
        inside = bool(((found.regions["low"] <= effect) & (effect <= found.regions["high"])).any())
        wrong = not inside if effect else bool(found.table.loc[term, "p_value"] <= 0.05)
        told[term] = (wrong, inside)
    return told


def other_design(kind: str, people: int, rng: np.random.Generator) -> Told:
    """Pairs further apart would be made oftener; the outcome of a pair grows with its distance by 1."""
    names = [f"p{k:02d}" for k in range(people)]
    outlook = dict(zip(names, rng.normal(size=people), strict=True))
    every = pd.DataFrame(combinations(names, 2), columns=["a", "b"])
    apart = (every["a"].map(outlook) - every["b"].map(outlook)).abs()
    other = every.assign(probability=np.minimum(1, np.exp(0.5 * apart) / people / 2))
    table = ByLot(names).draw(rng)
    far = (table["a"].map(outlook) - table["b"].map(outlook)).abs()
    spread = {"spread grows": 0.3 + far, "spread shrinks": 1 / (0.3 + far)}.get(kind, 1.0)
    noise = drawn(kind, (len(table),), rng) * spread
    told: Told = {}
    for effect, term in ((0.0, "difference"), (1.0, "difference, planted")):
        truth = effect * (np.average(apart, weights=other["probability"]) - apart.mean())
        pairs = Dyads(table.assign(y=effect * far + noise), design="drawn by lot")
        row = reweighted(pairs, ByLot(names), "y", other).table.loc["difference"]
        inside = bool(row["low"] <= truth <= row["high"])
        told[term] = (not inside if effect else bool(row["p_value"] <= 0.05), inside)
    return told


# --- two waves --------------------------------------------------------------------------------------------------------


def opinions(kind: str, people: int, rng: np.random.Generator) -> Told:
    """Nobody moves but back to the usual; partners' changes may hang together, or grow with their distance."""
    tails = {"heavy tails": "heavy", "skewed": "skewed", "binary": "yes or no"}.get(kind, "normal")
    before, after, pairs = two_waves(people // 2, seed=int(rng.integers(2**31)), tails=tails, back=0.3, widest=1000)
    items = [name for name in after.people if str(name).startswith("perspective")]
    shape = (people // 2, len(items))
    common, far = rng.normal(size=shape), np.ones(shape)
    first = before.people[items].to_numpy(dtype=float).reshape(people // 2, 2, -1)
    if kind == "spread grows":
        far = np.abs(first[:, 0] - first[:, 1])
        moves = np.stack([rng.normal(size=shape), rng.normal(size=shape)], axis=1) * far[:, None]
    else:
        sign = {"partners alike": 1.0, "partners unlike": -1.0}.get(kind, 0.0)
        moves = np.stack([np.abs(sign) * common, sign * common], axis=1)
    answers = after.people.copy()
    answers[items] = answers[items].to_numpy(dtype=float) + moves.reshape(people, -1)
    after = type(after)(**{**after.__dict__, "people": answers})
    table = opinion_change(before, after, pairs_of(before, pairs), draws=DRAWS, rng=rng).table
    return found_in(table, ["partner"], truth=0.0)


def diversity(kind: str, people: int, rng: np.random.Generator) -> Told:
    tails = {"heavy tails": "heavy", "skewed": "skewed", "binary": "yes or no"}.get(kind, "normal")
    seed = int(rng.integers(2**31))
    before, after, pairs = two_waves(people // 2, seed=seed, tails=tails, widest=1000)
    table = diversity_change(before, after, pairs_of(before, pairs)).table
    return found_in(table, ["mean distance", "variety", "between partners"], truth=0.0)


def loss(kind: str, people: int, rng: np.random.Generator) -> Told:
    """A third of the people are in pairs; a quarter of all are lost, of partners often both or just one."""
    pairs = people // 6
    names = [f"p{i:03d}" for i in range(people)]
    luck, first = rng.normal(size=people), drawn(kind, (people,), rng)
    alike = {"partners alike": 0.5, "partners unlike": -0.5}.get(kind, 0.0)
    common = np.repeat(rng.normal(size=pairs), 2) * (np.tile([1, np.sign(alike)], pairs))
    luck[: 2 * pairs] = np.sqrt(abs(alike)) * common + np.sqrt(1 - abs(alike)) * luck[: 2 * pairs]
    later = {who: 1.0 for who, x in zip(names, luck, strict=True) if x > -0.6745}
    said = {("learning", 1): dict(zip(names, first.tolist(), strict=True)), ("learning", 2): later}
    survey = with_outcomes(survey_of({who: {"perspective_1": 1.0} for who in names}), said)
    made = pd.DataFrame({"a": names[: 2 * pairs : 2], "b": names[1 : 2 * pairs : 2]})
    made = made.assign(far=rng.normal(size=pairs))
    return found_in(attrition(pairs_of(survey, made), survey, distance="far").table, ["paired", "far", "learning_1"])


LOTS = tuple(lot_worlds.PROCESSES)
METHODS: dict[str, tuple[Study, Sequence[str]]] = {
    "fit_apim": (apim, couples.WORLDS),
    "fit_apim by the model": (lambda *world: apim(*world, robust=False), couples.WORLDS),
    "fit_apim, planted ratio": (planted_ratio, ["normal", "heavy tails", "skewed", "spread goes with x"]),
    "response_surface": (surface, couples.WORLDS),
    "response_surface by the model": (lambda *world: surface(*world, robust=False), couples.WORLDS),
    "partner_likeness": (likeness, TAILS),
    "profile_similarity": (profiles, TAILS),
    "before_after": (change, waves.WORLDS),
    "fit_members": (members, dyad_worlds.WORLDS),
    "fit_multiple_membership": (multiple_membership, dyad_worlds.WORLDS),
    "fit_multiple_membership by the model": (
        lambda *world: multiple_membership(*world, errors="model"),
        dyad_worlds.WORLDS,
    ),
    "fit_multiple_membership, two partners": (two_partners, dyad_worlds.WORLDS),
    "qap_regression": (qap, dyad_worlds.WORLDS),
    "qap_regression, classical": (lambda *world: qap(*world, statistic="classical"), dyad_worlds.WORLDS),
    "randomization_test of distance": (lambda *world: by_lot(*world, of="distance"), LOTS),
    "randomization_test of the partner": (lambda *world: by_lot(*world, of="outlook"), LOTS),
    "partner_balance": (balance, TAILS),
    "encouragement_effects": (encouragement, (*TAILS, "more spread when asked")),
    "reweighted": (other_design, (*TAILS, "spread grows", "spread shrinks")),
    "opinion_change": (opinions, (*TAILS, "partners alike", "partners unlike", "spread grows")),
    "diversity_change": (diversity, TAILS),
    "attrition": (loss, (*TAILS, "partners alike", "partners unlike")),
}


def rates(method: str, kind: str, people: int, studies: int, seed: int) -> Iterator[tuple[str, int, float, float]]:
    """Of every term: studies that gave an answer, the share that found something, and the share that covered."""
    study, found, held = METHODS[method][0], dict[str, list[bool]](), dict[str, list[bool]]()
    rng = np.random.default_rng([seed, people, [*METHODS[method][1]].index(kind)])
    for _ in range(studies):
        try:
            told = study(kind, people, rng)
        except EstimationError:  # such as an outcome that never varies
            continue
        for term, (rejected, inside) in told.items():
            found.setdefault(term, []).append(rejected)
            held.setdefault(term, []).extend([] if inside is None else [inside])
    for term, rejected in found.items():
        yield term, len(rejected), float(np.mean(rejected)), float(np.mean(held[term])) if held[term] else np.nan


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("methods", nargs="*", default=[*METHODS])
    asked.add_argument("--people", nargs="+", type=int, default=[12, 20, 40])
    asked.add_argument("--studies", type=int, default=400)
    asked.add_argument("--worlds", nargs="+")
    asked.add_argument("--seed", type=int, default=20261129)
    asked.add_argument("--list", action="store_true")
    given = asked.parse_args()
    if given.list:
        print(*METHODS, sep="\n")
        return
    print(f"{'method':<36} {'term':<20} {'kind of data':<30} people studies  rate (s.e.)   covered")
    for method in given.methods:
        for kind in given.worlds or METHODS[method][1]:
            for people in given.people:
                for term, answers, rate, covered in rates(method, kind, people, given.studies, given.seed):
                    error = np.sqrt(max(rate * (1 - rate), 0.05 * 0.95) / answers)
                    held = "" if np.isnan(covered) else f"{covered:.3f}"
                    cells = f"{method:<36} {term:<20} {kind:<30} {people:>6} {answers:>7}"
                    print(f"{cells}  {rate:.3f} (.{1000 * error:03.0f})  {held}", flush=True)


if __name__ == "__main__":
    main()
