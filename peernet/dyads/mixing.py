"""Do pairs mix kinds of people more than chance? Exactly, for any number of kinds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from functools import reduce
from itertools import combinations_with_replacement
from math import factorial, prod
from typing import Any

import numpy as np
import pandas as pd

from peernet._arrays import Array, Floats
from peernet.dyads.chance import ROUNDING, pools_of
from peernet.dyads.effects import COLUMNS, NOT_BY_LOT, Effects, assumed, data_card, told
from peernet.dyads.pairs import LEFT_OUT, Dyads, as_dyads
from peernet.errors import EstimationError, SettingError

BY_LOT = "The pairs were drawn by lot: a mixture beyond chance came about by rules of the draw, or by chance."
METHOD = (
    "Exact distribution of the number of mixed pairs over all ways of pairing the same people, by inclusion and "
    "exclusion of pairs of one kind."
)
CITATION = (
    "Pitman (1937), Supplement to the Journal of the Royal Statistical Society 4(1), 119-130 (tests from all "
    "arrangements of the same values)."
)


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
    dyads, rows = pools_of(_of_known_kind(dyads, kind))
    sides = dyads.table[[f"{kind}_a", f"{kind}_b"]].to_numpy(dtype=object)
    pools = [Counter(sides[row].ravel().tolist()) for row in rows]
    if all(len(pool) == 1 for pool in pools):
        raise EstimationError(
            f"Whoever could have been paired is of one {kind}, so no pairing mixes them. It takes two kinds at least."
        )
    distribution = reduce(np.convolve, [_mixed([*pool.values()]) for pool in pools])
    table = _table(int((sides[:, 0] != sides[:, 1]).sum()), distribution)
    possible = np.flatnonzero(distribution)
    if len(possible) == 1:
        raise EstimationError(
            f"Every way of pairing these people has {possible[0]} mixed of {len(dyads)} pairs, so chance cannot be "
            f"told from anything else. It takes more people, or fewer of one {kind}."
        )
    people = f"all ways of pairing the same {sides.size:,} people"
    return KindMixing(
        table=table,
        card=data_card(dyads, kinds=len(set().union(*pools))),
        left_out=dyads.left_out,
        sentence=told(
            f"Do pairs mix people of different {kind}?",
            table.iloc[0],
            against=f"{table['expected'].iloc[0]:.1f} on average over {people}"
            + (f" within their {len(pools)} groups" if len(pools) > 1 else ""),
            unit=f"of {len(dyads):,} pairs do",
            says=BY_LOT if dyads.design == "drawn by lot" else NOT_BY_LOT,
        ),
        method=METHOD,
        citation=CITATION,
        assumptions=assumed(
            ("but for what is tested, any of these pairings was as likely as any other", None, dyads.design)
        ),
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
    return Dyads(dyads.table[~lost], gone, dyads.design, dyads.meanings)


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


def _table(mixed: int, distribution: Floats) -> pd.DataFrame:
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
