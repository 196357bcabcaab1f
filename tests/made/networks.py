"""Published networks of ../shared as colleague graphs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from peernet import Survey, colleague_graph
from peernet.survey import Codebook, Item

DATA = Path(__file__).parents[3] / "shared" / "data"


def graph_of(edges: pd.DataFrame, people, *, items=None, ratings="given", answered=None):
    """The colleague graph of an edge list: ``ego``, ``alter``, ``layer`` and, where there is one, ``rating``."""
    return colleague_graph(survey_of_edges(edges, people, items=items, answered=answered), ratings=ratings)


def survey_of_edges(edges, people, *, items=None, answered=None, **facts) -> Survey:
    """A survey that asked nothing but for ties; further columns of people by name."""
    index = pd.Index([str(person) for person in people], name="person")
    ties = edges.assign(ego=edges["ego"].astype(str), alter=edges["alter"].astype(str))
    ties = ties.assign(rating=ties.get("rating", pd.Series(1.0, index=ties.index)).astype(float))
    ties = ties.assign(asked=ties.get("asked", pd.Series(True, index=ties.index)))
    layers = list(dict.fromkeys(ties["layer"]))
    items = items or [Item(layer, "tie", layer=layer) for layer in layers]
    told = {"name": index, "team": None, "manager": None, "answered": True, **facts}
    spoke = frozenset(index if answered is None else map(str, answered))
    return Survey(
        people=pd.DataFrame(told, index=index),
        ties=ties[["ego", "alter", "layer", "rating", "asked"]],
        outcomes=pd.DataFrame(columns=["person", "wave", "measure", "value"]),
        codebook=Codebook((Item("person", "person"), *items)),
        issues=pd.DataFrame(columns=["severity", "item", "person", "problem", "done"]),
        answered={str(item.layer): spoke for item in items},
    )


def published(name: str) -> tuple[pd.DataFrame, list[str]]:
    """Edges and people of a network in ../shared/data."""
    edges = pd.read_csv(DATA / name / "edges.csv").rename(
        columns={"source": "ego", "target": "alter", "relation": "layer", "weight": "rating"}
    )
    return edges, pd.read_csv(DATA / name / "nodes.csv")["id"].tolist()
