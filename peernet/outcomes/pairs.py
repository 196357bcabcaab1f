"""Pairs of a survey with the outcomes of their members, however the pairs came about.

First who is paired with whom and who is not, and why; then what was measured of both members and of the pair, which can
be worked out again for any other pairs of the same people.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from peernet._wording import listed, listed_few
from peernet.dyads.missing_codes import Limits
from peernet.dyads.pairs import LEFT_OUT, MEMBERS, Dyads, as_dyads, as_names, check_table
from peernet.errors import (
    SettingError,
    UnknownItemError,
    check_type,
    checked_list,
    did_you_mean,
    type_in_words,
    unknown_person,
    warn_caller,
)
from peernet.meetings.rounds import Rounds
from peernet.outcomes.second_wave import who_is_who, with_second_wave
from peernet.pairing.lottery import RandomPairing
from peernet.pairing.record import PairingRecord
from peernet.scores.pair_scores import PairScores
from peernet.survey.item import Item
from peernet.survey.survey import Survey
from peernet.survey.waves import Links, linked_people

Pairs = PairingRecord | RandomPairing | Rounds | pd.DataFrame | Iterable[Sequence[str]] | str
IN_NO_PAIR = "in no pair"
MOST_LISTED = 1500  # people: of more, scores of pairs are worked out when they are asked for, not all at once
FROM_SCORES = {
    "experience": "distance in experience, from 0 to 1",
    "goals": "distance in goals, from 0 to 1",
    "perspective": "distance in perspective, from 0 to 1",
    "gain": "effective perspectives that the person would gain from the other",
    "exchange": "topics that one offers and the other seeks",
    "foundation": "state of trust, respect and candour",
    "blocked": "why the pair was not possible, empty if it was",
    "value": "what the pair would bring, in effective perspectives; missing where it was not possible",
}
SCORE_COLUMNS = ["experience", "goals", "perspective", "gain_a", "gain_b", "exchange", "foundation", "blocked", "value"]
OF_THE_LOT = {"arm": "how the pair was drawn", "probability": "chance of the pair under the design"}
OF_ROUNDS = {"trio": "whether the pair belongs to a trio"}


def pairs_of(
    survey: Survey,
    pairs: Pairs,
    *,
    items: Sequence[str] = (),
    scores: PairScores | None = None,
    design: str | None = None,
    after: Survey | None = None,
    links: Links | None = None,
) -> Dyads:
    """Make the table of pairs: who was with whom, the outcomes of both, and how far apart they were.

    Parameters
    ----------
    survey
        What `read_survey` returned; its ``outcomes`` become measures.
    pairs
        A `Pairing`, a `RandomPairing`, `Rounds`, pairs of people, or a table with ``a``, ``b`` and, where there are
        rounds, ``round``; what else such a table holds is kept as measured of the pair. Or the name of a question
        whose answers name partners (block ``partner`` of the codebook), such as ``"pilot_partner"``.
    items
        Further items of the survey wanted of both members: numbers as they are, words in order as their place from 1,
        yes as 1 and no as 0, any other words as they are.
    scores
        What `score_pairs` returned, for the distances and gains of each pair. A `Pairing` and `Rounds` bring theirs.
    design
        ``"drawn by lot"`` or ``"observed"``; by default that of a `RandomPairing` is the former and any other the
        latter. A table of pairs that were drawn by lot needs to say so.
    after
        The survey of a second wave: its outcomes, and the partners it asks for, are taken up. An outcome that it calls
        by a wave of which the first has other answers counts as the next.
    links
        Who of the second wave is who in the first: what `link_waves` returned, or a table with its columns ``first``
        and ``second``; by default people are linked by their identifiers. Nobody else is joined. Pairs may call people
        by either, the first wave's identifier going before.

    Returns
    -------
    Dyads
        One row per pair, and per round where there are rounds, in the order given. ``pair`` (its number, the same in
        every round), ``a``, ``b``, ``round``; ``team_a`` and ``team_b``; for every outcome its measure and wave, such
        as ``learning_2_a`` and ``learning_2_b``; the items asked for; ``same_team`` and ``same_manager`` (1 or 0,
        missing where not known). With scores, of the pair ``experience``, ``goals``, ``perspective``, ``exchange``,
        ``foundation``, ``blocked``, ``value``, and of both members ``gain``; see `PairScores.to_frame`. ``.meanings``
        says what each is. ``.left_out`` lists every pair that is none, and everybody of the survey who is in no pair.
        ``.remake`` works all of it out for other pairs, except for what was measured of these alone. Of a question,
        ``named_by`` says how many of the two named the other.

    Raises
    ------
    SettingError
        If ``pairs`` is nothing that holds pairs, or ``design`` is neither of the two.
    UnknownItemError
        If the survey holds no such item, or no question of this name asks for partners.

    Notes
    -----
    Of a question that names partners, two who name each other are a pair. So are two of whom one names the other, while
    the other gave no answer, and neither names or is named by anybody else. Whoever names somebody who names another,
    or who is named by several, is listed with what was said; so is a name that could not be read.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    >>> dyads = pn.outcomes.pairs_of(survey, "pilot_partner", scores=scores, design="drawn by lot")
    >>> dyads
    <Dyads: 80 pairs of 160 people, drawn by lot, 100 left out>
    >>> dyads = pn.outcomes.pairs_of(survey, [("p002", "p046"), ("p003", "p999")], scores=scores)
    >>> dyads.table[["a", "b", "learning_1_a", "learning_2_a", "perspective"]].round(2).to_dict("records")
    [{'a': 'p002', 'b': 'p046', 'learning_1_a': 53.0, 'learning_2_a': 77.0, 'perspective': 0.37}]
    >>> dyads.left_out["reason"].head(1).tolist()
    ["'p999' is not among the people"]
    """
    check_type("survey", survey, Survey, "read_survey")
    if after is not None:
        linked = who_is_who(survey, after, links)
        survey = with_second_wave(survey, after, linked)
        _warn_of_unlinked(after, linked)
    elif links is not None:
        linked = linked_people(links)
    given = _named_in(survey, pairs) if isinstance(pairs, str) else _given(pairs)
    if after is not None or links is not None:
        given = _under_first_names(given, survey, linked)
    if scores is None and isinstance(pairs, (PairingRecord, Rounds)):
        scores = pairs.scores
    measured = _Measured(survey, checked_list("items", items, "items of the survey"), scores)
    kept, lost = _sorted_out(given.table, survey)
    left_out = pd.concat([given.left_out, lost, _in_no_pair(survey, kept, given, lost)], ignore_index=True)
    made = measured.of(zip(kept["a"], kept["b"], strict=True))
    own = kept.drop(columns=["a", "b", *(column for column in kept if column in made)])
    table = pd.concat([made, own], axis=1)
    first = ["pair", "a", "b", *(column for column in ("round",) if column in own)]
    meanings = {**measured.meanings, **given.meanings}
    table = table[[*first, *table.columns.drop(first)]]
    design = design or given.design
    return Dyads(table, left_out, design, meanings, measured.of, measured.limits)


def named_dyads(pairs: Dyads | pd.DataFrame, survey: Survey | None = None) -> Dyads:
    """Pairs of which it is known who is in them, and where a survey is given, that all are among its people."""
    dyads = as_dyads(pairs)
    if not dyads.are_named:
        raise SettingError("The table does not say who the members are; columns a and b must name them.")
    if survey is not None and (strangers := {*dyads.people} - {*survey.people.index.astype(str)}):
        raise unknown_person(min(strangers), survey.people.index)
    return dyads


# --- who is with whom -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Given:
    """Pairs as they were handed over."""

    table: pd.DataFrame  # a, b, perhaps round, and what was measured of these pairs alone
    meanings: Mapping[str, str]
    design: str = "observed"
    left_out: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=LEFT_OUT))
    why_single: Mapping[str, str] = field(default_factory=dict)  # of people in no pair


def _given(pairs: Pairs) -> _Given:
    """What any way of saying who is with whom comes down to."""
    if isinstance(pairs, RandomPairing):
        single = dict.fromkeys(pairs.unpaired, "left single by the lot")
        return _Given(pairs.table[["a", "b", *OF_THE_LOT]], OF_THE_LOT, "drawn by lot", why_single=single)
    if isinstance(pairs, Rounds):
        return _Given(pairs.table[["a", "b", "round", *OF_ROUNDS]], {"round": "number of the round", **OF_ROUNDS})
    if isinstance(pairs, PairingRecord):
        single = dict(zip(pairs.unpaired["person"], pairs.unpaired["reason"], strict=True))
        return _Given(pairs.table[["a", "b"]], {}, why_single=single)
    if isinstance(pairs, pd.DataFrame):
        check_table("pairs", pairs)
        if not {"a", "b"} <= {*pairs}:
            raise SettingError("A table of pairs needs the columns a and b.")
        table = pairs.drop(columns="pair", errors="ignore").reset_index(drop=True)
        meanings = dict.fromkeys(table.columns.drop(["a", "b"]), "as handed over with the pairs")
        return _Given(table.assign(**{side: _identifiers(table[side]) for side in ("a", "b")}), meanings)
    if not isinstance(pairs, Iterable) or isinstance(pairs, Mapping):
        raise SettingError(
            "pairs must be a Pairing, a RandomPairing, Rounds, pairs of people, a table with a and b, or the name of a "
            f"question; got {type_in_words(pairs)}."
        )
    rows = [tuple(pair) if isinstance(pair, Iterable) and not isinstance(pair, str) else (pair,) for pair in pairs]
    if odd := [row for row in rows if len(row) != len(MEMBERS)]:
        raise SettingError(f"pairs must hold pairs of two people; got {odd[0]!r}.")
    return _given(pd.DataFrame(rows, columns=["a", "b"], dtype=object))


def _identifiers(names: pd.Series) -> pd.Series:
    """Names as a survey has them, numbers as texts."""
    return as_names(names).astype(object).map(str, na_action="ignore")


def _warn_of_unlinked(after: Survey, linked: pd.DataFrame) -> None:
    """Warn of whoever answered about outcomes in the second wave and is nobody known of the first."""
    lost = sorted({*after.outcomes["person"]} - {*linked["second"]})
    if lost:
        who = "person" if len(lost) == 1 else "people"
        warn_caller(
            f"{len(lost)} {who} with outcomes in the second wave ({listed_few(lost, 3)}) can be linked to nobody of "
            "the first, so what they said is not used. link_waves lists who they may be (.doubts); ask, and add links."
        )


def _under_first_names(given: _Given, survey: Survey, linked: pd.DataFrame) -> _Given:
    """The pairs with people who are called as in the second wave alone called as in the first."""
    first_of = dict(zip(linked["second"], linked["first"], strict=True))
    names = {who: first for who, first in first_of.items() if who not in survey.people.index}
    table = given.table.assign(**{side: given.table[side].map(lambda who: names.get(who, who)) for side in ("a", "b")})
    return replace(given, table=table)


def _named_in(survey: Survey, question: str) -> _Given:
    """The pairs that the answers to a question make, and every naming that makes none."""
    asked = [item.name for item in survey.codebook.block("partner")]
    if question not in asked:
        known = f"those that do are {listed(asked)}" if asked else "no question does (block partner of the codebook)"
        raise UnknownItemError(f"No question {question!r} asks for partners; {known}.{did_you_mean(question, asked)}")
    said = survey.partners[survey.partners["item"] == question]
    unread, namings = said[said["partner"].isna()], said[said["partner"].notna()]
    names: dict[str, set[str]] = {}
    beside: dict[str, set[str]] = {}  # whom they name or are named by
    for person, partner in zip(namings["person"], namings["partner"], strict=True):
        names.setdefault(person, set()).add(partner)
        beside.setdefault(person, set()).add(partner)
        beside.setdefault(partner, set()).add(person)
    made: dict[tuple[str, str], int] = {}
    lost: list[tuple[None, str, str | None, str]] = []
    lost += [(None, person, None, "the name of the partner could not be read") for person in unread["person"]]
    for person, partner in sorted((person, partner) for person, named in names.items() for partner in named):
        both = person in names.get(partner, ())
        if both or len(beside[person]) == len(beside[partner]) == 1:
            made[min(person, partner), max(person, partner)] = 1 + both
        elif partner in names:
            lost.append((None, person, partner, f"named {partner}, who named {listed(sorted(names[partner]))}"))
        else:
            others = listed(sorted((beside[partner] | beside[person]) - {person, partner}))
            lost.append((None, person, partner, f"named {partner}, who named nobody; {others} may be meant as well"))
    table = pd.DataFrame([*made], columns=["a", "b"], dtype="str").assign(named_by=[*made.values()])
    single = dict.fromkeys(survey.people.index, "named no partner")
    left_out = pd.DataFrame(lost, columns=LEFT_OUT, dtype=object)
    return _Given(table, {"named_by": "how many of the two named the other"}, left_out=left_out, why_single=single)


def _sorted_out(table: pd.DataFrame, survey: Survey) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows that are pairs of two people of the survey, each once (per round), and the others with the reason."""
    known, seen = {*survey.people.index}, set[tuple[object, ...]]()
    turns = table["round"].tolist() if "round" in table else [1] * len(table)
    reasons = []
    for a, b, turn in zip(table["a"], table["b"], turns, strict=True):
        pair = (frozenset((a, b)), turn)
        reasons.append(_why_none(a, b, known) or ("there twice" if pair in seen else ""))
        seen.add(pair)
    is_pair = np.array([not reason for reason in reasons], dtype=bool)
    lost = table.loc[~is_pair, ["a", "b"]].assign(pair=None, reason=[reason for reason in reasons if reason])
    return table[is_pair].reset_index(drop=True), lost[LEFT_OUT]


def _why_none(a: str | None, b: str | None, known: Collection[object]) -> str:
    """Why two entries are no pair, empty if they are one."""
    if pd.isna(a) or pd.isna(b):
        return "lacks a member"
    if strangers := [repr(who) for who in dict.fromkeys((a, b)) if who not in known]:
        return f"{listed(strangers)} {'is' if len(strangers) == 1 else 'are'} not among the people"
    return "paired with themselves" if a == b else ""


def _in_no_pair(survey: Survey, kept: pd.DataFrame, given: _Given, lost: pd.DataFrame) -> pd.DataFrame:
    """A row for everybody of the survey who is in no pair and stands in no row that is left out."""
    told = {*kept["a"], *kept["b"], *given.left_out["a"], *lost["a"], *lost["b"]}
    single = [person for person in survey.people.index if person not in told]
    reasons = [given.why_single.get(person, IN_NO_PAIR) for person in single]
    return pd.DataFrame({"pair": None, "a": single, "b": None, "reason": reasons}, columns=LEFT_OUT, dtype=object)


# --- what was measured ------------------------------------------------------------------------------------------------


class _Measured:
    """What a survey, and scores, say of any pairs of its people."""

    def __init__(self, survey: Survey, items: Sequence[str], scores: PairScores | None) -> None:
        columns, self.meanings, self.limits = _of_people(survey, items)
        self.people, self.scored = survey.people.index, _Scored(scores) if scores is not None else None
        self.columns = {name: values.array for name, values in columns.items()}
        self.teams = _codes(survey.people["team"])
        self.managers = _codes(survey.people["manager"])
        self.meanings["same_team"] = "1 where both are in one team, 0 where not"
        self.meanings["same_manager"] = "1 where both have the same manager, 0 where not"
        self.meanings |= FROM_SCORES if scores is not None else {}

    def of(self, pairs: Iterable[Sequence[str]]) -> pd.DataFrame:
        """The table of these pairs."""
        sides = pd.DataFrame(list(pairs), columns=["a", "b"], dtype="str")
        where = [self.people.get_indexer(pd.Index(sides[side])) for side in ("a", "b")]
        for side, places in zip(("a", "b"), where, strict=True):
            for who in sides[side][places < 0]:
                raise unknown_person(who, self.people)
        low, high = np.minimum(*where), np.maximum(*where)
        number = pd.factorize(low * len(self.people) + high)[0] + 1
        cells: dict[str, Any] = {"pair": number, "a": sides["a"], "b": sides["b"]}
        for name, values in self.columns.items():
            cells |= {f"{name}{member}": values.take(places) for member, places in zip(MEMBERS, where, strict=True)}
        for name, codes in (("same_team", self.teams), ("same_manager", self.managers)):
            first, second = codes[where[0]], codes[where[1]]
            cells[name] = np.where((first < 0) | (second < 0), np.nan, (first == second).astype(float))
        return pd.DataFrame(cells | (self.scored.of(sides) if self.scored else {}))


class _Scored:
    """What scores say of any pairs; what a gains stands in ``gain_a``, whoever is called a."""

    def __init__(self, scores: PairScores) -> None:
        self.scores, self.people = scores, scores.people[scores.by_name]

    @cached_property
    def every(self) -> pd.DataFrame:
        """Scores of all pairs, in the order of names."""
        return self.scores.to_frame()[SCORE_COLUMNS]

    def of(self, sides: pd.DataFrame) -> dict[str, Any]:
        """Columns of these pairs, in their order; missing where somebody was not scored."""
        where = [self.people.get_indexer(pd.Index(sides[side])) for side in ("a", "b")]
        low, high = np.minimum(*where), np.maximum(*where)
        unknown, turned = low < 0, where[0] > where[1]
        if len(self.people) <= MOST_LISTED:
            rows = low * (2 * len(self.people) - low - 1) // 2 + high - low - 1
            table = self.every.take(np.where(unknown, 0, rows)).reset_index(drop=True)
        else:
            names = pd.DataFrame({"a": self.people[low], "b": self.people[high]})
            found = self.scores.to_frame(names[~unknown].itertuples(index=False, name=None))
            table = names.merge(found, on=["a", "b"], how="left")[SCORE_COLUMNS]
        cells = {column: table[column].where(~unknown) for column in SCORE_COLUMNS}
        own, given = cells["gain_a"], cells["gain_b"]
        return cells | {"gain_a": own.where(~turned, given), "gain_b": given.where(~turned, own)}


def _of_people(survey: Survey, items: Sequence[str]) -> tuple[dict[str, pd.Series], dict[str, str], Limits]:
    """Measures of people with meanings and limits: team, outcomes by measure and wave, and the items asked for."""
    people, described = survey.people, {item.name: item for item in survey.codebook}
    columns, meanings, limits = {"team": people["team"]}, {"team": "team"}, dict[str, tuple[float, float]]()
    asked = {(item.measure or item.name, item.wave or 1): item for item in survey.codebook.block("outcome")}
    outcomes = survey.outcomes.reindex(columns=["person", "wave", "measure", "value"])
    for measure, wave in sorted({*zip(outcomes["measure"], outcomes["wave"], strict=True)}):
        name = f"{measure}_{wave}"
        columns[name] = outcome_of(survey, measure, wave)
        item = asked.get((measure, wave))
        meanings[name] = f"{measure}, wave {wave}: {item.label if item else ''}".rstrip(": ")
        limits |= _limits_of(item, name)
    for name in items:
        if not isinstance(name, str) or name not in people:
            raise UnknownItemError(f"The survey has no item {name!r}.{did_you_mean(name, map(str, people))}")
        columns[name] = _as_number(people[name])
        meanings[name] = (described[name].label if name in described else "") or name
        limits |= _limits_of(described.get(name), name)
    return columns, meanings, limits


def outcome_of(survey: Survey, measure: object, wave: object) -> pd.Series:
    """What everybody answered about an outcome, in the order of people; `SettingError` where somebody did twice."""
    outcomes = survey.outcomes
    rows = outcomes[(outcomes["measure"] == measure) & (outcomes["wave"] == wave)]
    for person in rows["person"][rows["person"].duplicated()][:1]:
        raise SettingError(f"{person!r} has several answers to {measure} of wave {wave} in outcomes. Keep one.")
    return rows.set_index("person")["value"].reindex(survey.people.index).rename(f"{measure}_{wave}")


def _limits_of(item: Item | None, name: str) -> Limits:
    """The declared limits of an item, of words in order the places of the first and the last, under this name."""
    if item is None:
        return {}
    if item.kind == "ordinal" and item.categories:
        return {name: (1.0, float(len(item.categories)))}
    if item.low is None and item.high is None:
        return {}
    return {name: (-np.inf if item.low is None else item.low, np.inf if item.high is None else item.high)}


def _as_number(answers: pd.Series) -> pd.Series:
    """Words in order as their place from 1, yes and no as 1 and 0, all else as it is."""
    if isinstance(answers.dtype, pd.CategoricalDtype):
        if not answers.cat.ordered:
            return answers.astype(object)
        return (answers.cat.codes + 1.0).where(answers.notna())
    return answers.astype("Float64").astype(float) if pd.api.types.is_bool_dtype(answers) else answers


def _codes(labels: pd.Series) -> np.ndarray[Any, np.dtype[np.int64]]:
    return pd.factorize(labels)[0].astype(np.int64)
