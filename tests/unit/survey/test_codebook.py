"""The codebook: what it accepts, what it refuses in which words, and that nothing is lost in a file."""

from __future__ import annotations

import json

import pytest

from peernet.errors import CodebookError, UnknownItemError
from peernet.survey import Codebook, Item, read_codebook
from peernet.survey.item import BLOCKS, KINDS
from tests.made.tiny import ITEMS

PERSON = Item("id", "person")


def problems_of(*items: Item) -> tuple[str, ...]:
    with pytest.raises(CodebookError) as caught:
        Codebook((PERSON, *items))
    return caught.value.problems


def problems_in(*fields: object, **document: object) -> tuple[str, ...]:
    with pytest.raises(CodebookError) as caught:
        Codebook.from_descriptor({"fields": [{"name": "id", "peernet": {"block": "person"}}, *fields], **document})
    return caught.value.problems


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        (
            Item("q", "expereince"),
            f"Item 'q': unknown block 'expereince'; allowed are {', '.join(BLOCKS)}. Did you mean 'experience'?",
        ),
        (
            Item("q", "goal", "ordinl"),
            f"Item 'q': unknown kind 'ordinl'; allowed are {', '.join(KINDS)}. Did you mean 'ordinal'?",
        ),
        (Item("q", "offers", "text"), "Item 'q': kind 'text' does not fit block 'offers'; allowed: multiple."),
        (
            Item("q", "outcome", "nominal"),
            "Item 'q': kind 'nominal' does not fit block 'outcome'; allowed: numeric, ordinal, binary, asymmetric.",
        ),
        (
            Item("q", "constraint", "text", role="capacity"),
            "Item 'q': kind 'text' does not fit role 'capacity'; allowed: numeric.",
        ),
        (Item("q", "tie"), "Item 'q': a tie item needs a layer, such as 'trust' or 'works_with'."),
        (
            Item("q", "constraint", role="veto"),
            "Item 'q': a constraint item needs a role, one of capacity, opted_out, takes_part, never_with, hours, "
            "may_share; found 'veto'.",
        ),
        (Item("q", "goal", "numeric", low=5, high=1), "Item 'q': its minimum 5 is not below its maximum 1."),
        (
            Item("q", "goal", "ordinal"),
            "Item 'q': an ordinal item needs its minimum and maximum, or its categories in order.",
        ),
        (
            Item("q", "goal", "numeric", low=1, reverse=True),
            "Item 'q': a reversed item must be yes/no, a number with its minimum and maximum, or ordered categories.",
        ),
        (
            Item("q", "goal", "nominal", categories=("a", "b"), reverse=True),
            "Item 'q': a reversed item must be yes/no, a number with its minimum and maximum, or ordered categories.",
        ),
        (
            Item("q", "goal", "nominal", categories=("Law", "law")),
            "Item 'q': categories 'Law', 'law' are the same word; keep one.",
        ),
        (Item("q", "goal", "multiple", separator=""), "Item 'q': its separator is empty; leave it out for ';'."),
    ],
)
def test_an_item_that_makes_no_sense_is_refused_with_its_reason(item, problem):
    assert problems_of(item) == (problem,)


@pytest.mark.parametrize(
    ("items", "problem"),
    [
        ((Item("q", "goal"), Item("q", "goal")), "Item 'q' is described 2 times; keep one."),
        ((Item("a", "team"), Item("b", "team")), "Only one item can be the team; found a, b."),
        (
            (Item("a", "constraint", "numeric", role="capacity"), Item("b", "constraint", "numeric", role="capacity")),
            "Only one item can be the capacity; found a, b.",
        ),
        (
            (Item("a", "outcome", "numeric", measure="learning"), Item("learning", "outcome", "numeric")),
            "Only one item can be outcome 'learning' of wave 1; found a, learning.",
        ),
    ],
)
def test_items_that_contradict_each_other_are_refused(items, problem):
    assert problems_of(*items) == (problem,)


def test_a_codebook_without_a_person_is_refused():
    with pytest.raises(CodebookError, match=r'^No item has the block "person"; name the column that identifies'):
        Codebook((Item("q", "goal"),))


def test_all_problems_are_told_at_once():
    assert len(problems_of(Item("a", "tie"), Item("b", "goal", "ordinal"), Item("b", "team"))) == 3


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        (Item("q", "goal", at_least=2), "Item 'q': \"at_least\" is for tie items; this one is in block 'goal'."),
        (
            Item("q", "tie", layer="x", at_least=0),
            "Item 'q': \"at_least\" must be above 0, since 0 is no tie; found 0.",
        ),
        (
            Item("q", "tie", layer="x", low=1, high=5, at_least=6),
            "Item 'q': \"at_least\" is 6, and the highest rating there is 5; it must be above 1 and at most 5.",
        ),
        (
            Item("q", "tie", layer="x", categories=("Never", "Often"), at_least="Offen"),
            "Item 'q': \"at_least\" must be a number, or one of Never, Often; found 'Offen'. Did you mean 'Often'?",
        ),
        (
            Item("q", "tie", layer="x", categories=("Never", "Often"), at_least=3),
            "Item 'q': \"at_least\" is 3, and the highest rating there is 2; allowed are 'Often'.",
        ),
        (
            Item("q", "tie", layer="x", low=2, at_least=1),
            "Item 'q': \"at_least\" is 1, and the lowest rating there is 2, so that everybody rated would be a tie; it "
            "must be above 2. If even the lowest is one, give the scale a minimum below it, such as 0.",
        ),
        (
            Item("q", "tie", layer="x", low=1, high=5, at_least=1),
            "Item 'q': \"at_least\" is 1, and the lowest rating there is 1, so that everybody rated would be a tie; it "
            "must be above 1 and at most 5. If even the lowest is one, give the scale a minimum below it, such as 0.",
        ),
        (
            Item("q", "tie", layer="x", categories=("Never", "Seldom", "Often"), at_least="never"),
            "Item 'q': \"at_least\" is 'never', and the lowest rating there is 1, so that everybody rated would be a "
            "tie; allowed are 'Seldom', 'Often'. If even the lowest is one, give the scale a word for no tie before "
            "the others.",
        ),
        (
            Item("q", "tie", layer="x", low=0, high=3, at_least=3.5),
            "Item 'q': \"at_least\" is 3.5, and the highest rating there is 3; it must be above 0 and at most 3.",
        ),
        (
            Item("q", "tie", layer="x", high=4, at_least=5),
            "Item 'q': \"at_least\" is 5, and the highest rating there is 4; it must be above 0 and at most 4.",
        ),
        (Item("q", "goal", most_named=2), "Item 'q': \"most_named\" is for tie items; this one is in block 'goal'."),
        (Item("q", "tie", layer="x", most_named=0), "Item 'q': \"most_named\" must be 1 or more; found 0."),
        (Item("q", "goal", strength=0.5), "Item 'q': \"strength\" is for tie items; this one is in block 'goal'."),
        *(
            (
                Item("q", "tie", layer="x", strength=strength),
                f"Item 'q': \"strength\" must be from 0, not heard, to 1, heard in full; found {strength!r}.",
            )
            for strength in (1.5, -0.1, 30, float("nan"), True, "half")
        ),
    ],
)
def test_a_threshold_no_rating_of_a_tie_can_be_is_refused(item, problem):
    assert problems_of(item) == (problem,)


@pytest.mark.parametrize(
    ("declared", "scale"),
    [
        ({"low": 1, "high": 5}, "1 to 5"),
        ({"low": 0, "high": 1}, "0 to 1"),
        ({"high": 5}, "at most 5"),
        ({"low": 0}, "at least 0"),
        ({"categories": ("Never", "Sometimes", "Always")}, "'Never' to 'Always'"),
        ({"categories": ("Never", "Always"), "kind": "ordinal"}, "'Never' to 'Always'"),
    ],
)
def test_a_rating_scale_without_a_threshold_is_an_error_that_asks(declared, scale):
    assert problems_of(Item("q", "tie", layer="trust", **declared)) == (
        f"Item 'q': which ratings are a tie? People are rated {scale} on layer 'trust', "
        "and nothing says from which rating on that is a tie. "
        'Give the item "at_least", the lowest rating that is one.',
    )


def test_names_to_tick_are_no_rating_scale():
    item = Item("q", "tie", "multiple", layer="trust", categories=("Ann Lee", "Bo Ek"))
    assert Codebook((PERSON, item)).layers == ("trust",)
    assert item.rating_words == ()


@pytest.mark.parametrize(
    "item",
    [
        Item("info", "tie", layer="info", low=1, high=5, at_least=2),
        Item("info", "tie", layer="info", categories=("Never", "Often"), at_least="Often"),
        Item("info", "tie", layer="info", categories=("Never", "Often"), at_least=2, most_named=5),
    ],
)
def test_a_threshold_for_ties_survives_the_document(item):
    again = Codebook.from_descriptor(Codebook((PERSON, item)).to_descriptor())["info"]
    assert (again.at_least, again.threshold, again.most_named) == (item.at_least, 2, item.most_named)


def test_how_fully_people_are_heard_on_a_layer_survives_the_document_where_it_is_said():
    codebook = Codebook((PERSON, Item("a", "tie", layer="lunch", strength=0.3), Item("b", "tie", layer="lunch")))
    again = Codebook.from_descriptor(codebook.to_descriptor())
    assert again == codebook
    assert again.strength == {"lunch": 0.3}
    assert Codebook((PERSON, Item("a", "tie", layer="lunch", strength=1))).strength == {}
    assert "strength" not in codebook.to_descriptor()["fields"][2]["peernet"]


def test_one_layer_cannot_be_heard_at_two_strengths():
    twice = [Item(name, "tie", layer="lunch", strength=s) for name, s in (("a", 0.3), ("b", 1.0))]
    assert problems_of(*twice) == ("Layer 'lunch' is heard at different strengths, 0.3 by a and 1.0 by b; keep one.",)


def test_an_ignored_item_may_be_anything():
    assert len(Codebook((PERSON, Item("q", "ignore", "ordinal", reverse=True)))) == 2


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("q", 'Field 2 of the codebook has no "name"; give it the column\'s name.'),
        ({"name": " "}, 'Field 2 of the codebook has no "name"; give it the column\'s name.'),
        (
            {"name": "q", "peernet": "goal"},
            'Item \'q\': "peernet" must be an object such as {"block": "experience"}; found \'goal\'.',
        ),
        (
            {"name": "q", "peernet": {"block": "goal", "revers": True}},
            "Item 'q': unknown property 'revers' in \"peernet\"; allowed are block, kind, layer, reverse, scale, role, "
            "foundation, at_least, most_named, strength, measure, wave, shareable, separator. Did you mean 'reverse'?",
        ),
        ({"name": "q", "peernet": {"reverse": "yes"}}, "Item 'q': \"reverse\" must be true or false; found 'yes'."),
        (
            {"name": "q", "peernet": {"block": "tie", "layer": "x", "strength": "half"}},
            "Item 'q': \"strength\" must be a number; found 'half'.",
        ),
        ({"name": "q", "peernet": {"wave": "2"}}, "Item 'q': \"wave\" must be a whole number; found '2'."),
        (
            {"name": "q", "peernet": {"block": "tie", "layer": "x", "at_least": "often"}},
            "Item 'q': \"at_least\" must be a number; found 'often'.",
        ),
        ({"name": "q", "peernet": {"wave": True}}, "Item 'q': \"wave\" must be a whole number; found True."),
        (
            {"name": "q", "constraints": [1, 5]},
            'Item \'q\': "constraints" must be an object such as {"minimum": 1, "maximum": 5}; found [1, 5].',
        ),
        (
            {"name": "q", "constraints": {"minimum": "one"}},
            "Item 'q': its \"minimum\" must be a number; found 'one'.",
        ),
        ({"name": "q", "categories": "a, b"}, "Item 'q': \"categories\" must be a list of values; found 'a, b'."),
        ({"name": "q", "missingValues": "NA"}, "Item 'q': \"missingValues\" must be a list of values; found 'NA'."),
    ],
)
def test_a_field_that_cannot_be_read_is_named_with_what_was_found(field, problem):
    assert problems_in(field) == (problem,)


def test_missing_values_that_are_no_list_are_refused():
    assert problems_in(missingValues="NA") == ('"missingValues" must be a list such as ["", "NA"]; found \'NA\'.',)


def test_problems_of_fields_and_of_items_come_together():
    assert len(problems_in({"name": "a", "peernet": {"block": "tie"}}, {"name": "b", "peernet": 3})) == 2


@pytest.mark.parametrize("document", [None, [], {}, {"fields": []}, {"fields": "id"}])
def test_a_document_without_fields_is_refused(document):
    with pytest.raises(CodebookError, match=r'^The codebook has no "fields" list; a Table Schema document needs one'):
        Codebook.from_descriptor(document)


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ({"peernet": {"block": "goal"}, "type": "integer"}, "numeric"),
        ({"peernet": {"block": "goal"}, "type": "boolean"}, "binary"),
        ({"peernet": {"block": "goal"}, "type": "list"}, "multiple"),
        ({"peernet": {"block": "goal"}, "type": "string"}, "nominal"),
        ({"peernet": {"block": "goal"}, "categories": ["a", "b"], "categoriesOrdered": True}, "ordinal"),
        ({"peernet": {"block": "climate"}, "categories": ["a", "b"], "categoriesOrdered": True}, "ordinal"),
        ({"peernet": {"block": "offers"}}, "multiple"),
        ({"peernet": {"block": "tie", "layer": "trust"}}, "text"),
        ({"peernet": {"block": "constraint", "role": "never_with"}}, "text"),
        ({"peernet": {"block": "constraint", "role": "capacity"}}, "numeric"),
        ({"peernet": {"block": "constraint", "role": "opted_out"}}, "binary"),
        ({"peernet": {"block": "outcome"}, "type": "number"}, "numeric"),
        ({}, "text"),
    ],
)
def test_the_kind_follows_from_block_role_and_type_where_the_codebook_does_not_say(field, kind):
    codebook = Codebook.from_descriptor(
        {"fields": [{"name": "id", "peernet": {"block": "person"}}, {"name": "q"} | field]}
    )
    assert codebook["q"].kind == kind


def test_labelled_values_count_by_their_value():
    field = {
        "name": "q",
        "peernet": {"block": "goal", "kind": "nominal"},
        "categories": [{"value": 1, "label": "Low"}, {"value": 2, "label": "High"}],
        "missingValues": [{"value": -99, "label": "no answer"}],
    }
    item = Codebook.from_descriptor({"fields": [{"name": "id", "peernet": {"block": "person"}}, field]})["q"]
    assert (item.categories, item.missing) == (("1", "2"), ("-99",))


def test_the_tiny_codebook_comes_back_from_its_file_unchanged(tmp_path):
    codebook = Codebook(ITEMS, missing=("", "NA", "-99"))
    (tmp_path / "codebook.json").write_text(json.dumps(codebook.to_descriptor()), encoding="utf-8")
    assert read_codebook(tmp_path / "codebook.json") == codebook


SCALED = (PERSON, *(Item(f"q{k}", "perspective", "ordinal", low=1, high=5, scale="chg") for k in (1, 2)))


@pytest.mark.parametrize("suffix", [".json", ".xlsx"])
def test_what_scales_are_called_comes_back_from_either_file(tmp_path, suffix):
    codebook = Codebook(SCALED, aliases={"Ann": "p1"}, scales={"chg": "Openness | to change"})
    assert read_codebook(codebook.write(tmp_path / f"codebook{suffix}")) == codebook


def test_a_codebook_that_calls_scales_nothing_has_no_property_for_it():
    assert "peernet" not in Codebook(SCALED).to_descriptor()


@pytest.mark.parametrize(
    ("scales", "problem"),
    [
        ({"chgn": "Openness"}, "\"scales\": no item is of scale 'chgn'. Did you mean 'chg'?"),
        ({"chg": 3}, "\"scales\": what 'chg' is called must be text; found 3."),
        ({"chg": " "}, "\"scales\": what 'chg' is called must be text; found ' '."),
        (["chg"], '"peernet" must be an object such as {"aliases": {"Ann": "p017"}}.'),
    ],
)
def test_what_is_wrong_with_what_scales_are_called_is_told(scales, problem):
    with pytest.raises(CodebookError) as caught:
        Codebook.from_descriptor({**Codebook(SCALED).to_descriptor(), "peernet": {"scales": scales}})
    assert problem in caught.value.problems


@pytest.mark.parametrize(
    ("scale", "name"),
    [
        ("chg", "Openness to change"),
        ("planning", "planning"),
        ("manager_trust", "manager trust"),
        ("Freude an Neuem", "Freude an Neuem"),
        ("Zaufanie", "Zaufanie"),
        ("доверие", "доверие"),
        ("q7", ""),
        ("mgr", ""),
        ("SDO", ""),
        ("openToChange", ""),
        ("mgr_trust", ""),
        ("", ""),
    ],
)
def test_a_scale_is_called_by_its_label_by_readable_words_or_not_at_all(scale, name):
    assert Codebook(SCALED, scales={"chg": "Openness to change"}).scale_name(scale) == name


def test_one_declared_limit_alone_is_kept():
    codebook = Codebook((PERSON, Item("years", "experience", "numeric", low=0)))
    assert Codebook.from_descriptor(codebook.to_descriptor()) == codebook


def test_a_missing_codebook_is_told_with_what_to_do(tmp_path):
    with pytest.raises(CodebookError) as caught:
        read_codebook(tmp_path / "codebook.json")
    assert str(caught.value) == (
        f"No codebook at {tmp_path / 'codebook.json'}. Draft one with `peernet codebook {tmp_path}`, or write one that "
        "names the block of each column, in Table Schema 2.0 (see data/harbour/codebook.json), or pass codebook=."
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"fields": [', "is not valid JSON: Expecting value at line 1, column 13."),
        ("{'é'}".encode("cp1252"), "is not UTF-8 text (byte 2). Save it again as UTF-8."),
    ],
)
def test_a_codebook_file_that_cannot_be_read_says_where(tmp_path, content, message):
    (tmp_path / "codebook.json").write_bytes(content)
    with pytest.raises(CodebookError) as caught:
        read_codebook(tmp_path / "codebook.json")
    assert str(caught.value) == f"{tmp_path / 'codebook.json'} {message}"


def test_items_are_found_by_name_block_and_role():
    codebook = Codebook(ITEMS)
    assert codebook["careful"].reverse
    assert "careful" in codebook
    assert codebook.person.name == "person"
    assert [item.name for item in codebook.block("experience")] == ["level", "years"]
    assert codebook.constraint("capacity").name == "partners"
    assert codebook.constraint("hours") is None
    assert codebook.only("protected").name == "gender"


def test_an_unknown_item_is_told_with_a_near_name():
    with pytest.raises(UnknownItemError) as caught:
        Codebook(ITEMS)["carefull"]
    assert str(caught.value) == "No item 'carefull' in the codebook. Did you mean 'careful'?"


def test_trust_respect_and_candour_are_the_foundation_unless_the_codebook_says_otherwise():
    layers = ("works_with", "trust", "respect", "candour")
    codebook = Codebook((PERSON, *(Item(layer, "tie", layer=layer) for layer in layers)))
    assert codebook.layers == layers
    assert codebook.foundation == ("trust", "respect", "candour")
    own = Codebook(
        (
            PERSON,
            Item("lunch", "tie", layer="lunch", foundation=True),
            Item("t", "tie", layer="trust", foundation=False),
        )
    )
    assert own.foundation == ("lunch",)


def test_the_table_of_a_codebook_has_a_row_per_item_and_a_column_per_property():
    table = Codebook(ITEMS).to_frame()
    assert table.index.tolist() == [item.name for item in ITEMS]
    assert table.loc["bold", ["block", "kind", "low", "high"]].tolist() == ["perspective", "ordinal", 1, 5]


def test_a_codebook_says_what_it_holds():
    assert repr(Codebook((PERSON, Item("a", "goal"), Item("b", "goal")))) == "<Codebook: 3 items (1 person, 2 goal)>"


@pytest.mark.parametrize("opened", ["[", '{"fields": [{"name": "id", "peernet": ', '{"missingValues": ['])
@pytest.mark.parametrize("depth", [2_000, 200_000])
def test_lists_in_lists_without_end_are_one_message(tmp_path, opened, depth):
    closed = "".join({"[": "]", "{": "}"}[mark] for mark in reversed(opened) if mark in "[{")
    (tmp_path / "codebook.json").write_text(f"{opened}{'[' * depth}{']' * depth}{closed}", encoding="utf-8")
    with pytest.raises(CodebookError) as caught:
        read_codebook(tmp_path / "codebook.json")
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("key", ["minimum", "maximum", "at_least", "wave", "categories", "missingValues", "enum"])
@pytest.mark.parametrize("huge", ["1" + "0" * 400, "-1" + "0" * 5000, "1e400", "1e308", "-Infinity", "NaN"])
def test_a_number_too_large_for_an_answer_is_refused_in_a_short_message(tmp_path, key, huge):
    own = {"at_least": f', "at_least": {huge}', "wave": f', "wave": {huge}'}.get(key, "")
    limits = f'"{key}": [{huge}]' if key == "enum" else f'"{key}": {huge}'
    constraints = f', "constraints": {{{limits}}}' if key in ("minimum", "maximum", "enum") else ""
    listed = f', "{key}": [{huge}]' if key in ("categories", "missingValues") else ""
    field = f'{{"name": "q", "peernet": {{"block": "tie", "layer": "trust"{own}}}{constraints}{listed}}}'
    text = f'{{"fields": [{{"name": "id", "peernet": {{"block": "person"}}}}, {field}]}}'
    (tmp_path / "codebook.json").write_text(text, encoding="utf-8")
    with pytest.raises(CodebookError) as caught:
        read_codebook(tmp_path / "codebook.json")
    (problem,) = caught.value.problems
    assert len(problem) < 300
    assert "Item 'q'" in problem or "number of thousands of digits" in problem


def test_what_is_null_is_not_said():
    plain = {"name": "q", "peernet": {"block": "goal", "kind": "ordinal"}, "categories": ["a", "b"]}
    unsaid = dict.fromkeys(["type", "title", "description", "constraints", "missingValues"])
    limits = {"constraints": dict.fromkeys(["minimum", "maximum", "enum"])}
    person = {"name": "id", "peernet": {"block": "person", "layer": None, "at_least": None}}
    expected = Codebook.from_descriptor({"fields": [person, plain]})
    for field in ({**unsaid, **plain}, {**plain, **limits}):
        assert Codebook.from_descriptor({"fields": [person, field], "missingValues": None}) == expected


@pytest.mark.parametrize("document", [None, [], 1, "x", {}, {"fields": None}, {"fields": {}}, {"fields": []}])
def test_a_file_without_fields_is_refused(tmp_path, document):
    (tmp_path / "codebook.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(CodebookError, match='The codebook has no "fields" list'):
        read_codebook(tmp_path / "codebook.json")


@pytest.mark.parametrize("field", [None, 1, [], {"name": None}, {"name": 7}, {"name": "\u00a0"}])
def test_a_field_without_a_name_is_refused(field):
    assert problems_in(field) == ('Field 2 of the codebook has no "name"; give it the column\'s name.',)


@pytest.mark.parametrize("value", [None, {"value": None}, {"value": ["a"]}, {"label": "a"}, [], {"value": {}}])
@pytest.mark.parametrize("key", ["categories", "missingValues"])
def test_nothing_but_text_and_numbers_is_a_value(key, value):
    (problem,) = problems_in({"name": "q", key: ["a", value]})
    assert problem.startswith(f"Item 'q': \"{key}\" must be a list of values; found ['a', ")
    (problem,) = problems_in(missingValues=["", value])
    assert problem.startswith('"missingValues" must be a list such as')


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"type": ["string"]}, "Item 'q': \"type\" must be text; found ['string']."),
        ({"title": {"en": "?"}}, "Item 'q': \"title\" must be text; found {'en': '?'}."),
        ({"description": 5}, "Item 'q': \"description\" must be text; found 5."),
        ({"categoriesOrdered": "no"}, "Item 'q': \"categoriesOrdered\" must be true or false; found 'no'."),
    ],
)
def test_what_is_said_of_a_field_is_of_the_type_it_should_be(said, problem):
    assert problems_in({"name": "q", **said}) == (problem,)


@pytest.mark.parametrize("found", ["false", "no", "", 0, 1, 1.0, None, [], {}])
@pytest.mark.parametrize("key", ["reverse", "foundation"])
def test_true_or_false_is_nothing_else_in_the_document(key, found):
    (problem,) = problems_in({"name": "q", "peernet": {"block": "tie", "layer": "trust", key: found}})
    assert problem == f"Item 'q': \"{key}\" must be true or false; found {found!r}."


@pytest.mark.parametrize("found", ["false", 0, 1, None])
def test_whether_categories_are_ordered_is_true_or_false(found):
    (problem,) = problems_in({"name": "q", "categories": ["a", "b"], "categoriesOrdered": found})
    assert problem == f"Item 'q': \"categoriesOrdered\" must be true or false; found {found!r}."


@pytest.mark.parametrize("found", ["false", "no", "", 0, 1, 1.0, []])
@pytest.mark.parametrize("key", ["reverse", "foundation"])
def test_true_or_false_is_nothing_else_in_python(key, found):
    problem, *_ = problems_of(Item("q", "tie", layer="trust", **{key: found}))
    assert problem == f"Item 'q': \"{key}\" must be True or False; found {found!r}."


def test_not_said_is_no_answer_to_true_or_false():
    assert problems_of(Item("q", "goal", reverse=None)) == ("Item 'q': \"reverse\" must be True or False; found None.",)
    assert Item("q", "tie", layer="trust", foundation=None).is_foundation


@pytest.mark.parametrize("wave", [0, -1, 10**12])
def test_a_wave_that_is_no_number_of_a_wave_is_refused(wave):
    problem = f"Item 'q': its wave must be a whole number from 1, the first, to 1000; found {wave}."
    assert problems_of(Item("q", "outcome", "numeric", wave=wave)) == (problem,)


def test_a_codebook_that_may_not_be_read_is_one_message(tmp_path, monkeypatch):
    def refused(*_arguments, **_kws):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "codebook.json").write_text("{}")
    monkeypatch.setattr("pathlib.Path.read_text", refused)
    with pytest.raises(CodebookError, match=r"codebook\.json cannot be read \(Permission denied\)"):
        read_codebook(tmp_path / "codebook.json")
