"""Distances between outlooks that lie behind the answers: each answer borrows from what the others lead one to expect.

An answer is outlook and chance. What somebody's other answers lead one to expect, given how people's answers go
together, is free of the chance in this one answer; what is left over is outlook that no other question asks about, or
chance, and one survey cannot tell which. So each answer is moved half way to what is expected of it, and an answer that
is missing all the way. How far answers can be told from each other is measured on answers held out; where they cannot,
distances are those of the answers as given.

Some people agree with whatever is asked. That is no outlook, yet answers go together by it, and would be told from each
other. Two or more scales that ask in both wordings show it (Cronbach 1946; Billiet & McClendon 2000), and where they do
it is taken out of the answers to these scales first.

Expected answers come from a ridge regression of each question on all others, its penalty chosen by the error on answers
held out: the person and the question both left out, in closed form. Named and multiple-choice answers enter as one
column per option. An adjusted distance is the straight line between two people's adjusted answers, each question with
the part it has in the usual distance; a missing answer adds the spread of what it could have been. The unit is that in
which straight lines between the answers as given are as long as their usual distances on average. So people come nearer
to each other than their answers by about as much as chance had set them apart, and what is counted on an absolute scale
comes near what is counted of true outlooks (`pn.compare.true_gains`).

Measured on made-up surveys whose outlooks are known (``tests/benchmarks/bench_truth.py``, 8 organisations of 240 in
each of 15 worlds, seeds set aside), the best pairs by adjusted outlook bring 1 to 8 points more of the true gain that
could be had in nine of the twelve worlds where answers follow outlook, as much in the other three and never less where
they do not: 2.8 points more on average over all worlds, with a standard error of 0.2, and 1.2 (0.3) at 40 people, of 16
organisations each. What pairs are promised comes near what they bring in truth: 0.99 of it in ten organisations like
that of the example, by the answers as given 1.86 (``--promises``).

References
----------
Billiet, J. B. & McClendon, M. J. (2000). Modeling acquiescence in measurement models for two balanced sets of items.
Structural Equation Modeling 7, 608-628.

Cronbach, L. J. (1946). Response sets and test validity. Educational and Psychological Measurement 6, 475-494.

Guttman, L. (1945). A basis for analyzing test-retest reliability. Psychometrika 10, 255-282. (What the other questions
tell of an answer is at most its reliability.)

Hoerl, A. E. & Kennard, R. W. (1970). Ridge regression: biased estimation for nonorthogonal problems. Technometrics 12,
55-67.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, combinations, pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from peernet._arrays import Flags, Floats, Ints
from peernet._compiled import kernel
from peernet._wording import percent
from peernet.distance.coding import CHOSEN, NAMED, CodedItems
from peernet.distance.distances import PersonDistances, mean_differences

KEPT = 0.5  # of what the other answers do not tell: outlook that no other question asks about, as far as anybody knows
PENALTIES = np.geomspace(0.03, 10.0, 8)  # per person, where every question has a spread of one
MOST_STRETCH = 2.0  # of what is expected, which is too near the middle where many answers are missing
EVIDENCE = 3.0  # standard errors by which held-out answers must be told better than by their mean
FEWEST = 30  # people, or too few to tell
LEAST = 1e-300  # of a sum of squares, so that nothing is divided by nothing
DIGITS = 9  # people who answer alike stay exactly alike


@dataclass(frozen=True, repr=False)
class Borrowing:
    """What people's answers tell of each other, measured on answers held out, and whether distances rest on it.

    Parameters
    ----------
    questions
        Those that weigh anything.
    shares
        What the other questions tell of each: the share of the squared spread of its answers, from 0 to 1. It is the
        least that the question's reliability can be.
    told
        The same over all questions.
    evidence
        By how many standard errors answers are told better than by their mean; missing where there is no telling.
    agreement
        How far people differ in agreeing with whatever is asked: the standard deviation, as a share of the range of
        answers. It was taken out of the answers first; 0 where statements worded either way do not show it.
    """

    questions: pd.Index
    shares: Floats
    told: float
    evidence: float
    agreement: float = 0.0

    def __repr__(self) -> str:
        return f"<Borrowing: {len(self.shares)} questions, {percent(self.told)} told by the others>"

    @property
    def table(self) -> pd.DataFrame:
        """The shares as a table: one row per question, index ``item``, and ``told``."""
        return pd.DataFrame({"told": self.shares}, index=self.questions.rename("item"), dtype=np.float64)

    @property
    def found(self) -> bool:
        """Whether answers show enough structure to borrow from each other."""
        return self.evidence >= EVIDENCE

    @property
    def in_words(self) -> str:
        """What was done to the answers and how far it can be relied on, in two sentences."""
        if not self.found:
            return (
                "Differences in outlook are those of the answers as given. "
                "What somebody answers to one question is not told by their other answers, so there is nothing to "
                "borrow."
            )
        style = "agreement with whatever is asked is taken out of the answers, and " if self.agreement else ""
        return (
            f"For what each would gain, {style}every answer is moved half way to what the person's other answers lead "
            "one to expect. "
            f"Held out, those tell {percent(self.told)} of the differences between people, which is the least that an "
            "answer can be relied on."
        )


class _Expected(NamedTuple):
    """Answers of the people who gave any and what the other answers lead one to expect, person x column."""

    ticked: Floats  # of spread one per question, missing where not answered
    given: Floats  # the same without agreement with whatever is asked
    expected: Floats
    questions: list[slice]  # the columns of each question that weighs anything
    found: Borrowing


class _Placed(NamedTuple):
    """Where people stand by their adjusted answers."""

    answers: Floats  # person x column
    blur: Floats  # person: squared distance that missing answers add
    unit: float  # an adjusted distance of one, in distances of the answers as given


@dataclass(frozen=True, repr=False, eq=False)
class AdjustedDistances(PersonDistances):
    """Distances as `PersonDistances` has them, between outlooks as far as the answers tell them.

    Defined for any two people who answered anything. `parts` and `as_given` speak of the answers as they were given.
    Other weights or fewer items (`reweighed`, `on_items`) adjust anew, with the answers that weigh something alone.

    Parameters
    ----------
    kept
        How much an answer keeps of what the others do not tell.
    spread
        Least root mean square of all distances, as a multiple of the mean distance of the answers as given.

    Examples
    --------
    >>> import peernet as pn
    >>> from peernet.distance.adjusted import adjusted
    >>> given = pn.distance.person_distances(pn.load_example())
    >>> distances = adjusted(given)
    >>> distances.borrowing
    <Borrowing: 14 questions, 4... told by the others>
    >>> round(distances.mean / given.mean, 2)
    0.73
    """

    kept: float = KEPT
    spread: float = 0.0

    def __repr__(self) -> str:
        return f"<AdjustedDistances: {len(self)} people, {len(self.weights)} items>"

    @cached_property
    def as_given(self) -> PersonDistances:
        """Distances of the answers as they were given."""
        return PersonDistances(self.people, self.weights, self.min_shared, self.items)

    def _between(self, rows: Ints, cols: Ints | None) -> Floats:
        """Distances of some people from others; missing only for who answered nothing."""
        placed = self._placed
        if placed is None:
            return self.as_given.block(rows, cols)
        cols = np.arange(len(self)) if cols is None else cols
        out = _apart(placed, rows, cols)
        out[rows[:, None] == cols] = 0.0
        out[~self.answered[rows]] = np.nan
        out[:, ~self.answered[cols]] = np.nan
        return out

    def _pair_by_pair(self, firsts: Ints, seconds: Ints) -> Floats:
        placed = self._placed
        if placed is None:
            return super()._pair_by_pair(firsts, seconds)
        squared = _squared(placed.answers, firsts, seconds)
        out = np.sqrt(squared + (placed.blur[firsts] + placed.blur[seconds])) * placed.unit
        out[firsts == seconds] = 0.0
        out[~(self.answered[firsts] & self.answered[seconds])] = np.nan
        return np.asarray(out)

    def to_frame(self) -> pd.DataFrame:
        """Square table of distances, people in rows and columns."""
        return pd.DataFrame(self.block(np.arange(len(self))), index=self.people, columns=self.people)

    @property
    def borrowing(self) -> Borrowing:
        """What people's answers tell of each other."""
        return self._expected.found

    @cached_property
    def _expected(self) -> _Expected:
        asked, known = np.flatnonzero(self.shares > 0), self.items.take(np.flatnonzero(self.answered))
        columns = [_columns(known, int(v)) for v in asked]
        ends = [0, *accumulate(part.shape[1] for part in columns)]
        questions = [slice(a, b) for a, b in pairwise(ends)]
        ticked = np.concatenate([np.empty((len(known.people), 0)), *columns], axis=1)
        given, agreement = ticked.copy(), 0.0
        keyed = [k for k, part in enumerate(questions) if known.keyed[asked[k]] and ticked[:, part].any()]
        if keyed and len(ticked) >= FEWEST:
            rated = known.answers[asked[keyed]].T.astype(np.float64)
            taken, agreement = _agreement(rated, known.keyed[asked[keyed]])
            given[:, [questions[k].start for k in keyed]] -= taken / np.nanstd(rated, axis=0)
        return _best_expected(self.weights.index[asked], ticked, given, questions, agreement)

    @cached_property
    def _placed(self) -> _Placed | None:
        """Everybody's place by their adjusted answers; None where distances are those of the answers as given."""
        ticked, given, expected, questions, found = self._expected
        if not found.found:
            return None
        usual = (self.shares * np.nan_to_num(mean_differences(self.items)))[self.shares > 0]
        weights, missing = usual / usual.sum(), np.isnan(given)
        answers, blur = np.zeros((len(self), given.shape[1])), np.zeros(len(self))
        answers[self.answered] = np.where(missing, expected, self.kept * given + (1 - self.kept) * expected)
        for columns, weight, told in zip(questions, weights, found.shares, strict=True):
            answers[:, columns] *= np.sqrt(weight)
            blur[self.answered] += weight * self.kept**2 * (1 - told) * missing[:, columns.start]
        placed = _Placed(np.round(answers, DIGITS), blur, self._unit(ticked, missing, questions, weights))
        spread = np.sqrt((self._of_all_pairs(placed) ** 2).mean())
        return placed._replace(unit=placed.unit * max(1.0, self.spread * self.as_given.mean / max(spread, LEAST)))

    def _unit(self, ticked: Floats, missing: Flags, questions: list[slice], weights: Floats) -> float:
        """What makes the mean distance of straight lines between the answers as given that of their own."""
        straight, blur = np.zeros((len(self), ticked.shape[1])), np.zeros(len(self))
        straight[self.answered] = np.nan_to_num(ticked)
        for columns, weight in zip(questions, weights, strict=True):
            straight[:, columns] *= np.sqrt(weight)
            blur[self.answered] += weight * missing[:, columns.start]
        usual, mean = self._of_all_pairs(_Placed(straight, blur, 1.0)).mean(), self.as_given.mean
        return float(mean / usual) if mean > 0 and usual > 0 else 1.0

    def _of_all_pairs(self, placed: _Placed) -> Floats:
        """Distances of each two people who stand so; of many people a fixed sample."""
        people = self.sampled[self.answered[self.sampled]]
        return np.asarray(_apart(placed, people, people)[np.triu_indices(len(people), 1)])


def adjusted(distances: PersonDistances) -> AdjustedDistances:
    """The same people and answers, distances between the outlooks behind them."""
    return AdjustedDistances(distances.people, distances.weights, distances.min_shared, distances.items)


def _apart(placed: _Placed, rows: Ints, cols: Ints) -> Floats:
    """Distances of two people, as if nobody were their own other."""
    squared = cdist(placed.answers[rows], placed.answers[cols], "sqeuclidean")
    return np.asarray(np.sqrt(squared + (placed.blur[rows, None] + placed.blur[cols])) * placed.unit)


@kernel
def _squared(answers: Floats, firsts: Ints, seconds: Ints) -> Floats:
    """Squared distances of pairs in a straight line, summed in the order in which SciPy's are."""
    out = np.empty(len(firsts))
    for pair in range(len(firsts)):
        a, b = answers[firsts[pair]], answers[seconds[pair]]
        total = 0.0
        for k in range(len(a)):
            total += (a[k] - b[k]) * (a[k] - b[k])
        out[pair] = total
    return out


def _columns(items: CodedItems, v: int) -> Floats:
    """Answers to one question as columns, one per option, centred and of total spread one; missing where not answered.

    Options that nobody or everybody chose tell nothing and are left out.
    """
    answers = items.answers[v]
    missing = np.isnan(answers)
    if items.rules[v] == CHOSEN:
        words = items.bits[items.words[v] : items.words[v + 1]]
        bits = np.arange(64 * len(words), dtype=np.uint64)
        columns = (words[bits // 64].T >> (bits % 64) & np.uint64(1)).astype(np.float64)
    elif items.rules[v] == NAMED:
        columns = (answers[:, None] == np.unique(answers[~missing])).astype(np.float64)
    else:
        columns = answers[:, None].copy()
    columns[missing] = np.nan
    told = columns[~missing]
    spread = told.var(axis=0) if len(told) else np.zeros(columns.shape[1])
    telling = spread > 0
    if not telling.any():
        return np.zeros((len(answers), 1))
    return np.asarray((columns[:, telling] - told[:, telling].mean(axis=0)) / np.sqrt(spread.sum()))


def _agreement(rated: Floats, keyed: Ints) -> tuple[Floats, float]:
    """How far each answer follows from agreeing with whatever is asked, and how far people differ in that.

    Answers of a scale are turned round where its statement is worded the other way. Two statements of different scales
    that are worded the same way then share outlook and agreement, two worded either way outlook less agreement: half of
    what products of the former are above those of the latter is the variance of agreement. (Within a scale the same
    could come from one that asks about two things, each in a wording of its own.) How far a person's answers as they
    were ticked lie above the average is agreement, chance and outlook. It is shrunk so that people go on to differ in
    it by what is not agreement.

    Parameters
    ----------
    rated
        Answers in shares of their range, person x question, missing where not answered.
    keyed
        See `CodedItems`; none is 0.
    """
    ways, answered = np.sign(keyed), ~np.isnan(rated)
    centred = np.where(answered, rated - np.nanmean(rated, axis=0), 0.0)
    contrast = _contrast(keyed, answered.T.astype(np.float64) @ answered / len(rated))
    shown = ((centred @ contrast) * centred).sum(axis=1)  # of each person; their mean is the variance
    if not shown.mean() > EVIDENCE * shown.std(ddof=1) / np.sqrt(len(shown)):
        return np.zeros_like(rated), 0.0
    above = (centred * ways).sum(axis=1) / np.maximum(answered.sum(axis=1), 1)
    kept = np.sqrt(max(1 - shown.mean() / above.var(), 0.0))
    taken = (1 - kept) * above[:, None] * ways
    return taken - np.nanmean(np.where(answered, taken, np.nan), axis=0), float(np.sqrt(shown.mean()))


def _contrast(keyed: Ints, both: Floats) -> Floats:
    """Weights of products of answers to two questions: half of the mean of those worded alike less of those not.

    The mean is over any two scales that have both, by their number of pairs, of the people who answered ``both``.
    """
    scale, alike, weights = np.abs(keyed), np.equal.outer(keyed > 0, keyed > 0), np.zeros_like(both)
    for one, other in combinations(np.unique(scale), 2):
        pairs = np.outer(scale == one, scale == other) & (both > 0)
        same, opposed = pairs & alike, pairs & ~alike
        if same.any() and opposed.any():
            weights += pairs.sum() / 2 * (same / same.sum() - opposed / opposed.sum())
    counted = both * np.count_nonzero(weights)
    return np.divide(weights, counted, out=weights, where=counted > 0)


def _best_expected(
    names: pd.Index, ticked: Floats, given: Floats, questions: list[slice], agreement: float
) -> _Expected:
    """What the other answers lead one to expect under the penalty that tells held-out answers best."""
    filled, answered = np.nan_to_num(given), ~np.isnan(given)
    best, expected = (filled**2).sum(), np.zeros_like(filled)
    if len(questions) > 1 and len(given) >= FEWEST:
        for penalty in PENALTIES:
            tried = _told_by_others(filled, answered, questions, float(penalty))
            error = (((filled - tried) * answered) ** 2).sum()
            if error < best:
                best, expected = error, tried
    found = _borrowing(names, filled, expected * answered, questions)
    return _Expected(ticked, given, expected, questions, replace(found, agreement=agreement))


def _told_by_others(filled: Floats, answered: Flags, questions: list[slice], penalty: float) -> Floats:
    """Expected answers, each question's stretched to lie nearest to those given; 0 where they tell nothing."""
    expected = _left_out(filled, questions, penalty)
    seen = expected * answered
    totals, products = (_sums(cells, questions) for cells in (seen**2, filled * seen))
    stretch = np.divide(products, totals, out=np.zeros(len(questions)), where=totals > 0)
    columns = [part.stop - part.start for part in questions]
    expected *= np.repeat(np.clip(stretch, 0.0, MOST_STRETCH), columns)
    return expected


def _sums(cells: Floats, questions: list[slice]) -> Floats:
    """Sum over people and over the columns of each question."""
    by_column = np.ascontiguousarray(cells.T)
    sums = by_column.sum(axis=1)
    wide = {k: cells[:, part].sum() for k, part in enumerate(questions) if part.stop - part.start > 1}
    return np.array([wide.get(k, sums[part.start]) for k, part in enumerate(questions)])


def _borrowing(names: pd.Index, given: Floats, expected: Floats, questions: list[slice]) -> Borrowing:
    """How much nearer to the answers given those expected are than the mean, by question, in all and in errors."""
    nearer = given**2 - (given - expected) ** 2
    shares = _sums(nearer, questions) / np.maximum(_sums(given**2, questions), LEAST)
    saved = nearer.sum(axis=1)
    error = saved.std(ddof=1) / np.sqrt(len(saved)) if len(saved) > 1 else 0.0
    told = max(float(saved.sum() / max((given**2).sum(), LEAST)), 0.0)
    return Borrowing(names, np.clip(shares, 0.0, 1.0), told, float(saved.mean() / error) if error > 0 else np.nan)


def _left_out(answers: Floats, questions: list[slice], penalty: float) -> Floats:
    """Everybody's answer to every question by ridge regression on the others, of people but themselves.

    With G the cross products of all answers plus the penalty and P its inverse, the answers x of a person to the
    columns c of a question are missed by P_cc^-1 (P x)_c. Leaving out the person takes f x x' from G, f = n / (n - 1)
    (their part in the means included), and by the formula of Sherman and Morrison the error becomes f times
    P_cc^-1 (P x)_c / (1 - f x'P x + f (P x)_c' P_cc^-1 (P x)_c).
    """
    n = len(answers)
    f = n / (n - 1)
    inverse = np.linalg.inv(answers.T @ answers + n * penalty * np.eye(answers.shape[1]))
    pulled = answers @ inverse
    missed = pulled * (1 / np.diag(inverse))  # of questions of one column, all at once
    both = missed * pulled
    for columns in (part for part in questions if part.stop - part.start > 1):
        missed[:, columns] = pulled[:, columns] @ np.linalg.inv(inverse[columns, columns])
        both[:, columns] = (missed[:, columns] * pulled[:, columns]).sum(axis=1, keepdims=True)
    own = 1 - f * (pulled * answers).sum(axis=1)
    return np.asarray(answers - f * missed / (own[:, None] + f * both))
