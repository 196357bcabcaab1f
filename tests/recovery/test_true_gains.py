"""Pairs chosen by the outlook behind the answers are better in truth where answers tell of each other, never worse.

The benchmark ``tests/benchmarks/bench_truth.py`` prints the shares by world; the rates at full size:
``pytest -m slow -s tests/recovery/test_true_gains.py``.
"""

import numpy as np
import pytest

from tests.benchmarks.bench_truth import shares

TELLING = ("types", "three", "missing", "style")


def ahead(worlds, seeds, people):
    """Share of the attainable true gain by adjusted outlook less that by answers as given, organisation by world."""
    found = [[dict(shares(w, people, seed, ["answers", "adjusted"])) for w in worlds] for seed in seeds]
    return np.array([[share["adjusted"] - share["answers"] for share in row] for row in found])


def test_adjusted_outlook_brings_more_on_average_where_answers_tell_of_each_other():
    assert ahead(TELLING, range(700, 704), 120).mean() > 0.02


def test_it_changes_nothing_where_they_do_not_or_only_in_habits_of_answering():
    assert (ahead(["separate", "noise", "style alone"], range(700, 702), 120) == 0).all()


@pytest.mark.slow
@pytest.mark.parametrize("people", [40, 240])
def test_adjusted_outlook_brings_more_in_each_world(people):
    found = ahead(TELLING, range(700, 720), people)
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    print(f"\n{people} people, {TELLING}: {found.mean(axis=0).round(3)}, standard errors {error.round(3)}")
    assert (found.mean(axis=0) > 0).all()
