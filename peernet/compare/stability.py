"""How sure each proposed pair is: what a survey that came out a little differently would have proposed."""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass, field
from html import escape
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from peernet._parallel import check_draws, spawned
from peernet.compare.optimism import cross_fitted
from peernet.compare.repeats import AGREED, Repeats
from peernet.compare.survey_again import latitude, survey_again
from peernet.errors import PeernetWarning
from peernet.graph.colleagues import colleague_graph
from peernet.pairing.pairing import Pairing, pair_people
from peernet.scores.rules import Rules
from peernet.scores.scoring import score_pairs
from peernet.survey.survey import Survey

__all__ = ["PairingStability", "pairing_stability"]

STANDINGS = {0.9: "stable", 0.5: "likely", 0.0: "one of several"}
SURELY = 0.7  # lower end of the interval of what is called stable: a few draws show nothing


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
        One row per draw, index ``draw``: ``pairs``, ``best`` (value of the draw's best pairing), ``proposed`` (value of
        the proposed pairs there, those a gate then closes counting nothing, prices of rules taken off), ``kept`` (the
        one as a share of the other), ``same`` (share of the proposed pairs that recur), ``allowed`` (share that pass
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
        if not len(self.pairing):
            return f"<PairingStability: no pair is proposed, {len(self.draws)} draws>"
        told = self.summary
        return (
            f"<PairingStability: {told['stable']:.0f} of {told['pairs']:.0f} pairs stable, {told['recur']:.0%} "
            f"recur on average and keep {told['kept']:.0%} of the value, {len(self.draws)} draws>"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.pairs[self.pairs['proposed']].head(10).round(3).to_html()}"


def pairing_stability(
    survey: Survey,
    graph: nx.MultiDiGraph[str] | None = None,
    *,
    rules: Rules | None = None,
    draws: int = 200,
    items: bool | float = True,
    ties: bool | float = True,
    thresholds: bool | float = True,
    weights: bool | float = True,
    consensus: bool = True,
    rng: int | np.random.Generator = 0,
    n_jobs: int = 1,
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
    rng
        Seed or generator; the same seed gives the same tables, whatever ``n_jobs``.
    n_jobs
        Processes to share the draws among, -1 for all processors.
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

    The optimism is cross-fitted: pairs chosen on half of the perspective items are valued on the other half. Half a
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
    <PairingStability: ... of 102 pairs stable, ... recur on average and keep ... of the value, 5 draws>
    """
    check_draws(draws)
    amounts = latitude(items=items, ties=ties, thresholds=thresholds, weights=weights)
    graph = colleague_graph(survey) if graph is None else graph
    pairing = pair_people(score_pairs(survey, graph, **score_settings), rules=rules)
    scores = pairing.scores
    again = survey_again(scores, graph, amounts, score_settings)
    for_draws, for_fresh, for_halves = np.random.default_rng(rng).spawn(3)
    repeats = Repeats(again, pairing, spawned(for_draws, draws), spawned(for_fresh, draws), n_jobs, progress)
    pairs = repeats.pairs()
    agreed = repeats.consensus(pairs) if consensus else None
    _warn_of_limits(repeats)
    return PairingStability(
        pairs.assign(standing=[_standing(*sure) for sure in zip(pairs["inclusion"], pairs["low"], strict=True)]),
        repeats.people(pairs),
        repeats.table(agreed),
        cross_fitted(scores, rng=for_halves),
        pairs[AGREED].assign(value=np.nan).head(0) if agreed is None else agreed,
        again.items,
        pairing,
        {**scores.settings, **asdict(amounts), "draws": draws, "rng": rng if isinstance(rng, int) else None},
    )


def _warn_of_limits(repeats: Repeats) -> None:
    missed = sum(np.isnan(outcome.best) for outcome in repeats.outcomes)
    if missed:
        warnings.warn(
            f"In {missed} of {len(repeats.outcomes)} draws no pairing keeps the limits on the number of pairs; they "
            "count as draws without any pair. Give the limits a price, or more room.",
            PeernetWarning,
            stacklevel=3,
        )


def _standing(inclusion: float, low: float) -> str:
    found = next(word for least, word in STANDINGS.items() if inclusion >= least)
    return "likely" if found == "stable" and low < SURELY else found
