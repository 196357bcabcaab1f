"""Pieces of a web page in which text is always escaped: only what these functions build is markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape
from importlib.resources import files

import numpy as np
import pandas as pd

POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # no script, no request, whatever the page holds
MOST_ROWS = 2_000  # of a table: more are a megabyte that nobody reads on a page
MOST_LETTERS = 220_000  # of a table, so that a page of several stays quick to open; markup counts too
MARKUP = 45  # letters around a cell, about
VOID = frozenset({"meta", "br", "img"})
READS_AS_NUMBER = re.compile(r"–|hidden|(under |over |< )?-?[\d.,]+%?( to -?[\d.,]+)?")


class Html(str):
    """Markup that is safe as it stands; any other text is escaped on its way in."""

    __slots__ = ()


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """One element; a trailing underscore in an attribute's name is dropped, inner ones become hyphens."""
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None}
    opened = "".join([name, *(f' {key}="{escape(str(value))}"' for key, value in given.items())])
    return Html(f"<{opened}>" if name in VOID else f"<{opened}>{joined(children)}</{name}>")


def joined(children: Iterable[object], between: str = "") -> Html:
    """Children one after the other, each escaped unless it is markup."""
    return Html(between.join(child if isinstance(child, Html) else escape(str(child)) for child in children))


def section(identifier: str, title: str, *children: object) -> Html:
    """Part of the page under a second-level heading."""
    heading = tag("h2", title, id=identifier)
    return tag("section", heading, *children, aria_labelledby=identifier)


def figure(picture: Html, caption: object, *, class_: str | None = None) -> Html:
    """Picture with its caption."""
    return tag("figure", tag("div", picture, class_=class_ or "picture"), tag("figcaption", caption))


def details(summary: object, *children: object) -> Html:
    """Part that opens on demand."""
    return tag("details", tag("summary", summary), *children)


def facts(pairs: Iterable[tuple[object, object]], *, class_: str | None = None) -> Html:
    """Terms with what they are."""
    return tag("dl", *(tag("div", tag("dt", term), tag("dd", text)) for term, text in pairs), class_=class_)


def table(frame: pd.DataFrame, caption: str, *, class_: str | None = None) -> Html:
    """Table of a frame without its index: the first column names the row, columns of numbers stand to the right.

    A wide or long table scrolls inside its own box, which can be reached with the keyboard.
    """
    columns = [[f"{value:,}" if isinstance(value, int) else value for value in frame[column]] for column in frame]
    are_numbers = (all(READS_AS_NUMBER.fullmatch(str(cell)) for cell in cells) for cells in columns[1:])
    sides = [None, *("number" if so else None for so in are_numbers)]
    head = tag("tr", *(tag("th", name, scope="col", class_=side) for name, side in zip(frame, sides, strict=True)))
    rows = []
    for first, *others in zip(*columns, strict=True):
        rest = (tag("td", cell, class_=side) for cell, side in zip(others, sides[1:], strict=True))
        rows.append(tag("tr", tag("th", first, scope="row"), *rest))
    body = tag("table", tag("caption", tag("span", caption)), tag("thead", head), tag("tbody", *rows))
    box = f"scroll {class_}" if class_ else "scroll"
    return tag("div", body, class_=box, role="region", aria_label=caption, tabindex="0")


def long_table(
    frame: pd.DataFrame, caption: str, rest: str, *, class_: str = "long", letters: int = MOST_LETTERS
) -> Html:
    """A table's first rows, and a sentence on what is left out of it and where the ``rest`` is found.

    At most `MOST_ROWS` rows stand in it, and no more than take so many ``letters``, so that the page does not grow with
    the people or with what they typed.
    """
    some = frame.head(MOST_ROWS)
    sizes = [sum(MARKUP + len(joined([cell])) for cell in row) for row in some.itertuples(index=False, name=None)]
    fitting = max(1, int(np.searchsorted(np.cumsum(sizes), letters, side="right")))
    if len(frame) <= fitting:
        return table(frame, caption, class_=class_)
    left_out = f"These are the first {fitting:,} of {len(frame):,}. {rest}"
    return joined([table(frame.head(fitting), caption, class_=class_), tag("p", left_out)])


def as_cells(numbers: pd.Series[float], wording: Callable[[float], str]) -> list[str]:
    """Cells of a column of numbers, each put into words."""
    return [wording(float(number)) for number in numbers]


def page(title: str, *children: object, style_sheet: str = "report.css", lang: str = "en") -> str:
    """Whole document; its style is inside, so that it needs no other file and no network."""
    style = files("peernet.report").joinpath(style_sheet).read_text(encoding="utf-8")
    body = tag("body", *children)
    policy = f"{POLICY}; img-src data:" if 'href="data:image/' in body else POLICY  # within the page, too
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("title", title),
        tag("style", Html(style)),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang=lang)}\n"
