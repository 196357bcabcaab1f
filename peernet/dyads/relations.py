"""Relations among people as matrices: the same people in the same order in each, and which dyads are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet._wording import listed_few
from peernet.dyads.pairs import LEFT_OUT, as_numbers, warn_of_codes
from peernet.errors import SettingError, did_you_mean

Relation = pd.DataFrame | npt.ArrayLike
INTERCEPT = "intercept"
TAKEN = "outcome", INTERCEPT  # names with a meaning of their own


class Relations(NamedTuple):
    """The outcome and the predictors, everybody in the same order."""

    people: list[Any]
    outcome: Floats
    predictors: dict[str, Floats]
    members: list[Ints]  # positions of the people of each group of two or more
    apart: dict[Any, str]  # people in no group, and why
    once: bool  # each dyad counts once, below the diagonal

    @property
    def group(self) -> Ints:
        """The group of each person, -1 for none."""
        of = np.full(len(self.people), -1)
        for g, positions in enumerate(self.members):
            of[positions] = g
        return of

    @property
    def dyads(self) -> Flags:
        """Which cells are dyads, known or not."""
        of = self.group
        within = (of[:, None] == of) & (of >= 0) & ~np.eye(len(of), dtype=bool)
        return np.tril(within) if self.once else within

    @property
    def explained(self) -> Flags:
        """Dyads with all predictors known."""
        gaps = np.isnan([*self.predictors.values()]).any(axis=0)
        return np.asarray(self.dyads & ~gaps)

    @property
    def known(self) -> Flags:
        """Dyads with everything known."""
        return self.explained & ~np.isnan(self.outcome)

    def group_of(self, cells: Flags) -> Ints:
        """The group of each of some dyads."""
        return self.group[np.nonzero(cells)[0]]

    def without(self, names: Mapping[str, str]) -> Relations:
        """The same with fewer predictors."""
        return self._replace(predictors={name: x for name, x in self.predictors.items() if name not in names})

    def left_out(self) -> pd.DataFrame:
        """Dyads with a gap, and people in no dyad."""
        rows, columns = np.nonzero(self.dyads & ~self.known)
        names = ["outcome", *self.predictors]
        gaps = np.array([np.isnan(matrix[rows, columns]) for matrix in (self.outcome, *self.predictors.values())])
        kinds, kind = np.unique(gaps, axis=1, return_inverse=True)
        words = [f"{' and '.join(n for n, gap in zip(names, k, strict=True) if gap)} missing" for k in kinds.T]
        people = np.array([*self.people, None], dtype=object)
        dyads = {"a": people[rows], "b": people[columns], "reason": [words[k] for k in kind.ravel()]}
        alone = {"a": [*self.apart], "b": None, "reason": [*self.apart.values()]}
        return pd.concat([pd.DataFrame(alone), pd.DataFrame(dyads)], ignore_index=True).reindex(columns=LEFT_OUT)


def relations_of(outcome: Relation, predictors: Mapping[str, Relation], groups: Any) -> Relations:  # noqa: ANN401
    """The outcome and its predictors brought into line; `SettingError` where they are not of the same people."""
    if not isinstance(predictors, Mapping) or not predictors:
        raise SettingError("predictors must be matrices by name, such as {'same team': matrix}.")
    if taken := {*TAKEN} & {*predictors}:
        raise SettingError(f"No predictor can be called {taken.pop()!r}, which has its meaning in the table.")
    first = _square("outcome", outcome)
    given = {"outcome": first}
    for name, relation in predictors.items():
        given[name] = _in_line(name, _square(name, relation), first, isinstance(relation, pd.DataFrame))
    by_label = sorted(first.index, key=str) if isinstance(outcome, pd.DataFrame) else [*first.index]
    matrices = [table.loc[by_label, by_label].to_numpy(copy=True) for table in given.values()]
    cells = ~np.eye(len(by_label), dtype=bool)
    warn_of_codes(pd.DataFrame({name: matrix[cells] for name, matrix in zip(given, matrices, strict=True)}))
    once = all(np.array_equal(matrix, matrix.T, equal_nan=True) for matrix in matrices)
    members, apart = _members(groups, first.index, by_label)
    return Relations(by_label, matrices[0], dict(zip(predictors, matrices[1:], strict=True)), members, apart, once)


def _square(name: str, relation: Relation) -> pd.DataFrame:
    """A relation as a table of numbers with the same labels on both sides, and nothing on the diagonal."""
    cells = relation if isinstance(relation, pd.DataFrame) else np.asarray(relation)
    if cells.ndim not in (1, 2):
        raise SettingError(f"{name!r} must have a row and a column per person; got {cells.shape}.")
    table = pd.DataFrame(cells)
    if table.shape[0] != table.shape[1]:
        raise SettingError(f"{name!r} must have a row and a column per person; got {table.shape}.")
    if not table.index.is_unique:
        raise SettingError(f"{name!r} has several rows for {table.index[table.index.duplicated()][0]!r}; keep one.")
    _refuse_strangers(f"the columns of {name!r}", table.columns, "its rows", table.index)
    cells = table.loc[:, [*table.index]].to_numpy(copy=True)
    np.fill_diagonal(cells, 0)
    numbers = as_numbers(pd.Series(cells.ravel(), name=repr(name))).to_numpy().reshape(cells.shape)
    return pd.DataFrame(numbers, table.index, table.index)


def _in_line(name: str, table: pd.DataFrame, outcome: pd.DataFrame, labelled: bool) -> pd.DataFrame:
    """A predictor with the labels of the outcome, in its order."""
    if labelled:
        _refuse_strangers(repr(name), table.index, "the outcome", outcome.index)
        return table.loc[[*outcome.index], [*outcome.index]]
    if len(table) != len(outcome):
        raise SettingError(f"{name!r} has {len(table)} people and the outcome {len(outcome)}.")
    return pd.DataFrame(table.to_numpy(), outcome.index, outcome.index)


def _refuse_strangers(one: str, labels: pd.Index, other: str, wanted: pd.Index) -> None:
    sides = labels.difference(wanted, sort=False), wanted.difference(labels, sort=False)
    more, fewer = (listed_few([repr(who) for who in side]) for side in sides)
    if more or fewer:
        words = [f"{more} only in {one}"] * bool(more) + [f"{fewer} only in {other}"] * bool(fewer)
        raise SettingError(f"People do not agree: {', and '.join(words)}. Give all matrices the same people.")


def _members(groups: Any, given: pd.Index, people: list[Any]) -> tuple[list[Ints], dict[Any, str]]:  # noqa: ANN401
    """Positions of the people of each group, and who is in none."""
    if groups is None:
        return [np.arange(len(people))], {}
    if not isinstance(groups, Mapping | pd.Series):
        groups = [*groups]
        if len(groups) != len(given):
            raise SettingError(f"groups has {len(groups)} entries and the outcome {len(given)} people.")
        groups = dict(zip(given, groups, strict=True))
    of = pd.Series(groups, dtype=object)
    if unknown := [who for who in people if who not in of.index]:
        hint = did_you_mean(str(unknown[0]), map(str, of.index))
        raise SettingError(f"groups has nothing for {listed_few([repr(who) for who in unknown])}.{hint}")
    of = of[people]
    positions = pd.Series(np.arange(len(people)), index=of.index)
    members = [part.to_numpy() for _, part in positions.groupby(of.to_numpy(), sort=False)]
    apart = dict.fromkeys(of.index[of.isna()], "no group")
    apart |= {people[part[0]]: "alone in their group" for part in members if len(part) == 1}
    return [part for part in members if len(part) > 1], apart
