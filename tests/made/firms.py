"""Six made firms of 30 to 60 people, each short of partners in a way of its own."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

import peernet as pn
from peernet.datasets.synthetic import SyntheticSurvey
from peernet.survey.instruments.standard import TIES

LAYERS = tuple(layer for layer, _ in TIES)


def _made(people: int, answered: int, teams: int, seed: int) -> SyntheticSurvey:
    return pn.make_survey(people=people, answered=answered, teams=teams, mess=False, rng=seed)


def _naming(made: SyntheticSurvey, kept: Callable[[pd.Series, list[str]], list[str]]) -> SyntheticSurvey:
    """With fewer names given: those kept of each list of each person."""
    survey = made.survey.copy()
    names = dict(zip(made.roster["name"], made.roster["person"], strict=True))
    for row in survey.index:
        for layer in LAYERS:
            typed = [name.strip() for name in str(survey.loc[row, layer]).split(";") if name.strip() in names]
            left = kept(survey.loc[row], typed)
            if typed:
                survey.loc[row, layer] = "; ".join(left) or "nobody"
    return replace(made, survey=survey)


def few_named() -> SyntheticSurvey:
    """Everybody names three colleagues at most."""
    return _naming(_made(36, 33, 4, 11), lambda _, typed: typed[:3])


def shifts() -> SyntheticSurvey:
    """Three shifts of which none knows the others: nobody names anybody of another."""
    made = _made(48, 44, 6, 12)
    shift = {name: k % 3 for k, (_, same) in enumerate(made.roster.groupby("team")) for name in same["name"]}
    own = dict(zip(made.roster["person"], made.roster["name"], strict=True))
    return _naming(made, lambda row, typed: [name for name in typed if shift[name] == shift[own[row["person"]]]])


def loners() -> SyntheticSurvey:
    """One big team, and every third person beside it named by nobody and naming one."""
    made = _made(42, 39, 3, 13)
    alone = {*made.roster["name"][::3]}
    own = dict(zip(made.roster["person"], made.roster["name"], strict=True))
    return _naming(
        made, lambda row, typed: typed[:1] if own[row["person"]] in alone else [n for n in typed if n not in alone]
    )


def half_answered() -> SyntheticSurvey:
    """Half of sixty people answered."""
    return _made(60, 30, 7, 14)


def two_sites() -> SyntheticSurvey:
    """Two firms that merged: two names at most across, and other paths, since one of them is made up of experts."""
    made = _made(54, 50, 6, 15)
    site = {name: k % 2 for k, (_, same) in enumerate(made.roster.groupby("team")) for name in same["name"]}
    own = dict(zip(made.roster["person"], made.roster["name"], strict=True))

    def kept(row: pd.Series, typed: list[str]) -> list[str]:
        across = [name for name in typed if site[name] != site[own[row["person"]]]]
        return [name for name in typed if name not in across[1:]][:5]

    return _naming(made, kept)


def opted_out() -> SyntheticSurvey:
    """Four in ten of those who answered take no part, and those left name four each."""
    made = _naming(_made(50, 46, 5, 16), lambda _, typed: typed[:4])
    out = np.random.default_rng(16).random(len(made.survey)) < 0.4
    return replace(made, survey=made.survey.assign(opted_out=np.where(out, "yes", "no")))


FIRMS: dict[str, Callable[[], SyntheticSurvey]] = {
    firm.__name__: firm for firm in (few_named, shifts, loners, half_answered, two_sites, opted_out)
}


@cache
def read(name: str) -> pn.Survey:
    """The survey of a firm."""
    return FIRMS[name]().read()
