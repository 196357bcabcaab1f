"""An item that sets nobody apart changes no score and no pair, whatever its block and kind."""

import pandas as pd
import pytest

import peernet as pn
from peernet.survey import Item
from tests.made.tiny import write_folder

ITEMS = (
    Item("id", "person"),
    Item("years", "experience", "numeric", low=0, high=40),
    Item("bold", "perspective", "ordinal", low=1, high=5),
    Item("field", "perspective", "nominal"),
    Item("aim", "goal", "nominal"),
    Item("knows", "tie", layer="works_with"),
    Item("trust", "tie", layer="trust"),
)
EVERYONE = [f"p{i}" for i in range(6)]
CONSTANT = [
    ("perspective", "nominal", "Harbour"),
    ("perspective", "ordinal", "3"),
    ("perspective", "binary", "no"),
    ("perspective", "asymmetric", "yes"),
    ("perspective", "multiple", "a; b"),
    ("perspective", "text", "We move ships."),
    ("experience", "numeric", "7"),
    ("goal", "nominal", "stay"),
    ("protected", "nominal", "x"),
]


def scores(path, *more: Item, cell: str = "") -> pn.scores.PairScores:
    """Six people who all trust each other; the last two answered nothing but a constant item, if there is one."""
    rows = ["id,years,bold,field,aim,knows,trust" + "".join(f",{item.name}" for item in more)]
    for i, person in enumerate(EVERYONE):
        others = "; ".join(other for other in EVERYONE if other != person)
        answers = f"{3 * i},{1 + i % 5},{'Law' if i % 2 else 'Art'},{'lead' if i < 2 else 'learn'},{others},{others}"
        rows.append(f"{person},{answers if i < 4 else ',,,,,'}" + "".join(f",{cell}" for _ in more))
    survey = pn.read_survey(write_folder(path, (*ITEMS, *more), survey="\n".join(rows) + "\n"))
    return pn.score_pairs(survey, pn.colleague_graph(survey))


@pytest.mark.parametrize(("block", "kind", "cell"), CONSTANT)
def test_a_constant_item_changes_no_pair(tmp_path, block, kind, cell):
    limits = {"low": 1, "high": 9} if kind in ("ordinal", "numeric") else {}
    without = scores(tmp_path / "without")
    having = scores(tmp_path / "having", Item("same", block, kind, **limits), cell=cell)
    pd.testing.assert_frame_equal(without.to_frame(), having.to_frame())
    one, other = pn.pair_people(without), pn.pair_people(having)
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.unpaired, other.unpaired)
