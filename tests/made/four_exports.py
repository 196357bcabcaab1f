"""One firm's survey as four tools export it, in wordings of its own: what somebody has in the download folder."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat

import peernet as pn
from peernet.datasets.synthetic import SyntheticSurvey

AGREE = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
STATEMENTS = {
    "change_1": "I would rather try something new than polish what we have.",
    "change_2": "What has worked for years should be left alone.",
    "people_1": "A decision is good only if those it touches are behind it.",
    "people_2": "When we are pressed, results count more than feelings.",
    "planning_1": "I want the steps on paper before we begin.",
    "planning_2": "I am at my best when I improvise.",
}
AGAINST = ("change_2", "people_2", "planning_2")  # worded against their scale
WORDINGS = {
    "team": "Which department are you in?",
    "years_here": "How many years have you been with the company?",
    "level": "What is your job grade?",
    "challenges": "What makes your job hard at the moment? (tick all that apply)",
    "background": "What were you originally trained in?",
    "goals": "What are your career goals for the next years? (tick all that apply)",
    "works_with": "With which colleagues do you work most weeks?",
    "trust": "Which colleagues do you trust enough to show unfinished work to?",
    "respect": "Which colleagues do you respect for their judgement?",
    "never_with": "Is there anybody you could not be paired with?",
    "takes_part": "Do you want to take part in peer mentoring?",
    "comment": "Anything else you would like to tell us?",
}
AGREEMENT = "How far do you agree with each of these statements?"
LAYERS = ("works_with", "trust", "respect")


@dataclass(frozen=True)
class Firm:
    """Who answered what: ``answers`` has a row per respondent; ``named`` the colleagues of each person and layer."""

    answers: pd.DataFrame
    names: dict[str, str]
    named: dict[tuple[str, str], list[str]]


@cache
def firm(people: int = 44, answered: int = 40, seed: int = 3) -> Firm:
    """A firm in which all but a few answered, with everybody's name and department."""
    made: SyntheticSurvey = pn.make_survey(people=people, answered=answered, teams=6, mess=False, rng=seed)
    names = dict(zip(made.roster["person"], made.roster["name"], strict=True))
    teams = dict(zip(made.roster["person"], made.roster["team"], strict=True))
    answers = made.survey.set_index("person")
    answers = answers.assign(
        team=[teams[person] for person in answers.index],
        takes_part=["No" if said == "yes" else "Yes" for said in answers["opted_out"]],
        comment="",
    )
    said = made.nominations[made.nominations["person"].isin(answers.index)]
    named = {(person, layer): [] for person in answers.index for layer in LAYERS}
    for row in said.itertuples():
        if row.layer in LAYERS:
            named[row.person, row.layer].append(row.alter)
    return Firm(answers, names, named)


def _likert(answer: object) -> str:
    return "" if pd.isna(answer) or answer == "" else AGREE[int(float(str(answer))) - 1]


def _cells(there: Firm, person: str, write_names: Callable[[Iterable[str]], str]) -> dict[str, str]:
    """One person's answers under the firm's wordings, several choices still joined by semicolons."""
    row = there.answers.loc[person]
    cells = {key: "" if pd.isna(row[key]) else str(row[key]) for key in WORDINGS if key not in LAYERS}
    cells |= {key: _likert(row[key]) for key in STATEMENTS}
    return cells | {layer: write_names(there.names[p] for p in there.named[person, layer]) for layer in LAYERS}


def google_forms(folder: Path) -> Path:
    """CSV with a time stamp and the e-mail address first; statements in a grid; several choices joined by commas."""
    there, rows = firm(), []
    for number, person in enumerate(there.answers.index):
        said = _cells(there, person, ", ".join)
        row = {"Timestamp": f"2026/05/04 9:{number % 60:02}:11 AM GMT+2", "Email Address": f"{person}@firm.example"}
        row["What is your name?"] = there.names[person]
        for key, wording in WORDINGS.items():
            row[wording] = said[key].replace(";", ", ")
            if key == "background":
                row |= {f"{AGREEMENT} [{text}]": said[item] for item, text in STATEMENTS.items()}
        rows.append(row)
    path = folder / "Peer mentoring (Responses) - Form Responses 1.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def microsoft_forms(folder: Path) -> Path:
    """Workbook with one line of headings; statements by themselves; several choices with a semicolon after each."""
    there = firm()
    book = openpyxl.Workbook()
    sheet = book.active
    before = ["ID", "Start time", "Completion time", "Email", "Name"]
    keys = ["team", "years_here", "level", "challenges", "background", *STATEMENTS, "goals", *LAYERS]
    keys += ["never_with", "takes_part", "comment"]
    sheet.append([*before, *({**WORDINGS, **STATEMENTS}[key] for key in keys)])
    for number, person in enumerate(there.answers.index, start=1):
        said = _cells(there, person, "; ".join)
        for several in ("challenges", "goals"):
            said[several] = f"{said[several]};" if said[several] else ""
        times = [f"5/4/26 9:{number % 60:02}:00", f"5/4/26 9:{number % 60:02}:59"]
        sheet.append([number, *times, f"{person}@firm.example", there.names[person], *(said[key] for key in keys)])
    path = folder / "Peer mentoring(1-40).xlsx"
    book.save(path)
    return path


def qualtrics(folder: Path) -> Path:
    """CSV with three lines of headings; colleagues as one column of ticks each; a preview and an unfinished sheet."""
    there = firm()
    about = ["StartDate", "EndDate", "Status", "IPAddress", "Progress", "Duration (in seconds)", "Finished"]
    about += ["RecordedDate", "ResponseId", "DistributionChannel", "UserLanguage"]
    questions: dict[str, tuple[str, str]] = {"Q1": ("Please type your full name.", "QID1_TEXT")}
    plain = ("team", "years_here", "level", "challenges", "background")
    questions |= {f"Q{n}": (WORDINGS[key], f"QID{n}") for n, key in enumerate(plain, start=2)}
    for n, text in enumerate(STATEMENTS.values(), start=1):
        questions[f"Q7_{n}"] = (f"{AGREEMENT} - {text}", f"QID7_{n}")
    questions["Q8"] = (WORDINGS["goals"], "QID8")
    roster = list(there.names.items())
    for q, layer in enumerate(LAYERS, start=9):
        for n, (_, name) in enumerate(roster, start=1):
            questions[f"Q{q}_{n}"] = (f"{WORDINGS[layer]} - Selected Choice - {name}", f"QID{q}_{n}")
        questions[f"Q{q}_99"] = (f"{WORDINGS[layer]} - Selected Choice - Nobody", f"QID{q}_99")
    last = ("never_with", "takes_part", "comment")
    questions |= {f"Q{n}": (WORDINGS[key], f"QID{n}") for n, key in enumerate(last, start=12)}
    rows = []
    for number, person in enumerate(there.answers.index):
        said = _cells(there, person, "; ".join)
        when = f"2026-05-04 09:{number % 60:02}:00"
        row = dict(
            zip(
                about,
                (when, when, "IP Address", "", "100", "300", "True", when, f"R_{number}", "anonymous", "EN"),
                strict=True,
            )
        )
        row["Q1"] = there.names[person]
        row |= {f"Q{n}": said[key].replace(";", ",") for n, key in enumerate(plain, start=2)}
        row |= {f"Q7_{n}": said[key] for n, key in enumerate(STATEMENTS, start=1)}
        row["Q8"] = said["goals"].replace(";", ",")
        for q, layer in enumerate(LAYERS, start=9):
            chosen = there.named[person, layer]
            row |= {f"Q{q}_{n}": name if who in chosen else "" for n, (who, name) in enumerate(roster, start=1)}
            row[f"Q{q}_99"] = "" if chosen else "Nobody"
        row |= {f"Q{n}": said[key] for n, key in enumerate(last, start=12)}
        rows.append(row)
    preview = {**rows[0], "Status": "Survey Preview", "Q1": "Test Test", "ResponseId": "R_test"}
    stopped = dict.fromkeys(rows[0], "") | {key: rows[1][key] for key in about}
    stopped |= {"Progress": "12", "Finished": "False", "ResponseId": "R_stopped", "Q1": "Somebody Else"}
    columns = [*about, *questions]
    texts = [*about, *(text for text, _ in questions.values())]
    ids = [f'{{"ImportId":"{key}"}}' for key in (*about, *(number for _, number in questions.values()))]
    table = pd.DataFrame([*rows, preview, stopped])[columns]
    headed = pd.concat([pd.DataFrame([texts, ids], columns=columns), table])
    path = folder / "Peer mentoring_May 4, 2026_09.30.csv"
    headed.to_csv(path, index=False)
    return path


UNKNOWN_PERSON, NO_ANSWER = 0, -9
RATINGS = {0: "I don't know this person", 1: "Not at all", 2: "A little", 3: "Fairly", 4: "Very much"}


def _rated(there: Firm, ego: str, alter: str, layer: str) -> float:
    """Very much or fairly where the colleague was named, a little or not at all where they are merely known."""
    if alter in there.named[ego, layer]:
        return 3.0 + there.named[ego, layer].index(alter) % 2
    known = any(alter in there.named[ego, other] for other in LAYERS)
    return 1.0 + len(ego + layer) % 2 if known else float(UNKNOWN_PERSON)


def spss(folder: Path) -> Path:
    """A .sav file: codes with labels, -9 declared missing, colleagues rated one by one, ticks as 0 and 1."""
    there = firm()
    people, roster = list(there.answers.index), list(there.names)
    number = {person: n for n, person in enumerate(roster, start=1)}
    columns: dict[str, list[object]] = {}
    texts, labels = {}, {}
    missing: dict[str, list[int]] = {}

    def add(name: str, wording: str, cells: Iterable[object], codes: dict[int, str] | None = None) -> None:
        columns[name] = list(cells)
        texts[name] = wording
        if codes:
            labels[name] = codes

    add("id", "Staff number", (float(number[person]) for person in people))
    add("fullname", "Name", (there.names[person] for person in people))
    for key in ("team", "level", "background"):
        options = sorted(set(there.answers[key].dropna()) - {""})
        codes = dict(enumerate(options, start=1))
        back = {option: float(n) for n, option in codes.items()}
        add(key[:8], WORDINGS[key], (back.get(cell, np.nan) for cell in there.answers[key]), codes)
    add("tenure", WORDINGS["years_here"], pd.to_numeric(there.answers["years_here"], errors="coerce"))
    for several, prefix in (("challenges", "chall"), ("goals", "goal")):
        options = sorted({part for cell in there.answers[several] for part in str(cell).split(";")} - {"", "nan"})
        for n, option in enumerate(options, start=1):
            ticked = (float(option in str(cell).split(";")) for cell in there.answers[several])
            add(f"{prefix}_{n}", f"{WORDINGS[several]}: {option}", ticked, {0: "Not selected", 1: "Selected"})
    scale = dict(enumerate(AGREE, start=1)) | {NO_ANSWER: "No answer"}
    for n, (key, text) in enumerate(STATEMENTS.items(), start=1):
        given = pd.to_numeric(there.answers[key], errors="coerce").fillna(NO_ANSWER)
        add(f"out_{n}", text, given, scale)
        missing[f"out_{n}"] = [NO_ANSWER]
    for layer in LAYERS:
        for person in roster:
            column = [np.nan if ego == person else _rated(there, ego, person, layer) for ego in people]
            add(f"{layer}_{number[person]}", f"{WORDINGS[layer]}: {there.names[person]}", column, RATINGS)
    add(
        "part",
        WORDINGS["takes_part"],
        ({"Yes": 1.0, "No": 2.0}[said] for said in there.answers["takes_part"]),
        {1: "Yes", 2: "No"},
    )
    path = folder / "peer_mentoring.sav"
    declared = {name: [{"lo": code, "hi": code} for code in codes] for name, codes in missing.items()}
    pyreadstat.write_sav(
        pd.DataFrame(columns), str(path), column_labels=texts, variable_value_labels=labels, missing_ranges=declared
    )
    return path


TOOLS = {"qualtrics": qualtrics, "microsoft_forms": microsoft_forms, "google_forms": google_forms, "spss": spss}
