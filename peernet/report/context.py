"""What surrounds the pairs in the report: other ways of pairing, the price of each gate, views, reach and teams."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from peernet._wording import amount, count_in_digits, count_in_words, listed, listed_few, number_word, percent
from peernet.compare.strategies import OWN, RANDOM, WAYS
from peernet.graph.climate import TeamClimate
from peernet.graph.leaders import LeaderIndependence
from peernet.privacy import FLOOR, suppress_small, told_sum
from peernet.programme.settings import Settings
from peernet.report import figures
from peernet.report.groups import clear_differences, groups_in_words
from peernet.report.html import Html, as_cells, figure, joined, section, table, tag
from peernet.report.record import has_priced_rules
from peernet.scores.reliability import opened_in_words, sides_in_words
from peernet.study import Study

VIEWS_CAPTION = (
    "The same people twice: the nearer two stand, the more alike they answered. Lines join the proposed pairs, whose "
    "partners should be near in experience and far in perspective. A flat map shows only part of the differences."
)
MOST_TEAMS = 30  # that are told one by one
RULE_ON = {"foundation": "trust"}  # what a gate is about, where its name does not say it
TIE_RULES = {"either": "named by either side", "mutual": "named by both"}


def gates_section(study: Study) -> Html:
    """What each rule costs."""
    picture = "Best total gain within all rules (grey) and what doing without some of them adds (blue)."
    caption = (
        "Best total gain, in effective perspectives, without the rules (gates) on trust, experience or goals. That "
        "nobody is paired with their manager or somebody they vetoed always stands."
    )
    if has_priced_rules(study):
        caption += " What broken rules cost is taken off."
    if study.settings.solving != Settings().solving:
        caption += " These pairs were chosen by more than the total, so what they gain can be less."
    prices = prices_of_gates(study)
    worth = prices["value"].max() > 0
    return section(
        "gates",
        "What each rule costs",
        tag("p", gate_prices_in_words(study)),
        figure(figures.gate_prices(prices.rename(index=rule_called)), picture, class_="chart") if worth else Html(),
        table(gate_prices_table(study), caption),
        *(tag("p", sentence) for sentence in gate_lines_in_words(study)),
    )


def prices_of_gates(study: Study) -> pd.DataFrame:
    """What `gate_prices` returned, without what is no gate."""
    chosen = study.scores.settings
    none = [f"{gate} open" for gate in ("experience", "goals") if chosen[gate] is None]
    return study.prices.drop(index=none, errors="ignore")


def rule_called(gate: str) -> str:
    """What a row of `gate_prices` is called in the report."""
    if not gate.endswith(" open"):
        return "all rules kept"
    name = gate.removesuffix(" open")
    return "without any of them" if name == "every gate" else f"without the rule on {RULE_ON.get(name, name)}"


def gate_lines_in_words(study: Study) -> list[str]:
    """How far the line of each gate on answers can be relied on, and which would be no better than a coin toss."""
    lines, opened = study.scores.gate_reliability(), study.scores.settings["unreliable"]
    limits = {gate: study.scores.settings[gate] for gate in lines.index}
    return [
        _line_in_words(gate, row) if limits[gate] is not None else _no_gate_in_words(gate, row)
        for gate, row in lines.to_dict("index").items()
        if row["items"] and (limits[gate] is not None or gate in opened)
    ]


def _line_in_words(gate: object, row: dict[Hashable, Any]) -> str:
    """Who surely passes and who surely does not, and how many would pass again."""
    line = f"The gate on {gate} lets pairs pass that are at most {row['line']:.2f} apart"
    if np.isnan(row["reliability"]):
        number = count_in_words(int(row["items"]), "question", "questions")
        return f"{line}. It rests on {number} that people answer differently, which does not tell how reliable it is."
    return (
        f"{line}. Its reliability is {row['reliability']:.2f}, where 1 is without error and 0 a coin toss: "
        f"{sides_in_words(row)}. {_passing_again(row)}"
    )


def _no_gate_in_words(gate: object, row: dict[Hashable, Any]) -> str:
    return (
        f"There is no gate on {gate}: {opened_in_words(row['reliability'])}, where 1 is without error and 0 a coin "
        f"toss. {_passing_again(row)}"
    )


def _passing_again(row: dict[Hashable, Any]) -> str:
    return (
        f"Of pairs within the line {percent(row['pass_again'])} would be so again had other questions of the same kind "
        f"been asked, of any pairs {percent(row['any_again'])}."
    )


def gate_prices_in_words(study: Study) -> str:
    """Which gate costs most."""
    gates = prices_of_gates(study).iloc[1:-1].to_dict("index").items()
    name, dearest = max(gates, key=lambda row: float(row[1]["price"]))
    if dearest["price"] == 0:
        return "None of the gates costs anything: opening any one of them would not raise the total gain."
    return (
        f"The rules are kept whatever they cost, and this is what they cost: the dearest is "
        f"{rule_called(str(name)).removeprefix('without ')}, which keeps away {amount(dearest['price'])} effective "
        f"perspectives ({percent(dearest['share'])} of what could be had without it)."
    )


def gate_prices_table(study: Study) -> pd.DataFrame:
    """Best total gain with gates open, in the order of `gate_prices`."""
    table = prices_of_gates(study)
    return pd.DataFrame(
        {
            "Rules": [rule_called(str(gate)) for gate in table.index],
            "Pairs": table["pairs"].to_numpy(),
            "Total gain": as_cells(table["value"], amount),
            "Price of keeping it": as_cells(table["price"], amount),
            "As a share": as_cells(table["share"], percent),
        }
    )


def chance_section(study: Study) -> Html:
    """The pairing beside chance and other ways."""
    caption = "Ways of pairing the same people. Gains are in effective perspectives and ignore the rules."
    ways = ways_table(study)
    if "Expected to hold" in ways:
        caption += " What is expected to hold is what other questions of the same kind would bear out."
    return section(
        "chance",
        "Compared with chance and other ways",
        tag("p", f"{random_in_words(study)} {other_ways_in_words(study)}".strip()),
        table(ways, caption),
    )


def random_in_words(study: Study) -> str:
    """What pairing everybody at random brings; nothing where there are no random pairs."""
    random = study.comparison.table.to_dict("index")[RANDOM]
    share = random["possible"]
    if pd.isna(share) or pd.isna(random["low"]):
        return ""
    keep = f"{'only ' if share < 0.5 else ''}{share * 100:.0f} in 100" if share >= 0.005 else "hardly any"
    return (
        f"Everybody paired at random would bring {amount(random['low'])} to {amount(random['high'])}, where "
        f"{keep} pairs would keep the rules."
    )


def other_ways_in_words(study: Study) -> str:
    """What gains more, and at what price."""
    table = study.comparison.table
    brings = table["gain"] if np.isnan(table["expected"][OWN]) else table["expected"].fillna(table["gain"])
    more = table[brings > brings[OWN]]
    if not len(more):
        return "No other way brings more, not even without the rules."
    founded = more["founded"].max()
    known = "" if np.isnan(table["expected"][OWN]) else ", as far as is expected to hold,"
    ways = count_in_words(len(more), "way brings", "ways bring").capitalize()
    return (
        f"{ways} more{known} because the rules are ignored: at most {percent(founded)} of the "
        "pairs made so rest on trust, each other's or that of a colleague who can introduce them."
    )


def ways_table(study: Study) -> pd.DataFrame:
    """Ways of pairing side by side, best first."""
    table = study.comparison.table.sort_values("gain", ascending=False, kind="stable")
    shown = pd.DataFrame(
        {
            "Way of pairing": [WAYS.get(str(name), str(name)) for name in table.index],
            "Pairs": table["pairs"].astype(int).to_numpy(),
            "Total gain": as_cells(table["gain"], amount),
            "Expected to hold": as_cells(table["expected"], amount),
            "Gain a pair": as_cells(table["gain"] / table["pairs"].where(table["pairs"] > 0), amount),
            "Rest on trust": as_cells(table["founded"], percent),
            "Keep all rules": as_cells(table["possible"], percent),
            "Know each other": as_cells(table["repeats"], percent),
        }
    )
    return shown if pd.notna(table["expected"][OWN]) else shown.drop(columns="Expected to hold")


def views_section(study: Study) -> Html:
    """The same people by experience and by perspective."""
    clear = {str(view): clear_differences(study, str(view)) for view in study.clusters.table}
    counts, entries = groups_table(study, clear), []
    for view in clear:
        described = figures.key_to_groups(groups_in_words(study, view, clear[view]))
        if described:
            entries.append(tag("li", f"{view.capitalize()}: people who", tag("ul", *described)))
    caption = joined([VIEWS_CAPTION, tag("ul", *entries, class_="groups") if entries else ""])
    hidden = "People by group. Counts under 5 are hidden, and others beside them where a total would give them away."
    return section(
        "views",
        "Experience and perspective",
        *(tag("p", sentence) for sentence in views_in_words(study)),
        figure(figures.views(study), caption) if study.clusters.views["people"].max() > 1 else Html(),
        table(counts, hidden) if counts is not None else Html(),
    )


def views_in_words(study: Study) -> list[str]:
    """One sentence for each view: its verdict and on how many people it rests."""
    return [
        f"{str(view).capitalize()} – {row['words']} ({_placed_in_words(study.clusters.table[view], row)}, "
        f"{int(row['unplaced']):,} with too few answers)."
        for view, row in study.clusters.views.iterrows()
    ]


def _placed_in_words(groups: pd.Series, row: pd.Series) -> str:
    """How many people have a place in a view, as far as their groups, which stand in a table, let it be told."""
    grouped = groups.notna().any()
    number = told_sum(groups.value_counts()) if grouped else int(row["people"])
    return f"under {FLOOR} people placed" if number is None else f"{count_in_digits(number, 'person', 'people')} placed"


def groups_table(study: Study, clear: Mapping[str, pd.DataFrame] | None = None) -> pd.DataFrame | None:
    """People by experience group and perspective group, or by the one view that has groups; small counts hidden."""
    table = study.clusters.table
    grouped = [str(view) for view in table if table[view].notna().any()]
    if not grouped:
        return None
    words = {view: groups_in_words(study, view, (clear or {}).get(view), told=1) for view in grouped}
    head = f"People by {grouped[0]}, who"
    if len(grouped) == 1:
        sizes = suppress_small(table[grouped[0]].value_counts().sort_index())
        return _counts_in_words(pd.DataFrame({"People": sizes}).rename(index=words[grouped[0]]), head)
    counts = pd.DataFrame(suppress_small(pd.crosstab(table[grouped[0]], table[grouped[1]])))
    return _counts_in_words(counts.rename(index=words[grouped[0]], columns=words[grouped[1]]), head)


def _counts_in_words(counts: pd.DataFrame, head: str) -> pd.DataFrame:
    """Counts as text, a hidden one named as such."""
    shown = counts.astype("str").mask(counts.isna(), "hidden")
    shown.insert(0, head, [str(label) for label in counts.index])
    return shown.reset_index(drop=True)


def reach_section(study: Study) -> Html:
    """What everyone gets to hear, before and after."""
    caption = "Each person's effective perspectives in reach, from before the pairing to after it."
    several = study.exposure.table["before"].count() > 1
    chart = figure(figures.reach(study), caption, class_="chart") if several else Html()
    return section("reach", "Who gets to hear more", tag("p", reach_in_words(study)), chart)


def reach_in_words(study: Study) -> str:
    """How much everyone reaches, before and after."""
    rows = study.exposure.organisation.to_dict("index")
    mean, lowest = rows["mean"], rows["lowest"]
    if np.isnan(mean["before"]):
        return "Nobody's perspective is known well enough to say."
    return (
        f"Over everyone whose perspective is known, with and without a partner, {amount(mean['before'])} effective "
        f"perspectives are in reach on average before and {amount(mean['after'])} after; for the person who hears "
        f"least, {amount(lowest['before'])} before and {amount(lowest['after'])} after."
    )


def teams_section(study: Study) -> Html:
    """Whether teams hold together without their leader, and which are not ready; never a ranking."""
    sentences = teams_in_words(study)
    if not sentences:
        return Html()
    return section("teams", "What teams can carry", *(tag("p", sentence) for sentence in sentences))


def teams_in_words(study: Study) -> list[str]:
    """What is known of the teams; nothing where the survey does not say who leads them."""
    leaders = [] if study.leaders is None or not len(study.leaders.table) else [_leaders_in_words(study.leaders)]
    return leaders + ([] if study.climate is None else _climate_in_words(study.climate))


def _leaders_in_words(found: LeaderIndependence) -> str:
    """How many teams hang on their leader, and by name, with what was seen, those that do under every rule."""
    table = found.table.astype({"hangs": "boolean"}).fillna({"hangs": False})
    hanging = table["hangs"].groupby(table["rule"]).sum()
    teams, ties = table["team"].nunique(), [f"{n:,} by ties {TIE_RULES[str(rule)]}" for rule, n in hanging.items()]
    hidden = f" ({count_in_digits(found.hidden, 'team is', 'teams are')} too small to show)" if found.hidden else ""
    always = table.groupby("team").agg(hangs=("hangs", "all"), parts=("parts", "min"))
    named = [f"{team} ({number_word(int(row['parts']))} parts)" for team, row in always[always["hangs"]].iterrows()]
    seen = f" However ties are counted, that holds of {listed_few(named)}." if named else ""
    if not hanging.any():
        return (
            f"Checks and balances: of {count_in_digits(teams, 'team', 'teams')}{hidden}, none is seen to hang on its "
            f"leader in {found.layer}, however ties are counted. A team does where more people would be cut off "
            "without the leader than without any other member, and than in 19 of 20 teams with as many ties placed "
            "by lot."
        )
    return (
        f"Checks and balances: of {count_in_digits(teams, 'team', 'teams')}{hidden}, this many hang on their leader in "
        f"{found.layer}: {listed(ties)}. Without the leader, people who hang together now would fall into parts, with "
        "more of them cut off than if any member left, and than in 19 of 20 teams with as many ties placed by lot."
        f"{seen}"
    )


def _climate_in_words(found: TeamClimate) -> list[str]:
    """Scales that say nothing of teams, and what would help teams that are not ready."""
    unusable = [
        f"{called[:1].upper()}{called[1:]} is not told by team: {row['words']}."
        for called, (_, row) in zip(found.called.values(), found.scales.iterrows(), strict=True)
        if row["words"]
    ]
    helpful = sorted({words for words in found.readiness().dropna() if words})
    if found.scales["aggregates"].any() and not helpful:
        return ["No team's climate is clearly below the middle of its scale.", *unusable]
    left = len(helpful) - MOST_TEAMS
    more = [f"As much is seen of {count_in_digits(left, 'more team', 'more teams')}, see peernet.graph.team_climate."]
    return [*helpful[:MOST_TEAMS], *(more if left > 0 else ()), *unusable]
