"""The report's way on: who has no partner, the fewest changes that would give everybody one, and the gates' price."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from peernet._wording import amount, distance, percent
from peernet.programme.settings import Settings, as_typed
from peernet.programme.without_partner import WayOn
from peernet.report.html import Html, details, joined, long_table, table, tag
from peernet.study import Study

MOST_TYPED = 40  # changes that the terminal tells
EVERYBODY = "everybody.toml"  # settings with every change made
MADE_SO = (
    f"{EVERYBODY} beside this page holds the settings with all of these changes: give it to peernet run with "
    "--settings. Let people meet who are to meet first, then write the row down."
)
CHANGES_CAPTION = (
    "The fewest changes that would give everybody a partner. People: how many more have one with the change than "
    "without. Price: what all pairs lose by it, in effective perspectives; with a minus, what they gain."
)
PRICE_IN_WORDS = "Price: what all pairs lose by a change, in effective perspectives; with a minus, what they gain."
PEOPLE_CAPTION = "What each person without a partner may be told after their name, and what can be done for them."
CURVE_CAPTION = (
    "Gates against people paired: the best pairing with each step away from the settings. Price: what all pairs lose, "
    "in effective perspectives; with a minus, what they gain. Distances are means of partners. The recommended step is "
    "marked and not taken: it is yours to decide."
)


def few_paired_note(study: Study) -> Html:
    """Near the top, where many of the willing have no partner: that the pool is too small for its gates."""
    on = study.way_on
    if on is None or on.curve is None:
        return Html()
    more = tag("a", "Without a partner", href="#unpaired")
    return tag("p", f"The pool is small for its gates. {on.curve.words} More under ", more, ".", class_="note")


def way_on_part(study: Study) -> Html:
    """What would give everybody a partner, each change with its price, and what can be done for each person."""
    on = study.way_on
    if on is None or not len(on.people):
        return Html()
    parts = [tag("p", on.words)]
    if on.number:
        changes = long_table(changes_table(on), CHANGES_CAPTION, f"All are in {EVERYBODY} as rules.")
        parts += [changes, tag("p", MADE_SO, class_="note")]
    if on.curve is not None:
        parts += [tag("p", on.curve.words), table(curve_table(on), CURVE_CAPTION)]
    parts += [tag("p", words) for words in trade_off_in_words(on)]
    people = long_table(people_table(on), PEOPLE_CAPTION, "All are in peernet.programme.way_on(pairing).people.")
    return joined([*parts, details("What each may be told, and a way on", people)])


def changes_table(on: WayOn) -> pd.DataFrame:
    """The changes by name, each with its price."""
    changes = on.changes
    return pd.DataFrame(
        {
            "Who": changes["who"],
            "Change": changes["change"],
            "People": changes["people"].astype(int),
            "Price": [_price(price) for price in changes["price"]],
            "Row of the rules sheet": changes["rule"],
        }
    )


def curve_table(on: WayOn) -> pd.DataFrame:
    """Gates against people paired."""
    assert on.curve is not None
    points = on.curve.table
    marked = [
        f"{step} (recommended)" if so else step for step, so in zip(points["step"], points["recommended"], strict=True)
    ]
    return pd.DataFrame(
        {
            "Step": marked,
            "People": points["people"].astype(int),
            "Of the willing": [percent(share) for share in points["share"]],
            "Worth": [amount(value) for value in points["value"]],
            "Price": [_price(price) for price in points["price"]],
            "Experience apart": [distance(apart) for apart in points["experience"]],
            "Goals apart": [distance(apart) for apart in points["goals"]],
            "On a known foundation": [percent(share) for share in points["founded"]],
        }
    )


def people_table(on: WayOn) -> pd.DataFrame:
    """Everyone without a partner: what they may be told, and what can be done."""
    return pd.DataFrame(
        {"Person": on.people["name"], "May be told": on.people["sentence"], "A way on": on.people["way"]}
    )


def trade_off_in_words(on: WayOn) -> list[str]:
    """The knee of what closeness in experience costs, beside the pairs proposed."""
    if on.trade_off is None or np.isnan(on.trade_off["pairs"]).any():
        return []
    told = {
        point: f"{int(row['pairs']):,} pairs worth {amount(row['value'])}, on average {distance(row['apart'])} apart"
        for point, row in on.trade_off.to_dict("index").items()
    }
    return [
        f"Closeness in experience can also be traded against value, without a gate. Where that curve bends most there "
        f"are {told['knee']} in experience; with the gate {told['as set']} (see pairing_frontier)."
    ]


def _price(value: float) -> str:
    """What is lost, and with a minus what is gained."""
    return amount(round(value, 2) + 0.0)


def way_on_lines(
    study: Study, words: Sequence[str], out: Path, typed: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """What the terminal says at the end: who is left over, the changes by name, and the line that makes them so.

    ``words`` run the survey as it was run, ``typed`` are the settings and sheets of them that were typed as well: the
    lines to type are these and what changes, so that nothing else does.
    """
    on = study.way_on
    if on is None or on.left_over == 0:
        return []

    def line(options: Mapping[str, str]) -> str:
        return "  " + shlex.join([*words, *(word for name in options for word in (f"--{name}", options[name]))])

    def step(settings: Settings) -> str:
        changed = settings.changed(study.settings)
        return line({**typed, **{name: as_typed(chosen) for name, chosen in changed.items()}})

    lines = [on.words, *([PRICE_IN_WORDS] if on.number else [])]
    lines += [
        f"  {who}: {change} (price {_price(price)})"
        for who, change, price in on.changes[["who", "change", "price"]]
        .head(MOST_TYPED)
        .itertuples(index=False, name=None)
    ]
    if len(on.changes) > MOST_TYPED:
        lines.append(f"  and {len(on.changes) - MOST_TYPED:,} more, which stand in the report")
    if on.number:
        lines.append(line({"settings": str(out / "analyst" / EVERYBODY)}))
    elif on.fuller is not None:
        lines.append(step(on.settings))
    if on.curve is not None:
        small = [f"The pool is small for its gates. {on.curve.words}"]
        small += [step(on.curve.recommended)] if on.curve.recommended != on.curve.settings[0] else []
        lines = [*small, *(told for told in lines if told not in small)]  # the same step is typed once
    return lines
