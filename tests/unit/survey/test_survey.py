"""A survey as read: the tables, what is in them, and what was told on the way."""

from __future__ import annotations

import pickle
from dataclasses import replace
from time import process_time

import pandas as pd
import pytest

import peernet as pn
from peernet import read_survey
from peernet.errors import PeernetWarning, SettingError, SurveyError, UnknownPersonError
from peernet.scores import pair_foundation
from peernet.survey import Item

ITEMS = (
    Item("id", "person"),
    Item("years", "experience", "numeric"),
    Item("field", "perspective", "nominal"),
    Item("trust", "tie", layer="trust"),
    Item("lunch", "tie", layer="lunch"),
    Item("learned", "outcome", "numeric", measure="learning", wave=1),
    Item("learned_later", "outcome", "numeric", measure="learning", wave=2),
)
HEADER = "id,years,field,trust,lunch,learned\n"


def told(survey: pn.Survey) -> list[list[str]]:
    return survey.issues[["severity", "item", "person", "problem", "done"]].to_numpy().tolist()


def refused(path) -> tuple[str, ...]:
    with pytest.raises(SurveyError) as caught:
        read_survey(path)
    return caught.value.problems


def test_the_tiny_survey_says_what_it_holds(tiny):
    assert repr(tiny) == "<Survey: 6 people, 5 answered, 15 ties in 2 layers, 4 issues>"
    assert "<table" in tiny._repr_html_()


def test_everyone_is_a_row_with_typed_answers(tiny):
    people = tiny.people
    assert people.index.tolist() == ["ann", "ben", "cleo", "dan", "eva", "finn"]
    assert people.columns[:4].tolist() == ["name", "team", "manager", "answered"]
    assert people["level"].cat.categories.tolist() == ["Junior", "Senior", "Head"]
    assert people["level"].cat.ordered
    assert people["years"].tolist()[:5] == [20, 1, 7.5, 12, 3]
    assert people["abroad"].tolist() == [True, False, False, True, pd.NA, pd.NA]
    assert people["careful"].tolist()[:5] == [4, 2, 1, 3, 5]
    assert people["goals"].tolist() == [{"Lead"}, {"Learn", "Move"}, None, {"Lead"}, frozenset(), None]
    assert people["not_with"].tolist() == [None, None, None, {"eva"}, None, None]
    assert people["manager"].dropna().to_dict() == {
        "ben": "ann",
        "cleo": "ann",
        "dan": "ann",
        "eva": "dan",
        "finn": "dan",
    }


def test_ties_are_rows_of_ego_alter_and_layer(tiny):
    assert {layer: len(ties) for layer, ties in tiny.ties.groupby("layer")} == {"works_with": 9, "trust": 6}
    assert tiny.ties.dtypes.astype(str).to_dict() == {
        "ego": "str",
        "alter": "str",
        "layer": "str",
        "rating": "float64",
        "asked": "bool",
    }


def test_who_trusts_nobody_answered_and_who_left_a_blank_did_not(tiny):
    assert tiny.answered["trust"] == {"ann", "ben", "cleo", "dan"}
    assert tiny.answered["works_with"] == {"ann", "ben", "cleo", "dan", "eva"}


def test_outcomes_of_both_waves_are_one_tidy_table(tiny):
    table = tiny.outcomes.set_index(["person", "wave"])["value"]
    assert table.to_dict() == {
        ("ann", 1): 40,
        ("ben", 1): 55,
        ("dan", 1): 70,
        ("eva", 1): 62,
        ("ann", 2): 50,
        ("ben", 2): 58,
    }
    assert set(tiny.outcomes["measure"]) == {"learning"}


def test_answers_of_a_block_are_its_items_in_order(tiny):
    assert tiny.answers("experience").columns.tolist() == ["level", "years"]
    assert tiny.answers("ignore").shape == (6, 0)
    with pytest.raises(SettingError, match=r"^block must be one of 'person', .*; got 'experiences'\.$"):
        tiny.answers("experiences")


def test_a_constraint_is_found_by_its_role_or_none_where_not_asked(tiny):
    assert tiny.constraint("capacity")["ann"] == 2
    assert tiny.constraint("hours") is None
    with pytest.raises(SettingError, match=r"^role must be one of 'capacity', .*; got 'room'\.$"):
        tiny.constraint("room")


def test_a_person_is_found_by_identifier_or_a_near_one_is_offered(tiny):
    assert tiny.person("finn")["name"] == "Finn O'Fell"
    with pytest.raises(UnknownPersonError) as caught:
        tiny.person("fin")
    assert str(caught.value) == "No person 'fin' in the survey. Did you mean 'finn'?"


def test_a_survey_survives_pickling_and_does_not_compare_its_tables(tiny):
    again = pickle.loads(pickle.dumps(tiny))
    pd.testing.assert_frame_equal(again.people, tiny.people)
    assert again != tiny
    assert hash(tiny)


def test_an_item_without_a_column_and_a_column_without_an_item_are_told_with_a_near_name(folder):
    survey = read_survey(
        folder(
            ITEMS,
            survey="id,yeras,field,trust,lunch,learned\np1,1,Law,,,\np2,2,Art,,,\n",
            outcomes="id,learned_later\n",
        )
    )
    assert told(survey) == [
        [
            "warning",
            "years",
            "",
            "item 'years' is in the codebook but not in the data. Did you mean 'yeras'?",
            "left out",
        ],
        [
            "warning",
            "yeras",
            "",
            "column 'yeras' of survey.csv is not in the codebook. Did you mean 'years'?",
            "not used; describe it in the codebook to use it",
        ],
    ]
    assert "years" not in survey.people


def test_a_survey_that_has_nothing_of_its_codebook_is_refused(folder):
    assert refused(folder(ITEMS[:2], survey="Q1,Q2\nx,y\n")) == (
        "No column of survey.csv is in its codebook. The file has 'Q1' and 'Q2'; the codebook describes 'id' and "
        "'years'. If it is the codebook of another survey, put each survey into a folder of its own.",
    )


def test_an_item_in_a_file_it_is_not_read_from_is_told(folder):
    survey = read_survey(folder(ITEMS[:3], roster="id,years\np1,3\np2,4\n", survey="id,field\np1,Law\np2,Art\n"))
    assert told(survey) == [
        ["warning", "years", "", "item 'years' is in roster.csv", "not used; move the column to survey.csv"]
    ]


def test_an_item_may_not_take_a_name_that_a_survey_uses_itself(folder):
    items = (Item("id", "person"), Item("team", "perspective", "nominal"))
    assert refused(folder(items, survey="id,team\np1,A\n")) == (
        "Item 'team' has a name peernet keeps for itself (person, name, team, manager, answered). "
        "Rename the column and the item.",
    )


def test_somebody_who_answered_nothing_is_kept_and_told(folder):
    survey = read_survey(
        folder(ITEMS, survey=HEADER + "p1,1,Law,,,\np2,,,,,\np3,2,Art,,,\n", outcomes="id,learned_later\np2,5\n")
    )
    assert survey.people["answered"].to_dict() == {"p1": True, "p2": False, "p3": True}
    assert told(survey) == [
        ["warning", "", "p2", "row 3 of survey.csv: every answer is missing", "kept as someone who did not answer"]
    ]


@pytest.mark.parametrize("row", ["p2,,,nobody,,", "p2,,,,p1,", "p2,,,,,7"])
def test_nobody_a_name_or_a_first_outcome_is_an_answer(folder, row):
    survey = read_survey(folder(ITEMS, survey=HEADER + f"p1,1,Law,,,\n{row}\n"))
    assert survey.people["answered"].all()


def test_a_constant_item_is_noted(folder):
    survey = read_survey(folder(ITEMS[:3], survey="id,years,field\np1,1,Law\np2,2,Law\np3,,\n"))
    assert told(survey)[0] == [
        "note",
        "field",
        "",
        "everyone who answered 'field' gave the same answer",
        "kept; it sets nobody apart",
    ]


SAME = {
    "experience": ("nominal", "Harbour"),
    "perspective": ("ordinal", "3"),
    "goal": ("multiple", "a; b"),
    "protected": ("binary", "yes"),
    "climate": ("numeric", "2"),
    "constraint": ("numeric", "1"),
}


@pytest.mark.parametrize("block", SAME)
def test_an_answer_everyone_gave_makes_nobody_somebody_who_answered(folder, block):
    kind, cell = SAME[block]
    same = Item("same", block, kind, low=1, high=5, role="capacity" if block == "constraint" else None)
    items = (*ITEMS[:3], ITEMS[4], same)
    rows = "id,years,field{}\np1,1,Law{}\np2,2,Art{}\np3,,{}\n"
    ties = "ego,alter,layer\np1,p2,lunch\np1,p3,lunch\np2,p1,lunch\n"
    without = read_survey(folder(items[:-1], survey=rows.format("", "", "", ""), ties=ties))
    having = read_survey(folder(items, survey=rows.format(",same", *[f",{cell}"] * 3), ties=ties))
    assert having.people["answered"].to_dict() == {"p1": True, "p2": True, "p3": False}
    assert having.answered == without.answered == {"lunch": {"p1", "p2"}}
    problem = "row 4 of survey.csv: answered nothing but what everyone answered alike"
    assert ["warning", "", "p3", problem, "kept as someone who did not answer"] in told(having)


def test_where_everyone_answered_everything_alike_all_have_answered(folder):
    survey = read_survey(folder(ITEMS[:3], survey="id,years,field\np1,1,Law\np2,1,Law\np3,,\n"))
    assert survey.people["answered"].to_dict() == {"p1": True, "p2": True, "p3": False}


def test_one_respondent_alone_is_read_and_told(folder):
    survey = read_survey(folder(ITEMS[:3], survey="id,years,field\np1,1,Law\n"))
    assert len(survey.people) == 1
    assert told(survey) == [
        ["warning", "", "", "only one person answered", "kept; there is nobody to compare or pair them with"]
    ]


TIE_FILE = "ego,alter,layer,rating,asked\np1,p2,lunch,3,\np2,p1,lunch,0,\np1,p3,lunch,,no\n"


def test_a_tie_file_stands_beside_typed_nominations(folder):
    items = [item for item in ITEMS if item.name != "learned_later"]
    survey = read_survey(
        folder(items, survey="id,years,field,trust,learned\np1,1,Law,p2,\np2,2,Art,,\np3,,,,\n", ties=TIE_FILE)
    )
    assert survey.ties.to_numpy().tolist() == [
        ["p1", "p2", "lunch", 3.0, True],
        ["p2", "p1", "lunch", 0.0, True],
        ["p1", "p3", "lunch", 0.0, False],
        ["p1", "p2", "trust", 1.0, True],
    ]
    assert survey.answered == {"trust": {"p1"}, "lunch": {"p1", "p2"}}
    assert repr(survey) == "<Survey: 3 people, 2 answered, 2 ties in 2 layers, 2 issues>"


def test_a_layer_nobody_answered_is_there_and_empty(folder):
    survey = read_survey(folder(ITEMS, survey=HEADER + "p1,1,Law,,,\np2,2,Art,,,\n"))
    assert survey.answered == {"trust": frozenset(), "lunch": frozenset()}
    assert survey.ties.dtypes.astype(str).tolist() == ["str", "str", "str", "float64", "bool"]


def test_a_tie_file_without_its_columns_is_refused(folder):
    assert refused(folder(ITEMS, survey=HEADER + "p1,1,Law,,,\n", ties="from,to\np1,p1\n")) == (
        "ties.csv has no column ego, alter, layer; it needs ego, alter and layer. It has from, to.",
    )


def test_a_layer_that_no_item_describes_is_refused_with_a_near_one(folder):
    path = folder(ITEMS, survey=HEADER + "p1,1,Law,,,\n", ties="ego,alter,layer\np1,p1,trsut\n")
    assert refused(path) == (
        "ties.csv has a layer 'trsut'; the codebook's layers are trust, lunch. Did you mean 'trust'?",
    )


def test_outcomes_of_strangers_and_repeated_rows_are_told(folder):
    survey = read_survey(
        folder(
            ITEMS,
            survey=HEADER + "p1,1,Law,,,\np2,2,Art,,,\n",
            outcomes="id,learned_later\np1,3\np9,4\np1,5\n,6\n",
        )
    )
    assert survey.outcomes.to_numpy().tolist() == [["p1", 2, "learning", 5.0]]
    assert told(survey) == [
        ["error", "id", "", "row 5 of outcomes.csv has no id", "row left out; add the identifier to use it"],
        ["warning", "", "p1", "has 2 rows in outcomes.csv: 2, 4", "put together, the newest answer to each question"],
        [
            "warning",
            "learned_later",
            "p1",
            "outcomes.csv says '3' in row 2, '5' in row 4",
            "kept '5', the newest",
        ],
        ["warning", "", "p9", "row 3 of outcomes.csv: not among the people", "outcomes left out"],
    ]


def test_an_outcome_in_both_files_is_taken_from_the_later_one_and_told(folder):
    survey = read_survey(
        folder(ITEMS, survey=HEADER + "p1,1,Law,,,10\np2,2,Art,,,20\n", outcomes="id,learned,learned_later\np1,30,5\n")
    )
    values = survey.outcomes.set_index(["person", "wave"])["value"].to_dict()
    assert values == {("p1", 1): 30, ("p2", 1): 20, ("p1", 2): 5}
    assert told(survey) == [
        [
            "note",
            "",
            "p1",
            "row 2 of survey.csv: learning of wave 1 is both in survey.csv and in outcomes.csv",
            "kept the answer in outcomes.csv",
        ]
    ]


def test_without_outcomes_the_table_is_empty_but_typed(folder):
    outcomes = read_survey(folder(ITEMS[:3], survey="id,years,field\np1,1,Law\n")).outcomes
    assert outcomes.dtypes.astype(str).to_dict() == {
        "person": "str",
        "wave": "int64",
        "measure": "str",
        "value": "float64",
    }


def test_ordered_categories_of_an_outcome_count_from_one(folder):
    items = (Item("id", "person"), Item("mood", "outcome", "ordinal", categories=("Low", "Mid", "High")))
    survey = read_survey(folder(items, survey="id,mood\np1,High\np2,low\n"))
    assert survey.outcomes["value"].tolist() == [3.0, 1.0]


def test_the_example_is_read_within_a_second():
    start = process_time()
    pn.load_example()
    assert process_time() - start < 1


SCALE = Item("trust", "tie", layer="trust", low=1, high=5, at_least=3, missing=("99",))
LEVELS = "id,years\np1,1\np2,2\np3,3\np4,4\n"


def foundation(survey: pn.Survey) -> dict[str, str]:
    """What each pair can rest on, by the last letters of the two."""
    people = survey.people.index
    pairs = [(a, b) for i, a in enumerate(people) for b in people[i + 1 :]]
    table = pn.scores.pair_foundation(pn.colleague_graph(survey), pairs)
    return dict(zip(table["a"].str[-1] + table["b"].str[-1], table["foundation"], strict=True))


def rated(folder, *rows: str, item: Item = SCALE) -> pn.Survey:
    """Everybody works with everybody; ``rows`` are ratings of trust, in a tie file."""
    people = ("p1", "p2", "p3", "p4")
    works = [f"{a},{b},works_with," for a in people for b in people if a != b]
    items = (*ITEMS[:2], Item("works_with", "tie", layer="works_with"), item)
    return read_survey(folder(items, survey=LEVELS, ties="\n".join(["ego,alter,layer,rating", *works, *rows]) + "\n"))


@pytest.mark.parametrize("level", ["99", "", "0", "-1", "6", "Never", "No response", "don't know"])
def test_a_rating_that_says_nothing_is_neither_trust_nor_refusal(folder, level):
    survey = rated(folder, f"p1,p2,trust,{level}", f"p2,p1,trust,{level}", "p1,p3,trust,3", "p3,p1,trust,5")
    assert foundation(survey)["12"] == "unknown"
    assert foundation(survey)["13"] == "mutual"
    assert survey.ties["rating"].isna().sum() == 2
    assert "14 ties (2 more unknown) in 2 layers" in repr(survey)


@pytest.mark.parametrize("level", ["99", "99.0", '"99,0"', "099"])
def test_a_missing_rating_is_known_by_its_number(folder, level):
    item = Item("trust", "tie", layer="trust", at_least=3, missing=("99",))
    survey = rated(folder, f"p1,p2,trust,{level}", f"p2,p1,trust,{level}", "p1,p3,trust,3", "p3,p1,trust,5", item=item)
    assert foundation(survey)["12"] == "unknown"
    assert survey.ties["rating"].max() == 5


def test_everybody_rated_never_is_trusted_by_nobody(folder):
    words = Item("trust", "tie", layer="trust", categories=("Never", "Sometimes", "Always"), at_least="Sometimes")
    rows = [f"{a},{b},trust,Never" for a in ("p1", "p2", "p3", "p4") for b in ("p1", "p2", "p3", "p4") if a != b]
    survey = rated(folder, *rows, item=words)
    assert set(foundation(survey).values()) == {"refused"}
    assert "12 ties" in repr(survey)
    assert pn.colleague_graph(survey).number_of_edges() == 12


def test_somebody_who_was_not_rated_was_not_on_the_form(folder):
    """p4 rates nobody, p1 and p2 rate each other and not p3, p3 rates p1 low."""
    survey = rated(folder, "p1,p2,trust,4", "p2,p1,trust,4", "p3,p1,trust,2")
    states = foundation(survey)
    assert states == {
        "12": "mutual",
        "13": "refused",
        "14": "unknown",
        "23": "unknown",
        "24": "unknown",
        "34": "unknown",
    }


def test_somebody_without_a_row_of_their_own_may_not_have_been_on_the_form(folder):
    plain = Item("trust", "tie", layer="trust")
    survey = rated(folder, "p1,p2,trust,", "p2,nobody,trust,", item=plain)
    states = foundation(survey)
    assert (states["12"], states["34"]) == ("refused", "unknown")
    assert survey.incomplete["trust"] == {"p3", "p4"}


def typed(folder, trust: str, item: Item = ITEMS[3], **files: str) -> pn.Survey:
    """p1 to p3 work together and p2 and p3 trust p1; ``trust`` is what p1 answers."""
    rows = f"p1,p2;p3,{trust}\np2,p1;p3,p1;p3\np3,p1;p2,p1\n"
    items = (ITEMS[0], Item("works_with", "tie", layer="works_with"), item)
    return read_survey(folder(items, survey=f"id,works_with,trust\n{rows}", **files))


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("p3", "refused"),
        ("nobody", "refused"),
        ("p3;Zed", "unknown"),
        ("p3;10000013", "unknown"),
        ("p3;p9", "unknown"),
        ("-", "unknown"),
        ("N/A", "unknown"),
        ("prefer not to say", "unknown"),
        ("None", "unknown"),
        ("p3; p2", "mutual"),
    ],
)
def test_not_being_named_is_refusal_only_where_it_can_be(folder, answer, state):
    assert foundation(typed(folder, answer))["12"] == state


@pytest.mark.parametrize(
    "item",
    [
        Item("trust", "tie", layer="trust", most_named=1),
        Item("trust", "tie", label="Name max. 1 colleague", layer="trust"),
        Item("trust", "tie", "multiple", layer="trust", categories=("p1", "p3")),
    ],
)
def test_a_capped_question_or_a_list_without_the_person_refuses_nobody(folder, item):
    assert foundation(typed(folder, "p3", item))["12"] == "unknown"


@pytest.mark.parametrize(
    ("row", "state", "told"),
    [
        ("p1,p2,trust,1", "mutual", None),
        ("p1,p2,trust,", "mutual", None),
        ("p1,p2,trust,0", "unknown", "row 2 of survey.csv: names p2 in the survey, and row 2 of ties.csv says: 0"),
        ("p1,p2,trust,much", "mutual", "row 2 of ties.csv: rating 'much' is not a number"),
    ],
)
def test_where_survey_and_file_disagree_a_tie_is_unknown_and_told(folder, row, state, told):
    survey = typed(folder, "p2;p3", ties=f"ego,alter,layer,rating\n{row}\n")
    assert foundation(survey)["12"] == state
    assert told is None or told in survey.issues["problem"].tolist()


def test_a_tie_of_the_file_that_the_survey_does_not_name_is_told(folder):
    survey = typed(folder, "p3", ties="ego,alter,layer\np1,p2,trust\n")
    problem = "row 2 of survey.csv: does not name p2 in the survey, and row 2 of ties.csv does"
    assert told(survey) == [["warning", "trust", "p1", problem, "counted as named"]]


def test_a_row_with_an_end_missing_is_told_by_its_number_and_nothing_else_is_affected(folder):
    ties = (
        "ego,alter,layer,rating\np1,p2,trust,4\n,p2,trust,3\np2,,trust,3\n,,,\np2,p2,trust,5\np3,p1,trust,\np3,p2,,4\n"
    )
    items = (*ITEMS[:2], SCALE)
    survey = read_survey(folder(items, survey=LEVELS, ties=ties))
    assert survey.ties[["ego", "alter"]].to_numpy().tolist() == [["p1", "p2"], ["p3", "p1"]]
    assert survey.ties["rating"].fillna(-1).tolist() == [4, -1]
    assert [problem.split(" of")[0] for problem in survey.issues["problem"]] == [
        "row 5",
        "row 3",
        "row 4",
        "row 6",
        "row 8",
    ]


@pytest.mark.parametrize("word", ["None", "-", "N/A", "prefer not to say", "nobody", "?", "NULL", "999"])
def test_a_word_for_nobody_is_no_identifier(folder, word):
    items = (Item("id", "person", missing=("999",)), ITEMS[1])
    survey = read_survey(folder(items, survey=f"id,years\np1,1\n{word},2\n{word},3\np2,4\n"))
    assert survey.people.index.tolist() == ["p1", "p2"]
    problem = f"row 3 of survey.csv has no id ({word!r} is no identifier)"
    assert told(survey)[0] == ["error", "id", "", problem, "row left out; add the identifier to use it"]


def test_initials_are_identifiers(folder):
    survey = read_survey(folder(ITEMS[:2], survey="id,years\nNA,1\nNN,2\n"))
    assert survey.people.index.tolist() == ["NA", "NN"]


RESPECT = Item("respect", "tie", layer="respect")
NOBODY_RESPECTS = "nobody answered about respect, which pairs should rest on"


@pytest.mark.parametrize(
    ("header", "cell"), [("", ""), ("respect,", ","), ("respect,", " ,")], ids=["no column", "blank", "white space"]
)
def test_a_foundation_layer_that_nobody_answered_is_left_out_and_said(folder, header, cell):
    rows = f"id,{header}years,field,trust\np1,{cell}3,Law,p2\np2,{cell}4,Arts,p1\n"
    survey = read_survey(folder((*ITEMS, RESPECT), survey=rows))
    assert survey.foundation == ("trust",)
    assert pn.colleague_graph(survey).graph["foundation"] == ("trust",)
    assert "respect" not in pn.colleague_graph(survey).graph["contact"]
    done = "left out: pairs rest on trust alone; add the answers if there are any"
    assert ["error", "respect", "", NOBODY_RESPECTS, done] in told(survey)
    assert pair_foundation(pn.colleague_graph(survey), [("p1", "p2")])["foundation"].tolist() == ["mutual"]


def test_an_unasked_layer_changes_nothing_but_the_issues(folder):
    survey = pn.load_aarhus()
    codebook = pn.survey.Codebook((*survey.codebook, RESPECT), survey.codebook.missing)
    more = replace(survey, codebook=codebook, answered={**survey.answered, "respect": frozenset()})
    plain, unasked = (pn.pair_people(pn.score_pairs(s, pn.colleague_graph(s))) for s in (survey, more))
    assert plain.pairs == unasked.pairs
    assert len(unasked.pairs) == 14


def test_a_layer_that_was_answered_with_nobody_still_counts(folder):
    rows = "id,respect,years,field,trust\np1,nobody,3,Law,p2\np2,,4,Arts,p1\n"
    survey = read_survey(folder((*ITEMS, RESPECT), survey=rows))
    assert survey.foundation == ("trust", "respect")
    assert NOBODY_RESPECTS not in survey.issues["problem"].tolist()


def test_where_nobody_answered_about_any_foundation_scoring_warns(folder):
    survey = read_survey(folder(ITEMS, survey="id,years,field,trust\np1,3,Law,\np2,4,Arts,\n"))
    assert survey.foundation == ()
    with pytest.warns(PeernetWarning, match="or nobody answered it"):
        pn.score_pairs(survey, pn.colleague_graph(survey))
