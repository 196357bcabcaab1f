"""The report: one page that answers the question, and the files that go with it.

The report's parts, from the answer at the top to what it cannot tell at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from peernet._files import write_whole
from peernet.report.answer import _kinds, heading, opening
from peernet.report.context import _chance, _prices, _reach, _teams, _views
from peernet.report.files import pairs_csv, people_csv, run_json, versions
from peernet.report.html import Html, page, tag
from peernet.report.pairs import _sure, _unpaired, _who, _why
from peernet.report.record import _cannot, _data, _record
from peernet.study import Study

PARTS: dict[str, tuple[str, Callable[[Study], Html]]] = {
    "kinds": ("Which kinds bring most", _kinds),
    "who": ("Who is paired", _who),
    "why": ("Why", _why),
    "sure": ("How sure", _sure),
    "gates": ("What it costs", _prices),
    "chance": ("Other ways", _chance),
    "views": ("Experience and perspective", _views),
    "reach": ("Who hears more", _reach),
    "teams": ("Teams", _teams),
    "unpaired": ("Without a partner", _unpaired),
    "cannot": ("What this cannot tell", _cannot),
    "data": ("The data", _data),
    "record": ("Settings", _record),
}


def write_report(study: Study, folder: str | Path) -> Path:
    """Write a study as a web page, two tables and a record, all of them or none.

    Parameters
    ----------
    study
        What `run_study` returned.
    folder
        Made if it does not exist; files of the same names are replaced.

    Returns
    -------
    Path
        The page, ``report.html``. It needs no network, no script and no other file. Beside it: ``pairs.csv`` (the
        pairing's table with names), ``people.csv`` (everyone with groups, perspectives in reach before and after,
        partners or the reason for having none) and ``run.json`` (hashes of the inputs, settings, versions, bound and
        gap). Numbers are rounded to six digits; the same study always gives the same bytes.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import peernet as pn
    >>> study = pn.run_study(pn.load_aarhus(), draws=20)
    >>> with TemporaryDirectory() as folder:
    ...     write_report(study, folder).name
    'report.html'
    """
    folder = Path(folder)
    texts = {
        "report.html": report_page(study),
        "pairs.csv": pairs_csv(study),
        "people.csv": people_csv(study),
        "run.json": run_json(study),
    }
    write_whole(folder, texts)
    return folder / "report.html"


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
    >>> report_page(pn.run_study(pn.load_aarhus(), draws=20))[:15]
    '<!doctype html>'
    """
    footer = tag("footer", f"Made with peernet {versions()['peernet']}.")
    return page(f"Peer pairings: {study.name}", *body(study), footer)


def body(study: Study) -> list[Html]:
    """Everything the page holds: heading, answer, contents and parts; a part with nothing to tell is left out."""
    parts = {name: part(study) for name, (_, part) in PARTS.items()}
    links = [tag("li", tag("a", PARTS[name][0], href=f"#{name}")) for name, part in parts.items() if part]
    contents = tag("nav", tag("ol", *links), aria_label="Contents")
    skip = tag("a", "Skip to the pairs", href="#who", class_="skip")
    return [skip, heading(study), tag("main", opening(study), contents, *parts.values())]
