"""Whatever the survey, the pairing is the best of all pairings its gates allow."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peernet as pn
from tests.made.small_surveys import small_surveys


def best_by_trying_all(table: pd.DataFrame, capacity: dict[str, int]) -> float:
    """Largest total value over every set of possible pairs within capacity."""
    possible = [(r.a, r.b, r.value) for r in table.dropna(subset=["value"]).itertuples()]

    @cache
    def best(position: int, left: tuple[tuple[str, int], ...]) -> float:
        if position == len(possible):
            return 0.0
        a, b, value = possible[position]
        rest, room = best(position + 1, left), dict(left)
        if room[a] and room[b]:
            room[a] -= 1
            room[b] -= 1
            rest = max(rest, value + best(position + 1, tuple(room.items())))
        return rest

    return best(0, tuple(capacity.items()))


@given(small_surveys())
@settings(max_examples=60, deadline=None)
def test_the_pairing_is_the_best_there_is_and_everyone_is_in_it_or_given_a_reason(survey):
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    pairing = pn.pair_people(scores)
    expected = best_by_trying_all(scores.to_frame(), scores.capacity.to_dict())
    assert pairing.proven
    assert pairing.objective == pytest.approx(expected, abs=1e-9)
    assert pairing.check().empty
    paired = {*pairing.table["a"], *pairing.table["b"]}
    assert paired | set(pairing.unpaired["person"]) == set(survey.people.index)
    assert not paired & set(pairing.unpaired["person"])
    assert (pairing.unpaired["reason"] != "").all()


@given(small_surveys(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_rows_does_not_matter(survey, random):
    order = random.sample(list(survey.people.index), len(survey.people))
    other = pn.Survey(
        survey.people.loc[order], survey.ties, survey.outcomes, survey.codebook, survey.issues, survey.answered
    )
    one, two = (pn.pair_people(pn.score_pairs(s, pn.colleague_graph(s))) for s in (survey, other))
    assert one.objective == pytest.approx(two.objective, abs=1e-9)


@given(small_surveys())
@settings(max_examples=25, deadline=None)
def test_gains_are_never_negative_and_never_above_one(survey):
    table = pn.score_pairs(survey, pn.colleague_graph(survey)).to_frame()
    gains = table[["gain_a", "gain_b"]].to_numpy()
    known = gains[~np.isnan(gains)]
    assert (known >= 0).all()
    assert (known <= 1 + 1e-9).all()
