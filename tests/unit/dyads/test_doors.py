"""What holds at the door of whatever takes pairs."""

import pandas as pd
import pytest

from peernet.dyads import Dyads, fit_apim
from peernet.errors import PeernetWarning


def test_a_warning_points_at_the_line_that_asked():
    table = pd.DataFrame(
        {"a": [*"abcdef"], "b": [*"ghijkl"], "x_a": [1.0, 2, 3, 4, 5, -999], "x_b": [2.0, 4, 3, 5, 1, 2]}
    )
    table = table.assign(y_a=[3.0, 4, 6, 5, 8, 9], y_b=[4.0, 9, 1, 6, 5, 7])
    for ask in (lambda: Dyads(table).complete("x"), lambda: fit_apim(table, "y", ["x"])):
        with pytest.warns(PeernetWarning, match="x_a holds -999 once") as told:
            ask()
        assert {warning.filename for warning in told} == {__file__}


def test_complete_pairs_can_still_be_made_anew_for_others():
    table = pd.DataFrame({"a": ["ann", "bo"], "b": ["cy", "di"], "x_a": [1.0, None], "x_b": [2.0, 4]})
    dyads = Dyads(table, remake=lambda pairs: pd.DataFrame(list(pairs), columns=["a", "b"]))
    assert dyads.complete("x").remake is dyads.remake
