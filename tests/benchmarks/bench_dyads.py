"""Time and memory of the statistics of pairs: ``python tests/benchmarks/bench_dyads.py [qap ...]``."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

import peernet as pn


def qap() -> None:
    """200 people, four predictors, 10,000 draws: under 4 s of CPU and 1,000 times faster than R's ``sna::netlm``.

    The first call counts, with whatever is compiled or read from disk in it; loading either package does not. R draws
    100 times; its time per draw is carried to 10,000.
    """
    fit = pn.dyads.qap_regression
    people, draws, in_r, seconds_allowed, times_faster = 200, 10_000, 100, 4.0, 1_000
    rng = np.random.default_rng(0)
    outcome = rng.normal(size=(people, people))
    predictors = {name: rng.normal(size=(people, people)) for name in ("first", "second", "third", "fourth")}
    both_ways = {name: matrix + matrix.T for name, matrix in predictors.items()}
    gaps = np.where(rng.random(outcome.shape) < 0.1, np.nan, outcome)
    holes = {name: np.where(rng.random(outcome.shape) < 0.05, np.nan, matrix) for name, matrix in predictors.items()}
    seconds = []
    for name, y, x in (
        ("first call", outcome, predictors),
        ("again", outcome, predictors),
        ("undirected", outcome + outcome.T, both_ways),
        ("a tenth of the outcome missing", gaps, predictors),
        ("and a twentieth of each predictor", gaps, holes),
    ):
        start = process_time()
        fit(y, x, permutations=draws)
        seconds.append(process_time() - start)
        print(f"qap_regression, {people} people, {draws:,} draws, {name + ':':<36}{seconds[-1]:6.2f} s")
    tracemalloc.start()
    fit(outcome, predictors, permutations=draws)
    print(f"peak of its arrays {tracemalloc.get_traced_memory()[1] / 2**20:.0f} MiB")
    tracemalloc.stop()
    script = f"""
        suppressMessages(library(sna)); set.seed(1)
        read <- function(k) matrix(readBin(paste0("m", k), "double", {people**2}), {people}, byrow = TRUE)
        y <- read(0); x <- aperm(simplify2array(lapply(1:4, read)), c(3, 1, 2))
        cpu <- function(...) sum(system.time(netlm(y, x, ...))[c("user.self", "sys.self")])
        fit <- cpu(nullhyp = "classical")
        cat((cpu(nullhyp = "qapspp", reps = {in_r}) - fit) / {in_r})
    """
    with TemporaryDirectory() as folder:
        for k, matrix in enumerate([outcome, *predictors.values()]):
            (Path(folder) / f"m{k}").write_bytes(matrix.tobytes())
        ran = shutil.which("Rscript") and subprocess.run(
            ["Rscript", "-e", script], cwd=folder, capture_output=True, text=True
        )
    if not ran or ran.returncode:
        print("Not held against R: it is not here, or has no package sna.")
        faster = float("inf")
    else:
        theirs = float(ran.stdout.split()[-1]) * draws
        faster = theirs / seconds[0]
        print(f"sna::netlm, by {in_r} draws: {theirs:,.0f} s, {faster:,.0f} times the first call")
    if max(seconds) > seconds_allowed or faster < times_faster:
        raise SystemExit(
            f"qap_regression may take {seconds_allowed:g} s, and netlm must take {times_faster:,} times it."
        )


if __name__ == "__main__":
    for name in sys.argv[1:] or ["qap"]:
        {"qap": qap}[name]()
