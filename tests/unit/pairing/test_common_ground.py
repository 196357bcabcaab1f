"""How alike two people are is told so coarsely that nobody can work back to an answer."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from peernet.distance.distances import frame_distances
from peernet.pairing.why import closeness, gain_in_words, main_theme, shared_topics
from tests.made.surveys import survey_of

KINDS = {
    "five grades": ("ordinal", (1.0, 2.0, 3.0, 4.0, 5.0)),
    "three grades": ("ordinal", (1.0, 3.0, 5.0)),
    "named": ("nominal", ("law", "arts", "code")),
    "yes or no": ("binary", (True, False)),
}
CLOSER = "closer than two people picked at random"


def everybody(kind, questions):
    """Two people for every way to answer so many questions, and their distances; all questions weigh the same."""
    scale, answers = KINDS[kind]
    ways = list(product(answers, repeat=questions))
    frame = pd.DataFrame([*ways, *ways], columns=[f"perspective_{i}" for i in range(1, questions + 1)])
    frame.index = pd.Index([f"p{i:04d}" for i in range(len(frame))], name="person")
    ranges = dict.fromkeys(frame, (1, 5)) if scale == "ordinal" else None
    return frame, frame_distances(frame, dict.fromkeys(frame, scale), ranges, "equal", 0.5)


def unread(frame, told):
    """Whether, among all about whom the same is told, every question has been answered in more than one way."""
    told = pd.Series(told).map(str)
    same = [frame.loc[alike.index] for _, alike in told.groupby(told)]
    return all((rows != rows.iloc[0]).any().all() for rows in same)


@pytest.mark.parametrize(
    ("kind", "questions", "own"),
    [("five grades", 3, 2), ("three grades", 4, 0), ("named", 4, 0), ("yes or no", 3, 0), ("yes or no", 6, 5)],
)
def test_a_partner_may_have_answered_any_question_one_way_or_another(kind, questions, own):
    frame, distances = everybody(kind, questions)
    others = frame.index[len(frame) // 2 :]
    told = {other: closeness(distances, frame.index[own], other, None) for other in others}
    assert len({*told.values()}) > 1
    assert unread(frame, told)


@pytest.mark.parametrize("kind", ["three grades", "named", "yes or no"])
@pytest.mark.parametrize("weights", [(3, 2, 2, 2), (4, 4, 3, 2), (6, 5, 5, 3)])
@pytest.mark.parametrize("gate", [None, 0.5, 0.62, 0.8])
def test_nor_where_questions_weigh_differently_or_a_gate_is_known(kind, weights, gate):
    frame, _ = everybody(kind, 4)
    scale = KINDS[kind][0]
    ranges = dict.fromkeys(frame, (1, 5)) if scale == "ordinal" else None
    given = dict(zip(frame, weights, strict=True))
    distances = frame_distances(frame, dict.fromkeys(frame, scale), ranges, given, 0.5)
    half = len(frame) // 2
    for own in frame.index[: half : half // 3]:
        far = dict(zip(frame.index, distances.block([frame.index.get_loc(own)])[0], strict=True))
        others = [other for other in frame.index[half:] if gate is None or far[other] <= gate]
        assert unread(frame, {other: closeness(distances, own, other, gate) for other in others})


@pytest.mark.slow
@pytest.mark.parametrize("own", [0, 364, 140])
def test_nor_can_an_answer_be_read_from_the_main_theme(own):
    frame, distances = everybody("three grades", 6)
    survey = with_themes(frame.iloc[:1].assign(experience_1=1.0))
    me, others = frame.index[own], frame.index[len(frame) // 2 :]
    told = {o: (closeness(distances, me, o, None), main_theme(survey, distances, me, o)) for o in others}
    assert {theme for _, theme in told.values()} == {"", "change", "people"}
    assert unread(frame, told)


def with_themes(frame):
    """A survey whose questions 1 to 3 are about change and 4 to 6 about people."""
    survey = survey_of(frame.to_dict("index"))
    theme = {f"perspective_{i}": "change" if i < 4 else "people" for i in range(1, 7)}
    items = tuple(replace(item, scale=theme.get(item.name)) for item in survey.codebook)
    return replace(survey, codebook=replace(survey.codebook, items=items))


def apart(**answers):
    """Distances among people who answered six questions as given, and their survey."""
    frame = pd.DataFrame.from_dict({name: dict(enumerate(said, 1)) for name, said in answers.items()}, orient="index")
    frame = frame.add_prefix("perspective_").astype(float).rename_axis("person")
    kinds = dict.fromkeys(frame, "ordinal")
    return with_themes(frame), frame_distances(frame, kinds, dict.fromkeys(frame, (1, 5)), "equal", 0.5)


@pytest.mark.parametrize(
    ("other", "theme"),
    [
        ((5, 5, 5, 2, 1, 1), "change"),
        ((3, 3, 3, 5, 5, 5), "people"),
        ((5, 5, 5, 5, 5, 5), ""),  # both alike
        ((2, 1, 1, 1, 1, 1), ""),  # hardly apart
        ((5, 5, np.nan, 2, 1, 1), ""),  # two of its questions answered
    ],
)
def test_the_main_theme_is_the_one_in_which_they_differ_most(other, theme):
    survey, distances = apart(a=(1,) * 6, b=other, c=(3,) * 6, d=(2, 3, 2, 3, 2, 3))
    assert main_theme(survey, distances, "a", "b") == theme


def test_without_themes_there_is_none():
    survey, distances = apart(a=(1,) * 6, b=(5, 5, 5, 2, 1, 1), c=(3,) * 6)
    items = tuple(replace(item, scale=None) for item in survey.codebook)
    assert main_theme(replace(survey, codebook=replace(survey.codebook, items=items)), distances, "a", "b") == ""


def test_a_block_that_rests_on_one_question_is_not_told():
    frame = pd.DataFrame({"x": [1.0, 1, 5], "y": [1.0, 2, 1], "z": [1.0, 1, 2]}, index=list("abc"))
    distances = frame_distances(
        frame, dict.fromkeys("xyz", "ordinal"), dict.fromkeys("xyz", (1, 5)), {"x": 8, "y": 1, "z": 1}, 0.5
    )
    assert closeness(distances, "a", "b", None)[0] == "too few questions to say more"
    assert closeness(distances, "a", "b", 0.5)[0] == "within the gate"


def test_two_who_share_no_question_are_not_told_they_are_within_the_gate():
    frame = pd.DataFrame({"x": [1.0, np.nan, 5], "y": [np.nan, 2, 1]}, index=list("abc"))
    distances = frame_distances(frame, dict.fromkeys("xy", "ordinal"), dict.fromkeys("xy", (1, 5)), "equal", 0.0)
    assert closeness(distances, "a", "b", 0.5)[0] == "too few questions to say more"


def test_agreement_on_all_of_a_few_questions_is_told_like_agreement_on_all_but_one():
    frame, distances = everybody("yes or no", 3)
    same, but_one = frame.index[8], frame.index[1]
    assert closeness(distances, "p0000", same, None) == closeness(distances, "p0000", but_one, None) == (CLOSER, 0.7)


@pytest.mark.parametrize(
    ("gain", "heard", "questions", "words", "number"),
    [
        (0.0437, 5, 10, "about 0.04", 0.04),
        (0.86, 3, 3, "about 0.9", 0.9),
        (0.0, 5, 10, "less than 0.01", 0.01),
        (0.0437, 2, 10, "not told", np.nan),
        (0.0437, 2.9, 10, "not told", np.nan),
        (0.0437, 5, 2, "not told", np.nan),
        (np.nan, 5, 10, "not told", np.nan),
    ],
)
def test_gains_are_told_to_one_digit_and_not_to_a_hermit(gain, heard, questions, words, number):
    told = gain_in_words(gain, heard, questions)
    assert told[0] == words
    assert told[1] == pytest.approx(number, nan_ok=True)


@pytest.mark.parametrize(("exchange", "named", "told"), [(2, (3, 4), True), (0, (3, 4), False), (2, (2, 4), False)])
def test_topics_are_told_where_several_are_named(exchange, named, told):
    assert bool(shared_topics(exchange, named)) is told
