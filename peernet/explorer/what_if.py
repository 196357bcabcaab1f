"""A state that can be moved, kept and taken back: settings and the pairing they give, held against a pairing kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import networkx as nx
import numpy as np

from peernet.diversity.reach import SCALE
from peernet.errors import SettingError
from peernet.explorer.differences import Difference, difference_of
from peernet.explorer.held import BY_HAND
from peernet.explorer.people import ToldError
from peernet.explorer.repeats import Repeats
from peernet.explorer.workbench import Workbench, key_of
from peernet.graph.colleagues import colleague_graph
from peernet.pairing.mentors import MentorScores
from peernet.pairing.pairing import Pairing
from peernet.programme.settings import Settings
from peernet.scores.foundation import lowest_rating
from peernet.scores.pair_scores import PairScores
from peernet.scores.rules import Rule, Rules
from peernet.survey.survey import Survey


class WhatIf:
    """Settings that can be moved one at a time, and the proven pairing they give; no picture, no browser.

    Parameters
    ----------
    survey
        What `read_survey` returned.
    settings
        Where to start from; the usual ones by default.
    graph
        What `colleague_graph` returned for the survey; made from it by default.

    Examples
    --------
    >>> import peernet as pn
    >>> state = pn.explorer.WhatIf(pn.load_aarhus())
    >>> state.change(accept=("mutual", "introduced", "unknown"))
    >>> len(state.pairing) > len(state.kept_pairing)
    True
    >>> state.undo()
    >>> state.difference.made
    []
    """

    def __init__(
        self, survey: Survey, settings: Settings | None = None, *, graph: nx.MultiDiGraph[str] | None = None
    ) -> None:
        self.bench = Workbench(survey, graph)
        self.first = self.kept = self.settings = settings or Settings()
        self.came_from: Settings | None = None  # where the last move started
        self._before: list[Settings] = []
        self._gesture: object = None  # that the last move was part of
        self._repeats: tuple[Settings, Repeats] | None = None
        self.pairing = self.bench.pairing(self.settings)
        self.number = 0

    @property
    def kept_pairing(self) -> Pairing:
        """The pairing that moves are held against."""
        return self.bench.pairing(self.kept)

    @property
    def difference(self) -> Difference:
        """What the pairing changes against the kept one."""
        return difference_of(self.pairing, self.kept_pairing)

    def repeats(self) -> Repeats:
        """Repeats of the survey by the kept settings, as many as were asked for so far."""
        if self._repeats is None or key_of(self._repeats[0]) != key_of(self.kept):
            self._repeats = self.kept, Repeats(self.kept_pairing, self.kept, self.bench.graph)
        return self._repeats[1]

    def move(self, settings: Settings, *, gesture: object = None) -> None:
        """Go to other settings; where no pairing keeps them, the error says so and everything stays as it was.

        Moves of one gesture, such as a slider that is pulled, are one move to take back.
        """
        check_settings(settings)
        if key_of(settings) == key_of(self.settings):
            return
        pairing = self.bench.pairing(settings)
        if gesture is None or gesture != self._gesture:
            self._before.append(self.settings)
        self._stand(settings, pairing)
        self.came_from, self._gesture = self._before[-1], gesture

    def change(self, **changes: Any) -> None:  # noqa: ANN401 - any of the settings
        """Move some of the settings."""
        self.move(self.settings.but(**changes))

    def lock(self, a: str, b: str) -> None:
        """Require a pair."""
        self._rule(_about("required", a, b))

    def forbid(self, a: str, b: str) -> None:
        """Keep two people apart."""
        self._rule(_about("forbidden", a, b))

    def leave_out(self, a: str) -> None:
        """Give somebody no partner this time."""
        self._rule(Rule("capacity", a, number=0))

    def release(self, rule: Rule) -> None:
        """Take one of the rules back."""
        rules = self.settings.rules
        if rule not in rules.rules:
            raise SettingError(f"There is no rule {rule.told!r} to take back.")
        self._under(kept for kept in rules if kept != rule)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the settings, in their order, people by identifier however a sheet called them."""
        applied = self.pairing.scores.applied_rules
        return () if applied is None else applied.rules.rules

    def undo(self) -> None:
        """Go back to where the last move came from."""
        if not self._before:
            raise ToldError("Nothing to undo: no dial has been moved.")
        self._stand(self._before[-1], self.bench.pairing(self._before[-1]))
        self._before.pop()

    def keep(self) -> None:
        """Hold moves against the pairing as it is now."""
        if key_of(self.kept) != key_of(self.settings):
            self.kept = self.settings
            self.number += 1

    def reset(self) -> None:
        """Go back to where everything started."""
        self.move(self.first)

    @property
    def can_undo(self) -> bool:
        """Whether there is a move to take back."""
        return bool(self._before)

    def _rule(self, rule: Rule) -> None:
        """A rule by hand, in the place of others on the same pair or person."""
        if rule in self.settings.rules.rules:
            return
        about = {rule.a, rule.b}
        kinds = BY_HAND if rule.rule in BY_HAND else (rule.rule,)
        known = zip(self.settings.rules, self.rules, strict=True)
        others = (old for old, read in known if read.rule not in kinds or {read.a, read.b} != about)
        self._under([*others, rule])

    def _under(self, rules: Iterable[Rule]) -> None:
        self.change(rules=Rules(rules, self.settings.rules.facts))

    def _stand(self, settings: Settings, pairing: Pairing) -> None:
        self.came_from, self.settings, self.pairing = self.settings, settings, pairing
        self._gesture = None
        self.number += 1


def check_settings(settings: object) -> None:
    """`SettingError` where something else is given for settings."""
    if not isinstance(settings, Settings):
        raise SettingError(
            f"settings must be Settings; got {settings!r}. Make them with pn.programme.Settings(...), or read a sheet "
            "with pn.programme.read_settings(path)."
        )


def _about(rule: str, a: str, b: str) -> Rule:
    if a == b:
        raise ToldError("A pair needs two people. Choose somebody else for one of them.")
    return Rule(rule, min(a, b), max(a, b))


# --- the settings of a pairing ----------------------------------------------------------------------------------------


def settings_of(pairing: Pairing, graph: nx.MultiDiGraph[str] | None = None) -> Settings:
    """The settings that make a pairing again; `SettingError` names what no dial has.

    People who are absent and pairs that are forbidden or required beside the rules become rules.
    """
    made = pairing.settings
    problems = [*_without_dial(pairing, graph)]
    if problems:
        raise SettingError(
            f"This pairing rests on what no dial has: {'; '.join(problems)}. Explore the survey, or a pairing without."
        )
    value = made["value"]
    applied = pairing.scores.applied_rules
    return Settings(
        accept=made["foundation"],
        experience=_within(pairing.scores, "experience"),
        goals=_within(pairing.scores, "goals"),
        objective=made["objective"],
        cardinality=made["cardinality"],
        floor=made["floor"],
        value=value if isinstance(value, str) else float(value["lesser"]),
        band=None if made["band"] is None else tuple(min(end, 1.0) for end in made["band"]),
        outlook=made["outlook"],
        rules=_with_hand_rules(pairing, Rules() if applied is None else applied.rules),
    )


def _without_dial(pairing: Pairing, graph: nx.MultiDiGraph[str] | None) -> Iterator[str]:
    """What a pairing rests on that no setting says."""
    made, scores = pairing.settings, pairing.scores
    if isinstance(scores, MentorScores):
        yield "mentors and mentees"
        return
    if type(scores) is not PairScores or scores.survey is None:
        yield "scores that do not come from score_pairs"
        return
    graph = colleague_graph(scores.survey) if graph is None else graph
    usual = {
        "scale": SCALE,
        "contact": tuple(graph.graph["contact"] or graph.graph["layers"]),
        "at_least": lowest_rating(graph),
        "missing": "available",
        "careless": "average",
        "time_limit": None,
    }
    yield from (f"{name}={made[name]!r}" for name, value in usual.items() if made[name] != value)
    if made["foundation"] is None:
        yield "an open foundation gate"
    if pairing.step is not None and pairing.step.did == "by hand":
        yield "pairs changed by hand"


def _within(scores: PairScores, gate: str) -> str | float | None:
    """Largest distance that still counts as similar, as a setting says it."""
    distances, within = getattr(scores.gates, gate), getattr(scores.gates, f"{gate}_within")
    if distances is None or (within is None and gate in scores.settings["unreliable"]):
        return "average"
    return "average" if within is not None and within == float(np.nan_to_num(distances.mean)) else within


def _with_hand_rules(pairing: Pairing, rules: Rules) -> Rules:
    """Rules, and what a pairing holds beside them."""
    made = pairing.settings
    beside = [
        *(Rule("forbidden", min(pair), max(pair)) for pair in made.get("forbidden", ())),
        *(Rule("required", min(pair), max(pair)) for pair in made["required"]),
        *(Rule("capacity", person, number=0) for person in made.get("absent", ())),
    ]
    known = {(rule.rule, frozenset((rule.a, rule.b))) for rule in rules}
    new = (rule for rule in beside if (rule.rule, frozenset((rule.a, rule.b))) not in known)
    return Rules([*rules, *new], rules.facts)
