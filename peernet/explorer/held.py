"""Possible pairs held for some gates, so that what rules by hand change is all that has to be worked out anew.

A lock, a pair kept apart and a person left out take pairs away and bring none, and change no value. The engine is given
exactly what `pair_people` would give it, so that the pairs are the same where several pairings are worth as much, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.matching.matching import FEW_PARTNERS, Matching, max_weight_matching
from peernet.pairing.objectives import check_required, with_required
from peernet.pairing.pairing import Pairing
from peernet.pairing.pool import PairList, possible_pairs
from peernet.pairing.record import Pairs
from peernet.programme.settings import Settings
from peernet.scores.pair_scores import CELLS_AT_ONCE, PairScores, numbered
from peernet.scores.reasons import left_out
from peernet.scores.rules import Rule, Rules

BY_HAND = ("required", "forbidden")  # rules on a pair that lock it or keep it apart


def apart_from_hand(rules: Rules) -> tuple[list[Rule], list[Rule]]:
    """Rules that are not by hand, and those that are: pairs locked or kept apart, and people left out."""
    about = [rule.a for rule in rules.of("capacity")]
    by_hand = [
        rule.price is None
        and (rule.rule in BY_HAND or (rule.rule == "capacity" and rule.number == 0 and about.count(rule.a) == 1))
        and rule.a is not None
        for rule in rules
    ]
    rest = [rule for rule, so in zip(rules, by_hand, strict=True) if not so]
    return rest, [rule for rule, so in zip(rules, by_hand, strict=True) if so]


def can_be_held(scores: PairScores, settings: Settings) -> bool:
    """Whether the best pairing is that of the largest total of pairs, each by itself: no limits, nothing wished for."""
    applied = scores.applied_rules
    free = applied is None or not (applied.limits or applied.wished or applied.never)
    return settings.objective == "total" and free


@dataclass(frozen=True)
class HeldPairs:
    """The possible pairs of some scores that no rule by hand has touched, and what was told of them so far."""

    scores: PairScores
    _rows: dict[tuple[str, str], tuple[Any, ...]] = field(default_factory=dict)  # of the pairing's table
    _reasons: dict[bool, dict[str, tuple[str, str]]] = field(default_factory=dict)  # of people without a partner

    @cached_property
    def pairs(self) -> PairList:
        """Every pair that passes the gates, with its value."""
        return possible_pairs(self.scores)

    def pairing(self, scores: PairScores, settings: Settings) -> Pairing:
        """The best pairing under rules by hand on top; ``scores`` are under them, and what `pair_people` would get."""
        required = with_required(scores, ())
        if required:
            check_required(scores, required)
        gone = self._gone(scores)
        found = self._best(scores, required, gone, settings.cardinality)
        order = scores.people[scores.by_name]
        made = [(str(order[i]), str(order[j])) for i, j in found.pairs]
        table = self._table(made)
        touched = np.zeros(self.pairs.n, dtype=bool)  # who could have been paired with somebody and now cannot
        touched[self.pairs.firsts[gone]] = touched[self.pairs.seconds[gone]] = True
        unpaired = self._left_out(scores, {*table["a"], *table["b"]}, touched)
        asked = {"required": required, "cardinality": settings.cardinality, "time_limit": None}
        chosen = {"floor": None, **scores.settings, "objective": "total", **asked}
        return Pairing(table, unpaired, found.objective, found.bound, found.proven, chosen, scores, found)

    def _gone(self, scores: PairScores) -> Flags:
        """Which pairs rules by hand take away."""
        rules = () if scores.applied_rules is None else scores.applied_rules.rules
        n, i, j = self.pairs.n, self.pairs.firsts, self.pairs.seconds
        out = (scores.gates.out != 0) | (scores.gates.out != self.scores.gates.out)
        apart = [
            (scores.position(str(rule.a)), scores.position(str(rule.b)))
            for rule in rules
            if rule.rule == "forbidden" and rule.price is None
        ]
        numbers = np.array([k * n + m for a, b in apart for k, m in ((a, b), (b, a))], dtype=np.int64)
        return np.asarray(out[i] | out[j] | np.isin(i * n + j, numbers))

    def _best(
        self, scores: PairScores, required: tuple[tuple[str, str], ...], gone: Flags, cardinality: str | None
    ) -> Matching:
        rank = self.pairs.rank
        must = [(int(rank[scores.position(a)]), int(rank[scores.position(b)])) for a, b in required]
        capacity = scores.capacity.to_numpy()[self.pairs.order]
        u, v = (side[~gone] for side in self.pairs.ranks)
        weights = _as_the_engine_takes_them(self.pairs.n, u, v, self.pairs.columns["value"][~gone])
        return max_weight_matching(weights, capacity=capacity, required=must, cardinality=cardinality)

    def _table(self, made: Pairs) -> pd.DataFrame:
        """The table of some pairs; rows that were worked out before are kept."""
        new = [pair for pair in made if pair not in self._rows]
        fresh = self.scores.to_frame(new)
        self._rows.update(zip(zip(fresh["a"], fresh["b"], strict=True), fresh.itertuples(index=False), strict=True))
        rows = [self._rows[pair] for pair in sorted(made)]
        return numbered(pd.DataFrame(rows, columns=fresh.columns).astype(fresh.dtypes.to_dict()))

    def _left_out(self, scores: PairScores, paired: set[str], touched: Flags) -> pd.DataFrame:
        """Everyone without a partner; of whom no rule by hand touches, reasons are kept."""
        known = self._reasons.setdefault(bool(scores.applied_rules and scores.applied_rules.required), {})
        changed = {*scores.people[touched | (scores.gates.out != self.scores.gates.out)]}
        kept = {person for person in known if person not in changed}
        found = left_out(scores, paired | kept)
        reasons = {
            person: (reason, detail) for person, reason, detail in found[["person", "reason", "detail"]].to_numpy()
        }
        known.update({person: told for person, told in reasons.items() if person not in changed})
        reasons.update({person: told for person, told in known.items() if person in kept and person not in paired})
        rows = [(person, *reasons[person]) for person in scores.people if person in reasons]
        return pd.DataFrame(rows, columns=["person", "reason", "detail"]).astype("str")


def _as_the_engine_takes_them(n: int, u: Ints, v: Ints, values: Floats) -> Any:  # noqa: ANN401 - array or list
    """Values as `EngineWeights` hands them to the engine: a table of everybody, or a list where pairs are few."""
    if n * n > CELLS_AT_ONCE and len(u) <= FEW_PARTNERS * n:
        both = np.concatenate([u, v]), np.concatenate([v, u])
        return sparse.csr_array((np.concatenate([values, values]), both), shape=(n, n))
    if n * n > CELLS_AT_ONCE:
        return ValueBlocks(n, u, v, values)
    table = np.full((n, n), np.nan)
    table[u, v] = table[v, u] = values
    return table


class ValueBlocks:
    """Values of listed pairs, handed out by block."""

    def __init__(self, n: int, u: Ints, v: Ints, values: Floats) -> None:
        self._n = n
        both = np.concatenate([u, v]), np.concatenate([v, u])
        self._cells = sparse.csr_array((np.concatenate([values, values]), both), shape=(n, n))

    def __len__(self) -> int:
        return self._n

    def block(self, rows: Ints) -> Floats:
        """Values of the rows against everyone, missing where not possible."""
        cells = sparse.coo_array(self._cells[rows])
        block = np.full(cells.shape, np.nan)
        block[cells.row, cells.col] = cells.data
        return block
