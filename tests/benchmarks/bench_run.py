"""Time of what a newcomer types, on the wall and of the processors: ``python tests/benchmarks/bench_run.py``.

``import peernet`` in a fresh process, ``peernet check data/harbour``, ``peernet round`` with a slip in the log,
``peernet run data/harbour`` with kernels still to compile and with kernels compiled, and the same for a made-up
organisation of 1,000 people. With ``--before FOLDER``, a checkout of another build, that is run in turns with this one
and the ratio told; ``--rounds`` says how often each. ``--people 10000`` also runs a made-up organisation of so many
once, and tells how large its report is.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

import peernet as pn

ROOT = Path(__file__).parents[2]


class Cost(NamedTuple):
    """Seconds of one command."""

    wall: float
    processors: float


def cost(build: Path, kernels: str, *words: str) -> Cost:
    """What a command of a build takes on the wall, and what it and its own processes take of the processors."""
    environment = {**os.environ, "PYTHONPATH": str(build), "NUMBA_CACHE_DIR": kernels, "MPLBACKEND": "Agg"}
    started, before = time.perf_counter(), processors()
    told = subprocess.run((sys.executable, *words), cwd=build, capture_output=True, env=environment)
    if told.returncode and not {"check", "round"} & {*words}:  # which give 1 where something is to be settled first
        sys.exit(told.stderr.decode())
    return Cost(time.perf_counter() - started, processors() - before)


def processors() -> float:
    """Seconds that finished processes have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tell(what: str, builds: dict[str, list[Cost]]) -> None:
    """Print medians, and how many times faster this build is."""
    medians = {build: np.median(np.array(found), axis=0) for build, found in builds.items()}
    told = "; ".join(f"{build} {wall:6.1f} s wall, {cpu:6.1f} s CPU" for build, (wall, cpu) in medians.items())
    ratio = ""
    if "before" in medians:
        wall, cpu = medians["before"] / medians["now"]
        ratio = f"; {wall:.2f} times faster on the wall, {cpu:.2f} of CPU"
    print(f"{what:<44}{told}{ratio}", flush=True)


def in_turns(what: str, builds: dict[str, Path], kernels: Iterable[dict[str, str]], *words: str) -> None:
    """One command by every build in turns, once for each set of folders of kernels."""
    found: dict[str, list[Cost]] = {build: [] for build in builds}
    for folders in kernels:
        for build, root in builds.items():
            found[build].append(cost(root, folders[build], *words))
    tell(what, found)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=Path, help="a checkout of the build to compare with")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--people", type=int, help="the size of one more organisation, run once")
    chosen = parser.parse_args()
    builds = {"now": ROOT, **({"before": chosen.before.resolve()} if chosen.before else {})}
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        run, out = ("-m", "peernet", "run"), ("--out", f"{folder}/out")
        fresh = [{build: f"{folder}/{build}{turn}" for build in builds} for turn in range(chosen.rounds)]
        kept = [fresh[0]] * chosen.rounds
        in_turns("run data/harbour, no kernel compiled", builds, fresh, *run, "data/harbour", *out)
        in_turns("import peernet", builds, kept, "-c", "import peernet")
        in_turns("check data/harbour", builds, kept, "-m", "peernet", "check", "data/harbour")
        firm = shutil.copytree(ROOT / "data" / "exports" / "google_forms", f"{folder}/firm")
        Path(firm, "rounds.csv").write_text("round,a,b,status\n1,Ana,Bo,runing\n")
        in_turns("round, with a slip in the log", builds, kept, "-m", "peernet", "round", firm)
        in_turns("run data/harbour, kernels compiled", builds, kept, *run, "data/harbour", *out)
        pn.make_survey(people=1040, answered=1000, teams=96, rng=0).write(f"{folder}/large")
        in_turns("run, 1,000 respondents, kernels compiled", builds, kept, *run, f"{folder}/large", *out)
        if chosen.people:
            many = {"people": chosen.people, "answered": chosen.people * 92 // 100, "teams": chosen.people // 11}
            pn.make_survey(**many, rng=0).write(f"{folder}/huge")
            tell(f"run, {chosen.people:,} people", {"now": [cost(ROOT, kept[0]["now"], *run, f"{folder}/huge", *out)]})
            size = Path(folder, "out", "analyst", "report.html").stat().st_size
            print(f"report of {chosen.people:,} people: {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
