"""Time to play 1,000 people with 20 opinions under each model: ``python tests/benchmarks/bench_opinions.py``."""

from __future__ import annotations

import sys
from pathlib import Path
from time import process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

import peernet as pn
from tests.made.surveys import survey_of
from tests.naive.opinions import near_only

PEOPLE, ITEMS, COLLEAGUES = 1_000, 20, 14
LIMIT = 10.0  # CPU seconds for the three models, one draw each
STEPS = 3  # of the slow twin


def organisation(seed: int = 0) -> tuple[pn.Survey, list[tuple[str, str]]]:
    """People with answers from 1 to 5 who hear about 14 colleagues, and 500 pairs."""
    rng = np.random.default_rng(seed)
    names = [f"p{i:04d}" for i in range(PEOPLE)]
    answers = {name: {f"perspective_{v}": int(rng.integers(1, 6)) for v in range(ITEMS)} for name in names}
    ends = rng.integers(0, PEOPLE, (PEOPLE * COLLEAGUES // 2, 2))
    ties = [(names[a], names[b]) for a, b in ends if a != b]
    order = rng.permutation(PEOPLE)
    return survey_of(answers, {"works_with": ties}), [(names[a], names[b]) for a, b in order.reshape(-1, 2)]


def timed(name: str, work) -> float:
    """CPU seconds a call takes, told."""
    start = process_time()
    work()
    seconds = process_time() - start
    print(f"{name:<52}{seconds:8.2f} s")
    return seconds


def main() -> None:
    """Print the times; fail where the three models take longer than they may."""
    survey, pairs = organisation()
    graph = pn.colleague_graph(survey)
    play = {"susceptibility": 0.5, "progress": False}
    pn.simulate_opinions(survey, graph, pairs[:1], model="repulsion", **play)  # compiled before it is timed
    models = ("assimilation", "bounded confidence", "repulsion")
    total = sum(timed(m, lambda m=m: pn.simulate_opinions(survey, graph, pairs, model=m, **play)) for m in models)
    timed("all three, three pairings, 5 draws", lambda: several(survey, graph, pairs))
    small = np.full((200, 200), 1 / 200)
    first = np.random.default_rng(0).random((200, ITEMS))
    fast = timed(
        f"bounded confidence, 200 hear all, {STEPS} meetings",
        lambda: pn.opinions.bounded_confidence(small, first, confidence=0.3, meetings=STEPS),
    )
    slow = timed("  one by one in Python", lambda: near_only(small, first, 0.3, STEPS))
    print(f"  {slow / fast:,.0f} times as long")
    if total > LIMIT:
        raise SystemExit(f"the three models took {total:.1f} s; they may take {LIMIT:g} s.")


def several(survey: pn.Survey, graph, pairs: list[tuple[str, str]]) -> None:
    """The same pairs and two others under every model."""
    names = [name for pair in pairs for name in pair]
    turned = list(zip(names[1::2], names[2::2] + names[:1], strict=True))
    pairings = {"mine": pairs, "turned": turned, "half": pairs[:250]}
    pn.compare_scenarios(survey, graph, pairings, draws=5, progress=False)


if __name__ == "__main__":
    main()
