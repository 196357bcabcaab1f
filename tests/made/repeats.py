"""Simulated repeats of a survey: the same people, other questions about the same outlook, names typed again."""

from __future__ import annotations

import numpy as np

from tests.made.surveys import both_ways, survey_of

DIRECTIONS = 3


class World:
    """People with an outlook in a few directions, and who trusts whom; each name is forgotten by lot in a survey."""

    def __init__(self, seed, *, people=40, trusted=3, questions=15, forgotten=0.0):
        rng = np.random.default_rng(seed)
        self.outlook = rng.standard_normal((people, DIRECTIONS))
        self.names = [f"p{i:02d}" for i in range(people)]
        known = [(a, b) for i, a in enumerate(self.names) for b in self.names[:i]]
        self.trust = [pair for pair in known if rng.random() < trusted / people]
        self.questions, self.forgotten = questions, forgotten

    def survey(self, seed):
        """A questionnaire of its own, answered by everyone."""
        rng = np.random.default_rng([1, seed])
        loadings = np.eye(DIRECTIONS)[np.floor(rng.random(self.questions) * DIRECTIONS).astype(int)]
        loadings = loadings + 0.3 * rng.standard_normal(loadings.shape)
        felt = 3 + self.outlook @ loadings.T + rng.standard_normal((len(self.names), self.questions))
        answers = np.clip(np.rint(felt), 1, 5)
        rows = {
            name: {f"perspective_{v}": row[v] for v in range(self.questions)}
            for name, row in zip(self.names, answers, strict=True)
        }
        named = [tie for tie in both_ways(*self.trust) if rng.random() >= self.forgotten]
        return survey_of(rows, {"trust": named, "works_with": both_ways(*self.trust[::2])})
