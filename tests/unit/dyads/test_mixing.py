"""Whether pairs mix kinds beyond chance: the exact distribution of the number of mixed pairs."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from peernet.dyads import Dyads, kind_mixing
from peernet.errors import EstimationError, SettingError
from tests.naive.likeness import expected_of, mixed_pairs


def table(kinds, **columns):
    return pd.DataFrame({"team_a": [*kinds[::2]], "team_b": [*kinds[1::2]]}).assign(**columns)


@pytest.mark.parametrize("kinds", ["xxyyzzxy", "xxxxxxyy", "abcdefgg", "xyxyxyxy", "xxxxyyyyzz"])
def test_equals_counting_over_every_pairing(kinds):
    found = kind_mixing(table(kinds), "team")
    ways = np.array(mixed_pairs([*kinds]))
    shares = {number: times / len(ways) for number, times in sorted(Counter(ways.tolist()).items())}
    assert found.distribution.to_dict() == pytest.approx(shares)
    row, mixed = found.table.loc["mixed pairs"], sum(a != b for a, b in zip(kinds[::2], kinds[1::2], strict=True))
    assert row["estimate"] == mixed
    assert row["expected"] == pytest.approx(ways.mean())
    assert row["p_mixed"] == pytest.approx(np.mean(ways >= mixed))
    assert row["p_alike"] == pytest.approx(np.mean(ways <= mixed))
    assert row["p_value"] == pytest.approx(np.mean(np.abs(ways - ways.mean()) >= abs(mixed - ways.mean()) - 1e-9))


def test_each_combination_of_kinds_beside_what_chance_would_give():
    kinds = "xxyyzzxyzx"
    found = kind_mixing(table(kinds), "team").combinations
    assert found[["kind_1", "kind_2"]].agg("".join, axis=1).tolist() == ["xx", "xy", "xz", "yy", "yz", "zz"]
    assert found["pairs"].tolist() == [1, 1, 1, 1, 0, 1]
    expected = [expected_of([*kinds], one, other) for one, other in found[["kind_1", "kind_2"]].to_numpy()]
    np.testing.assert_allclose(found["expected"], expected)


def test_two_kinds_have_a_closed_form_also_for_two_thousand_people():
    """Half the people of each kind: m mixed pairs in (n!)^2 2^m / ... ways; on average n^2 / (2n - 1)."""
    found = kind_mixing(table("xy" * 1_000), "team")
    assert found.table["expected"].item() == pytest.approx(1_000**2 / 1_999)
    assert found.distribution.sum() == pytest.approx(1)
    assert found.table["p_value"].item() < 1e-100


def test_within_groups_chance_keeps_to_the_groups():
    """In x everybody is of one kind, in y half are: only y can mix."""
    pairs = table("xx" * 4 + "xyxy", group=[*"ggggkk"])
    found = kind_mixing(pairs, "team")
    assert found.distribution.to_dict() == pytest.approx({0: 1 / 3, 2: 2 / 3})
    assert found.combinations["expected"].sum() == pytest.approx(6)
    assert "within their 2 groups" in found.sentence


def test_neither_the_order_in_a_pair_nor_that_of_pairs_means_anything(rng):
    kinds = rng.choice([*"xyz"], 20)
    first = kind_mixing(table(kinds), "team")
    again = kind_mixing(table(kinds.reshape(10, 2)[rng.permutation(10), ::-1].ravel()), "team")
    pd.testing.assert_frame_equal(first.table, again.table, check_exact=True)
    pd.testing.assert_frame_equal(first.combinations, again.combinations, check_exact=True)


def test_a_pair_of_unknown_kind_is_left_out_by_name():
    pairs = table(["x", "y", "x", "y", "y", None], a=[*"abc"], b=[*"def"])
    found = kind_mixing(pairs, "team")
    assert found.left_out.to_dict("records") == [{"pair": 3, "a": "c", "b": "f", "reason": "team_b missing"}]
    assert found.card["pairs"] == 2


def test_numbers_and_flags_are_kinds_too():
    assert kind_mixing(table([1.0, 2.0, 1.0, 2.0]), "team").table["estimate"].item() == 2
    assert kind_mixing(table([True, False, True, False]), "team").combinations["pairs"].tolist() == [0, 2, 0]


@pytest.mark.parametrize(
    ("pairs", "why"),
    [
        (table("xxxx"), "is of one team"),
        (table("xy"), "no other way"),
        (table("xxyy", group=[1, 2]), "no other way"),
        (table("xyxx"), "has 1 mixed of 2 pairs"),
        (table("abcd"), "has 2 mixed of 2 pairs"),
    ],
)
def test_what_the_pairs_cannot_answer_is_refused(pairs, why):
    with pytest.raises(EstimationError, match=why):
        kind_mixing(pairs, "team")


def test_a_kind_is_a_measure_of_people():
    with pytest.raises(SettingError, match="a measure of the pair"):
        kind_mixing(table("xyxy", distance=1.0), "distance")


def test_the_sentence_says_how_the_pairs_came_about():
    assert kind_mixing(table("xyxy"), "team").sentence.startswith(
        "Do pairs mix people of different team? 2 of 2 pairs do, against 1.3 on average over all ways"
    )
    assert "drawn by lot: a mixture" in kind_mixing(Dyads(table("xyxy"), design="drawn by lot"), "team").sentence
