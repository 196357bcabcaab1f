"""The report in a real browser: on a laptop, on a phone, by keyboard, read aloud and on paper."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from peernet.report.sponsor import sponsor_page
from tests.browser.chromium import CHROMIUM, Page
from tests.made.studies import aarhus, harbour, nobody_paired, page_of, ruled

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium installed, so nothing to look at the report with")

STUDIES = {study.__name__: study for study in (harbour, aarhus, ruled, nobody_paired)}
LAPTOP, PHONE, PAPER = (1366, 768), (390, 844), (688, 1000)  # paper: A4 within its margins, 96 dots to the inch
FOCUSABLE = "a[href], summary, [tabindex='0']"

BOXES = """[...document.querySelectorAll('h1, .answer p, .hero svg')].map(part => {
  const box = part.getBoundingClientRect();
  return [part.tagName, box.left, box.top, box.right, box.bottom];
})"""
SMALLEST_IN_PICTURES = """Math.min(...[...document.querySelectorAll('figure svg text')].map(text => {
  const turned = text.getScreenCTM();
  return parseFloat(getComputedStyle(text).fontSize) * Math.hypot(turned.a, turned.b);
}))"""
SMALLEST_IN_TEXT = """Math.min(...[...document.querySelectorAll('main p, main td, main th, main li')]
  .map(text => parseFloat(getComputedStyle(text).fontSize)))"""
CUT_OFF = """[...document.querySelectorAll('main *')].filter(part =>
  !part.closest('.scroll') && !part.closest('svg') && part.getBoundingClientRect().right > innerWidth + 1
).map(part => part.outerHTML.slice(0, 80))"""
SILENT_PICTURES = """[...document.querySelectorAll('svg, img, canvas')].filter(picture =>
  !(picture.getAttribute('role') === 'img' && (picture.getAttribute('aria-label') || '').length > 40)
).map(picture => picture.outerHTML.slice(0, 80))"""
HIDDEN = """[...document.querySelectorAll('main section, main td, main th, main li, main dd')].filter(part =>
  !part.closest('nav') && !part.checkVisibility({contentVisibilityAuto: true})
).map(part => part.outerHTML.slice(0, 80))"""
FOCUSED = """(() => {
  const now = document.activeElement, all = [...document.querySelectorAll(FOCUSABLE)];
  const visible = getComputedStyle(now).outlineStyle !== 'none' && now.getBoundingClientRect().left >= 0;
  return [all.indexOf(now), visible];
})()""".replace("FOCUSABLE", repr(FOCUSABLE))
NAMES_OF_LANDMARKS = """[...document.querySelectorAll('header, nav, main, footer')].map(part => part.tagName)"""


class Box(NamedTuple):
    name: str
    left: float
    top: float
    right: float
    bottom: float


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    for name, study in STUDIES.items():
        (folder / f"{name}.html").write_text(page_of(study), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in STUDIES}


def shown(chromium: Page, path: Path, size: tuple[int, int], media: str = "screen") -> Page:
    chromium.complaints.clear()
    chromium.call("Emulation.setEmulatedMedia", media=media)
    chromium.open(path, width=size[0], height=size[1])
    return chromium


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
@pytest.mark.parametrize("name", STUDIES)
def test_nothing_complains_and_nothing_sticks_out(chromium: Page, written, name: str, size: tuple[int, int]) -> None:
    page = shown(chromium, written[name], size)
    assert page.complaints == []
    assert page.run("document.documentElement.scrollWidth") == page.run("innerWidth") == size[0]
    assert page.run(CUT_OFF) == []
    assert page.run(SMALLEST_IN_PICTURES) >= 8
    assert page.run(SMALLEST_IN_TEXT) >= 12


def test_the_console_would_tell(chromium: Page, tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    broken.write_text(page_of(nobody_paired).replace("</body>", "<script>1</script></body>"), encoding="utf-8")
    assert "Content Security Policy" in " ".join(shown(chromium, broken, LAPTOP).complaints)


@pytest.mark.parametrize("name", ["harbour", "aarhus", "ruled"])
def test_a_laptops_first_screen_holds_title_answer_and_picture(chromium: Page, written, name: str) -> None:
    width, height = LAPTOP
    boxes = [Box(*box) for box in shown(chromium, written[name], LAPTOP).run(BOXES)]
    assert [box.name.lower() for box in boxes] == ["h1", "p", "p", "p", "p", "svg"]
    assert all(box.left >= 0 and box.top >= 0 and box.right <= width and box.bottom <= height for box in boxes)
    assert boxes[-1].right - boxes[-1].left > 450
    assert boxes[-1].left > boxes[1].right, "the picture stands beside the answer"


@pytest.mark.parametrize("name", ["harbour", "aarhus", "ruled"])
def test_a_phones_first_screen_holds_the_answer_and_the_picture(chromium: Page, written, name: str) -> None:
    width, height = PHONE
    boxes = [Box(*box) for box in shown(chromium, written[name], PHONE).run(BOXES)]
    assert all(box.left >= 0 and box.right <= width and box.bottom <= height for box in boxes)
    assert boxes[-1].top > boxes[-2].bottom, "the picture stands below the answer"


@pytest.mark.parametrize("name", STUDIES)
def test_every_picture_says_what_it_shows(chromium: Page, written, name: str) -> None:
    page = shown(chromium, written[name], LAPTOP)
    assert page.run("document.querySelectorAll('svg').length") > 0
    assert page.run(SILENT_PICTURES) == []


def test_landmarks_are_in_order(chromium: Page, written) -> None:
    assert shown(chromium, written["harbour"], LAPTOP).run(NAMES_OF_LANDMARKS) == ["HEADER", "MAIN", "NAV", "FOOTER"]


@pytest.mark.parametrize("name", ["harbour", "nobody_paired"])
def test_the_tab_key_reaches_everything_in_order_and_shows_where_it_is(chromium: Page, written, name: str) -> None:
    page = shown(chromium, written[name], LAPTOP)
    reachable = page.run(f"[...document.querySelectorAll({FOCUSABLE!r})].filter(e => e.checkVisibility()).length")
    visited, visible = zip(*(_tabbed(page) for _ in range(reachable)), strict=True)
    assert reachable > 10
    assert list(visited) == sorted(set(visited)), "each once, from top to bottom"
    assert all(visible)


def _tabbed(page: Page) -> tuple[int, bool]:
    page.press("Tab")
    place, visible = page.run(FOCUSED)
    return place, visible


def test_links_of_the_contents_lead_to_headings(chromium: Page, written) -> None:
    page = shown(chromium, written["harbour"], LAPTOP)
    targets = page.run("[...document.querySelectorAll('nav a')].map(a => document.querySelector(a.hash).tagName)")
    assert set(targets) == {"H2"}
    assert len(targets) == page.run("document.querySelectorAll('main h2').length")


@pytest.mark.parametrize("name", ["harbour", "nobody_paired"])
def test_paper_shows_everything(chromium: Page, written, name: str) -> None:
    page = shown(chromium, written[name], LAPTOP)
    assert name == "nobody_paired" or page.run(HIDDEN), "on the screen some of it opens on demand"
    page = shown(chromium, written[name], PAPER, media="print")
    assert page.run(HIDDEN) == []
    assert page.run("[...document.querySelectorAll('.scroll')].filter(b => b.scrollWidth > innerWidth).length") == 0
    assert page.run("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
    assert page.run("[...document.querySelectorAll('.scroll')].every(b => b.scrollHeight <= b.clientHeight + 1)")
    assert page.pdf().startswith(b"%PDF-")


@pytest.mark.parametrize("study", STUDIES.values(), ids=STUDIES)
@pytest.mark.parametrize(("width", "height"), [(8.27, 11.69), (8.5, 11.0)], ids=["A4", "US Letter"])
def test_the_sponsors_page_takes_one_side_of_paper_and_nothing_is_cut_off(
    chromium: Page, tmp_path: Path, study, width: float, height: float
) -> None:
    path = tmp_path / "one_page.html"
    path.write_text(sponsor_page(study()), encoding="utf-8")
    for screen in (LAPTOP, PHONE):
        chromium.open(path, width=screen[0], height=screen[1])
        assert chromium.run(CUT_OFF) == []
    printed = base64.b64decode(chromium.call("Page.printToPDF", paperWidth=width, paperHeight=height)["data"])
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
