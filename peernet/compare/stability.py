"""Stability of pairs under resampling: how often each would be proposed had the survey come out a little differently.

The survey is drawn anew (see `survey_again`), scored and solved again and again; as in stability selection, a pair is
as sure as the share of draws it is in. Between pairings of equal value random weights break the tie, anew in each draw.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, partial
from html import escape
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet._parallel import Seed, check_draws, generator, over_draws, share_interval, spawned, started_anew
from peernet._wording import count_in_digits
from peernet.compare.comparison import share
from peernet.compare.held_out import split_half
from peernet.compare.survey_again import SurveyResampler, perturbation, resampler_of
from peernet.errors import InfeasibleError, PeernetWarning
from peernet.graph.colleagues import colleague_graph
from peernet.matching.limits import LimitedProblem, best_within_limits
from peernet.matching.matching import Matching, max_weight_matching
from peernet.pairing.check import limits_cost
from peernet.pairing.objectives import EngineWeights, best_matching, wishes_kept, with_required
from peernet.pairing.pairing import Pairing, pair_people
from peernet.scores.cells import PairsAt
from peernet.scores.pair_scores import CELLS_AT_ONCE, PairScores, memory_at_work
from peernet.scores.rules import Rules
from peernet.scores.scoring import score_pairs
from peernet.survey.survey import Survey

STANDINGS = {0.9: "stable", 0.5: "likely", 0.0: "one of several"}
SURELY = 0.7  # lower end of the interval of what is called stable: a few draws show nothing
AGREED = ["a", "b", "inclusion", "proposed"]  # what is said of the pairs of the consensus, beside their value
TOGETHER = "all together"
BY_CAUSE = {"same": "recur", "kept": "kept", "allowed": "allowed"}  # what is told by cause, of all that is of draws
JITTER = 1e-6  # share of a weight by which lots decide between pairings of equal value
TABLES = 14  # of people by people, held by a draw at work where pairs are many


@dataclass(frozen=True, repr=False)
class PairingStability:
    """How sure a pairing is.

    Parameters
    ----------
    pairs
        One row per pair that was proposed or came up in any draw, sorted by ``a, b``: ``a``, ``b``, ``inclusion``
        (share of the draws whose best pairing has the pair), ``low`` and ``high`` (95 % Monte Carlo interval of that
        share), ``proposed`` and ``standing``: stable (inclusion of at least 0.9, and ``low`` of at least 0.7, which
        takes nine draws), likely (inclusion of at least 0.5) or one of several.
    people
        One row per person who can have a partner, index ``person``: ``partner`` proposed (missing where there is
        none; of several the surest), its ``inclusion``, the ``likeliest`` partner and how often it ``comes_up``,
        ``unpaired`` (share of the draws without any partner) and ``partners`` (effective number of different
        partners, 1 where it is always the same).
    draws
        One row per draw, index ``draw``: ``pairs``, ``best`` (value of the draw's best pairing by the same settings),
        ``proposed`` (value of the proposed pairs there, those a gate then closes counting nothing, prices of rules
        taken off), ``kept`` (the one as a share of the other; above 1 where the best is chosen by more than value and
        is worth less), ``same`` (share of the proposed pairs that recur), ``allowed`` (share that pass
        the gates), and ``consensus_kept`` (what the consensus keeps in a further draw, since it was chosen by these;
        missing where there is none). Of a draw in which no pairing keeps the limits of the rules there are no pairs,
        and what depends on its best is missing. Limits without a price are not held against what a draw leaves of the
        proposed pairs.
    optimism
        One row per choice on one half of the perspective items, index ``split``: ``promised`` (total gain on the
        items it was chosen by), ``delivered`` (on the other half) and ``optimism``, the share promised in vain. Empty
        where fewer than two perspective items set people apart.
    consensus
        The pairing whose pairs come up most often: of all pairings within gates and rules, that with the greatest sum
        of inclusions. ``a``, ``b``, ``inclusion``, ``proposed``, ``value``; empty where it was not asked for. What
        ``consensus_kept`` says it keeps can be too much, although the draws it is held against are others: on repeats
        of a made survey .49 and .51 were said, and .45 and .46 found.
    items
        One row per block of answers, index ``block``: ``items`` that set people apart, ``reliability`` of the
        distances between people (Cronbach's alpha over pairs) and how many items are ``drawn`` (0: all, as asked).
    pairing
        The pairing proposed by the survey as it is.
    settings
        What was chosen, enough to do it again; ``items`` is None where reliability decides, ``rng`` where it was a
        generator.
    causes
        One row per cause of change, index ``cause``: ``perspective``, and ``experience`` and ``goals`` where they are a
        gate (questions drawn anew, weighed differently, the line moved), ``ties`` (names given anew, and the lowest
        rating that is trust moved; contacts change with them), each with all else as it came out, and ``all
        together``. ``recur``, the share of the proposed pairs that comes up in a draw; ``kept``, the share of what is
        attainable there that they keep; ``allowed``, the share of them that passes the gates there. Empty where it was
        not asked for.

    Examples
    --------
    >>> import peernet as pn
    >>> found = pn.pairing_stability(pn.load_aarhus(), draws=10, progress=False)
    >>> list(found.pairs)
    ['a', 'b', 'inclusion', 'low', 'high', 'proposed', 'standing']
    """

    pairs: pd.DataFrame
    people: pd.DataFrame
    draws: pd.DataFrame
    optimism: pd.DataFrame
    consensus: pd.DataFrame
    items: pd.DataFrame
    pairing: Pairing = field(repr=False)
    settings: dict[str, Any]
    causes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(BY_CAUSE.values())))

    @property
    def summary(self) -> pd.Series:
        """The whole in a few numbers.

        ``pairs`` proposed; ``stable`` ones among them; ``recur``, the share of them that comes up in a draw on
        average; ``kept``, the share of what is attainable that they keep there; ``consensus_kept``, the same of the
        consensus; ``optimism``, the share of the promised value that the choice itself makes up, carried over from half
        the perspective items to all of them (see `pairing_stability`).
        """
        carried_over = 1 - self.items["reliability"]["perspective"] / 2
        proposed = self.pairs[self.pairs["proposed"]]
        return pd.Series(
            {
                "pairs": len(proposed),
                "stable": int((proposed["standing"] == "stable").sum()),
                "recur": self.draws["same"].mean(),
                "kept": self.draws["kept"].mean(),
                "consensus_kept": self.draws["consensus_kept"].mean(),
                "optimism": self.optimism["optimism"].mean() * carried_over,
            }
        )

    def partners(self, person: str) -> pd.DataFrame:
        """Everyone who comes up as one person's partner, the likeliest first.

        Parameters
        ----------
        person
            The identifier.

        Returns
        -------
        DataFrame
            ``partner``, ``inclusion``, ``low``, ``high``, ``proposed`` and ``standing``.

        Raises
        ------
        UnknownPersonError
            If nobody has this identifier.
        """
        self.pairing.scores.position(person)
        own = self.pairs[(self.pairs["a"] == person) | (self.pairs["b"] == person)]
        partner = own["b"].where(own["a"] == person, own["a"]).rename("partner")
        table = pd.concat([partner, own.drop(columns=["a", "b"])], axis=1)
        return table.sort_values(["inclusion", "partner"], ascending=[False, True], ignore_index=True)

    def __repr__(self) -> str:
        draws = count_in_digits(len(self.draws), "draw", "draws")
        if not len(self.pairing):
            return f"<PairingStability: no pair is proposed, {draws}>"
        summary = self.summary
        return (
            f"<PairingStability: {summary['stable']:.0f} of {summary['pairs']:.0f} pairs stable, "
            f"{summary['recur']:.0%} recur on average and keep {summary['kept']:.0%} of the value, "
            f"{draws}>"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.pairs[self.pairs['proposed']].head(10).round(3).to_html()}"


def pairing_stability(
    survey: Survey,
    graph: nx.MultiDiGraph[str] | None = None,
    *,
    rules: Rules | None = None,
    objective: str = "total",
    cardinality: str | None = None,
    floor: float | None = None,
    draws: int = 200,
    items: bool | float = True,
    ties: bool | float = True,
    thresholds: bool | float = True,
    weights: bool | float = True,
    consensus: bool = True,
    causes: bool = False,
    rng: int | np.random.Generator = 0,
    n_jobs: int | None = None,
    progress: bool = True,
    **score_settings: Any,  # noqa: ANN401 - what score_pairs takes
) -> PairingStability:
    """Say of every proposed pair how often it would be proposed had the survey come out a little differently.

    Parameters
    ----------
    survey
        What `read_survey` returned.
    graph
        What `colleague_graph` returned for it, made from it by default.
    rules
        What the programme demands, see `Rule`: it holds in the proposed pairing and in every draw. A pair that must be
        made is made in a draw whatever becomes of its gates there.
    objective, cardinality, floor
        How the pairing is chosen, see `pair_people`, from the survey as it is and in every draw: a pair that recurs
        would be proposed again by the same settings.
    draws
        How often the survey is drawn anew, scored and solved.
    items
        Whether other questions of the same kind could have been asked: the items of each block are drawn with
        replacement, True for as few as makes a draw differ from the survey as a repeat would (see Notes), or the share
        of them that is drawn. A block of one item stays as it is.
    ties
        Whether people could have named others: each nomination is left out with this probability (True: 0.1), and as
        many are added, by lot among the people the ego knows and did not name on that layer.
    thresholds
        Whether the lines could be drawn elsewhere: the largest distances that count as similar move by up to this
        share (True: 0.1) either way, and the lowest rating that is trust by one rating up or down in half of the draws.
    weights
        Whether the items could weigh differently: their shares are drawn from a Dirichlet distribution around the
        usual ones, so that an item's weight varies by about this share (True: 0.3).
    consensus
        Whether to look for the consensus and to hold it against as many further draws, which is half of the work.
    causes
        Whether to tell how often pairs recur by cause, by as many draws again for each cause alone.
    rng
        Seed or generator; the same seed gives the same tables, whatever ``n_jobs``.
    n_jobs
        Processes to share the draws among, -1 for all processors. None: what
        ``joblib.parallel_config`` says around the call, also a Dask cluster; one process if it says nothing.
    progress
        Whether to show a progress bar.
    **score_settings
        Keywords of `score_pairs`. Gates given as ``"average"`` and the scale, if not given, follow each draw's own
        distances.

    Returns
    -------
    PairingStability
        ``.pairs``, ``.people``, ``.partners(person)``, ``.draws``, ``.optimism``, ``.consensus`` and ``.summary``.

    Raises
    ------
    SettingError
        If an amount is outside what is allowed, or `score_pairs` refuses a setting.
    RulesError
        If a rule names somebody or a column that is not there.
    InfeasibleError
        If no pairing keeps the rules in the survey as it is; see `feasibility`. Where limits cannot be kept in some of
        the draws, a warning says in how many.

    Notes
    -----
    What is asked here is not how uncertain each answer is, but what a *repeat* would propose. A repeat has errors of
    its own beside those of the survey at hand, and the pairs chosen from this one look better than they are. So fewer
    items are drawn than there are: of distances of reliability r, measured as Cronbach's alpha over pairs, the share
    r**2 / (1 + r). On simulated repeats pairs then recur about as often as is said; as many items as there are would
    promise twice too much. Distances that answers hardly determine, such as those of a few unlike questions about
    goals, make every pair uncertain, and are named in ``.items``.

    Where names are drawn, few pairs can be stable: a pair that rests on mutual trust keeps it only where both names are
    made again on every layer, with ``ties=True`` in 0.81 of the draws for one layer and 0.53 for three, unless somebody
    can introduce them. On simulated repeats in which a tenth of the names is forgotten that is right, and names taken
    for certain promise far too much. ``ties=False`` tells how sure pairs are given the names: on repeats that keep the
    names, 89 pairs called stable, said to come up in 96 % and with somebody else to choose, came up in 96 %.

    Among pairings of equal value lots decide in every draw, so that a pair is not called sure only because of its
    names. Totals are therefore off by up to a millionth.

    Drawing so few items exaggerates how much pairs differ. Shares of draws are not affected, but ``kept`` is on the
    cautious side: on simulated repeats the proposed pairs kept some points more than was said. The consensus is chosen
    by the draws and therefore held against further ones; on the simulated repeats it kept no more value than the
    proposed pairing, mostly a little less, so it is a second list to choose from rather than a better one.

    The optimism is that of the largest total value, whatever the objective, and without a floor. It is cross-fitted:
    pairs chosen on half of the perspective items are valued on the other half. Half a
    questionnaire is less reliable than the whole; by Spearman and Brown's formula the whole makes up less, by the
    factor 1 - r/2.

    References
    ----------
    Meinshausen, N. & Buhlmann, P. (2010). Stability selection. Journal of the Royal Statistical Society B 72,
    417-473.
    Bickel, P. J., Gotze, F. & van Zwet, W. R. (1997). Resampling fewer than n observations: gains, losses, and
    remedies for losses. Statistica Sinica 7, 1-31.
    Lahdelma, R., Hokkanen, J. & Salminen, P. (1998). SMAA: stochastic multiobjective acceptability analysis. European
    Journal of Operational Research 106, 137-143.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.pairing_stability(pn.load_example(), draws=5, progress=False)
    <PairingStability: ... of 110 pairs stable, ... recur on average and keep ... of the value, 5 draws>
    """
    check_draws(draws)
    amounts = perturbation(items=items, ties=ties, thresholds=thresholds, weights=weights)
    graph = colleague_graph(survey) if graph is None else graph
    scores = score_pairs(survey, graph, **score_settings)
    pairing = pair_people(
        scores, rules=rules, objective=objective, cardinality=cardinality, floor=floor, progress=progress
    )
    scores = pairing.scores
    resampler = resampler_of(scores, graph, amounts, score_settings)
    for_draws, for_fresh, for_halves = generator(rng).spawn(3)
    seeds, fresh = spawned(for_draws, draws), spawned(for_fresh, draws)
    repeats = StabilityDraws(resampler, pairing, seeds, fresh, n_jobs, progress, by_cause=causes)
    pairs = repeats.pairs()
    agreed = repeats.consensus(pairs) if consensus else None
    _warn_of_limits(repeats)
    return PairingStability(
        pairs.assign(standing=[_standing(*sure) for sure in zip(pairs["inclusion"], pairs["low"], strict=True)]),
        repeats.people(pairs),
        repeats.table(agreed),
        split_half(replace(scores, gates=replace(scores.gates, floor=None)), rng=for_halves, n_jobs=n_jobs),
        pairs[AGREED].assign(value=np.nan).head(0) if agreed is None else agreed,
        resampler.items,
        pairing,
        {**scores.settings, **asdict(amounts), "draws": draws, "rng": rng if isinstance(rng, int) else None},
        **({"causes": repeats.causes()} if causes else {}),
    )


def _warn_of_limits(repeats: StabilityDraws) -> None:
    missed = sum(np.isnan(outcome.best) for outcome in repeats.outcomes)
    if missed:
        warnings.warn(
            f"In {missed} of {len(repeats.outcomes)} draws no pairing keeps the limits on the number of pairs; they "
            "count as draws without any pair. Give the limits a price, or more room.",
            PeernetWarning,
            stacklevel=3,
        )


def _standing(inclusion: float, low: float) -> str:
    """What a pair is called; nothing is stable on a few draws."""
    found = next(word for least, word in STANDINGS.items() if inclusion >= least)
    return "likely" if found == "stable" and low < SURELY else found


class Outcome(NamedTuple):
    """One draw: its best pairs, their value, and what the proposed pairs are worth there."""

    pairs: Ints  # pair x side, positions by name; none where no pairing keeps the limits
    best: float  # NaN where no pairing keeps the limits
    proposed: Floats  # NaN where a gate closes the pair
    cost: float  # what limits with a price cost the proposed pairs

    @property
    def value(self) -> float:
        """What the proposed pairs are worth."""
        return float(np.nansum(self.proposed)) - self.cost


@dataclass(frozen=True)
class StabilityDraws:
    """Best pairings of a survey resampled, each solved to a proven optimum, and what they have in common."""

    resampler: SurveyResampler  # what to draw from
    pairing: Pairing  # the pairing proposed by the survey as it is
    # seeds, fresh: one per draw, and as many for draws from which nothing was chosen
    seeds: Sequence[Seed]
    fresh: Sequence[Seed]
    # n_jobs, progress: processes to use, and whether to show a bar
    n_jobs: int | None
    progress: bool
    by_cause: bool = False  # whether each cause of change is drawn alone as well

    @property
    def outcomes(self) -> list[Outcome]:
        """Every draw solved."""
        return self._by_cause[TOGETHER]

    @cached_property
    def _by_cause(self) -> dict[str, list[Outcome]]:
        """Every draw solved, of all causes together and where it was asked for of each alone."""
        resamplers = {TOGETHER: self.resampler, **(self.resampler.alone() if self.by_cause else {})}
        work = partial(_solved, resamplers, self._proposed, *self._chosen_by)
        drawn = over_draws(work, self.seeds, what="surveys drawn anew", **self._how)
        return {cause: [outcomes[cause] for outcomes in drawn] for cause in resamplers}

    @property
    def _how(self) -> dict[str, Any]:
        return {"n_jobs": self.n_jobs, "progress": self.progress, "room": memory_at_work(self.resampler.scores, TABLES)}

    @property
    def _chosen_by(self) -> tuple[str, str | None]:
        """The objective, and whether most pairs come first."""
        return self.pairing.settings["objective"], self.pairing.settings["cardinality"]

    @cached_property
    def _weights(self) -> EngineWeights:
        return EngineWeights(self.resampler.scores)

    @cached_property
    def _proposed(self) -> Ints:
        return np.array(self._weights.positions(self.pairing.pairs), dtype=np.int64).reshape(-1, 2)

    def pairs(self) -> pd.DataFrame:
        """Pairs that were proposed or came up, and how often: ``a, b, inclusion, low, high, proposed``."""
        n = len(self._weights)
        proposed = _numbered(self._proposed, n)
        found, counts = np.unique(
            np.concatenate([proposed, *(_numbered(o.pairs, n) for o in self.outcomes)]), return_counts=True
        )
        counts = counts - np.isin(found, proposed)
        low, high = share_interval(counts.astype(np.float64), len(self.seeds))
        people = self._weights.people
        return pd.DataFrame(
            {
                "a": people[found // n],
                "b": people[found % n],
                "inclusion": counts / len(self.seeds),
                "low": low,
                "high": high,
                "proposed": np.isin(found, proposed),
            }
        )

    def people(self, pairs: pd.DataFrame) -> pd.DataFrame:
        """Each person's proposed and likeliest partner, how often they have none, and how many different ones."""
        scores = self.resampler.scores
        sides = [pairs.rename(columns=dict(zip(names, ("person", "partner"), strict=True))) for names in ("ab", "ba")]
        both = pd.concat(sides).sort_values(["inclusion", "partner"], ascending=[False, True], kind="stable")
        people = scores.people[scores.gates.out == 0]
        shares = both.groupby("person")["inclusion"]
        first, proposed = both.groupby("person").first(), both[both["proposed"]].groupby("person").first()
        table = pd.DataFrame(
            {
                "partner": proposed["partner"],
                "inclusion": proposed["inclusion"],
                "likeliest": first["partner"],
                "comes_up": first["inclusion"],
                "unpaired": 1 - self._paired(),
                "partners": shares.sum() ** 2 / shares.agg(lambda own: (own**2).sum()),
            }
        )
        return table.reindex(people).rename_axis("person")

    def _paired(self) -> pd.Series:
        """Share of the draws in which each person has a partner."""
        counts = np.zeros(len(self._weights))
        for outcome in self.outcomes:
            counts[np.unique(outcome.pairs)] += 1
        return pd.Series(counts / len(self.seeds), index=self._weights.people)

    def consensus(self, pairs: pd.DataFrame) -> pd.DataFrame:
        """Pairs with the greatest sum of inclusions of all pairings within the rules, the more valuable of equals."""
        places = self._places(pairs)
        values = cells_of(self._weights, places)
        wanted = (pairs["inclusion"] > 0) | (pairs["proposed"] & self._limited)  # the proposed pairs keep the limits
        allowed = wanted.to_numpy() & ~np.isnan(values)
        table, (i, j), value = pairs[allowed], places[allowed].T, values[allowed]
        scale = JITTER / max(value.max(initial=0.0), JITTER)
        best = self._most_included(i, j, table["inclusion"].to_numpy() + scale * value, scale)
        n = len(self._weights)
        chosen = np.isin(i * n + j, [a * n + b for a, b in best.pairs])
        return table[AGREED].assign(value=value)[chosen].reset_index(drop=True)

    @property
    def _limited(self) -> bool:
        applied = self.resampler.scores.applied_rules
        return applied is not None and bool(applied.limits)

    def _most_included(self, i: Ints, j: Ints, weight: Floats, scale: float) -> Matching:
        """The best matching of some pairs under the rules, prices of limits scaled as the values are."""
        weights, required = self._weights, with_required(self.resampler.scores, ())
        listed, n = set((i * len(weights) + j).tolist()), len(weights)
        wished = weights.positions(wishes_kept(self.resampler.scores, required)[0])
        places = sorted([*weights.positions(required), *(pair for pair in wished if pair[0] * n + pair[1] in listed)])
        if not self._limited:
            cells = sparse.coo_array((weight, (i, j)), shape=2 * (len(weights),)).tocsr()
            both: Any = cells + cells.T  # the engine takes it, but SciPy's stubs do not say so
            return max_weight_matching(both, capacity=weights.capacity, required=places)
        table = np.full(2 * (len(weights),), np.nan)
        table[i, j] = table[j, i] = weight
        limits = tuple(replace(limit, price=limit.price * scale) for limit in weights.limits)
        return best_within_limits(LimitedProblem(table, weights.capacity, tuple(places), limits))

    def causes(self) -> pd.DataFrame:
        """How often the proposed pairs recur and what they keep, by cause, as `PairingStability.causes` documents."""
        in_order = [*(cause for cause in self._by_cause if cause != TOGETHER), TOGETHER]
        means = {cause: self._table(self._by_cause[cause])[list(BY_CAUSE)].mean() for cause in in_order}
        return pd.DataFrame(means).T.rename(columns=BY_CAUSE).rename_axis("cause")

    def _consensus_kept(self, consensus: pd.DataFrame | None) -> list[float]:
        """What the consensus keeps of what is attainable in each of the fresh draws."""
        if consensus is None:
            return [np.nan] * len(self.fresh)
        work = partial(_solved, {TOGETHER: self.resampler}, self._places(consensus), *self._chosen_by)
        others = over_draws(work, self.fresh, what="consensus valued", **self._how)
        return [_ratio(other[TOGETHER].value, other[TOGETHER].best) for other in others]

    def _places(self, pairs: pd.DataFrame) -> Ints:
        people = self._weights.people
        return np.column_stack([people.get_indexer(pd.Index(pairs[side])) for side in ("a", "b")]).astype(np.int64)

    def table(self, consensus: pd.DataFrame | None) -> pd.DataFrame:
        """One row per draw: what its best pairing and the proposed pairs bring, and the consensus in a fresh draw."""
        return self._table(self.outcomes).assign(consensus_kept=self._consensus_kept(consensus))

    def _table(self, outcomes: Sequence[Outcome]) -> pd.DataFrame:
        """The same without the consensus, of some outcomes."""
        proposed = _numbered(self._proposed, len(self._weights))
        rows = [
            {
                "pairs": len(outcome.pairs),
                "best": outcome.best,
                "proposed": outcome.value,
                "kept": _ratio(outcome.value, outcome.best),
                "same": share(np.isin(proposed, _numbered(outcome.pairs, len(self._weights)))),
                "allowed": share(~np.isnan(outcome.proposed)),
            }
            for outcome in outcomes
        ]
        return pd.DataFrame(rows).rename_axis("draw")


def _solved(
    resamplers: Mapping[str, SurveyResampler],
    proposed: Ints,
    objective: str,
    cardinality: str | None,
    rng: np.random.Generator,
) -> dict[str, Outcome]:
    """One survey as it might have come out, its best pairing, and what some pairs are worth there, by cause."""
    together: dict[str, Any] = {}
    found = {}
    for cause, resampler in resamplers.items():
        anew = started_anew(rng)
        scores = resampler.drawn(anew, together)
        found[cause] = _best(TieBrokenWeights(scores, anew, cardinality), scores, proposed, objective)
    return found


def _best(weights: TieBrokenWeights, scores: PairScores, proposed: Ints, objective: str) -> Outcome:
    """The best pairing by these weights, and what some pairs are worth by them."""
    worth = cells_of(weights.table, proposed)
    made = proposed[~np.isnan(worth)]
    cost = limits_cost(scores, weights.named(made))
    try:
        best = weights.found(objective)
    except InfeasibleError:
        return Outcome(np.empty((0, 2), dtype=np.int64), np.nan, worth, cost)
    return Outcome(np.array(best.pairs, dtype=np.int64).reshape(-1, 2), best.objective, worth, cost)


def _numbered(pairs: Ints, n: int) -> Ints:
    return pairs[:, 0] * n + pairs[:, 1]


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan


class TieBrokenWeights(EngineWeights):
    """Values of a draw in the order of names, ties broken at random: each is raised by a lot, a millionth at most.

    Pairs that the rules require stay possible whatever the draw says of their gates: whoever requires a pair makes it
    without asking the survey.
    """

    def __init__(self, scores: PairScores, rng: np.random.Generator, cardinality: str | None = None) -> None:
        super().__init__(scores)
        self._lots, self._cardinality = 1 + rng.random(len(scores)), cardinality
        required = with_required(scores, ())
        self._required = (*required, *wishes_kept(scores, required, cardinality)[0])
        self._places = self.positions(self._required) if self._required else []

    @cached_property
    def table(self) -> Floats | sparse.csr_array | EngineWeights:
        """The weights of the pairs that pass where these are listed, else as an array, or by block for many people."""
        n, listed = len(self), self.listed()
        if listed is not None:
            return listed
        return self.block(np.arange(n)) if n * n <= CELLS_AT_ONCE else self

    def listed(self) -> sparse.csr_array | None:
        """Weights of the pairs that pass or must be made; None where the former are not listed."""
        listed = super().listed()
        if listed is None:
            return None
        cells, places = sparse.coo_array(listed), np.array(self._places, dtype=np.int64).reshape(-1, 2)
        made = places[np.isnan(cells_of(listed, places))]
        worth = np.nan_to_num(self._scores.values_of(PairsAt(*self.order[made].T)))
        i, j = np.concatenate([np.stack(cells.coords), made.T, made[:, ::-1].T], axis=1)
        lots = np.modf(2.0**20 * (self._lots[i] * self._lots[j]))[0]
        weights = np.concatenate([cells.data, worth, worth]) * (1 + JITTER * lots)
        return sparse.csr_array((weights, (i, j)), shape=listed.shape)

    def block(self, rows: Ints) -> Floats:
        """Weights of the rows against everyone, missing where not allowed."""
        lots = np.modf(2.0**20 * np.outer(self._lots[rows], self._lots))[0]
        weights: Floats = super().block(rows)
        shut = self._must_be_made(rows) & np.isnan(weights)
        if shut.any():
            weights[shut] = self._gates_ignored(rows, shut)
        return weights * (1 + JITTER * lots)

    def found(self, objective: str) -> Matching:
        """The best matching that makes the required pairs and keeps the limits; `InfeasibleError` if there is none."""
        return best_matching(self, objective, self._required, self._cardinality)

    def opened(self) -> Flags:
        """The required pairs, rows by name order and columns by position."""
        found = np.zeros((len(self), len(self)), dtype=bool)
        found[:, self.order] = self._must_be_made(np.arange(len(self)))
        return found

    def _weights(self) -> Any:  # noqa: ANN401, SciPy's sparse arrays have no type the engine names
        return self.table

    def _must_be_made(self, rows: Ints) -> Flags:
        found = np.zeros((len(rows), len(self)), dtype=bool)
        for i, j in self._places:
            found[rows == i, j] = found[rows == j, i] = True
        return found

    def _gates_ignored(self, rows: Ints, wanted: Flags) -> Floats:
        """Values of some cells of the rows, 0 where answers do not tell."""
        asked = np.zeros_like(wanted)
        asked[:, self.order] = wanted
        values: Floats = self._scores.values(self.order[rows], asked)[:, self.order][wanted]
        return np.nan_to_num(values)


def cells_of(table: Floats | sparse.csr_array | EngineWeights, pairs: Ints) -> Floats:
    """Weights of some pairs, missing where not allowed."""
    listed = table.listed() if isinstance(table, EngineWeights) else None
    table = table if listed is None else listed
    if isinstance(table, sparse.csr_array):
        cells, n = sparse.coo_array(table), table.shape[0]
        known = pd.Series(cells.data, index=cells.coords[0].astype(np.int64) * n + cells.coords[1])
        return known.reindex(pairs[:, 0] * n + pairs[:, 1]).to_numpy()
    if isinstance(table, EngineWeights):
        rows, place = np.unique(pairs[:, 0], return_inverse=True)
        return table.block(rows)[place, pairs[:, 1]]
    return table[pairs[:, 0], pairs[:, 1]]
