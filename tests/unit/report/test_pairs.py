"""The report's pairs: who is paired, why, how sure that is, and who has no partner."""

from __future__ import annotations

import re
from dataclasses import replace
from unittest.mock import patch

import pandas as pd
import pytest

from peernet._wording import amount
from peernet.compare.stability import pairing_stability
from peernet.datasets.examples import load_example
from peernet.pairing.why import theme_in_words
from peernet.report import pairs
from peernet.report.html import Html
from peernet.report.page import report_page
from peernet.report.pairs import (
    CAUSES,
    best_pairs_in_words,
    causes_in_words,
    causes_table,
    colleagues_caption,
    nearness_in_words,
    nearness_table,
    outlook_in_words,
    pairs_table,
    proof_in_words,
    recurs_explained,
    repeats_in_words,
    rules_in_words,
    scales_in_words,
    scales_table,
    unpaired_reasons_table,
    unpaired_table,
    verdict_in_words,
)
from peernet.scores.scoring import score_pairs
from peernet.study import Study
from tests.made.studies import aarhus, harbour, nobody_paired, page_of, ruled


def test_the_rules_are_told_with_their_limits() -> None:
    told = rules_in_words(harbour())
    assert told.startswith("A pair must rest on trust, respect and candour (both named each other or a colleague both")
    assert f"experience at most {harbour().scores.settings['experience']:.2f} apart" in told
    assert "with their manager" in told


def test_rules_without_goals_do_not_speak_of_goals() -> None:
    assert "goals" not in rules_in_words(aarhus())
    assert "lunch" in rules_in_words(aarhus())


def test_open_gates_are_told_as_such() -> None:
    study = replace(harbour(), scores=harbour().scores.without("foundation", "experience", "goals"))
    assert rules_in_words(study).startswith("A pair need not rest on anything. Nobody is paired with their manager")


def test_pairs_that_bring_most_come_first_with_names_and_teams() -> None:
    study = harbour()
    best = study.pairing.table.sort_values("value", ascending=False).iloc[0]
    people, first = study.survey.people, pairs_table(study).iloc[0]
    assert isinstance(first["One"], Html)
    assert first["One"] == f'{people.loc[best["a"], "name"]}<span class="aside">{people.loc[best["a"], "team"]}</span>'
    assert first["One gains"] == f"{best['gain_a']:.2f}"


def test_introducers_are_named() -> None:
    study = harbour()
    names = study.survey.people["name"]
    introduced = study.pairing.table["introducer"].dropna()
    rests = set(pairs_table(study)["Rests on"])
    assert rests >= {f"introduction by {names[person]}" for person in introduced}


def test_columns_of_what_was_not_asked_are_left_out() -> None:
    assert not {"Goals apart", "Topics to teach"} & {*pairs_table(aarhus())}
    assert {"Goals apart", "Topics to teach"} <= {*pairs_table(harbour())}


def test_the_graph_says_how_many_pairs_cross_teams() -> None:
    study = harbour()
    teams = study.survey.people["team"]
    across = sum(teams[a] != teams[b] for a, b in study.pairing.pairs)
    assert f"{across} of the {len(study.pairing)} pairs join people of different teams." in colleagues_caption(study)
    assert "teams" not in colleagues_caption(aarhus())


def test_a_pair_is_near_in_what_it_shares_and_far_in_outlook() -> None:
    study = harbour()
    far = (study.pairing.table["perspective"] > 0.85 * study.scores.perspective.as_given.mean).mean()
    words = nearness_in_words(study)
    assert words.startswith("A good partner has trodden much the same path and sees things differently.")
    assert f"{far:.0%} are at least about as far apart in perspective" in words
    assert "closer in experience" not in words, "less the 47 that the table shows, it would tell who is much closer"


@pytest.mark.parametrize(
    ("bands", "close", "far"),
    [
        ([30, 40, 20, 12, 0], "70 of 102", "32 of 102"),
        ([3, 67, 20, 12, 0], None, None),
        ([0, 70, 20, 12, 0], None, None),
        ([40, 30, 30, 2, 0], None, None),
        ([3, 9, 60, 30, 0], "12 of 102", "90 of 102"),
        ([40, 2, 3, 57, 0], None, None),
        ([3, 7, 30, 50, 12], "10 of 102", "80 of 102"),
    ],
)
def test_no_share_gives_away_a_count_that_the_table_hides(
    monkeypatch: pytest.MonkeyPatch, bands: list[int], close: str | None, far: str | None
) -> None:
    monkeypatch.setattr(pairs, "_count_by_band", lambda _: bands)
    told, shown = nearness_in_words(harbour()), nearness_table(harbour())
    assert [part in told for part in ("closer in experience", "closer in goals", "far apart in perspective")] == [
        close is not None,
        close is not None,
        far is not None,
    ]
    assert "Of these pairs, ." not in told
    assert told.endswith("a person hears already.")
    for said in (close, far):
        if said:
            part, whole = map(int, said.split(" of "))
            assert f"{part / whole:.0%} are" in told
    assert (shown == "hidden").any(axis=None) == (min(bands[:4]) < 5)


def test_what_was_not_asked_is_not_told() -> None:
    assert "goals" not in nearness_in_words(aarhus())
    assert nearness_table(aarhus())["The two, in"].tolist() == ["Experience", "Perspective"]


def test_counts_add_up_and_small_ones_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = nearness_table(harbour()).set_index("The two, in")
    assert all(cell == "hidden" or int(cell) >= 5 for cell in shown.to_numpy().ravel())
    assert (shown == "hidden").any(axis=None)
    monkeypatch.setattr(pairs, "suppress_small", _with_total)
    assert nearness_table(harbour()).set_index("The two, in").astype(int).sum(axis=1).eq(len(harbour().pairing)).all()


def _with_total(counts):
    whole = counts.copy()
    whole["total"] = counts.sum()
    return whole


def test_a_hidden_count_is_never_alone_in_its_row() -> None:
    hidden = nearness_table(harbour()).set_index("The two, in").eq("hidden").sum(axis=1)
    assert not hidden.eq(1).any(), "the number of pairs would give it away"


def test_the_pairs_that_bring_most_are_told_with_names_and_never_with_answers() -> None:
    study = harbour()
    names = study.survey.people["name"]
    best = study.pairing.table.sort_values("value", ascending=False).iloc[0]
    heading, words = best_pairs_in_words(study)[0]
    assert heading == f"{names[best['a']]} and {names[best['b']]}"
    assert words.startswith("Common ground: experience")
    assert f"Rests on introduction by {names[best['introducer']]}." in words
    assert re.search(r"Difference: (goals [^.]*, )?perspective", words)
    assert words.endswith(".")
    assert "two people picked at random" not in words
    assert not [person for person in study.survey.people.index if f" {person} " in words]


def test_a_pair_is_told_as_pairing_why_tells_it() -> None:
    study = harbour()
    best = study.pairing.table.sort_values("value", ascending=False).iloc[0]
    gains = study.pairing.why(best["a"], best["b"]).table.query("part == 'gain'")["words"]
    told = best_pairs_in_words(study)[0][1]
    assert all(words in told for words in gains)


@pytest.mark.parametrize(
    ("scales", "told"),
    [
        ({"change": "Openness to change", "people": "Putting people first", "planning": "Planning ahead"}, "“{label}”"),
        ({}, "“{scale}”"),
    ],
)
def test_the_theme_of_a_pair_is_told_by_what_the_codebook_calls_it(scales: dict[str, str], told: str) -> None:
    study = harbour()
    survey = replace(study.survey, codebook=replace(study.survey.codebook, scales=scales))
    called = {told.format(scale=scale, label=scales.get(scale)) for scale in ("change", "people", "planning")}
    scores = replace(study.pairing.scores, survey=survey)
    pairing = replace(study.pairing, scores=scores)
    with patch.object(pairs, "SHOWN", 60):
        words = [words for _, words in best_pairs_in_words(replace(study, survey=survey, pairing=pairing))]
    found = {theme for text in words for theme in re.findall("most of all in (“[^”]*”)", text)}
    assert len(found) > 1
    assert found <= called
    assert {
        theme for a, b in pairing.pairs for theme in re.findall("most of all in (.*?)[.,] ", str(pairing.why(a, b)))
    } <= called


def test_a_theme_whose_word_is_a_code_is_told_by_one_of_its_questions() -> None:
    codebook = harbour().survey.codebook
    items = tuple(replace(item, scale="pl2" if item.scale == "planning" else item.scale) for item in codebook)
    wording = codebook["planning_1"].label
    assert theme_in_words(replace(codebook, items=items, scales={}), "pl2") == f"questions such as “{wording}”"


def test_pairs_nothing_is_known_of_have_their_column() -> None:
    study = harbour()
    known = study.pairing.table.fillna({"goals": 0.4})  # goals are no gate, so some pairs share too few answers
    table = known.copy()
    table.loc[:9, "experience"] = float("nan")
    shown = [nearness_table(replace(study, pairing=replace(study.pairing, table=made))) for made in (table, known)]
    assert "not known" in shown[0]
    assert "not known" not in shown[1]


def test_the_proof_names_bound_and_value_and_checks_again() -> None:
    value = amount(harbour().pairing.objective)
    assert proof_in_words(harbour()) == (
        f"No pairing within these rules is worth more than {value}; this one is worth {value}, so it is the best there "
        "is. Every pair was then held against the rules again: nothing is amiss."
    )


def test_a_pairing_that_fails_its_check_is_not_recommended() -> None:
    wrong = replace(harbour().pairing, objective=harbour().pairing.objective + 1)
    assert "amiss: do not use these pairs" in proof_in_words(replace(harbour(), pairing=wrong))


def with_summary(study: Study, **changed: float) -> Study:
    stability = study.stability
    assert stability is not None
    draws = stability.draws.assign(same=changed.get("recur", stability.summary["recur"]))
    optimism = stability.optimism.assign(optimism=changed.get("optimism", 0.5))
    return replace(study, stability=replace(stability, draws=draws, optimism=optimism))


def test_pairs_that_recur_are_counted() -> None:
    study = harbour()
    first = repeats_in_words(study)[0]
    assert f"{study.stability.summary['recur']:.0%} of these pairs would be proposed again on average" in first
    likely = int(study.stability.pairs.query("proposed")["inclusion"].ge(0.5).sum())
    assert f"{likely or 'none'} of them in at least half of 10 repeats" in first


@pytest.mark.parametrize(
    ("recur", "verdict"),
    [(0.95, "hardly depend on how"), (0.6, "most of these pairs are likely"), (0.1, "one of several")],
)
def test_what_to_make_of_it_follows_the_share_that_recurs(recur: float, verdict: str) -> None:
    assert verdict in repeats_in_words(with_summary(harbour(), recur=recur))[0]


def test_the_verdict_is_told_with_why_it_is_asked_and_its_promise_is_told_once() -> None:
    told = verdict_in_words(harbour())
    assert told.startswith("A best pairing always looks a little better than it is")
    assert told.endswith(harbour().comparison.verdict)
    assert "are expected to hold." in harbour().comparison.verdict
    assert not any("promise" in sentence for sentence in repeats_in_words(harbour()))
    table = harbour().comparison.table
    kept = replace(harbour().comparison, table=table.assign(expected=table["gain"]))
    assert verdict_in_words(replace(harbour(), comparison=kept)).startswith("The total does not look better for having")


def test_one_question_on_outlook_cannot_be_halved_and_what_it_would_take_is_said() -> None:
    assert verdict_in_words(aarhus()).startswith(
        "Cannot tell: no way of pairing was held to questions it was not chosen by. That takes two questions on outlook"
    )


def test_recurrence_is_told_by_cause_where_it_was_asked_for() -> None:
    study = harbour()
    assert "Different in a repeat" in page_of(harbour)
    shares = {"perspective": 0.83, "goals": 0.61, "ties": 0.2, "all together": 0.13}
    causes = pd.DataFrame({"recur": shares, "kept": 0.9, "allowed": 0.5}).rename_axis("cause")
    stability = replace(study.stability, causes=causes)
    assert causes_in_words(stability) == (
        "Most of all it matters what would be different in who names whom: were only that different, 20% of these "
        "pairs would be proposed again."
    )
    table = causes_table(stability)
    assert table["Different in a repeat"].tolist()[:2] == ["all of it", "who names whom"], "the greatest change first"
    assert table["Same pairs"].tolist() == ["13%", "20%", "61%", "83%"]
    assert "Different in a repeat" in report_page(replace(study, stability=stability))


def test_every_cause_has_its_words() -> None:
    found = pairing_stability(load_example(), draws=1, causes=True, consensus=False, progress=False)
    assert {*found.causes.index} <= {*CAUSES}


def test_what_gains_rest_on_is_told_with_how_reliable_it_is() -> None:
    borrowing = harbour().scores.perspective.borrowing
    told = outlook_in_words(harbour())
    assert told == f"{borrowing.in_words} Distances in the tables are those of the answers as given."
    assert f"those tell {borrowing.told:.0%} of the differences between people" in told
    assert told.replace("'", "&#x27;") in page_of(harbour)


def test_answers_as_given_are_said_to_be_so() -> None:
    assert outlook_in_words(aarhus()).startswith("Differences in outlook are those of the answers as given. ")
    raw = score_pairs(aarhus().survey, aarhus().graph, outlook="answers")
    assert outlook_in_words(replace(aarhus(), scores=raw)) == (
        "Differences in outlook are those of the answers as given."
    )


def test_whoever_answered_but_nothing_on_outlook_is_not_passed_off_as_silent() -> None:
    assert aarhus().pairing.unpaired["reason"].value_counts()["perspective not known"] == 6
    assert "perspective not known" in page_of(aarhus)
    assert "perspective not known" not in page_of(harbour)


def test_where_the_survey_was_not_drawn_anew_the_report_says_how_to() -> None:
    assert "peernet.pairing_stability" in repeats_in_words(replace(harbour(), stability=None))[0]
    assert recurs_explained(replace(harbour(), stability=None)) == ""
    assert recurs_explained(harbour()).startswith(" Recurs: share of 10 repeats")


def test_the_scale_is_told_as_a_choice() -> None:
    assert scales_in_words(harbour()).startswith(
        "How finely outlooks are told apart (the scale) is a choice. Between 0.5 and 2"
    )
    assert scales_in_words(nobody_paired()) == "With no pairs there is nothing that could depend on the scale."


def test_a_share_that_is_the_same_at_every_scale_is_told_once() -> None:
    assert "100% of these pairs would be proposed again" in scales_in_words(aarhus())
    assert "at least over" not in scales_in_words(aarhus())
    assert "100% to 100%" not in scales_in_words(aarhus())


def test_scales_keep_their_order() -> None:
    assert scales_table(harbour())["Scale"].tolist() == ["0.5 times", "0.75 times", "1.5 times", "2 times"]


def test_everyone_without_a_partner_has_a_reason() -> None:
    study = harbour()
    assert len(unpaired_table(study)) == len(study.pairing.unpaired)
    assert unpaired_reasons_table(study)["People"].sum() == len(study.pairing.unpaired)


def test_reasons_are_grouped_without_their_particulars() -> None:
    reasons = ["did not answer", "no possible partner", "no possible partner"]
    details = ["", "nobody passes every gate", "nobody passes every gate; too few answers about goals"]
    unpaired = pd.DataFrame({"person": ["p001", "p002", "p003"], "reason": reasons, "detail": details})
    study = replace(harbour(), pairing=replace(harbour().pairing, unpaired=unpaired))
    assert unpaired_reasons_table(study).to_numpy().tolist() == [
        ["no possible partner", 2],
        ["did not answer", 1],
    ]


def test_who_rests_by_a_rule_is_not_said_to_want_no_partner() -> None:
    kinds = unpaired_reasons_table(ruled()).set_index("Why")["People"]
    assert kinds["no partner by a rule"] == 1
    assert "wants no partner" not in kinds


def test_pairs_of_people_whose_team_is_not_known_are_not_counted_as_crossing_teams() -> None:
    study = harbour()
    (a, _), (c, d), *others = study.pairing.pairs
    teams = study.survey.people["team"].copy()
    teams[[a, c, d]] = pd.NA
    survey = replace(study.survey, people=study.survey.people.assign(team=teams))
    across = sum(teams[a] != teams[b] for a, b in others)
    assert (
        f"{across} of the {len(others)} pairs whose teams are known join people of different teams."
        in colleagues_caption(replace(study, survey=survey))
    )
