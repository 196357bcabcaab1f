"""The report's record: the data, the settings and the programme's rules, in words that need no explanation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from peernet import Rule, Rules
from peernet.report.answer import headline, summary
from peernet.report.pairs import pairs_table, proof_in_words, rules_in_words
from peernet.report.record import (
    careless_in_words,
    careless_table,
    has_priced_rules,
    issue_kinds_table,
    issues_in_words,
    issues_table,
    rule_in_words,
    rules_table,
    settings_in_words,
)
from tests.made.studies import aarhus, harbour, page_of, ruled

NAMES = pd.Series({"p1": "Ada", "p2": "Ben"})


def test_data_without_problems_are_praised_and_others_counted() -> None:
    assert issues_in_words(aarhus()).startswith("Nothing: every cell")
    severity = harbour().survey.issues["severity"]
    assert issues_in_words(harbour()).startswith(f"{(severity == 'note').sum()} cells were understood")


def test_careless_people_in_pairs_are_counted() -> None:
    study = harbour()
    flagged = set(study.careless.index[study.careless["flag"]])
    paired = flagged & {*study.pairing.table["a"], *study.pairing.table["b"]}
    assert careless_in_words(study).startswith(
        f"{len(flagged)} people may have answered without reading; {len(paired)} of"
    )
    assert "about as far from each colleague as people usually are" in careless_in_words(study)
    assert careless_in_words(aarhus()) == "Nobody's answers look as if given without reading."


def test_it_is_said_what_their_pairs_promise_and_would_by_the_answers_as_given() -> None:
    study = harbour()
    assert len(study.careless_pairs) > 0
    known, given = study.careless_pairs[["unknown", "as_given"]].sum()
    told = f"theirs promise {known:.2f} effective perspectives so, and {given:.2f} by the answers as given."
    assert told in careless_in_words(study)
    assert "by the answers as given" not in careless_in_words(replace(study, careless_pairs=study.careless_pairs[:0]))


def test_careless_people_are_listed_with_what_was_seen_and_what_their_pair_promises() -> None:
    study = harbour()
    table = careless_table(study)
    assert len(table) == study.careless["flag"].sum() > 0
    paired = table["Partner"] != "none"
    assert paired.sum() == len(study.careless_pairs)
    assert (table.loc[~paired, ["Pair promises", "By the answers as given"]] == "–").all(axis=None)
    promised = [f"{value:.2f}" for value in study.careless_pairs["as_given"]]
    assert sorted(table.loc[paired, "By the answers as given"]) == sorted(promised)


def test_problems_are_grouped_by_what_was_done_the_gravest_first() -> None:
    table = issue_kinds_table(harbour())
    issues = harbour().survey.issues
    assert table["Times"].sum() == len(issues) == len(issues_table(harbour()))
    order = {"error": 0, "warning": 1, "note": 2}
    assert np.all(np.diff([order[severity] for severity in table["How grave"]]) >= 0)


def test_problems_are_told_by_name_and_question_with_the_column_beside_it() -> None:
    study = harbour()
    table, issues = issues_table(study), study.survey.issues
    person = next(person for person in issues["person"] if person in study.survey.people.index)
    assert study.survey.people.loc[person, "name"] in table["Person"].tolist()
    assert person not in table["Person"].tolist()
    item = next(item for item in issues["item"] if item in study.survey.codebook and study.survey.codebook[item].label)
    told = next(cell for cell in table["Question"] if f'<span class="aside">{item}</span>' in cell)
    assert told.startswith(study.survey.codebook[item].label[:12])


def test_rules_on_a_column_are_told_by_its_question() -> None:
    rule = Rule("not within", column="q7")
    assert rule_in_words(rule, NAMES, {"q7": "At which site do you work?"}) == (
        "nobody is paired with somebody who has the same answer in “At which site do you work?”"
    )


def test_names_read_alike_are_one_kind() -> None:
    kinds = issue_kinds_table(harbour())["What was done"]
    assert kinds.str.startswith("name read by its").any()
    assert not kinds.str.startswith("read as").any()


def test_every_setting_is_told() -> None:
    told = dict(settings_in_words(harbour()))
    assert told["foundation that passes"] == "mutual or introduced"
    assert told["contact layers"] == "works_with and advice"
    assert told["outlook that gains rest on"] == "adjusted"
    assert told["answers that may not have been read"] == "count as an outlook that is not known"
    assert dict(settings_in_words(aarhus()))["goals at most apart"] == "no limit"
    assert told["why there is no limit to goals"].endswith("hardly better than chance, with a reliability of 0.10")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule("forbidden", "p1", "p2"), "Ada and Ben are not paired"),
        (Rule("required", "p1", "p2"), "Ada and Ben are paired"),
        (Rule("met", "p1", "p2"), "Ada and Ben met in an earlier round and are not paired again"),
        (Rule("capacity", "p1", number=0), "Ada has no partner"),
        (Rule("partner", "p1"), "Ada has 1 partner at least"),
        (Rule("capacity", "p1", number=1), "Ada has 1 partner at most"),
        (Rule("capacity", number=2), "everyone who has room for anybody has 2 partners at most"),
        (Rule("not within", column="team"), "nobody is paired with somebody who has the same answer in “team”"),
        (Rule("not across", column="site"), "nobody is paired with somebody who has a different answer in “site”"),
        (Rule("at most across", column="site", number=1), "at most 1 pair of people with different answers in “site”"),
        (Rule("at least within", column="site", number=4), "at least 4 pairs of people with the same answer in “site”"),
        (Rule("reporting line", number=2), "nobody is paired with a manager up to 2 steps above them"),
        (Rule("shared hours", number=1.5), "the two share at least 1.5 hours"),
        (Rule("different one", "p2", number=1), "Ben is the different one in 1 pair at most"),
        (
            Rule("different one", number=2),
            "anybody of the 10% with the rarest outlooks is the different one in 2 pairs at most",
        ),
    ],
)
def test_every_kind_of_rule_has_its_sentence(rule: Rule, words: str) -> None:
    assert rule_in_words(rule, NAMES) == words


def test_a_rule_is_never_broken_or_has_its_price() -> None:
    table = rules_table(ruled())
    assert table["Rule"].tolist()[:3] == ["U41 and U47 are not paired", "U126 has no partner", "U22 and U47 are paired"]
    assert table["If broken"].tolist() == [
        "never broken",
        "never broken",
        "never broken",
        "0.05 effective perspectives a pair",
        "0.5 effective perspectives a pair",
    ]


def test_the_settings_list_the_rules() -> None:
    assert dict(settings_in_words(ruled()))["rules of the programme"] == "5"
    assert "U41 and U47 are not paired" in page_of(ruled)
    assert "5 rules of the programme came on top" in rules_in_words(ruled())


def test_without_rules_nothing_is_said_of_them() -> None:
    assert dict(settings_in_words(aarhus()))["rules of the programme"] == "none"
    assert "What the programme demands" not in page_of(aarhus)
    assert not has_priced_rules(aarhus())
    assert "Price of rules" not in pairs_table(aarhus())


def test_what_is_gained_is_told_apart_from_what_is_left_once_prices_are_taken_off() -> None:
    study = ruled()
    table = study.pairing.table
    gained, paid = (table["value"] + table["price"]).sum(), table["price"].sum()
    assert paid > 0.01, "some rules are worth breaking"
    assert f"All pairs together promise {gained:.2f} effective perspectives" in headline(study)[2]
    assert (
        f"{gained:.2f} effective perspectives, {study.pairing.objective:.2f} less the prices of rules"
        in summary(study)[2]
    )
    assert "and those of the programme promise more (proven, what broken rules cost taken off)." in headline(study)[2]
    assert "what broken rules cost taken off" in proof_in_words(study)
    shown = pairs_table(study)["Price of rules"]
    assert shown[table["price"] > 0].eq("0.05").all()
    assert shown[table["price"] == 0].eq("–").all()


def test_a_rule_on_groups_says_of_how_many_people_it_says_nothing() -> None:
    study = harbour()
    site = pd.Series("Oslo", study.survey.people.index)
    site.iloc[:3] = ["", "unknown", None]
    scores = study.scores.under(Rules([Rule("not within", column="site", price=0.1)], {"site": site}))
    assert rules_table(replace(study, scores=scores))["Rule"].tolist() == [
        "nobody is paired with somebody who has the same answer in “site” "
        "(says nothing of 3 people whose answer is not known)"
    ]
