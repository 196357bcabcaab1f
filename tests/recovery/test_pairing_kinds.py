"""Where organisations have a best kind of pairing it is named, whichever it is; where they have none, none is.

The rates at full size: ``pytest -m slow -s tests/recovery/test_pairing_kinds.py``, about 25 minutes.
"""

import numpy as np
import pytest

import peernet as pn
from tests.made.kinds import FOUNDATION, organisation

pytestmark = pytest.mark.filterwarnings("ignore::peernet.errors.PeernetWarning")  # no layer asks about trust

NONE = "no kind of pairing stands out"
FAR = "far in perspective"
BEST = {
    ("bands", "same"): "near in experience, far in perspective",
    ("bands", "different"): "far in experience, far in perspective",
    ("groups", "same"): "same group in experience, different groups in perspective",
    ("groups", "different"): "different groups in experience, different groups in perspective",
}


def analysed(seed, people, *, by="bands", bands=2, draws=199, splits=5, **made):
    survey, groups = organisation(np.random.default_rng([seed, people]), people, **made)
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), foundation=FOUNDATION, experience=None)
    labels = groups if by == "groups" else None
    return pn.pairing_kinds(scores, labels, bands=bands, splits=splits, draws=draws, rng=seed, progress=False)


def share_named(kind, surveys, people, **made):
    return np.mean([analysed(seed, people, **made).verdict == kind for seed in range(surveys)])


def share_covered(found, figure, low, high):
    """Of intervals over organisations made alike, those that hold the mean over all of them."""
    tables = [kinds.table for kinds in found]
    truth = sum(table[figure] for table in tables) / len(tables)
    return np.mean([(table[low] <= truth) & (truth <= table[high]) for table in tables])


@pytest.mark.parametrize("by", ["bands", "groups"])
@pytest.mark.parametrize("best", ["same", "different"])
def test_the_planted_best_kind_is_named(by, best):
    """Also where the theory loses: people alike in experience would have heard it all."""
    assert share_named(BEST[by, best], 3, 120, by=by, splits=2, draws=99, best=best, aimed=0.6) == 1


def harbour_like(seed, people=240, **made):
    """Kinds in an organisation in which only perspective makes a difference."""
    made = pn.make_survey(people=round(people * 13 / 12), answered=people, teams=people // 10, rng=seed, **made)
    survey = made.read()
    return pn.pairing_kinds(pn.score_pairs(survey, pn.colleague_graph(survey)), draws=199, rng=seed, progress=False)


def test_where_only_perspective_matters_perspective_is_named():
    """By chance experience is named beside it in one organisation of twenty."""
    found = [analysed(seed, 120, splits=2, draws=99, best="either", aimed=0.6) for seed in range(3)]
    found.append(harbour_like(1))
    assert all(kinds.verdict.endswith(FAR) for kinds in found)
    assert sum(kinds.verdict == FAR for kinds in found) >= 3


@pytest.mark.slow
def test_where_only_perspective_matters_experience_is_named_in_five_of_a_hundred_at_most():
    verdicts = [analysed(seed, 240, best="either", aimed=0.4).verdict for seed in range(40)]
    alone, both = verdicts.count(FAR), sum("experience" in verdict for verdict in verdicts)
    print(f"\n240 people: far in perspective alone named in {alone} of 40, experience beside it in {both}")
    assert alone + both >= 39
    assert both <= 6, "of 40 with a true rate of one in twenty more than six would be in one series of 300"


@pytest.mark.slow
@pytest.mark.parametrize("world", ["types", "three"])
def test_habits_of_answering_do_not_hide_that_perspective_matters(world):
    """Experience may be named beside it: whom people hear is nearer in experience, as it is in truth."""
    verdicts = [harbour_like(seed, world=world).verdict for seed in range(40)]
    alone, both = verdicts.count(FAR), sum("experience" in verdict for verdict in verdicts)
    print(f"\n{world}, 240 people: far in perspective alone named in {alone} of 40, experience beside it in {both}")
    assert alone + both >= 38


@pytest.mark.slow
@pytest.mark.parametrize("people", [120, 240])
@pytest.mark.parametrize("world", ["noise", "separate", "style alone", "reserved alone"])
def test_where_answers_say_nothing_a_kind_is_named_in_five_of_a_hundred_at_most(world, people):
    named = sum("perspective" in harbour_like(seed, people, world=world).verdict for seed in range(40))
    print(f"\n{world}, {people} people: some kind named in {named} of 40")
    assert named <= 6


def test_without_structure_no_kind_stands_out():
    """One in twenty may be named by chance; of twelve more than three are in one series of 450."""
    assert share_named(NONE, 12, 60, bands=3, splits=2, draws=99) >= 9 / 12


@pytest.mark.slow
@pytest.mark.parametrize("by", ["bands", "groups"])
@pytest.mark.parametrize("best", ["same", "different"])
def test_the_planted_best_kind_is_named_in_nine_of_ten_surveys_of_240(by, best):
    named = share_named(BEST[by, best], 30, 240, by=by, best=best, aimed=0.4)
    print(f"\n240 people, {BEST[by, best]} planted: named in {named:.0%} of 30")
    assert named >= 0.9


@pytest.mark.slow
@pytest.mark.parametrize("people", [40, 80, 240])
def test_without_structure_no_kind_stands_out_in_95_of_100_surveys_and_intervals_hold(people):
    """Two hundred organisations; three standard errors of the share are 0.046."""
    found = [analysed(seed, people, bands=3) for seed in range(200)]
    named = np.mean([kinds.verdict != NONE for kinds in found])
    beyond = np.mean([kinds.table["p_beyond"].min() <= 0.05 for kinds in found])
    nine = np.mean([kinds.table["p_adjusted"].min() <= 0.05 for kinds in found])
    gain = share_covered(found, "gain", "low", "high")
    excess = share_covered(found, "excess", "excess_low", "excess_high")
    print(
        f"\n{people} people, no structure: some kind named {named:.1%}, some p_beyond at most 0.05 {beyond:.1%}, "
        f"some of nine kinds at once {nine:.1%}"
    )
    print(f"intervals of gain held {gain:.1%}, of excess {excess:.1%}")
    assert named <= 0.05 + 0.046
    assert gain >= 0.93
    assert excess >= 0.92


@pytest.mark.slow
def test_the_interval_of_excess_holds_also_where_some_name_very_many_and_most_few():
    found = [analysed(seed, 80, bands=3, uneven=True) for seed in range(100)]
    gain = share_covered(found, "gain", "low", "high")
    excess = share_covered(found, "excess", "excess_low", "excess_high")
    print(f"\n80 people, very uneven contacts: intervals of gain held {gain:.1%}, of excess {excess:.1%}")
    assert excess >= 0.92
