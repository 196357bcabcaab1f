"""The report: one page that answers the question, from the answer at the top to what it cannot tell at the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from peernet._files import write_whole
from peernet.report.answer import heading, kinds_section, opening
from peernet.report.context import chance_section, gates_section, reach_section, teams_section, views_section
from peernet.report.files import everybody_toml, pairs_csv, people_csv, run_json, versions
from peernet.report.html import Html, page, tag
from peernet.report.onward import EVERYBODY
from peernet.report.pairs import sure_section, unpaired_section, who_section, why_section
from peernet.report.record import cannot_section, data_section, record_section
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


FILES: dict[str, Callable[[Study], str]] = {  # what `write_report` writes
    "report.html": lambda study: report_page(study),
    "pairs.csv": pairs_csv,
    "people.csv": people_csv,
    "run.json": run_json,
    EVERYBODY: everybody_toml,
}


def write_report(study: Study, folder: str | Path) -> Path:
    """Write a study as a web page, two tables and a record, all of them or none.

    What stood there before is replaced as one: no run that is cut off leaves files of two runs.

    Parameters
    ----------
    study
        What `run_study` returned.
    folder
        Made if it does not exist; files of the same names are replaced.

    Returns
    -------
    Path
        The page, ``report.html``. It needs no network, no script and no other file. Beside it: ``pairs.csv`` (who is
        paired with whom and what the two may be told), ``people.csv`` (everyone with groups, perspectives in reach,
        partners or the reason for having none), ``run.json`` (hashes of the inputs, settings, versions, bound and gap)
        and ``everybody.toml`` (the settings under which everybody who can has a partner, see
        `way_on`). The same study always gives the same bytes.

    Notes
    -----
    Whom the files are for:

    - A row of ``pairs.csv`` may be shown to its two people. It holds the numbers of `Pairing.why`, from which no answer
      can be worked out: distances as a rough share of the usual one (0.5, 0.7, 1 or 1.3; 0.85 or 1.15 where two bands
      are told as one), gains in effective perspectives to one digit, how many colleagues both hear from. What cannot be
      told is missing. The introducer is named of every pair that has one, whether it needs one or not.
    - ``people.csv`` is for whoever runs the programme: the groups say who thinks like whom. Perspectives in reach are
      rounded to one digit after the point, and missing for people who hear hardly anyone. ``reason_without_partner``
      and its detail may be told to the person: vetoes, refused trust and rules all read the same.
    - ``report.html``, ``run.json`` and ``everybody.toml`` are for the analyst alone. Exact distances, gains and values,
      what each pair rests on, and why exactly somebody has no partner are in ``study.pairing.table`` and
      ``study.pairing.unpaired``.

    Raises
    ------
    SettingError
        If the folder cannot be written to, or one of the files is open elsewhere.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import peernet as pn
    >>> study = pn.run_study(pn.load_aarhus(), draws=20)
    >>> with TemporaryDirectory() as folder:
    ...     pn.write_report(study, folder).name
    'report.html'
    """
    write_whole(Path(folder), {name: make(study) for name, make in FILES.items()})
    return Path(folder) / "report.html"


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
    parts = {name: part(study) for name, (_, part) in PARTS.items()}  # a part with nothing to tell is empty
    links = [tag("li", tag("a", PARTS[name][0], href=f"#{name}")) for name, part in parts.items() if part]
    return page(
        f"Peer pairings: {study.name}",
        tag("a", "Skip to the pairs", href="#who", class_="skip"),
        heading(study),
        tag("main", opening(study), tag("nav", tag("ol", *links), aria_label="Contents"), *parts.values()),
        tag("footer", f"Made with peernet {versions()['peernet']}."),
    )
