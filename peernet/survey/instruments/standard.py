"""peernet's own questions: wording, kind and scale of each, as the fictional Harbour asks them and real studies can.

What the second half of this file adds is for real questionnaires alone: words for the points of a scale, how ties are
asked about with a list of colleagues, who takes part, a notice about the answers, and `standard_item`, which knows the
questions again in any export. None of it is in Harbour's data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from peernet._wording import number_word
from peernet.privacy import FLOOR
from peernet.survey.codebook import Codebook
from peernet.survey.item import Item

LEVELS = ("Trainee", "Officer", "Senior officer", "Principal", "Head")
FUNCTIONS = ("Operations", "Engineering", "Commercial", "Finance", "People", "Digital")
CHALLENGES = (
    "Learning the ropes",
    "Too many tasks",
    "Unclear priorities",
    "Working across teams",
    "Keeping expertise up to date",
    "Leading people",
    "Leading change",
    "Answering to the board",
)
REPORTING_LINES = ("One manager", "Two managers", "A project lead", "The director")
TRAVEL = ("Never", "A few days a year", "About once a month", "Most weeks")
BACKGROUNDS = ("Engineering", "Natural sciences", "Economics or law", "Humanities or arts", "A trade", "Seafaring")
INDUSTRIES = ("Shipping", "Manufacturing", "Public service", "Consulting", "A young company", "Retail", "Research")
EDUCATION = ("Vocational", "Bachelor", "Master", "Doctorate")
GOALS = (
    "Deepen my expertise",
    "Lead people",
    "Move to another area",
    "Start something new",
    "Be better known here",
    "Balance work and life",
)
DIRECTIONS = ("Specialist", "Manager", "Project leader", "Not decided")
HORIZONS = ("This year", "Within two years", "Within five years", "Later")
TOPICS = (
    "Budgeting",
    "Negotiating",
    "Data analysis",
    "Giving feedback",
    "Running meetings",
    "Writing clearly",
    "Project planning",
    "Harbour regulations",
    "New technology",
    "Working with unions",
    "Presenting",
    "Managing conflict",
)
GENDERS = ("Woman", "Man", "Another")
AGES = ("Under 30", "30 to 39", "40 to 49", "50 to 59", "60 or over")
# name, dimension of outlook it measures (0 change, 1 people, 2 planning), worded against it, wording
OUTLOOK: tuple[tuple[str, int, bool, str], ...] = (
    ("change_1", 0, False, "I would rather try a new way of working than polish the one we have."),
    ("change_2", 0, True, "Methods that have worked for years should be left alone."),
    ("change_3", 0, False, "A bold plan that may fail is better than a safe plan that changes little."),
    ("change_4", 0, True, "I feel uneasy when a task has no clear precedent."),
    ("people_1", 1, False, "A decision is only good once the people it affects stand behind it."),
    ("people_2", 1, True, "When time is short, results matter more than how people feel."),
    ("people_3", 1, False, "I start from who is involved, then from what has to be done."),
    ("planning_1", 2, False, "I want the steps written down before work begins."),
    ("planning_2", 2, True, "I do my best work when I improvise."),
    ("planning_3", 2, False, "A firm rule beats case-by-case judgement."),
)
# name, scale, worded against it, wording
CLIMATE: tuple[tuple[str, str, bool, str], ...] = (
    ("authentic_1", "manager_authenticity", False, "My manager admits mistakes in front of the team."),
    ("authentic_2", "manager_authenticity", False, "My manager says the same thing to everybody."),
    ("authentic_3", "manager_authenticity", True, "My manager hides what he or she really thinks."),
    ("manager_trust_1", "manager_trust", False, "I can bring my manager bad news without fear."),
    ("manager_trust_2", "manager_trust", False, "My manager keeps promises made to me."),
    ("manager_trust_3", "manager_trust", False, "I would tell my manager if I thought he or she was wrong."),
)
SCALES = {
    "change": "Openness to change",
    "people": "Putting people first",
    "planning": "Planning ahead",
    "manager_authenticity": "How authentic the manager is",
    "manager_trust": "Trust in the manager",
}
TIES: tuple[tuple[str, str], ...] = (
    ("works_with", "Which colleagues do you work with in a normal week?"),
    ("advice", "Whom do you ask for advice when you are stuck?"),
    ("trust", "Whom do you trust enough to show unfinished work or admit a mistake to?"),
    ("respect", "Whose judgement do you respect, even when you disagree?"),
    ("candour", "Whom would you tell openly that you think they are wrong?"),
)
HOW_TO_NAME = " Type their names, separated by semicolons; write nobody if there is nobody."
AGREEMENT = ("Disagree", "Rather disagree", "Neither", "Rather agree", "Agree")
NOBODY = "Nobody"
NONE_OF_THESE = "None of these"
# Asked first where a tool can carry the ticks forward: everybody is ticked at once, and only these are asked about.
KNOWS = "Which of these colleagues do you know well enough to say something about? Tick each of them, or nobody."
NAMED = ("No", "Yes")  # the points of a layer of contact, from 0
CONTACT_FROM = 1  # the lowest of them that is a tie
RATED = ("I don't know this person", "No", "Rather not", "Rather yes", "Yes")  # those of a layer of foundation, from 0
FOUNDATION_FROM = 3  # an even number of points, so that nobody can stay in the middle of what a pair rests on
TAKES_PART = "Do you want to take part in peer mentoring this time?"
WHO = "Who are you?"
HOW_TO_VETO = " Type their names, separated by semicolons; leave it empty if there is nobody."
OUTCOMES: tuple[tuple[str, str], ...] = (
    ("learning", "How much have you learned from colleagues in the last three months? (0 nothing to 100 very much)"),
    ("openness", "How often did a colleague change your mind in the last three months? (0 never to 100 all the time)"),
    ("relationship", "How good is your working relationship with your pilot partner? (0 poor to 100 excellent)"),
)


def questionnaire() -> Codebook:
    """Codebook of every column in the roster, the survey and the second wave."""
    return Codebook(
        (
            *_people(),
            *_experience(),
            *_perspective(),
            *_goals(),
            *(Item(name, "tie", "text", wording + HOW_TO_NAME, layer=name) for name, wording in TIES),
            *(_scale(name, "climate", wording, reverse, scale) for name, scale, reverse, wording in CLIMATE),
            *_constraints(),
            *_outcomes(),
            Item("gender", "protected", "nominal", "How do you describe your gender?", categories=GENDERS),
            Item("age_band", "protected", "ordinal", "How old are you?", categories=AGES),
            Item("comment", "ignore", "text", "Is there anything else you want to say?"),
            Item("pilot_partner", "partner", "text", "Colleague you were paired with, by lot, in the pilot round"),
        ),
        scales=SCALES,
    )


def scale_items(codebook: Codebook) -> list[str]:
    """Names of the items answered on the agreement scale from 1 to 5, in the order they are asked."""
    return [item.name for item in codebook if item.kind == "ordinal" and item.limits]


def _people() -> Sequence[Item]:
    return (
        Item("person", "person", "text", "Identifier"),
        Item("name", "name", "text", "Name"),
        Item("team", "team", "nominal", "Team"),
        Item("manager", "manager", "text", "Identifier of the manager"),
    )


def _experience() -> Sequence[Item]:
    politics = "How much of your week goes into office politics? (1 none to 5 most of it)"
    return (
        Item("level", "experience", "ordinal", "What is your grade?", categories=LEVELS),
        Item("years_here", "experience", "numeric", "For how many years have you worked here?", low=0, high=50),
        Item("years_field", "experience", "numeric", "For how many years in your field overall?", low=0, high=60),
        Item("function", "experience", "nominal", "What kind of work do you mainly do?", categories=FUNCTIONS),
        Item("challenges", "experience", "multiple", "What makes your work hard right now?", categories=CHALLENGES),
        Item("office_politics", "experience", "ordinal", politics, low=1, high=5),
        Item("reporting_line", "experience", "nominal", "To whom do you report?", categories=REPORTING_LINES),
        Item("travel", "experience", "ordinal", "How often do you travel for work?", categories=TRAVEL),
    )


def _perspective() -> Sequence[Item]:
    before = "In which industries did you work before?"
    return (
        Item("background", "perspective", "nominal", "What were you first trained in?", categories=BACKGROUNDS),
        Item("industries", "perspective", "multiple", before, categories=INDUSTRIES),
        Item("education", "perspective", "nominal", "What is your highest degree?", categories=EDUCATION),
        Item("worked_abroad", "perspective", "binary", "Have you worked in another country for a year or more?"),
        *(_scale(name, "perspective", text, reverse, name[:-2]) for name, _, reverse, text in OUTLOOK),
    )


def _goals() -> Sequence[Item]:
    more = "I want to take on more responsibility. (1 disagree to 5 agree)"
    teach, learn = "What could a colleague learn from you?", "What would you like to learn from a colleague?"
    return (
        Item("goals", "goal", "multiple", "What do you want from the next years at work?", categories=GOALS),
        Item("goal_direction", "goal", "nominal", "Which path do you see yourself on?", categories=DIRECTIONS),
        Item("goal_horizon", "goal", "ordinal", "When should your next step come?", categories=HORIZONS),
        Item("goal_responsibility", "goal", "ordinal", more, low=1, high=5),
        Item("offers", "offers", "multiple", teach, categories=TOPICS, shareable=True),
        Item("seeks", "seeks", "multiple", learn, categories=TOPICS, shareable=True),
    )


def _scale(name: str, block: str, wording: str, reverse: bool, scale: str) -> Item:
    label = f"{wording} (1 disagree to 5 agree)"
    return Item(name, block, "ordinal", label, low=1, high=5, reverse=reverse, scale=scale)


def _constraints() -> Sequence[Item]:
    partners = "How many peer partners could you take on this round?"
    never = "Is there anyone you could not work with as a peer? This stays confidential."
    return (
        Item("capacity", "constraint", "numeric", partners, low=0, high=3, role="capacity"),
        Item("opted_out", "constraint", "binary", "Would you rather be left out of the pairing?", role="opted_out"),
        Item("never_with", "constraint", "text", never, role="never_with"),
    )


def _outcomes() -> Sequence[Item]:
    waves = ((1, OUTCOMES[:2]), (2, OUTCOMES))
    return tuple(
        Item(f"{measure}_{wave}", "outcome", "numeric", wording, low=0, high=100, measure=measure, wave=wave)
        for wave, asked in waves
        for measure, wording in asked
    )


def taking_part() -> Item:
    """The question whether somebody takes part, for which Harbour asks the other way round, who opts out."""
    return Item("takes_part", "constraint", "binary", TAKES_PART, role="takes_part")


def knowing() -> Item:
    """The question whom somebody knows, which decides whom they are asked about; to know somebody is no tie."""
    return Item("knows", "ignore", label=KNOWS)


def rated(item: Item) -> tuple[Item, tuple[str, ...]]:
    """A tie item as it is where people are rated one by one, with its scale, and the words for its points from 0 on.

    Examples
    --------
    >>> item, words = rated(questionnaire()["trust"])
    >>> item.limits, item.threshold, words[3]
    ((0, 4), 3, 'Rather yes')
    """
    words, least = (RATED, FOUNDATION_FROM) if item.is_foundation else (NAMED, CONTACT_FROM)
    return replace(item, kind="ordinal", low=0, high=len(words) - 1, at_least=least), words


def privacy_notice(contact: str) -> str:
    """What people are told about their answers before the first question.

    Parameters
    ----------
    contact
        Whom to ask about the answers and for their deletion.

    Examples
    --------
    >>> privacy_notice("Ana Ruiz, ana@harbour.example")[-81:]
    'have them deleted, ask Ana Ruiz, ana@harbour.example. You need not give a reason.'
    """
    return (
        "What happens with your answers. They are used to propose pairs for peer mentoring and to learn how well that "
        "works, for nothing else. Only the people who run the programme see who answered what. You and whoever you are "
        "paired with may be told where you both gave the same answer about your work and your goals, what each of you "
        "could teach and would like to learn, and which themes you see differently. None of your other answers is "
        "shown to them, and none at all to any other colleague or your manager; nobody is told whom "
        f"you named or did not name. Reports count no group of fewer than {number_word(FLOOR)} people. You may leave "
        "out any question, and you need not take part. If you have a question about your answers, or want to have them "
        f"deleted, ask {contact}. You need not give a reason."
    )


def asked(item: Item) -> str:
    """The wording of a question without hints that only its shape in one tool needs: its scale, how to type names.

    Examples
    --------
    >>> asked(questionnaire()["planning_2"]), asked(questionnaire()["trust"])[-27:]
    ('I do my best work when I improvise.', 'work or admit a mistake to?')
    """
    return _SCALE_HINT.sub("", item.label.removesuffix(HOW_TO_NAME)).strip()


def point_labels(item: Item) -> tuple[str, ...]:
    """What the points of a numbered scale are called, from the lowest to the highest.

    Examples
    --------
    >>> point_labels(questionnaire()["planning_2"])
    ('Disagree', 'Rather disagree', 'Neither', 'Rather agree', 'Agree')
    >>> point_labels(questionnaire()["office_politics"])
    ('1 none', '2', '3', '4', '5 most of it')
    """
    hint = _SCALE_HINT.search(item.label)
    if hint is None or item.limits is None:
        return ()
    if (hint["least"], hint["most"]) == (AGREEMENT[0].lower(), AGREEMENT[-1].lower()):
        return AGREEMENT
    points = range(int(item.limits[0]), int(item.limits[1]) + 1)
    ends = {points[0]: f" {hint['least']}", points[-1]: f" {hint['most']}"}
    return tuple(f"{point}{ends.get(point, '')}" for point in points)


def standard_item(tag: str = "", wording: str = "") -> Item | None:
    """The standard question behind a column of any export, known by its wording or, without one, by its tag.

    Parameters
    ----------
    tag
        What the tool calls the question: ``change_1``, ``change1`` where the tool allows no underscore, the wording
        itself in an export of Microsoft or Google Forms.
    wording
        The question as people read it, with or without its scale and how to type names. A tag such as ``level`` may be
        anybody's; so where there is a wording it decides.

    Returns
    -------
    Item or None
        The question of `questionnaire`, `taking_part` or `knowing`; None where it is none. A tie item is the one
        for names in a cell; where the export has a number per colleague, `rated` has its scale.

    Examples
    --------
    >>> standard_item("change1").name, standard_item("q17", "I do my best work when I improvise").name
    ('change_1', 'planning_2')
    >>> standard_item("level", "How loud is it where you work?") is None
    True
    """
    said = _by_wording().get(_plain(_SCALE_HINT.sub("", wording or tag)))
    only_a_tag = _plain(wording) in ("", _plain(tag))
    return said or (_by_tag().get(_plain(tag)) if only_a_tag else None)


def scales_asked(items: Iterable[Item]) -> dict[str, str]:
    """What the scales of the standard questions among some items are called."""
    standard = {
        item.scale for item in items if (known := standard_item(item.name, item.label)) and known.scale == item.scale
    }
    return {scale: label for scale, label in SCALES.items() if scale in standard}


_SCALE_HINT = re.compile(r"\s*\(\d+ (?P<least>[^()]*?) to \d+ (?P<most>[^()]*?)\)\s*$")


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


@cache
def _by_tag() -> dict[str, Item]:
    return {_plain(item.name): item for item in (*questionnaire(), taking_part(), knowing())}


@cache
def _by_wording() -> dict[str, Item]:
    """Every wording an item can have, later waves of the same question apart: those are told by their tag."""
    found: dict[str, Item] = {}
    for item in (*questionnaire(), taking_part(), knowing()):
        for wording in (item.label, asked(item), item.label + HOW_TO_VETO):
            found.setdefault(_plain(wording), item)
    found[_plain(WHO)] = questionnaire().person
    return found
