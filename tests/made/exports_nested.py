"""Small exports of tools whose people have rows below them: REDCap, KoboToolbox and ODK, Network Canvas."""

from __future__ import annotations

import json
import zipfile
from hashlib import sha1
from html import escape

HEADINGS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)


def csv_text(rows, separator=","):
    """Rows as a text file, every cell in quotation marks."""
    return "".join(separator.join('"' + str(cell).replace('"', '""') + '"' for cell in row) + "\n" for row in rows)


def written(folder, **texts):
    """Files in a folder: ``main="..."`` becomes ``main.csv``; the folder."""
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def dictionary(*fields):
    """A data dictionary of REDCap; each field a mapping by the first word or two of the headings."""
    short = dict(zip(("name", "form", "section", "type", "label", "choices"), HEADINGS[:6], strict=True))
    short |= {"validation": HEADINGS[7], "low": HEADINGS[8], "high": HEADINGS[9], "identifier": HEADINGS[10]}
    short |= {"logic": HEADINGS[11], "matrix": HEADINGS[15], "annotation": HEADINGS[17]}
    rows = [{short[key]: value for key, value in field.items()} for field in fields]
    return csv_text([HEADINGS, *([row.get(heading, "") for heading in HEADINGS] for row in rows)])


GOALS = "-1, Other | a, To learn, fast"
AGREE = "1, Disagree | 2, Rather disagree | 3, Neither | 4, Rather agree | 5, Agree"
COLLEAGUES = dictionary(
    {"name": "record_id", "form": "about_you", "type": "text", "label": "Record ID"},
    {"name": "notice", "form": "about_you", "type": "descriptive", "label": "Why we ask"},
    {"name": "full_name", "form": "about_you", "type": "text", "label": "Your <b>name</b>", "identifier": "y"},
    {
        "name": "years",
        "form": "about_you",
        "type": "text",
        "label": "Years here",
        "validation": "integer",
        "low": "0",
        "high": "50",
        "annotation": """@HIDEBUTTON @PEERNET='{"block": "experience", "kind": "numeric"}'""",
    },
    {"name": "lead", "form": "about_you", "type": "yesno", "label": "Do you lead a team?"},
    {
        "name": "size",
        "form": "about_you",
        "type": "text",
        "label": "How many?",
        "logic": "[lead] = '1'",
    },
    {
        "name": "goals",
        "form": "goals",
        "type": "checkbox",
        "label": "What for?",
        "choices": GOALS,
    },
    {
        "name": "trust_p1",
        "form": "colleagues",
        "section": "Do you trust them?",
        "type": "radio",
        "label": "Ana Ruiz",
        "choices": AGREE,
        "matrix": "trust",
    },
    {
        "name": "trust_p2",
        "form": "colleagues",
        "type": "radio",
        "label": "José Núñez",
        "choices": AGREE,
        "matrix": "trust",
    },
)
COLLEAGUES_RAW = """record_id,redcap_data_access_group,full_name,years,lead,size,about_you_complete\
,goals____1,goals___a,goals_complete,trust_p1,trust_p2,colleagues_complete
007,dock,Ana Ruiz,3,0,,2,0,1,2,,5,2
NA,yard,José Núñez,12,1,4,2,0,0,0,4,,0
1e5,dock,Мария,1,0,,2,0,0,2,,,0
"""
COLLEAGUES_LABELLED = """Record ID,Data Access Group,Your name,Years here,Do you lead a team?,How many?,Complete?\
,What for? (choice=Other),"What for? (choice=To learn, fast)",Complete?,Ana Ruiz,José Núñez,Complete?
007,Dock,Ana Ruiz,3,No,,Complete,Unchecked,Checked,Complete,,Agree,Complete
NA,Yard,José Núñez,12,Yes,4,Complete,Unchecked,Unchecked,Incomplete,Rather agree,,Incomplete
"""
# A base row, a form that repeats at the start and not later, a second event; and r3 begins late.
EVENTS = """record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,team,q1,colleague,trust,outcome
r3,later_arm_1,,,,,,,50
r1,start_arm_1,,,Dock,4,,,
r1,start_arm_1,nomination,1,,,r2,4,
r1,start_arm_1,nomination,2,,,r3,2,
r1,later_arm_1,,,,5,r2,5,61
r2,start_arm_1,,,Yard,2,,,
r2,later_arm_1,,,,,,,48
"""


QUESTION = ["type", "name", "label::English (en)", "label::Deutsch (de)"]
# A form in KoboToolbox: a question with several answers in a group, and a repeat group of colleagues.
FORM = {
    "survey": [
        [*QUESTION, "relevant", "bind::peernet:block", "bind::peernet:reverse", "bind::peernet:maximum"],
        ["start", "start"],
        ["note", "why", "Why we ask"],
        ["select_one people", "me", "Who are you?", "Wer sind Sie?", "", "person"],
        ["begin_group", "page", "Colleagues"],
        ["select_multiple people", "trust", "Whom do you trust?", "Wem vertrauen Sie?", "", "tie"],
        ["integer", "years", "Years here", "", "", "experience", "true", "50"],
        ["end_group"],
        ["begin repeat", "talk", "Each of them"],
        ["select_one people", "whom", "Who?", "", "", "alter"],
        ["select_one often", "how_often", "How often?"],
        ["text", "why_not", "Why not?", "", "${how_often} = 0"],
        ["end repeat"],
        ["text", "gone", "Not in the export"],
    ],
    "choices": [
        ["list_name", "name", "label::English (en)", "label::Deutsch (de)"],
        ["people", "p001", "Ana Ruiz"],
        ["people", "p002", "José Núñez"],
        ["people", "nobody", "Nobody", "Niemand"],
        ["often", "0", "never"],
        ["often", "1", "daily"],
    ],
    "settings": [["form_title"], ["Colleagues"]],
}
TRUST = ["page/trust", "page/trust/p001", "page/trust/p002", "page/trust/nobody"]
KOBO = {  # the third submission of four was deleted
    "Colleagues": [
        ["start", "me", *TRUST, "page/years", "_id", "_uuid", "_submission_time", "_validation_status", "_index"],
        ["2026-05-04T09:00:00", "p001", "p002", 0, 1, 0, 3, 501, "u1", "2026-05-04T09:12:00", "", 1],
        ["2026-05-04T10:00:00", "p002", "", 0, 0, 0, "", 503, "u3", "2026-05-04T10:12:00", "", 3],
        ["2026-05-04T11:00:00", "p003", "nobody", 0, 0, 1, 9, 504, "u4", "2026-05-04T11:12:00", "Approved", 4],
        ["2026-05-04T12:00:00", "test", "", "", "", "", "", 505, "u5", "2026-05-04T12:12:00", "Not approved", 5],
    ],
    "talk": [
        ["talk/whom", "talk/how_often", "_index", "_parent_table_name", "_parent_index", "_submission__id"],
        ["p001", 1, 1, "Colleagues", 3, 503],
        ["p002", 0, 2, "Colleagues", 1, 501],
        ["p009", 1, 3, "Colleagues", 5, 505],
    ],
}
ODK = {
    "form": """SubmissionDate,me,page-trust,page-trust/p001,page-trust/p002,page-years,meta-instanceID,KEY,ReviewState
2026-05-04T09:00:00.000Z,p001,p002,0,1,3,uuid:a,uuid:a,
2026-05-04T10:00:00.000Z,p002,p001,1,0,5,uuid:b,uuid:b,
2026-05-04T11:00:00.000Z,x,,,,5,uuid:c,uuid:c,rejected
""",
    "form-talk": """whom,how_often,PARENT_KEY,KEY
p001,1,uuid:b,uuid:b/talk[1]
p002,0,uuid:a,uuid:a/talk[1]
p002,0,uuid:zz,uuid:zz/talk[1]
""",
    "form-talk-topic": """topic,PARENT_KEY,KEY
work,uuid:b/talk[1],uuid:b/talk[1]/topic[1]
""",
}


def workbook_of(file, sheets):
    """A workbook with these sheets, rows of cells each."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(file)
    return file


# What three people answered in Network Canvas: None is no answer. The ends of a tie are numbers of the people named.
INTERVIEWS = [
    {
        "ego": {"uuid": "e-1", "case": "P014", "finished": True, "age": "37", "takes_part": True, "goals": ["learn"]},
        "named": [
            {"uuid": "a-1", "name": "Ana Ruiz", "trust": True, "help": ["advice", "time"], "close": "4"},
            {"uuid": "a-2", "name": "José, Núñez", "trust": False, "help": [], "close": "2"},
            {"uuid": "a-3", "name": "Mia", "trust": None, "help": None, "close": None},
        ],
        "ties": [("b-1", 0, 1, "3")],
    },
    {
        "ego": {"uuid": "e-2", "case": "007", "finished": True, "age": "41", "takes_part": False, "goals": None},
        "named": [{"uuid": "a-4", "name": "Ana Ruiz", "trust": True, "help": ["time"], "close": "5"}],
        "ties": [],
    },
    {
        "ego": {"uuid": "e-3", "case": "NA", "finished": False, "age": None, "takes_part": None, "goals": []},
        "named": [],
        "ties": [],
    },
]
OPTIONS = {"goals": ("learn", "teach"), "help": ("advice", "time")}
KEYS = {name: f"{k:08d}-aaaa-4bbb-8ccc-0123456789ab" for k, name in enumerate(["age", "takes_part", "goals", "name"])}
KEYS |= {name: f"{k:08d}-dddd-4bbb-8ccc-0123456789ab" for k, name in enumerate(["trust", "help", "close", "strength"])}
PROTOCOL = {
    "schemaVersion": 7,
    "codebook": {
        "ego": {
            "variables": {
                KEYS["age"]: {"name": "age", "type": "number"},
                KEYS["takes_part"]: {"name": "takes_part", "type": "boolean"},
                KEYS["goals"]: {
                    "name": "goals",
                    "type": "categorical",
                    "options": [{"label": "To learn", "value": "learn"}, {"label": "To teach", "value": "teach"}],
                },
                "x": {"name": "left_out", "type": "text"},
            }
        },
        "node": {
            "n-1": {
                "name": "Person",
                "variables": {
                    KEYS["name"]: {"name": "name", "type": "text"},
                    KEYS["trust"]: {"name": "trust", "type": "boolean"},
                    KEYS["help"]: {
                        "name": "help",
                        "type": "categorical",
                        "options": [{"label": "Advice", "value": "advice"}, {"label": "Time", "value": "time"}],
                    },
                    KEYS["close"]: {
                        "name": "close",
                        "type": "ordinal",
                        "options": [{"label": "Not at all", "value": 1}, {"label": "Very", "value": 5}],
                    },
                },
            }
        },
        "edge": {"t-1": {"name": "knows", "variables": {KEYS["strength"]: {"name": "strength", "type": "ordinal"}}}},
    },
    "stages": [
        {"type": "EgoForm", "form": {"fields": [{"variable": KEYS["takes_part"], "prompt": "Do you take part?"}]}},
        {"type": "OrdinalBin", "prompts": [{"id": "1", "text": "How close are you?", "variable": KEYS["close"]}]},
    ],
}


def _as_csv(name, answer):
    """Columns and cells: of options and of yes or no, false stands for no answer as well."""
    if name in OPTIONS:
        return {f"{name}_{option}": str(option in (answer or [])).lower() for option in OPTIONS[name]}
    if name in ("trust", "takes_part"):
        return {name: str(bool(answer)).lower()}
    return {name: answer or ""}


def _as_graph(name, answer):
    """Elements for an answer; nothing for none."""
    if answer is None:
        return ""
    parts = {KEYS[name]: str(answer).lower() if isinstance(answer, bool) else answer}
    if name in OPTIONS:
        hashed = {option: sha1(option.encode()).hexdigest() for option in OPTIONS[name]}
        parts = {f"{KEYS[name]}_{hashed[option]}": str(option in answer).lower() for option in OPTIONS[name]}
    return "".join(f'<data key="{key}">{escape(text)}</data>' for key, text in parts.items())


def _answers(person):
    return {name: answer for name, answer in person.items() if name in KEYS}


def interview_tables(interview):
    """The three CSV files of an interview, by the end of their names."""
    ego, named = interview["ego"], interview["named"]
    own = {"networkCanvasEgoUUID": ego["uuid"], "networkCanvasCaseID": ego["case"], "networkCanvasSessionID": "s"}
    own |= {"sessionStart": "2026-05-04T09:00:00.000Z", "sessionFinish": "2026-05-04" if ego["finished"] else ""}
    for name, answer in _answers(ego).items():
        own |= _as_csv(name, answer)
    people = []
    for number, person in enumerate(named, start=1):
        row = {"nodeID": number, "networkCanvasEgoUUID": ego["uuid"], "networkCanvasUUID": person["uuid"]}
        for name, answer in _answers(person).items():
            row |= _as_csv(name, answer)
        people.append({**row, "layout_x": "0.5", "layout_y": "0.25"})
    ties = [
        {"edgeID": k, "from": a + 1, "to": b + 1, "networkCanvasEgoUUID": ego["uuid"], "networkCanvasUUID": uuid}
        | {"networkCanvasSourceUUID": named[a]["uuid"], "networkCanvasTargetUUID": named[b]["uuid"], "strength": how}
        for k, (uuid, a, b, how) in enumerate(interview["ties"], start=1)
    ]
    files = {"ego": [own], "attributeList_Person": people, "edgeList_knows": ties}
    return {name: csv_text([[*rows[0]], *([*row.values()] for row in rows)]) for name, rows in files.items() if rows}


def interview_graph(interview):
    """The GraphML file of an interview."""
    ego, named = interview["ego"], interview["named"]
    keys = ['<key id="label" for="all" attr.name="label" attr.type="string"/>']
    for name in ("networkCanvasUUID", "networkCanvasType", "networkCanvasSourceUUID", "networkCanvasTargetUUID"):
        keys.append(f'<key id="{name}" for="all" attr.name="{name}" attr.type="string"/>')
    for name, key in KEYS.items():
        kind = "boolean" if name in ("trust", "takes_part") else "string"
        keys += [
            f'<key id="{key}_{sha1(o.encode()).hexdigest()}" for="all" attr.name="{name}_{o}" attr.type="boolean"/>'
            for o in OPTIONS.get(name, ())
        ] or [f'<key id="{key}" for="all" attr.name="{name}" attr.type="{kind}"/>']
    finished = ' nc:sessionFinishTime="2026-05-04"' if ego["finished"] else ""
    inside = [f'<data key="networkCanvasUUID">{ego["uuid"]}</data>']
    inside += [_as_graph(name, answer) for name, answer in _answers(ego).items()]
    for number, person in enumerate(named, start=1):
        data = f'<data key="networkCanvasUUID">{person["uuid"]}</data><data key="networkCanvasType">Person</data>'
        data += f'<data key="label">{escape(person["name"])}</data>'
        data += "".join(_as_graph(name, answer) for name, answer in _answers(person).items())
        inside.append(f'<node id="{number}">{data}</node>')
    for k, (uuid, a, b, how) in enumerate(interview["ties"], start=1):
        data = f'<data key="networkCanvasUUID">{uuid}</data><data key="networkCanvasType">knows</data>'
        data += f'<data key="networkCanvasSourceUUID">{named[a]["uuid"]}</data>'
        data += f'<data key="networkCanvasTargetUUID">{named[b]["uuid"]}</data>{_as_graph("strength", how)}'
        inside.append(f'<edge id="{k}" source="{a + 1}" target="{b + 1}">{data}</edge>')
    return (
        '<?xml version="1.0" encoding="UTF-8"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns" '
        f'xmlns:nc="http://schema.networkcanvas.com/xmlns">{"".join(keys)}<graph edgedefault="undirected" '
        f'nc:caseId="{ego["case"]}" nc:sessionUUID="s"{finished}>{"".join(inside)}</graph></graphml>'
    )


def interviews(folder, *, tables=True, graphs=True, of=INTERVIEWS):
    """An export of Network Canvas, in CSV, GraphML or both; the folder."""
    for interview in of:
        begin = f"{interview['ego']['case']}_s"
        if tables:
            written(folder, **{f"{begin}_{name}": text for name, text in interview_tables(interview).items()})
        if graphs:
            (folder / f"{begin}.graphml").write_text(interview_graph(interview), encoding="utf-8")
    return folder


def netcanvas(file, protocol=PROTOCOL):
    """A protocol of Network Canvas."""
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("protocol.json", json.dumps(protocol))
    return file
