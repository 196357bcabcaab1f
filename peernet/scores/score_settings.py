"""What `score_pairs` is asked for, checked: values, distances that count as similar, the band and the scale."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np

from peernet._arrays import Floats
from peernet.distance.distances import PersonDistances, person_distances
from peernet.errors import PeernetWarning, SettingError
from peernet.survey.codebook import Codebook
from peernet.survey.survey import Survey

__all__ = [
    "Value",
    "Within",
    "checked_band",
    "checked_scale",
    "checked_value",
    "combined_gains",
    "distances_if_asked",
    "value_in_words",
    "warn_without_foundation",
    "within",
]

VALUES = ("mean", "lesser")
Value = str | Mapping[str, float]
Within = float | str | None


def checked_value(value: Value) -> Value:
    """``"mean"``, ``"lesser"``, or the share of each, made to add up to one."""
    if isinstance(value, str) and value in VALUES:
        return value
    shares = dict(value) if isinstance(value, Mapping) else {}
    if not shares or not set(shares) <= set(VALUES) or not all(0 <= share < np.inf for share in shares.values()):
        raise SettingError(
            "value must be 'mean', 'lesser' or the shares of both, such as {'mean': 0.7, 'lesser': 0.3}; "
            f"got {value!r}."
        )
    total = sum(shares.values())
    if not total > 0:
        raise SettingError(f"The shares of value must add up to more than 0; got {value!r}.")
    return {name: float(shares.get(name, 0.0)) / total for name in VALUES}


def combined_gains(value: Value, own: Floats, given: Floats) -> Floats:
    """Value of pairs from the gains on both sides."""
    if value == "mean":
        return (own + given) / 2
    lesser: Floats = np.minimum(own, given)
    if isinstance(value, str):
        return lesser
    return value["mean"] * (own + given) / 2 + value["lesser"] * lesser


def value_in_words(value: Value) -> str:
    """What a pair's value is, for people."""
    if isinstance(value, str):
        return f"{value} gain"
    return " + ".join(f"{share:g} {name} gain" for name, share in value.items())


def checked_band(band: tuple[float, float] | None) -> tuple[float, float] | None:
    """Least and largest perspective distance."""
    if band is None:
        return None
    low, high = (float(end) for end in band)
    if not 0 <= low <= high:
        raise SettingError(f"band must be a least and a largest distance, 0 or more; got {band!r}.")
    return low, high


def within(name: str, within: Within, distances: PersonDistances | None) -> float | None:
    if within is None or distances is None:
        return None
    if within == "average":
        return float(np.nan_to_num(distances.mean))
    if not (isinstance(within, (int, float)) and 0 <= within <= 1):
        raise SettingError(f"{name} must be 'average', None or a distance from 0 to 1; got {within!r}.")
    return float(within)


def checked_scale(scale: float | None, perspective: PersonDistances) -> float:
    if scale is None:
        typical = (perspective.median, perspective.mean, 1.0)
        return float(next(value for value in typical if np.isfinite(value) and value > 0))
    if not scale > 0:
        raise SettingError(f"scale must be above 0; got {scale!r}.")
    return scale


def warn_without_foundation(codebook: Codebook) -> None:
    if not codebook.foundation:
        warnings.warn(
            "No tie layer asks about trust, respect or candour, so every pair's foundation is unknown and nobody can "
            'be paired. Mark the layer that stands in for trust with "foundation": true in the codebook, or accept '
            'foundation=("mutual", "introduced", "unknown").',
            PeernetWarning,
            stacklevel=3,
        )


def distances_if_asked(survey: Survey, block: str) -> PersonDistances | None:
    """Distances on a block of answers; None where nothing was asked."""
    return person_distances(survey, block) if len(survey.answers(block).columns) else None
