"""Why two people were paired: common ground first, then what the pairing rests on, the difference and the gain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from peernet.errors import SettingError
from peernet.pairing.common_ground import (
    closeness,
    compared_questions,
    effective_number,
    gain_in_words,
    main_theme,
    shared_topics,
)
from peernet.pairing.record import partners_of
from peernet.scores.foundation import STATES
from peernet.scores.pair_scores import PairScores

if TYPE_CHECKING:
    from peernet.pairing.pairing import Pairing

__all__ = ["Explanation", "why"]

PARTS = ("common ground", "foundation", "difference", "gain")
GAIN = "gain in effective perspectives"
Reason = tuple[str, str, str, float]


@dataclass(frozen=True, repr=False)
class Explanation:
    """Why somebody was paired as they were, fit to be shown to the two.

    Parameters
    ----------
    table
        One row per reason: ``a``, ``b``; ``part`` (common ground, foundation, difference, gain); ``block``
        (``experience``, ``goals``, ``contacts``, ``topics``, ``trust``, ``perspective``, its main theme, or the person
        who gains); ``words``; ``number``: for a block the distance of the two as a share of the usual distance, roughly
        (0.5, 0.7, 1 or 1.3, as the words say); for contacts how many colleagues both hear from; for a gain effective
        perspectives, to one digit and at least 0.01. Missing where there is none.
    text
        The same in sentences.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> pairing.why("p001")
    <Explanation: p001 and p064>
    """

    table: pd.DataFrame
    text: str = field(repr=False)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        pairs = self.table[["a", "b"]].drop_duplicates()
        told = ", ".join(f"{a} and {b}" for a, b in pairs.itertuples(index=False)) or self.text
        return f"<Explanation: {told}>"

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in self.text.splitlines())


def why(pairing: Pairing, a: str, b: str | None) -> Explanation:
    """What `Pairing.why` documents."""
    pairing.scores.position(a)
    partners = sorted(partners_of(pairing.pairs).get(a, ()))
    if b is not None:
        pairing.scores.position(b)
        if b not in partners:
            raise SettingError(f"{a!r} and {b!r} are not paired. Ask why_not({a!r}, {b!r}).")
        partners = [b]
    pairs = [(min(a, other), max(a, other)) for other in partners]
    reasons = {pair: list(_reasons(pairing.scores, *pair)) for pair in pairs}
    rows = [(*pair, *reason) for pair, told in reasons.items() for reason in told]
    table = pd.DataFrame(rows, columns=["a", "b", "part", "block", "words", "number"])
    text = "\n".join(_in_sentences(*pair, told) for pair, told in reasons.items())
    texts = dict.fromkeys(["a", "b", "part", "block", "words"], "str")
    return Explanation(table.astype({**texts, "number": "float64"}), text or _alone(pairing, a))


def _alone(pairing: Pairing, a: str) -> str:
    row = pairing.unpaired.set_index("person").loc[a]
    return f"{a} has no partner: {', '.join(part for part in (str(row['reason']), str(row['detail'])) if part)}."


def _reasons(scores: PairScores, a: str, b: str) -> Iterator[Reason]:
    pair = scores.pair(a, b)
    yield from _common_ground(scores, a, b, float(pair["exchange"]))
    yield "foundation", "trust", _foundation(str(pair["foundation"]), pair["introducer"]), np.nan
    yield "difference", "perspective", *closeness(scores.perspective, a, b, None)
    theme = main_theme(scores.survey, scores.perspective, a, b) if scores.survey else ""
    if theme:
        yield "difference", theme, "most of all", np.nan
    questions = effective_number(compared_questions(scores.perspective, a, b))
    for person, side in ((a, "gain_a"), (b, "gain_b")):
        heard = len(scores.reach.heard[scores.position(person)])
        yield "gain", person, *gain_in_words(float(pair[side]), heard, questions)


def _common_ground(scores: PairScores, a: str, b: str, exchange: float) -> Iterator[Reason]:
    gates = scores.gates
    blocks = {
        "experience": (gates.experience, gates.experience_within),
        "goals": (gates.goals, gates.goals_within),
    }
    for block, (distances, within) in blocks.items():
        if distances is not None:
            words, apart = closeness(distances, a, b, within)
            yield "difference" if apart > 1 else "common ground", block, words, apart
    i, j = scores.position(a), scores.position(b)
    both = len(np.setdiff1d(np.intersect1d(scores.reach.heard[i], scores.reach.heard[j]), [i, j]))
    if both:
        yield "common ground", "contacts", f"both hear from {_counted(both, 'colleague')}", float(both)
    if scores.topics is not None:
        named = [int(sum(side[k].sum() for side in scores.topics)) for k in (i, j)]
        words = shared_topics(exchange, (named[0], named[1]))
        if words:
            yield "common ground", "topics", words, np.nan


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _foundation(state: str, introducer: object) -> str:
    """What the pairing rests on; an unknown and a refused foundation are told in the same words."""
    if state == STATES[1]:
        return "each named the other where trust was asked about"
    if state == STATES[2]:
        return f"{introducer} has a tie of mutual trust with both and can introduce them"
    return "still to be laid: the survey knows of no mutual trust and of nobody who could introduce them"


def _in_sentences(a: str, b: str, reasons: list[Reason]) -> str:
    parts = {part: [reason for reason in reasons if reason[0] == part] for part in PARTS}
    named = {**dict(zip(PARTS, PARTS, strict=True)), "gain": GAIN}
    told = [f"{named[part].capitalize()}: {', '.join(map(_phrase, found))}." for part, found in parts.items() if found]
    return " ".join([f"{a} and {b}.", *told])


def _phrase(reason: Reason) -> str:
    part, block, words, _ = reason
    if part == "foundation" or (part == "common ground" and block in ("contacts", "topics")):
        return words
    return f"{block} {words}" if part == "gain" else f"{block} ({words})"
