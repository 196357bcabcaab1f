"""Agreement within teams and differences between them, by hand; and the climate that members agree on."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import peernet as pn
from peernet.errors import SettingError
from peernet.graph.climate import drawn_in_means, intraclass, null_variance, rwg_j, variance_parts
from peernet.survey import Codebook, Item
from tests.made.surveys import survey_of

GROUPS = pd.Series(["a", "a", "b", "b"])


def test_groups_that_agree_within_and_differ_between_are_all_between():
    found = intraclass(pd.Series([1.0, 1.0, 5.0, 5.0]), GROUPS)
    assert (found.icc1, found.icc2, found.p) == (1, 1, 0)


def test_groups_with_equal_means_have_nothing_between_them():
    assert intraclass(pd.Series([1.0, 5.0, 1.0, 5.0]), GROUPS).icc1 == -1


def test_one_group_cannot_be_told_from_others():
    assert np.isnan(intraclass(pd.Series([1.0, 2.0]), pd.Series(["a", "a"])).icc1)


def test_balanced_groups_have_the_variances_of_the_analysis_of_variance(rng):
    groups = pd.Series(np.repeat(range(30), 6))
    values = pd.Series(rng.standard_normal(180) + np.repeat(2 * rng.standard_normal(30), 6))
    mean = values.groupby(groups).mean()
    within = values.groupby(groups).var(ddof=1).mean()
    between = mean.var(ddof=1) - within / 6
    assert variance_parts(values, groups) == pytest.approx((between, within, values.mean()), rel=1e-6)


def test_means_of_groups_that_do_not_differ_are_all_drawn_into_one():
    values = pd.Series([1.0, 5.0, 1.0, 5.0, 2.0, 4.0])
    found = drawn_in_means(values, pd.Series(list("aabbcc")))
    assert found["mean"].tolist() == pytest.approx([3, 3, 3])
    common = stats.t.ppf(0.975, 2) * np.sqrt(values.var(ddof=1) / 6)
    assert (found["high"] - found["mean"]).tolist() == pytest.approx([common] * 3), "as uncertain as the mean of all"


def test_small_groups_are_drawn_in_further(rng):
    groups = pd.Series(["small"] * 3 + ["large"] * 30 + ["low"] * 30)
    values = pd.Series([5.0, 4.0, 6.0] + [4.0, 5.0, 6.0] * 10 + [0.0, 1.0, 2.0] * 10)
    found = drawn_in_means(values, groups)
    assert found.loc["small", "mean"] < found.loc["large", "mean"]
    assert (found["high"] - found["low"]).idxmax() == "small"


def test_intervals_of_drawn_in_means_hold_the_true_mean_as_often_as_they_say(rng):
    """20 teams of 7, 80 surveys; about 95 of 100 intervals should hold."""
    held = []
    for _ in range(80):
        true = rng.standard_normal(20)
        groups = pd.Series(np.repeat(range(20), 7))
        found = drawn_in_means(pd.Series(np.repeat(true, 7) + 2 * rng.standard_normal(140)), groups)
        held.append(((found["low"] < true) & (true < found["high"])).mean())
    assert 0.92 < np.mean(held) < 0.98


def test_full_agreement_is_one_and_more_discord_than_chance_is_zero():
    assert rwg_j(pd.DataFrame({"q": [3, 3, 3]}), 2.0) == 1
    assert rwg_j(pd.DataFrame({"q": [1, 5, 1, 5]}), 2.0) == 0


def test_a_skewed_null_is_known_for_five_answers_only():
    assert np.isnan(null_variance("slight skew", 7))
    assert null_variance("uniform", 7) == pytest.approx((7**2 - 1) / 12)


ITEMS = [Item(f"c{i}", "climate", "ordinal", low=1, high=5, scale="trust_up", label=f"Statement {i}") for i in range(3)]


def climate_survey(means, rng, *, spread=0.3, size=9, noise=0.0):
    """One team per mean; members answer three items around it, leaders answer 1 throughout."""
    rows, team, manager = {}, {}, {}
    for t, mean in enumerate(means):
        for i in range(size):
            person = f"t{t}p{i}"
            team[person] = f"Team {t}"
            own = mean + noise * rng.standard_normal()
            rows[person] = np.clip(np.round(own + spread * rng.standard_normal(3)), 1, 5) if i else [1.0, 1.0, 1.0]
            if i:
                manager[person] = f"t{t}p0"
    survey = survey_of({person: {"perspective_1": 1} for person in rows}, team=team, manager=manager)
    answers = pd.DataFrame.from_dict(rows, orient="index", columns=[item.name for item in ITEMS])
    codebook = Codebook((*survey.codebook.items, *ITEMS))
    return replace(survey, people=survey.people.join(answers), codebook=codebook)


def test_teams_that_agree_and_differ_have_means_drawn_in(rng):
    survey = climate_survey([2, 3, 4, 4], rng)
    found = pn.graph.team_climate(survey)
    assert found.scales.loc["trust_up", "aggregates"]
    assert found.scales.loc["trust_up", "icc1"] > 0.5
    means = found.teams.set_index("team")["mean"]
    members = survey.people[survey.people["manager"].notna()]
    raw = members.groupby("team")[["c0", "c1", "c2"]].mean().mean(axis=1)
    assert means.between(raw.clip(upper=raw.mean()), raw.clip(lower=raw.mean())).all(), "between own and common mean"
    assert (found.teams["low"] < found.teams["mean"]).all()


@pytest.mark.parametrize(
    ("scale", "labels", "called"),
    [
        ("trust_up", {"trust_up": "Trust in the manager"}, "Trust in the manager"),
        ("trust_up", {}, "trust up"),
        ("ti3", {}, "“Statement 0”"),
    ],
)
def test_what_is_low_is_told_by_what_the_codebook_calls_the_scale(rng, scale, labels, called):
    survey = climate_survey([1.3, 3, 4, 4.5], rng)
    items = tuple(replace(item, scale=scale) if item.block == "climate" else item for item in survey.codebook)
    found = pn.graph.team_climate(replace(survey, codebook=Codebook(items, scales=labels)))
    assert found.called == {scale: called}
    assert found.readiness()["t0p1"].startswith(f"Team 0: {called} is low (")


def test_a_leaders_answers_are_about_somebody_else(rng):
    found = pn.graph.team_climate(climate_survey([4, 2], rng))
    assert found.teams["people"].tolist() == [8, 8]
    assert found.teams["mean"].min() > 1.5


def test_members_who_do_not_agree_have_no_team_mean(rng):
    found = pn.graph.team_climate(climate_survey([3, 3, 3], rng, spread=2.0))
    row = found.scales.loc["trust_up"]
    assert not row["aggregates"]
    assert row["words"].startswith("members of a team do not agree (median ")
    assert found.teams[["mean", "low", "high", "lowest"]].isna().all(axis=None)


def test_teams_that_do_not_differ_have_no_team_mean():
    rng = np.random.default_rng(1)
    found = pn.graph.team_climate(climate_survey([3, 3, 3], rng, spread=0.6))
    assert found.scales.loc["trust_up", "words"].startswith("teams do not differ by more than chance (p = ")


def test_a_single_team_in_discord_has_no_mean_where_the_others_do(rng):
    survey = climate_survey([2, 3, 4, 4], rng)
    survey.people.loc[survey.people["team"] == "Team 3", ["c0", "c1", "c2"]] = np.tile([[1.0], [5.0], [3.0]], (3, 3))
    teams = pn.graph.team_climate(survey).teams.set_index("team")
    assert np.isnan(teams.loc["Team 3", "mean"])
    assert teams["mean"].drop("Team 3").notna().all()


def test_a_polite_null_asks_for_more_agreement(rng):
    row = pn.graph.team_climate(climate_survey([2, 3, 4], rng, spread=0.7)).scales.loc["trust_up"]
    assert row["rwg_uniform"] > row["rwg_slight skew"] > row["rwg_moderate skew"]


def test_teams_are_listed_by_name_not_by_mean(rng):
    teams = pn.graph.team_climate(climate_survey([4, 2, 3], rng)).teams
    assert teams["team"].tolist() == ["Team 0", "Team 1", "Team 2"]


def test_small_teams_are_hidden(rng):
    survey = climate_survey([2, 3, 4], rng)
    survey.people.loc[["t0p1", "t0p2", "t0p3", "t0p4"], ["c0", "c1", "c2"]] = np.nan
    found = pn.graph.team_climate(survey)
    assert "Team 0" not in found.teams["team"].tolist()
    assert found.hidden == 1


def test_readiness_names_what_is_low_and_what_would_help(rng):
    survey = climate_survey([1.6, 4, 4, 4], rng)
    readiness = pn.graph.team_climate(survey).readiness()
    assert readiness["t0p1"].startswith("Team 0: trust up is low (")
    assert "It would help to begin with what was answered least well: Statement" in readiness["t0p1"]
    assert readiness["t1p1"] == ""
    assert pd.isna(readiness["t0p0"]), "of the leader's own team nothing is known"


def test_where_no_team_is_low_every_team_is_ready(rng):
    readiness = pn.graph.team_climate(climate_survey([3.5, 4, 4.5], rng)).readiness()
    assert set(readiness.dropna()) == {""}


def test_climate_that_was_not_asked_about_is_refused():
    survey = survey_of({name: {"perspective_1": 1} for name in "ab"}, team=dict.fromkeys("ab", "x"), manager={"b": "a"})
    with pytest.raises(SettingError, match="This survey asks nothing about climate"):
        pn.graph.team_climate(survey)


def test_items_of_one_scale_need_the_same_limits(rng):
    survey = climate_survey([2, 3], rng)
    odd = Item("c3", "climate", "ordinal", low=1, high=7, scale="trust_up")
    wider = replace(survey, people=survey.people.assign(c3=4.0), codebook=Codebook((*survey.codebook.items, odd)))
    with pytest.raises(SettingError, match=r"Items of climate scale 'trust_up' have different limits \(c0 1 to 5"):
        pn.graph.team_climate(wider)
