"""Did the pairing do it: the drawn pairing against every other that the lot could have brought."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peernet as pn
from peernet.dyads.pairs import Dyads
from peernet.errors import EstimationError, SettingError
from peernet.outcomes.lots import ByLot
from peernet.outcomes.randomization import randomization_test
from tests.made.lot_worlds import lot_world
from tests.naive.designs import every_pairing, expected_of_each, p_values, pair_t, partner_t


def made(n=8, seed=0, **how):
    return lot_world(n, np.random.default_rng(seed), **how)


@cache
def every_table(n, seed=0, **how):
    """The table of each pairing that the lot could have brought."""
    world = made(n, seed, **how)
    return [world.remake(pairing) for pairing in every_pairing([*world.people])]


def shifted(world, effect):
    """Everybody's outcome once an effect of what they met is taken out."""
    table = world.remake(world.pairs)
    met = {
        **dict(zip(table["a"], table["distance"], strict=True)),
        **dict(zip(table["b"], table["distance"], strict=False)),
    }
    return {who: value - effect * met[who] for who, value in zip(world.people, world.after, strict=True)}


def unlike(table):
    return (table["after_a"] - table["after_b"]).abs().mean()


class TestEveryPairing:
    @pytest.mark.parametrize("covariates", [[], ["before"]])
    @pytest.mark.parametrize("adjust", [True, False])
    def test_equals_the_regression_of_every_pairing_by_itself(self, covariates, adjust):
        world = made(10, effect=0.5)
        found = randomization_test(world.dyads, world.lot, "after", "distance", covariates=covariates, adjust=adjust)
        tables = every_table(10, effect=0.5)
        expected = expected_of_each(tables, "distance") if adjust else None
        after = dict(zip(world.people, world.after, strict=True))
        slow = [pair_t(table, after, "distance", covariates, expected) for table in tables]
        assert found.exact
        np.testing.assert_allclose(sorted(found.null["distance"]), sorted(slow), rtol=1e-5, atol=1e-9)
        drawn = pair_t(world.remake(world.pairs), after, "distance", covariates, expected)
        greater, less = p_values(slow, drawn)
        row = found.table.loc["distance"]
        assert row["statistic"] == pytest.approx(drawn)
        assert (row["p_greater"], row["p_less"]) == (greater, less)
        assert row["p_value"] == min(1, 2 * min(greater, less))

    def test_the_interval_holds_what_the_test_does_not_reject(self):
        world = made(10, seed=3, effect=0.5)
        row = randomization_test(world.dyads, world.lot, "after", "distance").table.loc["distance"]
        tables = [world.remake(pairing) for pairing in every_pairing([*world.people])]
        expected = expected_of_each(tables, "distance")

        def p_at(effect):
            without = shifted(world, effect)
            slow = [pair_t(table, without, "distance", [], expected) for table in tables]
            return p_values(slow, pair_t(world.remake(world.pairs), without, "distance", [], expected))

        width = row["high"] - row["low"]
        assert np.isfinite(width)
        assert p_at(row["low"] - 0.01 * width)[0] <= 0.025 < p_at(row["low"] + 0.01 * width)[0]
        assert p_at(row["high"] + 0.01 * width)[1] <= 0.025 < p_at(row["high"] - 0.01 * width)[1]
        above, below = p_at(row["estimate"])
        assert above == pytest.approx(0.5, abs=0.01)
        assert below == pytest.approx(0.5, abs=0.01)

    def test_the_partners_value_is_told_from_ones_own(self):
        world = made(10, seed=1, of_partner=0.7)
        found = randomization_test(world.dyads, world.lot, "after", "outlook")
        after = dict(zip(world.people, world.after, strict=True))
        slow = [partner_t(world.remake(pairing), after, "outlook") for pairing in every_pairing([*world.people])]
        np.testing.assert_allclose(sorted(found.null["outlook"]), sorted(slow), rtol=1e-5, atol=1e-9)
        assert "the partner's outlook" in found.sentence

    def test_measures_of_people_need_no_more_than_the_table(self):
        world = made(10, seed=1, of_partner=0.7)
        bare = Dyads(world.remake(world.pairs), design="drawn by lot")
        found, same = (randomization_test(each, world.lot, "after", "outlook") for each in (bare, world.dyads))
        pd.testing.assert_frame_equal(found.table, same.table)

    def test_a_statistic_of_ones_own_gets_the_table_of_each_pairing(self):
        world = made(8)
        found = randomization_test(
            world.dyads, world.lot, "after", lambda t: (t["after_a"] - t["after_b"]).abs().mean()
        )
        after = dict(zip(world.people, world.after, strict=True))
        slow = [np.mean([abs(after[a] - after[b]) for a, b in pairing]) for pairing in every_pairing([*world.people])]
        np.testing.assert_allclose(sorted(found.null["statistic"]), sorted(slow))

    def test_of_twelve_numbers_that_are_alike_in_pairs_three_pairings_in_ten_thousand_are_as_alike(self):
        numbers = [8, 7, 9, 11, 2, 4, 20, 19, 30, 28, 14, 15]
        people = [f"n{i:02d}" for i in range(12)]
        table = pd.DataFrame({"a": people[::2], "b": people[1::2], "x_a": numbers[::2], "x_b": numbers[1::2]})
        found = randomization_test(
            Dyads(table, design="drawn by lot"), ByLot(people), "x", lambda t: (t["x_a"] - t["x_b"]).abs().mean()
        )
        value = dict(zip(people, numbers, strict=True))
        slow = [np.mean([abs(value[a] - value[b]) for a, b in pairing]) for pairing in every_pairing(people)]
        assert len(found.null) == 10_395
        drawn = np.mean(np.abs(np.subtract(numbers[::2], numbers[1::2])))
        assert found.table["p_less"].iloc[0] == np.mean(np.array(slow) <= drawn + 1e-12)

    def test_within_groups_nobody_is_paired_across(self):
        world = made(12, groups=3)
        found = randomization_test(world.dyads, world.lot, "after", "distance", adjust=False)
        assert len(found.null) == 3**3
        assert found.table["p_value"].iloc[0] >= 1 / 27


class TestDrawnAgain:
    def test_equals_the_list_within_its_error(self, monkeypatch):
        world = made(12, effect=0.4)
        listed = randomization_test(world.dyads, world.lot, "after", "distance")
        monkeypatch.setattr("peernet.outcomes.lots.MOST_LISTED", 100)
        drawn = randomization_test(world.dyads, world.lot, "after", "distance", draws=4000)
        assert listed.exact
        assert not drawn.exact
        p = listed.table["p_greater"].iloc[0]
        assert drawn.table["p_greater"].iloc[0] == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / 4000) + 1e-3)
        assert drawn.table["estimate"].iloc[0] == pytest.approx(listed.table["estimate"].iloc[0], abs=0.2)

    def test_the_drawn_pairing_counts_as_one_of_the_draws(self):
        world = made(40, effect=5.0)
        found = randomization_test(world.dyads, world.lot, "after", "distance", draws=99)
        assert found.table.loc["distance", "p_greater"] == 1 / 100
        assert len(found.null) == 100

    def test_a_column_that_depends_on_the_other_pairs_is_made_for_every_pairing(self):
        world = made(8)

        def remake(pairs):
            table = world.remake(pairs)
            return table.assign(rank=table["distance"].rank())

        dyads = Dyads(remake(world.pairs), design="drawn by lot", remake=remake)
        found = randomization_test(dyads, world.lot, "after", "rank", adjust=False)
        after = dict(zip(world.people, world.after, strict=True))
        slow = [pair_t(remake(pairing), after, "rank", [], None) for pairing in every_pairing([*world.people])]
        np.testing.assert_allclose(sorted(found.null["rank"]), sorted(slow), rtol=1e-5, atol=1e-9)

    def test_the_same_seed_gives_the_same(self):
        world = made(30)
        first, second = (randomization_test(world.dyads, world.lot, "after", "distance", rng=7, draws=50) for _ in "ab")
        pd.testing.assert_frame_equal(first.null, second.null)

    @settings(max_examples=10, deadline=None)
    @given(st.integers(0, 10_000))
    def test_which_member_is_a_and_which_row_comes_first_changes_no_number(self, seed):
        world, rng = made(16, seed=5, effect=0.3), np.random.default_rng(seed)
        turned = [pair[::-1] if rng.random() < 0.5 else pair for pair in world.pairs]
        rng.shuffle(turned)
        other = replace(world, pairs=[tuple(pair) for pair in turned])
        for of in ("distance", "outlook"):
            one, two = (
                randomization_test(w.dyads, world.lot, "after", of, covariates=["before"], draws=20)
                for w in (world, other)
            )
            pd.testing.assert_frame_equal(one.table, two.table, check_exact=True)
            pd.testing.assert_frame_equal(one.null, two.null, check_exact=True)


@pytest.mark.parametrize("of", ["far", "outlook"])
def test_numbers_far_from_nought_give_the_same(of):
    """Counted from another nought, such as a date in seconds, a predictor says no less."""

    def found(shift):
        world = made(10, seed=1, of_partner=0.7)
        for values in (world.outlook, world.before, world.after):
            values += shift

        def remake(pairs):
            return world.remake(pairs).assign(far=lambda table: table["distance"] + shift)

        dyads = Dyads(remake(world.pairs), design="drawn by lot", remake=remake)
        table = randomization_test(dyads, world.lot, "after", of, covariates=["before"]).table
        return table[["estimate", "low", "high", "statistic", "p_value"]].to_numpy(dtype=float)

    np.testing.assert_allclose(found(1e9), found(0.0), rtol=0.01)  # few digits are left of each


class TestGaps:
    def test_a_gap_goes_with_the_person_into_every_pairing(self):
        world = made(10)
        world.after[3] = np.nan
        found = randomization_test(world.dyads, world.lot, "after", "distance", adjust=False)
        after = dict(zip(world.people, world.after, strict=True))
        slow = []
        for pairing in every_pairing([*world.people]):
            table = world.remake(pairing)
            slow.append(pair_t(table[table[["after_a", "after_b"]].notna().all(axis=1)], after, "distance", [], None))
        np.testing.assert_allclose(sorted(found.null["distance"]), sorted(slow), rtol=1e-5, atol=1e-9)
        assert len(found.left_out) == 1
        assert "p003" in {*found.left_out["a"], *found.left_out["b"]}
        assert "1 pair left out" in found.assumptions["found"].to_list()

    def test_whoever_stays_single_stays_so(self):
        world = made(9)
        found = randomization_test(world.dyads, world.lot, "after", "distance", adjust=False)
        assert len(found.null) == 105


class TestRounds:
    def two_rounds(self):
        world = made(8)
        lots = {1: world.lot, 2: ByLot(world.people)}
        pairs = {turn: list(lot.draw(turn).itertuples(index=False, name=None)) for turn, lot in lots.items()}
        table = pd.concat([world.remake(pairs[turn]).assign(round=turn) for turn in pairs], ignore_index=True)
        return world, Dyads(table, design="drawn by lot", remake=world.remake), lots

    def test_each_round_is_drawn_from_its_own_design(self):
        _, dyads, lots = self.two_rounds()
        found = randomization_test(dyads, lots, "after", "distance", adjust=False)
        assert found.exact
        assert len(found.null) == 105**2

    def test_a_round_without_a_design_is_named(self):
        _, dyads, lots = self.two_rounds()
        with pytest.raises(SettingError, match="No design for round 2"):
            randomization_test(dyads, {1: lots[1]}, "after", "distance")
        with pytest.raises(SettingError, match="several rounds"):
            randomization_test(dyads, lots[1], "after", "distance")

    def test_an_outcome_of_each_round_stays_in_its_round(self):
        world, dyads, lots = self.two_rounds()
        later = dyads.table["round"] == 2
        table = dyads.table.copy()
        table.loc[later, ["after_a", "after_b"]] += 100.0
        rounds = Dyads(table, design="drawn by lot", remake=world.remake)
        found, same = (randomization_test(each, lots, "after", "distance", adjust=False) for each in (rounds, dyads))
        np.testing.assert_allclose(found.null["distance"], same.null["distance"], rtol=1e-6, atol=1e-8)


class TestDrawnPairings:
    @pytest.fixture
    def drawn(self):
        pairs = pd.DataFrame(
            [(a, b) for i, a in enumerate("abcdefgh") for b in "abcdefgh"[i + 1 :]], columns=["a", "b"]
        )
        rng = np.random.default_rng(1)
        pairs["value"] = 1 + 0.2 * rng.random(len(pairs))
        capacity = pd.Series(1, index=[*"abcdefgh"])
        return pn.pairing.PairingDesign(pairs, capacity, within=0.05)

    def dyads_of(self, table, rng):
        after, outlook = (dict(zip("abcdefgh", rng.normal(size=8), strict=True)) for _ in "ab")

        def remake(pairs):
            found = pd.DataFrame(list(pairs), columns=["a", "b"])
            found = found.assign(after_a=found["a"].map(after), after_b=found["b"].map(after))
            return found.assign(distance=(found["a"].map(outlook) - found["b"].map(outlook)).abs())

        return Dyads(remake(table[["a", "b"]].itertuples(index=False, name=None)), design="drawn by lot", remake=remake)

    def test_a_design_with_a_list_is_gone_through(self, drawn, rng):
        dyads = self.dyads_of(drawn.draw(3), rng)
        found = randomization_test(dyads, drawn, "after", "distance", adjust=False)
        assert found.exact
        assert len(found.null) == len(drawn.listed)

    def test_one_without_is_drawn_from(self, drawn, rng):
        wide = pn.pairing.PairingDesign(drawn.pairs, drawn.capacity, within=0.2, random_arm=0.5)
        dyads = self.dyads_of(wide.draw(3), rng)
        found = randomization_test(dyads, wide, "after", "distance", draws=30, adjust=False)
        assert not found.exact
        assert len(found.null) == 31

    def test_pairs_that_the_design_cannot_bring_are_refused(self, drawn, rng):
        worst = min(every_pairing([*"abcdefgh"]), key=lambda p: sum(
            drawn.pairs.set_index(["a", "b"]).loc[pair, "value"] for pair in p))  # fmt: skip
        dyads = self.dyads_of(pd.DataFrame(worst, columns=["a", "b"]), rng)
        with pytest.raises(SettingError, match="none of the pairings"):
            randomization_test(dyads, drawn, "after", "distance")

    def test_an_outcome_that_only_partners_have_is_refused_where_others_could_have_been_paired(self, rng):
        pairs = pd.DataFrame(combinations("abcde", 2), columns=["a", "b"])
        pairs["value"] = 1 + 0.001 * rng.random(len(pairs))
        five = pn.pairing.PairingDesign(pairs, pd.Series(1, index=[*"abcde"]), within=0.5)
        dyads = self.dyads_of(five.draw(1), rng)
        paired = {*dyads.table["a"], *dyads.table["b"]}

        def remake(pairs):
            table = dyads.remake(pairs)
            for side in ("a", "b"):
                table[f"after_{side}"] = table[f"after_{side}"].where(table[side].isin(paired))
            return table

        known_of_partners = Dyads(dyads.table, design="drawn by lot", remake=remake)
        with pytest.raises(EstimationError, match="known of nobody without a partner"):
            randomization_test(known_of_partners, five, "after", "distance", adjust=False)


class TestRefusals:
    def test_observed_pairs(self):
        world = made()
        with pytest.raises(SettingError, match="marked as observed"):
            randomization_test(Dyads(world.remake(world.pairs)), world.lot, "after", "distance")

    def test_an_optimisers_pairs_were_the_best_and_not_drawn(self):
        survey = pn.load_example()
        pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
        with pytest.raises(SettingError, match="the best, not drawn"):
            randomization_test(made().dyads, pairing, "after", "distance")

    def test_a_null_of_one_value(self):
        world = made(8)
        with pytest.raises(EstimationError, match="The null has one value"):
            randomization_test(world.dyads, world.lot, "after", lambda t: (t["after_a"] + t["after_b"]).mean())
        world.after[:] = 1.0
        with pytest.raises(EstimationError, match="The null has one value"):
            randomization_test(world.dyads, world.lot, "after", "distance")

    def test_a_predictor_that_adds_up_from_its_members_is_not_changed_by_the_lot(self):
        world = made(10)

        def remake(pairs):
            return world.remake(pairs).assign(total=lambda t: t["outlook_a"] + t["outlook_b"])

        dyads = Dyads(remake(world.pairs), design="drawn by lot", remake=remake)
        with pytest.raises(EstimationError, match="adds up"):
            randomization_test(dyads, world.lot, "after", "total")

    def test_a_predictor_without_differences(self):
        world = made(10)
        world.outlook[:] = 0.0
        with pytest.raises(EstimationError, match="same in all 5 pairs"):
            randomization_test(world.dyads, world.lot, "after", "distance")

    def test_too_few_pairs(self):
        world = made(6)
        with pytest.raises(EstimationError, match="3 complete pairs are too few"):
            randomization_test(world.dyads, world.lot, "after", "distance")

    def test_an_outcome_of_the_pair(self):
        world = made()
        with pytest.raises(SettingError, match="belongs to the pair"):
            randomization_test(world.dyads, world.lot, "distance", "distance")

    def test_a_measure_of_the_pair_that_nobody_can_work_out_again(self):
        world = made()
        with pytest.raises(SettingError, match="not known how distance comes about"):
            randomization_test(Dyads(world.remake(world.pairs), design="drawn by lot"), world.lot, "after", "distance")

    def test_a_table_changed_by_hand(self):
        world = made()
        table = world.remake(world.pairs).assign(distance=lambda t: t["distance"] * 2)
        with pytest.raises(SettingError, match="another than when it is worked out again"):
            randomization_test(Dyads(table, design="drawn by lot", remake=world.remake), world.lot, "after", "distance")

    def test_people_who_were_not_in_the_lot(self):
        world = made()
        with pytest.raises(SettingError, match="'p000' was not in the lot"):
            randomization_test(world.dyads, ByLot(world.people[1:]), "after", "distance")

    def test_pairs_across_groups(self):
        world = made()
        other = ByLot(
            world.people, {who: number for number, pair in enumerate(world.pairs[::-1]) for who in pair[::-1]}
        )
        mixed = replace(world, pairs=[(world.pairs[0][0], world.pairs[1][0])])
        with pytest.raises(SettingError, match="of different groups"):
            randomization_test(mixed.dyads, other, "after", "distance")


def test_the_sentence_says_what_was_drawn_and_no_more():
    world = made(12, effect=1.0)
    found = randomization_test(world.dyads, world.lot, "after", "distance")
    assert found.sentence.startswith("One unit more of distance changed after by")
    assert "Drawn by lot: who was paired with whom, among 12 people" in found.sentence
    assert "significant" not in found.sentence + found.method
