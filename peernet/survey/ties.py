"""What a row of ties says: a tie, a rating too low for one, no tie, nothing that is known, or that nobody asked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from peernet.survey.codebook import Codebook

NAMED, LOW, NOT_NAMED, UNKNOWN, NOT_ASKED = "named", "rated low", "not named", "unknown", "not asked"


def lowest_ratings(codebook: Codebook, ties: pd.DataFrame) -> dict[str, float]:
    """Lowest rating that is a tie, by layer; of several questions on one layer the lowest.

    Where the codebook does not say, whatever is above 0: 1 for plain nominations, less where a rating is less.
    """
    above = ties[ties["rating"] > 0]
    smallest = above.groupby("layer")["rating"].min().clip(upper=1.0).to_dict()
    said: dict[str, list[float]] = {layer: [] for layer in codebook.layers}
    for item in codebook.block("tie"):
        if item.threshold is not None:
            said[str(item.layer)].append(item.threshold)
    return {layer: float(min(values, default=smallest.get(layer, 1.0))) for layer, values in said.items()}


def tie_states(
    ties: pd.DataFrame, least: dict[str, float], corrected: pd.Series[float] | None = None
) -> pd.Series[str]:
    """What each row says; where ratings were ``corrected``, those are held against the threshold.

    A rating that is not known is neither a tie nor a refusal, and no correction makes a tie of a rating of 0.
    """
    given = ties["rating"].astype(float)
    rating = given if corrected is None else corrected.astype(float)
    known = [~ties["asked"].astype(bool), given.isna() | rating.isna(), given <= 0, rating < ties["layer"].map(least)]
    states = np.select(known, [NOT_ASKED, UNKNOWN, NOT_NAMED, LOW], default=NAMED)
    return pd.Series(states, index=ties.index, dtype="str")
