"""Robustness to the model: pairings under models of opinion that contradict each other, and what holds under all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from itertools import product
from typing import Any, Unpack

import networkx as nx
import numpy as np
import pandas as pd

from peernet._arrays import Floats
from peernet._parallel import over
from peernet._wording import count_in_words, listed
from peernet.errors import SettingError, check_choice
from peernet.opinions.influence import ROUNDING
from peernet.opinions.models import MODELS
from peernet.opinions.scenario import band, check_tolerance
from peernet.opinions.simulation import (
    MEASURES,
    FinalState,
    HasPairs,
    PairPositions,
    Simulation,
    SimulationKeywords,
    SimulationSettings,
    between,
    kept,
    prepare_simulation,
)
from peernet.pairing.objectives import EngineWeights
from peernet.pairing.pairing import pair_people
from peernet.pairing.record import GivenPairs
from peernet.scores.gates import GATES
from peernet.scores.pair_scores import PairScores
from peernet.scores.scoring import score_pairs
from peernet.survey.survey import Survey

DRAWN = ("exposure", "diversity", "parted", "polarisation", "apart", "settled")
Played = Mapping[tuple[str, str], Floats]  # by model and pairing, draw x DRAWN


@dataclass(frozen=True, repr=False)
class ScenarioComparison:
    """Pairings under models of opinion that contradict each other: scenarios, never forecasts.

    Parameters
    ----------
    table
        One row per ``model`` and ``pairing``: ``pairs``; ``exposure`` (later exposure with the pairing less without, in
        effective perspectives, mean over people), ``diversity`` (later diversity with the pairing as a share of that
        without) and ``parted`` (how much further apart partners end with the pairing than without), each the mean of
        the draws, with ``_low`` and ``_high``, their middle 95 %, missing where nothing was drawn; ``polarisation``
        (with less without); ``apart`` (later distance of partners); ``settled`` (share of draws in which nobody moved
        any more at the end); ``first`` (share of draws in which this pairing raises exposure most); and whether, in at
        least 95 % of the draws, it ``raises`` exposure, ``keeps`` diversity and leaves partners ``together``.
    baseline
        Index ``model``: the measures of `OpinionScenario` without a pairing, and ``today``.
    tolerance
        Share of later diversity a pairing may cost, and of today's distance by which it may part partners.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> graph = pn.colleague_graph(survey)
    >>> found = pn.compare_scenarios(survey, graph, {"mine": [("p001", "p064")]}, susceptibility=0.5, progress=False)
    >>> found.table.index.tolist()
    [('assimilation', 'mine'), ('bounded confidence', 'mine'), ('repulsion', 'mine')]
    """

    table: pd.DataFrame
    baseline: pd.DataFrame
    tolerance: float

    @property
    def verdicts(self) -> pd.DataFrame:
        """Index ``pairing``, one column per model: whether exposure rises, diversity is kept and nobody is parted."""
        good = self.table[["raises", "keeps", "together"]].all(axis=1).unstack("model")
        return good.loc[self.pairings, self.models]

    @property
    def robust(self) -> pd.Series:
        """For each pairing whether the verdict is good under every model."""
        return self.verdicts.all(axis=1).rename("robust")

    @property
    def ranking(self) -> pd.DataFrame:
        """Index ``pairing``, one column per model: the place by later exposure, 1 for the most."""
        exposure = self.table["exposure"].unstack("model").loc[self.pairings, self.models]
        return exposure.round(9).rank(ascending=False, method="min").astype(int)

    @property
    def same_order(self) -> bool:
        """Whether the pairings come in the same order by later exposure under every model."""
        return bool(self.ranking.nunique(axis=1).eq(1).all())

    @property
    def models(self) -> list[str]:
        """The models, in the order played."""
        return list(dict.fromkeys(self.table.index.get_level_values("model")))

    @property
    def pairings(self) -> list[str]:
        """The pairings, the one in question first."""
        return list(dict.fromkeys(self.table.index.get_level_values("pairing")))

    @property
    def words(self) -> str:
        """Whether the first pairing survives a change of model, in a few sentences."""
        return comparison_words(self)

    def __repr__(self) -> str:
        pairings = count_in_words(len(self.pairings), "pairing", "pairings")
        models = count_in_words(len(self.models), "model", "models")
        return f"<ScenarioComparison, not a forecast: {pairings} under {models}; {self.pairings[0]} {survival(self)}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.words)}</p>{self.table.round(3).to_html()}"


def compare_scenarios(
    data: PairScores | Survey,
    graph: nx.MultiDiGraph[str],
    pairings: Mapping[str, HasPairs | GivenPairs] | None = None,
    *,
    models: Sequence[str] = tuple(MODELS),
    tolerance: float = 0.05,
    rng: int | np.random.Generator = 0,
    progress: bool = True,
    **settings: Unpack[SimulationKeywords],
) -> ScenarioComparison:
    """Hold pairings against each other under models of opinion, to see what survives a change of model.

    Parameters
    ----------
    data
        What `score_pairs` or `read_survey` returned.
    graph
        What `colleague_graph` returned for it.
    pairings
        Name to a pairing or to pairs, the one in question first. By default peernet's own; the same people paired at
        random, anew in each draw; and the same people paired so that partners differ most, foundation ignored.
    models
        Some of ``"assimilation"``, ``"bounded confidence"`` and ``"repulsion"``.
    tolerance
        Share of the later diversity that a pairing may cost and still keep it, and share of today's distance by which
        partners may end further apart than without it.
    rng
        Seed or generator, for susceptibilities and random pairs.
    progress
        Whether to show a progress bar where it takes longer than two seconds.
    **settings
        The other settings of `simulate_opinions`.

    Returns
    -------
    ScenarioComparison
        ``.table``, ``.verdicts``, ``.robust``, ``.ranking`` and ``.words``.

    Raises
    ------
    SettingError
        If a setting is outside what is allowed, or there is nothing to compare.

    Notes
    -----
    Every draw plays the same susceptibilities for all pairings and models. The default pairings are of the same people,
    so that they differ in who meets whom; somebody with several partners has only one at random.

    References
    ----------
    Flache, A., Maes, M., Feliciani, T., Chattoe-Brown, E., Deffuant, G., Huet, S. & Lorenz, J. (2017). Models of social
    influence: towards the next frontiers. Journal of Artificial Societies and Social Simulation 20(4), 2.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pn.compare_scenarios(survey, pn.colleague_graph(survey), draws=4, progress=False)
    <ScenarioComparison, not a forecast: three pairings under three models; peernet ... a change of model>
    """
    check_tolerance(tolerance)
    for model in models:
        check_choice("model", model, MODELS)
    generator, asked = np.random.default_rng(rng), SimulationSettings(**settings)
    scene = prepare_simulation(data, graph, asked, generator)
    if pairings is None:
        scores = data if isinstance(data, PairScores) else score_pairs(data, graph, contact=asked.contact)
        lists = _usual_pairings(scene, scores, generator)
    else:
        lists = {name: [scene.places(pairing)] for name, pairing in pairings.items()}
    if not lists or not models:
        raise SettingError("There is nothing to compare; give at least one pairing and one model.")
    without, changed = _played(scene, lists, models, progress=progress)
    ends = {"today": scene.measured(scene.opinions.first, ()).measures}
    ends |= {model: drawn.mean(axis=0) for model, drawn in without.items()}
    baseline = pd.DataFrame.from_dict(ends, orient="index", columns=list(MEASURES)).rename_axis("model")
    return ScenarioComparison(_table(scene, lists, changed, tolerance), baseline, tolerance)


def _usual_pairings(scene: Simulation, scores: PairScores, rng: np.random.Generator) -> dict[str, list[PairPositions]]:
    """The pairs peernet makes, and the same people paired at random and with those who differ most."""
    pairs = pair_people(scores).pairs
    people = sorted({person for pair in pairs for person in pair})
    shuffled = (rng.permutation(np.array(people, dtype=object)).tolist() for _ in range(scene.draws))
    others = [person for person in scores.people if person not in set(people)]
    # as the strategy "most different" has it
    apart = EngineWeights(scores.without(*GATES).excluding(people=others), "perspective")
    return {
        "peernet": [scene.places(pairs)],
        "random": [scene.places(zip(drawn[::2], drawn[1::2], strict=False)) for drawn in shuffled],
        "most different": [scene.places(apart.named(apart.best(cardinality="max").pairs))],
    }


def _played(
    scene: Simulation, lists: Mapping[str, Sequence[PairPositions]], models: Sequence[str], *, progress: bool
) -> tuple[dict[str, Floats], Played]:
    """Measures of every draw without a pairing, and what each pairing changes."""
    without: dict[str, list[Floats]] = {model: [] for model in models}
    changed: dict[tuple[str, str], list[Floats]] = {(model, name): [] for model in models for name in lists}
    each = list(product(models, range(scene.draws)))
    played = over(partial(_draw_played, scene, lists), each, progress=progress, what="playing scenarios")
    for (model, _), (measures, changes) in zip(each, played, strict=True):
        without[model].append(measures)
        for name, change in changes.items():
            changed[model, name].append(change)
    return {k: np.array(v) for k, v in without.items()}, {k: np.array(v) for k, v in changed.items()}


def _draw_played(
    scene: Simulation, lists: Mapping[str, Sequence[PairPositions]], each: tuple[str, int]
) -> tuple[Floats, dict[str, Floats]]:
    """Measures of one draw under one model without a pairing, and what each pairing changes."""
    model, draw = each
    alone = scene.end(model, draw, ())
    met = {name: drawn[draw % len(drawn)] for name, drawn in lists.items()}
    return alone.measures, {
        name: _change(scene, alone, scene.end(model, draw, pairs), pairs) for name, pairs in met.items()
    }


def _change(scene: Simulation, without: FinalState, with_: FinalState, met: PairPositions) -> Floats:
    """The numbers of `DRAWN` for one draw."""
    before, after = (dict(zip(MEASURES, end.measures, strict=True)) for end in (without, with_))
    near, was = (between(end.opinions, met).mean() if len(met) else np.nan for end in (with_, without))
    return np.array(
        [
            after["exposure"] - before["exposure"],
            kept(after["diversity"], before["diversity"]),
            near - was,
            after["polarisation"] - before["polarisation"],
            near,
            with_.meetings <= scene.asked.meetings,
        ]
    )


def _table(
    scene: Simulation, lists: Mapping[str, Sequence[PairPositions]], changed: Played, tolerance: float
) -> pd.DataFrame:
    rows = []
    for (model, name), drawn in changed.items():
        row = {"model": model, "pairing": name, "pairs": len(lists[name][0])} | _row(drawn)
        today = np.mean([between(scene.opinions.first, met).mean() for met in lists[name] if len(met)] or [0.0])
        row["first"] = _first(changed, model)[list(lists).index(name)]
        row["raises"] = _end(row, "exposure", "low") > ROUNDING
        row["keeps"] = _end(row, "diversity", "low") >= 1 - tolerance - ROUNDING
        row["together"] = not _end(row, "parted", "high") > tolerance * today + ROUNDING
        rows.append(row)
    return pd.DataFrame(rows).set_index(["model", "pairing"])


def _row(drawn: Floats) -> dict[str, Any]:
    mean, (low, high) = dict(zip(DRAWN, drawn.mean(axis=0), strict=True)), band(drawn)
    row: dict[str, Any] = {}
    for k, name in enumerate(DRAWN[:3]):
        row |= {name: mean[name], f"{name}_low": low[k], f"{name}_high": high[k]}
    return row | {name: mean[name] for name in DRAWN[3:]}


def _first(changed: Played, model: str) -> Floats:
    """Share of draws in which each pairing has the most exposure, ties shared."""
    exposure = np.array(
        [drawn[:, DRAWN.index("exposure")] for (played, _), drawn in changed.items() if played == model]
    )
    top = np.isclose(exposure, exposure.max(axis=0), rtol=0, atol=1e-12)
    return np.asarray((top / top.sum(axis=0)).mean(axis=1))


def _end(row: Mapping[str, Any], name: str, side: str) -> float:
    """One end of the band, or the value itself where nothing was drawn."""
    return float(row[name] if np.isnan(row[f"{name}_{side}"]) else row[f"{name}_{side}"])


def comparison_words(found: ScenarioComparison) -> str:
    """Under which models the first pairing holds, and whether the order of the pairings does."""
    first, verdicts = found.pairings[0], found.verdicts
    good = [model for model in found.models if verdicts.loc[first, model]]
    bad = [f"{model} ({_lacking(found, model, first)})" for model in found.models if model not in good]
    parts = [
        f"{first} raises later exposure and keeps diversity under {listed(good)}" if good else "",
        f"{'' if good else first + ' '}fails under {listed(bad)}" if bad else "",
    ]
    sentence = "; ".join(part for part in parts if part)
    return f"Scenarios, not forecasts. {sentence}: the recommendation {survival(found)}.{_order(found)}"


def survival(found: ScenarioComparison) -> str:
    """Whether the first pairing survives a change of model; one model alone cannot say."""
    if not found.robust[found.pairings[0]]:
        return "does not survive a change of model" if len(found.models) > 1 else "fails under the only model played"
    return "survives a change of model" if len(found.models) > 1 else "was not put to a change of model"


def _lacking(found: ScenarioComparison, model: str, pairing: str) -> str:
    row = found.table.loc[[(model, pairing)]].iloc[0]
    lacks = {
        "raises": "exposure does not surely rise",
        "keeps": "diversity is not surely kept",
        "together": "partners may be driven apart",
    }
    return ", ".join(words for column, words in lacks.items() if not row[column])


def _order(found: ScenarioComparison) -> str:
    if len(found.pairings) == 1:
        return ""
    if found.same_order:
        return f" {found.ranking.iloc[:, 0].idxmin()} raises exposure most under every model."
    leaders = [found.table.loc[model]["first"] for model in found.models]
    most = [
        f"{first.idxmax()} under {model} (in {first.max():.0%} of draws)"
        for model, first in zip(found.models, leaders, strict=True)
    ]
    return f" Which pairing raises exposure most, and in what order, depends on the model: {', '.join(most)}."
