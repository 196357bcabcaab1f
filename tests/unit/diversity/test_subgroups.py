"""Faultlines: the search against every split, the shuffle against shuffling, and what the table says of teams."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet import Survey
from peernet.diversity.subgroups import as_clear, best_split, blended, partings, scales_of, strengths
from peernet.errors import SettingError
from peernet.survey import Codebook, Item
from tests.made.surveys import survey_of
from tests.naive.diversity import best_parting, mean_silhouette, widest_split


def apart(answers: np.ndarray) -> np.ndarray:
    return np.abs(answers[:, None] - answers[None]).mean(axis=2) / 4


def test_the_split_found_has_the_width_it_claims_and_is_nearly_always_the_widest(rng):
    short = []
    for n in (4, 5, 6, 6, 7, 7, 7, 8):
        distances = apart(rng.integers(1, 6, (n, 8)).astype(float))
        width, label = best_split(distances, n // 2)
        assert width == pytest.approx(mean_silhouette(distances, tuple(label)))
        short.append(widest_split(distances, n // 2) - width)
    assert min(short) >= -1e-9, "no split is wider than the widest"
    assert np.mean(np.array(short) < 1e-9) >= 0.75
    assert max(short) < 0.05


@pytest.mark.parametrize("camps", [(4, 4), (3, 5), (2, 3, 4)])
def test_camps_that_agree_inside_are_found_whole(camps, rng):
    label = rng.permutation(np.repeat(np.arange(len(camps)), camps))
    answers = np.array([[1.0, 1, 5, 5], [5, 5, 1, 1], [5, 1, 5, 1]])[label]
    width, found = best_split(apart(answers), 4)
    assert width == pytest.approx(1.0)
    assert pd.Series(found).groupby(label).nunique().eq(1).all()
    assert len(set(found)) == len(camps)


def test_people_who_all_agree_have_no_faultline():
    assert best_split(np.zeros((6, 6)), 3)[0] == 0.0


ANSWERS = np.array([[1, 5, np.nan, 3], [2, 5, 1, 1], [5, 1, 4, np.nan], [4, 2, 4, 5.0]])  # person x item
SHARES = np.array([0.4, 0.3, 0.2, 0.1])


def tables_of(answers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    tables = np.stack([np.abs(item[:, None] - item[None]) / 4 for item in answers.T])
    return tables, ~np.isnan(answers.T)


def test_answers_in_their_own_order_give_the_distances(rng):
    rows = {f"p{i}": {f"perspective_{v}": x for v, x in enumerate(row)} for i, row in enumerate(ANSWERS)}
    weights = {f"perspective_{v}": share for v, share in enumerate(SHARES)}
    expected = pn.distance.person_distances(survey_of(rows), weights=weights).to_frame().to_numpy()
    in_order = np.tile(np.arange(4), (4, 1))
    np.testing.assert_allclose(blended(*tables_of(ANSWERS), SHARES, 0.5, in_order), expected, atol=1e-12)


def test_a_pair_that_shares_too_little_counts_as_the_average_and_nobody_sharing_as_unknown():
    tables, answered = tables_of(ANSWERS)
    in_order = np.tile(np.arange(4), (4, 1))
    found = blended(tables, answered, SHARES, 0.75, in_order)
    known = blended(tables, answered, SHARES, 0.0, in_order)
    few = [(0, 2)]  # they share the first two items only, 0.7 of the weight
    others = [known[i, j] for i in range(4) for j in range(i) if (j, i) not in few]
    assert found[0, 2] == found[2, 0] == pytest.approx(np.mean(others))
    assert blended(tables, answered & False, SHARES, 0.5, in_order).size == 0


def test_drawn_teams_are_measured_as_teams_with_these_answers_are(rng):
    """Against distances of the answers, every split tried and singular values; open questions stay open."""
    grades, open_questions = np.array([1.0, 2, 4, 5]), np.isnan(ANSWERS.T)
    tables = np.repeat(np.abs(grades[:, None] - grades)[None] / 4, 4, axis=0)
    scores = np.tile(np.linspace(-1, 1, 4), (4, 1))
    correlation = 0.4 + 0.6 * np.eye(4)
    drawn = rng.integers(0, 4, (6, 4, 4))
    found = strengths(tables, ~open_questions, SHARES, 0.5, drawn, 2)
    parted = partings(scores[np.arange(4)[:, None], drawn], ~open_questions, correlation)
    for strength, parting, places in zip(found, parted, drawn, strict=True):
        answers = np.where(open_questions, np.nan, grades[places]).T
        distances = blended(*tables_of(answers), SHARES, 0.5, np.tile(np.arange(4), (4, 1)))
        assert strength == pytest.approx(best_split(distances, 2)[0])
        assert parting == pytest.approx(
            best_parting(np.where(open_questions, np.nan, (places - 1.5) / 1.5), correlation)
        )


def test_people_who_all_agree_part_nowhere():
    assert partings(np.ones((1, 3, 5)), np.ones((3, 5), dtype=bool), np.eye(3)).tolist() == [0.0]


def test_a_team_is_as_clear_as_the_rarer_of_two_signs_tells():
    """Ten draws: nobody parts as clearly along a line as a team that is the fourth by strength."""
    draws = [(float(i), float(i)) for i in range(10)]
    assert as_clear(np.array([(6.5, 20.0), *draws])) == pytest.approx(1 / 11)
    assert as_clear(np.array([(-1.0, -1.0), *draws])) == 1.0


def team_survey(answers: np.ndarray, scale: str | None = None) -> Survey:
    names = [f"q{v}" for v in range(answers.shape[1])]
    items = (Item("person", "person"), *(Item(q, "perspective", "ordinal", low=1, high=5, scale=scale) for q in names))
    index = pd.Index([f"p{i}" for i in range(len(answers))], name="person")
    people = pd.DataFrame(answers, index, names)
    return Survey(people, pd.DataFrame(), pd.DataFrame(), Codebook(items), pd.DataFrame(), {})


CAMPS = np.repeat([[1.0], [5.0]], 5, axis=0)


def test_two_camps_are_stronger_than_chance_and_told_apart(rng):
    answers = np.clip(CAMPS + rng.integers(-1, 2, (10, 8)), 1, 5)
    found = pn.diversity.faultlines(team_survey(answers), None)
    row = found.table.loc["everybody"]
    assert row["strength"] > 0.7
    assert row["low"] < row["strength"] < row["high"]
    assert row["chance"] < row["strength"]
    assert row["p"] == 1 / 200
    assert row["subgroups"] == 2
    assert found.members["subgroup"].tolist() == [1] * 5 + [2] * 5
    assert repr(found) == "<Faultlines: perspective, 1 groups, 1 with p <= .05 (0.1 expected by chance)>"
    assert found._repr_html_().startswith("<p>Faultlines")


def test_one_thing_asked_several_times_lines_nothing_up(rng):
    """Camps on one scale alone are no faultline: there is nothing else for them to line up with."""
    answers = np.clip(CAMPS + rng.integers(-1, 2, (10, 8)), 1, 5)
    row = pn.diversity.faultlines(team_survey(answers, scale="change"), None).table.iloc[0]
    assert row["p"] == 1.0
    assert row["chance"] == pytest.approx(row["strength"])


def test_items_of_one_scale_have_one_number():
    items = [Item("a", "perspective", "nominal"), Item("b", "perspective", "nominal", scale="x")]
    items += [Item("c", "perspective", "nominal", scale="x"), Item("x", "perspective", "nominal")]
    survey = Survey(
        pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), Codebook((Item("p", "person"), *items)), pd.DataFrame(), {}
    )
    assert scales_of(survey, ["a", "b", "c", "x"]).tolist() == [0, 1, 1, 2]


def test_three_people_and_a_crowd_have_no_faultline():
    found = pn.diversity.faultlines(
        pn.load_example(), {"three": ["p001", "p002", "p003"], "all": pn.load_example().people.index}
    )
    assert found.table["strength"].isna().all()
    assert found.table["subgroups"].isna().all()
    assert found.members.empty


def test_the_same_seed_gives_the_same_table_and_another_moves_only_chance():
    survey = pn.load_example()
    one, again, other = (pn.diversity.faultlines(survey, "team", draws=19, rng=seed).table for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert not one["chance"].equals(other["chance"])
    pd.testing.assert_frame_equal(one.drop(columns=["chance", "p"]), other.drop(columns=["chance", "p"]))


def test_without_draws_nothing_is_said_of_chance():
    assert pn.diversity.faultlines(pn.load_example(), "team", draws=0).table[["chance", "p"]].isna().all(axis=None)


@pytest.mark.parametrize(("setting", "words"), [({"most": 1}, "most must be"), ({"draws": -1}, "draws must be")])
def test_settings_without_sense_are_refused(setting, words):
    with pytest.raises(SettingError, match=words):
        pn.diversity.faultlines(pn.load_example(), "team", **setting)
