"""Files appear whole or not at all, and of a set all are new or all are old."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePath

import pytest

from peernet._files import make_ready, sha256_of, write_whole
from peernet.errors import SettingError

SET = dict.fromkeys(("a.txt", "b.txt", "in/c.txt", "in/side/d.txt"), "new")
KILLED = 9
CUT_OFF = """
import os, sys
from pathlib import Path
from peernet._files import write_whole

folder, steps = Path(sys.argv[1]), int(sys.argv[2])

def counted(function):
    def call(*arguments, **kws):
        global steps
        steps -= 1
        if steps < 0:
            os._exit(9)
        return function(*arguments, **kws)
    return call

for name in ("rename", "replace", "mkdir", "rmdir", "unlink", "open"):
    setattr(os, name, counted(getattr(os, name)))
write_whole(folder, dict.fromkeys(("a.txt", "b.txt", "in/c.txt", "in/side/d.txt"), "new"))
"""


def texts_in(folder: Path) -> dict[str, str]:
    """Of every file, in whatever folder inside, but for drafts and old ones that lie beside."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: path.read_text() for name, path in files.items() if not name.startswith(".peernet")}


def with_folders(names: Iterable[str]) -> list[str]:
    """Names of files and of the folders inside that they stand in."""
    return sorted({str(path) for name in names for path in (PurePath(name), *PurePath(name).parents)} - {"."})


def everything_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def write_old(folder: Path, names: Iterable[str] = SET) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("old")
    return folder


def test_every_file_is_written_as_utf8_into_a_folder_made_for_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "a" / "b", {"x.txt": "Åse\n", "y.txt": ""})
    assert (tmp_path / "a" / "b" / "x.txt").read_bytes() == "Åse\n".encode()
    assert everything_in(tmp_path) == ["a", "a/b", "a/b/x.txt", "a/b/y.txt"]


def test_bytes_are_written_as_they_are_beside_text(tmp_path: Path) -> None:
    write_whole(tmp_path / "new", {"form.xlsx": b"PK\r\n\xff", "key.csv": "é\n"})
    assert (tmp_path / "new" / "form.xlsx").read_bytes() == b"PK\r\n\xff"
    assert (tmp_path / "new" / "key.csv").read_bytes() == "é\n".encode()


def test_older_files_of_the_same_name_are_replaced_and_others_stay(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("old")
    (tmp_path / "mine.txt").write_text("mine")
    write_whole(tmp_path, {"x.txt": "new"})
    assert texts_in(tmp_path) == {"x.txt": "new", "mine.txt": "mine"}


def test_a_set_beside_files_and_folders_of_ones_own_leaves_those_as_they_are(tmp_path: Path) -> None:
    write_old(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x.txt").write_text("mine")
    number = (tmp_path / "mine" / "x.txt").stat().st_ino
    write_whole(tmp_path, SET)
    assert texts_in(tmp_path) == {**SET, "mine/x.txt": "mine"}
    assert everything_in(tmp_path) == with_folders([*SET, "mine/x.txt"])
    assert (tmp_path / "mine" / "x.txt").stat().st_ino == number


def test_a_folder_keeps_who_may_look_into_it(tmp_path: Path) -> None:
    folder = write_old(tmp_path / "out")
    folder.chmod(0o700)
    write_whole(folder, SET)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_folder_one_works_in_stays_the_same_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_old(tmp_path / "out"))
    write_whole(Path(), SET)
    assert texts_in(Path()) == SET
    assert everything_in(tmp_path) == with_folders(f"out/{name}" for name in SET)


@pytest.mark.parametrize("others", [False, True])
def test_what_is_gone_leaves_with_the_old_files_and_so_does_a_folder_left_empty(tmp_path: Path, others: bool) -> None:
    folder = write_old(tmp_path / "out", [*SET, "briefs/x.txt", "in/x.txt", *(["in/mine.txt"] if others else [])])
    write_whole(folder, SET, gone=["briefs/x.txt", "in/x.txt", "in/never there.txt"])
    assert texts_in(folder) == {**SET, **({"in/mine.txt": "old"} if others else {})}
    assert "briefs" not in everything_in(folder)


def test_a_folder_inside_keeps_who_may_look_into_it(tmp_path: Path) -> None:
    folder = write_old(tmp_path / "out")
    (folder / "in" / "side").chmod(0o700)
    write_whole(folder, SET)
    assert (folder / "in" / "side").stat().st_mode & 0o777 == 0o700
    assert (folder / "in").stat().st_mode & 0o777 != 0o700


def test_a_folder_inside_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").write_text("mine")
    with pytest.raises(SettingError, match=r"in is a file, not a folder\. Choose another place"):
        write_whole(tmp_path, SET)
    assert texts_in(tmp_path) == {"in": "mine"}


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    write_old(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_whole(tmp_path / "link", SET)
    assert (tmp_path / "link").is_symlink()
    assert texts_in(tmp_path / "real") == SET


@pytest.mark.parametrize("before", [["x.txt"], ["x.txt", "mine.txt"]])
def test_a_failure_half_way_leaves_the_folder_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: list[str]
) -> None:
    written = Path.write_bytes

    def full(path: Path, text: bytes) -> int:
        if path.name == "y.txt":
            raise OSError(28, "No space left on device")
        return written(path, text)

    for name in before:
        (tmp_path / name).write_text("old")
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path, {"x.txt": "new", "in/y.txt": "new"})
    assert texts_in(tmp_path) == dict.fromkeys(before, "old")
    assert everything_in(tmp_path) == sorted(before)


@pytest.mark.parametrize("others", [False, True])
@pytest.mark.parametrize("failing", range(12))
@pytest.mark.parametrize("before", [(), ("b.txt",), tuple(SET)])
@pytest.mark.parametrize("error", [PermissionError, KeyboardInterrupt])
def test_whatever_move_fails_all_files_are_old_or_all_are_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: bool, failing: int, before: tuple[str], error
) -> None:
    """One move fails once, as when a file is open elsewhere or somebody presses Ctrl and C."""
    gone = ["in/gone.txt"] if before else []
    folder, moved = write_old(tmp_path / "out", [*before, *gone]), []
    if others:
        (folder / "mine").mkdir()

    def once(function):
        def call(*arguments, **kws):
            moved.append(arguments)
            if len(moved) == failing + 1:
                raise error("open elsewhere")
            return function(*arguments, **kws)

        return call

    for name in ("rename", "replace"):
        monkeypatch.setattr(os, name, once(getattr(os, name)))
    try:
        write_whole(folder, SET, gone=gone)
    except error:
        assert texts_in(folder) == dict.fromkeys([*before, *gone], "old")
    else:
        assert texts_in(folder) == SET
    monkeypatch.undo()
    assert everything_in(folder) == with_folders([*texts_in(folder), *(["mine"] if others else [])])
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("others", [False, True])
@pytest.mark.parametrize("moves", range(12))
def test_where_nothing_can_be_moved_any_more_the_old_files_come_back_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: bool, moves: int
) -> None:
    """A drive that goes away half way, so that nothing can be undone either."""
    folder, replace, moved = write_old(tmp_path / "out"), os.replace, []
    if others:
        (folder / "mine").mkdir()

    def gone(*arguments, **kws):
        moved.append(arguments)
        if len(moved) > moves:
            raise OSError(5, "Input/output error")
        return replace(*arguments, **kws)

    monkeypatch.setattr(os, "replace", gone)
    try:
        write_whole(folder, SET)
        expected = SET
    except OSError:
        expected = dict.fromkeys(SET, "old")
    monkeypatch.undo()
    make_ready(folder, SET)
    assert texts_in(folder) == expected


def test_a_folder_that_cannot_be_renamed_is_filled_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mount point, say."""

    replace = Path.replace

    def busy(path: Path, target: Path) -> Path:
        if path == folder:
            raise OSError(16, "Device or resource busy")
        return replace(path, target)

    folder = write_old(tmp_path / "out")
    monkeypatch.setattr(Path, "replace", busy)
    write_whole(folder, SET)
    assert texts_in(folder) == SET
    assert everything_in(tmp_path) == with_folders(f"out/{name}" for name in SET)


@pytest.mark.parametrize("others", [False, True])
def test_cut_off_anywhere_no_set_is_mixed_and_the_next_run_clears_up(tmp_path: Path, others: bool) -> None:
    for steps in range(200):
        folder = write_old(tmp_path / f"out{steps}")
        if others:
            (folder / "mine").mkdir()
        done = subprocess.run([sys.executable, "-S", "-c", CUT_OFF, folder, str(steps)], env=ENVIRONMENT, check=False)
        if done.returncode != KILLED:
            assert done.returncode == 0
            break
        found = texts_in(folder) if folder.exists() else {}
        assert len({*found.values()}) <= 1, f"mixed after {steps} steps: {found}"
        if not others:
            assert len(found) in (0, len(SET)), "files are missing"
        make_ready(folder, SET)
        assert {*texts_in(folder)} == {*SET}, "what was cut off is put right before the next run"
        assert len({*texts_in(folder).values()}) == 1
        write_whole(folder, SET)
        assert everything_in(folder) == with_folders([*SET, *(["mine"] if others else [])])
    assert steps > 8
    assert not [path for path in tmp_path.iterdir() if not path.name.startswith("out")]


ENVIRONMENT = {**os.environ, "PYTHONPATH": ":".join(filter(None, sys.path))}


@pytest.mark.parametrize("name", ["b.txt", "in/side/d.txt"])
def test_a_file_that_cannot_be_written_is_named_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder, opened = write_old(tmp_path / "out"), Path.open

    def locked(path: Path, *arguments, **kws):
        if path == folder / name:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **kws)

    monkeypatch.setattr(Path, "open", locked)
    for write in (make_ready, write_whole):
        with pytest.raises(SettingError, match=rf"{name} cannot be written \(Permission denied\)\. Close it"):
            write(folder, SET)
    monkeypatch.undo()
    assert texts_in(folder) == dict.fromkeys(SET, "old")
    assert everything_in(tmp_path) == with_folders(f"out/{name}" for name in SET)


@pytest.mark.parametrize("place", ["file", "file/out", "file/a/b"])
def test_a_place_that_is_no_folder_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match=r"file is a file, not a folder\. Choose another place"):
        make_ready(tmp_path / place, SET)


def test_a_folder_of_a_files_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(SettingError, match=r"b\.txt is a folder"):
        make_ready(tmp_path, SET)


def test_looking_whether_files_can_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    make_ready(tmp_path / "a" / "b", SET)
    assert not list(tmp_path.iterdir())


def test_a_character_that_is_no_text_does_not_stop_the_others(tmp_path: Path) -> None:
    write_whole(tmp_path, {"x.txt": "a\ud800b"})
    assert (tmp_path / "x.txt").read_text() == "a?b"


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    assert sha256_of(tmp_path / "x") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
