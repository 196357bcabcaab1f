"""Everything an organiser decides, in one place: for the command line, a sheet, a script and the record of a run.

A sheet is ``programme.xlsx`` (a sheet ``settings`` with a row each, and one ``rules`` as `read_rules` reads it) or
``programme.toml``; the record of a run, ``run.json``, is read as well, so that any run can be made again.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from io import BytesIO
from pathlib import Path
from shlex import join as typed_line
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from peernet._files import write_whole
from peernet.errors import SettingError, SurveyError, check_choice, did_you_mean, is_number, is_whole
from peernet.privacy import defuse, fused
from peernet.scores.rules import Rule, Rules, read_rules, rules_in
from peernet.survey.item import plain_heading
from peernet.survey.sheets import READERS

if TYPE_CHECKING:  # a mistake in a setting is answered before the long imports
    import networkx as nx

    from peernet.pairing.pairing import Pairing
    from peernet.scores.pair_scores import PairScores
    from peernet.survey.survey import Survey

SHEETS = ("programme.xlsx", "programme.toml")  # looked for in a survey folder, in this order
ACCEPTED = ("introduced", "mutual", "unknown")  # as scores.foundation has them
ENDS = 2  # of a band
WORDS_FOR_NONE = ("", "none", "no", "no limit")
MEANINGS = {
    "accept": "foundations on which a pair may rest: mutual, introduced, unknown",
    "experience": "largest distance in experience: average, none, or a number from 0 to 1",
    "goals": "largest distance in goals: average, none, or a number from 0 to 1",
    "objective": "total: the most for all together; fair: the most for the worst-off first",
    "cardinality": "max: as many pairs as possible first; none: only pairs that bring something",
    "floor": "the least that each of a pair must gain, in effective perspectives, or none",
    "value": "what a pair counts: the mean of its two gains, the lesser, or the lesser's share in a mix, 0 to 1",
    "band": "least and largest difference in perspective, such as 0.2,0.6, or none",
    "outlook": "what gains rest on: adjusted (the outlook behind the answers) or answers (as given)",
    "seed": "seed of everything drawn",
    "draws": "random pairings to compare with",
    "repeats": "surveys to draw anew, to see which pairs recur",
}


@dataclass(frozen=True)
class Settings:
    """What an organiser decides about a programme's pairs.

    Parameters
    ----------
    accept
        Foundations on which a pair may rest, of "mutual", "introduced" and "unknown".
    experience, goals
        Largest distance that still counts as similar: ``"average"``, a number from 0 to 1, or None for no gate; see
        `score_pairs`.
    objective, cardinality, floor
        ``"total"`` or ``"fair"``; None or ``"max"``, as many pairs as possible first; the least each side of a pair
        must gain, or None; see `pair_people`.
    value, band, outlook
        ``"mean"``, ``"lesser"``, or the share of the lesser gain in a mix of both, 0 to 1; the least and largest
        perspective distance, or None for no gate; ``"adjusted"`` or ``"answers"``; see `score_pairs`.
    seed, draws, repeats
        Seed of everything drawn, random pairings to compare with, and surveys drawn anew; see `run_study`.
    rules
        What the programme demands of its pairs.

    Raises
    ------
    SettingError
        If one of them is outside what is allowed.

    Examples
    --------
    >>> import peernet as pn
    >>> chosen = pn.programme.Settings(accept=("mutual", "introduced", "unknown"), cardinality="max")
    >>> print(chosen.command("data/harbour"))
    peernet run data/harbour --accept mutual,introduced,unknown --cardinality max
    >>> survey = pn.load_example()
    >>> len(chosen.pair(chosen.score(survey, pn.colleague_graph(survey))))
    120
    """

    accept: Sequence[str] = ("mutual", "introduced")
    experience: str | float | None = "average"
    goals: str | float | None = "average"
    objective: str = "total"
    cardinality: str | None = None
    floor: float | None = None
    value: str | float = "mean"
    band: Sequence[float] | None = None
    outlook: str = "adjusted"
    seed: int = 0
    draws: int = 200
    repeats: int = 30
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        object.__setattr__(self, "accept", (self.accept,) if isinstance(self.accept, str) else tuple(self.accept))
        if isinstance(self.band, list):
            object.__setattr__(self, "band", tuple(self.band))
        problems = list(_problems(self))
        if problems:
            raise SettingError(" ".join(problems))

    def but(self, **changes: Any) -> Self:  # noqa: ANN401 - any of the settings
        """These settings with some of them changed; `SettingError` if there is none of that name."""
        for name in changes:
            if name not in NAMES:
                raise SettingError(
                    f"There is no setting {name!r}; there are {', '.join(NAMES)}.{did_you_mean(name, NAMES)}"
                )
        return replace(self, **changes)

    @property
    def scoring(self) -> dict[str, Any]:
        """What `score_pairs` takes of them."""
        taken = {name: getattr(self, name) for name in ("experience", "goals", "band", "outlook")}
        mix = self.value if isinstance(self.value, str) else {"mean": 1 - self.value, "lesser": self.value}
        return {"foundation": self.accept, "value": mix, **taken}

    @property
    def solving(self) -> dict[str, Any]:
        """What `pair_people` takes of them."""
        return {name: getattr(self, name) for name in ("objective", "cardinality", "floor")}

    def score(self, survey: Survey, graph: nx.MultiDiGraph[str]) -> PairScores:
        """Every pair of a survey scored by these gates, under these rules."""
        from peernet.scores.scoring import score_pairs

        scores = score_pairs(survey, graph, **self.scoring)
        return scores.under(self.rules) if len(self.rules) else scores

    def pair(self, scores: PairScores) -> Pairing:
        """The best pairing of some scores by these settings."""
        from peernet.pairing.pairing import pair_people

        return pair_people(scores, **self.solving)

    def changed(self, since: Settings | None = None) -> dict[str, Any]:
        """The settings, without rules, that are not as in others, by default the usual ones."""
        usual = since or Settings()
        return {name: getattr(self, name) for name in MEANINGS if getattr(self, name) != getattr(usual, name)}

    def command(self, folder: str | Path) -> str:
        """The line that runs a survey with these settings, rules aside."""
        options = [(f"--{name}", as_typed(chosen)) for name, chosen in self.changed().items()]
        return typed_line(["peernet", "run", str(folder), *(part for option in options for part in option)])

    def to_record(self) -> dict[str, Any]:
        """Plain values by name, ``rules`` as a list of what each says."""
        rows = self.rules.to_frame().to_dict(orient="records")
        rules = [{str(name): cell for name, cell in row.items() if not pd.isna(cell)} for row in rows]
        plain = {name: getattr(self, name) for name in MEANINGS}
        lists = {name: list(kept) for name, kept in plain.items() if isinstance(kept, tuple)}
        return plain | lists | {"rules": rules}

    def write(self, path: str | Path) -> Path:
        """Write them as a sheet: ``.xlsx`` to edit in a spreadsheet, or ``.toml``.

        Raises
        ------
        SettingError
            If the file's name ends in neither, or it cannot be written.
        """
        path = Path(path)
        check_choice("the sheet's suffix", path.suffix, (".xlsx", ".toml"))
        write_whole(path.parent, {path.name: as_toml(self) if path.suffix == ".toml" else _as_workbook(self)})
        return path


NAMES = tuple(part.name for part in fields(Settings))


def read_settings(path: str | Path, *, encoding: str = "utf-8") -> Settings:
    """Read settings from a sheet, or from the record of a run.

    Parameters
    ----------
    path
        A workbook or CSV with columns ``setting`` and ``value`` (a workbook's sheet ``settings``, beside one called
        ``rules``), a ``.toml`` file, or ``run.json``, which `write_report` writes. What is not in it stays as it is by
        default.
    encoding
        Text encoding of a CSV file.

    Returns
    -------
    Settings

    Raises
    ------
    SettingError
        If there is no such file, a setting is unknown, or one is outside what is allowed.
    RulesError
        If a rule makes no sense; every problem at once.

    Examples
    --------
    >>> import peernet as pn
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     sheet = pn.programme.Settings(experience=None).write(Path(folder, "programme.toml"))
    ...     print(pn.programme.read_settings(sheet).experience)
    None
    """
    path = Path(path)
    if not path.is_file():
        raise SettingError(f"There is no file {path}. Give a settings sheet ({', '.join(SHEETS)}) or a run.json.")
    if path.suffix == ".toml":
        return _settings_of(_parsed(path, tomllib.loads), path)
    if path.suffix == ".json":
        record = _parsed(path, json.loads)
        if not isinstance(record.get("programme"), Mapping):
            raise SettingError(
                f"{path} is no record of a run: it has no entry 'programme'. Give the run.json of a run."
            )
        return _settings_of(record["programme"], path)
    return _settings_of_sheet(path, encoding)


def settings_beside(folder: Path) -> Path | None:
    """The settings sheet in a survey folder or beside an export, if there is one; `SettingError` if several."""
    folder = folder.parent if folder.is_file() else folder
    found = [folder / name for name in SHEETS if (folder / name).is_file()] if folder.is_dir() else []
    if len(found) > 1:
        raise SettingError(f"{folder} holds {' and '.join(path.name for path in found)}. Keep one of them.")
    return found[0] if found else None


def chosen_settings(
    path: Path | None, settings: Settings | str | Path | None, changes: Mapping[str, Any], encoding: str
) -> tuple[Settings, list[Path]]:
    """The settings of a run, and the sheets they were read from."""
    changes = dict(changes)
    if settings is None and path is not None:
        settings = settings_beside(path)
    sheets = [] if settings is None or isinstance(settings, Settings) else [Path(settings)]
    if isinstance(changes.get("rules"), (str, Path)):
        sheets.append(Path(changes["rules"]))
        changes["rules"] = read_rules(sheets[-1], encoding=encoding)
    if changes.get("rules", ()) is None:
        changes["rules"] = Rules()
    first = settings if isinstance(settings, Settings) else Settings()
    if settings is not None and not isinstance(settings, Settings):
        first = read_settings(settings, encoding=encoding)
    return first.but(**changes), sheets


def as_typed(chosen: object) -> str:
    """A setting as it is typed on a command line or in a cell."""
    if isinstance(chosen, tuple):
        return ",".join(map(str, chosen))
    # Whole numbers without a point, and every digit of others: what is typed must mean what was chosen.
    return "none" if chosen is None else repr(chosen).removesuffix(".0") if isinstance(chosen, float) else str(chosen)


def from_typed(name: str, cell: str) -> Any:  # noqa: ANN401 - what the setting holds
    """What a typed setting means; text that means nothing is given back and refused by `Settings`."""
    text = " ".join(cell.split()).casefold()
    if name == "accept":
        return tuple(part.strip() for part in text.replace(";", ",").split(",") if part.strip())
    if text in WORDS_FOR_NONE and name in ("experience", "goals", "cardinality", "floor", "band"):
        return None
    if name == "band":
        return _band_typed(text)
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text
    return int(number) if name in ("seed", "draws", "repeats") and number.is_integer() else number


def _band_typed(text: str) -> tuple[float, ...] | str:
    """Two distances, however they are kept apart; a comma parts them only where nothing else does."""
    parts = re.split(r"\s*(?:;|\bto\b|(?<=\d)\s*[-–](?=\s*\d))\s*", text)
    parts = text.split(",") if len(parts) == 1 else [part.replace(",", ".") for part in parts]
    try:
        return tuple(float(part) for part in parts)
    except ValueError:
        return text


def _is_band(ends: object) -> bool:
    return (
        isinstance(ends, tuple)
        and len(ends) == ENDS
        and all(is_number(end, 0, 1) for end in ends)
        and ends[0] <= ends[1]
    )


def _problems(chosen: Settings) -> Iterator[str]:
    """Everything that is outside what is allowed, a sentence each."""
    if not chosen.accept:
        yield f"accept must hold at least one of {', '.join(ACCEPTED)}."
    for state in chosen.accept:
        if state not in ACCEPTED:
            yield f"accept must hold some of {', '.join(ACCEPTED)}; got {state!r}.{did_you_mean(str(state), ACCEPTED)}"
    for gate in ("experience", "goals"):
        within = getattr(chosen, gate)
        if not (within is None or within == "average" or is_number(within, 0, 1)):
            yield f"{gate} must be average, none or a distance from 0 to 1; got {within!r}."
    choices: dict[str, Sequence[object]] = {
        "objective": ("total", "fair"),
        "cardinality": (None, "max"),
        "outlook": ("adjusted", "answers"),
    }
    for name, allowed in choices.items():
        if getattr(chosen, name) not in allowed:
            yield f"{name} must be {' or '.join(map(as_typed, allowed))}; got {getattr(chosen, name)!r}."
    if chosen.value not in ("mean", "lesser") and not is_number(chosen.value, 0, 1):
        yield f"value must be mean, lesser or a number from 0 to 1; got {chosen.value!r}."
    if not (chosen.band is None or _is_band(chosen.band)):
        yield f"band must be none or two distances from 0 to 1, the least first; got {chosen.band!r}."
    if chosen.floor is not None and not is_number(chosen.floor, 0):
        yield f"floor must be none or a number, 0 or more; got {chosen.floor!r}."
    for name, least in {"seed": 0, "draws": 1, "repeats": 0}.items():
        if not is_whole(getattr(chosen, name), least):
            yield f"{name} must be a whole number, {least} or more; got {getattr(chosen, name)!r}."
    rules: object = chosen.rules
    if not isinstance(rules, Rules):
        yield f"rules must be Rules; got {chosen.rules!r}. Read a sheet of them with read_rules."


# --- sheets -----------------------------------------------------------------------------------------------------------


def _settings_of(given: Mapping[str, Any], path: Path) -> Settings:
    """Settings of a mapping, as TOML and JSON hold it."""
    plain = {name: value for name, value in given.items() if name != "rules"}
    read = {name: from_typed(name, value) if isinstance(value, str) else value for name, value in plain.items()}
    rows = given.get("rules", [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise SettingError(f"{path}: 'rules' must be a list of rules, such as [[rules]] with rule = \"capacity\".")
    cells = pd.DataFrame([{name: as_typed(cell) for name, cell in row.items()} for row in rows]).fillna("")
    cells.index += 1
    rules = rules_in(cells, path.name) if len(rows) else Rules()
    return _placed(path, read | {"rules": rules})


def _placed(path: Path, read: dict[str, Any]) -> Settings:
    """Settings made of what was read; errors say where it stood."""
    try:
        return Settings().but(**read)
    except SettingError as error:
        raise SettingError(f"{path}: {error}") from error


def _parsed(path: Path, parser: Callable[[str], Any]) -> dict[str, Any]:
    try:
        found: dict[str, Any] | list[Any] = parser(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise SettingError(f"{path} cannot be read: {error}") from error
    if isinstance(found, list):
        raise SettingError(f"{path} must hold settings by name; found a list.")
    return found


def _settings_of_sheet(path: Path, encoding: str) -> Settings:
    """Settings of a workbook or a CSV."""
    if path.suffix.casefold() not in READERS:
        raise SettingError(f"{path} is no settings sheet; allowed: {', '.join((*READERS, '.toml', '.json'))}.")
    try:
        sheets = READERS[path.suffix.casefold()](path, encoding)
    except SurveyError as error:
        raise SettingError(str(error)) from error
    # As people leave a sheet: rows that are blank, or that hold a remark and nothing else, say nothing.
    filled = {sheet.name.strip().casefold(): [row for row in sheet.rows if any(row[1])] for sheet in sheets}
    named = {name: rows for name, rows in filled.items() if rows}
    rows = named.pop("settings", None) or (next(iter(named.values()), []) if "rules" not in named else [])
    read: dict[str, Any] = {}
    for place, (number, cells) in enumerate(rows):
        name, cell = [*map(fused, cells), "", ""][:2]
        name = " ".join(name.casefold().split())
        if not name or (place == 0 and name not in NAMES):  # headings, if there are any
            continue
        if name in read:
            raise SettingError(f"{path}, row {number}: {name!r} is there twice; keep one row.")
        read[name] = from_typed(name, cell)
    rules = named.get("rules", [])
    return _placed(path, read | {"rules": rules_in(_as_table(rules), path.name) if len(rules) > 1 else Rules()})


def _as_table(rows: Sequence[tuple[int, list[str]]]) -> pd.DataFrame:
    """Rows of a sheet below their headings, numbered as a spreadsheet shows them; columns with nothing are left out."""
    (_, heads), *below = rows
    full = [[*map(fused, cells), *[""] * (len(heads) - len(cells))][: len(heads)] for _, cells in below]
    table = pd.DataFrame(full, columns=[*map(plain_heading, heads)], index=[number for number, _ in below])
    return table.loc[:, [bool(name) or bool(table.iloc[:, place].any()) for place, name in enumerate(table)]]


def as_toml(chosen: Settings) -> str:
    """Settings as TOML, each with what it means above it."""
    record = chosen.to_record()
    lines = [line for name, told in MEANINGS.items() for line in (f"# {told}", f"{name} = {_toml(record[name])}")]
    for rule in record["rules"]:
        lines += ["", "[[rules]]", *(f"{name} = {_toml(cell)}" for name, cell in rule.items())]
    return "\n".join([*lines, ""])


def _toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps("none" if value is None else value, ensure_ascii=False)


def _as_workbook(chosen: Settings) -> bytes:
    """Settings as a workbook with a sheet of settings and one of rules."""
    record = chosen.to_record()
    rows = [(name, as_typed(getattr(chosen, name)), told) for name, told in MEANINGS.items()]
    sheets = {
        "settings": pd.DataFrame(rows, columns=["setting", "value", "what it means"]),
        "rules": chosen.rules.to_frame() if record["rules"] else Rules([Rule("capacity", number=1)]).to_frame().head(0),
    }
    held = BytesIO()
    with pd.ExcelWriter(held, engine="openpyxl") as book:
        for name, table in sheets.items():
            defuse(table).to_excel(book, sheet_name=name, index=False)
            sheet = book.sheets[name]
            for column, heading in zip(sheet.columns, table.columns, strict=True):
                width = max([len(str(heading)), *(len(str(cell.value or "")) for cell in column)])
                sheet.column_dimensions[column[0].column_letter].width = min(width + 2, 90)
    return held.getvalue()
