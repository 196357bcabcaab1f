"""What large organisations take, beside an older build: ``python tests/benchmarks/bench_scale.py CHECKOUT [--large]``.

CPU seconds from a survey folder to a proven pairing, its check, exposure and tables, step by step, one thread, in a
process of its own with kernels compiled; the memory at its peak too. 12,000 people by this build and the one in the
CHECKOUT, in turn; totals must be equal and proven. ``--large`` adds 100,000 people, by this build alone, and how what
it takes grows from the one size to the other.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from math import log
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import peernet as pn  # noqa: E402 - of this build, wherever the script is started

RUN = """
import json, re, sys, time, warnings
warnings.simplefilter("ignore")
import peernet as pn

def day(folder):
    spent = {}
    def step(name, work):
        began = time.process_time()
        found = work()
        spent[name] = time.process_time() - began
        return found
    survey = step("reading", lambda: pn.read_survey(folder))
    graph = step("graph", lambda: pn.colleague_graph(survey))
    scores = step("scores", lambda: pn.score_pairs(survey, graph))
    pairing = step("pairing", lambda: pn.pair_people(scores, progress=False))
    broken = step("check", pairing.check)
    step("exposure", lambda: pn.exposure(scores, pairing))
    step("tables", lambda: (pairing.table.to_csv(), pairing.unpaired.to_csv()))
    return spent, pairing, len(broken), repr(getattr(scores, "candidates", "all pairs"))

day(sys.argv[1])  # compiles what is not compiled yet
spent, pairing, broken, looked_at = day(sys.argv[2])
status = open("/proc/self/status").read()
peak = int(re.search(r"VmHWM:\\s*(\\d+)", status)[1]) / 2**20
told = {"spent": spent, "value": pairing.objective, "proven": pairing.proven, "broken": broken, "peak": peak}
print(json.dumps({**told, "said": repr(pairing), "looked_at": looked_at, "build": pn.__file__}))
"""
STEPS = ("scores", "pairing", "check")  # what is to be twenty times faster


def measured(build: Path, small: str, folder: str) -> dict[str, Any]:
    """What one build takes for a survey folder."""
    alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(build)}
    command = [sys.executable, "-c", RUN, small, folder]
    told = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **alone}, cwd=folder)
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    if Path(found["build"]).parents[1] != build:
        raise SystemExit(f"{build} was to be measured, and {found['build']} was.")
    if not found["proven"] or found["broken"]:
        raise SystemExit(f"{build}: {found['said']} does not hold.")
    return found


def written(people: int, folder: str) -> str:
    """A made-up survey of so many people in a folder."""
    pn.make_survey(people=people, answered=people * 92 // 100, teams=people // 11, rng=1).write(folder)
    return folder


def told(name: str, found: dict[str, Any]) -> float:
    """Print what one run took, and return all of it."""
    parts = ", ".join(f"{step} {seconds:.2f}" for step, seconds in found["spent"].items())
    total = sum(found["spent"].values())
    print(f"  {name}: {total:.1f} s of CPU ({parts}), {found['peak']:.2f} GiB\n    {found['said']}", flush=True)
    return total


def main() -> None:
    """Measure and print."""
    older = Path(next(given for given in sys.argv[1:] if not given.startswith("-"))).resolve()
    sizes = [int(given.removeprefix("--people=")) for given in sys.argv if given.startswith("--people=")] or [12_000]
    with TemporaryDirectory() as folder:
        small, total = written(2_400, f"{folder}/small"), {}
        for people in sizes:
            survey = written(people, f"{folder}/{people}")
            now, before = measured(ROOT, small, survey), measured(older, small, survey)
            print(f"{people:,} people, {now['looked_at']}")
            total[people] = told("now   ", now)
            told("before", before)
            new, old = (sum(found["spent"][step] for step in STEPS) for found in (now, before))
            print(f"  {' + '.join(STEPS)}: {new:.1f} s, before {old:.1f} s, {old / new:.1f} times", flush=True)
            if abs(now["value"] - before["value"]) > 1e-9 * before["value"]:
                raise SystemExit(f"Totals differ: {now['value']!r} and {before['value']!r}.")
        if "--large" in sys.argv:
            now = measured(ROOT, small, written(100_000, f"{folder}/large"))
            print(f"100,000 people, {now['looked_at']}")
            all_of_it = told("now   ", now)
            for people, seconds in total.items():
                grows = log(all_of_it / seconds) / log(100_000 / people)
                print(f"  from {people:,} to 100,000 people it grows as n^{grows:.2f}")


if __name__ == "__main__":
    main()
