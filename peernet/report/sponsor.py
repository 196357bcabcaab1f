"""The page for the sponsor: what the programme is, what it brings and what it needs, on one side, about nobody.

What a sponsor may know are numbers about many people, and nothing that leads to one of them: first these numbers, then
the page that tells them.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from math import ceil, floor

import pandas as pd

from peernet._wording import listed
from peernet.compare.comparison import Comparison, winners
from peernet.compare.kinds import OUTLOOK, PairingKinds, kind_in_words
from peernet.compare.strategies import OWN
from peernet.pairing.pairing import Pairing
from peernet.pairing.why import introducer_of
from peernet.privacy import FLOOR, rounded_by_lot
from peernet.report.html import facts, page, section, tag
from peernet.scores.foundation import STATE_CALLED, UNKNOWN
from peernet.study import Study
from peernet.survey.survey import Survey

TENTHS = 10  # to which an advantage is rounded
FEWEST = 4 * FLOOR  # people who can take part, or nothing is said of pairs
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


@dataclass(frozen=True)
class SponsorSummary:
    """A programme in the few numbers that may leave the analyst's desk.

    Parameters
    ----------
    answered, able
        About how many people answered and can take part; None where few do. Why somebody cannot take part is nowhere.
    paired
        About how many people have a partner; as many as are ``able`` where most of those have one, None where few have.
    introduced
        The same of people in a pair that a colleague both trust can introduce, whether it needs that or not.
    across
        The same of people who have a partner of another team.
    advantage
        How much more a pair is expected to bring than a new pair drawn by lot within the same rules, as a share to one
        tenth, and its 95 % band to tenths below and above; None where no advantage can be told.
    kind
        Which way two people stand to each other in perspective where pairs bring most (``near``, ``middle``, ``far``);
        None where that cannot be told, or not without telling of few people.
    gates
        What pairs are chosen for beside their perspective: ``trust``, ``experience``, ``goals``.
    """

    answered: int | None
    able: int | None
    paired: int | None
    introduced: int | None
    across: int | None
    advantage: tuple[float, float, float] | None
    kind: str | None
    gates: tuple[str, ...]


def sponsor_summary(
    survey: Survey, pairing: Pairing, comparison: Comparison, kinds: PairingKinds | None = None
) -> SponsorSummary:
    """Put together what the sponsor of a programme may know of its pairs.

    Counts are rounded up or down by lot to multiples of five and left out below ten, see `rounded_by_lot`, and those of
    pairs are told only where about twenty people can take part: neither a page nor two pages that differ by one person
    tell whether that person takes part.

    Parameters
    ----------
    survey, pairing, comparison, kinds
        What `read_survey`, `pair_people`, `compare_pairings` and `pairing_kinds` returned, of the same people.

    Returns
    -------
    SponsorSummary

    Notes
    -----
    The lot hangs on all answers and pairs, so that the same data always give the same page, and other data another.
    Whoever has the answers of everybody else could try those of one person, and whoever has many pages of nearly the
    same data could take the average: make one page a round.

    Examples
    --------
    >>> import peernet as pn
    >>> from peernet.report.sponsor import sponsor_summary
    >>> survey = pn.load_aarhus()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> sponsor_summary(survey, pn.pair_people(scores), pn.compare_pairings(scores, draws=20, held_out=0)).paired
    30
    """
    lot = _drawn_from(survey, pairing)
    pairs, teams = pairing.pairs, survey.people["team"]
    answered = rounded_by_lot(int(survey.people["answered"].sum()), f"{lot} answered")
    able = rounded_by_lot(int((pairing.scores.gates.out == 0).sum()), f"{lot} able")
    able = None if answered is None or able is None else min(answered, able)
    parts = {
        "paired": pairs,
        "introduced": [pair for pair in pairs if introducer_of(pairing.scores, *pair)],
        "across": [pair for pair in pairs if teams[[*pair]].nunique() == 2],  # both are known, and differ
    }
    people = {name: len({person for pair in part for person in pair}) for name, part in parts.items()}
    told = {name: _part(able, rounded_by_lot(number, f"{lot} {name}")) for name, number in people.items()}
    few = told["paired"] is None
    return SponsorSummary(
        answered,
        able,
        **told,
        advantage=None if few else _advantage(comparison.table),
        kind=None if few or kinds is None else _kind(kinds),
        gates=_gates(survey, pairing),
    )


def _drawn_from(survey: Survey, pairing: Pairing) -> str:
    """What the lots are drawn from: all that was said, in whatever order, and the pairs."""
    said = survey.people.sort_index().sort_index(axis=1)
    people = said.map(lambda cell: sorted(cell) if isinstance(cell, frozenset) else cell).to_csv()
    ties = "\n".join(sorted(survey.ties.to_csv(index=False, header=False).splitlines()))
    return sha256(f"{people}{ties}{sorted(pairing.pairs)}".encode(errors="replace")).hexdigest()


def _part(able: int | None, told: int | None) -> int | None:
    """A part of those who can take part: all of them where it comes near, and of few, nothing.

    A part told almost as large as the whole would say that the whole is no smaller, which its own lot leaves open.
    """
    if able is None or told is None or able < FEWEST:
        return None
    return able if told >= able - FLOOR else told


def _advantage(table: pd.DataFrame) -> tuple[float, float, float] | None:
    if "p_adjusted" not in table or OWN not in winners(table):
        return None
    more, low, high = (float(table[column][OWN]) * TENTHS for column in ("held_out", "held_low", "held_high"))
    return round(more) / TENTHS, floor(low + 1e-9) / TENTHS, ceil(high - 1e-9) / TENTHS


def _kind(kinds: PairingKinds) -> str | None:
    """The kind named, unless it or a kind beside it has few people."""
    way = None if kinds.verdict == "cannot tell" else kinds.standing(OUTLOOK)
    return None if way is None or kind_in_words("any", way) in kinds.hidden else way


def _gates(survey: Survey, pairing: Pairing) -> tuple[str, ...]:
    chosen = pairing.scores.settings
    accepted = chosen["foundation"] or [UNKNOWN.name]
    asked = bool(survey.foundation)  # if not, pairs are exceptions that were allowed, and trust is not why
    trust = ("trust",) if asked and all(STATE_CALLED[state].founded for state in accepted) else ()
    return trust + tuple(gate for gate in ("experience", "goals") if chosen[gate] is not None)


# --- the page ---------------------------------------------------------------------------------------------------------


def sponsor_page(study: Study) -> str:
    """HTML of the page for the sponsor: it names nobody, no team, no answer, and prints to one side."""
    told = sponsor_summary(study.survey, study.pairing, study.comparison, study.kinds)
    title = "Peer mentoring in one page"
    needs = [tag("li", tag("strong", f"{what}:"), f" {why}") for what, why in NEEDED]
    return page(
        f"{title}: {study.name}",
        tag("header", tag("h1", title), tag("p", study.name, class_="under")),
        tag(
            "main",
            tag("p", what_it_is(told), class_="answer"),
            facts(people_in_numbers(told), class_="tiles"),
            section("brings", "What it brings", *(tag("p", sentence) for sentence in what_it_brings(told))),
            section("needs", "What it needs from managers", tag("ul", *needs)),
            tag("p", UNSAID, class_="note"),
            class_="one-side",
        ),
    )


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
