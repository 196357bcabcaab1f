"""What a sponsor is told: about many people, rounded by lot, and nothing where few stand behind it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pandas as pd
import pytest

from peernet.privacy import rounded_by_lot
from peernet.report.sponsor import SponsorSummary, _part, sponsor_summary
from peernet.study import Study
from tests.made.studies import aarhus, alone, harbour, nobody_paired, ruled

COUNTS = ("answered", "able", "paired", "introduced", "across")


def told_of(study: Study, **changed: object) -> SponsorSummary:
    parts = {name: getattr(study, name) for name in ("survey", "pairing", "comparison", "kinds")}
    return sponsor_summary(**{**parts, **changed})


def other_lots(study: Study, count: int = 60) -> list[SponsorSummary]:
    """What would have been told had somebody added a word that no pair hangs on."""
    people = study.survey.people
    surveys = [replace(study.survey, people=people.assign(note=f"note {n}")) for n in range(count)]
    return [told_of(study, survey=survey) for survey in surveys]


def true_counts(study: Study) -> dict[str, int]:
    people, pairs = study.survey.people, study.pairing.pairs
    apart = [pair for pair in pairs if people.loc[[*pair], "team"].nunique() == 2]
    return {
        "answered": int(people["answered"].sum()),
        "able": int((study.scores.gates.out == 0).sum()),
        "paired": len({person for pair in pairs for person in pair}),
        "across": len({person for pair in apart for person in pair}),
    }


@pytest.mark.parametrize("study", [harbour, aarhus, ruled, nobody_paired, alone])
def test_every_number_is_near_the_true_one_and_none_is_of_few_people(study) -> None:
    true = true_counts(study())
    for told in other_lots(study(), 20):
        for name in COUNTS:
            about = getattr(told, name)
            assert about is None or (about % 5 == 0 and about >= 10)
            if name in true and about is not None:
                assert abs(about - true[name]) < (5 if about != told.able else 12)
                assert true[name] > 5
        assert not told.able or told.able <= told.answered
        assert not told.paired or told.paired <= told.able


def test_the_same_data_tell_the_same_and_other_data_draw_anew() -> None:
    assert told_of(harbour()) == told_of(harbour())
    shuffled = replace(
        harbour().survey,
        people=harbour().survey.people.sample(frac=1, random_state=0),
        ties=harbour().survey.ties.sample(frac=1, random_state=0),
    )
    assert told_of(harbour(), survey=shuffled) == told_of(harbour())
    assert {told.paired for told in other_lots(aarhus())} == {25, 30}


def test_of_few_pairs_nothing_is_told() -> None:
    study = harbour()
    few = replace(study.pairing, table=study.pairing.table.head(2))
    told = told_of(study, pairing=few)
    assert (told.paired, told.introduced, told.across, told.advantage, told.kind) == (None,) * 5
    assert told_of(study).advantage == (0.3, pytest.approx(0.1), pytest.approx(0.5))
    assert told_of(study).kind == "far"


def test_a_kind_with_few_people_is_not_named() -> None:
    kinds = harbour().kinds
    few = replace(kinds, steps=kinds.steps.assign(people=kinds.steps["people"].where(kinds.steps["way"] != "far", 4)))
    assert told_of(harbour(), kinds=few).kind is None


def test_trust_is_not_claimed_where_nobody_was_asked_about_it() -> None:
    study = harbour()
    items = [item for item in study.survey.codebook if item.layer not in study.survey.foundation]
    silent = replace(study.survey, codebook=type(study.survey.codebook)(items))
    assert told_of(study, survey=silent).gates == ("experience",)


def test_trust_is_not_claimed_where_unknown_is_accepted() -> None:
    study = harbour()
    assert told_of(study).gates == ("trust", "experience")
    for accepted in (None, ("mutual", "unknown")):
        settings = {**study.scores.settings, "foundation": accepted}
        scores = replace(study.scores, settings=settings)
        assert "trust" not in told_of(study, pairing=replace(study.pairing, scores=scores)).gates


# --- two pages --------------------------------------------------------------------------------------------------------


def possible(answered: int, able: int, paired: int, pages: dict[int, list[int | None]]) -> set[tuple[int | None, ...]]:
    """All that one page can show of these counts."""
    shown = set()
    for first, second, third in product(pages[answered], pages[able], pages[paired]):
        most = None if None in (first, second) else min(first, second)
        shown.add((first, most, _part(most, third)))
    return shown


def test_two_pages_leave_open_what_the_one_person_said_by_whom_they_differ() -> None:
    """Somebody new answers, and is out or in; in, they bring a partner, take somebody's, or find none.

    Whoever sees the pages before and after, and knows that nothing else has changed, finds both possible whatever the
    pages show, that they are out and that they are in.
    """
    pages = {n: sorted({rounded_by_lot(n, f"{k}") for k in range(80)}, key=str) for n in range(52)}
    stories = {"out": (1, 0, 0), "in, no change": (1, 1, 0), "in, one pair more": (1, 1, 2)}
    shown: dict[str, set[tuple[object, object]]] = {story: set() for story in stories}
    for answered in range(18, 50):
        for able in range(answered + 1):
            for paired in range(0, able + 1, 2):
                before = possible(answered, able, paired, pages)
                for story, (more, more_able, more_paired) in stories.items():
                    after = (answered + more, able + more_able, paired + more_paired)
                    if after[2] <= after[1] <= after[0]:
                        shown[story] |= {*product(before, possible(*after, pages))}
    inner = [pair for pairs in shown.values() for pair in pairs if _inside(pair)]
    assert len(inner) > 1000
    out, in_ = shown["out"], shown["in, no change"] | shown["in, one pair more"]
    unsafe = [pair for pair in inner if pair not in out or pair not in in_]
    assert not unsafe, f"{len(unsafe)} of {len(inner)}: {unsafe[:5]}"


def _inside(pair: tuple[object, object]) -> bool:
    """Whether what is shown is away from the ends of the counts that were tried."""
    return all(page[0] in (25, 30, 35, 40) for page in pair)


@pytest.mark.parametrize(
    "changed",
    [
        {"refused": True},
        {"foundation": "introduced"},
    ],
)
def test_no_page_hangs_on_what_a_pair_rests_on_or_why_somebody_is_alone(changed: dict[str, object]) -> None:
    """Only who is paired counts, so that all lots give the same pages for another reason or foundation."""
    study = harbour()
    if "refused" in changed:
        unpaired = study.pairing.unpaired.assign(reason="foundation refused", detail=pd.NA)
        pairing = replace(study.pairing, unpaired=unpaired)
    else:
        pairing = replace(study.pairing, table=study.pairing.table.assign(foundation="introduced", introducer="p001"))
    assert told_of(study, pairing=pairing) == told_of(study)
