"""The price of parting a pair is the difference to the best without it; what stands is in every best pairing."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peernet as pn
from peernet.scores.rules import Rule, Rules
from tests.made.explored import with_ties
from tests.made.small_surveys import small_surveys
from tests.naive.matching import best_by_trying

OPEN = {"foundation": ("mutual", "introduced", "unknown"), "experience": None, "goals": None}
ROUNDING = 1e-9


def scored(survey, *, few=False):
    return pn.score_pairs(survey, pn.colleague_graph(survey), **({} if few else OPEN))


def all_best(scores, fill):
    """Every best set of pairs by trying all sets: most pairs first where asked for, then the largest total."""
    weight, place = scores.block(np.arange(len(scores))), scores.people
    possible = [(i, j) for i, j in combinations(range(len(scores)), 2) if not np.isnan(weight[i, j])]
    room = scores.capacity.to_numpy()
    found = [()]
    for pair in possible:
        found += [(*pairs, pair) for pairs in found if _fits((*pairs, pair), room)]
    ranked = [((len(pairs) if fill else 0), sum(weight[pair] for pair in pairs)) for pairs in found]
    most = max(count for count, _ in ranked)
    top = max(total for count, total in ranked if count == most)
    named = ({(min(place[i], place[j]), max(place[i], place[j])) for i, j in pairs} for pairs in found)
    return [
        pairs
        for pairs, (count, total) in zip(named, ranked, strict=True)
        if (count, 1) == (most, total > top - ROUNDING)
    ]


def _fits(pairs, room):
    return (np.bincount(np.ravel(pairs), minlength=len(room)) <= room).all()


@given(small_surveys().filter(lambda survey: len(survey.people) <= 6), st.booleans(), st.sampled_from([None, "max"]))
@settings(max_examples=25, deadline=None)
def test_a_pair_stands_where_it_is_in_every_best_pairing_of_all(survey, few, cardinality):
    pairing = pn.pair_people(scored(survey, few=few), cardinality=cardinality)
    in_every = set.intersection(*all_best(pairing.scores, cardinality == "max"))
    stands = {pair for pair in pairing.pairs if pairing.optimum.breaking(*pair).stands}
    assert stands == in_every & {*pairing.pairs}
    assert in_every <= {*pairing.pairs}


@given(small_surveys(), st.booleans(), st.sampled_from([None, "max"]))
@settings(max_examples=25, deadline=None)
def test_the_price_of_parting_is_the_difference_of_two_optima(survey, few, cardinality):
    pairing, fill = pn.pair_people(scored(survey, few=few), cardinality=cardinality), cardinality == "max"
    weight, place = (
        pairing.scores.block(np.arange(len(pairing.scores))),
        {p: i for i, p in enumerate(survey.people.index)},
    )
    room = pairing.scores.capacity.to_numpy()
    count, best = best_by_trying(weight, capacity=room, fill=fill)
    for a, b in pairing.pairs:
        without = weight.copy()
        without[place[a], place[b]] = without[place[b], place[a]] = np.nan
        fewer, rest = best_by_trying(without, capacity=room, fill=fill)
        broken = pairing.optimum.breaking(b, a)
        assert broken.cost == pytest.approx(best - rest, abs=ROUNDING)
        assert broken.proven
        if fill:
            assert broken.pairs == fewer - count


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("cardinality", [None, "max"])
def test_with_many_alike_few_pairs_stand(seed, cardinality):
    """Answers are yes or no: against pairing anew without each pair."""
    survey = with_ties(np.random.default_rng(seed))
    pairing = pn.pair_people(scored(survey), cardinality=cardinality)
    stands = []
    for pair in pairing.pairs:
        other = pairing.again(forbidden=[pair])
        worse = len(other) < len(pairing) if cardinality else False
        stands.append(worse or other.objective < pairing.objective - ROUNDING)
    assert [pairing.optimum.breaking(*pair).stands for pair in pairing.pairs] == stands
    assert not all(stands)


@pytest.mark.parametrize("survey", [pn.load_aarhus(), with_ties(np.random.default_rng(9))], ids=["aarhus", "ties"])
def test_a_fair_pair_stands_where_without_it_the_fairest_is_less_fair_or_worth_less(survey):
    pairing = pn.pair_people(scored(survey, few=True), objective="fair")
    for pair in pairing.pairs:
        broken, other = pairing.optimum.breaking(*pair), pairing.again(forbidden=[pair])
        levels = pairing.optimum.levels(other.pairs)
        assert (broken.difference is not None) == bool((np.sort(levels) != np.sort(pairing.optimum.now)).any())
        assert broken.cost == pytest.approx(pairing.objective - other.objective, abs=ROUNDING)
        assert broken.stands == (broken.difference is not None or broken.cost > 0)
        assert broken.difference is None or not broken.difference.fairer


def test_limits_and_locks_hold_for_the_pairing_without_the_pair():
    survey = pn.load_aarhus()
    scores = scored(survey, few=True)
    free = pn.pair_people(scores)
    group = dict.fromkeys(survey.people.index, "all")
    for number, least in ((len(free), "at least within"), (5, "at most within")):
        rules = Rules(
            [Rule(least, column="site", number=number), Rule("required", *free.pairs[0])], {"site": pd.Series(group)}
        )
        pairing = pn.pair_people(scores, rules=rules)
        best = pairing.optimum
        assert best.breaking(*free.pairs[0]).cost is None, "a lock cannot be parted"
        for pair in pairing.pairs[1:4]:
            other = pairing.again(forbidden=[pair])
            assert best.breaking(*pair).cost == pytest.approx(pairing.objective - other.objective, abs=ROUNDING)


def test_where_the_rules_leave_nothing_else_a_pair_has_no_price():
    survey = with_ties(np.random.default_rng(2))
    scores = scored(survey)
    a, b = pn.pair_people(scores).pairs[0]
    others = [person for person in survey.people.index if person not in (a, b)]
    rules = Rules([Rule("partner", a), *(Rule("forbidden", a, other) for other in others)])
    broken = pn.pair_people(scores, rules=rules).optimum.breaking(a, b)
    assert broken.stands
    assert broken.cost is None


def test_a_pair_that_is_not_made_does_not_stand():
    pairing = pn.pair_people(scored(pn.load_aarhus(), few=True))
    alone = pairing.unpaired["person"].tolist()
    broken = pairing.optimum.breaking(alone[0], alone[1])
    assert (broken.stands, broken.cost) == (False, 0.0)
