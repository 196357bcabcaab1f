"""Pairs changed by hand: checked against gates, capacities and rules before anything is changed, and remembered."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from peernet.errors import InfeasibleError, SettingError
from peernet.pairing.proof_check import excesses
from peernet.pairing.record import Pairs, difference, partners_of
from peernet.scores.pair_scores import PairScores
from peernet.scores.reasons import closed_to, in_words, no_room

if TYPE_CHECKING:
    from peernet.pairing.pairing import Pairing

__all__ = ["Step", "check_room", "edited_pairs", "history", "sorted_pairs", "told_by_hand"]


@dataclass(frozen=True)
class Step:
    """One change of a pairing and the pairing before it."""

    did: str
    before: Pairing


def sorted_pairs(scores: PairScores, pairs: Iterable[tuple[str, str]]) -> Pairs:
    """Pairs with the smaller identifier first, each once, sorted; names anybody who is not there."""
    found = scores.to_frame(pairs)
    return list(zip(found["a"], found["b"], strict=True))


def edited_pairs(pairing: Pairing, drop: Iterable[tuple[str, str]], add: Iterable[tuple[str, str]]) -> Pairs:
    """The pairs with some dropped and some added, every problem named at once."""
    dropped, added = sorted_pairs(pairing.scores, drop), sorted_pairs(pairing.scores, add)
    if not dropped and not added:
        raise SettingError("Nothing to replace: name pairs to drop or to add.")
    edited = sorted({*pairing.pairs} - {*dropped} | {*added})
    problems = [
        *_not_to_drop(pairing, dropped),
        *_not_to_add(pairing, dropped, added),
        *_crowded(pairing.scores, edited),
        *_outside_limits(pairing.scores, edited),
    ]
    if problems:
        raise InfeasibleError(" ".join(problems))
    return edited


def _not_to_drop(pairing: Pairing, dropped: Pairs) -> Iterator[str]:
    required = {frozenset(pair) for pair in pairing.settings["required"]}
    for a, b in dropped:
        if (a, b) not in pairing.pairs:
            partners = ", ".join(map(repr, partners_of(pairing.pairs).get(a, ()))) or "nobody"
            yield f"{a!r} and {b!r} are not paired, so they cannot be dropped; {a!r} is paired with {partners}."
        elif frozenset((a, b)) in required:
            yield f"{a!r} and {b!r} are required; pair again without the requirement to drop them."


def _not_to_add(pairing: Pairing, dropped: Pairs, added: Pairs) -> Iterator[str]:
    for a, b in added:
        if (a, b) in pairing.pairs and (a, b) not in dropped:
            yield f"{a!r} and {b!r} are paired already."
        closed = closed_to(pairing.scores, a, b)
        if closed:
            yield f"{a!r} and {b!r} cannot be paired: {in_words(closed)}"


def _crowded(scores: PairScores, pairs: Pairs) -> Iterator[str]:
    partners = partners_of(pairs)
    for person in sorted(partners):
        room, those = int(scores.capacity[person]), partners[person]
        if 0 < room < len(those):
            named = ", ".join(map(repr, sorted(those)))
            yield f"{person!r} would have {len(those)} partners ({named}) and has room for {room}: drop one."


def _outside_limits(scores: PairScores, pairs: Pairs) -> Iterator[str]:
    for limit, excess in excesses(scores, pairs):
        if math.isinf(limit.price):
            too = "many" if limit.sign > 0 else "few"
            yield f"The rule {limit.rule.told!r} would be broken by {excess} pairs too {too}."


def check_room(scores: PairScores, required: Pairs) -> None:
    """Raise `InfeasibleError` where pairs that must be made ask for more partners than somebody has room for."""
    problems = [*_without_room(scores, required), *_crowded(scores, required)]
    if problems:
        raise InfeasibleError(" ".join(problems))


def _without_room(scores: PairScores, required: Pairs) -> Iterator[str]:
    partners = partners_of(required)
    for person in sorted(partners):
        if not scores.capacity[person]:
            named = ", ".join(map(repr, sorted(partners[person])))
            yield (
                f"{person!r} must be paired with {named} and can have no partner ({_no_room_by(scores, person)}): "
                "give them room, or drop the requirement."
            )


def _no_room_by(scores: PairScores, person: str) -> str:
    """The rule that leaves somebody no room, by name where there is one."""
    rules = () if scores.ruling is None else scores.ruling.rules.of("capacity")
    told = [rule.told for rule in rules if rule.a in (None, person) and not rule.number]
    return told[-1] if told else no_room(scores, person)


def told_by_hand(unpaired: pd.DataFrame, before: Pairing) -> pd.DataFrame:
    """People without a partner, where those who had one and could have another are told that a hand edit took it."""
    known = before.unpaired.set_index("person")["detail"].reindex(unpaired["person"])
    told = known.fillna("left without a partner by hand").set_axis(unpaired.index)
    return unpaired.assign(detail=unpaired["detail"].mask(unpaired["reason"] == "left over", told))


def history(pairing: Pairing) -> pd.DataFrame:
    """What `Pairing.history` documents."""
    path = [pairing]
    while path[-1].step is not None:
        path.append(path[-1].step.before)
    path.reverse()
    rows = [_row(i, now, path[i - 1] if i else None) for i, now in enumerate(path)]
    return pd.DataFrame(rows).set_index("step")


def _row(i: int, now: Pairing, before: Pairing | None) -> dict[str, object]:
    dropped, added = difference(before.pairs, now.pairs) if before else ([], [])
    return {
        "step": i,
        "did": now.step.did if now.step else "paired",
        "dropped": _named(dropped),
        "added": _named(added),
        "pairs": len(now),
        "value": now.objective,
        "loss": now.loss,
    }


def _named(pairs: Pairs) -> str:
    return ", ".join(f"{a} with {b}" for a, b in pairs)
