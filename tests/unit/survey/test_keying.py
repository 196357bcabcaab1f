"""Items of one scale run the same way; one that does not is named, and nothing is turned round on a guess."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet import read_survey
from peernet.survey import Codebook, Item
from peernet.survey.issues import IssueLog
from peernet.survey.reliability import log_keying

PERSON = Item("id", "person")
TURNED_BEFORE = 'perhaps the file has it turned round already: then take "reverse" out of the codebook'
WORDED_AGAINST = 'perhaps it is worded against the scale: then give it "reverse": true'


def one_scale(rng, turned: tuple[bool, ...], *, people: int = 40, noise: float = 0.6) -> pd.DataFrame:
    """Answers 1 to 5 of one scale; those turned run the other way."""
    outlook = rng.normal(size=(people, 1))
    raw = np.clip(np.round(3 + outlook + noise * rng.normal(size=(people, len(turned)))), 1, 5)
    return pd.DataFrame(np.where(turned, 6 - raw, raw), columns=[f"q{i}" for i in range(len(turned))])


def told(answers: pd.DataFrame, reverse: tuple[bool, ...], **more) -> list[tuple[str, str]]:
    """The items warned of, and what is guessed."""
    kinds = {"kind": "ordinal", "low": 1, "high": 5, "scale": "change"} | more
    items = (Item(name, "perspective", reverse=r, **kinds) for name, r in zip(answers, reverse, strict=True))
    log = IssueLog()
    log_keying(Codebook((PERSON, *items)), answers, log)
    return [(row.item, row.done.split("; ")[1]) for row in log.to_frame().itertuples()]


@pytest.mark.parametrize("wrong", [0, 1, 4])
def test_a_reversed_item_that_runs_against_the_rest_was_probably_turned_before(rng, wrong):
    against = tuple(i == wrong for i in range(5))
    assert told(one_scale(rng, against), (True,) * 5) == [(f"q{wrong}", TURNED_BEFORE)]


def test_an_item_worded_against_its_scale_is_named(rng):
    assert told(one_scale(rng, (False, False, True, False)), (False,) * 4) == [("q2", WORDED_AGAINST)]


def test_of_two_and_two_those_turned_round_are_named(rng):
    answers = one_scale(rng, (False, False, True, True))
    assert told(answers, (False, False, True, True)) == [("q2", TURNED_BEFORE), ("q3", TURNED_BEFORE)]


def test_missing_answers_do_not_hide_it(rng):
    answers = one_scale(rng, (False, True, False, False))
    answers = answers.mask(rng.random(answers.shape) < 0.2)
    assert told(answers, (False,) * 4) == [("q1", WORDED_AGAINST)]


@pytest.mark.parametrize("noise", [0.3, 3.0, 30.0])
def test_items_that_run_together_or_have_nothing_to_do_with_each_other_are_not_named(rng, noise):
    assert told(one_scale(rng, (False,) * 5, noise=noise), (False, True, False, True, False)) == []


def test_too_few_items_or_people_or_one_answer_alone_tell_nothing(rng):
    assert told(one_scale(rng, (False, True)), (False, False)) == []
    assert told(one_scale(rng, (False, True, False), people=4), (False,) * 3) == []
    assert told(pd.DataFrame({"q0": [3.0] * 9, "q1": [3.0] * 9, "q2": [np.nan] * 9}), (False,) * 3) == []


def test_items_without_a_scale_are_not_compared(rng):
    assert told(one_scale(rng, (False, True, False, False)), (False,) * 4, scale=None) == []


def test_ordered_categories_are_graded_too(folder):
    words = ("Never", "Seldom", "Often", "Always")
    item = {"block": "perspective", "kind": "ordinal", "categories": words, "scale": "s"}
    rows = "".join(f"p{i},{words[i % 4]},{words[i % 4]},{words[3 - i % 4]}\n" for i in range(12))
    survey = read_survey(folder((PERSON, *(Item(n, **item) for n in "abc")), survey=f"id,a,b,c\n{rows}"))
    assert survey.issues["item"].tolist() == ["c"]


def test_reversed_once_too_often(shared):
    issues = read_survey(shared / "cases" / "A15").issues
    assert issues[["severity", "item"]].to_numpy().tolist() == [["warning", "q3"]]
    assert issues["problem"].item().startswith("'q3' runs against the other items of scale 'change' (r = -0.")
    assert read_survey(shared / "cases" / "A15").people["q3"].tolist()[0] == 5  # as the codebook says, nothing flipped


def test_the_example_has_no_item_against_its_scale():
    assert not pn.load_example().issues["problem"].str.contains("runs against").any()
