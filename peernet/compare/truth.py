"""What pairs would bring in truth: gains from outlooks without the chance in answers, and from the ties that are there.

A survey shows neither. Answers are rounded, careless, coloured by style or left out, and names are forgotten, misspelt
or never asked for; of a survey that is made up, what is behind them is known. People are held to their true outlook
here, whether they answered carefully, carelessly or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.spatial.distance import cdist

from peernet._arrays import Floats, Ints
from peernet.diversity.ledger import Paired
from peernet.diversity.reach import SCALE, Reach, reach_from
from peernet.errors import SettingError, check_type, checked_pairs
from peernet.graph.colleagues import hears, surroundings
from peernet.scores.pair_scores import PairScores
from peernet.survey.codebook import Codebook

HEARD_ON = ("works_with", "advice")  # layers on which people hear each other, as in the graph of the survey


@runtime_checkable
class MadeSurvey(Protocol):
    """What is known of a survey that was made up: the part of what `make_survey` returns that the truth rests on."""

    @property
    def truth(self) -> pd.DataFrame:
        """One row per person."""

    @property
    def contacts(self) -> pd.DataFrame:
        """One row per tie that is there: ``person``, ``layer``, ``alter``."""

    @property
    def outlooks(self) -> Floats:
        """Everybody's outlook in each dimension, in shares of the range of answers."""

    @property
    def codebook(self) -> Codebook:
        """How fully people are heard on each layer."""


@dataclass(frozen=True)
class OutlookDistances:
    """Distances between true outlooks, in a straight line through all dimensions of outlook.

    They are told as distances of answers are: the root mean square over the dimensions.
    """

    outlooks: Floats  # person x dimension, in shares of the range of answers

    def block(self, rows: Ints, cols: Ints | None = None) -> Floats:
        """Distances of the rows to the columns (everyone by default)."""
        straight = cdist(self.outlooks[rows], self.outlooks if cols is None else self.outlooks[cols])
        return np.asarray(straight / np.sqrt(self.outlooks.shape[1]))

    def of_pairs(self, firsts: Ints, seconds: Ints) -> Floats:
        """Distances of pairs, the cells of `block`."""
        straight = np.sqrt(((self.outlooks[firsts] - self.outlooks[seconds]) ** 2).sum(axis=1))
        return np.asarray(straight / np.sqrt(self.outlooks.shape[1]))


def true_gains(made: MadeSurvey, pairs: Paired | Iterable[tuple[str, str]]) -> pd.DataFrame:
    """What both people of each pair would gain in truth.

    Parameters
    ----------
    made
        What `make_survey` returned.
    pairs
        A pairing, or pairs of people on the roster, whether the survey would let them be paired or not.

    Returns
    -------
    pandas.DataFrame
        One row per pair, in the order given, with ``a`` and ``b`` as given; ``gain_a`` and ``gain_b``, what each would
        gain in effective perspectives by the formula of `score_pairs`; ``gain``, the mean of the two.

    Raises
    ------
    UnknownPersonError
        If somebody is not on the roster.

    Notes
    -----
    Outlook is the position of ``made.truth`` in the dimensions of outlook. How far two of them lie apart is told as the
    share of the range by which answers without any chance would differ, and counted on the usual scale of
    `score_pairs`. People hear those with whom one of the two works or takes advice (``made.contacts``), as fully as
    ``made.codebook`` says.

    Examples
    --------
    >>> import peernet as pn
    >>> made = pn.make_survey(people=60, answered=50, teams=6, rng=1)
    >>> pn.compare.true_gains(made, [("p001", "p044"), ("p002", "p020")]).round(3)
          a     b  gain_a  gain_b   gain
    0  p001  p044     ...
    """
    check_type("made", made, MadeSurvey, "make_survey")
    people, table = made.truth.index, getattr(pairs, "table", None)
    given: Any = pairs if table is None else zip(table["a"], table["b"], strict=True)
    ends = pd.DataFrame(checked_pairs(given, people, "on the roster"), columns=["a", "b"], dtype="str")
    reach = true_reach(made)
    firsts, seconds = (people.get_indexer(pd.Index(ends[side])) for side in ("a", "b"))
    gains, _ = reach.gains(np.arange(len(people)))
    both = ends.assign(gain_a=gains[firsts, seconds], gain_b=gains[seconds, firsts])
    return both.assign(gain=both[["gain_a", "gain_b"]].mean(axis=1))


def true_scores(made: MadeSurvey, scores: PairScores) -> PairScores:
    """The same scores, gates and rules, with what each would gain in truth.

    Their best pairing is the most that any pairing within these gates could bring, so the true gain of pairs can be
    told as a share of it.

    Parameters
    ----------
    made
        What `make_survey` returned.
    scores
        Scores of that survey.

    Returns
    -------
    PairScores
        Gains and values are true, on the scale of ``scores``. Gates and ``perspective`` are those of the answers.

    Raises
    ------
    SettingError
        If the scores are of other people.

    Examples
    --------
    >>> import peernet as pn
    >>> made = pn.make_survey(people=60, answered=50, teams=6, rng=1)
    >>> survey = made.read()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> found = pn.compare.true_gains(made, pn.pair_people(scores))["gain"].sum()
    >>> attainable = pn.pair_people(pn.compare.true_scores(made, scores)).objective
    >>> f"{found / attainable:.2f} of the true gain that could be had"
    '0... of the true gain that could be had'
    """
    check_type("made", made, MadeSurvey, "make_survey")
    check_type("scores", scores, PairScores, "score_pairs")
    if not scores.people.equals(made.truth.index):
        raise SettingError("The scores are not of the people of this survey; score what made.read() returns.")
    return replace(scores, reach=true_reach(made, scores.settings["scale"], scores.settings.get("strength", {})))


def true_reach(made: MadeSurvey, scale: float = SCALE, strength: Mapping[str, float] | None = None) -> Reach:
    """Whom everybody hears in truth and how their outlooks differ; everybody's own outlook is known.

    ``strength`` says how fully people are heard on each layer, in full where it does not; by default the codebook does.
    """
    people, strength = made.truth.index, made.codebook.strength if strength is None else strength
    known, layers = np.ones(len(people), dtype=bool), []
    for layer in HEARD_ON:
        ties = made.contacts[made.contacts["layer"] == layer]
        ends = [people.get_indexer(pd.Index(ties[side])) for side in ("person", "alter")]
        cells = np.ones(len(ties)), (ends[0], ends[1])
        layers.append((sparse.csr_array(cells, shape=(len(people),) * 2), strength.get(layer, 1.0)))
    heard = surroundings(hears(layers, "either", len(people)), known)
    return reach_from(OutlookDistances(made.outlooks), scale, *heard)
