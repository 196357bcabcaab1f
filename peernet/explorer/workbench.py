"""A survey made ready for what-if: what no dial changes is prepared once, each state scored and solved from it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, TypeVar

import networkx as nx
import pandas as pd

from peernet._wording import display_names
from peernet.clusters.people_clusters import cluster_people
from peernet.errors import InfeasibleError
from peernet.explorer.held import HeldPairs, apart_from_hand, can_be_held
from peernet.explorer.people import People
from peernet.explorer.sentences import Call, obstacles_in_words
from peernet.graph.colleagues import colleague_graph
from peernet.pairing.pairing import Pairing
from peernet.programme.settings import Settings
from peernet.scores.pair_scores import PairScores
from peernet.scores.rules import Rules
from peernet.scores.scoring import regated
from peernet.survey.survey import Survey

REMEMBERED = 64  # pairings, so that going back and forth costs nothing
HELD = 4  # lists of possible pairs, and scores without rules
# Settings that change no score: how pairs are chosen, and what is drawn beside them.
DRAWN: dict[str, Any] = {"seed": 0, "draws": 1, "repeats": 0}
NO_GATES: dict[str, Any] = {"objective": "total", "cardinality": None, "floor": None, **DRAWN}
Kept = TypeVar("Kept")


class NoPairingError(InfeasibleError):
    """No pairing keeps some settings, and what stands in the way."""

    def __init__(self, scores: PairScores) -> None:
        self._scores = scores
        super().__init__(" ".join(self.told(str)))

    def told(self, call: Call) -> list[str]:
        """What stands in the way, a sentence each, people called as given."""
        return obstacles_in_words(self._scores, call)


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
        self._gated: OrderedDict[Hashable, PairScores] = OrderedDict()
        self._pairings: OrderedDict[Hashable, Pairing] = OrderedDict()
        self._held: OrderedDict[Hashable, HeldPairs] = OrderedDict()

    @cached_property
    def names(self) -> pd.Series[str]:
        """What to call each person, index person."""
        return display_names(self.survey.people)

    @cached_property
    def people(self) -> People:
        """Who is who in the view."""
        return People([*map(str, self.survey.people.index)], self.names)

    @cached_property
    def groups(self) -> pd.Series:
        """The number of each person's group by perspective, index person; -1 for none."""
        found = cluster_people(self.survey, views=["perspective"], rng=0)
        return found.table["perspective"].reindex(self.survey.people.index).fillna(-1).astype(int)

    def scores(self, settings: Settings) -> PairScores:
        """Every pair scored by some settings, the same as `Settings.score` gives."""
        gates = settings.but(rules=Rules(), **NO_GATES)
        scores = _remembered(self._gated, gates, HELD, lambda: self._scored(gates))
        return scores.under(settings.rules) if len(settings.rules) else scores

    def _scored(self, settings: Settings) -> PairScores:
        base = self._ungated.get(settings.outlook)
        if base is None:
            base = self._ungated[settings.outlook] = Settings(outlook=settings.outlook).score(self.survey, self.graph)
        return regated(base, **{name: chosen for name, chosen in settings.scoring.items() if name != "outlook"})

    def pairing(self, settings: Settings) -> Pairing:
        """The best pairing by some settings, proven; the same that `run_study` proposes.

        `NoPairingError` where no pairing keeps them.
        """
        key = key_of(settings.but(**DRAWN))
        return _remembered(self._pairings, key, REMEMBERED, lambda: self._paired(settings))

    def _paired(self, settings: Settings) -> Pairing:
        scores = self.scores(settings)
        floored = scores if settings.floor is None else scores.floored(settings.floor)
        try:
            if not can_be_held(scores, settings):
                return settings.pair(scores)
            return self.held(settings).pairing(floored, settings)
        except InfeasibleError as error:
            raise NoPairingError(floored) from error

    def held(self, settings: Settings) -> HeldPairs:
        """The possible pairs by some settings, rules by hand apart."""
        rest, _ = apart_from_hand(settings.rules)
        gates = settings.but(rules=Rules(rest, settings.rules.facts), cardinality=None, **DRAWN)

        def found() -> HeldPairs:
            scores = self.scores(gates)
            return HeldPairs(scores if gates.floor is None else scores.floored(gates.floor))

        return _remembered(self._held, key_of(gates), HELD, found)


def key_of(settings: Settings) -> Hashable:
    """What makes settings the same; by themselves they are equal whatever facts their rules know."""
    return settings, tuple((name, tuple(said.items())) for name, said in settings.rules.facts.items())


def _remembered(memory: OrderedDict[Any, Kept], key: Hashable, most: int, work: Callable[[], Kept]) -> Kept:
    """What was worked out before, or is now; of the rest those asked for last are kept."""
    if key not in memory:
        memory[key] = work()
    memory.move_to_end(key)
    while len(memory) > most:
        memory.popitem(last=False)
    return memory[key]
