"""What the view asks and what it is told: every answer, every error, nothing too long, and no identifier let slip."""

import json
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.explorer.answers import ANSWERS, AT_ONCE, answer, controls_moved, state_told
from peernet.explorer.differences import Difference
from peernet.explorer.people import People
from peernet.explorer.what_if import WhatIf
from peernet.programme.settings import Settings
from peernet.scores.rules import KINDS, Rule, Rules
from tests.made.explored import SHAPES, drawn
from tests.made.surveys import survey_of

MOST = 200_000  # bytes of a message


@pytest.fixture(scope="module")
def survey():
    return SHAPES["drawn"](np.random.default_rng(3))


@pytest.fixture
def state(survey):
    return WhatIf(survey)


def ask(state, what, **more):
    """An answer, as it is sent: plain, short enough, with the question's number."""
    found = answer(state, {"id": 7, "ask": what, **more})
    text = json.dumps(found, allow_nan=False)
    assert len(text) < MOST
    assert (found["id"], found["ask"]) == (7, what)
    return json.loads(text)


def made(state):
    """The places of the two of the first pair."""
    return state.bench.people.place[state.pairing.pairs[0][0]], state.bench.people.place[state.pairing.pairs[0][1]]


# --- what no move changes ---------------------------------------------------------------------------------------------


def test_opening_tells_everybody_and_every_dial(state):
    told = ask(state, "open")
    people = state.bench.people
    assert told["names"] == [state.bench.names[who] for who in people.by_place]
    assert told["groups"] == state.bench.groups[people.by_place].tolist()
    assert told["count"] == len(told["places"]) == 16
    assert {*told["dials"]} == {"experience", "goals", "floor", "band", "mix", "accept"}
    assert told["state"]["number"] == 0
    assert (told["shown"], told["saved"]) == (True, False)


def test_dials_tell_what_was_not_asked_and_what_is_open():
    state = WhatIf(SHAPES["without goals"](np.random.default_rng(1)))
    dials = ask(state, "open")["dials"]
    assert not dials["goals"]["asked"]
    assert dials["goals"]["average"] is None
    harbour = ask(WhatIf(pn.load_example()), "open")["dials"]
    assert harbour["goals"]["opened"], "its answers tell too little"
    assert not harbour["experience"]["opened"]
    assert harbour["experience"]["average"] == pytest.approx(0.2961, abs=0.2)


def test_the_largest_floor_is_one_that_leaves_a_pair(state):
    floor = ask(state, "open")["dials"]["floor"]
    assert len(state.bench.pairing(Settings(floor=floor["most"] - floor["step"])))
    assert not len(state.bench.pairing(Settings(floor=floor["most"] + floor["step"])))


def test_places_are_drawn_by_lot_each_time(survey):
    orders = {tuple(WhatIf(survey).bench.people.by_place) for _ in range(5)}
    assert len(orders) > 1
    assert tuple(survey.people.index) not in orders


# --- a state ----------------------------------------------------------------------------------------------------------


def test_a_state_tells_its_pairs_by_place_the_largest_value_first(state):
    told = ask(state, "set", changes={})["state"]
    people, table = state.bench.people, state.pairing.table.set_index(["a", "b"])
    values = [value for _, _, value, *_ in told["pairs"]]
    assert values == sorted(values, reverse=True)
    for a, b, value, own, given, locked, kept in told["pairs"]:
        pair = people.by_place[a], people.by_place[b]
        row = table.loc[(min(pair), max(pair))]
        gains = {pair[0]: own, pair[1]: given}
        assert a < b
        assert value == pytest.approx(row["value"], abs=1e-4)
        assert gains[min(pair)] == pytest.approx(row["gain_a"], abs=1e-4)
        assert gains[max(pair)] == pytest.approx(row["gain_b"], abs=1e-4)
        assert (locked, kept) == (0, 1)


def test_pairs_given_up_and_made_are_told(state):
    a, b = made(state)
    told = ask(state, "forbid", a=a, b=b)["state"]
    new = [pair for pair in told["pairs"] if not pair[-1]]
    assert sorted((a, b)) in told["gone"]
    assert all(one < other for one, other in told["gone"])
    assert told["changed"] == {"made": len(new), "lost": len(told["gone"])}
    assert told["rules"][0]["people"] in ([a, b], [b, a])


def test_whoever_has_no_partner_is_told_with_the_reason():
    state = WhatIf(SHAPES["refusals"](np.random.default_rng(1)))
    told = ask(state, "set", changes={})["state"]
    reasons = state.pairing.unpaired.set_index("person")["reason"]
    assert len(told["alone"]) == len(reasons)
    for place, reason in told["alone"]:
        assert told["reasons"][reason].split(" – ")[0] == reasons[state.bench.people.by_place[place]]


def test_the_code_and_the_sheet_make_the_state_again(state, survey, tmp_path):
    a, b = state.pairing.pairs[0]
    state.change(experience=0.4, band=(0.1, 0.9), value=0.25, accept=("mutual", "unknown"))
    state.forbid(a, b)
    told = ask(state, "leave out", a=5)["state"]
    sheet = tmp_path / "programme.toml"
    sheet.write_text(told["sheet"])
    assert pn.programme.read_settings(sheet) == state.settings
    run = {}
    exec(  # it is what people copy
        told["code"].replace("pn.run_study(survey, ", "dict("), {"survey": survey}, run
    )
    assert Settings(**run["study"]) == state.settings


def test_what_can_be_done_is_told(state):
    assert ask(state, "set", changes={})["state"]["can"] == {"undo": False, "keep": False, "reset": False}
    assert ask(state, "set", changes={"experience": 0.3})["state"]["can"] == {"undo": True, "keep": True, "reset": True}
    assert ask(state, "keep")["state"]["can"] == {"undo": True, "keep": False, "reset": True}
    assert ask(state, "reset")["state"]["number"] == 3
    assert ask(state, "undo")["state"]["settings"]["experience"] == 0.3


def test_rules_by_hand_are_set_told_and_taken_back(state):
    a, b = made(state)
    told = ask(state, "lock", a=a, b=b)["state"]
    assert [pair[5] for pair in told["pairs"] if pair[:2] == sorted((a, b))] == [1]
    told = ask(state, "forbid", a=a, b=b)["state"]
    names = state.bench.people.call
    (rule,) = told["rules"]
    assert (
        rule["told"]
        == f"{names(min(state.bench.people.by_place[a], state.bench.people.by_place[b]))} and "
        + rule["told"].split(" and ")[1]
    )
    assert ask(state, "release", row=rule["row"])["state"]["rules"] == []
    assert "not there" in ask(state, "release", row=0)["error"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_rule_is_told_in_words(kind):
    from peernet.explorer.sentences import rule_in_words

    needed, optional = KINDS[kind]
    given = {"a": "p1", "b": "p2", "column": "team", "number": 2, "share": 0.2}
    for some in (needed, (*needed, *optional)):
        rule = Rule(kind, **{name: given[name] for name in some})
        told = rule_in_words(rule, lambda person: f"<{person}>")
        assert told.count("<") == len({"a", "b"} & {*some})
        assert "  " not in told
    if kind != "allowed":
        about = {name: given[name] for name in (*needed, *(["a"] if kind == "capacity" else []))}
        assert rule_in_words(Rule(kind, price=0.1, **about), str).endswith("at a price of 0.1")


# --- what a move does to people ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "controls"),
    [
        ({"accept": ("mutual",)}, ["accept-introduced"]),
        ({"experience": None}, ["experience"]),
        ({"goals": 0.2}, ["goals"]),
        ({"band": (0.1, 1.0)}, ["band-least"]),
        ({"band": (0.0, 0.5)}, ["band-most"]),
        ({"value": 0.5}, ["mix"]),
        ({"floor": 0.1}, ["floor"]),
        ({"objective": "fair", "cardinality": "max"}, ["objective", "cardinality"]),
        ({"rules": Rules([Rule("required", "p1", "p2")])}, ["lock"]),
        ({"rules": Rules([Rule("forbidden", "p1", "p2")])}, ["forbid"]),
        ({"rules": Rules([Rule("capacity", "p1", number=0)])}, ["leave out"]),
    ],
)
def test_what_was_moved_is_known_by_its_control(changes, controls):
    before = Settings()
    assert controls_moved(before, before.but(**changes)) == controls
    if "rules" in changes:
        assert controls_moved(before.but(**changes), before) == ["release"]


def test_whoever_loses_a_partner_is_told_beside_the_dial_with_what_would_help(state):
    before = state.pairing
    told = ask(state, "set", changes={"experience": 0.1}, at="experience")["state"]["beside"]
    left = {*before.table["a"], *before.table["b"]} - {*state.pairing.table["a"], *state.pairing.table["b"]}
    assert [*told] == ["experience"]
    first, *each = told["experience"]
    assert first.startswith("Without a partner by this: ")
    assert all(any(sentence.startswith(f"{who}: ") for sentence in each) for who in sorted(left)[:1])
    assert any("similar experience (" in sentence for sentence in each)


def test_what_would_help_is_so():
    """Somebody is told how many people a dial would make possible for them: opened, so many are."""
    state = WhatIf(SHAPES["drawn"](np.random.default_rng(3)))
    told = " ".join(ask(state, "set", changes={"experience": 0.1})["state"]["beside"]["experience"])
    found = re.findall(
        r"(p\d\d): nobody passes every gate; with one dial opened, so many would be: similar experience \((\d+)\)", told
    )
    assert found
    opened = state.pairing.scores.without("experience")
    for who, number in found:
        assert int(opened.possible([opened.position(who)]).sum()) == int(number)


def test_a_move_that_hurts_nobody_stands_beside_nothing(state):
    assert ask(state, "set", changes={"seed": 5})["state"]["beside"] == {}


def test_differences_are_against_what_is_kept(state):
    assert ask(state, "set", changes={})["state"]["difference"] == ["The same pairs as kept."]
    told = ask(state, "set", changes={"accept": ["mutual"]})["state"]["difference"]
    found = state.difference
    assert told[0] == f"{found.total:+.3f} effective perspectives in all, {found.worst_off:+.3f} for the worst-off."
    assert re.match(rf"{len(found.lost)} pairs? (is|are) given up, {len(found.made)} made\.", told[1])
    assert ask(state, "keep")["state"]["difference"] == ["The same pairs as kept."]


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"accept": []}, "at least one"),
        ({"experience": 7}, "from 0 to 1"),
        ({"goals": "much"}, "from 0 to 1"),
        ({"band": [0.8, 0.2]}, "the smaller one first"),
        ({"band": 3}, "the smaller one first"),
        ({"value": 2}, "from 0"),
        ({"floor": -1}, "0 or more"),
        ({"objective": "best"}, "fairest"),
        ({"accept": 5}, "at least one"),
        ({"nothing": 1}, "no such dial"),
    ],
)
def test_what_cannot_be_chosen_is_told_at_the_control_and_changes_nothing(state, changes, told):
    found = ask(state, "set", changes=changes, at="here")
    assert told in found["error"]
    assert found["at"] == "here"
    assert "'" not in found["error"], "an organiser reads no Python"
    assert (state.number, state.settings) == (0, Settings())


def test_errors_of_moves_stand_at_what_was_asked(state):
    assert ask(state, "undo") == {
        "id": 7,
        "ask": "undo",
        "error": "Nothing to undo: no dial has been moved.",
        "at": "undo",
    }
    assert "two people" in ask(state, "lock", a=1, b=1)["error"]
    assert "nobody at this place" in ask(state, "leave out", a=999)["error"]
    assert "nobody at this place" in ask(state, "leave out", a="p01")["error"]


def test_a_question_about_a_state_that_is_over_is_said_to_be(state):
    ask(state, "set", changes={"experience": 0.3})
    assert ask(state, "prices", of=0) == {"id": 7, "ask": "prices", "over": True}
    assert "gates" in ask(state, "prices", of=1)


# --- slower questions -------------------------------------------------------------------------------------------------


def test_a_person_is_told_why_and_the_next_best_partners(state):
    a, b = made(state)
    told, names = ask(state, "person", a=a), state.bench.people.call
    assert told["why"].startswith(names(min(state.bench.people.by_place[a], state.bench.people.by_place[b])))
    known = state.pairing.alternates(state.bench.people.by_place[a], 6, progress=False)
    assert [partner for partner, _, _ in told["next"]] == [state.bench.people.place[p] for p in known["partner"]]
    assert told["next"][0][1] == pytest.approx(known["cost"].iloc[0])


def test_a_pair_is_told_its_cost_or_what_keeps_it_closed(state):
    possible = np.argwhere(np.triu(state.pairing.scores.possible(np.arange(16))))
    people, order = state.bench.people, state.pairing.scores.people
    open_ = next((order[i], order[j]) for i, j in possible if (order[i], order[j]) not in state.pairing.pairs)
    told = ask(state, "pair", a=people.place[open_[0]], b=people.place[open_[1]])
    assert told["cost"] == pytest.approx(state.pairing.why_not(*open_).cost)
    assert told["told"] == state.pairing.why_not(*open_).text, "people here are called by their identifiers"
    state.change(floor=50.0)
    told = ask(state, "pair", a=people.place[open_[0]], b=people.place[open_[1]])
    assert told["cost"] is None
    assert "Open the dial for the least each must gain." in told["told"]
    state.forbid(*open_)
    told = ask(state, "pair", a=people.place[open_[0]], b=people.place[open_[1]])
    assert told["told"].endswith("Take the rule that keeps them apart back.")
    state.reset()
    a, b = open_
    partner = next(p for pair in state.pairing.pairs if a in pair for p in pair if p != a)
    state.lock(a, partner)
    told = ask(state, "pair", a=people.place[a], b=people.place[b])
    assert told["told"].endswith("Take a lock back.")


def test_what_is_told_of_a_pair_does_not_gainsay_the_numbers_beside_it(state):
    told = ask(state, "person", a=made(state)[0])["why"]
    assert "ain in effective perspectives" not in told, "it is rounded, or not told, for the two"
    assert "Difference: " in told


def test_somebody_whose_only_partner_is_left_out_is_not_said_to_be_beyond_all_rules():
    state = WhatIf(drawn(2, np.random.default_rng(0), share=1))
    state.leave_out("p00")
    told = ask(state, "help")["told"]
    assert told.endswith("nobody who takes part could be paired with p01.")


def test_what_stands_comes_in_parts_that_lead_to_the_end(state):
    start, found = 0, {}
    while start is not None:
        told = ask(state, "standing", **{"from": start})
        found |= {(a, b): price for a, b, price in told["standing"]}
        assert told["next"] is None or told["next"] > start
        start = told["next"]
    at = state.bench.people.by_place
    for pair in state.pairing.pairs:
        broken = state.pairing.optimum.breaking(*pair)
        places = tuple(sorted(map(at.index, pair)))
        assert (places in found) == broken.stands
        if broken.stands:
            assert found[places] == pytest.approx(broken.cost, abs=1e-6)


@pytest.mark.parametrize("changes", [{}, {"cardinality": "max"}, {"objective": "fair"}, {"value": 0.5}])
def test_prices_told_of_a_pair_are_what_is_lost_by_making_it_so(survey, changes):
    state = WhatIf(survey, Settings(**changes))
    total, by_place = state.pairing.objective, state.bench.people.by_place
    broken = [row for row in ask(state, "standing", **{"from": 0})["standing"] if row[2] is not None]
    cheapest = ask(state, "person", a=made(state)[0])["next"]
    assert broken, "else nothing is tried"
    assert cheapest
    for a, b, price in broken[:4]:
        state.forbid(by_place[a], by_place[b])
        assert total - state.pairing.objective == pytest.approx(price, abs=1e-6)
        state.undo()
    for b, cost, _ in cheapest:
        state.lock(by_place[made(state)[0]], by_place[b])
        assert total - state.pairing.objective == pytest.approx(cost, abs=1e-6)
        state.undo()


def test_the_curve_and_the_prices_are_told_in_numbers(state):
    told = ask(state, "curve")
    assert len(told["points"]) > 1
    assert told["now"] == told["kept"]
    gates = {name: price for name, _, _, price in ask(state, "prices")["gates"]}
    assert gates["all of these"] >= max(gates.values()) - 1e-9


@pytest.mark.parametrize("changes", [{}, {"objective": "fair"}, {"cardinality": "max"}])
def test_prices_are_those_of_the_gates_and_say_where_they_are_of_other_pairs(changes):
    state = WhatIf(pn.load_aarhus(), Settings(**changes))
    told, known = ask(state, "prices"), pn.gate_prices(state.pairing.scores)
    assert [row[1:] for row in told["gates"]] == known[["pairs", "value", "price"]].to_numpy().tolist()
    assert {"none", "similar experience", "all of these"} < {row[0] for row in told["gates"]}
    assert bool(told["told"]) == bool(changes), "the total of the state is not in the table then"


def test_a_total_and_its_proof_are_one_number():
    state = WhatIf(pn.load_aarhus(), Settings(accept=("mutual", "introduced", "unknown")))
    assert state.pairing.objective > 10
    assert f"more than {state.pairing.objective:.2f}." in state_told(state)["certificate"]


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "harbour"])
@pytest.mark.parametrize("what", ["curve", "prices", "help", "standing", "repeat"])
def test_every_slow_question_is_answered_whatever_the_survey(shape, what):
    state = WhatIf(SHAPES[shape](np.random.default_rng(1)))
    told = ask(state, what, **{"from": 0})
    assert "error" not in told
    nobody = WhatIf(state.bench.survey, Settings(floor=90.0))
    assert "error" not in ask(nobody, what, **{"from": 0})


@pytest.mark.parametrize(("what", "empty"), [("curve", "points"), ("prices", "gates"), ("standing", "standing")])
def test_what_takes_long_is_not_worked_out_in_between(state, monkeypatch, what, empty):
    monkeypatch.setattr("peernet.explorer.answers.MANY", 3)
    told = ask(state, what, **{"from": 0})
    assert told[empty] == []
    assert "In Python: " in told["told"]
    assert ask(state, "repeat")["of"] == 0
    assert "In Python: " in ask(state, "help")["told"]
    person = ask(state, "person", a=made(state)[0])
    assert person["next"] == []
    assert "In Python: " in person["told"], "which is not to say that nobody else is possible"


def test_among_many_who_have_few_possible_partners_the_next_best_is_still_told(monkeypatch):
    monkeypatch.setattr("peernet.explorer.answers.MANY", 3)
    monkeypatch.setattr("peernet.scores.pair_scores.CELLS_AT_ONCE", 1000)  # pairs are listed, as where people are many
    state = WhatIf(pn.load_example())
    assert state.pairing.scores.candidates is not None
    place = state.bench.people.place
    someone = next(a for a, b in state.pairing.pairs if len(state.pairing.why_not(a, progress=False).table))
    told = ask(state, "person", a=place[someone])["next"]
    assert [place[partner] for partner in state.pairing.alternates(someone, 6)["partner"]] == [row[0] for row in told]
    assert ask(state, "standing", **{"from": 0})["standing"]
    assert ask(state, "curve")["points"]
    assert ask(state, "prices")["gates"]
    assert ask(state, "repeat")["of"]
    assert "In Python" not in ask(state, "help")["told"]
    monkeypatch.setattr("peernet.explorer.answers.MANY_PRICED", 4)
    assert ask(state, "prices")["told"].startswith("With more than 4 people this takes long")
    assert ask(state, "curve")["points"]
    monkeypatch.setattr("peernet.explorer.answers.MANY_WITH_FEW", 5)
    assert ask(state, "curve")["told"].startswith("With more than 5 people this takes long")
    assert ask(state, "repeat")["told"].startswith("With more than 5 people this takes long")


def test_help_names_the_rules_that_would_give_everybody_a_partner():
    state = WhatIf(pn.load_aarhus())
    told = ask(state, "help")["told"]
    assert "Rules to add: " in told
    assert "may be paired whatever the dials say" in told


# --- names ------------------------------------------------------------------------------------------------------------

WORDS = ["an", "and", "in", "no", "pair", "partner", "the", "of", "a", "with", "one", "is", "person", "perspectives"]


def called(identifiers):
    """The drawn survey with people called otherwise."""
    survey = drawn(len(identifiers), np.random.default_rng(3))
    other = dict(zip(survey.people.index, identifiers, strict=True))
    rows = survey.people.drop(columns=["name", "team", "manager", "answered"]).rename(index=other).to_dict("index")
    ties = {
        layer: [(other[a], other[b]) for a, b in zip(own["ego"], own["alter"], strict=True)]
        for layer, own in survey.ties.groupby("layer")
    }
    return survey_of(rows, ties)


def everything(state, rng):
    """Every answer there is, along a walk with refusals."""
    people, told = state.bench.people, []
    for _ in range(3):
        a, b = (int(place) for place in rng.choice(len(people), 2, replace=False))
        told += [
            ask(state, "open"),
            ask(state, "set", changes={"experience": round(float(rng.random()), 2)}),
            ask(state, "lock", a=a, b=b),
            ask(state, "lock", a=a, b=(b + 1) % len(people) if (b + 1) % len(people) != a else (b + 2) % len(people)),
            ask(state, "forbid", a=b, b=a),
            ask(state, "leave out", a=a),
            ask(state, "person", a=a),
            ask(state, "person", a=b),
            ask(state, "pair", a=a, b=b),
            ask(state, "set", changes={"rules": "p01"}),
            ask(state, "set", changes={"floor": 0.05 * float(rng.random())}),
            ask(state, "help"),
            ask(state, "standing", **{"from": 0}),
            ask(state, "repeat"),
            ask(state, "curve"),
            ask(state, "pairs", **{"from": 0}),
            ask(state, "people", **{"from": 0}),
            ask(state, "reset"),
        ]
    return told


def sentences(told):
    """Every text in an answer, but for what stands in it for the machine."""
    if isinstance(told, dict):
        return [text for name, part in told.items() if name not in ("ask", "colours") for text in sentences(part)]
    if isinstance(told, list):
        return [text for part in told for text in sentences(part)]
    return [told] if isinstance(told, str) else []


def test_no_address_is_let_slip_while_names_are_off():
    people = [f"anna.rossi{i}@firm.example" for i in range(14)]
    state = WhatIf(called(people))
    ask(state, "names", shown=False)
    texts = sentences(everything(state, np.random.default_rng(1)))
    assert not [text for text in texts if "@" in text or "rossi" in text.lower()]
    assert any("person " in text for text in texts)


def test_people_called_by_words_are_told_by_number_while_names_are_off():
    """Whatever people are called, the sentences are the same: nothing in them comes from an identifier."""
    told = []
    for identifiers in (WORDS, [f"x{i:02d}" for i in range(len(WORDS))]):
        order = sorted(range(len(identifiers)), key=lambda i: identifiers[i])
        assert len({*identifiers}) == len(identifiers)
        state = WhatIf(called(sorted(identifiers)))
        people = state.bench.people
        people.by_place = [
            sorted(identifiers)[i] for i in np.random.default_rng(9).permutation(len(order))
        ]  # the same lot
        people.place = {person: place for place, person in enumerate(people.by_place)}
        ask(state, "names", shown=False)
        told.append(sentences(everything(state, np.random.default_rng(1))))
    assert told[0] == told[1]


def test_names_are_shown_again_and_what_is_saved_is_another_switch(state):
    told = ask(state, "names", shown=False)
    assert told["names"] == [f"person {k + 1}" for k in range(16)]
    assert not told["saved"]
    told = ask(state, "names", shown=True, saved=True)
    assert told["names"][0] == state.bench.names[state.bench.people.by_place[0]]
    assert told["saved"]
    assert state.bench.people.saved


def test_code_and_sheet_hold_no_rules_on_people_while_names_are_off(state):
    a, b = made(state)
    ask(state, "forbid", a=a, b=b)
    told = ask(state, "names", shown=False)["state"]
    assert "1 rule is left out, as names are off" in told["sheet"]
    assert "rules=explorer.settings.rules" in told["code"]
    for person in state.bench.people.by_place:
        assert person not in told["sheet"] + told["code"]


def test_somebody_no_survey_knows_is_nobody():
    people = People(["a", "b"], pd.Series({"a": "Ann", "b": "Ben"}))
    assert people.call("c") == "c"
    people.shown = False
    assert people.call("c") == "somebody"


# --- sizes ------------------------------------------------------------------------------------------------------------


def stand_in(n, rng):
    """A state of so many people, two in five of them paired, as `state_told` looks at it."""
    small = WhatIf(drawn(12, rng))
    identifiers = [f"somebody.with.a.name{i:05d}@organisation.example" for i in range(n)]
    paired = identifiers[: 4 * n // 5]
    table = pd.DataFrame({"a": paired[0::2], "b": paired[1::2]})
    table[["value", "gain_a", "gain_b"]] = rng.random((len(table), 3))
    alone = pd.DataFrame(
        {"person": identifiers[4 * n // 5 :], "reason": "no possible partner", "detail": "nobody passes"}
    )
    pairs = [*zip(table["a"], table["b"], strict=True)]
    pairing = SimpleNamespace(
        table=table, unpaired=alone, pairs=pairs, required=pairs[:500], objective=1.0, bound=1.0, proven=True,
        settings=small.pairing.settings, scores=small.pairing.scores, __len__=lambda: len(table),
    )  # fmt: skip
    pairing = type("Made", (), {**vars(pairing), "__len__": lambda self: len(table)})()
    rules = Rules([Rule("met", *pair) for pair in pairs])
    people = People(identifiers, pd.Series([f"Somebody With A Name {i}" for i in range(n)], index=identifiers))
    bench = SimpleNamespace(people=people, groups=pd.Series(3, index=identifiers), pairing=lambda _: pairing)
    difference = Difference(0.1, 0.0, pairs, pairs, tuple(identifiers), ())
    settings = Settings(rules=rules)
    return SimpleNamespace(
        bench=bench, pairing=pairing, kept_pairing=pairing, settings=settings, kept=settings, first=settings,
        came_from=None, number=3, difference=difference, rules=rules.rules, can_undo=True,
    )  # fmt: skip


@pytest.mark.parametrize("n", [5_000, 20_000])
def test_no_message_is_too_long_and_the_parts_make_the_whole(n, rng):
    state = stand_in(n, rng)
    told = state_told(state)
    assert len(json.dumps(told)) < MOST
    assert told["more"] == {"pairs": 2 * n // 5, "alone": n // 5}
    for what, key, whole in (("pairs", "pairs", 2 * n // 5), ("alone", "alone", n // 5), ("people", "names", n)):
        parts = [ask(state, what, **{"from": start})[key] for start in range(0, whole, AT_ONCE)]
        assert sum(map(len, parts)) == whole
        assert len({str(part) for own in parts for part in own}) == whole


def test_every_question_of_the_contract_has_an_answer():
    moves = {"set", "lock", "forbid", "leave out", "release", "undo", "keep", "reset"}
    about = {"person", "pair", "curve", "prices", "standing", "repeat", "help", "pairs", "alone"}
    assert {*ANSWERS} == {"open", "people", "names"} | moves | about
