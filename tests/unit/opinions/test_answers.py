"""Which answers are opinions, where people stand, and what is filled in."""

import numpy as np
import pytest

import peernet as pn
from peernet.diversity.ledger import heard_by
from peernet.errors import SettingError, UnknownItemError
from peernet.opinions.simulation import first_opinions


@pytest.fixture
def asked(tiny):
    return tiny, heard_by(pn.colleague_graph(tiny))


def test_numbered_answers_are_opinions_from_0_to_1_and_others_are_left_out(asked):
    found = first_opinions(*asked, None)
    assert found.items["used"].to_dict() == {"background": False, "abroad": False, "bold": True, "careful": True}
    assert found.items.loc["background", "reason"] == "nominal, so nobody can go part of the way"
    np.testing.assert_allclose(found.first[:, 0], [1.0, 0.75, 0.0, 0.5, 0.25])  # bold: 5, 4, 1, 3, 2 of 1 to 5


def test_who_gave_no_opinion_takes_no_part_and_is_not_heard(asked):
    survey, named = asked
    found = first_opinions(survey, named, None)
    assert survey.people.index[found.known].tolist() == ["ann", "ben", "cleo", "dan", "eva"]
    assert [others.tolist() for others in found.heard] == [[1, 2], [0, 2], [0, 1], [4], [3]]  # eva also hears finn


def test_a_missing_opinion_is_the_mean_of_the_colleagues_heard(asked):
    survey, named = asked
    people = survey.people.copy()
    people.loc[["ann", "dan", "eva"], "bold"] = np.nan
    found = first_opinions(pn.Survey(**{**vars(survey), "people": people}), named, None)
    assert found.first[0, 0] == pytest.approx((0.75 + 0.0) / 2)  # ann hears ben and cleo
    assert found.first[3, 0] == found.first[4, 0] == pytest.approx((0.75 + 0.0) / 2)  # nobody near answered: everybody
    assert found.filled.tolist() == [1, 0, 0, 1, 1]
    assert found.items.loc["bold", ["answered", "filled"]].tolist() == [2, 3]


def test_items_can_be_chosen(asked):
    assert first_opinions(*asked, ["careful"]).items.index.tolist() == ["careful"]
    with pytest.raises(UnknownItemError, match=r"No perspective item 'carefull' was asked\. Did you mean 'careful'\?"):
        first_opinions(*asked, ["carefull"])


def test_a_survey_without_opinions_says_what_it_asked_instead():
    survey = pn.load_aarhus()
    with pytest.raises(SettingError, match=r"needs numeric or ordinal items \(group: multiple, so nobody can go part"):
        first_opinions(survey, heard_by(pn.colleague_graph(survey)), None)
