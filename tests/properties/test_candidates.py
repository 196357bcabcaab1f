"""Pairs listed from the graph and the rules give what rows of everybody give, to the bit: the slow way is the twin."""

from contextlib import contextmanager
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peernet as pn
from peernet.compare.strategies import draw_new_pairs, draw_random_pairs
from peernet.errors import InfeasibleError, RulesError, SettingError
from peernet.pairing.pool import possible_pairs
from peernet.scores.cells import PairsAt
from peernet.scores.pair_scores import BLOCK_COLUMNS
from tests.made.closed import CHANGES, FACTS, RULES, TIES, closed
from tests.made.ruled import programmes
from tests.made.small_surveys import small_surveys

ACCEPTED = st.sampled_from([("mutual",), ("introduced",), ("mutual", "introduced"), ("mutual", "unknown")])


SOME = 50  # pairs of a whole survey are looked at so many at a time, fewer than there are people; few, one at a time


@contextmanager
def pairs_listed(listed, at_once=0):
    """Candidates however many, and everything pair by pair; or rows of everybody, whatever is asked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("peernet.scores.pair_scores.CELLS_AT_ONCE", at_once if listed else 10**9)
        patch.setattr("peernet.scores.pair_scores.FEW", 2.0)
        patch.setattr("peernet.scores.candidates.FEW", 1.0)
        patch.setattr("peernet.scores.reasons.CELLS_AT_ONCE", 0 if listed else 10**9)
        patch.setattr("peernet.scores.reasons.FEW_OTHERS", 1 if listed else 20)
        patch.setattr("peernet.distance.distances.CELLS_AT_HAND", 0 if listed else 10**9)
        patch.setattr("peernet.diversity.reach.AT_A_TIME", 0 if listed else 10**9)
        patch.setattr("peernet.diversity.reach.ENTRIES_AT_ONCE", 7 if listed else 10**9)
        patch.setattr("peernet.scores.candidates.CELLS_AT_ONCE", 5)
        yield


def both_ways(work, at_once=0):
    """What some work gives by rows of everybody and by pairs that are listed."""
    found = []
    for listed in (False, True):
        with pairs_listed(listed, at_once):
            try:
                found.append(work())
            except (InfeasibleError, RulesError) as error:
                found.append(str(error))
    return found


def scored(survey, rules=None, **chosen):
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), **chosen)
    return scores if rules is None else scores.under(rules)


def assert_alike(one, other):
    """Equal to the bit, whatever it is."""
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    elif isinstance(one, (tuple, list)):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            assert_alike(a, b)
    elif isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other)
    else:
        assert one == other or (one != one and other != other)  # missing


def cells_by_rows(scores, at):
    """Everything known of pairs, looked up in the rows of everybody."""
    everyone = np.arange(len(scores))
    tables = [scores.block(everyone, column=column) for column in BLOCK_COLUMNS]
    own, given = scores.reach.gains(everyone)
    reasons, states = scores.gates.codes(everyone), scores.gates.foundation.states(everyone)
    tables += [own, given, reasons, states, scores.prices(everyone), scores.wishes(everyone)]
    return [table[at.firsts, at.seconds] for table in tables]


def cells_by_pairs(scores, at):
    columns = [scores.of_pairs(at.firsts, at.seconds, column=column) for column in BLOCK_COLUMNS]
    more = scores.gates.codes(at), scores.gates.foundation.states(at), scores.prices(at), scores.wishes(at)
    return [*columns, *scores.reach.gains_of(at.firsts, at.seconds), *more]


def pairing_of(scores, **asked):
    """All that a pairing says, its proof checked by the same way."""
    pairing = pn.pair_people(scores, **asked)
    assert pairing.check().empty
    told = pairing.table, pairing.unpaired, pairing.objective, pairing.bound, pairing.proven, dict(pairing.settings)
    return *told, pn.exposure(scores, pairing).table


@given(small_surveys(), ACCEPTED, st.sampled_from(["answers", "adjusted"]), st.sampled_from([None, (0.1, 0.6)]))
@settings(max_examples=25, deadline=None)
def test_whatever_is_known_of_pairs_is_what_rows_of_everybody_say(survey, foundation, outlook, band):
    scores = scored(survey, foundation=foundation, outlook=outlook, band=band)
    firsts, seconds = np.divmod(np.arange(len(scores) ** 2), len(scores))
    for some in (scores, scores.floored(0.05)):
        at = PairsAt(firsts, seconds)
        apart = at.firsts != at.seconds
        for by_rows, by_pairs in zip(cells_by_rows(some, at), cells_by_pairs(some, at), strict=True):
            np.testing.assert_array_equal(by_rows[apart], by_pairs[apart])


@given(small_surveys(), ACCEPTED)
@settings(max_examples=25, deadline=None)
def test_no_pair_that_passes_is_left_out_and_each_is_listed_once(survey, foundation):
    scores = scored(survey, foundation=foundation)
    possible = np.argwhere(scores.possible(np.arange(len(scores))))
    with pairs_listed(True):
        candidates, passing = replace(scores).candidates, replace(scores).passing
    if "unknown" in foundation:
        assert [candidates, passing] == [None, None]
        return
    names = scores.people.to_numpy(dtype=object)
    listed = [(names[i], names[j]) for i, j in zip(candidates.at.firsts, candidates.at.seconds, strict=True)]
    assert listed == sorted({(min(pair), max(pair)) for pair in listed})
    passes = {(names[i], names[j]) for i, j in zip(passing.at.firsts, passing.at.seconds, strict=True)}
    assert passes == {(names[i], names[j]) for i, j in possible if names[i] < names[j]} <= {*listed}


@given(programmes(), st.sampled_from((None, "max")), st.sampled_from(("total", "fair")))
@settings(max_examples=25, deadline=None)
def test_pairings_reasons_and_proofs_are_the_same_under_any_rules(programme, cardinality, objective):
    survey, rules = programme

    def work():
        return pairing_of(scored(survey, rules), cardinality=cardinality, objective=objective)

    assert_alike(*both_ways(work))


@given(programmes(), st.sampled_from(("not across", "not within")))
@settings(max_examples=20, deadline=None)
def test_a_rule_that_pairs_stay_in_a_group_lists_them_where_any_foundation_will_do(programme, rule):
    survey, rules = programme
    rules = rules + pn.Rules([pn.Rule(rule, column="team")])

    def work():
        scores = scored(survey, rules, foundation=("mutual", "introduced", "unknown"))
        closes = any(own.rule == "not across" and own.price is None for own in rules)
        assert (scores.candidates is not None) == (closes and pn_listed())
        return pairing_of(scores)

    assert_alike(*both_ways(work))


def pn_listed():
    """Whether pairs are listed at present."""
    import peernet.scores.pair_scores as room

    return room.CELLS_AT_ONCE == 0


@pytest.mark.parametrize("reason", [*TIES, *FACTS, *RULES, *CHANGES])
@pytest.mark.parametrize("allowed", [False, True])
def test_each_reason_alone_keeps_two_people_apart_either_way_unless_they_are_allowed_by_name(reason, allowed):
    def work():
        scores = closed(reason)
        scores = scores.under(pn.Rules([pn.Rule("allowed", "b", "a")])) if allowed else scores
        pairs = possible_pairs(scores, "perspective", "ties")
        return pairs.names(np.arange(len(pairs))), [*pairs.columns.values()], pairing_of(scores)

    assert_alike(*both_ways(work))


@cache
def made():
    return pn.make_survey(people=200, answered=180, teams=18, rng=4).read()


@pytest.mark.parametrize("load", [pn.load_example, pn.load_aarhus, made])
@pytest.mark.parametrize(
    "chosen",
    [{}, {"foundation": ("mutual",), "value": "lesser"}, {"goals": 0.3, "band": (0.1, 0.6)}, {"careless": "as given"}],
)
def test_whole_surveys_are_paired_alike_either_way(load, chosen):
    survey = load()
    assert_alike(*both_ways(lambda: pairing_of(scored(survey, **chosen)), SOME))


def test_the_table_of_all_pairs_is_the_same_either_way():
    assert_alike(*both_ways(lambda: scored(pn.load_aarhus()).to_frame(), SOME))


def test_few_pairs_are_counted_and_said_and_many_are_not_listed(monkeypatch):
    survey = pn.load_example()
    monkeypatch.setattr("peernet.scores.pair_scores.CELLS_AT_ONCE", 0)
    candidates = scored(survey).candidates
    assert repr(candidates) == "<Candidates: 2,701 pairs, 8.0% of all>"
    assert (
        repr(scored(survey))
        == "<PairScores: 260 people, 33,670 pairs of which 2,701 can pass (8.0%), value = mean gain>"
    )
    assert scored(survey, foundation=("mutual", "introduced", "unknown")).candidates is None
    monkeypatch.setattr("peernet.scores.candidates.FEW", 0.08)
    assert scored(survey).candidates is None  # 2,701 of 33,670 pairs are a little more than that
    monkeypatch.undo()
    assert scored(survey).candidates is None  # so few people are looked at all together


RULED = pn.Rules([pn.Rule("required", "p001", "p204"), pn.Rule("met", "p001", "p050")])


@pytest.mark.parametrize("rules", [pytest.param(None, marks=pytest.mark.slow), RULED])
def test_what_is_made_of_a_pairing_is_the_same_either_way(rules):
    """Reasons against other pairs, the frontier, rivals by lot, kinds, counts by gate and draws of the survey."""
    survey = pn.load_example()
    graph = pn.colleague_graph(survey)

    def work():
        scores = scored(survey, rules)
        pairing = pn.pair_people(scores)
        why_not, others = pairing.why_not("p001", "p089"), pairing.alternates("p002", n=2, progress=False)
        frontier = pn.pairing_frontier(scores, points=3, progress=False)
        stability = pn.pairing_stability(survey, graph, rules=rules, draws=2, rng=1, progress=False)
        lots = [*draw_new_pairs(scores, 2, rng=np.random.default_rng(1))]
        chance = [*draw_random_pairs(scores, 2, within_gates=True, rng=np.random.default_rng(1))]
        kinds = pn.pairing_kinds(scores, splits=1, draws=10, progress=False)
        told = why_not.cost, why_not.table, others, frontier.table, stability.pairs, lots, chance, kinds.steps
        return *told, pn.feasibility(scores).people

    assert_alike(*both_ways(work, SOME))


def test_foundation_is_counted_the_same_either_way():
    survey = pn.load_aarhus()
    graph = pn.colleague_graph(survey)
    assert_alike(*both_ways(lambda: pn.compare.foundation_curve(scored(survey), graph, progress=False), SOME))


def test_what_takes_a_table_of_everybody_is_refused_in_a_sentence_where_memory_will_not_do(monkeypatch):
    monkeypatch.setattr("peernet.errors.memory_here", lambda: 8.0 * 2 * 260**2)  # half of it holds one table
    scores = scored(pn.load_example())
    assert pn.pair_people(scores).proven
    limit = pn.Rules([pn.Rule("at most within", column="team", number=3)])
    with pytest.raises(SettingError, match=r"Limits on the number of pairs take a table .* Drop them"):
        pn.pair_people(scores, rules=limit)
    with pytest.raises(SettingError, match=r"A fair pairing takes .* 260 people, and this machine has"):
        pn.pair_people(scores, objective="fair")
    with pytest.raises(SettingError, match=r"The perspectives among everybody take"):
        pn.exposure_ledger(scores, pn.pair_people(scores))


@pytest.mark.parametrize("chosen", [{"seniority": "level"}, {"both": True, "value": "mean"}])
def test_mentors_are_found_for_the_same_mentees_either_way(chosen):
    survey = pn.load_example()
    leads = survey.people.index[survey.people["level"].isin(["Principal", "Head"])]
    others = survey.people.index if "both" in chosen else survey.people.index.difference(leads)

    def work():
        pairing = pn.pair_mentors(scored(survey), leads, others, capacity=3, **chosen)
        assert pairing.check().empty
        return pairing.table, pairing.unpaired, pairing.objective, pairing.bound

    assert_alike(*both_ways(work, SOME))


def test_rounds_are_the_same_either_way():
    def work():
        plan = pn.plan_rounds(scored(pn.load_aarhus()), rounds=2, bound=False, progress=False)
        assert plan.check().empty
        return plan.table

    assert_alike(*both_ways(work, SOME))
