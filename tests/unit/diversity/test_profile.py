"""The profile of groups: what it says of each, what it holds against chance, and what may be shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.diversity.reach import SCALE, similarity_of
from peernet.errors import SettingError, UnknownPersonError
from tests.made.surveys import survey_of

KINDS = ("variety", "separation", "disparity", "faultline")


@pytest.fixture(scope="module")
def example() -> pn.Survey:
    return pn.load_example()


@pytest.fixture(scope="module")
def teams(example) -> pn.diversity.DiversityProfile:
    return pn.diversity.describe_diversity(example, "team", draws=19)


def test_each_kind_has_its_own_column_and_interval_and_nothing_is_added_up(teams):
    for kind in KINDS:
        row = teams.table[[f"{kind}_low", kind, f"{kind}_high"]].dropna()
        assert len(row) == 24
        assert (row.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    expected = {"people", "perspectives", "variety_0", "variety_2", "variety_by_lot", "variety_rank"}
    expected |= {"faultline_chance", "faultline_p"}
    assert set(teams.table) == expected | {f"{kind}{end}" for kind in KINDS for end in ("", "_low", "_high")}


def test_a_team_is_measured_by_the_functions_of_the_same_name(example, teams):
    distances = pn.distance.person_distances(example)
    people = example.people
    own = np.flatnonzero(((people["team"] == "Cruise") & distances.answered).to_numpy())
    table, row = distances.block(own, own), teams.table.loc["Cruise"]
    alike = similarity_of(table, SCALE)
    assert teams.scale == SCALE
    assert row["people"] == len(own)
    assert row["variety"] == pytest.approx(pn.diversity.similarity_diversity(alike, order=1))
    assert row["variety_0"] == pytest.approx(pn.diversity.similarity_diversity(alike, order=0))
    assert row["variety_2"] == pytest.approx(pn.diversity.similarity_diversity(alike, order=2))
    assert row["perspectives"] == pytest.approx(pn.diversity.effective_perspectives(table, scale=SCALE))


def test_faultlines_are_those_of_faultlines(example, teams):
    alone = pn.diversity.faultlines(example, "team", draws=19).table
    found = teams.table.filter(like="faultline").set_axis(["strength", "low", "high", "chance", "p"], axis=1)
    pd.testing.assert_frame_equal(found, alone[["strength", "low", "high", "chance", "p"]])


def test_a_team_stands_where_it_does_among_draws_by_lot(example):
    rng = np.random.default_rng(0)
    known = example.people.index[pn.distance.person_distances(example).answered]
    lots = {f"lot {k}": rng.choice(known, 8, replace=False) for k in range(60)}
    rank = pn.diversity.describe_diversity(example, lots, draws=99).table["variety_rank"]
    assert 0.38 < rank.mean() < 0.62, "lots stand anywhere among lots"
    alike = pn.diversity.describe_diversity(
        survey_of(clones()), {"same": list("abc"), "far": list("adg")}, draws=99
    ).table
    assert alike.loc["same", "variety_rank"] < 0.1
    assert alike.loc["far", "variety_rank"] > 0.7, "a third of the draws are as varied; they count half"


def clones() -> dict[str, dict[str, float]]:
    """Three threes of people who answer alike."""
    return {p: {f"perspective_{v}": 1 + 2 * ((i // 3 + v) % 3) for v in range(3)} for i, p in enumerate("abcdefghi")}


def test_intervals_over_people_and_over_items_answer_different_questions(example):
    items, people = (
        pn.diversity.describe_diversity(example, over=over).table.loc["everybody"] for over in ("items", "people")
    )
    assert items["variety"] == people["variety"]
    widths = [row["variety_high"] - row["variety_low"] for row in (items, people)]
    assert widths[0] > 2 * widths[1], "240 people tell more than 14 items"


def test_pairs_surroundings_and_everybody_can_be_described(example):
    aarhus = pn.load_aarhus()
    graph = pn.colleague_graph(aarhus)
    heard = pn.diversity.describe_diversity(aarhus, pn.diversity.heard_by(graph), draws=0)
    assert heard.table.index.tolist() == aarhus.people.index.tolist()
    assert heard.overlap
    exposure = pn.score_pairs(aarhus, graph, scale=heard.scale).reach.exposure
    np.testing.assert_allclose(heard.table["perspectives"], exposure, atol=1e-9, err_msg="exposure is of the same set")
    pair = pn.diversity.describe_diversity(example, [("p001", "p064")], draws=0).table.loc["p001, p064"]
    assert pair["perspectives"] == pytest.approx(pair["variety_0"]) == pytest.approx(pair["variety_2"])


def test_a_group_of_whom_nobody_answered_stays_with_nothing_known():
    survey = survey_of({p: {"perspective_1": x} for p, x in zip("abc", [1, 5, np.nan], strict=True)})
    table = pn.diversity.describe_diversity(survey, {"x": ["a", "b"], "y": ["c"]}).table
    assert table.loc["y", "people"] == 0
    assert table.loc["y"].drop("people").isna().all()


def test_the_same_seed_gives_the_same_table(example, teams):
    pd.testing.assert_frame_equal(pn.diversity.describe_diversity(example, "team", draws=19).table, teams.table)


def test_the_order_of_people_makes_no_difference(example, teams):
    mixed = replace(example, people=example.people.sample(frac=1, random_state=3))
    found = pn.diversity.describe_diversity(mixed, "team", draws=0).table
    exact = [name for name in teams.table if "faultline" not in name and "lot" not in name and "rank" not in name]
    pd.testing.assert_frame_equal(found[exact], teams.table[exact], rtol=1e-9)


def test_what_is_shared_hides_small_teams_and_another_beside_them(teams):
    shown = teams.shareable(floor=7)
    assert teams.table["people"].min() == 6
    hidden = shown.index[shown["people"].isna()]
    assert "Digital" in hidden
    assert len(hidden) == 2, "a second, or the first could be worked out from the total"
    assert shown.loc[hidden].isna().all(axis=None)
    pd.testing.assert_frame_equal(shown.drop(hidden), teams.table.drop(hidden), check_dtype=False)
    assert teams.table.notna().all(axis=None), "the analyst's own table is left alone"


def test_groups_that_overlap_are_not_shared():
    survey = survey_of(clones())
    with pytest.raises(SettingError, match="could tell of a single person"):
        pn.diversity.describe_diversity(survey, [("a", "b"), ("b", "c")], draws=0).shareable()


def test_it_says_what_it_found(teams):
    assert repr(teams).startswith("<DiversityProfile: perspective, 24 groups, variety 3.76 to 7.03, separation ")
    assert teams._repr_html_().startswith("<p>DiversityProfile")


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"over": "teams"}, "over must be one of 'items', 'people'; got 'teams'"),
        ({"scale": 0}, "scale must be above 0; got 0"),
        ({"draws": 1.5}, "draws must be a whole number"),
        ({"view": "outlook"}, "block must be one of"),
    ],
)
def test_settings_without_sense_are_refused(example, setting, words):
    with pytest.raises(SettingError, match=words):
        pn.diversity.describe_diversity(example, "team", **setting)


def test_strangers_are_refused(example):
    with pytest.raises(UnknownPersonError, match="No person 'p999'"):
        pn.diversity.describe_diversity(example, [("p001", "p999")])
