"""Options of a multiple choice question in one cell, also where their labels hold the mark that parts them."""

from __future__ import annotations

import pandas as pd
import pytest

from peernet import read_survey
from peernet.survey import Item
from peernet.survey.answers import typed_answers
from peernet.survey.issues import IssueLog

HABITS = Item("q", "perspective", "multiple", categories=("Plan, do, review", "Plan, do", "Plan", "do", "Ask first"))
OFFERS = Item("q", "offers", "multiple", categories=("Budgets; costs; prices", "Budgets", "Writing"))
PLACES = Item("q", "goal", "multiple", categories=("R&D (Oslo/Bergen)", "Oslo", "Sales"), separator="/")


def read(item: Item, cell: str) -> tuple[frozenset[str] | None, list[tuple[str, str]]]:
    log = IssueLog()
    options = typed_answers(item, pd.Series([cell], index=["p1"], dtype="str"), (), log).tolist()[0]
    return options, list(log.to_frame()[["problem", "done"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("item", "cell", "options"),
    [
        (HABITS, "Plan, do, review, Ask first", {"Plan, do, review", "Ask first"}),
        (HABITS, "Plan, do, review", {"Plan, do, review"}),
        (HABITS, "ask first,PLAN,  do, Review", {"Plan, do, review", "Ask first"}),
        (HABITS, "Plan; do", {"Plan", "do"}),
        (HABITS, "Plan, do; Ask first", {"Plan, do", "Ask first"}),
        (HABITS, "Ask first", {"Ask first"}),
        (HABITS, "Ask first\nPlan", {"Ask first", "Plan"}),
        (OFFERS, "Budgets; costs; prices;Writing", {"Budgets; costs; prices", "Writing"}),
        (OFFERS, "Writing;Budgets", {"Writing", "Budgets"}),
        (OFFERS, "Budgets, Writing", {"Budgets", "Writing"}),
        (OFFERS, ";Writing;;", {"Writing"}),
        (PLACES, "R&D (Oslo/Bergen)/Sales", {"R&D (Oslo/Bergen)", "Sales"}),
    ],
)
def test_options_are_read_by_their_labels(item, cell, options):
    assert read(item, cell) == (options, [])


@pytest.mark.parametrize(
    ("item", "cell"), [(HABITS, "Plan, do"), (HABITS, "Plan, do, Ask first"), (HABITS, "Plan, do, Sing")]
)
def test_a_cell_that_can_be_read_in_two_ways_is_asked_about(item, cell):
    options, issues = read(item, cell)
    assert options is None
    (problem, done) = issues[0]
    assert problem.startswith(f"{cell!r} could be ")
    assert done == "treated as not answered; part the options with a mark that is in no label"


def test_labels_joined_by_the_declared_separator_can_be_doubtful_too():
    item = Item("q", "goal", "multiple", categories=("A; B", "A", "B"))
    assert read(item, "A; B")[0] is None
    assert read(item, "B;A") == ({"A", "B"}, [])


@pytest.mark.parametrize(
    ("item", "cell", "options", "strange"),
    [
        (OFFERS, "Writing; Singing", {"Writing"}, ["Singing"]),
        (OFFERS, "Singing, dancing", None, ["Singing, dancing"]),
        (OFFERS, "costs;Writing", {"Writing"}, ["costs"]),
        (HABITS, "Ask first, Sing", {"Ask first"}, ["Sing"]),
        (OFFERS, "Writting", None, ["Writting"]),
    ],
)
def test_a_piece_that_is_no_label_is_told_and_makes_no_new_option(item, cell, options, strange):
    read_options, issues = read(item, cell)
    assert read_options == options
    assert [problem.split(" is not")[0] for problem, _ in issues] == [repr(piece) for piece in strange]


@pytest.mark.parametrize("item", [HABITS, OFFERS])
def test_none_is_an_answer_and_no_option(item):
    assert read(item, "None") == (frozenset(), [])


def test_a_label_called_none_is_told_from_no_answer_by_nobody():
    assert read(Item("q", "goal", "multiple", categories=("Lead", "None of these")), "None of these")[0] == {
        "None of these"
    }


def test_long_cells_are_read_at_once():
    item = Item("q", "goal", "multiple", categories=tuple("abcdefgh") + tuple(f"{x}, {x}" for x in "abcdefgh"))
    assert read(item, ", ".join("abcdefgh" * 40))[0] == set("abcdefgh")


def test_option_labels_that_contain_the_separator(shared):
    survey = read_survey(shared / "cases" / "A5")
    assert survey.people.loc["n01", ["habits", "offers"]].tolist() == [
        {"Plan, do, review", "Ask first"},
        {"Budgets; costs; prices", "Writing"},
    ]
    assert survey.people["habits"].tolist()[1:] == [{"Ask first"}, None, None]
    assert survey.issues[["item", "person"]].to_numpy().tolist() == [["habits", "n03"]]
