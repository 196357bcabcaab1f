"""Surveys to explore, of several shapes, and random moves of the dials."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import peernet as pn
from peernet.explorer.what_if import WhatIf
from tests.made.surveys import survey_of

ITEMS = ("experience_1", "experience_2", "goal_1", "goal_2", "perspective_1", "perspective_2", "perspective_3")


def drawn(
    n: int, rng: np.random.Generator, *, levels: tuple[int, ...] = (1, 2, 3, 4, 5), items=ITEMS, share=0.3, **kws
) -> pn.Survey:
    """People who answer at random and name a share of the others, most of them both ways."""
    names = [f"p{i:02d}" for i in range(n)]
    answers = {who: dict(zip(items, rng.choice(levels, len(items)).astype(float), strict=True)) for who in names}
    ties = {}
    for layer in ("works_with", "trust"):
        named = rng.random((n, n)) < share
        named |= named.T & (rng.random((n, n)) < 0.8)
        ties[layer] = [(names[i], names[j]) for i, j in np.argwhere(named) if i != j]
    return survey_of(answers, ties, **kws)


def without_goals(rng: np.random.Generator) -> pn.Survey:
    """Nobody was asked about goals, nor about experience."""
    return drawn(14, rng, items=tuple(item for item in ITEMS if item.startswith("perspective")))


def with_ties(rng: np.random.Generator) -> pn.Survey:
    """Answers are yes or no, so that many pairs are worth the same and many pairings are best."""
    items = ("experience_1", "goal_1", "perspective_1", "perspective_2", "perspective_3")
    return drawn(13, rng, levels=(1, 5), items=items, share=0.12)


def with_refusals(rng: np.random.Generator) -> pn.Survey:
    """Some told nothing of their outlook, some take no part, want several partners or none, or not this one."""
    survey = drawn(
        15,
        rng,
        opted_out=["p03"],
        capacity={"p04": 2, "p05": 3, "p06": 0},
        never_with={"p01": ["p02", "p07"]},
        silent={"trust": ["p08"]},
        team={f"p{i:02d}": "north" if i < 8 else "south" for i in range(15)},
    )
    survey.people.loc[["p09", "p10"], ["perspective_1", "perspective_2", "perspective_3"]] = np.nan
    return survey


SHAPES: dict[str, Callable[[np.random.Generator], pn.Survey]] = {
    "aarhus": lambda _rng: pn.load_aarhus(),
    "drawn": lambda rng: drawn(16, rng),
    "without goals": without_goals,
    "ties": with_ties,
    "refusals": with_refusals,
    "harbour": lambda _rng: pn.load_example(),
}


def distance(rng: np.random.Generator) -> str | float | None:
    """A setting of a distance gate."""
    return (None, "average", round(float(rng.random()), 2))[rng.integers(3)]


def any_change(rng: np.random.Generator) -> dict[str, object]:
    """Another position of one dial."""
    kinds = np.array(["mutual", "introduced", "unknown"])
    band = np.sort(rng.random(2)).round(2).tolist()
    dials: dict[str, Callable[[], object]] = {
        "accept": lambda: tuple(rng.permutation(kinds)[: rng.integers(1, 4)].tolist()),
        "experience": lambda: distance(rng),
        "goals": lambda: distance(rng),
        "band": lambda: None if rng.random() < 0.6 else tuple(band),
        "value": lambda: ("mean", "lesser", round(float(rng.random()), 2))[rng.integers(3)],
        "floor": lambda: None if rng.random() < 0.6 else round(float(rng.random()) * 0.05, 3),
        "objective": lambda: "fair" if rng.random() < 0.3 else "total",
        "cardinality": lambda: (None, "max")[rng.integers(2)],
        "outlook": lambda: ("adjusted", "answers")[rng.integers(2)],
    }
    name = str(rng.choice(list(dials)))
    return {name: dials[name]()}


def any_move(state: WhatIf, rng: np.random.Generator) -> None:
    """Move a dial, or something by hand; what is refused raises and leaves the state as it was."""
    people = state.pairing.scores.people
    a, b = (str(person) for person in rng.choice(people, 2, replace=False))
    if len(state.pairing) and rng.random() < 0.5:
        a, b = state.pairing.pairs[rng.integers(len(state.pairing))]
    rules = state.settings.rules.rules
    moves: list[Callable[[], None]] = [
        *[lambda: state.change(**any_change(rng))] * 5,
        lambda: state.lock(a, b),
        lambda: state.forbid(a, b),
        lambda: state.leave_out(a),
        lambda: state.release(rules[rng.integers(len(rules))]) if rules else None,
        lambda: state.undo() if state.can_undo else None,
        state.keep,
        lambda: state.reset() if rng.random() < 0.3 else None,
    ]
    moves[rng.integers(len(moves))]()
