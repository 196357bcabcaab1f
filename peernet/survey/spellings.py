"""What groups are called: one spelling each, however people typed it, and none for a label that says nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from unicodedata import normalize

import pandas as pd

from peernet.survey.issues import IssueLog
from peernet.survey.item import Item
from peernet.survey.names import is_no_person

NOT_KNOWN = frozenset({"", "unknown", "not known", "nan", "<na>", "no team", "unbekannt", "inconnu", "desconocido"})


def same_label(label: str) -> str:
    """What two spellings of one label have in common: case, width of letters and white space do not count."""
    return " ".join(normalize("NFKC", label).casefold().split())


def says_nothing(label: str) -> bool:
    """Whether a label says that the group is not known, or that there is none: "unknown", "?", "-", "n/a"."""
    word = same_label(label)
    return word in NOT_KNOWN or set(word) <= {"?", "-", "–", "—"} or is_no_person(word)


def usual_spellings(labels: Iterable[str], declared: Iterable[str] = ()) -> dict[str, str]:
    """The spelling that stands for each label, by `same_label`: the declared one, else the commonest, then by name."""
    counted = sorted(Counter(labels).items(), key=lambda item: (-item[1], item[0]))
    spelled = dict(reversed([(same_label(label), label) for label, _ in counted]))
    return spelled | {same_label(label): label for label in declared}


def in_groups(labels: pd.Series) -> pd.Series:
    """The labels of those whose group is known, spellings of one label made one; what is no text stays as it is."""
    if isinstance(labels.dtype, pd.CategoricalDtype):
        return labels.dropna()  # spelled as declared, and in their own order
    known = labels.dropna().astype("object")
    known = known[[not (isinstance(label, str) and says_nothing(label)) for label in known]]
    usual = usual_spellings(label for label in known if isinstance(label, str))
    return known.map(lambda label: usual[same_label(label)] if isinstance(label, str) else label)


def one_spelling(item: Item, labels: pd.Series[str], log: IssueLog) -> pd.Series[str]:
    """The labels in one spelling each, every other spelling noted."""
    usual = usual_spellings(labels, item.categories)
    read = [usual[same_label(label)] for label in labels]
    for person, label, usually in zip(labels.index, labels, read, strict=True):
        if label != usually:
            problem = f"{label!r} is {usually!r} in another spelling"
            log.note(problem, f"read as {usually!r}", item=item.name, person=str(person))
    return pd.Series(read, index=labels.index, dtype="str")


def telling(item: Item, labels: pd.Series[str], log: IssueLog) -> pd.Series[str]:
    """The labels that name a group; the others are left unknown, and noted."""
    nothing = labels.map(says_nothing).astype(bool) & ~labels.isin(item.categories)
    for person, label in labels[nothing].items():
        log.note(f"{label!r} names no {item.name}", f"{item.name} left unknown", item=item.name, person=str(person))
    return labels[~nothing]
