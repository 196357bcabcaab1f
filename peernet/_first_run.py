"""The first run on a machine: the matching engine is compiled beside the reading of the survey, not after it.

Compiled kernels are kept on disk, so this happens once. It halves the wait because two cores work at a time.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import numpy as np

__all__ = ["EngineStart", "compile_engine"]

PEOPLE = 240  # enough for every part of the engine to be used


def compile_engine() -> None:
    """Compile every kernel of the matching engine by using it once, on a dense and on a sparse pool."""
    from peernet.matching import max_weight_matching

    places = np.arange(PEOPLE)
    weights = np.sin(np.add.outer(places, places) ** 2.0) + np.abs(np.subtract.outer(places, places)) % 3.0
    max_weight_matching(weights)
    max_weight_matching(np.where(weights > 2.0, weights, np.nan), cardinality="max")


class EngineStart:
    """A second process that compiles the engine, started only where its kernels are not on disk yet."""

    def __init__(self) -> None:
        self._process = None if _is_compiled() else _compiling()

    def wait(self) -> None:
        """Return once the engine is compiled; without a second process at once."""
        if self._process is not None:
            self._process.wait()
            self._process = None


def _is_compiled() -> bool:
    from peernet._blossom import run

    return any(Path(cast("Any", run).stats.cache_path).glob("_blossom.run-*.nbi"))


def _compiling() -> subprocess.Popen[bytes] | None:
    command = [sys.executable, "-c", "from peernet._first_run import compile_engine; compile_engine()"]
    try:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:  # no second process to be had: the engine is compiled when it is needed
        return None
