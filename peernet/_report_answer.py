"""The report's answer in words: what the pairs bring, and how that compares with chance."""

from __future__ import annotations

import numpy as np

from peernet._report_rules import have_prices
from peernet._study import Study
from peernet._wording import amount, counted, percent

__all__ = ["DEFINITION", "chance", "graph_caption", "headline", "main_numbers", "summary", "who_answered"]

DEFINITION = (
    "Effective perspectives count how many clearly different outlooks a person hears: their own and those of the "
    "colleagues they are in contact with. Somebody who thinks just like a colleague already heard adds nothing; "
    "somebody entirely different from everyone heard so far adds one."
)


def headline(study: Study) -> tuple[str, str]:
    """The answer in two sentences."""
    answered = int(study.survey.people["answered"].sum())
    if answered < 2:
        return f"A pair needs two people, and only {answered} answered.", "There is nothing to compare yet."
    if not len(study.pairing):
        nobody = (
            f"Of the {answered:,} people who answered, no two can be paired within the rules with anything to gain."
        )
        return nobody, _way_out(study)
    return _best(study), chance(study)


def _best(study: Study) -> str:
    table, pairing = study.exposure.table, study.pairing
    paired = table[table["partners"] > 0]
    known = (
        "no other pairing within the rules brings more in total (proven)"
        if pairing.proven
        else f"no pairing within the rules brings over {percent(pairing.gap)} more in total"
    )
    if have_prices(study):
        known += ", what broken rules cost taken off"
    return (
        f"The {counted(len(pairing), 'pair opens', 'pairs open')} the most new perspectives that the rules "
        f"{_on(study)} allow: a paired person reaches {amount(paired['after'].mean())} effective perspectives "
        f"on average instead of {amount(paired['before'].mean())}, and {known}."
    )


def _on(study: Study) -> str:
    if not len(study.rules):
        return "on trust, experience and goals"
    return "on trust, experience and goals and those of the programme"


def _gained(study: Study) -> float:
    """Total gain of the proposed pairs, no price of a rule taken off."""
    return float(study.comparison.table["gain"]["peernet"])


def _way_out(study: Study) -> str:
    """What opening one gate would change, where nobody can be paired."""
    alone = study.prices.iloc[1:-1]
    if alone["pairs"].max() == 0:
        return "Opening any one of the gates would not change that; see why people are left without a partner."
    gate, found = max(alone.to_dict("index").items(), key=lambda row: float(row[1]["value"]))
    pairs, name = counted(found["pairs"], "pair", "pairs"), str(gate).replace(" open", "")
    return f"With {name} left out of the rules, {pairs} would be possible; see the price of each gate."


def chance(study: Study) -> str:
    """How the pairs compare with pairing everybody at random, and with random pairs that keep the rules."""
    rows, gain = study.comparison.table.to_dict("index"), _gained(study)
    random, within = rows["random"], rows["random within gates"]
    how = "more" if gain < random["low"] else "less" if gain > random["high"] else "about as much"
    band = f"{amount(random['low'])} to {amount(random['high'])} in 95 of 100 draws, against {amount(gain)}"
    kept = f"{'and' if how == 'less' else 'but'} {_in_hundred(random['possible'])} such pairs would keep the rules"
    return (
        f"Pairing everybody at random would bring {how} in total ({band}), {kept}; pairs drawn at random "
        f"{_as_far_as(study)} would bring {amount(within['gain'])}."
    )


def _as_far_as(study: Study) -> str:
    """Which rules pairs drawn at random keep: those on single pairs, without their prices."""
    ruling = study.scores.ruling
    if ruling is not None and (ruling.priced or ruling.limits or ruling.required):
        return "within the rules that say who can be paired, without their prices,"
    return "within the rules"


def _in_hundred(share: float) -> str:
    if np.isnan(share) or share < 0.005:
        return "hardly any"
    return f"{'only ' if share < 0.5 else ''}{share * 100:.0f} in 100"


def who_answered(study: Study) -> str:
    """How many people, and in how many teams."""
    people = study.survey.people
    teams = people["team"].nunique()
    answered = f"{int(people['answered'].sum()):,} of {counted(len(people), 'person', 'people')} answered"
    return f"{answered}, in {counted(teams, 'team', 'teams')}" if teams else answered


def main_numbers(study: Study) -> list[tuple[str, str]]:
    """The few numbers to remember."""
    pairing = study.pairing
    paired, able = len({*pairing.table["a"], *pairing.table["b"]}), int((study.scores.gates.out == 0).sum())
    return [
        ("pairs proposed", f"{len(pairing):,}"),
        (f"people with a partner, of {able:,} who could take part", f"{paired:,}"),
        ("effective perspectives gained in total", amount(_gained(study))),
        ("below the best that the rules allow", "0, proven" if pairing.proven else percent(pairing.gap)),
    ]


def graph_caption(study: Study) -> str:
    """What the colleague graph shows, and how many pairs reach beyond a team."""
    caption = "Everyone on the roster; colleagues who hear many of the same people stand together."
    teams, table = study.survey.people["team"], study.pairing.table
    if not len(table) or not teams.notna().any():
        return caption
    across = int((table["a"].map(teams) != table["b"].map(teams)).sum())
    return f"{caption} {across:,} of the {counted(len(table), 'pair joins', 'pairs join')} people of different teams."


def _taken_off(study: Study) -> str:
    """What the pairs are worth once the prices of broken rules are taken off, where there are any."""
    return f", {amount(study.pairing.objective)} less the prices of rules" if have_prices(study) else ""


def summary(study: Study) -> list[str]:
    """What the terminal shows at the end."""
    pairing, issues = study.pairing, study.survey.issues
    serious = int((issues["severity"] != "note").sum())
    proof = "proven optimal" if pairing.proven else f"at most {percent(pairing.gap)} below the best"
    return [
        f"{counted(len(pairing), 'pair', 'pairs')}; {who_answered(study)}",
        f"total gain {amount(_gained(study))} effective perspectives{_taken_off(study)}, {proof}",
        headline(study)[1],
        f"{counted(len(issues), 'issue', 'issues')} with the data, {serious:,} of them more than a note",
    ]
