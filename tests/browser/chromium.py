"""A headless Chromium to look at a page with, spoken to over a pipe: no driver, no package, no port."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any, Self

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # whatever a page fetches from elsewhere is an error
)
PATIENCE = 60  # seconds without an answer after which the browser is given up
BINARY = 2  # a frame of a socket that is no text
LOOKS_EVERY = 0.03  # seconds between two looks at a state that is waited for
COMPLAINTS = ("error", "warning", "assert")  # what a page prints as one of these; logs and such are its own business

# Keys by what is printed on them: code, number, and the text they leave.
KEYS = {
    "Tab": ("Tab", 9, ""),
    "Backspace": ("Backspace", 8, ""),
    "Enter": ("Enter", 13, "\r"),
    "Escape": ("Escape", 27, ""),
    " ": ("Space", 32, " "),
    "End": ("End", 35, ""),
    "Home": ("Home", 36, ""),
    "ArrowLeft": ("ArrowLeft", 37, ""),
    "ArrowUp": ("ArrowUp", 38, ""),
    "ArrowRight": ("ArrowRight", 39, ""),
    "ArrowDown": ("ArrowDown", 40, ""),
}
HELD = {"Alt": 1, "Control": 2, "Meta": 4, "Shift": 8}

# Where a part of the page can be hit: in the middle of the window if that can be, once it stands still and bare.
WHERE = """(async () => {
  const part = document.querySelector(SELECTOR), drawn = () => new Promise(requestAnimationFrame);
  if (!part) return 'is not there';
  part.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
  await drawn();
  const before = part.getBoundingClientRect();
  await drawn();
  const {left, top, width, height} = part.getBoundingClientRect();
  if (!width || !height) return 'has no size';
  if (left !== before.left || top !== before.top) return 'moves';
  const at = [left + width * ACROSS, top + height / 2], hit = document.elementFromPoint(...at);
  return part.contains(hit) ? at : `is covered by ${hit ? hit.outerHTML.slice(0, 200) : 'the edge of the window'}`;
})()"""


class Page:
    """One page in a browser of its own, steered by the DevTools protocol."""

    def __init__(self, ask: int, answer: int) -> None:
        self._ask, self._answer = ask, answer
        self._sent, self._rest = 0, b""
        self._session: str | None = None
        self.complaints: list[str] = []
        self.watched = ""  # part of an address: whatever scripts from there throw is a complaint, caught or not
        self.frames: list[bytes] = []  # what came over sockets but text, once the network is listened to

    def attach(self) -> Self:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        return self

    def open(self, where: Path | str, *, width: int, height: int) -> None:
        """Show a file or an address in a window of this size and wait until it is drawn."""
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.call("Emulation.setDeviceMetricsOverride", **screen)
        self.call("Page.navigate", url=where if isinstance(where, str) else where.resolve().as_uri())
        self.run("new Promise(done => document.readyState == 'complete' ? done() : addEventListener('load', done))")

    def watch(self, address: str) -> None:
        """Take whatever scripts from an address throw for a complaint, even where it is caught by others."""
        self.watched = address
        self.call("Debugger.enable")
        self.call("Debugger.setPauseOnExceptions", state="all")

    def run(self, script: str) -> Any:
        """What a script finds on the page."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def wait(self, state: str | Callable[[], object], seconds: float = PATIENCE) -> Any:
        """What a script, or a look elsewhere, finds once that is anything: states are waited for, never time."""
        end = monotonic() + seconds
        while not (found := self.run(state) if isinstance(state, str) else state()):
            if monotonic() > end:
                told = "; ".join(self.complaints) or "no complaints"
                raise TimeoutError(f"not within {seconds:g} s: {state} ({told})")
            sleep(LOOKS_EVERY)
        return found

    def has(self, selector: str, seconds: float = PATIENCE) -> None:
        """Wait for a part of the page."""
        self.wait(f"document.querySelector({json.dumps(selector)}) !== null", seconds)

    def text(self, selector: str) -> str:
        """What can be read there, once it is there."""
        self.has(selector)
        return str(self.run(f"document.querySelector({json.dumps(selector)}).innerText"))

    def click(self, selector: str, *held: str, across: float = 0.5, times: int = 1) -> None:
        """Press the mouse on a part of the page, as far across it as said, once nothing lies above it."""
        x, y = self._where(selector, across)
        at = {"x": x, "y": y, "modifiers": sum(HELD[key] for key in held)}
        self.call("Input.dispatchMouseEvent", type="mouseMoved", **at)
        for count in range(1, times + 1):
            for kind in ("mousePressed", "mouseReleased"):
                self.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=count, **at)

    def _where(self, selector: str, across: float) -> list[float]:
        script = WHERE.replace("SELECTOR", json.dumps(selector)).replace("ACROSS", str(across))
        end = monotonic() + PATIENCE
        while isinstance(found := self.run(script), str):
            if monotonic() > end:
                raise TimeoutError(f"{selector} cannot be clicked: it {found}")
            sleep(LOOKS_EVERY)
        return list(found)

    def press(self, key: str, *held: str, command: str | None = None) -> None:
        """Press a key while others are held; a headless browser must be told what Control+V and such command."""
        letter = key.upper()
        code, number, text = KEYS.get(key) or (f"Key{letter}" if letter.isalpha() else "", ord(letter), key)
        known = {"key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": sum(HELD[one] for one in held)}
        typed = {"text": text} if text and not {"Control", "Alt", "Meta"} & {*held} else {}
        commands = {"commands": [command]} if command else {}
        self.call("Input.dispatchKeyEvent", type="keyDown" if typed else "rawKeyDown", **known, **typed, **commands)
        self.call("Input.dispatchKeyEvent", type="keyUp", **known)

    def type(self, text: str) -> None:
        """Type a text, key by key, where the keyboard is."""
        for key in text:
            self.press(key)

    def pdf(self) -> bytes:
        return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True)["data"])

    def picture(self, top: int = 0, height: int | None = None) -> bytes:
        """A PNG of what is shown, or of a stretch of the page."""
        clip = {"x": 0, "y": top, "width": self.run("innerWidth"), "height": height or 0, "scale": 1}
        only = {"clip": clip, "captureBeyondViewport": True} if height else {}
        return base64.b64decode(self.call("Page.captureScreenshot", **only)["data"])

    def picture_of(self, selector: str, *, tallest: int, scale: float = 1) -> bytes:
        """A PNG of one part of the page as it is seen, scrolled to its beginning."""
        part = f"document.querySelector({json.dumps(selector)})"
        box = self.run(
            f"{part}.scrollIntoView({{block: 'start', behavior: 'instant'}}),"
            f"new Promise(requestAnimationFrame).then(() => {part}.getBoundingClientRect().toJSON())"
        )
        clip = {"x": box["x"], "y": box["y"], "width": box["width"], "height": min(box["height"], tallest)}
        return base64.b64decode(self.call("Page.captureScreenshot", clip=clip | {"scale": scale})["data"])

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Send a command and wait for its answer; complaints of the page are kept on the way."""
        sent = self._send(method, **params)
        for message in self._messages():
            if message.get("id") == sent:
                assert "error" not in message, message
                return dict(message["result"])
            self._listen(message)
        raise BrokenPipeError("the browser closed")

    def _send(self, method: str, **params: object) -> int:
        self._sent += 1
        session = {"sessionId": self._session} if self._session else {}
        message = {"id": self._sent, "method": method, "params": params, **session}
        os.write(self._ask, json.dumps(message).encode() + b"\0")
        return self._sent

    def _listen(self, message: dict[str, Any]) -> None:
        kind, told = message.get("method"), message.get("params", {})
        if kind == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.complaints.append(f"{told['entry']['text']} {told['entry'].get('url', '')}".strip())
        elif kind == "Runtime.consoleAPICalled" and told["type"] in COMPLAINTS:
            self.complaints.append(" ".join(str(said.get("value", said.get("description"))) for said in told["args"]))
        elif kind == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(told))
        elif kind == "Debugger.paused":  # what is thrown is told even where the page around it keeps silent about it
            self._send("Debugger.resume")
            self._thrown(str(told.get("data", {}).get("description")))
        elif kind == "Page.javascriptDialogOpening":  # such as: leave without saving?
            self._send("Page.handleJavaScriptDialog", accept=True)
        elif kind == "Network.webSocketFrameReceived" and told["response"]["opcode"] == BINARY:
            self.frames.append(base64.b64decode(told["response"]["payloadData"]))

    def _thrown(self, description: str) -> None:
        if self.watched in description and description not in self.complaints:  # thrown on from frame to frame
            self.complaints.append(description)

    def _messages(self) -> Iterator[dict[str, Any]]:
        while True:
            whole, end, rest = self._rest.partition(b"\0")
            if end:
                self._rest = rest
                yield json.loads(whole)
            elif more := self._read():
                self._rest += more
            else:
                return

    def _read(self) -> bytes:
        ready, _, _ = select.select([self._answer], [], [], PATIENCE)
        if not ready:
            raise TimeoutError(f"the browser has not answered for {PATIENCE} s")
        return os.read(self._answer, 1 << 20)


@contextmanager
def browser() -> Iterator[Page]:
    """A fresh browser that ends with its context."""
    (asked, ask), (answer, answered) = os.pipe(), os.pipe()
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [str(CHROMIUM), *OPTIONS, "--remote-debugging-pipe", f"--user-data-dir={profile}"]
        process = subprocess.Popen(
            command, pass_fds=(3, 4), preexec_fn=lambda: _as_3_and_4(asked, answered), stderr=subprocess.DEVNULL
        )
        os.close(asked)
        os.close(answered)
        try:
            yield Page(ask, answer)
        finally:
            process.kill()
            process.wait()
            os.close(ask)
            os.close(answer)


def _as_3_and_4(reads: int, writes: int) -> None:
    """The two ends where the browser looks for them."""
    kept = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (reads, writes)]
    for end, place in zip(kept, (3, 4), strict=True):
        os.dup2(end, place)
