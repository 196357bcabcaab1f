"""Studies made up on the real people: pairs drawn as they will be, outcomes with a known effect, what the test finds.

The outcome is linear in the effect, so a study is kept as what it finds without effect and what each unit adds, of the
pairing observed and of those redrawn. The test at any effect is then a matter of adding the two.

A slope is held against redrawn pairings by its t statistic, not as it stands: outcomes of partners correlate once they
have been paired, which those of redrawn partners do not; and some pairs may be less predictable than others (HC2). It
is adjusted for the distance that the two could expect anyway under the lot, since people with unusual outlooks are far
from everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import norm
from scipy.stats import t as student

from peernet._arrays import Flags, Floats, Ints
from peernet._compiled import kernel
from peernet.outcomes.lots import NAMES, ByLot
from peernet.pairing.lottery import PairingDesign, people_by_lot
from peernet.scores.pair_scores import PairScores

LEVEL, WANTED = 0.05, 0.8  # of every test, and the power a study should have
AT_ONCE = 250  # studies made up together
TABLES, SUMS = 9, 40  # of studies by people, for each round and site, and of studies by draws: as many held at once
HALVINGS = 20  # of the bracket about the smallest detectable effect
LARGEST = 64.0  # times the effect a large sample would need: beyond that none can be told
ROUNDING = 1e-9
Site: TypeAlias = tuple[Any, Any, Any, Any, Any, Any, Any, Any]  # what `sum_pairs` and `sum_groups` take first


class Scenario(NamedTuple):
    """One way the study could go; the names are those of `plan_study`."""

    rounds: int
    sites: int
    drop_out: float
    spill_over: float
    alike: float
    before: float

    def own_share(self, same_person: float) -> float:
        """Share of the outcome's variance, the measure before taken out, that is a person's own in every round."""
        taken = self.before**2
        return max(0.0, (same_person - taken) / (1 - taken)) if self.rounds > 1 else 0.0


# --- pairs by lot -----------------------------------------------------------------------------------------------------


class Round(NamedTuple):
    """Pairs of one round by the identifiers of their people, and who was drawn to be paired."""

    pairs: pd.DataFrame
    drawn: pd.Index


def drawn_rounds(design: PairingDesign | ByLot, rounds: int, waiting: float, rng: np.random.Generator) -> list[Round]:
    """Rounds one after the other, a share of the people waiting in each.

    Nobody meets the same colleague twice, but by chance where pairs are drawn among all.
    """
    if isinstance(design, ByLot):
        return [_round_by_lot(design, waiting, rng) for _ in range(rounds)]
    left, found, people = design, [], design.pool.people
    for place in range(rounds):
        among, lot = left, people
        if waiting:
            lot = people[people_by_lot(design.pool, 1 - waiting, rng)]
            among = replace(left, pairs=left.pairs[left.pairs["a"].isin(lot) & left.pairs["b"].isin(lot)])
        pairs = among.draw(rng)[NAMES] if len(among.pairs) else among.pairs[NAMES]
        found.append(Round(pairs, lot))
        if place + 1 < rounds:
            met = pd.MultiIndex.from_frame(left.pairs[NAMES]).isin(pd.MultiIndex.from_frame(pairs))
            left = replace(left, pairs=left.pairs[~met])
    return found


def _round_by_lot(design: ByLot, waiting: float, rng: np.random.Generator) -> Round:
    """Pairs among those who do not wait, in each group; of an odd number one stays single."""
    paired = np.zeros(len(design.people), dtype=bool)
    paired[rng.permutation(len(paired))[: round((1 - waiting) * len(paired))]] = True
    orders = [rng.permutation(each[paired[each]]) for each in design.among]
    pairs = np.concatenate([each[: len(each) // 2 * 2] for each in orders]).reshape(-1, 2)
    named = design.people.to_numpy()[np.sort(pairs, axis=1)]
    return Round(pd.DataFrame(named, columns=NAMES), design.people[paired])


@dataclass(frozen=True)
class World:
    """The people, every pairing drawn, and what is known of their distances.

    Pairs stand in the shape (draws, rounds, pairs), people by their place in the pool; -1 fills up.
    """

    question: str
    people: int  # who can be in a pair
    asked: int  # everybody scored, or in the lot
    firsts: Ints
    seconds: Ints
    alone: Flags  # whether the pair is the first of both its people in that round
    apart: Floats  # distance; missing where it is not known
    lot: Flags  # (draws, rounds, people): drawn to be paired
    expected: Floats  # (rounds, people): distance from the partner on average over the draws
    hears: sparse.csr_array  # (people, people): 1 where the row's person hears the column's
    mean: float  # of the distances of all people
    variance: float
    reliability: float
    same_person: float

    @property
    def draws(self) -> int:
        """Number of pairings drawn."""
        return len(self.firsts)

    @cached_property
    def pairs(self) -> float:
        """Pairs of a first round, on average."""
        return float((self.firsts[:, 0] >= 0).sum() / self.draws)

    @cached_property
    def spread(self) -> float:
        """Standard deviation of distance over the pairs of a round; 1 where distance is not the question."""
        if self.question == "paired":
            return 1.0
        flat = self.apart.reshape(-1, self.apart.shape[2])
        known = ~np.isnan(flat)
        number = np.maximum(known.sum(axis=1), 1)
        mean = np.where(known, flat, 0.0).sum(axis=1) / number
        return float(np.sqrt((np.where(known, flat - mean[:, None], 0.0) ** 2).sum(axis=1) / number).mean())


def world_of(
    scores: PairScores,
    design: PairingDesign | ByLot,
    drawn: Sequence[Sequence[Round]],
    *,
    question: str,
    reliability: float,
    same_person: float,
) -> World:
    """Everything studies are made up from."""
    by_lot, flat = isinstance(design, ByLot), [each for draw in drawn for each in draw]
    people = design.people if isinstance(design, ByLot) else design.pool.people
    shape = len(drawn), len(drawn[0])
    firsts, seconds = np.full((2, len(flat), max(len(each.pairs) for each in flat)), -1)
    alone = np.zeros(firsts.shape, dtype=bool)
    for row, each in enumerate(flat):
        i, j = (people.get_indexer(pd.Index(each.pairs[side])) for side in "ab")
        firsts[row, : len(i)], seconds[row, : len(i)], alone[row, : len(i)] = i, j, _first_of_both(i, j)
    lot = np.array([people.isin(each.drawn) for each in flat])
    at = np.array([scores.position(person) for person in people], dtype=np.int64)
    distances = scores.block(at, column="perspective")[:, at]
    known = distances[np.triu_indices(len(at), k=1)]
    apart = np.where(firsts >= 0, distances[firsts, seconds], np.nan).reshape(*shape, -1)
    firsts, seconds = firsts.reshape(*shape, -1), seconds.reshape(*shape, -1)
    return World(
        question,
        len(people),
        len(people) if by_lot else len(scores),
        firsts,
        seconds,
        alone.reshape(*shape, -1),
        apart,
        lot.reshape(*shape, -1),
        _expected(firsts, seconds, apart, len(people)),
        _heard(scores, at),
        float(np.nanmean(known)),
        float(np.nanvar(known)),
        reliability,
        same_person,
    )


def _first_of_both(i: Ints, j: Ints) -> Flags:
    both = np.column_stack([i, j]).ravel()
    first = np.zeros(len(both), dtype=bool)
    first[np.unique(both, return_index=True)[1]] = True
    return np.asarray(first.reshape(-1, 2).all(axis=1))


def _expected(firsts: Ints, seconds: Ints, apart: Floats, people: int) -> Floats:
    """Mean distance from the partner over the draws, by round; 0 for people who never have one."""
    total, times = np.zeros((2, apart.shape[1], people))
    for t in range(apart.shape[1]):
        known = ~np.isnan(apart[:, t])
        for side in (firsts, seconds):
            total[t] += np.bincount(side[:, t][known], apart[:, t][known], minlength=people)
            times[t] += np.bincount(side[:, t][known], minlength=people)
    return np.asarray(total / np.maximum(times, 1.0))


def _heard(scores: PairScores, at: Ints) -> sparse.csr_array:
    """Who hears whom, among those who can be in a pair."""
    place = {person: row for row, person in enumerate(at.tolist())}
    cells = [(row, place[k]) for i, row in place.items() for k in scores.reach.heard[i].tolist() if k in place]
    rows, columns = np.array([(i, k) for i, k in cells if i != k], dtype=np.int64).reshape(-1, 2).T
    return sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(at), len(at)))


# --- made-up studies --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Studies:
    """What a test needs to know of every study: shape (rows, studies), first the pairing observed, then those redrawn.

    The effect found is ``found[0] + effect * found[1]``; its squared standard error is quadratic in the effect in the
    same way, with ``spread`` its parts without effect, mixed, and per unit of effect squared.
    """

    found: Floats  # (2, rows, studies)
    spread: Floats  # (3, rows, studies)
    df: Floats  # (studies,), of the pairing observed
    pairs: float  # analysed, on average

    def statistic(self, effect: float) -> Floats:
        """The effect found over its standard error; 0 where there is none."""
        found = self.found[0] + effect * self.found[1]
        squared = self.spread[0] + 2 * effect * self.spread[1] + effect**2 * self.spread[2]
        return np.where(squared > 0, found / np.sqrt(np.where(squared > 0, squared, 1.0)), 0.0)

    def rejected(self, effect: float) -> int:
        """How many studies find something at the level of 5 % where the effect is so large.

        With redrawn pairings, twice the smaller tail; else by Student's t.
        """
        t = self.statistic(effect)
        if len(t) == 1:
            found = (np.abs(t[0]) >= student.isf(LEVEL / 2, np.maximum(self.df, 1))) & (self.df >= 1)
        else:
            room = ROUNDING * np.abs(t).max(axis=0)  # equal pairings are equal in spite of rounding
            above, below = (t >= t[0] - room).sum(axis=0), (t <= t[0] + room).sum(axis=0)
            found = 2 * np.minimum(above, below) <= LEVEL * len(t) + ROUNDING
        return int(found.sum())

    @property
    def count(self) -> int:
        """Number of studies."""
        return len(self.df)

    def large_sample_effect(self) -> float:
        """The effect a normal test with the error of these studies would find with a chance of 80 %."""
        plain, added = self.found[:, 0]
        mean = float(added.mean())
        return float((norm.isf(LEVEL / 2) + norm.ppf(WANTED)) * plain.std() / mean) if mean > 0 else np.inf

    def smallest(self) -> float:
        """The effect found with a chance of 80 %, by halving; infinite where none is."""
        high = self.large_sample_effect()
        most = LARGEST * high
        while np.isfinite(high) and self.rejected(high) < WANTED * self.count:
            high = 2 * high if 2 * high <= most else np.inf
        low = 0.0
        for _ in range(HALVINGS if np.isfinite(high) else 0):
            middle = (low + high) / 2
            low, high = (low, middle) if self.rejected(middle) >= WANTED * self.count else (middle, high)
        return high

    def times_needed(self, effect: float) -> float:
        """How many times as many sites find the effect with a chance of 80 %, by the error of these studies."""
        plain, added = self.found[:, 0]
        shift = effect * float(added.mean())
        enough = (norm.isf(LEVEL / 2) + norm.ppf(WANTED)) ** 2
        return float(enough * np.var(plain + effect * added) / shift**2) if shift else np.inf


def memory_of_studies(world: World, scenario: Scenario, studies: int) -> float:
    """Bytes of memory that making up studies of one scenario takes."""
    people, together = world.people * scenario.rounds * scenario.sites, min(studies, AT_ONCE)
    return 8.0 * together * (TABLES * people + SUMS * world.draws)


def made_up(world: World, scenario: Scenario, test: str, studies: int, chance: np.random.SeedSequence) -> Studies:
    """Made-up studies of one scenario; the same chance in every scenario."""
    rng = np.random.default_rng(np.random.SeedSequence(chance.entropy, spawn_key=chance.spawn_key))
    sizes = [len(part) for part in np.array_split(np.arange(studies), -(-studies // AT_ONCE))]
    rows = world.draws if test == "redraw" else 1
    parts = [_some_studies(world, scenario, rows, size, rng) for size in sizes]
    found, spread, df, pairs = (np.concatenate(each, axis=-1) for each in zip(*parts, strict=True))
    return Studies(found, spread, df, float(pairs.mean()))


def _some_studies(
    world: World, scenario: Scenario, rows: int, studies: int, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats, Floats]:
    """What `Studies` holds of some of them; the pairs analysed of each."""
    sites = [_site(world, scenario, studies, rng, expecting=rows > 1) for _ in range(scenario.sites)]
    sums = np.zeros((7 if world.question == "paired" else 11, rows, studies))
    for site in sites:
        (sum_groups if world.question == "paired" else sum_pairs)(*site, sums)
    return _differences(sums) if world.question == "paired" else _slopes(sums, scenario, sites)


def _slopes(sums: Floats, scenario: Scenario, sites: Sequence[Site]) -> tuple[Floats, Floats, Floats, Floats]:
    """Slope of pair means on distance by least squares, within rounds and sites and beside what was to be expected.

    The error of a slope that is held against others lets pairs be unequally predictable (HC2), as `randomization_test`
    has it; that of regression on pair means does not.
    """
    zz, zx, zp, za, xx, xp, xa, pp, pa, aa, pairs = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(zz > ROUNDING * pairs, 1 / zz, 0.0)
        xx, xp, xa = (one - zx * other * share for one, other in ((xx, zx), (xp, zp), (xa, za)))
        df = pairs - scenario.rounds * scenario.sites - 1 - (share > 0)
        xx = np.where(xx > ROUNDING * pairs, xx, np.nan)
        found = np.nan_to_num(np.array([xp, xa]) / xx)
        if len(pairs) > 1:
            squares = np.zeros((3, *pairs.shape))
            lines = np.stack([share, share * zx, share * zp, share * za, 1 / xx, *found])
            for site in sites:
                sum_squares(*site, lines, squares)
            return found, np.nan_to_num(squares / xx**2), df[0], pairs[0]
        pp, pa, aa = (one - other * share for one, other in ((pp, zp * zp), (pa, zp * za), (aa, za * za)))
        rest = np.array([pp - xp * found[0], pa - xp * found[1], aa - xa * found[1]])
        return found, np.nan_to_num(rest / (xx * np.maximum(df, 1))), df[0], pairs[0]


def _differences(sums: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Difference of means within rounds and sites, with an error that lets partners correlate."""
    weight, p, a, pp, pa, aa, pairs = sums
    weight = np.maximum(weight, ROUNDING)
    return np.array([p, a]) / weight, np.array([pp, pa, aa]) / weight**2, pairs[0], pairs[0]


def _site(world: World, scenario: Scenario, studies: int, rng: np.random.Generator, *, expecting: bool) -> Site:
    """Pairs and people of one site with what is drawn of it in each study, as `sum_pairs` or `sum_groups` take them.

    Redrawn pairings follow the one observed in the order of the draws, beginning anew at the end. The pairing observed
    is as likely to be any of them, so the order tells nothing of it where there is no effect.
    """
    rounds, n = scenario.rounds, world.people
    stays = rng.random((studies, n)) >= scenario.drop_out
    observed = rng.integers(world.draws, size=studies)
    own = scenario.own_share(world.same_person)
    person, rest = rng.standard_normal((studies, 1, n)), rng.standard_normal((studies, rounds, n))
    error = rng.standard_normal((studies, rounds, world.firsts.shape[2]))
    error *= np.sqrt(world.reliability * (1 - world.reliability) * world.variance)
    pairs = world.firsts[:, :rounds], world.seconds[:, :rounds], world.alone[:, :rounds]
    true = world.reliability * np.nan_to_num(world.apart[:, :rounds] - world.mean)
    paired, done = np.zeros((2, studies, rounds, n))
    live_pairs(*pairs, observed, scenario.alike / (1 - own), true, error, rest, paired, done)
    plain = np.sqrt(1 - scenario.before**2) * (np.sqrt(own) * person + np.sqrt(1 - own) * rest)
    if world.question == "paired":
        added = _spilt(world, scenario.spill_over, np.minimum(paired, 1.0), np.ones_like(paired))
        return *pairs, world.lot[:, :rounds], observed, stays, plain, added
    added = _spilt(world, scenario.spill_over, done / np.maximum(paired, 1.0), np.minimum(paired, 1.0))
    expected = world.expected[:rounds] if expecting else np.zeros((rounds, n))
    return *pairs[:2], world.apart[:, :rounds], expected, observed, stays, plain, added


def _spilt(world: World, share: float, done: Floats, counts: Floats) -> Floats:
    """What is left of each person's own and taken over from the colleagues they hear, of those who count."""
    if not share:
        return done
    flat, counted = done.reshape(-1, world.people), counts.reshape(-1, world.people)
    heard, number = (np.asarray((world.hears @ each.T).T) for each in (flat * counted, counted))
    mixed = (1 - share) * flat + share * heard / np.maximum(number, 1)
    return np.where(number > 0, mixed, flat).reshape(done.shape)


@kernel
def live_pairs(
    firsts: Ints,
    seconds: Ints,
    alone: Flags,
    observed: Ints,
    alike: float,
    true: Floats,
    error: Floats,
    rest: Floats,
    paired: Floats,
    done: Floats,
) -> None:
    """Let the partners of each study's pairing correlate, and add up what their true distance does to each of them."""
    other = np.sqrt(1 - alike**2)
    for s in range(len(observed)):
        m = observed[s]
        for t in range(firsts.shape[1]):
            for p in range(firsts.shape[2]):
                i, j = firsts[m, t, p], seconds[m, t, p]
                if i < 0:
                    break
                if alone[m, t, p]:
                    rest[s, t, j] = alike * rest[s, t, i] + other * rest[s, t, j]
                for k in (i, j):
                    paired[s, t, k] += 1.0
                    done[s, t, k] += true[m, t, p] + error[s, t, p]


@kernel
def sum_pairs(
    firsts: Ints,
    seconds: Ints,
    apart: Floats,
    expected: Floats,
    observed: Ints,
    stays: Flags,
    plain: Floats,
    added: Floats,
    sums: Floats,
) -> None:
    """Sums of squares and products about the means of a round.

    Of the distance expected, the distance, and both parts of the pairs' mean outcome.
    """
    draws = len(firsts)
    for s in range(len(observed)):
        for row in range(sums.shape[1]):
            m = (observed[s] + row) % draws
            for t in range(firsts.shape[1]):
                n = z = x = p = a = 0.0
                zz = zx = zp = za = xx = xp = xa = pp = pa = aa = 0.0
                for k in range(firsts.shape[2]):
                    i, j = firsts[m, t, k], seconds[m, t, k]
                    if i < 0:
                        break
                    d = apart[m, t, k]
                    if np.isnan(d) or not (stays[s, i] and stays[s, j]):
                        continue
                    u, v = (plain[s, t, i] + plain[s, t, j]) / 2, (added[s, t, i] + added[s, t, j]) / 2
                    e = expected[t, i] + expected[t, j]
                    n, z, x, p, a = n + 1, z + e, x + d, p + u, a + v
                    zz, zx, zp, za = zz + e * e, zx + e * d, zp + e * u, za + e * v
                    xx, xp, xa = xx + d * d, xp + d * u, xa + d * v
                    pp, pa, aa = pp + u * u, pa + u * v, aa + v * v
                if n > 0:
                    whole = (zz, zx, zp, za, xx, xp, xa, pp, pa, aa)
                    mean = (z * z, z * x, z * p, z * a, x * x, x * p, x * a, p * p, p * a, a * a)
                    for q in range(len(whole)):
                        sums[q, row, s] += whole[q] - mean[q] / n
                    sums[10, row, s] += n


@kernel
def sum_squares(
    firsts: Ints,
    seconds: Ints,
    apart: Floats,
    expected: Floats,
    observed: Ints,
    stays: Flags,
    plain: Floats,
    added: Floats,
    lines: Floats,
    squares: Floats,
) -> None:
    """Squares and products of what the lines leave of both parts of each pair's outcome, times its distance beside z.

    Each by what the regression leaves free of the pair (MacKinnon & White's HC2). ``lines`` are 1 / zz; the slopes on z
    of distance and both parts; 1 / xx; and the slopes on distance.
    """
    draws = len(firsts)
    for s in range(len(observed)):
        for row in range(squares.shape[1]):
            m = (observed[s] + row) % draws
            of_z, zx, zp, za, of_x, xp, xa = lines[:, row, s]
            if np.isnan(of_x):
                continue
            for t in range(firsts.shape[1]):
                n = z = x = p = a = 0.0
                for again in range(2):
                    for k in range(firsts.shape[2]):
                        i, j = firsts[m, t, k], seconds[m, t, k]
                        if i < 0:
                            break
                        d = apart[m, t, k]
                        if np.isnan(d) or not (stays[s, i] and stays[s, j]):
                            continue
                        u, v = (plain[s, t, i] + plain[s, t, j]) / 2, (added[s, t, i] + added[s, t, j]) / 2
                        e = expected[t, i] + expected[t, j]
                        if again == 0:
                            n, z, x, p, a = n + 1, z + e, x + d, p + u, a + v
                            continue
                        e = e - z / n
                        w = d - x / n - zx * e
                        u, v = u - p / n - zp * e - xp * w, v - a / n - za * e - xa * w
                        share = w * w / max(1 - 1 / n - e * e * of_z - w * w * of_x, ROUNDING)
                        squares[0, row, s] += share * u * u
                        squares[1, row, s] += share * u * v
                        squares[2, row, s] += share * v * v


@kernel
def sum_groups(
    firsts: Ints,
    seconds: Ints,
    alone: Flags,
    lot: Flags,
    observed: Ints,
    stays: Flags,
    plain: Floats,
    added: Floats,
    sums: Floats,
) -> None:
    """Differences of people drawn to be paired and to wait, weighed by their numbers, and their errors by pair.

    The squared error of a group's mean is the sum over its pairs (or people without one) of squared sums of deviations.
    """
    draws, people = len(firsts), lot.shape[2]
    for s in range(len(observed)):
        for row in range(sums.shape[1]):
            m = (observed[s] + row) % draws
            for t in range(firsts.shape[1]):
                n, p, a = np.zeros(2), np.zeros(2), np.zeros(2)
                for i in range(people):
                    if stays[s, i]:
                        g = 1 if lot[m, t, i] else 0
                        n[g] += 1
                        p[g] += plain[s, t, i]
                        a[g] += added[s, t, i]
                if n[0] < 2 or n[1] < 2:
                    continue
                p, a = p / n, a / n
                pp = pa = aa = pairs = 0.0
                for i in range(people):
                    if stays[s, i]:
                        g = 1 if lot[m, t, i] else 0
                        u, v, size = plain[s, t, i] - p[g], added[s, t, i] - a[g], n[g] * (n[g] - 1)
                        pp, pa, aa = pp + u * u / size, pa + u * v / size, aa + v * v / size
                size = n[1] * (n[1] - 1)
                for k in range(firsts.shape[2]):
                    i, j = firsts[m, t, k], seconds[m, t, k]
                    if i < 0:
                        break
                    if not (stays[s, i] and stays[s, j]):
                        continue
                    pairs += 1
                    if alone[m, t, k]:
                        u, v = plain[s, t, i] - p[1], added[s, t, i] - a[1]
                        w, z = plain[s, t, j] - p[1], added[s, t, j] - a[1]
                        pp, pa, aa = pp + 2 * u * w / size, pa + (u * z + v * w) / size, aa + 2 * v * z / size
                weight = n[0] * n[1] / (n[0] + n[1])
                sums[0, row, s] += weight
                sums[1, row, s] += weight * (p[1] - p[0])
                sums[2, row, s] += weight * (a[1] - a[0])
                sums[3, row, s] += weight**2 * pp
                sums[4, row, s] += weight**2 * pa
                sums[5, row, s] += weight**2 * aa
                sums[6, row, s] += pairs
