"""Answers as they might be if only who answers and which question counted: exact conditional draws, by swaps.

Some people tick the ends of a scale, some the middle, some agree with whatever is asked. Such habits go through all
questions, so they make one half of the questions foretell the other where outlook does not. They are allowed for by a
null model in which each person has a leaning to each answer and each question has one, and nothing else counts. Given
how often each person gave each answer and how often each question received it, all tables of answers are then equally
likely, whatever the leanings. The tables are drawn by swaps: where one person answered x and y to two questions and
another y and x, the two answers change places with both. A chain of swaps that starts from the answers as they are
gives draws that cannot be told from them under the null model.

References
----------
Besag, J. & Clifford, P. (1989). Generalized Monte Carlo significance tests. Biometrika 76, 633-642.

Ponocny, I. (2001). Nonparametric goodness-of-fit tests for the Rasch model. Psychometrika 66, 437-460.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np

from peernet._arrays import Floats, Ints
from peernet._compiled import kernel_no_arrays
from peernet.distance.coding import CHOSEN, SCALED, CodedItems
from peernet.scores.pair_scores import PairScores

MOST_LEVELS = 11  # of a scale that habits of answering show on; sliders and years are dealt out among people instead
STEPS = 2_520  # between the ends of a scale: a multiple of every number of steps up to ten, so that levels are whole
TRIES = 100  # for each answer; about one in thirty is a swap
UNANSWERED = -1


@dataclass(frozen=True)
class ChanceAnswers:
    """What it takes to draw the answers to some items again and again.

    Parameters
    ----------
    items
        The coded answers as they are.
    scales
        Positions of the items of each answer scale, two or more; their answers are swapped.
    alone
        Positions of the others, whose answers are dealt out among the people who answered (of multiple choice: among
        those who chose as many).
    turned
        Per item whether it was turned round when the survey was read: habits are about answers as they were ticked.
    """

    items: CodedItems
    scales: tuple[Ints, ...]
    alone: Ints
    turned: tuple[bool, ...]

    def drawn(self, rng: np.random.Generator) -> CodedItems:
        """The answers of one draw; which questions a person left out stays."""
        answers, bits = self.items.answers.copy(), self.items.bits.copy()
        for scale in self.scales:
            answers[scale] = self._swapped(scale, rng)
        for v in self.alone:
            chosen = self.items.rules[v] == CHOSEN
            known = ~np.isnan(answers[v])
            groups = [answers[v] == size for size in np.unique(answers[v, known])] if chosen else [known]
            for group in map(np.flatnonzero, groups):
                dealt = rng.permutation(group)
                if chosen:
                    words = slice(self.items.words[v], self.items.words[v + 1])
                    bits[words, group] = self.items.bits[words, dealt]
                else:
                    answers[v, group] = self.items.answers[v, dealt]
        return self.items._replace(answers=answers, bits=bits)

    def _swapped(self, scale: Ints, rng: np.random.Generator) -> Floats:
        turned = np.array(self.turned)[scale, None]
        ticked = np.where(turned, 1 - self.items.answers[scale], self.items.answers[scale])
        levels = np.where(np.isnan(ticked), UNANSWERED, np.rint(np.nan_to_num(ticked) * STEPS)).astype(np.int64)
        questions, people = levels.shape
        tries = TRIES * levels.size
        two = rng.integers(questions, size=(2, tries))
        swap_answers(levels, two[0], two[1], *rng.integers(people, size=(2, tries)))
        drawn = np.where(levels == UNANSWERED, np.nan, levels / STEPS)
        return np.where(turned, 1 - drawn, drawn)


@kernel_no_arrays
def swap_answers(levels: Ints, ones: Ints, others: Ints, people: Ints, partners: Ints) -> None:
    """Try swaps one after the other, in place: two questions (rows) and two people (columns) each."""
    for k in range(len(ones)):
        v, w, i, j = ones[k], others[k], people[k], partners[k]
        x, y = levels[v, i], levels[w, i]
        if x >= 0 and y >= 0 and x != y and levels[w, j] == x and levels[v, j] == y:
            levels[v, i] = levels[w, j] = y
            levels[w, i] = levels[v, j] = x


def chance_answers(scores: PairScores) -> ChanceAnswers:
    """How to draw the perspective answers that weigh anything by chance."""
    items = scores.perspective.items
    by_scale: dict[Hashable, list[int]] = {}
    alone: list[int] = []
    turned = [False] * len(items.answers)
    for v in np.flatnonzero(scores.perspective.shares > 0).tolist():
        item = None if scores.survey is None else scores.survey.codebook[scores.perspective.weights.index[v]]
        levels = len(np.unique(items.answers[v, ~np.isnan(items.answers[v])]))
        graded = items.rules[v] == SCALED and (item is None or item.kind == "ordinal")
        if items.rules[v] == CHOSEN or not (graded or levels <= 2) or levels > MOST_LEVELS:
            alone.append(v)
            continue
        turned[v] = item is not None and item.reverse
        answered = (item.limits, item.categories if graded else ()) if item is not None else (levels,)
        by_scale.setdefault((int(items.rules[v]), answered), []).append(v)
    alone += [scale[0] for scale in by_scale.values() if len(scale) == 1]
    scales = tuple(np.array(scale) for scale in by_scale.values() if len(scale) > 1)
    return ChanceAnswers(items, scales, np.array(sorted(alone), dtype=np.int64), tuple(turned))


def answered_by_chance(scores: PairScores, items: CodedItems) -> PairScores:
    """The same scores, gates and contacts with perspective from other answers."""
    perspective = replace(scores.perspective, items=items)
    reach = replace(scores.reach, distances=perspective).rescaled(scores.reach.scale)
    return replace(scores, perspective=perspective, reach=reach)
