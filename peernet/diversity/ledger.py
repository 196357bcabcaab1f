"""The exposure ledger: who opens how many perspectives to whom, and what that makes of the organisation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from peernet._arrays import Floats, Ints
from peernet._wording import count_in_words
from peernet.diversity.diversity import Paired, Scored, organisation_of, partners_of
from peernet.diversity.everyone import is_blurred, perspectives_of_all
from peernet.diversity.kernels import grown_weights
from peernet.diversity.reach import Reach, similarity_of

__all__ = ["ExposureLedger", "exposure_ledger"]

BOOKS = ("before", "after", "gain", "from_within", "from_beyond", "left")
STATISTICS = ["mean", "median", "lowest", "lowest_tenth", "gini", "coverage", "left_within_two_steps"]
FEW = 3_000  # people whose likeness is held in one table
Partners = Mapping[int, Sequence[int]]


@dataclass(frozen=True, repr=False)
class ExposureLedger:
    """What a pairing opens, for whom, by whom, and what it leaves.

    Parameters
    ----------
    people
        One row per person, index ``person``, in effective perspectives: ``before`` and ``after`` the pairing, ``gain``;
        ``from_within`` (the part of it that was two steps away already, with the colleagues of colleagues) and
        ``from_beyond`` (the rest of it, so that the two sum to ``gain``); ``left`` (what is still two steps away),
        so that ``before + from_within + left`` is all within two steps before the pairing; ``opens`` (what others would
        lose without this person as a partner); ``partners``; ``unknown`` (colleagues heard whose perspective is not
        known); ``indefinite`` (whether missing answers blur this count: it then depends on the order of counting, see
        `exposure_ledger`). Missing where a person's own perspective is not known.
    openings
        One row per pair and direction, index from 0, the largest first: ``opener``, ``listener``, ``alone`` (what the
        listener gains from this partner alone) and ``marginal`` (what the listener would lose without this partner, the
        others staying; the same where there is one).
    organisation
        One row per statistic, columns ``before`` and ``after``: ``mean``, ``median``, ``lowest``, ``lowest_tenth``
        (mean of the tenth of people with least) and ``gini`` of what people have in reach; ``coverage``, the mean as a
        share of the perspectives there are among everybody; ``left_within_two_steps``, what is two steps away and not
        in reach, on average.
    everybody
        Effective perspectives among everybody.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> ledger = pn.exposure_ledger(scores, pn.pair_people(scores))
    >>> list(ledger.openings)
    ['opener', 'listener', 'alone', 'marginal']
    """

    people: pd.DataFrame
    openings: pd.DataFrame
    organisation: pd.DataFrame
    everybody: float

    @property
    def pairs(self) -> pd.DataFrame:
        """One row per pair: ``a``, ``b``, what ``b_opens`` for a, what ``a_opens`` for b, and ``both`` together.

        Sorted by ``both``, the largest first.
        """
        sides = self.openings.rename(columns={"opener": "a", "listener": "b", "marginal": "a_opens"})
        back = self.openings.rename(columns={"opener": "b", "listener": "a", "marginal": "b_opens"})
        table = sides[sides["a"] < sides["b"]].merge(back, on=["a", "b"])[["a", "b", "b_opens", "a_opens"]]
        table["both"] = table[["b_opens", "a_opens"]].sum(axis=1, min_count=1)
        return table.sort_values(["both", "a", "b"], ascending=[False, True, True], ignore_index=True)

    def __repr__(self) -> str:
        mean, share = self.organisation.loc["mean"], self.organisation.loc["coverage"]
        blurred = int(self.people["indefinite"].sum())
        doubt = f"; missing answers blur the counts of {count_in_words(blurred, 'person', 'people')}" if blurred else ""
        return (
            f"<ExposureLedger: {mean['before']:.2f} of {self.everybody:.2f} perspectives in reach on average before "
            f"({share['before']:.0%}), {mean['after']:.2f} after ({share['after']:.0%}){doubt}>"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.organisation.round(3).to_html()}"


def exposure_ledger(scores: Scored, pairing: Paired | Iterable[tuple[str, str]]) -> ExposureLedger:
    """Keep the books of a pairing: what each person has in reach, who opened it, and what is left close by.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    pairing
        What `pair_people` returned, or any pairs of people.

    Returns
    -------
    ExposureLedger

    Raises
    ------
    UnknownPersonError
        If a pair names somebody who was not scored.
    SettingError
        If somebody is paired with themselves.

    Notes
    -----
    Everything is counted against the contacts people have already. Where somebody has several partners their marginal
    openings need not sum to the gain: two partners who think alike open the same thing twice, and neither is missed.

    Where answers are missing, distances rest on different questions for different pairs and the likeness of a set can
    fail to be positive semidefinite; the count then depends on who is counted first. Those heard already count first,
    then partners, then colleagues of colleagues, always the one who adds most next; somebody who cannot be told apart
    from those counted is left out. Such a count is never too much, but may be too little; ``indefinite`` says for whom.
    What is there among everybody is counted by the same rule, beginning with the person least like the others.

    References
    ----------
    Leinster, T. & Meckes, M. W. (2016). Maximizing diversity in biology and beyond. Entropy 18, 88.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> pn.exposure_ledger(scores, pn.pair_people(scores))
    <ExposureLedger: ... perspectives in reach on average before (...), ... after (...)...>
    """
    partners = partners_of(scores.people, pairing)
    counts = _Counts(scores.reach)
    openings = _openings(scores.people, counts, partners)
    opened = openings.groupby("opener")["marginal"].sum().reindex(scores.people).fillna(0.0)
    books = [_books(counts, person, partners.get(person, ())) for person in range(len(scores.people))]
    people = pd.DataFrame(books, columns=[*BOOKS, "indefinite"]).set_axis(scores.people)
    people.insert(len(BOOKS), "opens", opened.where(people["before"].notna()))
    people.insert(len(BOOKS) + 1, "partners", [len(partners.get(person, ())) for person in range(len(people))])
    people.insert(len(BOOKS) + 2, "unknown", scores.reach.unknown)
    everybody = perspectives_of_all(scores.reach)
    return ExposureLedger(people, openings, _organisation(people, everybody), everybody)


class _Counts:
    """Effective perspectives of a person's surroundings, enlarged step by step.

    Up to `FEW` people the likeness of everyone is kept in one table, which saves most of the time.
    """

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        everyone = np.arange(len(reach.heard))
        self._table = self._counted(everyone) if len(everyone) <= FEW else None

    def likeness(self, members: Ints) -> Floats:
        """Likeness of some people to each other."""
        return self._counted(members) if self._table is None else self._table[np.ix_(members, members)]

    def _counted(self, members: Ints) -> Floats:
        return similarity_of(self.reach.distances.block(members, members), self.reach.scale)

    def knows(self, person: int) -> bool:
        """Whether somebody's perspective is known."""
        return len(self.reach.heard[person]) > 0

    def joined(self, person: int, others: Sequence[int] | Ints) -> Ints:
        """Those a person hears, then the others among whom perspectives are known."""
        heard = self.reach.heard[person]
        known = np.array([other for other in others if self.knows(other)], dtype=np.int64)
        return np.concatenate([heard, np.setdiff1d(known, heard)])

    def exposure(self, person: int, others: Sequence[int] | Ints) -> float:
        """Effective perspectives in reach of a person who also hears the others."""
        heard, weights = self.reach.weighted(person)
        together = self.joined(person, others)
        if len(together) == len(heard):
            return float(self.reach.exposure[person])
        return float(grown_weights(self.likeness(together), weights).sum())

    def two_steps(self, person: int) -> Ints:
        """Colleagues of colleagues whom a person does not hear."""
        heard = self.reach.heard[person]
        return np.setdiff1d(np.concatenate([self.reach.heard[colleague] for colleague in heard]), heard)

    def left(self, person: int, near: Ints, met: Ints) -> float:
        """Effective perspectives two steps away, those met left out."""
        _, weights = self.reach.weighted(person)
        direct = self.joined(person, met)
        likeness = self.likeness(np.concatenate([direct, np.setdiff1d(near, direct)]))
        own = grown_weights(likeness[: len(direct), : len(direct)], weights)
        return float(grown_weights(likeness, own).sum() - own.sum())


def _books(counts: _Counts, person: int, partners: Sequence[int]) -> tuple[float, ...]:
    """One person's row, but for what they open for others."""
    if not counts.knows(person):
        return *([np.nan] * len(BOOKS)), False
    near = counts.two_steps(person)
    met = np.intersect1d(near, np.array(partners, dtype=np.int64))
    before, within = counts.exposure(person, ()), counts.exposure(person, met)
    after = within if len(met) == len(partners) else counts.exposure(person, partners)
    left = counts.left(person, near, met)
    blurred = is_blurred(counts.likeness(counts.joined(person, partners)))
    return before, after, after - before, within - before, after - within, left, blurred


def _openings(people: pd.Index, counts: _Counts, partners: Partners) -> pd.DataFrame:
    rows = [
        (people[opener], people[listener], alone, marginal)
        for listener, others in partners.items()
        for opener, alone, marginal in _opened_for(counts, listener, others)
    ]
    table = pd.DataFrame(rows, columns=["opener", "listener", "alone", "marginal"])
    table = table.astype({"alone": "float64", "marginal": "float64"})
    return table.sort_values(["marginal", "opener", "listener"], ascending=[False, True, True], ignore_index=True)


def _opened_for(counts: _Counts, listener: int, others: Sequence[int]) -> Iterator[tuple[int, float, float]]:
    """What each partner opens for one person, alone and beside the other partners."""
    for opener in others:
        if not (counts.knows(listener) and counts.knows(opener)):
            yield opener, np.nan, np.nan
            continue
        alone = counts.exposure(listener, [opener]) - counts.exposure(listener, ())
        rest = [other for other in others if other != opener]
        marginal = counts.exposure(listener, others) - counts.exposure(listener, rest) if rest else alone
        yield opener, alone, marginal


def _organisation(people: pd.DataFrame, everybody: float) -> pd.DataFrame:
    usual, known = organisation_of(people), people[["before", "after"]].dropna()
    tenth = max(1, round(len(known) / 10))
    left = {"before": (people["left"] + people["from_within"]).mean(), "after": people["left"].mean()}
    usual.loc["lowest_tenth"] = known.apply(lambda side: side.nsmallest(tenth).mean())
    usual.loc["coverage"] = usual.loc["mean"] / everybody if everybody else usual.loc["mean"]
    usual.loc["left_within_two_steps"] = pd.Series(left)
    return usual.loc[STATISTICS]
