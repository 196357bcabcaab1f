"""Pairs that are none are refused with a word that names them; gaps are listed with what is missing."""

import numpy as np
import pandas as pd
import pytest

from peernet.dyads import Dyads
from peernet.errors import SettingError


def table_of(a, b, **columns):
    return pd.DataFrame({"a": a, "b": b, **columns})


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (table_of(["ann", "bo"], ["bo", "ann"]), r"'ann' and 'bo' are there twice\. Keep one of the rows"),
        (table_of(["ann", "ann"], ["bo", "bo"], round=[2, 2]), "are there twice"),
        (table_of([1, "bo"], ["bo", "1"]), "'1' and 'bo' are there twice"),
        (table_of(["ann", "bo"], ["bo", None]), "Pair 2 lacks a member"),
        (table_of(["ann", "bo"], ["cy", "bo"], pair=["i", "ii"]), "Pair ii pairs 'bo' with themselves"),
    ],
)
def test_pairs_that_are_none_are_named(table, words):
    with pytest.raises(SettingError, match=words):
        Dyads(table)


def test_the_same_two_may_meet_in_another_round_in_either_order():
    assert len(Dyads(table_of(["ann", "bo"], ["bo", "ann"], round=[1, 2]))) == 2
    assert len(Dyads(table_of(["ann", "bo"], ["bo", "ann"], round=[1, None]))) == 2


def test_people_are_counted_over_both_places():
    pairs = Dyads(table_of(["cy", "ann"], ["bo", "cy"]))
    assert (pairs.people, pairs.in_several) == (["ann", "bo", "cy"], ["cy"])


def test_what_is_missing_is_said_pair_by_pair():
    table = table_of(["ann", "bo", "cy"], ["di", "ed", "flo"], x_a=[1, np.nan, 3], x_b=[1, np.nan, 2], y=[np.nan, 1, 2])
    found = Dyads(table).complete("x", "y")
    assert found.table["pair"].tolist() == [3]
    assert found.left_out.to_dict("records") == [
        {"pair": 1, "a": "ann", "b": "di", "reason": "y missing"},
        {"pair": 2, "a": "bo", "b": "ed", "reason": "x_a and x_b missing"},
    ]
