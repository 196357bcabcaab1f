"""Briefs: what a pair is told before it meets, and what its introducer and the managers around it are told.

What two people share comes first. An answer stands in a brief only where both gave it, the codebook lets it be shared
and, where people were asked, both said yes. Of what a pair shares every fourth is left out by lot, and the lot hangs on
the answers of everybody else: so what is not shown may be shared or not, and nobody can conclude from its absence what
a partner answered, be it only "not what I said", whatever else they know of them. How far apart the two are is not told
at all: whoever answered at an end of every scale would know on which side the other must be, and of experience and
goals the rest could be worked out. What they differ in is told by a theme, drawn among all themes of the survey by a
lot in which the one the two differ in most has two tickets and every other one. So whatever a reader holds likely of
their partner's answers, the odds of it are at most twice or half of what they were. The statements of the theme hang on
nobody's answers. Who could introduce two people is named whether they need it or not, so that nobody learns who did not
name them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from hashlib import sha256
from itertools import combinations, pairwise, permutations
from typing import TypeAlias

import numpy as np
import pandas as pd

from peernet._wording import Shown, count_in_digits, display_names
from peernet.errors import SettingError
from peernet.graph.climate import team_climate
from peernet.meetings.trios import TrioPairing
from peernet.pairing.record import PairingRecord
from peernet.pairing.why import FEWEST, ROUNDING, introducer_of, shared_contacts, themes_of
from peernet.privacy import FLOOR
from peernet.programme.wording import Wording
from peernet.scores.pair_scores import PairScores
from peernet.survey.item import Item
from peernet.survey.survey import Survey

Topic: TypeAlias = tuple[str, str, str]  # who offers, who seeks, what; of an answer all gave "", the item, the answer
WEEKS_TO_REVIEW = 13
SHOWN = 0.75  # chance that something a pair shares is shown; the others keep everybody guessing
MOST_SHARED, MOST_TOPICS, MOST_STATEMENTS, QUESTIONS = 5, 4, 3, 3  # as many as one side of paper holds
TOPICS = ("offers", "seeks")
# What tells how to answer: "(1 disagree to 5 agree)", and after a whole sentence any, such as "(tick all that apply)"
_HOW_TO_ANSWER = re.compile(r"\s*\([^()]*\d[^()]*\)\s*$|(?<=[?.!])\s*\([^()]*\)\s*$")


@dataclass(frozen=True)
class Shared:
    """A question to which all of a brief's people gave the same answer, or several the same of.

    Parameters
    ----------
    question
        In the words of the survey.
    answers
        What they all answered.
    block
        ``"experience"``, ``"goal"``, ``"offers"``, ``"seeks"``, ``"fact"`` or ``"team"``.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.programme.Shared("Which path do you see yourself on?", ("Specialist",), "goal").answers
    ('Specialist',)
    """

    question: str
    answers: tuple[str, ...]
    block: str


@dataclass(frozen=True)
class Brief:
    """What one pair, or trio, is told before it meets; fit to be given to all of its people.

    Parameters
    ----------
    people, names
        Identifiers, and what to call them.
    common
        What they share, see `Shared`; they may share more.
    contacts
        How many colleagues both hear from, in a sentence; empty where it cannot be told.
    theme
        What the theme is called that ``statements`` are of, see `Codebook.scale_name`; empty where it has no name or
        they are drawn from all themes. The theme the people differ in most is drawn twice as often as any other.
    statements
        Statements of the survey to talk about.
    exchange
        What each offers and seeks, where that may be told, and where it meets.
    introducer
        Identifier of the colleague who can introduce them; None where there is nobody.
    meeting
        How they come together, in a sentence.
    questions
        Three questions to begin with.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> pn.briefs(pairing, survey)["p001"].names
    ('Sebastian Duarte', 'Mei Bauer')
    """

    people: tuple[str, ...]
    names: tuple[str, ...]
    common: tuple[Shared, ...]
    contacts: str
    theme: str
    statements: tuple[str, ...]
    exchange: tuple[str, ...]
    introducer: str | None
    meeting: str
    questions: tuple[str, ...]


@dataclass(frozen=True)
class IntroducerNote:
    """Whom one colleague is asked to introduce, with a text to send for each; nothing of what anybody answered.

    Parameters
    ----------
    introducer, name
        Who is asked.
    groups
        Names of the people of each pair or trio to introduce.
    texts
        A text to send to each of them.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> pn.briefs(pairing, survey).notes[0].groups
    (('Daniel Esposito', 'Maximilian Hartley'),)
    """

    introducer: str
    name: str
    groups: tuple[tuple[str, ...], ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class TeamNote:
    """What the manager of one team can begin with; only of teams of which at least five people answered.

    Parameters
    ----------
    team
        Its name.
    words
        How many answered, in a sentence.
    statement
        The statement about how the team is led that leaves most room.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> pn.briefs(pairing, survey).teams[0].team
    'Berth planning'
    """

    team: str
    words: str
    statement: str


@dataclass(frozen=True, repr=False)
class Briefs(Shown):
    """Everything a round is told before it begins: a brief per pair, a note per introducer, and one for managers.

    Parameters
    ----------
    all
        One `Brief` per pair or trio, in the order of the pairing.
    notes
        One `IntroducerNote` per colleague who can introduce somebody, by identifier.
    teams
        One `TeamNote` per team of which that can be told; everything else managers are told is the same for all.
    wording
        The texts that are the same in every brief: agenda, agreement, what managers can do.
    first, review
        The days of the first conversation and of looking back; None where none is set.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> pn.briefs(pairing, survey, language="it")
    <Briefs: 110 briefs and 92 notes to introducers, in Italiano>
    """

    all: tuple[Brief, ...]
    notes: tuple[IntroducerNote, ...]
    teams: tuple[TeamNote, ...]
    wording: Wording
    first: date | None = None
    review: date | None = None

    def __len__(self) -> int:
        return len(self.all)

    def __repr__(self) -> str:
        notes = count_in_digits(len(self.notes), "note to introducers", "notes to introducers")
        return f"<Briefs: {count_in_digits(len(self), 'brief', 'briefs')} and {notes}, in {self.wording['language']}>"

    def __getitem__(self, person: str) -> Brief:
        """The first brief of somebody; `SettingError` where there is none."""
        for brief in self.all:
            if person in brief.people:
                return brief
        raise SettingError(f"There is no brief for {person!r}. See briefs.table for everybody who has one.")

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per person and brief: ``brief`` (number from 1), ``person``, ``partner`` and ``introducer``."""
        rows = [
            (number, person, "; ".join(other for other in brief.people if other != person), brief.introducer)
            for number, brief in enumerate(self.all, start=1)
            for person in brief.people
        ]
        table = pd.DataFrame(rows, columns=["brief", "person", "partner", "introducer"])
        return table.astype({"brief": "int64", "person": "str", "partner": "str", "introducer": "str"})


def briefs(
    pairing: PairingRecord | TrioPairing,
    survey: Survey,
    *,
    language: str = "en",
    first: date | None = None,
    review: date | None = None,
) -> Briefs:
    """What every pair, its introducer and the managers are told before a round begins.

    Parameters
    ----------
    pairing
        What `pair_people` or `pair_with_trios` returned.
    survey
        The survey it was made from.
    language
        Two letters, such as ``"en"``, ``"de"``, ``"it"``, ``"es"`` or ``"fr"``; answers and questions stay in the words
        of the survey. People are addressed formally.
    first
        Day of the first conversation, to be proposed.
    review
        Day on which a pair looks back; by default thirteen weeks after ``first``.

    Returns
    -------
    Briefs

    Raises
    ------
    SettingError
        If there is no such language, ``review`` is before ``first``, or the survey is not of the people of the pairing.

    Notes
    -----
    What may be shown of a question is its ``shareable`` in the codebook, see `Item`; of whom, the answer to a
    constraint with the role ``may_share``, where it was asked. Typed text is shown only where it is one of the declared
    answers or was given by five people. Of what a pair shares three quarters are shown, drawn by lot, so that nothing
    follows from what is missing; the idea is that of randomised response (Warner 1965).

    Of perspective only a theme is told: a scale of the codebook with at least three statements that people can talk
    about. It is drawn by a lot in which the theme that the two differ in most has two tickets and every other has one
    (randomised response with more than two answers; local differential privacy of ln 2, Kairouz et al. 2014). Whatever
    somebody knows of their partner's answers beside, the odds of anything about them become at most twice or half as
    large. The lot hangs on the answers of all others, so the bound holds for whoever does not know all of these.

    The agreement follows what is known of such relationships: they last where purpose, rhythm and an ending are
    agreed on and both give (Kram & Isabella 1985), their quality goes with what the two see in each other rather than
    with what they are (Eby et al. 2013), and people speak up where it costs them nothing (Edmondson 1999).

    References
    ----------
    Eby, L. T. et al. (2013). An interdisciplinary meta-analysis of the potential antecedents, correlates, and
    consequences of protégé perceptions of mentoring. Psychological Bulletin 139, 441-476.
    Edmondson, A. (1999). Psychological safety and learning behavior in work teams. Administrative Science Quarterly 44,
    350-383.
    Kairouz, P., Oh, S. & Viswanath, P. (2014). Extremal mechanisms for local differential privacy. Advances in Neural
    Information Processing Systems 27.
    Kram, K. E. & Isabella, L. A. (1985). Mentoring alternatives: the role of peer relationships in career development.
    Academy of Management Journal 28, 110-132.
    Warner, S. L. (1965). Randomized response: a survey technique for eliminating evasive answer bias. Journal of the
    American Statistical Association 60, 63-69.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> told = pn.briefs(pairing, survey)
    >>> told
    <Briefs: 110 briefs and 92 notes to introducers, in English>
    >>> told["p007"].exchange[-1:]
    ('Presenting: Giulia Jensen offers what João Marchetti would like to learn.',)
    """
    wording = Wording(language)
    review = review or (first + timedelta(weeks=WEEKS_TO_REVIEW) if first else None)
    if first and review and review < first:
        raise SettingError(f"review must not be before first; got {review} and {first}.")
    if not pairing.scores.people.isin(survey.people.index).all():
        raise SettingError("The survey does not hold everybody of the pairing. Give the survey that was paired.")
    writer = _Writer(pairing.scores, survey, wording)
    if isinstance(pairing, TrioPairing):
        alone = pairing.table[~pairing.table["trio"]]  # pairs that are no part of a trio
        groups: list[tuple[str, ...]] = [*pairing.trios, *zip(alone["a"], alone["b"], strict=True)]
    else:
        groups = [*pairing.pairs]
    written = tuple(writer.brief(group) for group in groups)
    notes, teams = _notes(written, writer.names, wording), _team_notes(survey, wording)
    return Briefs(written, tuple(notes), tuple(teams), wording, first, review)


# --- what is shared ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Lots:
    """A number for everything that could be shown of some people, which hangs on the answers of everybody else.

    None of them can work it out, so none knows what was left out; and changing what one of them answered changes no
    lot of theirs.
    """

    digests: Mapping[str, int]
    total: int  # of all of them

    @classmethod
    def of(cls, answers: pd.DataFrame) -> _Lots:
        cells = answers.map(lambda cell: "|".join(sorted(map(str, cell))) if isinstance(cell, frozenset) else str(cell))
        rows = ["\x1f".join([str(person), *row]) for person, row in zip(cells.index, cells.to_numpy(), strict=True)]
        digests = {str(person): _digest(row) for person, row in zip(cells.index, rows, strict=True)}
        return cls(digests, sum(digests.values()))

    def draw(self, people: Sequence[str], what: object) -> float:
        """The lot of something that could be shown of some people, from 0 to 1."""
        others = self.total - sum(self.digests[person] for person in people)
        return _digest(f"{others}\x1f{sorted(people)}\x1f{what}") / 2**256


def _digest(text: str) -> int:
    return int.from_bytes(sha256(text.encode("utf-8", errors="replace")).digest())


class _Writer:
    """Writes the briefs of one survey; what hangs on no pair is worked out once."""

    def __init__(self, scores: PairScores, survey: Survey, wording: Wording) -> None:
        self.scores, self.survey, self.wording = scores, survey, wording
        self.names = {str(person): name for person, name in display_names(survey.people).items()}
        asked = survey.constraint("may_share")
        self.silent = set() if asked is None else {*survey.people.index[~asked.fillna(False).astype(bool)]}
        there = [item for item in survey.codebook if item.name in survey.people]
        self.shown = [i for i in there if i.is_shown_where_shared and not i.reverse and i.block not in TOPICS]
        self.offers, self.seeks = (
            [item for item in there if item.block == block and item.shareable is not False] for block in TOPICS
        )
        self.answers = {item.name: self._answers(item) for item in (*self.shown, *self.offers, *self.seeks)}
        self.given = scores.perspective.as_given
        hidden = [item.name for item in there if item.block == "perspective"]  # nobody knows everybody's answers to it
        self.lots = _Lots.of(survey.people[[*self.answers, *hidden]])
        self.statements = [item for item in there if item.block == "perspective" and _can_be_asked(item)]
        asked_about = Counter(item.scale for item in self.statements)
        self.theme_of = {
            name: scale for name, scale in themes_of(survey, self.given).items() if asked_about[scale] >= FEWEST
        }

    def _answers(self, item: Item) -> dict[str, frozenset[str]]:
        """What each person answered to an item that can be shown, as far as it can: nobody's own words."""
        column = self.survey.people[item.name]
        told = {str(person): frozenset(_told(item, cell, self.wording)) for person, cell in column.items()}
        known = _known_answers(item, told.values())
        return {person: given & known for person, given in told.items() if person not in self.silent}

    def brief(self, people: tuple[str, ...]) -> Brief:
        """The brief of one group."""
        common, topics = self._kept(people)
        theme, statements = self._statements(people)
        introducer = self._introducer(people)
        named = {} if introducer is None else {"introducer": self.names[introducer]}
        return Brief(
            people=people,
            names=tuple(self.names[person] for person in people),
            common=tuple(self._in_common(people, common)),
            contacts=self._contacts(people),
            theme=self.survey.codebook.scale_name(theme),
            statements=statements,
            exchange=tuple(self._exchange(people, topics)),
            introducer=introducer,
            meeting=self.wording.say("brief.introduced" if named else "brief.by_yourselves", **named),
            questions=self._questions(people, common, topics, statements),
        )

    def _kept(self, people: Sequence[str]) -> tuple[dict[str, list[str]], list[Topic]]:
        """What all answered, by item, and topics one offers and another seeks; some left out by lot."""
        found: list[Topic] = []
        for item in self.shown:
            each = [self.answers[item.name].get(person, frozenset()) for person in people]
            found += [("", item.name, answer) for answer in frozenset.intersection(*each)]
        met = self._met(people)
        lots = {one: self.lots.draw(people, one) for one in (found if self._both_whole else [*found, *met])}
        drawn = sorted((one for one, lot in lots.items() if lot < SHOWN), key=lambda one: lots[one])
        answers: dict[str, list[str]] = {}
        for _, name, answer in [one for one in drawn if not one[0]][:MOST_SHARED]:
            answers.setdefault(name, []).append(answer)
        return answers, (met if self._both_whole else [one for one in drawn if one[0]])[:MOST_TOPICS]

    @property
    def _both_whole(self) -> bool:
        """Whether offers and seeks are shown as they are, so that where they meet can be read from them."""
        return all(item.shareable for item in (*self.offers, *self.seeks))

    def _met(self, people: Sequence[str]) -> list[tuple[str, str, str]]:
        """Topics that one offers and another seeks, who does not offer them as well."""
        offered, sought = ({p: self._topics(items, p) for p in people} for items in (self.offers, self.seeks))
        return [
            (a, b, topic) for a, b in permutations(people, 2) for topic in sorted(offered[a] & sought[b] - offered[b])
        ]

    def _topics(self, items: Sequence[Item], person: str) -> frozenset[str]:
        return frozenset().union(*(self.answers[item.name].get(person, frozenset()) for item in items))

    def _in_order(self, item: Item, answers: Sequence[str]) -> list[str]:
        order = {answer: place for place, answer in enumerate(item.categories)}
        return sorted(answers, key=lambda answer: (order.get(answer, len(order)), answer))

    def _in_common(self, people: Sequence[str], answers: Mapping[str, Sequence[str]]) -> Iterator[Shared]:
        """The team, where it is the same, as colleagues know it anyway; then what all answered."""
        teams = self.survey.people["team"].reindex(list(people))
        if teams.notna().all() and (teams == teams.iloc[0]).all():
            yield Shared(self.wording["team"], (str(teams.iloc[0]),), "team")
        for item in self._items(answers):
            yield Shared(_wording_of(item), tuple(self._in_order(item, answers[item.name])), item.block)

    def _exchange(self, people: Sequence[str], topics: Sequence[Topic]) -> Iterator[str]:
        """Offers and seeks as they are, of items that the codebook says may be shown; then topics where they meet."""
        for person in people:
            for block, items in {"offers": self.offers, "seeks": self.seeks}.items():
                shown = sorted(self._topics([item for item in items if item.shareable], person))
                if shown:
                    told = self.wording.listed(shown)
                    yield self.wording.say(f"brief.{block}", name=self.names[person], topics=told)
        for giver, taker in sorted({(giver, taker) for giver, taker, _ in topics}):
            met = self.wording.listed(sorted(what for *who, what in topics if who == [giver, taker]))
            yield self.wording.say("brief.meets", topics=met, giver=self.names[giver], taker=self.names[taker])

    # --- what differs -------------------------------------------------------------------------------------------------

    def _contacts(self, people: Sequence[str]) -> str:
        """How many colleagues both hear from, as `Pairing.why` tells it."""
        if len(people) != 2:
            return ""
        places = [self.scores.position(person) for person in people]
        both = shared_contacts(*(np.setdiff1d(self.scores.reach.heard[place], places) for place in places))
        return self.wording.say("brief.contact" if both == 1 else "brief.contacts", number=both) if both else ""

    def _statements(self, people: Sequence[str]) -> tuple[str, tuple[str, ...]]:
        """The theme drawn for a group and statements of it, or else one of each theme first, whatever was answered."""
        theme = self._theme(people)
        by_name = {item.name: item for item in self.statements}
        drawn = [by_name[name] for name in self._by_lot(people, [*by_name])]
        if theme:
            drawn = [item for item in drawn if item.scale == theme]
        else:
            first_of_each = [*{item.scale: item for item in reversed(drawn) if item.scale}.values()]
            drawn = sorted(drawn, key=lambda item: (item not in first_of_each, not item.scale))
        return theme, tuple(_wording_of(item) for item in drawn[:MOST_STATEMENTS])

    def _theme(self, people: Sequence[str]) -> str:
        """A theme by lot, in which the one that people differ in most has a second ticket; empty where there is one."""
        themes = sorted({*self.theme_of.values()})
        if len(themes) < 2:
            return ""
        tickets = [*themes, *self._main_theme(people)]
        return tickets[int(self.lots.draw(people, "theme") * len(tickets))]

    def _main_theme(self, people: Sequence[str]) -> list[str]:
        """The theme whose questions people differ in most, on the average of those they answered, if there is one."""
        asked = pd.concat([self.given.parts(a, b) for a, b in combinations(people, 2)])
        apart = asked["distance"][asked["weight"] > 0].dropna()
        by_theme = apart.groupby(apart.index.map(self.theme_of)).mean()
        first = by_theme.index[by_theme >= by_theme.max() - ROUNDING]
        return [str(first[0])] if len(first) == 1 else []

    def _introducer(self, people: Sequence[str]) -> str | None:
        """Whoever all of them trust and are trusted by, as far as can be told for pairs."""
        found = {introducer_of(self.scores, a, b) for a, b in pairwise(people)}
        only = found.pop() if len(found) == 1 else None
        return only if only not in people else None

    def _questions(
        self,
        people: Sequence[str],
        common: Mapping[str, Sequence[str]],
        topics: Sequence[Topic],
        statements: Sequence[str],
    ) -> tuple[str, ...]:
        """Three questions made of what stands in the brief, and where that is little, of what can be asked of all."""
        wording = self.wording
        asked = [
            wording.say("questions.question", statement=one)
            if one.endswith("?")
            else wording.say("questions.statement", statement=wording.quoted(one))
            for one in statements[:2]
        ]
        found = [wording.say("questions.topic", topic=wording.quoted(topics[0][2]))] if topics else []
        for block in ("experience", "goal"):  # a grade or a line of work is nothing to have tried
            lists = [item for item in self._items(common) if item.block == block and item.kind == "multiple"]
            answers = [answer for item in lists for answer in self._in_order(item, common[item.name])]
            found += [wording.say(f"questions.{block}", answer=wording.quoted(answers[0]))] if answers else []
        opened = self._by_lot(people, wording["questions.open"])
        return tuple([*asked[:1], *found, *asked[1:], *opened][:QUESTIONS])

    def _items(self, names: Mapping[str, object]) -> list[Item]:
        """Items that are shown, in the codebook's order."""
        return [item for item in self.shown if item.name in names]

    @staticmethod
    def _by_lot(people: Sequence[str], texts: Sequence[str]) -> list[str]:
        """Texts in an order of their own for every group, which hangs on no answer."""
        return sorted(texts, key=lambda text: _digest(f"{sorted(people)}{text}"))


def _wording_of(item: Item) -> str:
    """The question without what tells how to answer it; the heading where that is all there is."""
    return _HOW_TO_ANSWER.sub("", item.label) or item.name


def _can_be_asked(item: Item) -> bool:
    """Whether people can talk about it: it is a statement or a question, and the codebook does not keep it out."""
    wording = _wording_of(item)
    return item.shareable is not False and " " in wording and (item.kind == "ordinal" or wording.endswith("?"))


def _told(item: Item, cell: object, wording: Wording) -> Iterable[str]:
    """An answer in words, or several."""
    if isinstance(cell, frozenset):
        return map(str, cell)
    if cell is None or cell is pd.NA or cell != cell:  # the last is true of what is not a number
        return ()
    if isinstance(cell, bool | np.bool_):
        return ((item.categories or (wording["no"], wording["yes"]))[int(cell)],)
    return (f"{cell:g}" if isinstance(cell, float) else str(cell),)


def _known_answers(item: Item, told: Iterable[frozenset[str]]) -> frozenset[str]:
    """Answers that are nobody's own words: declared, a number, yes or no, or given by several people."""
    given = Counter(answer for answers in told for answer in answers)
    if item.categories:
        return frozenset(item.categories)
    is_plain = item.is_numbered or item.kind in ("binary", "asymmetric")
    return frozenset(answer for answer, times in given.items() if is_plain or times >= FLOOR)


# --- what introducers and managers are told ---------------------------------------------------------------------------


def _notes(written: Sequence[Brief], names: Mapping[str, str], wording: Wording) -> Iterator[IntroducerNote]:
    for introducer in sorted({brief.introducer for brief in written if brief.introducer}):
        groups = [brief.names for brief in written if brief.introducer == introducer]
        texts = [
            wording.say(
                "introducer.text" if len(group) == 2 else "introducer.text_three",
                names=wording.listed(group),
                introducer=names[introducer],
            )
            for group in groups
        ]
        yield IntroducerNote(introducer, names[introducer], tuple(groups), tuple(texts))


def _team_notes(survey: Survey, wording: Wording) -> Iterator[TeamNote]:
    """Where its people agree, the statement that leaves most room on the scale a team gave least."""
    try:
        climate = team_climate(survey, floor=FLOOR)
    except SettingError:  # nothing was asked about it, or nobody knows who leads whom
        return
    told = climate.teams.dropna(subset=["mean", "lowest"]).sort_values(["team", "mean"]).drop_duplicates("team")
    for team, people, lowest in told[["team", "people", "lowest"]].itertuples(index=False, name=None):
        yield TeamNote(str(team), wording.say("managers.team", people=people), _HOW_TO_ANSWER.sub("", str(lowest)))
