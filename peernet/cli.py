"""The command line: `run`, `check`, `outcomes`, `codebook`, `questionnaire`; and `round`, `replace`, `pulse`."""

from __future__ import annotations

import argparse
import atexit
import gc
import json
import os
import shlex
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any, TextIO

import peernet
from peernet._files import make_ready
from peernet.errors import PeernetError, PeernetWarning, SettingError
from peernet.programme.wording import languages

if TYPE_CHECKING:  # so that --help and errors in typing answer at once
    from peernet.matching.warm_up import EngineWarmUp
    from peernet.programme.rounds import RoundLog
    from peernet.programme.settings import Settings
    from peernet.survey.survey import Survey

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
    "value": (
        "WHAT",
        "what a pair counts: the mean of its gains (default), the lesser, or its share in a mix, 0 to 1",
    ),
    "band": ("D,D", "least and largest difference in perspective, such as 0.2,0.6 (default: none)"),
    "outlook": ("WHAT", "what gains rest on: adjusted (default), or answers as given"),
    "seed": ("N", "seed of everything drawn (default: 0)"),
    "draws": ("N", "random pairings to compare with (default: 200)"),
    "repeats": ("N", "surveys to draw anew, to see which pairs recur (default: 30; 0: none)"),
}
# Of SETTINGS, those of a round.
OF_A_ROUND = (
    "accept",
    "experience",
    "goals",
    "objective",
    "cardinality",
    "floor",
    "value",
    "band",
    "outlook",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line: what was typed after ``peernet``, by default the process's own.

    Gives 0, or 1 after an error that has been explained on the standard error stream.

    Examples
    --------
    >>> main(["check", "data/aarhus"])
    survey.csv, 62 lines: 1 of headings, 61 sheets filled in; ties.csv, 1,240 rows
    61 people, 61 answered, 1,240 ties in 5 layers: no issues
    gate     experience: 1 question, of which no reliability can be told. 35% of all pairs pass
    0
    """
    chosen = _parser().parse_args(arguments)
    atexit.register(gc.freeze)  # to look through all that was made for cycles took a third of a second at the end
    chosen.typed = ["peernet", *(sys.argv[1:] if arguments is None else arguments)]
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
    _add_outcomes(commands.add_parser("outcomes", help="from a later wave of answers to what the pairings did"))
    _add_codebook(commands.add_parser("codebook", help="draft what each column of an export means, in a sheet to edit"))
    _add_questionnaire(
        commands.add_parser("questionnaire", help="write the questionnaire about a list of staff, for a survey tool")
    )
    _add_round(commands.add_parser("round", help="propose the next round of a programme, or begin the one proposed"))
    _add_replace(commands.add_parser("replace", help="mend a round that somebody leaves, few other pairs touched"))
    _add_pulse(commands.add_parser("pulse", help="ask how a round is going, or read the answers"))
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
    _add_settings(run, SETTINGS)
    run.add_argument("--language", default="en", choices=languages(), help="of the briefs (default: en)")
    told = "day of the first conversation, such as 2027-01-18: a calendar file beside each brief"
    run.add_argument("--calendar", type=_day, metavar="DATE", help=told)
    run.set_defaults(command=_run, name="run")


def _add_settings(command: argparse.ArgumentParser, names: Iterable[str]) -> None:
    sheet = "the settings: programme.xlsx, .toml or a run.json; by default the sheet in the survey's folder, if any"
    command.add_argument("--settings", type=Path, metavar="FILE", help=sheet)
    rules = "what the programme demands of its pairs: a sheet, one row per rule"
    command.add_argument("--rules", type=Path, metavar="FILE", help=rules)
    for name in names:
        shape, told = SETTINGS[name]
        command.add_argument(f"--{name}", metavar=shape, help=told)


def _add_round(round_: argparse.ArgumentParser) -> None:
    round_.description = (
        "Propose the next round and write it into rounds.csv in the folder: nobody meets twice, whoever left or is "
        "away is not asked, and those without a partner last time, or left by one, come first. Once the pairs are "
        "told, begin it with --start."
    )
    _add_export(round_, "FOLDER")
    which = round_.add_mutually_exclusive_group()
    which.add_argument("--start", action="store_true", help="begin the round that is proposed; the one before it ends")
    which.add_argument("--again", action="store_true", help="withdraw what is proposed and has not begun; propose anew")
    _add_settings(round_, OF_A_ROUND)
    round_.set_defaults(command=_round, name="round")


def _add_replace(mend: argparse.ArgumentParser) -> None:
    mend.description = (
        "Mend the round that runs when somebody leaves: their partner gets somebody who is free, or else as few other "
        "pairs as possible change partners, or they join a pair, or come first next time. Adds to rounds.csv."
    )
    _add_export(mend, "FOLDER")
    mend.add_argument(
        "--leaves", action="append", required=True, metavar="PERSON", help="who leaves: identifier or name"
    )
    mend.add_argument(
        "--until", type=_day, metavar="DATE", help="when they are back, such as 2026-03-31 (default: never)"
    )
    mend.add_argument("--trio", action="store_true", help="join a pair as a third before another pair changes partners")
    _add_settings(mend, OF_A_ROUND)
    mend.set_defaults(command=_replace, name="replace")


def _add_pulse(pulse: argparse.ArgumentParser) -> None:
    pulse.description = (
        "Write five questions to everybody in the round that runs (--for), or read the answers back (--answers) into "
        "rounds.csv: met; not yet; one yes, one no; no answer."
    )
    _add_export(pulse, "FOLDER")
    what = pulse.add_mutually_exclusive_group(required=True)
    what.add_argument("--for", dest="tool", choices=SUFFIXES, help="the tool it will be answered in")
    what.add_argument("--answers", type=Path, metavar="FILE", help="the export of the tool, with the answers")
    pulse.add_argument("--contact", metavar="TEXT", help="whom people can ask about their answers and for deletion")
    pulse.set_defaults(command=_pulse, name="pulse")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-03-31") from error


def _add_check(check: argparse.ArgumentParser) -> None:
    check.description = (
        "Read a survey and say what was read, what is wrong with it, the gravest first, and how far its questions on "
        "experience and goals can be relied on to keep people apart. Gives 1 where results would be wrong: something "
        "must be settled first."
    )
    _add_export(check, "PATH")
    told = "text to read, or JSON for a program (default: text)"
    check.add_argument("--format", choices=("text", "json"), default="text", help=told)
    check.set_defaults(command=_check, name="check")


def _add_outcomes(outcomes: argparse.ArgumentParser) -> None:
    outcomes.description = (
        "Ask a survey with outcomes of a later wave whether its pairings did it, and write what was found as a page. "
        "Only effects of what was drawn by lot are told as effects."
    )
    _add_export(outcomes, "FOLDER")
    who = "who was paired: the question about partners (default: the survey's only one), or a CSV file with a and b"
    outcomes.add_argument("--pairs", metavar="COLUMN|FILE", help=who)
    lot = "say that it was drawn by lot who was paired with whom, everybody with everybody else"
    outcomes.add_argument("--by-lot", action="store_true", help=lot)
    outcomes.add_argument("--after", type=Path, metavar="FOLDER", help="a second wave of the survey")
    who = "who is who where identifiers changed: a CSV file with first and second, or the question with people's codes"
    outcomes.add_argument("--links", metavar="COLUMN|FILE", help=who)
    outcomes.add_argument(
        "--out", type=Path, metavar="DIR", help="where to write; by default results/ and the folder's name"
    )
    outcomes.set_defaults(command=_outcomes, name="outcomes")


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


def _same_words(chosen: argparse.Namespace, options: Iterable[str] = ("--from", "--encoding")) -> list[str]:
    """The words that run a command on the same folder, read in the same way, to be joined for a shell."""
    words = ["peernet", chosen.name, str(chosen.folder)]
    usual = {"--encoding": "utf-8", "--language": "en"}
    for option in options:
        value = getattr(chosen, "written_by" if option == "--from" else option.removeprefix("--"), None)
        if value is not None and value != usual.get(option):
            words += [option, str(value)]
    return words


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
    again = shlex.join(chosen.typed)
    print(f"Look at the rows that are marked in colour, save the sheet, then type this again: {again}")
    return True


def _run(chosen: argparse.Namespace) -> int:
    from peernet._parallel import kept_memory, rare_collections
    from peernet.programme.settings import chosen_settings
    from peernet.scores.ruling import refuse_unusable
    from peernet.survey.files import called_after
    from peernet.survey.reading import read_survey

    # What can be wrong with arguments and files is looked at first: what comes then takes seconds to load.
    settings, sheets = chosen_settings(chosen.folder, chosen.settings, _typed_settings(chosen), chosen.encoding)
    out = chosen.out or Path("results", called_after(chosen.folder))
    make_ready(out, ())
    if _drafted_first(chosen):
        return 1
    steps = Steps()
    with rare_collections(), kept_memory(), ExitStack() as beside, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", PeernetWarning)
        steps.start("reading the survey")
        survey = read_survey(chosen.folder, format=chosen.written_by, encoding=chosen.encoding)
        refuse_unusable(survey, settings.rules)

        from peernet._compiled import CompilationWatch
        from peernet._parallel import SecondProcess
        from peernet._wording import count_in_digits
        from peernet.matching.warm_up import EngineWarmUp

        watch = beside.enter_context(CompilationWatch())
        engine = beside.enter_context(EngineWarmUp(len(survey.people)))
        if engine.runs:
            print("First run on this machine: what is to run fast is compiled on the way, once.", file=sys.stderr)
        until_compiled = partial(_until_compiled, engine)
        second = beside.enter_context(SecondProcess("peernet.report.page", ready=until_compiled))

        from peernet.report.answer import summary  # beside the engine's start
        from peernet.report.onward import way_on_lines
        from peernet.report.page import FILES, PLACES, write_report
        from peernet.study import PROVING, inputs_of, run_study

        make_ready(out, FILES)  # before minutes of work, not after them
        steps.wait_at(PROVING, engine.wait)
        name = called_after(chosen.folder)
        study = run_study(survey, settings=settings, name=name, progress=steps.start, beside=second)
        study = replace(study, inputs=inputs_of(chosen.folder, sheets))
        steps.start("writing the report")
        report = write_report(study, out, language=chosen.language, first=chosen.calendar)
        steps.finish()
    if watch.kernels:
        kernels = count_in_digits(watch.kernels, "kernel", "kernels")
        print(f"{watch.seconds:7.1f} s of these for compiling {kernels}, which the next run finds", file=sys.stderr)
    for warning in caught:
        print(f"peernet: {warning.message}", file=sys.stderr)
    places = [f"{out / place}: {whom}" for place, whom in PLACES.items() if (out / place).exists()]
    typed = {
        name: str(text) for name in ("settings", "rules", *SETTINGS) if (text := getattr(chosen, name)) is not None
    }
    same = _same_words(chosen, ("--from", "--out", "--language", "--calendar", "--encoding"))
    earlier = [
        str(out / Path(file).name) for file in FILES if Path(file).parent.name and (out / Path(file).name).is_file()
    ]
    places += [f"Of an earlier version, not of this run, and with names in them: {', '.join(earlier)}"] * bool(earlier)
    print(report, study.survey.source, *summary(study), *places, *way_on_lines(study, same, out, typed), sep="\n")
    if len(study.survey.unread):  # asked by check, since the record of a run is of files as they were read
        chosen.name = "check"
        print(f"Some names are still to settle: {shlex.join(_same_words(chosen))}")
    return 0


def _until_compiled(engine: EngineWarmUp) -> None:
    while engine.runs:
        sleep(0.05)


def _outcomes(chosen: argparse.Namespace) -> int:
    if _drafted_first(chosen):
        return 1
    from peernet.outcomes.whole_study import study_outcomes
    from peernet.report.outcomes import FILES, outcomes_in_words, write_outcomes
    from peernet.survey.files import called_after

    out = chosen.out or Path("results", called_after(chosen.folder))
    make_ready(out, FILES)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", PeernetWarning)
        study = study_outcomes(
            chosen.folder,
            chosen.pairs,
            drawn_by_lot=chosen.by_lot,
            after=chosen.after,
            links=chosen.links,
            format=chosen.written_by,
            encoding=chosen.encoding,
        )
        page = write_outcomes(study, out)
    for said in dict.fromkeys(str(warning.message) for warning in caught):
        print(f"peernet: {said}", file=sys.stderr)
    print(page, *outcomes_in_words(study), sep="\n")
    return 0


def _typed_settings(chosen: argparse.Namespace) -> dict[str, Any]:
    """The settings that were typed."""
    from peernet.programme.settings import from_typed

    typed = {name: text for name in SETTINGS if (text := getattr(chosen, name, None)) is not None}
    rules = {} if chosen.rules is None else {"rules": chosen.rules}
    return rules | {name: from_typed(name, text) for name, text in typed.items()}


def _check(chosen: argparse.Namespace) -> int:
    as_json = chosen.format == "json"
    if not as_json and _drafted_first(chosen):
        return 1
    from peernet.scores.reliability import lines_in_words
    from peernet.scores.scoring import usual_gates
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
    gates = usual_gates(survey)
    if as_json:
        told = gates.reset_index().astype(object).where(gates.reset_index().notna(), None).to_dict("records")
        print(json.dumps({**check_record(survey), "gates": told}, ensure_ascii=False, indent=1))
    else:
        asked = ask_in_sheet(survey, codebook_beside(chosen.folder))
        print(*check_lines(survey, lines_in_words(gates)), *([asked] if asked else []), sep="\n")
    return int((survey.issues["severity"] == "error").any())


def _questionnaire(chosen: argparse.Namespace) -> int:
    from peernet.survey.instruments.writing import write_questionnaire

    out = chosen.out or Path("questionnaire", f"questionnaire{SUFFIXES[chosen.tool]}")
    contact = {"contact": chosen.contact} if chosen.contact else {}
    written = write_questionnaire(chosen.roster, out, tool=chosen.tool, encoding=chosen.encoding, **contact)
    print(*written.files, sep="\n")
    print(f"{str(written).strip('<>').removeprefix('Questionnaire: ')}. Read: {written.taken}.")
    return 0


def _round(chosen: argparse.Namespace) -> int:
    from peernet.programme.rounds import read_rounds

    rounds = read_rounds(chosen.folder, encoding=chosen.encoding)  # what is wrong with the file is told at once
    if chosen.start:
        begun = rounds.append(rounds.started())
        print(rounds.path, f"Round {begun.last} runs: {len(begun.of_round(begun.last))} pairs.", sep="\n")
        return 0
    rounds.next_number(again=chosen.again)
    if _drafted_first(chosen):
        return 1
    survey, rounds, settings = _programme(chosen)
    from peernet.programme.proposing import next_round

    proposed = next_round(survey, rounds, settings=settings, again=chosen.again)
    print(rounds.append(proposed.rows).path, *proposed.summary(), sep="\n")
    if rounds.gone:  # they left, or were written in another way
        print(f"In {rounds.path.name} and not in the survey, kept as history: {', '.join(rounds.gone)}")
    print(f"Once they are told, begin it: {shlex.join([*_same_words(chosen), '--start'])}")
    return 0


def _replace(chosen: argparse.Namespace) -> int:
    survey, rounds, settings = _programme(chosen)
    from peernet.programme.replacing import replace_partner

    how = {"until": chosen.until, "trio": chosen.trio, "settings": settings}
    mended = replace_partner(survey, rounds, chosen.leaves, **how)
    print(rounds.append(mended.rows).path, *mended.summary(), sep="\n")
    return 0


def _pulse(chosen: argparse.Namespace) -> int:
    from peernet.programme.pulses import pulse_file, read_pulse, write_pulse
    from peernet.programme.rounds import read_rounds

    read_rounds(chosen.folder, encoding=chosen.encoding).running()
    survey, rounds = _people_and_rounds(chosen)
    if chosen.tool:
        contact = {"contact": chosen.contact} if chosen.contact else {}
        path = pulse_file(rounds, SUFFIXES[chosen.tool])
        print(*write_pulse(survey, rounds, path, tool=chosen.tool, **contact), sep="\n")
        print(
            f"Put the answers into {path.parent} and read them: {shlex.join([*_same_words(chosen), '--answers'])} FILE"
        )
        return 0
    pulse = read_pulse(chosen.answers, rounds, encoding=chosen.encoding)
    print(rounds.append(pulse.rows).path, *pulse.summary(), sep="\n")
    return 0


def _programme(chosen: argparse.Namespace) -> tuple[Survey, RoundLog, Settings]:
    """The people of a programme, its rounds and its settings, what is quickest to be found wrong first."""
    from peernet.programme.rounds import read_rounds

    read_rounds(chosen.folder, encoding=chosen.encoding)
    from peernet.programme.settings import chosen_settings

    settings, _ = chosen_settings(chosen.folder, chosen.settings, _typed_settings(chosen), chosen.encoding)
    return *_people_and_rounds(chosen), settings


def _people_and_rounds(chosen: argparse.Namespace) -> tuple[Survey, RoundLog]:
    from peernet.programme.rounds import read_rounds
    from peernet.survey.reading import read_survey

    survey = read_survey(chosen.folder, format=chosen.written_by, encoding=chosen.encoding)
    return survey, read_rounds(chosen.folder, survey, encoding=chosen.encoding)


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
