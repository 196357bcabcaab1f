"""SPSS and Stata: what was declared in the file is read, and identifiers and whole numbers stay what they are."""

from __future__ import annotations

import datetime as dt
import struct

import pandas as pd
import pytest

from peernet.errors import SurveyError
from peernet.survey.formats.door import open_export
from peernet.survey.formats.export import Source
from tests.made.statistics_files import with_sets

pyreadstat = pytest.importorskip("pyreadstat")


def export_of(file):
    return open_export(Source(file))


def sav(tmp_path, columns, **kws):
    pyreadstat.write_sav(pd.DataFrame(columns), tmp_path / "t.sav", **kws)
    return export_of(tmp_path / "t.sav")


def dta(tmp_path, columns, **kws):
    pyreadstat.write_dta(pd.DataFrame(columns), tmp_path / "t.dta", **kws)
    return export_of(tmp_path / "t.dta")


def column(export, name):
    return next(column for column in export.columns if column.name == name)


def coded(tmp_path):
    """Codes that mean missing, as a range and as text: site 6 and 66, q1 from 97 to 99 of which 98 has no label."""
    return sav(
        tmp_path,
        {
            "person": ["p1", "p2", "p3", "p4", "p5", "p6"],
            "q1": [2.0, 3, 4, 97, 98, 99],
            "site": ["dock", "6", "66", "yard", "dock", "yard"],
        },
        column_labels={"q1": "How far do you agree?"},
        variable_value_labels={"q1": {1: "disagree", 5: "agree", 97: "refused", 99: "not asked"}},
        missing_ranges={"q1": [{"lo": 97, "hi": 99}], "site": ["6", "66"]},
    )


def test_question_texts_and_labels_come_from_the_file(tmp_path):
    q1 = column(coded(tmp_path), "q1")
    assert (q1.wording, q1.kind) == ("How far do you agree?", "choice")
    assert dict(q1.labels) == {"1": "disagree", "5": "agree"}


def test_missing_codes_keep_their_reasons_and_one_inside_the_range_without_a_label_is_missing_too(tmp_path):
    export = coded(tmp_path)
    assert dict(column(export, "q1").missing) == {"97": "refused", "99": "not asked", "98": ""}
    assert dict(column(export, "site").missing) == {"6": "", "66": ""}
    assert export.cells["q1"].tolist() == ["2", "3", "4", "97", "98", "99"], "the cells hold what was answered"


def test_a_range_that_is_open_below_and_a_code_beside_it(tmp_path):
    export = sav(tmp_path, {"q": [3.0, -1, -8, 99, 4]}, missing_ranges={"q": [{"lo": float("-inf"), "hi": -1}, 99]})
    assert dict(column(export, "q").missing) == {"99": "", "-1": "", "-8": ""}


@pytest.mark.parametrize("suffix", ["sav", "zsav", "dta"])
def test_identifiers_stay_text_and_whole_numbers_whole(tmp_path, suffix):
    rows = {"id": ["007", "NA", "1e5"], "n": [1.0, 12, 3], "x": [0.1, float("nan"), 2.5], "large": [1e11 + 1, 2, 3]}
    file = tmp_path / f"t.{suffix}"
    if suffix == "dta":
        pyreadstat.write_dta(pd.DataFrame(rows), file)
    else:
        pyreadstat.write_sav(pd.DataFrame(rows), file, compress=suffix == "zsav")
    cells = export_of(file).cells
    assert cells["id"].tolist() == ["007", "NA", "1e5"]
    assert cells["n"].tolist() == ["1", "12", "3"]
    assert cells["x"].tolist() == ["0.1", "", "2.5"]
    assert cells["large"].tolist() == ["100000000001", "2", "3"]


def test_numbers_shown_with_zeros_in_front_keep_them(tmp_path):
    assert sav(tmp_path, {"id": [7.0, 12]}, variable_format={"id": "N4"}).cells["id"].tolist() == ["0007", "0012"]
    assert dta(tmp_path, {"id": [7, 12]}, variable_format={"id": "%04.0f"}).cells["id"].tolist() == ["0007", "0012"]


def test_a_number_stata_keeps_in_half_the_room_has_the_digits_that_were_typed(tmp_path):
    pd.DataFrame({"x": pd.Series([0.1, 2.7], dtype="float32")}).to_stata(tmp_path / "t.dta", write_index=False)
    assert export_of(tmp_path / "t.dta").cells["x"].tolist() == ["0.1", "2.7"]


@pytest.mark.parametrize("write", [sav, dta])
def test_dates_and_moments_come_in_iso_order(tmp_path, write):
    export = write(tmp_path, {"day": [dt.date(2026, 3, 1)], "at": [dt.datetime(2026, 3, 1, 14, 5, 6)]})
    assert export.cells.iloc[0].tolist() == ["2026-03-01", "2026-03-01 14:05:06"]
    assert [column.kind for column in export.columns] == ["date", "date"]


def test_a_date_out_of_bounds_stays_the_number_it_is(tmp_path):
    export = sav(tmp_path, {"day": [1e15, 13986691200.0]}, variable_format={"day": "DATE11"})
    assert export.cells["day"].tolist() == ["1000000000000000", "2026-01-02"]


def test_the_lettered_missing_values_of_stata_keep_their_letters_and_reasons(tmp_path):
    export = dta(
        tmp_path,
        {"person": ["a", "b", "c", "d"], "q": pd.Series([2, "a", None, "z"], dtype=object)},
        missing_user_values={"q": ["a", "z"]},
        variable_value_labels={"q": {1: "disagree", 5: "agree", "a": "refused"}},
    )
    assert export.cells["q"].tolist() == ["2", ".a", "", ".z"]
    assert dict(column(export, "q").missing) == {".a": "refused", ".z": ""}
    assert export.cells["person"].tolist() == ["a", "b", "c", "d"], "text is text"


SET = {"a": [1.0, 0, 1], "b": [0.0, 0, 1], "ranked_first": [1.0, float("nan"), 0]}
LABELS = {"a": "English", "b": "German", "ranked_first": "Polish"}


def test_a_multiple_response_set_is_a_group_of_ticks(tmp_path):
    pyreadstat.write_sav(pd.DataFrame(SET), tmp_path / "t.sav", column_labels=LABELS)
    export = export_of(with_sets(tmp_path / "t.sav", "$langs=D1 1 9 Languages A B RANKED_F"))
    assert [(part.name, part.part, part.kind, part.unticked) for part in export.groups["langs"]] == [
        ("a", "English", "tick", "0"),
        ("b", "German", "tick", "0"),
        ("ranked_first", "Polish", "tick", "0"),
    ]
    assert {part.group_wording for part in export.groups["langs"]} == {"Languages"}


def test_where_blank_stands_for_not_ticked_as_for_no_answer_nobody_can_tell(tmp_path):
    pyreadstat.write_sav(pd.DataFrame({"a": [1.0, float("nan")], "b": [float("nan"), 1]}), tmp_path / "t.sav")
    export = export_of(with_sets(tmp_path / "t.sav", "$langs=D1 1 5 Which A B"))
    assert [(part.kind, part.unticked) for part in export.groups["langs"]] == [("tick", None)] * 2


def test_a_set_with_answers_besides_yes_and_no_is_no_list_of_ticks_and_told(tmp_path):
    pyreadstat.write_sav(pd.DataFrame({"a": [1.0, 0, 9], "b": [0.0, 1, 0]}), tmp_path / "t.sav")
    export = export_of(with_sets(tmp_path / "t.sav", "$langs=D1 1 5 Which A B", "$cat=C 0  A B"))
    assert [part.kind for part in export.groups["langs"]] == ["number", "number"]
    assert "counts 1, and its columns hold 0 and 9 besides" in export.notes[0][1]


def test_the_rows_are_counted_by_the_file_itself_and_empty_ones_told(tmp_path):
    export = sav(tmp_path, {"id": ["p1", "", "p3"], "q": [1.0, float("nan"), 2]})
    assert export.told == "3 lines: 0 of headings, 2 sheets filled in, 1 blank"
    assert export.cells.index.tolist() == [1, 3]


def test_a_file_that_was_cut_off_is_refused(tmp_path):
    sav(tmp_path, {"id": [f"p{number}" for number in range(200)]})
    content = (tmp_path / "t.sav").read_bytes()
    (tmp_path / "t.sav").write_bytes(content[: len(content) * 3 // 4])
    with pytest.raises(SurveyError, match=r"t\.sav cannot be read as an SPSS or Stata file"):
        export_of(tmp_path / "t.sav")


def test_a_damaged_file_that_ends_the_library_does_not_end_python(tmp_path):
    sav(tmp_path, {"q": [1.0, 2]}, variable_value_labels={"q": {1: "no", 2: "yes"}})
    content = bytearray((tmp_path / "t.sav").read_bytes())
    labelled = content.index(struct.pack("<iii", 4, 1, 1))  # the labels above belong to one variable, the first
    content[labelled + 8 : labelled + 12] = struct.pack("<i", 2_000_000_000)
    (tmp_path / "t.sav").write_bytes(content)
    with pytest.raises(SurveyError, match=r"t\.sav cannot be read as an SPSS or Stata file: the file is damaged"):
        export_of(tmp_path / "t.sav")


def test_no_answers_are_an_error(tmp_path):
    with pytest.raises(SurveyError, match="has no answers"):
        sav(tmp_path, {"id": pd.Series([], dtype=str)})


def test_without_its_library_it_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "t.sav").write_bytes(b"$FL2")
    monkeypatch.setitem(__import__("sys").modules, "pyreadstat", None)
    with pytest.raises(SurveyError, match=r"pip install 'peernet\[formats\]'"):
        export_of(tmp_path / "t.sav")


def test_a_table_beside_it_is_not_read_and_told(tmp_path):
    sav(tmp_path, {"id": ["p1"]})
    (tmp_path / "staff.csv").write_text("id\np1\n")
    assert export_of(tmp_path).notes == (("warning", "staff.csv lies beside the answers", "not read"),)


def test_two_files_are_a_question(tmp_path):
    for name in ("a.sav", "b.sav"):
        pyreadstat.write_sav(pd.DataFrame({"id": ["p1"]}), tmp_path / name)
    with pytest.raises(SurveyError, match=r"holds a\.sav and b\.sav; name one\."):
        export_of(tmp_path)


def test_the_shared_sample(shared):
    folder = shared / "data" / "export_format_samples"
    export = export_of(folder / "spss_efc_eurofamcare.sav")
    assert export.told == "908 lines: 0 of headings, 908 sheets filled in"
    assert len(export.columns) == 26
    twin = pd.read_csv(folder / "spss_efc_eurofamcare.csv", dtype=str, keep_default_na=False, na_values=["NA"])
    assert export.cells["c12hour"].tolist() == twin["c12hour"].fillna("").tolist()
    assert dict(column(export, "e16sex").labels) == {"1": "male", "2": "female"}
    assert column(export, "c82cop1").wording == "do you feel you cope well as caregiver?"
