"""Rules that only single pairings keep: rounds, trios and circles refuse them rather than break them."""

from __future__ import annotations

from collections.abc import Iterator

from peernet.errors import SettingError
from peernet.scores.pair_scores import PairScores
from peernet.scores.rules import LIMITS, Rule

__all__ = ["refuse_unkept"]


def refuse_unkept(scores: PairScores, function: str, instead: str, *, required: bool = False) -> None:
    """Raise `SettingError` where scores are under rules on more than one pair.

    Parameters
    ----------
    scores
        The scores, with their rules.
    function
        Who does not keep such rules.
    instead
        What to do, as a sentence.
    required
        Whether pairs that must be made are not kept either.
    """
    unkept = [rule.told for rule in _on_several_pairs(scores)]
    if required and scores.ruling is not None:
        unkept += [rule.told for rule in scores.ruling.rules.of("required") if rule.price is None]
    if unkept:
        raise SettingError(
            f"{function} keeps rules on single pairs and capacities, but not: {'; '.join(unkept)}. {instead}"
        )


def _on_several_pairs(scores: PairScores) -> Iterator[Rule]:
    for rule in () if scores.ruling is None else scores.ruling.rules:
        often = rule.rule == "different one" and bool(rule.number)
        if often or rule.rule in LIMITS or (rule.rule == "capacity" and rule.price):
            yield rule
