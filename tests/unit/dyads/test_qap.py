"""QAP regression: least squares over all dyads, and what shuffling people makes of it."""

from __future__ import annotations

import re
import tracemalloc
from itertools import permutations as all_orders

import numpy as np
import pandas as pd
import pytest

from peernet.dyads import qap_regression
from peernet.errors import EstimationError, PeernetWarning, SettingError
from tests.naive.qap import drawn_scores, drawn_t

TERMS = ["estimate", "statistic", "p_value", "p_lower", "p_upper"]


def relations(rng, people=9, predictors=2, once=False, slope=0.4):
    """An outcome and predictors that go together."""
    x = rng.normal(size=(predictors, people, people)) + rng.normal(size=(people, people)) / 2
    y = slope * x[0] + rng.normal(size=(people, people)) + rng.normal(size=people)
    if once:
        x, y = x + x.transpose(0, 2, 1), y + y.T
    return y, {f"x{k}": each for k, each in enumerate(x)}


def with_gaps(rng, matrix, once, share=0.15):
    """The matrix with some dyads not known."""
    gaps = rng.random(matrix.shape) < share
    return np.where(gaps | gaps.T if once else gaps, np.nan, matrix)


def labelled(matrix, names):
    return pd.DataFrame(matrix, names, names)


def orders_of(groups, draws, seed):
    """The orders that are drawn: group after group, as many draws as are worked through together."""
    rng, groups = np.random.default_rng(seed), np.array(groups)
    orders = np.tile(np.arange(len(groups)), (draws, 1))
    for g in dict.fromkeys(groups.tolist()):
        own = np.flatnonzero(groups == g)
        if len(own) > 1:
            orders[:, own] = own[rng.permuted(np.tile(np.arange(len(own), dtype=np.uint32), (draws, 1)), axis=1)]
    return orders


@pytest.mark.parametrize("once", [False, True])
@pytest.mark.parametrize("gaps", ["none", "outcome", "predictors", "both"])
@pytest.mark.parametrize("groups", [[0] * 11, [1, 0, 0, 1, 2, 0, 1, 0, 1, 0, 1]])
@pytest.mark.parametrize("predictors", [1, 3])
@pytest.mark.parametrize(("statistic", "naive"), [("classical", drawn_t), ("robust", drawn_scores)])
def test_every_draw_equals_one_worked_out_alone_on_the_dyads_known_in_it(
    rng, once, gaps, groups, predictors, statistic, naive
):
    y, x = relations(rng, len(groups), predictors, once)
    if gaps in ("outcome", "both"):
        y = with_gaps(rng, y, once)
    if gaps in ("predictors", "both"):
        x = {name: with_gaps(rng, matrix, once, 0.08) for name, matrix in x.items()}
    found = qap_regression(y, x, groups=groups, statistic=statistic, permutations=40, rng=3)
    orders = orders_of(groups, 40, 3)
    expected = naive(y, [*x.values()], groups, orders, once)
    np.testing.assert_allclose(found.null, expected, rtol=1e-8, atol=1e-10)
    in_place = naive(y, [*x.values()], groups, [range(len(groups))], once)[0]
    np.testing.assert_allclose(found.table.loc[[*x], "statistic"], in_place, rtol=1e-9)
    further = (~(np.abs(expected) < np.abs(in_place))).sum(axis=0)
    np.testing.assert_allclose(found.table.loc[[*x], "p_value"], (1 + further) / 41)
    assert found.card["each dyad"] == ("once" if once else "in both directions")


@pytest.mark.parametrize("statistic", ["robust", "classical"])
def test_draws_are_the_same_however_many_are_wanted(rng, statistic):
    y, x = relations(rng)
    few, many = (qap_regression(y, x, statistic=statistic, permutations=draws).null for draws in (100, 600))
    pd.testing.assert_frame_equal(few, many.head(100))


@pytest.mark.parametrize(("statistic", "naive"), [("classical", drawn_t), ("robust", drawn_scores)])
def test_the_p_value_is_that_of_all_orders_where_there_are_few(rng, statistic, naive):
    y, x = relations(rng, people=5, predictors=1)
    found = qap_regression(y, x, statistic=statistic, permutations=20_000).table.loc["x0"]
    every = naive(y, [*x.values()], [0] * 5, [*all_orders(range(5))], False)[:, 0]
    exact = np.mean(np.abs(every) >= np.abs(found["statistic"]) - 1e-9)
    assert found["p_value"] == pytest.approx(exact, abs=4 * np.sqrt(0.25 / 20_000))


def test_with_one_predictor_the_classical_test_is_the_correlation_of_two_relations(rng):
    y, x = relations(rng, predictors=1)
    found = qap_regression(y, x, statistic="classical", permutations=200, rng=5)
    cells = ~np.eye(9, dtype=bool)
    correlations = [
        np.corrcoef(y[cells], x["x0"][np.ix_(order, order)][cells])[0, 1]
        for order in [range(9), *orders_of([0] * 9, 200, 5)]
    ]
    share = np.mean(np.abs(correlations) >= np.abs(correlations[0]) - 1e-12)
    assert found.table.loc["x0", "p_value"] == pytest.approx(share)


def test_ties_count_as_as_extreme():
    """A relation of two groups of two and one of three: most orders look exactly like another."""
    team = np.array([0, 0, 1, 1, 2, 2, 2])
    same = (team[:, None] == team).astype(float)
    found = qap_regression(
        same + np.outer(team == 2, team == 2), {"same": same}, statistic="classical", permutations=5000
    )
    every = drawn_t(same + np.outer(team == 2, team == 2), [same], [0] * 7, [*all_orders(range(7))][::6], True)
    exact = np.mean(every >= found.table.loc["same", "statistic"] - 1e-9)
    assert found.table.loc["same", "p_value"] == pytest.approx(exact, abs=0.01)


@pytest.mark.parametrize("once", [False, True])
def test_listing_people_in_another_order_changes_no_number(rng, once):
    y, x = relations(rng, once=once)
    y = with_gaps(rng, y, once)
    names, groups = list("abcdefghi"), dict(zip("abcdefghi", [1, 1, 2, 2, 1, 2, 2, 1, 1], strict=True))
    tables = {name: labelled(matrix, names) for name, matrix in x.items()}
    one = qap_regression(labelled(y, names), tables, groups=groups, permutations=99)
    mixed = {name: table.loc[rng.permutation(names), rng.permutation(names)] for name, table in tables.items()}
    shuffled = labelled(y, names).loc[rng.permutation(names), rng.permutation(names)]
    two = qap_regression(shuffled, mixed, groups=dict(reversed(groups.items())), permutations=99)
    pd.testing.assert_frame_equal(one.table, two.table, check_exact=True)
    pd.testing.assert_frame_equal(one.null, two.null, check_exact=True)
    pd.testing.assert_frame_equal(one.left_out, two.left_out)


def test_a_matrix_without_labels_goes_by_the_order_of_the_outcome(rng):
    y, x = relations(rng, predictors=1)
    names = list("hcagbdfie")
    bare = qap_regression(labelled(y, names), x, permutations=50)
    with_labels = qap_regression(labelled(y, names), {"x0": labelled(x["x0"], names)}, permutations=50)
    pd.testing.assert_frame_equal(bare.table, with_labels.table)


def test_reading_every_relation_the_other_way_round_changes_nothing(rng):
    y, x = relations(rng)
    one = qap_regression(y, x, permutations=99)
    two = qap_regression(y.T, {name: matrix.T for name, matrix in x.items()}, permutations=99)
    np.testing.assert_allclose(one.null, two.null, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(one.table[TERMS].astype(float), two.table[TERMS].astype(float), rtol=1e-9)


def test_the_order_of_predictors_and_their_scale_change_no_p_value(rng):
    y, x = relations(rng, predictors=3)
    one = qap_regression(y, x, permutations=199).table
    other = {name: 1000 * matrix - 7 for name, matrix in reversed(x.items())}
    two = qap_regression(y, other, permutations=199).table.loc[one.index]
    np.testing.assert_allclose(one[TERMS[2:]], two[TERMS[2:]])
    np.testing.assert_allclose(two.loc[[*x], "estimate"] * 1000, one.loc[[*x], "estimate"], rtol=1e-9)


def test_the_diagonal_is_ignored(rng):
    y, x = relations(rng)
    one = qap_regression(y, x, permutations=50).table
    np.fill_diagonal(y, np.nan)
    np.fill_diagonal(x["x0"], 99.5)
    pd.testing.assert_frame_equal(one, qap_regression(y, x, permutations=50).table)


def test_inputs_stay_as_they_are(rng):
    y, x = relations(rng)
    before = y.copy(), x["x0"].copy()
    qap_regression(y, x, permutations=9)
    np.testing.assert_array_equal(y, before[0])
    np.testing.assert_array_equal(x["x0"], before[1])


def test_a_relation_entered_twice_is_named_and_dropped_and_the_other_keeps_its_p_value(rng):
    y, x = relations(rng, predictors=2)
    alone = qap_regression(y, x, permutations=199)
    with pytest.warns(PeernetWarning, match="'again' is left out of the regression: it is the same relation as 'x0'"):
        twice = qap_regression(y, {**x, "again": 3 - 2 * x["x0"]}, permutations=199)
    pd.testing.assert_frame_equal(twice.table.drop(index="again"), alone.table)
    assert twice.table.loc["again"].isna().all()
    assert [*twice.dropped] == ["again"]
    assert [*twice.null] == [*x]


def test_what_is_made_up_of_others_or_never_differs_is_named_and_dropped(rng):
    y, x = relations(rng, predictors=3)
    with pytest.warns(PeernetWarning):
        found = qap_regression(y, {"one": np.ones((9, 9)), **x, "sum": x["x0"] - x["x2"]}, permutations=19)
    assert found.dropped == {"one": "it is the same for all dyads", "sum": "it is made up of 'x0' and 'x2'"}


def test_within_groups_what_differs_only_between_them_is_dropped(rng):
    y, x = relations(rng, people=8)
    groups = [1] * 4 + [2] * 4
    with pytest.warns(PeernetWarning, match="the same for all dyads of a group"):
        found = qap_regression(y, {**x, "site": np.repeat(groups, 8).reshape(8, 8)}, groups=groups, permutations=19)
    assert "intercept" not in found.table.index
    assert found.card["dyads"] == 2 * 4 * 3


def test_groups_far_apart_in_level_make_no_effect(rng):
    """Levels of groups that go with a predictor would be an effect; each group has a level of its own."""
    y, x = relations(rng, people=12, slope=0)
    groups = np.repeat([0, 1], 6)
    apart = 100 * groups[:, None]
    one = qap_regression(y, x, groups=groups, permutations=99).table
    two = qap_regression(
        y + apart, {name: matrix + apart for name, matrix in x.items()}, groups=groups, permutations=99
    )
    np.testing.assert_allclose(one[TERMS].astype(float), two.table[TERMS].astype(float), rtol=1e-7)


def test_who_and_what_is_left_out_is_listed_with_the_reason(rng):
    y, x = relations(rng, people=6)
    names = ["ann", "bo", "cy", "di", "ed", "flo"]
    y[0, 1] = x["x1"][0, 1] = x["x1"][2, 0] = np.nan
    groups = pd.Series([1, 1, 1, 1, 2, None], names)
    tables = {name: labelled(matrix, names) for name, matrix in x.items()}
    found = qap_regression(labelled(y, names), tables, groups=groups, permutations=9).left_out
    rows = {(row.a, row.b): row.reason for row in found.itertuples()}
    assert rows == {
        ("flo", None): "no group",
        ("ed", None): "alone in their group",
        ("ann", "bo"): "outcome and x1 missing",
        ("cy", "ann"): "x1 missing",
    }


def test_people_who_do_not_agree_are_named(rng):
    y, x = relations(rng, people=3, predictors=1)
    outcome, other = labelled(y, ["ann", "bo", "cy"]), labelled(x["x0"], ["ann", "bo", "di"])
    with pytest.raises(SettingError, match="'di' only in 'x', and 'cy' only in the outcome"):
        qap_regression(outcome, {"x": other})
    with pytest.raises(SettingError, match="'ann', 'bo' and 'di' only in 'x'"):
        qap_regression(y, {"x": other})
    with pytest.raises(SettingError, match="'z' only in the columns of 'outcome', and 'cy' only in its rows"):
        qap_regression(outcome.rename(columns={"cy": "z"}), {"x": other})
    with pytest.raises(SettingError, match="'ed' only in 'x'"):
        qap_regression(outcome, {"x": labelled(np.eye(4), ["ann", "bo", "cy", "ed"])})
    with pytest.raises(SettingError, match="groups has nothing for 'cy'"):
        qap_regression(outcome, {"x": x["x0"]}, groups={"ann": 1, "bo": 1})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda y, x: (y[:, :5], {"x": x}), "a row and a column per person"),
        (lambda y, x: (y, {}), "matrices by name"),
        (lambda y, x: (y, x), "matrices by name"),
        (lambda y, x: (y, {"outcome": x}), "No predictor can be called 'outcome'"),
        (lambda y, x: (y, {"intercept": x}), "No predictor can be called 'intercept'"),
        (lambda y, x: (y, {"x": x[:5, :5]}), "'x' has 5 people and the outcome 9"),
        (lambda y, x: (np.full((9, 9), "high"), {"x": x}), "'outcome' must hold numbers"),
        (lambda y, x: (np.where(y > 1, np.inf, y), {"x": x}), "'outcome' holds an infinite number"),
        (lambda y, x: (labelled(y, list("aabcdefgh")), {"x": x}), "several rows for 'a'"),
        (lambda y, x: (y, {"x": "team"}), "'x' must have a row and a column per person"),
    ],
)
def test_what_is_no_relation_is_refused(rng, change, words):
    y, x = relations(rng, predictors=1)
    outcome, predictors = change(y + 1, x["x0"])
    with pytest.raises(SettingError, match=words):
        qap_regression(outcome, predictors)


def test_a_statistic_is_one_of_two(rng):
    with pytest.raises(SettingError, match="statistic must be one of 'robust', 'classical'; got 't'"):
        qap_regression(*relations(rng), statistic="t")


@pytest.mark.parametrize("permutations", [0, 9.5, True])
def test_draws_are_counted_in_whole_numbers(rng, permutations):
    with pytest.raises(SettingError, match="whole number from 1"):
        qap_regression(*relations(rng), permutations=permutations)


def test_what_the_data_cannot_answer_gives_no_coefficients(rng):
    y, x = relations(rng, predictors=3)
    with pytest.raises(EstimationError, match="The outcome is the same for all dyads"):
        qap_regression(np.full((9, 9), 0.1), x)
    with pytest.warns(PeernetWarning), pytest.raises(EstimationError, match="No predictor differs"):
        qap_regression(y, {"one": np.ones((9, 9))})
    small = {name: matrix[:2, :2] for name, matrix in x.items()}
    with pytest.warns(PeernetWarning), pytest.raises(EstimationError, match="2 known dyads cannot carry"):
        qap_regression(y[:2, :2], small)
    with pytest.raises(EstimationError, match="no dyad of which the outcome and all predictors are known"):
        qap_regression(np.full((9, 9), np.nan), x)


def test_an_outcome_explained_without_rest_is_told_apart_from_one_not_explained(rng):
    _, x = relations(rng, predictors=2)
    found = qap_regression(0.5 * x["x0"], x, statistic="classical", permutations=99).table
    assert found.loc["x0", ["estimate", "statistic", "p_value"]].tolist() == [pytest.approx(0.5), np.inf, 0.01]
    assert found.loc["x1", "p_value"] == 1
    found = qap_regression(0.5 * x["x0"], x, permutations=99).table
    assert found.loc["x0", ["estimate", "p_value"]].tolist() == [pytest.approx(0.5), 0.01]
    assert found.loc["x1", ["statistic", "p_value"]].tolist() == [0, 1]


def test_a_predictor_that_is_the_only_one_to_be_known_in_a_dyad_does_not_bring_it_back(rng):
    """What one predictor lacks is out for all, so that all terms rest on the same dyads."""
    y, x = relations(rng, predictors=2)
    x["x0"][2, 5] = np.nan
    one = qap_regression(y, x, permutations=50)
    x["x1"][2, 5], y[2, 5] = 40.0, 50.0
    pd.testing.assert_frame_equal(one.table, qap_regression(y, x, permutations=50).table)


def test_a_number_that_looks_like_a_code_is_pointed_out(rng):
    y, x = relations(rng)
    y[1, 2] = -999
    with pytest.warns(PeernetWarning, match="outcome holds -999 once") as told:
        qap_regression(y, x, permutations=9)
    assert told[0].filename == __file__


def test_there_are_no_intervals_and_no_standard_errors_and_the_sentence_claims_no_cause(rng):
    found = qap_regression(*relations(rng), permutations=99)
    assert found.table[["std_error", "low", "high", "df"]].isna().all(axis=None)
    assert np.isnan(found.table.loc["intercept", "p_value"])
    assert "shows no cause" in found.sentence
    assert re.fullmatch(
        r"What goes with the outcome\? It differs by \S+ per unit of x0 and \S+ per unit of x1, against 99 draws in "
        r"which people change places; p = \S+ and p = \S+\. Nothing was drawn by lot: .*",
        found.sentence,
    )
    assert found.null.shape == (99, 2)
    assert "x0" in found.to_markdown()


def test_few_ways_to_change_places_are_pointed_out(rng):
    found = qap_regression(*relations(rng, people=4, predictors=1), permutations=99)
    assert not found.assumptions["holds"][0]
    assert "24 ways" in found.assumptions["found"][0]


def test_people_who_vary_more_where_the_predictor_stands_out_are_pointed_out_to_the_classical_test():
    rng = np.random.default_rng(0)
    z = rng.normal(size=80)
    noise = rng.normal(size=(80, 80)) / 4
    holds = [
        qap_regression(
            member[:, None] + member + noise + noise.T,
            {"apart": np.abs(z[:, None] - z)},
            statistic="classical",
            permutations=9,
        ).assumptions["holds"][1]
        for member in (rng.normal(size=80), rng.normal(size=80) * z**2)
    ]
    assert holds[0] is pd.NA, "the data cannot show that it holds"
    assert holds[1] is not pd.NA
    assert not holds[1]


@pytest.mark.parametrize("statistic", ["robust", "classical"])
def test_a_big_network_with_gaps_in_every_matrix_stays_small_in_memory(rng, statistic):
    """A chunk of draws at a time: nothing grows with the draws but who takes whose place and the statistics."""
    y, x = relations(rng, people=120, predictors=2)
    y = with_gaps(rng, y, False)
    qap_regression(y, x, statistic=statistic, permutations=9)
    tracemalloc.start()
    qap_regression(y, x, statistic=statistic, permutations=2000)
    assert tracemalloc.get_traced_memory()[1] < 20e6
