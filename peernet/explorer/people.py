"""Who is who in the view: everybody's place is drawn by lot, and so is the number that stands for a name.

The lot is fresh with every view and kept nowhere, so that nobody who knows the roster can tell who "person 7" is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

import numpy as np
import pandas as pd

from peernet._wording import listed_few
from peernet.errors import SettingError

NAMED = 6  # people in a sentence


class ToldError(SettingError):
    """A refusal in an organiser's words, which names nobody."""


class People:
    """Everybody of a survey by place, and what to call them there.

    Parameters
    ----------
    identifiers
        Everybody, in the survey's order.
    names
        What to call each, index person.

    Attributes
    ----------
    shown, saved
        Whether names are shown in the view, and whether they may stand in what a notebook saves.
    """

    def __init__(self, identifiers: Sequence[str], names: pd.Series[str]) -> None:
        lot = np.random.default_rng().permutation(len(identifiers))
        self.by_place = [str(identifiers[i]) for i in lot]  # identifiers by place
        self.place = {person: place for place, person in enumerate(self.by_place)}
        self._names = {str(person): str(name) for person, name in names.items()}
        self.shown, self.saved = True, False

    def __len__(self) -> int:
        return len(self.by_place)

    def called(self, place: int) -> str:
        """What whoever has a place is called."""
        return self._names[self.by_place[place]] if self.shown else f"person {place + 1}"

    def call(self, person: str) -> str:
        """What somebody is called; whoever is none of these people is told apart by nothing while names are off."""
        place = self.place.get(person)
        return self.called(place) if place is not None else person if self.shown else "somebody"

    def person(self, place: object) -> str:
        """Who has a place; `ToldError` if nobody has."""
        if not isinstance(place, int) or not 0 <= place < len(self.by_place):
            raise ToldError("There is nobody at this place. Choose somebody of the list.")
        return self.by_place[place]

    def in_order(self, people: Collection[str]) -> list[str]:
        """Some people as they come in a sentence: by name, or by number."""
        return sorted(people, key=self.call if self.shown else lambda person: self.place.get(person, len(self)))

    def listed(self, people: Collection[str]) -> str:
        """What some people are called, one after the other."""
        return listed_few([self.call(person) for person in self.in_order(people)], NAMED)

    def are_told_in(self, text: str) -> bool:
        """Whether somebody's identifier or name stands in a text, or a word that could be one."""
        words = {*re.findall(r"[^\s'\"(),;:]+", text), *re.findall(r"\w+", text), *re.findall(r"['\"](.*?)['\"]", text)}
        known: Iterable[str] = (*self.by_place, *self._names.values())
        return any(told in words or (" " in told and told in text) for told in known)
