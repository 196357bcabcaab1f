"""The whole analysis in one call."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import peernet as pn
from peernet import Rule, Rules, Survey
from peernet._files import sha256_of
from peernet.errors import InfeasibleError, PeernetError, PeernetWarning, RulesError, SettingError, SurveyError
from peernet.study import recurrence, run_study
from peernet.survey import Item
from peernet.survey.files import called_after
from tests.made.studies import DATA, aarhus, alone, harbour, nobody_paired, ruled
from tests.made.tiny import ITEMS, ROSTER, SURVEY, write_folder


def without(*blocks: str) -> list[Item]:
    return [item for item in ITEMS if item.block not in blocks]


def test_a_study_is_named_after_its_folder_and_says_what_it_found() -> None:
    study = aarhus()
    assert repr(study).startswith("<Study aarhus: <Survey: 61 people, 61 answered")
    assert study._repr_html_().startswith("<p>Study aarhus: &lt;Survey")


def test_a_study_of_a_file_is_named_without_its_suffix(tmp_path: Path) -> None:
    (tmp_path / "Peer survey (1-37).xlsx").touch()
    assert called_after(tmp_path / "Peer survey (1-37).xlsx") == "Peer survey (1-37)"
    assert called_after(tmp_path / "." / "..") == tmp_path.parent.name


def test_the_parts_belong_together() -> None:
    study = harbour()
    assert study.pairing.scores is study.scores
    assert list(study.exposure.table.index) == list(study.survey.people.index) == list(study.graph)
    assert study.pairing.objective == pytest.approx(study.comparison.table.loc["peernet", "gain"])
    assert study.pairing.objective == pytest.approx(study.prices.loc["all gates kept", "value"])


def test_pairs_of_people_who_may_not_have_read_are_priced_with_their_outlook_unknown_and_as_given() -> None:
    study = harbour()
    given = pn.score_pairs(study.survey, study.graph, careless="as given")
    assert len(study.careless_pairs) > 0
    for row in study.careless_pairs.itertuples():
        a, b = sorted((row.person, row.partner))
        assert study.careless.loc[row.person, "flag"]
        assert study.pairing.table.set_index("pair").loc[row.pair, ["a", "b"]].tolist() == [a, b]
        assert row.unknown == pytest.approx(study.scores.pair(a, b)["value"])
        assert row.as_given == pytest.approx(given.pair(a, b)[["gain_a", "gain_b"]].mean())
    assert aarhus().careless_pairs.empty


def test_inputs_are_the_files_that_were_read() -> None:
    assert list(aarhus().inputs) == ["codebook.json", "survey.csv", "ties.csv"]
    assert all(len(digest) == 64 for digest in aarhus().inputs.values())


def test_every_file_that_is_read_is_an_input_and_no_other(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "s", ITEMS, survey=SURVEY, roster=ROSTER)
    (folder / "notes.csv").write_text("of somebody\n", encoding="utf-8")
    found = run_study(folder, draws=5, repeats=0).inputs
    assert found == {name: sha256_of(folder / name) for name in ("codebook.json", "survey.csv", "roster.csv")}
    alone = run_study(folder / "survey.csv", draws=5, repeats=0).inputs
    assert alone == {name: sha256_of(folder / name) for name in ("codebook.json", "survey.csv")}


def test_a_survey_in_memory_needs_no_folder(tiny: Survey) -> None:
    study = run_study(tiny, name="six", draws=5)
    assert (study.name, dict(study.inputs)) == ("six", {})


def test_the_steps_are_told_in_order(tiny: Survey) -> None:
    told: list[str] = []
    run_study(tiny, draws=5, progress=told.append)
    assert told == [
        "scoring every pair",
        "looking for groups of people",
        "looking at teams and at how carefully people answered",
        "asking which kinds of pairs bring most",
        "finding the best pairing and its proof",
        "looking for a way on for those without a partner",
        "pricing the gates",
        "drawing the survey again",
        "comparing it with chance and with other ways of pairing",
    ]


def test_nobody_paired_and_one_respondent_are_results_not_errors() -> None:
    assert (len(nobody_paired().pairing), len(nobody_paired().pairing.unpaired)) == (0, 6)
    assert (len(alone().pairing), len(alone().survey.people)) == (0, 1)


@pytest.mark.parametrize(
    "blocks", [("experience",), ("goal",), ("climate", "outcome", "constraint", "offers", "seeks")]
)
def test_blocks_that_were_not_asked_are_done_without(tmp_path: Path, blocks: tuple[str, ...]) -> None:
    study = run_study(write_folder(tmp_path / "s", without(*blocks), survey=SURVEY, roster=ROSTER), draws=5)
    assert list(study.clusters.table) == [v for v in ("experience", "perspective") if v not in blocks]


def test_without_a_tie_question_the_study_runs_and_warns(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "s", without("tie"), survey=SURVEY, roster=ROSTER)
    with pytest.warns(PeernetWarning, match="No tie layer asks about trust"):
        assert len(run_study(folder, draws=5).pairing) == 0


def test_without_a_perspective_there_is_nothing_to_study(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "s", without("perspective"), survey=SURVEY, roster=ROSTER)
    with pytest.raises(SettingError, match="has no perspective items"):
        run_study(folder, draws=5)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"draws": 0}, "draws must be a whole number, 1 or more; got 0."),
        ({"seed": -1}, "seed must be a whole number, 0 or more; got -1."),
        ({"goals": 2}, "goals must be average, none or a distance from 0 to 1; got 2."),
        ({"cardinalty": "max"}, "There is no setting 'cardinalty'; there are accept, ... Did you mean 'cardinality'?"),
    ],
)
def test_wrong_settings_are_refused_before_the_long_work(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingError) as caught:
        run_study(DATA / "nowhere", **settings)
    first, _, last = message.partition("...")
    assert str(caught.value).startswith(first)
    assert str(caught.value).endswith(last)


def test_a_folder_that_is_not_there_is_an_error() -> None:
    with pytest.raises(SurveyError, match="There is no"):
        run_study(DATA / "nowhere")
    assert issubclass(SurveyError, PeernetError)


def test_rules_hold_in_the_pairing_the_comparison_and_the_prices() -> None:
    study, pairs = ruled(), ruled().pairing.pairs
    assert study.rules.rules == study.pairing.settings["rules"].rules
    assert ("U22", "U47") in pairs
    assert ("U41", "U47") not in pairs
    assert not {"U126"} & {person for pair in pairs for person in pair}
    assert len(study.pairing.check()) == 0
    table = study.pairing.table
    assert study.comparison.table.loc["peernet", "gain"] == pytest.approx((table["value"] + table["price"]).sum())
    assert study.comparison.table.loc["peernet", "possible"] == 1
    assert study.comparison.table["gain"].idxmax() == "attainable"
    assert study.prices.loc["all gates kept", "value"] == pytest.approx(study.pairing.objective)
    assert (study.prices["value"] >= study.pairing.objective - 1e-9).all()
    assert (study.sensitivity["kept"] <= 1 + 1e-9).all()


def test_a_sheet_of_rules_is_read_only_where_it_is_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "s", ITEMS, survey=SURVEY, roster=ROSTER)
    sheet = folder / "rules.csv"
    sheet.write_text("rule,a,number\ncapacity,ann,0\n", encoding="utf-8")
    silent, named = run_study(folder, draws=5), run_study(folder, rules=sheet, draws=5)
    assert (len(silent.rules), "rules.csv" in silent.inputs) == (0, False)
    assert (len(named.rules), named.inputs["rules.csv"]) == (1, sha256_of(sheet))
    assert run_study(folder, rules=str(sheet), draws=5).inputs == named.inputs


def test_a_sheet_called_like_a_file_of_the_survey_takes_nothing_from_its_record(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "s", ITEMS, survey=SURVEY, roster=ROSTER)
    sheet = tmp_path / "survey.csv"
    sheet.write_text("rule,a,number\ncapacity,ann,0\n", encoding="utf-8")
    found = run_study(folder, rules=sheet, draws=5).inputs
    assert found["survey.csv"] == sha256_of(folder / "survey.csv")
    assert found["survey.csv (settings)"] == sha256_of(sheet)


def test_rules_can_be_given_as_they_are(tiny: Survey) -> None:
    study = run_study(tiny, rules=Rules([Rule("capacity", "ann", number=0)]), draws=5)
    assert (repr(study.rules), dict(study.inputs)) == ("<Rules: 1 rule, 0 with a price>", {})
    assert study.pairing.unpaired.set_index("person").loc["ann", "reason"] == "no partner by a rule"


def test_a_sheet_that_makes_no_sense_is_refused_before_the_long_work(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="There is no file"):
        run_study(DATA / "nowhere", rules=tmp_path / "none.csv")


def test_rules_nobody_can_keep_are_an_error(tiny: Survey) -> None:
    with pytest.raises(InfeasibleError, match="are required but cannot be paired"):
        run_study(tiny, rules=Rules([Rule("required", "ann", "ben")]), draws=5)


def test_pairs_that_recur_are_told_in_the_order_of_the_pairing() -> None:
    study = harbour()
    assert study.stability is not None
    assert study.stability.pairing.pairs == study.pairing.pairs
    found = recurrence(study)
    assert found is not None
    assert found.mean() == pytest.approx(study.stability.summary["recur"])
    first = study.pairing.table.iloc[0]
    partners = study.stability.partners(first["a"]).set_index("partner")
    assert found.iloc[0] == partners["inclusion"][first["b"]]


def test_the_survey_is_drawn_anew_under_the_rules_of_the_programme() -> None:
    study = ruled()
    assert study.stability is not None
    assert study.stability.pairing.pairs == study.pairing.pairs
    pairs = study.stability.pairs.set_index(["a", "b"])["inclusion"]
    assert ("U41", "U47") not in pairs.index
    assert pairs["U22", "U47"] == 1, "a pair that must be made is made in every draw"


@pytest.mark.parametrize(
    "chosen",
    [{"objective": "fair"}, {"cardinality": "max", "accept": ["mutual", "introduced", "unknown"]}, {"floor": 0.5}],
)
def test_everything_said_about_the_pairs_is_about_pairs_chosen_by_the_settings(chosen: dict[str, Any]) -> None:
    study = run_study(DATA / "aarhus", draws=5, repeats=3, **chosen)
    own = study.comparison.table.loc["peernet"]
    assert own["gain"] == pytest.approx(study.pairing.objective)
    assert own["pairs"] == len(study.pairing)
    assert study.stability is not None
    assert study.stability.pairing.pairs == study.pairing.pairs
    for name in ("objective", "cardinality", "floor"):
        assert study.stability.pairing.settings[name] == study.pairing.settings[name] == getattr(study.settings, name)
    assert study.pairing.pairs != aarhus().pairing.pairs or "objective" in chosen
    assert study.prices["value"].iloc[0] >= study.pairing.objective - 1e-9, "prices of gates are of the largest total"


def test_without_repeats_or_pairs_nothing_is_drawn_anew(tiny: Survey) -> None:
    assert nobody_paired().stability is None
    assert run_study(DATA / "aarhus", draws=5, repeats=0).stability is None
    assert recurrence(nobody_paired()) is None
    with pytest.raises(SettingError, match="repeats must be a whole number, 0 or more; got -1"):
        run_study(tiny, repeats=-1)


def test_teams_are_looked_at_where_the_survey_says_who_leads_them() -> None:
    assert harbour().leaders is not None
    assert harbour().climate is not None
    assert (aarhus().leaders, aarhus().climate) == (None, None)
