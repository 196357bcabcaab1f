"""The report: one page that answers the question, from the answer at the top to what it cannot tell at the end.

Beside it everything else that a study writes, apart by whom it is for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from pathlib import Path, PurePosixPath

from peernet._files import sha256_of, write_whole
from peernet._parallel import beside
from peernet.programme.briefing import briefs
from peernet.report.answer import heading, kinds_section, opening
from peernet.report.briefs import brief_files
from peernet.report.context import chance_section, gates_section, reach_section, teams_section, views_section
from peernet.report.files import UNITS, everybody_toml, pairs_csv, people_csv, run_json, versions
from peernet.report.html import Html, page, tag
from peernet.report.onward import EVERYBODY
from peernet.report.pairs import sure_section, unpaired_section, who_section, why_section
from peernet.report.record import cannot_section, data_section, record_section
from peernet.report.sponsor import sponsor_page
from peernet.study import Study

# What each part is called in the contents, and what makes it, in the order of the page.
PARTS: dict[str, tuple[str, Callable[[Study], Html]]] = {
    "kinds": ("Which kinds bring most", kinds_section),
    "who": ("Who is paired", who_section),
    "why": ("Why", why_section),
    "sure": ("How sure", sure_section),
    "gates": ("What it costs", gates_section),
    "chance": ("Other ways", chance_section),
    "views": ("Experience and perspective", views_section),
    "reach": ("Who hears more", reach_section),
    "teams": ("Teams", teams_section),
    "unpaired": ("Without a partner", unpaired_section),
    "cannot": ("What this cannot tell", cannot_section),
    "data": ("The data", data_section),
    "record": ("Settings", record_section),
}


SENT = 2_000  # people; a larger study takes longer to send to another process than to write up
REPORT, RECORD, SPONSOR = "analyst/report.html", "analyst/run.json", "sponsor/one_page.html"
FILES: dict[str, Callable[[Study], str]] = {  # what `write_report` always writes; the briefs depend on the pairs
    REPORT: lambda study: report_page(study),
    "analyst/pairs.csv": pairs_csv,
    "analyst/people.csv": people_csv,
    f"analyst/{EVERYBODY}": everybody_toml,
    RECORD: lambda study: run_json(study),
    SPONSOR: sponsor_page,
    "READ ME FIRST.txt": lambda study: reading_first(study),
}
PLACES = {  # each folder, and whom it is for
    "analyst": "for the analyst alone. Names, groups and every number; do not pass it on",
    "sponsor": "for the sponsor. One page, about nobody in person",
    "briefs": "for the pairs, their introducers and managers. To each the page that is theirs, and no other",
}


def write_report(study: Study, folder: str | Path, *, language: str = "en", first: date | None = None) -> Path:
    """Write a study for its readers, each in a folder of their own, all of it or nothing.

    What stood there before is replaced as one: no run that is cut off leaves files of two runs. Briefs of pairs that
    are no longer proposed go, unless somebody has changed them.

    Parameters
    ----------
    study
        What `run_study` returned.
    folder
        Made if it does not exist; files of the same names are replaced.
    language
        Of the briefs, see `briefs`.
    first
        Day of the first conversation, see `briefs`; with it each brief has a calendar file beside it.

    Returns
    -------
    Path
        The report, ``analyst/report.html``. It needs no network, no script and no other file. The same study always
        gives the same bytes, here and in the other files.

    Notes
    -----
    What is written, and for whom; ``READ ME FIRST.txt`` says so too:

    - ``analyst/``, for the analyst alone: the report; ``pairs.csv`` (who is paired with whom, and roughly how alike),
      ``people.csv`` (everyone with groups, perspectives in reach, partners or the reason for having none), both with
      a last column ``notice`` that says so wherever the table is opened; and ``run.json`` (hashes of the inputs and of
      the files written, settings, versions, bound and gap).
    - ``sponsor/one_page.html``, for whoever pays for the programme and for managers: what it is, how many take part,
      what the pairs bring relative to chance and what is needed. Nobody can be found out from it, nor from two of them;
      see `peernet.report.sponsor.sponsor_summary`. It prints to one side.
    - ``briefs/``, see `write_briefs`: a page for each pair, for those who introduce two people and for managers, each
      for them alone. ``index.html`` and ``mail_merge.csv`` there are for whoever sends them.

    Of the tables,

    - ``pairs.csv`` holds the numbers of `Pairing.why`. No answer can be worked out from them, and yet they make some
      likelier than others, so its two people are given their brief instead. Distances are told as a rough share of the
      usual one (0.5, 0.7, 1 or 1.3; 0.85 or 1.15 where two bands are told as one), gains in effective perspectives to
      one digit; contacts are colleagues both hear from. What cannot be told is missing. The introducer is named of
      every pair that has one, whether it needs one or not.
    - in ``people.csv`` the groups say who thinks like whom. Perspectives in reach are rounded to one digit after the
      point, and missing for people who hear hardly anyone. ``reason_without_partner`` and its detail may be told to the
      person: vetoes, refused trust and rules all read the same.

    ``everybody.toml`` holds the settings under which everybody who can has a partner, see `way_on`. Exact distances,
    gains and values, what each pair rests on, and why exactly somebody has no partner are in no table, but in
    ``study.pairing.table`` and ``study.pairing.unpaired``.

    Raises
    ------
    SettingError
        If the folder cannot be written to, or one of the files is open elsewhere, or a language is unknown.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import peernet as pn
    >>> study = pn.run_study(pn.load_aarhus(), draws=20)
    >>> with TemporaryDirectory() as folder:
    ...     pn.write_report(study, folder).relative_to(folder).as_posix()
    'analyst/report.html'
    """
    folder, texts = Path(folder), {name: make(study) for name, make in FILES.items() if name != RECORD}
    told = briefs(study.pairing, study.survey, language=language, first=first)
    texts |= {f"briefs/{name}": text for name, text in brief_files(told, calendar=first is not None).items()}
    texts[RECORD] = run_json(study, texts)
    write_whole(folder, texts, gone=left_over(folder, texts))
    return folder / REPORT


def left_over(folder: Path, texts: Mapping[str, str]) -> list[str]:
    """Briefs of the run before that are not written again and that nobody has changed since, as its record has them."""
    try:
        written = dict(json.loads((folder / RECORD).read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return []  # none before, or by an earlier version
    before = [PurePosixPath(name) for name in written if name not in texts]
    briefs = [str(name) for name in before if name.is_relative_to("briefs") and ".." not in name.parts]
    return [name for name in briefs if (folder / name).is_file() and sha256_of(folder / name) == written[name]]


def reading_first(study: Study) -> str:
    """What lies where and for whom, as a text to read before anything is passed on."""
    places = [f"{place}/  {whom}." for place, whom in PLACES.items()]
    return "\n".join([f"Peer pairings: {study.name}", "", *places, "", UNITS, ""])


def report_page(study: Study) -> str:
    """HTML of the report, one self-contained page.

    Parameters
    ----------
    study
        What `run_study` returned.

    Returns
    -------
    str
        A document without scripts, links or requests; every text from the survey is escaped.

    Examples
    --------
    >>> import peernet as pn
    >>> pn.report.report_page(pn.run_study(pn.load_aarhus(), draws=20))[:15]
    '<!doctype html>'
    """
    write = partial(_part, study)
    made = map(write, PARTS) if len(study.survey.people) > SENT else beside(write, [*PARTS])
    parts = dict(zip(PARTS, made, strict=True))  # a part with nothing to tell is empty
    links = [tag("li", tag("a", PARTS[name][0], href=f"#{name}")) for name, part in parts.items() if part]
    return page(
        f"Peer pairings: {study.name}",
        tag("a", "Skip to the pairs", href="#who", class_="skip"),
        heading(study),
        tag("main", opening(study), tag("nav", tag("ol", *links), aria_label="Contents"), *parts.values()),
        tag("footer", f"Made with peernet {versions()['peernet']}."),
    )


def _part(study: Study, name: str) -> Html:
    return PARTS[name][1](study)
