"""Lock of an engine: one bench at a time, since two would disturb each other."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from levelbench.errors import LabError

FOLDER = Path("/tmp")
"""The same for all users of an engine, whatever their TMPDIR is: two benches would disturb each
other without a word."""


@contextmanager
def exclusive(engine_id: str) -> Iterator[None]:
    """Take the engine's lock. The kernel releases it however this process ends.

    Raises LabError when another bench has it.
    """
    name = "".join(c for c in engine_id if c.isalnum())
    path = FOLDER / f"levelbench-{name}.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except PermissionError:  # another user's file; a lock needs no right to write
        descriptor = os.open(path, os.O_RDONLY)
    with os.fdopen(descriptor, "r") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = file.read().strip()
            raise LabError(
                f"another bench is running on this engine (process {holder or 'unknown'})",
                "Wait for it, or stop it with Ctrl-C.",
            ) from None
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
