"""What somebody who knows themself and how briefs are made could learn of a partner from their brief."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from _pytest.mark import ParameterSet
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import beta

import peernet as pn
from peernet.programme.briefing import MOST_SHARED
from peernet.report.briefs import brief_files
from peernet.survey import Codebook
from tests.made.outline import Outline
from tests.made.surveys import both_ways, survey_of

SECRET = "7f3kq"  # a text nobody has in their survey
STATES = ["mutual", "introduced", "unknown"]
BOUND = (
    2.0  # what `briefs` promises: nothing told of perspective makes anything of the partner likelier by more, in odds
)
THEMES = ("pace", "order", "candour")
ASKED = [f"perspective_{number}" for number in range(1, 10)]  # three questions of each theme, answered 1 to 5
PAIRS = [(f"a{number:02d}", f"b{number:02d}") for number in range(30)]  # who reads, and whom they are paired with
READERS = {
    "disagrees with everything": [1] * 9,
    "agrees with everything": [5] * 9,
    "in the middle of everything": [3] * 9,
    "at one end of each theme": [1, 1, 1, 5, 5, 5, 1, 1, 1],
    "at an end of one theme alone": [5, 5, 5, 3, 3, 3, 3, 3, 3],
}
EXTREME = ("disagrees with everything", "at one end of each theme")
MARGINS = {"even": [0.2] * 5, "poles": [0.4, 0.08, 0.04, 0.08, 0.4]}


@cache
def firm(seed: int) -> tuple[pn.Survey, pn.Pairing]:
    """A small firm and its pairs."""
    survey = pn.make_survey(people=36, answered=34, teams=4, mess=False, rng=seed).read()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), foundation=["mutual", "introduced", "unknown"])
    return survey, pn.pair_people(scores, cardinality="max")


@cache
def told_by(seed: int) -> pn.programme.Briefs:
    """What its pairs are told."""
    survey, pairing = firm(seed)
    return pn.briefs(pairing, survey)


@cache
def files_of(seed: int) -> dict[str, str]:
    return brief_files(told_by(seed))


def rewritten(survey: pn.Survey, pairing: pn.Pairing) -> pn.Pairing:
    """The same pairs, on the scores of a survey in which somebody answered otherwise."""
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), foundation=["mutual", "introduced", "unknown"])
    return replace(pairing, scores=scores)


def with_answer(survey: pn.Survey, person: str, item: str, answer: object) -> pn.Survey:
    people = survey.people.copy()
    position = people.index.get_loc(person)
    column = people[item].copy()
    column.array[position] = answer
    return replace(survey, people=people.assign(**{item: column}))


def same(one: object, other: object) -> bool:
    return one == other if isinstance(one, frozenset) else bool(pd.isna(one) and pd.isna(other)) or one == other


def others(survey: pn.Survey, item: str, own: object) -> list[object]:
    """What else people answered."""
    return [answer for answer in dict.fromkeys(survey.people[item].dropna()) if not same(answer, own)]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 3), st.data())
def test_an_answer_that_cannot_be_shared_changes_nothing_but_the_theme(seed: int, data: st.DataObject) -> None:
    survey, pairing = firm(seed)
    pair = data.draw(st.sampled_from(pairing.pairs))
    partner = data.draw(st.sampled_from(pair))
    blocks = ("perspective", "climate", "protected")
    items = [item.name for block in blocks for item in survey.codebook.block(block) if item.name in survey.people]
    item = data.draw(st.sampled_from(items))
    choices = others(survey, item, survey.people.loc[partner, item])
    assume(choices)
    changed = with_answer(survey, partner, item, data.draw(st.sampled_from(choices)))
    again = rewritten(changed, pairing)
    briefs, after = told_by(seed), pn.briefs(again, changed)
    assume({*briefs[partner].statements} == {*after[partner].statements})
    assume(briefs[partner].contacts == after[partner].contacts)
    place = pairing.pairs.index(pair) + 1
    name = f"brief_{place:03d}.html"
    assert files_of(seed)[name] == brief_files(after)[name]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 3), st.data())
def test_an_answer_that_is_not_shown_could_be_any_other(seed: int, data: st.DataObject) -> None:
    """Of experience and goals: whatever else the partner answered there, what is shown beside it stays as it is."""
    survey, pairing = firm(seed)
    a, b = data.draw(st.permutations(data.draw(st.sampled_from(pairing.pairs))))
    brief = told_by(seed)[b]
    assume({*brief.people} == {a, b})
    shown = {one.question for one in brief.common}
    items = [
        item for block in ("experience", "goal") for item in survey.codebook.block(block) if item.label not in shown
    ]
    item = data.draw(st.sampled_from([item for item in items if item.kind in ("ordinal", "nominal")]))
    mine, theirs = survey.people.loc[[a, b], item.name]
    choices = [answer for answer in others(survey, item.name, theirs) if not same(answer, mine)]
    assume(choices and not same(mine, theirs))
    changed = with_answer(survey, b, item.name, data.draw(st.sampled_from(choices)))
    after = pn.briefs(rewritten(changed, pairing), changed)[b]
    assert (after.common, after.exchange, after.questions) == (brief.common, brief.exchange, brief.questions)


def test_what_is_not_shown_is_often_shared_all_the_same() -> None:
    """Whoever took absence for a difference would often be wrong: of what pairs share a quarter is left out."""
    shared = shown = 0
    for seed in range(4):
        survey, pairing = firm(seed)
        items = {item.label: item for item in survey.codebook if item.is_shown_where_shared}
        for brief, (a, b) in zip(told_by(seed).all, pairing.pairs, strict=True):
            found = [answer for item in items.values() for answer in both_gave(survey, item.name, a, b)]
            if len(found) <= MOST_SHARED:
                shared += len(found)
                shown += sum(len(one.answers) for one in brief.common if one.question in items)
    error = np.sqrt(0.75 * 0.25 / shared)
    assert shared > 100
    assert abs(shown / shared - 0.75) < 4 * error


def both_gave(survey: pn.Survey, item: str, a: str, b: str) -> list[object]:
    one, other = survey.people.loc[[a, b], item]
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return sorted(one & other)
    return [one] if isinstance(one, str) and one == other else []


@pytest.mark.parametrize("seed", range(4))
def test_only_what_both_gave_is_shown(seed: int) -> None:
    survey, pairing = firm(seed)
    items = {item.label: item.name for item in survey.codebook}
    for brief, (a, b) in zip(told_by(seed).all, pairing.pairs, strict=True):
        for one in brief.common:
            if one.block != "team":
                assert {*one.answers} <= {*both_gave(survey, items[one.question], a, b)}


def test_protected_answers_and_free_text_are_in_no_file() -> None:
    survey, pairing = firm(0)
    columns = [item.name for item in survey.codebook.block("protected")]
    people = survey.people.assign(**dict.fromkeys([*columns, "comment"], SECRET))
    files = brief_files(pn.briefs(pairing, replace(survey, people=people)))
    assert not any(SECRET in text for text in files.values())
    protected = {answer for column in columns for answer in survey.people[column].dropna()}
    words = [text.partition("</style>")[2] for name, text in files.items() if name.startswith("brief_")]
    assert not any(f">{answer}<" in text for answer in protected for text in words)


@pytest.mark.parametrize("accept", [["mutual", "introduced"], ["mutual", "introduced", "unknown"]])
def test_who_did_not_name_whom_is_in_no_brief(accept: list[str]) -> None:
    """Two who trust each other, who do not know each other, of whom one refused: all are told the same."""
    answers = {person: {f"perspective_{k}": 1 + (n * k) % 5 for k in range(1, 5)} for n, person in enumerate("abcdef")}
    ring = both_ways(("a", "c"), ("b", "c"), ("d", "e"), ("e", "f"))
    known = {"works_with": both_ways(("a", "b"))}
    texts = []
    for ties in (ring, [*ring, ("a", "b")], [*ring, ("b", "a")], [*ring, *both_ways(("a", "b"))]):
        for beside in ({}, known):
            survey = survey_of(answers, {"trust": ties, **beside})
            scores = pn.score_pairs(survey, pn.colleague_graph(survey), foundation=accept, experience=None, goals=None)
            if np.isnan(scores.pair("a", "b")["value"]):
                continue  # the two cannot be paired, so there is nothing to tell
            pairing = pn.pair_people(scores, required=[("a", "b")])
            brief = pn.briefs(pairing, survey)["a"]
            texts.append((brief.introducer, brief.meeting, brief.common, brief.questions))
    assert len(texts) > 2
    assert len({*texts}) == 1


# --- what the difference could tell -----------------------------------------------------------------------------------


def all_asked(answers: dict[str, np.ndarray]) -> pn.Survey:
    """A survey about perspective alone, so that nothing else stands between what was answered and what is told."""
    people = {person: dict(zip(ASKED, map(float, row), strict=True)) for person, row in answers.items()}
    survey = survey_of(people, layers=["trust"])
    label = "Statement {} about how we work together."
    items = (
        replace(item, label=label.format(item.name[-1]), scale=THEMES[(int(item.name[-1]) - 1) // 3])
        if item.name in ASKED
        else item
        for item in survey.codebook
    )
    return replace(survey, codebook=Codebook((*items,)))


@cache
def paired_as_planned() -> pn.Pairing:
    rng = np.random.default_rng(0)
    scores = scores_of(all_asked({person: rng.integers(1, 6, 9) for pair in PAIRS for person in pair}))
    pairing = pn.pair_people(scores, required=PAIRS)
    assert pairing.pairs == PAIRS
    return pairing


def scores_of(survey: pn.Survey) -> pn.PairScores:
    return pn.score_pairs(survey, pn.colleague_graph(survey), foundation=STATES, experience=None, goals=None)


def told_once(readers: np.ndarray, partners: np.ndarray) -> list[tuple[object, ...]]:
    """All that is told each pair that could hang on an answer: everything on the page, the order of statements aside.

    That the rest of the page does not is the first test's.
    """
    answers = {
        person: row
        for pair, rows in zip(PAIRS, zip(readers, partners, strict=True), strict=True)
        for person, row in zip(pair, rows, strict=True)
    }
    survey = all_asked(answers)
    briefs = pn.briefs(replace(paired_as_planned(), scores=scores_of(survey)), survey)
    return [told_in(brief) for brief in briefs.all]


def told_in(brief: pn.programme.Brief) -> tuple[object, ...]:
    aside = ("people", "names", "questions", "meeting", "statements")
    return frozenset(brief.statements), *(str(value) for name, value in vars(brief).items() if name not in aside)


@cache
def seen_by(reader: str, margins: str, *, rounds: int = 50) -> tuple[np.ndarray, np.ndarray]:
    """What partners answered who are drawn from what all answered, and what somebody who answers so was told each time.

    The reader knows their own answers, the codebook, how briefs are made and what all together answered; what each of
    the others answered is drawn anew.
    """
    rng = np.random.default_rng([*READERS].index(reader))
    answers = rng.choice(np.arange(1, 6), (rounds, len(PAIRS), 9), p=MARGINS[margins])
    readers = np.tile(READERS[reader], (len(PAIRS), 1))
    told = [one for partners in answers for one in told_once(readers, partners)]
    return answers.reshape(-1, 9), np.array([[*{}.fromkeys(told)].index(one) for one in told])


def odds(number: float, of: float) -> tuple[float, float]:
    """Log odds and their variance, half a case added on both sides."""
    return float(np.log((number + 0.5) / (of - number + 0.5))), 1 / (number + 0.5) + 1 / (of - number + 0.5)


SOON = ("disagrees with everything", "at an end of one theme alone")  # readers who are tried by default


def tried(reader: str, *more: str) -> ParameterSet:
    """A reader, with `pytest -m slow` where others who answer alike are tried already."""
    soon = reader in SOON and "poles" not in more
    return pytest.param(reader, *more, marks=() if soon else pytest.mark.slow)


@pytest.mark.parametrize(
    ("reader", "margins"),
    [*(tried(reader, "even") for reader in READERS), *(tried(reader, "poles") for reader in EXTREME)],
)
def test_nobody_learns_on_which_side_of_a_question_their_partner_is(reader: str, margins: str) -> None:
    """For every question: that the other agrees, disagrees, or gave this very answer, told against known before."""
    answers, told = seen_by(reader, margins)
    learned = {}
    for name, claim in {
        "agrees": answers > 3,
        "disagrees": answers < 3,
        **{str(k): answers == k for k in (1, 3, 5)},
    }.items():
        for item, holds in enumerate(claim.T):
            for one in np.unique(told):
                now, error = odds(holds[told == one].sum(), (told == one).sum())
                before, error_before = odds(holds.sum(), len(holds))
                surely = abs(now - before) - 3.5 * np.sqrt(error + error_before)
                learned[ASKED[item], name, one] = surely
    worst = max(learned, key=lambda key: learned[key])
    assert learned[worst] < np.log(BOUND), f"{worst}: odds changed at least {np.exp(learned[worst]):.1f}-fold"


@pytest.mark.parametrize("reader", [*map(tried, READERS)])
def test_whatever_the_partner_answered_the_same_is_told_nearly_as_often(reader: str) -> None:
    """So no question about the partner, of one answer or of all, gets an answer that is surer than the bound."""
    own = np.array(READERS[reader])
    far = np.where(own > 3, 1, 5)
    half = (own + far) // 2
    cases = [np.where(np.arange(9) // 3 == theme, far, half) for theme in range(3)]  # most of the difference in one
    partners = np.array([*cases, own, far, 6 - own])
    rng, told = np.random.default_rng(7), [Counter[tuple[object, ...]]() for _ in partners]
    for _ in range(40):
        readers, answers = rng.integers(1, 6, (2, len(PAIRS), 9))
        chosen = rng.permutation(len(PAIRS))[: 2 * len(partners)]  # which pair it is makes no difference
        readers[chosen], answers[chosen] = own, np.tile(partners, (2, 1))
        found = told_once(readers, answers)
        for case, place in enumerate(chosen):
            told[case % len(partners)][found[place]] += 1
    for one in {key for counts in told for key in counts}:
        least, most = zip(*(between(counts[one], counts.total()) for counts in told), strict=True)
        assert max(least) < BOUND * min(most), (one, least, most)


def between(number: int, of: int) -> tuple[float, float]:
    """Limits between which a share lies but for one time in ten thousand (Clopper & Pearson 1934)."""
    chance = 0.5e-4
    least = beta.ppf(chance, number, of - number + 1) if number else 0.0
    return float(least), float(beta.isf(chance, number + 1, of - number) if number < of else 1.0)


def test_the_theme_two_differ_in_most_is_told_twice_as_often_as_another() -> None:
    """It is still the pair's own theme more often than any other, or nothing would be told at all."""
    rng, counts = np.random.default_rng(5), Counter()
    for _ in range(16):
        readers, partners = rng.integers(1, 6, (len(PAIRS), 9)), rng.integers(1, 6, (len(PAIRS), 9))
        apart = np.abs(readers - partners).reshape(len(PAIRS), 3, 3).sum(axis=2)
        for row, (statements, *_) in zip(apart, told_once(readers, partners), strict=True):
            themes = {(int(text.split()[1]) - 1) // 3 for text in statements}
            if (row == row.max()).sum() == 1:
                counts[themes == {int(row.argmax())}] += 1
    share, error = counts[True] / counts.total(), np.sqrt(0.25 / counts.total())
    assert abs(share - 0.5) < 4 * error


def test_a_page_tells_of_perspective_nothing_but_a_theme_and_words_that_all_are_told() -> None:
    """Whatever is on the page beside what is shared is the same for all who were drawn the same theme."""
    briefs, files = told_by(2), files_of(2)
    by_theme: dict[str, set[tuple[str, ...]]] = {}
    for number, brief in enumerate(briefs.all, 1):
        text = Outline(files[f"brief_{number:03d}.html"]).text
        start = text.index(briefs.wording["brief.difference"])
        part = text[start : text.index(briefs.wording["brief.exchange"])]
        for statement in brief.statements:
            part = part.replace(statement, "…")
        by_theme.setdefault(brief.theme, set()).add(part)
    assert len(by_theme) == 3
    assert all(len(parts) == 1 for parts in by_theme.values())
