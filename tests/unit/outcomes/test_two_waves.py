"""Opinions moving towards partners, held against placebo partners, and the diversity that is left afterwards."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peernet as pn
from peernet.outcomes import diversity_change, opinion_change, pairs_of
from tests.made.outcomes import two_waves
from tests.naive.opinion_change import shares_of_the_way

QUICK = {"draws": 99}


def found(pairs=12, **how):
    before, after, made = two_waves(pairs, **how)
    return opinion_change(before, after, pairs_of(before, made, design="drawn by lot"), **QUICK)


def answers(survey):
    return survey.people.filter(like="perspective").to_numpy(dtype=float)


# --- movement -----------------------------------------------------------------------------------------------------


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.2]))
@settings(max_examples=15, deadline=None)
def test_shares_of_the_way_are_those_worked_out_one_by_one(seed, missing):
    before, after, pairs = two_waves(9, pull=0.3, noise=0.8, seed=seed, missing=missing, items=5)
    place = {who: i for i, who in enumerate(before.people.index)}
    table = opinion_change(before, after, pairs_of(before, pairs), **QUICK).table
    slow = shares_of_the_way(answers(before), answers(after), [(place[a], place[b]) for a, b in pairs])
    np.testing.assert_allclose(table["estimate"], slow, rtol=1e-9)


def test_whoever_goes_a_share_of_the_way_is_found_to_go_it():
    result = found(pull=0.3, noise=0.0)
    assert result.table.loc["partner", "estimate"] == pytest.approx(0.3, abs=1e-12)
    np.testing.assert_allclose(result.people["moved"], 0.3)
    assert result.table.loc["partner", "p_value"] == 0.01


def test_chance_in_the_first_answers_looks_like_movement_towards_anybody():
    raw, placebo, partner = np.mean([found(20, noise=0.7, seed=s).table["estimate"] for s in range(40)], axis=0)
    expected = 0.5 * 0.49 / 1.49  # half of what the answers' variance owes to chance
    assert raw == pytest.approx(expected, abs=0.02)
    assert placebo == pytest.approx(expected, abs=0.02)
    assert partner == pytest.approx(0.0, abs=0.03)


def test_going_back_to_the_usual_looks_like_movement_towards_anybody():
    raw, placebo, partner = np.mean([found(20, back=0.4, seed=s).table["estimate"] for s in range(40)], axis=0)
    assert min(raw, placebo) > 0.2
    assert partner == pytest.approx(0.0, abs=0.04)


@given(st.data())
@settings(max_examples=10, deadline=None)
def test_turning_and_shuffling_pairs_changes_no_digit(data):
    before, after, pairs = two_waves(6, pull=0.2, seed=3)
    order = data.draw(st.permutations(range(6)))
    turn = data.draw(st.lists(st.booleans(), min_size=6, max_size=6))
    turned = [pairs[i][::-1] if turn[i] else pairs[i] for i in order]
    one, other = (opinion_change(before, after, pairs_of(before, made), **QUICK) for made in (pairs, turned))
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    pd.testing.assert_frame_equal(one.null, other.null, check_exact=True)
    people = ["person", "partner", "moved", "placebo", "gap"]
    pd.testing.assert_frame_equal(one.people[people], other.people[people], check_exact=True)


def test_the_unit_of_an_opinion_does_not_matter():
    before, after, pairs = two_waves(8, pull=0.2, seed=4)
    wide = [
        replace(
            wave,
            people=wave.people.assign(**{c: wave.people[c] * 10 + 300 for c in wave.people if c.startswith("persp")}),
            codebook=pn.survey.Codebook(
                tuple(replace(i, low=100, high=500) if i.block == "perspective" else i for i in wave.codebook)
            ),
        )
        for wave in (before, after)
    ]
    dyads = pairs_of(before, pairs)
    one, other = opinion_change(before, after, dyads, **QUICK), opinion_change(*wide, dyads, **QUICK)
    np.testing.assert_allclose(one.table["estimate"], other.table["estimate"], rtol=1e-8)


def test_people_of_the_second_wave_are_linked_by_whoever_they_were():
    before, after, pairs = two_waves(8, pull=0.2, seed=4)
    names = {who: f"new {who}" for who in after.people.index}
    renamed = replace(after, people=after.people.rename(index=names))
    dyads = pairs_of(before, pairs)
    links = pn.survey.link_waves(before, renamed, renames=names)
    one, other = (opinion_change(before, w, dyads, links=k, **QUICK) for w, k in ((after, None), (renamed, links)))
    pd.testing.assert_frame_equal(one.table, other.table)


def test_somebody_lost_is_left_out_and_still_somebody_to_move_towards():
    before, after, pairs = two_waves(8, pull=0.2, seed=4)
    hushed = after.people.copy()
    columns = [c for c in hushed if c.startswith("perspective")]
    hushed.loc["p000", columns] = np.nan
    hushed.loc[["p002", "p003"], columns] = np.nan
    result = opinion_change(before, replace(after, people=hushed), pairs_of(before, pairs), **QUICK)
    assert len(result.people) == 13
    assert {*result.people["person"]} == {*before.people.index} - {"p000", "p002", "p003"}
    (lost,) = result.left_out[["a", "b", "reason"]].to_numpy().tolist()
    assert lost == ["p002", "p003", "the change of neither is known"]


def test_partners_who_stood_unusually_far_apart_are_told():
    result = found(20, chance_of_pairs="apart", items=1)
    row = result.assumptions.set_index("assumption").loc["partners stood as far apart as any two"]
    assert not row["holds"]
    usual = found(20, seed=1).assumptions.set_index("assumption")["holds"]
    assert usual["partners stood as far apart as any two"]


def test_only_pairs_drawn_by_lot_sound_causal():
    before, after, pairs = two_waves(8, pull=0.2, seed=4)
    by_lot, seen = (
        opinion_change(before, after, pairs_of(before, pairs, design=design), **QUICK).sentence
        for design in ("drawn by lot", "observed")
    )
    assert by_lot.endswith("The pairs were drawn by lot: the difference is what being partners did.")
    assert seen.endswith("The pairs were not drawn by lot: this describes them and shows no cause.")


def test_a_lot_gives_the_placebo_partners_it_could_have_drawn():
    before = pn.load_example()
    scores = pn.score_pairs(before, pn.colleague_graph(before))
    lot = pn.draw_pairing(scores, within=0.4, draws=5, progress=False)
    graded = [item.name for item in before.codebook.block("perspective") if item.limits]
    moved = before.people.copy()
    for a, b in lot.pairs:
        own, other = before.people.loc[[a, b], graded], before.people.loc[[b, a], graded]
        moved.loc[[a, b], graded] = own + 0.3 * (other.to_numpy() - own)
    after = replace(before, people=moved)
    result = opinion_change(before, after, pairs_of(before, lot), items=graded, lot=lot, draws=19)
    assert result.table.loc["partner", "estimate"] == pytest.approx(0.3, abs=0.02)
    assert result.table.loc["partner", "p_value"] == 0.05
    assert len(result.null) == 19
    assert result.null["partner"].max() < 0.2, "the pairing itself is none of those drawn anew"


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"pairs": 3}, pn.errors.EstimationError, "of 3 pairs is known"),
        ({"items": 0}, pn.errors.EstimationError, "No perspective item that can move part of the way"),
    ],
)
def test_too_little_is_refused(change, error, says):
    with pytest.raises(error, match=says):
        found(**{"pairs": 12, **change})


def test_people_of_several_pairs_who_all_hang_together_are_held_against_places_in_the_same_pairs():
    before, after, _ = two_waves(10, pull=0.3, noise=0.1)
    people = before.people.index.tolist()
    ring = [*zip(people, [*people[1:], people[0]], strict=True)]
    result = opinion_change(before, after, pairs_of(before, ring), **QUICK)
    places = [(i, (i + 1) % 20) for i in range(20)]
    slow = shares_of_the_way(answers(before), answers(after), places)
    np.testing.assert_allclose(result.table["estimate"], slow, rtol=1e-9)
    low, high, p = result.table.loc["partner", ["low", "high", "p_value"]]
    assert low <= slow[2] <= high
    assert 0 < p <= 1
    assert len(result.people) == 40
    assert diversity_change(before, after, pairs_of(before, ring)).table["std_error"].isna().all()


def test_a_second_wave_that_is_the_first_or_of_other_people_is_said_to_be():
    before, after, pairs = two_waves(9)
    dyads = pairs_of(before, pairs)
    others = replace(after, people=after.people.rename(index="{}x".format))
    for second, says in (
        (before, "the second wave seems to be the first once more"),
        (others, "Nobody of the first wave"),
    ):
        with pytest.raises(pn.errors.EstimationError, match=says):
            opinion_change(before, second, dyads, **QUICK)
        with pytest.raises(pn.errors.EstimationError, match=says):
            pn.outcomes.outcome_measures(dyads, before, after=second)


def test_pairs_of_whom_nobody_answered_again_have_no_movement():
    before, after, pairs = two_waves(9)
    lost = replace(after, people=after.people.drop(index=[*pairs[0]]))
    table = pn.outcomes.outcome_measures(pairs_of(before, pairs[:1]), before, after=lost).table
    assert table[["moved_a", "moved_b", "moved_placebo_a", "moved_placebo_b"]].isna().all(axis=None)


@pytest.mark.parametrize("seed", range(3))
def test_an_interval_ends_where_a_share_taken_out_of_all_changes_has_a_p_value_of_5_percent(seed):
    """The share of the way is taken out of the answers, and the test is done anew."""
    before, after, made = two_waves(8, pull=0.2, noise=0.4, seed=seed, widest=1000)
    low, high = found(8, pull=0.2, noise=0.4, seed=seed, widest=1000).table.loc["partner", ["low", "high"]]
    items = before.people.filter(like="perspective").columns
    first = before.people[items].to_numpy(dtype=float)
    partner = np.arange(16) ^ 1

    def p_value(share):
        people = after.people.copy()
        people[items] = people[items].to_numpy(dtype=float) - share * (first[partner] - first)
        dyads = pairs_of(before, made, design="drawn by lot")
        return opinion_change(before, replace(after, people=people), dyads, **QUICK).table.loc["partner", "p_value"]

    for end, inside in ((low, 1), (high, -1)):
        assert p_value(end + inside * 1e-3) > 0.05
        assert p_value(end - inside * 1e-3) <= 0.05


def test_an_item_that_was_not_asked_twice_is_refused():
    before, after, pairs = two_waves(8)
    with pytest.raises(pn.errors.UnknownItemError, match=r"Did you mean 'perspective_1'\?"):
        opinion_change(before, after, pairs_of(before, pairs), items=["perspectiv_1"])


# --- diversity ----------------------------------------------------------------------------------------------------


def test_assimilation_lowers_the_diversity_of_the_organisation():
    before, after, pairs = two_waves(20, pull=0.4, noise=0.0)
    table = diversity_change(before, after, pairs_of(before, pairs)).table
    assert (table["high"] < 0).all()
    assert table.loc["between partners", "after"] == pytest.approx(0.2 * table.loc["between partners", "before"])


def test_the_same_answers_twice_change_nothing():
    before, _, pairs = two_waves(8)
    table = diversity_change(before, before, pairs_of(before, pairs)).table
    assert (table["estimate"] == 0).all()
    assert table["before"].equals(table["after"])


def test_mean_distance_and_its_error_are_those_worked_out_by_leaving_out_pairs():
    before, after, pairs = two_waves(8, pull=0.3, items=1, seed=2)
    x, y = (answers(wave)[:, 0] / 40 for wave in (before, after))
    units = np.repeat(np.arange(8), 2)

    def change(kept):
        return sum(
            sign * np.mean([abs(p - q) for i, p in enumerate(w[kept]) for q in w[kept][:i]])
            for w, sign in ((y, 1), (x, -1))
        )

    without = np.array([change(units != unit) for unit in range(8)])
    row = diversity_change(before, after, pairs_of(before, pairs)).table.loc["mean distance"]
    assert row["estimate"] == pytest.approx(change(units >= 0))
    assert row["std_error"] == pytest.approx(np.sqrt(7 / 8 * ((without - without.mean()) ** 2).sum()))
    assert row["df"] == 7


def test_turning_pairs_leaves_diversity_as_it_was():
    before, after, pairs = two_waves(8, pull=0.3)
    turned = [pair[::-1] for pair in pairs[::-1]]
    one, other = (diversity_change(before, after, pairs_of(before, made)).table for made in (pairs, turned))
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_people_of_one_wave_alone_are_not_compared():
    before, after, _ = two_waves(8)
    result = diversity_change(before, replace(after, people=after.people.iloc[:10]))
    assert result.card["people in both waves"] == 10
    with pytest.raises(pn.errors.EstimationError, match="4 people answered both waves"):
        diversity_change(before, replace(after, people=after.people.iloc[:4]))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"items": "change_1"}, "items must be a list of questions of the survey; got 'change_1'"),
        ({"items": [["change_1"]]}, "No item \\['change_1'\\] was asked alike"),
        ({"draws": 0}, "draws must be a whole number, at least 1; got 0"),
        ({"lot": pn.outcomes.ByLot(["p000", "p001"])}, "lot must be a RandomPairing, which draw_pairing returns"),
        ({"after": None}, "after must be a Survey, which read_survey returns; got a NoneType"),
    ],
)
def test_settings_that_are_none_are_refused(settings, words):
    before, after, made = two_waves(6)
    given = {"before": before, "after": after, "pairs": pairs_of(before, made)} | settings
    with pytest.raises(pn.PeernetError, match=words):
        opinion_change(**given)


@pytest.mark.filterwarnings("error")
def test_of_one_pair_the_distance_between_partners_has_no_error_to_tell():
    before, after, made = two_waves(8)
    table = diversity_change(before, after, pairs_of(before, made[:1])).table
    assert np.isfinite(table.loc["between partners", "estimate"])
    assert np.isnan(table.loc["between partners", "std_error"])
    assert table.loc["mean distance", "std_error"] > 0


def test_people_in_no_pair_do_not_make_the_distance_between_partners_surer():
    before, after, made = two_waves(16, seed=4)
    found = diversity_change(before, after, pairs_of(before, made[:5])).table.loc["between partners"]
    alone = [pairs_of(before, [pair]) for pair in made[:5]]
    changes = [diversity_change(before, after, pair).table.loc["between partners", "estimate"] for pair in alone]
    assert found["estimate"] == pytest.approx(np.mean(changes))
    assert found["std_error"] == pytest.approx(np.std(changes, ddof=1) / np.sqrt(5))
    assert found["df"] == 4
