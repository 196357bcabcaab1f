"""A library that a damaged file can end, run in a process of its own: what ends is that process, and no notebook."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys

_AROUND = """
import pickle, sys
try:
    exec(sys.argv[1])
    told = True, read(*sys.argv[2:])
except BaseException as error:
    told = False, str(error) or type(error).__name__
sys.stdout.buffer.write(pickle.dumps(told))
"""


class AloneError(Exception):
    """What a library said of a file it could not read."""


def read_alone(code: str, *arguments: str) -> object:
    """What a function called ``read`` gives, which some code defines, in a process of its own.

    Parameters
    ----------
    code
        Python that defines ``read`` and imports what it needs.
    *arguments
        What ``read`` is called with.

    Raises
    ------
    AloneError
        With the function's own error, or "the file is damaged" where it ended the process.

    Examples
    --------
    >>> read_alone("def read(word): return word.upper()", "ann")
    'ANN'
    >>> read_alone("from os import abort as read")
    Traceback (most recent call last):
    ...
    peernet.survey.alone.AloneError: the file is damaged
    """
    found = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, "-P", "-c", _AROUND, code, *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": found},
    )
    if done.returncode:
        raise AloneError("the file is damaged")
    well, told = pickle.loads(done.stdout)
    if not well:
        raise AloneError(told)
    return told
