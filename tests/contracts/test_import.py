"""`import peernet` is quick and brings nothing heavy with it."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("matplotlib", "networkx", "numba", "numpy", "pandas", "scipy", "seaborn", "sklearn")
PROGRAM = """
import sys, time
start = time.process_time()
import peernet
print(time.process_time() - start, *sorted(set(sys.modules) & set(sys.argv[1:])))
"""


def imported_once() -> list[str]:
    command = [sys.executable, "-c", PROGRAM, *HEAVY]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_importing_peernet_takes_less_than_a_tenth_of_a_second_of_the_processor():
    assert min(float(imported_once()[0]) for _ in range(5)) < 0.1


def test_importing_peernet_brings_in_no_heavy_package():
    assert imported_once()[1:] == []
