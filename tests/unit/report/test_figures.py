"""Pictures of the report do not grow with the number of people."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.axes import Axes

from peernet.report.figures import MOST_DRAWN, _svg


def dots(number: int) -> str:
    def draw(ax: Axes) -> None:
        ax.scatter(*np.random.default_rng(0).random((2, number)))
        ax.set_title("Everybody")

    return str(_svg("dots", "Dots.", draw, (4.0, 3.0)))


def lines(number: int) -> str:
    return str(_svg("lines", "Lines.", lambda ax: ax.plot(np.arange(number) % 7), (4.0, 3.0)))


@pytest.mark.parametrize("drawn", [dots, lines])
def test_many_marks_are_one_image_and_few_are_not(drawn) -> None:
    few, many = drawn(MOST_DRAWN), drawn(MOST_DRAWN + 1)
    assert "data:image/png" not in few
    assert many.count("data:image/png") == 1


def test_a_picture_of_ten_times_as_many_is_no_larger_and_its_words_stay_words() -> None:
    some, many = dots(MOST_DRAWN + 1), dots(10 * MOST_DRAWN)
    assert len(many) < 2 * len(some)
    assert ">Everybody</text>" in many
    assert many == dots(10 * MOST_DRAWN)
