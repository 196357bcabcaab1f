"""Teams in the report: whether they hold together without their leader, which are not ready. Never a ranking."""

from __future__ import annotations

import pandas as pd

from peernet._wording import count_in_digits, listed
from peernet.graph.climate import TeamClimate
from peernet.graph.leaders import LeaderIndependence
from peernet.study import Study

__all__ = ["sentences"]

RULES = {"either": "named by either side", "mutual": "named by both"}


def sentences(study: Study) -> list[str]:
    """What is known of the teams; nothing where the survey does not say who leads them."""
    leaders = [] if study.leaders is None or not len(study.leaders.table) else [_without_leaders(study.leaders)]
    return leaders + ([] if study.climate is None else _climate(study.climate))


def _without_leaders(found: LeaderIndependence) -> str:
    whole = found.table["largest"].eq(1).groupby(found.table["rule"]).agg(["sum", "size"])
    ties = [f"{row['sum']:,} by ties {RULES[str(rule)]}" for rule, row in whole.iterrows()]
    hidden = f" ({count_in_digits(found.hidden, 'team is', 'teams are')} too small to show)" if found.hidden else ""
    apart = _apart(found.table)
    told = f" Not so {listed(apart)}, however ties are counted." if apart else ""
    return (
        f"Checks and balances: of {count_in_digits(int(whole['size'].max()), 'team', 'teams')}{hidden}, this many hang "
        f"together in {found.layer} without their leader: {listed(ties)}.{told}"
    )


def _apart(table: pd.DataFrame) -> list[str]:
    """Teams, by name, that fall into parts without their leader under every rule."""
    best = table.groupby("team")["largest"].max()
    return [str(team) for team in best.index[best < 1]]


def _climate(found: TeamClimate) -> list[str]:
    """Scales that say nothing of teams, and what would help teams that are not ready."""
    unusable = [
        f"{str(scale).replace('_', ' ').capitalize()} is not told by team: {row['words']}."
        for scale, row in found.scales.iterrows()
        if row["words"]
    ]
    words = sorted({words for words in found.readiness().dropna() if words})
    if found.scales["aggregates"].any() and not words:
        return ["No team's climate is clearly below the middle of its scale.", *unusable]
    return [*words, *unusable]
