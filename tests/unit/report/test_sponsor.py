"""The sponsor's page: about nobody, in plain words, and no number that is not rounded."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from peernet.report.sponsor import (
    SponsorSummary,
    advantage_in_words,
    people_in_numbers,
    sponsor_page,
    what_it_brings,
    what_it_is,
)
from peernet.study import Study
from tests.made.outline import Outline
from tests.made.studies import aarhus, alone, harbour, nobody_paired, ruled

STUDIES = [harbour, aarhus, ruled, nobody_paired, alone]
WHOLE = SponsorSummary(40, 35, 20, 15, 20, (0.4, 0.2, 0.7), "far", ("trust", "experience", "goals"))


@pytest.fixture(scope="module", params=STUDIES, ids=lambda study: study.__name__)
def study(request: pytest.FixtureRequest) -> Study:
    return request.param()


def text_of(study: Study) -> str:
    return Outline(sponsor_page(study)).text


def test_nobody_no_team_and_nothing_that_was_typed_is_on_the_page(study: Study) -> None:
    words, people = text_of(study), study.survey.people
    whole = set(re.findall(r"\w+", words))
    assert not whole & {*people.index}
    names = people["name"].dropna().astype(str)
    assert not [name for name in names if name and name in words]
    assert not [team for team in people["team"].dropna().unique() if re.search(rf"\b{re.escape(team)}\b", words)]
    typed = people.select_dtypes(["object", "str"]).stack().astype(str)
    assert not [cell for cell in typed[typed.str.len() > 12].unique() if cell in words]


def test_every_number_is_a_multiple_of_five(study: Study) -> None:
    told = [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", text_of(study).split("Made with")[0])]
    assert all(number % 5 == 0 and number >= 10 for number in told)


def test_the_page_is_whole_and_safe(study: Study) -> None:
    page = sponsor_page(study)
    assert page.startswith("<!doctype html>")
    assert "<script" not in page
    assert "src=" not in page
    assert "<&>" in Outline(sponsor_page(replace(study, name="<&>"))).text
    assert "significant" not in page


def test_a_programme_is_told_in_a_few_sentences() -> None:
    assert people_in_numbers(WHOLE) == [
        ("people answered", "about 40"),
        ("can take part", "about 35"),
        ("of them have a partner now", "about 20"),
    ]
    assert what_it_brings(WHOLE) == [
        "These pairs open about 40% more new views to people than pairs of new partners drawn by lot under the same "
        "rules. Judged by questions that had no part in choosing them; with another survey like this one it could be "
        "between 20 and 70%.",
        "Pairs of people who see things most differently bring most.",
        "Of the people with a partner, most have a partner from another team and about 15 can be introduced to theirs "
        "by a colleague both trust.",
    ]
    assert "trust in each other" in what_it_is(WHOLE)
    assert "trust" not in what_it_is(replace(WHOLE, gates=()))


def test_what_cannot_be_told_is_not() -> None:
    bare = SponsorSummary(10, None, None, None, None, None, None, ())
    assert [number for _, number in people_in_numbers(bare)] == ["about 10", "few", "few"]
    assert len(what_it_brings(bare)) == 1
    assert "Too few people" in what_it_brings(bare)[0]
    assert dict(people_in_numbers(replace(WHOLE, paired=35)))["of them have a partner now"] == "most"


@pytest.mark.parametrize(
    ("advantage", "words"),
    [(None, "cannot be told from this survey"), ((0.0, 0.0, 0.1), "a little more"), ((0.3, 0.0, 0.6), "up to 60%")],
)
def test_an_advantage_is_told_as_far_as_it_is_known(advantage, words: str) -> None:
    assert words in advantage_in_words(advantage)
