"""What to call a group of people who answered alike: what sets it apart, in the words of the questions."""

from __future__ import annotations

import pandas as pd

from peernet._wording import question
from peernet.clusters.profile import answers_differ
from peernet.distance.distances import compared_items
from peernet.privacy import FLOOR
from peernet.study import Study
from peernet.survey.item import Item

TOLD, MOST_TOLD = 2, 4  # differences by which a group is described
LONGEST = 70  # letters of a question
CLEAR = 0.5  # standardised difference from everybody else below which nothing sets a group apart
NOTHING = "nothing that sets it apart clearly"
GRADED = ("numeric", "ordinal")


def clear_differences(study: Study, view: str) -> pd.DataFrame:
    """What clearly sets each group of a view apart from everybody else, as `describe_clusters` has it."""
    labels = study.clusters.table[view].dropna().astype("int64")
    table = answers_differ(study.survey.people, compared_items(study.survey, view), labels, FLOOR)
    return table[(table["low"] > 0) & (table["effect"] >= CLEAR) | (table["high"] < 0) & (table["effect"] <= -CLEAR)]


def groups_in_words(study: Study, view: str, clear: pd.DataFrame | None = None, *, told: int = TOLD) -> dict[int, str]:
    """By group of a view, what its members answer differently from everybody else; never on fewer people than five.

    As many of the `clear_differences` each as wanted, more where two groups would read the same.
    """
    numbers = sorted(int(group) for group in study.clusters.table[view].dropna().unique())
    if not numbers:
        return {}
    clear = clear_differences(study, view) if clear is None else clear
    words: dict[int, str] = {}
    for most in range(told, MOST_TOLD + 1):
        words = {number: _apart_in_words(study, clear[clear["cluster"] == number].head(most)) for number in numbers}
        if len({*words.values()}) == len(words):
            return words
    said = [*words.values()]
    return {number: f"{own} ({number})" if said.count(own) > 1 else own for number, own in words.items()}


def _apart_in_words(study: Study, rows: pd.DataFrame) -> str:
    """A few differences, those of one kind under one head."""
    phrases: dict[str, list[str]] = {}
    for item, answer, effect in rows[["item", "answer", "effect"]].itertuples(index=False):
        head, asked = _difference(study.survey.codebook[item], str(answer), above=effect > 0)
        phrases.setdefault(head, []).append(asked)
    return "; ".join(f"{head} {' and '.join(asked)}" for head, asked in phrases.items()) or NOTHING


def _difference(item: Item, answer: str, *, above: bool) -> tuple[str, str]:
    """How a group differs, and in what; of a question worded against its scale the answers were turned round."""
    asked = f"“{question(item.label, item.name, LONGEST)}”"
    if item.kind not in GRADED:
        return (
            "answer more often" if above else "answer less often"
        ), f"“{question(answer, answer, LONGEST)}” to {asked}"
    more = "more" if above != item.reverse else "less"
    if question(item.label, "", len(item.label) + 1).endswith((".", "!")):
        return f"agree {more} with", asked
    return f"give {'higher' if more == 'more' else 'lower'} answers to", asked
