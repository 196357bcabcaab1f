"""Opinions end where R says: Friedkin and Johnsen's four people, DeGroot and bounded confidence on known networks."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from peernet.opinions import bounded_confidence, friedkin_johnsen
from peernet.opinions.influence import checked_influence, closed_circles, consensus_of, period, stationary

REFERENCE = Path(__file__).parents[3] / "shared" / "refs" / "opinion_dynamics"
pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason="reference results are not here")
EXPECTED = json.loads((REFERENCE / "expected.json").read_text()) if REFERENCE.is_dir() else {}


def table(name):
    return pd.read_csv(REFERENCE / f"{name}.csv").to_numpy()


@pytest.fixture
def first():
    return pd.read_csv(REFERENCE / "krack_y0.csv")["y0"].to_numpy()


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)


def test_four_people_who_hold_on_to_their_first_opinions():
    known = EXPECTED["friedkin_johnsen_1999"]
    close(friedkin_johnsen(known["W"], known["y0"], susceptibility=known["susceptibility"]), known["final"])


def test_several_opinions_at_once_give_the_weights_of_first_opinions():
    known = EXPECTED["friedkin_johnsen_1999"]
    close(friedkin_johnsen(known["W"], np.eye(4), susceptibility=known["susceptibility"]), known["V"])


def test_consensus_on_advice_and_whose_opinion_weighs_most(first):
    known, W = EXPECTED["degroot_advice_strongly_connected"], table("krack_W_advice")
    close(friedkin_johnsen(W, first, susceptibility=1.0), known["consensus"])
    (circle,) = closed_circles(checked_influence(W))
    close(stationary(checked_influence(W), circle), known["stationary"])
    assert period(checked_influence(W), circle) == 1


def test_friendship_allows_no_consensus_and_its_limits_are_known(first):
    known, W = EXPECTED["degroot_friendship_NOT_strongly_connected"], table("krack_W_friendship")
    close(friedkin_johnsen(W, first, susceptibility=1.0), known["limit"])
    found = consensus_of(checked_influence(W), [str(i) for i in range(1, 22)])
    assert not found.possible
    assert found.listens_to_nobody == tuple(str(person) for person in known["stubborn"])


def test_friendship_with_first_opinions_held(first):
    known = EXPECTED["krack_fj_alpha0.8"]
    final = friedkin_johnsen(table("krack_W"), first, susceptibility=0.8)
    close(final, known["final"])
    close([first.var(ddof=1), final.var(ddof=1)], [known["var0"], known["var_final"]])


@pytest.mark.parametrize("known", EXPECTED.get("hegselmann_krause_51_equally_spaced", []), ids=lambda k: str(k["eps"]))
def test_as_many_opinions_are_left_as_hegselmann_and_krause_found(known):
    final = bounded_confidence(np.full((51, 51), 1 / 51), np.linspace(0, 1, 51), confidence=known["eps"])
    close(final, known["final"])
    assert len(np.unique(final.round(6))) == known["n_clusters"]
