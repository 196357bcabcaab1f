"""The programme's rules in the report, in words that need no explanation."""

from __future__ import annotations

import pandas as pd
import pytest

from peernet import Rule
from peernet.report.answer import headline, main_numbers, summary
from peernet.report.pairs import pairs_table, proof_in_words, rules_in_words, unpaired_reasons_table
from peernet.report.record import has_priced_rules, rule_in_words, rules_table, settings_in_words
from tests.made.studies import aarhus, page_of, ruled

NAMES = pd.Series({"p1": "Ada", "p2": "Ben"})


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule("forbidden", "p1", "p2"), "Ada and Ben are not paired"),
        (Rule("required", "p1", "p2"), "Ada and Ben are paired"),
        (Rule("met", "p1", "p2"), "Ada and Ben met in an earlier round and are not paired again"),
        (Rule("capacity", "p1", number=0), "Ada has no partner"),
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


def test_who_rests_by_a_rule_is_not_said_to_want_no_partner() -> None:
    kinds = unpaired_reasons_table(ruled()).set_index("Why")["People"]
    assert kinds["no partner by a rule"] == 1
    assert "wants no partner" not in kinds


def test_what_is_gained_is_told_apart_from_what_is_left_once_prices_are_taken_off() -> None:
    study = ruled()
    table = study.pairing.table
    gained, paid = (table["value"] + table["price"]).sum(), table["price"].sum()
    assert paid > 0.01, "some rules are worth breaking"
    assert dict(main_numbers(study))["effective perspectives gained in total"] == f"{gained:.2f}"
    assert (
        f"{gained:.2f} effective perspectives, {study.pairing.objective:.2f} less the prices of rules"
        in summary(study)[1]
    )
    assert "and of the programme allow (proven, what broken rules cost taken off)" in headline(study)[0]
    assert "what broken rules cost taken off" in proof_in_words(study)
    shown = pairs_table(study)["Price of rules"]
    assert shown[table["price"] > 0].eq("0.05").all()
    assert shown[table["price"] == 0].eq("–").all()
