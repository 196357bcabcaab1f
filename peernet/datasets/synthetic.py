"""`make_survey`: the survey of a fictional company whose truth is known, and the README that lies beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from numpy.random import PCG64, Generator

from peernet._arrays import Floats
from peernet._files import write_whole
from peernet.datasets.answers import (
    DRIFT,
    FOLLOWS,
    QUALITY_AT_ZERO,
    QUALITY_SLOPE,
    draw_answers,
    draw_nominations,
    draw_pilot,
    draw_second_wave,
    typed_lists,
)
from peernet.datasets.organisation import MOST_PEOPLE, STRATA, TYPES, draw_organisation, outlooks
from peernet.datasets.problems import (
    FEWEST_ANSWERED,
    cast_problems,
    misspelt_names,
    names_in_full,
    order_of_arrival,
    plant_problems,
    planted_problems,
)
from peernet.datasets.worlds import USUAL_WORLD, WORLDS
from peernet.errors import SettingError, check_choice
from peernet.survey.codebook import Codebook
from peernet.survey.files import CODEBOOK
from peernet.survey.instruments.standard import questionnaire, scale_items
from peernet.survey.reading import read_survey
from peernet.survey.survey import Survey

SMALLEST_MEAN_TEAM = 3  # people
FOUND_SHOWN = 40  # characters of a cell in the README
TEMPLATE = """\
# A fictional harbour company: survey of {people} colleagues

Nothing here is real: no person, team or answer. The folder was written by

```python
import peernet as pn
pn.make_survey({call}).write("harbour")
```

and the same call always writes the same bytes. Licence: MIT, as the rest of peernet.

| file | one row per | holds |
|---|---|---|
| `roster.csv` | person invited ({people}) | identifier, name, team, identifier of the manager |
| `survey.csv` | answer sheet that came back ({sheets}) | first wave: all answers, nominations as typed |
| `outcomes.csv` | respondent ({answered}) | second wave: partner drawn by lot in the pilot round, answers after it |
| `codebook.json` | | wording, block, kind and scale of every column (Table Schema 2.0) |

An empty cell is a question not answered. In a question that asks for names, "nobody" is an answer; in a question
with several choices, "none" is.

## The model in short
{world}1. {teams} teams, each with a manager; managers report to a head, heads to the director.
2. Everybody belongs to one of {strata} experience strata ({stratum_names})
   and one of {types} perspective types ({type_names}).
   With probability {relatedness:g} the type is the one usual for the stratum, else any: the two views are related only
   in part. The experience answers follow the stratum; the perspective answers follow the type and a position in three
   dimensions of outlook (change, people, planning) around its centre.
3. People know their team, the other managers of their circle and a few outsiders, rather those of their own
   department, type and stratum. Whom they trust depends on team, likeness in outlook and seniority, a rapport both
   sides feel, how readily they trust, how far the other is trusted, and chance that only one side feels: trust is
   homophilous and partly one-sided. Respect and candour mostly go with trust. Nobody types more than a dozen names
   or so.
4. Pilot round: two in three respondents were paired by lot. From the first wave to the second `learning` rises by
   {drift:g} points for everybody and, for pilot partners, by **{effect:g} x their distance in outlook** as well,
   where 1 is the mean distance over all pairs of people. `relationship` is {zero:g} less {slope:g} x that distance.
   `openness` does not depend on the pairing. Partners share part of the noise. About one in ten skips the second wave.

The truth (stratum, type, positions, distances, who meant whom) is not in this folder; `make_survey` returns it.

## What is wrong with the data
{problems}
"""
PROBLEMS = """\
On purpose. Beside {skipped} first-wave cells left empty and the items worded against their scale (`reverse` in the
codebook):

| problem | times | for instance | found | meant |
|---|---|---|---|---|
{rows}
"""


@dataclass(frozen=True, repr=False)
class SyntheticSurvey:
    """A made-up survey as it would lie in a folder, and the truth behind it.

    Parameters
    ----------
    roster
        One row per person invited, all text: ``person``, ``name``, ``team``, ``manager``.
    survey
        One row per answer sheet that came back, all text, columns in the order asked; somebody may be in it twice.
    outcomes
        One row per respondent, all text: ``person``, ``pilot_partner`` (drawn by lot; empty: not in the pilot),
        ``learning_2``, ``openness_2``, ``relationship_2``.
    codebook
        What every column of the three tables means.
    truth
        One row per person, index ``person``: ``name``, ``team``, ``department``, ``manager``, ``stratum`` (of
        experience), ``perspective_type``, ``answered``, ``view_change``, ``view_people``, ``view_planning`` (position
        in outlook), ``seniority``, ``trust_propensity``, ``trustworthiness``, ``pilot_partner``, ``pilot_distance``
        (distance in outlook to the partner; 1 is the mean over all pairs of people), ``acquiescence`` (points of the
        scale from 1 to 5 by which they agree with whatever is asked), ``extremity`` (times as far from the middle as
        they feel), ``careless``, ``stopped``. In a world of other than three dimensions the positions are ``view_1``,
        ``view_2`` and so on; without types ``perspective_type`` is empty.
    nominations
        One row per name given, strongest first: ``person``, ``layer``, ``alter`` (who is meant; empty: nobody on the
        roster), ``typed`` (what they wrote) and ``how`` it differs from the name on the roster. Some of these cells
        were left empty in ``survey``.
    contacts
        One row per tie that is there, of respondents or not, named or not, strongest first within each person and
        layer: ``person``, ``layer``, ``alter``.
    planted
        One row per problem planted: ``problem``, ``person``, ``item``, ``found``, ``meant``. Cells skipped at random
        are not listed.
    settings
        The keywords of `make_survey`; ``rng`` is None where it was a generator.

    Examples
    --------
    >>> import peernet as pn
    >>> made = pn.make_survey(people=60, answered=50, teams=6, rng=1)
    >>> made
    <SyntheticSurvey: 60 people, 52 answer sheets, ... problems planted>
    >>> made.planted.columns.tolist()
    ['problem', 'person', 'item', 'found', 'meant']
    """

    roster: pd.DataFrame
    survey: pd.DataFrame
    outcomes: pd.DataFrame
    codebook: Codebook
    truth: pd.DataFrame
    nominations: pd.DataFrame
    contacts: pd.DataFrame
    planted: pd.DataFrame
    settings: Mapping[str, float | str | None]

    def __repr__(self) -> str:
        return (
            f"<SyntheticSurvey: {len(self.roster):,} people, {len(self.survey):,} answer sheets, "
            f"{len(self.nominations):,} nominations, {len(self.planted):,} problems planted>"
        )

    @property
    def outlooks(self) -> Floats:
        """Everybody's outlook as answers would tell it without chance, person x dimension, in shares of their range."""
        return outlooks(self.truth) * FOLLOWS / 4

    def write(self, folder: str | Path) -> Path:
        """Write the survey folder that `read_survey` reads, each file whole or not at all.

        Parameters
        ----------
        folder
            Made if it does not exist; files of the same names are replaced.

        Returns
        -------
        Path
            The folder, with ``roster.csv``, ``survey.csv``, ``outcomes.csv``, ``codebook.json`` and ``README.md``.
        """
        write_whole(Path(folder), self._files())
        return Path(folder)

    def read(self) -> Survey:
        """The survey as `read_survey` understands it: checked, typed, problems listed in ``.issues``."""
        with TemporaryDirectory() as folder:
            return read_survey(self.write(folder))

    def _files(self) -> dict[str, str]:
        tables = {"roster": self.roster, "survey": self.survey, "outcomes": self.outcomes}
        texts = {f"{name}.csv": table.to_csv(index=False, lineterminator="\n") for name, table in tables.items()}
        codebook = json.dumps(self.codebook.to_descriptor(), indent=2, ensure_ascii=False) + "\n"
        return texts | {CODEBOOK: codebook, "README.md": _readme(self)}


def make_survey(
    *,
    people: int = 260,
    answered: int | None = None,
    teams: int | None = None,
    mess: bool = True,
    effect: float = 8.0,
    relatedness: float = 0.35,
    world: str = USUAL_WORLD,
    rng: int | Generator = 0,
) -> SyntheticSurvey:
    """Make up a survey of colleagues whose truth is known.

    Parameters
    ----------
    people
        How many are on the roster.
    answered
        How many of them answer; as a rule 12 of 13.
    teams
        How many teams they work in, each with a manager among its members; as a rule one for eleven people.
    mess
        Whether to plant what goes wrong in real surveys (see Notes). The truth behind is the same with and without.
    effect
        Points (of 100) by which `learning` rises in the pilot round per unit of distance in outlook between partners.
    relatedness
        Probability that a person's perspective type is the one usual for the stratum of experience; 0 makes the two
        views independent, 1 makes the type follow from the stratum.
    world
        What outlook is like and how far answers and ties follow it, see Notes.
    rng
        Seed or generator. One seed always makes the same survey, on every machine.

    Returns
    -------
    SyntheticSurvey

    Raises
    ------
    SettingError
        If the numbers do not fit together; the message says which and what is allowed.

    Notes
    -----
    *Worlds.* What differs from the first, at which everything else said here is meant:

    ================== ==================================================================================
    world              what is so there
    ================== ==================================================================================
    ``types``          five perspective types around centres in three dimensions of outlook
    ``one``            one dimension of outlook, no types
    ``three``          three dimensions of outlook, no types
    ``six``            six dimensions of outlook, no types
    ``twelve``         twelve dimensions of outlook, no types
    ``separate``       every question about a trait of its own: nothing goes together
    ``homophilous``    five types; ties depend strongly on likeness of outlook
    ``reliable``       five types; little chance in answers
    ``missing``        five types; three in ten answers on perspective are left out
    ``skewed``         one dimension of outlook with a long tail
    ``style``          three dimensions; some agree with everything, some answer extremely
    ``reserved``       three dimensions; some answer extremely, and those have few contacts
    ``noise``          answers that say nothing, and ties that do not depend on outlook
    ``style alone``    as ``noise``, but some agree with everything and some answer extremely
    ``reserved alone`` as ``noise``, but some answer extremely, and those have few contacts
    ================== ==================================================================================

    Without types every perspective question asks about one dimension, in turn. In the last three outlook has nothing to
    do with anything a pairing could use.

    *Organisation.* Uneven teams (6 to 16 people where the numbers allow it); managers report to a head, heads to the
    director. Strata of experience: newcomers, practitioners, experts, leaders (every manager is a leader). Types of
    perspective: explorers, guardians, connectors, analysts, makers. Seniority scatters around the stratum, a position
    in three dimensions of outlook (change, people, planning) around the centre of the type.

    *Answers.* Experience items follow stratum and seniority, perspective items type and position, goals mostly the
    stratum; climate items follow how far the manager is trusted by everyone, so that team mates agree. Agreement items
    are rounded to 1 to 5, some worded against their scale. ``gender`` is unrelated to everything else.

    *Ties.* People know their team, the managers of their own circle and a few outsiders, the likelier the more alike.
    Acquaintances are trusted by a latent strength: team, likeness in outlook and in seniority, a rapport that both
    feel, the ego's readiness to trust, the alter's trustworthiness, and noise of one's own. Hence trust is homophilous
    and partly one-sided. Respect and candour are that strength with a little of their own; advice flows from senior
    people. Each person types only the strongest few names, 6 to 12 per layer.

    *Pilot round.* Two in three respondents are paired by lot. ``learning_2 = learning_1 + 2 + effect x distance +
    noise`` for them and without the effect for the others; ``relationship_2 = 78 - 9 x distance + noise``;
    ``openness_2`` does not depend on the pairing at all. Partners share part of the noise. One in ten respondents
    skips the second wave, whatever the answer would have been.

    *Mess.* Skipped answers, people who stop half-way, careless respondents, an answer sheet sent twice, one sent
    empty, an answer out of range, an opt-out, a capacity of two, a veto, names in many forms, typing slips, a first
    name two people share, names parted by commas or lines, strangers, somebody who names themselves.

    References
    ----------
    McPherson, M., Smith-Lovin, L. & Cook, J. M. (2001). Birds of a feather: homophily in social networks. *Annual
    Review of Sociology* 27, 415-444.

    Eby, L. T. et al. (2013). An interdisciplinary meta-analysis of the potential antecedents, correlates, and
    consequences of protege perceptions of mentoring. *Psychological Bulletin* 139, 441-476. (Quality goes with
    likeness.)

    Examples
    --------
    >>> import peernet as pn
    >>> made = pn.make_survey(people=60, answered=50, teams=6, rng=1)
    >>> made.truth["stratum"].nunique(), made.truth["perspective_type"].nunique()
    (4, 5)
    >>> made.read()
    <Survey: 60 people, 50 answered, ...>
    """
    fewest = FEWEST_ANSWERED if mess else 1
    answered = max(fewest, round(people * 12 / 13)) if answered is None else answered
    teams = max(1, round(people * 12 / 130)) if teams is None else teams
    _check_sizes(people, answered, teams, fewest)
    _check_shares(effect, relatedness)
    check_choice("world", world, WORLDS)
    settings: dict[str, float | str | None] = {"people": people, "answered": answered, "teams": teams, "mess": mess}
    settings |= {"effect": effect, "relatedness": relatedness, "world": world}
    settings["rng"] = None if isinstance(rng, Generator) else rng
    drawn_in = WORLDS[world]
    draw = rng if isinstance(rng, Generator) else Generator(PCG64(rng))
    truth = draw_organisation(people, answered, teams, relatedness, drawn_in, draw)
    nominations, contacts = draw_nominations(truth, drawn_in, draw)
    answers = draw_answers(truth, drawn_in, draw)
    truth = truth.join(draw_pilot(truth, draw))
    outcomes = draw_second_wave(truth, answers, effect, draw)
    nominations = nominations[nominations["person"].map(truth["answered"])].reset_index(drop=True)
    survey, nominations, planted = _returned(truth, nominations, answers[truth["answered"]], mess, draw)
    flags = {"careless": "careless", "stopped": "stopped half-way"}
    flagged = {flag: planted["person"][planted["problem"] == problem] for flag, problem in flags.items()}
    return SyntheticSurvey(
        roster=truth[["name", "team", "manager"]].reset_index(),
        survey=survey.reset_index(),
        outcomes=outcomes.reset_index(),
        codebook=questionnaire(),
        truth=truth.assign(**{flag: truth.index.isin(people) for flag, people in flagged.items()}),
        nominations=nominations,
        contacts=contacts,
        planted=planted,
        settings=settings,
    )


def _check_sizes(people: int, answered: int, teams: int, fewest: int) -> None:
    why = " with mess=True, so that every problem falls on somebody else" if fewest > 1 else ""
    if people < max(fewest, SMALLEST_MEAN_TEAM):
        raise SettingError(f"people must be at least {max(fewest, SMALLEST_MEAN_TEAM)}{why}; got {people}.")
    if not 1 <= teams <= people // SMALLEST_MEAN_TEAM:
        raise SettingError(
            f"teams must be from 1 to {people // SMALLEST_MEAN_TEAM} for people={people} "
            f"({SMALLEST_MEAN_TEAM} to a team or more on average); got {teams}."
        )
    if people > MOST_PEOPLE:
        raise SettingError(f"people must be at most {MOST_PEOPLE:,}, as many as there are names; got {people:,}.")
    if not fewest <= answered <= people:
        raise SettingError(f"answered must be from {fewest} to people={people}{why}; got {answered}.")


def _check_shares(effect: float, relatedness: float) -> None:
    if not 0 <= relatedness <= 1:
        raise SettingError(f"relatedness is a probability, from 0 to 1; got {relatedness!r}.")
    if not -30 <= effect <= 30:
        raise SettingError(f"effect must be from -30 to 30 points of 100, or the scale overflows; got {effect!r}.")


def _returned(
    truth: pd.DataFrame, nominations: pd.DataFrame, answers: pd.DataFrame, mess: bool, draw: Generator
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Answer sheets as they come back, names as they were typed, and the problems planted in both."""
    if not mess:
        named = names_in_full(nominations, truth)
        survey = _as_asked(answers, named)
        return survey, named, planted_problems(survey, named, truth, {})
    cast = cast_problems(truth, nominations, draw)
    named = misspelt_names(nominations, truth, cast, draw)
    survey = plant_problems(_as_asked(answers, named), nominations, truth, scale_items(questionnaire()), cast, draw)
    return order_of_arrival(survey, cast, draw), named, planted_problems(survey, named, truth, cast)


def _as_asked(answers: pd.DataFrame, nominations: pd.DataFrame) -> pd.DataFrame:
    """Answers and typed names side by side, in the order of the questionnaire."""
    both = answers.join(typed_lists(nominations, answers.index)).assign(comment="")
    return both[[name for name in questionnaire().names if name in both]]


def _readme(made: SyntheticSurvey) -> str:
    asked = [item.name for item in made.codebook if item.block not in ("person", "constraint", "ignore")]
    answers = made.survey[[name for name in asked if name in made.survey]]
    skipped = int((answers == "").to_numpy().sum())
    told = {name: value for name, value in made.settings.items() if (name, value) != ("world", USUAL_WORLD)}
    call = ", ".join(f"{name}={'...' if value is None else repr(value)}" for name, value in told.items())
    world = str(made.settings["world"])
    other = f'The world is "{world}": {WORLDS[world].told}. What follows is meant where it does not differ.\n\n'
    problems = made.planted.groupby("problem", sort=False)
    rows = "\n".join(_problem_row(str(problem), cases) for problem, cases in problems)
    return TEMPLATE.format(
        **{**made.settings, "world": other if "world" in told else ""},
        call=call,
        sheets=len(made.survey),
        strata=len(STRATA),
        stratum_names=", ".join(STRATA),
        types=len(TYPES),
        type_names=", ".join(TYPES),
        drift=DRIFT,
        zero=QUALITY_AT_ZERO,
        slope=-QUALITY_SLOPE,
        problems=PROBLEMS.format(skipped=skipped, rows=rows).rstrip("\n") if rows else "Nothing.",
    )


def _problem_row(problem: str, cases: pd.DataFrame) -> str:
    """One kind of problem, with its first case."""
    person, item, found, meant = cases.iloc[0][["person", "item", "found", "meant"]]
    where = f"{person}, `{item}`" if item else person
    shown = found if len(found) <= FOUND_SHOWN else f"{found[: FOUND_SHOWN - 3]}..."
    cell = "`" + shown.replace("\n", "⏎") + "`" if shown else ""
    return f"| {problem} | {len(cases)} | {where} | {cell} | {meant} |"
