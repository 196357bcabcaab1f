"""The shipped surveys and the one that is made up."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from peernet.datasets.examples import load_aarhus, load_example
from peernet.datasets.organisation import PLAIN_NAMES, draw_names
from peernet.datasets.synthetic import make_survey
from peernet.errors import SettingError
from peernet.survey.codebook import read_codebook
from peernet.survey.reading import read_survey

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared" / "data" / "aucs_aarhus"
HARBOUR_FILES = ["README.md", "codebook.json", "outcomes.csv", "roster.csv", "survey.csv"]
FORMS = {
    "nickname",
    "initial",
    "last name first",
    "no accents",
    "extra spaces",
    "other case",
    "typo",
    "first name only",
}
PROBLEMS = FORMS | {
    "shared first name",
    "self-nomination",
    "not on the roster",
    "out of range",
    "opted out",
    "capacity two",
    "veto",
    "names parted by commas",
    "one name a line",
    "careless",
    "stopped half-way",
    "answered twice",
    "every answer missing",
}


@pytest.fixture(scope="module")
def made():
    return make_survey()


@pytest.mark.parametrize(("people", "answered", "teams"), [(260, 240, 24), (80, 74, 7), (40, 40, 4), (1300, 1200, 120)])
def test_other_sizes_keep_the_usual_proportions(people, answered, teams):
    settings = make_survey(people=people).settings
    assert (settings["answered"], settings["teams"]) == (answered, teams)


@pytest.fixture(scope="module")
def read(made):
    return made.read()


@pytest.fixture(scope="module")
def clean():
    return make_survey(mess=False)


@pytest.fixture(scope="module")
def clean_read(clean):
    return clean.read()


def who(made, problem):
    return made.planted.loc[made.planted["problem"] == problem, "person"].tolist()


def answers_of(made, person):
    return made.survey[made.survey["person"] == person].set_index("person")


class TestHarbourFolder:
    def test_is_what_make_survey_writes_byte_for_byte(self, made, tmp_path):
        made.write(tmp_path)
        assert sorted(file.name for file in tmp_path.iterdir()) == HARBOUR_FILES
        for name in HARBOUR_FILES:
            assert (tmp_path / name).read_bytes() == (ROOT / "data" / "harbour" / name).read_bytes(), name

    def test_has_unix_line_ends_on_every_machine(self):
        assert not any(b"\r" in (ROOT / "data" / "harbour" / name).read_bytes() for name in HARBOUR_FILES)

    def test_is_what_load_example_reads(self, read):
        loaded = load_example()
        pd.testing.assert_frame_equal(loaded.people, read.people)
        pd.testing.assert_frame_equal(loaded.ties, read.ties)

    def test_readme_counts_every_planted_problem(self, made):
        text = (ROOT / "data" / "harbour" / "README.md").read_text(encoding="utf-8")
        for problem, cases in made.planted.groupby("problem"):
            assert f"| {problem} | {len(cases)} |" in text


class TestSizes:
    def test_everybody_on_the_roster_and_most_answer(self, read):
        assert len(read.people) == 260
        assert int(read.people["answered"].sum()) == 240
        assert read.people["team"].nunique() == 24

    def test_teams_have_six_to_sixteen_members(self, made):
        assert made.roster.groupby("team").size().between(6, 16).all()

    def test_every_line_of_managers_ends_at_the_one_director(self, made):
        manager = made.roster.set_index("person")["manager"]
        top = manager.index
        for _ in range(3):
            top = [manager[person] or person for person in top]
        assert set(top) == {manager.index[manager == ""].item()}

    def test_every_team_has_one_manager_from_its_own_ranks(self, made):
        people = made.roster.set_index("person")
        leads_own = people["manager"].map(people["team"]) == people["team"]
        bosses = people.loc[leads_own].groupby("team")["manager"].unique()
        assert bosses.map(len).eq(1).all()
        assert len(bosses) == 24

    def test_other_sizes_are_kept_to(self):
        made = make_survey(people=47, answered=41, teams=5, rng=3)
        assert len(made.roster) == 47
        assert made.roster["team"].nunique() == 5
        assert int(made.read().people["answered"].sum()) == 41

    def test_one_team_is_enough(self):
        made = make_survey(people=8, answered=8, teams=1, mess=False)
        assert made.roster["manager"].eq("").sum() == 1
        assert made.roster["manager"].nunique() == 2

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"people": 20}, "people must be at least 40 with mess=True, so that every problem falls on somebody else; "
             "got 20."),
            ({"people": 2, "mess": False}, "people must be at least 3; got 2."),
            ({"teams": 0}, "teams must be from 1 to 86 for people=260 (3 to a team or more on average); got 0."),
            ({"answered": 261}, "answered must be from 40 to people=260 with mess=True, so that every problem falls on "
                                "somebody else; got 261."),
            ({"answered": 0, "mess": False}, "answered must be from 1 to people=260; got 0."),
            ({"people": 3_000_000}, "people must be at most 2,211,125, as many as there are names; got 3,000,000."),
            ({"relatedness": 1.2}, "relatedness is a probability, from 0 to 1; got 1.2."),
            ({"effect": 99}, "effect must be from -30 to 30 points of 100, or the scale overflows; got 99."),
        ],
    )  # fmt: skip
    def test_sizes_that_do_not_fit_are_refused(self, settings, message):
        with pytest.raises(SettingError) as error:
            make_survey(**settings)
        assert str(error.value) == message


class TestSeed:
    def test_same_seed_same_survey(self, made):
        again = make_survey()
        for name in ("roster", "survey", "outcomes", "truth", "nominations", "planted"):
            pd.testing.assert_frame_equal(getattr(made, name), getattr(again, name))

    def test_another_seed_another_survey(self, made):
        assert not made.roster["name"].equals(make_survey(rng=1).roster["name"])

    def test_a_generator_serves_as_seed(self, made):
        assert make_survey(rng=np.random.Generator(np.random.PCG64(0))).survey.equals(made.survey)

    def test_mess_leaves_the_truth_alone(self, made, clean):
        flags = ["careless", "stopped"]
        pd.testing.assert_frame_equal(made.truth.drop(columns=flags), clean.truth.drop(columns=flags))
        pd.testing.assert_frame_equal(made.outcomes, clean.outcomes)


class TestWithoutMess:
    def test_reads_without_an_issue(self, clean_read):
        assert clean_read.issues.empty

    def test_every_name_typed_is_a_tie(self, clean, clean_read):
        ties = clean_read.ties[["ego", "layer", "alter"]]
        named = clean.nominations[["person", "layer", "alter"]]
        assert set(ties.itertuples(index=False, name=None)) == set(named.itertuples(index=False, name=None))

    def test_only_comments_vetoes_and_the_directors_manager_are_blank(self, clean):
        blank = clean.survey.eq("").sum()
        assert set(blank.index[blank > 1]) <= {"comment", "never_with"}

    def test_nothing_is_planted(self, clean):
        assert clean.planted.empty
        assert not clean.truth[["careless", "stopped"]].any(axis=None)


class TestPlantedMess:
    def test_every_problem_is_there(self, made):
        assert set(made.planted["problem"]) == PROBLEMS

    def test_what_was_typed_stands_in_the_cell(self, made):
        cells = made.survey.drop_duplicates("person", keep="last").set_index("person")
        names = made.planted[made.planted["problem"].isin(FORMS)]
        assert all(found in cells.loc[p, item] for p, item, found in names[["person", "item", "found"]].to_numpy())

    def test_somebody_answers_twice_the_second_time_more(self, made):
        (person,) = who(made, "answered twice")
        first, second = answers_of(made, person).ne("").sum(axis=1)
        assert first < second
        assert made.survey["person"].value_counts().max() == 2

    def test_somebody_sends_an_empty_sheet(self, made):
        (person,) = who(made, "every answer missing")
        assert answers_of(made, person).eq("").all(axis=None)
        assert not made.truth.loc[person, "answered"]

    def test_careless_people_give_one_answer_all_the_way_down(self, made):
        scales = [item.name for item in made.codebook if item.kind == "ordinal" and item.limits]
        careless = who(made, "careless")
        assert len(careless) == 4
        assert made.truth.index[made.truth["careless"]].tolist() == sorted(careless)
        assert all(answers_of(made, person)[scales].nunique(axis=1).item() == 1 for person in careless)

    def test_people_who_stop_leave_the_end_blank(self, made):
        for person in who(made, "stopped half-way"):
            assert answers_of(made, person)[["learning_1", "gender", "comment"]].eq("").all(axis=None)

    def test_one_answer_is_out_of_range(self, made, read):
        (person,) = who(made, "out of range")
        assert answers_of(made, person)["planning_1"].item() == "7"
        assert np.isnan(read.people.loc[person, "planning_1"])

    def test_constraints_are_read(self, made, read):
        (out,), (two,), (veto,) = (who(made, problem) for problem in ("opted out", "capacity two", "veto"))
        assert read.people.index[read.people["opted_out"].fillna(False)].tolist() == [out]
        assert read.people.index[read.people["capacity"] == 2].tolist() == [two]
        assert len(read.people.loc[veto, "never_with"]) == 1

    def test_whoever_opts_out_was_in_no_pilot_pair(self, made):
        assert made.truth.loc[who(made, "opted out"), "pilot_partner"].eq("").all()

    def test_somebody_names_themselves(self, made, read):
        (person,) = who(made, "self-nomination")
        assert made.truth.loc[person, "name"] in answers_of(made, person)["trust"].item()
        assert (read.ties["ego"] != read.ties["alter"]).all()

    def test_a_first_name_alone_could_mean_two_people(self, made):
        first = made.planted.loc[made.planted["problem"] == "shared first name", "found"].item()
        assert made.roster["name"].str.startswith(first + " ").sum() > 1

    def test_some_answers_are_skipped_at_random(self, made):
        left_early = who(made, "stopped half-way") + who(made, "answered twice")
        stayed = made.survey[~made.survey["person"].isin(left_early)]
        assert 0.025 < stayed[["level", "change_1", "goals", "learning_1"]].eq("").mean(axis=None) < 0.055

    def test_no_problem_but_the_wording_of_names_falls_on_the_same_person_twice(self, made):
        planted = made.planted[~made.planted["problem"].isin(FORMS)]
        assert not planted["person"].duplicated().any()


class TestCodebook:
    def test_describes_every_column(self, made):
        for table in (made.roster, made.survey, made.outcomes):
            assert set(table.columns) <= set(made.codebook.names)

    def test_every_item_has_a_wording(self, made):
        assert all(item.label for item in made.codebook)

    def test_survives_the_way_through_a_file(self, made, tmp_path):
        made.write(tmp_path)
        assert read_codebook(tmp_path / "codebook.json") == made.codebook

    def test_holds_every_block_of_the_design(self, made):
        expected = {"experience": 8, "perspective": 14, "goal": 4, "tie": 5, "climate": 6, "constraint": 3}
        assert {block: len(made.codebook.block(block)) for block in expected} == expected
        assert made.codebook.foundation == ("trust", "respect", "candour")

    def test_reversed_items_run_against_their_scale_until_they_are_read(self, clean, clean_read):
        raw = clean.survey.set_index("person")
        read = clean_read.people
        for pair in (["change_2", "change_1"], ["planning_2", "planning_1"], ["authentic_3", "authentic_1"]):
            assert clean.codebook[pair[0]].reverse
            assert raw.loc[raw[pair[0]] != "", pair].astype(float).corr().iloc[0, 1] < -0.3
            assert read[pair].corr().iloc[0, 1] > 0.3


class TestWrite:
    def test_replaces_files_and_leaves_nothing_else(self, clean, tmp_path):
        (tmp_path / "survey.csv").write_text("old", encoding="utf-8")
        assert clean.write(str(tmp_path)) == tmp_path
        assert sorted(file.name for file in tmp_path.iterdir()) == HARBOUR_FILES
        assert len(read_survey(tmp_path).people) == 260

    def test_a_failed_write_keeps_the_old_file(self, clean, tmp_path, monkeypatch):
        clean.write(tmp_path)
        before = (tmp_path / "survey.csv").read_bytes()

        def full_disk(self, target):
            raise OSError("disk full")

        for move in ("rename", "replace"):
            monkeypatch.setattr(Path, move, full_disk)
        with pytest.raises(OSError, match="disk full"):
            make_survey(people=50, answered=50, teams=5, mess=False).write(tmp_path)
        assert (tmp_path / "survey.csv").read_bytes() == before
        assert sorted(file.name for file in tmp_path.iterdir()) == HARBOUR_FILES


class TestPilot:
    def test_partners_name_each_other(self, made):
        partner = made.truth["pilot_partner"]
        paired = partner[partner != ""]
        assert len(paired) == 160
        assert (paired.map(partner) == paired.index).all()

    def test_every_respondent_has_a_row_in_the_second_wave(self, made):
        assert made.outcomes["person"].tolist() == made.truth.index[made.truth["answered"]].tolist()

    def test_only_partners_rate_a_relationship(self, made):
        assert made.outcomes.loc[made.outcomes["pilot_partner"] == "", "relationship_2"].eq("").all()

    def test_waves_and_measures_are_told_apart(self, read):
        found = read.outcomes.groupby(["measure", "wave"]).size()
        assert set(found.index) == {
            ("learning", 1), ("learning", 2), ("openness", 1), ("openness", 2), ("relationship", 2),
        }  # fmt: skip


class TestAarhus:
    def test_has_the_published_counts(self):
        survey = load_aarhus()
        assert len(survey.people) == 61
        pairs = survey.ties[survey.ties["ego"] < survey.ties["alter"]]
        counts = {"work": 194, "lunch": 193, "leisure": 88, "facebook": 124, "coauthor": 21}
        assert pairs["layer"].value_counts().to_dict() == counts

    def test_every_tie_goes_both_ways(self):
        ties = set(load_aarhus().ties[["ego", "alter", "layer"]].itertuples(index=False, name=None))
        assert ties == {(b, a, layer) for a, b, layer in ties}

    def test_what_is_missing_stays_missing(self):
        people = load_aarhus().people
        assert people.index[people["role"].isna()].tolist() == ["U71"]
        assert set(people.index[people["group"].isna()]) == {"U33", "U63", "U71", "U86", "U102", "U139"}

    def test_two_groups_are_two_groups(self):
        assert load_aarhus().people.loc["U4", "group"] == frozenset({"G2", "G3"})

    def test_lunch_is_the_foundation(self):
        assert load_aarhus().codebook.foundation == ("lunch",)

    def test_notice_and_licence_lie_beside_the_data(self):
        folder = ROOT / "data" / "aarhus"
        assert "Apache License, Version 2.0" in (folder / "NOTICE").read_text(encoding="utf-8")
        assert "Version 2.0, January 2004" in (folder / "LICENSE-APACHE-2.0.txt").read_text(encoding="utf-8")
        assert json.loads((folder / "codebook.json").read_text(encoding="utf-8"))["primaryKey"] == ["person"]

    @pytest.mark.skipif(not SHARED.is_dir(), reason="the source files are not here")
    def test_equals_its_source(self):
        nodes = pd.read_csv(SHARED / "nodes.csv", dtype=str, keep_default_na=False).replace("NA", "")
        edges = pd.read_csv(SHARED / "edges.csv", dtype=str)
        survey = pd.read_csv(ROOT / "data" / "aarhus" / "survey.csv", dtype=str, keep_default_na=False)
        ties = pd.read_csv(ROOT / "data" / "aarhus" / "ties.csv", dtype=str)
        columns = ["person", "group", "role"]
        pd.testing.assert_frame_equal(survey[columns], nodes.set_axis(columns, axis=1))
        source, shipped = ({(frozenset(row[:2]), row[2]) for row in table.to_numpy()} for table in (edges, ties))
        assert shipped == source
        assert len(ties) == 2 * len(edges)


def test_of_very_many_people_the_acquaintances_are_drawn_alike_without_looking_at_everybody(monkeypatch):
    few = make_survey(people=600, answered=500, teams=50, rng=5)
    monkeypatch.setattr("peernet.datasets.answers.LOOKED_AT", 0)
    monkeypatch.setattr("peernet.datasets.answers.STAND_FOR_ALL", 50)
    many = make_survey(people=600, answered=500, teams=50, rng=5)
    assert not many.truth.index.duplicated().any()
    for share in (same_team, same_kind):
        assert share(many) == pytest.approx(share(few), abs=0.02)
    met = [made.contacts.groupby("person")["alter"].nunique().mean() for made in (few, many)]
    assert met[1] == pytest.approx(met[0], rel=0.03)
    assert many.truth["pilot_distance"].mean() == pytest.approx(few.truth["pilot_distance"].mean(), rel=0.1)


def same_team(made):
    """Share of ties within a team."""
    team = made.truth["team"]
    return (made.contacts["person"].map(team) == made.contacts["alter"].map(team)).mean()


def same_kind(made):
    """Share of ties across teams between people of one department and stratum."""
    kind = made.truth["department"] + made.truth["stratum"]
    team = made.truth["team"]
    outside = made.contacts[made.contacts["person"].map(team) != made.contacts["alter"].map(team)]
    return (outside["person"].map(kind) == outside["alter"].map(kind)).mean()


def test_where_names_run_out_two_last_names_are_run_together():
    names = draw_names(PLAIN_NAMES + 1, np.random.default_rng(1))
    assert len({*names}) == PLAIN_NAMES + 1
    assert all(len(name.split()) == 2 for name in names)
