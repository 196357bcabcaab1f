"""The verdict says who wins on questions they were not chosen by, or that it cannot tell."""

import numpy as np
import pandas as pd

from peernet.compare.comparison import verdict_of, winners


def table(**rows):
    columns = ["held_out", "held_low", "held_high", "p_adjusted"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


WON, LOST, CHANCE = (0.16, 0.08, 0.24, 0.006), (-0.3, -0.4, -0.2, 1.0), (-0.27, -0.4, -0.1, np.nan)


def test_peernets_pairs_that_win():
    found = verdict_of(table(peernet=WON, similar=LOST, **{"random within gates": CHANCE}))
    assert found == (
        "peernet's pairs bring more than chance also on questions they were not chosen by (16% more than partners by "
        "lot, 95 % band +8% to +24%). Pairs by lot within the gates bring 27% less."
    )


def test_others_that_win_too():
    found = verdict_of(table(peernet=WON, other=(0.1, 0.02, 0.2, 0.01)))
    assert found.endswith("Ways of pairing that do, too: other (10% more than partners by lot, 95 % band +2% to +20%).")


def test_others_that_win_alone():
    found = verdict_of(table(peernet=LOST, other=WON))
    assert found.startswith("Cannot tell whether peernet's pairs bring more than chance on questions they were not")
    assert "Ways of pairing that do: other (16% more" in found


def test_without_peernet_and_without_winners():
    assert verdict_of(table(mine=LOST)) == (
        "Cannot tell: no way of pairing brings more than chance on questions it was not chosen by."
    )


def test_nothing_held_out():
    nothing = table(peernet=(np.nan,) * 4)
    assert verdict_of(nothing) == "Cannot tell: no way of pairing was held to questions it was not chosen by."


def test_a_winner_needs_both_the_deals_and_the_band():
    unsure = table(deals_alone=(0.1, -0.01, 0.2, 0.01), band_alone=(0.1, 0.01, 0.2, 0.2), both=(0.1, 0.01, 0.2, 0.05))
    assert winners(unsure) == ["both"]
