"""The picture of scenarios shows the numbers of the comparison."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

import peernet as pn


@pytest.fixture(scope="module")
def found():
    survey = pn.load_example()
    pairs = {"mine": [("p001", "p064"), ("p002", "p100")], "other": [("p003", "p200")]}
    return pn.compare_scenarios(survey, pn.colleague_graph(survey), pairs, draws=3, progress=False)


def test_a_dot_per_model_and_pairing_at_the_exposure_it_adds(found):
    ax = pn.plots.plot_opinions(found)
    dots = ax.collections[-1]
    np.testing.assert_allclose(dots.get_offsets()[:, 0], found.table["exposure"])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["mine", "other"] * 3
    good = found.table[["raises", "keeps", "together"]].all(axis=1)
    assert [to_hex(colour) != "#ffffff" for colour in dots.get_facecolor()] == good.tolist()


def test_bands_and_prices_stand_beside_the_dots(found):
    ax = pn.plots.plot_opinions(found)
    ends = np.array([line[:, 0] for line in ax.collections[0].get_segments()])
    np.testing.assert_allclose(ends, found.table[["exposure_low", "exposure_high"]])
    texts = [text.get_text() for text in ax.texts]
    assert [f"{share:.1%}" for share in found.table["diversity"]] == texts[4:10]
    assert "under repulsion" in texts


def test_a_given_axes_is_drawn_on(found):
    ax = pn.plots.plot_opinions(found)
    assert pn.plots.plot_opinions(found, ax=ax, s=9) is ax
    assert ax.collections[-1].get_sizes().tolist() == [9]
