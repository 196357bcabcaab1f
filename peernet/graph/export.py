"""The colleague graph for other programs: GraphML, GEXF or an edge list, under pseudonyms unless names are wanted.

GraphML and GEXF stand as several programs read them alike: one type per attribute, true and false in small letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from warnings import warn
from xml.etree import ElementTree as ET

import networkx as nx
import numpy as np
import pandas as pd

from peernet._files import write_whole
from peernet._wording import count_in_digits, listed
from peernet.errors import PeernetWarning, SettingError, did_you_mean
from peernet.privacy import defuse, suppress_small
from peernet.survey.files import TIE_COLUMNS

Seed = int | np.random.Generator | None
Row = tuple[str, str, str, float, str]  # ego, alter, layer, rating, whether asked
ENDINGS = (".graphml", ".gexf", ".csv")
NOBODY = "nobody"  # alter of somebody who answered and named nobody, as a tie file says it
Cell = str | float | bool
Keys = Mapping[tuple[str, str], tuple[str, str]]  # of "node" or "edge" and an attribute's name: number and type
TYPES = {bool: "boolean", float: "double", str: "string"}  # named alike in both formats
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOT_FINITE = {"nan": "NaN", "inf": "INF", "-inf": "-INF"}
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
        ``.gexf``: GEXF, for Gephi; ``.csv``: what everybody said as a table, one row per ego, alter and layer.
    names
        Whether people keep their identifiers. By default they are numbered in a drawn order: ``n1``, ``n2``, ...
    attributes
        Columns of ``survey.people`` to write for each person, none by default; not for ``.csv``, which holds ties
        alone. Under pseudonyms they are absent of everybody whose combination of them, and of what they did not answer,
        fewer than five people share, and of a few more where those would be too few to hide among; a warning says of
        how many. A network gives people away by its shape: a file under pseudonyms is still personal data.
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
    between two people are several edges. Every attribute has one type: true or false, number, or text. A tie whose
    rating is not known is not known to be one, and left out. Any other answer that is not known is absent, which igraph
    shows as ``NaN`` or empty text; and as yes/no answers would turn into "no" there, they are the words ``yes`` and
    ``no`` wherever somebody's is not known.

    The table is a ``ties.csv`` that gives the same foundation when it is read again with its codebook. Its columns are
    ``ego``, ``alter``, ``layer``, ``rating`` (empty where not known) and ``asked``. Beside the ties it holds ratings
    too low for one; ``asked`` is ``no`` where the ego was not asked about the alter and ``no answer`` where nothing is
    known of somebody they know; and the alter is ``nobody`` where somebody answered and named nobody else. For ties
    alone keep the rows that are ``asked`` and rated high enough. Who did not answer is not in it. Under ``names=True``
    it can stand beside the survey's other files. Read it with ``pandas.read_csv(file, dtype={"ego": str, "alter":
    str}, keep_default_na=False, na_values={"rating": ""})``; without, ``007`` becomes 7 and a person called ``NA`` is
    missing.

    References
    ----------
    Sweeney, L. (2002). k-anonymity: a model for protecting privacy. International Journal of Uncertainty, Fuzziness and
    Knowledge-Based Systems 10, 557-570.
    Backstrom, L., Dwork, C. & Kleinberg, J. (2007). Wherefore art thou r3579x? Anonymized social networks, hidden
    patterns, and structural steganography. Proceedings of WWW 2007, 181-190.

    Examples
    --------
    >>> import networkx as nx
    >>> import pandas as pd
    >>> import peernet as pn
    >>> from tempfile import TemporaryDirectory
    >>> graph = pn.colleague_graph(pn.load_aarhus())
    >>> with TemporaryDirectory() as folder:
    ...     key = pn.graph.write_graph(graph, f"{folder}/ties.graphml")
    ...     len(nx.read_graphml(f"{folder}/ties.graphml")), set(key.str[0])
    (61, {'n'})
    >>> with TemporaryDirectory() as folder:
    ...     key = pn.graph.write_graph(graph, f"{folder}/ties.csv")
    ...     pd.read_csv(f"{folder}/ties.csv").shape
    (1240, 5)
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise SettingError(f"path must end in {listed(ENDINGS, 'or')}; got {path.name!r}.")
    if attributes and ending == ".csv":
        raise SettingError("A .csv file holds ties alone, so attributes have no place in it; write .graphml or .gexf.")
    plain, key = _plain(graph, names, attributes, rng)
    text = _table(graph, key, plain) if ending == ".csv" else (graphml if ending == ".graphml" else gexf)(plain)
    write_whole(path.parent, {path.name: text})
    return key


def _plain(
    graph: nx.MultiDiGraph[str], names: bool, attributes: Sequence[str], rng: Seed
) -> tuple[nx.MultiDiGraph[str], pd.Series[str]]:
    """The graph with plain attributes only, people and ties in the order of their pseudonyms."""
    _check_attributes(graph, attributes)
    people = list(graph)
    drawn = people if names else [f"n{i + 1}" for i in np.random.default_rng(rng).permutation(len(people))]
    key = pd.Series(drawn, index=pd.Index(people, name="person"), name="pseudonym", dtype="str")
    spoke = {
        f"answered_{layer}": [person in who for person in people] for layer, who in graph.graph["answered"].items()
    }
    own = {name: [_cell(graph.nodes[person].get(name)) for person in people] for name in attributes}
    if attributes and not names:
        own = _without_rare(own, [*spoke.values()])
    own = {name: _answers(cells) for name, cells in own.items()}
    order = list(range(len(people))) if names else sorted(range(len(people)), key=lambda i: int(drawn[i][1:]))
    plain: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for i in order:
        plain.add_node(drawn[i])
        plain.nodes[drawn[i]].update({name: answered[i] for name, answered in spoke.items()})
        plain.nodes[drawn[i]].update({name: cells[i] for name, cells in own.items() if cells[i] is not None})
    place = {people[i]: number for number, i in enumerate(order)}
    ties: list[Any] = sorted(
        graph.edges(keys=True, data="rating"), key=lambda tie: (place[tie[0]], place[tie[1]], tie[2])
    )
    for number, (ego, alter, layer, rating) in enumerate(ties):
        plain.add_edge(key[ego], key[alter], key=number, layer=layer, rating=float(rating))
    return plain, key


def _without_rare(own: Mapping[str, list[Cell | None]], spoke: list[list[bool]]) -> dict[str, list[Cell | None]]:
    """The attributes without those of people whose combination few share, or that would tell who is left out."""
    combined = pd.Series([repr(cells) for cells in zip(*own.values(), *spoke, strict=True)])
    counts = suppress_small(combined.value_counts().sort_index())
    hidden = [combination for combination, count in counts.items() if pd.isna(count)]
    rare = combined.isin(hidden).tolist()
    if any(rare):
        lost = f"{listed([*own])} of {sum(rare):,} of {count_in_digits(len(rare), 'person', 'people')}"
        why = "so few share them that they would say who it is. Write fewer or coarser attributes."
        warn(f"Left out: {lost}; {why}", PeernetWarning, stacklevel=4)
    return {name: [None if out else cell for cell, out in zip(cells, rare, strict=True)] for name, cells in own.items()}


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


def _table(graph: nx.MultiDiGraph[str], key: pd.Series[str], order: Iterable[str]) -> str:
    """What everybody said, as a tie file, in the order of the pseudonyms."""
    place: dict[Any, int] = {NOBODY: -1} | {name: i for i, name in enumerate(order)}
    written = {NOBODY: NOBODY} | {str(person): str(name) for person, name in key.items()}
    rows = [(written[ego], written[alter], layer, *said) for ego, alter, layer, *said in _said(graph)]
    in_order = sorted(rows, key=lambda row: (place[row[0]], place[row[1]], row[2]))
    table = pd.DataFrame(in_order, columns=TIE_COLUMNS)
    return str(defuse(table).to_csv(index=False, lineterminator="\n"))


def _said(graph: nx.MultiDiGraph[str]) -> Iterator[Row]:
    """Every ego, alter and layer of which something is known, or nothing although it matters, with the answer."""
    known = list(dict.fromkeys((ego, alter) for ego, alter in graph.edges()))
    rated: dict[str, dict[tuple[str, str], float]] = {layer: {} for layer in graph.graph["layers"]}
    ties: Iterable[tuple[str, str, str, Any]] = graph.edges(keys=True, data="rating")
    for ego, alter, layer, rating in ties:
        rated[layer][ego, alter] = float(rating)
    for layer, named in rated.items():
        said = list(_said_on(graph, layer, named, known))
        if not said and graph.graph["answered"][layer] and len(graph) > 1:
            one, other, *_ = graph  # without any row, nobody would seem to have been asked
            said = [(one, other, layer, np.nan, "no answer")]
        yield from said


def _said_on(
    graph: nx.MultiDiGraph[str], layer: str, named: dict[tuple[str, str], float], known: list[tuple[str, str]]
) -> Iterator[Row]:
    """The same of one layer."""
    not_asked, unknown, incomplete = (
        graph.graph.get(said, {}).get(layer, frozenset()) for said in ("not_asked", "unknown", "incomplete")
    )
    ratings = named | graph.graph.get("rated_low", {}).get(layer, {})
    egos = {ego for ego, _ in ratings}
    open_ended = [pair for pair in known if pair[0] in incomplete and pair[0] in egos]
    silent = [pair for pair in dict.fromkeys([*unknown, *open_ended]) if not (pair in ratings or pair in not_asked)]
    yield from ((*pair, layer, rating, "yes") for pair, rating in ratings.items())
    yield from ((*pair, layer, np.nan, "no") for pair in not_asked)
    yield from ((*pair, layer, np.nan, "no answer") for pair in silent)
    named_nobody = graph.graph["answered"][layer] - egos - incomplete
    yield from ((ego, NOBODY, layer, np.nan, "yes") for ego in named_nobody)


# --- GraphML and GEXF -------------------------------------------------------------------------------------------------


def graphml(plain: nx.MultiDiGraph[str]) -> str:
    """GraphML of a graph whose attributes are text, floats and booleans, each of one type throughout.

    Ties have no identifiers, for igraph 1.0 shows those of people in their place.
    """
    keys = _keys(plain)
    root = ET.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    for (part, name), (number, kind) in keys.items():
        ET.SubElement(root, "key", {"id": f"d{number}", "for": part, "attr.name": legal(name), "attr.type": kind})
    graph = ET.SubElement(root, "graph", edgedefault="directed")
    for part, own, cells in _parts(plain):
        element = ET.SubElement(graph, part, own)
        for name, cell in cells.items():
            ET.SubElement(element, "data", key=f"d{keys[part, name][0]}").text = written(cell)
    return _document(root)


def gexf(plain: nx.MultiDiGraph[str]) -> str:
    """GEXF of the same, without the day it was written: the same graph gives the same file on any day."""
    keys = _keys(plain)
    root = ET.Element("gexf", xmlns="http://www.gexf.net/1.2draft", version="1.2")
    graph = ET.SubElement(root, "graph", defaultedgetype="directed", mode="static")
    declared = {
        part: ET.SubElement(graph, "attributes", {"class": part, "mode": "static"}) for part in ("node", "edge")
    }
    for (part, name), (number, kind) in keys.items():
        ET.SubElement(declared[part], "attribute", id=number, title=legal(name), type=kind)
    holders = {part: ET.SubElement(graph, f"{part}s") for part in ("node", "edge")}
    for part, own, cells in _parts(plain):
        named = {"label": own["id"]} if part == "node" else {"id": str(len(holders["edge"]))}
        values = ET.SubElement(ET.SubElement(holders[part], part, named | own), "attvalues")
        for name, cell in cells.items():
            ET.SubElement(values, "attvalue", {"for": keys[part, name][0], "value": written(cell)})
    return _document(root)


def _keys(plain: nx.MultiDiGraph[str]) -> Keys:
    """A number and a type for each attribute of people and of ties."""
    if len({*map(legal, plain)}) < len(plain):
        raise SettingError("Two people have identifiers that differ only in characters XML does not allow; rename one.")
    types = {(part, name): TYPES[type(cell)] for part, _, cells in _parts(plain) for name, cell in cells.items()}
    return {key: (str(number), kind) for number, (key, kind) in enumerate(types.items())}


def _parts(plain: nx.MultiDiGraph[str]) -> Iterator[tuple[str, dict[str, str], Mapping[str, Cell]]]:
    """Every person, then every tie: which of the two, how it is identified, what it carries."""
    for person, cells in plain.nodes.items():
        yield "node", {"id": legal(person)}, cells
    for ego, alter, cells in plain.edges(data=True):
        yield "edge", {"source": legal(ego), "target": legal(alter)}, cells


def legal(text: str) -> str:
    """The text without characters that XML does not allow."""
    return NOT_XML.sub("", text)


def written(cell: Cell) -> str:
    """A cell as XML Schema writes its type: ``true``, ``1.5``, ``NaN``."""
    if isinstance(cell, bool):
        return str(cell).lower()
    return NOT_FINITE.get(repr(cell), repr(cell)) if isinstance(cell, float) else legal(cell)


def _document(root: ET.Element) -> str:
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'
