"""A JupyterLab of its own, with a kernel in which the built wheel is installed and nothing else of the house."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import Request, urlopen

HOUSE = Path(__file__).resolve().parents[2]
NEEDS = ("jupyterlab", "notebook", "ipykernel", "anywidget", "hatchling")
LACKING = [name for name in NEEDS if find_spec(name) is None]
PATIENCE = 60  # seconds for the server to answer
QUIET = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "docmanager-extension/plugin": {"autosave": False},
}
OPTIONS = (
    "--no-browser",
    "--allow-root",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port_retries=0",
    "--ServerApp.jpserver_extensions=jupyterlab=True",
    "--ServerApp.jpserver_extensions=notebook=True",
    "--LabApp.extension_manager=readonly",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.news_url=None",
)


@dataclass(frozen=True)
class Server:
    """A running JupyterLab."""

    address: str
    token: str
    home: Path
    wheel: Path

    @property
    def folder(self) -> Path:
        """Where its notebooks lie."""
        return self.home / "notebooks"

    def at(self, place: str) -> str:
        """The address of a page."""
        return f"{self.address}/{place}{'&' if '?' in place else '?'}token={self.token}"

    def write(self, name: str, cells: Sequence[str]) -> str:
        """Put a notebook there that has not been run."""
        plain = [
            {"cell_type": "code", "id": f"cell-{i}", "metadata": {}, "source": source, "outputs": [],
             "execution_count": None}
            for i, source in enumerate(cells)
        ]  # fmt: skip
        kernel = {"name": "wheel", "display_name": "The built wheel", "language": "python"}
        notebook = {"cells": plain, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
        (self.folder / name).write_text(json.dumps(notebook), encoding="utf-8")
        return name

    def set(self, plugin: str, **settings: object) -> None:
        """Choose settings as a person would in the settings editor; pages opened from now on have them."""
        path = self.home / "settings" / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings), encoding="utf-8")

    def start_kernel(self, name: str) -> None:
        """Give a notebook a kernel before it is opened."""
        wanted = {"path": name, "name": name, "type": "notebook", "kernel": {"name": "wheel"}}
        self._asked("POST", "api/sessions", wanted)

    def close_kernels(self) -> None:
        """End every kernel, as when a laptop is closed over night."""
        for session in json.loads(self._asked("GET", "api/sessions")):
            self._asked("DELETE", f"api/sessions/{session['id']}")

    @property
    def log(self) -> str:
        """Everything server and kernels have said."""
        return (self.home / "log.txt").read_text(encoding="utf-8")

    def _asked(self, method: str, place: str, told: object = None) -> bytes:
        data = None if told is None else json.dumps(told).encode()
        known = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        with urlopen(Request(f"{self.address}/{place}", data, known, method=method), timeout=PATIENCE) as answer:
            return bytes(answer.read())


def built_wheel(folder: Path) -> Path:
    """The directory into which a wheel of this house has been unpacked."""
    made = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder / "dist")]
    subprocess.run(made, cwd=HOUSE, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:  # pure Python, so to unpack is to install
        packed.extractall(folder / "wheel")
    return folder / "wheel"


@contextmanager
def jupyterlab(home: Path) -> Iterator[Server]:
    """A JupyterLab that ends with its context, with a home, settings and kernels of its own."""
    wheel = built_wheel(home)
    kernel = home / "data" / "kernels" / "wheel"
    for folder in (kernel, home / "notebooks"):
        folder.mkdir(parents=True)
    start = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": start, "display_name": "The built wheel", "language": "python", "env": {"PYTHONPATH": str(wheel)}}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    port, token = _free_port(), secrets.token_hex()
    server = Server(f"http://127.0.0.1:{port}", token, home, wheel)
    for plugin, settings in QUIET.items():
        server.set(plugin, **settings)
    command = [sys.executable, "-m", "jupyterlab", *OPTIONS, f"--ServerApp.port={port}"]
    command += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={server.folder}"]
    with (home / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, cwd=home, env=_environment(home), stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_until_it_answers(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _environment(home: Path) -> dict[str, str]:
    """The environment as it is, but for whatever this machine's owner has set up for Jupyter."""
    kept = {name: value for name, value in os.environ.items() if not re.match("JUPYTER|IPYTHON|PYTHONPATH", name)}
    places = {f"JUPYTER_{name}_DIR": name.lower() for name in ("CONFIG", "DATA", "RUNTIME")}
    places |= {f"JUPYTERLAB_{name}_DIR": name.lower() for name in ("SETTINGS", "WORKSPACES")}
    places |= {"HOME": "", "IPYTHONDIR": "ipython"}
    return kept | {name: str(home / folder) for name, folder in places.items()}


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_until_it_answers(server: Server, process: subprocess.Popen[bytes]) -> None:
    end = monotonic() + PATIENCE
    while True:
        try:
            server._asked("GET", "api/status")
            return
        except URLError as error:
            if process.poll() is not None or monotonic() > end:
                raise RuntimeError(f"JupyterLab does not start: {server.log}") from error
            sleep(0.1)
