"""A pairing that is proven best, checked again on request, with a reason for everyone left out.

`Pairing` is its verbs, `pair_people` the search (maximum-weight b-matching with a dual certificate); below them are
changes by hand: checked against gates, capacities and rules before anything is changed, and remembered.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import pandas as pd

from peernet._wording import Shown, count_in_digits
from peernet.diversity.ledger import Exposure, ExposureLedger, exposure, exposure_ledger
from peernet.errors import InfeasibleError, SettingError
from peernet.pairing.check import excesses, stays_best, total_value, violations
from peernet.pairing.objectives import (
    best_pairs,
    check_capacity,
    check_required,
    over_capacity,
    price_of_fairness,
    sorted_pairs,
    with_required,
)
from peernet.pairing.record import GivenPairs, PairingRecord, Pairs, difference, pairs_in_words, partners_of
from peernet.pairing.why import Explanation, why
from peernet.pairing.why_not import Optimum, WhyNot, alternates, why_not
from peernet.scores.pair_scores import PairScores, numbered
from peernet.scores.reasons import closed_to, in_words, left_out
from peernet.scores.rules import Rules


@dataclass(frozen=True)
class Step:
    """One change of a pairing and the pairing before it."""

    did: str
    before: Pairing


@dataclass(frozen=True, repr=False)
class Pairing(PairingRecord, Shown):
    """Who is paired with whom, and the proof that no other pairing is worth more.

    Parameters
    ----------
    table
        One row per pair: ``pair`` (number), ``a``, ``b`` and the score columns of `PairScores.to_frame`.
    unpaired
        One row per person without a partner: ``person``, ``reason`` (did not answer, perspective not known, opted
        out, wants no partner, no partner by a rule, no possible partner, nothing new, price of a rule, left over) and
        ``detail``, the same in a few words. For the analyst: `why` tells people only what they said themselves.
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
    <Pairing: 110 pairs, 41 people without a partner, total value 18.402 (proven optimal)>
    """

    step: Step | None = field(default=None, repr=False, compare=False)

    @property
    def price_of_fairness(self) -> float:
        """Share of the largest total value that a fair pairing gives up; 0 where the total was the objective."""
        return price_of_fairness(self.matching)

    def __repr__(self) -> str:
        return (
            f"<Pairing: {count_in_digits(len(self), 'pair', 'pairs')}, "
            f"{count_in_digits(len(self.unpaired), 'person', 'people')} without a partner, "
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
        return f"changed by hand, {self.loss:.3f} below the best" if self.loss > 0 else self.proof_in_words()

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

    def exposure(self) -> Exposure:
        """Perspectives within each person's reach, before and after this pairing, as `peernet.exposure` counts them.

        Examples
        --------
        >>> import peernet as pn
        >>> survey = pn.load_example()
        >>> pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey))).exposure()
        <Exposure: ... perspectives in reach on average before, ... after>
        """
        return exposure(self.scores, self)

    def ledger(self) -> ExposureLedger:
        """Who opens how many perspectives to whom, and what is left close by, as in `peernet.exposure_ledger`.

        Examples
        --------
        >>> import peernet as pn
        >>> survey = pn.load_example()
        >>> pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey))).ledger()
        <ExposureLedger: ... perspectives in reach on average before (...), ... after (...)...>
        """
        return exposure_ledger(self.scores, self)

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
        p001 and p050. Common ground: experience (no further apart than two people picked at random), ...
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
            the difference of two proven optima, both under the rules of this pairing; hand edits do not enter it. The
            time limit of the pairing holds for each search: what it cut short is not called proven.
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
        <WhyNot: p001 and p204, costs 0.016>
        >>> fair = pn.pair_people(pairing.scores, objective="fair")
        >>> print(fair.why_not("p001", "p204"))
        Pairing p001 with p204 is less fair: 2 people instead of 1 would gain 0.00249 or less; the total value would be
        14.15 instead of 14.24. Worse off: ...
        """
        return why_not(self, self.optimum, a, b, progress=progress)

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
            a fair pairing would be less fair, as in `why_not`; else missing), ``people`` (how many get other partners),
            ``proven`` (as in `why_not`), ``displaced`` (those who lose the partner they have, but for the two) and
            ``left_out`` (those of them left without one).

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
        >>> pairing.alternates("p001", n=2)[["partner", "people", "displaced"]]
          partner  people                                       displaced
        0    p089      12  p050, p146, p166, p172, p182, p197, p203, p246
        1    p204      10              p050, p125, p172, p197, p203, p246
        """
        return alternates(self, self.optimum, a, n, progress=progress)

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
        >>> pairing.replace(drop=[("p001", "p050"), ("p125", "p204")], add=[("p001", "p204")])
        <Pairing: 109 pairs, 43 people without a partner, total value 18.301 (changed by hand, 0.102 below the best)>
        """
        pairs = _edited_pairs(self, drop, add)
        table = numbered(self.scores.to_frame(pairs))
        total = total_value(self.scores, table)
        fair = self.settings["objective"] == "fair"
        unpaired = left_out(self.scores, {*table["a"], *table["b"]}, fair=fair)
        # Those who had a partner and could have another are told that a hand edit took theirs.
        known = self.unpaired.set_index("person")["detail"].reindex(unpaired["person"])
        by_hand = known.fillna("left without a partner by hand").set_axis(unpaired.index)
        unpaired = unpaired.assign(detail=unpaired["detail"].mask(unpaired["reason"] == "left over", by_hand))
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
        >>> pairing.again(fixed=pairing.pairs[:10], absent=["p260"])
        <Pairing: 109 pairs, 43 people without a partner, total value 18.219 (proven optimal)>
        """
        scores = self.scores.excluding(pairs=forbidden, people=absent)
        required = sorted_pairs(scores, [*self.settings["required"], *fixed])
        check_capacity(scores, required)
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
        path = [self]
        while path[-1].step is not None:
            path.append(path[-1].step.before)
        path.reverse()
        changes = [([], []), *(difference(before.pairs, now.pairs) for before, now in pairwise(path))]
        table = pd.DataFrame(
            {
                "did": [now.step.did if now.step else "paired" for now in path],
                "dropped": [pairs_in_words(dropped) for dropped, _ in changes],
                "added": [pairs_in_words(added) for _, added in changes],
                "pairs": [len(now) for now in path],
                "value": [now.objective for now in path],
                "loss": [now.loss for now in path],
            }
        )
        return table.rename_axis("step")


def pair_people(
    scores: PairScores,
    *,
    rules: Rules | None = None,
    objective: str = "total",
    floor: float | None = None,
    required: Iterable[tuple[str, str]] = (),
    cardinality: str | None = None,
    time_limit: float | None = None,
    progress: bool = True,
) -> Pairing:
    """Pair people so that the total value is largest, or so that the worst-off gain most, with a proof.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    rules
        What the programme demands, see `Rule`; on top of rules the scores are under already.
    objective
        ``"total"``: the largest total value. ``"fair"``: the worst-off person gains as much as anyone could see to,
        then the next, and so on; ties go by total value. A person counts with the best gain that any of their places
        brings, prices taken off, to nine decimals; a free place, and so nobody to meet, brings nothing. Limits on the
        number of pairs hold first, but one with a price is nobody's to bear: it counts in the total value, so only
        where that settles ties. A limit that must count has no price, or one that means never (see `Rule`): then it
        holds first too, where it can be kept.
    floor
        The least each side of a pair must gain; pairs that bring somebody less are not possible.
    required
        Pairs that must be made.
    cardinality
        ``"max"`` pairs as many people as possible first; by default people who add nothing to anyone stay single.
    time_limit
        Seconds after which the best pairing so far is returned, with its bound.
    progress
        Whether to show a progress bar where a fair pairing takes longer than two seconds.

    Returns
    -------
    Pairing
        The same pairs whatever the order of the rows of the survey. Of a fair pairing, `Pairing.price_of_fairness`
        says what share of the largest total value it gives up, and ``bound`` is a bound on that largest total.

    Raises
    ------
    InfeasibleError
        If a required pair is not possible, or no pairing keeps a limit of the rules; see `feasibility`.
    RulesError
        If a rule names somebody or a column that is not there.
    SettingError
        If a setting is not one of the values above.

    References
    ----------
    Bertsimas, D., Farias, V. F., & Trichakis, N. (2011). The price of fairness. Operations Research, 59, 17-31.
    Edmonds, J. (1965). Maximum matching and a polyhedron with 0,1-vertices. Journal of Research of the National
    Bureau of Standards 69B, 125-130.
    Ogryczak, W. (1997). On the lexicographic minimax approach to location problems. European Journal of Operational
    Research, 100, 566-585.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> pairing.proven, len(pairing.check())
    (True, 0)
    """
    scores = scores if rules is None else scores.under(rules)
    scores = scores if floor is None else scores.floored(floor)
    required = with_required(scores, required)
    check_required(scores, required)
    best, pairs = best_pairs(
        scores, objective, required=required, cardinality=cardinality, time_limit=time_limit, progress=progress
    )
    table = numbered(scores.to_frame(pairs))
    unpaired = left_out(scores, {*table["a"], *table["b"]}, fair=objective == "fair")
    asked = {"required": required, "cardinality": cardinality, "time_limit": time_limit}
    settings = {"floor": None, **scores.settings, "objective": objective, **asked}
    return Pairing(table, unpaired, best.objective, best.bound, best.proven, settings, scores, best)


# --- changes by hand --------------------------------------------------------------------------------------------------


def _edited_pairs(pairing: Pairing, drop: Iterable[tuple[str, str]], add: Iterable[tuple[str, str]]) -> Pairs:
    """The pairs with some dropped and some added, every problem named at once."""
    dropped, added = sorted_pairs(pairing.scores, drop), sorted_pairs(pairing.scores, add)
    if not dropped and not added:
        raise SettingError("Nothing to replace: name pairs to drop or to add.")
    edited = sorted({*pairing.pairs} - {*dropped} | {*added})
    problems = [
        *_not_to_drop(pairing, dropped),
        *_not_to_add(pairing, dropped, added),
        *over_capacity(pairing.scores, edited),
        *_outside_limits(pairing.scores, edited),
    ]
    if problems:
        raise InfeasibleError(" ".join(problems))
    return edited


def _not_to_drop(pairing: Pairing, dropped: Pairs) -> Iterator[str]:
    required = {frozenset(pair) for pair in pairing.required}
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


def _outside_limits(scores: PairScores, pairs: Pairs) -> Iterator[str]:
    for limit, excess in excesses(scores, pairs):
        if math.isinf(limit.price):
            too = f"{count_in_digits(excess, 'pair', 'pairs')} too {'many' if limit.sign > 0 else 'few'}"
            yield f"The rule {limit.rule.told!r} would be broken by {too}."
