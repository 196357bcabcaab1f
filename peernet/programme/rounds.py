"""The rounds of a programme as they are kept: ``rounds.csv``, a log that peernet only ever adds rows to.

Whatever happens is one more row, and the last row about a pair in a round, or about a person, holds. So people can read
the file, correct it and write into it by hand; what peernet adds goes below what is there, which stays byte for byte.

=================== =========== ====================================================================================
status              about       meaning
=================== =========== ====================================================================================
``proposed``        two people  to be told; not met yet
``running``         two people  they meet in this round
``ended``           two people  the round is over
``replaced``        two people  one of them got another partner, or left, while the round ran
``withdrawn``       two people  proposed and never begun: they may be proposed again
``left out``        one person  took part in this round and had no partner
``leaves``          one person  takes no part any more
``away until DATE`` one person  takes no part before that day, written 2026-03-31
``back``            one person  takes part again
=================== =========== ====================================================================================

Three people of whom each is with the other two are a trio.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from peernet._files import write_whole
from peernet._wording import Shown, count_in_digits, display_names, listed
from peernet.errors import SettingError, SurveyError, did_you_mean
from peernet.privacy import defuse, fused
from peernet.survey.files import read_table
from peernet.survey.issues import IssueLog
from peernet.survey.names import IDENTIFIER, NAME, SETTLED, NameBook
from peernet.survey.survey import Survey

ROUNDS = "rounds.csv"
COLUMNS = ("round", "a", "b", "status", "met", "worth", "note")
NEEDED = ("round", "a", "b", "status")
PROPOSED, RUNNING, ENDED, REPLACED, WITHDRAWN = "proposed", "running", "ended", "replaced", "withdrawn"
LEFT_OUT, LEAVES, AWAY, BACK = "left out", "leaves", "away until", "back"
OF_PAIRS = (PROPOSED, RUNNING, ENDED, REPLACED, WITHDRAWN)
OF_PEOPLE = (LEFT_OUT, LEAVES, AWAY, BACK)
LIVE = (PROPOSED, RUNNING, ENDED)  # of pairs that stand
HELD = (RUNNING, ENDED, REPLACED)  # of pairs that are history, whether or not they have met
YES, NOT_YET, DISPUTED, SILENT = "met", "not yet", "one yes, one no", "no answer"
MET = ("", YES, NOT_YET, DISPUTED, SILENT)  # the first where nobody was asked
DIGITS = 4  # of what a pair is worth
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, eq=False, repr=False)
class RoundLog(Shown):
    r"""What is known of the rounds of a programme.

    Parameters
    ----------
    path
        The file.
    table
        Every row as it stands there, index ``row`` (as a spreadsheet numbers it): ``round``; ``a`` and ``b``, people by
        identifier where the survey knows them, else as they were typed (``b`` is empty where a row is about one
        person); ``status``; ``until`` (the day on which an absence ends, as text, else empty); ``met`` (met, not yet,
        one yes and one no, no answer; empty where nobody was asked); ``worth`` (effective perspectives, missing where
        none is given); ``note``.
    gone
        People in it who are not in the survey: they left, and are kept as history.

    Examples
    --------
    >>> import peernet as pn
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     kept = "round,a,b,status\n1,Ana,Bo,ended\n1,Cy,,left out\n2,Ana,Cy,running\n"
    ...     _ = Path(folder, "rounds.csv").write_text(kept)
    ...     rounds = pn.programme.read_rounds(folder)
    >>> rounds
    <RoundLog: 2 rounds, 2 pairs, the last round is running>
    >>> rounds.pairs[["round", "a", "b", "status"]].to_numpy().tolist()
    [[1, 'Ana', 'Bo', 'ended'], [2, 'Ana', 'Cy', 'running']]
    """

    path: Path
    table: pd.DataFrame
    gone: tuple[str, ...] = ()
    _text: bytes = field(default=b"", repr=False)

    def __repr__(self) -> str:
        rounds = count_in_digits(self.last, "round", "rounds")
        pairs = count_in_digits(len(self.pairs), "pair", "pairs")
        state = f", the last round is {self.state}" if self.last else ""
        return f"<RoundLog: {rounds}, {pairs}{state}>"

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """The pairs of every round as they stand now.

        One row per pair and round, ``a < b``, in the order in which they came up: ``round``, ``a``, ``b``, ``status``,
        ``met``, ``worth``.
        """
        rows = self.table[self.table["b"] != ""]
        low, high = rows[["a", "b"]].min(axis=1), rows[["a", "b"]].max(axis=1)
        found = rows.assign(a=low, b=high, met=rows["met"].mask(rows["met"] == ""))
        last = found.groupby(["round", "a", "b"], sort=False)[["status", "met", "worth"]].last().reset_index()
        return last.assign(met=last["met"].fillna(""))[["round", "a", "b", "status", "met", "worth"]]

    @property
    def last(self) -> int:
        """Number of the last round in which somebody is paired or left out; 0 before the first."""
        rows = self.table[self.table["status"].isin([*OF_PAIRS, LEFT_OUT])]
        return int(rows["round"].max()) if len(rows) else 0

    @property
    def state(self) -> str:
        """Where the last round stands: proposed, running or ended; empty before the first."""
        if not self.last:
            return ""
        states = {*self.pairs.loc[self.pairs["round"] == self.last, "status"]}
        return next((state for state in (RUNNING, PROPOSED) if state in states), ENDED)

    def of_round(self, number: int, *states: str) -> Pairs:
        """Pairs of a round in some states, by default those that stand."""
        chosen = self.pairs[(self.pairs["round"] == number) & self.pairs["status"].isin(states or LIVE)]
        return list(zip(chosen["a"], chosen["b"], strict=True))

    def history(self, number: int) -> pd.DataFrame:
        """Pairs that no later one may repeat, whether or not they have met: rows of `pairs`.

        Those of all rounds before one that have begun, and those of the round itself that have been replaced.
        """
        begun = (self.pairs["round"] < number) & self.pairs["status"].isin(HELD)
        return self.pairs[begun | ((self.pairs["round"] == number) & (self.pairs["status"] == REPLACED))]

    def away(self, today: date) -> dict[str, str]:
        """People who take no part on a day, and until when: empty for good."""
        found: dict[str, str] = {}
        for person, status, until in self.table[["a", "status", "until"]].itertuples(index=False, name=None):
            if status in (LEAVES, AWAY, BACK):
                found.pop(person, None)
            if status == LEAVES or (status == AWAY and until > today.isoformat()):
                found[person] = until
        return found

    def waiting(self, before: int) -> pd.DataFrame:
        """Who comes first in a round: those without a partner when they last took part, and those a partner left.

        Parameters
        ----------
        before
            Number of the round; what was before it counts.

        Returns
        -------
        DataFrame
            One row per person, index ``person``, those first who waited longest: ``without`` (rounds in a row, up to
            the last in which they took part, that they had no partner) and ``partner_left`` (whether a partner was
            taken from them in it). Of somebody with a row for a pair and one for being left out the pair counts.
        """
        pairs = self.pairs[self.pairs["round"] < before]
        both = pd.concat([pairs[["round", side, "status"]].rename(columns={side: "person"}) for side in ("a", "b")])
        alone = self.table[(self.table["status"] == LEFT_OUT) & (self.table["round"] < before)]
        both = pd.concat([both, alone[["round", "a", "status"]].rename(columns={"a": "person"})])
        both = both[both["status"] != WITHDRAWN]
        rows = []
        for person, own in both.groupby("person"):
            states: dict[int, set[str]] = {}
            for number, status in own[["round", "status"]].itertuples(index=False, name=None):
                states.setdefault(number, set()).add(status)
            in_order = sorted(states, reverse=True)
            lacking = [not states[number] & {*LIVE} for number in in_order]
            without = lacking.index(False) if False in lacking else len(lacking)
            rows.append((person, without, REPLACED in states[in_order[0]]))
        found = pd.DataFrame(rows, columns=["person", "without", "partner_left"]).astype({"without": "int64"})
        found = found[(found["without"] > 0) | found["partner_left"].astype(bool)].set_index("person")
        return found.sort_values(["without", "partner_left"], ascending=False, kind="stable")

    def next_number(self, *, again: bool = False) -> int:
        """Number of the round to propose next, or ``again``.

        Raises
        ------
        SettingError
            If the last round is proposed and has not begun, unless ``again``; or none is that could be proposed again.
        """
        if again and self.state != PROPOSED:
            raise SettingError("No round is proposed that could be proposed anew.")
        if self.state == PROPOSED and not again:
            raise SettingError(
                f"Round {self.last} is proposed and has not begun. Begin it (--start), or propose it anew (--again)."
            )
        return self.last + (not again)

    @property
    def begun(self) -> int:
        """Number of the last round that has begun, be it that the next one is proposed already; 0 before the first."""
        rows = self.pairs[self.pairs["status"].isin([RUNNING, ENDED])]
        return int(rows["round"].max()) if len(rows) else 0

    def running(self) -> Pairs:
        """Pairs of the last round that has begun.

        Raises
        ------
        SettingError
            If none has.
        """
        pairs = self.of_round(self.begun, RUNNING, ENDED)
        if not pairs:
            raise SettingError("No round has begun. Propose one and begin it first (peernet round FOLDER --start).")
        return pairs

    def started(self) -> pd.DataFrame:
        """The rows that begin the round that was proposed last, and end those that still run.

        Raises
        ------
        SettingError
            If nothing is proposed.
        """
        proposed = self.pairs[(self.pairs["round"] == self.last) & (self.pairs["status"] == PROPOSED)]
        if proposed.empty:
            raise SettingError("No round is proposed that could be started; propose one first.")
        running = self.pairs[(self.pairs["round"] < self.last) & (self.pairs["status"] == RUNNING)]
        return log_rows([*_states(running, ENDED), *_states(proposed, RUNNING)])

    def append(self, rows: pd.DataFrame) -> RoundLog:
        """Add rows below those there are, all or none of them; what is there stays byte for byte.

        Parameters
        ----------
        rows
            Columns of the file; those it lacks count as empty.

        Returns
        -------
        RoundLog
            The log with them.

        Raises
        ------
        SettingError
            If the file was changed since it was read, cannot be written, or lacks a column that the rows need.
        """
        now = self.path.read_bytes() if self.path.is_file() else b""
        if now != self._text:
            raise SettingError(f"{self.path} was changed in the meantime; nothing was added. Run the command again.")
        encoding, separator, heads, newline = _layout(self._text)
        unused = rows.loc[:, (rows.astype("str") == "").all()]
        if missing := [name for name in COLUMNS if name not in (*heads, *unused, "worth")]:
            raise SettingError(f"{self.path} has no column {missing[0]!r}; add it to the headings. Nothing was added.")
        held = StringIO()
        writer = csv.writer(held, delimiter=separator, lineterminator=newline)
        if not now.strip(b"\xef\xbb\xbf \r\n"):
            writer.writerow(heads)
        elif not now.endswith((b"\n", b"\r")):
            held.write(newline)
        safe = defuse(rows)
        point = "," if separator == ";" else "."  # as spreadsheets have it that write semicolons
        writer.writerows([[_cell(row.get(head, ""), point) for head in heads] for row in _records(safe)])
        try:
            text = now + held.getvalue().encode(encoding)
        except UnicodeEncodeError as error:
            raise SettingError(f"{self.path} cannot hold {error.object[error.start]!r}; save it as UTF-8.") from error
        write_whole(self.path.parent, {self.path.name: text})
        added = log_rows(_records(rows))
        status, until = ([part[place] for part in map(_parted, added["status"])] for place in (0, 1))
        added = added.assign(status=status, until=until)
        start = int(self.table.index.max()) + 1 if len(self.table) else 2
        added.index = pd.RangeIndex(start, start + len(added))
        both = pd.concat([self.table, added[self.table.columns]]).astype(self.table.dtypes.to_dict())
        return RoundLog(self.path, both.rename_axis("row"), self.gone, text)


def log_rows(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows to add to a log."""
    full = [[row.get(name, math.nan if name == "worth" else "") for name in COLUMNS] for row in rows]
    texts = dict.fromkeys((name for name in COLUMNS if name not in ("round", "worth")), "str")
    table = pd.DataFrame(full, columns=list(COLUMNS)).astype({"round": "int64", "worth": "float64"} | texts)
    return table.assign(worth=table["worth"].round(DIGITS))


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): cell for name, cell in row.items()} for row in table.to_dict("records")]


def _states(pairs: pd.DataFrame, status: str) -> Iterator[dict[str, Any]]:
    for number, a, b in pairs[["round", "a", "b"]].itertuples(index=False, name=None):
        yield {"round": number, "a": a, "b": b, "status": status}


def _cell(value: object, point: str) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.{DIGITS}f}".replace(".", point)
    return str(value)


def _layout(text: bytes) -> tuple[str, str, list[str], str]:
    """Encoding, separator, headings and line ends of the file, those of a new one where there is none."""
    try:
        decoded, encoding = text.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        decoded, encoding = text.decode("cp1252", errors="replace"), "cp1252"
    first = next((line for line in decoded.splitlines() if line.strip()), ",".join(COLUMNS))
    separator = max(",;\t", key=first.count)
    heads = [head.strip().casefold() for head in next(csv.reader([first], delimiter=separator))]
    return encoding, separator, heads, "\r\n" if b"\r\n" in text else "\n"


# --- reading ----------------------------------------------------------------------------------------------------------


def rounds_file(folder: str | Path) -> Path:
    """Where the rounds of a programme are kept: in the folder of the survey, or beside the export it was read from."""
    folder = Path(folder)
    return (folder.parent if folder.is_file() else folder) / ROUNDS


def read_rounds(folder: str | Path, survey: Survey | None = None, *, encoding: str = "utf-8") -> RoundLog:
    """Read the rounds of a programme from the ``rounds.csv`` in its folder.

    Parameters
    ----------
    folder
        The survey's folder, or an export, whose folder is meant. Without the file no round has been held.
    survey
        The people; with it they may be called by name as well as by identifier, and whoever is not in it has left.
    encoding
        Text encoding of the file.

    Returns
    -------
    RoundLog

    Raises
    ------
    SurveyError
        If the folder is not there, the file cannot be read or a row makes no sense; every problem at once, with the
        row, what was found and what is allowed.

    Notes
    -----
    Columns ``round``, ``a``, ``b``, ``status``, ``met``, ``worth``, ``note``, in any order; the last three may be left
    out, and others are kept and not read. The words for ``status`` are proposed, running, ended, replaced and withdrawn
    of two people; left out, leaves, away until 2026-03-31 (or another day) and back of one, in ``a``.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.programme.read_rounds("data/harbour")
    <RoundLog: 0 rounds, 0 pairs>
    """
    path = rounds_file(folder)
    if not path.parent.is_dir():
        raise SurveyError(f"There is no {folder}. Give the folder of the programme.")
    if not path.is_file() or not path.read_bytes().strip(b"\xef\xbb\xbf \r\n"):
        return RoundLog(path, _typed([]), (), path.read_bytes() if path.is_file() else b"")
    text = path.read_bytes()
    cells = read_table(path, encoding, IssueLog()).cells
    cells = cells.rename(columns=str.casefold)
    if lacking := [name for name in NEEDED if name not in cells]:
        raise SurveyError(f"{path} has no column {lacking[0]!r}; it needs {', '.join(NEEDED)}.")
    read, problems = _rows(cells.map(fused))
    log = RoundLog(path, _typed(read), (), text)
    log, doubts = (log, []) if survey is None else _called(log, survey)
    ends = [] if problems else log.table[["a", "b"]].itertuples(name=None)  # two people may be one by their names
    problems += [*doubts, *(f"row {row}: both columns mean {a!r}." for row, a, b in ends if a == b)]
    if problems:
        raise SurveyError(*(f"{path}, {problem}" for problem in problems))
    return log


def _typed(rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    names = ["row", "round", "a", "b", "status", "until", "met", "worth", "note"]
    texts = dict.fromkeys(("a", "b", "status", "until", "met", "note"), "str")
    table = pd.DataFrame(rows, columns=names).astype({"row": "int64", "round": "int64", "worth": "float64"} | texts)
    return table.set_index("row")


def _rows(cells: pd.DataFrame) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Rows as they are understood, and what is wrong with the others."""
    read, problems = [], []
    for number, row in zip(cells.index, cells.to_dict("records"), strict=True):
        given = {name: " ".join(str(row.get(name, "")).split()) for name in COLUMNS}
        status, until = _parted(given["status"])
        met = given["met"].casefold()
        wrong = [*_problems_of(given, status, until, met)]
        problems += [f"row {number}: {problem}" for problem in wrong]
        if not wrong:
            worth = float(given["worth"].replace(",", ".") or "nan")
            read.append((number, int(given["round"]), given["a"], given["b"], status, until, met, worth, given["note"]))
    return read, problems


def _parted(status: str) -> tuple[str, str]:
    """A status without its date, and the date."""
    text = " ".join(status.casefold().split())
    return (AWAY, text.removeprefix(AWAY).strip()) if text.startswith(AWAY) else (text, "")


def _problems_of(given: Mapping[str, str], status: str, until: str, met: str) -> Iterator[str]:
    if not (given["round"].isascii() and given["round"].isdigit() and int(given["round"]) > 0):
        yield f"column 'round': found {given['round']!r}; allowed: 1, 2, 3, ..."
    if not given["a"]:
        yield "column 'a': found nothing; a person is needed."
    if status not in (*OF_PAIRS, *OF_PEOPLE):
        allowed = (*OF_PAIRS, *OF_PEOPLE)
        words = ", ".join(f"{word} 2026-03-31" if word == AWAY else word for word in allowed)
        yield f"column 'status': found {given['status']!r}; allowed: {words}.{did_you_mean(status, allowed)}"
    elif status in OF_PAIRS and not given["b"]:
        yield f"column 'b': found nothing; {status!r} is about two people."
    elif status in OF_PEOPLE and given["b"]:
        yield f"column 'b': found {given['b']!r}; allowed: nothing, {status!r} is about one person."
    if given["a"] and given["a"] == given["b"]:
        yield f"column 'b': found {given['b']!r}; allowed: another person than in column 'a'."
    if status == AWAY and not _is_day(until):
        yield f"column 'status': found {given['status']!r}; allowed: a day after it, such as {AWAY} 2026-03-31."
    if met not in MET:
        yield f"column 'met': found {given['met']!r}; allowed: nothing, {'; '.join(MET[1:])}.{did_you_mean(met, MET)}"
    try:
        float(given["worth"].replace(",", ".") or "nan")
    except ValueError:
        yield f"column 'worth': found {given['worth']!r}; allowed: nothing or a number."


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _called(log: RoundLog, survey: Survey) -> tuple[RoundLog, list[str]]:
    """The log with identifiers for names, and names that several people have."""
    book = NameBook(_names(survey), settled=survey.codebook.aliases)
    problems: list[str] = []
    meant: dict[str, str] = {"": ""}
    for column in ("a", "b"):
        for row, typed in log.table[column].items():
            found = book.read(typed) if typed and typed not in survey.people.index else None
            if found and len(found.candidates) > 1 and found.how in (NAME, IDENTIFIER):
                several = " or ".join(map(repr, sorted(found.candidates)))
                problems.append(f"row {row}: column {column!r}: {typed!r} could be {several}; give the identifier.")
            sure = found is not None and found.person and found.how in (IDENTIFIER, NAME, SETTLED)
            meant[typed] = str(found.person) if found and sure else typed
    table = log.table.assign(a=log.table["a"].map(meant), b=log.table["b"].map(meant))
    gone = sorted({*table["a"], *table["b"]} - {"", *survey.people.index})
    return replace(log, table=table.astype({"a": "str", "b": "str"}), gone=tuple(gone)), problems


def identified(survey: Survey, typed: str) -> str:
    """The identifier of whoever is called so, or what was typed; `SettingError` with all who could be meant by less."""
    found = (
        None if typed in survey.people.index else NameBook(_names(survey), settled=survey.codebook.aliases).read(typed)
    )
    if found is None or (found.person and found.how in (IDENTIFIER, NAME, SETTLED)):
        return typed if found is None else str(found.person)
    if found.candidates:
        could = listed(called(survey, sorted(found.candidates)), "or")
        raise SettingError(f"{typed!r} could be {could}; give the identifier.")
    return typed


def _names(survey: Survey) -> dict[str, str]:
    names = survey.people["name"] if "name" in survey.people else pd.Series("", index=survey.people.index)
    return {str(person): str(name) for person, name in names.fillna("").items()}


def called(survey: Survey, people: Iterable[str]) -> list[str]:
    """What to call some people, by name where the survey knows one, each followed by the identifier."""
    names = display_names(survey.people) if "name" in survey.people else pd.Series(dtype="str")
    told = {str(person): str(name) for person, name in names.items()}
    has_it = {
        who: name if name.endswith(f"({who})") or name == who else f"{name} ({who})" for who, name in told.items()
    }
    return [has_it.get(who, who) for who in people]
