"""The README's examples print what it says, and its commands and links exist."""

import doctest
import inspect
import re
from pathlib import Path

import peernet as pn

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_examples_print_what_the_readme_says(monkeypatch):
    monkeypatch.chdir(ROOT)
    options = doctest.NORMALIZE_WHITESPACE
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False, optionflags=options)
    assert tried >= 10
    assert failed == 0


def test_every_local_link_leads_somewhere():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_two_commands_are_those_of_the_continuous_integration():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "pip install -e '.[notebooks]' && peernet run data/harbour" in README
    assert "pip install -e '.[test]' && pytest" in README
    assert "'.[notebooks]'" in script
    assert "'.[test]'" in script


def test_the_table_of_names_is_what_each_room_hands_out():
    """Results that only come back from a function need not be listed; what the table lists must be there."""
    told: dict[str, set[str]] = {}
    for heads, cells in re.findall(r"^\| (`pn\..*?) \| (.*) \|$", README, flags=re.M):
        rooms = re.findall(r"`pn\.(\w*)", heads)
        names = [re.findall(r"`(\w+)`", part) for part in (cells.split(", ") if len(rooms) > 1 else [cells])]
        for room, found in zip(rooms, names, strict=True):
            told.setdefault(room, set()).update(found)
    top = told.pop("")
    assert top == {*pn.__all__}
    for room, names in told.items():
        offered = {*getattr(pn, room).__all__}
        assert names <= offered, f"{room}: {sorted(names - offered)} are not handed out"
        functions = {name for name in offered - top if inspect.isfunction(getattr(getattr(pn, room), name))}
        assert functions <= names, f"{room}: {sorted(functions - names)} stand nowhere in the README"
