"""Small counts hidden so that no reader of a table can work them out, formulas made harmless."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest

from peernet.errors import SettingError
from peernet.privacy import defuse, fused, given_away, rounded_by_lot, suppress_small, told_sum

FULL = np.array([[3.0, 9.0, 12.0], [7.0, 6.0, 13.0], [10.0, 15.0, 25.0]])


def shown(table: pd.DataFrame) -> list[list[int | None]]:
    return [[None if pd.isna(cell) else int(cell) for cell in row] for row in table.to_numpy(dtype=object)]


def test_counts_of_five_and_more_are_shown_with_their_totals() -> None:
    table = suppress_small(pd.DataFrame([[5, 6], [7, 8]]))
    assert shown(table) == [[5, 6, 11], [7, 8, 15], [12, 14, 26]]
    assert [*table.columns] == [0, 1, "total"]


def test_a_small_count_is_hidden_and_no_total_gives_it_away() -> None:
    table = suppress_small(pd.DataFrame([[50, 3], [20, 30]]))
    assert shown(table) == [[None, None, 53], [None, None, 50], [70, 33, 103]]


def test_a_zero_is_hidden_like_any_small_count() -> None:
    assert pd.isna(suppress_small(pd.DataFrame([[9, 0], [20, 30]])).iloc[0, 1])


def test_hidden_counts_of_a_line_add_up_to_at_least_the_floor() -> None:
    table = suppress_small(pd.DataFrame([[1, 1, 20], [1, 1, 30], [40, 50, 60]]))
    assert pd.isna(table.iloc[0, 2])
    assert pd.isna(table.iloc[1, 2])


def test_a_small_total_is_hidden_too() -> None:
    assert pd.isna(suppress_small(pd.DataFrame([[1, 2], [20, 30]])).loc[0, "total"])


def test_sizes_of_groups_hide_the_smallest_two_when_one_is_small() -> None:
    sizes = suppress_small(pd.Series([57, 53, 3], index=[1, 2, 3], name="People"))
    assert sizes.isna().tolist() == [False, True, True, False]
    assert (sizes[1], sizes["total"], sizes.name) == (57, 113, "People")


def test_the_floor_can_be_chosen() -> None:
    assert suppress_small(pd.Series([9, 12]), floor=10).isna().tolist() == [True, True, False]
    assert suppress_small(pd.Series([0, 1]), floor=1).isna().any()


def test_counts_stay_as_they_were() -> None:
    counts = pd.DataFrame([[50, 3], [20, 30]])
    before = counts.copy()
    suppress_small(counts)
    pd.testing.assert_frame_equal(counts, before)


@pytest.mark.parametrize("counts", [[[1.0, float("nan")]], [[1, -2]]])
def test_counts_that_are_no_counts_are_refused(counts: list[list[float]]) -> None:
    with pytest.raises(SettingError, match=r"^counts must be 0 or more everywhere; found a missing or negative one\.$"):
        suppress_small(pd.DataFrame(counts))


def test_a_floor_below_one_is_refused() -> None:
    with pytest.raises(SettingError, match=r"^floor must be at least 1; got 0\.$"):
        suppress_small(pd.Series([5]), floor=0)


def hide(*cells: tuple[int, int]) -> np.ndarray:
    hidden = np.zeros(FULL.shape, dtype=bool)
    hidden[tuple(zip(*cells, strict=True))] = True
    return hidden


def test_a_count_alone_in_its_line_is_the_total_less_the_others() -> None:
    assert given_away(FULL, hide((0, 0)))[0, 0]


def test_four_counts_at_the_corners_of_a_square_keep_each_other_secret() -> None:
    assert not given_away(FULL, hide((0, 0), (0, 1), (1, 0), (1, 1))).any()


def test_three_counts_at_the_corners_are_all_given_away() -> None:
    assert given_away(FULL, hide((0, 0), (0, 1), (1, 0))).sum() == 3


def test_a_hidden_total_can_be_added_up() -> None:
    assert given_away(FULL, hide((0, 2)))[0, 2]


def test_zeros_cannot_shrink_and_so_may_be_given_away() -> None:
    zeros = np.array([[0.0, 9.0, 9.0], [7.0, 0.0, 7.0], [7.0, 9.0, 16.0]])
    square = hide((0, 0), (0, 1), (1, 0), (1, 1))
    assert not given_away(zeros, square).any()
    zeros[0], zeros[2] = [0.0, 0.0, 0.0], [7.0, 0.0, 7.0]
    assert given_away(zeros, square)[square].all()


def test_two_squares_joined_by_one_count_give_that_one_away() -> None:
    full = np.full((7, 7), 5.0)
    hidden = np.zeros((7, 7), dtype=bool)
    hidden[0:2, 0:2] = hidden[2:4, 2:4] = hidden[1, 2] = True
    assert np.argwhere(given_away(full, hidden)).tolist() == [[1, 2]]


@pytest.mark.parametrize("hidden", [False, True])
def test_nothing_hidden_or_everything_hidden_gives_nothing_away(hidden: bool) -> None:
    assert not given_away(FULL, np.full(FULL.shape, hidden)).any()


SIGNS = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "−", "⁼", "₊"]
UNSEEN = [
    "",
    " ",
    "\u00a0",
    "\u3000",
    "\u200b",
    "\ufeff",
    "\u200d",
    "\u2060",
    "\u202e",
    "\u00ad",
    "\ufe0f",
    "\x00",
    "\u200b ",
]


@pytest.mark.parametrize(
    "text", [f"{unseen}{sign}cmd()" for unseen in UNSEEN for sign in SIGNS] + ["\tx", "\rx", "\nx"]
)
def test_text_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert defuse(pd.DataFrame({"name": [text]}))["name"].tolist() == [f"'{text}"]


@pytest.mark.parametrize("text", ["=1", "'=1", "''＋1", "\u200b@x", "\tx", "Ada", "'t Hooft", "O'Hara", "", "'", "  "])
def test_text_is_the_same_once_it_is_read_back(text: str) -> None:
    (cell,) = defuse(pd.DataFrame({"name": [text]}))["name"]
    assert fused(cell) == text


@pytest.mark.parametrize(
    "text", ["José", "李", "'t Hooft", "→ Ada", "≠ known", "a=b", "\u200bAda", "#N/A", "(=1)", "é=", ""]
)
def test_what_starts_with_something_else_is_left_alone(text: str) -> None:
    assert defuse(pd.DataFrame({"name": [text]}))["name"].tolist() == [text]


def test_harmless_text_numbers_and_missing_cells_are_left_alone() -> None:
    table = pd.DataFrame({"name": ["Ada", "a=b", None], "gain": [-1.5, 2.0, float("nan")], "who": [True, False, True]})
    pd.testing.assert_frame_equal(defuse(table), table)


def test_categories_are_defused_as_well() -> None:
    assert defuse(pd.DataFrame({"team": pd.Categorical(["=1", "Dock"])}))["team"].tolist() == ["'=1", "Dock"]


# --- sums in sentences ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "part", "told"),
    [
        ([12, 20, 9, 30], [0, 1], 32),  # nothing is hidden
        ([12, 3, 9, 30], [1], None),  # the hidden count itself
        ([12, 3, 9, 30], [0, 1], None),  # less the 12 that are shown
        ([12, 3, 9, 30], [1, 2], 12),  # both that are hidden, and no less than the floor
        ([12, 3, 9, 30], [0, 3], 42),  # the others are then both that are hidden
        ([12, 3, 1, 30], [1, 2], None),  # both hidden, of so few people; the third beside them is in the rest
        ([0, 20, 0, 30], [0, 1], None),  # nobody is hidden like any small count
        ([12, 20, 9, 30], [0, 1, 2, 3], 71),
        ([1, 0, 2, 0], [0, 1, 2, 3], None),  # a total below the floor
    ],
)
def test_a_sum_is_told_only_where_no_hidden_count_can_be_worked_out_from_it(
    counts: list[int], part: list[int], told: int | None
) -> None:
    assert told_sum(pd.Series(counts), part) == told


def test_the_total_is_told_where_no_part_is_named() -> None:
    assert told_sum(pd.Series([3, 9, 9])) == 21
    assert told_sum(pd.Series([3])) is None


def test_whoever_knows_all_that_is_shown_and_told_cannot_tell_a_hidden_count() -> None:
    rng = np.random.default_rng(0)
    told = 0
    for _ in range(300):
        counts = pd.Series(rng.integers(0, 9, size=4))
        part = [label for label in counts.index if rng.random() < 0.5]
        number = told_sum(counts, part, floor=4)
        if number is None:
            continue
        told += 1
        table = suppress_small(counts, floor=4).drop("total")
        hidden, shown = table.index[table.isna()], table.dropna()
        every = _ways_to_add_up(int(counts.sum() - shown.sum()), len(hidden))
        in_part = every[hidden.isin(part)].sum(axis=0) + shown[shown.index.isin(part)].sum()
        assert (np.ptp(every[:, in_part == number], axis=1) > 0).all()
    assert told > 50


def _ways_to_add_up(total: int, cells: int) -> np.ndarray:
    """Every way in which so many cells add up to a total, one a column."""
    if not cells:
        return np.zeros((0, 1), dtype=int)
    others = np.indices((total + 1,) * (cells - 1)).reshape(cells - 1, (total + 1) ** (cells - 1))
    every = np.vstack([others, total - others.sum(axis=0)])
    return every[:, every[-1] >= 0]


def test_ways_to_add_up_are_all_of_them() -> None:
    for total, cells in product(range(6), range(1, 5)):
        slow = {found for found in product(range(total + 1), repeat=cells) if sum(found) == total}
        assert {*map(tuple, _ways_to_add_up(total, cells).T.tolist())} == slow


# --- rounded by lot ---------------------------------------------------------------------------------------------------

SHOWN = {count: {rounded_by_lot(count, f"run {run}") for run in range(60)} for count in range(90)}


def test_a_count_is_told_as_a_multiple_of_five_near_it_and_never_of_few() -> None:
    for count, shown in SHOWN.items():
        assert all(told is None or (told % 5 == 0 and told >= 10 and abs(told - count) < 4) for told in shown)
        assert shown == {None} if count < 7 else count < 12 or None not in shown
    assert {len(shown) for shown in SHOWN.values()} == {1, 2}


def test_lots_fall_both_ways_and_as_often_up_as_they_are_near() -> None:
    for count, share in ((37, 0.4), (38, 0.6)):
        ups = np.mean([rounded_by_lot(count, f"{run}") == 40 for run in range(4000)])
        assert ups == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 4000))
    apart = [(rounded_by_lot(37, f"{run} a"), rounded_by_lot(37, f"{run} b")) for run in range(200)]
    assert len({*apart}) == 4, "two counts of one page are drawn apart"


@pytest.mark.parametrize(
    ("steps", "may_have"), [((-1, 0, 1), (-1, 0, 1)), ((-2, 0, 2), (0,)), ((-2, -1, 0, 1, 2), (0,))]
)
def test_two_pages_do_not_tell_which_way_a_count_went(steps: tuple[int, ...], may_have: tuple[int, ...]) -> None:
    """Whatever two pages show of a count that goes up or down by so many, it may have gone these ways."""
    even = 2 if steps == (-2, 0, 2) else 1  # of people in pairs all that is known is that they are an even number
    pages = {
        step: {(one, two) for c in range(10, 80, even) for one in SHOWN[c] for two in SHOWN[c + step]} for step in steps
    }
    middle = {pair for shown in pages.values() for pair in shown if pair[0] is None or 20 < pair[0] < 70}
    assert len(middle) > 20
    assert all(middle <= pages[step] for step in may_have)


def test_a_floor_below_one_person_is_refused_for_lots_too() -> None:
    with pytest.raises(SettingError, match="floor must be at least 1"):
        rounded_by_lot(3, "run", floor=0)
