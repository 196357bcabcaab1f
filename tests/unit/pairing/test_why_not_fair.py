"""Of a fair pairing: how much less fair it would be to make a pair, who would be worse off, and who else would do."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from tests.made.pairings import CHAIN, FAIRNESS, paired


def fair(pairing, **kws):
    return pn.pair_people(pairing.scores, objective="fair", **kws)


@pytest.fixture
def chain():
    """The outer two pairs leave nobody out; the middle one alone is worth more."""
    return fair(paired({"a": 2, "b": 1, "c": 5, "d": 4}, CHAIN))


@pytest.fixture(scope="module")
def example():
    survey = pn.load_example()
    goals = pn.distance.person_distances(survey, "goal").mean  # a gate that leaves few partners
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), goals=goals, careless="as given", scale=0.344525)
    return pn.pair_people(scores, objective="fair")


@pytest.fixture(scope="module")
def asked(example):
    """The person with the most possible partners."""
    return example.why_not("p091", progress=False)


# --- a pair -----------------------------------------------------------------------------------------------------------


def test_the_pair_of_most_value_is_less_fair_as_it_leaves_two_with_nothing(chain):
    asked, gain = chain.why_not("b", "c"), chain.table.set_index("a")["gain_a"]
    row = asked.table.loc[0]
    assert (chain.pairs, row["worst_off"], row["more_people"]) == ([("a", "b"), ("c", "d")], 0, 2)
    assert row["instead_of"] == pytest.approx(gain.min(), abs=1e-9)
    assert asked.cost == chain.objective - chain.scores.pair("b", "c")["value"] < 0
    assert repr(asked) == f"<WhyNot: b and c, less fair, costs {asked.cost:.3f}>"
    assert str(asked) == (
        "Pairing b with c is less fair: the worst-off person would gain nothing instead of 0.197; the total value "
        "would be 0.664 instead of 0.3948. Worse off: a (nothing instead of 0.197), d (nothing instead of 0.197). "
        "Given up: a with b, c with d. Made: b with c. Left without a partner: a, d."
    )


def test_everybody_who_moves_is_told_with_their_gain_before_and_after(chain):
    moves = chain.why_not("b", "c").moves.set_index("who")
    values = chain.scores.to_frame().set_index(["a", "b"])
    assert moves.loc["a", ["before", "after", "gain_after"]].tolist() == ["b", "", 0]
    assert moves.loc["a", "gain_before"] == pytest.approx(values.loc[("a", "b"), "gain_a"], abs=1e-9)
    assert moves.loc["c", "gain_after"] == pytest.approx(values.loc[("b", "c"), "gain_b"], abs=1e-9)


def test_a_pair_that_is_made_changes_nothing(chain):
    asked = chain.why_not("a", "b")
    assert (asked.cost, asked.table.loc[0, "more_people"], len(asked.moves)) == (0, 0, 0)
    assert asked.table.loc[0, ["worst_off", "instead_of"]].isna().all()
    assert str(asked) == "a and b are paired in the best pairing."


def test_a_pair_of_another_pairing_as_fair_and_worth_as_much_costs_nothing():
    asked = fair(paired({"a": 1, "b": 5, "c": 5}, [("a", "b"), ("a", "c")])).why_not("a", "c")
    assert (asked.cost, asked.table.loc[0, "more_people"]) == (0, 0)
    assert "costs nothing: another pairing that makes it is as fair and worth as much" in str(asked)
    assert repr(asked) == "<WhyNot: a and c, costs 0.000>"


def test_a_pair_as_fair_may_be_worth_less():
    """Where the lesser gain counts, two with little to gain had better meet each other."""
    perspectives = {"a": 1, "b": 5, "c": 1, "d": 5, "h": 3}
    trust = [("a", "b"), ("a", "d"), ("b", "c"), ("c", "d")]
    scores = paired(perspectives, trust, works_with=[("a", "h"), ("b", "h")]).scores
    pairing = pn.pair_people(replace(scores, value="lesser"), objective="fair")
    asked = pairing.why_not("a", "d")
    assert pairing.pairs == [("a", "b"), ("c", "d")]
    assert (asked.cost > 0, asked.table.loc[0, "more_people"]) == (True, 0)
    assert np.isnan(asked.table.loc[0, "worst_off"])
    assert str(asked).startswith("Pairing a with d is as fair; the total value would be ")
    assert "Worse off" not in str(asked)


def test_where_most_pairs_come_first_fewer_pairs_can_be_fairer():
    pairing = fair(paired({"a": 1, "b": 1, "c": 5, "d": 5}, CHAIN), cardinality="max")
    asked = pairing.why_not("b", "c")
    assert asked.table.loc[0, ["pairs", "more_people"]].tolist() == [-1, -2]
    assert asked.table.loc[0, "worst_off"] > asked.table.loc[0, "instead_of"] == 0
    assert "is fairer, from fewer pairs: 2 people instead of 4 would gain nothing" in str(asked)
    assert repr(asked).startswith("<WhyNot: b and c, fairer, costs -")


def test_the_answer_is_that_of_pairing_anew(example):
    table = example.why_not("p001", progress=False).table
    for row in table.head(2).itertuples():
        anew = pn.pair_people(example.scores, objective="fair", required=[(row.person, row.partner)])
        assert row.cost == pytest.approx(example.objective - anew.objective, abs=1e-9)
        levels = [np.sort(example.optimum.levels(pairing.pairs)) for pairing in (example, anew)]
        first = np.flatnonzero(levels[0] != levels[1])[0]
        assert (row.instead_of, row.worst_off) == (levels[0][first], levels[1][first])


def test_hand_edits_do_not_enter_the_answer(chain):
    edited = chain.replace(drop=[("a", "b"), ("c", "d")], add=[("b", "c")])
    assert edited.why_not("b", "c").table.equals(chain.why_not("b", "c").table)


def test_of_a_pairing_cut_short_the_answer_is_cut_short_too_and_says_so(example):
    late = pn.pair_people(example.scores, objective="fair", time_limit=0)
    asked = late.why_not("p001", "p204")
    assert (late.proven, asked.table["proven"].tolist()) == (False, [False])
    assert "That is not proven: the time limit of the pairing cut the search short." in str(asked)
    assert example.why_not("p001", "p204").table["proven"].tolist() == [True]


def test_a_pair_that_is_not_possible_is_told_why_and_no_more(chain):
    asked = chain.why_not("a", "d")
    assert asked.table.loc[0, "reason"] == "foundation"
    assert asked.table.loc[0, ["cost", *FAIRNESS]].isna().all()


def test_of_the_largest_total_nothing_is_said_about_fairness():
    table = paired({"a": 2, "b": 1, "c": 5, "d": 4}, CHAIN).why_not("a", "b").table
    assert table.loc[0, FAIRNESS].isna().all()
    assert table.dtypes["more_people"] == pd.Int64Dtype()


def test_required_pairs_stay(example):
    held = fair(example, required=[("p001", "p204")])
    assert held.why_not("p001", "p064").table.loc[0, "reason"] == "required"
    assert "p204" not in held.why_not("p091", "p110").moves["who"].tolist()


# --- everybody a person could be paired with --------------------------------------------------------------------------


def test_partners_come_fairest_first_whatever_they_cost(asked):
    table = asked.table
    same_level = table.groupby("worst_off", sort=False)["more_people"]
    assert len(table) == 28
    assert table["worst_off"].is_monotonic_decreasing
    assert all(part.is_monotonic_increasing for _, part in same_level)
    assert not table["cost"].is_monotonic_increasing


def test_the_list_says_how_the_first_of_them_would_be(asked):
    first = asked.table["partner"].iloc[0]
    assert str(asked).startswith("p091 could be paired with 28 other people. First of them:")
    assert f"pairing p091 with {first} is less fair:" in str(asked)
    assert "31 people instead of 30 would gain" in str(asked)


def test_only_five_of_many_worse_off_are_named_but_all_are_in_the_table(example):
    asked = example.why_not("p091", "p021")
    losers = asked.moves[asked.moves["gain_after"] < asked.moves["gain_before"]]
    assert f"and {len(losers) - 5} more." in str(asked)
    assert f"Worse off: {losers.sort_values('gain_after')['who'].iloc[0]} (nothing instead of" in str(asked)


def test_alternates_are_the_fairest_other_partners(example, asked):
    found = example.alternates("p091", 3, progress=False)
    same = ["partner", "cost", "share", "value", *FAIRNESS, "people"]
    assert found[same].equals(asked.table[same].head(3))


# --- changes by hand --------------------------------------------------------------------------------------------------


def test_a_fair_pairing_changed_by_hand_may_be_worth_more_and_is_no_longer_the_fairest(chain):
    edited = chain.replace(drop=chain.pairs, add=[("b", "c")])
    assert (edited.proven, edited.loss < 0) == (False, True)
    assert repr(edited).endswith("(changed by hand, no longer the fairest)>")
    assert edited.check().empty
    assert edited.undo() is chain


def test_a_change_to_another_fairest_pairing_stays_proven():
    pairing = fair(paired({"a": 1, "b": 5, "c": 5}, [("a", "b"), ("a", "c")]))
    edited = pairing.replace(drop=[("a", "b")], add=[("a", "c")])
    assert (edited.proven, edited.loss) == (True, 0)
    assert edited.check().empty


def test_a_fair_pairing_that_was_cut_short_says_so(example):
    late = pn.pair_people(example.scores, objective="fair", time_limit=0)
    assert repr(late).endswith("(not proven fairest)>")


def test_paired_again_it_is_the_fairest_around_what_is_fixed(chain):
    again = chain.again(fixed=[("b", "c")])
    assert (again.pairs, again.proven, again.settings["objective"]) == ([("b", "c")], True, "fair")
    assert again.undo() is chain


def test_those_left_over_are_told_that_others_need_their_partners_more():
    unpaired = fair(paired({"a": 1, "b": 5, "c": 5}, [("a", "b"), ("a", "c")])).unpaired.set_index("person")
    assert unpaired.loc["c", ["reason", "detail"]].tolist() == [
        "left over",
        "whoever would be possible is needed more by somebody else",
    ]
