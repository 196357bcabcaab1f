"""The colleague graph for other programs: GraphML, GEXF or an edge list, under pseudonyms unless names are wanted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from peernet._files import write_whole
from peernet._wording import listed
from peernet.errors import SettingError, did_you_mean
from peernet.graph.network_xml import Cell, gexf, graphml, written
from peernet.privacy import defuse

Seed = int | np.random.Generator | None
ENDINGS = (".graphml", ".gexf", ".csv")
OWN_NAMES = ("id", "label")  # what readers call a person's identifier, which an attribute of that name would hide


def write_graph(
    graph: nx.MultiDiGraph[str],
    path: str | Path,
    *,
    names: bool = False,
    attributes: Sequence[str] = (),
    rng: Seed = None,
) -> pd.Series[str]:
    """Write the colleague graph for other programs, in the format that the end of the file's name asks for.

    Parameters
    ----------
    graph
        What `colleague_graph` returned.
    path
        The file to write, whole or not at all. ``.graphml``: GraphML, for Gephi, Cytoscape, igraph, visone and others;
        ``.gexf``: GEXF, for Gephi; ``.csv``: the ties as a table, one row per nomination.
    names
        Whether people keep their identifiers. By default they are numbered in a drawn order: ``n1``, ``n2``, ...
    attributes
        Columns of ``survey.people`` to write for each person, none by default; not for ``.csv``, which holds ties
        alone. A network gives people away by its shape, the more so beside their team or role: a file under pseudonyms
        is still personal data.
    rng
        Seed or generator for the order of pseudonyms; drawn afresh by default, and then nobody can draw it again. With
        a fixed seed they are no pseudonyms: whoever has the list of people and knows or guesses the seed has the key.
        A seed in a notebook or script that goes along with the file is as good as names. Seeds are for tests; where
        the same pseudonyms are wanted again, keep the key.

    Returns
    -------
    Series
        Pseudonym of each person, index ``person``: the key, to be kept apart from the file. It is written nowhere.

    Raises
    ------
    SettingError
        If the file's name has another ending, an attribute is unknown or called as something the file has of its own
        (``id``, ``label``, ``answered_...``), attributes are wanted in a ``.csv``, or the file cannot be written.

    Notes
    -----
    In GraphML and GEXF people carry ``answered_...`` per layer, ties their ``layer`` and ``rating``; several ties
    between two people are several edges. Every attribute has one type: true or false, number, or text. A rating that
    is not known is ``NaN``, for many programs take an absent one for 1. Any other answer that is not known is absent,
    which igraph shows as ``NaN`` or empty text; and as yes/no answers would turn into "no" there, they are the words
    ``yes`` and ``no`` wherever somebody's is not known.

    The table has the columns ``ego``, ``alter``, ``layer`` and ``rating`` (empty where not known); people without ties
    are not in it, nor who did not answer. Under ``names=True`` it can stand as ``ties.csv`` beside the survey's other
    files. Read it with ``pandas.read_csv(file, dtype={"ego": str, "alter": str}, keep_default_na=False,
    na_values={"rating": ""})``; without, ``007`` becomes 7 and a person called ``NA`` is missing.

    References
    ----------
    Backstrom, L., Dwork, C. & Kleinberg, J. (2007). Wherefore art thou r3579x? Anonymized social networks, hidden
    patterns, and structural steganography. Proceedings of WWW 2007, 181-190.

    Examples
    --------
    >>> import peernet as pn
    >>> from tempfile import TemporaryDirectory
    >>> graph = pn.colleague_graph(pn.load_aarhus())
    >>> with TemporaryDirectory() as folder:
    ...     key = write_graph(graph, f"{folder}/ties.graphml", attributes=["role"])
    ...     len(nx.read_graphml(f"{folder}/ties.graphml")), set(key.str[0])
    (61, {'n'})
    >>> with TemporaryDirectory() as folder:
    ...     key = write_graph(graph, f"{folder}/ties.csv")
    ...     pd.read_csv(f"{folder}/ties.csv").shape
    (1240, 4)
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise SettingError(f"path must end in {listed(ENDINGS, 'or')}; got {path.name!r}.")
    if attributes and ending == ".csv":
        raise SettingError("A .csv file holds ties alone, so attributes have no place in it; write .graphml or .gexf.")
    plain, key = _plain(graph, names, attributes, rng)
    write_whole(path.parent, {path.name: _text(plain, ending)})
    return key


def _plain(
    graph: nx.MultiDiGraph[str], names: bool, attributes: Sequence[str], rng: Seed
) -> tuple[nx.MultiDiGraph[str], pd.Series[str]]:
    """The graph with plain attributes only, people and ties in the order of their pseudonyms."""
    _check_attributes(graph, attributes)
    people = list(graph)
    drawn = people if names else [f"n{i + 1}" for i in np.random.default_rng(rng).permutation(len(people))]
    key = pd.Series(drawn, index=pd.Index(people, name="person"), name="pseudonym", dtype="str")
    own = {name: _answers([graph.nodes[person].get(name) for person in people]) for name in attributes}
    order = list(range(len(people))) if names else sorted(range(len(people)), key=lambda i: int(drawn[i][1:]))
    plain: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for i in order:
        spoke = {f"answered_{layer}": people[i] in who for layer, who in graph.graph["answered"].items()}
        plain.add_node(drawn[i])
        plain.nodes[drawn[i]].update(spoke | {name: cells[i] for name, cells in own.items() if cells[i] is not None})
    place = {people[i]: number for number, i in enumerate(order)}
    ties: list[Any] = sorted(
        graph.edges(keys=True, data="rating"), key=lambda tie: (place[tie[0]], place[tie[1]], tie[2])
    )
    for number, (ego, alter, layer, said) in enumerate(ties):
        rating = np.nan if pd.isna(said) else float(said)
        plain.add_edge(key[ego], key[alter], key=number, layer=layer, rating=rating)
    return plain, key


def _check_attributes(graph: nx.MultiDiGraph[str], attributes: Sequence[str]) -> None:
    """Raise `SettingError` unless people have these attributes and nothing else in the file is called so."""
    known = list(next(iter(graph.nodes.values()), {}))
    taken = {*OWN_NAMES, *(f"answered_{layer}" for layer in graph.graph["answered"])}
    for name in attributes:
        if name not in known:
            raise SettingError(f"People have no attribute {name!r}.{did_you_mean(name, known)}")
        if name in taken:
            raise SettingError(f"The file has something else called {name!r}; rename that item to write it.")


def _answers(answers: Iterable[Any]) -> list[Cell | None]:
    """What people answered to one item, all of one type, None where there is no answer."""
    cells = [_cell(answer) for answer in answers]
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {bool} and None in cells:  # an absent one would be "no" in igraph
        return [None if cell is None else "yes" if cell else "no" for cell in cells]
    return cells if len(kinds) < 2 else [None if cell is None else written(cell) for cell in cells]


def _cell(answer: Any) -> Cell | None:  # noqa: ANN401
    """An answer as other programs can read it; None where there is none."""
    if isinstance(answer, frozenset):
        return "; ".join(sorted(map(str, answer)))
    if pd.isna(answer):
        return None
    if isinstance(answer, bool | np.bool_):
        return bool(answer)
    return float(answer) if isinstance(answer, int | float | np.number) else str(answer)


def _text(plain: nx.MultiDiGraph[str], ending: str) -> str:
    """What stands in the file."""
    if ending == ".csv":
        rows = [(a, b, data["layer"], data["rating"]) for a, b, data in plain.edges(data=True)]
        table = pd.DataFrame(rows, columns=["ego", "alter", "layer", "rating"])
        return str(defuse(table).to_csv(index=False, lineterminator="\n"))
    return graphml(plain) if ending == ".graphml" else gexf(plain)
