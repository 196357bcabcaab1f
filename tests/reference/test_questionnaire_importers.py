"""Written questionnaires are understood whole by an independent importer, siamang (MIT), in an environment of its own.

It needs an older pandas than peernet, so it is installed into a new environment and given the files in another process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from peernet.survey.instruments.standard import RATED
from tests.made.exports import LAYERS, written

pytestmark = pytest.mark.slow
SIAMANG = "siamang==0.6.5"
IMPORT = """
import json, sys
from siamang.model.import_lss import import_lss_file
from siamang.model.import_qsf import import_qsf_file
read = import_qsf_file if sys.argv[1].endswith(".qsf") else import_lss_file
result = read(sys.argv[1])
said = {"skipped": [str(each) for each in result.skipped], "warnings": result.warnings, "document": result.document}
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def importer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with siamang; skips where it cannot be fetched."""
    home = tmp_path_factory.mktemp("siamang")
    venv.create(home, with_pip=True)
    python = home / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    fetched = subprocess.run(
        [python, "-m", "pip", "install", "-q", SIAMANG], capture_output=True, text=True, check=False
    )
    if fetched.returncode:
        pytest.skip(f"{SIAMANG} cannot be installed: {fetched.stderr.strip().splitlines()[-1:]}")
    return python


@pytest.fixture(
    scope="module",
    params=[("qualtrics", 0), ("qualtrics", 245), ("limesurvey", 0), ("limesurvey", 145), ("limesurvey", 245)],
    ids=str,
)
def imported(request: pytest.FixtureRequest, importer: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    tool, further = request.param
    questionnaire = written(tmp_path_factory.mktemp("written"), tool, further=further)
    run = subprocess.run(
        [importer, "-I", "-c", IMPORT, questionnaire.files[0]],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    return {**json.loads(run.stdout), "questionnaire": questionnaire, "rated": questionnaire.ties == "rows"}


def test_nothing_is_skipped_and_the_one_warning_is_about_how_ticks_are_stored(imported):
    assert imported["skipped"] == []
    assert [warning for warning in imported["warnings"] if not warning.startswith("knows: stored as one yes/no")] == []


def test_every_question_is_accounted_for(imported):
    variables = imported["document"]["variables"]
    codebook = imported["questionnaire"].codebook
    asked = [item for item in codebook if item.block not in ("name", "team", "manager", "ignore")]
    people = imported["questionnaire"].people.index
    for item in asked:
        columns = [f"{item.name}_{code}" for code in people] if item.kind == "ordinal" and item.layer else [item.name]
        assert {*columns} <= {*variables}, item.name


def test_rows_come_out_under_the_code_of_the_person_and_keep_point_0(imported):
    """Where names are typed instead there are no rows, which `test_every_question_is_accounted_for` sees."""
    variables = imported["document"]["variables"]
    for layer in LAYERS[2:] if imported["rated"] else ():
        labels = variables[f"{layer}_p001"]["labels"]
        assert [(point["code"], point["label"]) for point in labels] == [*enumerate(RATED)]
        assert variables[f"{layer}_p001"]["label"] == "Ana Ruiz"


def test_answers_keep_the_codes_of_the_codebook(imported):
    variables = imported["document"]["variables"]
    codebook = imported["questionnaire"].codebook
    for item in codebook:
        if item.categories:
            codes = [str(answer["code"]) for answer in variables[item.name]["labels"]]
            assert codes[: len(item.categories)] == [*item.categories]
            assert len(codes) - len(item.categories) == (item.kind == "multiple"), "none of these beside the others"
        elif item.is_numbered and item.block == "perspective":
            assert [answer["code"] for answer in variables[item.name]["labels"]] == [1, 2, 3, 4, 5]


def test_the_notice_comes_before_the_first_question(imported):
    first = imported["document"]["pages"][0]
    assert "None of your other answers is shown to them" in first["body"]
