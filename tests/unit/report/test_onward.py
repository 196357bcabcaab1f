"""The page and the terminal say who is left over, and what would give everybody a partner, by name and at its price."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import peernet as pn
from peernet.programme import read_settings
from peernet.report.files import everybody_toml
from peernet.report.onward import (
    changes_table,
    curve_table,
    few_paired_note,
    people_table,
    trade_off_in_words,
    way_on_lines,
    way_on_part,
)
from tests.made import firms
from tests.made.studies import harbour


@cache
def small():
    return pn.run_study(firms.read("loners"), name="loners", draws=5, repeats=0)


def test_a_small_pool_is_told_so_at_the_top_with_the_step_that_is_recommended():
    note = few_paired_note(small())
    assert "The pool is small for its gates." in note
    assert small().way_on.curve.words.split(".")[0] in note
    assert few_paired_note(harbour()) == ""


def test_the_part_names_people_and_marks_one_step():
    part = way_on_part(small())
    names = small().survey.people["name"]
    changes = changes_table(small().way_on)
    assert changes["Who"].map(lambda who: all(name in {*names} for name in who.split(" and "))).all()
    assert part.count("(recommended)") == curve_table(small().way_on)["Step"].str.contains("recommended").sum() == 1
    assert len(people_table(small().way_on)) == len(small().pairing.unpaired)


def test_the_knee_stands_beside_the_pairs_as_set_with_numbers():
    (words,) = trade_off_in_words(harbour().way_on)
    knee = harbour().way_on.trade_off
    assert knee.loc["as set", "pairs"] == len(harbour().pairing)
    assert f"{int(knee.loc['knee', 'pairs'])} pairs worth" in words


def test_the_terminal_ends_with_the_changes_and_the_line_that_makes_them_so(tmp_path: Path):
    lines = way_on_lines(small(), Path("data/loners"), tmp_path)
    assert f"peernet run data/loners --settings {tmp_path / 'everybody.toml'}" in lines[-1]
    assert "(fewest possible)" in " ".join(lines)
    assert lines[1].strip() == small().way_on.curve.recommended.command("data/loners")
    (tmp_path / "everybody.toml").write_text(everybody_toml(small()), encoding="utf-8")
    assert read_settings(tmp_path / "everybody.toml").rules == small().way_on.settings.rules


def test_nothing_is_said_where_nobody_was_looked_at():
    study = replace(small(), way_on=None)
    assert way_on_lines(study, Path("x"), Path("y")) == []
    assert way_on_part(study) == few_paired_note(study) == ""
    assert everybody_toml(study) == everybody_toml(replace(study, settings=study.settings))
