"""Whether a team keeps its own checks and balances without its leader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol

import networkx as nx
import numpy as np
import pandas as pd

from peernet import _resilience as resilience
from peernet._arrays import Flags, Floats
from peernet._layer_statistics import who_answered
from peernet._leader_reach import reach_standing, surroundings
from peernet._reach import Reach
from peernet._resilience import Standing
from peernet._team_rolls import FLOOR, Team, teams_of
from peernet.errors import SettingError, UnknownPersonError, check_choice, did_you_mean
from peernet.graph import RULES, Ratings, check_layer, layer_matrix
from peernet.survey import Survey

__all__ = ["LeaderIndependence", "leader_independence"]

PREFERRED = ("candour", "trust", "advice")
NOW, WITH_PAIRS = "now", "with pairs"


class _Scored(Protocol):
    @property
    def reach(self) -> Reach: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...


class _Paired(Protocol):
    @property
    def table(self) -> pd.DataFrame: ...


@dataclass(frozen=True, eq=False, repr=False)
class LeaderIndependence:
    """How far teams hang on their leaders.

    Parameters
    ----------
    table
        One row per team, rule and, where pairs were given, time. ``team``, ``rule``, ``when`` (``"now"`` or
        ``"with pairs"``); ``people`` (leader and members who answered) and ``silent`` (members who did not);
        ``peers``, share of members with a tie to another member; ``elsewhere``, with a tie to any colleague but the
        leader, ``leader``, with a tie to the leader; ``density`` of ties among members; ``largest``, share of members
        in the largest part that hangs together without the leader; ``efficiency`` with the leader and ``kept``, the
        share of it that is left without; ``kept_others``, the mean share left without each member instead, and
        ``percentile`` of members without whom less is left than without the leader (equals count half), with its 95 %
        interval ``percentile_low`` to ``percentile_high``: near 0 the team hangs on its leader as on nobody else;
        ``cut``, whether the team falls apart without the leader; ``leader_share`` of the ratings given inside the team.
        With scores also ``reach``, mean effective perspectives within the members' reach, and ``reach_kept``,
        ``reach_kept_others``, ``reach_percentile``, ``reach_percentile_low`` and ``reach_percentile_high`` likewise.
    layer
        The layer of ties.
    hidden
        Number of teams too small to be shown.
    """

    table: pd.DataFrame
    layer: str
    hidden: int

    def __repr__(self) -> str:
        teams = self.table["team"].nunique()
        hidden = f", {self.hidden} too small to show" if self.hidden else ""
        return f"<LeaderIndependence: {teams} teams by ties of {self.layer}{hidden}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.table.round(3).to_html(index=False)}"


def leader_independence(
    survey: Survey,
    graph: nx.MultiDiGraph[str],
    *,
    layer: str | None = None,
    rules: Sequence[str] = ("mutual", "either"),
    by: str | None = None,
    scores: _Scored | None = None,
    pairing: _Paired | Iterable[tuple[str, str]] | None = None,
    floor: int = FLOOR,
) -> LeaderIndependence:
    """Whether each team keeps its own checks and balances without its leader.

    Parameters
    ----------
    survey
        What `read_survey` returned.
    graph
        What `colleague_graph` returned for it.
    layer
        Ties that count as checks and balances; candour by default, else trust, advice or the first layer there is.
    rules
        How a tie that one side named counts, see `tie_layer`. The answer can depend on it, so both are shown.
    by
        ``"team"``: teams as the survey names them, led by whoever most of them report to; ``"manager"``: everybody
        who reports to the same person. By team where teams are known.
    scores
        What `score_pairs` returned, to count perspectives in reach too.
    pairing
        What `pair_people` returned, or any pairs: what if each of them became a mutual tie?
    floor
        Teams with fewer members who answered are not shown.

    Returns
    -------
    LeaderIndependence
        ``.table`` and the number of teams ``.hidden``.

    Raises
    ------
    SettingError
        If no manager is known, or a layer, rule or way of forming teams is not.
    UnknownPersonError
        If a pair holds somebody who is not in the survey.

    Notes
    -----
    The parts are established measures, put together for this purpose; the whole has not been validated elsewhere. Any
    removal changes a network, so what is kept without the leader is held against what is kept without each member.
    Members who did not answer are left out; where the leader did not, what hangs on mutual ties with the leader is
    missing.

    References
    ----------
    Latora, V. & Marchiori, M. (2001). Efficient behavior of small-world networks. Physical Review Letters 87, 198701.
    Krackhardt, D. (1994). Graph theoretical dimensions of informal organizations. In Carley & Prietula (eds.),
    Computational Organization Theory, 89-111.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> leader_independence(survey, pn.colleague_graph(survey))
    <LeaderIndependence: ... teams by ties of candour, ... too small to show>
    """
    layer = _layer(graph, layer)
    for rule in rules:
        check_choice("rule", rule, RULES)
    if floor < 1:
        raise SettingError(f"floor must be at least 1; got {floor!r}.")
    answered = who_answered(graph, layer)
    teams = teams_of(survey, by)
    shown = [team for team in teams if answered[team.members].sum() >= floor]
    partners = _partners(list(graph), pairing)
    times = {NOW: {}, WITH_PAIRS: partners} if pairing is not None else {NOW: {}}
    rows: list[dict[str, Any]] = []
    for rule in rules:
        for when, extra in times.items():
            sight = _Sight(graph, layer, rule, answered, scores, extra)
            rows += [{"team": team.name, "rule": rule, "when": when, **sight.of(team)} for team in shown]
    table = pd.DataFrame(rows).sort_values("team", kind="stable", ignore_index=True) if rows else _nothing()
    return LeaderIndependence(table, layer, len(teams) - len(shown))


def _layer(graph: nx.MultiDiGraph[str], layer: str | None) -> str:
    if layer is None:
        known = [name for name in PREFERRED if name in graph.graph["layers"]]
        layer = next(iter([*known, *graph.graph["layers"]]), "candour")
    check_layer(graph, layer)
    return layer


def _partners(people: Sequence[str], pairing: _Paired | Iterable[tuple[str, str]] | None) -> dict[int, set[int]]:
    """Whom each person would be paired with, by position."""
    table = getattr(pairing, "table", None)
    pairs: Iterable[Any] = (pairing or ()) if table is None else zip(table["a"], table["b"], strict=True)
    place = {person: i for i, person in enumerate(people)}
    found: dict[int, set[int]] = defaultdict(set)
    for a, b in pairs:
        for person in (a, b):
            if person not in place:
                raise UnknownPersonError(f"No person {person!r} in the graph.{did_you_mean(person, place)}")
        found[place[a]].add(place[b])
        found[place[b]].add(place[a])
    return found


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(
        {"team": pd.Series(dtype="str"), "rule": pd.Series(dtype="str"), "when": pd.Series(dtype="str")}
    )


class _Sight:
    """One layer under one rule, with or without proposed pairs, and what it says of any team."""

    def __init__(
        self,
        graph: nx.MultiDiGraph[str],
        layer: str,
        rule: str,
        answered: Flags,
        scores: _Scored | None,
        partners: Mapping[int, set[int]],
    ) -> None:
        self.given = layer_matrix(graph, layer)
        self.ties = _with_partners((RULES[rule](self.given) > 0).astype(float), partners)
        self.answered = answered
        self.blind = rule not in ("either", "sent")  # a tie to somebody who did not answer cannot be seen
        self.reach = scores.reach if scores is not None else None
        if scores is not None:
            self.heard = surroundings(graph, scores.reach, scores.settings["contact"], rule, partners)

    def of(self, team: Team) -> dict[str, Any]:
        """What is known of one team."""
        members = team.members[self.answered[team.members]]
        roll = Team(team.name, team.leader, members)
        ties = self.ties[roll.people][:, roll.people].toarray() > 0
        unseen = self.blind and not self.answered[team.leader]
        row: dict[str, Any] = {"people": len(ties), "silent": len(team.members) - len(members)}
        row |= self._among_members(roll, ties, unseen) | self._with_leader(ties, unseen)
        row["leader_share"] = _leader_share(self.given, roll)
        if self.reach is not None:
            reached, place = reach_standing(roll, self.reach, self.heard)
            row |= {"reach": reached, **_named("reach_", place)}
        return row

    def _among_members(self, team: Team, ties: Flags, unseen: bool) -> dict[str, float]:
        members = ties[1:, 1:]
        others = self.ties[team.members].astype(bool).sum(axis=1) - ties[1:, 0]
        pairs = len(members) * (len(members) - 1)
        return {
            "peers": float(members.any(axis=1).mean()),
            "elsewhere": float((others > 0).mean()),
            "leader": float("nan") if unseen else float(ties[1:, 0].mean()),
            "density": float(members.sum() / pairs) if pairs else float("nan"),
            "largest": resilience.largest_share(members),
        }

    def _with_leader(self, ties: Flags, unseen: bool) -> dict[str, Any]:
        kept: Floats = np.full(len(ties), np.nan) if unseen else resilience.kept_efficiency(ties)
        found = {"efficiency": float("nan") if unseen else resilience.efficiency(ties)}
        return found | {
            **_named("", resilience.standing(kept)),
            "cut": None if unseen else resilience.is_cut_vertex(ties, 0),
        }


def _named(before: str, place: Standing) -> dict[str, float]:
    return {
        f"{before}kept": place.kept,
        f"{before}kept_others": place.others,
        f"{before}percentile": place.percentile,
        f"{before}percentile_low": place.low,
        f"{before}percentile_high": place.high,
    }


def _with_partners(ties: Ratings, partners: Mapping[int, set[int]]) -> Ratings:
    cells = [(i, j) for i, others in partners.items() for j in others]
    ego, alter = np.array(cells, dtype=np.intp).reshape(-1, 2).T
    added = type(ties)((np.ones(len(cells)), (ego, alter)), shape=ties.shape)
    return type(ties)(((ties + added) > 0).astype(float))


def _leader_share(given: Ratings, team: Team) -> float:
    """The leader's share of the ratings that the members give inside the team."""
    inside = given[team.members][:, team.people].toarray()
    return float(inside[:, 0].sum() / inside.sum()) if inside.sum() else float("nan")
