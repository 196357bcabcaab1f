"""What else the lot could have brought: the pairings a design draws, listed where they are few, else drawn again.

Where nothing was drawn there is nothing to draw again, and that is said. A pairing that its design cannot bring was not
drawn from it: then the draws would say nothing of it.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from typing import Any, Protocol, TypeAlias, cast, runtime_checkable

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Ints
from peernet._parallel import check_draws, generator, over_draws, spawned
from peernet._wording import count_in_digits, listed_few
from peernet.dyads.pairs import Dyads, as_names, as_word, refuse_odd_labels
from peernet.errors import EstimationError, SettingError, checked_list
from peernet.meetings.rounds import Rounds
from peernet.pairing.lottery import PairingDesign, RandomPairing
from peernet.pairing.pairing import Pairing

MOST_LISTED = 150_000  # pairings: all of fourteen people in pairs are 135,135
NOBODY = -1
NAMES = ["a", "b"]


@runtime_checkable
class Draws(Protocol):
    """Whatever can draw a pairing: a table with ``a`` and ``b``."""

    def draw(self, rng: int | np.random.Generator) -> pd.DataFrame:
        """One pairing, independent of every other."""


class ByLot:
    """The design that draws pairs at random among some people, or among those of each group.

    Parameters
    ----------
    people
        Who was in the lot.
    groups
        The group of each person, where the lot was drawn within groups; None if it was drawn among all.

    Raises
    ------
    SettingError
        If somebody is named twice or has no group, or nobody could be paired.

    Notes
    -----
    Every way of pairing is as likely as any other. Of an odd number one stays single, drawn by lot too.

    Examples
    --------
    >>> import peernet as pn
    >>> office = {"ann": "north", "bo": "north", "cy": "south", "di": "south"}
    >>> lot = pn.outcomes.ByLot(office, office)
    >>> lot
    <ByLot: pairs drawn at random among 4 people within 2 groups>
    >>> lot.draw(1).to_dict("records")
    [{'a': 'ann', 'b': 'bo'}, {'a': 'cy', 'b': 'di'}]
    """

    def __init__(self, people: Iterable[str], groups: Mapping[str, Any] | pd.Series | None = None) -> None:
        named = [people] if isinstance(people, str) else checked_list("people", people, "names")
        if pd.isna(pd.Series(named, dtype=object)).any():
            raise SettingError("people must be names; one is missing.")
        given = [str(who) for who in as_names(pd.Series(named, name="people", dtype=object))]  # numbers are names too
        self.people = pd.Index(sorted({*given}), dtype=object)
        if len(self.people) < len(given):
            again = pd.Series(given)[pd.Series(given).duplicated()].iloc[0]
            raise SettingError(f"people must hold everybody once; {again!r} is there twice.")
        labels = pd.Series("all", index=self.people)
        if groups is not None:
            labels = pd.Series(groups, name="groups").rename(index=as_word).reindex(self.people)
            refuse_odd_labels(labels)
        if labels.isna().any():
            raise SettingError(f"No group is known of {listed_few([*labels.index[labels.isna()]])}.")
        codes, names = pd.factorize(labels.to_numpy())
        self.groups = codes.astype(np.int64)
        self.among = [np.flatnonzero(self.groups == code) for code in range(len(names))]
        if max((len(each) for each in self.among), default=0) <= 1:
            raise SettingError("Nobody can be paired: a lot needs two people, in one group where there are groups.")

    def draw(self, rng: int | np.random.Generator) -> pd.DataFrame:
        """One pairing: ``a``, ``b``, sorted.

        Parameters
        ----------
        rng
            Seed or generator.
        """
        drawn = self.drawn(1, generator(rng))[0]
        table = pd.DataFrame(self.people.to_numpy()[np.sort(drawn, axis=1)], columns=NAMES)
        return table.sort_values(NAMES, ignore_index=True)

    def drawn(self, draws: int, rng: np.random.Generator) -> Ints:
        """Pairings by the positions of people: draws x pairs x 2."""
        parts = []
        for each in self.among:
            order = np.argsort(rng.random((draws, len(each))), axis=1)[:, : len(each) // 2 * 2]
            parts.append(each[order].reshape(draws, -1, 2))
        return np.concatenate(parts, axis=1)

    def conditional_on(self, people: Iterable[str]) -> ByLot:
        """The same lot among those of its people who were paired: what it is once it is known who they are."""
        kept = pd.Index(sorted(people))
        return ByLot(kept, pd.Series(self.groups, index=self.people)[kept])

    @property
    def number(self) -> int:
        """How many pairings there are, counting each choice of who stays single."""
        sizes = [len(each) for each in self.among]
        return math.prod(math.prod(range(n - 1 + n % 2, 0, -2)) for n in sizes)

    def every(self) -> Ints:
        """All pairings of even groups by the positions of people: pairings x pairs x 2."""
        parts = [each[_every_pairing(len(each))] for each in self.among]
        return reduce(_both, parts)

    def __repr__(self) -> str:
        within = f" within {len(self.among):,} groups" if len(self.among) > 1 else ""
        return f"<ByLot: pairs drawn at random among {len(self.people):,} people{within}>"


def _every_pairing(n: int) -> Ints:
    """All ways to pair an even number of people, by position."""
    if not n:
        return np.empty((1, 0, 2), dtype=np.int64)
    smaller, others = _every_pairing(n - 2), np.arange(1, n)
    with_first = [
        np.concatenate([np.broadcast_to([0, k], (len(smaller), 1, 2)), others[others != k][smaller]], axis=1)
        for k in others
    ]
    return np.concatenate(with_first)


def _both(first: Ints, second: Ints) -> Ints:
    """Each of some pairings together with each of others, of other people."""
    return np.concatenate([np.repeat(first, len(second), axis=0), np.tile(second, (len(first), 1, 1))], axis=1)


Lot: TypeAlias = RandomPairing | PairingDesign | ByLot | Draws
Design: TypeAlias = Lot | Mapping[Any, Lot]


@dataclass(frozen=True, eq=False)
class Redraws:
    """The pairing that was drawn among others that could have been, each in all its rounds.

    Positions of people, `NOBODY` where a pairing holds fewer pairs; the lesser first, and pairs in order.
    """

    people: pd.Index
    firsts: Ints  # pairings x pairs
    seconds: Ints
    turns: Ints  # number of the round of each column
    rounds: tuple[Hashable, ...]  # what the rounds are called
    observed: int  # row of the pairing that was drawn
    exact: bool  # whether the rows are every pairing there is, each as likely as the others
    told: str  # what was drawn by lot
    equal: bool = False  # whether every pair that can come up is as likely as any other of the same person

    def __len__(self) -> int:
        return len(self.firsts)

    @property
    def codes(self) -> Ints:
        """One number for each pair and round, `NOBODY` where there is none."""
        n = len(self.people)
        codes = (self.turns * n + self.firsts) * n + self.seconds
        return np.where(self.firsts == NOBODY, NOBODY, codes).astype(np.int64)

    @property
    def always(self) -> int:
        """How many pairs are in every pairing."""
        codes = self.codes[self.codes != NOBODY]
        return int((np.unique(codes, return_counts=True)[1] == len(self)).sum())

    @property
    def newcomers(self) -> Flags:
        """Who is in no pair that was drawn and yet in some that could have been."""
        partnered = np.zeros((2, len(self.people) + 1), dtype=bool)  # the last place is nobody's
        for sides in (self.firsts, self.seconds):
            partnered[0, sides[self.observed]] = True
            partnered[1, sides.ravel()] = True
        return cast(Flags, (~partnered[0] & partnered[1])[:-1])

    def in_words(self) -> str:
        """How many pairings there are to hold the drawn one against."""
        what = "pairing" if len(self.rounds) == 1 else "set of pairings"
        many = count_in_digits(len(self), what, what + "s" if len(self.rounds) == 1 else "sets of pairings")
        return f"all {many} that could have been drawn" if self.exact else f"{many} (the drawn one and redraws)"


def redraws_of(
    dyads: Dyads,
    design: Design,
    *,
    draws: int,
    rng: int | np.random.Generator,
    n_jobs: int | None = None,
    progress: bool = False,
) -> Redraws:
    """The drawn pairing and what else its design could have brought, listed if few enough, else drawn again.

    `SettingError` where nothing was drawn by lot or the design is not that of the pairs.
    """
    check_draws(draws)
    _refuse_unless_drawn(dyads)
    lots = _per_round(dyads, design)
    table = dyads.table.assign(**dict(zip(NAMES, np.sort(dyads.table[NAMES].to_numpy(str), axis=1).T, strict=True)))
    rows = table["round"] if "round" in table else pd.Series(None, index=table.index, dtype=object)
    parts, streams = [], generator(rng).spawn(len(lots))
    for (name, lot), stream in zip(lots.items(), streams, strict=True):
        pairs = table.loc[rows == name if name is not None else rows.isna(), NAMES]
        parts.append(_of_one_round(pairs, lot, draws, stream, n_jobs=n_jobs, progress=progress))
    redraws = _together(parts, tuple(lots), draws, streams[0])
    if len(dyads) > 1 and (redraws.codes == redraws.codes[0]).all():  # of one pair there is less to say
        raise EstimationError(
            "The null has one value: the design brings the same pairs every time, so there is nothing to hold them "
            "against. Draw from a wider design next time."
        )
    return redraws


def _refuse_unless_drawn(dyads: Dyads) -> None:
    if not dyads.are_named:
        raise SettingError("The pairs must say who is in them (a and b), so that other pairs can be drawn.")
    if not len(dyads):
        raise EstimationError("There is no pair.")
    if dyads.design != "drawn by lot":
        raise SettingError(
            "The pairs are marked as observed, so nothing was drawn that could be drawn again, and no p value can come "
            'from a lot. If they were drawn by lot, say so where they are made (design="drawn by lot").'
        )


def _per_round(dyads: Dyads, design: Design) -> dict[Hashable, Lot]:
    """The design of each round; a round without a name is the only one."""
    rounds = dyads.table["round"] if "round" in dyads.table else pd.Series(dtype=object)
    if unknown := int(rounds.isna().sum()):
        raise SettingError(f"The round of {count_in_digits(unknown, 'pair', 'pairs')} is not known. Fill it in.")
    names = sorted({*rounds}, key=lambda name: (str(type(name)), name)) if "round" in dyads.table else [None]
    if not isinstance(design, Mapping):
        _refuse_unless_it_draws(design)
        if len(names) > 1:
            raise SettingError("The pairs are of several rounds; give each its design, as {1: first, 2: second}.")
        return {names[0]: design}
    for name in names:
        if name not in design:
            known = [repr(each) for each in design]
            raise SettingError(f"No design for round {name!r}; there is one for {listed_few(known)}.")
        _refuse_unless_it_draws(design[name])
    return {name: design[name] for name in names}


def _refuse_unless_it_draws(design: object) -> None:
    if isinstance(design, Pairing | Rounds):
        raise SettingError(
            "These pairs were the best, not drawn: the same survey gives them every time, so there is nothing to draw "
            "again and no p value can come from a lot. Pair by draw_pairing next time; what happened in these pairs "
            "can be described (pn.dyads) and no more."
        )
    if not isinstance(design, RandomPairing | Draws):
        raise SettingError(
            "design must be what the pairs were drawn from: a RandomPairing or its design, ByLot(people), or anything "
            f"with a method draw(rng) that gives a table of a and b; got {design!r}."
        )


@dataclass(frozen=True)
class _Part:
    """One round: pairs by name, the drawn ones first or somewhere in a list of all."""

    pairings: list[pd.DataFrame] | Ints  # tables of names, or positions of people
    people: pd.Index
    observed: int
    exact: bool
    told: str
    equal: bool = False


def _of_one_round(
    pairs: pd.DataFrame, lot: Lot, draws: int, rng: np.random.Generator, *, n_jobs: int | None, progress: bool
) -> _Part:
    if isinstance(lot, ByLot):
        return _of_by_lot(pairs, lot, draws, rng)
    if isinstance(lot, RandomPairing):
        _refuse_other_pairs(pairs, lot)
    design = lot.design if isinstance(lot, RandomPairing) else lot
    told = "who was paired with whom"
    if isinstance(design, PairingDesign):
        pool = design.pool
        told = f"who was paired with whom, among the pairings within {design.within:.0%} of the best"
        n = len(pool.people)
        low, high = np.sort([pool.people.get_indexer(pd.Index(pairs[side])) for side in NAMES], axis=0)
        chosen = np.isin(pool.firsts * n + pool.seconds, np.where(low < 0, -1, low * n + high))
        if chosen.sum() < len(pairs):
            raise SettingError(_not_from("it holds a pair that the design cannot make"))
        if design.listed is not None:
            where = [k for k, each in enumerate(design.listed) if set(each) == {*np.flatnonzero(chosen).tolist()}]
            if not where:
                raise SettingError(_not_from("it is none of the pairings that the design can bring"))
            listed = [design._named(each, np.zeros(len(each), dtype=np.int64)) for each in design.listed]
            return _Part(listed, pool.people, where[0], True, told)
    work, seeds, room = _Drawing(design), spawned(rng, draws), getattr(design, "room", 0.0)
    found = over_draws(work, seeds, n_jobs=n_jobs, progress=progress, what="pairings drawn", room=room)
    tables = [pairs, *(table[NAMES] for table in found)]
    people = pd.Index(sorted({*np.concatenate([table.to_numpy(str).ravel() for table in tables]).tolist()}))
    return _Part(tables, people, 0, False, told)


@dataclass(frozen=True)
class _Drawing:
    """Draws from a design; a class, so that it can be sent to other processes."""

    design: Draws

    def __call__(self, rng: np.random.Generator) -> pd.DataFrame:
        table = self.design.draw(rng)
        if not isinstance(table, pd.DataFrame) or not {*NAMES} <= {*table}:
            raise SettingError(f"What the design draws must be a table of a and b; it gave {table!r:.80}.")
        for a in table["a"][table["a"].astype(str) == table["b"].astype(str)][:1]:
            raise SettingError(
                f"The design pairs {a!r} with themselves, so no pairing of it can be held against another."
            )
        return table


def _of_by_lot(pairs: pd.DataFrame, lot: ByLot, draws: int, rng: np.random.Generator) -> _Part:
    """Given who was paired, all pairings of them are equally likely; whoever stayed single stays so."""
    members = pairs.to_numpy(str).ravel().tolist()
    for who in members:
        if who not in lot.people:
            raise SettingError(_not_from(f"{who!r} was not in the lot"))
    if len({*members}) < len(members):
        raise SettingError(_not_from("somebody has two partners, and this lot gives one"))
    places = lot.people.get_indexer(pd.Index(members)).reshape(-1, 2)
    for row in np.flatnonzero(lot.groups[places[:, 0]] != lot.groups[places[:, 1]]):
        raise SettingError(_not_from(f"{members[2 * row]!r} and {members[2 * row + 1]!r} are of different groups"))
    among = lot.conditional_on(members)
    within = f" within {len(among.among)} groups" if len(among.among) > 1 else ""
    told = f"who was paired with whom, among {len(among.people)} people{within}"
    observed = among.people.get_indexer(pd.Index(members)).reshape(1, -1, 2)
    if among.number > MOST_LISTED:
        return _Part(np.concatenate([observed, among.drawn(draws, rng)]), among.people, 0, False, told, equal=True)
    every = _in_order(among.every(), len(among.people))
    where = (every == _in_order(observed, len(among.people))).all(axis=(1, 2))
    return _Part(every, among.people, int(np.flatnonzero(where)[0]), True, told, equal=True)


def _refuse_other_pairs(pairs: pd.DataFrame, drawn: RandomPairing) -> None:
    given = {*map(tuple, pairs.to_numpy(str).tolist())}
    expected = {(min(pair), max(pair)) for pair in drawn.pairs}
    if given - expected:
        raise SettingError(_not_from(f"{_pair_words(given - expected)} was not drawn in it"))
    if expected - given:
        raise SettingError(
            _not_from(
                f"{_pair_words(expected - given)} was drawn and is not among the pairs. Keep every pair that was "
                "drawn; where an outcome is missing the test leaves pairs out itself, in the same way in every draw"
            )
        )


def _pair_words(pairs: set[tuple[str, str]]) -> str:
    first, second = min(pairs)
    more = f" (and {len(pairs) - 1} more)" if len(pairs) > 1 else ""
    return f"the pair of {first!r} and {second!r}{more}"


def _not_from(reason: str) -> str:
    return f"These pairs were not drawn from this design: {reason}. Give the design that they were drawn from."


# --- rounds side by side ----------------------------------------------------------------------------------------------


def _together(parts: list[_Part], rounds: tuple[Hashable, ...], draws: int, rng: np.random.Generator) -> Redraws:
    """The pairings of all rounds, every combination where each is listed and these are few."""
    people = pd.Index(sorted({*chain.from_iterable(part.people for part in parts)}))
    arrays = [_positions(part, people) for part in parts]
    sizes = [len(each) for each in arrays]
    exact = all(part.exact for part in parts) and math.prod(sizes) <= MOST_LISTED
    if exact:
        rows = [each.ravel() for each in np.indices(sizes)]
        observed = int(np.ravel_multi_index(tuple(part.observed for part in parts), sizes))
    else:  # a round that is listed among others that are not: drawn from its list
        rows = [
            np.r_[part.observed, rng.integers(len(each), size=draws)] if part.exact else np.arange(len(each))
            for part, each in zip(parts, arrays, strict=True)
        ]
        observed = 0
    joined = np.concatenate([each[chosen] for each, chosen in zip(arrays, rows, strict=True)], axis=1)
    turns = np.repeat(np.arange(len(parts)), [each.shape[1] for each in arrays]).astype(np.int64)
    told = parts[0].told if len({part.told for part in parts}) == 1 else "who was paired with whom in each round"
    return Redraws(
        people, joined[..., 0], joined[..., 1], turns, rounds, observed, exact, told, all(part.equal for part in parts)
    )


def _positions(part: _Part, people: pd.Index) -> Ints:
    """Pairings x pairs x 2, the lesser of two first and pairs in order, `NOBODY` at the end of shorter ones."""
    if isinstance(part.pairings, np.ndarray):
        return _in_order(people.get_indexer(part.people).astype(np.int64)[part.pairings], len(people))
    most = max(len(table) for table in part.pairings)
    found = np.full((len(part.pairings), most, 2), NOBODY, dtype=np.int64)
    for row, table in zip(found, part.pairings, strict=True):
        row[: len(table)] = people.get_indexer(pd.Index(table[NAMES].to_numpy(str).ravel())).reshape(-1, 2)
    return _in_order(found, len(people))


def _in_order(pairings: Ints, n: int) -> Ints:
    low, high = pairings.min(axis=2), pairings.max(axis=2)
    key = np.where(low == NOBODY, n * n, low * n + high)
    order = np.argsort(key, axis=1, kind="stable")
    return np.stack([np.take_along_axis(side, order, axis=1) for side in (low, high)], axis=2)
