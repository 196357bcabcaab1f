"""CPU time of drawing a survey anew: ``python tests/benchmarks/bench_stability.py [DRAWS] [--cores]``.

`pairing_stability` at 240 respondents (260 people on the roster) and at 480, on one core, and what one draw spends its
time on. Every draw counts twice: once to see which pairs come up, once more to hold the consensus against.

``--cores``: instead, one core against two processes of joblib's and of Dask's, each when they have just been started
and once they have peernet loaded. Beside wall time stands what a machine with nothing else to do would need: the CPU
seconds of this process and of the busiest other, one after the other.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd
import psutil
from joblib import parallel_config
from joblib.externals.loky import get_reusable_executor

import peernet as pn
from peernet.compare.survey_again import SurveyResampler, perturbation, resampler_of
from peernet.pairing.objectives import EngineWeights

# What Dask does to watch itself takes 3 % of two cores by default, and 1 % like this.
WATCHED_LESS = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
}
USUAL = {"items": True, "ties": True, "thresholds": True, "weights": True}


def cpu_seconds(work: Callable[[], object], runs: int = 5) -> float:
    """CPU seconds of the quickest of several runs."""
    took = []
    for _ in range(runs):
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return min(took)


def steps(again: SurveyResampler) -> dict[str, Callable[[], object]]:
    """The parts of one draw."""
    drawn = again.drawn(np.random.default_rng(0))
    ratings = again._ratings_again(np.random.default_rng(0))
    return {
        "draw and score, in all": lambda: again.drawn(np.random.default_rng(0)),
        "  nominations": lambda: again._ratings_again(np.random.default_rng(0)),
        "  foundation": lambda: again._foundation(ratings, np.random.default_rng(0)),
        "  surroundings": lambda: again._reach(drawn.perspective, ratings),
        "values and solve": lambda: EngineWeights(drawn).best(),
    }


def report(people: int, answered: int, draws: int) -> None:
    """Measure and print one size."""
    survey = pn.make_survey(people=people, answered=answered, teams=people // 11, rng=0).read()
    graph = pn.colleague_graph(survey)
    pn.pairing_stability(survey, graph, draws=1, progress=False)  # compiles
    took = cpu_seconds(lambda: pn.pairing_stability(survey, graph, draws=draws, progress=False), runs=1)
    print(f"{answered} respondents, {draws} draws: {took:.1f} CPU s")
    again = resampler_of(pn.score_pairs(survey, graph), graph, perturbation(**USUAL), {})
    for name, work in steps(again).items():
        print(f"  {name:26s} {1000 * cpu_seconds(work):7.1f} ms")


def processes() -> dict[int, float]:
    """CPU seconds of this process and of those it started, so far."""
    this = psutil.Process()
    return {each.pid: sum(each.cpu_times()[:2]) for each in (this, *this.children(recursive=True))}


def shown(found: pn.compare.PairingStability) -> list[int]:
    """Every number that came out, to the bit."""
    tables = found.pairs, found.people, found.draws, found.consensus
    return [number for table in tables for number in pd.util.hash_pandas_object(table).tolist()]


@contextmanager
def dask() -> Iterator[None]:
    """Two Dask workers, on a cluster that watches itself less than usual."""
    import distributed
    from dask import config

    quiet = {"dashboard_address": None, "silence_logs": logging.CRITICAL}
    with (
        config.set(WATCHED_LESS),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, **quiet) as cluster,
        distributed.Client(cluster),
        parallel_config(backend="dask"),
    ):
        yield


@contextmanager
def loky() -> Iterator[None]:
    """Two processes of joblib's."""
    with parallel_config(backend="loky", n_jobs=2):
        yield
    get_reusable_executor().shutdown(wait=True)


def on_two_cores(people: int, answered: int, draws: int) -> None:
    """One core against two processes, each when just started and when warm."""
    survey = pn.make_survey(people=people, answered=answered, teams=people // 11, rng=0).read()
    graph = pn.colleague_graph(survey)
    pn.pairing_stability(survey, graph, draws=1, progress=False)  # compiles

    def measured() -> tuple[list[int], float, float, float]:
        """What comes out, wall seconds, CPU seconds of this process, and of the busiest other."""
        before, wall = processes(), time.perf_counter()
        found = shown(pn.pairing_stability(survey, graph, draws=draws, progress=False))
        took, this = time.perf_counter() - wall, os.getpid()
        spent = {pid: seconds - before.get(pid, 0.0) for pid, seconds in processes().items()}
        return found, took, spent.pop(this), max(spent.values(), default=0.0)

    alone, wall, cpu, _ = measured()
    print(f"{answered} respondents, {draws} draws, one core: {wall:.1f} s wall, {cpu:.1f} s CPU")
    for name, workers in (("loky", loky), ("Dask", dask)):
        with workers():
            for state in ("just started", "loaded"):
                found, took, here, busiest = measured()
                assert found == alone, "the same bytes"
                print(
                    f"  {name}, {state:12s}: {took:5.1f} s wall ({wall / took:.2f} times); CPU {here:.1f} s here + "
                    f"{busiest:.1f} s busiest worker ({cpu / (here + busiest):.2f} times)"
                )


def main() -> None:
    """Measure and print both sizes."""
    given = [each for each in sys.argv[1:] if each != "--cores"]
    draws = int(given[0]) if given else 200
    measure = on_two_cores if "--cores" in sys.argv else report
    for people, answered in ((260, 240), (520, 480)):
        measure(people, answered, draws)


if __name__ == "__main__":
    main()
