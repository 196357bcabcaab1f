"""The report's tables: frames whose columns are headings and whose cells are ready to read."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from peernet._wording import amount, display_names, distance, percent
from peernet.compare.strategies import WAYS
from peernet.privacy import suppress_small
from peernet.report.html import joined, tag
from peernet.study import Study, recurrence

__all__ = [
    "careless",
    "crossed",
    "gates",
    "issue_kinds",
    "issues",
    "pairs",
    "rests_on",
    "scales",
    "unpaired",
    "unpaired_kinds",
    "ways",
]

SEVERITIES = ["error", "warning", "note"]


def pairs(study: Study) -> pd.DataFrame:
    """Proposed pairs, those that bring most first."""
    table = study.pairing.table.sort_values(["value", "pair"], ascending=[False, True])
    rests = zip(table["foundation"], table["introducer"], strict=True)
    called = display_names(study.survey.people)
    shown = pd.DataFrame(
        {
            "One": _with_team(study, table["a"]),
            "Other": _with_team(study, table["b"]),
            "One gains": table["gain_a"].map(amount),
            "Other gains": table["gain_b"].map(amount),
            "Price of rules": _prices(table),
            "Perspective apart": table["perspective"].map(distance),
            "Experience apart": table["experience"].map(distance),
            "Goals apart": table["goals"].map(distance),
            "Topics to teach": table["exchange"].map("{:.0f}".format).replace("nan", "–"),
            "Recurs": _recurs(study, table.index),
            "Rests on": [rests_on(state, introducer, called) for state, introducer in rests],
        }
    )
    return shown.loc[:, [column for column in shown if (shown[column] != "–").any()]]


def _recurs(study: Study, order: pd.Index) -> list[str]:
    """Share of the repeats of the survey in which each pair would be proposed again."""
    found = recurrence(study)
    return ["–"] * len(order) if found is None else _words(found[order], percent)


def _prices(table: pd.DataFrame) -> list[str]:
    """What rules take off each pair's value; nothing is shown where they take off nothing."""
    prices = table["price"] if "price" in table else pd.Series(0.0, index=table.index)
    return [amount(price) if price else "–" for price in prices]


def _with_team(study: Study, people: Iterable[str]) -> npt.NDArray[np.object_]:
    """Each person's name with their team below it."""
    called, teams = display_names(study.survey.people), study.survey.people["team"]
    cells = [
        joined([called[p]] if pd.isna(teams[p]) else [called[p], tag("span", teams[p], class_="aside")]) for p in people
    ]
    return np.array([*cells, None], dtype=object)[:-1]  # as objects, or pandas would make plain text of them


def rests_on(state: str, introducer: object, called: pd.Series[str]) -> str:
    """What a pair rests on, in words."""
    if state == "introduced":
        return f"introduction by {called[str(introducer)]}"
    return {"mutual": "naming each other", "unknown": "not known"}.get(state, state)


def ways(study: Study) -> pd.DataFrame:
    """Ways of pairing side by side, best first."""
    table = study.comparison.table.sort_values("gain", ascending=False, kind="stable")
    return pd.DataFrame(
        {
            "Way of pairing": [WAYS.get(str(name), str(name)) for name in table.index],
            "Pairs": table["pairs"].astype(int).to_numpy(),
            "Total gain": _words(table["gain"], amount),
            "Gain a pair": _words(table["gain"] / table["pairs"].where(table["pairs"] > 0), amount),
            "Rest on trust": _words(table["founded"], percent),
            "Keep all rules": _words(table["possible"], percent),
            "Know each other": _words(table["repeats"], percent),
        }
    )


def gates(study: Study) -> pd.DataFrame:
    """What each gate costs."""
    table = study.prices
    return pd.DataFrame(
        {
            "Gates": table.index.astype(str),
            "Pairs": table["pairs"].to_numpy(),
            "Total gain": _words(table["value"], amount),
            "Price of keeping it": _words(table["price"], amount),
            "As a share": _words(table["share"], percent),
        }
    )


def scales(study: Study) -> pd.DataFrame:
    """The pairing at other scales."""
    table = study.sensitivity
    return pd.DataFrame(
        {
            "Scale": [f"{factor:g} times" for factor in table.index],
            "Same pairs": _words(table["same_pairs"], percent),
            "Total kept": _words(table["kept"], percent),
        }
    )


def _words(numbers: pd.Series[float], wording: Callable[[float], str]) -> list[str]:
    return [wording(float(number)) for number in numbers]


def crossed(study: Study) -> pd.DataFrame | None:
    """People by experience group and perspective group, or by the one view that has groups; small counts hidden."""
    table = study.clusters.table
    grouped = [str(view) for view in table if table[view].notna().any()]
    if not grouped:
        return None
    head = f"{grouped[0].capitalize()} group"
    if len(grouped) == 1:
        sizes = suppress_small(table[grouped[0]].value_counts().sort_index())
        return _readable(pd.DataFrame({"People": sizes}), head)
    counts = pd.DataFrame(suppress_small(pd.crosstab(table[grouped[0]], table[grouped[1]])))
    heads = [*(f"{grouped[1].capitalize()} {group}" for group in counts.columns[:-1]), "total"]
    return _readable(counts.set_axis(heads, axis=1), head)


def _readable(counts: pd.DataFrame, head: str) -> pd.DataFrame:
    """Counts as text, a hidden one named as such."""
    shown = counts.astype("str").mask(counts.isna(), "hidden")
    shown.insert(0, head, [str(label) for label in counts.index])
    return shown.reset_index(drop=True)


def unpaired(study: Study) -> pd.DataFrame:
    """Everyone without a partner, and why."""
    table = study.pairing.unpaired
    return pd.DataFrame({"Person": _with_team(study, table["person"]), "Why": _told(table).to_numpy()})


def unpaired_kinds(study: Study) -> pd.DataFrame:
    """Reasons for having no partner, the most frequent first."""
    return study.pairing.unpaired["reason"].value_counts().rename_axis("Why").reset_index(name="People")


def _told(table: pd.DataFrame) -> pd.Series:
    """Reason and detail in one text."""
    return table["reason"].where(table["detail"] == "", table["reason"] + ": " + table["detail"])


def issue_kinds(study: Study) -> pd.DataFrame:
    """What was wrong with the data by what was done about it, the gravest first."""
    table = study.survey.issues
    kinds = pd.DataFrame(
        {
            "What was done": table["done"].str.replace(r"^read as .*: ", "name read by its ", regex=True),
            "How grave": pd.Categorical(table["severity"], SEVERITIES, ordered=True),
            "Where": table["item"].where(table["item"] != "", "the whole person"),
        }
    )
    grouped = kinds.groupby(["How grave", "What was done"], observed=True)["Where"]
    shown = pd.DataFrame({"Times": grouped.size(), "Where": grouped.agg(lambda items: ", ".join(dict.fromkeys(items)))})
    shown = shown.reset_index().sort_values(["How grave", "Times"], ascending=[True, False], kind="stable")
    return shown.astype({"How grave": "str"})[["What was done", "How grave", "Times", "Where"]]


def issues(study: Study) -> pd.DataFrame:
    """Every problem of the data."""
    heads = {"person": "Person", "item": "Item", "problem": "Problem", "done": "What was done", "severity": "How grave"}
    return study.survey.issues[[*heads]].rename(columns=heads)


def careless(study: Study) -> pd.DataFrame:
    """Who may have answered without reading, and whether they would be paired."""
    flagged = study.careless[study.careless["flag"].astype(bool)]
    called, paired = display_names(study.survey.people), {*study.pairing.table["a"], *study.pairing.table["b"]}
    return pd.DataFrame(
        {
            "Person": [called[str(person)] for person in flagged.index],
            "What was seen": flagged["reason"].to_numpy(),
            "In a proposed pair": ["yes" if person in paired else "no" for person in flagged.index],
        }
    )
