"""Why two people cannot be paired, told so that nobody learns who did not name or did not want whom."""

from __future__ import annotations

import numpy as np

from peernet.scores.gates import GATES, REASONS
from peernet.scores.pair_scores import PairScores

__all__ = ["GATE_OF", "closed_to", "in_words"]

# What may be told of a reason: foundation, and rules that only two people know of, are each told as one.
GATE_OF = {
    "reporting line": "rules",
    "veto": "rules",
    "forbidden": "rules",
    "foundation refused": "foundation",
    "foundation unknown": "foundation",
    "foundation not accepted": "foundation",
    "too few shared answers": "too few answers",
    "experience too different": "experience",
    "goals too different": "goals",
    "not senior": "seniority",
    "perspective too close": "perspective band",
    "perspective out of reach": "perspective band",
    "met before": "rules",
    "same group": "rules",
    "different group": "rules",
    "too few shared hours": "rules",
    "the different one too often": "rules",
    "gain below the floor": "floor",
}
NOT_THERE = ("did not answer", "opted out", "absent", "neither side")
WORDS = {
    "not taking part": "one of them is not taking part",
    "sides": "both are on the same side",
    "seniority": "the mentor would not be senior",
    "rules": "a rule of the programme keeps them apart",
    "required": "pairs that must be made leave no room",
    "limits": "the limits on the number of pairs leave no room",
    "foundation": "no foundation is known that the pair could rest on",
    "experience": "their experience is too different",
    "goals": "their goals are too different",
    "too few answers": "they answered too few of the same questions",
    "band": "their outlooks are too close or too far apart",
    "floor": "one of them would gain less than the floor",
}


def closed_to(scores: PairScores, a: str, b: str) -> tuple[str, ...]:
    """What keeps a and b apart: every gate that would have to open, or the one thing that no gate can help; or nothing.

    `GATES` can be opened; nothing else in `WORDS` can.
    """
    if not scores.capacity[[a, b]].all():
        return ("not taking part",)
    hard = _reason(scores.without(*GATES), a, b)
    if hard:
        return (_told(hard),)
    others = {gate: [other for other in GATES if other != gate] for gate in GATES}
    return tuple(gate for gate in GATES if _reason(scores.without(*others[gate]), a, b))


def _told(reason: str) -> str:
    if reason in NOT_THERE:
        return "not taking part"
    return "sides" if reason == "same side" else GATE_OF.get(reason, "rules")


def _reason(scores: PairScores, a: str, b: str) -> str:
    code = scores.gates.codes(np.array([scores.position(a)]))[0, scores.position(b)]
    return REASONS[code]


def in_words(closed: tuple[str, ...]) -> str:
    """Why a pair is not possible, as the end of a sentence, and which gates would have to open."""
    told = " and ".join(WORDS.get(reason, f"the {reason} gate is closed") for reason in closed)
    openable = [gate for gate in closed if gate in GATES]
    if not openable:
        return f"{told}; no gate would change that."
    gates = f"{openable[0]} gate" if len(openable) == 1 else f"{' and '.join(openable)} gates"
    return f"{told}; the {gates} would have to open for everyone."
