"""On the first run the engine is compiled in a second process; later runs start none."""

import os
import subprocess
import sys

import pytest

from peernet.cli import Steps
from peernet.matching import warm_up
from peernet.matching.warm_up import EngineWarmUp, compile_checks, compile_engine
from peernet.study import PROVING, run_study


def process(script):
    return subprocess.Popen([sys.executable, "-c", script])


@pytest.fixture
def not_compiled(monkeypatch):
    """As on a new machine with two cores."""
    monkeypatch.setattr(warm_up, "_is_compiled", lambda: False)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def test_compiling_uses_the_engine_without_a_word(capfd):
    compile_engine()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("compiled", "cores"), [(True, 2), (False, 1), (False, None)])
def test_no_second_process_where_it_would_not_help(monkeypatch, compiled, cores):
    monkeypatch.setattr(warm_up, "_is_compiled", lambda: compiled)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    monkeypatch.setattr(warm_up, "_compiling", lambda: pytest.fail("a process was started"))
    with EngineWarmUp() as engine:
        engine.wait()
        assert not engine.runs


def test_waiting_ends_when_the_second_process_does(monkeypatch, not_compiled):
    monkeypatch.setattr(warm_up, "_compiling", lambda: process("import time; time.sleep(0.3)"))
    with EngineWarmUp() as engine:
        assert engine.runs
        engine.wait()
        assert not engine.runs
        engine.wait()


def test_an_error_leaves_no_process_behind(monkeypatch, not_compiled):
    started = process("import time; time.sleep(60)")
    monkeypatch.setattr(warm_up, "_compiling", lambda: started)
    with pytest.raises(ZeroDivisionError), EngineWarmUp():
        _ = 1 / 0
    assert started.poll() is not None


def test_without_a_second_process_nothing_is_lost(monkeypatch, not_compiled):
    def refuse(*_args, **_kws):
        raise OSError("no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    with EngineWarmUp() as engine:
        engine.wait()
        assert not engine.runs


def test_kernels_on_disk_are_found_and_missing_ones_are_not(tmp_path):
    compile_engine()
    assert warm_up._is_compiled()
    script = "from peernet.matching import warm_up; print(warm_up._is_compiled())"
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
    monkeypatch.setattr(warm_up, "_compiling", lambda: process("import time; time.sleep(1)"))
    with EngineWarmUp() as engine:
        engine.wait()
    assert runs == [True]


def test_compiling_the_checks_runs_them_without_a_word(capfd):
    compile_checks()
    assert capfd.readouterr() == ("", "")
