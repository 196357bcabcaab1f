"""The first run on a machine: the matching engine is compiled beside the steps that come before it, not after them.

Compiled kernels are kept on disk, so this happens once.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import numpy as np

LARGE, SMALL = 300, 60  # people of the pools by which the engine is compiled: with a choice of candidates, or without


def compile_engine(people: int) -> None:
    """Compile every kernel of the matching engine that so many people need, by using it once."""
    from peernet.matching.matching import max_weight_matching

    places = np.arange(LARGE if chooses_candidates(people) else SMALL)
    weights = np.sin(np.add.outer(places, places) ** 2.0) + np.abs(np.subtract.outer(places, places)) % 3.0
    max_weight_matching(np.where(weights > 2.0, weights, np.nan), cardinality="max")
    max_weight_matching(weights)


def chooses_candidates(people: int) -> bool:
    """Whether a pool of so many people may have too many pairs to begin with all of them."""
    from peernet.matching.matching import FEW_PAIRS

    return people * (people - 1) // 2 > FEW_PAIRS


def compile_checks() -> None:
    """Compile what takes in missed pairs, which needs no search and so can be done beside it."""
    from peernet.matching.blossom_rings import partners
    from peernet.matching.matching import prepare
    from peernet.matching.problem import CandidatePairs as Pairs
    from peernet.matching.problem import read_constraints
    from peernet.matching.proving import opened, with_more
    from peernet.matching.weights import read_weights

    people, half = np.arange(LARGE), LARGE // 2  # so many that not all pairs are listed
    weights = np.abs(np.subtract.outer(people, people)) / 2.0
    problem = prepare(read_constraints(read_weights(weights), 1, ()), fill=False).problem(math.inf)
    links = Pairs(people[:half], people[half:], np.full(half, 2))
    at = opened(problem, links, np.zeros(LARGE, dtype=np.int64), np.full(LARGE, -1))
    partners(at.state)
    with_more(at, Pairs(people[:1], people[1:2], np.full(1, 2)))


class EngineWarmUp:
    """A second process that compiles what the engine needs for so many people while its context lasts.

    It is started only where the engine's kernels are not on disk yet and there is a second core to use.
    """

    def __init__(self, people: int) -> None:
        self._people = people
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if (os.cpu_count() or 1) > 1 and not _is_compiled(self._people):
            self._process = _compiling(self._people)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @property
    def runs(self) -> bool:
        """Whether the second process is at work."""
        return self._process is not None and self._process.poll() is None

    def wait(self) -> None:
        """Compile the rest of the engine and return once all is compiled; without a second process at once."""
        if self._process is not None:
            if chooses_candidates(self._people):
                compile_checks()
            self._process.wait()


def _is_compiled(people: int) -> bool:
    """Whether what the engine needs for so many people is on disk already."""
    from peernet.matching.blossom import run

    stats = getattr(cast("Any", run), "stats", None)  # there is none where numba is told not to compile
    needed = ["blossom.run", *["pricing.tightest_pairs"] * chooses_candidates(people)]
    return stats is None or all(any(Path(stats.cache_path).glob(f"{name}-*.nbi")) for name in needed)


def _compiling(people: int) -> subprocess.Popen[bytes] | None:
    """The second process at its start."""
    command = [sys.executable, "-c", f"from peernet.matching.warm_up import compile_engine; compile_engine({people})"]
    try:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:  # no second process to be had: the engine is compiled when it is needed
        return None
