"""Small exports of peernet's own questionnaire, as each tool would write them, from what a few people answered.

The columns are worked out from the *written* questionnaire (the sheets of the XLSForm, the QSF, the LSS, the data
dictionary, the key of wordings), not from the objects it was written from, so that an export fits the file and no more.

Every answer is given by the item's standard name, in words: options by their labels, points and ratings as numbers.
An answer that is not there was not given. Ties: under ``knows`` who was ticked, or "nobody"; under a layer the rating
of each colleague, on the points of `standard.RATED` or `standard.NAMED`.
"""

from __future__ import annotations

import csv
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from peernet.survey.instruments.instrument import ROWS
from peernet.survey.instruments.standard import CONTACT_FROM, FOUNDATION_FROM, TIES, questionnaire, standard_item
from peernet.survey.instruments.writing import TOOLS, Questionnaire, write_questionnaire

Answers = Mapping[str, Mapping[str, Any]]
Table = list[list[str]]
STAFF = {
    "p001": ("Ana Ruiz", "Quay"),
    "p002": ("José Núñez", "Quay"),
    "p003": ("Minnie Mouse", "Tariffs"),
    "p004": ("Bo Li", "Tariffs"),
    "p005": ("Carla D'Amico", "Quay"),
}
LAYERS = tuple(layer for layer, _ in TIES)
OUTLOOK = [item.name for item in questionnaire().block("perspective") if item.limits]
ANSWERS: Answers = {
    "p001": {
        "takes_part": "Yes",
        "level": "Senior officer",
        "years_here": 3,
        "function": "Digital",
        "challenges": ["Too many tasks", "Leading people"],
        "worked_abroad": "No",
        **dict(zip(OUTLOOK, (4, 2, 5, 1, 3, 3, 4, 2, 5, 1), strict=True)),
        "goals": ["Lead people"],
        "capacity": 2,
        "never_with": "Bo Li",
        "knows": ["p002", "p003", "p004"],
        "works_with": {"p002": 1, "p003": 0, "p004": 1},
        "advice": {"p002": 0, "p003": 0, "p004": 0},
        "trust": {"p002": 4, "p003": 1, "p004": 3},
        "respect": {"p002": 3, "p003": 2, "p004": 0},
        "candour": {"p002": 4, "p003": 2, "p004": 2},
    },
    "p002": {  # knows nobody
        "takes_part": "No",
        "level": "Trainee",
        "years_here": 0,
        "challenges": [],
        "worked_abroad": "Yes",
        **dict.fromkeys(OUTLOOK, 3),
        "knows": "nobody",
        **dict.fromkeys(LAYERS, "nobody"),
    },
    "p003": {  # leaves one row of trust blank, and the whole of candour
        "takes_part": "Yes",
        "level": "Head",
        "years_here": 21,
        "challenges": ["Leading people"],
        **dict(zip(OUTLOOK, (1, 5, 2, 4, 4, 2, 1, 5, 3, 3), strict=True)),
        "knows": ["p001", "p002"],
        "works_with": {"p001": 1, "p002": 1},
        "advice": {"p001": 1, "p002": 0},
        "trust": {"p001": 3},
        "respect": {"p001": 4, "p002": 4},
    },
    "p004": {"takes_part": "Yes", "level": "Officer", "years_here": 7},  # stops before the colleagues
}
TIE, NOT_CHOSEN, NOBODY, NOT_ASKED, NOT_ANSWERED = "tie", "not chosen", "nobody", "not asked", "not answered"


def states(ties: str = ROWS, answers: Answers = ANSWERS) -> dict[tuple[str, str, str], str]:
    """What each respondent said of each colleague on each layer: one of the five states.

    ``ties`` is how colleagues were asked about (`Questionnaire.ties`): whoever would say no of everybody in turn ticks
    nobody where there is a list to tick.
    """
    return {
        (ego, alter, layer): _state(given, alter, layer, ties)
        for ego, given in answers.items()
        for alter in STAFF
        for layer in LAYERS
        if alter != ego
    }


def _state(given: Mapping[str, Any], alter: str, layer: str, ties: str) -> str:
    knows, said = given.get("knows"), given.get(layer)
    if knows is None:
        return NOT_ANSWERED
    if said == "nobody" or (ties != ROWS and named(given, layer) == ["nobody"]):
        return NOBODY
    if alter not in knows:
        return NOT_ASKED
    if said is None or alter not in said:
        return NOT_ANSWERED
    return TIE if is_tie(layer, said[alter]) else NOT_CHOSEN


def is_tie(layer: str, rating: float) -> bool:
    """Whether a rating says yes."""
    return rating >= (FOUNDATION_FROM if layer in ("trust", "respect", "candour") else CONTACT_FROM)


def named(given: Mapping[str, Any], layer: str) -> list[str] | None:
    """Whom somebody ticks who can only tick: the ties; nobody where there are none; None without an answer."""
    said = given.get(layer)
    if said is None or said == "nobody":
        return None if said is None else ["nobody"]
    if not isinstance(said, Mapping):
        return list(said)
    return [alter for alter, rating in said.items() if is_tie(layer, rating)] or ["nobody"]


def known_by(given: Mapping[str, Any]) -> list[str]:
    """Whom somebody ticked as known."""
    knows = given.get("knows") or []
    return [] if knows == "nobody" else list(knows)


def write_staff(file: Path, *, further: int = 0) -> Path:
    """A list of the staff, and of further people so that it is long."""
    rows = [[code, name, team] for code, (name, team) in STAFF.items()]
    rows += [[f"q{n:03d}", f"Further Person{n:03d}", "Depot"] for n in range(further)]
    return write_rows(file, [["person", "name", "team"], *rows])


def write_rows(file: Path, rows: Table, *, delimiter: str = ",") -> Path:
    """Rows as a delimited text file."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, delimiter=delimiter).writerows(rows)
    return file


def written(folder: Path, tool: str, *, further: int = 0) -> Questionnaire:
    """The questionnaire about the staff for a tool, in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    staff = write_staff(folder / "staff.csv", further=further)
    return write_questionnaire(staff, folder / "survey" / f"peer{TOOLS[tool].suffix}", tool=tool)


def exported(questionnaire: Questionnaire, tool: str, answers: Answers = ANSWERS, **how: Any) -> Table:
    """The rows of the tool's export, headings first."""
    return EXPORTS[tool](questionnaire.files[0], answers, **how)


def kobo_export(form: Path, answers: Answers) -> Table:
    """KoboToolbox, XML values and headers, several answers both in one column and in one for each."""
    book = load_workbook(form)
    survey, choices = (_records(book[name]) for name in ("survey", "choices"))
    lists: dict[str, dict[str, str]] = {}
    for choice in choices:
        lists.setdefault(choice["list_name"], {})[choice["label"]] = choice["name"]
    columns: dict[str, Callable[[str, Mapping[str, Any]], str]] = {"start": lambda *_: TIME, "end": lambda *_: TIME}
    for row in survey:
        kind, _, list_name = row["type"].partition(" ")
        name, known = row["name"], lists.get(list_name, {})
        if kind == "select_multiple":
            columns[name] = lambda _ego, given, n=name, k=known: " ".join(_chosen(given, n, k, "none") or [])
            for code in known.values():
                columns[f"{name}/{code}"] = lambda _ego, given, n=name, k=known, c=code: _flag(
                    _chosen(given, n, k, "none"), c
                )
        elif kind in ("select_one", "integer", "text"):
            columns[name] = lambda ego, given, n=name, k=known: _single(ego, given, n, k)
    own = {"_id": "9{n}", "_uuid": "uuid-{n}", "_submission_time": TIME, "__version__": "v1", "_index": "{n}"}
    rows = [
        [column(ego, given) for column in columns.values()] + [text.format(n=n) for text in own.values()]
        for n, (ego, given) in enumerate(answers.items(), start=1)
    ]
    return [[*columns, *own], *rows]


TIME = "2026-11-20T09:00:00.000+01:00"


def _records(sheet: Any) -> list[dict[str, str]]:
    headings, *rows = ([cell or "" for cell in row] for row in sheet.iter_rows(values_only=True))
    return [dict(zip(headings, row, strict=True)) for row in rows]


def _single(ego: str, given: Mapping[str, Any], name: str, codes: Mapping[str, str]) -> str:
    """One answer as its code, or as it is where there are no codes for it."""
    answer = str(ego if name == "person" else given.get(name, ""))
    return codes.get(answer, answer)


def _chosen(given: Mapping[str, Any], name: str, codes: Mapping[str, str], none: str) -> list[str] | None:
    """Codes of several answers; people are ticked, not rated, and who answers nothing of a list says none of these."""
    if name in ("knows", *LAYERS):
        return named(given, name)
    answer = given.get(name)
    return None if answer is None else [codes[label] for label in answer] or [none]


def _flag(chosen: Sequence[str] | None, code: str, no: str = "0", yes: str = "1", silent: str = "") -> str:
    return silent if chosen is None else yes if code in chosen else no


def qualtrics_export(qsf: Path, answers: Answers, *, unanswered: str = "") -> Table:
    """Qualtrics, numeric values, several answers in a column each; ``unanswered``: "-99" where that option is on."""
    elements = json.loads(qsf.read_text(encoding="utf-8"))["SurveyElements"]
    questions = [element["Payload"] for element in elements if element["Element"] == "SQ"]
    of_name = {name: code for code, (name, _) in STAFF.items()}
    columns: list[tuple[str, str, str, Callable[[str, Mapping[str, Any]], str]]] = []
    for question in questions:
        tag, text, qid = question["DataExportTag"], question["QuestionText"], question["QuestionID"]
        choices, recodes = question.get("Choices", {}), question.get("RecodeValues", {})
        labels = {choice["Display"]: recodes.get(key, key) for key, choice in choices.items()}
        if question["QuestionType"] == "Matrix":
            for key, choice in choices.items():
                row = question["ChoiceDataExportTags"][key]
                columns.append(
                    (row, f"{text} - {choice['Display']}", f"{qid}_{key}", _rated(tag, of_name, choice, unanswered))
                )
        elif question["QuestionType"] == "MC" and question["Selector"].startswith("MA"):
            for key, choice in choices.items():
                where = f"{text} - Selected Choice - {choice['Display']}"
                columns.append(
                    (f"{tag}_{recodes[key]}", where, f"{qid}_{key}", _ticked(tag, of_name, choice["Display"]))
                )
        elif question["QuestionType"] != "DB":
            codes = {label: str(code) for label, code in labels.items()}
            columns.append((tag, text, qid, lambda ego, given, n=tag, k=codes: _single(ego, given, n, k)))
    own = {"StartDate": TIME, "EndDate": TIME, "Status": "0", "Progress": "100", "Finished": "1", "ResponseId": "R_{n}"}
    rows = [
        [text.format(n=n) for text in own.values()] + [column[3](ego, given) for column in columns]
        for n, (ego, given) in enumerate(answers.items(), start=1)
    ]
    ids = [json.dumps({"ImportId": name}) for name in (*(o[:1].lower() + o[1:] for o in own), *(c[2] for c in columns))]
    return [[*own, *(c[0] for c in columns)], [*own, *(c[1] for c in columns)], ids, *rows]


def _rated(
    layer: str, of_name: Mapping[str, str], choice: Mapping[str, Any], unanswered: str
) -> Callable[[str, Mapping[str, Any]], str]:
    """The cell of one colleague in a matrix: empty where the row was not shown."""

    def cell(_ego: str, given: Mapping[str, Any]) -> str:
        alter = of_name.get(choice["Display"], "")
        if alter not in known_by(given):
            return ""
        return str((given.get(layer) or {}).get(alter, unanswered))

    return cell


def _ticked(name: str, of_name: Mapping[str, str], label: str) -> Callable[[str, Mapping[str, Any]], str]:
    def cell(_ego: str, given: Mapping[str, Any]) -> str:
        answer = given.get(name)
        if name == "knows":
            chosen = ["nobody"] if answer == "nobody" else answer or []
            return "1" if of_name.get(label, label.lower()) in chosen else ""
        return "1" if answer is not None and label in (answer or ["None of these"]) else ""

    return cell


def limesurvey_export(lss: Path, answers: Answers) -> Table:
    """LimeSurvey, question codes and answer codes."""
    root = ET.parse(lss).getroot()
    rows_of = {
        table: [{cell.tag: cell.text or "" for cell in row} for row in root.iterfind(f"{table}/rows/row")]
        for table in ("questions", "subquestions", "answers", "answer_l10ns", "question_l10ns")
    }
    texts = {row["qid"]: row["question"] for row in rows_of["question_l10ns"]}
    answer_texts = {row["aid"]: row["answer"] for row in rows_of["answer_l10ns"]}
    standard = {item.name.replace("_", ""): item.name for item in questionnaire()} | {"takespart": "takes_part"}
    columns: dict[str, Callable[[str, Mapping[str, Any]], str]] = {}
    for question in rows_of["questions"]:
        title, kind = question["title"], question["type"]
        name = standard.get(title, title)
        subs = [row for row in rows_of["subquestions"] if row["parent_qid"] == question["qid"]]
        codes = {answer_texts[a["aid"]]: a["code"] for a in rows_of["answers"] if a["qid"] == question["qid"]}
        if kind in ("M", "F"):
            chosen = {texts[sub["qid"]]: sub["title"] for sub in subs}
            for sub in subs:
                columns[f"{title}[{sub['title']}]"] = _lime_cell(kind, name, sub["title"], chosen)
        else:
            known = {"Yes": "Y", "No": "N"} if kind == "Y" else {} if title == "person" else codes
            columns[title] = lambda ego, given, n=name, k=known: (
                _single(ego, given, n, k) if n not in LAYERS else (_typed(given, n))
            )
    own = {"id": "{n}", "submitdate": "2026-11-20 09:00:00", "lastpage": "6", "startlanguage": "en", "seed": "1{n}"}
    return [
        [*own, *columns],
        *(
            [text.format(n=n) for text in own.values()] + [column(ego, given) for column in columns.values()]
            for n, (ego, given) in enumerate(answers.items(), start=1)
        ),
    ]


def _lime_cell(kind: str, name: str, code: str, codes: Mapping[str, str]) -> Callable[[str, Mapping[str, Any]], str]:
    def cell(_ego: str, given: Mapping[str, Any]) -> str:
        if kind == "M":
            return _flag(_chosen(given, name, codes, "none"), code, no="", yes="Y")
        return str((given.get(name) or {}).get(code, "")) if code in known_by(given) else ""

    return cell


def _typed(given: Mapping[str, Any], layer: str) -> str:
    """Names as somebody types them."""
    return "; ".join(STAFF[code][0] if code in STAFF else code for code in named(given, layer) or ())


def redcap_export(dictionary: Path, answers: Answers) -> Table:
    """REDCap, raw data, as a survey of one instrument."""
    with dictionary.open(encoding="utf-8", newline="") as opened:
        fields = list(csv.DictReader(opened))
    columns: dict[str, Callable[[str, Mapping[str, Any]], str]] = {}
    for row in fields:
        name, kind, group = row["Variable / Field Name"], row["Field Type"], row["Matrix Group Name"]
        options = [part.split(", ", 1) for part in row["Choices, Calculations, OR Slider Labels"].split(" | ") if part]
        codes = {label: code for code, label in options}
        if kind == "checkbox":
            for code in codes.values():
                columns[f"{name}___{code}"] = lambda _ego, given, n=name, k=codes, c=code: _flag(
                    _chosen(given, n, k, "0"), c, silent="0"
                )
        elif group:
            alter = name.removeprefix(f"{group}_")
            columns[name] = _lime_cell("F", group, alter, codes)
        elif kind not in ("descriptive",) and name != "record_id":
            known = {"Yes": "1", "No": "0"} if kind == "yesno" else {} if name == "person" else codes
            columns[name] = lambda ego, given, n=name, k=known: _single(ego, given, n, k)
    head = ["record_id", "redcap_survey_identifier", "peer_mentoring_timestamp"]
    return [
        [*head, *columns, "peer_mentoring_complete"],
        *(
            [str(n), "", "2026-11-20 09:00:00", *(column(ego, given) for column in columns.values()), "2"]
            for n, (ego, given) in enumerate(answers.items(), start=1)
        ),
    ]


def forms_export(text: Path, answers: Answers, *, google: bool = False) -> Table:
    """Microsoft Forms, or Google Forms: wordings for headings, labels for answers, people by name."""
    with (text.parent / "key.csv").open(encoding="utf-8", newline="") as opened:
        wordings = {row["name"]: row["wording"] for row in csv.DictReader(opened)}
    own = (
        {"Timestamp": TIME}
        if google
        else {"Id": "{n}", "Start time": TIME, "Completion time": TIME, "Email": "anonymous"}
    )
    rows = [
        [cell.format(n=n) for cell in own.values()]
        + [_form_cell(ego, given, name, wordings, google) for name in wordings]
        for n, (ego, given) in enumerate(answers.items(), start=1)
    ]
    return [[*own, *wordings.values()], *rows]


def _form_cell(ego: str, given: Mapping[str, Any], name: str, wordings: Mapping[str, str], google: bool) -> str:
    if name == "person":
        return STAFF[ego][0]
    if name in LAYERS and "Type their names" in wordings[name]:
        return _typed(given, name)
    answer = given.get(name)
    if name in LAYERS:
        ticked = named(given, name)
        answer = None if ticked is None else [STAFF[code][0] if code in STAFF else "Nobody" for code in ticked]
    elif isinstance(answer, list):
        answer = answer or ["None of these"]
    if isinstance(answer, list):
        return ", ".join(answer) if google else ";".join(answer) + ";"
    return "" if answer is None else str(answer)


EXPORTS: Mapping[str, Callable[..., Table]] = {
    "kobo": kobo_export,
    "qualtrics": qualtrics_export,
    "limesurvey": limesurvey_export,
    "redcap": redcap_export,
    "forms": forms_export,
}


def evidence(
    questionnaire: Questionnaire, tool: str, table: Table, *, knows: bool = True
) -> dict[tuple[str, str, str], tuple[object, ...]]:
    """Everything in an export that bears on what somebody said of a colleague on a layer.

    The layer, its cells for the colleague and for nobody, whether the layer has any answer, and with ``knows`` the
    same of that question.
    """
    headings, rows = table[0], table[3 if tool == "qualtrics" else 1 :]
    codes = {identifier: code for code, identifier in questionnaire.people["identifier"].items()}
    places = {code: str(n) for n, code in enumerate(questionnaire.people.index, start=1)} | {"nobody": "0"}
    wordings = {standard_item(wording=heading): heading for heading in headings}

    def cells(row: Mapping[str, str], question: str, alter: str) -> tuple[object, ...]:
        if tool == "forms":
            cell = row[wordings[standard_item(question)]] if question in LAYERS else ""
            return (STAFF[alter][0] in cell, "Nobody" in cell, bool(cell))
        patterns = ("{q}/{a}", "{q}[{a}]", "{q}___{a}", "{q}_{a}", "{q}_{n}")
        title = question.replace("_", "") if tool == "limesurvey" else question
        own = {}
        for who in (codes[alter], "nobody"):
            names = {pattern.format(q=title, a=who, n=places[who]) for pattern in patterns}
            own[who] = next((row[name] for name in headings if name in names), None)
        said = [cell for name, cell in row.items() if re.match(rf"{title}(/|\[|_)", name)]
        return (*own.values(), any(cell not in ("", "0") for cell in said))

    found = {}
    for ego, line in zip(ANSWERS, rows, strict=True):
        row = dict(zip(headings, line, strict=True))
        for alter, layer in ((alter, layer) for alter in STAFF for layer in LAYERS if alter != ego):
            gate = cells(row, "knows", alter) if knows else ()
            found[ego, alter, layer] = (layer, *cells(row, layer, alter), *gate)
    return found
