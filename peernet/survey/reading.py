"""`read_survey`: from the files of a folder to a checked survey, step by step."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from peernet._arrays import Array, Flags, Floats
from peernet._wording import listed
from peernet.errors import CodebookError, SettingError
from peernet.survey.answers import kept_out, typed_answers
from peernet.survey.codebook import Codebook, read_codebook
from peernet.survey.codebook_sheet import SHEET_SUFFIXES, ItemRow, read_sheets
from peernet.survey.draft import draft_of, open_rows
from peernet.survey.files import SURVEY_FILES, RawSurvey, codebook_beside, is_survey_folder, read_raw
from peernet.survey.formats.door import open_export, recognised_format
from peernet.survey.formats.export import Export, Source
from peernet.survey.formats.folding import raw_survey
from peernet.survey.guessing import is_open
from peernet.survey.headings import check_columns
from peernet.survey.issues import IssueLog
from peernet.survey.item import ANSWER_BLOCKS, TAKING_PART, Item
from peernet.survey.names import NameBook
from peernet.survey.nominations import NameReader, vetoed_people
from peernet.survey.numbers import may_part_thousands
from peernet.survey.people import PersonTable, gather_people, one_row_each
from peernet.survey.reliability import log_keying
from peernet.survey.survey import PARTNER_COLUMNS, Survey
from peernet.survey.ties import all_ties
from peernet.survey.waves import Links, later_only, linked_people

OUTCOME_COLUMNS = ["person", "wave", "measure", "value"]
OUTCOMES_LEFT_OUT = "outcomes left out"


def read_survey(
    path: str | Path,
    *,
    codebook: Codebook | str | Path | None = None,
    format: str | None = None,  # noqa: A002 - what users call it
    encoding: str = "utf-8",
    links: Links | None = None,
) -> Survey:
    """Read a survey folder, or the export of a survey tool, and check it against its codebook.

    Nothing is dropped silently: whatever was understood differently from what was typed, or could not be used, is a
    row of ``.issues``. A survey that cannot be read at all raises one error that lists every reason.

    Parameters
    ----------
    path
        A folder that holds ``survey.csv`` and ``codebook.json`` (or ``codebook.xlsx``) and, where they exist,
        ``roster.csv`` (everyone invited), ``ties.csv`` (nominations as rows) and ``outcomes.csv`` (a later wave); or
        the file or folder that a survey tool exports.
    codebook
        A `Codebook` or the path of one; by default ``codebook.xlsx`` or ``codebook.json`` beside the data. An export
        without one is read by a draft, see `draft_codebook`, unless that leaves open what decides who may be paired.
    format
        What wrote an export, where its content should not decide: a key of `peernet.survey.formats.door.FORMATS`.
    encoding
        Text encoding of text files. By default UTF-8, or what the bytes show: UTF-16 by its mark, cp1252 (older Excel
        exports) by its letters, which is noted. The separator is told by the shape of the rows, decimal commas are
        read.
    links
        Of a survey folder in whose ``outcomes.csv`` people have other identifiers than in ``survey.csv``: what
        `link_waves` returned, or a table with ``first`` and ``second``. Whoever is in no link is left out of it.

    Returns
    -------
    Survey

    Raises
    ------
    SurveyError
        If a file is missing, empty, irregular or in another encoding, if rows look like further headings, if two people
        share an identifier, or if no column of the data is in the codebook; every problem of every file at once.
    CodebookError
        If the codebook cannot be understood, or a drafted one leaves open what decides who may be paired.

    Notes
    -----
    A typed name is read in steps, and the first step that finds anybody decides: the identifier; the full name, in
    any order, case and accents; part of the name; a short form or an initial beside a name in full; a near spelling
    that is clearly the closest; a similar first name beside the last name in full. Where several people fit, the only
    one in the ego's own team is meant, else nobody is. All but the first two steps are noted in ``.issues``.
    What looks like an identifier (an e-mail address, a word with digits) is exact or nobody.

    Of a person's several rows, in the survey, the roster or the outcomes, the newest answer to each question counts,
    that of the lowest row that holds one; what the rows answer differently is an issue with every row and answer. An
    opt-out, a capacity of 0, a veto or a reporting line holds whichever row says it. Whether somebody takes part, or
    how many partners they want, must be clear: an answer that is not understood is an error and keeps them out until
    it is settled, and so does a veto or a manager that could be several people, with all of them.

    A blank nomination is no answer, nor is a dash, "n/a" or "prefer not to say"; "nobody" is one. Whoever typed a name
    that cannot be read, or named as many as the question allows, refused nobody else: see ``.incomplete``. In a file
    of ties a blank rating says nothing where others are rated, and a row whose alter is "nobody" answers for its ego.
    Where the survey and the file disagree about a tie it is unknown, and an error says so.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> survey.people.loc["p001", ["name", "team", "answered"]].tolist()
    [...]
    """
    log = IssueLog()
    source = Source(Path(path), encoding)
    with _collector_at_rest():
        if format is None and is_own_layout(source, codebook):
            given = _codebook_given(source.path, codebook, log) if source.path.exists() else codebook
            raw = read_raw(path, log=log, codebook=given, encoding=encoding)
            return _understood(raw if links is None else _as_in_the_first(raw, linked_people(links)), log)
        if links is not None:
            raise SettingError(f"links are of the people in outcomes.csv of a survey folder; {source.path} is none.")
        return _export_understood(open_export(source, format), source.path, codebook, log)


def _as_in_the_first(raw: RawSurvey, linked: pd.DataFrame) -> RawSurvey:
    """The tables with everybody in that of the later wave called what the first calls them; nobody where no link is."""
    cells, (person,) = raw.outcomes.cells, [item.name for item in raw.codebook.block("person")]
    if person not in cells:
        raise SettingError("links are of the people in outcomes.csv of the folder, and there are none.")
    names = {who: later_only(who) for who in cells[person]} | dict(zip(linked["second"], linked["first"], strict=True))
    whose = [person, *(item.name for item in raw.codebook.block("partner") if item.name in cells)]
    renamed = {name: [names.get(cell, cell) for cell in cells[name]] for name in whose}
    return replace(raw, outcomes=replace(raw.outcomes, cells=cells.assign(**renamed)))


def _export_understood(export: Export, path: Path, codebook: Codebook | str | Path | None, log: IssueLog) -> Survey:
    """The survey that an export describes, and among the issues what was read of which lines."""
    described = _codebook_given(path, codebook, log, export) or _codebook_drafted(export, path, log)
    survey = _understood(raw_survey(export, described, log), log, export.told)
    people = f"{len(survey.people):,} people, of whom {int(survey.people['answered'].sum()):,} answered"
    log.note(f"{export.file} has {export.told}", f"read as {people}")
    return replace(survey, issues=log.to_frame())


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Without looking for garbage: all that is read is kept, and walking through it again and again takes a third."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


def is_own_layout(source: Source, codebook: Codebook | str | Path | None = None) -> bool:
    """Whether a path is a survey folder, or a table with its codebook; what is neither is an export of a tool."""
    path = source.path
    if is_survey_folder(path):
        return True
    known = recognised_format(source)
    if known is None:
        return path.is_dir() or codebook is not None or codebook_beside(path).is_file()
    described = codebook is not None or (codebook_beside(path).suffix == ".json" and codebook_beside(path).is_file())
    ours = path.suffix.casefold() in SURVEY_FILES and path.stem == "survey"
    return described and ours and known == "plain"


def _codebook_given(
    path: Path, codebook: Codebook | str | Path | None, log: IssueLog, export: Export | None = None
) -> Codebook | None:
    """The codebook given, or the one beside the data, with a warning for every row still to look at; None without one.

    A marked row that no longer says what a draft would say has been looked at.
    """
    if isinstance(codebook, Codebook):
        return codebook
    file = codebook_beside(path) if codebook is None else Path(codebook)
    if not file.is_file() and codebook is None:
        return None
    understood = read_codebook(file)
    if file.suffix.casefold() in SHEET_SUFFIXES:
        rows = read_sheets(file).rows
        if undecided := open_rows(rows):
            raise CodebookError(*(f"{file.name}: {question}" for question in undecided))
        marked = [row for row in rows if row.look]
        guessed = {row.item.name: row.item for row in draft_of(export).rows} if export and marked else {}
        _log_looks([row for row in marked if guessed.get(row.item.name, row.item) == row.item], log)
    return understood


def _codebook_drafted(export: Export, path: Path, log: IssueLog) -> Codebook:
    """A draft, every doubt about which is a warning; an error where it leaves open who may be paired."""
    drafted = draft_of(export)
    if drafted.open_questions:
        how = f"Settle it in the sheet that `peernet codebook {path}` writes beside the export, and read it again."
        raise CodebookError(*drafted.open_questions, how)
    _log_looks(drafted.rows, log)
    return drafted.codebook


def _log_looks(rows: Iterable[ItemRow], log: IssueLog) -> None:
    """A warning for every row of a codebook that is still marked."""
    for row in rows:
        if is_open(row):
            taken = f"taken as {row.item.block}" if row.item.block else "not used"
            log.warning(f"to look at: {row.look}", f"{taken}; settle it in the codebook's sheet", item=row.item.name)


def _understood(raw: RawSurvey, log: IssueLog, told: str = "") -> Survey:
    """The survey that tables describe; ``told`` says what was read of which lines, where that is no folder of ours."""
    source = f"{raw.survey.file}, {told}" if told else _lines_of(raw)
    check_columns(raw, log)
    rows = one_row_each(raw.survey, raw.codebook, log)
    people, managers, reader = gather_people(raw, rows, log)
    cells = _cells_of(people.index, rows.cells)
    placed = log.placed(rows.where)
    reader = replace(reader, log=placed)
    answers = _answers(raw, cells, reader)
    ties, answered, incomplete = all_ties(raw, cells, reader, log)
    later = PersonTable() if raw.outcomes.cells.empty else one_row_each(raw.outcomes, raw.codebook, log)
    outcomes = _outcomes(raw, later, rows, people.index, log)
    in_file = ties[ties["asked"] & ties["rating"].notna()] if len(raw.ties.cells) else ties[:0]
    told_more = {
        *in_file["ego"].unique().tolist(),
        *outcomes.loc[outcomes["wave"] == 1, "person"].unique().tolist(),
        *frozenset().union(*answered.values()),
    }
    spoke = _said_something(answers) | np.array([person in told_more for person in people.index.tolist()])
    with_row = {*rows.cells.index.tolist()}
    silent = [person for person in answers.index[~spoke].tolist() if person in with_row]
    _log_silence(answers.loc[silent], int(spoke.sum()), placed)
    _ask_who_takes_part(raw.codebook, answers, spoke, placed)
    everyone = frozenset(people.index[spoke].tolist())
    listed_layers = raw.ties.cells["layer"].unique() if "layer" in raw.ties.cells else ()
    filled = {str(layer): raw.came.get(str(layer), everyone) & everyone for layer in listed_layers}
    survey = Survey(
        people=people.assign(answered=spoke).join(answers),
        ties=ties,
        outcomes=outcomes,
        partners=_partners(raw.codebook, (later, rows), replace(reader, log=log)),
        codebook=raw.codebook,
        issues=pd.DataFrame(),  # of which there may be more
        answered={layer: filled.get(layer, frozenset()) | answered[layer] for layer in raw.codebook.layers},
        incomplete={layer: frozenset(incomplete[layer]) for layer in raw.codebook.layers},
        managers=managers,
        unread=log.unread(),
        source=source,
    )
    _log_unanswered_foundation(survey, log)
    return replace(survey, issues=log.to_frame())


def _cells_of(people: pd.Index[str], cells: pd.DataFrame) -> pd.DataFrame:
    """The cells of all people, blank for whoever has no row: `reindex` fills column by column and takes longer."""
    if people.equals(cells.index):
        return cells
    blank = pd.DataFrame(dict.fromkeys(cells.columns, pd.array([""], dtype="str")), index=[""])
    places = cells.index.get_indexer(people)  # -1 is the last, which is blank
    return pd.concat([cells, blank]).take(places).set_axis(people)


def _lines_of(raw: RawSurvey) -> str:
    """What was read of which lines of a folder."""
    survey, *others = raw.tables.values()
    lines = int(max(survey.cells.index, default=1))
    told = [f"{survey.file}, {Export('plain', survey.file, survey.cells, (), lines).told}"]
    told += [f"{table.file}, {len(table.cells):,} rows" for table in others if len(table.cells)]
    return "; ".join(told)


def _log_unanswered_foundation(survey: Survey, log: IssueLog) -> None:
    """A layer that pairs should rest on and that holds no answer beside others that do: pairs rest on less than meant.

    Where no layer holds any, no pair rests on anything, which `score_pairs` says.
    """
    for layer in survey.codebook.foundation if survey.foundation else ():
        if layer not in survey.foundation:
            item = next(item.name for item in survey.codebook.block("tie") if item.layer == layer)
            problem = f"nobody answered about {layer}, which pairs should rest on"
            done = f"left out: pairs rest on {listed(survey.foundation)} alone; add the answers if there are any"
            log.error(problem, done, item=item)


def _answers(raw: RawSurvey, cells: pd.DataFrame, reader: NameReader) -> pd.DataFrame:
    """Answers to the items that are no ties and no outcomes, one typed column each."""
    items = [item for item in raw.codebook if item.block in ANSWER_BLOCKS and item.name in cells]
    numbers = [cells[item.name] for item in items if item.kind == "numeric"]
    commas = may_part_thousands(numbers, semicolons=raw.survey.semicolons)
    typed = {item.name: _typed(item, cells[item.name], reader, decimal_comma=commas) for item in items}
    for item in items:
        _log_constant(item, typed[item.name], reader.log)
    answers = pd.DataFrame(typed, index=cells.index)
    log_keying(raw.codebook, answers, reader.log)
    return answers


def _typed(item: Item, cells: pd.Series[str], reader: NameReader, *, decimal_comma: bool) -> pd.Series:
    """The answers to one item, by its role where it has one."""
    if item.role == "never_with":
        return vetoed_people(item, cells, reader)
    if item.role in (*TAKING_PART, "capacity"):
        return kept_out(item, cells, reader.missing, reader.log)
    return typed_answers(item, cells, reader.missing, reader.log, decimal_comma=decimal_comma)


def _log_constant(item: Item, answers: pd.Series, log: IssueLog) -> None:
    if item.block not in ("experience", "perspective", "goal"):
        return
    known, several = _given(answers)
    if not several and np.count_nonzero(known) > 1:
        problem = f"everyone who answered {item.name!r} gave the same answer"
        log.note(problem, "kept; it sets nobody apart", item=item.name)


def _outcomes(
    raw: RawSurvey, later: PersonTable, rows: PersonTable, people: pd.Index[str], log: IssueLog
) -> pd.DataFrame:
    """Outcome items in the survey and in the table of a later wave: a row per person, wave and measure with a value."""
    among = set(people.tolist())
    if strangers := sorted(set(later.cells.index.tolist()) - among):
        alike = NameBook(dict.fromkeys([*people.tolist(), *strangers], "")).twins()
        meant = {person: next((other for other in group if other in among), "") for group in alike for person in group}
        for person in strangers:
            hint = f"; {meant[person]!r} is" if meant.get(person) else ""
            log.placed(later.where).warning(f"not among the people{hint}", OUTCOMES_LEFT_OUT, person=str(person))
    items = raw.codebook.block("outcome")
    answers: list[tuple[int, str, list[str], Floats]] = []
    semicolons = {raw.survey.file: raw.survey.semicolons, raw.outcomes.file: raw.outcomes.semicolons}
    for table in (later, rows):
        asked = [item for item in items if item.name in table.cells]
        cells, told = table.cells, log.placed(table.where)
        if not among.issuperset(cells.index.tolist()):
            cells = cells[[person in among for person in cells.index.tolist()]]
        numbers = [cells[item.name] for item in asked if item.kind == "numeric"]
        commas = may_part_thousands(numbers, semicolons=semicolons.get(table.file, False))
        for item in asked:
            typed = typed_answers(item, cells[item.name], raw.codebook.missing, told, decimal_comma=commas)
            given = typed.dropna()
            value = given.cat.codes + 1 if isinstance(given.dtype, pd.CategoricalDtype) else given
            said = (item.wave or 1, item.measure or item.name)
            answers.append((*said, given.index.tolist(), np.asarray(value, dtype=float)))
    tidy = _tidy_outcomes(answers)
    again = tidy.duplicated(OUTCOME_COLUMNS[:3])
    for row in tidy[again].itertuples():
        problem = f"{row.measure} of wave {row.wave} is both in {raw.survey.file} and in {raw.outcomes.file}"
        log.placed(rows.where).note(problem, f"kept the answer in {raw.outcomes.file}", person=str(row.person))
    return tidy[~again].reset_index(drop=True)


def _tidy_outcomes(answers: Sequence[tuple[int, str, list[str], Floats]]) -> pd.DataFrame:
    """Waves, measures, people and values, one row each."""
    many = [len(people) for *_, people, _ in answers]
    columns = {
        "person": pd.array([*chain.from_iterable(people for *_, people, _ in answers)], dtype="str"),
        "wave": np.repeat(np.array([wave for wave, *_ in answers], dtype=int), many),
        "measure": pd.array([measure for _, measure, *_ in answers], dtype="str").repeat(many),
        "value": np.concatenate([np.empty(0), *(values for *_, values in answers)]),
    }
    return pd.DataFrame(columns)


def _partners(codebook: Codebook, tables: Iterable[PersonTable], reader: NameReader) -> pd.DataFrame:
    """Whom everybody says they were paired with, a row per partner and question; missing for a name not read."""
    told: list[tuple[str, str, int, str | None]] = []
    for table in tables:
        placed = replace(reader, log=reader.log.placed(table.where))
        known = np.array([person in reader.book.names for person in table.cells.index.tolist()], dtype=bool)
        for item in (item for item in codebook.block("partner") if item.name in table.cells):
            named = placed.people_named(item, table.cells[item.name][known])
            said = (item.name, item.wave or 1)
            told += [(ego, *said, partner) for ego, partners in named.by_ego() for partner in partners]
            told += [(ego, *said, None) for ego, whole in zip(named.egos, named.complete, strict=True) if not whole]
    tidy = pd.DataFrame(told, columns=PARTNER_COLUMNS).drop_duplicates(ignore_index=True)
    return tidy.astype({"person": "str", "item": "str", "wave": int, "partner": "str"})


def _said_something(answers: pd.DataFrame) -> pd.Series[bool]:
    """Whether each person gave an answer to a question that sets people apart, or to any where none does."""
    given = [_given(column) for _, column in answers.items()]
    apart = [known for known, several in given if several]
    said = np.zeros(len(answers), dtype=bool)
    for known in apart or (known for known, _ in given):
        said |= known
    return pd.Series(said, index=answers.index, dtype=bool)


def _given(answers: pd.Series) -> tuple[Flags, bool]:
    """Whether each person gave an answer, and whether there are different ones."""
    if isinstance(answers.dtype, pd.CategoricalDtype):
        codes: Array = answers.cat.codes.to_numpy()
    else:
        codes = answers.to_numpy() if answers.dtype == float else pd.factorize(answers)[0]
    known = ~np.isnan(codes) if answers.dtype == float else codes >= 0
    said = codes[known]
    return known, bool(len(said) and said.min() != said.max())


def _log_silence(silent: pd.DataFrame, answered: int, log: IssueLog) -> None:
    for person, said in silent.notna().any(axis=1).items():
        problem = "answered nothing but what everyone answered alike" if said else "every answer is missing"
        log.warning(problem, "kept as someone who did not answer", person=str(person))
    if answered == 1:
        log.warning("only one person answered", "kept; there is nobody to compare or pair them with")


def _ask_who_takes_part(codebook: Codebook, answers: pd.DataFrame, spoke: pd.Series[bool], log: IssueLog) -> None:
    """People who answered, but not the question whether they take part."""
    item = codebook.constraint("takes_part")
    if item is None or item.name not in answers:
        return
    for person in answers.index[spoke & answers[item.name].isna()]:
        problem, done = "answered, but not whether they take part", "counted as taking part; ask before pairing them"
        log.warning(problem, done, item=item.name, person=str(person))
