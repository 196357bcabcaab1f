"""Which answers are opinions and what is filled in, and how different a set of opinions is."""

import numpy as np
import pytest

import peernet as pn
from peernet.diversity.ledger import effective_perspectives, heard_by
from peernet.errors import SettingError, UnknownItemError
from peernet.opinions.simulation import apart, exposures, first_opinions, opinion_spread, typical_distance


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


CAMPS = apart(np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 1.0], [1.0, 1.0]]))


def test_distance_is_the_mean_difference_over_the_items():
    assert apart(np.array([[0.0, 0.0], [1.0, 0.5]]))[0, 1] == 0.75


def test_two_equal_camps_are_as_polarised_as_can_be():
    diversity, perspectives, polarisation, clusters = opinion_spread(CAMPS, 0.01)
    assert (diversity, clusters) == (0.5, 2)
    assert perspectives == pytest.approx(2)
    assert polarisation == pytest.approx(4 * (2 / 3) * (1 / 3))  # towards 1 the more people there are
    assert opinion_spread(apart(np.repeat([0.0, 1.0], 500)[:, None]), 0.01)[2] == pytest.approx(1, abs=0.01)


def test_people_who_think_alike_are_one_opinion():
    assert opinion_spread(np.zeros((3, 3)), 1.0) == (0.0, 1.0, 0.0, 1.0)
    assert typical_distance(np.zeros((3, 3))) == 1.0


def test_opinions_a_twentieth_apart_are_one_cluster():
    assert opinion_spread(apart(np.array([[0.0], [0.05], [0.11]])), 1.0)[3] == 2


def test_exposure_counts_perspectives_among_those_heard():
    heard = [np.array([2]), np.array([0]), np.array([], dtype=int), np.array([0, 1, 2])]
    found = exposures(CAMPS, 0.5, heard, [np.ones(len(own)) for own in heard])
    np.testing.assert_allclose(found[1:3], 1)
    assert found[0] == pytest.approx(effective_perspectives(CAMPS[:3:2, :3:2], scale=0.5))
    assert found[3] == pytest.approx(effective_perspectives(CAMPS, scale=0.5))
