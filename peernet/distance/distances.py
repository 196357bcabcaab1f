"""Gower's distance between people, for answers of every kind and with some of them missing, and each item's weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet.distance.coding import CHOSEN, CODED_KINDS, NAMED, TRAIT, CodedItems, code_items
from peernet.distance.kernels import (
    Answers,
    WeighedItems,
    distance_to_self,
    fill_pairs,
    fill_rows,
    fill_square,
    item_differences,
    weighed,
)
from peernet.errors import SettingError, check_choice, did_you_mean, is_number, unknown_person
from peernet.survey.item import Item
from peernet.survey.survey import Survey

Positions = Sequence[int] | npt.NDArray[np.integer]
COMPARED_BLOCKS = ("experience", "perspective", "goal", "offers", "seeks", "climate")
WEIGHTINGS = ("contribution", "equal")
EXACT_PEOPLE = 4_000  # beyond this, mean and median come from a fixed sample of this many people
CELLS_AT_HAND = 4_000_000  # of rows, 32 MB: pairs among them are looked up and need no kernel of their own
SHARE_ROUNDING = 1e-9  # a shared weight this far below the least one is a rounding error
NO_DIFFERENCE = 1e-12  # a mean difference up to this is a rounding error: everybody agrees
SETS_AT_ONCE = 256  # distinct sets of answers compared with all others at a time
HELD_CELLS = 4_000_000  # of a table of everybody: up to these, 32 MB, it is worked out once
HEAVIEST = 5.0  # an item on which hardly anybody differs weighs at most this many times the typical item


@dataclass(frozen=True, repr=False, eq=False)
class PersonDistances:
    """Distances between people on one block of answers, computed when asked for.

    A table of everybody is kept once it was asked for as a whole, of up to `HELD_CELLS` cells and never more.

    Parameters
    ----------
    people
        The people, in the order of the survey; positions in `block` refer to it.
    weights
        Share of weight of each item, summing to 1. An item on which everybody agrees has weight 0.
    min_shared
        The least share of weight that two people must both have answered for their distance to be defined.
    items
        The coded answers.

    Examples
    --------
    >>> import peernet as pn
    >>> import pandas as pd
    >>> from peernet.survey.codebook import Codebook, Item
    >>> codebook = Codebook((Item("id", "person"), Item("field", "perspective", "nominal")))
    >>> people = pd.DataFrame({"field": ["law", "law", "design"]}, index=pd.Index(["ann", "bo", "cy"], name="person"))
    >>> survey = pn.Survey(people, pd.DataFrame(), pd.DataFrame(), codebook, pd.DataFrame(), {})
    >>> distances = pn.distance.person_distances(survey)
    >>> distances.block([0])
    array([[0., 0., 1.]])
    >>> distances.mean
    0.666...
    """

    people: pd.Index
    weights: pd.Series
    min_shared: float
    items: CodedItems = field(repr=False)

    def __getstate__(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}  # to other processes without the tables

    def __len__(self) -> int:
        return len(self.people)

    def __repr__(self) -> str:
        return f"<PersonDistances: {len(self)} people, {len(self.weights)} items>"

    @property
    def as_given(self) -> PersonDistances:
        """Distances of the answers as they were given, which these are."""
        return self

    @property
    def shares(self) -> Floats:
        """The weights as an array."""
        return self.weights.to_numpy()

    @property
    def least(self) -> float:
        """The least shared weight, less a rounding error."""
        return max(self.min_shared - SHARE_ROUNDING, SHARE_ROUNDING)

    @cached_property
    def answered(self) -> npt.NDArray[np.bool_]:
        """Whether each person answered anything that weighs."""
        return np.asarray((~np.isnan(self.items.answers[self.shares > 0])).any(axis=0))

    def block(self, rows: Positions, cols: Positions | None = None) -> Floats:
        """Distances of some people from others.

        Parameters
        ----------
        rows, cols
            Positions of people; everybody where ``cols`` is not given.

        Returns
        -------
        numpy.ndarray
            One row per person in ``rows``, one column per person in ``cols``. The value of a pair does not depend on
            who comes first. A person's distance from themself is 0, or NaN where they answered nothing. NaN where two
            people share too little answered weight, or agree only on the absence of things.
        """
        rows = self._positions(rows)
        if cols is None and len(rows) ** 2 <= HELD_CELLS and np.array_equal(rows, np.arange(len(self))):
            return self._table.copy()
        if cols is not None:
            cols = self._positions(cols)
        if "_table" not in self.__dict__:
            return self._between(rows, cols)
        return self._table[rows] if cols is None else self._table[rows[:, None], cols]

    @cached_property
    def _table(self) -> Floats:
        """Distances of everybody from everybody."""
        return self._between(np.arange(len(self)), None)

    def _positions(self, people: Positions) -> Ints:
        """The positions as an array, none below 0."""
        places = np.asarray(people, dtype=np.int64)
        found: Ints = np.where(places < 0, places + len(self), places)
        if ((found < 0) | (found >= len(self))).any():
            raise IndexError(f"There are {len(self)} people; got positions {people!r}.")
        return found

    def _between(self, rows: Ints, cols: Ints | None) -> Floats:
        """What `block` gives, worked out anew; everybody where ``cols`` is None."""
        right = self._weighed if cols is None else self._weighed.take(cols)
        out = np.empty((len(rows), len(self) if cols is None else len(cols)))
        fill_rows(self._weighed.rows(rows), right, self.least, out)
        same = (np.arange(len(rows)), rows) if cols is None else np.nonzero(rows[:, None] == cols)
        out[same] = self._to_self[rows[same[0]]]
        return out

    def of_pairs(self, firsts: Ints, seconds: Ints) -> Floats:
        """Distances of pairs of people given by position: the cells of `block`, to the bit, where a few are wanted.

        Where the rows they stand in are no more than a table of `CELLS_AT_HAND`, they are looked up there.
        """
        if min(len(firsts), len(self)) * len(self) <= CELLS_AT_HAND:
            rows, place = np.unique(firsts, return_inverse=True)
            return np.asarray(self.block(rows)[place, seconds])
        return self._pair_by_pair(firsts, seconds)

    def _pair_by_pair(self, firsts: Ints, seconds: Ints) -> Floats:
        out = np.empty(len(firsts))
        fill_pairs(self._by_person, self._weighed.layout, firsts, seconds, self.least, out)
        alone = firsts == seconds
        out[alone] = self._to_self[firsts[alone]]
        return out

    def to_frame(self) -> pd.DataFrame:
        """Square table of distances, people in rows and columns."""
        out = np.empty((len(self), len(self)))
        fill_square(self.items, self.shares, self.least, out)
        return pd.DataFrame(out, index=self.people, columns=self.people)

    def reweighed(self, shares: Floats) -> PersonDistances:
        """The same answers under other weights, scaled to sum to 1."""
        total = shares.sum()
        weights = pd.Series(shares / total if total else shares, index=self.weights.index, name="weight")
        return replace(self, weights=weights)

    def on_items(self, items: int | Positions) -> PersonDistances:
        """Distances on some of the items alone, by position, each with its weight among them."""
        shares = np.zeros_like(self.shares)
        shares[items] = self.shares[items]
        return self.reweighed(shares)

    def parts(self, a: str, b: str) -> pd.DataFrame:
        """What each item adds to the distance of one pair.

        Parameters
        ----------
        a, b
            The two people.

        Returns
        -------
        pandas.DataFrame
            Index ``item``; ``distance`` between their answers (NaN where the item does not compare them), ``weight``
            among the items that do, and ``part``, the product. The parts sum to the distance of the pair.
        """
        distance = item_differences(self.items, self.position(a), self.position(b))
        weight = self._weights_of(distance)
        table = pd.DataFrame({"distance": distance, "weight": weight, "part": distance * weight}, self.weights.index)
        return table.rename_axis("item")

    def item_parts(self, a: str, b: str) -> tuple[Flags, Floats]:
        """The same as arrays: which items compare the two, and the part of each, missing where it does not."""
        distance = item_differences(self.items, self.position(a), self.position(b))
        return ~np.isnan(distance), distance * self._weights_of(distance)

    def _weights_of(self, differences: Floats) -> Floats:
        """Weight of each item among those that compare two people."""
        weight = np.where(np.isnan(differences), 0.0, self.shares)
        return np.asarray(weight / weight.sum())

    @cached_property
    def _weighed(self) -> WeighedItems:
        return weighed(self.items, self.shares)

    @cached_property
    def _by_person(self) -> Answers:
        """Answers as they are weighed, person x item."""
        return Answers(*map(np.ascontiguousarray, self._weighed.rows(np.arange(len(self)))))

    @cached_property
    def _to_self(self) -> Floats:
        return distance_to_self(self._weighed, len(self))

    @cached_property
    def mean(self) -> float:
        """Mean distance over all pairs it is defined for (a fixed sample of people where there are over 4,000)."""
        return float(self._of_pairs.mean()) if self._of_pairs.size else np.nan

    @cached_property
    def median(self) -> float:
        """Median distance over all pairs it is defined for (a fixed sample of people where there are over 4,000)."""
        return float(np.median(self._of_pairs)) if self._of_pairs.size else np.nan

    @property
    def sampled(self) -> npt.NDArray[np.int64]:
        """Positions of the people over whose pairs means are taken: everybody, or of over 4,000 a fixed sample."""
        if len(self) <= EXACT_PEOPLE:
            return np.arange(len(self))
        return np.sort(np.random.default_rng(0).choice(len(self), EXACT_PEOPLE, replace=False))

    @cached_property
    def _of_pairs(self) -> Floats:
        people = self.sampled
        table = self.block(people) if len(people) == len(self) else self.block(people, people)
        values = table[np.triu_indices(len(people), k=1)]
        return values[~np.isnan(values)]

    def position(self, person: str) -> int:
        """Where a person stands; `UnknownPersonError` if they are not there."""
        if person not in self._place:
            raise unknown_person(person, self.people)
        return self._place[person]

    @cached_property
    def _place(self) -> dict[str, int]:
        return {person: place for place, person in enumerate(self.people)}


def person_distances(
    survey: Survey,
    block: str = "perspective",
    *,
    weights: str | Mapping[str, float] = "contribution",
    min_shared: float = 0.5,
    topics: Sequence[str] = (),
) -> PersonDistances:
    """Distances between the people of a survey on one block of answers.

    Parameters
    ----------
    survey
        The survey.
    block
        Which answers to compare. Protected answers are never compared; free text is left out unless named in
        ``topics``.
    weights
        ``"contribution"`` (default) gives every item the same share of the mean distance, so that yes/no and
        categorical items do not dominate graded ones; ``"equal"`` gives every item the same weight; a mapping gives
        the weight of each item, 0 where it names none. With the first two an item on which everybody agrees has
        weight 0, and an item on which hardly anybody differs weighs at most five times the typical item.
    min_shared
        The least share of weight that two people must both have answered.
    topics
        Free text items of the block to compare by what people write about (see `text_topics`). None by default: two
        people who write about the same thing may think the opposite of it.

    Returns
    -------
    PersonDistances

    Raises
    ------
    SettingError
        If the block is no block of answers or has no items that can be compared, or a setting is not allowed.

    References
    ----------
    Gower (1971), A general coefficient of similarity and some of its properties, Biometrics 27, 857-871.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.distance.person_distances(pn.load_aarhus(), "experience")
    <PersonDistances: 61 people, 1 items>
    """
    items, texts = compared_items(survey, block), _texts(survey, block, topics)
    if not items and not texts:
        raise SettingError(
            f"The survey has no {block} items to compare people by (free text is not compared). "
            f'Give at least one item block "{block}" in the codebook.'
        )
    kinds = {item.name: item.kind for item in items} | dict.fromkeys(texts, "topics")
    graded = [item for item in items if item.kind in ("numeric", "ordinal") and not item.categories]
    ranges = {item.name: item.limits for item in graded if item.limits}
    return frame_distances(survey.people[list(kinds)], kinds, ranges, weights, min_shared, _keyed(graded))


def gower_distances(
    frame: pd.DataFrame,
    *,
    kinds: Mapping[str, str],
    ranges: Mapping[str, tuple[float, float]] | None = None,
    weights: str | Mapping[str, float] = "contribution",
    min_shared: float = 0.5,
) -> Floats:
    """Gower's distance between all rows of a frame.

    The distance of two people is the weighted mean of their item differences over the items both answered:

    - numeric: absolute difference over the declared range, or over the observed range where none is declared;
    - ordinal: the same on numbers with a declared range; on the positions of ordered categories; on dense ranks
      otherwise;
    - nominal and binary: 1 where they differ, else 0;
    - asymmetric: the same, but two "no" are not compared;
    - multiple: 1 minus the overlap of the two sets over their union (Jaccard); two empty sets are not compared;
    - topics: free text, the same on the sets of five topics that two people write about (`text_topics`). That is not
      what they think: a sentence and its reversal are about the same thing.

    Parameters
    ----------
    frame
        One row per person, one column per item. Multiple choice answers are sets; missing answers are missing values.
    kinds
        Kind of each column: ``"numeric"``, ``"ordinal"``, ``"nominal"``, ``"binary"``, ``"asymmetric"``,
        ``"multiple"`` or ``"topics"``.
    ranges
        Declared lowest and highest answer of numeric and ordinal items.
    weights, min_shared
        As in `person_distances`.

    Returns
    -------
    numpy.ndarray
        Square and exactly symmetric, in the order of the rows; NaN where a pair shares too little answered weight, or
        agrees only on the absence of things.

    Raises
    ------
    SettingError
        If a column has no kind, an answer does not fit its kind or range, or a setting is not allowed.

    References
    ----------
    Gower (1971), A general coefficient of similarity and some of its properties, Biometrics 27, 857-871.
    Kaufman & Rousseeuw (1990), Finding Groups in Data, chapter 1.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> frame = pd.DataFrame({"years": [1.0, 3.0, 5.0], "field": ["law", None, "design"]})
    >>> pn.distance.gower_distances(frame, kinds={"years": "numeric", "field": "nominal"}, weights="equal")
    array([[0. , 0.5, 1. ],
           [0.5, 0. , 0.5],
           [1. , 0.5, 0. ]])
    """
    distances, out = frame_distances(frame, kinds, ranges, weights, min_shared), np.empty((len(frame), len(frame)))
    fill_square(distances.items, distances.shares, distances.least, out)
    return out


def compared_items(survey: Survey, block: str) -> list[Item]:
    """Items of a block that people can be compared by, in the codebook's order."""
    check_choice("block", block, COMPARED_BLOCKS)
    return [item for item in survey.codebook.block(block) if item.name in survey.people and item.kind in CODED_KINDS]


def _keyed(graded: Sequence[Item]) -> dict[str, int]:
    """Number of the scale of each item, from 1, where it asks in both wordings; below 0 of items turned round."""
    rated = [(item, item.scale) for item in graded if item.scale and item.limits]
    both = {scale for item, scale in rated if item.reverse} & {scale for item, scale in rated if not item.reverse}
    numbers = {scale: number for number, scale in enumerate(sorted(both), 1)}
    return {item.name: -numbers[scale] if item.reverse else numbers[scale] for item, scale in rated if scale in both}


def _texts(survey: Survey, block: str, topics: Sequence[str]) -> list[str]:
    texts = [item.name for item in survey.codebook.block(block) if item.name in survey.people and item.kind == "text"]
    for name in topics:
        if name not in texts:
            raise SettingError(
                f"topics names {name!r}, which is no free text of block {block!r}.{did_you_mean(str(name), texts)}"
            )
    return list(topics)


def frame_distances(
    frame: pd.DataFrame,
    kinds: Mapping[str, str],
    ranges: Mapping[str, tuple[float, float]] | None,
    weights: str | Mapping[str, float],
    min_shared: float,
    keyed: Mapping[str, int] | None = None,
) -> PersonDistances:
    """Distances between the rows of a frame, as `PersonDistances`."""
    if not is_number(min_shared, 0, 1):
        raise SettingError(f"min_shared is a share between 0 and 1; got {min_shared!r}.")
    items = code_items(frame, kinds, ranges, keyed)
    shares = item_weights(items, frame.columns.tolist(), weights)
    weight: pd.Series[Any] = pd.Series(shares, index=frame.columns, name="weight")
    return PersonDistances(frame.index, weight.rename_axis("item"), min_shared, items)


def item_weights(items: CodedItems, names: list[Any], weights: str | Mapping[Any, float]) -> Floats:
    """Share of weight of each item; the shares sum to 1 unless nobody answered anything."""
    if isinstance(weights, Mapping):
        raw = _given(names, weights)
    else:
        check_choice("weights", weights, WEIGHTINGS)
        raw = _from_answers(items, weights)
    return raw / raw.sum() if raw.sum() else raw


def mean_differences(items: CodedItems) -> Floats:
    """Mean difference of each item over all pairs that it compares, NaN where it compares none."""
    means = [_mean_difference(items, v, values[~np.isnan(values)]) for v, values in enumerate(items.answers)]
    return np.array(means, dtype=np.float64)


def _mean_difference(items: CodedItems, v: int, answers: Floats) -> float:
    n = len(answers)
    if n < 2:
        return np.nan
    if items.rules[v] == CHOSEN:
        return _mean_overlap(items, v)
    if items.rules[v] == NAMED:
        counts = np.unique(answers, return_counts=True)[1]
        return float(1 - (counts * (counts - 1.0)).sum() / (n * (n - 1)))
    if items.rules[v] == TRAIT:
        yes = answers.sum()
        pairs = yes * (n - yes) + yes * (yes - 1) / 2
        return float(yes * (n - yes) / pairs) if pairs else np.nan
    return float(2 * ((2 * np.arange(n) - n + 1) * np.sort(answers)).sum() / (n * (n - 1)))


def _mean_overlap(items: CodedItems, v: int) -> float:
    """Mean Jaccard distance, with each distinct set of answers compared once and counted as often as it occurs."""
    answered = np.flatnonzero(~np.isnan(items.answers[v]))
    bits = items.bits[items.words[v] : items.words[v + 1], answered]
    _, first, counts = np.unique(bits, axis=1, return_index=True, return_counts=True)
    sets = weighed(items.only(v).take(answered[first]), np.ones(1))
    total = pairs = 0.0
    for rows in np.array_split(np.arange(len(first)), -(-len(first) // SETS_AT_ONCE)):
        apart = np.empty((len(rows), len(first)))
        fill_rows(sets.rows(rows), sets, 0.0, apart)
        often = counts[rows, None] * (counts - (rows[:, None] == np.arange(len(first))))
        total += np.nansum(apart * often)
        pairs += often[~np.isnan(apart)].sum()
    return total / pairs if pairs else np.nan


def _given(names: list[Any], weights: Mapping[Any, float]) -> Floats:
    unknown = [name for name in weights if name not in names]
    if unknown:
        hint = did_you_mean(str(unknown[0]), map(str, names))
        raise SettingError(f"weights names an item {unknown[0]!r} that is not compared.{hint}")
    raw = pd.Series(weights, dtype=np.float64).reindex(names, fill_value=0.0).to_numpy()
    if not (np.isfinite(raw).all() and (raw >= 0).all() and raw.any()):
        raise SettingError(f"weights must be finite, not negative and not all zero; got {dict(weights)!r}.")
    return raw


def _from_answers(items: CodedItems, weighting: str) -> Floats:
    """Weight 0 for items that set nobody apart, except where that is true of them all."""
    apart = _sets_apart(items)
    if weighting == "equal" and apart.any():
        return apart.astype(np.float64)
    means = mean_differences(items)
    informative = means > NO_DIFFERENCE
    if not informative.any():
        return (~np.isnan(means)).astype(np.float64)
    raw = np.divide(1.0, means, out=np.zeros_like(means), where=informative)
    return np.asarray(np.minimum(raw, HEAVIEST * np.median(raw[informative])))


def _sets_apart(items: CodedItems) -> npt.NDArray[np.bool_]:
    """Whether any two people differ on each item."""
    most = np.fmax.reduce(items.answers, axis=1, initial=-np.inf)
    apart = most > np.fmin.reduce(items.answers, axis=1, initial=np.inf)
    for v in np.flatnonzero(items.rules == CHOSEN):
        sets = items.bits[items.words[v] : items.words[v + 1], ~np.isnan(items.answers[v])]
        apart[v] = (sets != sets[:, :1]).any()
    return np.asarray(apart)
