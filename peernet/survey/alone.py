"""A library that a damaged file can end, run in a process of its own: what ends is that process, and no notebook."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

SHORTEST, SPEED = 20.0, 50_000  # seconds any file may take, and bytes that give it a second more
ROOM, MORE_ROOM = 4 << 30, 200  # bytes the process may take where the system can limit it, and for each of the file
_AROUND = """
import pickle, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
except (ImportError, ValueError, OSError):
    pass
try:
    exec(sys.argv[2])
    told = True, read(*sys.argv[3:])
except BaseException as error:
    told = False, str(error) or type(error).__name__
sys.stdout.buffer.write(pickle.dumps(told))
"""


class AloneError(Exception):
    """What a library said of a file it could not read."""


def read_alone(code: str, file: Path, *arguments: str) -> object:
    """What a function called ``read`` gives, which some code defines, in a process of its own.

    Parameters
    ----------
    code
        Python that defines ``read`` and imports what it needs.
    file, *arguments
        What ``read`` is called with, each as text.

    Raises
    ------
    AloneError
        With the function's own error, "the file is damaged" where it ended the process, or that it came to no end.

    Examples
    --------
    >>> read_alone("def read(file, word): return word.upper()", Path("answers.xls"), "ann")
    'ANN'
    >>> read_alone("import os; read = lambda file: os.abort()", Path("answers.xls"))
    Traceback (most recent call last):
    ...
    peernet.survey.alone.AloneError: the file is damaged
    """
    size = file.stat().st_size if file.exists() else 0
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _AROUND, str(ROOM + MORE_ROOM * size), code, str(file), *arguments],
            capture_output=True,
            check=True,
            timeout=SHORTEST + size / SPEED,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    except subprocess.CalledProcessError as error:
        raise AloneError("the file is damaged") from error
    except subprocess.TimeoutExpired as error:
        told = f"it was not read within {error.timeout:.0f} seconds, and is damaged, or the machine is busy: try again"
        raise AloneError(told) from error
    well, told = pickle.loads(done.stdout)
    if not well:
        raise AloneError(told)
    return told
