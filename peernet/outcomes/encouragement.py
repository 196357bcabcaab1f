"""Some were asked to meet, by lot, and not all did: what being asked changed, and what meeting changed.

Those who met can differ from those who did not, but those who were asked cannot, save by chance. So the second question
is answered through the first, and every effect of meeting that the lot does not contradict is in the interval
(Anderson & Rubin), however few met because they were asked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet._parallel import check_draws, generator
from peernet._wording import count_in_digits, listed
from peernet.dyads.effects import LEVEL, Effects, assumed, data_card, interval, number, p_words, stretch
from peernet.dyads.pairs import MEMBERS, Dyads, as_dyads, refuse_odd_labels, why_fewer
from peernet.errors import EstimationError, SettingError, checked_list
from peernet.outcomes.lots import MOST_LISTED
from peernet.outcomes.randomization import (
    HALVINGS,
    ROUNDING,
    TIES,
    Curves,
    effects_row,
    fitted,
    inverted,
    refuse_one_value,
    shares,
    two_sided,
)

FEWEST = 4  # pairs
ONE_VALUE = 1e-6  # of the estimate: all ends nearer than this are the estimate itself
LOOKED_AT = 400  # effects from minus to plus infinity, nearer to each other around the estimate
CITATION = (
    "Angrist, J. D., Imbens, G. W. & Rubin, D. B. (1996). Identification of causal effects using instrumental "
    "variables. Journal of the American Statistical Association 91, 444-455; Imbens, G. W. & Rosenbaum, P. R. (2005). "
    "Robust, accurate confidence intervals with a weak instrument: Quarter of birth and education. Journal of the "
    "Royal Statistical Society A 168, 109-126."
)


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class EncouragementEffects(Effects):
    """What it changed to be asked to meet, and what it changed to meet.

    Parameters
    ----------
    table, card, left_out, sentence, method, citation, assumptions, null, settings
        As in `Effects`. Rows of ``.table``: ``being asked``, ``taking part`` (on whether they met) and ``meeting``;
        further columns ``p_greater`` and ``p_less``. An end without limit is inf or -inf.
    regions
        Every stretch of effects of meeting that is not rejected, ``low`` and ``high``: one, as a rule; with a weak
        instrument two that leave out the middle, or the whole line.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> pairs = pd.DataFrame({"asked": [1, 1, 1, 0, 0, 0], "met": [1, 1, 0, 0, 0, 0], "y": [5.0, 6, 3, 2, 3, 1]})
    >>> dyads = pn.dyads.Dyads(pairs, design="drawn by lot")
    >>> found = pn.outcomes.encouragement_effects(dyads, "y", asked="asked", met="met")
    >>> found.table["estimate"].round(2).to_dict()
    {'being asked': 2.67, 'taking part': 0.67, 'meeting': 4.0}
    """

    regions: pd.DataFrame


def encouragement_effects(
    pairs: Dyads | pd.DataFrame,
    outcome: str,
    *,
    asked: str,
    met: str,
    strata: str | None = None,
    covariates: Sequence[str] = (),
    draws: int = 2000,
    rng: int | np.random.Generator = 0,
) -> EncouragementEffects:
    """Estimate what asking pairs to meet changed, and what meeting changed in those who met because they were asked.

    Parameters
    ----------
    pairs
        Pairs; a lot decided which of them were asked (``design="drawn by lot"``).
    outcome
        A measure of people, of which the mean of the two counts, or of the pair.
    asked
        A measure of the pair: 1 if the lot said that they be asked, 0 if not.
    met
        A measure of the pair: whether they met (1 or 0), or how often.
    strata
        A measure of the pair within whose values the lot was drawn, so many of each; None if among all.
    covariates
        Measures from before the lot, held constant.
    draws
        How many lots to draw, where there are too many to list.
    rng
        Seed or generator.

    Returns
    -------
    EncouragementEffects
        ``.table``, ``.regions``, ``.null``.

    Raises
    ------
    SettingError
        If nothing was drawn by lot, or ``asked`` is not 1 and 0.
    EstimationError
        If asking made no difference to who met (the effect of meeting is then not to be had), or pairs are too few.

    Notes
    -----
    The lot that decided who was asked is drawn again, as many in each stratum. The effect of being asked is that of
    the programme as it was offered. The effect of meeting is the ratio of the two differences (Wald, that is two-stage
    least squares on pair means) and holds for pairs that met because they were asked, if asking changed the outcome by
    way of meeting alone and kept nobody from meeting. Its interval holds every effect which, taken out of the outcome,
    leaves nothing that goes with the lot: right however weak the instrument is, and then without end.

    References
    ----------
    Angrist, J. D., Imbens, G. W. & Rubin, D. B. (1996). Identification of causal effects using instrumental variables.
    Journal of the American Statistical Association 91, 444-455.
    Imbens, G. W. & Rosenbaum, P. R. (2005). Robust, accurate confidence intervals with a weak instrument. Journal of
    the Royal Statistical Society A 168, 109-126.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> pairs = pd.DataFrame({"asked": [1, 1, 1, 0, 0, 0], "met": [1, 1, 0, 0, 0, 0], "y": [5.0, 6, 3, 2, 3, 1]})
    >>> dyads = pn.dyads.Dyads(pairs, design="drawn by lot")
    >>> pn.outcomes.encouragement_effects(dyads, "y", asked="asked", met="met").table.loc["being asked", "p_value"]
    np.float64(0.2)
    """
    dyads = _checked(as_dyads(pairs), asked, met, strata)
    check_draws(draws)
    covariates = checked_list("covariates", covariates, "measures")
    names = [outcome, asked, met, *covariates]
    for name in names:
        if names.count(name) > 1 and {name} != {asked, met}:
            raise SettingError(f"{name!r} is given twice. Name each measure once.")
    used = dyads.complete(*dict.fromkeys(names))
    if strata:
        refuse_odd_labels(used.table[strata])
    number = used.table["pair"]
    order = np.argsort(number if pd.api.types.is_numeric_dtype(number) else number.astype(str), kind="stable")
    table = used.table.iloc[order].reset_index(drop=True)
    z, d, y = (_pair_values(used, table, name) for name in (asked, met, outcome))
    if not np.isin(z, (0.0, 1.0)).all():
        raise SettingError(f"{asked} must be 1 for pairs that the lot said be asked and 0 for the others.")
    if len(z) < FEWEST + len(covariates) or not 0 < z.sum() < len(z):
        raise EstimationError(
            f"{count_in_digits(len(z), 'complete pair', 'complete pairs')}, {z.sum():.0f} of them asked: too few of "
            f"one kind{why_fewer(used.left_out)}. It takes {FEWEST + len(covariates)} pairs, some asked and some not."
        )
    groups = (
        pd.factorize(table[strata], use_na_sentinel=False)[0].astype(np.int64)
        if strata
        else np.zeros(len(z), dtype=np.int64)
    )
    if np.ptp(y) <= ROUNDING * np.abs(y).max():
        raise EstimationError(
            f"{outcome} is the same in every pair, so there is nothing that asking could have changed."
        )
    lots, exact = _lots(z.astype(bool), groups, draws, generator(rng))
    held = [np.broadcast_to(_pair_values(used, table, name), lots.shape) for name in covariates]
    blocks = [np.broadcast_to((groups == group).astype(float), lots.shape) for group in np.unique(groups)]
    change, meeting, asking = (np.broadcast_to(each, lots.shape) for each in (y, d, z))
    everywhere = np.ones(lots.shape, dtype=bool)
    of_meeting = fitted([lots, *held], blocks, (change, meeting), everywhere)
    of_asking = fitted([lots, *held], blocks, (change, asking), everywhere)
    settings: dict[str, Any] = {
        "outcome": outcome,
        "asked": asked,
        "met": met,
        "strata": strata,
        "covariates": covariates,
    }
    settings |= {"draws": draws, "rng": rng}
    return _result(used, of_meeting, of_asking, (z, d), exact=exact, settings=settings)


def _checked(dyads: Dyads, asked: str, met: str, strata: str | None) -> Dyads:
    if dyads.design != "drawn by lot":
        raise SettingError(
            "The pairs are marked as observed. If a lot decided who was asked, say so where the pairs are made "
            '(design="drawn by lot"); if none did, whoever was asked may have been asked for a reason.'
        )
    for name in (asked, met, *([strata] if strata else [])):
        if name == strata and dyads.column_of(name) in dyads.table and dyads.table[name].isna().any():
            raise SettingError(f"{name} is not known of every pair, and a lot was drawn within it. Fill it in.")
        if dyads.is_of_people(name):
            raise SettingError(f"{name} must be a measure of the pair: both were asked, and met, or neither.")
    return dyads


def _pair_values(dyads: Dyads, table: pd.DataFrame, name: str) -> Floats:
    if not dyads.is_of_people(name):
        return table[name].to_numpy(dtype=np.float64)
    first, second = (table[f"{name}{member}"].to_numpy(dtype=np.float64) for member in MEMBERS)
    return np.asarray((first + second) / 2, dtype=np.float64)


def _lots(z: Flags, groups: Ints, draws: int, rng: np.random.Generator) -> tuple[Floats, bool]:
    """Who is asked in each lot, the one that was drawn first; all lots if they are few."""
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    many = math.prod(math.comb(len(each), int(z[each].sum())) for each in members)
    if many <= MOST_LISTED:
        lots = np.zeros((1, len(z)))
        for each in members:
            chosen = np.array([*combinations(each, int(z[each].sum()))], dtype=int)
            chosen = chosen.reshape(math.comb(len(each), int(z[each].sum())), -1)
            one = np.zeros((len(chosen), len(z)))
            np.put_along_axis(one, chosen, 1.0, axis=1)
            lots = (lots[:, None, :] + one[None]).reshape(-1, len(z))
        drawn = int(np.flatnonzero((lots == z).all(axis=1))[0])
        lots[[0, drawn]] = lots[[drawn, 0]]
        return lots, True
    lots = np.tile(z.astype(float), (draws + 1, 1))
    for each in members:
        order = each[np.argsort(rng.random((draws, len(each))), axis=1)]
        lots[1:, each] = z[order]
    return lots, False


def _taking_part(curves: Curves) -> Curves:
    nothing = np.zeros_like(curves.top)
    var = np.maximum(curves.var_of, (TIES * curves.top_of) ** 2)  # where those asked met and nobody else
    return Curves(curves.top_of, nothing, var, nothing, nothing)


def _result(
    used: Dyads,
    of_meeting: Curves,
    of_asking: Curves,
    drawn: tuple[Floats, Floats],
    *,
    exact: bool,
    settings: dict[str, Any],
) -> EncouragementEffects:
    (z, d), outcome, asked, met = drawn, settings["outcome"], settings["asked"], settings["met"]
    if np.isnan(of_meeting.top[0]):
        raise EstimationError(f"{asked} cannot be told apart from what is held constant.")
    if abs(of_meeting.top_of[0]) <= TIES * np.abs(d).max():
        raise EstimationError(
            f"Asking made no difference to {met}: pairs that were asked met as much as the others. So the lot says "
            f"nothing of what meeting changes; take {met!r} = {asked!r} for what being asked changed."
        )
    by_lot, part = of_meeting.at(0.0), _taking_part(of_meeting).at(0.0)
    refuse_one_value(by_lot, asked)
    change, moved = float(of_meeting.top[0]), float(of_meeting.top_of[0])
    rows = [
        effects_row("being asked", *inverted(of_asking, 0), by_lot[0], *shares(by_lot, 0)),
        effects_row("taking part", moved, np.nan, np.nan, part[0], *shares(part, 0)),
        effects_row("meeting", change / moved, np.nan, np.nan, by_lot[0], *shares(by_lot, 0)),
    ]
    table = pd.concat(rows)
    table.loc["being asked", "estimate"] = change
    regions = _regions(of_meeting)
    table.loc["meeting", ["low", "high"]] = regions["low"].min(), regions["high"].max()
    unasked = int(((z == 0) & (d > 0)).sum())
    lots = f"{'all ' if exact else ''}{count_in_digits(len(by_lot), 'lot', 'lots')}"
    return EncouragementEffects(
        table=table,
        regions=regions,
        card=data_card(used, asked=int(z.sum()), **{"lots": lots, "drawn by lot": f"which pairs were {asked}"}),
        left_out=used.left_out,
        sentence=_sentence(table, regions, outcome, met, lots),
        method="Regression of pair means on the lot, drawn again; ratio of differences, Anderson-Rubin interval.",
        citation=CITATION,
        assumptions=assumed(
            ("a lot decided which pairs were asked", None, "said to be so"),
            ("being asked changes the outcome by way of meeting alone", None, "needed for the effect of meeting"),
            (
                "asking kept nobody from meeting",
                True if not unasked else None,
                f"{count_in_digits(unasked, 'pair', 'pairs')} met without being asked",
            ),
            ("a pair that is asked does not change another", None, "needed for all three"),
        ),
        null=pd.DataFrame({"being asked": by_lot, "taking part": part}),
        settings=settings,
    )


def _regions(curves: Curves) -> pd.DataFrame:
    """Stretches of effects that are not rejected, over the whole line; ends to within rounding."""
    middle = float(curves.top[0] / curves.top_of[0])
    unit = float(np.sqrt(curves.var[0])) / abs(float(curves.top_of[0])) or 1.0

    def kept(angle: float) -> bool:
        return two_sided(*shares(curves.at(middle + unit * math.tan(angle)), 0)) > 1 - LEVEL

    def end(inside: float, outside: float) -> float:
        for _ in range(HALVINGS):
            half = (inside + outside) / 2
            inside, outside = (half, outside) if kept(half) else (inside, half)
        return middle + unit * math.tan(inside)

    angles = np.linspace(-math.pi / 2, math.pi / 2, LOOKED_AT + 2)[1:-1]
    inside = np.array([kept(angle) for angle in angles])
    starts = np.flatnonzero(inside & ~np.r_[False, inside[:-1]])
    stops = np.flatnonzero(inside & ~np.r_[inside[1:], False])
    last = len(angles) - 1
    if not len(starts):  # one value, the estimate itself: whatever else is taken out leaves what goes with the lot
        return pd.DataFrame({"low": [middle], "high": [middle]})
    rows = [
        (
            -np.inf if start == 0 else end(angles[start], angles[start - 1]),
            np.inf if stop == last else end(angles[stop], angles[stop + 1]),
        )
        for start, stop in zip(starts, stops, strict=True)
    ]
    if np.allclose(rows, middle, rtol=ONE_VALUE, atol=0):
        rows = [(middle, middle)]
    return pd.DataFrame(rows, columns=["low", "high"], dtype=float)


def _sentence(table: pd.DataFrame, regions: pd.DataFrame, outcome: str, met: str, lots: str) -> str:
    asked, moved, meeting = (table.loc[row].to_dict() for row in ("being asked", "taking part", "meeting"))
    whole = len(regions) == 1 and np.isinf(regions.to_numpy()).all()
    stretches = listed([stretch(low, high) for low, high in regions.to_numpy()], "or")
    band = "no value is ruled out: too few met because they were asked" if whole else f"95 % interval {stretches}"
    if len(regions) == 1 and not whole:
        band = interval(*regions.to_numpy()[0])
    return (
        f"Being asked changed {outcome} by {number(asked['estimate'])} ({interval(asked['low'], asked['high'])}), "
        f"and {met} by {number(moved['estimate'])}; meeting changed {outcome} by "
        f"{number(meeting['estimate'])} ({band}) in pairs that met because they were asked, against {lots}; "
        f"{p_words(asked['p_value'])}. By lot was drawn which pairs were asked, not which met."
    )
