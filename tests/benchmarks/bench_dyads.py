"""Time and memory of the statistics of pairs: ``python tests/benchmarks/bench_dyads.py [members ...]``."""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from time import process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

import peernet as pn
from tests.made.dyad_worlds import dyad_world


def members() -> None:
    """Effects of 2,000 members on all their 1,999,000 pairs, four predictors: under 10 s of CPU and 2 GiB in all."""
    people, seconds_allowed, memory_allowed = 2_000, 10.0, 2.0
    rng = np.random.default_rng(0)
    pairs = dyad_world("two correlated predictors", people, rng, slope=0.1)
    pairs["third"], pairs["fourth"] = rng.standard_normal(len(pairs)), rng.random(len(pairs)) < 0.3
    predictors = ["x", "second", "third", "fourth"]
    pairs.loc[:99, "y"] = np.nan  # some are always missing
    start = process_time()
    found = pn.dyads.fit_members(pairs, "y", predictors)
    seconds = process_time() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"fit_members, {people:,} people, {len(pairs):,} pairs: {seconds:.2f} s, peak {memory:.2f} GiB")
    print(found.table[["estimate", "std_error"]].round(5).to_string())
    for name, fit in (
        ("fit_members, HC3", lambda: pn.dyads.fit_members(pairs, "y", predictors, errors="HC3")),
        ("fit_multiple_membership", lambda: pn.dyads.fit_multiple_membership(pairs, "y", [*predictors, "z"])),
        ("fit_pairs, jackknife", lambda: pn.dyads.fit_pairs(pairs, "y", [*predictors, "z"])),
        ("fit_pairs, dyadic robust", lambda: pn.dyads.fit_pairs(pairs, "y", predictors, errors="dyadic robust")),
    ):
        start = process_time()
        fit()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(f"{name:<28}{process_time() - start:6.2f} s, peak so far {peak:.2f} GiB")
    if seconds > seconds_allowed or memory > memory_allowed:
        raise SystemExit(f"fit_members may take {seconds_allowed:g} s and {memory_allowed:g} GiB.")


if __name__ == "__main__":
    for name in sys.argv[1:] or ["members"]:
        {"members": members}[name]()
