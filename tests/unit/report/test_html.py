"""Markup in which text is escaped unless it was built as markup."""

from __future__ import annotations

import pandas as pd

from peernet.report.html import MOST_ROWS, Html, details, facts, joined, long_table, page, section, table, tag


def test_text_is_escaped_and_markup_is_not() -> None:
    assert tag("p", "<b>", tag("b", "&")) == "<p>&lt;b&gt;<b>&amp;</b></p>"


def test_attributes_are_escaped_and_absent_ones_left_out() -> None:
    assert (
        tag("p", class_='"x"', title=None, aria_label="<y>") == '<p class="&quot;x&quot;" aria-label="&lt;y&gt;"></p>'
    )


def test_elements_without_content_have_no_end() -> None:
    assert tag("meta", charset="utf-8") == '<meta charset="utf-8">'


def test_joined_pieces_are_markup_again() -> None:
    assert isinstance(joined(["<", tag("i")]), Html)
    assert joined(["<", tag("i")]) == "&lt;<i></i>"


def test_sections_are_named_by_their_heading() -> None:
    assert section("who", "Who", "x") == '<section aria-labelledby="who"><h2 id="who">Who</h2>x</section>'


def test_details_and_facts() -> None:
    assert details("more", "x") == "<details><summary>more</summary>x</details>"
    assert facts([("a", 1)]) == "<dl><div><dt>a</dt><dd>1</dd></div></dl>"


def test_a_table_has_a_caption_headings_and_row_names() -> None:
    html = table(pd.DataFrame({"Who": ["<Ada>"], "Gain": ["0.50"], "Pairs": [1200]}), "Pairs & gains")
    assert "<caption><span>Pairs &amp; gains</span></caption>" in html
    assert '<th scope="col">Who</th><th scope="col" class="number">Gain</th>' in html
    assert '<th scope="row">&lt;Ada&gt;</th><td class="number">0.50</td><td class="number">1,200</td>' in html


def test_a_table_can_be_reached_by_keyboard_and_is_named() -> None:
    html = table(pd.DataFrame({"a": ["x"]}), "Things", class_="long")
    assert html.startswith('<div class="scroll long" role="region" aria-label="Things" tabindex="0">')


def test_columns_of_numbers_stand_to_the_right_and_words_to_the_left() -> None:
    frame = pd.DataFrame({"a": ["x", "y"], "n": ["–", "under 1%"], "h": ["hidden", "5"], "w": ["5 of 6", "7"]})
    html = table(frame, "c")
    assert [f'class="number">{head}' in html for head in "nhw"] == [True, True, False]


def test_an_empty_table_has_its_headings() -> None:
    assert "<th" in table(pd.DataFrame({"a": [], "b": []}), "c")


def test_a_page_is_whole_and_says_its_language() -> None:
    html = page("A & B", tag("p", "x"))
    assert html.startswith('<!doctype html>\n<html lang="en"><head><meta charset="utf-8">')
    assert "<title>A &amp; B</title>" in html
    assert "max-width" in html
    assert "<script" not in html


def test_of_a_table_longer_than_anybody_reads_the_first_rows_stand_and_where_the_others_are() -> None:
    short, long = (pd.DataFrame({"Person": [f"p{i}" for i in range(rows)]}) for rows in (MOST_ROWS, MOST_ROWS + 1))
    assert long_table(short, "Everyone.", "All are in people.csv.") == table(short, "Everyone.", class_="long")
    shown = long_table(long, "Everyone.", "All are in people.csv.")
    assert shown.count("<tr>") == MOST_ROWS + 1  # and the heads
    assert shown.endswith("<p>These are the first 2,000 of 2,001. All are in people.csv.</p>")


def test_a_page_may_show_images_only_where_it_holds_one() -> None:
    assert "img-src" not in page("A page", tag("p", 'href="data:image/png'))
    assert "img-src data:" in page("A page", Html('<image xlink:href="data:image/png;base64,AA=="/>'))
