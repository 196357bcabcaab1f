"""What is left of a team without its leader: ties among peers, efficiency and components, perspectives in reach.

Each share that is left without the leader is held against that without each member (a percentile rank), and whom the
leader alone holds together against ties placed by lot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Protocol

import networkx as nx
import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet._parallel import progress_bar
from peernet._wording import Shown
from peernet.errors import SettingError, check_choice, checked_pairs
from peernet.graph.colleagues import (
    SYMMETRISE,
    Ratings,
    check_layer,
    hears,
    layer_matrices,
    pairs_matrix,
    surroundings,
    who_answered,
)
from peernet.graph.measures import (
    LeaderRank,
    binary,
    cut_off_chance,
    efficiency,
    fallen_apart,
    is_cut_vertex,
    kept_efficiency,
    largest_share,
    largest_without,
    leader_rank,
)
from peernet.graph.teams import FLOOR, Team, teams_of
from peernet.survey.survey import Survey

PREFERRED = ("candour", "trust", "advice")
NOW, WITH_PAIRS = "now", "with pairs"
NOBODY = -1  # no position
FALLS_APART = ("parts", "cut_off", "cut_off_others", "cut_off_p", "hangs")
RARELY = 0.05  # of teams whose ties are placed by lot


class _Paired(Protocol):
    """A pairing."""

    @property
    def table(self) -> pd.DataFrame:
        """One row per pair, columns ``a`` and ``b``."""
        ...


@dataclass(frozen=True, eq=False, repr=False)
class LeaderIndependence(Shown):
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
        likewise of the largest part; ``cut``, whether the team falls apart without the leader; ``parts``, into how
        many parts those who hang together with the leader fall without them; ``cut_off``, how many members are then
        outside the largest of these; ``cut_off_others``, the most that any member's leaving would cut off;
        ``cut_off_p``, in how many teams with as many ties placed by lot as many would be cut off; ``hangs``, whether
        more are than by anybody else's leaving, and than in 19 of 20 of these; ``leader_share`` of the ratings given
        inside the team. With scores also ``reach``, mean effective perspectives within the members' reach, and
        ``reach_kept``, ``reach_kept_others``, ``reach_percentile``, ``reach_percentile_low`` and
        ``reach_percentile_high`` likewise.
    layer
        The layer of ties.
    hidden
        Number of teams too small to be shown.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> found = pn.graph.leader_independence(survey, pn.colleague_graph(survey), rules=["mutual"])
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


def leader_independence(
    survey: Survey,
    graph: nx.MultiDiGraph[str],
    *,
    layer: str | None = None,
    rules: Sequence[str] = ("mutual", "either"),
    by: str | None = None,
    scores: LeaderScores | None = None,
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
    removal changes a network, so what is kept without the leader is held against what is kept without each member. In
    a team of eight that tells little: of teams whose ties are placed by lot nearly half keep less without the leader
    than without another on average. So only ``hangs`` names teams; in trials with teams
    of 6 to 12 and random ties 1 to 2 in 100 were, and at most 5 in 100 at any density.
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
    >>> pn.graph.leader_independence(survey, pn.colleague_graph(survey))
    <LeaderIndependence: 24 teams by ties of candour>
    """
    layer = _chosen_layer(graph, layer)
    for rule in rules:
        check_choice("rule", rule, SYMMETRISE)
    if floor < 1:
        raise SettingError(f"floor must be at least 1; got {floor!r}.")
    contact = () if scores is None else tuple(scores.settings["contact"])
    matrices, strength = layer_matrices(graph, tuple({layer, *contact})), graph.graph.get("strength", {})
    heard = tuple((matrices[name], strength.get(name, 1.0)) for name in contact)
    answers = LayerAnswers(matrices[layer], who_answered(graph, layer), heard, scores)
    teams = teams_of(survey, by)
    shown = [team for team in teams if answers.answered[team.members].sum() >= floor]
    proposed = getattr(pairing, "table", None)
    pairs: Any = (pairing or ()) if proposed is None else zip(proposed["a"], proposed["b"], strict=True)
    both_ways = sorted({way for a, b in checked_pairs(pairs, graph, "in the graph") for way in ((a, b), (b, a))})
    partners = pairs_matrix(graph, both_ways)
    times = {NOW: partners * 0, WITH_PAIRS: partners} if pairing is not None else {NOW: partners}
    rows: list[dict[str, Any]] = []
    steps = len(rules) * len(times) * len(shown)
    with progress_bar(steps, "teams without their leaders", wanted=progress) as bar:
        for rule, (when, extra) in product(rules, times.items()):
            ties = TeamTies(answers, rule, extra)
            for team in shown:
                rows.append({"team": team.name, "rule": rule, "when": when, **ties.of(team)})
                bar.update()
    table = pd.DataFrame(rows) if rows else pd.DataFrame(columns=["team", "rule", "when"], dtype="str")
    table = table.sort_values("team", kind="stable", ignore_index=True)
    return LeaderIndependence(table, layer, len(teams) - len(shown))


def _chosen_layer(graph: nx.MultiDiGraph[str], layer: str | None) -> str:
    """The layer asked for, or the first of those preferred, or of any, that there is."""
    if layer is None:
        known = [name for name in PREFERRED if name in graph.graph["layers"]]
        layer = next(iter([*known, *graph.graph["layers"]]), "candour")
    check_layer(graph, layer)
    return layer


@dataclass(frozen=True, eq=False)
class LayerAnswers:
    """What was answered: ties of the layer in question, who spoke, who hears whom, and the scores if there are any."""

    layer: Ratings
    answered: Flags
    contact: tuple[tuple[Ratings, float], ...]
    scores: LeaderScores | None


class TeamTies:
    """One layer under one rule, with or without proposed pairs, and what it says of any team."""

    def __init__(self, answers: LayerAnswers, rule: str, partners: Ratings) -> None:
        self.given, self.answered = answers.layer, answers.answered
        self.ties = binary(binary(SYMMETRISE[rule](answers.layer)) + partners)
        self.blind = rule not in ("either", "sent")  # a tie to somebody who did not answer cannot be seen
        self.reach = None if answers.scores is None else answers.scores.reach
        if answers.scores is not None:
            known = np.array([len(members) > 0 for members in answers.scores.reach.heard])
            layers = (*answers.contact, (partners, 1.0))
            self.heard, self.strength = surroundings(hears(layers, rule, len(known)), known)

    def of(self, team: Team) -> dict[str, Any]:
        """What is known of one team."""
        members = team.members[self.answered[team.members]]
        roll = Team(team.name, team.leader, members)
        ties = self.ties[roll.people][:, roll.people].toarray() > 0
        unseen = self.blind and not self.answered[team.leader]
        row: dict[str, Any] = {"people": len(ties), "silent": len(team.members) - len(members)}
        row |= self._among_members(roll, ties, unseen) | self._with_leader(ties, unseen)
        inside = self.given[roll.members][:, roll.people].toarray()  # ratings that the members give, the leader's first
        row["leader_share"] = float(inside[:, 0].sum() / inside.sum()) if inside.sum() else float("nan")
        if self.reach is not None:
            reached, place = reach_rank(roll, self.reach, self.heard, self.strength)
            row |= {"reach": reached, **_rank_columns("reach_", place)}
        return row

    def _among_members(self, team: Team, ties: Flags, unseen: bool) -> dict[str, float]:
        """Ties that members have among themselves, elsewhere and with the leader."""
        members = ties[1:, 1:]
        others = self.ties[team.members].astype(bool).sum(axis=1) - ties[1:, 0]
        pairs = len(members) * (len(members) - 1)
        return {
            "peers": float(members.any(axis=1).mean()),
            "elsewhere": float((others > 0).mean()),
            "leader": float("nan") if unseen else float(ties[1:, 0].mean()),
            "density": float(members.sum() / pairs) if pairs else float("nan"),
            "largest": largest_share(members),
        }

    def _with_leader(self, ties: Flags, unseen: bool) -> dict[str, Any]:
        """What is left without the leader, against without each other; missing where the leader's ties are not seen."""
        nothing: Floats = np.full(len(ties), np.nan)
        largest = _rank_columns("largest_", leader_rank(nothing if unseen else largest_without(ties)))
        del largest["largest_kept"]  # it is the largest part of the members, which is known of silent leaders too
        return {
            "efficiency": float("nan") if unseen else efficiency(ties),
            **_rank_columns("", leader_rank(nothing if unseen else kept_efficiency(ties))),
            **largest,
            "cut": None if unseen else is_cut_vertex(ties, 0),
            **(dict.fromkeys(FALLS_APART) if unseen else held_together(ties)),
        }


def held_together(ties: Flags) -> dict[str, Any]:
    """Whom the first person alone holds together, against each other one and against ties by lot."""
    parts, cut_off = fallen_apart(ties, 0)
    others = max((fallen_apart(ties, person).cut_off for person in range(1, len(ties))), default=0)
    chance = cut_off_chance(len(ties), int(np.triu(ties | ties.T, k=1).sum()), cut_off)
    row = (parts, cut_off, others, chance, cut_off > others and chance <= RARELY)
    return dict(zip(FALLS_APART, row, strict=True))


def _rank_columns(before: str, place: LeaderRank) -> dict[str, float]:
    """The columns of a rank, their names after what is kept."""
    return {
        f"{before}kept": place.kept,
        f"{before}kept_others": place.others,
        f"{before}percentile": place.percentile,
        f"{before}percentile_low": place.low,
        f"{before}percentile_high": place.high,
    }


class LeaderScores(Protocol):
    """What is needed of scores to count perspectives in reach."""

    @property
    def reach(self) -> Surrounded:
        """Everyone's surroundings."""
        ...

    @property
    def settings(self) -> Mapping[str, Any]:
        """What was chosen; ``contact`` is needed."""
        ...


class Surrounded(Protocol):
    """Whom people hear, and how many perspectives a set of people holds."""

    @property
    def heard(self) -> tuple[Ints, ...]:
        """Per person themselves and the colleagues heard; empty where their perspective is not known."""
        ...

    def among_without(self, members: Ints, absent: Iterable[int], strength: Floats | None = None) -> Floats:
        """Effective perspectives among some people, heard so fully, without each of the absent in turn."""
        ...


def reach_rank(
    team: Team, reach: Surrounded, heard: Sequence[Ints], strength: Sequence[Floats] | None
) -> tuple[float, LeaderRank]:
    """Mean perspectives in reach of the members, and what is kept of them without each of the team.

    ``heard`` and ``strength``: whom everybody hears and how fully, as `surroundings` has it.
    """
    members = [int(i) for i in team.members if len(heard[i])]
    if not members:
        return float("nan"), leader_rank(np.full(len(team.people), np.nan))
    own, left = np.empty(len(members)), np.empty((len(team.people), len(members)))
    for column, i in enumerate(members):  # what each member reaches, and what they do without each of the team
        missed = np.flatnonzero(np.isin(team.people, heard[i]) & (team.people != i))
        fully = None if strength is None else strength[i]
        own[column], *less = reach.among_without(heard[i], [NOBODY, *team.people[missed]], fully)
        left[:, column] = own[column]
        left[missed, column] = less
    staying = team.people[:, None] != np.array(members)
    whole = staying @ own
    kept = np.divide((left * staying).sum(axis=1), whole, out=np.full(len(whole), np.nan), where=whole > 0)
    return float(own.mean()), leader_rank(kept)
