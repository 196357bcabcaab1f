"""Teams: whether they keep their own checks and balances without their leader, and in what climate they work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import product
from typing import Any, Protocol

import networkx as nx
import pandas as pd

from peernet._parallel import progress_bar
from peernet.errors import SettingError, UnknownPersonError, check_choice, did_you_mean
from peernet.graph import agreement as agreement_module
from peernet.graph import climate
from peernet.graph.colleagues import RULES, check_layer, layer_matrices
from peernet.graph.layers import pairs_matrix, who_answered
from peernet.graph.leader_reach import Scored
from peernet.graph.team_ties import TeamTies, Told
from peernet.graph.teams import FLOOR, teams_of
from peernet.survey.survey import Survey

__all__ = ["LeaderIndependence", "TeamClimate", "leader_independence", "team_climate"]

PREFERRED = ("candour", "trust", "advice")
NOW, WITH_PAIRS = "now", "with pairs"


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
        ``largest_kept_others``, ``largest_percentile``, ``largest_percentile_low`` and ``largest_percentile_high``
        likewise of the largest part; ``cut``, whether the team falls apart without the leader; ``leader_share`` of the
        ratings given inside the team. With scores also ``reach``, mean effective perspectives within the members'
        reach, and ``reach_kept``, ``reach_kept_others``, ``reach_percentile``, ``reach_percentile_low`` and
        ``reach_percentile_high`` likewise.
    layer
        The layer of ties.
    hidden
        Number of teams too small to be shown.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> found = pn.leader_independence(survey, pn.colleague_graph(survey), rules=["mutual"])
    >>> found.layer, len(found.table), found.hidden
    ('candour', 24, 0)
    """

    table: pd.DataFrame
    layer: str
    hidden: int

    def __repr__(self) -> str:
        teams = self.table["team"].nunique()
        hidden = f", {self.hidden} too small to show" if self.hidden else ""
        return f"<LeaderIndependence: {teams} team{'s' * (teams != 1)} by ties of {self.layer}{hidden}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.table.round(3).to_html(index=False)}"


def leader_independence(
    survey: Survey,
    graph: nx.MultiDiGraph[str],
    *,
    layer: str | None = None,
    rules: Sequence[str] = ("mutual", "either"),
    by: str | None = None,
    scores: Scored | None = None,
    pairing: _Paired | Iterable[tuple[str, str]] | None = None,
    floor: int = FLOOR,
    progress: bool = True,
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
    progress
        Whether to show how far it has come, if it takes longer than two seconds.

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
    missing. A share of 0 or 1 speaks for every member: the table is for the analyst, and not to be handed to leaders.

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
    <LeaderIndependence: 24 teams by ties of candour>
    """
    layer = _layer(graph, layer)
    for rule in rules:
        check_choice("rule", rule, RULES)
    if floor < 1:
        raise SettingError(f"floor must be at least 1; got {floor!r}.")
    told = _told(graph, layer, scores)
    teams = teams_of(survey, by)
    shown = [team for team in teams if told.answered[team.members].sum() >= floor]
    partners = pairs_matrix(graph, _both_ways(graph, pairing))
    times = {NOW: partners * 0, WITH_PAIRS: partners} if pairing is not None else {NOW: partners}
    rows: list[dict[str, Any]] = []
    steps = len(rules) * len(times) * len(shown)
    with progress_bar(steps, "teams without their leaders", wanted=progress) as bar:
        for rule, (when, extra) in product(rules, times.items()):
            ties = TeamTies(told, rule, extra)
            for team in shown:
                rows.append({"team": team.name, "rule": rule, "when": when, **ties.of(team)})
                bar.update()
    table = pd.DataFrame(rows).sort_values("team", kind="stable", ignore_index=True) if rows else _nothing()
    return LeaderIndependence(table, layer, len(teams) - len(shown))


def _layer(graph: nx.MultiDiGraph[str], layer: str | None) -> str:
    if layer is None:
        known = [name for name in PREFERRED if name in graph.graph["layers"]]
        layer = next(iter([*known, *graph.graph["layers"]]), "candour")
    check_layer(graph, layer)
    return layer


def _told(graph: nx.MultiDiGraph[str], layer: str, scores: Scored | None) -> Told:
    contact = () if scores is None else tuple(scores.settings["contact"])
    matrices = layer_matrices(graph, tuple({layer, *contact}))
    return Told(matrices[layer], who_answered(graph, layer), tuple(matrices[name] for name in contact), scores)


def _both_ways(
    graph: nx.MultiDiGraph[str], pairing: _Paired | Iterable[tuple[str, str]] | None
) -> list[tuple[str, str]]:
    """Each proposed pair once from either side."""
    table = getattr(pairing, "table", None)
    pairs: Any = (pairing or ()) if table is None else zip(table["a"], table["b"], strict=True)
    found = {way for a, b in pairs for way in ((a, b), (b, a))}
    for person in (person for pair in found for person in pair):
        if person not in graph:
            raise UnknownPersonError(f"No person {person!r} in the graph.{did_you_mean(person, graph)}")
    return sorted(found)


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(
        {"team": pd.Series(dtype="str"), "rule": pd.Series(dtype="str"), "when": pd.Series(dtype="str")}
    )


@dataclass(frozen=True, eq=False, repr=False)
class TeamClimate:
    """Climate of teams as their members see it, where they agree.

    Parameters
    ----------
    scales
        Index ``scale``. ``people``, ``teams`` and ``items``; ``icc1`` (share of the variance that lies between teams),
        ``icc2`` (reliability of team means) and ``p`` of no difference between teams; ``rwg_...``, median within-team
        agreement against each null; ``aggregates``, whether team means mean anything, and ``words``, why not.
    teams
        One row per scale and shown team, by name: ``scale``, ``team``, ``people``; ``mean``, drawn in towards the mean
        of all teams by how little is known, with its 95 % interval ``low`` to ``high``; ``rwg_...`` against each null;
        ``average_deviation`` and ``awg``; ``lowest``, the item answered lowest. Mean, interval and lowest item are
        missing where the scale does not aggregate or the team does not agree.
    members
        Team of each person, index ``person``.
    middle
        Middle of each scale.
    hidden
        Number of teams too small to be shown.

    Examples
    --------
    >>> import peernet as pn
    >>> climate = pn.team_climate(pn.load_example())
    >>> climate.scales["aggregates"].to_dict()
    {'manager_authenticity': True, 'manager_trust': True}
    """

    scales: pd.DataFrame
    teams: pd.DataFrame
    members: pd.Series[str]
    middle: Mapping[str, float]
    hidden: int

    def __repr__(self) -> str:
        usable = int(self.scales["aggregates"].sum())
        return (
            f"<TeamClimate: {len(self.scales)} scales, {usable} with team means, {self.teams['team'].nunique()} teams>"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.scales.round(3).to_html()}"

    def readiness(self, *, at_least: float | None = None) -> pd.Series[str]:
        """What keeps each person's team from being ready for peer mentoring, and what would help.

        Parameters
        ----------
        at_least
            What a team's mean must not be clearly below; by default the middle of its scale.

        Returns
        -------
        Series
            Index ``person``; empty where the team is ready, missing where nothing is known of it. A team is not ready
            where even the upper end of its interval lies below ``at_least``.
        """
        known = self.teams.dropna(subset=["mean"])
        needed = known["scale"].map(self.middle) if at_least is None else at_least
        low = known[known["high"] < needed]
        told = low.assign(
            words=[climate.not_ready(*row) for row in low[climate.TOLD].itertuples(index=False, name=None)]
        )
        words = told.groupby("team")["words"].agg(" ".join).astype("str").reindex(known["team"].unique(), fill_value="")
        return self.members.map(words).astype("str").rename("readiness")


def team_climate(
    survey: Survey,
    *,
    by: str | None = None,
    nulls: Sequence[str] = ("uniform", "slight skew", "moderate skew"),
    null: str = "uniform",
    agreement: float = 0.7,
    floor: int = FLOOR,
) -> TeamClimate:
    """Climate of each team, if its members agree on it.

    Parameters
    ----------
    survey
        What `read_survey` returned, with items in block ``climate``; items of one ``scale`` are taken together.
    by
        How teams are formed, as in `leader_independence`. Leaders are no members: they answered about somebody else.
    nulls
        Pictures of no agreement to hold agreement against: ``"uniform"``, ``"triangular"``, ``"slight skew"`` and
        ``"moderate skew"`` (polite answers; for five-point items only).
    null
        The one that decides.
    agreement
        Lowest agreement at which people can speak for their team.
    floor
        Teams with fewer members who answered are not shown.

    Returns
    -------
    TeamClimate

    Raises
    ------
    SettingError
        If nothing was asked about climate, no manager is known, items of one scale have different limits, or a setting
        is unknown.

    Notes
    -----
    Where the median agreement of teams is below ``agreement``, or teams do not differ by more than chance (p above
    .05), team means are not given: they would describe nobody. Means are best predictors, not raw means, and are never
    ordered by size; intervals of teams of five are wide, and overlap says that they cannot be told apart.

    References
    ----------
    Bliese, P. D. (2000). Within-group agreement, non-independence, and reliability. In Klein & Kozlowski (eds.),
    Multilevel Theory, Research, and Methods in Organizations, 349-381. James, L. R., Demaree, R. G. & Wolf, G. (1984).
    Estimating within-group interrater reliability with and without response bias. Journal of Applied Psychology 69,
    85-98. LeBreton, J. M. & Senter, J. L. (2008). Answers to 20 questions about interrater reliability and interrater
    agreement. Organizational Research Methods 11, 815-852.

    Examples
    --------
    >>> import peernet as pn
    >>> found = team_climate(pn.load_example())
    >>> found
    <TeamClimate: 2 scales, 2 with team means, ... teams>
    """
    for chosen in (*nulls, null):
        check_choice("null", chosen, agreement_module.NULLS)
    if not 0 <= agreement <= 1 or floor < 2:
        raise SettingError(f"agreement must be from 0 to 1 and floor at least 2; got {agreement!r} and {floor!r}.")
    rolls = teams_of(survey, by)
    place = {int(i): team.name for team in rolls for i in team.members}
    members = pd.Series([place.get(i) for i in range(len(survey.people))], index=survey.people.index, dtype="str")
    judge = climate.Judge(tuple(dict.fromkeys([*nulls, null])), null, agreement, floor)
    scales = climate.climate_scales(survey)
    found = {name: judge.of(scale, members) for name, scale in scales.items()}
    table = pd.DataFrame([row for row, _ in found.values()], index=pd.Index(found, name="scale"))
    teams = pd.concat([own.assign(scale=name) for name, (_, own) in found.items()], ignore_index=True)
    teams.insert(0, "scale", teams.pop("scale"))
    middle = {name: (scale.low + scale.high) / 2 for name, scale in scales.items()}
    return TeamClimate(table, teams, members, middle, len(rolls) - teams["team"].nunique())
