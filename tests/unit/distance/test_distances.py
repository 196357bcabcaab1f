"""Distances compare every kind of answer, spread the weight of missing answers, and never invent a distance."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.distance.distances import frame_distances, gower_distances, person_distances
from peernet.errors import SettingError, UnknownPersonError
from tests.naive import distance as naive


def one(kind, a, b, **settings):
    frame = pd.DataFrame({"item": [a, b]})
    if kind == "asymmetric":
        frame["item"] = frame["item"].astype("boolean")
    return gower_distances(frame, kinds={"item": kind}, weights={"item": 1.0}, **settings)[0, 1]


@pytest.mark.parametrize(
    ("kind", "a", "b", "distance"),
    [
        ("numeric", 2.0, 7.0, 0.5),
        ("ordinal", 1.0, 4.0, 0.3),
        ("nominal", "law", "law", 0.0),
        ("nominal", "law", "design", 1.0),
        ("binary", False, False, 0.0),
        ("binary", True, False, 1.0),
        ("asymmetric", True, True, 0.0),
        ("asymmetric", True, False, 1.0),
        ("asymmetric", False, False, np.nan),
        ("multiple", frozenset("ab"), frozenset("bcd"), 0.75),
        ("multiple", frozenset("ab"), frozenset(), 1.0),
        ("multiple", frozenset(), frozenset(), np.nan),
        ("nominal", "law", None, np.nan),
        ("multiple", frozenset("ab"), None, np.nan),
    ],
)
def test_each_kind_of_answer_differs_by_its_own_rule(kind, a, b, distance):
    ranges = {"item": (0, 10)} if kind in ("numeric", "ordinal") else None
    assert one(kind, a, b, ranges=ranges) == pytest.approx(distance, nan_ok=True)


def test_ordered_categories_differ_by_position_and_undeclared_numbers_by_dense_rank():
    levels = pd.CategoricalDtype(["junior", "senior", "lead", "head"], ordered=True)
    frame = pd.DataFrame({"level": pd.Series(["junior", "lead"], dtype=levels), "spent": [10.0, 1000.0]})
    frame.loc[2] = ["lead", 20.0]
    frame["level"] = frame["level"].astype(levels)
    kinds = {"level": "ordinal", "spent": "ordinal"}
    by_level = gower_distances(frame, kinds=kinds, weights={"level": 1})
    by_rank = gower_distances(frame, kinds=kinds, weights={"spent": 1})
    assert by_level[0] == pytest.approx([0, 2 / 3, 2 / 3])
    assert by_rank[0] == pytest.approx([0, 1, 0.5])


@pytest.mark.parametrize("weights", ["equal", "contribution", "given"])
@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_distances_equal_the_naive_twin_for_every_kind_weighting_and_share_of_missing_answers(weights, missing, rng):
    frame, kinds = naive.answers_of_every_kind(rng, 25, missing)
    given = dict(zip(kinds, rng.random(len(kinds)), strict=True))
    if weights == "contribution":
        expected = {name: 1 / mean for name, mean in naive.mean_differences(frame, kinds).items()}
    else:
        expected = given if weights == "given" else dict.fromkeys(kinds, 1.0)
    table = gower_distances(frame, kinds=kinds, weights=given if weights == "given" else weights)
    np.testing.assert_allclose(table, naive.gower(frame, kinds, expected), atol=1e-12)
    assert np.isnan(table).any() == (missing > 0)


def test_tables_of_more_people_than_fit_in_a_block_equal_the_naive_twin(rng):
    frame, kinds = naive.answers_of_every_kind(rng, 1400, missing=0.2)
    table = gower_distances(frame, kinds=kinds, weights=dict.fromkeys(kinds, 1.0))
    numbers = frame[["numeric_1", "numeric_2"]].reset_index(drop=True)
    some = np.unique(np.r_[0, rng.choice(1400, 40), 1399, numbers.idxmin(), numbers.idxmax()])  # keeps all ranges
    expected = naive.gower(frame.iloc[some], kinds, dict.fromkeys(kinds, 1.0))
    np.testing.assert_allclose(table[np.ix_(some, some)], expected, atol=1e-12, rtol=0)
    np.testing.assert_array_equal(table, table.T)


def test_clones_are_at_distance_zero_and_opposites_at_one():
    frame = pd.DataFrame({"a": [1.0, 1.0, 5.0], "b": ["x", "x", "y"], "c": [{"p"}, {"p"}, {"q"}]})
    table = gower_distances(frame, kinds={"a": "numeric", "b": "nominal", "c": "multiple"})
    assert table.tolist() == [[0, 0, 1], [0, 0, 1], [1, 1, 0]]


def test_every_item_contributes_the_same_share_of_the_mean_distance(rng):
    frame, kinds = naive.answers_of_every_kind(rng, 30, missing=0.0)
    graded = [name for name in kinds if kinds[name] in ("ordinal", "nominal", "binary")]
    survey = distances_of(frame[graded], kinds)
    parts = [survey.parts(a, b)["part"] for k, a in enumerate(frame.index) for b in frame.index[k + 1 :]]
    assert pd.concat(parts, axis=1).mean(axis=1).to_numpy() == pytest.approx(survey.mean / len(graded))


def test_an_item_on_which_one_person_differs_does_not_decide_every_distance():
    frame = pd.DataFrame({f"q{v}": np.arange(100.0) % (v + 2) for v in range(6)} | {"odd": ["a"] * 99 + ["b"]})
    kinds = dict.fromkeys(frame, "ordinal") | {"odd": "nominal"}
    weights = distances_of(frame, kinds).weights
    assert weights["odd"] == pytest.approx(5 * np.median(weights), rel=0.01)


def test_an_item_on_which_everybody_agrees_has_no_weight():
    frame = pd.DataFrame({"same": ["a", "a", "a"], "years": [1.0, 2.0, 3.0], "asked_once": [1.0, np.nan, np.nan]})
    kinds = {"same": "nominal", "years": "numeric", "asked_once": "numeric"}
    for weights in ("equal", "contribution"):
        assert distances_of(frame, kinds, weights=weights).weights.tolist() == [0, 1, 0]
        assert gower_distances(frame, kinds=kinds, weights=weights)[0].tolist() == [0, 0.5, 1]


def test_an_item_on_which_everybody_agrees_has_no_weight_whatever_the_place_on_its_scale():
    for answer in np.linspace(1, 7, 25):
        frame = pd.DataFrame({"same": np.full(31, answer), "years": np.arange(31.0)})
        weights = distances_of(frame, {"same": "numeric", "years": "numeric"}).weights
        assert weights.tolist() == [0, 1]


def test_a_choice_from_which_nobody_chose_compares_nobody():
    frame = pd.DataFrame({"tools": [frozenset()] * 3, "years": [1.0, 2.0, 3.0]})
    kinds = {"tools": "multiple", "years": "numeric"}
    assert distances_of(frame, kinds).weights.tolist() == [0, 1]
    assert gower_distances(frame, kinds=kinds)[0].tolist() == [0, 0.5, 1]
    assert np.isnan(gower_distances(frame[["tools"]], kinds=kinds)[0, 1])


def test_people_who_agree_on_everything_are_at_distance_zero():
    frame = pd.DataFrame({"a": [1.0, 1.0, np.nan], "b": ["x", "x", None]})
    table = gower_distances(frame, kinds={"a": "numeric", "b": "nominal"})
    np.testing.assert_array_equal(table, [[0, 0, np.nan], [0, 0, np.nan], [np.nan] * 3])


def test_a_distance_is_missing_below_the_least_shared_weight_and_defined_at_it():
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [1.0, np.nan, 2.0], "c": [1.0, np.nan, 5.0], "d": [1.0, 0, 1.0]})
    kinds = dict.fromkeys(frame, "numeric")
    assert gower_distances(frame, kinds=kinds, weights="equal", min_shared=0.5)[0, 1] == pytest.approx(0.75)
    assert np.isnan(gower_distances(frame, kinds=kinds, weights="equal", min_shared=0.51)[0, 1])


def test_two_shared_absences_are_answered_but_not_compared():
    frame = pd.DataFrame({"a": [False, False], "b": [False, False], "c": [1.0, 3.0]})
    frame[["a", "b"]] = frame[["a", "b"]].astype("boolean")
    kinds = {"a": "asymmetric", "b": "asymmetric", "c": "numeric"}
    assert gower_distances(frame, kinds=kinds, weights=dict.fromkeys(frame, 1), min_shared=1.0)[0, 1] == 1


def test_multiple_choice_may_have_more_answers_than_a_machine_word_has_bits():
    many = frozenset(range(130))
    frame = pd.DataFrame({"tools": [many, frozenset(range(100)), frozenset({129})]})
    table = gower_distances(frame, kinds={"tools": "multiple"})
    assert table[0, 1:] == pytest.approx([30 / 130, 129 / 130])
    assert table[1, 2] == 1


def distances_of(frame, kinds, block="perspective", **settings):
    frame = frame.rename_axis("person")
    items = [
        pn.survey.Item("id", "person"),
        *(pn.survey.Item(name, block, kinds[name], **limits(frame, name, kinds)) for name in frame),
    ]
    survey = pn.Survey(frame, pd.DataFrame(), pd.DataFrame(), pn.survey.Codebook(tuple(items)), pd.DataFrame(), {})
    return person_distances(survey, block, **settings)


def limits(frame, name, kinds):
    return {"low": frame[name].min(), "high": frame[name].max() + 1e-9} if kinds[name] == "ordinal" else {}


def test_any_block_of_the_table_has_the_same_values_as_the_whole(rng):
    frame, kinds = naive.answers_of_every_kind(rng, 300, missing=0.3)
    distances = distances_of(frame, kinds)
    table = distances.to_frame()
    rows, cols = rng.permutation(300)[:20], rng.permutation(300)[:50]
    assert table.index.equals(distances.people)
    assert len(distances) == 300
    np.testing.assert_array_equal(distances.block(rows, cols), table.to_numpy()[np.ix_(rows, cols)])
    np.testing.assert_array_equal(distances.block(rows), table.to_numpy()[rows])
    np.testing.assert_array_equal(distances.block([-1, 3], [3, 3, -1]), table.to_numpy()[np.ix_([-1, 3], [3, 3, -1])])
    np.testing.assert_array_equal(table, table.T)


def test_a_wide_block_equals_the_table_it_is_cut_from():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.random((5000, 3))).mask(rng.random((5000, 3)) < 0.1).add_prefix("q")
    distances = frame_distances(frame, dict.fromkeys(frame, "numeric"), None, "equal", 0.5)
    wide = distances.block([7, 4000])
    narrow = np.hstack([distances.block([7, 4000], range(start, start + 500)) for start in range(0, 5000, 500)])
    np.testing.assert_array_equal(wide, narrow)


def test_mean_and_median_are_over_all_defined_pairs(rng):
    frame, kinds = naive.answers_of_every_kind(rng, 60, missing=0.4)
    distances = distances_of(frame, kinds)
    values = distances.to_frame().to_numpy()[np.triu_indices(60, k=1)]
    assert np.isnan(values).any()
    assert distances.mean == pytest.approx(np.nanmean(values))
    assert distances.median == pytest.approx(np.nanmedian(values))


def test_the_parts_of_a_pair_sum_to_its_distance_and_name_the_items_that_do_not_compare_it(rng):
    frame, kinds = naive.answers_of_every_kind(rng, 30, missing=0.2)
    distances = distances_of(frame, kinds, min_shared=0)
    table = distances.to_frame()
    for b in frame.index[1:]:
        parts = distances.parts("p000", b)
        assert parts["part"].sum() == pytest.approx(table.loc["p000", b])
        assert list(parts.index) == list(frame)
        assert parts.loc[frame.columns[frame.loc["p000"].isna() | frame.loc[b].isna()], "distance"].isna().all()


def test_somebody_who_answered_nothing_has_no_distances(rng):
    frame, kinds = naive.answers_of_every_kind(rng, 12, missing=0.0)
    frame.iloc[3] = None
    distances = distances_of(frame, kinds)
    assert np.isnan(distances.block([3])).all()
    assert not distances.answered[3]
    assert not np.isnan(np.delete(distances.block([0]), 3)).any()


def test_a_survey_that_nobody_answered_has_no_distances_and_no_mean():
    distances = distances_of(pd.DataFrame({"a": [np.nan] * 3}), {"a": "numeric"})
    assert np.isnan(distances.to_frame().to_numpy()).all()
    assert np.isnan(distances.mean)
    assert np.isnan(distances.median)


def test_declared_limits_count_and_free_text_and_other_blocks_do_not():
    frame = pd.DataFrame({"mood": [2.0, 3.0], "why": ["because", "no reason"], "age": [20.0, 60.0]})
    items = (
        pn.survey.Item("id", "person"),
        pn.survey.Item("mood", "perspective", "ordinal", low=1, high=5),
        pn.survey.Item("why", "perspective", "text"),
        pn.survey.Item("age", "protected", "numeric"),
    )
    survey = pn.Survey(frame, pd.DataFrame(), pd.DataFrame(), pn.survey.Codebook(items), pd.DataFrame(), {})
    distances = person_distances(survey)
    assert list(distances.weights.index) == ["mood"]
    assert distances.block([0], [1]) == pytest.approx(0.25)
    with pytest.raises(SettingError, match=r"^The survey has no goal items to compare people by"):
        person_distances(survey, "goal")
    with pytest.raises(SettingError, match=r"^block must be one of 'experience', .*; got 'protected'\.$"):
        person_distances(survey, "protected")


KIND = {"a": "numeric"}


@pytest.mark.parametrize(
    ("frame", "settings", "message"),
    [
        (
            {"a": [1.0, 9.0]},
            {"kinds": KIND, "ranges": {"a": (1, 5)}},
            r"Item 'a', person 1: answer 9 lies outside 1 to 5",
        ),
        ({"a": [1.0, np.inf]}, {"kinds": KIND}, "Item 'a', person 1: answer inf lies outside"),
        ({"a": ["x", "y"]}, {"kinds": KIND}, "Item 'a' is declared as numbers, but holds other answers"),
        (
            {"a": ["low", "high"]},
            {"kinds": {"a": "ordinal"}},
            "Item 'a' is declared as numbers, but holds other answers",
        ),
        ({"a": ["x", "y"]}, {"kinds": {"a": "multiple"}}, "answers must be sets; found 'x'"),
        ({"a": ["x", "y"]}, {"kinds": {"a": "asymmetric"}}, "Item 'a' is asymmetric, so its answers must be yes/no"),
        ({"a": pd.Categorical(["x", "y"])}, {"kinds": {"a": "ordinal"}}, "its categories have no order"),
        ({"a": [1.0, 2.0]}, {"kinds": {}}, "kinds says nothing about item 'a'"),
        ({"a": [1.0, 2.0]}, {"kinds": {"a": "text"}}, r"kinds\['a'\] must be one of 'numeric'"),
        ({"a": [1.0, 2.0]}, {"kinds": KIND, "ranges": {"a": (5, 5)}}, "must go from a lower to a higher answer"),
        ({"age": [1.0, 2.0]}, {"kinds": {"age": "numeric"}, "ranges": {"agee": (1, 5)}}, "Did you mean 'age'"),
        ({"a": [1.0, 2.0]}, {"kinds": KIND, "weights": "same"}, "weights must be one of 'contribution', 'equal'"),
        ({"a": [1.0, 2.0]}, {"kinds": KIND, "weights": {"b": 1}}, "weights names an item 'b' that is not compared"),
        ({"a": [1.0, 2.0]}, {"kinds": KIND, "weights": {"a": -1}}, "not negative and not all zero"),
        ({"a": [1.0, 2.0]}, {"kinds": KIND, "weights": {"a": 0}}, "not negative and not all zero"),
        ({"a": [1.0, 2.0]}, {"kinds": KIND, "min_shared": 50}, "min_shared is a share between 0 and 1; got 50"),
        ({}, {"kinds": {}}, "There are no items to compare people by"),
    ],
)
def test_what_cannot_be_compared_is_refused_by_name(frame, settings, message):
    with pytest.raises(SettingError, match=message):
        gower_distances(pd.DataFrame(frame), **settings)


def test_parts_of_an_unknown_person_are_refused(rng):
    frame, kinds = naive.answers_of_every_kind(rng, 12)
    with pytest.raises(UnknownPersonError, match=r"No person 'p0001' in the survey\. Did you mean 'p001'\?"):
        distances_of(frame, kinds).parts("p0001", "p002")


def test_inputs_are_left_as_they_were(rng):
    frame, kinds = naive.answers_of_every_kind(rng, 12)
    before = frame.copy(deep=True)
    gower_distances(frame, kinds=kinds)
    pd.testing.assert_frame_equal(frame, before)
