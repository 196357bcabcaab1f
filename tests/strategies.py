"""Hypothesis strategies for surveys as they really come back: ties, missing answers, odd n, constants, repeats."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from string import ascii_letters
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from peernet import Survey, read_survey
from peernet.survey import Codebook, Item
from tests.made.tiny import write_folder

FIRST = ("Ada", "Bo", "Chloé", "Dmitri", "Elisabeth", "Femi", "Gül", "Hannah")
LAST = ("Åkesson", "Brandt", "Cruz", "Dahl", "Eze", "O'Fell", "Grün", "Hartley")
ITEMS = (
    Item("id", "person"),
    Item("name", "name"),
    Item("team", "team", "nominal"),
    Item("level", "experience", "ordinal", categories=("Junior", "Senior", "Head")),
    Item("years", "experience", "numeric", low=0, high=40),
    Item("same", "experience", "nominal"),
    Item("field", "perspective", "nominal"),
    Item("abroad", "perspective", "binary"),
    Item("bold", "perspective", "ordinal", low=1, high=5),
    Item("careful", "perspective", "ordinal", low=1, high=5, reverse=True),
    Item("goals", "goal", "multiple", categories=("Lead", "Learn", "Move")),
    Item("works_with", "tie", layer="works_with"),
    Item("trust", "tie", layer="trust"),
    Item("learning", "outcome", "numeric", low=0, high=100),
)
CODEBOOK = Codebook(ITEMS, missing=("", "NA"))
TIES = ("works_with", "trust")
ANSWERS = {
    "level": ("", "Junior", "senior", "HEAD", "Boss"),
    "years": ("", "NA", "0", "7,5", "12.25", "40", "41", "many"),
    "same": ("", "always"),
    "field": ("", "Law", "Arts", "Music"),
    "abroad": ("", "yes", "no", "perhaps"),
    "bold": ("", "1", "3", "5", "6", "4 - agree"),
    "careful": ("", "1", "2", "5"),
    "goals": ("", "none", "Lead", "Lead; Move", "Learn;;", "Fly"),
    "learning": ("", "0", "50", "100"),
}
words = st.text(ascii_letters + "äé_ ", min_size=1, max_size=8).map(str.strip).filter(bool)


@dataclass(frozen=True)
class RawFolder:
    """A survey folder in memory: its codebook and the rows of its files."""

    codebook: Codebook
    survey: list[dict[str, str]]
    roster: list[dict[str, str]]

    def write(self, path: Path) -> Path:
        files = {"survey": as_csv(self.survey)}
        if self.roster:
            files["roster"] = as_csv(self.roster)
        return write_folder(path, self.codebook, **files)

    def read(self) -> Survey:
        with TemporaryDirectory() as folder:
            return read_survey(self.write(Path(folder)))


def as_csv(rows: Sequence[dict[str, str]]) -> str:
    """Rows of one kind as CSV text."""
    text = StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def typed_names(names: Sequence[str]) -> st.SearchStrategy[str]:
    """A nomination cell: blank, nobody, or names as people type them."""
    one = st.sampled_from(names)
    forms = st.one_of(
        one,
        one.map(str.upper),
        one.map(lambda name: ", ".join(reversed(name.split(" ", 1)))),
        one.map(lambda name: name.split()[0]),
        one.map(lambda name: f"{name[0]}. {name.split()[-1]}"),
        one.map(lambda name: name[:-2] + name[-1]),
        st.sampled_from(("the canteen lady", "Zz Top")),
    )
    return st.one_of(st.just(""), st.just("nobody"), st.lists(forms, min_size=1, max_size=4).map("; ".join))


@st.composite
def raw_folders(draw: st.DrawFn, *, min_people: int = 1, max_people: int = 7, repeats: bool = True) -> RawFolder:
    """A survey of 1 to 7 people, odd numbers as likely as even, with or without a roster, some answering twice."""
    n = draw(st.integers(min_people, max_people))
    full = st.tuples(st.sampled_from(FIRST), st.sampled_from(LAST)).map(" ".join)
    names = draw(st.lists(full, min_size=n, max_size=n))
    people = [
        {"id": f"p{i}", "name": name, "team": draw(st.sampled_from(("Dock", "Yard", "")))}
        for i, name in enumerate(names)
    ]
    respondents = draw(st.lists(st.sampled_from(range(n)), min_size=1, max_size=n + 2, unique=not repeats))
    cells = {item: st.sampled_from(answers) for item, answers in ANSWERS.items()} | dict.fromkeys(
        TIES, typed_names(names)
    )
    sheets = [people[i] | {item: draw(cell) for item, cell in cells.items()} for i in respondents]
    with_roster = draw(st.booleans())
    return RawFolder(CODEBOOK, sheets, people if with_roster else [])


def surveys(**kws: int) -> st.SearchStrategy[Survey]:
    """Surveys as `read_survey` returns them."""
    return raw_folders(**kws).map(RawFolder.read)


@st.composite
def items(draw: st.DrawFn, name: str) -> Item:
    """Any item a codebook accepts, but the one that identifies people."""
    kind = draw(st.sampled_from(("numeric", "ordinal", "nominal", "binary", "asymmetric", "multiple", "text")))
    low, high = draw(st.sampled_from(((None, None), (1, 5), (0, None), (None, 9), (0.5, 7.25))))
    categories = draw(st.lists(words, max_size=4, unique_by=str.casefold)) if kind in ("nominal", "multiple") else ()
    if kind == "ordinal":
        low, high = 1, 7
    return Item(
        name,
        draw(st.sampled_from(("experience", "perspective", "goal", "protected"))),
        kind,
        draw(st.just("") | words),
        reverse=kind == "ordinal" and draw(st.booleans()),
        low=low,
        high=high,
        categories=tuple(categories),
        missing=tuple(draw(st.lists(words, max_size=2))),
        scale=draw(st.none() | words),
        separator=draw(st.sampled_from((";", "|"))),
    )


@st.composite
def codebooks(draw: st.DrawFn) -> Codebook:
    """Codebooks of every kind of item, some with ties, constraints and outcomes."""
    names = draw(st.lists(words, min_size=1, max_size=6, unique=True).filter(lambda found: "id" not in found))
    own = [draw(items(name)) for name in names]
    extra = draw(
        st.lists(
            st.sampled_from(
                (
                    Item("#ties", "tie", layer="lunch", foundation=True),
                    Item("#chats", "tie", layer="chat", strength=0.25),
                    Item("#trust", "tie", "multiple", layer="trust", foundation=False, separator="|"),
                    Item("#room", "constraint", "numeric", role="capacity", low=0, high=3),
                    Item("#score", "outcome", "numeric", measure="learning", wave=2),
                    Item("#extra", "ignore"),
                )
            ),
            unique_by=lambda item: item.name,
        )
    )
    missing = draw(st.lists(words, max_size=2))
    return Codebook((Item("id", "person"), *own, *extra), missing=("", *missing))
