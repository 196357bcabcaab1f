"""The best pairs apart from the required ones: weights read into integers, solved, and the bound read back."""

import math
from dataclasses import dataclass, replace

import numpy as np

from peernet._arrays import Ints
from peernet.matching.certificate import Certificate, no_duals
from peernet.matching.copies import Copies, no_pairs
from peernet.matching.matching_rules import Rules
from peernet.matching.matching_units import Units, choose_units
from peernet.matching.problem import Problem
from peernet.matching.proven_matching import Found
from peernet.matching.weights import Span, listed, look_over

__all__ = ["Best", "Question", "answer", "ask", "nobody"]

FEW_PARTNERS = 32  # per person; pools with fewer allowed pairs are solved on all of them


@dataclass(frozen=True)
class Question:
    """Rules, what their weights span, and whether as many pairs as possible come first."""

    rules: Rules
    span: Span
    units: Units
    fill: bool

    @property
    def is_empty(self) -> bool:
        """Whether pairing nobody is best."""
        return not self.span.count or not self.rules.most_pairs or not (self.fill or self.span.largest > 0)

    def under(self, rules: Rules) -> "Question":
        """The same question under stricter rules."""
        return replace(self, rules=rules)

    def problem(self, deadline: float) -> Problem:
        """The question as the engine takes it."""
        table = self.rules.table
        if self.span.count <= FEW_PARTNERS * table.n:
            table = listed(table)
        bonus = int(self.units.to_integers(np.array([self.span.largest]))[0]) + 2
        return Problem(table, self.units, Copies(self.rules.space, no_pairs(), bonus), deadline)


@dataclass(frozen=True)
class Best:
    """Pairs u < v with their weights, how far the bound is above their total, and whether they are proven best."""

    u: Ints
    v: Ints
    weights: list[float]
    room: float
    proven: bool
    certificate: Certificate


def ask(rules: Rules, *, fill: bool) -> Question:
    """Look over the weights."""
    span = look_over(rules.table)
    return Question(rules, span, choose_units(rules.table, span, most_pairs=rules.most_pairs, fill=fill), fill)


def nobody(question: Question) -> Best:
    """The answer where nobody gains anything."""
    none = no_pairs()
    return Best(none.u, none.v, [], 0.0, True, no_duals(question.rules.space))


def answer(question: Question, found: Found) -> Best:
    """What was found, in the caller's weights."""
    units, certificate = question.units, found.certificate
    weights = question.rules.given.weight_of(found.u, found.v)
    proven = certificate.value == sum(units.to_integers(weights).tolist())
    counts = (len(weights), len(weights) if proven and question.fill else question.rules.most_pairs)
    upper, told = certificate.bound(counts, 0.0 if units.exact else 1.0), weights.tolist()
    if not proven:
        upper = min(upper, question.span.most(counts))
    return Best(found.u, found.v, told, max(0.0, upper - math.fsum(told)), proven, certificate)
