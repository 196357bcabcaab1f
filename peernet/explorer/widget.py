"""The live view in JupyterLab, Notebook and VS Code: it asks, `answers` answers, the browser draws."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import RLock
from typing import Any
from uuid import uuid4

import anywidget
import traitlets
from IPython.display import display, update_display

from peernet.explorer.answers import answer, state_told
from peernet.explorer.picture import drawn, still
from peernet.explorer.what_if import WhatIf
from peernet.pairing.pairing import Pairing
from peernet.programme.settings import Settings

HERE = Path(__file__).parent
CURVED = 500  # people; the curve of more is not waited for
NOT_LIVE = "(The dials stand here while a kernel runs: run this cell.)"
OURS = (
    "That did not work, through a mistake in peernet and not in the survey. "
    "The log of the notebook says where (in JupyterLab: View, Show Log Console)."
)


class Explorer(anywidget.AnyWidget):
    """A live view of one survey's pairings, to move dials in and to read the settings from.

    In a cell it shows two things: the dials, which need a kernel, and a still picture of the last state with settings
    and totals in words, which is what is seen where none runs. Nothing that a notebook saves of it names anybody,
    unless `names_saved` is True.

    Parameters
    ----------
    state
        What is moved; `explore` makes it from a survey, a pairing or a study.

    Examples
    --------
    >>> import peernet as pn
    >>> explorer = pn.explore(pn.load_aarhus())
    >>> explorer.settings = explorer.settings.but(accept=("mutual", "introduced", "unknown"))
    >>> explorer.pairing, explorer.kept
    (<Pairing: 23 pairs, ...>, <Pairing: 14 pairs, ...>)
    >>> explorer.undo()
    >>> explorer.settings.accept
    ('mutual', 'introduced')
    """

    _esm = HERE / "explorer.js"
    _css = HERE / "explorer.css"
    # Whatever is synced, notebooks save: this and the script, and nothing of a survey.
    static_id = traitlets.Unicode().tag(sync=True)

    def __init__(self, state: WhatIf) -> None:
        super().__init__(static_id=uuid4().hex)
        self._state = state
        self._shown = self._asked = False  # in a cell; by a view, which asks for the curve when nothing else is wanted
        self._turn = RLock()  # a kernel may hear a view while a cell moves the state
        self._curve: tuple[int, Mapping[str, Any]] | None = None  # of the state with this number
        self.on_msg(self._hear)

    @property
    def settings(self) -> Settings:
        """The settings of the state that is shown; setting them moves the view, and `undo` takes it back."""
        return self._state.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        with self._turn:
            self._state.move(settings)
            self._moved()

    @property
    def pairing(self) -> Pairing:
        """The pairing that is shown: the proven best by `settings`."""
        return self._state.pairing

    @property
    def kept(self) -> Pairing:
        """The pairing that every move is held against; the first one until `keep`."""
        return self._state.kept_pairing

    def keep(self) -> None:
        """Hold moves against the pairing as it is now."""
        with self._turn:
            self._state.keep()
            self._moved()

    def undo(self) -> None:
        """Take the last move back; `SettingError` if there was none."""
        with self._turn:
            self._state.undo()
            self._moved()

    def reset(self) -> None:
        """Go back to where everything started."""
        with self._turn:
            self._state.reset()
            self._moved()

    @property
    def names_saved(self) -> bool:
        """Whether the still picture, which the notebook saves, lists the pairs by name; False unless set."""
        return self._state.bench.people.saved

    @names_saved.setter
    def names_saved(self, saved: bool) -> None:
        with self._turn:
            self.send(answer(self._state, {"ask": "names", "saved": saved}))
            self._draw_again()

    def __repr__(self) -> str:
        return f"<Explorer: {repr(self.pairing)[1:-1]}>"

    def _ipython_display_(self) -> None:
        """Two outputs: what is seen without a kernel, and the live view, which hides the other while it is answered."""
        self._shown = True
        display(self._picture(), raw=True, display_id=self.static_id)
        if self.comm is None:  # closed: there is nothing to be live
            return
        live, metadata = super()._repr_mimebundle_() or ({}, {})
        told = {"text/html": f"<p>{NOT_LIVE}</p>", "text/plain": NOT_LIVE}
        display(live | told, metadata=metadata, raw=True)

    def _hear(self, _widget: object, question: Any, _buffers: object) -> None:  # noqa: ANN401 - what a browser sends
        with self._turn:
            self._asked, before = True, (self._state.number, self.names_saved)
            try:
                told = answer(self._state, question)
            except Exception:  # the caller writes where it happened into the log; the view must not wait for ever
                asked = question.get("ask")
                self.send({"id": question.get("id"), "ask": asked, "error": OURS, "at": question.get("at", asked)})
                raise
            self.send(told)
            if "points" in told:
                self._curve = self._state.number, told
            if "points" in told or before != (self._state.number, self.names_saved):
                self._draw_again()

    def _moved(self) -> None:
        """Tell every view of a move that none of them asked for."""
        self.send({"id": None, "state": state_told(self._state)})
        self._draw_again()

    def _draw_again(self) -> None:
        if self._shown:
            update_display(self._picture(), raw=True, display_id=self.static_id)

    def _picture(self) -> dict[str, str]:
        """The still picture of the state as it is now."""
        shown = still(self._state, curve=self._curve_now(), named=self.names_saved)
        return {"text/html": drawn(shown, self.static_id), "text/plain": repr(self)}

    def _curve_now(self) -> Mapping[str, Any] | None:
        """The curve of this state, if it is known or no view is there to ask for it."""
        number, known = self._state.number, self._curve
        if (known is None or known[0] != number) and not self._asked and len(self.pairing.scores.people) <= CURVED:
            known = self._curve = number, answer(self._state, {"ask": "curve"})
        return known[1] if known is not None and known[0] == number else None
