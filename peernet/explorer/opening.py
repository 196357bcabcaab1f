"""From a survey, a pairing or a whole study to the live view of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

from peernet.errors import SettingError
from peernet.explorer.what_if import WhatIf
from peernet.pairing.pairing import Pairing
from peernet.programme.settings import Settings
from peernet.study import Study
from peernet.survey.survey import Survey

if TYPE_CHECKING:
    from peernet.explorer.widget import Explorer


def explore(survey: Survey | Pairing | Study, *, settings: Settings | None = None) -> Explorer:
    """Explore in a notebook what other settings would give: proven at every position of every dial.

    Examples
    --------
    >>> import peernet as pn
    >>> explorer = pn.explore(pn.load_aarhus())
    >>> explorer.pairing
    <Pairing: 14 pairs, ...>
    """
    from peernet.explorer.widget import Explorer

    graph: nx.MultiDiGraph[str] | None = None
    if isinstance(survey, Study):
        settings, graph, survey = settings or survey.settings, survey.graph, survey.survey
    if not isinstance(survey, Survey):
        raise SettingError("not yet")
    return Explorer(WhatIf(survey, settings, graph=graph))
