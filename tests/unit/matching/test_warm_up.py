"""On the first run the engine is compiled in a second process; later runs start none."""

import os
import subprocess
import sys

import pytest

from peernet.cli import Steps
from peernet.matching import warm_up
from peernet.matching.warm_up import LARGE, SMALL, EngineWarmUp, compile_checks, compile_engine
from peernet.study import PROVING, run_study


@pytest.fixture(autouse=True)
def _as_in_large_pools():
    """Small pools are solved as they are in a run."""


def process(script):
    return subprocess.Popen([sys.executable, "-c", script])


@pytest.fixture
def not_compiled(monkeypatch):
    """As on a new machine with two cores."""
    monkeypatch.setattr(warm_up, "_is_compiled", lambda _people: False)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


@pytest.mark.parametrize("people", [SMALL, LARGE])
def test_compiling_uses_the_engine_without_a_word(people, capfd):
    compile_engine(people)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("compiled", "cores"), [(True, 2), (False, 1), (False, None)])
def test_no_second_process_where_it_would_not_help(monkeypatch, compiled, cores):
    monkeypatch.setattr(warm_up, "_is_compiled", lambda _people: compiled)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    monkeypatch.setattr(warm_up, "_compiling", lambda _people: pytest.fail("a process was started"))
    with EngineWarmUp(LARGE) as engine:
        engine.wait()
        assert not engine.runs


def test_waiting_ends_when_the_second_process_does(monkeypatch, not_compiled):
    monkeypatch.setattr(warm_up, "_compiling", lambda _people: process("import time; time.sleep(0.3)"))
    with EngineWarmUp(LARGE) as engine:
        assert engine.runs
        engine.wait()
        assert not engine.runs
        engine.wait()


def test_an_error_leaves_no_process_behind(monkeypatch, not_compiled):
    started = process("import time; time.sleep(60)")
    monkeypatch.setattr(warm_up, "_compiling", lambda _people: started)
    with pytest.raises(ZeroDivisionError), EngineWarmUp(LARGE):
        _ = 1 / 0
    assert started.poll() is not None


def test_without_a_second_process_nothing_is_lost(monkeypatch, not_compiled):
    def refuse(*_args, **_kws):
        raise OSError("no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with EngineWarmUp(LARGE) as engine:
        engine.wait()
        assert not engine.runs


def test_kernels_on_disk_are_found_and_missing_ones_are_not(tmp_path):
    compile_engine(LARGE)
    assert warm_up._is_compiled(SMALL)
    assert warm_up._is_compiled(LARGE)
    script = f"from peernet.matching import warm_up; print(warm_up._is_compiled({SMALL}))"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert run.stdout.strip() == "False"


def test_a_study_begins_the_step_that_waits_for_the_engine(capsys):
    steps, waited = Steps(), []
    steps.wait_at(PROVING, lambda: waited.append(PROVING))
    run_study("data/aarhus", draws=5, progress=steps.start)
    assert waited == [PROVING]


def test_what_needs_no_search_is_compiled_here_while_the_second_process_compiles_the_search(monkeypatch, not_compiled):
    runs = []
    monkeypatch.setattr(warm_up, "compile_checks", lambda: runs.append(engine.runs))
    monkeypatch.setattr(warm_up, "_compiling", lambda _people: process("import time; time.sleep(1)"))
    with EngineWarmUp(LARGE) as engine:
        engine.wait()
    assert runs == [True]


def test_compiling_the_checks_runs_them_without_a_word(capfd):
    compile_checks()
    assert capfd.readouterr() == ("", "")


def test_a_small_first_run_compiles_no_pricing(monkeypatch):
    monkeypatch.setattr("peernet.matching.proving.tightest", None)
    monkeypatch.setattr("peernet.matching.proving.nearest_pairs", None)
    compile_engine(SMALL)


def test_kernels_of_a_small_run_do_not_do_for_a_large_one(monkeypatch, tmp_path):
    stats = type("Stats", (), {"cache_path": str(tmp_path)})
    monkeypatch.setattr("peernet.matching.blossom.run", type("Kernel", (), {"stats": stats}))
    (tmp_path / "blossom.run-1.nbi").touch()
    assert warm_up._is_compiled(SMALL)
    assert not warm_up._is_compiled(LARGE)
    (tmp_path / "pricing.tightest_pairs-1.nbi").touch()
    assert warm_up._is_compiled(LARGE)


def test_the_engine_is_waited_for_without_checks_where_pools_are_small(monkeypatch, not_compiled):
    monkeypatch.setattr(warm_up, "compile_checks", lambda: pytest.fail("checks were compiled"))
    monkeypatch.setattr(warm_up, "_compiling", lambda _people: process("pass"))
    with EngineWarmUp(SMALL) as engine:
        engine.wait()
