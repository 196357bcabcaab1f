"""The form of a folder says nothing: order, names, columns that are all alike and ways of writing change no pair.

Drawn firms and a few teams of the example company go all the way from their files to foundation, scores and pairs.
"""

from __future__ import annotations

import copy
import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import peernet as pn
from peernet.diversity.reach import is_blurred, likeness_of
from peernet.survey import Codebook, Item
from tests.made.studies import DATA
from tests.properties.damage import Folder, Table, as_bytes, part_of

FEW = settings(  # a drawn seed is as good as any other: there is nothing to shrink
    max_examples=10, deadline=None, phases=(Phase.explicit, Phase.generate)
)
NAMES = ("Ada Åkesson", "Bo Brandt", "Chloé Cruz", "Dmitri Dahl", "Elif Eze", "Femi Flood", "Gül Grün", "Hana Holt")
OTHERS = ("Ivo Ito", "Jana Juhl", "Kofi Kent", "Lea Lund", "Mats Moe", "Noor Ness", "Olga Ott", "Pim Paz")
TRUST, RATED = "trust", "respect"
ITEMS = (
    Item("person", "person"),
    Item("name", "name"),
    Item("team", "team", "nominal"),
    Item("manager", "manager"),
    Item("years", "experience", "numeric", low=0, high=40),
    Item("level", "experience", "ordinal", categories=("Junior", "Senior", "Head")),
    Item("field", "perspective", "nominal"),
    Item("industries", "perspective", "multiple"),
    Item("abroad", "perspective", "binary"),
    Item("bold", "perspective", "ordinal", low=1, high=5),
    Item("wary", "perspective", "ordinal", low=1, high=5),
    Item("aims", "goal", "multiple", categories=("Lead", "Learn", "Move")),
    Item("offers", "offers", "multiple"),
    Item("seeks", "seeks", "multiple"),
    Item("works_with", "tie", layer="works_with"),
    Item("trust", "tie", layer=TRUST),
    Item("respect", "tie", "ordinal", layer=RATED, low=1, high=5, at_least=3),
    Item("capacity", "constraint", "numeric", role="capacity", low=0, high=3),
    Item("opted_out", "constraint", "binary", role="opted_out"),
    Item("never_with", "constraint", role="never_with"),
    Item("learning", "outcome", "numeric", low=0, high=100, wave=1),
    Item("gender", "protected", "nominal"),
)
OFTEN = {  # what is mostly answered, and what is answered now and then
    "years": (("3", "5", "12", "7.5"), ("", "40", "many")),
    "level": (("Junior", "Senior"), ("", "Head")),
    "field": (("Law", "Arts"), ("", "Music")),
    "industries": (("Ships", "Ships;Retail"), ("", "Retail")),
    "abroad": (("yes", "no"), ("", "perhaps")),
    "bold": (("1", "2", "4", "5"), ("", "9")),
    "wary": (("1", "3", "5"), ("",)),
    "aims": (("Lead", "Lead;Learn"), ("", "Move")),
    "offers": (("", "Law"), ("Code",)),
    "seeks": (("", "Code"), ("Law",)),
    "capacity": (("", "1"), ("0", "2", "3")),
    "opted_out": (("", "no"), ("yes",)),
    "learning": (("", "50"), ("100",)),
    "gender": (("", "woman"), ("man",)),
}
TIE_HEADS = ("ego", "alter", "layer", "rating", "asked")
SURVEY_HEADS = ("person", *OFTEN, "works_with", "trust", "never_with")


def firm(seed: int) -> Folder:
    """Four to eight people, most of whom trust and respect each other; a row each, not always all answered."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 9))
    ids = [f"p{i}" for i in range(n)]
    named = dict(zip(ids, NAMES, strict=False))
    chance = lambda share: rng.random() < share  # noqa: E731
    one_of = lambda some: some[int(rng.integers(len(some)))]  # noqa: E731
    typed = lambda other: named[other] if chance(0.7) else other  # noqa: E731
    roster, survey, ties = [["person", "name", "team", "manager"]], [[*SURVEY_HEADS]], [[*TIE_HEADS]]
    for i, person in enumerate(ids):
        manager = one_of(ids[:i]) if i and chance(0.2) else ""
        roster.append([person, named[person], one_of(("Dock", "Yard", "")), manager])
        if i > 1 and chance(0.1):
            continue
        others = [other for other in ids if other != person]
        answers = [one_of(usual if chance(0.85) else rare) for usual, rare in OFTEN.values()]
        named_here = ([other for other in others if chance(share)] for share in (0.3, 0.85))
        cells = ["; ".join(map(typed, some)) or one_of(("", "nobody")) for some in named_here]
        survey.append([person, *answers, *cells, one_of(others) if chance(0.1) else ""])
        ties += [
            [person, other, RATED, one_of(("4", "5", "3") if chance(0.9) else ("1", "2", "")), ""]
            for other in others
            if chance(0.85)
        ]
    tables = {"roster.csv": roster, "survey.csv": survey, "ties.csv": ties}
    return {"codebook.json": Codebook(ITEMS).to_descriptor(), **tables}


def some_teams() -> Folder:
    """Four teams of the example company, whose ties to everybody else cannot be read."""
    whole = part_of(DATA / "harbour", {"survey.csv": 999, "roster.csv": 999, "outcomes.csv": 999})
    team = {row[0]: row[2] for row in whole["roster.csv"][1:]}
    kept = {person for person, name in team.items() if name in sorted({*team.values()})[:4]}
    tables = {name: table for name, table in whole.items() if name != "codebook.json"}
    return whole | {name: [table[0], *(row for row in table[1:] if row[0] in kept)] for name, table in tables.items()}


HARBOUR = some_teams()
firms = st.integers(0, 9999).map(firm)
folders = st.one_of(firms, firms, firms, st.just(HARBOUR))


# --- what a folder comes to -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What is found in a folder."""

    survey: pn.Survey
    pairs: pd.DataFrame  # one row per person and other
    foundation: pd.DataFrame  # the same
    pairing: pn.Pairing


def outcome(folder: Folder) -> Outcome:
    """A folder read, scored and paired."""
    with TemporaryDirectory() as path:
        for name, content in folder.items():
            Path(path, name).write_bytes(as_bytes(content))
        survey = pn.read_survey(path)
    graph = pn.colleague_graph(survey)
    scores = pn.score_pairs(survey, graph, experience=None, goals=None)
    everyone = [*combinations(sorted(survey.people.index), 2)]
    rests_on = pn.scores.pair_foundation(graph, everyone)
    pairing = pn.pair_people(scores, progress=False)
    return Outcome(survey, both_ways(scores.to_frame()), both_ways(rests_on), pairing)


def both_ways(table: pd.DataFrame) -> pd.DataFrame:
    """A table of pairs seen from both sides."""
    swapped = table.rename(columns={"a": "b", "b": "a", "gain_a": "gain_b", "gain_b": "gain_a"})
    return pd.concat([table, swapped]).set_index(["a", "b"]).sort_index()


def told(survey: pn.Survey) -> list[tuple[str, ...]]:
    """The issues, in whatever order."""
    return sorted(survey.issues.astype(str).itertuples(index=False, name=None))


def assert_same(one: Outcome, other: Outcome) -> None:
    """The same foundation, scores and pairs, by name."""
    pd.testing.assert_frame_equal(one.foundation, other.foundation)
    pd.testing.assert_frame_equal(one.pairs, other.pairs, rtol=1e-9, atol=1e-12)
    assert one.pairing.objective == pytest.approx(other.pairing.objective, abs=1e-9)
    assert one.pairing.proven
    assert other.pairing.proven
    assert one.pairing.pairs == other.pairing.pairs
    alone = [found.pairing.unpaired.sort_values("person", ignore_index=True) for found in (one, other)]
    pd.testing.assert_frame_equal(*alone)


# --- the order of rows, columns and questions -------------------------------------------------------------------------


def with_rows_permuted(table: Table, rng: np.random.Generator) -> Table:
    """The rows in another order, those of one person in theirs: which answer is the newest is meant."""
    place = rng.permutation(len(table) - 1)
    whose = [row[0] if table[0][0] == "person" else "|".join(row[:3]) for row in table[1:]]
    own = {one: [row for row, other in zip(table[1:], whose, strict=True) if other == one] for one in {*whose}}
    return [table[0], *(own[whose[i]].pop(0) for i in place)]


def with_columns_permuted(table: Table, rng: np.random.Generator) -> Table:
    """The columns in another order."""
    order = rng.permutation(len(table[0]))
    return [[row[i] for i in order] for row in table]


def changed(folder: Folder, change) -> Folder:
    """The folder with a change made to each of its tables."""
    return {name: content if name == "codebook.json" else change(content) for name, content in folder.items()}


@FEW
@given(folders, st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(folder: Folder, seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = outcome(folder), outcome(changed(folder, lambda table: with_rows_permuted(table, rng)))
    assert_same(one, other)
    assert len(one.survey.issues) == len(other.survey.issues)


@FEW
@given(folders, st.integers(0, 99))
def test_the_order_of_columns_and_of_fields_changes_nothing(folder: Folder, seed: int) -> None:
    rng = np.random.default_rng(seed)
    permuted = changed(folder, lambda table: with_columns_permuted(table, rng))
    document = copy.deepcopy(folder["codebook.json"])
    document["fields"] = [document["fields"][i] for i in rng.permutation(len(document["fields"]))]
    one, other = outcome(folder), outcome(permuted | {"codebook.json": document})
    layers = [*one.foundation.columns]
    assert_same(one, Outcome(other.survey, other.pairs, other.foundation[layers], other.pairing))
    assert told(one.survey) == told(other.survey)


# --- names and identifiers --------------------------------------------------------------------------------------------


def renamed(folder: Folder, names: Mapping[str, str]) -> Folder:
    """The folder with each of these names, wherever it is all of a cell or one of several in it, put as another."""

    def put(cell: str) -> str:
        return ";".join(names.get(part.strip(), part.strip()) for part in cell.split(";"))

    return changed(folder, lambda table: [table[0], *([put(cell) for cell in row] for row in table[1:])])


def assert_same_but_for_names(one: Outcome, other: Outcome, ids: Mapping[str, str]) -> None:
    """The same of everybody, under other identifiers, which settle ties alone.

    Of introducers trusted alike the first is named, and of pairings as good as each other either may be the one. Where
    missing answers blur how alike people are, who counts first decides what is counted: no gains are compared there.
    """

    def under_new(table: pd.DataFrame) -> pd.DataFrame:
        return table.rename(index=ids).sort_index()

    reach = one.pairing.scores.reach
    blurred = is_blurred(likeness_of(reach)[np.ix_(reach.known, reach.known)])
    for here, there in ((one.foundation, other.foundation), (one.pairs, other.pairs)):
        by_name = {"introducer", "introducers", *(("gain_a", "gain_b", "value") if blurred else ())} & {*here}
        pd.testing.assert_frame_equal(
            under_new(here.drop(columns=by_name)), there.drop(columns=by_name), rtol=1e-9, atol=1e-12
        )
    introducers = one.foundation["introducers"].map(lambda who: frozenset(ids[person] for person in who))
    assert under_new(introducers.to_frame()).equals(other.foundation[["introducers"]].map(frozenset))
    assert blurred or one.pairing.objective == pytest.approx(other.pairing.objective, abs=1e-9)
    assert one.pairing.proven
    assert other.pairing.proven


@FEW
@given(firms, st.permutations(range(8)), st.permutations(OTHERS))
def test_other_names_and_identifiers_change_nothing(folder: Folder, order: Sequence[int], others: list[str]) -> None:
    people = [row[0] for row in folder["roster.csv"][1:]]
    ids = {person: f"q{order[i]}" for i, person in enumerate(people)}
    names = dict(zip(NAMES, others, strict=True))
    other = outcome(renamed(folder, ids | names))
    assert {*other.survey.people["name"]} <= {*others}
    assert_same_but_for_names(outcome(folder), other, ids)


@pytest.mark.parametrize("seed", range(3))
def test_other_identifiers_change_nothing_in_the_example(seed: int) -> None:
    people = [row[0] for row in HARBOUR["roster.csv"][1:]]
    drawn = np.random.default_rng(seed).permutation(len(people))
    ids = dict(zip(people, (f"q{i:03d}" for i in drawn), strict=True))
    one, other = outcome(HARBOUR), outcome(renamed(HARBOUR, ids))
    assert len(one.pairing) > 3
    assert_same_but_for_names(one, other, ids)


# --- what says nothing of anybody -------------------------------------------------------------------------------------

# Not what people offer and seek: a topic that all of them seek says that nobody can teach it.
CONSTANT = {  # a column in which every row says the same, by block and kind
    "experience": (("nominal", "x"), ("numeric", "7"), ("ordinal", "3"), ("multiple", "x;y")),
    "perspective": (("nominal", "x"), ("numeric", "7"), ("ordinal", "3"), ("binary", "no"), ("asymmetric", "yes")),
    "goal": (("nominal", "x"), ("ordinal", "3"), ("multiple", "x;y"), ("text", "to move ships")),
    "climate": (("ordinal", "3"),),
    "protected": (("nominal", "x"), ("ordinal", "3")),
    "outcome": (("numeric", "7"),),
    "offers": (("multiple", "Juggling"),),
    "ignore": (("text", "x"),),
}
constants = st.sampled_from([(block, kind, cell) for block, some in CONSTANT.items() for kind, cell in some])


def with_field(folder: Folder, item: Item, cell: str | None = None) -> Folder:
    """The folder with one more question, and with a column in the survey whose cells are all alike if one is given."""
    document = copy.deepcopy(folder["codebook.json"])
    document["fields"] += Codebook((Item("person", "person"), item)).to_descriptor()["fields"][1:]
    head, *rows = folder["survey.csv"]
    table = [head, *rows] if cell is None else [[*head, item.name], *([*row, cell] for row in rows)]
    return folder | {"codebook.json": document, "survey.csv": table}


def silent(folder: Folder) -> set[str]:
    """Who answered nothing at all."""
    head, *rows = folder["survey.csv"]
    return {row[head.index("person")] for row in rows if not any(row[1:])}


@FEW
@given(folders, constants)
def test_a_column_in_which_all_say_the_same_changes_nothing(folder: Folder, constant: tuple[str, str, str]) -> None:
    block, kind, cell = constant
    limits = {"low": 1, "high": 9} if kind in ("ordinal", "numeric") else {}
    one, other = outcome(folder), outcome(with_field(folder, Item("same", block, kind, **limits), cell))
    assert_same(one, other)
    assert {*told(one.survey)} <= {*told(other.survey)}


ASKED = st.sampled_from([("coffee", None), ("coffee", True), ("candour", None), ("candour", False)])


@FEW
@given(folders, ASKED, st.booleans())
def test_a_layer_that_nobody_was_asked_about_changes_nothing(
    folder: Folder, asked: tuple[str, bool | None], has_column: bool
) -> None:
    layer, foundation = asked
    if layer in str(folder["codebook.json"]):
        layer, foundation = "admires", True
    item = Item("new", "tie", layer=layer, foundation=foundation)
    more = with_field(folder, item, "" if has_column else None)
    one, other = outcome(folder), outcome(more)
    without = other.foundation.drop(columns=layer, errors="ignore")
    assert_same(one, Outcome(other.survey, other.pairs, without, other.pairing))
    assert {*told(one.survey)} <= {*told(other.survey)}


# --- a row that is there twice ----------------------------------------------------------------------------------------


@FEW
@given(folders, st.integers(0, 99))
def test_a_row_that_is_there_twice_is_told_and_changes_nothing_else(folder: Folder, seed: int) -> None:
    rng = np.random.default_rng(seed)
    name = [*(name for name in folder if name != "codebook.json" and len(folder[name]) > 1)][seed % (len(folder) - 1)]
    head, *rows = folder[name]
    repeated = rows[int(rng.integers(len(rows)))]
    rows.insert(int(rng.integers(len(rows) + 1)), repeated)
    one, other = outcome(folder), outcome(folder | {name: [head, *rows]})
    assert_same(one, other)
    more = other.survey.issues[~other.survey.issues["problem"].isin(one.survey.issues["problem"])]
    assert len(more)
    assert repeated[0] in {*more["person"]}


# --- written and read back --------------------------------------------------------------------------------------------


def written(survey: pn.Survey, folder: Folder) -> Folder:
    """The answers as they were understood and the ties as `write_graph` has them, beside the same roster."""
    ties = {item.name for item in survey.codebook.block("tie")}
    items = [item for item in survey.codebook if item.name in survey.people and item.name not in ties]
    own = [item for item in items if item.name not in folder["roster.csv"][0]]
    rows = [["person", *(item.name for item in own)]]
    for person, cells in survey.people.iterrows():
        if cells["answered"]:
            rows.append([str(person), *(as_typed(item, cells[item.name]) for item in own)])
    with TemporaryDirectory() as path:
        pn.graph.write_graph(pn.colleague_graph(survey), Path(path, "ties.csv"), names=True)
        text = Path(path, "ties.csv").read_text(encoding="utf-8")
    table = [*csv.reader(text.splitlines())]
    document = survey.codebook.to_descriptor()
    return {"codebook.json": document, "roster.csv": folder["roster.csv"], "survey.csv": rows, "ties.csv": table}


def as_typed(item: Item, answer: object) -> str:
    """An answer as somebody would type it who gives it again."""
    if isinstance(answer, frozenset):
        return item.separator.join(sorted(map(str, answer))) or ("none" if item.kind == "multiple" else "nobody")
    if answer is None or pd.isna(answer):
        return ""
    if item.reverse:
        return f"{item.limits[0] + item.limits[1] - answer:g}"
    if item.kind in ("binary", "asymmetric"):
        return "yes" if answer else "no"
    return f"{answer:g}" if isinstance(answer, float) else str(answer)


@FEW
@given(folders)
def test_what_is_written_is_read_back_to_the_same(folder: Folder) -> None:
    one = outcome(folder)
    other = outcome(written(one.survey, folder))
    assert_same(one, other)
    order = ["ego", "alter", "layer"]
    known = (found.survey.ties.query("asked and rating > 0") for found in (one, other))
    pd.testing.assert_frame_equal(*(ties.sort_values(order, ignore_index=True) for ties in known))
