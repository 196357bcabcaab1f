"""Obvious, slow versions of exposure and gain."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd


def best_subset_magnitude(Z: np.ndarray) -> float:
    """Maximum diversity by trying every subset: the largest magnitude of one whose weights are all non-negative."""
    best = 0.0
    for size in range(1, len(Z) + 1):
        for members in combinations(range(len(Z)), size):
            part = Z[np.ix_(members, members)]
            if np.linalg.eigvalsh(part)[0] < 1e-9:
                continue
            weights = np.linalg.solve(part, np.ones(size))
            if (weights >= 0).all():
                best = max(best, weights.sum())
    return best


def gain(distances: np.ndarray, scale: float, heard: list[int], newcomer: int) -> float:
    """Maximum diversity with the newcomer less without, over {self, colleagues heard}."""
    Z = np.exp(-distances / scale)
    larger = [*heard, newcomer] if newcomer not in heard else heard
    return best_subset_magnitude(Z[np.ix_(larger, larger)]) - best_subset_magnitude(Z[np.ix_(heard, heard)])


def heard_so_fully(distances: np.ndarray, scale: float, strength: dict[int, float]) -> float:
    """Maximum diversity of people by how fully each is heard, whoever is not heard at all left out first."""
    people = [person for person, fully in strength.items() if fully > 0]
    noise = np.diag([1 / strength[person] - 1 for person in people])
    return best_subset_magnitude(np.exp(-distances[np.ix_(people, people)] / scale) + noise)


def best_shares(Z: np.ndarray, strength: list[float], steps: int) -> float:
    """Diversity of order 2 with a likeness to oneself of 1 / strength, at the best of all shares in so many steps."""
    parts = [cuts for cuts in product(range(steps + 1), repeat=len(Z) - 1) if sum(cuts) <= steps]
    shares = np.array([[*cuts, steps - sum(cuts)] for cuts in parts]) / steps
    own = Z + np.diag(1 / np.array(strength) - 1)
    return float((1 / np.einsum("si,ij,sj->s", shares, own, shares)).max())


def mean_silhouette(distances: np.ndarray, label: tuple[int, ...]) -> float:
    """Average silhouette width, person by person; 0 for somebody alone in a subgroup."""
    widths = []
    for i, own in enumerate(label):
        mates = [j for j, other in enumerate(label) if other == own and j != i]
        others = [[j for j, c in enumerate(label) if c == other] for other in set(label) - {own}]
        if not mates or not others:
            widths.append(0.0)
            continue
        inside = distances[i, mates].mean()
        outside = min(distances[i, members].mean() for members in others)
        widths.append((outside - inside) / max(inside, outside) if max(inside, outside) > 0 else 0.0)
    return float(np.mean(widths))


def partitions(n: int, most: int):
    """Every way to split n people into 2 to ``most`` subgroups, as labels."""

    def grown(label: tuple[int, ...]):
        if len(label) == n:
            if max(label) > 0:
                yield label
            return
        for c in range(min(max(label) + 2, most)):
            yield from grown((*label, c))

    yield from grown((0,))


def widest_split(distances: np.ndarray, most: int) -> float:
    """Faultline strength by trying every split."""
    return max(mean_silhouette(distances, label) for label in partitions(len(distances), most))


def best_parting(scores: np.ndarray, correlation: np.ndarray) -> float:
    """Share of variance between two sides along the line on which people differ most; scores item x person."""
    common = np.nan_to_num(scores - np.nanmean(scores, axis=1, keepdims=True)).T @ correlation
    line = pd.Series(np.linalg.svd(common)[0][:, 0]).sort_values(ignore_index=True)
    sides = [line.groupby(line.index < k).transform("mean").var(ddof=0) for k in range(2, len(line) - 1)]
    return max(sides) / line.var(ddof=0)


def entropy_by_item(distances, people: list[str]) -> pd.Series:
    """Each item's part of Rao's entropy, pair by pair; pairs of unknown distance count as the others."""
    parts, known = [], distances.to_frame().notna()
    for a, b in combinations(people, 2):
        if known.loc[a, b]:
            parts.append(distances.parts(a, b)["part"].fillna(0.0))
    return pd.concat(parts, axis=1).mean(axis=1) * (1 - 1 / len(people))


def entropy_within(distances, teams: dict[str, list[str]]) -> pd.Series:
    """Each item's part of the mean entropy of the teams, each counted by its people."""
    n = sum(map(len, teams.values()))
    nothing = pd.Series(0.0, index=distances.weights.index)
    return sum((entropy_by_item(distances, own) if len(own) > 1 else nothing) * len(own) / n for own in teams.values())


def leinster_cobbold(Z: np.ndarray, p: np.ndarray, q: float) -> float:
    """Similarity-sensitive diversity straight from its formula."""
    usual = Z @ p
    here = p > 0
    if q == 1:
        return float(np.prod(usual[here] ** -p[here]))
    if np.isinf(q):
        return float(1 / usual[here].max())
    return float((p[here] * usual[here] ** (q - 1)).sum() ** (1 / (1 - q)))


def gini(amounts: list[float]) -> float:
    """Half the relative mean difference between two different people."""
    known = [x for x in amounts if not np.isnan(x)]
    pairs = list(combinations(known, 2))
    return float(np.mean([abs(x - y) for x, y in pairs]) / (2 * np.mean(known))) if sum(known) else 0.0
