"""The live view in JupyterLab, Notebook and VS Code: it asks, `answers` answers, the browser draws."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget

from peernet.explorer.answers import answer
from peernet.explorer.what_if import WhatIf
from peernet.pairing.pairing import Pairing
from peernet.programme.settings import Settings

HERE = Path(__file__).parent


class Explorer(anywidget.AnyWidget):
    """A live view of one survey's pairings.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.explore(pn.load_aarhus()).settings.objective
    'total'
    """

    _esm = HERE / "explorer.js"
    _css = HERE / "explorer.css"

    def __init__(self, state: WhatIf) -> None:
        super().__init__()
        self.state = state
        self.on_msg(self._hear)

    @property
    def settings(self) -> Settings:
        """The settings of the state that is shown; may be set."""
        return self.state.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self.state.move(settings)
        self._say_state()

    @property
    def pairing(self) -> Pairing:
        """The pairing that is shown."""
        return self.state.pairing

    def _hear(self, _widget: object, question: Any, _buffers: object) -> None:  # noqa: ANN401 - what a browser sends
        self.send(answer(self.state, question))

    def _say_state(self) -> None:
        self.send({**answer(self.state, {"ask": "set", "changes": {}}), "id": None})
