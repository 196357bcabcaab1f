"""The report: one page that answers the question, and the files that go with it."""

from __future__ import annotations

from pathlib import Path

from peernet._files import write_whole
from peernet.report.files import pairs_csv, people_csv, run_json, versions
from peernet.report.html import page, tag
from peernet.report.report_parts import body
from peernet.study import Study

__all__ = ["Study", "report_page", "run_study", "write_report"]


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
    >>> study = run_study(pn.load_aarhus(), draws=20)
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
    >>> report_page(run_study(pn.load_aarhus(), draws=20))[:15]
    '<!doctype html>'
    """
    footer = tag("footer", f"Made with peernet {versions()['peernet']}.")
    return page(f"Peer pairings: {study.name}", *body(study), footer)
