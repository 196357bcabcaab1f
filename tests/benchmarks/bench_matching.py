"""How long proven matchings take, beside other exact engines in the same run.

Run ``python tests/benchmarks/bench_matching.py``; ``--quick`` takes smaller pools, ``--only NAME`` one table (peers,
large, blocks, sparse, thin, rounds, several, newspaper, again). Times are CPU seconds on one thread; the time to
compile is printed apart. The peers' time to build their graph is not counted, except for rustworkx, which is shown
both ways. LEMON (Debian's liblemon-dev) is compiled here where g++ finds it. Peak memory is that of a process of its
own, input included.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from functools import cache
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
FAMILIES = ("survey", "uniform", "planar", "tied", "two groups", "coded", "odd clusters")
PARTNERS, CONTACTS = 20, 6  # of each person, on average
TEAM, PLACES = 30, 2  # people in a team, and places of each person with room for several
FEW_PEOPLE = 50_000  # up to so many, the best of three runs counts
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


def rustworkx_graph(weights: np.ndarray) -> object:
    """The pool as rustworkx takes it."""
    graph = import_module("rustworkx").PyGraph()
    i, j = np.triu_indices(len(weights), 1)
    graph.add_nodes_from(range(len(weights)))
    graph.add_edges_from(list(zip(i.tolist(), j.tolist(), weights[i, j].astype(int).tolist(), strict=True)))
    return graph


def rustworkx_time(weights: np.ndarray) -> tuple[float, float]:
    """Seconds and total of rustworkx, which takes whole-number weights."""
    seconds, pairs = timed(import_module("rustworkx").max_weight_matching, rustworkx_graph(weights), weight_fn=int)
    return seconds, float(sum(weights[a, b] for a, b in pairs))


def rustworkx_whole(weights: np.ndarray) -> tuple[float, float]:
    """Seconds and total of rustworkx, its graph built from the array first."""
    building, _ = timed(rustworkx_graph, weights)
    seconds, total = rustworkx_time(weights)
    return building + seconds, total


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


@cache
def lemon_program() -> str | None:
    """The compiled LEMON program, None where g++ or LEMON is absent."""
    program = str(Path(tempfile.mkdtemp()) / "lemon_matching")
    source = Path(__file__).with_name("lemon_matching.cpp")
    if shutil.which("g++") is None:
        return None
    built = subprocess.run(["g++", "-O3", "-w", "-o", program, str(source)], capture_output=True, check=False)
    return program if built.returncode == 0 else None


def lemon_on(n: int, u: np.ndarray, v: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Seconds and total of LEMON on some pairs."""
    with tempfile.NamedTemporaryFile() as file:
        np.array([n, len(u)], dtype=np.int64).tofile(file)
        np.column_stack([u, v, weight]).astype(np.int64).tofile(file)
        file.flush()
        seconds, total = subprocess.run(
            [lemon_program(), file.name], capture_output=True, check=True, text=True
        ).stdout.split()
    return float(seconds), float(total)


def lemon_time(weights: np.ndarray) -> tuple[float, float]:
    """Seconds and total of LEMON on all pairs."""
    i, j = np.triu_indices(len(weights), 1)
    return lemon_on(len(weights), i, j, weights[i, j])


def ours(weights: np.ndarray) -> tuple[float, float, bool]:
    """Best of nine small runs, or one large one: seconds, total, proven."""
    from peernet.matching.matching import max_weight_matching

    runs = [timed(max_weight_matching, weights) for _ in range(9 if len(weights) <= 1000 else 1)]
    seconds, found = min(runs, key=lambda run: run[0])
    return seconds, found.objective, found.proven and found.gap == 0


def theirs(solve, weights: np.ndarray) -> tuple[float, float]:
    """Seconds and total of another engine; the best of nine where it takes less than a second, too."""
    first = solve(weights)
    return min([first, *(solve(weights) for _ in range(8 if first[0] < 1 else 0))])


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
        found = [theirs(solve, weights) for solve in peers.values()]
        cells = "".join(f"{other:12.3f}{other / seconds:7.0f}x" for other, _ in found)
        same = all(their_total == total for _, their_total in found)
        print(f"{family:14}{seconds:9.4f}  {cells}  {proven!s:6}  {same}", flush=True)


def alone(family: str, n: int) -> None:
    """Print seconds, proof and peak memory; run in a process of its own."""
    ours(make_pool(family, 200))  # compiled, or loaded, before
    seconds, _, proven = ours(make_pool(family, n))
    given = 8 * n * n / 2**20
    print(f"{family:14}{n:8,}{seconds:9.2f} s  proven {proven!s:6}{peak():8.0f} MB, of which weights {given:.0f}")


def peak() -> float:
    """Most memory this process took, in MB; what its parent took is not counted."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024


class SurveyBlocks:
    """Survey-like weights by block: differences of answers from 1 to 5, summed over items by one matrix product.

    With an answer written as one mark for each level it reaches, the difference of two answers is the number of marks
    that only one of them has.
    """

    def __init__(self, n: int, items: int = 12, seed: int = 0) -> None:
        answers = np.random.default_rng(seed).integers(1, 6, (n, items))
        self.marks = np.concatenate([answers > level for level in range(1, 5)], axis=1).astype(np.float32)
        self.size = self.marks.sum(axis=1)

    def __len__(self) -> int:
        return len(self.marks)

    def block(self, rows: np.ndarray) -> np.ndarray:
        shared = self.marks[rows] @ self.marks.T
        return (self.size[rows, None] + self.size - 2 * shared).astype(np.float64)


class WeighedBlocks(SurveyBlocks):
    """The same with items that weigh differently, so that hardly any two pairs are tied."""

    def __init__(self, n: int, items: int = 12, seed: int = 0) -> None:
        super().__init__(n, items, seed)
        weight = np.tile(np.random.default_rng(seed + 1).random(items).astype(np.float32), 4)
        self.marks *= np.sqrt(weight)
        self.size = (self.marks**2).sum(axis=1)


def by_block(kind: str, n: int) -> None:
    """Print seconds, proof and peak memory of a pool whose weights are never in one table."""
    from peernet.matching.matching import max_weight_matching

    kinds = {"tied survey": SurveyBlocks, "weighed survey": WeighedBlocks}
    max_weight_matching(kinds[kind](200))  # compiled, or loaded, before
    pool = kinds[kind](n)
    seconds, found = timed(max_weight_matching, pool)
    one_pass = sum(timed(pool.block, np.arange(start, min(n, start + 100)))[0] for start in range(0, n, 100))
    print(
        f"{kind:14}{n:8,}{seconds:9.2f} s  proven {found.proven!s:6} gap {found.gap:.1e}{peak():8.0f} MB; "
        f"working out all weights once takes {one_pass:.2f} s"
    )


def few_allowed(n: int, partners: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs u < v of a pool in which each person may meet a few others, and their weights."""
    rng = np.random.default_rng(0)
    u, v = np.repeat(np.arange(n), partners // 2), rng.integers(0, n, n * partners // 2)
    once = np.unique((np.minimum(u, v) * n + np.maximum(u, v))[u != v])
    return once // n, once % n, rng.integers(1, 10**6, len(once)).astype(float)


def drawn(n: int, candidates: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs u < v of a pool in which who may meet is drawn at random, so that many have one candidate or none."""
    rng = np.random.default_rng(0)
    u, v = rng.integers(0, n, (2, int(n * candidates / 2)))
    return with_weights(n, u, v, rng)


def with_weights(n: int, u: np.ndarray, v: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Each pair once, and its weight."""
    once = np.unique((np.minimum(u, v) * n + np.maximum(u, v))[u != v])
    return once // n, once % n, rng.integers(1, 10**6, len(once)).astype(float)


def heavy_tailed(n: int, names: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Everybody names so many of those before them, whoever has many candidates more often."""
    rng, ends, named = np.random.default_rng(0), [0], []
    for person in range(1, n):
        for place in (rng.random(names) * len(ends)).astype(int).tolist():
            named.append((person, ends[place]))
        ends += [end for pair in named[-names:] for end in pair]
    return with_weights(n, *np.array(named).T, rng)


def named_back(n: int, names: int, size: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Everybody names some of a group of 40; who name each other may meet."""
    rng = np.random.default_rng(0)
    u = np.repeat(np.arange(n // size * size), names)
    v = u // size * size + rng.integers(0, size, len(u))
    both = np.intersect1d(u * n + v, v * n + u)
    return with_weights(n, both // n, both % n, rng)


def two_steps_apart(n: int, contacts: int, items: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs u < v who have no contact but share one, in a random graph, weighed by how far apart their answers are."""
    from scipy import sparse

    rng = np.random.default_rng(0)
    a, b = np.repeat(np.arange(n), contacts // 2), rng.integers(0, n, n * contacts // 2)
    knows = sparse.csr_array((np.ones(len(a), dtype=np.int32), (a, b)), shape=(n, n))
    knows = ((knows + knows.T) > 0).astype(np.int32)
    two, one = sparse.triu(knows @ knows, 1).tocoo(), sparse.triu(knows, 1).tocoo()
    number = np.setdiff1d(two.row.astype(np.int64) * n + two.col, one.row.astype(np.int64) * n + one.col)
    u, v, answers = number // n, number % n, rng.integers(1, 6, (n, items), dtype=np.int8)
    parts = np.array_split(np.arange(len(u)), max(1, len(u) // 100_000))
    apart = [np.abs(answers[u[part]] - answers[v[part]]).sum(axis=1) for part in parts]
    return u, v, np.concatenate(apart).astype(float)


def in_teams(n: int, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs u < v of people in the same team, all of them allowed, and their weights: many small pools in one."""
    i, j = np.triu_indices(size, 1)
    first = np.repeat(np.arange(0, n - size + 1, size), len(i))
    u, v = first + np.tile(i, n // size), first + np.tile(j, n // size)
    return u, v, np.random.default_rng(0).integers(1, 10**6, len(u)).astype(float)


def disagreeing(n: int, allowed: int, sides: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Readers who answered seven yes/no questions: pairs who live near and disagree on many; heavy ties."""
    rng = np.random.default_rng(0)
    lean = np.array([0.2, 0.8, 0.5])[:sides][rng.integers(0, sides, n)]
    answers = rng.random((n, 7)) < lean[:, None]
    u, v = rng.integers(0, n, (2, 8 * allowed))
    apart = (answers[u] != answers[v]).sum(axis=1)
    number = (np.minimum(u, v) * n + np.maximum(u, v))[(apart >= 4) & (u != v)]
    once = np.random.default_rng(1).permutation(np.unique(number))[:allowed]
    u, v = once // n, once % n
    return u, v, (answers[u] != answers[v]).sum(axis=1).astype(float)


def on_a_list(name: str, n: int, u: np.ndarray, v: np.ndarray, weight: np.ndarray) -> None:
    """Print what a pool of listed pairs takes to solve and to verify, and what LEMON takes; small ones three times."""
    from peernet.matching.matching import max_weight_matching, verify_bound

    matrix = mirrored(n, u, v, weight)
    runs = [timed(max_weight_matching, matrix) for _ in range(3 if n <= FEW_PEOPLE else 1)]
    seconds, found = min(runs, key=lambda run: run[0])
    checking, bound = timed(verify_bound, found, matrix)
    lemon = "LEMON is absent"
    if lemon_program():
        lemon_seconds, total = min(lemon_on(n, u, v, weight) for _ in runs)
        same = total == found.objective
        lemon = f"LEMON {lemon_seconds:.2f} s, {seconds / lemon_seconds:.2f} of it, same total {same}"
    print(
        f"{name}: {n:,} people, {len(u):,} allowed pairs: {seconds:.2f} s, proven {found.proven}, verified "
        f"{bound == found.objective} in {checking:.2f} s; {lemon}",
        flush=True,
    )


def settled_before(name: str, n: int, u: np.ndarray, v: np.ndarray, weight: np.ndarray) -> None:
    """Print what a thin pool takes with people settled before the search, without, and LEMON; the best of some runs."""
    from peernet.matching.matching import max_weight_matching, verify_bound

    matrix, seconds, found = mirrored(n, u, v, weight), {True: [], False: []}, {}
    for turn in range(10 if n <= FEW_PEOPLE else 4):
        for settles in (turn % 2 == 0, turn % 2 == 1):  # whoever comes second finds memory at hand
            with patch("peernet.matching.reductions.REDUCED_ABOVE", 0 if settles else n):
                taken, found[settles] = timed(max_weight_matching, matrix)
            seconds[settles].append(taken)
    ours, without = min(seconds[True]), min(seconds[False])
    lemon = min(lemon_on(n, u, v, weight)[0] for _ in seconds[True]) if lemon_program() else np.nan
    one = (np.bincount(np.append(u, v), minlength=n) == 1).sum() / len(np.union1d(u, v))
    bound, same = verify_bound(found[True], matrix), found[True].proven
    same &= found[True].objective == found[False].objective == bound
    print(
        f"{name}: {n:,} people, {len(u):,} pairs, {one:.0%} of people have one: {1000 * ours:.1f} ms, "
        f"{ours / without:.2f} of {1000 * without:.1f} without reductions, {ours / lemon:.2f} of LEMON's "
        f"{1000 * lemon:.1f}, same total and verified {same}",
        flush=True,
    )


def mirrored(n: int, u: np.ndarray, v: np.ndarray, weight: np.ndarray) -> object:
    """Listed pairs as a symmetric sparse matrix."""
    from scipy import sparse

    return sparse.csr_array((np.tile(weight, 2), (np.append(u, v), np.append(v, u))), shape=(n, n))


def without_repeats(name: str, n: int, u: np.ndarray, v: np.ndarray, weight: np.ndarray, rounds: int = 6) -> None:
    """Print what rounds in which nobody meets again take, beside one solve and each round solved anew.

    The rounds are asked of one pool in one go. Of everything the best of five times counts.
    """
    from peernet.matching.matching import max_weight_matching

    matrix = mirrored(n, u, v, weight)
    one = min(timed(max_weight_matching, matrix)[0] for _ in range(5))
    runs = [asked_again(matrix, rounds) for _ in range(5)]
    together, anew, lemon, same = np.min([seconds for seconds, _ in runs], axis=0).sum(), 0.0, 0.0, True
    for found in runs[-1][1]:
        matrix = mirrored(n, u, v, weight)
        times = [timed(max_weight_matching, matrix) for _ in range(5)]
        anew += min(seconds for seconds, _ in times)
        lemon += lemon_on(n, u, v, weight)[0] if lemon_program() else np.nan
        same &= found.proven and found.objective == times[0][1].objective
        kept = ~np.isin(u * n + v, np.array(found.pairs) @ [n, 1])
        u, v, weight = u[kept], v[kept], weight[kept]
    print(
        f"{rounds} rounds, {name}: {n:,} people: {together:.3f} s, one solve {one:.3f}: {together / one:.2f} times; "
        f"each anew {anew:.3f} s, same totals {same}; LEMON {lemon:.2f} s for all",
        flush=True,
    )


def asked_again(matrix: object, rounds: int) -> tuple[list[float], list[Any]]:
    """Seconds of each round of a pool in which nobody meets again, and what was found."""
    from peernet.matching.resolver import Resolver

    seconds, pool = timed(Resolver, matrix)
    asked = pool.rounds(rounds)
    first, *later = [timed(next, asked) for _ in range(rounds)]
    times = [seconds + first[0], *(seconds for seconds, _ in later)]
    return times, [first[1], *(found for _, found in later)]


def best_of(runs: np.ndarray) -> float:
    """Mean of the best time of each question (column), and its share of what only the very first time took more."""
    best = runs.min(axis=0)
    return float(best.mean() + (runs[0, 0] - best[0]) / len(best))


def again(n: int) -> None:
    """Print what asking a solved pool again takes beside solving it anew.

    As for other short solves the best of nine times counts; what is worked out once, for the first question, is spread
    over all 20.
    """
    from peernet.matching.resolver import Resolver

    for family in ("uniform", "tied"):  # compiled, or loaded, before
        for change in ({"absent": [0]}, {"forbidden": [(0, 1)]}, {"required": [(0, 1)]}):
            Resolver(make_pool(family, 150)).again(**change)
    print(f"\nasking again, n = {n:,}: milliseconds on average, share of solving anew\n{'':14}{'anew':>8}", end="")
    print("".join(f"{name:>18}" for name in ("one absent", "pair forbidden", "pair required")), "  first absent alone")
    for family in FAMILIES:
        weights, rng = make_pool(family, n), np.random.default_rng(0)
        anew, pool = ours(weights)[0], Resolver(weights)
        draws = [rng.permutation(n)[:2].tolist() for _ in range(20)]
        made = pool.matching.pairs
        asked = {
            "absent": [[a] for a, _ in draws],
            "forbidden": [[made[a % len(made)]] for a, _ in draws],
            "required": [[(a, b)] for a, b in draws],
        }
        times = [
            np.array([[timed(pool.again, **{rule: change})[0] for change in changes] for _ in range(9)])
            for rule, changes in asked.items()
        ]
        means = [best_of(runs) for runs in times]
        cells = "".join(f"{1e3 * mean:10.2f}{mean / anew:7.0%} " for mean in means)
        print(f"{family:14}{1e3 * anew:8.1f}{cells}{1e3 * times[0][0, 0]:12.1f}", flush=True)
    partners = [b for b in range(n) if b != 0]
    seconds = timed(lambda: [pool.again(required=[(0, b)]) for b in partners])[0]
    print(f"every partner of one person required in turn (odd clusters): {seconds:.1f} s")


def setting() -> None:
    """Print versions and what compiling takes the first time (with an empty cache) or now."""
    from peernet.matching.matching import max_weight_matching

    names = ("numba", "numpy", "rustworkx", "pymatching")
    print(", ".join(f"{name} {version(name) if find_spec(name) else 'absent'}" for name in names))
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


def large(quick: bool) -> None:
    """Large pools, each in a process of its own."""
    print()
    for n in (2000,) if quick else (5000, 10_000):
        for family in FAMILIES:
            subprocess.run([sys.executable, __file__, "--alone", family, str(n)], check=True)


def peers(quick: bool) -> None:
    """Against other engines."""
    engines = {"PyMatching": pymatching_time, **({"LEMON": lemon_time} if lemon_program() else {})}
    whole = {"rustworkx": rustworkx_time, "with graph": rustworkx_whole}
    against_peers(300 if quick else 1000, engines | whole)
    if not quick:
        against_peers(2000, {"PyMatching": pymatching_time})


def blocks(quick: bool) -> None:
    """Weights by block."""
    print()
    for kind in ("tied survey", "weighed survey"):
        subprocess.run([sys.executable, __file__, "--by-block", kind, "2000" if quick else "20000"], check=True)


def few(quick: bool) -> None:
    """Pools with few allowed pairs: drawn at random, people who share a contact, and people of one team."""
    print()
    warm_up_lists()
    for n in (10_000,) if quick else (20_000, 100_000, 300_000):
        on_a_list("sparse pool", n, *few_allowed(n, PARTNERS))
        on_a_list("two steps apart", n, *two_steps_apart(n, CONTACTS))
        on_a_list(f"teams of {TEAM}", n, *in_teams(n, TEAM))


def thin(quick: bool) -> None:
    """Pools in which most people have few candidates."""
    from peernet.matching.matching import max_weight_matching

    print()
    warm_up_lists()
    max_weight_matching(mirrored(3000, *drawn(3000, 2)))
    for n in (10_000,) if quick else (20_000, 100_000, 300_000):
        for candidates in (2, 2.5, 3, 4, 6):
            settled_before(f"{candidates} on average", n, *drawn(n, candidates))
        settled_before("heavy-tailed, one named", n, *heavy_tailed(n, 1))
        settled_before("heavy-tailed, two named", n, *heavy_tailed(n, 2))
        settled_before("10 named of 40, mutual", n, *named_back(n, 10))


def warm_up_lists() -> None:
    """Compile, or load, what pools of listed pairs need."""
    from peernet.matching.matching import max_weight_matching

    max_weight_matching(mirrored(3000, *few_allowed(3000, PARTNERS)))


def several(quick: bool) -> None:
    """Room for several partners each, where allowed pairs are few."""
    from peernet.matching.matching import max_weight_matching, verify_bound

    print()
    n = 5000 if quick else 20_000
    max_weight_matching(mirrored(3000, *few_allowed(3000, PARTNERS)), capacity=PLACES)  # compiled, or loaded, before
    for name, pool in (("sparse pool", few_allowed(n, PARTNERS)), ("two steps apart", two_steps_apart(n, CONTACTS))):
        matrix = mirrored(n, *pool)
        seconds, found = timed(max_weight_matching, matrix, capacity=PLACES)
        verified = verify_bound(found, matrix, capacity=PLACES) == found.objective
        print(
            f"{name}: {n:,} people with {PLACES} places: {seconds:.2f} s, proven {found.proven}, verified {verified}, "
            f"total {found.objective:.0f}",
            flush=True,
        )


def rounds(quick: bool) -> None:
    """Six rounds without repeats."""
    print()
    warm_up_lists()
    asked_again(mirrored(3000, *few_allowed(3000, PARTNERS)), 2)
    n = 5000 if quick else 20_000
    without_repeats("sparse pool", n, *few_allowed(n, PARTNERS))
    without_repeats("two steps apart", n, *two_steps_apart(n, CONTACTS))
    without_repeats(f"teams of {TEAM}", n, *in_teams(n, TEAM))


def newspaper(quick: bool) -> None:
    """The shape of a newspaper's pairing of readers who disagree, of 2017: 30 minutes with networkx."""
    n, allowed = (550, 5000) if quick else (5500, 500_000)
    for sides in (2, 3):
        on_a_list(f"newspaper, {sides} camps", n, *disagreeing(n, allowed, sides))


def main() -> None:
    """Print all tables."""
    tables = {"peers": peers, "large": large, "blocks": blocks, "sparse": few, "thin": thin}
    tables |= {"newspaper": newspaper, "rounds": rounds, "several": several}
    tables["again"] = lambda quick: [again(n) for n in ((300,) if quick else (1000, 2000))]
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--only", choices=sorted(tables))
    arguments.add_argument("--alone", nargs=2, help=argparse.SUPPRESS)
    arguments.add_argument("--by-block", nargs=2, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.alone:
        alone(given.alone[0], int(given.alone[1]))
    elif given.by_block:
        by_block(given.by_block[0], int(given.by_block[1]))
    else:
        setting()
        for table in [given.only] if given.only else tables:
            tables[table](given.quick)


if __name__ == "__main__":
    main()
