"""What surrounds the pairs in the report: gates, other ways, views, reach and teams."""

from __future__ import annotations

from dataclasses import replace

from peernet._wording import amount, count_in_words
from peernet.report.context import (
    gate_lines_in_words,
    gate_prices_in_words,
    gate_prices_table,
    groups_table,
    other_ways_in_words,
    reach_in_words,
    teams_in_words,
    views_in_words,
    ways_table,
)
from peernet.report.groups import groups_in_words
from peernet.study import VIEWS
from tests.made.studies import aarhus, alone, harbour, nobody_paired, page_of, with_groups


def test_the_dearest_gate_is_named() -> None:
    prices = harbour().prices.iloc[1:-1]
    dearest = {"foundation open": "trust"}.get(prices["price"].idxmax(), prices["price"].idxmax().removesuffix(" open"))
    assert (
        f"the dearest is the rule on {dearest}, which keeps away {amount(prices['price'].max())}"
        in gate_prices_in_words(harbour())
    )
    assert gate_prices_in_words(alone()).startswith("None of the gates costs anything")


def test_gates_keep_their_order_and_what_is_no_gate_has_no_price() -> None:
    assert gate_prices_table(harbour())["Rules"].tolist() == [
        "all rules kept",
        "without the rule on trust",
        "without the rule on experience",
        "without any of them",
    ]
    assert "without the rule on goals" not in page_of(harbour)
    assert "without the rule on goals" not in page_of(aarhus), "nobody was asked"


def test_the_line_of_a_gate_is_told_with_what_surely_passes() -> None:
    row = harbour().scores.gate_reliability().loc["experience"]
    experience, goals = gate_lines_in_words(harbour())
    assert experience.startswith(
        f"The gate on experience lets pairs pass that are at most {row['line']:.2f} apart. Its reliability is "
        f"{row['reliability']:.2f}, where 1 is without error and 0 a coin toss: {row['passes']:.0%} of all pairs pass, "
        f"{row['surely_passes']:.0%} surely, and {row['surely_fails']:.0%} surely fail; of {row['cannot_be_told']:.0%} "
    )
    assert f"{row['pass_again']:.0%} would be so again" in experience
    assert goals in page_of(harbour)


def test_a_gate_that_is_no_better_than_a_coin_toss_is_said_to_be_none_and_why() -> None:
    row = harbour().scores.gate_reliability().loc["goals"]
    goals = gate_lines_in_words(harbour())[1]
    assert goals.startswith(
        "There is no gate on goals: its questions tell people apart hardly better than chance, with a reliability of "
        f"{row['reliability']:.2f}"
    )
    assert f"{row['pass_again']:.0%} would be so again" in goals
    assert goals.endswith(f"of any pairs {row['any_again']:.0%}.")


def test_of_a_gate_on_one_question_no_reliability_is_made_up() -> None:
    assert gate_lines_in_words(aarhus()) == [
        f"The gate on experience lets pairs pass that are at most {aarhus().scores.settings['experience']:.2f} apart. "
        "It rests on one question that people answer differently, which does not tell how reliable it is."
    ]


def test_ways_that_bring_more_are_told_with_what_they_rest_on() -> None:
    table = harbour().comparison.table
    more = table[table["expected"].fillna(table["gain"]) > table["expected"]["peernet"]]
    bring = count_in_words(len(more), "way brings", "ways bring").capitalize()
    assert other_ways_in_words(harbour()).startswith(f"{bring} more, as far as is expected to hold, because the rules")
    assert f"{more['founded'].max():.0%} of the pairs" in other_ways_in_words(harbour())
    only = replace(harbour().comparison, table=table.loc[["peernet", "random"]])
    assert other_ways_in_words(replace(harbour(), comparison=only)).startswith("No other way brings more")


def test_ways_of_pairing_are_in_order_of_gain() -> None:
    table = ways_table(harbour())
    gains = table["Total gain"].astype(float)
    assert gains.is_monotonic_decreasing
    assert table["Way of pairing"].iloc[0] == "attainable, gates open"


def test_of_questions_that_set_nobody_apart_no_line_is_told() -> None:
    assert alone().scores.gate_reliability()["items"].eq(0).all()
    assert gate_lines_in_words(alone()) == []


def test_what_is_expected_to_hold_stands_beside_what_is_promised_where_it_can_be_told() -> None:
    table = ways_table(harbour()).set_index("Way of pairing")
    expected = harbour().comparison.table["expected"]["peernet"]
    assert table.loc["peernet, within gates", "Expected to hold"] == f"{expected:.1f}"
    assert table.loc["attainable, gates open", "Expected to hold"] == "–"
    assert "Expected to hold" not in ways_table(aarhus())
    assert "expected to hold" not in page_of(aarhus)
    assert "expected" not in other_ways_in_words(aarhus())


def test_a_way_without_pairs_has_no_gain_a_pair() -> None:
    assert "–" in set(ways_table(nobody_paired())["Gain a pair"])


def test_each_view_gives_its_verdict() -> None:
    assert [sentence.split(" – ")[0] for sentence in views_in_words(harbour())] == ["Experience", "Perspective"]
    assert "too few items to tell" in views_in_words(aarhus())[0]


def test_crossed_groups_are_described_and_hide_small_counts() -> None:
    study = with_groups(harbour(), [1] * 40 + [2] * 40, [1] * 37 + [2] * 43)
    table = groups_table(study)
    experience, perspective = ([*groups_in_words(study, view, told=1).values()] for view in VIEWS)
    assert table is not None
    assert [*table] == ["People by experience, who", *perspective, "total"]
    assert table.to_numpy().tolist() == [
        [experience[0], "hidden", "hidden", "40"],
        [experience[1], "hidden", "hidden", "40"],
        ["total", "37", "43", "80"],
    ]


def test_one_view_with_groups_shows_their_sizes() -> None:
    study = with_groups(harbour(), [], [1] * 20 + [2] * 10)
    words, table = groups_in_words(study, "perspective", told=1), groups_table(study)
    assert table is not None
    assert table.to_numpy().tolist() == [[words[1], "20"], [words[2], "10"], ["total", "30"]]


def test_no_groups_no_table() -> None:
    assert groups_table(aarhus()) is None


def test_reach_is_told_for_all_and_for_whoever_hears_least() -> None:
    rows = harbour().exposure.organisation
    told = reach_in_words(harbour())
    assert f"{rows.loc['mean', 'before']:.2f} effective perspectives" in told
    assert f"{rows.loc['lowest', 'after']:.2f} after." in told


def test_where_no_team_hangs_on_its_leader_that_is_said_at_once() -> None:
    assert not harbour().leaders.table["hangs"].any(), "or this is another story"
    assert teams_in_words(harbour())[0].startswith(
        "Checks and balances: of 24 teams, none is seen to hang on its leader in candour, however ties are counted. "
    )


def test_teams_that_hang_on_their_leader_are_counted_under_either_rule() -> None:
    leaders = harbour().leaders
    first_either = leaders.table.index[leaders.table["rule"] == "either"][0]
    table = leaders.table.assign(hangs=leaders.table.index == first_either)
    hanging = {"either": 1, "mutual": 0}
    first = teams_in_words(replace(harbour(), leaders=replace(leaders, table=table)))[0]
    assert f"of {table['team'].nunique()} teams" in first
    assert f"{hanging['either']} by ties named by either side and {hanging['mutual']} by ties named by both" in first
    assert "However ties are counted" not in first


def test_a_team_that_hangs_on_its_leader_whatever_counts_as_a_tie_is_named_with_what_was_seen() -> None:
    leaders = harbour().leaders
    team = leaders.table["team"].iloc[0]
    own = leaders.table["team"] == team
    table = leaders.table.assign(
        hangs=leaders.table["hangs"].mask(own, True), parts=leaders.table["parts"].mask(own, 3)
    )
    study = replace(harbour(), leaders=replace(leaders, table=table, hidden=2))
    assert f"However ties are counted, that holds of {team} (three parts)." in teams_in_words(study)[0]
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
    assert "Trust in the manager is not told by team: members of a team do not agree." in teams_in_words(study)


def test_without_managers_nothing_is_told_of_teams() -> None:
    assert teams_in_words(aarhus()) == []
    assert "What teams can carry" not in page_of(aarhus)
