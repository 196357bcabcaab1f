"""A survey, read and checked: one row per person, tidy ties, outcomes, and every problem found on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd

from peernet.errors import UnknownPersonError, check_choice, did_you_mean
from peernet.survey.answers import typed_answers
from peernet.survey.codebook import Codebook
from peernet.survey.files import RawSurvey, read_raw
from peernet.survey.issues import IssueLog
from peernet.survey.item import BLOCKS, ROLES, Item
from peernet.survey.nominations import TIE_COLUMNS, Desk, listed_ties, nominated_ties, vetoes
from peernet.survey.people import gather_people, respondents
from peernet.survey.reading import check_columns
from peernet.survey.waves import outcomes_by_wave

__all__ = ["Survey", "read_survey"]

ANSWER_BLOCKS = ("experience", "perspective", "goal", "offers", "seeks", "climate", "constraint", "protected")


@dataclass(frozen=True, eq=False, repr=False)
class Survey:
    """A survey of colleagues, checked against its codebook.

    Parameters
    ----------
    people
        One row per person on the roster or among the respondents, index ``person``. Columns ``name``, ``team``,
        ``manager`` (a person or missing), ``answered`` (whether any answer arrived), then one column per item under
        the item's own name: numeric and numbered ordinal answers are floats (reversed items already turned round),
        ordinal and nominal categories are categoricals, yes/no answers are nullable booleans, multiple choices are
        frozensets (None where not answered), text is text.
    ties
        One row per ego, alter and layer: ``ego``, ``alter``, ``layer``, ``rating`` and ``asked``. The rating is 1 for
        a plain nomination, 0 for somebody rated as no tie, and missing for a tie whose rating could not be read.
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

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> survey.answers("experience").loc["U1"].to_dict()
    {'role': 'Associate'}
    >>> survey.ties.columns.tolist()
    ['ego', 'alter', 'layer', 'rating', 'asked']
    """

    people: pd.DataFrame
    ties: pd.DataFrame
    outcomes: pd.DataFrame
    codebook: Codebook
    issues: pd.DataFrame
    answered: Mapping[str, frozenset[str]]

    def __repr__(self) -> str:
        return (
            f"<Survey: {len(self.people):,} people, {int(self.people['answered'].sum()):,} answered, "
            f"{int((self.ties['rating'] != 0).sum()):,} ties in {len(self.layers)} layers, {len(self.issues):,} issues>"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.people.head().to_html()}"

    @property
    def layers(self) -> tuple[str, ...]:
        """The tie layers, in the codebook's order."""
        return self.codebook.layers

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
            ``"capacity"``, ``"opted_out"``, ``"never_with"`` (frozensets of people) or ``"hours"``.

        Returns
        -------
        Series or None
            One answer per person; None where the survey did not ask.

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
        item = self.codebook.constraint(role)
        return None if item is None or item.name not in self.people else self.people[item.name]

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
            raise UnknownPersonError(f"No person {who!r} in the survey.{did_you_mean(str(who), self.people.index)}")
        return self.people.loc[[who]].iloc[0]


def read_survey(path: str | Path, *, codebook: Codebook | str | Path | None = None, encoding: str = "utf-8") -> Survey:
    """Read a survey folder, or one CSV file with its codebook, and check it against the codebook.

    Nothing is dropped silently: whatever was understood differently from what was typed, or could not be used, is a
    row of ``.issues``. A survey that cannot be read at all raises one error that lists every reason.

    Parameters
    ----------
    path
        A folder that holds ``survey.csv`` and ``codebook.json`` and, where they exist, ``roster.csv`` (everyone
        invited), ``ties.csv`` (nominations as rows) and ``outcomes.csv`` (a later wave); or a single CSV file.
    codebook
        A `Codebook` or the path of one; by default ``codebook.json`` beside the data.
    encoding
        Text encoding of the CSV files; ``"cp1252"`` for older Excel exports. Comma, semicolon and tab are told apart
        by the header, decimal commas are read.

    Returns
    -------
    Survey

    Raises
    ------
    SurveyError
        If a file is missing, empty, irregular or in another encoding, if two people share an identifier, or if no
        column of the data is in the codebook; every problem of every file at once.
    CodebookError
        If the codebook cannot be understood.

    Notes
    -----
    A typed name is read in steps, and the first step that finds anybody decides: the identifier; the full name, in
    any order, case and accents; part of the name; a short form or an initial beside a name in full; a near spelling
    that is clearly the closest; a similar first name beside the last name in full. Where several people fit, the only
    one in the ego's own team is meant, else nobody is. All but the first two steps are noted in ``.issues``.
    Of a person's repeated answers the most complete is kept, of equally complete ones the last.
    A blank nomination is no answer; "nobody" is one, and so is a name that nobody on the roster has.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> survey.people.loc["p001", ["name", "team", "answered"]].tolist()
    [...]
    """
    log = IssueLog()
    return _understood(read_raw(path, log=log, codebook=codebook, encoding=encoding), log)


def _understood(raw: RawSurvey, log: IssueLog) -> Survey:
    """The survey that the tables of a folder describe."""
    check_columns(raw, log)
    rows = respondents(raw, log)
    people, book = gather_people(raw, rows, log)
    cells = rows.reindex(people.index, fill_value="")
    desk = Desk(book, raw.codebook.missing, log)
    answers = _answers(raw.codebook, cells, desk)
    ties, answered = _ties(raw, cells, desk)
    outcomes = outcomes_by_wave(raw, rows, people.index, log)
    spoke = answers.notna().any(axis=1) | people.index.isin(
        {*ties["ego"], *outcomes.loc[outcomes["wave"] == 1, "person"], *frozenset().union(*answered.values())}
    )
    _note_silence(rows.index[~spoke[rows.index]], int(spoke.sum()), log)
    listed = {str(layer): frozenset(people.index[spoke]) for layer in raw.ties.get("layer", ())}
    return Survey(
        people=people.assign(answered=spoke).join(answers),
        ties=ties,
        outcomes=outcomes,
        codebook=raw.codebook,
        issues=log.to_frame(),
        answered={layer: listed.get(layer, frozenset()) | answered.get(layer, set()) for layer in raw.codebook.layers},
    )


def _answers(codebook: Codebook, cells: pd.DataFrame, desk: Desk) -> pd.DataFrame:
    items = [item for item in codebook if item.block in ANSWER_BLOCKS and item.name in cells]
    typed = {item.name: _typed(item, cells[item.name], desk) for item in items}
    for item in items:
        _note_constant(item, typed[item.name], desk.log)
    return pd.DataFrame(typed, index=cells.index)


def _typed(item: Item, cells: pd.Series[str], desk: Desk) -> pd.Series:
    if item.role == "never_with":
        return vetoes(item, cells, desk)
    return typed_answers(item, cells, desk.missing, desk.log)


def _note_constant(item: Item, answers: pd.Series, log: IssueLog) -> None:
    given = answers.dropna().tolist()
    if item.block in ("experience", "perspective", "goal") and len(given) > 1 and len(set(given)) == 1:
        log.note(
            f"everyone who answered {item.name!r} gave the same answer", "kept; it sets nobody apart", item=item.name
        )


def _ties(raw: RawSurvey, cells: pd.DataFrame, desk: Desk) -> tuple[pd.DataFrame, dict[str, set[str]]]:
    """Every tie, from tie file and typed nominations, and who answered the questions with typed nominations."""
    asked = raw.codebook.block("tie")
    typed, answered = nominated_ties([item for item in asked if item.name in cells], cells, desk)
    frame = pd.DataFrame([*listed_ties(raw.ties, asked, desk), *typed], columns=TIE_COLUMNS)
    frame = frame.astype({"ego": "str", "alter": "str", "layer": "str", "rating": float, "asked": bool})
    return frame.drop_duplicates(["ego", "alter", "layer"], ignore_index=True), answered


def _note_silence(silent: pd.Index[str], answered: int, log: IssueLog) -> None:
    for person in silent:
        log.warning("every answer is missing", "kept as someone who did not answer", person=str(person))
    if answered == 1:
        log.warning("only one person answered", "kept; there is nobody to compare or pair them with")
