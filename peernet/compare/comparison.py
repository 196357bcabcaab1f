"""Ways of pairing held against each other, a fair rival, chance and what could be attained: table and verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet._parallel import BAND_95, Seed, generator, over, spawned
from peernet._wording import amount
from peernet.compare.held_out import ValuedPairs, held_out_table, places_of, position_bands, wins
from peernet.compare.strategies import (
    ATTAINABLE,
    CHANCE,
    NEW_BY_LOT,
    OWN,
    RANDOM,
    RANDOM_WITHIN,
    YARDSTICKS,
    Strategy,
    attainable,
    draw_new_pairs,
    draw_random_pairs,
    usual_strategies,
)
from peernet.diversity.measures import gini
from peernet.diversity.reach import total_perspectives
from peernet.errors import SettingError, check_type, checked_pairs, is_whole
from peernet.pairing.pairing import Pairing
from peernet.pairing.record import GivenPairs
from peernet.scores.foundation import FOUNDED
from peernet.scores.pair_scores import PairScores, memory_at_work

Pair = tuple[str, str]
Way = Strategy | Pairing | GivenPairs
SPLITS = {500: 3, 3_000: 1}  # up to how many people questions are split how often
FAIR = "as many new pairs by lot within the same rules"
NEEDED = {  # rounded up to so many; more than so many is no plan
    "people": (50, 5_000, "people like these"),
    "questions": (5, 100, "such questions"),
}
TABLES = 20  # of people by people, held while one way makes its pairs: 7 to 11, and 23 where all ranks are compared
MANY_DRAWS = 500  # people up to whom new pairs are drawn by lot as often as asked; fewer draws of more people


@dataclass(frozen=True, repr=False)
class Comparison:
    """Strategies side by side.

    Parameters
    ----------
    table
        One row per strategy, index ``strategy``: ``pairs``; ``gain`` (total value of the pairs, gates ignored, in
        effective perspectives, no price of a rule taken off; for chance the mean of the draws), ``low`` and ``high``
        (for chance: the middle 95 % of the draws; its other columns are those of the draw in the middle); ``worst_off``
        (least any paired person gains); ``founded`` (share of pairs with a foundation); ``possible``
        (share that passes every gate); ``repeats`` (share already tied); ``coverage`` (what people have in reach
        afterwards, on average, as a share of the perspectives there are among everybody) and ``gini`` (its inequality,
        0 where everybody has as much); ``position`` (0 where chance lies on average, 1 at what could be attained with
        only the hard rules), ``position_low`` and ``position_high`` (its 95 % band for people drawn anew).

        ``expected``: what pairs are expected to gain by the outlook behind the answers, had other questions of the same
        kind been asked. It can be more than ``gain``, which takes what no other question tells for chance by half.
        ``held_out``: the advantage, how much more a pair is expected
        to bring then than one of the fair rival, *new pairs by lot*, as a share; ``held_low`` and ``held_high`` (95 %
        band for people and halves of the questions drawn anew, for how much of people's habits of answering is outlook,
        and for what goes from half of the questions to all); ``p_value`` (how often answers that hold nothing but
        habits give as much) and ``p_adjusted`` (the same for several strategies at once: peernet's own first, the
        others, by Holm's method, only as far as it stands);
        ``people_needed`` (of how many people like these four in five surveys would tell an advantage of this size;
        missing where this one tells, or shows no sign of any) and ``questions_needed`` (how many questions of the same
        kind, answered by these people, would do as well; missing also where no number would). Missing for what is
        attainable, for the fair rival, for a `Pairing`, which was chosen by every question, and where there are too few
        questions; chance has no p values.
    draws
        Total gain of each random pairing.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> pn.compare_pairings(scores, draws=20, held_out=0)
    <Comparison: ... ways of pairing, 'peernet' gains most>
    """

    table: pd.DataFrame
    draws: Floats

    @property
    def verdict(self) -> str:
        """In words, which pairs bring more than chance also on questions they were not chosen by."""
        return verdict_of(self.table)

    def __repr__(self) -> str:
        best = self.table.drop(index=[*YARDSTICKS], errors="ignore")["gain"]
        lead = f", {best.idxmax()!r} gains most" if best.notna().any() else ""
        return f"<Comparison: {len(self.table)} ways of pairing{lead}>"

    def _repr_html_(self) -> str:
        verdict = f". {self.verdict}" if "p_adjusted" in self.table else ""
        return f"<p>{escape(repr(self)[1:-1] + verdict)}</p>{self.table.round(3).to_html()}"


def compare_pairings(
    scores: PairScores,
    strategies: Mapping[str, Way] | None = None,
    *,
    also: Mapping[str, Way] | None = None,
    draws: int = 200,
    held_out: int | None = None,
    rng: int | np.random.Generator = 0,
    progress: bool = True,
) -> Comparison:
    """Compare ways of pairing the same people: what each brings, and where it lies between chance and attainable.

    Parameters
    ----------
    scores
        What `score_pairs` returned.
    strategies
        Name to a pairing, to pairs, or to a function of the scores that gives pairs; by default those of `STRATEGIES`
        for which the survey asks what they need. Always added are chance, with and without the gates, and the fair
        rival: as many *new pairs by lot* as gates and rules allow among people who do not hear each other yet.
    also
        Further ones beside these, such as ``{"last year": [("p001", "p050"), ...]}``.
    draws
        Number of random pairings, at least 200 for a usable band.
    held_out
        How often the perspective questions are split in two halves, each choosing pairs that the other values; by
        default 3 times, once beyond 500 people and never beyond 3,000, since it takes most of the time.
    rng
        Seed or generator for the draws.
    progress
        Whether to show a progress bar where it takes longer than two seconds.

    Returns
    -------
    Comparison

    Raises
    ------
    SettingError
        If ``draws`` is below 1, ``held_out`` below 0, a name is given twice, or pairs pair somebody with themselves,
        have a pair twice, or somebody in more pairs than they can have.
    UnknownPersonError
        If pairs name somebody who was not scored.

    Notes
    -----
    Gains are those the library counts, effective perspectives in reach. They say nothing about whether a
    pair gets on or learns, which only outcomes can show.

    *Advantage.* A pairing always looks good on the answers it was chosen by. The true advantage of a pairing is what
    its pairs would be expected to gain by the outlook behind other questions of the same kind, put to the same people,
    against as many new pairs by lot under the same rules and gates. So functions of the scores are called with one half
    of the perspective items and their pairs valued on the other, and what is found is carried over to a choice by all
    items and to outlook without chance (see `peernet.compare.held_out`). Pairs that do not depend on the answers are
    valued by all of them. Gains are those of both people, whatever value the scores use. A list of pairs is taken as
    made without a look at these answers; if it was not, its numbers mean nothing. Contacts that were not named are not
    allowed for.

    *Verdict.* A strategy wins, see `Comparison.verdict`, where ``p_adjusted`` is at most 0.05 and ``held_low`` above
    0. The p value allows for whatever shows in every answer of a person, such as answering extremely or agreeing with
    everything, and for who has few contacts; so it cannot tell outlook from such habits where all questions run the
    same way and ask about one thing.

    *Bands.* People, not pairs, are drawn anew: a pair weighs the product of its people's gamma weights, so that pairs
    who share somebody go up and down together. For the band of the advantage the halves of the questions are drawn
    anew, too. Colleagues heard are not drawn.

    *Past one core.* Ways of pairing, lots and halves of the questions are shared among what ``joblib.parallel_config``
    says around the call, also a Dask cluster; the table is the same to the bit.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> found = pn.compare_pairings(scores, also={"own": [("p001", "p050")]}, draws=20, held_out=0)
    >>> found.table.index.tolist()[-3:]
    ['new pairs by lot', 'random within gates', 'random']
    """
    check_type("scores", scores, PairScores, "score_pairs")
    if held_out is None:
        held_out = next((splits for most, splits in SPLITS.items() if len(scores) <= most), 0)
    _check(draws, held_out)
    ways = _ways(scores, strategies, also)
    everybody = total_perspectives(scores.reach)
    work, room = partial(_pairs_of, scores), memory_at_work(scores, TABLES)
    made = over(work, list(ways.items()), progress=progress, what="ways of pairing", room=room)
    pairs = dict(zip(ways, made, strict=True))
    rows = {name: measured(scores, found, everybody) for name, found in pairs.items()}
    rng = generator(rng)
    for_bands, for_halves, for_rival = spawned(rng, 3)
    drawn = _drawn(scores, draws, rng, for_rival, progress=progress)
    chance = {name: _by_chance(scores, again) for name, again in drawn.items()}
    rows |= {name: measured(scores, again.middle, everybody) | again.band for name, again in chance.items()}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("strategy")
    table = table.join(_positions(scores, pairs, chance, for_bands))
    tried, rng = _tried(ways), np.random.default_rng(for_halves)
    table = table.join(held_out_table(scores, tried, splits=held_out, rng=rng, progress=progress))
    table.loc[NEW_BY_LOT, "expected"] = table["expected"][RANDOM]  # no answers chose either
    table["expected"] *= table["gain"]
    table.loc[[*CHANCE], "expected"] = table["expected"].fillna(table["gain"])
    return Comparison(table, chance[RANDOM].totals)


def _check(draws: int, splits: int) -> None:
    if not is_whole(draws, 1):
        raise SettingError(f"draws must be at least 1; got {draws!r}.")
    if not is_whole(splits, 0):
        raise SettingError(f"held_out must be 0 or a number of splits; got {splits!r}.")


def _ways(scores: PairScores, strategies: Mapping[str, Way] | None, also: Mapping[str, Way] | None) -> dict[str, Way]:
    """Everything to compare by name; lists are checked."""
    for setting, given in (("strategies", strategies), ("also", also)):
        if given is not None and not isinstance(given, Mapping):
            raise SettingError(f"{setting} must be a mapping of names to ways of pairing; got {given!r}.")
    chosen: dict[str, Way] = dict(usual_strategies(scores) if strategies is None else strategies)
    for name in also or {}:
        if name in chosen or name in YARDSTICKS:
            raise SettingError(f"There is a way of pairing called {name!r} already. Give yours another name.")
    ways = {**chosen, **(also or {})}
    return {
        name: way if isinstance(way, Pairing) or callable(way) else check_pairs(name, way, scores)
        for name, way in ways.items()
    }


def check_pairs(name: str, pairs: Iterable[Pair], scores: PairScores) -> list[Pair]:
    """The pairs as they are, after a look at every name in them.

    Refused are rows that do not name two different people who were scored, pairs that are there twice, and people in
    more pairs than they can have partners. Somebody who wants no partner may be listed: ``possible`` says that their
    pair is not.
    """
    pairs = checked_pairs(pairs, scores.people, "was scored", f"{name!r}: ")
    for (a, b), times in Counter((min(pair), max(pair)) for pair in pairs).items():
        if times > 1:
            raise SettingError(f"{name!r} lists {a!r} and {b!r} twice. Keep one of the rows.")
    for person, times in Counter(person for pair in pairs for person in pair).items():
        capacity = max(1, int(scores.capacity[person]))
        if times > capacity:
            raise SettingError(
                f"{name!r} has {person!r} in {times} pairs; they can have {capacity}. Keep {capacity}, or give them "
                "more with a rule on capacity."
            )
    return pairs


def _pairs_of(scores: PairScores, named: tuple[str, Way]) -> list[Pair]:
    name, way = named
    if isinstance(way, Pairing):
        return way.pairs
    return check_pairs(name, way(scores), scores) if callable(way) else list(way)


def measured(scores: PairScores, pairs: GivenPairs, everybody: float) -> dict[str, float]:
    """The columns of `Comparison.table` that describe one set of pairs; ``everybody``: perspectives there are."""
    table = scores.to_frame(pairs)
    pairs = list(zip(table["a"], table["b"], strict=True))
    firsts, seconds = places_of(scores, pairs)
    own = table[["gain_a", "gain_b"]].to_numpy()
    after = _reach_after(scores, firsts, seconds, own)
    return {
        "pairs": len(table),
        "gain": float(np.nansum(scores.worth(own[:, 0], own[:, 1], firsts, seconds))),
        "low": np.nan,
        "high": np.nan,
        "worst_off": float(pd.Series(own.ravel()).min()),
        "founded": share(table["foundation"].isin([state.name for state in FOUNDED])),
        "possible": share(table["blocked"] == ""),
        "repeats": share(scores.ties[firsts, seconds] > 0) if len(table) else np.nan,
        "coverage": float(after.mean() / everybody) if len(after) else np.nan,
        "gini": gini(after) if len(after) else np.nan,
    }


def _reach_after(scores: PairScores, firsts: Ints, seconds: Ints, own: Floats) -> pd.Series[float]:
    """What everybody has in reach with these pairs; the gains of those with one partner are known already."""
    sides, gains = np.concatenate([firsts, seconds]), own.T.ravel()
    partners = np.concatenate([seconds, firsts])
    after = scores.reach.exposure.copy()
    once = (np.bincount(sides, minlength=len(after))[sides] == 1) & ~np.isnan(gains)
    after[sides[once]] += gains[once]
    for person in np.unique(sides[~once]):
        after[person] = scores.reach.exposure_with(person, partners[sides == person].tolist())
    return pd.Series(after).dropna()


def share(condition: pd.Series[bool] | Flags | Floats) -> float:
    """How often something holds; missing where there is nothing."""
    return float(np.mean(condition)) if len(condition) else float("nan")


@dataclass(frozen=True)
class _Chance:
    """Random pairings: the pairs of all draws together, and what each draw brings."""

    drawn: list[list[Pair]]
    valued: ValuedPairs
    totals: Floats

    @property
    def middle(self) -> list[Pair]:
        """The draw in the middle."""
        return self.drawn[int(np.argsort(self.totals, kind="stable")[len(self.drawn) // 2])]

    @property
    def band(self) -> dict[str, float]:
        """What the draws bring on average, and the middle 95 % of them."""
        low, high = np.quantile(self.totals, BAND_95)
        return {"gain": float(self.totals.mean()), "low": float(low), "high": float(high)}


def _drawn(
    scores: PairScores, draws: int, rng: np.random.Generator, for_rival: Seed, *, progress: bool
) -> dict[str, list[list[Pair]]]:
    """Pairs by chance, each way drawn again and again."""
    fewer = max(1, int(draws * min(1.0, (MANY_DRAWS / max(len(scores), 1)) ** 2)))
    return {
        NEW_BY_LOT: list(draw_new_pairs(scores, fewer, rng=np.random.default_rng(for_rival), progress=progress)),
        RANDOM_WITHIN: list(draw_random_pairs(scores, draws, within_gates=True, rng=rng)),
        RANDOM: list(draw_random_pairs(scores, draws, within_gates=False, rng=rng)),
    }


def _by_chance(scores: PairScores, drawn: list[list[Pair]]) -> _Chance:
    valued = _valued(scores, [pair for pairs in drawn for pair in pairs])
    ends = np.cumsum([len(pairs) for pairs in drawn])
    totals = np.array([np.nansum(part) for part in np.split(valued.values, ends[:-1])])
    return _Chance(drawn, valued, totals)


def _valued(scores: PairScores, pairs: list[Pair]) -> ValuedPairs:
    firsts, seconds = places_of(scores, pairs)
    return ValuedPairs(firsts, seconds, scores.worth(*scores.gains(firsts, seconds), firsts, seconds))


def _positions(
    scores: PairScores, pairs: Mapping[str, list[Pair]], chance: Mapping[str, _Chance], seed: Seed
) -> pd.DataFrame:
    """Where each way lies between chance and attainable: ``position``, ``position_low`` and ``position_high``."""
    ways = {name: _valued(scores, found) for name, found in pairs.items()}
    most = ways[ATTAINABLE] if ATTAINABLE in ways else _valued(scores, list(attainable(scores)))
    random = chance[RANDOM]
    gain = pd.Series({name: np.nansum(way.values) for name, way in ways.items()})
    gain = pd.concat([gain, pd.Series({name: drawn.totals.mean() for name, drawn in chance.items()})])
    middle = random.totals.mean()
    room = float(np.nansum(most.values) - middle)
    position = (gain - middle) / room if room > 0 else gain * np.nan
    bands = position_bands(ways, random.valued, len(random.drawn), most, len(scores), np.random.default_rng(seed))
    return bands.reindex(position.index).assign(position=position)[["position", "position_low", "position_high"]]


def _tried(ways: Mapping[str, Way]) -> dict[str, Strategy | list[Pair]]:
    """What can be held to questions it was not chosen by."""
    return {
        name: way if callable(way) else list(way)
        for name, way in {**ways, RANDOM_WITHIN: CHANCE[RANDOM_WITHIN], RANDOM: CHANCE[RANDOM]}.items()
        if name != ATTAINABLE and not isinstance(way, Pairing)
    }


def winners(table: pd.DataFrame) -> list[str]:
    """The strategies that bring more than the fair rival on questions they were not chosen by, the best first.

    Both the answers by chance and the band must say so: the one asks whether what people answer matters for who is
    with whom, the other whether the pairs bring more than new pairs by lot.
    """
    won = table[wins(table)]
    return [str(name) for name in won["held_out"].sort_values(ascending=False, kind="stable").index]


def verdict_of(table: pd.DataFrame) -> str:
    """A few sentences on the table of a `Comparison`."""
    tried = table.dropna(subset=["p_adjusted"])
    if not len(tried):
        return "Cannot tell: no way of pairing was held to questions it was not chosen by."
    won = winners(tried)
    sentences = [*_own_in_words(table, won)] if OWN in tried.index else []
    others = [f"{name} ({_amount(tried, name)})" for name in won if name != OWN]
    if others:
        sentences.append(f"Ways of pairing that do{', too' if OWN in won else ''}: {'; '.join(others)}.")
    nobody = f"Cannot tell: no way of pairing brings more than {FAIR} on questions it was not chosen by."
    return " ".join(sentences) or nobody


def _own_in_words(table: pd.DataFrame, won: list[str]) -> Iterator[str]:
    start, also = (f"{OWN}'s pairs", " also") if OWN in won else (f"Cannot tell whether {OWN}'s pairs", "")
    yield f"{start} bring more than {FAIR}{also} on questions they were not chosen by ({_amount(table, OWN)})."
    row = table.to_dict("index")[OWN]
    needed = [
        f"about {int(np.ceil(row[f'{what}_needed'] / step) * step):,} {like}"
        for what, (step, most, like) in NEEDED.items()
        if row[f"{what}_needed"] <= most
    ]
    if needed:
        yield f"With {' or '.join(needed)} it could be told."
    gain, expected = amount(row["gain"]), amount(row["expected"])
    if row["expected"] < row["gain"]:
        yield f"Of the {gain} effective perspectives they promise, {expected} are expected to hold."
    elif row["expected"] > row["gain"]:
        yield f"They promise {gain} effective perspectives; by the outlook behind the answers {expected} are expected."


def _amount(table: pd.DataFrame, name: str) -> str:
    row = table.to_dict("index")[name]
    more = f"{abs(row['held_out']):.0%} {'more' if row['held_out'] >= 0 else 'less'}"
    return f"{more} a pair, 95 % band {row['held_low']:+.0%} to {row['held_high']:+.0%}"
