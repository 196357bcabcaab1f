"""The study's tables and record as text."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO

import numpy as np
import pandas as pd
import pytest

from peernet.report import files
from peernet.report.files import pairs_csv, people_csv, run_json
from tests.made.studies import aarhus, harbour, nobody_paired, ruled


def read(text: str) -> pd.DataFrame:
    return pd.read_csv(StringIO(text), dtype={"person": str, "a": str, "b": str})


def test_pairs_come_with_both_names_and_the_introducers() -> None:
    study, table = harbour(), read(pairs_csv(harbour()))
    names = study.survey.people["name"]
    assert [*table.columns[:5]] == ["pair", "a", "a_name", "b", "b_name"]
    assert table["a_name"].tolist() == [names[person] for person in study.pairing.table["a"]]
    introduced = study.pairing.table["introducer"].dropna()
    assert table.loc[introduced.index, "introducer_name"].tolist() == [names[person] for person in introduced]


def test_a_pair_is_told_no_more_in_the_table_than_in_words() -> None:
    study, table = harbour(), read(pairs_csv(harbour()))
    asked = ["pair", "a", "a_name", "b", "b_name", "introducer", "introducer_name", "experience", "goals"]
    assert [*table] == [*asked, "perspective", "contacts", "gain_a", "gain_b", "proposed_again", "notice"]
    for _, row in table.head(12).iterrows():
        told = study.pairing.why(row["a"], row["b"]).table.drop_duplicates("block").set_index("block")["number"]
        blocks = {"gain_a": row["a"], "gain_b": row["b"]}
        for column in ("experience", "goals", "perspective", "contacts", "gain_a", "gain_b"):
            assert row[column] == pytest.approx(told.get(blocks.get(column, column), np.nan), nan_ok=True)


def test_distances_are_bands_and_gains_have_one_digit() -> None:
    table = read(pairs_csv(harbour()))
    bands = table[["experience", "goals", "perspective"]].melt()["value"].dropna()
    assert set(bands) <= {0.5, 0.7, 0.85, 1.0, 1.15, 1.3}
    gains = table[["gain_a", "gain_b"]].melt()["value"].dropna()
    assert all(gain == float(f"{gain:.0e}") for gain in gains)
    assert 0 < gains.min() < 0.1


def test_nobody_is_told_why_they_have_no_partner_but_for_what_they_said_themselves() -> None:
    table = read(people_csv(harbour()))
    assert {*table["reason_without_partner"].dropna()} == {"did not answer", "opted out", "no partner found"}
    assert table["detail_without_partner"].dropna().astype("str").str.startswith("too few answers about ").all()


def test_everybody_is_in_the_table_of_people_with_a_partner_or_a_reason() -> None:
    study, table = harbour(), read(people_csv(harbour()))
    assert table["person"].tolist() == list(study.survey.people.index)
    assert (table["partners"].notna() ^ table["reason_without_partner"].notna()).all()


def test_somebody_with_two_partners_has_both() -> None:
    study = aarhus()
    first = study.pairing.table.iloc[0]
    other = next(p for p in study.survey.people.index if p not in (first["a"], first["b"]))
    twice = pd.concat([study.pairing.table, study.pairing.table.iloc[[0]].assign(b=other)], ignore_index=True)
    table = read(people_csv(replace(study, pairing=replace(study.pairing, table=twice)))).set_index("person")
    assert table.loc[first["a"], "partners"] == "; ".join(sorted([first["b"], other]))


def test_reach_is_told_to_one_digit_and_not_of_those_who_hear_hardly_anyone() -> None:
    study, table = harbour(), read(people_csv(harbour()))
    heard = np.array([len(heard) for heard in study.scores.reach.heard])
    assert table.loc[heard < 3, "in_reach"].isna().all()
    exact = study.exposure.table["before"].to_numpy()[heard >= 3]
    np.testing.assert_allclose(table.loc[heard >= 3, "in_reach"], exact, atol=0.05 + 1e-9)
    assert (table["in_reach"].dropna() == table["in_reach"].dropna().round(1)).all()
    assert not {"before", "after", "gain"} & {*table}, "what one gains would follow from the two"


def test_no_cell_is_a_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    study = aarhus()
    people = study.survey.people.assign(name='=HYPERLINK("x")', team="@team")
    hostile = replace(study, survey=replace(study.survey, people=people))
    for text in (pairs_csv(hostile), people_csv(hostile)):
        assert "'=HYPERLINK" in text
        assert ",=" not in text
        assert ",@" not in text
        assert ',"=' not in text


def test_the_record_holds_what_is_needed_to_repeat_the_run() -> None:
    study, record = harbour(), json.loads(run_json(harbour()))
    assert record["inputs"] == study.inputs
    assert (record["programme"]["seed"], record["programme"]["draws"]) == (0, 40)
    assert record["settings"]["foundation"] == ["mutual", "introduced"]
    assert record["settings"]["scale"] == pytest.approx(study.scores.settings["scale"], abs=1e-6)
    assert set(record["versions"]) >= {"peernet", "python", "numpy", "pandas", "scipy", "numba"}


def test_the_record_holds_the_result_and_its_proof() -> None:
    study, record = harbour(), json.loads(run_json(harbour()))
    assert record["result"]["pairs"] == len(study.pairing)
    assert record["result"]["objective"] == pytest.approx(study.pairing.objective, abs=1e-6)
    assert (record["result"]["proven"], record["result"]["gap"]) == (True, 0.0)
    assert record["comparison"]["peernet"]["gain"] == record["result"]["objective"]


def test_the_record_holds_the_rules_as_plain_entries() -> None:
    record = json.loads(run_json(ruled()))
    assert record["programme"]["rules"][0] == {"rule": "forbidden", "a": "U41", "b": "U47"}
    assert record["programme"]["rules"][3] == {"rule": "not within", "column": "role", "price": 0.05}
    assert [entry["rule"] for entry in record["programme"]["rules"]] == [rule.rule for rule in ruled().rules]
    assert "rules" not in record["settings"]
    assert [*record["inputs"]][-1] == "autumn.csv"
    assert json.loads(run_json(aarhus()))["programme"]["rules"] == []


def test_unknown_numbers_are_null_and_the_record_is_plain_json() -> None:
    record = json.loads(run_json(nobody_paired()), parse_constant=lambda name: pytest.fail(name))
    assert record["comparison"]["peernet"]["worst_off"] is None


def test_neither_time_nor_place_is_in_any_file() -> None:
    study = aarhus()
    everything = pairs_csv(study) + people_csv(study) + run_json(study)
    assert "/" not in everything.replace("G2/G3", "")
    assert "date" not in everything
    assert 'time":' not in everything.replace('time_limit":', "")


def test_a_package_that_is_not_installed_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PACKAGES", ("no such package",))
    assert files.versions()["no such package"] == "unknown"


def test_how_often_each_pair_recurs_is_recorded_where_it_was_drawn() -> None:
    table, record = read(pairs_csv(harbour())), json.loads(run_json(harbour()))
    assert table["proposed_again"].mean() == pytest.approx(record["stability"]["recur"], abs=1e-6)
    without = replace(harbour(), stability=None)
    assert "proposed_again" not in read(pairs_csv(without))
    assert json.loads(run_json(without))["stability"] == {}


def test_both_tables_say_in_every_row_for_whom_they_are_and_are_read_as_any_other() -> None:
    for text, notice in {pairs_csv(harbour()): files.PAIRS_NOTICE, people_csv(harbour()): files.NOTICE}.items():
        table = read(text)
        assert [*table][-1] == "notice"
        assert table["notice"].unique().tolist() == [notice]
    assert "1 is as far apart as two people usually are" in files.PAIRS_NOTICE
    assert pairs_csv(nobody_paired()).splitlines()[0].endswith(",notice")
