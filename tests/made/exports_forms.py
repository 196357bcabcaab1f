"""Small exports of Qualtrics, SurveyMonkey, Google Forms and Microsoft Forms, as rows: every quirk in a few lines.

Made here from what the tools document and public files show; the people are invented.
"""

from __future__ import annotations

import csv
import json

import openpyxl
import pandas as pd

from peernet.survey.formats.door import open_export
from peernet.survey.formats.export import Source

ADDED = {
    "StartDate": ("startDate", "Start Date"),
    "EndDate": ("endDate", "End Date"),
    "Status": ("status", "Response Type"),
    "IPAddress": ("ipAddress", "IP Address"),
    "Progress": ("progress", "Progress"),
    "Finished": ("finished", "Finished"),
    "ResponseId": ("_recordId", "Response ID"),
    "RecipientEmail": ("recipientEmail", "Recipient Email"),
    "DistributionChannel": ("distributionChannel", "Distribution Channel"),
}


def sheet(number, status="0", finished="1", progress="100", channel="anonymous"):
    """What Qualtrics notes of one sheet."""
    time = f"2026-03-0{number} 09:00:00"
    return [time, time, status, "192.0.2.1", progress, finished, f"R_abcdefgh{number}", "", channel]


def qualtrics(questions, sheets, lines=3, **kws):
    """An export: `questions` are (name, label, identifier), `sheets` lists of answers; identifiers may be mappings."""
    added = [(name, label, identifier) for name, (identifier, label) in ADDED.items()]
    names, labels, identifiers = zip(*added, *questions, strict=True)
    told = [json.dumps(i if isinstance(i, dict) else {"ImportId": i}, separators=(",", ":")) for i in identifiers]
    rows = [list(names), list(labels), told][:lines]
    return rows + [[*sheet(number, **kws), *answers] for number, answers in enumerate(sheets, start=1)]


# One of each kind of question: a choice with a box for others, ticks in columns with "nobody", a matrix with a gap.
SMALL = [
    ("level", "How senior are you? - Selected Choice", "QID1"),
    ("level_4_TEXT", "How senior are you? - Other - Text", "QID1_4_TEXT"),
    *(
        (f"advice_{n}", f"Whom do you ask? - {who}", {"ImportId": "QID2", "choiceId": n})
        for n, who in (("1", "Ruiz, Ana"), ("2", "Núñez, José"), ("99", "nobody in my team"))
    ),
    *((f"mood_{n}", f"How much do you agree? - {what}", f"QID3_{n}") for n, what in (("1", "I plan"), ("8", "I talk"))),
    ("why", "Why - in a word?", "QID4_TEXT"),
    ("why - Topics", "why - Topics", "QID4_TEXT_eae5a8d0e7fd4bd183e983e5Topics"),
    ("ways", "How do you work?", "QID5"),
    ("team", "team", "team"),
]
SMALL_SHEETS = [
    ["2", "", "1", "", "", "4", "-99", "to learn", "", "1,3", "north"],
    ["4", "guest", "", "1", "", "1", "5", "", "", "2", "south"],
    ["1", "", "", "", "1", "2", "2", "why not", "", "1,2,3", "north"],
]


def rows_of(text):
    """Rows from lines whose cells stand between bars."""
    return [[cell.strip(" ") for cell in line.split("|")] for line in text.strip("\n").split("\n")]


def beside(left, right):
    """Rows with the cells of both."""
    return [[*some, *more] for some, more in zip(rows_of(left), rows_of(right), strict=True)]


SURVEYMONKEY = beside(
    """
Respondent ID|Collector ID|Start Date|IP Address|Email Address|Custom Data 1
|||||
11400000001|77|01/02/2026|192.0.2.7||north
11400000002|77|01/02/2026|192.0.2.8||
11400000003|77|01/02/2026|192.0.2.9||
11400000004|77|01/02/2026|192.0.2.9||
11400000005|77|01/02/2026|192.0.2.9||
""",
    """
What do you<br>offer?||||How long &amp; where?||Rank these|||Anything else?
Writing|Budgets, costs|None of the above|OTHER|Response|OTHER|Speed|Care|Cost|Open-Ended Response
Writing|Budgets, costs|||A year||1|2|3|no
||None of the above||Two years||2|1|3|
|||Maps||abroad|3|1|2|
|||||||||
Writing||||A year||1|3|2|
""".replace("OTHER", "Other (please specify)"),
)
ONE_LINE = rows_of("""
RespondentID|Do you like it?|What do you eat? - Pie|What do you eat? - Cake|What do you eat? - Other
4337954960|Yes|Pie||
4337951949|No|Pie|Cake|soup
4337935621|||Cake|
""")
GOOGLE = beside(
    """
Timestamp|Email Address|Your name|How do you work?
1/5/2026 9:03:11|ana@example.org|Ana Ruiz|Plan, do, Ask first
1/5/2026 10:13:01|jose@example.org|José Núñez|Ask first
1/6/2026 10:13:01|eva@example.org|Eva Lind|Plan, do
1/6/2026 12:00:00|bo@example.org||
""",
    """
Trust [Ana Ruiz]|Trust [José Núñez]|Comment|Comment|Score
|Fully||a, b|3 / 5
A little||fine||2 / 5
Fully|A little|||5 / 5
||||
""",
)
MICROSOFT = beside(
    """
ID|Start time|Completion time|Email|Name|Last modified time
1|7/2/26 11:00:22|7/2/26 11:09:01|anonymous||
2|7/2/26 12:00:22|7/2/26 12:09:01|anonymous||
5|7/3/26 12:00:22|7/3/26 12:09:01|anonymous||
""",
    """
Who\u00a0are you?|What do you offer?|I plan ahead|Put in order|Points - I plan ahead
Ana Ruiz|Writing;Maps, old;|Agree|Speed;Care;Cost;|1
José Núñez|Writing;|Disagree|Care;Cost;Speed;|0
Eva Lind|||Care;Cost;Speed;|
""",
)


def written(file, rows, encoding="utf-8-sig", **kws):
    """The rows as a CSV file."""
    with file.open("w", newline="", encoding=encoding) as stream:
        csv.writer(stream, **kws).writerows(rows)
    return file


def as_workbook(file, rows, title="Sheet1", **more):
    """The rows as a workbook, every cell a text; `more` are sheets behind it."""
    book = openpyxl.Workbook()
    for name, content in {title: rows, **more}.items():
        page = book.create_sheet(name)
        for row in content:
            page.append([None if cell == "" else cell for cell in row])
    book.remove(book.worksheets[0])
    book.save(file)
    return file


def question(qid, tag, text, kind, selector, **more):
    """A question of a survey file."""
    payload = {"QuestionID": qid, "DataExportTag": tag, "QuestionText": text, "QuestionType": kind}
    return {"Element": "SQ", "Payload": {**payload, "Selector": selector, **more}}


def options(*labels, **more):
    """Choices numbered from 1."""
    return {str(n): {"Display": label, **more} for n, label in enumerate(labels, start=1)}


# The survey file behind SMALL, with a question thrown away, one that has no column, and one that only shows a text.
QSF = [
    {
        "Element": "BL",
        "Payload": {
            "1": {
                "Type": "Standard",
                "Description": "Perspective",
                "BlockElements": [{"Type": "Question", "QuestionID": "QID3"}, {"Type": "Page Break"}],
            },
            "2": {"Type": "Trash", "BlockElements": [{"Type": "Question", "QuestionID": "QID9"}]},
        },
    },
    question(
        "QID1",
        "level",
        "<b>How senior</b> are you?",
        "MC",
        "SAVR",
        Choices=options("Junior", "Middle", "Senior", "Other"),
        RecodeValues={"1": "1", "2": "2", "3": "3", "4": "4"},
    ),
    question(
        "QID2",
        "advice",
        "Whom do you ask?",
        "MC",
        "MAVR",
        Choices={
            "1": {"Display": "Ana Ruiz"},
            "2": {"Display": "José Núñez"},
            "99": {"Display": "Not anybody", "ExclusiveAnswer": True},
        },
        ChoiceOrder=[1, 2, 99],
        ChoiceDataExportTags=False,
    ),
    question(
        "QID3",
        "mood",
        "How much do you agree?",
        "Matrix",
        "Likert",
        SubSelector="SingleAnswer",
        Choices={"1": {"Display": "I plan"}, "8": {"Display": "I talk"}},
        Answers=options("Disagree", "Rather", "So", "Agree", "Fully"),
        ChoiceDataExportTags={"1": "mood_1", "8": "mood_8"},
        RecodeValues={str(n): str(n) for n in range(1, 6)},
        peernet={"scale": "mood", "unknown": 1},
    ),
    question("QID4", "why", "Why - in a word?", "TE", "SL"),
    question("QID5", "ways", "How do you work?", "MC", "MAVR", Choices=options("Plan, do", "Ask", "Draw")),
    question("QID6", "age", "How old are you?", "TE", "SL", DisplayLogic={"0": {}}),
    question("QID7", "hello", "Welcome", "DB", "TB"),
    question("QID9", "old", "Thrown away", "TE", "SL"),
]


def survey_file(file, elements=QSF):
    """A survey file of Qualtrics."""
    file.write_text(json.dumps({"SurveyEntry": {}, "SurveyElements": elements}), encoding="utf-8")
    return file


def opened(path, definition=None, **kws):
    """The export at a path."""
    return open_export(Source(path, definition=definition), **kws)


def column(export, name):
    """The column of this name."""
    return next(column for column in export.columns if column.name == name)


def kinds(export):
    """Kind by name."""
    return {column.name: column.kind for column in export.columns}


def told(export):
    """Every note as one text."""
    return "\n".join(f"{severity}: {problem}: {done}" for severity, problem, done in export.notes)


def assert_same(one, other):
    """Two exports that say the same, whatever file they come from."""
    assert one.columns == other.columns
    pd.testing.assert_frame_equal(one.cells, other.cells)
    for name in ("format", "lines", "headings", "set_aside", "notes"):
        assert getattr(one, name) == getattr(other, name), name
