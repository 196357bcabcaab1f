"""Everybody in several pairs: outcome and predictors as arrays, in an order that no turning or shuffling changes.

A predictor is a column of the pair, or worked out from a measure of people by its name: ``"difference in age"``,
``"same team"``, ``"product of age"``. A measure of people by its own name enters as the sum of the two members'.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse.csgraph import connected_components

from peernet._arrays import Flags, Floats, Ints
from peernet._wording import count_in_digits, listed, listed_few
from peernet.dyads.effects import NOT_BY_LOT, data_card, told
from peernet.dyads.pairs import MEMBERS, Dyads, as_dyads
from peernet.errors import EstimationError, SettingError

TOLD = 1e-8  # what is left of a predictor, as a share of it, below which the others tell it wholly
NONE_LEFT = 1e-24  # of the outcome's variation: less than this of it left is rounding
ROUNDING = 1e-14  # of the outcome's size: so is this
BY_LOT = (
    "The pairs were drawn by lot, so what goes with a kind of pair is the pairing's doing; whether it is this about "
    "the pair or something that comes along with it, the lot does not say."
)
MEMBERS_NOT_BY_LOT = (
    "The pairs were drawn by lot, but not what people brought along; only with effects of members (fit_members) could "
    "this show a cause."
)
TWO_WAY = (
    "Two-way clustering is not offered for pairs: it counts two pairs as related where the same person stands first in "
    "both or second in both, and misses those where a person stands first in one and second in the other. On the "
    "data of Aronow, Samii and Assenova it gives a standard error of .067 where .081 is right."
)


@dataclass(frozen=True, eq=False)
class AllPairs:
    """Pairs as arrays: first by the lower member, then by the higher, then by round.

    ``y`` one per pair; ``X`` a column per predictor, named by ``terms``; ``a`` and ``b`` places in ``people``, a < b;
    ``group`` the number of the pair's group in ``groups`` (one nameless group where the table has none); ``of_people``
    those of the terms that are measures of people.
    """

    dyads: Dyads
    outcome: str
    terms: list[str]
    y: Floats
    X: Floats
    a: Ints
    b: Ints
    people: list[str]
    group: Ints
    groups: list[str]
    of_people: list[str]

    @property
    def intercepts(self) -> tuple[Floats, list[str]]:
        """A column of ones, or one column per group, and what to call them."""
        names = [f"intercept of {name}" for name in self.groups] if len(self.groups) > 1 else ["intercept"]
        return (self.group[:, None] == np.arange(len(names))).astype(float), names

    def sums(self, columns: Floats) -> Floats:
        """Each person's sum of a column over the pairs they are in, a row per person."""
        n = len(self.people)
        return np.stack([np.bincount(self.a, c, n) + np.bincount(self.b, c, n) for c in columns.T], axis=1)

    @cached_property
    def together(self) -> Floats:
        """How often each two people are a pair, and on the diagonal in how many pairs each is (people by people)."""
        n = len(self.people)
        half = np.bincount(self.a * n + self.b, minlength=n * n).reshape(n, n)
        both: Floats = (half + half.T).astype(float)
        both[np.diag_indices(n)] = both.sum(axis=1)
        return both

    @cached_property
    def _parts(self) -> tuple[Ints, Flags]:
        """Each person's part, people joined by pairs, and whether all pairs of it join one side with another."""
        n, ones = len(self.people), np.ones(2 * len(self.a))
        ends = np.concatenate([self.a, self.b]), np.concatenate([self.b, self.a])
        part: Ints = connected_components(sparse.coo_array((ones, ends), shape=(n, n)), directed=False)[1].astype(int)
        crossing = sparse.coo_array((ones, (ends[0], ends[1] + n)), shape=(2 * n, 2 * n))
        side: Ints = connected_components(crossing, directed=False)[1].astype(int)
        return part, side[:n] != side[n:]

    @property
    def two_sided(self) -> Flags:
        """Whether each person is in a part where one side may gain what the other loses, and no pair shows it."""
        return self._parts[1]

    @cached_property
    def undetermined(self) -> Ints:
        """The first person of each `two_sided` part."""
        part, two_sided = self._parts
        people = np.flatnonzero(two_sided)
        return people[np.unique(part[people], return_index=True)[1]]

    @cached_property
    def rank(self) -> int:
        """How many of the effects of members the pairs determine."""
        return len(self.people) - len(self.undetermined)

    @cached_property
    def solve(self) -> Callable[[Floats], Floats]:
        """Effects of members from everybody's sums; of an `undetermined` person, 0."""
        kept = np.setdiff1d(np.arange(len(self.people)), self.undetermined)
        factor = cho_factor(self.together[np.ix_(kept, kept)])

        def effects(sums: Floats) -> Floats:
            found = np.zeros_like(sums)
            found[kept] = cho_solve(factor, sums[kept])
            return found

        return effects

    def within(self, columns: Floats) -> Floats:
        """What of each column the members do not tell; twice over, so that rounding leaves nothing behind."""
        left: Floats = columns - columns.mean(axis=0)
        for _ in range(2):
            effects = self.solve(self.sums(left))
            left = left - effects[self.a] - effects[self.b]
        return left

    def card(self, **further: object) -> dict[str, object]:
        """What went in."""
        groups = {"groups": len(self.groups)} if len(self.groups) > 1 else {}
        return data_card(self.dyads, outcome=self.outcome, **groups, **further)

    def sentence(self, way: str, row: pd.Series, *, by_lot: str) -> str:
        """The finding about the first predictor; ``by_lot`` is what may be said if the pairs were drawn by lot."""
        alike = f", {listed_few(self.terms[1:], 4)} being equal" if len(self.terms) > 1 else ""
        step = "Yes rather than no" if np.isin(self.X[:, 0], (0, 1)).all() else "One point more"
        question = f"Does {self.outcome} go with {self.terms[0]} {way}{alike}? {step} goes with"
        says = by_lot if self.dyads.design == "drawn by lot" else NOT_BY_LOT
        return told(question, row, against="0", unit=f"points of {self.outcome}", says=says)


def all_pairs(
    pairs: Dyads | pd.DataFrame, outcome: str, predictors: Sequence[str], *, refuse: str | None = None
) -> AllPairs:
    """Pairs in which everything is known, as arrays.

    ``refuse`` says why measures of people are no predictors here, if they are none.
    """
    dyads, terms = as_dyads(pairs), [predictors] if isinstance(predictors, str) else [*predictors]
    _check(dyads, outcome, terms)
    dyads, of_people = _worked_out(dyads, terms)
    if refuse and of_people:
        few = listed(of_people)
        raise SettingError(
            f"{few} {'is a measure' if len(of_people) == 1 else 'are measures'} of people. {refuse} Or ask for what is "
            f"between the two: 'difference in {of_people[0]}', 'same {of_people[0]}' or 'product of {of_people[0]}'."
        )
    dyads = dyads.complete(outcome, *terms)
    if not len(dyads):
        raise EstimationError(f"In no pair {listed([outcome, *terms])} are all known, so there is nothing to estimate.")
    return _as_arrays(dyads, outcome, terms, of_people)


def refuse_errors(errors: str) -> None:
    """Say why two-way clustering is not to be had."""
    if "two" in errors or "cluster" in errors:
        raise SettingError(TWO_WAY)


def refuse_told(before: Floats, left: Floats, terms: list[str], by: str) -> None:
    """Stop where a predictor is the same for all pairs, or is told by ``by`` or by the predictors before it.

    ``before`` are the predictors, ``left`` what ``by`` does not tell of them.
    """
    size = np.sqrt(((before - before.mean(axis=0)) ** 2).sum(axis=0))
    remaining = np.sqrt((left**2).sum(axis=0))
    scale = np.abs(before).max(axis=0) * np.sqrt(len(before))
    for term, whole, rest, most in zip(terms, size, remaining, scale, strict=True):
        if whole <= 1e-12 * most:
            raise EstimationError(
                f"{term} is the same for every pair, so its effect cannot be estimated. Leave it out."
            )
        if rest <= TOLD * whole:
            raise EstimationError(f"{term} is wholly told by {by}, so its effect cannot be estimated. Leave it out.")
    own = np.abs(np.diag(np.linalg.qr(left / remaining, mode="r"))) if len(left) >= len(terms) else np.zeros(len(terms))
    for place in np.flatnonzero(own <= TOLD):
        others = listed([*terms[:place], by]) if place else by
        raise EstimationError(
            f"{terms[place]} is wholly told by {others}, so the effects cannot be told apart. Leave one out."
        )


def intercepts_told(names: list[str]) -> str:
    """What intercepts of these names tell."""
    return "which group a pair is in" if len(names) > 1 else "the intercept"


def is_rounding(left: Floats, y: Floats) -> bool:
    """Whether what is left of an outcome is no more than rounding."""
    least = max(NONE_LEFT * float(((y - y.mean()) ** 2).sum()), len(y) * (ROUNDING * float(np.abs(y).max())) ** 2)
    return float(left @ left) <= least


def less_rounding(estimate: Floats, columns: Floats, y: Floats) -> Floats:
    """Estimates of an outcome that is told wholly: nought where what a column brings is rounding."""
    brings = zip((columns * estimate).T, estimate, strict=True)
    return np.array([0.0 if is_rounding(part, y) else value for part, value in brings])


def refuse_flat(y: Floats, outcome: str) -> None:
    """Stop where the outcome is the same in all pairs."""
    if np.ptp(y) <= 10 * ROUNDING * np.abs(y).max():
        raise EstimationError(f"{outcome} is {y[0]:g} in every pair, so there is nothing to explain.")


def _check(dyads: Dyads, outcome: str, terms: list[str]) -> None:
    if not dyads.are_named:
        raise SettingError("The table does not say who the members are; columns a and b must name them.")
    if not terms:
        raise SettingError("Name at least one predictor.")
    for term in terms:
        if not isinstance(term, str):
            raise SettingError(f"A measure is called by its name, a text; got {term!r}.")
        if term == outcome or terms.count(term) > 1:
            raise SettingError(f"{term} is named twice. Name the outcome and every predictor once.")
    if dyads.is_of_people(outcome):
        raise SettingError(
            f"{outcome} is measured of each member, and the outcome here is one number per pair. Give the pairs a "
            "column for it, or use a model of actors and partners."
        )


def _worked_out(dyads: Dyads, terms: list[str]) -> tuple[Dyads, list[str]]:
    """Pairs with a column for every predictor asked for by its name, and which predictors are measures of people."""
    of_people = []
    for term in terms:
        if term in dyads.table or term in dyads.measures:
            of_people += [term] if dyads.is_of_people(term) else []
            continue
        way, measure = next(((way, term.removeprefix(way)) for way in WAYS if term.startswith(way)), (None, term))
        if way is None or not dyads.is_of_people(measure):
            dyads.column_of(measure)  # says what there is
            raise SettingError(f"{term!r} is asked of a measure of people; {measure} is one of the pair.")
        dyads = _known_in_both(dyads, measure) if way != SAME else dyads.with_kinds(measure)
        values = WAYS[way](*(dyads.table[f"{measure}{member}"] for member in MEMBERS))
        dyads = replace(dyads, table=dyads.table.assign(**{term: values}))
    return dyads, of_people


def _known_in_both(dyads: Dyads, measure: str) -> Dyads:
    try:
        return dyads.complete(measure)
    except SettingError as error:
        raise SettingError(f"{error} Of names or kinds ask for 'same {measure}'.") from None


def _difference(first: pd.Series, second: pd.Series) -> pd.Series:
    return (first - second).abs()


def _same(first: pd.Series, second: pd.Series) -> pd.Series:
    alike = first == second
    return alike.astype(float).where(first.notna() & second.notna())


SAME = "same "
WAYS = {"difference in ": _difference, SAME: _same, "product of ": operator.mul}


def _as_arrays(dyads: Dyads, outcome: str, terms: list[str], of_people: list[str]) -> AllPairs:
    table, people = dyads.table, dyads.people
    names = pd.Index(pd.concat([table["a"], table["b"]]).astype(str))  # numbers may name people too
    sides = np.sort(pd.Index(people).get_indexer(names).reshape(2, -1), axis=0)
    rounds = pd.factorize(table["round"], sort=True)[0] if "round" in table else np.zeros(len(table), dtype=int)
    order = np.lexsort((rounds, sides[1], sides[0]))
    a, b = sides[:, order]
    group, groups = _groups(table, order, a, b, people)
    columns = [table[f"{t}_a"] + table[f"{t}_b"] if t in of_people else table[t] for t in terms]
    X = np.column_stack([column.to_numpy(dtype=float)[order] for column in columns])
    y = table[outcome].to_numpy(dtype=float)[order]
    return AllPairs(dyads, outcome, terms, y, X, a, b, people, group, groups, of_people)


def _groups(table: pd.DataFrame, order: Ints, a: Ints, b: Ints, people: list[str]) -> tuple[Ints, list[str]]:
    """The group of every pair, and the groups' names; nobody may be in two."""
    if "group" not in table:
        return np.zeros(len(table), dtype=int), [""]
    if unknown := int(table["group"].isna().sum()):
        raise SettingError(f"The group of {count_in_digits(unknown, 'pair', 'pairs')} is not known. Fill it in.")
    codes, names = pd.factorize(table["group"], sort=True)
    group = codes[order]
    lowest, highest = np.full(len(people), len(names)), np.full(len(people), -1)
    for side in (a, b):
        np.minimum.at(lowest, side, group)
        np.maximum.at(highest, side, group)
    several: Flags = lowest < highest
    if several.any():
        who = [str(people[i]) for i in np.flatnonzero(several)]
        raise SettingError(f"{listed_few(who)} {'stands' if len(who) == 1 else 'stand'} in more than one group.")
    return group, [str(name) for name in names]
