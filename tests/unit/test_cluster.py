"""On a Dask cluster everything comes out as on one core, also where workers die on the way."""

import logging
import os
import signal
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

import pandas as pd
import pytest
from joblib import Parallel, delayed, parallel_config

import peernet as pn
from peernet._parallel import over, over_draws, spawned
from peernet.errors import SettingError

distributed = pytest.importorskip("distributed", reason="needs the extra `cluster`")
pytestmark = pytest.mark.filterwarnings("default")  # of Dask about ports, unclosed sockets and its dependencies
MEMORY = 2**30


@contextmanager
def two_workers():
    """Workers in processes of their own, which a nanny starts again when they die."""
    settings = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "memory_limit": MEMORY}
    quiet = {"dashboard_address": None, "silence_logs": logging.CRITICAL}
    with distributed.LocalCluster(**settings, **quiet) as cluster, distributed.Client(cluster) as client:
        client.wait_for_workers(2, timeout=60)
        yield client


@pytest.fixture(scope="module")
def client():
    """Two workers, neither of which dies."""
    with two_workers() as client:
        yield client


def worker_processes(client):
    return [nanny.pid for nanny in client.cluster.workers.values()]


@contextmanager
def killing(client, at, everybody=False):
    """Kill one worker, or all of them, once so many results are in; lists what was killed."""
    killed = []

    class Bar:
        def __init__(self, **_):
            self.results = 0

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def update(self):
            self.results += 1
            if self.results == at and not killed:
                processes = worker_processes(client)
                for process in processes if everybody else processes[:1]:
                    os.kill(process, signal.SIGKILL)
                    killed.append(process)

    with patch("peernet._parallel.tqdm", Bar):
        yield killed


def one_number(rng):
    return float(rng.random())


def who(_):
    return os.getpid()


def shown(*tables):
    """Every value of what came out, to the bit."""
    return [(table.columns.tolist(), pd.util.hash_pandas_object(table).tolist()) for table in tables]


def of_stability(survey):
    found = pn.pairing_stability(survey, draws=16, progress=False)
    return shown(found.pairs, found.people, found.draws, found.consensus)


def everything_else(survey):
    """What is made of ways of pairing, kinds, draws, a study to come, stricter gates and opinions."""
    graph = pn.colleague_graph(survey)
    scores = pn.score_pairs(survey, graph)
    quiet = {"progress": False}
    yield pn.compare_pairings(scores, also={"own": lambda scores: []}, draws=10, held_out=1, **quiet).table
    yield pn.pairing_kinds(scores, draws=20, **quiet).steps
    yield pn.draw_pairing(scores, within=0.5, draws=10, **quiet).probabilities
    yield pn.outcomes.plan_study(scores, sites=[1, 2], draws=40, studies=100, **quiet).table
    yield pn.compare.foundation_curve(scores, graph, **quiet)
    yield pn.compare_scenarios(survey, graph, draws=3, **quiet).table


@pytest.fixture(scope="module")
def alone():
    """A survey, and its stability worked out on one core."""
    survey = pn.make_survey(people=48, answered=44, teams=4, rng=1).read()
    return survey, of_stability(survey)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no process can be killed outright here")
@pytest.mark.parametrize("everybody", [False, True])
def test_stability_survives_the_death_of_workers_to_the_byte(alone, everybody):
    survey, expected = alone
    with two_workers() as client, killing(client, at=8, everybody=everybody) as killed, parallel_config(backend="dask"):
        together = of_stability(survey)
    assert len(killed) == 1 + everybody
    assert together == expected


def test_everything_else_is_the_same_to_the_byte(client):
    survey = pn.make_survey(people=60, answered=56, teams=5, rng=2).read()
    alone = shown(*everything_else(survey))
    with parallel_config(backend="dask"):
        together = shown(*everything_else(survey))
    assert together == alone


def test_both_workers_work_and_results_come_in_order(client):
    seeds = spawned(0, 37)
    alone = over_draws(one_number, seeds, n_jobs=1, progress=False, what="numbers")
    with parallel_config(backend="dask"):
        assert over_draws(one_number, seeds, n_jobs=None, progress=False, what="numbers") == alone
        assert over(abs, range(-9, 9), progress=False, what="numbers") == [*map(abs, range(-9, 9))]
        workers = {*over(who, range(64), progress=False, what="processes")}
    assert os.getpid() not in workers
    assert workers == {*worker_processes(client)}


def test_work_that_cannot_find_its_module_is_sent_whole(client):
    """What is defined in a notebook is not importable on a worker."""
    with parallel_config(backend="dask"):
        assert over(lambda number: number + 1, range(5), progress=False, what="numbers") == [1, 2, 3, 4, 5]


def a_few(seed):
    return over_draws(one_number, spawned(seed, 4), n_jobs=None, progress=False, what="numbers")


def test_work_inside_work_does_not_wait_for_itself(client):
    with parallel_config(backend="dask"):
        assert Parallel()(delayed(a_few)(seed) for seed in range(6)) == [*map(a_few, range(6))]


def test_an_error_in_a_draw_is_raised_here(client):
    with parallel_config(backend="dask"), pytest.raises(SettingError, match="n_jobs must be None"):
        over(partial(over, abs, progress=False, what="numbers", n_jobs=0), [[1], [2]], progress=False, what="lists")


def test_what_workers_have_no_memory_for_is_refused_before_it_is_sent(client):
    with parallel_config(backend="dask"), pytest.raises(SettingError) as refused:
        over(abs, range(4), progress=False, what="numbers", room=1.5 * MEMORY)
    said = str(refused.value)
    assert "with 1 thread would need 1.8 GiB of memory, 1.5 GiB for each piece of work; there is 1 GiB." in said
    assert said.endswith("Start workers with fewer threads or more memory (memory_limit).")


def test_one_process_asked_for_is_this_one(client):
    with parallel_config(backend="dask"):
        assert over(who, range(3), progress=False, what="processes", n_jobs=1) == 3 * [os.getpid()]
