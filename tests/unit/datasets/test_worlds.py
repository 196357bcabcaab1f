"""The worlds a survey can be made up in."""

import numpy as np
import pandas as pd
import pytest

from peernet.compare.truth import true_reach
from peernet.datasets.organisation import outlooks
from peernet.datasets.synthetic import make_survey
from peernet.datasets.worlds import QUESTIONS, WORLDS
from peernet.errors import SettingError
from peernet.survey.reading import read_survey

SIZE = {"people": 65, "answered": 60, "teams": 6}
LARGE = {"people": 260, "answered": 240, "mess": False}


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
