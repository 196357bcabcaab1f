"""Who of a second wave is who in the first, and what they said then, under the names they had at first.

Nobody is joined but by an identifier that is the same or a link that was handed over; who has none is nobody here,
whatever their name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from peernet._wording import listed
from peernet.errors import SettingError, check_type, did_you_mean
from peernet.survey.item import Item
from peernet.survey.survey import Survey
from peernet.survey.waves import Links, later_only, link_waves, linked_people


def who_is_who(before: Survey, after: Survey, links: Links | None) -> pd.DataFrame:
    """Who is in both waves: ``first`` and ``second``, by their identifiers unless links are handed over."""
    check_type("after", after, Survey, "read_survey")
    pairs = linked_people(link_waves(before, after) if links is None else links)
    waves = {"first": before.people.index, "second": after.people.index}
    strange = {side: pairs.loc[~pairs[side].isin(people), side].tolist() for side, people in waves.items()}
    turned = len(pairs) and pairs["first"].isin(waves["second"]).all() and pairs["second"].isin(waves["first"]).all()
    for side in [side for side in strange if strange[side]]:
        who = strange[side][0]
        hint = " The waves stand the other way round." if turned else did_you_mean(who, waves[side])
        raise SettingError(
            f"links call somebody of the {side} wave {who!r}, and nobody there is called so.{hint} Correct the link, "
            "or leave it out."
        )
    return pairs


def with_second_wave(survey: Survey, after: Survey, links: Links | None) -> Survey:
    """The first survey with the outcomes, and the partners named, of the second under the first one's identifiers.

    Where the second calls all that it asked wave 1, or an outcome by a wave of which the first has other answers, that
    counts as the next wave. Answers that both have are the same answers.
    """
    linked = who_is_who(survey, after, links)
    if not len(linked):
        raise SettingError(
            "Nobody of the second wave is linked to anybody of the first: their identifiers differ. Say who is who by "
            "links, which link_waves makes of renames or of the codes that people gave."
        )
    first_of = dict(zip(linked["second"], linked["first"], strict=True))
    later = after.outcomes.assign(person=after.outcomes["person"].map(first_of)).dropna(subset=["person"])
    waves: dict[tuple[str, int], int] = {}
    unaware = bool((later["wave"] == 1).all())
    for measure, rows in later.groupby("measure"):
        new = _renumbered(survey, str(measure), rows, unaware=unaware)
        waves |= {(str(measure), wave): number for wave, number in new.items()}
    if waves:
        later["wave"] = [waves[key] for key in zip(later["measure"], later["wave"], strict=True)]
    outcomes = pd.concat([survey.outcomes, later], ignore_index=True) if len(survey.outcomes) else later
    outcomes = outcomes.drop_duplicates(["person", "wave", "measure"], ignore_index=True)
    asked = {*survey.partners["item"]}
    named = after.partners[~after.partners["item"].isin(asked)]
    for side in ("person", "partner"):
        called = named[side].map(lambda who: first_of.get(who, later_only(who)), na_action="ignore")
        named = named.assign(**{side: called})
    partners = pd.concat([survey.partners, named], ignore_index=True)
    items = _further_items(survey, after, waves, asked)
    book = replace(survey.codebook, items=(*survey.codebook.items, *items)) if items else survey.codebook
    return replace(survey, outcomes=outcomes, partners=partners.astype(survey.partners.dtypes), codebook=book)


def _renumbered(survey: Survey, measure: str, later: pd.DataFrame, *, unaware: bool) -> dict[int, int]:
    """The wave that each wave of the second survey counts as."""
    own = survey.outcomes[survey.outcomes["measure"] == measure]
    both = own.merge(later, on=["person", "wave"], suffixes=("", "_later"))
    waves, last = sorted({*later["wave"]}), int(own["wave"].max()) if len(own) else 0
    again = sorted({*own["wave"]} & {*waves})
    if len(both) and (both["value"] == both["value_later"]).all():
        return {wave: wave for wave in waves}
    if unaware:
        return {1: int(survey.outcomes["wave"].max()) + 1 if len(survey.outcomes) else 2}
    if not again:
        return {wave: wave for wave in waves}
    if len(waves) > 1:
        raise SettingError(
            f"Both surveys hold {measure} of wave {listed([str(wave) for wave in again])}, with other answers. Say in "
            "the codebook of the second which wave each question belongs to."
        )
    return {waves[0]: last + 1}


def _further_items(survey: Survey, after: Survey, waves: Mapping[tuple[str, int], int], asked: set[str]) -> list[Item]:
    """What the second survey's questions mean that the first has no answers to."""
    known = {(item.measure or item.name, item.wave or 1) for item in survey.codebook.block("outcome")}
    found = []
    for item in after.codebook.block("outcome"):
        measure = item.measure or item.name
        wave = waves.get((measure, item.wave or 1))
        if wave is not None and (measure, wave) not in known:
            found.append(replace(item, name=f"{measure}, wave {wave}", measure=measure, wave=wave))
    partners = [item for item in after.codebook.block("partner") if item.name not in asked]
    there = {*survey.codebook.names, *(item.name for item in found)}
    return [*found, *(item for item in partners if item.name not in there)]
