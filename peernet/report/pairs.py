"""Why these pairs: how near partners are in each respect, and for a few pairs what they share and where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from peernet._wording import amount, count_in_digits, display_names, distance, listed, percent
from peernet.distance.distances import PersonDistances
from peernet.pairing.why import BANDS, ROUNDING
from peernet.privacy import suppress_small
from peernet.report import figures
from peernet.report.html import Html, _words, details, facts, figure, joined, section, table, tag
from peernet.report.record import have_prices
from peernet.scores.foundation import INTRODUCED, STATE_CALLED
from peernet.scores.pair_scores import PairScores
from peernet.study import Study, recurrence

SHOWN = 3  # pairs that are told in full
NEAR = BANDS[1][0]
HEADS = ("much closer", "closer", "as usual", "further apart", "not known")
MOST_SEEN = 400  # people in one picture of the colleague graph
UNSURE = "one of several"


def told(study: Study) -> str:
    """What a good partner is, and how many of the pairs are like that."""
    usual = _as_usual(study)
    near = [
        f"{percent(float((apart <= NEAR).mean()))} are closer in {block} than two people usually are"
        for block, apart in usual.items()
        if block != "perspective"
    ]
    far = float((usual["perspective"] > NEAR).mean())
    return (
        "A good partner has trodden much the same path and sees things differently. Of these pairs, "
        f"{listed([*near, f'{percent(far)} are at least about as far apart in perspective'])}. "
        "What counts is not the distance itself but what somebody adds to the outlooks a person hears already."
    )


def nearness(study: Study) -> pd.DataFrame:
    """Pairs by how near the two are, against two people picked at random; counts under the floor hidden."""
    counts = {block.capitalize(): _counted(apart) for block, apart in _as_usual(study).items()}
    some = pd.DataFrame(counts, index=list(HEADS)).loc[lambda table: table.any(axis="columns")]
    shown = pd.DataFrame({block: suppress_small(some[block]).drop("total") for block in some})
    table = shown.astype("str").mask(shown.isna(), "hidden").T
    return table.rename_axis("The two, in").reset_index()


def _as_usual(study: Study) -> dict[str, pd.Series[float]]:
    """Distance of each pair as a share of the mean distance of two people, by block."""
    found = _blocks(study.scores)
    return {block: study.pairing.table[block] / distances.mean for block, distances in found.items()}


def _blocks(scores: PairScores) -> dict[str, PersonDistances]:
    blocks = {"experience": scores.gates.experience, "goals": scores.gates.goals, "perspective": scores.perspective}
    return {block: distances for block, distances in blocks.items() if distances is not None and distances.mean > 0}


def _counted(apart: pd.Series[float]) -> list[int]:
    """Number of pairs in each band, and of those nothing is known of."""
    edges = [most + ROUNDING for most, _, _ in BANDS]
    place = np.where(apart.isna(), len(BANDS), np.searchsorted(edges, apart.fillna(0.0)))
    return [int(count) for count in np.bincount(place, minlength=len(HEADS))]


def examples(study: Study) -> list[tuple[str, str]]:
    """The pairs that bring most, with what they share, what they rest on, what sets them apart and what each gains."""
    table = study.pairing.table.sort_values(["value", "pair"], ascending=[False, True]).head(SHOWN)
    called = display_names(study.survey.people)
    rests = [rests_on(*row, called) for row in zip(table["foundation"], table["introducer"], strict=True)]
    return [
        (f"{called[a]} and {called[b]}", " ".join(_sentences(study.pairing.why(a, b).table, rest, called)))
        for a, b, rest in zip(table["a"], table["b"], rests, strict=True)
    ]


def _sentences(reasons: pd.DataFrame, rest: str, called: pd.Series[str]) -> Iterator[str]:
    yield from _sentence("Common ground", reasons[reasons["part"] == "common ground"])
    yield f"Rests on {rest}."
    yield from _sentence("Difference", reasons[reasons["part"] == "difference"])
    gains = reasons[reasons["part"] == "gain"]
    yield from _sentence("Gains in effective perspectives", gains.assign(block=gains["block"].map(called)))


def _sentence(head: str, reasons: pd.DataFrame) -> Iterator[str]:
    phrases = [_phrase(block, words) for block, words in zip(reasons["block"], reasons["words"], strict=True)]
    if phrases:
        yield f"{head}: {', '.join(phrases)}."


def _phrase(block: str, words: str) -> str:
    """One reason; that distances are held against two people picked at random is told once, above them all."""
    short = words.replace(" than two people picked at random", "").replace(
        " as two people picked at random", " as usual"
    )
    if block in ("contacts", "topics"):
        return short
    return f"most of all in “{block}”" if words == "most of all" else f"{block} {short}"


def _colleagues(study: Study) -> Html:
    """Everyone with the proposed pairs; of very many people only a tangle could be seen, so that it is left out."""
    if len(study.graph) > MOST_SEEN:
        across = across_teams(study)
        return tag("p", across) if across else Html()
    return figure(figures.colleagues(study), joined([graph_caption(study), _graph_key(study)]))


def _graph_key(study: Study) -> Html:
    """What the lines and dots of the colleague graph mean."""
    lines = [("#8a949e", "hear each other now"), *([("#1f2933", "proposed pair")] if len(study.pairing) else [])]
    swatches = (tag("li", tag("span", class_="swatch", style=f"color:{ink}"), f" {what}") for ink, what in lines)
    groups = figures.key_to_groups(study.clusters.table["perspective"], "perspective group")
    small = [tag("li", "small dot: no partner")] if len(study.pairing) else []
    return tag("ul", *swatches, *groups, *small, class_="key")


def _who(study: Study) -> Html:
    if not len(study.pairing):
        return section("who", "Who is paired with whom", tag("p", "Nobody: no pair keeps all the rules and gains."))
    caption = (
        "Proposed pairs, those that bring most first. Gains are in effective perspectives; distances go from 0 "
        f"(answered alike) to 1 (as different as can be).{recurs(study)}"
    )
    return section(
        "who",
        "Who is paired with whom",
        tag("p", rules(study)),
        table(pairs(study), caption, class_="long wide"),
        _colleagues(study),
    )


def _why(study: Study) -> Html:
    if not len(study.pairing):
        return Html()
    caption = (
        "Number of pairs by how near the two are, compared with two people picked at random. Counts under 5 are "
        "hidden, and others beside them where the number of pairs would give them away."
    )
    counts = nearness(study)
    return section(
        "why",
        "Why these pairs",
        tag("p", told(study)),
        table(counts, caption) if (counts.iloc[:, 1:] != "hidden").any(axis=None) else Html(),
        tag("h3", "The pairs that bring most, compared with two people picked at random"),
        facts(examples(study), class_="plain"),
        tag("p", "Pairing.why tells the same of any pair, in words that may be shown to the two.", class_="note"),
    )


def _sure(study: Study) -> Html:
    caption = "The best pairing at other scales: how many pairs it shares, and how much of its total these pairs keep."
    parts = [tag("p", proof(study))]
    if len(study.pairing):
        parts += [tag("p", sentence) for sentence in drawn_anew(study)]
        parts.append(tag("p", study.comparison.verdict))
        parts += [tag("p", scale(study)), table(scales(study), caption)]
    return section("sure", "How sure this is", *parts)


def _unpaired(study: Study) -> Html:
    if not len(study.pairing.unpaired):
        return section("unpaired", "Who has no partner, and why", tag("p", "Everybody has one."))
    everyone = table(unpaired(study), "People without a partner.", class_="long")
    return section(
        "unpaired",
        "Who has no partner, and why",
        table(unpaired_kinds(study), "People without a partner by reason."),
        details("Everyone without a partner", everyone),
    )


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


def rules(study: Study) -> str:
    """What a pair had to keep to, and how the proposed ones do."""
    introduced = float((study.pairing.table["foundation"] == INTRODUCED.name).mean())
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
    return f"A pair must rest on {rest} ({listed([STATE_CALLED[state].passes for state in accepted], 'or')})"


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


def pairs(study: Study) -> pd.DataFrame:
    """Proposed pairs, those that bring most first."""
    table = study.pairing.table.sort_values(["value", "pair"], ascending=[False, True])
    rests = zip(table["foundation"], table["introducer"], strict=True)
    called = display_names(study.survey.people)
    shown = pd.DataFrame(
        {
            "One": _with_team(study, table["a"]),
            "Other": _with_team(study, table["b"]),
            "One gains": table["gain_a"].map(amount),
            "Other gains": table["gain_b"].map(amount),
            "Price of rules": _prices(table),
            "Perspective apart": table["perspective"].map(distance),
            "Experience apart": table["experience"].map(distance),
            "Goals apart": table["goals"].map(distance),
            "Topics to teach": table["exchange"].map("{:.0f}".format).replace("nan", "–"),
            "Recurs": _recurs(study, table.index),
            "Rests on": [rests_on(state, introducer, called) for state, introducer in rests],
        }
    )
    return shown.loc[:, [column for column in shown if (shown[column] != "–").any()]]


def _recurs(study: Study, order: pd.Index) -> list[str]:
    """Share of the repeats of the survey in which each pair would be proposed again."""
    found = recurrence(study)
    return ["–"] * len(order) if found is None else _words(found[order], percent)


def _prices(table: pd.DataFrame) -> list[str]:
    """What rules take off each pair's value; nothing is shown where they take off nothing."""
    prices = table["price"] if "price" in table else pd.Series(0.0, index=table.index)
    return [amount(price) if price else "–" for price in prices]


def _with_team(study: Study, people: Iterable[str]) -> npt.NDArray[np.object_]:
    """Each person's name with their team below it."""
    called, teams = display_names(study.survey.people), study.survey.people["team"]
    cells = [
        joined([called[p]] if pd.isna(teams[p]) else [called[p], tag("span", teams[p], class_="aside")]) for p in people
    ]
    return np.array([*cells, None], dtype=object)[:-1]  # as objects, or pandas would make plain text of them


def rests_on(state: str, introducer: object, called: pd.Series[str]) -> str:
    """What a pair rests on, in words."""
    return STATE_CALLED[state].rests_on.format(introducer=called.get(str(introducer), ""))


def scales(study: Study) -> pd.DataFrame:
    """The pairing at other scales."""
    table = study.sensitivity
    return pd.DataFrame(
        {
            "Scale": [f"{factor:g} times" for factor in table.index],
            "Same pairs": _words(table["same_pairs"], percent),
            "Total kept": _words(table["kept"], percent),
        }
    )


def unpaired(study: Study) -> pd.DataFrame:
    """Everyone without a partner, and why."""
    table = study.pairing.unpaired
    return pd.DataFrame({"Person": _with_team(study, table["person"]), "Why": _told(table).to_numpy()})


def unpaired_kinds(study: Study) -> pd.DataFrame:
    """Reasons for having no partner, the most frequent first."""
    return study.pairing.unpaired["reason"].value_counts().rename_axis("Why").reset_index(name="People")


def _told(table: pd.DataFrame) -> pd.Series:
    """Reason and detail in one text."""
    return table["reason"].where(table["detail"] == "", table["reason"] + ": " + table["detail"])
