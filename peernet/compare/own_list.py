"""A list of pairs somebody brings along, checked before it is compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from peernet.errors import SettingError, UnknownPersonError, did_you_mean
from peernet.scores.pair_scores import PairScores

__all__ = ["checked_list"]

Pair = tuple[str, str]


def checked_list(name: str, pairs: Iterable[Pair], scores: PairScores) -> list[Pair]:
    """The pairs as they are, after a look at every name in them.

    Raises
    ------
    UnknownPersonError
        If nobody has an identifier.
    SettingError
        If a row does not name two people, somebody is paired with themselves, a pair is there twice, or somebody is in
        more pairs than they can have partners.
    """
    listed = [_two(name, pair) for pair in pairs]
    for pair in listed:
        _check_people(name, pair, scores)
    _check_once(name, listed)
    _check_room(name, listed, scores)
    return listed


def _two(name: str, pair: Sequence[str]) -> Pair:
    if isinstance(pair, str) or len(pair) != 2:
        raise SettingError(f"{name!r} must list pairs of two people, such as ('p001', 'p002'); got {pair!r}.")
    return pair[0], pair[1]


def _check_people(name: str, pair: Pair, scores: PairScores) -> None:
    for person in pair:
        if person not in scores.people:
            hint = did_you_mean(str(person), scores.people)
            raise UnknownPersonError(f"{name!r} pairs {person!r}, who was not scored.{hint}")
    if pair[0] == pair[1]:
        raise SettingError(f"{name!r} pairs {pair[0]!r} with themselves. Name two people, or leave the row out.")


def _check_once(name: str, listed: list[Pair]) -> None:
    twice = [pair for pair, times in Counter((min(p), max(p)) for p in listed).items() if times > 1]
    if twice:
        raise SettingError(f"{name!r} lists {twice[0][0]!r} and {twice[0][1]!r} twice. Keep one of the rows.")


def _check_room(name: str, listed: list[Pair], scores: PairScores) -> None:
    """Somebody who wants no partner may be listed: ``possible`` says that their pair is not."""
    for person, times in Counter(person for pair in listed for person in pair).items():
        room = max(1, int(scores.capacity[person]))
        if times > room:
            raise SettingError(
                f"{name!r} has {person!r} in {times} pairs; they can have {room}. Keep {room}, or give them more "
                "with a rule on capacity."
            )
