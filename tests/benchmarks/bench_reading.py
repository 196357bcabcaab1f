"""How fast a survey is read, beside an older build: ``python tests/benchmarks/bench_reading.py CHECKOUT``.

CPU seconds of `read_survey` in a process of its own, one thread, without the import; the best of three runs of this
build and of the one in the CHECKOUT in turn, so that other programs of the machine disturb both alike. ``--large`` adds
12,000 people, of which the older build is timed once; the table of 100,000 people is read by this build alone.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import peernet as pn  # noqa: E402 - of this build, wherever the script is started

READ = """
import json, re, sys, time
import peernet as pn  # noqa: E402 - of this build, wherever the script is started
pn.load_aarhus()
cpu, wall = time.process_time(), time.perf_counter()
survey = pn.read_survey(sys.argv[1])
spent = [time.process_time() - cpu, time.perf_counter() - wall]
status = open("/proc/self/status").read()  # the highest of getrusage is that of the program that started this one, too
peak = int(re.search(r"VmHWM:\\s*(\\d+)", status)[1]) / 2**20
print(json.dumps([*spent, peak, pn.__file__, repr(survey)]))
"""


def reading(build: Path, folder: str) -> tuple[float, float, float, str]:
    """CPU seconds, seconds, peak GiB of the process, and the survey in one line."""
    alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(build)}
    command = [sys.executable, "-c", READ, folder]
    told = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **alone}, cwd=folder)
    cpu, wall, peak, file, survey = json.loads(told.stdout)
    if Path(file).parents[1] != build:
        raise SystemExit(f"{build} was to be timed, and {file} was.")
    return cpu, wall, peak, survey


def beside(older: Path, people: int, older_runs: Iterable[bool]) -> None:
    """Both builds read one made-up survey, the older one in those of the runs that say so."""
    with TemporaryDirectory() as folder:
        pn.make_survey(people=people, answered=people * 92 // 100, teams=people // 11).write(folder)
        book = Path(folder) / "codebook.json"  # without what codebooks of the older build do not know
        plain = book.read_text(encoding="utf-8").replace('"block": "partner"', '"block": "ignore"')
        book.write_text(re.sub(r',\s*"shareable": true', "", plain), encoding="utf-8")
        runs = [(reading(ROOT, folder), reading(older, folder) if also else None) for also in older_runs]
    new, old = min(run[0] for run, _ in runs), min(run[0] for _, run in runs if run)
    print(f"{people:,} people: {new:.2f} s of CPU, the older build {old:.2f} s ({old / new:.1f} times)", flush=True)
    print(f"    now    {runs[0][0][3]}\n    before {runs[0][1][3] if runs[0][1] else ''}")


def write_large(folder: Path, people: int, questions: int) -> None:
    """Numbered ordinal answers and nominal ones, every fifth, 5 % missing."""
    rng = np.random.default_rng(0)
    words = np.array(["Operations", "Engineering", "Commercial", "Finance", "People", "Digital"])
    fields: list[dict[str, object]] = [{"name": "person", "peernet": {"block": "person"}}]
    columns: dict[str, np.ndarray | list[str]] = {"person": [f"p{i:06}" for i in range(people)]}
    for question in range(questions):
        name, answers = f"q{question:03}", rng.integers(1, 6, people)
        if question % 5:
            limits = {"minimum": 1, "maximum": 5}
            kind: dict[str, object] = {"type": "integer", "constraints": limits}
        else:
            kind = {"type": "string", "categories": words.tolist()}
        measured = {"block": "perspective", "kind": "ordinal" if question % 5 else "nominal"}
        fields.append({"name": name, **kind, "peernet": measured})
        said = answers.astype(str) if question % 5 else words[answers]
        columns[name] = np.where(rng.random(people) < 0.05, "", said)
    pd.DataFrame(columns).to_csv(folder / "survey.csv", index=False)
    (folder / "codebook.json").write_text(json.dumps({"fields": fields, "missingValues": [""]}))


def large_table() -> None:
    """Many people, many questions, no names."""
    with TemporaryDirectory() as folder:
        write_large(Path(folder), 100_000, 100)
        cpu, wall, peak, survey = min(reading(ROOT, folder) for _ in range(3))
    print(f"100,000 x 100: {wall:.2f} s, {cpu:.2f} s of CPU, {peak:.2f} GiB for the process\n    {survey}")


def main() -> None:
    """Measure and print."""
    older = Path(next(given for given in sys.argv[1:] if not given.startswith("-"))).resolve()
    beside(older, 4_000, [True, True, True])
    large_table()
    if "--large" in sys.argv:
        beside(older, 12_000, [True, False, False])


if __name__ == "__main__":
    main()
