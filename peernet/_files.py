"""Files written whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory


def write_whole(folder: Path, texts: Mapping[str, str]) -> None:
    """Write UTF-8 files into a folder, made if need be: all drafted first, then each put in its place in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".draft-") as drafts:
        for name, text in texts.items():
            Path(drafts, name).write_bytes(text.encode("utf-8", errors="replace"))
        for name in texts:
            Path(drafts, name).replace(folder / name)


def sha256_of(file: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
