"""Similarity of answer profiles: over all, by being like everybody, and in what is two people's own."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from peernet.dyads import Dyads, profile_similarity
from peernet.errors import EstimationError, SettingError
from tests.naive.likeness import all_pairings
from tests.naive.profiles import correlation, distinctive, normative


def answers_of(people, items, rng, *, missing=0.0, norm=1.0):
    """Items differ in how much everybody agrees to them; people differ around that."""
    x = 4 + norm * rng.normal(size=items) + rng.normal(size=(people, items))
    x[rng.random(x.shape) < missing] = np.nan
    return pd.DataFrame(x, index=[f"p{k:03d}" for k in range(people)], columns=[f"q{k}" for k in range(items)])


def partners(answers):
    return pd.DataFrame({"a": answers.index[::2], "b": answers.index[1::2]})


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("missing", [0.0, 0.35])
def test_equals_going_through_pairs_one_by_one(standardise, missing, rng):
    answers = answers_of(14, 9, rng, missing=missing).round(1)
    people = answers.to_dict("index")
    found = profile_similarity(answers, standardise=standardise)
    assert len(found.pairs) == 14 * 13 / 2
    rows = found.pairs.set_index(["a", "b"])
    for a, b in combinations(answers.index, 2):
        row = rows.loc[(a, b)]
        both = answers.loc[[a, b]].notna().all().sum()
        norm = normative(a, people, 5) * normative(b, people, 5)
        known = (
            correlation(people[a], people[b], 5),
            norm,
            distinctive(a, b, people, 5, standardise=standardise),
        )
        assert row["items"] == both
        np.testing.assert_allclose(row[["overall", "normative", "distinctive"]].astype(float), known, atol=1e-10)
        assert (row["note"] == "") == (both >= 5) or np.isnan(norm)


def test_strangers_look_alike_over_all_because_each_is_like_everybody(rng):
    """Nothing joins any two of these people, and yet their answers correlate by about a half."""
    found = profile_similarity(answers_of(60, 50, rng)).table["estimate"]
    assert found["overall"] > 0.4
    assert found["normative"] == pytest.approx(found["overall"], abs=0.03)
    assert found["distinctive"] == pytest.approx(-1 / 59, abs=0.005)


def test_partners_who_share_what_is_their_own_are_found(rng):
    answers = answers_of(40, 30, rng)
    own = rng.normal(size=(20, 30))
    answers.iloc[::2] += own
    answers.iloc[1::2] += own
    found = profile_similarity(answers, partners(answers))
    row = found.table.loc["distinctive"]
    assert row["estimate"] > 0.35
    assert row["expected"] == pytest.approx(-1 / 39, abs=0.03)
    assert row["p_alike"] == pytest.approx(1 / 10_000)
    assert len(found.null) == 9_999


def test_all_ways_of_pairing_are_gone_through_where_they_are_few(rng):
    answers = answers_of(8, 12, rng)
    found = profile_similarity(answers, partners(answers))
    assert len(found.null) == 105
    everybody = profile_similarity(answers).table["estimate"]
    np.testing.assert_allclose(found.table["expected"], everybody)
    np.testing.assert_allclose(found.null.mean(), everybody)
    observed = found.table.loc["distinctive", "estimate"]
    assert found.table.loc["distinctive", "p_alike"] == np.mean(found.null["distinctive"] >= observed - 1e-9)


def test_no_order_of_anything_means_anything(rng):
    answers = answers_of(30, 12, rng, missing=0.1)
    pairs = partners(answers)
    first = profile_similarity(answers, pairs, draws=200)
    again = profile_similarity(
        answers.sample(frac=1, random_state=rng),
        pairs.rename(columns={"a": "b", "b": "a"}).sample(frac=1, random_state=rng),
        draws=200,
    )
    pd.testing.assert_frame_equal(first.table, again.table, check_exact=True)
    pd.testing.assert_frame_equal(first.people, again.people, check_exact=True)
    assert first.sentence == again.sentence


def test_what_cannot_be_known_is_missing_with_a_note(rng):
    answers = answers_of(10, 8, rng)
    answers.iloc[0, 3:] = np.nan
    answers.iloc[2] = 3.0
    found = profile_similarity(answers, partners(answers))
    few, still, *fine = found.pairs[["overall", "note"]].to_numpy().tolist()
    assert few[1] == "only 3 items answered by both, not 5"
    assert still[1] == "one of the two does not vary over these items"
    assert np.isnan(few[0])
    assert np.isnan(still[0])
    assert {note for _, note in fine} == {""}
    assert found.card["pairs not compared"] == 2
    assert "over those who can be compared" in found.sentence


def test_pairings_of_which_a_pair_cannot_be_compared_count_with_the_others(rng):
    """Written out: of each of 15 pairings the mean of what is known, held against that of the pairs as they are."""
    answers = answers_of(6, 8, rng)
    answers.iloc[0, 4:], answers.iloc[3, :4] = np.nan, np.nan  # these two answered nothing in common
    found = profile_similarity(answers, partners(answers), least=4)
    every = profile_similarity(answers, least=4).pairs.set_index(["a", "b"])["distinctive"]
    assert every.isna().sum() == 1
    means = [np.nanmean([every[tuple(sorted(pair))] for pair in pairing]) for pairing in all_pairings([*answers.index])]
    row = found.table.loc["distinctive"]
    assert np.sort(found.null["distinctive"]) == pytest.approx(np.sort(means))
    assert row["expected"] == pytest.approx(every.mean())
    away = np.abs(np.array(means) - every.mean())
    assert row["p_value"] == pytest.approx(np.mean(away >= abs(row["estimate"] - every.mean()) - 1e-9))


def test_everybody_with_the_same_answers_has_nothing_of_their_own():
    """Answers of a tenth are not exact in a computer: what is left of them after the mean is no answer."""
    same = pd.DataFrame([[0.1, 0.2, 0.3, 0.4, 0.7]] * 7, index=[*"abcdefg"])
    with pytest.raises(EstimationError, match="does not vary"):
        profile_similarity(same)
    with pytest.raises(EstimationError, match="does not vary"):
        profile_similarity(same, standardise=True)


def test_an_item_all_answer_alike_says_nothing_of_anybody(rng):
    answers = answers_of(12, 8, rng)
    with_one = answers.assign(same=0.1)
    profile = profile_similarity(with_one, standardise=True).pairs["distinctive"]
    assert profile.notna().all()


def test_items_that_only_a_pair_answered_are_left_out(rng):
    answers = answers_of(10, 6, rng).assign(rare=np.nan)
    answers.iloc[:2, 6] = [1.0, 5.0]
    answers.iloc[0, :6] = np.nan
    found = profile_similarity(answers)
    assert found.card["items left out"] == 1
    assert "p000" not in found.people.index
    assert found.pairs.equals(profile_similarity(answers.drop(columns="rare")).pairs)


def test_partners_without_answers_are_left_out_by_name(rng):
    answers = answers_of(6, 6, rng)
    pairs = pd.DataFrame({"a": ["p000", "p002", "zoe"], "b": ["p001", "p003", "p004"]})
    found = profile_similarity(answers, pairs)
    assert found.left_out.to_dict("records") == [{"pair": 3, "a": "zoe", "b": "p004", "reason": "no answers of a"}]
    assert list(found.people.index) == ["p000", "p001", "p002", "p003"]


def test_people_in_several_pairs_are_described_and_not_tested(rng):
    answers = answers_of(6, 6, rng)
    found = profile_similarity(answers, pd.DataFrame({"a": ["p000", "p000"], "b": ["p001", "p002"]}))
    assert found.table["p_value"].isna().all()
    assert found.table["estimate"].notna().all()
    assert "several pairs" in found.sentence


def test_one_pair_is_described_and_not_tested(rng):
    answers = answers_of(6, 6, rng)
    found = profile_similarity(answers, partners(answers).head(1))
    assert found.table["p_value"].isna().all()


def test_what_cannot_be_answered_is_refused(rng):
    answers = answers_of(6, 6, rng)
    with pytest.raises(EstimationError, match="0 items are answered by 3 people or more; it takes 5"):
        profile_similarity(answers.head(2))
    with pytest.raises(EstimationError, match="no pair of whom both answered"):
        profile_similarity(answers, pd.DataFrame({"a": ["x"], "b": ["p001"]}))
    with pytest.raises(SettingError, match="q2 must hold numbers; found 'often'"):
        profile_similarity(answers.assign(q2="often"))
    with pytest.raises(SettingError, match="least must be a whole number of at least 3"):
        profile_similarity(answers, least=2)
    with pytest.raises(SettingError, match="'p000' has several rows"):
        profile_similarity(pd.concat([answers, answers.head(1)]))
    with pytest.raises(SettingError, match="in the columns a and b"):
        profile_similarity(answers, pd.DataFrame({"x_a": [1.0], "x_b": [2.0]}))


def test_the_sentence_says_how_pairs_came_about(rng):
    answers = answers_of(12, 6, rng)
    assert profile_similarity(answers, partners(answers)).sentence.endswith("shows no cause.")
    by_lot = profile_similarity(answers, Dyads(partners(answers), design="drawn by lot")).sentence
    assert "being partners brought it about" in by_lot
    assert profile_similarity(answers).sentence.startswith("How alike are people in what is their own?")
