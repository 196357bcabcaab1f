"""How long proven matchings take, beside other exact engines in the same run.

Run ``python tests/benchmarks/bench_matching.py``; ``--quick`` takes smaller pools. Times are CPU seconds on one thread;
the time to compile is printed apart, the peers' time to build their graph is not counted. Peak memory is that of a
process of its own, input included.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
FAMILIES = ("survey", "uniform", "planar", "tied", "two groups", "coded", "odd clusters")
ROWS = 500  # written at a time, so that building a pool takes no memory beside it


def _features(family: str, n: int, rng: np.random.Generator) -> np.ndarray:
    if family == "survey":
        return rng.integers(1, 6, (n, 12)) / 4
    if family == "coded":
        return rng.integers(1, 6, (n, 4))
    if family == "two groups":
        return rng.integers(0, 2, (n, 1))
    if family == "odd clusters":
        cluster = np.repeat(np.arange(n), np.tile([3, 5], n)[:n])[:n]
        return 1e6 * rng.random((n, 2))[cluster] + 1000 * rng.random((n, 2))
    return 1e6 * rng.random((n, 2))


def make_pool(family: str, n: int, seed: int = 0) -> np.ndarray:
    """Whole-number weights of n people, symmetric."""
    rng = np.random.default_rng(seed)
    weights = np.empty((n, n))
    if family in ("uniform", "tied"):
        for i in range(n):
            weights[i, i:] = weights[i:, i] = rng.integers(0, 10**6 if family == "uniform" else 4, n - i)
        return weights
    features = _features(family, n, rng)
    for i in range(0, n, ROWS):
        weights[i : i + ROWS] = _weights_between(family, features[i : i + ROWS], features)
    return weights


def _weights_between(family: str, some: np.ndarray, everyone: np.ndarray) -> np.ndarray:
    total = np.zeros((len(some), len(everyone)))
    for mine, theirs in zip(some.T, everyone.T, strict=True):
        apart = np.abs(mine[:, None] - theirs)
        total += apart**2 if family in ("planar", "odd clusters") else apart
    if family == "odd clusters":
        return np.rint(2e6 - np.sqrt(total))
    if family == "planar":
        return np.rint(np.sqrt(total))
    return np.rint(total * 1e6 / 12) if family == "survey" else total


def timed(task, *args, **settings):
    """CPU seconds and the result."""
    before = time.process_time()
    result = task(*args, **settings)
    return time.process_time() - before, result


def rustworkx_time(weights: np.ndarray) -> tuple[float, float]:
    """Seconds and total of rustworkx, which takes whole-number weights."""
    rx = import_module("rustworkx")
    i, j = np.triu_indices(len(weights), 1)
    graph = rx.PyGraph()
    graph.add_nodes_from(range(len(weights)))
    graph.add_edges_from(list(zip(i.tolist(), j.tolist(), weights[i, j].astype(int).tolist(), strict=True)))
    seconds, pairs = timed(rx.max_weight_matching, graph, weight_fn=int)
    return seconds, float(sum(weights[a, b] for a, b in pairs))


def pymatching_time(weights: np.ndarray) -> tuple[float, float]:
    """Seconds and total of PyMatching as a perfect-matching solver: every person a detector, every detector lit.

    It matches along shortest paths, so weights are turned into lengths that obey the triangle inequality.
    """
    problem = import_module("pymatching").Matching()
    longest = 2 * weights.max() + 1
    for i in range(len(weights)):
        for j in range(i + 1, len(weights)):
            problem.add_edge(i, j, weight=longest - weights[i, j])
    seconds, pairs = timed(problem.decode_to_matched_dets_array, np.ones(len(weights), dtype=np.uint8))
    return seconds, float(weights[pairs[:, 0], pairs[:, 1]].sum())


def ours(weights: np.ndarray) -> tuple[float, float, bool]:
    """Best of three small runs, or one large one: seconds, total, proven."""
    from peernet.matching import max_weight_matching

    runs = [timed(max_weight_matching, weights) for _ in range(3 if len(weights) <= 1000 else 1)]
    seconds, found = min(runs, key=lambda run: run[0])
    return seconds, found.objective, found.proven and found.gap == 0


def against_peers(n: int, peers: dict) -> None:
    """One line per family: seconds, ratios, and whether all totals agree."""
    print(
        f"\nn = {n:,}, dense\n{'':14}{'peernet':>9}  "
        + "".join(f"{name:>12}{'ratio':>8}" for name in peers)
        + "  proven  same total"
    )
    for family in FAMILIES:
        weights = make_pool(family, n)
        seconds, total, proven = ours(weights)
        found = [solve(weights) for solve in peers.values()]
        cells = "".join(f"{other:12.3f}{other / seconds:7.0f}x" for other, _ in found)
        same = all(theirs == total for _, theirs in found)
        print(f"{family:14}{seconds:9.3f}  {cells}  {proven!s:6}  {same}", flush=True)


def alone(family: str, n: int) -> None:
    """Print seconds, proof and peak memory; run in a process of its own."""
    seconds, _, proven = ours(make_pool(family, n))
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    peak = int(status["VmHWM"].split()[0]) / 1024  # ru_maxrss would count what the parent process used
    given = 8 * n * n / 2**20
    print(f"{family:14}{n:8,}{seconds:9.2f} s  proven {proven!s:6}{peak:8.0f} MB, of which weights {given:.0f}")


def sparse_pool(n: int, partners: int) -> None:
    """Time a large pool in which each person may meet a few others."""
    from scipy import sparse

    from peernet.matching import max_weight_matching

    rng = np.random.default_rng(0)
    u, v = np.repeat(np.arange(n), partners // 2), rng.integers(0, n, n * partners // 2)
    once = np.unique(np.minimum(u, v) * n + np.maximum(u, v))
    pairs = sparse.coo_array((rng.integers(1, 10**6, len(once)).astype(float), (once // n, once % n)), shape=(n, n))
    seconds, found = timed(max_weight_matching, sparse.csr_array(pairs + pairs.T))
    print(f"\nsparse pool: {n:,} people, {partners} allowed partners each: {seconds:.2f} s, proven {found.proven}")


def setting() -> None:
    """Print versions and what compiling takes the first time (with an empty cache) or now."""
    from peernet.matching import max_weight_matching

    names = ("numba", "numpy", "rustworkx", "pymatching")
    print(", ".join(f"{name} {version(name)}" for name in names))
    try:
        print(
            "BLAS:",
            [
                f"{one['internal_api']} {one.get('architecture')}"
                for one in import_module("threadpoolctl").threadpool_info()
            ],
        )
    except ImportError:
        print("BLAS: install threadpoolctl to see the kernel")
    print(f"compile, or load from the cache: {timed(max_weight_matching, make_pool('uniform', 200))[0]:.2f} s")
    max_weight_matching(make_pool("uniform", 20))


def main() -> None:
    """Print all tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--alone", nargs=2, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.alone:
        alone(given.alone[0], int(given.alone[1]))
        return
    setting()
    peers = {"rustworkx": rustworkx_time, "PyMatching": pymatching_time}
    against_peers(300 if given.quick else 1000, peers)
    print()
    for n in (2000,) if given.quick else (5000, 10_000):
        for family in FAMILIES:
            subprocess.run([sys.executable, __file__, "--alone", family, str(n)], check=True)
    sparse_pool(10_000 if given.quick else 100_000, 20)


if __name__ == "__main__":
    main()
