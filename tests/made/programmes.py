"""Small pools for programmes of several rounds, and every choice of pairs that there is in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations

import numpy as np

import peernet as pn
from peernet.programme import Settings
from tests.made.surveys import survey_of

HEAD = "round,a,b,status,met,worth,note\n"
OPEN = Settings(accept=("mutual",), experience=None, goals=None)
TODAY = date(2026, 3, 2)
PEOPLE = "abcdefg"
PAIRS = list(combinations(PEOPLE, 2))


def made(rng: np.random.Generator, share: float = 0.6) -> pn.Survey:
    """Seven people, some of whom trust each other, and few of whom hear each other."""
    answers = {who: {f"perspective_{k}": float(rng.integers(1, 6)) for k in range(4)} for who in PEOPLE}
    trust = [pair for pair in PAIRS if rng.random() < share]
    heard = [pair for pair in PAIRS if rng.random() < 0.15]
    return survey_of(answers, {"trust": [*trust, *((b, a) for a, b in trust)], "advice": heard})


def matchings(pairs: list[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], ...]]:
    """Every choice of pairs in which nobody is twice."""
    if not pairs:
        yield ()
        return
    first, *rest = pairs
    yield from matchings(rest)
    for more in matchings([pair for pair in rest if not {*pair} & {*first}]):
        yield (first, *more)
