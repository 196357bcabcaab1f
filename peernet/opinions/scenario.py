"""What could happen next: opinions that move along the colleague graph, with and without a pairing.

Everything here is a scenario and never a forecast. Nobody knows by which rule people move, nor how far; so a pairing is
only worth recommending for what holds under rules that contradict each other, see `compare_scenarios`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from peernet._arrays import Floats
from peernet._parallel import BAND_95, over
from peernet._wording import count_in_digits, count_in_words, listed
from peernet.errors import SettingError, check_choice
from peernet.opinions.influence import ROUNDING, Consensus, consensus_of
from peernet.opinions.models import MODELS
from peernet.opinions.simulation import (
    MEASURES,
    FinalState,
    HasPairs,
    PairPositions,
    Simulation,
    SimulationSettings,
    Susceptibility,
    between,
    kept,
    pairs_given,
    prepare_simulation,
)
from peernet.pairing.record import GivenPairs
from peernet.scores.pair_scores import PairScores
from peernet.survey.survey import Survey

RULES_OF_MODELS = {
    "assimilation": "people go part of the way to those they hear and hold on to their first opinion",
    "bounded confidence": "people hear only those who do not think too differently",
    "repulsion": "people draw near to those who think alike and away from those who do not",
}


@dataclass(frozen=True, repr=False)
class OpinionScenario:
    """Opinions before, later without a pairing and later with it, under one model: a scenario, never a forecast.

    Parameters
    ----------
    people
        One row per person, index ``person``; means over the draws. ``exposure_before``, ``exposure_met``,
        ``exposure_without`` and ``exposure_with``: effective perspectives among them and those they hear, today, today
        with the partner heard, later without a partner and later with one; ``moved_without`` and ``moved_with``: how
        far from their first opinions they end; ``partner_before``, ``partner_without`` and ``partner_with``: mean
        distance to their partners (missing without one); ``filled``: opinions filled in. Distances are mean differences
        over the items, from 0 to 1. Missing for people without any opinion, who take no part.
    organisation
        Index ``measure``: ``diversity`` (Rao's quadratic entropy of the opinions), ``perspectives`` (effective number,
        order 2), ``polarisation`` (1 for two equal camps that agree on nothing), ``clusters`` (groups within a
        twentieth of the scale), ``exposure`` (mean over people) and ``partners_apart`` (mean distance of partners).
        Columns ``before`` (today), ``met`` (today, partners heard), ``without`` and ``with`` (later, means over the
        draws), ``difference`` (with less without), ``low`` and ``high`` (the middle 95 % of the draws of it, missing
        where nothing was drawn).
    items
        Index ``item``: ``used``, ``answered``, ``filled`` (answers filled in) and ``reason`` where it is not used.
    consensus, consensus_without
        Whether all could ever come to think alike, with the pairs and without; see `Consensus`.
    settled
        Share of draws in which nobody moved any more at the end.
    settings
        What was chosen.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scenario = pn.simulate_opinions(survey, pn.colleague_graph(survey), [("p001", "p064")], draws=2, progress=False)
    >>> scenario.organisation.columns.tolist()
    ['before', 'met', 'without', 'with', 'difference', 'low', 'high']
    """

    people: pd.DataFrame
    organisation: pd.DataFrame
    items: pd.DataFrame
    consensus: Consensus
    consensus_without: Consensus
    settled: float
    settings: Mapping[str, Any]

    @property
    def raises_exposure(self) -> bool:
        """Whether people reach more perspectives later with the pairing than without, in at least 95 % of draws."""
        return self._difference("exposure", "low") > ROUNDING

    @property
    def diversity_kept(self) -> float:
        """Later diversity with the pairing as a share of that without; 1 where there is none either way."""
        return kept(self.number("diversity", "with"), self.number("diversity", "without"))

    @property
    def keeps_diversity(self) -> bool:
        """Whether the pairing costs no more than the tolerated share of diversity, in at least 95 % of draws."""
        tolerated = self.settings["tolerance"] * self.number("diversity", "without")
        return bool(self._difference("diversity", "low") >= -tolerated - ROUNDING)

    @property
    def parts_partners(self) -> bool:
        """Whether partners may end further apart than without the pairing, by more than is tolerated."""
        tolerated = self.settings["tolerance"] * self.number("partners_apart", "before")
        return bool(self._difference("partners_apart", "high") > tolerated + ROUNDING)

    def number(self, measure: str, column: str) -> float:
        """One number of ``organisation``."""
        return float(self.organisation[column].loc[[measure]].iloc[0])

    def _difference(self, measure: str, end: str) -> float:
        """One end of a difference, or the difference itself where nothing was drawn."""
        found = self.number(measure, end)
        return self.number(measure, "difference") if np.isnan(found) else found

    @property
    def words(self) -> str:
        """What the scenario says, in a few sentences that may stand alone."""
        return scenario_words(self)

    def __repr__(self) -> str:
        exposure = ", ".join(f"{self.number('exposure', when):.2f} {when}" for when in ("before", "without", "with"))
        model, pairs = self.settings["model"], count_in_digits(self.settings["pairs"], "pair", "pairs")
        return f"<OpinionScenario, not a forecast: {model}, {pairs}, exposure {exposure}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.words)}</p>{self.organisation.round(3).to_html()}"


def simulate_opinions(
    data: PairScores | Survey,
    graph: nx.MultiDiGraph[str],
    pairing: HasPairs | GivenPairs | None = None,
    *,
    model: str = "assimilation",
    items: Iterable[str] | None = None,
    contact: Sequence[str] | None = None,
    rule: str = "either",
    susceptibility: Susceptibility = (0.2, 0.8),
    partner_weight: float = 1.0,
    confidence: float | None = None,
    partner_confidence: float | None = None,
    meetings: int = 200,
    tolerance: float = 0.05,
    draws: int = 20,
    rng: int | np.random.Generator = 0,
    progress: bool = True,
) -> OpinionScenario:
    """Let opinions move along the colleague graph, with and without a pairing: a scenario, never a forecast.

    Parameters
    ----------
    data
        What `score_pairs` or `read_survey` returned.
    graph
        What `colleague_graph` returned for it.
    pairing
        What `pair_people`, `draw_pairing`, `pair_with_trios` or `form_circles` returned, or any pairs of people; None
        for what happens anyway.
    model
        ``"assimilation"``: Friedkin and Johnsen, everybody goes part of the way to those they hear and holds on to
        their first opinion. ``"bounded confidence"``: Hegselmann and Krause, only those who do not think too
        differently are heard. ``"repulsion"``: people draw away from those who do. See `friedkin_johnsen`,
        `bounded_confidence`, `repulsion`.
    items
        Perspective items that are opinions; by default all that are numeric or ordinal.
    contact, rule
        Layers on which people hear each other, by default those of the scores or the graph, and how a tie that one
        side named counts, as in `heard_by`.
    susceptibility
        How far people go, from 0 to 1: one number, a Series by person, or the lowest and the highest, between which
        everybody's is drawn. Nobody has measured it here, so the default draws it from a wide range.
    partner_weight
        Attention for a partner, where oneself and each colleague heard get 1, or the `Item.strength` of the layer.
    confidence
        Distance up to which others are still heard (bounded confidence), or at which the pull turns into a push
        (repulsion); by default the median distance of two people today.
    partner_confidence
        The same between partners, who rest on trust: set it higher for partners who still hear each other where they
        would not hear others. By default no different.
    meetings
        The most meetings under bounded confidence and repulsion; assimilation is solved for its end.
    tolerance
        Share of the later diversity that a pairing may cost and still keep it, and share of today's distance by which
        partners may end further apart than without it.
    draws
        How often susceptibilities are drawn.
    rng
        Seed or generator.
    progress
        Whether to show a progress bar where it takes longer than two seconds.

    Returns
    -------
    OpinionScenario
        ``.people``, ``.organisation``, ``.consensus`` and ``.words``.

    Raises
    ------
    SettingError
        If a setting is outside what is allowed or no perspective item can move part of the way.
    UnknownItemError
        If an item was not asked as a perspective.
    UnknownPersonError
        If a pair names somebody who is not in the survey.

    Notes
    -----
    Opinions are answers scaled to 0 to 1 by the codebook's limits. Nominal, yes/no, multiple choice and text items are
    left out: nobody goes half-way from law to arts. A missing opinion is the mean of the colleagues heard, or of
    everybody where none of them answered; people who gave no opinion at all take no part. Both are counted. All
    colleagues get equal attention, since surveys seldom say more. Exposure is counted on these opinions alone, and
    so differs from `exposure`, which counts every perspective item. Each draw
    plays both the network without the pairs and the one with them, so that the difference between them is not luck.

    References
    ----------
    Friedkin, N. E. & Johnsen, E. C. (1999). Social influence networks and opinion change. Advances in Group Processes
    16, 1-29.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> graph = pn.colleague_graph(survey)
    >>> pairing = pn.pair_people(pn.score_pairs(survey, graph))
    >>> pn.simulate_opinions(survey, graph, pairing, susceptibility=0.5)
    <OpinionScenario, not a forecast: assimilation, 110 pairs, exposure ... before, ... without, ... with>
    """
    check_choice("model", model, MODELS)
    check_tolerance(tolerance)
    asked = SimulationSettings(
        items=items,
        contact=contact,
        rule=rule,
        susceptibility=susceptibility,
        partner_weight=partner_weight,
        confidence=confidence,
        partner_confidence=partner_confidence,
        meetings=meetings,
        draws=draws,
    )
    scene = prepare_simulation(data, graph, asked, rng)
    given = pairs_given(pairing, scene.people)
    places = scene.places(given)
    left_out = len({tuple(sorted(pair)) for pair in given}) - len(places)
    settings = {"model": model, "pairs": len(places), "left_out": left_out, "tolerance": tolerance, **scene.settings}
    ends = over(partial(_played, scene, model, places), range(scene.draws), progress=progress, what="playing scenarios")
    return _scenario(scene, places, ends, settings)


def check_tolerance(tolerance: float) -> None:
    """Raise `SettingError` unless it is a share."""
    if not 0 <= tolerance <= 1:
        raise SettingError(f"tolerance must be a share from 0 to 1; got {tolerance!r}.")


def _played(scene: Simulation, model: str, places: PairPositions, draw: int) -> tuple[FinalState, FinalState]:
    """One draw without the pairs and with them."""
    without = scene.end(model, draw, ())
    return without, scene.end(model, draw, places) if places else without


def _scenario(
    scene: Simulation, places: PairPositions, ends: Sequence[tuple[FinalState, FinalState]], settings: Mapping[str, Any]
) -> OpinionScenario:
    names = scene.names
    consensus, without = (consensus_of(scene.influence(pairs), names) for pairs in (places, ()))
    settled = float(np.mean([end.meetings <= scene.asked.meetings for both in ends for end in both]))
    before, met = (scene.measured(scene.opinions.first, heard) for heard in ((), places))
    people = _people(before, met, ends, places).assign(filled=scene.opinions.filled.astype(float))
    people = people.set_axis(scene.people[scene.opinions.known]).reindex(scene.people)
    organisation = _organisation(before, met, ends, places)
    return OpinionScenario(people, organisation, scene.opinions.items, consensus, without, settled, settings)


def _people(
    before: FinalState, met: FinalState, ends: Sequence[tuple[FinalState, FinalState]], places: PairPositions
) -> pd.DataFrame:
    without, with_ = zip(*ends, strict=True)
    return pd.DataFrame(
        {
            "exposure_before": before.exposure,
            "exposure_met": met.exposure,
            "exposure_without": _mean(end.exposure for end in without),
            "exposure_with": _mean(end.exposure for end in with_),
            "moved_without": _mean(np.abs(end.opinions - before.opinions).mean(axis=1) for end in without),
            "moved_with": _mean(np.abs(end.opinions - before.opinions).mean(axis=1) for end in with_),
            "partner_before": _to_partners(before, places),
            "partner_without": _mean(_to_partners(end, places) for end in without),
            "partner_with": _mean(_to_partners(end, places) for end in with_),
        }
    )


def _mean(tables: Iterable[Floats]) -> Floats:
    return np.asarray(np.mean(list(tables), axis=0))


def _to_partners(end: FinalState, places: PairPositions) -> Floats:
    """Mean distance of each person to their partners, missing without one."""
    total, count = np.zeros(len(end.opinions)), np.zeros(len(end.opinions))
    for distance, pair in zip(between(end.opinions, places), places, strict=True):
        total[list(pair)] += distance
        count[list(pair)] += 1
    total[count == 0] = np.nan
    return total / np.maximum(count, 1)


def _organisation(
    before: FinalState, met: FinalState, ends: Sequence[tuple[FinalState, FinalState]], places: PairPositions
) -> pd.DataFrame:
    without, with_ = (np.array([_row(both[k], places) for both in ends]) for k in (0, 1))
    low, high = band(with_ - without)
    columns = {
        "before": _row(before, places),
        "met": _row(met, places),
        "without": without.mean(axis=0),
        "with": with_.mean(axis=0),
        "difference": (with_ - without).mean(axis=0),
        "low": low,
        "high": high,
    }
    return pd.DataFrame(columns, index=pd.Index([*MEASURES, "partners_apart"], name="measure"))


def _row(end: FinalState, places: PairPositions) -> Floats:
    near = between(end.opinions, places)
    return np.array([*end.measures, near.mean() if len(near) else np.nan])


def band(drawn: Floats) -> tuple[Floats, Floats]:
    """The middle 95 % of the draws, missing where there is one draw only."""
    if len(drawn) == 1:
        return np.full(drawn.shape[1:], np.nan), np.full(drawn.shape[1:], np.nan)
    low, high = np.quantile(drawn, BAND_95, axis=0)
    return low, high


def scenario_words(scenario: OpinionScenario) -> str:
    """The rule, what happens anyway, what the pairing adds, and what was left out."""
    share = kept(scenario.number("diversity", "without"), scenario.number("diversity", "before"))
    sentences = [
        f"A scenario, not a forecast. If {RULES_OF_MODELS[scenario.settings['model']]}, the organisation "
        f"{'keeps' if share <= 1 else 'comes to'} {share:.0%} of today's diversity of opinion without a pairing."
    ]
    if scenario.settings["pairs"]:
        row = scenario.organisation.loc["partners_apart"]
        drive = "The pairing may drive partners apart: they" if scenario.parts_partners else "Partners"
        apart = f"{row['with']:.2f} apart, {row['without']:.2f} without it, {row['before']:.2f} today."
        sentences += [_exposure_in_words(scenario), _diversity_in_words(scenario), f"{drive} end {apart}"]
    if scenario.settled < 1:
        sentences.append(f"Opinions still moved after {scenario.settings['meetings']} meetings.")
    return " ".join([*sentences, scenario.consensus.words, _left_out_in_words(scenario)]).strip()


def _exposure_in_words(scenario: OpinionScenario) -> str:
    row, pairs = scenario.organisation.loc["exposure"], scenario.settings["pairs"]
    who = "The pair" if pairs == 1 else f"The {pairs:,} pairs"
    surely = _verb(pairs, "raises", "raise")
    up = surely if scenario.raises_exposure else f"{_verb(pairs, 'does', 'do')} not surely raise"
    return (
        f"{who} {up} later exposure: {row['with']:.2f} effective perspectives with {_them(scenario)}, "
        f"{row['without']:.2f} without ({row['before']:.2f} today, {row['met']:.2f} as soon as partners are heard)."
    )


def _verb(count: int, one: str, many: str) -> str:
    return one if count == 1 else many


def _diversity_in_words(scenario: OpinionScenario) -> str:
    if scenario.number("diversity", "without") < ROUNDING:
        return "There is no diversity of opinion left to keep."
    keeps = "The organisation's diversity is kept" if scenario.keeps_diversity else "Diversity is not surely kept"
    return f"{keeps}: {scenario.diversity_kept:.1%} of what would be left without {_them(scenario)}."


def _them(scenario: OpinionScenario) -> str:
    return _verb(scenario.settings["pairs"], "it", "them")


def _left_out_in_words(scenario: OpinionScenario) -> str:
    unused, pairs = int((~scenario.items["used"]).sum()), scenario.settings["left_out"]
    silent = int(scenario.people["filled"].isna().sum())
    parts = [
        f"{count_in_words(unused, 'item', 'items')} that cannot move part of the way" if unused else "",
        f"{count_in_words(silent, 'person', 'people')} without an opinion" if silent else "",
        f"{count_in_words(pairs, 'pair', 'pairs')} with one of them" if pairs else "",
    ]
    named = [part for part in parts if part]
    return f"Left out: {listed(named)}." if named else ""
