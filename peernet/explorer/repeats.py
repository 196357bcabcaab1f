"""Whether a move does more than a repeat of the survey would do anyway.

The survey is drawn anew (see `peernet.compare.survey_again`), one repeat at a time, and the kept settings are solved on
each. Three things are counted against it, whatever the gates of a repeat say of a pair, since pairs that are made meet:

* how many of the kept pairs the repeat gives up, against how many the move gives up;
* how much better than the kept pairs the repeat's own look on its answers, against how much better the move's look on
  the answers there are; where the move's are worth less, how much worse the repeat's own are on these;
* whether the pairs of the move are worth more than the kept ones on the repeat's answers.

Somebody who had only followed the noise of the answers would have moved as a repeat does. So a move does more only
where hardly any repeat does as much (a Monte Carlo test: of R repeats no more than 5 in 100 of R + 1, the move counted
in), and nothing is claimed from fewer than 19. Pairs are chosen by the answers there are, and more to choose from looks
better by luck too; so they are said to be worth more, or less, only where nearly all repeats agree.

References
----------
Barnard, G. A. (1963). Discussion of "The spectral analysis of point processes". Journal of the Royal Statistical
Society B 25, 294.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np

from peernet._arrays import Floats, Ints
from peernet._parallel import Seed, spawned
from peernet._wording import count_in_digits
from peernet.compare.stability import TieBrokenWeights
from peernet.compare.survey_again import SurveyResampler, perturbation, resampler_of
from peernet.errors import InfeasibleError
from peernet.pairing.pairing import Pairing
from peernet.pairing.record import Pairs, difference
from peernet.programme.settings import Settings
from peernet.scores.pair_scores import PairScores

LEVEL = 0.05
FEWEST = 19  # repeats from which a rank can be as rare as that
NOTHING = 1e-9  # effective perspectives
HELD_BELOW = 500  # people: their repeats are kept, beyond they are drawn again


@dataclass(frozen=True)
class Repeat:
    """One repeat of the survey, solved by the kept settings."""

    given_up: int  # how many of the kept pairs are not made again
    # better, worse: by how much the repeat's own pairs look better than the kept ones on its answers, and are worse on
    # the answers there are
    better: float
    worse: float


@dataclass(frozen=True)
class Comparison:
    """A move held against repeats of the survey."""

    # given_up, gained: kept pairs that the move gives up, and by how much its pairs are worth more than the kept ones
    given_up: int
    gained: float
    of_pairs: int  # how many pairs are kept
    repeats: Sequence[Repeat]
    worth_more: (
        int | None
    )  # repeats on whose answers the pairs of the move are worth more; None where counted otherwise

    @property
    def done(self) -> int:
        """How many repeats there are."""
        return len(self.repeats)

    @property
    def moves_more(self) -> bool | None:
        """Whether the move gives up more pairs than a repeat would; None where that cannot be told yet."""
        return rarer(self.given_up, [repeat.given_up for repeat in self.repeats])

    @property
    def changes_worth(self) -> bool | None:
        """Whether the pairs are worth more, or less, by more than those of a repeat; None: it cannot be told.

        It can be told only where nearly all repeats agree which are worth more.
        """
        others = [repeat.better if self.gained > 0 else repeat.worse for repeat in self.repeats]
        if abs(self.gained) <= NOTHING or self.worth_more is None or not rarer(abs(self.gained), others):
            return None if self.done < FEWEST else False
        agree = self.worth_more if self.gained > 0 else self.done - self.worth_more
        return True if agree >= (1 - LEVEL) * self.done else None


def rarer(found: float, others: Sequence[float]) -> bool | None:
    """Whether hardly any of some values is as large as one; None where there are too few to tell."""
    if len(others) < FEWEST:
        return None
    return bool(1 + sum(other >= found - NOTHING for other in others) <= LEVEL * (len(others) + 1) + NOTHING)


class Repeats:
    """Repeats of a survey under kept settings, drawn one at a time.

    Parameters
    ----------
    kept
        The kept pairing.
    settings
        The settings it was made with; their ``repeats`` say how many there are to be, their ``seed`` which.
    graph
        The colleague graph of the survey.
    """

    def __init__(self, kept: Pairing, settings: Settings, graph: nx.MultiDiGraph[str]) -> None:
        self.kept, self.of = kept, settings.repeats
        self._resampler: SurveyResampler = resampler_of(
            kept.scores,
            graph,
            perturbation(items=True, ties=True, thresholds=True, weights=True),
            {name: getattr(settings, name) for name in ("experience", "goals")},
        )
        self._seeds: list[Seed] = spawned(settings.seed, settings.repeats) if settings.repeats else []
        self._held: dict[int, PairScores] = {}
        self.found: list[Repeat] = []

    @property
    def done(self) -> int:
        """How many repeats there are so far."""
        return len(self.found)

    def one_more(self) -> None:
        """Draw and solve the next repeat, where more are wanted."""
        if self.done < self.of:
            self.found.append(self._solved(self.done))

    def against(self, now: Pairing) -> Comparison:
        """A pairing held against the repeats so far."""
        lost, made = difference(self.kept.pairs, now.pairs)
        alike = all(now.scores.settings[name] == self.kept.scores.settings[name] for name in ("value", "outlook"))
        gained = self._more(self.kept.scores, now.pairs)
        more = [self._more(self._drawn(k)[0], now.pairs) for k in range(self.done)] if alike and (lost or made) else []
        worth_more = sum(extra > NOTHING for extra in more) if alike else None
        return Comparison(len(lost), gained if alike else 0.0, len(self.kept), self.found, worth_more)

    def _more(self, scores: PairScores, pairs: Pairs) -> float:
        """How much more than the kept ones some pairs are worth by some scores, whatever their gates say."""
        return _worth(scores, pairs) - _worth(scores, self.kept.pairs)

    def _drawn(self, number: int) -> tuple[PairScores, np.random.Generator]:
        rng = np.random.default_rng(self._seeds[number])
        if number not in self._held:
            drawn = self._resampler.drawn(rng)
            if len(drawn) > HELD_BELOW:
                return drawn, rng
            self._held[number] = drawn
        return self._held[number], rng

    def _solved(self, number: int) -> Repeat:
        scores, rng = self._drawn(number)
        weights = TieBrokenWeights(scores, rng, self.kept.settings["cardinality"])
        try:
            found = weights.found(self.kept.settings["objective"])
        except InfeasibleError:  # no pairing keeps the limits there: all pairs would change
            return Repeat(len(self.kept), 0.0, 0.0)
        own = [(str(weights.people[i]), str(weights.people[j])) for i, j in found.pairs]
        lost, _ = difference(self.kept.pairs, own)
        return Repeat(len(lost), self._more(scores, own), -self._more(self.kept.scores, own))


def _worth(scores: PairScores, pairs: Pairs) -> float:
    """What pairs are worth whatever the gates say, prices of rules taken off."""
    places: Ints = np.array([(scores.position(a), scores.position(b)) for a, b in pairs], dtype=np.int64).reshape(-1, 2)
    value: Floats = scores.worth(*scores.gains(*places.T), *places.T)
    for chosen, rows, r in scores.chunks(places[:, 0]) if scores.priced else ():
        value[chosen] -= scores.prices(rows)[r, places[chosen, 1]]
    return float(np.nansum(value))


def enough_in_words(found: Comparison) -> str:
    """What repeats tell of a move, in a plain sentence or two."""
    if not found.given_up and abs(found.gained) <= NOTHING:
        return "The kept pairs all stand; there is nothing to hold against a repeat of the survey."
    if not found.done:
        return "No repeat of the survey has been drawn yet."
    counts = sorted(repeat.given_up for repeat in found.repeats)
    span = f"{counts[0]:,}" if counts[0] == counts[-1] else f"{counts[0]:,} to {counts[-1]:,}"
    of = count_in_digits(found.done, "repeat", "repeats")
    told = f"This gives up {found.given_up:,} of {found.of_pairs:,} kept pairs; {of} of the survey would: {span}."
    worth = (
        "What a pair counts has been changed, so what pairs are worth is not compared."
        if found.worth_more is None
        else f"In {found.worth_more:,} of {found.done:,} these pairs are still worth more than the kept ones."
    )
    return f"{told} {_verdict(found)} {worth}"


def _verdict(found: Comparison) -> str:
    """Whether a move does more than a repeat."""
    if found.done < FEWEST:
        return f"Whether that is more than a repeat would do cannot be told from fewer than {FEWEST} repeats."
    pairs = f"{'More' if found.moves_more else 'No more'} pairs change than in a repeat"
    if found.worth_more is None:
        return f"{pairs}."
    so = "more" if found.gained > 0 else "less"
    worth = {
        True: f"they are worth {so}, by more than a repeat would change anyway",
        False: "what they are worth differs no more than it would anyway",
        None: "which of them are worth more cannot be told",
    }
    return f"{pairs}, and {worth[found.changes_worth]}."
