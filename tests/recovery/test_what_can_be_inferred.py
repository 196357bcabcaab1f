"""An attack on a made firm: what readers who know their own answers can find out from all that is addressed to them.

A reader has what `Pairing.why` tells the two, their row of ``pairs.csv``, their own row of ``people.csv``, the briefs
and the sponsor's page. For every question of the partner all answers are tried and those kept with which everything
would read the same. How people weigh the questions and how far apart two people usually are is taken to be known.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from io import StringIO
from itertools import product

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.distance.coding import SCALED
from peernet.distance.distances import PersonDistances
from peernet.pairing.pairing import Pairing
from peernet.pairing.why import shared_questions, themes_of
from peernet.report.files import pairs_csv, people_csv
from peernet.report.sponsor import SponsorSummary, sponsor_page, sponsor_summary
from peernet.study import Study
from peernet.survey import Survey
from tests.made.outline import Outline
from tests.made.surveys import survey_of

PEOPLE = [f"p{i:02d}" for i in range(48)]
GRADES = (1.0, 2.0, 3.0, 4.0, 5.0)
# Of each firm: the questions of each block with what can be answered to them, and how many of all trust each other.
FIRMS = {
    "graded": {"experience": [GRADES] * 3, "goal": [GRADES] * 3, "perspective": [GRADES] * 6},
    "yes or no": {"experience": [(True, False)] * 4, "goal": [(True, False)] * 3, "perspective": [(True, False)] * 6},
    "many names": {"experience": ["abcdef"] * 3, "goal": ["abc"] * 3, "perspective": ["abcdefgh"] * 3},
    "mixed": {
        "experience": [GRADES, "abc", (True, False), (1.0, 3.0, 5.0)],
        "goal": [(1.0, 5.0), (1.0, 5.0), GRADES, GRADES],
        "perspective": [GRADES, GRADES, GRADES, "abcd", (True, False)],
    },
    # all different in each block is further apart than usual, and all but one is not: it told the yes or no
    "many names and one yes or no": {
        block: ["abcdefgh"] * 3 + [(True, False)] for block in ("experience", "goal", "perspective")
    },
    "poles apart": {"experience": [GRADES] * 3, "goal": [GRADES] * 3, "perspective": [(1.0, 5.0)] * 3 + [GRADES] * 2},
}
GATES = {"graded": {}, "mixed": {}}  # by default as strict as `score_pairs` has them; the other firms open theirs
OPEN = {"experience": None, "goals": None}
MISSING = -1.0


def firm(kind: str, *, seed: int = 3, **facts: object) -> Survey:
    """A survey with missing answers, vetoes and refused trust; two questions in three lean one way or the other."""
    rng = np.random.default_rng(seed)
    asked = {f"{block}_{i}": said for block, some in FIRMS[kind].items() for i, said in enumerate(some, start=1)}
    leaning = rng.random((len(PEOPLE), 1))
    people = pd.DataFrame(index=pd.Index(PEOPLE, name="person"))
    for name, said in asked.items():
        chosen = np.where(rng.random(len(PEOPLE)) < 0.4, leaning[:, 0], rng.random(len(PEOPLE)))
        answers = pd.Series([said[int(x * len(said))] for x in chosen], index=people.index, dtype=object)
        people[name] = answers.mask(rng.random(len(PEOPLE)) < 0.04)
    trusting = [tuple(pair) for pair in rng.choice(PEOPLE, (190, 2)) if pair[0] != pair[1]]
    hears = [tuple(pair) for pair in rng.choice(PEOPLE, (150, 2)) if pair[0] != pair[1]]
    both = sorted({*trusting, *((b, a) for a, b in trusting[20:])})
    facts = {"never_with": {"p03": ["p11"], "p20": ["p05", "p06"]}, "opted_out": ["p07"], **facts}
    drop = facts.pop("unnamed", ())
    ties = {"works_with": sorted({*hears}), "trust": [tie for tie in both if tie not in drop]}
    survey = survey_of(dict.fromkeys(PEOPLE, dict.fromkeys(asked, 1.0)), ties, **facts)
    items = tuple(_as_asked(item, asked.get(item.name)) for item in survey.codebook)
    kinds = {item.name: item.kind for item in items}
    typed = {
        name: people[name].astype({"ordinal": float, "binary": "boolean"}.get(kinds[name], "str")) for name in asked
    }
    return replace(survey, people=survey.people.assign(**typed), codebook=replace(survey.codebook, items=items))


def _as_asked(item, said):
    if said is None or (said[0] is not True and said[0] == 1.0):
        return replace(item, scale="change" if item.name[-1] in "123" else "people") if said else item
    kind = "binary" if said[0] is True else "nominal"
    return replace(item, kind=kind, low=None, high=None, categories=() if kind == "binary" else tuple(said))


@cache
def paired(kind: str) -> Pairing:
    return paired_in(firm(kind), kind)


def paired_in(survey: Survey, kind: str) -> Pairing:
    scores = pn.score_pairs(
        survey,
        pn.colleague_graph(
            survey,
        ),
        **GATES.get(kind, OPEN),
    )
    return pn.pair_people(scores, progress=False)


# --- the partner's answers --------------------------------------------------------------------------------------------


def blocks_of(pairing: Pairing) -> dict[str, PersonDistances]:
    gates = pairing.scores.gates
    return {"experience": gates.experience, "goals": gates.goals, "perspective": pairing.scores.perspective}


def possible_answers(distances: PersonDistances, kind: str, block: str, person: str) -> np.ndarray:
    """Every way to answer what this person answered."""
    said = own_answers(distances, person)
    asked = FIRMS[kind]["goal" if block == "goals" else block]
    ways = [
        [MISSING]
        if own == MISSING
        else np.arange(len(some))
        if isinstance(some[0], (str, bool))
        else (np.array(some) - 1) / 4
        for own, some in zip(said, asked, strict=True)
    ]
    return np.array([*product(*ways)])


def parts(distances: PersonDistances, reader: str, ways: np.ndarray) -> np.ndarray:
    """What each question adds to the reader's distance from everybody who answered in one of these ways."""
    own = own_answers(distances, reader)
    differ = np.where(distances.items.rules == SCALED, np.abs(ways - own), (ways != own).astype(float))
    known = (ways != MISSING) & (own != MISSING)
    weights = distances.weights.to_numpy() * known
    return weights * differ / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)


def told_of(pairing: Pairing, block: str, pair: tuple[str, str]) -> tuple[str, ...]:
    """What the two are told about one block."""
    table = pairing.why(*pair).table
    own = table[(table["block"] == block) | (table["words"] == "most of all") & (block == "perspective")]
    return tuple(own[["part", "block", "words"]].to_numpy().ravel())


def most_gain(distance: np.ndarray, scale: float) -> np.ndarray:
    """What somebody gains from one so far away where all others they hear think like themself."""
    alike = np.exp(-distance / scale)
    return (1 - alike) / (1 + alike)


def least_told(row: pd.Series) -> float:
    """The least gain that is told as this number."""
    number = row["number"]
    if np.isnan(number) or row["words"].startswith("less"):
        return 0.0
    size = 10.0 ** np.floor(np.log10(number) + 1e-9)
    return number - size * (0.05 if abs(number / size - 1) < 1e-9 else 0.5)


def in_keeping(pairing: Pairing, kind: str, block: str, pair: tuple[str, str], reader: str) -> np.ndarray:
    """All ways in which the partner may have answered one block, given all that the reader is told and knows."""
    partner = pair[1] if reader == pair[0] else pair[0]
    distances, within = blocks_of(pairing)[block], pairing.settings.get(block)
    ways = possible_answers(distances, kind, block, partner)
    each = parts(distances, reader, ways)
    far = each.sum(axis=1)
    kept = far <= (np.inf if within is None else within + 1e-9)  # the gates are no secret
    if block == "perspective":
        gains = pairing.why(*pair).table.query("part == 'gain'")
        told = max(least_told(row) for _, row in gains.iterrows())
        kept &= most_gain(far, pairing.settings["scale"]) >= told - 1e-9
    survey = pairing.scores.survey
    themes = themes_of(survey, distances) if block == "perspective" else {}
    asked = shared_questions(distances, *pair, (0.0, np.inf if within is None else within), survey, themes)
    own = np.flatnonzero((ways == own_answers(distances, partner)).all(axis=1))[0]
    ranges = np.array([asked.told_range(apart) for apart in far])
    kept &= (ranges == ranges[own]).all(axis=1)
    if asked.themed:
        theme = main_themes(each, [themes.get(item, "") for item in distances.weights.index])
        theme[far < 0.85 * distances.mean] = ""
        kept &= theme == theme[own]
    return ways[kept]


def own_answers(distances: PersonDistances, person: str) -> np.ndarray:
    return np.nan_to_num(distances.items.answers[:, list(distances.people).index(person)], nan=MISSING)


def main_themes(each: np.ndarray, themes: list[str]) -> np.ndarray:
    """The theme that holds most of each distance, none where two hold as much."""
    names = np.array(sorted({*themes} - {""}), dtype=object)
    sums = np.array([each[:, [theme == name for theme in themes]].sum(axis=1) for name in names])
    first = sums >= sums.max(axis=0) - 1e-9
    return np.where(first.sum(axis=0) == 1, names[first.argmax(axis=0)], "")


@pytest.mark.parametrize("kind", FIRMS)
def test_every_question_of_the_partner_keeps_two_possible_answers(kind: str) -> None:
    pairing = paired(kind)
    assert len(pairing) > 8
    known = []
    for pair in pairing.pairs:
        for reader, block in product(pair, blocks_of(pairing)):
            distances, ways = blocks_of(pairing)[block], in_keeping(pairing, kind, block, pair, reader)
            mine = own_answers(distances, reader)
            for item, column, own in zip(distances.weights.index, ways.T, mine, strict=True):
                if distances.weights[item] > 0 and MISSING not in (own, column[0]) and len({*column}) < 2:
                    known.append((reader, item))
    assert not known, f"{len({reader for reader, _ in known})} readers know {len(known)} answers: {known[:5]}"


# --- what others said -------------------------------------------------------------------------------------------------


@cache
def study_of(kind: str) -> Study:
    return pn.run_study(firm(kind), draws=5, repeats=0)


def told_in(survey: Survey, kind: str, pairing: Pairing) -> tuple[dict[str, str], pd.DataFrame, pd.DataFrame]:
    """All that is addressed to everybody: the words, and rows of the two tables."""
    study = replace(study_of(kind), survey=survey, pairing=pairing, scores=pairing.scores)
    words = {person: str(pairing.why(person)) for person in (*pairing.table["a"], *pairing.unpaired["person"])}
    return words, read(pairs_csv(study)), read(people_csv(study))


def read(text: str) -> pd.DataFrame:
    return pd.read_csv(StringIO(text), keep_default_na=False, dtype=str)


KIND = "graded"


def changes() -> list[tuple[str, dict[str, object]]]:
    """One veto, one nomination or one refusal more, each time of people who are not paired with each other."""
    pairing = paired(KIND)
    alone = pairing.unpaired.query("reason != 'opted out'")["person"].tolist()
    rng = np.random.default_rng(0)
    other = lambda person: str(rng.choice([p for p in PEOPLE if p not in (person, "p03", "p20")]))  # noqa: E731
    vetoes = {"p03": ["p11"], "p20": ["p05", "p06"]}
    possible = pairing.scores.possible(np.arange(len(PEOPLE)))
    by = [(PEOPLE[j], person) for person in alone for j in np.flatnonzero(possible[PEOPLE.index(person)])]
    made = [("veto", {"never_with": {**vetoes, who: [whom]}}) for who, whom in [*by, *((other(p), p) for p in alone)]]
    trust = [(a, b) for a, b in firm(KIND).ties.query("layer == 'trust'")[["ego", "alter"]].to_numpy() if b in alone]
    made += [("nomination", {"unnamed": [tie]}) for tie in trust]
    made += [("refusal", {"unnamed": [tie, tie[::-1]]}) for tie in trust[::3]]
    few = [[change for change in made if change[0] == what] for what in ("veto", "nomination", "refusal")]
    return [some[i] for some in few for i in rng.permutation(len(some))[:4]]


def test_one_veto_nomination_or_refusal_of_somebody_else_changes_nothing_but_the_pairing() -> None:
    before, seen = told_in(firm(KIND), KIND, paired(KIND)), dict.fromkeys(("veto", "nomination", "refusal"), 0)
    briefed = {brief.people: brief for brief in pn.briefs(paired(KIND), firm(KIND)).all}
    for what, facts in changes():
        survey = firm(KIND, **facts)
        pairing = paired_in(survey, KIND)
        if pairing.pairs != paired(KIND).pairs:
            continue
        words, pairs, people = told_in(survey, KIND, pairing)
        same = pairs["introducer"] == before[1]["introducer"]  # who could introduce the two is part of what is proposed
        partners = {*pairs.loc[~same, "a"], *pairs.loc[~same, "b"]}
        assert people.equals(before[2]), (what, facts)
        assert pairs[same].equals(before[1][same]), (what, facts)
        assert {p: said for p, said in words.items() if before[0][p] != said}.keys() <= partners, (what, facts)
        told = {brief.people: brief for brief in pn.briefs(pairing, survey).all}
        assert {p for pair, brief in told.items() if brief != briefed[pair] for p in pair} <= partners, (what, facts)
        assert sponsored(pairing, same) == sponsored(paired(KIND), same), (what, facts)
        seen[what] += 1
    assert min(seen.values()) > 1, seen


def sponsored(pairing: Pairing, same: pd.Series[bool]) -> SponsorSummary:
    """What a sponsor is told with the lots of one survey, so that only true counts could make a difference.

    Of introductions it is told only where the same pairs have one.
    """
    study = study_of(KIND)
    told = sponsor_summary(study.survey, pairing, study.comparison, study.kinds)
    return told if same.all() else replace(told, introduced=None)


@pytest.mark.parametrize("kind", FIRMS)
def test_no_page_for_others_names_anybody(kind: str) -> None:
    study = study_of(kind)
    words = {*re.findall(r"\w+", Outline(sponsor_page(study)).text)}
    assert not words & {*PEOPLE, *study.survey.people["name"].dropna()}


@pytest.mark.parametrize("accepted", [("mutual", "introduced"), ("mutual", "introduced", "unknown")])
def test_whoever_named_whom_the_two_read_the_same(accepted: tuple[str, ...]) -> None:
    """Among three who trust each other, one of two need not have named the other, nor have been asked."""
    people = {name: {"perspective_1": p} for name, p in zip("abc", (1, 5, 1), strict=True)}
    trusting = [tie for pair in ("ab", "ac", "bc") for tie in (tuple(pair), tuple(pair[::-1]))]
    told = set()
    for unnamed in ([], [("b", "a")], [("a", "b")], [("a", "b"), ("b", "a")]):
        survey = survey_of(people, {"trust": [tie for tie in trusting if tie not in unnamed]})
        graph = pn.colleague_graph(survey)
        graph.graph["not_asked"] = {"trust": tuple(unnamed)}
        scores = pn.score_pairs(survey, graph, foundation=accepted, contact=())
        pairing = pn.pair_people(scores, required=[("a", "b")], progress=False)
        told.add((str(pairing.why("a")), str(pairing.why("b"))))
    assert len(told) == 1
    assert "c can introduce them" in told.pop()[0]


def test_a_pair_made_by_hand_reads_the_same_refused_or_unknown() -> None:
    people = {name: {"perspective_1": p} for name, p in zip("ab", (1, 5), strict=True)}
    told = set()
    for trust in ([], [("a", "b")], [("a", "b"), ("b", "a")]):
        survey = survey_of(people, {"trust": trust, "works_with": [("a", "b")]})
        scores = pn.score_pairs(survey, pn.colleague_graph(survey), contact=()).without("foundation")
        told.add(str(pn.pair_people(scores, cardinality="max", progress=False).why("a")))
    assert len(told) == 1
