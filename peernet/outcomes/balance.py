"""Were partners alike before by more than the lot implies: one's own measure against the mean of one's partners'.

Nobody is their own partner, so that even under a fair lot the two go together *negatively*: by -1/(N - 1) in pairs, by
-(K - 1)/(N - K + 1) in groups of K within pools of N. The design's own redraws bring that along, whatever the design.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from peernet._arrays import Floats, Ints
from peernet._wording import count_in_digits, listed
from peernet.dyads.effects import Effects, assumed, data_card, number, p_words
from peernet.dyads.pairs import LEFT_OUT, MEMBERS, Dyads, as_dyads, as_numbers, warn_of_codes
from peernet.errors import EstimationError, SettingError
from peernet.outcomes.lots import NOBODY, ByLot, Design, Redraws, redraws_of
from peernet.outcomes.randomization import ROUNDING, TIES, refuse_one_value, shares, two_sided
from peernet.outcomes.redrawn import redrawn

BAND = (0.025, 0.975)
LEAST = 2  # people with a partner
CITATION = (
    "Guryan, J., Kroft, K. & Notowidigdo, M. J. (2009). Peer effects in the workplace: Evidence from random groupings "
    "in professional golf tournaments. American Economic Journal: Applied Economics 1(4), 34-68."
)


def partner_balance(
    dyads: Dyads,
    design: Design,
    measures: Sequence[str],
    *,
    draws: int = 2000,
    rng: int | np.random.Generator = 0,
    n_jobs: int | None = None,
    progress: bool = False,
) -> Effects:
    """Test whether partners were alike, or unlike, before they met by more than their lot implies.

    Parameters
    ----------
    dyads
        Pairs drawn by lot.
    design
        What they were drawn from, as for `randomization_test`; one round.
    measures
        Measures of people from before the pairing, as numbers.
    draws, rng, n_jobs, progress
        As for `randomization_test`.

    Returns
    -------
    Effects
        ``.table`` has a row per measure, index ``term``: ``estimate`` (slope of one's own measure on the mean of one's
        partners'; in pairs that is the correlation of partners, the order in a pair meaning nothing), ``expected`` (its
        mean over all pairings of the design), ``low`` and ``high`` (between which the design brings it in 95 of 100
        pairings), ``p_value`` (two-sided) and ``p_adjusted`` (that any of the measures lies as far from its mean, in
        its standard deviations). ``.null`` holds the slopes of all pairings.

    Raises
    ------
    SettingError
        If nothing was drawn by lot, the pairs cannot have come from this design, there are several rounds, or a measure
        is not one of people.
    EstimationError
        If a measure is the same for everybody, or has one value in all pairings.

    Warns
    -----
    PeernetWarning
        If a number looks like a code for "missing".

    Notes
    -----
    Of `ByLot` with groups, groups' means are taken out first. Balance cannot prove that a lot was fair, and after a
    fair one a small p value comes up as often as it should; adjust for the measures that matter whatever it says.

    References
    ----------
    Guryan, J., Kroft, K. & Notowidigdo, M. J. (2009). Peer effects in the workplace. American Economic Journal: Applied
    Economics 1(4), 34-68.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> table = pd.DataFrame({"a": ["ann", "bo", "cy"], "b": ["di", "eve", "fay"]})
    >>> table = table.assign(x_a=[1.0, 5, 2], x_b=[4.0, 2, 9])
    >>> dyads = pn.dyads.Dyads(table, design="drawn by lot")
    >>> found = pn.outcomes.partner_balance(dyads, pn.outcomes.ByLot(dyads.people), ["x"])
    >>> round(float(found.table["expected"].iloc[0]), 6)  # -1 / (6 - 1)
    -0.2
    """
    dyads = as_dyads(dyads)
    if not measures or isinstance(measures, str):
        raise SettingError("measures must be a list of one measure of people or more.")
    if wrong := [name for name in measures if not dyads.is_of_people(name)]:
        raise SettingError(f"{listed(wrong)} belongs to the pair; balance is of what people were before they met.")
    warn_of_codes(dyads.table[[f"{name}{member}" for name in measures for member in MEMBERS]].apply(as_numbers))
    redraws = redraws_of(dyads, design, draws=draws, rng=rng, n_jobs=n_jobs, progress=progress)
    if len(redraws.rounds) > 1:
        raise SettingError("The pairs are of several rounds; look at the balance of each by itself.")
    slopes = pd.DataFrame({name: _slopes(dyads, redraws, name, design) for name in dict.fromkeys(measures)})
    table = _table(slopes, redraws.observed)
    farthest = str(table["p_value"].idxmin())
    row = table.loc[farthest].to_dict()
    band = f"where the lot brings {number(row['low'])} to {number(row['high'])}"
    return Effects(
        table=table,
        card=data_card(dyads, **{"drawn by lot": redraws.told, "pairings": len(redraws), "all of them": redraws.exact}),
        left_out=dyads.left_out.reindex(columns=LEFT_OUT),
        sentence=(
            f"Of {count_in_digits(len(table), 'measure', 'measures')}, {farthest} of partners lies farthest from what "
            f"the lot implies: slope {number(row['estimate'])}, {band}, against {redraws.in_words()}; "
            f"{p_words(row['p_adjusted'])} for all measures together. Drawn by lot: {redraws.told}."
        ),
        method="Slope of one's own measure on the mean of one's partners', in every pairing of the design.",
        citation=CITATION,
        assumptions=assumed(("the measures are from before the pairing", None, "not known to the table")),
        null=slopes,
        settings={"measures": [*measures], "draws": draws, "rng": rng},
    )


def _table(slopes: pd.DataFrame, drawn: int) -> pd.DataFrame:
    for name in map(str, slopes):
        refuse_one_value(slopes[name].to_numpy(), f"the slope of {name}")
    mean, spread = slopes.mean(), slopes.std(ddof=0)
    far = ((slopes - mean) / spread).abs().max(axis=1).to_numpy()
    rows = []
    for name in map(str, slopes):
        values = slopes[name].to_numpy()
        own = abs(values[drawn] - mean[name]) / spread[name]
        low, high = np.nanquantile(values, BAND)
        p, any_ = two_sided(*shares(values, drawn)), float((far >= own - TIES * (1 + own)).mean())
        rows.append((values[drawn], mean[name], low, high, p, any_))
    columns = ["estimate", "expected", "low", "high", "p_value", "p_adjusted"]
    return pd.DataFrame(rows, columns=columns, index=pd.Index([*slopes], name="term"))


def _slopes(dyads: Dyads, redraws: Redraws, name: str, design: Design) -> Floats:
    """Of every pairing, the slope of people's measure on the mean of their partners'."""
    value = _by_person(dyads, redraws, name)
    if np.isnan(value).all():
        raise EstimationError(f"{name} is known of nobody who was paired.")
    if np.nanmax(value) - np.nanmin(value) <= ROUNDING * np.nanmax(np.abs(value)):
        raise EstimationError(f"{name} is the same for everybody, so partners can be neither alike nor unlike.")
    value = value - np.nanmean(value)  # far from nought, rounding would drown the slope
    value = value - _group_means(value, redraws.people, design)
    step = max(1, 2_000_000 // len(redraws.people))
    parts = [
        _slope(value, redraws.firsts[i : i + step], redraws.seconds[i : i + step]) for i in range(0, len(redraws), step)
    ]
    return np.concatenate(parts)


def _slope(value: Floats, firsts: Ints, seconds: Ints) -> Floats:
    """Pairs with a member whose measure is not known are left out."""
    draws, n = len(firsts), len(value)
    known = (firsts != NOBODY) & ~np.isnan(value[firsts]) & ~np.isnan(value[seconds])
    total, partners = np.zeros(draws * n), np.zeros(draws * n)
    start = np.arange(draws)[:, None] * n
    for one, other in ((firsts, seconds), (seconds, firsts)):
        place = (start + one)[known]
        total += np.bincount(place, weights=value[other[known]], minlength=draws * n)
        partners += np.bincount(place, minlength=draws * n)
    there = (partners > 0).reshape(draws, n)
    mean = (total / np.maximum(partners, 1)).reshape(draws, n)
    own = np.where(there, np.nan_to_num(value), 0.0)
    count = np.maximum(there.sum(axis=1), LEAST)
    middle = mean.sum(axis=1) / count
    apart = np.where(there, mean - middle[:, None], 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((apart * own).sum(axis=1) / (apart**2).sum(axis=1), dtype=np.float64)


def _by_person(dyads: Dyads, redraws: Redraws, name: str) -> Floats:
    made = redrawn(dyads, redraws, [name])
    value = np.full(len(redraws.people) + 1, np.nan)
    for member, side in zip(MEMBERS, (redraws.firsts, redraws.seconds), strict=True):
        value[side] = made.numbers(f"{name}{member}")[made.places]
    return value[:-1]


def _group_means(value: Floats, people: pd.Index, design: Design) -> Floats:
    if not isinstance(design, ByLot) or len(design.among) == 1:
        return np.zeros(len(value))
    groups = design.groups[design.people.get_indexer(people)]
    return pd.Series(value).groupby(groups).transform("mean").to_numpy(dtype=np.float64)
