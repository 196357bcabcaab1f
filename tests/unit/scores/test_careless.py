"""Who may have answered without reading takes part, with an outlook that is not known, and nobody tells them."""

import numpy as np
import pytest

import peernet as pn
from peernet.errors import SettingError
from tests.made.surveys import both_ways, survey_of

ITEMS = [f"perspective_{v}" for v in range(12)]
PEOPLE = [f"p{i:02d}" for i in range(16)]
LINED = "p05"


@pytest.fixture
def survey(rng):
    rows = {name: dict(zip(ITEMS, rng.integers(2, 5, 12).astype(float), strict=True)) for name in PEOPLE}
    rows[LINED] = dict.fromkeys(ITEMS, 5.0)
    ties = both_ways(*((a, b) for k, a in enumerate(PEOPLE) for b in PEOPLE[:k]))
    return survey_of(rows, {"trust": ties, "works_with": ties[::9]})


@pytest.fixture
def graph(survey):
    return pn.colleague_graph(survey)


def test_they_take_part_and_are_as_far_from_each_colleague_as_people_are(survey, graph):
    scores, given = (pn.score_pairs(survey, graph, careless=how) for how in ("average", "as given"))
    place = scores.position(LINED)
    others = np.delete(np.arange(16), place)
    apart = given.perspective.block(others, others)
    expected = apart.mean(axis=0) - 0.1 * apart.mean()
    assert scores.perspective.block([place])[0, others] == pytest.approx(expected)
    assert scores.possible([place])[0, others].all()
    assert (scores.unread.tolist(), given.unread.tolist()) == ([LINED], [])
    assert (scores.settings["careless"], given.settings["careless"]) == ("average", "as given")


def test_their_pairs_no_longer_promise_the_most(survey, graph):
    scores, given = (pn.score_pairs(survey, graph, careless=how) for how in ("average", "as given"))
    place = given.position(LINED)
    promised = [np.nanmean(one.block([place], column="gain")) for one in (scores, given)]
    assert promised[0] < 0.7 * promised[1]
    usual = np.nanmean(given.block(np.delete(np.arange(16), place), column="gain"))
    assert promised[0] == pytest.approx(usual, rel=0.5)


def test_gains_are_not_negative_and_those_of_others_only_change_with_what_they_hear(survey, graph):
    scores = pn.score_pairs(survey, graph)
    gains = scores.block(np.arange(16), column="own_gain")
    assert np.nanmin(gains) >= 0


def test_where_everybody_reads_nothing_changes(survey, graph):
    honest = survey_of(
        {name: row for name, row in survey.people[ITEMS].to_dict("index").items() if name != LINED},
        {"trust": [], "works_with": []},
    )
    graph = pn.colleague_graph(honest)
    one, other = (pn.score_pairs(honest, graph, careless=how) for how in ("average", "as given"))
    np.testing.assert_array_equal(one.block(range(15), column="gain"), other.block(range(15), column="gain"))


def test_nobody_is_told_that_their_answers_look_so(survey, graph):
    pairing = pn.pair_people(pn.score_pairs(survey, graph))
    said = pairing.why(LINED).text + " ".join(pairing.unpaired.astype("str").to_numpy().ravel())
    assert not {"careless", "unread", "reading", "average"} & set(said.lower().split())


def test_other_ways_to_treat_them_are_refused(survey, graph):
    with pytest.raises(SettingError, match="careless"):
        pn.score_pairs(survey, graph, careless="leave out")


def test_whoever_ticks_one_answer_down_questions_worded_both_ways_is_found():
    made = pn.make_survey(people=60, answered=50, teams=6, rng=1)
    lined = made.truth.index[made.truth["careless"]]
    survey = made.read()
    keyed = survey.people.loc[lined, [item.name for item in survey.codebook if item.reverse]]
    assert len(keyed.columns) > 0
    assert set(lined) <= set(pn.score_pairs(survey, pn.colleague_graph(survey)).unread)
