"""Everything peernet raises or warns about, as one tree.

::

    PeernetError
    ├── ProblemsError (ValueError)      something refused with all its problems at once
    │   ├── SurveyError                 a survey that cannot be read
    │   │   └── CodebookError           a codebook that cannot be understood
    │   └── RulesError                  rules that cannot be understood
    ├── SettingError (ValueError)       a keyword with a value outside what is allowed
    ├── MatchingError (ValueError)      weights, capacities or required pairs that make no sense
    │   └── InfeasibleError             no pairing satisfies the rules
    ├── EstimationError (ValueError)    a model these data cannot answer: no coefficients are given
    ├── UnknownPersonError (KeyError)   a person who is not in the survey
    └── UnknownItemError (KeyError)     an item that is not in the codebook

    PeernetWarning (UserWarning)
"""

import os
import warnings
from collections.abc import Collection, Hashable, Iterable, Sequence
from difflib import get_close_matches
from inspect import currentframe
from math import inf
from numbers import Integral, Real
from typing import Any

PAIR = 2  # people
MOST_SHOWN = 20  # problems written out in one message; `SurveyError.problems` has them all


class PeernetError(Exception):
    """Anything peernet refuses to do.

    Examples
    --------
    >>> import peernet as pn
    >>> try:
    ...     pn.read_survey("no such folder")
    ... except pn.PeernetError as refused:
    ...     print(type(refused).__name__)
    SurveyError
    """


class ProblemsError(PeernetError, ValueError):
    """Something refused with every problem found, not only the first.

    Parameters
    ----------
    *problems
        One sentence each: what was wrong, where, what is allowed, what to do.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__(*problems)

    @property
    def problems(self) -> tuple[str, ...]:
        """Every problem, one sentence or two each."""
        return self.args

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return self.problems[0]
        lines = [f"\n  {i}. {text}" for i, text in enumerate(self.problems[:MOST_SHOWN], start=1)]
        hidden = len(self.problems) - MOST_SHOWN
        return f"{len(self.problems)} problems:{''.join(lines)}" + (f"\n  ... and {hidden} more" if hidden > 0 else "")


class SurveyError(ProblemsError):
    """A survey that cannot be read, with every problem found.

    Examples
    --------
    >>> raise SurveyError("survey.csv has no rows.", "codebook.json names no person item.")
    Traceback (most recent call last):
    ...
    peernet.errors.SurveyError: 2 problems:
      1. survey.csv has no rows.
      2. codebook.json names no person item.
    """


class CodebookError(SurveyError):
    """A codebook that cannot be understood, with every problem found.

    Examples
    --------
    >>> raise CodebookError("Item 'q7' is described 2 times; keep one.")
    Traceback (most recent call last):
    ...
    peernet.errors.CodebookError: Item 'q7' is described 2 times; keep one.
    """


class RulesError(ProblemsError):
    """Rules that cannot be understood, with every problem found.

    Examples
    --------
    >>> raise RulesError("row 3 of rules.csv, column 'a': found nothing; 'forbidden' needs it.")
    Traceback (most recent call last):
    ...
    peernet.errors.RulesError: row 3 of rules.csv, column 'a': found nothing; 'forbidden' needs it.
    """


class SettingError(PeernetError, ValueError):
    """A keyword with a value outside what is allowed.

    Examples
    --------
    >>> check_choice("rule", "any", ("mutual", "either"))
    Traceback (most recent call last):
    ...
    peernet.errors.SettingError: rule must be one of 'mutual', 'either'; got 'any'.
    """


class MatchingError(PeernetError, ValueError):
    """Weights, capacities or required pairs that make no sense.

    Examples
    --------
    >>> issubclass(MatchingError, ValueError)
    True
    """


class InfeasibleError(MatchingError):
    """No pairing satisfies the rules.

    Examples
    --------
    >>> issubclass(InfeasibleError, MatchingError)
    True
    """


class EstimationError(PeernetError, ValueError):
    """A model that these data cannot answer; no coefficients are given.

    Examples
    --------
    >>> issubclass(EstimationError, ValueError)
    True
    """


class UnknownPersonError(PeernetError, KeyError):
    """A person who is not in the survey.

    Examples
    --------
    >>> raise UnknownPersonError("No person 'p99' in the survey.")
    Traceback (most recent call last):
    ...
    peernet.errors.UnknownPersonError: No person 'p99' in the survey.
    """

    def __str__(self) -> str:
        return str(self.args[0])


class UnknownItemError(PeernetError, KeyError):
    """An item that is not in the codebook.

    Examples
    --------
    >>> raise UnknownItemError("No item 'q9' in the codebook.")
    Traceback (most recent call last):
    ...
    peernet.errors.UnknownItemError: No item 'q9' in the codebook.
    """

    def __str__(self) -> str:
        return str(self.args[0])


class PeernetWarning(UserWarning):
    """Something the reader of a result should know.

    Examples
    --------
    >>> import peernet as pn
    >>> issubclass(pn.PeernetWarning, UserWarning)
    True
    """


def warn_caller(message: str) -> None:
    """Warn of something at the line outside the package that led to it, however deep in the package it is found."""
    frame, levels = currentframe(), 1
    while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] == "peernet":
        frame, levels = frame.f_back, levels + 1
    warnings.warn(message, PeernetWarning, stacklevel=levels)


def check_choice(name: str, value: object, allowed: Iterable[object]) -> None:
    """Raise `SettingError` unless ``value`` is one of ``allowed``."""
    allowed = tuple(allowed)
    if not isinstance(value, Hashable) or value not in allowed:
        raise SettingError(f"{name} must be one of {', '.join(map(repr, allowed))}; got {value!r}.")


def check_type(name: str, value: object, wanted: type, made_by: str) -> None:
    """Raise `SettingError` unless ``value`` is what another function returned."""
    if not isinstance(value, wanted):
        raise SettingError(f"{name} must be a {wanted.__name__}, which {made_by} returns; got {type_in_words(value)}.")


def type_in_words(value: object) -> str:
    """What kind of object it is, with its article: an int, a list, an ndarray."""
    name = type(value).__name__
    return f"{'an' if name.startswith(('a', 'e', 'i', 'o', 'nd', 'A', 'E', 'I', 'O')) else 'a'} {name}"


def check_room(people: int, what: str, instead: str, tables: int = 1) -> None:
    """Raise `SettingError` where tables of people by people would take more than half of this machine's memory.

    ``what`` needs them, as the start of a sentence; ``instead`` is what to do, as one of its own.
    """
    needed, there = 8 * tables * people**2, memory_here()
    if needed > there / 2:
        raise SettingError(
            f"{what} a table of everybody against everybody: {needed / 2**30:,.1f} GiB for {people:,} people, and this "
            f"machine has {there / 2**30:,.1f} GiB. {instead}"
        )


def memory_here() -> float:
    """Bytes of memory this machine has; infinite where it does not say."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return inf


def checked_list(name: str, value: object, what: str) -> list[Any]:
    """The entries of a list; a single word is none. `SettingError` if it cannot be gone through one by one."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise SettingError(f"{name} must be a list of {what}; got {value!r}.")
    return list(value)


def is_number(value: Any, least: float = -inf, most: float = inf) -> bool:  # noqa: ANN401
    """Whether a value is a number from ``least`` to ``most``; True, nan and infinity are none."""
    return (
        not isinstance(value, bool) and issubclass(type(value), Real) and least <= value <= most and -inf < value < inf
    )


def is_whole(value: Any, least: float = -inf, most: float = inf) -> bool:  # noqa: ANN401
    """Whether a value is a whole number from ``least`` to ``most``."""
    return issubclass(type(value), Integral) and is_number(value, least, most)


def did_you_mean(word: str, known: Iterable[object]) -> str:
    """A closing hint for an error message, empty when nothing known is close."""
    folded = {str(name).casefold(): name for name in known}
    close = get_close_matches(str(word).casefold(), folded, n=1, cutoff=0.6)
    return f" Did you mean {folded[close[0]]!r}?" if close else ""


def unknown_person(who: object, known: Iterable[object], where: str = "in the survey") -> UnknownPersonError:
    """The error that nobody has this identifier, with the nearest one there is."""
    return UnknownPersonError(f"No person {who!r} {where}.{did_you_mean(str(who), map(str, known))}")


def checked_pairs(
    pairs: Iterable[Sequence[str]], known: Collection[object], where: str = "in the survey", whose: str = ""
) -> list[tuple[str, str]]:
    """The pairs as they are, each of two known people.

    `UnknownPersonError` if nobody has an identifier, `SettingError` if a row does not name two people, or one twice.
    """
    checked = []
    for pair in checked_list(f"{whose}pairs", pairs, "pairs, such as [('p001', 'p002')]"):
        if isinstance(pair, str) or not isinstance(pair, Collection) or len(pair) != PAIR:
            raise SettingError(f"{whose}Pairs must hold two people each, such as [('p001', 'p002')]; got {pair!r}.")
        a, b = pair
        for person in (a, b):
            if not isinstance(person, Hashable) or person not in known:
                raise UnknownPersonError(f"{whose}{unknown_person(person, known, where)}")
        if a == b:
            raise SettingError(f"{whose}A pair needs two people; got {a!r} twice.")
        checked.append((a, b))
    return checked
