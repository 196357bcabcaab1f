"""Rounds planned greedily, then by local search: each made anew beside the others until nothing improves; and bounds.

Pairs that must be made are made in the first round, unless they met before.

In a single round (`best_groups`) everyone's turn counts first, then trio duty, then new clusters, then value, as
lexicographic weights (`RoundWeights`). A trio takes three people out of the pairing. The duals of the best pairing
without a trio bound what the others can still be worth together, so a trio's bound is its own weight and the duals of
everyone else. Best-first search: re-solving goes on from the greatest bound down until no bound is left above the best
pairing found: then it is proven best.

Limits on the number of some pairs (`meeting_limits`) hold in every single round; what broken ones with a price cost is
taken off its value. Trios are then bounded under a Lagrangian relaxation: multipliers on the limits become prices of
the pairs and trios they count, and the duals are those of the best pairing at these prices.

The bounds hold for rounds and circles alike (`meeting_bounds`): a matching under ceilings of what partners can add.
What all meetings bring a person is what their partners add together, in whatever order they come. It is at most what
any reference set of partners adds, and the ceilings of further partners beyond that set. Three references serve:
nobody, the partners of the plan at hand, and every possible partner. Any mixture of the three bounds is a bound too;
the mixture is tuned person by person with the help of the matching that attains it, and the lowest bound counts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heappop, heapreplace
from itertools import combinations

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet.diversity.reach import ceilings, in_doubt, likeness_of
from peernet.errors import InfeasibleError, SettingError, type_in_words
from peernet.matching.limits import LimitedMatching
from peernet.matching.matching import Matching
from peernet.matching.resolver import Resolver
from peernet.meetings.held import (
    Group,
    Round,
    clusters_met,
    group_value,
    heard_in,
    history_after,
    pairs_in,
    reached_with,
)
from peernet.meetings.meeting_limits import (
    Limits,
    best_pairs_within,
    cost_of,
    firm,
    left_of,
    limits_on,
    most_cost,
)
from peernet.pairing.objectives import check_required, sorted_pairs, with_required
from peernet.pairing.pool import PairList, pairs_to_reweigh, without_wishes
from peernet.scores.pair_scores import PairScores

MOST_SOLVED = 100  # pairings solved anew to find one trio
MOST_SOLVED_WITHIN = 25  # the same under limits on numbers, which take longer
ROUNDING = 1e-9
MOST_KEPT = 50_000  # trios looked at one by one; the bound of the others still counts
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
    limits: Limits = ()  # limits on the number of some pairs, what earlier rounds used up taken off

    @property
    def capacity(self) -> Ints:
        """How many partners each person can have in a round."""
        found: Ints = self.scores.capacity.to_numpy()
        return found

    def places(self, rested: Ints) -> Ints:
        """Places at first: one for those whose turn it is, as nobody's second partner goes before another's first.

        Under limits all places count at once, as a limit may need the further partners.
        """
        if self.limits:
            return self.capacity
        found: Ints = np.where(rested > 0, np.minimum(self.capacity, 1), self.capacity)
        return found

    def scores_after(self, rounds: Sequence[Round]) -> PairScores:
        """Scores once everyone has heard those they met in these and all earlier rounds."""
        heard = heard_in([*self.earlier, *rounds])
        return replace(self.scores, reach=self.scores.reach.joined(heard)) if heard else self.scores

    def open_after(self, rounds: Sequence[Round]) -> PairList:
        """Possible pairs that have not met in these or any earlier rounds."""
        return self.pairs.without(pairs_in([*self.earlier, *rounds]))

    def limits_beside(self, rounds: Sequence[Round]) -> Limits:
        """The limits of a round beside these."""
        met = [group for groups in rounds for group in groups]
        return tuple(limit.after(met) if limit.lasting else limit for limit in self.limits)

    def limits_kept(self, rounds: Sequence[Round], place: int) -> Limits:
        """The limits that the pairs of one of these rounds beside those that must be made have to keep at any price."""
        beside, fixed = self.limits_beside([*rounds[:place], *rounds[place + 1 :]]), self.fixed(place)
        return tuple(limit for limit in left_of(firm(beside, rounds[place]), fixed) if limit.is_hard)

    def weights_beside(self, rounds: Sequence[Round], capacity: Ints) -> RoundWeights:
        """Value and new clusters of every pair that could be made beside these rounds."""
        plain = RoundWeights.plain(self.scores_after(rounds), self.open_after(rounds))
        plain = replace(plain, limits=self.limits_beside(rounds))
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
        """The best round after these, and how much more any other could weigh.

        `InfeasibleError` if no round after these keeps the limits that have no price.
        """
        weights, first = self.weights_after(rounds)
        fixed = self.fixed(len(rounds))
        rest, space = beside(weights, first, fixed)
        found = self._best_firmly(rest, space, f"In round {len(rounds) + 1}" if rounds else "At once")
        groups = self.filled(weights, first, (*fixed, *found.groups))
        return groups, max(0.0, found.bound - found.total)

    def _best_firmly(self, weights: RoundWeights, space: Ints, when: str) -> FoundGroups:
        """The best groups, limits whose price means never kept like those without a price wherever they can be."""
        strict = replace(weights, limits=firm(weights.limits))
        if any(limit.never for limit in weights.limits):
            try:
                return best_groups(strict, space, trios=self.trios, willing=self.willing)
            except InfeasibleError:
                strict = weights
        try:
            return best_groups(strict, space, trios=self.trios, willing=self.willing)
        except InfeasibleError as error:
            raise InfeasibleError(f"{when}, beside pairs that must be made: {error}") from error

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
        others = [*rounds[:place], *rounds[place + 1 :]]
        weights = self.weights_beside([*rounds[:place], kept, *rounds[place + 1 :]], places)
        limits = left_of(firm(self.limits_beside(others), rounds[place]), kept)
        weights = replace(weights, limits=limits)
        again, nobody = np.minimum(places, 1), np.zeros(self.pairs.n, dtype=np.int64)
        weights = weights.where((places[weights.pairs.firsts] > 0) & (places[weights.pairs.seconds] > 0))
        weights = weights.with_turns(again, nobody, places)
        found = weights.pairs.placed(weights.matching(places))
        if len(found) != len(pairs) or {*found} == {*pairs}:
            return rounds
        other = (*rounds[:place], (*kept, *found), *rounds[place + 1 :])
        moved = {person for pair in {*found} ^ {*pairs} for person in pair}
        better = self.worth(other, weights.price, moved) > self.worth(rounds, weights.price, moved) + WORTHWHILE
        return other if better else rounds

    def rank(self, rounds: Sequence[Round], values: pd.Series[float]) -> tuple[float, float]:
        """What rounds are compared by: the pairs in them that come before any gain, then what they are worth."""
        made = self.pairs.find(pairs_in(rounds))
        return float(self.pairs.columns["wished"][made].sum()), self.total(rounds, values)

    def total(self, rounds: Sequence[Round], values: pd.Series[float]) -> float:
        """Total of the values of all pairs, less what broken limits on their number cost."""
        return float(values.sum()) - cost_of(self.limits, rounds)

    def worth(self, rounds: Sequence[Round], price: float, people: Collection[int]) -> float:
        """Total value of some rounds where a pair's value is the mean of the two gains, and what new clusters count.

        Only what these people reach counts: between plans in which all others meet the same, that is the difference.
        """
        heard = heard_in([*self.earlier, *rounds])
        reached = reached_with(self.scores.reach, {person: heard[person] for person in heard if person in people})
        rules = float(self.pairs.columns["price"][self.pairs.find(pairs_in(rounds))].sum())
        clusters = price * float(clusters_met(self.labels, [*self.earlier, *rounds]).sum())
        return sum(reached.values()) / 2 + rules + clusters - cost_of(self.limits, rounds)


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
    limits, pairs = limits_on(scores, earlier), pairs_to_reweigh(scores)
    return Programme(scores, pairs, earlier, everyone, trios, able, labels, price, required, limits)


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
        raise SettingError(f"clusters must be a Series, one cluster per person; got {type_in_words(clusters)}.")
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

    The second takes what each partner adds alone as the most they add. Limits on numbers are let go: without them
    nothing is worth less.
    """
    extra = programme.willing & (programme.capacity > 0) & (programme.trios > 0)
    most = len(rounds) * (programme.capacity + extra)
    pairs = without_wishes(programme.open_after([]))
    return meeting_bounds(programme.scores_after([]), programme.scores_after(rounds), pairs, most)


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


# --- the best single round --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RoundWeights:
    """Weights of the pairs and trios of one round."""

    scores: PairScores  # scores as they stand before the round
    pairs: PairList  # pairs that may be made in it
    values: Floats  # value of every pair
    new: Flags  # clusters each person has not met, shape (people, clusters)
    labels: Ints  # cluster of each person, -1 for none
    price: float  # effective perspectives that meeting a new cluster is worth
    person: Floats  # added for each person who meets somebody
    duty: Floats  # taken off for each person who is in a trio
    limits: Limits = ()  # limits on the number of some pairs in the round
    multipliers: tuple[float, ...] = ()  # prices that stand in for the limits, where there are any

    @classmethod
    def plain(cls, scores: PairScores, pairs: PairList) -> RoundWeights:
        """Weights of value alone."""
        nothing, nobody, no_clusters = np.zeros(pairs.n), np.full(pairs.n, -1), np.zeros((pairs.n, 0), dtype=bool)
        return cls(scores, pairs, pairs.values(scores), no_clusters, nobody, 0.0, nothing, nothing)

    @cached_property
    def worth(self) -> Floats:
        """Value of every pair and what the new clusters in it count."""
        i, j = self.pairs.firsts, self.pairs.seconds
        found: Floats = self.values + self.price * (self._is_new(i, j) + self._is_new(j, i))
        return found

    def _is_new(self, person: Ints, other: Ints) -> Floats:
        label = self.labels[other]
        if not self.new.shape[1]:
            return np.zeros(len(label))
        return (self.new[person, label] & (label >= 0)).astype(np.float64)

    @property
    def weights(self) -> Floats:
        """Weight of every pair, with what counts for its people."""
        found: Floats = self.worth + self.person[self.pairs.firsts] + self.person[self.pairs.seconds]
        return found - self.priced() if self.multipliers else found

    def priced(self, *, in_trio: bool = False) -> Floats:
        """What the multipliers take off every pair, or off each of the pairs of a trio."""
        found = np.zeros(len(self.pairs))
        for limit, multiplier in zip(self.limits, self.multipliers, strict=bool(self.multipliers)):
            shared = 2 if in_trio and limit.once else 1  # whoever it is about is in two of the three pairs
            found += limit.sign * multiplier * limit.pairs[self.pairs.firsts, self.pairs.seconds] / shared
        return found

    def matching(self, capacity: Ints) -> Matching:
        """The best matching of the weights within the limits; `InfeasibleError` if none keeps them."""
        if self.limits and not self.multipliers:
            return best_pairs_within(self.pairs, self.weights, capacity, self.limits)
        return self.pairs.matching(self.weights, capacity)

    def relaxed(self, found: Matching) -> tuple[RoundWeights, float]:
        """The weights with the multipliers of a matching in place of the limits, and what those grant whatever is made.

        Any multipliers from 0 to the price of a limit prove a bound; where the best pairing breaks one, its price does.
        """
        if not isinstance(found, LimitedMatching):
            return self, 0.0
        pairs = self.pairs.placed(found)
        multipliers = [
            limit.price if not limit.is_hard and limit.excess(pairs) else min(max(multiplier, 0.0), limit.price)
            for limit, multiplier in zip(self.limits, found.multipliers, strict=True)
        ]
        granted = sum(limit.sign * limit.number * by for limit, by in zip(self.limits, multipliers, strict=True))
        return replace(self, multipliers=tuple(multipliers)), float(granted)

    def spread(self, capacity: Ints) -> float:
        """No two ways of pairing differ by more in worth."""
        return _spread(self.pairs, self.worth, capacity) + most_cost(self.limits, int(capacity.sum()))

    def with_clusters(self, new: Flags, labels: Ints, price: float | None, capacity: Ints) -> RoundWeights:
        """The same weights with new clusters at a price; None, or one that no values come to: before value."""
        first = 1.0 + _spread(self.pairs, self.values, capacity) + most_cost(self.limits, int(capacity.sum()))
        return replace(self, new=new, labels=labels, price=first if price is None else min(price, first))

    def with_turns(self, turn: Ints, duty: Ints, capacity: Ints) -> RoundWeights:
        """The same weights with people's turns before everything else, then trio duty for those with less of it.

        As those who can meet somebody are the independent sets of a matroid, only the order of turns matters: whoever
        is left out could not meet anybody beside those whose turn is as great.
        """
        ranks = np.unique(duty, return_inverse=True)[1].astype(float)  # without holes, the least 0
        off = (1.0 + self.spread(capacity)) * ranks
        person = (1.0 + self.spread(capacity) + 3 * off.max(initial=0.0)) * turn
        return replace(self, person=person.astype(float), duty=off)

    def worth_of(self, group: Group) -> float:
        """Value of a group and what the new clusters in it count."""
        price = self.pairs.columns["price"][self.pairs.find(list(combinations(group, 2)))].sum()
        new = 0
        for person in group:
            met = {int(self.labels[other]) for other in group if other != person} - {-1}
            new += sum(bool(self.new[person, label]) for label in met)
        return group_value(self.scores, group) + float(price) + self.price * new

    def of_trio(self, group: Group) -> float:
        """Weight of a trio."""
        found = self.worth_of(group) + float((self.person - self.duty)[list(group)].sum())
        priced = zip(self.limits, self.multipliers, strict=bool(self.multipliers))
        return found - sum(limit.sign * by * limit.count([group]) for limit, by in priced)

    def where(self, keep: Flags) -> RoundWeights:
        """The same weights for some of the pairs."""
        return replace(self, pairs=self.pairs.where(keep), values=self.values[keep])


def _spread(pairs: PairList, worth: Floats, capacity: Ints) -> float:
    best, worst = np.zeros(pairs.n), np.zeros(pairs.n)
    for side in (pairs.firsts, pairs.seconds):
        np.maximum.at(best, side, worth)
        np.minimum.at(worst, side, worth)
    return float((capacity * (best - worst)).sum() / 2)


@dataclass(frozen=True)
class FoundGroups:
    """Groups, their total weight, and a bound on the weight of any other choice."""

    groups: tuple[Group, ...]
    total: float
    bound: float

    @property
    def trios(self) -> list[Group]:
        """The groups of three."""
        return [group for group in self.groups if len(group) > 2]


def best_groups(weights: RoundWeights, capacity: Ints, *, trios: int, willing: Flags) -> FoundGroups:
    """Pairs and at most so many trios of greatest weight: proven with one trio, the others added one by one."""
    best, most = _with_one(weights, capacity, willing, trios)
    for _ in range(trios - 1):
        found = _with_another(weights, capacity, willing, best)
        if found.total <= best.total + _rounding(best):
            break
        best = found
    return best if trios < 2 else replace(best, bound=max(best.total, most))


def _rounding(found: FoundGroups) -> float:
    return ROUNDING * max(1.0, abs(found.total))


def _with_another(weights: RoundWeights, capacity: Ints, willing: Flags, best: FoundGroups) -> FoundGroups:
    """The best one more trio beside those there are; nobody is in two."""
    rest, space = beside(weights, capacity, best.trios)
    free = ~np.isin(np.arange(len(willing)), [person for group in best.trios for person in group])
    found, _ = _with_one(rest, space, willing & free, 1)
    total = found.total + sum(weights.of_trio(group) for group in best.trios)
    return FoundGroups((*best.trios, *found.groups), total, np.inf)


def beside(weights: RoundWeights, capacity: Ints, groups: Sequence[Group]) -> tuple[RoundWeights, Ints]:
    """What is left to pair beside some groups: their people have met each other and have one place less for each."""
    space, inside = capacity.copy(), np.zeros(len(weights.pairs), dtype=bool)
    for group in groups:
        space[list(group)] = np.maximum(space[list(group)] - 1, 0)
        inside |= np.isin(weights.pairs.firsts, group) & np.isin(weights.pairs.seconds, group)
    return replace(weights.where(~inside), limits=left_of(weights.limits, groups)), space


def _with_one(weights: RoundWeights, capacity: Ints, willing: Flags, trios: int) -> tuple[FoundGroups, float]:
    """The best pairing with at most one trio, and a bound on any with as many as asked for."""
    plain = weights.matching(capacity) if weights.limits or not trios else None
    start = None if plain is None else _paired(weights, plain)
    if start and not trios:
        return start, start.bound
    priced, granted = (weights, 0.0) if plain is None else weights.relaxed(plain)
    resolver = priced.pairs.resolver(priced.weights, capacity)
    duals = Duals(resolver.matching, weights.pairs.rank)
    listed = promising_trios(priced, willing & (capacity > 0), duals)
    bound = resolver.matching.bound + granted
    start = start or _paired(weights, resolver.matching)
    search = TrioSearch(weights, priced, capacity, resolver, duals, listed, start, bound)
    return search.best(), bound + float(listed.added[:trios].sum())


def _paired(weights: RoundWeights, matching: Matching) -> FoundGroups:
    return FoundGroups(tuple(weights.pairs.placed(matching)), matching.objective, matching.bound)


@dataclass(frozen=True)
class TrioSearch:
    """The best of the pairing without a trio and those with one, the trios taken in the order of their bounds."""

    weights: RoundWeights
    priced: RoundWeights  # the same, with multipliers in place of limits
    capacity: Ints
    resolver: Resolver
    duals: Duals
    listed: PromisingTrios
    start: FoundGroups  # the best pairing without a trio
    plain: float  # the bound on what can be had without a trio, to which the trios add

    def best(self) -> FoundGroups:
        """The best pairing with at most one trio."""
        queue = [(-added, False, k) for k, added in enumerate(self.listed.added.tolist())]
        best, proven, solved = self.start, self.start.bound, 0
        most = MOST_SOLVED_WITHIN if self.weights.limits else MOST_SOLVED
        while queue and self.plain - queue[0][0] > best.total + _rounding(best) and solved < most:
            _, exact, trio = queue[0]
            group = tuple(self.listed.members[trio].tolist())
            if not exact:
                heapreplace(queue, (self.duals.freed(group) - self.priced.of_trio(group), True, trio))
                continue
            heappop(queue)
            found, solved = self._with_this(group), solved + 1
            if found is not None:
                proven, best = max(proven, found.bound), max(best, found, key=lambda choice: choice.total)
        left = self.plain + max(self.listed.others, -queue[0][0] if queue else 0.0)
        return replace(best, bound=max(best.total, proven, left if left > best.total + _rounding(best) else -np.inf))

    def _with_this(self, group: Group) -> FoundGroups | None:
        """The best pairing of everyone else beside one trio; None where no such pairing keeps the limits."""
        if not self.weights.limits and (self.capacity[list(group)] == 1).all():
            rest = self.resolver.again(absent=self.weights.pairs.rank[list(group)].tolist())
        else:
            others, space = beside(self.weights, self.capacity, [group])
            try:
                rest = others.matching(space)
            except InfeasibleError:
                return None
        pairs, weight = self.weights.pairs.placed(rest), self.weights.of_trio(group)
        return FoundGroups((group, *pairs), rest.objective + weight, rest.bound + weight)


@dataclass(frozen=True)
class PromisingTrios:
    """Trios that could be worth more than none."""

    members: Ints  # three positions a row
    added: Floats  # how much more than the best pairing without a trio each can be worth at most, the greatest first
    others: float  # the same for any trio that is not listed

    def plus(self, members: Ints, added: Floats) -> PromisingTrios:
        """With more trios, in any order."""
        return PromisingTrios(np.concatenate([self.members, members]), np.concatenate([self.added, added]), self.others)

    def cut(self, most: int) -> PromisingTrios:
        """The most promising ones, in order."""
        order = np.argsort(-self.added, kind="stable")
        left_off = self.added[order[most]] if len(order) > most else 0.0
        return PromisingTrios(self.members[order[:most]], self.added[order[:most]], max(self.others, float(left_off)))


class Duals:
    """Duals of the best pairing: what each person, and each odd set of people, is worth to it.

    Somebody with places for several partners stands in it as many times; the dearest of these goes into a trio. An odd
    set holds one pair less as soon as two of its people are in the trio.
    """

    def __init__(self, matching: Matching, rank: Ints) -> None:
        proof = matching.certificate
        if proof is None:
            raise ValueError("the engine gave no certificate")
        ends = np.cumsum(proof.copies)
        nodes = [np.arange(end - count, end) for end, count in zip(ends, proof.copies, strict=True)]
        worth = proof.worth
        dearest = np.array([own[np.argmax(worth[own])] if len(own) else -1 for own in nodes])[rank]
        self.person: Floats = np.where(dearest >= 0, np.append(worth, 0.0)[dearest], 0.0)
        self._within = np.array([np.isin(dearest, held) for held in proof.sets]).reshape(len(proof.sets), len(rank))
        self._set_dual: Floats = proof.set_worth

    @property
    def shared(self) -> Floats:
        """Duals of the sets that hold both people, shape (people, people)."""
        found: Floats = (self._within.T * self._set_dual) @ self._within.astype(float)
        return found

    def freed(self, group: Group) -> float:
        """How much less the others can be worth together once one place of each of three people is taken."""
        short = self._within[:, list(group)].sum(axis=1) >= 2
        return float(self.person[list(group)].sum() + self._set_dual[short].sum())


def promising_trios(weights: RoundWeights, able: Flags, duals: Duals) -> PromisingTrios:
    """Every possible trio of these people that the duals of the best pairing without one do not rule out."""
    slack = _slack(weights, able, duals)
    order = np.argsort(weights.pairs.rank)
    slack = slack[np.ix_(order, order)]
    kept = PromisingTrios(np.empty((0, 3), dtype=np.int64), np.empty(0), 0.0)
    for person in range(len(slack)):
        kept = kept.plus(*_trios_of(person, slack, kept.others))
        kept = kept.cut(MOST_KEPT) if len(kept.added) > 2 * MOST_KEPT else kept
    kept = kept.cut(MOST_KEPT)
    return PromisingTrios(order[kept.members], kept.added, kept.others)


def _slack(weights: RoundWeights, able: Flags, duals: Duals) -> Floats:
    """Each pair's share of what a trio with it can add, shape (people, people); minus infinity if not possible."""
    pairs, reach = weights.pairs, weights.scores.reach
    parts, _ = ceilings(reach, likeness_of(reach), pairs.table(), np.where(able, 2, 0))
    i, j = pairs.firsts, pairs.seconds
    own = weights.person - weights.duty - duals.person
    price = pairs.columns["price"] - weights.priced(in_trio=True)
    most = (parts[i, j] + parts[j, i]) / 2 + weights.worth - weights.values + price - duals.shared[i, j] / 3  # noqa: PD011
    slack = np.full((pairs.n, pairs.n), -np.inf)
    slack[i, j] = slack[j, i] = np.where(able[i] & able[j], most + (own[i] + own[j]) / 2, -np.inf)
    return slack


def _trios_of(person: int, slack: Floats, above: float) -> tuple[Ints, Floats]:
    """Trios of one person and two who come later, which add more than ``above``."""
    later = person + 1 + np.flatnonzero(slack[person, person + 1 :] > -np.inf)
    added = slack[person, later][:, None] + slack[person, later] + slack[np.ix_(later, later)]
    b, c = np.nonzero(np.triu(added > above, k=1))
    return np.column_stack([np.full(len(b), person), later[b], later[c]]), added[b, c]
