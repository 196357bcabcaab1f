"""The report's answer: what the pairs bring, how that compares with chance, and which kinds of pairs bring most."""

from __future__ import annotations

import numpy as np
import pandas as pd

from peernet._wording import amount, count_in_digits, count_in_words, percent
from peernet.compare.kinds import GIVEN, HIDDEN_BEST, OUTLOOK, PairingKinds
from peernet.report import figures
from peernet.report.html import Html, facts, figure, section, table, tag
from peernet.report.pairs import colleagues_figure
from peernet.report.record import has_priced_rules
from peernet.study import Study

DEFINITION = (
    "Effective perspectives count how many clearly different outlooks a person hears: their own and those of the "
    "colleagues they are in contact with. Somebody who thinks just like a colleague already heard adds nothing; "
    "somebody entirely different from everyone heard so far adds one."
)
PRIVATE = (
    "For the analyst only: this page names people and repeats what they typed. Tell each pair about themselves, and do "
    "not pass the page on."
)
WAYS_CAPTION = (
    "Total gain of each way of pairing the same people, and the share of its pairs that rest on trust. The grey band "
    "holds 95 of 100 random pairings."
)
KINDS_CAPTION = (
    "Mean gain of a pair of each kind, in effective perspectives, among all pairs the rules allow. Near, middle and "
    "far hold a third each of all pairs of colleagues, allowed or not. One half of the outlook questions says which "
    "kind a pair is, the other half what it gains, both ways round; what a single pair is said to gain further down "
    "rests on all of them."
)


def heading(study: Study) -> Html:
    """What the page is about, and who answered."""
    title = tag("h1", f"Which pairings bring the most diversity of thought: {study.name}")
    return tag("header", title, tag("p", response_in_words(study), class_="under"))


def response_in_words(study: Study) -> str:
    """How many people, and in how many teams."""
    people = study.survey.people
    teams = people["team"].nunique()
    answered = f"{int(people['answered'].sum()):,} of {count_in_digits(len(people), 'person', 'people')} answered"
    return f"{answered}, in {count_in_digits(teams, 'team', 'teams')}" if teams else answered


def opening(study: Study) -> Html:
    """The answer: two sentences beside one picture, then the main numbers.

    The picture holds the pairs against chance and other ways; where no way brings anything it shows the colleagues.
    """
    sentences = tag("div", *(tag("p", sentence) for sentence in headline(study)), class_="answer")
    if study.comparison.table["gain"].max() > 0:
        picture = figure(figures.comparison(study), WAYS_CAPTION, class_="chart")
    else:
        picture = colleagues_figure(study)
    return tag(
        "section",
        tag("div", sentences, picture, class_="hero"),
        facts(main_numbers(study), class_="tiles"),
        tag("p", DEFINITION, class_="note"),
        tag("p", PRIVATE, class_="private"),
        aria_label="The answer",
    )


def headline(study: Study) -> tuple[str, str]:
    """The answer in two sentences: which kind of pair brings most, where that can be told, and what the pairs bring."""
    answered = int(study.survey.people["answered"].sum())
    if answered < 2:
        return f"A pair needs two people, and only {answered} answered.", "There is nothing to compare yet."
    number = len(study.pairing)
    if not number:
        nobody = (
            f"Of the {answered:,} people who answered, no two can be paired within the rules with anything to gain."
        )
        return nobody, _way_out(study)
    kind, chance = best_kind_in_words(study), chance_in_words(study)
    if kind is not None:
        proposed = count_in_digits(number, "pair proposed brings", "pairs proposed bring")
        return kind, f"The {proposed} {_brought_within_rules(study)}: {chance[0].lower()}{chance[1:]}"
    paired = study.exposure.table[study.exposure.table["partners"] > 0]
    return (
        f"The {count_in_digits(number, 'pair brings', 'pairs bring')} {_brought_within_rules(study)}: a paired person "
        f"reaches {amount(paired['after'].mean())} effective perspectives on average instead of "
        f"{amount(paired['before'].mean())}."
    ), chance


def _brought_within_rules(study: Study) -> str:
    """How much the pairs bring of what the rules allow, and how well that is known."""
    if study.pairing.proven:
        brought, known = "the most new perspectives", "proven"
    else:
        brought, known = "about as many new perspectives as", f"at most {percent(study.pairing.gap)} below the best"
    rules = f"the rules on trust, experience and goals{' and of the programme' if len(study.rules) else ''}"
    taken_off = ", what broken rules cost taken off" if has_priced_rules(study) else ""
    return f"{brought} {rules} allow ({known}{taken_off})"


def _way_out(study: Study) -> str:
    """What opening one gate would change, where nobody can be paired."""
    alone = study.prices.iloc[1:-1]
    if alone["pairs"].max() == 0:
        return "Opening any one of the gates would not change that; see why people are left without a partner."
    gate, opened = max(alone.to_dict("index").items(), key=lambda row: float(row[1]["value"]))
    pairs, name = count_in_digits(opened["pairs"], "pair", "pairs"), str(gate).replace(" open", "")
    return f"With {name} left out of the rules, {pairs} would be possible; see the price of each gate."


def chance_in_words(study: Study) -> str:
    """How the pairs compare with random pairs that keep the rules, and with pairing everybody at random."""
    rows, gain = study.comparison.table.to_dict("index"), _total_gain(study)
    random, fair = rows["random"], rows["new pairs by lot"]["gain"]
    expected = gain if pd.isna(rows["peernet"]["expected"]) else rows["peernet"]["expected"]
    how = "less than" if expected < random["low"] else "more than" if expected > random["high"] else "about as much as"
    than = "more than" if expected > fair else "less than"
    share = random["possible"]  # missing where there are no random pairs
    keep = f"{'only ' if share < 0.5 else ''}{share * 100:.0f} in 100" if share >= 0.005 else "hardly any"
    return (
        f"Together they {_expected_in_words(gain, expected)}, {than} as many new pairs as can be drawn by lot "
        f"{_rules_kept_at_random(study)} ({amount(fair)}) and {how} everybody paired at random "
        f"({amount(random['low'])} to {amount(random['high'])}), where {keep} pairs would keep the rules."
    )


def _expected_in_words(gain: float, expected: float) -> str:
    """What the pairs bring: first what is expected to hold, then what they promise by the answers that chose them."""
    if amount(expected) == amount(gain):
        return f"gain {amount(gain)}"
    return f"are expected to bring {amount(expected)} ({amount(gain)} by the very answers they were chosen by)"


def _rules_kept_at_random(study: Study) -> str:
    """Which rules pairs drawn at random keep: those on single pairs, without their prices."""
    applied = study.scores.applied_rules
    if applied is not None and (applied.priced or applied.limits or applied.required or applied.wished):
        return "that keep the rules on who can be paired"
    return "within the rules"


def _total_gain(study: Study) -> float:
    """Total gain of the proposed pairs, no price of a rule taken off."""
    return float(study.comparison.table["gain"]["peernet"])


def main_numbers(study: Study) -> list[tuple[str, str]]:
    """The few numbers to remember, each with what it counts."""
    pairing = study.pairing
    paired, able = len({*pairing.table["a"], *pairing.table["b"]}), int((study.scores.gates.out == 0).sum())
    if study.stability is not None:
        sure = ("of these pairs recur when the survey is drawn anew", percent(study.stability.summary["recur"]))
    else:
        sure = ("below the best that the rules allow", "0, proven" if pairing.proven else percent(pairing.gap))
    return [
        ("pairs proposed", f"{len(pairing):,}"),
        (f"people with a partner, of {able:,} who could take part", f"{paired:,}"),
        _total_to_remember(study),
        sure,
    ]


def _total_to_remember(study: Study) -> tuple[str, str]:
    gain, expected = _total_gain(study), float(study.comparison.table["expected"]["peernet"])
    if np.isnan(expected):
        return "effective perspectives gained in total", amount(gain)
    return f"effective perspectives expected to be gained, of {amount(gain)} by these answers", amount(expected)


def kinds_section(study: Study) -> Html:
    """Which kinds of pairs bring most; nothing where pairs cannot be sorted into kinds."""
    kinds = study.kinds
    if kinds is None or not len(kinds.table):
        return Html()
    return section(
        "kinds",
        "Which kinds of pairs bring most",
        tag("p", kinds.words),
        figure(figures.kinds(study), KINDS_CAPTION) if kinds.table["gain"].notna().any() else Html(),
        table(kinds_table(kinds), "Kinds of pairs, of all that the rules allow."),
    )


def best_kind_in_words(study: Study) -> str | None:
    """Which kind brings most, judged by answers that did not choose it; None where that cannot be told."""
    kinds = study.kinds
    if kinds is None or kinds.verdict == "cannot tell":
        return None
    if kinds.best is None:
        return "No kind of pair, alike or different in outlook, brings clearly more than the others."
    if kinds.best in kinds.hidden:
        return HIDDEN_BEST
    excess = kinds.row(kinds.best)["excess"]
    return (
        f"Pairs {kinds.best.replace(', ', ' and ')} bring most: {percent(excess / kinds.settings['mean'])} more than "
        f"possible pairs on average, judged by answers that did not choose them{_rivals_in_words(kinds)}"
        f"{_experience_in_words(kinds)}."
    )


def _experience_in_words(kinds: PairingKinds) -> str:
    """That experience makes no difference, where it was asked and none was seen."""
    asked = kinds.steps["p_adjusted"][kinds.steps["step"] == GIVEN].notna().any()
    return "; their experience makes no difference that can be told" if asked and not kinds.standing(GIVEN) else ""


def _rivals_in_words(kinds: PairingKinds) -> str:
    ways = kinds.steps[kinds.steps["step"] == OUTLOOK]
    rivals = ways.index[ways["rival"].fillna(False)].tolist()
    if not rivals:
        return ""
    if len(rivals) == 1 and rivals[0] not in kinds.hidden:
        named = rivals[0].replace(", ", " and ")
    else:
        named = count_in_words(len(rivals), "other kind", "other kinds")
    return f"; {named} cannot be told apart from that"


def kinds_table(kinds: PairingKinds) -> pd.DataFrame:
    """What kinds told by one view gain, and how often chance gives as much, then those told by both views."""
    shared = kinds.shareable()
    columns = ["people", "pairs", "gain", "low", "high", "p_adjusted"]
    table = pd.concat([shared.steps[columns], shared.table[columns].assign(p_adjusted=float("nan"))])
    table = table[table["pairs"].ne(0) | table["pairs"].isna()]
    ends = zip(table["low"], table["high"], strict=True)
    return pd.DataFrame(
        {
            "Kind of pair": table.index.astype(str),
            "People": _cells(table["people"], "{:.0f}"),
            "Pairs": _cells(table["pairs"], "{:.0f}"),
            "Gain a pair": _cells(table["gain"], "{:.3f}"),
            "95 % interval": ["–" if pd.isna(low) else f"{low:.3f} to {high:.3f}" for low, high in ends],
            "Chance gives as much": _cells(table["p_adjusted"], "{:.1%}"),
        }
    )


def _cells(column: pd.Series, shape: str) -> list[str]:
    return ["–" if pd.isna(value) else shape.format(value) for value in column]


def summary(study: Study) -> list[str]:
    """What the terminal shows at the end: four lines, five where the survey was drawn anew."""
    pairing, issues, stability = study.pairing, study.survey.issues, study.stability
    less_prices = f", {amount(pairing.objective)} less the prices of rules" if has_priced_rules(study) else ""
    proof = "proven optimal" if pairing.proven else f"at most {percent(pairing.gap)} below the best"
    lines = [
        f"{count_in_digits(len(pairing), 'pair', 'pairs')}; {response_in_words(study)}",
        f"total gain {amount(_total_gain(study))} effective perspectives{less_prices}, {proof}",
        best_kind_in_words(study) or headline(study)[1],
    ]
    if stability is not None:
        lines.append(
            f"When the survey is drawn anew, {percent(stability.summary['recur'])} of these pairs are proposed again "
            f"on average ({count_in_digits(len(stability.draws), 'repeat', 'repeats')})."
        )
    serious = int((issues["severity"] != "note").sum())
    problems = count_in_digits(len(issues), "issue", "issues")
    return [*lines, f"{problems} with the data, {serious:,} of them more than a note"]
