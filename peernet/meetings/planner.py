"""Rounds planned greedily, then by local search: each made anew beside the others until nothing improves; and bounds.

Pairs that must be made are made in the first round, unless they met before.

The bounds hold for rounds and circles alike (`meeting_bounds`): a matching under ceilings of what partners can add.
What all meetings bring a person is what their partners add together, in whatever order they come. It is at most what
any reference set of partners adds, and the ceilings of further partners beyond that set. Three references serve:
nobody, the partners of the plan at hand, and every possible partner. Any mixture of the three bounds is a bound too;
the mixture is tuned person by person with the help of the matching that attains it, and the lowest bound counts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet.diversity.reach import ceilings, in_doubt, likeness_of
from peernet.errors import SettingError
from peernet.meetings.held import Round, clusters_met, heard_in, history_after, pairs_in
from peernet.meetings.one_round import RoundWeights, beside, best_groups
from peernet.pairing.objectives import check_required, sorted_pairs, with_required
from peernet.pairing.pool import PairList, pairs_to_reweigh
from peernet.scores.pair_scores import PairScores

WORTHWHILE = 1e-9  # effective perspectives by which a round made anew must be better
STEPS = 8  # mixtures of references that are tried; further ones hardly lower the bound
BOLDNESS = 4.0  # how strongly the next mixture turns away from what was dear in the last


@dataclass(frozen=True)
class Programme:
    """What a programme of rounds is planned from."""

    scores: PairScores  # scores as they stand before the first round, earlier rounds not yet heard
    pairs: PairList  # every possible pair
    earlier: tuple[Round, ...]  # rounds held before
    everyone: bool  # whether as many people as possible are to meet somebody in every round
    trios: int  # the most trios in a round
    willing: Flags  # who may be in a trio
    labels: Ints  # cluster of each person, -1 for none
    # effective perspectives a meeting with a new cluster is worth; None where clusters come before value
    price: float | None
    required: Round  # pairs that must be made, all of them in the first round

    @property
    def capacity(self) -> Ints:
        """How many partners each person can have in a round."""
        found: Ints = self.scores.capacity.to_numpy()
        return found

    def places(self, rested: Ints) -> Ints:
        """Places at first: one for those whose turn it is, as nobody's second partner goes before another's first."""
        found: Ints = np.where(rested > 0, np.minimum(self.capacity, 1), self.capacity)
        return found

    def scores_after(self, rounds: Sequence[Round]) -> PairScores:
        """Scores once everyone has heard those they met in these and all earlier rounds."""
        heard = heard_in([*self.earlier, *rounds])
        return replace(self.scores, reach=self.scores.reach.joined(heard)) if heard else self.scores

    def open_after(self, rounds: Sequence[Round]) -> PairList:
        """Possible pairs that have not met in these or any earlier rounds."""
        return self.pairs.without(pairs_in([*self.earlier, *rounds]))

    def weights_beside(self, rounds: Sequence[Round], capacity: Ints) -> RoundWeights:
        """Value and new clusters of every pair that could be made beside these rounds."""
        plain = RoundWeights.plain(self.scores_after(rounds), self.open_after(rounds))
        met = clusters_met(self.labels, [*self.earlier, *rounds])
        return plain.with_clusters(~met, self.labels, self.price, capacity)

    def weights_after(self, rounds: Sequence[Round]) -> tuple[RoundWeights, Ints]:
        """Weights of the round after these, and everyone's places in it: turns before clusters before value."""
        standing = history_after(self.pairs, [*self.earlier, *rounds])
        turn = np.unique(standing.rested, return_inverse=True)[1] + self.everyone
        weights = self.weights_beside(rounds, self.capacity).with_turns(turn, standing.trios, self.capacity)
        return weights, self.places(standing.rested)

    def fixed(self, place: int) -> Round:
        """Pairs that must be made in one of the rounds."""
        return self.required if place == 0 else ()

    def best_after(self, rounds: Sequence[Round]) -> tuple[Round, float]:
        """The best round after these, and how much more any other could weigh."""
        weights, first = self.weights_after(rounds)
        fixed = self.fixed(len(rounds))
        rest, space = beside(weights, first, fixed)
        found = best_groups(rest, space, trios=self.trios, willing=self.willing)
        groups = self.filled(weights, first, (*fixed, *found.groups))
        return groups, max(0.0, found.bound - found.total)

    def filled(self, weights: RoundWeights, first: Ints, groups: Round) -> Round:
        """Once everyone whose turn it is meets somebody, further partners for those with room for several."""
        taken = np.bincount([person for group in groups for person in group], minlength=len(first))
        room = np.maximum(self.capacity - taken, 0)
        if (self.capacity == first).all() or not room.any():
            return groups
        left = weights.where(~weights.pairs.contains(pairs_in([groups])))
        return (*groups, *left.pairs.placed(left.pairs.matching(left.worth, room)))

    def in_turn(self, count: int, *, step: Callable[[], object]) -> tuple[Round, ...]:
        """So many rounds, each the best after those before it."""
        rounds: tuple[Round, ...] = ()
        for _ in range(count):
            rounds = (*rounds, self.best_after(rounds)[0])
            step()
        return rounds

    def anew(self, rounds: tuple[Round, ...], passes: int, *, step: Callable[[], object]) -> tuple[Round, ...]:
        """The rounds with each made anew beside the others, until nothing improves or so many times at most."""
        unchanged = 0
        for place in [*range(len(rounds))] * passes:
            better = self.improved(rounds, place) if unchanged < len(rounds) else rounds
            unchanged = unchanged + 1 if better == rounds else 0
            rounds = better
            step()
        return rounds

    def improved(self, rounds: tuple[Round, ...], place: int) -> tuple[Round, ...]:
        """The rounds with the pairs of one made anew for the same people, or the same rounds if that is no better."""
        kept = tuple(group for group in rounds[place] if len(group) > 2 or group in self.fixed(place))
        pairs = [group for group in rounds[place] if group not in kept]
        places = np.bincount(np.array(pairs, dtype=np.int64).ravel(), minlength=self.pairs.n)
        weights = self.weights_beside([*rounds[:place], kept, *rounds[place + 1 :]], places)
        again, nobody = np.minimum(places, 1), np.zeros(self.pairs.n, dtype=np.int64)
        weights = weights.where((places[weights.pairs.firsts] > 0) & (places[weights.pairs.seconds] > 0))
        weights = weights.with_turns(again, nobody, places)
        found = weights.pairs.placed(weights.pairs.matching(weights.weights, places))
        other = (*rounds[:place], (*kept, *found), *rounds[place + 1 :])
        better = self.worth(other, weights.price) > self.worth(rounds, weights.price) + WORTHWHILE
        return other if better and len(found) == len(pairs) else rounds

    def worth(self, rounds: Sequence[Round], price: float) -> float:
        """Total value of some rounds where a pair's value is the mean of the two gains, and what new clusters count."""
        heard, reach = heard_in([*self.earlier, *rounds]), self.scores.reach
        gained = sum(reach.exposure_with(person, sorted(others)) for person, others in heard.items())
        rules = float(self.pairs.columns["price"][self.pairs.find(pairs_in(rounds))].sum())
        return gained / 2 + rules + price * float(clusters_met(self.labels, [*self.earlier, *rounds]).sum())


def programme_of(
    scores: PairScores,
    earlier: tuple[Round, ...],
    everyone: bool,
    trios: int,
    willing: Collection[str] | None,
    clusters: pd.Series | None = None,
    price: float | None = None,
) -> Programme:
    """A programme from what the caller says, people by name."""
    able, labels = _willing(scores, willing), _labels(scores, clusters)
    required = required_now(scores, tuple(group for groups in earlier for group in groups))
    return Programme(scores, pairs_to_reweigh(scores), earlier, everyone, trios, able, labels, price, required)


def _willing(scores: PairScores, willing: Collection[str] | None) -> Flags:
    if willing is None:
        return np.ones(len(scores), dtype=bool)
    found = np.zeros(len(scores), dtype=bool)
    found[[scores.position(person) for person in willing]] = True
    return found


def _labels(scores: PairScores, clusters: pd.Series | None) -> Ints:
    """Cluster of each person as a number, -1 for none."""
    if clusters is None:
        return np.full(len(scores), -1, dtype=np.int64)
    if not isinstance(clusters, pd.Series):
        raise SettingError(f"clusters must be a Series, one cluster per person; got a {type(clusters).__name__}.")
    places = [scores.position(person) for person in clusters.index]
    found = np.full(len(scores), -1, dtype=np.int64)
    found[places] = pd.factorize(clusters, sort=True)[0]
    return found


def required_now(scores: PairScores, earlier: Round) -> Round:
    """Pairs that the rules require and that have not met, as positions.

    `InfeasibleError` if one is not possible, or somebody is in more than they have room for; every problem at once.
    """
    met = {frozenset(pair) for pair in pairs_in([earlier])}
    asked = sorted_pairs(scores, with_required(scores, ()))
    wanted = [pair for pair in asked if frozenset(map(scores.position, pair)) not in met]
    check_required(scores, wanted)
    return tuple((scores.position(a), scores.position(b)) for a, b in wanted)


@dataclass(frozen=True)
class References:
    """Three reference sets a person: what each adds, and what either side of each pair adds beyond it at most."""

    base: Floats
    own: Floats
    given: Floats


def programme_bounds(programme: Programme, rounds: tuple[Round, ...]) -> tuple[float, float]:
    """The proven bound on the total value of so many rounds, and the one that holds if newcomers never help each other.

    The second takes what each partner adds alone as the most they add.
    """
    extra = programme.willing & (programme.capacity > 0) & (programme.trios > 0)
    most = len(rounds) * (programme.capacity + extra)
    return meeting_bounds(programme.scores_after([]), programme.scores_after(rounds), programme.open_after([]), most)


def meeting_bounds(before: PairScores, after: PairScores, pairs: PairList, most: Ints) -> tuple[float, float]:
    """Both bounds on what meetings among these pairs are worth, where everyone has so many partners at most.

    Any scores will do as ``after``; the closer to what the best meetings bring, the lower the bounds.
    """
    likeness, candidates = likeness_of(before.reach), pairs.table()
    parts, everyone = ceilings(before.reach, likeness, candidates, most)
    further, _ = ceilings(after.reach, likeness, candidates, most)
    doubt = in_doubt(after.reach, likeness, candidates)
    reached = np.where(doubt, everyone, after.reach.exposure - before.reach.exposure)
    further[doubt] = 0.0  # beyond everyone there is nothing
    base = np.nan_to_num(np.column_stack([np.zeros(pairs.n), reached, everyone]))
    sides = (pairs.firsts, pairs.seconds), (pairs.seconds, pairs.firsts)
    proven = [_beside_nothing(parts[side], further[side]) for side in sides]
    usual = [_beside_nothing(*gains) for gains in zip(before.gains(*sides[0]), after.gains(*sides[0]), strict=True)]
    whole = float(before.combined(np.ones(1), np.ones(1))[0])
    lowest = [
        _lowest(pairs, most, References(whole * base, *(whole * side for side in known))) for known in (proven, usual)
    ]
    return lowest[0], lowest[1]


def _beside_nothing(first: Floats, second: Floats) -> Floats:
    """What is added beyond the three references; beyond everyone there is nothing."""
    return np.column_stack([first, second, np.zeros(len(first))])


def _lowest(pairs: PairList, most: Ints, known: References) -> float:
    """The lowest bound that mixtures of the references prove."""
    mixture, lowest = np.full(known.base.shape, 1 / 3), np.inf
    for step in range(STEPS):
        bound, cost = _mixed(pairs, most, known, mixture)
        lowest = min(lowest, bound)
        dearest = np.maximum(cost.max(axis=1, keepdims=True), 1e-12)
        mixture = mixture * np.exp(-BOLDNESS * cost / dearest / np.sqrt(1 + step / 4))
        mixture /= mixture.sum(axis=1, keepdims=True)
    return lowest


def _mixed(pairs: PairList, most: Ints, known: References, mixture: Floats) -> tuple[float, Floats]:
    """The bound of one mixture, and what each reference of each person counts in it."""
    own, given = (mixture[pairs.firsts] * known.own).sum(axis=1), (mixture[pairs.seconds] * known.given).sum(axis=1)
    best = pairs.matching((own + given) / 2 + pairs.columns["price"], most)
    made = pairs.find(pairs.placed(best))
    cost = known.base.copy()
    np.add.at(cost, pairs.firsts[made], known.own[made])
    np.add.at(cost, pairs.seconds[made], known.given[made])
    return best.bound + float((mixture * known.base).sum()) / 2, cost
