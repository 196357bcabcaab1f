"""Lines between people by tie layer: which ties there are, and side by side where two people have several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd

from peernet.graph.colleagues import default_rule, tie_layer
from peernet.pairing.record import Pairs
from peernet.plots.layout import contact_ties

__all__ = ["TOGETHER", "segments", "ties_by_layer"]

Segments = npt.NDArray[np.float64]

TOGETHER = "hear each other now"
MOST_LAYERS = 5  # more colours are not told apart
APART = 0.003  # of the width of the picture, between lines that would cover each other


def ties_by_layer(graph: nx.MultiDiGraph[str], layers: Sequence[str] | None = None) -> dict[str, Pairs]:
    """Pairs of people with a tie, by what their line is called.

    One entry per layer, ties under the rule that goes with its meaning; or one for all contact, either way, where no
    layers are wanted (``()``), or by default if there are too many.
    """
    contact = tuple(graph.graph["contact"] or graph.graph["layers"])
    chosen = (contact if len(contact) <= MOST_LAYERS else ()) if layers is None else tuple(layers)
    if not chosen:
        people = list(graph)
        return {
            TOGETHER: [(people[i], people[j]) for i, j in zip(*contact_ties(graph).nonzero(), strict=True) if i < j]
        }
    return {_called(graph, layer): list(tie_layer(graph, layer).edges()) for layer in chosen}


def _called(graph: nx.MultiDiGraph[str], layer: str) -> str:
    return layer.replace("_", " ") + (" (mutual)" if default_rule(graph, layer) == "mutual" else "")


def segments(ties: Mapping[str, Iterable[tuple[str, str]]], places: pd.DataFrame) -> dict[str, Segments]:
    """Line ends of every tie, shape (ties, 2, 2); lines of two people who have several lie side by side."""
    at = {str(person): np.array(place) for person, *place in places[["x", "y"]].itertuples(name=None)}
    known = {name: [tuple(sorted(pair)) for pair in pairs if set(pair) <= set(at)] for name, pairs in ties.items()}
    names = pd.DataFrame([(name, pair) for name, pairs in known.items() for pair in pairs], columns=["name", "pair"])
    together = names.groupby("pair")["name"]
    place = together.cumcount() - (together.transform("size") - 1) / 2
    ends = np.array([[at[person] for person in pair] for pair in names["pair"]], dtype=float).reshape(-1, 2, 2)
    ends = ends + (place.to_numpy()[:, None] * _sideways(ends, places))[:, None, :]
    return {name: ends[names["name"] == name] for name in known}


def _sideways(ends: Segments, places: pd.DataFrame) -> Segments:
    """A small step at right angles to each line."""
    along = ends[:, 1] - ends[:, 0]
    length = np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
    width = float((places[["x", "y"]].max() - places[["x", "y"]].min()).max())
    aside: Segments = np.column_stack([-along[:, 1], along[:, 0]]) / length * APART * width
    return aside
