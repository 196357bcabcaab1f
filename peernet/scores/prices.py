"""Prices as they count: where one is so high that breaking its rule can never pay, it counts as the least such price.

Numbers that mean "never" would leave no digits for what pairs bring. A pair brings one effective perspective at the
most: adding one person to those somebody hears adds no more than that to their effective number (put y = 1 on the
newcomer in the maximum of 2 r'y - y'Zy, see `peernet.diversity.reach`). So no two pairings differ by more than the
pairs there can be and what lower prices come to. A price above that is never paid for anything but a rule with a higher
price, however much higher it is. Prices above it that lie close to each other keep their proportions.

References
----------
Ehrgott, M. (2005). Multicriteria Optimization. Springer, chapter 5 (lexicographic optimality by weights).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from peernet.scores.rules import Rule, Rules

PLAIN = 1_000.0  # prices up to this count as they are, whatever they mean
PER_PAIR = 1.0  # effective perspectives a pair brings at the most


def counted_prices(rules: Rules, most_pairs: int) -> Mapping[float, float]:
    """What each price counts as, where there can be so many pairs."""
    reach = counted_reach = most_pairs * PER_PAIR  # pairings differ by no more, as prices stand and as they count
    share, found = 1.0, {}
    for price in sorted({rule.price for rule in rules if rule.price is not None}):
        found[price] = price * share
        if price > max(PLAIN, reach + PER_PAIR):
            found[price] = max(PLAIN, counted_reach + PER_PAIR)
            share = found[price] / price
        reach += price * most_pairs
        counted_reach += found[price] * most_pairs
    return found


def as_they_count(rules: Rules, most_pairs: int) -> Rules:
    """The rules with prices as they count."""
    counted = counted_prices(rules, most_pairs)
    priced = (rule if rule.price is None else replace(rule, price=counted[rule.price]) for rule in rules)
    return Rules(priced, rules.facts)


def never_broken(rules: Rules, counted: Rules) -> tuple[tuple[Rule, str], ...]:
    """Rules whose price means never, and that in words."""
    return tuple(
        (rule, _in_words(rule, other.price))
        for rule, other in zip(rules, counted, strict=True)
        if rule.price is not None and other.price is not None and other.price < rule.price
    )


def _in_words(rule: Rule, counted: float) -> str:
    return (
        f"The rule {rule.told!r} has a price of {rule.price:g}. From {counted:g} on no gain is worth breaking it, so "
        f"it is broken only where nothing else is possible, and counts as {counted:g} in totals."
    )
