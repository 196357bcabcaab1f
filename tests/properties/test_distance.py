"""Distances and groups do not depend on how the survey happens to be written down."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from peernet.clusters.people_clusters import cluster_people
from peernet.distance.distances import gower_distances
from tests.made.planted import grouped_answers, survey_of_views
from tests.naive import distance as naive

seeds = st.integers(0, 2**32 - 1)


def answers(seed, n=20, missing=0.2):
    return naive.answers_of_every_kind(np.random.default_rng(seed), n, missing)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_distances_are_symmetric_between_zero_and_one_and_zero_to_oneself(seed):
    frame, kinds = answers(seed)
    table = gower_distances(frame, kinds=kinds)
    defined = table[~np.isnan(table)]
    assert ((defined >= 0) & (defined <= 1 + 1e-12)).all()
    np.testing.assert_array_equal(table, table.T)
    assert np.nan_to_num(table.diagonal()).tolist() == [0] * len(frame)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_the_order_of_people_and_of_items_does_not_matter(seed):
    frame, kinds = answers(seed)
    rng = np.random.default_rng(seed)
    people, items = rng.permutation(len(frame)), rng.permutation(frame.columns)
    table = gower_distances(frame, kinds=kinds)
    moved = gower_distances(frame.iloc[people][items], kinds=kinds)
    np.testing.assert_allclose(moved, table[np.ix_(people, people)], atol=1e-12)


@given(seeds, st.floats(0.001, 1000), st.floats(-1000, 1000))
@settings(max_examples=25, deadline=None)
def test_the_unit_of_a_number_and_the_names_of_categories_do_not_matter(seed, unit, zero):
    frame, kinds = answers(seed)
    renamed = frame.copy()
    renamed["numeric_1"] = renamed["numeric_1"] * unit + zero
    renamed["nominal_1"] = renamed["nominal_1"].map({"x": "east", "y": "a", "z": "west"})
    renamed["binary_1"] = renamed["binary_1"].map({True: "on", False: "off"})
    np.testing.assert_allclose(
        gower_distances(renamed, kinds=kinds), gower_distances(frame, kinds=kinds), atol=1e-6, rtol=0
    )


@given(seeds)
@settings(max_examples=15, deadline=None)
def test_a_person_entered_twice_is_at_distance_zero_from_the_copy_and_as_far_from_the_others(seed):
    frame, kinds = answers(seed, missing=0.0)
    doubled = pd.concat([frame, frame.iloc[[0]]], ignore_index=True)
    table = gower_distances(doubled, kinds=kinds)
    assert table[0, -1] == 0 or np.isnan(table[0, -1])
    np.testing.assert_array_equal(table[0, 1:-1], table[-1, 1:-1])


@given(st.integers(0, 1000))
@settings(max_examples=4, deadline=None)
def test_groups_do_not_depend_on_the_order_of_people(seed):
    rng = np.random.default_rng(seed)
    frame, _ = grouped_answers(rng, people=60)
    moved = frame.iloc[rng.permutation(len(frame))]
    quick = {"views": ["perspective"], "draws": 19, "resamples": 10}
    found = cluster_people(survey_of_views(perspective=frame), **quick)
    again = cluster_people(survey_of_views(perspective=moved), **quick)
    pd.testing.assert_frame_equal(again.table.loc[frame.index], found.table)
    pd.testing.assert_frame_equal(again.stability, found.stability)


def test_the_groups_of_one_view_do_not_depend_on_the_other_views():
    rng = np.random.default_rng(3)
    survey = survey_of_views(
        experience=grouped_answers(rng, people=60)[0], perspective=grouped_answers(rng, people=60)[0]
    )
    quick = {"draws": 19, "resamples": 10}
    alone, both = (
        cluster_people(survey, views=views, **quick) for views in (["perspective"], ["experience", "perspective"])
    )
    pd.testing.assert_series_equal(alone.views.loc["perspective"], both.views.loc["perspective"])
    pd.testing.assert_series_equal(alone.table["perspective"], both.table["perspective"])
