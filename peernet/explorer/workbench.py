"""A survey made ready for what-if: what no dial changes is prepared once, each state scored and solved from it."""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property
from typing import Any

import networkx as nx
import pandas as pd

from peernet._wording import display_names
from peernet.clusters.people_clusters import cluster_people
from peernet.graph.colleagues import colleague_graph
from peernet.pairing.pairing import Pairing
from peernet.programme.settings import Settings
from peernet.scores.pair_scores import PairScores
from peernet.scores.scoring import regated
from peernet.survey.survey import Survey

REMEMBERED = 64  # pairings, so that going back and forth costs nothing


class Workbench:
    """Scores and proven pairings of one survey by any settings, each at the price of what differs.

    Parameters
    ----------
    survey
        What `read_survey` returned.
    graph
        What `colleague_graph` returned for it; made from it by default.
    """

    def __init__(self, survey: Survey, graph: nx.MultiDiGraph[str] | None = None) -> None:
        self.survey = survey
        self.graph = colleague_graph(survey) if graph is None else graph
        self._ungated: dict[str, PairScores] = {}
        self._pairings: OrderedDict[Any, Pairing] = OrderedDict()

    @cached_property
    def names(self) -> pd.Series[str]:
        """What to call each person, index person."""
        return display_names(self.survey.people)

    @cached_property
    def groups(self) -> pd.Series:
        """The number of each person's group by perspective, index person; -1 for none."""
        found = cluster_people(self.survey, views=["perspective"], rng=0)
        return found.table["perspective"].reindex(self.survey.people.index).fillna(-1).astype(int)

    def scores(self, settings: Settings) -> PairScores:
        """Every pair scored by some settings, the same as `Settings.score` gives."""
        base = self._ungated.get(settings.outlook)
        if base is None:
            base = self._ungated[settings.outlook] = Settings(outlook=settings.outlook).score(self.survey, self.graph)
        gates = {name: chosen for name, chosen in settings.scoring.items() if name != "outlook"}
        scores = regated(base, **gates)
        return scores.under(settings.rules) if len(settings.rules) else scores

    def pairing(self, settings: Settings) -> Pairing:
        """The best pairing by some settings, proven; the same that `run_study` proposes."""
        key = settings, id(settings.rules.facts)  # settings are equal whatever facts their rules know
        if key not in self._pairings:
            self._pairings[key] = settings.pair(self.scores(settings))
        self._pairings.move_to_end(key)
        while len(self._pairings) > REMEMBERED:
            self._pairings.popitem(last=False)
        return self._pairings[key]
