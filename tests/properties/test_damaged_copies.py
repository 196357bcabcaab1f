"""A survey folder, however damaged, gives a survey or an error in words: nothing else, and no library's warning."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from peernet import PeernetError, Survey, read_survey
from peernet.survey import Codebook
from tests.made.studies import DATA
from tests.properties.damage import as_bytes, damaged, each_place_once, part_of

FOLDERS = {
    "harbour": part_of(DATA / "harbour", {"survey.csv": 12, "roster.csv": 40, "outcomes.csv": 10}),
    "aarhus": part_of(DATA / "aarhus", {"survey.csv": 20, "ties.csv": 60}),
}
LONGEST = 40_000  # characters of a message that somebody may still look through


def outcome(folder: Path, files: dict[str, bytes]) -> Survey | PeernetError:
    """The survey that these files are, or why they are none."""
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return read_survey(folder)
        except PeernetError as error:
            return error


def check(name: str, seeds: range, tmp_path: Path) -> None:
    for seed in seeds:
        found = outcome(tmp_path / "copy", damaged(FOLDERS[name], np.random.default_rng(seed)))
        assert len(str(found)) < LONGEST, f"seed {seed}"
        if isinstance(found, Survey):
            assert found.people.index.is_unique
            assert {*found.issues["severity"]} <= {"error", "warning", "note"}


@pytest.mark.parametrize("name", FOLDERS)
def test_an_undamaged_part_is_read(tmp_path: Path, name: str) -> None:
    files = {file: as_bytes(content) for file, content in FOLDERS[name].items()}
    assert isinstance(outcome(tmp_path / "copy", files), Survey)


@pytest.mark.parametrize("name", FOLDERS)
def test_a_damaged_copy_is_a_survey_or_an_error_in_words(tmp_path: Path, name: str) -> None:
    check(name, range(150), tmp_path)


@pytest.mark.parametrize("name", FOLDERS)
def test_whatever_stands_anywhere_in_a_codebook_it_is_one_or_an_error_in_words(name: str) -> None:
    messages = [*filter(None, map(refusal, each_place_once(FOLDERS[name]["codebook.json"])))]
    assert len(messages) > 200
    assert max(map(len, messages)) < LONGEST


def refusal(document: Any) -> str:
    """Why a document is no codebook, empty where it is one."""
    try:
        Codebook.from_descriptor(json.loads(json.dumps(document)))
    except PeernetError as error:
        return str(error)
    return ""


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 1500, 250))
@pytest.mark.parametrize("name", FOLDERS)
def test_three_thousand_damaged_copies_are_surveys_or_errors_in_words(tmp_path: Path, name: str, start: int) -> None:
    check(name, range(start, start + 250), tmp_path)
