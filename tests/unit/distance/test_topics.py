"""Free text is compared by what people write about, on request, and that is not what they think of it."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.distance.coding import telling_words, text_topics, words_where_shown
from peernet.distance.distances import gower_distances, person_distances
from peernet.errors import SettingError

SUBJECTS = (
    "overtime shifts weekend rota {} holiday calendar",
    "office space desks noise {} meeting rooms",
    "training budget courses {} conference travel",
    "software tools laptops {} licences support",
)
# Each sentence and its reversal use the same words for opposite opinions.
REVERSED = (
    ("Engineering quality matters more than speed of work", "Speed of work matters more than engineering quality"),
    ("Managers should decide about remote working days", "Managers should not decide about remote working days"),
    ("Training pays off sooner than hiring experts", "Hiring experts pays off sooner than training"),
    ("Customers come before shareholders in hard choices", "Shareholders come before customers in hard choices"),
)


def remarks(rng, people=80):
    """Everybody writes about one subject, in words of their own order; and the subject of each."""
    subject = rng.integers(0, len(SUBJECTS), people)
    texts = [" ".join(rng.permutation(SUBJECTS[k].format(f"private{i}").split())) for i, k in enumerate(subject)]
    return pd.Series(texts, name="remark", index=[f"p{i:03}" for i in range(people)]), subject


def stances(times=8):
    sentences = [sentence for pair in REVERSED for sentence in pair] * times
    return pd.DataFrame({"view": sentences, "agrees": [True, False] * (len(sentences) // 2)})


def test_people_who_write_about_the_same_subject_are_close_and_others_far(rng):
    texts, subject = remarks(rng)
    table = gower_distances(texts.to_frame(), kinds={"remark": "topics"})
    same = subject[:, None] == subject
    assert table[same].mean() < 0.05
    assert table[~same].mean() > 0.95


def test_topics_do_not_tell_a_sentence_from_its_reversal_and_a_closed_question_does():
    frame = stances()
    frame["topics"] = text_topics(frame["view"], number=len(REVERSED)).named
    by_topic = gower_distances(frame[["topics"]], kinds={"topics": "multiple"})
    by_answer = gower_distances(frame[["agrees"]], kinds={"agrees": "binary"})
    opposite = np.arange(0, len(frame), 2), np.arange(1, len(frame), 2)
    other_subject = np.arange(0, 8, 2), np.roll(np.arange(0, 8, 2), 1)
    assert by_topic[opposite].max() == 0  # opposite opinions, and no distance at all
    assert by_answer[opposite].min() == 1
    assert by_topic[other_subject].min() == 1  # while subjects are told apart


def test_a_topic_to_spare_tells_negations_only_in_part_and_never_as_another_subject():
    by_topic = gower_distances(stances()[["view"]], kinds={"view": "topics"})
    opposite = by_topic[np.arange(0, 8, 2), np.arange(1, 8, 2)]
    assert opposite.tolist() == pytest.approx([0, 0.5, 0, 0])  # the word "not" has become a topic


def test_shares_of_topics_add_up_and_are_missing_for_those_who_wrote_nothing(rng):
    texts, _ = remarks(rng)
    texts.iloc[[3, 7]] = None
    texts.iloc[9] = "   "
    texts.iloc[11] = "zebra"
    topics = text_topics(texts, number=4)
    wrote = topics.table.drop(index=texts.index[[3, 7, 9, 11]])
    np.testing.assert_allclose(wrote.sum(axis=1), 1)
    assert topics.table.loc[texts.index[[3, 7, 9]]].isna().all(axis=None)
    assert (topics.table.loc[texts.index[11]] == 0).all()
    assert topics.named.isna().sum() == 3
    assert topics.named.iloc[11] == frozenset()
    assert repr(topics) == "<TextTopics: 77 people wrote about 4 topics>"


def test_no_word_is_shown_that_fewer_than_five_people_wrote(rng):
    texts, _ = remarks(rng)
    texts.iloc[:4] = "salary dispute " + texts.iloc[:4]
    words = text_topics(texts, number=4).words
    shown = set(", ".join(words["words"]).split(", "))
    assert not {word for word in shown if texts.str.contains(rf"\b{word}\b").sum() < 5}
    assert not shown & {"salary", "dispute"}
    assert not any(word.startswith("private") for word in shown)


def test_a_topic_that_fewer_than_five_people_write_about_is_hidden():
    shares = pd.DataFrame(np.repeat([[1.0, 0.0], [0.0, 1.0]], [30, 4], axis=0), columns=["topic_1", "topic_2"])
    words = words_where_shown(shares, ["office", "overtime"])
    assert words.loc["topic_1"].tolist() == [30, "office"]
    assert words.loc["topic_2"].isna().all()


@pytest.mark.parametrize("seed", range(5))
def test_words_of_equal_weight_come_by_the_alphabet_whatever_the_last_bit(seed):
    vocabulary = ["rota", "desk", "pay", "age", "noise", "unheard", "zest"]
    weights = np.array([0.5, 0.5, 0.5, 0.5, 1.0, 0.04, 0.6])
    moved = weights + 1e-15 * np.random.default_rng(seed).integers(-1, 2, len(weights))
    assert telling_words(7 * moved, vocabulary) == "noise, zest, age, desk, pay"


def test_topics_equally_written_about_come_by_the_alphabet_of_their_words(rng):
    texts = pd.Series(["rota swap"] * 20 + ["office desk"] * 20)
    for _ in range(3):
        words = text_topics(texts.iloc[rng.permutation(40)], number=2).words
        assert words["words"].tolist() == ["desk, office", "rota, swap"]


def test_topics_do_not_depend_on_the_order_of_people(rng):
    texts, _ = remarks(rng)
    moved = texts.iloc[rng.permutation(len(texts))]
    pd.testing.assert_frame_equal(text_topics(moved).table.loc[texts.index], text_topics(texts).table)


@pytest.mark.parametrize(
    ("texts", "settings", "message"),
    [
        (["about work"] * 29, {}, r"Topics of 'why' need at least 30 people who wrote something; 29 did\."),
        (["about work", " ", None] * 20, {}, "20 did"),
        ([f"secret{i}" for i in range(40)], {}, r"The texts of 'why' share 0 words, too few for 5 topics\."),
        (["about work"] * 40, {"number": 1}, "must be a whole number from 2; got 1"),
        (["about work"] * 40, {"number": 2.5}, r"must be a whole number from 2; got 2\.5"),
    ],
)
def test_topics_that_cannot_be_found_are_refused_without_a_word_of_the_texts(texts, settings, message):
    with pytest.raises(SettingError, match=message) as refused:
        text_topics(pd.Series(texts, name="why"), **settings)
    assert "secret" not in str(refused.value)


def survey_with_text(rng):
    texts, _ = remarks(rng)
    people = pd.DataFrame({"mood": rng.integers(1, 6, len(texts)).astype(float), "remark": texts}).rename_axis("person")
    items = (
        pn.survey.Item("id", "person"),
        pn.survey.Item("mood", "perspective", "ordinal", low=1, high=5),
        pn.survey.Item("remark", "perspective", "text"),
    )
    return pn.Survey(people, pd.DataFrame(), pd.DataFrame(), pn.survey.Codebook(items), pd.DataFrame(), {})


def test_free_text_is_compared_only_where_it_is_asked_for(rng):
    survey = survey_with_text(rng)
    assert list(person_distances(survey).weights.index) == ["mood"]
    distances = person_distances(survey, topics=["remark"])
    assert list(distances.weights.index) == ["mood", "remark"]
    parts = distances.parts("p000", "p001")
    assert parts["part"].sum() == pytest.approx(distances.block([0], [1])[0, 0])


def test_only_free_text_of_the_block_can_be_compared_by_topic(rng):
    survey = survey_with_text(rng)
    with pytest.raises(SettingError, match=r"topics names 'mood', which is no free text of block 'perspective'\."):
        person_distances(survey, topics=["mood"])
    with pytest.raises(SettingError, match=r"Did you mean 'remark'\?"):
        person_distances(survey, topics=["remarks"])
