"""The surveys that come with the package: a fictional harbour company and 61 real colleagues."""

from __future__ import annotations

from pathlib import Path

from peernet.survey.reading import read_survey
from peernet.survey.survey import Survey


def load_example() -> Survey:
    """The survey of a fictional harbour company: 260 people in 24 teams, 240 of whom answered.

    Returns
    -------
    Survey
        ``.people`` has, beside name, team, manager and answered: experience (``level``, ``years_here``,
        ``years_field``, ``function``, ``challenges``, ``office_politics``, ``reporting_line``, ``travel``), perspective
        (``background``, ``industries``, ``education``, ``worked_abroad``, ``change_1`` to ``4``, ``people_1`` to
        ``3``, ``planning_1`` to ``3``), goals (``goals``, ``goal_direction``, ``goal_horizon``,
        ``goal_responsibility``), ``offers``, ``seeks``, climate (``authentic_1`` to ``3``, ``manager_trust_1`` to
        ``3``), constraints (``capacity``, ``opted_out``, ``never_with``) and, for audit only, ``gender`` and
        ``age_band``. Tie layers: works_with, advice, trust, respect, candour. Outcomes: learning and openness in
        waves 1 and 2, relationship in wave 2.

    Notes
    -----
    Made by ``make_survey()`` with its default settings, which also tells the planted truth; nobody in it is real.
    Licence: MIT, as peernet itself. The README beside the data lists what was made wrong on purpose.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> survey
    <Survey: 260 people, 240 answered, ...>
    >>> survey.people["team"].nunique()
    24
    """
    return read_survey(_shipped("harbour"))


def load_aarhus() -> Survey:
    """Sixty-one real colleagues of a university department, and five kinds of ties among them.

    Returns
    -------
    Survey
        ``.people`` has ``role`` (experience: PhD student, postdoc, professor and so on) and ``group`` (perspective:
        research groups, two for some people). Neither is known for everybody. ``.ties`` has the layers work, lunch,
        leisure, facebook and coauthor, each tie in both directions since the source is undirected. There are no names,
        teams, managers, goals or outcomes.

    Notes
    -----
    Collected by questionnaire (facebook and coauthor: from online sources) at the Department of Computer Science of
    Aarhus University and published without names. Taken from the file ``aucs.mpx`` of the PyPI package uunet 2.2.1,
    Apache License 2.0; the notice and the licence lie beside the data. Converted to CSV, nothing else changed.
    The study asked for no trust. Here ``lunch`` stands in for it: whom one chooses to eat with. It is a proxy, and a
    pairing made from it is an illustration.

    References
    ----------
    Magnani, M., Micenkova, B. & Rossi, L. (2013). Combinatorial analysis of multiple networks. arXiv:1303.4986.

    Rossi, L. & Magnani, M. (2015). Towards effective visual analytics on multiplex and multilayer networks. *Chaos,
    Solitons & Fractals* 72, 68-76.

    Examples
    --------
    >>> import peernet as pn
    >>> survey = pn.load_aarhus()
    >>> len(survey.people), int(survey.people["role"].isna().sum())
    (61, 1)
    >>> (survey.ties["layer"].value_counts() // 2).to_dict()
    {'work': 194, 'lunch': 193, 'facebook': 124, 'leisure': 88, 'coauthor': 21}
    """
    return read_survey(_shipped("aarhus"))


def _shipped(name: str) -> Path:
    """Where a shipped folder lies: inside an installed package, or beside it in a clone."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_data" / name
    return installed if installed.is_dir() else package.parent / "data" / name
