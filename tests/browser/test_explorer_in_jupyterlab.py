"""The explorer in a real JupyterLab: the built wheel, a real kernel, real clicks and keys, states waited for."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.chromium import CHROMIUM, Page
from tests.browser.jupyter import HOUSE, LACKING, Server, jupyterlab
from tests.browser.notebook import Notebook

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium installed, so nothing to open a notebook with"),
    pytest.mark.skipif(bool(LACKING), reason=f"a notebook needs {', '.join(LACKING)}, not installed here"),
]

FRAME = 660  # height of a picture of the film strip, in dots
NAME = r"\bU\d+\b"  # of the department's people
# Texts with too little contrast to what is behind them, and parts beside the window.
FAINT = """(() => {
  const paper = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const rgba = colour => {
    paper.clearRect(0, 0, 1, 1);
    paper.fillStyle = colour;
    paper.fillRect(0, 0, 1, 1);
    return [...paper.getImageData(0, 0, 1, 1).data];
  };
  const behind = part => {
    for (; part; part = part.parentElement) {
      const colour = rgba(getComputedStyle(part).backgroundColor);
      if (colour[3] === 255) return colour;
    }
  };
  const light = ([r, g, b]) => [[r, .2126], [g, .7152], [b, .0722]].reduce((sum, [value, part]) => {
    const share = value / 255;
    return sum + part * (share <= .04045 ? share / 12.92 : ((share + .055) / 1.055) ** 2.4);
  }, 0);
  const view = document.querySelector('.peernet-explorer'), faint = [];
  const walker = document.createTreeWalker(view, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const part = walker.currentNode.parentElement, {color, fill} = getComputedStyle(part);
    const idle = part.closest('[aria-disabled=true], fieldset:disabled');
    if (idle || !walker.currentNode.data.trim() || !part.checkVisibility()) continue;
    const [more, less] = [rgba(part.closest('svg') ? fill : color), behind(part)].map(light).sort((a, b) => b - a);
    if ((more + .05) / (less + .05) < 4.5) faint.push([walker.currentNode.data, color, (more + .05) / (less + .05)]);
  }
  return faint;
})()"""
STICKING_OUT = """[...document.querySelectorAll('.peernet-explorer *')].filter(part =>
  part.checkVisibility() && !part.closest('svg, pre, .window') && part.getBoundingClientRect().right > innerWidth + 1
).map(part => part.outerHTML.slice(0, 100))"""
HEIGHTS = "[...document.querySelectorAll('[data-peernet-static]')].map(one => one.clientHeight)"
# What any page of nbconvert fetches from elsewhere, which the tests do not let it.
FETCHED = re.compile("Failed to load resource: net::ERR_NAME_NOT_RESOLVED https://cdnjs.cloudflare.com/ajax/libs/.*")
READ = "import json, peernet as pn\nsurvey = pn.{}()\ngraph = pn.colleague_graph(survey)\nprint(pn.__file__)"
EXPLORE = "explorer = pn.explore(survey)\nexplorer"
# What the browser did must have been done in the kernel, and these settings give the same pairs anywhere.
CHECK = """\
settings = explorer.settings
{}
assert settings.pair(settings.score(survey, graph)).pairs == explorer.pairing.pairs
print(json.dumps([*map(list, explorer.pairing.pairs)]))"""
IN_SIGHT = "[...document.querySelectorAll('.window [data-pair]')]"
FIRST_ROW = "[...document.querySelectorAll('.window [data-pair] .person')].slice(0, 2).map(one => one.innerText)"
ROWS = """\
best = explorer.pairing.table.nlargest(1, "value")
settings = explorer.settings
assert settings.pair(settings.score(survey, graph)).pairs == explorer.pairing.pairs
paired = {*explorer.pairing.table["a"], *explorer.pairing.table["b"]}
print(json.dumps({"best": [*survey.people.name[[*best.a, *best.b]]], "paired": len(paired)}))"""
STUDY = (
    "pn.run_study(survey, settings=explorer.settings.but(draws=1, repeats=0)).pairing.pairs == explorer.pairing.pairs"
)
DRAWN = """(graph => [...graph.querySelectorAll('[data-pair]')]
  .filter(pair => !pair.querySelector('.gone'))
  .map(pair => pair.dataset.pair.split('-').map(place =>
    graph.querySelector(`[data-person="${place}"]`).ariaLabel.split(',')[0]))
)(document.querySelector('.peernet-explorer .graph'))"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, chromium: Page) -> Iterator[Server]:
    """One JupyterLab for the tests of this file."""
    chromium.call("Network.enable")
    with jupyterlab(tmp_path_factory.mktemp("lab")) as server:
        yield server


def opened(lab: Server, page: Page, loader: str) -> Notebook:
    """A notebook whose survey has been read."""
    notebook = Notebook.written(lab, page, [READ.format(loader), EXPLORE])
    notebook.open()
    assert notebook.run(0).strip() == str(lab.wheel / "peernet" / "__init__.py"), "the built wheel is tested"
    return notebook


@pytest.fixture(scope="module")
def department(lab: Server, chromium: Page) -> Notebook:
    return opened(lab, chromium, "load_aarhus")


@pytest.fixture
def aarhus(department: Notebook) -> Iterator[Notebook]:
    """The real department, drawn as a graph, in a new explorer; afterwards nothing may have been complained about."""
    department.forget()
    department.run(1)
    number(department.page)
    yield department
    assert department.complaints() == []


def number(page: Page) -> int:
    """Which state is shown, once nothing moves."""
    page.has(".peernet-explorer[data-open='true'][data-busy='false'][data-number]")
    return int(page.run("document.querySelector('.peernet-explorer').dataset.number"))


def moved(page: Page, act: Callable[[], object]) -> None:
    """Do something and wait for the state it leads to."""
    before = number(page)
    act()
    page.has(f".peernet-explorer[data-busy='false']:not([data-number='{before}'])")


def clicked(page: Page, selector: str, across: float = 0.5) -> None:
    moved(page, lambda: page.click(f".peernet-explorer {selector}", across=across))


def agrees(notebook: Notebook, *claims: str) -> None:
    """What is drawn is what the kernel has, what these settings give outside, and as claimed."""
    drawn = sorted(sorted(pair) for pair in notebook.page.run(DRAWN))
    asserted = "\n".join(f"assert {claim}, explorer.settings" for claim in claims)
    assert drawn == sorted(json.loads(notebook.says(CHECK.format(asserted)))) != []


def place_of(page: Page, name: str) -> int:
    """Where somebody stands in the graph's list of people."""
    people = "[...document.querySelectorAll('.peernet-explorer .graph [data-person]')]"
    return int(page.run(f"{people}.find(one => one.ariaLabel.split(',')[0] === '{name}').dataset.person"))


def opened_person(page: Page, name: str) -> None:
    place = place_of(page, name)
    page.click(f".graph [data-person='{place}']")
    page.has(f".panel[data-about='{place}']:not([hidden])")


def tabbed(page: Page, selector: str, *held: str) -> None:
    """Press Tab until the keyboard is there."""
    passed = []
    for _ in range(80):
        page.press("Tab", *held)
        if page.run(f"document.activeElement.matches({json.dumps('.peernet-explorer ' + selector)})"):
            return
        passed.append(page.run("document.activeElement.outerHTML.slice(0, 100)"))
    raise AssertionError("\n".join([f"the keyboard does not get to {selector}, but to", *passed]))


def arrows_to_a_pair(page: Page) -> None:
    """Go on by arrow keys until somebody with a partner has the keyboard: where people stand hangs on the width."""
    for key in ("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown") * 5:
        page.press(key)
        if page.run("document.activeElement.ariaLabel.includes(', with ')"):
            return
    raise AssertionError("arrow keys get to nobody with a partner")


def test_dials_are_moved_by_mouse(aarhus: Notebook) -> None:
    page = aarhus.page
    clicked(page, "[data-dial='accept-unknown']")
    clicked(page, "[data-way='experience-off']")
    agrees(aarhus, "len(explorer.settings.accept) == 3", "explorer.settings.experience is None")
    clicked(page, "[data-dial='experience']", across=0.4)
    clicked(page, "[data-dial='mix']", across=0.7)
    clicked(page, "[data-dial='band-least']", across=0.3)
    clicked(page, "[data-dial='cardinality']")
    agrees(
        aarhus,
        "0.3 < explorer.settings.experience < 0.5",
        "0.6 < explorer.settings.value < 0.8",
        "0.2 < explorer.settings.band[0] < 0.4 and explorer.settings.band[1] == 1",
        "explorer.settings.cardinality == 'max'",
        STUDY,
    )


def test_the_keyboard_alone_suffices(aarhus: Notebook) -> None:
    page = aarhus.page
    tabbed(page, "[data-dial='accept-unknown']")
    moved(page, lambda: page.press(" "))
    tabbed(page, "[data-dial='mix']")
    moved(page, lambda: [page.press(key) for key in ("End", "ArrowLeft", "ArrowLeft")])
    tabbed(page, ".graph [data-person]")
    arrows_to_a_pair(page)
    page.press("Enter")
    page.has(".panel[data-about]:not([hidden]) table [data-do='lock']")
    tabbed(page, ".panel table [data-do='lock']")
    moved(page, lambda: page.press("Enter"))
    page.press("Escape")
    page.has(".panel[hidden]")
    assert page.run("document.activeElement.matches('.graph [data-person]')"), "the keyboard is where it was"
    agrees(
        aarhus,
        "len(explorer.settings.accept) == 3",
        "explorer.settings.value == 0.9",
        "[rule.rule for rule in explorer.settings.rules] == ['required']",
    )
    page.click(f"{aarhus.cell(1)} .jp-InputPrompt")
    tabbed(page, "[data-do='undo']")
    moved(page, lambda: page.press(" "))
    agrees(aarhus, "len(explorer.settings.rules) == 0")


def test_a_person_is_opened_and_rules_are_made_by_hand(aarhus: Notebook) -> None:
    page = aarhus.page
    first, second, third = json.loads(aarhus.says("print(json.dumps(explorer.pairing.pairs[:3]))"))
    opened_person(page, first[0])
    told = aarhus.says(f"print(explorer.pairing.why('{first[0]}').text)")
    assert page.text(".panel [data-told='why']") == told.partition(" Gain in")[0], "the numbers stand beside"
    clicked(page, ".panel [data-do='forbid']")
    opened_person(page, second[0])
    clicked(page, ".panel > [data-do='leave out']")
    opened_person(page, third[0])
    clicked(page, ".panel [data-do='lock']")
    kinds = "[rule.rule for rule in explorer.settings.rules]"
    agrees(
        aarhus,
        f"{kinds} == ['forbidden', 'capacity', 'required']",
        f"tuple({first}) not in explorer.pairing.pairs and tuple({third}) in explorer.pairing.pairs",
    )
    clicked(page, ".dials [data-do='release'][data-row='0']")
    agrees(aarhus, f"{kinds} == ['capacity', 'required']")
    clicked(page, "[data-do='undo']")
    clicked(page, "[data-do='keep']")
    agrees(aarhus, f"{kinds} == ['forbidden', 'capacity', 'required']", "explorer.kept.pairs == explorer.pairing.pairs")
    clicked(page, "[data-do='reset']")
    agrees(aarhus, "explorer.settings == pn.programme.Settings()", "explorer.kept.pairs != explorer.pairing.pairs")


def test_what_cannot_be_is_said_under_the_control_and_changes_nothing(aarhus: Notebook) -> None:
    page = aarhus.page
    ((first, second),) = json.loads(aarhus.says("print(json.dumps(explorer.pairing.pairs[:1]))"))
    opened_person(page, first)
    clicked(page, ".panel [data-do='lock']")
    before = number(page)
    page.click(".panel > [data-do='leave out']")
    said = page.wait("document.querySelector('.panel .beside.wrong:not([hidden])')?.innerText")
    assert first in said
    assert number(page) == before
    agrees(aarhus, f"list(explorer.pairing.required) == [({first!r}, {second!r})]")


def test_the_code_that_is_copied_makes_the_same_pairs(aarhus: Notebook) -> None:
    page = aarhus.page
    ((first, _),) = json.loads(aarhus.says("print(json.dumps(explorer.pairing.pairs[:1]))"))
    clicked(page, "[data-dial='accept-unknown']")
    opened_person(page, first)
    clicked(page, ".panel [data-do='forbid']")
    page.click(".sheet summary")
    page.click("[data-do='copy-code']")
    page.wait("document.querySelector('[data-do=copy-code]').innerText === 'Copied'")
    aarhus.paste()
    assert aarhus.says("print(study.pairing.pairs == explorer.pairing.pairs, len(study.settings.rules))") == "True 1"


def test_a_state_made_in_python_is_shown(aarhus: Notebook) -> None:
    page = aarhus.page
    moved(page, lambda: aarhus.says("explorer.settings = explorer.settings.but(accept=('introduced',), value=0.25)"))
    assert page.run("document.querySelector('[data-dial=accept-mutual]').checked") is False
    agrees(aarhus, "explorer.settings.value == 0.25")


def test_two_views_of_one_explorer_go_together(aarhus: Notebook) -> None:
    page, second = aarhus.page, f"{aarhus.cell(-1)} .peernet-explorer"
    aarhus.says("explorer")
    page.has(f"{second}[data-open='true'][data-busy='false']")
    before = number(page)
    page.click(f"{second} [data-dial='accept-unknown']")
    page.wait(
        "(([one, other]) => one.dataset.busy === 'false' && other.dataset.busy === 'false' &&"
        f" one.dataset.number === other.dataset.number && one.dataset.number !== '{before}')"
        "([...document.querySelectorAll('.peernet-explorer')])"
    )
    assert page.run("[...document.querySelectorAll('[data-dial=accept-unknown]')].every(dial => dial.checked)")
    agrees(aarhus, "len(explorer.settings.accept) == 3")


def test_names_are_hidden_on_the_screen(aarhus: Notebook) -> None:
    page, shown = aarhus.page, "document.querySelector('.peernet-explorer').innerText"
    assert re.search(NAME, page.run(shown))
    page.click("[data-do='names-shown']")
    page.wait(f"!/{NAME}/.test({shown})")
    clicked(page, "[data-dial='accept-unknown']")
    assert not re.search(NAME, page.run(shown)), "nor in what is told of the next state"
    page.click("[data-do='names-shown']")
    page.wait(f"/{NAME}/.test({shown})")


def test_the_page_is_loaded_anew_in_the_dark(aarhus: Notebook) -> None:
    page = aarhus.page
    clicked(page, "[data-dial='accept-unknown']")
    aarhus.save()
    aarhus.server.set("apputils-extension/themes", theme="JupyterLab Dark")
    try:
        aarhus.open()
        assert number(page) == 1, "the kernel still knows"
        assert page.run("document.body.dataset.jpThemeLight") == "false"
        assert page.run(FAINT) == []
        clicked(page, "[data-dial='cardinality']")
        agrees(aarhus, "len(explorer.settings.accept) == 3", "explorer.settings.cardinality == 'max'")
    finally:
        aarhus.server.set("apputils-extension/themes", theme="JupyterLab Light")
        aarhus.open()
    number(page)
    assert page.run(FAINT) == []


def test_notebook_7_in_a_narrow_window(aarhus: Notebook) -> None:
    page = aarhus.page
    aarhus.save()
    try:
        aarhus.open("notebooks/{}", width=480, height=900)
        clicked(page, "[data-dial='accept-unknown']")
        assert page.run(STICKING_OUT) == []
        agrees(aarhus, "len(explorer.settings.accept) == 3")
    finally:
        aarhus.open()


def test_what_is_saved_names_nobody_and_is_seen_without_a_kernel(aarhus: Notebook, tmp_path: Path) -> None:
    page = aarhus.page
    clicked(page, "[data-dial='accept-unknown']")
    told = page.text("[data-told='certificate']")
    page.wait(f"document.querySelector('[data-peernet-static]').textContent.includes({json.dumps(told)})")
    assert page.run(HEIGHTS) == [0], "the live view stands in its place"
    saved = aarhus.save()
    outputs = json.dumps(saved["cells"][1]["outputs"])
    assert told.rstrip(".") in outputs
    assert not re.search(NAME, outputs + json.dumps(saved["metadata"]))
    assert (aarhus.server.folder / aarhus.name).stat().st_size < 300_000

    page.open(exported(aarhus, tmp_path), width=1000, height=900)
    assert_still(page, told)
    assert [text for text in page.complaints if not FETCHED.fullmatch(text)] == []
    page.complaints.clear()

    aarhus.server.close_kernels()
    aarhus.open()
    assert_still(page, told)


def exported(notebook: Notebook, folder: Path) -> Path:
    """The page that nbconvert makes of a notebook as it was saved."""
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--output-dir", str(folder), "--log-level", "ERROR"]
    done = subprocess.run([*command, notebook.name], cwd=notebook.server.folder, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return folder / f"{Path(notebook.name).stem}.html"


def assert_still(page: Page, told: str) -> None:
    """The last state is seen as a picture with its totals in words."""
    page.wait("[...document.querySelectorAll('[data-peernet-static]')].some(one => one.clientHeight > 200)")
    assert told in page.text("[data-peernet-static]")


@pytest.fixture
def company(lab: Server, chromium: Page) -> Iterator[Notebook]:
    """The made-up company, in rows; it takes the page from the department, so its tests come last."""
    notebook = opened(lab, chromium, "load_example")
    notebook.run(1)
    number(chromium)
    yield notebook
    assert notebook.complaints() == []


def test_a_whole_company_is_shown_in_rows(company: Notebook) -> None:
    page = company.page
    filmed(page, "1_opened", ".peernet-explorer")
    clicked(page, "[data-dial='accept-unknown']")
    filmed(page, "2_moved", ".peernet-explorer")
    clicked(page, "[data-dial='cardinality']")
    best = [name.strip() for name in page.run(FIRST_ROW)]
    told = json.loads(company.says(ROWS))
    assert (sorted(best), page.text(".figures dd b").split()[0]) == (sorted(told["best"]), str(told["paired"]))
    page.click(".people input[type='search']")
    page.type(best[0].lower())
    page.wait(f"(rows => rows.length && rows.every(row => row.innerText.includes({json.dumps(best[0])})))({IN_SIGHT})")
    page.click(".window [data-pair] .person")
    page.has(".panel[data-about]:not([hidden])")
    assert best[0] in page.text(".panel h3")
    filmed(page, "3_person", ".panel")
    page.press("Escape")
    page.has(".curve svg .kept")
    filmed(page, "4_curve", ".curve")


def filmed(page: Page, name: str, selector: str) -> None:
    """One picture of the film strip: it can be made, shows something and is small; written where that is asked for."""
    with Image.open(BytesIO(page.picture_of(selector, tallest=FRAME, scale=0.75))) as seen:
        picture = seen.convert("RGB").quantize(255)
    held = BytesIO()
    picture.save(held, "png", optimize=True)
    assert len(picture.getcolors()) > 8, "not blank"
    assert min(picture.size) > 150
    assert len(held.getvalue()) < 60_000
    if os.environ.get("PEERNET_FILM"):
        (HOUSE / "notebooks" / f"12_what_if_{name}.png").write_bytes(held.getvalue())
