"""A second wave in which people have other identifiers is used through links, and nobody is joined without one."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import peernet as pn
from peernet.cli import main
from peernet.errors import PeernetWarning, SettingError
from peernet.outcomes import opinion_change, outcome_measures, pairs_of, study_outcomes
from peernet.survey import Codebook, Survey, link_waves


@cache
def company() -> pn.datasets.SyntheticSurvey:
    return pn.make_survey(people=40, answered=38, teams=4, mess=False, effect=8.0, rng=3)


@cache
def everybody() -> Survey:
    return company().read()


@cache
def renamed() -> dict[str, str]:
    """Everybody under somebody else's identifier, so that whoever joins by identifiers joins strangers."""
    people = everybody().people.index
    return dict(zip(people, np.roll(people, 7), strict=True))


def waves(wave: int = 2) -> tuple[Survey, Survey]:
    """The company's first wave, and the second under other identifiers, by its codebook asked in this wave."""
    whole, names = everybody(), renamed()
    late = {item.name for item in whole.codebook if item.block == "partner" or item.wave == 2}
    early = Codebook(tuple(item for item in whole.codebook if item.name not in late))
    later = [replace(item, wave=wave) if item.block == "outcome" else item for item in whole.codebook]
    first = replace(
        whole, outcomes=whole.outcomes[whole.outcomes["wave"] == 1], partners=whole.partners[:0], codebook=early
    )
    said = whole.outcomes[whole.outcomes["wave"] == 2]
    second = replace(
        whole,
        people=whole.people.rename(index=names).sort_index().assign(change_1=3.0),
        outcomes=said.assign(person=said["person"].map(names), wave=wave).reset_index(drop=True),
        partners=whole.partners.replace({"person": names, "partner": names}),
        codebook=Codebook(tuple(item for item in later if item.name in late or item.block != "outcome")),
    )
    return first, second


def links() -> pd.DataFrame:
    return pd.DataFrame({"first": [*renamed()], "second": [*renamed().values()]})


@pytest.mark.parametrize("wave", [1, 2])
def test_what_was_said_later_under_other_identifiers_is_as_if_nobody_had_been_renamed(wave: int) -> None:
    """Also where the second codebook, made for itself, calls its answers wave 1."""
    first, second = waves(wave)
    wanted = pairs_of(everybody(), "pilot_partner")
    for given in (links(), link_waves(first, second, renames=renamed())):
        found = pairs_of(first, "pilot_partner", after=second, links=given)
        pd.testing.assert_frame_equal(found.table[wanted.table.columns], wanted.table)
        pd.testing.assert_frame_equal(found.left_out, wanted.left_out)
        assert found.meanings["relationship_2"] == wanted.meanings["relationship_2"]
        assert found.limits == wanted.limits


def test_a_study_asks_through_links_what_it_would_ask_of_one_survey() -> None:
    first, second = waves()
    found = study_outcomes(first, after=second, links=links(), drawn_by_lot=True, draws=40)
    wanted = study_outcomes(everybody(), drawn_by_lot=True, draws=40).table
    table = found.table
    pd.testing.assert_frame_equal(table[table["part"] != "organisation"].reset_index(drop=True), wanted)
    moved = opinion_change(first, second, found.dyads, links=links(), draws=40)
    pd.testing.assert_frame_equal(found.of("organisation")[1].found.table, moved.table)


def test_a_second_wave_of_outcomes_alone_has_no_opinions_to_follow_and_is_asked_the_rest() -> None:
    first, second = waves()
    asked = [item.name for item in second.codebook.block("perspective")]
    bare = replace(
        second,
        people=second.people.drop(columns=asked),
        codebook=Codebook(tuple(item for item in second.codebook if item.name not in asked)),
    )
    study = study_outcomes(first, after=bare, links=links(), draws=40)
    assert study.of("change")[0].found is not None
    assert [one.found for one in study.of("organisation")] == [None, None]


def test_pairs_may_call_people_as_either_wave_does() -> None:
    first, second = waves()
    apart = {name: f"n-{name}" for name in renamed().values()}
    second = replace(
        second,
        people=second.people.rename(index=apart),
        outcomes=second.outcomes.assign(person=second.outcomes["person"].map(apart)),
    )
    linked = links().assign(second=links()["second"].map(apart))
    wanted = pairs_of(everybody(), "pilot_partner").table[["a", "b"]]
    turned = [(b, dict(linked.to_numpy().tolist())[a]) for a, b in wanted.to_numpy().tolist()]
    found = pairs_of(first, turned, after=second, links=linked)
    assert {*map(frozenset, found.table[["a", "b"]].to_numpy().tolist())} == {
        *map(frozenset, wanted.to_numpy().tolist())
    }


def test_whoever_has_no_link_is_nobody_and_that_is_said() -> None:
    first, second = waves()
    lost = {*pairs_of(everybody(), "pilot_partner").table["a"].head(2)}
    few = links()[~links()["first"].isin(lost)]
    with pytest.warns(PeernetWarning, match=r"^2 people with outcomes in the second wave \(p\d+ and p\d+\) can be"):
        found = pairs_of(first, "pilot_partner", after=second, links=few)
    measured = {*found.table.loc[found.table["learning_2_a"].notna(), "a"]} | {
        *found.table.loc[found.table["learning_2_b"].notna(), "b"]
    }
    assert not measured & lost
    assert any("(second wave)' is not among the people" in reason for reason in found.left_out["reason"])
    with pytest.warns(PeernetWarning, match="can be linked to nobody"):
        (loss,) = study_outcomes(first, after=second, links=few, draws=40).of("attrition")
    assert loss.found.card["of those lost, without a link between the waves"].startswith("2 of ")
    assert "2 people who are counted as lost have no link between the waves" in loss.says


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (links().set_axis(["one", "other"], axis=1), "columns first and second.*got one and other"),
        ({"p001": "p002"}, "got a dict"),
        (pd.concat([links(), links().head(1)]), "hold 'p001' more than once under first"),
        (links().assign(second="x" + links()["second"]), "somebody of the second wave 'x"),
        (links().head(0), "Nobody of the second wave is linked"),
    ],
)
def test_links_that_are_none_are_refused(given: object, words: str) -> None:
    first, second = waves()
    for ask in (
        lambda: pairs_of(first, "pilot_partner", after=second, links=given),
        lambda: study_outcomes(first, after=second, links=given),
    ):
        with pytest.raises(SettingError, match=words):
            ask()


def test_waves_that_were_turned_round_are_noticed() -> None:
    first, second = waves()
    apart = replace(second, people=second.people.rename(index=lambda who: f"n-{who}"))
    turned = link_waves(apart, first, renames={f"n-{new}": old for old, new in renamed().items()})
    pairs = pairs_of(everybody(), "pilot_partner")
    with pytest.raises(SettingError, match="stand the other way round"):
        outcome_measures(pairs, first, after=apart, links=turned)


def test_answers_that_both_waves_hold_are_the_same_and_others_were_asked_again() -> None:
    first, second = waves()
    again = replace(second, outcomes=pd.concat([second.outcomes, second.outcomes.assign(wave=3, value=1.0)]))
    both = replace(first, outcomes=everybody().outcomes)
    found = pairs_of(both, "pilot_partner", after=second, links=links())
    assert "learning_3_a" not in found.table
    assert "learning_3_a" in pairs_of(both, "pilot_partner", after=again, links=links()).table
    other = replace(again, outcomes=again.outcomes.assign(value=again.outcomes["value"] + 1))
    with pytest.raises(SettingError, match="Both surveys hold learning of wave 2, with other answers"):
        pairs_of(both, "pilot_partner", after=other, links=links())


def folder_of(path: Path) -> Path:
    """The company's folder, whose table of the later wave calls everybody by another's identifier; and the links."""
    company().write(path)
    later = pd.read_csv(path / "outcomes.csv", dtype=str, keep_default_na=False)
    for column in ("person", "pilot_partner"):
        later[column] = later[column].map(lambda who: renamed().get(who, who))
    later.to_csv(path / "outcomes.csv", index=False)
    links().to_csv(path.with_suffix(".csv"), index=False)
    return path


def test_a_folder_whose_later_table_has_other_identifiers_is_read_through_links(tmp_path: Path, capsys) -> None:
    folder = folder_of(tmp_path / "company")
    wanted = study_outcomes(everybody(), draws=2000).table
    file = str(folder.with_suffix(".csv"))
    assert main(["outcomes", str(folder), "--links", file, "--out", str(tmp_path / "out")]) == 0
    found = pd.read_csv(tmp_path / "out" / "outcomes.csv")
    np.testing.assert_allclose(found["estimate"], wanted["estimate"], rtol=0, atol=1e-6)
    assert "company.csv" in json.loads((tmp_path / "out" / "outcomes.json").read_text())["inputs"]
    survey = pn.read_survey(folder, links=links().iloc[:-5])
    lost = survey.issues[survey.issues["done"] == "outcomes left out"]
    assert len(lost) == 5
    capsys.readouterr()
    assert main(["outcomes", str(folder), "--links", "nowhere.csv"]) == 1
    assert "links: 'nowhere.csv' is no file" in capsys.readouterr().err


def test_strangers_in_the_later_table_are_told_of(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "company")
    later = pd.read_csv(folder / "outcomes.csv", dtype=str, keep_default_na=False)
    later.assign(person="n" + later["person"]).to_csv(folder / "outcomes.csv", index=False)
    with pytest.raises(SettingError, match=r"are not among the people of the survey.*say who is who"):
        study_outcomes(folder)
    later.assign(person=later["person"].replace("p002", "n002")).to_csv(folder / "outcomes.csv", index=False)
    with pytest.warns(PeernetWarning, match="1 person in the table of the later wave"):
        study_outcomes(folder, draws=20)


def test_people_are_linked_by_the_codes_that_they_gave() -> None:
    first, second = waves()
    codes = pd.Series([f"C{k:03}" for k in range(len(first.people))], index=first.people.index)
    coded = [
        replace(first, people=first.people.assign(code=codes)),
        replace(second, people=second.people.assign(code=codes.rename(index=renamed()))),
    ]
    found = study_outcomes(coded[0], after=coded[1], links="code", draws=40)
    wanted = study_outcomes(first, after=second, links=links(), draws=40)
    pd.testing.assert_frame_equal(found.table, wanted.table)
    with pytest.raises(SettingError, match="links: 'kode' is no file that says who is who, nor a question of both"):
        study_outcomes(coded[0], after=coded[1], links="kode")


def test_the_files_of_both_waves_are_recorded(tmp_path: Path) -> None:
    """The second wave a folder of its own, in which everybody has another's identifier."""
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        company().write(folder)
    for name in ("survey.csv", "roster.csv", "outcomes.csv"):
        table = pd.read_csv(second / name, dtype=str, keep_default_na=False)
        called = {column: table[column].map(lambda who: renamed().get(who, who)) for column in {*table} & {"person"}}
        table = table.assign(**called, **({"change_1": "3"} if "change_1" in table else {}))
        table.to_csv(second / name, index=False)
    links().to_csv(tmp_path / "links.csv", index=False)
    out = tmp_path / "out"
    typed = ["outcomes", str(first), "--after", str(second), "--links", str(tmp_path / "links.csv"), "--out", str(out)]
    assert main(typed) == 0
    record = json.loads((out / "outcomes.json").read_text())
    assert {"survey.csv", "after/survey.csv", "after/roster.csv", "links.csv"} <= {*record["inputs"]}
    assert record["settings"]["links"] is True
    moved = pd.read_csv(out / "outcomes.csv")
    assert {"mean distance", "partner"} <= {*moved.loc[moved["part"] == "organisation", "term"]}
