"""Before and after: who was left out, how much people changed, and groups given the same start."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_1samp, ttest_ind

from peernet.dyads import before_after
from peernet.errors import EstimationError, PeernetWarning, SettingError
from tests.made.before_after import measured_twice

HOLES = pd.DataFrame(
    {"learning_1": [40, 55, None, 62, 48, 50], "learning_2": [46, None, 51, 70, 47, 59]},
    index=["n01", "n02", "n03", "n04", "n05", "n06"],
)
SAME, CHANGE = "paired: True - False, same before", "paired: True - False, in change"


@pytest.fixture
def thirty(rng):
    return measured_twice("normal", 30, rng, share=0.4, effect=1.0)


def test_holes_in_different_places_never_join_one_persons_first_with_anothers_second():
    found = before_after(HOLES, "learning_1", "learning_2")
    everybody = found.groups.loc["everybody"]
    assert everybody["people"] == 4
    assert everybody[["change", "sd", "standardised"]].astype(float).round(2).tolist() == [5.5, 4.51, 1.22]
    assert dict(found.left_out[["a", "reason"]].to_numpy()) == {
        "n02": "learning_2 missing",
        "n03": "learning_1 missing",
    }


def test_the_change_is_the_paired_t_test():
    row = before_after(HOLES, "learning_1", "learning_2").table.loc["change"]
    theirs = ttest_1samp([6, 8, -1, 9], 0)
    assert row[["statistic", "p_value"]].tolist() == pytest.approx([theirs.statistic, theirs.pvalue])
    assert row[["low", "high"]].tolist() == pytest.approx([*theirs.confidence_interval()])


def test_groups_differ_in_change_as_welch_has_it(thirty):
    row = before_after(thirty, "first", "second", by="paired").table.loc[CHANGE]
    change = thirty["second"] - thirty["first"]
    theirs = ttest_ind(change[thirty["paired"]], change[~thirty["paired"]], equal_var=False)
    assert row[["statistic", "df", "p_value"]].tolist() == pytest.approx([theirs.statistic, theirs.df, theirs.pvalue])


def test_the_default_is_what_groups_differ_by_given_the_same_start(thirty):
    """By least squares, and its error by the textbook's sandwich with each squared residual over 1 - leverage."""
    found = before_after(thirty, "first", "second", by="paired").table
    X = np.column_stack([np.ones(30), thirty["paired"], thirty["first"]]).astype(float)
    bread = np.linalg.inv(X.T @ X)
    estimate = bread @ X.T @ thirty["second"].to_numpy()
    leverage = np.diag(X @ bread @ X.T)
    squares = (thirty["second"].to_numpy() - X @ estimate) ** 2 / (1 - leverage)
    errors = np.sqrt(np.diag(bread @ X.T @ np.diag(squares) @ X @ bread))
    assert found.loc[[SAME, "before"], "estimate"].tolist() == pytest.approx(estimate[1:])
    assert found.loc[[SAME, "before"], "std_error"].tolist() == pytest.approx(errors[1:])
    assert list(found.index) == [SAME, CHANGE, "before"]


def test_groups_that_began_apart_are_told_what_falls_back_of_itself(thirty):
    """It is exactly what change scores and the analysis of covariance differ by."""
    apart = thirty.assign(first=thirty["first"] + 2 * thirty["paired"])
    found = before_after(apart, "first", "second", by="paired")
    table, began = found.table["estimate"], apart.groupby("paired")["first"].mean().diff().iloc[-1]
    assert table[CHANGE] - table[SAME] == pytest.approx((table["before"] - 1) * began)
    assert f"{(table['before'] - 1) * began:.2f} points" in found.assumptions["found"].iloc[1]
    assert "Change scores give" in found.sentence


def test_a_pair_counts_once_and_whoever_is_in_none_by_themselves(thirty):
    found = before_after(thirty, "first", "second", by="paired", pair="pair")
    assert found.groups[["people", "units"]].to_numpy().tolist() == [[18, 18], [12, 6]]
    means = thirty.assign(unit=thirty["pair"].fillna(pd.Series(100 + np.arange(30)))).groupby("unit").mean()
    by_hand = before_after(means.assign(paired=means["paired"] == 1), "first", "second", by="paired")
    pd.testing.assert_frame_equal(found.table, by_hand.table, rtol=1e-9)


def test_partners_who_move_together_are_less_evidence_than_strangers(rng):
    twins = pd.DataFrame({"first": 0.0, "second": np.repeat(rng.normal(size=8), 2), "pair": np.repeat(np.arange(8), 2)})
    alone = before_after(twins, "first", "second").table["std_error"].item()
    together = before_after(twins, "first", "second", pair="pair").table
    assert together["df"].item() == 7
    assert together["std_error"].item() == pytest.approx(alone * np.sqrt(15 / 7))


def test_the_order_of_rows_means_nothing(thirty, rng):
    for columns in ({"by": "paired", "pair": "pair"}, {}, {"by": "paired"}):
        first = before_after(thirty, "first", "second", **columns)
        again = before_after(thirty.sample(frac=1, random_state=rng), "first", "second", **columns)
        pd.testing.assert_frame_equal(first.table, again.table, check_exact=True)


def test_a_number_is_held_against_the_second_measure_and_groups_may_be_more_than_two(thirty, rng):
    met = thirty.assign(times=rng.integers(0, 9, 30), site=[*"xyz"] * 10)
    assert list(before_after(met, "first", "second", by="times").table.index) == [
        "times, same before",
        "times, in change",
        "before",
    ]
    by_site = before_after(met, "first", "second", by="site")
    assert list(by_site.table.index) == [
        "site: y - x, same before",
        "site: z - x, same before",
        "site: y - x, in change",
        "site: z - x, in change",
        "before",
    ]
    ordered = met.assign(site=pd.Categorical(met["site"], ["z", "x", "y"]))
    assert before_after(ordered, "first", "second", by="site").table.index[0] == "site: x - z, same before"
    assert list(before_after(ordered, "first", "second", by="site").groups.index) == ["z", "x", "y"]


def test_yes_and_no_can_be_measured_twice(rng):
    asked = measured_twice("binary", 24, rng).astype({"first": bool, "second": bool})
    found = before_after(asked, "first", "second", by="paired")
    assert found.table["p_value"].between(0, 1).all()
    assert found.groups["before"].between(0, 1).all()


@pytest.mark.parametrize(
    ("change", "columns", "why"),
    [
        ({"second": [1.0, 2, None, None]}, {}, None),
        ({"second": [1.0, None, None, None]}, {}, "1 person has all that is asked for"),
        ({"second": [2.0, 3, 4, 5], "first": [1.0, 2, 3, 4]}, {}, "Everybody changed by the same 1"),
        ({"by": "x"}, {"by": "by"}, "Everybody is of the same by, 'x'"),
        ({"by": [*"xxxy"]}, {"by": "by"}, "'y' of by has one unit"),
        ({"first": 3.0, "by": [*"xxyy"]}, {"by": "by"}, "not tell the effects of by and what people were before apart"),
        ({"second": [5.0, 6, 6, 6], "first": [0.0, 1, 0, 0], "by": [*"xxyy"]}, {"by": "by"}, "One unit alone decides"),
        ({"second": [1.0, 1, 2, 2], "first": [1.0, 3, 2, 2.5], "by": [*"xxyy"]}, {"by": "by"}, "to the last digit"),
        ({"by": [*"xyxy"], "pair": [1, 1, 2, 2]}, {"by": "by", "pair": "pair"}, "by differs between the partners"),
        ({"pair": [1, 1, 1, 1]}, {"pair": "pair"}, "do not belong to one pair"),
    ],
)
def test_what_the_people_cannot_answer_is_refused(change, columns, why):
    people = pd.DataFrame({"first": [1.0, 3, 2, 5], "second": [2.0, 3, 7, 5]}, index=[*"abcd"]).assign(**change)
    if why is None:
        assert before_after(people, "first", "second", **columns).table["df"].item() == 1
        return
    with pytest.raises(EstimationError, match=why):
        before_after(people, "first", "second", **columns)


def test_wrong_tables_are_refused():
    with pytest.raises(SettingError, match=r"no column 'learning_3'\. Did you mean 'learning_"):
        before_after(HOLES, "learning_1", "learning_3")
    with pytest.raises(SettingError, match="n01 has several rows"):
        before_after(pd.concat([HOLES, HOLES.head(1)]), "learning_1", "learning_2")
    with pytest.raises(SettingError, match="must hold numbers; found 'much'"):
        before_after(HOLES.assign(learning_2="much"), "learning_1", "learning_2")


def test_a_number_that_looks_like_a_code_for_missing_is_pointed_out():
    with pytest.warns(PeernetWarning, match="learning_1 holds -999 once, while"):
        before_after(HOLES.fillna({"learning_1": -999}), "learning_1", "learning_2")


def test_what_the_sentence_lets_one_say(thirty):
    assert "nobody to compare with" in before_after(thirty, "first", "second").sentence
    by_lot = before_after(thirty, "first", "second", by="paired", design="drawn by lot").sentence
    assert by_lot.startswith("Does second differ with paired? With the same first, True less False comes to ")
    assert by_lot.endswith("Since paired was drawn by lot, what is more than chance is its doing.")
    assert before_after(thirty, "first", "second", by="paired").sentence.endswith("shows no cause.")


@pytest.mark.parametrize(("small", "told"), [(3, True), (4, False)])
def test_groups_too_small_for_their_errors_are_said_to_be(small, told, rng):
    people = pd.DataFrame(rng.normal(size=(12, 2)), columns=["first", "second"]).assign(paired=np.arange(12) < small)
    found = before_after(people, "first", "second", by="paired")
    assert ("chance is called a difference in up to 8 of a hundred studies" in found.sentence) == told
    assert found.assumptions.iloc[-1].tolist()[1:] == [not told, f"{small} units in the smallest"]
