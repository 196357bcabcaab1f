"""An export and its codebook become the tables of a survey: shapes of ties, codes and labels, who is who."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import peernet as pn
from peernet.survey.codebook import Codebook
from peernet.survey.formats.export import Column, Repeats
from peernet.survey.formats.tie_shapes import is_ticked, rating_words
from peernet.survey.item import Item
from tests.made.shapes import STAFF, an_export, base, book, survey_in, told

TRUST = Item("trust", "tie", layer="trust")
RATED = Item("trust", "tie", "ordinal", layer="trust", low=0, high=4, at_least=3)
NAMES = [*STAFF.values()]


def ticks(*rows: str, unticked: str | None = None, parts=NAMES, group: str = "trust", **kws):
    """An export with a column per colleague; a row such as "1 0 - - -", a dash for an empty cell."""
    columns = [
        Column(f"{group}_{n}", kind="tick", group=group, part=part, unticked=unticked) for n, part in enumerate(parts)
    ]
    cells = base([*STAFF][: len(rows)])
    table = [[cell.strip("-") for cell in row.split()] for row in rows]
    cells |= {column.name: [row[n] for row in table] for n, column in enumerate(columns)}
    return an_export(cells, columns, staff=STAFF, **kws)


def ratings(*rows: str, item: Item = RATED, **kws):
    columns = [Column(f"trust_{n}", group="trust", part=part, **kws) for n, part in enumerate(NAMES)]
    cells = base([*STAFF][: len(rows)])
    table = [[cell.strip("_").replace("-0", "") if cell == "_" else cell for cell in row.split()] for row in rows]
    cells |= {column.name: [row[n].replace("~", " ") for row in table] for n, column in enumerate(columns)}
    return survey_in(an_export(cells, columns, staff=STAFF), book(item))


def problems(survey: pn.Survey) -> str:
    return "\n".join(survey.issues["problem"] + ": " + survey.issues["done"])


def of(survey: pn.Survey, ego: str) -> list:
    """What the graph says of whom ego trusts, in the order of the staff."""
    said = told(survey, "trust")
    return [said[ego, alter] for alter in STAFF if alter != ego]


# --- ticks -----------------------------------------------------------------------------------------------------------


def test_ticked_is_named_and_unticked_beside_it_is_not_chosen():
    survey = survey_in(ticks("- 1 - 1 -", "1 - - - -"), book(TRUST))
    assert of(survey, "p1") == [("tie", 1), "not chosen", ("tie", 1), "not chosen"]


def test_nothing_ticked_is_no_answer_and_the_export_option_that_would_tell_is_named():
    survey = survey_in(replace(ticks("- 1 - - -", "- - - - -"), format="qualtrics"), book(TRUST))
    assert of(survey, "p2") == ["not answered"] * 4
    assert "1 of 2 sheets tick nobody at all" in problems(survey)
    assert "Recode seen but unanswered multi-value fields as 0" in problems(survey)


def test_nothing_ticked_where_the_format_says_what_was_shown_is_nobody():
    survey = survey_in(ticks("0 1 0 0 0", "0 0 0 0 0", "- - - - -", unticked="0"), book(TRUST))
    assert of(survey, "p2") == ["not chosen"] * 4
    assert of(survey, "p3") == ["not answered"] * 4


def test_an_option_that_was_not_shown_is_not_asked():
    survey = survey_in(ticks("- 1 0 - 0", unticked="0"), book(TRUST))
    assert of(survey, "p1") == [("tie", 1), "not chosen", "not asked", "not chosen"]


@pytest.mark.parametrize("option", ["Nobody", "nobody in my class", "None of these", "Niemand davon", "personne"])
def test_the_option_nobody_is_an_answer_and_no_colleague(option):
    survey = survey_in(ticks("- 1 - - - -", "- - - - - 1", parts=[*NAMES, option]), book(TRUST))
    assert of(survey, "p2") == ["not chosen"] * 4
    assert survey.people.index.tolist() == [*STAFF]


def test_a_colleague_called_like_nobody_is_one():
    form = ticks("- 1", parts=["Ann Lee", "Nil Ek"])
    survey = survey_in(replace(form, people=pd.DataFrame()), book(TRUST))
    assert "Nil Ek" in survey.people["name"].tolist()


def test_words_typed_beside_ticks_are_names_as_well():
    form = ticks("- 1 - - -", "- - - - -")
    cells = form.cells.assign(other=["Cy Oz-Young", ""])
    form = replace(
        form, cells=cells, columns=(*form.columns, Column("other", kind="text", group="trust", part="Other"))
    )
    assert of(survey_in(form, book(TRUST)), "p1")[:2] == [("tie", 1), ("tie", 1)]


def test_a_question_that_says_up_to_two_makes_the_others_unknown():
    wording = replace(TRUST, label="Nennen Sie bis zu zwei Personen")
    assert of(survey_in(ticks("- 1 1 - -", "1 - - - -"), book(wording)), "p1")[2:] == ["nothing said"] * 2


# --- columns of names ------------------------------------------------------------------------------------------------


def test_whoever_fills_every_column_of_names_may_have_had_more_to_name():
    columns = [Column(f"t{n}", kind="name", group="trust") for n in (1, 2)]
    cells = base(["p1", "p2"]) | {"t1": ["Bo Ek", "Ann Lee"], "t2": ["Núñez, Inés", ""]}
    survey = survey_in(an_export(cells, columns, staff=STAFF), book(TRUST))
    assert of(survey, "p1") == [("tie", 1), "nothing said", ("tie", 1), "nothing said"]
    assert of(survey, "p2") == [("tie", 1)] + ["not chosen"] * 3


def test_chosen_codes_in_one_cell_are_people():
    labels = {"a1": "Ann Lee", "a2": "Bo Ek", "a3": "Cy Oz-Young", "a0": "Nobody"}
    export = an_export(
        base(["p1", "p2"]) | {"trust": ["a2 a3", "a0"]}, [Column("trust", kind="choices", labels=labels)], staff=STAFF
    )
    survey = survey_in(export, book(TRUST))
    assert of(survey, "p1")[:2] == [("tie", 1), ("tie", 1)]
    assert of(survey, "p2")[0] == "not chosen"


def test_a_colleague_who_was_not_on_the_form_is_not_asked():
    form = ticks("- 1", "1 -", parts=NAMES[:2])
    form = replace(
        form, cells=form.cells.assign(works_with=["Maud Ferrin", ""]), columns=(*form.columns, Column("works_with"))
    )
    survey = survey_in(form, book(TRUST, Item("works_with", "tie", layer="works_with")))
    assert of(survey, "p1")[3] == "not asked"


# --- ratings ---------------------------------------------------------------------------------------------------------


def test_a_blank_beside_ratings_is_not_known_and_no_rating_at_all_no_answer():
    survey = ratings("_ 4 1 _ 3", "_ _ _ _ _")
    assert of(survey, "p1") == [("tie", 4), ("low", 1), "not rated", ("tie", 3)]
    assert of(survey, "p2") == ["not answered"] * 4


STRANGER = "I don't know this person"


@pytest.mark.parametrize(
    "words",
    [
        STRANGER,
        "I do not know them well enough to say",
        "Never met",
        "Kenne ich nicht",
        "Ich kenne diese Person nicht",
        "Je ne connais pas cette personne",
        "No conozco a esta persona",
        "Non conosco questa persona",
        "Ken ik niet",
        "Não conheço esta pessoa",
        "Känner jag inte",
        "Kender jeg ikke",
        "Nie znam tej osoby",
    ],
)
def test_a_point_that_says_one_does_not_know_somebody_is_not_asked_in_ten_languages(words):
    item = Item("trust", "tie", "ordinal", layer="trust", categories=(words, "No", "Yes"), at_least="Yes")
    survey = ratings(f"_ {words.replace(' ', '~')} Yes No Yes", item=item)
    assert of(survey, "p1") == ["not asked", ("tie", 3), ("low", 2), ("tie", 3)]


def test_people_who_have_not_met_can_be_introduced_and_somebody_rated_low_cannot():
    stranger = ratings("_ 0 4 _ _", "0 _ 4 _ _", "4 4 _ _ _", labels={"0": STRANGER})
    refused = ratings("_ 1 4 _ _", "0 _ 4 _ _", "4 4 _ _ _", labels={"0": STRANGER})
    found = [
        pn.scores.pair_foundation(pn.colleague_graph(s), [("p1", "p2")])["foundation"].item()
        for s in (stranger, refused)
    ]
    assert found == ["introduced", "refused"]


def test_whoever_knows_nobody_has_answered():
    survey = ratings("_ 0 0 0 0", "4 _ _ _ _", labels={"0": STRANGER})
    assert "p1" in survey.answered["trust"]


def test_labels_are_read_as_their_codes_on_a_scale_of_numbers():
    labels = {"1": "No", "2": "Rather not", "3": "Rather yes", "4": "Yes"}
    survey = ratings("_ Yes Rather~not _ 3", labels=labels)
    assert of(survey, "p1") == [("tie", 4), ("low", 2), "not rated", ("tie", 3)]


def test_a_mark_for_seen_and_not_answered_tells_a_blank_that_was_not_shown():
    survey = ratings("_ 4 -99 _ 3", missing={"-99": "seen but not answered"})
    assert of(survey, "p1") == [("tie", 4), "not rated", "not asked", ("tie", 3)]


@pytest.mark.parametrize(
    "reason", ["not asked", "Not shown", "never displayed", "unseen", "was not asked", "hidden by logic"]
)
def test_a_code_for_what_was_not_shown_is_not_asked_and_marks_nothing_as_seen(reason):
    survey = ratings("_ 4 -98 _ 3", missing={"-98": reason, "-97": "refused"})
    assert of(survey, "p1") == [("tie", 4), "not asked", "not rated", ("tie", 3)]
    survey = ratings("_ 4 -97 _ 3", missing={"-98": reason, "-97": "refused"})
    assert of(survey, "p1") == [("tie", 4), "not rated", "not rated", ("tie", 3)]
    assert "-97" not in problems(survey), "a code for no answer is no rating off the scale"


def test_yes_and_no_to_each_colleague_are_a_tie_and_none():
    survey = ratings("_ Yes No _ Yes", item=TRUST)
    assert of(survey, "p1")[0] == of(survey, "p1")[3] == ("tie", 1)
    assert survey.ties.set_index("alter")["rating"].to_dict()["p3"] == 0


def test_ratings_without_a_scale_are_an_error_with_the_question():
    survey = ratings("_ 5 2 _ 1", item=TRUST)
    assert "error" in survey.issues["severity"].tolist()
    assert "from which rating on that is a tie" in problems(survey)


def test_only_who_was_ticked_as_known_before_was_asked_about_afterwards():
    known = [Column(f"knows_{n}", kind="tick", group="knows", part=name) for n, name in enumerate([*NAMES, "Nobody"])]
    later = [Column(f"trust_{n}", kind="tick", group="trust", part=name) for n, name in enumerate(NAMES)]
    cells = base(["p1", "p2", "p3"]) | {column.name: ["", "", ""] for column in (*known, *later)}
    for column, row in (("knows_1", 0), ("knows_2", 0), ("trust_1", 0), ("knows_5", 1), ("knows_0", 2)):
        cells[column][row] = "1"
    survey = survey_in(an_export(cells, (*known, *later), staff=STAFF), book(Item("knows", "ignore"), TRUST))
    assert of(survey, "p1") == [("tie", 1), "not chosen", "not asked", "not asked"]
    assert "p2" in survey.answered["trust"], "whoever knows nobody says so of every layer"
    assert of(survey, "p3") == ["not answered"] * 4
    assert "only colleagues ticked in 'knows' stand in 'trust'" in problems(survey)


def test_columns_that_bear_a_questions_name_and_a_code_are_its_own():
    cells = base(["p1", "p2"]) | {f"trust_{who}": ["", ""] for who in STAFF}
    cells |= {"trust_p2": ["4", ""], "trust_p3": ["1", "3"]}
    survey = survey_in(an_export(cells, staff=STAFF), book(RATED))
    assert of(survey, "p1") == [("tie", 4), ("low", 1), "not rated", "not rated"]


def test_one_word_for_yes_and_blanks_are_ticks_where_the_tool_does_not_say():
    columns = [Column(f"trust_{n}", group="trust", part=part) for n, part in enumerate(NAMES)]
    cells = base(["p1", "p2"]) | {column.name: ["x" if column.part == "Bo Ek" else "", ""] for column in columns}
    survey = survey_in(an_export(cells, columns, staff=STAFF), book(TRUST))
    assert of(survey, "p1")[:2] == [("tie", 1), "not chosen"]
    assert of(survey, "p2") == ["not answered"] * 4


# --- rows of their own -----------------------------------------------------------------------------------------------


def nominated(rows: list[tuple[int, str, str]], item: Item = RATED, **kws) -> pn.Survey:
    export = an_export(base(["p1", "p2", "p3"]), staff=STAFF)
    cells = pd.DataFrame(rows, columns=["row", "who", "trust"], index=range(2, len(rows) + 2))
    person = cells.pop("row").astype("Int64")
    group = Repeats("people", cells.astype("str"), person, (Column("who"), Column("trust")), "people.csv", **kws)
    return survey_in(replace(export, repeats=(group,)), book(Item("who", "alter"), item))


def test_a_repeat_group_names_and_rates_and_whoever_came_and_named_nobody_has_answered():
    survey = nominated([(2, "Bo Ek", "4"), (2, "Cy Oz-Young", "1"), (3, "p1", "3")], asked=frozenset({2, 3, 4}))
    assert of(survey, "p1") == [("tie", 4), ("low", 1), "nothing said", "nothing said"]
    assert of(survey, "p3") == ["nothing said"] * 4
    assert "p4" not in survey.answered["trust"]


def test_ties_are_those_of_the_first_wave_and_later_ones_are_told():
    rows = [(2, "p2", "4"), (2, "p3", "2"), (2, "p2", "1")]
    survey = nominated(rows, wave=pd.Series(["start", "start", "later"], index=[2, 3, 4]))
    assert of(survey, "p1")[:2] == [("tie", 4), ("low", 2)]
    assert "1 row of people.csv of the wave 'later': not used" in problems(survey)


def test_rows_of_a_sheet_that_is_not_there_are_told():
    assert "1 row of people.csv without anybody who answered" in problems(nominated([(2, "p2", "4"), (9, "p2", "4")]))


def test_a_list_of_ties_as_the_only_table_has_everybody_in_it():
    rows = {
        "giver": ["p1", "p2", "p1"],
        "receiver": ["p2", "p1", "p9"],
        "trust": ["4", "No Response", "2"],
        "team": ["A", "B", "A"],
    }
    items = Item("giver", "person"), Item("receiver", "alter"), Item("team", "team", "nominal"), RATED
    survey = survey_in(an_export(rows), Codebook(items))
    assert survey.people["answered"].to_dict() == {"p1": True, "p2": False, "p9": False}
    assert survey.people["team"].dropna().to_dict() == {"p1": "A", "p2": "B"}
    assert survey.ties.set_index(["ego", "alter"])["rating"].to_dict()["p1", "p2"] == 4


# --- who is who ------------------------------------------------------------------------------------------------------


def test_tokens_join_to_the_names_of_the_participants():
    people = pd.DataFrame(
        {"tid": ["1", "2"], "firstname": ["Maud", "Ivo"], "lastname": ["Ferrin", "Salter"], "token": ["tk1", "tk2"]}
    )
    cells = {"token": ["tk1", "tk9"], "q1": ["1", "4"], "trust": ["Ivo Salter", "Maud Ferrin"]}
    codebook = Codebook((Item("token", "person"), Item("q1", "perspective", "ordinal", low=1, high=5), TRUST))
    survey = survey_in(replace(an_export(cells), people=people), codebook)
    assert survey.people["name"].to_dict() == {"tk1": "Maud Ferrin", "tk2": "Ivo Salter", "tk9": "tk9"}
    assert set(zip(survey.ties["ego"], survey.ties["alter"], strict=True)) == {("tk1", "tk2"), ("tk9", "tk1")}
    assert "answered but is not on the roster" in problems(survey)


def test_who_types_their_own_name_is_who_is_on_the_form_and_the_others_did_not_answer():
    form = replace(ticks("- 1 - - -", "1 - - - -", "- - 1 - -"), people=pd.DataFrame())
    form.cells["id"] = ["Lee, Ann", "Bö Ek", "Cyy Oz-Young"]
    survey = survey_in(form, book(TRUST))
    assert survey.people["answered"].to_dict() == dict(zip(NAMES, [True, True, True, False, False], strict=True))
    assert "'Cyy Oz-Young' answered, and is not on the form by this name" in problems(survey)


def test_who_answered_and_cannot_be_found_on_the_form_is_asked_back():
    form = replace(ticks("- 1 - - -", "1 - - - -"), people=pd.DataFrame())
    form.cells["id"] = ["Ann Lee", "Zoe Quist"]
    survey = survey_in(form, book(TRUST))
    assert survey.unread["typed"].tolist() == ["Zoe Quist"]
    settled = replace(book(TRUST), aliases={"Zoe Quist": "Bo Ek"})
    assert survey_in(form, settled).people["answered"].sum() == 2
    assert survey_in(form, settled).unread.empty


def test_two_who_answered_are_never_taken_for_one():
    form = replace(ticks("- 1 - - -", "1 - - - -"), people=pd.DataFrame())
    form.cells["id"] = ["Ann Lee", "Anne Lee"]
    survey = survey_in(form, book(TRUST))
    assert survey.people["answered"].sum() == 2


def test_codes_are_identifiers_only_where_they_are_peoples():
    columns = [
        Column(f"trust_{n}", kind="tick", group="trust", part=name, key=str(n)) for n, name in enumerate(NAMES, start=1)
    ]
    cells = {"id": ["2", "1"], "q1": ["1", "2"]} | {c.name: ["1" if c.key == "3" else "", ""] for c in columns}
    survey = survey_in(an_export(cells, columns), book(TRUST))
    assert survey.ties["alter"].tolist() == ["Cy Oz-Young"], "row numbers of answers are no codes of colleagues"


# --- other answers ---------------------------------------------------------------------------------------------------


def answers(item: Item, column: Column, *cells: str):
    return (
        survey_in(
            an_export(base([f"p{n}" for n, _ in enumerate(cells)]) | {column.name: [*cells]}, [column]), book(item)
        )
        .people[item.name]
        .tolist()
    )


LABELS = {"1": "Never", "2": "Often"}


def test_codes_become_labels_where_the_categories_are_labels():
    item = Item("x", "perspective", "ordinal", categories=("Never", "Often"))
    assert answers(item, Column("x", labels=LABELS), "2", "1", "Often") == ["Often", "Never", "Often"]


def test_labels_become_codes_where_the_answers_are_codes():
    assert answers(Item("x", "perspective", "ordinal", low=1, high=2), Column("x", labels=LABELS), "Often", "1") == [
        2,
        1,
    ]
    item = Item("x", "perspective", "nominal", categories=("1", "2"))
    assert answers(item, Column("x", labels=LABELS), "often", "1") == ["2", "1"]


def test_several_codes_in_one_cell_become_labels():
    item = Item("x", "offers", "multiple")
    assert answers(item, Column("x", labels=LABELS), "1,2", "2") == [{"Never", "Often"}, {"Often"}]


def test_a_code_that_its_tool_declares_missing_is_no_answer():
    item = Item("x", "experience", "numeric")
    assert answers(item, Column("x", missing={"-99": "seen"}), "-99", "3")[1] == 3
    assert pd.isna(answers(item, Column("x", missing={"-99": "seen"}), "-99", "3")[0])


def test_ticks_are_the_options_of_a_list():
    columns = [
        Column(f"x_{n}", kind="tick", group="x", part=part, unticked="0")
        for n, part in enumerate(("Plan, do", "Check"))
    ]
    cells = base(["p1", "p2", "p3"]) | {"x_0": ["1", "0", ""], "x_1": ["1", "0", ""]}
    survey = survey_in(an_export(cells, columns), book(Item("x", "offers", "multiple")))
    assert survey.people["x"].tolist() == [{"Plan, do", "Check"}, frozenset(), None]


@pytest.mark.parametrize("part", ["None of these", "0", ""])
def test_none_of_the_options_is_an_answer_and_no_option(part):
    columns = [
        Column(f"x_{key}", kind="tick", group="x", part=label, key=key) for key, label in (("1", "Plan"), ("0", part))
    ]
    cells = base(["p1", "p2", "p3"]) | {"x_1": ["1", "", ""], "x_0": ["", "1", ""]}
    survey = survey_in(an_export(cells, columns), book(Item("x", "offers", "multiple", categories=("1",))))
    assert survey.people["x"].tolist() == [{"1"}, frozenset(), None]
    assert survey.issues.empty


def test_what_the_tool_notes_by_itself_is_no_stranger():
    columns = [Column("StartDate", kind="about"), Column("extra")]
    survey = survey_in(an_export(base(["p1", "p2"]) | {"StartDate": ["a", "b"], "extra": ["c", "d"]}, columns), book())
    assert [item for item in survey.issues["item"] if item] == ["extra"]


def test_rows_set_aside_are_told_with_their_numbers():
    export = replace(an_export(base(["p1"])), set_aside={4: "a preview", 5: "a preview", 9: "not finished"})
    found = problems(survey_in(export, book()))
    assert "rows 4 and 5 of export.csv are set aside: a preview" in found
    assert "row 9 of export.csv is set aside: not finished" in found


def test_a_question_the_codebook_does_not_know_is_told_once():
    survey = survey_in(ticks("- 1 - - -", "1 - - - -", group="lunch"), book())
    assert "question 'lunch' of export.csv, 5 columns, is not in the codebook: not used" in problems(survey)
    assert len(survey.issues[survey.issues["item"].str.startswith("lunch")]) == 1


def test_boxes_of_which_the_tool_does_not_say_that_they_hold_names_invent_nobody():
    boxes = [Column(f"trust_{n}", group="trust", part=f"Person {n}", key=str(n)) for n in (1, 2)]
    cells = base([*STAFF][:3]) | {"trust_1": [NAMES[1], NAMES[2], NAMES[0]], "trust_2": [NAMES[2], "", NAMES[3]]}
    survey = survey_in(an_export(cells, boxes, staff=STAFF), book(TRUST))
    assert set(survey.people.index) == {*STAFF}
    assert of(survey, "p1")[:2] == [("tie", 1), ("tie", 1)]


def test_a_column_that_is_known_and_not_used_is_not_missed():
    survey = survey_in(ticks("- 1 - - -"), book(TRUST, Item("_parent_index", "ignore")))
    assert "_parent_index" not in problems(survey)


# --- words for a tick ------------------------------------------------------------------------------------------------

WORDS = ["not checked", "Not Selected", "Unchecked", "not quoted", "nicht genannt", "nicht gewählt", "No", "0"]


@pytest.mark.parametrize("word", WORDS)
def test_a_word_for_not_ticked_is_no_tick_in_any_shape(word):
    named = ticks(f"- {word.replace(' ', '~')} 1 - -")
    named = replace(named, cells=named.cells.replace("~", " ", regex=True))
    assert of(survey_in(named, book(TRUST)), "p1")[:2] == ["not chosen", ("tie", 1)]
    assert not is_ticked(word, Column("a", part="Ann Ash"))
    assert rating_words(TRUST, Column("a"))[word.casefold()] == "0"


@pytest.mark.parametrize("word", ["Selected", "checked", "genannt", "yes", "1", "Ann Ash"])
def test_a_word_for_ticked_is_a_tick(word):
    assert is_ticked(word, Column("a", part="Ann Ash"))


def test_an_option_called_no_that_holds_its_own_name_is_ticked():
    assert is_ticked("No", Column("a", part="No"))
    assert not is_ticked("No", Column("a", part="Yes"))
    assert not is_ticked("No", Column("a", part="No", unticked="No"))
