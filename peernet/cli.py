"""The command line: `peernet run`, `peernet check`, `peernet codebook` and `peernet questionnaire`."""

from __future__ import annotations

import argparse
import gc
import json
import os
import shlex
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from time import perf_counter
from typing import Any, TextIO

import peernet
from peernet._files import make_ready
from peernet.errors import PeernetError, PeernetWarning, SettingError
from peernet.programme.wording import languages

# Of the questionnaire by tool; said here as well as by the writers, so that --help answers at once.
SUFFIXES = {"kobo": ".xlsx", "qualtrics": ".qsf", "limesurvey": ".lss", "redcap": ".csv", "forms": ".txt"}
# As programme.settings has them; said here as well, for the same reason, with the shape of what is typed.
SETTINGS = {
    "accept": ("STATES", "foundations a pair may rest on, such as mutual,introduced,unknown (default: the first two)"),
    "experience": ("D", "largest distance in experience: average (default), none, or a number from 0 to 1"),
    "goals": ("D", "largest distance in goals: average (default), none, or a number from 0 to 1"),
    "objective": ("WHAT", "total: the most for all together (default); fair: the most for the worst-off first"),
    "cardinality": ("WHAT", "max: as many pairs as possible first (default: none)"),
    "floor": ("GAIN", "the least that each of a pair must gain, in effective perspectives (default: none)"),
    "value": ("WHAT", "what a pair counts: the mean (default) of its two gains, or the lesser"),
    "outlook": ("WHAT", "what gains rest on: adjusted (default), or answers as given"),
    "seed": ("N", "seed of everything drawn (default: 0)"),
    "draws": ("N", "random pairings to compare with (default: 200)"),
    "repeats": ("N", "surveys to draw anew, to see which pairs recur (default: 30; 0: none)"),
}
OBJECTS_BETWEEN = 100_000  # made between two looks for unused cycles


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line: what was typed after ``peernet``, by default the process's own.

    Gives 0, or 1 after an error that has been explained on the standard error stream.

    Examples
    --------
    >>> main(["check", "data/aarhus"])
    survey.csv, 62 lines: 1 of headings, 61 sheets filled in; ties.csv, 1,240 rows
    61 people, 61 answered, 1,240 ties in 5 layers: no issues
    0
    """
    chosen = _parser().parse_args(arguments)
    with _any_character(sys.stdout), _any_character(sys.stderr):
        try:
            status = int(chosen.command(chosen))
            sys.stdout.flush()
            return status
        except BrokenPipeError:  # whoever reads has seen enough, as `head` has; nothing is left to tell them
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python tries the pipe again at its end
            return 1
        except (PeernetError, OSError) as error:
            print(f"peernet: {error}", file=sys.stderr)
            return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="peernet", description="Peer pairings with the most diversity of thought, on a foundation of trust."
    )
    parser.add_argument("--version", action="version", version=f"peernet {peernet.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_run(commands.add_parser("run", help="from a survey to pairings, with a report"))
    _add_check(commands.add_parser("check", help="read a survey and list what is wrong with it"))
    _add_codebook(commands.add_parser("codebook", help="draft what each column of an export means, in a sheet to edit"))
    _add_questionnaire(
        commands.add_parser("questionnaire", help="write the questionnaire about a list of staff, for a survey tool")
    )
    for command in commands.choices.values():
        command.add_argument(
            "--encoding", default="utf-8", metavar="NAME", help='of the CSV files, "cp1252" for older Excel exports'
        )
    return parser


def _add_export(command: argparse.ArgumentParser, metavar: str) -> None:
    what = "the file or folder that a survey tool exports" + ("" if metavar == "EXPORT" else ", or a survey folder")
    command.add_argument("folder", type=Path, metavar=metavar, help=what)
    help_ = "what wrote the export, if its content should not decide, such as qualtrics"
    command.add_argument("--from", dest="written_by", metavar="TOOL", help=help_)


def _add_run(run: argparse.ArgumentParser) -> None:
    _add_export(run, "PATH")
    out = "where to write; by default results/ and the folder's name"
    run.add_argument("--out", type=Path, metavar="DIR", help=out)
    sheet = "the settings: programme.xlsx, .toml or a run.json; by default the sheet in the survey's folder, if any"
    run.add_argument("--settings", type=Path, metavar="FILE", help=sheet)
    rules = "what the programme demands of its pairs: a sheet, one row per rule"
    run.add_argument("--rules", type=Path, metavar="FILE", help=rules)
    for name, (shape, told) in SETTINGS.items():
        run.add_argument(f"--{name}", metavar=shape, help=told)
    run.add_argument("--language", default="en", choices=languages(), help="of the briefs (default: en)")
    told = "day of the first conversation, such as 2027-01-18: a calendar file beside each brief"
    run.add_argument("--calendar", type=_day, metavar="DATE", help=told)
    run.set_defaults(command=_run, name="run")


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{typed!r} is no day; write it as 2027-01-18") from error


def _add_check(check: argparse.ArgumentParser) -> None:
    check.description = (
        "Read a survey and say what was read and what is wrong with it, the gravest first. Gives 1 where results would "
        "be wrong: something must be settled first."
    )
    _add_export(check, "PATH")
    told = "text to read, or JSON for a program (default: text)"
    check.add_argument("--format", choices=("text", "json"), default="text", help=told)
    check.set_defaults(command=_check, name="check")


def _add_codebook(book: argparse.ArgumentParser) -> None:
    _add_export(book, "EXPORT")
    book.add_argument("--definition", type=Path, metavar="FILE", help="the questionnaire's definition, if there is one")
    book.add_argument("--json", action="store_true", help="write codebook.json, once nothing is open")
    book.set_defaults(command=_codebook)


def _add_questionnaire(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("roster", type=Path, metavar="ROSTER", help="CSV or workbook: names, identifiers, teams, managers")
    ask.add_argument("--for", dest="tool", required=True, choices=SUFFIXES, help="the tool it will be answered in")
    out = "the file to write; by default in a folder called questionnaire"
    ask.add_argument("--out", type=Path, metavar="FILE", help=out)
    ask.add_argument("--contact", metavar="TEXT", help="whom people can ask about their answers and for deletion")
    ask.set_defaults(command=_questionnaire)


@contextmanager
def _any_character(stream: TextIO) -> Iterator[None]:
    """Write characters that a terminal or a file does not know as their numbers, with a backslash."""
    if not isinstance(stream, TextIOWrapper):  # in a notebook, say
        yield
        return
    usual = stream.errors
    stream.reconfigure(errors="backslashreplace")
    try:
        yield
    finally:
        stream.reconfigure(errors=usual)


def _codebook(chosen: argparse.Namespace) -> int:
    _draft(chosen)
    return 0


def _draft(chosen: argparse.Namespace) -> bool:
    """Draft a codebook beside an export and say what was guessed; whether somebody should look at it first."""
    from peernet.survey.draft import beside_export, draft_codebook
    from peernet.survey.files import CODEBOOK, CODEBOOK_SHEET, codebook_beside

    there = codebook_beside(chosen.folder)
    if there.is_file() and there.name == CODEBOOK:
        raise SettingError(f"{there} is there already. Edit it, or move it away to have a new draft.")
    how = {"format": chosen.written_by, "encoding": chosen.encoding}
    drafted = draft_codebook(chosen.folder, definition=getattr(chosen, "definition", None), **how)
    name = CODEBOOK if getattr(chosen, "json", False) else CODEBOOK_SHEET
    print(drafted.write(beside_export(chosen.folder) / name), *drafted.summary, sep="\n")
    return bool(drafted.open_questions) or drafted.to_look_at > 0


def _is_undescribed(chosen: argparse.Namespace) -> bool:
    """Whether what is to be read is an export without a codebook beside it."""
    from peernet.survey.files import codebook_beside
    from peernet.survey.formats.export import Source
    from peernet.survey.reading import is_own_layout

    own = chosen.written_by is None and is_own_layout(Source(chosen.folder, chosen.encoding))
    return not own and not codebook_beside(chosen.folder).is_file()


def _drafted_first(chosen: argparse.Namespace) -> bool:
    """Draft the codebook of an export that has none; whether somebody should look at it before anything is run."""
    if not _is_undescribed(chosen) or not _draft(chosen):
        return False
    again = shlex.join(["peernet", chosen.name, str(chosen.folder)])
    print(f"Look at the rows that are marked in colour, save the sheet, then type this again: {again}")
    return True


def _run(chosen: argparse.Namespace) -> int:
    if _drafted_first(chosen):
        return 1
    from peernet.matching.warm_up import EngineWarmUp  # here, so that --help and errors in typing answer at once

    steps = Steps()
    with _rare_collections(), EngineWarmUp() as engine, warnings.catch_warnings(record=True) as caught:
        from peernet.report.answer import summary  # beside the engine's start, as this takes seconds
        from peernet.report.page import FILES, PLACES, write_report
        from peernet.study import PROVING, called_after, run_study

        out = chosen.out or Path("results", called_after(chosen.folder))
        make_ready(out, FILES)  # before minutes of work, not after them
        warnings.simplefilter("always", PeernetWarning)
        steps.wait_at(PROVING, engine.wait)
        study = run_study(
            chosen.folder,
            settings=chosen.settings,
            format=chosen.written_by,
            encoding=chosen.encoding,
            progress=steps.start,
            **_typed_settings(chosen),
        )
        steps.start("writing the report")
        report = write_report(study, out, language=chosen.language, first=chosen.calendar)
        steps.finish()
    for warning in caught:
        print(f"peernet: {warning.message}", file=sys.stderr)
    print(report, study.survey.source, *summary(study), sep="\n")
    print(*(f"{out / place}: {whom}" for place, whom in PLACES.items() if (out / place).exists()), sep="\n")
    if len(study.survey.unread):  # asked by check, since the record of a run is of files as they were read
        print(f"Some names are still to settle: {shlex.join(['peernet', 'check', str(chosen.folder)])}")
    return 0


def _typed_settings(chosen: argparse.Namespace) -> dict[str, Any]:
    """The settings that were typed."""
    from peernet.programme.settings import from_typed

    typed = {name: text for name in SETTINGS if (text := getattr(chosen, name)) is not None}
    rules = {} if chosen.rules is None else {"rules": chosen.rules}
    return rules | {name: from_typed(name, text) for name, text in typed.items()}


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for unused cycles less often: a run makes many objects, few cycles, and looking took a twentieth of it."""
    usual = gc.get_threshold()
    gc.set_threshold(OBJECTS_BETWEEN, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _check(chosen: argparse.Namespace) -> int:
    as_json = chosen.format == "json"
    if not as_json and _drafted_first(chosen):
        return 1
    from peernet.survey.asked_back import ask_in_sheet
    from peernet.survey.check import check_lines, check_record
    from peernet.survey.files import codebook_beside
    from peernet.survey.reading import read_survey

    try:
        survey = read_survey(chosen.folder, format=chosen.written_by, encoding=chosen.encoding)
    except PeernetError as error:
        if not as_json:
            raise
        print(json.dumps({"refused": getattr(error, "problems", [str(error)])}, ensure_ascii=False, indent=1))
        return 1
    if as_json:
        print(json.dumps(check_record(survey), ensure_ascii=False, indent=1))
    else:
        asked = ask_in_sheet(survey, codebook_beside(chosen.folder))
        print(*check_lines(survey), *([asked] if asked else []), sep="\n")
    return int((survey.issues["severity"] == "error").any())


def _questionnaire(chosen: argparse.Namespace) -> int:
    from peernet.survey.instruments.writing import write_questionnaire

    out = chosen.out or Path("questionnaire", f"questionnaire{SUFFIXES[chosen.tool]}")
    contact = {"contact": chosen.contact} if chosen.contact else {}
    written = write_questionnaire(chosen.roster, out, tool=chosen.tool, encoding=chosen.encoding, **contact)
    print(*written.files, sep="\n")
    print(f"{str(written).strip('<>').removeprefix('Questionnaire: ')}. Read: {written.taken}.")
    return 0


class Steps:
    """Prints each step with its seconds; on a terminal the running one is already shown."""

    def __init__(self) -> None:
        self._step, self._began = "", 0.0
        self._waits: dict[str, Callable[[], None]] = {}

    def wait_at(self, step: str, wait: Callable[[], None]) -> None:
        """Call ``wait`` when this step begins; the time counts for the step."""
        self._waits[step] = wait

    def start(self, step: str) -> None:
        """Begin the next step."""
        self.finish()
        self._step, self._began = step, perf_counter()
        if sys.stderr.isatty():
            print(f"{'':10}{step}", end="\r", file=sys.stderr, flush=True)
        if step in self._waits:
            self._waits[step]()

    def finish(self) -> None:
        """End the step that runs."""
        if self._step:
            print(f"{perf_counter() - self._began:7.1f} s {self._step}", file=sys.stderr, flush=True)
        self._step = ""
