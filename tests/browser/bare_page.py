"""The explorer on a bare page: no Jupyter, its messages carried to Python and back by the tests' own browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import peernet.explorer
from tests.browser.chromium import Page

HERE = Path(str(peernet.explorer.__file__)).parent
SCRIPT, LOOK = HERE / "explorer.js", HERE / "explorer.css"
LAPTOP, PHONE = (1366, 900), (380, 800)

PAGE = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>bare</title>
<style>body { margin: 0; }</style><style id="look"></style>
<div data-peernet-static="one">the static picture</div><div id="first"></div><div id="second"></div>"""

# A model as anywidget gives it to a view; what it sends is kept until somebody takes it.
MODEL = """
window.questions = []; window.ends = [];
window.heard = {};
window.model = {
  get: name => ({static_id: 'one'})[name],
  on: (name, call) => (heard[name] ??= new Set()).add(call),
  off: (name, call) => heard[name]?.delete(call),
  send: question => { questions.push(structuredClone(question)); woken(); },
};
window.trigger = (name, told) => [...heard[name] ?? []].forEach(call => call(told));
window.woken = () => {};
window.show = async (source, where) => {
  const address = URL.createObjectURL(new Blob([source], {type: 'text/javascript'}));
  window.view ??= (await import(address)).default;
  ends.push(view.render({model, el: document.querySelector(where)}));
};
/* The questions asked, or null once every view stands still. */
window.next = quiet => new Promise(done => {
  const roots = () => [...document.querySelectorAll('.peernet-explorer')];
  const still = ({dataset}) => dataset.busy === 'false' && (!quiet || dataset.idle === 'true');
  const watcher = new MutationObserver(() => woken());
  window.woken = () => {
    const found = questions.length ? questions.splice(0) : roots().every(still) ? null : undefined;
    if (found === undefined) return;
    watcher.disconnect();
    window.woken = () => {};
    done(found);
  };
  watcher.observe(document.body, {subtree: true, attributes: true, attributeFilter: ['data-busy', 'data-idle']});
  woken();
});
"""

Answers = Callable[[Mapping[str, Any]], dict[str, Any]]
KEYS = {
    "Enter": (13, "\r"), "Escape": (27, ""), " ": (32, " "), "End": (35, ""), "Home": (36, ""), "ArrowLeft": (37, ""),
    "ArrowUp": (38, ""), "ArrowRight": (39, ""), "ArrowDown": (40, ""), "PageDown": (34, ""), "Tab": (9, ""),
}  # fmt: skip


@dataclass
class Bare:
    """A page with a view, and who answers it."""

    page: Page
    answers: Answers
    asked: list[dict[str, Any]] = field(default_factory=list)

    def settle(self, *, quiet: bool = False) -> None:
        """Carry messages until nothing is wanted any more; with ``quiet`` not even the slower questions."""
        while (questions := self.page.run(f"next({json.dumps(quiet)})")) is not None:
            for question in questions:
                self.asked.append(question)
                self.tell(self.answers(question))

    def tell(self, told: Mapping[str, Any]) -> None:
        """A message from Python, as JSON: what is no JSON fails here as it would in the notebook."""
        self.page.run(f"trigger('msg:custom', {json.dumps(told, allow_nan=False)})")

    def click(self, selector: str) -> None:
        """A real click in the middle of the first that is seen."""
        x, y = self.page.run(
            f"""(() => {{ const all = [...document.querySelectorAll({selector!r})],
            part = all.find(one => one.checkVisibility());
            part.scrollIntoView({{block: 'center'}}); const box = part.getBoundingClientRect();
            return [box.left + box.width / 2, box.top + box.height / 2]; }})()"""
        )
        self.click_at(x, y)

    def click_at(self, x: float, y: float) -> None:
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            pressed = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
            self.page.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **pressed)

    def drag(self, selector: str, shares: list[float]) -> None:
        """Take a slider by real mouse events to shares of its width, one after the other, and let go."""
        left, top, width, height = self.page.run(
            f"""(() => {{ const part = document.querySelector({selector!r}); part.scrollIntoView({{block: 'center'}});
            const box = part.getBoundingClientRect(); return [box.left, box.top, box.width, box.height]; }})()"""
        )
        steps = [
            ("mousePressed", shares[0]),
            *(("mouseMoved", share) for share in shares),
            ("mouseReleased", shares[-1]),
        ]
        for kind, share in steps:
            place = {"x": left + 8 + share * (width - 16), "y": top + height / 2}
            self.page.call("Input.dispatchMouseEvent", type=kind, button="left", buttons=1, clickCount=1, **place)

    def press(self, *keys: str) -> None:
        """Real keys, one after the other."""
        for key in keys:
            code, text = KEYS[key]
            common = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": code}
            self.page.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **common)
            self.page.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text: str) -> None:
        self.page.call("Input.insertText", text=text)

    def focus(self, selector: str) -> None:
        self.page.run(f"document.querySelector({selector!r}).focus()")

    def text(self, selector: str) -> str:
        """What stands in the first that fits."""
        return str(self.page.run(f"document.querySelector({selector!r}).textContent"))

    def value(self, selector: str, name: str) -> Any:
        """A property of the first that fits."""
        return self.page.run(f"document.querySelector({selector!r}).{name}")

    def on(self, selector: str) -> bool:
        """Whether the keyboard is there."""
        return bool(self.page.run(f"document.activeElement.matches({selector!r})"))


def opened(
    page: Page, folder: Path, answers: Answers, *, size: tuple[int, int] = LAPTOP, dark: bool = False, before: str = ""
) -> Bare:
    """The view on a page, asked nothing yet but to open; ``before`` runs on the page first."""
    path = folder / "bare.html"
    path.write_text(PAGE, encoding="utf-8")
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    page.call("Emulation.setEmulatedMedia", media="screen", features=[scheme])
    page.open(path, width=size[0], height=size[1])
    page.complaints.clear()
    page.run(f"{before}; {MODEL}; look.textContent = {json.dumps(LOOK.read_text(encoding='utf-8'))}")
    bare = Bare(page, answers)
    show(bare, "#first")
    return bare


def show(bare: Bare, where: str) -> None:
    """One more view of the same model."""
    bare.page.run(f"show({json.dumps(SCRIPT.read_text(encoding='utf-8'))}, {where!r})")
