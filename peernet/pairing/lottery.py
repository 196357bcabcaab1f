"""Pairs drawn by lot among pairings nearly as good as the best, with the chance of every pair."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from peernet._arrays import Ints
from peernet._parallel import check_draws, over_draws, share_interval, spawned
from peernet.pairing.design_limits import design_tables
from peernet.pairing.pairing_design import ARMS, PairingDesign
from peernet.pairing.pool import possible_pairs, under_rules
from peernet.scores.pair_scores import PairScores, numbered

__all__ = ["RandomPairing", "draw_pairing"]


@dataclass(frozen=True, repr=False)
class RandomPairing:
    """A pairing drawn by lot, and all it takes to draw it again.

    Parameters
    ----------
    table
        One row per pair: ``pair`` (number), ``a``, ``b``, ``arm`` ("near the best" or "random"), ``probability`` with
        ``low`` and ``high``, and the score columns of `PairScores.to_frame`.
    unpaired
        People who have a possible partner and were left without one in this draw.
    probabilities
        One row per pair that can come up: ``a``, ``b``, ``probability`` of being paired (in either arm), and the 95 %
        Monte Carlo interval from ``low`` to ``high`` (both equal to the probability where it is exact).
    exact
        Whether the probabilities are exact, every pairing of the design having been listed.
    value
        Total value of the pairs drawn, less what broken limits on their number cost.
    best
        The same of the best pairing of everyone.
    design
        What was drawn from.
    settings
        What was chosen, enough to draw the same pairing again; ``rng`` is None where it was a generator.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> drawn = pn.draw_pairing(scores, draws=20, rng=1, progress=False)
    >>> drawn
    <RandomPairing: ... pairs drawn by lot, ... of the best value, ... with a probability below one half>
    >>> len(drawn.redraw(7)) > 0
    True
    """

    table: pd.DataFrame
    unpaired: list[str]
    probabilities: pd.DataFrame
    exact: bool
    value: float
    best: float
    design: PairingDesign
    settings: Mapping[str, Any] = field(repr=False)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The pairs as tuples of people."""
        return list(zip(self.table["a"], self.table["b"], strict=True))

    def redraw(self, rng: int | np.random.Generator) -> pd.DataFrame:
        """Another pairing from the same design, as a randomisation test needs: ``a``, ``b``, ``arm``.

        Parameters
        ----------
        rng
            Seed or generator.
        """
        return self.design.draw(rng)

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        open_ = int((self.table["probability"] < 0.5).sum())
        return (
            f"<RandomPairing: {len(self)} pairs drawn by lot, {self.value / self.best:.0%} of the best value, "
            f"{open_} with a probability below one half>"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.table.head(10).round(3).to_html()}"


def draw_pairing(
    scores: PairScores,
    *,
    within: float = 0.05,
    random_arm: float = 0.0,
    cardinality: str | None = None,
    draws: int = 400,
    rng: int | np.random.Generator = 0,
    n_jobs: int = 1,
    progress: bool = True,
) -> RandomPairing:
    """Draw a pairing by lot among those nearly as good as the best, so that its effects can be told from selection.

    Parameters
    ----------
    scores
        What `score_pairs` returned; every gate stays, and so do rules (`PairScores.under`): required pairs are made,
        limits on the number of pairs are kept or, where they have a price, paid for.
    within
        Share of the greatest total value that the pairing may fall short; 1 for any pairing within the gates.
    random_arm
        Share of people who are drawn by lot to be paired among themselves at random, within the gates; they are the
        yardstick. The others are paired near the best among themselves.
    cardinality
        None: whoever adds nothing to anyone stays single; ``"max"``: as many pairs as possible first.
    draws
        Draws from the same design from which probabilities are estimated, where they cannot be worked out exactly.
    rng
        Seed or generator; the same seed gives the same pairing and probabilities, whatever ``n_jobs``.
    n_jobs
        Processes to share the draws among, -1 for all processors.
    progress
        Whether to show a progress bar.

    Returns
    -------
    RandomPairing
        ``.table``, ``.probabilities``, ``.design`` and ``.redraw(rng)``.

    Raises
    ------
    InfeasibleError
        If only one pairing lies within that share of the best, none brings anything, or none keeps the rules.
    SettingError
        If a share is outside what is allowed.

    Notes
    -----
    Where at most sixteen people have a possible partner, one each, all pairings of the design are listed as far as that
    can be done quickly: each is as likely as the others and the probabilities are exact. Elsewhere the lot works as
    `PairingDesign` says; draws are independent, and the pairing itself counts as one of those from which its
    probabilities are estimated, so none of them is estimated as zero. Pairs whose probability is one, or so low that
    the interval spans a factor of ten, carry little information afterwards: raise ``within`` or ``draws``.

    References
    ----------
    Basse, G., Ding, P., Feller, A. & Toulis, P. (2024). Randomization tests for peer effects in group formation
    experiments. Econometrica 92, 567-590.
    Rosenbaum, P. R. (2002). Observational Studies. Springer, chapter 2.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> drawn = pn.draw_pairing(scores, within=0.1, draws=10, progress=False)
    >>> bool(drawn.value >= 0.9 * drawn.best - 1e-9)
    True
    """
    check_draws(draws)
    design = design_of(scores, within=within, random_arm=random_arm, cardinality=cardinality)
    design.refuse_if_certain()
    seeds = spawned(rng, draws + 1)
    pool, listed = design.pool, design.listed
    first, arms = design.drawn(np.random.default_rng(seeds[0]))
    if listed is None:
        work = partial(_drawn, design)
        found = over_draws(work, seeds[1:], n_jobs=n_jobs, progress=progress, what="pairings drawn")
        listed = [first, *found]
    chances = _chances(design, listed, exact=design.listed is not None)
    names = pd.DataFrame({"a": pool.people[pool.firsts[first]], "b": pool.people[pool.seconds[first]]})
    names["arm"] = np.array(ARMS, dtype=object)[arms]
    table = _table(scores, names, chances)
    return RandomPairing(
        table,
        sorted({*pool.people} - {*table["a"], *table["b"]}),
        chances,
        design.listed is not None,
        pool.worth(first),
        pool.worth(design.best),
        design,
        {
            **scores.settings,
            "within": within,
            "random_arm": random_arm,
            "cardinality": cardinality,
            "draws": draws,
            "rng": rng if isinstance(rng, int) else None,
        },
    )


def design_of(scores: PairScores, *, within: float, random_arm: float, cardinality: str | None) -> PairingDesign:
    """The design that draws among the possible pairs of some scores."""
    pairs, limits = design_tables(under_rules(possible_pairs(scores), scores))
    return PairingDesign(pairs, scores.capacity, within, random_arm, cardinality, limits)


def _drawn(design: PairingDesign, rng: np.random.Generator) -> Ints:
    return design.drawn(rng)[0]


def _chances(design: PairingDesign, pairings: list[Ints], *, exact: bool) -> pd.DataFrame:
    """How often each pair is in some pairings, with its interval where they are draws."""
    pool, draws = design.pool, len(pairings)
    counts = np.bincount(np.concatenate(pairings), minlength=len(pool)).astype(np.float64)
    low, high = (counts / draws, counts / draws) if exact else share_interval(counts, draws)
    sides = {"a": pool.people[pool.firsts], "b": pool.people[pool.seconds]}
    table = pd.DataFrame({**sides, "probability": counts / draws, "low": low, "high": high})
    return table[(counts > 0) | (not exact)].sort_values(["a", "b"], ignore_index=True)


def _table(scores: PairScores, names: pd.DataFrame, chances: pd.DataFrame) -> pd.DataFrame:
    told = names.merge(chances, on=["a", "b"], how="left")
    table = told.merge(scores.to_frame(zip(names["a"], names["b"], strict=True)), on=["a", "b"])
    return numbered(table.sort_values(["a", "b"], ignore_index=True))
