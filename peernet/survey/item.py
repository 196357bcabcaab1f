"""One column of a survey: what it is called, what it is used for, how it is measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from peernet.errors import did_you_mean, is_number

BLOCKS = (
    "person",
    "name",
    "team",
    "manager",
    "experience",
    "perspective",
    "goal",
    "tie",
    "alter",
    "offers",
    "seeks",
    "climate",
    "constraint",
    "outcome",
    "partner",
    "fact",
    "protected",
    "ignore",
)
ANSWER_BLOCKS = (
    "experience",
    "perspective",
    "goal",
    "offers",
    "seeks",
    "climate",
    "constraint",
    "fact",
    "protected",
)
KINDS = ("numeric", "ordinal", "nominal", "binary", "asymmetric", "multiple", "text")
ROLES = ("capacity", "opted_out", "takes_part", "never_with", "hours", "may_share")
TAKING_PART = ("opted_out", "takes_part")  # two ways of asking one thing
SHAREABLE = (
    "experience",
    "perspective",
    "goal",
    "offers",
    "seeks",
    "fact",
)  # what a partner may be told of
LAST_WAVE = 1000
FOUNDATION_LAYERS = ("trust", "respect", "candour")
_NO_ROOM = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))  # zero-width and soft hyphens
# The kinds a block or a constraint's role can have, the usual one first; where none is listed any kind will do.
_KINDS_OF_BLOCK = {
    "person": ("text",),
    "name": ("text",),
    "team": ("nominal", "text"),
    "manager": ("text",),
    "tie": ("text", "multiple", "ordinal"),
    "alter": ("text",),
    "offers": ("multiple",),
    "seeks": ("multiple",),
    "climate": ("ordinal", "numeric"),
    "outcome": ("numeric", "ordinal", "binary", "asymmetric"),
    "partner": ("text",),
}
_KINDS_OF_ROLE = {
    "capacity": ("numeric",),
    "opted_out": ("binary", "asymmetric"),
    "takes_part": ("binary", "asymmetric"),
    "never_with": ("text", "multiple"),
    "may_share": ("binary", "asymmetric"),
}


@dataclass(frozen=True)
class Item:
    """One column of the survey and what it means.

    Parameters
    ----------
    name
        The column's name in the file; white space of any kind counts as one space, in the file and here. For ties
        listed in ``ties.csv`` any name will do, the layer's for instance.
    block
        What the answer is used for, one of `BLOCKS`.
    kind
        How it is measured, one of `KINDS`. ``binary`` counts a shared "no" as agreement, ``asymmetric`` does not.
    label
        The wording of the question.
    layer
        Tie items only: the layer the nominations belong to, such as ``"trust"``.
    reverse
        True for an item worded against its scale; answers are turned round when the survey is read, of a yes/no item
        yes into no.
    low, high
        Declared limits of a numeric or ordinal answer.
    categories
        Declared answers of an ordinal (in order), nominal or multiple choice item; of a yes/no item with words of its
        own the one for no, then the one for yes. Of ties: the words people are
        rated in, from lowest to highest; of ties of kind ``multiple`` the names that could be ticked.
    missing
        Values that mean "no answer" for this item, beside the codebook's own.
    scale
        The scale (construct) the item belongs to, such as ``"manager_trust"``.
    role
        Constraint items only: ``"capacity"``, ``"opted_out"`` (yes keeps out) or ``"takes_part"`` (no keeps out),
        ``"never_with"``, ``"hours"`` or ``"may_share"`` (where it is asked, only of people who said yes may a partner
        be shown that both gave the same answer).
    foundation
        Tie items only: True where a pairing must rest on this layer. Trust, respect and candour do so by default.
    at_least
        Tie items only: the lowest rating that is a tie, as a number or as one of the categories. A declared scale
        (limits or categories) needs it, above its lowest rating: on one where 1 means "never", 2.
    most_named
        Tie items only: how many people could be named at most, such as 5 where the question says "up to five". Of
        somebody who named that many, whom they did not name is unknown.
    strength
        Tie items only: how fully colleagues are heard on this layer, from 0 (not at all) to 1 (in full, as where
        nothing is said): a meeting at lunch need not count like work done together. See `Codebook.strength`.
    measure, wave
        Outcome items only: what is measured (by default the item's name) and when (by default wave 1). Of a partner
        item the wave is the number of the round.
    shareable
        Whether two partners may be shown that both gave the same answer, see `briefs`. By default yes of experience
        and goals that are chosen from a list, and of offers and seeks where one offers what the other seeks. True
        shows offers and seeks as they are, and shows other numbers, facts and yes/no as well; False nothing. Of a
        perspective item an answer is never shown; False keeps its wording out too. Free text, protected and all other
        items can never be shared.
    separator
        What separates several answers in one cell. Declared categories are looked for whole, so they may hold it.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.survey.Item("q7", block="experience", kind="ordinal", low=1, high=5).limits
    (1, 5)
    """

    name: str
    block: str
    kind: str = "text"
    label: str = ""
    layer: str | None = None
    reverse: bool = False
    low: float | None = None
    high: float | None = None
    categories: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    scale: str | None = None
    role: str | None = None
    foundation: bool | None = None
    at_least: float | str | None = None
    most_named: int | None = None
    strength: float | None = None
    measure: str | None = None
    wave: int | None = None
    shareable: bool | None = None
    separator: str = ";"

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", plain_heading(self.name))

    @property
    def limits(self) -> tuple[float, float] | None:
        """Lowest and highest declared answer, or None where the codebook does not declare both."""
        return None if self.low is None or self.high is None else (self.low, self.high)

    @property
    def is_foundation(self) -> bool:
        """Whether a pairing must rest on this tie layer."""
        return self.layer in FOUNDATION_LAYERS if self.foundation is None else self.foundation

    @property
    def is_shown_where_shared(self) -> bool:
        """Whether two partners who gave the same answer may be shown that they did."""
        if self.shareable is None:
            graded_in_words = self.kind == "ordinal" and bool(self.categories)
            return self.block in ("experience", "goal") and (graded_in_words or self.kind in ("nominal", "multiple"))
        return self.shareable and self.block != "perspective"

    @property
    def rating_words(self) -> tuple[str, ...]:
        """The words people are rated in, from lowest to highest; none where ratings are numbers or not asked for."""
        return () if self.kind == "multiple" else self.categories

    @property
    def rating_scale(self) -> str:
        """The declared scale of ratings in words, empty where none is declared."""
        if self.rating_words:
            return f"{self.rating_words[0]!r} to {self.rating_words[-1]!r}"
        if self.limits:
            return f"{self.limits[0]:g} to {self.limits[1]:g}"
        if self.low is not None or self.high is not None:
            return f"at least {self.low:g}" if self.low is not None else f"at most {self.high:g}"
        return ""

    @property
    def threshold(self) -> float | None:
        """The lowest rating that is a tie, as a number: a word's is its place among the categories, from 1."""
        if isinstance(self.at_least, str):
            folded = [word.casefold() for word in self.rating_words]
            return folded.index(self.at_least.casefold()) + 1.0 if self.at_least.casefold() in folded else None
        return self.at_least

    @property
    def is_numbered(self) -> bool:
        """Whether answers are numbers: numeric, or ordinal with limits instead of named categories."""
        return self.kind == "numeric" or (self.kind == "ordinal" and not self.categories)

    @property
    def turns_round(self) -> bool:
        """Whether the codebook declares enough to turn answers round."""
        return self.limits is not None if self.is_numbered else self.kind in ("ordinal", "binary", "asymmetric")


def plain_heading(text: str) -> str:
    """A heading on one line: white space of any kind is one space, and what takes no room is gone."""
    return " ".join(text.translate(_NO_ROOM).split())


def usual_kind(block: str, role: str | None) -> str | None:
    """The kind an item has where the codebook does not say, if its block or role settles that."""
    if block == "ignore":
        return "text"
    if block in ("climate", "outcome"):  # numbered answers of more than one kind; the field's type tells
        return None
    return next(iter(_kinds_of(block, role)), None)


def _kinds_of(block: str, role: str | None) -> tuple[str, ...]:
    return _KINDS_OF_BLOCK.get(block) or (_KINDS_OF_ROLE.get(role or "", ()) if block == "constraint" else ())


def item_problems(item: Item) -> Iterator[str]:
    """Everything about an item that peernet cannot use, one sentence each."""
    where = f"Item {item.name!r}"
    if item.block not in BLOCKS:
        hint = did_you_mean(item.block, BLOCKS)
        yield f"{where}: unknown block {item.block!r}; allowed are {', '.join(BLOCKS)}.{hint}"
        return
    if item.block == "ignore":
        return
    said = {"reverse": item.reverse, "foundation": item.foundation, "shareable": item.shareable}
    for key, value in said.items():
        if not isinstance(value, bool) and not (key != "reverse" and value is None):
            yield f'{where}: "{key}" must be True or False; found {value!r}.'
    yield from _kind_problems(item, where)
    yield from _role_problems(item, where)
    if item.shareable is True and (item.block not in SHAREABLE or item.kind == "text"):
        what = "free text" if item.block in SHAREABLE else f"an item in block {item.block!r}"
        yield f'{where}: {what} is never shared; leave "shareable" out, or say no.'
    yield from _answer_problems(item, where)
    if item.wave is not None and not 1 <= item.wave <= LAST_WAVE:
        yield f"{where}: its wave must be a whole number from 1, the first, to {LAST_WAVE}; found {item.wave}."
    yield from _threshold_problems(item, where)


def _kind_problems(item: Item, where: str) -> Iterator[str]:
    if item.kind not in KINDS:
        yield f"{where}: unknown kind {item.kind!r}; allowed are {', '.join(KINDS)}.{did_you_mean(item.kind, KINDS)}"
        return
    allowed = _kinds_of(item.block, item.role)
    if allowed and item.kind not in allowed:
        part = f"role {item.role!r}" if item.block == "constraint" else f"block {item.block!r}"
        yield f"{where}: kind {item.kind!r} does not fit {part}; allowed: {', '.join(allowed)}."


def _role_problems(item: Item, where: str) -> Iterator[str]:
    if item.block == "tie" and not item.layer:
        yield f"{where}: a tie item needs a layer, such as 'trust' or 'works_with'."
    if item.block == "constraint" and item.role not in ROLES:
        yield f"{where}: a constraint item needs a role, one of {', '.join(ROLES)}; found {item.role!r}."


def _answer_problems(item: Item, where: str) -> Iterator[str]:
    if item.limits and item.limits[0] >= item.limits[1]:
        yield f"{where}: its minimum {item.low} is not below its maximum {item.high}."
    if item.kind == "ordinal" and item.limits is None and not item.categories:
        yield f"{where}: an ordinal item needs its minimum and maximum, or its categories in order."
    elif item.reverse and not item.turns_round:
        yield f"{where}: a reversed item must be yes/no, a number with its minimum and maximum, or ordered categories."
    if not item.separator:
        yield f"{where}: its separator is empty; leave it out for ';'."
    yield from _category_problems(item, where)


def _category_problems(item: Item, where: str) -> Iterator[str]:
    folded = [category.casefold() for category in item.categories]
    repeated = [category for category, fold in zip(item.categories, folded, strict=True) if folded.count(fold) > 1]
    if repeated:
        yield f"{where}: categories {', '.join(map(repr, repeated))} are the same word; keep one."


def _threshold_problems(item: Item, where: str) -> Iterator[str]:
    if item.block != "tie":
        for name in ("at_least", "most_named", "strength"):
            if getattr(item, name) is not None:
                yield f'{where}: "{name}" is for tie items; this one is in block {item.block!r}.'
        return
    if item.most_named is not None and item.most_named < 1:
        yield f'{where}: "most_named" must be 1 or more; found {item.most_named}.'
    if item.strength is not None and not is_number(item.strength, 0, 1):
        yield f'{where}: "strength" must be from 0, not heard, to 1, heard in full; found {item.strength!r}.'
    if item.at_least is None:
        if item.rating_scale:
            yield (
                f"{where}: which ratings are a tie? People are rated {item.rating_scale} on layer {item.layer!r}, and "
                'nothing says from which rating on that is a tie. Give the item "at_least", the lowest rating that is '
                "one."
            )
    elif item.threshold is None:
        words = f", or one of {', '.join(item.rating_words)}" if item.rating_words else ""
        hint = did_you_mean(str(item.at_least), item.rating_words)
        yield f'{where}: "at_least" must be a number{words}; found {item.at_least!r}.{hint}'
    elif item.threshold <= 0:
        yield f'{where}: "at_least" must be above 0, since 0 is no tie; found {item.threshold:g}.'
    else:
        yield from _threshold_outside(item, item.threshold, where)


def _threshold_outside(item: Item, least: float, where: str) -> Iterator[str]:
    """A threshold that no rating reaches, or that every rating does, so that "never" would be a tie."""
    low, high = (1, len(item.rating_words)) if item.rating_words else (item.low, item.high)
    words = ", ".join(map(repr, item.rating_words[1:]))
    most = "" if high is None else f" and at most {high:g}"
    allowed = f"allowed are {words}" if words else f"it must be above {low or 0:g}{most}"
    if high is not None and least > high:
        yield f'{where}: "at_least" is {item.at_least!r}, and the highest rating there is {high:g}; {allowed}.'
    elif low is not None and least <= low:
        none = "a word for no tie before the others" if item.rating_words else "a minimum below it, such as 0"
        yield (
            f'{where}: "at_least" is {item.at_least!r}, and the lowest rating there is {low:g}, so that everybody '
            f"rated would be a tie; {allowed}. If even the lowest is one, give the scale {none}."
        )
