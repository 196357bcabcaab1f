"""Exports that the tools really wrote, kept outside the project: each is read into its shape, by one reader only."""

from __future__ import annotations

from pathlib import Path

import pytest

from peernet.errors import SurveyError
from peernet.survey.formats import google_forms, microsoft_forms, qualtrics, surveymonkey
from peernet.survey.formats.export import Source
from tests.made.exports_forms import (
    GOOGLE,
    MICROSOFT,
    ONE_LINE,
    SMALL,
    SMALL_SHEETS,
    SURVEYMONKEY,
    column,
    kinds,
    opened,
    told,
    written,
)
from tests.made.exports_forms import qualtrics as qualtrics_rows

SHARED = Path(__file__).parents[5] / "shared"
SAMPLES = SHARED / "data" / "export_format_samples"
READERS = {
    "qualtrics": qualtrics,
    "surveymonkey": surveymonkey,
    "google_forms": google_forms,
    "microsoft_forms": microsoft_forms,
}
MADE = {
    "qualtrics": qualtrics_rows(SMALL, SMALL_SHEETS),
    "surveymonkey": SURVEYMONKEY,
    "surveymonkey in one line": ONE_LINE,
    "google_forms": GOOGLE,
    "microsoft_forms": MICROSOFT,
}


def sample(name):
    file = SAMPLES / name
    if not file.exists():
        pytest.skip(f"{name} is not here")
    return file


@pytest.mark.parametrize("made", MADE)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_export_is_taken_for_another(tmp_path, made, delimiter):
    source = Source(written(tmp_path / "export.csv", MADE[made], delimiter=delimiter))
    assert [name for name, reader in READERS.items() if reader.recognised(source)] == [made.split()[0]]


def test_the_roster_of_a_class():
    export = opened(sample("qualtrics_roster_network_survey.csv"))
    assert export.told == "16 lines: 2 of headings, 14 sheets filled in"
    lists = {name: [c for c in columns if c.kind in ("tick", "rank")] for name, columns in export.groups.items()}
    lengths = {"QID149": 35, "QID128": 35, "QID130_0_GROUP": 35, "QID130_G0_RANK": 35, "QID110": 34, "QID61": 0}
    assert {name: len(members) for name, members in lists.items()} == lengths
    everybody = {c.part for c in lists["QID128"] if not c.none}
    assert len(everybody) == 34
    left_out = {"QID110": {"Pistoles, Panchito"}, "QID61": everybody}  # statements are nobody
    for name, members in lists.items():
        assert {c.part for c in members if not c.none} == everybody - left_out.get(name, set())


def test_whom_the_class_named():
    export = opened(sample("qualtrics_roster_network_survey.csv"))
    named = {tick.part for tick in export.groups["QID149"] if (export.cells[tick.name] == "1").any()}
    assert {"Mouse, Minnie", "Pistoles, Panchito"} <= named  # whose names no heading of the question has
    nobody = [tick for tick in export.groups["QID149"] if tick.none]
    assert [(tick.name, tick.part) for tick in nobody] == [("QID149_99", "nobody in my class")]
    assert export.cells.loc[export.cells["QID149_99"] == "1", "QID169_1"].tolist() == ["Prince Charming", "Marie Curie"]


def test_what_is_told_of_the_class():
    notes = told(opened(sample("qualtrics_roster_network_survey.csv")))
    assert "18 columns of QID149 have no name in their heading: named by number as in QID128, where all 17" in notes
    assert "QID110 does not list Pistoles, Panchito, unlike QID149, QID128," in notes
    assert "another number in QID149, QID128 and QID110 than in QID130_0_GROUP and QID130_G0_RANK" in notes


def test_statements_of_the_class():
    export = opened(sample("qualtrics_roster_network_survey.csv"))
    statements = export.groups["QID61"]
    assert [c.key for c in statements] == ["1", "2", "3", "4", "8", "12"]
    assert statements[3].part == "I feel threatened by cool kids in group work."
    assert [c.key for c in statements if c.missing] == ["1", "8"]


def test_the_small_samples_of_qualtrics():
    export = opened(sample("qualtrics_sample.csv"))
    assert export.told == "4 lines: 3 of headings, 1 sheet filled in"
    assert (kinds(export)["Q1"], kinds(export)["Q2"], kinds(export)["Q2 - Topics"]) == ("choice", "text", "about")
    older = opened(sample("qualtrics_sample_legacy.csv"))
    assert older.told == "3 lines: 2 of headings, 1 sheet filled in"
    assert column(older, "Q2").wording == "This is a free text question."
    assert len(older.columns) == 15


def test_the_sample_of_surveymonkey():
    export = opened(sample("surveymonkey_two_row_header_demo.csv"))
    assert export.told == "9 lines: 2 of headings, 7 sheets filled in"
    assert len(export.groups["Please provide your contact information:"]) == 10
    assert column(export, "I wish it would have snowed more this winter.").kind == "choice"


@pytest.mark.parametrize("name", ["surveymonkey_api_details.json", "surveymonkey_api_responses_bulk.json"])
def test_answers_of_a_programming_interface_are_refused(name):
    with pytest.raises(SurveyError, match=r"which is no export peernet knows.*Save the answers as CSV"):
        opened(sample(name))


def test_other_tools_are_not_taken_for_these():
    files = [*SAMPLES.glob("redcap_*/*.csv"), *SAMPLES.glob("spss*.csv")]
    if not files:
        pytest.skip("there are no samples")
    assert not [file for file in files if any(reader.recognised(Source(file)) for reader in READERS.values())]


def test_the_survey_file_of_a_peer_questionnaire(tmp_path):
    definition = SHARED / "questionnaire_samples" / "peer.qsf"
    if not definition.exists():
        pytest.skip("there is no sample")
    questions = [
        *((f"candour_p00{n}", f"Whom would you tell? - {n}", f"QID2_{n}") for n in (1, 2, 3)),
        ("candour_nobody", "There is nobody here", "QID3"),
        *((f"advice_{n}", f"Whom do you ask? - {n}", f"QID4_{n}") for n in (1, 2, 3, 99)),
        ("change_1", "I like to try", "QID5"),
    ]
    answers = [["0", "3", "", "", "1", "", "", "", "5"], ["2", "1", "0", "", "", "", "", "1", "1"]]
    for lines in (1, 2, 3):
        rows = qualtrics_rows(questions, answers, lines=lines)
        export = opened(written(tmp_path / "export.csv", rows), definition)
        candour = export.groups["candour"]
        assert [(c.key, c.part) for c in candour] == [
            ("p001", "Ana Ruiz"),
            ("p002", "José Núñez"),
            ("p003", "Minnie Mouse"),
        ]
        assert candour[0].labels == {"0": "I do not know this person", "1": "No", "2": "Perhaps", "3": "Yes"}
        assert candour[0].properties == {"block": "tie"}
        assert [c.none for c in export.groups["advice"]] == [False, False, False, True]
        assert column(export, "change_1").properties == {"block": "perspective"}
        assert "no column" not in told(export)
        assert "does not ask" not in told(export)
