"""Whatever happens to a file on its way, it reads as an export or one of peernet's errors, with no further people."""

from __future__ import annotations

import shutil
from contextlib import suppress

import numpy as np
import pytest

from peernet.errors import PeernetError
from peernet.survey import alone
from peernet.survey.formats.door import FORMATS, open_export
from peernet.survey.formats.export import Source
from peernet.survey.reading import read_survey
from tests.made.samples import SAMPLES

FEW, MANY = 500, 10_000  # tries in all, by default and under the slow marker
ALONE = ("plain_xlsx", "plain_xls", "spss", "spss_packed", "stata")  # in a process of their own: tried less often
ids = [maker.__name__ for _, maker in SAMPLES]


def test_every_format_has_a_sample():
    assert {name for name, _ in SAMPLES} == {*FORMATS}


@pytest.mark.parametrize(("name", "make"), SAMPLES, ids=ids)
def test_a_sound_sample_is_recognised_and_read(tmp_path, name, make):
    export = open_export(Source(make(tmp_path)))
    assert export.format == name
    assert len(export.cells) >= 2
    assert export.lines >= export.headings + len(export.cells) + len(export.set_aside)
    assert [column.name for column in export.columns] == list(export.cells)
    assert set(export.cells.dtypes.astype(str)) == {"str"}


def damaged(content: bytes, rng: np.random.Generator) -> bytes:
    """One to four times: a byte changed, some left out, some put in, a piece doubled, or the rest cut off."""
    data = bytearray(content)
    for _ in range(rng.integers(1, 5)):
        start = int(rng.integers(0, len(data) + 1))
        stop = start + int(rng.integers(1, 20))
        match rng.integers(0, 12):
            case 0 | 1 | 2 | 3:
                data[start : start + 1] = bytes([rng.integers(0, 256)])
            case 4 | 5:
                del data[start:stop]
            case 6 | 7:
                data[start:start] = rng.bytes(stop - start)
            case 8:
                data[start:start] = data[start:stop]
            case 9:
                data[start:start] = bytes(rng.choice([*b'\n\r;,\t"|\0\xff<']) for _ in range(3))
            case 10:
                data[start : start + 1] = bytes([(data[start] if start < len(data) else 0) ^ (1 << rng.integers(0, 8))])
            case _:
                del data[start:]
    return bytes(data)


def distinct_rows(source: Source) -> int:
    return len({tuple(row) for _, sheet in source.tables() for _, row in sheet.rows})


def try_damage(tmp_path, make, name, tries, rng):
    """Read ``tries`` damaged copies of a sample; gives how many could be read."""
    sound, copy = tmp_path / "sound", tmp_path / "copy"
    sound.mkdir()
    place = make(sound)
    people = len(open_export(Source(place)).cells)
    files = sorted(sound.iterdir())
    read = 0
    for _ in range(tries):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(sound, copy)
        file = copy / files[rng.integers(len(files))].name
        file.write_bytes(damaged(file.read_bytes(), rng))
        source = Source(copy / place.relative_to(sound))
        try:
            export = open_export(source, name if rng.random() < 0.3 else None)
        except PeernetError:
            continue
        read += 1
        most = distinct_rows(source) or people
        assert len(export.cells) + len(export.set_aside) <= most, file.read_bytes()
        assert export.cells.index.is_unique, file.read_bytes()
    return read


def share(tries: int, make, seldom: int) -> int:
    """How often one sample is damaged, so that all of them together are damaged ``tries`` times."""
    return seldom if make.__name__ in ALONE else (tries - seldom * len(ALONE)) // (len(SAMPLES) - len(ALONE)) + 1


@pytest.mark.parametrize(("name", "make"), SAMPLES, ids=ids)
def test_damaged_files_give_an_export_or_an_error_of_peernet(tmp_path, rng, name, make):
    try_damage(tmp_path, make, name, share(FEW, make, 4), rng)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "make"), SAMPLES, ids=ids)
def test_ten_thousand_damaged_files_do_so(tmp_path, rng, name, make):
    read = try_damage(tmp_path, make, name, share(MANY, make, 200), rng)
    assert read > 0, "some damage leaves a file that can be read"


WORDS = [
    "the",
    "of",
    "to",
    "License;",
    "2.0,",
    "3,4",
    "|",
    ":",
    "person",
    "name",
    "1",
    "22",
    '"quoted"',
    "'x'",
    ",;",
    "\t",
    "\n",
    "\n\n",
]


def test_prose_is_refused_in_a_sentence_or_read_and_nothing_else(tmp_path):
    rng = np.random.default_rng(3)
    file = tmp_path / "prose.txt"
    for _ in range(FEW):
        file.write_text("".join(f"{word}{gap}" for word, gap in rng.choice(WORDS, (rng.integers(3, 80), 2))), "utf-8")
        with suppress(PeernetError):
            read_survey(file)


def test_a_library_that_takes_too_long_is_not_said_to_have_met_a_damaged_file(tmp_path, monkeypatch):
    monkeypatch.setattr(alone, "SHORTEST", 1.0)
    with pytest.raises(alone.AloneError, match=r"not read within 1 seconds, and is damaged, or the machine is busy"):
        alone.read_alone("import time; read = lambda file: time.sleep(30)", tmp_path / "t.sav")
