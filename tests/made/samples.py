"""A small export of each format, for what must hold of all: a format joins by its line in `SAMPLES`."""

from __future__ import annotations

import base64
import datetime as dt
import zlib

import pandas as pd

from tests.made import exports_forms as forms
from tests.made import exports_nested as nested
from tests.made.statistics_files import with_sets

ROWS = [
    ["person", "name", "team", "change_1", "why", "day"],
    ["007", "Núñez, Ana", "Dock", "4", 'she said "no",\nthen left', "2026-03-01"],
    ["p2", "Zoë Brandt", "Quay", "2", "", ""],
    ["NA", "Ivo Salter", "Dock", "5", "so; and so", "2026-03-02"],
    ["1e5", "Maud Ferrin", "", "1", "–", "2026-03-02"],
]

# Three people in the .xls of old, written by xlwt 1.3: 007, NA and 1e5, whole and broken numbers, yes, dates.
OLD_WORKBOOK = (
    "eNrtWE9IVEEY/817+z9dV1sDDWQRsjIPLhHVQTeFlA6K1aGQwJ7uo8TtrTy3wi5Z5jEIOhVdBC9drC79oYK6dQiUOgRB4NZxT0FBB/X1zfdmbT"
    "UDF0ow3u8x38x8M/Obb97MfDPvzc9VL0w/qs9jDdqhY9kJI1CiExTCxUwMVO44MlmMQxQcD1sK4RBNZMCP55Vvg3IO5XznoeGh7zVJ4DOFMxhF"
    "b9YyE5uITrbBENKGNpIC90gTRR1bVcNyiOV2lg+45guWR1hzk2Ub1V0Q/ZhL9TYfUqv4tNbIZVFI3ifc5iNrkqjFG7mKr94Sbl0/OuxhI7PFCh"
    "p8FZgBTWi3aZm2kVlAnGZ2Bt+dBPCtuIVfJTz95uoFSP9jtT74B32IXOxa/W3NB0zAOcs7YgpVOOyTJUEY1thl0x5bxCAipIi4W3mUVFmLqljG"
    "BZPc89B5wzpnDiR1IG2Mk2xtPUhV+7OFRKdtWOkcbYLeDtIcu5RNnDQyOdOmSknzwDagx7iYTnSZtj1sSXbXccRWOY5K3lAVJNNkmkxX87aK0W"
    "AW73991zPYlxpgzQQfFu6RsksOCg6uyRbUOMolvhXZzC32sbzOrDs5Xc8yTmue4qa+WpXomuQ6N7i0ifrZz3if2l2S3kPpqcLxpw1TX1J7KT3b"
    "nb8Sn/2QmkYjHXFpai+fSbSIFnH3jsSzVDEWyv18Yln3mysKaTFlu6POzSos8YyA3oeEm5NvR6zkNPWu3JxOOV1xiXW4BHP5VH3BXH7KvSTbBH"
    "PVsJuMzGvEI1m0dVg0ZgkoFne+gopFY5aCLlmiKyw627aaRWeWkGLRmUVeE/xaiHIaj7Jdq8Fj2R0551+IwIMHDx48ePDgwcMmQ/DVE3yJk9dJ"
    "v7rKB9V/nSUKy95vkv8WJ5ClJ0ffmUdhUWxjvKz1swN+UeQSG2xT/F8ocYp6tzFCn63SjpGy1y99qIjS8Wy4YezvbaFy+18ux85/3P9Pc+DpTQ"
    "=="
)


def _text(rows, mark):
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' if cell else "" for cell in row] for row in rows]
    return "\r\n".join(mark.join(row) for row in quoted) + "\r\n"


def plain_csv(folder):
    (folder / "answers.csv").write_text(_text(ROWS, ","), encoding="utf-8-sig")
    return folder / "answers.csv"


def plain_cp1252(folder):
    (folder / "answers.csv").write_bytes(_text(ROWS, ";").encode("cp1252"))
    return folder / "answers.csv"


def plain_utf16(folder):
    (folder / "answers.tsv").write_bytes(_text(ROWS, "\t").encode("utf-16"))
    return folder / "answers.tsv"


def plain_saved_over(folder):
    lines = _text([[cell.replace("\n", " ") for cell in row] for row in ROWS], ",").splitlines()
    saved = ['"' + line.replace('"', '""') + '";;;' for line in lines[1:]]
    (folder / "answers.csv").write_text("\r\n".join([",".join(ROWS[0]) + ";;;", *saved]), encoding="utf-8")
    return folder / "answers.csv"


def plain_xlsx(folder):
    import openpyxl

    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active.append(["p6", "Sela", "Quay", 3, None, dt.date(2026, 3, 4)])
    book.save(folder / "answers.xlsx")
    return folder / "answers.xlsx"


def plain_xls(folder):
    (folder / "answers.xls").write_bytes(zlib.decompress(base64.b64decode(OLD_WORKBOOK)))
    return folder / "answers.xls"


def plain_parquet(folder):
    frame = pd.DataFrame(ROWS[1:], columns=ROWS[0]).assign(change_1=[4.0, 2.0, None, 1.0])
    frame.to_parquet(folder / "answers.parquet", index=False)
    return folder / "answers.parquet"


def _coded():
    frame = pd.DataFrame(ROWS[1:], columns=ROWS[0])
    day = [dt.date(2026, 3, 1), None, dt.date(2026, 3, 2), dt.date(2026, 3, 2)]
    return frame.assign(change_1=[4.0, 2.0, 99.0, 1.0], day=day, tea=[1.0, 0, 1, 0], milk=[0.0, 0, 1, float("nan")])


def spss(folder):
    import pyreadstat

    pyreadstat.write_sav(
        _coded(),
        folder / "answers.sav",
        column_labels={"change_1": "I like change"},
        variable_value_labels={"change_1": {1: "disagree", 5: "agree", 99: "refused"}},
        missing_ranges={"change_1": [{"lo": 97, "hi": 99}]},
    )
    return with_sets(folder / "answers.sav", "$drinks=D1 1 7 Drinks? TEA MILK")


def spss_packed(folder):
    import pyreadstat

    pyreadstat.write_sav(_coded(), folder / "answers.zsav", compress=True)
    return folder / "answers.zsav"


def stata(folder):
    import pyreadstat

    pyreadstat.write_dta(
        _coded(), folder / "answers.dta", variable_value_labels={"change_1": {1: "disagree", 5: "agree"}}
    )
    return folder / "answers.dta"


def limesurvey(folder):
    (folder / "results.csv").write_text(
        '"id";"submitdate";"lastpage";"startlanguage";"token";"arr[SQ001]";"arr[SQ002]";"langs[en]";"langs[other]"\n'
        '"1";"2026-03-01 10:00:00";"4";"de";"tk1";"A1";"A5";"Y";""\n'
        '"2";"";"2";"de";"tk2";"A4";"A6";"";"Polish"\n'
        '"3";"2026-03-02 11:30:00";"4";"en";"tk9";"A2";"A2";"Y";"é"\n',
        encoding="utf-8",
    )
    (folder / "tokens.csv").write_text('"tid";"firstname";"lastname";"token"\n"1";"Maud";"Ferrin";"tk1"\n')
    (folder / "survey.lss").write_text(
        "<document><surveys><rows><row><language>en</language></row></rows></surveys><questions><rows><row><qid>1</qid>"
        "<type>F</type><title>arr</title></row></rows></questions><question_l10ns><rows><row><qid>1</qid><question>How "
        "far?</question><language>en</language></row></rows></question_l10ns><answers><rows><row><aid>1</aid><qid>1</qid>"
        "<code>A1</code><sortorder>1</sortorder></row></rows></answers></document>"
    )
    return folder


def teammates(folder):
    (folder / "results.csv").write_text(
        "Question 1,How far?\n\nSummary Statistics\nTeam,Recipient,Average\nDock,Maud,4\n\n"
        "Team,Giver's Name,Giver's Email,Recipient's Team,Recipient's Name,Recipient's Email,Feedback\n"
        "Dock,Maud,m@x.org,Dock,Ivo,i@x.org,No Response\nDock,Ivo,i@x.org,Dock,Maud,m@x.org,5\n"
        "Dock,Maud,m@x.org,Dock,Maud,m@x.org,4\n"
    )
    return folder / "results.csv"


def qualtrics(folder):
    """Three lines of headings, ticks of colleagues, a preview."""
    return forms.written(folder / "qualtrics.csv", forms.qualtrics(forms.SMALL, forms.SMALL_SHEETS))


def surveymonkey(folder):
    """Two lines of headings."""
    return forms.written(folder / "surveymonkey.csv", forms.SURVEYMONKEY)


def google(folder):
    """A time stamp first, then whole questions."""
    return forms.written(folder / "google.csv", forms.GOOGLE)


def microsoft(folder):
    """Times and names first, several answers ended by semicolons."""
    return forms.written(folder / "microsoft.csv", forms.MICROSOFT)


def redcap(folder):
    """Two people, two events, rows that repeat."""
    return nested.written(folder, data=nested.EVENTS)


def kobo(folder):
    """Submissions and, in a second file, the colleagues each named."""
    return nested.written(folder, **{name: nested.csv_text(rows) for name, rows in nested.KOBO.items()})


def network_canvas(folder):
    """A file of egos, of people named and of ties per interview, and the network of each."""
    return nested.interviews(folder)


# What each format is called in FORMATS, and what writes a sample of it into a folder and returns its path.
SAMPLES = [
    ("plain", plain_csv),
    ("plain", plain_cp1252),
    ("plain", plain_utf16),
    ("plain", plain_saved_over),
    ("plain", plain_xlsx),
    ("plain", plain_xls),
    ("plain", plain_parquet),
    ("statistics", spss),
    ("statistics", spss_packed),
    ("statistics", stata),
    ("limesurvey", limesurvey),
    ("stacked", teammates),
    ("qualtrics", qualtrics),
    ("surveymonkey", surveymonkey),
    ("google_forms", google),
    ("microsoft_forms", microsoft),
    ("redcap", redcap),
    ("kobo", kobo),
    ("network_canvas", network_canvas),
]
