"""The folders are the rooms: a row of the survey moves one way through the house, and nothing goes through a wall."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

import peernet

PACKAGE = Path(peernet.__file__).parent
MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.stem != "__init__"
}

# A room and the rooms directly below it; what those may import is allowed too.
ROOMS: dict[str, tuple[str, ...]] = {
    "survey": (),
    "matching": (),
    "dyads": (),
    "datasets": ("survey",),
    "graph": ("survey",),
    "distance": ("survey",),
    "clusters": ("distance",),
    "diversity": ("distance", "graph"),
    "scores": ("diversity",),
    "pairing": ("scores", "matching"),
    "meetings": ("pairing",),
    "compare": ("pairing", "clusters"),
    "opinions": ("pairing",),
    "outcomes": ("compare", "meetings", "dyads"),
    "programme": ("outcomes",),
    "study": ("programme", "opinions"),
    "plots": ("programme", "opinions"),
    "report": ("study", "plots"),
    "explorer": ("study", "plots"),
    "cli": ("report", "datasets"),
}
GROUND = {"errors", "privacy", "_arrays", "_compiled", "_face", "_files", "_parallel", "_wording"}  # below everything
ENTRANCE = {"__main__": "cli"}
NUMBERS_ONLY = {"matching": {"numpy", "scipy", "numba"}, "dyads": {"numpy", "scipy", "numba", "pandas"}}
DRAWING, DRAWING_ROOMS = {"matplotlib", "seaborn"}, {"plots", "report"}


def room_of(module: str) -> str:
    first = module.split(".")[0]
    return ENTRANCE.get(first, first)


@cache
def below(room: str) -> frozenset[str]:
    return frozenset({room, *GROUND}).union(*(below(other) for other in ROOMS.get(room, ())))


@cache
def imported(module: str) -> frozenset[str]:
    """Dotted names of what a module imports anywhere in it, also only for types; a file of ours by its whole name."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}: {node.lineno}: write the whole name, so that every wall is seen"
            files = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name for name in files if name.removeprefix("peernet.") in MODULES} or {str(node.module)}
    return frozenset(found)


def ours(module: str) -> set[str]:
    return {name.removeprefix("peernet.") for name in imported(module) if name.startswith("peernet.")}


def test_every_folder_is_a_room_and_every_room_is_there():
    assert {room_of(module) for module in MODULES} == {*ROOMS, *GROUND}


@pytest.mark.parametrize("module", MODULES)
def test_a_room_imports_only_from_rooms_below_it(module):
    allowed = below(room_of(module)) if module not in GROUND else GROUND
    wrong = sorted(other for other in ours(module) if room_of(other) not in allowed)
    assert not wrong, f"{module} may import from {sorted(allowed)}, not from {wrong}"


@pytest.mark.parametrize("module", MODULES)
def test_a_room_is_entered_by_its_files_never_by_its_face(module):
    faces = sorted(other for other in ours(module) if other not in MODULES)
    assert not faces, f"{module}: import from the file that defines it, not from {faces}"
    if "peernet" in imported(module):
        assert room_of(module) in ("cli", "report", "study"), f"{module} uses the package as a whole"


def test_no_circle_of_imports_is_left_not_even_for_types():
    todo = {module: ours(module) & set(MODULES) for module in MODULES}
    while free := [module for module, needs in todo.items() if not needs & set(todo)]:
        for module in free:
            del todo[module]
    assert not todo, f"these import each other: {sorted(todo)}"


@pytest.mark.parametrize("module", MODULES)
def test_only_plots_and_report_draw(module):
    used = {name.split(".")[0] for name in imported(module)}
    assert room_of(module) in DRAWING_ROOMS or not used & DRAWING


@pytest.mark.parametrize("module", [m for m in MODULES if room_of(m) in NUMBERS_ONLY])
def test_the_engine_and_the_statistics_rest_on_numbers_alone(module):
    used = {name.split(".")[0] for name in imported(module)} - set(sys.stdlib_module_names) - {"peernet"}
    assert used <= NUMBERS_ONLY[room_of(module)]


def test_what_tests_share_is_made_in_one_place_and_borrowed_from_no_other_test():
    tests = PACKAGE.parent / "tests"
    for path in tests.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            module = str(node.module) if isinstance(node, ast.ImportFrom) else ""
            assert not module.rpartition(".")[2].startswith("test_"), f"{path.name} borrows from {module}"
