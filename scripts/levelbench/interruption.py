"""Signal handling: SIGINT, SIGTERM and SIGHUP interrupt a run in the same way."""

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

Handler = Callable[[int, FrameType | None], None] | signal.Handlers


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def _handled(numbers: Iterable[signal.Signals], handler: Handler) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():  # only that one gets signals
        yield
        return
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


@contextmanager
def terminable() -> Iterator[None]:
    """Make SIGTERM and SIGHUP raise KeyboardInterrupt, as Ctrl-C does."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handled((signal.SIGTERM, signal.SIGHUP), interrupt):
        yield


@contextmanager
def ignored() -> Iterator[None]:
    """Ignore these signals during cleanup: a second Ctrl-C does not interrupt it."""
    with _handled(SIGNALS, signal.SIG_IGN):
        yield


@contextmanager
def deferred() -> Iterator[None]:
    """Delay these signals until the context ends, so that none interrupts what happens in it."""
    pending: list[int] = []
    # What is ignored stays so: programs that are started inherit it.
    numbers = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    try:
        with _handled(numbers, lambda number, frame: pending.append(number)):
            yield
    finally:
        if pending:
            signal.raise_signal(pending[0])
