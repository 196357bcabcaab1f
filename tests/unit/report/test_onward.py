"""The page and the terminal say who is left over, and what would give everybody a partner, by name and at its price."""

import shlex
from dataclasses import replace
from functools import cache
from pathlib import Path

import peernet as pn
from peernet.programme import read_settings
from peernet.programme.settings import as_typed
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
    lines = way_on_lines(small(), ["peernet", "run", "data/loners"], tmp_path)  # draws were not typed, so not told
    assert lines[-1].strip() == f"peernet run data/loners --settings {tmp_path / 'analyst' / 'everybody.toml'}"
    assert "(fewest possible)" in " ".join(lines)
    assert lines[1].strip() == small().way_on.curve.recommended.but(draws=200, repeats=30).command("data/loners")
    (tmp_path / "everybody.toml").write_text(everybody_toml(small()), encoding="utf-8")
    assert read_settings(tmp_path / "everybody.toml").rules == small().way_on.settings.rules


def test_the_lines_to_type_keep_what_was_typed_and_go_back_to_the_usual_where_a_sheet_did_not(tmp_path: Path):
    """A step is one away from the settings of the run, wherever they stood: sheet, rules or options."""
    way = small().way_on
    usual = small().settings
    sheet = replace(small(), settings=usual.but(objective="fair", repeats=2))
    typed = {"settings": "my sheet.toml", "rules": "r.csv", "accept": "mutual"}
    line = way_on_lines(sheet, ["peernet", "run", "a 'b'", "--encoding", "cp1252"], tmp_path, typed)[1]
    words = shlex.split(line)
    assert words[:5] == ["peernet", "run", "a 'b'", "--encoding", "cp1252"]
    options = dict(zip(words[5::2], words[6::2], strict=True))
    assert (options["--settings"], options["--rules"], options["--objective"]) == ("my sheet.toml", "r.csv", "total")
    recommended = as_typed(way.curve.recommended.accept)
    assert options["--accept"] == (recommended if recommended != "mutual,introduced" else "mutual")


def test_nothing_is_said_where_nobody_was_looked_at():
    study = replace(small(), way_on=None)
    assert way_on_lines(study, ["peernet", "run", "x"], Path("y")) == []
    assert way_on_part(study) == few_paired_note(study) == ""
    assert everybody_toml(study) == everybody_toml(replace(study, settings=study.settings))
