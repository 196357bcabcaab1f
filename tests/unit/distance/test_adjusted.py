"""Adjusted distances borrow from the other answers as far as those tell, and from nothing where they do not."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist

import peernet as pn
from peernet.distance.adjusted import EVIDENCE, KEPT, PENALTIES, _agreement, _left_out, adjusted
from peernet.distance.distances import frame_distances
from peernet.errors import SettingError
from tests.made.planted import gradient_answers, mixed_gradient
from tests.naive import distance as naive


def distances_on(frame, kinds="ordinal", weights="contribution"):
    kinds = dict.fromkeys(frame, kinds) if isinstance(kinds, str) else kinds
    return frame_distances(frame, kinds, None, weights, 0.5)


def table(distances):
    return distances.block(np.arange(len(distances)))


@pytest.fixture(scope="module")
def together():
    """Answers of 120 people to 12 questions about one trait."""
    return gradient_answers(np.random.default_rng(5), strength=1.5)


@pytest.fixture(scope="module")
def unrelated():
    return gradient_answers(np.random.default_rng(6), strength=0.0)


@pytest.fixture(scope="module")
def mixed():
    """Answers of every kind about one trait."""
    frame, kinds = mixed_gradient(np.random.default_rng(7), people=90, strength=2.0)
    return distances_on(frame, kinds)


KEYED = {"q0": 1, "q1": -1, "q2": 1, "q3": -1, "q4": 2, "q5": 2, "q6": -2, "q7": 0}  # q7 is of no scale


def agreeing_answers(rng, people=200, agreement=0.7, missing=0.0):
    """Answers from 1 to 5 to two scales worded both ways, about a trait each, turned round as they are when read."""
    traits = rng.standard_normal((people, 2))[:, [0, 0, 0, 0, 1, 1, 1, 1]]
    felt = 3 + traits + 0.5 * rng.standard_normal((people, 8))
    felt += agreement * rng.standard_normal((people, 1)) * np.sign([*KEYED.values()])
    answers = np.where(rng.random(felt.shape) < missing, np.nan, np.clip(np.rint(felt), 1, 5))
    return pd.DataFrame(answers, columns=list(KEYED)), traits[:, [0, -1]]


def keyed_distances(answers, keyed=None):
    kinds, ranges = dict.fromkeys(answers, "ordinal"), dict.fromkeys(answers, (1, 5))
    return frame_distances(answers, kinds, ranges, "contribution", 0.5, keyed)


@pytest.fixture(scope="module")
def harbour():
    """Scores of Harbour, gains by the answers and by the outlook behind them."""
    survey = pn.load_example()
    graph = pn.colleague_graph(survey)
    return {outlook: pn.score_pairs(survey, graph, outlook=outlook) for outlook in ("answers", "adjusted")}


class TestWhatIsExpected:
    @pytest.mark.parametrize("penalty", [PENALTIES[0], PENALTIES[4]])
    def test_is_what_fitting_anew_without_the_person_and_the_question_gives(self, penalty, rng):
        answers = rng.standard_normal((14, 7)) + rng.standard_normal((14, 1))
        answers -= answers.mean(axis=0)
        questions = [slice(0, 1), slice(1, 4), slice(4, 5), slice(5, 7)]
        naively = naive.left_out(answers, questions, float(penalty))
        middle = -answers / (len(answers) - 1)  # of the others, where that of everybody is 0
        assert _left_out(answers, questions, float(penalty)) == pytest.approx(naively + middle, abs=1e-10)

    def test_is_told_by_question_and_in_all(self, together):
        found = adjusted(distances_on(together)).borrowing
        assert found.table.index.tolist() == list(together)
        assert found.table["told"].between(0, 1).all()
        assert found.told == pytest.approx(found.table["told"].mean(), abs=0.02)
        assert found.evidence > EVIDENCE

    def test_a_question_apart_from_the_others_is_told_by_none(self, together, unrelated):
        both = together.assign(apart=unrelated["q0"])
        told = adjusted(distances_on(both)).borrowing.table["told"]
        assert told["apart"] < 0.05 < 0.2 < told.drop("apart").median()


class TestStructure:
    def test_comes_nearer_to_the_outlooks_behind_the_answers(self):
        """In each of five surveys; the outlook of a made-up survey is known."""
        for seed in range(5):
            made = pn.make_survey(people=110, answered=100, teams=10, world="three", rng=seed)
            given = pn.distance.person_distances(made.read())
            known = given.answered
            truth = pdist(made.truth[known].filter(like="view_"))
            above = np.triu_indices(known.sum(), 1)
            tables = [table(distances)[np.ix_(known, known)][above] for distances in (given, adjusted(given))]
            defined = ~np.isnan(tables[0])
            nearness = [np.corrcoef(found[defined], truth[defined])[0, 1] for found in tables]
            assert nearness[0] + 0.05 < nearness[1]

    def test_none_leaves_the_answers_as_given_and_says_so(self, unrelated):
        given = distances_on(unrelated)
        found = adjusted(given)
        assert np.array_equal(table(found), table(given))
        assert found.mean == given.mean
        assert not found.borrowing.found
        assert found.borrowing.in_words.startswith("Differences in outlook are those of the answers as given. ")

    def test_is_said_in_two_sentences_with_how_far_it_can_be_relied_on(self, together):
        words = adjusted(distances_on(together)).borrowing.in_words
        assert words.count(". ") == 1
        assert "half way" in words
        assert "%" in words

    def test_is_seldom_claimed_where_there_is_none(self):
        """Of 300 surveys of 40 people and 14 questions 4 %; of 60 people and more under 1 %."""
        found = [
            adjusted(distances_on(gradient_answers(np.random.default_rng(seed), people=60, strength=0.0)))
            for seed in range(100)
        ]
        assert sum(distances.borrowing.found for distances in found) <= 2

    @pytest.mark.parametrize("people", [1, 2, 29])
    def test_is_not_looked_for_among_few_people(self, people, together):
        few = together[:people]
        assert np.array_equal(table(adjusted(distances_on(few))), table(distances_on(few)), equal_nan=True)

    def test_is_not_looked_for_in_one_question(self, together):
        alone = distances_on(together).on_items(3)
        assert np.array_equal(table(adjusted(distances_on(together)).on_items(3)), table(alone), equal_nan=True)


class TestAgreementWithWhateverIsAsked:
    @pytest.mark.parametrize("missing", [0.0, 0.2])
    def test_is_told_by_statements_worded_either_way_as_worked_out_pair_by_pair(self, missing, rng):
        answers, _ = agreeing_answers(rng, missing=missing)
        rated, keyed = (answers.to_numpy()[:, :7] - 1) / 4, np.array([*KEYED.values()][:7])
        taken, agreement = _agreement(rated, keyed)
        above, variance = naive.agreement(rated, keyed)
        assert agreement == pytest.approx(np.sqrt(variance))
        left = rated - taken
        assert np.array_equal(np.isnan(left), np.isnan(rated))
        part = (1 - np.sqrt(1 - variance / above.var())) * above[:, None] + 0 * rated
        expected = (part - np.nanmean(part, axis=0)) * np.sign(keyed)
        assert taken + 0 * rated == pytest.approx(expected, nan_ok=True)

    def test_comes_near_what_was_planted(self):
        """A spread of .7 points; the ends of the scale cut some of it off."""
        found = [
            adjusted(keyed_distances(agreeing_answers(np.random.default_rng(seed))[0], KEYED)).borrowing.agreement * 4
            for seed in range(10)
        ]
        assert 0.5 < np.mean(found) < 0.7

    def test_is_taken_out_so_that_distances_come_nearer_to_outlooks(self):
        for seed in range(5):
            answers, traits = agreeing_answers(np.random.default_rng(seed))
            nearness = [
                np.corrcoef(table(adjusted(keyed_distances(answers, keyed)))[np.triu_indices(200, 1)], pdist(traits))[
                    0, 1
                ]
                for keyed in (None, KEYED)
            ]
            assert nearness[0] + 0.03 < nearness[1]

    def test_alone_is_no_structure_so_that_answers_stay_as_given(self):
        """Without the wordings it would be taken for outlook."""
        rng, wordings = np.random.default_rng(3), np.sign([*KEYED.values()])
        felt = 3 + rng.standard_normal((200, 8)) + 0.7 * rng.standard_normal((200, 1)) * wordings
        answers = pd.DataFrame(np.clip(np.rint(felt), 1, 5), columns=list(KEYED))
        blind, told = (adjusted(keyed_distances(answers, keyed)) for keyed in (None, KEYED))
        assert blind.borrowing.found
        assert told.borrowing.agreement > 0
        assert not told.borrowing.found
        assert np.array_equal(table(told), table(keyed_distances(answers)))

    def test_is_seldom_claimed_where_there_is_none(self):
        found = [
            adjusted(keyed_distances(agreeing_answers(np.random.default_rng(seed), agreement=0.0)[0], KEYED)).borrowing
            for seed in range(100)
        ]
        assert sum(borrowing.agreement > 0 for borrowing in found) <= 2

    def test_changes_nothing_where_none_is_found_or_one_scale_or_wording_alone_could_show_it(self, rng):
        answers, _ = agreeing_answers(rng, agreement=0.0)
        agreeing, _ = agreeing_answers(rng)
        one_scale, one_wording = {"q0": 1, "q1": -1, "q2": 1, "q3": -1}, {"q0": 1, "q2": 1, "q4": 2, "q5": 2}
        for frame, keyed in ((answers, KEYED), (agreeing, one_scale), (agreeing, one_wording)):
            unkeyed = adjusted(keyed_distances(frame))
            assert np.array_equal(table(adjusted(keyed_distances(frame, keyed))), table(unkeyed))

    def test_is_not_what_a_scale_is_that_asks_about_two_things_each_in_a_wording_of_its_own(self, rng):
        traits = rng.standard_normal((200, 4))[:, [0, 1, 0, 1, 2, 2, 3, 3]]
        answers = np.clip(np.rint(3 + traits + 0.5 * rng.standard_normal((200, 8))), 1, 5)
        assert adjusted(keyed_distances(pd.DataFrame(answers, columns=list(KEYED)), KEYED)).borrowing.agreement == 0

    def test_a_statement_on_which_all_agree_does_no_harm(self, rng):
        answers, _ = agreeing_answers(rng)
        kinds, ranges = dict.fromkeys(answers, "ordinal"), dict.fromkeys(answers, (1, 5))
        weights = dict.fromkeys(answers, 1.0)
        found = adjusted(frame_distances(answers.assign(q0=3.0), kinds, ranges, weights, 0.5, KEYED))
        assert found.borrowing.agreement > 0
        assert not np.isnan(table(found)).any()

    def test_is_said_in_the_same_two_sentences(self, rng):
        words = adjusted(keyed_distances(agreeing_answers(rng)[0], KEYED)).borrowing.in_words
        assert "agreement with whatever is asked is taken out" in words
        assert words.count(". ") == 1

    def test_is_looked_for_in_scales_of_the_codebook_that_are_worded_both_ways(self):
        distances = pn.distance.person_distances(pn.load_example())
        keyed = dict(zip(distances.weights.index, distances.items.keyed.tolist(), strict=True))
        assert [keyed[f"change_{k}"] for k in range(1, 5)] == [1, -1, 1, -1]
        assert [keyed[f"planning_{k}"] for k in range(1, 4)] == [3, -3, 3]
        assert keyed["background"] == 0


class TestDistances:
    def test_are_symmetric_and_the_same_whoever_else_is_asked_for(self, mixed):
        whole, found = table(adjusted(mixed)), adjusted(mixed)
        assert np.array_equal(whole, whole.T)
        assert (np.diag(whole) == 0).all()
        assert np.array_equal(found.block([4, 2, -1], [2, 7]), whole[np.ix_([4, 2, -1], [2, 7])])
        assert np.array_equal(found.to_frame().to_numpy(), whole)

    def test_are_shorter_than_those_of_the_answers_as_chance_is_taken_out(self, mixed):
        assert 0.5 < adjusted(mixed).mean / mixed.mean < 1

    def test_are_worked_out_by_hand_for_two_questions(self, rng):
        """Each answer half way to what is expected of it; then the straight line, questions weighed alike."""
        trait = rng.standard_normal(40)
        frame = pd.DataFrame({"a": trait, "b": trait + 0.3 * rng.standard_normal(40)})
        given = distances_on(frame, "numeric")
        found = adjusted(given)
        spread = ((frame - frame.mean()) / frame.std(ddof=0)).to_numpy()
        expected = found._expected.expected
        places = KEPT * spread + (1 - KEPT) * expected
        apart, straight = (np.sqrt(((x[:, None] - x) ** 2).sum(axis=2)) for x in (places, spread))
        assert table(found) == pytest.approx(apart * given.mean / straight[np.triu_indices(40, 1)].mean())
        assert np.corrcoef(expected[:, 0], spread[:, 1])[0, 1] > 0.999, "each is told by the other"

    def test_people_who_answer_alike_are_not_apart(self, together):
        twins = pd.concat([together, together[:3].set_axis(["x", "y", "z"])])
        twins = twins.fillna(3.0)
        assert (table(adjusted(distances_on(twins)))[[0, 1, 2], [120, 121, 122]] == 0).all()

    def test_never_blur_how_alike_people_are(self, mixed):
        """Likeness falls with a straight line through answers, so however many are missing it is positive definite."""
        likeness = np.exp(-table(adjusted(mixed)) / mixed.median)
        assert np.linalg.eigvalsh(likeness).min() > 0

    def test_hang_on_no_order_of_people_questions_or_options(self, mixed):
        frame, kinds = mixed_gradient(np.random.default_rng(7), people=90, strength=2.0)
        order = np.random.default_rng(0).permutation(90)
        turned = frame.iloc[order][list(frame)[::-1]].replace({"a": "d", "d": "a"})
        found = table(adjusted(distances_on(turned, kinds)))
        assert found == pytest.approx(table(adjusted(mixed))[np.ix_(order, order)], abs=1e-7)

    def test_are_known_between_any_two_who_answered_anything(self, together):
        answers = together.copy()
        answers.iloc[0, 1:] = answers.iloc[1, :-1] = np.nan  # they share no question
        answers.iloc[2] = np.nan
        given = distances_on(answers)
        found = table(adjusted(given))
        assert np.isnan(table(given)[0, 1])
        assert found[0, 1] > 0
        assert np.isnan(found[2]).all()
        assert np.isnan(found[:, 2]).all()
        assert not np.isnan(np.delete(np.delete(found, 2, 0), 2, 1)).any()

    def test_a_missing_answer_is_expected_and_adds_what_it_could_have_been(self, together):
        """Two people alike but for a missing answer are apart, yet less than by an answer as far off as can be."""
        answers = together.fillna(3.0)
        answers.iloc[1] = answers.iloc[0] = 3.0
        answers.iloc[1, 0] = np.nan
        missing = table(adjusted(distances_on(answers)))[0, 1]
        answers.iloc[1, 0] = 5.0
        assert 0 < missing < table(adjusted(distances_on(answers)))[0, 1]

    def test_a_question_that_weighs_more_sets_people_further_apart(self, mixed):
        answers = mixed.items.answers[0]
        far, near = np.nanargmax(answers), np.nanargmin(answers)
        heavy = mixed.shares.copy()
        heavy[0] *= 4
        lighter, heavier = (table(adjusted(distances))[far, near] for distances in (mixed, mixed.reweighed(heavy)))
        assert lighter < heavier

    def test_a_half_of_the_questions_is_adjusted_by_nothing_but_itself(self, together):
        half, rng = [0, 2, 3, 7, 8, 11], np.random.default_rng(1)
        other = np.setdiff1d(np.arange(12), half)
        scrambled = together.copy()
        scrambled.iloc[:, other] = rng.permuted(together.iloc[:, other].to_numpy(), axis=0)
        one, two = (adjusted(distances_on(answers, weights="equal")) for answers in (together, scrambled))
        assert np.array_equal(table(one.on_items(half)), table(two.on_items(half)))
        assert one.on_items(half).borrowing.table.index.tolist() == [f"q{k}" for k in half]
        assert not np.array_equal(table(one), table(two))

    def test_speak_of_answers_as_given_where_they_are_asked_to(self, mixed):
        found = adjusted(mixed)
        a, b = mixed.people[:2]
        assert np.array_equal(table(found.as_given), table(mixed), equal_nan=True)
        assert mixed.as_given is mixed
        pd.testing.assert_frame_equal(found.parts(a, b), mixed.parts(a, b))
        assert found.parts(a, b)["part"].sum() == pytest.approx(mixed.block([0], [1])[0, 0])


class TestScores:
    def test_gains_rest_on_the_adjusted_outlook_and_gates_and_distances_shown_do_not(self, harbour):
        given, found = harbour["answers"], harbour["adjusted"]
        everybody = np.arange(len(given))
        assert np.array_equal(given.possible(everybody), found.possible(everybody))
        for column in ("perspective", "experience", "goals"):
            same = [scores.block(everybody, column=column) for scores in (given, found)]
            assert np.array_equal(*same, equal_nan=True), column
        assert found.settings["outlook"] == "adjusted"
        assert not np.allclose(
            given.block(everybody, column="gain"), found.block(everybody, column="gain"), equal_nan=True
        )

    def test_why_tells_the_same_of_the_two_but_for_what_they_gain(self, harbour):
        """So no words or ranges of answers let the adjusted distance through."""
        pairs = pn.pair_people(harbour["answers"]).pairs[:12]
        told = []
        for scores in harbour.values():
            pairing = pn.pair_people(scores, required=pairs)
            told.append(pd.concat([pairing.why(*pair).table for pair in pairs], ignore_index=True))
        kept = [table[table["part"] != "gain"].reset_index(drop=True) for table in told]
        pd.testing.assert_frame_equal(*kept)

    def test_an_unknown_outlook_is_refused(self):
        survey = pn.load_example()
        with pytest.raises(SettingError, match="outlook must be one of"):
            pn.score_pairs(survey, pn.colleague_graph(survey), outlook="guessed")
