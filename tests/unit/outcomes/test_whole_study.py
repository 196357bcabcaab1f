"""A survey with outcomes is asked everything at once, and says no more than the way of pairing lets one say."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import peernet as pn
from peernet.dyads import Apim, Effects, fit_apim, partner_likeness
from peernet.outcomes import (
    ByLot,
    OutcomeStudy,
    RandomizationTest,
    attrition,
    pairs_of,
    randomization_test,
    study_outcomes,
)
from peernet.outcomes.whole_study import PARTS
from peernet.survey import Codebook, Item
from tests.made.outcome_studies import by_lot, observed, pilot
from tests.made.outcomes import answered_by, with_outcomes, with_partners


def found_of(study: OutcomeStudy, part: str, place: int = 0) -> Effects:
    found = study.of(part)[place].found
    assert found is not None
    return found


def scored() -> pn.scores.PairScores:
    return pn.score_pairs(pilot(), pn.colleague_graph(pilot()))


# --- what is asked ----------------------------------------------------------------------------------------------------


def test_questions_come_in_their_order_each_of_every_outcome_it_can_be_asked_of() -> None:
    asked = [(one.part, one.outcome) for one in by_lot().findings]
    assert [part for part, _ in asked] == sorted((part for part, _ in asked), key=PARTS.index)
    assert [outcome for part, outcome in asked if part == "difference"] == ["learning", "openness"]
    assert [outcome for part, outcome in asked if part == "relationship"] == ["relationship", "relationship"]
    assert {part for part, _ in asked} == {*PARTS} - {"organisation"}, "nobody was asked all of it again"


def test_numbers_are_those_of_the_functions_asked_one_by_one() -> None:
    dyads = pairs_of(pilot(), "pilot_partner", scores=scored(), design="drawn by lot")
    lot, draws = ByLot(dyads.people), {"draws": 200, "rng": 0}
    tested = randomization_test(dyads, lot, "learning_2", "perspective", covariates=["learning_1"], **draws)
    pd.testing.assert_frame_equal(found_of(by_lot(), "difference").table, tested.table)
    pd.testing.assert_frame_equal(found_of(by_lot(), "attrition").table, attrition(dyads, pilot()).table)
    likeness = partner_likeness(dyads, "openness_2")
    pd.testing.assert_frame_equal(found_of(by_lot(), "alike", 1).table, likeness.table)
    modelled = fit_apim(dyads, "learning_2", ["learning_1"], between=["perspective"])
    pd.testing.assert_frame_equal(found_of(observed(), "difference").table, modelled.table)


@pytest.mark.parametrize("said", ["by lot", "each its design"])
def test_every_round_is_held_against_its_own_lot(said: str) -> None:
    first = pairs_of(pilot(), "pilot_partner").table[["a", "b"]].head(8)
    second = pd.DataFrame({"a": first["a"], "b": [*first["b"].iloc[1:], first["b"].iloc[0]]}).head(6)
    rounds = pd.concat([first.assign(round=1), second.assign(round=2)], ignore_index=True)
    lots = {name: ByLot([*rows["a"], *rows["b"]]) for name, rows in rounds.groupby("round")}
    study = study_outcomes(pilot(), rounds, drawn_by_lot=True if said == "by lot" else lots, draws=40)
    dyads = pairs_of(pilot(), rounds, scores=scored(), design="drawn by lot")
    tested = randomization_test(dyads, lots, "learning_2", "perspective", covariates=["learning_1"], draws=40)
    pd.testing.assert_frame_equal(found_of(study, "difference").table, tested.table)


def test_the_answer_is_told_per_usual_distance_and_ends_with_what_the_design_lets_one_say() -> None:
    says, row = by_lot().of("difference")[0].says, found_of(by_lot(), "difference").table.loc["perspective"]
    usual = scored().perspective.as_given.mean
    assert by_lot().usual == pytest.approx(usual)
    told = float(says.split("make a difference of ")[1].split(" points")[0])
    assert told == pytest.approx(row["estimate"] * usual, rel=0.005)
    assert f"a usual distance ({usual:.2f}) further apart" in says
    assert says.endswith("whatever else of a pair goes with it.")


def test_the_table_has_every_estimate_once() -> None:
    table = by_lot().table
    assert not table.duplicated(["part", "outcome", "term"]).any()
    assert len(table) == sum(len(one.found.table) for one in by_lot().findings if one.found is not None)
    assert table.loc[table["part"] != "change", "pairs"].notna().all()


def test_what_came_within_reach_is_described_and_not_tested() -> None:
    reached = found_of(by_lot(), "exposure")
    measured = by_lot().dyads.table
    gain = pd.concat([measured[f"reach_after{m}"] - measured[f"reach_before{m}"] for m in ("_a", "_b")]).mean()
    assert reached.table["estimate"].iloc[0] == pytest.approx(gain)
    assert reached.table["p_value"].isna().all()


# --- by lot, or not ---------------------------------------------------------------------------------------------------


def test_a_lot_is_believed_only_where_it_is_said() -> None:
    """The question asks for the colleague "you were paired with, by lot"; that does not make it so."""
    assert "by lot" in observed().paired_by
    assert not observed().drawn_by_lot
    assert by_lot().drawn_by_lot
    assert not any(isinstance(one.found, RandomizationTest) for one in observed().findings)
    assert isinstance(found_of(by_lot(), "difference"), RandomizationTest)
    assert isinstance(found_of(observed(), "difference"), Apim)


def test_without_a_lot_nothing_sounds_like_a_cause() -> None:
    for one in (*observed().of("difference"), *observed().of("partners"), *observed().of("alike")):
        assert one.says.endswith("shows no cause."), one.question
        assert "make a difference" not in one.says
    assert observed().of("balance") == (), "there is no lot to look fair"


def test_a_random_pairing_needs_no_word_and_is_its_own_lot() -> None:
    drawn = pn.draw_pairing(scored(), within=1.0, cardinality="max", draws=40, progress=False)
    study = study_outcomes(pilot(), drawn, draws=40)
    assert study.drawn_by_lot
    assert "within 100% of the best" in str(found_of(study, "balance").card["drawn by lot"])


# --- who is in a pair -------------------------------------------------------------------------------------------------


def test_pairs_from_a_file_are_as_good_as_those_of_a_question(tmp_path) -> None:
    file = tmp_path / "pairs.csv"
    turned = by_lot().dyads.table[["b", "a"]].set_axis(["a", "b"], axis=1)
    turned.iloc[::-1].to_csv(file, index=False)
    study = study_outcomes(pilot(), file, drawn_by_lot=True, draws=200)
    assert study.paired_by == "the file pairs.csv"
    assert [*study.inputs] == ["pairs.csv"]
    assert [one.says for one in study.of("partners")] == [one.says for one in by_lot().of("partners")]
    assert [one.says for one in study.of("difference")] == [one.says for one in by_lot().of("difference")]


def test_people_in_several_pairs_leave_some_questions_open_and_no_more() -> None:
    pairs = by_lot().dyads.table[["a", "b"]]
    twice = pd.concat([pairs, pd.DataFrame({"a": [pairs["a"][0]], "b": [pairs["b"][1]]})])
    study = study_outcomes(pilot(), twice, drawn_by_lot=True, draws=40)
    (learning, _), (lost,) = study.of("difference"), study.of("attrition")
    assert learning.found is None
    assert "2 people are in several pairs, so this was no single lot" in learning.says
    assert lost.found is not None


def test_where_nobody_else_answered_only_the_paired_are_told_of() -> None:
    paired = pilot().outcomes["person"].isin(by_lot().dyads.people)
    study = study_outcomes(replace(pilot(), outcomes=pilot().outcomes[paired]), draws=40)
    assert "nobody to compare with" in study.of("change")[0].says


def test_a_second_wave_of_answers_tells_of_movement_and_variety() -> None:
    with pytest.raises(pn.PeernetError, match="the second wave seems to be the first once more"):
        study_outcomes(pilot(), drawn_by_lot=True, after=pilot(), draws=40)
    people = pilot().people.copy()
    who = people["change_1"].first_valid_index()
    people.loc[who, "change_1"] = 1.0 if people.loc[who, "change_1"] > 1 else 2.0
    study = study_outcomes(pilot(), drawn_by_lot=True, after=replace(pilot(), people=people), draws=40)
    variety, moved = (found_of(study, "organisation", place) for place in (0, 1))
    assert variety.table["estimate"].abs().max() < 0.02, "one answer of all is another"
    assert abs(moved.table.loc["partner", "estimate"]) < 0.02


def test_without_questions_about_perspective_the_rest_is_asked_all_the_same() -> None:
    people, pairs = answered_by(12), [(f"p{i:02d}", f"p{i + 1:02d}") for i in range(0, 12, 2)]
    kept = Codebook(tuple(item for item in people.codebook if item.block != "perspective"))
    study = study_outcomes(replace(people, codebook=kept), pairs)
    assert {one.part for one in study.findings} == {"change", "partners", "alike", "attrition"}


def test_of_several_waves_the_last_is_held_against_the_one_before() -> None:
    people, pairs = answered_by(12), [(f"p{i:02d}", f"p{i + 1:02d}") for i in range(0, 12, 2)]
    waves = {("pace", wave): {f"p{i:02d}": float(i * wave % 7) for i in range(12)} for wave in (1, 2, 3)}
    study = study_outcomes(with_outcomes(people, waves), pairs, draws=40)
    assert "partner pace_2" in found_of(study, "partners").table.index
    assert found_of(study, "attrition").settings["wave"] == 3


def test_what_was_asked_afterwards_only_needs_a_lot() -> None:
    people, pairs = answered_by(12), [(f"p{i:02d}", f"p{i + 1:02d}") for i in range(0, 12, 2)]
    calm = with_outcomes(people, {("calm", 2): {f"p{i:02d}": float(i % 5) for i in range(12)}})
    told = study_outcomes(calm, pairs).of("relationship")[0]
    assert told.found is None
    assert told.says.startswith("Nothing was measured before, and without a lot")
    assert study_outcomes(calm, pairs, drawn_by_lot=True, draws=40).of("relationship")[0].found is not None


# --- what cannot be ---------------------------------------------------------------------------------------------------


def test_what_is_missing_is_said_in_a_sentence(tmp_path) -> None:
    bare, named = answered_by(6), {"p00": ["p01"], "p01": ["p00"]}
    once = with_outcomes(replace(bare, outcomes=bare.outcomes.iloc[:0]), {("calm", 1): {"p00": 1.0}})
    with pytest.raises(pn.PeernetError, match="holds no outcomes"):
        study_outcomes(replace(bare, outcomes=bare.outcomes.iloc[:0]))
    with pytest.raises(pn.PeernetError, match="of wave 1 only: calm"):
        study_outcomes(once)
    with pytest.raises(pn.PeernetError, match=r"Who was paired with whom\? The survey has none about partners"):
        study_outcomes(bare)
    asked = with_partners(bare, named)
    with pytest.raises(pn.PeernetError, match=r"'partne' is neither .* Did you mean 'partner'\?"):
        study_outcomes(asked, "partne")
    with pytest.raises(pn.PeernetError, match="Nobody is in a pair: 'x' and 'y' are not among the people"):
        study_outcomes(bare, [("x", "y")])
    file = tmp_path / "pairs.csv"
    file.write_text("who,with\np00,p01\n", encoding="utf-8")
    with pytest.raises(pn.PeernetError, match=r"pairs\.csv needs the columns a and b.* it has who and with"):
        study_outcomes(bare, file)


def test_an_outcome_of_which_no_answer_could_be_read_is_not_passed_over() -> None:
    read = answered_by(8)
    calm = Item("calm_2", "outcome", "numeric", measure="calm", wave=2)
    unread = replace(read, codebook=Codebook((*read.codebook.items, calm)))
    problem = {"severity": "warning", "item": "calm_2", "person": "p00", "problem": "row 2: 'yes' is not a number"}
    unread = replace(unread, issues=pd.DataFrame([{**problem, "done": "treated as not answered"}]))
    asked = study_outcomes(unread, [("p00", "p01"), ("p02", "p03")], draws=40).of("difference")
    assert [one.outcome for one in asked] == ["learning", "calm"]
    assert asked[1].found is None
    assert asked[1].says == "No answer to calm_2 could be read (row 2: 'yes' is not a number)."


def test_the_only_pair_is_told_as_one() -> None:
    told = study_outcomes(answered_by(8), [("p00", "p01")], drawn_by_lot=True, draws=40).findings
    assert not [one.says for one in told if "1 pairs" in one.says or "all 1" in one.says]


@pytest.mark.parametrize(
    "text",
    [
        b"a;b\np00;p01\np02;p03\n",
        b"\xef\xbb\xbfA, B\n p00 ,p01\n\np02,p03\n",
        b"note,b,a\n\xc3\xa9,p01,p00\n,p03,p02\n",
    ],
    ids=["semicolons", "a mark of the encoding, spaces and a blank row", "another order"],
)
def test_a_file_of_pairs_is_read_as_any_table_is(tmp_path, text) -> None:
    (tmp_path / "pairs.csv").write_bytes(text)
    table = study_outcomes(answered_by(8), tmp_path / "pairs.csv", draws=40).dyads.table
    assert table[["a", "b"]].to_numpy().tolist() == [["p00", "p01"], ["p02", "p03"]]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"a,b\np00,p01,p02,p03\np04,p05\n", "row 2 has 4 cells, the header has 2"),  # not p02 with p03
        (b"", "is empty"),
        (b'"a,b\np00,p01\n', "quotation marks do not pair up"),
    ],
)
def test_a_file_that_holds_no_table_of_pairs_is_refused(tmp_path, text, says) -> None:
    (tmp_path / "pairs.csv").write_bytes(text)
    with pytest.raises(pn.PeernetError, match=says):
        study_outcomes(answered_by(8), tmp_path / "pairs.csv", draws=40)


def test_the_survey_is_left_as_it_was() -> None:
    people, outcomes = pilot().people.copy(), pilot().outcomes.copy()
    study_outcomes(pilot(), draws=40)
    pd.testing.assert_frame_equal(pilot().people, people)
    pd.testing.assert_frame_equal(pilot().outcomes, outcomes)
