"""The response surface of pairs: an outcome over one's own and one's partner's measure, and what likeness does to it.

A difference score hides which of the two is high. The surface keeps both: two slopes, two bends and a product, the same
whichever member one starts from. Along the line where partners are alike it has slope a1 and bend a2, across it, where
they move apart, slope a3 and bend a4; a5 says whether its ridge lies along likeness.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.spatial import ConvexHull

from peernet._arrays import Floats
from peernet._wording import number_word
from peernet.dyads.apim import SIDES, effects_of, in_one_order, refuse_bad_designs, refuse_several, sides_of
from peernet.dyads.effects import LEVEL, NOT_BY_LOT, Effects, assumed, by_t, data_card, p_words, told
from peernet.dyads.pair_gls import pair_gls
from peernet.dyads.pairs import Dyads, as_dyads
from peernet.errors import SettingError, check_choice, is_number

LATTICE = 41  # points along each side of the grid
ROUNDING = 1e-12  # of the predictor's size: who differ by less do not differ
EDGE = 1e-9  # of the data's width: a point this far outside still lies on the edge
# Intercept, own, partner's, own squared, product, partner's squared -> a1 to a5.
ALONG = np.array(
    [[0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1], [0, 1, -1, 0, 0, 0], [0, 0, 0, 1, -1, 1], [0, 0, 0, 1, 0, -1]], dtype=float
)
CONDITIONS = [
    ("the outcome falls as partners move apart, to either side", "a4", "below 0"),
    ("it falls from where they are alike, not from a difference", "a3", "0"),
    ("its ridge lies along likeness", "a5", "0"),
    ("strictly: it is as high wherever they are alike", "a1", "0"),
    ("strictly: it does not bend where they are alike", "a2", "0"),
]
BROAD = 3  # conditions; the further ones are those of a strict effect
BY_LOT = (
    "Who got which partner was drawn by lot, so how the surface runs along the partner's measure is an effect of being "
    "given such a partner; how it runs along one's own describes and shows no cause."
)
CITATION = (
    "Schönbrodt, Humberg & Nestler (2018), European Journal of Personality 32, 627-641; Humberg, Nestler & Back "
    "(2019), Social Psychological and Personality Science 10, 409-419; Simonsohn (2018), Advances in Methods and "
    "Practices in Psychological Science 1, 538-555."
)
FEWEST = 5  # pairs: four coefficients stand in the sums
FEWEST_PER_LINE = 5
FEWEST_FOR_LINES = 12


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class ResponseSurface(Effects):
    """A surface over two people's measures, as `response_surface` returns it; `Effects` says what else there is.

    Parameters
    ----------
    conditions
        What must hold for a congruence effect ("the more alike the better"): ``condition``, ``parameter``, ``needs``,
        ``estimate``, ``low``, ``high``, ``met``, ``kind`` (``"broad"``, and ``"strict"`` for the further ones). Where 0
        is needed, met says only that the interval holds 0.
    two_lines
        Whether the pair's mean outcome rises with the distance of the two and then falls: the slope up to a break and
        the slope beyond it, with robust errors (``estimate`` to ``p_value`` as in ``table``), ``break_at`` and
        ``pairs``. Missing with too few pairs.
    grid
        The surface for drawing: ``x`` (own), ``y`` (partner's), ``outcome``, missing outside the data.
    data
        Each person once: ``x``, ``y``, ``outcome``.

    Examples
    --------
    >>> import peernet as pn
    >>> issubclass(pn.dyads.ResponseSurface, pn.dyads.Effects)
    True
    """

    conditions: pd.DataFrame
    two_lines: pd.DataFrame
    grid: pd.DataFrame
    data: pd.DataFrame

    @property
    def inverted_u(self) -> bool | None:
        """Whether the outcome rises with distance and then falls, by the two lines; None with too few pairs."""
        if self.two_lines["estimate"].isna().any():
            return None
        return _turns(self.two_lines)


def response_surface(
    pairs: Dyads | pd.DataFrame,
    outcome: str,
    predictor: str,
    *,
    centre: float | None = None,
    errors: Literal["model", "robust"] = "robust",
) -> ResponseSurface:
    """An outcome of people as a surface of second degree over their own and their partner's measure.

    Fitted as `fit_apim` is (restricted maximum likelihood on sums and differences): a1, a2 and a4 stand in the sums and
    a3 and a5 in the differences. "The more alike the better" asks for
    several conditions at once, listed as met or not met; where one fails, a distance alone would mislead.

    Parameters
    ----------
    pairs
        Pairs of interchangeable members, or a table with a row per pair; everybody in one pair only.
    outcome, predictor
        Measures of people.
    centre
        What is taken from the predictor first, such as the middle of its scale; None: the mean of all members. Slopes
        are those at this point.
    errors
        ``"robust"`` standard errors hold also where the spread of the outcome goes with the predictor; tests by those
        of the ``"model"`` are exact where errors are normal and spread alike (see `fit_apim`).

    Returns
    -------
    ResponseSurface
        Terms are ``"intercept"``, ``"actor x"``, ``"partner x"``, ``"actor x squared"``, ``"x product"``,
        ``"partner x squared"``, and ``"a1"`` to ``"a5"``: slope and bend where partners are alike, slope and bend where
        they move apart (own up, partner's down), and own less partner's bend.

    Raises
    ------
    SettingError
        If a measure is not there or is of the pair.
    EstimationError
        If people are in several pairs, pairs are too few, or the predictor has too few values for a bend.

    Warns
    -----
    PeernetWarning
        If a number looks like a code for "missing".

    Notes
    -----
    In the simulations of `fit_apim` tests of a1 to a5 rejected a true null in 3.1 to 6.3 % with 6 pairs, 3.6 to 6.6 %
    with 10 and 2.6 to 6.9 % with 20, at a nominal 5 %; by the model in 4 to 7 %, but where the spread of the outcome
    grows with the predictor in up to 9, 12 and 13 %.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import peernet as pn
    >>> rng = np.random.default_rng(1)
    >>> a, b = rng.normal(size=(2, 60))
    >>> likeness = 3 - (a - b) ** 2
    >>> table = pd.DataFrame({"pace_a": a, "pace_b": b})
    >>> table["ease_a"], table["ease_b"] = likeness + rng.normal(size=60), likeness + rng.normal(size=60)
    >>> surface = pn.dyads.response_surface(table, "ease", "pace")
    >>> surface.table.loc["a4", ["low", "high"]].round(1).tolist()
    [-4.5, -3.9]
    >>> surface.conditions["met"].tolist()
    [True, True, True, True, True]
    """
    check_choice("errors", errors, ("model", "robust"))
    dyads = as_dyads(pairs)
    for name in (outcome, predictor):
        if not dyads.is_of_people(name):
            raise SettingError(f"{name!r} is of the pair. A surface stands over two people's values, and is theirs.")
    if outcome == predictor:
        raise SettingError(f"{outcome!r} cannot explain itself.")
    if centre is not None and not is_number(centre):
        raise SettingError(f"centre must be a number or None; got {centre!r}.")
    used = dyads.complete(outcome, predictor)
    refuse_several(used)
    values = in_one_order(used, [outcome, predictor])
    middle = float(centre if centre is not None else values[predictor].mean() if len(used) else 0)
    own = values[predictor] - middle
    own = own * (np.ptp(own, axis=None) > ROUNDING * np.abs(values[predictor]).max()) if len(own) else own
    x = predictor
    terms = ["intercept", f"actor {x}", f"partner {x}", f"actor {x} squared", f"{x} product", f"partner {x} squared"]
    _, designs = sides_of(terms, second_degree(own, own[:, ::-1]), [])
    refuse_bad_designs(designs, terms, FEWEST, used, outcome)
    fit = pair_gls(designs, values[outcome] @ SIDES, correlated=False, method="REML", robust=errors == "robust")
    along = [f"a{k}" for k in range(1, 6)]
    table = effects_of(fit, [*terms, *along], np.vstack([np.eye(len(terms)), ALONG]))
    conditions = _conditions(table)
    lines = two_lines(values[outcome].mean(axis=1), np.abs(own[:, 0] - own[:, 1]), own.mean(axis=1))
    both = np.column_stack([own.ravel(), own[:, ::-1].ravel()])
    data = pd.DataFrame(both + middle, columns=["x", "y"]).assign(outcome=values[outcome].ravel())
    return ResponseSurface(
        table=table,
        card=data_card(used, centre=middle),
        left_out=used.left_out,
        sentence=_sentence(table, conditions, lines, outcome, predictor, used.design),
        method=(
            f"Dyadic response surface by REML on sums and differences, {errors} standard errors; two lines with a "
            "break by the Robin Hood rule, the pair's mean level held constant, HC3 errors."
        ),
        citation=CITATION,
        assumptions=assumed(
            (
                "pairs are separate",
                True if used.are_named else None,
                "nobody is in two pairs" if used.are_named else "",
            ),
            ("members are interchangeable", None, "taken as such"),
            ("the surface bends no more than a parabola", None, "not checked"),
        ),
        settings={"outcome": outcome, "predictor": predictor, "centre": centre, "errors": errors},
        conditions=conditions,
        two_lines=lines,
        grid=_grid(both, fit.coefficients, middle),
        data=data,
    )


def second_degree(own: Floats, partners: Floats) -> Floats:
    """What stands beside each coefficient of the surface, in a last axis of six."""
    parts = (np.ones_like(own), own, partners, own * own, own * partners, partners * partners)
    return np.stack(parts, axis=-1)


def two_lines(outcome: Floats, distance: Floats, level: Floats) -> pd.DataFrame:
    """Slopes of an outcome up to and beyond a break that gives the weaker of the two more pairs.

    Parameters
    ----------
    outcome, distance, level
        Of each pair: mean outcome, how far apart the two are, and their mean, which is held constant.

    Returns
    -------
    DataFrame
        Rows ``"up to the break"`` and ``"beyond the break"``, as `ResponseSurface.two_lines` says.
    """
    rows = ["up to the break", "beyond the break"]
    ordered = np.sort(distance)
    low, high = (ordered[k] for k in (FEWEST_PER_LINE - 1, -FEWEST_PER_LINE - 1)) if len(ordered) > 9 else (0, 0)
    flat = _flat_top(outcome, distance, level) if len(ordered) >= FEWEST_FOR_LINES and high > low else None
    if flat is None:
        empty = np.full(2, np.nan)
        return by_t(rows, empty, empty, empty).assign(break_at=np.nan, pairs=0)
    flat = flat.clip(low, high)
    first = np.abs(_interrupted(outcome, distance, level, float(np.median(flat)))["statistic"].to_numpy())
    share = first[1] / first.sum() if np.isfinite(first).all() and first.sum() > 0 else 0.5
    return _interrupted(outcome, distance, level, float(np.quantile(flat, share))).set_axis(rows)


def _flat_top(outcome: Floats, distance: Floats, level: Floats) -> Floats | None:
    """Distances at which a smooth curve through the pairs is within a standard error of its highest point."""
    knots = np.quantile(distance, [0.05, 0.35, 0.65, 0.95])
    if np.unique(knots).size < knots.size:
        knots = np.linspace(distance.min(), distance.max(), 4)
    curve = np.column_stack([np.ones_like(distance), distance, *_natural(distance, knots)])
    design = np.column_stack([curve, level - level.mean()])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    inverse = np.linalg.pinv(design)
    found = inverse @ outcome
    variance = ((outcome - design @ found) ** 2).sum() / (len(outcome) - design.shape[1])
    fitted = curve @ found[:-1]
    top = int(fitted.argmax())
    error = np.sqrt(variance) * np.linalg.norm(curve[top] @ inverse[:-1])
    flat: Floats = distance[fitted >= fitted[top] - error]
    return flat


def _natural(x: Floats, knots: Floats) -> list[Floats]:
    """Two bends of a natural cubic spline with four knots: straight beyond the outermost."""

    def cube(knot: float) -> Floats:
        cubed: Floats = np.maximum(x - knot, 0) ** 3
        return cubed

    *inner, before, last = knots
    width = (last - knots[0]) ** 2
    return [
        (cube(k) - cube(before) * (last - k) / (last - before) + cube(last) * (before - k) / (last - before)) / width
        for k in inner
    ]


def _interrupted(outcome: Floats, distance: Floats, level: Floats, at: float) -> pd.DataFrame:
    beyond = distance > at
    step = distance - at
    columns = [step * ~beyond, step * beyond, beyond.astype(float), np.ones_like(step), level - level.mean()]
    design = np.column_stack(columns)
    inverse = np.linalg.pinv(design)
    found, leverage = inverse @ outcome, np.einsum("pi,ip->p", design, inverse)
    left = (outcome - design @ found) / np.maximum(1 - leverage, 1e-10)
    errors = np.sqrt((inverse**2 @ left**2)[:2])
    table = by_t(["", ""], found[:2], errors, float(len(outcome) - design.shape[1]))
    return table.assign(break_at=at, pairs=[int((~beyond).sum()), int(beyond.sum())])


def _conditions(table: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for place, (condition, parameter, needs) in enumerate(CONDITIONS):
        estimate, low, high = (float(table[column][parameter]) for column in ("estimate", "low", "high"))
        met = bool(high < 0) if needs == "below 0" else bool(low <= 0 <= high)
        kind = "broad" if place < BROAD else "strict"
        rows.append((condition, parameter, needs, estimate, low, high, met, kind))
    columns = ["condition", "parameter", "needs", "estimate", "low", "high", "met", "kind"]
    return pd.DataFrame(rows, columns=columns)


def _grid(points: Floats, coefficients: Floats, middle: float) -> pd.DataFrame:
    """The surface over the convex hull of the data, missing outside."""
    steps = np.linspace(points.min(), points.max(), LATTICE)
    lattice = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)
    edges = ConvexHull(points).equations
    inside = (lattice @ edges[:, :2].T + edges[:, 2] <= EDGE * np.ptp(steps)).all(axis=1)
    height = np.where(inside, second_degree(lattice[:, 0], lattice[:, 1]) @ coefficients, np.nan)
    return pd.DataFrame(lattice + middle, columns=["x", "y"]).assign(outcome=height)


def _sentence(
    table: pd.DataFrame, conditions: pd.DataFrame, lines: pd.DataFrame, outcome: str, predictor: str, design: str
) -> str:
    bend, met = table.T["a4"], conditions["met"]
    if _turns(lines):
        verdict = "the outcome rises with distance and then falls, so neither likeness nor difference is simply better"
    elif met[:BROAD].all():
        verdict = f"in keeping with a {'strict' if met.all() else 'broad'} congruence effect, the more alike the higher"
    elif bend["low"] > 0 and met[1:BROAD].all():
        verdict = "the other way round, the further apart the higher, to either side"
    else:
        verdict = "no congruence effect shown"
    broad = f"Of {BROAD} conditions for a congruence effect {number_word(int(met[:BROAD].sum()))} met"
    says = f"{broad}: {verdict}. {_lines_told(lines)} {BY_LOT if design == 'drawn by lot' else NOT_BY_LOT}"
    question = f"As partners move apart in {predictor}, {outcome} bends by (a4)"
    return told(question, bend, against="no bend", unit="points per squared point", says=says)


def _turns(lines: pd.DataFrame) -> bool:
    up, down = lines["estimate"]
    return bool(up > 0 > down and (lines["p_value"] < 1 - LEVEL).all())


def _lines_told(lines: pd.DataFrame) -> str:
    if lines["estimate"].isna().any():
        return "Too few pairs to ask whether the outcome rises with distance and then falls."
    (up, down), (first, second) = lines["estimate"], (p_words(p) for p in lines["p_value"])
    at = lines["break_at"].iloc[0]
    return f"Two lines: up to a distance of {at:.3g} {up:.3g} per point ({first}), beyond it {down:.3g} ({second})."
