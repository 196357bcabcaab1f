"""What a programme's sponsor may know: numbers about many people, and nothing that leads to one of them."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from math import ceil, floor

import pandas as pd

from peernet.compare.comparison import Comparison, winners
from peernet.compare.kinds import OUTLOOK, PairingKinds, kind_in_words
from peernet.compare.strategies import OWN
from peernet.pairing.pairing import Pairing
from peernet.pairing.why import introducer_of
from peernet.privacy import FLOOR, rounded_by_lot
from peernet.scores.foundation import STATE_CALLED, UNKNOWN
from peernet.survey.survey import Survey

TENTHS = 10  # to which an advantage is rounded
FEWEST = 4 * FLOOR  # people who can take part, or nothing is said of pairs


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
    >>> from peernet.programme.sharing import sponsor_summary
    >>> survey = pn.load_aarhus()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> sponsor_summary(survey, pn.pair_people(scores), pn.compare_pairings(scores, draws=20, held_out=0)).paired
    30
    """
    lot = _drawn_from(survey, pairing)
    people = {*pairing.table["a"], *pairing.table["b"]}
    answered = rounded_by_lot(int(survey.people["answered"].sum()), f"{lot} answered")
    able = rounded_by_lot(int((pairing.scores.gates.out == 0).sum()), f"{lot} able")
    able = None if answered is None or able is None else min(answered, able)
    parts = {"paired": people, "introduced": _introduced(pairing), "across": _across_teams(survey, pairing)}
    told = {name: _part(able, rounded_by_lot(len(part), f"{lot} {name}")) for name, part in parts.items()}
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


def _introduced(pairing: Pairing) -> set[str]:
    return {person for pair in pairing.pairs if introducer_of(pairing.scores, *pair) for person in pair}


def _across_teams(survey: Survey, pairing: Pairing) -> set[str]:
    teams = survey.people["team"]
    known = [pair for pair in pairing.pairs if teams[[*pair]].notna().all()]
    return {person for pair in known if teams[pair[0]] != teams[pair[1]] for person in pair}


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
