"""How alike two people's answers are: over all, by being like everybody, and in what is their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import fsum

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet._wording import count_in_digits
from peernet.dyads.chance import (
    BY_LOT,
    MOST_WAYS,
    pairings_words,
    pools_of,
    shares_as_far,
    sums_over_pairings,
    ways_of_pairing,
)
from peernet.dyads.effects import COLUMNS, NOT_BY_LOT, Effects, assumed, data_card, number, told
from peernet.dyads.missing_codes import warn_of_codes
from peernet.dyads.pairs import LEFT_OUT, Dyads, as_dyads, as_numbers, as_word, check_table
from peernet.errors import EstimationError, SettingError, is_whole

KINDS = ["overall", "normative", "distinctive"]
LEAST_PEOPLE = 3  # to an item: of two, each is as far above their mean as the other is below
LEAST_ITEMS = 3  # to a correlation
STILL = 1e-12  # a profile that varies less than this, relative to the largest answer squared, does not vary
METHOD = (
    "Correlation of two people's answers over the items both answered (overall), the product of each one's correlation "
    "with the mean answers of everybody else (normative), and the correlation after the mean of each item is taken off "
    "(distinctive)."
)
CITATION = (
    "Furr (2008), Journal of Personality 76(5), 1267-1316; Kenny & Acitelli (1994), Journal of Family Psychology 8(4), "
    "417-431; Wood & Furr (2016), Personality and Social Psychology Review 20(2), 79-99."
)


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ProfileSimilarity(Effects):
    """How alike pairs of answer profiles are; as `Effects`, and pair by pair.

    Parameters
    ----------
    pairs
        One row per pair: ``a``, ``b``, ``items`` (answered by both), ``overall``, ``normative`` and ``distinctive``
        (correlations from -1 to 1, missing where they cannot be known), and ``note`` (why they are missing).
    people
        One row per person in a pair: ``items`` answered, and ``normative``, the correlation of the person's answers
        with the mean answers of everybody else.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> answers = pd.DataFrame([[5, 4, 1, 2], [4, 5, 2, 1], [5, 5, 1, 1]], index=["ann", "bo", "cy"])
    >>> pn.dyads.profile_similarity(answers, least=4).people.round(2)
         items  normative
    ann      4       0.89
    bo       4       0.89
    cy       4       1.00
    """

    pairs: pd.DataFrame
    people: pd.DataFrame


def profile_similarity(
    answers: pd.DataFrame,
    pairs: Dyads | pd.DataFrame | None = None,
    *,
    standardise: bool = False,
    least: int = 5,
    draws: int = 9_999,
    rng: int | np.random.Generator = 0,
) -> ProfileSimilarity:
    """How alike two people's answers are, and how much of that is only that both are like everybody.

    Some statements nearly everybody agrees to, and others hardly anybody. So any two people's answers go up and down
    together, and their overall similarity mostly says how much each is like everybody: two people who have nothing
    else in common have, on average, an overall similarity of the product of their correlations with the mean answers.
    That product is the ``normative`` part. What two people share beyond it shows once each item's mean is taken off:
    the ``distinctive`` similarity. It is the one to use where similarity is to say something about these two.

    Parameters
    ----------
    answers
        People by items, the index says who; numbers on comparable scales, missing where not answered.
    pairs
        Which pairs, a row each with ``a`` and ``b``; every pair of people where None.
    standardise
        Whether each item counts the same in distinctive similarity: what is over or under its mean is divided by its
        standard deviation. Otherwise items on which people differ more count for more.
    least
        Items that both must have answered, at least 3.
    draws, rng
        How many ways of pairing the same people partners are held against where they are not all gone through, and a
        seed or generator for them; see `partner_likeness`.

    Returns
    -------
    ProfileSimilarity
        ``table`` has the rows ``overall``, ``normative`` and ``distinctive``: the mean over pairs. With ``pairs`` it
        has ``expected`` (the mean over all ways of pairing the same people), ``p_value`` (how often these give as much
        difference from that) and ``p_alike`` (as much likeness, or more); missing where people are in several pairs.
        Of any pairing, the observed one and others, the mean is that over the pairs that can be compared.

    Raises
    ------
    SettingError
        If answers are no numbers, a person has two rows, pairs do not say who is in them, or a setting is out of range.
    EstimationError
        If fewer than three people or ``least`` items are there, or no pair can be compared.

    Warns
    -----
    PeernetWarning
        If a number looks like a code for "missing".

    Notes
    -----
    The mean is that of everybody, these two included, so distinctive similarity of people with nothing in common is
    ``-1 / (N - 1)`` on average and not nought. Leaving the two out of the mean does not mend that: both are then held
    against the same chance, which gives ``1 / (N - 1)``. With many people it is nothing; with few, read it beside
    ``expected``. All three depend on which way round an item is put, distinctive similarity the least.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> rows = [[5, 4, 1, 2, 3], [4, 5, 1, 3, 2], [5, 4, 2, 1, 3], [3, 5, 1, 2, 2]]
    >>> answers = pd.DataFrame(rows, index=["ann", "bo", "cy", "di"])
    >>> found = pn.dyads.profile_similarity(answers)
    >>> found.pairs[["a", "b", "overall", "normative", "distinctive"]].round(2)
         a   b  overall  normative  distinctive
    0  ann  bo     0.80       0.76        -0.52
    1  ann  cy     0.90       0.68         0.50
    2  ann  di     0.73       0.75        -0.91
    3   bo  cy     0.60       0.64        -0.96
    4   bo  di     0.94       0.71         0.63
    5   cy  di     0.63       0.63        -0.71
    """
    if not is_whole(least, LEAST_ITEMS):
        raise SettingError(f"least must be a whole number of at least {LEAST_ITEMS}; got {least!r}.")
    people, profiles = _profiles(answers, least)
    dyads, i, j = _asked_for(pairs, people)
    who = np.unique(np.concatenate([i, j]))
    i, j = np.searchsorted(who, i), np.searchsorted(who, j)
    norm = _normative(profiles, least)[who]
    matrices = _matrices(profiles, who, norm, standardise=standardise, least=least)
    known = ~np.isnan(profiles[who])
    by_pair = pd.DataFrame({"a": people[who[i]], "b": people[who[j]], "items": _shared(known)[i, j].astype(np.int64)})
    by_pair[KINDS] = matrices[:, i, j].T
    by_pair["note"] = _notes(by_pair, least)
    if by_pair["distinctive"].isna().all():
        raise EstimationError(f"No pair can be compared. Of the first: {by_pair['note'].iloc[0]}.")
    table = pd.DataFrame(np.nan, index=pd.Index(KINDS, name="term"), columns=[*COLUMNS, "expected", "p_alike"])
    table["estimate"] = [fsum(by_pair[kind].dropna()) / by_pair[kind].count() for kind in KINDS]
    against, null, spans = "no other pairing", None, np.nanmax(profiles, axis=0) - np.nanmin(profiles, axis=0)
    if dyads is not None:
        against, null = _hold_against_chance(table, dyads, matrices, people[who], draws, rng)
    return ProfileSimilarity(
        table=table,
        card=_card(dyads, by_pair, profiles, answers),
        left_out=dyads.left_out if dyads is not None else pd.DataFrame(columns=LEFT_OUT),
        sentence=_in_words(table, len(by_pair), against, dyads),
        method=METHOD,
        citation=CITATION,
        assumptions=assumed(
            (
                "items are on comparable scales",
                None,
                f"answers to an item span from {number(spans.min())} to {number(spans.max())}",
            ),
            ("but for what is tested, any pairing was as likely as any other", None, against),
        ),
        null=null,
        settings={"standardise": standardise, "least": least, "draws": draws, "rng": rng},
        pairs=by_pair,
        people=pd.DataFrame({"items": known.sum(axis=1), "normative": norm}, index=pd.Index(people[who])),
    )


def _profiles(answers: pd.DataFrame, least: int) -> tuple[pd.Index, Floats]:
    """Who answered, in an order that does not hang on that of the rows, and what; without items too rarely answered."""
    check_table("answers", answers, by_index=True)
    if answers.index.has_duplicates:
        raise SettingError(
            f"{as_word(answers.index[answers.index.duplicated()][0])!r} has several rows; a person has one."
        )
    rows = answers.iloc[np.argsort(answers.index.astype(str), kind="stable")]
    numbers = rows.apply(as_numbers)
    warn_of_codes(numbers)
    profiles: Floats = numbers.to_numpy(dtype=float)
    profiles = profiles[:, (~np.isnan(profiles)).sum(axis=0) >= LEAST_PEOPLE]
    answered = ~np.isnan(profiles).all(axis=1)
    if profiles.shape[1] < least:
        raise EstimationError(
            f"{count_in_digits(profiles.shape[1], 'item is', 'items are')} answered by {LEAST_PEOPLE} people or more; "
            f"it takes {least}. With two people either is as far above the mean as the other is below."
        )
    return rows.index[np.flatnonzero(answered)], profiles[answered]


def _asked_for(pairs: Dyads | pd.DataFrame | None, people: pd.Index) -> tuple[Dyads | None, Ints, Ints]:
    """The pairs, and which rows of answers their members are; pairs of whom one did not answer are left out."""
    if pairs is None:
        first, second = np.triu_indices(len(people), 1)
        return None, first, second
    dyads = as_dyads(pairs)
    if not dyads.are_named:
        raise SettingError("pairs must say who is in them, in the columns a and b; answers are found by that.")
    silent = {side: pd.Series(_places(people, dyads.table[side]) < 0) for side in ("a", "b")}
    lost = (silent["a"] | silent["b"]).to_numpy(dtype=bool)
    reasons = np.where(silent["a"], "no answers of a", "no answers of b")[lost]
    out = dyads.table.loc[lost, LEFT_OUT[:3]].assign(reason=reasons)
    if lost.all():
        raise EstimationError("There is no pair of whom both answered.")
    gone = pd.concat([part for part in (dyads.left_out, out) if len(part)] or [out], ignore_index=True)
    dyads = replace(dyads, table=dyads.table[~lost], left_out=gone)
    return dyads, _places(people, dyads.table["a"]), _places(people, dyads.table["b"])


def _places(people: pd.Index, names: pd.Series) -> Ints:
    """Where people of these names stand, 1 and "1" being one person; -1 for whoever is not there."""
    return people.map(as_word).get_indexer(pd.Index(names.map(as_word))).astype(np.int64)


def _matrices(profiles: Floats, who: Ints, norm: Floats, *, standardise: bool, least: int) -> Floats:
    """Overall, normative and distinctive similarity of these people, each with each."""
    largest = float(np.nanmax(np.abs(profiles)))
    away = profiles - np.nanmean(profiles, axis=0)
    if standardise:
        spread = np.sqrt(np.nanmean(away**2, axis=0))
        away = away / np.where(spread > np.sqrt(STILL) * largest, spread, np.inf)  # all said the same: it tells nothing
    own = _correlations(profiles[who], least, largest)
    return np.stack([own, np.outer(norm, norm), _correlations(away[who], least, 1.0 if standardise else largest)])


def _shared(known: Flags) -> Floats:
    there = known.astype(float)
    both: Floats = there @ there.T
    return both


def _normative(profiles: Floats, least: int) -> Floats:
    """Each person's correlation with the mean answers of everybody else."""
    known = ~np.isnan(profiles)
    filled = np.where(known, profiles, 0.0)
    others = (filled.sum(axis=0) - filled) / (known.sum(axis=0) - known)
    sizes = known.sum(axis=1)
    own, norm = (
        np.where(known, x - np.where(known, x, 0.0).sum(axis=1, keepdims=True) / sizes[:, None], 0.0)
        for x in (filled, others)
    )
    mine, theirs = (own**2).sum(axis=1), (norm**2).sum(axis=1)
    return _ratio((own * norm).sum(axis=1), mine, theirs, sizes >= least, float(np.nanmax(np.abs(profiles))))


def _correlations(profiles: Floats, least: int, largest: float) -> Floats:
    """Of every two rows, over the columns known in both."""
    known = ~np.isnan(profiles)
    there = known.astype(float)
    centred = np.where(known, profiles - np.nanmean(profiles, axis=1, keepdims=True), 0.0)
    shared = _shared(known)
    sums, squares = centred @ there.T, (centred**2) @ there.T
    per_item = 1 / np.maximum(shared, 1)
    within = squares - sums**2 * per_item
    together = centred @ centred.T - sums * sums.T * per_item
    return _ratio(together, within, within.T, shared >= least, largest)


def _ratio(together: Floats, one: Floats, other: Floats, enough: Flags, largest: float) -> Floats:
    still = STILL * largest**2
    defined: Flags = enough & (one > still) & (other > still)
    scale = np.sqrt(np.where(defined, one * other, 1.0))
    found: Floats = np.where(defined, np.clip(together / scale, -1, 1), np.nan)
    return found


def _notes(by_pair: pd.DataFrame, least: int) -> pd.Series[str]:
    few = by_pair["items"] < least
    still = by_pair[KINDS].isna().any(axis=1) & ~few
    notes = pd.Series("", index=by_pair.index, dtype="str")
    notes[still] = "one of the two does not vary over these items"
    notes[few] = "only " + by_pair["items"][few].astype("str") + f" items answered by both, not {least}"
    return notes


def _hold_against_chance(
    table: pd.DataFrame,
    dyads: Dyads,
    matrices: Floats,
    people: pd.Index,
    draws: int,
    rng: int | np.random.Generator,
) -> tuple[str, pd.DataFrame | None]:
    """Fill in what other pairings of the same people give; returns which those are, or why there are none."""
    try:
        kept, rows = pools_of(dyads)
    except EstimationError as refused:
        why = str(refused).partition(". ")[0]
        return f"no other pairing, since {why[0].lower()}{why[1:]}", None
    sides = np.stack([_places(people, kept.table[side]) for side in ("a", "b")])
    groups = [np.sort(sides[:, row].ravel()) for row in rows]
    if len(kept) < len(dyads):
        return "no other pairing, since some could have had no other partner", None
    sizes = [len(group) for group in groups]
    known = ~np.isnan(matrices)
    counted = np.concatenate([np.where(known, matrices, 0.0), known])
    sums = sums_over_pairings(lambda i, j: counted[:, i, j], groups, draws, rng)
    usual = np.zeros(len(counted))
    for group, size in zip(groups, sizes, strict=True):
        usual += counted[:, group[:, None], group][:, *np.triu_indices(size, 1)].mean(axis=1) * size / 2
    with np.errstate(invalid="ignore"):  # a pairing of which no pair can be compared
        null = pd.DataFrame((sums[: len(KINDS)] / sums[len(KINDS) :]).T, columns=KINDS)
        table["expected"] = usual[: len(KINDS)] / usual[len(KINDS) :]
    drawn = ways_of_pairing(sizes) > MOST_WAYS
    for kind in table.index[table["estimate"].notna()]:
        chance = null[kind].dropna().to_numpy()
        tails = shares_as_far(chance, table.loc[kind, "estimate"], table.loc[kind, "expected"], drawn=drawn)
        table.loc[kind, ["p_value", "p_alike"]] = tails[0], tails[2]
    some = "" if known[-1][np.ix_(*[np.concatenate(groups)] * 2)].all() else ", over those who can be compared"
    return pairings_words(sizes, draws) + some, null


def _card(dyads: Dyads | None, by_pair: pd.DataFrame, profiles: Floats, answers: pd.DataFrame) -> dict[str, object]:
    card = data_card(dyads) if dyads is not None else {"pairs": len(by_pair)}
    return card | {
        "people who answered": len(profiles),
        "items": profiles.shape[1],
        "items left out": answers.shape[1] - profiles.shape[1],
        "pairs not compared": int((by_pair["note"] != "").sum()),
    }


def _in_words(table: pd.DataFrame, pairs: int, against: str, dyads: Dyads | None) -> str:
    overall, normative, distinctive = table["estimate"].to_numpy(dtype=float)
    likeness = (
        f"Over all, answers correlate by {number(overall)}, while being like everybody alone would give "
        f"{number(normative)}."
    )
    over = f"on average over {count_in_digits(pairs, 'pair', 'pairs')}"
    if dyads is None:
        found = f"How alike are people in what is their own? Distinctive similarity {number(distinctive)}"
        return f"{found} {over}. {likeness}"
    says = f"{likeness} {BY_LOT if dyads.design == 'drawn by lot' else NOT_BY_LOT}"
    expected = float(table["expected"].to_numpy()[-1])
    chance = against if np.isnan(expected) else f"{number(expected)} over {against}"
    question = "How alike are partners in what is their own? Distinctive similarity"
    return told(question, table.iloc[-1], against=chance, unit=over, says=says)
