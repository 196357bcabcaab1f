"""The README's examples print what it says, and its commands and links exist."""

import doctest
import re
from pathlib import Path

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
