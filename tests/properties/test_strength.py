"""Who is heard on a thin layer alone counts by its strength: from not at all to in full, and in full once met."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array

import peernet as pn
from peernet.compare.survey_again import perturbation, resampler_of
from peernet.compare.truth import true_reach, true_scores
from peernet.diversity.reach import reach_from
from peernet.graph.colleagues import hears
from peernet.opinions.influence import attention
from peernet.opinions.simulation import SimulationSettings, apart, prepare_simulation
from tests.made.surveys import both_ways, survey_of
from tests.naive.diversity import best_shares, heard_so_fully

SCALE = 0.3
ROUNDING = 1e-8
STRENGTH = st.one_of(st.just(0.0), st.just(1.0), st.floats(0.01, 1.0))


@st.composite
def people_heard(draw: st.DrawFn, most: int = 6):
    """Distances by complete five-point answers, and how fully each person is heard, the first one in full."""
    n = draw(st.integers(2, most))
    answers = draw(arrays(np.int64, (n, 4), elements=st.integers(1, 5))).astype(float)
    strength = [1.0, *draw(st.lists(STRENGTH, min_size=n - 1, max_size=n - 1))]
    return np.abs(answers[:, None] - answers[None]).mean(axis=2) / 4, strength


def perspectives(distances: np.ndarray, strength) -> float:
    return pn.diversity.effective_perspectives(distances, scale=SCALE, strength=strength)


class Table:
    """Distances held as an array."""

    def __init__(self, distances: np.ndarray) -> None:
        self.distances = distances

    def block(self, rows, cols=None):
        return self.distances[rows] if cols is None else self.distances[np.ix_(rows, cols)]

    def of_pairs(self, firsts, seconds):
        return self.distances[firsts, seconds]


def reach_of_first(distances: np.ndarray, strength):
    """Surroundings in which the first person hears the others so fully, and nobody else hears anybody."""
    heard = np.flatnonzero(strength)
    alone = [np.array([k]) for k in range(1, len(distances))]
    fully = [np.array(strength)[heard], *[np.ones(1)] * len(alone)]
    return reach_from(Table(distances), SCALE, [heard, *alone], fully)


@given(people_heard())
@settings(max_examples=150, deadline=None)
def test_the_number_is_that_of_trying_every_subset(people):
    distances, strength = people
    expected = heard_so_fully(distances, SCALE, dict(enumerate(strength)))
    assert perspectives(distances, strength) == pytest.approx(expected, abs=1e-6)


@given(people_heard(most=3))
@settings(max_examples=40, deadline=None)
def test_the_number_is_the_largest_diversity_of_any_shares(people):
    distances, strength = people
    strength = [max(own, 0.05) for own in strength]
    found, tried = perspectives(distances, strength), best_shares(np.exp(-distances / SCALE), strength, 40)
    assert tried - ROUNDING <= found <= tried * 1.02


@given(people_heard())
@settings(max_examples=60, deadline=None)
def test_in_full_is_as_if_nothing_were_said_to_the_bit_and_at_0_as_if_nobody_were_there(people):
    distances, strength = people
    in_full = perspectives(distances, np.ones(len(distances)))
    assert in_full == pn.diversity.effective_perspectives(distances, scale=SCALE)
    here = np.flatnonzero(strength)
    rest = perspectives(distances[np.ix_(here, here)], np.array(strength)[here])
    assert perspectives(distances, strength) == pytest.approx(rest, abs=ROUNDING)


@given(people_heard(), st.data())
@settings(max_examples=150, deadline=None)
def test_the_number_rises_with_a_strength_and_never_faster_than_it(people, data):
    """So it makes no jump, and somebody adds their strength at most."""
    distances, strength = people
    who, fully = data.draw(st.integers(1, len(strength) - 1)), data.draw(STRENGTH)
    other = [*strength[:who], fully, *strength[who + 1 :]]
    rise = perspectives(distances, other) - perspectives(distances, strength)
    low, high = sorted((0.0, fully - strength[who]))
    assert low - ROUNDING <= rise <= high + ROUNDING


@given(people_heard(), st.integers(1, 6), st.floats(0.02, 1.0))
@settings(max_examples=60, deadline=None)
def test_several_who_think_alike_count_as_one_by_spearman_and_brown(people, times, fully):
    distances, strength = people
    last = len(strength) - 1
    again = [*range(last), *[last] * times]
    several = perspectives(distances[np.ix_(again, again)], [*strength[:-1], *[fully] * times])
    as_one = times * fully / (1 + (times - 1) * fully)
    assert several == pytest.approx(perspectives(distances, [*strength[:-1], as_one]), abs=1e-7)


@given(people_heard(), st.data())
@settings(max_examples=200, deadline=None)
def test_gains_are_what_hearing_the_newcomer_in_full_adds_on_every_path(people, data):
    """Somebody heard faintly so far is raised to 1, not added once more: the slow way has them once."""
    distances, strength = people
    n, reach = len(distances), reach_of_first(distances, strength)
    before = dict(enumerate(strength))
    expected = [heard_so_fully(distances, SCALE, before | {k: 1.0}) for k in range(n)]
    expected = np.array(expected) - heard_so_fully(distances, SCALE, before)
    firsts, everyone = np.zeros(n, dtype=np.int64), np.arange(n)
    np.testing.assert_allclose(reach.gains(np.array([0]))[0][0], expected, atol=1e-6)
    np.testing.assert_allclose(reach.gains_of(firsts, everyone)[0], expected, atol=1e-6)
    assert (reach.gains(np.array([0]))[0][0][np.array(strength) == 1] == 0).all()
    met = data.draw(st.sets(st.integers(1, n - 1)))
    after = heard_so_fully(distances, SCALE, before | dict.fromkeys(met, 1.0))
    assert reach.exposure_with(0, met) == pytest.approx(after, abs=1e-6)
    assert dict(reach.exposures_with({0: met}))[0] == pytest.approx(after, abs=1e-6)
    joined = reach.joined({0: met})
    assert joined.exposure[0] == pytest.approx(after, abs=1e-6)
    assert not joined.gains(np.array([0]))[0][0][[0, *met]].any()
    coarser = heard_so_fully(distances, 2 * SCALE, before)
    assert reach.rescaled(2 * SCALE).exposure[0] == pytest.approx(coarser, abs=1e-6)


@given(people_heard(), st.floats(0.01, 1.0), st.floats(0.01, 1.0))
@settings(max_examples=60, deadline=None)
def test_a_partner_brings_less_the_more_fully_they_were_heard(people, one, other):
    distances, strength = people
    faint, less_faint = (
        reach_of_first(distances, [*strength[:-1], fully]).gains(np.array([0]))[0][0, -1]
        for fully in sorted((one, other))
    )
    assert faint >= less_faint - ROUNDING
    assert reach_of_first(distances, [*strength[:-1], 1.0]).gains(np.array([0]))[0][0, -1] == 0


@given(st.integers(1, 5), st.lists(STRENGTH, max_size=3), st.sampled_from(("either", "mutual", "sent")), st.data())
@settings(max_examples=80, deadline=None)
def test_of_the_layers_on_which_two_are_tied_the_strongest_counts(n, strengths, rule, data):
    named = [data.draw(arrays(bool, (n, n))) for _ in strengths]
    layers = [(csr_array(table.astype(float)), s) for table, s in zip(named, strengths, strict=True)]
    found = hears(layers, rule, n)
    for i, j in product(range(n), repeat=2):
        ways = {"either": any, "mutual": all, "sent": lambda ties: ties[0]}
        told = [s for table, s in zip(named, strengths, strict=True) if ways[rule]([table[i, j], table[j, i]])]
        assert found[i, j] == (max(told, default=0.0) if i != j else 0.0)
    assert found.has_sorted_indices
    assert (found.data > 0).all()


# --- from the codebook to whatever counts perspectives ----------------------------------------------------------------

NAMES = "abcdef"
WORKS = [("a", "b"), ("b", "c"), ("d", "e")]
LUNCH = [("a", "b"), ("a", "c"), ("c", "d"), ("e", "f")]
THIN = {frozenset(pair) for pair in LUNCH if pair not in WORKS}


def scores_of(lunch=LUNCH, *, works=WORKS, strength=None, **chosen):
    rng = np.random.default_rng(3)
    answers = {name: {f"perspective_{k}": int(rng.integers(1, 6)) for k in range(5)} for name in NAMES}
    ties = {"works_with": both_ways(*works), "trust": both_ways(*combinations(NAMES, 2))}
    ties |= {"lunch": both_ways(*lunch)} if lunch is not None else {}
    survey = survey_of(answers, ties, strength=None if strength is None else {"lunch": strength})
    return pn.score_pairs(survey, pn.colleague_graph(survey), outlook="answers", **chosen)


def alike(one, other):
    one, other = one.to_frame(), other.to_frame()
    return one.equals(other)


def test_a_layer_of_strength_1_is_one_of_which_nothing_is_said():
    said, unsaid = scores_of(strength=1.0), scores_of()
    assert alike(said, unsaid)
    assert said.settings == unsaid.settings
    assert said.reach.strength is None


def test_a_layer_of_strength_0_is_one_that_nobody_asked_about():
    assert alike(scores_of(strength=0.0), scores_of(lunch=None))
    assert scores_of(strength=0).settings["strength"] == {"lunch": 0.0}


def test_a_layer_that_is_no_contact_needs_no_strength():
    scores = scores_of(strength=0.4, contact=["works_with"])
    assert "strength" not in scores.settings
    assert alike(scores, scores_of(contact=["works_with"]))


def test_of_two_layers_the_strongest_counts_whichever_comes_first():
    scores = scores_of(strength=0.25)
    heard, strength = (side[scores.position("a")] for side in (scores.reach.heard, scores.reach.strength))
    assert dict(zip(scores.people[heard], strength, strict=True)) == {"a": 1.0, "b": 1.0, "c": 0.25}
    assert scores.reach.fully_heard[scores.position("a")] == 2.25


@pytest.mark.parametrize("strength", [0.1, 0.6])
def test_scores_exposure_ledger_and_rounds_count_alike(strength):
    scores = scores_of(strength=strength)
    apart = scores.perspective.block(np.arange(6), np.arange(6))
    place = {name: k for k, name in enumerate(NAMES)}

    def counted(heard):
        return heard_so_fully(apart, scores.settings["scale"], {place[name]: fully for name, fully in heard.items()})

    a, d = {"a": 1, "b": 1, "c": strength}, {"d": 1, "e": 1, "c": strength}
    row = scores.pair("a", "c")
    assert row["gain_a"] == pytest.approx(counted(a | {"c": 1}) - counted(a))
    pairs = [("a", "c"), ("d", "f")]
    exposed = pn.exposure(scores, pairs).table
    assert exposed.loc["a", "gain"] == pytest.approx(row["gain_a"])
    books = pn.exposure_ledger(scores, pairs).people
    for column in ("before", "after", "gain"):
        np.testing.assert_allclose(books[column], exposed[column])
    assert books.loc["a", "from_within"] == pytest.approx(row["gain_a"]), "c was heard faintly already"
    assert books.loc["d", "before"] == pytest.approx(counted(d))
    assert books.loc["d", "left"] == pytest.approx(counted(d | {"f": 1, "a": 1, "b": 1}) - counted(d | {"f": 1}))
    plan = pn.plan_rounds(scores, rounds=1, earlier=[[("a", "c")]], progress=False)
    met = next(other for pair in plan.rounds[-1] if "a" in pair for other in pair if other != "a")
    assert plan.people.loc["a", "before"] == pytest.approx(counted(a | {"c": 1}))
    assert plan.people.loc["a", "after"] == pytest.approx(counted(a | {"c": 1, met: 1}))


def test_a_survey_drawn_anew_hears_as_fully_as_the_one_there_is():
    scores = scores_of(strength=0.3)
    graph = pn.colleague_graph(scores.survey)
    nothing = perturbation(items=False, ties=False, thresholds=False, weights=False)
    asked = {"outlook": "answers"}
    drawn = resampler_of(scores, graph, nothing, asked).drawn(np.random.default_rng(0))
    np.testing.assert_allclose(drawn.reach.exposure, scores.reach.exposure)
    unlike = resampler_of(scores, graph, replace(nothing, weights=0.3), asked).drawn(np.random.default_rng(0))
    expected = unlike.reach.rescaled(scores.settings["scale"])
    for heard, fully in zip(expected.heard, expected.strength, strict=True):
        told = dict(zip(scores.people[heard], fully, strict=True))
        assert {frozenset((scores.people[heard[0]], name)) for name, s in told.items() if s == 0.3} <= THIN
        assert sum(s == 0.3 for s in told.values()) == sum(scores.people[heard[0]] in pair for pair in THIN)


def test_other_ties_as_contact_are_heard_as_fully():
    scores = scores_of(strength=0.3)
    graph = pn.colleague_graph(scores.survey)
    found = pn.compare.exposure_sensitivity(scores, [("a", "f")], graph, progress=False)
    as_chosen = found[(found["factor"] == 1) & (found["contact"] == found["contact"].iloc[0])].iloc[0]
    assert as_chosen["before"] == pytest.approx(np.nanmean(scores.reach.exposure))


def test_a_team_is_held_together_as_fully_as_it_is_heard():
    scores = scores_of(strength=0.3)
    people = scores.survey.people.assign(team="Dock", manager=["", *["a"] * 5])
    survey = replace(scores.survey, people=people)
    found = pn.graph.leader_independence(
        survey,
        pn.colleague_graph(survey),
        scores=scores,
        rules=("either",),
        floor=1,
        layer="lunch",
        pairing=[("b", "f")],
    ).table.set_index("when")
    before = scores.reach.exposure[1:]
    with_pairs = [scores.reach.exposure_with(i, partners) for i, partners in ((1, [5]), (5, [1]))]
    assert found["reach"].iloc[0] == pytest.approx(before.mean())
    assert found["reach"].iloc[1] == pytest.approx((before[1:4].sum() + sum(with_pairs)) / 5)


def test_opinions_move_towards_those_heard_by_how_fully_they_are():
    shares = attention([np.array([1, 2]), np.array([0]), np.array([0])], [(0, 2)], partner_weight=1.0)
    np.testing.assert_allclose(shares.toarray()[0], [1 / 3] * 3)
    strength = [np.array([1.0, 0.5]), np.ones(1), np.full(1, 0.5)]
    heard = [np.array([1, 2]), np.array([0]), np.array([0])]
    faint = attention(heard, partner_weight=1.0, strength=strength).toarray()
    np.testing.assert_allclose(faint, [[0.4, 0.4, 0.2], [0.5, 0.5, 0], [1 / 3, 0, 2 / 3]])
    met = attention(heard, [(0, 2)], partner_weight=1.0, strength=strength)
    np.testing.assert_allclose(met.toarray(), [[1 / 3] * 3, [0.5, 0.5, 0], [0.5, 0, 0.5]])


def test_opinions_are_counted_as_fully_as_they_are_heard():
    scores = scores_of(strength=0.3)
    graph = pn.colleague_graph(scores.survey)
    asked = SimulationSettings(contact=None, susceptibility=0.5)
    scene = prepare_simulation(scores, graph, asked, 1)
    apart_now = apart(scene.opinions.first)
    for met, fully in (((), 0.3), ([(0, 2)], 1.0)):
        found = scene.measured(scene.opinions.first, met).exposure[0]
        assert found == pytest.approx(heard_so_fully(apart_now, scene.scale, {0: 1, 1: 1, 2: fully}), abs=1e-6)


def test_the_truth_hears_as_fully_as_the_codebook_says():
    made = pn.make_survey(people=60, answered=50, teams=6, rng=1)
    items = (replace(item, strength=0.2) if item.layer == "advice" else item for item in made.codebook)
    thin = replace(made, codebook=replace(made.codebook, items=tuple(items)))
    truth, in_full = true_reach(thin), true_reach(made)
    ties = made.contacts.assign(strength=made.contacts["layer"].map({"works_with": 1.0, "advice": 0.2})).dropna()
    ties = [*zip(ties["person"], ties["alter"], ties["strength"], strict=True)]
    for person in range(0, 60, 7):
        name, heard = made.truth.index[person], {person: 1.0}
        for one, other, strength in ties + [(b, a, s) for a, b, s in ties]:
            if one == name:
                place = made.truth.index.get_loc(other)
                heard[place] = max(heard.get(place, 0.0), strength)
        assert dict(zip(truth.heard[person], truth.strength[person], strict=True)) == heard
    assert (truth.exposure <= in_full.exposure + ROUNDING).all()
    scores = pn.score_pairs(thin.read(), pn.colleague_graph(thin.read()))
    assert scores.settings["strength"] == {"advice": 0.2}
    np.testing.assert_array_equal(true_scores(thin, scores).reach.exposure, true_reach(thin).exposure)
    pair = pn.compare.true_gains(thin, [("p001", "p002")]).iloc[0]
    assert pair["gain_a"] == pytest.approx(truth.exposure_with(0, [1]) - truth.exposure[0])
