"""How people really type a colleague's name: short forms, initials, slips, strangers, themselves."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from peernet._arrays import Flags, Ints
from peernet.datasets.fictional_names import NICKNAMES, STRANGERS

IN_FULL = "full name"
VARIED = 0.12  # share of nominations not typed as on the roster
_PLAIN = str.maketrans({"ø": "o", "Ø": "O", "æ": "ae", "ł": "l", "Ł": "L", "ı": "i"})


def typed_in_full(nominations: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Nominations with ``typed``, what stands in the cell (the name), and ``how`` it was typed (in full)."""
    return nominations.assign(typed=nominations["alter"].map(people["name"]), how=IN_FULL)


def typed_by_hand(
    nominations: pd.DataFrame, people: pd.DataFrame, cast: Mapping[str, Sequence[str]], rng: np.random.Generator
) -> pd.DataFrame:
    """Nominations as people type them: some in another form, one namesake, a few strangers, one self."""
    typed = _in_various_forms(typed_in_full(nominations, people), people, cast["names parted by commas"], rng)
    confusing = typed.index[ambiguous_nominations(typed, people) & typed["person"].isin(cast["shared first name"])][:1]
    typed.loc[confusing, "typed"] = typed.loc[confusing, "alter"].map(people["name"]).map(first_name)
    typed.loc[confusing, "how"] = "shared first name"
    extra = [(p, "trust", p, people["name"][p], "self-nomination") for p in cast["self-nomination"]]
    strangers = zip(cast["not on the roster"], STRANGERS, strict=False)
    extra += [(person, "respect", "", stranger, "not on the roster") for person, stranger in strangers]
    return pd.concat([typed, pd.DataFrame(extra, columns=typed.columns)], ignore_index=True)


def ambiguous_nominations(nominations: pd.DataFrame, people: pd.DataFrame) -> pd.Series:
    """Whether the first name alone could mean several people, and the ego's team does not settle which."""
    first = nominations["alter"].map(people["name"]).map(first_name)
    everywhere = first.map(people["name"].map(first_name).value_counts())
    shared: pd.Series = (everywhere > 1) & (_namesakes_in_team(nominations, people) == 0)
    return shared & (nominations["layer"] == "trust")


def _namesakes_in_team(nominations: pd.DataFrame, people: pd.DataFrame) -> Ints:
    """How many members of the ego's team have the alter's first name."""
    members = people.groupby([people["team"], people["name"].map(first_name)], sort=False).size()
    teams, names = nominations["person"].map(people["team"]), nominations["alter"].map(people["name"]).map(first_name)
    counts: Ints = members.reindex(pd.MultiIndex.from_arrays([teams, names]), fill_value=0).to_numpy().astype(np.int64)
    return counts


def _in_various_forms(
    typed: pd.DataFrame, people: pd.DataFrame, comma_users: Sequence[str], rng: np.random.Generator
) -> pd.DataFrame:
    fits = _forms_that_fit(typed, people, comma_users)
    varied = (rng.random(len(typed)) < VARIED) & fits.any(axis=1)
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
    initials = people["name"].map(initial)
    fits[:, forms.index("initial")] = ~typed["typed"].map(initial).isin(initials[initials.duplicated()])
    mates = typed["person"].map(people["team"]).to_numpy() == typed["alter"].map(people["team"]).to_numpy()
    fits[:, forms.index("first name only")] = mates & (_namesakes_in_team(typed, people) == 1)
    fits[:, forms.index("last name first")] = ~typed["person"].isin(comma_users)
    return fits


def first_name(name: str, _slip: float = 0.0) -> str:
    """The name without its last word."""
    return name.rsplit(" ", 1)[0]


def initial(name: str, _slip: float = 0.0) -> str:
    """The first letter of the first name and the last name."""
    return f"{name[0]}. {name.rsplit(' ', 1)[1]}"


def _nickname(name: str, _slip: float) -> str:
    first, last = name.rsplit(" ", 1)
    return f"{NICKNAMES.get(first, first)} {last}"


def _last_name_first(name: str, _slip: float) -> str:
    first, last = name.rsplit(" ", 1)
    return f"{last}, {first}"


def _without_accents(name: str, _slip: float) -> str:
    split = unicodedata.normalize("NFKD", name.translate(_PLAIN))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def _extra_spaces(name: str, _slip: float) -> str:
    return f" {name.replace(' ', '   ')}"


def _other_case(name: str, slip: float) -> str:
    return name.lower() if slip < 0.5 else name.upper()


def _typo(name: str, slip: float) -> str:
    """One slip of the finger in the last name: two letters swapped, one lost or one doubled."""
    start = name.rindex(" ") + 2
    k = start + int(slip * (len(name) - start - 1))
    slips = (name[:k] + name[k + 1] + name[k] + name[k + 2 :], name[:k] + name[k + 1 :], name[: k + 1] + name[k:])
    return slips[int(slip * 97) % len(slips)]


FORMS: Mapping[str, Callable[[str, float], str]] = {
    "nickname": _nickname,
    "initial": initial,
    "last name first": _last_name_first,
    "no accents": _without_accents,
    "extra spaces": _extra_spaces,
    "other case": _other_case,
    "typo": _typo,
    "first name only": first_name,
}
