"""Are partners alike, or of different kinds, more than chance? Each against other pairings of the same people.

A measure by intraclass correlation and mean difference; kinds by the number of mixed pairs, exactly and for any number
of kinds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations_with_replacement
from math import factorial, fsum, prod
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from peernet._arrays import Array, Floats, Ints
from peernet.dyads.chance import (
    BY_LOT,
    MOST_WAYS,
    ROUNDING,
    Cost,
    pairings_words,
    pools_of,
    shares_as_far,
    sums_over_pairings,
    ways_of_pairing,
)
from peernet.dyads.effects import COLUMNS, LEVEL, NOT_BY_LOT, Effects, assumed, data_card, number, told
from peernet.dyads.pairs import LEFT_OUT, Dyads, as_dyads
from peernet.errors import EstimationError, SettingError

FEWEST = 6  # pairs of which an interval is told
ANY_AS_LIKELY = "but for what is tested, any of these pairings was as likely as any other"
TERMS = ["intraclass correlation", "double-entry correlation", "mean absolute difference"]
METHOD_OF_LIKENESS = (
    "Intraclass correlation of partners from a one-way analysis of variance (its interval by leaving out each pair, "
    "on the scale of Fisher's z), the same by double entry, and the mean absolute difference, each against other "
    "pairings of the same people."
)
CITATION_OF_LIKENESS = (
    "Fisher (1925), Statistical Methods for Research Workers; Kenny, Kashy & Cook (2006), Dyadic Data Analysis, "
    "chapter 2; Guryan, Kroft & Notowidigdo (2009), American Economic Journal: Applied Economics 1(4), 34-68; Miller "
    "(1974), The jackknife - a review, Biometrika 61(1), 1-15."
)
MIXED_BY_LOT = "The pairs were drawn by lot: a mixture beyond chance came about by rules of the draw, or by chance."
METHOD_OF_MIXING = (
    "Exact distribution of the number of mixed pairs over all ways of pairing the same people, by inclusion and "
    "exclusion of pairs of one kind."
)
CITATION_OF_MIXING = (
    "Pitman (1937), Supplement to the Journal of the Royal Statistical Society 4(1), 119-130 (tests from all "
    "arrangements of the same values)."
)


def partner_likeness(
    pairs: Dyads | pd.DataFrame, measure: str, *, draws: int = 9_999, rng: int | np.random.Generator = 0
) -> Effects:
    """Whether partners are more alike in a measure than the same people would be if they were paired by chance.

    Which member comes first means nothing, so Pearson's correlation, which changes with it, is no answer. Intraclass
    correlations do not, may be negative, and lie from -1 to 1. Chance does not give nought: nobody is their own
    partner, so over all pairings of N people the double-entry correlation is ``-1 / (N - 1)`` on average.

    Where the pairs have a ``group``, pairs are taken to have been made within groups only: correlations are those
    within groups (each group's mean taken off), and the other pairings keep to the groups.

    Parameters
    ----------
    pairs
        A row per pair, each person in one; see `peernet.dyads.Dyads`.
    measure
        The measure of people, with a column for either member: any number, a scale of a few steps, or 0 and 1.
    draws
        How many other pairings are drawn where there are more than 2,027,025 (those of 16 people); up to that number
        each is gone through, and p values are exact.
    rng
        A seed or generator for these draws.

    Returns
    -------
    Effects
        ``table`` has the rows ``intraclass correlation`` (by analysis of variance), ``double-entry correlation`` (each
        pair taken both ways round) and ``mean absolute difference`` (in units of the measure), and besides the usual
        columns: ``expected`` (the mean over the other pairings), ``p_alike`` (how often chance makes partners as alike,
        or more) and ``p_unlike`` (as unlike, or more). ``p_value`` is two-sided: how often chance gives as much
        difference from what is expected; of either correlation by the one with double entry, of which the other is an
        increasing function. ``low`` and ``high`` are given for the first only; missing where there are fewer than six
        pairs or only two values, or the members of all pairs or the means of all pairs are equal, but for one pair
        perhaps. ``null`` has all
        three for each pairing.

    Raises
    ------
    SettingError
        If there is no such measure, or it is one of the pair.
    EstimationError
        If everybody has the same value, somebody is in several pairs, there is no other way of pairing these people, or
        every way makes partners equally alike.

    Notes
    -----
    The p values take nothing for granted of how the measure is spread, and the interval little. On the scale of
    Fisher's z it is Student's t by the standard error of the jackknife, how far z moves when each pair is left out. It
    has (2 x pairs - 3) / kurtosis degrees of freedom, of what z moves by: as a variance has, but that few pairs show
    too little of long tails. (Where pairs have groups, of which each takes one, it is 2 x (pairs - groups) - 1.)

    In 3,000 studies each of 6, 10 and 20 pairs with correlations from -.8 to .9 (standard error .4 %) it held the
    correlation in 95.0 to 96.7 of a hundred where the measure was normal, in 93.8 to 96.2 with heavy tails (Student's t
    with 3 degrees of freedom), in 93.1 to 95.8 where it leaned to one side (exponential) and in 93.9 to 96.1 where
    pairs differed in spread; of answers in five steps, where it is told, in 92.5 to 97.8. (Of such answers that
    correlate at .83 six pairs often hold one that differs, and 31 of a hundred studies have no interval.) A measure
    that leans much further is not held: of log-normal ones (sigma .8) at -.8 it held 90, 88 and 84 of a hundred.

    Of a yes or no answer few numbers of mixed pairs are possible, so that its exact test stays below 5 %: where 40 %
    say yes and all is chance, 1.2, 2.0 and 2.2 % of studies of 12, 20 and 40 people find something. Counting what is
    just as far by half (mid-p) would give 1.8, 4.5 and 4.4 %; only a coin toss gives 5.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> learning = {"learning_a": [52, 61, 47, 70, 58, 44], "learning_b": [55, 58, 49, 66, 60, 41]}
    >>> found = pn.dyads.partner_likeness(pd.DataFrame(learning), "learning")
    >>> found.table[["estimate", "expected", "p_value", "p_alike"]].round(5)
                              estimate  expected  p_value  p_alike
    term
    intraclass correlation     0.94980  -0.01496  0.00029  0.00029
    double-entry correlation   0.94006  -0.09091  0.00029  0.00029
    mean absolute difference   2.83333  10.46970  0.00029  0.00029
    >>> found.card["pairings"]
    'all 10,395 ways of pairing the same 12 people'
    """
    dyads = as_dyads(pairs)
    if not dyads.is_of_people(measure):
        raise SettingError(f"{measure} is a measure of the pair; partners can be alike in a measure of people.")
    dyads, rows = pools_of(dyads.complete(measure))
    sides: Floats = dyads.table[[f"{measure}_a", f"{measure}_b"]].to_numpy(dtype=float)
    values = [np.sort(sides[row].ravel()) for row in rows]
    sizes = [len(group) for group in values]
    _refuse_no_difference(measure, values)
    places = np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1])
    sums = sums_over_pairings(_differences(np.concatenate(values)), places, draws, rng)
    table, null = _against_chance(np.abs(sides[:, 0] - sides[:, 1]), values, sums)
    pairings, different = pairings_words(sizes, draws), len(np.unique(sides))
    two_values = different == 2
    shape = "two values" if two_values else f"{different} different values among {sides.size} people"
    if not two_values:
        table.loc[TERMS[0], ["low", "high"]] = _interval([sides[row] for row in rows])
    bias = {"double-entry correlation expected of chance": number(table["expected"].iloc[1])}
    return Effects(
        table=table,
        card=data_card(dyads, pairings=pairings, **bias),
        left_out=dyads.left_out,
        sentence=told(
            f"Are partners alike in {measure}? Intraclass correlation",
            table.iloc[0],
            against=f"{number(table['expected'].iloc[0])} on average over {pairings}",
            unit="by analysis of variance",
            says=BY_LOT if dyads.design == "drawn by lot" else NOT_BY_LOT,
        ),
        method=METHOD_OF_LIKENESS,
        citation=CITATION_OF_LIKENESS,
        assumptions=assumed(
            (ANY_AS_LIKELY, None, dyads.design),
            ("there are more than two values (for the interval only)", not two_values, shape),
        ),
        null=null,
        settings={"measure": measure, "draws": draws, "rng": rng},
    )


def _against_chance(gaps: Floats, values: list[Floats], sums: Floats) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table of effects, and the three measures for each of the other pairings."""
    sizes = [len(group) for group in values]
    means = [fsum(group) / len(group) for group in values]
    spread = fsum((x - mean) ** 2 for group, mean in zip(values, means, strict=True) for x in group)
    observed = np.array([fsum(gaps**2), fsum(gaps)])  # exact, so that the order of pairs means nothing
    chance = np.array([_expected(values, power) for power in (2, 1)])
    drawn = ways_of_pairing(sizes) > MOST_WAYS
    squared, absolute = (shares_as_far(*each, drawn=drawn) for each in zip(sums, observed, chance, strict=True))
    null = pd.DataFrame(dict(zip(TERMS, _measures(sums, spread, sizes), strict=True)))
    table = pd.DataFrame(np.nan, index=pd.Index(TERMS, name="term"), columns=COLUMNS)
    table["estimate"] = _measures(observed[:, None], spread, sizes)[:, 0]
    table["expected"] = [null.iloc[:, 0].mean(), *_measures(chance[:, None], spread, sizes)[1:, 0]]
    table[["p_value", "p_alike", "p_unlike"]] = [squared, squared, absolute]
    return table, null


def _differences(values: Floats) -> Cost:
    def squared_and_absolute(i: Ints, j: Ints) -> Floats:
        gaps = np.abs(values[i] - values[j])
        return np.stack([gaps**2, gaps])

    return squared_and_absolute


def _expected(values: list[Floats], power: int) -> float:
    """The sum of differences to this power over the pairs, on average over all pairings within groups."""
    total = 0.0
    for group in values:
        n = len(group)  # sorted, so that each difference is counted by how often a value is the larger or the smaller
        absolute = float(np.dot(2 * np.arange(n) - n + 1, group - group[0])) / (n - 1)
        total += absolute if power == 1 else n * float(np.var(group, ddof=1))
    return total


def _measures(sums: Floats, spread: float, sizes: list[int]) -> Floats:
    """Both correlations and the mean difference, from sums over the pairs of squared and of absolute differences."""
    pairs = sum(sizes) // 2
    within = sums[0] / 2 / pairs
    between = (spread - sums[0] / 2) / (pairs - len(sizes))
    correlations = (between - within) / (between + within), 1 - sums[0] / spread
    return np.stack([*np.clip(correlations, -1, 1), sums[1] / pairs])


def _interval(groups: list[Floats]) -> tuple[float, float]:
    """By Fisher's z, and how far it moves when each pair is left out."""
    sums, lost, gaps = [], [], []
    for sides in groups:
        low, high = np.sort(sides, axis=1).T
        order = np.lexsort((high, low))  # the order of pairs means nothing
        both = (low + high)[order]
        sums.append((both - both.mean()) ** 2)
        lost.append(sums[-1] * len(both) / (len(both) - 1))  # with its pair the group's mean goes elsewhere
        gaps.append((high - low)[order] ** 2)
    between, within = np.concatenate(sums).sum(), np.concatenate(gaps).sum()
    left = between - np.concatenate(lost), within - np.concatenate(gaps)
    pairs = len(left[0])
    free = pairs - len(groups)
    if pairs < FEWEST or np.min(left) <= ROUNDING * max(between, within):
        return np.nan, np.nan
    whole = np.log(between / free / (within / pairs)) / 2
    each = np.log(left[0] / (free - 1) / (left[1] / (pairs - 1))) / 2
    squares = (each - each.mean()) ** 2
    if squares.sum() <= ROUNDING**2:
        return np.nan, np.nan
    error = np.sqrt(squares.sum() * (pairs - 1) / pairs)
    kurtosis = pairs * (squares**2).sum() / squares.sum() ** 2
    far = stdtrit((2 * free - 1) / kurtosis, (1 + LEVEL) / 2) * error
    low, high = np.tanh([whole - far, whole + far]).tolist()
    return low, high


def _refuse_no_difference(measure: str, values: list[Floats]) -> None:
    same = [ROUNDING * max(abs(group[0]), abs(group[-1])) for group in values]
    if all(group[-1] - group[0] <= least for group, least in zip(values, same, strict=True)):
        of_all = len({f"{group[0]:g}" for group in values}) == 1
        where = f"Everybody has {values[0][0]:g}" if of_all else "Everybody in a group has the same"
        raise EstimationError(f"{where} in {measure}, so nobody is more alike than others. People must differ in it.")
    if all(group[0] == group[-2] or group[1] == group[-1] for group in values):  # one differs, whoever is the partner
        raise EstimationError(
            f"Every way of pairing these people makes partners equally alike in {measure}, so chance cannot be told "
            "from anything else. More people must differ."
        )


# --- kinds of people --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class KindMixing(Effects):
    """How often pairs join people of different kinds; as `Effects`, and by combination of kinds.

    Parameters
    ----------
    combinations
        One row per two kinds, each once: ``kind_1``, ``kind_2``, ``pairs`` (how many there are) and ``expected`` (how
        many on average over all ways of pairing the same people).
    distribution
        The probability of each possible number of ``mixed pairs`` under chance.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> pairs = pd.DataFrame({"team_a": ["x", "x", "y", "x"], "team_b": ["y", "y", "y", "x"]})
    >>> pn.dyads.kind_mixing(pairs, "team").distribution.round(3).to_dict()
    {0: 0.086, 2: 0.686, 4: 0.229}
    """

    combinations: pd.DataFrame
    distribution: pd.Series[float]


def kind_mixing(pairs: Dyads | pd.DataFrame, kind: str) -> KindMixing:
    """Whether pairs join people of different kinds more, or less, often than chance would.

    Chance is every way of pairing the same people, within groups where the pairs have a ``group``. All are counted,
    however many there are, and for any number of kinds; nothing is drawn.

    Parameters
    ----------
    pairs
        A row per pair, each person in one; see `peernet.dyads.Dyads`.
    kind
        A measure of people that says of what kind they are: department, gender, cluster.

    Returns
    -------
    KindMixing
        ``table`` has one row, ``mixed pairs``: the number of them, ``expected`` by chance, ``p_value`` (how often
        chance gives a number as far from that, to either side), ``p_mixed`` (as many, or more) and ``p_alike`` (as few,
        or fewer).

    Raises
    ------
    SettingError
        If there is no such measure, or it is one of the pair.
    EstimationError
        If there is one kind only, somebody is in several pairs, there is no other way of pairing these people, or every
        way mixes as many pairs.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> team = {"team_a": ["x", "x", "y", "z", "x", "y"], "team_b": ["y", "y", "z", "x", "z", "z"]}
    >>> found = pn.dyads.kind_mixing(pd.DataFrame(team), "team")
    >>> found.table[["estimate", "expected", "p_value", "p_mixed"]].round(3)
                 estimate  expected  p_value  p_mixed
    term
    mixed pairs       6.0     4.364    0.231    0.166
    >>> found.combinations.round(2).head(2)
      kind_1 kind_2  pairs  expected
    0      x      x      0      0.55
    1      x      y      2      1.45
    """
    dyads = as_dyads(pairs)
    if not dyads.is_of_people(kind):
        raise SettingError(f"{kind} is a measure of the pair; a kind is a measure of people.")
    dyads, rows = pools_of(_of_known_kind(dyads.with_kinds(kind), kind))
    sides = dyads.table[[f"{kind}_a", f"{kind}_b"]].to_numpy(dtype=object)
    pools = [Counter(sides[row].ravel().tolist()) for row in rows]
    if all(len(pool) == 1 for pool in pools):
        raise EstimationError(
            f"Whoever could have been paired is of one {kind}, so no pairing mixes them. It takes two kinds at least."
        )
    distribution = reduce(np.convolve, [_mixed([*pool.values()]) for pool in pools])
    table = _table_of_mixing(int((sides[:, 0] != sides[:, 1]).sum()), distribution)
    possible = np.flatnonzero(distribution)
    if len(possible) == 1:
        raise EstimationError(
            f"Every way of pairing these people has {possible[0]} mixed of {len(dyads)} pairs, so chance cannot be "
            f"told from anything else. It takes more people, or fewer of one {kind}."
        )
    pairings = f"all ways of pairing the same {sides.size:,} people"
    return KindMixing(
        table=table,
        card=data_card(dyads, kinds=len(set().union(*pools))),
        left_out=dyads.left_out,
        sentence=told(
            f"Do pairs mix people of different {kind}?",
            table.iloc[0],
            against=f"{table['expected'].iloc[0]:.1f} on average over {pairings}"
            + (f" within their {len(pools)} groups" if len(pools) > 1 else ""),
            unit=f"of {len(dyads):,} pairs do",
            says=MIXED_BY_LOT if dyads.design == "drawn by lot" else NOT_BY_LOT,
        ),
        method=METHOD_OF_MIXING,
        citation=CITATION_OF_MIXING,
        assumptions=assumed((ANY_AS_LIKELY, None, dyads.design)),
        settings={"kind": kind},
        combinations=_combinations(sides, pools),
        distribution=pd.Series(distribution[possible], pd.Index(possible, name="mixed pairs"), name="probability"),
    )


def _of_known_kind(dyads: Dyads, kind: str) -> Dyads:
    unknown = dyads.table[[f"{kind}_a", f"{kind}_b"]].isna()
    lost = unknown.any(axis=1).to_numpy(dtype=bool)
    if not lost.any():
        return dyads
    reasons = unknown[lost].apply(lambda row: f"{' and '.join(row.index[row])} missing", axis=1)
    out = dyads.table[lost].reindex(columns=LEFT_OUT[:3]).assign(reason=reasons)
    gone = pd.concat([part for part in (dyads.left_out, out) if len(part)], ignore_index=True)
    return replace(dyads, table=dyads.table[~lost], left_out=gone)


def _mixed(sizes: list[int]) -> Floats:
    """The probability of 0, 1, ... mixed pairs when so many people of each kind are paired by chance.

    Whole numbers of pairings, so nothing is lost by rounding: for each ``w``, choose ``w`` pairs of one kind and pair
    everybody else in any way; that counts a pairing with more of them as often as ``w`` can be chosen among them.
    """
    people = sum(sizes)
    chosen = reduce(_product, [_pairs_within(size) for size in sizes])
    least = [ways * prod(range(1, people - 2 * w, 2)) for w, ways in enumerate(chosen)]
    exactly = [0] * (people // 2 + 1)
    exactly[: len(least)] = least
    for start in range(people // 2):  # a polynomial in t - 1 written as one in t
        for w in range(people // 2 - 1, start - 1, -1):
            exactly[w] -= exactly[w + 1]
    total = prod(range(1, people, 2))
    return np.array([count / total for count in reversed(exactly)])


def _pairs_within(size: int) -> list[int]:
    """In how many ways 0, 1, ... pairs can be chosen among so many people."""
    return [factorial(size) // (2**w * factorial(w) * factorial(size - 2 * w)) for w in range(size // 2 + 1)]


def _product(left: list[int], right: list[int]) -> list[int]:
    found = [0] * (len(left) + len(right) - 1)
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            found[i + j] += a * b
    return found


def _table_of_mixing(mixed: int, distribution: Floats) -> pd.DataFrame:
    numbers = np.arange(len(distribution))
    expected = float(numbers @ distribution)
    as_far = np.abs(numbers - expected) >= abs(mixed - expected) - ROUNDING * len(numbers)
    table = pd.DataFrame(np.nan, index=pd.Index(["mixed pairs"], name="term"), columns=COLUMNS)
    table["estimate"], table["expected"] = float(mixed), expected
    shares = distribution[as_far].sum(), distribution[mixed:].sum(), distribution[: mixed + 1].sum()
    table[["p_value", "p_mixed", "p_alike"]] = np.minimum(shares, 1.0)
    return table


def _combinations(sides: Array, pools: list[Counter[Any]]) -> pd.DataFrame:
    kinds: list[Hashable] = sorted(set().union(*pools), key=lambda kind: (str(type(kind)), kind))
    place = {kind: n for n, kind in enumerate(kinds)}
    joined = Counter((min(ends), max(ends)) for ends in ((place[a], place[b]) for a, b in sides))
    expected: Floats = np.zeros((len(kinds), len(kinds)))
    for pool in pools:
        counts = np.array([pool[kind] for kind in kinds], dtype=float)
        of_two = np.outer(counts, counts)
        np.fill_diagonal(of_two, counts * (counts - 1) / 2)
        expected += of_two / (counts.sum() - 1)
    cells = [
        (first, second, joined[place[first], place[second]], expected[place[first], place[second]])
        for first, second in combinations_with_replacement(kinds, 2)
    ]
    return pd.DataFrame(cells, columns=["kind_1", "kind_2", "pairs", "expected"])
