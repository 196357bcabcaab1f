"""The best pairing of a pool makes what is required, keeps or pays for limits, and is proven or refused."""

import dataclasses
import math

import numpy as np
import pytest

import peernet as pn
from peernet.errors import InfeasibleError, MatchingError
from peernet.matching.limits import Counted, best_within_limits
from peernet.pairing import pool as pool_file
from peernet.pairing.pool import possible_pairs, under_rules
from tests.naive.pairings import pool_of

PAIRS = [(0, 1), (0, 2), (1, 3), (2, 3)]
VALUE = [5.0, 1.0, 1.0, 5.0]


def limit(pairs, sign, number, price=math.inf):
    cells = np.zeros((4, 4), dtype=bool)
    for i, j in pairs:
        cells[i, j] = cells[j, i] = True
    return Counted(cells, sign, number, price, "a rule")


def square(*limits, required=()):
    return pool_of(4, PAIRS, 1, required, limits, value=VALUE)


def best(pool, **how):
    return pool.best(pool.columns["value"], **how).tolist()


def test_without_rules_the_greatest_total_wins():
    assert best(square()) == [0, 3]
    assert best(square(), among=np.array([False, True, True, True])) == [3]


def test_required_pairs_are_made():
    assert best(square(required=[1])) == [1, 2]


def test_limits_are_kept_or_paid_for():
    assert best(square(limit([(0, 1), (2, 3)], 1, 0))) == [1, 2]
    paid = square(limit([(0, 1), (2, 3)], 1, 1, 3.0))
    assert best(paid) == [0, 3]
    assert (paid.total(np.array([0, 3])), paid.worth(np.array([0, 3]))) == (10, 7)
    assert best(paid, prices=np.array([9.0])) == [0]


def test_pairs_made_already_count_for_the_limits():
    pool = square(limit([(0, 1), (2, 3)], 1, 1))
    assert pool.after(np.array([0])).limits[0].number == 0
    assert pool.used_up(np.array([0])).tolist() == [True, False, False, True]
    assert pool.allows(np.array([0]))
    assert not pool.allows(np.array([0, 3]))


def test_some_of_the_pairs_keep_what_is_required():
    some = square(required=[3]).where(np.array([False, True, False, True]))
    assert some.required.tolist() == [1]
    assert some.columns["value"].tolist() == [1, 5]


def test_the_list_is_the_same_whatever_the_order_of_the_survey():
    survey = pn.load_aarhus()
    shuffled = survey.people.sample(frac=1, random_state=3)
    other = pn.Survey(shuffled, survey.ties, survey.outcomes, survey.codebook, survey.issues, survey.answered)
    one, two = (possible_pairs(pn.score_pairs(s, pn.colleague_graph(s))) for s in (survey, other))
    everything = np.arange(len(one))
    assert [*one.people] != [*two.people]
    assert one.names(everything) == two.names(everything) != []
    assert two.people[two.order].is_monotonic_increasing
    found = [pool.names(pool.best(pool.columns["value"])) for pool in (one, two)]
    assert found[0] == found[1]


def test_pairs_stand_where_they_are_found_whoever_is_named_first():
    pool = square()
    assert pool.find([(3, 1), (0, 2)]).tolist() == [2, 1]
    assert pool.contains([(2, 0), (0, 3)]).tolist() == [False, True, False, False]
    assert pool.partners().tolist() == [2, 2, 2, 2]


def test_a_best_that_is_not_proven_is_refused(monkeypatch):
    found = best_within_limits
    monkeypatch.setattr(
        pool_file,
        "best_within_limits",
        lambda *a, **k: dataclasses.replace(found(*a, **k), bound=20.0, proven=False),
    )
    with pytest.raises(MatchingError, match=r"proven to 0\.5 of its bound only\. Round the prices"):
        best(square(limit([(0, 1)], 1, 1)))


def test_a_required_pair_that_a_gate_closes_is_refused():
    survey = pn.load_example()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    table = scores.to_frame([("p001", "p002"), ("p001", "p064")])
    a, b = table.loc[table["blocked"] != "", ["a", "b"]].iloc[0]
    ruled = scores.under(pn.Rules([pn.Rule("required", a, b)]))
    with pytest.raises(InfeasibleError, match=f"'{a}' and '{b}' are required but cannot be paired"):
        under_rules(possible_pairs(ruled), ruled)
