"""Classical multidimensional scaling of distances and a force-directed layout (LinLog) of ties: where to draw people.

Lines between people follow by tie layer: which ties there are, and side by side where two people have several.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.linalg import eigh
from scipy.spatial import cKDTree

from peernet._arrays import Floats
from peernet.distance.distances import PersonDistances
from peernet.graph.colleagues import default_rule, layer_matrix, tie_layer
from peernet.pairing.record import Pairs

MOST_PLACED = 2_000  # people whose map is worked out from all their distances; that takes the cube of their number
ROUNDS = 60  # of the force-directed layout, at most
PAIRS_A_ROUND = 70_000  # beyond this many pairs of people a round takes longer, and fewer are made
PUSHES = 60  # of people away from each other, at most
ELBOW_ROOM = 0.55  # least distance of two people, in distances of neighbours on a square grid
ASIDE, A_ROW = 0.08, 24  # people without ties: how far they stand below the unit square, and how many in a row
TOGETHER = "hear each other now"
MOST_LAYERS = 5  # more colours are not told apart
APART = 0.003  # of the width of the picture, between lines that would cover each other


@dataclass(frozen=True, eq=False)
class PeopleMap:
    """People on a plane, the nearer the more alike they answered."""

    table: pd.DataFrame  # index person; x and y in units of the distance, missing for people without usable answers
    shown: float  # share of the differences between people that the two directions show


def map_people(distances: PersonDistances) -> PeopleMap:
    """Map of people from their distances, by classical multidimensional scaling.

    A distance that is not defined counts as the mean distance. Of more than 2,000 people a fixed sample of so many is
    placed so, and everybody by their distances from these (landmark scaling): what it takes then grows with the people.

    References
    ----------
    de Silva, V. & Tenenbaum, J. B. (2004). Sparse multidimensional scaling using landmark points. Technical report,
    Stanford University.
    Gower, J. C. (1966). Some distance properties of latent root and vector methods used in multivariate analysis.
    Biometrika 53, 325-338.

    Examples
    --------
    >>> import peernet as pn
    >>> places = map_people(pn.distance.person_distances(pn.load_aarhus(), "perspective"))
    >>> places.table.shape, 0 < places.shown <= 1
    ((61, 2), True)
    """
    if len(distances) > MOST_PLACED:
        return _by_landmarks(distances)
    square = np.array(distances.block(np.arange(len(distances))))
    known = np.isfinite(square).sum(axis=1) > 1
    table = pd.DataFrame(np.nan, columns=["x", "y"], index=distances.people)
    if known.sum() < 2:
        return PeopleMap(table, 0.0)
    found, shown = _principal_axes(square[np.ix_(known, known)])
    table.loc[known] = found
    return PeopleMap(table, shown)


def _by_landmarks(distances: PersonDistances) -> PeopleMap:
    """The same of many people, by their distances from a fixed sample of them."""
    some = np.sort(np.random.default_rng(0).choice(len(distances), MOST_PLACED, replace=False))
    away = np.array(distances.block(np.arange(len(distances)), some))
    usable = np.isfinite(away[some]).sum(axis=1) > 1
    known, some, away = np.isfinite(away).sum(axis=1) > 1, some[usable], away[:, usable]
    table = pd.DataFrame(np.nan, columns=["x", "y"], index=distances.people)
    if len(some) < 2:
        return PeopleMap(table, 0.0)
    found, shown = _principal_axes(away[some])
    squared = np.where(np.isnan(away), np.nanmean(away[some]), away) ** 2
    lengths = (found**2).sum(axis=0)
    along = found / np.where(lengths > 0, lengths, 1.0)
    table.loc[known] = ((squared[some].mean(axis=0) - squared) @ along / 2)[known]
    return PeopleMap(table, shown)


def _principal_axes(square: Floats) -> tuple[Floats, float]:
    """Coordinates on the two main directions, and their share of what all real directions show (Gower 1966)."""
    squared = np.where(np.isnan(square), np.nanmean(square), square) ** 2
    centred = squared - squared.mean(axis=0) - squared.mean(axis=1)[:, None] + squared.mean()
    values, vectors = eigh(-centred / 2)
    lengths, axes = np.clip(values[:-3:-1], 0, None), vectors[:, :-3:-1]
    largest = axes[np.abs(axes).argmax(axis=0), range(axes.shape[1])]  # decides which way round the map is
    total = values[values > 0].sum()
    return axes * np.sign(largest) * np.sqrt(lengths), float(lengths.sum() / total) if total > 0 else 0.0


def place_colleagues(graph: nx.MultiDiGraph[str], *, seed: int = 0) -> pd.DataFrame:
    """Places at which circles of colleagues stand together, each apart from the others.

    Index ``person``; ``x`` and ``y`` from 0 to 1; people without ties stand in rows below, ``y`` negative. The graph's
    contact layers count, or all where it has none; the seed is that of the starting places.

    References
    ----------
    Noack, A. (2007). Energy models for graph clustering. Journal of Graph Algorithms and Applications 11, 453-480.
    Jacomy, M. et al. (2014). ForceAtlas2, a continuous graph layout algorithm. PLoS ONE 9, e98679.

    Examples
    --------
    >>> import peernet as pn
    >>> place_colleagues(pn.colleague_graph(pn.load_aarhus())).columns.tolist()
    ['x', 'y']
    """
    ties = contact_ties(graph)
    tied = ties.sum(axis=0) > 0
    places = np.empty((len(graph), 2))
    places[tied] = _pushed_apart(_to_unit_square(_drawn_in(_force_directed(ties[tied][:, tied], seed))))
    row, column = np.divmod(np.arange((~tied).sum()), A_ROW)
    places[~tied] = np.column_stack([(column + 0.5) / A_ROW, -ASIDE - row / A_ROW])
    return pd.DataFrame(places, columns=["x", "y"], index=pd.Index(list(graph), name="person"))


def contact_ties(graph: nx.MultiDiGraph[str]) -> sparse.csr_array:
    """Who hears whom now, either way on any contact layer (any layer where there is none): 0 and 1, symmetric."""
    n = len(graph)
    total = sparse.csr_array((n, n))
    for layer in graph.graph["contact"] or graph.graph["layers"]:
        total = total + layer_matrix(graph, layer).astype(bool).astype(float)
    return sparse.csr_array(((total + total.T) > 0).astype(float))


def _force_directed(ties: sparse.csr_array, seed: int) -> Floats:
    """ForceAtlas2 in its LinLog form; a tie pulls the more the more colleagues the two share."""
    n = ties.shape[0]
    if n < 3:
        return np.column_stack([np.arange(n), np.zeros(n)])
    rounds = int(np.clip(ROUNDS * PAIRS_A_ROUND / n**2, 10, ROUNDS))
    circles = nx.from_scipy_sparse_array(ties.multiply(ties @ ties) + ties)
    with np.errstate(invalid="ignore", divide="ignore"):  # networkx divides each person's distance to themselves
        placed = nx.forceatlas2_layout(circles, seed=seed, max_iter=rounds, linlog=True, weight="weight")
    return np.array([placed[i] for i in range(n)])


def _drawn_in(places: Floats) -> Floats:
    """Far-out people nearer to the middle, so that they do not squeeze everybody else."""
    if not len(places):
        return places
    centred = places - np.median(places, axis=0)
    reach = np.linalg.norm(centred, axis=1, keepdims=True)
    reach = reach / max(float(np.median(reach)), 1e-12)
    return centred * np.where(reach > 0, np.log1p(reach) / np.maximum(reach, 1e-12), 1.0)


def _pushed_apart(places: Floats) -> Floats:
    """Neighbours pushed apart until nobody covers anybody."""
    room = ELBOW_ROOM / np.sqrt(max(len(places), 1))
    for _ in range(PUSHES):
        i, j = cKDTree(places).query_pairs(room, output_type="ndarray").T if len(places) else ((), ())
        if not len(i):
            break
        between = places[i] - places[j]
        gap = np.linalg.norm(between, axis=1, keepdims=True)
        push = between / np.maximum(gap, 1e-12) * (room - gap) / 4
        places = places.copy()
        np.add.at(places, i, push)
        np.add.at(places, j, -push)
    return _to_unit_square(places)


def _to_unit_square(places: Floats) -> Floats:
    """Places moved and stretched to fill the square from 0 to 1."""
    if not len(places):
        return places
    low, high = places.min(axis=0), places.max(axis=0)
    stretched: Floats = (places - low) / np.where(high > low, high - low, 1.0)
    return stretched


def contact_of_teams(graph: nx.MultiDiGraph[str], teams: pd.Series) -> tuple[Floats, list[str]]:
    """Share of possible contacts that there are within and between teams, and the teams in the order of rows.

    Teams that hear much of each other stand side by side (leaves of an average-linkage tree). Only people with a team
    count; a team of one has no contact within.
    """
    names = sorted(teams.unique())
    codes = pd.Categorical(teams.reindex(list(graph)), categories=names).codes
    belongs = sparse.csr_array((np.eye(len(names) + 1)[:, :-1])[codes])  # code -1, no team, is the last row: nobody
    ties = np.asarray((belongs.T @ contact_ties(graph) @ belongs).todense())
    size = np.asarray(belongs.sum(axis=0)).ravel()
    possible = np.outer(size, size) - np.diag(size)
    share: Floats = np.divide(ties, possible, out=np.zeros(ties.shape), where=possible > 0)
    if len(names) > 2:
        between = share[np.triu_indices(len(names), 1)]
        tree = linkage(between.max() - between, "average", optimal_ordering=True)
        order = leaves_list(tree)
        share, names = share[np.ix_(order, order)], [names[k] for k in order]
    return share, names


def place_names(points: pd.DataFrame, texts: pd.Series[str], letters: float) -> dict[str, tuple[float, float]]:
    """Where to write names beside their dots: steps from the dot, in points, so that they cover little.

    ``points`` are the dots' places in points, ``letters`` the size of the letters. People in the thick of it first;
    each name goes where it covers least of the dots and of the names written so far.
    """
    away, width, height = 0.75 * letters, 0.58 * letters, 1.1 * letters
    at = points[["x", "y"]].to_numpy()
    crowd = pd.Series(
        cKDTree(at).query_ball_point(at, 6 * letters, return_length=True) if len(at) else [], points.index
    )
    dots = np.column_stack([at - 0.4 * letters, at + 0.4 * letters])  # left, bottom, right, top
    covered, found = list(dots), {}
    for person in crowd[texts.index].sort_values(ascending=False, kind="stable").index:
        x, y = points.loc[person, ["x", "y"]]
        wide = width * len(texts[person])
        boxes = {
            (dx * away, dy * away * 1.3): (
                x + dx * away - (0.0 if dx > 0 else wide if dx < 0 else wide / 2),
                y + dy * away * 1.3 - height / 2,
            )
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
        }
        ends = np.array([(left, low, left + wide, low + height) for left, low in boxes.values()])
        best = int(_overlaps(ends, np.array(covered)).sum(axis=1).round(6).argmin())
        found[str(person)] = [*boxes][best]
        covered.append(ends[best])
    return found


def _overlaps(boxes: Floats, others: Floats) -> Floats:
    """Area that each box shares with each other, shape (boxes, others)."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    area: Floats = np.clip(high - low, 0.0, None).prod(axis=2)
    return area


def ties_by_layer(graph: nx.MultiDiGraph[str], layers: Sequence[str] | None = None) -> dict[str, Pairs]:
    """Pairs of people with a tie, by what their line is called.

    One entry per layer, ties under the rule that goes with its meaning; or one for all contact, either way, where no
    layers are wanted (``()``), or by default if there are too many.
    """
    contact = tuple(graph.graph["contact"] or graph.graph["layers"])
    chosen = (contact if len(contact) <= MOST_LAYERS else ()) if layers is None else tuple(layers)
    if not chosen:
        people, ends = list(graph), zip(*contact_ties(graph).nonzero(), strict=True)
        return {TOGETHER: [(people[i], people[j]) for i, j in ends if i < j]}
    found = {}
    for layer in chosen:
        rule = " (mutual)" if default_rule(graph, layer) == "mutual" else ""
        found[layer.replace("_", " ") + rule] = list(tie_layer(graph, layer).edges())
    return found


def segments(ties: Mapping[str, Iterable[tuple[str, str]]], places: pd.DataFrame) -> dict[str, Floats]:
    """Line ends of every tie, shape (ties, 2, 2); lines of two people who have several lie side by side."""
    at = {str(person): np.array(place) for person, *place in places[["x", "y"]].itertuples(name=None)}
    known = {name: [tuple(sorted(pair)) for pair in pairs if set(pair) <= set(at)] for name, pairs in ties.items()}
    names = pd.DataFrame([(name, pair) for name, pairs in known.items() for pair in pairs], columns=["name", "pair"])
    together = names.groupby("pair")["name"]
    place = together.cumcount() - (together.transform("size") - 1) / 2
    ends = np.array([[at[person] for person in pair] for pair in names["pair"]], dtype=float).reshape(-1, 2, 2)
    ends = ends + (place.to_numpy()[:, None] * _sideways(ends, places))[:, None, :]
    return {name: ends[names["name"] == name] for name in known}


def _sideways(ends: Floats, places: pd.DataFrame) -> Floats:
    """A small step at right angles to each line."""
    along = ends[:, 1] - ends[:, 0]
    length = np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
    width = float((places[["x", "y"]].max() - places[["x", "y"]].min()).max())
    aside: Floats = np.column_stack([-along[:, 1], along[:, 0]]) / length * APART * width
    return aside
