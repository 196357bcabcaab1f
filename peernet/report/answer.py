"""The report's answer in words: what the pairs bring, and how that compares with chance."""

from __future__ import annotations

import numpy as np

from peernet._wording import amount, count_in_digits, percent
from peernet.compare.stability import PairingStability
from peernet.report import report_kinds
from peernet.report.record import have_prices
from peernet.study import Study

__all__ = [
    "DEFINITION",
    "across_teams",
    "chance",
    "graph_caption",
    "headline",
    "main_numbers",
    "repeats",
    "summary",
    "who_answered",
]

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
    kind = report_kinds.answer(study)
    return (_best(study), chance(study)) if kind is None else (kind, _proposed(study))


def _best(study: Study) -> str:
    table = study.exposure.table
    paired = table[table["partners"] > 0]
    return (
        f"The {count_in_digits(len(study.pairing), 'pair brings', 'pairs bring')} {_how_much(study)} the rules "
        f"{_on(study)} allow ({_known(study)}): a paired person reaches {amount(paired['after'].mean())} effective "
        f"perspectives on average instead of {amount(paired['before'].mean())}."
    )


def _proposed(study: Study) -> str:
    """What the pairs proposed bring, where the first sentence is about kinds of pairs."""
    compared = chance(study)
    bring = "pair proposed brings" if len(study.pairing) == 1 else "pairs proposed bring"
    return (
        f"The {len(study.pairing):,} {bring} {_how_much(study)} the rules {_on(study)} allow ({_known(study)}): "
        f"{compared[0].lower()}{compared[1:]}"
    )


def _how_much(study: Study) -> str:
    return "the most new perspectives" if study.pairing.proven else "about as many new perspectives as"


def _known(study: Study) -> str:
    """How well it is known that nothing better is possible."""
    known = "proven" if study.pairing.proven else f"at most {percent(study.pairing.gap)} below the best"
    return f"{known}, what broken rules cost taken off" if have_prices(study) else known


def _on(study: Study) -> str:
    own = " and of the programme" if len(study.rules) else ""
    return f"on trust, experience and goals{own}"


def _gained(study: Study) -> float:
    """Total gain of the proposed pairs, no price of a rule taken off."""
    return float(study.comparison.table["gain"]["peernet"])


def _way_out(study: Study) -> str:
    """What opening one gate would change, where nobody can be paired."""
    alone = study.prices.iloc[1:-1]
    if alone["pairs"].max() == 0:
        return "Opening any one of the gates would not change that; see why people are left without a partner."
    gate, found = max(alone.to_dict("index").items(), key=lambda row: float(row[1]["value"]))
    pairs, name = count_in_digits(found["pairs"], "pair", "pairs"), str(gate).replace(" open", "")
    return f"With {name} left out of the rules, {pairs} would be possible; see the price of each gate."


def chance(study: Study) -> str:
    """How the pairs compare with random pairs that keep the rules, and with pairing everybody at random."""
    rows, gain = study.comparison.table.to_dict("index"), _gained(study)
    random, within = rows["random"], rows["random within gates"]["gain"]
    how = "less than" if gain < random["low"] else "more than" if gain > random["high"] else "about as much as"
    than = "more than" if gain > within else "less than"
    return (
        f"Together they gain {amount(gain)}, {than} random pairs {_as_far_as(study)} ({amount(within)}) and {how} "
        f"everybody paired at random ({amount(random['low'])} to {amount(random['high'])}), "
        f"where {_in_hundred(random['possible'])} pairs would keep the rules."
    )


def _as_far_as(study: Study) -> str:
    """Which rules pairs drawn at random keep: those on single pairs, without their prices."""
    ruling = study.scores.ruling
    if ruling is not None and (ruling.priced or ruling.limits or ruling.required):
        return "that keep the rules on who can be paired"
    return "within the rules"


def _in_hundred(share: float) -> str:
    if np.isnan(share) or share < 0.005:
        return "hardly any"
    return f"{'only ' if share < 0.5 else ''}{share * 100:.0f} in 100"


def repeats(stability: PairingStability) -> str:
    """How many of the pairs a repeat of the survey would propose again."""
    return (
        f"When the survey is drawn anew, {percent(stability.summary['recur'])} of these pairs are proposed again on "
        f"average ({count_in_digits(len(stability.draws), 'repeat', 'repeats')})."
    )


def who_answered(study: Study) -> str:
    """How many people, and in how many teams."""
    people = study.survey.people
    teams = people["team"].nunique()
    answered = f"{int(people['answered'].sum()):,} of {count_in_digits(len(people), 'person', 'people')} answered"
    return f"{answered}, in {count_in_digits(teams, 'team', 'teams')}" if teams else answered


def main_numbers(study: Study) -> list[tuple[str, str]]:
    """The few numbers to remember."""
    pairing = study.pairing
    paired, able = len({*pairing.table["a"], *pairing.table["b"]}), int((study.scores.gates.out == 0).sum())
    return [
        ("pairs proposed", f"{len(pairing):,}"),
        (f"people with a partner, of {able:,} who could take part", f"{paired:,}"),
        ("effective perspectives gained in total", amount(_gained(study))),
        ("of these pairs recur when the survey is drawn anew", percent(study.stability.summary["recur"]))
        if study.stability is not None
        else ("below the best that the rules allow", "0, proven" if pairing.proven else percent(pairing.gap)),
    ]


def graph_caption(study: Study) -> str:
    """What the colleague graph shows."""
    caption = "Everyone on the roster; colleagues who hear many of the same people stand together."
    return f"{caption} {across_teams(study)}".strip()


def across_teams(study: Study) -> str:
    """How many pairs reach beyond a team; nothing where no teams are known or nobody is paired."""
    teams, table = study.survey.people["team"], study.pairing.table
    if not len(table) or not teams.notna().any():
        return ""
    across = int((table["a"].map(teams) != table["b"].map(teams)).sum())
    return f"{across:,} of the {count_in_digits(len(table), 'pair joins', 'pairs join')} people of different teams."


def _taken_off(study: Study) -> str:
    """What the pairs are worth once the prices of broken rules are taken off, where there are any."""
    return f", {amount(study.pairing.objective)} less the prices of rules" if have_prices(study) else ""


def summary(study: Study) -> list[str]:
    """What the terminal shows at the end."""
    pairing, issues = study.pairing, study.survey.issues
    serious = int((issues["severity"] != "note").sum())
    proof = "proven optimal" if pairing.proven else f"at most {percent(pairing.gap)} below the best"
    return [
        f"{count_in_digits(len(pairing), 'pair', 'pairs')}; {who_answered(study)}",
        f"total gain {amount(_gained(study))} effective perspectives{_taken_off(study)}, {proof}",
        report_kinds.answer(study) or headline(study)[1],
        *([] if study.stability is None else [repeats(study.stability)]),
        f"{count_in_digits(len(issues), 'issue', 'issues')} with the data, {serious:,} of them more than a note",
    ]
