"""The report's pairs: who is paired, why, how sure that is, and who has no partner."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from peernet._wording import amount, count_in_digits, display_names, distance, listed, percent
from peernet.compare.stability import PairingStability
from peernet.distance.adjusted import Borrowing
from peernet.pairing.why import BANDS, MOST_OF_ALL, ROUNDING, theme_in_words
from peernet.privacy import suppress_small, told_sum
from peernet.report import figures
from peernet.report.groups import groups_in_words
from peernet.report.html import Html, as_cells, details, facts, figure, joined, long_table, section, table, tag
from peernet.report.onward import way_on_part
from peernet.report.record import has_priced_rules
from peernet.scores.foundation import BY_INTRODUCER, STATE_CALLED
from peernet.study import Study, recurrence

PAIRS_LETTERS = 500_000  # of the table of pairs, which is what the page is opened for
MOST_SEEN = 400  # people in one picture of the colleague graph
FEWEST_TEAMS, MOST_TEAMS = 3, 30  # in a table of teams
TEAMS_CAPTION = (
    "Which teams the pairs join, each team a row and a column. The number counts proposed pairs. The darker a cell, "
    "the more of the two teams hear each other now (grey: within a team). On the right: how many of a team have no "
    "partner."
)
HEADS = ("much closer", "closer", "as usual", "further apart", "not known")
CLOSE, FAR = HEADS[:2], HEADS[2:4]
SHOWN = 3  # pairs that are told in full
UNSURE = "one of several"
WHOLE = ("100%", "over 99%")
CAUSES = {  # of change between a survey and its repeat
    "perspective": "the questions on outlook",
    "experience": "the questions on experience and the line of that gate",
    "goals": "the questions on goals and the line of that gate",
    "ties": "who names whom",
    "all together": "all of it",
}
CAUSES_CAPTION = (
    "What repeats of the survey would propose again where only one thing is different: how many of these pairs, how "
    "much of the best value there they keep, and how many are still within the rules."
)


def who_section(study: Study) -> Html:
    """Who is paired with whom: the rules the pairs keep, the pairs themselves and where they stand."""
    if not len(study.pairing):
        return section("who", "Who is paired with whom", tag("p", "Nobody: no pair keeps all the rules and gains."))
    caption = (
        "Proposed pairs, those that bring most first. Gains are in effective perspectives; distances go from 0 "
        f"(answered alike) to 1 (as different as can be).{recurs_explained(study)}"
    )
    return section(
        "who",
        "Who is paired with whom",
        tag("p", rules_in_words(study)),
        long_table(pairs_table(study), caption, "All are in pairs.csv.", class_="long wide", letters=PAIRS_LETTERS),
        colleagues_figure(study),
    )


def rules_in_words(study: Study) -> str:
    """What a pair had to keep to, and how the proposed ones do."""
    introduced = float(study.pairing.table["foundation"].isin(BY_INTRODUCER).mean())
    programme = count_in_digits(len(study.rules), "rule", "rules")
    on_top = f"{programme} of the programme came on top, listed under Settings. " if len(study.rules) else ""
    return (
        f"{_foundation_rule(study)}{_distance_rule(study)}. Nobody is paired with their manager, with somebody they "
        f"vetoed, or after opting out. {on_top}Of these pairs, {percent(introduced)} meet through a colleague."
    )


def _foundation_rule(study: Study) -> str:
    layers, accepted = study.graph.graph["foundation"], study.scores.settings["foundation"]
    if not accepted:
        return "A pair need not rest on anything"
    rest = listed(layers) or "trust, which was not asked about"
    return f"A pair must rest on {rest} ({listed([STATE_CALLED[state].passes for state in accepted], 'or')})"


def _distance_rule(study: Study) -> str:
    chosen = study.scores.settings
    limits = [
        f"{what} at most {chosen[what]:.2f} apart" for what in ("experience", "goals") if chosen[what] is not None
    ]
    return f", with {listed(limits)} (0: same answers, 1: opposite)" if limits else ""


def recurs_explained(study: Study) -> str:
    """What the column of that name says, where there is one."""
    if study.stability is None:
        return ""
    repeats = count_in_digits(len(study.stability.draws), "repeat", "repeats")
    return f" Recurs: share of {repeats} of the survey with this pair."


def pairs_table(study: Study) -> pd.DataFrame:
    """Proposed pairs, those that bring most first; columns in which nothing is known are left out."""
    table = study.pairing.table.sort_values(["value", "pair"], ascending=[False, True])
    names, again = display_names(study.survey.people), recurrence(study)
    rests = zip(table["foundation"], table["introducer"], strict=True)
    prices = table["price"] if "price" in table else pd.Series(0.0, index=table.index)
    shown = pd.DataFrame(
        {
            "One": _names_with_teams(study, table["a"]),
            "Other": _names_with_teams(study, table["b"]),
            "One gains": table["gain_a"].map(amount),
            "Other gains": table["gain_b"].map(amount),
            "Price of rules": [amount(price) if price else "–" for price in prices],
            "Perspective apart": table["perspective"].map(distance),
            "Experience apart": table["experience"].map(distance),
            "Goals apart": table["goals"].map(distance),
            "Topics to teach": table["exchange"].map("{:.0f}".format).replace("nan", "–"),
            "Recurs": "–" if again is None else as_cells(again[table.index], percent),
            "Rests on": [_foundation_in_words(state, introducer, names) for state, introducer in rests],
        }
    )
    return shown.loc[:, [column for column in shown if (shown[column] != "–").any()]]


def _names_with_teams(study: Study, people: pd.Series[str]) -> pd.Series:
    """Each person's name with their team below it."""
    names, teams = display_names(study.survey.people), study.survey.people["team"]
    cells = [
        joined([names[p]] if pd.isna(teams[p]) else [names[p], tag("span", teams[p], class_="aside")]) for p in people
    ]
    return pd.Series(cells, index=people.index, dtype=object)  # or pandas would make plain text of them


def _foundation_in_words(state: str, introducer: object, names: pd.Series[str]) -> str:
    """What one pair rests on."""
    return STATE_CALLED[state].rests_on.format(introducer=names.get(str(introducer), ""))


def colleagues_figure(study: Study) -> Html:
    """Everyone by name with the proposed pairs; of so many that names cannot be read, the teams that pairs join."""
    teams = study.survey.people["team"].nunique()
    if len(study.graph) <= figures.MOST_NAMED or (len(study.graph) <= MOST_SEEN and teams < FEWEST_TEAMS):
        return figure(figures.colleagues(study), joined([colleagues_caption(study), _colleagues_key(study)]))
    across = _across_teams_in_words(study)
    if FEWEST_TEAMS <= teams <= MOST_TEAMS:
        return figure(figures.teams(study), f"{TEAMS_CAPTION} {across}".strip())
    return tag("p", across) if across else Html()


def colleagues_caption(study: Study) -> str:
    """What the colleague graph shows."""
    caption = "Everyone on the roster; colleagues who hear many of the same people stand together."
    return f"{caption} {_across_teams_in_words(study)}".strip()


def _across_teams_in_words(study: Study) -> str:
    """How many pairs reach beyond a team; nothing where both teams are known of no pair."""
    teams, table = study.survey.people["team"], study.pairing.table
    sides = pd.DataFrame({side: table[side].map(teams) for side in ("a", "b")}).dropna()
    if not len(sides):
        return ""
    across = f"{int((sides['a'] != sides['b']).sum()):,} of the"
    if len(sides) == len(table):
        return f"{across} {count_in_digits(len(sides), 'pair joins', 'pairs join')} people of different teams."
    known = count_in_digits(len(sides), "pair whose teams are known joins", "pairs whose teams are known join")
    return f"{across} {known} people of different teams."


def _colleagues_key(study: Study) -> Html:
    """What the lines and dots of the colleague graph mean."""
    lines = [("#8a949e", "hear each other now"), *([("#1f2933", "proposed pair")] if len(study.pairing) else [])]
    swatches = (tag("li", tag("span", class_="swatch", style=f"color:{ink}"), f" {what}") for ink, what in lines)
    groups = figures.key_to_groups(groups_in_words(study, "perspective"))
    small = [tag("li", "small dot: no partner")] if len(study.pairing) else []
    return tag("ul", *swatches, *groups, *small, class_="key")


def why_section(study: Study) -> Html:
    """How near partners are in each respect, and for a few pairs what they share and where they differ."""
    if not len(study.pairing):
        return Html()
    caption = (
        "Number of pairs by how near the two are, compared with two people picked at random. Counts under 5 are "
        "hidden, and others beside them where the number of pairs would give them away."
    )
    counts = nearness_table(study)
    return section(
        "why",
        "Why these pairs",
        tag("p", nearness_in_words(study)),
        tag("p", outlook_in_words(study)),
        table(counts, caption) if (counts.iloc[:, 1:] != "hidden").any(axis=None) else Html(),
        tag("h3", "The pairs that bring most, compared with two people picked at random"),
        facts(best_pairs_in_words(study), class_="plain"),
        tag("p", "Pairing.why tells the same of any pair. What the two are given is their brief.", class_="note"),
    )


def nearness_in_words(study: Study) -> str:
    """What a good partner is, and how many of the pairs are like that."""
    like_that = [words for _, counts in _nearness_counts(study).items() if (words := _nearness_phrase(counts))]
    of_these = f" Of these pairs, {listed(like_that)}." if like_that else ""
    return (
        f"A good partner has trodden much the same path and sees things differently.{of_these} "
        "What counts is not the distance itself but what somebody adds to the outlooks a person hears already."
    )


def outlook_in_words(study: Study) -> str:
    """What gains rest on: the outlook behind the answers and how reliable it is, or the answers as they were given."""
    borrowing: Borrowing | None = getattr(study.scores.perspective, "borrowing", None)
    if borrowing is None:
        return "Differences in outlook are those of the answers as given."
    shown = " Distances in the tables are those of the answers as given." if borrowing.found else ""
    return f"{borrowing.in_words}{shown}"


def _nearness_phrase(counts: pd.Series[int]) -> str:
    """How many pairs are as wanted in one block; empty where it would give away a count that the table hides."""
    block = str(counts.name)
    wanted = FAR if block == "perspective" else CLOSE
    number = told_sum(counts, wanted)
    if number is None:
        return ""
    share = percent(number / int(counts.sum()))
    if wanted == FAR:
        return f"{share} are at least about as far apart in perspective as two people usually are"
    return f"{share} are closer in {block} than two people usually are"


def nearness_table(study: Study) -> pd.DataFrame:
    """Pairs by how near the two are, against two people picked at random; counts under the floor hidden."""
    counts = _nearness_counts(study)
    shown = pd.DataFrame({str(block).capitalize(): suppress_small(counts[block]).drop("total") for block in counts})
    table = shown.astype("str").mask(shown.isna(), "hidden").T
    return table.rename_axis("The two, in").reset_index()


def _nearness_counts(study: Study) -> pd.DataFrame:
    """Number of pairs in each band, index the bands, one column for each block; not to be shown as it is."""
    counts = {block: _count_by_band(apart) for block, apart in _distances_against_usual(study).items()}
    # A band without pairs stays in: that it is left out would tell that nobody is there.
    return pd.DataFrame(counts, index=list(HEADS)).loc[
        lambda table: table.any(axis="columns") | (table.index != HEADS[-1])
    ]


def _distances_against_usual(study: Study) -> dict[str, pd.Series[float]]:
    """Distance of each pair as a share of the mean distance of two people, by block in which people differ at all."""
    gates = study.scores.gates
    blocks = {"experience": gates.experience, "goals": gates.goals, "perspective": study.scores.perspective.as_given}
    return {
        block: study.pairing.table[block] / distances.mean
        for block, distances in blocks.items()
        if distances is not None and distances.mean > 0
    }


def _count_by_band(apart: pd.Series[float]) -> list[int]:
    """Number of pairs in each band, and of those nothing is known of."""
    edges = [most + ROUNDING for most, _, _ in BANDS]
    place = np.where(apart.isna(), len(BANDS), np.searchsorted(edges, apart.fillna(0.0)))
    return [int(count) for count in np.bincount(place, minlength=len(HEADS))]


def best_pairs_in_words(study: Study) -> list[tuple[str, str]]:
    """The pairs that bring most, with what they share, what they rest on, what sets them apart and what each gains."""
    table = study.pairing.table.sort_values(["value", "pair"], ascending=[False, True]).head(SHOWN)
    names = display_names(study.survey.people)
    rests = [_foundation_in_words(*row, names) for row in zip(table["foundation"], table["introducer"], strict=True)]
    return [
        (f"{names[a]} and {names[b]}", " ".join(_pair_sentences(study, a, b, rest, names)))
        for a, b, rest in zip(table["a"], table["b"], rests, strict=True)
    ]


def _pair_sentences(study: Study, a: str, b: str, rest: str, names: pd.Series[str]) -> Iterator[str]:
    """Why two were paired, in sentences; the theme they differ in most by what it is called."""
    reasons = study.pairing.why(a, b).table
    called = [theme_in_words(study.survey.codebook, block) for block in reasons["block"]]
    reasons = reasons.assign(block=reasons["block"].mask(reasons["words"] == MOST_OF_ALL, pd.Series(called)))
    yield from _reasons_sentence("Common ground", reasons[reasons["part"] == "common ground"])
    yield f"Rests on {rest}."
    yield from _reasons_sentence("Difference", reasons[reasons["part"] == "difference"])
    gains = reasons[reasons["part"] == "gain"]
    yield from _reasons_sentence("Gains in effective perspectives", gains.assign(block=gains["block"].map(names)))


def _reasons_sentence(head: str, reasons: pd.DataFrame) -> Iterator[str]:
    """One sentence, or none where there is no reason of that kind."""
    phrases = [_reason_phrase(block, words) for block, words in zip(reasons["block"], reasons["words"], strict=True)]
    if phrases:
        yield f"{head}: {', '.join(phrases)}."


def _reason_phrase(block: str, words: str) -> str:
    """One reason; that distances are held against two people picked at random is told once, above them all."""
    short = (
        words.replace("within the gate", "as near as the rules ask")
        .replace(" than two people picked at random", "")
        .replace(" as two people picked at random", " as usual")
    )
    if block in ("contacts", "topics"):
        return short
    return f"{words} in {block}" if words == MOST_OF_ALL else f"{block} {short}"


def sure_section(study: Study) -> Html:
    """How sure the pairs are: proven for these answers, held against the survey drawn anew, and at other scales."""
    caption = "The best pairing at other scales: how many pairs it shares, and how much of its total these pairs keep."
    parts = [tag("p", proof_in_words(study))]
    if len(study.pairing):
        parts += [tag("p", sentence) for sentence in repeats_in_words(study)]
        if study.stability is not None and len(study.stability.causes):
            parts += [tag("p", causes_in_words(study.stability)), table(causes_table(study.stability), CAUSES_CAPTION)]
        parts += [tag("p", verdict_in_words(study)), tag("p", scales_in_words(study))]
        parts.append(table(scales_table(study), caption))
    return section("sure", "How sure this is", *parts)


def proof_in_words(study: Study) -> str:
    """How good the pairs are known to be."""
    pairing, broken = study.pairing, len(study.pairing.check())
    short = "so it is the best there is" if pairing.proven else f"at most {percent(pairing.gap)} short of the best"
    amiss = (
        f"{count_in_digits(broken, 'thing is', 'things are')} amiss: do not use these pairs"
        if broken
        else "nothing is amiss"
    )
    taken_off = ", what broken rules cost taken off" if has_priced_rules(study) else ""
    return (
        f"No pairing within these rules is worth more than {amount(pairing.bound)}{taken_off}; this one is worth "
        f"{amount(pairing.objective)}, {short}. Every pair was then held against the rules again: {amiss}."
    )


def repeats_in_words(study: Study) -> list[str]:
    """What a survey that came out a little differently would propose, which the proof leaves untold."""
    stability = study.stability
    if stability is None:
        return [
            "The proof takes the answers for certain. Had the survey come out a little differently, other pairs might "
            "be best: peernet.pairing_stability draws the survey anew and says how often each pair would recur."
        ]
    recur, repeats = stability.summary["recur"], count_in_digits(len(stability.draws), "repeat", "repeats")
    likely = int((stability.pairs["proposed"] & (stability.pairs["standing"] != UNSURE)).sum())
    return [
        "The proof takes the answers for certain. Had other questions of the same kind been asked, other colleagues "
        f"been named or the lines been drawn elsewhere, {percent(recur)} of these pairs would be proposed again on "
        f"average, {f'{likely:,}' if likely else 'none'} of them in at least half of {repeats} of the survey. "
        f"{_recurrence_verdict(recur)}",
    ]


def _recurrence_verdict(recur: float) -> str:
    """What to make of the share of pairs that recur."""
    if recur >= 0.9:
        return "So these pairs hardly depend on how the survey happened to come out."
    if recur >= 0.5:
        return "So most of these pairs are likely, and the others have good alternatives."
    return (
        "So most pairs are one of several that could as well be made: where two people would rather not, give them "
        "others without regret."
    )


def causes_in_words(stability: PairingStability) -> str:
    """Which cause of change leaves the fewest pairs."""
    alone = stability.causes["recur"].drop("all together")
    return (
        f"Most of all it matters what would be different in {CAUSES[str(alone.idxmin())]}: were only that different, "
        f"{percent(alone.min())} of these pairs would be proposed again."
    )


def causes_table(stability: PairingStability) -> pd.DataFrame:
    """What a repeat would propose again by what is different in it, the greatest change first."""
    table = stability.causes.sort_values("recur", kind="stable")
    return pd.DataFrame(
        {
            "Different in a repeat": [CAUSES[str(cause)] for cause in table.index],
            "Same pairs": as_cells(table["recur"], percent),
            "Value kept": as_cells(table["kept"], percent),
            "Still within the rules": as_cells(table["allowed"], percent),
        }
    )


def verdict_in_words(study: Study) -> str:
    """Whether the pairs bring more than pairs by lot by answers that did not choose them, and why that is asked."""
    rows = study.comparison.table.to_dict("index")
    row, random = rows["peernet"], rows["random"]
    if np.isnan(row["expected"]):
        return (
            f"{study.comparison.verdict} That takes two questions on outlook or more that people answer differently, "
            "some to choose the pairs by and others to judge them, and new pairs to hold them against."
        )
    if row["expected"] * random["gain"] >= 0.995 * row["gain"] * random["expected"]:
        return f"The total does not look better for having been chosen by these answers. {study.comparison.verdict}"
    return (
        "A best pairing always looks a little better than it is, since it was chosen by these very answers. "
        f"{study.comparison.verdict}"
    )


def scales_in_words(study: Study) -> str:
    """How far the pairs depend on the one setting that is a matter of taste."""
    table = study.sensitivity
    if not len(study.pairing):
        return "With no pairs there is nothing that could depend on the scale."
    if table["same_pairs"].isna().all():
        return "At no other scale can all the rules be kept, so there is nothing to compare with."
    fewest, most = percent(table["same_pairs"].min()), percent(table["same_pairs"].max())
    least = percent(table["kept"].min())
    return (
        f"How finely outlooks are told apart (the scale) is a choice. Between {table.index.min():g} and "
        f"{table.index.max():g} times the scale used, {fewest if fewest == most else f'{fewest} to {most}'} of these "
        f"pairs would be proposed again, and these pairs would still reach "
        f"{least if least in WHOLE else f'at least {least}'} of the best total."
    )


def scales_table(study: Study) -> pd.DataFrame:
    """The pairing at other scales."""
    table = study.sensitivity
    return pd.DataFrame(
        {
            "Scale": [f"{factor:g} times" for factor in table.index],
            "Same pairs": as_cells(table["same_pairs"], percent),
            "Total kept": as_cells(table["kept"], percent),
        }
    )


def unpaired_section(study: Study) -> Html:
    """Who has no partner: how many for each reason, and everyone by name."""
    if not len(study.pairing.unpaired):
        return section("unpaired", "Who has no partner, and why", tag("p", "Everybody has one."))
    everyone = long_table(unpaired_table(study), "People without a partner.", "All are in people.csv.")
    caption = "People without a partner by reason."
    return section(
        "unpaired",
        "Who has no partner, and why",
        table(unpaired_reasons_table(study), caption),
        way_on_part(study),
        details("Everyone without a partner", everyone),
    )


def unpaired_reasons_table(study: Study) -> pd.DataFrame:
    """Reasons for having no partner, the most frequent first."""
    return study.pairing.unpaired["reason"].value_counts().rename_axis("Why").reset_index(name="People")


def unpaired_table(study: Study) -> pd.DataFrame:
    """Everyone without a partner, and why, with the particulars."""
    table = study.pairing.unpaired
    why = table["reason"].where(table["detail"] == "", table["reason"] + ": " + table["detail"])
    return pd.DataFrame({"Person": _names_with_teams(study, table["person"]), "Why": why.to_numpy()})
