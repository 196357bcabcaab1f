"""The whole questionnaire for one list of colleagues and one tool, before it is written in the tool's own format.

What is asked: who answers and whether they take part (first, so that it is known of whoever stops half way),
experience, outlook with items worded both ways, goals and what could be taught and learnt, colleagues, limits. Of the
standard questions the manager's climate, the outcomes and the protected attributes are left out: no pairing needs them,
and every question less is an answer more.

How ties are asked about is settled by what somebody can fill in with 40 colleagues and with 250. A matrix of everybody
by five layers has 1,250 cells; nobody answers that. So, in this order of preference, as far as the tool can:

``ROWS``
    Everybody is ticked once who is known well enough (`standard.KNOWS`), and only these are carried forward: into one
    row each per layer, no or yes for contact, five points for foundation, of which 0 is "I don't know this person".
    With 250 colleagues that is one list to look through and then perhaps 20 rows. A yes or no for each asks more of
    people than "tick all that apply" and gets more out of them (Smyth, Dillman, Christian & Stern 2006), and "no"
    differs from no answer. Whoever ticks "nobody" there says nobody on every layer.
``TICKS_AMONG``
    The same first question, then per layer a list of those known to tick, or nobody.
``TICKS``
    A list of everybody to tick per layer, or nobody: where nothing can be carried forward and the list is short.
``TYPED``
    Names typed into one box per layer: where the tool cannot hold a column per colleague and layer, and wherever there
    are more than `MOST_LISTED` colleagues, since nobody looks through such a list. Names are read as ever.

Somebody in a list of known colleagues only who was not ticked was not asked about on the layers that follow: the
column ``knows`` of the export says so. It is in block ``ignore``, since knowing somebody is not hearing from them.

References
----------
Smyth, J. D., Dillman, D. A., Christian, L. M. & Stern, M. J. (2006). Comparing check-all and forced-choice question
formats in web surveys. Public Opinion Quarterly 70, 66-77.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from peernet.survey.codebook import Codebook, field_of
from peernet.survey.instruments import standard
from peernet.survey.instruments.roster import Colleague, StaffList, colleagues_of
from peernet.survey.instruments.standard import NOBODY, NONE_OF_THESE, asked, point_labels
from peernet.survey.item import Item

ROWS, TICKS_AMONG, TICKS, TYPED = "rows", "ticks among those known", "ticks", "typed"
MOST_LISTED = 400  # colleagues on a list to tick: twenty screens
TITLE = "Peer mentoring"
SECTIONS = (  # name, title, blocks of the standard codebook
    ("experience", "Your experience", ("experience",)),
    ("outlook", "How you see work", ("perspective",)),
    ("goals", "Your goals", ("goal", "offers", "seeks")),
)


@dataclass(frozen=True)
class Habits:
    """How a tool calls things, and what it can do.

    Parameters
    ----------
    tool
        Its name.
    person_code
        Regular expression of the codes it accepts for people.
    option_code
        The code of an answer, from its place, from 1 on, and its label.
    ties
        From the number of colleagues the way they are asked about: `ROWS`, `TICKS_AMONG`, `TICKS` or `TYPED`.
    question_code
        What its export calls a question, from the name of the item and the wording as it is asked.
    yes, no
        Codes of the answers to a yes/no question.
    none
        Code of "none of these".
    separator
        What parts several answers in one cell of its export.
    full_wording
        Whether questions carry their scale and how to type names, as the tool has no other place for it.
    by_name
        Whether its export has labels instead of codes, for people as well.
    missing
        What its export writes where there is no answer, beside an empty cell.
    own
        Columns that its export always has and that hold no answer.
    """

    tool: str
    person_code: str
    option_code: Callable[[int, str], str]
    ties: Callable[[int], str]
    question_code: Callable[[str, str], str] = lambda name, _wording: name
    yes: str = "1"
    no: str = "0"
    none: str = "0"
    separator: str = ","
    full_wording: bool = False
    by_name: bool = False
    missing: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


@dataclass(frozen=True)
class Option:
    """An answer to choose, or a row of a question with rows: its code in the export, and what people read."""

    code: str
    label: str


@dataclass(frozen=True)
class Question:
    """One question as it is asked.

    Parameters
    ----------
    shape
        ``"who"`` (a list of people), ``"one"``, ``"points"`` (a numbered scale), ``"yes or no"``, ``"several"``,
        ``"number"``, ``"text"``, ``"ticks"`` (people to tick) or ``"rows"`` (people rated one by one).
    item
        What its answers mean, under the name that the export gives them.
    standard
        The name of the standard item.
    wording
        What people read.
    options
        The answers to choose from, or the points of the scale.
    exclusive
        The code of the option that goes with no other one, empty where there is none.
    rows
        The people to rate.
    among
        The name in the export of the question whose ticks are carried forward into the options or rows.
    required
        Whether it must be answered.
    """

    shape: str
    item: Item
    standard: str
    wording: str
    options: tuple[Option, ...] = ()
    exclusive: str = ""
    rows: tuple[Option, ...] = ()
    among: str = ""
    required: bool = False

    @property
    def name(self) -> str:
        """What the export calls the question."""
        return self.item.name

    @property
    def travelling(self) -> dict[str, Any]:
        """What the codebook says of the question, for whoever has the form and not the codebook."""
        field = field_of(self.item)
        return {**field["peernet"], **field.get("constraints", {})}


@dataclass(frozen=True)
class Section:
    """Questions on one page, under a title and perhaps a text."""

    name: str
    title: str
    questions: tuple[Question, ...]
    text: str = ""


@dataclass(frozen=True)
class Instrument:
    """A questionnaire about a list of colleagues, for one tool."""

    habits: Habits
    people: tuple[Colleague, ...]
    sections: tuple[Section, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question, in order."""
        return tuple(question for section in self.sections for question in section.questions)

    @property
    def codebook(self) -> Codebook:
        """What each column of the export means, and of the list of colleagues."""
        known = standard.questionnaire()
        staff = [known[part] for part in ("name", "team", "manager")]
        own = [Item("identifier", "ignore", label="Identifier in the list of staff")]
        own += [Item(name, "ignore") for name in self.habits.own]
        person, *others = (question.item for question in self.questions)
        scales = standard.scales_asked(others)
        return Codebook((person, *staff, *others, *own), missing=("", *self.habits.missing), scales=scales)

    @property
    def descriptor(self) -> dict[str, Any]:
        """Table Schema document of the codebook, with what each code stands for."""
        document = self.codebook.to_descriptor()
        labels = {question.name: {o.code: o.label for o in question.options} for question in self.questions}
        for field in document["fields"]:
            called = labels.get(field["name"], {})
            if any(called.get(code, code) != code for code in field.get("categories", ())):
                field["categories"] = [{"value": code, "label": called[code]} for code in field["categories"]]
        return document


def instrument_for(staff: StaffList, habits: Habits, *, contact: str) -> Instrument:
    """The questionnaire about everybody on a list, as a tool can ask it.

    Parameters
    ----------
    staff
        The list.
    habits
        What the tool can do.
    contact
        Whom to ask about the answers and for their deletion.

    Returns
    -------
    Instrument

    Examples
    --------
    >>> people = tuple({"person": f"p{k}", "name": f"Ana {k}", "team": "", "manager": ""} for k in range(3))
    >>> habits = Habits("a tool", "[a-z0-9]+", lambda place, label: str(place), lambda people: ROWS)
    >>> instrument = instrument_for(StaffList(people, {}), habits, contact="Ana 1")
    >>> instrument.codebook
    <Codebook: 42 items (1 person, 1 name, 1 team, 1 manager, 3 constraint, 8 experience, 14 perspective, 4 goal, ...)>
    >>> [(q.name, q.shape, len(q.rows)) for q in instrument.questions if q.among == "knows"][:2]
    [('works_with', 'rows', 3), ('advice', 'rows', 3)]
    """
    people = _as_called(colleagues_of(staff, habits.person_code), habits)
    known = standard.questionnaire()
    capacity, never_with = known["capacity"], known["never_with"]
    never_with = replace(never_with, label=never_with.label + standard.HOW_TO_VETO)
    start = (_who(people, habits), _asked(standard.taking_part(), habits, required=True))
    sections = [
        Section(name, title, tuple(_asked(item, habits) for block in blocks for item in known.block(block)))
        for name, title, blocks in SECTIONS
    ]
    return Instrument(
        habits,
        people,
        (
            Section("start", TITLE, start, standard.privacy_notice(contact)),
            *sections,
            Section("colleagues", "Your colleagues", tuple(_about_colleagues(known.block("tie"), people, habits))),
            Section("limits", "Limits", (_asked(capacity, habits), _asked(never_with, habits))),
        ),
    )


def follow_up_for(staff: StaffList, habits: Habits, items: Sequence[Item], *, title: str, notice: str) -> Instrument:
    """A few questions to people on a list, without any about colleagues.

    Parameters
    ----------
    staff
        The list.
    habits
        What the tool can do.
    items
        What is asked, after who answers.
    title
        What stands above the questions.
    notice
        What people are told first.

    Returns
    -------
    Instrument

    Examples
    --------
    >>> people = tuple({"person": f"p{k}", "name": f"Ana {k}", "team": "", "manager": ""} for k in range(3))
    >>> habits = Habits("a tool", "[a-z0-9]+", lambda place, label: str(place), lambda people: ROWS)
    >>> items = [Item("met", "outcome", "binary", "Have you met?")]
    >>> form = follow_up_for(StaffList(people, {}), habits, items, title="Pulse", notice="Five minutes.")
    >>> [question.name for question in form.questions]
    ['person', 'met']
    """
    people = _as_called(colleagues_of(staff, habits.person_code), habits)
    questions = tuple(_asked(item, habits) for item in items)
    start = Section("start", TITLE, (_who(people, habits),), notice)
    return Instrument(habits, people, (start, Section("questions", title, questions)))


def _as_called(people: Sequence[Colleague], habits: Habits) -> tuple[Colleague, ...]:
    """People with the codes that the tool's export has: their names, where it has labels instead of codes."""
    if not habits.by_name:
        return tuple(people)
    names = {person.code: person.name for person in people}
    return tuple(replace(p, code=p.name, manager=names.get(p.manager, p.manager)) for p in people)


def _who(people: Sequence[Colleague], habits: Habits) -> Question:
    item = Item(habits.question_code("person", standard.WHO), "person", label=standard.WHO)
    return Question("who", item, "person", standard.WHO, _as_options(people), required=True)


def _as_options(people: Sequence[Colleague]) -> tuple[Option, ...]:
    return tuple(Option(person.code, person.name) for person in people)


def _asked(item: Item, habits: Habits, *, required: bool = False) -> Question:
    """A standard question in the shape its kind asks for."""
    wording = item.label if habits.full_wording or item.role == "never_with" else asked(item)
    shape, options, exclusive = _shape(item, habits)
    coded = replace(item, name=habits.question_code(item.name, wording))
    if item.kind == "multiple":
        coded = replace(coded, separator=habits.separator)
    if item.categories:
        coded = replace(coded, categories=tuple(option.code for option in options if option.code != exclusive))
    return Question(shape, coded, item.name, wording, options, exclusive, required=required)


def _shape(item: Item, habits: Habits) -> tuple[str, tuple[Option, ...], str]:
    """How a standard question is asked, its answers, and the code of the one that goes with no other."""
    if item.kind == "binary":
        return "yes or no", (Option(habits.yes, "Yes"), Option(habits.no, "No")), ""
    if item.kind in ("numeric", "text"):
        return "number" if item.kind == "numeric" else "text", (), ""
    if item.is_numbered:
        points = enumerate(point_labels(item), start=int(item.low or 0))
        return "points", tuple(Option(str(point), label) for point, label in points), ""
    options = tuple(Option(habits.option_code(n, label), label) for n, label in enumerate(item.categories, start=1))
    if item.kind == "multiple":
        return "several", (*options, Option(habits.none, NONE_OF_THESE)), habits.none
    return "one", options, ""


def _about_colleagues(items: Sequence[Item], people: Sequence[Colleague], habits: Habits) -> Iterator[Question]:
    """The questions about ties, in the way that the tool and the number of colleagues allow."""
    way, everybody = habits.ties(len(people)), _as_options(people)
    nobody = Option(NOBODY if habits.by_name else NOBODY.lower(), NOBODY)
    among = ""
    if way in (ROWS, TICKS_AMONG):
        known = standard.knowing()
        among = habits.question_code(known.name, known.label)
        item = replace(known, name=among)
        yield Question("ticks", item, known.name, known.label, (*everybody, nobody), nobody.code, required=True)
    for item in items:
        wording = item.label if way == TYPED else asked(item)
        named = replace(item, name=habits.question_code(item.name, wording), label=wording)
        if way == TYPED:
            yield Question("text", named, item.name, wording)
        elif way == ROWS:
            rated, words = standard.rated(named)
            points = tuple(Option(str(point), word) for point, word in enumerate(words))
            yield Question("rows", rated, item.name, wording, points, rows=everybody, among=among)
        else:
            options = (*everybody, nobody)
            codes = tuple(option.code for option in options)
            ticked = replace(named, kind="multiple", categories=codes, separator=habits.separator)
            yield Question("ticks", ticked, item.name, wording, options, exclusive=nobody.code, among=among)
