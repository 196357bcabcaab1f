"""Long work: draws over processes or a cluster, a step beside others in a second process, and a bar while one waits.

No result depends on how many processes there are.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import subprocess
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar, Token
from dataclasses import dataclass
from functools import partial
from itertools import chain
from math import ceil
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self, TypeAlias, TypeVar, cast
from uuid import uuid4

import numpy as np
import numpy.typing as npt
from tqdm.auto import tqdm

from peernet._arrays import Floats
from peernet._wording import count_in_digits
from peernet.errors import SettingError, is_whole, memory_here

if TYPE_CHECKING:
    from distributed import Client, Future

Result = TypeVar("Result")
Given = TypeVar("Given")
Seed: TypeAlias = np.random.SeedSequence
BAND_95 = (0.025, 0.975)  # ends of the 95 % band: between these quantiles lie the middle 95 % of the draws
NORMAL_95 = 1.959963984540054  # the standard normal's quantile at 0.975
BLOCKS_PER_JOB = 8  # few enough to send cheaply, enough for two processes to finish together
SHARE_AT_ONCE = 1 / 3  # of what is left for a job, is sent to it; small ones at the end let jobs finish together
SMALLEST_SHARE = 1 / 64  # of a job's part of the whole: what is sent at least
LOADED = 0.3 * 2**30  # bytes of memory that a process with peernet and its kernels takes before it works
OBJECTS_BETWEEN = 100_000  # made between two looks for unused cycles
GIVEN_BACK, MAPPED_ALONE = -1, -3  # as malloc.h numbers what mallopt sets: bytes from which memory is handled so
MOST_KEPT, MOST_MAPPED = 2**30, 2**25  # the second is the most that glibc allows
PATIENCE = 2.0  # seconds without a sign of life


def generator(rng: int | np.random.Generator) -> np.random.Generator:
    """A generator from a seed, or the one given; `SettingError` if it is neither."""
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError) as error:
        raise SettingError(f"rng must be a seed (0, 1, 2, ...) or a numpy Generator; got {rng!r}.") from error


def spawned(rng: int | np.random.Generator, draws: int) -> list[Seed]:
    """One seed per draw, so that it does not matter who does which draw, nor how often."""
    seeds = (each.bit_generator.seed_seq for each in generator(rng).spawn(draws))
    return [seed for seed in seeds if isinstance(seed, np.random.SeedSequence)]


def check_draws(draws: int, *, least: int = 1) -> None:
    """Raise `SettingError` unless ``draws`` is a whole number from ``least`` on: 1, or 0 where none may be wanted."""
    if not is_whole(draws, least):
        allowed = f"at least {least}" if least else "0 for none"
        raise SettingError(f"draws must be a whole number, {allowed}; got {draws!r}.")


def over_draws(
    work: Callable[[np.random.Generator], Result],
    seeds: Sequence[Seed],
    *,
    n_jobs: int | None,
    progress: bool,
    what: str,
    room: float = 0.0,
) -> list[Result]:
    """What ``work`` makes of a generator from each of the seeds, in order.

    ``room``: bytes of memory that one draw takes while it is at work. `SettingError` where that is more than there is.
    """
    return over(partial(_seeded, work), seeds, n_jobs=n_jobs, progress=progress, what=what, room=room)


def over(
    work: Callable[[Given], Result],
    each: Sequence[Given],
    *,
    progress: bool,
    what: str,
    n_jobs: int | None = None,
    room: float = 0.0,
) -> list[Result]:
    """What ``work`` makes of each, in order; ``room`` and what is refused as for `over_draws`."""
    plan = _plan(n_jobs, room, what)
    with kept_memory(), progress_bar(len(each), f"{what}{plan.told}", wanted=progress) as bar:
        results = []
        for result in plan.results(work, each):
            results.append(result)
            bar.update()
    return results


def _seeded(work: Callable[[np.random.Generator], Result], seed: Seed) -> Result:
    return work(_generator(seed))


def _plan(n_jobs: int | None, room: float, what: str) -> Here | HereAndBeside | Processes | Cluster:
    """Where to work: None says what `joblib.parallel_config` says around the call, and here if it says nothing."""
    if n_jobs is not None and (not is_whole(n_jobs) or n_jobs == 0):
        raise SettingError(f"n_jobs must be None, a number of processes or -1 for all processors; got {n_jobs!r}.")
    if n_jobs == 1 or (n_jobs is None and "joblib" not in sys.modules):  # nobody can have said anything
        return _here(room, what, beside=n_jobs is None)
    from joblib import effective_n_jobs
    from joblib.parallel import get_active_backend

    backend = get_active_backend()[0]
    if hasattr(backend, "client"):
        jobs = effective_n_jobs(n_jobs)  # waits for workers
        _refuse_small_workers(backend.client, room, what)
        return Cluster(backend, jobs, room)
    jobs = effective_n_jobs(n_jobs)
    if jobs == 1:
        return _here(room, what, beside=n_jobs is None)
    where = f"{what}: {jobs} processes of this machine"
    _refuse(jobs * (LOADED + room), room, memory_here(), where, "Give a smaller n_jobs.")
    return Processes(n_jobs, jobs, room)


def _here(room: float, what: str, *, beside: bool) -> Here | HereAndBeside:
    """Here and, ``beside`` it, the second one that is at hand, if there is one and memory for both."""
    second = _BESIDE.get()
    if beside and second is not None and 2 * (LOADED + room) <= memory_here():
        return HereAndBeside(second)
    instead = "Take parts of the organisation, or a machine with more memory."
    _refuse(LOADED + room, room, memory_here(), f"{what}: this process", instead)
    return Here()


def _refuse_small_workers(client: Client, room: float, what: str) -> None:
    for name, worker in client.scheduler_info(n_workers=-1)["workers"].items():
        limit, threads = worker["memory_limit"] or np.inf, worker["nthreads"]
        where = f"{what}: worker {name} with {count_in_digits(threads, 'thread', 'threads')}"
        instead = "Start workers with fewer threads or more memory (memory_limit)."
        _refuse(LOADED + threads * room, room, limit, where, instead)


def _refuse(needed: float, room: float, there: float, where: str, instead: str) -> None:
    """Refuse what takes more memory than there is; of work that does not say what it takes, nothing is known."""
    if room and needed > there:
        raise SettingError(
            f"{where} would need {_in_gib(needed)} of memory, {_in_gib(room)} for each piece of work; there is "
            f"{_in_gib(there)}. {instead}"
        )


def _in_gib(size: float) -> str:
    return f"{size / 2**30:,.2g} GiB" if size < 10 * 2**30 else f"{size / 2**30:,.0f} GiB"


@dataclass(frozen=True)
class Here:
    """One after the other in this process."""

    told = ""

    def results(self, work: Callable[[Given], Result], each: Sequence[Given]) -> Iterator[Result]:
        """What comes of each, in order."""
        return map(work, each)


@dataclass(frozen=True)
class HereAndBeside:
    """In this process and, as far as it has nothing else to do, in a second one."""

    second: SecondProcess
    told = ""

    def results(self, work: Callable[[Given], Result], each: Sequence[Given]) -> Iterator[Result]:
        """What comes of each, in order."""
        return chain.from_iterable(self.second.share(partial(_block, work), _even_blocks(each, 2)))


@dataclass(frozen=True)
class Processes:
    """As many processes or threads of this machine as joblib was told of."""

    asked: int | None  # of joblib
    jobs: int  # that makes so many
    room: float  # bytes of memory that each takes

    @property
    def told(self) -> str:
        """Where it is done and what it takes."""
        return f", {self.jobs} at once" + (f" of {_in_gib(self.room)}" if self.room else "")

    def results(self, work: Callable[[Given], Result], each: Sequence[Given]) -> Iterator[Result]:
        """What comes of each, in order."""
        from joblib import Parallel, delayed
        from joblib.parallel import get_active_backend

        threads = getattr(get_active_backend()[0], "supports_sharedmem", False)
        do = partial(_block, work) if threads else partial(_sent, _packed(work))
        blocks = (delayed(do)(block) for block in _blocks(each, self.jobs))
        return chain.from_iterable(Parallel(n_jobs=self.asked, return_as="generator")(blocks))


@dataclass(frozen=True)
class Cluster:
    """The workers of a Dask cluster; one that dies is survived as long as others, or new ones, can do its work.

    joblib would scatter the work to some workers and could not go on once these have died. Here it is a task, which the
    scheduler gives to others.
    """

    backend: Any  # joblib's of Dask
    jobs: int  # threads of all workers
    room: float  # bytes of memory that each takes

    @property
    def told(self) -> str:
        """Where it is done and what it takes."""
        return f", {self.jobs} at once on Dask" + (f" of {_in_gib(self.room)}" if self.room else "")

    def results(self, work: Callable[[Given], Result], each: Sequence[Given]) -> Iterator[Result]:
        """What comes of each, in order."""
        asked = self._ask(work, _blocks(each, self.jobs))
        with self.backend.retrieval_context():  # a worker that asks others makes room for them
            while asked:
                yield from asked.popleft().result()

    def _ask(self, work: Callable[[Given], Result], blocks: Sequence[Sequence[Given]]) -> deque[Future[Any]]:
        """What every block comes to, once it is done."""
        submit = partial(self.backend.client.submit, pure=False)
        packed = _packed(work)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph")  # it is sent once
            held = submit(Packed, packed.name, packed.content)
        do = partial(submit, _sent, held, **self.backend.submit_kwargs)
        # keys of one group: the scheduler then keeps what is left and gives it to whoever is free next
        return deque(do(block, key=(f"peernet-{packed.name}", k)) for k, block in enumerate(blocks))


def _even_blocks(each: Sequence[Given], jobs: int) -> list[Sequence[Given]]:
    step = max(1, -(-len(each) // (BLOCKS_PER_JOB * jobs)))
    return [each[i : i + step] for i in range(0, len(each), step)]


def _blocks(each: Sequence[Given], jobs: int) -> list[Sequence[Given]]:
    """Ever smaller ones, as in the guided self-scheduling of Polychronopoulos and Kuck (1987): jobs end together."""
    least, blocks, start = ceil(SMALLEST_SHARE * len(each) / jobs), list[Sequence[Given]](), 0
    while start < len(each):
        size = max(least, ceil(SHARE_AT_ONCE * (len(each) - start) / jobs))
        blocks.append(each[start : start + size])
        start += size
    return blocks


def _block(work: Callable[[Given], Result], block: Sequence[Given]) -> list[Result]:
    return [work(given) for given in block]


@dataclass(frozen=True)
class Packed:
    """Work on its way to other processes, packed once; told apart by name, so that each unpacks it once."""

    name: str
    content: npt.NDArray[np.uint8]  # as an array joblib hands it over as a file all can read


def _packed(work: Callable[[Given], Result]) -> Packed:
    from joblib import wrap_non_picklable_objects  # by value, where a module is not to be found elsewhere

    content = pickle.dumps(wrap_non_picklable_objects(work, keep_wrapper=False), protocol=pickle.HIGHEST_PROTOCOL)
    return Packed(uuid4().hex, np.frombuffer(content, dtype=np.uint8))


_HELD: dict[str, Callable[[Any], Any]] = {}  # the last work unpacked in this process, by name


def _unpacked(packed: Packed) -> Callable[[Any], Any]:
    work = _HELD.get(packed.name)
    if work is None:
        work = pickle.loads(packed.content.data)
        _HELD.clear()
        _HELD[packed.name] = work
    return work


def _sent(packed: Packed, block: Sequence[Given]) -> list[Any]:
    with kept_memory():
        return _block(_unpacked(packed), block)


def _generator(seed: Seed) -> np.random.Generator:
    """A generator that starts anew, whoever had one from this seed before."""
    return np.random.default_rng(np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key))


def started_anew(rng: np.random.Generator) -> np.random.Generator:
    """A generator from the same seed at its start, also where this one has been used or has spawned others."""
    seed = rng.bit_generator.seed_seq
    return _generator(seed) if isinstance(seed, np.random.SeedSequence) else rng


class SecondProcess:
    """A second process that does work beside this one, where there is a second core.

    It is started with the context, so that it has loaded a module once there is work, and ended with it. What it is
    asked for it does in turn; while it has nothing else to do it takes its share of draws that are worked out here.
    Without a second core, or where no process can be had, or it is lost on the way, all is done here. ``ready`` waits
    until the work can begin.
    """

    def __init__(self, loads: str, ready: Callable[[], None] = lambda: None) -> None:
        self._loads, self._ready = loads, ready
        self._process: subprocess.Popen[bytes] | None = None
        self._turns = ThreadPoolExecutor(max_workers=1)  # one that asks it and waits for what it says
        self._before: Token[SecondProcess | None]

    def __enter__(self) -> Self:
        if cores() > 1:
            same = f"import sys; sys.path[:] = {sys.path!r}"  # or it could load another peernet
            script = f"{same}; import {self._loads}; from peernet._parallel import work_beside; work_beside()"
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
            try:
                self._process = subprocess.Popen([sys.executable, "-c", script], **pipes)  # type: ignore[call-overload]
            except OSError:
                self._process = None
        self._before = _BESIDE.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _BESIDE.reset(self._before)
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._turns.shutdown(wait=False, cancel_futures=True)  # who waits to ask it need not be waited for
        for pipe in (self._process.stdin, self._process.stdout) if self._process is not None else ():
            with suppress(OSError):  # what was not written yet
                cast("IO[bytes]", pipe).close()

    def begin(self, work: Callable[[], Result]) -> Callable[[], Result]:
        """Begin some work, which can be pickled; what is given back waits for what comes of it."""
        if self._process is None:
            return work
        asked = self._turns.submit(self._ask, pickle.dumps((pickle.dumps(work), ())))

        def result() -> Result:
            told = asked.result()
            return _as_here(told) if told else work()

        return result

    def share(self, work: Callable[[Given], Result], each: Sequence[Given]) -> Iterator[Result]:
        """What comes of each, in order: done here from the first on, and there from the last on."""
        if self._process is None or len(each) < 2:
            yield from map(work, each)
            return
        left, told = deque(range(len(each))), dict[int, bytes | None]()
        shared = self._turns.submit(self._take_from_the_end, work, each, left, told)
        try:
            for k in _taken(left.popleft):
                yield work(each[k])
        finally:
            left.clear()  # nothing more is begun there, whatever happens here
        if not shared.cancel():  # it has begun
            shared.result()
        for k in sorted(told):
            answer = told[k]
            yield _as_here(answer) if answer else work(each[k])

    def _take_from_the_end(
        self,
        work: Callable[[Given], Result],
        each: Sequence[Given],
        left: deque[int],
        told: dict[int, bytes | None],
    ) -> None:
        """Have one after the other done there as long as any are left; the work itself is sent once."""
        try:
            packed: bytes | None = pickle.dumps(work)
        except (pickle.PicklingError, AttributeError, TypeError, RuntimeError):
            return  # it cannot be sent, or not while something it rests on is being worked out here
        for k in _taken(left.pop):
            told[k] = self._ask(pickle.dumps((packed, (each[k],))))
            packed = None
            if not told[k]:
                return

    def _ask(self, message: bytes) -> bytes | None:
        """What the process says to a message; nothing where it ends before, or what it would say cannot be sent."""
        process = cast("subprocess.Popen[bytes]", self._process)
        self._ready()
        try:
            _write(cast("IO[bytes]", process.stdin), message)
            return _read(cast("IO[bytes]", process.stdout))
        except (OSError, ValueError):
            return None


def beside(work: Callable[[Given], Result], each: Sequence[Given]) -> Iterator[Result]:
    """What comes of each, in order: here and in the second process that is at hand, if there is one."""
    second = _BESIDE.get()
    return map(work, each) if second is None else second.share(work, each)


def _taken(take: Callable[[], int]) -> Iterator[int]:
    """One after the other as long as any are left, whoever else takes some."""
    with suppress(IndexError):
        while True:
            k = take()
            yield k


_BESIDE: ContextVar[SecondProcess | None] = ContextVar("_BESIDE", default=None)


def _write(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(len(message).to_bytes(8, "little") + message)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes | None:
    """The next message; None where the other side has closed the pipe."""
    head = pipe.read(8)
    message = pipe.read(int.from_bytes(head, "little")) if len(head) == 8 else b""
    return message if head and len(message) == int.from_bytes(head, "little") else None


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _as_here(told: bytes) -> Any:  # noqa: ANN401 - whatever came of the work
    """What came of work in the second process: its warnings given and its error raised here."""
    result, error, caught = pickle.loads(told)
    for category, message in caught:
        warnings.warn(message, category, stacklevel=4)
    if error is not None:
        raise error
    return result


def work_beside() -> None:
    """The second process: do what comes in, one after the other, and write what came of each."""
    out, sys.stdout = sys.stdout.buffer, sys.stderr  # nothing but results go out
    work: Callable[..., object] = object
    with rare_collections(), kept_memory():
        while (message := _read(sys.stdin.buffer)) is not None:
            packed, given = pickle.loads(message)
            with suppress(Exception):  # what cannot be found here is done where it was asked for
                work = pickle.loads(packed) if packed else work  # none is sent where it is the one before
                packed = None
            _write(out, b"" if packed else _done(partial(work, *given)))


def _done(work: Callable[[], object]) -> bytes:
    """What came of some work: its result or error, and the warnings it gave; nothing where that cannot be sent."""
    result = error = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = work()
        except Exception as raised:  # to be raised again where the result is asked for
            error = raised
    given = [(warning.category, str(warning.message)) for warning in caught]
    try:
        pickle.loads(pickle.dumps(error))  # not every error can be made again from what it says
        return pickle.dumps((result, error, given))
    except Exception:
        return b""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for unused cycles less often: a run makes many objects, few cycles, and looking took a twentieth of it."""
    usual = gc.get_threshold()
    gc.set_threshold(OBJECTS_BETWEEN, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


_KEEPS: ContextVar[bool] = ContextVar("_KEEPS", default=False)


@contextmanager
def kept_memory() -> Iterator[None]:
    """Have glibc keep freed memory for what comes next, and give it back at the end; other C libraries as they are.

    Draws make and drop the same large tables again and again. To have the system hand out their pages each time anew
    took a sixth of the time of 480 people in one process, and far more in two at once.
    """
    try:
        limit = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        limit = None
    if limit is None or _KEEPS.get():
        yield
        return
    kept = _KEEPS.set(True)
    limit(MAPPED_ALONE, MOST_MAPPED)
    limit(GIVEN_BACK, MOST_KEPT)
    try:
        yield
    finally:
        _KEEPS.reset(kept)
        asked = os.environ.get("MALLOC_TRIM_THRESHOLD_", "")  # of Dask's workers, by default
        limit(GIVEN_BACK, int(asked) if asked.isdigit() else 2 * MOST_MAPPED)  # else as glibc would have it in time
        ctypes.CDLL(None).malloc_trim(0)


def share_interval(counts: Floats, draws: int) -> tuple[Floats, Floats]:
    """Lower and upper end of the 95 % interval of Wilson (1927) for shares counted in so many draws."""
    share, extra = counts / draws, NORMAL_95**2 / draws
    middle = (share + extra / 2) / (1 + extra)
    half = np.sqrt(share * (1 - share) * extra + extra**2 / 4) / (1 + extra)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def progress_bar(steps: int, doing: str, *, wanted: bool) -> tqdm[Any]:
    """A bar that appears once patience is over and leaves nothing behind."""
    return tqdm(total=steps, desc=doing, delay=PATIENCE, leave=False, disable=not wanted)
