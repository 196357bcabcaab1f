"""What somebody who knows themself and how briefs are made could learn of a partner from their brief."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import peernet as pn
from peernet.programme.briefing import MOST_SHARED
from peernet.report.briefs import brief_files
from tests.made.surveys import both_ways, survey_of

SECRET = "7f3kq"  # a text nobody has in their survey


@cache
def firm(seed: int) -> tuple[pn.Survey, pn.Pairing]:
    """A small firm and its pairs."""
    survey = pn.make_survey(people=36, answered=34, teams=4, mess=False, rng=seed).read()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), foundation=["mutual", "introduced", "unknown"])
    return survey, pn.pair_people(scores, cardinality="max")


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


def told_of_difference(pairing: pn.Pairing, pair: tuple[str, str]) -> list[tuple[str, str]]:
    """The words and the theme that go with the perspective of two people."""
    table = pairing.why(*pair).table
    told = table[(table["part"] == "difference") & ~table["block"].isin(["experience", "goals"])]
    return list(zip(told["block"], told["words"], strict=True))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 3), st.data())
def test_an_answer_that_cannot_be_shared_changes_nothing_but_what_why_tells(seed: int, data: st.DataObject) -> None:
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
    briefs, after = pn.briefs(pairing, survey), pn.briefs(again, changed)
    assume(told_of_difference(pairing, pair) == told_of_difference(again, pair))
    assume(briefs[partner].contacts == after[partner].contacts)
    place = pairing.pairs.index(pair) + 1
    name = f"brief_{place:03d}.html"
    assert brief_files(briefs)[name] == brief_files(after)[name]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 3), st.data())
def test_an_answer_that_is_not_shown_could_be_any_other(seed: int, data: st.DataObject) -> None:
    """Of experience and goals: whatever else the partner answered there, what is shown beside it stays as it is."""
    survey, pairing = firm(seed)
    a, b = data.draw(st.permutations(data.draw(st.sampled_from(pairing.pairs))))
    brief = pn.briefs(pairing, survey)[b]
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
        for brief, (a, b) in zip(pn.briefs(pairing, survey).all, pairing.pairs, strict=True):
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


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 3))
def test_only_what_both_gave_is_shown(seed: int) -> None:
    survey, pairing = firm(seed)
    items = {item.label: item.name for item in survey.codebook}
    for brief, (a, b) in zip(pn.briefs(pairing, survey).all, pairing.pairs, strict=True):
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
