"""The report's answer: what the pairs bring, how that compares with chance, and which kinds of pairs bring most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from peernet._wording import amount, count_in_digits, count_in_words, listed, number_word, percent
from peernet.compare.comparison import winners
from peernet.compare.kinds import (
    CLEAR,
    FEWEST_ITEMS,
    FEWEST_KINDS,
    GIVEN,
    HIDDEN_BEST,
    NAMED_PAIRS,
    NAMED_PEOPLE,
    OUTLOOK,
    PairingKinds,
    kind_in_words,
    large_enough,
)
from peernet.compare.strategies import NEW_BY_LOT, OWN
from peernet.report import figures
from peernet.report.html import Html, facts, figure, section, table, tag
from peernet.report.onward import few_paired_note
from peernet.report.pairs import colleagues_figure
from peernet.report.record import has_priced_rules
from peernet.study import Study

DEFINITION = (
    "Effective perspectives count the clearly different outlooks a person hears, their own and those of the colleagues "
    "they are in contact with. Somebody who thinks just like a colleague already heard adds nothing; somebody entirely "
    "different from everyone heard so far adds one. Colleagues half a step apart on every question with five points "
    "count as about a third alike, two steps apart as entirely different."
)
PRIVATE = (
    "For the analyst only: this page names people and repeats what they typed. Tell each pair about themselves, and do "
    "not pass the page on."
)
WAYS_CAPTION = (
    "Total gain of each way of pairing the same people, as the answers promise it, and the share of its pairs that "
    "rest on trust. The grey band holds 95 of 100 random pairings. Gates are the rules on trust, experience and "
    "goals."
)
KINDS_CAPTION = (
    "Mean gain of a pair of each kind, in effective perspectives, among all pairs the rules allow. Near, middle and "
    "far hold a third each of all pairs of colleagues, allowed or not. One half of the outlook questions says which "
    "kind a pair is, the other half what it gains, both ways round; what a single pair is said to gain further down "
    "rests on all of them."
)

KINDS_TABLE_CAPTION = (
    f"Kinds of pairs, of all that the rules allow. A dash: fewer than {NAMED_PEOPLE} people or {NAMED_PAIRS} pairs, "
    "which is too few to compare, or too few people to say anything."
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


def definition(strength: Mapping[str, float]) -> str:
    """What effective perspectives are, and what it takes to be heard in full where some layers are thin."""
    if not strength:
        return DEFINITION
    told = listed([f"{layer} {fully:g}" for layer, fully in strength.items()])
    return (
        f"{DEFINITION} Not every contact is heard in full ({told}, of 1): somebody in contact on such a layer alone "
        "counts for that much of an outlook at most, and in full once they are a partner. Of several layers the "
        "strongest counts."
    )


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
        few_paired_note(study),
        tag("p", definition(study.pairing.settings.get("strength", {})), class_="note"),
        facts(main_numbers(study), class_="tiles"),
        tag("p", PRIVATE, class_="private"),
        aria_label="The answer",
    )


def headline(study: Study) -> tuple[str, ...]:
    """The answer, a paragraph each: who has a partner, what that brings against chance, how good it is, which kinds."""
    answered = int(study.survey.people["answered"].sum())
    if answered < 2:
        return f"A pair needs two people, and only {answered} answered.", "There is nothing to compare yet."
    if not len(study.pairing):
        nobody = (
            f"Of the {answered:,} people who answered, no two can be paired within the rules with anything to gain."
        )
        return nobody, _way_out(study)
    return partners_in_words(study), promise_in_words(study), limits_in_words(study), best_kind_in_words(study)


def partners_in_words(study: Study) -> str:
    """How many people have a partner, of those who could."""
    paired, able = _with_partner(study), _able(study)
    return (
        f"{paired:,} of the {able:,} people who could take part {'has' if paired == 1 else 'have'} a partner, in "
        f"{count_in_digits(len(study.pairing), 'pair', 'pairs')}."
    )


def _with_partner(study: Study) -> int:
    return len({*study.pairing.table["a"], *study.pairing.table["b"]})


def _able(study: Study) -> int:
    return int((study.scores.gates.out == 0).sum())


def promise_in_words(study: Study) -> str:
    """What a person with a partner hears more than without, and how that compares with pairs by lot."""
    before, after = outlooks_heard(study)
    return (
        f"Each of them hears {amount(before)} clearly different outlooks (effective perspectives) now, on average; the "
        f"partner adds {amount(after - before)}. {_against_chance(study)}"
    )


def outlooks_heard(study: Study) -> tuple[float, float]:
    """Effective perspectives in reach of a person with a partner, on average: without the partner and with them."""
    table = study.exposure.table[["before", "after"]].dropna()
    paired = table[table.index.isin([*study.pairing.table["a"], *study.pairing.table["b"]])]
    return float(paired["before"].mean()), float(paired["after"].mean())


def _against_chance(study: Study) -> str:
    """How much more a pair brings than one drawn by lot, and whether that is more than chance."""
    rows = study.comparison.table.to_dict("index")
    own, rival = rows[OWN], rows[NEW_BY_LOT]
    drawn = f"new pairs drawn by lot {_rules_kept_at_random(study)}"
    if OWN in winners(study.comparison.table):
        return (
            f"That is {percent(own['held_out'])} more than {drawn} add, judged by questions that did not choose them."
        )
    untold = (
        "how much of it would hold for other questions cannot be told."
        if pd.isna(own["p_adjusted"])
        else "whether that is more than chance cannot be told."
    )
    each = [float(row["gain"]) / row["pairs"] if row["pairs"] else 0.0 for row in (own, rival)]
    if not min(each) > 0:
        return untold.capitalize()
    more = each[0] / each[1] - 1
    return f"That is {percent(abs(more))} {'more' if more >= 0 else 'less'} than {drawn} add; {untold}"


def limits_in_words(study: Study) -> str:
    """What all pairs promise together, what of it should hold, and that no others within the rules promise more."""
    rules, gain = _rules_in_words(study), _total_gain(study)
    expected = float(study.comparison.table["expected"][OWN])
    taken_off = ", what broken rules cost taken off" if has_priced_rules(study) else ""
    holds = "" if np.isnan(expected) else f", {_expected_in_words(gain, expected, ' for other questions')}"
    if study.pairing.proven:
        proof = f"No other pairs within {rules} promise more (proven{taken_off})."
    else:
        proof = f"That is at most {percent(study.pairing.gap)} less than the best within {rules} could{taken_off}."
    return f"All pairs together promise {amount(gain)} effective perspectives{holds}. {proof}"


def _expected_in_words(gain: float, expected: float, whenever: str = "") -> str:
    """What of a gain should hold; or, where answers make people look more alike than they are, how much more it is."""
    if expected <= gain:
        return f"{amount(expected)} of it expected to hold{whenever}"
    return f"{amount(expected)} expected by the outlook behind the answers"


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
    return "within the same rules"


def _total_gain(study: Study) -> float:
    """Total gain of the proposed pairs, no price of a rule taken off."""
    return float(study.comparison.table["gain"][OWN])


def main_numbers(study: Study) -> list[tuple[str, str]]:
    """The few numbers to remember, each with what it counts."""
    pairing, (before, after) = study.pairing, outlooks_heard(study)
    if study.stability is not None:
        recur = percent(study.stability.summary["recur"])
        sure = ("of these pairs would be proposed again by a repeat of the survey", recur)
    else:
        sure = ("below the best that the rules allow", "0, proven" if pairing.proven else percent(pairing.gap))
    return [
        ("pairs proposed", f"{len(pairing):,}"),
        (f"people with a partner, of {_able(study):,} who could take part", f"{_with_partner(study):,}"),
        (
            "effective perspectives more for each of them, on average",
            "–" if np.isnan(after) else f"+{after - before:.2f}",
        ),
        sure,
    ]


def kinds_section(study: Study) -> Html:
    """Which kinds of pairs bring most; nothing where pairs cannot be sorted into kinds."""
    kinds = study.kinds
    if kinds is None or not len(kinds.table):
        return Html()
    parts = [tag("p", kinds.words if kinds.verdict != "cannot tell" else best_kind_in_words(study))]
    shown = comparable(kinds)
    if shown.table["gain"].notna().any():
        parts += [
            tag("p", compared_in_words(kinds)),
            tag("p", kinds_chance_in_words(kinds), class_="note"),
            figure(figures.kinds(shown), KINDS_CAPTION, class_="chart"),
            table(kinds_table(kinds), KINDS_TABLE_CAPTION),
        ]
    return section("kinds", "Which kinds of pairs bring most", *parts)


def comparable(kinds: PairingKinds) -> PairingKinds:
    """The kinds as they may be shown, without the figures of those that have too few people or pairs to be named."""
    shared = kinds.shareable()
    few = ~large_enough(shared.table)
    told = ["face_value", "gain", "low", "high", "excess", "excess_low", "excess_high", "alone", "fresh", "beyond"]
    return replace(shared, table=shared.table.assign(**{name: shared.table[name].mask(few) for name in told}))


def compared_in_words(kinds: PairingKinds) -> str:
    """How many pairs and people were compared, and from how many on a kind is named."""
    return (
        f"Compared are {_pairs_compared(kinds)}; a kind is named only with {NAMED_PEOPLE} people and {NAMED_PAIRS} "
        "possible pairs or more."
    )


def _pairs_compared(kinds: PairingKinds) -> str:
    pairs = int(kinds.steps["pairs"][kinds.steps["step"] == OUTLOOK].sum())
    people = count_in_digits(int(kinds.settings["people"]), "person", "people")
    return f"{count_in_digits(pairs, 'possible pair', 'possible pairs')} of {people}"


def kinds_chance_in_words(kinds: PairingKinds) -> str:
    """What chance is held against the kinds, and how often it misleads."""
    draws, level = kinds.settings["draws"], kinds.settings["level"]
    return (
        f"Chance: {draws:,} times people swap places by lot, and it is counted how often some kind then gains as much. "
        f"Of surveys in which no kind is better than another, {percent(level)} at most still name one."
    )


def best_kind_in_words(study: Study) -> str:
    """Which kind brings most, judged by answers that did not choose it, or why that cannot be told."""
    kinds = study.kinds
    if kinds is None:
        return "Which kind of pair brings most cannot be told."
    if kinds.verdict == "cannot tell":
        return _why_kinds_cannot_be_told(kinds)
    if kinds.best is None:
        return (
            "No kind of pair, alike or different in outlook, brings clearly more than the others "
            f"({_pairs_compared(kinds)} compared)."
        )
    outlook = kind_in_words("any", str(kinds.standing(OUTLOOK)))
    if {kinds.best, outlook} & kinds.hidden:
        return HIDDEN_BEST
    row = kinds.row(outlook)
    behind = f"{int(row['pairs']):,} such pairs among {int(row['people']):,} people"
    return (
        f"Pairs {outlook} bring most: {_excess(kinds, outlook)} more than possible pairs on average"
        f"{_experience_in_words(kinds)}, judged by answers that did not choose them ({behind})"
        f"{_rivals_in_words(kinds)}."
    )


def _why_kinds_cannot_be_told(kinds: PairingKinds) -> str:
    """That there are too few questions on outlook, or too few pairs, to compare kinds."""
    items = int(kinds.settings["items"])
    if items < FEWEST_ITEMS:
        asked = "question on outlook sets people apart" if items == 1 else "questions on outlook set people apart"
        return (
            f"Kinds of pairs cannot be compared: {number_word(items)} {asked}, and it takes two, one "
            "to tell the kind of a pair and another to tell what it gains."
        )
    return (
        f"Too few pairs to compare kinds: {_pairs_compared(kinds)}, and it takes {number_word(FEWEST_KINDS)} "
        f"kinds with {NAMED_PEOPLE} people and {NAMED_PAIRS} pairs each that gain something."
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
    shared = comparable(kinds)
    columns = ["people", "pairs", "gain", "low", "high", "p_adjusted"]
    views = shared.steps[columns].copy()
    views.loc[~large_enough(views), columns[2:]] = float("nan")
    table = pd.concat([views, shared.table[columns].assign(p_adjusted=float("nan"))])
    table = table[table["pairs"].ne(0) | table["pairs"].isna()]
    digits = 2 if table["gain"].max() >= CLEAR else 3
    ends = zip(table["low"], table["high"], strict=True)
    # How often chance does something: of rare things a digit more.
    by_chance = [f"{share:.1%}" if share < 0.1 else percent(share) for share in table["p_adjusted"]]
    return pd.DataFrame(
        {
            "Kind of pair": table.index.astype(str),
            "People": _cells(table["people"], "{:.0f}"),
            "Pairs": _cells(table["pairs"], "{:.0f}"),
            "Gain a pair": _cells(table["gain"], f"{{:.{digits}f}}"),
            "95 % interval": ["–" if pd.isna(low) else f"{low:.{digits}f} to {high:.{digits}f}" for low, high in ends],
            "Chance gives as much": by_chance,
        }
    )


def _cells(column: pd.Series, shape: str) -> list[str]:
    return ["–" if pd.isna(value) else shape.format(value) for value in column]


def summary(study: Study) -> list[str]:
    """What the terminal shows at the end: five lines, six where the survey was drawn anew."""
    pairing, issues, stability = study.pairing, study.survey.issues, study.stability
    own = study.comparison.table.to_dict("index")[OWN]
    holds = "" if pd.isna(own["expected"]) else f", {_expected_in_words(own['gain'], own['expected'])}"
    less_prices = f", {amount(pairing.objective)} less the prices of rules" if has_priced_rules(study) else ""
    proof = "proven optimal" if pairing.proven else f"at most {percent(pairing.gap)} below the best"
    answer = headline(study)
    lines = [
        f"{response_in_words(study)}. {answer[0]}",
        f"{answer[1]}",
        f"In all {amount(_total_gain(study))} effective perspectives{less_prices}, {proof}{holds}.",
        best_kind_in_words(study),
    ]
    if stability is not None:
        lines.append(
            f"When the survey is drawn anew, {percent(stability.summary['recur'])} of these pairs are proposed again "
            f"on average ({count_in_digits(len(stability.draws), 'repeat', 'repeats')})."
        )
    serious = int((issues["severity"] != "note").sum())
    problems = count_in_digits(len(issues), "issue", "issues")
    return [*lines, f"The data: {problems}, {serious:,} of them more than a note."]
