"""Time of what a newcomer types, on the wall and of the processors: ``python tests/benchmarks/bench_run.py``.

``import peernet`` in a fresh process, ``peernet run data/harbour`` with kernels still to compile and with kernels
compiled, and the same for a made-up organisation of 1,000 people.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import peernet as pn

ROOT = Path(__file__).parents[2]


def seconds(*command: str, **environment: str) -> str:
    """Wall time of a command run from the project's root, and what it and its own processes took of the processors."""
    started, before = time.perf_counter(), processors()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env={**os.environ, **environment})
    return f"{time.perf_counter() - started:7.1f} s, {processors() - before:5.1f} s of processors"


def processors() -> float:
    """Seconds that finished processes have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def import_seconds() -> float:
    """Seconds an import takes inside a fresh process, the best of five."""
    script = "import time; t = time.perf_counter(); import peernet; print(time.perf_counter() - t)"
    runs = [subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True) for _ in range(5)]
    return min(float(run.stdout) for run in runs)


def main() -> None:
    """Measure and print."""
    print(f"{os.cpu_count()} cores")
    print(f"import peernet                     {import_seconds():7.3f} s")
    with tempfile.TemporaryDirectory() as folder:
        out, kernels = f"{folder}/out", f"{folder}/kernels"
        run = (sys.executable, "-m", "peernet", "run")
        for what in ("kernels to compile", "kernels compiled"):
            took = seconds(*run, "data/harbour", "--out", out, NUMBA_CACHE_DIR=kernels)
            print(f"peernet run data/harbour           {took}  ({what})")
        pn.make_survey(people=1040, answered=1000, teams=96, rng=0).write(f"{folder}/large")
        took = seconds(*run, f"{folder}/large", "--out", out, NUMBA_CACHE_DIR=kernels)
        print(f"peernet run, 1,000 respondents     {took}  (kernels compiled)")


if __name__ == "__main__":
    main()
