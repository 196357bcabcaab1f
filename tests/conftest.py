"""What every test can ask for: a survey of six people, a seeded generator, the shared reference data."""

from __future__ import annotations

import gc
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

import peernet as pn
from tests.made.tiny import write_folder, write_tiny

os.environ.setdefault("MPLBACKEND", "Agg")

# The same examples every time on the machine that decides; elsewhere new ones, which find more.
# How long an example takes says how busy the machine is, so none has a deadline.
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("elsewhere", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "elsewhere")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """No garbage is looked for among what is collected: it all stays, and to look took a quarter of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.fixture(autouse=True)
def closed_figures() -> Iterator[None]:
    """Every figure a test draws is closed after it."""
    yield
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """A generator seeded by the test's own name."""
    return np.random.default_rng(zlib.crc32(request.node.name.encode()))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared data beside the repository; a test that needs it is skipped where it is absent."""
    path = Path(__file__).resolve().parents[2] / "shared"
    if not path.is_dir():
        pytest.skip(f"no shared reference data at {path}")
    return path


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> pn.Survey:
    """The survey of six people in `tests.made.tiny`, read from its files."""
    return pn.read_survey(write_tiny(tmp_path_factory.mktemp("tiny")))


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Writes a survey folder: ``folder([items], survey="...", roster="...")``."""
    return lambda items, **files: write_folder(tmp_path / "survey", items, **files)
