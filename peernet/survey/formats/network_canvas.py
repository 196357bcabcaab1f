"""Network Canvas: per interview one file about the respondent, one per kind of people named and one per kind of tie.

A person is a respondent (``networkCanvasEgoUUID``), and their number here is that of the interview, as each stands in
files of its own. People named become `Repeats`, one for each node type; so do ties among them, which are what the
respondent sees and no nominations of theirs.

An unanswered question is not "no". In CSV files a toggle or an option that was never touched is ``false``, the same
as "no"; in GraphML files nothing is written for it. So ``false`` is read where a GraphML file of the same interview
says it too. Without one it cannot be told: of people named the cell is emptied, and so are the options of a question
of which none is ticked. A respondent's own yes or no stays, since it may say that they take no part, and is told.

References
----------
Network Canvas documentation, "Data export" and "Network Canvas GraphML format"; Complex Data Collective,
network-exporters (names of columns, keys and files).
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import normalize
from xml.etree import ElementTree

import pandas as pd

from peernet._wording import count_in_digits, listed_few
from peernet.errors import SurveyError
from peernet.privacy import fused
from peernet.survey.formats.export import Column, Export, Repeats, Source, filled, headings, what_is_there
from peernet.survey.item import plain_heading
from peernet.survey.sheets import Notes

EGO, CASE, SESSION, UUID = "networkCanvasEgoUUID", "networkCanvasCaseID", "networkCanvasSessionID", "networkCanvasUUID"
SOURCE, TYPE = "networkCanvasSourceUUID", "networkCanvasType"
OF_THE_INTERVIEW = {  # attributes of a GraphML file, in small letters
    "caseid": CASE,
    "sessionuuid": SESSION,
    "protocolname": "networkCanvasProtocolName",
    "sessionstarttime": "sessionStart",
    "sessionfinishtime": "sessionFinish",
    "sessionexporttime": "sessionExported",
}
KINDS = {"text": "text", "number": "number", "scalar": "number", "ordinal": "choice", "datetime": "date"}
HIDDEN = "ENCRYPTED"  # what stands for a text that the tool was told to hide
_ABOUT = re.compile(r"networkCanvas.+|session(Start|Finish|Exported)|nodeID|edgeID|from|to|APP_VERSION|COMMIT_HASH")
_LAYOUT = re.compile(r".+_(x|y|X|Y|screenSpaceX|screenSpaceY)")
_FILE = re.compile(r".*_(?:attributeList|edgeList)_(?P<type>.+)")


class Entity(NamedTuple):
    """A respondent, somebody named or a tie between two of them."""

    what: str  # "ego", "node" or "edge"
    type: str
    ego: str
    uuid: str
    cells: dict[str, str]
    file: str


@dataclass(frozen=True, eq=False)
class Graphs:
    """What the GraphML files say."""

    entities: list[Entity] = field(default_factory=list)
    options: dict[str, tuple[str, str]] = field(default_factory=dict)  # heading: question and option

    @property
    def interviews(self) -> set[str]:
        """Respondents they are of."""
        return {entity.ego for entity in self.entities}


@dataclass(frozen=True)
class Variable:
    """One variable of a protocol's codebook."""

    name: str
    type: str
    wording: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


Codebook = dict[tuple[str, str], list[Variable]]  # by "ego", "node" or "edge", and the type's name


def recognised(source: Source) -> bool:
    """Whether a file has the identifiers that Network Canvas gives, or there is nothing but a protocol."""
    files = _files(source)
    ours = any(EGO in _names(source, file) for file in files if file.suffix.casefold() == ".csv")
    protocols = [file for file in files if file.suffix.casefold() == ".netcanvas"]
    return ours or any(map(_is_graph_of_ours, files)) or (bool(protocols) and len(protocols) == len(files))


def read(source: Source) -> Export:
    """The respondents of every interview, and below them whom they named."""
    files = _files(source)
    notes: Notes = []
    graphs = _graphs([file for file in files if _is_graph_of_ours(file)])
    tabled, counted = _from_tables(source, files, notes)
    have = {(entity.what, _letters(entity.type), entity.ego) for entity in tabled}
    drawn = [e for e in graphs.entities if (e.what, _letters(e.type), e.ego) not in have]
    egos = [entity for entity in tabled + drawn if entity.what == "ego"]
    if not egos:
        raise SurveyError(
            f"{source.path} holds {what_is_there(source)}: no respondents. Export the data of the interviews with "
            "the ego files (…_ego.csv), best together with GraphML, and give the folder."
        )
    codebook = _protocol(source)
    entities = _without_unsaid(tabled + drawn, graphs, codebook, notes)
    numbers, again = _numbered(entities)
    respondents = _frame([e for e in entities if e.what == "ego"]).drop(index=list(again))
    columns = _columns(respondents, "ego", "", codebook, graphs)
    _tell_unknowable(respondents, columns, {entity.ego for entity in tabled} - graphs.interviews, notes)
    below = tuple(_below(entities, numbers, respondents, codebook, graphs, source.path.name))
    _tell(respondents, below, codebook, notes)
    lines, of_headings = counted
    return Export(
        "network_canvas",
        egos[0].file if len({ego.file for ego in egos}) == 1 else source.path.name,
        respondents,
        columns,
        lines + sum(entity.what == "ego" for entity in drawn),
        of_headings,
        repeats=below,
        set_aside=dict.fromkeys(again, "the same interview once more"),
        notes=tuple(notes),
    )


# Files


def _files(source: Source) -> list[Path]:
    """Every file of the export, those in a folder per interview as well."""
    deeper = source.path.glob("*/*") if source.path.is_dir() else ()
    inside = [file for file in sorted(deeper) if file.is_file() and file.name[0] not in ".~"]
    return list(dict.fromkeys([*source.files, *inside]))


def _names(source: Source, file: Path) -> list[str]:
    return headings(source.sheets(file)[0]) if source.sheets(file) else []


def _is_graph_of_ours(file: Path) -> bool:
    return file.suffix.casefold() == ".graphml" and UUID.encode() in file.read_bytes()


def _from_tables(source: Source, files: Sequence[Path], notes: Notes) -> tuple[list[Entity], tuple[int, int]]:
    """Everything in the CSV files, with the lines and headings of those of respondents."""
    entities: list[Entity] = []
    lines = of_headings = 0
    unread = []
    for file in files:
        if file.suffix.casefold() != ".csv":
            continue
        names = _names(source, file)
        what = _what(names)
        if not what:
            unread.append(file.name)
            continue
        (sheet,) = source.sheets(file)
        if what == "ego":
            lines, of_headings = lines + sheet.rows[-1][0], of_headings + 1
        kind = (
            match["type"] if (match := _FILE.fullmatch(file.stem)) else {"node": "named", "edge": "ties"}.get(what, "")
        )
        for _, row in filled(sheet.rows)[1:]:
            cells = dict(zip(names, row, strict=False))
            uuid = cells.get(EGO if what == "ego" else UUID, "")
            entities.append(Entity(what, kind, cells.get(EGO, ""), uuid, cells, file.name))
    if unread:
        notes.append(
            ("note", f"{listed_few(unread)} holds no interviews", "not read; a matrix says what a list of ties says")
        )
    return entities, (lines, of_headings)


def _what(names: Sequence[str]) -> str:
    """What the rows of a file are, by its headings."""
    if EGO not in names:
        return ""
    if SOURCE in names or {"edgeID", "from", "to"} <= set(names):
        return "edge"
    return "node" if "nodeID" in names or UUID in names else "ego" if {CASE, SESSION} & set(names) else ""


def _graphs(files: Sequence[Path]) -> Graphs:
    """Everything in the GraphML files; one may hold several interviews."""
    found = Graphs()
    for file in files:
        try:
            root = ElementTree.fromstring(file.read_bytes())
        except (ElementTree.ParseError, LookupError, ValueError) as error:
            raise SurveyError(f"{file} is no GraphML: {error}. Export the interview again.") from error
        keys = {key.get("id", ""): key.get("attr.name", "") for key in root.iter() if _tag(key) == "key"}
        found.options.update(_options([key for key in root.iter() if _tag(key) == "key"]))
        for graph in (element for element in root.iter() if _tag(element) == "graph"):
            found.entities.extend(_of_graph(root, graph, keys, file.name))
    return found


def _of_graph(
    root: ElementTree.Element, graph: ElementTree.Element, keys: Mapping[str, str], file: str
) -> Iterator[Entity]:
    said = {name.rpartition("}")[2].casefold(): value for name, value in [*root.items(), *graph.items()]}
    about = {heading: said[name] for name, heading in OF_THE_INTERVIEW.items() if name in said}
    own = _data(graph, keys)
    ego = own.pop(UUID, "") or own.pop(EGO, "") or about.get(SESSION, "")
    yield Entity("ego", "", ego, ego, {EGO: ego, **about, **own}, file)
    for element in graph:
        if (what := _tag(element)) in ("node", "edge"):
            cells = _data(element, keys)
            kind, uuid = cells.pop(TYPE, ""), cells.get(UUID, "")
            ends = {"from": element.get("source", ""), "to": element.get("target", "")} if what == "edge" else {}
            yield Entity(what, kind, ego, uuid, {f"{what}ID": element.get("id", ""), **ends, EGO: ego, **cells}, file)


def _tag(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _data(element: ElementTree.Element, keys: Mapping[str, str]) -> dict[str, str]:
    data = [child for child in element if _tag(child) == "data" and child.get("key") != "label"]  # for drawings
    return {
        plain_heading(keys.get(child.get("key", ""), child.get("key", ""))): fused(
            normalize("NFC", "".join(child.itertext())).strip()
        )
        for child in data
    }


def _options(keys: Sequence[ElementTree.Element]) -> dict[str, tuple[str, str]]:
    """Question and option by heading: keys of one question begin with the same identifier."""
    of: dict[str, list[str]] = {}
    for key in keys:
        question, _, option = key.get("id", "").rpartition("_")
        if key.get("attr.type") == "boolean" and question and re.fullmatch(r"[0-9a-f]{40}", option):
            of.setdefault(question, []).append(plain_heading(key.get("attr.name", "")))
    found = {}
    for names in of.values():
        likely = [names[0][:end] for end, letter in enumerate(names[0]) if letter == "_" and end]
        name = next((n for n in likely[::-1] if all(heading.startswith(f"{n}_") for heading in names)), "")
        found.update({heading: (name, heading[len(name) + 1 :]) for heading in names if name})
    return found


def _letters(text: str) -> str:
    """A type's name as it stands in the name of a file."""
    return re.sub(r"\W", "", text)


# The protocol


def _protocol(source: Source) -> Codebook:
    """The variables of a protocol that the user named or that lies beside the data."""
    named = [source.definition] if source.definition else []
    inside = [file for file in _files(source) if file.name.casefold().endswith((".netcanvas", "protocol.json"))]
    file = next((f for f in [*named, *inside] if f.suffix.casefold() in (".netcanvas", ".json")), None)
    if file is None:
        return {}
    try:
        text = file.read_bytes()
        if file.suffix.casefold() == ".netcanvas":
            with zipfile.ZipFile(file) as archive:
                text = archive.read("protocol.json")
        protocol = json.loads(text)
        asked = dict(_wordings(protocol.get("stages", [])))
        codebook = protocol["codebook"]
        kinds = [("ego", "", codebook.get("ego") or {})]
        kinds += [(what, one["name"], one) for what in ("node", "edge") for one in codebook.get(what, {}).values()]
        return {
            (what, _letters(name)): [_variable(key, one, asked) for key, one in of.get("variables", {}).items()]
            for what, name, of in kinds
        }
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, AttributeError, TypeError) as error:
        raise SurveyError(f"{file} is no protocol of Network Canvas: {error!r}. Save it again in Architect.") from error


def _variable(key: str, said: Mapping[str, Any], asked: Mapping[str, str]) -> Variable:
    options = {str(o["value"]): str(o.get("label", o["value"])) for o in said.get("options", []) if "value" in o}
    return Variable(plain_heading(said["name"]), said["type"], asked.get(key, ""), options)


def _wordings(part: object) -> Iterator[tuple[str, str]]:
    """What is asked for each variable, wherever in the stages it stands beside it."""
    if isinstance(part, list):
        for one in part:
            yield from _wordings(one)
    elif isinstance(part, dict):
        text = part.get("prompt") or part.get("text")
        if isinstance(part.get("variable"), str) and isinstance(text, str):
            yield part["variable"], plain_heading(text)
        for one in part.values():
            yield from _wordings(one)


# Unanswered is not no


def _without_unsaid(entities: Sequence[Entity], graphs: Graphs, codebook: Codebook, notes: Notes) -> list[Entity]:
    """Entities with ``false`` emptied where GraphML does not say it, or where it cannot be told."""
    said = {(e.what, e.uuid): e.cells for e in graphs.entities}
    told_of = graphs.interviews
    questions = {what: _questions([e for e in entities if e.what == what], what, codebook, graphs) for what in WHAT}
    done, emptied = [], 0
    for entity in entities:
        silent = [name for name, cell in entity.cells.items() if cell.casefold() == "false"]
        if entity.ego in told_of:
            told = said.get((entity.what, entity.uuid), {})
            silent = [name for name in silent if name not in told]
        else:
            of = questions[entity.what]
            ticked = {of[name] for name, cell in entity.cells.items() if name in of and cell.casefold() == "true"}
            silent = [name for name in silent if name in of and of[name] not in ticked]
            if entity.what == "ego":  # a yes or no of their own stays
                silent = [name for name in silent if of[name] != name]
            emptied += bool(silent)
        done.append(entity._replace(cells={**entity.cells, **dict.fromkeys(silent, "")}))
    if emptied:
        notes.append(
            (
                "warning",
                f"in {count_in_digits(emptied, 'row', 'rows')} no telling no from no answer: CSV files of Network "
                "Canvas write false for both",
                "read as no answer; export GraphML as well, which tells them apart",
            )
        )
    return done


WHAT = ("ego", "node", "edge")


def _questions(entities: Sequence[Entity], what: str, codebook: Codebook, graphs: Graphs) -> dict[str, str]:
    """The question of each option, as `_option_of` tells it; a yes or no is a question of its own."""
    names = list(dict.fromkeys(name for entity in entities for name in entity.cells))
    words: dict[str, set[str]] = {name: set() for name in names}
    for entity in entities:
        for name, cell in entity.cells.items():
            words[name].add(cell.casefold())
    variables = [one for (of, _), ones in codebook.items() if of == what for one in ones]
    ticks = [name for name in names if words[name] <= {"true", "false", ""}]
    options = _option_of(ticks, variables, graphs)
    return {name: options.get(name, (name, ""))[0] for name in ticks}


def _option_of(ticks: Sequence[str], variables: Sequence[Variable], graphs: Graphs) -> dict[str, tuple[str, str]]:
    """Question and option of each heading: as the protocol or GraphML says, else those that begin alike."""
    found = {
        f"{one.name}_{value}": (one.name, value)
        for one in variables
        if one.type == "categorical"
        for value in one.options
    }
    if variables:
        return {name: found[name] for name in ticks if name in found}
    if graphs.options:
        return {name: graphs.options[name] for name in ticks if name in graphs.options}
    begin = {name: name.rpartition("_")[0] for name in ticks}
    often = pd.Series(list(begin.values()), dtype="str").value_counts()
    return {n: (b, n[len(b) + 1 :]) for n, b in begin.items() if b and often[b] > 1}


def _tell_unknowable(cells: pd.DataFrame, columns: Sequence[Column], without_graph: set[str], notes: Notes) -> None:
    """A respondent's own yes or no, which stays as it is."""
    rows = cells[cells[EGO].isin(without_graph)]
    answers = [column.name for column in columns if not column.group and column.kind != "about"]
    alone = [name for name in answers if (rows[name].str.casefold() == "false").any()]
    if alone:
        notes.append(
            (
                "warning",
                f"{listed_few(alone)} is false of whoever said no and of whoever never touched it",
                "read as no; export GraphML as well, which tells them apart",
            )
        )


# Rows and columns


def _numbered(entities: Sequence[Entity]) -> tuple[dict[str, int], list[int]]:
    """The number of each respondent, and of the rows that are the same interview once more."""
    numbers: dict[str, int] = {}
    again = []
    for number, entity in enumerate((e for e in entities if e.what == "ego"), start=1):
        if entity.ego in numbers:
            again.append(number)
        else:
            numbers[entity.ego] = number
    return numbers, again


def _frame(entities: Sequence[Entity]) -> pd.DataFrame:
    cells = pd.DataFrame([entity.cells for entity in entities]).fillna("").astype("str")
    return cells.set_axis(pd.RangeIndex(1, len(entities) + 1), axis=0)


def _below(
    entities: Sequence[Entity],
    numbers: Mapping[str, int],
    respondents: pd.DataFrame,
    codebook: Codebook,
    graphs: Graphs,
    file: str,
) -> Iterator[Repeats]:
    """People named and ties among them, by type; each stands once, in however many files."""
    finished = respondents.get("sessionFinish", pd.Series("", respondents.index)) != ""
    for what, kind in dict.fromkeys((e.what, _letters(e.type)) for e in entities if e.what != "ego"):
        own = [e for e in entities if (e.what, _letters(e.type)) == (what, kind)]
        own = list({(e.ego, e.uuid or str(k)): e for k, e in reversed(list(enumerate(own)))}.values())[::-1]
        cells = _frame(own)
        person = pd.Series([numbers.get(e.ego) for e in own], cells.index, dtype="Int64")
        columns = tuple(replace(c, group=kind) for c in _columns(cells, what, kind, codebook, graphs))
        came = {*person.dropna().astype(int), *respondents.index[finished]}
        asked = frozenset(map(int, came)) if what == "node" else None
        yield Repeats(kind, cells, person, columns, file, asked=asked)


def _columns(cells: pd.DataFrame, what: str, kind: str, codebook: Codebook, graphs: Graphs) -> tuple[Column, ...]:
    variables = codebook.get((what, kind), [])
    of = {one.name: one for one in variables}
    names = [str(name) for name in cells]
    ticks = [name for name in names if set(cells[name].str.casefold()) <= {"true", "false", ""} and not _is_about(name)]
    options = _option_of(ticks, variables, graphs)
    columns = []
    for name in names:
        if name == CASE and what == "ego":
            columns.append(Column(name, "Case", "person"))
        elif name in options:
            question, option = options[name]
            columns.append(_option(name, question, option, of.get(question)))
        else:
            columns.append(_column(name, of.get(name), hidden=HIDDEN in set(cells[name])))
    return tuple(columns)


def _option(name: str, question: str, option: str, variable: Variable | None) -> Column:
    part = variable.options.get(option, option) if variable else option
    wording = variable.wording if variable else ""
    whole = " – ".join(filter(None, [wording, part]))
    return Column(name, whole, "tick", question, wording, part, option, unticked="false")


def _column(name: str, variable: Variable | None, *, hidden: bool) -> Column:
    missing = {HIDDEN: "hidden by the tool"} if hidden else {}
    if variable is None:
        return Column(name, kind="about" if _is_about(name) else "", missing=missing)
    kind = "choice" if variable.type == "boolean" else KINDS.get(variable.type, "")
    return Column(name, variable.wording, kind, labels=variable.options, missing=missing)


def _is_about(name: str) -> bool:
    return bool(_ABOUT.fullmatch(name) or _LAYOUT.fullmatch(name))


# What is told


def _tell(respondents: pd.DataFrame, below: Sequence[Repeats], codebook: Codebook, notes: Notes) -> None:
    edges = [rows.name for rows in below if "from" in rows.cells and "to" in rows.cells]
    if edges:
        done = "no nominations of theirs; their ties are the rows of people named"
        notes.append(
            ("note", f"{listed_few(edges)} holds ties among the people named, as the respondent sees them", done)
        )
    tables = [("", respondents, ()), *((rows.name, rows.cells, rows.columns) for rows in below)]
    hidden = [str(name) for _, cells, _ in tables for name in cells if (cells[name] == HIDDEN).any()]
    if hidden:
        done = "no answer; nobody can be told by it, so export without encryption"
        notes.append(("error", f"{listed_few(hidden)} is encrypted", done))
    columns = {kind: {str(name) for name in cells} for kind, cells, _ in tables}
    absent = [
        one.name
        for (_, kind), ones in codebook.items()
        for one in ones
        if not any(name == one.name or name.startswith(f"{one.name}_") for name in columns.get(kind, ()))
    ]
    if absent:
        notes.append(
            ("warning", f"variables of the protocol without a column in the export: {listed_few(absent)}", "not read")
        )
