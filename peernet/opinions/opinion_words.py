"""What a scenario says, in sentences that can stand alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from peernet._wording import count_in_words, listed
from peernet.opinions.opinion_spread import ROUNDING, kept

if TYPE_CHECKING:
    from peernet.opinions.comparison import ScenarioComparison
    from peernet.opinions.scenario import OpinionScenario

__all__ = ["comparison_words", "listed", "scenario_words", "survival"]

RULES = {
    "assimilation": "people go part of the way to those they hear and hold on to their first opinion",
    "bounded confidence": "people hear only those who do not think too differently",
    "repulsion": "people draw near to those who think alike and away from those who do not",
}


def scenario_words(scenario: OpinionScenario) -> str:
    """The rule, what happens anyway, what the pairing adds, and what was left out."""
    told = [f"A scenario, not a forecast. If {RULES[scenario.settings['model']]}, {_anyway(scenario)}"]
    if scenario.settings["pairs"]:
        told += [_exposure(scenario), _diversity(scenario), _partners(scenario)]
    if scenario.settled < 1:
        told.append(f"Opinions still moved after {scenario.settings['meetings']} meetings.")
    return " ".join([*told, scenario.consensus.words, _left_out(scenario)]).strip()


def _anyway(scenario: OpinionScenario) -> str:
    share = kept(scenario.number("diversity", "without"), scenario.number("diversity", "before"))
    verb = "keeps" if share <= 1 else "comes to"
    return f"the organisation {verb} {share:.0%} of today's diversity of opinion without a pairing."


def _exposure(scenario: OpinionScenario) -> str:
    row, pairs = scenario.organisation.loc["exposure"], scenario.settings["pairs"]
    who = "The pair" if pairs == 1 else f"The {pairs:,} pairs"
    up = (
        _verb(pairs, "raises", "raise")
        if scenario.raises_exposure
        else f"{_verb(pairs, 'does', 'do')} not surely raise"
    )
    return (
        f"{who} {up} later exposure: {row['with']:.2f} effective perspectives with {_them(scenario)}, "
        f"{row['without']:.2f} without ({row['before']:.2f} today, {row['met']:.2f} as soon as partners are heard)."
    )


def _verb(count: int, one: str, many: str) -> str:
    return one if count == 1 else many


def _diversity(scenario: OpinionScenario) -> str:
    if scenario.number("diversity", "without") < ROUNDING:
        return "There is no diversity of opinion left to keep."
    keeps = "The organisation's diversity is kept" if scenario.keeps_diversity else "Diversity is not surely kept"
    return f"{keeps}: {scenario.diversity_kept:.1%} of what would be left without {_them(scenario)}."


def _them(scenario: OpinionScenario) -> str:
    return _verb(scenario.settings["pairs"], "it", "them")


def _partners(scenario: OpinionScenario) -> str:
    row = scenario.organisation.loc["partners_apart"]
    drive = "The pairing may drive partners apart: they" if scenario.parts_partners else "Partners"
    return f"{drive} end {row['with']:.2f} apart, {row['without']:.2f} without it, {row['before']:.2f} today."


def _left_out(scenario: OpinionScenario) -> str:
    unused = int((~scenario.items["used"]).sum())
    silent = int(scenario.people["filled"].isna().sum())
    parts = [
        f"{count_in_words(unused, 'item', 'items')} that cannot move part of the way" if unused else "",
        f"{count_in_words(silent, 'person', 'people')} without an opinion" if silent else "",
        f"{count_in_words(scenario.settings['left_out'], 'pair', 'pairs')} with one of them"
        if scenario.settings["left_out"]
        else "",
    ]
    told = [part for part in parts if part]
    return f"Left out: {listed(told)}." if told else ""


def comparison_words(found: ScenarioComparison) -> str:
    """Under which models the first pairing holds, and whether the order of the pairings does."""
    first, verdicts = found.pairings[0], found.verdicts
    good = [model for model in found.models if verdicts.loc[first, model]]
    bad = [f"{model} ({_lacking(found, model, first)})" for model in found.models if model not in good]
    told = [
        f"{first} raises later exposure and keeps diversity under {listed(good)}" if good else "",
        f"{'' if good else first + ' '}fails under {listed(bad)}" if bad else "",
    ]
    sentence = "; ".join(part for part in told if part)
    return f"Scenarios, not forecasts. {sentence}: the recommendation {survival(found)}.{_order(found)}"


def survival(found: ScenarioComparison) -> str:
    """Whether the first pairing survives a change of model; one model alone cannot say."""
    if not found.robust[found.pairings[0]]:
        return "does not survive a change of model" if len(found.models) > 1 else "fails under the only model played"
    return "survives a change of model" if len(found.models) > 1 else "was not put to a change of model"


def _lacking(found: ScenarioComparison, model: str, pairing: str) -> str:
    row = found.table.loc[[(model, pairing)]].iloc[0]
    lacks = {
        "raises": "exposure does not surely rise",
        "keeps": "diversity is not surely kept",
        "together": "partners may be driven apart",
    }
    return ", ".join(words for column, words in lacks.items() if not row[column])


def _order(found: ScenarioComparison) -> str:
    if len(found.pairings) == 1:
        return ""
    if found.same_order:
        return f" {found.ranking.iloc[:, 0].idxmin()} raises exposure most under every model."
    leaders = [found.table.loc[model]["first"] for model in found.models]
    told = [
        f"{first.idxmax()} under {model} (in {first.max():.0%} of draws)"
        for model, first in zip(found.models, leaders, strict=True)
    ]
    return f" Which pairing raises exposure most, and in what order, depends on the model: {', '.join(told)}."
