"""Who takes part, and with how many partners: whoever is not understood is kept out until it is settled."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from peernet.survey.answers import given_cells, yes_or_no
from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.numbers import read_number

MOST_PARTNERS = 1_000_000  # more than anybody can meet; whole numbers far beyond do not fit a machine's
SAY_YES_OR_NO = "kept out until this is settled; write yes or no"
SAY_HOW_MANY = "counts as 0 partners until this is settled; write a whole number such as 0, 1 or 2"


def kept_out(item: Item, cells: pd.Series[str], missing: tuple[str, ...], log: IssueLog) -> pd.Series:
    """Answers to an item that can keep somebody out of the pairing.

    Parameters
    ----------
    item
        A constraint with the role ``"opted_out"``, ``"takes_part"`` or ``"capacity"``.
    cells
        The cells as text, index ``person``.
    missing
        Values that mean "no answer" anywhere in the survey.
    log
        Receives one error per cell that is not understood.

    Returns
    -------
    Series of the same index: nullable boolean, or numbers of partners. A cell that is not understood keeps its person
    out (opted out, no part, 0 partners): to pair somebody against their will is worse than to leave them out.
    """
    given = given_cells(item, cells, missing)
    return BY_ROLE[str(item.role)](item, given, log).reindex(cells.index)


def _joining(item: Item, cells: pd.Series[str], log: IssueLog) -> pd.Series:
    said = [yes_or_no(item, cell) for cell in cells]
    for (person, cell), answer in zip(cells.items(), said, strict=True):
        if answer is None:
            log.error(f"{cell!r} is neither yes nor no", SAY_YES_OR_NO, item=item.name, person=str(person))
    opts_out = item.role == "opted_out"
    answers = pd.Series(pd.array([opts_out if a is None else a for a in said], dtype="boolean"), index=cells.index)
    _ask_if_most_stay_out(item, sum(answer is opts_out for answer in said), len(said), log)
    return answers


def _ask_if_most_stay_out(item: Item, out: int, asked: int, log: IssueLog) -> None:
    """More people out than in may be a question that was asked the other way round."""
    if 2 * out <= asked or asked < 2:
        return
    other = "takes_part" if item.role == "opted_out" else "opted_out"
    asks = "who takes part" if item.role == "opted_out" else "who opts out"
    problem = f"{out} of {asked} people who answered {item.name!r} opted out"
    log.warning(problem, f"kept out; if the question asks {asks}, give the item the role {other!r}", item=item.name)


def _partners(item: Item, cells: pd.Series[str], log: IssueLog) -> pd.Series[float]:
    return pd.Series([_room(item, str(p), cell, log) for p, cell in cells.items()], index=cells.index, dtype=float)


def _room(item: Item, person: str, cell: str, log: IssueLog) -> float:
    read = read_number(item, cell)
    whole = read.value in range(MOST_PARTNERS)
    problem = read.problem or ("" if whole else f"{cell!r} is no whole number of partners")
    if problem:
        log.error(problem, SAY_HOW_MANY, item=item.name, person=person)
        return 0.0
    if read.wording:
        log.note(f"typed {cell!r}", f"read as {read.value:g}", item=item.name, person=person)
    return read.value


BY_ROLE: Mapping[str, Callable[[Item, pd.Series[str], IssueLog], pd.Series]] = {
    "opted_out": _joining,
    "takes_part": _joining,
    "capacity": _partners,
}
