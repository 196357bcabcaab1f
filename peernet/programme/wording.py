"""What briefs say, in each language: one file of texts a language, all with the same keys and the same places."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from peernet.errors import check_choice

FOLDER = files("peernet.programme").joinpath("languages")


def languages() -> list[str]:
    """The languages there are, by their two letters."""
    return sorted(file.name.removesuffix(".toml") for file in FOLDER.iterdir() if file.name.endswith(".toml"))


@cache
def _texts(language: str) -> dict[str, Any]:
    return tomllib.loads(FOLDER.joinpath(f"{language}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Wording:
    """The texts of one language; `SettingError` if there is none of that name."""

    language: str
    texts: dict[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_choice("language", self.language, languages())
        object.__setattr__(self, "texts", _texts(self.language))

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - text, or a list of it
        section, _, name = key.partition(".")
        return self.texts[section][name] if name else self.texts[section]

    def say(self, key: str, **words: object) -> str:
        """A text with words put in their places, whatever the words hold."""
        return str(self[key]).format(**words)

    def quoted(self, text: str) -> str:
        """A text in the quotation marks of the language."""
        return self.say("quoted", text=text)

    def listed(self, words: Sequence[str]) -> str:
        """Words one after the other."""
        *first, last = words or [""]
        return f"{', '.join(first)} {self['and']} {last}" if first else last

    def day(self, when: date) -> str:
        """A date in full."""
        return self.say("date", day=when.day, month=self["months"][when.month - 1], year=when.year)
