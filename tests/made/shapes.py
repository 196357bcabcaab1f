"""One truth about who named or rated whom, written out in every shape in which tools export ties.

A truth is, per ego, None (no answer), "nobody", or what was said of each alter: of nominations the set of those named;
of ratings a dictionary with a number, `STRANGER` ("I don't know this person") or `BLANK` (asked and not answered), and
without those who were not asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from peernet.graph.colleagues import colleague_graph
from peernet.survey import reading
from peernet.survey.codebook import Codebook
from peernet.survey.formats.export import Column, Export, Repeats
from peernet.survey.formats.folding import raw_survey
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.survey import Survey

NOBODY, STRANGER, BLANK = "nobody", "stranger", "blank"
STAFF = {"p1": "Ann Lee", "p2": "Bo Ek", "p3": "Cy Oz-Young", "p4": "Núñez, Inés", "p5": "Maud Ferrin"}
WORDS = ("I don't know this person", "Not at all", "A little", "Mostly", "Fully")  # 0 to 4
LEAST = 3
PERSON, ANSWER = Item("id", "person"), Item("q1", "perspective", "ordinal", low=1, high=5)
Truth = Mapping[str, Any]


def survey_in(export: Export, codebook: Codebook) -> Survey:
    """The survey that is read from an export."""
    log = IssueLog()
    return reading._understood(raw_survey(export, codebook, log), log, export.told)


def an_export(
    cells: Mapping[str, Sequence[str]],
    columns: Iterable[Column] = (),
    *,
    staff: Mapping[str, str] | None = None,
    **kws: Any,
) -> Export:
    """An export of these cells; columns of which nothing is said are plain ones. ``staff`` were invited."""
    said = {column.name: column for column in columns}
    frame = pd.DataFrame(cells, dtype="str")
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    people = pd.DataFrame({"id": [*staff], "name": [*staff.values()]}, dtype="str") if staff else pd.DataFrame()
    everything = tuple(said.get(name, Column(name)) for name in frame)
    return Export("made", "export.csv", frame, everything, len(frame) + 1, people=people, **kws)


def base(egos: Iterable[str]) -> dict[str, list[str]]:
    """Who answered, and an answer that tells people apart."""
    return {"id": [*egos], "q1": [str(1 + n % 5) for n, _ in enumerate(egos)]}


def book(*items: Item) -> Codebook:
    return Codebook((PERSON, ANSWER, *items))


# --- nominations -----------------------------------------------------------------------------------------------------


def typed(truth: Truth, layers: Sequence[str]) -> tuple[Export, Codebook]:
    """Names in one cell."""
    cells = base(truth)
    for layer in layers:
        cells[layer] = [
            "; ".join(STAFF[alter] for alter in named(said[layer])) or spoken(said[layer]) for said in truth.values()
        ]
    return an_export(cells, staff=STAFF), book(*(Item(layer, "tie", layer=layer) for layer in layers))


def in_columns(truth: Truth, layers: Sequence[str]) -> tuple[Export, Codebook]:
    """A column per nomination, one more than anybody needs."""
    cells, columns = base(truth), []
    for layer in layers:
        for place in range(len(STAFF)):
            name = f"{layer}_{place + 1}"
            columns.append(Column(name, kind="name", group=layer, group_wording=f"Whom do you {layer}?"))
            cells[name] = [
                ([STAFF[a] for a in named(s[layer])] or [spoken(s[layer]), ""])[place : place + 1]
                for s in truth.values()
            ]
            cells[name] = [(found or [""])[0] for found in cells[name]]
    return an_export(cells, columns, staff=STAFF), book(*(Item(layer, "tie", layer=layer) for layer in layers))


def ticks(truth: Truth, layers: Sequence[str], *, tells: bool, keyed: bool) -> tuple[Export, Codebook]:
    """A column per colleague, and one for nobody; where the format ``tells``, what was shown and not ticked as 0."""
    cells, columns = base(truth), []
    for layer in layers:
        for place, (who, name) in enumerate([*STAFF.items(), (NOBODY, "Nobody in my team")], start=1):
            column = f"{layer}_{place}"
            key = who if keyed else str(place)
            columns.append(
                Column(column, kind="tick", group=layer, part=name, key=key, unticked="0" if tells else None)
            )
            cells[column] = [tick(said[layer], who, tells) for said in truth.values()]
    return an_export(cells, columns, staff=STAFF), book(*(Item(layer, "tie", layer=layer) for layer in layers))


def tick(said: Any, who: str, tells: bool) -> str:
    if said is None:
        return ""
    return "1" if who in named(said) or (who == said == NOBODY) else "0" if tells else ""


def edges(truth: Truth, layers: Sequence[str]) -> tuple[Export, Codebook]:
    """Our own ties.csv as the only table; whoever answered no question is in no row."""
    rows = [
        (ego, alter, layer)
        for ego, said in truth.items()
        for layer in layers
        for alter in named(said[layer]) or [NOBODY]
        if said[layer]
    ]
    cells = dict(zip(("ego", "alter", "layer"), map(list, zip(*rows, strict=True)), strict=True))
    items = (Item("ego", "person"), *(Item(layer, "tie", layer=layer) for layer in layers))
    return an_export(cells), Codebook(items)


def repeats(truth: Truth, layers: Sequence[str]) -> tuple[Export, Codebook]:
    """A repeat group per layer, with a row per nomination."""
    export = an_export(base(truth), staff=STAFF)
    groups = []
    for layer in layers:
        rows = [
            (place, STAFF.get(alter, alter))
            for place, said in zip(export.cells.index, truth.values(), strict=True)
            for alter in named(said[layer]) or [NOBODY]
            if said[layer]
        ]
        cells = pd.DataFrame({"who": [name for _, name in rows]}, dtype="str", index=range(2, len(rows) + 2))
        person = pd.Series([place for place, _ in rows], index=cells.index, dtype="Int64")
        groups.append(Repeats(layer, cells, person, (Column("who", group=layer),), f"{layer}.csv"))
    with_rows = Export(
        "made", "export.csv", export.cells, export.columns, export.lines, people=export.people, repeats=tuple(groups)
    )
    return with_rows, book(Item("who", "alter"), *(Item(layer, "tie", layer=layer) for layer in layers))


def named(said: Any) -> list[str]:
    return [] if said in (None, NOBODY) else sorted(said)


def spoken(said: Any) -> str:
    return NOBODY if said == NOBODY else ""


# --- ratings ---------------------------------------------------------------------------------------------------------


def rated(truth: Truth, *, how: str) -> tuple[Export, Codebook]:
    """A column per colleague with ratings as numbers, words, codes with labels; who was known was ticked before."""
    cells, columns = base(truth), []
    for who, name in [*STAFF.items(), (NOBODY, "Nobody")]:
        columns.append(Column(f"knows_{who}", kind="tick", group="knows", part=name, key=who))
        cells[f"knows_{who}"] = ["1" if (isinstance(s, dict) and who in s) or who == s else "" for s in truth.values()]
    labels = {"numbers": {}, "codes": {str(10 - n): word for n, word in enumerate(WORDS)}, "words": {}}[how]
    for who, name in STAFF.items():
        columns.append(Column(f"trust_{who}", group="trust", part=name, key=who, labels=labels))
        cells[f"trust_{who}"] = [cell((s or {}).get(who, BLANK) if s != NOBODY else BLANK, how) for s in truth.values()]
    trust = Item(
        "trust",
        "tie",
        "ordinal",
        "0 = I don't know this person, 1 = not at all",
        layer="trust",
        low=0,
        high=4,
        at_least=LEAST,
    )
    if how != "numbers":
        trust = Item("trust", "tie", "ordinal", layer="trust", categories=WORDS, at_least=WORDS[LEAST])
    return an_export(cells, columns, staff=STAFF), book(Item("knows", "ignore"), trust)


def cell(said: Any, how: str) -> str:
    if said == BLANK:
        return ""
    place = 0 if said == STRANGER else said
    return {"numbers": str(place), "words": WORDS[place], "codes": str(10 - place)}[how]


def own_list(truth: Truth) -> tuple[Export, Codebook]:
    """Our own ties.csv, with who was asked about whom."""
    rows = [row for ego, said in truth.items() for row in list_rows(ego, said)]
    cells = dict(zip(("ego", "alter", "rating", "asked"), map(list, zip(*rows, strict=True)), strict=True))
    items = (
        Item("ego", "person"),
        Item("trust", "tie", "ordinal", layer="trust", categories=WORDS, at_least=WORDS[LEAST]),
    )
    return an_export(cells | {"layer": ["trust"] * len(rows)}), Codebook(items)


def list_rows(ego: str, said: Any) -> list[tuple[str, str, str, str]]:
    if said is None:
        return []
    if said == NOBODY:
        return [(ego, NOBODY, "", "")]
    others = [alter for alter in STAFF if alter != ego]
    return [(ego, a, cell(said[a], "words") if a in said else "", "yes" if a in said else "no") for a in others]


def rated_edges(truth: Truth) -> tuple[Export, Codebook]:
    """A list of ties as a tool writes it: ego, colleague, rating; who was not asked about is in no row."""
    rows = [row[:3] for ego, said in truth.items() for row in list_rows(ego, said) if row[3] != "no"]
    cells = dict(zip(("giver", "receiver", "trust"), map(list, zip(*rows, strict=True)), strict=True))
    trust = Item("trust", "tie", "ordinal", layer="trust", categories=WORDS, at_least=WORDS[LEAST])
    return an_export(cells), Codebook((Item("giver", "person"), Item("receiver", "alter"), trust))


def rated_repeats(truth: Truth) -> tuple[Export, Codebook]:
    """A repeat group with a row per colleague and a column with the rating."""
    export = an_export(base(truth), staff=STAFF)
    number = dict(zip(truth, export.cells.index, strict=True))
    rows = [
        (number[ego], row[1], row[2]) for ego, said in truth.items() for row in list_rows(ego, said) if row[3] != "no"
    ]
    cells = pd.DataFrame(
        {"who": [r[1] for r in rows], "trust": [r[2] for r in rows]}, dtype="str", index=range(2, len(rows) + 2)
    )
    person = pd.Series([r[0] for r in rows], index=cells.index, dtype="Int64")
    group = Repeats(
        "people", cells, person, (Column("who", group="people"), Column("trust", group="people")), "people.csv"
    )
    with_rows = Export(
        "made", "export.csv", export.cells, export.columns, export.lines, people=export.people, repeats=(group,)
    )
    trust = Item("trust", "tie", "ordinal", layer="trust", categories=WORDS, at_least=WORDS[LEAST])
    return with_rows, book(Item("who", "alter"), trust)


# --- what the graph says ---------------------------------------------------------------------------------------------


def told(survey: Survey, layer: str) -> dict[tuple[str, str], Any]:
    """What the graph says of each ordered pair: a tie or a low rating with its number, or why there is none."""
    graph = colleague_graph(survey)
    says = graph.graph
    return {(a, b): _told(graph, says, layer, a, b) for a in STAFF for b in STAFF if a != b}


def _told(graph: Any, says: Any, layer: str, ego: str, alter: str) -> Any:
    if ego not in graph or ego not in says["answered"][layer]:
        return "not answered"
    if graph.has_edge(ego, alter, layer):
        return "tie", graph.edges[ego, alter, layer]["rating"]
    if (ego, alter) in says["rated_low"][layer]:
        return "low", says["rated_low"][layer][ego, alter]
    if (ego, alter) in says["not_asked"][layer]:
        return "not asked"
    if (ego, alter) in says["unknown"][layer]:
        return "not rated"
    return "nothing said" if ego in says["incomplete"][layer] else "not chosen"
