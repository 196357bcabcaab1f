"""Small numbers in words."""

from __future__ import annotations

__all__ = ["counted", "number_word"]

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def number_word(k: int) -> str:
    """A number in words, up to twelve."""
    return NUMBERS[k] if k < len(NUMBERS) else str(k)


def counted(k: int, one: str, many: str) -> str:
    """A number with its noun, in words."""
    return f"{number_word(k)} {one if k == 1 else many}"
