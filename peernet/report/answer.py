"""The report's answer in words: what the pairs bring, and how that compares with chance.

The report on kinds of pairs: which bring most, told by answers that did not choose the kind.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from peernet._wording import amount, count_in_digits, number_word, percent
from peernet.compare.kinds import PairingKinds
from peernet.compare.stability import PairingStability
from peernet.compare.strategies import OWN, RANDOM, RANDOM_WITHIN
from peernet.report import context, figures
from peernet.report.html import Html, _chart, facts, figure, section, table, tag
from peernet.report.pairs import _colleagues
from peernet.report.record import have_prices
from peernet.study import Study

DEFINITION = (
    "Effective perspectives count how many clearly different outlooks a person hears: their own and those of the "
    "colleagues they are in contact with. Somebody who thinks just like a colleague already heard adds nothing; "
    "somebody entirely different from everyone heard so far adds one."
)
CAPTION = (
    "Mean gain of a pair of each kind, in effective perspectives, among all pairs the rules allow. Near, middle and "
    "far hold a third of these pairs each. One half of the outlook questions says which kind a pair is, the other half "
    "what it gains, both ways round; what a single pair is said to gain further down rests on all of them."
)
PRIVATE = (
    "For the analyst only: this page names people and repeats what they typed. Tell each pair about themselves, and do "
    "not pass the page on."
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
    kind = answer(study)
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
    return float(study.comparison.table["gain"][OWN])


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
    random, within = rows[RANDOM], rows[RANDOM_WITHIN]["gain"]
    how = "less than" if gain < random["low"] else "more than" if gain > random["high"] else "about as much as"
    than = "more than" if gain > within else "less than"
    return (
        f"Together they gain {amount(gain)}, {than} random pairs {_as_far_as(study)} ({amount(within)}) and {how} "
        f"everybody paired at random ({amount(random['low'])} to {amount(random['high'])}), "
        f"where {_in_hundred(random['possible'])} pairs would keep the rules."
    )


def _as_far_as(study: Study) -> str:
    """Which rules pairs drawn at random keep: those on single pairs, without their prices."""
    applied = study.scores.applied_rules
    if applied is not None and (applied.priced or applied.limits or applied.required):
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


def response_words(study: Study) -> str:
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


def _taken_off(study: Study) -> str:
    """What the pairs are worth once the prices of broken rules are taken off, where there are any."""
    return f", {amount(study.pairing.objective)} less the prices of rules" if have_prices(study) else ""


def summary(study: Study) -> list[str]:
    """What the terminal shows at the end."""
    pairing, issues = study.pairing, study.survey.issues
    serious = int((issues["severity"] != "note").sum())
    proof = "proven optimal" if pairing.proven else f"at most {percent(pairing.gap)} below the best"
    return [
        f"{count_in_digits(len(pairing), 'pair', 'pairs')}; {response_words(study)}",
        f"total gain {amount(_gained(study))} effective perspectives{_taken_off(study)}, {proof}",
        answer(study) or headline(study)[1],
        *([] if study.stability is None else [repeats(study.stability)]),
        f"{count_in_digits(len(issues), 'issue', 'issues')} with the data, {serious:,} of them more than a note",
    ]


def answer(study: Study) -> str | None:
    """Which kind brings most, in one sentence; None where that cannot be told."""
    kinds = study.kinds
    if kinds is None or kinds.verdict == "cannot tell":
        return None
    if kinds.best is None:
        return "No kind of pair, near or far in experience or in perspective, brings clearly more than the others."
    return (
        f"Pairs {kinds.best.replace(', ', ' and ')} bring most: {_more(kinds)} than possible pairs on average, judged "
        f"by answers that did not choose them{_rivals(kinds)}."
    )


def _more(kinds: PairingKinds) -> str:
    excess = kinds.table["excess"].to_dict()[kinds.best]
    return f"{percent(excess / kinds.settings['mean'])} more"


def _rivals(kinds: PairingKinds) -> str:
    rivals = kinds.table.index[kinds.table["rival"].fillna(False)].tolist()
    if not rivals:
        return ""
    if len(rivals) == 1:
        return f"; {rivals[0].replace(', ', ' and ')} cannot be told apart from that"
    return f"; {number_word(len(rivals))} other kinds cannot be told apart from that"


def told(study: Study) -> str:
    """The verdict and how far it reaches."""
    return "" if study.kinds is None else study.kinds.words


def as_table(kinds: PairingKinds) -> pd.DataFrame:
    """Kinds with what they gain and how often chance gives any kind as much; small kinds hidden."""
    table = kinds.shareable().table
    return pd.DataFrame(
        {
            "Kind of pair": table.index.astype(str),
            "People": _cells(table["people"], "{:.0f}"),
            "Pairs": _cells(table["pairs"], "{:.0f}"),
            "Gain a pair": _cells(table["gain"], "{:.3f}"),
            "95 % interval": [_interval(*ends) for ends in zip(table["low"], table["high"], strict=True)],
            "Still new": _cells(table["fresh"], "{:.0%}"),
            "Chance gives as much": _cells(table["p_adjusted"], "{:.1%}"),
        }
    )


def _cells(column: pd.Series, shape: str) -> list[str]:
    return ["–" if pd.isna(value) else shape.format(value) for value in column]


def _interval(low: float, high: float) -> str:
    return "–" if pd.isna(low) else f"{low:.3f} to {high:.3f}"


def heading(study: Study) -> Html:
    """What the page is about, and who answered."""
    title = tag("h1", f"Which pairings bring the most diversity of thought: {study.name}")
    return tag("header", title, tag("p", response_words(study), class_="under"))


def opening(study: Study) -> Html:
    """The answer: two sentences beside one picture, then the main numbers."""
    sentences = tag("div", *(tag("p", sentence) for sentence in headline(study)), class_="answer")
    return tag(
        "section",
        tag("div", sentences, _picture(study), class_="hero"),
        facts(main_numbers(study), class_="tiles"),
        tag("p", DEFINITION, class_="note"),
        tag("p", PRIVATE, class_="private"),
        aria_label="The answer",
    )


def _picture(study: Study) -> Html:
    """The pairs against chance and other ways, or the colleagues where no way brings anything."""
    if study.comparison.table["gain"].max() > 0:
        return figure(figures.comparison(study), context.WAYS_CAPTION, class_="chart")
    return _colleagues(study)


def _kinds(study: Study) -> Html:
    if study.kinds is None or not len(study.kinds.table):
        return Html()
    return section(
        "kinds",
        "Which kinds of pairs bring most",
        tag("p", told(study)),
        _chart(
            study,
            figures.kinds,
            CAPTION,
            wanted=bool(study.kinds.table["gain"].notna().any()),
            class_="picture",
        ),
        table(as_table(study.kinds), "Kinds of pairs, of all that the rules allow."),
    )
