"""Movement towards partners and loss of people: planted effects come back, and nothing is found where nothing is."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import peernet as pn
from peernet.outcomes import attrition, diversity_change, opinion_change, pairs_of
from peernet.outcomes.balance_and_attrition import _by_pairing
from tests.made.outcomes import two_waves, with_outcomes
from tests.made.surveys import survey_of

TAILS = ("normal", "heavy", "skewed", "yes or no")
BACK = 0.3
CHANCE = 2 * np.sqrt(0.05 * 0.95 / 400)  # two standard errors of a study at full size


def studies(number, pairs, *, true=0.0, **how):
    """Estimates, whether p is at most 5 % and whether the interval holds the truth, of so many studies."""
    found = []
    for seed in range(number):
        before, after, made = two_waves(pairs, seed=seed, **{"widest": 1000, **how})
        table = opinion_change(before, after, pairs_of(before, made), draws=199, rng=seed).table
        row = table.loc["partner"]
        found.append((row["estimate"], row["p_value"] <= 0.05, row["low"] <= true <= row["high"]))
    return np.array(found, dtype=float)


@pytest.mark.parametrize("tails", TAILS)
def test_nobody_is_found_to_move_where_nobody_does(tails):
    """Chance in the answers and a return to the usual would find movement without placebo partners."""
    found = studies(60, 10, tails=tails, back=BACK)
    assert found[:, 1].mean() <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 60)


@pytest.mark.slow
@pytest.mark.parametrize("pull", [0.0, 0.3])
@pytest.mark.parametrize("pairs", [6, 10, 20])
@pytest.mark.parametrize("tails", TAILS)
def test_intervals_hold_how_far_people_move_and_five_in_a_hundred_are_found_where_nobody_does(pairs, tails, pull):
    found = studies(400, pairs, true=pull / (1 + 0.5**2), tails=tails, back=BACK, pull=pull)
    print(tails, pairs, pull, found[:, 1:].mean(axis=0))
    assert pull or 0.03 - CHANCE <= found[:, 1].mean() <= 0.07 + CHANCE
    assert 0.93 - CHANCE <= found[:, 2].mean() <= 0.97 + CHANCE


def test_a_planted_pull_comes_back_less_what_chance_in_the_answers_takes():
    found = studies(30, 20, pull=0.3, noise=0.5)
    reliable = 1 / (1 + 0.5**2)
    assert found[:, 0].mean() == pytest.approx(0.3 * reliable, abs=3.5 * found[:, 0].std() / np.sqrt(30))
    assert found[:, 1].mean() >= 0.9


def changes_of_diversity(number, pairs, tails):
    """Whether each measure of diversity is found to change, in so many studies in which none does."""
    found = []
    for seed in range(number):
        before, after, made = two_waves(pairs, seed=seed, tails=tails, widest=1000)
        found.append(diversity_change(before, after, pairs_of(before, made)).table["p_value"] <= 0.05)
    return np.mean(found, axis=0)


@pytest.mark.parametrize("tails", TAILS)
def test_diversity_is_not_found_to_change_where_all_is_chance(tails):
    assert (changes_of_diversity(40, 6, tails) <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 40)).all()


@pytest.mark.slow
@pytest.mark.parametrize("pairs", [6, 10, 20])
@pytest.mark.parametrize("tails", TAILS)
def test_diversity_is_found_to_change_in_five_of_a_hundred_where_all_is_chance(pairs, tails):
    shares = changes_of_diversity(400, pairs, tails)
    print(tails, pairs, shares)
    assert (shares >= 0.03 - CHANCE).all()
    assert (shares <= 0.07 + CHANCE).all()


# --- loss ---------------------------------------------------------------------------------------------------------


def a_loss(pairs, others, rng, *, alike, by_pairing=0.0):
    """A survey of so many pairs and others of whom a quarter is lost, partners alike (or unlike) in it."""
    n = 2 * pairs + others
    names = [f"p{i:03d}" for i in range(n)]
    shared = np.repeat(rng.normal(size=pairs), 2) * (np.tile([1, -1], pairs) if alike < 0 else 1)
    luck = rng.normal(size=n)
    luck[: 2 * pairs] = np.sqrt(abs(alike)) * shared + np.sqrt(1 - abs(alike)) * luck[: 2 * pairs]
    luck[: 2 * pairs] -= by_pairing
    said = {who: {"perspective_1": 1.0} for who in names}
    first = dict(zip(names, rng.normal(size=n).tolist(), strict=True))
    later = {who: 1.0 for who, x in zip(names, luck, strict=True) if x > -0.6745}
    survey = with_outcomes(survey_of(said), {("learning", 1): first, ("learning", 2): later})
    made = pd.DataFrame({"a": names[: 2 * pairs : 2], "b": names[1 : 2 * pairs : 2]}).assign(far=rng.normal(size=pairs))
    return survey, made


def p_values(number, pairs, others, **how):
    rng = np.random.default_rng(pairs)
    found = []
    for _ in range(number):
        survey, made = a_loss(pairs, others, rng, **how)
        found.append(attrition(pairs_of(survey, made), survey, distance="far").table["p_value"])
    return pd.DataFrame(found)


def shares_found(p):
    """Of each characteristic, among the studies in which it could be tested."""
    tested = p.dropna(axis=1, how="all")
    return (tested <= 0.05).sum() / tested.notna().sum()


@pytest.mark.slow
@pytest.mark.parametrize("alike", [0.0, 0.5, -0.5])
@pytest.mark.parametrize(("pairs", "others"), [(2, 8), (3, 14), (10, 20), (20, 40)])
def test_five_in_a_hundred_losses_seem_to_hang_on_what_they_do_not(pairs, others, alike):
    shares = shares_found(p_values(400, pairs, others, alike=alike))
    print(pairs, others, alike, shares.round(3).to_dict())
    assert shares.between(0.03 - CHANCE, 0.07 + CHANCE).all(), shares


@pytest.mark.parametrize(("people", "found", "mid"), [(12, 0.034, 0.034), (20, 0.037, 0.037), (40, 0.045, 0.048)])
def test_where_few_are_lost_no_test_comes_much_nearer_to_five_in_a_hundred(people, found, mid):
    """Over all that may be lost of a tenth by chance, a third being paired; mid-p values are those of Fisher's test."""
    paired = np.arange(people) < people // 6 * 2
    rates, every = np.zeros(2), 0.0
    for lost in range(1, people):
        weight = stats.binom.pmf(lost, people, 0.1)
        of_paired = np.arange(max(0, lost - (~paired).sum()), min(lost, paired.sum()) + 1)
        shares = stats.hypergeom.pmf(of_paired, people, lost, paired.sum())
        p, away = [], np.abs(of_paired - lost * paired.mean())
        for some in of_paired:
            gone = np.zeros(people)
            gone[:some], gone[people - (lost - some) :] = 1, 1
            row = _by_pairing(pd.Series(gone), pd.Series(paired.astype(float)), np.arange(people), 0.0)
            p.append(row["p_value"])
        halves = [shares[away > far + 1e-9].sum() + shares[np.abs(away - far) < 1e-9].sum() / 2 for far in away]
        rates += weight * np.array([shares[np.array(p) <= 0.05].sum(), shares[np.array(halves) <= 0.05].sum()])
        every += weight
    assert rates / every == pytest.approx([found, mid], abs=0.0006)


def test_a_loss_that_hangs_on_the_pairing_is_found():
    shares = shares_found(p_values(40, 20, 40, alike=0.3, by_pairing=1.5))
    assert shares["paired"] >= 0.9
    assert shares[["far", "learning_1"]].max() <= 0.3


# --- Harbour ------------------------------------------------------------------------------------------------------


def test_the_pairs_of_harbour_carry_the_planted_effect():
    """Eight points of learning per unit of true distance, in the means of pairs given their learning before."""
    survey = pn.load_example()
    truth = pn.make_survey().truth
    dyads = pairs_of(survey, "pilot_partner", design="drawn by lot").complete("learning_1", "learning_2")
    table = dyads.table
    far = truth["pilot_distance"].reindex(table["a"]).to_numpy(dtype=float)
    before, after = (table[[f"learning_{wave}_a", f"learning_{wave}_b"]].mean(axis=1) for wave in (1, 2))
    X = np.column_stack([np.ones(len(far)), far, before])
    slope, left, *_ = np.linalg.lstsq(X, after, rcond=None)
    error = np.sqrt(left[0] / (len(far) - 3) * np.linalg.inv(X.T @ X)[1, 1])
    assert len(far) == 60
    assert abs(slope[1] - 8) < 2 * error
    assert slope[1] > 2 * error
