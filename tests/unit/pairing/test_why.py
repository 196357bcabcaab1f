"""A pairing is explained by what the two share, where they differ and who can introduce them, and gives nobody away."""

from itertools import combinations, product

import pytest

import peernet as pn
from peernet.errors import SettingError, UnknownPersonError
from tests.made.surveys import both_ways, survey_of

OPEN = {"foundation": ("mutual", "introduced", "unknown"), "experience": None, "goals": None}


def answers_of(*, experience=(3, 3, 3), goal=(3, 3, 3), perspective=(1, 1, 1)):
    given = {"experience": experience, "goal": goal, "perspective": perspective}
    return {f"{block}_{i}": answer for block, said in given.items() for i, answer in enumerate(said, start=1)}


def paired(people, ties=None, *, settings=(), **facts):
    survey = survey_of(people, {"works_with": [], "trust": [], **(ties or {})}, **facts)
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), **dict(settings))
    return pn.pair_people(scores)


@pytest.fixture(scope="module")
def example():
    survey = pn.load_example()
    return pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey), scale=0.345))


@pytest.fixture(scope="module")
def partner(example):
    """Of p001, whom a colleague introduces."""
    return next(other for pair in example.pairs if "p001" in pair for other in pair if other != "p001")


def words(explanation, part, block):
    table = explanation.table
    return table.loc[(table["part"] == part) & (table["block"] == block), "words"].tolist()


def test_common_ground_comes_before_the_difference_and_the_gain_last(example):
    parts = example.why("p002").table["part"].tolist()
    assert parts == sorted(parts, key=("common ground", "foundation", "difference", "gain").index)
    text = str(example.why("p002"))
    places = [text.index(word) for word in ("Common ground", "Foundation", "Difference", "Gain")]
    assert places == sorted(places)


def test_the_columns_are_the_promised_ones(example, partner):
    table = example.why("p001").table
    assert list(table) == ["a", "b", "part", "block", "words", "number"]
    assert table[["a", "b"]].drop_duplicates().to_numpy().tolist() == [["p001", partner]]


def test_the_introducer_is_named(example, partner):
    row = example.table.set_index(["a", "b"]).loc[("p001", partner)]
    assert row["foundation"] == "introduced"
    assert row["introducer"] in words(example.why("p001"), "foundation", "trust")[0]


def test_either_of_the_two_may_come_first(example, partner):
    assert example.why(partner, "p001").table.equals(example.why("p001", partner).table)


def test_somebody_with_several_partners_gets_a_paragraph_for_each():
    people = {name: answers_of(perspective=(p, p, p)) for name, p in zip("abc", (1, 5, 3), strict=True)}
    ties = {"trust": both_ways(("a", "b"), ("a", "c"))}
    told = paired(people, ties, capacity={"a": 2}).why("a")
    assert [line[:8] for line in told.text.splitlines()] == ["a and b.", "a and c."]
    assert repr(told) == "<Explanation: a and b, a and c>"
    assert told._repr_html_().count("<p>") == 2


def test_somebody_without_a_partner_is_told_the_reason():
    people = {name: answers_of(perspective=(p, p, p)) for name, p in zip("abc", (1, 5, 3), strict=True)}
    told = paired(people, {"trust": both_ways(("a", "b"))}, opted_out=["c"]).why("c")
    assert str(told) == "c has no partner: opted out."
    assert told.table.empty


def test_two_who_are_not_paired_are_sent_to_why_not(example):
    with pytest.raises(SettingError, match=r"'p001' and 'p002' are not paired\. Ask why_not\('p001', 'p002'\)\."):
        example.why("p001", "p002")


def test_a_stranger_is_named(example):
    with pytest.raises(UnknownPersonError, match="No person 'p999'"):
        example.why("p999")
    with pytest.raises(UnknownPersonError, match="No person 'p999'"):
        example.why("p001", "p999")


def test_blocks_are_told_by_how_far_apart_people_usually_are():
    people = {
        "a": answers_of(experience=(1, 1, 1)),
        "b": answers_of(experience=(1, 1, 1), perspective=(5, 5, 5)),
        "c": answers_of(experience=(5, 5, 5)),
        "d": answers_of(experience=(5, 5, 5), perspective=(2, 2, 2)),
        **{name: answers_of(experience=(5, 5, 5), perspective=(2, 2, 2)) for name in "efg"},
    }
    told = paired(people, {"trust": both_ways(("a", "b"), ("c", "d"))}).why("a")
    assert words(told, "common ground", "experience") == ["much closer than two people picked at random"]
    assert words(told, "difference", "perspective") == ["further apart than two people picked at random"]


def test_experience_that_is_further_apart_than_usual_counts_as_difference():
    people = {name: answers_of(experience=(1, 1, 1), perspective=(1, 1, 1)) for name in "abc"}
    people["d"] = answers_of(experience=(5, 5, 5), perspective=(5, 5, 5))
    told = paired(people, {"trust": both_ways(("a", "d"))}, settings=OPEN).why("d")
    assert words(told, "difference", "experience") == ["at least about as far apart as two people picked at random"]
    assert words(told, "common ground", "experience") == []


def test_colleagues_both_hear_from_are_counted():
    people = {name: answers_of(perspective=(p, p, p)) for name, p in zip("abcde", (1, 5, 1, 1, 1), strict=True)}
    ties = {"works_with": [("a", "c"), ("c", "b"), ("a", "d"), ("b", "e")], "trust": both_ways(("a", "b"))}
    assert words(paired(people, ties).why("b"), "common ground", "contacts") == ["both hear from 1 colleague"]


def test_topics_are_not_named(example):
    told = example.why("p001").table.set_index("block").loc["topics"]
    assert told["words"] == "one can teach what the other wants to learn"
    assert str(told["number"]) == "nan"


# --- what nobody may learn --------------------------------------------------------------------------------------------


def test_what_somebody_gains_who_hears_others_faintly_is_told_like_that_of_a_hermit():
    said = {"a": (1, 1, 5, 2, 1, 4), "b": (5, 5, 1, 4, 3, 2), "c": (1, 5, 2, 1, 5, 3), "d": (5, 1, 4, 5, 2, 1)}
    people = {name: answers_of(perspective=answers) for name, answers in said.items()}
    ties = {"works_with": both_ways(*combinations("acd", 2)), "trust": both_ways(("a", "b"))}
    words = []
    for strength in (1.0, 0.1):
        survey = survey_of(people, ties, strength={"works_with": strength})
        told = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey))).why("a").table.set_index("block")
        words.append(told.loc["a", "words"])
    assert words[0].startswith(("about", "at least about"))
    assert words[1] == "not told"


def test_a_refused_and_an_unknown_foundation_are_told_in_the_same_words():
    people = {"a": answers_of(), "b": answers_of(perspective=(5, 5, 5))}
    told = {}
    for named in ({"trust": [], "respect": []}, {"trust": [("a", "b")], "respect": [("b", "a")]}):
        pairing = pn.pair_people(paired(people, named).scores.without("foundation"))
        told[pairing.table.loc[0, "foundation"]] = str(pairing.why("a"))
    assert told["unknown"] == told["refused"]


@pytest.mark.parametrize("asked", [1, 2])
def test_a_block_of_one_or_two_questions_says_nothing_but_that_it_is_within_the_gate(asked):
    said = {name: {"experience_1": e, "goal_1": 3} for name, e in zip("abcd", (1, 1, 5, 5), strict=True)}
    for i in range(1, asked + 1):
        for name, p in zip("abcd", (1, 5, 2, 4), strict=True):
            said[name][f"perspective_{i}"] = p
    told = paired(said, {"trust": both_ways(("a", "b"), ("c", "d"))}).why("a").table.set_index("block")
    assert told.loc["experience", "words"] == "within the gate"
    assert told.loc["perspective", "words"] == "too few questions to say more"
    assert (told.loc[["a", "b"], "words"] == "not told").all()
    assert told["number"].isna().all()


def told_to(person, partners):
    """What one person, who hears nobody, reads about each of many partners: everything but names."""
    people = {person: partners[0], **{f"q{i:04d}": said for i, said in enumerate(partners)}}
    survey = survey_of(
        {
            p: {"experience_1": 3, **{f"perspective_{i}": x for i, x in enumerate(said, 1)}}
            for p, said in people.items()
        },
        {"works_with": [], "trust": []},
    )
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), **OPEN)
    others = [p for p in people if p != person]
    pairing = pn.pair_mentors(scores, [person], others, capacity=len(others), cardinality="max")
    table = pairing.why(person).table
    table["block"] = table["block"].where(table["part"] != "gain", table["block"] == person)
    other = table["a"].where(table["a"] != person, table["b"])
    return {
        people[p]: tuple(map(str, rows.drop(columns=["a", "b"]).to_numpy().ravel())) for p, rows in table.groupby(other)
    }


def test_no_answer_of_a_partner_can_be_read_from_what_one_is_told():
    """Of all partners about whom one reads the same, no question has been answered alike by everybody."""
    own = (1, 3, 4, 5)
    told = told_to("p", [own, *(said for said in product((1, 3, 5), repeat=4) if said != own)])
    assert len({*told.values()}) > 2
    for text in {*told.values()}:
        alike = [said for said, read in told.items() if read == text]
        assert all(len(set(answers)) > 1 for answers in zip(*alike, strict=True)), text
