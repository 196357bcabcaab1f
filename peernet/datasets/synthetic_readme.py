"""The README that lies beside a made-up survey: where it comes from, how it was made, what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from peernet.datasets import organisation, pilot

TEMPLATE = """\
# A fictional harbour company: survey of {people} colleagues

Nothing here is real: no person, team or answer. The folder was written by

```python
import peernet as pn
pn.make_survey({call}).write("harbour")
```

and the same call always writes the same bytes. Licence: MIT, as the rest of peernet.

| file | one row per | holds |
|---|---|---|
| `roster.csv` | person invited ({people}) | identifier, name, team, identifier of the manager |
| `survey.csv` | answer sheet that came back ({sheets}) | first wave: all answers, nominations as typed |
| `outcomes.csv` | respondent ({answered}) | second wave: partner drawn by lot in the pilot round, answers after it |
| `codebook.json` | | wording, block, kind and scale of every column (Table Schema 2.0) |

An empty cell is a question not answered. In a question that asks for names, "nobody" is an answer; in a question
with several choices, "none" is.

## The model in short
1. {teams} teams, each with a manager; managers report to a head, heads to the director.
2. Everybody belongs to one of {strata} experience strata ({stratum_names})
   and one of {types} perspective types ({type_names}).
   With probability {relatedness:g} the type is the one usual for the stratum, else any: the two views are related only
   in part. The experience answers follow the stratum; the perspective answers follow the type and a position in three
   dimensions of outlook (change, people, planning) around its centre.
3. People know their team, the other managers of their circle and a few outsiders, rather those of their own
   department, type and stratum. Whom they trust depends on team, likeness in outlook and seniority, a rapport both
   sides feel, how readily they trust, how far the other is trusted, and chance that only one side feels: trust is
   homophilous and partly one-sided. Respect and candour mostly go with trust. Nobody types more than a dozen names
   or so.
4. Pilot round: two in three respondents were paired by lot. From the first wave to the second `learning` rises by
   {drift:g} points for everybody and, for pilot partners, by **{effect:g} x their distance in outlook** as well,
   where 1 is the mean distance over all pairs of people. `relationship` is {zero:g} less {slope:g} x that distance.
   `openness` does not depend on the pairing. Partners share part of the noise. About one in ten skips the second wave.

The truth (stratum, type, positions, distances, who meant whom) is not in this folder; `make_survey` returns it.

## What is wrong with the data
{problems}
"""
MESS = """\
On purpose. Beside {skipped} first-wave cells left empty and the items worded against their scale (`reverse` in the
codebook):

| problem | times | for instance | found | meant |
|---|---|---|---|---|
{rows}
"""


def describe(settings: Mapping[str, float | None], planted: pd.DataFrame, *, sheets: int, skipped: int) -> str:
    """Text of the README."""
    rows = "\n".join(_line(str(problem), cases) for problem, cases in planted.groupby("problem", sort=False))
    problems = MESS.format(skipped=skipped, rows=rows) if rows else "Nothing."
    return TEMPLATE.format(
        **settings,
        call=_call(settings),
        sheets=sheets,
        strata=len(organisation.STRATA),
        stratum_names=", ".join(organisation.STRATA),
        types=len(organisation.TYPES),
        type_names=", ".join(organisation.TYPES),
        drift=pilot.DRIFT,
        zero=pilot.QUALITY_AT_ZERO,
        slope=-pilot.QUALITY_SLOPE,
        problems=problems.rstrip("\n"),
    )


def _call(settings: Mapping[str, float | None]) -> str:
    return ", ".join(f"{name}={'...' if value is None else repr(value)}" for name, value in settings.items())


def _line(problem: str, cases: pd.DataFrame) -> str:
    """One kind of problem, with its first case."""
    case = cases.iloc[0]
    return f"| {problem} | {len(cases)} | {_where(case)} | {_cell(case['found'])} | {case['meant']} |"


def _where(case: pd.Series) -> str:
    return f"{case['person']}, `{case['item']}`" if case["item"] else str(case["person"])


def _cell(found: str) -> str:
    shown = found if len(found) <= 40 else found[:37] + "..."
    return "`" + shown.replace("\n", "⏎") + "`" if shown else ""
