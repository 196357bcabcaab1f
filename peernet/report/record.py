"""The report's record: what the page cannot tell, what was wrong with the data, and every setting and rule."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from peernet._wording import amount, count_in_digits, display_names, listed, listed_few, percent, question
from peernet.report.files import versions
from peernet.report.html import Html, details, facts, joined, long_table, section, table, tag
from peernet.scores.reliability import opened_in_words
from peernet.scores.rules import LIMITS, RARE_SHARE, Rule
from peernet.scores.ruling import not_judged
from peernet.scores.scoring import UNREAD
from peernet.study import Study

CANNOT = (
    "Whether a pair will get on, or learn. Only a later survey can show that, and only if some of the pairs were drawn "
    "by lot.",
    "What anybody really thinks. Perspective is what people answered to the items of this survey, and two people can "
    "differ in ways nobody asked about.",
    "Who distrusts whom. A name that is missing may have been forgotten, and unknown is not distrust. The report keeps "
    "to the pairs it proposes.",
    "That difference is good for everybody. The gain counts outlooks that come within reach; using them is up to the "
    "two.",
    "Anything about other organisations, or about this one after its people have changed.",
)
CARELESS = {"average": "count as an outlook that is not known", "as given": "count as given"}
FEW = 4  # questions named at most where many had the same problem
SEVERITIES = ["error", "warning", "note"]
PAIR_RULES = {
    "forbidden": "{a} and {b} are not paired",
    "required": "{a} and {b} are paired",
    "met": "{a} and {b} met in an earlier round and are not paired again",
}
COLUMN_RULES = {
    "not within": "nobody is paired with somebody who has the same answer in “{column}”",
    "not across": "nobody is paired with somebody who has a different answer in “{column}”",
}


def cannot_section(_study: Study) -> Html:
    """What no survey of this kind can tell."""
    return section("cannot", "What this cannot tell you", tag("ul", *(tag("li", limit) for limit in CANNOT)))


def data_section(study: Study) -> Html:
    """What was wrong with the data, and what was done about it."""
    issues = study.survey.issues
    parts = [tag("p", issues_in_words(study)), tag("p", careless_in_words(study))]
    if study.careless["flag"].any():
        seen = "Answers that may have been given without reading."
        parts.append(long_table(careless_table(study), seen, "All are in peernet.survey.careless_answers(survey)."))
    if len(issues):
        rest = "All are in the issues of the survey, and peernet check tells them by kind."
        everything = long_table(issues_table(study), "Every problem found while reading the survey.", rest)
        parts.append(table(issue_kinds_table(study), "What was done about the data."))
        parts.append(details(f"All {count_in_digits(len(issues), 'problem', 'problems')}", everything))
    return section("data", "What was wrong with the data", *parts)


def issues_in_words(study: Study) -> str:
    """How much had to be put right."""
    severity = study.survey.issues["severity"]
    if not len(severity):
        return "Nothing: every cell was understood as it stands."
    notes = count_in_digits(int((severity == "note").sum()), "cell was", "cells were")
    grave = count_in_digits(int((severity != "note").sum()), "problem needs", "problems need")
    return f"{notes} understood although not typed as expected, and {grave} a look. Nothing was dropped silently."


def careless_in_words(study: Study) -> str:
    """How many people may not have read the questions, and how many of them would be paired."""
    flagged = study.careless.index[study.careless["flag"].astype(bool)]
    if not len(flagged):
        return "Nobody's answers look as if given without reading."
    paired = len({*flagged} & {*study.pairing.table["a"], *study.pairing.table["b"]})
    are_paired = count_in_digits(paired, "of them is", "of them are") if paired else "none of them is"
    so_far = (
        f"{count_in_digits(len(flagged), 'person', 'people')} may have answered without reading; {are_paired} in a "
    )
    if len(study.pairing.scores.unread):
        return (
            f"{so_far}proposed pair. {UNREAD} {_sought_after_in_words(study)}Nobody is told that their answers look so."
        )
    return so_far + (
        "proposed pair. Such answers look unusual, and unusual people are sought after: look at these pairs before you "
        "propose them."
    )


def _sought_after_in_words(study: Study) -> str:
    """What the pairs of flagged people would seem to be worth, were their answers taken as given."""
    pairs = study.careless_pairs.drop_duplicates("pair")
    if not len(pairs):
        return ""
    promise = count_in_digits(len(pairs), "pair of theirs promises", "pairs of theirs promise")
    unknown, given = amount(float(pairs["unknown"].sum())), amount(float(pairs["as_given"].sum()))
    return f"The {promise} {unknown} effective perspectives so, and {given} by the answers as given. "


def careless_table(study: Study) -> pd.DataFrame:
    """Who may have answered without reading, with whom they would be paired, and what for."""
    flagged = study.careless.loc[study.careless["flag"].astype(bool), ["reason"]].rename_axis("person").reset_index()
    table, names = flagged.merge(study.careless_pairs, how="left", on="person"), display_names(study.survey.people)
    return pd.DataFrame(
        {
            "Person": table["person"].map(names),
            "What was seen": table["reason"],
            "Partner": table["partner"].map(names).fillna("none"),
            "Pair promises": table["unknown"].map(amount),
            "By the answers as given": table["as_given"].map(amount),
        }
    )


def _questions(study: Study) -> dict[str, str]:
    """By column, what to call the question in it."""
    return {item.name: question(item.label, item.name) for item in study.survey.codebook}


def issue_kinds_table(study: Study) -> pd.DataFrame:
    """What was wrong with the data by what was done about it, the gravest first."""
    table, asked = study.survey.issues, _questions(study)
    kinds = pd.DataFrame(
        {
            "What was done": table["done"].str.replace(r"^read as .*: ", "name read by its ", regex=True),
            "How grave": pd.Categorical(table["severity"], SEVERITIES, ordered=True),
            "Where": [asked.get(item, item) or "the whole person" for item in table["item"]],
        }
    )
    grouped = kinds.groupby(["How grave", "What was done"], observed=True)["Where"]
    shown = pd.DataFrame(
        {"Times": grouped.size(), "Where": grouped.agg(lambda items: listed_few([*dict.fromkeys(items)], FEW))}
    )
    shown = shown.reset_index().sort_values(["How grave", "Times"], ascending=[True, False], kind="stable")
    return shown.astype({"How grave": "str"})[["What was done", "How grave", "Times", "Where"]]


def issues_table(study: Study) -> pd.DataFrame:
    """Every problem of the data, the gravest first: of whom, and in which question, with its column if called so."""
    heads = {
        "person": "Person",
        "item": "Question",
        "problem": "Problem",
        "done": "What was done",
        "severity": "How grave",
    }
    table, names, asked = study.survey.issues, display_names(study.survey.people), _questions(study)
    table = table.sort_values("severity", key=lambda grave: grave.map(SEVERITIES.index), kind="stable")
    items = []
    for item in table["item"]:
        aside = [] if asked.get(item, item) == item else [tag("span", item, class_="aside")]
        items.append(joined([asked.get(item, item), *aside]))
    people = [names.get(person, person) for person in table["person"]]
    told = table.assign(person=people, item=pd.Series(items, index=table.index, dtype=object))
    return told[[*heads]].rename(columns=heads)


def record_section(study: Study) -> Html:
    """Everything needed to repeat the run: settings, the programme's rules where there are any, versions and inputs."""
    demands = long_table(rules_table(study), "What the programme demands of its pairs.", "All are in run.json.")
    rules = [tag("h3", "Rules"), demands]
    hashes = [(name, tag("code", digest)) for name, digest in study.inputs.items()]
    return section(
        "record",
        "Settings, versions and inputs",
        facts(settings_in_words(study), class_="plain"),
        *(rules if len(study.rules) else ()),
        tag("h3", "Versions"),
        facts(versions().items(), class_="plain"),
        tag("h3", "Files read (SHA-256)"),
        facts(hashes, class_="plain"),
    )


def settings_in_words(study: Study) -> list[tuple[str, str]]:
    """Everything that was chosen, each with what it is called, and why gates are open that could not be relied on."""
    chosen, lines = study.pairing.settings, study.pairing.scores.gate_reliability()["reliability"]
    opened = {f"why there is no limit to {gate}": opened_in_words(lines[gate]) for gate in chosen["unreliable"]}
    return [
        ("foundation that passes", listed(chosen["foundation"] or ("any",), "or")),
        ("foundation layers", listed(study.graph.graph["foundation"]) or "none"),
        ("contact layers", listed(chosen["contact"]) or "none"),
        *((f"strength at which {layer} is heard", f"{s:g}") for layer, s in chosen.get("strength", {}).items()),
        ("lowest rating that counts", f"{chosen['at_least']:g}"),
        ("experience at most apart", _limit_in_words(chosen["experience"])),
        ("goals at most apart", _limit_in_words(chosen["goals"])),
        *opened.items(),
        ("scale of perspective", f"{chosen['scale']:.4f}"),
        ("outlook that gains rest on", {"answers": "the answers as given"}.get(chosen["outlook"], chosen["outlook"])),
        ("answers that may not have been read", CARELESS[chosen["careless"]]),
        ("value of a pair", f"{chosen['value']} of the two gains"),
        ("rules of the programme", f"{len(study.rules):,}" if len(study.rules) else "none"),
        *(("price that means never", text) for text in chosen.get("never", ())),
        ("random pairings drawn", f"{study.settings.draws:,}"),
        ("repeats of the survey drawn", f"{study.settings.repeats:,}"),
        ("seed", str(study.settings.seed)),
    ]


def _limit_in_words(within: float | None) -> str:
    return "no limit" if within is None else f"{within:.4f}"


def rules_table(study: Study) -> pd.DataFrame:
    """Every rule of the programme in words, and what breaking it costs."""
    names, questions, rows = display_names(study.survey.people), _questions(study), []
    for rule in study.rules:
        told, unknown = rule_in_words(rule, names, questions), len(not_judged(study.scores, rule))
        if unknown:  # a rule on groups
            people = count_in_digits(unknown, "person", "people")
            told += f" (says nothing of {people} whose answer is not known)"
        rows.append((told, _price_in_words(rule)))
    return pd.DataFrame(rows, columns=["Rule", "If broken"])


def rule_in_words(
    rule: Rule, names: Mapping[str, str] | pd.Series[str], questions: Mapping[str, str] | None = None
) -> str:
    """One rule as a sentence without its full stop; questions by column, where they have another name than it."""
    column = (questions or {}).get(rule.column or "", rule.column)
    who = {side: names[person] for side in ("a", "b") if (person := getattr(rule, side)) is not None}
    if rule.rule in PAIR_RULES:
        return PAIR_RULES[rule.rule].format(**who)
    if rule.rule in COLUMN_RULES:
        return COLUMN_RULES[rule.rule].format(column=column)
    number = rule.number or 0
    pairs = count_in_digits(int(number), "pair", "pairs")
    if rule.rule in LIMITS:
        alike = "the same answer" if rule.rule.endswith("within") else "different answers"
        return f"{rule.rule.rsplit(' ', 1)[0]} {pairs} of people with {alike} in “{column}”"
    if rule.rule == "capacity":
        partners = f"{count_in_digits(int(number), 'partner', 'partners')} at most" if number else "no partner"
        return f"{who.get('a', 'everyone who has room for anybody')} has {partners}"
    if rule.rule == "partner":
        return f"{who['a']} has {count_in_digits(int(number) or 1, 'partner', 'partners')} at least"
    if rule.rule == "reporting line":
        return f"nobody is paired with a manager up to {count_in_digits(int(number), 'step', 'steps')} above them"
    if rule.rule == "shared hours":
        return f"the two share at least {number:g} hours"
    share = RARE_SHARE if rule.share is None else rule.share
    different = who.get("a") or f"anybody of the {percent(share)} with the rarest outlooks"
    return f"{different} is the different one in {pairs} at most"


def _price_in_words(rule: Rule) -> str:
    """What breaking a rule costs, where it may be broken."""
    if rule.price is None:
        return "never broken"
    unit = {"capacity": "a partner more", "partner": "a partner missing"}.get(rule.rule, "a pair")
    return f"{rule.price:g} effective perspectives {unit}" if rule.price else "costs nothing"


def has_priced_rules(study: Study) -> bool:
    """Whether a rule of the programme may be broken at a price."""
    return any(rule.price is not None for rule in study.rules)
