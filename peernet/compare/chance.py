"""Pairing by chance: the yardstick every way of pairing is held against."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from peernet._arrays import Ints
from peernet.pairing.record import Pairs
from peernet.scores.pair_scores import PairScores

__all__ = ["draw_pairs", "random_pairs"]


def random_pairs(scores: PairScores, *, within_gates: bool = False, rng: int | np.random.Generator = 0) -> Pairs:
    """Pair people at random.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    within_gates
        False: everyone who can take part, gates ignored; with an odd number one person stays out. True: in random
        order each person gets a random partner among those still free and possible for them, if there is any.
    rng
        Seed or generator.

    Returns
    -------
    list of pairs, sorted, the smaller identifier first

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> len(random_pairs(scores))
    119
    """
    return next(draw_pairs(scores, 1, within_gates=within_gates, rng=np.random.default_rng(rng)))


def draw_pairs(scores: PairScores, draws: int, *, within_gates: bool, rng: np.random.Generator) -> Iterator[Pairs]:
    """Random pairings, one after the other."""
    order = np.argsort(scores.people.to_numpy(dtype=object), kind="stable")
    people = scores.people.to_numpy(dtype=object)[order]
    pool = np.flatnonzero(scores.gates.out[order] == 0)
    possible = _possible(scores, order) if within_gates else None
    for _ in range(draws):
        drawn = rng.permutation(pool)
        pairs = _halved(drawn) if possible is None else _partnered(drawn, possible, rng)
        yield sorted((people[min(i, j)], people[max(i, j)]) for i, j in pairs)


def _possible(scores: PairScores, order: Ints) -> sparse.csr_array:
    """Pairs that pass every gate, people in the given order."""
    blocks = [sparse.csr_array(scores.possible(order[rows])[:, order]) for rows in scores.blocks()]
    return sparse.csr_array(sparse.vstack(blocks))


def _halved(drawn: Ints) -> list[tuple[int, int]]:
    return list(zip(drawn[::2].tolist(), drawn[1::2].tolist(), strict=False))


def _partnered(drawn: Ints, possible: sparse.csr_array, rng: np.random.Generator) -> list[tuple[int, int]]:
    free = np.zeros(possible.shape[0], dtype=bool)
    free[drawn] = True
    pairs = []
    for person in drawn.tolist():
        partners = possible.indices[possible.indptr[person] : possible.indptr[person + 1]]
        partners = partners[free[partners]]
        if free[person] and len(partners):
            partner = int(partners[rng.integers(len(partners))])
            free[[person, partner]] = False
            pairs.append((person, partner))
    return pairs
