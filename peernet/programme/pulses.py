"""A pulse: five questions while a round runs, in the tool of the questionnaire, and what the answers say of each pair.

Whether two have met is told by both. Met, not yet, one yes and one no, and no answer are four things: who says no and
whose partner says yes did not agree on what a meeting is, or on its date, and somebody should ask; who gave no answer
is not somebody who has not met.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from peernet._wording import Shown, count_in_digits, number_word
from peernet.errors import SurveyError, check_type
from peernet.privacy import FLOOR, fused
from peernet.programme.rounds import DISPUTED, NOT_YET, SILENT, YES, RoundLog, called, log_rows
from peernet.survey.files import CODEBOOK, ROSTER, read_table
from peernet.survey.instruments.instrument import follow_up_for
from peernet.survey.instruments.roster import StaffList
from peernet.survey.instruments.writing import tool_for, write_instrument
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.reading import read_survey
from peernet.survey.survey import Survey

NOBODY_YET = "whoever sent you these questions"


def pulse_items(number: int) -> tuple[Item, ...]:
    """The five questions about a round, its number as their wave; what people write in their own words is not read.

    Relationship is asked as in the questionnaire, so that answers can be compared.

    Examples
    --------
    >>> [item.measure for item in pulse_items(2)]
    ['met', 'meetings', 'relationship', 'learned', None]
    """
    outcomes = (
        ("met", "binary", "Have you met your partner of this round?", None),
        ("meetings", "numeric", "How many times have you met since the round began?", 100),
        ("relationship", "numeric", "How good is your working relationship? (0 poor to 100 excellent)", 100),
        ("learned", "numeric", "How much did you learn that was new to you? (0 nothing to 100 very much)", 100),
    )
    asked = [
        Item(f"{name}_{number}", "outcome", kind, wording, measure=name, wave=number)
        if most is None
        else Item(f"{name}_{number}", "outcome", kind, wording, low=0, high=most, measure=name, wave=number)
        for name, kind, wording, most in outcomes
    ]
    own = "Is anything in the way? Nobody is shown what you write here but the people who run the programme."
    return (*asked, Item(f"in_the_way_{number}", "ignore", "text", own))


def pulse_notice(contact: str) -> str:
    """What people are told before a pulse."""
    return (
        "Five questions about the round you are in. Your partner is shown none of your answers, and neither is any "
        "other colleague or your manager; only the people who run the programme see who answered what. Reports count "
        f"no group of fewer than {number_word(FLOOR)} people. You may leave out any question. Whoever has two partners "
        f"answers for both together. Questions, and the deletion of your answers: {contact}."
    )


def pulse_file(rounds: RoundLog, suffix: str) -> Path:
    """Where the pulse of the round that runs goes: a folder of its own beside the log, as its answers do."""
    return rounds.path.parent / f"pulse_{rounds.begun}" / f"pulse{suffix}"


def write_pulse(
    survey: Survey, rounds: RoundLog, path: str | Path, *, tool: str, contact: str = NOBODY_YET
) -> tuple[Path, ...]:
    """Write five questions to everybody who is in the round that runs, for the tool they will be answered in.

    Parameters
    ----------
    survey
        The people.
    rounds
        The rounds, from `read_rounds` with this survey.
    path
        The file to write, as for `write_questionnaire`; beside it go ``codebook.json`` and ``roster.csv``. Put the
        answers into the same folder.
    tool
        ``"kobo"``, ``"qualtrics"``, ``"limesurvey"``, ``"redcap"`` or ``"forms"``.
    contact
        Whom people can ask.

    Returns
    -------
    tuple of Path
        The files, the questions first.

    Raises
    ------
    SettingError
        If no round runs, the tool is not known, or a file is there that holds something else.

    Examples
    --------
    >>> import peernet as pn
    >>> from tempfile import TemporaryDirectory
    >>> survey = pn.load_example()
    >>> with TemporaryDirectory() as folder:
    ...     rounds = pn.programme.read_rounds(folder, survey)
    ...     rounds = rounds.append(pn.programme.next_round(survey, rounds).rows)
    ...     rounds = rounds.append(rounds.started())
    ...     files = pn.programme.write_pulse(survey, rounds, f"{folder}/pulse_1/pulse.qsf", tool="qualtrics")
    >>> [file.name for file in files]
    ['pulse.qsf', 'codebook.json', 'roster.csv']
    """
    chosen, path = tool_for(path, tool)
    inside = sorted({person for pair in rounds.running() for person in pair} & {*survey.people.index})
    people = survey.people.loc[inside].reindex(columns=["name", "team", "manager"]).fillna("")
    staff = tuple(
        {"person": str(who), "name": str(name) or str(who), "team": str(team), "manager": str(manager)}
        for who, name, team, manager in people.itertuples(name=None)
    )
    title = f"Round {rounds.begun}: how is it going?"
    instrument = follow_up_for(
        StaffList(staff, {}), chosen.habits, pulse_items(rounds.begun), title=title, notice=pulse_notice(contact)
    )
    return write_instrument(instrument, path, chosen)


@dataclass(frozen=True, eq=False, repr=False)
class Pulse(Shown):
    """What the answers to a pulse say.

    Parameters
    ----------
    number
        The round.
    pairs
        One row per pair of the round: ``a``, ``b``; ``met`` (met; not yet; one yes, one no; no answer); ``answered``,
        how many of the two said whether they met. For the analyst.
    survey
        The answers as a survey, people by their usual identifiers: its outcomes are ``met`` (1 or 0), ``meetings``,
        ``relationship`` and ``learned``, the number of the round as wave, for `peernet.outcomes.pairs_of`.
    rows
        What `RoundLog.append` takes to write it down.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> pairs = pd.DataFrame([("p1", "p2", "met", 2)], columns=["a", "b", "met", "answered"])
    >>> pn.programme.Pulse(1, pairs, pn.load_aarhus(), pairs)
    <Pulse: round 1, 1 pair: 1 met>
    """

    MAIN_TABLE = "pairs"

    number: int
    pairs: pd.DataFrame
    survey: Survey = field(repr=False)
    rows: pd.DataFrame = field(repr=False)

    def __repr__(self) -> str:
        pairs = count_in_digits(len(self.pairs), "pair", "pairs")
        return f"<Pulse: round {self.number}, {pairs}: {', '.join(self._counts())}>"

    def _counts(self) -> list[str]:
        counts = Counter(self.pairs["met"])
        return [f"{counts[word]} {word}" for word in (YES, NOT_YET, DISPUTED, SILENT) if counts[word]]

    def summary(self) -> list[str]:
        """The pulse in lines, and by name whom to ask; for the analyst."""
        lines = [f"Round {self.number}: {'; '.join(self._counts())}"]
        for word in (NOT_YET, DISPUTED, SILENT):
            some = self.pairs[self.pairs["met"] == word]
            lines += [
                f"  {word}: {' with '.join(called(self.survey, pair))}"
                for pair in zip(some["a"], some["b"], strict=True)
            ]
        return lines


def read_pulse(
    path: str | Path,
    rounds: RoundLog,
    *,
    format: str | None = None,  # noqa: A002 - as `read_survey` calls it
    encoding: str = "utf-8",
) -> Pulse:
    r"""Read the answers to the pulse of the last round.

    Parameters
    ----------
    path
        The export of the tool. What `write_pulse` wrote beside the questions is looked for in its folder, then in
        ``pulse_N`` beside the log.
    rounds
        The rounds, from `read_rounds` with the survey.
    format
        What wrote the export, where its content should not decide, see `read_survey`.
    encoding
        Text encoding of a CSV file.

    Returns
    -------
    Pulse

    Raises
    ------
    SurveyError
        If the answers cannot be read, or are about another round.
    SettingError
        If no round runs.

    Examples
    --------
    >>> import peernet as pn
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> survey = pn.load_example()
    >>> with TemporaryDirectory() as folder:
    ...     rounds = pn.programme.read_rounds(folder, survey)
    ...     _ = rounds.path.write_text("round,a,b,status\n1,p001,p050,running\n")
    ...     rounds = pn.programme.read_rounds(folder, survey)
    ...     _ = pn.programme.write_pulse(survey, rounds, f"{folder}/pulse_1/pulse.csv", tool="redcap")
    ...     answers = Path(folder, "pulse_1", "answers.csv")
    ...     _ = answers.write_text("record_id,person,met_1,meetings_1\n1,p001,1,2\n2,p050,0,\n")
    ...     pulse = pn.programme.read_pulse(answers, rounds)
    >>> pulse
    <Pulse: round 1, 1 pair: 1 one yes, one no>
    """
    check_type("rounds", rounds, RoundLog, "read_rounds")
    pairs, path = rounds.running(), Path(path)
    home = _home(path, rounds)
    answers = read_survey(path, codebook=home / CODEBOOK, format=format, encoding=encoding)
    if not any(item.wave == rounds.begun for item in answers.codebook.block("outcome")):
        raise SurveyError(f"{home / CODEBOOK} is not about round {rounds.begun}. Give the answers to its pulse.")
    answers = _as_known(answers, home / ROSTER, answers.codebook.person.name)
    met = answers.outcomes[answers.outcomes["measure"] == "met"].set_index("person")["value"]
    rows = []
    for a, b in pairs:
        said = [bool(met[person]) for person in (a, b) if person in met.index and pd.notna(met[person])]
        word = SILENT if not said else DISPUTED if len({*said}) > 1 else YES if said[0] else NOT_YET
        rows.append((a, b, word, len(said)))
    table = pd.DataFrame(rows, columns=["a", "b", "met", "answered"])
    states = rounds.pairs[rounds.pairs["round"] == rounds.begun].set_index(["a", "b"])["status"]
    written = [{"round": rounds.begun, "a": a, "b": b, "status": states[a, b], "met": word} for a, b, word, _ in rows]
    return Pulse(rounds.begun, table, answers, log_rows(written))


def _home(path: Path, rounds: RoundLog) -> Path:
    """The folder in which `write_pulse` left what each column means."""
    beside = path if path.is_dir() else path.parent
    for folder in (beside, pulse_file(rounds, "").parent):
        if (folder / CODEBOOK).is_file() and folder != rounds.path.parent:
            return folder
    raise SurveyError(
        f"There is no {CODEBOOK} beside {path} or in {pulse_file(rounds, '').parent}: write the pulse first."
    )


def _as_known(answers: Survey, roster: Path, person: str) -> Survey:
    """The answers with people under the identifiers they have in the programme."""
    if not roster.is_file():
        return answers
    listed = read_table(roster, "utf-8", IssueLog()).cells.map(fused)
    meant = dict(zip(listed[person], listed["identifier"], strict=True))
    own = [meant.get(str(who), str(who)) for who in answers.people.index]
    managers = [meant.get(who, who) for who in answers.people["manager"]]
    people = answers.people.set_axis(pd.Index(own, name="person", dtype="str"))
    people = people.assign(manager=pd.Series(managers, people.index, dtype=people["manager"].dtype))
    outcomes = answers.outcomes.assign(person=[meant.get(str(who), str(who)) for who in answers.outcomes["person"]])
    return replace(answers, people=people, outcomes=outcomes)
