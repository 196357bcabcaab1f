"""What sets each group apart (Hedges' g, Cohen's h), what all share, and who stands for each (medoid, k-anonymous).

No small count is given away: cells are suppressed, and what all share is told so that nobody stands out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from peernet._arrays import Floats
from peernet._wording import Shown
from peernet.distance.distances import COMPARED_BLOCKS, PersonDistances, compared_items, person_distances
from peernet.errors import SettingError, check_choice, unknown_person
from peernet.privacy import suppress_small
from peernet.survey.item import Item
from peernet.survey.survey import Survey

GivenAnswers = dict[tuple[str, str], pd.Series]  # by item and answer, whether each person gave it
DIFFERENCES = ["cluster", "size", "item", "answer", "inside", "outside", "effect", "low", "high"]
SHARED = ["item", "answer", "everybody", "every_group"]
PORTRAIT = ["cluster", "item", "answer"]
INTERVAL = 1.959963984540054  # standard errors to either side of a 95 % interval
HALF = 0.5  # of every group: what is shared
STEP = 0.05  # shares are rounded down to whole steps
COMPARED = 2_000  # members at most to find the centre of a group
DIGITS = 9  # of effects and distances by which something is put in order: those beyond are rounding errors


@dataclass(frozen=True, repr=False, eq=False)
class ClusterProfile(Shown):
    """What sets the groups of one view apart, and what they share; fit to be shown to others.

    Parameters
    ----------
    view
        The view whose groups are described.
    table
        Per group, the largest differences first, equal ones in the order of the codebook: ``cluster``, its ``size``,
        ``item``, ``answer`` (empty for graded items), mean answer or share of people ``inside`` the group and
        ``outside`` it, and the ``effect`` with its 95 % interval ``low`` to ``high``: Hedges' g for graded items,
        Cohen's h for shares. Missing where hidden. Empty where there are no groups.
    shared
        What everybody shares: each ``item`` and ``answer`` that at least half of every group gave (graded answers by
        thirds of the scale: low, middle, high), with the share that ``everybody`` taken together and ``every_group``
        reach at least, rounded down to 5 %. Never so high that fewer than ``floor`` people are left who said
        otherwise. Without groups, everybody counts as one.
    exemplars
        The person at the centre of each group, without name or identifier: ``cluster``, and each ``item`` and
        ``answer``, the most telling first. At least ``floor`` members of the group gave all the answers told of it.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pn.clusters.describe_clusters(survey, pn.cluster_people(survey, views=["perspective"]).table, "perspective")
    <ClusterProfile: perspective, 5 groups, set apart most by people_1, planning_3, people_3, change_2, ...>
    """

    view: str
    table: pd.DataFrame = field(repr=False)
    shared: pd.DataFrame = field(repr=False)
    exemplars: pd.DataFrame = field(repr=False)

    def __repr__(self) -> str:
        first = self.table.dropna(subset=["effect"]).groupby("cluster")["item"].first()
        apart = f"set apart most by {', '.join(dict.fromkeys(first))}" if len(first) else "nothing sets them apart"
        return f"<ClusterProfile: {self.view}, {self.table['cluster'].nunique()} groups, {apart}>"

    @property
    def hidden(self) -> int:
        """Number of rows of the table whose values are hidden."""
        return int(self.table["inside"].isna().sum())


def describe_clusters(
    survey: Survey, groups: pd.DataFrame, view: str, *, block: str | None = None, floor: int = 5
) -> ClusterProfile:
    """What sets each group of one view apart from everybody else, what all share, and who stands for each.

    Parameters
    ----------
    survey
        The survey.
    groups
        Groups per view, as in ``PeopleClusters.table``.
    view
        The view whose groups to describe.
    block
        The block of items to describe them by; by default the view's own. The groups were formed to differ on those,
        so their intervals describe and do not test; items of another block are free of that.
    floor
        Answers given by fewer people than this, and others from which they could be worked out, are hidden.

    Returns
    -------
    ClusterProfile

    Raises
    ------
    SettingError
        If the view has no column in ``groups``, the block is no block of answers, or ``floor`` is below 1.
    UnknownPersonError
        If somebody in a group is not in the survey.

    References
    ----------
    Hedges (1981), Distribution theory for Glass's estimator of effect size and related estimators, Journal of
    Educational Statistics 6, 107-128.
    Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, chapter 6.
    Sweeney (2002), k-anonymity: a model for protecting privacy, International Journal of Uncertainty, Fuzziness and
    Knowledge-Based Systems 10, 557-570 (for the exemplars).

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> groups = pn.cluster_people(survey, views=["perspective"]).table
    >>> profile = pn.clusters.describe_clusters(survey, groups, "perspective")
    >>> profile.table[["cluster", "item", "answer", "effect"]].head(3).round(1)
       cluster      item answer  effect
    0        1  people_1            1.8
    1        1  people_3            1.7
    2        1  people_2            1.5
    """
    check_choice("view", view, groups.columns)
    if floor < 1:
        raise SettingError(f"floor must be at least 1; got {floor!r}.")
    items = compared_items(survey, block or view)
    labels = groups[view].dropna().astype(np.int64)
    for person in labels.index.difference(survey.people.index)[:1]:
        raise unknown_person(person, survey.people.index)
    given = answers_in_words(survey.people, items)
    table = answers_differ(survey.people, items, labels, floor)
    everybody = labels if len(labels) else pd.Series(0, index=survey.people.index)
    centred_on = view if view in COMPARED_BLOCKS and compared_items(survey, view) else block or view
    centres = central_people(person_distances(survey, centred_on), labels) if len(labels) else {}
    shared, exemplars = answers_shared(given, everybody, floor), portraits(given, labels, centres, table, floor)
    return ClusterProfile(view, table, shared, exemplars)


def answers_differ(people: pd.DataFrame, items: Sequence[Item], labels: pd.Series, floor: int) -> pd.DataFrame:
    """Each group against everybody else, by item and answer; order: group, size of the effect, codebook."""
    sizes = shown_counts(labels, floor)
    rows = [
        {"size": sizes.get(row["cluster"], pd.NA), "item": item.name} | row
        for item in items
        for row in _item_rows(people.loc[labels.index, item.name], item, labels, floor)
    ]
    table = pd.DataFrame(rows, columns=DIFFERENCES).astype({"size": "Int64"})
    strength = -table["effect"].astype(np.float64).abs().round(DIGITS)
    order = table.assign(strength=strength).sort_values(["cluster", "strength"], kind="stable").index
    return table.loc[order].reset_index(drop=True)


def shown_counts(labels: pd.Series, floor: int) -> dict[Any, int]:
    """People in each group whose number may be shown, so that no smaller number can be worked out."""
    counts = labels.value_counts().sort_index()
    if counts.empty:
        return {}
    shown = pd.Series(suppress_small(counts, floor=floor)).iloc[:-1].dropna()
    return {cluster: int(size) for cluster, size in shown.items()}


def _item_rows(answers: pd.Series, item: Item, labels: pd.Series, floor: int) -> Iterator[dict[str, object]]:
    known = answers.notna()
    answers, groups = answers[known], labels[known].to_numpy()
    if item.kind in ("numeric", "ordinal"):
        values = answers.cat.codes + 1 if isinstance(answers.dtype, pd.CategoricalDtype) else answers
        yield from _graded_rows(np.asarray(values, dtype=np.float64), groups, floor)
    elif item.kind == "multiple":
        for option in sorted(frozenset().union(*answers)):
            chose = [option if option in chosen else "" for chosen in answers]
            yield from (row for row in _share_rows(chose, groups, floor) if row["answer"])
    else:
        yield from _share_rows([str(answer) for answer in answers], groups, floor)


def _graded_rows(values: Floats, labels: npt.NDArray[np.int64], floor: int) -> Iterator[dict[str, object]]:
    shown = shown_counts(pd.Series(labels), floor)
    for cluster in np.unique(labels):
        inside, outside = values[labels == cluster], values[labels != cluster]
        row: dict[str, object] = {"cluster": cluster, "answer": ""}
        if cluster in shown and min(len(inside), len(outside)) >= max(floor, 2):
            effect, error = _standardised_difference(inside, outside)
            row |= {"inside": inside.mean(), "outside": outside.mean()} | _interval(effect, error)
        yield row


def _standardised_difference(inside: Floats, outside: Floats) -> tuple[float, float]:
    """Hedges' g and its standard error."""
    a, b = len(inside), len(outside)
    spread = np.sqrt(((a - 1) * inside.var(ddof=1) + (b - 1) * outside.var(ddof=1)) / (a + b - 2))
    if spread == 0:
        return np.nan, np.nan
    effect = (1 - 3 / (4 * (a + b) - 9)) * (inside.mean() - outside.mean()) / spread
    return float(effect), float(np.sqrt(1 / a + 1 / b + effect**2 / (2 * (a + b))))


def _share_rows(answers: list[str], labels: npt.NDArray[np.int64], floor: int) -> Iterator[dict[str, object]]:
    counts = pd.crosstab(np.array(answers, dtype=object), labels)
    kept = pd.DataFrame(suppress_small(counts, floor=floor)).notna().to_numpy(dtype=bool)
    kept = kept & kept[-1] & kept[:, -1:] & kept[-1, -1]  # outside the group is what is left of the totals
    inside, table = counts.sum().to_numpy(), counts.to_numpy()
    for column, cluster in enumerate(counts.columns):
        here, others = inside[column], inside.sum() - inside[column]
        for row, answer in enumerate(counts.index):
            found: dict[str, object] = {"cluster": cluster, "answer": answer}
            if kept[row, column] and others:
                shares = table[row, column] / here, (table[row].sum() - table[row, column]) / others
                angles = 2 * np.arcsin(np.sqrt(shares))
                found |= {"inside": shares[0], "outside": shares[1]}
                found |= _interval(angles[0] - angles[1], np.sqrt(1 / here + 1 / others))
            yield found


def _interval(effect: float, error: float) -> dict[str, object]:
    return {"effect": effect, "low": effect - INTERVAL * error, "high": effect + INTERVAL * error}


def answers_in_words(people: pd.DataFrame, items: Sequence[Item]) -> GivenAnswers:
    """By item and answer, whether each person gave it; graded answers by thirds of the scale; missing if unanswered."""
    return {(item.name, answer): given for item in items for answer, given in _item_in_words(people[item.name], item)}


def _item_in_words(answers: pd.Series, item: Item) -> Iterator[tuple[str, pd.Series]]:
    known = answers.dropna()
    if item.kind == "multiple":
        options = sorted(frozenset().union(*known))
        by_word = {option: known.map(lambda chosen, o=option: o in chosen) for option in options}
    else:
        words = _thirds(known, item) if item.kind in ("numeric", "ordinal") else known.astype(str)
        by_word = {word: words == word for word in sorted(set(words))}
    for word, given in by_word.items():
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


def answers_shared(given: GivenAnswers, labels: pd.Series, floor: int) -> pd.DataFrame:
    """Answers that at least half of every group gave, with the share that everybody and every group reach.

    The greatest share comes first, equal ones in the order of the codebook.
    """
    rows = []
    for (item, answer), gave in given.items():
        known = gave.reindex(labels.index).dropna().astype(bool)
        groups = known.groupby(labels[known.index])
        every = groups.agg(lambda said: _at_least(said, floor)).min() if len(known) else 0.0
        if groups.ngroups == labels.nunique() and every >= HALF:
            rows.append((item, answer, _at_least(known, floor), every))
    table = pd.DataFrame(rows, columns=SHARED)
    return table.sort_values("every_group", ascending=False, kind="stable", ignore_index=True)


def _at_least(said: pd.Series, floor: int) -> float:
    """A share rounded down, and never so high that fewer people than the floor are left."""
    share = min(said.mean(), 1 - floor / len(said))
    return round(float(np.floor(share / STEP + 1e-9)) * STEP, 2)


def central_people(distances: PersonDistances, labels: pd.Series) -> dict[int, str]:
    """The member of each group nearest to all its members (medoid), the first on the roster among equals."""
    positions = pd.Series(distances.people.get_indexer(labels.index), index=labels.index)
    positions = positions[distances.answered[positions.to_numpy()]]
    centres = {}
    for cluster, members in positions.groupby(labels[positions.index]):
        some = members.to_numpy()[:: -(-len(members) // COMPARED)]
        table = distances.block(members.to_numpy(), some)
        away = np.where(np.isnan(table), np.nanmean(table), table).mean(axis=1)
        centres[int(cluster)] = members.index[away.round(DIGITS).argmin()]
    return centres


def portraits(
    given: GivenAnswers, labels: pd.Series, centres: dict[int, str], table: pd.DataFrame, floor: int
) -> pd.DataFrame:
    """Answers of each central person that enough members of the group share, all of them together.

    How many share them is not told: the differences from row to row would be small counts.
    """
    rows = []
    for cluster, person in centres.items():
        alike = pd.Series(True, index=labels.index[labels == cluster])
        for item, answer in _by_strength(given, table[table["cluster"] == cluster]):
            same = alike & given[item, answer].reindex(alike.index).fillna(False).astype(bool)
            if same[person] and same.sum() >= floor:
                alike = same
                rows.append((cluster, item, answer))
    return pd.DataFrame(rows, columns=PORTRAIT)


def _by_strength(given: GivenAnswers, table: pd.DataFrame) -> list[tuple[str, str]]:
    """Answers, those first by which the group differs most from the others; equal ones in the codebook's order."""
    effects = table.set_index(["item", "answer"])["effect"].astype(np.float64)
    strength = effects.abs().fillna(0.0).round(DIGITS).to_dict()
    return sorted(given, key=lambda key: -strength.get(key, strength.get((key[0], ""), 0.0)))
