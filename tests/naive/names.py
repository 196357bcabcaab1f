"""Who is meant by a typed name, found by holding it against everybody's name, letter by letter."""

from __future__ import annotations

from functools import cache

from peernet.survey.names import (
    TYPO_LEAD,
    TYPO_LETTERS,
    TYPO_LIKENESS,
    WORD_LIKENESS,
    WORD_SLIPS,
    _could_be,
    _is_nickname,
    _is_part,
    _is_shortened,
)


def letters_apart(one, other):
    """Letters to take out of the two until they are alike, by trying all."""

    @cache
    def apart(i, j):
        if i == len(one) or j == len(other):
            return len(one) - i + len(other) - j
        if one[i] == other[j]:
            return apart(i + 1, j + 1)
        return 1 + min(apart(i + 1, j), apart(i, j + 1))

    return apart(0, 0)


def likeness(typed, name):
    """Share of letters in common where the words stand in this order; 0 where a word is another."""
    letters = len(" ".join(typed)) + len(" ".join(name))
    if len(typed) != len(name):
        for words, others in ((typed, name), (name, typed)):
            if not all(any(_could_be(word, other) for other in others) for word in words):
                return 0.0
        return 1 - letters_apart(" ".join(typed), " ".join(name)) / letters
    apart = [letters_apart(word, other) for word, other in zip(typed, name, strict=True)]
    lengths = [len(word) + len(other) for word, other in zip(typed, name, strict=True)]
    if any(a > WORD_SLIPS or a / length > 1 - WORD_LIKENESS for a, length in zip(apart, lengths, strict=True)):
        return 0.0
    return 1 - sum(apart) / letters


def near_spelling(typed, names):
    """Everybody whose name is the closest, or nearly so, of those that are close: persons by their words."""
    orders = {typed, typed[-1:] + typed[:-1]}
    close = {}
    for name in set(names.values()):
        alike = max(likeness(order, name) for order in orders)
        off = abs(len(" ".join(typed)) - len(" ".join(name)))
        if alike > TYPO_LIKENESS - 1e-9 and off <= TYPO_LETTERS:
            close[name] = alike
    best = max(close.values(), default=0.0)
    kept = sorted(name for name in close if close[name] > best - TYPO_LEAD + 1e-9)
    return tuple(person for name in kept for person in names if names[person] == name)


def read(typed, names):
    """Who may be meant and how, the surest way first, for names and typed words without digits or titles."""

    def who(fits):
        alike = [person for word in typed for person in names if word in names[person]]
        return tuple(dict.fromkeys(person for person in [*alike, *names] if fits(typed, names[person])))

    near = near_spelling(typed, names)
    nicknamed = who(_is_nickname)
    ways = [
        (tuple(person for person in names if sorted(names[person]) == sorted(typed)), "name"),
        (who(_is_part), "part of the name"),
        (who(_is_shortened), "short form"),
        (tuple(dict.fromkeys(near + nicknamed)), "near spelling" if near else "similar first name"),
        (who(lambda words, name: len(name) > 1 and set(name) < set(words)), "name and more words"),
    ]
    return next(((found, how) for found, how in ways if found), ((), "unknown"))


def one_slip_away(typed, other):
    """Whether one letter more, less, other, or two neighbours turned round make one text the other."""
    letters = sorted({*typed, *other})
    for i in range(len(typed) + 1):
        before, after = typed[:i], typed[i:]
        made = {before + after[1:], before + after[1:2] + after[:1] + after[2:]}
        made |= {before + letter + rest for letter in letters for rest in (after, after[1:])}
        if other in made:
            return True
    return typed == other
