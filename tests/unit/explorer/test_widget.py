"""The live view's end in Python: what it hears and says, what a cell shows, and what a saved notebook holds."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pandas as pd
import pytest

import peernet as pn
from peernet.errors import SettingError
from peernet.explorer.answers import answer
from peernet.explorer.what_if import WhatIf

pytest.importorskip("anywidget")
nbclient = pytest.importorskip("nbclient")
nbconvert = pytest.importorskip("nbconvert")
nbformat = pytest.importorskip("nbformat")
from peernet.explorer.widget import OURS, Explorer  # noqa: E402 - it needs what may not be there

VIEW, STATE = (f"application/vnd.jupyter.widget-{kind}+json" for kind in ("view", "state"))
EVERYBODY = ("mutual", "introduced", "unknown")
ROOM = 300_000  # bytes of a saved notebook
SCRIPT = 60_000  # bytes that the view's own script may have


# --- what it hears and says, without a kernel -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def survey() -> pn.Survey:
    return pn.load_aarhus()


@pytest.fixture
def explorer(survey: pn.Survey) -> Explorer:
    return pn.explore(survey)


@pytest.fixture
def said(explorer: Explorer, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the explorer sends to the view."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(explorer, "send", sent.append)
    return sent


def ask(explorer: Explorer, name: str, **more: object) -> None:
    """A question as the browser sends it."""
    explorer._handle_custom_msg({"id": 7, "ask": name, **more}, [])


def test_a_move_in_the_view_moves_the_settings_and_is_answered_in_plain_values(
    explorer: Explorer, said: list[dict[str, Any]]
):
    ask(explorer, "set", changes={"accept": [*EVERYBODY]})
    assert explorer.settings.accept == EVERYBODY
    (told,) = said
    assert (told["id"], told["state"]["now"]["pairs"]) == (7, len(explorer.pairing))
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_a_cell_waits_for_the_answer_to_a_view(
    explorer: Explorer, said: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
):
    """Kernels may hear a view in one thread while a cell runs in another."""
    entered, go_on = Event(), Event()

    def slow(state: WhatIf, question: dict[str, Any]) -> dict[str, Any]:
        entered.set()
        go_on.wait(60)
        return answer(state, question)

    monkeypatch.setattr("peernet.explorer.widget.answer", slow)
    view = Thread(target=ask, args=(explorer, "set"), kwargs={"changes": {"objective": "fair"}})
    cell = Thread(target=setattr, args=(explorer, "settings", pn.programme.Settings(accept=EVERYBODY)))
    view.start()
    entered.wait(60)
    cell.start()
    cell.join(0.2)
    assert cell.is_alive()
    go_on.set()
    view.join(60)
    cell.join(60)
    assert [told["id"] for told in said] == [7, None]
    assert (explorer.settings.objective, explorer.settings.accept) == ("total", EVERYBODY)


def test_moves_from_python_are_told_to_the_view_without_a_question(explorer: Explorer, said: list[dict[str, Any]]):
    explorer.settings = explorer.settings.but(accept=EVERYBODY)
    explorer.keep()
    assert explorer.kept is explorer.pairing
    explorer.undo()
    assert len(explorer.pairing) < len(explorer.kept)
    explorer.settings = explorer.settings.but(objective="fair")
    explorer.reset()
    assert explorer.settings == pn.programme.Settings()
    assert [told["id"] for told in said] == [None] * 5
    numbers = [told["state"]["number"] for told in said]
    assert numbers == sorted({*numbers}), "each a state of its own"


def test_a_move_that_cannot_be_changes_nothing(explorer: Explorer, said: list[dict[str, Any]]):
    with pytest.raises(SettingError, match="Nothing to undo"):
        explorer.undo()
    a, b = explorer.pairing.pairs[0]
    rules = pn.Rules([pn.Rule("required", a, b), pn.Rule("forbidden", a, b)])
    with pytest.raises(pn.PeernetError):
        explorer.settings = explorer.settings.but(rules=rules)
    assert explorer.settings == pn.programme.Settings()
    assert not said


def test_a_mistake_of_ours_is_told_to_the_view_and_goes_on_to_whoever_called(
    explorer: Explorer, said: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
):
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("peernet.explorer.widget.answer", fails)
    with pytest.raises(ZeroDivisionError):
        explorer._hear(None, {"id": 3, "ask": "undo", "at": "mix"}, None)
    assert said == [{"id": 3, "ask": "undo", "at": "mix", "error": OURS}]


def test_it_says_what_it_is_in_a_line_about_nobody(explorer: Explorer):
    assert (
        repr(explorer)
        == "<Explorer: Pairing: 14 pairs, 33 people without a partner, total value 7.914 (proven optimal)>"
    )


def test_names_are_in_the_picture_only_while_they_are_to_be_saved():
    harbour = pn.explore(pn.load_example())
    names = harbour._state.bench.names[[person for pair in harbour.pairing.pairs for person in pair]]
    unnamed = str(harbour._picture())
    assert not harbour.names_saved
    assert not [name for name in names if name in unnamed]
    ask(harbour, "names", shown=True, saved=True)
    assert harbour.names_saved
    named = harbour._picture()["text/html"]
    assert not [name for name in names if escape(name) not in named]
    harbour.names_saved = False
    unnamed = str(harbour._picture())
    assert not [name for name in names if name in unnamed]


def test_nothing_but_the_script_and_a_random_name_is_synced(explorer: Explorer, survey: pn.Survey):
    explorer.settings = explorer.settings.but(accept=EVERYBODY)
    own = {"static_id", "_esm", "_css", "_anywidget_id"}
    usual = {"_dom_classes", "_view_count", "layout", "tabbable", "tooltip"}
    named = {f"_{kind}_{part}" for kind in ("model", "view") for part in ("name", "module", "module_version")}
    assert {*explorer.keys} == own | usual | named
    state = {key: value for key, value in explorer.get_state().items() if key not in ("_esm", "_css")}
    assert not [person for person in survey.people.index if f'"{person}"' in json.dumps(state)]
    assert pn.explore(survey).static_id != explorer.static_id


# --- a notebook, run and saved with the state of its widgets ----------------------------------------------------------

OPENED = f"""
import peernet as pn
survey = pn.read_survey("firm")
explorer = pn.explore(survey)
explorer._esm = "//" + "x" * {SCRIPT}
explorer"""
MOVED = """
def asked(name, **more):
    explorer._handle_custom_msg({"id": 1, "ask": name, **more}, [])

(a, b), (c, d), (e, _) = explorer.pairing.pairs[:3]
called = survey.people["name"]
explorer.settings = explorer.settings.but(rules=pn.Rules([
    pn.Rule("required", called[a], called[b]),
    pn.Rule("forbidden", called[c], called[d]),
    pn.Rule("capacity", e, number=0),
]))
for name in ("open", "prices", "curve"):
    asked(name)
asked("set", changes={"objective": "fair"})
asked("leave out", a=3)
asked("person", a=0)
asked("pair", a=0, b=1)
asked("lock", a=0, b=0)
asked("undo")
asked("keep")
asked("set", changes={"value": 0.5, "objective": "total"})
asked("curve")
explorer.names_saved = True
explorer.names_saved = False"""
ASIDE = "explorer"
MISTAKEN = 'asked("what nobody can ask")'


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 500 people, most of whom answered, identified by e-mail addresses that tell who they are."""
    folder = pn.make_survey(people=500, answered=470, rng=2).write(tmp_path_factory.mktemp("telling") / "firm")
    roster = pd.read_csv(folder / "roster.csv", index_col="person", dtype=str)["name"]
    typed = roster.str.lower().str.replace(r"\W+", ".", regex=True)
    address = typed + "." + roster.index.str[1:] + "@firm.example"
    for path in folder.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"\bp\d+\b", lambda found: address[found[0]], text), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def notebook(firm: Path) -> Any:
    """A notebook run from its first cell to its last, widget state and all."""
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in (OPENED, MOVED, ASIDE, MISTAKEN)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(firm.parent)}}
    ).execute()
    return notebook


@pytest.fixture(scope="module")
def secrets(firm: Path) -> list[str]:
    """Names, identifiers and answers in words, long enough not to be met by chance."""
    survey = pn.read_survey(firm)
    people = survey.people.drop(columns="answered")
    told = {
        str(cell)
        for column in people.select_dtypes(["object", "string", "category"])
        for cell in people[column].dropna()
    }
    words = {part for cell in told for part in re.split(r"[;,\[\]()']", cell)}
    addresses = {*survey.people.index, *survey.people.index.str.partition("@").get_level_values(0)}
    found = {word.strip() for word in words | told if len(word.strip()) > 6} | addresses
    assert {"Berth planning", *survey.people["name"].dropna()} <= found
    return sorted(found)


def saved(notebook: Any) -> str:
    """The notebook as it is saved, the sources of its cells aside."""
    copy = nbformat.from_dict(json.loads(json.dumps(notebook)))
    for cell in copy.cells:
        cell.source = ""
    return nbformat.writes(copy, ensure_ascii=False)


def exported(notebook: Any, *, state: bool) -> str:
    copy = nbformat.from_dict(json.loads(json.dumps(notebook)))
    if not state:
        del copy.metadata["widgets"]
    return str(nbconvert.HTMLExporter(exclude_input=True).from_notebook_node(copy)[0])


def test_a_cell_shows_a_still_picture_and_the_live_view(notebook: Any):
    for cell in (notebook.cells[0], notebook.cells[2]):
        still, live = cell.outputs
        assert {*still.data} == {"text/html", "text/plain"}
        assert live.data[VIEW]["model_id"] in notebook.metadata.widgets[STATE]["state"]
        assert "run this cell" in still.data["text/html"]
        assert "run this cell" in live.data["text/html"]
        assert "run this cell" in live.data["text/plain"]


def test_every_picture_shows_the_last_state_wherever_it_was_made(notebook: Any):
    first, second = (notebook.cells[place].outputs[0].data["text/html"] for place in (0, 2))
    assert first == second
    assert notebook.cells[1].outputs == []
    assert "50% the mean of both gains, 50% the lesser" in first
    assert "1 pair locked, 1 pair kept apart and 1 person left out" in first
    assert first.count("<svg") == 2


def test_the_notebook_stays_small_with_the_largest_script(notebook: Any):
    assert len(notebook.metadata.widgets[STATE]["state"]) == 2, "the view and its layout, and no bars of progress"
    assert SCRIPT < len(nbformat.writes(notebook).encode()) < ROOM


def test_nothing_saved_names_anybody_or_tells_an_answer(notebook: Any, secrets: list[str]):
    text = saved(notebook)
    assert not [secret for secret in secrets if secret in text]


@pytest.mark.parametrize("state", [True, False])
def test_nothing_exported_names_anybody_or_tells_an_answer(notebook: Any, secrets: list[str], state: bool):
    page, frame = (
        exported(notebook, state=state),
        exported(nbformat.v4.new_notebook(metadata={"widgets": {}}), state=False),
    )
    assert "data-peernet-static" in page
    assert not [secret for secret in secrets if secret in page and secret not in frame], "but for words of style sheets"


def test_without_the_state_of_widgets_a_page_says_where_the_dials_would_stand(notebook: Any):
    page = exported(notebook, state=False)
    assert VIEW not in page
    assert page.count("The dials stand here while a kernel runs") == 2


def test_a_mistake_of_ours_is_shown_by_jupyter_with_where_it_happened(notebook: Any):
    (shown,) = notebook.cells[3].outputs
    assert (shown.output_type, shown.ename) == ("error", "KeyError")
    assert "answers.py" in "".join(shown.traceback)
