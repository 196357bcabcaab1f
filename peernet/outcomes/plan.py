"""What a study could find: power and the smallest detectable effect, worked out on the people it will be done with.

A formula for so many pairs knows neither the gates nor how little the distances of the pairs differ that they let
through. Here the study is done many times over on paper, see `made_up`, and every effect and scenario meets the same
chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from peernet._arrays import Floats
from peernet._parallel import check_draws, over, over_draws, share_interval, spawned
from peernet._wording import Shown, count_in_digits, count_in_words, percent
from peernet.distance.items import distance_reliability
from peernet.dyads.effects import assumed, number
from peernet.errors import (
    EstimationError,
    InfeasibleError,
    SettingError,
    check_choice,
    check_type,
    is_number,
    is_whole,
    type_in_words,
)
from peernet.outcomes.lots import ByLot
from peernet.outcomes.trials import (
    ROUNDING,
    Scenario,
    Studies,
    World,
    drawn_rounds,
    made_up,
    memory_of_studies,
    world_of,
)
from peernet.pairing.lottery import PairingDesign, RandomPairing, design_of
from peernet.scores.pair_scores import PairScores

QUESTIONS = ("distance", "paired")
TESTS = ("redraw", "pair means")
FEWEST = 4  # pairs, for a slope and its error
FEWEST_STUDIES = 100
FEWEST_DRAWS = 40  # of fewer, twice the smaller tail is never 5 % or less
POINTS = 33  # of a curve
SOURCE = "Basse, Ding, Feller & Toulis (2024), Econometrica 92, 567-590."
WAYS_OUT = {"within the gates": "Open a gate, or ask", "by the lot": "Ask"}
UNITS = {"distance": "points per unit of perspective distance", "paired": "points between paired and waiting people"}


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class StudyPlan(Shown):
    """What studies on these people could find.

    Parameters
    ----------
    table
        One row per scenario, index ``scenario`` (from 1): ``people`` at all sites, ``pairs`` expected in the analysis
        over all rounds and sites, ``rounds``, ``sites``, ``drop_out``, ``spill_over``, ``alike`` and ``before`` as
        they were given; ``effect`` (outcome points per unit of perspective distance, or between paired people and
        those who wait); ``power`` to find it with its 95 % Monte Carlo interval from ``low`` to ``high``;
        ``false_alarms``, the same where there is no effect; ``smallest_detectable``, the effect found with a chance of
        80 % (infinite where no effect, however large, is); ``smallest_per_sd``, that effect between pairs a standard
        deviation of distance apart, or between the two groups, in standard deviations of the outcome; and
        ``people_needed``, about how many people like these it takes to find the effect with a chance of 80 %. What
        needs an effect is missing where none was given.
    curve
        Power against effect: ``scenario``, ``effect``, ``power``, ``low``, ``high``.
    sentence
        What the first scenario could find, and the best if there are several.
    method, citation
        What was done, and where the test is described.
    assumptions
        What is taken for granted: ``assumption``, ``holds``, ``found``.
    settings
        What was chosen.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> plan = pn.outcomes.plan_study(scores, draws=40, studies=200, progress=False)
    >>> plan
    <StudyPlan: Of 260 people ... pairs can be made at once within the gates...>
    """

    table: pd.DataFrame
    curve: pd.DataFrame
    sentence: str
    method: str
    citation: str
    assumptions: pd.DataFrame
    settings: Mapping[str, Any]

    @property
    def unit(self) -> str:
        """What effects are counted in."""
        return UNITS[self.settings["question"]]

    def __repr__(self) -> str:
        return f"<StudyPlan: {self.sentence}>"


def plan_study(
    scores: PairScores,
    *,
    effect: float | None = None,
    outcome_sd: float = 1.0,
    question: str = "distance",
    test: str = "redraw",
    design: PairingDesign | RandomPairing | ByLot | None = None,
    waiting: float = 0.5,
    rounds: int | Sequence[int] = 1,
    sites: int | Sequence[int] = 1,
    drop_out: float | Sequence[float] = 0.0,
    spill_over: float | Sequence[float] = 0.0,
    alike: float | Sequence[float] = 0.2,
    before: float | Sequence[float] = 0.0,
    same_person: float = 0.5,
    reliability: float | None = None,
    draws: int = 400,
    studies: int = 1000,
    rng: int | np.random.Generator = 0,
    n_jobs: int | None = None,
    progress: bool = True,
) -> StudyPlan:
    """Power and smallest detectable effect of a study on one's own people, through their gates, pairing and test.

    Parameters
    ----------
    scores
        What `score_pairs` returned; every gate and rule stays.
    effect
        The effect to plan for, in points of the outcome: per unit of true perspective distance between partners (which
        runs from 0 to 1), or of being paired. None: only what could be found is asked.
    outcome_sd
        Standard deviation of the outcome over people, in points; with 1, effects are in standard deviations.
    question
        ``"distance"``: do people whose partner thinks more differently fare better? ``"paired"``: do people with a
        partner fare better than those who wait?
    test
        ``"redraw"``: the slope (or difference) is held against those of pairings redrawn from the same lot, as
        `randomization_test` does.
        ``"pair means"``: regression of the pairs' mean outcome on distance, with Student's t; for one round in which
        everybody has one partner, since a person in several pairs makes it reject too often.
    design
        How pairs are drawn by lot: what `draw_pairing` returned, or its design. By default any pairing within the
        gates, of as many pairs as possible. Later rounds are drawn alike among those who have not met. Or `ByLot`, of
        all of these people or some: then no gate counts, and every round is a lot of its own, in which two may meet
        again.
    waiting
        Share of people who wait in each round, drawn by lot; for the question ``"paired"``.
    rounds, sites
        How many rounds, and at how many sites with people like these; each site draws its own pairs.
    drop_out
        Share of people whose outcome is never known; their partner's is then lost to the question of distance.
    spill_over
        Share of what a pair does that is passed on, and taken over, among the colleagues each person hears: who hears
        others ends at (1 - share) x own + share x the mean of these, so people grow alike and effects hard to see.
    alike
        Correlation of the outcomes of partners, from -1 to 1; below zero where one gains at the other's cost.
    before
        Correlation of the outcome with the same measure before, which is taken out (analysis of covariance).
    same_person
        Correlation of a person's outcomes in two rounds, before that.
    reliability
        Reliability of perspective distances; by default Cronbach's alpha over pairs. An effect of true distance shows
        that much smaller per unit of the distance measured.
    draws
        Pairings drawn, best a multiple of 40: then the test can be held at just 5 %.
    studies
        Studies made up for each scenario.
    rng
        Seed or generator; the same seed gives the same plan, whatever ``n_jobs``.
    n_jobs
        Processes to share draws and scenarios among, -1 for all processors. None: what
        ``joblib.parallel_config`` says around the call, also a Dask cluster; one process if it says nothing.
    progress
        Whether to show a progress bar.

    Returns
    -------
    StudyPlan
        One row per scenario; where settings were given as several values, a row per combination.

    Raises
    ------
    EstimationError
        If fewer than four pairs can be made, or all are as far apart: no effect can be told, whatever its size.
    InfeasibleError
        If only one pairing can be drawn.
    SettingError
        If a setting is outside what is allowed.
    UnknownPersonError
        If somebody whom the design pairs was not scored.

    Notes
    -----
    Outcome of a person in a round: effect x (true distance from the partner of that round, after spill-over) + what is
    the person's own in every round + the rest, which correlates within pairs; all but the first is normal with variance
    outcome_sd^2 (1 - before^2). Nothing carries over from round to round. Given the distance d measured, the true one
    is normal about Kelley's regressed score m + reliability (d - m). The reference draws of the test are ``draws`` in
    number; a test with more of them has about as much power.

    The smallest detectable effect is found by halving on the same made-up studies; ``people_needed`` extrapolates from
    its standard error as sites are added. The interval of power is that of the studies, given the pairings drawn; with
    other pairings it moves too: of 30 people in one round by a standard deviation of .014 with 80 draws, .009 with 200.

    References
    ----------
    Basse, G., Ding, P., Feller, A. & Toulis, P. (2024). Randomization tests for peer effects in group formation
    experiments. Econometrica 92, 567-590.
    Kelley, T. L. (1947). Fundamentals of Statistics. Harvard University Press (the regressed score).

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> few = {"draws": 40, "studies": 200, "progress": False}
    >>> plan = pn.outcomes.plan_study(scores, effect=2.0, before=0.6, sites=[1, 4], **few)
    >>> plan.table["sites"].tolist(), bool(plan.table["power"].is_monotonic_increasing)
    ([1, 4], True)
    """
    check_type("scores", scores, PairScores, "score_pairs")
    given = (rounds, sites, drop_out, spill_over, alike, before)
    scenarios = _scenarios(dict(zip(Scenario._fields, given, strict=True)))
    _check(effect=effect, outcome_sd=outcome_sd, question=question, test=test, waiting=waiting, same_person=same_person)
    _check_together(scenarios, question, test, same_person)
    check_draws(draws, least=FEWEST_DRAWS)
    if not is_whole(studies, FEWEST_STUDIES):
        raise SettingError(f"studies must be a whole number, {FEWEST_STUDIES} or more; got {studies!r}.")
    reliability, told = _reliability(scores, reliability)
    design = _design(scores, design, test)
    if question == "distance":
        _refuse_if_certain(design)
    *seeds, chance = spawned(rng, draws + 1)
    most = max(scenario.rounds for scenario in scenarios)
    work = partial(drawn_rounds, design, most, waiting if question == "paired" else 0.0)
    room = most * design.room if isinstance(design, PairingDesign) else 0.0  # what is left over is held for each round
    drawn = over_draws(work, seeds, n_jobs=n_jobs, progress=progress, what="pairings drawn", room=room)
    world = world_of(scores, design, drawn, question=question, reliability=reliability, same_person=same_person)
    within = [*WAYS_OUT][isinstance(design, ByLot)]
    _refuse_too_few(world, within)
    studied = partial(made_up, world, test=test, studies=studies, chance=chance)
    room = max(memory_of_studies(world, scenario, studies) for scenario in scenarios)
    found = over(studied, scenarios, n_jobs=n_jobs, progress=progress, what="scenarios", room=room)
    table = pd.DataFrame([_row(world, s, f, effect, outcome_sd) for s, f in zip(scenarios, found, strict=True)])
    table.index = pd.RangeIndex(1, len(table) + 1, name="scenario")
    return StudyPlan(
        table=table,
        curve=_curves(table, found, outcome_sd),
        sentence=_sentence(table, world, question, effect, within),
        method=_method(test, question, draws, studies),
        citation=SOURCE if test == "redraw" else "Kenny, Kashy & Cook (2006), Dyadic Data Analysis, Guilford.",
        assumptions=_assumptions(told, question, test),
        settings={
            "effect": effect,
            "outcome_sd": outcome_sd,
            "question": question,
            "test": test,
            **dict(zip(Scenario._fields, given, strict=True)),
            "same_person": same_person,
            "reliability": reliability,
            "waiting": waiting,
            "draws": draws,
            "studies": studies,
            "rng": rng if isinstance(rng, int) else None,
        },
    )


def _scenarios(given: Mapping[str, Any]) -> list[Scenario]:
    """Every combination of the values given, each checked."""
    values = {name: [*value] if isinstance(value, Sequence | np.ndarray) else [value] for name, value in given.items()}
    ranges = {"drop_out": (0, 0.95), "spill_over": (0, 0.95), "alike": (-0.99, 0.99), "before": (0, 0.99)}
    for name, several in values.items():
        for value in several:
            if name in ranges and not is_number(value, *ranges[name]):
                low, high = ranges[name]
                raise SettingError(f"{name} must be a number from {low:g} to {high:g}; got {value!r}.")
            if name not in ranges and not is_whole(value, 1):
                raise SettingError(f"{name} must be a whole number, 1 or more; got {value!r}.")
        if not several:
            raise SettingError(f"{name} must be a number or several; got none.")
    return [Scenario(*each) for each in product(*values.values())]


def _check(*, question: str, test: str, **numbers: float | None) -> None:
    check_choice("question", question, QUESTIONS)
    check_choice("test", test, TESTS)
    ranges = {
        "outcome_sd": (1e-12, np.inf),
        "waiting": (0.05, 0.95),
        "same_person": (0, 0.99),
        "effect": (-np.inf, np.inf),
    }
    for name, value in numbers.items():
        low, high = ranges[name]
        if value is not None and not (is_number(value, low) and low <= value <= high and np.isfinite(value)):
            raise SettingError(f"{name} must be a number from {low:g} to {high:g}; got {value!r}.")


def _check_together(scenarios: Sequence[Scenario], question: str, test: str, same_person: float) -> None:
    if test == "pair means" and (question == "paired" or max(s.rounds for s in scenarios) > 1):
        raise SettingError(
            "Regression on pair means asks about distance in one round: with several, a person is in several pairs "
            "and it rejects too often, and who waits has no pair. Use test='redraw'."
        )
    for s in scenarios:
        own = s.own_share(same_person)
        if abs(s.alike) > 1 - own:
            raise SettingError(
                f"Partners cannot correlate at {s.alike:g} where {own:.2f} of the variance is a person's own in every "
                "round. Lower alike or same_person."
            )


def _reliability(scores: PairScores, reliability: float | None) -> tuple[float, str]:
    """Reliability of the distances that are shown of pairs, and where it comes from."""
    if reliability is not None:
        if not is_number(reliability, 0, 1) or reliability == 0:
            raise SettingError(f"reliability must be a number above 0, up to 1; got {reliability!r}.")
        return float(reliability), f"reliability of {reliability:.2f}, as given"
    found = distance_reliability(scores.perspective.as_given)
    if np.isnan(found):
        return 1.0, "one question does not tell its reliability: taken as without error, which promises too much"
    if found == 0:
        raise EstimationError(
            "The questions on perspective do not hang together at all (reliability 0), so distances are chance and no "
            "effect of them can be told. Ask other questions, or give reliability."
        )
    return found, f"reliability of {found:.2f} (Cronbach's alpha over pairs)"


def _design(
    scores: PairScores, design: PairingDesign | RandomPairing | ByLot | None, test: str
) -> PairingDesign | ByLot:
    """The lot pairs will be drawn by; for regression on pair means everybody in one pair."""
    if design is None:
        by_lot = design_of(scores, within=1.0, random_arm=0.0, cardinality="max")
        by_lot = replace(by_lot, pairs=by_lot.pairs.assign(value=1.0))  # none is better than another
        return by_lot if test == "redraw" else replace(by_lot, capacity=by_lot.capacity.clip(upper=1))
    design = design.design if isinstance(design, RandomPairing) else design
    if not isinstance(design, PairingDesign | ByLot):
        raise SettingError(
            f"design must be what draw_pairing returned, or its design, or ByLot(people); got {type_in_words(design)}."
        )
    if isinstance(design, PairingDesign) and test == "pair means" and (design.pool.capacity > 1).any():
        raise SettingError(
            "Regression on pair means needs everybody in one pair, and by this design some people can be in several. "
            "Use test='redraw'."
        )
    for person in design.people if isinstance(design, ByLot) else design.pool.people:
        scores.position(person)
    return design


def _refuse_if_certain(design: PairingDesign | ByLot) -> None:
    """Raise `InfeasibleError` where there is one pairing only, so that no other can be drawn."""
    if isinstance(design, PairingDesign):
        design.refuse_if_certain()
    elif design.number == 1:
        raise InfeasibleError("Only one pairing can be drawn by this lot. Draw among more people, or larger groups.")


def _refuse_too_few(world: World, within: str) -> None:
    """Raise `EstimationError` where no effect can be told, whatever its size."""
    if world.pairs < FEWEST:
        pairs = count_in_digits(int(world.pairs), "pair", "pairs")
        raise EstimationError(
            f"Of {count_in_digits(world.asked, 'person', 'people')} {pairs} can be made at once {within}, and no "
            f"effect of any size can be told from fewer than {FEWEST}. {WAYS_OUT[within]} more people."
        )
    if not world.spread > ROUNDING:
        raise EstimationError(
            "All pairs that can be drawn are equally far apart, so no effect of distance can be told, whatever its "
            "size. Open a gate, or draw from more pairings (within)."
        )


# --- what the studies tell --------------------------------------------------------------------------------------------


def _power(studies: Studies, effects: Floats) -> pd.DataFrame:
    """Share of studies that find something at each effect (in standard deviations), with its interval."""
    counts = np.array([studies.rejected(float(effect)) for effect in effects], dtype=float)
    low, high = share_interval(counts, studies.count)
    return pd.DataFrame({"power": counts / studies.count, "low": low, "high": high})


def _row(
    world: World, scenario: Scenario, studies: Studies, effect: float | None, outcome_sd: float
) -> dict[str, float]:
    smallest, people = studies.smallest(), world.asked * scenario.sites
    row: dict[str, float] = {"people": people, "pairs": studies.pairs, **scenario._asdict()}
    row |= dict.fromkeys(("effect", "power", "low", "high"), np.nan)
    needed = np.nan
    if effect is not None:
        power = _power(studies, np.array([effect / outcome_sd]))
        row |= {"effect": effect, **{name: float(power[name].iloc[0]) for name in ("power", "low", "high")}}
        needed = float(np.ceil(people * studies.times_needed(effect / outcome_sd)))
    row["false_alarms"] = studies.rejected(0.0) / studies.count
    row["smallest_detectable"] = smallest * outcome_sd
    row["smallest_per_sd"] = smallest * world.spread
    return row | {"people_needed": needed}


def _curves(table: pd.DataFrame, found: Sequence[Studies], outcome_sd: float) -> pd.DataFrame:
    """Power at effects from none to beyond those the scenarios can find, and the one planned for."""
    large = [2 * studies.large_sample_effect() * outcome_sd for studies in found]
    ends = np.array([*table["smallest_detectable"].where(np.isfinite, large), *table["effect"].abs()])
    most = 1.3 * ends[np.isfinite(ends)].max(initial=outcome_sd / 10)
    effects = np.linspace(0.0, most, POINTS)
    parts = [
        pd.DataFrame({"scenario": scenario, "effect": effects}).join(_power(studies, effects / outcome_sd))
        for scenario, studies in zip(table.index, found, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


# --- in words ---------------------------------------------------------------------------------------------------------


def _sentence(table: pd.DataFrame, world: World, question: str, effect: float | None, within: str) -> str:
    first = table.iloc[0]
    pairs = count_in_digits(round(world.pairs), "pair", "pairs")
    said = [f"Of {count_in_digits(world.asked, 'person', 'people')} {pairs} can be made at once {within}."]
    smallest = first["smallest_detectable"]
    said += [f"With {_how(first)} {_could_find(smallest, question)}{_in_sds(first, question)}."]
    if effect is not None:
        said += [_planned(first)]
    if len(table) > 1:
        best = int(np.argmin(table["smallest_detectable"]))
        row = table.iloc[best]
        said += [f"Of {len(table)} scenarios number {best + 1} can find most: with {_how(row)} "]
        said[-1] += f"{_could_find(row['smallest_detectable'], question)}."
    return " ".join(said)


def _how(row: pd.Series) -> str:
    rounds = count_in_words(int(row["rounds"]), "round", "rounds")
    sites = count_in_words(int(row["sites"]), "site", "sites")
    return f"{count_in_digits(round(row['pairs']), 'pair', 'pairs')} in {rounds} at {sites}"


def _could_find(smallest: float, question: str) -> str:
    if np.isinf(smallest):
        return "no effect, however large, can be told with a chance of 80 %"
    return f"no effect below {number(smallest)} {UNITS[question]} can be told with a chance of 80 %"


def _in_sds(row: pd.Series, question: str) -> str:
    """The same in standard deviations, where there is a number."""
    if np.isinf(row["smallest_detectable"]):
        return ""
    apart = " between pairs one standard deviation of distance apart" if question == "distance" else ""
    return f", which is {number(row['smallest_per_sd'])} standard deviations of the outcome{apart}"


def _planned(row: pd.Series) -> str:
    needs = row["people_needed"]
    about = f"; it needs about {needs:,.0f} people like these" if np.isfinite(needs) else ""
    return (
        f"An effect of {number(row['effect'])} would be found with a chance of {percent(row['power'])} "
        f"({percent(row['low'])} to {percent(row['high'])}){about}."
    )


def _method(test: str, question: str, draws: int, studies: int) -> str:
    how = {
        "redraw": "slope of pair means on distance, beside the distance expected, against pairings redrawn",
        "pair means": "regression of pair means on distance",
    }[test]
    how = (
        "mean difference of people drawn to be paired and to wait against lots redrawn" if question == "paired" else how
    )
    return f"{studies:,} made-up studies a scenario on {draws:,} drawn pairings; {how}, two-sided at 5 %."


def _assumptions(reliability: str, question: str, test: str) -> pd.DataFrame:
    rows: list[tuple[str, bool | None, str]] = [
        ("outcomes are normal about what is expected", None, "not known before there are outcomes"),
        (
            "nothing carries over from round to round",
            None,
            "leave time between rounds, or expect more power than there is",
        ),
        ("people drop out whatever their outcome", None, "power says nothing of the bias where they do not"),
    ]
    if question == "distance":
        rows += [("the effect is one of true distance and equally steep everywhere", None, reliability)]
    if test == "redraw":
        rows += [("pairs will be drawn by lot and redrawn from the same lot", None, "keep what draw_pairing returns")]
    return assumed(*rows)
