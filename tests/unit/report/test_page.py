"""The report as a page: whole, safe, in order and without secrets."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from peernet._files import sha256_of
from peernet._parallel import SecondProcess
from peernet.report.page import RECORD, report_page, write_report
from tests.made.outline import Outline
from tests.made.studies import aarhus, alone, harbour, nobody_paired, page_of, ruled, with_groups

STUDIES = [harbour, aarhus, nobody_paired, alone]


@pytest.fixture(scope="module", params=STUDIES, ids=lambda study: study.__name__)
def outline(request: pytest.FixtureRequest) -> Outline:
    return Outline(page_of(request.param))


def test_every_element_is_closed(outline: Outline) -> None:
    assert outline.open == []


@pytest.mark.parametrize(("study", "told"), [(harbour, True), (nobody_paired, False)])
def test_pairs_are_never_called_best_without_saying_that_answers_are_taken_for_certain(study, told: bool) -> None:
    assert ("The proof takes the answers for certain." in Outline(page_of(study)).text) == told


def test_identifiers_are_unique_and_every_reference_is_met(outline: Outline) -> None:
    identifiers = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    references = [
        value.removeprefix("#")
        for _, attributes in outline.elements
        for name in ("href", "xlink:href")
        if (value := attributes.get(name)) is not None
    ]
    assert set(references) <= set(identifiers)


def test_nothing_is_fetched_and_nothing_runs(outline: Outline) -> None:
    assert not {"script", "link", "iframe", "object", "embed", "img"} & {tag for tag, _ in outline.elements}
    for _, attributes in outline.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "src"]
        assert (attributes.get("href") or "#").startswith("#")
    style = page_of(aarhus).split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def test_every_picture_has_a_text(outline: Outline) -> None:
    pictures = outline.all("svg")
    assert pictures
    assert all(picture["role"] == "img" and len(picture["aria-label"] or "") > 20 for picture in pictures)


def test_headings_are_in_order(outline: Outline) -> None:
    levels = [int(heading[1]) for heading in outline.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_language_viewport_and_title_are_given(outline: Outline) -> None:
    assert outline.all("html")[0]["lang"] == "en"
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in outline.all("meta")


def test_every_table_has_a_caption_and_can_be_reached_by_keyboard(outline: Outline) -> None:
    assert len(outline.all("caption")) == len(outline.all("table"))
    boxes = [box for box in outline.all("div") if (box.get("class") or "").startswith("scroll")]
    pictures = [box for box in boxes if "roomy" in str(box["class"])]
    assert len(boxes) == len(outline.all("table")) + len(pictures)
    assert len(pictures) <= 1, "the colleagues or their teams"
    assert all(box["tabindex"] == "0" and box["aria-label"] for box in boxes)


def test_the_parts_come_in_the_order_of_the_questions() -> None:
    page = page_of(harbour)
    asked = ["kinds", "who", "why", "sure", "gates", "chance", "views", "reach", "teams", "unpaired", "cannot"]
    assert re.findall(r'<h2 id="(\w+)"', page) == [*asked, "data", "record"]
    assert 'id="teams"' not in page_of(aarhus), "nobody's manager is known"


def test_the_answer_comes_first_then_the_picture() -> None:
    page = page_of(harbour)
    assert page.index(f"in {len(harbour().pairing)} pairs") < page.index("<svg") < page.index("<nav")


def test_pairs_are_listed_with_both_names() -> None:
    names, text = harbour().survey.people["name"], Outline(page_of(harbour)).text
    assert all(names[person] in text for pair in harbour().pairing.pairs for person in pair)


def test_nobody_paired_is_said_plainly() -> None:
    assert "no two can be paired within the rules" in Outline(page_of(nobody_paired)).text


def test_settings_versions_and_hashes_are_there() -> None:
    page = page_of(aarhus)
    assert all(digest in page for digest in aarhus().inputs.values())
    assert "numpy" in page


def test_who_refused_whom_is_nowhere() -> None:
    for study in STUDIES:
        assert "refused" not in Outline(page_of(study)).text


def test_only_proposed_pairs_have_a_foundation() -> None:
    page = page_of(harbour)
    who, why = (page.split(f'id="{part}"')[1].split("</section>")[0] for part in ("who", "why"))
    assert page.count("introduction by") == who.count("introduction by") + why.count("introduction by")
    assert who.count("introduction by") == (harbour().pairing.table["foundation"] == "introduced").sum()


def test_no_count_of_a_group_under_five_is_shown() -> None:
    study = with_groups(aarhus(), [1] * 40 + [2] * 3, [1] * 30 + [2] * 13)
    section = report_page(study).split('id="views"')[1].split("</section>")[0]
    cells = re.findall(r'<td class="number">([^<]*)</td>', section)
    assert "hidden" in cells
    assert all(cell == "hidden" or int(cell) >= 5 for cell in cells)


def test_protected_answers_are_nowhere() -> None:
    secrets = set(harbour().survey.answers("protected")["gender"].dropna().astype("str"))
    text = Outline(page_of(harbour)).text
    assert not [secret for secret in secrets if re.search(rf"\b{re.escape(secret)}\b", text)]


def test_a_pairing_that_is_not_proven_is_not_called_proven() -> None:
    pairing = replace(aarhus().pairing, proven=False, bound=aarhus().pairing.objective * 1.25)
    text = Outline(report_page(replace(aarhus(), pairing=pairing))).text
    assert "proven" not in text
    assert "at most 20% short of the best" in text


def test_the_same_study_gives_the_same_page() -> None:
    assert report_page(nobody_paired()) == page_of(nobody_paired)


def test_drawing_leaves_no_figure_open() -> None:
    from matplotlib import pyplot as plt

    report_page(nobody_paired())
    assert plt.get_fignums() == []


def test_what_is_for_whom_is_written_apart_and_the_report_is_returned(tmp_path: Path) -> None:
    page = write_report(aarhus(), tmp_path / "out")
    assert page == tmp_path / "out" / "analyst" / "report.html"
    assert sorted(path.name for path in page.parent.iterdir()) == [
        "everybody.toml",
        "pairs.csv",
        "people.csv",
        "report.html",
        "run.json",
    ]
    assert [path.name for path in (tmp_path / "out" / "sponsor").iterdir()] == ["one_page.html"]
    told = (tmp_path / "out" / "READ ME FIRST.txt").read_text(encoding="utf-8")
    assert all(f"{place}/  for the " in told for place in ("analyst", "sponsor", "briefs"))
    assert "1 is as far apart as two people usually are" in told


def test_the_record_tells_what_was_written(tmp_path: Path) -> None:
    folder = write_report(aarhus(), tmp_path / "out").parents[1]
    written = json.loads((folder / RECORD).read_text(encoding="utf-8"))["files"]
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert {*written} == {*there} - {RECORD}
    assert all(sha256_of(there[name]) == digest for name, digest in written.items())


def with_brief(folder: Path, name: str, text: str = "old", recorded: str = "old") -> Path:
    """A brief of an earlier run, as its record has it."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    record = folder / RECORD
    record.parent.mkdir(parents=True, exist_ok=True)
    told = json.loads(record.read_text()) if record.exists() else {"files": {}}
    told["files"][name] = hashlib.sha256(recorded.encode()).hexdigest()
    record.write_text(json.dumps(told))
    return folder / name


def test_briefs_of_pairs_no_longer_proposed_go_unless_somebody_changed_them(tmp_path: Path) -> None:
    old, changed = with_brief(tmp_path, "briefs/old.html"), with_brief(tmp_path, "briefs/mine.html", text="changed")
    elsewhere = with_brief(tmp_path, "mine/notes.html")
    write_report(aarhus(), tmp_path)
    assert (old.exists(), changed.exists(), elsewhere.exists()) == (False, True, True)


def test_no_record_leads_to_files_outside(tmp_path: Path) -> None:
    outside = with_brief(tmp_path / "out", "briefs/../../outside.html")
    assert outside.exists()
    write_report(aarhus(), tmp_path / "out")
    assert (tmp_path / "outside.html").exists()


@pytest.mark.parametrize("record", ["", "[]", "{}", '{"files": 3}', '{"files": ["briefs/x"]}'])
def test_a_record_that_tells_of_no_files_is_no_hindrance(tmp_path: Path, record: str) -> None:
    (tmp_path / RECORD).parent.mkdir()
    (tmp_path / RECORD).write_text(record)
    write_report(aarhus(), tmp_path)
    assert json.loads((tmp_path / RECORD).read_text())["study"] == "aarhus"


def test_nothing_is_written_when_the_page_cannot_be_made(tmp_path: Path) -> None:
    broken = replace(aarhus(), prices=aarhus().prices.drop(columns="price"))
    with pytest.raises(KeyError, match="price"):
        write_report(broken, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_study_is_not_changed_by_its_report() -> None:
    study = nobody_paired()
    tables = [study.pairing.table, study.survey.people, study.survey.issues, study.clusters.table, study.prices]
    before = [table.copy() for table in tables]
    report_page(study)
    assert all(table.equals(old) for table, old in zip(tables, before, strict=True))


def test_of_many_people_no_tangle_is_drawn_but_their_teams(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Network of" not in page_of(harbour)
    assert "Table of 24 teams by 24 teams" in page_of(harbour)
    assert "pairs join people of different teams" in Outline(page_of(harbour)).text
    monkeypatch.setattr("peernet.report.pairs.MOST_TEAMS", 23)
    page = report_page(harbour())
    assert "Network of" not in page
    assert "Table of 24" not in page
    assert "pairs join people of different teams" in Outline(page).text


def test_of_few_people_or_without_teams_everybody_is_drawn_by_name_if_names_can_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "Network of 61 colleagues" in page_of(aarhus)
    assert ">U126</text>" in page_of(aarhus)
    monkeypatch.setattr("peernet.report.figures.MOST_NAMED", 60)
    page = report_page(aarhus())
    assert "Network of 61 colleagues" in page, "there are no teams to draw instead"
    assert ">U126</text>" not in page
    monkeypatch.setattr("peernet.report.pairs.MOST_SEEN", 60)
    assert "Network of" not in report_page(aarhus())


def test_no_column_and_no_number_stands_for_a_question_or_a_group() -> None:
    text = Outline(page_of(harbour)).text.split("What was wrong with the data")[0]
    for row in harbour().way_on.changes["rule"]:  # to be typed as it stands
        text = text.replace(row, "")
    columns = [item.name for item in harbour().survey.codebook if "_" in item.name and item.block == "perspective"]
    assert columns
    assert not [column for column in columns if column in text]
    assert not re.search(r"(perspective|experience) group", text, re.IGNORECASE)
    assert not [person for person in harbour().survey.people.index if re.search(rf"\b{person}\b", text)]


def test_nobody_paired_leaves_no_part_empty() -> None:
    page = page_of(nobody_paired)
    assert 'id="why"' not in page
    assert 'href="#why"' not in page


def test_a_table_in_which_everything_is_hidden_is_left_out() -> None:
    assert len(ruled().pairing) < 5
    why = page_of(ruled).split('id="why"')[1].split("</section>")[0]
    assert "<table>" not in why
    assert "<table>" in page_of(harbour).split('id="why"')[1].split("</section>")[0]


def test_sections_written_in_a_second_process_are_the_same() -> None:
    with SecondProcess("peernet.report.page") as second:
        second.begin(os.getpid)()  # it has loaded
        page = report_page(aarhus())
    assert page == report_page(aarhus())
