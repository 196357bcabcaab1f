"""Time to take the leaders out of 1,000 teams of ten, both tie rules: ``python tests/benchmarks/bench_teams.py``."""

from __future__ import annotations

import sys
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[2]))

import peernet as pn
from peernet import Survey
from tests.made.networks import survey_of_edges

TEAMS, SIZE, NAMED = 1_000, 10, 8


def organisation(seed: int = 0) -> Survey:
    """Everybody names eight people, three of four of them in their own team; the first of a team leads it."""
    rng = np.random.default_rng(seed)
    ego = np.repeat(np.arange(TEAMS * SIZE), NAMED)
    inside = rng.random(len(ego)) < 0.75
    alter = np.where(
        inside, ego // SIZE * SIZE + rng.integers(0, SIZE, len(ego)), rng.integers(0, TEAMS * SIZE, len(ego))
    )
    edges = pd.DataFrame({"ego": ego, "alter": alter}).query("ego != alter").drop_duplicates()
    people = np.arange(TEAMS * SIZE)
    manager = [None if person % SIZE == 0 else str(person // SIZE * SIZE) for person in people]
    team = [f"team {person // SIZE}" for person in people]
    return survey_of_edges(edges.assign(layer="candour"), people, team=team, manager=manager)


def main() -> None:
    """Print the processor time."""
    survey = organisation()
    graph = pn.colleague_graph(survey)
    start = process_time()
    found = pn.graph.leader_independence(survey, graph, progress=False)
    print(f"{found}: {process_time() - start:.1f} CPU s")


if __name__ == "__main__":
    main()
