"""What a certificate says beyond its bound: how far below its cover each pair weighs, and which odd sets hold it."""

from __future__ import annotations

import numpy as np

from peernet._arrays import Floats, Ints
from peernet.matching.certificate import Certificate

__all__ = ["odd_sets", "reduced_costs"]


def reduced_costs(proof: Certificate | None, weights: Floats) -> Floats:
    """What a matching falls short of the certificate's bound, at the least, for making each pair.

    Parameters
    ----------
    proof
        Duals of these weights.
    weights
        Weight of every pair, missing where it is not possible.

    Returns
    -------
    ndarray, shape (people, people)
        Never below 0; infinite where a pair is not possible or somebody has no room; 0 for pairs with nodes of their
        own.
    """
    assert proof is not None  # the engine always gives one
    n, nodes = len(proof.copies), int(proof.copies.sum())
    dual = proof.dual[:nodes].astype(float)
    cover = dual[:, None] + dual
    for held, worth in zip(proof.sets, proof.set_dual.tolist(), strict=True):
        people = held[held < nodes]
        cover[np.ix_(people, people)] += worth
    least = np.full((n, n), np.inf)
    some = np.flatnonzero(proof.copies)
    if len(some):
        starts = (np.cumsum(proof.copies) - proof.copies)[some]
        least[np.ix_(some, some)] = np.minimum.reduceat(np.minimum.reduceat(cover, starts, axis=0), starts, axis=1)
    short = np.maximum((least - proof.bonus) * proof.unit - weights, 0.0)
    u, v = proof.single.T
    short[u, v] = short[v, u] = 0.0
    return np.where(np.isnan(short), np.inf, short)


def odd_sets(proof: Certificate | None, *, several: bool = True) -> list[Ints]:
    """Sets of places for partners, person by person, no more than half of which can be paired inside.

    Parameters
    ----------
    proof
        The certificate that the sets are part of.
    several
        Whether sets count in which somebody has room for several partners.
    """
    assert proof is not None  # the engine always gives one
    owner = np.repeat(np.arange(len(proof.copies)), proof.copies)
    return [
        held
        for held, worth in zip(proof.sets, proof.set_dual.tolist(), strict=True)
        if worth > 0 and (held < len(owner)).all() and (several or (proof.copies[owner[held]] == 1).all())
    ]
