"""Why these pairs, in the report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peernet.report import pairs
from peernet.report.pairs import best_pairs_in_words, nearness_in_words, nearness_table
from tests.made.studies import aarhus, harbour


def test_a_pair_is_near_in_what_it_shares_and_far_in_outlook() -> None:
    study = harbour()
    near = (study.pairing.table["experience"] <= 0.85 * study.scores.gates.experience.mean).mean()
    far = (study.pairing.table["perspective"] > 0.85 * study.scores.perspective.mean).mean()
    words = nearness_in_words(study)
    assert f"{near:.0%} are closer in experience than two people usually are" in words
    assert f"{far:.0%} are at least about as far apart in perspective" in words


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
    assert "Difference: perspective" in words
    assert words.endswith(".")
    assert "two people picked at random" not in words
    assert not [person for person in study.survey.people.index if f" {person} " in words]


def test_a_pair_is_told_as_pairing_why_tells_it() -> None:
    study = harbour()
    best = study.pairing.table.sort_values("value", ascending=False).iloc[0]
    gains = study.pairing.why(best["a"], best["b"]).table.query("part == 'gain'")["words"]
    assert all(words in best_pairs_in_words(study)[0][1] for words in gains)


def test_pairs_nothing_is_known_of_have_their_column() -> None:
    study = harbour()
    table = study.pairing.table.copy()
    table.loc[:9, "experience"] = float("nan")
    shown = nearness_table(replace(study, pairing=replace(study.pairing, table=table)))
    assert "not known" in shown
    assert "not known" not in nearness_table(study)
