"""Nominations: cells of names and rows of a tie file become ties, and what cannot is told."""

from __future__ import annotations

import pandas as pd
import pytest

from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.names import NameBook
from peernet.survey.nominations import NameReader, nominated_ties, vetoed_people

PEOPLE = {"p1": "Ann Lee", "p2": "Bo Ek", "p3": "Cy Oz", "p4": "Cleo Oz"}
TRUST = Item("q", "tie", layer="trust")


@pytest.fixture
def reader() -> NameReader:
    return NameReader(NameBook(PEOPLE, {"p1": "A", "p3": "A", "p4": "B"}), ("", "NA"), IssueLog())


def cells(**typed: str) -> pd.DataFrame:
    return pd.DataFrame({"q": pd.Series(typed, dtype="str")})


def issues(reader: NameReader) -> list[tuple[str, ...]]:
    return list(reader.log.to_frame().itertuples(index=False, name=None))


def test_every_name_becomes_a_tie_once_and_the_ego_has_answered(reader):
    found = nominated_ties([TRUST], cells(p1="Bo Ek; Cy Oz; bo ek"), reader)
    assert found.ties == [("p1", "p2", "trust", 1.0, True), ("p1", "p3", "trust", 1.0, True)]
    assert found.answered == {"trust": {"p1"}}
    assert found.incomplete == {"trust": set()}
    assert issues(reader) == []


def said(cell: str, reader: NameReader, item: Item = TRUST, ego: str = "p1") -> tuple[list[str], str]:
    """Whom a cell names, and what it says of everybody else: nothing, that they are not named, or no answer."""
    found = nominated_ties([item], cells(**{ego: cell}), reader)
    if ego not in found.answered["trust"]:
        return [tie[1] for tie in found.ties], "no answer"
    return [tie[1] for tie in found.ties], "unknown" if ego in found.incomplete["trust"] else "not named"


@pytest.mark.parametrize("cell", ["", "NA", "na"])
def test_a_blank_nomination_is_no_answer(reader, cell):
    assert said(cell, reader) == ([], "no answer")
    assert issues(reader) == []


def test_nobody_is_an_answer_that_names_nobody(reader):
    assert said("nobody", reader) == ([], "not named")
    assert issues(reader) == []


@pytest.mark.parametrize(
    "cell",
    ["-", "—", "N/A", "n.a.", "?", "prefer not to say", "I'd rather not say", "don't know", "Keine Angabe", "k.A."],
)
def test_a_dash_or_words_for_no_answer_are_no_answer_and_noted(reader, cell):
    assert said(cell, reader) == ([], "no answer")
    assert issues(reader) == [("note", "q", "p1", f"{cell!r} is no answer", "treated as not answered")]


def test_a_name_that_looks_like_words_for_no_answer_is_the_name():
    reader = NameReader(NameBook({"p1": "Ann Lee", "p2": "Li Na", "p3": "N. A."}), ("",), IssueLog())
    assert said("Na", reader) == (["p2"], "not named")
    assert said("N. A.", reader) == (["p3"], "not named")


def test_a_dash_beside_a_name_is_nothing_and_a_word_for_no_answer_leaves_the_list_open(reader):
    assert said("Bo Ek; -", reader) == (["p2"], "not named")
    assert said("Bo Ek; prefer not to say", reader) == (["p2"], "unknown")


def test_none_can_be_what_a_program_writes_for_no_answer_and_refuses_nobody(reader):
    assert said("None", reader) == ([], "unknown")
    problem, done = "'None' can be an answer or a program's word for none", "names nobody; refuses nobody"
    assert issues(reader) == [("note", "q", "p1", problem, done)]


@pytest.mark.parametrize("cell", ["Ann Lee; Zed", "Zed", "Oz; Ann Lee", "Ann Lee, the canteen lady", "ann@firm.com"])
def test_whoever_typed_a_name_that_cannot_be_read_refused_nobody(reader, cell):
    assert said(cell, reader, ego="p2")[1] == "unknown"


def test_a_name_that_fits_several_people_leaves_the_list_open(reader):
    assert said("Oz", reader, ego="p2") == ([], "unknown")


def test_whoever_named_as_many_as_the_question_allows_refused_nobody(reader):
    item = Item("q", "tie", layer="trust", most_named=2)
    assert said("Bo Ek; Cy Oz", reader, item) == (["p2", "p3"], "unknown")
    assert said("Bo Ek", reader, item) == (["p2"], "not named")
    assert said("Bo Ek; Cy Oz; Cleo Oz", reader, item) == (["p2", "p3", "p4"], "unknown")
    assert issues(reader) == []


@pytest.mark.parametrize(
    "wording",
    [
        "Name up to two people",
        "at most 2 colleagues",
        "Your top 2",
        "Nennen Sie bis zu zwei Personen",
        "(max. 2)",
        "Citez jusqu'à deux collègues",
        "Nombra hasta dos personas",
        "Indica fino a due persone",
        "Noem maximaal twee collega's",
        "Indique no máximo duas pessoas",
        "Nämn högst två kollegor",
        "Nævn op til to kolleger",
        "Nevn opptil to kolleger",
        "Wymień maksymalnie dwie osoby",
    ],
)
def test_a_question_that_says_how_many_it_allows_is_taken_at_its_word_and_noted(reader, wording):
    assert said("Bo Ek; Cy Oz", reader, Item("q", "tie", label=wording, layer="trust")) == (["p2", "p3"], "unknown")
    ((severity, *_, problem, done),) = issues(reader)
    assert (severity, done) == (
        "note",
        'whom they did not name is unknown, not refused; say "most_named" in the codebook',
    )
    assert problem.startswith("the question seems to allow 2 names at most")


def test_many_people_who_named_the_same_largest_number_are_told():
    people = {f"p{i}": f"Name{chr(97 + i)} Surname{chr(97 + i)}" for i in range(9)}
    reader = NameReader(NameBook(people), ("",), IssueLog())
    table = pd.DataFrame({"q": {p: "; ".join([q for q in people if q != p][:3]) for p in people}}, dtype="str")
    nominated_ties([TRUST], table, reader)
    problem = "9 of 9 named 3 people and nobody more: perhaps the form had no room"
    assert issues(reader) == [
        ("warning", "q", "", problem, 'taken as no limit; if there was one, say "most_named" in the codebook')
    ]


def test_people_who_all_named_everybody_had_room():
    people = {f"p{i}": f"Name{chr(97 + i)} Surname{chr(97 + i)}" for i in range(9)}
    reader = NameReader(NameBook(people), ("",), IssueLog())
    nominated_ties([TRUST], pd.DataFrame({"q": {p: "; ".join({*people} - {p}) for p in people}}, dtype="str"), reader)
    assert issues(reader) == []


def test_names_without_ratings_on_a_declared_scale_are_unknown_and_told(reader):
    item = Item("q", "tie", layer="trust", low=1, high=5, at_least=3)
    ((*tie, rating, asked),) = nominated_ties([item], cells(p1="Bo Ek"), reader).ties
    assert (tie, pd.isna(rating), asked) == (["p1", "p2", "trust"], True, True)
    assert [issue[:2] for issue in issues(reader)] == [("error", "q")]


def test_only_names_that_could_be_ticked_were_on_the_form(reader):
    item = Item("q", "tie", "multiple", layer="trust", categories=("Ann Lee", "Bo Ek"))
    assert nominated_ties([item], cells(p1="Bo Ek"), reader).offered == {"trust": {"p1", "p2"}}
    assert nominated_ties([TRUST], cells(p1="Bo Ek"), reader).offered == {}


@pytest.mark.parametrize("cell", [";", " , ", "!"])
def test_a_cell_without_any_name_is_no_answer_and_is_told(reader, cell):
    assert said(cell, reader) == ([], "no answer")
    assert issues(reader) == [("warning", "q", "p1", f"{cell!r} holds no name", "treated as not answered")]


def test_a_stranger_is_told_and_the_question_counts_as_answered(reader):
    assert said("the canteen lady", reader) == ([], "unknown")
    assert issues(reader) == [("warning", "q", "p1", "'the canteen lady' is nobody on the roster", "not counted")]


def test_naming_oneself_is_left_out_and_noted(reader):
    assert nominated_ties([TRUST], cells(p1="Ann Lee; Bo Ek"), reader).ties == [("p1", "p2", "trust", 1.0, True)]
    assert issues(reader) == [("note", "q", "p1", "'Ann Lee' is the respondent", "left out")]


def test_an_ambiguous_name_lists_everyone_it_could_be(reader):
    assert nominated_ties([TRUST], cells(p2="Oz"), reader).ties == []
    done = "not counted; write the identifier to settle it"
    assert issues(reader) == [("warning", "q", "p2", "'Oz' could be Cy Oz (p3), Cleo Oz (p4)", done)]


def test_an_ambiguous_name_is_settled_by_the_team_and_noted(reader):
    assert nominated_ties([TRUST], cells(p1="Oz"), reader).ties == [("p1", "p3", "trust", 1.0, True)]
    assert issues(reader) == [
        ("note", "q", "p1", "typed 'Oz'", "read as Cy Oz (p3): part of the name, in the same team")
    ]


def test_a_guess_at_a_nickname_asks_to_be_checked():
    reader = NameReader(NameBook({"p1": "Ann Lee", "p2": "Michael Dubois"}), ("",), IssueLog())
    assert nominated_ties([TRUST], cells(p1="Mike Dubois"), reader).ties == [("p1", "p2", "trust", 1.0, True)]
    done = "read as Michael Dubois (p2): similar first name; check that this is who was meant"
    assert issues(reader) == [("warning", "q", "p1", "typed 'Mike Dubois'", done)]


@pytest.mark.parametrize(
    ("cell", "alters"),
    [
        ("Ek, Bo", ["p2"]),
        ("Ek, Bo; Oz, Cy", ["p2", "p3"]),
        ("Bo Ek, Cy Oz", ["p2", "p3"]),
        ("Bo, Cy", ["p2", "p3"]),
        ("Bo Ek, Cy Oz, Cleo Oz", ["p2", "p3", "p4"]),
        ("Bo Ek, Cy Oz; Cleo Oz", ["p2", "p3", "p4"]),
        ("p2, p3", ["p2", "p3"]),
        ("Bo Ek, the canteen lady", ["p2"]),
    ],
)
def test_commas_part_names_unless_they_stand_in_one(reader, cell, alters):
    assert [alter for _, alter, *_ in nominated_ties([TRUST], cells(p1=cell), reader).ties] == alters


def test_a_stranger_typed_last_name_first_is_not_taken_apart(reader):
    """ "Cy" alone would be read as somebody else."""
    assert nominated_ties([TRUST], cells(p1="Young, Cy"), reader).ties == []
    assert issues(reader) == [("warning", "q", "p1", "'Young, Cy' is nobody on the roster", "not counted")]


def test_two_questions_can_feed_one_layer(reader):
    items = [Item("a", "tie", layer="trust"), Item("b", "tie", layer="trust")]
    table = pd.DataFrame({"a": ["Bo Ek", ""], "b": ["", "Cy Oz"]}, index=["p1", "p2"], dtype="str")
    found = nominated_ties(items, table, reader)
    assert [tie[:3] for tie in found.ties] == [("p1", "p2", "trust"), ("p2", "p3", "trust")]
    assert found.answered == {"trust": {"p1", "p2"}}


def test_vetoes_are_sets_of_people_and_none_where_not_answered(reader):
    item = Item("q", "constraint", role="never_with")
    assert vetoed_people(item, cells(p1="Bo Ek; Cy Oz", p2="", p3="nobody")["q"], reader).tolist() == [
        frozenset({"p2", "p3"}),
        None,
        frozenset(),
    ]


def test_a_veto_that_cannot_be_read_is_an_error_to_settle(reader):
    vetoed_people(Item("q", "constraint", role="never_with"), cells(p1="Zed")["q"], reader)
    assert issues(reader) == [("error", "q", "p1", "'Zed' is nobody on the roster", "not counted")]


@pytest.mark.parametrize(
    ("item", "severity"),
    [
        (TRUST, "warning"),
        (Item("q", "constraint", role="never_with"), "warning"),
        (Item("q", "manager"), "warning"),
        (Item("q", "tie", layer="lunch", foundation=True), "warning"),
        (Item("q", "tie", layer="lunch"), "note"),
    ],
)
def test_a_near_reading_that_decides_a_gate_is_a_warning(item, severity):
    reader = NameReader(NameBook({"p1": "Ann Lee", "p2": "Michael Dubois"}), ("",), IssueLog())
    assert reader.person_meant("Micheal Dubois", item, ego="p1") == "p2"
    assert issues(reader)[0][0] == severity


def test_an_identifier_that_nobody_has_is_nobody_and_the_likely_one_is_offered():
    reader = NameReader(NameBook({"10000012": "10000012", "10000021": "10000021", "007": "Bo Ek"}), ("",), IssueLog())
    assert said("10000013; 7", reader, ego="10000021") == ([], "unknown")
    assert [problem for *_, problem, _ in issues(reader)] == [
        "'10000013' is nobody on the roster. Did you mean '10000012'?",
        "'7' is nobody on the roster. Did you mean '007'?",
    ]


def test_questions_read_at_once_say_what_each_says_alone(reader):
    marks = {"a": ";", "b": "/", "c": ";", "d": ";"}
    items = [Item(name, "tie", layer=name, separator=mark) for name, mark in marks.items()]
    table = pd.DataFrame(
        {
            "a": ["Bo Ek; Cy Oz", "", "nobody", "Ann Lee; Oz"],
            "b": ["Bo Ek/Cy Oz", "Ann Lee; p3", "NA", ""],
            "c": ["", "", "", ""],
            "d": ["Bo Ek; Oz; Ann Lee", "p1; p1", "Bo Eck", "who"],
        },
        index=[*PEOPLE],
        dtype="str",
    )
    together = nominated_ties(items, table, reader)
    alone = NameReader(reader.book, reader.missing, IssueLog())
    found = [nominated_ties([item], table, alone) for item in items]
    assert together.ties == [tie for one in found for tie in one.ties]
    assert together.answered == {layer: who for one in found for layer, who in one.answered.items()}
    assert together.incomplete == {layer: who for one in found for layer, who in one.incomplete.items()}
    assert issues(reader) == issues(alone)


def test_whoever_fills_every_column_of_one_name_each_may_have_had_more_to_name(reader):
    columns = [Item(f"trust{k}", "tie", layer="trust") for k in (1, 2)]
    typed = {"p1": ("Bo Ek", "Cy Oz"), "p2": ("Ann Lee", ""), "p3": ("nobody", ""), "p4": ("", "")}
    table = pd.DataFrame(typed, index=[item.name for item in columns], dtype="str").T
    found = nominated_ties(columns, table, reader)
    assert found.incomplete == {"trust": {"p1"}}
    assert found.answered == {"trust": {"p1", "p2", "p3"}}
    assert issues(reader)[-1][3] == "2 columns of layer 'trust' hold one name each; 1 filled them all"


def test_two_questions_on_one_layer_with_room_for_several_names_have_no_limit(reader):
    questions = [Item(f"trust{k}", "tie", layer="trust") for k in (1, 2)]
    table = pd.DataFrame({"p1": ("Bo Ek; Cy Oz", "Cleo Oz"), "p2": ("Ann Lee", "Cy Oz")}, index=["trust1", "trust2"]).T
    assert nominated_ties(questions, table.astype("str"), reader).incomplete == {"trust": set()}
