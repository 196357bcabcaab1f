"""CPU time and gap of rounds and circles: ``python tests/benchmarks/bench_rounds.py [PEOPLE ...]``.

`plan_rounds` of six rounds, and `form_circles` of three, four and five, for 60, 240 and 1,000 people of a made-up
company. The gap is what the bound leaves open. Circles are formed twice: with a proof, as far as it comes in the usual
minute, and searched for (``exact=False``), so that what a proof takes and what a search loses stand side by side. Who
is placed comes before what it is worth, so totals are to be compared where as many are. Then `next_round` six times in
a row, as a programme asks for it: the slowest of them.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

import peernet as pn
from peernet.programme import next_round, read_rounds

SIZES = (60, 240, 1_000)
ROUNDS = 6
CIRCLES = (3, 4, 5)
PROVEN = 1e-6  # gap up to which the answers call themselves proven


def company(people: int) -> pn.Survey:
    """A company in which nine in ten answer."""
    return pn.make_survey(people=people, answered=people * 9 // 10, teams=max(4, people // 11), rng=1).read()


def scored(people: int) -> pn.scores.PairScores:
    """Scores of such a company."""
    survey = company(people)
    return pn.score_pairs(survey, pn.colleague_graph(survey))


def slowest_next_round(survey: pn.Survey) -> float:
    """CPU seconds of the slowest of six rounds, each proposed after the ones before."""
    slowest = 0.0
    with TemporaryDirectory() as empty:
        rounds = read_rounds(Path(empty), survey)
    for _ in range(ROUNDS):
        started = time.process_time()
        proposed = next_round(survey, rounds)
        slowest = max(slowest, time.process_time() - started)
        rounds = rounds.append(proposed.rows)
        rounds = rounds.append(rounds.started())
    return slowest


def programmes() -> dict[str, Callable[[pn.scores.PairScores], Any]]:
    """What is timed, by name."""
    found: dict[str, Callable[[pn.scores.PairScores], Any]] = {
        f"{ROUNDS} rounds": lambda scores: pn.plan_rounds(scores, rounds=ROUNDS, progress=False)
    }
    for size in CIRCLES:
        for exact in (True, False):
            name = f"circles of {size}{'' if exact else ', searched'}"
            found[name] = lambda scores, size=size, exact=exact: pn.form_circles(
                scores, size=size, exact=exact, progress=False
            )
    return found


def row(
    people: int, name: str, work: Callable[[pn.scores.PairScores], Any], scores: pn.scores.PairScores
) -> dict[str, object]:
    """CPU seconds of one call, and how good its answer is known to be."""
    started = time.process_time()
    found = work(scores)
    seconds = time.process_time() - started
    return {
        "people": people,
        "what": name,
        "CPU s": round(seconds, 2),
        "placed": len(found.members) if isinstance(found, pn.meetings.Circles) else "",
        "total": round(found.objective, 3),
        "gap": f"{found.gap:.2%}",
        "over rounds in turn": f"{found.objective / found.in_turn - 1:.2%}"
        if isinstance(found, pn.meetings.Rounds)
        else "",
        "proven": "yes" if found.gap < PROVEN else "no",
    }


def main() -> None:
    """Measure and print every size."""
    sizes = [int(given) for given in sys.argv[1:]] or SIZES
    warm = scored(SIZES[0])
    for work in programmes().values():
        work(warm)  # compiles
    for people in sizes:
        scores = scored(people)
        table = pd.DataFrame([row(people, name, work, scores) for name, work in programmes().items()])
        print(table.to_string(index=False))
        print(f"next round of {people:,} people: {slowest_next_round(company(people)):.2f} s of CPU", flush=True)


if __name__ == "__main__":
    main()
