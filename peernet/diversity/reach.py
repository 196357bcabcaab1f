"""Everyone's reach: whom they hear, prepared so that the gain from any newcomer is quick, and the most several can add.

Where answers are missing, distances rest on different questions for different pairs, and the likeness of a set can fail
to be positive semidefinite. What is counted then depends on who is counted first. The rule: those already in reach
count first, then always the person who adds most; somebody who cannot be told apart from those counted is left out.
Among everybody the person least like the others begins. What is found is always reached by some weighting of the
people, so it is never too much; `is_blurred` says where it may be too little.

How many perspectives a set holds depends on the scale. `SCALE` is of the questionnaire and not of the people who
answered: distances are shares of the range of answers, and people an eighth of it apart, half a step on a five-point
scale, which is what rounding to a point can hide, count as about a third alike; two steps on every question leave 2 %
(exp(-4)). So five types that answer two steps apart count as 4.7, counts compare between surveys with the same
questions, and shrink where people come to agree. A count at the median distance does none of this: it stays what it is
when all disagreement shrinks to a tenth, and five types that are as far from each other count as two. A much finer
scale counts the chance in answers instead.

A colleague may be heard less than in full: with a strength s from 0 to 1, that of the strongest layer on which the two
are in contact. What they think then reaches a person as answers of reliability s would, truth of variance 1 and chance
of variance 1/s - 1, so a set counts as

    max over w >= 0 of 2 * 1'w - w'(Z + D)w,   D diagonal with 1/s - 1,

which is the largest 1 / p'(Z + D)p over shares p, the diversity of order 2 with a likeness to oneself of 1/s. At s = 1
it is the number it would be without strengths, at s = 0 that without the colleague; in between it rises with s and
makes no jump. Somebody heard at s adds s at most, and s where nobody is like them. So k who think alike count as one
heard at k s / (1 + (k - 1) s), by the formula of Spearman and Brown: as one in full where they are many, never as more.
Whoever is met is heard in full from then on, as if somebody with the same outlook joined, beside whom the faint voice
adds nothing; so they bring what was left to hear of them. Any other newcomer brings more the fainter others are heard,
as a rule: less where the two make each other more distinct (see `ceilings`), which of the pairs at Harbour one or two
in a hundred do.

References
----------
Leinster, T. & Cobbold, C. A. (2012). Measuring diversity: the importance of species similarity. Ecology 93, 477-489.
Lord, F. M. & Novick, M. R. (1968). Statistical Theories of Mental Test Scores. Addison-Wesley (reliability; Spearman
and Brown).
Das, A. & Kempe, D. (2018). Approximate submodularity and its applications: subset selection, sparse approximation and
dictionary selection. Journal of Machine Learning Research 19, 1-34 (the idea of a bounded lack of submodularity, on
which `ceilings` rests).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Protocol

import numpy as np
from scipy.linalg import LinAlgError, cholesky

from peernet._arrays import Flags, Floats, Ints
from peernet.diversity.kernels import (
    TOLERANCE,
    Workspace,
    diverse_weights,
    fill_gains,
    fill_listed_gains,
    fill_weights,
    grown_weights,
    support_inverses,
    workspace,
)
from peernet.errors import SettingError, check_room

SCALE = 1 / 8  # share of the range of answers at which two people count as about a third alike
UNKNOWN = 1 / 3  # of the range: two answers picked blindly are as far apart, and so are people who share too little
ENTRIES_AT_ONCE = 2_000_000  # of lists of pairs whose distances are worked out together: about 80 MB
AT_A_TIME = 1_500  # people whose distances are worked out in one table; of more, circle by circle is quicker
ROUNDING = 1e-9  # added to every likeness to oneself: clones are no blur
DEFINITE = 1e-6  # least eigenvalue with which the most diverse weights are certain to be found
MANY = 200  # candidates; beyond these the whole organisation stands in for them, which saves time


class Blocks(Protocol):
    """Distances between people, given row block by row block or pair by pair."""

    def block(self, rows: Ints, cols: Ints | None = None) -> Floats:
        """Distances of the rows to the columns (everyone by default)."""
        ...

    def of_pairs(self, firsts: Ints, seconds: Ints) -> Floats:
        """Distances of pairs, the cells of `block`."""
        ...


@dataclass(frozen=True, repr=False)
class Reach:
    """Everyone's set {self, colleagues heard} and what makes it diverse."""

    distances: Blocks  # perspective distances by block
    scale: float  # distance, as a share of the range of answers, at which two people count as a third alike (exp(-1))
    # for each person the positions of themselves and the colleagues they hear from whose perspective is known; empty
    # where their own is not
    heard: tuple[Ints, ...]
    unknown: Ints  # for each person how many colleagues they hear from whose perspective is not known
    exposure: Floats  # effective perspectives within each person's reach; missing where their own is not known
    _arrays: tuple[Ints, Ints, Ints, Floats, Floats, Floats]
    # how fully each of those heard is, from above 0 to 1, oneself in full; None where everybody is
    strength: tuple[Floats, ...] | None = None

    @property
    def known(self) -> Ints:
        """Positions of the people whose perspective is known."""
        return np.flatnonzero([len(heard) for heard in self.heard])

    def gains(self, rows: Ints, wanted: Flags | None = None) -> tuple[Floats, Floats]:
        """What each of the rows gains from everyone, and what everyone gains from each of the rows.

        Two arrays of shape (rows, people), in effective perspectives; cells that are not ``wanted`` stay missing.
        """
        table, place = self._distance_rows(rows)
        own = self._filled(rows, False, table, place, wanted)
        if np.array_equal(rows, np.arange(len(self.heard))) and (wanted is None or np.array_equal(wanted, wanted.T)):
            return own, own.T.copy()
        return own, self._filled(rows, True, table, place, wanted)

    def gains_of(self, firsts: Ints, seconds: Ints) -> tuple[Floats, Floats]:
        """What the first of each pair gains from the second, and the second from the first: cells of `gains`."""
        return self._listed(firsts, seconds), self._listed(seconds, firsts)

    def _listed(self, egos: Ints, newcomers: Ints) -> Floats:
        start, heard, square, Z, inverse, w = self._arrays
        out, room = np.full(len(egos), np.nan), _room(start)
        for some, turn, pair in _in_parts(np.diff(start)[egos]):
            others = heard[start[egos[some]][pair] + turn]
            apart = self.distances.of_pairs(newcomers[some][pair], others)
            known = start, square, Z, inverse, w
            fill_listed_gains(egos[some], apart, self.scale, UNKNOWN, *known, out[some], *room)
        return out

    def _filled(self, rows: Ints, incoming: bool, table: Floats, place: Ints, wanted: Flags | None) -> Floats:
        """Gains of the rows or, if ``incoming``, of everyone from each of them."""
        shape = len(rows), len(self.heard)
        wanted = np.ones(shape, dtype=bool) if wanted is None else wanted
        out = np.full(shape, np.nan)
        start, heard, square, Z, inverse, w = self._arrays
        known = start, heard, square, Z, inverse, w
        fill_gains(rows, incoming, place, table, wanted, self.scale, UNKNOWN, *known, out, *_room(start))
        return out

    def _distance_rows(self, rows: Ints) -> tuple[Floats, Ints]:
        """Distance rows of the given people and of everyone they hear, and where each person's row is."""
        needed = np.unique(np.concatenate([rows, *(self.heard[row] for row in rows)]))
        place = np.zeros(len(self.heard), dtype=np.int64)
        place[needed] = np.arange(len(needed))
        return self.distances.block(needed), place

    @property
    def fully_heard(self) -> Floats:
        """How many people each person hears, themselves among them, each counted by how fully they do."""
        return np.array([own.sum() for own in self.strength] if self.strength else [len(own) for own in self.heard])

    def heard_with(self, person: int, partners: Iterable[int]) -> Ints:
        """Whom a person hears once they also hear the partners whose own perspective is known.

        A partner heard faintly so far comes once more, and in full.
        """
        heard, known = self.heard[person], [partner for partner in partners if len(self.heard[partner])]
        return _heard_too(heard, known, heard if self.strength is None else heard[self.strength[person] == 1])

    def as_heard(self, person: int, likeness: Floats) -> Floats:
        """The likeness among those a person hears, who come first, and others, as they hear it."""
        return likeness if self.strength is None else as_heard(likeness, self.strength[person])

    def exposure_with(
        self, person: int, partners: Iterable[int], likeness: Callable[[Ints], Floats] | None = None
    ) -> float:
        """Effective perspectives within one person's reach once they also hear the partners whose own is known.

        The likeness among some people is worked out anew unless a way to come by it is given.
        """
        together = self.heard_with(person, partners)
        if len(together) == len(self.heard[person]):
            return float(self.exposure[person])
        return self._exposure(person, together, (likeness or self._similarity)(together))

    def _exposure(self, person: int, together: Ints, likeness: Floats) -> float:
        """Effective perspectives among those a person hears, who come first, and others, by the likeness among all."""
        heard, weights = self.weighted(person)
        if len(together) == len(heard):
            return float(self.exposure[person])
        return float(grown_weights(self.as_heard(person, likeness), weights).sum())

    @property
    def arrays(self) -> tuple[Ints, Ints, Floats, Floats]:
        """Everyone's surroundings end to end: where each begins, whom they hear, how fully and by which weight."""
        start, heard, _, _, _, w = self._arrays
        return start, heard, np.ones(len(heard)) if self.strength is None else np.concatenate(self.strength), w

    def weighted(self, person: int) -> tuple[Ints, Floats]:
        """Whom a person hears, themselves first, and the weights that make them most diverse."""
        start, _, _, _, _, w = self._arrays
        return self.heard[person], w[start[person] : start[person + 1]]

    def exposures_with(self, partners: Mapping[int, Iterable[int]]) -> Iterator[tuple[int, float]]:
        """The same for several people, by position."""
        together = {person: self.heard_with(person, others) for person, others in partners.items()}
        tables = likenesses(self.distances, self.scale, len(self.heard), list(together.values()))
        for (person, members), table in zip(together.items(), tables, strict=True):
            yield person, self._exposure(person, members, table)

    def among_without(self, members: Ints, absent: Iterable[int], strength: Floats | None = None) -> Floats:
        """Effective perspectives among some people, heard so fully, without each of the absent in turn."""
        similarity = self._similarity(members)
        similarity = similarity if strength is None else as_heard(similarity, strength)
        staying = (np.flatnonzero(members != person) for person in absent)
        return np.array([diverse_weights(similarity[np.ix_(rest, rest)]).sum() for rest in staying])

    def _similarity(self, members: Ints) -> Floats:
        return similarity_of(self.distances.block(members, members), self.scale)

    def joined(self, partners: Mapping[int, Collection[int]]) -> Reach:
        """The same surroundings once people also hear the partners given for them, by position."""
        heard = [_heard_too(members, partners.get(person, ()), members) for person, members in enumerate(self.heard)]
        strength = None
        if self.strength is not None:
            strength = [np.ones(len(members)) for members in heard]
            for person, (fully, known) in enumerate(zip(strength, self.strength, strict=True)):
                met = np.isin(self.heard[person], [*partners.get(person, ())])
                fully[: len(known)] = np.where(met, 1.0, known)
        return replace(reach_from(self.distances, self.scale, heard, strength), unknown=self.unknown)

    def rescaled(self, scale: float) -> Reach:
        """The same surroundings seen at another scale."""
        return replace(reach_from(self.distances, scale, self.heard, self.strength), unknown=self.unknown)


def _room(start: Ints) -> tuple[Floats, Floats, Floats, Workspace]:
    """Room for the largest set and a newcomer, which kernels do not make themselves."""
    most = int(np.diff(start).max(initial=0)) + 1
    return np.empty(most), np.empty(most), np.empty(most**2), workspace(most)


def _in_parts(sizes: Ints) -> Iterator[tuple[slice, Ints, Ints]]:
    """Lists of so many entries each, some lists at a time: which, and of each entry its turn and its list's place."""
    ends = np.cumsum(sizes)
    cuts = np.searchsorted(ends, np.arange(ENTRIES_AT_ONCE, sizes.sum(), ENTRIES_AT_ONCE), side="right")
    for first, last in pairwise([0, *np.unique(cuts[cuts > 0]).tolist(), len(sizes)]):
        own = sizes[first:last]
        of = np.repeat(np.arange(len(own)), own)
        yield slice(first, last), np.arange(len(of)) - np.repeat(np.cumsum(own) - own, own), of


def _heard_too(heard: Ints, partners: Collection[int], in_full: Ints) -> Ints:
    """Those heard and the partners not among those in full; nobody where the person's own perspective is not known."""
    if not len(heard) or not partners:
        return heard
    new = sorted(set(partners).difference(in_full.tolist()))  # both are short, for which NumPy takes ten times as long
    return np.concatenate([heard, np.array(new, dtype=np.int64)])


def reach_from(
    distances: Blocks, scale: float, heard: Sequence[Ints], strength: Sequence[Floats] | None = None
) -> Reach:
    """Prepare everyone's surroundings; ``heard`` lists positions, each person's own first, ``strength`` how fully."""
    sizes = np.array([len(members) for members in heard], dtype=np.int64)
    start, square = (np.concatenate([[0], np.cumsum(each)]) for each in (sizes, sizes**2))
    everyone = np.concatenate([np.empty(0, dtype=np.int64), *heard]).astype(np.int64)
    Z, w, exposure = np.empty(square[-1]), np.zeros(start[-1]), np.full(len(sizes), np.nan)
    by_size = [np.flatnonzero(sizes == size) for size in np.unique(sizes[sizes > 0])]  # all of one size at once
    if len(heard) > AT_A_TIME:
        for person, own in enumerate(likenesses(distances, scale, len(heard), heard)):
            Z[square[person] : square[person + 1]] = own.ravel()
    else:
        likeness = likeness_among(distances, scale, len(heard))
        for people in by_size:
            members = everyone[start[people][:, None] + np.arange(sizes[people[0]])]
            Z[square[people][:, None] + np.arange(sizes[people[0]] ** 2)] = likeness(members).reshape(len(people), -1)
    if strength is not None and (fully := np.concatenate([np.empty(0), *strength])).min(initial=1.0) < 1:
        owner = np.repeat(np.arange(len(sizes)), sizes)
        Z[square[owner] + (np.arange(start[-1]) - start[owner]) * (sizes[owner] + 1)] += 1 / fully - 1
    else:
        strength = None
    fill_weights(start, square, Z, w, workspace(int(sizes.max(initial=0))))
    for people in by_size:
        exposure[people] = w[start[people][:, None] + np.arange(sizes[people[0]])].sum(axis=1)
    arrays = (start, everyone, square, Z, support_inverses(Z, w, start, square), w)
    strengths = None if strength is None else tuple(strength)
    return Reach(distances, scale, tuple(heard), np.zeros(len(sizes), dtype=int), exposure, arrays, strengths)


def likeness_among(distances: Blocks, scale: float, people: int) -> Callable[[Ints], Floats]:
    """How to come by the similarities among some people: from one table of everybody where it is small enough.

    From that table also among those of each row.
    """
    if people > AT_A_TIME:
        return lambda members: similarity_of(distances.block(members, members), scale)
    table = similarity_of(distances.block(np.arange(people)), scale)
    return lambda members: table[members[..., :, None], members[..., None, :]]


def likenesses(distances: Blocks, scale: float, people: int, sets: Sequence[Ints]) -> Iterator[Floats]:
    """The similarities among the people of each set, in turn, of so many people in all."""
    if people <= AT_A_TIME or not sets:
        yield from map(likeness_among(distances, scale, people), sets)
        return
    sizes = np.array([len(members) for members in sets], dtype=np.int64)
    start, everyone = np.cumsum(sizes) - sizes, np.concatenate(sets)
    for some, turn, of in _in_parts(sizes**2):
        row, column = np.divmod(turn, sizes[some][of])
        apart = distances.of_pairs(everyone[start[some][of] + row], everyone[start[some][of] + column])
        ends = np.cumsum(sizes[some] ** 2)
        for size, cells in zip(sizes[some].tolist(), np.split(apart, ends[:-1]), strict=True):
            yield similarity_of(cells.reshape(size, size), scale)


def likeness_of(reach: Reach) -> Floats:
    """Likeness of everyone to everyone: one table of people by people; `SettingError` where memory will not do."""
    check_room(
        len(reach.heard),
        "What several newcomers add together takes",
        "Ask for no bound, or for parts of the organisation.",
    )
    return similarity_of(reach.distances.block(np.arange(len(reach.heard))), reach.scale)


def similarity_of(distances: Floats, scale: float) -> Floats:
    """Similarity exp(-distance / scale); an undefined distance counts as `UNKNOWN`, oneself as 1."""
    with np.errstate(invalid="ignore"):
        similarity = np.exp(-distances / scale)
    similarity = np.where(np.isnan(distances), np.exp(-UNKNOWN / scale), similarity)
    np.fill_diagonal(similarity, 1.0)
    return similarity


def as_heard(likeness: Floats, strength: Floats) -> Floats:
    """The likeness among people of whom the first are heard at these strengths, above 0, and the others in full."""
    first = np.arange(len(strength))
    heard = likeness.copy()
    heard[first, first] += 1 / strength - 1
    return heard


def positive_scale(scale: float) -> float:
    """The scale; `SettingError` unless it is above 0."""
    if not scale > 0:
        raise SettingError(f"scale must be above 0; got {scale!r}.")
    return scale


def total_perspectives(reach: Reach) -> float:
    """Effective perspectives among everybody whose perspective is known; 0 where there is nobody."""
    known = reach.known
    if not len(known):
        return 0.0
    check_room(len(known), "The perspectives among everybody take", "Keep the books of parts of the organisation.", 3)
    likeness = similarity_of(reach.distances.block(known, known), reach.scale)
    first = int(np.argmin(likeness.sum(axis=1)))
    order = np.concatenate([[first], np.delete(np.arange(len(known)), first)])
    return float(diverse_weights(likeness[np.ix_(order, order)]).sum())


def is_blurred(likeness: Floats) -> bool:
    """Whether a likeness is not positive semidefinite, so that the count depends on who is counted first."""
    return not _is_definite(likeness, -ROUNDING)


def _is_definite(likeness: Floats, least: float) -> bool:
    """Whether no eigenvalue is below the least, told by a Cholesky factor at a small part of what eigenvalues cost."""
    own = likeness.copy()
    own[np.diag_indices_from(own)] -= least
    try:
        cholesky(own, overwrite_a=True, check_finite=False)
    except LinAlgError:
        return False
    return True


def ceilings(reach: Reach, likeness: Floats, candidates: Flags, most: Ints) -> tuple[Floats, Floats]:
    """What a set of partners adds to each person's exposure at most, as a sum over the partners.

    The first array has what partner b counts for at most: the gain of p from any set of up to ``most[p]`` of the
    ``candidates`` of row p is at most the sum of their parts. The second has what all candidates together add at most.

    Notes
    -----
    The effective number is not submodular: a person who hears one corner of a square and the opposite one gains more
    from the third corner once the fourth is there too. So gains one by one bound no gain together, and a bound on
    several rounds, a trio or a circle has to allow for such pairs of newcomers. Given whom a person hears already, two
    newcomers help each other exactly as far as what is new in them is negatively related (their partial similarity).
    With rho the negative part of it, the gain of a set of newcomers is at most the sum over its members b of
    gain(b) / (1 - sum of rho(b, c) over the others c), for

        gain = max over y >= 0 of 2 r'y - y'Sy,   y'Sy >= sum of S_bb y_b^2 (1 - sum of rho(b, c)),

    where r is what each newcomer lacks in likeness to those heard and S the partial similarity (a Schur complement).
    With at most k newcomers the k - 1 largest rho stand in for the unknown others.
    """
    n = len(reach.heard)
    parts, everyone = np.zeros((n, n)), np.zeros(n)
    known = reach.known
    whole = cache(lambda: most_perspectives(likeness, known))
    for person in known[most[known] > 0]:
        heard, weights = reach.weighted(person)
        strength = np.ones(len(heard)) if reach.strength is None else reach.strength[person]
        found = np.setdiff1d(np.flatnonzero(candidates[person]), heard[strength == 1])
        if len(found):
            # with everybody heard in full, which is no less
            reached = most_perspectives(likeness, np.union1d(heard, found)) if len(found) <= MANY else whole()
            everyone[person] = max(0.0, reached - reach.exposure[person])
            lacking, partial = _given_those_heard(likeness, heard, 1 / strength - 1, weights, found)
            share = _shares_of_bound(lacking, partial, len(found), int(most[person]))
            if share is None:
                settled = not (lacking[len(found) :] > TOLERANCE).any() and _is_sound(likeness, heard)
                share = np.full(len(found), 1.0 if settled else np.inf)
            parts[person, found] = np.minimum(share, everyone[person])
    return parts, everyone


def most_perspectives(likeness: Floats, members: Ints) -> float:
    """No weighting of these people has more effective perspectives, not even where missing answers blur the likeness.

    No weight is above one, so where the likeness falls short of positive semidefinite by delta, counting everybody as
    delta more distinct gives a number that is too small by a share of delta at most.
    """
    own = likeness[np.ix_(members, members)]
    short = 0.0 if _is_definite(own, DEFINITE) else max(0.0, DEFINITE - float(np.linalg.eigvalsh(own)[0]))
    if short >= 1:
        return float(len(members))
    own[np.diag_indices_from(own)] += short
    return min(float(len(members)), float(diverse_weights(own).sum()) / (1 - short))


def _given_those_heard(
    table: Floats, heard: Ints, faint: Floats, weights: Floats, found: Ints
) -> tuple[Floats, Floats]:
    """What newcomers, and those heard who count for nothing yet, lack in likeness, and their partial similarity.

    ``faint`` is what the likeness of those heard to themselves is above 1, see `as_heard`.
    """
    counted, silent = heard[weights > 0], heard[weights == 0]
    others = np.concatenate([found, silent])
    near = table[np.ix_(counted, others)]
    lacking = 1.0 - weights[weights > 0] @ near
    own = table[np.ix_(counted, counted)] + np.diag(faint[weights > 0])
    beside = np.concatenate([np.zeros(len(found)), faint[weights == 0]])
    partial = table[np.ix_(others, others)] + np.diag(beside) - near.T @ np.linalg.solve(own, near)
    return lacking, partial


def _shares_of_bound(lacking: Floats, partial: Floats, found: int, most: int) -> Floats | None:
    """Each newcomer's share of the bound: one whole perspective, the most there is, where others could help too much.

    None where even those heard who count for nothing yet could be helped too much.
    """
    new, raw, wanted = np.arange(len(lacking)) < found, np.diag(partial), lacking > TOLERANCE
    own = np.maximum(raw, TOLERANCE)
    opposed = np.maximum(-partial / np.sqrt(np.outer(own, own)), 0.0)
    np.fill_diagonal(opposed, 0.0)
    slack = 1.0 - _sum_of_largest(opposed[:, :found], most - new) - opposed[:, found:].sum(axis=1)
    blurred = (raw < -TOLERANCE) | (wanted & (raw <= TOLERANCE)) | (slack <= 0)
    if (blurred | wanted)[~new].any():
        return None
    share = np.where(wanted, lacking, 0.0) ** 2 / (own * np.where(blurred, 1.0, slack))
    found_share: Floats = np.where(blurred, 1.0, np.minimum(share, 1.0))[:found]
    return found_share


def _sum_of_largest(cells: Floats, counts: Ints) -> Floats:
    """Sum of the largest cells of each row, as many as asked for."""
    few = int(min(counts.max(initial=0), cells.shape[1]))
    if few <= 0:
        return np.zeros(len(cells))
    top = np.sort(np.partition(cells, -few, axis=1)[:, -few:], axis=1)[:, ::-1]
    found: Floats = np.where(np.arange(few) < counts[:, None], top, 0.0).sum(axis=1)
    return found


def _is_sound(likeness: Floats, members: Ints) -> bool:
    """Whether what looks most diverse among these people is, so that a newcomer adds one at most."""
    return _is_definite(likeness[np.ix_(members, members)], -TOLERANCE)


def in_doubt(reach: Reach, likeness: Floats, candidates: Flags) -> Flags:
    """For whom missing answers blur the likeness among those heard and those who may come.

    The exposure of a set then depends on the order in which its people are counted, and nothing can be proven from it.
    """
    known = reach.known
    doubt = np.zeros(len(reach.heard), dtype=bool)
    if not len(known) or _is_sound(likeness, known):
        return doubt
    for person in known:
        met = np.union1d(reach.heard[person], np.flatnonzero(candidates[person]))
        doubt[person] = len(met) > MANY or not _is_sound(likeness, met)
    return doubt
