"""The report's parts, from the answer at the top to what it cannot tell at the end."""

from __future__ import annotations

from collections.abc import Callable

from peernet._wording import count_in_digits
from peernet.report import answer, context, figures, pairs, record, report_kinds, tables, words
from peernet.report.files import versions
from peernet.report.html import Html, details, facts, figure, joined, section, table, tag
from peernet.study import Study

__all__ = ["body"]

MOST_SEEN = 400  # people in one picture of the colleague graph

PRIVATE = (
    "For the analyst only: this page names people and repeats what they typed. Tell each pair about themselves, and do "
    "not pass the page on."
)


def heading(study: Study) -> Html:
    """What the page is about, and who answered."""
    title = tag("h1", f"Which pairings bring the most diversity of thought: {study.name}")
    return tag("header", title, tag("p", answer.who_answered(study), class_="under"))


def opening(study: Study) -> Html:
    """The answer: two sentences beside one picture, then the main numbers."""
    sentences = tag("div", *(tag("p", sentence) for sentence in answer.headline(study)), class_="answer")
    return tag(
        "section",
        tag("div", sentences, _picture(study), class_="hero"),
        facts(answer.main_numbers(study), class_="tiles"),
        tag("p", answer.DEFINITION, class_="note"),
        tag("p", PRIVATE, class_="private"),
        aria_label="The answer",
    )


def _picture(study: Study) -> Html:
    """The pairs against chance and other ways, or the colleagues where no way brings anything."""
    if study.comparison.table["gain"].max() > 0:
        return figure(figures.comparison(study), words.WAYS_CAPTION, class_="chart")
    return _colleagues(study)


def _colleagues(study: Study) -> Html:
    """Everyone with the proposed pairs; of very many people only a tangle could be seen, so that it is left out."""
    if len(study.graph) > MOST_SEEN:
        across = answer.across_teams(study)
        return tag("p", across) if across else Html()
    return figure(figures.colleagues(study), joined([answer.graph_caption(study), _graph_key(study)]))


def _graph_key(study: Study) -> Html:
    """What the lines and dots of the colleague graph mean."""
    lines = [("#8a949e", "hear each other now"), *([("#1f2933", "proposed pair")] if len(study.pairing) else [])]
    swatches = (tag("li", tag("span", class_="swatch", style=f"color:{ink}"), f" {what}") for ink, what in lines)
    groups = figures.key_to_groups(study.clusters.table["perspective"], "perspective group")
    small = [tag("li", "small dot: no partner")] if len(study.pairing) else []
    return tag("ul", *swatches, *groups, *small, class_="key")


def _kinds(study: Study) -> Html:
    if study.kinds is None or not len(study.kinds.table):
        return Html()
    return section(
        "kinds",
        "Which kinds of pairs bring most",
        tag("p", report_kinds.told(study)),
        _chart(
            study,
            figures.kinds,
            report_kinds.CAPTION,
            wanted=bool(study.kinds.table["gain"].notna().any()),
            class_="picture",
        ),
        table(report_kinds.as_table(study.kinds), "Kinds of pairs, of all that the rules allow."),
    )


def _who(study: Study) -> Html:
    if not len(study.pairing):
        return section("who", "Who is paired with whom", tag("p", "Nobody: no pair keeps all the rules and gains."))
    caption = (
        "Proposed pairs, those that bring most first. Gains are in effective perspectives; distances go from 0 "
        f"(answered alike) to 1 (as different as can be).{words.recurs(study)}"
    )
    return section(
        "who",
        "Who is paired with whom",
        tag("p", words.rules(study)),
        table(tables.pairs(study), caption, class_="long wide"),
        _colleagues(study),
    )


def _why(study: Study) -> Html:
    if not len(study.pairing):
        return Html()
    caption = (
        "Number of pairs by how near the two are, compared with two people picked at random. Counts under 5 are "
        "hidden, and others beside them where the number of pairs would give them away."
    )
    counts = pairs.nearness(study)
    return section(
        "why",
        "Why these pairs",
        tag("p", pairs.told(study)),
        table(counts, caption) if (counts.iloc[:, 1:] != "hidden").any(axis=None) else Html(),
        tag("h3", "The pairs that bring most, compared with two people picked at random"),
        facts(pairs.examples(study), class_="plain"),
        tag("p", "Pairing.why tells the same of any pair, in words that may be shown to the two.", class_="note"),
    )


def _sure(study: Study) -> Html:
    caption = "The best pairing at other scales: how many pairs it shares, and how much of its total these pairs keep."
    parts = [tag("p", words.proof(study))]
    if len(study.pairing):
        parts += [tag("p", sentence) for sentence in words.drawn_anew(study)]
        parts.append(tag("p", study.comparison.verdict))
        parts += [tag("p", words.scale(study)), table(tables.scales(study), caption)]
    return section("sure", "How sure this is", *parts)


def _chance(study: Study) -> Html:
    caption = "Ways of pairing the same people. Gains are in effective perspectives and ignore the rules."
    return section(
        "chance",
        "Compared with chance and other ways",
        tag("p", words.other_ways(study)),
        table(tables.ways(study), caption),
    )


def _chart(
    study: Study, draw: Callable[[Study], Html], caption: object, *, wanted: bool, class_: str = "chart"
) -> Html:
    """A picture with its caption, or nothing where there is nothing to see."""
    return figure(draw(study), caption, class_=class_) if wanted else Html()


def _prices(study: Study) -> Html:
    picture = "Best total gain within all gates (grey) and what opening gates adds (blue)."
    caption = "Best total gain, in effective perspectives, with gates open. Hard rules always stand."
    if record.have_prices(study):
        caption += " What broken rules cost is taken off."
    return section(
        "gates",
        "What each rule costs",
        tag("p", words.prices(study)),
        _chart(study, figures.gate_prices, picture, wanted=study.prices["value"].max() > 0),
        table(tables.gates(study), caption),
    )


def _views(study: Study) -> Html:
    groups, counts = study.clusters.table, tables.crossed(study)
    key = [entry for view in groups for entry in figures.key_to_groups(groups[view], f"{view} group")]
    caption = joined([words.VIEWS_CAPTION, tag("ul", *key, class_="key")])
    hidden = "People by group. Counts under 5 are hidden, and others beside them where a total would give them away."
    return section(
        "views",
        "Experience and perspective",
        *(tag("p", sentence) for sentence in words.views(study)),
        _chart(study, figures.views, caption, wanted=study.clusters.views["people"].max() > 1, class_="picture"),
        table(counts, hidden) if counts is not None else Html(),
    )


def _reach(study: Study) -> Html:
    caption = "Each person's effective perspectives in reach, from before the pairing to after it."
    chart = _chart(study, figures.reach, caption, wanted=study.exposure.table["before"].count() > 1)
    return section("reach", "Who gets to hear more", tag("p", words.reach(study)), chart)


def _teams(study: Study) -> Html:
    told = context.sentences(study)
    return section("teams", "What teams can carry", *(tag("p", sentence) for sentence in told)) if told else Html()


def _unpaired(study: Study) -> Html:
    if not len(study.pairing.unpaired):
        return section("unpaired", "Who has no partner, and why", tag("p", "Everybody has one."))
    everyone = table(tables.unpaired(study), "People without a partner.", class_="long")
    return section(
        "unpaired",
        "Who has no partner, and why",
        table(tables.unpaired_kinds(study), "People without a partner by reason."),
        details("Everyone without a partner", everyone),
    )


def _data(study: Study) -> Html:
    found = study.survey.issues
    parts = [tag("p", words.data(study)), tag("p", words.carelessness(study))]
    if study.careless["flag"].any():
        parts.append(table(tables.careless(study), "Answers that may have been given without reading."))
    if len(found):
        everything = table(tables.issues(study), "Every problem found while reading the survey.", class_="long")
        parts.append(table(tables.issue_kinds(study), "What was done about the data."))
        parts.append(details(f"All {count_in_digits(len(found), 'problem', 'problems')}", everything))
    return section("data", "What was wrong with the data", *parts)


def _record(study: Study) -> Html:
    hashes = [(name, tag("code", digest)) for name, digest in study.inputs.items()]
    return section(
        "record",
        "Settings, versions and inputs",
        facts(words.settings(study), class_="plain"),
        *_demands(study),
        tag("h3", "Versions"),
        facts(versions().items(), class_="plain"),
        tag("h3", "Files read (SHA-256)"),
        facts(hashes, class_="plain"),
    )


def _demands(study: Study) -> list[Html]:
    """The programme's rules, where there are any."""
    caption = "What the programme demands of its pairs."
    return [tag("h3", "Rules"), table(record.as_table(study), caption)] if len(study.rules) else []


def _cannot(_study: Study) -> Html:
    return section("cannot", "What this cannot tell you", tag("ul", *(tag("li", limit) for limit in words.CANNOT)))


PARTS: dict[str, tuple[str, Callable[[Study], Html]]] = {
    "kinds": ("Which kinds bring most", _kinds),
    "who": ("Who is paired", _who),
    "why": ("Why", _why),
    "sure": ("How sure", _sure),
    "gates": ("What it costs", _prices),
    "chance": ("Other ways", _chance),
    "views": ("Experience and perspective", _views),
    "reach": ("Who hears more", _reach),
    "teams": ("Teams", _teams),
    "unpaired": ("Without a partner", _unpaired),
    "cannot": ("What this cannot tell", _cannot),
    "data": ("The data", _data),
    "record": ("Settings", _record),
}


def body(study: Study) -> list[Html]:
    """Everything the page holds: heading, answer, contents and parts; a part with nothing to tell is left out."""
    parts = {name: part(study) for name, (_, part) in PARTS.items()}
    links = [tag("li", tag("a", PARTS[name][0], href=f"#{name}")) for name, part in parts.items() if part]
    contents = tag("nav", tag("ol", *links), aria_label="Contents")
    skip = tag("a", "Skip to the pairs", href="#who", class_="skip")
    return [skip, heading(study), tag("main", opening(study), contents, *parts.values())]
