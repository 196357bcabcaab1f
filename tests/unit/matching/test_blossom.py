"""The engine's duals cover every pair and add up to the matching: a proof anybody can check."""

import numpy as np
import pytest

from peernet.matching import blossom_state
from peernet.matching.blossom import cover_links, run, start
from peernet.matching.blossom_rings import (
    bar,
    common_dual,
    dissolve,
    mark_above,
    odd_sets,
    partners,
    ring_order,
    set_free,
    take_out,
)
from peernet.matching.blossom_state import NEVER
from peernet.matching.problem import CandidatePairs, Copies, no_pairs
from tests.made.searches import ALL, listed, opened, triples
from tests.naive import matching as naive


def total(state, pairs):
    mate = state.node[: state.tally[blossom_state.PEOPLE], blossom_state.MATE_OUT]
    return int(pairs.w[mate[pairs.u] == pairs.v].sum())


@pytest.fixture(params=naive.KINDS)
def pairs(request, rng):
    return listed(naive.pool(request.param, 80, rng))


def test_duals_cover_every_pair_and_equal_the_matching(pairs):
    state = opened(pairs, 80)
    run(state, True, ALL, NEVER)
    run(state, False, ALL, NEVER)
    value = naive.dual_value(state, triples(pairs))
    held = sum(int(dual) * (len(people) // 2) for people, dual in zip(*odd_sets(state), strict=True))
    assert value == state.node[:80, blossom_state.DUAL].sum() + held
    dissolve(state)
    assert total(state, pairs) == value


def test_duals_cover_every_pair_between_any_two_searches(pairs):
    state = opened(pairs, 80)
    values = [naive.dual_value(state, triples(pairs))]
    for halves in (True, False):
        while run(state, halves, 1, NEVER):
            values.append(naive.dual_value(state, triples(pairs)))
    assert values == sorted(values, reverse=True)


def test_opening_all_blossoms_keeps_the_duals_covering(pairs):
    state = opened(pairs, 80)
    run(state, False, ALL, NEVER)
    dissolve(state)
    assert odd_sets(state)[0] == ()
    naive.dual_value(state, triples(pairs))
    mate = state.node[:80, blossom_state.MATE_OUT]
    assert all(mate[mate[v]] == v for v in np.flatnonzero(mate >= 0))


def test_opening_all_blossoms_gives_each_person_half_of_what_lies_around_them(pairs):
    state = opened(pairs, 80)
    run(state, True, ALL, NEVER)
    run(state, False, ALL, NEVER)
    owed, mate = state.node[:80, blossom_state.DUAL].copy(), partners(state)
    for people, dual in zip(*odd_sets(state), strict=True):
        owed[people] += dual // 2
    dissolve(state)
    assert state.node[:80, blossom_state.DUAL].tolist() == owed.tolist()
    assert state.node[:80, blossom_state.MATE_OUT].tolist() == mate.tolist()
    assert blossom_state.n_blossoms(state) == 0


def test_a_search_can_go_on_from_earlier_duals_after_pairs_were_added(rng):
    everyone = listed(naive.pool("odd clusters", 60, rng))
    some = everyone.where(rng.random(len(everyone)) < 0.3)
    state = opened(some, 60)
    run(state, False, ALL, NEVER)
    dissolve(state)
    copies = Copies(np.ones(60, dtype=np.int64), no_pairs())
    again = copies.state(
        everyone, state.node[:60, blossom_state.DUAL].copy(), state.node[:60, blossom_state.MATE_OUT].copy()
    )
    start(again)
    run(again, False, ALL, NEVER)
    value = naive.dual_value(again, triples(everyone))
    dissolve(again)
    assert total(again, everyone) == value


def test_three_people_who_are_all_alike_need_a_blossom():
    pairs = CandidatePairs(np.array([0, 0, 1]), np.array([1, 2, 2]), np.array([4, 4, 4]))
    state = opened(pairs, 3)
    run(state, False, ALL, NEVER)
    assert naive.dual_value(state, triples(pairs)) == 4


def test_shared_blossoms_are_those_that_hold_both(rng):
    pairs = listed(naive.pool("odd clusters", 50, rng))
    state = opened(pairs, 50)
    run(state, False, ALL, NEVER)
    sets = [(set(people.tolist()), dual) for people, dual in zip(*odd_sets(state), strict=True)]
    used = [b for b in naive.blossoms_in(state) if state.node[b, blossom_state.DUAL]]
    assert len(used)
    assert sets == [(set(naive.members(state, b)), state.node[b, blossom_state.DUAL]) for b in used]
    for u in range(50):
        mark_above(state, u)
        for v in range(50):
            assert v == u or common_dual(state, v) == sum(dual for held, dual in sets if {u, v} <= held)


def test_the_queue_returns_events_in_time_order(rng):
    state = opened(no_pairs(), 40)
    keys = rng.integers(0, 50, 60)
    for key in keys:
        blossom_state.sift_up(state, key, key)
    assert [blossom_state.pop(state) for _ in keys] == sorted(keys)


def test_a_full_queue_forgets_what_no_longer_holds():
    pairs = CandidatePairs(np.array([0]), np.array([1]), np.array([4]))
    state = opened(pairs, 2)
    state.tally[blossom_state.LIMIT] = 10
    size = len(state.heap)
    for key in range(size):
        blossom_state.push(state, key, 0)
    assert state.tally[blossom_state.EVENTS] == size
    blossom_state.push(state, 3, 0)
    assert state.tally[blossom_state.EVENTS] == 1


@pytest.fixture
def solved(pairs):
    state = opened(pairs, 80)
    run(state, True, ALL, NEVER)
    run(state, False, ALL, NEVER)
    return state


def slacks(state, pairs):
    """Slack of every pair, with the duals of the blossoms that hold both."""
    dual = state.node[:, blossom_state.DUAL]
    slack = dual[pairs.u] + dual[pairs.v] - pairs.w
    for people, held in zip(*odd_sets(state), strict=True):
        slack += held * (np.isin(pairs.u, people) & np.isin(pairs.v, people))
    return slack


def test_partners_are_those_that_opening_all_blossoms_gives(solved):
    before, found = solved.node.copy(), partners(solved)
    assert np.array_equal(solved.node, before)
    dissolve(solved)
    assert found.tolist() == solved.node[:80, blossom_state.MATE_OUT].tolist()


def test_in_ring_order_the_people_of_a_blossom_stand_together(solved):
    order, place = ring_order(solved)
    assert sorted(order) == list(range(80))
    assert (order[place] == np.arange(80)).all()
    for people, _ in zip(*odd_sets(solved), strict=True):
        assert np.ptp(place[people]) == len(people) - 1


def test_going_single_keeps_every_pair_covered_and_all_others_matched_by_tight_pairs(solved, pairs, rng):
    for person in rng.integers(0, 80, 10):
        set_free(solved, person)
        mate, slack = partners(solved), slacks(solved, pairs)
        assert mate[person] == -1
        assert (slack >= 0).all()
        assert (slack[mate[pairs.u] == pairs.v] == 0).all()


def test_what_a_search_takes_from_slack_is_no_more_than_the_time_its_people_were_outer(solved, pairs, rng):
    solved.node[:, blossom_state.DOWN] = 0
    gone = np.sort(rng.permutation(80)[:3])
    take_out(solved, gone, gone)
    left = pairs.where(~np.isin(pairs.u, gone) & ~np.isin(pairs.v, gone))
    before = slacks(solved, left)
    run(solved, False, ALL, NEVER)
    down = solved.node[:80, blossom_state.DOWN]
    assert (slacks(solved, left) >= before - down[left.u] - down[left.v]).all()
    mate = partners(solved)
    value = solved.node[np.setdiff1d(np.arange(80), gone), blossom_state.DUAL].sum()
    held = sum(int(dual) * (len(people) // 2) for people, dual in zip(*odd_sets(solved), strict=True))
    assert left.w[mate[left.u] == left.v].sum() == value + held


def test_a_barred_pair_is_parted_and_never_made_again(solved, pairs):
    mate = partners(solved)
    made = pairs.where(mate[pairs.u] == pairs.v)
    bar(solved, made.u[:4], made.v[:4])
    run(solved, False, ALL, NEVER)
    assert (partners(solved)[made.u[:4]] != made.v[:4]).all()


def test_links_that_are_not_covered_are_covered_afterwards(pairs, rng):
    known = rng.random(len(pairs)) < 0.3
    state = opened(pairs.where(known), 80)
    run(state, False, ALL, NEVER)
    new = pairs.where(~known)
    state = blossom_state.with_pairs(state, *Copies(np.ones(80, dtype=np.int64), no_pairs()).cells(pairs))
    cover_links(state, new.u, new.v, new.w)
    assert (slacks(state, pairs) >= 0).all()
    run(state, False, ALL, NEVER)
    assert naive.dual_value(state, triples(pairs)) == pairs.w[partners(state)[pairs.u] == pairs.v].sum()


def path_with_single_ends(n):
    """A line of people, all paired but the two at its ends, who would both be if all others changed partner."""
    u, odd = np.arange(n - 1), np.arange(n - 1) % 2
    pairs = CandidatePairs(u, u + 1, np.where(odd, 200, 198))
    mate = np.arange(n) + np.where(np.arange(n) % 2, 1, -1)
    mate[[0, -1]] = -1
    copies = Copies(np.ones(n, dtype=np.int64), no_pairs())
    return pairs, copies.state(pairs, np.full(n, 100), mate)


@pytest.mark.parametrize("odd", [0, 1])
@pytest.mark.parametrize("end", [0, 39])
def test_the_last_two_roots_meet_half_way(end, odd):
    pairs, state = path_with_single_ends(40)
    state.node[end, blossom_state.DUAL] += odd
    assert run(state, False, ALL, NEVER) == 1
    assert total(state, pairs) == naive.dual_value(state, triples(pairs)) == 20 * 198
    first, *_, last = state.node[:40, blossom_state.DOWN]
    assert abs(first - last) <= 2
    assert 40 <= first + last <= 42  # 20 pairs with a slack of 2, and 2 where one dual began odd


def test_of_two_trees_one_can_end_alone():
    """The first of a line has a dual of only 4, which is used up before the trees meet."""
    pairs, state = path_with_single_ends(40)
    state.node[0, blossom_state.DUAL], pairs.w[0] = 4, 102
    state = state._replace(pairs=Copies(np.ones(40, dtype=np.int64), no_pairs()).cells(pairs)[1])
    assert run(state, False, ALL, NEVER) == 2
    assert total(state, pairs) == naive.dual_value(state, triples(pairs))
    assert state.node[0, blossom_state.DUAL] == 0


@pytest.mark.parametrize("seed", range(20))
def test_duals_of_any_parity_end_covering_every_pair(seed):
    """Halved slacks of arbitrary weights make some duals odd; blossoms and two trees keep them whole."""
    rng = np.random.default_rng(seed)
    u, v = np.nonzero(np.triu(rng.random((61, 61)) < 0.3, 1))
    pairs = CandidatePairs(u, v, 2 * rng.integers(1, 1000, len(u)))
    state = opened(pairs, 61)
    run(state, True, ALL, NEVER)
    run(state, False, ALL, NEVER)
    for _ in range(5):
        for person in rng.integers(0, 61, 2):
            set_free(state, person)
            state.node[person, blossom_state.DUAL] += rng.integers(0, 2)
        run(state, False, ALL, NEVER)
        value = naive.dual_value(state, triples(pairs))
        assert pairs.w[partners(state)[pairs.u] == pairs.v].sum() == value


def test_two_blossoms_around_everybody_still_come_nearer_to_each_other():
    """Two threes who are all alike, and one pair between them that lacks 60."""
    u, v = np.array([0, 0, 1, 3, 3, 4, 2]), np.array([1, 2, 2, 4, 5, 5, 3])
    pairs = CandidatePairs(u, v, np.array([100, 100, 100, 100, 100, 100, 40]))
    state = opened(pairs, 6)
    run(state, False, ALL, NEVER)
    assert naive.dual_value(state, triples(pairs)) == 240
    assert partners(state)[2] == 3
    assert state.node[:6, blossom_state.DOWN].tolist() == [30] * 6


@pytest.fixture(params=["odd clusters", "near by"])
def nested(request, rng):
    """200 people whose blossoms lie deep within each other, so that large ones are opened on the way."""
    if request.param == "odd clusters":
        return listed(naive.pool("odd clusters", 200, rng))
    return listed(np.rint(2e6 - 1e6 * naive.distances(rng.random((200, 2)))))


def settled_often(pairs, most):
    """The pool settled root by root, 20 times with two people single again; and the most stubs there were."""
    state, rng, seen = opened(pairs, 200), np.random.default_rng(0), 0
    state.tally[blossom_state.MOST_STUBS] = most
    for _ in range(20):
        for halves in (True, False):
            while run(state, halves, 1, NEVER):
                seen = max(seen, int(state.tally[blossom_state.STUBS]))
                assert blossom_state.n_blossoms(state) == len(naive.blossoms_in(state))
        for person in rng.permutation(200)[:2]:
            set_free(state, person)
    run(state, False, ALL, NEVER)
    return state, seen


@pytest.mark.parametrize("most", [1, 3, 25])
def test_a_large_blossom_may_move_to_the_row_of_the_one_around_it_and_nothing_else_changes(nested, most):
    plain, none = settled_often(nested, 0)
    state, seen = settled_often(nested, most)
    assert none == 0
    assert (seen > 0) == (most > 1)  # a single one is dropped when the search ends
    assert np.array_equal(state.node[:200, blossom_state.DUAL], plain.node[:200, blossom_state.DUAL])
    assert np.array_equal(partners(state), partners(plain))
    value = naive.dual_value(state, triples(nested))
    assert value == nested.w[partners(state)[nested.u] == nested.v].sum()


def topmost(state, x, column):
    """Where it leads to follow a column upwards."""
    while state.node[x, column] not in (x, -1):
        x = state.node[x, column]
    return x


@pytest.mark.parametrize("most", [1, 3])
def test_everybody_is_told_where_they_are_before_rows_of_stubs_are_used_again(nested, most):
    state, _ = settled_often(nested, most)
    assert 2 * state.tally[blossom_state.STUBS] <= most
    for person in range(200):
        assert topmost(state, person, blossom_state.UP) == topmost(state, person, blossom_state.PARENT)


def near_by_with_ties(n, rng):
    """Places in a plane, distances cut to a few steps: blossoms with and without a dual lie within each other."""
    return listed(20 - np.floor(20 * naive.distances(rng.random((n, 2)))))


@pytest.mark.parametrize("seed", range(6))
def test_after_every_search_each_person_finds_the_outermost_node_around_them(seed):
    """Heavy ties leave blossoms without a dual deep within each other, which are opened together."""
    pairs = near_by_with_ties(150, np.random.default_rng(seed))
    state, searches = opened(pairs, 150), 0
    state.tally[blossom_state.MOST_STUBS] = 0
    for halves in (True, False):
        while run(state, halves, 1, NEVER):
            searches += 1
            tops = [topmost(state, person, blossom_state.PARENT) for person in range(150)]
            assert tops == [topmost(state, person, blossom_state.UP) for person in range(150)]
    value = naive.dual_value(state, triples(pairs))
    assert searches > 10
    assert pairs.w[partners(state)[pairs.u] == pairs.v].sum() == value
