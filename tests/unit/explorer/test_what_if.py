"""A state that is moved, kept and taken back, and what a move changes."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.errors import InfeasibleError, RulesError, SettingError
from peernet.explorer.differences import difference_of
from peernet.explorer.what_if import WhatIf, settings_of
from peernet.programme.settings import Settings
from peernet.scores.rules import Rule, Rules
from tests.made.explored import SHAPES


@pytest.fixture(scope="module")
def aarhus():
    return pn.load_aarhus()


@pytest.fixture
def state(aarhus):
    return WhatIf(aarhus)


def seen(state):
    return state.settings, state.kept, state.number, state.pairing.pairs, state.can_undo


def test_a_move_that_changes_nothing_changes_nothing(state):
    before = seen(state)
    state.change()
    state.change(experience="average", accept=["mutual", "introduced"])
    state.move(Settings())
    state.keep()
    state.reset()
    assert seen(state) == before


def test_only_settings_are_settings(state):
    with pytest.raises(SettingError, match=r"got 3\. Make them with pn\.programme\.Settings"):
        state.move(3)
    assert state.number == 0


def test_a_lock_that_is_there_already_changes_nothing(state):
    a, b = state.pairing.pairs[0]
    state.lock(a, b)
    before = seen(state)
    state.lock(b, a)
    assert seen(state) == before


def test_moves_are_counted_kept_and_taken_back(state):
    first = state.pairing
    state.change(accept=("mutual", "introduced", "unknown"))
    assert state.number == 1
    assert len(state.pairing) > len(first)
    assert state.kept_pairing is first
    state.keep()
    assert state.difference.made == state.difference.lost == []
    state.undo()
    assert state.pairing is first
    assert len(state.difference.lost) > 0, "what is kept stays kept"
    with pytest.raises(SettingError, match="Nothing to undo"):
        state.undo()


def test_a_reset_can_be_undone(state):
    state.change(experience=0.3)
    state.reset()
    assert state.settings == state.first
    state.undo()
    assert state.settings.experience == 0.3


def test_moves_of_one_gesture_are_one_move_to_take_back(state):
    state.change(cardinality="max")
    for within in (0.9, 0.6, 0.3):
        state.move(state.settings.but(experience=within), gesture="a pull")
    assert state.came_from == state.first.but(cardinality="max"), "what it did is held against where it started"
    state.undo()
    assert state.settings == state.first.but(cardinality="max")
    state.move(state.settings.but(experience=0.3), gesture="a pull")
    state.undo()
    assert state.settings == state.first.but(cardinality="max"), "taken back, a gesture is over"


def test_a_pair_is_locked_or_kept_apart_and_not_both(state):
    a, b = state.pairing.pairs[0]
    state.forbid(a, b)
    assert (a, b) not in state.pairing.pairs
    state.lock(b, a)
    assert (a, b) in state.pairing.pairs
    assert [rule.rule for rule in state.settings.rules] == ["required"]


def test_whoever_is_left_out_has_no_partner_and_says_why(state):
    a, _ = state.pairing.pairs[0]
    state.leave_out(a)
    reason = state.pairing.unpaired.set_index("person").loc[a, "reason"]
    assert reason == "no partner by a rule"


def test_rules_are_taken_back_one_by_one(state):
    (a, b), (c, _) = state.pairing.pairs[:2]
    state.forbid(a, b)
    state.leave_out(c)
    state.release(Rule("forbidden", a, b))
    assert [rule.rule for rule in state.settings.rules] == ["capacity"]
    with pytest.raises(SettingError, match="no rule"):
        state.release(Rule("forbidden", a, b))


def test_a_pair_needs_two_people(state):
    for way in (state.lock, state.forbid):
        with pytest.raises(SettingError, match="two people"):
            way("U1", "U1")


def test_a_dial_that_makes_a_lock_impossible_stays_where_it_was():
    state = WhatIf(SHAPES["drawn"](np.random.default_rng(3)))
    table = state.pairing.table
    a, b = table.loc[table["experience"].idxmax(), ["a", "b"]]
    state.lock(a, b)
    before = seen(state)
    with pytest.raises(InfeasibleError, match=f"{a} and {b} are locked as a pair, but their experience is too diff"):
        state.change(experience=0.0)
    assert seen(state) == before


def test_somebody_locked_twice_is_told_with_whom(state):
    scores = state.pairing.scores
    i = int(np.argmax(scores.possible(np.arange(len(scores))).sum(axis=1)))
    a, others = scores.people[i], scores.people[scores.possible(np.array([i]))[0]]
    state.lock(a, others[0])
    with pytest.raises(InfeasibleError, match=f"{a} is locked with .* and has room for 1"):
        state.lock(a, others[1])


def test_somebody_locked_cannot_be_left_out(state):
    a, b = state.pairing.pairs[0]
    state.lock(a, b)
    with pytest.raises(InfeasibleError, match=f"{a} is locked with {b} and is left out"):
        state.leave_out(a)


def test_limits_that_cannot_be_kept_are_named(aarhus):
    rules = Rules(
        [Rule("at least within", column="team", number=60)], {"team": pd.Series("x", index=aarhus.people.index)}
    )
    with pytest.raises(InfeasibleError, match="at least 60 pairs with the same team"):
        WhatIf(aarhus, Settings(rules=rules))


def test_an_impossible_floor_is_no_error_and_leaves_nobody_paired(state):
    state.change(floor=50.0)
    assert len(state.pairing) == 0
    assert len(state.difference.left) > 0
    assert state.difference.worst_off == 0.0


def test_rules_with_facts_stay_with_every_move(aarhus):
    floor = pd.Series(["up" if i % 2 else "down" for i in range(len(aarhus.people))], index=aarhus.people.index)
    rules = Rules([Rule("not within", column="floor")], {"floor": floor})
    state = WhatIf(aarhus, Settings(rules=rules))
    a, b = state.pairing.pairs[0]
    state.forbid(a, b)
    assert [rule.rule for rule in state.settings.rules] == ["not within", "forbidden"]
    assert all(floor[a] != floor[b] for a, b in state.pairing.pairs)
    other = WhatIf(aarhus, Settings(rules=Rules(rules.rules, {"floor": floor.map({"up": "x", "down": "x"})})))
    assert len(other.pairing) == 0
    state.move(other.settings)
    assert len(state.pairing) == 0, "the same rules on other facts are another state"


def test_rules_may_call_people_by_name():
    survey = pn.load_example()
    names = survey.people["name"]
    free = names[~names.duplicated(keep=False)]
    state = WhatIf(survey, Settings(rules=Rules([Rule("forbidden", free.iloc[0], free.iloc[1])])))
    assert state.rules == (Rule("forbidden", free.index[0], free.index[1]),)
    state.lock(free.index[0], free.index[1]) if state.pairing.scores.possible([0])[0, 1] else state.forbid(
        *free.index[:2]
    )
    assert len(state.settings.rules) == 1, "by hand, in the place of the other on the same pair"


def test_a_rule_about_nobody_is_refused(state):
    with pytest.raises(RulesError):
        state.leave_out("nobody like this")


# --- differences ------------------------------------------------------------------------------------------------------


def test_the_difference_is_that_of_the_pairings(state):
    kept = state.pairing
    state.change(accept=("mutual",))
    found, now = state.difference, state.pairing
    assert found.total == pytest.approx(now.objective - kept.objective)
    assert found.lost == sorted({*kept.pairs} - {*now.pairs})
    assert found.made == sorted({*now.pairs} - {*kept.pairs})
    assert {*found.left} == {*kept.table["a"], *kept.table["b"]} - {*now.table["a"], *now.table["b"]}
    assert found.proven
    assert not found.recounted


def test_pairs_that_are_kept_are_counted_as_the_new_settings_count(state):
    """A pair whose two gain alike is worth the same by the mean and by the lesser gain; others lose nothing by it."""
    kept = state.pairing
    state.change(value="lesser")
    found = state.difference
    least = kept.table[["gain_a", "gain_b"]].min(axis=1).sum()
    assert found.recounted
    assert found.total == pytest.approx(state.pairing.objective - least)
    assert found.total >= -1e-12, "the kept pairs are possible now too"
    assert state.pairing.objective < kept.objective, "held against the total by the mean it would look like a loss"


def test_nothing_is_compared_with_nothing(aarhus):
    state = WhatIf(aarhus, Settings(floor=50.0))
    found = difference_of(state.pairing, state.pairing)
    assert (found.total, found.worst_off, found.left) == (0.0, 0.0, ())


# --- the settings of a pairing ----------------------------------------------------------------------------------------

CHOSEN = [
    {},
    {"accept": ("mutual", "unknown"), "experience": None, "goals": 0.4, "cardinality": "max"},
    {"value": 0.3, "band": (0.1, 0.8), "outlook": "answers", "floor": 0.01},
    {
        "objective": "fair",
        "value": "lesser",
        "rules": Rules([Rule("capacity", number=2), Rule("forbidden", "p01", "p02")]),
    },
]


@pytest.mark.parametrize("chosen", CHOSEN)
@pytest.mark.parametrize("shape", ["drawn", "refusals"])
def test_a_pairing_tells_the_settings_that_make_it_again(shape, chosen):
    survey, settings = SHAPES[shape](np.random.default_rng(3)), Settings(**chosen)
    pairing = settings.pair(settings.score(survey, pn.colleague_graph(survey)))
    found = settings_of(pairing)
    assert found == settings
    assert found.pair(found.score(survey, pn.colleague_graph(survey))).pairs == pairing.pairs


def test_an_average_that_is_too_unreliable_is_still_the_average():
    survey = pn.load_example()
    pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
    assert pairing.scores.gates.goals_within is None
    assert settings_of(pairing) == Settings()


def test_what_was_fixed_forbidden_or_absent_becomes_rules(aarhus):
    pairing = pn.pair_people(pn.score_pairs(aarhus, pn.colleague_graph(aarhus)))
    fixed, forbidden, (away, _) = pairing.pairs[:3]
    again = pairing.again(fixed=[fixed], forbidden=[forbidden], absent=[away])
    settings = settings_of(again)
    assert {rule.rule for rule in settings.rules} == {"required", "forbidden", "capacity"}
    assert WhatIf(aarhus, settings).pairing.pairs == again.pairs


@pytest.mark.parametrize(
    ("chosen", "named"),
    [
        ({"scale": 0.3}, "scale"),
        ({"contact": ["lunch"]}, "contact"),
        ({"at_least": 2.0}, "at_least"),
        ({"missing": "reconstruct"}, "missing"),
        ({"careless": "as given"}, "careless"),
    ],
)
def test_what_no_dial_has_is_refused_by_name(aarhus, chosen, named):
    pairing = pn.pair_people(pn.score_pairs(aarhus, pn.colleague_graph(aarhus), **chosen))
    with pytest.raises(SettingError, match=f"no dial has: {named}="):
        settings_of(pairing)


def test_mentors_are_refused_as_what_they_are(aarhus):
    scores = pn.score_pairs(aarhus, pn.colleague_graph(aarhus))
    people = [*map(str, scores.people)]
    with pytest.raises(SettingError, match="no dial has: mentors and mentees"):
        settings_of(pn.pair_mentors(scores, people[:20], people[20:]))


def test_time_limits_open_foundations_and_pairs_by_hand_are_refused(aarhus):
    scores = pn.score_pairs(aarhus, pn.colleague_graph(aarhus))
    pairing = pn.pair_people(scores)
    for made, named in (
        (pn.pair_people(scores, time_limit=60), "time_limit"),
        (pn.pair_people(scores.without("foundation")), "open foundation gate"),
        (pairing.replace(drop=pairing.pairs[:1]), "changed by hand"),
    ):
        with pytest.raises(SettingError, match=named):
            settings_of(made)
