"""The scores of a survey's pairs, from its answers and its colleague graph; every setting checked."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd

from peernet._arrays import Flags
from peernet.distance.adjusted import adjusted
from peernet.distance.average import with_average
from peernet.distance.distances import PersonDistances, person_distances
from peernet.diversity.ledger import reach
from peernet.diversity.reach import SCALE
from peernet.errors import (
    PeernetWarning,
    SettingError,
    check_choice,
    check_type,
    checked_list,
    is_number,
    unknown_person,
)
from peernet.graph.colleagues import layer_matrices, nominations_between
from peernet.scores.foundation import STATES, lay_foundation, lowest_rating
from peernet.scores.gates import Gates, capacity, hard_constraints, topics
from peernet.scores.pair_scores import PairScores, Value, checked_above_zero, checked_value
from peernet.scores.reliability import lines_table, too_unreliable
from peernet.survey.quality import careless_answers
from peernet.survey.survey import Survey

Within = float | str | None
CARELESS = ("average", "as given")
UNREAD = (
    "They count as people whose outlook is not known, about as far from each colleague as people usually are, so that "
    "answers nobody may have thought about are neither sought after nor held against anybody."
)
ENDS = 2  # of a band
OUTLOOKS = ("answers", "adjusted")


def score_pairs(
    survey: Survey,
    graph: nx.MultiDiGraph[str],
    *,
    foundation: Sequence[str] = ("mutual", "introduced"),
    experience: Within = "average",
    goals: Within = "average",
    scale: float | None = None,
    value: Value = "mean",
    band: tuple[float, float] | None = None,
    contact: Sequence[str] | None = None,
    outlook: str = "adjusted",
    at_least: float | None = None,
    missing: str = "available",
    readiness: pd.Series | None = None,
    careless: str = "average",
) -> PairScores:
    """Score every pair of colleagues: gates first, then what each would gain from the other.

    Parameters
    ----------
    survey
        What `read_survey` returned.
    graph
        What `colleague_graph` returned for it.
    foundation
        States of trust, respect and candour that let a pair pass, of those `pair_foundation` tells; by default both
        named each other, or a colleague both trust can introduce them. No difference of outlook buys out a missing one.
    experience, goals
        Largest distance that still counts as similar; ``"average"``: no further apart than two people picked at
        random, and no gate where the questions tell that hardly better than chance, see
        `PairScores.gate_reliability`; None: no gate.
    scale
        Perspective distance at which two people count as about a third alike, as a share of the range of answers;
        an eighth by default: half a step on a five-point scale, so that a whole step on every question leaves 14 %.
    value
        A pair's value: ``"mean"`` of the two gains, the ``"lesser"`` one, or a mix such as
        ``{"mean": 0.7, "lesser": 0.3}``.
    band
        Least and largest perspective distance of a pair: different, but not out of reach. None: no gate.
    contact
        Tie layers on which people hear each other; the graph's contact layers by default. Where the codebook gives a
        layer a ``strength`` below 1, whoever is heard on it alone takes up less of what a person hears, so that
        partners bring more; they too, see Notes. ``settings["strength"]`` says of which layers.
    outlook
        What gains rest on: ``"adjusted"``, the outlook behind the answers as far as they tell it (see Notes), or the
        ``"answers"`` as given. Gates and the distances shown are those of the answers as given.
    at_least
        Lowest rating that counts as trust, respect or candour; by default the codebook's.
    missing
        What those who did not answer say of their trust, see `pair_foundation`; with ``"reconstruct"`` they can be
        paired on what others say.
    readiness
        Why each person's team is not ready, see `TeamClimate.readiness`; it is shown and blocks no pair.
    careless
        What the outlook is of people who may have answered without reading (see `careless_answers`): ``"average"``,
        not known, so that they are about as far from each colleague as people usually are, or ``"as given"``.
        `PairScores.unread` says who they are.

    Returns
    -------
    PairScores
        ``.block(rows)``, ``.pair(a, b)`` and ``.to_frame(pairs)``; never one giant table.

    Raises
    ------
    SettingError
        If no perspective item was asked or a setting is outside what is allowed.
    UnknownPersonError
        If ``readiness`` names somebody who is not in the survey.

    Notes
    -----
    Perspectives are counted on a scale of the questionnaire, not of the people who answered, so that counts compare
    between waves and firms that asked the same questions. A number without limits in the codebook is measured by the
    range of its answers, and items weigh by how far people differ on them: declare limits where counts are to compare.
    The chance in answers counts as perspectives too, unless it is taken out (``outlook="adjusted"``). In ten surveys
    from `make_survey` the pairs kept 97 % of the best value at half the scale, and at double.

    The gain of a from b is the effective number of perspectives in {a, those a hears, b} less that without b. It is
    zero for somebody a already hears, or thinks just like one of those. A colleague heard less than in full, on layers
    of a declared `Item.strength` s, counts as if their outlook came through with reliability s: for s of a perspective
    where nobody else is like them; in full once they are a's partner. Of several layers the strongest counts.

    Answers are outlook and chance. Adjusted, each answer is moved half way to what the person's other answers lead one
    to expect, and a missing one all the way, as far as answers that are held out can be told at all. Agreement with
    whatever is asked is taken out before, where scales worded both ways show it. How far answers can be told,
    ``.perspective.borrowing`` says, in words too; where they tell nothing, gains rest on the answers as given.

    Whoever ticks one answer all the way down looks unlike everybody else, and a pairing for difference would pick them
    first. With an outlook that is not known they bring what anybody might: in 40 made-up organisations of 240, with
    four such people each, their pairs were promised .170 perspectives and brought .142; as given they were promised
    .305 and brought .137. To leave these people out, or to pair them last, lost 1 to 2 % of the true gain of all pairs.

    References
    ----------
    Leinster, T. & Meckes, M. W. (2016). Maximizing diversity in biology and beyond. Entropy 18, 88.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> scores
    <PairScores: 260 people, 33,670 pairs, value = mean gain>
    """
    check_type("survey", survey, Survey, "read_survey")
    check_type("graph", graph, nx.MultiDiGraph, "colleague_graph")
    if {*graph} != {*survey.people.index}:
        raise SettingError(
            f"graph is about other people than the survey: {len(graph):,} in the graph, {len(survey.people):,} in the "
            "survey. Make it from this survey: pn.colleague_graph(survey)."
        )
    value, band, readiness = checked_value(value), checked_band(band), checked_readiness(readiness, survey)
    for state in checked_list("foundation", foundation, "states, such as ['mutual', 'introduced']"):
        check_choice("foundation", state, [state.name for state in STATES if state.can_be_accepted])
    warn_without_foundation(graph)
    given, perspective = perspectives(survey, outlook, careless)
    scale = SCALE if scale is None else checked_above_zero("scale", scale)
    known = outlook_known(survey, perspective)
    contact = None if contact is None else checked_list("contact", contact, "tie layers")
    heard_on = tuple(contact if contact is not None else graph.graph["contact"] or graph.graph["layers"])
    strength = {layer: s for layer, s in graph.graph.get("strength", {}).items() if layer in heard_on}
    surroundings = reach(graph, perspective, known, scale=scale, contact=contact)
    near, aims = distances_if_asked(survey, "experience"), distances_if_asked(survey, "goal")
    constraints, out = hard_constraints(survey, ~known)
    ratings = layer_matrices(graph)
    laid = lay_foundation(graph, at_least=at_least, missing=missing, ratings=ratings)
    farthest = within("experience", experience, near), within("goals", goals, aims)
    gates = Gates(constraints, out, laid, tuple(foundation), given, near, aims, *farthest, band)
    settings = {
        "foundation": tuple(foundation),
        "experience": gates.experience_within,
        "goals": gates.goals_within,
        "scale": scale,
        "value": value,
        "band": band,
        "contact": heard_on,
        **({"strength": strength} if strength else {}),
        "outlook": outlook,
        "at_least": lowest_rating(graph) if at_least is None else at_least,
        "missing": missing,
        "careless": careless,
        "unreliable": opened_gates(gates, experience=experience, goals=goals),
    }
    return PairScores(
        survey.people.index,
        capacity(survey),
        gates,
        perspective,
        surroundings,
        nominations_between(ratings, len(graph)),
        topics(survey),
        value,
        settings,
        readiness,
        survey,
    )


def regated(
    scores: PairScores,
    *,
    foundation: Sequence[str],
    experience: Within,
    goals: Within,
    value: Value,
    band: tuple[float, float] | None,
) -> PairScores:
    """The same scores by other gates and another mix of gains, as `score_pairs` would give them; no distance is redone.

    The scores must be as `score_pairs` returned them: no rules, no floor, nobody excluded.
    """
    gates = replace(
        scores.gates,
        accept=tuple(foundation),
        experience_within=within("experience", experience, scores.gates.experience),
        goals_within=within("goals", goals, scores.gates.goals),
        band=checked_band(band),
    )
    settings = {
        **scores.settings,
        "foundation": gates.accept,
        "experience": gates.experience_within,
        "goals": gates.goals_within,
        "value": checked_value(value),
        "band": gates.band,
        "unreliable": opened_gates(gates, experience=experience, goals=goals),
    }
    return replace(scores, gates=gates, value=settings["value"], settings=settings)


def perspectives(survey: Survey, outlook: str, careless: str) -> tuple[PersonDistances, PersonDistances]:
    """Distances by the answers as given, on which gates rest, and those on which gains do."""
    check_choice("outlook", outlook, OUTLOOKS)
    check_choice("careless", careless, CARELESS)
    answers, unread = person_distances(survey, "perspective"), unread_people(survey, careless)
    given = with_average(answers, unread)
    return given, with_average(adjusted(answers), unread) if outlook == "adjusted" else given


def unread_people(survey: Survey, careless: str) -> Flags:
    """Whose answers do not count, since they may have been given without reading."""
    if careless == "as given":
        return np.zeros(len(survey.people), dtype=bool)
    signs = careless_answers(survey)
    return np.asarray(survey.people.index.isin(signs.index[signs["flag"]]))


def outlook_known(survey: Survey, perspective: PersonDistances) -> Flags:
    """Who answered a question on perspective that weighs, or any where none does, as of one person alone."""
    if perspective.shares.any():
        return perspective.answered
    return survey.answers("perspective").notna().any(axis=1).to_numpy()


def checked_band(band: tuple[float, float] | None) -> tuple[float, float] | None:
    """Least and largest perspective distance."""
    if band is None:
        return None
    ends = band if isinstance(band, (tuple, list, np.ndarray)) else ()
    if not (len(ends) == ENDS and is_number(ends[0], 0) and (ends[1] == np.inf or is_number(ends[1], ends[0]))):
        raise SettingError(f"band must be a least and a largest distance, 0 or more; got {band!r}.")
    return float(ends[0]), float(ends[1])


def checked_readiness(readiness: pd.Series | None, survey: Survey) -> pd.Series | None:
    """Why each person's team is not ready, of everyone in the survey."""
    if readiness is None:
        return None
    people = survey.people.index
    if not isinstance(readiness, pd.Series) or not readiness.index.is_unique:
        raise SettingError(f"readiness must be a Series of words, index person, one row each; got {readiness!r}.")
    if strangers := [person for person in readiness.index if person not in people]:
        raise unknown_person(strangers[0], people, "in the survey, and readiness names them")
    return readiness.reindex(people).astype("object").fillna("").astype("str")


def within(name: str, within: Within, distances: PersonDistances | None) -> float | None:
    """Largest distance that still counts as similar; None for no gate."""
    if within is None or distances is None:
        return None
    if isinstance(within, str) and within == "average":
        return None if too_unreliable(distances) else float(np.nan_to_num(distances.mean))
    if not is_number(within, 0, 1):
        raise SettingError(f"{name} must be 'average', None or a distance from 0 to 1; got {within!r}.")
    return float(within)


def opened_gates(gates: Gates, **asked: Within) -> tuple[str, ...]:
    """Gates that were asked for and are open, since their distances are too unreliable."""
    blocks = {"experience": gates.experience, "goals": gates.goals}
    wanted = [gate for gate, within in asked.items() if within is not None and blocks[gate] is not None]
    return tuple(gate for gate in wanted if getattr(gates, f"{gate}_within") is None)


def usual_gates(survey: Survey) -> pd.DataFrame:
    """How far the gates can be relied on that stand where nobody says otherwise: `PairScores.gate_reliability`.

    It takes no graph and no questions on perspective.
    """
    outlook = distances_if_asked(survey, "perspective")
    known = np.ones(len(survey.people), dtype=bool) if outlook is None else outlook_known(survey, outlook)
    out = hard_constraints(survey, ~known)[1]
    blocks = {"experience": distances_if_asked(survey, "experience"), "goals": distances_if_asked(survey, "goal")}
    limits = {gate: within(gate, "average", distances) for gate, distances in blocks.items()}
    opened = [gate for gate, limit in limits.items() if limit is None and blocks[gate] is not None]
    return lines_table(blocks, limits, np.flatnonzero(out == 0), opened)


def warn_without_foundation(graph: nx.MultiDiGraph[str]) -> None:
    """Warn where nobody was asked, or answered, about anything a pairing can rest on."""
    if not graph.graph["foundation"]:
        warnings.warn(
            "No tie layer asks about trust, respect or candour, or nobody answered it, so every pair's foundation is "
            "unknown and nobody can be paired. Mark the layer that stands in for trust with "
            '"foundation": true in the codebook, or accept pairs of whom that is unknown: --accept '
            'mutual,introduced,unknown on the command line, foundation=("mutual", "introduced", "unknown") in Python.',
            PeernetWarning,
            stacklevel=3,
        )


def distances_if_asked(survey: Survey, block: str) -> PersonDistances | None:
    """Distances on a block of answers; None where nothing was asked."""
    return person_distances(survey, block) if len(survey.answers(block).columns) else None
