"""What each fictional person would answer, were nobody careless and nothing left out.

First the answers of the first wave, then nominations (who names whom), then the pilot round: pairs drawn by lot, and a
second wave with a known effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet.datasets.draws import permutation, weighted, whole_numbers
from peernet.datasets.organisation import TYPES, outlooks
from peernet.datasets.worlds import QUESTIONS, World
from peernet.survey.instruments import standard

NONE = "none"  # how a multiple-choice cell says that nothing was chosen
OFTEN, SELDOM = 0.55, 0.08  # chance to choose an option one's kind favours, and any other
USUAL = 0.6  # chance to give the nominal answer one's kind favours; else any, all equally likely
FOLLOWS = 1.1  # points from 1 to 5 by which an agreement item follows a unit of the trait behind it
SHADOW = 0.5  # noise of an agreement item beside a latent trait of spread one
FIFTHS = (-0.84, -0.25, 0.25, 0.84)  # of a normal trait, where a named question parts people
CLOSER = 0.4  # log odds of working together per unit of likeness and of homophily beyond the usual
CHALLENGES_OF = {"newcomer": (0, 1), "practitioner": (1, 2, 3), "expert": (3, 4), "leader": (5, 6, 7)}
LINE_OF = {"newcomer": 0, "practitioner": 1, "expert": 2, "leader": 3}
FUNCTION_OF = {"Operations": 0, "Engineering": 1, "Commercial": 2, "Services": 3}
BACKGROUND_OF = {"explorer": 3, "guardian": 5, "connector": 2, "analyst": 1, "maker": 4}
INDUSTRIES_OF = {"explorer": (4, 6), "guardian": (0, 2), "connector": (3, 5), "analyst": (3, 6), "maker": (0, 1)}
EDUCATION_OF = {"explorer": 2, "guardian": 1, "connector": 1, "analyst": 3, "maker": 0}
ABROAD_OF = {"explorer": 0.7, "guardian": 0.2, "connector": 0.5, "analyst": 0.5, "maker": 0.2}
GOALS_OF = {"newcomer": (0, 4), "practitioner": (0, 2, 5), "expert": (0, 3), "leader": (1, 3)}
DIRECTION_OF = {"newcomer": 3, "practitioner": 2, "expert": 0, "leader": 1}
OFFERS_OF = {"explorer": (8, 10), "guardian": (7, 0), "connector": (1, 9, 11), "analyst": (2, 5), "maker": (6, 7)}
SEEKS_OF = {"newcomer": (4, 7, 10), "practitioner": (1, 6), "expert": (3, 10), "leader": (8, 11)}
OUTSIDERS = (3, 8)  # colleagues outside the team each person brings into their circle
SAME_DEPARTMENT, SAME_TYPE, SAME_STRATUM = 0.7, 0.8, 0.9  # log odds of an acquaintance outside the team
LOOKED_AT = 16_625  # people up to whom everybody is looked at for each person's outsiders
STAND_FOR_ALL = 4_000  # of more people so many, evenly spread, whose mean distance in outlook is taken
CIRCLE = 40  # managers under one head who know each other, where there are so many people
DRAWS = 100  # times an outsider is drawn again before a person makes do with fewer
NAMES_TYPED = (6, 12)  # the most names a person types per question
EXTRA_WORK_NAMES = 2  # the first tie question gets a few more
VOLUNTEERS = 2 / 3  # share of the respondents who took part
DRIFT = 2.0  # what everybody gains between the waves, paired or not
QUALITY_AT_ZERO, QUALITY_SLOPE = 78.0, -9.0  # relationship quality falls with distance in outlook
PAIR_SPREAD, PERSON_SPREAD = 4.0, 7.0  # noise that partners share, and noise of one's own
LOST = 0.10  # share of respondents who skip the second wave


def draw_answers(people: pd.DataFrame, world: World, rng: np.random.Generator) -> pd.DataFrame:
    """An answer, as text, from everybody to every question of the first wave but the tie questions.

    Complete but for what the world leaves out of the questions on perspective.
    """
    blocks = (_experience, partial(_perspective, world=world), _goals, _climate, _learning, _protected)
    answers = pd.concat([block(people, rng=rng) for block in blocks], axis=1)
    return answers.assign(capacity="1", opted_out="no", never_with="")


def _experience(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    n, seniority, stratum = len(people), people["seniority"].to_numpy(), people["stratum"]
    grade = np.clip(np.rint(1.1 * seniority + 0.3 + 0.4 * rng.standard_normal(n)), 0, 4).astype(np.int64)
    here = np.clip(np.rint(1 + 4.5 * seniority + 2.5 * rng.standard_normal(n)), 0, 40).astype(np.int64)
    elsewhere = np.clip(np.rint(1 + 2.0 * seniority + 2.0 * rng.standard_normal(n)), 0, 20).astype(np.int64)
    trips = np.clip(np.rint(0.7 * seniority + 0.5 * rng.standard_normal(n)), 0, 3).astype(np.int64)
    return pd.DataFrame(
        {
            "level": _labels(standard.LEVELS, grade),
            "years_here": _text(here),
            "years_field": _text(here + elsewhere),
            "function": _single(people["department"], FUNCTION_OF, standard.FUNCTIONS, rng),
            "challenges": _several(stratum, CHALLENGES_OF, standard.CHALLENGES, rng),
            "office_politics": _agreement(seniority - 1.5, rng),
            "reporting_line": _single(stratum, LINE_OF, standard.REPORTING_LINES, rng),
            "travel": _labels(standard.TRAVEL, trips),
        },
        index=people.index,
    )


def _perspective(people: pd.DataFrame, world: World, rng: np.random.Generator) -> pd.DataFrame:
    kinds, traits = _behind_the_answers(people, world, rng)
    abroad = rng.random(len(people)) < kinds[3].map(ABROAD_OF).to_numpy()
    background = {
        "background": _single(kinds[0], BACKGROUND_OF, standard.BACKGROUNDS, rng, noise=world.noise),
        "industries": _several(kinds[1], INDUSTRIES_OF, standard.INDUSTRIES, rng, noise=world.noise),
        "education": _single(kinds[2], EDUCATION_OF, standard.EDUCATION, rng, noise=world.noise),
        "worked_abroad": np.where(abroad, "yes", "no"),
    }
    style = (people["acquiescence"].to_numpy(), people["extremity"].to_numpy())
    outlook = {
        name: _agreement(trait, rng, reverse=reverse, noise=SHADOW * world.noise, style=style)
        for (name, _, reverse, _), trait in zip(standard.OUTLOOK, traits.T, strict=True)
    }
    answers = pd.DataFrame(background | outlook, index=people.index)
    return answers.mask(rng.random(answers.shape) < world.missing, "") if world.missing else answers


def _behind_the_answers(
    people: pd.DataFrame, world: World, rng: np.random.Generator
) -> tuple[Sequence[pd.Series], Floats]:
    """Which kind of person each named question takes everyone for, and the trait behind each agreement item.

    Without types every question asks about one dimension of outlook, in turn; a named one sorts people into fifths.
    """
    views, named = outlooks(people), QUESTIONS - len(standard.OUTLOOK)
    if world.types:
        return [people["perspective_type"]] * named, views[:, [axis for _, axis, _, _ in standard.OUTLOOK]]
    asked = views[:, np.arange(QUESTIONS) % world.dimensions]
    if not world.outlook:
        asked = rng.standard_normal(asked.shape)
    fifths = np.array(TYPES)[np.searchsorted(FIFTHS, asked[:, :named])]
    return [pd.Series(fifths[:, k], index=people.index) for k in range(named)], asked[:, named:]


def _goals(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    stratum, seniority = people["stratum"], people["seniority"].to_numpy()
    horizon = weighted(rng, (0.2, 0.35, 0.3, 0.15), len(people))
    return pd.DataFrame(
        {
            "goals": _several(stratum, GOALS_OF, standard.GOALS, rng),
            "goal_direction": _single(stratum, DIRECTION_OF, standard.DIRECTIONS, rng),
            "goal_horizon": _labels(standard.HORIZONS, horizon),
            "goal_responsibility": _agreement(0.4 * (seniority - 1.0), rng, noise=0.9),
            "offers": _several(people["perspective_type"], {**OFFERS_OF, "": ()}, standard.TOPICS, rng),
            "seeks": _several(stratum, SEEKS_OF, standard.TOPICS, rng),
        },
        index=people.index,
    )


def _climate(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Members of one team rate the same manager; the director has none and leaves the questions blank."""
    manager = people["manager"].map(people["trustworthiness"]).fillna(0.0).to_numpy()
    felt = 0.4 + 0.6 * manager + 0.35 * people["trust_propensity"].to_numpy()
    rated = pd.DataFrame(
        {name: _agreement(felt, rng, reverse=reverse, noise=0.8) for name, _, reverse, _ in standard.CLIMATE},
        index=people.index,
    )
    rated[people["manager"] == ""] = ""
    return rated


def _learning(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    learning, openness = rng.standard_normal((2, len(people)))
    answers = {"learning_1": _slider(48 + 12 * learning), "openness_1": _slider(45 + 14 * openness)}
    return pd.DataFrame(answers, index=people.index)


def _protected(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    age = np.clip(np.rint(0.9 * people["seniority"] + 0.4 + 0.7 * rng.standard_normal(len(people))), 0, 4)
    gender = weighted(rng, (0.46, 0.51, 0.03), len(people))
    columns = {
        "gender": _labels(standard.GENDERS, gender),
        "age_band": _labels(standard.AGES, age.to_numpy().astype(np.int64)),
    }
    return pd.DataFrame(columns, index=people.index)


def _agreement(
    latent: Floats,
    rng: np.random.Generator,
    *,
    reverse: bool = False,
    noise: float = SHADOW,
    style: tuple[Floats | float, Floats | float] = (0.0, 1.0),
) -> list[str]:
    """Answers from 1 to 5 that follow a latent trait; those of a reversed item run against it.

    Style is how far each person agrees whatever is asked, and how far from the middle they answer.
    """
    agrees, stretch = style
    felt = 3 + FOLLOWS * latent + noise * rng.standard_normal(len(latent))
    felt += (stretch - 1) * (felt - 3) + (-agrees if reverse else agrees)
    level = np.clip(np.rint(felt), 1, 5).astype(np.int64)
    return _text(6 - level if reverse else level)


def _slider(values: Floats) -> list[str]:
    """Answers on a slider from 0 to 100."""
    return _text(np.clip(np.rint(values), 0, 100).astype(np.int64))


def _text(numbers: np.ndarray) -> list[str]:
    return [str(int(number)) for number in numbers]


def _labels(options: Sequence[str], positions: np.ndarray) -> list[str]:
    return [options[int(position)] for position in positions]


def _single(
    kinds: pd.Series, usual: Mapping[str, int], options: Sequence[str], rng: np.random.Generator, noise: float = 1.0
) -> list[str]:
    """A nominal answer each: mostly the one usual for the person's kind."""
    as_usual = rng.random(len(kinds)) < 1 - (1 - USUAL) * noise
    anything = whole_numbers(rng, 0, len(options) - 1, len(kinds))
    return _labels(options, np.where(as_usual, kinds.map(usual).to_numpy(), anything))


def _several(
    kinds: pd.Series,
    favoured: Mapping[str, tuple[int, ...]],
    options: Sequence[str],
    rng: np.random.Generator,
    noise: float = 1.0,
) -> list[str]:
    """A multiple-choice answer each: often what the person's kind favours, seldom anything else."""
    likes = np.array([[k in favoured[kind] for k in range(len(options))] for kind in kinds])
    chosen = rng.random(likes.shape) < np.where(likes, 1 - (1 - OFTEN) * noise, SELDOM * noise)
    return [";".join(option for option, said in zip(options, row, strict=True) if said) or NONE for row in chosen]


def draw_nominations(people: pd.DataFrame, world: World, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Nominations and all ties they are taken from: ``person``, ``layer``, ``alter``, strongest first within each."""
    pairs = _acquaintances(people, world, rng)
    ego, alter = np.concatenate([pairs, pairs[:, ::-1]]).T
    rapport = np.tile(rng.standard_normal(len(pairs)), 2)
    limit = whole_numbers(rng, *NAMES_TYPED, len(people))
    strengths = _strengths(people, ego, alter, rapport, world, rng)
    ties = pd.concat([_ties(layer, strength, ego, alter) for layer, strength in strengths.items()], ignore_index=True)
    place = ties.groupby(["layer", "person"]).cumcount().to_numpy()
    most = limit[ties["person"].to_numpy()] + EXTRA_WORK_NAMES * (ties["layer"] == "works_with").to_numpy()
    ties = ties.assign(person=people.index[ties["person"]], alter=people.index[ties["alter"]])
    return ties[place < most].reset_index(drop=True), ties


def _acquaintances(people: pd.DataFrame, world: World, rng: np.random.Generator) -> Ints:
    """Pairs of positions who know each other: team mates, the managers of one circle, and chosen outsiders.

    Of more people than `LOOKED_AT` nobody looks at all others: the same is drawn by groups of people who are alike.
    """
    if len(people) > LOOKED_AT:
        return _acquaintances_of_many(people, world, rng)
    codes = {name: pd.factorize(people[name])[0] for name in ("team", "department", "perspective_type", "stratum")}
    boss = people.index.get_indexer(pd.Index(people["manager"]))
    known = set[tuple[int, int]]()
    for k in range(len(people)):
        inside = (codes["team"] == codes["team"][k]) | ((boss == boss[k]) & (boss[k] >= 0))
        inside[[p for p in (boss[k], k) if p >= 0]] = True
        outside = _outsiders(k, codes, inside, SAME_TYPE * world.homophily, rng)
        known.update((min(k, int(m)), max(k, int(m))) for m in (*np.flatnonzero(inside), *outside) if m != k)
    return np.array(sorted(known), dtype=np.int64)


def _outsiders(k: int, codes: dict[str, Ints], inside: Flags, same_type: float, rng: np.random.Generator) -> Ints:
    """A few people outside the team, the more likely the more alike (a weighted draw by the largest Gumbel score)."""
    alike = (
        SAME_DEPARTMENT * (codes["department"] == codes["department"][k])
        + same_type * (codes["perspective_type"] == codes["perspective_type"][k])
        + SAME_STRATUM * (codes["stratum"] == codes["stratum"][k])
    )
    score = np.where(inside, -np.inf, alike - np.log(-np.log(rng.random(len(inside)))))
    count = min(int(whole_numbers(rng, *OUTSIDERS, 1)[0]), int((~inside).sum()))
    return np.argsort(-score, kind="stable")[:count]


def _acquaintances_of_many(people: pd.DataFrame, world: World, rng: np.random.Generator) -> Ints:
    """The same pair by pair; of the managers under one head those of one circle, not all, of whom there may be many."""
    n = len(people)
    team, boss = pd.factorize(people["team"])[0], people.index.get_indexer(pd.Index(people["manager"]))
    turn = pd.Series(boss).groupby(boss).cumcount().to_numpy()
    circle = np.where(boss >= 0, (boss + 1) * n + turn // CIRCLE, np.arange(n))  # without a manager, one's own
    mates = [_pairs_within(group) for group in (team, circle)]
    line = np.column_stack([np.arange(n), boss])[boss >= 0]
    inside = _both_ways(np.concatenate([*mates, line]), n)
    found = np.unique(np.concatenate([inside, _both_ways(_outsiders_of_many(people, inside, world, rng), n)]))
    pairs = np.column_stack([found // n, found % n])
    return np.asarray(pairs[pairs[:, 0] < pairs[:, 1]])


def _pairs_within(group: Ints) -> Ints:
    """Every two people of one group, once."""
    order = np.argsort(group, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    return np.concatenate([own[np.column_stack(np.triu_indices(len(own), k=1))] for own in members])


def _both_ways(pairs: Ints, n: int) -> Ints:
    """One number for each pair in either order, sorted."""
    return np.unique(np.concatenate([pairs @ [n, 1], pairs[:, ::-1] @ [n, 1]]))


def _outsiders_of_many(people: pd.DataFrame, inside: Ints, world: World, rng: np.random.Generator) -> Ints:
    """A few outsiders for everybody, drawn one after the other: a group by its size and likeness, anybody in it.

    Whoever is no outsider or drawn already is drawn again, so it is the weighted draw of `_outsiders` all the same.
    """
    n = len(people)
    codes = [pd.factorize(people[name])[0] for name in ("department", "perspective_type", "stratum")]
    kinds, kind = np.unique(np.column_stack(codes), axis=0, return_inverse=True)
    order, sizes = np.argsort(kind, kind="stable"), np.bincount(kind)
    likeness = np.array([SAME_DEPARTMENT, SAME_TYPE * world.homophily, SAME_STRATUM])
    weight = sizes * np.exp((kinds[:, None] == kinds) @ likeness)
    chance, first = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1), np.cumsum(sizes) - sizes
    left, drawn, draws = whole_numbers(rng, *OUTSIDERS, n), np.empty(0, dtype=np.int64), 0
    while len(egos := np.flatnonzero(left)) and draws < DRAWS:
        draws += 1
        lot, place = rng.random((2, len(egos)))
        group = np.minimum((chance[kind[egos]] < lot[:, None]).sum(axis=1), len(kinds) - 1)
        alters = order[first[group] + np.floor(place * sizes[group]).astype(np.int64)]
        number = egos * n + alters
        new = (alters != egos) & ~_among(inside, number) & ~_among(drawn, number)
        drawn, left[egos[new]] = np.sort(np.concatenate([drawn, number[new]])), left[egos[new]] - 1
    return np.column_stack([drawn // n, drawn % n])


def _among(known: Ints, numbers: Ints) -> Flags:
    """Whether each number is among those known, which are sorted."""
    place = np.minimum(np.searchsorted(known, numbers), max(len(known) - 1, 0))
    return np.asarray(known[place] == numbers) if len(known) else np.zeros(len(numbers), dtype=bool)


def _strengths(
    people: pd.DataFrame, ego: Ints, alter: Ints, rapport: Floats, world: World, rng: np.random.Generator
) -> dict[str, Floats]:
    """How strongly each ego would name each acquaintance in each layer; above zero they do."""
    team = pd.factorize(people["team"])[0]
    mates = team[ego] == team[alter]
    seniority = people["seniority"].to_numpy()
    gap = np.abs(seniority[ego] - seniority[alter])
    boss = people.index.get_indexer(pd.Index(people["manager"]))
    line = (boss[ego] == alter) | (boss[alter] == ego)
    regard = 0.35 * people["trust_propensity"].to_numpy()[ego] + 0.35 * people["trustworthiness"].to_numpy()[alter]
    likeness = 1 - _view_distances(people, ego, alter)
    alike = 0.8 * world.homophily * likeness + 0.3 * (1 - gap)
    extreme = np.log(people["extremity"].to_numpy())
    met = CLOSER * max(world.homophily - 1, 0.0) * likeness - world.reserve * (extreme[ego] + extreme[alter])
    trust = 0.05 + 0.2 * mates + alike + 0.9 * rapport + regard + _noise(rng, 0.55, ego)
    return {
        "works_with": -0.9 + 1.3 * mates + 2.0 * line + 0.4 * rapport + _noise(rng, 0.7, ego) + met,
        "advice": -1.3 + 0.6 * trust + 0.7 * (seniority[alter] - seniority[ego]) + _noise(rng, 0.6, ego) + met,
        "trust": trust,
        "respect": 0.35 + trust + 0.2 * (seniority[alter] - seniority.mean()) + _noise(rng, 0.4, ego),
        "candour": 0.25 + trust + 0.15 * (seniority[ego] - seniority.mean()) + _noise(rng, 0.4, ego),
    }


def _noise(rng: np.random.Generator, spread: float, like: Ints) -> Floats:
    return spread * rng.standard_normal(len(like))


def _ties(layer: str, strength: Floats, ego: Ints, alter: Ints) -> pd.DataFrame:
    """The ties that are there in a layer, the strongest of each person first."""
    rows = pd.DataFrame({"person": ego, "layer": layer, "alter": alter, "strength": strength})
    rows = rows[rows["strength"] > 0].sort_values(["person", "strength"], ascending=[True, False], kind="stable")
    there: pd.DataFrame = rows[["person", "layer", "alter"]]
    return there


def typed_lists(nominations: pd.DataFrame, people: pd.Index) -> pd.DataFrame:
    """One cell of typed names per person and tie question; "nobody" where a person names nobody."""
    cells = nominations.groupby(["person", "layer"], sort=False)["typed"].agg("; ".join).unstack()
    return cells.reindex(index=people, columns=[name for name, _ in standard.TIES]).astype("str").fillna("nobody")


def _view_distances(people: pd.DataFrame, a: Ints, b: Ints) -> Floats:
    """Distance in outlook between people at positions ``a`` and ``b``, in units of its mean over all pairs.

    Of very many people some, evenly spread, stand for all.
    """
    views = outlooks(people)
    apart = _lengths(views[a] - views[b])
    views = views if len(views) <= LOOKED_AT else views[:: len(views) // STAND_FOR_ALL]
    n = len(views)
    total = sum(float(_lengths(views[k + 1 :] - views[k]).sum()) for k in range(n - 1))
    return apart / (total / (n * (n - 1) / 2))


def _lengths(vectors: Floats) -> Floats:
    lengths: Floats = np.sqrt((vectors**2).sum(axis=1))
    return lengths


def draw_pilot(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Partner drawn by lot and true distance in outlook to that partner, for everybody (missing: not in the pilot)."""
    respondents = np.flatnonzero(people["answered"])
    pairs = int(len(respondents) * VOLUNTEERS) // 2
    drawn = respondents[permutation(rng, len(respondents))][: 2 * pairs].reshape(-1, 2)
    partner = np.full(len(people), -1)
    partner[drawn[:, 0]], partner[drawn[:, 1]] = drawn[:, 1], drawn[:, 0]
    paired = partner >= 0
    distance = np.where(paired, _view_distances(people, np.arange(len(people)), partner), np.nan)
    columns = {"pilot_partner": np.where(paired, people.index[partner], ""), "pilot_distance": distance}
    return pd.DataFrame(columns, index=people.index)


def draw_second_wave(
    people: pd.DataFrame, baseline: pd.DataFrame, effect: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Second-wave answers of every respondent as text; blank where skipped or where the question does not apply."""
    distance = people["pilot_distance"].fillna(0.0).to_numpy()
    paired = (people["pilot_partner"] != "").to_numpy()
    before = baseline[["learning_1", "openness_1"]].astype(float).to_numpy().T + DRIFT
    wave = pd.DataFrame(
        {
            "pilot_partner": people["pilot_partner"],
            "learning_2": _slider(before[0] + effect * distance + _pair_noise(people, rng)),
            "openness_2": _slider(before[1] + _pair_noise(people, rng)),
            "relationship_2": _slider(QUALITY_AT_ZERO + QUALITY_SLOPE * distance + _pair_noise(people, rng)),
        },
        index=people.index,
    )
    wave.loc[~paired, "relationship_2"] = ""
    wave.loc[rng.random(len(people)) < LOST, ["learning_2", "openness_2", "relationship_2"]] = ""
    return wave[people["answered"]]


def _pair_noise(people: pd.DataFrame, rng: np.random.Generator) -> Floats:
    """Noise with a part that pilot partners share, so that partners resemble each other beyond the effect."""
    own = np.arange(len(people), dtype=np.int64)
    partner: Ints = people.index.get_indexer(pd.Index(people["pilot_partner"]))
    pair = np.where(partner >= 0, np.minimum(own, partner), own)
    shared, alone = rng.standard_normal((2, len(people)))
    noise: Floats = PAIR_SPREAD * shared[pair] + PERSON_SPREAD * alone
    return noise
