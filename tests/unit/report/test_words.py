"""The sentences of the report's parts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peernet.report import context, pairs, record
from peernet.study import Study
from tests.made.studies import aarhus, alone, harbour, nobody_paired


def test_the_rules_are_told_with_their_limits() -> None:
    told = pairs.rules_in_words(harbour())
    assert told.startswith("A pair must rest on trust, respect and candour (both named each other or a colleague both")
    assert f"experience at most {harbour().scores.settings['experience']:.2f} apart" in told
    assert "with their manager" in told


def test_rules_without_goals_do_not_speak_of_goals() -> None:
    assert "goals" not in pairs.rules_in_words(aarhus())
    assert "lunch" in pairs.rules_in_words(aarhus())


def test_open_gates_are_told_as_such() -> None:
    study = replace(harbour(), scores=harbour().scores.without("foundation", "experience", "goals"))
    assert pairs.rules_in_words(study).startswith(
        "A pair need not rest on anything. Nobody is paired with their manager"
    )


def test_the_proof_names_bound_and_value_and_checks_again() -> None:
    value = f"{harbour().pairing.objective:.2f}"
    assert pairs.proof_in_words(harbour()) == (
        f"No pairing within these rules is worth more than {value}; this one is worth {value}, so it is the best there "
        "is. Every pair was then held against the rules again: nothing is amiss."
    )


def test_a_pairing_that_fails_its_check_is_not_recommended() -> None:
    wrong = replace(harbour().pairing, objective=harbour().pairing.objective + 1)
    assert "amiss: do not use these pairs" in pairs.proof_in_words(replace(harbour(), pairing=wrong))


def test_the_scale_is_told_as_a_choice() -> None:
    assert pairs.scales_in_words(harbour()).startswith(
        "How finely outlooks are told apart (the scale) is a choice. Between 0.5 and 2"
    )
    assert pairs.scales_in_words(nobody_paired()) == "With no pairs there is nothing that could depend on the scale."


def test_the_dearest_gate_is_named() -> None:
    prices = harbour().prices.iloc[1:-1]
    dearest = str(prices["price"].idxmax()).removesuffix(" open")
    assert f"the dearest is {dearest}, which keeps away {prices['price'].max():.2f}" in context.gate_prices_in_words(
        harbour()
    )
    assert context.gate_prices_in_words(alone()).startswith("None of the gates costs anything")


def test_each_view_gives_its_verdict() -> None:
    assert [sentence.split(" – ")[0] for sentence in context.views_in_words(harbour())] == ["Experience", "Perspective"]
    assert "too few items to tell" in context.views_in_words(aarhus())[0]


def test_reach_is_told_for_all_and_for_whoever_hears_least() -> None:
    rows = harbour().exposure.organisation
    told = context.reach_in_words(harbour())
    assert f"{rows.loc['mean', 'before']:.2f} effective perspectives" in told
    assert f"{rows.loc['lowest', 'after']:.2f} after." in told


def test_data_without_problems_are_praised_and_others_counted() -> None:
    assert record.issues_in_words(aarhus()).startswith("Nothing: every cell")
    severity = harbour().survey.issues["severity"]
    assert record.issues_in_words(harbour()).startswith(f"{(severity == 'note').sum()} cells were understood")


def test_careless_people_in_pairs_are_counted() -> None:
    study = harbour()
    flagged = set(study.careless.index[study.careless["flag"]])
    paired = flagged & {*study.pairing.table["a"], *study.pairing.table["b"]}
    assert record.careless_in_words(study).startswith(
        f"{len(flagged)} people may have answered without reading; {len(paired)} of"
    )
    assert record.careless_in_words(aarhus()) == "Nobody's answers look as if given without reading."


def test_every_setting_is_told() -> None:
    told = dict(record.settings_in_words(harbour()))
    assert told["foundation that passes"] == "mutual or introduced"
    assert told["contact layers"] == "works_with and advice"
    assert dict(record.settings_in_words(aarhus()))["goals at most apart"] == "no limit"


def with_summary(study: Study, **changed: float) -> Study:
    stability = study.stability
    assert stability is not None
    draws = stability.draws.assign(same=changed.get("recur", stability.summary["recur"]))
    optimism = stability.optimism.assign(optimism=changed.get("optimism", 0.5))
    return replace(study, stability=replace(stability, draws=draws, optimism=optimism))


def test_pairs_that_recur_are_counted() -> None:
    study = harbour()
    first = pairs.repeats_in_words(study)[0]
    assert f"{study.stability.summary['recur']:.0%} of these pairs would be proposed again on average" in first
    likely = int(study.stability.pairs.query("proposed")["inclusion"].ge(0.5).sum())
    assert f"{likely or 'none'} of them in at least half of 10 repeats" in first


@pytest.mark.parametrize(
    ("recur", "verdict"),
    [(0.95, "hardly depend on how"), (0.6, "most of these pairs are likely"), (0.1, "one of several")],
)
def test_what_to_make_of_it_follows_the_share_that_recurs(recur: float, verdict: str) -> None:
    assert verdict in pairs.repeats_in_words(with_summary(harbour(), recur=recur))[0]


def test_what_is_promised_in_vain_is_told_where_it_can_be() -> None:
    share = with_summary(harbour(), optimism=0.4).stability.summary["optimism"]
    assert f"about {share:.0%} of the total gain" in pairs.repeats_in_words(with_summary(harbour(), optimism=0.4))[1]
    assert "would find as much" in pairs.repeats_in_words(with_summary(harbour(), optimism=0.0))[1]
    assert len(pairs.repeats_in_words(aarhus())) == 1, "one question about perspective cannot be halved"


def test_where_the_survey_was_not_drawn_anew_the_report_says_how_to() -> None:
    assert "peernet.pairing_stability" in pairs.repeats_in_words(replace(harbour(), stability=None))[0]
    assert pairs.recurs_explained(replace(harbour(), stability=None)) == ""
    assert pairs.recurs_explained(harbour()).startswith(" Recurs: share of 10 repeats")


def test_ways_that_bring_more_are_told_with_what_they_rest_on() -> None:
    table = harbour().comparison.table
    more = table[table["gain"] > table["gain"]["peernet"]]
    assert context.other_ways_in_words(harbour()).startswith(
        f"{len(more)} ways bring more because the rules are ignored"
    )
    assert f"{more['founded'].max():.0%} of the pairs" in context.other_ways_in_words(harbour())
    only = replace(harbour().comparison, table=table.loc[["peernet", "random"]])
    assert context.other_ways_in_words(replace(harbour(), comparison=only)).startswith("No other way brings more")
