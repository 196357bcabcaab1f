"""The search for the best pairing under the rules, and what comes with it."""

from __future__ import annotations

from collections.abc import Iterable

from peernet.pairing.objectives import best_pairs, with_required
from peernet.pairing.pairing import Pairing
from peernet.pairing.required_pairs import check_required
from peernet.scores.pair_scores import PairScores, numbered
from peernet.scores.reasons import left_out
from peernet.scores.rules import Rules

__all__ = ["pair_people"]


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
        where that settles ties. A limit that must count has no price.
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
