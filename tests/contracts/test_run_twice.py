"""The same survey and the same seed give the same bytes, in another process and from another place."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest

from peernet.cli import main
from tests.made.studies import DATA

NAMES = ["pairs.csv", "people.csv", "report.html", "run.json"]


def run(folder: Path, out: Path, seed: int = 1) -> dict[str, bytes]:
    assert main(["run", str(folder), "--out", str(out), "--draws", "20", "--repeats", "10", "--seed", str(seed)]) == 0
    return {path.name: path.read_bytes() for path in sorted(out.rglob("*.*"))}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return run(DATA / "aarhus", tmp_path_factory.mktemp("first") / "out")


def test_another_process_elsewhere_writes_identical_files(first: dict[str, bytes], tmp_path: Path) -> None:
    shutil.copytree(DATA / "aarhus", tmp_path / "aarhus")
    command = [sys.executable, "-m", "peernet", "run", "aarhus", "--draws", "20", "--repeats", "10", "--seed", "1"]
    env = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": ":".join(filter(None, sys.path))}
    subprocess.run(command, check=True, capture_output=True, env=env, cwd=tmp_path)
    second = {path.name: path.read_bytes() for path in sorted((tmp_path / "results" / "aarhus").rglob("*.*"))}
    assert list(first) == list(second)
    assert {*NAMES} < {*first}
    assert [name for name in first if first[name] != second[name]] == []


def test_another_seed_changes_only_what_is_drawn(first: dict[str, bytes], tmp_path: Path) -> None:
    other = run(DATA / "aarhus", tmp_path / "out", seed=2)
    pairs = [pd.read_csv(BytesIO(files["pairs.csv"])) for files in (first, other)]
    assert pairs[0].drop(columns="proposed_again").equals(pairs[1].drop(columns="proposed_again"))
    assert first["run.json"] != other["run.json"]


def test_no_file_holds_a_path_of_this_machine(first: dict[str, bytes]) -> None:
    for place in (DATA.parent, Path.home(), Path(sys.prefix)):
        assert [name for name, content in first.items() if f"{place}/".encode() in content] == []
