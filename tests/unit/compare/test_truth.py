"""What pairs bring in truth, in surveys that are made up."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.compare.truth import HEARD_ON, true_gains, true_scores
from peernet.datasets.synthetic import make_survey
from peernet.errors import SettingError, UnknownPersonError

SIZE = {"people": 65, "answered": 60, "teams": 6}


@pytest.fixture(scope="module")
def made():
    return make_survey(**SIZE, rng=1)


@pytest.fixture(scope="module")
def scores(made):
    survey = made.read()
    return pn.score_pairs(survey, pn.colleague_graph(survey))


class TestTrueGains:
    def test_are_the_gains_of_the_formula_worked_out_by_hand(self, made):
        """One pair: effective perspectives with the partner less those without, from positions and ties alone."""
        truth, (a, b) = made.truth, ("p002", "p041")
        views = truth[["view_change", "view_people", "view_planning"]]

        def between(one, other):
            """A unit of outlook moves an answer by 1.1 of the four points from 1 to 5."""
            return float(np.sqrt(((1.1 / 4 * (views.loc[one] - views.loc[other])) ** 2).mean()))

        def heard(person):
            ties = made.contacts[made.contacts["layer"].isin(HEARD_ON)]
            named = ties.loc[ties["person"] == person, "alter"]
            naming = ties.loc[ties["alter"] == person, "person"]
            return [person, *sorted({*named, *naming})]

        def perspectives(members):
            apart = np.array([[between(p, q) for p in members] for q in members])
            return pn.diversity.effective_perspectives(apart, scale=1 / 8)

        row = true_gains(made, [(a, b)]).iloc[0]
        assert b not in heard(a)
        assert row["gain_a"] == pytest.approx(perspectives([*heard(a), b]) - perspectives(heard(a)))
        assert row["gain_b"] == pytest.approx(perspectives([*heard(b), a]) - perspectives(heard(b)))
        assert row["gain"] == pytest.approx((row["gain_a"] + row["gain_b"]) / 2)

    def test_nothing_is_gained_from_somebody_heard_already_named_or_not(self, made):
        tie = made.contacts[made.contacts["layer"] == "works_with"].iloc[-1]
        gains = true_gains(made, [(tie["person"], tie["alter"])])
        assert gains[["gain_a", "gain_b", "gain"]].eq(0).all(axis=None)

    def test_contacts_hold_every_nomination_and_more(self, made):
        def rows(ties):
            return set(ties[["person", "layer", "alter"]].itertuples(index=False, name=None))

        meant = made.nominations[~made.nominations["how"].isin(["self-nomination", "not on the roster"])]
        assert rows(meant) < rows(made.contacts)
        assert not made.truth.loc[made.contacts["person"], "answered"].all(), "of those who did not answer too"

    def test_mess_changes_no_truth(self, made):
        clean = make_survey(**SIZE, mess=False, rng=1)
        pairs = [("p001", "p030"), (made.truth.index[made.truth["careless"]][0], "p050")]
        pd.testing.assert_frame_equal(true_gains(made, pairs), true_gains(clean, pairs))

    def test_a_pairing_will_do_and_keeps_its_order(self, made, scores):
        pairing = pn.pair_people(scores)
        gains = true_gains(made, pairing)
        assert gains[["a", "b"]].to_numpy().tolist() == pairing.table[["a", "b"]].to_numpy().tolist()
        assert true_gains(made, pairing.pairs).equals(gains)
        assert list(true_gains(made, [])) == list(gains)

    def test_somebody_not_on_the_roster_is_refused(self, made):
        with pytest.raises(UnknownPersonError, match="on the roster"):
            true_gains(made, [("p001", "p099")])


class TestTrueScores:
    def test_give_the_true_gains_behind_the_same_gates(self, made, scores):
        true, everybody = true_scores(made, scores), np.arange(65)
        pairing = pn.pair_people(true)
        assert np.array_equal(true.possible(everybody), scores.possible(everybody))
        assert pairing.objective == pytest.approx(true_gains(made, pairing)["gain"].sum())

    def test_their_best_pairing_is_the_most_that_can_be_had(self, made, scores):
        most = pn.pair_people(true_scores(made, scores)).objective
        rivals = [pn.pair_people(scores).pairs]
        rivals += [pn.compare.random_pairs(scores, within_gates=True, rng=seed) for seed in range(5)]
        found = [true_gains(made, pairs)["gain"].sum() for pairs in rivals]
        assert max(found) < most
        assert found[0] == max(found), "and what is proposed comes nearer than lots"

    def test_of_other_people_are_refused(self, scores):
        with pytest.raises(SettingError, match="not of the people of this survey"):
            true_scores(make_survey(**SIZE | {"people": 66}), scores)
