"""Means over kinds of pairs, how sure they are when pairs share people, and how often chance gives as much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from peernet._arrays import Codes, Flags, Floats, Ints
from peernet._compiled import kernel
from peernet._parallel import progress_bar

__all__ = ["FEWEST", "KindMeans", "PairFigures", "against_chance", "kind_means", "shares_of_draws", "swapped"]

FEWEST = 5  # people in a kind that is tested
LEVEL = 0.95


@dataclass(frozen=True)
class PairFigures:
    """Figures of pairs and the kinds they are of, once per choice of items.

    Parameters
    ----------
    firsts, seconds
        The two people of each pair.
    figures
        Choice x pair x figure; missing where not known.
    codes
        Choice x person x person: kind of the pair, -1 for none.
    kinds
        Number of kinds.
    """

    firsts: Ints
    seconds: Ints
    figures: Floats
    codes: Codes
    kinds: int

    def sums(self, order: Ints) -> tuple[Floats, Floats]:
        """Sums (person x kind x figure) and numbers (person x kind) of pairs when people take each other's places."""
        people, shape = len(order), (len(order), self.kinds, self.figures.shape[2])
        sums, numbers = np.zeros(shape), np.zeros((people, self.kinds))
        _add_up(self.firsts, self.seconds, self.figures, self.codes, order, sums, numbers)
        return sums, numbers

    def pair_variance(self, means: KindMeans) -> Floats:
        """What pairs by themselves add to the variance of each mean and of each excess of the first figure."""
        variance = np.zeros((2, self.kinds))
        pairs = np.append(means.pairs, means.pairs.sum())
        middle = np.append(means.mean, means.overall)
        _add_variance(self.firsts, self.seconds, self.figures, self.codes, middle, pairs, variance)
        return variance


@kernel
def _add_up(
    firsts: Ints,
    seconds: Ints,
    figures: Floats,
    codes: Codes,
    order: Ints,
    sums: Floats,
    numbers: Floats,
) -> None:
    wide = figures.shape[2]
    for choice in range(len(figures)):
        for p in range(len(firsts)):
            i, j = firsts[p], seconds[p]
            kind = codes[choice, order[i], order[j]]
            if kind < 0 or np.isnan(figures[choice, p, 0]):
                continue
            for v in range(wide):
                figure = figures[choice, p, v]
                sums[i, kind, v] += figure
                sums[j, kind, v] += figure
            numbers[i, kind] += 1.0
            numbers[j, kind] += 1.0


@kernel
def _add_variance(
    firsts: Ints,
    seconds: Ints,
    figures: Floats,
    codes: Codes,
    middle: Floats,
    pairs: Floats,
    variance: Floats,
) -> None:
    kinds = len(middle) - 1
    part = np.zeros(kinds + 1)
    for p in range(len(firsts)):
        for kind in range(kinds + 1):
            part[kind] = 0.0
        for choice in range(len(figures)):
            kind, figure = codes[choice, firsts[p], seconds[p]], figures[choice, p, 0]
            if kind >= 0 and not np.isnan(figure):
                part[kind] += (figure - middle[kind]) / pairs[kind]
                part[kinds] += (figure - middle[kinds]) / pairs[kinds]
        for kind in range(kinds):
            variance[0, kind] += part[kind] ** 2
            variance[1, kind] += (part[kind] - part[kinds]) ** 2


@dataclass(frozen=True)
class KindMeans:
    """Means of one figure per kind, and what they would be without each person in turn.

    Parameters
    ----------
    mean, excess
        Per kind: the mean, and how far it lies above the mean over all pairs.
    without, excess_without
        Person x kind: the same without the person.
    overall
        Mean over all pairs.
    people
        Number of people in pairs of each kind.
    pairs
        Number of pairs, once per choice.
    """

    mean: Floats
    excess: Floats
    without: Floats
    excess_without: Floats
    overall: float
    people: Ints
    pairs: Floats

    def standing_out(self) -> Floats:
        """Excess in standard errors; minus infinity where there are too few people."""
        error = spread(self.excess_without)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = self.excess / error
        return np.where((self.people >= FEWEST) & np.isfinite(ratio) & (error > 0), ratio, -np.inf)

    def intervals(self, apart: Floats) -> tuple[Floats, Floats]:
        """Half the width of the 95 % intervals of each mean and of each excess, given `PairFigures.pair_variance`.

        Leaving people out takes every pair out twice, so what pairs have to themselves is counted twice; it is taken
        off once (Efron & Stein 1981).
        """
        variance = np.stack([spread(self.without), spread(self.excess_without)]) ** 2
        half = _quantile(self.people) * np.sqrt(np.maximum(variance - apart, variance / 2))
        return half[0], half[1]

    def ahead(self, best: int) -> Floats:
        """By how much the best kind is ahead of each at the least, with 95 % confidence over all of them."""
        ahead = self.mean[best] - self.mean
        kinds = max(int((self.people >= FEWEST).sum()) - 1, 1)
        error = spread(self.without[:, [best]] - self.without)
        return np.asarray(ahead - _quantile(np.minimum(self.people, self.people[best]), 0.05 / kinds, sides=1) * error)


def _quantile(people: Ints, level: float = 1 - LEVEL, sides: int = 2) -> Floats:
    return np.asarray(stats.t.ppf(1 - level / sides, np.maximum(people - 1, 1)))


def spread(without: Floats) -> Floats:
    """Jackknife standard error from what is found without each person in turn (Efron & Stein 1981)."""
    n = len(without)
    return np.asarray(np.sqrt((n - 1) / n * ((without - without.mean(axis=0)) ** 2).sum(axis=0)))


def kind_means(sums: Floats, numbers: Floats) -> KindMeans:
    """Means from sums and numbers of pairs per person (rows) and kind; every pair counts for both of its people."""
    there = numbers.any(axis=1)
    sums, numbers = sums[there], numbers[there]
    all_sums, all_numbers = sums.sum(axis=1, keepdims=True), numbers.sum(axis=1, keepdims=True)
    mean, without = _means(sums, numbers)
    overall, overall_without = _means(all_sums, all_numbers)
    people = (numbers > 0).sum(axis=0)
    excess, excess_without = mean - overall, without - overall_without
    return KindMeans(mean, excess, without, excess_without, float(overall[0]), people, numbers.sum(axis=0) / 2)


def _means(sums: Floats, numbers: Floats) -> tuple[Floats, Floats]:
    total, pairs = sums.sum(axis=0) / 2, numbers.sum(axis=0) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / pairs, (total - sums) / (pairs - numbers)


def against_chance(pairs: PairFigures, people: int, draws: int, rng: np.random.Generator, *, progress: bool) -> Floats:
    """How far each kind stands out (figure x kind), as found and then in each draw, stacked along the first axis.

    In a draw everybody keeps their colleagues and what they would gain, and swaps experience and outlook with somebody
    else; what two people share by being the same pair, and by sharing people with other pairs, stays. They swap, and
    are not dealt out freely, because each half of the items tells the kind once and the gain once: how the halves go
    together is then found twice, in a draw as in the survey.
    """
    found = [_all_standing_out(pairs, np.arange(people))]
    with progress_bar(draws, "shuffling people", wanted=progress) as bar:
        for _ in range(draws):
            found.append(_all_standing_out(pairs, swapped(people, rng)))
            bar.update()
    return np.array(found)


def swapped(people: int, rng: np.random.Generator) -> Ints:
    """Whose place each person takes when people swap places two by two; with an odd number, one keeps theirs."""
    order, mixed = np.arange(people), np.argsort(rng.random(people), kind="stable")
    one, other = mixed[0 : people - 1 : 2], mixed[1::2]
    order[one], order[other] = other, one
    return order


def _all_standing_out(pairs: PairFigures, order: Ints) -> Floats:
    sums, numbers = pairs.sums(order)
    return np.array([kind_means(sums[:, :, v], numbers).standing_out() for v in range(sums.shape[2])])


def shares_of_draws(found: Floats) -> tuple[Floats, Floats]:
    """Of draws x kind, the first as found: how often chance gives each kind as much, and any kind (max-T)."""
    as_much = (found >= found[0] - 1e-12).mean(axis=0)
    any_kind = (found.max(axis=1)[:, None] >= found[0] - 1e-12).mean(axis=0)
    tested: Flags = np.isfinite(found[0])
    return np.where(tested, as_much, np.nan), np.where(tested, any_kind, np.nan)
