"""Obvious, slow versions of the models of opinion: one step after the other, one person after the other."""

from __future__ import annotations

import numpy as np


def held_to_first(W: np.ndarray, first: np.ndarray, a: np.ndarray, steps: int) -> np.ndarray:
    """Friedkin-Johnsen by going there."""
    now = first
    for _ in range(steps):
        now = a[:, None] * (W @ now) + (1 - a)[:, None] * first
    return now


def near_only(W: np.ndarray, first: np.ndarray, confidence: float, steps: int) -> np.ndarray:
    """Hegselmann-Krause with shares of attention."""
    now = first
    for _ in range(steps):
        then = []
        for i, share in enumerate(W):
            near = [j for j in range(len(W)) if np.abs(now[i] - now[j]).mean() <= confidence + 1e-12]
            then.append(sum(share[j] * now[j] for j in near) / sum(share[j] for j in near))
        now = np.array(then)
    return now


def pulled_and_pushed(W: np.ndarray, first: np.ndarray, confidence: float, steps: int) -> np.ndarray:
    """Repulsion beyond a distance."""
    now = first
    for _ in range(steps):
        then = now.copy()
        for i, share in enumerate(W):
            for j in range(len(W)):
                pull = max(-1.0, 1 - np.abs(now[i] - now[j]).mean() / confidence)
                then[i] = then[i] + share[j] * pull * (now[j] - now[i])
        now = np.clip(then, 0, 1)
    return now


def limit_by_powers(W: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The DeGroot limit by multiplying on and on."""
    for _ in range(60):
        W = W @ W
        W = W / W.sum(axis=1, keepdims=True)
    return W @ first
