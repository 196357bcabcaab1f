"""Models of opinion: Friedkin-Johnsen (DeGroot at its limit), Hegselmann-Krause bounded confidence, and repulsion.

Plain functions of arrays, for one opinion or several at once. None of them predicts anybody; each says what would
follow if people moved by its rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy import sparse

from peernet._arrays import Flags, Floats, Ints
from peernet.errors import SettingError
from peernet.opinions.influence import Influence, checked_influence, closed_circles, period, stationary

MEETINGS = 1000  # at most
STILL, ALMOST_STILL = 1e-13, 1e-6  # nobody moves; nobody moves enough to matter to a scenario
Model = Callable[[Influence, Floats, Floats, Floats, int], tuple[Floats, int]]
BOUNDARY = 1e-12  # a distance this little above the confidence still counts as within


def friedkin_johnsen(
    influence: npt.ArrayLike | Influence, opinions: npt.ArrayLike, *, susceptibility: npt.ArrayLike
) -> Floats:
    """Where opinions settle if everybody goes part of the way to those they hear and holds on to their first opinion.

    The exact fixed point y = AWy + (I - A)x by a linear solve, with A the susceptibilities and x the first opinions.
    People in a closed circle where nobody holds on (susceptibility 1) end at the circle's weighted mean, the limit of
    DeGroot, so that ``susceptibility=1`` is the DeGroot model.

    Parameters
    ----------
    influence
        Shares of attention W, shape (people, people), dense or sparse: row i says whom person i listens to, and sums
        to 1. Somebody who listens to nobody has a 1 for themselves.
    opinions
        First opinions, shape (people,) or (people, items), on any scale.
    susceptibility
        From 0 (never moves) to 1 (does not hold on to the first opinion), one for all or shape (people,).

    Returns
    -------
    ndarray
        Final opinions, in the shape of ``opinions``.

    Raises
    ------
    SettingError
        If the shapes do not fit, a row does not sum to 1, a value is missing or outside what is allowed, or there is
        no limit because opinions go round for ever in a circle of people who do not hear themselves.

    References
    ----------
    DeGroot, M. H. (1974). Reaching a consensus. Journal of the American Statistical Association 69, 118-121.
    Friedkin, N. E. & Johnsen, E. C. (1999). Social influence networks and opinion change. Advances in Group Processes
    16, 1-29.

    Examples
    --------
    >>> import peernet as pn
    >>> W = [[0.5, 0.5], [0.5, 0.5]]
    >>> pn.opinions.friedkin_johnsen(W, [0.0, 1.0], susceptibility=0.5).round(3)
    array([0.25, 0.75])
    >>> pn.opinions.friedkin_johnsen(W, [0.0, 1.0], susceptibility=1.0)
    array([0.5, 0.5])
    """
    W, first, a = _checked(influence, opinions, susceptibility)
    final, free = first.copy(), np.zeros(len(first), dtype=bool)
    for circle in closed_circles(W):
        if (a[circle] == 1).all():
            _check_settles(W, circle)
            final[circle] = stationary(W, circle) @ first[circle]
            free[circle] = True
    return _held(W, final, first, a, free).reshape(np.shape(opinions))


def _held(W: Influence, final: Floats, first: Floats, a: Floats, free: Flags) -> Floats:
    """Opinions of those whom some first opinion holds, given the end of the free circles."""
    rest = np.flatnonzero(~free)
    moved = sparse.csr_array(sparse.diags_array(a[rest]) @ W[rest])
    right = (1 - a[rest, None]) * first[rest] + moved[:, np.flatnonzero(free)] @ final[free]
    final[rest] = np.linalg.solve(np.eye(len(rest)) - moved[:, rest].toarray(), right)
    return final


def _check_settles(W: Influence, circle: npt.NDArray[np.int64]) -> None:
    turns = period(W, circle)
    if turns > 1:
        raise SettingError(
            f"There is no limit: opinions of people {', '.join(map(str, circle[:5]))}{' ...' * (len(circle) > 5)} go "
            f"round for ever, in {turns} turns, since nobody there listens to themselves. Give them some attention for "
            "themselves, or a susceptibility below 1."
        )


def bounded_confidence(
    influence: npt.ArrayLike | Influence,
    opinions: npt.ArrayLike,
    *,
    confidence: npt.ArrayLike,
    susceptibility: npt.ArrayLike = 1.0,
    meetings: int = MEETINGS,
) -> Floats:
    """Where opinions settle if people hear only those who do not think too differently.

    At each meeting, all at once, everybody goes to the mean of those they listen to who are no further than
    ``confidence`` away, or part of the way there.

    Parameters
    ----------
    influence
        Shares of attention, see `friedkin_johnsen`; those out of confidence lose theirs to the others. Everybody hears
        themselves where they have a share for it.
    opinions
        First opinions from 0 to 1, shape (people,) or (people, items). How far two people are apart is the mean
        difference over the items.
    confidence
        Largest distance at which somebody is still heard, a rounding error of 1e-12 forgiven: one number, or shape
        (people, people) where row i says up to where person i hears each other.
    susceptibility
        Share of the way gone at each meeting, one for all or shape (people,). Here nothing holds anybody to their
        first opinion, so it is about pace.
    meetings
        The most meetings; fewer where nobody moves any more.

    Returns
    -------
    ndarray
        Opinions after the last meeting, in the shape of ``opinions``.

    Raises
    ------
    SettingError
        If the shapes do not fit or a value is outside what is allowed.

    References
    ----------
    Hegselmann, R. & Krause, U. (2002). Opinion dynamics and bounded confidence: models, analysis and simulation.
    Journal of Artificial Societies and Social Simulation 5(3).

    Examples
    --------
    >>> import numpy as np
    >>> import peernet as pn
    >>> everyone = np.full((4, 4), 0.25)
    >>> pn.opinions.bounded_confidence(everyone, [0.0, 0.1, 0.8, 1.0], confidence=0.3).round(3)
    array([0.05, 0.05, 0.9 , 0.9 ])
    """
    return _met(influence, opinions, confidence, susceptibility, meetings, repel=False)


def repulsion(
    influence: npt.ArrayLike | Influence,
    opinions: npt.ArrayLike,
    *,
    confidence: npt.ArrayLike,
    susceptibility: npt.ArrayLike = 1.0,
    meetings: int = MEETINGS,
) -> Floats:
    """Where opinions go if people draw near to those who think alike and away from those who think differently.

    At each meeting, all at once, somebody moves towards each they listen to by the pull 1 - distance / confidence:
    full between people who agree, none at the distance ``confidence``, a push beyond it and never below -1. Opinions
    stay between 0 and 1.

    Parameters
    ----------
    influence
        Shares of attention, see `friedkin_johnsen`.
    opinions
        First opinions from 0 to 1, shape (people,) or (people, items). How far two people are apart is the mean
        difference over the items.
    confidence
        Distance at which the pull turns into a push: one number, or shape (people, people).
    susceptibility
        How much of the pull somebody follows at each meeting, one for all or shape (people,).
    meetings
        The most meetings; fewer where nobody moves any more.

    Returns
    -------
    ndarray
        Opinions after the last meeting, in the shape of ``opinions``.

    Raises
    ------
    SettingError
        If the shapes do not fit or a value is outside what is allowed.

    References
    ----------
    Flache, A., Maes, M., Feliciani, T., Chattoe-Brown, E., Deffuant, G., Huet, S. & Lorenz, J. (2017). Models of social
    influence: towards the next frontiers. Journal of Artificial Societies and Social Simulation 20(4), 2.

    Examples
    --------
    >>> import peernet as pn
    >>> both = [[0.5, 0.5], [0.5, 0.5]]
    >>> [pn.opinions.repulsion(both, [low, 1 - low], confidence=0.5).round(3) for low in (0.4, 0.2)]
    [array([0.5, 0.5]), array([0., 1.])]
    """
    return _met(influence, opinions, confidence, susceptibility, meetings, repel=True)


def _met(
    influence: npt.ArrayLike | Influence,
    opinions: npt.ArrayLike,
    confidence: npt.ArrayLike,
    susceptibility: npt.ArrayLike,
    meetings: int,
    *,
    repel: bool,
) -> Floats:
    W, first, a = _checked(influence, opinions, susceptibility)
    if first.size and (first.min() < 0 or first.max() > 1):
        raise SettingError(f"opinions must lie between 0 and 1; got {first.min():g} to {first.max():g}. Rescale them.")
    radius = _radius(W, confidence)
    if meetings < 0:
        raise SettingError(f"meetings must not be below 0; got {meetings!r}.")
    final, _ = settle(W, first, a, radius=radius, meetings=meetings, repel=repel, still=STILL)
    return final.reshape(np.shape(opinions))


def _radius(W: Influence, confidence: npt.ArrayLike) -> Floats:
    """Confidence of each share of attention, in the order in which the shares are stored."""
    radius = np.asarray(confidence, dtype=np.float64)
    if not (radius > 0).all():
        raise SettingError(f"confidence must be above 0; got {radius.min():g}.")
    if radius.ndim and radius.shape != W.shape:
        raise SettingError(f"confidence must be one number or have shape {W.shape}; got shape {radius.shape}.")
    return confidences(W, np.broadcast_to(radius, W.shape))


def confidences(W: Influence, table: Floats) -> Floats:
    """The cells of a table where there is attention, in the order in which the shares are stored."""
    return np.ascontiguousarray(table[np.repeat(np.arange(W.shape[0]), np.diff(W.indptr)), W.indices])


def settle(
    W: Influence, first: Floats, a: Floats, *, radius: Floats, meetings: int, repel: bool, still: float
) -> tuple[Floats, int]:
    """Opinions after the last meeting, and how many meetings it took; one more than allowed where they still move."""
    arrays = W.indptr.astype(np.int64), W.indices.astype(np.int64), W.data
    return meet(*arrays, np.ascontiguousarray(first), a, radius, bool(repel), int(meetings), still)


def _checked(
    influence: npt.ArrayLike | Influence, opinions: npt.ArrayLike, susceptibility: npt.ArrayLike
) -> tuple[Influence, Floats, Floats]:
    """Shares, opinions with one column per item, and one susceptibility per person."""
    W, first = checked_influence(influence), np.array(opinions, dtype=np.float64)
    if first.ndim not in (1, 2) or len(first) != W.shape[0]:
        raise SettingError(f"opinions must have one row for each of {W.shape[0]} people; got shape {first.shape}.")
    if not np.isfinite(first).all():
        row = np.argwhere(~np.isfinite(first))[0, 0]
        raise SettingError(f"opinions: person {row} has a missing or infinite opinion; fill it or leave them out.")
    if np.ndim(susceptibility) and np.shape(susceptibility) != (len(first),):
        raise SettingError(
            f"susceptibility must be one number or one for each of {len(first)} people; got shape "
            f"{np.shape(susceptibility)}."
        )
    a = np.broadcast_to(np.asarray(susceptibility, dtype=np.float64), len(first)).copy()
    outside = np.flatnonzero(~((a >= 0) & (a <= 1)))
    if len(outside):
        raise SettingError(f"susceptibility must lie between 0 and 1; person {outside[0]} has {a[outside[0]]:g}.")
    return W, first.reshape(len(first), -1), a


def _everybody_meets(
    W: Influence, first: Floats, a: Floats, radius: Floats, meetings: int, *, repel: bool
) -> tuple[Floats, int]:
    return settle(W, first, a, radius=radius, meetings=meetings, repel=repel, still=ALMOST_STILL)


MODELS: Mapping[str, Model] = {
    "assimilation": lambda W, first, a, _radius, _meetings: (friedkin_johnsen(W, first, susceptibility=a), 0),
    "bounded confidence": partial(_everybody_meets, repel=False),
    "repulsion": partial(_everybody_meets, repel=True),
}


@njit(inline="always")
def _apart(x: Floats, y: Floats) -> float:
    """Mean difference over the items."""
    total = 0.0
    for v in range(len(x)):
        total += abs(x[v] - y[v])
    return total / max(len(x), 1)


@njit(cache=True)
def meet(
    start: Ints,
    heard: Ints,
    share: Floats,
    first: Floats,
    susceptibility: Floats,
    confidence: Floats,
    repel: bool,
    meetings: int,
    still: float,
) -> tuple[Floats, int]:
    """Opinions after the last meeting, and how many it took; one more than allowed where they still move."""
    now, then = first.copy(), first.copy()
    people, items = first.shape
    step = np.empty(items)
    for meeting in range(meetings):
        largest = 0.0
        for i in range(people):
            step[:] = 0.0
            total = 0.0
            for k in range(start[i], start[i + 1]):
                distance = _apart(now[i], now[heard[k]])
                if repel:
                    pull = share[k] * max(-1.0, 1.0 - distance / confidence[k])
                else:
                    pull = share[k] if distance <= confidence[k] + BOUNDARY else 0.0
                    total += pull
                for v in range(items):
                    step[v] += pull * (now[heard[k], v] - now[i, v])
            part = susceptibility[i] if repel else susceptibility[i] / total if total > 0.0 else 0.0
            for v in range(items):
                then[i, v] = min(1.0, max(0.0, now[i, v] + part * step[v]))
                largest = max(largest, abs(then[i, v] - now[i, v]))
        now, then = then, now
        if largest <= still:
            return now, meeting
    return now, meetings + 1
