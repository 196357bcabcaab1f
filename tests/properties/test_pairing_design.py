"""Every pairing under the rules that is near enough to the best can be drawn, and no other."""

from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import peernet as pn
from peernet.errors import InfeasibleError
from peernet.pairing import lottery
from tests.naive.pairings import every_pairing, maximal_pairings, worth

PAIRS = [(i, j) for i in range(8) for j in range(i + 1, 8)]
DRAWS = 60
WITHIN = st.sampled_from([0.0, 0.05, 0.2, 0.5, 1.0])


def design_of(values, *, within, cardinality=None, capacity=1, random_arm=0.0, required=(), limits=()):
    """Limits are given as (at, number, price, pairs counted)."""
    pairs = [(f"p{i}", f"p{j}", value, (i, j) in required) for (i, j), value in values.items()]
    people = sorted({p for a, b, *_ in pairs for p in (a, b)})
    table = pd.DataFrame(pairs, columns=["a", "b", "value", "required"])
    for k, (*_, counted) in enumerate(limits):
        table[f"limit {k}"] = [pair in counted for pair in values]
    told = pd.DataFrame(
        [("a rule", *limit[:3]) for limit in limits],
        columns=["rule", "at", "number", "price"],
        index=[f"limit {k}" for k in range(len(limits))],
    )
    return pn.pairing.PairingDesign(table, pd.Series(capacity, index=people), within, random_arm, cardinality, told)


def allowed(design):
    """The pairings of a design, by looking at all."""
    pool = design.pool
    pairings = maximal_pairings(pool) if design.cardinality is None else every_pairing(pool)
    most = max(map(len, pairings), default=0) if design.cardinality else 0
    full = [p for p in pairings if len(p) >= most]
    best = max((worth(pool, p) for p in full), default=0)
    return {tuple(sorted(p)) for p in full if worth(pool, p) >= best - design.within * abs(best) - 1e-9}


@st.composite
def designs(draw):
    pairs = draw(st.lists(st.sampled_from(PAIRS), min_size=1, max_size=12, unique=True))
    values = {pair: draw(st.integers(1, 20)) / 20 for pair in pairs}
    rules = draw(rules_on(pairs, values)) if draw(st.booleans()) else {}
    return design_of(values, within=draw(WITHIN), cardinality=draw(st.sampled_from([None, "max"])), **rules)


@st.composite
def rules_on(draw, pairs, values):
    """At most one required pair, up to three limits with or without a price, and pairs that bring nothing."""
    for pair in draw(st.lists(st.sampled_from(pairs), max_size=2)):
        values[pair] = draw(st.sampled_from([0.0, -0.1]))
    limit = st.tuples(
        st.sampled_from(["most", "least"]),
        st.integers(0, 3),
        st.sampled_from([np.nan, np.nan, 0.0, 0.15, 1.0]),
        st.sets(st.sampled_from(pairs), min_size=1),
    )
    return {
        "required": draw(st.lists(st.sampled_from(pairs), max_size=1)),
        "limits": draw(st.lists(limit, min_size=1, max_size=3)),
    }


def has_none(design):
    """Whether no pairing keeps the rules; then the design says so."""
    if every_pairing(design.pool):
        return False
    with pytest.raises(InfeasibleError):
        design.draw(0)
    return True


@given(designs())
@settings(max_examples=60, deadline=None)
def test_few_pairings_are_listed_all_of_them(design):
    if has_none(design):
        return
    assert {tuple(chosen.tolist()) for chosen in design.listed} == allowed(design)
    assert len(design.listed) == len(allowed(design))


def test_rounding_keeps_no_pairing_out_that_prices_bring_down_to_nothing():
    values = {(0, j): 0.05 for j in range(1, 8)} | {(1, 2): 0.95}
    design = design_of(values, within=1.0, limits=[("most", 0, 1.0, {(0, 1), (0, 2), (0, 3)})])
    assert (2, 7) in {tuple(chosen.tolist()) for chosen in design.listed}  # 0.05 + 0.95 - 1.0, which is less than 0
    assert len(design.listed) == len(allowed(design))


@given(designs(), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_lots_never_leave_the_design(design, seed):
    with patch.object(lottery, "MOST_PEOPLE", -1):
        if has_none(design):
            return
        assert design.listed is None
        rng = np.random.default_rng(seed)
        drawn = {tuple(sorted(design.drawn(rng)[0].tolist())) for _ in range(5)}
    assert drawn <= allowed(design)


@given(designs(), st.data())
@settings(max_examples=40, deadline=None)
def test_every_pairing_of_the_design_is_drawn_for_some_lots(design, data):
    """Lots near one for its pairs and near zero for the others draw it, and such lots have a positive probability."""
    if has_none(design):
        return
    wanted = data.draw(st.sampled_from(sorted(allowed(design))))
    with patch.object(lottery, "MOST_PEOPLE", -1):
        assert design.listed is None
        found = design.drawn(Loaded(wanted, len(design.pool)))[0]
    assert tuple(sorted(found.tolist())) == wanted


class Loaded:
    """Lots that favour some pairs, with a little luck of their own; breaking a limit takes off more than that."""

    def __init__(self, favoured, pairs):
        luck = np.random.default_rng(0).random(pairs) * 0.01
        luck[list(favoured)] += 0.99
        self.turns = [luck]

    def random(self, size):
        return self.turns.pop() if self.turns else np.full(size, 0.2)


def test_lots_reach_every_pairing_in_fact():
    values = dict(zip(PAIRS[:6] + PAIRS[7:12], np.linspace(0.85, 1.0, 11), strict=True))
    design = design_of(values, within=0.08)
    with patch.object(lottery, "MOST_PEOPLE", -1):
        assert design.listed is None
        rng = np.random.default_rng(0)
        drawn = {tuple(sorted(design.drawn(rng)[0].tolist())) for _ in range(600)}
    assert drawn == allowed(design)
    assert len(drawn) > 5


def test_two_partners_each_are_drawn_within_the_design_too():
    values = {pair: 1 - 0.03 * k for k, pair in enumerate(PAIRS[:6])}
    values |= {(1, 2): 0.9, (3, 4): 0.95, (2, 5): 0.85}
    design = design_of(values, within=0.2, capacity=2)
    assert design.listed is None
    rng = np.random.default_rng(1)
    floor = 0.8 * design.pool.total(design.best)
    for _ in range(30):
        chosen = design.drawn(rng)[0]
        count = np.bincount(np.concatenate([design.pool.firsts[chosen], design.pool.seconds[chosen]]))
        assert count.max() <= 2
        assert design.pool.total(chosen) >= floor - 1e-9


@pytest.mark.parametrize("share", [0.3, 0.5])
def test_the_random_arm_is_drawn_by_lot(share):
    values = {pair: 0.5 + 0.01 * k for k, pair in enumerate(PAIRS)}
    design = design_of(values, within=0.1)
    design = pn.pairing.PairingDesign(design.pairs, design.capacity, 0.1, share)
    arms = pd.concat([design.draw(seed) for seed in range(DRAWS)])
    assert set(arms["arm"]) == {"near the best", "random"}
    per_draw = (arms["arm"] == "random").sum() / DRAWS
    assert per_draw == round(8 * share) // 2, "everyone knows everyone, so all drawn people but an odd one are paired"


@given(designs(), st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_both_arms_together_keep_the_rules(design, seed):
    design = pn.pairing.PairingDesign(
        design.pairs, design.capacity, design.within, 0.4, design.cardinality, design.limits
    )
    try:
        chosen, arms = design.drawn(np.random.default_rng(seed))
    except InfeasibleError:
        assert not every_pairing(design.pool) or (design.limits["at"] == "least").any()
        return
    assert tuple(sorted(chosen.tolist())) in {tuple(sorted(p)) for p in every_pairing(design.pool)}
    assert not set(chosen[arms == 1].tolist()) & set(design.pool.required.tolist())


def test_a_random_arm_leaves_the_other_its_share_of_a_limit():
    values = {pair: 0.5 + 0.01 * k for k, pair in enumerate(PAIRS)}
    across = [(i, j) for i, j in PAIRS if (i < 4) != (j < 4)]
    design = design_of(values, within=0.1, random_arm=0.5, limits=[("most", 2, np.nan, across)])
    for seed in range(12):
        chosen, arms = design.drawn(np.random.default_rng(seed))
        crossing = design.pool.counted[0, chosen]
        assert crossing.sum() <= 2
        assert crossing[arms == 1].sum() <= 1
