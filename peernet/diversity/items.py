"""Apportionment of Rao's entropy: which items a set of people differs by, within its groups and between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from peernet._arrays import Floats, Ints
from peernet._parallel import check_draws
from peernet._wording import Shown, count_in_digits
from peernet.distance.distances import EXACT_PEOPLE, PersonDistances, person_distances
from peernet.distance.items import parts_by_block, subset, weighing, without_each
from peernet.diversity.grouped_people import GroupMembers, GroupsOf, grouped, overlapping
from peernet.errors import SettingError
from peernet.survey.survey import Survey

ROUNDING = 1e-12  # means closer than this are equal
PEOPLE = 300  # among so many people, evenly spread, the order of pairs is compared


@dataclass(frozen=True, repr=False, eq=False)
class ItemDiversity(Shown):
    """Rao's quadratic entropy of a set of people, item by item.

    Parameters
    ----------
    table
        One row per item that weighs, index ``item``, the largest first: ``weight``; ``diversity``, the item's part of
        the entropy, and ``share`` of it; with groups, ``within`` and ``between`` them, which add up to ``diversity``,
        and ``between_share`` = between / diversity; ``above_chance``, how much of what chance leaves between groups
        really lies there, 0 where people might as well have been put into groups by lot and 1 where all differences lie
        between groups; ``order_kept``, the rank correlation of the distances of pairs with
        and without the item: where it is low, who is far from whom hangs on this one question.
    total
        ``diversity`` and, with groups, ``within`` and ``between``: the sums of the columns.
    view
        The block of items.
    people
        Number of people it speaks of: those who answered and, with groups, are in one.
    pairs
        Number of pairs of them.
    unknown
        How many of these share too few answers for a distance; they count as the average of the others.
    chance
        Share that would lie between groups of these sizes on average if people were put into them by lot; missing
        without groups. It is far from 0: small groups cannot hold everything.
    p
        How often as much lies between groups by lot; missing without groups, and for more than 4,000 people.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.diversity.rao_by_item(pn.load_example(), groups="team")
    <ItemDiversity: perspective, 240 people, 14 items, entropy 0.347, 11 % between groups (10 % by chance, p = 0.025)>
    """

    table: pd.DataFrame = field(repr=False)
    total: pd.Series[float] = field(repr=False)
    view: str
    people: int
    pairs: int
    unknown: int
    chance: float
    p: float

    def __repr__(self) -> str:
        split = ""
        if "between" in self.total and self.total["diversity"] > 0:
            share = self.total["between"] / self.total["diversity"]
            split = f", {100 * share:.0f} % between groups ({100 * self.chance:.0f} % by chance, p = {self.p:.2g})"
        asked = (
            f"{count_in_digits(self.people, 'person', 'people')}, {count_in_digits(len(self.table), 'item', 'items')}"
        )
        return f"<ItemDiversity: {self.view}, {asked}, entropy {self.total['diversity']:.3f}{split}>"


def rao_by_item(
    survey: Survey,
    *,
    view: str = "perspective",
    groups: GroupsOf | None = None,
    weights: str | Mapping[str, float] = "contribution",
    min_shared: float = 0.5,
    draws: int = 199,
    rng: int | np.random.Generator = 0,
) -> ItemDiversity:
    """Rao's quadratic entropy of everybody, split exactly by item and within and between groups.

    Parameters
    ----------
    survey
        The survey.
    view
        Which answers: a block such as ``"perspective"`` or ``"experience"``.
    groups
        Groups that nobody is in two of: a column such as ``"team"``, a Series from person to label, or as in
        `describe_diversity`. People in none are left out.
    weights, min_shared
        As in `person_distances`. The default gives every item about the same share by design, and asks where the
        differences lie: within groups or between them. ``"equal"`` also asks which items people differ by most.
    draws
        How often people are put into the groups by lot, 0 for not at all.
    rng
        Seed or generator.

    Returns
    -------
    ItemDiversity
        ``.table`` by item and ``.total``.

    Raises
    ------
    SettingError
        If groups overlap, nobody has answered, or the view or a setting is not allowed.
    UnknownPersonError
        If somebody in a group is not in the survey.

    Notes
    -----
    The split is exact with answers missing too: what an item adds to the distance of a pair is its difference times
    its weight, over the weight of the items that compare the two, and these parts sum to the distance. Within groups is
    the mean entropy of the groups, each counted by its people; between is the rest. Pairs whose distance is unknown
    count as the average of the known pairs of the same group, or of all. Groups that were formed from the same answers,
    as clusters are, differ by construction, and p says nothing of them.

    References
    ----------
    Rao, C. R. (1982). Diversity and dissimilarity coefficients: a unified approach. Theoretical Population Biology 21,
    24-43.
    Champely, S. & Chessel, D. (2002). Measuring biological diversity using Euclidean metrics. Environmental and
    Ecological Statistics 9, 167-177.

    Examples
    --------
    >>> import peernet as pn
    >>> found = pn.diversity.rao_by_item(pn.load_example(), groups="team")
    >>> found.table[["within", "between"]].sum().round(3).to_dict()
    {'within': 0.308, 'between': 0.039}
    """
    check_draws(draws, least=0)
    distances = person_distances(survey, view, weights=weights, min_shared=min_shared)
    teams = {name: own for name, own in grouped(survey, groups, distances.answered).items() if len(own)}
    if overlapping(teams):
        raise SettingError("groups overlap, so nothing lies clearly within or between them; give each person one.")
    if not teams:
        raise SettingError(f"Nobody in the groups has answered the {view} items, so there is nothing to split.")
    everybody, within, known = _parts_by_item(distances, teams)
    people = np.concatenate(list(teams.values()))
    n, pairs = len(people), len(people) * (len(people) - 1) // 2
    parts = pd.DataFrame({"diversity": everybody}, index=distances.weights.index[weighing(distances)])
    chance = p = float("nan")
    if groups is not None:
        parts = parts.assign(within=within, between=everybody - within)
        chance = (len(teams) - 1) / (n - 1) if n > 1 else chance
        p = _permutation_p(distances, teams, draws, np.random.default_rng(rng))
    table = _with_shares(parts, chance).assign(order_kept=_order_kept(distances, people))
    table.insert(0, "weight", distances.weights[table.index])
    table = table.rename_axis("item").sort_values("diversity", ascending=False, kind="stable")
    return ItemDiversity(table, parts.sum(skipna=False).rename("total"), view, n, pairs, pairs - known, chance, p)


def _parts_by_item(distances: PersonDistances, teams: GroupMembers) -> tuple[Floats, Floats, int]:
    """Each item's part of the entropy of everybody and of the mean entropy of the groups; how many pairs are known."""
    people = np.concatenate(list(teams.values()))
    sizes = np.array([len(members) for members in teams.values()])
    team = np.repeat(np.arange(len(sizes)), sizes)
    k, n = len(weighing(distances)), len(people)
    total, inside = np.zeros(k), np.zeros((k, len(sizes)))
    known, known_inside = 0, np.zeros(len(sizes))
    for rows, parts in parts_by_block(subset(distances, people)):
        defined = ~np.isnan(parts[0])
        defined[np.arange(len(defined)), np.arange(rows.start, rows.stop)] = False  # oneself
        values, same = np.where(defined, parts, 0.0), defined & (team[rows, None] == team)
        total += values.sum(axis=(1, 2))
        known += int(defined.sum())
        np.add.at(inside.T, team[rows], (values * same).sum(axis=2).T)
        np.add.at(known_inside, team[rows], same.sum(axis=1))
    everybody = total / known * (1 - 1 / n) if known else np.full(k, np.nan if n > 1 else 0.0)
    return everybody, _mean_of_groups(inside, known_inside, sizes), known // 2  # each pair came up from both sides


def _mean_of_groups(inside: Floats, known: Floats, sizes: Ints) -> Floats:
    """Each item's part of the mean entropy of the groups; a group of which nothing is known counts as the others."""
    counted = (known > 0) | (sizes == 1)
    if not counted.any():
        return np.full(len(inside), np.nan)
    means = np.divide(inside, known, out=np.zeros_like(inside), where=known > 0) * (1 - 1 / sizes)
    return np.asarray(means[:, counted] @ (sizes[counted] / sizes[counted].sum()))


def _permutation_p(distances: PersonDistances, teams: GroupMembers, draws: int, rng: np.random.Generator) -> float:
    """How often groups by lot are as alike inside as these: a permutation test."""
    people = np.concatenate(list(teams.values()))
    if len(people) > EXACT_PEOPLE or not draws:
        return float("nan")
    table = distances.block(people, people)
    np.fill_diagonal(table, np.nan)
    ends = np.cumsum([len(members) for members in teams.values()])[:-1]
    found = _mean_within(table, np.split(np.arange(len(people)), ends))
    lots = [_mean_within(table, np.split(rng.permutation(len(people)), ends)) for _ in range(draws)]
    return (1 + sum(lot <= found + ROUNDING for lot in lots)) / (1 + draws)


def _mean_within(table: Floats, groups: Sequence[Ints]) -> float:
    """Mean entropy of the groups, each counted by its people; what is unknown is left out."""
    total = people = 0.0
    for members in groups:
        inside = table[np.ix_(members, members)]
        known = inside[~np.isnan(inside)]
        if len(known) or len(members) == 1:
            total += (len(members) - 1) * (known.mean() if len(known) else 0.0)
            people += len(members)
    return total / people if people else float("nan")


def _with_shares(parts: pd.DataFrame, chance: float) -> pd.DataFrame:
    """The parts with their shares, missing where there is nothing to share out."""
    table, whole = parts.copy(), parts["diversity"].sum(skipna=False)
    table.insert(1, "share", parts["diversity"] / (whole if whole > 0 else np.nan))
    if "between" in parts:
        table["between_share"] = parts["between"] / parts["diversity"].where(parts["diversity"] > 0)
        table["above_chance"] = (table["between_share"] - chance) / (1 - chance) if chance < 1 else np.nan
    return table


def _order_kept(distances: PersonDistances, people: Ints) -> list[float]:
    """Rank correlation of the distances of pairs with those without each item."""
    some = people[np.unique(np.linspace(0, len(people) - 1, min(len(people), PEOPLE)).round().astype(int))]
    above = np.triu_indices(len(some), k=1)
    whole = distances.block(some, some)[above]
    kept = [_rank_correlation(whole, rest.block(some, some)[above]) for rest in without_each(distances)]
    return kept or [np.nan] * len(weighing(distances))


def _rank_correlation(one: Floats, other: Floats) -> float:
    """Spearman's correlation over what is known of both."""
    from scipy.stats import rankdata  # which takes half a second to load

    known = ~(np.isnan(one) | np.isnan(other))
    ranks = rankdata(one[known]), rankdata(other[known])
    if not known.any() or any(np.ptp(rank) == 0 for rank in ranks):
        return float("nan")
    return float(np.corrcoef(*ranks)[0, 1])
