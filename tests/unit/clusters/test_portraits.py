"""What groups share is told coarsely, and the person at the centre of each is told as one of several."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.clusters.profile import answers_in_words, answers_shared, central_people, portraits
from peernet.distance.distances import frame_distances

PEOPLE = [f"p{i:02}" for i in range(40)]
LABELS = pd.Series([1] * 20 + [2] * 20, index=PEOPLE)


def told(kind, answers, **details):
    return answers_in_words(
        pd.DataFrame({"it": answers}, index=PEOPLE), [pn.survey.Item("it", "perspective", kind, **details)]
    )


def test_graded_answers_are_told_by_thirds_of_the_scale():
    words = told("ordinal", np.resize([1.0, 2.0, 3.0, 4.0, 5.0, np.nan], 40), low=1, high=5)
    given = {answer: said.head(6).tolist() for (_, answer), said in words.items()}
    assert given["low"] == [True, True, False, False, False, pd.NA]
    assert given["middle"] == [False, False, True, False, False, pd.NA]
    assert given["high"] == [False, False, False, True, True, pd.NA]


def test_ordered_categories_are_told_by_thirds_of_their_order():
    order = pd.CategoricalDtype(["novice", "able", "expert", "master"], ordered=True)
    words = told(
        "ordinal", pd.Series(np.resize(order.categories, 40), index=PEOPLE, dtype=order), categories=order.categories
    )
    assert {answer: said.head(4).tolist() for (_, answer), said in words.items()} == {
        "high": [False, False, True, True],
        "low": [True, True, False, False],
    }


def test_choices_are_told_one_by_one():
    words = told("multiple", [frozenset("ab"), None] * 20)
    assert {answer: said.head(2).tolist() for (_, answer), said in words.items()} == {
        "a": [True, pd.NA],
        "b": [True, pd.NA],
    }


@pytest.mark.parametrize(
    ("first", "second", "every_group"),
    [
        (14, 12, 0.6),  # of 20: the lower of the two, rounded down
        (20, 20, 0.75),  # all, but five might have said otherwise
        (20, 9, None),  # less than half of the second group
    ],
)
def test_shared_is_what_half_of_every_group_says_and_never_that_nearly_all_do(first, second, every_group):
    answers = ["law"] * first + ["art"] * (20 - first) + ["law"] * second + ["art"] * (20 - second)
    shared = answers_shared(told("nominal", answers), LABELS, 5).set_index("answer")["every_group"]
    assert shared.to_dict() == ({} if every_group is None else {"law": every_group})


def test_nothing_is_shared_by_groups_too_small_to_tell():
    labels = pd.Series([1] * 9 + [2] * 31, index=PEOPLE)
    assert answers_shared(told("nominal", ["law"] * 40), labels, 5).empty


def test_the_centre_of_a_group_is_nearest_to_its_members():
    frame = pd.DataFrame({"it": np.r_[np.arange(20.0), np.nan, 100 + np.arange(19.0)]}, index=PEOPLE)
    centres = central_people(frame_distances(frame, {"it": "numeric"}, None, "equal", 0.5), LABELS)
    assert centres == {1: "p09", 2: "p30"}  # p10 is as near, and later on the roster


def test_an_exemplar_is_told_by_what_enough_members_share_all_together():
    people = pd.DataFrame(
        {"a": ["x"] * 12 + ["y"] * 28, "b": ["u"] * 6 + ["v"] * 34, "c": ["s"] * 3 + ["t"] * 37}, PEOPLE
    )
    items = [pn.survey.Item(name, "perspective", "nominal") for name in people]
    nothing = pd.DataFrame(columns=["cluster", "item", "answer", "effect"])
    found = portraits(answers_in_words(people, items), LABELS, {1: "p00"}, nothing, 5)
    assert found.to_numpy().tolist() == [[1, "a", "x"], [1, "b", "u"]]  # and not c, which three share
    strongest = pd.DataFrame({"cluster": 1, "item": ["b"], "answer": ["u"], "effect": [2.0]})
    first = portraits(answers_in_words(people, items), LABELS, {1: "p00"}, strongest, 5).iloc[0]
    assert first["item"] == "b"
