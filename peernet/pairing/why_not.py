"""Why two people were not paired: what forcing the pair costs everybody, who would be worse off, and who would move.

The cost is the difference of two proven optima, with and without the pair (`Optimum`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from peernet.errors import InfeasibleError, SettingError
from peernet.pairing.optimum import Difference, Optimum, or_nothing, told_apart
from peernet.pairing.record import Move, PairingRecord, Pairs, moves, pairs_in_words, partners_of
from peernet.scores.gates import GATES
from peernet.scores.reasons import closed_to, in_words

COLUMNS = {
    "person": "str",
    "partner": "str",
    "cost": "float64",
    "share": "float64",
    "value": "float64",
    "worst_off": "float64",
    "instead_of": "float64",
    "more_people": "Int64",
    "pairs": "int64",
    "people": "int64",
    "reason": "str",
    "gates": "str",
}
FAIRNESS = ["worst_off", "instead_of", "more_people"]
MOVES = {
    "person": "str",
    "partner": "str",
    "who": "str",
    "before": "str",
    "after": "str",
    "gain_before": "float64",
    "gain_after": "float64",
}
MOST_NAMED = 5  # who would be worse off; all are in the table of moves
SLOW = 2.0  # seconds after which a progress bar shows


@dataclass(frozen=True, repr=False)
class WhyNot:
    """What it would cost to make pairs that a pairing does not make; for the analyst, as it tells of others' partners.

    Parameters
    ----------
    table
        One row per pair asked about, the cheapest first, of a fair pairing the fairest first and of equally fair ones
        the cheapest (where as many pairs as possible come first, those that keep the most pairs come before):
        ``person``, ``partner``; ``cost`` (total value lost if the two must meet, in effective perspectives: the best
        pairing less the best pairing that makes this pair, below zero where one that is less fair or makes fewer pairs
        is worth more; missing if they cannot be paired) and ``share`` (of the best total); ``value`` of the pair
        itself. Of a fair pairing, everybody who could be paired ranked from the worst-off up: ``worst_off`` (gain at
        the first rank that would gain less, in effective perspectives; missing if it is as fair), ``instead_of`` (what
        this rank gains now) and ``more_people`` (how many people more would gain no more than ``worst_off``; 0 if it
        is as fair). Where fewer pairs let it be fairer, ``worst_off`` is above ``instead_of`` and ``more_people`` below
        zero, counted at the lower of the two. All three are missing where the total value is the objective. ``pairs``
        (by how many the number of pairs changes); ``people`` (how many get other partners); ``reason`` (why they
        cannot be paired: not taking part, rules, required, limits, too few answers or the gates; empty if they can)
        and ``gates`` (those that would have to open).
    moves
        One row per pair asked about and person who would get other partners: ``person`` and ``partner`` of the pair,
        ``who``, ``before`` and ``after`` (their partners in the best pairing and in the best that makes this pair,
        empty for none), ``gain_before`` and ``gain_after`` (what a fair pairing counts for them, see `pair_people`;
        missing where the total value is the objective).
    text
        The same in sentences.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> print(pairing.why_not("p001", "p188"))
    p001 and p188 cannot be paired: no foundation is known that the pair could rest on; the foundation gate would have
    to open for everyone.
    """

    table: pd.DataFrame
    moves: pd.DataFrame
    text: str = field(repr=False)

    @property
    def cost(self) -> float:
        """Cost of the pair; of the first in the table, where all partners of a person were asked about."""
        return float(self.table["cost"].iloc[0]) if len(self.table) else float("nan")

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        if len(self.table) != 1:
            return f"<WhyNot: {len(self.table)} pairs{f', the first costs {self.cost:.3f}' if len(self.table) else ''}>"
        row = self.table.iloc[0]
        fairer = "fairer" if row["instead_of"] < row["worst_off"] else "less fair"
        fair = "" if np.isnan(row["worst_off"]) else f"{fairer}, "
        return f"<WhyNot: {row['person']} and {row['partner']}, {row['reason'] or f'{fair}costs {self.cost:.3f}'}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.text)}</p>{self.table.head(10).round(3).to_html()}"


def why_not(pairing: PairingRecord, best: Optimum, a: str, b: str | None, *, progress: bool) -> WhyNot:
    """What `Pairing.why_not` documents."""
    pairing.scores.position(a)
    if b is not None:
        found = _answer(best, a, b, _closed(pairing, best, a, b))
        return WhyNot(*_frames([found]), _in_sentences(best, found))
    met = partners_of(pairing.pairs).get(a, ())
    partners = [other for other in best.open_to(a) if other not in met]
    bar = tqdm(partners, desc="why not", unit="pair", delay=SLOW, disable=not progress, leave=False)
    answers = [_answer(best, a, other, ()) for other in bar]
    answers.sort(key=lambda answer: ([-level for level in answer.levels], answer.cost))  # the fairest, the cheapest
    if pairing.settings["cardinality"] == "max":
        answers.sort(key=lambda answer: len(answer.lost) - len(answer.made))
    return WhyNot(*_frames(answers), _list_in_sentences(best, a, answers))


def alternates(pairing: PairingRecord, best: Optimum, a: str, n: int, *, progress: bool) -> pd.DataFrame:
    """What `Pairing.alternates` documents."""
    if n < 1:
        raise SettingError(f"n must be at least 1; got {n!r}.")
    asked = why_not(pairing, best, a, None, progress=progress)
    table = asked.table[["partner", "cost", "share", "value", *FAIRNESS, "people"]].head(n)
    displaced = [_displaced(asked.moves[asked.moves["partner"] == partner], a) for partner in table["partner"]]
    table[["displaced", "left_out"]] = pd.DataFrame(displaced, columns=["displaced", "left_out"], dtype="str")
    return table


def _displaced(changes: pd.DataFrame, a: str) -> tuple[str, str]:
    """Who loses a partner so that somebody can have a new one, and who of them is left with none."""
    others = changes[~changes["who"].isin([a, *changes["partner"]]) & (changes["before"] != "")]
    return ", ".join(others["who"]), ", ".join(others.loc[others["after"] == "", "who"])


@dataclass(frozen=True)
class _Answer:
    """One pair asked about."""

    # person, partner, cost, share, value: as in the table
    person: str
    partner: str
    cost: float
    share: float
    value: float
    closed: tuple[str, ...] = ()  # why the two cannot be paired
    # lost, made, moves: what changes
    lost: Pairs = field(default_factory=list)
    made: Pairs = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    # what everybody gains then, from the least up; empty where the total is the objective
    levels: list[float] = field(default_factory=list)
    # where that is first less fair; None where it is as fair, or the total is the objective
    difference: Difference | None = None
    gains: list[tuple[float, float]] = field(default_factory=list)  # what those who move gain before and after

    @property
    def worse_off(self) -> list[tuple[str, float, float]]:
        """Who gains less than before, what they gained and what they would gain."""
        moved = zip(self.moves, self.gains, strict=True)
        return [(who, before, after) for (who, _, _), (before, after) in moved if after < before]


def _closed(pairing: PairingRecord, best: Optimum, a: str, b: str) -> tuple[str, ...]:
    pairing.scores.position(b)  # names somebody who is not there
    if a == b:
        raise SettingError(f"A pair needs two people; got {a!r} twice.")
    closed = closed_to(pairing.scores, a, b)
    full = not best.makes(a, b) and min(best.remaining_capacity(a), best.remaining_capacity(b)) < 1
    return closed or (("required",) if full else ())


def _answer(best: Optimum, a: str, b: str, closed: tuple[str, ...]) -> _Answer:
    try:
        lost, made = ([], []) if closed else best.forcing(a, b)
    except InfeasibleError:
        closed = ("limits",)
    if closed:
        return _Answer(a, b, float("nan"), float("nan"), float("nan"), closed)
    cost = best.cost(lost, made)
    share = cost / best.value if best.value else 0.0
    value = float(best.worth([(a, b)])[0])
    moved = moves(best.partners, lost, made)
    return _Answer(a, b, cost, share, value, (), lost, made, moved, *_fairness(best, lost, made, moved))


def _fairness(
    best: Optimum, lost: Pairs, made: Pairs, moved: list[Move]
) -> tuple[list[float], Difference | None, list[tuple[float, float]]]:
    """Levels of gain after a change, where they are first less fair, and what those who move gain before and after."""
    if not best.fair:
        return [], None, [(float("nan"), float("nan"))] * len(moved)
    levels = best.levels(best.after(lost, made))
    places = best.places([who for who, _, _ in moved])
    gains = zip(best.now[places].tolist(), levels[places].tolist(), strict=True)
    return np.sort(levels).tolist(), best.fairness(levels), list(gains)


def _frames(answers: Sequence[_Answer]) -> tuple[pd.DataFrame, pd.DataFrame]:
    table = pd.DataFrame([_row(answer) for answer in answers], columns=list(COLUMNS)).astype(COLUMNS)
    changes = [
        (answer.person, answer.partner, *move, *gains)
        for answer in answers
        for move, gains in zip(answer.moves, answer.gains, strict=True)
    ]
    return table, pd.DataFrame(changes, columns=list(MOVES)).astype(MOVES)


def _row(answer: _Answer) -> tuple[object, ...]:
    fairness: tuple[object, ...] = float("nan"), float("nan"), 0 if answer.levels else pd.NA
    if answer.difference is not None:
        fairness = answer.difference.now, answer.difference.before, answer.difference.more_people
    return (
        answer.person,
        answer.partner,
        answer.cost,
        answer.share,
        answer.value,
        *fairness,
        len(answer.made) - len(answer.lost),
        len(answer.moves),
        ", ".join(answer.closed),
        ", ".join(reason for reason in answer.closed if reason in GATES),
    )


def _in_sentences(best: Optimum, answer: _Answer) -> str:
    a, b = answer.person, answer.partner
    if answer.closed:
        return f"{a} and {b} cannot be paired: {in_words(answer.closed)}"
    if not answer.lost and not answer.made:
        return f"{a} and {b} are paired in the best pairing."
    return " ".join([f"Pairing {a} with {b} {_cost_in_words(best, answer)}.", *_who_moves(answer)])


def _cost_in_words(best: Optimum, answer: _Answer) -> str:
    if best.fair:
        return _fair_cost_in_words(best.value, answer)
    if answer.cost == 0:
        return "costs nothing: another pairing that makes it is worth as much"
    if answer.cost > 0:
        return f"costs {answer.cost:.3g} of {best.value:.3f} effective perspectives ({answer.share:.2%})"
    return f"brings {-answer.cost:.3g} effective perspectives more than {best.value:.3f}, from fewer pairs"


def _fair_cost_in_words(best: float, answer: _Answer) -> str:
    found, (then, now) = answer.difference, told_apart(best - answer.cost, best, digits=4)
    total = f"the total value would {f'be {then} instead of {now}' if answer.cost else f'stay {now}'}"
    if found is None and answer.cost == 0:
        return "costs nothing: another pairing that makes it is as fair and worth as much"
    if found is None:
        return f"is as fair; {total}"
    return f"is {'fairer, from fewer pairs' if found.fairer else 'less fair'}: {found}; {total}"


def _who_moves(answer: _Answer) -> list[str]:
    changes = {
        "Worse off": _losers(answer),
        "Given up": pairs_in_words(answer.lost),
        "Made": pairs_in_words(answer.made),
        "Left without a partner": ", ".join(person for person, _, after in answer.moves if not after),
        "Newly paired": ", ".join(person for person, before, _ in answer.moves if not before),
    }
    return [f"{change}: {who}." for change, who in changes.items() if who]


def _losers(answer: _Answer) -> str:
    """Who would gain less, and how much less, the worst-off first."""
    losers = sorted(answer.worse_off, key=lambda loser: loser[2])
    gains = [(who, *told_apart(before, after)) for who, before, after in losers[:MOST_NAMED]]
    named = ", ".join(f"{who} ({or_nothing(after)} instead of {before})" for who, before, after in gains)
    return named + (f" and {len(losers) - MOST_NAMED} more" if len(losers) > MOST_NAMED else "")


def _list_in_sentences(best: Optimum, a: str, answers: Sequence[_Answer]) -> str:
    if not answers:
        return f"There is nobody else {a} could be paired with."
    others = f"{len(answers)} other people" if len(answers) > 1 else "1 other person"
    first = f"pairing {a} with {answers[0].partner} {_cost_in_words(best, answers[0])}"
    return f"{a} could be paired with {others}. First of them: {first}."
