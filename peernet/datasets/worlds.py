"""The worlds a survey can be made up in: what outlook is like there, and how far answers and ties follow it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class World:
    """What outlook is like, how answers come about and who knows whom; by default as at Harbour.

    Parameters
    ----------
    told
        The world in words.
    dimensions
        In how many dimensions people's outlooks differ. Each perspective question asks about one of them, in turn.
    types
        Whether people are of five perspective types; if not, they scatter evenly around one centre.
    skewed
        Whether outlook has a long tail on one side (lognormal).
    outlook
        Whether answers on perspective follow outlook at all; if not, each is a trait of its own that says nothing.
    noise
        Chance in answers on perspective, as a multiple of that at Harbour.
    missing
        Share of the answers on perspective left out at random, beside what the mess leaves out.
    acquiescence
        Spread between people, in points of the scale from 1 to 5, of how far they agree with whatever is asked.
    extremity
        Spread between people (standard deviation of the logarithm) of how far from the middle they answer.
    homophily
        How far likeness of outlook makes trust and acquaintance likelier, as a multiple of that at Harbour.
    reserve
        How far those who answer extremely are in contact with few.
    """

    told: str
    dimensions: int = 3
    types: bool = False
    skewed: bool = False
    outlook: bool = True
    noise: float = 1.0
    missing: float = 0.0
    acquiescence: float = 0.0
    extremity: float = 0.0
    homophily: float = 1.0
    reserve: float = 0.0


USUAL_WORLD = "types"
QUESTIONS = 14  # on perspective
WORLDS: Mapping[str, World] = {
    USUAL_WORLD: World("five perspective types around centres in three dimensions of outlook", types=True),
    "one": World("one dimension of outlook, no types", dimensions=1),
    "three": World("three dimensions of outlook, no types"),
    "six": World("six dimensions of outlook, no types", dimensions=6),
    "twelve": World("twelve dimensions of outlook, no types", dimensions=12),
    "separate": World("every question about a trait of its own: nothing goes together", dimensions=QUESTIONS),
    "homophilous": World("five types; ties depend strongly on likeness of outlook", types=True, homophily=4.0),
    "reliable": World("five types; little chance in answers", types=True, noise=0.3),
    "missing": World("five types; three in ten answers on perspective are left out", types=True, missing=0.3),
    "skewed": World("one dimension of outlook with a long tail", dimensions=1, skewed=True),
    "style": World(
        "three dimensions; some agree with everything, some answer extremely", acquiescence=0.7, extremity=0.5
    ),
    "reserved": World(
        "three dimensions; some answer extremely, and those have few contacts", extremity=0.5, reserve=1.2
    ),
    "noise": World("answers that say nothing, and ties that do not depend on outlook", outlook=False, homophily=0.0),
    "style alone": World(
        "the same, but some agree with everything and some answer extremely",
        outlook=False,
        homophily=0.0,
        acquiescence=0.7,
        extremity=0.5,
    ),
    "reserved alone": World(
        "the same, but some answer extremely, and those have few contacts",
        outlook=False,
        homophily=0.0,
        extremity=0.5,
        reserve=1.2,
    ),
}
