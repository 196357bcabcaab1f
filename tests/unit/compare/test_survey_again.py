"""A survey drawn anew differs from the survey as far as it may, and no further."""

from dataclasses import asdict

import numpy as np
import pytest

import peernet as pn
from peernet.compare.survey_again import named_again, perturbation, resampler_of
from peernet.errors import SettingError

NOTHING = {"items": False, "ties": False, "thresholds": False, "weights": False}


@pytest.fixture(scope="module")
def survey():
    return pn.make_survey(people=60, answered=50, teams=6, rng=1).read()


@pytest.fixture(scope="module")
def graph(survey):
    return pn.colleague_graph(survey)


def again(survey, graph, settings=None, **chosen):
    settings = settings or {}
    return resampler_of(
        pn.score_pairs(survey, graph, **settings), graph, perturbation(**{**NOTHING, **chosen}), settings
    )


def cells(scores):
    return scores.block(np.arange(len(scores)))


def test_nothing_drawn_gives_the_same_scores(survey, graph):
    as_is = again(survey, graph)
    np.testing.assert_allclose(cells(as_is.drawn(np.random.default_rng(0))), cells(as_is.scores), atol=1e-12)


def test_no_ties_left_out_lay_the_same_foundation(survey, graph):
    as_is = again(survey, graph, ties=1e-12)
    np.testing.assert_allclose(cells(as_is.drawn(np.random.default_rng(0))), cells(as_is.scores), atol=1e-12)


@pytest.mark.parametrize("what", list(NOTHING))
def test_each_source_changes_something_and_one_seed_gives_one_survey(survey, graph, what):
    drawing = again(survey, graph, **{what: True})
    one, same, other = (cells(drawing.drawn(np.random.default_rng(seed))) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other, equal_nan=True)


def test_items_keep_their_weights_and_some_are_left_out(survey, graph):
    drawing = again(survey, graph, items=0.5)
    before, after = drawing.scores.perspective.weights, drawing.drawn(np.random.default_rng(0)).perspective.weights
    assert after.sum() == pytest.approx(1.0)
    assert 0 < (after > 0).sum() <= round(0.5 * len(before))
    times = (after / before)[after > 0]
    assert np.allclose(times / times.min(), np.rint(times / times.min()))


def test_by_each_cause_alone_only_what_it_is_about_is_drawn(survey, graph):
    drawing = again(survey, graph, {"goals": 0.5}, items=True, ties=True, thresholds=True, weights=True)
    alone, before = drawing.alone(), drawing.scores
    assert list(alone) == ["perspective", "experience", "goals", "ties"]
    for cause, only in alone.items():
        drawn = only.drawn(np.random.default_rng(3))
        changed = {
            "perspective": not np.array_equal(drawn.perspective.shares, before.perspective.shares),
            "experience": drawn.gates.experience_within != pytest.approx(before.gates.experience_within),
            "goals": drawn.gates.goals_within != pytest.approx(before.gates.goals_within),
            "ties": len(np.concatenate(drawn.reach.heard)) != len(np.concatenate(before.reach.heard)),
        }
        assert changed == {other: other == cause for other in alone}


def test_an_open_gate_is_no_cause(survey, graph):
    assert list(again(survey, graph, {"goals": None, "experience": None}).alone()) == ["perspective", "ties"]


def test_few_items_are_drawn_where_answers_are_unreliable(survey, graph):
    items = again(survey, graph, items=True).items
    expected = (items["reliability"] ** 2 / (1 + items["reliability"]) * items["items"]).round().clip(lower=1)
    assert items["drawn"].tolist() == expected.tolist()


def test_weights_vary_by_the_share_asked_for(survey, graph):
    drawing = again(survey, graph, weights=0.2)
    rng = np.random.default_rng(0)
    drawn = np.array([drawing.drawn(rng).perspective.shares for _ in range(60)]) / drawing.scores.perspective.shares
    assert drawn.std() == pytest.approx(0.2, abs=0.03)


def test_about_as_many_nominations_are_added_as_left_out(survey, graph):
    drawing = again(survey, graph, ties=0.2)
    layer, rng = "trust", np.random.default_rng(0)
    before, unnamed = drawing.ratings[layer], drawing.unnamed[layer]
    counts = [named_again(before, unnamed, 0.2, rng) for _ in range(40)]
    assert np.mean([after.nnz for after in counts]) == pytest.approx(before.nnz, rel=0.03)
    kept = np.mean([after.multiply(before).nnz for after in counts]) / before.nnz
    assert kept == pytest.approx(0.8, abs=0.02)
    assert all(
        (after - after.multiply(before.astype(bool))).astype(bool).multiply(unnamed).nnz <= unnamed.nnz
        for after in counts
    )


def test_people_are_only_added_among_those_known_who_were_not_named(survey, graph):
    drawing = again(survey, graph)
    people = list(graph)
    silent = {person for person in people if person not in graph.graph["answered"]["trust"]}
    for i, j in zip(*drawing.unnamed["trust"].nonzero(), strict=True):
        assert people[i] not in silent
        assert not graph.has_edge(people[i], people[j], key="trust")
        assert graph.has_edge(people[i], people[j]) or graph.has_edge(people[j], people[i])


def test_averages_follow_the_draw_and_given_numbers_stay(survey, graph):
    free, fixed = again(survey, graph, items=True), again(survey, graph, {"experience": 0.3, "scale": 0.4}, items=True)
    drawn = free.drawn(np.random.default_rng(0))
    assert drawn.gates.experience_within == pytest.approx(drawn.gates.experience.mean)
    assert drawn.reach.scale == free.scores.settings["scale"]
    drawn = fixed.drawn(np.random.default_rng(0))
    assert (drawn.gates.experience_within, drawn.reach.scale) == (0.3, 0.4)


def test_thresholds_move_by_no_more_than_their_share(survey, graph):
    drawing, rng = again(survey, graph, {"experience": 0.3}, thresholds=0.1), np.random.default_rng(0)
    drawn = np.array([drawing.drawn(rng).gates.experience_within for _ in range(50)])
    assert 0.27 <= drawn.min() < 0.28
    assert 0.32 < drawn.max() <= 0.33


def test_a_rated_layer_is_trusted_from_a_rating_up_or_down(survey):
    ties = survey.ties.copy()
    ties["rating"] = 1.0 + np.arange(len(ties)) % 3
    rated = pn.Survey(survey.people, ties, survey.outcomes, survey.codebook, survey.issues, survey.answered)
    drawing, rng = again(rated, pn.colleague_graph(rated), {"at_least": 2}, thresholds=True), np.random.default_rng(0)
    mutual = {drawing.drawn(rng).gates.foundation.mutual.nnz for _ in range(30)}
    expected = {lay(rated, least) for least in (1, 2, 3)}
    assert mutual == expected


def lay(survey, at_least):
    return pn.score_pairs(survey, pn.colleague_graph(survey), at_least=at_least).gates.foundation.mutual.nnz


def test_amounts():
    assert asdict(perturbation(**NOTHING)) == {"items": 0.0, "ties": 0.0, "thresholds": 0.0, "weights": 0.0}
    usual = perturbation(items=True, ties=True, thresholds=True, weights=0.5)
    assert asdict(usual) == {"items": None, "ties": 0.1, "thresholds": 0.1, "weights": 0.5}
    with pytest.raises(SettingError) as error:
        perturbation(**{**NOTHING, "ties": 1.0})
    assert str(error.value) == "ties must be True, False or a number from 0 to 0.9; got 1.0."
