"""A state that can be moved, kept and taken back: settings and the pairing they give, held against a pairing kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import networkx as nx

from peernet.errors import SettingError
from peernet.explorer.workbench import Workbench
from peernet.pairing.pairing import Pairing
from peernet.pairing.record import Pairs, difference
from peernet.programme.settings import Settings
from peernet.scores.rules import Rule, Rules
from peernet.survey.survey import Survey

BY_HAND = ("required", "forbidden")  # rules on a pair that lock it or keep it apart


@dataclass(frozen=True)
class Difference:
    """What one pairing changes against another.

    Parameters
    ----------
    total, worst_off
        By how much the total value and the least gain of anybody with a partner are larger, in effective perspectives.
    lost, made
        Pairs given up and pairs made.
    left, newly
        Who loses their only partner, and who finds a first one.
    """

    total: float
    worst_off: float
    lost: Pairs
    made: Pairs
    left: tuple[str, ...]
    newly: tuple[str, ...]


def worst_off(pairing: Pairing) -> float:
    """Least gain of anybody with a partner, in effective perspectives; missing where nobody has one."""
    return float(pairing.table[["gain_a", "gain_b"]].min().min())


def with_partner(pairing: Pairing) -> set[str]:
    """Everybody who has a partner."""
    return {*pairing.table["a"], *pairing.table["b"]}


def difference_of(now: Pairing, kept: Pairing) -> Difference:
    """What a pairing changes against the one that is kept."""
    lost, made = difference(kept.pairs, now.pairs)
    before, after = with_partner(kept), with_partner(now)
    return Difference(
        now.objective - kept.objective,
        worst_off(now) - worst_off(kept),
        lost,
        made,
        tuple(sorted(before - after)),
        tuple(sorted(after - before)),
    )


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
        self._before: list[Settings] = []
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

    def move(self, settings: Settings) -> None:
        """Go to other settings; where no pairing keeps them, the error says so and everything stays as it was."""
        if settings == self.settings:
            return
        pairing = self.bench.pairing(settings)
        self._before.append(self.settings)
        self._stand(settings, pairing)

    def change(self, **changes: Any) -> None:  # noqa: ANN401 - any of the settings
        """Move some of the settings."""
        self.move(self.settings.but(**changes))

    def lock(self, a: str, b: str) -> None:
        """Require a pair."""
        self._rule(Rule("required", min(a, b), max(a, b)))

    def forbid(self, a: str, b: str) -> None:
        """Keep two people apart."""
        self._rule(Rule("forbidden", min(a, b), max(a, b)))

    def leave_out(self, a: str) -> None:
        """Give somebody no partner this time."""
        self._rule(Rule("capacity", a, number=0))

    def release(self, rule: Rule) -> None:
        """Take one of the rules back."""
        rules = self.settings.rules
        if rule not in rules.rules:
            raise SettingError(f"There is no rule {rule.told!r} to take back.")
        self._under(kept for kept in rules if kept != rule)

    def undo(self) -> None:
        """Go back to where the last move came from."""
        if not self._before:
            raise SettingError("Nothing to undo: no dial has been moved.")
        settings = self._before.pop()
        self._stand(settings, self.bench.pairing(settings))

    def keep(self) -> None:
        """Hold moves against the pairing as it is now."""
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
        about = {rule.a, rule.b}
        kinds = BY_HAND if rule.rule in BY_HAND else (rule.rule,)
        others = (old for old in self.settings.rules if old.rule not in kinds or {old.a, old.b} != about)
        self._under([*others, rule])

    def _under(self, rules: Iterable[Rule]) -> None:
        self.change(rules=Rules(rules, self.settings.rules.facts))

    def _stand(self, settings: Settings, pairing: Pairing) -> None:
        self.settings, self.pairing = settings, pairing
        self.number += 1
