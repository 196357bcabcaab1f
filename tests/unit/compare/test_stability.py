"""Each pair's inclusion is the share of draws that have it, and everything else follows from the draws."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config

import peernet as pn
from peernet.compare.held_out import split_half
from peernet.compare.survey_again import perturbation, resampler_of
from peernet.errors import InfeasibleError, PeernetWarning, RulesError, SettingError, UnknownPersonError
from tests.made.repeats import World
from tests.made.surveys import both_ways, survey_of

NOTHING = {"items": False, "ties": False, "thresholds": False, "weights": False, "progress": False}
USUAL = perturbation(items=True, ties=True, thresholds=True, weights=True)
DRAWS = 30


@pytest.fixture(scope="module")
def survey():
    return World(0, people=20, trusted=4).survey(0)


@pytest.fixture(scope="module")
def found(survey):
    return pn.pairing_stability(survey, draws=DRAWS, progress=False)


def test_nothing_drawn_makes_every_pair_certain(survey):
    found = pn.pairing_stability(survey, draws=9, **NOTHING)
    assert (found.pairs["inclusion"] == 1).all()
    assert (found.pairs["standing"] == "stable").all()
    assert found.pairs["proposed"].all()
    assert found.consensus[["a", "b"]].equals(found.pairing.table[["a", "b"]])
    assert found.draws["kept"].tolist() == pytest.approx([1] * 9)
    assert found.summary["recur"] == 1


def test_no_pair_is_called_stable_after_a_few_draws(survey):
    found = pn.pairing_stability(survey, draws=8, **NOTHING)
    assert (found.pairs["inclusion"] == 1).all()
    assert (found.pairs["standing"] == "likely").all()
    assert found.summary["stable"] == 0


def test_without_a_consensus_the_rest_stays_as_it_is(survey, found):
    light = pn.pairing_stability(survey, draws=DRAWS, consensus=False, progress=False)
    pd.testing.assert_frame_equal(light.pairs, found.pairs)
    pd.testing.assert_frame_equal(light.optimism, found.optimism)
    assert list(light.consensus) == list(found.consensus)
    assert len(light.consensus) == 0
    assert light.draws["consensus_kept"].isna().all()
    assert light.summary.drop("consensus_kept").equals(found.summary.drop("consensus_kept"))


def test_recurrence_is_told_by_cause_and_all_together_as_by_the_draws(survey, found):
    told = pn.pairing_stability(survey, draws=DRAWS, consensus=False, causes=True, progress=False).causes
    assert list(told.index) == ["perspective", "ties", "all together"], "nothing else was asked about"
    together = found.draws[["same", "kept", "allowed"]].mean()
    assert told.loc["all together", ["recur", "kept", "allowed"]].tolist() == together.tolist()
    assert (told.drop("all together")["kept"] > together["kept"]).all()
    assert told.loc["perspective", "allowed"] == 1
    assert list(found.causes) == list(told)
    assert found.causes.empty


def test_pairs_of_equal_value_share_the_draws_by_lot():
    """Everybody thinks as one of two kinds: any pair of the two kinds is as good as any other."""
    answers = {f"p{i}": {"perspective_1": 1 + 4 * (i % 2)} for i in range(6)}
    everyone = [(a, b) for k, a in enumerate(answers) for b in list(answers)[:k]]
    survey = survey_of(answers, {"works_with": [], "trust": both_ways(*everyone)})
    pairs = pn.pairing_stability(survey, draws=120, **NOTHING).pairs
    assert len(pairs) == 9
    assert pairs["inclusion"].sum() == pytest.approx(3)
    assert pairs["inclusion"].between(0.15, 0.55).all(), "a third each, but for chance"


def test_inclusions_add_up_to_the_pairs_of_the_draws(found):
    assert found.pairs["inclusion"].sum() == pytest.approx(found.draws["pairs"].mean())
    proposed = found.pairs[found.pairs["proposed"]]
    assert len(proposed) == len(found.pairing)
    assert proposed["inclusion"].mean() == pytest.approx(found.draws["same"].mean())


def test_tables_are_tidy(found):
    pairs = found.pairs
    assert list(pairs) == ["a", "b", "inclusion", "low", "high", "proposed", "standing"]
    assert (pairs["a"] < pairs["b"]).all()
    assert pairs[["a", "b"]].apply(tuple, axis=1).is_monotonic_increasing
    assert (pairs["low"] <= pairs["inclusion"]).all()
    assert (pairs["inclusion"] <= pairs["high"]).all()
    said = {"stable": (0.9, 1), "likely": (0.5, 0.9), "one of several": (0, 0.5)}
    for standing, own in pairs.groupby("standing"):
        low, high = said[standing]
        assert own["inclusion"].between(low, high).all()


def test_partners_of_a_person(found):
    person = found.pairing.table.loc[0, "a"]
    partners = found.partners(person)
    told = found.people.loc[person]
    assert partners["inclusion"].is_monotonic_decreasing
    assert told["likeliest"] == partners.loc[0, "partner"]
    assert told["comes_up"] == partners.loc[0, "inclusion"]
    assert told["partner"] == found.pairing.table.loc[0, "b"]
    assert told["unpaired"] == pytest.approx(1 - partners["inclusion"].sum())
    shares = partners["inclusion"] / partners["inclusion"].sum()
    assert told["partners"] == pytest.approx(1 / (shares**2).sum())


def test_a_stranger_has_no_partners(found):
    with pytest.raises(UnknownPersonError, match="No person 'nobody' was scored"):
        found.partners("nobody")


def test_the_proposed_pairs_keep_no_more_than_the_best(found):
    assert (found.draws["kept"] <= 1 + 1e-9).all()
    assert (found.draws["consensus_kept"] <= 1 + 1e-9).all()
    assert (found.draws["proposed"] <= found.draws["best"] + 1e-9).all()


def test_the_consensus_has_the_greatest_sum_of_inclusions_within_the_gates(found):
    scores = found.pairing.scores
    assert (scores.to_frame(found.consensus[["a", "b"]].to_numpy().tolist())["blocked"] == "").all()
    assert found.consensus["inclusion"].sum() >= found.pairs.loc[found.pairs["proposed"], "inclusion"].sum() - 1e-9
    people = pd.concat([found.consensus["a"], found.consensus["b"]])
    assert people.is_unique


def test_the_survey_is_not_changed(survey, found):
    assert found.pairing.pairs == pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey))).pairs


def test_same_seed_same_tables_whatever_the_jobs(survey, found):
    with parallel_config(backend="threading"):
        other = pn.pairing_stability(survey, draws=DRAWS, n_jobs=2, progress=False)
    for name in ("pairs", "people", "draws", "optimism", "consensus"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(other, name))


def test_row_order_makes_no_difference(survey, found):
    people = survey.people.sample(frac=1, random_state=3)
    mixed = pn.Survey(people, survey.ties, survey.outcomes, survey.codebook, survey.issues, survey.answered)
    other = pn.pairing_stability(mixed, draws=3, **{**NOTHING, "items": True})
    same = pn.pairing_stability(survey, draws=3, **{**NOTHING, "items": True})
    pd.testing.assert_frame_equal(same.pairs, other.pairs)


def test_settings_of_the_scores_are_passed_on(survey):
    found = pn.pairing_stability(survey, draws=2, **NOTHING, value="lesser")
    assert found.pairing.scores.value == "lesser"
    assert found.settings["draws"] == 2
    with pytest.raises(SettingError, match="value must be"):
        pn.pairing_stability(survey, draws=2, **NOTHING, value="most")


def test_the_chosen_half_promises_more_than_the_other_delivers(found):
    assert list(found.optimism) == ["promised", "delivered", "optimism"]
    assert found.summary["optimism"] > 0.05
    table = found.optimism
    assert np.allclose(table["optimism"], 1 - table["delivered"] / table["promised"])


def test_without_a_choice_there_is_no_optimism():
    """Two people can only be paired with each other, whichever half of the items is looked at."""
    answers = {p: {f"perspective_{v}": float(1 + (v * k) % 5) for v in range(4)} for k, p in enumerate("ab", start=1)}
    survey = survey_of(answers, {"works_with": [], "trust": both_ways(("a", "b"))})
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    table = split_half(scores, rng=np.random.default_rng(0))
    assert table["promised"].sum() == pytest.approx(table["delivered"].sum())


def test_one_item_cannot_be_split():
    found = pn.pairing_stability(pn.load_aarhus(), draws=2, progress=False)
    assert found.optimism.empty
    assert np.isnan(found.summary["optimism"])
    assert found.items["drawn"].tolist() == [0, 0]


def test_repr(found):
    assert repr(found).startswith("<PairingStability: ")
    assert f"of {len(found.pairing)} pairs stable" in repr(found)
    assert "<table" in found._repr_html_()


@pytest.mark.parametrize("people", ["a", "ab"])
def test_where_no_pair_is_possible_there_is_nothing_to_be_sure_of(people):
    survey = survey_of({p: {"perspective_1": 1 + k} for k, p in enumerate(people)}, {"works_with": [], "trust": []})
    found = pn.pairing_stability(survey, draws=2, progress=False)
    assert repr(found) == "<PairingStability: no pair is proposed, 2 draws>"
    assert found.pairs.empty
    assert found.consensus.empty
    assert found.people["unpaired"].tolist() == [1.0] * len(people)


# --- rules ------------------------------------------------------------------------------------------------------------


def between(pairs, *two):
    return pairs[(pairs["a"] == min(two)) & (pairs["b"] == max(two))]


def gates_in_draws(survey, *two):
    """What keeps two people apart, in one draw or another."""
    graph = pn.colleague_graph(survey)
    again = resampler_of(pn.score_pairs(survey, graph), graph, USUAL, {})
    return {again.drawn(np.random.default_rng(seed)).pair(*two)["blocked"] for seed in range(DRAWS)}


def test_rules_hold_in_every_draw(survey, found):
    """The likeliest pair is forbidden, and one that hardly ever comes up is required."""
    likeliest = found.pairs.loc[found.pairs["inclusion"].idxmax(), ["a", "b"]].tolist()
    apart = found.pairs[~found.pairs["a"].isin(likeliest) & ~found.pairs["b"].isin(likeliest)]
    possible = found.pairing.scores.to_frame(apart[["a", "b"]].to_numpy().tolist())["blocked"].to_numpy() == ""
    rarest = apart[possible].nsmallest(1, "inclusion")[["a", "b"]].to_numpy()[0].tolist()
    rules = pn.Rules([pn.Rule("forbidden", *likeliest), pn.Rule("required", *rarest)])
    under = pn.pairing_stability(survey, rules=rules, draws=DRAWS, progress=False)
    assert under.pairing.pairs == pn.pair_people(found.pairing.scores, rules=rules).pairs
    assert between(found.pairs, *likeliest)["inclusion"].item() > 0.2
    assert between(under.pairs, *likeliest).empty
    assert between(found.pairs, *rarest)["inclusion"].item() < 0.2
    assert between(under.pairs, *rarest)["inclusion"].item() == 1
    assert (under.draws["allowed"] > 0).all()
    assert {"", "foundation unknown"} <= gates_in_draws(survey, *rarest), "it is made whatever becomes of its gates"
    assert between(under.consensus, *rarest)["proposed"].item()
    assert between(under.consensus, *likeliest).empty
    assert (under.draws["kept"] <= 1 + 1e-9).all()


def test_nothing_drawn_keeps_the_pairing_under_every_kind_of_rule(survey, found):
    half = {person: str(k % 2) for k, person in enumerate(found.pairing.scores.people)}
    rules = pn.Rules(
        [
            pn.Rule("capacity", found.pairing.table.loc[0, "a"], number=0),
            pn.Rule("not within", column="half", price=0.01),
            pn.Rule("at most across", column="half", number=3),
            pn.Rule("different one", number=0, share=0.2),
        ],
        {"half": pd.Series(half)},
    )
    under = pn.pairing_stability(survey, rules=rules, draws=2, **NOTHING)
    across = sum(half[a] != half[b] for a, b in under.pairing.pairs)
    assert len(under.pairing.check()) == 0
    assert across <= 3
    assert (under.pairs["inclusion"] == 1).all()
    assert under.pairs[["a", "b"]].equals(under.pairing.table[["a", "b"]])
    assert under.consensus[["a", "b"]].equals(under.pairing.table[["a", "b"]])
    assert under.draws["best"].to_numpy() == pytest.approx(under.pairing.objective, rel=2e-6)
    assert under.draws["kept"].tolist() == pytest.approx([1, 1])


def test_limits_hold_in_every_draw(survey):
    rules = pn.Rules([pn.Rule("at most within", column="all", number=4)], {"all": pd.Series("x", survey.people.index)})
    under = pn.pairing_stability(survey, rules=rules, draws=8, progress=False)
    assert len(under.pairing) == 4
    assert (under.draws["pairs"] <= 4).all()
    assert len(under.consensus) <= 4


def test_a_draw_in_which_a_limit_cannot_be_kept_is_told_and_counts_as_none(survey, found):
    everyone = pd.Series("x", survey.people.index)
    most = len(pn.pair_people(found.pairing.scores, cardinality="max"))
    rules = pn.Rules([pn.Rule("at least within", column="all", number=most)], {"all": everyone})
    with pytest.warns(PeernetWarning, match="of 8 draws no pairing keeps the limits"):
        under = pn.pairing_stability(survey, rules=rules, draws=8, progress=False)
    missed = under.draws["best"].isna()
    assert missed.any()
    assert (under.draws.loc[missed, "pairs"] == 0).all()
    assert (under.draws.loc[~missed, "pairs"] >= most).all()
    assert len(under.consensus) == most


def test_limits_where_no_pair_is_possible_leave_nothing_to_be_sure_of():
    survey = survey_of({"a": {"perspective_1": 1}, "b": {"perspective_1": 5}}, {"works_with": [], "trust": []})
    rules = pn.Rules([pn.Rule("at most within", column="team", number=1)])
    assert pn.pairing_stability(survey, rules=rules, draws=2, progress=False).consensus.empty


def test_rules_that_cannot_be_kept_or_understood_are_errors(survey, found):
    a, b = found.pairing.pairs[0]
    impossible = pn.Rules([pn.Rule("required", a, b), pn.Rule("forbidden", a, b)])
    with pytest.raises(InfeasibleError, match="required but cannot be paired: forbidden"):
        pn.pairing_stability(survey, rules=impossible, draws=2, **NOTHING)
    with pytest.raises(RulesError, match="No person 'nobody' was scored"):
        pn.pairing_stability(survey, rules=pn.Rules([pn.Rule("forbidden", a, "nobody")]), draws=2, **NOTHING)


# --- other ways of choosing pairs -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sparse():
    """People whose best pairs are others when most pairs come first, when the worst-off do, and above a floor."""
    return World(0, people=30, trusted=2).survey(0)


def scored(survey):
    return pn.score_pairs(survey, pn.colleague_graph(survey))


@pytest.mark.parametrize("chosen", [{"objective": "fair"}, {"cardinality": "max"}, {"floor": 0.3}])
def test_draws_are_solved_by_the_settings_of_the_proposal(sparse, chosen):
    proposed = pn.pair_people(scored(sparse), **chosen)
    still = pn.pairing_stability(sparse, draws=2, consensus=False, **NOTHING, **chosen)
    assert proposed.pairs != pn.pair_people(scored(sparse)).pairs
    assert still.pairing.pairs == proposed.pairs
    assert (still.pairs["inclusion"] == 1).all()
    assert still.draws["best"].to_numpy() == pytest.approx(proposed.objective, rel=2e-6)
    assert still.draws["kept"].tolist() == pytest.approx([1, 1], rel=1e-6)


def test_most_pairs_come_first_and_the_floor_holds_in_every_draw(sparse):
    most = pn.pairing_stability(sparse, draws=8, consensus=False, cardinality="max", progress=False)
    usual = pn.pairing_stability(sparse, draws=8, consensus=False, progress=False)
    assert (most.draws["pairs"] >= usual.draws["pairs"]).all()
    assert (most.draws["pairs"] > usual.draws["pairs"]).any()
    again = resampler_of(scored(sparse).floored(0.3), pn.colleague_graph(sparse), USUAL, {})
    drawn = again.drawn(np.random.default_rng(3))
    made = pn.pair_people(drawn).table
    assert len(made)
    assert made[["gain_a", "gain_b"]].to_numpy().min() >= 0.3 - 1e-12


def test_a_pair_that_must_be_made_is_made_in_every_fair_draw(sparse):
    usual = pn.pairing_stability(sparse, objective="fair", draws=8, consensus=False, progress=False).pairs
    rarest = usual[usual["proposed"]].nsmallest(1, "inclusion")[["a", "b"]].to_numpy()[0].tolist()
    rules = pn.Rules([pn.Rule("required", *rarest)])
    fair = pn.pairing_stability(sparse, rules=rules, objective="fair", draws=8, consensus=False, progress=False)
    assert between(usual, *rarest)["inclusion"].item() < 1
    assert between(fair.pairs, *rarest)["inclusion"].item() == 1
