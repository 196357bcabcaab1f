"""Which of the sixteen kinds of triad the people of a layer form, three by three."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import comb

import networkx as nx
import pandas as pd
from scipy import sparse

from peernet.errors import SettingError, check_choice
from peernet.graph.colleagues import Ratings, check_layer, layer_matrices
from peernet.graph.layers import MISSING, treated, who_answered
from peernet.graph.measures import binary, mutual_ties

__all__ = ["triad_census"]

# Mutual, one-sided and empty pairs in a triad, then its direction (Holland & Leinhardt 1970).
OPEN = ("003", "012", "102", "021D", "021U", "021C", "111D", "111U", "201")
CLOSED = ("030T", "030C", "120D", "120U", "120C", "210", "300")
KINDS = (*OPEN, *CLOSED)


def triad_census(
    graph: nx.MultiDiGraph[str], *, layers: Sequence[str] | None = None, missing: str = "available"
) -> pd.DataFrame:
    """Count the sixteen kinds of triad on each tie layer.

    Parameters
    ----------
    graph
        What `colleague_graph` returned.
    layers
        Which layers, all by default.
    missing
        What somebody who did not answer says, as in `layer_statistics`. With ``"available"`` only triads of three
        people who all answered count.

    Returns
    -------
    DataFrame
        Index ``layer``; ``people`` and one column per kind of triad, ``003`` to ``300``, named by its number of mutual,
        one-sided and empty pairs: ``300`` are circles in which all name each other; ``030C`` and ``201`` are circles
        and bridges nobody closes.

    Raises
    ------
    SettingError
        If a layer or the treatment is unknown, or ``"available"`` is wanted where people were asked about some
        colleagues only, for then it is not known of which kind a triad is.

    References
    ----------
    Holland, P. W. & Leinhardt, S. (1970). A method for detecting structure in sociometric data. American Journal of
    Sociology 76, 492-513. Moody, J. (1998). Matrix methods for calculating the triad census. Social Networks 20,
    291-299.

    Examples
    --------
    >>> import peernet as pn
    >>> table = triad_census(pn.colleague_graph(pn.load_aarhus()), layers=["lunch"])
    >>> table.loc["lunch", ["people", "003", "201", "300"]].tolist()
    [61, 25667, 566, 249]
    """
    check_choice("missing", missing, MISSING)
    for layer in layers or ():
        check_layer(graph, layer)
    rows = {layer: _census(_known(graph, layer, m, missing)) for layer, m in layer_matrices(graph, layers).items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["people", *KINDS]).rename_axis("layer")


def _known(graph: nx.MultiDiGraph[str], layer: str, matrix: Ratings, missing: str) -> Ratings:
    """Who named whom, among those whose ties are known."""
    answered = who_answered(graph, layer)
    if missing != "available":
        return treated(matrix, answered, missing)
    skipped = sum(ego in graph.graph["answered"][layer] for ego, _ in graph.graph.get("not_asked", {}).get(layer, ()))
    if skipped:
        raise SettingError(
            f"On layer {layer!r} {skipped:,} answers about colleagues were not asked for, so triads cannot be told "
            "apart. missing='as_zero' takes them for no ties."
        )
    return sparse.csr_array(matrix[answered][:, answered])


def _census(named: Ratings) -> dict[str, int]:
    """Closed triads by matrix products, open ones by what is left of each person's pairs of ties."""
    mutual = mutual_ties(named)
    one_sided = sparse.csr_array(binary(named) - mutual)
    found = _closed(mutual, one_sided)
    found |= _open(mutual, one_sided, found)
    n, pairs = named.shape[0], {"102": mutual.sum() / 2, "012": one_sided.sum()}
    for kind, place in (("102", 0), ("012", 1)):
        found[kind] = pairs[kind] * max(n - 2, 0) - sum(int(other[place]) * count for other, count in found.items())
    found["003"] = comb(n, 3) - sum(found.values())
    return {"people": n, **{kind: round(found[kind]) for kind in KINDS}}


def _closed(mutual: Ratings, one_sided: Ratings) -> dict[str, float]:
    """Triads in which every two are tied."""
    both, down = mutual @ mutual, one_sided @ one_sided
    return {
        "300": mutual.multiply(both).sum() / 6,
        "210": one_sided.multiply(both).sum(),
        "120D": mutual.multiply(one_sided.T @ one_sided).sum() / 2,
        "120U": mutual.multiply(one_sided @ one_sided.T).sum() / 2,
        "120C": mutual.multiply(down).sum(),
        "030T": one_sided.multiply(down).sum(),
        "030C": one_sided.T.multiply(down).sum() / 3,
    }


def _open(mutual: Ratings, one_sided: Ratings, closed: Mapping[str, float]) -> dict[str, float]:
    """Triads in which two are tied to a third and not to each other: pairs of ties less those in closed triads."""
    m, to, by = mutual.sum(axis=1), one_sided.sum(axis=1), one_sided.sum(axis=0)
    c = closed
    return {
        "201": (m * (m - 1)).sum() / 2 - 3 * c["300"] - c["210"],
        "111D": (m * by).sum() - c["210"] - 2 * c["120D"] - c["120C"],
        "111U": (m * to).sum() - c["210"] - 2 * c["120U"] - c["120C"],
        "021D": (to * (to - 1)).sum() / 2 - c["120D"] - c["030T"],
        "021U": (by * (by - 1)).sum() / 2 - c["120U"] - c["030T"],
        "021C": (to * by).sum() - c["120C"] - c["030T"] - 3 * c["030C"],
    }
