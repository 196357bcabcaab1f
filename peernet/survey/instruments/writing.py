"""`write_questionnaire`: from a list of staff to a questionnaire for one tool, with everything to read its export."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from peernet._files import write_whole
from peernet._wording import Shown, count_in_digits
from peernet.errors import SettingError, check_choice
from peernet.privacy import defuse
from peernet.survey.codebook import Codebook
from peernet.survey.files import CODEBOOK, ROSTER
from peernet.survey.instruments import forms, limesurvey, qualtrics, redcap, xlsform
from peernet.survey.instruments.instrument import Habits, Instrument, instrument_for
from peernet.survey.instruments.roster import read_staff


@dataclass(frozen=True)
class Tool:
    """A tool a questionnaire can be written for: what it can do, its file, and the files that go with that."""

    habits: Habits
    suffix: str
    write: Callable[[Instrument], str | bytes]
    beside: Mapping[str, Callable[[Instrument], str]]


TOOLS: Mapping[str, Tool] = {
    "kobo": Tool(xlsform.HABITS, ".xlsx", xlsform.xlsform, {}),
    "qualtrics": Tool(qualtrics.HABITS, ".qsf", qualtrics.qsf, {}),
    "limesurvey": Tool(limesurvey.HABITS, ".lss", limesurvey.lss, {}),
    "redcap": Tool(redcap.HABITS, ".csv", redcap.data_dictionary, {}),
    "forms": Tool(forms.HABITS, ".txt", forms.form_text, {"key.csv": forms.key_of_wordings}),
}


@dataclass(frozen=True, eq=False, repr=False)
class Questionnaire(Shown):
    """What was written.

    Parameters
    ----------
    files
        The questionnaire, then the files beside it.
    people
        One row per colleague by name, index ``person``: the code the questionnaire calls them by; columns ``name``
        (different for everybody), ``team``, ``manager`` (a code where the manager is on the list) and ``identifier``,
        theirs in the list of staff.
    codebook
        What each column of the export means.
    ties
        How colleagues are asked about: ``"rows"``, ``"ticks among those known"``, ``"ticks"`` or ``"typed"``.
    taken
        Which column of the list was taken for what, in words.
    tool
        The tool's name.

    Examples
    --------
    >>> import peernet as pn
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     written = pn.write_questionnaire("data/harbour/roster.csv", f"{folder}/peer.qsf", tool="qualtrics")
    >>> written.people.loc["p001"].tolist()
    ['Sebastian Duarte', 'Tariffs', 'p149', 'p001']
    >>> written.taken
    "person from 'person', name from 'name', team from 'team' and manager from 'manager'"
    """

    files: tuple[Path, ...]
    people: pd.DataFrame
    codebook: Codebook
    ties: str
    taken: str
    tool: str

    MAIN_TABLE = "people"

    def __repr__(self) -> str:
        colleagues = count_in_digits(len(self.people), "colleague", "colleagues")
        return f"<Questionnaire: {colleagues}, for {self.tool}; ties: {self.ties}>"


def write_questionnaire(
    roster: str | Path,
    path: str | Path,
    *,
    tool: str,
    contact: str = "whoever sent you this questionnaire",
    encoding: str = "utf-8",
) -> Questionnaire:
    """Write peernet's own questionnaire about the people on a list, for the tool it will be answered in.

    It asks who answers and whether they take part, for experience, outlook (with items worded both ways), goals,
    colleagues and limits, and begins with a notice about privacy. Wording and scales are those of the standard
    codebook, so nothing has to be declared when the export is read.

    Parameters
    ----------
    roster
        A list of staff, CSV or workbook, with a column of names and, where there are such, of identifiers, teams and
        managers. They are known by common headings: ``.taken`` of the result says which was taken for what.
    path
        The file to write: ``.xlsx`` for KoboToolbox, ``.qsf`` for Qualtrics, ``.lss`` for LimeSurvey, ``.csv`` for
        REDCap, ``.txt`` for forms. Beside it go ``codebook.json``, what each column of the export means, and
        ``roster.csv``, everybody with the code the questionnaire uses; for forms ``key.csv``, the wordings. All of
        them are written, or none.
    tool
        ``"kobo"`` (KoboToolbox, ODK), ``"qualtrics"``, ``"limesurvey"``, ``"redcap"`` or ``"forms"`` (Microsoft Forms,
        Google Forms).
    contact
        Whom people can ask about their answers and for their deletion, in words for the privacy notice.
    encoding
        Text encoding of a CSV roster.

    Returns
    -------
    Questionnaire

    Raises
    ------
    SurveyError
        If the list cannot be read, has no names, or two people share an identifier; every problem at once.
    SettingError
        If the tool is not known, the file's name ends in something else, or ``codebook.json`` or ``roster.csv`` is
        there already and holds something else.

    Notes
    -----
    Identifiers are kept where the tool accepts all of them as codes; otherwise everybody is numbered (``p001``), and
    ``roster.csv`` tells who is who. Forms know names alone.

    Where a tool can carry answers forward, people first tick whom they know well enough to say something about, and are
    asked about these alone, so that a questionnaire about 250 colleagues takes hardly longer than one about 40. Files
    were tried with importers of their formats, not on every tool's own server: send a test before the survey.

    Examples
    --------
    >>> import peernet as pn
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     written = pn.write_questionnaire("data/harbour/roster.csv", f"{folder}/peer.xlsx", tool="kobo")
    ...     [file.name for file in written.files]
    ['peer.xlsx', 'codebook.json', 'roster.csv']
    >>> written
    <Questionnaire: 260 colleagues, for KoboToolbox and ODK; ties: ticks among those known>
    """
    chosen, path = tool_for(path, tool)
    staff = read_staff(roster, encoding=encoding)
    instrument = instrument_for(staff, chosen.habits, contact=contact)
    people = _people(instrument)
    files = write_instrument(instrument, path, chosen)
    ties = chosen.habits.ties(len(people))
    return Questionnaire(files, people, instrument.codebook, ties, staff.told, chosen.habits.tool)


def tool_for(path: str | Path, tool: str) -> tuple[Tool, Path]:
    """The tool of a name, and the path, if its suffix is the tool's; else `SettingError`."""
    check_choice("tool", tool, TOOLS)
    chosen, path = TOOLS[tool], Path(path)
    if path.suffix.casefold() != chosen.suffix:
        raise SettingError(f"path must end in {chosen.suffix} for {chosen.habits.tool}; got {path.name!r}.")
    return chosen, path


def write_instrument(instrument: Instrument, path: Path, tool: Tool) -> tuple[Path, ...]:
    """Write a questionnaire and everything to read its export: all files or none, the questionnaire first.

    `SettingError` where a file beside it is somebody's own.
    """
    codebook = json.dumps(instrument.descriptor, ensure_ascii=False, indent=1) + "\n"
    people = _people(instrument).reset_index(names=instrument.codebook.person.name)
    listed = defuse(people).to_csv(index=False, lineterminator="\n")
    beside = {CODEBOOK: codebook, ROSTER: listed, **{name: make(instrument) for name, make in tool.beside.items()}}
    _check_free(path, beside)
    write_whole(path.parent, {path.name: tool.write(instrument), **beside})
    return tuple(path.parent / name for name in (path.name, *beside))


def _people(instrument: Instrument) -> pd.DataFrame:
    rows = [(person.code, person.name, person.team, person.manager, person.identifier) for person in instrument.people]
    return pd.DataFrame(rows, columns=["person", "name", "team", "manager", "identifier"], dtype="str").set_index(
        "person"
    )


def _check_free(path: Path, beside: Mapping[str, str]) -> None:
    """Raise `SettingError` where a file beside the questionnaire would go that is somebody's own."""
    for name, text in beside.items():
        file = path.parent / name
        if file.name == path.name:
            raise SettingError(
                f"{path.name} is what another of the files is called. Give the questionnaire another name."
            )
        if file.is_file() and file.read_bytes() != text.encode("utf-8", errors="replace"):
            raise SettingError(
                f"{file} is there already and holds something else. Choose another folder, or move it away."
            )
