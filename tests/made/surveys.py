"""Small surveys and gains made by hand, for tests that need one precise situation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from peernet import Survey
from peernet.matching.fairness import GainSides
from peernet.survey import Codebook, Item

DATA = Path(__file__).resolve().parents[2] / "data"
CONSTRAINT_KINDS = {"opted_out": "binary", "never_with": "text", "capacity": "numeric"}
Nominations = Mapping[str, Sequence[tuple[str, str]]]


def survey_of(
    answers: Mapping[str, Mapping[str, float]],
    ties: Nominations | None = None,
    *,
    manager: Mapping[str, str] | None = None,
    team: Mapping[str, str] | None = None,
    opted_out: Sequence[str] = (),
    never_with: Mapping[str, Sequence[str]] | None = None,
    capacity: Mapping[str, int] | None = None,
    silent: Mapping[str, Sequence[str]] | None = None,
    hours: Mapping[str, object] | None = None,
    layers: Sequence[str] = (),
    strength: Mapping[str, float] | None = None,
) -> Survey:
    """A survey of ordinal answers; an item's block is the word before its underscore (``perspective_1``)."""
    ties = {**dict.fromkeys(layers, ()), **(ties or {})}
    people = pd.DataFrame.from_dict({p: dict(row) for p, row in answers.items()}, orient="index").rename_axis("person")
    people.index = people.index.astype("str")
    items = [Item("person", "person"), *(_item(name) for name in people)]
    facts = pd.DataFrame(
        {
            "name": people.index,
            "team": pd.Series(dict(team or {}), dtype="str").reindex(people.index),
            "manager": pd.Series(dict(manager or {}), dtype="str").reindex(people.index),
            "answered": people.notna().any(axis=1),
        },
        index=people.index,
    )
    items += [Item(layer, "tie", layer=layer, strength=(strength or {}).get(layer)) for layer in ties]
    if hours:
        kind = "multiple" if any(isinstance(said, frozenset) for said in hours.values()) else "text"
        items.append(Item("hours", "constraint", kind, role="hours"))
        people["hours"] = pd.Series(dict(hours), dtype=object).reindex(people.index)
    for role, said in _constraints(people.index, opted_out, never_with, capacity).items():
        items.append(Item(role, "constraint", CONSTRAINT_KINDS[role], role=role))
        people[role] = said
    return Survey(
        people=facts.join(people),
        ties=_tie_frame(ties),
        outcomes=pd.DataFrame(columns=["person", "wave", "measure", "value"]),
        codebook=Codebook(tuple(items)),
        issues=pd.DataFrame(columns=["severity", "item", "person", "problem", "done"]),
        answered={layer: frozenset(people.index) - set((silent or {}).get(layer, ())) for layer in ties},
    )


def _item(name: str) -> Item:
    return Item(name, name.split("_")[0], "ordinal", low=1, high=5)


def _constraints(index, opted_out, never_with, capacity):
    said = {}
    if opted_out:
        said["opted_out"] = pd.array([person in opted_out for person in index], dtype="boolean")
    if never_with:
        named = {person: frozenset(others) for person, others in never_with.items()}
        said["never_with"] = pd.Series(named, dtype=object).reindex(index)
    if capacity:
        said["capacity"] = pd.Series(dict(capacity), dtype=float).reindex(index)
    return said


def _tie_frame(ties: Nominations) -> pd.DataFrame:
    rows = [(ego, alter, layer, 1.0, True) for layer, pairs in ties.items() for ego, alter in pairs]
    return pd.DataFrame(rows, columns=["ego", "alter", "layer", "rating", "asked"])


def both_ways(*pairs: tuple[str, str]) -> list[tuple[str, str]]:
    """Nominations in both directions."""
    return [tie for a, b in pairs for tie in ((a, b), (b, a))]


def sides(own, *, closed=(), capacity=1, **kws):
    """What pairs bring to both sides, the row's person from the column's; a pair is worth the mean of the two."""
    own = np.array(own, dtype=float)
    value = (own + own.T) / 2
    np.fill_diagonal(value, np.nan)
    for i, j in closed:
        value[i, j] = value[j, i] = np.nan
    return GainSides(own, value, np.broadcast_to(capacity, len(own)).astype(np.int64), **kws)
