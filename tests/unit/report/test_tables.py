"""The report's tables, ready to read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from peernet.report import context, pairs, record
from peernet.report.html import Html
from tests.made.studies import aarhus, harbour, nobody_paired, with_groups


def test_pairs_that_bring_most_come_first_with_names_and_teams() -> None:
    study = harbour()
    best = study.pairing.table.sort_values("value", ascending=False).iloc[0]
    people, first = study.survey.people, pairs.pairs_table(study).iloc[0]
    assert isinstance(first["One"], Html)
    assert first["One"] == f'{people.loc[best["a"], "name"]}<span class="aside">{people.loc[best["a"], "team"]}</span>'
    assert first["One gains"] == f"{best['gain_a']:.2f}"


def test_introducers_are_named() -> None:
    study = harbour()
    names = study.survey.people["name"]
    introduced = study.pairing.table["introducer"].dropna()
    rests = set(pairs.pairs_table(study)["Rests on"])
    assert rests >= {f"introduction by {names[person]}" for person in introduced}


def test_columns_of_what_was_not_asked_are_left_out() -> None:
    assert not {"Goals apart", "Topics to teach"} & {*pairs.pairs_table(aarhus())}
    assert {"Goals apart", "Topics to teach"} <= {*pairs.pairs_table(harbour())}


def test_ways_of_pairing_are_in_order_of_gain() -> None:
    table = context.ways_table(harbour())
    gains = table["Total gain"].astype(float)
    assert gains.is_monotonic_decreasing
    assert table["Way of pairing"].iloc[0] == "attainable, gates open"


def test_a_way_without_pairs_has_no_gain_a_pair() -> None:
    assert "–" in set(context.ways_table(nobody_paired())["Gain a pair"])


def test_gates_and_scales_keep_their_order() -> None:
    assert context.gate_prices_table(harbour())["Gates"].tolist() == list(harbour().prices.index)
    assert pairs.scales_table(harbour())["Scale"].tolist() == ["0.5 times", "0.75 times", "1.5 times", "2 times"]


def test_crossed_groups_hide_small_counts() -> None:
    study = with_groups(harbour(), [1] * 40 + [2] * 40, [1] * 37 + [2] * 43)
    table = context.groups_table(study)
    assert table is not None
    assert [*table] == ["Experience group", "Perspective 1", "Perspective 2", "total"]
    assert table.to_numpy().tolist() == [
        ["1", "hidden", "hidden", "40"],
        ["2", "hidden", "hidden", "40"],
        ["total", "37", "43", "80"],
    ]


def test_one_view_with_groups_shows_their_sizes() -> None:
    table = context.groups_table(with_groups(harbour(), [], [1] * 20 + [2] * 10))
    assert table is not None
    assert table.to_numpy().tolist() == [["1", "20"], ["2", "10"], ["total", "30"]]


def test_no_groups_no_table() -> None:
    assert context.groups_table(aarhus()) is None


def test_everyone_without_a_partner_has_a_reason() -> None:
    study = harbour()
    assert len(pairs.unpaired_table(study)) == len(study.pairing.unpaired)
    assert pairs.unpaired_reasons_table(study)["People"].sum() == len(study.pairing.unpaired)


def test_reasons_are_grouped_without_their_particulars() -> None:
    reasons = ["did not answer", "no possible partner", "no possible partner"]
    details = ["", "nobody passes every gate (experience: 3)", "nobody passes every gate (rules: 1)"]
    unpaired = pd.DataFrame({"person": ["p001", "p002", "p003"], "reason": reasons, "detail": details})
    study = replace(harbour(), pairing=replace(harbour().pairing, unpaired=unpaired))
    assert pairs.unpaired_reasons_table(study).to_numpy().tolist() == [
        ["no possible partner", 2],
        ["did not answer", 1],
    ]


def test_problems_are_grouped_by_what_was_done_the_gravest_first() -> None:
    table = record.issue_kinds_table(harbour())
    issues = harbour().survey.issues
    assert table["Times"].sum() == len(issues) == len(record.issues_table(harbour()))
    order = {"error": 0, "warning": 1, "note": 2}
    assert np.all(np.diff([order[severity] for severity in table["How grave"]]) >= 0)


def test_names_read_alike_are_one_kind() -> None:
    kinds = record.issue_kinds_table(harbour())["What was done"]
    assert kinds.str.startswith("name read by its").any()
    assert not kinds.str.startswith("read as").any()


def test_careless_people_are_listed_with_what_was_seen() -> None:
    study = harbour()
    table = record.careless_table(study)
    assert len(table) == study.careless["flag"].sum() > 0
    assert set(table["In a proposed pair"]) <= {"yes", "no"}
