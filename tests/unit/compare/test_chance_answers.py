"""Answers by chance keep everybody's habits of answering and what was asked, and lose everything else."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.compare.chance_answers import STEPS, answered_by_chance, chance_answers
from peernet.survey.codebook import Codebook
from tests.made.structureless import scores_of

TEN = [*range(10)]


def scored(columns, items):
    people = pd.DataFrame(
        columns, index=pd.Index([f"p{k:03}" for k in range(len(next(iter(columns.values()))))], name="person")
    )
    survey = pn.load_example()
    codebook = Codebook((pn.survey.Item("person", "person"), *items))
    facts = {"name": people.index, "team": pd.NA, "manager": pd.NA, "answered": True}
    made = replace(
        survey, people=people.assign(**facts), ties=survey.ties[:0], outcomes=survey.outcomes[:0], codebook=codebook
    )
    with pytest.warns(pn.PeernetWarning):
        return pn.score_pairs(made, pn.colleague_graph(made))


@pytest.fixture
def planted():
    return scores_of(2, people=60, planted=2.0)


def drawn(scores, seed=0):
    return chance_answers(scores).drawn(np.random.default_rng(seed)).answers


def together(answers):
    return np.abs(pd.DataFrame(answers.T).corr().to_numpy()[np.triu_indices(len(answers), 1)]).mean()


def test_everybody_gives_each_answer_as_often_and_each_question_receives_it_as_often(planted):
    before, after = planted.perspective.items.answers, drawn(planted)
    for level in np.unique(before[~np.isnan(before)]):
        for axis in (0, 1):
            np.testing.assert_array_equal((after == level).sum(axis=axis), (before == level).sum(axis=axis))


def test_questions_left_out_stay_left_out(planted):
    np.testing.assert_array_equal(np.isnan(drawn(planted)), np.isnan(planted.perspective.items.answers))


def test_what_questions_have_in_common_beside_habits_is_lost(planted):
    assert together(drawn(planted)) < together(planted.perspective.items.answers) / 2


def test_answers_that_came_about_by_chance_are_like_their_draws():
    """Of so many surveys the middle rank among nine draws each is 4.5, with a standard error of 0.6."""
    ranks = []
    for seed in range(20):
        scores = scores_of(seed, people=60)
        found = together(scores.perspective.items.answers)
        ranks.append(sum(together(drawn(scores, draw)) < found for draw in range(9)))
    assert np.mean(ranks) == pytest.approx(4.5, abs=2)


def test_agreeing_with_everything_stays_though_half_the_questions_are_turned_round():
    rng = np.random.default_rng(0)
    agrees = rng.integers(0, 2, 80)
    ticked = {f"q{k}": np.clip(2 + agrees + rng.integers(0, 3, 80), 1, 5).astype(float) for k in TEN}
    items = [pn.survey.Item(f"q{k}", "perspective", "ordinal", low=1, high=5, reverse=k % 2 == 1) for k in TEN]
    scores = scored({name: 6 - a if int(name[1]) % 2 else a for name, a in ticked.items()}, items)
    before, after = scores.perspective.items.answers, drawn(scores)
    turned = np.array([k % 2 == 1 for k in TEN])[:, None]
    sums = [np.where(turned, 1 - answers, answers).sum(axis=0) for answers in (before, after)]
    assert sums[0] == pytest.approx(sums[1])


def test_items_with_a_scale_of_their_own_are_dealt_out_among_people():
    rng = np.random.default_rng(0)
    years, field = rng.permutation(40).astype(float), rng.choice(["law", "design", "trade"], 40)
    field[:3] = ["law", "design", "trade"]
    items = [
        pn.survey.Item("years", "perspective", "numeric", low=0, high=40),
        pn.survey.Item("field", "perspective", "nominal"),
    ]
    scores = scored({"years": years, "field": field}, items)
    before, after = scores.perspective.items.answers, drawn(scores)
    np.testing.assert_array_equal(np.sort(before, axis=1), np.sort(after, axis=1))
    assert (before != after).any(axis=1).all()


def test_of_several_choices_people_keep_how_many():
    rng = np.random.default_rng(0)
    chosen = [frozenset(rng.choice(list("abcdef"), rng.integers(1, 4), replace=False).tolist()) for _ in range(60)]
    items = [pn.survey.Item("many", "perspective", "multiple", categories=tuple("abcdef"))]
    scores = scored({"many": chosen}, items)
    before, after = scores.perspective.items, chance_answers(scores).drawn(rng)
    np.testing.assert_array_equal(before.answers, after.answers)
    assert (before.bits != after.bits).any()
    np.testing.assert_array_equal(np.bitwise_count(before.bits).sum(axis=0), np.bitwise_count(after.bits).sum(axis=0))


def test_every_level_of_every_usual_scale_is_whole():
    for steps in range(1, 11):
        assert STEPS % steps == 0


def test_only_perspective_changes(planted):
    before = planted.perspective.items.answers.copy()
    other = answered_by_chance(planted, chance_answers(planted).drawn(np.random.default_rng(0)))
    np.testing.assert_array_equal(planted.perspective.items.answers, before)
    assert other.gates is planted.gates
    assert [*map(len, other.reach.heard)] == [*map(len, planted.reach.heard)]
    assert other.reach.exposure != pytest.approx(planted.reach.exposure)


def test_the_same_seed_gives_the_same_answers(planted):
    np.testing.assert_array_equal(drawn(planted, 7), drawn(planted, 7))
