"""The page for the sponsor: what the programme is, what it brings and what it needs, on one side, about nobody."""

from __future__ import annotations

from peernet._wording import listed
from peernet.programme.sharing import SponsorSummary, sponsor_summary
from peernet.report.html import Html, facts, page, section, tag
from peernet.study import Study

CHOSEN_FOR = {
    "trust": "trust in each other (or a colleague whom both trust, who introduces them)",
    "experience": "about the same experience",
    "goals": "similar goals",
}
DIFFERENT = "views of work as different as can be"
KINDS = {
    "near": "people who see things much alike",
    "middle": "people who see things somewhat differently",
    "far": "people who see things most differently",
}
NEEDED = (
    ("Time", "about an hour every two or three weeks for each of the two, in working hours."),
    ("Quiet", "what the two say stays with them. No reports, and no part in anybody's appraisal."),
    ("Free choice", "whoever takes part, pauses or stops need not say why. Please do not ask who does."),
    ("Introductions", "a colleague who is asked to bring two people together needs a quarter of an hour for it."),
    ("An example", "thank people for a different view, above all of your own: pairs learn from it where that is safe."),
)
UNSAID = (
    "This page is made so that nobody can be found out from it, or from two such pages: numbers are rounded up or down "
    "to fives by lot, and left out where few people stand behind them. Having no partner says nothing about a person; "
    "it hangs on who else takes part. Who is paired with whom is for the two to tell."
)


def sponsor_page(study: Study) -> str:
    """HTML of the page for the sponsor: it names nobody, no team, no answer, and prints to one side."""
    told = sponsor_summary(study.survey, study.pairing, study.comparison, study.kinds)
    title = "Peer mentoring in one page"
    return page(
        f"{title}: {study.name}",
        tag("header", tag("h1", title), tag("p", study.name, class_="under")),
        tag(
            "main",
            tag("p", what_it_is(told), class_="answer"),
            facts(people_in_numbers(told), class_="tiles"),
            section("brings", "What it brings", *(tag("p", sentence) for sentence in what_it_brings(told))),
            section("needs", "What it needs from managers", tag("ul", *map(_need, NEEDED))),
            tag("p", UNSAID, class_="note"),
            class_="one-side",
        ),
    )


def _need(need: tuple[str, str]) -> Html:
    return tag("li", tag("strong", f"{need[0]}:"), f" {need[1]}")


def what_it_is(told: SponsorSummary) -> str:
    """What the programme is, and what its pairs are chosen for."""
    reasons = [*(CHOSEN_FOR[gate] for gate in told.gates), DIFFERENT]
    return (
        "Two colleagues meet regularly as equals: both teach, and both learn. The two are chosen for "
        f"{listed(reasons)}. So each hears, from somebody they can be open with, what nobody around them says."
    )


def people_in_numbers(told: SponsorSummary) -> list[tuple[str, str]]:
    """How many people, as far as that can be told."""
    paired = "most" if told.paired is not None and told.paired == told.able else _about(told.paired)
    counts = {"people answered": _about(told.answered), "can take part": _about(told.able)}
    return [*counts.items(), ("of them have a partner now", paired)]


def _about(count: int | None) -> str:
    return "few" if count is None else f"about {count:,}"


def what_it_brings(told: SponsorSummary) -> list[str]:
    """What the pairs bring against chance, which kind brings most, and whom they bring together."""
    if told.paired is None:
        return ["Too few people have a partner to say anything about the pairs without saying it about persons."]
    parts = {
        "have a partner from another team": told.across,
        "can be introduced to theirs by a colleague both trust": told.introduced,
    }
    whom = [
        f"{'most' if count >= told.paired else _about(count)} {words}"
        for words, count in parts.items()
        if count is not None
    ]
    return [
        advantage_in_words(told.advantage),
        *([f"Pairs of {KINDS[told.kind]} bring most."] if told.kind else []),
        *([f"Of the people with a partner, {listed(whom)}."] if whom else []),
    ]


def advantage_in_words(advantage: tuple[float, float, float] | None) -> str:
    """How much more the pairs bring than others drawn by lot within the same rules."""
    lots = "pairs of new partners drawn by lot under the same rules"
    if advantage is None:
        return f"Whether these pairs open more new views to people than {lots} cannot be told from this survey."
    more, low, high = (round(100 * share) for share in advantage)
    much = f"about {more}% more" if more else "a little more"
    sure = f"between {low} and {high}%" if low else f"up to {high}%"
    return (
        f"These pairs open {much} new views to people than {lots}. Judged by questions that had no part in choosing "
        f"them; with another survey like this one it could be {sure}."
    )
