"""Rules about people or columns that are not there, or about columns that no pairing may go by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from peernet.errors import UnknownPersonError, did_you_mean
from peernet.scores.rules import Rule, Rules

if TYPE_CHECKING:
    from peernet.scores.pair_scores import PairScores

__all__ = ["problems_on"]


def problems_on(scores: PairScores, rules: Rules) -> list[str]:
    """Everything that keeps rules from being held against the people of some scores."""
    return [*_strangers(scores, rules), *_no_such_columns(scores, rules)]


def _strangers(scores: PairScores, rules: Rules) -> Iterator[str]:
    for rule in rules:
        for name in ("a", "b"):
            try:
                if (person := getattr(rule, name)) is not None:
                    scores.position(person)
            except UnknownPersonError as error:
                yield f"{_where(rule)}, column {name!r}: {error}{_called(scores, person)}"


def _where(rule: Rule) -> str:
    return rule.where or repr(rule)


def _called(scores: PairScores, typed: str) -> str:
    """A closing hint where somebody is called by name instead of identifier, empty otherwise."""
    item = None if scores.survey is None else scores.survey.codebook.only("name")
    if scores.survey is None or item is None or item.name not in scores.survey.people:
        return ""
    names = scores.survey.people[item.name].dropna().astype("str")
    found = sorted(names.index[names.str.casefold() == typed.casefold()])
    return f" Rules go by identifier: {typed!r} is {' or '.join(map(repr, found))}." if found else ""


def _no_such_columns(scores: PairScores, rules: Rules) -> Iterator[str]:
    protected = () if scores.survey is None else [item.name for item in scores.survey.codebook.block("protected")]
    columns = () if scores.survey is None else [name for name in scores.survey.people if name not in protected]
    known = [*rules.facts, *columns]
    for rule in rules:
        if rule.column is None or rule.column in known:
            continue
        if rule.column in protected:
            yield f"{_where(rule)}, column 'column': {rule.column!r} is protected, for audit and not for pairing."
        else:
            yield (
                f"{_where(rule)}, column 'column': found {rule.column!r}; allowed: a column of the survey "
                f"({', '.join(known)}) or of Rules.facts.{did_you_mean(rule.column, known)}"
            )
