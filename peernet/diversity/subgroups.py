"""Faultlines by average silhouette width (Meyer and Glenz): whether differences line up and part a team into subgroups.

The search for the split is compiled; a team is held against ordinary teams of as many people, whose answers go together
as everybody's do.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numba import njit

from peernet._arrays import Flags, Floats, Ints
from peernet._parallel import check_draws, progress_bar
from peernet._wording import Shown
from peernet.distance.distances import PersonDistances, person_distances
from peernet.distance.items import weighing
from peernet.diversity.grouped_people import GroupsOf, grouped
from peernet.diversity.measures import jackknife_interval
from peernet.diversity.ordinary_teams import OrdinaryTeams, ordinary_teams
from peernet.errors import SettingError
from peernet.survey.survey import Survey

SMALLEST, LARGEST = 4, 40  # people: three cannot split in two subgroups, and a crowd is no team
ROUNDING = 1e-9  # a draw that is weaker by no more than this is as strong
TOLERANCE = 1e-12  # a split is wider, and subgroups are nearer, only by more than this
COLUMNS = ["people", "strength", "low", "high", "chance", "p", "subgroups"]


@dataclass(frozen=True, repr=False, eq=False)
class Faultlines(Shown):
    """How strongly each team splits into subgroups, held against chance.

    Parameters
    ----------
    table
        One row per group, index ``group``: ``people`` who answered; ``strength``, the average silhouette width of the
        best split (0: none, 1: subgroups that agree in everything), with its 95 % interval ``low`` to ``high`` over
        other questions of the same kind; ``chance``, the mean strength of ordinary teams, and ``p``, the share of them
        that part as clearly; ``subgroups``, their number. Missing for groups under 4 or over 40 people.
    members
        One row per person and group: ``group``, ``person`` and ``subgroup``, numbered from 1. For the analyst alone.
    view
        The block of items.
    settings
        What was chosen.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.diversity.faultlines(pn.load_example(), "team", draws=19)
    <Faultlines: perspective, 24 groups, ... with p <= .05 (1.2 expected by chance)>
    """

    table: pd.DataFrame = field(repr=False)
    members: pd.DataFrame = field(repr=False)
    view: str
    settings: Mapping[str, Any] = field(repr=False)

    def __repr__(self) -> str:
        small, judged = int((self.table["p"] <= 0.05).sum()), int(self.table["p"].notna().sum())
        return (
            f"<Faultlines: {self.view}, {len(self.table)} groups, {small} with p <= .05 "
            f"({0.05 * judged:.1f} expected by chance)>"
        )


def faultlines(
    survey: Survey,
    groups: GroupsOf = "team",
    *,
    view: str = "perspective",
    weights: str | Mapping[str, float] = "contribution",
    min_shared: float = 0.5,
    most: int = 6,
    draws: int = 199,
    rng: int | np.random.Generator = 0,
    progress: bool = True,
) -> Faultlines:
    """How strongly each team falls into subgroups that agree among themselves, and how often an ordinary team does.

    Parameters
    ----------
    survey
        The survey.
    groups
        The teams, as in `describe_diversity`.
    view
        Which answers: a block such as ``"perspective"`` or ``"experience"``.
    weights, min_shared
        As in `person_distances`. Pairs who share too little count as far apart as the team's others are on average.
    most
        Subgroups at most; never more than half as many as there are people.
    draws
        How many ordinary teams are drawn for each team, 0 for none.
    rng
        Seed or generator.
    progress
        Whether to show how far it has come, if it takes longer than two seconds.

    Returns
    -------
    Faultlines
        ``.table`` per group and ``.members``.

    Raises
    ------
    SettingError
        If the view, the groups or a setting is not allowed.
    UnknownPersonError
        If somebody in a group is not in the survey.

    Notes
    -----
    The search starts from average linkage and moves people for as long as the split gets wider; it need not find the
    widest. Small teams always split somehow, so strengths of teams of different size do not compare.

    Answers to questions about one trait go together in every team, and that alone is no faultline. So a team is held
    against ordinary teams of as many people: normally distributed traits that go together as the answers do within the
    teams asked about (and among everybody in none of them), each answer taken from the unimodal distribution nearest
    to that of all answers to its question, questions left open where the team leaves them open. Two signs count, the
    stronger of them speaks: strength, and the share of variance that the best parting in two explains along the line
    on which members differ most, which is counted double because it tells camps on one trait from people who differ
    on it by degree. What holds in every team, such as two attributes that always go together, makes no faultline.
    Where all questions are of one declared ``scale`` nothing can line up, and p is 1.

    In trials with nothing but traits (one, four or none in common; graded, skewed, named, yes/no and numeric answers;
    with some missing; 600 teams each of 5, 8 or 12) 3 to 6 % had p <= .05. Two camps of five, a standard deviation to
    either side on twelve questions of as much noise, were found in 89 % of the teams where every team had them (two of
    three: 54 %), and in 98 % where one team in four had. With one team alone it is cautious: too few people say what
    goes together. With many teams some p are small by chance: about one in twenty.

    References
    ----------
    Lau, D. C. & Murnighan, J. K. (1998). Demographic diversity and faultlines. Academy of Management Review 23,
    325-340. Meyer, B. & Glenz, A. (2013). Team faultline measures: a computational comparison and a new approach to
    multiple subgroups. Organizational Research Methods 16, 393-424. The ordinary teams are peernet's own.

    Examples
    --------
    >>> import peernet as pn
    >>> found = pn.diversity.faultlines(pn.load_example(), "team", draws=19)
    >>> list(found.table)
    ['people', 'strength', 'low', 'high', 'chance', 'p', 'subgroups']
    """
    distances = person_distances(survey, view, weights=weights, min_shared=min_shared)
    teams = grouped(survey, groups, distances.answered)
    judge = FaultlineJudge(survey, distances, teams.values(), most, draws)
    generators = np.random.default_rng(rng).spawn(len(teams))
    found: dict[Hashable, Split] = {}
    with progress_bar(len(teams), "faultlines", wanted=progress) as bar:
        for (group, members), own in zip(teams.items(), generators, strict=True):
            found[group] = judge.of(members, own)
            bar.update()
    index = pd.Index(list(found), name="group", tupleize_cols=False)
    rows = [(len(teams[group]), *split[:-1]) for group, split in found.items()]
    table = pd.DataFrame(rows, columns=COLUMNS, index=index).astype({"subgroups": "Int64"})
    settings = {"view": view, "weights": weights, "min_shared": min_shared, "most": most, "draws": draws}
    return Faultlines(table, _member_table(survey, teams, found), view, settings)


def _member_table(survey: Survey, teams: Mapping[Hashable, Ints], found: Mapping[Hashable, Split]) -> pd.DataFrame:
    """Who is in which subgroup; nobody of a team without a split."""
    rows = [
        (group, survey.people.index[person], number + 1)
        for group, split in found.items()
        for person, number in zip(teams[group], split.label, strict=False)
    ]
    return pd.DataFrame(rows, columns=["group", "person", "subgroup"])


class Split(NamedTuple):
    """The best split of one team: what stands in the table and, last, everybody's subgroup."""

    strength: float
    low: float
    high: float
    chance: float
    p: float
    subgroups: int | None
    label: Ints


NO_SPLIT = Split(np.nan, np.nan, np.nan, np.nan, np.nan, None, np.empty(0, dtype=np.int64))


class FaultlineJudge:
    """Finds the split of any team of a survey and holds it against ordinary teams.

    ``teams`` are those whose people are compared with one another to see which answers go together.
    """

    def __init__(
        self, survey: Survey, distances: PersonDistances, teams: Iterable[Ints], most: int, draws: int
    ) -> None:
        if not (isinstance(most, int) and most >= 2):
            raise SettingError(f"most must be a whole number, at least 2; got {most!r}.")
        check_draws(draws, least=0)
        self.most, self.draws, self.least = most, draws, distances.least
        asked = [v for v in weighing(distances) if not np.isnan(distances.items.answers[v]).all()]
        self.alone = [distances.on_items(v) for v in asked]
        self.shares: Floats = distances.shares[asked]
        self.answered: Flags = ~np.isnan(distances.items.answers[asked])
        names = [str(name) for name in distances.weights.index[asked]]
        self.scale: Ints = scales_of(survey, names)
        items = {item.name: item for item in survey.codebook.items}
        asked_of = {v: items[name] for v, name in zip(asked, names, strict=True)}
        self.ordinary = ordinary_teams(distances, asked_of, teams) if draws and asked else None

    def of(self, members: Ints, rng: np.random.Generator) -> Split:
        """The split of one team."""
        n = len(members)
        if not SMALLEST <= n <= LARGEST or not self.alone:
            return NO_SPLIT
        tables = np.stack([one.block(members, members) for one in self.alone])
        answered, most = np.ascontiguousarray(self.answered[:, members]), min(self.most, n // 2)
        apart = blended(tables, answered, self.shares, self.least, self._in_order(n))
        if not len(apart):
            return NO_SPLIT
        strength, label = best_split(apart, most)
        low, high = jackknife_interval(strength, self._without_each(tables, answered, most), (-1.0, 1.0))
        chance, p = strength, 1.0
        if self.ordinary is None:
            chance, p = float("nan"), float("nan")
        elif len(set(self.scale)) > 1:  # what is asked of one thing alone lines nothing up
            chance, p = self._among_ordinary(self.ordinary, strength, members, answered, most, rng)
        return Split(strength, low, high, chance, p, int(label.max()) + 1, label)

    def _in_order(self, n: int) -> Ints:
        """The order of people for each item that leaves everybody their own answers."""
        return np.tile(np.arange(n), (len(self.shares), 1))

    def _without_each(self, tables: Floats, answered: Flags, most: int) -> Floats:
        """Strength without each item in turn."""
        found = np.full(len(self.shares), np.nan)
        for v, share in enumerate(self.shares):
            rest = self.shares.copy()
            rest[v] = 0.0
            apart = blended(tables, answered, rest, self.least * (1 - share), self._in_order(tables.shape[1]))
            found[v] = best_split(apart, most)[0] if len(apart) else np.nan
        return found

    def _among_ordinary(
        self,
        ordinary: OrdinaryTeams,
        strength: float,
        members: Ints,
        answered: Flags,
        most: int,
        rng: np.random.Generator,
    ) -> tuple[float, float]:
        """Mean strength of ordinary teams, and the share of them that part as clearly."""
        drawn = ordinary.draw(len(members), self.draws, rng)
        theirs = strengths(ordinary.spread.tables, answered, self.shares, self.least, drawn, most)
        known = ~np.isnan(theirs)
        if not known.any():
            return float("nan"), float("nan")
        places = np.arange(len(answered))[:, None]
        scores = np.concatenate([ordinary.scores[None, :, members], ordinary.spread.scores[places, drawn[known]]])
        signs = np.column_stack([np.append(strength, theirs[known]), partings(scores, answered, ordinary.correlation)])
        return float(theirs[known].mean()), as_clear(signs)


def as_clear(signs: Floats) -> float:
    """Share of the teams that part as clearly as the first by the stronger of two signs (team x sign).

    A team's rank by the parting along one line and twice that by strength: whichever is less.
    """
    strength, line = ((sign >= sign[:, None] - ROUNDING).sum(axis=1) for sign in signs.T)
    clear = np.minimum(2 * strength, line)
    return float((clear <= clear[0]).mean())


def scales_of(survey: Survey, names: list[str]) -> Ints:
    """A number per item, the same for items of one scale."""
    scales = {item.name: ("scale", item.scale) if item.scale else ("item", item.name) for item in survey.codebook.items}
    found = [scales.get(name, ("item", name)) for name in names]
    number = {scale: i for i, scale in enumerate(dict.fromkeys(found))}
    return np.array([number[scale] for scale in found], dtype=np.int64)


@njit(cache=True)
def _width(label: Ints, size: Ints, total: Floats) -> float:
    """Average silhouette width; ``total`` holds everyone's summed distance to each subgroup."""
    n, k = total.shape
    width = 0.0
    for i in range(n):
        own = label[i]
        if size[own] < 2:
            continue
        inside, outside = total[i, own] / (size[own] - 1), np.inf
        for c in range(k):
            if c != own and size[c] > 0:
                outside = min(outside, total[i, c] / size[c])
        most = max(inside, outside)
        if most > 0.0 and outside < np.inf:
            width += (outside - inside) / most
    return float(width / n)


@njit(cache=True)
def _move(apart: Floats, label: Ints, size: Ints, total: Floats, person: int, to: int) -> None:
    """Put one person into another subgroup."""
    home = label[person]
    for i in range(len(label)):
        total[i, home] -= apart[i, person]
        total[i, to] += apart[i, person]
    size[home] -= 1
    size[to] += 1
    label[person] = to


@njit(cache=True)
def _improve(apart: Floats, label: Ints, k: int) -> float:
    """Move single people for as long as that widens the split; the width reached."""
    n = len(label)
    size, total = np.zeros(k, dtype=np.int64), np.zeros((n, k))
    for j in range(n):
        size[label[j]] += 1
        for i in range(n):
            total[i, label[j]] += apart[i, j]
    width, tried, person = _width(label, size, total), 0, 0
    while tried < n:
        home, best, target = label[person], width + TOLERANCE, -1
        if size[home] > 1:
            for to in range(k):
                if to != home:
                    _move(apart, label, size, total, person, to)
                    found = _width(label, size, total)
                    if found > best:
                        best, target = found, to
                    _move(apart, label, size, total, person, home)
        tried += 1
        if target >= 0:
            _move(apart, label, size, total, person, target)
            width, tried = best, 0
        person = (person + 1) % n
    return width


@njit(cache=True)
def _joined(between: Floats, size: Ints, label: Ints) -> None:
    """Join the two subgroups that are nearest on average."""
    k, a, b, least = len(size), -1, -1, np.inf
    for i in range(k):
        for j in range(i):
            if size[i] > 0 and size[j] > 0 and between[i, j] / (size[i] * size[j]) < least - TOLERANCE:
                a, b, least = j, i, between[i, j] / (size[i] * size[j])
    for c in range(k):
        between[a, c] += between[b, c]
        between[c, a] = between[a, c]
    size[a] += size[b]
    size[b] = 0
    for i in range(len(label)):
        if label[i] == b:
            label[i] = a


@njit(cache=True)
def _numbered(label: Ints) -> Ints:
    """Subgroups numbered from 0 in the order of the people."""
    number, found = np.full(len(label), -1, dtype=np.int64), np.empty(len(label), dtype=np.int64)
    count = 0
    for i in range(len(label)):
        if number[label[i]] < 0:
            number[label[i]] = count
            count += 1
        found[i] = number[label[i]]
    return found


@njit(cache=True)
def best_split(apart: Floats, most: int) -> tuple[float, Ints]:
    """The widest split into 2 to ``most`` subgroups found, and its width.

    Starts from average linkage at each number of subgroups and then moves people.
    """
    n = len(apart)
    best, split = -np.inf, np.zeros(n, dtype=np.int64)
    between, size, label = apart.copy(), np.ones(n, dtype=np.int64), np.arange(n)
    for k in range(n - 1, 1, -1):
        _joined(between, size, label)
        if k <= most:
            tried = _numbered(label)
            width = _improve(apart, tried, k)
            if width > best + TOLERANCE:
                best, split = width, _numbered(tried)
    return best, split


@njit(cache=True)
def blended(tables: Floats, answered: Flags, shares: Floats, least: float, order: Ints) -> Floats:
    """Distances once everybody has the answer to each item that ``order`` (item x person) names in the tables.

    ``answered`` (item x person) says who has an answer at all. Where two people share too little, the mean of the
    others; nothing where no two share enough.
    """
    items, n = order.shape
    out = np.zeros((n, n))
    total, known = 0.0, 0
    for i in range(n):
        for j in range(i):
            apart, compared, both = 0.0, 0.0, 0.0
            for v in range(items):
                a, b = order[v, i], order[v, j]
                if answered[v, i] and answered[v, j]:
                    both += shares[v]
                    if not np.isnan(tables[v, a, b]):
                        apart += shares[v] * tables[v, a, b]
                        compared += shares[v]
            out[i, j] = apart / compared if compared > 0.0 and both >= least else np.nan
            if not np.isnan(out[i, j]):
                total += out[i, j]
                known += 1
    if known == 0:
        return np.empty((0, 0))
    for i in range(n):
        for j in range(i):
            out[i, j] = total / known if np.isnan(out[i, j]) else out[i, j]
            out[j, i] = out[i, j]
    return out


@njit(cache=True)
def strengths(tables: Floats, answered: Flags, shares: Floats, least: float, drawn: Ints, most: int) -> Floats:
    """Strength of each drawn team (draw x item x person); its people leave open what those of the real one do."""
    found = np.full(len(drawn), np.nan)
    for draw in range(len(drawn)):
        apart = blended(tables, answered, shares, least, drawn[draw])
        if len(apart) > 0:
            found[draw] = best_split(apart, most)[0]
    return found


def partings(scores: Floats, answered: Flags, correlation: Floats) -> Floats:
    """Share of variance between the sides of the best parting along the line on which people differ most, per team.

    ``scores`` is team x item x person. Answers count for more the more they go with others, so that what items have in
    common stands out from their noise. 0 where nobody differs.
    """
    scores = np.where(answered, scores, 0.0)
    usual = scores.sum(axis=2, keepdims=True) / np.maximum(answered.sum(axis=1), 1)[:, None]
    common = correlation @ np.where(answered, scores - usual, 0.0)
    size, axis = np.linalg.eigh(common.transpose(0, 2, 1) @ common)
    line = np.sort(axis[:, :, -1], axis=1)
    line -= line.mean(axis=1, keepdims=True)
    n = line.shape[1]
    left, k = np.cumsum(line, axis=1)[:, 1 : n - 2], np.arange(2, n - 1)
    between = (left**2 * (1 / k + 1 / (n - k))).max(axis=1)
    return np.where(size[:, -1] > TOLERANCE, between / (line**2).sum(axis=1), 0.0)
