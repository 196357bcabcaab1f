"""GraphML and GEXF as several programs read them alike: one type per attribute, true and false in small letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

import networkx as nx

from peernet.errors import SettingError

Cell = str | float | bool
Keys = Mapping[tuple[str, str], tuple[str, str]]  # of "node" or "edge" and an attribute's name: number and type
TYPES = {bool: "boolean", float: "double", str: "string"}  # named alike in both formats
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOT_FINITE = {"nan": "NaN", "inf": "INF", "-inf": "-INF"}


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
