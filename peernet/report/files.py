"""The tables and the record of a study as files: the same study always gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from platform import python_version
from typing import Any

import numpy as np
import pandas as pd

import peernet
from peernet.pairing.why import FEWEST, introducer_of, reasons_for
from peernet.privacy import defuse
from peernet.programme.settings import as_toml
from peernet.scores.reasons import told_without_partner
from peernet.study import Study, recurrence

DIGITS = 6
# In a column, as a line before the headings would be read as data, and a file beside the table stays behind.
NOTICE = "For the analyst only: names people. Tell each about themselves; do not pass the table on."
UNITS = (
    "In pairs.csv experience, goals and perspective are distances: 1 is as far apart as two people usually are. "
    "Contacts are colleagues both hear from, gains effective perspectives."
)
PAIRS_NOTICE = (
    "For the analyst only: names people, and makes some of their answers likelier than others. What the two are given "
    f"is their brief. {UNITS}"
)
TOLD = ["experience", "goals", "perspective", "contacts", "gain_a", "gain_b"]
PACKAGES = ("numpy", "scipy", "pandas", "networkx", "scikit-learn", "numba", "matplotlib", "seaborn")


def pairs_csv(study: Study) -> str:
    """The proposed pairs with both names and what `Pairing.why` tells of them, as CSV: nothing finer or more."""
    scores, names = study.pairing.scores, study.survey.people["name"]
    table = study.pairing.table[["pair", "a", "b"]]
    rows = []  # the numbers that go with what two people are told
    for (a, b), own in reasons_for(scores, study.pairing.pairs).items():
        numbers = {block: number for _, block, _, number in reversed(own)}  # of a block the first that is told
        rows.append([numbers.get({"gain_a": a, "gain_b": b}.get(column, column), np.nan) for column in TOLD])
    told = pd.DataFrame(rows, columns=TOLD, index=table.index).astype(dict.fromkeys(TOLD, "float64"))
    introducers = [introducer_of(scores, *pair) for pair in study.pairing.pairs]
    table = table.assign(introducer=pd.Series(introducers, index=table.index, dtype="str")).join(told)
    for column in ("a", "b", "introducer"):
        table.insert([*table].index(column) + 1, f"{column}_name", table[column].map(names))
    again = recurrence(study)
    table = table.assign(**({} if again is None else {"proposed_again": again}))
    return as_csv(table, PAIRS_NOTICE)


def people_csv(study: Study) -> str:
    """Everyone with group, reach, partners and, without one, the reason as they may be told it, as CSV."""
    unpaired = told_without_partner(study.pairing.scores, study.pairing.unpaired)
    reasons = unpaired.set_index("person")[["reason", "detail"]].add_suffix("_without_partner")
    table = study.survey.people[["name", "team", "answered"]].join(study.clusters.table)
    # Before any pair is made; what `gain_in_words` would not tell of somebody is not told.
    heard = study.pairing.scores.reach.fully_heard
    table["in_reach"] = study.exposure.table["before"].round(1).where(heard >= FEWEST)
    table["partners"] = pd.Series(_partners(study), dtype="str").reindex(table.index)
    return as_csv(table.join(reasons).reset_index())


def _partners(study: Study) -> dict[str, str]:
    """The partners of everyone who has any."""
    both = [*study.pairing.pairs, *((b, a) for a, b in study.pairing.pairs)]
    found: dict[str, list[str]] = {}
    for person, partner in sorted(both):
        found.setdefault(person, []).append(partner)
    return {person: "; ".join(others) for person, others in found.items()}


def as_csv(table: pd.DataFrame, notice: str = NOTICE) -> str:
    """A table as CSV: numbers rounded, nothing that a spreadsheet would run, and in each row what to mind."""
    numbers = table.select_dtypes("float").columns
    rounded = table.assign(**{column: table[column].round(DIGITS) + 0.0 for column in numbers})
    return defuse(rounded.assign(notice=notice)).to_csv(index=False, lineterminator="\n")


def everybody_toml(study: Study) -> str:
    """The settings under which everybody who can has a partner, as `read_settings` reads them."""
    return as_toml(study.settings if study.way_on is None else study.way_on.settings)


def run_json(study: Study, files: Mapping[str, str] | None = None) -> str:
    """Everything needed to repeat the run and to see that it came out the same, files beside it too, as JSON."""
    record = {
        "study": study.name,
        "inputs": study.inputs,
        "files": {name: sha256(text.encode(errors="replace")).hexdigest() for name, text in (files or {}).items()},
        "programme": study.settings.to_record(),
        "settings": {name: chosen for name, chosen in study.pairing.settings.items() if name != "rules"},
        "result": _result(study),
        "comparison": study.comparison.table.to_dict(orient="index"),
        "stability": {} if study.stability is None else study.stability.summary.drop("consensus_kept").to_dict(),
        "gates": study.prices.to_dict(orient="index"),
        "views": study.clusters.views.to_dict(orient="index"),
        "versions": versions(),
        "rounded_to_digits": DIGITS,
    }
    return json.dumps(plain(record), indent=2, ensure_ascii=False) + "\n"


def _result(study: Study) -> dict[str, Any]:
    pairing, people = study.pairing, study.survey.people
    return {
        "people": len(people),
        "answered": int(people["answered"].sum()),
        "pairs": len(pairing),
        "unpaired": len(pairing.unpaired),
        "objective": pairing.objective,
        "bound": pairing.bound,
        "gap": pairing.gap,
        "proven": pairing.proven,
        "issues": len(study.survey.issues),
    }


def versions() -> dict[str, str]:
    """Versions of peernet, of Python and of the packages that can change a number."""
    return {"peernet": peernet.__version__, "python": python_version()} | {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def plain(value: object) -> object:
    """Only what JSON knows: numbers rounded, missing ones null."""
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return round(float(value), DIGITS) + 0.0 if np.isfinite(value) else None
    return None if value is None or value is pd.NA else str(value)
