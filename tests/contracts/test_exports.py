"""What `import peernet as pn` offers: sorted, complete, described, each with an example."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import peernet as pn

STUB = Path(pn.__file__).with_suffix(".pyi")
EXPORTED = [
    alias.asname
    for node in ast.parse(STUB.read_text(encoding="utf-8")).body
    if isinstance(node, ast.ImportFrom)
    for alias in node.names
]


def test_the_list_of_exports_is_sorted_and_complete():
    assert list(pn.__all__) == sorted(pn.__all__)
    assert set(pn.__all__) == set(EXPORTED)


def test_nothing_is_exported_twice():
    assert len(EXPORTED) == len(set(EXPORTED))


@pytest.mark.parametrize("name", EXPORTED)
def test_every_export_is_there_and_described_with_an_example(name):
    doc = inspect.getdoc(getattr(pn, name)) or ""
    assert doc.splitlines()[0].endswith("."), f"{name}: the summary is not one sentence"
    assert ">>>" in doc, f"{name}: no example"


@pytest.mark.parametrize("name", EXPORTED)
def test_every_public_method_is_described(name):
    thing = getattr(pn, name)
    if inspect.isclass(thing):
        own = {key: member for key, member in vars(thing).items() if not key.startswith("_")}
        functions = {key: m for key, m in own.items() if inspect.isfunction(m) or isinstance(m, property | classmethod)}
        undescribed = [key for key in functions if not inspect.getdoc(getattr(thing, key))]
        assert not undescribed, f"{name}: no description of {', '.join(undescribed)}"


@pytest.mark.parametrize("name", EXPORTED)
def test_functions_take_settings_by_keyword_only(name):
    """At most the data stand before the star."""
    thing = getattr(pn, name)
    if inspect.isfunction(thing):
        by_place = [p for p in inspect.signature(thing).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
        settings = [p.name for p in by_place if isinstance(p.default, bool | int | float)]
        assert not settings, f"{name}: {', '.join(settings)} should stand after the star"
