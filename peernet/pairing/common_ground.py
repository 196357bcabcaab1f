"""How alike two people are on a block of questions, told so coarsely that no single answer can be read from it.

Whoever knows their own answers must find, for every question, that the other may have answered it one way or another.
A block is therefore told in few bands, only where it rests on several questions, and never so that agreement on all of
them could be told from agreement on all but one.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from peernet._arrays import Floats
from peernet.distance.coding import SCALED
from peernet.distance.distances import PersonDistances
from peernet.survey.survey import Survey

__all__ = [
    "FEWEST",
    "closeness",
    "compared_questions",
    "effective_number",
    "gain_in_words",
    "main_theme",
    "shared_topics",
]

FEWEST = 3  # questions, topics or colleagues below which a word could tell a single answer
BANDS = (  # distance as a share of the usual: up to, words, told as
    (0.5, "much closer than two people picked at random", 0.5),
    (0.85, "closer than two people picked at random", 0.7),
    (1.15, "about as far apart as two people picked at random", 1.0),
    (np.inf, "further apart than two people picked at random", 1.3),
)
GRADED = ("numeric", "ordinal")
LEAST_GAIN = 0.01  # effective perspectives; less is told as this
ROUNDING = 1e-9


def closeness(distances: PersonDistances, a: str, b: str, within: float | None) -> tuple[str, float]:
    """How far apart two people are in words, and roughly as a share of the usual distance; missing if not told.

    Where a block rests on too few questions, only that they are within the gate is told.
    """
    compared, usual = compared_questions(distances, a, b), distances.mean
    step = float((compared["weight"] * smallest_steps(distances)).max()) if len(compared) else np.inf
    if effective_number(compared) < FEWEST or not step <= BANDS[1][0] * usual:
        told = len(compared) and within is not None
        return "within the gate" if told else "too few questions to say more", np.nan
    apart = float(compared["part"].sum()) / usual
    bands = BANDS if step <= BANDS[0][0] * usual else BANDS[1:]  # all alike must read like all but one
    return next((words, share) for most, words, share in bands if apart <= most + ROUNDING)


def compared_questions(distances: PersonDistances, a: str, b: str) -> pd.DataFrame:
    """The questions both answered, with their weight and the part of the distance each makes up."""
    parts = distances.parts(a, b)
    return parts[parts["distance"].notna() & (parts["weight"] > 0)]


def smallest_steps(distances: PersonDistances) -> pd.Series:
    """The least by which two different answers to each question are apart; 1 where they are not graded."""
    items = distances.items
    steps = [_least_gap(items.answers[v]) if items.rules[v] == SCALED else 1.0 for v in range(len(items.rules))]
    return pd.Series(steps, index=distances.weights.index)


def _least_gap(answers: Floats) -> float:
    given = np.unique(answers[~np.isnan(answers)])
    return float(np.diff(given).min(initial=1.0))


def effective_number(compared: pd.DataFrame) -> float:
    """How many questions of equal weight a block of questions amounts to."""
    return float(1 / (compared["weight"] ** 2).sum()) + ROUNDING if len(compared) else 0.0


def main_theme(survey: Survey, distances: PersonDistances, a: str, b: str) -> str:
    """The theme that holds more of the difference of two people than any other; empty where it is not told.

    A theme is a scale of the codebook. It is told only of two people who are at least about as far apart as people
    usually are, and only where both answered `FEWEST` of its graded questions.
    """
    compared = compared_questions(distances, a, b)
    items = survey.codebook
    graded = [name for name in compared.index if items[name].scale and items[name].kind in GRADED]
    by_theme = compared.loc[graded].groupby([items[name].scale for name in graded])["part"].agg(["sum", "size"])
    if not len(by_theme) or compared["part"].sum() < BANDS[1][0] * distances.mean:
        return ""
    first = by_theme["sum"] >= by_theme["sum"].max() - ROUNDING
    alone = first.sum() == 1 and by_theme.loc[first, "size"].iloc[0] >= FEWEST
    return str(by_theme.index[first][0]) if alone else ""


def shared_topics(exchange: float, named: tuple[int, int]) -> str:
    """Whether one can teach what the other wants to learn, in words; empty where it cannot be told.

    With fewer than `FEWEST` topics named on either side, the other could tell which one it must be.
    """
    if not exchange > 0 or min(named) < FEWEST:
        return ""
    return "one can teach what the other wants to learn"


def gain_in_words(gain: float, heard: int, questions: float) -> tuple[str, float]:
    """What one person gains, to one digit; for somebody who hears hardly anyone a gain would tell the exact distance.

    Told where they hear `FEWEST` people, themself among them, and both answered as many questions about perspective.
    """
    if min(heard, questions) < FEWEST or np.isnan(gain):
        return "not told", np.nan
    if gain < LEAST_GAIN:
        return f"less than {LEAST_GAIN}", LEAST_GAIN
    told = float(f"{gain:.0e}")
    return f"about {told:g}", told
