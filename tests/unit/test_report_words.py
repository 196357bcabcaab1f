"""The sentences of the report's parts."""

from __future__ import annotations

from dataclasses import replace

from peernet import _report_words as words
from tests.studies import aarhus, alone, harbour, nobody_paired


def test_the_rules_are_told_with_their_limits() -> None:
    told = words.rules(harbour())
    assert told.startswith("A pair must rest on trust, respect and candour (both named each other or a colleague both")
    assert f"experience at most {harbour().scores.settings['experience']:.2f} apart" in told
    assert "with their manager" in told


def test_rules_without_goals_do_not_speak_of_goals() -> None:
    assert "goals" not in words.rules(aarhus())
    assert "lunch" in words.rules(aarhus())


def test_open_gates_are_told_as_such() -> None:
    study = replace(harbour(), scores=harbour().scores.without("foundation", "experience", "goals"))
    assert words.rules(study).startswith("A pair need not rest on anything. Nobody is paired with their manager")


def test_the_proof_names_bound_and_value_and_checks_again() -> None:
    value = f"{harbour().pairing.objective:.2f}"
    assert words.proof(harbour()) == (
        f"No pairing within these rules is worth more than {value}; this one is worth {value}, so it is the best there "
        "is. Every pair was then held against the rules again: nothing is amiss."
    )


def test_a_pairing_that_fails_its_check_is_not_recommended() -> None:
    wrong = replace(harbour().pairing, objective=harbour().pairing.objective + 1)
    assert "amiss: do not use these pairs" in words.proof(replace(harbour(), pairing=wrong))


def test_the_scale_is_told_as_a_choice() -> None:
    assert words.scale(harbour()).startswith(
        "How finely outlooks are told apart (the scale) is a choice. Between 0.5 and 2"
    )
    assert words.scale(nobody_paired()) == "With no pairs there is nothing that could depend on the scale."


def test_the_dearest_gate_is_named() -> None:
    prices = harbour().prices.iloc[1:-1]
    dearest = str(prices["price"].idxmax()).removesuffix(" open")
    assert f"the dearest is {dearest}, which keeps away {prices['price'].max():.2f}" in words.prices(harbour())
    assert words.prices(alone()).startswith("None of the gates costs anything")


def test_each_view_gives_its_verdict() -> None:
    assert [sentence.split(" – ")[0] for sentence in words.views(harbour())] == ["Experience", "Perspective"]
    assert "too few items to tell" in words.views(aarhus())[0]


def test_reach_is_told_for_all_and_for_whoever_hears_least() -> None:
    rows = harbour().exposure.organisation
    told = words.reach(harbour())
    assert f"{rows.loc['mean', 'before']:.2f} effective perspectives" in told
    assert f"{rows.loc['lowest', 'after']:.2f} after." in told


def test_data_without_problems_are_praised_and_others_counted() -> None:
    assert words.data(aarhus()).startswith("Nothing: every cell")
    severity = harbour().survey.issues["severity"]
    assert words.data(harbour()).startswith(f"{(severity == 'note').sum()} cells were understood")


def test_careless_people_in_pairs_are_counted() -> None:
    study = harbour()
    flagged = set(study.careless.index[study.careless["flag"]])
    paired = flagged & {*study.pairing.table["a"], *study.pairing.table["b"]}
    assert words.carelessness(study).startswith(
        f"{len(flagged)} people may have answered without reading; {len(paired)} of"
    )
    assert words.carelessness(aarhus()) == "Nobody's answers look as if given without reading."


def test_every_setting_is_told() -> None:
    told = dict(words.settings(harbour()))
    assert told["foundation that passes"] == "mutual or introduced"
    assert told["contact layers"] == "works_with and advice"
    assert dict(words.settings(aarhus()))["goals at most apart"] == "no limit"
