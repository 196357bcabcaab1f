"""Every perspective a pairing opens is booked once: from whom, for whom, from how near, and what is left."""

from itertools import pairwise

import numpy as np
import pytest

import peernet as pn
from peernet.diversity.reach import is_blurred, total_perspectives
from peernet.errors import SettingError, UnknownPersonError
from tests.made.surveys import both_ways, survey_of
from tests.naive.diversity import best_subset_magnitude

NAMES = [f"p{i}" for i in range(7)]


def scores_of(answers, contacts):
    survey = survey_of(answers, {"works_with": both_ways(*contacts), "trust": []})
    return pn.score_pairs(survey, pn.colleague_graph(survey))


@pytest.fixture(scope="module")
def chain():
    """Seven colleagues in a row, each hearing the next; their answers by lot."""
    rng = np.random.default_rng(1)
    answers = {name: {f"perspective_{k}": int(rng.integers(1, 6)) for k in range(4)} for name in NAMES}
    return scores_of(answers, list(pairwise(NAMES)))


def counted(scores, *names):
    """Effective number among some people, by trying every subset."""
    places = np.array([scores.position(name) for name in names])
    Z = np.exp(-scores.perspective.block(places, places) / scores.settings["scale"])
    return best_subset_magnitude(Z)


def test_the_books_are_what_counting_every_subset_finds(chain):
    row = pn.exposure_ledger(chain, [("p0", "p2"), ("p0", "p5")]).people.loc["p0"]
    before, near = counted(chain, "p0", "p1"), counted(chain, "p0", "p1", "p2")
    after = counted(chain, "p0", "p1", "p2", "p5")
    assert row["before"] == pytest.approx(before)
    assert row["gain"] == pytest.approx(after - before)
    assert row["from_within"] == pytest.approx(near - before), "p2 is a colleague's colleague"
    assert row["from_beyond"] == pytest.approx(after - near)
    assert row["left"] == pytest.approx(0), "nobody else is two steps away"


def test_what_is_left_is_two_steps_away_and_not_met(chain):
    row = pn.exposure_ledger(chain, [("p3", "p1")]).people.loc["p3"]
    within, all_near = ["p3", "p2", "p4", "p1"], ["p3", "p2", "p4", "p1", "p5"]
    assert row["left"] == pytest.approx(counted(chain, *all_near) - counted(chain, *within))


def test_books_balance_and_agree_with_exposure():
    survey = pn.load_example()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    pairing = pn.pair_people(scores)
    people = pn.exposure_ledger(scores, pairing).people
    expected = pn.exposure(scores, pairing).table
    for column in ("before", "after", "gain", "partners", "unknown"):
        np.testing.assert_allclose(people[column], expected[column], atol=1e-9)
    np.testing.assert_allclose(people["from_within"] + people["from_beyond"], people["gain"], atol=1e-9)
    known = people.dropna()
    assert (known[["from_within", "from_beyond", "left"]] > -1e-9).all(axis=None)
    assert known["opens"].sum() == pytest.approx(known["gain"].sum(), rel=0.05), "only two people have two partners"


def test_marginal_openings_are_what_would_be_missed(chain):
    openings = pn.exposure_ledger(chain, [("p0", "p3"), ("p0", "p5")]).openings
    row = openings[(openings["opener"] == "p3") & (openings["listener"] == "p0")].iloc[0]
    assert row["alone"] == pytest.approx(counted(chain, "p0", "p1", "p3") - counted(chain, "p0", "p1"))
    rest = counted(chain, "p0", "p1", "p5")
    assert row["marginal"] == pytest.approx(counted(chain, "p0", "p1", "p3", "p5") - rest)


def test_of_two_partners_who_think_alike_neither_would_be_missed():
    answers = {"a": {"perspective_1": 1}, "b": {"perspective_1": 5}, "c": {"perspective_1": 5}}
    openings = pn.exposure_ledger(scores_of(answers, []), [("a", "b"), ("a", "c")]).openings
    for_a = openings[openings["listener"] == "a"]
    assert for_a["marginal"].tolist() == pytest.approx([0, 0])
    assert (for_a["alone"] > 0.1).all()


def test_pairs_say_what_each_opens_for_the_other(chain):
    ledger = pn.exposure_ledger(chain, [("p5", "p0")])
    row, own = ledger.pairs.iloc[0], chain.pair("p0", "p5")
    assert (row["a"], row["b"]) == ("p0", "p5")
    assert row["b_opens"] == pytest.approx(own["gain_a"])
    assert row["a_opens"] == pytest.approx(own["gain_b"])
    assert row["both"] == pytest.approx(own["gain_a"] + own["gain_b"])
    assert ledger.people.loc["p5", "opens"] == pytest.approx(own["gain_a"])


def test_the_organisation_is_covered_as_far_as_people_reach(chain):
    ledger = pn.exposure_ledger(chain, [("p0", "p5")])
    assert ledger.everybody == pytest.approx(counted(chain, *NAMES))
    assert ledger.organisation.loc["coverage", "after"] == pytest.approx(
        ledger.people["after"].mean() / ledger.everybody
    )
    assert ledger.organisation.loc["lowest_tenth", "before"] == pytest.approx(ledger.people["before"].min())


def test_a_partner_who_did_not_answer_opens_nothing_that_is_known():
    answers = {"a": {"perspective_1": 1}, "b": {"perspective_1": 5}, "x": {"perspective_1": np.nan}}
    scores = scores_of(answers, [("a", "b")])
    ledger = pn.exposure_ledger(scores, [("a", "x")])
    assert ledger.openings[["alone", "marginal"]].isna().all(axis=None)
    assert ledger.people.loc["a", "gain"] == 0
    assert pn.exposure(scores, [("a", "x")]).table.loc["a", "gain"] == 0
    assert ledger.people.loc["x"].drop(["partners", "unknown", "indefinite"]).isna().all()


def test_no_pairs_open_nothing(chain):
    ledger = pn.exposure_ledger(chain, [])
    assert not len(ledger.pairs)
    assert ledger.people["opens"].tolist() == [0] * len(NAMES)


@pytest.mark.parametrize("measure", [pn.exposure, pn.exposure_ledger])
def test_pairs_that_cannot_be_are_refused(chain, measure):
    with pytest.raises(UnknownPersonError, match="No person 'p9' was scored"):
        measure(chain, [("p0", "p9")])
    with pytest.raises(SettingError, match="A pair needs two people; got 'p1' twice"):
        measure(chain, [("p1", "p1")])


def test_missing_answers_can_blur_a_likeness_and_clones_do_not():
    """b is like a and like c by the questions each pair shares, but a is not like c."""
    assert is_blurred(np.array([[1, 0.95, 0.1], [0.95, 1, 0.95], [0.1, 0.95, 1]]))
    assert not is_blurred(np.ones((3, 3)))


def test_blurred_counts_are_named():
    """Everybody skipped something else, and no two pairs are compared by the same questions."""
    skipped = np.nan
    said = {"a": (skipped, 5, 2, skipped), "b": (1, skipped, 2, 3), "c": (3, 1, 3, 4), "d": (5, 3, 3, 1)}
    answers = {name: {f"perspective_{k}": cell for k, cell in enumerate(cells)} for name, cells in said.items()}
    scores = scores_of(answers, [("b", "a"), ("b", "c"), ("b", "d")])
    scores = scores.rescaled(scores.perspective.median)
    place = np.arange(4)
    Z = np.exp(-scores.perspective.block(place, place) / scores.settings["scale"])
    assert np.linalg.eigvalsh(Z)[0] < -0.02
    ledger = pn.exposure_ledger(scores, [])
    assert ledger.people["indefinite"].tolist() == [False, True, False, False]
    assert "missing answers blur the counts of one person>" in repr(ledger)


def test_among_everybody_the_order_of_rows_does_not_matter():
    survey = pn.load_example()
    other = pn.Survey(
        survey.people.iloc[::-1], survey.ties, survey.outcomes, survey.codebook, survey.issues, survey.answered
    )
    one, two = (total_perspectives(pn.score_pairs(s, pn.colleague_graph(s)).reach) for s in (survey, other))
    assert one == pytest.approx(two)
