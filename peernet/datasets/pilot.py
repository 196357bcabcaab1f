"""The pilot round of the fictional study: pairs drawn by lot, and a second wave with a known effect."""

from __future__ import annotations

import numpy as np
import pandas as pd

from peernet._arrays import Floats, Ints
from peernet.datasets.answers import percent
from peernet.datasets.draws import permutation
from peernet.datasets.fictional_ties import view_distances

VOLUNTEERS = 2 / 3  # share of the respondents who took part
DRIFT = 2.0  # what everybody gains between the waves, paired or not
QUALITY_AT_ZERO, QUALITY_SLOPE = 78.0, -9.0  # relationship quality falls with distance in outlook
PAIR_SPREAD, PERSON_SPREAD = 4.0, 7.0  # noise that partners share, and noise of one's own
LOST = 0.10  # share of respondents who skip the second wave


def draw_pilot(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Partner drawn by lot and true distance in outlook to that partner, for everybody (missing: not in the pilot)."""
    respondents = np.flatnonzero(people["answered"])
    pairs = int(len(respondents) * VOLUNTEERS) // 2
    drawn = respondents[permutation(rng, len(respondents))][: 2 * pairs].reshape(-1, 2)
    partner = np.full(len(people), -1)
    partner[drawn[:, 0]], partner[drawn[:, 1]] = drawn[:, 1], drawn[:, 0]
    paired = partner >= 0
    distance = np.where(paired, view_distances(people, np.arange(len(people)), partner), np.nan)
    columns = {"pilot_partner": np.where(paired, people.index[partner], ""), "pilot_distance": distance}
    return pd.DataFrame(columns, index=people.index)


def draw_second_wave(
    people: pd.DataFrame, baseline: pd.DataFrame, effect: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Second-wave answers of every respondent as text; blank where skipped or where the question does not apply."""
    distance = people["pilot_distance"].fillna(0.0).to_numpy()
    paired = (people["pilot_partner"] != "").to_numpy()
    before = baseline[["learning_1", "openness_1"]].astype(float).to_numpy().T + DRIFT
    wave = pd.DataFrame(
        {
            "pilot_partner": people["pilot_partner"],
            "learning_2": percent(before[0] + effect * distance + _pair_noise(people, rng)),
            "openness_2": percent(before[1] + _pair_noise(people, rng)),
            "relationship_2": percent(QUALITY_AT_ZERO + QUALITY_SLOPE * distance + _pair_noise(people, rng)),
        },
        index=people.index,
    )
    wave.loc[~paired, "relationship_2"] = ""
    wave.loc[rng.random(len(people)) < LOST, ["learning_2", "openness_2", "relationship_2"]] = ""
    return wave[people["answered"]]


def _pair_noise(people: pd.DataFrame, rng: np.random.Generator) -> Floats:
    """Noise with a part that pilot partners share, so that partners resemble each other beyond the effect."""
    own = np.arange(len(people), dtype=np.int64)
    partner: Ints = people.index.get_indexer(pd.Index(people["pilot_partner"]))
    pair = np.where(partner >= 0, np.minimum(own, partner), own)
    shared, alone = rng.standard_normal((2, len(people)))
    noise: Floats = PAIR_SPREAD * shared[pair] + PERSON_SPREAD * alone
    return noise
