"""Groups of people in whatever form an analyst has them: teams, circles, pairs, surroundings, everybody."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Ints
from peernet.errors import SettingError, did_you_mean, unknown_person
from peernet.survey.names import in_groups
from peernet.survey.survey import Survey

EVERYBODY = "everybody"
GroupMembers = dict[Hashable, Ints]  # the positions of each group's people in the survey, sorted


@runtime_checkable
class HasMembers(Protocol):
    """Circles."""

    @property
    def members(self) -> pd.DataFrame:
        """One row per member, columns ``circle`` and ``person``."""
        ...


@runtime_checkable
class HasTable(Protocol):
    """A pairing."""

    @property
    def table(self) -> pd.DataFrame:
        """One row per pair, columns ``a`` and ``b``."""
        ...


# A column, labels, people per label, groups of people, a pairing or circles, or what `heard_by` returned.
GroupsOf = str | pd.Series | Mapping[Any, Iterable[str]] | Iterable[Any] | HasMembers | HasTable


def grouped(survey: Survey, groups: GroupsOf | None, known: Flags) -> GroupMembers:
    """The groups by the positions of those members whose answers are known, empty where there are none.

    Surroundings are empty where the person's own answers are not known.
    """
    people = survey.people.index
    labelled: Iterable[tuple[Hashable, Iterable[int]]]
    if groups is None:
        labelled = [(EVERYBODY, range(len(people)))]
    elif isinstance(groups, tuple) and len(groups) == len(people) and all(isinstance(g, np.ndarray) for g in groups):
        labelled = ((people[i], [i, *heard.tolist()] if known[i] else []) for i, heard in enumerate(groups))
    else:
        labelled = ((label, _positions(people, members)) for label, members in _labelled(survey.people, groups))
    found: GroupMembers = {}
    for label, places in labelled:
        if label in found:
            raise SettingError(f"Two groups are called {label!r}; give each a name of its own.")
        members = np.unique(np.fromiter(places, dtype=np.int64))
        found[label] = members[known[members]]
    return found


def overlapping(groups: Mapping[Hashable, Ints]) -> bool:
    """Whether anybody is in more than one of the groups."""
    members = np.concatenate([np.empty(0, dtype=np.int64), *groups.values()])
    return len(np.unique(members)) < len(members)


def _labelled(people: pd.DataFrame, groups: GroupsOf) -> Iterator[tuple[Hashable, Iterable[str]]]:
    """Each group's label and the people in it."""
    if isinstance(groups, str):
        if groups not in people:
            hint = did_you_mean(groups, map(str, people))
            raise SettingError(f"groups names no column of the survey: {groups!r}.{hint}")
        yield from _from_labels(people[groups])
    elif isinstance(groups, pd.Series):
        yield from _from_labels(groups)
    elif isinstance(groups, Mapping):
        yield from groups.items()
    elif isinstance(groups, pd.DataFrame):
        yield from _from_table(groups)
    elif isinstance(groups, HasMembers):
        yield from _from_table(groups.members)
    elif isinstance(groups, HasTable):
        yield from _from_table(groups.table)
    elif isinstance(groups, Iterable):
        yield from _from_lists(groups)
    else:
        raise SettingError(f"groups must be groups of people in one of the forms described; got {groups!r}.")


def _from_labels(labels: pd.Series) -> Iterator[tuple[Hashable, Iterable[str]]]:
    """Groups by the label of each person; people without one are in none."""
    known = in_groups(labels)
    for label, own in known.groupby(known, observed=True, sort=True):
        yield label, own.index


def _from_table(table: pd.DataFrame) -> Iterator[tuple[Hashable, Iterable[str]]]:
    """Circles, or pairs and trios, by their table; those who meet in several rounds are one group."""
    if {"circle", "person"} <= set(table):
        yield from _from_labels(table.set_index("person")["circle"])
    elif {"a", "b"} <= set(table):
        numbers = [name for name in ("round", "pair") if name in table]  # the rows of a trio share them
        meetings = table.groupby(numbers or np.arange(len(table)), sort=False)
        yield from _from_lists(dict.fromkeys(tuple(dict.fromkeys([*own["a"], *own["b"]])) for _, own in meetings))
    else:
        raise SettingError(
            "groups is a table without groups of people; pairs need columns a and b, circles circle and person. "
            f"Found: {', '.join(map(str, table))}."
        )


def _from_lists(groups: Iterable[Sequence[str]]) -> Iterator[tuple[Hashable, Iterable[str]]]:
    """Groups without a name are called after their people."""
    for members in groups:
        if isinstance(members, str):
            raise SettingError(f"groups must be lists of people, such as pairs; found a single person, {members!r}.")
        yield ", ".join(map(str, members)), members


def _positions(people: pd.Index, members: Iterable[str]) -> Ints:
    """Where people stand in the survey; `UnknownPersonError` for a stranger."""
    names = list(members)
    places = people.get_indexer(pd.Index(names, dtype=object))
    for place, name in zip(places, names, strict=True):
        if place < 0:
            raise unknown_person(name, people)
    return np.asarray(places, dtype=np.int64)
