"""One climate scale: do the members of teams agree on it, do teams differ, and what are their means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from peernet.errors import SettingError
from peernet.graph.agreement import average_deviation, awg, drawn_in_means, intraclass, null_variance, rwg_j
from peernet.survey.item import Item
from peernet.survey.survey import Survey

__all__ = ["NULLS", "TOLD", "Judge", "Scale", "climate_scales", "not_ready"]

CHANCE = 0.05
TOLD = ["team", "scale", "mean", "low", "high", "lowest"]


@dataclass(frozen=True, eq=False)
class Scale:
    """Answers to the items of one scale as numbers, and the limits they share."""

    answers: pd.DataFrame
    low: float
    high: float
    labels: Mapping[str, str]

    @property
    def scores(self) -> pd.Series[float]:
        """Mean of the items of each person who answered at least half of them."""
        enough = self.answers.notna().mean(axis=1) >= 0.5
        return self.answers.mean(axis=1)[enough]


def climate_scales(survey: Survey) -> dict[str, Scale]:
    """The scales of the climate block; an item without a scale is one of its own."""
    items = [item for item in survey.codebook.block("climate") if item.name in survey.people]
    if not items:
        raise SettingError('This survey asks nothing about climate; put the items about managers in block "climate".')
    names = dict.fromkeys(item.scale or item.name for item in items)
    return {name: _scale(name, [i for i in items if (i.scale or i.name) == name], survey.people) for name in names}


def _scale(name: str, items: list[Item], people: pd.DataFrame) -> Scale:
    limits = {item.name: _limits(item) for item in items}
    if len(set(limits.values())) > 1:
        found = ", ".join(f"{item} {low:g} to {high:g}" for item, (low, high) in limits.items())
        raise SettingError(
            f"Items of climate scale {name!r} have different limits ({found}); give them one scale each."
        )
    answers = {item.name: _numbers(people[item.name]) for item in items}
    low, high = limits[items[0].name]
    return Scale(pd.DataFrame(answers), low, high, {item.name: item.label or item.name for item in items})


def _limits(item: Item) -> tuple[float, float]:
    if item.categories:
        return 1.0, float(len(item.categories))
    if item.limits is None:
        raise SettingError(f"Climate item {item.name!r} needs its minimum and maximum in the codebook.")
    return float(item.limits[0]), float(item.limits[1])


def _numbers(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.astype(float)
        return codes.where(codes >= 0) + 1
    return column.astype(float)


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
        table = self._teams(scale, team[team.map(size) >= self.floor])
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

    def _teams(self, scale: Scale, team: pd.Series[str]) -> pd.DataFrame:
        """Agreement within each team that is large enough to be shown."""
        rows = [self._team(scale, str(name), group.index) for name, group in team.groupby(team)]
        columns = ["team", "people", *(f"rwg_{null}" for null in self.nulls), "average_deviation", "awg", "lowest"]
        return pd.DataFrame(rows, columns=columns)

    def _team(self, scale: Scale, name: str, people: pd.Index[str]) -> dict[str, Any]:
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


def not_ready(team: str, scale: str, mean: float, low: float, high: float, lowest: str) -> str:
    """What is low in a team, and what would help."""
    return (
        f"{team}: {scale.replace('_', ' ')} is low ({mean:.1f}, between {low:.1f} and {high:.1f}). "
        f"It would help to begin with what was answered least well: {lowest}"
    )
