"""What goes wrong in a real survey, planted one problem at a time and written down; misspelt names among it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Ints
from peernet.datasets.draws import one_of, permutation, whole_numbers
from peernet.datasets.organisation import NICKNAMES, STRANGERS
from peernet.survey.instruments.standard import TIES

Cast = Mapping[str, Sequence[str]]  # problem: the people it falls on
SKIPPED, SKIPPED_TIES = 0.04, 0.01  # share of cells left out at random
ONE_IN = {"careless": 60, "stopped half-way": 30}  # respondents
FEWEST_ANSWERED = 40  # enough for every part to go to somebody else
PARTS = {  # people each
    "answered twice": 1,
    "out of range": 1,
    "capacity two": 1,
    "veto": 1,
    "self-nomination": 1,
    "not on the roster": 3,
    "names parted by commas": 2,
    "one name a line": 2,
}
SHOWN_IN = {  # problem: the item it shows in and what was meant
    "out of range": ("planning_1", "unknown, the scale ends at 5"),
    "opted out": ("opted_out", "leave me out"),
    "capacity two": ("capacity", "room for two partners"),
    "veto": ("never_with", "never pair the two"),
    "names parted by commas": ("works_with", "several names"),
    "one name a line": ("works_with", "several names"),
    "careless": ("", "nothing, one answer all the way down"),
    "stopped half-way": ("", "no answer after the last one given"),
    "answered twice": ("", "the second answer, which is complete"),
    "every answer missing": ("", "no answer"),
}
COMMENTS = (
    "Happy to help.",
    "Some questions were rather personal, so I left those out.",
    "=1+1 meetings a day would be my wish",
    "<b>More coffee</b> & fewer forms!",
    'My last mentor used to say "ask more". I did.',
)
COMMENTED = 0.05  # share of respondents
MISSPELT = 0.12  # share of nominations not typed as on the roster
IN_FULL = "full name"
_PLAIN = str.maketrans({"ø": "o", "Ø": "O", "æ": "ae", "ł": "l", "Ł": "L", "ı": "i"})


def cast_problems(people: pd.DataFrame, nominations: pd.DataFrame, rng: np.random.Generator) -> Cast:
    """A different respondent for every problem; whoever opts out took no part in the pilot."""
    respondents = people.index[people["answered"]]
    queue = [str(respondents[k]) for k in permutation(rng, len(respondents))]
    confusing = set(nominations.loc[_ambiguous(nominations, people), "person"])
    cast = {
        "opted out": [person for person in queue if people["pilot_partner"][person] == ""][:1],
        "every answer missing": [str(person) for person in people.index[~people["answered"]][:1]],
    }
    cast["shared first name"] = [p for p in queue if p in confusing and p not in cast["opted out"]][:1]
    queue = [p for p in queue if p not in cast["opted out"] + cast["shared first name"]]
    shares = {problem: max(1, round(len(respondents) / many)) for problem, many in ONE_IN.items()}
    for problem, count in (PARTS | shares).items():
        cast[problem], queue = queue[:count], queue[count:]
    return cast


def plant_problems(
    survey: pd.DataFrame,
    nominations: pd.DataFrame,
    people: pd.DataFrame,
    scales: Sequence[str],
    cast: Cast,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The answers as they come back: skipped, careless, impossible, vetoed, commented, broken off."""
    returned = _skip_at_random(survey, rng)
    returned.loc[list(cast["out of range"]), "planning_1"] = "7"
    returned.loc[list(cast["opted out"]), "opted_out"] = "yes"
    returned.loc[list(cast["capacity two"]), "capacity"] = "2"
    for person in cast["veto"]:
        returned.loc[[person], "never_with"] = people["name"][_somebody_not_trusted(person, nominations, people)]
    returned = _part_names_otherwise(returned, survey, cast)
    returned = _answer_carelessly(returned, survey, scales, cast, rng)
    commented = rng.random(len(returned)) < COMMENTED
    returned["comment"] = [one_of(rng, COMMENTS) if said else "" for said in commented]
    return _break_off(returned, cast["stopped half-way"], rng)


def _skip_at_random(survey: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    ties = [name for name, _ in TIES]
    chance = np.where(survey.columns.isin(ties), SKIPPED_TIES, SKIPPED)
    chance[survey.columns.isin(["opted_out", "capacity", "never_with", "comment"])] = 0.0
    return survey.mask(rng.random(survey.shape) < chance, "")


def _somebody_not_trusted(person: str, nominations: pd.DataFrame, people: pd.DataFrame) -> str:
    """A team mate whom the person names in no layer but perhaps works with, or else anybody so."""
    kind = nominations[(nominations["person"] == person) & (nominations["layer"] != "works_with")]
    strangers = people.index[~people.index.isin([person, *kind["alter"]])]
    mates = strangers[people.loc[strangers, "team"] == people["team"][person]]
    return str((mates if len(mates) else strangers)[0])


def _part_names_otherwise(returned: pd.DataFrame, survey: pd.DataFrame, cast: Cast) -> pd.DataFrame:
    for problem, between in (("names parted by commas", ", "), ("one name a line", "\n")):
        people = list(cast[problem])
        returned.loc[people, "works_with"] = survey.loc[people, "works_with"].str.replace("; ", between)
    return returned


def _answer_carelessly(
    returned: pd.DataFrame, survey: pd.DataFrame, scales: Sequence[str], cast: Cast, rng: np.random.Generator
) -> pd.DataFrame:
    people = list(cast["careless"])
    returned.loc[people] = survey.loc[people]
    said = whole_numbers(rng, 3, 5, len(people)).astype(str).astype(object)
    returned.loc[people, list(scales)] = np.repeat(said[:, None], len(scales), axis=1)
    return returned


def _break_off(survey: pd.DataFrame, stopped: Sequence[str], rng: np.random.Generator) -> pd.DataFrame:
    """Nothing after a point between a quarter and nine tenths of the questionnaire."""
    gone = np.zeros(survey.shape, dtype=bool)
    places = survey.index.get_indexer(pd.Index(stopped))
    for place, share in zip(places, 0.25 + 0.65 * rng.random(len(stopped)), strict=True):
        gone[place, int(share * survey.shape[1]) :] = True
    return survey.mask(gone, "")


def order_of_arrival(survey: pd.DataFrame, cast: Cast, rng: np.random.Generator) -> pd.DataFrame:
    """Rows as they arrive, an unfinished first attempt and an empty answer among them; its index repeats a person."""
    arrived = survey.iloc[permutation(rng, len(survey))]
    unfinished = _break_off(survey.loc[list(cast["answered twice"])], cast["answered twice"], rng)
    empty = pd.DataFrame("", index=list(cast["every answer missing"]), columns=survey.columns)
    return pd.concat([unfinished, arrived, empty]).rename_axis("person")


def planted_problems(survey: pd.DataFrame, nominations: pd.DataFrame, people: pd.DataFrame, cast: Cast) -> pd.DataFrame:
    """One row per planted problem: ``problem``, ``person``, ``item``, what is ``found`` there and what is ``meant``."""
    rows = [
        (problem, person, item, survey[item][person] if item else "", meant)
        for problem, (item, meant) in SHOWN_IN.items()
        for person in cast.get(problem, ())
    ]
    names = people["name"].to_dict() | {"": "nobody on the roster"}
    rows += [
        (how, person, layer, typed, names[alter])
        for person, layer, alter, typed, how in nominations[nominations["how"] != IN_FULL].to_numpy()
        if typed in survey[layer][person]
    ]
    return pd.DataFrame(rows, columns=["problem", "person", "item", "found", "meant"], dtype="str")


def names_in_full(nominations: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Nominations with ``typed``, what stands in the cell (the name), and ``how`` it was typed (in full)."""
    return nominations.assign(typed=nominations["alter"].map(people["name"]), how=IN_FULL)


def misspelt_names(
    nominations: pd.DataFrame, people: pd.DataFrame, cast: Cast, rng: np.random.Generator
) -> pd.DataFrame:
    """Nominations as people really type them: short forms and slips, one namesake, a few strangers, one self."""
    typed = _misspell_some(names_in_full(nominations, people), people, cast["names parted by commas"], rng)
    confusing = typed.index[_ambiguous(typed, people) & typed["person"].isin(cast["shared first name"])][:1]
    typed.loc[confusing, "typed"] = typed.loc[confusing, "alter"].map(people["name"]).map(_first_name)
    typed.loc[confusing, "how"] = "shared first name"
    extra = [(p, "trust", p, people["name"][p], "self-nomination") for p in cast["self-nomination"]]
    strangers = zip(cast["not on the roster"], STRANGERS, strict=False)
    extra += [(person, "respect", "", stranger, "not on the roster") for person, stranger in strangers]
    return pd.concat([typed, pd.DataFrame(extra, columns=typed.columns)], ignore_index=True)


def _ambiguous(nominations: pd.DataFrame, people: pd.DataFrame) -> pd.Series:
    """Whether the first name alone could mean several people, and the ego's team does not settle which."""
    first = nominations["alter"].map(people["name"]).map(_first_name)
    everywhere = first.map(people["name"].map(_first_name).value_counts())
    shared: pd.Series = (everywhere > 1) & (_namesakes_in_team(nominations, people) == 0)
    return shared & (nominations["layer"] == "trust")


def _namesakes_in_team(nominations: pd.DataFrame, people: pd.DataFrame) -> Ints:
    """How many members of the ego's team have the alter's first name."""
    members = people.groupby([people["team"], people["name"].map(_first_name)], sort=False).size()
    teams, names = nominations["person"].map(people["team"]), nominations["alter"].map(people["name"]).map(_first_name)
    counts: Ints = members.reindex(pd.MultiIndex.from_arrays([teams, names]), fill_value=0).to_numpy().astype(np.int64)
    return counts


def _misspell_some(
    typed: pd.DataFrame, people: pd.DataFrame, comma_users: Sequence[str], rng: np.random.Generator
) -> pd.DataFrame:
    """A share of the names in one of the `FORMS` that fit them, and how it is called."""
    fits = _forms_that_fit(typed, people, comma_users)
    varied = (rng.random(len(typed)) < MISSPELT) & fits.any(axis=1)
    choice, slip = rng.random((2, len(typed)))
    names, how = typed["typed"].tolist(), typed["how"].tolist()
    for row in np.flatnonzero(varied):
        fitting = np.flatnonzero(fits[row])
        how[row] = list(FORMS)[fitting[int(choice[row] * len(fitting))]]
        names[row] = FORMS[how[row]](names[row], float(slip[row]))
    return typed.assign(typed=names, how=how)


def _forms_that_fit(typed: pd.DataFrame, people: pd.DataFrame, comma_users: Sequence[str]) -> Flags:
    """Which forms (columns of `FORMS`) change each name and leave no doubt who is meant."""
    fits = np.array([[change(name, 0.0) != name for change in FORMS.values()] for name in typed["typed"]])
    forms = list(FORMS)
    initials = people["name"].map(_initial)
    fits[:, forms.index("initial")] = ~typed["typed"].map(_initial).isin(initials[initials.duplicated()])
    mates = typed["person"].map(people["team"]).to_numpy() == typed["alter"].map(people["team"]).to_numpy()
    fits[:, forms.index("first name only")] = mates & (_namesakes_in_team(typed, people) == 1)
    fits[:, forms.index("last name first")] = ~typed["person"].isin(comma_users)
    return fits


def _first_name(name: str, _slip: float = 0.0) -> str:
    """The name without its last word."""
    return name.rsplit(" ", 1)[0]


def _initial(name: str, _slip: float = 0.0) -> str:
    """The first letter of the first name and the last name."""
    return f"{name[0]}. {name.rsplit(' ', 1)[1]}"


def _nickname(name: str, _slip: float) -> str:
    first, last = name.rsplit(" ", 1)
    return f"{NICKNAMES.get(first, first)} {last}"


def _without_accents(name: str, _slip: float) -> str:
    split = unicodedata.normalize("NFKD", name.translate(_PLAIN))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def _typo(name: str, slip: float) -> str:
    """One slip of the finger in the last name: two letters swapped, one lost or one doubled."""
    start = name.rindex(" ") + 2
    k = start + int(slip * (len(name) - start - 1))
    slips = (name[:k] + name[k + 1] + name[k] + name[k + 2 :], name[:k] + name[k + 1 :], name[: k + 1] + name[k:])
    return slips[int(slip * 97) % len(slips)]


FORMS: Mapping[str, Callable[[str, float], str]] = {  # of a name; the number from 0 to 1 picks one of several slips
    "nickname": _nickname,
    "initial": _initial,
    "last name first": lambda name, _slip: ", ".join(reversed(name.rsplit(" ", 1))),
    "no accents": _without_accents,
    "extra spaces": lambda name, _slip: f" {name.replace(' ', '   ')}",
    "other case": lambda name, slip: name.lower() if slip < 0.5 else name.upper(),
    "typo": _typo,
    "first name only": _first_name,
}
