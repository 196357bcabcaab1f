"""Mentors for mentees (bipartite matching): two sides laid over the scores of peers, the same engine, the same proof.

`Sides` says who can be whose mentor, `SidedGates` closes all other pairs, `MentorScores` says what a pair is worth.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd

from peernet._arrays import Codes, Flags, Floats, Ints
from peernet.errors import (
    SettingError,
    UnknownItemError,
    check_choice,
    check_type,
    checked_list,
    did_you_mean,
    is_whole,
)
from peernet.pairing.pairing import Pairing, pair_people
from peernet.scores.cells import AppliedRules, Limit, Where, listed_pairs, look
from peernet.scores.gates import REASONS, Gates, resting
from peernet.scores.pair_scores import PairScores
from peernet.scores.rules import Rule, Rules

Capacity = int | Mapping[str, int] | pd.Series | None
NEITHER, SAME, JUNIOR = (np.int8(REASONS.index(reason)) for reason in ("neither side", "same side", "not senior"))


def pair_mentors(
    scores: PairScores,
    mentors: Iterable[str],
    mentees: Iterable[str],
    *,
    capacity: Capacity = None,
    mentors_each: int = 1,
    value: str = "mentee",
    seniority: str | None = None,
    similar_experience: bool = False,
    both: bool = False,
    required: Iterable[tuple[str, str]] = (),
    cardinality: str | None = None,
    time_limit: float | None = None,
) -> Pairing:
    """Give mentees mentors so that the total value is largest, with a proof.

    The gates are those of peers, but for experience: a mentor usually has more of it.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    mentors, mentees
        Who is on which side.
    capacity
        How many mentees a mentor can have: a number for all, or one for each mentor named; the others, and by default
        all, have what they said in the survey. Who said 0 there has none.
    mentors_each
        How many mentors a mentee can have.
    value
        What a pair is worth: the gain of the ``"mentee"``, the ``"mean"`` of the two gains or the ``"lesser"`` one.
    seniority
        A graded item of the survey, such as ``"level"``: a mentor's answer must be above the mentee's. Where one of the
        two did not answer they cannot be paired.
    similar_experience
        Whether the experience gate stays closed.
    both
        Whether somebody can be on both sides. They are mentor or mentee in each pair as it is worth more; their
        capacity as a mentor counts all their partners, of whom no more than ``mentors_each`` are their mentors.
    required, cardinality, time_limit
        As in `pair_people`.

    Returns
    -------
    Pairing
        Its table says who is the ``mentor`` and who the ``mentee``; people on neither side are in neither table.

    Raises
    ------
    SettingError
        If a side is empty, somebody is on both sides unasked, or a setting is outside what is allowed.
    UnknownPersonError, UnknownItemError
        If nobody has an identifier, or the survey has no such item.
    InfeasibleError
        If a required pair is not possible.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> leads = survey.people.index[survey.people["level"].isin(["Principal", "Head"])]
    >>> others = survey.people.index.difference(leads)
    >>> pairing = pn.pair_mentors(scores, leads, others, capacity=3, seniority="level")
    >>> pairing.proven, len(pairing.check())
    (True, 0)
    """
    check_choice("value", value, ("mentee", "mean", "lesser"))
    check_type("scores", scores, PairScores, "score_pairs")
    sides = _sides(scores, _named(scores, "mentors", mentors), _named(scores, "mentees", mentees), both=both)
    sides = dataclasses.replace(sides, rank=None if seniority is None else rank_on(scores, seniority))
    partners = _capacities(scores, sides, capacity, mentors_each)
    asked = {"value": value, "capacity": capacity, "mentors_each": mentors_each, "seniority": seniority, "both": both}
    scores = scores if similar_experience else scores.without("experience")
    placed = resting(scores.gates.out, (partners > 0).to_numpy())
    out = np.where((sides.mentor | sides.mentee) | (scores.gates.out > 0), placed, NEITHER)
    gates = SidedGates(**{**_fields(scores.gates), "out": out}, sides=sides)
    own = {"gates": gates, "value": value, "capacity": partners, "settings": {**scores.settings, **asked}}
    sided = MentorScores(**{**_fields(scores), **own}, sides=sides).limited()
    return pair_people(sided, required=required, cardinality=cardinality, time_limit=time_limit)


def _named(scores: PairScores, side: str, people: Iterable[str]) -> list[str]:
    """The people of a side; a word is a list of its letters only where each of them is somebody's identifier."""
    letters = isinstance(people, str) and {*people} <= {*scores.people}
    return list(people) if letters else checked_list(side, people, "people")


def _sides(scores: PairScores, mentors: Sequence[str], mentees: Sequence[str], *, both: bool) -> Sides:
    for name, side in (("mentors", mentors), ("mentees", mentees)):
        if not side:
            raise SettingError(f"{name} must name at least one person.")
    twice = sorted({*mentors} & {*mentees})
    if twice and not both:
        named = ", ".join(map(repr, twice[:5])) + (f" and {len(twice) - 5} more" if len(twice) > 5 else "")
        raise SettingError(f"{named} are named as mentors and as mentees. Keep one, or say both=True.")
    return Sides(_flags(scores, mentors), _flags(scores, mentees))


def _flags(scores: PairScores, people: Iterable[str]) -> Flags:
    flags = np.zeros(len(scores), dtype=bool)
    flags[[scores.position(person) for person in people]] = True
    return flags


def rank_on(scores: PairScores, item: str) -> Floats:
    """Everybody's answer to a graded item as a number, missing where there is none."""
    if scores.survey is None:
        raise SettingError("seniority needs the survey: score the pairs with score_pairs.")
    codebook = scores.survey.codebook
    if not isinstance(item, str) or item not in codebook or item not in scores.survey.people:
        raise UnknownItemError(f"No item {item!r} in the survey.{did_you_mean(item, codebook.names)}")
    if codebook[item].kind not in ("numeric", "ordinal") or codebook[item].block == "protected":
        raise SettingError(f"seniority must be a numeric or ordinal item that is not protected; {item!r} is not.")
    answers = scores.survey.people[item].reindex(scores.people)
    if isinstance(answers.dtype, pd.CategoricalDtype):
        return np.asarray(answers.cat.codes.where(answers.notna()), dtype=np.float64)
    return np.asarray(answers.astype("float64"), dtype=np.float64)


def _fields(result: Gates | PairScores) -> dict[str, Any]:
    """What a dataclass was made with."""
    return {f.name: getattr(result, f.name) for f in dataclasses.fields(result) if f.init}


def _capacities(scores: PairScores, sides: Sides, capacity: Capacity, mentors_each: int) -> pd.Series:
    """How many partners each person can have."""
    said = scores.capacity
    asked = _asked(scores, sides, capacity, mentors_each)
    given = pd.Series(np.where(sides.mentor, said, min(mentors_each, len(said))), index=said.index)
    for person, most in asked.items():
        given[person] = min(most, len(said))
    return given.where((said > 0) & (sides.mentor | sides.mentee), 0).rename("capacity")


def _asked(scores: PairScores, sides: Sides, capacity: Capacity, mentors_each: int) -> Mapping[str, int]:
    """Capacity of each mentor for whom it is set."""
    mentors = scores.people[sides.mentor]
    if capacity is None:
        capacity = {}
    asked = dict(capacity) if isinstance(capacity, (Mapping, pd.Series)) else dict.fromkeys(mentors, capacity)
    others = sorted({*asked} - {*mentors}, key=str)
    if others:
        raise SettingError(f"capacity names {others[0]!r}, who is no mentor.{did_you_mean(others[0], mentors)}")
    given = {**{f"capacity of {person!r}": most for person, most in asked.items()}, "mentors_each": mentors_each}
    for name, most in given.items():
        if not is_whole(most, 0):
            raise SettingError(f"{name} must be a whole number, 0 or more; got {most!r}.")
    return asked


@dataclass(frozen=True)
class Sides:
    """Who is a mentor and who a mentee, by position; somebody can be both."""

    # mentor, mentee: whether each person is one
    mentor: Flags
    mentee: Flags
    rank: Floats | None = None  # seniority of each person, missing where not known; None where it does not matter

    def teaches(self, firsts: Ints, seconds: Ints) -> Flags:
        """Whether the first of each pair can be the second's mentor; positions are broadcast against each other."""
        fit: Flags = self.mentor[firsts] & self.mentee[seconds]
        return fit if self.rank is None else fit & (self.rank[firsts] > self.rank[seconds])

    def codes(self, where: Where) -> Codes:
        """What keeps pairs, or the rows and everyone, from being paired, as codes into `REASONS`."""
        people = np.arange(len(self.mentor))
        a, b = look(where, len(people)).sides(people)
        anyhow = Sides(self.mentor, self.mentee)
        fit, senior = (sides.teaches(a, b) | sides.teaches(b, a) for sides in (anyhow, self))
        return np.select([~fit, ~senior], [SAME, JUNIOR], np.int8(0))


@dataclass(frozen=True)
class SidedGates(Gates):
    """Gates that pairs of one side, and pairs whose mentor is not senior, do not pass either."""

    sides: Sides = field(kw_only=True)

    def layers(self, where: Where) -> Iterator[tuple[str, Codes]]:
        """What each gate by itself keeps apart, the lightest first; only taking no part is graver than the sides."""
        *lighter, out = super().layers(where)
        yield from (*lighter, ("sides", self.sides.codes(where)), out)


@dataclass(frozen=True, repr=False)
class MentorScores(PairScores):
    """Scores of pairs of one mentor and one mentee; everything else as in `PairScores`."""

    sides: Sides = field(kw_only=True)  # who is a mentor and who a mentee

    def under(self, rules: Rules) -> Self:
        """The same scores under the rules of a programme, as `PairScores.under` says; the sides' own limits stay."""
        return super().under(rules).limited()

    def limited(self) -> Self:
        """The same scores where whoever is on both sides has no more mentors than a mentee may have."""
        most = int(self.settings["mentors_each"])
        places = np.flatnonzero(self.sides.mentor & self.sides.mentee & (self.capacity.to_numpy() > most))
        if not len(places):
            return self
        applied = AppliedRules(Rules(), self.capacity) if self.applied_rules is None else self.applied_rules
        limits = (*applied.limits, *(self._mentee_limit(place, most) for place in places.tolist()))
        return dataclasses.replace(self, applied_rules=dataclasses.replace(applied, limits=limits))

    def _mentee_limit(self, place: int, most: int) -> Limit:
        """At most so many pairs in which a person is the mentee."""
        person, others = str(self.people[place]), np.arange(len(self))
        own, given = (gains[0] for gains in self.reach.gains(np.array([place])))
        taught = self.sides.teaches(others, np.full_like(others, place))
        taught &= ~self._first_teaches(own, given, np.full_like(others, place), others)
        cells = listed_pairs(len(self), ((place, other) for other in np.flatnonzero(taught).tolist() if other != place))
        return Limit(Rule("capacity", person, number=most, where="mentors_each"), cells, 1, most, np.inf, person)

    def worth(self, own: Floats, given: Floats, firsts: Ints, seconds: Ints) -> Floats:
        """Value of pairs given by positions: what the mentee gains, or both gains combined as for peers."""
        if self.value != "mentee":
            return super().worth(own, given, firsts, seconds)
        fit = self.sides.teaches(firsts, seconds) | self.sides.teaches(seconds, firsts)
        gain = np.where(self._first_teaches(own, given, firsts, seconds), given, own)
        return np.where(fit, gain, np.nan)

    def _first_teaches(self, own: Floats, given: Floats, firsts: Ints, seconds: Ints) -> Flags:
        """Whether the first is the mentor; where either could be, the one from whom the other gains more."""
        forth, back = self.sides.teaches(firsts, seconds), self.sides.teaches(seconds, firsts)
        more = (given > own) | ((given == own) & (self._name_rank[firsts] < self._name_rank[seconds]))
        first: Flags = forth & (~back | more)
        return first

    @cached_property
    def _name_rank(self) -> Ints:
        """Rank of each person's identifier."""
        return np.argsort(self.by_name)

    def to_frame(self, pairs: Iterable[tuple[str, str]] | None = None) -> pd.DataFrame:
        """Tidy table of pairs as `PairScores.to_frame` gives it, with ``mentor`` and ``mentee`` after ``b``.

        Both are empty where neither can be the other's mentor.
        """
        table = super().to_frame(pairs)
        a, b = (self.people.get_indexer(pd.Index(table[side])) for side in ("a", "b"))
        fit = self.sides.teaches(a, b) | self.sides.teaches(b, a)
        first = self._first_teaches(table["gain_a"].to_numpy(), table["gain_b"].to_numpy(), a, b)
        for at, (role, sides) in enumerate({"mentor": ("a", "b"), "mentee": ("b", "a")}.items(), start=2):
            named = np.where(first, table[sides[0]], table[sides[1]])
            table.insert(at, role, pd.Series(np.where(fit, named, ""), dtype="str"))
        return table
