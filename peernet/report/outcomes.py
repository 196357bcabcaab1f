"""What the pairings did, as one page: the answer first, then each question with its numbers, and what nobody can tell.

Only effects of what was drawn by lot are told as effects. Where a lot is not known of, the page says what could have
been said with one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from peernet._files import write_whole
from peernet._wording import count_in_digits
from peernet.dyads.effects import Effects, number, p_words
from peernet.outcomes.whole_study import FAR, PARTS, Finding, OutcomeStudy
from peernet.report import figures
from peernet.report.files import as_csv, plain, versions
from peernet.report.html import Html, details, facts, figure, page, section, table, tag

PRIVATE = (
    "For the analyst only: this page names people who were left out. Before passing results on, take that part away, "
    "and tell nothing of groups of a few people."
)
# Of each part its heading, and what to have in mind while reading.
ABOUT: dict[str, tuple[str, str]] = {
    "difference": (
        "Did difference in perspective matter?",
        "The question the programme was made for, asked of every outcome that was measured before as well. Points are "
        "those of the outcome's scale; the usual distance is that of two people of the survey taken at random.",
    ),
    "change": (
        "What changed from before to after?",
        "Those who were paired against those who were not, among people who began alike. Who took part was not drawn "
        "by lot, so this describes.",
    ),
    "partners": (
        "Did the partner's own level matter?",
        "The actor effect is that of one's own level before, the partner effect that of the partner's.",
    ),
    "alike": (
        "Did partners end alike?",
        "Partners share time, news and each other's mood, so they may end alike whatever they talk about. Chance "
        "is what other pairings of the same people give.",
    ),
    "relationship": (
        "How well do partners get on?",
        "Kept apart from what was learned: getting on tends to go with being alike, so the two may point in opposite "
        "directions. These were asked of pairs afterwards only; there is nothing to compare with from before.",
    ),
    "exposure": (
        "What came within reach?",
        "Realised exposure: whose outlooks people can hear. It says nothing of whether they listened.",
    ),
    "organisation": (
        "Is there as much variety as before?",
        "Partners who become alike leave an organisation with fewer perspectives, even if each person has more in "
        "reach.",
    ),
    "balance": (
        "Does the lot look fair?",
        "Even under a fair lot partners are slightly unlike, since nobody is their own partner. Balance cannot prove "
        "fairness; its lack would be a reason to ask how the lot was drawn.",
    ),
    "attrition": (
        "Who was lost on the way?",
        "Whoever did not answer again is missing from everything above.",
    ),
}
WITH_A_LOT = (
    "Had the pairs been drawn by lot, every other pairing of the same people would have been as likely as the one that "
    "was made. The pairs could then be held against thousands of pairings drawn again, without taking anything for "
    "granted of how outcomes are spread, and a difference would be the pairing's doing, since nothing about people "
    "could have decided who met whom.",
    "As it is, nobody can tell whether differing partners did this, or whether people who do well anyway were paired "
    "with, or chose, partners who differ.",
)
SPOKEN_OF = (
    "The question about partners speaks of a lot. What a question says is what people were told; that it was so, and "
    "that everybody who was paired could have been paired with everybody else, only whoever drew it can say."
)
CANNOT = (
    "Whether it was the difference in perspective itself, or something that goes with it in a pair: differing teams, "
    "differing jobs, not having known each other.",
    "What would happen to other people, or to pairs made in another way. Pairs by lot are not the pairs that a "
    "programme would choose.",
    "What people did not say. Outcomes are answers to questions, by the same people who were in the pairs.",
    "Whether somebody in no pair was touched by it as well: partners have colleagues.",
)
HEADS = {
    "estimate": "Estimate",
    "people": "People",
    "answered": "Answered",
    "lost": "Lost",
    "before": "Before",
    "after": "After",
    "expected": "Expected of chance",
}
HIDDEN = {
    "std_error",
    "low",
    "high",
    "statistic",
    "df",
    "p_value",
    "coefficient",
    "p_greater",
    "p_less",
    "p_alike",
    "p_unlike",
}
CAPTIONS = {
    "difference": "Points of {outcome} per unit of each term; perspective runs from 0 (alike in every answer) to 1.",
    "change": "Points of {outcome}.",
    "partners": "Points of {outcome} afterwards per point before.",
    "alike": "Correlations, from -1 to 1, and the mean difference between partners in points of {outcome}.",
    "relationship": "Estimates for {outcome}, in its points but for correlations.",
    "attrition": "Share lost per unit of each characteristic, and its mean among those who answered and those lost.",
}
OF_DRAWS = {"balance": "The lot brings", "else": "95 % interval"}


def write_outcomes(study: OutcomeStudy, folder: str | Path) -> Path:
    """Write what the pairings did as a web page, a table and a record, all of them or none.

    Parameters
    ----------
    study
        What `study_outcomes` returned.
    folder
        Made if it does not exist; files of the same names are replaced.

    Returns
    -------
    Path
        The page, ``outcomes.html``; it needs no network, no script and no other file. Beside it ``outcomes.csv`` (every
        estimate: ``part``, ``outcome``, ``term``, its numbers, ``pairs`` and ``method``) and ``outcomes.json`` (what
        was chosen, hashes of the inputs, versions, and of each question the answer, what went in, and what it takes for
        granted). The same study always gives the same bytes. The page names people who were left out and is for the
        analyst; the two others name nobody.

    Raises
    ------
    SettingError
        If the folder cannot be written to, or one of the files is open elsewhere.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import peernet as pn
    >>> study = pn.outcomes.study_outcomes("data/harbour", drawn_by_lot=True)
    >>> with TemporaryDirectory() as folder:
    ...     pn.report.write_outcomes(study, folder).name
    'outcomes.html'
    """
    write_whole(Path(folder), {name: make(study) for name, make in FILES.items()})
    return Path(folder) / "outcomes.html"


def outcomes_in_words(study: OutcomeStudy) -> list[str]:
    """The answer in at most nine sentences or so, a line each, the main question first."""
    lines = [_paired_in_words(study)]
    lines += [
        one.says for one in (*study.of("difference"), *study.of("relationship")) if one.question.startswith("Did")
    ]
    lines += [one.says for one in study.of("attrition")]
    if not study.drawn_by_lot:
        lines.append("If the pairs were drawn by lot, say so (--by-lot): then a difference is the pairing's doing.")
    return _said_once(lines[:9])


def _said_once(sentences: Sequence[str]) -> list[str]:
    """The same, without what the design lets one say where the sentence before ended with it too."""
    told, last = [], ""
    for sentence in sentences:
        found, p, says = sentence.partition("; p")
        value, _, design = says.partition(". ")
        told.append(f"{found}{p}{value}." if design and design == last else sentence)
        last = design
    return told


def outcomes_page(study: OutcomeStudy) -> str:
    """The page as HTML, without scripts or requests; every text from the survey is escaped."""
    parts = {part: _part(study, part) for part in PARTS if study.of(part)}
    links = [("who", "Who was paired"), *((part, ABOUT[part][0]) for part in parts)]
    links += [] if study.drawn_by_lot else [("lot", "Had there been a lot")]
    links += [("cannot", "What this cannot tell"), ("record", "Settings")]
    contents = [tag("li", tag("a", title, href=f"#{name}")) for name, title in links]
    by_lot = "said to be drawn by lot" if study.drawn_by_lot else "not said to be drawn by lot"
    under = f"{_paired_in_words(study).rstrip('.')}; {by_lot}"
    return page(
        f"Did the pairings do it? {study.name}",
        tag("a", "Skip to the results", href="#who", class_="skip"),
        tag("header", tag("h1", f"Did the pairings do it? {study.name}"), tag("p", under, class_="under")),
        tag(
            "main",
            _opening(study),
            tag("nav", tag("ol", *contents), aria_label="Contents"),
            _who_section(study),
            *parts.values(),
            *([] if study.drawn_by_lot else [_lot_section(study)]),
            section("cannot", "What this cannot tell you", tag("ul", *(tag("li", limit) for limit in _limits(study)))),
            _record_section(study),
        ),
        tag("footer", f"Made with peernet {versions()['peernet']}."),
    )


# --- the answer -------------------------------------------------------------------------------------------------------


def _paired_in_words(study: OutcomeStudy) -> str:
    dyads = study.dyads
    people = count_in_digits(len(dyads.people), "person", "people")
    out = count_in_digits(len(dyads.left_out), "entry", "entries")
    single = dyads.left_out["b"].isna().all()
    out = count_in_digits(len(dyads.left_out), "person is", "people are") if single else f"{out} of the list are"
    left = f"; {out} in no pair" if len(dyads.left_out) else ""
    return f"{count_in_digits(len(dyads), 'pair', 'pairs')} of {people}, by {study.paired_by}{left}."


def _opening(study: OutcomeStudy) -> Html:
    """The main question's answers beside a picture of them."""
    main = study.of("difference") or study.of("change") or study.findings[:1]
    sentences = tag("div", *(tag("p", said) for said in _said_once([one.says for one in main])), class_="answer")
    shown, pictures = {}, []
    for one in (*study.of("difference"), *study.of("relationship")):
        if one.found is not None and FAR in one.found.table.index:  # the effect of distance alone, per usual distance
            row = one.found.table.loc[[FAR], ["estimate", "low", "high"]] * study.usual
            shown[one.outcome] = replace(one.found, table=row.set_axis([one.outcome]))
    if shown:
        alt = "; ".join(f"{name}: {number(float(found.table['estimate'].iloc[0]))}" for name, found in shown.items())
        caption = (
            "Points of each outcome per usual distance in perspective between partners, with 95 % intervals. Left of "
            "the line: lower where partners think more differently."
        )
        alt = f"Points per usual distance in perspective. {alt}."
        pictures = [figure(figures.effects("effects", alt, shown), caption, class_="chart")]
    return tag(
        "section",
        tag("div", sentences, *pictures, class_="hero"),
        facts(_tiles(study), class_="tiles"),
        tag("p", PRIVATE, class_="private"),
        aria_label="The answer",
    )


def _tiles(study: OutcomeStudy) -> list[tuple[object, object]]:
    lost = next((one.found for one in study.of("attrition") if one.found is not None), None)
    tests = int(study.table["p_value"].notna().sum())
    return [
        ("pairs", f"{len(study.dyads):,}"),
        ("people in a pair", f"{len(study.dyads.people):,}"),
        *([("answered the later wave", f"{lost.card['answered the later wave']:,}")] if lost is not None else []),
        ("p values on this page", f"{tests:,}"),
    ]


# --- its parts --------------------------------------------------------------------------------------------------------


def _who_section(study: OutcomeStudy) -> Html:
    """Who is in the analysis and who is not."""
    left_out, names = study.dyads.left_out, study.names
    parts = [tag("p", _paired_in_words(study))]
    if len(left_out):
        counts = left_out["reason"].value_counts().rename_axis("Reason").reset_index(name="Times")
        counts["Times"] = counts["Times"].astype(object)
        who = {head: left_out[side].map(lambda p: names.get(p, p)) for head, side in (("Who", "a"), ("With", "b"))}
        entries = pd.DataFrame(who).fillna("–").assign(Reason=left_out["reason"])
        people = table(entries, "Whoever and whatever is in no pair.", class_="long")
        parts += [
            table(counts, "Why people, or entries of the list, are in no pair."),
            details(f"All {count_in_digits(len(left_out), 'entry', 'entries')}", people),
        ]
    return section("who", "Who was paired", *parts)


def _part(study: OutcomeStudy, part: str) -> Html:
    title, reading = ABOUT[part]
    asked = enumerate(study.of(part), 1)
    findings = [_finding(one, f"{part}-{k}", under="" if one.question == title else one.question) for k, one in asked]
    return section(part, title, tag("p", reading), *findings)


def _finding(one: Finding, name: str, under: str) -> Html:
    """A question, where it is not that of the part, its answer, and what it rests on."""
    heading = [tag("h3", under)] if under else []
    if one.found is None:
        return tag("div", *heading, tag("p", f"Cannot be told. {one.says}"))
    found = one.found
    beneath = [facts([("method", found.method), ("source", found.citation), *found.card.items()], class_="plain")]
    if len(found.assumptions):
        words = found.assumptions["holds"].map({True: "holds", False: "does not hold"}).astype(object)
        columns = {"What": found.assumptions["assumption"], "Found": words.where(words.notna(), "not checked")}
        granted = pd.DataFrame(columns | {"How": found.assumptions["found"]})
        beneath.append(table(granted, "What is taken for granted."))
    caption = CAPTIONS.get(one.part, "Every estimate.").format(outcome=one.outcome)
    shown = table(_cells(found, one.part), caption, class_="wide")
    return tag(
        "div",
        *heading,
        tag("p", one.says),
        *_pictures(one, name),
        shown,
        details("Method, what went in, and what is taken for granted", *beneath),
    )


def _pictures(one: Finding, name: str) -> list[Html]:
    found = one.found
    assert found is not None
    if found.null is not None and one.part != "balance":
        alt = f"What was found beside {len(found.null):,} other pairings. {one.says}"
        caption = (
            "What was found beside what other pairings of the same people give. Dark: as far out as what was found."
        )
        return [figure(figures.null(name, alt, found), caption, class_="chart")]
    if one.part == "partners" and found.table["low"].notna().any():
        terms = [str(term) for term in found.table.index if not str(term).startswith("intercept")]
        alt = f"Estimates with their intervals. {one.says}"
        caption = "Estimates with their 95 % intervals, in points of the outcome."
        return [figure(figures.effects(name, alt, found, terms), caption, class_="chart")]
    return []


def _cells(found: Effects, part: str) -> pd.DataFrame:
    """The table of a result in words and figures."""
    rows = found.table
    shown = pd.DataFrame({"Term": [str(term) for term in rows.index]})
    others = [column for column in map(str, rows) if column not in {*HIDDEN, "estimate", "p_adjusted"}]
    for column in [*others, "estimate"]:
        shown[HEADS.get(column, column)] = [number(float(value)) for value in rows[column]]
    if rows["low"].notna().any():
        ends = zip(rows["low"], rows["high"], strict=True)
        head = OF_DRAWS.get(part, OF_DRAWS["else"])
        shown[head] = ["–" if pd.isna(low) else f"{number(low)} to {number(high)}" for low, high in ends]
    for column, head in (("p_value", "p"), ("p_adjusted", "p, for all together")):
        if column in rows and rows[column].notna().any():
            shown[head] = [
                "–" if pd.isna(p) else p_words(p).removeprefix("p ").removeprefix("= ") for p in rows[column]
            ]
    return shown


def _lot_section(study: OutcomeStudy) -> Html:
    """What a lot would have allowed to say, and how to say that there was one."""
    told = [*WITH_A_LOT, *([SPOKEN_OF] if "by lot" in study.paired_by else [])]
    how = tag("p", "If it was so, run this again and say so: ", tag("code", "peernet outcomes FOLDER --by-lot"), ".")
    return section("lot", "What could be said had the pairs been drawn by lot", *(tag("p", text) for text in told), how)


def _limits(study: OutcomeStudy) -> Sequence[str]:
    tests = int(study.table["p_value"].notna().sum())
    many = (
        f"Which small p value is luck. There are {tests} on this page; where nothing at all had an effect, about "
        f"{max(1, round(tests / 20))} of as many would still lie under .05. "
        "Decide on one question beforehand, and read the rest as hints."
    )
    return [many, *CANNOT]


def _record_section(study: OutcomeStudy) -> Html:
    said = {True: "yes", False: "no", None: "none"}
    chosen = [
        (name.replace("_", " "), said[value] if value is None or isinstance(value, bool) else str(value))
        for name, value in study.settings.items()
    ]
    hashes = [(name, tag("code", digest)) for name, digest in study.inputs.items()]
    return section(
        "record",
        "Settings, versions and inputs",
        facts(chosen, class_="plain"),
        tag("h3", "Versions"),
        facts(versions().items(), class_="plain"),
        *([tag("h3", "Files read (SHA-256)"), facts(hashes, class_="plain")] if hashes else []),
    )


# --- beside the page --------------------------------------------------------------------------------------------------


def outcomes_csv(study: OutcomeStudy) -> str:
    """Every estimate as CSV."""
    return as_csv(study.table)


def outcomes_json(study: OutcomeStudy) -> str:
    """What was asked, chosen and found, as JSON."""
    record = {
        "study": study.name,
        "inputs": study.inputs,
        "settings": dict(study.settings),
        "paired_by": study.paired_by,
        "pairs": len(study.dyads),
        "people": len(study.dyads.people),
        "left_out": study.dyads.left_out["reason"].value_counts().to_dict(),
        "usual_distance": study.usual,
        "findings": [_recorded(one) for one in study.findings],
        "versions": versions(),
    }
    return json.dumps(plain(record), indent=2, ensure_ascii=False) + "\n"


def _recorded(one: Finding) -> dict[str, object]:
    about = {"part": one.part, "outcome": one.outcome, "question": one.question, "says": one.says}
    if one.found is None:
        return about | {"answered": False}
    found = one.found
    assumptions = found.assumptions.astype(object).where(found.assumptions.notna(), None).to_dict("records")
    settled = {"method": found.method, "citation": found.citation, "card": dict(found.card), "assumptions": assumptions}
    return about | {"answered": True, **settled, "table": found.table.to_dict("index")}


FILES = {"outcomes.html": outcomes_page, "outcomes.csv": outcomes_csv, "outcomes.json": outcomes_json}
