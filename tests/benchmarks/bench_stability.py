"""CPU time of drawing a survey anew: ``python tests/benchmarks/bench_stability.py [DRAWS]``.

`pairing_stability` at 240 respondents (260 people on the roster) and at 480, on one core, and what one draw spends its
time on. Every draw counts twice: once to see which pairs come up, once more to hold the consensus against.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

import peernet as pn
from peernet.compare.survey_again import SurveyResampler, perturbation, resampler_of
from peernet.pairing.objectives import EngineWeights

USUAL = {"items": True, "ties": True, "thresholds": True, "weights": True}


def cpu_seconds(work: Callable[[], object], runs: int = 5) -> float:
    """CPU seconds of the quickest of several runs."""
    took = []
    for _ in range(runs):
        started = time.process_time()
        work()
        took.append(time.process_time() - started)
    return min(took)


def steps(again: SurveyResampler) -> dict[str, Callable[[], object]]:
    """The parts of one draw."""
    drawn = again.drawn(np.random.default_rng(0))
    ratings = again._ratings_again(np.random.default_rng(0))
    return {
        "draw and score, in all": lambda: again.drawn(np.random.default_rng(0)),
        "  nominations": lambda: again._ratings_again(np.random.default_rng(0)),
        "  foundation": lambda: again._foundation(ratings, np.random.default_rng(0)),
        "  surroundings": lambda: again._reach(drawn.perspective, ratings),
        "values and solve": lambda: EngineWeights(drawn).best(),
    }


def report(people: int, answered: int, draws: int) -> None:
    """Measure and print one size."""
    survey = pn.make_survey(people=people, answered=answered, teams=people // 11, rng=0).read()
    graph = pn.colleague_graph(survey)
    pn.pairing_stability(survey, graph, draws=1, progress=False)  # compiles
    took = cpu_seconds(lambda: pn.pairing_stability(survey, graph, draws=draws, progress=False), runs=1)
    print(f"{answered} respondents, {draws} draws: {took:.1f} CPU s")
    again = resampler_of(pn.score_pairs(survey, graph), graph, perturbation(**USUAL), {})
    for name, work in steps(again).items():
        print(f"  {name:26s} {1000 * cpu_seconds(work):7.1f} ms")


def main() -> None:
    """Measure and print both sizes."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for people, answered in ((260, 240), (520, 480)):
        report(people, answered, draws)


if __name__ == "__main__":
    main()
