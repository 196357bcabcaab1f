"""What a pair that was not made would cost, who would move, and who else would do."""

from dataclasses import replace

import numpy as np
import pytest

import peernet as pn
from peernet.errors import SettingError, UnknownPersonError
from peernet.pairing import why_not
from peernet.pairing.objectives import EngineWeights
from tests.made.pairings import CHAIN, FAIRNESS, paired


@pytest.fixture
def chain():
    """The middle pair differs most, the outer two together bring more."""
    return paired({"a": 2, "b": 5, "c": 1, "d": 4}, CHAIN)


@pytest.fixture(scope="module")
def example():
    survey = pn.load_example()
    return pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey), scale=0.345))


# --- a pair -----------------------------------------------------------------------------------------------------------


def test_forcing_the_middle_pair_costs_the_outer_two_less_the_middle_one(chain):
    asked, value = chain.why_not("b", "c"), chain.scores.to_frame().set_index(["a", "b"])["value"]
    assert asked.cost == value["a", "b"] + value["c", "d"] - value["b", "c"]
    assert asked.table.loc[0, "share"] == pytest.approx(asked.cost / chain.objective)
    assert asked.table.loc[0, "value"] == value["b", "c"]
    assert asked.table.loc[0, "pairs"] == -1
    assert str(asked).endswith("Given up: a with b, c with d. Made: b with c. Left without a partner: a, d.")


def test_who_moves_is_told_person_by_person(chain):
    asked = chain.why_not("c", "b")
    assert asked.moves["who"].tolist() == list("abcd")
    assert asked.moves["before"].tolist() == list("badc")
    assert asked.moves["after"].tolist() == ["", "c", "b", ""]
    assert set(asked.moves["person"] + asked.moves["partner"]) == {"cb"}
    assert asked.table.loc[0, "people"] == 4


def test_a_pair_that_is_made_costs_nothing(chain):
    asked = chain.why_not("a", "b")
    assert (asked.cost, len(asked.moves)) == (0, 0)
    assert str(asked) == "a and b are paired in the best pairing."


def test_a_pair_of_another_pairing_worth_as_much_costs_nothing():
    asked = paired({"a": 1, "b": 5, "c": 5}, [("a", "b"), ("a", "c")]).why_not("a", "c")
    assert asked.cost == 0
    assert "costs nothing: another pairing that makes it is worth as much" in str(asked)
    assert "Newly paired: c" in str(asked)


def test_where_most_pairs_come_first_fewer_pairs_can_be_worth_more():
    pairing = paired({"a": 2, "b": 1, "c": 5, "d": 4}, CHAIN, cardinality="max")
    asked = pairing.why_not("b", "c")
    assert asked.table.loc[0, "pairs"] == -1
    assert asked.cost < 0
    assert "from fewer pairs" in str(asked)


def test_costs_are_those_of_pairing_anew(example):
    table = example.why_not("p001", progress=False).table
    for row in table.iloc[[0, 7, -1]].itertuples():
        anew = pn.pair_people(example.scores, required=[(row.person, row.partner)])
        assert row.cost == pytest.approx(example.objective - anew.objective, abs=1e-12)


def test_an_unproven_pairing_is_priced_against_the_proven_best(chain):
    late = replace(chain, matching=replace(chain.matching, pairs=((1, 2),), objective=0.5, proven=False), proven=False)
    assert late.why_not("b", "c").cost == chain.why_not("b", "c").cost


def test_hand_edits_do_not_enter_the_cost(chain):
    edited = chain.replace(drop=[("a", "b"), ("c", "d")], add=[("b", "c")])
    assert edited.why_not("b", "c").cost == chain.why_not("b", "c").cost
    assert edited.why_not("a", "b").cost == 0


def test_nobody_is_paired_with_themself_and_strangers_are_named(chain):
    with pytest.raises(SettingError, match="A pair needs two people; got 'a' twice"):
        chain.why_not("a", "a")
    with pytest.raises(UnknownPersonError, match="No person 'zed'"):
        chain.why_not("a", "zed")
    with pytest.raises(UnknownPersonError, match="No person 'zed'"):
        chain.why_not("zed")


# --- why it is not possible -------------------------------------------------------------------------------------------

EVERYBODY = {"a": 1, "b": 5, "c": 2, "d": 4}


@pytest.mark.parametrize(
    ("facts", "reason", "gates", "words"),
    [
        ({"trust": [("b", "c")]}, "foundation", "foundation", "the foundation gate would have to open"),
        ({"experience": {"a": 1, "c": 5}}, "experience", "experience", "the experience gate would have to open"),
        (
            {"trust": [("b", "c")], "experience": {"a": 1, "c": 5}},
            "foundation, experience",
            "foundation, experience",
            "the foundation and experience gates would have to open for everyone.",
        ),
        ({"manager": {"a": "c"}}, "rules", "", "a rule of the programme keeps them apart; no gate would change that."),
        ({"never_with": {"c": ["a"]}}, "rules", "", "a rule of the programme keeps them apart"),
        ({"opted_out": ["c"]}, "not taking part", "", "one of them is not taking part"),
        ({"capacity": {"c": 0}}, "not taking part", "", "one of them is not taking part"),
        ({"required": [("a", "b")]}, "required", "", "pairs that must be made leave no room"),
    ],
)
def test_a_pair_that_is_not_possible_is_told_why_and_which_gate_would_have_to_open(facts, reason, gates, words):
    trust = facts.pop("trust", [("a", "b"), ("a", "c"), ("b", "c"), ("c", "d")])
    asked = paired(EVERYBODY, trust, **facts).why_not("a", "c")
    assert asked.table.loc[0, ["reason", "gates"]].tolist() == [reason, gates]
    assert words in str(asked)
    assert np.isnan(asked.cost)
    assert repr(asked) == f"<WhyNot: a and c, {reason}>"


@pytest.mark.parametrize(
    "one_sided",
    [
        ({"manager": {"a": "c"}}, {"never_with": {"c": ["a"]}}, {"never_with": {"a": ["c"]}}),
        ({"works_with": []}, {"works_with": [("a", "c")]}, {"works_with": [("c", "a")]}),
    ],
)
def test_nobody_learns_who_said_no(one_sided):
    told = {str(paired({"a": 1, "c": 5}, [], **facts).why_not("a", "c")) for facts in one_sided}
    assert len(told) == 1


def test_opening_the_gates_named_makes_the_pair_possible(example):
    for pair in (("p001", "p002"), ("p003", "p090"), ("p010", "p200"), ("p020", "p111")):
        gates = example.why_not(*pair).table.loc[0, "gates"]
        for wanted in gates.split(", ") if gates else []:
            others = [gate for gate in gates.split(", ") if gate != wanted]
            assert example.scores.without(*others).pair(*pair)["blocked"] != ""
        if gates:
            assert example.scores.without(*gates.split(", ")).pair(*pair)["blocked"] == ""


# --- everybody a person could be paired with --------------------------------------------------------------------------


def test_all_possible_partners_are_priced_but_the_present_ones(example):
    table = example.why_not("p001", progress=False).table
    row = example.scores.possible([example.scores.position("p001")])[0]
    possible = {*example.scores.people[row & (example.scores.capacity.to_numpy() > 0)]}
    assert {*table["partner"]} == possible - {person for pair in example.pairs if "p001" in pair for person in pair}
    assert table["cost"].is_monotonic_increasing
    assert (table["reason"] == "").all()


def test_somebody_with_no_choice_is_told_so(chain):
    asked = chain.why_not("a")
    assert str(asked) == "There is nobody else a could be paired with."
    assert asked.table.empty
    assert list(asked.table) == list(chain.why_not("b", "c").table)


def test_where_most_pairs_come_first_so_do_partners_that_keep_them(example):
    table = pn.pair_people(example.scores, cardinality="max").why_not("p001", progress=False).table
    assert table["pairs"].is_monotonic_decreasing
    assert all(part["cost"].is_monotonic_increasing for _, part in table.groupby("pairs"))


@pytest.mark.parametrize("held", [0, 10**9])
def test_costs_do_not_depend_on_how_values_are_held(example, monkeypatch, held):
    """Many people are held as a sparse matrix, or not at all."""
    expected = example.why_not("p001", progress=False)
    monkeypatch.setattr(why_not, "CELLS_AT_ONCE", 26_000)
    monkeypatch.setattr(why_not, "MOST_HELD", held)
    found = replace(example).why_not("p001", progress=False)
    assert isinstance(why_not._held(EngineWeights(example.scores)), EngineWeights) == (held == 0)
    assert found.table.equals(expected.table)
    assert found.moves.equals(expected.moves)


# --- alternates -------------------------------------------------------------------------------------------------------


def test_alternates_are_the_cheapest_other_partners(example):
    table = example.why_not("p001", progress=False).table
    found = example.alternates("p001", 2, progress=False)
    assert found["partner"].tolist() == table["partner"].tolist()[:2]
    assert found["cost"].tolist() == table["cost"].tolist()[:2]


def test_those_who_lose_a_partner_are_told(chain):
    found = chain.alternates("b").drop(columns=FAIRNESS)
    assert found.to_dict("records") == [
        {
            "partner": "c",
            "cost": chain.why_not("b", "c").cost,
            "share": pytest.approx(chain.why_not("b", "c").cost / chain.objective),
            "value": chain.scores.pair("b", "c")["value"],
            "people": 4,
            "proven": True,
            "displaced": "a, d",
            "left_out": "a, d",
        }
    ]


def test_there_may_be_fewer_alternates_than_asked_for_or_none(chain):
    assert len(chain.alternates("b", 5)) == 1
    assert chain.alternates("a").empty
    with pytest.raises(SettingError, match="n must be at least 1; got 0"):
        chain.alternates("a", 0)


def test_the_web_page_escapes_names():
    pairing = paired({"<i>": 1, "&": 5}, [("<i>", "&")])
    assert "<i>" not in pairing.why_not("<i>", "&")._repr_html_()
    assert "<i>" not in pairing.why("<i>")._repr_html_()
