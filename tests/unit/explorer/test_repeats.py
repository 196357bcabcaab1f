"""Whether a move does more than a repeat of the survey would: never by chance alone more often than it says."""

import numpy as np
import pytest

import peernet as pn
from peernet.explorer.repeats import FEWEST, LEVEL, Comparison, Repeat, Repeats, enough_in_words, rarer
from peernet.explorer.what_if import WhatIf
from peernet.programme.settings import Settings
from tests.made.explored import SHAPES, drawn
from tests.made.surveys import survey_of


def drawn_out(state, number=None):
    """The state's repeats, so many of them drawn."""
    repeats = state.repeats()
    for _ in range(repeats.of if number is None else number):
        repeats.one_more()
    return repeats


# --- the test itself --------------------------------------------------------------------------------------------------


def test_nothing_is_claimed_from_few_repeats():
    assert rarer(1e9, [0.0] * (FEWEST - 1)) is None
    assert rarer(1e9, [0.0] * FEWEST) is True


def test_equal_ones_count_against_a_claim():
    assert rarer(5, [5, *[0] * 30]) is False
    assert rarer(5, [5, *[0] * 38]) is True, "one of 39: two of forty, one in twenty"
    assert rarer(5, [5, 5, *[0] * 37]) is False


@pytest.mark.parametrize("repeats", [19, 30, 39])
def test_a_draw_like_the_others_is_called_rarer_no_more_often_than_it_says(repeats, rng):
    draws = rng.normal(size=(5_000, repeats + 1))
    claimed = [rarer(row[0], row[1:]) for row in draws.tolist()]
    assert np.mean(claimed) <= LEVEL + 3 * np.sqrt(LEVEL / len(draws))


# --- moves that only follow noise, and moves that do more -------------------------------------------------------------


def followed_noise(survey, seeds, repeats=FEWEST):
    """Comparisons of pairs that are best on one more repeat of the survey."""
    found = []
    for seed in seeds:
        settings = Settings(seed=seed, repeats=repeats + 1)
        state = WhatIf(survey, settings)
        own = Repeats(state.pairing, settings, state.bench.graph)
        last = own._drawn(repeats)[0]
        noisy = pn.pair_people(last)
        for _ in range(repeats):
            own.one_more()
        found.append(own.against(noisy))
    return found


@pytest.mark.parametrize("amount", [12, pytest.param(150, marks=pytest.mark.slow)])
def test_pairs_that_only_follow_a_repeat_are_seldom_said_to_do_more(amount):
    """One in twenty is what chance allows, of pairs and of what they are worth."""
    survey = drawn(24, np.random.default_rng(4), share=0.15)
    found = followed_noise(survey, range(amount))
    allowed = LEVEL * amount + 3 * np.sqrt(LEVEL * amount)
    assert sum(bool(comparison.moves_more) for comparison in found) <= allowed
    assert sum(bool(comparison.changes_worth) for comparison in found) <= allowed
    assert sum("still worth more" in enough_in_words(comparison) for comparison in found) == amount


def of_two_minds():
    """Outlook goes with experience: whoever may only meet people of like experience meets nobody of another outlook."""
    rng = np.random.default_rng(8)
    answers = {}
    for i in range(20):
        side = 1.0 if i < 10 else 5.0
        outlook = {f"perspective_{k}": side if rng.random() < 0.9 else 3.0 for k in range(8)}
        answers[f"p{i:02d}"] = {**outlook, **{f"experience_{k}": side for k in range(3)}}
    names = [*answers]
    trust = [(a, b) for a in names for b in names if a != b]
    near = [(a, b) for a, b in trust if (a < "p10") == (b < "p10") and rng.random() < 0.4]
    return survey_of(answers, {"works_with": near, "trust": trust})


@pytest.mark.parametrize(("first", "then", "so", "agree"), [(0.2, None, "more", 30), (None, 0.2, "less", 0)])
def test_a_plainly_better_setting_is_said_to_be_and_so_is_a_worse_one(first, then, so, agree):
    state = WhatIf(of_two_minds(), Settings(experience=first))
    state.change(experience=then)
    told = enough_in_words(drawn_out(state).against(state.pairing))
    assert f"they are worth {so}, by more than a repeat would change anyway" in told
    assert f"In {agree} of 30 these pairs are still worth more" in told


@pytest.mark.parametrize("amount", [6, pytest.param(60, marks=pytest.mark.slow)])
def test_more_to_choose_from_is_not_said_to_be_better_where_answers_mean_nothing(amount):
    """By the answers there are the freer pairs always look better."""
    claimed = 0
    for seed in range(amount):
        state = WhatIf(drawn(16, np.random.default_rng([seed, 5])), Settings(experience=0.3, seed=seed, repeats=FEWEST))
        state.change(experience=0.45)
        found = drawn_out(state).against(state.pairing)
        assert found.gained >= -1e-12
        claimed += bool(found.changes_worth)
    assert claimed <= LEVEL * amount + 3 * np.sqrt(LEVEL * amount)


def test_pairs_that_are_only_added_are_worth_more_in_every_repeat():
    """Nothing is given up, so the added pairs are all there is to tell."""
    survey = pn.load_aarhus()
    state = WhatIf(survey, Settings(repeats=3))
    a, b = state.pairing.table.nlargest(1, "value")[["a", "b"]].iloc[0]
    state.leave_out(a)
    state.leave_out(b)
    state.keep()
    kept = state.pairing
    repeats = state.repeats()
    for _ in range(3):
        repeats.one_more()
    state.release(state.rules[0])
    state.release(state.rules[0])
    assert {*kept.pairs} < {*state.pairing.pairs}, "the two pairs that were most worth are apart from all others"
    assert repeats.against(state.pairing).worth_more == 3


def test_a_hair_of_a_dial_does_no_more_than_a_repeat():
    state = WhatIf(pn.load_aarhus())
    a, b = state.pairing.pairs[-1]
    state.forbid(a, b)
    told = enough_in_words(drawn_out(state).against(state.pairing))
    assert "No more pairs change than in a repeat, and what they are worth differs no more" in told


# --- one repeat after the other ---------------------------------------------------------------------------------------


def test_repeats_are_drawn_one_at_a_time_and_kept_while_the_kept_settings_stay():
    state = WhatIf(pn.load_aarhus(), Settings(repeats=3))
    drawn_out(state, 2)
    state.change(experience=0.2)
    assert state.repeats().done == 2
    drawn_out(state, 5)
    assert state.repeats().done == 3, "no more than were wanted"
    state.keep()
    assert state.repeats().done == 0


def test_the_same_seed_draws_the_same_repeats():
    found = [drawn_out(WhatIf(pn.load_aarhus(), Settings(seed=5)), 3).found for _ in range(2)]
    other = drawn_out(WhatIf(pn.load_aarhus(), Settings(seed=6)), 3).found
    assert found[0] == found[1] != other


def test_the_pairs_a_repeat_gives_up_are_those_of_the_stability_of_the_pairing():
    """The same survey drawn anew, by the same seed, through `pairing_stability`."""
    survey = SHAPES["drawn"](np.random.default_rng(3))
    state = WhatIf(survey, Settings(repeats=40))
    given_up = np.mean([repeat.given_up for repeat in drawn_out(state).found]) / len(state.pairing)
    stability = pn.pairing_stability(survey, draws=40, rng=1, progress=False, consensus=False)
    assert given_up == pytest.approx(1 - stability.summary["recur"], abs=0.15)


def test_what_counts_otherwise_is_not_compared():
    state = WhatIf(SHAPES["drawn"](np.random.default_rng(3)))
    state.change(value="lesser", experience=None)
    found = drawn_out(state, FEWEST).against(state.pairing)
    assert found.worth_more is None
    assert "is not compared" in enough_in_words(found)


@pytest.mark.parametrize(
    ("given_up", "gained", "worth_more", "told"),
    [
        (0, 0.0, 0, "nothing to hold against"),
        (9, 2.0, 30, "More pairs change than in a repeat, and they are worth more, by more than"),
        (1, 2.0, 29, "No more pairs change than in a repeat, and they are worth more, by more than"),
        (9, 2.0, 27, "More pairs change than in a repeat, and which of them are worth more cannot be told"),
        (9, 0.1, 30, "and what they are worth differs no more than it would anyway"),
        (9, -2.0, 0, "and they are worth less, by more than"),
        (9, -2.0, 10, "and which of them are worth more cannot be told"),
        (9, 0.0, None, "More pairs change than in a repeat. What a pair counts has been changed"),
    ],
)
def test_every_verdict_is_a_sentence(given_up, gained, worth_more, told):
    repeats = [Repeat(k % 4, 0.5, 0.5) for k in range(30)]
    found = enough_in_words(Comparison(given_up, gained, 12, repeats, worth_more))
    assert told in found
    assert "significant" not in found


def test_few_repeats_are_said_to_be_few():
    found = enough_in_words(Comparison(9, 2.0, 12, [Repeat(1, 0.1, 0.1)] * 5, 3))
    assert f"cannot be told from fewer than {FEWEST} repeats" in found
