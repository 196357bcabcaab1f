"""Speed and memory of distances and groups, beside R's daisy where R is installed. Run as a script, one thread.

OMP_NUM_THREADS=1 python tests/benchmarks/bench_distance.py [--large]
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

import numpy as np
import pandas as pd

from peernet.clusters import cluster_people, relate_views
from peernet.distance import frame_distances, gower_distances
from tests.planted_answers import grouped_answers, survey_of_views

DAISY = """
suppressMessages(library(cluster))
data <- read.csv(commandArgs(TRUE)[1])
for (name in grep("^ordinal", names(data), value = TRUE)) data[[name]] <- factor(data[[name]], ordered = TRUE)
for (name in grep("^nominal", names(data), value = TRUE)) data[[name]] <- factor(data[[name]])
flags <- list(asymm = grep("^asymmetric", names(data)), symm = grep("^binary", names(data)))
seconds <- system.time(d <- daisy(data, metric = "gower", type = flags))[["elapsed"]]
m <- as.matrix(d)[1:200, 1:200]
write.table(m, commandArgs(TRUE)[2], row.names = FALSE, col.names = FALSE, sep = ",")
cat(seconds)
"""


def mixed_answers(people: int) -> tuple[pd.DataFrame, dict[str, str]]:
    """Forty columns of five kinds, 5 % of the answers missing."""
    rng = np.random.default_rng(1)
    draw: dict[str, tuple[int, Callable[[], np.ndarray]]] = {
        "numeric": (16, lambda: rng.random(people)),
        "ordinal": (12, lambda: rng.integers(1, 6, people)),
        "nominal": (8, lambda: rng.integers(0, 6, people)),
        "asymmetric": (2, lambda: rng.integers(0, 2, people)),
        "binary": (2, lambda: rng.integers(0, 2, people)),
    }
    columns = {f"{kind}_{k}": answers().astype(float) for kind, (count, answers) in draw.items() for k in range(count)}
    frame = pd.DataFrame(columns)
    return frame.mask(rng.random(frame.shape) < 0.05), {name: name.split("_")[0] for name in frame}


def best_of(times: int, run: Callable[[], object]) -> float:
    """Shortest wall time of several runs."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def daisy(frame: pd.DataFrame) -> tuple[float, np.ndarray]:
    """Seconds R takes, and its distances of the first 200 people."""
    with tempfile.TemporaryDirectory() as folder:
        data, corner, script = (Path(folder) / name for name in ("data.csv", "corner.csv", "daisy.R"))
        frame.to_csv(data, index=False)
        script.write_text(DAISY)
        done = subprocess.run(["Rscript", script, data, corner], capture_output=True, text=True, check=True)
        return float(done.stdout), pd.read_csv(corner, header=None).to_numpy()


def bench_whole_tables(people: int) -> None:
    """Each precision against daisy: time, agreement, and peak memory over the size of the result."""
    frame, kinds = mixed_answers(people)
    exact = gower_distances(frame, kinds=kinds, weights="equal", min_shared=0)
    with_r = shutil.which("Rscript") is not None
    seconds_r, corner = daisy(frame) if with_r else (np.nan, exact[:200, :200])
    if with_r:
        print(f"n={people:,}: daisy {seconds_r:.2f} s")
    for precision in ("exact", "single", "compact"):

        def run(precision: str = precision) -> np.ndarray:
            return gower_distances(frame, kinds=kinds, weights="equal", min_shared=0, precision=precision)

        seconds = best_of(3, run)
        tracemalloc.start()
        table = run()
        memory = tracemalloc.get_traced_memory()[1] / table.nbytes
        tracemalloc.stop()
        error, from_r = np.nanmax(np.abs(table - exact)), np.nanmax(np.abs(table[:200, :200] - corner))
        print(
            f"n={people:,} {precision}: {seconds:.3f} s, {seconds_r / seconds:.0f} x daisy, "
            f"error {error:.1e} (from daisy {from_r:.1e}), memory {memory:.2f} x result"
        )


def bench_tiles(people: int, rows: int = 250, tiles: int = 8) -> None:
    """Row blocks against everybody, without the whole table."""
    frame, kinds = mixed_answers(people)
    distances = frame_distances(frame, kinds, None, "equal", 0.5)
    seconds = best_of(1, lambda: [distances.block(range(k * rows, (k + 1) * rows)).mean() for k in range(tiles)])
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
    gower_distances(mixed_answers(50)[0], kinds=mixed_answers(50)[1], precision="single")
    gower_distances(mixed_answers(50)[0], kinds=mixed_answers(50)[1], precision="compact")
    if "--large" in sys.argv:
        bench_tiles(100_000)
    for people in (1_000, 5_000, 10_000):
        bench_whole_tables(people)
    bench_clusters(60, 1)
    bench_clusters(240, 2)
    bench_clusters(1_000, 2)
    bench_relation(1_000)
    if "--large" in sys.argv:
        bench_clusters(20_000, 2)
