"""A notebook open in a browser, as a person has it: cells are run by keys, what they print is read off the page."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import uuid4

from tests.browser.chromium import Page
from tests.browser.jupyter import Server

READY = """document.querySelector('#jp-main-statusbar')?.innerText.includes('| Idle')
  || document.querySelector('.jp-NotebookKernelStatus')
  && document.querySelector('.jp-KernelName')?.innerText.includes('wheel')"""
LARGEST = 200_000  # bytes of a message to the view

# What Jupyter itself may say without anything being wrong.
CONSOLE = re.compile(
    # Leaving a page that nobody has touched since it was loaded.
    r"Blocked attempt to show a 'beforeunload' confirmation panel .*"
    # Notebook 7 as it starts, in a newer JupyterLab than it was made with.
    r"|Menu entry for command '[\w:-]+' is duplicated\.|\[yjs#509\] Not same Y\.Doc"
    r"|.*Cannot read properties of undefined \(reading 'schema'\).*/static/notebook/notebook_core.*"
    r"|.*Command 'filebrowser:open-path' not registered\..*",
    re.DOTALL,
)
KERNEL = re.compile(
    # On opening, JupyterLab asks for widgets that may be there already; a kernel that knows of none says so.
    r"No such comm target registered: jupyter\.widget\.control\n|No such comm: [0-9a-f-]{36}\n"
)
IN_LOG = re.compile(r"^\[[EC] |Traceback|ERROR|CRITICAL", re.MULTILINE)


@dataclass
class Notebook:
    """A notebook in a page. The last cell is free: tests say things to the kernel in it."""

    server: Server
    page: Page
    name: str
    cells: int
    started: int = 0  # length of the log up to which complaints are let be

    @classmethod
    def written(cls, server: Server, page: Page, cells: Sequence[str]) -> Notebook:
        """A new notebook of these cells and a free one, its kernel started and nothing run."""
        name = server.write(f"{uuid4().hex}.ipynb", [*cells, ""])
        notebook = cls(server, page, name, len(cells) + 1)
        notebook.forget()
        server.start_kernel(name)
        return notebook

    def open(self, interface: str = "lab/tree/{}?reset", *, width: int = 1400, height: int = 1000) -> None:
        """Show it in JupyterLab, or in another of its interfaces, until its kernel is ready."""
        self.page.open(self.server.at(interface.format(self.name)), width=width, height=height)
        self.page.has(self.cell(0))
        self.page.wait(READY)
        self.page.watch("blob:")  # a widget's script; Jupyter catches what it throws and says nothing

    def cell(self, place: int) -> str:
        """The selector of a cell; negative places count from the end."""
        return f".jp-Notebook .jp-Cell[data-windowed-list-index='{place % self.cells}']"

    def run(self, place: int) -> str:
        """Run a cell by keys, where its editor is; what its outputs say once it is done."""
        prompt = (
            f"(document.querySelector({self.cell(place)!r})?.querySelector('.jp-InputArea-prompt').innerText ?? '')"
        )
        self.page.click(f"{self.cell(place)} .cm-content")
        before = self.page.run(prompt)
        self.page.press("Enter", "Control")
        self.page.wait(rf"(text => text !== {before!r} && /\d/.test(text))({prompt})")
        errors = self.errors()
        assert not errors, errors
        return self.page.text(f"{self.cell(place)} .jp-Cell-outputArea").strip()

    def says(self, code: str) -> str:
        """What the kernel prints to some code, put into the free cell in place of what was there."""
        self._clear()
        self.page.call("Input.insertText", text=code)
        return self.run(-1)

    def paste(self) -> str:
        """What the kernel prints to what has been copied, put into the free cell."""
        self._clear()
        self.page.press("v", "Control", command="paste")
        return self.run(-1)

    def _clear(self) -> None:
        self.page.click(f"{self.cell(-1)} .cm-content")
        self.page.press("a", "Control", command="selectAll")
        self.page.press("Backspace")

    def save(self) -> dict:
        """Save it by keys; the notebook as it then is on disk."""
        file = self.server.folder / self.name
        before = file.read_bytes()
        self._clear()
        self.page.press("s", "Control")
        # Not until it is clean: the picture without a kernel may be drawn again at any moment.
        self.page.wait(lambda: before != file.read_bytes() and file.read_bytes().endswith(b"}\n"))
        return dict(json.loads(file.read_text(encoding="utf-8")))

    def forget(self) -> None:
        """Let earlier complaints be."""
        self.page.complaints.clear()
        self.page.frames.clear()
        self.started = len(self.server.log)

    def errors(self) -> list[str]:
        """What the kernel has sent that it should not have: errors, warnings, messages beyond the largest allowed."""
        return [complaint for frame in self.page.frames if (complaint := _complaint(frame))]

    def complaints(self) -> list[str]:
        """Everything that page, kernel or server have complained about."""
        console = [text for text in self.page.complaints if not CONSOLE.fullmatch(text)]
        log = self.server.log[self.started :]
        return [*console, *self.errors(), *(log[found.start() :][:2000] for found in IN_LOG.finditer(log))]


def _complaint(frame: bytes) -> str:
    """What is wrong with a message of the kernel, if anything is."""
    count = int.from_bytes(frame[:8], "little")  # places of its parts, eight bytes each, then the parts
    places = [int.from_bytes(frame[8 * i : 8 * i + 8], "little") for i in range(1, count + 1)]
    _channel, head, _parent, _meta, content, *_ = [frame[a:b] for a, b in pairwise(places)]
    kind, told = json.loads(head)["msg_type"], json.loads(content)
    if kind == "error":
        return "\n".join(told["traceback"])
    if kind == "stream" and told["name"] == "stderr":
        return str(KERNEL.sub("", told["text"]))
    ours = kind == "comm_msg" and told["data"].get("method") == "custom"  # not what Jupyter tells of all its widgets
    return f"a message of {len(frame):,} bytes to the view" if ours and len(frame) > LARGEST else ""
