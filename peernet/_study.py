"""The whole analysis of one survey folder, step by step, from its files to the comparison with chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

import networkx as nx
import pandas as pd

from peernet._files import sha256_of
from peernet._rule_sheets import read_rules
from peernet._rules import Rules
from peernet.clusters import PeopleClusters, cluster_people
from peernet.compare import Comparison, compare_pairings, gate_prices, scale_sensitivity
from peernet.diversity import Exposure, exposure
from peernet.errors import SettingError
from peernet.graph import colleague_graph
from peernet.pairing import Pairing, pair_people
from peernet.quality import careless_respondents
from peernet.scores import PairScores, score_pairs
from peernet.survey import Survey, read_survey

__all__ = ["PROVING", "Study", "run_study"]

VIEWS = ("experience", "perspective")
PROVING = "finding the best pairing and its proof"  # the first step that needs the matching engine
INPUTS = ("codebook.json", "survey.csv", "roster.csv", "ties.csv", "outcomes.csv")


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
        Who may have answered without reading, from `careless_respondents`.
    settings
        ``seed`` and ``draws``.
    inputs
        SHA-256 of each file read, the sheet of rules last.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.run_study(pn.load_aarhus(), name="aarhus", draws=20).pairing
    <Pairing: 14 pairs, 33 people without a partner, total value 1.814 (proven optimal)>
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
    settings: Mapping[str, int]
    inputs: Mapping[str, str]

    @property
    def rules(self) -> Rules:
        """What the programme demands of its pairs."""
        return Rules() if self.scores.ruling is None else self.scores.ruling.rules

    def __repr__(self) -> str:
        return f"<Study {self.name}: {self.survey!r}, {self.pairing!r}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.pairing._repr_html_()}"


def run_study(
    survey: Survey | str | Path,
    *,
    name: str | None = None,
    rules: Rules | str | Path | None = None,
    encoding: str = "utf-8",
    draws: int = 200,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Study:
    """Run the whole analysis of a survey with default settings.

    Parameters
    ----------
    survey
        What `read_survey` reads or returned.
    name
        What to call the study, by default the folder's name.
    rules
        What the programme demands of its pairs, see `Rule`, or the sheet it is kept in, see `read_rules`. Only what is
        named here is read, also where the folder holds a sheet of rules.
    encoding
        Text encoding of the CSV files, see `read_survey`; of the sheet of rules as well.
    draws
        Number of random pairings the proposed one is compared with.
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
        If ``draws`` is below 1 or ``seed`` negative, or the survey has no perspective item.

    Examples
    --------
    >>> import peernet as pn
    >>> run_study(pn.load_aarhus(), name="aarhus", draws=20)
    <Study aarhus: <Survey: 61 people, ...>, <Pairing: ...>>
    """
    tell = progress or _quietly
    _check(draws, seed)
    sheet = Path(rules) if isinstance(rules, (str, Path)) else None
    demands = read_rules(rules, encoding=encoding) if isinstance(rules, (str, Path)) else rules
    tell("reading the survey")
    path = None if isinstance(survey, Survey) else Path(survey)
    survey = survey if isinstance(survey, Survey) else read_survey(survey, encoding=encoding)
    graph = colleague_graph(survey)
    tell("looking for groups of people")
    clusters = cluster_people(survey, views=_asked_views(survey), rng=seed)
    tell("scoring every pair")
    scores = score_pairs(survey, graph)
    scores = scores if demands is None else scores.under(demands)
    tell(PROVING)
    pairing = pair_people(scores)
    tell("comparing it with chance and with other ways of pairing")
    comparison = compare_pairings(scores, draws=draws, rng=seed)
    tell("pricing the gates")
    prices, sensitivity = gate_prices(scores), scale_sensitivity(scores, pairing)
    return Study(
        name=name or (path.resolve().name if path else "survey"),
        survey=survey,
        graph=graph,
        clusters=clusters,
        scores=scores,
        pairing=pairing,
        exposure=exposure(scores, pairing),
        comparison=comparison,
        prices=prices,
        sensitivity=sensitivity,
        careless=careless_respondents(survey),
        settings={"seed": seed, "draws": draws},
        inputs=_inputs(path, sheet),
    )


def _quietly(_step: str) -> None:
    """Say nothing."""


def _asked_views(survey: Survey) -> list[str]:
    """The views the survey asks about; without a perspective the next step says what is missing."""
    return [view for view in VIEWS if view == "perspective" or len(survey.answers(view).columns)]


def _check(draws: int, seed: int) -> None:
    """Refuse settings before the long work, not after it."""
    if draws < 1:
        raise SettingError(f"draws must be at least 1; got {draws!r}.")
    if seed < 0:
        raise SettingError(f"seed must be 0 or more; got {seed!r}.")


def _inputs(survey: Path | None, sheet: Path | None) -> dict[str, str]:
    """SHA-256 of the survey's files and of the sheet of rules, by name."""
    found = {path.name: sha256_of(path) for path in _survey_files(survey) if path.is_file()}
    if sheet is not None:
        found[f"{sheet.name} (rules)" if sheet.name in found else sheet.name] = sha256_of(sheet)
    return found


def _survey_files(survey: Path | None) -> list[Path]:
    if survey is None:
        return []
    return [survey / name for name in INPUTS] if survey.is_dir() else [survey, survey.parent / "codebook.json"]
