"""The worlds a survey can be made up in, and what pairs bring there in truth."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.datasets.organisation import outlooks
from peernet.datasets.synthetic import make_survey
from peernet.datasets.truth import HEARD_ON, true_gains, true_reach, true_scores
from peernet.datasets.worlds import QUESTIONS, WORLDS
from peernet.errors import SettingError, UnknownPersonError
from peernet.survey.reading import read_survey

SIZE = {"people": 65, "answered": 60, "teams": 6}
LARGE = {"people": 260, "answered": 240, "mess": False}


@pytest.fixture(scope="module")
def made():
    return make_survey(**SIZE, rng=1)


@pytest.fixture(scope="module")
def scores(made):
    survey = made.read()
    return pn.score_pairs(survey, pn.colleague_graph(survey))


@pytest.fixture(scope="module")
def large():
    return {world: make_survey(**LARGE, world=world, rng=2) for world in WORLDS}


def scale_answers(made):
    """Answers from 1 to 5 on outlook, each the right way round, respondents only."""
    return made.read().people.loc[made.truth["answered"], ["change_1", "change_2", "people_1", "people_2"]]


def raw_answers(made):
    """Answers from 1 to 5 on outlook as they were given."""
    items = [item.name for item in made.codebook.block("perspective") if item.kind == "ordinal"]
    return made.survey.set_index("person")[items].astype(float)


class TestWorlds:
    def test_the_first_world_is_the_one_without_asking(self):
        pd.testing.assert_frame_equal(make_survey(**SIZE).survey, make_survey(**SIZE, world="types").survey)

    @pytest.mark.parametrize("world", WORLDS)
    def test_each_can_be_read_and_says_in_its_readme_which_it_is(self, world, tmp_path):
        """People who agree with whatever is asked make questions worded against their scale look wrong."""
        made = make_survey(**SIZE, mess=False, world=world, rng=3)
        issues = read_survey(made.write(tmp_path)).issues
        assert issues.empty or (WORLDS[world].acquiescence and issues["problem"].str.contains("runs against").all())
        readme = (tmp_path / "README.md").read_text(encoding="utf-8")
        assert (WORLDS[world].told in readme) == (world != "types") == (f"world='{world}'" in readme)

    @pytest.mark.parametrize("world", WORLDS)
    def test_the_docstring_tells_each_in_the_same_words(self, world):
        assert f"``{world}``" in make_survey.__doc__
        assert WORLDS[world].told.removeprefix("the same") in make_survey.__doc__

    @pytest.mark.parametrize("world", WORLDS)
    def test_outlook_has_as_many_dimensions_as_said(self, world, large):
        assert outlooks(large[world].truth).shape == (260, WORLDS[world].dimensions)

    def test_without_types_nobody_has_one(self, large):
        assert large["three"].truth["perspective_type"].eq("").all()
        assert large["homophilous"].truth["perspective_type"].nunique() == 5

    def test_one_question_a_trait_leaves_nothing_that_goes_together(self, large):
        def strongest(made):
            together = scale_answers(made).corr().to_numpy()
            return np.abs(together[np.triu_indices(4, 1)]).max()

        assert WORLDS["separate"].dimensions == QUESTIONS == len(large["separate"].codebook.block("perspective"))
        assert strongest(large["separate"]) < 0.2 < 0.6 < strongest(large["one"])

    def test_answers_follow_outlook_but_not_where_they_say_nothing(self, large):
        def follow(made):
            answered = made.truth[made.truth["answered"]]
            return abs(np.corrcoef(scale_answers(made)["change_1"], outlooks(answered)[:, 4 % 3])[0, 1])

        assert follow(large["three"]) > 0.8
        assert follow(large["noise"]) < 0.2

    def test_ties_depend_on_outlook_more_less_or_not_at_all(self, large):
        def nearness(made):
            """Distance of people in touch, as a share of the usual one."""
            distances = true_reach(made).distances.block(np.arange(260))
            places = [made.truth.index.get_indexer(made.contacts[side]) for side in ("person", "alter")]
            return distances[tuple(places)].mean() / distances[np.triu_indices(260, 1)].mean()

        assert nearness(large["homophilous"]) + 0.05 < nearness(large["types"]) < 0.95
        assert nearness(large["noise"]) == pytest.approx(1, abs=0.04)

    def test_many_answers_are_left_out_and_only_on_perspective(self, large):
        answers = large["missing"].survey.set_index("person")
        perspective = [item.name for item in large["missing"].codebook.block("perspective")]
        assert answers[perspective].eq("").mean(axis=None) == pytest.approx(0.3, abs=0.02)
        assert not answers[["level", "goals"]].eq("").any(axis=None)

    def test_a_long_tail_lies_on_one_side(self, large):
        assert large["skewed"].truth["view_1"].skew() > 2 > abs(large["one"].truth["view_1"].skew())

    @pytest.mark.parametrize("world", ["style", "style alone"])
    def test_style_parts_people_by_how_they_answer(self, world, large):
        answers, truth = raw_answers(large[world]), large[world].truth
        assert answers.mean(axis=1).corr(truth["acquiescence"]) > 0.8
        assert (answers - 3).abs().mean(axis=1).corr(truth["extremity"]) > 0.5

    @pytest.mark.parametrize("world", ["reserved", "reserved alone"])
    def test_those_who_answer_extremely_have_few_contacts(self, world, large):
        met = pd.Series([len(heard) for heard in true_reach(large[world]).heard])
        assert met.corr(large[world].truth["extremity"].reset_index(drop=True), method="spearman") < -0.3

    def test_an_unknown_world_is_refused_by_name(self):
        with pytest.raises(SettingError, match="world must be one of"):
            make_survey(world="seven")


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
