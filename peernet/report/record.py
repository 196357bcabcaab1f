"""The programme's rules as the report tells them: one plain sentence each, and whether it may be broken."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from peernet._wording import count_in_digits, display_names, percent
from peernet.scores.rules import LIMITS, RARE_SHARE, Rule
from peernet.study import Study

__all__ = ["as_table", "have_prices", "in_words"]

PAIR_RULES = {
    "forbidden": "{a} and {b} are not paired",
    "required": "{a} and {b} are paired",
    "met": "{a} and {b} met in an earlier round and are not paired again",
}
COLUMN_RULES = {
    "not within": "nobody is paired with somebody who has the same answer in “{column}”",
    "not across": "nobody is paired with somebody who has a different answer in “{column}”",
}


def as_table(study: Study) -> pd.DataFrame:
    """Every rule in words, and what breaking it costs."""
    called = display_names(study.survey.people)
    return pd.DataFrame(
        {
            "Rule": [in_words(rule, called) for rule in study.rules],
            "If broken": [_price(rule) for rule in study.rules],
        }
    )


def have_prices(study: Study) -> bool:
    """Whether a rule may be broken at a price."""
    return any(rule.price is not None for rule in study.rules)


def _price(rule: Rule) -> str:
    if rule.price is None:
        return "never broken"
    unit = "a partner more" if rule.rule == "capacity" else "a pair"
    return f"{rule.price:g} effective perspectives {unit}" if rule.price else "costs nothing"


def in_words(rule: Rule, called: Mapping[str, str] | pd.Series[str]) -> str:
    """One rule as a sentence without its full stop."""
    who = {side: called[person] for side in ("a", "b") if (person := getattr(rule, side)) is not None}
    if rule.rule in PAIR_RULES:
        return PAIR_RULES[rule.rule].format(**who)
    if rule.rule in COLUMN_RULES:
        return COLUMN_RULES[rule.rule].format(column=rule.column)
    number = rule.number or 0
    if rule.rule in LIMITS:
        alike = "the same answer" if rule.rule.endswith("within") else "different answers"
        pairs = count_in_digits(int(number), "pair", "pairs")
        return f"{rule.rule.rsplit(' ', 1)[0]} {pairs} of people with {alike} in “{rule.column}”"
    if rule.rule == "capacity":
        partners = count_in_digits(int(number), "partner", "partners") if number else "no partner"
        return f"{who.get('a', 'everyone who has room for anybody')} has {partners}{' at most' if number else ''}"
    if rule.rule == "reporting line":
        return f"nobody is paired with a manager up to {count_in_digits(int(number), 'step', 'steps')} above them"
    if rule.rule == "shared hours":
        return f"the two share at least {number:g} hours"
    return f"{_the_different_one(rule, who)} is the different one in {count_in_digits(int(number), 'pair', 'pairs')} at most"


def _the_different_one(rule: Rule, who: Mapping[str, str]) -> str:
    share = RARE_SHARE if rule.share is None else rule.share
    return who.get("a") or f"anybody of the {percent(share)} with the rarest outlooks"
