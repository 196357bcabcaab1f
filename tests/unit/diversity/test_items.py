"""The split of Rao's entropy by item equals the sum over pairs, within groups and between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.distance import items
from peernet.errors import SettingError
from tests.made.surveys import survey_of
from tests.naive.diversity import entropy_by_item, entropy_within


@pytest.fixture(scope="module")
def gappy() -> pn.Survey:
    """Seventeen people in three teams and one in none; every fourth answer is missing, one person's all."""
    rng = np.random.default_rng(3)
    answers = rng.integers(1, 6, (18, 5)).astype(float)
    answers[rng.random(answers.shape) < 0.25] = np.nan
    answers[4] = np.nan
    people = {f"p{i:02d}": {f"perspective_{v}": x for v, x in enumerate(row)} for i, row in enumerate(answers)}
    return survey_of(people, team={f"p{i:02d}": "xyz"[i % 3] for i in range(17)})


@pytest.mark.parametrize("weights", ["contribution", "equal", {"perspective_1": 2.0, "perspective_3": 1.0}])
def test_each_part_equals_the_sum_over_pairs(gappy, weights):
    found = pn.diversity.rao_by_item(gappy, groups="team", weights=weights)
    distances = pn.distance.person_distances(gappy, weights=weights)
    labels = gappy.people["team"][distances.answered].dropna()
    expected = entropy_by_item(distances, list(labels.index))[found.table.index]
    within = entropy_within(distances, {t: list(own) for t, own in labels.groupby(labels).groups.items()})
    np.testing.assert_allclose(found.table["diversity"], expected, atol=1e-12)
    np.testing.assert_allclose(found.table["within"], within[found.table.index], atol=1e-12)
    np.testing.assert_allclose(found.table["within"] + found.table["between"], expected, atol=1e-12)


def test_the_parts_sum_to_raos_entropy_with_answers_missing(gappy):
    found = pn.diversity.rao_by_item(gappy)
    distances = pn.distance.person_distances(gappy)
    known = np.flatnonzero(distances.answered)
    table = distances.block(known, known)
    assert found.people == len(known) == 17
    assert found.unknown == np.isnan(table[np.triu_indices(17, k=1)]).sum() > 0
    assert found.table["diversity"].sum() == pytest.approx(pn.diversity.rao_entropy(table), abs=1e-12)
    assert found.table["share"].sum() == pytest.approx(1)


def test_blocks_of_people_make_no_difference(gappy, monkeypatch):
    whole = pn.diversity.rao_by_item(gappy, groups="team").table
    monkeypatch.setattr(items, "CELLS_AT_ONCE", 200)
    pd.testing.assert_frame_equal(pn.diversity.rao_by_item(gappy, groups="team").table, whole)


def test_items_that_only_groups_differ_by_lie_between_them():
    people = {f"p{i}": {"perspective_1": 1 + 4 * (i < 4), "perspective_2": 1 + 4 * (i % 2)} for i in range(8)}
    survey = survey_of(people, team={f"p{i}": "x" if i < 4 else "y" for i in range(8)})
    table = pn.diversity.rao_by_item(survey, groups="team").table
    assert pn.diversity.rao_by_item(survey, groups="team", draws=999).p == pytest.approx(2 / 70, abs=0.02)
    assert table["between_share"].to_dict() == pytest.approx({"perspective_1": 1.0, "perspective_2": 0.0}, abs=1e-12)
    assert table.loc["perspective_1", "above_chance"] == pytest.approx(1.0)


def test_people_put_into_groups_by_lot_lie_at_chance(rng):
    people = {f"p{i}": {f"perspective_{v}": x for v, x in enumerate(rng.integers(1, 6, 6))} for i in range(60)}
    survey = survey_of(people)
    label = np.repeat(np.arange(12), 5)
    found = [
        pn.diversity.rao_by_item(
            survey, groups=pd.Series(rng.permutation(label), index=survey.people.index), draws=99, rng=rng
        )
        for _ in range(25)
    ]
    shares = [one.total["between"] / one.total["diversity"] for one in found]
    assert found[0].chance == pytest.approx(11 / 59)
    assert abs(np.mean(shares) - 11 / 59) < 4 * np.std(shares) / 5
    p = np.array([one.p for one in found])
    assert abs(p.mean() - 0.5) < 0.2
    assert (p <= 0.05).sum() <= 6


def test_an_item_that_repeats_the_others_leaves_the_order_of_pairs(rng):
    one, other = rng.permutation(np.tile([1.0, 2, 3, 4, 5], 4)), rng.permutation(np.tile([1.0, 2, 3, 4, 5], 4))
    people = {f"p{i}": {"perspective_1": one[i], "perspective_2": one[i], "perspective_3": other[i]} for i in range(20)}
    kept = pn.diversity.rao_by_item(survey_of(people), weights="equal").table["order_kept"]
    assert kept.idxmin() == "perspective_3"
    assert kept["perspective_1"] == kept["perspective_2"] > 0.8


def test_where_everybody_agrees_there_is_nothing_to_share_out():
    found = pn.diversity.rao_by_item(survey_of({p: {"perspective_1": 3, "perspective_2": 2} for p in "abc"}))
    assert found.total["diversity"] == 0
    assert found.table["share"].isna().all()


def test_where_no_two_share_enough_answers_the_entropy_is_unknown():
    answers = {"a": (1, 5, np.nan), "b": (5, np.nan, 1), "c": (np.nan, 1, 5)}
    rows = {p: {f"perspective_{v}": x for v, x in enumerate(row)} for p, row in answers.items()}
    found = pn.diversity.rao_by_item(survey_of(rows))
    assert np.isnan(found.total["diversity"])
    assert found.unknown == found.pairs == 3


def test_groups_that_overlap_or_did_not_answer_are_refused():
    survey = survey_of({p: {"perspective_1": i} for i, p in enumerate("abc", 1)} | {"d": {"perspective_1": np.nan}})
    with pytest.raises(SettingError, match="groups overlap"):
        pn.diversity.rao_by_item(survey, groups=[("a", "b"), ("b", "c")])
    with pytest.raises(SettingError, match="Nobody in the groups has answered the perspective items"):
        pn.diversity.rao_by_item(survey, groups={"x": ["d"]})


def test_it_says_what_it_found(gappy):
    found = pn.diversity.rao_by_item(gappy, groups="team")
    assert repr(found).startswith("<ItemDiversity: perspective, 16 people, 5 items, entropy 0.")
    assert repr(found).endswith(f" % between groups (13 % by chance, p = {found.p:.2g})>")
    assert "between groups" not in repr(pn.diversity.rao_by_item(gappy))
    assert found._repr_html_().startswith("<p>ItemDiversity: perspective")


def test_one_item_and_one_person_are_told_in_the_singular():
    told = repr(pn.diversity.rao_by_item(survey_of({"a": {"perspective_1": 1}, "b": {"perspective_1": 5}})))
    assert "2 people, 1 item, entropy" in told
