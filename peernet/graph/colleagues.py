"""The colleague graph: who named whom, on which layer, and who was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.errors import SettingError, check_choice, check_type, did_you_mean
from peernet.graph.rater_effects import corrected_ties
from peernet.survey.survey import Survey
from peernet.survey.ties import LOW, NAMED, NOT_ASKED, UNKNOWN, lowest_ratings, tie_states

Ratings = sparse.csr_array
SYMMETRISE: dict[str, Callable[[Ratings], Ratings]] = {
    "sent": lambda sent: sent,
    "mutual": lambda sent: sent.minimum(sent.T),
    "min": lambda sent: sent.minimum(sent.T),
    "either": lambda sent: sent.maximum(sent.T),
    "mean": lambda sent: (sent + sent.T) / 2,
}
FAINTEST = 1e-9  # strength of a layer below which nobody is heard on it
MISSING = ("available", "as_zero", "reconstruct")  # what those who did not answer say, see `layer_statistics`


def colleague_graph(survey: Survey, *, ratings: str = "given") -> nx.MultiDiGraph[str]:
    """Graph of everyone in the survey, one directed edge per nomination, keyed by tie layer.

    Parameters
    ----------
    survey
        What `read_survey` returned.
    ratings
        Which ratings decide what is a tie on the foundation layers: those ``"given"``; ``"centred"``, less the
        rater's lenience, so that somebody who rates everybody high is not matchable with everybody; or the
        ``"relationship"`` part, less the rated person's standing as well. See `social_relations`.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes are people, in the survey's order, and carry their row of ``survey.people``. Edges have ``key=layer``
        and ``rating``; a rating below the codebook's ``at_least`` is no edge, nor is one that is not known.
        ``graph.graph`` holds ``layers``,
        ``foundation`` (the layers a pairing must rest on), ``contact`` (the others), ``ratings`` as chosen and, per
        layer: the sets of people ``asked`` and ``answered``, for someone who was asked and did not answer has missing
        ties, not absent ones; the people whose list is ``incomplete``, so that whom they did not name is unknown; the
        pairs ``not_asked`` (ego was not asked about alter), ``unknown`` (the rating is not known) and ``rated_low``
        (rated, but too low for a tie, with that rating); the rating a tie has ``at_least``; and the ``strength`` of
        the layers on which colleagues are heard less than in full, as the codebook says.

    Raises
    ------
    SettingError
        If ``ratings`` is unknown, or a correction is wanted where nobody was rated.

    Notes
    -----
    A foundation layer that nobody answered is left out of ``foundation``: it can tell of nobody's trust, nor of its
    absence.

    Corrected ratings stay on the scale of the answers and are held against the same ``at_least``, and whatever is
    made of the graph rests on them: `score_pairs` then gates on the relationship. Expect fewer ties, since what was
    mere kindness no longer counts, and choose the threshold with `foundation_curve`. No correction makes a tie of a
    rating of 0.

    References
    ----------
    Kenny, D. A. & La Voie, L. (1984). The social relations model. Advances in Experimental Social Psychology 18,
    141-182.

    Examples
    --------
    >>> import peernet as pn
    >>> graph = pn.colleague_graph(pn.load_aarhus())
    >>> len(graph), graph.graph["layers"]
    (61, ('work', 'lunch', 'leisure', 'facebook', 'coauthor'))
    """
    check_type("survey", survey, Survey, "read_survey")
    foundation_layers = survey.foundation
    everyone = frozenset(survey.people.index)
    ties = corrected_ties(survey, ratings)
    least = lowest_ratings(survey.codebook, survey.ties)
    says = tie_states(survey.ties, least, ties["rating"])
    low = ties[says == LOW].set_index(["ego", "alter"])
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(
        layers=survey.layers,
        foundation=foundation_layers,
        ratings=ratings,
        contact=tuple(layer for layer in survey.layers if layer not in survey.codebook.foundation),
        asked=dict.fromkeys(survey.layers, everyone),
        answered={layer: survey.answered.get(layer, frozenset()) for layer in survey.layers},
        incomplete={layer: survey.incomplete.get(layer, frozenset()) for layer in survey.layers},
        not_asked=_pairs_by_layer(ties[says == NOT_ASKED], survey.layers),
        unknown=_pairs_by_layer(ties[says == UNKNOWN], survey.layers),
        rated_low={layer: low.loc[low["layer"] == layer, "rating"].to_dict() for layer in survey.layers},
        at_least=least,
        strength=survey.codebook.strength,
    )
    graph.add_nodes_from(
        (str(row.pop("person")), {str(k): v for k, v in row.items()})
        for row in survey.people.reset_index().to_dict("records")
    )
    named = ties[says == NAMED]
    told = (named[part].tolist() for part in ("ego", "alter", "layer", "rating"))
    for ego, alter, layer, said in zip(*told, strict=True):
        graph.add_edge(ego, alter, key=layer, rating=said)
    return graph


def _pairs_by_layer(ties: pd.DataFrame, layers: Sequence[str]) -> dict[str, frozenset[tuple[str, str]]]:
    """Who rated whom, by layer."""
    found = {layer: ties[ties["layer"] == layer] for layer in layers}
    return {
        layer: frozenset(zip(own["ego"].tolist(), own["alter"].tolist(), strict=True)) for layer, own in found.items()
    }


def tie_layer(
    graph: nx.MultiDiGraph[str], layer: str, *, rule: str | None = None, at_least: float | None = None
) -> nx.Graph[str] | nx.DiGraph[str]:
    """One layer of the colleague graph under a rule for ties that only one side named.

    Parameters
    ----------
    graph
        What `colleague_graph` returned.
    layer
        One of ``graph.graph["layers"]``.
    rule
        ``"mutual"`` (or ``"min"``): both named the other, the lower rating counts; ``"either"``: one did, the higher
        counts; ``"mean"``: the two ratings averaged, an absent one as zero; ``"sent"``: as named, directed. By default
        mutual for the layers a pairing rests on and either for contact, as their meanings ask.
    at_least
        Lowest rating that makes a tie, by default the codebook's; lower ratings are not in the graph.

    Returns
    -------
    networkx.Graph
        (`networkx.DiGraph` for ``"sent"``) with everyone as a node and ``rating`` on each edge.

    Raises
    ------
    SettingError
        If the layer or the rule is unknown, or ``at_least`` asks for ratings that the codebook says are no ties.

    Notes
    -----
    The rule can decide a conclusion; look at both where it matters. Somebody who did not answer has no mutual ties.

    Examples
    --------
    >>> import peernet as pn
    >>> graph = pn.colleague_graph(pn.load_aarhus())
    >>> pn.graph.tie_layer(graph, "lunch").number_of_edges()
    193
    """
    rule = rule or default_rule(graph, layer)
    check_choice("rule", rule, SYMMETRISE)
    if rule != "mean":  # the mean of a tie and of none lies below what makes a tie
        check_at_least(graph, (layer,), at_least)
    matrix = SYMMETRISE[rule](layer_matrix(graph, layer)).tocoo()
    people = list(graph)
    result: nx.Graph[str] = nx.DiGraph() if rule == "sent" else nx.Graph()
    result.add_nodes_from(people)
    result.add_edges_from(
        (people[i], people[j], {"rating": float(rating)})
        for i, j, rating in zip(*matrix.coords, matrix.data, strict=True)
        if rating >= (threshold(graph, layer) if at_least is None else at_least)
    )
    return result


def default_rule(graph: nx.MultiDiGraph[str], layer: str) -> str:
    """Mutual for a layer a pairing rests on, either way for contact."""
    return "mutual" if layer in graph.graph["foundation"] else "either"


def check_at_least(graph: nx.MultiDiGraph[str], layers: Sequence[str], at_least: float | None) -> None:
    """Raise `SettingError` if ratings are wanted that were too low to become ties of any of these layers."""
    lowest = min((threshold(graph, layer) for layer in layers), default=1.0)
    left_out = any(graph.graph.get("rated_low", {}).get(layer) for layer in layers)
    if at_least is not None and at_least < lowest and left_out:
        raise SettingError(
            f"at_least={at_least:g} asks for ratings below {lowest:g}, which the codebook says are no ties and which "
            "are not in this graph. Lower at_least in the codebook and make the graph again."
        )


def threshold(graph: nx.MultiDiGraph[str], layer: str) -> float:
    """Lowest rating that is a tie on this layer, as the codebook says."""
    return float(graph.graph.get("at_least", {}).get(layer, 1.0))


def layer_matrix(graph: nx.MultiDiGraph[str], layer: str) -> Ratings:
    """Ratings of one layer as a sparse matrix, ego in rows and alter in columns, in the order of the nodes.

    Parameters
    ----------
    graph
        What `colleague_graph` returned.
    layer
        One of ``graph.graph["layers"]``.

    Returns
    -------
    scipy.sparse.csr_array, shape (people, people)
        A cell is stored where the ego named the alter.

    Raises
    ------
    SettingError
        If the graph has no such layer.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.graph.layer_matrix(pn.colleague_graph(pn.load_aarhus()), "work").shape
    (61, 61)
    """
    check_layer(graph, layer)
    return layer_matrices(graph, (layer,))[layer]


def layer_matrices(graph: nx.MultiDiGraph[str], layers: Sequence[str] | None = None) -> dict[str, Ratings]:
    """The matrices of several layers, all by default, in one walk over the ties."""
    least = {layer: threshold(graph, layer) for layer in (graph.graph["layers"] if layers is None else layers)}
    place = {person: i for i, person in enumerate(graph)}
    cells: dict[str, tuple[list[int], list[int], list[Any]]] = {layer: ([], [], []) for layer in least}
    for i, (_, colleagues) in enumerate(graph.adjacency()):
        for alter, ties in colleagues.items():
            for layer, tie in ties.items():
                if layer in cells:
                    egos, alters, ratings = cells[layer]
                    egos.append(i)
                    alters.append(place[alter])
                    ratings.append(tie.get("rating"))
    matrices = {}
    for layer, (egos, alters, said) in cells.items():
        # One that is not known counts as the least that makes a tie.
        known = pd.array(said, dtype="Float64").fillna(least[layer]).to_numpy(dtype=np.float64)
        places = np.array(egos, dtype=np.intp), np.array(alters, dtype=np.intp)
        matrices[layer] = sparse.csr_array((known, places), shape=(len(place), len(place)))
    return matrices


def check_layer(graph: nx.MultiDiGraph[str], layer: str) -> None:
    """Raise `SettingError` unless the graph has this layer."""
    layers = graph.graph["layers"]
    if layer not in layers:
        known = ", ".join(layers) or "no layers"
        raise SettingError(f"No tie layer {layer!r}; the graph has {known}.{did_you_mean(layer, layers)}")


def who_answered(graph: nx.MultiDiGraph[str], layer: str) -> Flags:
    """Whether each person answered the layer's question, in the order of the nodes."""
    return np.array([person in graph.graph["answered"][layer] for person in graph], dtype=bool)


def who_is_complete(graph: nx.MultiDiGraph[str], layer: str) -> Flags:
    """Whether whom a person did not name on the layer is known not to be named, in the order of the nodes."""
    incomplete = graph.graph.get("incomplete", {}).get(layer, frozenset())
    return np.array([person not in incomplete for person in graph], dtype=bool)


def unsaid(graph: nx.MultiDiGraph[str], layer: str) -> Ratings:
    """1 for each ordered pair of which the layer says nothing: not asked about, or with a rating that is not known."""
    pairs = [graph.graph.get(said, {}).get(layer, ()) for said in ("not_asked", "unknown")]
    return pairs_matrix(graph, frozenset().union(*pairs))


def treated(matrix: Ratings, answered: Flags, missing: str) -> Ratings:
    """Ratings with the rows of those who did not answer emptied, or filled with what others said of them."""
    own = sparse.diags_array(answered.astype(float)) @ matrix
    if missing == "reconstruct":
        own = own + sparse.diags_array((~answered).astype(float)) @ own.T
    return sparse.csr_array(own)


def hears(layers: Iterable[tuple[Ratings, float]], rule: str, n: int) -> sparse.csr_array:
    """How fully each of n people (rows) hears each other, from 0 to 1, by layers and the strength of each.

    Who is tied on several layers is heard by the strongest: what is heard on a thin one is heard on the other as well,
    so strengths do not add up. A layer of strength 0 makes nobody heard.
    """
    told = [(strength, SYMMETRISE[rule](matrix).nonzero()) for matrix, strength in layers if strength >= FAINTEST]
    cells = [(strength, (ego.astype(np.int64) * n + alter)[ego != alter]) for strength, (ego, alter) in told]
    number = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *(own for _, own in cells)]))
    strongest = np.ones(len(number))
    if any(strength < 1 for strength, _ in cells):
        for strength, own in sorted(cells, key=lambda layer: layer[0]):
            strongest[np.searchsorted(number, own)] = strength
    ends = np.searchsorted(number, np.arange(n + 1, dtype=np.int64) * n)
    return sparse.csr_array((strongest, number % max(n, 1), ends), shape=(n, n))


def surroundings(
    heard: sparse.csr_array, known: Flags, order: Ints | None = None
) -> tuple[list[Ints], list[Floats] | None]:
    """Each person whose perspective is known and then those known whom they hear; and how fully, of oneself in full.

    Nobody where a person's own is not known. Those heard come by position or, given ``order``, by their place in it;
    how fully is None where everybody is heard in full.
    """
    members, strengths = [], []
    for i, own in enumerate(known):
        cells = slice(heard.indptr[i], heard.indptr[i + 1] if own else heard.indptr[i])
        alters, fully = heard.indices[cells].astype(np.int64), heard.data[cells]
        turn = np.arange(len(alters)) if order is None else np.argsort(order[alters])
        turn = turn[known[alters[turn]]]
        members.append(np.concatenate([[i], alters[turn]]) if own else alters)
        strengths.append(np.concatenate([[1.0], fully[turn]]) if own else fully)
    return members, None if (heard.data == 1).all() else strengths


def pairs_matrix(graph: nx.MultiDiGraph[str], pairs: Iterable[tuple[str, str]]) -> Ratings:
    """1 for each ordered pair of people, in the order of the nodes."""
    place = {person: i for i, person in enumerate(graph)}
    cells = [(place[a], place[b]) for a, b in pairs]
    ego, alter = np.array(cells, dtype=np.intp).reshape(-1, 2).T
    return sparse.csr_array((np.ones(len(cells)), (ego, alter)), shape=(len(place), len(place)))


def nominations_between(ratings: Mapping[str, Ratings], n: int) -> sparse.csr_array:
    """How often two of n people named each other, both ways, over all layers whose matrices are given; symmetric."""
    total = sparse.csr_array((n, n))
    for matrix in ratings.values():
        total = total + matrix.astype(bool).astype(float)
    return sparse.csr_array(total + total.T)
