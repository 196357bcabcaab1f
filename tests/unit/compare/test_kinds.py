"""Which kinds of pairing bring most: what is in the table, what is said of it, and what may be shared."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.compare.kind_gains import choices, open_pairs
from peernet.compare.kinds import HIDDEN_BEST
from peernet.errors import SettingError
from tests.made.kinds import FOUNDATION, made, quick
from tests.made.surveys import both_ways, survey_of

pytestmark = pytest.mark.filterwarnings("ignore::peernet.errors.PeernetWarning")  # no layer asks about trust


@pytest.fixture(scope="module")
def planted():
    return made(80, best="same", aimed=0.7)


@pytest.fixture(scope="module")
def kinds(planted):
    return quick(planted[0], planted[1])


def test_kinds_are_every_way_the_views_cross(kinds):
    assert kinds.table.index.tolist() == [
        "same group in experience, same group in perspective",
        "same group in experience, different groups in perspective",
        "different groups in experience, same group in perspective",
        "different groups in experience, different groups in perspective",
    ]


def test_possible_pairs_are_those_within_the_gates():
    scores, groups = made(40, experience="average")
    table = quick(scores, groups).table
    pairs = scores.to_frame()
    pairs = pairs[pairs["blocked"] == ""]
    same = groups["experience"][pairs["a"]].to_numpy() == groups["experience"][pairs["b"]].to_numpy()
    assert table["pairs"].sum() == len(pairs)
    assert table["pairs"][table["experience"] == "same group"].sum() == same.sum()
    assert table["of_all"].lt(1).any()


def test_face_value_is_the_mean_value_of_the_possible_pairs(planted, kinds):
    scores, groups = planted
    pairs = scores.to_frame()
    views = [groups[view][pairs[side]].to_numpy() for view in groups for side in ("a", "b")]
    ours = (views[0] == views[1]) & (views[2] != views[3])
    found = kinds.table.loc["same group in experience, different groups in perspective"]
    assert found["face_value"] == pytest.approx(pairs["value"][ours].mean())


def test_gain_is_valued_by_the_half_that_did_not_tell_the_kind():
    scores, _ = made(20)
    pairs = open_pairs(scores, np.arange(20), None, finer=False, bands=2)
    for choice in choices(pairs, 1, np.random.default_rng(3), progress=False):
        weights = scores.perspective.weights.copy()
        weights[:] = 0.0
        weights.iloc[choice.valued_by] = scores.perspective.weights.iloc[choice.valued_by]
        apart = pn.distance.person_distances(scores.survey, "perspective", weights=weights.to_dict()).block(
            np.arange(20)
        )
        alike = np.exp(-apart / scores.settings["scale"])
        alone = ((1 - alike) / (1 + alike))[pairs.firsts, pairs.seconds]
        assert choice.figures[:, 2] == pytest.approx(alone, rel=1e-5, nan_ok=True)


def test_who_hears_nobody_gains_what_distance_alone_gives():
    rng = np.random.default_rng(0)
    answers = {f"p{i:02}": {f"perspective_{v}": float(rng.integers(1, 6)) for v in range(6)} for i in range(30)}
    survey = survey_of(answers, {"trust": []})
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), foundation=FOUNDATION)
    table = quick(scores).table
    assert table["gain"].to_numpy() == pytest.approx(table["alone"].to_numpy(), rel=1e-5)
    assert table["fresh"].to_numpy() == pytest.approx(1.0, rel=1e-5)
    assert table.index.tolist() == ["near in perspective", "far in perspective"], "nothing was asked about experience"


def test_colleagues_in_contact_have_nothing_fresh():
    rng = np.random.default_rng(0)
    people = [f"p{i:02}" for i in range(14)]
    answers = {person: {f"perspective_{v}": float(rng.integers(1, 6)) for v in range(6)} for person in people}
    everybody = both_ways(*[(a, b) for a in people for b in people if a < b])
    survey = survey_of(answers, {"trust": everybody})
    table = quick(pn.score_pairs(survey, pn.colleague_graph(survey))).table
    assert table["fresh"].to_numpy() == pytest.approx(0.0, abs=1e-6)


def test_the_best_kind_is_named_with_how_sure_that_is(kinds):
    assert kinds.verdict == kinds.best == "same group in experience, different groups in perspective"
    assert kinds.words.startswith("Same group in experience, different groups in perspective: such a pair gains 0.22")
    assert "told by perspective gains as much in at most 2.5% of draws. Every other" in kinds.words
    assert "Of pairs equally far apart in perspective, same group in experience gains 0.0" in kinds.words
    assert repr(kinds) == f"<PairingKinds: 4 kinds; {kinds.best}>"


def test_a_kind_as_good_as_the_best_is_a_rival():
    scores, groups = made(160, best="same", aimed=0.0)
    found = quick(scores, groups, draws=99)
    assert found.best == "different groups in perspective"
    leading = found.table.loc[found.covered(found.best)]
    assert leading["rival"].tolist().count(True) == 1, "whatever their experience"
    assert not leading.loc[leading["gain"].idxmax(), "rival"]
    assert "By experience no difference is seen" in found.words


def test_where_nothing_stands_out_the_words_say_how_often_chance_does_as_well():
    found = quick(made(40, seed=4)[0])
    assert found.verdict == "no kind of pairing stands out"
    assert found.best is None
    assert "but chance gives some kind as much in" in found.words


def test_experience_is_asked_about_only_where_perspective_matters():
    alone = quick(made(40, seed=4)[0]).steps
    assert alone["p_adjusted"].notna().tolist() == [True, True, False, False]
    assert alone.index.tolist()[2:] == ["near in experience", "far in experience"]
    both = quick(*made(80, best="same", aimed=0.7)).steps
    assert both["p_adjusted"].notna().all()
    assert both.loc["same group in experience", "excess"] > 0 > both.loc["different groups in experience", "excess"]


def test_far_is_far_among_all_colleagues_and_not_within_a_gate():
    """No further apart than two people at random is the nearer half, and so holds no far pair of three bands."""
    found = quick(made(40, experience="average")[0], bands=3)
    assert "far in experience" in found.steps.index
    assert found.steps.loc["far in experience", "pairs"] < found.steps.loc["near in experience", "pairs"] / 2


@pytest.mark.parametrize("seed", [1, 2])
def test_habits_of_answering_make_no_kind_stand_out(seed):
    """Some tick the ends of every scale and know few colleagues; nothing they say has to do with anything."""
    made = pn.make_survey(people=130, answered=120, teams=12, world="reserved alone", rng=seed)
    survey = made.read()
    found = quick(pn.score_pairs(survey, pn.colleague_graph(survey)), bands=3, draws=99)
    assert found.steps.loc["far in perspective", "p_adjusted"] <= 0.05, "by the swaps of people alone it would"
    assert found.verdict == "no kind of pairing stands out"
    assert "people's habits of answering alone would give" in found.words


def test_steps_count_the_possible_pairs_of_each_view():
    found = quick(*made(40, experience="average"))
    for view, part in found.table.groupby("experience", sort=False):
        assert found.steps.loc[f"{view} in experience", "pairs"] == part["pairs"].sum()
    for view, part in found.table.groupby("perspective", sort=False):
        assert found.steps.loc[f"{view} in perspective", "pairs"] == part["pairs"].sum()


def test_where_hardly_any_pair_gains_anything_no_kind_gains_more(kinds):
    nothing = replace(kinds, settings={**kinds.settings, "gaining": 1})
    assert nothing.verdict == "cannot tell"
    assert nothing.words.endswith("only one possible pair gains anything, and it takes 20.")


def test_one_item_cannot_tell_both_kind_and_gain():
    survey = pn.load_aarhus()
    found = pn.pairing_kinds(pn.score_pairs(survey, pn.colleague_graph(survey), experience=None))
    assert found.verdict == "cannot tell"
    assert found.words.endswith("the answers hold one outlook item, and it takes two, one to tell the kind of a pair "
                                "and another to tell its gain.")  # fmt: skip
    assert found.table["face_value"].notna().any()
    assert found.table["gain"].isna().all()


def test_too_few_people_cannot_tell():
    found = quick(made(10)[0])
    assert found.words == (
        "Cannot tell which kind of pairing brings most: ten people have a possible partner, and it takes 12."
    )


def test_no_possible_pair_cannot_tell():
    answers = {f"p{i}": {"perspective_1": i % 5 + 1.0, "perspective_2": 2.0 + i % 2} for i in range(15)}
    survey = survey_of(answers, {"trust": []})
    found = quick(pn.score_pairs(survey, pn.colleague_graph(survey)))
    assert found.verdict == "cannot tell"
    assert "no people have a possible partner" in found.words


def test_finer_kinds_tell_which_groups_meet(planted):
    found = quick(*planted, finer=True)
    assert "1 with 1 in experience, 1 with 2 in perspective" in found.table.index
    assert len(found.table) == 9


def test_a_view_without_groups_is_divided_into_bands(planted):
    scores, groups = planted
    found = quick(scores, groups.assign(perspective=pd.NA))
    assert found.table["perspective"].unique().tolist() == ["near", "far"]
    assert found.table["experience"].unique().tolist() == ["same group", "different groups"]


def test_a_band_and_a_floor_are_left_open(planted):
    scores, _ = planted
    banded = pn.score_pairs(
        scores.survey, pn.colleague_graph(scores.survey), foundation=FOUNDATION, experience=None, band=(0.3, 0.4)
    )
    assert quick(banded.floored(0.05)).table["pairs"].sum() == quick(scores).table["pairs"].sum()


def test_parts_of_items_add_up_to_the_distance(kinds):
    assert kinds.items[["part", "usual"]].sum().tolist() == pytest.approx([1.0, 1.0])
    assert (kinds.items["low"] <= kinds.items["extra"]).all()
    assert kinds.items["extra"].is_monotonic_decreasing


def test_items_that_tell_types_apart_carry_the_difference():
    """The last item is drawn by lot for everybody, so it makes less of the distance across types than elsewhere."""
    scores, groups = made(80, best="same", aimed=0.7)
    people = scores.survey.people.copy()
    people["perspective_11"] = np.random.default_rng(1).integers(1, 6, len(people)).astype(float)
    noisy = pn.Survey(people, *(getattr(scores.survey, name) for name in ("ties", "outcomes", "codebook", "issues")),
                      scores.survey.answered)  # fmt: skip
    items = quick(
        pn.score_pairs(noisy, pn.colleague_graph(noisy), foundation=FOUNDATION, experience=None), groups
    ).items
    assert items.loc["perspective_11", "high"] < 0


def test_who_gains_is_told_by_team_bridge_and_broker():
    survey = pn.load_example()
    found = quick(pn.score_pairs(survey, pn.colleague_graph(survey)))
    assert found.gainers["by"].unique().tolist() == ["team", "bridge", "broker"]
    teams = found.gainers[found.gainers["by"] == "team"]
    assert teams["gain"].is_monotonic_decreasing
    assert set(teams["group"]) <= set(survey.people["team"])
    assert (found.gainers.groupby("by")["people"].sum() == teams["people"].sum()).all()


def test_few_people_are_not_shared_nor_what_would_give_them_away(kinds):
    people = kinds.table["people"]
    shared = kinds.shareable(floor=int(people.max()) + 1)
    assert shared.table.drop(columns=["experience", "perspective"]).isna().all(axis=None)
    assert not kinds.shareable().table["gain"].isna().any()


def test_of_teams_the_small_ones_and_one_more_are_hidden():
    survey = pn.load_example()
    found = quick(pn.score_pairs(survey, pn.colleague_graph(survey)))
    sizes = found.gainers.query("by == 'team'")["people"]
    teams = found.shareable(floor=int(sizes.min()) + 1).gainers.query("by == 'team'")
    hidden = teams["people"].isna()
    assert hidden[sizes == sizes.min()].all()
    assert hidden.sum() >= 2
    assert teams.loc[hidden, ["gain", "low", "high"]].isna().all(axis=None)


def test_the_same_seed_gives_the_same_table(planted, kinds):
    again = quick(*planted)
    pd.testing.assert_frame_equal(kinds.table, again.table)
    pd.testing.assert_frame_equal(kinds.items, again.items)


def test_nothing_handed_in_is_changed(planted):
    scores, groups = planted
    before = groups.copy(), scores.perspective.weights.copy()
    quick(scores, groups)
    pd.testing.assert_frame_equal(groups, before[0])
    pd.testing.assert_series_equal(scores.perspective.weights, before[1])


def test_clusters_may_be_what_cluster_people_returned(planted):
    scores, _ = planted
    clusters = pn.cluster_people(scores.survey, draws=19, resamples=10, progress=False)
    table = quick(scores, clusters).table
    assert set(table["experience"]) <= {"same group", "different groups", "near", "far"}


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"bands": 6}, "bands must be 2, 3, 4 or 5; got 6."),
        ({"splits": 0}, "splits must be a whole number, at least 1; got 0."),
        ({"level": 1.0}, "level must lie between 0 and 1; got 1.0."),
        ({"draws": 0}, "draws must be a whole number, at least 1; got 0."),
    ],
)
def test_settings_are_checked(planted, setting, message):
    with pytest.raises(pn.errors.SettingError, match=f"^{message}$"):
        quick(planted[0], **setting)


@pytest.mark.parametrize("spoil", [lambda t: t.reset_index(drop=True), lambda t: t, lambda t: t["perspective"]])
def test_groups_of_other_people_are_refused_and_not_passed_over(spoil):
    survey = pn.load_aarhus()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    groups = pd.DataFrame({"perspective": [1, 2] * 30 + [1]}, scores.people.str.lower())
    with pytest.raises(SettingError, match=r"^groups "):
        pn.pairing_kinds(scores, spoil(groups), progress=False)


def test_whoever_takes_no_part_is_in_no_kind_of_pair():
    survey = made(40, best="same", aimed=0.7)[0].survey
    away = survey.people.index[:10]
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), foundation=FOUNDATION)
    ruled = scores.under(pn.Rules([pn.Rule("capacity", person, number=0) for person in away]))
    table = quick(ruled, None).table
    pd.testing.assert_frame_equal(table, quick(scores.excluding(people=away), None).table)
    assert table["people"].max() <= 30


def with_counts(kinds, kind, **counts):
    table = kinds.table.copy()
    table.loc[kind, list(counts)] = list(counts.values())
    return replace(kinds, table=table)


@pytest.mark.parametrize(
    "counts",
    [{"people": 2, "pairs": 1}, {"people": 4, "pairs": 40}, {"people": 30, "pairs": 4}, {"people": 0, "pairs": 0}],
)
def test_a_kind_of_few_people_or_pairs_is_never_named(kinds, counts):
    few = with_counts(kinds, kinds.best, **counts)
    assert few.best != kinds.best
    assert few.verdict != kinds.best
    assert kinds.best.lower() not in few.words.lower()
    assert kinds.best in few.hidden


def test_a_kind_whose_figures_are_hidden_to_hide_another_is_not_named_in_words(kinds):
    """One kind of few people hides a second in its row and one in its column, and those hide the last."""
    other = next(kind for kind in kinds.table.index if kind != kinds.best)
    few = with_counts(kinds, other, people=3, pairs=2)
    assert kinds.best in few.hidden
    assert few.best == kinds.best  # for the analyst's own eyes
    assert few.words == HIDDEN_BEST


def test_a_rival_whose_figures_are_hidden_is_counted_and_not_named(kinds):
    rivals = replace(kinds, steps=kinds.steps.assign(rival=True))
    assert "Not told apart from it: same group in perspective;" in rivals.words
    people = kinds.steps["people"].where(kinds.steps.index != "same group in perspective", 1)
    few = replace(rivals, steps=rivals.steps.assign(people=people))
    assert "same group in perspective;" not in few.words


def test_where_nothing_stands_out_a_hidden_kind_is_not_said_to_gain_most(kinds):
    alike = replace(kinds, steps=kinds.steps.assign(p_adjusted=0.8))
    assert f"{kinds.settings['lead']} gains most" in alike.words
    few = with_counts(alike, kinds.settings["lead"], people=2, pairs=1)
    assert few.words == "No kind of pairing stands out."


def test_what_is_shared_says_nothing_of_a_hidden_leading_kind(kinds):
    shared = with_counts(kinds, kinds.settings["lead"], people=2, pairs=1).shareable()
    assert shared.settings["lead"] is None
    assert not len(shared.items)
    assert not len(shared.gainers)
    assert shared.best == "different groups in perspective", "of which there are many"


def test_kinds_of_one_pair_are_not_tested_at_all():
    """Of five groups two hold one person each: the pair of these two is a kind, and no claim is made of it."""
    scores, groups = made(40, best="same", aimed=0.7)
    groups = groups.assign(perspective=1)
    groups.iloc[0, 1], groups.iloc[1, 1], groups.iloc[2:20, 1] = 3, 4, 2
    table = quick(scores, groups, finer=True).table
    small = (table["people"] < 5) | (table["pairs"] < 5)
    assert small.any()
    assert table.loc[small, ["p_value", "p_adjusted", "p_beyond"]].isna().all(axis=None)
    assert table.loc[~small, "p_adjusted"].notna().any()


def test_what_is_shared_can_be_shared_again(kinds):
    few = with_counts(kinds, kinds.table.index[0], people=2, pairs=1).shareable(floor=6)
    pd.testing.assert_frame_equal(few.shareable(floor=6).table, few.table)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("levels", [1, 2, 5])
@pytest.mark.parametrize("people", [12, 16, 22])
def test_answers_with_little_in_them_give_no_warning_of_a_library(people, levels):
    rng = np.random.default_rng(people + levels)
    names = [f"p{i:02}" for i in range(people)]
    answers = {
        name: {"experience_1": 1, **{f"perspective_{v}": int(rng.integers(1, levels + 1)) for v in range(2)}}
        for name in names
    }
    trust = both_ways(*[(names[i], names[i + 1]) for i in range(people - 1)])
    survey = survey_of(answers, {"works_with": [(a, b) for a in names for b in names if a != b], "trust": trust})
    found = quick(pn.score_pairs(survey, pn.colleague_graph(survey)), None)
    assert found.words
    assert found.shareable().words
