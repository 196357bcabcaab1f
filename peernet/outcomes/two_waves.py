"""What changed between two waves of one survey: opinions along the partner's direction, and diversity as a whole.

Whoever answers twice seems to move towards anybody: a chance answer of the first wave stands both in the change and in
the way to the other person. So the way to a partner is always held against the way to people who were no partners.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import networkx as nx
import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet._parallel import check_draws, generator
from peernet._wording import count_in_digits, listed_few
from peernet.distance.coding import code_items
from peernet.distance.distances import compared_items, frame_distances
from peernet.diversity.effective_numbers import similarity_diversity
from peernet.diversity.reach import similarity_of
from peernet.dyads.effects import COLUMNS, LEVEL, NOT_BY_LOT, Effects, assumed, by_t, data_card, number, told
from peernet.dyads.pairs import LEFT_OUT, Dyads
from peernet.errors import EstimationError, SettingError, UnknownItemError, check_type, checked_list, did_you_mean
from peernet.outcomes.pairs import named_dyads
from peernet.outcomes.randomization import TIES, Curves, crossing
from peernet.outcomes.second_wave import who_is_who
from peernet.pairing.lottery import RandomPairing
from peernet.survey.item import Item
from peernet.survey.survey import Survey
from peernet.survey.waves import Links

MOVABLE = ("numeric", "ordinal")  # opinions that can go part of the way
FEWEST_UNITS = 5  # pairs or people; of fewer nothing is estimated
NO_WAY = 1e-12  # a squared way up to this is a rounding error: the two stood in one place
BY_LOT = "The pairs were drawn by lot: the difference is what being partners did."


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class OpinionChange(Effects):
    """How far people moved towards their partners, beyond what they seem to move towards anybody.

    Parameters
    ----------
    table, card, left_out, sentence, method, citation, assumptions, null, settings
        As of `peernet.dyads.Effects`; see `opinion_change`.
    people
        One row per person and partner whose change is known: ``pair``, ``person``, ``partner``, ``moved`` (share of
        the way to the partner that the person went, from where both stood before), ``placebo`` (the same towards
        everybody else in a pair), ``gap`` (how far apart the two were, root mean square over the questions, from 0 to
        1) and ``items`` (questions that tell).

    Examples
    --------
    >>> import peernet as pn
    >>> from dataclasses import replace
    >>> survey = pn.load_example()
    >>> later = replace(survey, people=survey.people.assign(change_1=3.0))  # as if all had come to answer so
    >>> found = pn.outcomes.opinion_change(survey, later, pn.outcomes.pairs_of(survey, "pilot_partner"), draws=50)
    >>> bool((found.people["moved"] != 0).any())
    True
    """

    people: pd.DataFrame


class _TwoWaves(NamedTuple):
    """The answers of people in both waves, coded on one scale."""

    people: pd.Index  # of the first wave, in its order
    first: Floats  # people x items, from 0 to 1, NaN where not answered
    second: Floats
    items: list[str]


def opinion_change(
    before: Survey,
    after: Survey,
    pairs: Dyads | pd.DataFrame,
    *,
    items: Iterable[str] | None = None,
    links: Links | None = None,
    lot: RandomPairing | None = None,
    draws: int = 2000,
    rng: int | np.random.Generator = 0,
) -> OpinionChange:
    """Estimate how far people moved towards their partners' outlook, held against placebo partners.

    Parameters
    ----------
    before, after
        The survey of two waves, each as `read_survey` returned it.
    pairs
        What `pairs_of` returned; its people are those of ``before``.
    items
        Opinions to follow; by default every numeric or ordinal perspective item of both waves.
    links
        What `link_waves` returned, or a table with its columns ``first`` and ``second``; by default people are linked
        by their identifiers.
    lot
        The draw of which the pairs are one, so that placebo partners are those that it could have drawn, as often.
        By default everybody else in a pair is equally a placebo partner.
    draws
        Pairings drawn for the p value.
    rng
        Seed or generator.

    Returns
    -------
    OpinionChange
        ``.table`` has ``"as it stands"`` (share of the way to the partner that people went, over all people and
        questions), ``"placebo partners"`` (the same towards those who were no partners) and ``"partner"`` (share of
        the way they went because of the partner), with interval and p value of the last, by pairing anew and so without
        a standard error. ``.people`` has a row per person and partner.

    Raises
    ------
    EstimationError
        If the change of the members of fewer than five pairs is known, or partners did not differ at first.
    UnknownItemError
        If an item is none that was asked in both waves and can move part of the way.

    Notes
    -----
    With x and y the answers before and after, person i moved c = <y_i - x_i, x_j - x_i> / |x_j - x_i|^2 of the way to
    partner j. Both factors hold -x_i, so chance in x_i (and any return to the usual) makes c positive towards
    everybody. What a partner adds is estimated with the placebo mean m of x as the point of comparison:
    sum <y_i - x_i, x_j - m> / sum <x_j - x_i, x_j - m>, in which x_i stands only once. That is an instrumental
    variable: which of the possible partners it became. It is consistent where that was drawn by lot. The plain
    difference of the first two rows would find about half of it, since the way to a partner and the way to anybody else
    have much in common. Chance in the partner's own answers draws the estimate towards 0 by the
    reliability of the answers.

    The p value is the share of pairings, drawn anew among the same people, whose partners would seem to have done as
    much, to either side, in units of its standard error with pairs as units: those whose partner is far may change
    more, to wherever. The interval holds every share of the way that, once taken out of all changes, leaves pairings
    drawn anew with a p value above 5 %; of somebody with several partners the way to each is taken out. It may have no
    end. With 12, 20 and 40 people in 500 simulated studies each of ten kinds (answers with heavy tails, skewed, yes or
    no, nearly all the same, going together; partners' changes alike, unlike, growing with their distance), it held what
    was planted in 93.0 to 97.0 % (standard error 1 %), and where there was nothing 3.4 to 6.6 % found something.

    References
    ----------
    Angrist, J. D., Imbens, G. W. & Rubin, D. B. (1996). Identification of causal effects using instrumental variables.
    Journal of the American Statistical Association 91, 444-455.
    Angrist, J. D. (2014). The perils of peer effects. Labour Economics 30, 98-108.
    Basse, G., Ding, P., Feller, A. & Toulis, P. (2024). Randomization tests for peer effects in group formation
    experiments. Econometrica 92, 567-590.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> dyads = pn.outcomes.pairs_of(survey, "pilot_partner", design="drawn by lot")
    >>> later = replace(survey, people=survey.people.assign(change_1=3.0))  # as if all had come to answer so
    >>> pn.outcomes.opinion_change(survey, later, dyads, draws=50).table["estimate"].round(2).to_dict()
    {'as it stands': 0.05, 'placebo partners': 0.05, 'partner': 0.01}
    """
    _check_waves(before, after)
    check_draws(draws)
    if lot is not None:
        check_type("lot", lot, RandomPairing, "draw_pairing")
    dyads = named_dyads(pairs)
    waves = _coded(before, after, links, movable(before, after, items))
    people = waves.people if lot is not None else waves.people[waves.people.isin(dyads.people)]
    rows = waves.people.get_indexer(people)
    streams = generator(rng).spawn(draws + 1)[1:]  # the first is what the lot itself was drawn from under this seed
    drawn = None if lot is None else [_placed(lot.redraw(stream), people) for stream in streams]
    ways = _ways(waves.first[rows], waves.second[rows], _weights(drawn, len(people)))
    made = _directed(ways, dyads, people)
    _refuse_too_little(made, ways)
    placed = _each_once(_placed(dyads.table, people))
    if drawn is None:  # the same pairs with people drawn anew for every place in them
        members, places = np.unique(placed, return_inverse=True)
        stream = generator(rng)
        pairings = [stream.permutation(members)[places].reshape(-1, 2) for _ in range(draws)]
    else:
        pairings = [_each_once(each) for each in drawn]
    met = _ways(waves.first[rows], _all_the_way(waves.first[rows], waves.second[rows], made), ways.weights).beyond
    curves = _curves([placed, *pairings], ways.beyond, met, ways.span)
    table = _moved_table(ways, made, curves)
    spans = np.array([_by_pair(ways.length, anew).sum() for anew in (placed, *pairings)])
    gone = ~dyads.table["pair"].isin(dyads.table["pair"].to_numpy()[made["pair"]])
    lost = dyads.table[gone].reindex(columns=LEFT_OUT[:3]).assign(reason="the change of neither is known")
    return OpinionChange(
        table=table,
        card=data_card(dyads, **{"changes known": len(made), "questions": len(waves.items), "draws": len(pairings)}),
        left_out=pd.concat([dyads.left_out, lost], ignore_index=True) if len(lost) else dyads.left_out,
        sentence=told(
            "People went towards their partners",
            table.loc[["partner"]].iloc[0],
            against="placebo partners",
            unit="of the way",
            says=BY_LOT if dyads.design == "drawn by lot" else NOT_BY_LOT,
        ),
        method=(
            "Change along the partner's direction, the partners that somebody could have had as the comparison "
            "(instrumental variable); interval and p by pairing the same people anew."
        ),
        citation="Angrist, Imbens & Rubin (1996), JASA 91; Basse et al. (2024), Econometrica 92.",
        assumptions=_assumed(dyads, spans[0], spans[1:], by_lot=lot is not None),
        null=pd.DataFrame({"partner": curves.top[1:]}),
        settings={"items": waves.items, "draws": draws, "rng": rng if isinstance(rng, int) else None},
        people=_people_moved(ways, people, made, dyads.table["pair"]),
    )


def diversity_change(
    before: Survey,
    after: Survey,
    pairs: Dyads | pd.DataFrame | None = None,
    *,
    block: str = "perspective",
    links: Links | None = None,
) -> Effects:
    """Compare how diverse the same people's outlooks were before and after.

    Partners who become alike leave an organisation with fewer perspectives, be it that each has more in reach: both
    are to be reported.

    Parameters
    ----------
    before, after
        The survey of two waves, each as `read_survey` returned it.
    pairs
        What `pairs_of` returned, for the distance between partners; people of a pair then count as one unit.
    block
        Which answers to compare.
    links
        What `link_waves` returned, or a table with its columns ``first`` and ``second``; by default people are linked
        by their identifiers.

    Returns
    -------
    Effects
        ``.table`` has ``"mean distance"`` (of two people, from 0 to 1: Rao's quadratic entropy but for the share of
        people with themselves), ``"variety"`` (effective number of perspectives, each counted by its share) and, with
        pairs, ``"between partners"`` (mean distance). The columns ``before`` and ``after`` come first, ``estimate`` is
        after less before. Only people of both waves are compared, with one weight for each item in both.

    Raises
    ------
    EstimationError
        If fewer than five people answered both waves.
    SettingError
        If the block holds nothing that both waves asked.

    Notes
    -----
    Standard errors leave out one unit at a time (jackknife); where people in several pairs all hang together there are
    none. In simulations in which all change was chance (normal, heavy-tailed, skewed and yes-or-no answers, partners'
    chance alike or unlike) tests found one in 2.8 to 5.2 % of studies of 12 people, 1.8 to 7.0 % of 20 and 2.2 to 6.0 %
    of 40. Without people who were in no pair there is nothing to tell the pairing from whatever else happened in
    between.

    References
    ----------
    Lorenz, J., Rauhut, H., Schweitzer, F. & Helbing, D. (2011). How social influence can undermine the wisdom of crowd
    effect. Proceedings of the National Academy of Sciences 108, 9020-9025.
    Leinster, T. & Cobbold, C. A. (2012). Measuring diversity: the importance of species similarity. Ecology 93,
    477-489.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pn.outcomes.diversity_change(survey, survey).table["estimate"].tolist()
    [0.0, 0.0]
    """
    _check_waves(before, after)
    items = _asked_twice(after, compared_items(before, block))
    if not items:
        raise SettingError(f"No {block} item was asked alike in both waves, so there is nothing to compare.")
    stacked, people = _stacked(before, after, links, items)
    distances = frame_distances(stacked, {i.name: i.kind for i in items}, _limits(items), "contribution", 0.5)
    n = len(people)
    answered = distances.answered[:n] & distances.answered[n:]
    rows = np.flatnonzero(answered)
    units, partners = _units_of_people(pairs, people, rows)
    if len(rows) < FEWEST_UNITS:
        raise EstimationError(
            f"{len(rows)} people answered both waves; at least {FEWEST_UNITS} pairs or people are needed."
        )
    tables = [distances.block(rows + shift, rows + shift) for shift in (0, n)]
    levels, spread, free = _levels(tables, units, partners)
    change = levels[:, 1] - levels[:, 0]
    terms = ["mean distance", "variety", *(["between partners"] if partners is not None else [])]
    table = by_t(terms, change, spread, free)
    table.insert(0, "before", levels[:, 0])
    table.insert(1, "after", levels[:, 1])
    dyads = named_dyads(pairs) if pairs is not None else None
    card = {"people in both waves": len(rows), "questions": len(items)}
    says = "Nothing tells this from whatever else happened between the waves."
    return Effects(
        table=table,
        card=card | (data_card(dyads) if dyads is not None else {}),
        sentence=told(
            f"From {number(levels[0, 0])} the mean distance between two people changed by",
            table.loc[["mean distance"]].iloc[0],
            against="no change",
            unit="of the greatest possible",
            says=says,
        ),
        method="The same people and questions in both waves; standard errors leave out one pair or person at a time.",
        citation="Lorenz et al. (2011), PNAS 108; Leinster & Cobbold (2012), Ecology 93.",
        settings={"block": block, "items": [item.name for item in items]},
    )


def moves_of(before: Survey, after: Survey, table: pd.DataFrame, links: Links | None) -> dict[str, list[Floats]]:
    """How far both members of each pair went to the other and to everybody else in a pair: ``moved, moved_placebo``."""
    waves = _coded(before, after, links, movable(before, after, None))
    people = waves.people[waves.people.isin({*table["a"], *table["b"]})]
    if not len(people):
        nothing = [np.full(len(table), np.nan)] * 2
        return {"moved": nothing, "moved_placebo": nothing}
    rows = waves.people.get_indexer(people)
    ways, partners = _ways(waves.first[rows], waves.second[rows], _weights(None, len(people))), _placed(table, people)
    others = ways.weights.copy()
    there = partners[partners.min(axis=1) >= 0]
    others[there[:, 0], there[:, 1]] = others[there[:, 1], there[:, 0]] = 0.0
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(ways.length > NO_WAY, ways.along / ways.length, np.nan)
        placebo = (others * ways.along).sum(axis=1) / (others * ways.length).sum(axis=1)
    known = partners.min(axis=1) >= 0
    sides = [(partners[:, 0], partners[:, 1]), (partners[:, 1], partners[:, 0])]
    return {
        "moved": [np.where(known, share[own, other], np.nan) for own, other in sides],
        "moved_placebo": [np.where(own >= 0, placebo[own], np.nan) for own, _ in sides],
    }


# --- one scale for both waves -----------------------------------------------------------------------------------------


def _check_waves(before: object, after: object) -> None:
    for name, wave in (("before", before), ("after", after)):
        check_type(name, wave, Survey, "read_survey")


def _asked_twice(after: Survey, items: Sequence[Item]) -> list[Item]:
    """Items that the second wave asked alike."""
    return [
        item
        for item in items
        if item.name in after.people
        and item.name in after.codebook
        and (item.kind, item.categories, item.limits)
        == ((again := after.codebook[item.name]).kind, again.categories, again.limits)
    ]


def movable(before: Survey, after: Survey, wanted: Iterable[str] | None) -> list[Item]:
    """Opinions asked alike in both waves that can go part of the way; `EstimationError` where there are none."""
    items = [item for item in before.codebook if item.kind in MOVABLE and item.name in before.people]
    known = _asked_twice(after, items)
    if wanted is None:
        known = [item for item in known if item.block == "perspective"]
        if not known:
            raise EstimationError(
                "No perspective item that can move part of the way (numeric or ordinal) was asked alike in both waves."
            )
        return known
    by_name = {item.name: item for item in known}
    wanted = checked_list("items", wanted, "questions of the survey")
    for name in wanted:
        if not isinstance(name, str) or name not in by_name:
            raise UnknownItemError(
                f"No item {name!r} was asked alike in both waves and can move part of the way; those that were are "
                f"{listed_few([*by_name])}.{did_you_mean(name, by_name)}"
            )
    return [by_name[name] for name in dict.fromkeys(wanted)]


def _limits(items: Sequence[Item]) -> dict[str, tuple[float, float]]:
    return {item.name: item.limits for item in items if item.limits is not None and item.is_numbered}


def _stacked(
    before: Survey, after: Survey, links: Links | None, items: Sequence[Item]
) -> tuple[pd.DataFrame, pd.Index]:
    """Answers of the people of both waves, first before and then after, and who they are."""
    linked = who_is_who(before, after, links)
    names = [item.name for item in items]
    people = pd.Index(linked["first"], name="person")
    waves = [before.people.loc[linked["first"], names], after.people.loc[linked["second"], names]]
    return pd.concat(waves, ignore_index=True), people


def _coded(before: Survey, after: Survey, links: Links | None, items: Sequence[Item]) -> _TwoWaves:
    stacked, people = _stacked(before, after, links, items)
    if not len(people):
        raise EstimationError(
            "Nobody of the first wave is in the second. People are linked by their identifiers: make these the same, "
            "or hand over links (link_waves) where a function takes them."
        )
    answers = code_items(stacked, {item.name: item.kind for item in items}, _limits(items)).answers.T
    first, second = np.asarray(answers[: len(people)], dtype=float), np.asarray(answers[len(people) :], dtype=float)
    if len(people) >= FEWEST_UNITS and np.array_equal(first, second, equal_nan=True):
        raise EstimationError(
            f"All {len(people)} people gave every answer that they gave before: the second wave seems to be the first "
            "once more. Give the later answers."
        )
    return _TwoWaves(people, first, second, [item.name for item in items])


# --- ways towards others ----------------------------------------------------------------------------------------------


class _Ways(NamedTuple):
    """Of every person (row) and other (column), summed over the questions that tell."""

    along: Floats  # change times the way to the other
    length: Floats  # the way to the other, squared
    beyond: Floats  # change times the other's place among the possible partners
    span: Floats  # the way to the other times that place
    items: Floats  # questions that tell
    weights: Floats  # how possible a partner the other is


def _ways(first: Floats, second: Floats, weights: Floats) -> _Ways:
    stands, changes = ~np.isnan(first), ~np.isnan(first) & ~np.isnan(second)
    x, own, given = np.where(stands, first, 0.0), changes.astype(float), stands.astype(float)
    moved = np.where(changes, second - first, 0.0)
    among = weights @ given
    usual = np.divide(weights @ x, among, out=np.zeros_like(x), where=among > 0)
    told_apart = own * (among > 0)
    along = moved @ (x * given).T - (moved * x) @ given.T
    length = own @ (x**2).T - 2 * (own * x) @ x.T + (own * x**2) @ given.T
    beyond = np.where(length > NO_WAY, (moved * (among > 0)) @ x.T - (moved * usual) @ given.T, 0.0)
    span = told_apart @ (x**2).T - (told_apart * (x + usual)) @ x.T + (told_apart * x * usual) @ given.T
    return _Ways(along, np.maximum(length, 0.0), beyond, span, own @ given.T, weights)


def _weights(drawn: list[Ints] | None, n: int) -> Floats:
    """How possible a partner everybody is: all others alike, or as often as a lot draws them."""
    if drawn is None:
        return 1.0 - np.eye(n)
    counts = np.zeros((n, n))
    for pairs in drawn:
        kept = pairs[pairs.min(axis=1) >= 0]
        np.add.at(counts, (kept[:, 0], kept[:, 1]), 1.0)
    return counts + counts.T


def _placed(table: pd.DataFrame, people: pd.Index) -> Ints:
    """Places of both members of each pair among the people, -1 for somebody who is not."""
    return np.column_stack([people.get_indexer(pd.Index(table[side])) for side in ("a", "b")]).astype(np.int64)


def _directed(ways: _Ways, dyads: Dyads, people: pd.Index) -> pd.DataFrame:
    """Everybody whose way to a partner is known: ``own``, ``other`` (places) and ``pair`` (row), in order."""
    partners, pair = _placed(dyads.table, people), np.arange(len(dyads))
    own, other = np.concatenate([partners, partners[:, ::-1]]).T
    made = pd.DataFrame({"own": own, "other": other, "pair": np.concatenate([pair, pair])})
    made = made[(made["own"] >= 0) & (made["other"] >= 0)]
    made = made[ways.length[made["own"], made["other"]] > NO_WAY]
    return made.sort_values(["own", "other"], kind="stable", ignore_index=True)


def _refuse_too_little(made: pd.DataFrame, ways: _Ways) -> None:
    pairs = made["pair"].nunique()
    if pairs < FEWEST_UNITS:
        raise EstimationError(
            f"The change of the members of {count_in_digits(pairs, 'pair', 'pairs')} is known; at least "
            f"{FEWEST_UNITS} are needed."
        )
    if ways.span[made["own"], made["other"]].sum() <= NO_WAY:
        raise EstimationError(
            "Partners stand no further from the people than anybody else does, so nothing tells a way to the partner "
            "from a way to all. More pairs, or pairs that differ, would do."
        )


def _each_once(partners: Ints) -> Ints:
    """Pairs of people who are both there, in an order that does not depend on how they were given."""
    known = np.sort(partners[partners.min(axis=1) >= 0], axis=1)
    return known[np.lexsort((known[:, 1], known[:, 0]))]


def _by_pair(table: Floats, pairs: Ints) -> Floats:
    """Of every pair the sum over both directions."""
    both: Floats = table[pairs[:, 0], pairs[:, 1]] + table[pairs[:, 1], pairs[:, 0]]
    return both


def _all_the_way(first: Floats, second: Floats, made: pd.DataFrame) -> Floats:
    """The answers that people would have given afterwards, had they gone all the way to their partners."""
    own, other = made[["own", "other"]].drop_duplicates().to_numpy().T  # who are partners twice go one way
    steps = np.zeros_like(first)
    np.add.at(steps, own, np.nan_to_num(first[other] - first[own]))
    return np.where(np.isnan(second), np.nan, first + steps)


def _curves(pairings: list[Ints], beyond: Floats, met: Floats, span: Floats) -> Curves:
    """What each pairing tells once a share of the way to the partners of the first is taken out of all changes.

    As if it were the one that was drawn: the share that its partners would have done, over its error, pairs as units.
    """
    sums = np.empty((5, len(pairings)))
    for k, pairing in enumerate(pairings):
        parts, ways, sizes = (_by_pair(table, pairing) for table in (beyond, met, span))
        whole = sizes.sum() or np.nan
        share, of_way = parts.sum() / whole, ways.sum() / whole
        left, left_of_way = (parts - share * sizes) / whole, (ways - of_way * sizes) / whole
        sums[:, k] = share, of_way, left @ left, left @ left_of_way, left_of_way @ left_of_way
    return Curves(*sums)


def _moved_table(ways: _Ways, made: pd.DataFrame, curves: Curves) -> pd.DataFrame:
    """The three shares of the way; with the last, the ends of what pairings drawn anew do not call unusual."""
    own, other = made["own"].to_numpy(), made["other"].to_numpy()
    rows = np.unique(own)
    others = ways.weights.copy()
    others[own, other] = 0.0
    length = (others * ways.length)[rows].sum()
    table = pd.DataFrame(np.nan, ["as it stands", "placebo partners", "partner"], COLUMNS).rename_axis("term")
    stands = ways.along[own, other].sum() / ways.length[own, other].sum()
    placebo = (others * ways.along)[rows].sum() / length if length > 0 else np.nan
    estimate = float(curves.top[0] / curves.top_of[0])
    table["estimate"] = stands, placebo, estimate
    unit = float(np.sqrt(curves.var[0])) or 1.0
    low = -crossing(lambda e: _share_as_far(curves.at(-e)) <= 1 - LEVEL, -estimate, unit)
    high = crossing(lambda e: _share_as_far(curves.at(e)) <= 1 - LEVEL, estimate, unit)
    found = low, high, curves.at(0.0)[0], _share_as_far(curves.at(0.0))
    table.loc["partner", ["low", "high", "statistic", "p_value"]] = found
    return table


def _share_as_far(values: Floats) -> float:
    """Of pairings as far from 0 as the first, to either side; one without a statistic counts."""
    far = np.abs(values)
    return float(np.mean(~(far < far[0] - TIES * (1 + far[0]))))


def _people_moved(ways: _Ways, people: pd.Index, made: pd.DataFrame, pair: pd.Series) -> pd.DataFrame:
    own, other = made["own"].to_numpy(), made["other"].to_numpy()
    others = ways.weights.copy()
    others[own, other] = 0.0
    length = ways.length[own, other]
    with np.errstate(invalid="ignore", divide="ignore"):
        placebo = ((others * ways.along).sum(axis=1) / (others * ways.length).sum(axis=1))[own]
    cells = {
        "pair": pair.to_numpy()[made["pair"]],
        "person": people[own],
        "partner": people[other],
        "moved": ways.along[own, other] / length,
        "placebo": placebo,
        "gap": np.sqrt(length / ways.items[own, other]),
        "items": ways.items[own, other].astype(int),
    }
    return pd.DataFrame(cells)


def _assumed(dyads: Dyads, length: float, spans: Floats, *, by_lot: bool) -> pd.DataFrame:
    """What the estimate takes for granted."""
    low, high = np.quantile(spans, [0.025, 0.975])
    usual = bool(low <= length <= high)
    found = f"squared distance {number(length)} in all; {number(low)} to {number(high)} in pairings drawn anew"
    likely = "pairings drawn anew from the lot" if by_lot else "not known; where a lot kept to gates, hand over lot="
    return assumed(
        ("which partner somebody had was drawn by lot", dyads.design == "drawn by lot", dyads.design),
        ("pairings drawn anew are those that could have been", by_lot or None, likely),
        ("partners stood as far apart as any two", usual, found),
        ("nobody was moved by somebody else's partner", None, "not checked: the answers do not tell"),
    )


# --- diversity --------------------------------------------------------------------------------------------------------


def _units_of_people(pairs: Dyads | pd.DataFrame | None, people: pd.Index, rows: Ints) -> tuple[Ints, Ints | None]:
    """The unit of everybody in ``rows`` (all that hang together through pairs), and pairs of places among them."""
    if pairs is None:
        return np.arange(len(rows)), None
    place = np.full(len(people) + 1, -1)
    place[rows] = np.arange(len(rows))
    partners = _each_once(place[_placed(named_dyads(pairs).table, people)])
    graph: nx.Graph[int] = nx.Graph(partners.tolist())
    graph.add_nodes_from(range(len(rows)))
    unit = {who: min(together) for together in nx.connected_components(graph) for who in together}
    return np.unique([unit[who] for who in range(len(rows))], return_inverse=True)[1], np.unique(partners, axis=0)


def _levels(tables: Sequence[Floats], units: Ints, partners: Ints | None) -> tuple[Floats, Floats, Floats]:
    """Each measure before and after (rows: measures), the jackknife error of its change and its degrees of freedom."""
    scale = float(np.nanmedian(tables[0][np.triu_indices(len(tables[0]), k=1)])) or 1.0

    def of(kept: Flags) -> Floats:
        inside = [table[np.ix_(kept, kept)] for table in tables]
        rows = [
            [_known_mean(table[np.triu_indices(len(table), k=1)]) for table in inside],
            [_variety(table, scale) for table in inside],
        ]
        if partners is not None:
            whole = partners[kept[partners].all(axis=1)]
            rows.append([_known_mean(table[whole[:, 0], whole[:, 1]]) for table in tables])
        return np.array(rows)

    everybody = np.ones(len(units), dtype=bool)
    if units.max() + 1 < FEWEST_UNITS:  # everybody hangs together, and no error can be told
        found = of(everybody)
        return found, np.full(len(found), np.nan), np.full(len(found), np.nan)
    without = np.array([np.diff(of(units != unit), axis=1)[:, 0] for unit in np.unique(units)])
    k = np.sum(~np.isnan(without), axis=0)
    if partners is not None:  # people in no pair tell nothing of how sure the distance between partners is
        without[~np.isin(np.unique(units), units[partners]), -1] = np.nan
        k[-1] = np.sum(~np.isnan(without[:, -1]))
    mean = np.nansum(without, axis=0) / np.maximum(k, 1)
    spread = np.sqrt(np.maximum(k - 1, 0) / np.maximum(k, 1) * np.nansum((without - mean) ** 2, axis=0))
    return of(everybody), np.where(k > 1, spread, np.nan), np.maximum(k - 1, 1).astype(float)


def _variety(table: Floats, scale: float) -> float:
    """Effective number of order 1; a distance not known counts as the usual one."""
    return similarity_diversity(similarity_of(np.where(np.isnan(table), scale, table), scale), order=1)


def _known_mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")
