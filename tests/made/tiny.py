"""Six people, written by hand: small enough to check every number in the head."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from peernet.survey import Codebook, Item

ITEMS = (
    Item("person", "person"),
    Item("name", "name"),
    Item("team", "team", "nominal"),
    Item("manager", "manager"),
    Item("level", "experience", "ordinal", categories=("Junior", "Senior", "Head")),
    Item("years", "experience", "numeric", low=0, high=40),
    Item("background", "perspective", "nominal", categories=("Law", "Engineering", "Arts")),
    Item("abroad", "perspective", "binary"),
    Item("bold", "perspective", "ordinal", low=1, high=5),
    Item("careful", "perspective", "ordinal", low=1, high=5, reverse=True),
    Item("goals", "goal", "multiple", categories=("Lead", "Learn", "Move")),
    Item("offers", "offers", "multiple"),
    Item("seeks", "seeks", "multiple"),
    Item("works_with", "tie", layer="works_with"),
    Item("trusts", "tie", layer="trust"),
    Item("honest_boss", "climate", "ordinal", low=1, high=5, scale="manager_authenticity"),
    Item("partners", "constraint", "numeric", low=0, high=3, role="capacity"),
    Item("leave_me_out", "constraint", "binary", role="opted_out"),
    Item("not_with", "constraint", role="never_with"),
    Item("learning_1", "outcome", "numeric", low=0, high=100, measure="learning", wave=1),
    Item("learning_2", "outcome", "numeric", low=0, high=100, measure="learning", wave=2),
    Item("gender", "protected", "nominal"),
    Item("comment", "ignore"),
)

ROSTER = """\
person,name,team,manager
ann,Ann Ålund,Dock,
ben,Benjamin Brook,Dock,ann
cleo,Cleo Cruz,Dock,ann
dan,Dan Deng,Yard,ann
eva,Eva Engel,Yard,dan
finn,Finn O'Fell,Yard,dan
"""

# Finn did not answer; Dan trusts nobody; Eva left the question blank.
SURVEY = """\
person,level,years,background,abroad,bold,careful,goals,offers,seeks,works_with,trusts,honest_boss,partners,leave_me_out,not_with,learning_1,gender,comment
ann,Head,20,Law,yes,5,2,Lead,Law; Budgets,Code,Ben Brook; Cruz,Ben Brook; Cleo Cruz,,2,no,,40,woman,
ben,Junior,1,Engineering,no,4,4,Learn;Move,Code,,"Alund, Ann; Cleo",Ann; Cleo,4,1,no,,55,man,Fine
cleo,Senior,"7,5",Arts,no,1,5,,,Law,Ann Alund; Ben,Ann Ålund; Dan Deng,5,,no,,,woman,
dan,Senior,12,Engineering,yes,3,3,Lead,Code,Budgets,Eva Engle,nobody,4,1,no,eva,70,,
eva,Junior,3,Law,,2,1,none,,,Dan; Finn,,3,1,no,,62,woman,
"""

OUTCOMES = """\
person,learning_2
ann,50
ben,58
"""


def write_tiny(path: Path) -> Path:
    """The six people's survey folder."""
    return write_folder(path, ITEMS, survey=SURVEY, roster=ROSTER, outcomes=OUTCOMES)


def write_folder(path: Path, items: Sequence[Item] | Codebook, **files: str | bytes) -> Path:
    """A survey folder with a codebook of these items and the named CSV files."""
    path.mkdir(exist_ok=True)
    codebook = items if isinstance(items, Codebook) else Codebook(tuple(items))
    (path / "codebook.json").write_text(json.dumps(codebook.to_descriptor()), encoding="utf-8")
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (path / f"{name}.csv").write_bytes(data)
    return path
