"""Who is who in two waves of one study: by identifier, by declared renames or by self-made codes, never by likeness.

Whoever makes up a code anew (letters of a parent's name, day of birth) makes slips, and two people can have the same.
So two codes that are nearly alike, and codes that several people share, are put forward as doubts for somebody who can
ask; nothing is joined that was not the same or declared to be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from unicodedata import normalize

import numpy as np
import pandas as pd
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from peernet._wording import Shown, count_in_digits, listed, listed_few
from peernet.errors import SettingError, did_you_mean, type_in_words
from peernet.survey.survey import Survey

RENAME, IDENTIFIER, CODE, FOLDED = "rename", "identifier", "code", "code but for case and spaces"
DOUBT_COLUMNS = ["first", "second", "reason", "do"]
ASK = "ask them; where they are one person add {pair} to the renames"
Doubt = tuple[str | None, str | None, str, str]


@dataclass(frozen=True, eq=False, repr=False)
class WaveLinks(Shown):
    """Who of one wave is who in another, who may be, and who is in one alone.

    Everybody of either wave is in exactly one of the four.

    Parameters
    ----------
    linked
        One row per person in both, in the order of the first: ``first``, ``second``, their identifiers; ``how``, one
        of ``"rename"``, ``"identifier"``, ``"code"`` and ``"code but for case and spaces"``.
    doubts
        What somebody must settle, a row for each two who may be one person, or person who cannot be placed:
        ``first``, ``second`` (missing where nobody), ``reason``, ``do``.
    only_first, only_second
        Identifiers of people whom nobody in the other wave is or may be.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> spring, autumn = pd.DataFrame(index=["p1", "p2"]), pd.DataFrame(index=["p2", "p3"])
    >>> links = pn.survey.link_waves(spring, autumn)
    >>> links.only_first.tolist(), links.only_second.tolist()
    (['p1'], ['p3'])
    """

    MAIN_TABLE = "linked"

    linked: pd.DataFrame
    doubts: pd.DataFrame
    only_first: pd.Index[str]
    only_second: pd.Index[str]

    def __repr__(self) -> str:
        ways = [f"{number:,} by {how}" for how, number in Counter(self.linked["how"]).items()]
        people = count_in_digits(len(self.linked), "person", "people")
        doubts = count_in_digits(len(self.doubts), "doubt", "doubts")
        told = f" ({listed(ways)})" if ways else ""
        alone = f"{len(self.only_first):,} only in the first, {len(self.only_second):,} only in the second"
        return f"<WaveLinks: {people} linked{told}, {doubts}, {alone}>"


Links: TypeAlias = WaveLinks | pd.DataFrame


def link_waves(
    first: Survey | pd.DataFrame,
    second: Survey | pd.DataFrame,
    *,
    renames: Mapping[str, str] | None = None,
    code: str | None = None,
) -> WaveLinks:
    """Find who of one wave of a study is who in another.

    Parameters
    ----------
    first, second
        What `read_survey` returned, or a table with one row per person whose index identifies them. In a survey
        everybody on the roster counts.
    renames
        Identifier in the first to identifier in the second, of people whose identifier changed and of those whose
        doubt was settled. They come before everything else.
    code
        The column that holds each person's self-made code, in both waves; ``"person"`` where the code is the
        identifier itself. Without it people are linked by their identifier. Two people with one code are read by
        `read_survey` as one person who answered twice, where the code is the identifier: then give both tables as they
        were exported.

    Returns
    -------
    WaveLinks
        ``.linked``, ``.doubts``, ``.only_first`` and ``.only_second``.

    Raises
    ------
    SettingError
        If a wave is neither a survey nor a table, its identifiers repeat, it lacks the column of codes, or two people
        are renamed to one.

    Notes
    -----
    Identifiers are linked where they are the same to the letter; those that differ in case or spaces alone are
    doubts. Codes are linked where one person in each wave has them, case and spaces aside. Doubts are codes that
    several people of a wave share, codes of people not linked that are one slip apart (a letter more, less or other,
    or two neighbours turned round), people without a code, and renames that lead nowhere or to somebody of whom the
    identifier says otherwise. A code that one person in each wave has can still be that of two people; the shorter the
    code the likelier.

    References
    ----------
    McGloin, J., Holcomb, S., & Main, D. S. (1996). Matching anonymous pre-posttests using subject-generated
    information. Evaluation Review, 20(6), 724-736.

    Examples
    --------
    >>> import pandas as pd
    >>> import peernet as pn
    >>> spring = pd.DataFrame({"code": ["MA07", "KL21", "RO15", "EV30"]}, index=["s1", "s2", "s3", "s4"])
    >>> autumn = pd.DataFrame({"code": ["KL12", "ma07", "RO15", "RO15"]}, index=["a1", "a2", "a3", "a4"])
    >>> links = pn.survey.link_waves(spring, autumn, code="code")
    >>> links.linked.to_numpy().tolist()
    [['s1', 'a2', 'code but for case and spaces']]
    >>> links.doubts[["first", "second", "reason"]].to_numpy().tolist()
    [['s3', 'a3', "code 'RO15' is that of 1 person in the first and 2 people in the second"],
     ['s3', 'a4', "code 'RO15' is that of 1 person in the first and 2 people in the second"],
     ['s2', 'a1', "codes 'KL21' and 'KL12' are one slip apart"]]
    >>> pn.survey.link_waves(spring, autumn, code="code", renames={"s2": "a1"})
    <WaveLinks: 2 people linked (1 by code but for case and spaces and 1 by rename), 2 doubts, 1 only in the first, ...>
    """
    waves = [_keys(wave, name, code) for name, wave in (("first", first), ("second", second))]
    here, there = waves
    linked, doubts = _renamed(
        here, there, {str(a): str(b) for a, b in (renames or {}).items()}, by_identifier=code is None
    )
    settled = {person for a, b, *_ in [*linked, *doubts] for person in (("first", a), ("second", b))}
    here = here[[("first", person) not in settled for person in here.index]]
    there = there[[("second", person) not in settled for person in there.index]]
    found, unsure = _by_identifier(here, there) if code is None else _by_code(here, there)
    linked, doubts = linked + found, doubts + unsure
    order = {person: place for place, person in enumerate(waves[0].index)}
    linked.sort(key=lambda link: order[link[0]])
    return WaveLinks(
        pd.DataFrame(linked, columns=["first", "second", "how"], dtype="str"),
        pd.DataFrame(doubts, columns=DOUBT_COLUMNS, dtype="str"),
        *(wave.index[~wave.index.isin([row[side] for row in (*linked, *doubts)])] for side, wave in enumerate(waves)),
    )


def linked_people(links: Links) -> pd.DataFrame:
    """Who is who by links: ``first`` and ``second``, each identifier once; rows without one of them are nobody."""
    table = links.linked if isinstance(links, WaveLinks) else links
    if not isinstance(table, pd.DataFrame) or not {"first", "second"} <= {*table.columns}:
        is_table = isinstance(table, pd.DataFrame)
        what = listed_few([*map(str, table.columns)]) if is_table else f"{type_in_words(links)}"
        raise SettingError(
            "links must be what link_waves returned, or a table with the columns first and second, identifiers of one "
            f"person in both waves; got {what}."
        )
    pairs: pd.DataFrame = (
        table[["first", "second"]].convert_dtypes().astype("str").apply(lambda names: names.str.strip())
    )
    pairs = pairs[(pairs.notna() & (pairs != "")).all(axis=1)].reset_index(drop=True)
    for side in pairs:
        for person in pairs[side][pairs[side].duplicated()][:1]:
            raise SettingError(f"links hold {person!r} more than once under {side}. Keep the row that is right.")
    return pairs


def later_only(person: str) -> str:
    """What to call somebody of the second wave who is nobody known of the first, whoever has that identifier there."""
    return f"{person} (second wave)"


def _keys(wave: object, name: str, code: str | None) -> pd.Series[str]:
    """What people of a wave are linked by, index their identifiers; empty where they gave no code."""
    people = wave.people if isinstance(wave, Survey) else wave
    if not isinstance(people, pd.DataFrame):
        raise SettingError(f"{name} must be a Survey or a table of people; got {type_in_words(wave)}.")
    identifiers = people.index.astype("str").rename("person")
    if repeated := identifiers[identifiers.duplicated()].unique().tolist():
        shown = listed([repr(person) for person in repeated[:3]])
        raise SettingError(f"{name} must have one row per person; it repeats {shown}.")
    if code is None or (code == "person" and code not in people):
        return identifiers.to_series()
    if code not in people:
        raise SettingError(
            f"code must be a column of both waves; {name} has no {code!r}.{did_you_mean(code, map(str, people))}"
        )
    # whole numbers alike in both waves, also where a missing one made floats of them
    return people[code].convert_dtypes().astype("str").fillna("").set_axis(identifiers)


def _renamed(
    here: pd.Series[str], there: pd.Series[str], renames: Mapping[str, str], *, by_identifier: bool
) -> tuple[list[tuple[str, str, str]], list[Doubt]]:
    """People whose renames say who they are, and renames that lead nowhere."""
    if shared := [person for person, times in Counter(renames.values()).items() if times > 1]:
        raise SettingError(f"renames must lead to different people; {shared[0]!r} is the new name of more than one.")
    linked: list[tuple[str, str, str]] = []
    doubts: list[Doubt] = []
    for old, new in renames.items():
        if old in here.index and new in there.index:
            linked.append((old, new, RENAME))
            doubts += [*_taken(old, new, here, there, renames)] if by_identifier else []
        elif old in here.index:
            reason = f"renamed to {new!r}, and nobody in the second is"
            doubts.append((old, None, reason, "correct the renames, unless they did not take part again"))
        elif new in there.index:
            reason = f"renamed from {old!r}, and nobody in the first is"
            doubts.append((None, new, reason, "correct the renames, unless they did not take part before"))
    return linked, doubts


def _taken(
    old: str, new: str, here: pd.Series[str], there: pd.Series[str], renames: Mapping[str, str]
) -> Iterator[Doubt]:
    """People whose own identifier somebody else has in the other wave, by the renames."""
    if new in here.index and new not in renames:
        reason = f"in the second {new!r} is the identifier of {old!r}, by the renames"
        yield new, None, reason, "correct the renames, unless they did not take part again"
    if old in there.index and old not in renames.values():
        reason = f"in the first {old!r} was the identifier of {new!r}, by the renames"
        yield None, old, reason, "correct the renames, unless they did not take part before"


def _by_identifier(here: pd.Series[str], there: pd.Series[str]) -> tuple[list[tuple[str, str, str]], list[Doubt]]:
    linked = [(person, person, IDENTIFIER) for person in here.index if person in there.index]
    left, right = (wave[~wave.index.isin([a for a, *_ in linked])] for wave in (here, there))
    spelt: dict[str, list[str]] = {}
    for person in right.index:
        spelt.setdefault(_folded(person), []).append(person)
    doubts: list[Doubt] = [
        (person, other, "identifiers differ in case or spaces alone", ASK.format(pair={person: other}))
        for person in left.index
        for other in spelt.get(_folded(person), ())
    ]
    return linked, doubts


def _by_code(here: pd.Series[str], there: pd.Series[str]) -> tuple[list[tuple[str, str, str]], list[Doubt]]:
    folded = [wave.map(_folded).astype("str") for wave in (here, there)]
    do = "ask them for it; without a code they are linked by renames alone"
    no_code: list[list[str]] = [[*map(str, wave.index[wave == ""])] for wave in folded]
    doubts: list[Doubt] = [(person, None, "gave no code", do) for person in no_code[0]]
    doubts += [(None, person, "gave no code", do) for person in no_code[1]]
    left, right = ({code: [*group.index] for code, group in wave.groupby(wave) if code} for wave in folded)
    linked: list[tuple[str, str, str]] = []
    alone: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for code in dict.fromkeys([*left, *right]):
        ones, others = left.get(code, []), right.get(code, [])
        if max(len(ones), len(others)) > 1:
            doubts += _shared(code, ones, others)
        elif ones and others:
            same = here[ones[0]] == there[others[0]]
            linked.append((ones[0], others[0], CODE if same else FOLDED))
        else:
            alone[0 if ones else 1][code] = (ones or others)[0]
    return linked, [*doubts, *_one_slip_apart(*alone)]


def _shared(code: str, ones: list[str], others: list[str]) -> Iterator[Doubt]:
    """Everybody with a code that several people of a wave have, with everybody in the other wave who has it."""
    number = [count_in_digits(len(people), "person", "people") for people in (ones, others)]
    reason = f"code {code!r} is that of {number[0]} in the first and {number[1]} in the second"
    nobody: list[str | None] = [None]
    for one in ones or nobody:
        for other in others or nobody:
            pair = ASK.format(pair={one: other}) if one and other else "look whether one person answered twice"
            yield one, other, reason, pair


def _one_slip_apart(left: Mapping[str, str], right: Mapping[str, str]) -> Iterator[Doubt]:
    """People not linked whose codes are a letter more, less or other apart, or two neighbours turned round."""
    if not left or not right:
        return
    codes = list(left), list(right)
    apart = cdist(*codes, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8)
    for i, j in np.argwhere(apart == 1):
        one, other = codes[0][i], codes[1][j]
        pair = {left[one]: right[other]}
        yield left[one], right[other], f"codes {one!r} and {other!r} are one slip apart", ASK.format(pair=pair)


def _folded(text: str) -> str:
    """Case and spaces aside."""
    return "".join(normalize("NFKC", text).casefold().split()).upper()
