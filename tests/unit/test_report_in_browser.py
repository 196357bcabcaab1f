"""The report in a real browser: nothing complains, nothing sticks out, on a laptop, on a phone and on paper."""

from __future__ import annotations

import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from peernet.report import report_page
from tests.studies import aarhus, harbour, nobody_paired

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium installed")

LAPTOP, PHONE = 1280, 390
MEASURE = """<script>addEventListener('load', () => {
  const root = document.documentElement, smallest = document.createElement('data');
  const size = (text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a;
  const sizes = [...document.querySelectorAll('figure svg text')].map(size);
  root.dataset.inner = innerWidth; root.dataset.scroll = root.scrollWidth;
  root.dataset.smallest = Math.min(...sizes);
})</script>"""


def browse(page: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", *options]
    return subprocess.run([*command, page.as_uri()], capture_output=True, text=True, timeout=60, check=True)


def console(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports with a script before their policy that measures them once they are shown."""
    folder, written = tmp_path_factory.mktemp("pages"), {}
    for study in (harbour, aarhus, nobody_paired):
        written[study.__name__] = folder / f"{study.__name__}.html"
        html = report_page(study()).replace("<head>", f"<head>{MEASURE}", 1)
        written[study.__name__].write_text(html, encoding="utf-8")
    return written


@pytest.mark.parametrize("width", [LAPTOP, PHONE])
@pytest.mark.parametrize("study", ["harbour", "aarhus", "nobody_paired"])
def test_no_error_and_no_sideways_scrolling(pages: dict[str, Path], study: str, width: int) -> None:
    done = browse(pages[study], f"--window-size={width},900", "--dump-dom")
    found = dict(re.findall(r'data-(\w+)="([\d.]+)"', done.stdout.split(">", 2)[1]))
    assert console(done) == []
    assert int(found["inner"]) == width
    assert int(found["scroll"]) <= width
    assert float(found["smallest"]) >= 8  # pixels, of any text in a picture


def test_the_console_would_show_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    broken.write_text(report_page(aarhus()).replace("</body>", "<script>1</script></body>"), encoding="utf-8")
    assert "Content Security Policy" in unescape(" ".join(console(browse(broken, "--dump-dom"))))


def test_it_can_be_printed(pages: dict[str, Path], tmp_path: Path) -> None:
    browse(pages["harbour"], f"--print-to-pdf={tmp_path / 'report.pdf'}")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
