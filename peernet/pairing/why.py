"""Why two people were paired: common ground first, then what the pairing rests on, the difference and the gain.

How alike two people are on a block of questions is told so coarsely (disclosure control by banding) that no single
answer can be read from it.

Whoever knows their own answers must find, for every question, that the other may have answered it one way or another.
A block is therefore told in few bands, only where it rests on several questions, and never so that agreement on all of
them could be told from agreement on all but one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

import numpy as np
import pandas as pd

from peernet.distance.coding import SCALED
from peernet.distance.distances import PersonDistances
from peernet.errors import SettingError
from peernet.pairing.record import PairingRecord, partners_of
from peernet.scores.foundation import STATE_CALLED
from peernet.scores.pair_scores import PairScores
from peernet.survey.survey import Survey

PARTS = ("common ground", "foundation", "difference", "gain")
GAIN = "gain in effective perspectives"
Reason = tuple[str, str, str, float]
FEWEST = 3  # questions, topics or colleagues below which a word could tell a single answer
BANDS = (  # distance as a share of the usual: up to, words, told as
    (0.5, "much closer than two people picked at random", 0.5),
    (0.85, "closer than two people picked at random", 0.7),
    (1.15, "about as far apart as two people picked at random", 1.0),
    (np.inf, "further apart than two people picked at random", 1.3),
)
GRADED = ("numeric", "ordinal")
LEAST_GAIN = 0.01  # effective perspectives; less is told as this
ROUNDING = 1e-9


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
        who = ", ".join(f"{a} and {b}" for a, b in pairs.itertuples(index=False)) or self.text
        return f"<Explanation: {who}>"

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in self.text.splitlines())


def why(pairing: PairingRecord, a: str, b: str | None) -> Explanation:
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
    rows = [(*pair, *reason) for pair, own in reasons.items() for reason in own]
    table = pd.DataFrame(rows, columns=["a", "b", "part", "block", "words", "number"])
    text = "\n".join(_in_sentences(*pair, own) for pair, own in reasons.items())
    texts = dict.fromkeys(["a", "b", "part", "block", "words"], "str")
    return Explanation(table.astype({**texts, "number": "float64"}), text or _alone(pairing, a))


def _alone(pairing: PairingRecord, a: str) -> str:
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
        yield "common ground", "contacts", f"both hear from {both} colleague{'s' * (both != 1)}", float(both)
    if scores.topics is not None:
        named = [int(sum(side[k].sum() for side in scores.topics)) for k in (i, j)]
        words = shared_topics(exchange, (named[0], named[1]))
        if words:
            yield "common ground", "topics", words, np.nan


def _foundation(state: str, introducer: object) -> str:
    """What the pairing rests on; an unknown and a refused foundation are told in the same words."""
    return STATE_CALLED[state].sentence.format(introducer=introducer)


def _in_sentences(a: str, b: str, reasons: list[Reason]) -> str:
    parts = {part: [reason for reason in reasons if reason[0] == part] for part in PARTS}
    named = {**dict(zip(PARTS, PARTS, strict=True)), "gain": GAIN}
    sentences = [f"{named[part].capitalize()}: {', '.join(map(_phrase, own))}." for part, own in parts.items() if own]
    return " ".join([f"{a} and {b}.", *sentences])


def _phrase(reason: Reason) -> str:
    part, block, words, _ = reason
    if part == "foundation" or (part == "common ground" and block in ("contacts", "topics")):
        return words
    return f"{block} {words}" if part == "gain" else f"{block} ({words})"


# --- coarse words -----------------------------------------------------------------------------------------------------


def closeness(distances: PersonDistances, a: str, b: str, within: float | None) -> tuple[str, float]:
    """How far apart two people are in words, and roughly as a share of the usual distance; missing if not told.

    Where a block rests on too few questions, only that they are within the gate is told.
    """
    compared, usual = compared_questions(distances, a, b), distances.mean
    step = float((compared["weight"] * smallest_steps(distances)).max()) if len(compared) else np.inf
    if effective_number(compared) < FEWEST or not step <= BANDS[1][0] * usual:
        gated = len(compared) and within is not None
        return "within the gate" if gated else "too few questions to say more", np.nan
    apart = float(compared["part"].sum()) / usual
    bands = BANDS if step <= BANDS[0][0] * usual else BANDS[1:]  # all alike must read like all but one
    return next((words, share) for most, words, share in bands if apart <= most + ROUNDING)


def compared_questions(distances: PersonDistances, a: str, b: str) -> pd.DataFrame:
    """The questions both answered, with their weight and the part of the distance each makes up."""
    parts = distances.parts(a, b)
    return parts[parts["distance"].notna() & (parts["weight"] > 0)]


def smallest_steps(distances: PersonDistances) -> pd.Series:
    """The least by which two different answers to each question are apart; 1 where they are not graded."""
    steps = pd.Series(1.0, index=distances.weights.index)
    for v, rule in enumerate(distances.items.rules):
        answers = distances.items.answers[v]
        if rule == SCALED:
            steps.iloc[v] = np.diff(np.unique(answers[~np.isnan(answers)])).min(initial=1.0)
    return steps


def effective_number(compared: pd.DataFrame) -> float:
    """How many questions of equal weight a block of questions amounts to."""
    return float(1 / (compared["weight"] ** 2).sum()) + ROUNDING if len(compared) else 0.0


def main_theme(survey: Survey, distances: PersonDistances, a: str, b: str) -> str:
    """The theme that holds more of the difference of two people than any other; empty where it is not told.

    A theme is a scale of the codebook. It is told only of two people who are at least about as far apart as people
    usually are, and only where both answered `FEWEST` of its graded questions.
    """
    compared = compared_questions(distances, a, b)
    items = survey.codebook
    graded = [name for name in compared.index if items[name].scale and items[name].kind in GRADED]
    by_theme = compared.loc[graded].groupby([items[name].scale for name in graded])["part"].agg(["sum", "size"])
    if not len(by_theme) or compared["part"].sum() < BANDS[1][0] * distances.mean:
        return ""
    first = by_theme["sum"] >= by_theme["sum"].max() - ROUNDING
    alone = first.sum() == 1 and by_theme.loc[first, "size"].iloc[0] >= FEWEST
    return str(by_theme.index[first][0]) if alone else ""


def shared_topics(exchange: float, named: tuple[int, int]) -> str:
    """Whether one can teach what the other wants to learn, in words; empty where it cannot be told.

    With fewer than `FEWEST` topics named on either side, the other could tell which one it must be.
    """
    if not exchange > 0 or min(named) < FEWEST:
        return ""
    return "one can teach what the other wants to learn"


def gain_in_words(gain: float, heard: int, questions: float) -> tuple[str, float]:
    """What one person gains, to one digit; for somebody who hears hardly anyone a gain would tell the exact distance.

    Told where they hear `FEWEST` people, themself among them, and both answered as many questions about perspective.
    """
    if min(heard, questions) < FEWEST or np.isnan(gain):
        return "not told", np.nan
    if gain < LEAST_GAIN:
        return f"less than {LEAST_GAIN}", LEAST_GAIN
    rounded = float(f"{gain:.0e}")
    return f"about {rounded:g}", rounded
