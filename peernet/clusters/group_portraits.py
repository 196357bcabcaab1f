"""What every group shares, and the person at the centre of each, told so that nobody stands out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from peernet.distance.distances import PersonDistances
from peernet.survey.item import Item

__all__ = ["answers_in_words", "answers_shared", "central_people", "portraits"]

Told = dict[tuple[str, str], pd.Series]

SHARED = ["item", "answer", "everybody", "every_group"]
PORTRAIT = ["cluster", "item", "answer"]
MOST = 0.5  # of every group: what is shared
STEP = 0.05  # shares are rounded down to whole steps
COMPARED = 2_000  # members at most to find the centre of a group


def answers_in_words(people: pd.DataFrame, items: Sequence[Item]) -> Told:
    """By item and answer, whether each person gave it; graded answers by thirds of the scale; missing if unanswered."""
    return {(item.name, answer): given for item in items for answer, given in _item_in_words(people[item.name], item)}


def _item_in_words(answers: pd.Series, item: Item) -> Iterator[tuple[str, pd.Series]]:
    known = answers.dropna()
    if item.kind == "multiple":
        told = {option: known.map(lambda chosen, o=option: o in chosen) for option in sorted(frozenset().union(*known))}
    else:
        words = _thirds(known, item) if item.kind in ("numeric", "ordinal") else known.astype(str)
        told = {word: words == word for word in sorted(set(words))}
    for word, given in told.items():
        yield word, given.astype("boolean").reindex(answers.index)


def _thirds(known: pd.Series, item: Item) -> pd.Series:
    """Low, middle or high third of the scale, the answers on its edge towards its end."""
    if isinstance(known.dtype, pd.CategoricalDtype):
        values, limits = known.cat.codes.astype(np.float64), (0.0, len(known.cat.categories) - 1.0)
    else:
        values = known.astype(np.float64)
        limits = item.limits or (values.min(), values.max())
    place = (values - limits[0]) / max(limits[1] - limits[0], 1e-300)
    words = np.select([place <= 1 / 3 + 1e-9, place >= 2 / 3 - 1e-9], ["low", "high"], "middle")
    return pd.Series(words, index=known.index, dtype="str")


def answers_shared(told: Told, labels: pd.Series, floor: int) -> pd.DataFrame:
    """Answers that at least half of every group gave, with the share that everybody and every group reach."""
    rows = []
    for (item, answer), given in told.items():
        known = given.reindex(labels.index).dropna().astype(bool)
        groups = known.groupby(labels[known.index])
        every = groups.agg(lambda said: _at_least(said, floor)).min() if len(known) else 0.0
        if groups.ngroups == labels.nunique() and every >= MOST:
            rows.append((item, answer, _at_least(known, floor), every))
    return pd.DataFrame(rows, columns=SHARED).sort_values(
        "every_group", ascending=False, kind="stable", ignore_index=True
    )


def _at_least(said: pd.Series, floor: int) -> float:
    """A share rounded down, and never so high that fewer people than the floor are left."""
    share = min(said.mean(), 1 - floor / len(said))
    return round(float(np.floor(share / STEP + 1e-9)) * STEP, 2)


def central_people(distances: PersonDistances, labels: pd.Series) -> dict[int, str]:
    """The member of each group nearest to all its members."""
    positions = pd.Series(distances.people.get_indexer(labels.index), index=labels.index)
    positions = positions[distances.answered[positions.to_numpy()]]
    centres = {}
    for cluster, members in positions.groupby(labels[positions.index]):
        some = members.to_numpy()[:: -(-len(members) // COMPARED)]
        table = distances.block(members.to_numpy(), some)
        total = np.where(np.isnan(table), np.nanmean(table), table).sum(axis=1)
        centres[int(cluster)] = members.index[total.argmin()]
    return centres


def portraits(told: Told, labels: pd.Series, centres: dict[int, str], table: pd.DataFrame, floor: int) -> pd.DataFrame:
    """Answers of each central person that enough members of the group share, all of them together.

    How many share them is not told: the differences from row to row would be small counts.
    """
    rows = []
    for cluster, person in centres.items():
        alike = pd.Series(True, index=labels.index[labels == cluster])
        for item, answer in _by_strength(told, table[table["cluster"] == cluster]):
            same = alike & told[item, answer].reindex(alike.index).fillna(False).astype(bool)
            if same[person] and same.sum() >= floor:
                alike = same
                rows.append((cluster, item, answer))
    return pd.DataFrame(rows, columns=PORTRAIT)


def _by_strength(told: Told, table: pd.DataFrame) -> list[tuple[str, str]]:
    """Answers, those first by which the group differs most from the others."""
    strength = dict(
        zip(zip(table["item"], table["answer"], strict=True), table["effect"].abs().fillna(0.0), strict=True)
    )
    return sorted(told, key=lambda key: -strength.get(key, strength.get((key[0], ""), 0.0)))
