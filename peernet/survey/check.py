"""What was read of a survey and what is wrong with it, on one screen: the same problem about many cells is one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from textwrap import shorten, wrap
from typing import Any

import pandas as pd

from peernet._wording import count_in_digits, listed, listed_few
from peernet.survey.asked_back import unread_names, what_is_asked
from peernet.survey.codebook import Codebook
from peernet.survey.issues import SEVERITIES
from peernet.survey.survey import Survey
from peernet.survey.ties import NAMED, lowest_ratings, tie_states

COLUMNS = ["severity", "times", "people", "items", "problem", "done", "examples"]
MOST_EXAMPLES = 3  # of a problem that occurs more often
MOST_QUESTIONS = 3  # a problem is told of
MOST_NAMES = 8  # asked back one by one
QUESTION_WIDTH, TABLE_WIDTH, WIDTH = 52, 40, 108  # characters
_MARGIN = "{:<9}"
HOW_TO_ANSWER = (
    'Answer each once, in the sheet "names" of codebook.xlsx or under "peernet", "aliases" in codebook.json: the '
    'identifier, or "nobody on the roster". Then read the survey again.'
)
NOBODY_INVITED = (
    "Everybody known here answered, so colleagues who did not can be named and not found: a roster.csv beside the "
    "export (columns person, name and, if you like, team and manager) lists everybody who was invited."
)
GAP = "…"  # stands for what differs between cases of one problem
_PLACE = re.compile(r"^rows? [\d, and]+ of [^:]+: ")
_WHERE = re.compile(r"\brows? \d+(?:(?:, | and )\d+)*(?: of \S+)?")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'(?!\w)|\"(?:[^\"\\]|\\.)*\"")
_PEOPLE = re.compile(r"\b(read as|could be|are all called|tie to) .*?(?=: |; |$| is listed)")
_NUMBER = re.compile(r"(?<![\w.])-?\d[\d.,]*(?<![.,])(?!\w)")


def grouped_issues(survey: Survey) -> pd.DataFrame:
    """One row for each kind of problem: errors first, then warnings and notes, each from the most frequent on.

    Parameters
    ----------
    survey
        What `read_survey` returned.

    Returns
    -------
    DataFrame
        ``severity``; how many ``times`` it occurs and about how many ``people``; ``items``, a dictionary of how often
        it occurs with each item, the most frequent first, without those it has nothing to do with; ``problem`` and
        what was ``done``, in which "…" stands for what differs from case to case; and ``examples``, the numbers of the
        first rows of ``survey.issues`` it stands for.

    Examples
    --------
    >>> import peernet as pn
    >>> found = grouped_issues(pn.load_example())
    >>> len(found) < 20 and int(found["times"].sum()) == len(pn.load_example().issues)
    True
    """
    issues = survey.issues.reset_index(drop=True)
    known = frozenset(survey.people.index)
    texts = {text: _without_case(text, known) for text in {*issues["problem"], *issues["done"]}}
    kinds = issues.assign(problem=issues["problem"].map(texts), done=issues["done"].map(texts))
    rows = []
    for key, cases in kinds.groupby(["severity", "problem", "done"], sort=False):
        severity, problem, done = key
        first = issues.loc[cases.index[0]]
        alone = len(cases) == 1  # said as it stands
        items = cases["item"].value_counts()
        rows.append(
            {
                "severity": severity,
                "times": len(cases),
                "people": cases["person"].replace("", pd.NA).nunique(),
                "items": {str(item): int(times) for item, times in items.items() if item},
                "problem": first["problem"] if alone else problem,
                "done": first["done"] if alone else done,
                "examples": cases.index[:MOST_EXAMPLES].tolist(),
            }
        )
    table = pd.DataFrame(rows, columns=COLUMNS)
    gravity = table["severity"].map(SEVERITIES.index)
    order = table.assign(gravity=gravity).sort_values(["gravity", "times"], ascending=[True, False], kind="stable")
    return order.drop(columns="gravity").reset_index(drop=True)


def _without_case(text: str, people: frozenset[str]) -> str:
    """A sentence with gaps for names, rows, numbers and whatever was typed."""
    text = _PLACE.sub("", text)
    text = _WHERE.sub(f"row {GAP}", text)
    text = _QUOTED.sub(GAP, text)
    text = _PEOPLE.sub(rf"\1 {GAP}", text)
    text = re.sub(r"[\w@.+-]*\w", lambda word: GAP if word[0] in people else word[0], text)
    text = _NUMBER.sub(GAP, text)
    return re.sub(rf"{GAP}(?:(?:, | and | or | \+ |; ){GAP})+", GAP, text)


def check_lines(survey: Survey, gates: Iterable[str] = ()) -> list[str]:
    """What `peernet check` prints: what was read, each kind of problem, and the names to be settled last.

    ``gates`` are sentences on how far questions can be relied on to keep people apart, one for each gate.
    """
    table = grouped_issues(survey)
    told = str(survey).strip("<>").removeprefix("Survey: ").rsplit(", ", 1)[0]
    lines = [survey.source, f"{told}: {_how_many(table)}"]
    faint = [f"{layer} {fully:g}" for layer, fully in survey.codebook.strength.items() if layer in survey.layers]
    lines += [f"not heard in full, of 1: {listed(faint)}"] if faint else []
    for problem in table.to_dict("records"):
        lines += _problem_lines(survey, problem)
    for told in gates:
        lines += _beside("gate", wrap(told, WIDTH))
    names = unread_names(survey)
    if len(names):
        shown = names.head(MOST_NAMES).rename(columns={"could_be": "could be", "is": "counted for", "items": "asked"})
        shown["could be"] = [shorten(could_be, TABLE_WIDTH, placeholder=GAP) for could_be in shown["could be"]]
        shown["asked"] = [
            shorten(
                "; ".join(_wording(survey.codebook, item) for item in items.split("; ")), TABLE_WIDTH, placeholder=GAP
            )
            for items in shown["asked"]
        ]
        shown["typed"] = [shorten(typed, TABLE_WIDTH, placeholder=GAP) for typed in shown["typed"]]
        lines += ["", *what_is_asked(survey, names), *_columns(shown.drop(columns="people"))]
        lines += [f"and {len(names) - MOST_NAMES:,} more names"] if len(names) > MOST_NAMES else []
        lines += wrap(HOW_TO_ANSWER, WIDTH)
        lines += wrap(NOBODY_INVITED, WIDTH) if survey.people["answered"].all() else []
    return lines


def check_record(survey: Survey) -> dict[str, Any]:
    """What `peernet check --format json` prints.

    Returns
    -------
    dict
        ``read``, what was read of which lines; ``people``, ``answered`` and ``ties``, how many there are; ``layers``,
        their names; ``errors``, how many problems must be settled first; ``problems``, one object for each kind, the
        gravest first, with ``severity`` ("error", "warning" or "note"), ``times``, ``people``, ``questions`` (each
        with ``item``, ``wording`` and ``times``), ``problem``, ``done`` and ``examples`` (each with ``item``,
        ``person``, ``problem`` and ``done``); and ``unread_names``, the rows of `unread_names` with the same keys. An
        export that cannot be read gives one key, ``refused``, a list of sentences.

    Examples
    --------
    >>> import peernet as pn
    >>> [*check_record(pn.load_aarhus())]
    ['read', 'people', 'answered', 'ties', 'layers', 'errors', 'problems', 'unread_names']
    """
    problems = []
    for row in grouped_issues(survey).to_dict("records"):
        examples = survey.issues.iloc[row["examples"]].drop(columns="severity").to_dict("records")
        questions = [
            {"item": item, "wording": _wording(survey.codebook, item), "times": times}
            for item, times in row["items"].items()
        ]
        kept = {key: row[key] for key in ("severity", "times", "people", "problem", "done")}
        problems.append({**kept, "questions": questions, "examples": examples})
    return {
        "read": survey.source,
        "people": len(survey.people),
        "answered": int(survey.people["answered"].sum()),
        "ties": int((tie_states(survey.ties, lowest_ratings(survey.codebook, survey.ties)) == NAMED).sum()),
        "layers": list(survey.layers),
        "errors": int((survey.issues["severity"] == "error").sum()),
        "problems": problems,
        "unread_names": unread_names(survey).to_dict("records"),
    }


def _how_many(table: pd.DataFrame) -> str:
    if table.empty:
        return "no issues"
    errors = int(table.loc[table["severity"] == "error", "times"].sum())
    kinds = count_in_digits(len(table), "kind", "kinds")
    settle = f", {count_in_digits(errors, 'error', 'errors')} to settle first" if errors else ""
    return f"{count_in_digits(int(table['times'].sum()), 'issue', 'issues')} of {kinds}{settle}"


def _problem_lines(survey: Survey, row: dict[Any, Any]) -> list[str]:
    """A problem with how often it occurs, in which questions, and the first case of it; a note is one line."""
    problem, done = str(row["problem"]), str(row["done"])
    first = survey.issues.iloc[row["examples"][0]]
    often = f"{row['times']:,} x " if row["times"] > 1 else f"{first['person']} " if first["person"] else ""
    told = f"{often}{problem}{_after(problem, done)}"
    where = _questions(survey.codebook, row["items"])
    if row["severity"] == "note":
        return [_MARGIN.format("note") + shorten(f"{told} ({where})" if where else told, WIDTH, placeholder=GAP)]
    lines = [*wrap(told, WIDTH), *([where] if where else [])]
    if row["times"] > 1:
        case = f"such as {first['problem']}{_after(first['problem'], first['done'])}"
        lines.append(shorten(case, WIDTH, placeholder=GAP))
    return _beside(str(row["severity"]), lines)


def _beside(margin: str, lines: Sequence[str]) -> list[str]:
    """Lines with a word in the margin of the first."""
    return [_MARGIN.format(word) + line for word, line in zip_longest([margin], lines, fillvalue="")]


def _after(problem: str, done: str) -> str:
    """What was done, as it follows on what was wrong."""
    return f" {done[:1].upper()}{done[1:]}" if problem.endswith("?") else f": {done}"


def _questions(codebook: Codebook, items: dict[str, int]) -> str:
    """Questions in their own words, each with how often a problem occurs there."""
    width = QUESTION_WIDTH if len(items) == 1 else QUESTION_WIDTH // 2
    told = [
        f"“{shorten(_wording(codebook, item), width, placeholder=GAP)}”" + (f" {times:,}" if times > 1 else "")
        for item, times in items.items()
    ]
    return listed_few(told, MOST_QUESTIONS)


def _wording(codebook: Codebook, item: str) -> str:
    return (codebook[item].label if item in codebook else "") or item


def _columns(table: pd.DataFrame) -> list[str]:
    """A table as lines of text, without columns that hold nothing."""
    table = table.loc[:, (table != "").any()].astype("str")
    widths = [max(len(str(name)), *table[name].str.len()) for name in table]
    rows = [[str(name) for name in table], *table.to_numpy().tolist()]
    return ["  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]
