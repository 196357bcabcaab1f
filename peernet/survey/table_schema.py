"""Items to and from the fields of a Table Schema 2.0 document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

from peernet.errors import did_you_mean
from peernet.survey.item import Item, usual_kind

__all__ = ["declared_values", "field_of", "items_of"]

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
    "measure": (str, "text"),
    "wave": (int, "a whole number"),
    "separator": (str, "text"),
}


def items_of(fields: Sequence[Any]) -> tuple[list[Item], list[str]]:
    """Items of a document's fields, and every problem with those that make none."""
    items, problems = [], []
    for number, field in enumerate(fields, start=1):
        found = list(_field_problems(field, number))
        problems += found
        if not found:
            items.append(_item_of(field))
    return items, problems


def _item_of(field: Mapping[str, Any]) -> Item:
    said = {key: value for key, value in (field.get("peernet") or {}).items() if value is not None}
    constraints = field.get("constraints") or {}
    block = said.pop("block", "ignore")
    kind = said.pop("kind", None) or _kind_of(field, block, said.get("role"))
    return Item(
        name=field["name"].strip(),
        block=block,
        kind=kind,
        label=str(field.get("title") or field.get("description") or ""),
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
    return settled or _KIND_OF_TYPE.get(str(field.get("type")), "nominal")


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
    for key in ("categories", "missingValues"):
        if not _is_list_of_values(field.get(key, [])):
            yield f'{where}: "{key}" must be a list of values; found {field[key]!r}.'


def _own_problems(own: object, where: str) -> Iterator[str]:
    if own is not None and not isinstance(own, Mapping):
        yield f'{where}: "peernet" must be an object such as {{"block": "experience"}}; found {own!r}.'
        return
    for key, value in (own or {}).items():
        if key not in _PROPERTIES:
            hint = did_you_mean(key, _PROPERTIES)
            yield f'{where}: unknown property {key!r} in "peernet"; allowed are {", ".join(_PROPERTIES)}.{hint}'
        elif value is not None and not _is_of(value, _PROPERTIES[key][0]):
            yield f'{where}: "{key}" must be {_PROPERTIES[key][1]}; found {value!r}.'


def _limit_problems(constraints: object, where: str) -> Iterator[str]:
    if constraints is not None and not isinstance(constraints, Mapping):
        yield f'{where}: "constraints" must be an object such as {{"minimum": 1, "maximum": 5}}; found {constraints!r}.'
        return
    constraints = constraints or {}
    for key in ("minimum", "maximum"):
        if not _is_number(constraints.get(key, 0)):
            yield f'{where}: its "{key}" must be a number; found {constraints[key]!r}.'
    if not _is_list_of_values(constraints.get("enum", [])):
        yield f'{where}: "enum" must be a list of values; found {constraints["enum"]!r}.'


def _is_of(value: object, wanted: type) -> bool:
    return _is_number(value) if wanted is float else type(value) is wanted


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _is_list_of_values(entries: object) -> bool:
    return isinstance(entries, list | tuple) and all(
        isinstance(entry, str | int | float) or (isinstance(entry, Mapping) and "value" in entry) for entry in entries
    )


def field_of(item: Item) -> dict[str, Any]:
    """Table Schema field of an item; the item can be made from it again."""
    field: dict[str, Any] = {"name": item.name, "type": _field_type(item)}
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
    return field | {"peernet": _own_object(item)}


def _field_type(item: Item) -> str:
    return "string" if item.categories else _TYPE_OF_KIND.get(item.kind, "string")


def _own_object(item: Item) -> dict[str, Any]:
    unsaid = {"reverse": False, "separator": ";"}
    said = {key: getattr(item, key) for key in _PROPERTIES}
    return {key: value for key, value in said.items() if value is not None and value != unsaid.get(key)}
