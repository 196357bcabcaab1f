"""Whatever the survey, the price of a change is the difference of two optima, and every change passes the checks."""

import dataclasses

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import peernet as pn
from peernet.errors import InfeasibleError
from tests.made.small_surveys import small_surveys
from tests.naive.matching import best_by_trying
from tests.naive.rules import fairest_levels

OPEN = {"foundation": ("mutual", "introduced", "unknown"), "experience": None, "goals": None}


def scored(survey, *, few=False):
    return pn.score_pairs(survey, pn.colleague_graph(survey), **({} if few else OPEN))


def weights(scores):
    """Value of every pair, missing where not possible, people in the survey's order."""
    return scores.block(np.arange(len(scores)))


def tried(scores, *, required=(), fill=False):
    """Pairs and total of the best pairing by trying all; required pairs are named."""
    place = {person: i for i, person in enumerate(scores.people)}
    fixed = [(place[a], place[b]) for a, b in required]
    return best_by_trying(weights(scores), capacity=scores.capacity.to_numpy(), required=fixed, fill=fill)


def possible_pairs(scores):
    table = scores.to_frame()
    return [(r.a, r.b) for r in table[table["blocked"] == ""].itertuples() if scores.capacity[[r.a, r.b]].all()]


@given(small_surveys(), st.booleans(), st.sampled_from([None, "max"]))
@settings(max_examples=25, deadline=None)
def test_the_cost_of_a_pair_is_the_difference_of_two_optima(survey, few, cardinality):
    scores = scored(survey, few=few)
    pairing = pn.pair_people(scores, cardinality=cardinality)
    fill = cardinality == "max"
    count, best = tried(scores, fill=fill)
    for a, b in possible_pairs(scores)[:6]:
        asked = pairing.why_not(b, a)
        forced_count, forced = tried(scores, required=[(a, b)], fill=fill)
        assert asked.cost == pytest.approx(best - forced, abs=1e-9)
        if fill:
            assert asked.table.loc[0, "pairs"] == forced_count - count


@given(small_surveys())
@settings(max_examples=25, deadline=None)
def test_the_moves_lead_to_a_pairing_that_holds_and_costs_what_was_said(survey):
    pairing = pn.pair_people(scored(survey))
    for a, b in possible_pairs(pairing.scores)[:6]:
        if (a, b) in pairing.pairs:
            continue
        asked = pairing.why_not(a, b)
        change = changes(asked.moves)
        assert tuple(sorted((a, b))) in change["add"]
        moved = pairing.replace(**change)
        assert moved.loss == pytest.approx(asked.cost, abs=1e-9)
        assert moved.check().empty
        people = {p for pair in change["drop"] | change["add"] for p in pair}
        assert asked.table.loc[0, "people"] == len(asked.moves) == len(people)


def fairest_by_trying(scores, *, required=(), fill=False):
    """Number of pairs, everybody's gains from the least up and total of the fairest pairing, all tried."""
    own = scores.block(np.arange(len(scores)), column="own_gain")
    fixed = [tuple(sorted(map(scores.position, pair))) for pair in required]
    return fairest_levels(own, weights(scores), scores.capacity.tolist(), fill=fill, required=fixed)


@given(small_surveys(), st.booleans(), st.sampled_from([None, "max"]))
@settings(max_examples=25, deadline=None)
def test_a_fair_pairing_says_how_much_less_fair_the_fairest_is_that_makes_a_pair(survey, few, cardinality):
    scores = scored(survey, few=few)
    pairing, fill = pn.pair_people(scores, objective="fair", cardinality=cardinality), cardinality == "max"
    count, levels, total = fairest_by_trying(scores, fill=fill)
    for a, b in possible_pairs(scores)[:6]:
        row = pairing.why_not(b, a).table.iloc[0]
        forced_count, forced, forced_total = fairest_by_trying(scores, required=[(a, b)], fill=fill)
        assert row["cost"] == pytest.approx(total - forced_total, abs=1e-8)
        assert not fill or row["pairs"] == forced_count - count
        first = next(((x, y) for x, y in zip(forced, levels, strict=True) if x != y), None)
        if first is None:
            assert np.isnan(row["worst_off"])
            assert row["more_people"] == 0
        else:
            assert (row["worst_off"], row["instead_of"]) == first
            assert row["more_people"] == sum(x <= min(first) for x in forced) - sum(y <= min(first) for y in levels)


@given(small_surveys())
@settings(max_examples=15, deadline=None)
def test_partners_come_from_the_fairest_to_the_least_fair(survey):
    scores = scored(survey)
    pairing = pn.pair_people(scores, objective="fair")
    for person in scores.people[:3]:
        table = pairing.why_not(person).table
        tried = [fairest_by_trying(scores, required=[(person, other)]) for other in table["partner"]]
        levels = [found[1] for found in tried]
        assert levels == sorted(levels, reverse=True)
        for one, other, cheap, dear in zip(levels, levels[1:], table["cost"], table["cost"][1:], strict=False):
            assert one > other or cheap <= dear


@given(small_surveys(), st.sampled_from([None, "max"]))
@settings(max_examples=15, deadline=None)
def test_the_moves_of_a_fair_pairing_lead_to_what_was_said_of_everybody(survey, cardinality):
    scores = scored(survey)
    pairing = pn.pair_people(scores, objective="fair", cardinality=cardinality)
    for a, b in possible_pairs(scores)[:6]:
        asked = pairing.why_not(a, b)
        if asked.moves.empty:
            continue
        moved = pairing.replace(**changes(asked.moves))
        assert moved.loss == pytest.approx(asked.cost, abs=1e-8)
        assert moved.check().empty
        found = asked.table.loc[0]
        as_many = cardinality is None or found["pairs"] == 0
        assert moved.proven == (asked.cost == 0 and np.isnan(found["worst_off"]) and as_many)
        gains = gained(moved)
        assert asked.moves["gain_after"].tolist() == pytest.approx([gains.get(who, 0) for who in asked.moves["who"]])


def changes(moves):
    """Pairs to drop and to add, from everybody's partners before and after."""
    after = {row.who: {*row.after.split(", ")} - {""} for row in moves.itertuples()}
    before = {row.who: {*row.before.split(", ")} - {""} for row in moves.itertuples()}
    drop = {tuple(sorted((p, q))) for p, others in before.items() for q in others - after[p]}
    add = {tuple(sorted((p, q))) for p, others in after.items() for q in others - before[p]}
    return {"drop": drop, "add": add}


def gained(pairing):
    """The best gain that anybody has of their pairs; of a free place nothing."""
    best = {}
    for row in pairing.table.itertuples():
        for person, gain in ((row.a, row.gain_a), (row.b, row.gain_b)):
            best.setdefault(person, []).append(gain)
    for person, gains in best.items():
        if len(gains) < pairing.scores.capacity[person]:
            gains.append(0.0)
    return {person: max(gains) for person, gains in best.items()}


@given(small_surveys(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_pairing_again_around_fixed_pairs_is_the_best_of_all_that_keep_them(survey, random):
    scores = scored(survey)
    pairing = pn.pair_people(scores)
    possible = possible_pairs(scores)
    if len(possible) < 2:
        return  # nothing to fix and forbid
    fixed, forbidden = random.sample(possible, 2)
    others = sorted({*scores.people} - {*fixed})
    absent = random.sample(others, min(1, len(others)))
    again = pairing.again(fixed=[fixed[::-1]], forbidden=[forbidden], absent=absent)
    table = weights(scores)
    place = [scores.position(person) for person in (*forbidden, *absent)]
    table[place[0], place[1]] = table[place[1], place[0]] = np.nan
    table[place[2:], :] = table[:, place[2:]] = np.nan
    where = tuple(scores.position(person) for person in fixed)
    _, best = best_by_trying(table, capacity=scores.capacity.to_numpy(), required=[where])
    assert again.objective == pytest.approx(best, abs=1e-9)
    assert again.proven
    assert again.check().empty
    assert fixed in again.pairs
    assert again.undo() is pairing


@given(small_surveys(), st.data())
@settings(max_examples=30, deadline=None)
def test_a_hand_edit_either_holds_or_changes_nothing(survey, data):
    pairing = pn.pair_people(scored(survey, few=data.draw(st.booleans())))
    people = list(pairing.scores.people)
    assume(len(people) > 1)
    pair = st.lists(st.sampled_from(people), min_size=2, max_size=2, unique=True).map(tuple)
    drop = data.draw(st.lists(st.sampled_from(pairing.pairs), unique=True) if pairing.pairs else st.just([]))
    add = data.draw(st.lists(pair, max_size=2, unique_by=frozenset))
    assume(drop or add)
    before = pairing.table.copy()
    try:
        edited = pairing.replace(drop=drop, add=add)
    except InfeasibleError:
        wanted = dataclasses.replace(pairing, table=pairing.scores.to_frame({*pairing.pairs} - {*drop} | {*add}))
        blocked = [(a, b) for a, b in add if not pairing.scores.capacity[[a, b]].all()]
        repeated = [pair for pair in add if tuple(sorted(pair)) in {*pairing.pairs} - {*drop}]
        assert blocked or repeated or {"gates", "capacity"} & {*wanted.check()["rule"]}
    else:
        assert edited.check().empty
        assert edited.bound == pairing.bound
        assert edited.loss >= -1e-9
        assert edited.proven == (edited.loss <= 1e-9 * max(1.0, edited.objective))
        assert edited.undo() is pairing
    assert before.equals(pairing.table)


# --- mentors ----------------------------------------------------------------------------------------------------------


def sided_weights(scores, mentors, mentees):
    """What the mentee of each pair gains, written out pair by pair; missing where not possible."""
    table = np.full((len(scores), len(scores)), np.nan)
    for row in scores.to_frame().itertuples():
        i, j = scores.position(row.a), scores.position(row.b)
        gains = [
            gain
            for mentor, mentee, gain in ((row.a, row.b, row.gain_b), (row.b, row.a, row.gain_a))
            if mentor in mentors and mentee in mentees and row.blocked == ""
        ]
        table[i, j] = table[j, i] = max(gains, default=np.nan)
    return table


@given(small_surveys(), st.data())
@settings(max_examples=30, deadline=None)
def test_mentors_and_mentees_are_the_best_there_is(survey, data):
    scores = scored(survey)
    assume(len(scores) > 1)
    sides = st.lists(st.sampled_from(list(scores.people)), min_size=1, unique=True)
    mentors, mentees = data.draw(sides), data.draw(sides)
    # Somebody on both sides has at most so many mentors: test_mentors tries every set of pairs for that.
    each = 2 if {*mentors} & {*mentees} else data.draw(st.integers(1, 2))
    pairing = pn.pair_mentors(scores, mentors, mentees, capacity=2, mentors_each=each, both=True)
    said = scores.capacity.to_numpy() > 0
    room = [2 * (p in mentors) or each * (p in mentees) for p in scores.people]
    _, best = best_by_trying(sided_weights(scores, mentors, mentees), capacity=np.array(room) * said)
    assert pairing.proven
    assert pairing.objective == pytest.approx(best, abs=1e-9)
    assert pairing.check().empty
    assert pairing.table["mentor"].isin(mentors).all()
    assert pairing.table["mentee"].isin(mentees).all()
