"""What `import peernet as pn` and each room hand out: few at the top, complete, described, each with an example."""

from __future__ import annotations

import ast
import builtins
import doctest
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import pytest

import peernet as pn

PACKAGE = Path(pn.__file__).parent
ROOMS = sorted(module.name for module in pkgutil.iter_modules([str(PACKAGE)]) if module.ispkg)
FILES = ("errors", "privacy", "study")  # public files that stand at the top beside the rooms
MOST_AT_THE_TOP = 40


def named_in(stub: Path) -> list[str]:
    """What a stub re-exports by name."""
    froms = [node for node in ast.parse(stub.read_text(encoding="utf-8")).body if isinstance(node, ast.ImportFrom)]
    return [alias.asname for node in froms for alias in node.names if alias.asname]


TOP = named_in(PACKAGE / "__init__.pyi")
UNDER = [(room, name) for room in ROOMS for name in named_in(PACKAGE / room / "__init__.pyi")]
FACE = [("", name) for name in TOP] + UNDER
DATA = {"STRATEGIES"}  # handed out, and neither function nor class


def handed_out(room: str, name: str) -> object:
    return getattr(importlib.import_module(f"peernet.{room}".rstrip(".")), name)


def test_few_names_stand_at_the_top_and_each_room_is_there():
    assert len(TOP) <= MOST_AT_THE_TOP
    assert set(pn.__all__) == {*TOP}, "a star import brings the names of the day and no room"
    assert set(dir(pn)) >= {*TOP, *ROOMS, *FILES}
    stub = (PACKAGE / "__init__.pyi").read_text(encoding="utf-8")
    assert set(ast.literal_eval(stub.partition("__all__ = ")[2])) == {*TOP, *ROOMS, *FILES}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_hands_out_what_its_contents_page_says(room):
    assert set(importlib.import_module(f"peernet.{room}").__all__) == {name for r, name in UNDER if r == room}


def test_what_stands_at_the_top_stands_under_its_room_too():
    under = {name: room for room, name in UNDER}
    for name in TOP:
        if not hasattr(pn.errors, name) and name != "run_study":
            assert getattr(pn, name) is handed_out(under[name], name)


def test_nothing_is_handed_out_by_two_rooms():
    names = [name for _, name in UNDER]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("room", ROOMS)
def test_no_file_bears_the_name_of_something_its_room_hands_out(room):
    """A lazy face would hand out the file instead."""
    files = {path.stem for path in (PACKAGE / room).glob("*.py")}
    assert not files & {name for r, name in UNDER if r == room}


@pytest.mark.parametrize(("room", "name"), [each for each in FACE if each[1] not in DATA])
def test_everything_is_described_with_an_example(room, name):
    thing = handed_out(room, name)
    doc = inspect.getdoc(thing) or ""
    assert doc.splitlines()[0].endswith("."), f"{name}: the summary is not one sentence"
    errors = inspect.isclass(thing) and issubclass(thing, Exception)
    assert ">>>" in doc or errors, f"{name}: no example"


@pytest.mark.parametrize(("room", "name"), FACE)
def test_every_public_method_is_described(room, name):
    thing = handed_out(room, name)
    if inspect.isclass(thing):
        own = {key: member for key, member in vars(thing).items() if not key.startswith("_")}
        functions = {key: m for key, m in own.items() if inspect.isfunction(m) or isinstance(m, property | classmethod)}
        undescribed = [key for key in functions if not inspect.getdoc(getattr(thing, key))]
        assert not undescribed, f"{name}: no description of {', '.join(undescribed)}"


@pytest.mark.parametrize(("room", "name"), FACE)
def test_functions_take_settings_by_keyword_only(room, name):
    """At most the data stand before the star."""
    thing = handed_out(room, name)
    if inspect.isfunction(thing):
        by_place = [p for p in inspect.signature(thing).parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
        settings = [p.name for p in by_place if isinstance(p.default, bool | int | float)]
        assert not settings, f"{name}: {', '.join(settings)} should stand after the star"


def test_any_error_of_the_package_can_be_caught_by_one_name():
    with pytest.raises(pn.PeernetError):
        pn.read_survey("no such folder")


@pytest.mark.parametrize(
    ("room", "name", "hint"),
    [
        ("", "tie_layer", "peernet has no 'tie_layer'. It is pn.graph.tie_layer."),
        ("", "Codebook", "It is pn.survey.Codebook."),
        ("", "read_surveys", "Did you mean pn.read_survey?"),
        ("", "plot_view", "Did you mean pn.plots.plot_views?"),
        ("graph", "tie_layers", "peernet.graph has no 'tie_layers'. Did you mean pn.graph.tie_layer?"),
        ("graph", "plot_views", "It is pn.plots.plot_views."),
        ("plots", "nothing_like_it", "peernet.plots has no 'nothing_like_it'."),
    ],
)
def test_a_name_that_is_not_there_is_answered_with_where_it_stands(room, name, hint):
    with pytest.raises(AttributeError, match=re.escape(hint) + "$"):
        handed_out(room, name)


@pytest.mark.parametrize(("room", "name"), [each for each in FACE if each[1] not in DATA])
def test_an_example_can_be_pasted_as_it_stands(room, name):
    """Whatever it uses, it imports or makes first."""
    thing = handed_out(room, name)
    for example in doctest.DocTestFinder(exclude_empty=True).find(thing, name, globs={}):
        lines = ast.parse("".join(part.source for part in example.examples))
        made = {node.id for node in ast.walk(lines) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        made |= {
            alias.asname or alias.name for node in ast.walk(lines) if hasattr(node, "names") for alias in node.names
        }
        made |= {argument.arg for argument in ast.walk(lines) if isinstance(argument, ast.arg)}
        made |= {str(caught.name) for caught in ast.walk(lines) if isinstance(caught, ast.ExceptHandler)}
        used = {node.id for node in ast.walk(lines) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        assert used <= made | set(dir(builtins)), f"{example.name}: {sorted(used - made - set(dir(builtins)))}"
