"""Time to price every partner of one person among 1,000 colleagues: ``python tests/benchmarks/bench_why_not.py``."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

import peernet as pn

PEOPLE = 1_000
LIMIT = 10.0  # seconds for all partners of one person
SAMPLE = 5  # partners for whom the pairing is also solved anew


def scored() -> pn.scores.PairScores:
    """Scores of a made-up company."""
    with TemporaryDirectory() as folder:
        pn.make_survey(people=PEOPLE, answered=960, teams=90, rng=1).write(folder)
        survey = pn.read_survey(folder)
    return pn.score_pairs(survey, pn.colleague_graph(survey))


def timed(work):
    """Answer and CPU seconds of a call."""
    start = process_time()
    return work(), process_time() - start


def report(name: str, scores: pn.scores.PairScores, objective: str = "total") -> float:
    """CPU seconds for the person with most possible partners, told; costs are held against solving anew."""
    pairing, first = timed(lambda: pn.pair_people(scores, objective=objective, progress=False))
    partners = np.concatenate([scores.possible(rows).sum(axis=1) for rows in scores.blocks()])
    person = scores.people[int(np.argmax(np.where(scores.capacity > 0, partners, 0)))]
    _, ready = timed(lambda: pairing.optimum)
    asked, seconds = timed(lambda: pairing.why_not(person, progress=False))
    some = asked.table.iloc[np.linspace(0, len(asked.table) - 1, SAMPLE).astype(int)]
    _, single = timed(lambda: pairing.why_not(person, some["partner"].iloc[-1]))
    kept = {"objective": objective, "progress": False}
    anew, slow = timed(lambda: [pn.pair_people(scores, required=[(person, o)], **kept) for o in some["partner"]])
    off = max(abs(pairing.objective - other.objective - cost) for other, cost in zip(anew, some["cost"], strict=True))
    print(f"{name}: {len(asked.table)} partners of {person}")
    print(f"  the pairing itself                       {first:8.2f} s")
    print(f"  values once more and the first solution  {ready:8.2f} s")
    print(f"  one partner                              {single:8.2f} s")
    print(
        f"  all partners                             {seconds:8.2f} s, {1000 * seconds / len(asked.table):.1f} ms each"
    )
    print(
        f"  one partner, paired anew                 {slow / len(some):8.2f} s; largest difference of costs {off:.1e}"
    )
    return ready + seconds


def main() -> None:
    """Print the times; fail where they are above the limit."""
    scores = scored()
    pn.pair_people(scores).why_not(scores.people[0], progress=False)  # compile
    times = [
        report("every gate kept", scores),
        report("every gate open", scores.without("foundation", "experience", "goals")),
        report("every gate kept, fair", scores, "fair"),
    ]
    if max(times) > LIMIT:
        raise SystemExit(f"The partners of one person took {max(times):.1f} s; they may take {LIMIT:g} s.")


if __name__ == "__main__":
    main()
