"""How many distinct perspectives there are among everybody, and where missing answers blur the count.

Where answers are missing, distances rest on different questions for different pairs, and the likeness of a set can fail
to be positive semidefinite. What is counted then depends on who is counted first. The rule: those already in reach
count first, then always the person who adds most; somebody who cannot be told apart from those counted is left out.
Among everybody the person least like the others begins. What is found is always reached by some weighting of the
people, so it is never too much; `is_blurred` says where it may be too little.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import LinAlgError, cholesky

from peernet._arrays import Floats
from peernet.diversity.kernels import diverse_weights
from peernet.diversity.reach import Reach, similarity_of

__all__ = ["is_blurred", "perspectives_of_all"]

ROUNDING = 1e-9  # added to every likeness to oneself: clones are no blur


def is_blurred(likeness: Floats) -> bool:
    """Whether a likeness is not positive semidefinite, so that the count depends on who is counted first."""
    try:
        cholesky(likeness + ROUNDING * np.eye(len(likeness)), overwrite_a=True, check_finite=False)
    except LinAlgError:
        return True
    return False


def perspectives_of_all(reach: Reach) -> float:
    """Effective perspectives among everybody whose perspective is known; 0 where there is nobody."""
    known = np.flatnonzero([len(heard) for heard in reach.heard])
    if not len(known):
        return 0.0
    likeness = similarity_of(reach.distances.block(known, known), reach.scale)
    first = int(np.argmin(likeness.sum(axis=1)))
    order = np.concatenate([[first], np.delete(np.arange(len(known)), first)])
    return float(diverse_weights(likeness[np.ix_(order, order)]).sum())
