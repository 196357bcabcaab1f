"""How kernels are compiled: for Python, for other kernels only, or into the kernel that calls them.

Numba counts references to every array a kernel takes out of a tuple, which took a third of the matching engine's time.
Kernels that make no arrays need no counting; one that does so all the same does not compile.
"""

from collections.abc import Callable
from time import perf_counter
from typing import Any, ParamSpec, Self, TypeVar, cast

from numba import njit
from numba.core.event import Event, Listener, register, unregister
from numba.core.options import DefaultOptions

P = ParamSpec("P")
R = TypeVar("R")
FROM_PYTHON: dict[str, Any] = {"no_cfunc_wrapper": True}
UNCOUNTED: dict[str, Any] = {"_nrt": False} if hasattr(DefaultOptions, "_nrt") else {}  # undocumented, so it may go
WITHOUT_ENTRY: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, **UNCOUNTED}


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile on first use and keep the result on disk."""
    return cast("Callable[P, R]", njit(cache=True, nogil=True, **FROM_PYTHON)(function))


def kernel_no_arrays(function: Callable[P, R]) -> Callable[P, R]:
    """The same where no array is made."""
    return cast("Callable[P, R]", njit(cache=True, nogil=True, **FROM_PYTHON, **UNCOUNTED)(function))


def summing_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """The same where sums may be added up in any order, several numbers at a time: half the time."""
    options = {**FROM_PYTHON, **UNCOUNTED, "fastmath": {"reassoc", "contract"}}
    return cast("Callable[P, R]", njit(cache=True, nogil=True, **options)(function))


def inner_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile for other kernels only, where no array is made; without an entry from Python that takes half the time."""
    return cast("Callable[P, R]", njit(nogil=True, **WITHOUT_ENTRY)(function))


def inner_kernel_ieee(function: Callable[P, R]) -> Callable[P, R]:
    """The same where dividing by zero gives what NumPy gives."""
    return cast("Callable[P, R]", njit(nogil=True, error_model="numpy", **WITHOUT_ENTRY)(function))


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Compile into the one kernel that calls it, which again takes less time."""
    return cast("Callable[P, R]", njit(nogil=True, inline="always")(function))


class CompilationWatch(Listener):
    """Counts the kernels that this process compiles while its context lasts, and the seconds that takes.

    A kernel that others are compiled for counts once, with what it calls; one that is on disk does not count.
    """

    def __init__(self) -> None:
        self.kernels, self.seconds = 0, 0.0
        self._within, self._began = 0, 0.0

    def __enter__(self) -> Self:
        register("numba:compile", self)  # type: ignore[no-untyped-call]
        return self

    def __exit__(self, *_: object) -> None:
        unregister("numba:compile", self)  # type: ignore[no-untyped-call]

    def on_start(self, event: Event) -> None:  # noqa: ARG002 - as numba calls it
        """Note when the outermost kernel begins."""
        if not self._within:
            self._began = perf_counter()
        self._within += 1

    def on_end(self, event: Event) -> None:  # noqa: ARG002 - as numba calls it
        """Count the outermost kernel and its time."""
        self._within -= 1
        if not self._within:
            self.kernels += 1
            self.seconds += perf_counter() - self._began
