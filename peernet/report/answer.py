"""The report's answer: what the pairs bring, how that compares with chance, and which kinds of pairs bring most."""

from __future__ import annotations

import numpy as np
import pandas as pd

from peernet._wording import amount, count_in_digits, count_in_words, listed, percent
from peernet.compare.comparison import winners
from peernet.compare.kinds import CLEAR, GIVEN, HIDDEN_BEST, OUTLOOK, PairingKinds, kind_in_words
from peernet.compare.strategies import NEW_BY_LOT, OWN, RANDOM
from peernet.report import figures
from peernet.report.html import Html, facts, figure, section, table, tag
from peernet.report.onward import few_paired_note
from peernet.report.pairs import colleagues_figure
from peernet.report.record import has_priced_rules
from peernet.study import Study

DEFINITION = (
    "Effective perspectives count how many clearly different outlooks a person hears: their own and those of the "
    "colleagues they are in contact with. Somebody who thinks just like a colleague already heard adds nothing; "
    "somebody entirely different from everyone heard so far adds one. Colleagues half a step apart on every question "
    "with five points count as about a third alike, two steps apart as entirely different."
)
PRIVATE = (
    "For the analyst only: this page names people and repeats what they typed. Tell each pair about themselves, and do "
    "not pass the page on."
)
WAYS_CAPTION = (
    "Total gain of each way of pairing the same people, as the answers promise it, and the share of its pairs that "
    "rest on trust. The grey band holds 95 of 100 random pairings."
)
KINDS_CAPTION = (
    "Mean gain of a pair of each kind, in effective perspectives, among all pairs the rules allow. Near, middle and "
    "far hold a third each of all pairs of colleagues, allowed or not. One half of the outlook questions says which "
    "kind a pair is, the other half what it gains, both ways round; what a single pair is said to gain further down "
    "rests on all of them."
)

KINDS_TABLE_CAPTION = (
    "Kinds of pairs, of all that the rules allow. A dash: nobody is in such a pair, or too few people to say more."
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
    """The answer: a few sentences beside one picture, then the main numbers.

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
        few_paired_note(study),
        tag("p", DEFINITION, class_="note"),
        tag("p", PRIVATE, class_="private"),
        aria_label="The answer",
    )


def headline(study: Study) -> tuple[str, ...]:
    """The answer, a paragraph each: what the pairs bring, what else there is to bring, and which kind brings most."""
    answered = int(study.survey.people["answered"].sum())
    if answered < 2:
        return f"A pair needs two people, and only {answered} answered.", "There is nothing to compare yet."
    if not len(study.pairing):
        nobody = (
            f"Of the {answered:,} people who answered, no two can be paired within the rules with anything to gain."
        )
        return nobody, _way_out(study)
    kind = best_kind_in_words(study) or "Which kind of pair brings most cannot be told."
    return promise_in_words(study), limits_in_words(study), kind


def promise_in_words(study: Study) -> str:
    """What the pairs bring: first what should hold, held against new pairs by lot, as far as that can be told."""
    rows, gain = study.comparison.table.to_dict("index"), _total_gain(study)
    own, rival = rows[OWN], rows[NEW_BY_LOT]
    proposed = count_in_digits(len(study.pairing), "pair proposed", "pairs proposed")
    drawn = f"drawn by lot {_rules_kept_at_random(study)}"
    if pd.isna(own["p_adjusted"]):
        new = count_in_digits(int(rival["pairs"]), "new pair", "new pairs")
        against = f"; {new} {drawn} {_one_or_many(int(rival['pairs']), 'gain')} {amount(rival['gain'])}"
        return (
            f"By the very answers that chose them the {proposed} {_one_or_many(len(study.pairing), 'gain')} "
            f"{amount(gain)} effective perspectives{against if rival['pairs'] else ''}. How much of that would hold "
            "for other questions cannot be told."
        )
    promised = "" if amount(own["expected"]) == amount(gain) else f" of the {amount(gain)} that the answers promise"
    told = (
        f": a pair brings {percent(own['held_out'])} more than a new pair {drawn}"
        if OWN in winners(study.comparison.table)
        else f". Whether a pair brings more than a new pair {drawn} cannot be told"
    )
    return (
        f"The {proposed} {'is' if len(study.pairing) == 1 else 'are'} expected to bring {amount(own['expected'])} "
        f"effective perspectives{promised}{told}."
    )


def _one_or_many(pairs: int, verb: str) -> str:
    return f"{verb}s" if pairs == 1 else verb


def limits_in_words(study: Study) -> str:
    """That no other pairs promise more within the rules, and what pairing everybody at random brings without them."""
    rules, random = _rules_in_words(study), study.comparison.table.to_dict("index")[RANDOM]
    taken_off = ", what broken rules cost taken off" if has_priced_rules(study) else ""
    if study.pairing.proven:
        first = f"No other pairs within {rules} promise more (proven{taken_off})."
    else:
        first = f"They promise at most {percent(study.pairing.gap)} less than the best within {rules} could{taken_off}."
    share = random["possible"]  # missing where there are no random pairs
    if pd.isna(share) or pd.isna(random["low"]):
        return first
    keep = f"{'only ' if share < 0.5 else ''}{share * 100:.0f} in 100" if share >= 0.005 else "hardly any"
    return (
        f"{first} Everybody paired at random would bring {amount(random['low'])} to {amount(random['high'])}, where "
        f"{keep} pairs would keep the rules."
    )


def _rules_in_words(study: Study) -> str:
    """What the rules are about; a gate that is open is none of them."""
    chosen = study.scores.settings
    about = (["trust"] if chosen["foundation"] else []) + [
        gate for gate in ("experience", "goals") if chosen[gate] is not None
    ]
    of_programme = " of the programme" if len(study.rules) else ""
    if not about:
        return f"the rules{of_programme}"
    return f"the rules on {listed(about)}{' and those' + of_programme if of_programme else ''}"


def _way_out(study: Study) -> str:
    """What opening one gate would change, where nobody can be paired."""
    alone = study.prices.iloc[1:-1]
    if alone["pairs"].max() == 0:
        return "Opening any one of the gates would not change that; see why people are left without a partner."
    gate, opened = max(alone.to_dict("index").items(), key=lambda row: float(row[1]["value"]))
    pairs, name = count_in_digits(opened["pairs"], "pair", "pairs"), str(gate).replace(" open", "")
    return f"With {name} left out of the rules, {pairs} would be possible; see the price of each gate."


def _rules_kept_at_random(study: Study) -> str:
    """Which rules pairs drawn at random keep: those on single pairs, without their prices."""
    applied = study.scores.applied_rules
    if applied is not None and (applied.priced or applied.limits or applied.required or applied.wished):
        return "that keep the rules on who can be paired"
    return "within the rules"


def _total_gain(study: Study) -> float:
    """Total gain of the proposed pairs, no price of a rule taken off."""
    return float(study.comparison.table["gain"][OWN])


def main_numbers(study: Study) -> list[tuple[str, str]]:
    """The few numbers to remember, each with what it counts."""
    pairing = study.pairing
    paired, able = len({*pairing.table["a"], *pairing.table["b"]}), int((study.scores.gates.out == 0).sum())
    if study.stability is not None:
        recur = percent(study.stability.summary["recur"])
        sure = ("of these pairs would be proposed again by a repeat of the survey", recur)
    else:
        sure = ("below the best that the rules allow", "0, proven" if pairing.proven else percent(pairing.gap))
    return [
        ("pairs proposed", f"{len(pairing):,}"),
        (f"people with a partner, of {able:,} who could take part", f"{paired:,}"),
        _total_to_remember(study),
        sure,
    ]


def _total_to_remember(study: Study) -> tuple[str, str]:
    gain, expected = _total_gain(study), float(study.comparison.table["expected"][OWN])
    if np.isnan(expected):
        return "effective perspectives gained in total, by these answers", amount(gain)
    return f"effective perspectives expected in total, of {amount(gain)} promised by the answers", amount(expected)


def kinds_section(study: Study) -> Html:
    """Which kinds of pairs bring most; nothing where pairs cannot be sorted into kinds."""
    kinds = study.kinds
    if kinds is None or not len(kinds.table):
        return Html()
    parts = [tag("p", kinds.words)]
    if kinds.table["gain"].notna().any():
        parts += [
            tag("p", kinds_chance_in_words(kinds), class_="note"),
            figure(figures.kinds(study), KINDS_CAPTION),
            table(kinds_table(kinds), KINDS_TABLE_CAPTION),
        ]
    return section("kinds", "Which kinds of pairs bring most", *parts)


def kinds_chance_in_words(kinds: PairingKinds) -> str:
    """What chance is held against the kinds, and how often it misleads."""
    draws, level = kinds.settings["draws"], kinds.settings["level"]
    return (
        f"Chance: {draws:,} times people swap places by lot, and it is counted how often some kind then gains as much. "
        f"Of surveys in which no kind is better than another, {percent(level)} at most still name one."
    )


def best_kind_in_words(study: Study) -> str | None:
    """Which kind brings most, judged by answers that did not choose it; None where that cannot be told."""
    kinds = study.kinds
    if kinds is None or kinds.verdict == "cannot tell":
        return None
    if kinds.best is None:
        return "No kind of pair, alike or different in outlook, brings clearly more than the others."
    outlook = kind_in_words("any", str(kinds.standing(OUTLOOK)))
    if {kinds.best, outlook} & kinds.hidden:
        return HIDDEN_BEST
    return (
        f"Pairs {outlook} bring most: {_excess(kinds, outlook)} more than possible pairs on average"
        f"{_experience_in_words(kinds)}, judged by answers that did not choose them{_rivals_in_words(kinds)}."
    )


def _excess(kinds: PairingKinds, kind: str) -> str:
    return percent(kinds.row(kind)["excess"] / kinds.settings["mean"])


def _experience_in_words(kinds: PairingKinds) -> str:
    """What experience adds to a kind told by perspective, or that no difference was seen where it was asked."""
    way = kinds.standing(GIVEN)
    if way is not None:
        both = str(kinds.best) != kind_in_words("any", str(kinds.standing(OUTLOOK)))
        return f" ({_excess(kinds, str(kinds.best))} where they are {way} in experience too)" if both else ""
    asked = kinds.steps["p_adjusted"][kinds.steps["step"] == GIVEN].notna().any()
    return " (by experience no difference can be told)" if asked else ""


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
    digits = 2 if table["gain"].max() >= CLEAR else 3
    ends = zip(table["low"], table["high"], strict=True)
    return pd.DataFrame(
        {
            "Kind of pair": table.index.astype(str),
            "People": _cells(table["people"], "{:.0f}"),
            "Pairs": _cells(table["pairs"], "{:.0f}"),
            "Gain a pair": _cells(table["gain"], f"{{:.{digits}f}}"),
            "95 % interval": ["–" if pd.isna(low) else f"{low:.{digits}f} to {high:.{digits}f}" for low, high in ends],
            "Chance gives as much": [_chance(share) for share in table["p_adjusted"]],
        }
    )


def _chance(share: float) -> str:
    """How often chance does something; of rare things a digit more."""
    return f"{share:.1%}" if share < 0.1 else percent(share)


def _cells(column: pd.Series, shape: str) -> list[str]:
    return ["–" if pd.isna(value) else shape.format(value) for value in column]


def summary(study: Study) -> list[str]:
    """What the terminal shows at the end: four lines, five where the survey was drawn anew."""
    pairing, issues, stability = study.pairing, study.survey.issues, study.stability
    expected = study.comparison.table["expected"][OWN]
    holds = "" if pd.isna(expected) else f", {amount(expected)} of it expected to hold"
    less_prices = f", {amount(pairing.objective)} less the prices of rules" if has_priced_rules(study) else ""
    proof = "proven optimal" if pairing.proven else f"at most {percent(pairing.gap)} below the best"
    lines = [
        f"{count_in_digits(len(pairing), 'pair', 'pairs')}; {response_in_words(study)}",
        f"total gain {amount(_total_gain(study))} effective perspectives{less_prices}, {proof}{holds}",
        best_kind_in_words(study) or headline(study)[0],
    ]
    if stability is not None:
        lines.append(
            f"When the survey is drawn anew, {percent(stability.summary['recur'])} of these pairs are proposed again "
            f"on average ({count_in_digits(len(stability.draws), 'repeat', 'repeats')})."
        )
    serious = int((issues["severity"] != "note").sum())
    problems = count_in_digits(len(issues), "issue", "issues")
    return [*lines, f"{problems} with the data, {serious:,} of them more than a note"]
