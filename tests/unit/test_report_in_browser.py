"""The report in a real browser: nothing complains, nothing sticks out, on a laptop, on a phone and on paper."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from html import escape, unescape
from pathlib import Path

import pytest

from peernet.report import Study
from tests.studies import harbour, nobody_paired, page_of

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium installed")

LAPTOP, PHONE = 1280, 390
FRAME = """<!doctype html><body style="margin:0">
<iframe width="{width}" height="900" frameborder="0" srcdoc="{page}"></iframe>
<script>addEventListener('load', () => {{
  const shown = document.querySelector('iframe'), page = shown.contentDocument, found = document.body.dataset;
  const sizes = [...page.querySelectorAll('figure svg text')].map((text) => {{
    const turned = text.getScreenCTM();
    return parseFloat(shown.contentWindow.getComputedStyle(text).fontSize) * Math.hypot(turned.a, turned.b);
  }});
  found.inner = shown.contentWindow.innerWidth;
  found.scroll = page.documentElement.scrollWidth;
  found.smallest = Math.min(...sizes);
}})</script>"""


def browse(page: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", *options]
    return subprocess.run([*command, page.as_uri()], capture_output=True, text=True, timeout=60, check=True)


def console(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.mark.parametrize(("study", "width"), [(harbour, LAPTOP), (harbour, PHONE), (nobody_paired, PHONE)])
def test_no_error_and_no_sideways_scrolling(tmp_path: Path, study: Callable[[], Study], width: int) -> None:
    frame = tmp_path / "frame.html"
    frame.write_text(FRAME.format(width=width, page=escape(page_of(study))), encoding="utf-8")
    done = browse(frame, f"--window-size={LAPTOP + 20},950", "--dump-dom")
    found = dict(re.findall(r'data-(\w+)="([\d.]+)"', done.stdout.partition("<iframe")[0]))
    assert console(done) == []
    assert int(found["scroll"]) <= int(found["inner"]) == width
    assert float(found["smallest"]) >= 8  # pixels, of any text in a picture


def test_the_console_would_show_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    broken.write_text(page_of(nobody_paired).replace("</body>", "<script>1</script></body>"), encoding="utf-8")
    assert "Content Security Policy" in unescape(" ".join(console(browse(broken, "--dump-dom"))))


def test_it_can_be_printed(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(page_of(harbour), encoding="utf-8")
    browse(page, f"--print-to-pdf={tmp_path / 'report.pdf'}")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")
