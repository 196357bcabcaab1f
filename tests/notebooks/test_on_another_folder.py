"""The notebooks run unchanged on the reader's folder, and no number in their prose can be taken for that folder's.

The folders are 40 answers from Google Forms, without managers, climate, partners or outcomes, and the poorest survey
there is: real colleagues of whom two facts are known. What is not there is said and passed over. The notebooks written
about those colleagues have no folder to put in.
"""

import re
from hashlib import sha256
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest

pytest.importorskip("jupytext")
pytest.importorskip("nbclient")

import peernet as pn
from tests.notebooks.render import NOTEBOOKS, sources, unrun

DATA = NOTEBOOKS.parent / "data"
EXPORT = DATA / "exports" / "spss" / "responses.sav"
PEOPLE = {"exports/google_forms": 44, "aarhus": 61}
TAKEN = ("FOLDER", "EXPORT")  # a notebook's parameter for what to read
SHOW_HARBOUR = {"exports/google_forms": ("10",), "aarhus": ("08", "10")}  # where a folder cannot answer
QUICK = ("03_who_trusts_whom", "09_run_the_programme")  # all together take two minutes
# Numbers that are of a method and not of anybody's data.
OF_METHODS = re.compile(r"95 % intervals?|19 of 20 teams|1 being all of it|\.\d|from 0, alike|to 1, opposite")
NAMES_ITS_DATA = re.compile("Harbour|Aarhus|fictional|made-up|(?i:real colleagues)")


def parameters(notebook: nbformat.NotebookNode) -> str:
    """The source of the cell to change."""
    return next(cell.source for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))


def on_the_readers() -> list[Path]:
    """Sources of the notebooks that take a folder or an export."""
    return [source for source in sources() if any(name in parameters(unrun(source)) for name in TAKEN)]


def run_with(source: Path, given: dict[str, object]) -> dict[str, object]:
    """Run the cells of a notebook one after the other, with some parameters replaced, and return what they leave."""
    names: dict[str, object] = {"__name__": source.stem}
    for cell in unrun(source).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, source.name, "exec"), names)
        if "parameters" in cell.metadata.get("tags", []):
            names |= {name: value for name, value in given.items() if name in names}
    return names


def digests(folder: Path) -> dict[str, str]:
    return {str(file): sha256(file.read_bytes()).hexdigest() for file in sorted(folder.rglob("*")) if file.is_file()}


@pytest.fixture
def usual_options():
    """What notebooks set for their tables does not outlive them."""
    with pd.option_context("display.max_colwidth", pd.get_option("display.max_colwidth")):
        yield


@pytest.mark.parametrize(
    ("source", "folder"),
    [
        pytest.param(
            source, folder, id=f"{source.stem} on {folder}", marks=[] if source.stem in QUICK else [pytest.mark.slow]
        )
        for source in on_the_readers()
        for folder in (PEOPLE if "FOLDER" in parameters(unrun(source)) else ["exports/google_forms"])
    ],
)
@pytest.mark.usefixtures("usual_options")
def test_runs_on_another_folder(source, folder, monkeypatch):
    before = digests(DATA)
    monkeypatch.chdir(NOTEBOOKS)
    names = run_with(source, {"FOLDER": str(DATA / folder), "EXPORT": str(EXPORT)})
    for number in plt.get_fignums():
        plt.figure(number).canvas.draw()  # a warning of what cannot be read would fail here
    own = len(names["survey"].people) == PEOPLE[folder]
    assert own or source.stem.startswith(SHOW_HARBOUR[folder]), "the survey that was asked for is shown"
    assert digests(DATA) == before, "the reader's files are left as they are"


@pytest.mark.usefixtures("usual_options")
def test_a_folder_that_says_who_was_paired_is_judged_itself(tmp_path, monkeypatch, capsys):
    folder = pn.make_survey(people=60, answered=55, teams=6, rng=1).write(tmp_path / "own")
    monkeypatch.chdir(NOTEBOOKS)
    names = run_with(NOTEBOOKS / "10_did_it_work.py", {"FOLDER": str(folder), "DRAWS": 40})
    assert names["FOLDER"] == str(folder)
    assert len(names["survey"].people) == 60
    assert "has no question" not in capsys.readouterr().out


def test_there_are_notebooks_to_run():
    assert {source.stem[:2] for source in on_the_readers()} >= {"00", "02", "03", "04", "05", "06", "08", "09", "90"}


@pytest.mark.parametrize("source", on_the_readers(), ids=lambda source: source.stem)
def test_a_number_in_prose_says_whose_it_is(source):
    texts = [cell.source for cell in unrun(source).cells if cell.cell_type == "markdown"]
    paragraphs = [part for text in texts for part in text.split("\n\n") if not part.startswith("|")]
    for paragraph in paragraphs:
        plain = re.sub(r"`[^`]*`|\([^()]*\.ipynb\)|^#.*$", "", paragraph, flags=re.MULTILINE)
        if re.search(r"\d", OF_METHODS.sub("", plain)):
            assert NAMES_ITS_DATA.search(paragraph), paragraph


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.stem)
def test_leads_to_notebooks_that_are_there(source):
    text = "\n".join(cell.source for cell in unrun(source).cells if cell.cell_type == "markdown")
    links = re.findall(r"\]\(([^()]*\.ipynb)\)", text)
    assert links
    assert all((NOTEBOOKS / link).is_file() for link in links)
