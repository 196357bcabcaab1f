"""The explorer's view on a bare page: every dial and button by mouse and by keyboard, read aloud, in light and dark."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import peernet as pn
from peernet.explorer.answers import answer, state_told
from peernet.explorer.what_if import WhatIf
from peernet.programme.settings import Settings
from tests.browser.bare_page import LAPTOP, LOOK, PHONE, SCRIPT, Bare, opened, show
from tests.browser.chromium import CHROMIUM, Page
from tests.made.surveys import survey_of

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium installed, so nothing to look at the view with")

ROOT = ".peernet-explorer"
TICKS = {
    "accept-introduced": ("accept", ("mutual",)),
    "objective": ("objective", "fair"),
    "cardinality": ("cardinality", "max"),
}
SLIDERS = {"experience": "experience", "band-least": "band", "band-most": "band", "mix": "value", "floor": "floor"}

STICKS_OUT = """[...document.querySelectorAll('.peernet-explorer *')].filter(part => part.checkVisibility()
  && !part.closest('.window, .prices div, .next, pre, .live, svg')
  && part.getBoundingClientRect().right > innerWidth + 1
).map(part => part.outerHTML.slice(0, 90))"""

CUT_IN_PICTURES = """[...document.querySelectorAll('.graph svg, .curve svg')].flatMap(picture => {
  const frame = picture.getBoundingClientRect();
  return [...picture.querySelectorAll('text')].filter(text => {
    const box = text.getBoundingClientRect();
    return text.checkVisibility() && text.textContent && (box.left < frame.left - 1 || box.right > frame.right + 1);
  }).map(text => text.textContent);
})"""

# Of every text that is seen, how far it stands out from what is painted behind it (WCAG 2.2, 1.4.3).
CONTRASTS = """(() => {
  const pen = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
  const rgba = colour => { pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data].map((c, k) => k < 3 ? c : c / 255); };
  const over = (a, b) => a.slice(0, 3).map((c, k) => c * a[3] + b[k] * (1 - a[3]));
  const behind = part => { const own = rgba(getComputedStyle(part).backgroundColor);
    return own[3] === 1 ? own : over(own, part.parentElement ? behind(part.parentElement) : [255, 255, 255]); };
  const light = c => c.slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, k) => sum + v * [.2126, .7152, .0722][k], 0);
  const worded = part => [...part.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  const seen = [...document.querySelectorAll('.peernet-explorer *')].filter(part => worded(part)
    && part.checkVisibility({opacityProperty: true}) && !part.closest('.live') && !part.disabled);
  return seen.map(part => {
    const look = getComputedStyle(part), back = behind(part), drawn = part.namespaceURI.endsWith('svg');
    const ink = over(rgba(drawn ? look.fill : look.color), back);
    const [a, b] = [light(ink), light(back)].sort((x, y) => y - x);
    return [(a + .05) / (b + .05), part.textContent.trim().slice(0, 40)];
  });
})()"""

DRAWN = """[...document.querySelectorAll('.graph [data-pair]')].map(pair =>
  [pair.dataset.pair, pair.firstChild.className.baseVal])"""
FOCUSED = """(() => { const part = document.activeElement; window.met ??= new Map();
  if (!met.has(part)) met.set(part, met.size);
  const ring = part.matches('g') ? getComputedStyle(part.querySelector('.near')).stroke
    : getComputedStyle(part).outlineStyle;
  return [met.get(part), part.matches('.peernet-explorer *'), ring !== 'none']; })()"""
REACHABLE = """[...document.querySelectorAll('.peernet-explorer :is(button, input, summary, pre, [tabindex="0"])')]
  .filter(part => part.checkVisibility() && !part.matches(':disabled') && part.tabIndex >= 0
    && (part.type !== 'radio' || part.checked)).length"""
SMALLEST = """Math.min(...[...document.querySelectorAll('.peernet-explorer :is(p, label, span, td, text)')]
  .filter(part => part.checkVisibility()).map(part => parseFloat(getComputedStyle(part).fontSize)))"""


@pytest.fixture(scope="module")
def state() -> WhatIf:
    return WhatIf(pn.load_aarhus())


@pytest.fixture
def bare(chromium: Page, tmp_path: Path, state: WhatIf) -> Iterator[Bare]:
    """The 61 people of Aarhus as they stand by the usual settings; whatever a test does, nothing may complain."""
    page = aarhus(chromium, tmp_path, state)
    yield page
    assert chromium.complaints == []


def aarhus(chromium: Page, folder: Path, state: WhatIf, **look: Any) -> Bare:
    fresh(state)
    page = opened(chromium, folder, partial(answer, state), **look)
    page.settle()
    return page


def fresh(state: WhatIf) -> None:
    """Everything as at the start."""
    state.move(Settings())
    state.keep()
    state.bench.people.shown = True
    while state.can_undo:
        state.undo()
    state.move(Settings())
    state.keep()


def accessible(page: Page) -> list[dict[str, Any]]:
    """What a screen reader is told, part by part."""
    page.call("Accessibility.enable")
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    return [node for node in nodes if not node["ignored"]]


def pairs_of(state: WhatIf) -> list[list[Any]]:
    """The pairs as the view is told of them."""
    return list(answer(state, {"ask": "open"})["state"]["pairs"])


def told(node: Mapping[str, Any], name: str) -> str:
    return str(node.get(name, {}).get("value", ""))


# --- dials ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dial", TICKS)
def test_a_click_ticks_a_dial(bare: Bare, state: WhatIf, dial: str) -> None:
    name, chosen = TICKS[dial]
    bare.click(f"[data-dial={dial}]")
    bare.settle()
    assert getattr(state.settings, name) == chosen
    assert bare.value(ROOT, "dataset.number") == str(state.number)


@pytest.mark.parametrize("dial", TICKS)
def test_a_key_ticks_a_dial(bare: Bare, state: WhatIf, dial: str) -> None:
    name, chosen = TICKS[dial]
    bare.focus(f"[data-dial={dial}]")
    bare.press(" ")
    bare.settle()
    assert getattr(state.settings, name) == chosen
    assert bare.on(f"[data-dial={dial}]"), "the keyboard stays where it was"


@pytest.mark.parametrize("dial", SLIDERS)
def test_a_slider_is_pulled_as_one_move(bare: Bare, state: WhatIf, dial: str) -> None:
    bare.drag(f"[data-dial={dial}]", [0.5, 0.45, 0.4, 0.35])
    bare.settle()
    moved = getattr(state.settings, SLIDERS[dial])
    shown = bare.value(f"[data-dial={dial}]", "valueAsNumber")
    assert shown in (moved if isinstance(moved, tuple) else (moved,))
    bare.click("[data-do=undo]")
    bare.settle()
    assert state.settings == Settings()
    assert not state.can_undo, "a pull is one move, however many places it passed"


@pytest.mark.parametrize("dial", SLIDERS)
def test_a_slider_moves_by_arrow_keys(bare: Bare, state: WhatIf, dial: str) -> None:
    bare.focus(f"[data-dial={dial}]")
    bare.press("Home" if dial == "band-most" else "End")
    bare.settle()
    bare.press("ArrowRight" if dial == "band-most" else "ArrowLeft")
    bare.settle()
    moved = getattr(state.settings, SLIDERS[dial])
    assert bare.value(f"[data-dial={dial}]", "valueAsNumber") in (moved if isinstance(moved, tuple) else (moved,))
    assert bare.on(f"[data-dial={dial}]")


@pytest.mark.parametrize(("way", "within"), [("off", None), ("own", 0.7)])
def test_a_gate_is_off_or_ones_own(bare: Bare, state: WhatIf, way: str, within: float | None) -> None:
    bare.click(f"[data-way=experience-{way}]")
    bare.settle()
    chosen = [state.settings.experience]
    bare.focus(f"[data-way=experience-{way}]")
    bare.press("ArrowLeft" if way == "own" else "ArrowRight")
    bare.settle()
    assert [*chosen, state.settings.experience] == [within, "average"]


def test_ends_of_the_band_push_each_other(bare: Bare, state: WhatIf) -> None:
    bare.drag("[data-dial=band-most]", [0.9, 0.3])
    bare.settle()
    bare.drag("[data-dial=band-least]", [0.1, 0.6])
    bare.settle()
    assert state.settings.band is not None
    least, most = state.settings.band
    assert least == most > 0.5


def test_what_was_not_asked_cannot_be_turned(bare: Bare) -> None:
    assert bare.value("[data-dial=goals]", "matches(':disabled')")
    assert "Nothing was asked about this" in bare.text("fieldset:disabled")


def test_without_a_question_about_trust_pairs_not_known_can_still_be_accepted(chromium: Page, tmp_path: Path) -> None:
    answers = {f"p{i}": {"perspective_1": i % 5 + 1.0, "perspective_2": i * 2 % 5 + 1.0} for i in range(8)}
    with pytest.warns(pn.PeernetWarning, match="foundation is unknown"):
        state = WhatIf(survey_of(answers))
    bare = opened(chromium, tmp_path, partial(answer, state))
    bare.settle()
    assert not len(state.pairing)
    assert "only “Not known” lets anybody meet" in bare.text("fieldset")
    bare.click("[data-dial=accept-unknown]")
    bare.settle()
    assert len(state.pairing)


def test_a_price_that_is_not_nothing_never_reads_as_nothing(chromium: Page, tmp_path: Path) -> None:
    state = WhatIf(pn.load_aarhus())
    prices = {"gates": [["none", 1, 1.0, 0.004], ["all of these", 2, 1.0, 0.0]], "told": "a sentence"}

    def answers(asked: Mapping[str, Any]) -> dict[str, Any]:
        return answer(state, asked) | (prices if asked["ask"] == "prices" else {})

    bare = opened(chromium, tmp_path, answers)
    bare.settle(quiet=True)
    assert bare.text(".prices td:last-child") == "under 0.01"
    assert bare.text(".prices tr:last-child td:last-child") == "0.00"
    assert bare.text(".prices [data-told=prices]") == "a sentence"


def test_with_too_many_people_it_is_not_said_that_nobody_else_is_possible(chromium: Page, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("peernet.explorer.answers.MANY", 3)
        state = WhatIf(pn.load_aarhus())
        bare = opened(chromium, tmp_path, partial(answer, state))
        bare.settle(quiet=True)
        assert "In Python: pn.gate_prices" in bare.text(".prices")
        bare.click("[data-show=rows]")
        bare.click(".window [data-person]")
        bare.settle()
        assert "In Python: explorer.pairing.alternates(person)" in bare.text(".next")


def test_an_error_stands_under_its_control_until_the_next_move(bare: Bare, state: WhatIf) -> None:
    number = state.number
    for kind in ("introduced", "mutual"):
        bare.click(f"[data-dial=accept-{kind}]")
        bare.settle()
    assert state.settings.accept == ("mutual",)
    assert bare.value("[data-beside=accept-mutual]", "className") == "beside wrong"
    assert bare.text("[data-beside=accept-mutual]") == bare.text("[data-told=live]")
    assert bare.value("[data-dial=accept-mutual]", "ariaInvalid") == "true"
    bare.click("[data-dial=accept-introduced]")
    bare.settle()
    assert state.number == number + 2
    assert bare.value("[data-beside=accept-mutual]", "hidden")
    assert state.settings.accept == ("introduced",), "what is ticked is what is meant"
    assert bare.value("[data-dial=accept-mutual]", "ariaInvalid") is None


def test_what_a_move_does_to_people_stands_beside_its_dial(bare: Bare) -> None:
    bare.click("[data-dial=accept-introduced]")
    bare.settle()
    assert "Without a partner by this: " in bare.text("[data-beside=accept-introduced]")
    assert "Without a partner by this: " in bare.text("[data-told=live]")


# --- the conversation -------------------------------------------------------------------------------------------------


def test_one_question_is_in_flight_and_the_newest_waits(bare: Bare, state: WhatIf) -> None:
    """While a kernel is busy, a slider may pass many places: one more question is asked, about the last of them."""
    bare.asked.clear()
    bare.drag("[data-dial=experience]", [0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    bare.click("[data-dial=objective]")
    assert bare.page.run("questions.length") == 1
    assert bare.value(ROOT, "dataset.busy") == "true"
    bare.settle()
    sets = [asked["changes"] for asked in bare.asked if asked["ask"] == "set"]
    assert len(sets) == 2
    assert sets[1] == {"experience": bare.value("[data-dial=experience]", "valueAsNumber"), "objective": "fair"}
    assert state.settings.objective == "fair"


def test_answers_to_other_questions_change_nothing(bare: Bare) -> None:
    before = bare.value(ROOT, "innerHTML")
    bare.tell({"id": 1, "ask": "person", "why": "nobody asked", "next": []})
    bare.tell({"id": 2, "ask": "set", "error": "nobody asked", "at": "floor"})
    assert bare.value(ROOT, "innerHTML") == before


def test_slower_questions_come_when_nothing_else_is_wanted_and_go_when_the_state_moves(bare: Bare) -> None:
    bare.settle(quiet=True)
    assert [asked["ask"] for asked in bare.asked][:4] == ["open", "curve", "prices", "standing"]
    assert len([asked for asked in bare.asked if asked["ask"] == "repeat"]) == 30
    assert "repeat of the survey" in bare.text("[data-told=repeat]")
    bare.asked.clear()
    bare.click("[data-dial=objective]")
    bare.settle()
    assert [asked["ask"] for asked in bare.asked] == ["set"]
    assert bare.value(ROOT, "dataset.idle") == "false"


def test_a_state_made_in_python_is_shown(bare: Bare, state: WhatIf) -> None:
    state.change(cardinality="max", floor=0.1)
    bare.tell({**answer(state, {"ask": "set", "changes": {}}), "id": None})
    assert bare.value("[data-dial=cardinality]", "checked")
    assert bare.value("[data-dial=floor]", "value") == "0.1"
    assert bare.value(ROOT, "dataset.number") == str(state.number)


def test_views_of_one_model_show_the_same_and_each_asks_for_itself(bare: Bare, state: WhatIf) -> None:
    show(bare, "#second")
    bare.settle()
    bare.click("#second [data-dial=cardinality]")
    bare.settle()
    bare.click('#second g[data-person="3"]')
    bare.settle()
    assert state.settings.cardinality == "max"
    assert bare.value("#first [data-dial=cardinality]", "checked")
    assert bare.value("#first .peernet-explorer", "dataset.number") == str(state.number)
    assert not bare.value("#second .panel", "hidden")
    assert bare.value("#first .panel", "hidden")


# --- people and pairs -------------------------------------------------------------------------------------------------


def test_pairs_are_drawn_as_they_stand(bare: Bare, state: WhatIf) -> None:
    bare.settle(quiet=True)
    assert {kind.split()[0] for _, kind in bare.page.run(DRAWN)} == {"kept"}
    a, b, *_ = pairs_of(state)[-1]
    state.forbid(*(state.bench.people.person(place) for place in (a, b)))
    bare.tell({**answer(state, {"ask": "set", "changes": {}}), "id": None})
    bare.settle(quiet=True)
    drawn = dict(bare.page.run(DRAWN))
    assert drawn[f"{a}-{b}"] == "gone"
    assert sum(kind == "gone" for kind in drawn.values()) == len(state.difference.lost)
    assert sum(kind.startswith("made") for kind in drawn.values()) == len(state.difference.made)
    standing = {pair for pair, kind in drawn.items() if "stands" in kind}
    people, best = state.bench.people, state.pairing.optimum
    stands = [pair[:2] for pair in pairs_of(state) if best.breaking(*map(people.person, pair[:2])).stands]
    assert standing == {f"{i}-{j}" for i, j in stands} != set()


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_person_is_opened_locked_released_and_closed(bare: Bare, state: WhatIf, by: str) -> None:
    def act(selector: str) -> None:
        if by == "mouse":
            bare.click(selector)
        else:
            bare.focus(selector)
            bare.press("Enter")
        bare.settle()

    a, b, *_ = pairs_of(state)[0]
    act(f'g[data-person="{a}"]')
    names = [state.bench.people.called(place) for place in (a, b)]
    assert bare.text(".panel h3").strip().startswith(names[0])
    assert bare.text("[data-told=why]")
    assert bare.on(".panel h3")
    act(f'.panel [data-do=lock][data-with="{b}"]')
    assert [(rule.rule, rule.a, rule.b) for rule in state.settings.rules] == [
        ("required", *sorted(state.bench.people.person(place) for place in (a, b)))
    ]
    assert bare.on(".panel *"), "the keyboard stays in the panel though the button is gone"
    assert bare.page.run(f"document.querySelector('.graph [data-pair=\"{min(a, b)}-{max(a, b)}\"] .lock') !== null")
    act(".dials [data-do=release]")
    assert not len(state.settings.rules)
    bare.focus(".panel [data-do=close]")
    bare.press("Escape")
    assert bare.value(".panel", "hidden")
    assert bare.on(f'g[data-person="{a}"]')


def test_another_partner_has_a_price_and_can_be_had(bare: Bare, state: WhatIf) -> None:
    a, *_ = pairs_of(state)[0]
    bare.click(f'g[data-person="{a}"]')
    bare.settle()
    b = bare.page.run("document.querySelector('.panel tbody [data-do=lock]').dataset.with")
    bare.focus(".panel input")
    bare.type(state.bench.people.called(int(b)))
    bare.settle()
    assert state.bench.people.called(int(b)) in bare.text("[data-told=pair]")
    bare.click(f'[data-told=pair] ~ div [data-do=lock][data-with="{b}"]')
    bare.settle()
    assert (min(a, int(b)), max(a, int(b))) in {tuple(pair[:2]) for pair in pairs_of(state)}


def test_somebody_is_left_out(bare: Bare, state: WhatIf) -> None:
    a, b, *_ = pairs_of(state)[0]
    bare.click(f'g[data-person="{a}"]')
    bare.settle()
    bare.click(f'.panel [data-do=forbid][data-with="{b}"]')
    bare.settle()
    bare.click(".panel [data-do='leave out']")
    bare.settle()
    assert [rule.rule for rule in state.settings.rules] == ["forbidden", "capacity"]
    assert len(bare.page.run("[...document.querySelectorAll('.panel [data-do=release]')].map(b => b.ariaLabel)")) == 2


def test_what_cannot_be_is_said_in_the_panel(bare: Bare, state: WhatIf) -> None:
    """Nobody can be paired with who is left out: the sentence stands under the button that was pressed."""
    a, b, *_ = pairs_of(state)[0]
    state.leave_out(state.bench.people.person(b))
    bare.tell({**answer(state, {"ask": "set", "changes": {}}), "id": None})
    bare.settle()
    number = state.number
    bare.click(f'g[data-person="{a}"]')
    bare.settle()
    bare.focus(".panel input")
    bare.type(state.bench.people.called(b))
    bare.settle()
    bare.click(f'[data-told=pair] ~ div [data-do=lock][data-with="{b}"]')
    bare.settle()
    assert state.number == number
    assert bare.value("[data-beside=lock]", "className") == "beside wrong"
    assert state.bench.people.called(b) in bare.text("[data-beside=lock]")


def test_arrow_keys_walk_through_the_graph(bare: Bare) -> None:
    reached = bare.page.run("document.querySelectorAll('g.person[tabindex=\"0\"]').length")
    assert reached == 1, "Tab reaches one person, arrow keys the others"
    bare.focus('g.person[tabindex="0"]')
    before = bare.page.run("document.activeElement.dataset.person")
    x = "document.activeElement.getBoundingClientRect().left"
    for key, further in {"ArrowRight": 1, "ArrowLeft": -1}.items():
        start = bare.page.run(x)
        bare.press(key)
        assert (bare.page.run(x) - start) * further > 0 or bare.on(f'[data-person="{before}"]')
    assert bare.page.run("document.querySelector('.tip').textContent.length") > 0


def test_graph_and_rows_show_the_same_people(bare: Bare) -> None:
    drawn = set(bare.page.run("[...document.querySelectorAll('.graph [data-pair]')].map(pair => pair.dataset.pair)"))
    bare.click("[data-show=rows]")
    listed = set(bare.page.run("[...document.querySelectorAll('tr[data-pair]')].map(pair => pair.dataset.pair)"))
    assert listed == drawn
    assert not bare.page.run("document.querySelector('.graph').checkVisibility()")


# --- figures, evidence, sheet -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_keep_undo_and_reset(bare: Bare, state: WhatIf, by: str) -> None:
    def press(name: str) -> None:
        if by == "mouse":
            bare.click(f"[data-do={name}]")
        else:
            bare.focus(f"[data-do={name}]")
            bare.press("Enter")
        bare.settle()

    assert bare.value("[data-do=keep]", "ariaDisabled") == "true"
    press("undo")
    assert [asked["ask"] for asked in bare.asked if asked["ask"] == "undo"] == [], "nothing to take back"
    bare.click("[data-dial=accept-unknown]")
    bare.settle()
    assert bare.text("[data-told=difference]").startswith("+")
    assert bare.value(".change.more", "textContent").startswith("+")
    press("keep")
    assert state.kept == state.settings
    assert bare.text("[data-told=difference]") == "The same pairs as kept."
    assert by == "mouse" or bare.on("[data-do=keep]"), "a button with nothing more to do keeps the keyboard"
    press("undo")
    assert state.settings == Settings()
    bare.click("[data-dial=cardinality]")
    bare.settle()
    press("reset")
    assert state.settings == Settings()


def test_the_certificate_is_what_python_says(bare: Bare, state: WhatIf) -> None:
    assert bare.text("[data-told=certificate]") == answer(state, {"ask": "open"})["state"]["certificate"]


def test_the_curve_shows_where_the_state_and_the_kept_pairing_stand(bare: Bare) -> None:
    bare.click("[data-dial=accept-unknown]")
    bare.settle(quiet=True)
    assert (bare.text(".curve .kept"), bare.text(".curve .now")) == ("kept", "now")
    seen = [*bare.page.run("[...document.querySelectorAll('.curve text')].map(t => [t.textContent, t.getBBox().x])")]
    assert {"closeness in experience, all together →", "↑ new perspectives, all together"} <= {text for text, _ in seen}
    assert min(x for _, x in seen) >= 0
    assert bare.page.run("document.querySelectorAll('.prices tbody tr').length") == 5


def test_people_without_a_partner_are_counted_and_helped(bare: Bare, state: WhatIf) -> None:
    bare.click(".without summary")
    now = state_told(state)["now"]
    free = now["able"] - now["paired"]
    out = len(state.pairing.unpaired) - free
    assert out, "the two are not to be mixed up"
    assert bare.text(".without summary") == f"Without a partner: {free}, taking no part: {out}"
    bare.click("[data-do=help]")
    bare.settle()
    assert bare.text("[data-told=help]") == answer(state, {"ask": "help"})["told"]


def test_no_pair_at_all_is_explained(chromium: Page, tmp_path: Path) -> None:
    """Only two strangers: whatever is drawn, there is nothing to draw."""
    state = WhatIf(pn.load_aarhus())
    page = opened(chromium, tmp_path, partial(answer, state))
    page.settle()
    page.focus("[data-dial=floor]")
    page.press("End")
    page.settle(quiet=True)
    assert not len(state.pairing)
    assert page.text(".empty").startswith("No pair is possible with these settings")
    assert page.text(".curve").endswith("No pair is possible.")
    assert chromium.complaints == []


@pytest.mark.parametrize("allowed", [True, False])
def test_code_and_sheet_are_copied(bare: Bare, state: WhatIf, allowed: bool) -> None:
    """Where a page may not reach the clipboard, by marking the text."""
    bare.page.run(
        f"""const writeText = async text => {{ if (!{json.dumps(allowed)}) throw Error('not here'); copied = text; }};
        Object.defineProperty(navigator, 'clipboard', {{value: {{writeText}}, configurable: true}});
        document.addEventListener('copy', () => {{ window.copied ??= String(getSelection()); }})"""
    )
    bare.click(".sheet summary")
    for key, text in {"code": "pn.run_study(survey", "sheet": "accept = ["}.items():
        bare.page.run("window.copied = undefined")
        bare.click(f"[data-do=copy-{key}]")
        assert text in bare.page.run("copied")
        assert bare.text("[data-told=live]") == "Copied"


def test_names_are_shown_or_numbers(bare: Bare, state: WhatIf) -> None:
    bare.click("[data-do=names-shown]")
    bare.settle()
    assert not state.bench.people.shown
    assert bare.page.run("document.querySelector('g.person').ariaLabel").startswith("person 1,")
    assert bare.on("[data-do=names-shown]")
    assert "U" not in "".join(bare.page.run("[...document.querySelectorAll('.labels text')].map(t => t.textContent)"))


# --- without a kernel -------------------------------------------------------------------------------------------------

FROZEN = """window.late = []; window.real = setTimeout;
window.setTimeout = (call, wait) => wait >= 20000 ? late.push(call) : real(call, wait)"""


def test_the_static_picture_is_hidden_only_while_a_kernel_answers(
    chromium: Page, tmp_path: Path, state: WhatIf
) -> None:
    fresh(state)
    page = opened(chromium, tmp_path, partial(answer, state), before=FROZEN)
    seen = "document.querySelector('[data-peernet-static]').checkVisibility()"
    assert page.page.run(seen), "nobody has answered yet"
    page.settle()
    assert not page.page.run(seen)
    page.page.run("document.querySelector('[data-peernet-static]').outerHTML += ''")
    assert not page.page.run(seen), "nor is a picture that came anew"

    page.click("[data-dial=objective]")
    page.page.run("late.forEach(call => call())")  # the time of patience is over
    assert page.page.run(seen)
    assert page.text(".notice").startswith("No kernel answers")
    assert not page.page.run("document.querySelector('.main').checkVisibility()")
    page.settle()  # it was only busy
    assert not page.page.run(seen)
    assert page.page.run("document.querySelector('.main').checkVisibility()")
    assert state.settings.objective == "fair"

    page.page.run("trigger('comm:close')")
    assert page.page.run(seen)
    page.click("[data-do=again]")
    page.settle()
    assert not page.page.run(seen)

    page.page.run("ends.forEach(end => end())")
    assert page.page.run(seen), "a view that is gone hides nothing"
    assert page.page.run("Object.values(heard).map(calls => calls.size)") == [0, 0]
    assert chromium.complaints == []


def test_a_survey_that_cannot_be_opened_says_so(chromium: Page, tmp_path: Path) -> None:
    wrong = {"ask": "open", "error": "That did not work.", "at": "open"}
    page = opened(chromium, tmp_path, lambda asked: {"id": asked["id"], **wrong})
    page.settle()
    assert page.text(".notice") == "That did not work."


# --- many people ------------------------------------------------------------------------------------------------------


def crowd(asked: Mapping[str, Any], count: int = 5_000) -> dict[str, Any]:
    """Answers about more people than a test would wait for: 1,900 pairs and the rest alone, in parts."""
    names, groups = [f"Person {i}" for i in range(count)], [i % 7 + 1 for i in range(count)]
    pairs = [[2 * i, 2 * i + 1, round(2 - i / 1000, 4), 1.0, 0.5, 0, 1] for i in range(1900)]
    alone = [[i, i % 2] for i in range(3800, count)]
    totals = {"paired": 3800, "able": count, "pairs": 1900, "total": 2000.0, "worst_off": 0.5, "proven": True}
    state = {
        "number": 0,
        "settings": Settings().to_record(),
        "now": totals,
        "kept": totals,
        "pairs": pairs,
        "alone": alone[:1000],
        "more": {"pairs": len(pairs), "alone": len(alone)},
        "changed": {"made": 0, "lost": 0},
        "gone": [],
        "reasons": ["left over", "no possible partner"],
        "rules": [],
        "certificate": "Proven.",
        "difference": ["The same."],
        "beside": {},
        "code": "",
        "sheet": "",
        "can": {"undo": False, "keep": False, "reset": False},
    }
    dial = {"asked": True, "average": 0.5, "opened": False, "least": 0, "most": 1, "step": 0.01}
    at = int(asked.get("from", 0))
    some = {"from": at, "names": names[at : at + 2000], "groups": groups[at : at + 2000]}
    fixed = {"count": count, "colours": ["#0173b2", "#de8f05"], "shown": True, "saved": False, "state": state}
    dials = dict.fromkeys(("accept", "experience", "goals", "band", "mix", "floor"), dial)
    answers: dict[str, dict[str, Any]] = {
        "open": {**some, **fixed, "dials": dials},
        "people": some,
        "alone": {"from": at, "alone": alone[at:]},
        "person": {"why": "So it is.", "next": []},
    }
    return {"id": asked["id"], "ask": asked["ask"], **answers[asked["ask"]]}


def test_five_thousand_people_are_rows_of_which_few_are_drawn(chromium: Page, tmp_path: Path) -> None:
    page = opened(chromium, tmp_path, crowd)
    page.settle()
    assert [asked["ask"] for asked in page.asked] == ["open", "people", "alone", "people"]
    drawn = "document.querySelectorAll('.window tbody tr').length"
    assert page.page.run(drawn) < 60
    assert page.value(".window table", "getAttribute('aria-rowcount')") == str(1900 + 1200 + 1)
    page.focus("button.person[tabindex='0']")
    page.press("End")
    assert page.page.run("document.activeElement.textContent") == "Person 4999"
    page.press("Home", "ArrowRight", "PageDown")
    assert int(page.page.run("document.activeElement.dataset.row")) > 5
    assert page.page.run("document.activeElement.dataset.side") == "1"
    assert page.page.run(drawn) < 60
    page.press("Enter")
    page.settle()
    assert page.text("[data-told=why]") == "So it is."
    page.press("Escape")
    assert page.on("button.person")
    page.focus("[type=search]")
    page.type("person 4321")
    assert page.text(".window tbody") == "Person 4321no possible partner"
    assert chromium.complaints == []


def test_a_wheel_does_not_take_the_keyboard_out_of_the_rows(chromium: Page, tmp_path: Path) -> None:
    page = opened(chromium, tmp_path, crowd)
    page.settle()
    page.focus("button.person[tabindex='0']")
    scrolled = """new Promise(done => { const pane = document.querySelector('.window');
      pane.addEventListener('scroll', () => requestAnimationFrame(() => requestAnimationFrame(done)), {once: true});
      pane.scrollTop = 40000; })"""
    page.page.run(scrolled)
    assert page.on(".window")
    assert page.value(".window", "scrollTop") == 40000
    page.press("ArrowDown")
    assert page.page.run("document.activeElement.dataset.row") == "1"


# --- for everybody ----------------------------------------------------------------------------------------------------


def test_every_control_has_a_name_and_says_how_it_stands(bare: Bare, state: WhatIf) -> None:
    bare.click(f'g[data-person="{pairs_of(state)[0][0]}"]')
    bare.settle(quiet=True)
    bare.click(".sheet summary")
    controls = ("button", "checkbox", "radio", "slider", "searchbox", "textbox", "combobox", "DisclosureTriangle")
    nodes = accessible(bare.page)
    nameless = [told(node, "role") for node in nodes if told(node, "role") in controls and not told(node, "name")]
    assert nameless == []
    assert len([node for node in nodes if told(node, "role") in controls]) > 80
    (image,) = (node for node in nodes if told(node, "role") == "image")
    assert len(told(image, "name")) > 60
    sliders = {told(node, "name"): told(node, "value") for node in nodes if told(node, "role") == "slider"}
    assert {"A pair counts", "At least for each", "At most", "At least"} <= sliders.keys()
    people = [node for node in nodes if told(node, "role") == "button" and told(node, "name").endswith(", no partner")]
    assert people
    assert all(any(state["name"] == "expanded" for state in node["properties"]) for node in people)
    tables = [told(node, "role") for node in nodes if told(node, "role") in ("table", "columnheader", "rowheader")]
    assert tables.count("table") == 2
    assert tables.count("columnheader") >= 7


def test_tab_reaches_every_control_once_and_shows_where_it_is(bare: Bare) -> None:
    bare.page.run("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    seen: list[int] = []
    bare.page.run("document.body.tabIndex = -1; document.body.focus()")
    while True:
        bare.press("Tab")
        nth, within, ring = bare.page.run(FOCUSED)
        if not within or nth in seen:
            break
        seen.append(nth)
        assert ring, bare.page.run("document.activeElement.outerHTML.slice(0, 90)")
    assert len(seen) == bare.page.run(REACHABLE) > 20


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("theme", ["", "jupyter", "vscode"])
def test_every_text_stands_out(chromium: Page, tmp_path: Path, state: WhatIf, theme: str, dark: bool) -> None:
    """By the browser's own scheme, and by a notebook's colours where the browser's scheme is the other one."""
    page = aarhus(chromium, tmp_path, state, dark=dark if not theme else not dark)
    page.page.run(
        f"""const [look, light, colours] = {json.dumps(dressed(theme, dark))};
        document.body.className = look; document.body.style.cssText = colours;
        if (light) document.body.dataset.jpThemeLight = light"""
    )
    for dial in ("introduced", "mutual"):  # the second cannot be: an error is read as well
        page.click(f"[data-dial=accept-{dial}]")
        page.settle()
    page.click('g[data-person="3"]')
    page.settle(quiet=True)
    page.page.run("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    contrasts = page.page.run(CONTRASTS)
    assert len(contrasts) > 120
    assert [found for found in contrasts if found[0] < 4.5] == []
    paper = page.page.run("getComputedStyle(document.querySelector('.peernet-explorer')).backgroundColor")
    assert (sum(map(int, paper[4:-1].split(","))) < 380) is dark


def dressed(theme: str, dark: bool) -> tuple[str, str, str]:
    """Class, mark and colours of a notebook's body, as JupyterLab 4 and VS Code have them."""
    if theme == "jupyter":
        ink, paper = ("rgba(255, 255, 255, 1)", "#111") if dark else ("rgba(0, 0, 0, 0.87)", "#fff")
        return "", json.dumps(not dark), f"--jp-content-font-color1: {ink}; --jp-layout-color1: {paper}"
    if theme == "vscode":
        ink, paper = ("#d4d4d4", "#1e1e1e") if dark else ("#3b3b3b", "#ffffff")
        kind = "vscode-dark" if dark else "vscode-light"
        return kind, "", f"--vscode-editor-foreground: {ink}; --vscode-editor-background: {paper}"
    return "", "", ""


@pytest.mark.parametrize("size", [PHONE, (720, 900), (960, 900), LAPTOP], ids=["phone", "half", "notebook", "laptop"])
@pytest.mark.parametrize("text", [100, 200])
def test_nothing_sticks_out(chromium: Page, tmp_path: Path, state: WhatIf, size: tuple[int, int], text: int) -> None:
    page = aarhus(chromium, tmp_path, state, size=size, before=f"document.documentElement.style.fontSize = '{text}%'")
    page.click("[data-dial=accept-introduced]")
    page.settle()
    page.click('g[data-person="3"]')
    page.settle(quiet=True)
    page.page.run("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    assert page.page.run(STICKS_OUT) == []
    assert page.page.run(CUT_IN_PICTURES) == []
    assert page.page.run("document.documentElement.scrollWidth") == size[0]
    assert page.page.run(SMALLEST) >= 10
    assert chromium.complaints == []


def test_rows_fit_a_phone(chromium: Page, tmp_path: Path) -> None:
    page = opened(chromium, tmp_path, crowd, size=PHONE)
    page.settle()
    assert page.page.run(STICKS_OUT) == []
    assert page.value(".window", "scrollWidth") <= page.value(".window", "clientWidth")


def test_names_are_text_and_never_markup(chromium: Page, tmp_path: Path, state: WhatIf) -> None:
    bad = "<img src=x onerror=alert(1)>"

    def answers(asked: Mapping[str, Any]) -> dict[str, Any]:
        found = answer(state, asked)
        return {**found, "names": [bad] * len(found["names"])} if asked["ask"] == "open" else found

    fresh(state)
    page = opened(chromium, tmp_path, answers)
    page.settle()
    page.click('g[data-person="3"]')
    page.settle()
    assert bad in page.text(".panel h3")
    assert page.page.run("document.querySelectorAll('.peernet-explorer img').length") == 0
    assert chromium.complaints == []


def test_an_answer_that_cannot_be_shown_is_said_and_the_view_goes_on(bare: Bare) -> None:
    well = bare.answers
    bare.answers = lambda question: {**well(question), "state": {"difference": []}}
    bare.click("[data-dial=objective]")
    bare.settle()
    assert "through a mistake in peernet" in bare.text("[data-beside=state]")
    assert "TypeError" in " ".join(bare.page.complaints)
    bare.page.complaints.clear()
    bare.answers = well
    bare.click("[data-dial=objective]")
    bare.settle()
    assert bare.value("[data-beside=state]", "hidden")


def test_the_console_would_tell(bare: Bare) -> None:
    bare.page.run("setTimeout(() => { throw Error('seen'); })")
    bare.page.run("new Promise(done => setTimeout(done))")
    assert "seen" in " ".join(bare.page.complaints)
    bare.page.complaints.clear()


def test_script_and_look_are_small_and_ask_nobody() -> None:
    script, look = SCRIPT.read_text(encoding="utf-8"), LOOK.read_text(encoding="utf-8")
    assert len(script.encode()) < 60_000
    assert len(look.encode()) < 15_000
    for means in ("fetch(", "XMLHttpRequest", "WebSocket", "import ", "import(", "innerHTML", "@import", "url("):
        assert means not in script + look
