"""What holds of every picture: its settings, its axes and its colours."""

from __future__ import annotations

import subprocess
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes

import peernet as pn
from peernet.plots import style
from peernet.plots.colleagues import plot_colleagues
from peernet.plots.comparison import plot_comparison, plot_gate_prices
from peernet.plots.diversity import plot_exposure
from tests.made.studies import aarhus, nobody_paired


def draw_everything(study) -> list[Axes]:
    return [
        plot_colleagues(study.graph, study.pairing),
        *pn.plots.plot_views(study.clusters, study.survey, pairing=study.pairing),
        plot_comparison(study.comparison),
        plot_gate_prices(study.prices),
        plot_exposure(study.exposure),
    ]


def test_every_picture_can_be_drawn_where_nobody_is_paired() -> None:
    for ax in draw_everything(nobody_paired()):
        ax.figure.canvas.draw()


def test_pictures_change_no_setting_of_matplotlib() -> None:
    before = dict(mpl.rcParams)
    draw_everything(aarhus())
    assert dict(mpl.rcParams) == before


def test_a_given_axes_is_used_and_no_other_figure_is_made(ax: Axes) -> None:
    from matplotlib import pyplot as plt

    plot_colleagues(aarhus().graph, ax=ax)
    assert plt.get_fignums() == []


def test_colours_can_be_told_apart_and_repeat_only_with_another_shape() -> None:
    looks = [style.group_style(number) for number in range(60)]
    assert len(set(looks)) == 60
    assert len({colour for colour, _ in looks[:8]}) == 8


def test_importing_the_pictures_chooses_no_backend() -> None:
    code = "import peernet.plots, matplotlib as m; print(type(m.rcParams._get('backend')).__name__)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert done.stdout.strip() == "object"  # matplotlib's mark for "not chosen yet"


def names_in_margin(*names):
    _, ax = plt.subplots()
    style.name_rows(ax, np.arange(len(names)), names)
    return [label.get_text() for label in ax.get_yticklabels()]


def test_a_statement_under_a_question_is_told_without_the_question():
    assert names_in_margin("How far do you agree? [I plan.]", "tools[2]", "[odd]") == ["I plan.", "tools[2]", "[odd]"]


def test_a_name_too_long_for_the_margin_keeps_its_beginning():
    fits, long, word = "x" * style.ROOM, "I would rather try something new than polish what we have.", "y" * 80
    assert names_in_margin(fits, long) == [fits, "I would rather try something new than polish wh …"]
    assert max(map(len, names_in_margin(long, word))) <= style.ROOM + 1


def test_colours_are_seaborns_for_the_colour_blind_without_its_grey() -> None:
    """They are written out, so that drawing a network need not load seaborn."""
    seaborns = sns.color_palette("colorblind", 10).as_hex()
    assert [*style.PALETTE] == [colour for place, colour in enumerate(seaborns) if place != 7]
