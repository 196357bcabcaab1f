"""The report's style sheet: text can be read, focus can be seen, nothing moves."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

CSS = files("peernet.report").joinpath("report.css").read_text(encoding="utf-8")
NAMED = dict(re.findall(r"--(\w+): (#\w+)", CSS))
READABLE = 4.5  # WCAG 2.2, 1.4.3


def light(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def colours(kind: str) -> set[str]:
    """Every colour given to text (``color``) or laid behind it (``background``)."""
    given = re.findall(rf"(?<![\w-]){kind}: (?:var\(--(\w+)\)|(#\w+))", CSS)
    return {NAMED[name] if name else colour for name, colour in given}


def test_contrast_is_measured_as_the_guidelines_do() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


def test_every_text_can_be_read_on_every_ground() -> None:
    grounds = colours("background") - {NAMED["line"]}  # which shows between tiles only
    assert len(colours("color")) >= 3
    assert len(grounds) >= 3
    for text in colours("color"):
        for ground in grounds:
            assert contrast(text, ground) >= READABLE, (text, ground)


def test_focus_is_shown_and_never_taken_away() -> None:
    assert re.search(r":focus-visible \{ outline: \dpx solid", CSS)
    assert not re.search(r"outline: (0|none)", CSS)


def test_nothing_moves() -> None:
    assert not re.search(r"transition|animation|scroll-behavior|@keyframes", CSS)


def test_on_paper_headings_repeat_and_rows_stay_whole() -> None:
    paper = CSS.split("@media print")[1]
    assert "thead { display: table-header-group; }" in paper
    assert re.search(r"tr, figure[^{]*\{ break-inside: avoid; \}", paper)
    assert "details::details-content" in paper
