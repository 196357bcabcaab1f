"""Why two people were paired: common ground first, then what the pairing rests on, the difference and the gain.

How alike two people are on a block of questions is told so coarsely (disclosure control by banding) that no single
answer can be read from it.

Whoever knows their own answers must find, for every question, that the other may have answered it one way or another.
A block is therefore told in few bands, only where it rests on several questions, and never so that agreement on all of
them could be told from agreement on all but one, nor disagreement. Bands that would give an answer away are told as
one. Which are hangs on the questions alone and not on the answers, so that what is left untold tells nothing either;
what the theme and the gains say of the same answers is counted in. What the pair rests on is told in the same words of
every pair, and whoever could introduce them is named whether they need it or not: no one learns who did not name them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from itertools import pairwise

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats, Ints
from peernet._wording import listed
from peernet.distance.coding import NAMED, SCALED
from peernet.distance.distances import PersonDistances
from peernet.errors import SettingError
from peernet.pairing.record import PairingRecord, partners_of
from peernet.scores.foundation import BY_INTRODUCER, STATE_CALLED
from peernet.scores.gates import GATES
from peernet.scores.pair_scores import PairScores
from peernet.scores.reasons import told_without_partner
from peernet.survey.codebook import Codebook
from peernet.survey.survey import Survey

PARTS = ("common ground", "foundation", "difference", "gain")
MOST_OF_ALL = "most of all"
GAIN = "gain in effective perspectives"
Reason = tuple[str, str, str, float]
FEWEST = 3  # questions, topics or colleagues below which a word could tell a single answer
BANDS = (  # distance as a share of the usual: up to, words, told as
    (0.5, "much closer than two people picked at random", 0.5),
    (0.85, "closer than two people picked at random", 0.7),
    (1.15, "about as far apart as two people picked at random", 1.0),
    (np.inf, "further apart than two people picked at random", 1.3),
)
TOGETHER = {  # the first and the last of the bands that are told as one
    (0, 1): ("closer than two people picked at random", 0.7),
    (1, 2): ("no further apart than two people picked at random", 0.85),
    (2, 3): ("at least about as far apart as two people picked at random", 1.15),
}
ENDS = ((0, 1, 2), (1, 2), (0, 1), (0, 2), (1,))  # bands at whose end the next begins, the finest first
GRADED = ("numeric", "ordinal")
LEAST_GAIN = 0.01  # effective perspectives; less is told as this
ROUNDING = 1e-9


@dataclass(frozen=True, repr=False)
class Explanation:
    """Why somebody was paired as they were, for whoever runs the programme.

    No answer of a partner can be told from it for certain, and yet it makes some likelier than others, above all to
    somebody who answered at the ends of the scales. What the two are given is a brief, see `briefs`.

    Parameters
    ----------
    table
        One row per reason: ``a``, ``b``; ``part`` (common ground, foundation, difference, gain); ``block``
        (``experience``, ``goals``, ``contacts``, ``topics``, ``trust``, ``perspective``, the scale that is its main
        theme, or the person who gains); ``words``; ``number``: for a block the distance of the two as a share of the
        usual distance, roughly (0.5, 0.7, 1 or 1.3, as the words say; 0.85 or 1.15 where two bands are told as one);
        for contacts how many colleagues both hear from; for a gain effective perspectives, to one digit, at least 0.01
        and no more than can be told. Missing where there is none.
    text
        The same in sentences.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> pairing.why("p001")
    <Explanation: p001 and p050>
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
    reasons = reasons_for(pairing.scores, pairs)
    rows = [(*pair, *reason) for pair, own in reasons.items() for reason in own]
    table = pd.DataFrame(rows, columns=["a", "b", "part", "block", "words", "number"])
    text = "\n".join(_in_sentences(*pair, own, pairing.scores.survey) for pair, own in reasons.items())
    if not pairs:
        unpaired = pairing.unpaired[pairing.unpaired["person"] == a]
        reason, detail = told_without_partner(pairing.scores, unpaired)[["reason", "detail"]].iloc[0]
        text = f"{a} has no partner: {', '.join(part for part in (reason, detail) if part)}."
    texts = dict.fromkeys(["a", "b", "part", "block", "words"], "str")
    return Explanation(table.astype({**texts, "number": "float64"}), text)


def reasons_for(scores: PairScores, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], list[Reason]]:
    """Why each of the pairs was made, what they have in common first; pairs with the smaller identifier first."""
    firsts, seconds = (np.array([scores.position(pair[side]) for pair in pairs], dtype=np.int64) for side in (0, 1))
    gains = np.column_stack(scores.gains(firsts, seconds))
    by_name = scores.gates.allowed
    allowed = [by_name is not None and by_name.mask(np.array([i]))[0, j] for i, j in zip(firsts, seconds, strict=True)]
    # The gates that held for a pair: none of them where a rule allowed it by name.
    telling = {open_: _Telling(scores.without(*GATES) if open_ else scores) for open_ in {*map(bool, allowed)}}
    return {
        pair: sorted(telling[bool(open_)].reasons(*pair, own), key=lambda reason: PARTS.index(reason[0]))
        for pair, open_, own in zip(pairs, allowed, gains, strict=True)
    }


class _Telling:
    """Tells pairs of the same scores; what hangs on no pair is worked out once."""

    def __init__(self, scores: PairScores) -> None:
        self.scores, gates, survey = scores, scores.gates, scores.survey
        perspective = scores.perspective.as_given
        self.themes = {} if survey is None else themes_of(survey, perspective)
        self.perspective = SharedQuestions(perspective, gates.band or (0.0, np.inf), survey, self.themes)
        blocks = {
            "experience": (gates.experience, gates.experience_within),
            "goals": (gates.goals, gates.goals_within),
        }
        self.blocks = {
            block: SharedQuestions(distances, (0.0, np.inf if within is None else within), survey)
            for block, (distances, within) in blocks.items()
            if distances is not None
        }

    def reasons(self, a: str, b: str, gains: Floats) -> Iterator[Reason]:
        """Why two people were paired; what each of them gains is known."""
        scores, survey, shared = self.scores, self.scores.survey, self.perspective
        yield from self._common_ground(a, b)
        yield "foundation", "trust", _foundation(scores, a, b), np.nan
        asked, distances = shared.of(a, b), shared.distances
        yield "difference", "perspective", *closeness(distances, a, b, gate=shared.gate, asked=asked)
        theme = main_theme(survey, distances, a, b, asked=asked, themes=self.themes) if survey else ""
        if theme:
            yield "difference", theme, MOST_OF_ALL, np.nan
        most = most_gain_told(asked, asked.told_range(_distance(distances, a, b)), scores.reach.scale)
        for person, gain in ((a, gains[0]), (b, gains[1])):
            heard = float(scores.reach.fully_heard[scores.position(person)])
            yield "gain", person, *gain_in_words(float(gain), heard, asked.effective, most)

    def _common_ground(self, a: str, b: str) -> Iterator[Reason]:
        scores, places = self.scores, _both(self.scores, a, b)
        for block, shared in self.blocks.items():
            words, apart = closeness(shared.distances, a, b, gate=shared.gate, asked=shared.of(a, b))
            yield "difference" if apart > 1 else "common ground", block, words, apart
        both = shared_contacts(*(np.setdiff1d(scores.reach.heard[place], places) for place in places))
        if both:
            yield "common ground", "contacts", f"both hear from {both} colleague{'s' * (both != 1)}", float(both)
        if scores.topics is not None:
            (offered_a, offered_b), (sought_a, sought_b) = (side[[*places]] for side in scores.topics)
            named = int(offered_a.sum() + sought_a.sum()), int(offered_b.sum() + sought_b.sum())
            words = shared_topics(float((offered_a & sought_b).sum() + (sought_a & offered_b).sum()), named)
            if words:
                yield "common ground", "topics", words, np.nan


def _both(scores: PairScores, a: str, b: str) -> tuple[int, int]:
    return scores.position(a), scores.position(b)


def _foundation(scores: PairScores, a: str, b: str) -> str:
    """What every pair of the programme rests on, and who could introduce the two, whether they need it or not."""
    accepted = scores.gates.accept
    asked = "not asked for" if not accepted else listed([STATE_CALLED[state].passes for state in accepted], "or")
    introducer = introducer_of(scores, a, b)
    return f"as for every pair, {asked}" + (f"; {introducer} can introduce them" if introducer else "")


def introducer_of(scores: PairScores, a: str, b: str) -> str | None:
    """Whoever both trust most, where introductions count, also of two who trust each other; None if nobody."""
    counts = scores.gates.accept is None or not {*BY_INTRODUCER}.isdisjoint(scores.gates.accept)
    found = scores.gates.foundation.introducers(*_both(scores, a, b))
    return str(scores.people[found[0]]) if counts and len(found) else None


def _in_sentences(a: str, b: str, reasons: list[Reason], survey: Survey | None) -> str:
    parts = {part: [_phrase(reason, survey) for reason in reasons if reason[0] == part] for part in PARTS}
    named = {**dict(zip(PARTS, PARTS, strict=True)), "gain": GAIN}
    sentences = [f"{named[part].capitalize()}: {', '.join(phrases)}." for part, phrases in parts.items() if phrases]
    return " ".join([f"{a} and {b}.", *sentences])


def _phrase(reason: Reason, survey: Survey | None) -> str:
    part, block, words, _ = reason
    if survey is not None and words == MOST_OF_ALL:
        return f"{words} in {theme_in_words(survey.codebook, block)}"
    if part == "foundation" or (part == "common ground" and block in ("contacts", "topics")):
        return words
    return f"{block} {words}" if part == "gain" else f"{block} ({words})"


# --- which answers stay open ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Questions:
    """The questions of a block that two people both answered, and how far apart answers to them can be.

    Nothing here depends on what the two answered.
    """

    weight: pd.Series[float]  # weight of each among those both answered, index item
    # farthest, second: part of the distance that the farthest answer to each makes up at least, and the second farthest
    farthest: pd.Series[float]
    second: pd.Series[float]
    step: pd.Series[float]  # part of the distance between neighbouring answers to each
    usual: float  # mean distance of two people
    # least, most: distances between which the gates let a pair pass
    least: float
    most: float
    # what two people who differ most in one theme can be apart whichever it is, or 0 where no theme can be told
    themed: float = 0.0

    @property
    def effective(self) -> float:
        """How many questions of equal weight they amount to."""
        return float(1 / (self.weight**2).sum()) + ROUNDING if len(self.weight) else 0.0

    @cached_property
    def jump(self) -> float:
        """The most by which the distance grows from one possible answer to the next."""
        # Where two "no" are not compared it hangs on the answers what is: such a question is counted on for nothing.
        certain = float(self.weight[self.farthest > 0].sum())
        return float(self.step.max()) / certain if certain else np.inf

    def leaves_open(self, low: float, high: float) -> bool:
        """Whether people who know to be more than ``low`` and at most ``high`` apart cannot tell any answer.

        From no distance to the farthest one gets by changing an answer at a time, in steps no larger than the jump.
        A range as wide is met on the way, with any question held at either of its two farthest answers, or of its two
        nearest where it weighs too much for that.
        """
        heaviest, at_second, at_nearest = self._reaches
        reach = at_second if heaviest <= high else at_nearest
        reach = min(reach, self.themed) if self.themed else reach
        return high - max(low, 0.0) >= self.jump - ROUNDING and (low <= 0 or low < reach - ROUNDING)

    @cached_property
    def _reaches(self) -> tuple[float, float, float]:
        """The largest weight, and how far apart two can be with any question held, as `leaves_open` says."""
        most = float(self.farthest.sum())
        at_second, at_nearest = (most - float(lost.max()) for lost in (self.farthest - self.second, self.farthest))
        return float(self.weight.max()), at_second, at_nearest

    @cached_property
    def told(self) -> list[tuple[float, float]]:
        """The ranges of distance that are told apart: the finest that leave every answer open."""
        for ends in ENDS if self.effective >= FEWEST else ():
            inner = (BANDS[end][0] * self.usual for end in ends)
            edges = [self.least, *(edge for edge in inner if self.least < edge < self.most - ROUNDING), self.most]
            ranges = list(pairwise(edges))
            if all(self.leaves_open(*range_) for range_ in ranges):
                return ranges
        return [(self.least, self.most)]

    def told_range(self, apart: float) -> tuple[float, float]:
        """The range in which a distance is told."""
        return next((range_ for range_ in self.told if apart <= range_[1] + ROUNDING), self.told[-1])

    def in_words(self, low: float, high: float) -> tuple[str, float]:
        """What a range is called, and told as."""
        ends = [most * self.usual for most, _, _ in BANDS]
        first = next(k for k, end in enumerate(ends) if low < end - ROUNDING)
        last = next(k for k, end in enumerate(ends) if high <= end + ROUNDING)
        return BANDS[first][1:] if first == last else TOGETHER[first, last]


def shared_questions(
    distances: PersonDistances,
    a: str,
    b: str,
    gate: tuple[float, float],
    survey: Survey | None = None,
    themes: Mapping[str, str] | None = None,
) -> Questions:
    """The questions of a block that both people answered; themes by question where one is to be told."""
    return SharedQuestions(distances, gate, survey, themes or {}).of(a, b)


class SharedQuestions:
    """The same for many pairs: those who left the same questions unanswered share what is known of the others."""

    def __init__(
        self,
        distances: PersonDistances,
        gate: tuple[float, float],
        survey: Survey | None = None,
        themes: Mapping[str, str] | None = None,
    ) -> None:
        self.distances, self.gate, self._themes = distances, gate, themes or {}
        self._answered = ~np.isnan(distances.items.answers)
        self._weigh = distances.shares > 0
        self._possible = possible_answers(distances, survey)
        self._known: dict[bytes, Questions] = {}

    def of(self, a: str, b: str) -> Questions:
        """The questions that two people both answered."""
        i, j = (self.distances.position(person) for person in (a, b))
        both = self._answered[:, i] & self._answered[:, j] & self._weigh
        pattern = both.tobytes()
        if pattern not in self._known:
            self._known[pattern] = self._asked(both)
        return self._known[pattern]

    def _asked(self, both: Flags) -> Questions:
        weight = self.distances.weights[both]
        weight = weight / weight.sum()
        possible = self._possible.loc[weight.index].mul(weight, axis=0)
        reach, step = (possible["farthest"], possible["second"]), possible["step"]
        asked = Questions(weight, *reach, step, self.distances.mean, *self.gate)
        return replace(asked, themed=_themed(asked, self._themes)) if self._themes else asked


def possible_answers(distances: PersonDistances, survey: Survey | None) -> pd.DataFrame:
    """How far apart the answers to each question are, whichever of them is one's own.

    ``farthest`` and ``second``: the farthest and the second farthest are at least that far; 0 where nothing can be
    counted on. ``step``: no two neighbouring answers are further apart.
    """
    rows = []
    for name, rule, answers in zip(
        distances.weights.index, distances.items.rules, distances.items.answers, strict=True
    ):
        given = np.unique(answers[~np.isnan(answers)])
        if rule == SCALED:
            steps = _declared_steps(survey, str(name)) or round(1 / np.diff(given).min(initial=1.0))
            rows.append((np.ceil(steps / 2) / steps, np.floor(steps / 2) / steps, 1 / steps))
        else:
            rows.append((1.0, float(len(given) > 2), 1.0) if rule == NAMED else (0.0, 0.0, 1.0))
    return pd.DataFrame(rows, columns=["farthest", "second", "step"], index=distances.weights.index)


def _declared_steps(survey: Survey | None, name: str) -> int:
    """Steps from the lowest to the highest answer of an ordinal question, 0 where the codebook does not say."""
    item = None if survey is None or name not in survey.people else survey.codebook[name]
    if item is None or item.kind != "ordinal":
        return 0
    return max(len(item.categories) - 1, 0) if item.categories else int(np.subtract(*(item.limits or (0, 0))[::-1]))


def _themed(asked: Questions, themes: Mapping[str, str]) -> float:
    """How far apart two people can be whichever theme they differ in most; 0 where none is to be told.

    The other themes then stay behind it, by a step of theirs.
    """
    theme = pd.Series(asked.weight.index, index=asked.weight.index).map(themes)
    reach = asked.second.groupby(theme).sum()
    if not len(reach) or asked.second.groupby(theme).size().min() < FEWEST:
        return 0.0
    rest = theme.isna()
    lost = float((asked.farthest - asked.second)[rest].max()) if rest.any() else 0.0
    step = float(asked.step[~rest].max()) * (len(reach) - 1)
    apart = min(float(reach.clip(upper=most).sum()) for most in reach) + float(asked.farthest[rest].sum()) - lost - step
    low, high = BANDS[1][0] * asked.usual, BANDS[2][0] * asked.usual
    return apart if apart > low + ROUNDING and 2 * asked.weight.max() <= high else 0.0


# --- coarse words -----------------------------------------------------------------------------------------------------


def closeness(
    distances: PersonDistances,
    a: str,
    b: str,
    within: float | None = None,
    *,
    gate: tuple[float, float] | None = None,
    survey: Survey | None = None,
    asked: Questions | None = None,
) -> tuple[str, float]:
    """How far apart two people are in words, and roughly as a share of the usual distance; missing if not told.

    Where nothing can be told without giving an answer away, only that they are within the gate is told. ``asked`` are
    their `shared_questions`, where they are known.
    """
    gate = gate or (0.0, np.inf if within is None else within)
    asked = asked or shared_questions(distances, a, b, gate, survey)
    if len(asked.told) < 2:
        gated = len(asked.weight) and gate != (0.0, np.inf)
        return "within the gate" if gated else "too few questions to say more", np.nan
    return asked.in_words(*asked.told_range(_distance(distances, a, b)))


def _distance(distances: PersonDistances, a: str, b: str) -> float:
    return float(_compared(distances, a, b)[1].sum())


def _compared(distances: PersonDistances, a: str, b: str) -> tuple[Flags, Floats]:
    """Which questions compare two people, and the part of their distance that each of these makes up."""
    compared, parts = distances.item_parts(a, b)
    chosen = compared & (distances.shares > 0)
    return chosen, parts[chosen]


def themes_of(survey: Survey, distances: PersonDistances) -> dict[str, str]:
    """The theme of each graded question that has one: a scale of the codebook."""
    items = [survey.codebook[name] for name in distances.weights.index]
    return {item.name: item.scale for item in items if item.scale and item.kind in GRADED}


def main_theme(
    survey: Survey,
    distances: PersonDistances,
    a: str,
    b: str,
    *,
    gate: tuple[float, float] = (0.0, np.inf),
    asked: Questions | None = None,
    themes: Mapping[str, str] | None = None,
) -> str:
    """The theme that holds more of the difference of two people than any other; empty where it is not told.

    It is told only of two people who are at least about as far apart as people usually are, where both answered
    `FEWEST` graded questions of every theme, and where whatever theme it is leaves every answer open.
    """
    themes = themes_of(survey, distances) if themes is None else themes
    if not themes or not (asked or shared_questions(distances, a, b, gate, survey, themes)).themed:
        return ""
    compared, parts = _compared(distances, a, b)
    if parts.sum() < BANDS[1][0] * distances.mean:
        return ""
    by_theme = pd.Series(parts).groupby(distances.weights.index[compared].map(themes)).sum()
    first = by_theme.index[by_theme >= by_theme.max() - ROUNDING]
    return str(first[0]) if len(first) == 1 else ""


def theme_in_words(codebook: Codebook, theme: str) -> str:
    """What a theme is called, or a question of it where its word is a code and nobody said what it is called."""
    name = codebook.scale_name(theme)
    asked = next((item.label or item.name for item in codebook if item.scale == theme), theme)
    return f"“{name}”" if name else f"questions such as “{asked}”"


def shared_contacts(heard_by_one: Ints, heard_by_other: Ints) -> int:
    """How many colleagues both hear from; 0 where it is not told.

    It is told where either hears from others as well, or whoever knows whom they hear would know whom the other does.
    """
    both = len(np.intersect1d(heard_by_one, heard_by_other))
    return both if both < min(len(heard_by_one), len(heard_by_other)) else 0


def shared_topics(exchange: float, named: tuple[int, int]) -> str:
    """Whether one can teach what the other wants to learn, in words; empty where it cannot be told.

    With fewer than `FEWEST` topics named on either side, the other could tell which one it must be.
    """
    if not exchange > 0 or min(named) < FEWEST:
        return ""
    return "one can teach what the other wants to learn"


def most_gain_told(asked: Questions, told: tuple[float, float], scale: float) -> float:
    """The largest gain that can be told of two people of whom a range of distance is told.

    Nobody need gain more from somebody at a distance d than (1 - z) / (1 + z) with z = exp(-d / scale), as where all
    they hear think like themself. So a gain says how far apart two people are at least.
    """
    low, high = told
    grid = [digit * 10.0**size for size in (-2, -1) for digit in range(1, 10)]
    at_least = [(gain, -scale * np.log((1 - least) / (1 + least))) for gain in grid if (least := _told_from(gain)) < 1]
    return max(gain for gain, apart in at_least if apart <= low or gain == grid[0] or asked.leaves_open(apart, high))


def _told_from(gain: float) -> float:
    """The least gain that is told as this one, to one digit."""
    size = 10.0 ** np.floor(np.log10(gain) + ROUNDING)
    return float(gain - size * (0.05 if gain < 1.5 * size else 0.5))


def gain_in_words(gain: float, heard: float, questions: float, most: float = np.inf) -> tuple[str, float]:
    """What one person gains, to one digit; for somebody who hears hardly anyone a gain would tell the exact distance.

    Told where they hear `FEWEST` people, themself among them and each counted by how fully, and both answered as many
    questions about perspective; ``most`` is the largest that can be told.
    """
    if min(heard, questions) < FEWEST or np.isnan(gain):
        return "not told", np.nan
    if gain < LEAST_GAIN:
        return f"less than {LEAST_GAIN}", LEAST_GAIN
    rounded = float(f"{gain:.0e}")
    if rounded >= most - ROUNDING:
        return f"at least about {most:g}", most
    return f"about {rounded:g}", rounded
