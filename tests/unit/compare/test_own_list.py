"""Lists of pairs brought along are checked name by name, and the message says what to do."""

import re

import pytest

import peernet as pn
from peernet.compare.comparison import check_pairs
from peernet.errors import SettingError, UnknownPersonError
from tests.made.surveys import survey_of


@pytest.fixture(scope="module")
def scores():
    people = {name: {"perspective_1": 1 + i} for i, name in enumerate(["ann", "bo", "cy", "di"])}
    survey = survey_of(people, {"trust": []}, capacity={"ann": 2, "di": 0})
    return pn.score_pairs(survey, pn.colleague_graph(survey))


def test_a_sound_list_stays_as_it_is(scores):
    listed = [("bo", "ann"), ("ann", "cy")]
    assert check_pairs("mine", iter(listed), scores) == listed


def test_somebody_who_wants_no_partner_may_be_listed_once(scores):
    assert check_pairs("mine", [("bo", "di")], scores) == [("bo", "di")]


@pytest.mark.parametrize(
    ("listed", "error", "message"),
    [
        ([("ann", "boo")], UnknownPersonError, "'mine': No person 'boo' was scored. Did you mean 'bo'?"),
        ([("ann", "ann")], SettingError, "'mine': A pair needs two people; got 'ann' twice."),
        ([("ann", "bo"), ("bo", "ann")], SettingError, "'mine' lists 'ann' and 'bo' twice. Keep one of the rows."),
        ([("ann", "bo"), ("bo", "cy")], SettingError, "'mine' has 'bo' in 2 pairs; they can have 1."),
        (["ann"], SettingError, "'mine': Pairs must hold two people each, such as [('p001', 'p002')]; got 'ann'."),
        ([("ann", "bo", "cy")], SettingError, "'mine': Pairs must hold two people each"),
    ],
)
def test_what_cannot_be_is_refused(scores, listed, error, message):
    with pytest.raises(error, match=re.escape(message)):
        check_pairs("mine", listed, scores)


def test_comparing_checks_the_list(scores):
    with pytest.raises(UnknownPersonError, match="'last year': No person 'eve' was scored"):
        pn.compare_pairings(scores, also={"last year": [("ann", "eve")]}, draws=1)
