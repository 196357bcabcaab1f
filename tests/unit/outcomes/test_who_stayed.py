"""Who answered the later wave, who was lost, and what that hangs on."""

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.outcomes import attrition, pairs_of
from tests.made.outcomes import with_outcomes
from tests.made.surveys import survey_of

NAMES = [f"p{i:02d}" for i in range(20)]
PAIRS = [*zip(NAMES[:12:2], NAMES[1:12:2], strict=True)]


def asked(lost, first=None):
    """Twenty people of whom these were lost, six pairs among them."""
    people = survey_of({who: {"perspective_1": 1.0 + i % 5} for i, who in enumerate(NAMES)})
    later = {who: 50.0 for who in NAMES if who not in lost}
    earlier = first or {who: float(i) for i, who in enumerate(NAMES)}
    return with_outcomes(people, {("learning", 1): earlier, ("learning", 2): later, ("bond", 2): {NAMES[0]: 1.0}})


def test_shares_lost_are_those_of_the_paired_and_the_others():
    survey = asked(["p00", "p01", "p15"])
    result = attrition(pairs_of(survey, PAIRS), survey)
    row = result.table.loc["paired"]
    assert row["estimate"] == pytest.approx(2 / 12 - 1 / 8)
    assert (row["people"], row["lost"]) == (20, pytest.approx(2 / 3))
    assert result.card["lost of those paired"] == "2 of 12"
    assert result.card["lost of those not paired"] == "1 of 8"


def test_the_error_by_pairing_rests_on_one_correlation_of_partners():
    survey = asked(["p00", "p01", "p04", "p15"])
    result = attrition(pairs_of(survey, PAIRS), survey)
    lost, paired = np.isin(NAMES, ["p00", "p01", "p04", "p15"]).astype(float), np.arange(20) < 12
    off, apart = lost - lost.mean(), paired - paired.mean()
    alike = np.mean(off[:12:2] * off[1:12:2]) / np.mean(off**2)
    correlation = np.eye(20)
    correlation[range(0, 12, 2), range(1, 12, 2)] = correlation[range(1, 12, 2), range(0, 12, 2)] = alike
    error = np.sqrt(apart @ correlation @ apart * lost.var(ddof=1)) / (apart @ apart)
    assert result.table.loc["paired", "std_error"] == pytest.approx(error)
    assert result.assumptions["found"][1] == f"correlation {alike:.3g}"


def test_two_pairs_do_not_tell_how_alike_partners_are():
    survey = asked(["p00", "p01", "p15"])
    result = attrition(pairs_of(survey, PAIRS[:2]), survey)
    lost, paired = np.isin(NAMES, ["p00", "p01", "p15"]).astype(float), np.arange(20) < 4
    error = np.sqrt(lost.var(ddof=1) / np.sum((paired - 0.2) ** 2))
    assert result.table.loc["paired", "std_error"] == pytest.approx(error)
    assert "taken to be independent" in result.assumptions["found"][1]


def test_whoever_answered_only_what_partners_are_asked_is_lost():
    survey = asked(["p00"])
    assert attrition(pairs_of(survey, PAIRS), survey).card["answered the later wave"] == 19


def test_loss_by_earlier_answers_is_the_regression_on_them():
    survey = asked(["p02", "p05", "p16", "p19"])
    row = attrition(pairs_of(survey, PAIRS), survey).table.loc["learning_1"]
    lost = np.isin(NAMES, ["p02", "p05", "p16", "p19"]).astype(float)
    fit = np.polyfit(np.arange(20.0), lost, 1)
    assert row["estimate"] == pytest.approx(fit[0])
    assert (row["answered"], row["lost"]) == (pytest.approx((190 - 42) / 16), 10.5)


def test_loss_by_distance_takes_the_pair_as_the_unit():
    survey = asked(["p00", "p01", "p04"])
    table = pd.DataFrame(PAIRS, columns=["a", "b"]).assign(far=[0.9, 0.2, 0.7, 0.1, 0.3, 0.2])
    result = attrition(pairs_of(survey, table), survey, distance="far")
    slope = np.polyfit(table["far"], [1.0, 0.0, 0.5, 0.0, 0.0, 0.0], 1)[0]
    assert result.table.loc["far", "estimate"] == pytest.approx(slope)
    assert result.table.loc["far", "df"] == 4


def test_turning_and_shuffling_pairs_changes_no_digit():
    survey = asked(["p00", "p01", "p04"])
    table = pd.DataFrame(PAIRS, columns=["a", "b"]).assign(far=[0.9, 0.2, 0.7, 0.1, 0.3, 0.2])
    turned = table.rename(columns={"a": "b", "b": "a"}).iloc[::-1]
    one, other = (attrition(pairs_of(survey, t), survey, distance="far").table for t in (table, turned))
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_a_loss_that_hangs_on_the_pairing_is_told():
    survey = asked(NAMES[:8])
    sentence = attrition(pairs_of(survey, PAIRS), survey).sentence
    assert sentence.startswith("The later wave lost 67% of those paired and 0% of those not paired")
    assert "the loss hangs on" in sentence
    assert "paired (p " in sentence


def test_nobody_lost_leaves_nothing_to_estimate():
    survey = asked([])
    result = attrition(pairs_of(survey, PAIRS), survey)
    assert result.table["p_value"].isna().all()
    assert result.sentence == "The later wave lost 0% of those paired and 0% of those not paired."


def test_a_wave_nobody_answered_is_refused():
    survey = asked([])
    with pytest.raises(pn.errors.EstimationError, match="Nobody answered wave 3"):
        attrition(pairs_of(survey, PAIRS), survey, wave=3)


def test_a_measure_of_people_is_no_distance():
    survey = asked(["p00"])
    with pytest.raises(pn.errors.SettingError, match="must be one of the pair"):
        attrition(pairs_of(survey, PAIRS), survey, distance="learning_1")


@pytest.mark.parametrize("wave", ["2", 1, 2.5, True, None])
def test_a_later_wave_is_a_whole_number_from_two_on(wave):
    survey = asked(["p00"])
    with pytest.raises(pn.errors.SettingError, match=rf"wave must be a whole number, 2 or more.*got {wave!r}\.$"):
        attrition(pairs_of(survey, PAIRS), survey, wave=wave)


def test_those_lost_who_have_no_link_are_told_apart():
    survey = asked(["p00", "p01", "p15"])
    pairs = pairs_of(survey, PAIRS)
    links = pd.DataFrame({"first": [who for who in NAMES if who not in ("p00", "p07")]})
    plain = attrition(pairs, survey)
    result = attrition(pairs, survey, links=links.assign(second="x" + links["first"]))
    assert result.card["of those lost, without a link between the waves"] == "1 of 3"
    assert result.sentence.startswith(plain.sentence)
    assert "1 person who is counted as lost has no link between the waves" in result.sentence
    assert not any("link" in name for name in plain.card)
    pd.testing.assert_frame_equal(result.table, plain.table)
    everybody = pd.DataFrame({"first": NAMES, "second": NAMES})
    assert attrition(pairs, survey, links=everybody).sentence == plain.sentence
