"""The whole analysis of one survey folder, step by step, from its files to the comparison with chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, TypeVar

import networkx as nx
import pandas as pd

from peernet._files import sha256_of
from peernet._parallel import SecondProcess
from peernet.clusters.people_clusters import PeopleClusters, cluster_people
from peernet.compare.comparison import Comparison, Way, compare_pairings
from peernet.compare.kinds import PairingKinds, pairing_kinds
from peernet.compare.sensitivity import gate_prices, scale_sensitivity
from peernet.compare.stability import PairingStability, pairing_stability
from peernet.compare.strategies import OWN, usual_strategies
from peernet.diversity.ledger import Exposure, exposure
from peernet.errors import SettingError, type_in_words
from peernet.graph.climate import TeamClimate, team_climate
from peernet.graph.colleagues import colleague_graph
from peernet.graph.leaders import LeaderIndependence, leader_independence
from peernet.pairing.pairing import Pairing
from peernet.pairing.record import GivenPairs
from peernet.programme.settings import Settings, chosen_settings
from peernet.programme.without_partner import WayOn, way_on
from peernet.scores.pair_scores import PairScores
from peernet.scores.rules import Rules
from peernet.scores.ruling import refuse_unusable
from peernet.scores.scoring import score_pairs
from peernet.survey.files import called_after, survey_files
from peernet.survey.quality import careless_answers
from peernet.survey.reading import read_survey
from peernet.survey.survey import Survey

Described = TypeVar("Described")
VIEWS = ("experience", "perspective")
SHUFFLES = 199  # of people, to see which kinds of pairs stand out
PROVING = "finding the best pairing and its proof"  # the first step that needs the matching engine


@dataclass(frozen=True, repr=False)
class Study:
    """Everything found out about one survey, in the order of the analysis.

    Parameters
    ----------
    name
        Name of the survey's folder.
    survey, graph, clusters, scores, pairing, exposure, comparison
        Results of `read_survey`, `colleague_graph`, `cluster_people`, `score_pairs`, `pair_people`, `exposure` and
        `compare_pairings`.
    prices
        What each gate costs, from `gate_prices`: of the largest total, in whatever way the pairs are chosen.
    sensitivity
        How far the pairs depend on the scale, from `scale_sensitivity`.
    careless
        Who may have answered without reading, from `careless_answers`.
    careless_pairs
        Whether they are sought after for looking different: one row per flagged person and partner, ``pair``,
        ``person``, ``partner``; what the pair is worth, without the price of rules, with their outlook ``unknown``, as
        it is in the pairing, and by their answers ``as_given``.
    settings
        What the organiser decided, from `Settings`.
    inputs
        SHA-256 of each file read, the sheets of settings and rules last.
    stability
        How often each pair would be proposed again by the same settings, from `pairing_stability` without a consensus;
        None where nobody is paired or no repeats are wanted.
    leaders, climate
        Results of `leader_independence` and `team_climate`; None where the survey does not ask for what they need.
    kinds
        Which kinds of pairs bring most, from `pairing_kinds` by bands of distance.
    way_on
        What would give everybody a partner, from `way_on`; None where that was not asked.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.run_study(pn.load_aarhus(), name="aarhus", draws=20).pairing
    <Pairing: 14 pairs, 33 people without a partner, total value 7.914 (proven optimal)>
    """

    name: str
    survey: Survey
    graph: nx.MultiDiGraph[str]
    clusters: PeopleClusters
    scores: PairScores
    pairing: Pairing
    exposure: Exposure
    comparison: Comparison
    prices: pd.DataFrame
    sensitivity: pd.DataFrame
    careless: pd.DataFrame
    careless_pairs: pd.DataFrame
    settings: Settings
    inputs: Mapping[str, str]
    stability: PairingStability | None = None
    leaders: LeaderIndependence | None = None
    climate: TeamClimate | None = None
    kinds: PairingKinds | None = None
    way_on: WayOn | None = None

    @property
    def rules(self) -> Rules:
        """What the programme demands of its pairs."""
        return Rules() if self.scores.applied_rules is None else self.scores.applied_rules.rules

    def __repr__(self) -> str:
        return f"<Study {self.name}: {self.survey!r}, {self.pairing!r}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.pairing._repr_html_()}"


def run_study(
    survey: Survey | str | Path,
    *,
    settings: Settings | str | Path | None = None,
    name: str | None = None,
    format: str | None = None,  # noqa: A002 - as `read_survey` calls it
    encoding: str = "utf-8",
    progress: Callable[[str], None] | None = None,
    beside: SecondProcess | None = None,
    **changes: Any,  # noqa: ANN401 - any of the settings
) -> Study:
    """Run the whole analysis of a survey.

    Parameters
    ----------
    survey
        What `read_survey` reads or returned.
    settings
        What the organiser decides, see `Settings`, or the sheet or record it stands in, see `read_settings`; by default
        the sheet ``programme.xlsx`` or ``programme.toml`` in the survey's folder, where there is one.
    name
        What to call the study, by default as the folder, or as the file of an export without its suffix.
    format
        What wrote an export, where its content should not decide, see `read_survey`.
    encoding
        Text encoding of the CSV files, see `read_survey`; of sheets of settings and rules as well.
    progress
        Called with a few words before each step.
    beside
        A second process that compares the pairing with others while the rest is worked out here, as the command line
        has one; by default all is done in this one. The study is the same.
    **changes
        Settings by name, such as ``accept=["mutual", "introduced", "unknown"]``, ``cardinality="max"`` or ``draws=50``;
        they overrule those of ``settings``. ``rules`` may be the sheet they are kept in, see `read_rules`; a sheet of
        rules is read where it is named, not where it only lies in the folder.

    Returns
    -------
    Study

    Raises
    ------
    SurveyError
        If the survey cannot be read.
    RulesError
        If the rules cannot be read, or name somebody or a column that is not there.
    InfeasibleError
        If no pairing keeps the rules; see `feasibility`.
    SettingError
        If a setting is unknown or outside what is allowed, or the survey has no perspective item.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.run_study(pn.load_aarhus(), name="aarhus", draws=20)
    <Study aarhus: <Survey: 61 people, ...>, <Pairing: ...>>
    """
    tell = progress or (lambda _step: None)
    if not isinstance(survey, (Survey, str, Path)):
        raise SettingError(f"survey must be a Survey or the path of one; got {type_in_words(survey)}.")
    path = None if isinstance(survey, Survey) else Path(survey)
    chosen, sheets = chosen_settings(path, settings, changes, encoding)
    if not isinstance(survey, Survey):
        tell("reading the survey")
        survey = read_survey(survey, format=format, encoding=encoding)
    refuse_unusable(survey, chosen.rules)
    graph = colleague_graph(survey)
    tell("scoring every pair")
    scores = chosen.score(survey, graph)
    comparison = _begun(scores, chosen, beside)
    people = _about_people(survey, graph, chosen.seed, tell)
    tell("asking which kinds of pairs bring most")
    kinds = pairing_kinds(scores, draws=SHUFFLES, rng=chosen.seed, progress=False)
    pairing = _about_pairing(survey, graph, scores, chosen, tell)
    tell("comparing it with chance and with other ways of pairing")
    compared = comparison()
    flagged = people["careless"].index[people["careless"]["flag"]]
    pairing["careless_pairs"] = careless_pairs(survey, graph, pairing["pairing"], flagged, **chosen.scoring)
    return Study(
        name or (called_after(path) if path else "survey"),
        survey=survey,
        graph=graph,
        scores=scores,
        kinds=kinds,
        comparison=compared,
        settings=chosen,
        inputs=inputs_of(path, sheets),
        **people,
        **pairing,
    )


def _begun(scores: PairScores, settings: Settings, beside: SecondProcess | None) -> Callable[[], Comparison]:
    """The comparison with chance and other ways, which needs the scores alone: begun, if there is where."""
    ways: dict[str, Way] | None = None
    if any(settings.solving[name] != usual for name, usual in Settings().solving.items()):
        ways = {**usual_strategies(scores), OWN: partial(_own_pairs, settings)}
    compare = partial(compare_pairings, scores, ways, draws=settings.draws, rng=settings.seed, progress=False)
    return compare if beside is None else beside.begin(compare)


def _own_pairs(settings: Settings, scores: PairScores) -> GivenPairs:
    return settings.pair(scores).pairs


def _about_people(
    survey: Survey, graph: nx.MultiDiGraph[str], seed: int, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Groups, teams and careless answers, which no pairing changes."""
    tell("looking for groups of people")
    # A perspective is needed: where none is asked about, the next step says what is missing.
    asked = [view for view in VIEWS if view == "perspective" or len(survey.answers(view).columns)]
    clusters = cluster_people(survey, views=asked, rng=seed)
    tell("looking at teams and at how carefully people answered")
    return {
        "clusters": clusters,
        "careless": careless_answers(survey),
        "climate": _where_asked(lambda: team_climate(survey)),
        "leaders": _where_asked(lambda: leader_independence(survey, graph, progress=False)),
    }


def careless_pairs(
    survey: Survey,
    graph: nx.MultiDiGraph[str],
    pairing: Pairing,
    flagged: pd.Index[str],
    **scoring: Any,  # noqa: ANN401 - what score_pairs takes
) -> pd.DataFrame:
    """What each pair with somebody flagged is worth with their outlook not known, and by their answers as given."""
    sides = [pairing.table[["pair", *side]] for side in (("a", "b"), ("b", "a"))]
    both = pd.concat([side.set_axis(["pair", "person", "partner"], axis=1) for side in sides])
    found = both[both["person"].isin(flagged)].sort_values(["person", "partner"], ignore_index=True)
    firsts, seconds = (survey.people.index.get_indexer(pd.Index(found[side])) for side in ("person", "partner"))
    given = score_pairs(survey, graph, careless="as given", **scoring) if len(found) else pairing.scores
    for column, scores in {"unknown": pairing.scores, "as_given": given}.items():
        found[column] = scores.worth(*scores.gains(firsts, seconds), firsts, seconds)
    return found


def _where_asked(describe_teams: Callable[[], Described]) -> Described | None:
    """What is found of the teams; nothing where the survey does not say who leads them, or did not ask."""
    try:
        return describe_teams()
    except SettingError:
        return None


def inputs_of(survey: Path | None, sheets: Sequence[Path]) -> dict[str, str]:
    """SHA-256 of the survey's files and of the sheets of settings and rules, by name."""
    hashes = {} if survey is None else {file.name: sha256_of(file) for file in survey_files(survey)}
    for sheet in sheets:
        hashes[f"{sheet.name} (settings)" if sheet.name in hashes else sheet.name] = sha256_of(sheet)
    return hashes


def _about_pairing(
    survey: Survey,
    graph: nx.MultiDiGraph[str],
    scores: PairScores,
    settings: Settings,
    tell: Callable[[str], None],
) -> dict[str, Any]:
    """The best pairing, what it brings, what its rules cost and how sure it is."""
    tell(PROVING)
    pairing = settings.pair(scores)
    tell("looking for a way on for those without a partner")
    on = way_on(pairing, settings)
    tell("pricing the gates")
    prices, sensitivity = gate_prices(scores), scale_sensitivity(scores, pairing)
    if settings.repeats:
        tell("drawing the survey again")
    return {
        "pairing": pairing,
        "exposure": exposure(scores, pairing),
        "prices": prices,
        "sensitivity": sensitivity,
        "way_on": on,
        "stability": _stability(survey, graph, pairing, settings),
    }


def _stability(
    survey: Survey, graph: nx.MultiDiGraph[str], pairing: Pairing, settings: Settings
) -> PairingStability | None:
    """How often each pair would be proposed again, where there are pairs and repeats are wanted."""
    if not (settings.repeats and len(pairing)):
        return None
    return pairing_stability(
        survey,
        graph,
        rules=settings.rules if len(settings.rules) else None,
        draws=settings.repeats,
        causes=True,
        consensus=False,
        rng=settings.seed,
        progress=False,
        **settings.solving,
        **settings.scoring,
    )


def recurrence(study: Study) -> pd.Series | None:
    """Share of the repeats in which each pair would be proposed again, in the order of the pairing's table."""
    if study.stability is None:
        return None
    pairs = study.stability.pairs.set_index(["a", "b"])["inclusion"]
    table = study.pairing.table
    return pairs.reindex(pd.MultiIndex.from_frame(table[["a", "b"]])).set_axis(table.index)
