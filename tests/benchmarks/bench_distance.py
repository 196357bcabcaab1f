"""Speed and memory of distances and groups, beside R's daisy where R is installed. Run as a script, one thread.

OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.bench_distance [--large] [--tables]

``--tables`` stops after the tables of distances, ``--large`` adds 100,000 people tile by tile and groups of 20,000.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from peernet.clusters.people_clusters import cluster_people
from peernet.clusters.two_views import relate_views
from peernet.distance.distances import frame_distances, gower_distances
from tests.made.planted import grouped_answers, survey_of_views

DAISY = """
suppressMessages(library(cluster))
data <- read.csv(commandArgs(TRUE)[1])
for (name in grep("^ordinal", names(data), value = TRUE)) data[[name]] <- factor(data[[name]], ordered = TRUE)
for (name in grep("^nominal", names(data), value = TRUE)) data[[name]] <- factor(data[[name]])
flags <- list(asymm = grep("^asymmetric", names(data)), symm = grep("^binary", names(data)))
for (run in 1:2) {
  seconds <- system.time(d <- daisy(data, metric = "gower", type = flags))
  cat(sum(seconds[1:2]), "\\n")
}
n <- nrow(data)
m <- sapply(1:200, function(j) sapply(1:200, function(i) {
  a <- min(i, j); b <- max(i, j)
  if (a == b) 0 else d[n * (a - 1) - a * (a - 1) / 2 + b - a]
}))
write.table(m, commandArgs(TRUE)[2], row.names = FALSE, col.names = FALSE, sep = ",")
"""
# Forty columns each, at least one of every kind that daisy knows.
MIXES = {
    "as in a survey": {"numeric": 16, "ordinal": 12, "nominal": 8, "asymmetric": 2, "binary": 2},
    "mostly graded": {"numeric": 20, "ordinal": 17, "nominal": 1, "asymmetric": 1, "binary": 1},
    "mostly categories": {"numeric": 4, "ordinal": 4, "nominal": 16, "asymmetric": 8, "binary": 8},
}


def mixed_answers(people: int, mix: str = "as in a survey") -> tuple[pd.DataFrame, dict[str, str]]:
    """Forty columns of five kinds, 5 % of the answers missing."""
    rng = np.random.default_rng(1)
    draw: dict[str, Callable[[], np.ndarray]] = {
        "numeric": lambda: rng.random(people),
        "ordinal": lambda: rng.integers(1, 6, people),
        "nominal": lambda: rng.integers(0, 6, people),
        "asymmetric": lambda: rng.integers(0, 2, people),
        "binary": lambda: rng.integers(0, 2, people),
    }
    columns = {f"{kind}_{k}": draw[kind]().astype(float) for kind, count in MIXES[mix].items() for k in range(count)}
    frame = pd.DataFrame(columns)
    return frame.mask(rng.random(frame.shape) < 0.05), {name: name.split("_")[0] for name in frame}


def best_of(times: int, run: Callable[[], object]) -> float:
    """Shortest processor time of several runs, which other programs of the machine disturb least."""
    seconds = []
    for _ in range(times):
        start = time.process_time()
        run()
        seconds.append(time.process_time() - start)
    return min(seconds)


def daisy(frame: pd.DataFrame) -> tuple[float, np.ndarray]:
    """Processor seconds R takes (the better of two runs), and its distances of the first 200 people."""
    with tempfile.TemporaryDirectory() as folder:
        data, corner, script = (Path(folder) / name for name in ("data.csv", "corner.csv", "daisy.R"))
        frame.to_csv(data, index=False)
        script.write_text(DAISY)
        done = subprocess.run(["Rscript", script, data, corner], capture_output=True, text=True, check=True)
        return min(map(float, done.stdout.split())), pd.read_csv(corner, header=None).to_numpy()


def bench_whole_tables(people: int, mix: str) -> None:
    """Whole tables against daisy: time, agreement, and peak memory over the size of the result."""
    frame, kinds = mixed_answers(people, mix)
    settings: dict[str, Any] = {"kinds": kinds, "weights": "equal", "min_shared": 0}
    seconds = best_of(5, lambda: gower_distances(frame, **settings))
    tracemalloc.start()
    table = gower_distances(frame, **settings)
    memory = tracemalloc.get_traced_memory()[1] / table.nbytes
    tracemalloc.stop()
    seconds_r = apart = np.nan
    if shutil.which("Rscript") is not None:
        seconds_r, corner = daisy(frame)
        apart = largest_difference(table[:200, :200], corner)
    print(
        f"n={people:,}, {mix}: {seconds:.3f} s, daisy {seconds_r:.2f} s ({seconds_r / seconds:.0f} x), "
        f"largest difference {apart:.1e}, memory {memory:.2f} x result"
    )


def largest_difference(table: np.ndarray, other: np.ndarray) -> float:
    """Largest difference of two tables; infinite where only one has a missing distance."""
    return float(np.nanmax(np.abs(table - other))) if (np.isnan(table) == np.isnan(other)).all() else np.inf


def bench_tiles(people: int, rows: int = 250, tiles: int = 8) -> None:
    """Row blocks against everybody, without the whole table."""
    frame, kinds = mixed_answers(people)
    distances = frame_distances(frame, kinds, None, "equal", 0.5)
    seconds = best_of(2, lambda: [distances.block(range(k * rows, (k + 1) * rows)).mean() for k in range(tiles)])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    rate = rows * tiles * people / seconds / 1e6
    print(f"{people:,} people by tiles of {rows}: {rate:.0f} million pairs a second, {memory:.2f} GiB for the process")


def bench_clusters(people: int, views: int) -> None:
    """Clusters with the default settings (99 surveys without groups, 100 resamples)."""
    rng = np.random.default_rng(0)
    names = ("experience", "perspective")[:views]
    survey = survey_of_views(**{view: grouped_answers(rng, people=people)[0] for view in names})
    cpu, start = time.process_time(), time.perf_counter()
    found = cluster_people(survey, views=names, progress=False)
    print(
        f"clusters of {people:,} people, {views} views: {time.perf_counter() - start:.2f} s "
        f"({time.process_time() - cpu:.2f} s of CPU), {found}"
    )


def bench_relation(people: int) -> None:
    """How two views relate, against 499 shufflings."""
    rng = np.random.default_rng(0)
    survey = survey_of_views(**{view: grouped_answers(rng, people)[0] for view in ("experience", "perspective")})
    cpu = time.process_time()
    found = relate_views(survey)
    print(f"two views of {people:,} people: {time.process_time() - cpu:.2f} s of CPU, {found}")


if __name__ == "__main__":
    gower_distances(mixed_answers(50)[0], kinds=mixed_answers(50)[1])  # compile
    if "--large" in sys.argv:
        bench_tiles(100_000)
    for people in (5_000, 10_000):
        for mix in MIXES:
            bench_whole_tables(people, mix)
    if "--tables" in sys.argv:
        sys.exit()
    bench_clusters(60, 1)
    bench_clusters(240, 2)
    bench_clusters(1_000, 2)
    bench_relation(1_000)
    if "--large" in sys.argv:
        bench_clusters(20_000, 2)
