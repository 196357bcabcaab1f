"""Names that could not be read, asked back in one table: each once, with whom it could mean, the commonest first."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd

from peernet._files import write_whole
from peernet._wording import count_in_digits, count_in_words
from peernet.errors import SettingError, check_type
from peernet.survey.codebook_sheet import NAMES, NameRow, with_names
from peernet.survey.names import IDENTIFIER, NAME, NameBook, same_label
from peernet.survey.survey import Survey

COLUMNS = ["typed", "times", "people", "items", "could_be", "is"]


def unread_names(survey: Survey) -> pd.DataFrame:
    """Table of the typed names that nobody could be told from, to be answered once each.

    Parameters
    ----------
    survey
        What `read_survey` returned.

    Returns
    -------
    DataFrame
        One row per name, the most often typed first: ``typed``, in its commonest spelling; ``times`` it was typed, by
        how many ``people``, in answer to which ``items`` (their names, parted by semicolons); whom it ``could_be``,
        such as "Ann Lee (p017); Anna Lee (p018)", empty where nobody is like it; and ``is``, for the answer: an
        identifier, or "nobody on the roster". Where a name holds somebody's and more words ``is`` has the person it
        is counted for until it is settled; everywhere else it is empty, and the name is not counted.

    Notes
    -----
    Answers are `Codebook.aliases`: in the sheet ``names`` of a codebook that is a workbook, or in its JSON. They hold
    wherever the name is typed, whoever typed it, and are not asked again. So a first name that several people share
    is better left open, or settled by asking those who typed it.

    A name may mean somebody of whom only one name is known: "Ann Lee" could be the Ann who signed as that.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.survey.unread_names(pn.load_example())[["typed", "times", "people"]].head(2).values.tolist()
    [...]
    """
    check_type("survey", survey, Survey, "read_survey")
    names = survey.people["name"].astype("str").to_dict()
    short = NameBook({str(person): name for person, name in names.items() if len(name.split()) == 1})
    rows = []
    for _, asked in survey.unread.assign(label=survey.unread["typed"].map(same_label)).groupby("label", sort=False):
        typed = Counter(asked["typed"]).most_common(1)[0][0]
        likely = Counter(person for could_be in asked["could_be"] for person in could_be)
        could_be = [person for person, _ in likely.most_common()]
        if not could_be and len(typed.split()) > 1:  # perhaps somebody of whom one of these names is known
            known = [one for one in map(short.read, typed.split()) if one.how in (IDENTIFIER, NAME)]
            could_be = [person for one in known for person in one.candidates or filter(None, [one.person])]
        rows.append(
            {
                "typed": typed,
                "times": len(asked),
                "people": asked["person"].nunique(),
                "items": "; ".join(dict.fromkeys(asked["item"])),
                "could_be": "; ".join(f"{names[person]} ({person})" for person in could_be if person in names),
                "is": next(filter(None, asked["read_as"]), ""),
            }
        )
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values(["times", "people"], ascending=False, kind="stable", ignore_index=True)


def ask_in_sheet(survey: Survey, codebook: Path) -> str:
    """Write unread names into the codebook's sheet of names, below those that are there, and say so in a line.

    Empty where nothing is to be asked that is not there already, or the codebook is no workbook that can be written.
    Whom a name is counted for is told, and left for somebody to settle.
    """
    table = unread_names(survey)
    if codebook.suffix.casefold() != ".xlsx" or not codebook.is_file() or table.empty:
        return ""
    could_be = table["could_be"].where(table["is"] == "", table["could_be"] + ", and is counted so far")
    asked = [NameRow(*row) for row in zip(table["typed"], table["times"], could_be, strict=True)]
    made = with_names(codebook, asked)
    if made is None:
        return ""
    try:
        write_whole(codebook.parent, {codebook.name: made})
    except SettingError as error:  # open in a spreadsheet program, say: nothing that was read depends on it
        return f"The names to settle could not be written into {codebook}: {error}"
    return f'The names to settle stand in the sheet "{NAMES}" of {codebook}.'


def what_is_asked(survey: Survey, table: pd.DataFrame) -> list[str]:
    """The questions of a table of unread names in a few sentences, the gravest first."""
    one_name = {str(p) for p, name in survey.people["name"].items() if len(str(name).split()) == 1}
    meant = table["could_be"].map(lambda text: [part.rsplit(" (", 1)[1][:-1] for part in text.split("; ") if part])
    taken = table["is"] != ""
    few = ~taken & meant.map(lambda people: bool(people) and set(people) <= one_name).astype(bool)
    several = ~taken & ~few & (meant.map(len) > 1)
    near = ~taken & ~few & (meant.map(len) == 1)
    nobody = ~taken & (meant.map(len) == 0)
    people = len({person for could_be in meant[few] for person in could_be})
    sentences = [
        (few, f"may mean {count_in_words(people, 'person', 'people')} of whom one name is known: the same?"),
        (several, "may mean several people: who is meant?"),
        (near, "may mean somebody with a name like it: the same?"),
        (nobody, "cannot be found on the roster: who is meant, or nobody?"),
        (taken, "may mean whom they are counted for, whose name has fewer words: the same?"),
    ]
    return [
        f"{count_in_digits(int(table.loc[chosen, 'times'].sum()), 'answer', 'answers')} with "
        f"{count_in_digits(int(chosen.sum()), 'name', 'different names')} {question}"
        for chosen, question in sentences
        if chosen.any()
    ]
