"""Faultlines by average silhouette width (Meyer and Glenz): whether differences line up and part a team into subgroups.

The search for the split is compiled; a team is held against ordinary teams of as many people, in which answers go
together as they do among everybody and people differ by degree, not in camps. Answers to questions about one trait line
up in every team, so shuffling them one by one would find a faultline wherever a trait is asked for twice. An ordinary
team is drawn instead from normally distributed traits with the correlations that answers have within the teams of the
survey (a Gaussian copula), and each answer from the unimodal distribution nearest to that of all answers to its
question.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numba import njit
from scipy.optimize import isotonic_regression
from scipy.special import ndtr, ndtri

from peernet._arrays import Flags, Floats, Ints
from peernet._parallel import check_draws, progress_bar
from peernet._wording import Shown
from peernet.distance.coding import CHOSEN, NAMED, SCALED, TRAIT, CodedItems
from peernet.distance.distances import PersonDistances, person_distances
from peernet.distance.items import weighing
from peernet.diversity.grouped_people import GroupsOf, grouped
from peernet.diversity.measures import jackknife_interval
from peernet.errors import SettingError
from peernet.survey.item import Item
from peernet.survey.survey import Survey

SMALLEST, LARGEST = 4, 40  # people: three cannot split in two subgroups, and a crowd is no team
ROUNDING = 1e-9  # strengths, answers and shares that differ by no more are equal, and an eigenvalue below it is none
TOLERANCE = 1e-12  # a split is wider, and subgroups are nearer, only by more than this
COLUMNS = ["people", "strength", "low", "high", "chance", "p", "subgroups"]
PLACES = 100  # answers an item can take in a drawn team, in rising order and equally likely
BINS = (4, 20)  # intervals of a number without grades, at least and at most
FINE, DEGREES = 2_000, 30  # places and polynomials that tell the shape of the answers to an item
CLOSEST = 0.99  # correlation of two questions at most: they never are one and the same


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
    multiple subgroups. Organizational Research Methods 16, 393-424. Engelman, L. & Hartigan, J. A. (1969). Percentage
    points of a test for clusters. Journal of the American Statistical Association 64, 1647-1648 (for the best parting
    along a line). Schäfer, J. & Strimmer, K. (2005). A shrinkage approach to large-scale covariance matrix estimation
    and implications for functional genomics. Statistical Applications in Genetics and Molecular Biology 4, 32 (for
    what goes together). The ordinary teams are peernet's own.

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


# --- the search for the split, compiled -------------------------------------------------------------------------------


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


# --- ordinary teams ---------------------------------------------------------------------------------------------------


class Spread(NamedTuple):
    """The answers that an item can take in a drawn team, all equally likely, in rising order."""

    tables: Floats  # item x answer x answer: how far apart two of them are
    scores: Floats  # item x answer: normal scores


@dataclass(frozen=True, eq=False)
class OrdinaryTeams:
    """Draws teams in which answers go together as they do within the teams, and nobody is in camps.

    Parameters
    ----------
    scores
        Normal score of everybody's answer to each item, item x person; missing where there is none.
    correlation
        Of the traits behind the items, within teams.
    spread
        The answers each item can take.
    """

    scores: Floats
    correlation: Floats
    spread: Spread

    def draw(self, people: int, draws: int, rng: np.random.Generator) -> Ints:
        """Places of the answers in ``spread``, draw x item x person."""
        value, axis = np.linalg.eigh(self.correlation)
        traits = axis * np.sqrt(np.maximum(value, 0.0)) @ rng.standard_normal((draws, len(value), people))
        return np.asarray(np.minimum((ndtr(traits) * PLACES).astype(np.int64), PLACES - 1))


def ordinary_teams(distances: PersonDistances, items: Mapping[int, Item], teams: Iterable[Ints]) -> OrdinaryTeams:
    """What answers have in common within these teams, and among the people in none of them.

    ``items`` are those to be answered, by their place in the distances; somebody has answered each.
    """
    coded = [distances.items.only(v) for v in items]
    leanings = leanings_of(coded)
    scores = np.stack([normal_scores(leaning) for leaning in leanings])
    tables, places = np.empty((len(coded), PLACES, PLACES)), np.zeros((len(coded), PLACES))
    for v, (one, (place, item)) in enumerate(zip(coded, items.items(), strict=True)):
        known = np.flatnonzero(~np.isnan(leanings[v]))
        if one.rules[0] == SCALED:
            answers = places_of(one.answers[0], _step(item, one.answers[0]))
            tables[v] = np.abs(answers[:, None] - answers)
            at, first = np.unique(one.answers[0][known], return_index=True)
            places[v] = np.interp(answers, at, scores[v, known][first])
        else:  # the answers of people who stand for equal shares of all, in rising order
            order = known[np.argsort(leanings[v][known], kind="stable")]
            lent = order[((np.arange(PLACES) + 0.5) / PLACES * len(order)).astype(np.int64)]
            tables[v], places[v] = _apart(one, distances.on_items(place), lent), scores[v, lent]
    teams = list(teams)
    rest = np.setdiff1d(np.arange(len(distances)), np.concatenate([np.empty(0, dtype=np.int64), *teams]))
    together = [team for team in (*teams, rest) if len(team) > 1]  # who is in no team counts as one more
    return OrdinaryTeams(scores, within_correlation(scores, together), Spread(tables, places))


def leanings_of(coded: Sequence[CodedItems]) -> list[Floats]:
    """One number per person and item: graded answers as they are, others by what goes with them in the other items.

    Of the ways to put categories on a line it takes the one that has most in common with all the other items.
    """
    columns = [_columns(one) for one in coded]
    ends = np.cumsum([0, *(len(own) for own in columns)])
    everything = np.concatenate(columns)
    together = everything @ everything.T / everything.shape[1]
    found = []
    for v, own in enumerate(columns):
        here = np.arange(ends[v], ends[v + 1])
        others = np.delete(np.arange(len(together)), here) if len(columns) > 1 else here
        inside, outside = together[np.ix_(here, here)], together[np.ix_(here, others)]
        line = _most_in_common(inside, outside) if len(own) > 1 else np.ones(1)
        found.append(np.where(np.isnan(coded[v].answers[0]), np.nan, line @ own))
    return found


def _most_in_common(inside: Floats, outside: Floats) -> Floats:
    """Weights of an item's columns whose sum, of variance one, covaries most with the columns of others."""
    value, axis = np.linalg.eigh(inside)
    kept = value > ROUNDING
    whitened = axis[:, kept] / np.sqrt(value[kept])
    return np.asarray(whitened @ np.linalg.svd(whitened.T @ outside, full_matrices=False)[0][:, 0])


def _columns(one: CodedItems) -> Floats:
    """An item's answers as standardised columns, one per category or choice where it has no grades; 0 where missing."""
    answers = one.answers[0]
    known = ~np.isnan(answers)
    if one.rules[0] == NAMED:
        raw = (answers == np.unique(answers[known])[:, None]).astype(float)
    elif one.rules[0] == CHOSEN:
        raw = ((one.bits[:, None] >> np.arange(64, dtype=np.uint64)[:, None]) & np.uint64(1)).reshape(-1, len(answers))
        raw = raw[raw.any(axis=1)].astype(float)
    else:
        raw = np.nan_to_num(answers)[None]
    raw = np.where(known, raw - raw[:, known].mean(axis=1, keepdims=True), 0.0)
    size = np.sqrt((raw**2).sum(axis=1, keepdims=True) / known.sum())
    return np.asarray(np.divide(raw, size, out=np.zeros_like(raw), where=size > ROUNDING))


def normal_scores(leaning: Floats) -> Floats:
    """Mean standard normal value of everybody's place in order; equals share one, missing where there is no answer."""
    known = np.flatnonzero(~np.isnan(leaning))
    order = known[np.argsort(leaning[known], kind="stable")]
    values = ndtri((np.arange(len(order)) + 0.5) / len(order)) if len(order) else np.empty(0)
    tied = np.cumsum(np.diff(leaning[order], prepend=leaning[order[:1]]) > ROUNDING)
    scores: Floats = np.full(len(leaning), np.nan)
    scores[order] = (np.bincount(tied, values) / np.bincount(tied))[tied] if len(order) else values
    return scores


def within_correlation(scores: Floats, teams: Iterable[Ints]) -> Floats:
    """Correlation, within teams, of the traits behind the items.

    What few people leave uncertain is drawn in towards no correlation (Schäfer and Strimmer).
    """
    centred, loose = scores.copy(), 0
    for team in teams:
        known = ~np.isnan(scores[:, team])
        mean = np.nansum(scores[:, team], axis=1) / np.maximum(known.sum(axis=1), 1)
        centred[:, team] = scores[:, team] - mean[:, None]
        loose += len(team) - 1
    known, filled = (~np.isnan(centred)).astype(float), np.nan_to_num(centred)
    together = filled @ filled.T / np.maximum(known @ known.T, 1)
    seen = _scaled(together)
    apart = ~np.eye(len(seen), dtype=bool)
    total, error = (seen[apart] ** 2).sum(), ((1 - seen[apart] ** 2) ** 2).sum() / max(loose, 1)
    behind = traits_behind(scores, seen) * (1 - min(1.0, error / total) if total > 0 else 0.0)
    np.fill_diagonal(behind, 1.0)
    value, axis = np.linalg.eigh(behind)
    return _scaled(axis * np.maximum(value, 0.0) @ axis.T)


def traits_behind(scores: Floats, seen: Floats) -> Floats:
    """The correlations of normal traits that show as these once answers are as coarse and as skewed as they are.

    Two functions of normal traits with correlation r covary by the sum over k of r^k g_k h_k, their coefficients in
    normed Hermite polynomials (Mehler's expansion).
    """
    even = ndtri((np.arange(FINE) + 0.5) / FINE)
    known = [np.sort(own[~np.isnan(own)]) for own in scores]
    shape = np.stack([own[((np.arange(FINE) + 0.5) / FINE * len(own)).astype(np.int64)] for own in known])
    before, now, parts = np.zeros(FINE), np.ones(FINE), []
    for k in range(DEGREES):
        before, now = now, (even * now - np.sqrt(k) * before) / np.sqrt(k + 1)
        parts.append(shape @ now / FINE)
    part, grid = np.array(parts), np.linspace(-CLOSEST, CLOSEST, 199)
    size = shape.std(axis=1)
    part = np.divide(part, size, out=np.zeros_like(part), where=size > ROUNDING)
    powers = grid[:, None] ** np.arange(1, DEGREES + 1)
    found = np.zeros_like(seen)
    for i in range(len(seen)):
        for j in range(i):
            found[i, j] = found[j, i] = np.interp(seen[i, j], powers @ (part[:, i] * part[:, j]), grid)
    return found


def _scaled(covariance: Floats) -> Floats:
    """Covariances as correlations; 0 with what does not vary."""
    size = np.sqrt(np.diag(covariance))
    both = np.outer(size, size)
    return np.asarray(np.divide(covariance, both, out=np.zeros_like(covariance), where=both > 0))


def _step(item: Item, answers: Floats) -> float | None:
    """How far two neighbouring grades are apart, the whole scale being one; None for a number without grades."""
    if item.kind != "ordinal":
        return None
    if item.categories:
        return 1.0 / max(len(item.categories) - 1, 1)
    if item.limits:
        return 1.0 / max(item.limits[1] - item.limits[0], 1.0)
    return float(np.diff(np.unique(answers[~np.isnan(answers)]), prepend=-1.0).min())


def places_of(answers: Floats, step: float | None) -> Floats:
    """Equally likely answers, in rising order, of the unimodal distribution nearest to that of the answers."""
    known, even = np.sort(answers[~np.isnan(answers)]), (np.arange(PLACES) + 0.5) / PLACES
    low, high = known[0], known[-1]
    if high - low <= ROUNDING:
        return np.full(PLACES, low)
    if step is not None:
        grade = np.rint(known / step).astype(np.int64)
        share = nearest_unimodal(np.bincount(grade, minlength=round(1 / step) + 1) / len(known))
        return np.asarray(np.searchsorted(np.cumsum(share)[:-1], even) * step)
    bins = int(np.clip(np.sqrt(len(known)), *BINS))
    edges = np.linspace(low, high, bins + 1)
    inside = np.clip(np.searchsorted(edges, known, side="right") - 1, 0, bins - 1)
    share = nearest_unimodal(np.bincount(inside, minlength=bins) / len(known))
    drawn = np.searchsorted(np.cumsum(share)[:-1], even)
    found = np.empty(PLACES)
    for k in np.unique(drawn):
        own, at = known[inside == k], (np.arange((drawn == k).sum()) + 0.5) / (drawn == k).sum()
        found[drawn == k] = np.quantile(own, at) if len(own) > 1 else edges[k] + at * (edges[k + 1] - edges[k])
    return found


def nearest_unimodal(share: Floats) -> Floats:
    """The shares that rise to one peak and fall again, and are nearest to these by least squares."""
    best, nearest = np.inf, share
    for peak in range(len(share)):
        rising, falling = (
            isotonic_regression(share[: peak + 1]).x,
            isotonic_regression(share[peak:], increasing=False).x,
        )
        found = np.concatenate([rising[:-1], [max(rising[-1], falling[0])], falling[1:]])
        error = float(((found - share) ** 2).sum())
        if error < best:
            best, nearest = error, found / found.sum()
    return nearest


def _apart(one: CodedItems, alone: PersonDistances, lent: Ints) -> Floats:
    """How far apart the answers of some people to one item are; missing for two that are not compared."""
    if one.rules[0] == CHOSEN:
        return alone.block(lent, lent)
    answers = one.answers[0][lent]
    different = (answers[:, None] != answers).astype(float)
    nothing = (one.rules[0] == TRAIT) & (answers[:, None] == 0) & (answers == 0)
    return np.where(nothing, np.nan, different)
