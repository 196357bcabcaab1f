"""What can be explored: a survey, a pairing, a study; anything else is refused in a sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import peernet as pn
from peernet.errors import PeernetError, SettingError
from peernet.programme.settings import Settings

pytest.importorskip("anywidget")
CHOSEN = Settings(accept=("mutual", "introduced", "unknown"), goals=None, value=0.25, draws=5, repeats=0)


@pytest.fixture(scope="module")
def survey() -> pn.Survey:
    return pn.load_aarhus()


def test_a_survey_starts_from_the_usual_settings_or_from_those_given(survey: pn.Survey):
    assert pn.explore(survey).settings == Settings()
    assert pn.explore(survey, settings=CHOSEN).settings == CHOSEN


def test_a_pairing_starts_from_its_own_settings_and_gives_the_same_pairs():
    survey = pn.load_example()
    graph = pn.colleague_graph(survey)
    pairing = CHOSEN.pair(CHOSEN.score(survey, graph))
    for explorer in (pn.explore(pairing), pn.explore(pairing, graph=graph)):
        assert explorer.pairing.pairs == pairing.pairs
        assert explorer.settings.scoring == CHOSEN.scoring


def test_a_study_starts_from_its_own_settings_and_on_its_own_graph(survey: pn.Survey):
    study = pn.run_study(survey, settings=CHOSEN, name="aarhus")
    explorer = pn.explore(study)
    assert explorer.settings == CHOSEN
    assert explorer.pairing.pairs == study.pairing.pairs
    assert explorer._state.bench.graph is study.graph
    assert pn.explore(study, settings=Settings()).settings == Settings()


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("data/harbour", r"got a str\. Read it first: pn\.explore\(pn\.read_survey\(path\)\)"),
        (Path("data"), "Read it first"),
        (None, "got a NoneType"),
        (SimpleNamespace(pairs=[]), "got a SimpleNamespace"),
    ],
)
def test_anything_else_is_refused_with_what_to_do(given: object, hint: str):
    with pytest.raises(SettingError, match=hint):
        pn.explore(given)


def test_scores_are_to_be_paired_first(survey: pn.Survey):
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    with pytest.raises(SettingError, match=r"Pair them first: pn\.pair_people\(scores\)"):
        pn.explore(scores)


def test_settings_that_are_none_are_refused_with_what_to_do(survey: pn.Survey):
    with pytest.raises(SettingError, match=r"pn\.programme\.read_settings\(path\)"):
        pn.explore(survey, settings="programme.toml")


def test_without_anywidget_a_sentence_says_what_to_install(survey: pn.Survey, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(PeernetError, match=r"pip install 'peernet\[notebooks\]'"):
        pn.explore(survey)


def test_nothing_of_the_notebook_is_imported_before_it_is_asked_for():
    found = "import sys, peernet.explorer.opening as o; print({'anywidget', 'ipywidgets', 'IPython'} & {*sys.modules})"
    run = subprocess.run([sys.executable, "-c", found], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
