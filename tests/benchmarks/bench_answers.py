"""How long the questions about pairs and groups take: ``python tests/benchmarks/bench_answers.py``.

CPU seconds, once each, on a made-up survey without mess. ``--large`` adds the groups of 20,000 people. What
`peernet run` takes as a whole is in ``bench_run.py``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import peernet as pn


def survey_of(people: int) -> pn.Survey:
    """A made-up survey in which everybody answered."""
    with TemporaryDirectory() as folder:
        pn.make_survey(people=people, answered=people, teams=people // 11, mess=False).write(folder)
        return pn.read_survey(folder)


def enlarged(survey: pn.Survey, people: int) -> pn.Survey:
    """The same with so many people, drawn again and again, since there are no names for so many."""
    drawn = survey.people.sample(people, replace=True, random_state=0)
    return replace(survey, people=drawn.set_axis([f"x{i:05}" for i in range(people)]).rename_axis("person"))


def told(what: str, question: Callable[[], object]) -> object:
    """Ask, and print how long the answer took."""
    before = time.process_time()
    answer = question()
    print(f"{what:44}{time.process_time() - before:8.2f} s", flush=True)
    return answer


def about_pairs(survey: pn.Survey) -> None:
    """Everything that is asked of pairs."""
    graph = pn.colleague_graph(survey)
    scores = pn.score_pairs(survey, graph)
    pairing = pn.pair_people(scores)
    told("exposure_ledger", lambda: pn.exposure_ledger(scores, pairing))
    told("exposure_sensitivity", lambda: pn.compare.exposure_sensitivity(scores, pairing, graph))
    told("pairing_kinds", lambda: pn.pairing_kinds(scores, progress=False))
    told("compare_pairings", lambda: pn.compare_pairings(scores))


def main() -> None:
    """Print the table for 1,000 people, compiled before on 240."""
    small = survey_of(240)
    print("240 people, kernels compiled or loaded on the way")
    about_pairs(small)
    pn.cluster_people(small, progress=False)
    survey = survey_of(1_000)
    print("\n1,000 people")
    told("cluster_people, both views, 100 resamples", lambda: pn.cluster_people(survey, progress=False))
    about_pairs(survey)
    if "--large" in sys.argv:
        large = enlarged(survey_of(10_000), 20_000)
        print("\n20,000 people")
        told("cluster_people, both views", lambda: pn.cluster_people(large, progress=False))


if __name__ == "__main__":
    main()
