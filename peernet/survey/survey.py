"""A survey, read and checked: one row per person, tidy ties, outcomes, and every problem found on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from peernet._wording import Shown
from peernet.errors import check_choice, unknown_person
from peernet.survey.codebook import Codebook
from peernet.survey.issues import UNREAD_COLUMNS
from peernet.survey.item import BLOCKS, ROLES
from peernet.survey.ties import NAMED, UNKNOWN, lowest_ratings, tie_states

PARTNER_COLUMNS = ["person", "item", "wave", "partner"]


@dataclass(frozen=True, eq=False, repr=False)
class Survey(Shown):
    """A survey of colleagues, checked against its codebook.

    Parameters
    ----------
    people
        One row per person on the roster or among the respondents, index ``person``. Columns ``name``, ``team``,
        ``manager`` (a person or missing), ``answered`` (whether any answer arrived; one that everyone gave alike is
        none, unless there are no others), then one column per item under the item's own name: numeric and numbered
        ordinal answers are floats (reversed items already turned round), ordinal and nominal categories are
        categoricals, yes/no answers are nullable booleans, multiple choices are frozensets (None where not answered),
        text is text.
    ties
        One row per ego, alter and layer: ``ego``, ``alter``, ``layer``, ``rating`` and ``asked``. The rating is 1 for
        a plain nomination, 0 for somebody rated as no tie (of words their place among the categories, from 1), and
        missing where it is blank, declared missing or could not be read: that is neither a tie nor a refusal.
        ``asked`` is False where a tie file says that the ego was not asked about the alter; the rating is then 0,
        and means nothing.
    outcomes
        One row per outcome answer: ``person``, ``wave``, ``measure``, ``value``.
    codebook
        What each item means.
    issues
        One row per problem: ``severity``, ``item``, ``person``, ``problem`` and ``done``, what peernet did about it.
        An error needs a person to settle it, a warning is data that could not be used as given, a note is data that
        was understood, but not word for word.
    answered
        For each layer the people who answered its question, be it with "nobody". Someone who is not in the set gave
        no answer, which is not the same as naming nobody. Of ties listed in a file, everyone who answered anything.
    incomplete
        For each layer the people whose not naming somebody says nothing: a name they typed could not be read, they
        named as many as the question allows, or their ties stand in a file that lists no row of theirs or rates
        people, so that somebody without a row was not on the form.
    unread
        One row per name to ask back and cell it stands in: ``typed``, ``person`` who typed it, ``item``, ``could_be``
        (a tuple of people) and ``read_as``, empty where it is not counted; see `unread_names`.
    source
        What was read, such as "survey.csv, 16 lines: 2 of headings, 14 sheets filled in".
    managers
        Everybody whom a cell, row or file names, or could mean, as somebody's manager, of those for whom that is more
        than the one in ``people``.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> survey.answers("experience").loc["U1"].to_dict()
    {'role': 'Associate'}
    >>> survey.ties.columns.tolist()
    ['ego', 'alter', 'layer', 'rating', 'asked']
    """

    MAIN_TABLE = "people"

    people: pd.DataFrame
    ties: pd.DataFrame
    outcomes: pd.DataFrame
    codebook: Codebook
    issues: pd.DataFrame
    answered: Mapping[str, frozenset[str]]
    incomplete: Mapping[str, frozenset[str]] = field(default_factory=dict)
    managers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unread: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=UNREAD_COLUMNS))
    source: str = ""
    partners: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=PARTNER_COLUMNS, dtype="str"))

    def __repr__(self) -> str:
        says = tie_states(self.ties, lowest_ratings(self.codebook, self.ties))
        unknown = f" ({count:,} more unknown)" if (count := int((says == UNKNOWN).sum())) else ""
        return (
            f"<Survey: {len(self.people):,} people, {int(self.people['answered'].sum()):,} answered, "
            f"{int((says == NAMED).sum()):,} ties{unknown} in {len(self.layers)} layers, {len(self.issues):,} issues>"
        )

    @property
    def layers(self) -> tuple[str, ...]:
        """The tie layers, in the codebook's order."""
        return self.codebook.layers

    @property
    def foundation(self) -> tuple[str, ...]:
        """The layers a pairing must rest on: those of the codebook that anybody answered, in its order."""
        answered = {layer for layer, people in self.answered.items() if people}
        if not answered.issuperset(self.codebook.foundation):
            answered.update(self.ties["layer"].unique())
        return tuple(layer for layer in self.codebook.foundation if layer in answered)

    def answers(self, block: str) -> pd.DataFrame:
        """Answers to the items of one block.

        Parameters
        ----------
        block
            A block of the codebook, such as ``"perspective"``.

        Returns
        -------
        DataFrame
            One row per person, one column per item, in the codebook's order; no columns where nothing was asked.

        Raises
        ------
        SettingError
            If there is no such block.

        Examples
        --------
        >>> import peernet as pn
        >>> pn.load_aarhus().answers("perspective").columns.tolist()
        ['group']
        """
        check_choice("block", block, BLOCKS)
        return self.people[[item.name for item in self.codebook.block(block) if item.name in self.people]]

    def constraint(self, role: str) -> pd.Series | None:
        """Answers to one constraint.

        Parameters
        ----------
        role
            ``"capacity"``, ``"opted_out"``, ``"takes_part"``, ``"never_with"`` (frozensets of people), ``"hours"`` or
            ``"may_share"``.

        Returns
        -------
        Series or None
            One answer per person; None where the survey did not ask. Where it asked who takes part, ``"opted_out"``
            is the opposite.

        Raises
        ------
        SettingError
            If there is no such role.

        Examples
        --------
        >>> import peernet as pn
        >>> pn.load_aarhus().constraint("capacity") is None
        True
        """
        check_choice("role", role, ROLES)
        if role == "opted_out" and (joins := self.codebook.constraint("takes_part")):
            return ~self.people[joins.name] if joins.name in self.people else None
        item = self.codebook.constraint(role)
        return None if item is None or item.name not in self.people else self.people[item.name]

    def reporting_lines(self) -> list[tuple[str, str]]:
        """Everyone with each of their managers, whichever row or file names them.

        Returns
        -------
        list of (person, manager)
            The manager in ``people`` first, then those in ``managers``.

        Examples
        --------
        >>> import peernet as pn
        >>> pn.load_aarhus().reporting_lines()
        []
        """
        first = self.people["manager"].dropna()
        lines = [(str(person), str(manager)) for person, manager in first.items()]
        further = [(person, manager) for person, named in self.managers.items() for manager in sorted(named)]
        return list(dict.fromkeys([*lines, *further]))

    def person(self, who: str) -> pd.Series:
        """Everything known about one person.

        Parameters
        ----------
        who
            The identifier.

        Returns
        -------
        Series
            The person's row of ``people``.

        Raises
        ------
        UnknownPersonError
            If nobody has this identifier.

        Examples
        --------
        >>> import peernet as pn
        >>> pn.load_aarhus().person("U1")["role"]
        'Associate'
        """
        if who not in self.people.index:
            raise unknown_person(who, self.people.index)
        return self.people.loc[[who]].iloc[0]
