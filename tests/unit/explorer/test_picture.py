"""The still picture: right about its state, readable everywhere, and about nobody in person."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

import peernet as pn
from peernet.explorer.answers import answer, totals
from peernet.explorer.picture import MOST_BARS, NEW, Still, dials_in_words, drawn, still
from peernet.explorer.what_if import WhatIf
from peernet.programme.settings import MEANINGS, Settings

SVG = "{http://www.w3.org/2000/svg}"
MOVED = {
    "accept": ("mutual",),
    "experience": 0.25,
    "goals": None,
    "objective": "fair",
    "cardinality": "max",
    "floor": 0.02,
    "value": 0.3,
    "band": (0.1, 0.7),
    "outlook": "answers",
}


@pytest.fixture(scope="module")
def state() -> WhatIf:
    """Harbour with a pair locked, two kept apart, somebody left out and another dial moved."""
    state = WhatIf(pn.load_example())
    (a, b), (c, _), (d, _) = state.pairing.pairs[:3]
    state.forbid(a, b)
    state.lock(a, next(partner for partner in state.pairing.alternates(a, progress=False)["partner"] if partner != b))
    state.leave_out(c)
    state.change(accept=("mutual", "introduced", "unknown"), rules=pn.Rules([*state.settings.rules, team_rule(d)]))
    return state


def team_rule(person: str) -> pn.Rule:
    return pn.Rule("partner", person, price=0.1)


@pytest.fixture(scope="module")
def page(state: WhatIf) -> str:
    return drawn(still(state, curve=answer(state, {"ask": "curve"})), "abc")


def read(page: str) -> ElementTree.Element:
    """The page as XML, which is stricter than HTML."""
    return ElementTree.fromstring(page)


def bars(page: str, colour: str) -> list[float]:
    """Heights of the upright bars of one colour."""
    (path,) = [
        path for path in read(page).iter(f"{SVG}path") if path.get("stroke") == colour and path.get("stroke-width")
    ]
    found = re.findall(r"M[\d.]+ ([\d.]+)V([\d.]+)", path.get("d", ""))
    return [float(start) - float(end) for start, end in found]


def test_numbers_are_those_of_the_state(state: WhatIf):
    shown = {what: told for what, *told in still(state).figures}
    now, kept = totals(state.pairing), totals(state.kept_pairing)
    assert shown["people with a partner"] == [
        f"{now['paired']} of {now['able']}",
        f"{kept['paired']} of {kept['able']}",
    ]
    assert shown["pairs"] == [str(len(state.pairing)), str(len(state.kept_pairing))]
    assert shown["total gain, in effective perspectives"] == [
        f"{state.pairing.objective:.2f}",
        f"{state.kept_pairing.objective:.2f}",
    ]


def test_each_bar_is_as_high_as_its_pair_is_worth_and_says_whether_it_is_kept():
    state = WhatIf(pn.load_example())
    state.forbid(*state.pairing.pairs[0])
    values, kept = still(state).bars.T
    pairs = state.pairing.table.sort_values("value", ascending=False)
    assert values == pytest.approx(pairs["value"].to_numpy())
    page = drawn(still(state), "abc")
    new = bars(page, NEW)
    assert len(new) == (kept == 0).sum() > 0
    assert sorted([*new, *bars(page, "currentColor")], reverse=True) == pytest.approx(
        values / values[0] * 138, abs=0.2
    ), "as high as the tallest, 138, in proportion"


def test_where_pairs_are_many_neighbours_share_a_bar_and_nothing_is_lost():
    state = WhatIf(
        pn.make_survey(people=330, answered=310, rng=1).read(), Settings(accept=("mutual", "introduced", "unknown"))
    )
    shown = still(state)
    assert len(state.pairing) > MOST_BARS == len(shown.bars)
    sizes = [len(part) for part in np.array_split(np.empty(len(state.pairing)), MOST_BARS)]
    assert (shown.bars[:, 0] * sizes).sum() == pytest.approx(state.pairing.table["value"].sum())
    assert "neighbours share a bar" in drawn(shown, "abc")


@pytest.mark.parametrize("dial", MOVED)
def test_every_dial_stands_in_words(dial: str):
    before, after = dict(dials_in_words(Settings())), dict(dials_in_words(Settings(**{dial: MOVED[dial]})))
    assert len({*before.items()} ^ {*after.items()}) == 2


def test_no_dial_is_forgotten():
    assert {*MOVED} == {*MEANINGS} - {"seed", "draws", "repeats"}


def test_rules_are_counted_and_not_told(state: WhatIf):
    told = dict(dials_in_words(state.settings))["rules"]
    assert told == "1 pair locked, 1 pair kept apart, 1 person left out and 1 other rule"


def test_the_difference_is_told_in_numbers(state: WhatIf):
    assert "The same pairs as kept." in still(WhatIf(state.bench.survey)).sentences
    told, found = " ".join(still(state).sentences), state.difference
    assert f"Against the kept pairing {found.total:+.3f} effective perspectives in all" in told
    assert f"{len(found.lost)} pairs are given up, {len(found.made)} made" in told
    assert str(len(found.newly)) in told.split("made.")[1]


def test_nobody_is_named_and_no_answer_is_given_away(state: WhatIf, page: str):
    people = state.bench.survey.people
    teams = people["team"].dropna().unique()
    for secret in [
        *people.index,
        *people["name"].dropna(),
        *state.bench.names,
        *teams,
        *people["goals"].dropna().map(str),
    ]:
        assert secret not in page


def test_pairs_are_named_where_names_are_to_be_saved(state: WhatIf):
    page = read(drawn(still(state, named=True), "abc"))
    (table,) = page.iter("details")
    rows = {tuple(cell.text for cell in row.iter("td"))[:2] for row in table.iter("tr")} - {()}
    names = state.bench.names
    assert rows == {(names[a], names[b]) for a, b in state.pairing.pairs}


def test_names_are_escaped(state: WhatIf):
    nasty = replace(still(state), named=[("<script>x</script>", 'A & "B"', "0.1")])
    page = drawn(nasty, "abc")
    assert "<script" not in page
    assert "<script>x</script>" in "".join(read(page).itertext())


def test_it_needs_no_script_no_link_and_no_style_sheet(page: str):
    for element in read(page).iter():
        assert element.tag.removeprefix(SVG) not in (
            "script",
            "style",
            "a",
            "img",
            "image",
            "use",
            "link",
            "iframe",
            "object",
        )
        assert not {"href", "src", "id", "class"} & {*element.attrib}, "an id or class would meet those of the page"
        assert not any(name.startswith("on") or "url(" in value for name, value in element.attrib.items())


def test_drawings_have_a_role_a_title_and_a_description(page: str):
    drawings = [*read(page).iter(f"{SVG}svg")]
    assert len(drawings) == 2
    for drawing in drawings:
        assert drawing.get("role") == "img"
        assert [child.tag for child in drawing][:2] == [f"{SVG}title", f"{SVG}desc"]
        assert all(child.text and child.text.strip().endswith(".") for child in drawing[:2])


def test_it_is_drawn_in_the_colour_of_the_text_around_it(page: str):
    colours = {element.get(part) for element in read(page).iter() for part in ("fill", "stroke")}
    assert colours <= {None, "none", "currentColor", NEW}
    assert min(contrast(NEW, "#ffffff"), contrast(NEW, "#111111")) > 3, "on light and on dark pages"


def contrast(one: str, other: str) -> float:
    """Contrast of two colours by WCAG 2."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_the_curve_is_drawn_where_it_is_known_with_both_points(state: WhatIf, page: str):
    assert len([*read(page).iter(f"{SVG}circle")]) == 2
    without = read(drawn(still(state), "abc"))
    assert not [*without.iter(f"{SVG}circle")]


def test_it_can_be_drawn_where_nobody_has_a_partner():
    state = WhatIf(pn.load_aarhus(), Settings(floor=50))
    shown = still(state, curve={"error": "No pair is possible."})
    assert isinstance(shown, Still)
    page = read(drawn(shown, "abc"))
    assert not [*page.iter(f"{SVG}svg")]
    assert {what: told for what, told, _ in shown.figures}["pairs"] == "0"
    assert "nan" not in "".join(page.itertext())


def test_it_says_which_explorer_it_is_of(page: str):
    assert read(page).get("data-peernet-static") == "abc"
