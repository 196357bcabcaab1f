"""Which kinds of pairing bring the most diversity of thought, how sure that is, and who and what carries it.

The verdict goes step by step (fixed-sequence testing): first whether it matters how two people stand to each other in
perspective, and only if it does, whether experience matters given perspective. A kind is named by what mattered, so
chance in the experience of pairs who differ in outlook names no experience. The gains, their tests and their intervals
come from `kind_gains`; here they become tables, a verdict in words, and the items and people behind the leading kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import stdtrit

from peernet._arrays import Codes, Flags, Floats, Ints
from peernet._parallel import BAND_95, check_draws, generator
from peernet._wording import count_in_words
from peernet.clusters.groups import some_people
from peernet.clusters.people_clusters import PeopleClusters
from peernet.clusters.two_views import check_groups
from peernet.compare.kind_gains import (
    BANDS,
    FIGURES,
    Choice,
    KindMeans,
    OpenPairs,
    PairFigures,
    above_habits,
    against_chance,
    choices,
    jackknife_spread,
    kind_means,
    open_pairs,
    pair_gains,
    shares_of_draws,
)
from peernet.errors import SettingError, check_type, is_number, is_whole
from peernet.graph.measures import brokerage
from peernet.privacy import FLOOR, TOTAL, suppress_small
from peernet.scores.pair_scores import PairScores

MOST_PEOPLE, MOST_PAIRS = 2_000, 50_000  # beyond, of so many people drawn at random
FEWEST_PEOPLE = 12
FEWEST_KINDS = 2  # or there is nothing to compare
FEWEST_ITEMS = 2  # one half to tell the kind, one to tell the gain
NAMED_PEOPLE, NAMED_PAIRS = 12, 20  # the fewest of whom a kind is tested and named
NOTHING = 0.001  # effective perspectives: a pair that gains less gains nothing
OUTLOOK, GIVEN = "perspective", "experience given perspective"  # the steps
GAIN_COLUMNS = ["face_value", "gain", "low", "high", "excess", "excess_low", "excess_high", "p_value", "p_adjusted"]
NETWORK_COLUMNS = ["alone", "fresh", "beyond", "p_beyond", "rival"]
COLUMNS = ["experience", "perspective", "people", "pairs", "of_all", *GAIN_COLUMNS, *NETWORK_COLUMNS]
STEP_COLUMNS = [
    "step",
    "way",
    "people",
    "pairs",
    "gain",
    "low",
    "high",
    *GAIN_COLUMNS[4:],
    "habits",
    "p_habits",
    "rival",
]
ITEM_COLUMNS = ["part", "usual", "extra", "low", "high"]
GAINER_COLUMNS = ["by", "group", "people", "gain", "low", "high"]
CLEAR = 0.1  # from here on two digits say enough
MOST_NAMED = 3  # rivals named one by one
BROKERS = 1 / 3  # of people: those whose contacts know each other least
HIDDEN_BEST = (
    "One kind of pairing brings clearly more than the others. It is not named: it has few people, or hides those of a "
    "kind that has."
)
UPPER_95 = BAND_95[1]  # quantile of t for 95 % intervals


@dataclass(frozen=True, repr=False, eq=False)
class PairingKinds:
    """What each kind of pairing brings, and whether any stands out.

    Parameters
    ----------
    table
        Index ``kind``, in words. ``experience`` and ``perspective``, how the two stand to each other in each view;
        ``people`` who have a possible partner of the kind; ``pairs`` within every gate, and ``of_all``, their share of
        all pairs of the kind, gates ignored.

        Then, per pair, in effective perspectives, both sides together as the scores' ``value`` has it: ``face_value``,
        mean gain where the same answers tell kind and gain; ``gain``, the same where one half of the items tells the
        kind and the other the gain, with its 95 % interval ``low`` to ``high``; ``excess`` of it over the mean of all
        possible pairs, with its own interval ``excess_low`` to ``excess_high``; ``p_value``, how often chance gives
        this kind as much, and ``p_adjusted``, how often it gives any kind as much.

        The p values of this table are those of all its kinds tested at once, and decide nothing; see ``steps``.

        ``alone``, what the pairs would gain if nobody heard anybody else, and ``fresh``, the share of it that contacts
        do not repeat; ``beyond``, the gain over that of pairs equally far apart, less the mean of all pairs, and
        ``p_beyond``, how often chance gives any kind as much of that. ``rival``: whether a kind cannot be told apart
        from the one that gains most of those the leading one covers.
    steps
        What the verdict rests on; index ``kind``: how two people stand to each other in one view alone. ``step``
        (perspective, or experience given perspective), ``way`` (such as far), ``people``, ``pairs``, ``gain``,
        ``low``, ``high``, ``excess``, ``excess_low``, ``excess_high``, ``p_value``, ``p_adjusted`` and ``rival`` as
        above, among the kinds of the step. In the step on experience ``excess`` is that of what pairs gain over pairs
        equally far apart in perspective; its figures are missing where perspective decides nothing. ``habits``: the
        excess that people's habits of answering alone would give, such as ticking the ends of every scale, and
        ``p_habits``, how often they give as much as was found; a kind stands out in the first step only if chance and
        habits both seldom do.
    items
        Index ``item``: ``part`` of the distance that the item makes among pairs of the leading kind, ``usual``, that
        among all possible pairs, and the difference ``extra`` with its 95 % interval ``low`` to ``high``. An item
        counts only where the other half of the items told the kind.
    gainers
        Who gains most from a possible partner of the leading kind, each for themselves: ``by`` (team; bridge, whether
        at least half of a person's contacts are outside the team; broker, the third whose contacts know each other
        least), ``group``, ``people``, mean ``gain`` and its 95 % interval over people, ``low`` to ``high``.
    settings
        What was asked for; ``people`` who have a possible partner, or would have one of any experience; ``items`` of
        outlook; ``mean``, the gain of all possible pairs; ``gaining``, how many of them gain anything by all answers
        (0.001 effective perspectives); ``lead``, the kind named or, if none is, the way to stand to each other in
        perspective that gains most.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> pn.pairing_kinds(pn.score_pairs(survey, pn.colleague_graph(survey))).verdict
    'cannot tell'
    """

    table: pd.DataFrame
    steps: pd.DataFrame
    items: pd.DataFrame
    gainers: pd.DataFrame
    settings: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"<PairingKinds: {len(self.table)} kinds; {self.verdict}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.words)}</p>{self.table.round(3).to_html()}"

    @property
    def best(self) -> str | None:
        """The kind that brings most, told by perspective and, where it matters too, by experience; None if none does.

        A kind of fewer than 12 people or 20 pairs never is.
        """
        outlook, experience = self.standing(OUTLOOK), self.standing(GIVEN)
        if outlook is None:
            return None
        both = kind_in_words(experience or "any", outlook)
        return both if experience and large_enough(self.table).get(both, False) else kind_in_words("any", outlook)

    def standing(self, step: str) -> str | None:
        """The way that stands out in a step, the one furthest above the others if several do."""
        rows = self.steps[(self.steps["step"] == step) & (self.steps["p_adjusted"] <= self.settings["level"])]
        rows = rows[large_enough(rows) & ~by_habit(rows, self.settings["level"])]
        return str(rows["way"][rows["excess"].astype(float).idxmax()]) if len(rows) else None

    def row(self, kind: str) -> pd.Series:
        """The figures of a kind, from ``table`` or ``steps``."""
        return (self.table if kind in self.table.index else self.steps).T[kind]

    def covered(self, kind: str | None) -> list[str]:
        """The kinds of ``table`` that a kind of ``table`` or ``steps`` covers."""
        if kind is None:
            return []
        return [str(name) for name in self.table.index if name == kind or kind in str(name).split(", ")]

    @cached_property
    def hidden(self) -> frozenset[str]:
        """The kinds whose figures `shareable` leaves out, and which words for others never name."""
        shared = self if self.table["people"].isna().any() else self.shareable()
        few = [~(part[["people", "pairs"]].fillna(0) >= FLOOR).all(axis=1) for part in (self.table, self.steps)]
        return frozenset(
            map(str, [*self.table.index[few[0] | shared.table["people"].isna()], *self.steps.index[few[1]]])
        )

    @property
    def verdict(self) -> str:
        """The best kind, or ``"no kind of pairing stands out"``, or ``"cannot tell"``."""
        tested = self.steps[(self.steps["step"] == OUTLOOK) & self.steps["p_adjusted"].notna()]
        if large_enough(tested).sum() < FEWEST_KINDS or self.settings["gaining"] < NAMED_PAIRS:
            return "cannot tell"
        return self.best or "no kind of pairing stands out"

    @property
    def words(self) -> str:
        """The verdict and how far it reaches, in sentences."""
        return verdict_in_words(self)

    def shareable(self, *, floor: int = FLOOR) -> PairingKinds:
        """The same without figures of fewer people than the floor, and without what would give them away.

        Parameters
        ----------
        floor
            The smallest number of people of whom anything may be said.

        Returns
        -------
        PairingKinds
            Kinds and groups with too few people are empty, and so is at least one more in their row and column. Where
            the leading kind is among them, nothing is said of its items and of who gains from it.
        """
        if not is_whole(floor):
            raise SettingError(f"floor must be a whole number of people; got {floor!r}.")
        counts = self.table.pivot(index="experience", columns="perspective", values="people").fillna(0).astype(int)
        shown = suppress_small(counts, floor=floor).notna()
        hidden = [not shown.loc[row["experience"], row["perspective"]] for _, row in self.table.iterrows()]
        table = _without_figures(self.table, np.array(hidden), keep=("experience", "perspective"))
        parts = []
        for _, part in self.gainers.groupby("by", sort=False):
            members = part.set_index("group")["people"].fillna(0).astype(int)
            few = suppress_small(members, floor=floor).drop(TOTAL).isna()
            parts.append(_without_figures(part, few.to_numpy(), keep=("by", "group")))
        gainers = pd.concat(parts, ignore_index=True) if parts else self.gainers
        small = (self.steps["people"].fillna(0) < floor).to_numpy(dtype=bool)
        steps = _without_figures(self.steps, small, keep=("step", "way"))
        shared = replace(self, table=table, steps=steps, gainers=gainers)
        if self.settings["lead"] in {*table.index[hidden], *steps.index[small]}:
            unsaid = {**self.settings, "lead": None}
            return replace(shared, items=self.items[:0], gainers=self.gainers[:0], settings=unsaid)
        return shared


def large_enough(table: pd.DataFrame) -> pd.Series[bool]:
    """Kinds of so many people and pairs that they are tested and may be named."""
    people, pairs = table["people"] >= NAMED_PEOPLE, table["pairs"] >= NAMED_PAIRS
    return people.fillna(False).astype(bool) & pairs.fillna(False).astype(bool)


def by_habit(steps: pd.DataFrame, level: float) -> pd.Series[bool]:
    """Kinds that people's habits of answering alone give as much too often, where that is known."""
    known = steps["p_habits"] if "p_habits" in steps else pd.Series(np.nan, index=steps.index)
    return (known > level).fillna(False).astype(bool)


def _without_figures(table: pd.DataFrame, hidden: Any, *, keep: tuple[str, ...]) -> pd.DataFrame:  # noqa: ANN401
    figures = table.columns.difference(list(keep), sort=False)
    masked = table[figures].astype({"people": "Int64"}).mask(pd.Series(hidden, index=table.index), axis=0)
    return table[list(keep)].join(masked)[table.columns]


def pairing_kinds(
    scores: PairScores,
    clusters: PeopleClusters | pd.DataFrame | None = None,
    *,
    finer: bool = False,
    bands: int = 3,
    splits: int = 5,
    draws: int = 499,
    level: float = 0.05,
    rng: int | np.random.Generator = 0,
    progress: bool = True,
) -> PairingKinds:
    """Which kinds of pairing, by experience and by perspective, bring the most diversity of thought.

    Partners who are far apart in outlook gain more by the way gain is counted, so the same answers cannot tell both who
    is far apart and who gains. Here one half of the outlook items tells the kind of each pair and the other half its
    gain, both ways round over several splits. Without structure in outlook, being far apart on one half says nothing
    about the other, and no kind stands out.

    Parameters
    ----------
    scores
        What `score_pairs` returned. Its gates say which pairs are possible, but for a band of perspective and a floor
        of gain, which would tie the two halves of the items to each other and are left open.
    clusters
        What `cluster_people` returned, or a table of groups per view, index ``person``: kinds are then pairs of one
        group or of different groups. A view without groups, or all without this, is divided into bands of distance
        that hold equally many pairs of colleagues, whether the gates let them pass or not: far is what is far in the
        whole organisation, and within a gate on experience there may be no far pair.
    finer
        Whether to tell which two groups meet, instead of whether it is one group.
    bands
        Number of bands, 2 to 5.
    splits
        How often the outlook items are dealt out into halves.
    draws
        How often people swap places, see Notes.
    level
        How often, at most, a kind is named although none stands out.
    rng
        Seed or generator.
    progress
        Whether to show progress bars, where it takes longer than two seconds.

    Returns
    -------
    PairingKinds
        ``.verdict``, ``.words`` and ``.table``. Beyond 2,000 people, or about 50,000 pairs that are open whatever the
        experience, of people drawn at random, who still hear everybody they hear. It cannot tell with fewer than
        12 people, fewer than two outlook items, fewer than two ways to stand to each other in perspective with 12
        people and 20 pairs, or fewer than 20 possible pairs that gain anything.

    Raises
    ------
    SettingError
        If a setting is outside what is allowed, or the groups are not of the people who were scored.

    Notes
    -----
    *Steps.* First the kinds told by perspective alone are held against chance. Only if one stands out, those told by
    experience are, in what pairs gain over pairs equally far apart in perspective. So where nothing matters some kind
    is named in at most ``level`` of surveys, and where only perspective does, experience is named beside it in at most
    ``level``. Which kinds told by both views at once bring most takes far more people to say; ``table`` shows them, and
    decides nothing.

    In a draw people swap, two by two, their experience and their outlook (on the half that tells the kind), while all
    keep their colleagues and what they would gain, so the dependence between pairs that share people stays. Of each
    draw the kind that stands out most counts (max-T, Westfall & Young), in units of its own standard error, so the
    p-values are adjusted for the number of kinds. Intervals leave out each person in turn (jackknife): pairs share
    people. They are about other people, not about other items, and about the pairs that are possible, not those a
    pairing chooses.

    *Habits.* Somebody who ticks the ends of every scale is far from others in both halves. So in the first step a kind
    must also gain more above all pairs, as a share, than where the half that values is answered by chance, everybody
    keeping how often they gave each answer.

    Of 200 organisations of 40 people without structure some ``p_beyond`` came to 0.05 in 4 of 100, and some
    ``p_adjusted`` of the first step in 7 of 100 (standard error 1.8), before habits were allowed for. The interval of
    ``excess`` held in 95 of 100. That of ``gain`` takes as given whom people hear: it held in 97 of 100 or more where
    everybody names equally many, but in 83 of 100 where some name very many and most few; compare kinds by ``excess``.

    Groups by outlook were found with all items. On each half a person is therefore counted to the group whose other
    members are nearest on that half, whatever group they were in.

    References
    ----------
    Westfall, P. H. & Young, S. S. (1993). Resampling-Based Multiple Testing. Wiley.

    Efron, B. & Stein, C. (1981). The jackknife estimate of variance. Annals of Statistics 9, 586-596.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> kinds = pn.pairing_kinds(scores, bands=2, splits=2, draws=99, progress=False)
    >>> kinds.verdict
    'far in perspective'
    """
    check_type("scores", scores, PairScores, "score_pairs")
    _check(bands, splits, draws, level)
    rng = generator(rng)
    labels = clusters.table if isinstance(clusters, PeopleClusters) else clusters
    if labels is not None:
        check_groups(labels, scores.people)
    pairs = open_pairs(scores, some_people(np.arange(len(scores)), MOST_PEOPLE, rng), labels, finer=finer, bands=bands)
    if len(pairs.firsts) > MOST_PAIRS:
        fewer = int(len(pairs.people) * (MOST_PAIRS / len(pairs.firsts)) ** 0.5)
        pairs = open_pairs(scores, some_people(pairs.people, fewer, rng), labels, finer=finer, bands=bands)
    table, steps, words, gaining = _supply(pairs)
    settings: dict[str, Any] = {"finer": finer, "bands": bands, "splits": splits, "draws": draws, "level": level}
    settings |= {"people": len(pairs.people), "items": int((scores.perspective.shares > 0).sum()), "gaining": gaining}
    settings |= {"mean": np.nan, "lead": None}
    items, gainers = pd.DataFrame(columns=ITEM_COLUMNS), pd.DataFrame(columns=GAINER_COLUMNS)
    found = PairingKinds(_finished(table, COLUMNS), _finished(steps, STEP_COLUMNS), items, gainers, settings)
    if settings["people"] < FEWEST_PEOPLE or settings["items"] < FEWEST_ITEMS:
        return found
    chosen = list(choices(pairs, splits, rng, progress=progress))
    found = replace(found, steps=_tested_steps(pairs, chosen, steps, settings, rng, progress=progress))
    tested = found.steps[(found.steps["step"] == OUTLOOK) & found.steps["p_adjusted"].notna()]
    lead = found.best or (str(tested["gain"].idxmax()) if len(tested) else None)
    leading = np.flatnonzero(words.isin(found.covered(lead)))
    large = large_enough(table).reindex(words, fill_value=False).to_numpy()
    figures, mean = _figures(pairs, chosen, large, words, leading, settings, rng, progress=progress)
    return replace(
        found,
        table=_finished(table.join(figures), COLUMNS),
        items=item_parts(pairs, chosen, leading),
        gainers=contributions(pairs, own_gains(pairs, chosen, leading)),
        settings=settings | {"mean": mean, "lead": lead},
    )


def _check(bands: int, splits: int, draws: int, level: float) -> None:
    if not is_whole(bands, 2, max(BANDS)):
        raise SettingError(f"bands must be 2, 3, 4 or 5; got {bands!r}.")
    if not is_whole(splits, 1):
        raise SettingError(f"splits must be a whole number, at least 1; got {splits!r}.")
    if not is_number(level, 0, 1) or level in (0, 1):
        raise SettingError(f"level must lie between 0 and 1; got {level!r}.")
    check_draws(draws)


def _supply(pairs: OpenPairs) -> tuple[pd.DataFrame, pd.DataFrame, pd.Index, int]:
    """Kinds by all answers, how many people and pairs, and what they gain at face value; then those of one view alone.

    And all kinds, by code, and how many possible pairs gain anything. Kinds the rules allow no pair of are left out,
    unless there is no possible pair at all.
    """
    codes, words = pairs.kinds(pairs.scores.perspective, pairs.groups)
    views = [(one, other) for one in pairs.experience.words for other in words]
    index = pd.Index([kind_in_words(*view) for view in views], name="kind")
    table = pd.DataFrame(views, columns=COLUMNS[:2], index=index)
    within = np.where(pairs.fitting, codes, np.int16(-1))
    whole = Choice(within, pair_gains(pairs, pairs.scores), np.empty(0, dtype=np.int64))
    own = _counted(pairs, whole, within, len(index))
    every = np.bincount(codes[np.triu_indices(len(codes), k=1)] + 1, minlength=len(index) + 1)[1:]
    table["people"], table["pairs"] = _numbers(own[1])
    table["of_all"] = np.divide(table["pairs"], every, out=np.full(len(index), np.nan), where=every > 0)
    table["face_value"] = kind_means(own[0][:, :, 0], own[1]).mean if len(pairs.people) else np.nan
    steps = [_supplied(pairs, whole, OUTLOOK, words, whole.outlook(len(words)))]
    if len(pairs.experience.words) > 1:
        steps.append(_supplied(pairs, whole, GIVEN, pairs.experience.words, whole.experience(len(words))))
    gaining = whole.figures[within[pairs.firsts, pairs.seconds] >= 0, 0] > NOTHING
    kept = table["pairs"] > 0
    return table[kept if kept.any() else every > 0], pd.concat(steps), index, int(gaining.sum())


def _supplied(pairs: OpenPairs, whole: Choice, step: str, words: tuple[str, ...], codes: Codes) -> pd.DataFrame:
    """Kinds of one view alone, and how many people and pairs there are of each."""
    table = pd.DataFrame({"step": step, "way": words}, index=[f"{word} in {step.split()[0]}" for word in words])
    table["people"], table["pairs"] = _numbers(_counted(pairs, whole, codes, len(words))[1])
    return table.rename_axis("kind")


def _counted(pairs: OpenPairs, whole: Choice, codes: Codes, kinds: int) -> tuple[Floats, Floats]:
    return _pair_figures(pairs, [whole], codes[:, :, None], ("gain",), kinds).sums(np.arange(len(pairs.people)))


def _numbers(counts: Floats) -> tuple[Ints, Ints]:
    """Number of people and of pairs of each kind."""
    return (counts > 0).sum(axis=0), (counts.sum(axis=0) / 2).astype(np.int64)


def _tested_steps(
    pairs: OpenPairs,
    chosen: list[Choice],
    steps: pd.DataFrame,
    settings: Mapping[str, Any],
    rng: np.random.Generator,
    *,
    progress: bool,
) -> pd.DataFrame:
    """The steps, held against chance; the second only where the first says that perspective matters."""
    outlook, given = (steps[steps["step"] == step] for step in (OUTLOOK, GIVEN))
    codes = np.stack([choice.outlook(len(outlook)) for choice in chosen], axis=2)
    outlook = _tested(pairs, chosen, codes, outlook, "gain", settings, rng, progress=progress)
    if (outlook["p_adjusted"] <= settings["level"]).any():
        outlook["habits"], outlook["p_habits"] = above_habits(pairs, chosen, len(outlook), rng.spawn(1)[0])
    stand = (outlook["p_adjusted"] <= settings["level"]) & ~by_habit(outlook, settings["level"])
    if len(given) and stand.any():
        codes = np.stack([choice.experience(len(outlook)) for choice in chosen], axis=2)
        given = _tested(pairs, chosen, codes, given, "beyond", settings, rng, progress=progress)
    return pd.concat([_finished(part, STEP_COLUMNS) for part in (outlook, given) if len(part)])


def _tested(
    pairs: OpenPairs,
    chosen: list[Choice],
    codes: Codes,
    kinds: pd.DataFrame,
    figure: str,
    settings: Mapping[str, Any],
    rng: np.random.Generator,
    *,
    progress: bool,
) -> pd.DataFrame:
    """One step: what its kinds gain, and how often chance gives them as much of the figure."""
    tested = _pair_figures(pairs, chosen, codes, (figure,), len(kinds))
    found = against_chance(tested, len(pairs.people), settings["draws"], rng, progress=progress)
    found[..., ~large_enough(kinds).to_numpy()] = -np.inf
    p_value, p_adjusted = shares_of_draws(found[:, 0])
    gain, half, _ = _with_intervals(_pair_figures(pairs, chosen, codes, ("gain",), len(kinds)))
    above, _, excess_half = _with_intervals(tested)
    columns = {"gain": gain.mean, "low": gain.mean - half, "high": gain.mean + half, "excess": above.excess}
    columns |= {"excess_low": above.excess - excess_half, "excess_high": above.excess + excess_half}
    columns |= {"p_value": p_value, "p_adjusted": p_adjusted}
    standing = p_adjusted <= settings["level"]  # the lead is of those that stand out, if any does
    candidates = standing if standing.any() else ~np.isnan(p_adjusted)
    return kinds.assign(**columns, rival=_rivals(above, candidates, p_adjusted))


def _with_intervals(figures: PairFigures) -> tuple[KindMeans, Floats, Floats]:
    """Means of the first figure, and half the width of the intervals of means and of excesses."""
    sums, numbers = figures.sums(np.arange(figures.codes.shape[1]))
    means = kind_means(sums[:, :, 0], numbers)
    return means, *means.intervals(figures.pair_variance(means))


def _pair_figures(
    pairs: OpenPairs, chosen: list[Choice], codes: Codes, names: tuple[str, ...], kinds: int
) -> PairFigures:
    """Some of the figures of every choice, with the kinds of pairs."""
    places = [FIGURES.index(name) for name in names]
    figures = np.stack([choice.figures[:, places] for choice in chosen], axis=1)
    return PairFigures(pairs.firsts, pairs.seconds, figures, codes, kinds)


def _figures(
    pairs: OpenPairs,
    chosen: list[Choice],
    large: Flags,
    kinds: pd.Index,
    leading: Ints,
    settings: Mapping[str, Any],
    rng: np.random.Generator,
    *,
    progress: bool,
) -> tuple[pd.DataFrame, float]:
    """What kinds gain by the half of the items that did not tell them, and the mean of all possible pairs."""
    codes = np.stack([choice.codes for choice in chosen], axis=2)
    tested = _pair_figures(pairs, chosen, codes, FIGURES[:2], len(kinds))
    found = against_chance(tested, len(pairs.people), settings["draws"], rng, progress=progress)
    found[..., ~large] = -np.inf  # too small to be named, so not tested either
    sums, numbers = tested.sums(np.arange(len(pairs.people)))
    gain, beyond = (kind_means(sums[:, :, v], numbers) for v in (0, 1))
    other, _ = _pair_figures(pairs, chosen, codes, ("alone",), len(kinds)).sums(np.arange(len(pairs.people)))
    alone = kind_means(other[:, :, 0], numbers).mean
    (p_value, p_adjusted), (_, p_beyond) = (shares_of_draws(found[:, v]) for v in (0, 1))
    half, excess_half = gain.intervals(tested.pair_variance(gain))
    ours = np.isin(np.arange(len(kinds)), leading) & ~np.isnan(p_adjusted)
    fresh = np.divide(gain.mean, alone, out=np.full(len(alone), np.nan), where=alone > 0)
    columns = {"gain": gain.mean, "low": gain.mean - half, "high": gain.mean + half, "excess": gain.excess}
    columns |= {"excess_low": gain.excess - excess_half, "excess_high": gain.excess + excess_half}
    columns |= {"p_value": p_value, "p_adjusted": p_adjusted, "alone": alone, "fresh": fresh}
    columns |= {"beyond": beyond.excess, "p_beyond": p_beyond, "rival": _rivals(gain, ours, p_adjusted)}
    return pd.DataFrame(columns, index=kinds), gain.overall


def _rivals(gain: KindMeans, candidates: Flags, p_adjusted: Floats) -> Any:  # noqa: ANN401
    """Kinds that cannot be told apart from the candidate that gains most; missing without one."""
    if not candidates.any():
        return np.full(len(p_adjusted), np.nan)
    lead = int(np.where(candidates, gain.mean, -np.inf).argmax())
    others = ~np.isnan(p_adjusted) & (np.arange(len(p_adjusted)) != lead)
    return others & (gain.ahead(lead) <= 0)


def _finished(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    figures = dict.fromkeys(columns[columns.index("pairs") + 1 : -1], "float64")
    return table.reindex(columns=columns).astype({**figures, "rival": "boolean"})


def kind_in_words(experience: str, perspective: str) -> str:
    """What a kind is called."""
    if experience == "any":
        return f"{perspective} in perspective"
    return f"{experience} in experience, {perspective} in perspective"


def verdict_in_words(kinds: PairingKinds) -> str:
    """The verdict and how far it reaches, in sentences."""
    if kinds.verdict == "cannot tell":
        return f"Cannot tell which kind of pairing brings most: {_too_little(kinds)}."
    if kinds.best is None:
        return _none_in_words(kinds)
    if kinds.best in kinds.hidden:
        return HIDDEN_BEST
    return " ".join([_best_in_words(kinds), _rivals_in_words(kinds), *_experience_in_words(kinds)])


def _too_little(kinds: PairingKinds) -> str:
    people, items, gaining = (kinds.settings[name] for name in ("people", "items", "gaining"))
    if people < FEWEST_PEOPLE:
        return f"{count_in_words(people, 'person has', 'people have')} a possible partner, and it takes {FEWEST_PEOPLE}"
    if items < FEWEST_ITEMS:
        return (
            f"the answers hold {count_in_words(items, 'outlook item', 'outlook items')}, and it takes two, one to tell "
            "the kind of a pair and another to tell its gain"
        )
    if gaining < NAMED_PAIRS:
        pairs = count_in_words(gaining, "possible pair gains", "possible pairs gain")
        return f"only {pairs} anything, and it takes {NAMED_PAIRS}"
    return f"fewer than two kinds have {NAMED_PEOPLE} people and {NAMED_PAIRS} pairs"


def _none_in_words(kinds: PairingKinds) -> str:
    lead = kinds.settings["lead"]
    if lead is None or lead in kinds.hidden:
        return "No kind of pairing stands out."
    row = kinds.row(lead)
    start = f"No kind of pairing stands out: {lead} gains most, {_more(kinds, row)} than possible pairs on average, but"
    if row["p_adjusted"] <= kinds.settings["level"] and pd.notna(row.get("habits")):
        habits = row["habits"] / kinds.settings["mean"]
        return (
            f"{start} people's habits of answering alone would give {habits:.0%}, which it cannot be told apart from."
        )
    return f"{start} chance gives some kind as much in {row['p_adjusted']:.0%} of draws."


def _best_in_words(kinds: PairingKinds) -> str:
    row, outlook = kinds.row(str(kinds.best)), kinds.row(kind_in_words("any", str(kinds.standing(OUTLOOK))))
    return (
        f"{str(kinds.best).capitalize()}: such a pair gains {_figure(row['gain'])} effective perspectives "
        f"({_figure(row['low'])} to {_figure(row['high'])}), {_more(kinds, row)} than possible pairs on average; "
        f"by chance alone some kind told by perspective gains as much {_how_often(outlook, kinds)}."
    )


def _how_often(row: pd.Series, kinds: PairingKinds) -> str:
    """In how many draws chance gives as much; the survey itself counts as one of them, so it is never in none."""
    least = 1 / (kinds.settings["draws"] + 1)
    return f"in {'at most ' if row['p_adjusted'] <= least + 1e-12 else ''}{row['p_adjusted']:.1%} of draws"


def _more(kinds: PairingKinds, row: pd.Series) -> str:
    return f"{row['excess'] / kinds.settings['mean']:.0%} more"


def _rivals_in_words(kinds: PairingKinds) -> str:
    ways = kinds.steps[kinds.steps["step"] == OUTLOOK]
    rivals = ways.index[ways["rival"].fillna(False)].tolist()
    if not rivals:
        return "Every other distance in perspective brings less."
    named = len(rivals) <= MOST_NAMED and not kinds.hidden & {*rivals}
    listed = "; ".join(rivals) if named else count_in_words(len(rivals), "other kind", "other kinds")
    return f"Not told apart from it: {listed}."


def _experience_in_words(kinds: PairingKinds) -> Iterator[str]:
    """What the step on experience found, where there was one."""
    ways = kinds.steps[(kinds.steps["step"] == GIVEN) & kinds.steps["p_adjusted"].notna()]
    way = kinds.standing(GIVEN)
    if way is not None and f"{way} in experience" not in kinds.hidden:
        row = kinds.row(f"{way} in experience")
        yield (
            f"Of pairs equally far apart in perspective, {way} in experience gains {_figure(row['excess'])} more: "
            f"contacts repeat less of what the two would hear. Chance gives as much {_how_often(row, kinds)}."
        )
    elif len(ways):
        yield (
            "By experience no difference is seen: of pairs equally far apart in perspective, "
            f"chance gives some as much in {ways['p_adjusted'].min():.0%} of draws."
        )


def _figure(value: float) -> str:
    return f"{value:.2f}" if abs(value) >= CLEAR else f"{value:.3f}"


def item_parts(pairs: OpenPairs, chosen: Sequence[Choice], leading: Ints) -> pd.DataFrame:
    """Part of the outlook distance that each item makes, in pairs of the kind and in all possible pairs.

    An item counts only where the other half of the items told the kind.
    """
    weights = pairs.scores.perspective.weights
    asked = np.flatnonzero(weights > 0)
    kinds = [choice.codes[pairs.firsts, pairs.seconds] for choice in chosen]
    ours: list[Floats] = []
    every: list[Floats] = []
    for item in asked:
        codes = np.stack([codes for codes, choice in zip(kinds, chosen, strict=True) if item in choice.valued_by])
        alone = pairs.scores.perspective.on_items(int(item))
        apart = alone.of_pairs(*pairs.places()) * weights.iloc[item]
        ours.append(_mean_and_without(pairs, apart, np.isin(codes, leading).sum(axis=0)))
        every.append(_mean_and_without(pairs, apart, (codes >= 0).sum(axis=0)))
    with np.errstate(invalid="ignore", divide="ignore"):
        part, usual = (means / np.nansum(means, axis=0) for means in (np.array(ours), np.array(every)))
    extra = part - usual
    half = stdtrit(len(pairs.people) - 1, UPPER_95) * jackknife_spread(extra[:, 1:].T)
    table = np.column_stack([part[:, 0], usual[:, 0], extra[:, 0], extra[:, 0] - half, extra[:, 0] + half])
    found = pd.DataFrame(table, columns=ITEM_COLUMNS, index=weights.index[asked].rename("item"))
    return found.sort_values("extra", ascending=False, kind="stable")


def _mean_and_without(pairs: OpenPairs, apart: Floats, times: Ints) -> Floats:
    """Mean over pairs that each count so many times, and the mean without each person in turn."""
    numbers = np.where(np.isnan(apart), 0.0, times)
    sums = np.nan_to_num(apart) * numbers
    total, count = sums.sum(), numbers.sum()
    sums, numbers = _per_person(pairs, sums), _per_person(pairs, numbers)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.append(total / count, (total - sums) / (count - numbers))


def _per_person(pairs: OpenPairs, each: Floats) -> Floats:
    """Sum over the pairs that each person is in."""
    return np.asarray(
        sum(np.bincount(side, weights=each, minlength=len(pairs.people)) for side in (pairs.firsts, pairs.seconds))
    )


def own_gains(pairs: OpenPairs, chosen: Sequence[Choice], leading: Ints) -> Floats:
    """Mean gain of each person from a possible partner of the kind, each side counted for itself."""
    sums, numbers = np.zeros(len(pairs.people)), np.zeros(len(pairs.people))
    for choice in chosen:
        own, given = (choice.figures[:, FIGURES.index(name)] for name in ("own", "given"))
        ours = np.isin(choice.codes[pairs.firsts, pairs.seconds], leading) & ~np.isnan(own + given)
        for people, gains in ((pairs.firsts, own), (pairs.seconds, given)):
            sums += np.bincount(people[ours], weights=gains[ours], minlength=len(sums))
            numbers += np.bincount(people[ours], minlength=len(sums))
    found: Floats = np.divide(sums, numbers, out=np.full(len(sums), np.nan), where=numbers > 0)
    return found


def contributions(pairs: OpenPairs, gains: Floats) -> pd.DataFrame:
    """Mean gain by team, of people between teams and within one, and of brokers and others."""
    names = pairs.scores.people[pairs.people]
    teams = None if pairs.scores.survey is None else pairs.scores.survey.people.get("team")
    groupings: dict[str, Any] = {} if teams is None else {"team": teams.reindex(names).to_numpy(dtype=object)}
    named = _heard(pairs.scores)
    if teams is not None:
        groupings["bridge"] = _bridges(named, teams.reindex(pairs.scores.people)).to_numpy()[pairs.people]
    groupings["broker"] = _brokers(named).to_numpy()[pairs.people]
    rows = [row for by, groups in groupings.items() for row in _by_group(by, groups, gains)]
    return pd.DataFrame(rows, columns=GAINER_COLUMNS)


def _heard(scores: PairScores) -> sparse.csr_array:
    """1 where a person hears a colleague."""
    heard = scores.reach.heard
    rows = np.repeat(np.arange(len(heard)), [max(len(members) - 1, 0) for members in heard])
    others = np.concatenate([np.empty(0, dtype=np.int64), *(members[1:] for members in heard)])
    return sparse.csr_array((np.ones(len(rows)), (rows, others)), shape=(len(heard), len(heard)))


def _bridges(named: sparse.csr_array, teams: pd.Series) -> pd.Series:
    """Whether at least half of those a person hears are of another team."""
    codes = pd.factorize(teams)[0]
    ego, alter = named.nonzero()
    known = (codes[ego] >= 0) & (codes[alter] >= 0)
    ego, alter = ego[known], alter[known]
    outside = np.bincount(ego, weights=codes[ego] != codes[alter], minlength=len(codes))
    heard = np.bincount(ego, minlength=len(codes))
    words = pd.Series(np.where(2 * outside >= heard, "between teams", "within a team"))
    return words.where(heard > 0)


def _brokers(named: sparse.csr_array) -> pd.Series:
    """Whether a person is in the third whose colleagues know each other least (Burt's constraint)."""
    constraint = brokerage(named)["constraint"]
    known: Flags = np.isfinite(constraint)
    if not known.any():
        return pd.Series(np.full(len(constraint), pd.NA, dtype=object))
    words = pd.Series(np.where(constraint <= np.quantile(constraint[known], BROKERS), "broker", "not a broker"))
    return words.where(known)


def _by_group(by: str, groups: Ints, gains: Floats) -> list[Mapping[str, Any]]:
    known = pd.Series(gains).dropna()
    table = known.groupby(pd.Series(groups)[known.index]).agg(["size", "mean", "std"])
    table = table.sort_values("mean", ascending=False, kind="stable")
    half = stdtrit(np.maximum(table["size"] - 1, 1), UPPER_95) * table["std"] / np.sqrt(table["size"])
    rows = zip(table.index, table["size"], table["mean"], table["mean"] - half, table["mean"] + half, strict=True)
    return [dict(zip(GAINER_COLUMNS, (by, *row), strict=True)) for row in rows]
