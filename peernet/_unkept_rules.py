"""Rules that only single pairings keep: rounds, trios and circles refuse them rather than break them."""

from __future__ import annotations

from collections.abc import Iterator

from peernet._rules import LIMITS, Rule
from peernet.errors import SettingError
from peernet.scores import PairScores

__all__ = ["refuse_unkept"]


def refuse_unkept(scores: PairScores, function: str, instead: str) -> None:
    """Raise `SettingError` where scores are under rules on more than one pair, or under pairs that must be made.

    Parameters
    ----------
    scores
        The scores, with their rules.
    function
        Who does not keep such rules.
    instead
        What to do, as a sentence.
    """
    unkept = [rule.told for rule in _unkept(scores)]
    if unkept:
        raise SettingError(
            f"{function} keeps rules on single pairs and capacities, but not: {'; '.join(unkept)}. {instead}"
        )


def _unkept(scores: PairScores) -> Iterator[Rule]:
    for rule in () if scores.ruling is None else scores.ruling.rules:
        limited = rule.rule in LIMITS or (rule.rule == "different one" and rule.number)
        if limited or (rule.rule == "required" and rule.price is None) or (rule.rule == "capacity" and rule.price):
            yield rule
