"""From a survey, a pairing or a whole study to the live view of it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import networkx as nx

from peernet.errors import PeernetError, SettingError, type_in_words
from peernet.explorer.what_if import WhatIf, check_settings, settings_of
from peernet.pairing.pairing import Pairing
from peernet.programme.settings import Settings
from peernet.study import Study
from peernet.survey.survey import Survey

if TYPE_CHECKING:
    from peernet.explorer.widget import Explorer

PATH = " Read it first: pn.explore(pn.read_survey(path))."
FIRST = {"str": PATH, "PosixPath": PATH, "WindowsPath": PATH, "PairScores": " Pair them first: pn.pair_people(scores)."}


def explore(
    survey: Survey | Pairing | Study,
    *,
    settings: Settings | None = None,
    graph: nx.MultiDiGraph[str] | None = None,
) -> Explorer:
    """Explore in a notebook what other settings would give, proven at every position of every dial.

    As the last line of a cell in JupyterLab, Notebook or VS Code it shows the dials, the people and the pairs; each
    move is held against the pairing that is kept. Moves can be made from Python as well.

    Parameters
    ----------
    survey
        What `read_survey` returned; or a pairing of `pair_people`, or what `run_study` returned, and the dials stand
        as they did there.
    settings
        Where the dials stand at first; by default as in the pairing or study, and the usual ones for a survey.
    graph
        What `colleague_graph` returned; by default the study's own, or made from the survey.

    Returns
    -------
    Explorer
        ``settings`` reads the dials and sets them, ``pairing`` is what they give, ``kept`` what moves are held against.

    Raises
    ------
    PeernetError
        If anywidget is not installed.
    SettingError
        If it is given something else, or a pairing that these dials cannot make.
    InfeasibleError
        If no pairing keeps the settings.

    Notes
    -----
    The settings are those of `run_study`: ``pn.run_study(survey, settings=explorer.settings)`` proposes the same pairs.
    What a notebook saves of an explorer is a still picture with settings and totals in words, and it names nobody
    unless ``explorer.names_saved`` is set. Names on the screen and what other cells print are another matter.

    Examples
    --------
    >>> import peernet as pn
    >>> explorer = pn.explore(pn.load_aarhus())
    >>> explorer.settings = explorer.settings.but(accept=("mutual", "introduced", "unknown"))
    >>> explorer.pairing
    <Pairing: 23 pairs, ...>
    """
    if settings is not None:
        check_settings(settings)
    whole, usual, known = _opened(survey, graph)
    if find_spec("anywidget") is None:
        raise PeernetError("The explorer needs anywidget, which is not installed: pip install 'peernet[notebooks]'.")
    from peernet.explorer.widget import Explorer

    return Explorer(WhatIf(whole, settings or usual, graph=known))


def _opened(
    given: Survey | Pairing | Study, graph: nx.MultiDiGraph[str] | None
) -> tuple[Survey, Settings | None, nx.MultiDiGraph[str] | None]:
    """The survey behind what was given, the settings it was made by, and its graph, where there are any."""
    if isinstance(given, Survey):
        return given, None, graph
    if isinstance(given, Study):
        return given.survey, given.settings, given.graph if graph is None else graph
    if not isinstance(given, Pairing):
        raise SettingError(
            f"explore takes what read_survey, pair_people or run_study returned; got {type_in_words(given)}."
            f"{FIRST.get(type(given).__name__, '')}"
        )
    settings = settings_of(given, graph)
    if given.scores.survey is None:
        raise SettingError("This pairing's scores were not made from a survey, so there is nothing to score anew.")
    return given.scores.survey, settings, graph
