"""Pairings under several models of opinion: what holds under all of them, and what only under one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from peernet._arrays import Floats
from peernet._gates import GATES
from peernet._narrowed import narrowed
from peernet._opinion_models import MODELS
from peernet._opinion_scene import MEASURES, Pairs, Places, Scene, pairs_of, set_scene
from peernet._opinion_words import comparison_words
from peernet._progress import progress_bar
from peernet._weights import ByName
from peernet.errors import SettingError, check_choice
from peernet.opinions import band, check_tolerance
from peernet.pairing import Pairing, pair_people
from peernet.scores import PairScores, score_pairs
from peernet.survey import Survey

__all__ = ["ScenarioComparison", "compare_scenarios"]

EXPOSURE, DIVERSITY = MEASURES.index("exposure"), MEASURES.index("diversity")
Played = Mapping[tuple[str, str], Floats]  # by model and pairing, draw x measure


@dataclass(frozen=True, repr=False)
class ScenarioComparison:
    """Pairings under models of opinion that contradict each other: scenarios, never forecasts.

    Parameters
    ----------
    table
        One row per ``model`` and ``pairing``: ``pairs``; ``exposure`` (later exposure with the pairing less without, in
        effective perspectives, mean over people and draws) with ``exposure_low`` and ``exposure_high``; ``diversity``
        (later diversity with the pairing as a share of that without) with ``diversity_low`` and ``diversity_high``,
        the middle 95 % of the draws, missing where nothing was drawn; ``polarisation`` (difference); ``apart`` (later
        distance of partners); ``first`` (share of draws in which this pairing raises exposure most); ``raises`` and
        ``keeps``, whether exposure rises and diversity is kept, in at least 95 % of the draws.
    baseline
        Index ``model``: the measures of `OpinionScenario` without a pairing, and ``today``.
    tolerance
        Share of later diversity a pairing may cost and still keep it.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> graph = pn.colleague_graph(survey)
    >>> found = compare_scenarios(survey, graph, {"mine": [("p001", "p064")]}, susceptibility=0.5, progress=False)
    >>> found.table.index.tolist()
    [('assimilation', 'mine'), ('bounded confidence', 'mine'), ('repulsion', 'mine')]
    """

    table: pd.DataFrame
    baseline: pd.DataFrame
    tolerance: float

    @property
    def verdicts(self) -> pd.DataFrame:
        """Index ``pairing``, one column per model: whether exposure rises and diversity is kept."""
        good = (self.table["raises"] & self.table["keeps"]).unstack("model")
        return good.loc[self.pairings, self.models]

    @property
    def robust(self) -> pd.Series:
        """For each pairing whether exposure rises and diversity is kept under every model."""
        return self.verdicts.all(axis=1).rename("robust")

    @property
    def ranking(self) -> pd.DataFrame:
        """Index ``pairing``, one column per model: the place by later exposure, 1 for the most."""
        ranks = self.table["exposure"].unstack("model").loc[self.pairings, self.models]
        return ranks.rank(ascending=False, method="min").astype(int)

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
        first = self.pairings[0]
        survives = "survives" if self.robust[first] else "does not survive"
        return (
            f"<ScenarioComparison, not a forecast: {len(self.pairings)} pairings under {len(self.models)} models; "
            f"{first} {survives} a change of model>"
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.words)}</p>{self.table.round(3).to_html()}"


def compare_scenarios(
    data: PairScores | Survey,
    graph: nx.MultiDiGraph[str],
    pairings: Mapping[str, Pairing | Pairs] | None = None,
    *,
    models: Sequence[str] = tuple(MODELS),
    tolerance: float = 0.05,
    rng: int | np.random.Generator = 0,
    progress: bool = True,
    **settings: Any,
) -> ScenarioComparison:
    """Hold pairings against each other under several models of opinion: does a recommendation survive a change of model?

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
        Share of the later diversity that a pairing may cost and still keep it.
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
        If a setting is outside what is allowed, a name is not one of the settings, or there is nothing to compare.

    Notes
    -----
    Every draw plays the same susceptibilities for all pairings and models. With the same people in each of the default
    pairings, they differ in who meets whom and in nothing else.

    References
    ----------
    Flache, A., Maes, M., Feliciani, T., Chattoe-Brown, E., Deffuant, G., Huet, S. & Lorenz, J. (2017). Models of social
    influence: towards the next frontiers. Journal of Artificial Societies and Social Simulation 20(4), 2.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> compare_scenarios(survey, pn.colleague_graph(survey), draws=4, progress=False)
    <ScenarioComparison, not a forecast: 3 pairings under 3 models; peernet ... a change of model>
    """
    check_tolerance(tolerance)
    for model in models:
        check_choice("model", model, MODELS)
    generator = np.random.default_rng(rng)
    scene = set_scene(data, graph, rng=generator, **settings)
    if pairings is None:
        scores = data if isinstance(data, PairScores) else score_pairs(data, graph, contact=settings.get("contact"))
        lists = _usual(scene, scores, generator)
    else:
        lists = {name: [scene.places(pairs_of(pairing))] for name, pairing in pairings.items()}
    if not lists or not models:
        raise SettingError("There is nothing to compare; give at least one pairing and one model.")
    without, with_ = _played(scene, lists, models, progress=progress)
    return ScenarioComparison(_table(lists, without, with_, tolerance), _baseline(scene, without), tolerance)


def _usual(scene: Scene, scores: PairScores, rng: np.random.Generator) -> dict[str, list[Places]]:
    """peernet's pairs, and the same people paired at random and with those who differ most."""
    pairs = pair_people(scores).pairs
    people = sorted({person for pair in pairs for person in pair})
    shuffled = (rng.permutation(np.array(people, dtype=object)).tolist() for _ in range(scene.draws))
    others = [person for person in scores.people if person not in set(people)]
    alone = narrowed(scores.without(*GATES), forbidden=(), absent=others)
    return {
        "peernet": [scene.places(pairs)],
        "random": [scene.places(zip(drawn[::2], drawn[1::2], strict=False)) for drawn in shuffled],
        "most different": [scene.places(ByName(alone, "perspective").best(cardinality="max")[1])],
    }


def _played(
    scene: Scene, lists: Mapping[str, Sequence[Places]], models: Sequence[str], *, progress: bool
) -> tuple[dict[str, Floats], Played]:
    """Measures of every draw, without a pairing and with each."""
    without: dict[str, list[Floats]] = {model: [] for model in models}
    with_: dict[tuple[str, str], list[Floats]] = {(model, name): [] for model in models for name in lists}
    with progress_bar(scene.draws * len(models), "playing scenarios", wanted=progress) as bar:
        for model in models:
            for draw in range(scene.draws):
                without[model].append(scene.end(model, draw, ()).measures)
                for name, drawn in lists.items():
                    with_[model, name].append(scene.end(model, draw, drawn[draw % len(drawn)]).measures)
                bar.update()
    return {k: np.array(v) for k, v in without.items()}, {k: np.array(v) for k, v in with_.items()}


def _table(
    lists: Mapping[str, Sequence[Places]], without: Mapping[str, Floats], with_: Played, tolerance: float
) -> pd.DataFrame:
    most = {model: _best(np.array([with_[model, name][:, EXPOSURE] for name in lists])) for model in without}
    rows = []
    for (model, name), ends in with_.items():
        row = {"model": model, "pairing": name, "pairs": len(lists[name][0])} | _row(ends, without[model])
        row["first"] = float(most[model][list(lists).index(name)])
        row["raises"] = _least(row, "exposure") > 0
        row["keeps"] = _least(row, "diversity") >= 1 - tolerance
        rows.append(row)
    return pd.DataFrame(rows).set_index(["model", "pairing"])


def _best(exposure: Floats) -> Floats:
    """Share of draws in which each pairing has the most, ties shared."""
    top = np.isclose(exposure, exposure.max(axis=0), rtol=0, atol=1e-12)
    return np.asarray((top / top.sum(axis=0)).mean(axis=1))


def _row(ends: Floats, without: Floats) -> dict[str, Any]:
    gain = (ends - without)[:, EXPOSURE]
    kept = np.divide(ends, without, out=np.ones_like(ends), where=without > 0)[:, DIVERSITY]
    row: dict[str, Any] = {}
    for name, drawn in {"exposure": gain, "diversity": kept}.items():
        low, high = band(drawn)
        row |= {name: float(drawn.mean()), f"{name}_low": float(low), f"{name}_high": float(high)}
    polarisation = (ends - without)[:, MEASURES.index("polarisation")]
    return row | {"polarisation": float(polarisation.mean()), "apart": float(ends[:, -1].mean())}


def _least(row: Mapping[str, Any], name: str) -> float:
    return float(row[name] if np.isnan(row[f"{name}_low"]) else row[f"{name}_low"])


def _baseline(scene: Scene, without: Mapping[str, Floats]) -> pd.DataFrame:
    today = scene.measured(scene.opinions.values, (), ()).measures
    rows = {"today": today} | {model: drawn.mean(axis=0) for model, drawn in without.items()}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(MEASURES)).rename_axis("model")
    return table.drop(columns="partners_apart")
