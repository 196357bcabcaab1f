"""The outcomes of pairs, each kept apart: who met, what came within reach, how far people moved, what they hold.

A programme can do one of them good and another harm, so nothing here is added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from peernet._arrays import Floats
from peernet.diversity.ledger import exposure
from peernet.dyads.pairs import MEMBERS, Dyads
from peernet.errors import SettingError
from peernet.outcomes.pairs import named_dyads
from peernet.outcomes.second_wave import who_is_who
from peernet.outcomes.two_waves import moves_of
from peernet.scores.pair_scores import PairScores
from peernet.survey.survey import Survey
from peernet.survey.waves import Links

SIDES = ("a", "b")
MET, NOT_YET, DISAGREE, NO_ANSWER = "met", "not yet", "one says yes and one no", "no answer"


def outcome_measures(
    pairs: Dyads | pd.DataFrame,
    survey: Survey,
    *,
    met: str | None = None,
    scores: PairScores | None = None,
    after: Survey | None = None,
    links: Links | None = None,
) -> Dyads:
    """Add to pairs the outcomes that no single answer tells: who met, reach, movement and variety.

    What people answered (learning, the relationship) is in the table of `pairs_of` already; see its ``meanings``.

    Parameters
    ----------
    pairs
        What `pairs_of` returned for this survey.
    survey
        The survey of the first wave.
    met
        The outcome in which people say whether they met their partner, such as ``"met_2"``: anything above 0 is yes.
        By default every pair counts as one that met.
    scores
        What `score_pairs` returned, for the perspectives in reach.
    after
        The survey of a second wave, for movement and variety after.
    links
        What `link_waves` returned, or a table with its columns ``first`` and ``second``; by default people are linked
        by their identifiers.

    Returns
    -------
    Dyads
        The pairs with further columns. ``met``, if asked: ``"met"`` or ``"not yet"`` where both say so, or one does and
        the other gave no answer; ``"one says yes and one no"``; ``"no answer"``. With scores, of both members,
        ``reach_before`` and ``reach_after``: effective perspectives within reach without, and with all partners of
        pairs that met. Of both members ``variety_before``, and with a second wave ``variety_after``: options ticked
        per question of the perspective block that allows several. With a second wave, of both members, ``moved``
        (share of the way to the partner that the person went) and ``moved_placebo`` (the same to everybody else in a
        pair), see `opinion_change`. Missing wherever not known. ``.remake`` gives variety and movement for other
        pairs; who met and what came within reach is known of these pairs alone.

    Raises
    ------
    SettingError
        If there is no such measure.
    EstimationError
        If no opinion that can move part of the way was asked alike in both waves.

    References
    ----------
    Lorenz, J., Rauhut, H., Schweitzer, F. & Helbing, D. (2011). How social influence can undermine the wisdom of crowd
    effect. Proceedings of the National Academy of Sciences 108, 9020-9025.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> dyads = pn.outcomes.pairs_of(survey, "pilot_partner", scores=scores)
    >>> found = pn.outcomes.outcome_measures(dyads, survey, scores=scores)
    >>> bool((found.table["reach_after_a"] >= found.table["reach_before_a"]).all())
    True
    """
    pairs = named_dyads(pairs)
    varieties = _varieties(survey, after, links)
    meanings = {
        "met": "whether the two met, by what both say",
        "reach_before": "effective perspectives within reach without the pairs",
        "reach_after": "effective perspectives within reach with all partners of pairs that met",
        "variety_before": "options ticked per question that allows several, first wave",
        "variety_after": "options ticked per question that allows several, second wave",
        "moved": "share of the way to the partner that the person went",
        "moved_placebo": "share of the way that the person went to everybody else in a pair",
    }

    def made(table: pd.DataFrame) -> pd.DataFrame:
        """The table with what is known of any pairs."""
        of_both = {
            name: [np.asarray(values.reindex(table[side]), dtype=np.float64) for side in SIDES]
            for name, values in varieties.items()
        }
        if after is not None:
            of_both |= moves_of(survey, after, table, links)
        return table.assign(**_side_by_side(of_both))

    def remake(others: Iterable[Sequence[str]]) -> pd.DataFrame:
        assert pairs.remake is not None
        return made(pairs.remake([(a, b) for a, b in others]))

    table = made(pairs.table)
    if met is not None:
        table["met"] = _met(pairs, met)
    if scores is not None:
        table = table.assign(**_reach(table, scores))
    used = {name: meaning for name, meaning in meanings.items() if name in table or f"{name}_a" in table}
    again = remake if pairs.remake is not None else None
    return replace(pairs, table=table, meanings={**pairs.meanings, **used}, remake=again)


def _met(pairs: Dyads, measure: str) -> list[str]:
    """The state of every pair by what its members say."""
    if not pairs.is_of_people(measure):
        raise SettingError(f"{measure!r} is one answer per pair; whether people met is what each of the two says.")
    said = pairs.table[[f"{measure}{member}" for member in MEMBERS]].astype(float)
    yes, no = (said > 0).any(axis=1), (said <= 0).any(axis=1)
    return [*map(str, np.select([yes & no, yes, no], [DISAGREE, MET, NOT_YET], NO_ANSWER))]


def _side_by_side(of_both: Mapping[str, Sequence[Floats]]) -> dict[str, Floats]:
    """Columns of measures of both members."""
    return {
        f"{name}{member}": values
        for name, both in of_both.items()
        for member, values in zip(MEMBERS, both, strict=True)
    }


def _reach(table: pd.DataFrame, scores: PairScores) -> dict[str, Floats]:
    """Perspectives in reach of both members before, and after all the pairs that met."""
    known = table["a"].isin(scores.people) & table["b"].isin(scores.people)
    happened = table[known & (table["met"] == MET)] if "met" in table else table[known]
    reached = exposure(scores, zip(happened["a"], happened["b"], strict=True)).table
    when = ("before", "after")
    return _side_by_side({f"reach_{w}": [reached[w].reindex(table[side]).to_numpy() for side in SIDES] for w in when})


def _varieties(survey: Survey, after: Survey | None, links: Links | None) -> dict[str, pd.Series[float]]:
    """Options ticked per question that allows several, by person and wave; nothing where no question does."""
    asked = [item.name for item in survey.codebook.block("perspective") if item.kind == "multiple"]
    asked = [name for name in asked if name in survey.people and (after is None or name in after.people)]
    if not asked:
        return {}
    found = {"variety_before": _ticked(survey.people[asked])}
    if after is not None:
        linked = who_is_who(survey, after, links)
        later = _ticked(after.people[asked]).reindex(linked["second"])
        found["variety_after"] = later.set_axis(linked["first"].to_numpy())
    return found


def _ticked(answers: pd.DataFrame) -> pd.Series[float]:
    counts = {name: [np.nan if ticks is None else len(ticks) for ticks in answers[name]] for name in answers}
    return pd.DataFrame(counts, index=answers.index, dtype=float).mean(axis=1)
