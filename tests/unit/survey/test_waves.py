"""Two waves of one study: linked where they are the same or declared to be, every other likeness is a doubt."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peernet.errors import SettingError
from peernet.survey.waves import WaveLinks, link_waves


def by_id(*people: str) -> pd.DataFrame:
    return pd.DataFrame(index=[*people])


def coded(first_letter: str, *codes: object) -> pd.DataFrame:
    """One row per code, its people called by a letter and their place."""
    return pd.DataFrame({"code": [*codes]}, index=[f"{first_letter}{i}" for i in range(len(codes))])


def pairs(links: WaveLinks) -> list[tuple[str, str, str]]:
    return [tuple(row) for row in links.linked.to_numpy()]


def doubted(links: WaveLinks) -> list[tuple[str | None, str | None]]:
    return [tuple(None if pd.isna(who) else who for who in row) for row in links.doubts[["first", "second"]].to_numpy()]


def test_without_codes_the_same_identifier_is_the_same_person():
    links = link_waves(by_id("p3", "p1", "p2"), by_id("p2", "p3", "p4"))
    assert pairs(links) == [("p3", "p3", "identifier"), ("p2", "p2", "identifier")]
    assert (links.only_first.tolist(), links.only_second.tolist()) == (["p1"], ["p4"])
    assert links.doubts.empty
    assert repr(links) == (
        "<WaveLinks: 2 people linked (2 by identifier), 0 doubts, 1 only in the first, 1 only in the second>"
    )


def test_identifiers_a_letter_apart_are_different_people_and_those_apart_in_case_alone_a_doubt():
    links = link_waves(by_id("p017", "Ana B"), by_id("p018", "ana b"))
    assert doubted(links) == [("Ana B", "ana b")]
    assert links.doubts["do"].item() == "ask them; where they are one person add {'Ana B': 'ana b'} to the renames"
    assert links.only_first.tolist() == ["p017"]


def test_a_survey_is_linked_by_its_people(tiny):
    links = link_waves(tiny, tiny)
    assert links.linked["first"].tolist() == links.linked["second"].tolist() == tiny.people.index.tolist()


def test_renames_come_first():
    links = link_waves(by_id("a", "b"), by_id("a", "c"), renames={"b": "c"})
    assert pairs(links) == [("a", "a", "identifier"), ("b", "c", "rename")]
    swapped = link_waves(by_id("a", "b"), by_id("a", "b"), renames={"a": "b", "b": "a"})
    assert pairs(swapped) == [("a", "b", "rename"), ("b", "a", "rename")]


def test_whoever_has_an_identifier_that_a_rename_gives_away_is_a_doubt():
    links = link_waves(by_id("a", "b"), by_id("a", "b"), renames={"a": "b"})
    assert pairs(links) == [("a", "b", "rename")]
    assert doubted(links) == [("b", None), (None, "a")]
    assert links.doubts["reason"].tolist() == [
        "in the second 'b' is the identifier of 'a', by the renames",
        "in the first 'a' was the identifier of 'b', by the renames",
    ]


def test_renames_that_lead_nowhere_are_doubts_and_those_of_people_in_neither_wave_say_nothing():
    links = link_waves(by_id("a", "x"), by_id("b", "y"), renames={"a": "typo", "slip": "b", "gone": "never"})
    assert doubted(links) == [("a", None), (None, "b")]
    assert links.doubts["reason"].tolist() == [
        "renamed to 'typo', and nobody in the second is",
        "renamed from 'slip', and nobody in the first is",
    ]
    assert (links.only_first.tolist(), links.only_second.tolist()) == (["x"], ["y"])


def test_codes_are_the_same_whatever_their_case_and_spaces():
    links = link_waves(coded("s", "MA07", "KL21"), coded("a", " kl 21", "MA07"), code="code")
    assert pairs(links) == [("s0", "a1", "code"), ("s1", "a0", "code but for case and spaces")]


@pytest.mark.parametrize("typed", ["MA17", "MA0", "MA077", "AM07", "M07", "MA70"])
def test_a_code_one_slip_away_is_a_doubt_and_is_never_joined(typed):
    links = link_waves(coded("s", "MA07"), coded("a", typed), code="code")
    assert links.linked.empty
    assert doubted(links) == [("s0", "a0")]
    assert links.doubts["reason"].item() == f"codes 'MA07' and {typed!r} are one slip apart"
    assert (len(links.only_first), len(links.only_second)) == (0, 0)


@pytest.mark.parametrize("typed", ["MB17", "07MA", "M7", "XY99"])
def test_two_slips_away_is_somebody_else(typed):
    links = link_waves(coded("s", "MA07"), coded("a", typed), code="code")
    assert links.doubts.empty
    assert (links.only_first.tolist(), links.only_second.tolist()) == (["s0"], ["a0"])


def test_a_slip_from_somebody_who_is_linked_is_no_doubt():
    links = link_waves(coded("s", "MA07"), coded("a", "MA07", "MA17"), code="code")
    assert pairs(links) == [("s0", "a0", "code")]
    assert links.doubts.empty


def test_a_code_that_several_people_have_joins_nobody():
    links = link_waves(coded("s", "MA07", "ma07", "KL21"), coded("a", "MA07", "KL21"), code="code")
    assert pairs(links) == [("s2", "a1", "code")]
    assert doubted(links) == [("s0", "a0"), ("s1", "a0")]
    assert set(links.doubts["reason"]) == {"code 'MA07' is that of 2 people in the first and 1 person in the second"}
    alone = link_waves(coded("s", "MA07", "MA07"), coded("a", "XX00"), code="code")
    assert doubted(alone) == [("s0", None), ("s1", None)]
    assert set(alone.doubts["do"]) == {"look whether one person answered twice"}


def test_whoever_gave_no_code_is_a_doubt():
    links = link_waves(coded("s", "MA07", None, " "), coded("a", "MA07", float("nan")), code="code")
    assert doubted(links) == [("s1", None), ("s2", None), (None, "a1")]
    assert set(links.doubts["reason"]) == {"gave no code"}


def test_a_doubt_that_was_settled_is_a_rename():
    first, second = coded("s", "MA07", "KL21"), coded("a", "MA17", "KL12")
    assert len(link_waves(first, second, code="code").doubts) == 2
    links = link_waves(first, second, code="code", renames={"s0": "a0"})
    assert pairs(links) == [("s0", "a0", "rename")]
    assert doubted(links) == [("s1", "a1")]


def test_numbers_as_codes_are_alike_though_one_wave_has_gaps():
    links = link_waves(coded("s", 1207, 3101), coded("a", 3101, None, 1207), code="code")
    assert [(a, b) for a, b, _ in pairs(links)] == [("s0", "a2"), ("s1", "a0")]


def test_the_identifier_can_be_the_code():
    links = link_waves(by_id("MA07", "KL21"), by_id("ma07", "KL22"), code="person")
    assert pairs(links) == [("MA07", "ma07", "code but for case and spaces")]
    assert doubted(links) == [("KL21", "KL22")]


def test_the_waves_stay_as_they_were():
    first, second = coded("s", "MA07"), coded("a", "MA07")
    before = first.copy(), second.copy()
    link_waves(first, second, code="code")
    pd.testing.assert_frame_equal(first, before[0])
    pd.testing.assert_frame_equal(second, before[1])


CODES = st.lists(st.sampled_from(["MA07", "ma07", "MA17", "KL21", "LK21", "KL2", "", "RO99"]), max_size=6)


@given(CODES, CODES, st.dictionaries(st.sampled_from(["s0", "s1", "zz"]), st.sampled_from(["a0", "a9"]), max_size=1))
def test_everybody_is_linked_doubted_or_alone_and_only_once(ones, others, renames):
    first, second = coded("s", *ones), coded("a", *others)
    links = link_waves(first.astype(str), second.astype(str), code="code", renames=renames)
    for side, wave, alone in (("first", first, links.only_first), ("second", second, links.only_second)):
        linked, in_doubt = [*links.linked[side]], {*links.doubts[side].dropna()}
        assert len(linked) == len({*linked})
        assert sorted([*linked, *in_doubt, *alone]) == sorted(wave.index)
    for one, other, how in pairs(links):
        same = first.loc[one, "code"].casefold() == second.loc[other, "code"].casefold()
        assert same if how != "rename" else renames == {one: other}
    assert links._repr_html_()


@pytest.mark.parametrize(
    ("first", "kws", "message"),
    [
        ([], {}, "first must be a Survey or a table of people; got a list."),
        (by_id("a", "a"), {}, "first must have one row per person; it repeats 'a'."),
        (
            coded("s", "X"),
            {"code": "cod"},
            "code must be a column of both waves; first has no 'cod'. Did you mean 'code'?",
        ),
        (
            by_id("a", "b"),
            {"renames": {"a": "c", "b": "c"}},
            "renames must lead to different people; 'c' is the new name",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(first, kws, message):
    with pytest.raises(SettingError) as refused:
        link_waves(first, coded("a", "X"), **kws)
    assert str(refused.value).startswith(message)
