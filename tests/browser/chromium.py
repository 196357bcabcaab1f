"""A headless Chromium to look at a page with, spoken to over a pipe: no driver, no package, no port."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")
PATIENCE = 60  # seconds without an answer after which the browser is given up
TAB = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}


class Page:
    """One page in a browser of its own, steered by the DevTools protocol."""

    def __init__(self, ask: int, answer: int) -> None:
        self._ask, self._answer = ask, answer
        self._sent, self._rest = 0, b""
        self._session: str | None = None
        self.complaints: list[str] = []

    def attach(self) -> Self:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        return self

    def open(self, path: Path, *, width: int, height: int) -> None:
        """Show a file in a window of this size and wait until it is drawn."""
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.call("Emulation.setDeviceMetricsOverride", **screen)
        self.call("Page.navigate", url=path.resolve().as_uri())
        self.run("new Promise(done => document.readyState == 'complete' ? done() : addEventListener('load', done))")

    def run(self, script: str) -> Any:
        """What a script finds on the page."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press_tab(self) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, **TAB)

    def pdf(self) -> bytes:
        return base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True)["data"])

    def picture(self, top: int = 0, height: int | None = None) -> bytes:
        """A PNG of what is shown, or of a stretch of the page."""
        clip = {"x": 0, "y": top, "width": self.run("innerWidth"), "height": height or 0, "scale": 1}
        only = {"clip": clip, "captureBeyondViewport": True} if height else {}
        return base64.b64decode(self.call("Page.captureScreenshot", **only)["data"])

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Send a command and wait for its answer; complaints of the page are kept on the way."""
        self._sent += 1
        session = {"sessionId": self._session} if self._session else {}
        os.write(
            self._ask, json.dumps({"id": self._sent, "method": method, "params": params, **session}).encode() + b"\0"
        )
        for message in self._messages():
            if message.get("id") == self._sent:
                assert "error" not in message, message
                return dict(message["result"])
            self._listen(message)
        raise BrokenPipeError("the browser closed")

    def _listen(self, message: dict[str, Any]) -> None:
        kind, told = message.get("method"), message.get("params", {})
        if kind == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.complaints.append(told["entry"]["text"])
        elif kind in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
            self.complaints.append(json.dumps(told))

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
