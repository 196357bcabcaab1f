"""The face of the package and of each room: names loaded when they are first used, and where a missing one stands."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import lazy_loader

ROOMS = sorted(stub.parent.name for stub in Path(__file__).parent.glob("*/__init__.pyi"))


def face(package: str, file: str) -> tuple[Callable[[str], object], Callable[[], list[str]], list[str]]:
    """What a package hands out by the stub beside it: its ``__getattr__``, ``__dir__`` and ``__all__``.

    Rooms and files are there without being brought along by ``from peernet import *``. A name that is not there is
    answered with where it stands, or with the nearest one there is.
    """
    load, _, offered = lazy_loader.attach_stub(package, file)
    folder = Path(file).parent

    def named(name: str) -> object:
        if name in offered or name.startswith("_"):
            return load(name)
        raise AttributeError(f"{package} has no {name!r}.{_hint(name, package, offered)}")

    names = [name for name in offered if not (folder / name).is_dir() and not (folder / f"{name}.py").is_file()]
    return named, lambda: list(offered), names


def _hint(name: str, package: str, offered: list[str]) -> str:
    """Where a name stands, if another room hands it out; else the nearest name."""
    here = package.replace("peernet", "pn")
    places = {known: f"{here}.{known}" for known in offered}
    for room in ROOMS:
        for known in import_module(f"peernet.{room}").__all__:
            places.setdefault(known, f"pn.{room}.{known}")
    if name in places:
        return f" It is {places[name]}."
    from difflib import get_close_matches  # only when somebody errs: an import of peernet stays quick

    near = get_close_matches(name, places, n=1, cutoff=0.7)
    return f" Did you mean {places[near[0]]}?" if near else ""
