"""How alike two people are on a block of questions, told so coarsely that no single answer can be read from it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from peernet.distance import PersonDistances
from peernet.survey import Survey

__all__ = ["FEWEST", "closeness", "compared_questions", "gain_in_words", "shared_topics", "themes_apart"]

FEWEST = 3  # questions two people must both have answered (or topics named) before a block says anything about them
NEAREST, FURTHEST = 0.5, 1.5  # distances beyond these shares of the usual are told as these
BANDS = (
    (0.5, "much closer than two people picked at random"),
    (0.85, "closer than two people picked at random"),
    (1.15, "about as far apart as two people picked at random"),
    (1.5, "further apart than two people picked at random"),
    (np.inf, "much further apart than two people picked at random"),
)
LEAST_GAIN = 0.01  # effective perspectives; less is told as this
SHARES = ((0.5, "most of it"), (0.25, "a good part of it"))


def closeness(distances: PersonDistances, a: str, b: str, within: float | None) -> tuple[str, float]:
    """How close two people are in words, and their distance as a share of the usual to a tenth; missing if not told.

    With fewer than `FEWEST` questions both answered, only that they are within the gate is told.
    """
    compared = compared_questions(distances, a, b)
    if len(compared) >= FEWEST and distances.mean > 0:
        apart = float(compared["part"].sum()) / distances.mean
        words = next(words for most, words in BANDS if apart <= most)
        return words, float(np.clip(round(apart, 1), NEAREST, FURTHEST))
    if len(compared) and within is not None:
        return "within the gate", np.nan
    return "too few questions to say more", np.nan


def compared_questions(distances: PersonDistances, a: str, b: str) -> pd.DataFrame:
    """The questions that tell two people apart or alike, with the part of the distance each makes up."""
    parts = distances.parts(a, b)
    return parts[parts["distance"].notna() & (parts["weight"] > 0)]


def themes_apart(survey: Survey, distances: PersonDistances, a: str, b: str) -> list[tuple[str, str, float]]:
    """Themes that hold much of the difference of two people: name, words and the least share; the most first.

    A theme is a scale of the codebook; it is told only where the two both answered `FEWEST` of its questions.
    """
    theme_of = {item.name: item.scale for item in survey.codebook.block("perspective") if item.scale}
    compared = compared_questions(distances, a, b)
    themes: pd.Series[str] = pd.Series(theme_of, dtype="str").reindex(compared.index)
    by_theme = compared.groupby(themes)["part"].agg(["sum", "size"])
    shares = by_theme.loc[by_theme["size"] >= FEWEST, "sum"] / compared["part"].sum()
    return [(str(theme), *_share_in_words(share)) for theme, share in _most_first(shares) if share >= SHARES[-1][0]]


def _most_first(shares: pd.Series) -> list[tuple[str, float]]:
    return sorted(((str(theme), float(share)) for theme, share in shares.items()), key=lambda pair: (-pair[1], pair[0]))


def _share_in_words(share: float) -> tuple[str, float]:
    return next((words, least) for least, words in SHARES if share >= least)


def shared_topics(exchange: float, named: tuple[int, int]) -> str:
    """Whether one can teach what the other wants to learn, in words; empty where it cannot be told.

    With fewer than `FEWEST` topics named on either side, the other could tell which one it must be.
    """
    if not exchange > 0 or min(named) < FEWEST:
        return ""
    return "one can teach what the other wants to learn"


def gain_in_words(gain: float, questions: int) -> tuple[str, float]:
    """What one person gains, to one digit: from an exact gain, somebody who hears nobody else could work back.

    Not told where the two both answered fewer than `FEWEST` of the questions about perspective.
    """
    if questions < FEWEST or np.isnan(gain):
        return "not told", np.nan
    if gain < LEAST_GAIN:
        return f"less than {LEAST_GAIN}", LEAST_GAIN
    told = float(f"{gain:.0e}")
    return f"about {told:g}", told
