"""A browser for the tests of a file, or none where it does not start here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.chromium import CHROMIUM, Page, browser


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Chromium with a page open, once per file."""
    probe = tmp_path_factory.mktemp("probe") / "probe.html"
    probe.write_text("<title>here</title>", encoding="utf-8")
    with browser() as page:
        try:
            page.attach().open(probe, width=100, height=100)
            seen = page.run("document.title")
        except OSError as error:  # it lacks a library, or is not allowed to run here
            pytest.skip(f"{CHROMIUM} does not start: {error}")
        if seen != "here":  # one in a sandbox of its own, such as Ubuntu's snap
            pytest.skip(f"{CHROMIUM} cannot read the files of the tests")
        yield page
