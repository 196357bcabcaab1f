"""Briefs as pages to hand out, as rows of a mail merge, and as dates for a calendar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

import pandas as pd

from peernet._files import write_whole
from peernet.errors import SettingError
from peernet.privacy import defuse
from peernet.programme.briefing import Brief, Briefs, IntroducerNote, TeamNote
from peernet.programme.wording import Wording
from peernet.report.html import Html, facts, joined, page, tag

OWN_FILES = re.compile(r"(brief|introducer|team|pair)_\d+\.(html|ics)|managers\.html|index\.html|mail_merge\.csv")
LONGEST = 120  # characters of a wording, so that a brief stays on one side of paper
BESIDE = 25  # characters that a line of a brief's own takes beside its text, since it is seldom full
MUCH, TOO_MUCH = 1350, 2250  # characters of them all above which a brief is set smaller, and smaller still
FOLD = 74  # octets of a calendar's line before it is folded (RFC 5545 allows 75 with what goes before)
FROM, TO = "T100000", "T110000"


def write_briefs(briefs: Briefs, folder: str | Path, *, calendar: bool = False) -> Path:
    """Write briefs as pages that print to one side of paper, with a mail merge and, on request, calendar files.

    Parameters
    ----------
    briefs
        What `briefs` returned.
    folder
        Made if it does not exist; briefs that an earlier round left there are removed.
    calendar
        Whether to write a calendar file per pair, with the first conversation and the look back.

    Returns
    -------
    Path
        ``index.html``, for whoever runs the programme. Beside it: ``brief_001.html`` and so on, one per pair or trio,
        to be given to its people only; ``introducer_001.html`` and so on; ``managers.html``, and ``team_001.html`` and
        so on for the managers of teams of which something can be told; ``mail_merge.csv``, one row per person and
        letter (``role``: partner or introducer; ``person``, ``name``, ``address`` where the identifier is one,
        ``partner``, ``partner_name``, ``introducer``, ``introducer_name``, ``page``, ``subject``, ``text``);
        ``pair_001.ics`` and so on, times of day without a time zone. Pages need no script, no network and no other
        file. The same briefs always give the same bytes.

    Raises
    ------
    SettingError
        If the folder cannot be written to, or a calendar is wanted and the briefs have no day of a first conversation.

    References
    ----------
    RFC 5545, Internet Calendaring and Scheduling Core Object Specification (iCalendar).

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import peernet as pn
    >>> survey = pn.load_example()
    >>> pairing = pn.pair_people(pn.score_pairs(survey, pn.colleague_graph(survey)))
    >>> with TemporaryDirectory() as folder:
    ...     pn.report.write_briefs(pn.briefs(pairing, survey), folder).name
    'index.html'
    """
    folder, texts = Path(folder), brief_files(briefs, calendar=calendar)
    write_whole(folder, texts)
    for stale in folder.iterdir():
        if OWN_FILES.fullmatch(stale.name) and stale.name not in texts:
            stale.unlink()
    return folder / "index.html"


def brief_files(briefs: Briefs, *, calendar: bool = False) -> dict[str, str]:
    """The files that `write_briefs` writes, text by name."""
    if calendar and briefs.first is None:
        raise SettingError("A calendar needs the day of the first conversation: give briefs(..., first=).")
    wording = briefs.wording
    files = {"index.html": _index(briefs), "managers.html": _managers(wording), "mail_merge.csv": _mail_merge(briefs)}
    files |= {_numbered("brief", n): _brief(brief, briefs) for n, brief in enumerate(briefs.all, 1)}
    files |= {_numbered("team", n): _managers(wording, note) for n, note in enumerate(briefs.teams, 1)}
    files |= {_numbered("introducer", n): _introducer(note, wording) for n, note in enumerate(briefs.notes, 1)}
    if calendar and briefs.first and briefs.review:
        days = {"first": briefs.first, "review": briefs.review}
        files |= {f"pair_{n:03d}.ics": _calendar(brief, days, wording) for n, brief in enumerate(briefs.all, 1)}
    return files


def _numbered(what: str, number: int) -> str:
    return f"{what}_{number:03d}.html"


# --- pages ------------------------------------------------------------------------------------------------------------


def _page(
    title: str, wording: Wording, heading: object, under: object, *columns: Html, kicker: str = "", size: str = ""
) -> str:
    head = [tag("p", kicker, class_="kicker")] if kicker else []
    main = tag("main", *columns, class_=f"{'two' if len(columns) > 1 else 'one'}{size}")
    top = tag("header", *head, tag("h1", heading), tag("p", under, class_="under"))
    return page(title, top, main, style_sheet="briefs.css", lang=wording.language)


def _brief(brief: Brief, briefs: Briefs) -> str:
    """One page: what the people have in common and can talk about on the left, how to go about it on the right."""
    wording = briefs.wording
    names = joined(brief.names, tag("span", " & ", class_="amp"))
    left = tag("div", *_about(brief, wording), class_="column")
    steps = facts(((step["minutes"], step["text"]) for step in wording["agenda"]), class_="agenda")
    right = tag("div", _part(wording, "agenda", steps), _agreement(briefs), class_="column")
    own = (*(one.question for one in brief.common), *brief.statements, *brief.exchange, *brief.questions)
    lines = len(own) + 2 * len(brief.common)  # what two have in common stands in a line of its own, spaced
    length = sum(min(len(text), 2 * LONGEST) for text in own) + BESIDE * lines
    size = " small" * (length > MUCH) + " smaller" * (length > TOO_MUCH)
    title, under = wording.listed(brief.names), wording["brief.for_whom"]
    return _page(title, wording, names, under, left, right, kicker=wording["brief.title"], size=size)


def _part(wording: Wording, key: str, *children: object) -> Html:
    return tag("section", tag("h2", wording[f"brief.{key}"]), *children)


def _about(brief: Brief, wording: Wording) -> Iterator[Html]:
    shared = facts(((_short(one.question), wording.listed(one.answers)) for one in brief.common), class_="shared")
    known = [tag("p", brief.contacts)] if brief.contacts else []
    more = tag("p", wording["brief.more" if brief.common else "brief.nothing_common"], class_="note")
    yield _part(wording, "common", *([shared] if brief.common else []), *known, more)
    quotes = tag("ul", *(tag("li", wording.quoted(_short(one))) for one in brief.statements), class_="statements")
    asked = (
        wording.say("brief.theme", theme=wording.quoted(brief.theme)) if brief.theme else wording["brief.statements"]
    )
    told = [tag("p", asked), quotes, tag("p", wording["brief.lot"], class_="note")]
    yield _part(wording, "difference", *(told if brief.statements else [tag("p", wording["brief.not_told"])]))
    given = brief.exchange or (wording["brief.nothing_exchanged"],)
    yield _part(wording, "exchange", *(tag("p", one) for one in given))
    yield _part(wording, "meeting", tag("p", brief.meeting))
    yield _part(
        wording,
        "questions",
        tag("ol", *(tag("li", tag("span", _short(one, 2 * LONGEST))) for one in brief.questions), class_="begin"),
    )


def _agreement(briefs: Briefs) -> Html:
    """What the people agree on, with room to write."""
    wording = briefs.wording
    when = (
        wording["review.unset"] if briefs.review is None else wording.say("review.on", date=wording.day(briefs.review))
    )
    terms = [
        (
            term["term"],
            joined([term["text"].format(review=when), *(tag("span", class_="rule") for _ in range(term["lines"]))]),
        )
        for term in wording["agreement"]
    ]
    return _part(wording, "agreement", facts(terms, class_="terms"), tag("p", wording["brief.signed"], class_="signed"))


def _short(text: str, most: int = LONGEST) -> str:
    """A wording, cut after a word where it is longer than a page has room for."""
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"


def _introducer(note: IntroducerNote, wording: Wording) -> str:
    """Whom one colleague is asked to introduce, and what to send."""
    parts = [
        tag(
            "section",
            tag("h2", wording.listed(group)),
            tag("p", wording["introducer.why"]),
            tag("p", wording["introducer.send"], class_="note"),
            tag("p", text, class_="text"),
        )
        for group, text in zip(note.groups, note.texts, strict=True)
    ]
    greeting = tag("p", wording.say("introducer.greeting", name=note.name))
    silent = tag("p", wording["introducer.silent"])
    letter = tag("div", greeting, tag("p", wording["introducer.asked"]), *parts, silent, class_="letter")
    return _page(note.name, wording, wording["introducer.title"], note.name, letter)


def _managers(wording: Wording, note: TeamNote | None = None) -> str:
    """What everybody who leads people is told, and of one team what can be told."""
    points = tag("ul", *(tag("li", point) for point in wording["managers.points"]), class_="points")
    title, team = str(wording["managers.title"]), []
    if note:
        quoted = tag("ul", tag("li", wording.quoted(_short(note.statement))), class_="statements")
        told = (tag("p", note.words), quoted, tag("p", wording["managers.team_step"]))
        team = [tag("section", tag("h2", wording.say("managers.team_title", team=note.team)), *told)]
    return _page(title, wording, title, wording["managers.opening"], tag("div", points, *team, class_="letter"))


def _index(briefs: Briefs) -> str:
    """All pages, for whoever runs the programme."""
    wording, names = briefs.wording, _names(briefs)
    pairs = [
        (wording.listed(brief.names), names.get(brief.introducer or "", "–"), _link(_numbered("brief", n)))
        for n, brief in enumerate(briefs.all, 1)
    ]
    introducers = [(note.name, "", _link(_numbered("introducer", n))) for n, note in enumerate(briefs.notes, 1)]
    managers = [(wording["index.managers"], "", _link("managers.html"))]
    managers += [(note.team, "", _link(_numbered("team", n))) for n, note in enumerate(briefs.teams, 1)]
    lists = {"index.pair": pairs, "index.introducers": introducers, "index.managers": managers}
    parts = [_links(wording, wording[key], rows) for key, rows in lists.items() if rows]
    return _page(wording["index.title"], wording, wording["index.title"], wording["index.under"], tag("div", *parts))


def _link(file: str) -> Html:
    return tag("a", file, href=file)


def _links(wording: Wording, what: str, rows: Iterable[tuple[str, str, Html]]) -> Html:
    rows = list(rows)
    introduced = any(by for _, by, _ in rows)  # of nobody but pairs
    named = (what, *[wording["index.introducer"]] * introduced, wording["index.page"])
    heads = tag("tr", *(tag("th", one, scope="col") for one in named))
    body = (
        tag("tr", tag("th", name, scope="row"), *[tag("td", by)] * introduced, tag("td", link))
        for name, by, link in rows
    )
    return tag("section", tag("h2", what), tag("table", tag("thead", heads), tag("tbody", *body)))


# --- letters and dates ------------------------------------------------------------------------------------------------


def _names(briefs: Briefs) -> dict[str, str]:
    """What to call everybody who is in a brief or introduces somebody."""
    paired = {person: name for brief in briefs.all for person, name in zip(brief.people, brief.names, strict=True)}
    return paired | {note.introducer: note.name for note in briefs.notes}


def _mail_merge(briefs: Briefs) -> str:
    """One row per person and letter, as CSV."""
    rows = [*_to_partners(briefs), *_to_introducers(briefs)]
    columns = ["role", "person", "name", "address", "partner", "partner_name", "introducer", "introducer_name"]
    table = pd.DataFrame(rows, columns=[*columns, "page", "subject", "text"], dtype="str")
    return defuse(table).to_csv(index=False, lineterminator="\n")


def _to_partners(briefs: Briefs) -> Iterator[tuple[str, ...]]:
    wording, names = briefs.wording, _names(briefs)
    for number, brief in enumerate(briefs.all, 1):
        by = (brief.introducer or "", names.get(brief.introducer or "", ""))
        for person, name in zip(brief.people, brief.names, strict=True):
            others = [other for other in brief.people if other != person]
            partner = wording.listed([names[other] for other in others])
            subject = wording.say("mail.subject", partner=partner)
            text = wording.say("mail.text", name=name, partner=partner, meeting=brief.meeting)
            to = ("partner", person, name, _address(person), "; ".join(others), partner)
            yield *to, *by, _numbered("brief", number), subject, text


def _to_introducers(briefs: Briefs) -> Iterator[tuple[str, ...]]:
    wording = briefs.wording
    for number, note in enumerate(briefs.notes, 1):
        text = wording.say("mail.introducer_text", name=note.name, asked=wording["introducer.asked"])
        to = ("introducer", note.introducer, note.name, _address(note.introducer))
        page_ = _numbered("introducer", number)
        yield *to, "", "", "", "", page_, str(wording["mail.introducer_subject"]), text


def _address(person: str) -> str:
    """The identifier, where it is an address."""
    return person if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", person) else ""


def _calendar(brief: Brief, days: dict[str, date], wording: Wording) -> str:
    """The first conversation and the look back as an iCalendar file, at ten o'clock wherever it is opened."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//peernet//briefs//EN"]
    for kind, day in days.items():
        known = sha256(repr((kind, brief.people)).encode("utf-8", errors="replace")).hexdigest()[:32]
        lines += ["BEGIN:VEVENT", f"UID:{known}@peernet", f"DTSTAMP:{day:%Y%m%d}T000000Z"]
        lines += [f"DTSTART:{day:%Y%m%d}{FROM}", f"DTEND:{day:%Y%m%d}{TO}"]
        lines.append(f"SUMMARY:{_as_text(wording.say(f'calendar.{kind}', names=wording.listed(brief.names)))}")
        lines += [f"DESCRIPTION:{_as_text(wording[f'calendar.{kind}_text'])}", "END:VEVENT"]
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _as_text(text: str) -> str:
    """Text of a calendar: marks that mean something there are escaped, and no line can end in it."""
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> str:
    """A line in pieces of at most 75 octets, none of which ends within a character."""
    pieces, piece = [], ""
    for char in line:
        if len(f"{piece}{char}".encode("utf-8", errors="replace")) > FOLD:
            pieces.append(piece)
            piece = ""
        piece += char
    return "\r\n ".join([*pieces, piece])
