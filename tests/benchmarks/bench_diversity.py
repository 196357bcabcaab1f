"""Time to describe 100 teams of 1,000 people: ``python tests/benchmarks/bench_diversity.py``.

CPU seconds, best of three. The peer of the split by item is the same split pair by pair.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

import peernet as pn
from tests.naive.diversity import entropy_by_item

PEOPLE, TEAMS, SAMPLE = 1_000, 100, 40
LIMIT = 5.0


def best_of_three(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(3):
        start = process_time()
        work()
        seconds.append(process_time() - start)
    return min(seconds)


def main() -> None:
    with TemporaryDirectory() as folder:
        pn.make_survey(people=PEOPLE, answered=PEOPLE, teams=TEAMS, rng=0).write(Path(folder) / "large")
        survey = pn.read_survey(Path(folder) / "large")
    pn.diversity.describe_diversity(survey, "team", draws=1, progress=False)  # compiled once
    measured = {
        "describe_diversity, 100 teams": lambda: pn.diversity.describe_diversity(survey, "team", progress=False),
        "faultlines, 100 teams": lambda: pn.diversity.faultlines(survey, "team", progress=False),
        "describe_diversity, everybody": lambda: pn.diversity.describe_diversity(survey),
        "rao_by_item, 100 teams": lambda: pn.diversity.rao_by_item(survey, groups="team"),
    }
    seconds = {name: best_of_three(work) for name, work in measured.items()}
    for name, taken in seconds.items():
        print(f"{name:<48}{taken:8.2f} s")
    distances = pn.distance.person_distances(survey)
    some = list(survey.people.index[np.arange(SAMPLE)])
    pairs = PEOPLE * (PEOPLE - 1) / (SAMPLE * (SAMPLE - 1))
    naive = best_of_three(lambda: entropy_by_item(distances, some)) * pairs
    print(f"{'pair by pair, from a sample of ' + str(SAMPLE):<48}{naive:8.0f} s")
    print(f"rao_by_item is {naive / seconds['rao_by_item, 100 teams']:.0f} times as fast")
    assert max(seconds.values()) < LIMIT


if __name__ == "__main__":
    main()
