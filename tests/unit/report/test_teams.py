"""Teams in the report: told, never ranked."""

from __future__ import annotations

from dataclasses import replace

from peernet.report.context import teams_in_words
from tests.made.studies import aarhus, harbour, page_of


def test_teams_that_hold_together_without_their_leader_are_counted_under_either_rule() -> None:
    table = harbour().leaders.table
    whole = {rule: int((own["largest"] == 1).sum()) for rule, own in table.groupby("rule")}
    first = teams_in_words(harbour())[0]
    assert f"of {table['team'].nunique()} teams" in first
    assert f"{whole['either']} by ties named by either side and {whole['mutual']} by ties named by both" in first


def test_a_team_that_falls_apart_whatever_counts_as_a_tie_is_named() -> None:
    leaders = harbour().leaders
    team = leaders.table["team"].iloc[0]
    table = leaders.table.assign(largest=leaders.table["largest"].mask(leaders.table["team"] == team, 0.5))
    study = replace(harbour(), leaders=replace(leaders, table=table, hidden=2))
    assert f"Not so {team}, however ties are counted." in teams_in_words(study)[0]
    assert "(2 teams are too small to show)" in teams_in_words(study)[0]


def test_what_would_help_a_team_is_told_and_no_other_mean_is() -> None:
    climate = harbour().climate
    told = teams_in_words(harbour())[1:]
    assert told == sorted({words for words in climate.readiness().dropna() if words})
    assert len(told) < climate.teams["team"].nunique()


def test_where_every_team_is_ready_that_is_said() -> None:
    teams = harbour().climate.teams.assign(high=5.0)
    study = replace(harbour(), climate=replace(harbour().climate, teams=teams))
    assert teams_in_words(study)[1:] == ["No team's climate is clearly below the middle of its scale."]


def test_a_scale_that_says_nothing_of_teams_is_named_with_the_reason() -> None:
    scales = harbour().climate.scales.assign(aggregates=False, words="members of a team do not agree")
    teams = harbour().climate.teams.assign(mean=float("nan"))
    study = replace(harbour(), climate=replace(harbour().climate, scales=scales, teams=teams))
    assert "Manager trust is not told by team: members of a team do not agree." in teams_in_words(study)


def test_without_managers_nothing_is_told_of_teams() -> None:
    assert teams_in_words(aarhus()) == []
    assert "What teams can carry" not in page_of(aarhus)
