"""On the first run the engine is compiled in a second process; later runs start none."""

import os
import subprocess
import sys

import pytest

from peernet import _first_run
from peernet._first_run import EngineStart, compile_engine
from peernet._study import run_study
from peernet.cli import PROOF


def test_compiling_uses_the_engine_without_a_word(capfd):
    compile_engine()
    assert capfd.readouterr() == ("", "")


def test_a_compiled_engine_starts_no_second_process(monkeypatch):
    monkeypatch.setattr(_first_run, "_is_compiled", lambda: True)
    monkeypatch.setattr(_first_run, "_compiling", lambda: pytest.fail("a process was started"))
    EngineStart().wait()


def test_waiting_ends_when_the_second_process_does(monkeypatch):
    monkeypatch.setattr(_first_run, "_is_compiled", lambda: False)
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    monkeypatch.setattr(_first_run, "_compiling", lambda: process)
    start = EngineStart()
    start.wait()
    start.wait()
    assert process.returncode == 0


def test_without_a_second_process_nothing_is_lost(monkeypatch):
    def refuse(*_args, **_kws):
        raise OSError("no more processes")

    monkeypatch.setattr(_first_run, "_is_compiled", lambda: False)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    EngineStart().wait()


def test_kernels_on_disk_are_found_and_missing_ones_are_not(tmp_path):
    compile_engine()
    assert _first_run._is_compiled()
    script = "from peernet import _first_run; print(_first_run._is_compiled())"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert run.stdout.strip() == "False"


def test_the_engine_is_waited_for_at_the_step_that_needs_it():
    steps = []
    run_study("data/aarhus", draws=5, progress=steps.append)
    assert PROOF in steps
