"""Scores with some pairs kept apart and some people left out, for pairing again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Codes
from peernet.scores.gates import REASONS
from peernet.scores.pair_scores import PairScores

__all__ = ["narrowed"]

FORBIDDEN, ABSENT = (np.int8(REASONS.index(reason)) for reason in ("forbidden", "absent"))


def narrowed(scores: PairScores, *, forbidden: Sequence[tuple[str, str]], absent: Sequence[str]) -> PairScores:
    """The same scores with some pairs not possible and some people not there."""
    gates = replace(scores.gates, rules=_with(scores, forbidden), out=_without(scores, absent))
    told = {
        "forbidden": (*scores.settings.get("forbidden", ()), *forbidden),
        "absent": (*scores.settings.get("absent", ()), *absent),
    }
    return replace(scores, gates=gates, settings={**scores.settings, **told})


def _with(scores: PairScores, forbidden: Sequence[tuple[str, str]]) -> sparse.csr_array:
    """The hard rules and the forbidden pairs."""
    asked = scores.to_frame(forbidden)  # names anybody who is not there
    i, j = (scores.people.get_indexer(pd.Index(asked[side])) for side in ("a", "b"))
    cells = np.concatenate([i, j]), np.concatenate([j, i])
    apart = sparse.csr_array((np.full(len(cells[0]), FORBIDDEN), cells), shape=scores.gates.rules.shape)
    return sparse.csr_array(scores.gates.rules.maximum(apart))


def _without(scores: PairScores, absent: Sequence[str]) -> Codes:
    out = scores.gates.out.copy()
    out[[scores.position(person) for person in absent]] = ABSENT
    return out
