"""The page on what the pairings did in a real browser: on a laptop, on a phone, on paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from peernet.report.outcomes import outcomes_page
from tests.browser.chromium import CHROMIUM, Page
from tests.made.outcome_studies import by_lot, observed

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium installed, so nothing to look at the page with")

LAPTOP, PHONE = (1366, 768), (390, 844)
STICKS_OUT = """[...document.querySelectorAll('main *')].filter(part =>
  !part.closest('.scroll') && !part.closest('svg') && part.getBoundingClientRect().right > innerWidth + 1
).map(part => part.outerHTML.slice(0, 80))"""
CUT_IN_PICTURES = """[...document.querySelectorAll('figure svg')].flatMap(picture => {
  const frame = picture.getBoundingClientRect();
  return [...picture.querySelectorAll('text')].filter(text => {
    const box = text.getBoundingClientRect();
    return box.left < frame.left - 2 || box.right > frame.right + 2;
  }).map(text => text.textContent);
})"""


@pytest.fixture(scope="module", params=[by_lot, observed], ids=["by lot", "observed"])
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("outcomes") / "outcomes.html"
    file.write_text(outcomes_page(request.param()), encoding="utf-8")
    return file


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_nothing_complains_sticks_out_or_is_cut(chromium: Page, written: Path, size: tuple[int, int]) -> None:
    chromium.complaints.clear()
    chromium.open(written, width=size[0], height=size[1])
    assert chromium.complaints == []
    assert chromium.run("document.documentElement.scrollWidth") == size[0]
    assert chromium.run(STICKS_OUT) == []
    assert chromium.run(CUT_IN_PICTURES) == []


def test_it_prints(chromium: Page, written: Path) -> None:
    chromium.open(written, width=LAPTOP[0], height=LAPTOP[1])
    assert chromium.pdf().startswith(b"%PDF")
