"""What pairs of each kind gain, the kind told by one half of the outlook items and the gain by the other half."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from peernet._arrays import Codes, Flags, Floats, Ints
from peernet._parallel import progress_bar
from peernet.compare.kinds_of_pairs import ViewKinds, banded, crossed, crossing_groups, nearest_groups, same_or_not
from peernet.compare.optimism import halves, on_items
from peernet.distance.distances import PersonDistances
from peernet.scores.pair_scores import PairScores

__all__ = ["FIGURES", "Choice", "OpenPairs", "choices", "open_pairs", "pair_gains"]

FIGURES = ("gain", "beyond", "alone", "own", "given")
STEPS = 24  # of distance, over which the gain usual at that distance is read off


@dataclass(frozen=True)
class OpenPairs:
    """The pairs of some people that are open whatever their experience, and how their kind is told.

    Parameters
    ----------
    scores
        The scores, with the gates on experience and outlook open.
    people
        Positions of the people who have an open pair; all other positions here refer to them.
    firsts, seconds
        The two people of each pair.
    fitting
        Whether each two people are close enough in experience, shape (people, people).
    experience
        How each two people stand to each other in experience.
    groups
        Group of each person by outlook, or None: bands of distance.
    finer
        Whether kinds tell which two groups meet.
    bands
        Number of bands.
    """

    scores: PairScores
    people: Ints
    firsts: Ints
    seconds: Ints
    fitting: Flags
    experience: ViewKinds
    groups: Ints | None
    finer: bool
    bands: int

    def kinds(self, perspective: PersonDistances, groups: Ints | None) -> tuple[Codes, tuple[str, ...]]:
        """Kind of every two people by these distances or groups, and the words for outlook."""
        if groups is None:
            table = perspective.block(self.people, self.people)
            view = banded(table, self.possible, self.bands)
        else:
            view = crossing_groups(groups) if self.finer else same_or_not(groups)
        return crossed(self.experience, view), view.words

    @property
    def possible(self) -> Flags:
        """Whether each two people pass every gate; each pair once."""
        found = np.zeros_like(self.fitting)
        found[self.firsts, self.seconds] = True
        return found & self.fitting

    def places(self) -> tuple[Ints, Ints]:
        """The two people of each pair, by their positions in the scores."""
        return self.people[self.firsts], self.people[self.seconds]


@dataclass(frozen=True)
class Choice:
    """What one half of the items says of everybody's kind, and the other half of the gains.

    Parameters
    ----------
    codes
        Kind of each two people, -1 for none or if too far apart in experience.
    figures
        Pair x figure, in the order of `FIGURES`.
    valued_by
        Positions of the items that the gains come from.
    """

    codes: Codes
    figures: Floats
    valued_by: Ints


def open_pairs(scores: PairScores, people: Ints, labels: pd.DataFrame | None, *, finer: bool, bands: int) -> OpenPairs:
    """Everything needed to tell kinds; bands of distance where a view has no groups."""
    opened = scores.without("experience", "band")
    opened = replace(opened, gates=replace(opened.gates, floor=None))
    people, firsts, seconds = _open(opened, people)
    near = _fitting(scores, people)
    found = np.zeros_like(near)
    found[firsts, seconds] = True
    groups = {view: _groups(labels, view, scores.people[people]) for view in ("experience", "perspective")}
    experience = _experience(scores, people, groups["experience"], found & near, finer=finer, bands=bands)
    return OpenPairs(opened, people, firsts, seconds, near, experience, groups["perspective"], finer, bands)


def _open(scores: PairScores, people: Ints) -> tuple[Ints, Ints, Ints]:
    """People with an open pair, and the pairs."""
    place = np.full(len(scores), -1, dtype=np.int64)
    place[people] = np.arange(len(people))
    rows, others = [], []
    for block in scores.blocks():
        chosen = block[place[block] >= 0]
        i, j = np.nonzero(scores.possible(chosen))
        keep = (place[j] >= 0) & (chosen[i] < j)
        rows.append(chosen[i[keep]])
        others.append(j[keep])
    firsts, seconds = np.concatenate(rows), np.concatenate(others)
    there = np.unique(np.concatenate([firsts, seconds]))
    return there, np.searchsorted(there, firsts), np.searchsorted(there, seconds)


def _fitting(scores: PairScores, people: Ints) -> Flags:
    within, apart = scores.gates.experience_within, scores.gates.experience
    if within is None or apart is None:
        return np.ones((len(people), len(people)), dtype=bool)
    return np.asarray(apart.block(people, people) <= within + 1e-12)


def _groups(labels: pd.DataFrame | None, view: str, people: pd.Index) -> Ints | None:
    """Group of each person from 0, -1 for none; None where the view shows no two groups."""
    if labels is None or view not in labels or labels[view].nunique() < 2:
        return None
    codes, _ = pd.factorize(labels[view].reindex(people), sort=True)
    return np.asarray(codes, dtype=np.int64) if codes.max(initial=-1) > 0 else None


def _experience(
    scores: PairScores, people: Ints, groups: Ints | None, possible: Flags, *, finer: bool, bands: int
) -> ViewKinds:
    if groups is not None:
        return crossing_groups(groups) if finer else same_or_not(groups)
    distances = scores.gates.experience
    if distances is None:
        return ViewKinds(np.zeros(possible.shape, dtype=np.int8), ("any",))
    return banded(distances.block(people, people), possible, bands)


def choices(pairs: OpenPairs, splits: int, rng: np.random.Generator, *, progress: bool) -> Iterator[Choice]:
    """Two per split of the items: each half chooses once."""
    asked = np.flatnonzero(pairs.scores.perspective.shares > 0)
    with progress_bar(2 * splits, "choosing on half of the answers", wanted=progress) as bar:
        for _ in range(splits):
            sides = halves(asked, rng)
            seen = [on_items(pairs.scores, half) for half in sides]
            for chooser, valuer, items in ((seen[0], seen[1], sides[1]), (seen[1], seen[0], sides[0])):
                yield Choice(_told_by(pairs, chooser.perspective), pair_gains(pairs, valuer), items)
                bar.update()


def _told_by(pairs: OpenPairs, perspective: PersonDistances) -> Codes:
    groups = pairs.groups
    if groups is not None:
        groups = nearest_groups(perspective.block(pairs.people, pairs.people), groups)
    codes, _ = pairs.kinds(perspective, groups)
    return np.where(pairs.fitting, codes, np.int16(-1))


def pair_gains(pairs: OpenPairs, scores: PairScores) -> Floats:
    """Figures of every open pair, in the order of `FIGURES`.

    ``gain`` as the scores value it; ``beyond``, the same less the mean gain of pairs equally far apart; ``alone``, what
    it would be if neither heard anybody else; ``own`` and ``given``, the gain on each side.
    """
    own, given = scores.gains(*pairs.places())
    gain = scores.worth(own, given, *pairs.places())
    apart = _distances(pairs, scores)
    gain = np.where(np.isnan(apart), np.nan, gain)
    alike = np.exp(-apart / scores.reach.scale)
    alone = (1 - alike) / (1 + alike)
    return np.stack([gain, gain - _usual(apart, gain), alone, own, given], axis=1).astype(np.float32)


def _distances(pairs: OpenPairs, scores: PairScores) -> Floats:
    firsts, seconds = pairs.places()
    apart = np.empty(len(firsts))
    for chosen, rows, r in scores.chunks(firsts):
        apart[chosen] = scores.perspective.block(rows)[r, seconds[chosen]]
    return apart


def _usual(apart: Floats, gain: Floats) -> Floats:
    """Mean gain of pairs about as far apart, read off between steps of equally many pairs."""
    known = np.flatnonzero(~np.isnan(apart + gain))
    if not len(known):
        return np.zeros_like(gain)
    parts = np.array_split(known[np.argsort(apart[known], kind="stable")], min(STEPS, len(known)))
    at, usual = (np.array([values[part].mean() for part in parts]) for values in (apart, gain))
    return np.asarray(np.interp(apart, at, usual))
