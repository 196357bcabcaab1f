"""What a model or a test found: a tidy table, what went in, one sentence, the method, and what it takes for granted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from peernet._arrays import Floats
from peernet._wording import Shown
from peernet.dyads.pairs import LEFT_OUT, Dyads

COLUMNS = ["estimate", "std_error", "low", "high", "statistic", "df", "p_value"]
LEVEL = 0.95  # of every interval
SAME = 1e-6  # of their size: ends nearer than this are one value
PERFECT = "no error is left to judge by (a perfect fit), so nothing can be tested"
NOT_BY_LOT = "The pairs were not drawn by lot: this describes them and shows no cause."
LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
} | {c: "\\" + c for c in "&%$#_{}"}


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class Effects(Shown):
    """What was found about some pairs.

    Parameters
    ----------
    table
        One row per term, index ``term``: ``estimate`` (in units of the outcome), ``std_error``, ``low`` and ``high``
        (95 % interval), ``statistic``, ``df`` and ``p_value`` (two-sided); missing where a method gives none.
    card
        What went in, by fact: pairs, people, left out, how the pairs came about, and more as the method has it.
    left_out
        Pairs and people that were not used: ``pair``, ``a``, ``b``, ``reason``.
    sentence
        The finding in a sentence or two: the question, the estimate with its interval, against what, the p value last,
        and what the design lets one say.
    method, citation
        What was done, and where it is described.
    assumptions
        What is taken for granted: ``assumption``, ``holds`` (True, False, or missing where the data cannot tell) and
        ``found`` (in words).
    null
        For tests that draw: the statistic of each draw, a column per term tested; None for others.
    settings
        What was chosen.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> table = pd.DataFrame({"estimate": [2.0], "std_error": [0.5], "p_value": [0.001]}, index=["distance"])
    >>> card = {"pairs": 40}
    >>> found = pn.dyads.Effects(table=table, card=card, sentence="...", method="OLS.", citation="Gauss (1809).")
    >>> print(found.to_markdown().splitlines()[2])
    | distance | 2 | 0.5 | .001 |
    """

    table: pd.DataFrame
    card: Mapping[str, Any]
    sentence: str
    method: str
    citation: str
    left_out: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=LEFT_OUT))
    assumptions: pd.DataFrame = field(default_factory=lambda: assumed())
    null: pd.DataFrame | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.sentence}>"

    def _repr_html_(self) -> str:
        card = "".join(f"<tr><th>{escape(str(k))}</th><td>{escape(str(v))}</td></tr>" for k, v in self.card.items())
        checked = self.assumptions.to_html(index=False, na_rep="not checked") if len(self.assumptions) else ""
        source = f"<p>{escape(self.method)} {escape(self.citation)}</p>"
        return f"{super()._repr_html_()}<table>{card}</table>{checked}{source}"

    def to_markdown(self) -> str:
        """The table with its sentence and source, for a document in Markdown."""
        cells = _cells(self.table)
        lines = [[str(cells.index.name or ""), *cells.columns], ["---"] * (1 + cells.shape[1])]
        lines += [[str(term), *row] for term, row in zip(cells.index, cells.to_numpy().tolist(), strict=True)]
        rows = "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)
        return f"{rows}\n\n{self.sentence}\n\n{self._source}\n"

    def to_latex(self) -> str:
        """The table with its sentence and source, for a document in LaTeX; it asks for no package."""
        cells = _cells(self.table)
        head = " & ".join(_latex(cell) for cell in (str(cells.index.name or ""), *cells.columns))
        body = [
            " & ".join(_latex(cell) for cell in (str(term), *row)) + r" \\"
            for term, row in zip(cells.index, cells.to_numpy().tolist(), strict=True)
        ]
        tabular = [rf"\begin{{tabular}}{{l{'r' * cells.shape[1]}}}", r"\hline", head + r" \\", r"\hline", *body]
        return "\n".join(
            [*tabular, r"\hline", r"\end{tabular}", "", _latex(self.sentence), "", _latex(self._source), ""]
        )

    @property
    def _source(self) -> str:
        went_in = "; ".join(f"{fact}: {value}" for fact, value in self.card.items())
        return f"{went_in}. {self.method} {self.citation}"


def by_t(terms: list[str], estimate: Floats, std_error: Floats, df: float | Floats) -> pd.DataFrame:
    """A table of effects from estimates, standard errors and degrees of freedom of Student's t (inf: normal).

    Without an error there is nothing to test by, and neither interval nor p value.
    """
    estimate, std_error = np.asarray(estimate, dtype=float), np.asarray(std_error, dtype=float)
    degrees = np.broadcast_to(np.asarray(df, dtype=float), estimate.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(std_error > 0, estimate / std_error, np.nan)
    half = np.where(std_error > 0, student.ppf((1 + LEVEL) / 2, degrees) * std_error, np.nan)
    p = 2 * student.sf(np.abs(statistic), degrees)
    columns = (estimate, std_error, estimate - half, estimate + half, statistic, degrees, p)
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)), index=pd.Index(terms, name="term"))


def assumed(*rows: tuple[str, bool | None, str]) -> pd.DataFrame:
    """A table of assumptions: each with whether it holds (None: the data cannot tell) and what was found."""
    names, holds, found = zip(*rows, strict=True) if rows else ((), (), ())
    return pd.DataFrame({"assumption": names, "holds": pd.array(holds, dtype="boolean"), "found": found})


def data_card(dyads: Dyads, **further: object) -> dict[str, object]:
    """What every card says of the pairs, and what a method adds."""
    card: dict[str, object] = {"pairs": len(dyads)}
    if dyads.are_named:
        card |= {"people": len(dyads.people), "people in several pairs": len(dyads.in_several)}
    return card | {"left out": len(dyads.left_out), "pairs came about": dyads.design} | further


def number(value: float) -> str:
    """A number with three figures that matter, in plain notation."""
    return "–" if np.isnan(value) else np.format_float_positional(value, precision=3, fractional=False, trim="-")


def p_words(p: float) -> str:
    """A p value as journals print it."""
    return "p not known" if np.isnan(p) else "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".")


def interval(low: float, high: float) -> str:
    """A 95 % interval in words, whose ends may be infinite; of one value, that it is one."""
    if np.isclose(low, high, rtol=SAME, atol=0):
        return f"a perfect fit: no error is left, and no value but {number(low)} would do"
    return f"95 % interval {stretch(low, high)}"


def stretch(low: float, high: float) -> str:
    """From where to where in words; either end may be infinite."""
    if np.isinf(low) or np.isinf(high):
        up = f"from {number(low)} up" if np.isinf(high) else f"up to {number(high)}"
        return "without an end to either side" if np.isinf(low) and np.isinf(high) else up
    return f"{number(low)} to {number(high)}"


def told(question: str, row: pd.Series, *, against: str, unit: str = "points", says: str = NOT_BY_LOT) -> str:
    """The sentence of a finding: question, estimate with interval, against what, p last, what the design lets one say.

    ``row`` is one of the table of effects.
    """
    band = "" if np.isnan(row["low"]) else f" ({interval(row['low'], row['high'])})"
    p = PERFECT if row["std_error"] == 0 else p_words(row["p_value"])
    return f"{question} {number(row['estimate'])} {unit}{band}, against {against}; {p}. {says}"


def _cells(table: pd.DataFrame) -> pd.DataFrame:
    def shown(column: pd.Series) -> pd.Series:
        if column.name == "p_value":
            return column.map(lambda p: "" if pd.isna(p) else p_words(p).removeprefix("p ").removeprefix("= "))
        is_number = pd.api.types.is_float_dtype(column)
        return column.map(lambda v: "" if pd.isna(v) else number(float(v)) if is_number else str(v))

    return table.apply(shown).astype(object)


def _latex(text: str) -> str:
    return "".join(LATEX.get(char, char) for char in text)
