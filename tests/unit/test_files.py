"""Files appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from peernet._files import sha256_of, write_whole


def test_every_file_is_written_as_utf8_into_a_folder_made_for_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "a" / "b", {"x.txt": "Åse\n", "y.txt": ""})
    assert (tmp_path / "a" / "b" / "x.txt").read_bytes() == "Åse\n".encode()
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == ["x.txt", "y.txt"]


def test_older_files_of_the_same_name_are_replaced_and_others_stay(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("old")
    (tmp_path / "mine.txt").write_text("mine")
    write_whole(tmp_path, {"x.txt": "new"})
    assert [(tmp_path / name).read_text() for name in ("x.txt", "mine.txt")] == ["new", "mine"]


def test_a_failure_half_way_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("old")
    with pytest.raises(OSError, match="nowhere"):
        write_whole(tmp_path, {"x.txt": "new", "nowhere/y.txt": "new"})
    assert [path.name for path in tmp_path.iterdir()] == ["x.txt"]
    assert (tmp_path / "x.txt").read_text() == "old"


def test_a_character_that_is_no_text_does_not_stop_the_others(tmp_path: Path) -> None:
    write_whole(tmp_path, {"x.txt": "a\ud800b"})
    assert (tmp_path / "x.txt").read_text() == "a?b"


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    assert sha256_of(tmp_path / "x") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
