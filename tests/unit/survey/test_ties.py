"""Rows of a tie file become ties; one that says nothing is neither tie nor refusal, and what is left out is told."""

from __future__ import annotations

from math import isnan

import pandas as pd
import pytest

from peernet.survey.files import TextTable
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.names import NameBook
from peernet.survey.nominations import NameReader, Nominations
from peernet.survey.ties import listed_ties

PEOPLE = {"p1": "Ann Lee", "p2": "Bo Ek", "p3": "Cy Oz", "p4": "Cleo Oz"}
TRUST = Item("q", "tie", layer="trust")
SCALE = Item("q", "tie", layer="trust", low=1, high=5, at_least=3)
WORDS = Item("q", "tie", layer="trust", categories=("Never", "Sometimes", "Often"), at_least="Sometimes")


@pytest.fixture
def reader() -> NameReader:
    return NameReader(NameBook(PEOPLE), ("", "99"), IssueLog())


def listed(reader: NameReader, *rows: dict[str, str], item: Item = TRUST) -> Nominations:
    cells = pd.DataFrame([{"layer": "trust", **row} for row in rows], index=range(2, len(rows) + 2)).fillna("")
    return listed_ties(TextTable("ties.csv", cells.astype("str")), [item], reader)


def rating(reader: NameReader, cell: str, item: Item = SCALE) -> float:
    """What is made of a rating, beside one that is understood."""
    rows = {"ego": "p1", "alter": "p2", "rating": cell}, {"ego": "p1", "alter": "p3", "rating": "3"}
    return listed(reader, *rows, item=item).ties[0][3]


def issues(reader: NameReader) -> list[tuple[str, ...]]:
    return list(reader.log.to_frame().itertuples(index=False, name=None))


def test_a_layer_without_ratings_is_of_plain_nominations(reader):
    found = listed(reader, {"ego": "p1", "alter": "p2"}, {"ego": "Ann Lee", "alter": "p4", "rating": "1"})
    assert found.ties == [("p1", "p2", "trust", 1.0, True), ("p1", "p4", "trust", 1.0, True)]
    assert (found.answered, found.incomplete, found.rated) == ({"trust": {"p1"}}, {"trust": set()}, set())
    assert issues(reader) == []


@pytest.mark.parametrize("cell", ["", "99", "No response", "don't know", "-"])
def test_a_rating_that_is_not_given_is_not_known(reader, cell):
    assert isnan(rating(reader, cell))
    assert issues(reader) == []


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("0", "'0' is outside 1 to 5"),
        ("-1", "'-1' is outside 1 to 5"),
        ("6", "'6' is outside 1 to 5"),
        ("much", "'much' is not a number"),
    ],
)
def test_a_rating_that_is_not_on_the_scale_is_not_known_and_told_with_its_row(reader, cell, problem):
    assert isnan(rating(reader, cell))
    done = "neither a tie nor a refusal until it is settled"
    assert issues(reader) == [("warning", "q", "p1", f"row 2 of ties.csv: rating {problem}", done)]


@pytest.mark.parametrize(("cell", "place"), [("Never", 1), ("sometimes", 2), ("OFTEN", 3), ("2", 2), ("3.0", 3)])
def test_words_are_ordered_categories(reader, cell, place):
    assert rating(reader, cell, WORDS) == place
    assert issues(reader) == []


def test_a_word_of_the_scale_is_a_rating_though_it_could_stand_for_no_answer(reader):
    scale = Item("q", "tie", layer="trust", categories=("No", "Rather not", "Rather yes"), at_least="Rather yes")
    assert rating(reader, "rather not", scale) == 2


@pytest.mark.parametrize("cell", ["I don't know this person", "Kenne ich nicht."])
def test_not_knowing_somebody_is_not_asked_and_an_answer_of_the_ego(reader, cell):
    found = listed(reader, {"ego": "p1", "alter": "p2", "rating": cell}, item=WORDS)
    assert found.ties == [("p1", "p2", "trust", 0.0, False)]
    assert found.answered == {"trust": {"p1"}}
    assert issues(reader) == []


def test_the_wording_can_say_which_number_means_not_knowing_somebody(reader):
    worded = Item("q", "tie", label="0 = I don't know them, 1 = not at all", layer="trust", low=0, high=4, at_least=3)
    found = listed(
        reader, {"ego": "p1", "alter": "p2", "rating": "0"}, {"ego": "p1", "alter": "p3", "rating": "1"}, item=worded
    )
    assert [tie[3:] for tie in found.ties] == [(0.0, False), (1.0, True)]


@pytest.mark.parametrize("cell", ["Always", "4", "0", "1.5"])
def test_a_word_that_is_not_declared_is_not_known_and_told(reader, cell):
    assert isnan(rating(reader, cell, WORDS))
    assert issues(reader)[0][3] == f"row 2 of ties.csv: rating {cell!r} is none of: Never, Sometimes, Often"


@pytest.mark.parametrize("cell", ["Never", "-1", "often"])
def test_a_word_or_a_rating_below_0_where_nothing_is_declared_says_how_to_declare_it(reader, cell):
    assert isnan(rating(reader, cell, TRUST))
    assert 'its categories from lowest to highest, and "at_least"' in issues(reader)[0][4]


def test_a_number_with_its_word_is_the_number(reader):
    assert rating(reader, "4 - often") == 4


def test_ratings_of_which_the_codebook_says_nothing_are_an_error_that_asks(reader):
    found = listed(
        reader,
        {"ego": "p1", "alter": "p2", "rating": "0.6"},
        {"ego": "p1", "alter": "p3", "rating": "0,9"},
        {"ego": "p1", "alter": "p4", "rating": ""},
    )
    assert all(isnan(tie[3]) for tie in found.ties)
    ((severity, item, _, problem, done),) = issues(reader)
    assert (severity, item) == ("error", "q")
    assert problem.startswith("people are rated 0.6 to 0.9 on layer 'trust', and the codebook says neither")
    assert done.startswith("neither a tie nor a refusal until it is settled; give item 'q' its minimum and maximum")


@pytest.mark.parametrize("row", [{}, {"rating": ""}, {"rating": "99"}, {"rating": "NaN"}])
def test_a_scale_on_which_nobody_is_rated_is_an_error(reader, row):
    found = listed(reader, {"ego": "p1", "alter": "p2", **row}, item=SCALE)
    assert isnan(found.ties[0][3])
    ((severity, *_, problem, _),) = issues(reader)
    assert (severity, problem) == ("error", "not one of the people listed on layer 'trust' has a rating")


@pytest.mark.parametrize("said", ["no", "0", "FALSE", "nein", "non"])
def test_somebody_the_ego_was_not_asked_about_has_no_rating_to_speak_of(reader, said):
    found = listed(reader, {"ego": "p1", "alter": "p2", "rating": "5", "asked": said}, item=SCALE)
    assert found.ties == [("p1", "p2", "trust", 0.0, False)]
    problem = f"row 2 of ties.csv: rated '5', and asked is {said!r}"
    assert issues(reader) == [("warning", "q", "p1", problem, "the rating is not used")]


@pytest.mark.parametrize("said", ["yes", "", "ja", "1", "TRUE"])
def test_whoever_was_asked_is_rated(reader, said):
    assert listed(reader, {"ego": "p1", "alter": "p2", "asked": said}).ties == [("p1", "p2", "trust", 1.0, True)]


def test_asked_without_an_answer_is_not_known(reader):
    assert isnan(listed(reader, {"ego": "p1", "alter": "p2", "asked": "no answer"}).ties[0][3])
    assert issues(reader) == []


def test_a_rating_beside_asked_without_an_answer_is_not_known_and_told(reader):
    assert isnan(listed(reader, {"ego": "p1", "alter": "p2", "asked": "no answer", "rating": "1"}).ties[0][3])
    assert issues(reader)[0][3:] == (
        "row 2 of ties.csv: rated '1', and asked is 'no answer'",
        "the rating is not used",
    )


def test_a_word_for_asked_that_is_not_understood_is_an_error_and_not_taken_for_its_opposite(reader):
    assert isnan(listed(reader, {"ego": "p1", "alter": "p2", "asked": "njet"}).ties[0][3])
    problem = "row 2 of ties.csv: asked is 'njet'; allowed are yes, no and no answer"
    assert issues(reader) == [("error", "q", "p1", problem, "neither a tie nor a refusal until it is settled")]


def test_nobody_is_an_answer_that_names_nobody(reader):
    found = listed(reader, {"ego": "p1", "alter": "nobody"})
    assert (found.ties, found.answered, found.incomplete) == ([], {"trust": {"p1"}}, {"trust": set()})
    assert issues(reader) == []


@pytest.mark.parametrize(
    ("ratings", "kept", "told"),
    [
        (["1", "3"], 3, "1 in row 2, 3 in row 3"),
        (["3", ""], 3, "3 in row 2, no rating in row 3"),
        (["", "3"], 3, "no rating in row 2, 3 in row 3"),
    ],
)
def test_of_repeated_rows_the_last_rating_counts_and_both_are_told(reader, ratings, kept, told):
    found = listed(reader, *({"ego": "p1", "alter": "p2", "rating": rating} for rating in ratings), item=SCALE)
    assert found.ties == [("p1", "p2", "trust", kept, True)]
    row = 3 if ratings[1] else 2
    problem = f"tie to p2 is listed more than once in ties.csv: {told}"
    assert issues(reader)[0] == ("warning", "q", "p1", problem, f"kept row {row}")


def test_a_row_that_is_the_same_twice_is_one(reader):
    assert len(listed(reader, *[{"ego": "p1", "alter": "p2", "rating": "3"}] * 2, item=SCALE).ties) == 1
    assert [issue[4] for issue in issues(reader)] == ["counted once"]


@pytest.mark.parametrize(
    ("row", "issue"),
    [
        ({"ego": "p1", "alter": "p1"}, ("note", "p1", "row 2 of ties.csv: a tie to oneself")),
        ({"ego": "p1", "alter": "Zed"}, ("warning", "p1", "row 2 of ties.csv: 'Zed' is nobody on the roster")),
        (
            {"ego": "p9", "alter": "p1"},
            ("warning", "", "row 2 of ties.csv: 'p9' is nobody on the roster. Did you mean 'p1'?"),
        ),
        ({"ego": "", "alter": "p1"}, ("error", "", "row 2 of ties.csv has no ego")),
        ({"ego": "p1", "alter": ""}, ("error", "p1", "row 2 of ties.csv has no alter")),
        ({"ego": "N/A", "alter": "p1"}, ("error", "", "row 2 of ties.csv has no ego ('N/A' is no person)")),
        ({"ego": "nobody", "alter": "p1"}, ("error", "", "row 2 of ties.csv has no ego ('nobody' is no person)")),
        ({"ego": "p1", "alter": "p2", "layer": ""}, ("error", "p1", "row 2 of ties.csv has no layer")),
    ],
)
def test_a_row_that_leads_nowhere_is_left_out_and_told(reader, row, issue):
    assert listed(reader, row).ties == []
    ((severity, _, person, problem, _),) = issues(reader)
    assert (severity, person, problem) == issue


def test_a_row_without_either_end_is_told_once(reader):
    listed(reader, {"ego": "", "alter": "", "rating": "4"})
    assert [issue[3] for issue in issues(reader)] == ["row 2 of ties.csv has no ego and no alter"]


@pytest.mark.parametrize("row", [{"alter": "Zed"}, {"alter": ""}, {"alter": "p3", "layer": ""}])
def test_whoever_has_a_row_that_cannot_be_read_refused_nobody(reader, row):
    found = listed(reader, {"ego": "p1", "alter": "p2"}, {"ego": "p1", **row})
    assert found.incomplete == {"trust": {"p1"}}


@pytest.mark.parametrize("row", [{"asked": "no"}, {"asked": "no answer"}, {"asked": "njet"}])
def test_whoever_has_no_row_that_says_anything_has_not_answered(reader, row):
    assert listed(reader, {"ego": "p1", "alter": "p2", **row}).answered == {"trust": set()}


@pytest.mark.parametrize(
    "item", [Item("q", "tie", layer="trust", most_named=2), Item("q", "tie", "text", "up to 2", "trust")]
)
def test_whoever_named_as_many_as_the_question_allows_refused_nobody(reader, item):
    rows = [{"ego": ego, "alter": alter} for ego, alter in (("p1", "p2"), ("p1", "p3"), ("p2", "p1"))]
    assert listed(reader, *rows, {"ego": "p3", "alter": "p1"}, {"ego": "p3", "alter": "Zed"}, item=item).incomplete == {
        "trust": {"p1", "p3"}
    }


UNDECLARED = [(TRUST, ["1", "5"]), (TRUST, ["2", "2"]), (TRUST, ["5", "5"]), (TRUST, ["0", "3"]), (TRUST, ["0.6", "1"])]


@pytest.mark.parametrize(("item", "ratings"), UNDECLARED)
def test_on_a_scale_that_is_not_declared_nobody_is_trusted_or_refused(reader, item, ratings):
    found = listed(reader, *[{"ego": "p1", "alter": f"p{i}", "rating": r} for i, r in enumerate(ratings, 2)], item=item)
    assert all(isnan(tie[3]) for tie in found.ties)
    assert found.unsettled == found.rated == {"trust"}
    assert [issue[0] for issue in issues(reader)] == ["error"]


@pytest.mark.parametrize("ratings", [["1", "1"], ["0", "1"], ["0", "0"]])
def test_1_and_0_are_a_tie_and_none(reader, ratings):
    found = listed(reader, *[{"ego": "p1", "alter": f"p{i}", "rating": r} for i, r in enumerate(ratings, 2)])
    assert [tie[3] for tie in found.ties] == [float(rating) for rating in ratings]
    assert issues(reader) == []


@pytest.mark.parametrize(
    "item", [Item("q", "tie", layer="trust", foundation=False), Item("q", "tie", layer="respect", foundation=True)]
)
def test_whether_a_pair_must_rest_on_the_layer_decides_whether_undeclared_ratings_count(reader, item):
    rows = [{"ego": "p1", "alter": "p2", "layer": str(item.layer), "rating": r} for r in ("3",)]
    ((*_, found, _),) = listed(reader, *rows, item=item).ties
    assert isnan(found) if item.is_foundation else found == 3
    ((severity, *_, done),) = issues(reader)
    assert severity == "error"
    assert done.startswith("neither a tie" if item.is_foundation else "every rating above 0 counts as a tie")


def test_whom_the_ego_was_not_asked_about_stays_so_on_a_scale_that_is_not_declared(reader):
    found = listed(reader, {"ego": "p1", "alter": "p2", "rating": "4"}, {"ego": "p1", "alter": "p3", "asked": "no"})
    assert found.ties[1] == ("p1", "p3", "trust", 0.0, False)


@pytest.mark.parametrize("said", ["no", "no answer", "njet"])
def test_nobody_named_by_somebody_who_was_not_asked_is_no_answer(reader, said):
    found = listed(reader, {"ego": "p1", "alter": "nobody", "asked": said}, {"ego": "p2", "alter": "p1"})
    assert found.answered == {"trust": {"p2"}}
    problem = f"row 2 of ties.csv: names nobody, and asked is {said!r}"
    assert issues(reader) == [("warning", "q", "p1", problem, "row left out")]
