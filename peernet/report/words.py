"""The sentences of the report's parts, below the answer."""

from __future__ import annotations

import numpy as np

from peernet._wording import amount, count_in_digits, listed, percent
from peernet.report.record import have_prices
from peernet.study import Study

__all__ = [
    "CANNOT",
    "VIEWS_CAPTION",
    "WAYS_CAPTION",
    "carelessness",
    "data",
    "drawn_anew",
    "prices",
    "other_ways",
    "proof",
    "reach",
    "recurs",
    "rules",
    "scale",
    "settings",
    "views",
]

VIEWS_CAPTION = (
    "The same people twice: the nearer two stand, the more alike they answered. Lines join the proposed pairs, whose "
    "partners should be near in experience and far in perspective. A flat map shows only part of the differences."
)
WAYS_CAPTION = (
    "Total gain of each way of pairing the same people, and the share of its pairs that rest on trust. The grey band "
    "holds 95 of 100 random pairings."
)
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
UNSURE = "one of several"
PASSES = {
    "mutual": "both named each other",
    "introduced": "a colleague both trust can introduce them",
    "unknown": "nothing is known",
}


def rules(study: Study) -> str:
    """What a pair had to keep to, and how the proposed ones do."""
    introduced = float((study.pairing.table["foundation"] == "introduced").mean())
    return (
        f"{_foundation_rule(study)}{_distance_rule(study)}. Nobody is paired with their manager, with somebody they "
        f"vetoed, or after opting out. {_programme_rules(study)}Of these pairs, "
        f"{percent(introduced)} meet through a colleague."
    )


def _foundation_rule(study: Study) -> str:
    layers, accepted = study.graph.graph["foundation"], study.scores.settings["foundation"]
    if not accepted:
        return "A pair need not rest on anything"
    rest = listed(layers) or "trust, which was not asked about"
    return f"A pair must rest on {rest} ({listed([PASSES[state] for state in accepted], 'or')})"


def _programme_rules(study: Study) -> str:
    if not len(study.rules):
        return ""
    return f"{count_in_digits(len(study.rules), 'rule', 'rules')} of the programme came on top, listed under Settings. "


def _distance_rule(study: Study) -> str:
    chosen = study.scores.settings
    limits = [
        f"{what} at most {chosen[what]:.2f} apart" for what in ("experience", "goals") if chosen[what] is not None
    ]
    return f", with {listed(limits)} (0: same answers, 1: opposite)" if limits else ""


def proof(study: Study) -> str:
    """How good the pairs are known to be."""
    pairing, broken = study.pairing, len(study.pairing.check())
    short = "so it is the best there is" if pairing.proven else f"at most {percent(pairing.gap)} short of the best"
    amiss = (
        f"{count_in_digits(broken, 'thing is', 'things are')} amiss: do not use these pairs"
        if broken
        else "nothing is amiss"
    )
    taken_off = ", what broken rules cost taken off" if have_prices(study) else ""
    return (
        f"No pairing within these rules is worth more than {amount(pairing.bound)}{taken_off}; this one is worth "
        f"{amount(pairing.objective)}, {short}. Every pair was then held against the rules again: {amiss}."
    )


def scale(study: Study) -> str:
    """How far the pairs depend on the one setting that is a matter of taste."""
    table = study.sensitivity
    if not len(study.pairing):
        return "With no pairs there is nothing that could depend on the scale."
    if table["same_pairs"].isna().all():
        return "At no other scale can all the rules be kept, so there is nothing to compare with."
    return (
        f"How finely outlooks are told apart (the scale) is a choice. Between {table.index.min():g} and "
        f"{table.index.max():g} times the scale used, {percent(table['same_pairs'].min())} to "
        f"{percent(table['same_pairs'].max())} of these pairs would be proposed again, and these pairs would still "
        f"reach at least {percent(table['kept'].min())} of the best total."
    )


def drawn_anew(study: Study) -> list[str]:
    """What a survey that came out a little differently would propose, which the proof leaves untold."""
    stability = study.stability
    if stability is None:
        return [
            "The proof takes the answers as they are. Had the survey come out a little differently, other pairs might "
            "be best: peernet.pairing_stability draws the survey anew and says how often each pair would recur."
        ]
    told, draws = stability.summary, count_in_digits(len(stability.draws), "repeat", "repeats")
    likely = int((stability.pairs["proposed"] & (stability.pairs["standing"] != UNSURE)).sum())
    return [
        "The proof takes the answers as they are. Had other questions of the same kind been asked, other colleagues "
        f"been named or the lines been drawn elsewhere, {percent(told['recur'])} of these pairs would be proposed "
        f"again on average, {_so_many(likely)} of them in at least half of {draws} of the survey. "
        f"{_verdict(told['recur'])}",
        *_promised(told["optimism"]),
    ]


def _so_many(number: int) -> str:
    return f"{number:,}" if number else "none"


def _verdict(recur: float) -> str:
    """What to make of it."""
    if recur >= 0.9:
        return "So these pairs hardly depend on how the survey happened to come out."
    if recur >= 0.5:
        return "So most of these pairs are likely, and the others have good alternatives."
    return (
        "So most pairs are one of several that could as well be made: where two people would rather not, give them "
        "others without regret."
    )


def _promised(optimism: float) -> list[str]:
    """How much of the total is promised in vain, where that can be told."""
    if np.isnan(optimism):
        return []
    if optimism < 0.005:
        return ["The total does not look better for having been chosen: other questions would find as much."]
    return [
        "A best pairing always looks a little better than it is, since it was chosen by these very answers: about "
        f"{percent(optimism)} of the total gain would not be found by other questions of the same kind."
    ]


def recurs(study: Study) -> str:
    """What the column of that name says, where there is one."""
    if study.stability is None:
        return ""
    return f" Recurs: share of {count_in_digits(len(study.stability.draws), 'repeat', 'repeats')} of the survey with this pair."


def other_ways(study: Study) -> str:
    """What gains more, and at what price."""
    table = study.comparison.table
    more = table[table["gain"] > table["gain"]["peernet"]]
    if not len(more):
        return "No other way brings more, not even without the rules."
    founded = more["founded"].max()
    return (
        f"{count_in_digits(len(more), 'way brings', 'ways bring')} more because the rules are ignored: at most "
        f"{percent(founded)} of the pairs made so rest on trust, each other's or that of a colleague who can introduce "
        "them."
    )


def prices(study: Study) -> str:
    """Which gate costs most."""
    gates = study.prices.iloc[1:-1].to_dict("index").items()
    name, dearest = max(gates, key=lambda row: float(row[1]["price"]))
    if dearest["price"] == 0:
        return "None of the gates costs anything: opening any one of them would not raise the total gain."
    return (
        f"The rules are kept whatever they cost, and this is what they cost: the dearest is "
        f"{str(name).replace(' open', '')}, which keeps away {amount(dearest['price'])} effective perspectives "
        f"({percent(dearest['share'])} of what could be had without it)."
    )


def views(study: Study) -> list[str]:
    """One sentence for each view: its verdict and on how many people it rests."""
    return [
        f"{str(view).capitalize()} – {row['words']} ({count_in_digits(int(row['people']), 'person', 'people')} placed, "
        f"{int(row['unplaced']):,} with too few answers)."
        for view, row in study.clusters.views.iterrows()
    ]


def reach(study: Study) -> str:
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


def data(study: Study) -> str:
    """How much had to be put right."""
    severity = study.survey.issues["severity"]
    if not len(severity):
        return "Nothing: every cell was understood as it stands."
    notes = count_in_digits(int((severity == "note").sum()), "cell was", "cells were")
    grave = count_in_digits(int((severity != "note").sum()), "problem needs", "problems need")
    return f"{notes} understood although not typed as expected, and {grave} a look. Nothing was dropped silently."


def carelessness(study: Study) -> str:
    """How many people may not have read the questions, and how many of them would be paired."""
    flagged = study.careless.index[study.careless["flag"].astype(bool)]
    if not len(flagged):
        return "Nobody's answers look as if given without reading."
    paired = len({*flagged} & {*study.pairing.table["a"], *study.pairing.table["b"]})
    return (
        f"{count_in_digits(len(flagged), 'person', 'people')} may have answered without reading; "
        f"{count_in_digits(paired, 'of them is', 'of them are') if paired else 'none of them is'} in a proposed pair. Such "
        "answers look unusual, and unusual people are sought after: look at these pairs before you propose them."
    )


def settings(study: Study) -> list[tuple[str, str]]:
    """Everything that was chosen, in words."""
    chosen = study.pairing.settings
    return [
        ("foundation that passes", listed(chosen["foundation"] or ("any",), "or")),
        ("foundation layers", listed(study.graph.graph["foundation"]) or "none"),
        ("contact layers", listed(chosen["contact"]) or "none"),
        ("lowest rating that counts", f"{chosen['at_least']:g}"),
        ("experience at most apart", _limit(chosen["experience"])),
        ("goals at most apart", _limit(chosen["goals"])),
        ("scale of perspective", f"{chosen['scale']:.4f}"),
        ("value of a pair", f"{chosen['value']} of the two gains"),
        ("rules of the programme", f"{len(study.rules):,}" if len(study.rules) else "none"),
        ("random pairings drawn", f"{study.settings['draws']:,}"),
        ("repeats of the survey drawn", f"{study.settings['repeats']:,}"),
        ("seed", str(study.settings["seed"])),
    ]


def _limit(within: float | None) -> str:
    return "no limit" if within is None else f"{within:.4f}"
