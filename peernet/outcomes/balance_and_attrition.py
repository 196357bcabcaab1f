"""Whether those who are compared are comparable: balance of partners before the pairing, and who was lost after it.

Both are looked at before anything is read off the outcomes: what the lot left unequal, and whom the later wave lost.
"""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx
import numpy as np
import pandas as pd

from peernet._arrays import Floats, Ints
from peernet._parallel import BAND_95
from peernet._wording import count_in_digits, listed, percent
from peernet.dyads.chance import AT_A_TIME
from peernet.dyads.effects import COLUMNS, Effects, assumed, by_t, data_card, number, p_words
from peernet.dyads.missing_codes import warn_of_codes
from peernet.dyads.pairs import LEFT_OUT, MEMBERS, Dyads, as_dyads, as_numbers
from peernet.errors import EstimationError, SettingError, is_whole
from peernet.outcomes.lots import NOBODY, ByLot, Design, Redraws, redraws_of
from peernet.outcomes.pairs import named_dyads, outcome_of
from peernet.outcomes.randomization import ROUNDING, TIES, refuse_one_value, shares, two_sided
from peernet.outcomes.redrawn import redrawn
from peernet.survey.survey import Survey
from peernet.survey.waves import Links, linked_people

CITATION_OF_BALANCE = (
    "Guryan, J., Kroft, K. & Notowidigdo, M. J. (2009). Peer effects in the workplace: Evidence from random groupings "
    "in professional golf tournaments. American Economic Journal: Applied Economics 1(4), 34-68."
)
CITATION_OF_ATTRITION = "Liang & Zeger (1986), Biometrika 73."
FROM_SCORES = "perspective"  # a distance that pairs have where they came with scores
FEWEST = 5  # people with a value, and units they come in; of fewer nothing is estimated
TELLING = 3  # units of several people, below which nothing tells how alike in loss those of a unit are


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
    Nobody is their own partner, so that even under a fair lot one's own measure and the mean of one's partners' go
    together *negatively*: by -1/(N - 1) in pairs, by -(K - 1)/(N - K + 1) in groups of K within pools of N. The
    design's own redraws bring that along, whatever the design.

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
    warn_of_codes(
        dyads.table[[f"{name}{member}" for name in measures for member in MEMBERS]].apply(as_numbers), dyads.limits
    )
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
        citation=CITATION_OF_BALANCE,
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
        low, high = np.nanquantile(values, BAND_95)
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
    step = max(1, AT_A_TIME // len(redraws.people))
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
    count = np.maximum(there.sum(axis=1), 2)
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


# --- who answered the second wave and who was lost --------------------------------------------------------------------


def attrition(
    pairs: Dyads | pd.DataFrame,
    survey: Survey,
    *,
    wave: int = 2,
    distance: str | None = "perspective",
    links: Links | None = None,
) -> Effects:
    """Report who answered a later wave, and test whether its loss hangs on being paired, on distance or on answers.

    Parameters
    ----------
    pairs
        What `pairs_of` returned for this survey.
    survey
        The survey; its ``outcomes`` hold the waves.
    wave
        The later wave, 2 or more.
    distance
        A measure of the pairs whose bearing on loss among the paired is tested; None for none. ``"perspective"`` is
        left out where the pairs came without scores.
    links
        Who of the later wave is who in the first, where this was handed to `pairs_of` or `read_survey`. Those lost who
        have no link are counted apart: they may have answered under a name that nobody could place.

    Returns
    -------
    Effects
        One row per characteristic of people: ``"paired"`` (1 for whoever is in a pair), the distance (among the
        paired) and every outcome of earlier waves. ``people`` with a known value, their mean where the later wave was
        ``answered`` and where it was ``lost``; ``estimate`` is the change in the share lost per unit, for
        ``"paired"`` the difference between shares, with its interval and p value. ``.card`` has the shares, and with
        links how many of the lost have none.

    Raises
    ------
    EstimationError
        If nobody answered the later wave.
    SettingError
        If the distance is no measure of pairs, the pairs do not say who is in them, or the wave is no later one.
    UnknownPersonError
        If somebody in a pair is not among the people of the survey.

    Notes
    -----
    Whoever answered the first survey or is in a pair is counted, and is lost where none of the outcomes of the later
    wave that an earlier wave asked as well is known (of all, where none was asked before). The shares lost with and
    without a partner are compared by a score test, so that a group without any loss has an error as well. How alike
    in loss those are who hang together through pairs is taken from all of them together, as one correlation; where
    there are fewer than three pairs nothing tells, they are taken to be independent, and ``assumptions`` says so. The
    share lost of a pair (of all that hang together) is regressed on distance, that of a person on each earlier answer.

    By pairing it errs as often as it says: with 12, 20 and 40 people of whom a third is in pairs and a quarter is lost,
    partners alike in it, unlike or neither, in 3.3 to 6.2 % of 2,000 simulated studies without an effect (standard
    error .5 %). Where only a tenth is lost few counts are possible, and it rejects in 2 to 4 %. No test without a coin
    toss comes much nearer: were partners known to be independent, it would reject in 3.4, 3.7 and 4.5 % with 12, 20 and
    40 people, mid-p values of Fisher's test in 3.4, 3.7 and 4.8 %, and that test itself in .2, .5 and 1.3 %.

    References
    ----------
    Liang, K.-Y. & Zeger, S. L. (1986). Longitudinal data analysis using generalized linear models. Biometrika 73,
    13-22.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> found = pn.outcomes.attrition(pn.outcomes.pairs_of(survey, "pilot_partner"), survey)
    >>> found.table.index.tolist()
    ['paired', 'learning_1', 'openness_1']
    """
    if not is_whole(wave, 2):
        raise SettingError(
            f"wave must be a whole number, 2 or more: the first is what the later is held against; got {wave!r}."
        )
    dyads = named_dyads(pairs, survey)
    people = survey.people.index[
        survey.people["answered"].to_numpy(dtype=bool) | survey.people.index.isin(dyads.people)
    ]
    outcomes = survey.outcomes.reindex(columns=["person", "wave", "measure", "value"])
    lost = _lost(outcomes, wave, people)
    told = _characteristics(dyads, survey, outcomes[outcomes["wave"] < wave], people, distance)
    units = _units(dyads, people)
    alike = _alike(lost, units)
    unlinked = None if links is None else int((lost[~people.isin(linked_people(links)["first"])]).sum())
    rows = [_by_pairing(lost, told["paired"], units, 0.0 if np.isnan(alike) else alike)]
    rows += [_row(lost, told[name], units, of_units=name == distance) for name in told if name != "paired"]
    table = pd.DataFrame(rows, index=pd.Index(list(told), name="term"))
    paired = told["paired"] == 1
    shares = {"paired": lost[paired], "not paired": lost[~paired]}
    card = {f"lost of those {name}": f"{part.sum():.0f} of {len(part)}" for name, part in shares.items() if len(part)}
    if unlinked is not None:
        card["of those lost, without a link between the waves"] = f"{unlinked} of {lost.sum():.0f}"
    return Effects(
        table=table[["people", "answered", "lost", *COLUMNS]],
        card=data_card(dyads) | {"people asked": len(people), "answered the later wave": int((1 - lost).sum())} | card,
        left_out=dyads.left_out,
        sentence=_sentence(table, shares) + _without_link(unlinked or 0),
        method=(
            "Share lost by each characteristic by itself; by pairing with one correlation of all who hang together "
            "through pairs, on distance with them as units."
        ),
        citation=CITATION_OF_ATTRITION,
        assumptions=assumed(
            ("whoever was lost would have answered like those who stayed", None, "cannot be known"),
            (
                "by pairing: any two who hang together through pairs are as alike in loss as any other two",
                None,
                "too few pairs to tell how alike; taken to be independent"
                if np.isnan(alike)
                else f"correlation {number(alike)}",
            ),
        ),
        settings={"wave": wave, "distance": distance, "links": links is not None},
    )


def _without_link(unlinked: int) -> str:
    if not unlinked:
        return ""
    who = count_in_digits(unlinked, "person who is counted as lost has", "people who are counted as lost have")
    return f" {who} no link between the waves and may have answered under a name that is linked to nobody."


def _lost(outcomes: pd.DataFrame, wave: int, people: pd.Index) -> pd.Series[float]:
    """1 for whoever gave no answer in the later wave, else 0."""
    later = outcomes[outcomes["wave"] == wave]
    if later.empty:
        raise EstimationError(f"Nobody answered wave {wave}, so nothing tells who was lost.")
    before = outcomes.loc[outcomes["wave"] < wave, "measure"]
    repeated = later[later["measure"].isin(before)] if later["measure"].isin(before).any() else later
    return pd.Series(1.0 - people.isin(repeated["person"]), index=people)


def _characteristics(
    dyads: Dyads, survey: Survey, earlier: pd.DataFrame, people: pd.Index, distance: str | None
) -> dict[str, pd.Series[float]]:
    """What may bear on being lost, by name."""
    found = {"paired": pd.Series(people.isin(dyads.people).astype(float), index=people)}
    if distance is not None and distance != FROM_SCORES and dyads.is_of_people(distance):
        raise SettingError(f"{distance!r} is a measure of people; distance must be one of the pair.")
    if distance is not None and distance in dyads.table:
        both = [dyads.table[[side, distance]].set_axis(["who", "far"], axis=1) for side in ("a", "b")]
        sides = pd.concat(both).sort_values(["who", "far"])
        found[distance] = sides.groupby("who")["far"].mean().reindex(people)
    for measure, wave in sorted({*zip(earlier["measure"], earlier["wave"], strict=True)}):
        found[f"{measure}_{wave}"] = as_numbers(outcome_of(survey, measure, wave)).reindex(people)
    return found


def _units(dyads: Dyads, people: pd.Index) -> Ints:
    """The unit of everybody: all who hang together through pairs, or the person."""
    graph: nx.Graph[str] = nx.Graph(zip(dyads.table["a"], dyads.table["b"], strict=True))
    together = {who: min(group) for group in nx.connected_components(graph) for who in group}
    return np.unique([together.get(who, who) for who in people], return_inverse=True)[1]


def _row(lost: pd.Series[float], value: pd.Series[float], units: Ints, *, of_units: bool) -> dict[str, float]:
    """One characteristic of those who answered and those lost, and the share lost by it."""
    known = value.notna().to_numpy()
    x, y, unit = value[known].to_numpy(dtype=float), lost[known].to_numpy(), units[known]
    row = {"people": float(known.sum()), "answered": _mean(x[y == 0]), "lost": _mean(x[y == 1])}
    if of_units:
        x, y = (pd.Series(values).groupby(unit).mean().to_numpy() for values in (x, y))
    if len(x) < FEWEST or np.ptp(x) == 0 or np.ptp(y) == 0:
        return row | dict.fromkeys(COLUMNS, np.nan)
    apart, off = x - x.mean(), y - y.mean()
    slope = apart @ off / (apart @ apart)
    error = np.sqrt(((off - slope * apart) ** 2).sum() / (len(x) - 2) / (apart @ apart))
    return row | _tested(slope, error, len(x) - 2)


def _alike(lost: pd.Series[float], units: Ints) -> float:
    """The correlation in loss of two people of a unit; missing where too few units tell, or nothing varies."""
    off, sizes = lost.to_numpy() - lost.mean(), np.bincount(units)
    both = (np.bincount(units, off) ** 2 - np.bincount(units, off**2)).sum()
    if (sizes > 1).sum() < TELLING or np.ptp(off) == 0:
        return np.nan
    return float(np.clip(both / (sizes * (sizes - 1)).sum() / (off**2).mean(), -1, 1))


def _by_pairing(lost: pd.Series[float], paired: pd.Series[float], units: Ints, alike: float) -> dict[str, float]:
    """Share lost with a partner less share lost without; the error as it is where nothing hangs on it."""
    x, y = paired.to_numpy(), lost.to_numpy()
    row = {"people": float(len(x)), "answered": _mean(x[y == 0]), "lost": _mean(x[y == 1])}
    if len(np.unique(units)) < FEWEST or np.ptp(x) == 0 or np.ptp(y) == 0:
        return row | dict.fromkeys(COLUMNS, np.nan)
    apart, off = x - x.mean(), y - y.mean()
    own = np.bincount(units, apart**2)
    spread = np.maximum(own + alike * (np.bincount(units, apart) ** 2 - own), 0).sum() * y.var(ddof=1)
    slope = apart @ off / (apart @ apart)
    return row | _tested(slope, np.sqrt(spread) / (apart @ apart), np.inf)


def _tested(slope: float, error: float, df: float) -> dict[str, float]:
    row = by_t([""], np.array([slope]), np.array([error]), df).to_numpy(dtype=float)[0]
    return dict(zip(COLUMNS, row.tolist(), strict=True))


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else np.nan


def _sentence(table: pd.DataFrame, shares: dict[str, pd.Series[float]]) -> str:
    """Shares lost with and without a partner, and what the loss hangs on."""
    told = " and ".join(f"{percent(float(part.mean()))} of those {name}" for name, part in shares.items() if len(part))
    tested = table["p_value"].dropna()
    clear = [f"{term} ({p_words(float(tested[term]))})" for term in tested.index[tested < 0.05]]
    hangs = f"the loss hangs on {listed(clear)}" if clear else "none is seen to bear on the loss"
    low, high, difference, p = table.loc[["paired"], ["low", "high", "estimate", "p_value"]].to_numpy(dtype=float)[0]
    far, *ends = (number(100 * share) for share in (difference, low, high))
    band = f", a difference of {far} in 100 (95 % interval {ends[0]} to {ends[1]}), against none; {p_words(p)}"
    of = f" Of {count_in_digits(len(tested), 'characteristic', 'characteristics')} looked at, {hangs}."
    return f"The later wave lost {told}{band if np.isfinite(low) else ''}.{of if len(tested) else ''}"
