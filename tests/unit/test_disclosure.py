"""What a reader of a table can work out."""

from __future__ import annotations

import numpy as np
import pytest

from peernet.privacy import given_away

FULL = np.array([[3.0, 9.0, 12.0], [7.0, 6.0, 13.0], [10.0, 15.0, 25.0]])


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
