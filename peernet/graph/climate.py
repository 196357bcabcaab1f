"""Climate of teams, if their members agree on it: intraclass correlations, r_wg, and group means drawn in (BLUP)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import fdtrc, stdtrit

from peernet._arrays import Floats
from peernet._wording import Shown, count_in_digits
from peernet.errors import SettingError, check_choice
from peernet.graph.teams import FLOOR, teams_of
from peernet.survey.item import Item
from peernet.survey.survey import Survey

CHANCE = 0.05  # p above which teams do not differ
# Shares of a five-point scale's answers if nobody agreed but all were polite (LeBreton & Senter 2008).
SKEWED = {"slight skew": (0.05, 0.15, 0.20, 0.35, 0.25), "moderate skew": (0.0, 0.10, 0.15, 0.40, 0.35)}
NULLS: Mapping[str, Callable[[int], Floats | None]] = {
    "uniform": lambda answers: np.ones(answers),
    "triangular": lambda answers: np.minimum(np.arange(1, answers + 1), np.arange(answers, 0, -1)).astype(float),
    "slight skew": lambda answers: np.array(SKEWED["slight skew"]) if answers == 5 else None,
    "moderate skew": lambda answers: np.array(SKEWED["moderate skew"]) if answers == 5 else None,
}
SEARCHED = (-20, 12)  # log of the ratio of the variances between and within groups


@dataclass(frozen=True, eq=False, repr=False)
class TeamClimate(Shown):
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
    called
        What each scale is called; a question of it in quotation marks where its word is a code, see
        `Codebook.scale_name`.
    hidden
        Number of teams too small to be shown.

    Examples
    --------
    >>> import peernet as pn
    >>> climate = pn.graph.team_climate(pn.load_example())
    >>> climate.scales["aggregates"].to_dict()
    {'manager_authenticity': True, 'manager_trust': True}
    """

    MAIN_TABLE = "scales"

    scales: pd.DataFrame
    teams: pd.DataFrame
    members: pd.Series[str]
    middle: Mapping[str, float]
    called: Mapping[str, str]
    hidden: int

    def __repr__(self) -> str:
        usable = int(self.scales["aggregates"].sum())
        scales = count_in_digits(len(self.scales), "scale", "scales")
        teams = count_in_digits(self.teams["team"].nunique(), "team", "teams")
        return f"<TeamClimate: {scales}, {usable} with team means, {teams}>"

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
        needed = known["scale"].map(self.middle).astype(float) if at_least is None else at_least
        low = known[known["high"] < needed]
        named = low.assign(scale=low["scale"].map(self.called))
        said = named[["team", "scale", "mean", "low", "high", "lowest"]].itertuples(index=False, name=None)
        reasons = low.assign(words=[not_ready(*row) for row in said])
        words = (
            reasons.groupby("team")["words"].agg(" ".join).astype("str").reindex(known["team"].unique(), fill_value="")
        )
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
    >>> found = pn.graph.team_climate(pn.load_example())
    >>> found
    <TeamClimate: 2 scales, 2 with team means, ... teams>
    """
    for chosen in (*nulls, null):
        check_choice("null", chosen, NULLS)
    if not 0 <= agreement <= 1 or floor < 2:
        raise SettingError(f"agreement must be from 0 to 1 and floor at least 2; got {agreement!r} and {floor!r}.")
    rolls = teams_of(survey, by)
    place = {int(i): team.name for team in rolls for i in team.members}
    members = pd.Series([place.get(i) for i in range(len(survey.people))], index=survey.people.index, dtype="str")
    judge = Judge(tuple(dict.fromkeys([*nulls, null])), null, agreement, floor)
    scales = climate_scales(survey)
    found = {name: judge.of(scale, members) for name, scale in scales.items()}
    table = pd.DataFrame([row for row, _ in found.values()], index=pd.Index(found, name="scale"))
    teams = pd.concat([own.assign(scale=name) for name, (_, own) in found.items()], ignore_index=True)
    teams.insert(0, "scale", teams.pop("scale"))
    middle = {name: (scale.low + scale.high) / 2 for name, scale in scales.items()}
    called = {name: scale.called for name, scale in scales.items()}
    return TeamClimate(table, teams, members, middle, called, len(rolls) - teams["team"].nunique())


def not_ready(team: str, scale: str, mean: float, low: float, high: float, lowest: str) -> str:
    """What is low in a team, and what would help."""
    return (
        f"{team}: {scale} is low ({mean:.1f}, between {low:.1f} and {high:.1f}). "
        f"It would help to begin with what was answered least well: {lowest}"
    )


def climate_scales(survey: Survey) -> dict[str, Scale]:
    """The scales of the climate block; an item without a scale is one of its own."""
    items = [item for item in survey.codebook.block("climate") if item.name in survey.people]
    if not items:
        raise SettingError('This survey asks nothing about climate; put the items about managers in block "climate".')
    names = dict.fromkeys(item.scale or item.name for item in items)
    alone = {item.name: item.label for item in items if not item.scale}
    called = {name: alone.get(name) or survey.codebook.scale_name(name) for name in names}
    of_each = {name: [item for item in items if (item.scale or item.name) == name] for name in names}
    return {name: _scale(name, called[name], own, survey.people) for name, own in of_each.items()}


def _scale(name: str, called: str, items: list[Item], people: pd.DataFrame) -> Scale:
    """One scale; `SettingError` unless its items have the same limits."""
    limits = {item.name: _limits(item) for item in items}
    if len(set(limits.values())) > 1:
        found = ", ".join(f"{item} {low:g} to {high:g}" for item, (low, high) in limits.items())
        raise SettingError(
            f"Items of climate scale {name!r} have different limits ({found}); give them one scale each."
        )
    answers = {item.name: _numbers(people[item.name]) for item in items}
    low, high = limits[items[0].name]
    labels = {item.name: item.label or item.name for item in items}
    return Scale(called or f"“{labels[items[0].name]}”", pd.DataFrame(answers), low, high, labels)


def _limits(item: Item) -> tuple[float, float]:
    """Lowest and highest answer."""
    if item.categories:
        return 1.0, float(len(item.categories))
    if item.limits is None:
        raise SettingError(f"Climate item {item.name!r} needs its minimum and maximum in the codebook.")
    return float(item.limits[0]), float(item.limits[1])


def _numbers(column: pd.Series) -> pd.Series:
    """Answers as numbers, grades from 1."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.astype(float)
        return codes.where(codes >= 0) + 1
    return column.astype(float)


@dataclass(frozen=True, eq=False)
class Scale:
    """What one scale is called, the answers to its items as numbers, and the limits they share."""

    called: str
    answers: pd.DataFrame
    low: float
    high: float
    labels: Mapping[str, str]

    @property
    def scores(self) -> pd.Series[float]:
        """Mean of the items of each person who answered at least half of them."""
        enough = self.answers.notna().mean(axis=1) >= 0.5
        return self.answers.mean(axis=1)[enough]


@dataclass(frozen=True)
class Judge:
    """When the members of a team can speak for it."""

    nulls: tuple[str, ...]
    null: str
    agreement: float
    floor: int

    def of(self, scale: Scale, members: pd.Series[str]) -> tuple[dict[str, Any], pd.DataFrame]:
        """The verdict on one scale, and what is shown of each team."""
        scores = scale.scores
        team = members.reindex(scores.index).dropna()
        scores = scores[team.index]
        size = team.value_counts()
        shown = team[team.map(size).astype(int) >= self.floor]
        rows = [self._team(scale, str(name), group.index) for name, group in shown.groupby(shown)]
        columns = ["team", "people", *(f"rwg_{null}" for null in self.nulls), "average_deviation", "awg", "lowest"]
        table = pd.DataFrame(rows, columns=columns)
        found = intraclass(scores, team)
        row: dict[str, Any] = {"people": len(scores), "teams": len(size), "items": scale.answers.shape[1]}
        row |= {"icc1": found.icc1, "icc2": found.icc2, "p": found.p}
        row |= {f"rwg_{null}": table[f"rwg_{null}"].median() for null in self.nulls}
        words = self._words(row)
        row |= {"aggregates": not words, "words": words}
        means = drawn_in_means(scores, team).reindex(table["team"]) if not words else None
        agree = table[f"rwg_{self.null}"] >= self.agreement
        for column in ("mean", "low", "high"):
            table[column] = np.nan if means is None else means[column].to_numpy()
        table.loc[~agree, ["mean", "low", "high"]] = np.nan
        table["lowest"] = table["lowest"].where(table["mean"].notna())
        first = ["team", "people", "mean", "low", "high"]
        return row, table[[*first, *table.columns.drop(first)]]

    def _team(self, scale: Scale, name: str, people: pd.Index[str]) -> dict[str, Any]:
        """How far one team agrees, and what it answered lowest."""
        answers = scale.answers.loc[people]
        complete = answers.dropna()
        points = round(scale.high - scale.low) + 1
        return {
            "team": name,
            "people": len(people),
            **{f"rwg_{null}": rwg_j(complete, null_variance(null, points)) for null in self.nulls},
            "average_deviation": average_deviation(complete),
            "awg": awg(complete, scale.low, scale.high),
            "lowest": scale.labels[str(answers.mean().idxmin())],
        }

    def _words(self, row: Mapping[str, Any]) -> str:
        """Why team means would describe nobody, empty if they do not."""
        agreed = row[f"rwg_{self.null}"]
        if np.isnan(agreed):
            return "no team is large enough to tell whether its members agree"
        if agreed < self.agreement:
            return f"members of a team do not agree (median {agreed:.2f}, {self.agreement:.2f} needed)"
        if not row["p"] <= CHANCE:
            return f"teams do not differ by more than chance (p = {row['p']:.2f})"
        return ""


@dataclass(frozen=True)
class Intraclass:
    """How much of the variance lies between groups: ICC(1), of their means ICC(2), and its test."""

    icc1: float
    icc2: float
    p: float


def intraclass(values: pd.Series, groups: pd.Series) -> Intraclass:
    """ICC(1) and ICC(2) from a one-way analysis of variance, with the mean group size."""
    found = values.groupby(groups).agg(["size", "mean"])
    n, k = len(values), len(found)
    if k < 2 or n <= k:
        return Intraclass(float("nan"), float("nan"), float("nan"))
    between = float((found["size"] * (found["mean"] - values.mean()) ** 2).sum() / (k - 1))
    within = float(((values - values.groupby(groups).transform("mean")) ** 2).sum() / (n - k))
    if between == 0:
        return Intraclass(0.0 if within == 0 else -1 / (n / k - 1), float("nan"), 1.0)
    icc1 = (between - within) / (between + (n / k - 1) * within)
    chance = float(fdtrc(k - 1, n - k, between / within)) if within else 0.0
    return Intraclass(icc1, (between - within) / between, chance)


def rwg_j(items: pd.DataFrame, null: float) -> float:
    """Agreement of a group on a scale of several items; 0 where they agree less than by chance."""
    if len(items) < 2 or np.isnan(null):
        return float("nan")
    ratio = float(items.var(ddof=1).mean()) / null
    if ratio >= 1:
        return 0.0
    agreed = items.shape[1] * (1 - ratio)
    return agreed / (agreed + ratio)


def null_variance(null: str, answers: int) -> float:
    """Variance of one item's answers if nobody agreed; missing where the null is not known for so many answers."""
    shares = NULLS[null](answers)
    if shares is None:
        return float("nan")
    points = np.arange(1, answers + 1)
    mean = np.average(points, weights=shares)
    return float(np.average((points - mean) ** 2, weights=shares))


def average_deviation(items: pd.DataFrame) -> float:
    """Mean distance of answers from their item's mean."""
    return float((items - items.mean()).abs().mean().mean())


def awg(items: pd.DataFrame, low: float, high: float) -> float:
    """Agreement relative to the most disagreement the item means allow, mean over items."""
    k, mean = len(items), items.mean()
    most = ((high + low) * mean - mean**2 - high * low) * k / (k - 1) if k > 1 else mean * 0
    return float((1 - 2 * items.var(ddof=1) / most.where(most > 0)).mean())


def drawn_in_means(values: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Best predictors of the group means, drawn in towards the mean of all: ``mean`` and a 95 % interval."""
    between, within, grand = variance_parts(values, groups)
    found = values.groupby(groups).agg(["size", "mean"])
    if between + within == 0:
        return pd.DataFrame({"mean": found["mean"], "low": found["mean"], "high": found["mean"]})
    own = between + within / found["size"]
    share = between / own
    error = np.sqrt(between * (1 - share) + (1 - share) ** 2 / (1 / own).sum())
    centre = grand + share * (found["mean"] - grand)
    reach = error * float(stdtrit(max(len(found) - 1, 1), 0.975))
    return pd.DataFrame({"mean": centre, "low": centre - reach, "high": centre + reach})


def variance_parts(values: pd.Series, groups: pd.Series) -> tuple[float, float, float]:
    """Variance between and within groups by restricted maximum likelihood, and the mean they go with."""
    from scipy.optimize import minimize_scalar  # takes a quarter of a second to load

    found = values.groupby(groups).agg(["size", "mean"])
    size, mean = found["size"].to_numpy(dtype=float), found["mean"].to_numpy()
    within = float(((values - values.groupby(groups).transform("mean")) ** 2).sum())
    search = minimize_scalar(
        lambda log: _deviance(float(np.exp(log)), size, mean, within),
        bounds=SEARCHED,
        method="bounded",
        options={"xatol": 1e-9},
    )
    ratios = 0.0, float(np.exp(search.x))
    ratio = min(ratios, key=lambda chosen: _deviance(chosen, size, mean, within))
    grand, squares = _fit(ratio, size, mean, within)
    noise = squares / (size.sum() - 1)
    return ratio * noise, noise, grand


def _deviance(ratio: float, size: Floats, mean: Floats, within: float) -> float:
    """Minus twice the restricted log likelihood, up to a constant, at this ratio of the variances."""
    squares = _fit(ratio, size, mean, within)[1]
    spread = np.log1p(size * ratio).sum() + np.log((size / (1 + size * ratio)).sum())
    return float((size.sum() - 1) * np.log(max(squares, np.finfo(float).tiny)) + spread)


def _fit(ratio: float, size: Floats, mean: Floats, within: float) -> tuple[float, float]:
    """Mean of all groups, and the sum of squares about it, at this ratio of the variances."""
    weight = size / (1 + size * ratio)
    grand = float(weight @ mean / weight.sum())
    return grand, within + float(weight @ (mean - grand) ** 2)
