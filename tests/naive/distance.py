"""Obvious slow twins of the distances, the partitions and their stability; and answers of every kind to try them on."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

KINDS = ("numeric", "ordinal", "nominal", "binary", "asymmetric", "multiple")


def answers_of_every_kind(
    rng: np.random.Generator, n: int, missing: float = 0.1
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Two items of each kind, some answers missing."""
    columns = {}
    for kind in KINDS:
        for number in (1, 2):
            gone = rng.random(n) < missing
            columns[f"{kind}_{number}"] = [None if g else _answer(kind, rng) for g in gone]
    frame = pd.DataFrame(columns, index=pd.Index([f"p{i:03}" for i in range(n)], name="person"), dtype=object)
    for name in frame:
        kind = name.split("_")[0]
        if kind in ("numeric", "ordinal"):
            frame[name] = frame[name].astype(float)
        elif kind == "asymmetric":
            frame[name] = frame[name].astype("boolean")
    return frame, {name: name.split("_")[0] for name in frame}


def _answer(kind: str, rng: np.random.Generator) -> object:
    if kind == "multiple":
        return frozenset(np.array(list("abcd"))[rng.random(4) < 0.3].tolist())
    choices = {"numeric": rng.random() * 40, "ordinal": float(rng.integers(1, 6)), "nominal": "xyz"[rng.integers(3)]}
    return choices.get(kind, bool(rng.random() < 0.4))


def item_distance(a: object, b: object, kind: str, span: float) -> float | None:
    """Difference of two answers between 0 and 1; None where the item does not compare them."""
    if a is None or b is None or a is pd.NA or b is pd.NA or a != a or b != b:
        return None
    if kind in ("numeric", "ordinal"):
        return abs(a - b) / span if span else 0.0
    if kind == "asymmetric" and not a and not b:
        return None
    if kind == "multiple":
        return 1 - len(a & b) / len(a | b) if a | b else None
    return float(a != b)


def gower(frame: pd.DataFrame, kinds: dict[str, str], weights: dict[str, float], min_shared: float = 0.5) -> np.ndarray:
    """Gower's distance pair by pair; numbers by their observed range, ordinals by the dense rank."""
    frame = frame.copy()
    for name, kind in kinds.items():
        if kind == "ordinal":
            frame[name] = frame[name].rank(method="dense")
    spans = {name: frame[name].max() - frame[name].min() for name in kinds if kinds[name] in ("numeric", "ordinal")}
    table = np.full((len(frame), len(frame)), np.nan)
    for i, j in combinations(range(len(frame)), 2):
        shared = counted = total = 0.0
        for name, kind in kinds.items():
            a, b = frame[name].iloc[i], frame[name].iloc[j]
            if not (pd.isna(a) if not isinstance(a, frozenset) else False) and not (
                pd.isna(b) if not isinstance(b, frozenset) else False
            ):
                shared += weights[name]
            distance = item_distance(a, b, kind, spans.get(name, 1.0))
            if distance is not None:
                counted += weights[name]
                total += weights[name] * distance
        if counted > 0 and shared >= min_shared * sum(weights.values()) - 1e-9:
            table[i, j] = table[j, i] = total / counted
    for i in range(len(frame)):
        if any(weights[name] > 0 and _given(frame[name].iloc[i]) for name in kinds):
            table[i, i] = 0.0
    return table


def _given(answer: object) -> bool:
    return isinstance(answer, frozenset) or not pd.isna(answer)


def mean_differences(frame: pd.DataFrame, kinds: dict[str, str]) -> dict[str, float]:
    """Mean difference of each item over all pairs it compares, by listing the pairs."""
    means = {}
    for name, kind in kinds.items():
        column = frame[name].rank(method="dense") if kind == "ordinal" else frame[name]
        span = column.max() - column.min() if kind in ("numeric", "ordinal") else 1.0
        parts = [item_distance(a, b, kind, span) for a, b in combinations(column, 2)]
        means[name] = np.mean([part for part in parts if part is not None])
    return means


def pam(table: np.ndarray, k: int) -> list[int]:
    """BUILD and SWAP by the book: every exchange is tried and priced in full."""
    medoids: list[int] = []
    while len(medoids) < k:
        rest = [c for c in range(len(table)) if c not in medoids]
        medoids.append(min(rest, key=lambda c: round(_cost(table, [*medoids, c]), 10)))
    while True:
        swaps = [
            [c if m == out else m for m in medoids] for c in range(len(table)) for out in medoids if c not in medoids
        ]
        best = min(swaps, key=lambda swap: round(_cost(table, swap), 10))
        if _cost(table, best) >= _cost(table, medoids) - 1e-10:
            return medoids
        medoids = best


def _cost(table: np.ndarray, medoids: list[int]) -> float:
    return float(table[medoids].min(axis=0).sum())


def silhouettes(table: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Silhouettes person by person."""
    widths = []
    for i in range(len(table)):
        others = {k: [table[i, j] for j in range(len(table)) if label[j] == k and j != i] for k in set(label)}
        if not others[label[i]]:
            widths.append(0.0)
            continue
        inside = np.mean(others[label[i]])
        outside = min(np.mean(distances) for k, distances in others.items() if k != label[i])
        widths.append((outside - inside) / max(inside, outside) if max(inside, outside) > 0 else 0.0)
    return np.array(widths)


def left_out(answers: np.ndarray, questions: list[slice], penalty: float) -> np.ndarray:
    """Everybody's answers to every question by ridge regression, fitted anew without the person and the question."""
    expected = np.empty_like(answers)
    for person in range(len(answers)):
        others = np.delete(answers, person, axis=0)
        middle = others.mean(axis=0)
        for columns in questions:
            rest = np.ones(answers.shape[1], dtype=bool)
            rest[columns] = False
            x, y = (others - middle)[:, rest], (others - middle)[:, columns]
            slope = np.linalg.solve(x.T @ x + len(answers) * penalty * np.eye(x.shape[1]), x.T @ y)
            expected[person, columns] = (answers[person] - middle)[rest] @ slope
    return expected


def agreement(rated: np.ndarray, keyed: np.ndarray) -> tuple[np.ndarray, float]:
    """Agreement with whatever is asked: each person's answers above the average as they were ticked, and its variance.

    The variance is half of what two statements of different scales share that are worded alike above two that are not.
    """
    n, k = rated.shape
    middle = [np.mean([rated[i, q] for i in range(n) if not np.isnan(rated[i, q])]) for q in range(k)]
    products: dict[tuple[int, int], dict[bool, list[float]]] = {}
    for p in range(k):
        for q in range(p + 1, k):
            both = [i for i in range(n) if not np.isnan(rated[i, p]) and not np.isnan(rated[i, q])]
            if abs(keyed[p]) != abs(keyed[q]) and both:
                shared = np.mean([(rated[i, p] - middle[p]) * (rated[i, q] - middle[q]) for i in both])
                scales = products.setdefault((abs(int(keyed[p])), abs(int(keyed[q]))), {True: [], False: []})
                scales[bool(np.sign(keyed[p]) == np.sign(keyed[q]))].append(float(shared))
    told = [scales for scales in products.values() if scales[True] and scales[False]]
    variances = [(np.mean(scales[True]) - np.mean(scales[False])) / 2 for scales in told]
    sizes = [len(scales[True]) + len(scales[False]) for scales in told]
    above = np.zeros(n)
    for i in range(n):
        given = [np.sign(keyed[q]) * (rated[i, q] - middle[q]) for q in range(k) if not np.isnan(rated[i, q])]
        above[i] = np.mean(given) if given else 0.0
    return above, float(np.average(variances, weights=sizes))
