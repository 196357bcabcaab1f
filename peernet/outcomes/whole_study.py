"""Did the pairings do it: every question a survey's outcomes can answer about its pairs, asked in one go.

What one may say hangs on how people were paired. That the pairs were drawn by lot is believed where it is said, and
nowhere else; without it the same numbers describe, and show no cause.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from peernet._files import sha256_of
from peernet._parallel import check_draws
from peernet._wording import Shown, amount, count_in_digits, display_names, listed, listed_few
from peernet.dyads.apim import fit_apim
from peernet.dyads.change import before_after
from peernet.dyads.effects import COLUMNS, Effects, assumed, data_card, interval, number, p_words, told
from peernet.dyads.likeness import partner_likeness
from peernet.dyads.pairs import Dyads, as_numbers
from peernet.errors import (
    EstimationError,
    PeernetError,
    PeernetWarning,
    SettingError,
    did_you_mean,
    type_in_words,
    warn_caller,
)
from peernet.graph.colleagues import colleague_graph
from peernet.outcomes.balance_and_attrition import attrition, partner_balance
from peernet.outcomes.lots import ByLot, Design, Lot
from peernet.outcomes.measures import MET, outcome_measures
from peernet.outcomes.pairs import IN_NO_PAIR, Pairs, pairs_of
from peernet.outcomes.randomization import randomization_test
from peernet.outcomes.second_wave import with_second_wave
from peernet.outcomes.two_waves import diversity_change, movable, opinion_change
from peernet.pairing.lottery import RandomPairing
from peernet.scores.pair_scores import PairScores
from peernet.scores.scoring import score_pairs
from peernet.survey.files import SURVEY_FILES, read_table, survey_files
from peernet.survey.issues import IssueLog
from peernet.survey.reading import OUTCOMES_LEFT_OUT, read_survey
from peernet.survey.survey import Survey
from peernet.survey.waves import Links, link_waves

# What is asked, in the order of the answers.
PARTS = (
    "difference",
    "change",
    "partners",
    "alike",
    "relationship",
    "exposure",
    "organisation",
    "balance",
    "attrition",
)
FAR = "perspective"  # the measure of the pair that is asked about
FINDING = ["part", "outcome", "term"]
FEWEST_OTHERS = 2  # people in no pair, to hold the paired against
DESCRIBES = (
    "The pairs are not known to have been drawn by lot: people who think differently may have been paired, or have "
    "paired up, for reasons that bear on the outcome as well. This describes them and shows no cause."
)


@dataclass(frozen=True, eq=False)
class Finding:
    """One question and its answer.

    Parameters
    ----------
    part
        What kind of question it is: one of `PARTS`.
    outcome
        The outcome it is about, empty where it is about none in particular.
    question
        The question in words.
    found
        The result; None where the data cannot answer.
    says
        The answer in a sentence or two, or why there is none.
    """

    part: str
    outcome: str
    question: str
    found: Effects | None
    says: str


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class OutcomeStudy(Shown):
    """Everything found out about the outcomes of some pairs.

    Parameters
    ----------
    name
        What the study is called: the survey's folder.
    dyads
        The pairs with everything measured of them, and who is left out and why.
    paired_by
        How it is known who was paired with whom, in words.
    findings
        One per question: ``part`` (such as ``"difference"``), ``outcome``, ``question``, ``found`` (an `Effects`, or
        None where the data cannot answer) and ``says`` (the answer, or why there is none).
    usual
        The usual distance in perspective of two people of the survey, from 0 to 1: the mean over all pairs of people.
    names
        What to call each person of the survey.
    inputs
        SHA-256 of each file read.
    settings
        What was chosen.

    Examples
    --------
    >>> import peernet as pn
    >>> study = pn.outcomes.study_outcomes("data/harbour", drawn_by_lot=True)
    >>> study.table.loc[study.table["part"] == "balance", ["outcome", "term", "p_value"]].round(2).to_dict("records")
    [{'outcome': '', 'term': 'learning_1', 'p_value': 0.75}, {'outcome': '', 'term': 'openness_1', 'p_value': 0.84}]
    """

    name: str
    dyads: Dyads
    paired_by: str
    findings: tuple[Finding, ...]
    usual: float
    names: Mapping[str, str]
    inputs: Mapping[str, str]
    settings: Mapping[str, Any]

    @property
    def drawn_by_lot(self) -> bool:
        """Whether it was said that the pairs were drawn by lot."""
        return self.dyads.design == "drawn by lot"

    @property
    def table(self) -> pd.DataFrame:
        """Every estimate: one row per ``part``, ``outcome`` and ``term``, with ``pairs``, interval and p value."""
        rows = [
            one.found.table.reset_index(names="term")
            .reindex(columns=["term", *COLUMNS])
            .assign(part=one.part, outcome=one.outcome, pairs=one.found.card.get("pairs"), method=one.found.method)
            for one in self.findings
            if one.found is not None
        ]
        columns = [*FINDING, *COLUMNS, "pairs", "method"]
        return pd.concat(rows, ignore_index=True)[columns] if rows else pd.DataFrame(columns=columns)

    def of(self, part: str) -> tuple[Finding, ...]:
        """The findings of one part.

        Parameters
        ----------
        part
            Such as ``"difference"``.
        """
        return tuple(one for one in self.findings if one.part == part)

    def __repr__(self) -> str:
        answered = sum(one.found is not None for one in self.findings)
        asked = count_in_digits(len(self.findings), "question", "questions")
        pairs = count_in_digits(len(self.dyads), "pair", "pairs")
        return f"<OutcomeStudy {self.name}: {pairs}, {self.dyads.design}; {asked} asked, {answered} answered>"


def study_outcomes(
    survey: Survey | str | Path,
    pairs: Pairs | Path | None = None,
    *,
    drawn_by_lot: bool | Mapping[Any, Lot] = False,
    after: Survey | str | Path | None = None,
    links: Links | str | Path | None = None,
    met: str | None = None,
    draws: int = 2000,
    rng: int = 0,
    name: str | None = None,
    format: str | None = None,  # noqa: A002 - as `read_survey` calls it
    encoding: str = "utf-8",
) -> OutcomeStudy:
    """Ask a survey with outcomes whether its pairings did it, one question after the other.

    Parameters
    ----------
    survey
        What `read_survey` reads or returned.
    pairs
        Who was paired with whom: whatever `pairs_of` takes, or a file with the columns ``a`` and ``b`` (and ``round``
        where there were several). By default the survey's question about partners (block ``partner``).
    drawn_by_lot
        Whether it was drawn by lot who was paired with whom, everybody who was paired (in a round, where there are
        several) with everybody else. Of a `RandomPairing` that is known; of everything else it has to be said. Where
        the lots of rounds were others, ``{round: design}``, see `randomization_test`.
    after
        The survey of a second wave of answers, for movement towards partners, the organisation's variety and whatever
        outcomes it holds; see `pairs_of`.
    links
        Who of the second wave is who in the first, where identifiers changed: what `link_waves` returned, a table or a
        file with its columns ``first`` and ``second``, or the question in both waves that holds each person's own code.
        Without ``after`` the second wave is the folder's ``outcomes.csv``.
    met
        The outcome in which people say whether they met their partner, see `outcome_measures`.
    draws, rng
        Of pairings drawn again, and seed.
    name, format, encoding
        As for `run_study`.

    Returns
    -------
    OutcomeStudy
        ``.findings``, by part. ``"difference"``: for every outcome with an earlier wave, whether it was better where
        partners thought more differently, by `randomization_test` if the pairs were drawn by lot, else by `fit_apim`.
        ``"change"``: `before_after` of the paired against the others. ``"partners"``: the partner's earlier level, by
        `fit_apim`. ``"alike"``: `partner_likeness`. ``"relationship"``: the same of outcomes asked of pairs afterwards
        only. ``"exposure"``: perspectives within reach. ``"organisation"``: `diversity_change` and `opinion_change`,
        with a second wave. ``"balance"``: `partner_balance`, if drawn by lot. ``"attrition"``: who was lost.

    Raises
    ------
    SettingError
        If the survey has no outcomes of a later wave, it is not known who was paired, or nobody was.

    Examples
    --------
    >>> import peernet as pn
    >>> study = pn.outcomes.study_outcomes("data/harbour", drawn_by_lot=True)
    >>> study
    <OutcomeStudy harbour: 80 pairs, drawn by lot; 13 questions asked, 13 answered>
    >>> print(study.of("difference")[0].says[:110])
    Partners a usual distance (0.34) further apart in perspective make a difference of 8.09 points in learning (95
    """
    check_draws(draws)
    _check_sources(survey, after, drawn_by_lot)
    path = None if isinstance(survey, Survey) else Path(survey)
    first, later, linked, files = _waves_in(survey, after, links, format, encoding)
    known = first if later is None else with_second_wave(first, later, linked)
    measures = _measures(known)
    given, paired_by, more_files = _pairs_in(known, pairs, encoding)
    scores = _scored(known)
    drawn = given if isinstance(given, RandomPairing) else None
    lot = drawn_by_lot if isinstance(drawn_by_lot, Mapping) else drawn
    by_lot = bool(drawn_by_lot) or drawn is not None
    design = "drawn by lot" if by_lot else "observed"
    dyads = pairs_of(first, given, scores=scores, design=design, after=later, links=linked)
    _refuse_nobody(dyads)
    asked_again = later is not None and _asks_opinions_again(known, later)
    dyads = outcome_measures(dyads, known, met=met, scores=scores, after=later if asked_again else None, links=linked)
    asked = _Questions(known, dyads, measures, scores, lot, draws, rng, linked)
    return OutcomeStudy(
        name=name or ("survey" if path is None else path.stem if path.is_file() else path.resolve().name),
        dyads=dyads,
        paired_by=paired_by,
        findings=tuple(sorted(asked.all(later), key=lambda one: PARTS.index(one.part))),
        usual=asked.usual,
        names={str(who): name for who, name in display_names(known.people).items()},
        inputs=_hashes(survey) | _hashes(after, "after/") | {f.name: sha256_of(f) for f in (*files, *more_files)},
        settings={
            "drawn_by_lot": by_lot,
            "met": met,
            "draws": draws,
            "rng": rng,
            "second_wave": later is not None,
            "links": links is not None,
        },
    )


# --- what is there ----------------------------------------------------------------------------------------------------


def _measures(survey: Survey) -> dict[str, tuple[int | None, int]]:
    """Every outcome of a later wave: its last wave before that, if any, and that."""
    given = survey.outcomes.reindex(columns=["measure", "wave", "value"]).dropna()
    as_numbers(given["value"])  # says at once what is none
    found = {str(measure): sorted({*map(int, rows["wave"])}) for measure, rows in given.groupby("measure")}
    if not found:
        raise SettingError(
            "The survey holds no outcomes. Questions of the block outcome, such as learning, are what pairings are "
            "judged by; a later wave of them belongs into outcomes.csv beside the survey."
        )
    strangers = _strangers(survey)
    later = {m: (waves[-2] if len(waves) > 1 else None, waves[-1]) for m, waves in found.items() if waves[-1] > 1}
    if not later:
        or_else = "If they were asked after the pairs had met, say so in the codebook (wave 2)."
        raise SettingError(
            f"What pairings did needs a later wave, and these are of wave 1 only: {listed(sorted(found))}. "
            f"{strangers or or_else}"
        )
    if strangers:
        warn_caller(strangers)
    return later


def _check_sources(survey: object, after: object, drawn_by_lot: object) -> None:
    for what, wave in (("survey", survey), ("after", after)):
        if not isinstance(wave, Survey | str | Path) and not (what == "after" and wave is None):
            raise SettingError(f"{what} must be a Survey, or where to read one; got {type_in_words(wave)}.")
    if not isinstance(drawn_by_lot, bool | Mapping):
        raise SettingError(
            f"drawn_by_lot must be True or False, or say the design of each round; got {drawn_by_lot!r}."
        )


def _refuse_nobody(dyads: Dyads) -> None:
    if not len(dyads):
        out = dyads.left_out["reason"]
        reasons = out[out != IN_NO_PAIR].value_counts().head(3)  # who is single is no reason by itself
        why = "; ".join(f"{reason} ({count})" for reason, count in reasons.items())
        raise SettingError(f"Nobody is in a pair: {why or 'no pairs are given'}")


def _hashes(wave: Survey | str | Path | None, under: str = "") -> dict[str, str]:
    """SHA-256 of the files that a wave was read from."""
    if wave is None or isinstance(wave, Survey):
        return {}
    return {f"{under}{file.name}": sha256_of(file) for file in survey_files(Path(wave))}


def _asks_opinions_again(first: Survey, later: Survey) -> bool:
    """Whether any opinion can be followed; where none can, the questions about the organisation say so."""
    try:
        movable(first, later, None)
    except EstimationError:
        return False
    return True


def _strangers(survey: Survey) -> str:
    """What to say of people whose later answers are of nobody in the survey; empty where there are none."""
    who = survey.issues.loc[survey.issues["done"] == OUTCOMES_LEFT_OUT, "person"].tolist()
    many = f"{count_in_digits(len(who), 'person', 'people')} in the table of the later wave ({listed_few(who, 3)})"
    if not who:
        return ""
    return (
        f"{many} {'is' if len(who) == 1 else 'are'} not among the people of the survey, so what they said is not used; "
        "where identifiers changed, say who is who (links)."
    )


def _waves_in(
    survey: Survey | str | Path,
    after: Survey | str | Path | None,
    links: Links | str | Path | None,
    format: str | None,  # noqa: A002 - as `read_survey` calls it
    encoding: str,
) -> tuple[Survey, Survey | None, Links | None, list[Path]]:
    """Both waves, who of the second is who in the first, and the file that said so."""
    later = after if after is None or isinstance(after, Survey) else read_survey(after, encoding=encoding)
    file = Path(links) if isinstance(links, str | Path) and Path(links).is_file() else None
    if file is not None:
        wanted = "first", "second"
        links = _read_columns(file, wanted, encoding, "the identifiers of one person in both waves")
    told = None if isinstance(links, str | Path) else links
    if not isinstance(survey, Survey):
        survey = read_survey(survey, format=format, encoding=encoding, links=told if later is None else None)
    if isinstance(links, str | Path):
        if later is None or links not in survey.people or links not in later.people:
            asked = "a question of both waves" if later is not None else "is there a second wave with such a question"
            raise SettingError(f"links: {str(links)!r} is no file that says who is who, nor {asked}.")
        told = link_waves(survey, later, code=str(links))
    return survey, later, told, [] if file is None else [file]


def _pairs_in(survey: Survey, pairs: Pairs | Path | None, encoding: str) -> tuple[Pairs, str, list[Path]]:
    """Who was paired, how that is known, and the files it was read from."""
    questions = {item.name: item.label or item.name for item in survey.codebook.block("partner")}
    if pairs is None:
        if len(questions) != 1:
            have = f"several questions about partners, {listed([*questions])}" if questions else "none about partners"
            raise SettingError(
                f"Who was paired with whom? The survey has {have}. Name the question (block partner of the codebook), "
                "or a CSV file with the columns a and b."
            )
        pairs = next(iter(questions))
    if isinstance(pairs, str) and pairs in questions:
        return pairs, f"the answers to “{questions[pairs]}”", []
    if isinstance(pairs, (str, Path)):
        file = Path(pairs)
        if not file.is_file():
            raise SettingError(
                f"{str(pairs)!r} is neither a question about partners nor a file.{did_you_mean(str(pairs), questions)}"
            )
        pairs = _read_columns(file, ("a", "b"), encoding, "the identifiers of both", ("round",))
        return pairs, f"the file {file.name}", [file]
    return pairs, "the pairs that were handed over", []


def _read_columns(
    file: Path, wanted: Sequence[str], encoding: str, what: str, further: Sequence[str] = ()
) -> pd.DataFrame:
    """The columns wanted of a table in a file, and further ones where they are there; blanks are missing."""
    if file.suffix.casefold() not in SURVEY_FILES:
        raise SettingError(f"{file.name} is no table. Give a file that ends in {listed(SURVEY_FILES, 'or')}.")
    cells = read_table(file, encoding, IssueLog()).cells.rename(columns=str.casefold)
    if not {*wanted} <= {*cells}:
        raise SettingError(f"{file.name} needs the columns {listed(wanted)}, with {what}; it has {listed([*cells])}.")
    table = cells[[*wanted, *(column for column in further if column in cells)]]
    return table.mask(table == "").reset_index(drop=True)


def _scored(survey: Survey) -> PairScores | None:
    """Distances and gains of all pairs, where the survey asked about perspectives."""
    if not len(survey.answers("perspective").columns):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PeernetWarning)  # of who could be paired; these pairs are made already
        return score_pairs(survey, colleague_graph(survey))


# --- what is asked ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Questions:
    """The questions, each asked of the same pairs; what the data cannot answer says why."""

    survey: Survey
    dyads: Dyads
    measures: Mapping[str, tuple[int | None, int]]
    scores: PairScores | None
    drawn: RandomPairing | Mapping[Any, Lot] | None
    draws: int
    rng: int
    links: Links | None = None

    @property
    def usual(self) -> float:
        """Mean distance in perspective over all pairs of people."""
        return float("nan") if self.scores is None else self.scores.perspective.as_given.mean

    @property
    def lot(self) -> Design:
        """What the pairs were drawn from."""
        if self.drawn is not None:
            return self.drawn
        table = self.dyads.table
        if "round" not in table:
            return _lot_of(table)
        return {name: _lot_of(rows) for name, rows in table.groupby("round")}

    def all(self, after: Survey | None) -> list[Finding]:
        """Every question that these data raise."""
        wave = max(last for _, last in self.measures.values())
        found = [
            self.ask(
                "attrition",
                "",
                "Who was lost on the way?",
                lambda: attrition(self.dyads, self.survey, wave=wave, links=self.links),
            )
        ]
        if early := [f"{m}_{first}" for m, (first, _) in self.measures.items() if first is not None]:
            found += self._balance(early)
        for measure, (first, last) in self.measures.items():
            found += self._of_before_and_after(measure, first, last) if first else self._of_after(measure, last)
        found += self._unread()
        if self.scores is not None:
            found.append(self.ask("exposure", "", "What came within reach?", lambda: _reached(self.dyads)))
        if after is not None:
            found += self._of_second_wave(after)
        return found

    def _unread(self) -> list[Finding]:
        """Outcomes that were asked in a later wave, and of which no answer could be read."""
        issues, found = self.survey.issues, []
        for item in self.survey.codebook.block("outcome"):
            measure = item.measure or item.name
            if (item.wave or 1) == 1 or measure in self.measures:
                continue
            problems = issues.loc[issues["item"] == item.name, "problem"]
            why = f" ({problems.iloc[0]})" if len(problems) else ""
            question = f"Did it matter for {measure} how differently partners think?"
            says = f"No answer to {item.name} could be read{why}."
            found.append(Finding("difference", measure, question, None, says))
        return found

    def ask(self, part: str, outcome: str, question: str, find: Callable[[], Effects]) -> Finding:
        """The finding, or why there is none."""
        try:
            found = find()
        except PeernetError as error:
            return Finding(part, outcome, question, None, str(error))
        return Finding(part, outcome, question, found, found.sentence)

    def _balance(self, early: Sequence[str]) -> list[Finding]:
        if self.dyads.design != "drawn by lot":
            return []
        question = "Were partners alike beforehand by more than a lot implies?"
        return [
            self.ask("balance", "", question, lambda: partner_balance(self.dyads, self.lot, early, **self._drawing))
        ]

    @property
    def _drawing(self) -> dict[str, Any]:
        return {"draws": self.draws, "rng": self.rng}

    def _of_before_and_after(self, measure: str, first: int, last: int) -> list[Finding]:
        before, after = f"{measure}_{first}", f"{measure}_{last}"
        return [
            *self._difference("difference", measure, after, before),
            self.ask("change", measure, f"Did {measure} change?", lambda: self._change(before, after)),
            self.ask(
                "partners",
                measure,
                f"Did it matter how high the partner's {measure} was at first?",
                lambda: fit_apim(self.dyads, after, [before]),
            ),
            self._alike("alike", measure, after, f"Did partners end more alike in {measure} than chance makes people?"),
        ]

    def _of_after(self, measure: str, last: int) -> list[Finding]:
        after, earlier = f"{measure}_{last}", next((f"{m}_{f}" for m, (f, _) in self.measures.items() if f), None)
        question = f"Do partners agree in {measure}?"
        return [
            *self._difference("relationship", measure, after, None if self.dyads.design == "drawn by lot" else earlier),
            self._alike("relationship", measure, after, question),
        ]

    def _alike(self, part: str, measure: str, after: str, question: str) -> Finding:
        return self.ask(part, measure, question, lambda: partner_likeness(self.dyads, after, rng=self.rng))

    def _difference(self, part: str, measure: str, after: str, before: str | None) -> list[Finding]:
        """Whether it mattered how differently partners think."""
        if self.scores is None:
            return []
        by_lot = self.dyads.design == "drawn by lot"
        held = [] if before is None else [before]

        def find() -> Effects:
            if by_lot:
                return randomization_test(self.dyads, self.lot, after, FAR, covariates=held, **self._drawing)
            if not held:
                raise EstimationError(
                    "Nothing was measured before, and without a lot nothing else makes up for that. Say that the pairs "
                    "were drawn by lot, if they were, or ask an outcome before and after next time."
                )
            found = fit_apim(self.dyads, after, held, between=[FAR])
            question = f"Per unit of {FAR} between partners, {after} differs by"
            row = found.table.loc[[FAR]].iloc[0]
            return replace(found, sentence=told(question, row, against="no difference", says=DESCRIBES))

        asked = self.ask(part, measure, f"Did it matter for {measure} how differently partners think?", find)
        return [asked if asked.found is None else replace(asked, says=self._in_usual(measure, asked.found))]

    def _in_usual(self, measure: str, found: Effects) -> str:
        """The finding per usual distance first: what a reader can picture."""
        row = found.table.loc[FAR].to_dict()
        estimate, low, high = (float(row[column]) * self.usual for column in ("estimate", "low", "high"))
        band = "" if np.isnan(low) else f" ({interval(low, high)})"
        design_lets_one_say = found.sentence.partition("; p")[2].partition(". ")[2]
        made = "make" if self.dyads.design == "drawn by lot" else "go with"
        return (
            f"Partners a usual distance ({self.usual:.2f}) further apart in {FAR} {made} a difference of "
            f"{number(estimate)} points in {measure}{band}, against none; {p_words(float(row['p_value']))}. "
            f"{design_lets_one_say}"
        )

    def _change(self, before: str, after: str) -> Effects:
        """Before and after, of the paired against the others where there are any."""
        table, outcomes = self.dyads.table, self.survey.outcomes
        names = outcomes["measure"] + "_" + outcomes["wave"].astype("str")
        people = outcomes.assign(name=names).pivot(index="person", columns="name", values="value")
        pair_of = {who: pair for side in ("a", "b") for who, pair in zip(table[side], table["pair"], strict=True)}
        people = people.assign(pair=people.index.map(pair_of))
        people["being paired"] = np.where(people["pair"].isna(), "not paired", "paired")
        unit = None if self.dyads.in_several else "pair"
        both = people.dropna(subset=[before, after])["being paired"].value_counts()
        if both.get("not paired", 0) < FEWEST_OTHERS:
            return before_after(people[people["being paired"] == "paired"], before, after, pair=unit)
        return before_after(people, before, after, by="being paired", pair=unit)

    def _of_second_wave(self, after: Survey) -> list[Finding]:
        dyads, drawn = self.dyads, self.drawn if isinstance(self.drawn, RandomPairing) else None
        moved = "Did people move towards their partners' outlook?"
        return [
            self.ask(
                "organisation",
                "",
                "Is the organisation as diverse as before?",
                lambda: diversity_change(self.survey, after, dyads, links=self.links),
            ),
            self.ask(
                "organisation",
                "",
                moved,
                lambda: opinion_change(self.survey, after, dyads, links=self.links, lot=drawn, **self._drawing),
            ),
        ]


def _lot_of(pairs: pd.DataFrame) -> ByLot:
    """The lot among all who are in these pairs."""
    people = pd.concat([pairs["a"], pairs["b"]]).astype(str)
    if twice := sorted({*people[people.duplicated()]}):
        raise SettingError(
            f"{count_in_digits(len(twice), 'person is', 'people are')} in several pairs, so this was no single lot "
            "among all. Hand over what was drawn (a RandomPairing), or say the round of each pair."
        )
    return ByLot(people)


# --- results that no function below gives as they are needed here -----------------------------------------------------


def _reached(dyads: Dyads) -> Effects:
    """Perspectives within reach of the paired, without and with their partners: a description, and no test."""
    table, columns = dyads.table, ["reach_before", "reach_after"]
    sides = [table[[side, f"{columns[0]}_{side}", f"{columns[1]}_{side}"]] for side in ("a", "b")]
    people = pd.concat([side.set_axis(["who", *columns], axis=1) for side in sides])
    people = people.drop_duplicates("who").dropna()
    if not len(people):
        raise SettingError("Of nobody in a pair is it known whom they hear, so reach cannot be told.")
    before, after = (float(people[column].mean()) for column in columns)
    rows = pd.DataFrame(np.nan, index=pd.Index(["perspectives within reach"], name="term"), columns=COLUMNS)
    rows["estimate"] = after - before
    rows.insert(0, "before", before)
    rows.insert(1, "after", after)
    happened = int((table["met"] == MET).sum()) if "met" in table else len(table)
    who = count_in_digits(len(people), "person", "people")
    met = f"of whom {happened} pairs say they met" if "met" in table else "each pair counted as one that met"
    return Effects(
        table=rows,
        card=data_card(dyads, **{"people counted": len(people), "pairs that met": happened}),
        left_out=dyads.left_out,
        sentence=(
            f"{who} in a pair had {amount(before)} effective perspectives within reach without their partners, and "
            f"{amount(after)} with them, {met}. A partner can only add to this, so nothing is tested; whether the two "
            "made use of it is another question."
        ),
        method="Effective perspectives of oneself and the colleagues one hears, without and with partners.",
        citation="Leinster & Cobbold (2012), Ecology 93.",
        assumptions=assumed(("whoever met has heard the other's outlook", None, "not asked")),
    )
