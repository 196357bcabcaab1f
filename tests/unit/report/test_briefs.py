"""Briefs as files: escaped, alike each time, calendars by the book."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

import peernet as pn
from peernet.report.briefs import brief_files
from tests.made.outline import Outline
from tests.made.studies import harbour, nobody_paired

FIRST = date(2027, 1, 18)


def briefs(**settings) -> pn.programme.Briefs:
    return pn.briefs(harbour().pairing, harbour().survey, **settings)


def test_every_pair_every_introducer_and_every_manager_has_a_page(tmp_path: Path) -> None:
    told = briefs(first=FIRST)
    index = pn.report.write_briefs(told, tmp_path / "briefs", calendar=True)
    names = {path.name for path in index.parent.iterdir()}
    assert sum(name.startswith("brief_") for name in names) == len(told)
    assert sum(name.startswith("pair_") for name in names) == len(told)
    assert sum(name.startswith("introducer_") for name in names) == len(told.notes)
    assert sum(name.startswith("team_") for name in names) == len(told.teams)
    links = set(re.findall(r'href="([^"]+)"', index.read_text(encoding="utf-8")))
    assert links == {name for name in names if name.endswith(".html")} - {"index.html"}
    listed = index.read_text(encoding="utf-8")
    assert re.findall(r"<th[^>]*></th>", listed) == [], "every page says whose it is"
    assert listed.count(f">{told.wording['index.introducer']}</th>") == 1, "no column without a cell"


def test_the_same_briefs_give_the_same_bytes() -> None:
    assert brief_files(briefs(first=FIRST), calendar=True) == brief_files(briefs(first=FIRST), calendar=True)


def test_briefs_of_an_earlier_round_are_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "brief_999.html").write_text("old")
    (tmp_path / "mine.html").write_text("mine")
    pn.report.write_briefs(briefs(), tmp_path)
    assert not (tmp_path / "brief_999.html").exists()
    assert (tmp_path / "mine.html").read_text() == "mine"


def test_where_nobody_is_paired_there_is_no_brief() -> None:
    study = nobody_paired()
    files = brief_files(pn.briefs(study.pairing, study.survey))
    assert not any(name.startswith("brief_") for name in files)
    assert "managers.html" in files


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "=1+1", "{0} %s </style>", "a;b,c\\d\r\nEND:VEVENT"])
def test_whatever_people_are_called_stays_text(hostile: str) -> None:
    people = harbour().survey.people.assign(name=hostile)
    people["team"] = hostile + people["team"]
    told = pn.briefs(harbour().pairing, replace(harbour().survey, people=people), first=FIRST)
    files = brief_files(told, calendar=True)
    for name in ("brief_001.html", "introducer_001.html", "team_001.html", "index.html"):
        assert "<script" not in files[name]
        assert files[name].count("<style>") == files[name].count("</style>") == 1
    rows = list(csv.DictReader(StringIO(files["mail_merge.csv"])))
    assert not any(cell.startswith("=") for row in rows for cell in row.values())
    assert files["pair_001.ics"].count("\r\nEND:VEVENT") == 2


def test_pages_need_no_script_and_no_network() -> None:
    for name, text in brief_files(briefs()).items():
        if name.endswith(".html"):
            assert "default-src &#x27;none&#x27;" in text
            assert not re.search(r"<script|https?://|<img|<link", text)


@pytest.mark.parametrize("language", ["de", "en", "es", "fr", "it"])
def test_a_page_says_in_which_language_it_is(language: str) -> None:
    text = brief_files(briefs(language=language, first=FIRST))["brief_001.html"]
    assert f'<html lang="{language}">' in text
    assert "2027" in text
    assert not re.search(r"[{}]\w*[{}]", text.partition("</style>")[2])
    assert Outline(text).headings == ["h1"] + 7 * ["h2"]


def test_the_mail_merge_has_a_row_per_person_and_letter() -> None:
    told = briefs()
    rows = list(csv.DictReader(StringIO(brief_files(told)["mail_merge.csv"])))
    partners = [row for row in rows if row["role"] == "partner"]
    assert [row["person"] for row in partners] == told.table["person"].tolist()
    assert len(rows) - len(partners) == len(told.notes)
    first = partners[0]
    assert (first["partner_name"], first["page"], first["address"]) == (told.all[0].names[1], "brief_001.html", "")
    assert told.all[0].meeting in first["text"]


def test_an_identifier_that_is_an_address_is_given_as_one() -> None:
    told = briefs()
    brief = replace(told.all[0], people=("ann@firm.org", "not one@firm"))
    rows = list(csv.DictReader(StringIO(brief_files(replace(told, all=(brief,), notes=()))["mail_merge.csv"])))
    assert [row["address"] for row in rows] == ["ann@firm.org", ""]


def test_a_calendar_keeps_the_standard() -> None:
    told = briefs(first=FIRST, language="fr")
    long = replace(told.all[0], names=("Ó" * 90, "漢字" * 40))
    text = brief_files(replace(told, all=(long,)), calendar=True)["pair_001.ics"]
    lines = text.split("\r\n")
    assert lines[-1] == ""
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in lines)
    unfolded = text.replace("\r\n ", "").split("\r\n")
    assert unfolded[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert "DTSTART:20270118T100000" in unfolded
    assert "DTSTART:20270419T100000" in unfolded
    assert any(line.startswith("SUMMARY:") and "漢字" * 40 in line for line in unfolded)
    known = [line for line in unfolded if line.startswith("UID:")]
    assert len({*known}) == 2
    moved = brief_files(replace(told, first=date(2027, 1, 25)), calendar=True)["pair_001.ics"]
    assert all(line in moved for line in known), "a meeting that is moved is the same meeting"


def test_a_calendar_needs_a_day() -> None:
    with pytest.raises(pn.PeernetError, match="day of the first conversation"):
        brief_files(briefs(), calendar=True)
