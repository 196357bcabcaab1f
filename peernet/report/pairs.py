"""Why these pairs: how near partners are in each respect, and for a few pairs what they share and where they differ."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from peernet._wording import display_names, listed, percent
from peernet.distance.distances import PersonDistances
from peernet.pairing.why import BANDS, ROUNDING
from peernet.privacy import suppress_small
from peernet.report.tables import rests_on
from peernet.scores.pair_scores import PairScores
from peernet.study import Study

__all__ = ["examples", "nearness", "told"]

SHOWN = 3  # pairs that are told in full
NEAR = BANDS[1][0]
HEADS = ("much closer", "closer", "as usual", "further apart", "not known")


def told(study: Study) -> str:
    """What a good partner is, and how many of the pairs are like that."""
    usual = _as_usual(study)
    near = [
        f"{percent(float((apart <= NEAR).mean()))} are closer in {block} than two people usually are"
        for block, apart in usual.items()
        if block != "perspective"
    ]
    far = float((usual["perspective"] > NEAR).mean())
    return (
        "A good partner has trodden much the same path and sees things differently. Of these pairs, "
        f"{listed([*near, f'{percent(far)} are at least about as far apart in perspective'])}. "
        "What counts is not the distance itself but what somebody adds to the outlooks a person hears already."
    )


def nearness(study: Study) -> pd.DataFrame:
    """Pairs by how near the two are, against two people picked at random; counts under the floor hidden."""
    counts = {block.capitalize(): _counted(apart) for block, apart in _as_usual(study).items()}
    some = pd.DataFrame(counts, index=list(HEADS)).loc[lambda table: table.any(axis="columns")]
    shown = pd.DataFrame({block: suppress_small(some[block]).drop("total") for block in some})
    table = shown.astype("str").mask(shown.isna(), "hidden").T
    return table.rename_axis("The two, in").reset_index()


def _as_usual(study: Study) -> dict[str, pd.Series[float]]:
    """Distance of each pair as a share of the mean distance of two people, by block."""
    found = _blocks(study.scores)
    return {block: study.pairing.table[block] / distances.mean for block, distances in found.items()}


def _blocks(scores: PairScores) -> dict[str, PersonDistances]:
    blocks = {"experience": scores.gates.experience, "goals": scores.gates.goals, "perspective": scores.perspective}
    return {block: distances for block, distances in blocks.items() if distances is not None and distances.mean > 0}


def _counted(apart: pd.Series[float]) -> list[int]:
    """Number of pairs in each band, and of those nothing is known of."""
    edges = [most + ROUNDING for most, _, _ in BANDS]
    place = np.where(apart.isna(), len(BANDS), np.searchsorted(edges, apart.fillna(0.0)))
    return [int(count) for count in np.bincount(place, minlength=len(HEADS))]


def examples(study: Study) -> list[tuple[str, str]]:
    """The pairs that bring most, with what they share, what they rest on, what sets them apart and what each gains."""
    table = study.pairing.table.sort_values(["value", "pair"], ascending=[False, True]).head(SHOWN)
    called = display_names(study.survey.people)
    rests = [rests_on(*row, called) for row in zip(table["foundation"], table["introducer"], strict=True)]
    return [
        (f"{called[a]} and {called[b]}", " ".join(_sentences(study.pairing.why(a, b).table, rest, called)))
        for a, b, rest in zip(table["a"], table["b"], rests, strict=True)
    ]


def _sentences(reasons: pd.DataFrame, rest: str, called: pd.Series[str]) -> Iterator[str]:
    yield from _sentence("Common ground", reasons[reasons["part"] == "common ground"])
    yield f"Rests on {rest}."
    yield from _sentence("Difference", reasons[reasons["part"] == "difference"])
    gains = reasons[reasons["part"] == "gain"]
    yield from _sentence("Gains in effective perspectives", gains.assign(block=gains["block"].map(called)))


def _sentence(head: str, reasons: pd.DataFrame) -> Iterator[str]:
    phrases = [_phrase(block, words) for block, words in zip(reasons["block"], reasons["words"], strict=True)]
    if phrases:
        yield f"{head}: {', '.join(phrases)}."


def _phrase(block: str, words: str) -> str:
    """One reason; that distances are held against two people picked at random is told once, above them all."""
    short = words.replace(" than two people picked at random", "").replace(
        " as two people picked at random", " as usual"
    )
    if block in ("contacts", "topics"):
        return short
    return f"most of all in “{block}”" if words == "most of all" else f"{block} {short}"
