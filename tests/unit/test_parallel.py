"""Draws are the same whoever does them, and shares come with their interval."""

import os
import platform
import resource
import subprocess
import sys
import warnings
from functools import partial
from threading import Event
from time import sleep
from unittest.mock import patch

import numpy as np
import pytest
from joblib import parallel_config

from peernet._parallel import (
    SecondProcess,
    _blocks,
    check_draws,
    cores,
    kept_memory,
    over,
    over_draws,
    share_interval,
    spawned,
    started_anew,
)
from peernet.errors import PeernetWarning, SettingError


def one_number(rng):
    return float(rng.random())


def drawn(seeds, n_jobs=1):
    return over_draws(one_number, seeds, n_jobs=n_jobs, progress=False, what="numbers")


def test_every_draw_has_a_seed_of_its_own():
    assert len(set(drawn(spawned(0, 20)))) == 20


def test_the_same_seed_gives_the_same_draws_again_and_again():
    seeds = spawned(0, 5)
    assert drawn(seeds) == drawn(seeds) == drawn(spawned(0, 5))
    assert drawn(spawned(1, 5)) != drawn(seeds)


def test_a_generator_moves_on():
    rng = np.random.default_rng(0)
    assert drawn(spawned(rng, 3)) != drawn(spawned(rng, 3))


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_jobs_and_backend_make_no_difference(backend):
    seeds = spawned(0, 37)
    with parallel_config(backend=backend):
        assert drawn(seeds, n_jobs=2) == drawn(seeds)


def process(_):
    return os.getpid()


def processes(draws, n_jobs):
    return {*over_draws(process, spawned(0, draws), n_jobs=n_jobs, progress=False, what="processes")}


def test_without_a_number_of_jobs_the_configuration_around_decides():
    assert processes(6, None) == {os.getpid()}
    with parallel_config(backend="loky", n_jobs=2):
        assert os.getpid() not in processes(6, None)
        assert processes(6, 1) == {os.getpid()}


def test_nothing_parallel_loads_no_joblib():
    script = (
        "import sys; from peernet._parallel import over; over(abs, [1], progress=False, what='numbers');"
        "assert 'joblib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("n_jobs", [0, 1.5, "2"])
def test_the_number_of_jobs_is_checked(n_jobs):
    with pytest.raises(SettingError, match="n_jobs must be None, a number of processes or -1"):
        drawn(spawned(0, 2), n_jobs=n_jobs)


@pytest.mark.parametrize(("draws", "jobs"), [(0, 2), (1, 4), (3, 64), (500, 2), (2_000, 64)])
def test_work_is_sent_out_in_order_in_ever_smaller_shares(draws, jobs):
    blocks = _blocks(range(draws), jobs)
    sizes = [len(block) for block in blocks]
    assert [each for block in blocks for each in block] == list(range(draws))
    assert sizes == sorted(sizes, reverse=True)
    assert 0 not in sizes
    assert not draws or sizes[0] <= max(1, -(-draws // (3 * jobs)) + 1)


def test_processes_that_need_more_memory_than_there_is_are_refused():
    with patch("peernet._parallel.memory_here", return_value=2.0 * 2**30):
        one = {"progress": False, "what": "numbers", "room": 1.0 * 2**30}
        assert over(abs, [-1, 2], n_jobs=1, **one) == [1, 2]
        with pytest.raises(SettingError, match=r"2 processes of this machine would need 2.6 GiB .* Give a smaller"):
            over(abs, [-1, 2], n_jobs=2, **one)


def test_work_that_one_process_has_no_memory_for_is_refused():
    with patch("peernet._parallel.memory_here", return_value=2.0 * 2**30), pytest.raises(SettingError) as refused:
        over(abs, [-1, 2], progress=False, what="numbers", room=1.8 * 2**30)
    assert str(refused.value).startswith("numbers: this process would need 2.1 GiB of memory, 1.8 GiB for each piece")


TAKES = """
import ctypes, gc, pickle
from unittest.mock import patch
import cloudpickle
import peernet as pn
from peernet import _parallel
from peernet.compare import comparison, held_out, kind_gains, strategies
from peernet.outcomes import plan

def memory(what):
    with open("/proc/self/status") as file:
        return 1024 * next(int(line.split()[1]) for line in file if line.startswith(what))

def kept(work, each, *, what, room=0.0, **how):
    given = cloudpickle.dumps((work, each[0]))
    found = over(work, each, what=what, **how)
    if room and what not in packed:
        packed[what] = given, room
    return found

packed, over = {}, _parallel.over
with (
    patch("peernet._parallel.over", kept), patch("peernet.compare.comparison.over", kept),
    patch("peernet.compare.held_out.over", kept), patch("peernet.compare.strategies.over", kept),
    patch("peernet.compare.kind_gains.over", kept), patch("peernet.outcomes.plan.over", kept),
):
    for people in (60, 600):
        packed.clear()
        survey = pn.make_survey(people=people, answered=people - 4, teams=people // 12, rng=1).read()
        scores = pn.score_pairs(survey, pn.colleague_graph(survey))
        pn.pairing_stability(survey, draws=1, consensus=False, progress=False)
        pn.compare_pairings(scores, draws=2, held_out=1, progress=False)
        pn.pairing_kinds(scores, draws=2, progress=False)
        pn.outcomes.plan_study(scores, effect=2.0, draws=40, rounds=2, studies=400, progress=False)
        loose = pn.score_pairs(survey, pn.colleague_graph(survey), foundation=("mutual", "introduced", "unknown"))
        packed.pop("pairings drawn")
        pn.draw_pairing(loose, draws=2, progress=False)
del survey, scores, loose
for what, (given, room) in packed.items():
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    before = memory("VmRSS")
    work, one = pickle.loads(given)
    work(one)
    print(what, (memory("VmHWM") - before) / room, sep=":")
    del work, one
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="peaks of memory are read from /proc, after malloc_trim")
def test_the_memory_stated_is_about_what_work_takes():
    run = subprocess.run([sys.executable, "-c", TAKES], capture_output=True, text=True, check=True)
    shares = {what: float(share) for what, _, share in (line.partition(":") for line in run.stdout.splitlines())}
    assert set(shares) == {
        "surveys drawn anew",
        "ways of pairing",
        "new pairs by lot",
        "choosing on half of the answers",
        "shuffling people",
        "pairings drawn",
        "scenarios",
    }
    assert all(0.4 < share < 1.6 for share in shares.values()), shares


@pytest.mark.parametrize("draws", [0, -1, 2.5])
def test_the_number_of_draws_is_checked(draws):
    with pytest.raises(SettingError, match="draws must be a whole number, at least 1"):
        check_draws(draws)


def test_no_draws_may_be_allowed():
    check_draws(0, least=0)
    with pytest.raises(SettingError, match="draws must be a whole number, 0 for none; got -1"):
        check_draws(-1, least=0)


def test_interval_of_a_share_is_wilsons():
    """Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3: 81 of 263 and 0 of 20."""
    low, high = share_interval(np.array([81.0]), 263)
    assert (low[0], high[0]) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    low, high = share_interval(np.array([0.0]), 20)
    assert (low[0], high[0]) == pytest.approx((0.0, 0.1611), abs=5e-5)


def answer(number):
    warnings.warn(f"{number} was asked for", PeernetWarning, stacklevel=1)
    if number < 0:
        raise SettingError(f"{number} is below 0.")
    return number, os.getpid()


def ends(ends_here):
    """Ends any other process than the one it is told of."""
    if os.getpid() != ends_here:
        os._exit(3)
    return ends_here


LOADS = "peernet.errors"


def test_a_second_process_does_the_work_and_its_warnings_are_given_here():
    with SecondProcess(LOADS) as second, pytest.warns(PeernetWarning, match="3 was asked for"):
        number, process = second.begin(partial(answer, 3))()
    assert number == 3
    assert (process != os.getpid()) == (cores() > 1)


def test_an_error_in_the_second_process_is_raised_here():
    with SecondProcess(LOADS) as second, pytest.warns(PeernetWarning), pytest.raises(SettingError, match="-1 is below"):
        second.begin(partial(answer, -1))()


def test_the_work_waits_until_it_can_begin():
    begun = []
    with SecondProcess(LOADS, ready=lambda: begun.append("ready")) as second, pytest.warns(PeernetWarning):
        second.begin(partial(answer, 3))()
    assert begun == ["ready"] * (cores() > 1)


@pytest.mark.parametrize("loads", [LOADS, "peernet.nothing_of_this_name"])
def test_a_second_process_that_is_lost_is_done_without(loads):
    with SecondProcess(loads) as second:
        assert second.begin(partial(ends, os.getpid()))() == os.getpid()


def slowly(number):
    sleep(0.02)
    return number, os.getpid()


def test_draws_are_shared_with_the_second_process_and_come_in_order():
    with SecondProcess(LOADS) as second:
        assert second.begin(os.getpid)() != os.getpid() or cores() == 1  # it has loaded
        found = over(slowly, range(40), progress=False, what="numbers")
    assert [number for number, _ in found] == [*range(40)]
    processes = [process for _, process in found]
    assert len({*processes}) == min(cores(), 2)
    assert processes == sorted(processes, key=processes.index)  # the first ones here, the last ones there
    assert processes[0] == os.getpid()


def test_what_the_second_process_has_no_time_for_is_done_here():
    with SecondProcess(LOADS) as second:
        later = second.begin(partial(sleep, 0.5))
        assert over(slowly, range(4), progress=False, what="numbers") == [(k, os.getpid()) for k in range(4)]
        later()
        assert [number for number, _ in over(slowly, range(4), progress=False, what="numbers")] == [*range(4)]


def test_draws_of_a_second_process_that_is_lost_are_done_here():
    with SecondProcess(LOADS):
        assert over(ends, [os.getpid()] * 30, progress=False, what="numbers") == [os.getpid()] * 30


def test_draws_that_cannot_be_sent_are_done_here():
    with SecondProcess(LOADS) as second:
        second.begin(os.getpid)()
        assert over(lambda number: number + 1, range(9), progress=False, what="numbers") == [*range(1, 10)]


def test_one_process_that_was_asked_for_is_one():
    with SecondProcess(LOADS) as second:
        second.begin(os.getpid)()
        assert {process for _, process in over(slowly, range(20), n_jobs=1, progress=False, what="n")} == {os.getpid()}


@pytest.mark.parametrize("wrong", [0, 30])
def test_an_error_and_warnings_of_shared_draws_come_as_if_all_were_done_here(wrong):
    numbers = [-1 if k == wrong else k for k in range(31)]
    with SecondProcess(LOADS) as second, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        second.begin(os.getpid)()
        with pytest.raises(SettingError, match="-1 is below"):
            over(answer, numbers, progress=False, what="numbers")
    assert [str(each.message) for each in caught] == [f"{k} was asked for" for k in numbers[: wrong + 1]]


def test_with_one_core_there_is_no_second_process():
    with patch("peernet._parallel.cores", return_value=1), SecondProcess(LOADS) as second, pytest.warns(PeernetWarning):
        assert second.begin(partial(answer, 3))() == (3, os.getpid())


def test_a_generator_can_be_started_anew():
    rng = np.random.default_rng(4)
    first, spawned_first = rng.random(3), rng.spawn(1)[0].random()
    again = started_anew(rng)
    assert (again.random(3) == first).all()
    assert started_anew(rng).spawn(1)[0].random() == spawned_first


def test_an_end_does_not_wait_for_work_that_could_not_begin():
    waits, waited = Event(), []
    with SecondProcess(LOADS, ready=lambda: waited.append(waits.wait(30))) as second:
        later = second.begin(os.getpid)
    assert not waited, "the end waited for what was not ready"
    waits.set()
    assert later() == os.getpid()


def pages_for(tables):
    """Pages that the system hands out while as many tables of 4 MB are made and dropped."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(tables):
        np.ones(2**19)
        np.ones(2**18)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="memory is managed by another C library")
def test_memory_of_what_was_dropped_is_used_again(monkeypatch):
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "65536")  # as in Dask's workers
    with kept_memory(), kept_memory():  # the inner one changes nothing
        pages_for(1)
        kept = pages_for(100)
    given_back = pages_for(100)
    assert 10 * kept < given_back


def test_where_another_library_manages_memory_nothing_is_asked_of_it():
    with patch("ctypes.CDLL", side_effect=TypeError), kept_memory():
        assert pages_for(1) >= 0


class HardToMakeError(Exception):
    """An error that cannot be made again from what it says."""

    def __init__(self, number, why):
        super().__init__(why)
        self.number = number


def hard(number):
    sleep(0.02)
    if number == 9:
        raise HardToMakeError(number, "nine is too many")
    return lambda: number  # cannot be sent


def of_elsewhere(number):
    return number


def test_what_cannot_be_sent_or_found_is_done_here_and_the_second_process_stays(monkeypatch):
    with SecondProcess(LOADS) as second:
        process = second.begin(os.getpid)()
        with pytest.raises(HardToMakeError, match="nine is too many"):
            over(hard, range(10), progress=False, what="numbers")
        assert [found() for found in over(hard, range(8), progress=False, what="numbers")] == [*range(8)]
        monkeypatch.setattr(of_elsewhere, "__module__", "tests.unit")
        monkeypatch.setattr("tests.unit.of_elsewhere", of_elsewhere, raising=False)  # here, and nowhere else
        assert over(of_elsewhere, range(8), progress=False, what="numbers") == [*range(8)]
        assert second.begin(os.getpid)() == process
