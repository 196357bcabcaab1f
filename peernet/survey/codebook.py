"""What each column of a survey means: its block, its kind and its scale.

A codebook is a Table Schema 2.0 document. Each field carries a small ``peernet`` object that names the block
(what the answer is used for), the kind (how it is measured) and, for tie questions, the layer. Or it is a spreadsheet
with one row per item, see `peernet.survey.codebook_sheet`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from reprlib import Repr
from typing import Any
from unicodedata import normalize

import pandas as pd

from peernet._files import write_whole
from peernet.errors import CodebookError, SettingError, UnknownItemError, did_you_mean
from peernet.survey.codebook_sheet import SHEET_SUFFIXES, ItemRow, NameRow, Sheets, read_sheets, sheets_bytes
from peernet.survey.item import ROLES, TAKING_PART, Item, item_problems, usual_kind

SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
LARGEST = 1e15  # numbers beyond lose their last digits; no answer is one
_SHOWN = Repr()  # of something found, as much as a message can hold
_SHOWN.maxstring = _SHOWN.maxother = _SHOWN.maxlong = 80
_KIND_OF_TYPE = {"number": "numeric", "integer": "numeric", "boolean": "binary", "list": "multiple"}
_TYPE_OF_KIND = {"numeric": "number", "ordinal": "integer", "binary": "boolean", "asymmetric": "boolean"}
# What the small "peernet" object of a field may hold, and how to say what is expected.
_PROPERTIES: Mapping[str, tuple[type, str]] = {
    "block": (str, "text"),
    "kind": (str, "text"),
    "layer": (str, "text"),
    "reverse": (bool, "true or false"),
    "scale": (str, "text"),
    "role": (str, "text"),
    "foundation": (bool, "true or false"),
    "at_least": (float, "a number"),
    "most_named": (int, "a whole number"),
    "strength": (float, "a number"),
    "measure": (str, "text"),
    "wave": (int, "a whole number"),
    "shareable": (bool, "true or false"),
    "separator": (str, "text"),
}


@dataclass(frozen=True)
class Codebook:
    """The meaning of every column of a survey.

    Parameters
    ----------
    items
        One `Item` per column, in the order of the document.
    missing
        Values that mean "no answer" in every column.
    aliases
        Who is meant by a name as typed, where somebody has settled it: their identifier, or "nobody on the roster".
    scales
        What a scale is called where people read of it, by its word in `Item.scale`; see `scale_name`.

    Examples
    --------
    >>> import peernet as pn
    >>> from peernet.survey import Codebook, Item
    >>> codebook = Codebook((Item("id", "person"), Item("years", "experience", "numeric", low=0, high=40)))
    >>> codebook["years"].block
    'experience'
    >>> [item.name for item in codebook.block("experience")]
    ['years']
    """

    items: tuple[Item, ...]
    missing: tuple[str, ...] = ("",)
    aliases: Mapping[str, str] = field(default_factory=dict, hash=False)
    scales: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        problems = [problem for item in self.items for problem in item_problems(item)]
        problems += document_problems(self.items)
        if problems:
            raise CodebookError(*problems)

    def __getitem__(self, name: str) -> Item:
        for item in self.items:
            if item.name == name:
                return item
        raise UnknownItemError(f"No item {name!r} in the codebook.{did_you_mean(name, self.names)}")

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, name: object) -> bool:
        return any(item.name == name for item in self.items)

    def __repr__(self) -> str:
        used = dict.fromkeys(item.block for item in self.items)
        return f"<Codebook: {len(self)} items ({', '.join(f'{len(self.block(b))} {b}' for b in used)})>"

    @property
    def names(self) -> tuple[str, ...]:
        """The items' names, in order."""
        return tuple(item.name for item in self.items)

    @property
    def person(self) -> Item:
        """The item that identifies each respondent."""
        return self.block("person")[0]

    @property
    def layers(self) -> tuple[str, ...]:
        """The tie layers, each once, in order."""
        return tuple(dict.fromkeys(item.layer for item in self.block("tie") if item.layer))

    @property
    def foundation(self) -> tuple[str, ...]:
        """The tie layers a pairing must rest on."""
        return tuple(dict.fromkeys(i.layer for i in self.block("tie") if i.layer and i.is_foundation))

    @property
    def strength(self) -> dict[str, float]:
        """How fully colleagues are heard on each tie layer where that is less than in full; see `Item.strength`.

        Who is in contact on several layers is heard by the strongest, see `heard_by`.

        Examples
        --------
        >>> from peernet.survey import Codebook, Item
        >>> ties = Item("works", "tie", layer="works_with"), Item("lunch", "tie", layer="lunch", strength=0.3)
        >>> Codebook((Item("id", "person"), *ties)).strength
        {'lunch': 0.3}
        """
        told = {str(item.layer): float(item.strength) for item in self.block("tie") if item.strength is not None}
        return {layer: strength for layer, strength in told.items() if strength < 1}

    def block(self, block: str) -> tuple[Item, ...]:
        """Items of one block, in order."""
        return tuple(item for item in self.items if item.block == block)

    def only(self, block: str) -> Item | None:
        """The first item of a block that has one column, or None."""
        return next(iter(self.block(block)), None)

    def constraint(self, role: str) -> Item | None:
        """The constraint item with this role, or None."""
        return next((item for item in self.block("constraint") if item.role == role), None)

    def scale_name(self, scale: str) -> str:
        """What a scale is called where people read of it.

        Parameters
        ----------
        scale
            Its word in `Item.scale`.

        Returns
        -------
        str
            Its entry in ``scales``; or the word itself, with blanks for underscores; or nothing where that is a code,
            such as ``"q7"`` or ``"mgr"``, which tells nobody anything.

        Examples
        --------
        >>> from peernet.survey import Codebook, Item
        >>> codebook = Codebook((Item("id", "person"),), scales={"chg": "Openness to change"})
        >>> codebook.scale_name("chg"), codebook.scale_name("manager_trust"), codebook.scale_name("q7")
        ('Openness to change', 'manager trust', '')
        """
        words = " ".join(scale.replace("_", " ").split())
        return self.scales.get(scale) or ("" if any(map(_is_code, words.split())) else words)

    def to_frame(self) -> pd.DataFrame:
        """Tidy table of the codebook.

        Returns
        -------
        DataFrame
            One row per item, index ``name``, one column per property of `Item`.

        Examples
        --------
        >>> import peernet as pn
        >>> from peernet.survey import Codebook, Item
        >>> codebook = Codebook((Item("id", "person"), Item("years", "experience", "numeric")))
        >>> codebook.to_frame()["block"].to_dict()
        {'id': 'person', 'years': 'experience'}
        """
        return pd.DataFrame([vars(item) for item in self.items]).set_index("name")

    def to_descriptor(self) -> dict[str, Any]:
        """Table Schema 2.0 document of this codebook.

        Returns
        -------
        dict
            Plain lists and dictionaries, ready for ``json.dump``; `from_descriptor` turns them into an equal codebook.

        Examples
        --------
        >>> import peernet as pn
        >>> pn.survey.Codebook((pn.survey.Item("id", "person"),)).to_descriptor()["fields"]
        [{'name': 'id', 'type': 'string', 'peernet': {'block': 'person', 'kind': 'text'}}]
        """
        own = {"aliases": dict(self.aliases), "scales": dict(self.scales)}
        said = {key: value for key, value in own.items() if value}
        return {
            "$schema": SCHEMA,
            "fields": [field_of(item) for item in self.items],
            "missingValues": list(self.missing),
            "primaryKey": [item.name for item in self.block("person")],
            **({"peernet": said} if said else {}),
        }

    def write(self, path: str | Path) -> Path:
        """Write the codebook as JSON (Table Schema 2.0) or as a spreadsheet, by the file's suffix.

        Parameters
        ----------
        path
            A ``.json`` or ``.xlsx`` file; one that is there is replaced. `read_codebook` reads either back as it was.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        SettingError
            If the suffix is another one, or the file cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> import peernet as pn
        >>> codebook = pn.survey.Codebook((pn.survey.Item("id", "person"), pn.survey.Item("hat", "experience", "text")))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     pn.survey.read_codebook(codebook.write(f"{folder}/codebook.xlsx")) == codebook
        True
        """
        path = Path(path)
        write_whole(path.parent, {path.name: codebook_bytes(path, self.sheets, self.to_descriptor)})
        return path

    @property
    def sheets(self) -> Sheets:
        """The rows of the spreadsheet of this codebook."""
        names = tuple(NameRow(typed, meant=person) for typed, person in self.aliases.items())
        return Sheets(tuple(map(ItemRow, self.items)), names, self.missing, self.scales)

    @classmethod
    def from_descriptor(cls, descriptor: Mapping[str, Any]) -> Codebook:
        """Codebook of a Table Schema 2.0 document.

        Parameters
        ----------
        descriptor
            The parsed document; ``fields`` with ``name`` and a ``peernet`` object are what peernet reads. A field
            without that object is kept, in block ``ignore``. The document's own ``peernet`` object may hold ``aliases``
            and ``scales``, such as ``{"scales": {"change": "Openness to change"}}``.

        Returns
        -------
        Codebook

        Raises
        ------
        CodebookError
            With every problem of the document at once.

        References
        ----------
        Table Schema, Data Package (v2), https://datapackage.org/standard/table-schema/

        Examples
        --------
        >>> import peernet as pn
        >>> fields = [{"name": "id", "peernet": {"block": "person"}}, {"name": "shoe_size", "type": "integer"}]
        >>> pn.survey.Codebook.from_descriptor({"fields": fields})
        <Codebook: 2 items (1 person, 1 ignore)>
        """
        fields = descriptor.get("fields") if isinstance(descriptor, Mapping) else None
        if not isinstance(fields, list) or not fields:
            raise CodebookError(
                'The codebook has no "fields" list; a Table Schema document needs one entry per column.'
            )
        missing = [""] if descriptor.get("missingValues") is None else descriptor["missingValues"]
        items, problems = items_of(fields)
        own = descriptor.get("peernet") or {}
        if not isinstance(own, Mapping) or not all(
            isinstance(own.get(k) or {}, Mapping) for k in ("aliases", "scales")
        ):
            problems.append('"peernet" must be an object such as {"aliases": {"Ann": "p017"}}.')
        else:
            problems += _scale_problems(own.get("scales") or {}, {item.scale for item in items if item.scale})
        if not _is_list_of_values(missing):
            problems.append(f'"missingValues" must be a list such as ["", "NA"]; found {_SHOWN.repr(missing)}.')
        if problems:
            raise CodebookError(*problems, *(problem for item in items for problem in item_problems(item)))
        aliases = {str(typed): str(person) for typed, person in (own.get("aliases") or {}).items()}
        return cls(tuple(items), declared_values(missing), aliases, dict(own.get("scales") or {}))


def codebook_bytes(path: Path, sheets: Sheets, descriptor: Callable[[], dict[str, Any]]) -> bytes:
    """A codebook as it is written to a file of this suffix; `SettingError` where there is no such way."""
    suffix = path.suffix.casefold()
    if suffix == ".json":
        text = json.dumps(descriptor(), indent=1, ensure_ascii=False)
        if normalize("NFC", text) != text:  # as it is read
            text = json.dumps(descriptor(), indent=1)
        return f"{text}\n".encode()
    if suffix != ".xlsx":
        raise SettingError(f"A codebook is written to a .json or .xlsx file; got {path.name}.")
    try:
        return sheets_bytes(sheets)
    except ValueError as error:
        raise SettingError(f"{path.name} cannot hold the codebook: {error}. Write it to a .json file.") from error


def read_codebook(path: str | Path) -> Codebook:
    """Read a codebook from a JSON file in Table Schema 2.0, or from the spreadsheet somebody edited.

    Parameters
    ----------
    path
        A ``.json`` file; or a workbook with a sheet ``items``, one row per item, or that sheet as ``.csv``. A row
        without a block is left out. Names settled on the sheet ``names`` become `Codebook.aliases`.

    Returns
    -------
    Codebook

    Raises
    ------
    CodebookError
        If the file is missing, is no JSON or spreadsheet, or describes an item in a way peernet cannot use; of a
        spreadsheet every problem with its row and column.

    References
    ----------
    Table Schema, Data Package (v2), https://datapackage.org/standard/table-schema/

    Examples
    --------
    >>> import peernet as pn
    >>> pn.survey.read_codebook("nowhere/codebook.json")
    Traceback (most recent call last):
    ...
    peernet.errors.CodebookError: No codebook at nowhere/codebook.json. Draft one with `peernet codebook nowhere`, ...
    """
    path = Path(path)
    if not path.is_file():
        raise CodebookError(
            f"No codebook at {path}. Draft one with `peernet codebook {path.parent}`, or write one that names the "
            "block of each column, in Table Schema 2.0 (see data/harbour/codebook.json), or pass codebook=."
        )
    if path.suffix.casefold() in SHEET_SUFFIXES:
        return codebook_of(read_sheets(path), path)
    try:
        descriptor = json.loads(normalize("NFC", path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise CodebookError(f"{path} cannot be read ({error.strerror}). Close it where it is open.") from error
    except UnicodeDecodeError as error:
        raise CodebookError(f"{path} is not UTF-8 text (byte {error.start}). Save it again as UTF-8.") from error
    except json.JSONDecodeError as error:
        raise CodebookError(
            f"{path} is not valid JSON: {error.msg.removesuffix(' at')} at line {error.lineno}, column {error.colno}."
        ) from error
    except RecursionError as error:
        raise CodebookError(
            f"{path} has lists in lists too deep to be a codebook. Look for a bracket too many."
        ) from error
    except ValueError as error:
        raise CodebookError(f"{path} holds a number of thousands of digits. Look for digits too many.") from error
    return Codebook.from_descriptor(descriptor)


def codebook_of(sheets: Sheets, path: Path) -> Codebook:
    """The codebook that the rows of a spreadsheet make; `CodebookError` with every problem and its place."""
    items = tuple(row.item for row in sheets.rows if row.item.block)
    problems = [
        *sheets.problems,
        *sheets.unsettled,
        *(f"{path.name}: {problem}" for problem in (document_problems(items) if items else ())),
    ]
    if problems or not items:
        problems = problems or [f"{path.name} describes nothing: no row has a block."]
        raise CodebookError(*problems)
    aliases = {name.typed: name.meant for name in sheets.names if name.meant}
    return Codebook(items, sheets.missing, aliases, sheets.scales)


def _scale_problems(called: Mapping[str, object], known: Collection[str]) -> Iterator[str]:
    """What is wrong with what scales are called."""
    for scale, label in called.items():
        if not isinstance(label, str) or not label.strip():
            yield f'"scales": what {scale!r} is called must be text; found {_SHOWN.repr(label)}.'
        if scale not in known:
            yield f'"scales": no item is of scale {scale!r}.{did_you_mean(scale, known)}'


def _is_code(word: str) -> bool:
    """Whether a word is more likely to be a variable than something people say."""
    letters = word.casefold()
    is_plain = letters.isascii() and letters.isalpha()
    return any(map(str.isdigit, word)) or (is_plain and (not {*letters} & {*"aeiouy"} or word[1:] != letters[1:]))


def document_problems(items: Sequence[Item]) -> Iterator[str]:
    """What is wrong with items taken together, one sentence each."""
    names = [item.name for item in items]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"Item {name!r} is described {names.count(name)} times; keep one."
    for block in ("person", "name", "team", "manager"):
        yield from _sharing([item for item in items if item.block == block], f"the {block}")
    for role in ROLES:
        yield from _sharing([item for item in items if item.block == "constraint" and item.role == role], f"the {role}")
    asked = [item for item in items if item.block == "constraint" and item.role in TAKING_PART]
    if len({item.role for item in asked}) > 1:
        yield f"Only one item can say who takes part; found {', '.join(item.name for item in asked)}."
    for layer in dict.fromkeys(item.layer for item in items if item.block == "tie"):
        told = {item.strength: item.name for item in items if item.layer == layer and item.strength is not None}
        if len(told) > 1:
            said = " and ".join(f"{strength!r} by {name}" for strength, name in told.items())
            yield f"Layer {layer!r} is heard at different strengths, {said}; keep one."
    measured = {(item.measure or item.name, item.wave or 1) for item in items if item.block == "outcome"}
    for measure, wave in sorted(measured):
        same = [i for i in items if i.block == "outcome" and (i.measure or i.name, i.wave or 1) == (measure, wave)]
        yield from _sharing(same, f"outcome {measure!r} of wave {wave}")
    if not any(item.block == "person" for item in items):
        yield 'No item has the block "person"; name the column that identifies each respondent.'


def _sharing(items: Sequence[Item], part: str) -> Iterator[str]:
    if len(items) > 1:
        yield f"Only one item can be {part}; found {', '.join(item.name for item in items)}."


def items_of(fields: Sequence[Any]) -> tuple[list[Item], list[str]]:
    """Items of a document's fields, and every problem with those that make none."""
    items, problems = [], []
    for number, described in enumerate(fields, start=1):
        wrong = list(_field_problems(described, number))
        problems += wrong
        if not wrong:
            items.append(_item_of(described))
    return items, problems


def _item_of(field: Mapping[str, Any]) -> Item:
    said = {key: value for key, value in (field.get("peernet") or {}).items() if value is not None}
    constraints = field.get("constraints") or {}
    block = said.pop("block", "ignore")
    kind = said.pop("kind", None) or _kind_of(field, block, said.get("role"))
    return Item(
        name=field["name"],
        block=block,
        kind=kind,
        label=field.get("title") or field.get("description") or "",
        low=constraints.get("minimum"),
        high=constraints.get("maximum"),
        categories=declared_values(field.get("categories") or constraints.get("enum") or ()),
        missing=declared_values(field.get("missingValues") or ()),
        **said,
    )


def _kind_of(field: Mapping[str, Any], block: str, role: str | None) -> str:
    """The kind of an item whose codebook does not say: by its block or role, else by the field's own type."""
    settled = usual_kind(block, role)
    if settled is None and field.get("categories") and field.get("categoriesOrdered"):
        return "ordinal"
    return settled or _KIND_OF_TYPE.get(field.get("type") or "", "nominal")


def declared_values(entries: Sequence[Any]) -> tuple[str, ...]:
    """Values listed plainly or as ``{"value": ..., "label": ...}``, as they stand in the cells."""
    return tuple(str(entry["value"] if isinstance(entry, Mapping) else entry) for entry in entries)


def _field_problems(field: object, number: int) -> Iterator[str]:
    if not isinstance(field, Mapping) or not isinstance(field.get("name"), str) or not field["name"].strip():
        yield f'Field {number} of the codebook has no "name"; give it the column\'s name.'
        return
    where = f"Item {field['name']!r}"
    yield from _own_problems(field.get("peernet"), where)
    yield from _limit_problems(field.get("constraints"), where)
    for key in ("type", "title", "description"):
        if not isinstance(field.get(key), str | None):
            yield f'{where}: "{key}" must be text; found {_SHOWN.repr(field[key])}.'
    for key in ("categories", "missingValues"):
        if field.get(key) is not None and not _is_list_of_values(field[key]):
            yield f'{where}: "{key}" must be a list of values; found {_SHOWN.repr(field[key])}.'
    if not isinstance(field.get("categoriesOrdered", False), bool):
        yield f'{where}: "categoriesOrdered" must be true or false; found {_SHOWN.repr(field["categoriesOrdered"])}.'


def _own_problems(own: object, where: str) -> Iterator[str]:
    if own is not None and not isinstance(own, Mapping):
        found = _SHOWN.repr(own)
        yield f'{where}: "peernet" must be an object such as {{"block": "experience"}}; found {found}.'
        return
    for key, value in (own or {}).items():
        if key not in _PROPERTIES:
            hint = did_you_mean(key, _PROPERTIES)
            yield f'{where}: unknown property {key!r} in "peernet"; allowed are {", ".join(_PROPERTIES)}.{hint}'
        elif value is not None or _PROPERTIES[key][0] is bool:
            wanted, in_words = _PROPERTIES[key]
            word = key == "at_least" and isinstance(value, str)  # one of the item's categories; `item_problems` looks
            is_wanted = wanted is float or type(value) is wanted
            if not word and not (is_wanted and (wanted not in (int, float) or _is_number(value))):
                yield f'{where}: "{key}" must be {in_words}; found {_SHOWN.repr(value)}.'


def _limit_problems(constraints: object, where: str) -> Iterator[str]:
    if constraints is not None and not isinstance(constraints, Mapping):
        found = _SHOWN.repr(constraints)
        yield f'{where}: "constraints" must be an object such as {{"minimum": 1, "maximum": 5}}; found {found}.'
        return
    constraints = constraints or {}
    for key in ("minimum", "maximum"):
        if constraints.get(key) is not None and not _is_number(constraints[key]):
            yield f'{where}: its "{key}" must be a number; found {_SHOWN.repr(constraints[key])}.'
    if constraints.get("enum") is not None and not _is_list_of_values(constraints["enum"]):
        yield f'{where}: "enum" must be a list of values; found {_SHOWN.repr(constraints["enum"])}.'


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def _is_list_of_values(entries: object) -> bool:
    if not isinstance(entries, list | tuple):
        return False
    values = [entry.get("value") if isinstance(entry, Mapping) else entry for entry in entries]
    return all(isinstance(v, str) or (isinstance(v, int | float) and abs(v) <= LARGEST) for v in values)


def field_of(item: Item) -> dict[str, Any]:
    """Table Schema field of an item; the item can be made from it again."""
    kind = "string" if item.categories else _TYPE_OF_KIND.get(item.kind, "string")
    field: dict[str, Any] = {"name": item.name, "type": kind}
    if item.label:
        field["title"] = item.label
    limits = {"minimum": item.low, "maximum": item.high}
    declared = {key: value for key, value in limits.items() if value is not None}
    if declared:
        field["constraints"] = declared
    if item.categories:
        field["categories"] = list(item.categories)
        field["categoriesOrdered"] = item.kind == "ordinal"
    if item.missing:
        field["missingValues"] = list(item.missing)
    unsaid = {"reverse": False, "separator": ";"}
    own = {key: getattr(item, key) for key in _PROPERTIES}
    field["peernet"] = {key: value for key, value in own.items() if value is not None and value != unsaid.get(key)}
    return field
