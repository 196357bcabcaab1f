"""A pairing that is proven best, checked again on request, with a reason for everyone left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any

import pandas as pd

from peernet.errors import SettingError
from peernet.matching.matching import Matching, share_short
from peernet.pairing.check import stays_best, total_value, violations
from peernet.pairing.hand_edit import Step, check_room, edited_pairs, history, sorted_pairs, told_by_hand
from peernet.pairing.objectives import price_of_fairness
from peernet.pairing.optimum import Optimum
from peernet.pairing.record import GivenPairs
from peernet.pairing.why import Explanation, why
from peernet.pairing.why_not import WhyNot, alternates, why_not
from peernet.scores.pair_scores import PairScores, narrowed, numbered
from peernet.scores.reasons import left_out

__all__ = ["Pairing"]


@dataclass(frozen=True, repr=False)
class Pairing:
    """Who is paired with whom, and the proof that no other pairing is worth more.

    Parameters
    ----------
    table
        One row per pair: ``pair`` (number), ``a``, ``b`` and the score columns of `PairScores.to_frame`.
    unpaired
        One row per person without a partner: ``person``, ``reason`` (did not answer, opted out, wants no partner, no
        partner by a rule, no possible partner, nothing new, price of a rule, left over) and ``detail``, the numbers
        behind it.
    objective
        Total value of the pairs, in effective perspectives, less what broken limits on their number cost.
    bound
        No pairing within the gates is worth more than this.
    proven
        Whether the objective is the optimum, to within rounding; of a fair pairing, whether no pairing is fairer.
    settings
        What was chosen, enough to pair again.
    scores
        The scores the pairing was made from; `check` reads them afresh.
    matching
        What the exact engine found, with the certificate of its bound; hand edits leave it as it was.
    step
        The last change and the pairing before it; None for a pairing as it was found.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> pn.pair_people(scores)
    <Pairing: 102 pairs, 57 people without a partner, total value 4.347 (proven optimal)>
    """

    table: pd.DataFrame
    unpaired: pd.DataFrame
    objective: float
    bound: float
    proven: bool
    settings: Mapping[str, Any]
    scores: PairScores = field(repr=False, compare=False)
    matching: Matching = field(repr=False, compare=False)
    step: Step | None = field(default=None, repr=False, compare=False)

    @property
    def gap(self) -> float:
        """Share of the bound that the total may fall short, 0 where it is proven exactly; if fair, the price of it."""
        return share_short(self.objective, self.bound)

    @property
    def price_of_fairness(self) -> float:
        """Share of the largest total value that a fair pairing gives up; 0 where the total was the objective."""
        return price_of_fairness(self.matching)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The pairs as tuples of people."""
        return list(zip(self.table["a"], self.table["b"], strict=True))

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        return (
            f"<Pairing: {len(self.table):,} pairs, {len(self.unpaired):,} people without a partner, "
            f"total value {self.objective:.3f} ({self._proof})>"
        )

    @property
    def _proof(self) -> str:
        """How good it is known to be, in a few words."""
        fair = self.settings["objective"] == "fair"
        if self.proven:
            return "proven fairest" if fair else "proven optimal"
        if fair:
            by_hand = self.matching.proven and self.step is not None
            return "changed by hand, no longer the fairest" if by_hand else "not proven fairest"
        return f"changed by hand, {self.loss:.3f} below the best" if self.loss > 0 else f"gap {self.gap:.2%}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.table.head(10).round(3).to_html()}"

    @property
    def loss(self) -> float:
        """Total value that hand edits gave up, in effective perspectives; 0 for a pairing as it was found.

        Below 0 where a fair pairing was changed into one that is worth more but less fair.
        """
        return self.matching.objective - self.objective

    @property
    def is_bounded(self) -> bool:
        """Whether the bound holds for it: not where most pairs come first and a hand edit makes fewer."""
        return self.settings["cardinality"] != "max" or len(self) >= len(self.matching.pairs)

    @cached_property
    def optimum(self) -> Optimum:
        """The best pairing under the same rules, which `why_not` searches again."""
        return self.step.before.optimum if self.step and self.step.before.matching is self.matching else Optimum(self)

    def check(self) -> pd.DataFrame:
        """Hold the pairing against its scores again: gates, rules, capacity, values, and the proof against all pairs.

        The bound is worked out anew from the certificate without the engine. Of a fair pairing every level's
        certificate is held against the gains. Under limits on the number of pairs the certificate proves which pairs
        can be left out; those in doubt, if any, are searched again. A fair pairing that limits bind is searched for
        again from itself, level by level, which may take as long as finding it.

        Returns
        -------
        DataFrame
            One row per violation: ``rule``, ``who``, ``found``. Empty when everything holds.
        """
        return violations(self)

    def why(self, a: str, b: str | None = None) -> Explanation:
        """Why somebody was paired as they were: common ground first, then the difference, then what each gains.

        Parameters
        ----------
        a, b
            A person, for all their partners, or the two people of a pair.

        Returns
        -------
        Explanation
            ``.text`` and ``.table``. Blocks of questions are told in words and coarse numbers; no answer of a partner
            can be read from them, nor who did not name whom.

        Raises
        ------
        UnknownPersonError
            If nobody has this identifier.
        SettingError
            If the two are not paired; `why_not` says why.

        Examples
        --------
        >>> import peernet as pn
        >>> survey = pn.load_example()
        >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
        >>> print(pairing.why("p001"))
        p001 and p064. Common ground: experience (much closer than two people picked at random), ...
        """
        return why(self, a, b)

    def why_not(self, a: str, b: str | None = None, *, progress: bool = True) -> WhyNot:
        """What a pair that was not made would cost everybody, and who would move.

        Of a fair pairing: how much less fair the fairest pairing is that makes this pair, and who would be worse off.

        Parameters
        ----------
        a, b
            The two people of a pair, or one person, for everybody they could be paired with and are not.
        progress
            Whether to show a progress bar where it takes longer than two seconds.

        Returns
        -------
        WhyNot
            ``.cost``, ``.text``, ``.table`` (one row per pair) and ``.moves`` (who gets other partners). The cost is
            the difference of two proven optima, both under the rules of this pairing; hand edits do not enter it.
            ``.text`` names the people who would be worse off: it is for the analyst.

        Raises
        ------
        UnknownPersonError
            If nobody has this identifier.
        SettingError
            If the two are one person.

        Examples
        --------
        >>> import peernet as pn
        >>> survey = pn.load_example()
        >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
        >>> pairing.why_not("p001", "p204")
        <WhyNot: p001 and p204, costs 0.007>
        >>> fair = pn.pair_people(pairing.scores, objective="fair")
        >>> print(fair.why_not("p001", "p204"))
        Pairing p001 with p204 is less fair: 12 people instead of 11 would gain nothing; the total value would be 3.242
        instead of 3.249. Worse off: ...
        """
        return why_not(self, a, b, progress=progress)

    def alternates(self, a: str, n: int = 3, *, progress: bool = True) -> pd.DataFrame:
        """The next best partners of a person, by what the pair would cost everybody, or by how fair it would be.

        Parameters
        ----------
        a
            The person.
        n
            How many partners at most.
        progress
            Whether to show a progress bar where it takes longer than two seconds.

        Returns
        -------
        DataFrame
            One row per partner, the cheapest first, of a fair pairing the fairest first: ``partner``, ``cost`` and
            ``share`` (as in `why_not`), ``value`` of the pair, ``worst_off``, ``instead_of`` and ``more_people`` (where
            a fair pairing would be less fair, as in `why_not`; else missing), ``people`` (how many get other
            partners), ``displaced`` (those who lose the partner they have, but for the two) and ``left_out`` (those of
            them left without one).

        Raises
        ------
        UnknownPersonError
            If nobody has this identifier.
        SettingError
            If ``n`` is below 1.

        Examples
        --------
        >>> import peernet as pn
        >>> survey = pn.load_example()
        >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
        >>> pairing.alternates("p001", n=2)[["partner", "people", "displaced", "left_out"]]
          partner  people   displaced    left_out
        0    p204       3        p064        p064
        1    p050       4  p064, p188  p064, p188
        """
        return alternates(self, a, n, progress=progress)

    def replace(self, *, drop: GivenPairs = (), add: GivenPairs = ()) -> Pairing:
        """The pairing with some pairs changed by hand, checked and scored again; everybody else stays as they are.

        A hand edit obeys the gates, capacities and required pairs like any pairing. No keyword forces a pair through:
        to allow one, open its gate for everyone (`PairScores.without`) and pair again.

        Parameters
        ----------
        drop
            Pairs to give up.
        add
            Pairs to make.

        Returns
        -------
        Pairing
            ``bound`` stays that of the best pairing, ``loss`` is what the edits cost so far, and it stays proven only
            where they cost nothing, a fair one where it is also as fair. `undo` gives the pairing before.

        Raises
        ------
        InfeasibleError
            If a pair to drop is not there, or a pair to add breaks a gate, a rule or somebody's capacity; every problem
            at once.
        UnknownPersonError
            If nobody has an identifier.
        SettingError
            If there is nothing to change.

        Examples
        --------
        >>> import peernet as pn
        >>> survey = pn.load_example()
        >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
        >>> pairing.replace(drop=[("p001", "p064")], add=[("p001", "p204")])
        <Pairing: 102 pairs, 57 people without a partner, total value 4.340 (changed by hand, 0.007 below the best)>
        """
        pairs = edited_pairs(self, drop, add)
        table = numbered(self.scores.to_frame(pairs))
        total = total_value(self.scores, table)
        fair = self.settings["objective"] == "fair"
        unpaired = told_by_hand(left_out(self.scores, {*table["a"], *table["b"]}, fair=fair), self)
        edited = dataclasses.replace(self, table=table, unpaired=unpaired, objective=total, step=Step("by hand", self))
        return dataclasses.replace(edited, proven=stays_best(edited))

    def again(self, *, fixed: GivenPairs = (), forbidden: GivenPairs = (), absent: Iterable[str] = ()) -> Pairing:
        """The best pairing around some pairs, proven again.

        Parameters
        ----------
        fixed
            Pairs that must be made, beside those required already.
        forbidden
            Pairs that must not be made.
        absent
            People who take no part.

        Returns
        -------
        Pairing
            Its scores carry what was forbidden and who is absent, so that `check`, `why_not` and another `again` go by
            them; `undo` gives the pairing before. Hand edits are kept only where they are ``fixed``.

        Raises
        ------
        InfeasibleError
            If a fixed pair is not possible, or somebody has more fixed pairs than room.
        UnknownPersonError
            If nobody has an identifier.

        Examples
        --------
        >>> import peernet as pn
        >>> survey = pn.load_example()
        >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
        >>> pairing.again(fixed=pairing.pairs[:50], absent=["p260"])
        <Pairing: 101 pairs, 59 people without a partner, total value 4.336 (proven optimal)>
        """
        from peernet.pairing.pair_people import pair_people  # which makes pairings, and so comes after them

        scores = narrowed(self.scores, forbidden=tuple(forbidden), absent=tuple(absent))
        required = sorted_pairs(scores, [*self.settings["required"], *fixed])
        check_room(scores, required)
        kept = {rule: self.settings[rule] for rule in ("objective", "cardinality", "time_limit")}
        return dataclasses.replace(pair_people(scores, required=required, **kept), step=Step("paired again", self))

    def undo(self) -> Pairing:
        """The pairing before the last `replace` or `again`.

        Raises
        ------
        SettingError
            If nothing was changed.
        """
        if self.step is None:
            raise SettingError("Nothing to undo: the pairing is as it was found.")
        return self.step.before

    @property
    def history(self) -> pd.DataFrame:
        """Every pairing on the way to this one, the first on top.

        Index ``step``; ``did`` (paired, by hand, paired again), ``dropped`` and ``added`` (pairs), ``pairs`` (their
        number), ``value`` (total) and ``loss`` (what hand edits cost against the best under the rules of that step).
        """
        return history(self)
