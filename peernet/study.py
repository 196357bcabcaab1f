"""The whole analysis of one survey folder, step by step, from its files to the comparison with chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any, TypeVar

import networkx as nx
import pandas as pd

from peernet._files import sha256_of
from peernet.clusters.people_clusters import PeopleClusters, cluster_people
from peernet.compare.comparison import Comparison, compare_pairings
from peernet.compare.kinds import PairingKinds, pairing_kinds
from peernet.compare.sensitivity import gate_prices, scale_sensitivity
from peernet.compare.stability import PairingStability, pairing_stability
from peernet.diversity.ledger import Exposure, exposure
from peernet.errors import SettingError, is_whole
from peernet.graph.climate import TeamClimate, team_climate
from peernet.graph.colleagues import colleague_graph
from peernet.graph.leaders import LeaderIndependence, leader_independence
from peernet.pairing.pairing import Pairing, pair_people
from peernet.scores.pair_scores import PairScores
from peernet.scores.rules import Rules, read_rules
from peernet.scores.scoring import score_pairs
from peernet.survey.files import survey_files
from peernet.survey.quality import careless_answers
from peernet.survey.reading import read_survey
from peernet.survey.survey import Survey

Described = TypeVar("Described")
VIEWS = ("experience", "perspective")
REPEATS = 30  # enough to tell a pair that recurs from one of several; `pairing_stability` takes 200 by default
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
        What each gate costs, from `gate_prices`.
    sensitivity
        How far the pairs depend on the scale, from `scale_sensitivity`.
    careless
        Who may have answered without reading, from `careless_answers`.
    careless_pairs
        Whether they are sought after for looking different: one row per flagged person and partner, ``pair``,
        ``person``, ``partner``; what the pair is worth, without the price of rules, with their outlook ``unknown``, as
        it is in the pairing, and by their answers ``as_given``.
    settings
        ``seed``, ``draws`` and ``repeats``.
    inputs
        SHA-256 of each file read, the sheet of rules last.
    stability
        How often each pair would be proposed again, from `pairing_stability` without a consensus; None where nobody is
        paired or no repeats are wanted.
    leaders, climate
        Results of `leader_independence` and `team_climate`; None where the survey does not ask for what they need.
    kinds
        Which kinds of pairs bring most, from `pairing_kinds` by bands of distance.

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
    settings: Mapping[str, int]
    inputs: Mapping[str, str]
    stability: PairingStability | None = None
    leaders: LeaderIndependence | None = None
    climate: TeamClimate | None = None
    kinds: PairingKinds | None = None

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
    name: str | None = None,
    rules: Rules | str | Path | None = None,
    format: str | None = None,  # noqa: A002 - as `read_survey` calls it
    encoding: str = "utf-8",
    draws: int = 200,
    repeats: int = REPEATS,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Study:
    """Run the whole analysis of a survey with default settings.

    Parameters
    ----------
    survey
        What `read_survey` reads or returned.
    name
        What to call the study, by default as the folder, or as the file of an export without its suffix.
    rules
        What the programme demands of its pairs, see `Rule`, or the sheet it is kept in, see `read_rules`. Only what is
        named here is read, also where the folder holds a sheet of rules.
    format
        What wrote an export, where its content should not decide, see `read_survey`.
    encoding
        Text encoding of the CSV files, see `read_survey`; of the sheet of rules as well.
    draws
        Number of random pairings the proposed one is compared with.
    repeats
        How often the survey is drawn anew to see which pairs recur, see `pairing_stability`; 0 for not at all.
    seed
        Seed of everything that is drawn; the same seed gives the same study.
    progress
        Called with a few words before each step.

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
        If ``draws`` is below 1, ``repeats`` or ``seed`` negative, or the survey has no perspective item.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.run_study(pn.load_aarhus(), name="aarhus", draws=20)
    <Study aarhus: <Survey: 61 people, ...>, <Pairing: ...>>
    """
    tell = progress or (lambda _step: None)
    _check(draws, repeats, seed)
    sheet = Path(rules) if isinstance(rules, (str, Path)) else None
    demands = read_rules(rules, encoding=encoding) if isinstance(rules, (str, Path)) else rules
    tell("reading the survey")
    if not isinstance(survey, (Survey, str, Path)):
        raise SettingError(f"survey must be a Survey or the path of one; got a {type(survey).__name__}.")
    path = None if isinstance(survey, Survey) else Path(survey)
    survey = survey if isinstance(survey, Survey) else read_survey(survey, format=format, encoding=encoding)
    inputs = _inputs(path, sheet)
    graph = colleague_graph(survey)
    people = _about_people(survey, graph, seed, tell)
    tell("scoring every pair")
    scores = score_pairs(survey, graph)
    scores = scores if demands is None else scores.under(demands)
    tell("asking which kinds of pairs bring most")
    kinds = pairing_kinds(scores, draws=SHUFFLES, rng=seed, progress=False)
    settings = {"seed": seed, "draws": draws, "repeats": repeats}
    pairing = _about_pairing(survey, graph, scores, settings, tell)
    flagged = people["careless"].index[people["careless"]["flag"]]
    pairing["careless_pairs"] = careless_pairs(survey, graph, pairing["pairing"], flagged)
    called = name or (called_after(path) if path else "survey")
    return Study(
        called,
        survey=survey,
        graph=graph,
        scores=scores,
        kinds=kinds,
        settings=settings,
        inputs=inputs,
        **people,
        **pairing,
    )


def called_after(path: Path) -> str:
    """What to call the study of a survey: as its folder, or as the file without its suffix."""
    return path.stem if path.is_file() else path.resolve().name


def _check(draws: int, repeats: int, seed: int) -> None:
    """Refuse settings before the long work, not after it."""
    if not is_whole(draws, 1):
        raise SettingError(f"draws must be at least 1; got {draws!r}.")
    if not is_whole(repeats, 0):
        raise SettingError(f"repeats must be 0 or more; got {repeats!r}.")
    if not is_whole(seed, 0):
        raise SettingError(f"seed must be 0 or more; got {seed!r}.")


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
    survey: Survey, graph: nx.MultiDiGraph[str], pairing: Pairing, flagged: pd.Index[str]
) -> pd.DataFrame:
    """What each pair with somebody flagged is worth with their outlook not known, and by their answers as given."""
    sides = [pairing.table[["pair", *side]] for side in (("a", "b"), ("b", "a"))]
    both = pd.concat([side.set_axis(["pair", "person", "partner"], axis=1) for side in sides])
    found = both[both["person"].isin(flagged)].sort_values(["person", "partner"], ignore_index=True)
    firsts, seconds = (survey.people.index.get_indexer(pd.Index(found[side])) for side in ("person", "partner"))
    given = score_pairs(survey, graph, careless="as given") if len(found) else pairing.scores
    for column, scores in {"unknown": pairing.scores, "as_given": given}.items():
        found[column] = scores.worth(*scores.gains(firsts, seconds), firsts, seconds)
    return found


def _where_asked(describe_teams: Callable[[], Described]) -> Described | None:
    """What is found of the teams; nothing where the survey does not say who leads them, or did not ask."""
    try:
        return describe_teams()
    except SettingError:
        return None


def _inputs(survey: Path | None, sheet: Path | None) -> dict[str, str]:
    """SHA-256 of the survey's files and of the sheet of rules, by name."""
    hashes = {} if survey is None else {file.name: sha256_of(file) for file in survey_files(survey)}
    if sheet is not None:
        hashes[f"{sheet.name} (rules)" if sheet.name in hashes else sheet.name] = sha256_of(sheet)
    return hashes


def _about_pairing(
    survey: Survey,
    graph: nx.MultiDiGraph[str],
    scores: PairScores,
    settings: Mapping[str, int],
    tell: Callable[[str], None],
) -> dict[str, Any]:
    """The best pairing, what it brings, what its rules cost and how sure it is."""
    tell(PROVING)
    pairing = pair_people(scores)
    tell("comparing it with chance and with other ways of pairing")
    comparison = compare_pairings(scores, draws=settings["draws"], rng=settings["seed"], progress=False)
    tell("pricing the gates")
    prices, sensitivity = gate_prices(scores), scale_sensitivity(scores, pairing)
    if settings["repeats"]:
        tell("drawing the survey again")
    return {
        "pairing": pairing,
        "exposure": exposure(scores, pairing),
        "comparison": comparison,
        "prices": prices,
        "sensitivity": sensitivity,
        "stability": _stability(survey, graph, pairing, settings["repeats"], settings["seed"]),
    }


def _stability(
    survey: Survey, graph: nx.MultiDiGraph[str], pairing: Pairing, repeats: int, seed: int
) -> PairingStability | None:
    """How often each pair would be proposed again, where there are pairs and repeats are wanted."""
    if not (repeats and len(pairing)):
        return None
    applied = pairing.scores.applied_rules
    rules = None if applied is None else applied.rules
    return pairing_stability(
        survey, graph, rules=rules, draws=repeats, causes=True, consensus=False, rng=seed, progress=False
    )


def recurrence(study: Study) -> pd.Series | None:
    """Share of the repeats in which each pair would be proposed again, in the order of the pairing's table."""
    if study.stability is None:
        return None
    pairs = study.stability.pairs.set_index(["a", "b"])["inclusion"]
    table = study.pairing.table
    return pairs.reindex(pd.MultiIndex.from_frame(table[["a", "b"]])).set_axis(table.index)
