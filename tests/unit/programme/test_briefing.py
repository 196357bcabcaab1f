"""What a pair, its introducer and the managers are told, and in which languages."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest

import peernet as pn
from peernet.programme.briefing import SHOWN, _Writer
from peernet.programme.wording import Wording, languages
from peernet.survey import Codebook, Item
from tests.made.studies import harbour
from tests.made.surveys import both_ways, survey_of
from tests.made.tiny import write_folder

PLANS = ("Lead", "Learn", "Move", "Rest", "Teach", "Write")
STATES = ("mutual", "introduced", "unknown")
SKILLS = ("Budgets", "Code", "Law", "Maps", "Talks", "Tests")


def firm(answers: Mapping[str, Mapping[str, object]], items: tuple[Item, ...], **ties) -> pn.Survey:
    """A survey with other items beside those of `survey_of`: what each person answered, by item."""
    people = {person: {"perspective_1": 1 + number % 5} for number, person in enumerate(answers)}
    survey = survey_of(people, **(ties or {"layers": ["trust"]}))
    columns = {
        item.name: pd.Series({p: row.get(item.name) for p, row in answers.items()}, dtype=object) for item in items
    }
    for item in items:
        if item.kind == "ordinal" and item.categories:
            columns[item.name] = columns[item.name].astype(pd.CategoricalDtype(item.categories, ordered=True))
    return replace(survey, people=survey.people.assign(**columns), codebook=Codebook((*survey.codebook, *items)))


def told(survey: pn.Survey, *pairs: tuple[str, str], share: float = 1.1, **settings) -> pn.programme.Briefs:
    """The briefs of pairs that were asked for, by default with nothing left out by lot."""
    scores = pn.score_pairs(survey, pn.colleague_graph(survey), foundation=STATES, experience=None, goals=None)
    with patch("peernet.programme.briefing.SHOWN", share):
        return pn.briefs(pn.pair_people(scores, required=list(pairs)), survey, **settings)


def shown(brief: pn.programme.Brief) -> dict[str, tuple[str, ...]]:
    return {one.question: one.answers for one in brief.common}


PLAN = Item("plans", "goal", "multiple", "What next?", categories=PLANS)
OFFER, SEEK = (Item(block, block, "multiple", categories=SKILLS) for block in ("offers", "seeks"))


def test_what_both_answered_is_shown_in_the_words_of_the_question() -> None:
    answers = {
        "a": {"plans": frozenset({"Rest", "Lead", "Move"})},
        "b": {"plans": frozenset({"Move", "Lead", "Write"})},
    }
    (brief,) = told(firm(answers, (PLAN,)), ("a", "b")).all
    assert shown(brief) == {"What next?": ("Lead", "Move")}
    assert any("“Lead”" in question for question in brief.questions)


@pytest.mark.parametrize(
    ("item", "answer", "is_shown"),
    [
        (Item("q", "goal", "nominal", categories=("x", "y")), "x", True),
        (Item("q", "experience", "ordinal", categories=("x", "y")), "x", True),
        (Item("q", "goal", "nominal", categories=("x", "y"), shareable=False), "x", False),
        (Item("q", "goal", "ordinal", low=1, high=5), 3.0, False),
        (Item("q", "goal", "ordinal", low=1, high=5, shareable=True), 3.0, True),
        (Item("q", "goal", "ordinal", low=1, high=5, reverse=True, shareable=True), 3.0, False),
        (Item("q", "experience", "numeric"), 3.0, False),
        (Item("q", "experience", "binary"), True, False),
        (Item("q", "experience", "binary", shareable=True), True, True),
        (Item("q", "fact", "text"), "x", False),
        (Item("q", "goal", "nominal"), "my own words", False),
        (Item("q", "fact", "nominal", categories=("x", "y")), "x", False),
        (Item("q", "fact", "nominal", categories=("x", "y"), shareable=True), "x", True),
        (Item("q", "perspective", "nominal", categories=("x", "y")), "x", False),
        (Item("q", "perspective", "nominal", categories=("x", "y"), shareable=True), "x", False),
        (Item("q", "protected", "nominal", categories=("x", "y")), "x", False),
        (Item("q", "climate", "ordinal", low=1, high=5), 3.0, False),
        (Item("q", "ignore", "nominal", categories=("x", "y")), "x", False),
    ],
)
def test_the_codebook_says_what_is_shown(item: Item, answer: object, is_shown: bool) -> None:
    (brief,) = told(firm({"a": {"q": answer}, "b": {"q": answer}}, (item,)), ("a", "b")).all
    assert ("q" in shown(brief)) == is_shown


@pytest.mark.parametrize("block", ["protected", "climate", "outcome", "person"])
def test_what_can_never_be_shared_cannot_be_declared_so(block: str) -> None:
    with pytest.raises(pn.PeernetError, match="is never shared"):
        Codebook(
            (
                Item("id", "person"),
                Item("q", block, "text" if block == "person" else "ordinal", low=1, high=5, shareable=True),
            )
        )


def test_free_text_cannot_be_declared_shareable() -> None:
    with pytest.raises(pn.PeernetError, match="free text is never shared"):
        Codebook((Item("id", "person"), Item("q", "experience", "text", shareable=True)))


def test_typed_words_are_shown_where_several_people_gave_them() -> None:
    item = Item("q", "goal", "nominal")
    answers = {person: {"q": "Pilot"} for person in "abcde"} | {"f": {"q": "Mine"}, "g": {"q": "Mine"}}
    first, second = (
        told(firm(answers, (item,)), ("a", "b"), ("f", "g"))["a"],
        told(firm(answers, (item,)), ("f", "g"))["f"],
    )
    assert shown(first) == {"q": ("Pilot",)}
    assert shown(second) == {}


def test_nobody_is_shown_who_did_not_say_yes_where_that_was_asked() -> None:
    consent = Item("ok", "constraint", "binary", role="may_share")
    everything = {"plans": frozenset(PLANS), "offers": frozenset(SKILLS[:3]), "seeks": frozenset(SKILLS[3:])}
    for a, b, is_shown in ((True, True, True), (True, False, False), (None, True, False)):
        answers = {
            "a": {**everything, "ok": a},
            "b": {**everything, "offers": frozenset(SKILLS[3:]), "seeks": frozenset(SKILLS[:3]), "ok": b},
        }
        survey = firm(answers, (PLAN, OFFER, SEEK, consent))
        survey = replace(survey, people=survey.people.astype({"ok": "boolean"}))
        (brief,) = told(survey, ("a", "b")).all
        assert bool(brief.common) == bool(brief.exchange) == is_shown


def test_offers_and_seeks_are_shown_where_they_meet() -> None:
    answers = {
        "a": {"offers": frozenset({"Code", "Law"}), "seeks": frozenset({"Maps"})},
        "b": {"offers": frozenset({"Tests"}), "seeks": frozenset({"Code", "Talks"})},
    }
    (brief,) = told(firm(answers, (OFFER, SEEK)), ("a", "b")).all
    assert brief.exchange == ("Code: a offers what b would like to learn.",)
    assert any("“Code”" in question for question in brief.questions)
    whole = [replace(item, shareable=True) for item in (OFFER, SEEK)]
    (brief,) = told(firm(answers, (*whole,)), ("a", "b")).all
    assert brief.exchange[:2] == ("a offers: Code and Law.", "a would like to learn: Maps.")
    hidden = replace(SEEK, shareable=False)
    (brief,) = told(firm(answers, (OFFER, hidden)), ("a", "b")).all
    assert brief.exchange == ()


def test_three_quarters_are_shown_and_which_nobody_of_the_two_can_work_out() -> None:
    crowd = {f"p{n:03d}": {"plans": frozenset(PLANS)} for n in range(120)}
    pairs = [(f"p{n:03d}", f"p{n + 1:03d}") for n in range(0, 120, 2)]
    briefs = told(firm(crowd, (PLAN,)), *pairs, share=SHOWN)
    numbers = [len(brief.common[0].answers) for brief in briefs.all]
    assert {*numbers} >= {3, 4, 5}, "how many are left out is not the same for all"
    left_out = {answer: sum(answer not in brief.common[0].answers for brief in briefs.all) for answer in PLANS}
    assert min(left_out.values()) > 0
    other = told(firm(crowd | {"p119": {"plans": frozenset({"Rest"})}}, (PLAN,)), *pairs, share=SHOWN)
    assert [shown(brief) for brief in other.all[:-1]] != [shown(brief) for brief in briefs.all[:-1]]


def test_lots_do_not_hang_on_what_the_two_answered() -> None:
    study = harbour()
    a, b = study.pairing.pairs[0]
    people = study.survey.people.copy()
    people.loc[[a, b], "goal_direction"] = None
    changed = replace(study.survey, people=people)
    writers = [_Writer(study.scores, survey, Wording("en")) for survey in (study.survey, changed)]
    drawn = [[writer.lots.draw((a, b), what) for what in range(200)] for writer in writers]
    assert drawn[0] == drawn[1]
    assert 0.6 < sum(lot < SHOWN for lot in drawn[0]) / 200 < 0.9
    others = [person for person in study.survey.people.index if person not in (a, b)][:2]
    assert writers[0].lots.draw(others, 1) != writers[1].lots.draw(others, 1)


def test_people_of_one_team_are_told_so() -> None:
    survey = survey_of(
        {p: {"perspective_1": 1 + n} for n, p in enumerate("ab")}, team={"a": "Dock", "b": "Dock"}, layers=["trust"]
    )
    assert shown(told(survey, ("a", "b")).all[0]) == {"Team": ("Dock",)}


def test_statements_are_of_the_theme_that_is_told_by_what_the_codebook_calls_it() -> None:
    survey = harbour().survey
    called = {label: scale for scale, label in survey.codebook.scales.items()}
    briefs = pn.briefs(harbour().pairing, survey)
    for brief in briefs.all:
        wordings = [item.label for item in survey.codebook if item.scale == called[brief.theme]]
        assert all(any(label.startswith(one) for label in wordings) for one in brief.statements)
    assert {brief.theme for brief in briefs.all} == {"Openness to change", "Putting people first", "Planning ahead"}


@pytest.mark.parametrize(
    ("scales", "told_as"),
    [
        (("pace", "rules_at_work"), {"pace", "rules at work"}),
        (("f1", "f2"), {""}),
        (("pace", ""), {""}),
        (("pace", "pace"), {""}),
    ],
)
def test_a_theme_is_told_by_a_name_people_can_read_or_by_its_statements_alone(
    scales: tuple[str, str], told_as: set[str]
) -> None:
    items = tuple(
        Item(f"{place}{k}", "perspective", "ordinal", f"This is so, {place} {k}.", low=1, high=5, scale=scale or None)
        for place, scale in enumerate(scales)
        for k in range(3)
    )
    people = [f"p{number:02d}" for number in range(24)]
    answers = {p: {item.name: 1.0 + (n * k + n) % 5 for k, item in enumerate(items)} for n, p in enumerate(people)}
    briefs = told(firm(answers, items), *zip(people[::2], people[1::2], strict=True))
    assert {brief.theme for brief in briefs.all} == told_as
    for brief in briefs.all:
        assert len(brief.statements) == 3
        if told_as != {""} or scales == ("f1", "f2"):
            assert len({statement.split()[3] for statement in brief.statements}) == 1, "of one theme"


def test_a_theme_of_two_statements_is_none() -> None:
    scales = {"pace": 3, "order": 3, "candour": 2}
    items = tuple(
        Item(f"{scale}{k}", "perspective", "ordinal", f"This is so, {scale} {k}.", low=1, high=5, scale=scale)
        for scale, number in scales.items()
        for k in range(number)
    )
    people = [f"p{number:02d}" for number in range(40)]
    answers = {p: {item.name: 1.0 + (n * k + n) % 5 for k, item in enumerate(items)} for n, p in enumerate(people)}
    briefs = told(firm(answers, items), *zip(people[::2], people[1::2], strict=True))
    assert {brief.theme for brief in briefs.all} == {"pace", "order"}


def test_every_brief_has_three_questions_and_three_statements() -> None:
    for brief in pn.briefs(harbour().pairing, harbour().survey).all:
        assert len(brief.questions) == len({*brief.questions}) == 3
        assert len(brief.statements) == 3
        assert not any("(1 disagree" in text for text in (*brief.questions, *brief.statements))


def test_whoever_both_trust_introduces_them_whether_they_need_it_or_not() -> None:
    answers = {p: {"perspective_1": 1 + n} for n, p in enumerate("abcd")}
    apart = survey_of(answers, {"trust": both_ways(("a", "c"), ("b", "c"))})
    known = survey_of(answers, {"trust": both_ways(("a", "c"), ("b", "c"), ("a", "b"))})
    one, other = (told(survey, ("a", "b"))["a"] for survey in (apart, known))
    assert one == other
    assert one.introducer == "c"
    half = survey_of(answers, {"trust": [*both_ways(("a", "c")), ("b", "c")]})
    assert told(half, ("a", "b"))["a"].introducer is None, "both must trust them and be trusted"


def test_introducers_are_told_whom_and_nothing_that_was_answered() -> None:
    study = harbour()
    briefs = pn.briefs(study.pairing, study.survey)
    assert sum(len(note.groups) for note in briefs.notes) == sum(brief.introducer is not None for brief in briefs.all)
    by_introducer = {note.introducer: note for note in briefs.notes}
    plain = {
        len(text) - sum(map(len, group)) - 2 * len(note.name)
        for note in briefs.notes
        for group, text in zip(note.groups, note.texts, strict=True)
    }
    assert len(by_introducer) == len(briefs.notes)
    assert max(plain) - min(plain) <= max(len(note.name) for note in briefs.notes), (
        "the same words for all, names aside"
    )


def test_teams_are_told_of_only_where_five_people_answered() -> None:
    survey = pn.make_survey(people=40, answered=36, teams=8, mess=False, rng=1).read()
    scores = pn.score_pairs(survey, pn.colleague_graph(survey))
    briefs = pn.briefs(pn.pair_people(scores), survey)
    sizes = survey.people.loc[survey.people["answered"], "team"].value_counts()
    assert (sizes < 5).any()
    assert all(sizes[note.team] >= 5 for note in briefs.teams)


def test_a_trio_has_one_brief_of_what_all_three_share() -> None:
    study = harbour()
    trios = pn.pair_with_trios(study.scores)
    briefs = pn.briefs(trios, study.survey)
    (three,) = [brief for brief in briefs.all if len(brief.people) == 3]
    assert {three.people} == {*trios.trios}
    assert len(briefs) == len(trios)
    for one in three.common:
        item = next(item for item in study.survey.codebook if item.label == one.question)
        for person in three.people:
            answer = study.survey.people.loc[person, item.name]
            assert {*one.answers} <= (answer if isinstance(answer, frozenset) else {str(answer)})


def test_everybody_with_a_partner_stands_in_the_table_once_a_brief() -> None:
    study = harbour()
    briefs = pn.briefs(study.pairing, study.survey, first=date(2027, 1, 18))
    assert sorted(briefs.table["person"]) == sorted(person for pair in study.pairing.pairs for person in pair)
    assert briefs.review == date(2027, 4, 19)
    assert repr(briefs) == f"<Briefs: {len(briefs)} briefs and {len(briefs.notes)} notes to introducers, in English>"
    with pytest.raises(pn.PeernetError, match="There is no brief for"):
        briefs["nobody"]


def test_what_makes_no_sense_is_refused() -> None:
    study = harbour()
    with pytest.raises(pn.PeernetError, match="language"):
        pn.briefs(study.pairing, study.survey, language="xx")
    with pytest.raises(pn.PeernetError, match="review must not be before first"):
        pn.briefs(study.pairing, study.survey, first=date(2027, 2, 1), review=date(2027, 1, 1))
    with pytest.raises(pn.PeernetError, match="does not hold everybody"):
        pn.briefs(study.pairing, pn.load_aarhus())


@pytest.mark.parametrize(
    ("item", "asked"),
    [
        (Item("q", "perspective", "ordinal", "Rules help. (1 disagree to 5 agree)", low=1, high=5), "Rules help."),
        (Item("q", "perspective", "nominal", "What did you learn first? (one answer)"), "What did you learn first?"),
        (Item("A firm rule is best.", "perspective", "ordinal", low=1, high=5), "A firm rule is best."),
        (Item("q", "perspective", "ordinal", "Rules (of the house) help", low=1, high=5), "Rules (of the house) help"),
        (Item("q", "perspective", "ordinal", "Rules help.", low=1, high=5, shareable=False), None),
        (Item("q", "perspective", "nominal", "Research group"), None),
        (Item("q", "perspective", "ordinal", low=1, high=5), None),
    ],
)
def test_statements_are_what_people_can_talk_about(item: Item, asked: str | None) -> None:
    survey = firm({"a": {item.name: 1.0}, "b": {item.name: 2.0}}, (item,))
    assert told(survey, ("a", "b")).all[0].statements == (() if asked is None else (asked,))


def test_who_may_be_shown_is_read_from_a_file(tmp_path: Path) -> None:
    items = (
        Item("id", "person"),
        Item("ok", "constraint", "binary", role="may_share"),
        Item("open", "perspective", "nominal"),
    )
    folder = write_folder(tmp_path, items, survey="id,ok,open\nann,yes,a\nben,no,b\ncleo,,a\n")
    said = pn.read_survey(folder).constraint("may_share")
    assert said is not None
    assert said.fillna(False).tolist() == [True, False, False]


# --- languages --------------------------------------------------------------------------------------------------------


def texts(branch: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a language with the place where it stands."""
    if isinstance(branch, dict):
        for key, value in branch.items():
            yield from texts(value, f"{place}.{key}")
    elif isinstance(branch, list):
        for number, value in enumerate(branch):
            yield from texts(value, f"{place}.{number}")
    else:
        yield place, str(branch)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_there_are_five_languages() -> None:
    assert languages() == ["de", "en", "es", "fr", "it"]


@pytest.mark.parametrize("language", ["de", "es", "fr", "it"])
def test_a_language_has_the_same_texts_with_the_same_places(language: str) -> None:
    here, english = (dict(texts(Wording(name).texts)) for name in (language, "en"))
    assert here.keys() == english.keys()
    assert {key: places(text) for key, text in here.items()} == {key: places(text) for key, text in english.items()}
    minutes = [key for key in here if key.startswith(".agenda.") and not key.endswith(".text")]
    same = [key for key, text in here.items() if text == english[key] and key not in minutes and "lines" not in key]
    short = {"{date}.", "{day} {month} {year}", "no", "“{text}”", "Feedback", "Page", "Agenda", "Team", "Name"}
    months = [key for key in same if key.startswith(".months")]
    assert [here[key] for key in same if key not in months and here[key] not in short] == [], "not translated"


@pytest.mark.parametrize("language", languages())
def test_the_first_hour_is_an_hour(language: str) -> None:
    assert sum(int(step["minutes"].split()[0]) for step in Wording(language)["agenda"]) == 60


def test_texts_hold_whatever_is_put_in() -> None:
    assert Wording("en").say("brief.offers", name="{x}", topics="{0} %s") == "{x} offers: {0} %s."
