"""The line of a gate is drawn with its error, and a line that is a coin toss is no gate by default."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.distance.distances import frame_distances
from peernet.distance.items import distance_reliability, shared_weight
from peernet.scores.reliability import RELIABLE, SURELY, GateLine, lines_in_words, too_unreliable
from peernet.scores.scoring import usual_gates
from tests.made.surveys import both_ways, survey_of

PEOPLE = [f"p{i:02d}" for i in range(40)]


def asked(rng, *, items=6, noise=0.5, missing=0.0, kind="ordinal", latent=None, people=40):
    """Answers about one trait, with chance of their own; from 1 to 5, or only whether above the middle."""
    latent = rng.standard_normal(people) if latent is None else latent
    felt = 3 + 1.1 * latent[:, None] + noise * rng.standard_normal((len(latent), items))
    answers = np.clip(np.rint(felt), 1, 5) if kind == "ordinal" else (felt > 3).astype(float)
    answers[rng.random(answers.shape) < missing] = np.nan
    frame = pd.DataFrame(answers, columns=[f"v{v}" for v in range(items)])
    ranges = dict.fromkeys(frame, (1.0, 5.0)) if kind == "ordinal" else None
    return frame_distances(frame, dict.fromkeys(frame, kind), ranges, "contribution", 0.5)


def scored(rng, noise, *, items=6, **settings):
    """Scores of people whose goals were asked about with so much noise, and their experience by one question."""
    latent = rng.standard_normal(len(PEOPLE))
    felt = 3 + 1.1 * latent[:, None] + noise * rng.standard_normal((len(PEOPLE), items))
    goals = np.clip(np.rint(felt), 1, 5)
    rows = {
        name: {
            **{f"goal_{v}": answer for v, answer in enumerate(own)},
            "experience_1": float(rng.integers(1, 6)),
            "perspective_1": float(rng.integers(1, 6)),
        }
        for name, own in zip(PEOPLE, goals, strict=True)
    }
    survey = survey_of(rows, {"trust": both_ways(*pairwise(PEOPLE)), "works_with": []})
    return pn.score_pairs(survey, pn.colleague_graph(survey), **settings)


# --- the line ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["ordinal", "nominal"])
@pytest.mark.parametrize("noise", [0.3, 1.0, 3.0])
def test_pairs_pass_again_as_often_as_is_said_or_somewhat_more_when_other_questions_are_asked(rng, noise, kind):
    said, found = [], []
    for _ in range(8):
        latent = rng.uniform(-1.8, 1.8, 100)
        one, other = (asked(rng, noise=noise, kind=kind, latent=latent, items=8) for _ in range(2))
        above = np.triu_indices(100, k=1)
        passes, again = ((table.block(np.arange(100))[above] <= table.mean) for table in (one, other))
        said.append(GateLine(one, one.mean).summary(np.arange(100))["pass_again"])
        found.append(again[passes].mean())
    assert -0.02 < np.mean(found) - np.mean(said) < 0.09


def test_who_surely_passes_or_fails_is_on_that_side_in_truth(rng):
    right = {"surely passes": [], "surely fails": []}
    for _ in range(6):
        latent = rng.uniform(-1.8, 1.8, 80)
        table, above = asked(rng, noise=0.8, latent=latent, items=8), np.triu_indices(80, k=1)
        truth = asked(rng, noise=0.8, latent=latent, items=400).block(np.arange(80))[above]
        states = GateLine(table, table.mean).of_pairs(*above)
        for state, within in (("surely passes", True), ("surely fails", False)):
            right[state].append(((truth <= truth.mean()) == within)[states == state].mean())
    assert min(np.mean(shares) for shares in right.values()) > SURELY


def test_of_an_unreliable_line_nobody_surely_passes_though_some_are_alike_in_everything(rng):
    table = asked(rng, noise=20.0, items=4)
    apart = table.block(np.arange(40))
    i, j = np.unravel_index(np.argmin(apart + np.eye(40)), apart.shape)
    states = GateLine(table, table.mean).of_pairs(np.array([i]), np.array([j]))
    assert distance_reliability(table) < 0.2
    assert states.tolist() == ["cannot be told"]


def test_the_fewer_questions_two_people_share_the_less_is_sure(rng):
    table = asked(rng, noise=0.5, missing=0.3)
    line = GateLine(table, table.mean)
    near = np.array([0.2 * table.mean] * 3)
    truly, again = line.chances(near, np.array([1.0, 0.75, 0.5]))
    assert (np.diff(truly) < 0).all()
    assert (np.diff(again) < 0).all()
    alpha, half = line.reliability, np.array([0.5])
    by_formula = 0.5 * alpha / (1 - 0.5 * alpha)
    shorter = (line.within - line._mean_and_variance[0] * (1 - by_formula)) / by_formula
    assert line.chances(np.array([shorter]), half)[0] == pytest.approx(0.5)


def test_shared_weight_is_that_of_the_questions_both_answered():
    frame = pd.DataFrame({"x": [1.0, 2.0, np.nan], "y": [1.0, np.nan, 3.0]})
    table = frame_distances(frame, {"x": "numeric", "y": "numeric"}, None, {"x": 3.0, "y": 1.0}, 0.0)
    assert shared_weight(table, np.arange(3)).tolist() == [[1.0, 0.75, 0.25], [0.75, 0.75, 0.0], [0.25, 0.0, 0.25]]


def test_a_perfect_line_is_certain_and_a_pair_without_a_distance_has_no_state(rng):
    one = np.repeat(rng.integers(1, 6, (12, 1)).astype(float), 3, axis=1)
    one[0] = np.nan
    frame = pd.DataFrame(one, columns=list("abc"))
    table = frame_distances(frame, dict.fromkeys("abc", "ordinal"), dict.fromkeys("abc", (1.0, 5.0)), "equal", 0.5)
    found = GateLine(table, 0.3).summary(np.arange(12))
    assert found["reliability"] == pytest.approx(1)
    assert found["cannot_be_told"] == pytest.approx(0)
    assert found["pass_again"] == pytest.approx(1)
    assert GateLine(table, 0.3).of_pairs(np.array([0]), np.array([1])).tolist() == [""]


# --- gates by default -------------------------------------------------------------------------------------------------


def test_a_gate_below_the_least_reliability_is_open_by_default_and_that_is_recorded(rng):
    scores = scored(rng, noise=20.0)
    found = scores.gate_reliability().loc["goals"]
    assert found["reliability"] < RELIABLE
    assert found["standing"] == "open: reliability below 0.5"
    assert found["line"] == pytest.approx(scores.gates.goals.mean)
    assert scores.gates.goals_within is None
    assert scores.settings["unreliable"] == ("goals",)


def test_a_reliable_gate_is_kept(rng):
    scores = scored(rng, noise=0.3)
    assert scores.gates.goals_within == pytest.approx(scores.gates.goals.mean)
    assert scores.settings["unreliable"] == ()
    assert scores.gate_reliability().loc["goals", "standing"] == "kept"


def test_a_number_stays_a_gate_because_it_was_asked_for(rng):
    scores = scored(rng, noise=20.0, goals=0.3)
    assert scores.gates.goals_within == 0.3
    assert scores.gate_reliability().loc["goals", ["line", "standing"]].tolist() == [
        0.3,
        "kept, as asked: reliability below 0.5",
    ]


def test_a_gate_that_was_opened_is_told_apart_from_one_that_opened_itself(rng):
    found = scored(rng, noise=0.3, goals=None).gate_reliability().loc["goals"]
    assert found["standing"] == "open, as asked"


def test_one_question_does_not_tell_its_reliability_and_its_gate_is_kept(rng):
    scores = scored(rng, noise=0.3)
    found = scores.gate_reliability().loc["experience"]
    assert not too_unreliable(scores.gates.experience)
    assert found["items"] == 1
    assert found["standing"] == "kept: one question does not tell its reliability"
    told = ["reliability", "surely_passes", "cannot_be_told", "surely_fails", "pass_again", "any_again"]
    assert found[told].isna().all()
    assert 0 < found["passes"] < 1
    assert set(scores.gate_states([("p01", "p02")])["experience"]) == {"cannot be told"}


def test_states_add_up_to_all_pairs_and_are_those_of_the_pairs(rng):
    scores = scored(rng, noise=0.3)
    found = scores.gate_reliability().loc["goals"]
    states = scores.gate_states()["goals"]
    assert found[["surely_passes", "cannot_be_told", "surely_fails"]].sum() == pytest.approx(1)
    assert found["surely_passes"] == pytest.approx((states == "surely passes").mean())
    assert 0 < found["surely_fails"] == pytest.approx((states == "surely fails").mean())


def test_states_of_some_pairs_come_once_each_and_sorted(rng):
    scores = scored(rng, noise=0.3)
    some = scores.gate_states([("p03", "p01"), ("p01", "p02"), ("p02", "p01")])
    assert some[["a", "b"]].to_numpy().tolist() == [["p01", "p02"], ["p01", "p03"]]
    every = scores.gate_states().set_index(["a", "b"])
    assert every.loc[[("p01", "p02"), ("p01", "p03")], "goals"].tolist() == some["goals"].tolist()


def test_blocks_that_were_not_asked_have_no_line():
    survey = survey_of({"a": {"perspective_1": 1}, "b": {"perspective_1": 5}}, {"trust": both_ways(("a", "b"))})
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    assert len(scores.gate_reliability()) == 0
    assert list(scores.gate_states()) == ["a", "b"]
    assert scores.settings["unreliable"] == ()


# --- before anything is scored ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("noise", [0.3, 30.0])
def test_the_usual_gates_are_those_of_scores_of_which_nothing_else_is_asked(rng, noise):
    scores = scored(rng, noise=noise)
    pd.testing.assert_frame_equal(usual_gates(scores.survey), scores.gate_reliability(), check_exact=True)


@pytest.mark.parametrize("survey", [pn.load_example(), pn.load_aarhus()], ids=["harbour", "aarhus"])
def test_so_they_are_where_people_opted_out_and_did_not_answer(survey):
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    pd.testing.assert_frame_equal(usual_gates(survey), scores.gate_reliability(), check_exact=True)


def test_gates_need_no_questions_on_perspective_and_there_may_be_none():
    people = {name: {"goal_1": k, "goal_2": 6 - k} for k, name in enumerate("abcde", start=1)}
    table = usual_gates(survey_of(people, {"trust": both_ways(("a", "b"))}))
    assert table.index.tolist() == ["goals"]
    assert usual_gates(survey_of({"a": {"perspective_1": 1}}, {"trust": []})).empty
    assert not [*lines_in_words(usual_gates(survey_of({"a": {"perspective_1": 1}}, {"trust": []})))]


def test_a_gate_that_is_kept_one_that_is_not_and_one_of_which_nothing_is_known_are_told_in_words(rng):
    experience, kept = lines_in_words(scored(rng, noise=0.3).gate_reliability())
    row = scored(np.random.default_rng(5), noise=30.0).gate_reliability().loc["goals"]
    assert experience.startswith("experience: 1 question, of which no reliability can be told. ")
    assert experience.endswith("% of all pairs pass")
    assert kept.startswith("goals: 6 questions, reliability 0.9")
    assert " surely fail; of " in kept
    assert "no gate" not in kept
    none = [*lines_in_words(scored(np.random.default_rng(5), noise=30.0).gate_reliability())][1]
    assert none.startswith(
        f"goals: 6 questions, reliability {row['reliability']:.2f} (1: no error, 0: a coin toss), below"
    )
    assert (
        f"no gate unless you give a limit. With --goals {row['line']:.2f}, {row['passes']:.0%} of all pairs pass"
        in none
    )
    asked = [*lines_in_words(scored(np.random.default_rng(5), noise=30.0, goals=0.3).gate_reliability())][1]
    assert "no gate" not in asked, "it was asked for"


def test_of_questions_by_which_nobody_differs_no_reliability_is_made_up():
    people = {name: {"goal_1": 3, "goal_2": 3, "perspective_1": k} for k, name in enumerate("abcde", start=1)}
    told = [*lines_in_words(usual_gates(survey_of(people, {"trust": both_ways(("a", "b"))})))]
    assert told == ["goals: 2 questions, of which no reliability can be told. 100% of all pairs pass"]
