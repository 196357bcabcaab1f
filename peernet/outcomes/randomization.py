"""Did who was paired with whom make a difference: the pairing held against those that the same lot could have brought.

Under the null hypothesis everybody would have had the same outcome in any other pair, so that the statistic can be
worked out for every pairing of the design. Two things keep the test honest where only this predictor is without effect
while partners come to resemble, or to complement, each other: the statistic is divided by an error that lets pairs vary
unlike, and what each person could expect of the predictor under the lot is adjusted for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Floats
from peernet._wording import count_in_digits, listed
from peernet.dyads.effects import COLUMNS, LEVEL, Effects, assumed, data_card, interval, number, p_words
from peernet.dyads.pairs import LEFT_OUT, MEMBERS, Dyads, as_dyads, as_numbers
from peernet.errors import EstimationError, SettingError, checked_list
from peernet.outcomes.lots import Design, Redraws, redraws_of
from peernet.outcomes.redrawn import redrawn

Statistic: TypeAlias = Callable[[pd.DataFrame], float]
Responses: TypeAlias = tuple[Floats, Floats]  # the outcome, and what people met
TIES = 1e-9  # statistics nearer than this are equal
ROUNDING = 1e-13  # share of a number that chance in its last digits may make
SINGULAR = 1e-10
FARTHEST = 1e6  # standard errors: an interval that reaches further has no end
HALVINGS = 60
CELLS = 4_000_000  # numbers held at a time
CITATION = (
    "Basse, G., Ding, P., Feller, A. & Toulis, P. (2024). Randomization tests for peer effects in group formation "
    "experiments. Econometrica 92, 567-590; Borusyak, K. & Hull, P. (2023). Nonrandom exposure to exogenous shocks. "
    "Econometrica 91, 2155-2185; Rosenbaum, P. R. (2002). Observational Studies. Springer, chapter 2."
)


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class RandomizationTest(Effects):
    """What a pairing drawn by lot did, held against the pairings that could have been drawn.

    Parameters
    ----------
    table, card, left_out, sentence, method, citation, assumptions, null, settings
        As in `Effects`. ``.table`` has one row, index ``term``: ``estimate`` (change of the outcome per unit of the
        predictor, at which as many pairings lie above as below), ``low`` and ``high`` (95 % interval: what the test
        does not reject), ``statistic`` (t value of the drawn pairing, or what the function gave), ``p_value``
        (two-sided: twice the lesser of the other two), ``p_greater`` and ``p_less`` (share of pairings with a
        statistic at least as great, or as small), ``coefficient`` (of the regression of pair means as it stands) and
        ``expected`` (its mean over the pairings, had the predictor no effect). Missing, where the statistic is a
        function of one's own: estimate, interval, coefficient. ``.null`` holds the statistic of every pairing.
    exact
        Whether every pairing of the design was listed.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> table = pd.DataFrame({"a": ["ann", "bo"], "b": ["cy", "di"], "y_a": [3.0, 4], "y_b": [5.0, 1]})
    >>> dyads = pn.dyads.Dyads(table, design="drawn by lot")
    >>> unlike = lambda pairs: (pairs["y_a"] - pairs["y_b"]).abs().mean()
    >>> found = pn.outcomes.randomization_test(dyads, pn.outcomes.ByLot(dyads.people), "y", unlike)
    >>> sorted(found.null["statistic"]), found.exact, round(float(found.table["p_greater"].iloc[0]), 2)
    ([1.5, 2.5, 2.5], True, 0.67)
    """

    exact: bool


def randomization_test(
    dyads: Dyads,
    design: Design,
    outcome: str,
    of: str | Statistic,
    *,
    covariates: Sequence[str] = (),
    adjust: bool = True,
    draws: int = 2000,
    rng: int | np.random.Generator = 0,
    n_jobs: int | None = None,
    progress: bool = False,
) -> RandomizationTest:
    """Test whether something about the pair, or about the partner, changed an outcome, by drawing the pairing again.

    Parameters
    ----------
    dyads
        Pairs drawn by lot, as `pairs_of` makes them; they know how every column comes about for other pairs. Measures
        of people need no more than the table.
    design
        What the pairs were drawn from: the `RandomPairing` or its design, `ByLot`, anything with a method ``draw(rng)``
        that gives a table of ``a`` and ``b``; with several rounds ``{round: design}``.
    outcome
        A measure of people: it goes with them into every pairing.
    of
        A measure of the pair, such as its distance: the mean outcome of pairs is regressed on it. A measure of people:
        the effect of the *partner's* value is tested, one's own held constant. Or a function that makes one number of
        the table of a pairing.
    covariates
        Measures of people (the outcome before, most of all) or of the pair, held constant.
    adjust
        Whether to adjust for the mean of the predictor that each person has over the pairings of the design. Without,
        the test asks for any effect of the pairing at all and has more power where partners do not affect each other
        but by ``of``; where they do, it errs.
    draws
        How many pairings to draw, where they are not few enough to be listed.
    rng
        Seed or generator.
    n_jobs
        Processes to share the draws of a `PairingDesign` among, -1 for all processors. None: what
        ``joblib.parallel_config`` says around the call, also a Dask cluster; one process if it says nothing.
    progress
        Whether to show a progress bar while pairings are drawn.

    Returns
    -------
    RandomizationTest
        ``.table``, ``.null``, ``.sentence``.

    Raises
    ------
    SettingError
        If nothing was drawn by lot, the pairs cannot have come from this design, or a measure is not one that can be
        worked out for other pairs.
    EstimationError
        If the statistic has one value in all pairings, or there are too few pairs.

    Notes
    -----
    Exact, whatever the outcome's distribution, if nothing about the pairing has an effect. If partners affect each
    other in other ways than by ``of``, it holds approximately, since what is compared is divided by an error that lets
    pairs be unequally predictable: HC2 where ``of`` belongs to the pair, if adjusted; of a partner's value by what each
    pair adds to the coefficient where there is no effect. The interval holds all effects that the test does not
    reject, taken to be the same for everybody per unit of ``of`` and to add up over somebody's pairs; whoever has no
    partner, or none of whom ``of`` is known, is taken to be without effect.

    Of a partner's value it rejects a true null in 5.3, 4.6 and 5.6 % of 1,000 simulated studies of 12, 20 and 40 people
    in which partners whose values lie far apart are less predictable than others without being better or worse off
    (standard error .7 %); by HC2 it was 8.2, 6.6 and 6.5 %. Of effects it finds less for that, 34 % in place of 43 % of
    an effect of one at 12 people, 69 % in place of 81 % at 20; and so few pairs as six leave every fourth interval of a
    partner's value without an end on one side.

    Of `ByLot` pairings are drawn among those who were paired. Of a `PairingDesign` others may be; then the null
    hypothesis is also that having a partner has no effect, and ``.assumptions`` says of how many people. Pairs with a
    gap are left out in the same way in every pairing; those of the drawn one are in ``.left_out``.

    References
    ----------
    Basse, G., Ding, P., Feller, A. & Toulis, P. (2024). Randomization tests for peer effects in group formation
    experiments. Econometrica 92, 567-590.
    Borusyak, K. & Hull, P. (2023). Nonrandom exposure to exogenous shocks. Econometrica 91, 2155-2185.
    DiCiccio, C. J. & Romano, J. P. (2017). Robust permutation tests for correlation and regression coefficients.
    Journal of the American Statistical Association 112, 1211-1220.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> learning = {"ann": 3.0, "bo": 6, "cy": 4, "di": 9, "eve": 2, "fay": 5, "gus": 7, "hal": 1, "ida": 8, "jo": 4}
    >>> outlook = {"ann": 1.0, "bo": 5, "cy": 2, "di": 9, "eve": 4, "fay": 4, "gus": 8, "hal": 3, "ida": 7, "jo": 6}
    >>> remake = lambda pairs: pd.DataFrame(pairs, columns=["a", "b"]).assign(
    ...     learning_a=lambda t: t["a"].map(learning),
    ...     learning_b=lambda t: t["b"].map(learning),
    ...     distance=lambda t: (t["a"].map(outlook) - t["b"].map(outlook)).abs(),
    ... )
    >>> lot = pn.outcomes.ByLot(learning)
    >>> pairs = list(lot.draw(3).itertuples(index=False))
    >>> dyads = pn.dyads.Dyads(remake(pairs), design="drawn by lot", remake=remake)
    >>> found = pn.outcomes.randomization_test(dyads, lot, "learning", "distance")
    >>> found.exact, len(found.null)
    (True, 945)
    """
    dyads, covariates = as_dyads(dyads), checked_list("covariates", covariates, "measures")
    if not dyads.is_of_people(outcome):
        raise SettingError(
            f"{outcome} belongs to the pair: in another pairing there would be other pairs, and nobody knows theirs. "
            "Take an outcome of people."
        )
    redraws = redraws_of(dyads, design, draws=draws, rng=rng, n_jobs=n_jobs, progress=progress)
    settings = {"outcome": outcome, "covariates": covariates, "adjust": adjust, "draws": draws, "rng": rng}
    settings |= {"of": of if isinstance(of, str) else getattr(of, "__name__", "statistic"), "exact": redraws.exact}
    if twice := {outcome} & {of, *covariates}:
        raise SettingError(f"{twice.pop()!r} cannot explain itself. Name the outcome once.")
    if isinstance(of, str):
        return _of_predictor(dyads, redraws, outcome, of, covariates, adjust=adjust, settings=settings)
    if covariates:
        raise SettingError("Covariates are for a predictor by name; a function of the table adjusts for what it likes.")
    return _of_function(dyads, redraws, outcome, of, settings)


# --- a predictor ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Curves:
    """The statistic of every pairing as it depends on the effect t that is taken out of the outcome.

    ``(top - t top_of) / sqrt(var - 2 t cov + t**2 var_of)``.
    """

    top: Floats
    top_of: Floats
    var: Floats
    cov: Floats
    var_of: Floats

    def at(self, effect: float) -> Floats:
        """The t value of each pairing once this effect is taken out; missing where it cannot be worked out."""
        top = self.top - effect * self.top_of
        var = self.var - 2 * effect * self.cov + effect**2 * self.var_of
        size = self.var + effect**2 * self.var_of + np.finfo(float).tiny
        with np.errstate(invalid="ignore"):
            return np.asarray(top / np.sqrt(np.maximum(var, TIES**2 * size)), dtype=np.float64)

    @classmethod
    def of(cls, fit: Fit) -> Curves:
        """From a coefficient and what every pair adds to its error."""
        cross = np.einsum("kpi,kpj->kij", fit.scores, fit.scores)
        var = np.maximum(cross[:, 0, 0], fit.least)
        return cls(fit.top[:, 0], fit.top[:, 1], var, cross[:, 0, 1], cross[:, 1, 1])


class Fit(NamedTuple):
    """A coefficient in every pairing, for the outcome and for what people met (the last axis of the first two)."""

    top: Floats
    scores: Floats  # pairings x pairs: what each pair adds to the coefficient by its error
    least: Floats  # variance: of an exact fit, no rounding


def _of_predictor(
    dyads: Dyads,
    redraws: Redraws,
    outcome: str,
    of: str,
    covariates: list[str],
    *,
    adjust: bool,
    settings: dict[str, object],
) -> RandomizationTest:
    rows = _Rows(dyads, redraws, outcome, of, covariates)
    curves = _partner_curves(rows) if rows.of_people else _pair_curves(rows, adjust=adjust)
    values, drawn = curves.at(0.0), redraws.observed
    if np.isnan(values[drawn]):
        raise EstimationError(_no_coefficient(rows, of, adjust=adjust))
    refuse_one_value(values, of)
    estimate, low, high = inverted(curves, drawn)
    greater, less = shares(values, drawn)
    table = effects_row(of, estimate, low, high, values[drawn], greater, less)
    table = table.assign(coefficient=curves.top[drawn], expected=np.nanmean(curves.top))
    who = "the partner's " if rows.of_people else ""
    question = f"One unit more of {who}{of} changed {outcome} by"
    band = f"points ({interval(low, high)})"
    p = p_words(float(table["p_value"].iloc[0]))
    return RandomizationTest(
        table=table,
        card=_card(rows.used, redraws),
        left_out=rows.left_out,
        sentence=f"{question} {number(estimate)} {band}, against {redraws.in_words()}; {p}. {_says(redraws, of)}",
        method=_method(rows, covariates, adjust=adjust),
        citation=CITATION,
        assumptions=_assumptions(rows, redraws, outcome, adjust=adjust),
        null=pd.DataFrame({of: values}),
        settings=settings,
        exact=redraws.exact,
    )


class _Rows:
    """The pairs of every pairing as numbers: pairings x pairs, missing where there is none."""

    def __init__(self, dyads: Dyads, redraws: Redraws, outcome: str, of: str, covariates: list[str]) -> None:
        self.redraws, self.of_people = redraws, dyads.is_of_people(of)
        names = list(dict.fromkeys([outcome, of, *covariates]))
        self.made = redrawn(dyads, redraws, names)
        of_people = [name for name in covariates if dyads.is_of_people(name)]
        self.outcome, self.own = self._both(outcome), [self._both(name) for name in of_people]
        self.of_pairs = [self._numbers(name) for name in covariates if name not in of_people]
        self.predictor: tuple[Floats, ...] = self._both(of) if self.of_people else (self._numbers(of),)
        parts = [*self.outcome, *self.predictor, *self.of_pairs, *(side for both in self.own for side in both)]
        self.kept: Flags = np.logical_and.reduce([~np.isnan(part) for part in parts])
        self._refuse_if_asked_of_pairs_only(outcome)
        self.used = dyads.complete(*names)
        self.left_out = self.used.left_out.reindex(columns=LEFT_OUT)
        if not self.kept[redraws.observed].any():
            raise EstimationError(f"No pair is left in which {listed(names)} are all known.")
        given = np.stack(self.outcome)[:, self.kept]
        if np.ptp(given) <= ROUNDING * np.abs(given).max():
            raise EstimationError(
                f"The null has one value: {outcome} is the same for everybody, whoever the partner is."
            )
        self.exposed = self._exposure(dyads, outcome)

    def _numbers(self, column: str) -> Floats:
        return self.made.numbers(column)[self.made.places]

    def _both(self, name: str) -> tuple[Floats, Floats]:
        first, second = (self._numbers(f"{name}{member}") for member in MEMBERS)
        return first, second

    def _refuse_if_asked_of_pairs_only(self, outcome: str) -> None:
        """Raise `EstimationError` where having a partner decides whether the outcome is known."""
        new = np.append(self.redraws.newcomers, False)  # the last place is nobody's
        sides = zip((self.redraws.firsts, self.redraws.seconds), self.outcome, strict=True)
        if new.any() and not any((new[side] & ~np.isnan(values)).any() for side, values in sides):
            who = count_in_digits(int(new.sum()), "person", "people")
            raise EstimationError(
                f"{outcome} is known of nobody without a partner, and the design also pairs {who} who had none: their "
                "pairs would be gaps in every pairing but the drawn one. Take an outcome that is asked of everybody."
            )

    def _exposure(self, dyads: Dyads, outcome: str) -> tuple[Floats, Floats]:
        """What each member met in the drawn pairing of the predictor, whichever pair they are in now."""
        redraws, n = self.redraws, len(self.redraws.people)
        k, by_round = redraws.observed, self._outcome_differs_by_round(dyads, outcome)
        turns = redraws.turns * by_round
        met = np.zeros((len(redraws.rounds), n + 1))  # the last place is nobody's
        given = (self.predictor[1][k], self.predictor[0][k]) if self.of_people else (self.predictor[0][k],) * 2
        for side, values in zip((redraws.firsts[k], redraws.seconds[k]), given, strict=True):
            np.add.at(met, (turns, side), np.where(np.isnan(values), 0.0, values))
        met[:, n] = 0.0
        return met[turns, redraws.firsts], met[turns, redraws.seconds]

    def _outcome_differs_by_round(self, dyads: Dyads, outcome: str) -> bool:
        if len(self.redraws.rounds) == 1:
            return False
        sides = [dyads.table[[s, f"{outcome}_{s}"]].set_axis(["who", "value"], axis=1) for s in ("a", "b")]
        values = pd.concat(sides).groupby("who")["value"]
        return bool((values.max() > values.min()).any())

    def levels(self) -> list[Floats]:
        """One for each round."""
        shape = self.kept.shape
        of_round = self.redraws.turns == np.arange(len(self.redraws.rounds))[:, None]
        return [np.broadcast_to(columns, shape) for columns in of_round.astype(float)]

    def expected(self) -> Floats:
        """Of each pair the sum of what its members have of the predictor on average over all pairings, per round."""
        redraws, n = self.redraws, len(self.redraws.people)
        x, shape = self.predictor[0], (len(redraws.rounds), n + 1)
        turns = np.broadcast_to(redraws.turns, x.shape)
        cells = np.arange(x.size)
        if redraws.equal:  # so that the mean hardly depends on which pairings were drawn
            cells = np.unique(redraws.codes, return_index=True)[1]
        cells = cells[~np.isnan(x.ravel()[cells])]
        total, times = np.zeros(shape), np.zeros(shape)
        for side in (redraws.firsts, redraws.seconds):
            places = turns.ravel()[cells], side.ravel()[cells]
            np.add.at(total, places, x.ravel()[cells])
            np.add.at(times, places, 1.0)
        mean = total / np.maximum(times, 1.0)
        return mean[redraws.turns, redraws.firsts] + mean[redraws.turns, redraws.seconds]


def _mean(both: tuple[Floats, Floats]) -> Floats:
    return (both[0] + both[1]) / 2


def _sum(both: tuple[Floats, ...]) -> Floats:
    return both[0] + both[1]


def _difference(both: tuple[Floats, ...]) -> Floats:
    return both[0] - both[1]


def _pair_curves(rows: _Rows, *, adjust: bool) -> Curves:
    """Pair means of the outcome on the predictor."""
    further = [*map(_mean, rows.own), *rows.of_pairs, *([rows.expected()] if adjust else [])]
    responses, errors = (_mean(rows.outcome), _mean(rows.exposed)), "by row" if adjust else "alike"
    return fitted([rows.predictor[0], *further], rows.levels(), responses, rows.kept, errors=errors)


def _partner_curves(rows: _Rows) -> Curves:
    """The partner's value, one's own held constant: from the sums within pairs and from the differences within pairs.

    Sums give own plus partner's effect, differences own minus partner's, so that partners may be as alike or as unlike
    as they come. What a pair adds to either is kept together: partners far apart may be less predictable, and somebody
    with an unusual outcome is in the sum and in the difference of every pair.
    """
    between = [_sum(rows.predictor), *map(_sum, rows.own), *rows.of_pairs]
    within = [_difference(rows.predictor), *map(_difference, rows.own)]
    errors = "by row, without effect"
    sums, differences = ((each(rows.outcome), each(rows.exposed)) for each in (_sum, _difference))
    first = _all_fitted(between, rows.levels(), sums, rows.kept, errors=errors)
    second = _all_fitted(within, [], differences, rows.kept, errors=errors)
    half = Fit((first.top - second.top) / 2, (first.scores - second.scores) / 2, (first.least + second.least) / 4)
    return Curves.of(half)


def fitted(
    columns: list[Floats], levels: list[Floats], responses: Responses, kept: Flags, *, errors: str = "alike"
) -> Curves:
    """Least squares in every pairing: the first column's coefficient for the outcome and for what people met.

    Missing where the first column is a sum of others or the pairs are too few. ``levels`` are 1 for the rows of each
    round (or block), else 0. ``errors``: ``"alike"`` where the spread is the same in every row; ``"by row"`` where it
    may differ, by what is left of each row (HC2 of MacKinnon & White 1985); ``"by row, without effect"``, by what would
    be left of it if the first column had no effect (as DiCiccio & Romano 2017 do for correlations).
    """
    return Curves.of(_all_fitted(columns, levels, responses, kept, errors=errors))


def _all_fitted(columns: list[Floats], levels: list[Floats], responses: Responses, kept: Flags, *, errors: str) -> Fit:
    step = max(1, CELLS // (kept.shape[1] * (len(columns) + 2)))
    parts = []
    for start in range(0, len(kept), step):
        some = slice(start, start + step)
        numbers = np.stack([each[some] for each in (*columns, *responses)], axis=-1)
        parts.append(_fitted(*_less_levels(numbers, [level[some] for level in levels], kept[some]), errors))
    return Fit(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def _fitted(numbers: Floats, free: Floats, errors: str) -> Fit:
    """From columns and both responses without their levels, and what these leave free of each row."""
    x, y = numbers[..., :-2], numbers[..., -2:]
    size = np.sqrt((x**2).sum(axis=1))
    x = x / np.where(size > 0, size, 1.0)[:, None, :]
    values, vectors = np.linalg.eigh(np.swapaxes(x, 1, 2) @ x)
    sound = values > SINGULAR  # a column that is a sum of others adds nothing
    inverse = np.where(sound, 1 / np.where(sound, values, 1.0), 0.0)
    blurred = ((vectors[:, 0, :] ** 2) * ~sound).sum(axis=1) > SINGULAR  # the predictor is such a column
    solve = (vectors * inverse[:, None, :]) @ np.swapaxes(vectors, 1, 2)
    coefficients = solve @ (np.swapaxes(x, 1, 2) @ y)
    left, weight = y - x @ coefficients, (x @ solve[:, :, :1])[..., 0]
    df = np.rint(free.sum(axis=1)) - sound.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(solve[:, 0, 0])
        if errors == "alike":
            weight = np.broadcast_to((spread / np.sqrt(np.maximum(df, 1)))[:, None], weight.shape)
        elif errors == "by row":
            weight = weight / np.sqrt(np.maximum(free - ((x @ solve) * x).sum(axis=2), SINGULAR))
        else:
            left = left + (weight / solve[:, :1, 0])[..., None] * coefficients[:, :1, :]
        top, scores = coefficients[:, 0, :] / size[:, :1], left * (weight / size[:, :1])[..., None]
        least = (TIES * spread / size[:, 0]) ** 2 * (y[..., 0] ** 2).sum(axis=1)
    top = np.where((blurred | (df < 1) | (size[:, 0] == 0))[:, None], np.nan, top)
    return Fit(top, scores, least)


def _less_levels(numbers: Floats, levels: list[Floats], kept: Flags) -> tuple[Floats, Floats]:
    """Numbers less their mean in the rows of each level, far from nought as they may be; and one less a row's share."""
    numbers, free = np.where(kept[..., None], numbers, 0.0), kept.astype(float)
    raw = np.sqrt((numbers**2).sum(axis=1))
    for level in levels:
        rows = level * kept
        share = rows / np.maximum(rows.sum(axis=1), 1.0)[:, None]
        numbers = numbers - rows[..., None] * np.einsum("kp,kpc->kc", share, numbers)[:, None, :]
        free -= share
    nothing = np.sqrt((numbers**2).sum(axis=1)) <= ROUNDING * raw
    return np.where(nothing[:, None, :], 0.0, numbers), free


# --- shares, and the effects that are not rejected --------------------------------------------------------------------


def shares(values: Floats, drawn: int) -> tuple[float, float]:
    """Shares of pairings whose statistic is at least as great, and at least as small, as that of the drawn one.

    One without a statistic counts for both: it is held to be no evidence.
    """
    margin, none = TIES * (1 + abs(values[drawn])), np.isnan(values)
    greater = none | (values >= values[drawn] - margin)
    less = none | (values <= values[drawn] + margin)
    return float(greater.mean()), float(less.mean())


def two_sided(greater: float, less: float) -> float:
    """Twice the lesser of the two shares, at most 1."""
    return min(1.0, 2 * min(greater, less))


def effects_row(
    term: str, estimate: float, low: float, high: float, statistic: float, greater: float, less: float
) -> pd.DataFrame:
    """A table of effects of one row, with the p values of both sides."""
    cells = [estimate, np.nan, low, high, statistic, np.nan, two_sided(greater, less), greater, less]
    return pd.DataFrame([cells], columns=[*COLUMNS, "p_greater", "p_less"], index=pd.Index([term], name="term"))


def inverted(curves: Curves, drawn: int) -> tuple[float, float, float]:
    """The effect with as many pairings above as below, and the ends of what is not rejected; inf where it has none."""
    unit = float(np.sqrt(curves.var[drawn])) or abs(float(curves.top[drawn])) or 1.0
    alpha = (1 - LEVEL) / 2

    def sides(effect: float) -> tuple[float, float]:
        return shares(curves.at(effect), drawn)

    with np.errstate(divide="ignore", invalid="ignore"):
        start = float(curves.top[drawn] / curves.top_of[drawn])
    middle = crossing(lambda e: sides(e)[0] >= sides(e)[1], start, unit) if np.isfinite(start) else np.nan
    if not np.isfinite(middle):
        return np.nan, -np.inf, np.inf
    low = -crossing(lambda e: sides(-e)[0] <= alpha, -middle, unit)
    high = crossing(lambda e: sides(e)[1] <= alpha, middle, unit)
    return middle, low, high


def crossing(holds: Callable[[float], bool], start: float, unit: float) -> float:
    """Where, rising from ``start``, a condition begins to hold; where it holds already, where it ceases to downward."""
    step, held = unit / 8, holds(start)
    sign = -1.0 if held else 1.0
    last, here = start, start + sign * step
    while holds(here) == held:
        if abs(here - start) > FARTHEST * unit:
            return sign * np.inf
        step *= 1.5
        last, here = here, here + sign * step
    for _ in range(HALVINGS):
        middle = (last + here) / 2
        if holds(middle) == held:
            last = middle
        else:
            here = middle
    return float(here if held else last)


def refuse_one_value(values: Floats, of: str) -> None:
    """Raise `EstimationError` where all pairings give the same."""
    known = values[~np.isnan(values)]
    if np.ptp(known) <= TIES * (1 + np.abs(known).max()):
        raise EstimationError(
            f"The null has one value: {of} gives {number(float(known[0]))} in every pairing that could have been "
            "drawn, so the pairing that was drawn cannot stand out. Test something that the lot changes, or draw "
            "from a wider design next time."
        )


def _no_coefficient(rows: _Rows, of: str, *, adjust: bool) -> str:
    pairs = int(rows.kept[rows.redraws.observed].sum())
    x = rows.predictor[0][rows.redraws.observed][rows.kept[rows.redraws.observed]]
    if not rows.of_people and np.ptp(x) <= ROUNDING * np.abs(x).max():
        where = f"all {pairs} pairs" if pairs > 1 else "the only pair"
        return f"{of} is the same in {where}, so nothing can go with it."
    need = 3 + adjust + len(rows.own) + len(rows.of_pairs)
    if pairs < need:
        have = count_in_digits(pairs, "complete pair is", "complete pairs are")
        return f"{have} too few for this regression, which takes {need}. Leave out covariates."
    further = ", or adds up from what its members could expect anyway (adjust=False leaves that out)" if adjust else ""
    return f"{of} cannot be told apart from the covariates{further}: no coefficient is given."


# --- a function of the table ------------------------------------------------------------------------------------------


def _of_function(
    dyads: Dyads, redraws: Redraws, outcome: str, of: Statistic, settings: dict[str, object]
) -> RandomizationTest:
    made = redrawn(dyads, redraws, None)
    for column in [f"{outcome}{member}" for member in MEMBERS]:
        made.table[column] = as_numbers(made.table[column])
    if made.table[[f"{outcome}{member}" for member in MEMBERS]].isna().all(axis=None):
        raise EstimationError(f"{outcome} is known of nobody in a pair.")
    values = np.array([_one_number(of(made.of(k))) for k in range(len(redraws))])
    drawn, name = redraws.observed, "statistic"
    if not np.isfinite(values[drawn]):
        raise EstimationError("The statistic of the pairs as they were drawn is not a number.")
    values = np.where(np.isfinite(values), values, np.nan)
    size = np.nanmax(np.abs(values)) or 1.0  # of whatever unit, so that what is a tie does not hang on it
    if np.nanmax(np.abs(values - values[drawn])) <= TIES * size:
        refuse_one_value(values[[drawn]], name)
    greater, less = shares(values / size, drawn)
    table = effects_row(name, np.nan, np.nan, np.nan, values[drawn], greater, less)
    table = table.assign(coefficient=np.nan, expected=np.nanmean(values))
    p = p_words(float(table["p_value"].iloc[0]))
    held = f"is {number(values[drawn])}, where {number(float(np.nanmean(values)))} was to be expected"
    return RandomizationTest(
        table=table,
        card=_card(dyads, redraws),
        left_out=dyads.left_out,
        sentence=f"The statistic {held}, against {redraws.in_words()}; {p}. {_says(redraws, 'the statistic')}",
        method="A statistic of the table of pairs, worked out again for every pairing.",
        citation=CITATION,
        assumptions=assumed((f"nothing about the pairing changes {outcome} (null hypothesis)", None, _told(redraws))),
        null=pd.DataFrame({name: values}),
        settings=settings,
        exact=redraws.exact,
    )


def _one_number(value: object) -> float:
    if not isinstance(value, Real) and not (isinstance(value, np.ndarray) and value.ndim == 0):
        raise SettingError(
            f"The function must make one number of the table of a pairing; it gave {value!r:.80}. Take a mean, or the "
            "one entry that is meant."
        )
    return float(value)


# --- in words ---------------------------------------------------------------------------------------------------------


def _told(redraws: Redraws) -> str:
    return f"drawn by lot: {redraws.told}"


def _says(redraws: Redraws, of: str) -> str:
    return (
        f"Drawn by lot: {redraws.told}. So a difference is the pairing's doing, be it by {of} or by whatever else of a "
        "pair goes with it."
    )


def _card(used: Dyads, redraws: Redraws) -> dict[str, object]:
    least = min(1.0, 2 / len(redraws))
    return data_card(
        used,
        **{
            "drawn by lot": redraws.told,
            "pairings": f"{len(redraws):,}, {'all there are' if redraws.exact else 'the drawn one and redraws'}",
            "least p value that could come out": round(least, 6),
            "pairs that are in every pairing": redraws.always,
        },
    )


def _method(rows: _Rows, covariates: list[str], *, adjust: bool) -> str:
    held = f", {listed(covariates)} held constant" if covariates else ""
    if rows.of_people:
        what = (
            f"partner's value, one's own held constant{held}, from sums and differences in pairs, over the root of the "
            "squares of what each pair adds to it where it has no effect"
        )
    else:
        expected = ", and what the members could expect of the predictor under the design" if adjust else ""
        what = f"t value{' (HC2)' if adjust else ''} of the predictor in the regression of pair means{held}{expected}"
    return f"Randomisation test: {what}; pairings drawn again from the design, every column of pairs worked out again."


def _assumptions(rows: _Rows, redraws: Redraws, outcome: str, *, adjust: bool) -> pd.DataFrame:
    left = int((~rows.kept[redraws.observed]).sum() - (redraws.firsts[redraws.observed] < 0).sum())
    outside = int(redraws.newcomers.sum())
    told = [
        ("the pairs came from this design", None, _told(redraws)),
        (
            "for the interval: the effect is the same for everybody per unit, and adds up over somebody's pairs",
            None,
            "pairs do not affect other pairs' members",
        ),
        (
            f"whether {outcome} is known does not depend on the partner",
            None,
            f"{count_in_digits(left, 'pair', 'pairs')} left out",
        ),
    ]
    if outside:
        who = count_in_digits(outside, "person", "people")
        told.append(("having a partner has no effect by itself", None, f"{who} had none here and have one in redraws"))
    if not adjust and not rows.of_people:
        told.append(("partners do not affect each other in other ways", None, "adjust=False"))
    return assumed(*told)
