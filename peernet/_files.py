"""Files written whole or not at all, and sets of files in which all are new or all are old."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path, PurePath
from shutil import rmtree

from peernet.errors import SettingError

DRAFT, OLD, PROBE = ".peernet-draft", ".peernet-old", ".peernet-probe"
ADDED = ".peernet-added"  # among the old files: the names of those new ones that replace none


def write_whole(folder: Path, texts: Mapping[str, str | bytes], *, gone: Collection[str] = ()) -> None:
    """Write files into a folder, made if need be: all of them, or none. Text is written as UTF-8.

    A name may lead into a folder inside, such as ``briefs/one.html``. Files that are ``gone`` belong to what stood
    there before and leave with it.

    A folder that holds nothing else is replaced by a new one, so that a run that is cut off never leaves some files
    old and some new. Where that cannot be, the old ones are taken out before the new ones go in. The old ones lie
    beside their place until the new ones are in it, and drafts go; what a run that was killed has left, the next
    `make_ready` or `write_whole` puts right. `SettingError` if `make_ready` finds that they cannot be written.
    """
    names = dict.fromkeys([*texts, *gone])
    make_ready(folder, names)
    folder = folder.resolve()
    if len(names) > 1 and _holds_only(folder, names) and _replaced(folder, texts):
        return
    folder.mkdir(parents=True, exist_ok=True)
    if len(names) > 1:
        _fill(folder, texts, names)
    for name, text in texts.items() if len(names) == 1 else ():
        _put(folder / name, text)


def make_ready(folder: Path, names: Collection[str]) -> None:
    """See whether files can be written, before long work, and put right what a run that was killed has left of them.

    `SettingError` if the folder cannot be written to, or one of the files is open elsewhere or may not be replaced.
    """
    try:
        if len(names) > 1:
            _put_right(folder.resolve())
    except OSError as error:
        raise SettingError(f"{folder} cannot be written to ({_why(error)}). Choose another place.") from error
    for place in dict.fromkeys([folder, *((folder / name).parent for name in names)]):
        _check_place(place)
    for name in names:
        _check_file(folder / name)


def _check_place(folder: Path) -> None:
    """Raise `SettingError` unless a folder can be written to, or can be made."""
    try:
        place = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
        if not place.is_dir():
            raise SettingError(f"{place} is a file, not a folder. Choose another place.")
        (place / PROBE).mkdir(exist_ok=True)
    except OSError as error:
        raise SettingError(f"{folder} cannot be written to ({_why(error)}). Choose another place.") from error
    with suppress(OSError):  # somebody else has just looked as well
        (place / PROBE).rmdir()


def _check_file(file: Path) -> None:
    """Raise `SettingError` unless a file is not there or can be replaced."""
    if file.is_dir():
        raise SettingError(f"{file} is a folder. Remove it or choose another place.")
    try:
        if file.exists():
            file.open("r+b").close()  # refused where another program holds it
    except OSError as error:
        advice = "Close it where it is open, or choose another place."
        raise SettingError(f"{file} cannot be written ({_why(error)}). {advice}") from error


def _why(error: OSError) -> str:
    return error.strerror or str(error)


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f".{path.name}{what}")


def _put_right(folder: Path) -> None:
    """Make a folder what it was before something was cut off: the old files in their place, no drafts."""
    leftovers = [folder / DRAFT, folder / OLD]
    if folder.name:  # nothing is beside the root of a drive
        leftovers += [_beside(folder, DRAFT), _beside(folder, OLD)]
        if _beside(folder, OLD).is_dir() and not folder.exists():
            _beside(folder, OLD).replace(folder)
    if (folder / OLD).is_dir():
        added = folder / OLD / ADDED
        old = [file.relative_to(folder / OLD) for file in (folder / OLD).rglob("*") if file.is_file() and file != added]
        new = added.read_text(encoding="utf-8").splitlines() if added.exists() else []
        for name in [*old, *map(Path, new)]:  # new ones out first, so that this can be cut off as well
            _take_out(folder, name)
        for name in old:
            _move(folder / OLD / name, folder / name)
    for leftover in leftovers:
        rmtree(leftover, ignore_errors=True)


def _take_out(folder: Path, name: PurePath) -> None:
    """Remove a file, if it is there, and the folders inside that this leaves empty."""
    (folder / name).unlink(missing_ok=True)
    with suppress(OSError):  # something else is in it, or it is not there
        for inside in [*name.parents][:-1]:
            (folder / inside).rmdir()


def _move(file: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    file.replace(place)


def _holds_only(folder: Path, names: Iterable[str]) -> bool:
    """Whether a folder can go with these files: nothing else is in it, and nobody works in it."""
    if not folder.exists():
        return True
    places = {parent for name in names for parent in PurePath(name).parents}
    expected = {*map(PurePath, names), *(place for place in places if not (folder / place).is_symlink())}
    found = {path.relative_to(folder) for path in folder.rglob("*")}
    return found <= expected and not Path.cwd().is_relative_to(folder)


def _replaced(folder: Path, texts: Mapping[str, str | bytes]) -> bool:
    """Whether a folder could be replaced by one with these files; if not, it is as it was."""
    draft, old = _beside(folder, DRAFT), _beside(folder, OLD)
    try:
        draft.mkdir(parents=True)
        _write(draft, texts)
        with ExitStack() as undo:
            if folder.exists():
                for made in (draft, *(path for path in draft.rglob("*") if path.is_dir())):
                    before = folder / made.relative_to(draft)  # who may look into it stays as it was
                    made.chmod((before if before.is_dir() else folder).stat().st_mode)
                undo.callback(_put_right, folder)
                folder.replace(old)
            draft.replace(folder)
            undo.pop_all()
    except OSError:  # a mount point, a place in which nothing can be made, something open
        if old.exists() and not folder.exists():  # it cannot even be put back: left to the next `make_ready`
            raise
        return False
    finally:
        rmtree(draft, ignore_errors=True)
    rmtree(old, ignore_errors=True)
    return True


def _fill(folder: Path, texts: Mapping[str, str | bytes], names: Collection[str]) -> None:
    """Put a set of files into a folder among others: all old ones out first, then the new ones in."""
    draft, old = folder / DRAFT, folder / OLD
    try:
        draft.mkdir()
        _write(draft, texts)
        _write(draft / OLD, {ADDED: "\n".join(name for name in texts if not (folder / name).exists())})
        (draft / OLD).replace(old)
        for name in names:
            if (folder / name).exists():
                _move(folder / name, old / name)
        for name in texts:
            _move(draft / name, folder / name)
        old.replace(draft / OLD)  # from here on the new ones hold
    except BaseException:
        if old.exists():
            _put_right(folder)
        raise
    finally:
        rmtree(draft, ignore_errors=True)
    for name in names:
        if name not in texts:
            _take_out(folder, PurePath(name))


def _put(file: Path, text: str | bytes) -> None:
    """Put one file in its place in one step."""
    draft = _beside(file, DRAFT)
    try:
        _write(draft.parent, {draft.name: text})
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _write(folder: Path, texts: Mapping[str, str | bytes]) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", errors="replace"))


def sha256_of(file: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
