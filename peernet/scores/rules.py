"""What a programme demands of its pairs: one plain rule each, kept without exception or at a stated price.

People keep them as a sheet with one row per rule, which `read_rules` reads.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from peernet.errors import RulesError, SurveyError, did_you_mean, is_number, type_in_words
from peernet.privacy import fused
from peernet.survey.files import read_table
from peernet.survey.issues import IssueLog
from peernet.survey.names import same_label, says_nothing
from peernet.survey.sheets import READERS

LIMITS = ("at least within", "at least across", "at most within", "at most across")
WHOLE = ("capacity", "partner", "reporting line", "different one", *LIMITS)
LEAST = {"partner": 1.0, "reporting line": 1.0}
UNPRICED = ("allowed",)  # rules that cannot be broken at a price
MOST = 1_000_000_000  # more than there are people, pairs or hours anywhere
RARE_SHARE = 0.1
# Each kind of rule: what it needs, and what it may have beside a price.
KINDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "capacity": (("number",), ("a",)),
    "partner": (("a",), ("number",)),
    "forbidden": (("a", "b"), ()),
    "required": (("a", "b"), ()),
    "met": (("a", "b"), ()),
    "allowed": (("a", "b"), ()),
    "reporting line": (("number",), ()),
    "not within": (("column",), ()),
    "not across": (("column",), ()),
    "shared hours": (("number",), ()),
    "different one": (("number",), ("a", "share")),
    **dict.fromkeys(LIMITS, (("column", "number"), ())),
}
TEXTS = ("rule", "a", "b", "column")
NUMBERS = ("number", "share", "price")
NOTE = "note"
NO_NAME = "has no name"
NEVER = ("", "never", "hard")


@dataclass(frozen=True)
class Rule:
    """One rule.

    Parameters
    ----------
    rule
        What it is about, see below.
    a, b
        People.
    column
        A column of ``survey.people`` (``"team"``, a site, a department) that is not protected, or of `Rules.facts`.
        Spellings that differ in case or white space only are one answer; "unknown", "?", "-" and "n/a" are none.
    number
        How many partners, steps, hours or pairs.
    share
        For ``"different one"``: the share of people whose outlook counts as rare, 0.1 by default.
    price
        What breaking the rule costs, in effective perspectives; None: the rule is never broken. From some price on
        (1,000, or what all pairs and lower prices together could bring where that is more) no gain is worth it: such a
        rule is broken only where nothing else is possible, its price counts as that one, and a warning says so. Of
        ``"required"`` it counts in no total: the pair is made like one without a price, wherever it can be.
    where
        Where the rule was read, such as ``"row 7 of rules.csv"``.

    Raises
    ------
    RulesError
        If the rule is not known, or what it needs is missing or outside what is allowed.

    Notes
    -----
    ``capacity``
        ``a`` has ``number`` partners at most (0: none). Without ``a``: everyone who has room for anybody. With a
        price (for ``a`` only): one partner more, at the price.
    ``partner``
        ``a`` has a partner, or ``number`` of them at least. With a price: each that is missing costs the price.
    ``forbidden``
        ``a`` and ``b`` are not paired. With a price: their pair is worth that much less.
    ``required``
        ``a`` and ``b`` are paired. With a price: their pair is worth that much more, unless it means never.
    ``met``
        ``a`` and ``b`` were paired in an earlier round: never again, or at a price; 0 only remembers it.
    ``allowed``
        ``a`` and ``b`` may be paired although a gate (foundation, experience, goals, floor) or a rule on everybody
        alike keeps them apart: the two met, or want to. A refusal, a veto, a manager, answers that are not there and a
        rule that names both of them stand. Has no price.
    ``reporting line``
        Nobody is paired with a manager up to ``number`` steps above them. The manager one step above never is.
    ``not within``, ``not across``
        Two people with the same (with different) answers in ``column`` are not paired. Someone whose answer is
        missing is neither.
    ``shared hours``
        Two people share at least ``number`` hours by the codebook's item of role ``hours``: slots chosen in both
        answers count one each, times such as ``Mon 9-12; Tue 14:00-17:30`` by their overlap, days in
        English, German, French, Spanish or Dutch. Who gave none has none.
    ``at least within``, ``at least across``, ``at most within``, ``at most across``
        So many pairs of people with the same (with different) answers in ``column``. With a price: each pair missing
        or too many costs the price.
    ``different one``
        Someone with a rare outlook (on average further from everyone in perspective than all but a ``share`` of
        people; or ``a``) is the different one in ``number`` pairs at most, pairs met before included: those in which
        the partner gains more than they do. With a price: each pair too many costs the price.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.Rule("not within", column="team", price=0.05)
    Rule('not within', column='team', price=0.05)
    >>> pn.Rule("forbiden", "p003", "p017")
    Traceback (most recent call last):
    ...
    peernet.errors.RulesError: column 'rule': found 'forbiden'; allowed: capacity, partner, forbidden, required, ...
    """

    rule: str
    a: str | None = None
    b: str | None = None
    column: str | None = None
    number: float | None = None
    share: float | None = None
    price: float | None = None
    where: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        problems = list(rule_problems(self))
        if problems:
            raise RulesError(*(f"{self.where}, {problem}" if self.where else problem for problem in problems))

    def __repr__(self) -> str:
        given = [f"{name}={value!r}" for name in COLUMNS[1:] if (value := getattr(self, name)) is not None]
        return f"Rule({', '.join([repr(self.rule), *given])})"

    @property
    def told(self) -> str:
        """The rule in words, for messages."""
        who = " and ".join(person for person in (self.a, self.b) if person)
        parts = (self.rule, f"{self.number:g}" if self.number is not None else "", who, self.column or "")
        return " ".join(filter(None, parts)) + (f" ({self.where})" if self.where else "")


COLUMNS = tuple(part.name for part in fields(Rule) if part.name != "where")


@dataclass(frozen=True, repr=False)
class Rules:
    """Everything a programme demands of its pairs.

    Parameters
    ----------
    rules
        The rules, see `Rule` for what there is.
    facts
        Answers of people that the survey does not hold, by the name rules call them in ``column``: one Series each,
        index ``person``. Whoever is not in it, or has a blank there, is in no group. Held against a survey, everybody
        in it must be one of its people, and it must agree with the survey's column of that name if there is one.

    Raises
    ------
    RulesError
        If a fact is no Series, gives a person two answers, or two sets of rules that are added disagree about one.

    Examples
    --------
    >>> import peernet as pn
    >>> rules = pn.Rules([
    ...     pn.Rule("not within", column="team", price=0.02),
    ...     pn.Rule("forbidden", "p003", "p017"),
    ...     pn.Rule("capacity", "p001", number=2),
    ... ])
    >>> rules
    <Rules: 3 rules, 1 with a price>
    >>> rules.after([("p001", "p002")]).to_frame()[["rule", "a", "b"]].tail(1).to_numpy().tolist()
    [['met', 'p001', 'p002']]
    """

    rules: tuple[Rule, ...] = ()
    facts: Mapping[str, pd.Series] = field(default_factory=dict, compare=False)

    def __init__(self, rules: Iterable[Rule] = (), facts: Mapping[str, pd.Series] | None = None) -> None:
        if not isinstance(rules, Iterable) or not (facts is None or isinstance(facts, Mapping)):
            raise RulesError(f"Rules are made of a list of rules and a mapping of facts; got {rules!r} and {facts!r}.")
        rules = tuple(rules)
        if strange := [rule for rule in rules if not isinstance(rule, Rule)]:
            raise RulesError(f"Rules must hold nothing but Rule; got {strange[0]!r}.")
        object.__setattr__(self, "rules", rules)
        known = {name: _checked_fact(name, said) for name, said in (facts or {}).items()}
        object.__setattr__(self, "facts", MappingProxyType(known))

    def __reduce__(self) -> tuple[type[Rules], tuple[Any, ...]]:
        return Rules, (self.rules, dict(self.facts))

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def __add__(self, other: Rules) -> Rules:
        """Both sets of rules together."""
        if not isinstance(other, Rules):
            raise RulesError(
                f"rules must be Rules; got {other!r}. Write Rules([...]), or read a sheet with read_rules."
            )
        both = {name: pd.concat([self.facts[name], other.facts[name]]) for name in {*self.facts} & {*other.facts}}
        return Rules((*self.rules, *other.rules), {**self.facts, **other.facts, **both})

    def __repr__(self) -> str:
        priced = sum(rule.price is not None for rule in self)
        return f"<Rules: {len(self):,} rule{'s' * (len(self) != 1)}, {priced:,} with a price>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.to_frame().head(20).to_html(index=False, na_rep='')}"

    def of(self, *kinds: str) -> Iterator[Rule]:
        """The rules of some kinds."""
        return (rule for rule in self if rule.rule in kinds)

    def after(self, pairs: Iterable[tuple[str, str]], *, price: float | None = None) -> Rules:
        """These rules once some pairs have met; pairs among them that were required have been made.

        Parameters
        ----------
        pairs
            Pairs of an earlier round, such as ``pairing.pairs``.
        price
            What meeting again costs; None: never again.
        """
        met = [Rule("met", a, b, price=price) for a, b in pairs]
        made = {frozenset((rule.a, rule.b)) for rule in met}
        left = (rule for rule in self if rule.rule != "required" or frozenset((rule.a, rule.b)) not in made)
        return Rules((*left, *met), self.facts)

    def to_frame(self) -> pd.DataFrame:
        """One row per rule: ``rule``, ``a``, ``b``, ``column``, ``number``, ``share``, ``price``.

        Written as CSV it can be read again with `read_rules`.
        """
        rows = [[getattr(rule, name) for name in COLUMNS] for rule in self]
        texts = dict.fromkeys(("rule", "a", "b", "column"), "str")
        numbers = dict.fromkeys(("number", "share", "price"), "float64")
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype(texts | numbers)


def _checked_fact(name: str, said: pd.Series) -> pd.Series:
    """One answer per person; of several the one that is known, if they do not disagree."""
    where = f"Rules.facts[{name!r}]"
    if not isinstance(said, pd.Series):
        raise RulesError(f"{where}: found {type_in_words(said)}; allowed: a pandas Series, index person.")
    if said.index.nlevels > 1:
        raise RulesError(f"{where}: found an index of {said.index.nlevels} levels; allowed: one, the person.")
    answers = said.astype("object")
    for person, cell in answers.items():
        if not isinstance(cell, Hashable):
            raise RulesError(f"{where}: found {cell!r} of {person!r}; allowed: text, a number or a frozenset.")
    if answers.index.is_unique:
        return answers
    known = [(person, answer_key(cell), cell) for person, cell in answers.items()]
    first: dict[Hashable, Hashable] = {}
    problems = [
        f"{where}: found {first[person]!r} and {cell!r} of {person!r}; allowed: one answer. Keep the one that holds."
        for person, key, cell in known
        if key is not None and answer_key(first.setdefault(person, cell)) != key
    ]
    if problems:
        raise RulesError(*problems)
    return pd.Series({person: first.get(person) for person, _, _ in known}, dtype="object")


def answer_key(cell: Hashable) -> Hashable:
    """What equal answers have in common, however they are spelled; None where the answer is not known."""
    if isinstance(cell, frozenset):
        return frozenset(same_label(str(choice)) for choice in cell)
    if isinstance(cell, str):
        return None if says_nothing(cell) else same_label(cell)
    return None if pd.isna(cell) else cell  # type: ignore[call-overload]


def rule_problems(rule: Rule) -> Iterator[str]:
    """Everything about a rule that peernet cannot use: column, what was found, what is allowed."""
    for name in TEXTS:
        found = getattr(rule, name)
        if found is not None and not isinstance(found, str):
            yield f"column {name!r}: found {found!r}; allowed: text."
            return
    if rule.rule not in KINDS:
        hint = did_you_mean(str(rule.rule), KINDS)
        yield f"column 'rule': found {rule.rule!r}; allowed: {', '.join(KINDS)}.{hint}"
        return
    needed, optional = KINDS[rule.rule]
    for name in COLUMNS[1:]:
        found = getattr(rule, name)
        if found is None and name in needed:
            yield f"column {name!r}: found nothing; {rule.rule!r} needs it."
        elif found is not None and name not in (*needed, *optional, *([] if rule.rule in UNPRICED else ["price"])):
            yield f"column {name!r}: found {found!r}; allowed: nothing, {rule.rule!r} does not use it."
    if rule.rule == "capacity" and rule.price is not None and rule.a is None:
        yield f"column 'price': found {rule.price!r}; allowed: nothing, or the person it is about in column 'a'."
    if rule.a is not None and rule.a == rule.b:
        yield f"column 'b': found {rule.b!r}; allowed: another person than in column 'a'."
    yield from _number_problems(rule)


def _number_problems(rule: Rule) -> Iterator[str]:
    least = LEAST.get(rule.rule, 0.0)
    if rule.number is not None:
        whole = rule.rule in WHOLE
        if is_number(rule.number, MOST) and rule.number > MOST:
            yield f"column 'number': found {min(rule.number, 1e300):.3g}; allowed: {MOST:,} at most."
        elif not is_number(rule.number, least) or (whole and rule.number != int(rule.number)):
            kind = "a whole number" if whole else "a number"
            yield f"column 'number': found {rule.number!r}; allowed: {kind}, {least:g} or more."
    if rule.share is not None and not (is_number(rule.share, 0, 1) and rule.share > 0):
        yield f"column 'share': found {rule.share!r}; allowed: a share above 0, up to 1."
    if rule.price is not None and not is_number(rule.price, 0):
        yield f"column 'price': found {rule.price!r}; allowed: nothing (never broken) or a number, 0 or more."


def read_rules(path: str | Path, *, encoding: str = "utf-8") -> Rules:
    """Read rules from a spreadsheet with one row per rule.

    Parameters
    ----------
    path
        A CSV file, or the first sheet of an Excel workbook (needs the ``excel`` extra). Columns ``rule``, ``a``,
        ``b``, ``column``, ``number``, ``share``, ``price``, in any order and in small or capital letters, those not
        needed left out; a column ``note`` is for people and not read. See `Rule` for what they mean. A blank price, or
        ``never``: the rule is never broken.
    encoding
        Text encoding of a CSV file.

    Returns
    -------
    Rules

    Raises
    ------
    RulesError
        If the file cannot be read or a row makes no sense; every problem at once, with row, column, what was found
        and what is allowed.

    Examples
    --------
    >>> import peernet as pn
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> sheet = '''rule,a,b,column,number,price,note
    ... capacity,p001,,,2,,Ada offered
    ... forbidden,p003,p017,,,,
    ... met,p004,p009,,,0.1,spring round
    ... not within,,,team,,0.02,
    ... at least across,,,team,10,,
    ... '''
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "rules.csv").write_text(sheet)
    ...     rules = pn.read_rules(Path(folder, "rules.csv"))
    >>> rules
    <Rules: 5 rules, 2 with a price>
    >>> rules.to_frame().shape
    (5, 7)
    """
    path = Path(path)
    table, problems = _cells(path, encoding)
    return rules_in(table, path.name, problems)


def rules_in(table: pd.DataFrame, file: str, problems: Sequence[str] = ()) -> Rules:
    """Rules of a table of text, its index the number of each row as a spreadsheet shows it; see `read_rules`.

    ``problems`` that were found before are told with the others.
    """
    names = [str(name).casefold() for name in table]
    problems = [*problems, *_header_problems(file, names)]
    if "rule" not in names or len({*names}) < len(names):
        raise RulesError(*problems)
    rules = []
    for row, cells in zip(table.index, table.set_axis(names, axis=1).to_dict("records"), strict=True):
        if not any(cell for name, cell in cells.items() if name != NOTE):  # a blank row, or a remark between rules
            continue
        try:
            rules.append(_rule({str(name): str(cell) for name, cell in cells.items()}, f"row {row} of {file}"))
        except RulesError as error:
            problems += error.problems
    if problems:
        raise RulesError(*problems)
    return Rules(rules)


def _cells(path: Path, encoding: str) -> tuple[pd.DataFrame, list[str]]:
    """Stripped text, the row's number as a spreadsheet shows it as index, and columns that hold cells but no name."""
    if not path.is_file():
        raise RulesError(f"There is no file {path}. Give a CSV file or an Excel workbook with one row per rule.")
    if path.suffix.casefold() not in READERS:
        allowed = ", ".join(READERS)
        raise RulesError(f"{path} is no sheet peernet reads; allowed: {allowed}. Save the sheet as CSV (UTF-8).")
    log = IssueLog()
    try:
        table = read_table(path, encoding, log).cells
    except SurveyError as error:
        raise RulesError(*error.problems) from error
    return table.map(fused), [
        f"{problem}; name it or clear it." for problem in log.to_frame()["problem"] if NO_NAME in problem
    ]


def _header_problems(file: str, names: list[str]) -> Iterator[str]:
    """What is wrong with the names of the columns, in small letters."""
    allowed = (*COLUMNS, NOTE)
    if "rule" not in names:
        found = ", ".join(map(repr, names)) or "none"
        yield f"{file} has no column 'rule'; its first row must name the columns, found {found}."
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield f"{file} has {names.count(name)} columns called {name!r}; keep one."
        if name not in allowed and "rule" in names:
            yield f"{file} has a column {name!r}; allowed: {', '.join(allowed)}.{did_you_mean(name, allowed)}"


def _rule(cells: dict[str, str], where: str) -> Rule:
    given: dict[str, Any] = {name: cells[name] or None for name in COLUMNS if name in cells}
    given["rule"] = " ".join((given.get("rule") or "").casefold().replace("_", " ").split())
    for name in NUMBERS:
        if cells.get(name, "").casefold() in NEVER[: 3 if name == "price" else 1]:
            given[name] = None
        else:
            given[name] = _number(cells[name])
    return Rule(**given, where=where)


def _number(cell: str) -> float | str:
    """The number a cell holds, decimal commas read; the text itself where it holds none."""
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return cell
