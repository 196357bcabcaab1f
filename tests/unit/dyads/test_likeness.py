"""Whether partners are alike beyond chance: both intraclass correlations and the mean difference, over all pairings."""

from __future__ import annotations

from math import prod

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from peernet.dyads import Dyads, partner_likeness
from peernet.errors import EstimationError, SettingError
from tests.naive.likeness import all_pairings, anova_icc, double_entry, mean_difference

ICC, BOTH_WAYS, GAP = "intraclass correlation", "double-entry correlation", "mean absolute difference"
MEETINGS = [(52, 55), (61, 58), (47, 49), (70, 66), (58, 60), (44, 41)]


def table(pairs, **columns):
    return pd.DataFrame(pairs, columns=["x_a", "x_b"]).assign(**columns)


def turned(pairs, rng):
    return [(b, a) if turn else (a, b) for (a, b), turn in zip(pairs, rng.random(len(pairs)) < 0.5, strict=True)]


def test_partners_alike_in_all_but_three_of_ten_thousand_pairings():
    found = partner_likeness(table(MEETINGS), "x").table
    assert found["estimate"].round(3).tolist() == [0.950, 0.940, 2.833]
    assert found.loc[GAP, "p_alike"] * 10_395 == pytest.approx(3)
    assert round(found.loc[GAP, "p_value"], 5) == 0.00029


@pytest.mark.parametrize("pairs", [6, 30])
def test_neither_the_order_in_a_pair_nor_that_of_pairs_means_anything(pairs, rng):
    """Exactly, where all pairings are gone through and where they are drawn."""
    values = [*map(tuple, rng.normal(size=(pairs, 2)))]
    first = partner_likeness(table(values), "x", draws=500)
    for _ in range(5):
        rows = rng.permutation(pairs)
        again = partner_likeness(table([turned(values, rng)[row] for row in rows]), "x", draws=500)
        pd.testing.assert_frame_equal(first.table, again.table, check_exact=True)
        assert first.sentence == again.sentence


@pytest.mark.parametrize("values", ["numbers", "steps", "yes and no"])
def test_equals_the_textbook_formulas_over_every_pairing(values, rng):
    x = {"numbers": rng.normal(size=8), "steps": rng.integers(1, 6, 8), "yes and no": np.arange(8) % 3 == 0}[values]
    x = x.astype(float)
    found = partner_likeness(table(x.reshape(4, 2)), "x")
    ways = [[(x[i], x[j]) for i, j in pairs] for pairs in all_pairings([*range(8)])]
    for term, measure in {ICC: anova_icc, BOTH_WAYS: double_entry, GAP: mean_difference}.items():
        chance = np.array([measure(way) for way in ways])
        row, mine = found.table.loc[term], measure([*map(tuple, x.reshape(4, 2))])
        np.testing.assert_allclose(np.sort(found.null[term]), np.sort(chance), atol=1e-12)
        assert row["estimate"] == pytest.approx(mine, abs=1e-12)
        assert row["expected"] == pytest.approx(chance.mean(), abs=1e-12)
        near = chance >= mine - 1e-9 if term != GAP else chance <= mine + 1e-9
        assert row["p_alike"] == pytest.approx(near.mean())
        if term != ICC:
            as_far = np.abs(chance - chance.mean()) >= abs(mine - chance.mean()) - 1e-9
            assert row["p_value"] == pytest.approx(as_far.mean())


@pytest.mark.parametrize("people", [4, 8, 14])
def test_chance_gives_a_little_less_than_nought_since_nobody_is_their_own_partner(people, rng):
    found = partner_likeness(table(rng.exponential(size=(people // 2, 2))), "x")
    assert len(found.null) == prod(range(1, people, 2))
    assert found.null[BOTH_WAYS].mean() == pytest.approx(-1 / (people - 1), abs=1e-12)
    assert found.table.loc[BOTH_WAYS, "expected"] == pytest.approx(-1 / (people - 1), abs=1e-12)


def test_what_is_expected_is_what_draws_give(rng):
    found = partner_likeness(table(rng.exponential(size=(30, 2))), "x")
    assert len(found.null) == 9_999
    np.testing.assert_allclose(found.null.mean(), found.table["expected"], atol=4 * found.null.std().max() / 100)


def test_partners_who_are_opposite_have_a_negative_correlation_within_its_range():
    opposite = partner_likeness(table([(1, 9), (2, 8), (3, 7), (4, 6), (9, 1), (8, 2)]), "x").table
    assert opposite["estimate"].iloc[:2].tolist() == [-1, -1]
    assert opposite.loc[ICC, "p_unlike"] < 0.01


@pytest.mark.parametrize("pairs", [6, 7, 30])
def test_the_interval_is_how_far_fishers_z_moves_without_each_pair(pairs, rng):
    """Written out: the textbook's correlation without each pair; degrees of freedom from how long its tails are."""
    sides = [*map(tuple, rng.standard_t(3, size=(pairs, 2)).tolist())]
    each = np.array([np.arctanh(anova_icc(sides[:k] + sides[k + 1 :])) for k in range(pairs)])
    error = np.sqrt((pairs - 1) ** 2 * np.var(each, ddof=1) / pairs)
    far = stats.t.ppf(0.975, (2 * pairs - 3) / stats.kurtosis(each, fisher=False)) * error
    row = partner_likeness(table(sides), "x", draws=199).table.loc[ICC]
    z = np.arctanh(anova_icc(sides))
    assert row[["low", "high"]].tolist() == pytest.approx([np.tanh(z - far), np.tanh(z + far)], rel=1e-9)
    assert row["low"] < row["estimate"] < row["high"]


def test_within_groups_each_pair_is_left_out_of_its_own(rng):
    sides, group = rng.normal(size=(9, 2)) + np.repeat([0.0, 5, 9], [2, 3, 4])[:, None], np.repeat([*"xyz"], [2, 3, 4])

    def z(some):
        means, parts = np.array(sides)[some].mean(axis=1), group[some]
        around = sum(((means[parts == one] - means[parts == one].mean()) ** 2).sum() for one in np.unique(parts))
        between, within = 2 * around / (len(some) - 3), (np.diff(sides[some]) ** 2).sum() / 2 / len(some)
        return np.log(between / within) / 2

    each = np.array([z(np.delete(np.arange(9), k)) for k in range(9)])
    error = np.sqrt(64 * np.var(each, ddof=1) / 9)
    far = stats.t.ppf(0.975, (2 * 6 - 1) / stats.kurtosis(each, fisher=False)) * error
    row = partner_likeness(table(sides, group=group), "x").table.loc[ICC]
    whole = z(np.arange(9))
    assert row[["low", "high"]].tolist() == pytest.approx([np.tanh(whole - far), np.tanh(whole + far)], rel=1e-9)


def test_no_interval_where_one_pair_alone_differs():
    sides = [(1, 9), (2, 8), (3, 7), (4, 5), (9, 1), (8, 2), (7, 3)]
    row = partner_likeness(table(sides), "x").table.loc[ICC]
    assert row["estimate"] < -0.9
    assert row[["low", "high"]].isna().all()
    two = partner_likeness(table([*sides[:-1], (7, 2)]), "x").table.loc[ICC]
    assert -1 < two["low"] < two["estimate"] < two["high"] < 0


def test_an_interval_is_not_made_up_of_five_pairs_nor_where_partners_never_differ(rng):
    assert partner_likeness(table(rng.normal(size=(5, 2))), "x").table.loc[ICC, ["low", "high"]].isna().all()
    alike = table([(1, 1), (2, 2), (4, 4), (5, 5), (7, 7), (8, 8)])
    assert partner_likeness(alike, "x").table.loc[ICC, ["low", "high"]].isna().all()
    yes = partner_likeness(table([(1, 0), (1, 1), (0, 0), (0, 0), (1, 1), (0, 1)]), "x")
    assert yes.table.loc[ICC, ["low", "high"]].isna().all()
    assert not yes.assumptions["holds"].iloc[1]


def test_the_interval_is_drawn_from_nothing(rng):
    sides = rng.standard_t(3, size=(30, 2))
    one, other = (partner_likeness(table(sides), "x", draws=99, rng=seed).table.loc[ICC] for seed in (0, 1))
    assert one[["low", "high"]].tolist() == other[["low", "high"]].tolist()


def test_pairs_made_within_groups_are_held_against_others_within_them(rng):
    """Groups that differ make strangers of one group alike too."""
    level = np.repeat([0.0, 50, 100], 4)
    apart = table(rng.normal(size=(12, 2)) + level[:, None], group=np.repeat(["x", "y", "z"], 4))
    within = partner_likeness(apart, "x")
    assert (
        within.table.loc[ICC, "p_alike"]
        > 0.05
        > partner_likeness(apart.drop(columns="group"), "x").table.loc[ICC, "p_alike"]
    )
    assert len(within.null) == 105**3
    assert within.null[BOTH_WAYS].mean() == pytest.approx(within.table.loc[BOTH_WAYS, "expected"])
    level_off = apart.assign(x_a=apart["x_a"] - level, x_b=apart["x_b"] - level)
    pd.testing.assert_frame_equal(within.table, partner_likeness(level_off, "x").table, rtol=1e-9)


def test_whoever_could_have_had_no_other_partner_is_left_out_with_the_reason():
    pairs = table([*MEETINGS, (9, 1), (2, 3)], group=[*"xxxyyyz", None], a=[*"abcdefgh"], b=[*"ijklmnop"])
    found = partner_likeness(pairs, "x")
    reasons = dict(zip(found.left_out["a"], found.left_out["reason"], strict=True))
    assert reasons == {"h": "group missing", "g": "nobody else in the group could have been the partner"}
    assert found.card["pairs"] == 6
    assert found.card["left out"] == 2


def test_a_pair_with_a_gap_is_left_out_by_name():
    found = partner_likeness(table([*MEETINGS, (9, None)], a=[*"abcdefg"], b=[*"hijklmn"]), "x")
    assert found.left_out.to_dict("records") == [{"pair": 7, "a": "g", "b": "n", "reason": "x_b missing"}]
    assert found.table.equals(partner_likeness(table(MEETINGS), "x").table)


@pytest.mark.parametrize(
    ("pairs", "columns", "why"),
    [
        ([(1, 2)], {}, "1 usable pair, and no other way of pairing"),
        ([(1, None), (2, 3)], {}, r"1 usable pair \(x_b missing in 1 other\), and no other"),
        ([(3, 3), (3, 3)], {}, "Everybody has 3 in x"),
        ([(3, 3), (3, 3), (3, 4)], {}, "Every way of pairing these people makes partners equally alike"),
        ([(3, 3), (3, 3), (5, 5), (5, 5)], {"group": [*"yyzz"]}, "Everybody in a group has the same"),
        ([(1, 2), (3, 4)], {"a": ["ann", "ann"], "b": ["bo", "cy"]}, r"1 person stands in several pairs \(ann\)"),
    ],
)
def test_what_the_pairs_cannot_answer_is_refused(pairs, columns, why):
    with pytest.raises(EstimationError, match=why):
        partner_likeness(table(pairs, **columns), "x")


def test_a_single_draw_is_enough_for_an_answer(rng):
    assert partner_likeness(table(rng.normal(size=(20, 2))), "x", draws=1).table.loc[ICC, "p_value"] in (0.5, 1.0)


def test_wrong_settings_are_named():
    with pytest.raises(SettingError, match="a measure of the pair"):
        partner_likeness(table(MEETINGS, distance=1.0), "distance")
    with pytest.raises(SettingError, match="draws must be"):
        partner_likeness(table(MEETINGS), "x", draws=0)


def test_only_a_lot_lets_one_say_what_partners_brought_about():
    assert partner_likeness(table(MEETINGS), "x").sentence.endswith("shows no cause.")
    by_lot = partner_likeness(Dyads(table(MEETINGS), design="drawn by lot"), "x").sentence
    assert "being partners brought it about" in by_lot
    assert by_lot.startswith("Are partners alike in x? Intraclass correlation 0.95 by analysis of variance")
