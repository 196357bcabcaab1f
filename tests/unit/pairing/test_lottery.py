"""A pairing drawn by lot states the chance of every pair and can be drawn again."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config

import peernet as pn
from peernet.errors import InfeasibleError, SettingError
from tests.made.surveys import both_ways, survey_of

EVERYONE = "abcdefgh"


def scored(perspectives=None, trust=None, **facts):
    perspectives = perspectives or {p: {"1": 1 + k % 5, "2": 1 + (3 * k) % 5} for k, p in enumerate(EVERYONE)}
    answers = {
        p: {"experience_1": 3, "goal_1": 3, **{f"perspective_{v}": x for v, x in row.items()}}
        for p, row in perspectives.items()
    }
    everyone = list(perspectives)
    trust = trust or [(a, b) for k, a in enumerate(everyone) for b in everyone[:k]]
    survey = survey_of(answers, {"works_with": [], "trust": both_ways(*trust)}, **facts)
    return pn.score_pairs(survey, pn.colleague_graph(survey), scale=0.5)


def test_says_what_was_drawn_and_how_likely_each_pair_was():
    drawn = pn.draw_pairing(scored(), within=0.2, rng=3)
    assert list(drawn.table)[:7] == ["pair", "a", "b", "arm", "probability", "low", "high"]
    assert drawn.exact
    assert drawn.value >= 0.8 * drawn.best
    assert drawn.table["value"].sum() == pytest.approx(drawn.value)
    assert (drawn.table["probability"] > 0).all()
    assert drawn.pairs == list(zip(drawn.table["a"], drawn.table["b"], strict=True))


def test_exact_probabilities_are_those_of_drawing_again():
    drawn = pn.draw_pairing(scored(), within=0.1)
    again = pd.concat([drawn.redraw(seed) for seed in range(600)])
    share = again.groupby(["a", "b"]).size() / 600
    stated = drawn.probabilities.set_index(["a", "b"])["probability"]
    assert set(share.index) == set(stated.index)
    assert np.allclose(share.reindex(stated.index), stated, atol=4 * np.sqrt(0.25 / 600))


def test_estimated_probabilities_are_those_of_drawing_again():
    scores = pn.score_pairs(survey := pn.load_aarhus(), pn.colleague_graph(survey))
    drawn = pn.draw_pairing(scores, within=0.1, draws=150, progress=False)
    assert not drawn.exact
    again = pd.concat([drawn.redraw(seed) for seed in range(150)])
    share = (again.groupby(["a", "b"]).size() / 150).rename("share")
    both = drawn.probabilities.set_index(["a", "b"]).join(share).fillna({"share": 0.0})
    assert (both["share"] - both["probability"]).abs().max() < 5 * np.sqrt(0.5 / 150)
    assert ((both["low"] <= both["probability"]) & (both["probability"] <= both["high"])).all()


def test_probabilities_of_a_pair_drawn_are_never_estimated_as_zero():
    scores = pn.score_pairs(survey := pn.load_aarhus(), pn.colleague_graph(survey))
    drawn = pn.draw_pairing(scores, within=1.0, draws=1, progress=False)
    assert (drawn.table["probability"] >= 0.5).all()


def test_same_seed_same_draw_whatever_the_jobs():
    scores = pn.score_pairs(survey := pn.load_aarhus(), pn.colleague_graph(survey))
    with parallel_config(backend="threading"):
        one, two = (pn.draw_pairing(scores, draws=12, rng=5, n_jobs=jobs, progress=False) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one.table, two.table)
    pd.testing.assert_frame_equal(one.probabilities, two.probabilities)
    pd.testing.assert_frame_equal(one.redraw(9), two.redraw(9))


def test_a_design_survives_as_plain_tables():
    design = pn.draw_pairing(scored(), within=0.3).design
    again = pn.pairing.PairingDesign(design.pairs.sample(frac=1, random_state=1), design.capacity, within=0.3)
    pd.testing.assert_frame_equal(design.draw(4), again.draw(4))


def test_keeps_within_the_gates():
    drawn = pn.draw_pairing(scored(manager={"a": "h"}), within=1.0)
    assert (drawn.table["blocked"] == "").all()
    assert not ((drawn.probabilities["a"] == "a") & (drawn.probabilities["b"] == "h")).any()


HALVES = {p: "Dock" if p < "e" else "Yard" for p in EVERYONE}


def across(pairs):
    return sum(HALVES[a] != HALVES[b] for a, b in pairs)


@pytest.mark.parametrize("random_arm", [0.0, 0.5])
def test_keeps_limits_on_the_number_of_pairs_in_every_draw(random_arm):
    rules = pn.Rules([pn.Rule("at most across", column="team", number=1), pn.Rule("required", "a", "b")])
    drawn = pn.draw_pairing(
        scored(team=HALVES).under(rules), within=0.5, random_arm=random_arm, draws=20, progress=False
    )
    tables = [drawn.table, *(drawn.redraw(seed) for seed in range(20))]
    pairings = [list(zip(table["a"], table["b"], strict=True)) for table in tables]
    assert max(map(across, pairings)) == 1
    assert all(("a", "b") in pairs for pairs in pairings)
    sure = drawn.probabilities.set_index(["a", "b"])["probability"]
    assert sure["a", "b"] == 1


def test_the_best_it_is_held_against_is_that_under_the_rules():
    rules = pn.Rules([pn.Rule("at most across", column="team", number=1, price=0.01)])
    scores = scored(team=HALVES).under(rules)
    drawn = pn.draw_pairing(scores, within=0.3)
    assert drawn.best == pytest.approx(pn.pair_people(scores).objective)
    paid = 0.01 * max(0, across(drawn.pairs) - 1)
    assert drawn.value == pytest.approx(drawn.table["value"].sum() - paid)
    assert drawn.value >= 0.7 * drawn.best - 1e-9


def test_a_design_with_limits_survives_as_plain_tables(tmp_path):
    rules = pn.Rules(
        [
            pn.Rule("at most across", column="team", number=1),
            pn.Rule("at least within", column="team", number=3, price=0.01),
        ]
    )
    design = pn.draw_pairing(scored(team=HALVES).under(rules), within=0.3).design
    design.pairs.to_csv(tmp_path / "pairs.csv", index=False)
    design.limits.to_csv(tmp_path / "limits.csv")
    pairs, limits = (pd.read_csv(tmp_path / f"{name}.csv") for name in ("pairs", "limits"))
    again = pn.pairing.PairingDesign(pairs, design.capacity, within=0.3, limits=limits.set_index("limit"))
    assert limits["at"].tolist() == ["most", "least"]
    assert repr(again).endswith("equally likely, 2 limits on the number of pairs>")
    pd.testing.assert_frame_equal(design.draw(4), again.draw(4))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"limit": "limit 2"}, "pairs must say in a column 'limit 2' which of them that limit counts; there is none."),
        ({"at": "about"}, "The limit 'limit 1' must be at 'most' or at 'least'; got 'about'."),
        ({"number": 1.5}, "The number of the limit 'limit 1' must be a whole number, 0 or more; got 1.5."),
        ({"price": -1.0}, "The price of the limit 'limit 1' must be missing, or 0 or more; got -1.0."),
    ],
)
def test_limits_that_make_no_sense_are_refused(given, message):
    pairs = pd.DataFrame({"a": ["ann"], "b": ["bo"], "value": [1.0], "limit 1": [True]})
    row = {"limit": "limit 1", "rule": "a rule", "at": "most", "number": 1.0, "price": np.nan, **given}
    with pytest.raises(SettingError) as error:
        pn.pairing.PairingDesign(pairs, pd.Series({"ann": 1, "bo": 1}), limits=pd.DataFrame([row]).set_index("limit"))
    assert str(error.value) == message


def test_refuses_limits_nobody_can_keep():
    rules = pn.Rules([pn.Rule("at least across", column="team", number=5)])
    with pytest.raises(InfeasibleError, match="no pairing has more than 4 such pairs, 1 too few"):
        pn.draw_pairing(scored(team=HALVES).under(rules))


def test_refuses_where_prices_eat_up_all_value():
    rules = pn.Rules([pn.Rule("at least across", column="team", number=5, price=9.0)])
    with pytest.raises(InfeasibleError, match=r"The best pairing comes to -\d.* once prices are paid"):
        pn.draw_pairing(scored(team=HALVES).under(rules))


def test_a_random_arm_that_leaves_no_room_for_a_limit_is_refused():
    rules = pn.Rules([pn.Rule("at least across", column="team", number=4)])
    with pytest.raises(InfeasibleError, match=r"None of 100 draws of a random arm of 90% left a pairing"):
        pn.draw_pairing(scored(team=HALVES).under(rules), random_arm=0.9)


def test_refuses_where_nothing_is_left_to_chance_and_says_what_would_help():
    chain = scored({"a": {"1": 2}, "b": {"1": 5}, "c": {"1": 1}, "d": {"1": 4}}, [("a", "b"), ("b", "c"), ("c", "d")])
    with pytest.raises(
        InfeasibleError, match=r"^Only one .* within 5.00% of the best.*within=0\.\d+ would.*Raise within"
    ):
        pn.draw_pairing(chain)
    need = 1 - chain.pair("b", "c")["value"] / pn.pair_people(chain).objective
    assert len(pn.draw_pairing(chain, within=need + 1e-6).design.listed) == 2
    alone = scored({"a": {"1": 2}, "b": {"1": 5}}, [("a", "b")])
    for within in (0.05, 1.0):
        with pytest.raises(InfeasibleError, match=r"there is no other at all\. Open a gate, or set a random_arm\.$"):
            pn.draw_pairing(alone, within=within)


def test_refuses_where_no_pair_brings_anything():
    alike = scored({"a": {"1": 2, "2": 1}, "b": {"1": 2, "2": 1}, "c": {"1": 2, "2": 5}}, [("a", "b")])
    with pytest.raises(InfeasibleError, match=r"^No possible pair brings anything"):
        pn.draw_pairing(alike)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"within": 1.5}, "within must be a share from 0 to 1; got 1.5."),
        ({"within": -0.1}, "within must be a share from 0 to 1; got -0.1."),
        ({"random_arm": 1.0}, "random_arm must be a share from 0 to 0.9; got 1.0."),
        ({"cardinality": "most"}, "cardinality must be one of None, 'max'; got 'most'."),
        ({"draws": 0}, "draws must be a whole number, at least 1; got 0."),
    ],
)
def test_settings_outside_what_is_allowed_are_refused(setting, message):
    with pytest.raises(SettingError) as error:
        pn.draw_pairing(scored(), **setting)
    assert str(error.value) == message


def test_reprs():
    drawn = pn.draw_pairing(scored(), within=0.2)
    assert repr(drawn).startswith(f"<RandomPairing: {len(drawn)} pairs drawn by lot, ")
    assert "within 20% of the best, equally likely" in repr(drawn.design)
    assert drawn._repr_html_().startswith("<p>RandomPairing")


@pytest.mark.parametrize("seed", range(6))
def test_a_design_is_drawn_from_as_soon_as_it_has_a_second_pairing_and_not_before(seed):
    """The slow way: the best pairing without each pair of the best, one after the other."""
    people, rng = 20, np.random.default_rng(seed)  # too many to list every pairing
    weights = np.triu(rng.integers(1, 40, (people, people)).astype(float), 1)
    weights += weights.T
    best = pn.matching.max_weight_matching(weights)
    others = []
    for i, j in best.pairs:
        allowed = np.ones_like(weights, dtype=bool)
        allowed[i, j] = allowed[j, i] = False
        others.append(pn.matching.max_weight_matching(weights, allowed=allowed).objective)
    need = 1 - max(others) / best.objective
    firsts, seconds = np.triu_indices(people, 1)
    names = np.array([f"p{k:02}" for k in range(people)])
    pairs = pd.DataFrame({"a": names[firsts], "b": names[seconds], "value": weights[firsts, seconds]})
    capacity = pd.Series(1, index=names)
    pn.pairing.PairingDesign(pairs, capacity, within=need + 1e-6).refuse_if_certain()
    if need > 1e-6:
        with pytest.raises(InfeasibleError, match=f"within={need:.3g} would let in a second one"):
            pn.pairing.PairingDesign(pairs, capacity, within=need - 1e-6).refuse_if_certain()
